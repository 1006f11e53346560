//! What lies behind the points of a picture: the values along every axis that the picture does
//! not show, and those along a line drawn over it.
//!
//! The panel stands beside or under the picture, whichever leaves the picture more of its shape,
//! inside the same tile.

mod along;
mod section;
mod section_values;

use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{CentralPanel, Id, Panel, RichText, Ui};
use hyperslab_core::{Range, Section};

use self::along::along_ui;
use self::section::{SectionPicture, section_ui};
use super::axis::want_axis;
use super::chart::curve::Curve;
use super::data::{Located, Slab, own_site, place_words, want_geometry};
use super::picking;
use super::sliders::hidden_axes;
use super::{Scene, VariableState, kind};
use crate::cf::geolocation::Shown;
use crate::engine::Priority;
use crate::prep::line::Polylines;
use crate::session::{Settings, ViewId};
use crate::ui::status::Readout;

/// Nothing here is saved.
#[derive(Default)]
pub struct ProfileState {
    /// What was painted last, by axis and number of the pick: shown until what is asked for now
    /// is there.
    painted: BTreeMap<(usize, usize), Painted>,
    sections: BTreeMap<usize, SectionPicture>,
}

struct Painted {
    curve: Curve,
    slab: Arc<Slab>,
    lines: Arc<Polylines>,
}

/// A tile so much wider than high has the panel at its side.
const WIDE: f32 = 1.25;

/// Planes of more cells are not looked through for where a point lies.
const PLACES_MAX: u64 = 1 << 24;

/// A view, and beside it what lies behind its points.
pub fn view_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    settings: &mut Settings,
    readout: &mut Readout,
) {
    let draw = kind(state.view).ui;
    let axes = profiled_axes(scene, state);
    if state.picks.is_empty() || axes.is_empty() || !has_points(state.view) || scene.is_picture {
        return draw(ui, scene, state, settings, readout);
    }
    let is_left = scene.is_focused && !ui.ctx().egui_wants_keyboard_input();
    if is_left && ui.input(|input| input.key_pressed(egui::Key::Escape)) {
        state.picks.clear();
        return draw(ui, scene, state, settings, readout);
    }
    let room = ui.available_size();
    let id = ui.scope_id().with("profiles");
    let is_beside = room.x > WIDE * room.y;
    panel(id, is_beside, room).show(ui, |ui| {
        panel_ui(ui, scene, state, settings, (&axes, is_beside), readout);
    });
    CentralPanel::no_frame().show(ui, |ui| draw(ui, scene, state, settings, readout));
}

fn panel(id: Id, is_beside: bool, room: egui::Vec2) -> Panel {
    match is_beside {
        true => Panel::right(id.with("beside"))
            .default_size(0.4 * room.x)
            .size_range(140.0..=0.75 * room.x),
        false => Panel::bottom(id.with("below"))
            .default_size(0.42 * room.y)
            .size_range(90.0..=0.75 * room.y),
    }
}

/// Views whose pixels are cells.
fn has_points(view: ViewId) -> bool {
    !matches!(view, ViewId::Line | ViewId::Table | ViewId::Image | ViewId::Text)
}

/// The axes that the picture does not show; where it shows all, those it shows.
fn profiled_axes(scene: Scene<'_>, state: &VariableState) -> Vec<usize> {
    let Some(variable) = scene.variable().filter(|variable| variable.dtype.is_numeric()) else {
        return Vec::new();
    };
    let is_long = |axis: &usize| variable.axes.get(*axis).is_some_and(|axis| axis.length > 1);
    let hidden: Vec<usize> = hidden_axes(scene, state).into_iter().filter(is_long).collect();
    if !hidden.is_empty() {
        return hidden;
    }
    shown_axes(scene, state).into_iter().filter(is_long).collect()
}

fn shown_axes(scene: Scene<'_>, state: &VariableState) -> Vec<usize> {
    let rank = scene.variable().map_or(0, |variable| variable.rank());
    let hidden = hidden_axes(scene, state);
    (0..rank).filter(|axis| !hidden.contains(axis)).collect()
}

fn panel_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    settings: &Settings,
    (axes, is_beside): (&[usize], bool),
    readout: &mut Readout,
) {
    header_ui(ui, scene, state);
    let has_picks = state.picks.all().next().is_some();
    let has_line = state.picks.line().is_some();
    // A line over a picture of all axes there are is one curve.
    let hidden = hidden_axes(scene, state);
    let sections: Vec<Option<usize>> = match axes.iter().any(|axis| hidden.contains(axis)) {
        true => axes.iter().copied().map(Some).collect(),
        false => vec![None],
    };
    let count = if has_picks { axes.len() } else { 0 } + if has_line { sections.len() } else { 0 };
    let whole = ui.available_rect_before_wrap();
    let size = whole.size();
    let each = match is_beside {
        true => egui::vec2(size.x, size.y / count.max(1) as f32),
        false => egui::vec2(size.x / count.max(1) as f32, size.y),
    };
    let place = |ui: &mut Ui, k: usize, add: &mut dyn FnMut(&mut Ui)| {
        let moved = match is_beside {
            true => egui::vec2(0.0, each.y * k as f32),
            false => egui::vec2(each.x * k as f32, 0.0),
        };
        let rect = egui::Rect::from_min_size(whole.min + moved, each);
        let builder = egui::UiBuilder::new().id_salt(k).max_rect(rect.shrink(2.0));
        add(&mut ui.new_child(builder));
    };
    let mut k = 0;
    if has_picks {
        for &axis in axes {
            place(ui, k, &mut |ui| along_ui(ui, scene, state, settings, axis, readout));
            k += 1;
        }
    }
    if has_line {
        for axis in sections {
            place(ui, k, &mut |ui| section_ui(ui, scene, state, settings, axis, readout));
            k += 1;
        }
    }
    // The panel keeps its size whatever is in it.
    ui.expand_to_include_rect(whole);
}

/// What the curves are, each to be taken away.
fn header_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState) {
    let picks: Vec<_> = state.picks.all().collect();
    ui.horizontal_wrapped(|ui| {
        let close = ui.small_button("×").on_hover_text("Close the profiles (Esc)");
        close.widget_info(|| {
            egui::WidgetInfo::labeled(egui::Role::Button, true, "close the profiles")
        });
        if close.clicked() {
            state.picks.clear();
        }
        for pick in &picks {
            let words = place_of(scene, state, &pick.indices);
            ui.label(RichText::new("●").color(picking::color(pick.number)));
            ui.label(&words);
            if picks.len() > 1 {
                let remove = ui.small_button("−").on_hover_text("Take this point away");
                remove.widget_info(|| {
                    let name = format!("remove {words}");
                    egui::WidgetInfo::labeled(egui::Role::Button, true, name)
                });
                if remove.clicked() {
                    state.picks.remove(pick.number);
                }
            }
        }
        if state.picks.line().is_some() {
            ui.label("A – B");
            let remove = ui.small_button("−").on_hover_text("Take the line away");
            remove.widget_info(|| {
                egui::WidgetInfo::labeled(egui::Role::Button, true, "remove the line")
            });
            if remove.clicked() {
                state.picks.remove_line();
            }
        }
    });
}

/// Where a point is, in words: latitude and longitude, or the coordinates of the picture.
fn place_of(scene: Scene<'_>, state: &VariableState, indices: &[u64]) -> String {
    if let Some((lat, lon)) = lat_lon(scene, indices) {
        return place_words(lat, lon);
    }
    let words = shown_axes(scene, state).into_iter().filter_map(|axis| {
        let index = *indices.get(axis)?;
        let info = want_axis(scene, axis, state).ready();
        Some(info.map_or_else(|| index.to_string(), |info| info.full_label_in(scene, index)))
    });
    words.collect::<Vec<_>>().join("  ")
}

/// Of the middle of a cell, where that is known.
fn lat_lon(scene: Scene<'_>, indices: &[u64]) -> Option<(f64, f64)> {
    Places::of(scene)?.lat_lon(indices)
}

/// Where the cells of a variable lie on the Earth.
struct Places {
    located: Arc<Located>,
    /// Of the variable: up and across, or the only one.
    axes: Vec<(usize, u64)>,
}

impl Places {
    fn of(scene: Scene<'_>) -> Option<Self> {
        let variable = scene.variable()?;
        let site = own_site(scene)?;
        let axes = match site.shown() {
            Shown::Plane { y, x } => vec![y, x],
            Shown::Along(axis) => vec![axis],
        };
        let ranges = variable.axes.iter().enumerate().map(|(k, axis)| match axes.contains(&k) {
            true => Range::new(0, axis.length),
            false => Range::new(0, axis.length.min(1)),
        });
        let section = Section::new(ranges.collect::<Vec<_>>());
        if section.element_count() > PLACES_MAX {
            return None;
        }
        let located = want_geometry(scene, &site, &section, Priority::Visible).ready()?;
        let lengths = axes.into_iter().map(|k| Some((k, variable.axes.get(k)?.length)));
        Some(Self { located, axes: lengths.collect::<Option<Vec<_>>>()? })
    }

    fn lat_lon(&self, indices: &[u64]) -> Option<(f64, f64)> {
        let mut cell = 0u64;
        for (axis, length) in &self.axes {
            cell = cell.checked_mul(*length)?.checked_add(*indices.get(*axis)?)?;
        }
        self.located.geometry.center(usize::try_from(cell).ok()?)
    }
}
