//! The side panel's section about what is drawn over pictures.

use egui::{ComboBox, DragValue, TextEdit, Ui};
use hyperslab_core::{Range, Section, VariableId};

use super::super::axis::want_axis_along;
use super::super::coordinates::Along;
use super::super::{Scene, VariableState};
use super::fields::{other_fields, own_axes, pairs};
use super::vectors::chosen_pair;
use super::{Shown, beside};
use crate::cf::VectorPair;
use crate::prep::contour::LevelChoice;
use crate::session::RelativeTo;

/// `axes`: of the picture, x and y.
pub fn overlay_options_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    axes: (usize, usize),
) {
    let Some(variable) = scene.variable() else { return };
    let lengths = variable.axes.iter().map(|axis| axis.length).enumerate();
    let section = Section::new(
        lengths
            .map(|(axis, length)| match axis {
                _ if axis == axes.0 || axis == axes.1 => Range::new(0, length),
                _ => Range::new(state.slice.index(axis, length), length.min(1)),
            })
            .collect::<Vec<_>>(),
    );
    let shown = Shown { section: &section, axes };
    ui.add_space(8.0);
    ui.label("Overlay");
    if axes.0 != axes.1 {
        contours_ui(ui, scene, state, shown);
    }
    vectors_ui(ui, scene, state, shown);
}

fn contours_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState, shown: Shown<'_>) {
    let hover = "Lines of equal value, with labels";
    ui.checkbox(&mut state.overlay.contours.is_on, "Contours (C)").on_hover_text(hover);
    if !state.overlay.contours.is_on {
        return;
    }
    ui.indent("contours", |ui| {
        field_menu_ui(ui, scene, state, shown);
        let of = state.overlay.contours.of.as_deref();
        if let Some(id) = of.and_then(|path| scene.opened.dataset.find_variable(path)) {
            indices_ui(ui, scene, state, id);
        }
        levels_ui(ui, &mut state.overlay.contours.levels);
        ui.horizontal(|ui| {
            ui.label("Labels on every");
            let suffix = ordinal(state.overlay.contours.labels_every);
            let every = DragValue::new(&mut state.overlay.contours.labels_every).range(1..=20);
            let response = ui.add(every.suffix(suffix));
            named(&response, "Labels on every n-th line");
            ui.label("line");
        });
        if let Some(note) = &state.overlays.contour_note {
            ui.weak(note);
        }
    });
}

fn ordinal(n: u32) -> &'static str {
    match (n % 10, n % 100) {
        (1, h) if h != 11 => "st",
        (2, h) if h != 12 => "nd",
        (3, h) if h != 13 => "rd",
        _ => "th",
    }
}

fn named(response: &egui::Response, name: &str) {
    response.widget_info(|| {
        let info = egui::WidgetInfo::new(egui::Role::SpinButton);
        egui::WidgetInfo { label: Some(name.to_owned()), ..info }
    });
}

/// Which variable the lines are of.
fn field_menu_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState, shown: Shown<'_>) {
    let path = |id: VariableId| scene.opened.dataset.variable_path(id);
    let chosen = state.overlay.contours.of.clone();
    let text = chosen.clone().unwrap_or_else(|| "this variable".into());
    let mut picked = None;
    let menu = ComboBox::from_id_salt("contours of")
        .selected_text(short(&text))
        .width(150.0)
        .show_ui(ui, |ui| {
            if ui.selectable_label(chosen.is_none(), "this variable").clicked() {
                picked = Some(None);
            }
            for id in other_fields(scene, shown) {
                let path = path(id);
                let label = ui.selectable_label(chosen.as_deref() == Some(&path), short(&path));
                if label.on_hover_text(title(scene, id)).clicked() {
                    picked = Some(Some(path));
                }
            }
        });
    menu.response.widget_info(|| {
        egui::WidgetInfo::labeled(
            egui::Role::ComboBox,
            true,
            format!("Contours of: {}", short(&text)),
        )
    });
    if let Some(of) = picked {
        state.overlay.contours.of = of;
    }
}

/// The index along each dimension that the picture's variable has not.
fn indices_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState, id: VariableId) {
    let other = beside(scene, id);
    let (Some(own), Some(variable)) = (scene.variable(), other.variable()) else { return };
    for at in own_axes(variable, own) {
        let axis = variable.axes.get(at);
        let Some(axis) = axis else { continue };
        let Some(name) = scene.opened.dataset.dimension_name(axis) else { continue };
        let last = axis.length.saturating_sub(1);
        let info = want_axis_along(other, at, Along::default(), None).ready();
        let mut index = state.overlay.indices.get(name).copied().unwrap_or(0).min(last);
        ui.horizontal_wrapped(|ui| {
            ui.label(name);
            let response = ui.add(DragValue::new(&mut index).range(0..=last).speed(0.1));
            named(&response, name);
            if response.changed() {
                state.overlay.indices.insert(name.to_owned(), index);
            }
            if let Some(info) = info {
                ui.weak(info.label_in(other, index));
            }
        });
    }
}

/// Paths in the root group by their name.
fn short(path: &str) -> &str {
    path.strip_prefix('/').filter(|name| !name.contains('/')).unwrap_or(path)
}

fn title(scene: Scene<'_>, id: VariableId) -> String {
    beside(scene, id).title(true)
}

fn levels_ui(ui: &mut Ui, levels: &mut LevelChoice) {
    let name = |levels: &LevelChoice| match levels {
        LevelChoice::Count(_) => "About so many",
        LevelChoice::Every(_) => "One every",
        LevelChoice::List(_) => "At these values",
    };
    let now = name(levels);
    ui.horizontal(|ui| {
        let menu = ComboBox::from_id_salt("contour levels").selected_text(now).show_ui(ui, |ui| {
            for other in
                [LevelChoice::Count(10), LevelChoice::Every(1.0), LevelChoice::List(Vec::new())]
            {
                let label = name(&other);
                if ui.selectable_label(label == now, label).clicked() && label != now {
                    *levels = other;
                }
            }
        });
        menu.response.widget_info(|| {
            egui::WidgetInfo::labeled(egui::Role::ComboBox, true, format!("Lines: {now}"))
        });
        match levels {
            LevelChoice::Count(count) => {
                named(&ui.add(DragValue::new(count).range(1..=100)), "How many lines");
            }
            LevelChoice::Every(step) => {
                let speed = (step.abs() / 100.0).max(1e-12);
                let value = DragValue::new(step).speed(speed).range(0.0..=f64::MAX);
                named(&ui.add(value.max_decimals(12)), "From line to line");
            }
            LevelChoice::List(_) => {}
        }
    });
    if let LevelChoice::List(values) = levels {
        list_ui(ui, values);
    }
}

/// Numbers with blanks or commas between them. What is being typed is kept as it is.
fn list_ui(ui: &mut Ui, values: &mut Vec<f64>) {
    let id = ui.scope_id().with("contour values");
    let written = || {
        let texts: Vec<String> = values.iter().map(|value| format!("{value}")).collect();
        texts.join(" ")
    };
    let mut text = ui.data(|data| data.get_temp::<String>(id)).unwrap_or_else(written);
    let edit = TextEdit::singleline(&mut text).hint_text("990 1000 1010").desired_width(170.0);
    let response = ui.add(edit);
    response
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Values of lines"));
    if response.changed() {
        let numbers = text.split([' ', ',', ';']).filter_map(|word| word.parse::<f64>().ok());
        *values = numbers.filter(|value| value.is_finite()).collect();
    }
    if response.has_focus() || response.changed() {
        ui.data_mut(|data| data.insert_temp(id, text));
    } else {
        ui.data_mut(|data| data.remove_temp::<String>(id));
    }
}

fn vectors_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState, shown: Shown<'_>) {
    let all = pairs(scene, shown);
    let Some(pair) = chosen_pair(scene, state, shown) else { return };
    let hover = "Wind, currents and the like as arrows, turned to true north";
    ui.checkbox(&mut state.overlay.vectors.is_on, "Vectors (V)").on_hover_text(hover);
    if !state.overlay.vectors.is_on {
        return;
    }
    ui.indent("vectors", |ui| {
        pair_menu_ui(ui, scene, state, (&all, pair));
        indices_ui(ui, scene, state, pair.u);
        let options = &mut state.overlay.vectors;
        ui.horizontal(|ui| {
            ui.label("Every");
            let spacing = DragValue::new(&mut options.spacing).range(10.0..=120.0);
            named(&ui.add(spacing.max_decimals(0).suffix(" px")), "From arrow to arrow");
            ui.label("length");
            let length = DragValue::new(&mut options.length).range(0.2..=5.0).speed(0.02);
            named(&ui.add(length.max_decimals(2).prefix("×")), "Length of arrows");
        });
        relative_ui(ui, &mut options.relative_to);
        if let Some(note) = &state.overlays.vector_note {
            ui.weak(note);
        }
    });
}

fn pair_menu_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    (all, chosen): (&[VectorPair], VectorPair),
) {
    let path = |id: VariableId| scene.opened.dataset.variable_path(id);
    let text = |pair: &VectorPair| format!("{}, {}", short(&path(pair.u)), short(&path(pair.v)));
    let now = text(&chosen);
    let mut picked = None;
    let menu =
        ComboBox::from_id_salt("vectors of").selected_text(&now).width(150.0).show_ui(ui, |ui| {
            for pair in all {
                let label = ui.selectable_label(*pair == chosen, text(pair));
                if label.on_hover_text(title(scene, pair.u)).clicked() {
                    picked = Some(path(pair.u));
                }
            }
        });
    menu.response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::ComboBox, true, format!("Vectors: {now}"))
    });
    if picked.is_some() {
        state.overlay.vectors.of = picked;
    }
}

/// For files that do not say what their components are along, or say it wrongly.
fn relative_ui(ui: &mut Ui, relative_to: &mut RelativeTo) {
    let choices = [
        (RelativeTo::File, "As the file says", "By standard names, the grid and its rotation"),
        (RelativeTo::Earth, "East and north", "The components are towards east and north"),
        (RelativeTo::Grid, "Along the grid", "The components are along the grid's x and y"),
    ];
    let now = choices.iter().find(|choice| choice.0 == *relative_to).map_or("", |choice| choice.1);
    let menu = ComboBox::from_id_salt("vectors along").selected_text(now).show_ui(ui, |ui| {
        for (choice, label, hover) in choices {
            ui.selectable_value(relative_to, choice, label).on_hover_text(hover);
        }
    });
    menu.response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::ComboBox, true, format!("Components: {now}"))
    });
}
