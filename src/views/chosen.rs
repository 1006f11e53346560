//! What the user chose for one variable, apart from what was computed of it: saved with a
//! workspace, undone, copied to another tile.

use serde::{Deserialize, Serialize};

use super::VariableState;
use crate::session::MapOptions;
use crate::session::{
    Aspect, AxisCoordinates, ColorOptions, ImageOptions, LineOptions, Mask, OverlayOptions, Picks,
    Slice, ViewId, Zoom,
};

/// Every field has a default, so that what older versions saved can be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Chosen {
    pub view: ViewId,
    pub slice: Slice,
    pub along: AxisCoordinates,
    pub colors: ColorOptions,
    pub line: LineOptions,
    pub overlay: OverlayOptions,
    pub map: MapOptions,
    pub as_rate: bool,
    pub masks: Vec<Mask>,
    pub picks: Picks,
    pub zoom: Option<Zoom>,
    pub aspect: Aspect,
    pub colored: ImageOptions,
}

impl Default for Chosen {
    fn default() -> Self {
        VariableState::new(ViewId::Table, Slice::default()).chosen()
    }
}

impl VariableState {
    pub fn chosen(&self) -> Chosen {
        // Where the pointer is, nobody chose.
        let mut picks = self.picks.clone();
        picks.hover(None);
        Chosen {
            view: self.view,
            slice: self.slice.clone(),
            along: self.along.clone(),
            colors: self.colors.clone(),
            line: self.line.clone(),
            overlay: self.overlay.clone(),
            map: self.map.clone(),
            as_rate: self.as_rate,
            masks: self.masks.clone(),
            picks,
            zoom: self.zoom,
            aspect: self.aspect,
            colored: self.colored,
        }
    }

    pub fn choose(&mut self, chosen: Chosen) {
        let Chosen {
            view,
            slice,
            along,
            colors,
            line,
            overlay,
            map,
            as_rate,
            masks,
            picks,
            zoom,
            aspect,
            colored,
        } = chosen;
        if self.along != along {
            self.curves.forget_places();
        }
        (self.view, self.slice, self.along) = (view, slice, along);
        (self.colors, self.line, self.overlay, self.as_rate) = (colors, line, overlay, as_rate);
        self.map = map;
        (self.masks, self.picks, self.zoom) = (masks, picks, zoom);
        (self.aspect, self.colored) = (aspect, colored);
    }
}
