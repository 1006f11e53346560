//! How the cells of an axis are spaced: the choice in the side panel.

use egui::Ui;

use super::axis::want_axis;
use super::{Scene, VariableState};
use crate::prep::axis_scale::AxisScale;

/// One line an axis that can be spaced in several ways.
pub fn spacing_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState, axes: &[usize]) {
    for &axis in axes {
        let info = want_axis(scene, axis, state).ready();
        let Some(info) = info.filter(|info| info.allows_scales()) else { continue };
        let now = info.placing.scale();
        if let Some(scale) = scale_menu_ui(ui, &info.title, now) {
            state.along.choose_scale(axis, scale);
            state.line.zoom = None;
            state.curves.forget_places();
            state.zoom = None;
        }
    }
}

/// A menu of scales; what was chosen, where it is another.
pub fn scale_menu_ui(ui: &mut Ui, title: &str, now: AxisScale) -> Option<AxisScale> {
    let mut chosen = now;
    ui.label(title);
    let menu = egui::ComboBox::from_id_salt(("scale", title)).selected_text(now.name());
    let menu = menu.width(130.0).show_ui(ui, |ui| {
        for scale in AxisScale::ALL {
            ui.selectable_value(&mut chosen, scale, scale.name());
        }
    });
    menu.response.widget_info(|| {
        let label = format!("scale of {title}: {}", now.name());
        egui::WidgetInfo::labeled(egui::Role::ComboBox, true, label)
    });
    (chosen != now).then_some(chosen)
}
