//! The menu of variables that one can be compared with, and what can be made of two.

use std::sync::Arc;

use egui::Ui;
use hyperslab_core::{Dtype, VariableId};

use super::source;
use crate::cf::{CfDataset, Flags, Frame, Purpose, VectorPair};
use crate::engine::FileId;
use crate::engine::store::FileView;
use crate::session::{Comparison, Formula, Source};
use crate::views::{Scene, VariableState};

/// So many variables are offered at a time; the filter finds the others.
const OFFERED_MAX: usize = 40;
/// Fewer need no filter.
const FILTER_FROM: usize = 12;

/// The section of the side panel.
pub fn compare_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState, is_decoded: bool) {
    let is_numeric = scene.variable().is_some_and(|v| v.dtype.is_numeric() && v.rank() > 0);
    if !is_numeric || !is_decoded {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        let menu = ui.menu_button("Compare with…", |ui| candidates_ui(ui, scene, state));
        menu.response.on_hover_text(
            "Difference, ratio or mean with another variable, of this or of another open file. \
             Another grid is regridded onto this one",
        );
        vector_ui(ui, scene, state);
    });
}

/// Speed and direction, where the variable is a component of a vector.
fn vector_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState) {
    let dataset = &scene.opened.dataset;
    let Some(VectorPair { u, v }) = pair_of(scene) else { return };
    let name = |id: VariableId| dataset.variable(id).map_or("", |variable| variable.name.as_str());
    let names = format!("{}, {}", name(u), name(v));
    ui.menu_button(names, |ui| {
        let own = source(scene, state);
        let component =
            |id: VariableId| Source { variable: dataset.variable_path(id), ..own.clone() };
        let formula = |by| Formula::Compare { a: component(u), b: component(v), by };
        if ui.button("Speed").on_hover_text("The length of the vector").clicked() {
            state.wanted = Some(formula(Comparison::Speed));
            ui.close();
        }
        // Along the rows and columns of a grid an angle says nothing about north.
        let orientation = scene.opened.meaning.orientation(dataset, VectorPair { u, v });
        let is_true_north = orientation.is_some_and(|found| found.frame == Frame::Earth);
        let direction = ui.add_enabled(is_true_north, egui::Button::new("Direction"));
        let direction = direction.on_hover_text("Where it comes from, clockwise from north");
        let why = "The components follow the grid, not east and north";
        if direction.on_disabled_hover_text(why).clicked() {
            state.wanted = Some(formula(Comparison::Direction));
            ui.close();
        }
    });
}

fn pair_of(scene: Scene<'_>) -> Option<VectorPair> {
    let pairs = scene.opened.meaning.vectors().iter();
    pairs.copied().find(|pair| pair.u == scene.variable || pair.v == scene.variable)
}

/// A variable that can be compared with.
#[derive(Clone)]
struct Candidate {
    file: FileId,
    id: VariableId,
    path: String,
    /// With the file, where it is another.
    label: String,
}

type Known = ((FileId, VariableId, Vec<(FileId, u64, usize)>), Arc<Vec<Candidate>>);

/// Worked out once, not in every frame that the menu is open.
fn candidates(ui: &Ui, scene: Scene<'_>) -> Arc<Vec<Candidate>> {
    let id = egui::Id::unique("compare candidates");
    let snapshot = |view: &FileView<CfDataset>| {
        let address = view.opened().map_or(0, |opened| Arc::as_ptr(opened) as usize);
        (view.id, view.generation, address)
    };
    let key = (scene.file.id, scene.variable, scene.files.iter().map(snapshot).collect());
    match ui.data(|data| data.get_temp::<Known>(id)) {
        Some((known, found)) if known == key => found,
        _ => {
            let found = Arc::new(found(scene));
            ui.data_mut(|data| data.insert_temp::<Known>(id, (key, found.clone())));
            found
        }
    }
}

/// Those called the same first, then those of as many axes. O(variables of all files).
fn found(scene: Scene<'_>) -> Vec<Candidate> {
    let Some(own) = scene.variable() else { return Vec::new() };
    let mut ranked: Vec<(u8, Candidate)> = Vec::new();
    for view in scene.files {
        let Some(opened) = view.opened() else { continue };
        let ids = (0..opened.dataset.variables.len()).filter_map(|k| u32::try_from(k).ok());
        for id in ids.map(VariableId) {
            let Some(variable) = opened.dataset.variable(id) else { continue };
            let is_own = view.id == scene.file.id && id == scene.variable;
            let is_data = opened.meaning.purpose(id) == Purpose::Data;
            let is_number = variable.dtype.is_numeric() && variable.rank() > 0;
            if is_own || !is_data || !is_number || variable.error.is_some() {
                continue;
            }
            let path = opened.dataset.variable_path(id);
            let label = match view.id == scene.file.id {
                true => path.trim_start_matches('/').to_owned(),
                false => format!("{} ({})", path.trim_start_matches('/'), view.name()),
            };
            let rank = match () {
                () if variable.name == own.name => 0,
                () if variable.shape() == own.shape() => 1,
                () if variable.rank() == own.rank() => 2,
                () => 3,
            };
            ranked.push((rank, Candidate { file: view.id, id, path, label }));
        }
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, candidate)| candidate).collect()
}

fn candidates_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState) {
    let candidates = candidates(ui, scene);
    if candidates.is_empty() {
        ui.weak("There is no other variable. Open another file to compare with it.");
        return;
    }
    let id = ui.scope_id().with("compare filter");
    let mut filter: String = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    if candidates.len() > FILTER_FROM {
        ui.add(egui::TextEdit::singleline(&mut filter).hint_text("Filter").desired_width(220.0));
    }
    let wanted = filter.to_lowercase();
    ui.data_mut(|data| data.insert_temp(id, filter));
    let matching = candidates.iter().filter(|c| c.label.to_lowercase().contains(&wanted));
    egui::ScrollArea::vertical().max_height(420.0).show(ui, |ui| {
        for candidate in matching.take(OFFERED_MAX) {
            ui.menu_button(&candidate.label, |ui| comparisons_ui(ui, scene, state, candidate));
        }
    });
}

fn comparisons_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState, candidate: &Candidate) {
    let Some(view) = scene.files.iter().find(|view| view.id == candidate.file) else { return };
    let classes = |opened: Option<&hyperslab_core::Variable>| {
        opened.is_some_and(|v| Flags::of(v).is_some() || matches!(v.dtype, Dtype::Enum(_)))
    };
    let other = view.opened().and_then(|opened| opened.dataset.variable(candidate.id));
    if classes(scene.variable()) || classes(other) {
        ui.weak("Classes cannot be subtracted");
        return;
    }
    let own = scene.variable().map_or("", |variable| variable.name.as_str());
    for (by, text, hover) in [
        (Comparison::Difference, "Difference", format!("{own} less {}", candidate.label)),
        (Comparison::Ratio, "Ratio", format!("{own} divided by {}", candidate.label)),
        (Comparison::Mean, "Mean of both", String::new()),
    ] {
        let button = ui.button(text);
        let button = if hover.is_empty() { button } else { button.on_hover_text(hover) };
        if button.clicked() {
            state.wanted = Some(comparison(scene, state, view, &candidate.path, by));
            ui.close();
        }
    }
}

/// What is asked for when a variable is dropped on the one that is shown, or chosen in a menu:
/// both cell by cell, the other one on the grid of this one.
pub fn comparison(
    scene: Scene<'_>,
    state: &VariableState,
    other: &FileView<CfDataset>,
    path: &str,
    by: Comparison,
) -> Formula {
    let b = Source {
        file: other.path.clone(),
        variable: path.to_owned(),
        masks: Vec::new(),
        as_rate: false,
    };
    Formula::Compare { a: source(scene, state), b, by }
}
