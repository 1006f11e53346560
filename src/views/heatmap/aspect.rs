//! The shape of the picture: how long its sides are.

use egui::Ui;

use super::axes::{Axes, ShownAxis};
use crate::session::Aspect;

/// Beyond this one side would hardly be seen.
const RATIO_MOST: f32 = 20.0;

/// Width by height of what is visible; `None` where it takes all the room there is.
pub fn ratio(aspect: Aspect, axes: &Axes) -> Option<f32> {
    let by_coordinates = || axes.x.visible.width() / axes.y.visible.width();
    let ratio = match aspect {
        Aspect::Fill => return None,
        Aspect::Auto => axes.x.info.aspect(&axes.y.info).map(|_| by_coordinates())?,
        Aspect::Coordinates => by_coordinates(),
        Aspect::Cells => cells(&axes.x) / cells(&axes.y),
    };
    let ratio = ratio as f32;
    (ratio.is_finite() && ratio > 0.0).then(|| ratio.clamp(1.0 / RATIO_MOST, RATIO_MOST))
}

/// How many cells are visible.
fn cells(axis: &ShownAxis) -> f64 {
    let [from, to] = [axis.visible.low, axis.visible.high].map(|end| axis.info.map.position(end));
    (to - from).abs()
}

pub fn aspect_ui(ui: &mut Ui, aspect: &mut Aspect) {
    ui.label("Shape");
    ui.horizontal_wrapped(|ui| {
        for (choice, label, hover) in [
            (Aspect::Auto, "Auto", "As it suits the axes"),
            (Aspect::Coordinates, "To scale", "A unit is as long on both axes"),
            (Aspect::Cells, "Square cells", "Each cell is as wide as it is high"),
            (Aspect::Fill, "Fill", "All the room there is"),
        ] {
            ui.selectable_value(aspect, choice, label).on_hover_text(hover);
        }
    });
}
