//! Which slice is shown: a slider for every axis that is not drawn, labelled in coordinate
//! values and dates, and the choice of axes for across and up.

use egui::{Key, Ui, vec2};

use super::axis::{unnamed, want_axis};
use super::caption::stepped_axes;
use super::computing::reductions_ui;
use super::coordinates::{coordinates_menu_ui, has_choice};
use super::player::{answer_key, pace_ui, played, player_ui};
use super::{Scene, VariableState, map};
use crate::session::{Slice, SliceMemory, ViewId};
use crate::ui::tree::filter_id;

/// A tile with less room for its menus.
const NARROW_PX: f32 = 420.0;

/// The row of axis choices above a view.
pub fn axes_choice_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState) {
    let Some(variable) = scene.variable().filter(|_| !scene.is_picture) else { return };
    // The characters of a text are not an axis one chooses.
    let text_axis = scene.cf().and_then(|cf| cf.text_axis());
    let rank = variable.rank() - usize::from(text_axis.is_some());
    let names: Vec<String> = (0..rank).map(|axis| axis_name(scene, state, axis)).collect();
    if names.len() < 2 {
        // The only axis may have several coordinates.
        if let [name] = names.as_slice()
            && has_choice(scene, state, 0)
        {
            ui.horizontal(|ui| coordinates_menu_ui(ui, scene, state, 0, name));
        }
        return;
    }
    let coordinates_ui = |ui: &mut Ui, state: &mut VariableState, axis: Option<usize>| {
        if let Some((axis, name)) = axis.and_then(|axis| Some((axis, names.get(axis)?))) {
            coordinates_menu_ui(ui, scene, state, axis, name);
        }
    };
    if ui.available_width() < NARROW_PX {
        ui.spacing_mut().combo_width = 56.0;
    }
    ui.horizontal_wrapped(|ui| match state.view {
        ViewId::Line => {
            ui.weak("along");
            if let Some(axis) = axis_menu_ui(ui, "line axis", &names, state.slice.line) {
                state.slice.line = Some(axis);
            }
            coordinates_ui(ui, state, state.slice.line);
        }
        ViewId::Heatmap | ViewId::Table => {
            let (across, down) = match state.view {
                ViewId::Table => ("columns", "rows"),
                _ => ("across", "up"),
            };
            ui.weak(across);
            if let Some(axis) = axis_menu_ui(ui, "x axis", &names, state.slice.x) {
                state.slice.set_x(axis);
            }
            coordinates_ui(ui, state, state.slice.x);
            ui.weak(down);
            if let Some(axis) = axis_menu_ui(ui, "y axis", &names, state.slice.y) {
                state.slice.set_y(axis);
            }
            coordinates_ui(ui, state, state.slice.y);
            if ui.button("⇄").on_hover_text("Exchange the two axes (T)").clicked() {
                state.slice.transpose();
            }
            if scene.cf().is_some_and(|cf| cf.is_reversed()) {
                matlab_order_ui(ui, &mut state.slice, rank);
            }
        }
        ViewId::Map | ViewId::Image | ViewId::Text => {}
    });
}

/// Rows down and columns across, as the program that wrote them shows them, or as they are stored.
fn matlab_order_ui(ui: &mut Ui, slice: &mut Slice, rank: usize) {
    let Some((rows, columns)) = rank.checked_sub(1).zip(rank.checked_sub(2)) else { return };
    let mut is_matlab = slice.y == Some(rows) && slice.x == Some(columns);
    let hover = "The file keeps MATLAB's dimensions from the last to the first, which shows \
                 matrices transposed. On: rows run down and columns across, as in MATLAB.";
    let toggle = ui.checkbox(&mut is_matlab, "MATLAB order").on_hover_text(hover);
    if toggle.changed() {
        (slice.y, slice.x) = match is_matlab {
            true => (Some(rows), Some(columns)),
            false => (Some(columns), Some(rows)),
        };
    }
}

fn axis_menu_ui(
    ui: &mut Ui,
    label: &str,
    names: &[String],
    chosen: Option<usize>,
) -> Option<usize> {
    let text = chosen.and_then(|axis| names.get(axis)).map_or("—", String::as_str);
    let mut picked = None;
    let menu = egui::ComboBox::from_id_salt(label).selected_text(text).show_ui(ui, |ui| {
        for (axis, name) in names.iter().enumerate() {
            if ui.selectable_label(chosen == Some(axis), name).clicked() {
                picked = Some(axis);
            }
        }
    });
    menu.response.widget_info(|| {
        let name = format!("{label}: {text}");
        egui::WidgetInfo::labeled(egui::Role::ComboBox, true, name)
    });
    picked
}

pub(super) fn axis_name(scene: Scene<'_>, state: &VariableState, axis: usize) -> String {
    let axes = scene.cf().map(|cf| cf.axes()).unwrap_or_default();
    let name = axes.get(axis).and_then(|axis| axis.name);
    let lent = || state.lent.get(&axis).map(|lent| lent.name.as_str());
    let rank = scene.variable().map_or(0, hyperslab_core::Variable::rank);
    name.or_else(lent).map_or_else(|| unnamed(axis, rank), str::to_owned)
}

/// The axes of which one index is shown.
pub(super) fn hidden_axes(scene: Scene<'_>, state: &VariableState) -> Vec<usize> {
    let Some(variable) = scene.variable() else { return Vec::new() };
    let is_text = variable.dtype == hyperslab_core::Dtype::Char;
    let image_axes = scene.cf().and_then(|cf| cf.image()).map(|image| image.axes());
    let image_axes = image_axes.unwrap_or_default();
    let map_axes = map::shown_axes(scene, state);
    let shown = |axis: usize| match state.view {
        ViewId::Line => state.slice.line == Some(axis),
        ViewId::Heatmap | ViewId::Table => {
            state.slice.x == Some(axis)
                || state.slice.y == Some(axis)
                || (is_text && axis + 1 == variable.rank())
        }
        ViewId::Image => image_axes.contains(&axis),
        ViewId::Map => map_axes.contains(&axis),
        ViewId::Text => true,
    };
    (0..variable.rank()).filter(|&axis| !shown(axis)).collect()
}

/// Below a view: one slider for every axis that is not shown and has more than one index.
/// Left and Right step the first of them, with Shift by ten.
pub fn sliders_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    memory: &mut SliceMemory,
) {
    let Some(variable) = scene.variable() else { return };
    let hidden = hidden_axes(scene, state);
    let is_table = state.view == ViewId::Table && state.table.has_focus();
    let axes: Vec<usize> = stepped_axes(scene, state).into_iter().map(|(axis, ..)| axis).collect();
    answer_key(scene, state, &axes);
    let mut steps = if is_table || !scene.is_focused { 0 } else { key_steps(ui) };
    for axis in hidden {
        let Some(length) = variable.axes.get(axis).map(|axis| axis.length) else { continue };
        let info = want_axis(scene, axis, state).ready();
        // An axis with nothing to choose is of interest where its coordinate is.
        if length < 2 && info.as_ref().is_none_or(|info| !info.has_coordinate()) {
            continue;
        }
        let before = state.slice.index(axis, length);
        let mut index = before;
        if length > 1 {
            index = index.saturating_add_signed(std::mem::take(&mut steps)).min(length - 1);
        }
        index = played(ui, state, axis, index, length);
        let label = info.map_or_else(String::new, |info| info.label_in(scene, index));
        let name = axis_name(scene, state, axis);
        ui.horizontal(|ui| {
            let size = vec2(76.0, 20.0);
            let of_axis = egui::Label::new(&name).truncate().halign(egui::Align::Max);
            let of_axis = ui.add_sized(size, of_axis.sense(egui::Sense::click()));
            of_axis.context_menu(|ui| reductions_ui(ui, scene, state, axis));
            of_axis.on_hover_text(format!("{name}. Right-click: mean, extremes, anomaly along it"));
            coordinates_menu_ui(ui, scene, state, axis, &name);
            if length > 1 {
                player_ui(ui, state, axis, &name, (&mut index, length));
            }
            let pace_px = if state.player.plays(axis) { PACE_PX } else { 0.0 };
            slider_ui(ui, &name, label, (&mut index, length), PLACE_PX + pace_px);
            pace_ui(ui, state, axis);
        });
        if index != before {
            state.slice.set_index(axis, index);
            memory.remember(&name, length, index);
        }
    }
}

fn key_steps(ui: &Ui) -> i64 {
    let filter_has_focus = ui.memory(|memory| memory.has_focus(filter_id()));
    if filter_has_focus || ui.ctx().egui_wants_keyboard_input() {
        return 0;
    }
    ui.input(|input| {
        let size = if input.modifiers.shift { 10 } else { 1 };
        let presses = |key| i64::try_from(input.num_presses(key)).unwrap_or(0);
        size * (presses(Key::ArrowRight) - presses(Key::ArrowLeft))
    })
}

/// For what stands to the right of a slider: its place in words; how it is played.
const PLACE_PX: f32 = 260.0;
const PACE_PX: f32 = 190.0;

fn slider_ui(
    ui: &mut Ui,
    name: &str,
    value: String,
    (index, length): (&mut u64, u64),
    reserved_px: f32,
) {
    if length > 1 {
        if ui.small_button("◀").on_hover_text("Step back (Left)").clicked() {
            *index = index.saturating_sub(1);
        }
        let width = (ui.available_width() - reserved_px).max(60.0);
        ui.spacing_mut().slider_width = width;
        let slider = egui::Slider::new(index, 0..=length - 1).show_value(false);
        let response = ui.add(slider);
        response.widget_info(|| {
            egui::WidgetInfo::slider(true, *index as f64, format!("{name} {value}"))
        });
        if ui.small_button("▶").on_hover_text("Step on (Right)").clicked() {
            *index = (*index + 1).min(length - 1);
        }
    }
    ui.strong(value);
    ui.weak(format!("{} of {length}", *index + 1));
}
