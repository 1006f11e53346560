//! Curves of 1-D slices against their coordinate.
//!
//! A curve along a vertical axis is drawn as a profile: the coordinate up (or down, for depth
//! and pressure), the values across.

mod curve;
mod plot;
mod readout;
mod ticks;

use std::sync::Arc;

use egui::{RichText, Ui};

use super::axis::want_axis;
use super::sliders::axes_choice_ui;
use super::spacing::spacing_ui;
use super::{Scene, Suitability, VariableState, ViewKind, error_ui, extended_axes, pending_ui};
use crate::cf::CfVariable;
use crate::engine::Answer;
use crate::prep::line::Polylines;
use crate::session::{Settings, ViewId};
use crate::ui::status::Readout;
use crate::ui::theme::CURVES;
use curve::{Curve, Drawn, beside, drawn_curve, errors};
use plot::plot_ui;

pub const KIND: ViewKind =
    ViewKind { id: ViewId::Line, label: "Line", suits, ui: line_ui, options_ui };

fn suits(cf: &CfVariable<'_>) -> Suitability {
    let variable = cf.variable();
    if !variable.dtype.is_numeric() || variable.rank() == 0 || variable.element_count() == 0 {
        Suitability::No
    } else if extended_axes(variable) >= 1 {
        Suitability::Best
    } else {
        Suitability::Possible
    }
}

/// Where the view stands; nothing here is saved.
#[derive(Default)]
pub struct LineState {
    /// Curves kept beside the current one.
    kept: Vec<Curve>,
    /// What the plot showed last frame: low and high across.
    visible: Option<(f64, f64)>,
    /// The axis the plot's zoom belongs to.
    axis: Option<usize>,
    /// What was painted last, until what is asked for now is there.
    painted: Vec<(Curve, Arc<Polylines>)>,
    is_current: bool,
}

fn line_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    settings: &mut Settings,
    readout: &mut Readout,
) {
    state.curves.is_current = false;
    axes_choice_ui(ui, scene, state);
    let Some(variable) = scene.variable() else { return };
    let Some(axis) = state.slice.line else {
        ui.weak("Choose an axis");
        return;
    };
    let origin = scene.origin(settings.is_decoded);
    let info = match want_axis(scene, axis, state) {
        Answer::Ready(info) => info,
        Answer::Failed(error) => return error_ui(ui, scene.engine, &error),
        Answer::Pending(progress) => return pending_ui(ui, &progress),
    };
    let current = Curve {
        origin,
        section: state.slice.curve(&variable.shape()),
        axis,
        label: label(scene, state, axis),
    };
    let beside = beside(scene, &current);
    match scene.is_picture {
        true => legend_ui(ui, state, &current, &beside),
        false => kept_ui(ui, state, &current, &beside),
    }
    let is_reset = state.curves.axis.replace(axis) != Some(axis);
    if is_reset {
        state.curves.visible = None;
    }
    let mut drawn: Vec<Drawn> = Vec::new();
    let curves = std::iter::once(current).chain(state.curves.kept.clone()).chain(beside);
    let curves: Vec<Curve> = curves.collect();
    for (k, curve) in curves.iter().enumerate() {
        let color = CURVES[k % CURVES.len()];
        match drawn_curve(ui, scene, curve, &info, color, state.curves.visible) {
            Answer::Ready(ready) => drawn.extend(
                Arc::into_inner(ready)
                    .map(|drawn| Drawn { errors: errors(scene, curve, &drawn.source), ..drawn }),
            ),
            Answer::Failed(error) if k == 0 => return error_ui(ui, scene.engine, &error),
            Answer::Pending(progress) if k == 0 => return pending_ui(ui, &progress),
            _ => {}
        }
    }
    state.curves.is_current = drawn.iter().all(|curve| curve.lines.is_some() && curve.is_final);
    keep_painted(&mut state.curves, &mut drawn);
    plot_ui(ui, scene, state, settings, (&info, &drawn), is_reset, readout);
}

/// While one zooms, the points of the last frame stand in for those of the new window.
fn keep_painted(state: &mut LineState, drawn: &mut [Drawn]) {
    let last = std::mem::take(&mut state.painted);
    for drawn in drawn {
        let known = last.iter().find(|(curve, _)| *curve == drawn.curve);
        drawn.lines = drawn.lines.take().or_else(|| known.map(|(_, lines)| lines.clone()));
        let lines = drawn.lines.clone();
        state.painted.extend(lines.map(|lines| (drawn.curve.clone(), lines)));
    }
}

/// Name and where it was cut: "tas, time 2000-01-05, lat 45°N".
fn label(scene: Scene<'_>, state: &VariableState, shown: usize) -> String {
    let Some(variable) = scene.variable() else { return String::new() };
    let mut label = variable.name.clone();
    for (axis, length) in variable.shape().into_iter().enumerate() {
        if axis == shown || length < 2 {
            continue;
        }
        let index = state.slice.index(axis, length);
        let info = want_axis(scene, axis, state).ready();
        let at = info.map_or_else(|| index.to_string(), |info| info.full_label_in(scene, index));
        label.push_str(", ");
        label.push_str(&at);
    }
    label
}

/// What is which, where there are several.
fn legend_ui(ui: &mut Ui, state: &VariableState, current: &Curve, beside: &[Curve]) {
    let curves: Vec<&Curve> =
        std::iter::once(current).chain(&state.curves.kept).chain(beside).collect();
    if curves.len() < 2 {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        for (k, curve) in curves.iter().enumerate() {
            ui.label(RichText::new("●").color(CURVES[k % CURVES.len()]));
            ui.label(&curve.label);
            ui.add_space(8.0);
        }
    });
}

/// "Keep" adds the current curve to those that stay; each can be taken away again.
fn kept_ui(ui: &mut Ui, state: &mut VariableState, current: &Curve, beside: &[Curve]) {
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new("●").color(CURVES[0]));
        ui.label(&current.label);
        let is_kept = state.curves.kept.contains(current);
        let keep = egui::Button::new("Keep").small();
        if ui
            .add_enabled(!is_kept, keep)
            .on_hover_text("Keep this curve while you move on")
            .clicked()
        {
            state.curves.kept.push(current.clone());
        }
        let mut removed = None;
        for (k, curve) in state.curves.kept.iter().enumerate() {
            ui.separator();
            ui.label(RichText::new("●").color(CURVES[(k + 1) % CURVES.len()]));
            ui.label(&curve.label);
            if ui.small_button("×").on_hover_text("Remove this curve").clicked() {
                removed = Some(k);
            }
        }
        for (k, curve) in beside.iter().enumerate() {
            ui.separator();
            let color = CURVES[(k + 1 + state.curves.kept.len()) % CURVES.len()];
            ui.label(RichText::new("●").color(color));
            ui.label(&curve.label);
        }
        if let Some(k) = removed {
            state.curves.kept.remove(k);
        }
    });
}

fn options_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState, _: &mut Settings) {
    ui.checkbox(&mut state.line.shows_points, "Points");
    ui.checkbox(&mut state.line.is_log, "Logarithmic values");
    let axis = state.slice.line;
    spacing_ui(ui, scene, state, axis.as_slice());
    if !state.curves.kept.is_empty() && ui.button("Remove kept curves").clicked() {
        state.curves.kept.clear();
    }
    ui.add_space(8.0);
    ui.weak("Drag: zoom to a rectangle\nWheel: zoom along the axis\nRight-drag: move\nDouble-click: everything");
}

impl LineState {
    /// Another coordinate stands along the axis: what was painted lies elsewhere.
    pub fn forget_places(&mut self) {
        (self.axis, self.visible) = (None, None);
        self.painted.clear();
    }

    /// The last frame showed all that was asked for.
    pub fn is_current(&self) -> bool {
        self.is_current
    }
}
