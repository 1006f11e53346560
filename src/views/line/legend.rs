//! What the curves are, in their colours; each that was added can be taken away again.

use egui::{Color32, RichText, Ui};

use super::candidates::{candidates, kept};
use super::series::{Kind, Series};
use crate::ui::theme::CURVES;
use crate::views::{Scene, VariableState};

pub fn color_of(k: usize) -> Color32 {
    CURVES.get(k % CURVES.len()).copied().unwrap_or_default()
}

pub fn legend_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState, series: &[Series<'_>]) {
    // Of a single curve the title says the same.
    if scene.is_picture && series.len() < 2 {
        return;
    }
    let mut removed = None;
    ui.horizontal_wrapped(|ui| {
        for (k, series) in series.iter().enumerate() {
            if k > 0 {
                ui.separator();
            }
            ui.label(RichText::new("●").color(color_of(k)));
            ui.label(&series.curve.label);
            if let Kind::Added(at) = series.kind
                && !scene.is_picture
            {
                let button = ui.small_button("×").on_hover_text("Remove this curve");
                removed = button.clicked().then_some(at).or(removed);
            }
        }
        if scene.is_picture {
            return;
        }
        ui.separator();
        keep_ui(ui, scene, state);
        add_ui(ui, scene, state);
    });
    if let Some(at) = removed.filter(|&at| at < state.line.curves.len()) {
        state.line.curves.remove(at);
    }
}

/// Adds the current curve to those that stay.
fn keep_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState) {
    let Some(curve) = kept(scene, state) else { return };
    let is_kept = state.line.curves.contains(&curve);
    let keep = egui::Button::new("Keep").small();
    let response = ui.add_enabled(!is_kept, keep);
    if response.on_hover_text("Keep this curve while you move on").clicked() {
        state.line.curves.push(curve);
    }
}

/// A menu of the variables that have the same axis.
fn add_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState) {
    let filter_id = ui.scope_id().with("curve filter");
    ui.menu_button(RichText::new("Add curve…").small(), |ui| {
        ui.set_width(320.0);
        let mut filter: String = ui.data(|data| data.get_temp(filter_id)).unwrap_or_default();
        let edit = egui::TextEdit::singleline(&mut filter).hint_text("Filter: names, long names");
        let edit = ui.add(edit.desired_width(f32::INFINITY));
        edit.widget_info(|| {
            egui::WidgetInfo::labeled(egui::Role::TextInput, true, "filter curves")
        });
        let found = candidates(scene, state, &filter);
        ui.data_mut(|data| data.insert_temp(filter_id, filter));
        if found.is_empty() {
            ui.weak("No other variable has this axis");
        }
        egui::ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
            for candidate in found {
                let button = ui.selectable_label(false, &candidate.label);
                if button.on_hover_text(&candidate.title).clicked() {
                    state.line.curves.push(candidate.curve);
                    ui.close();
                }
            }
        });
    })
    .response
    .on_hover_text("Draw another variable on the same axes");
}
