//! What is drawn in the middle of the window: one file a view, one table of them.
//!
//! A view is options → `engine.want` → paint. It reads nothing itself and never waits.

mod axis;
mod caption;
mod cell;
mod chart;
mod chosen;
mod colors;
mod computing;
mod coordinates;
mod cursor;
mod data;
mod document;
mod first;
mod frame;
mod go_to;
mod group_table;
mod heatmap;
mod image;
mod line;
mod map;
mod masks;
mod messages;
mod overlay;
mod picking;
mod player;
mod profile;
mod rows;
mod sliders;
mod spacing;
mod statistics;
mod table;
mod text;
mod value_words;

use std::collections::BTreeMap;
use std::sync::Arc;

use egui::Ui;
use hyperslab_core::{Range, ReadError, Reference, Section, Variable, VariableId};

pub use axis::{AxisInfo, AxisRequest};
pub use caption::{caption, shown_slice, stepped_axes};
pub use colors::LegendState;
pub use computing::{ACCESS, compare_ui, comparison, reduce_ui, source, waiting_ui};
pub use coordinates::Lent;
pub use cursor::Cursor;
pub use document::document_ui;
pub use first::{Wish, end_of, first_state, first_variable, initial_state, wished, wished_state};
pub use go_to::{go_to, has_sliders};
pub use group_table::{GroupTableState, HeadersRequest, group_table_ui};
pub use heatmap::HeatmapState;
pub use image::ImageState;
pub use line::{LineState, plotted};
pub use map::{MapFrame, MapState};
pub use masks::masks_ui;
pub use messages::{MessagesState, messages_button_ui, messages_ui};
pub use overlay::OverlayState;
pub use player::Player;
pub use profile::{ProfileState, view_ui};
pub use sliders::sliders_ui;
pub use statistics::statistics_ui;
pub use table::TableState;

use self::data::SlabRequest;
pub use self::data::{
    Areas, AreasRequest, GeometryRequest, Located, MASKS_MAX, Masking, Site, SiteRequest, own_site,
    want_areas, want_geometry, want_site,
};
use crate::cf::{self, Accumulation, CfDataset, CfVariable, Fills};
use crate::engine::store::{FileView, Opened};
use crate::engine::{Engine, FileId, Priority};
use crate::interpret::Shown;
use crate::prep::pixels::ImageOptions;
use crate::prep::table::{NumberFormat, format_element};
use crate::session::MapOptions;
use crate::session::{
    Animation, Aspect, AxisCoordinates, ColorOptions, Formula, LineOptions, Mask, OverlayOptions,
    Picks, Settings, Slice, ViewId, Zoom,
};
use crate::ui::status::Readout;
use crate::ui::trouble::trouble_ui;

/// Which values of a file count as missing.
pub fn fills(opened: &Opened<CfDataset>) -> Fills {
    Fills::with_defaults(opened.file.has_default_fills())
}

/// One variable of one file, as a frame sees it.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    pub engine: &'a Engine,
    /// All that are open: a view may show variables of several.
    pub files: &'a [FileView<CfDataset>],
    pub file: &'a FileView<CfDataset>,
    pub opened: &'a Arc<Opened<CfDataset>>,
    pub variable: VariableId,
    /// Sums are shown as rates, where the variable is one.
    pub as_rate: bool,
    /// Painted for a file rather than the screen: what is there to be clicked is left out.
    pub is_picture: bool,
    /// What hides values of the variable.
    pub masking: Masking,
    /// The keyboard is for this view.
    pub is_focused: bool,
}

/// What every request about a variable depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    pub file: FileId,
    pub generation: u64,
    pub variable: VariableId,
    pub is_decoded: bool,
    pub as_rate: bool,
    /// To be drawn as the cells there are, nothing interpolated.
    pub as_cells: bool,
    /// What hides values of it.
    pub masking: Masking,
}

impl Origin {
    #[must_use]
    pub fn as_cells(self) -> Self {
        Self { as_cells: true, ..self }
    }

    /// All that is there: for what values do not change.
    #[must_use]
    pub fn unmasked(self) -> Self {
        Self { masking: Masking::default(), ..self }
    }
}

impl<'a> Scene<'a> {
    pub fn new(
        engine: &'a Engine,
        files: &'a [FileView<CfDataset>],
        file: &'a FileView<CfDataset>,
        opened: &'a Arc<Opened<CfDataset>>,
        variable: VariableId,
    ) -> Self {
        Self {
            engine,
            files,
            file,
            opened,
            variable,
            as_rate: false,
            masking: Masking::default(),
            is_picture: false,
            is_focused: true,
        }
    }

    /// With sums shown as rates, or not.
    #[must_use]
    pub fn rated(self, as_rate: bool) -> Self {
        Self { as_rate, ..self }
    }

    /// Without what is there to be clicked.
    #[must_use]
    pub fn as_picture(self) -> Self {
        Self { is_picture: true, ..self }
    }

    /// With these masks, as far as they are in the file; decoded values alone have masks.
    #[must_use]
    pub fn masked(self, masks: &[Mask], is_decoded: bool) -> Self {
        let masks = if is_decoded { masks } else { &[] };
        Self { masking: Masking::of(&self.opened.dataset, masks), ..self }
    }

    /// As the variable's state says it is shown.
    #[must_use]
    pub fn shown(self, state: &VariableState, is_decoded: bool) -> Self {
        self.rated(state.as_rate && is_decoded).masked(&state.masks, is_decoded)
    }

    /// Of several tiles one has the keyboard.
    #[must_use]
    pub fn focused(self, is_focused: bool) -> Self {
        Self { is_focused, ..self }
    }

    /// The variable is a sum over intervals, which may be shown as a rate.
    pub fn accumulation(&self) -> Option<Accumulation> {
        self.cf()?.accumulation()
    }

    fn is_rate(&self) -> bool {
        self.as_rate && self.accumulation().is_some()
    }

    /// Of decoded values, as people write it.
    pub fn unit(&self) -> String {
        let Some(cf) = self.cf() else { return String::new() };
        match self.is_rate() {
            true => cf::units::pretty(&cf.rate_units().0),
            false => cf.pretty_units(),
        }
    }

    pub fn origin(&self, is_decoded: bool) -> Origin {
        Origin {
            file: self.file.id,
            generation: self.file.generation,
            variable: self.variable,
            is_decoded,
            as_rate: self.is_rate(),
            as_cells: false,
            masking: if is_decoded { self.masking } else { Masking::default() },
        }
    }

    /// Of stored values, with what is hidden of them once they are decoded.
    pub fn stored_origin(&self) -> Origin {
        Origin { masking: self.masking, ..self.origin(false) }
    }

    pub fn variable(&self) -> Option<&'a Variable> {
        self.opened.dataset.variable(self.variable)
    }

    /// What the variable's attributes mean.
    pub fn cf(&self) -> Option<CfVariable<'a>> {
        self.opened.meaning.variable(&self.opened.dataset, self.variable)
    }

    /// Name and unit, for axes and headings; the unit is that of decoded values.
    pub fn title(&self, is_decoded: bool) -> String {
        let cf = self.cf();
        let is_packed = cf.as_ref().is_some_and(|cf| cf.packing(Fills::Declared).is_packed());
        let title =
            cf.map(|cf| if is_packed && !is_decoded { cf.title() } else { cf.title_with_units() });
        if let Some(cf) = self.cf().filter(|_| self.is_rate()) {
            return format!("{}, rate [{}]", cf.title(), self.unit());
        }
        let title = title.unwrap_or_default();
        if is_packed && !is_decoded { format!("{title} (as stored)") } else { title }
    }

    /// Whether these values are best shown around zero.
    pub fn is_diverging(&self, extent: Option<(f64, f64)>) -> bool {
        self.cf().zip(extent).is_some_and(|(cf, (low, high))| cf.is_diverging(low, high))
    }

    /// What the file calls the picture, where that is in a variable of its own and read.
    pub fn heading(&self) -> Option<String> {
        let hints = self.opened.meaning.interpretation().hints(self.variable)?;
        let scene = Scene { variable: hints.heading?, masking: Masking::default(), ..*self };
        let shape = scene.variable()?.shape();
        let request = SlabRequest { origin: scene.origin(true), section: Section::all(&shape) };
        let slab = data::want_slab(scene, &request, Priority::Visible).ready()?;
        let dtype = scene.variable().map(|variable| &variable.dtype);
        let text = format_element(&slab.values, 0, dtype, NumberFormat::Auto);
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    pub fn path(&self) -> String {
        self.opened.dataset.variable_path(self.variable)
    }
}

/// What the user chose for one variable, and where the views of it stand.
pub struct VariableState {
    pub view: ViewId,
    pub slice: Slice,
    pub along: AxisCoordinates,
    /// Coordinates by axis that the file lends which led here.
    pub lent: BTreeMap<usize, Lent>,
    pub colors: ColorOptions,
    pub line: LineOptions,
    /// Points looked at along the other axes.
    pub picks: Picks,
    /// What is visible of a picture; all of it where `None`.
    pub zoom: Option<Zoom>,
    pub cursor: Cursor,
    pub overlay: OverlayOptions,
    pub heatmap: HeatmapState,
    pub legend: LegendState,
    pub map: MapOptions,
    pub map_view: MapState,
    pub curves: LineState,
    pub profiles: ProfileState,
    pub player: Player,
    /// How slices are played.
    pub animation: Animation,
    pub table: TableState,
    pub image: ImageState,
    pub aspect: Aspect,
    /// How a picture with colours of its own is drawn.
    pub colored: ImageOptions,
    pub overlays: OverlayState,
    /// Sums are shown as what each interval brought per unit of time.
    pub as_rate: bool,
    /// What hides values of the variable, at most [`MASKS_MAX`].
    pub masks: Vec<Mask>,
    /// The part of the axes that was asked for, by number, until it is known where it lies.
    pub part: Vec<Option<Range>>,
    /// What was asked in this frame to be computed.
    pub wanted: Option<Formula>,
    /// Where the reference leads that was clicked in this frame.
    pub jump: Option<Reference>,
}

impl VariableState {
    pub fn new(view: ViewId, slice: Slice) -> Self {
        Self {
            view,
            slice,
            along: AxisCoordinates::default(),
            lent: BTreeMap::new(),
            colors: ColorOptions::default(),
            line: LineOptions::default(),
            picks: Picks::default(),
            zoom: None,
            cursor: Cursor::default(),
            overlay: OverlayOptions::default(),
            heatmap: HeatmapState::default(),
            legend: LegendState::default(),
            map: MapOptions::default(),
            map_view: MapState::default(),
            curves: LineState::default(),
            profiles: ProfileState::default(),
            player: Player::default(),
            animation: Animation::default(),
            table: TableState::default(),
            image: ImageState::default(),
            aspect: Aspect::default(),
            colored: ImageOptions::default(),
            overlays: OverlayState::default(),
            as_rate: false,
            masks: Vec::new(),
            part: Vec::new(),
            wanted: None,
            jump: None,
        }
    }
}

/// Asks for what the first picture of this variable needs; true once it is there (or cannot
/// be). Sizes in pixels are not known yet, so that the raster itself is left to the frame.
pub fn is_prefetched(scene: Scene<'_>, state: &VariableState) -> bool {
    match state.view {
        ViewId::Heatmap => heatmap::is_prefetched(scene, state),
        ViewId::Map => map::is_prefetched(scene, state),
        ViewId::Line | ViewId::Table | ViewId::Image | ViewId::Text => true,
    }
}

/// Values of the scene's variable as they are shown: decoded, masked, as rates, as far as that was
/// chosen.
///
/// # Errors
/// Where any of them cannot be read.
pub fn read_as_shown(
    opened: &Opened<CfDataset>,
    origin: Origin,
    section: &Section,
    cx: &hyperslab_core::ReadContext,
) -> hyperslab_core::Result<hyperslab_core::Array> {
    let found = data::read_undamaged(opened, origin, section, cx)?;
    Ok(hyperslab_core::Array { shape: section.shape(), values: found.values })
}

/// How well a view suits a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suitability {
    No,
    Possible,
    /// Always sensible, but rarely what one wants to see first.
    Plain,
    Best,
}

/// A kind of view. All of them are in [`KINDS`].
pub struct ViewKind {
    pub id: ViewId,
    pub label: &'static str,
    /// From metadata only, never from values.
    pub suits: fn(&CfVariable<'_>) -> Suitability,
    pub ui: fn(&mut Ui, Scene<'_>, &mut VariableState, &mut Settings, &mut Readout),
    /// Its settings, in the side panel.
    pub options_ui: fn(&mut Ui, Scene<'_>, &mut VariableState, &mut Settings),
}

pub static KINDS: [ViewKind; 6] =
    [map::KIND, heatmap::KIND, line::KIND, table::KIND, image::KIND, text::KIND];

pub fn kind(id: ViewId) -> &'static ViewKind {
    match id {
        ViewId::Map => &KINDS[0],
        ViewId::Heatmap => &KINDS[1],
        ViewId::Line => &KINDS[2],
        ViewId::Table => &KINDS[3],
        ViewId::Image => &KINDS[4],
        ViewId::Text => &KINDS[5],
    }
}

/// The view that a variable opens with: what a convention says, if it can be, or what suits it.
pub fn best_view(variable: &CfVariable<'_>) -> ViewId {
    let hinted = variable.shown_as().map(|shown| match shown {
        Shown::Heatmap => ViewId::Heatmap,
        Shown::Line => ViewId::Line,
        Shown::Table => ViewId::Table,
        Shown::Image => ViewId::Image,
        Shown::Text => ViewId::Text,
    });
    if let Some(id) = hinted.filter(|&id| (kind(id).suits)(variable) != Suitability::No) {
        return id;
    }
    // Of equals the first: a picture before a curve before a table.
    KINDS
        .iter()
        .rev()
        .max_by_key(|kind| (kind.suits)(variable))
        .map_or(ViewId::Table, |kind| kind.id)
}

/// Axes along which there is something to see, text lengths excepted.
fn extended_axes(variable: &Variable) -> usize {
    let rank = match variable.dtype {
        hyperslab_core::Dtype::Char => variable.rank().saturating_sub(1),
        _ => variable.rank(),
    };
    variable.axes.iter().take(rank).filter(|axis| axis.length > 1).count()
}

fn shown_error_id() -> egui::Id {
    egui::Id::unique("shown error")
}

/// The error that has stood where the values would be since this was last asked.
pub fn shown_error(ctx: &egui::Context) -> Option<ReadError> {
    ctx.data_mut(|data| data.remove_temp::<Option<ReadError>>(shown_error_id())).flatten()
}

/// An error where the values would be: what is wrong, and what to do about it.
pub fn error_ui(ui: &mut Ui, engine: &Engine, error: &ReadError) {
    use hyperslab_core::ErrorKind;
    ui.data_mut(|data| data.insert_temp(shown_error_id(), Some(error.clone())));
    let advice = match error.kind() {
        ErrorKind::Truncated => {
            "What lies before this place can still be read: choose another slice."
        }
        ErrorKind::Changed => "Reload the file to see what it holds now.",
        ErrorKind::Limit => "Choose a smaller part of the variable.",
        _ => "",
    };
    trouble_ui(ui, "These values cannot be shown", error, advice);
    ui.vertical_centered(|ui| {
        ui.add_space(6.0);
        if ui.button("Try again").clicked() {
            engine.forget_errors();
        }
    });
}

/// Where the values would be while they are being read.
pub fn pending_ui(ui: &mut Ui, progress: &hyperslab_core::Progress) {
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.4);
        match progress.fraction() {
            Some(fraction) => {
                ui.add(egui::ProgressBar::new(fraction).desired_width(220.0).show_percentage());
            }
            None => ui.weak("Loading…").surrender_focus(),
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyperslab_core::{Axis, ByteOrder, Dataset, Dtype, GroupId};

    fn variable(dtype: Dtype, shape: &[u64]) -> Variable {
        Variable {
            axes: shape.iter().map(|&length| Axis { length, dimension: None }).collect(),
            ..Variable::new("v", GroupId::ROOT, dtype)
        }
    }

    fn best(variable: Variable) -> ViewId {
        let dataset = Dataset { variables: vec![variable], ..Dataset::default() };
        let cf = CfDataset::of(&dataset);
        best_view(&cf.variable(&dataset, VariableId(0)).unwrap())
    }

    #[test]
    fn each_variable_opens_with_the_view_that_suits_it() {
        let float = Dtype::float(4, ByteOrder::Big);
        for (dtype, shape, view) in [
            (float.clone(), &[12, 90, 180][..], ViewId::Heatmap),
            (float.clone(), &[1, 90, 180], ViewId::Heatmap),
            (float.clone(), &[12, 1, 1], ViewId::Line),
            (float.clone(), &[12], ViewId::Line),
            (float.clone(), &[1], ViewId::Table),
            (float.clone(), &[], ViewId::Table),
            (float, &[0, 90], ViewId::Table),
            (Dtype::Char, &[12, 20], ViewId::Table),
            (Dtype::Text, &[12], ViewId::Table),
        ] {
            assert_eq!(best(variable(dtype.clone(), shape)), view, "{dtype} {shape:?}");
        }
    }

    #[test]
    fn each_kind_is_found_by_its_id() {
        for id in ViewId::ALL {
            assert_eq!(kind(id).id, id);
        }
    }
}
