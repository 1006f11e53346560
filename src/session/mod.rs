//! What the user opened and chose: small, serialised, restored at the next start. What is
//! computed from it lives in the engine's cache under keys made of these choices.

mod chosen;
mod computed;
mod history;
mod line;
mod map;
mod mask;
mod options;
mod overlay;
mod picks;
mod slice;
mod workspace;
mod zoom;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::prep::table::NumberFormat;

pub use crate::prep::playing::{Animation, PlayMode};

pub use chosen::Chosen;
pub use computed::{COMPUTED, Comparison, Definition, Formula, Source, Within};
pub use history::History;
pub use line::{CurveZoom, LineOptions, LineStyle, PlottedCurve};
pub use map::{MapOptions, MapZoom};
pub use mask::{Condition, Mask};
pub use options::{
    Aspect, AxisCoordinates, ClassOptions, ColorOptions, Coordinates, RangeMode, ViewId,
};
pub use overlay::{ContourOptions, OverlayOptions, RelativeTo, VectorOptions};
pub use picks::{Pick, Picks};
pub use slice::{Slice, SliceMemory};
pub use workspace::{Arrangement, BYTES_MAX, EXTENSION, Tile, Workspace};
pub use zoom::Zoom;

/// Restored at the next start. Every field has a default, so that files of older versions load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub theme: Theme,
    pub number_format: NumberFormat,
    /// Scale, offset, missing values and dates applied; otherwise what is stored. Every start
    /// begins decoded.
    #[serde(skip, default = "yes")]
    pub is_decoded: bool,
    pub sequential_colormap: String,
    pub diverging_colormap: String,
    pub shows_side_panel: bool,
    /// How often values occur, beside the colour bar.
    pub shows_histogram: bool,
    pub histogram_is_log: bool,
    /// How files are read where a format leaves a choice, by the choice's name.
    pub reading: BTreeMap<String, String>,
    /// Where files with the cells of grids are looked for whose names data only mention.
    pub grid_folder: Option<PathBuf>,
    recent: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

fn yes() -> bool {
    true
}

const RECENT_MOST: usize = 12;

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            number_format: NumberFormat::default(),
            is_decoded: true,
            sequential_colormap: "viridis".into(),
            diverging_colormap: "vik".into(),
            shows_side_panel: true,
            shows_histogram: true,
            histogram_is_log: false,
            reading: BTreeMap::new(),
            grid_folder: None,
            recent: Vec::new(),
        }
    }
}

impl Settings {
    /// Newest first.
    pub fn recent(&self) -> &[PathBuf] {
        &self.recent
    }

    pub fn remember(&mut self, path: &Path) {
        self.recent.retain(|known| known != path);
        self.recent.insert(0, path.to_owned());
        self.recent.truncate(RECENT_MOST);
    }

    pub fn forget_recent(&mut self) {
        self.recent.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_file_leads_and_stands_once() {
        let mut settings = Settings::default();
        for name in ["a", "b", "a"] {
            settings.remember(Path::new(name));
        }
        assert_eq!(settings.recent(), [PathBuf::from("a"), PathBuf::from("b")]);
        (0..100).for_each(|i| settings.remember(Path::new(&i.to_string())));
        assert_eq!(settings.recent().len(), RECENT_MOST);
    }

    #[test]
    fn settings_of_an_older_version_load() {
        let settings: Settings = serde_json::from_str(r#"{"theme": "Dark"}"#).unwrap();
        assert_eq!(settings.theme, Theme::Dark);
        assert!(settings.is_decoded);
    }
}
