//! What is drawn over pictures: lines of equal value, and arrows.
//!
//! An overlay knows a picture by its [`Placement`] only, so that the same lines and arrows lie
//! over a heatmap and over a map.

mod contours;
mod fields;
mod options;
mod plane;
mod turning;
mod vectors;

use egui::{Pos2, Ui};
use hyperslab_core::{Section, VariableId};

pub use self::options::overlay_options_ui;
pub use self::plane::PlanePlacement;
use super::{Scene, VariableState};
use crate::prep::placement::Placement;

/// The part of a variable that a picture shows.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    pub section: &'a Section,
    /// The two axes of the picture; the one stored first is the slower. Twice the same for points
    /// along one axis.
    pub axes: (usize, usize),
}

impl Shown<'_> {
    fn slow(&self) -> usize {
        self.axes.0.min(self.axes.1)
    }

    fn fast(&self) -> usize {
        self.axes.0.max(self.axes.1)
    }

    /// Rows and columns of the values.
    fn shape(&self) -> [usize; 2] {
        let count = |axis: usize| self.section.ranges.get(axis).map_or(0, |range| range.count);
        let count = |axis: usize| usize::try_from(count(axis)).unwrap_or(usize::MAX);
        [if self.slow() == self.fast() { 1 } else { count(self.slow()) }, count(self.fast())]
    }
}

/// Another variable of the file: what hides values of the first has nothing to do with it.
fn beside(scene: Scene<'_>, variable: VariableId) -> Scene<'_> {
    if variable == scene.variable {
        return scene;
    }
    Scene { variable, as_rate: false, masking: Default::default(), ..scene }
}

/// What was drawn last; nothing here is chosen or saved.
#[derive(Default)]
pub struct OverlayState {
    contours: contours::Drawn,
    /// Why something that is on is not seen, for the panel.
    contour_note: Option<String>,
    vector_note: Option<String>,
}

/// What drawing an overlay came to.
#[derive(Default)]
pub struct Overlaid {
    /// All that was asked for is drawn.
    pub is_current: bool,
    /// What there is to say about the place under the pointer.
    pub readout: Option<String>,
}

/// Draws what is on over the picture of `shown`.
pub fn overlay_ui(
    ui: &Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    shown: Shown<'_>,
    placement: &dyn Placement,
    pointer: Option<Pos2>,
) -> Overlaid {
    let mut overlaid = Overlaid { is_current: true, readout: None };
    // Labels of lines stand on arrows, the arrows' scale on lines.
    let mut scale = None;
    if state.overlay.vectors.is_on {
        let vectors = vectors::vectors_ui(ui, scene, state, shown, placement, pointer);
        overlaid.is_current &= vectors.is_current;
        overlaid.readout = vectors.readout;
        scale = vectors.scale;
    }
    // Points have no neighbours that lines could run between.
    if state.overlay.contours.is_on && shown.axes.0 != shown.axes.1 {
        overlaid.is_current &= contours::contours_ui(ui, scene, state, shown, placement);
    }
    if let Some(scale) = scale {
        vectors::scale_ui(ui, placement.viewport(), &scale);
    }
    overlaid
}
