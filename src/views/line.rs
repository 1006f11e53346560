//! Curves of 1-D slices against their coordinate.
//!
//! A curve along a vertical axis is drawn as a profile: the coordinate up (or down, for depth
//! and pressure), the values across.

mod against;
mod candidates;
mod legend;
mod plot;
mod series;

use std::sync::Arc;

use egui::Ui;

use self::against::{against_menu_ui, against_ui};
pub use self::candidates::plotted;
use self::legend::{color_of, legend_ui};
use self::plot::plot_ui;
use self::series::series;
use super::axis::want_axis;
use super::chart::curve::{Curve, Drawn, drawn_curve};
use super::sliders::axes_choice_ui;
use super::spacing::{scale_menu_ui, spacing_ui};
use super::{Scene, Suitability, VariableState, ViewKind, error_ui, extended_axes, pending_ui};
use crate::cf::CfVariable;
use crate::engine::Answer;
use crate::prep::line::Polylines;
use crate::session::{LineStyle, Settings, ViewId};
use crate::ui::status::Readout;

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
    /// What the plot showed last frame: low and high along the coordinate.
    visible: Option<(f64, f64)>,
    /// The axis that belongs to.
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
    let Some(axis) = state.slice.line else {
        ui.weak("Choose an axis");
        return;
    };
    let info = match want_axis(scene, axis, state) {
        Answer::Ready(info) => info,
        Answer::Failed(error) => return error_ui(ui, scene.engine, &error),
        Answer::Pending(progress) => return pending_ui(ui, &progress),
    };
    let series = series(scene, state, settings.is_decoded, (axis, &info));
    legend_ui(ui, scene, state, &series);
    let count = series.first().map_or(0, |own| own.curve.section.element_count());
    if let Some(across) = against::other(scene, state, settings.is_decoded, count) {
        let chart = (scene, &*info, axis);
        return against_ui(ui, state, settings, chart, (&across, &series), readout);
    }
    if state.curves.axis.replace(axis) != Some(axis) {
        state.curves.visible = None;
    }
    let mut drawn: Vec<Drawn<'_>> = Vec::new();
    for (k, series) in series.iter().enumerate() {
        let (curve, lies) = (&series.curve, &series.lies);
        let visible = state.curves.visible;
        match drawn_curve(ui, series.scene, curve, lies, color_of(k), visible) {
            Answer::Ready(ready) => drawn.extend(Arc::into_inner(ready)),
            Answer::Failed(error) if k == 0 => return error_ui(ui, scene.engine, &error),
            Answer::Pending(progress) if k == 0 => return pending_ui(ui, &progress),
            _ => {}
        }
    }
    state.curves.is_current = drawn.iter().all(|curve| curve.lines.is_some() && curve.is_final);
    keep_painted(&mut state.curves, &mut drawn);
    plot_ui(ui, scene, state, settings, (&info, drawn), readout);
}

/// While one zooms, the points of the last frame stand in for those of the new window.
fn keep_painted(state: &mut LineState, drawn: &mut [Drawn<'_>]) {
    let last = std::mem::take(&mut state.painted);
    for drawn in drawn {
        let known = last.iter().find(|(curve, _)| *curve == drawn.curve);
        drawn.lines = drawn.lines.take().or_else(|| known.map(|(_, lines)| lines.clone()));
        let lines = drawn.lines.clone();
        state.painted.extend(lines.map(|lines| (drawn.curve.clone(), lines)));
    }
}

fn options_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState, _: &mut Settings) {
    ui.label("Style");
    let menu = egui::ComboBox::from_id_salt("line style").selected_text(state.line.style.name());
    let menu = menu.width(130.0).show_ui(ui, |ui| {
        for style in LineStyle::ALL {
            ui.selectable_value(&mut state.line.style, style, style.name());
        }
    });
    menu.response.widget_info(|| {
        let label = format!("line style: {}", state.line.style.name());
        egui::WidgetInfo::labeled(egui::Role::ComboBox, true, label)
    });
    ui.add_space(8.0);
    against_menu_ui(ui, scene, state);
    ui.add_space(8.0);
    if let Some(scale) = scale_menu_ui(ui, "Values", state.line.scale) {
        state.line.scale = scale;
    }
    let axis = state.slice.line;
    spacing_ui(ui, scene, state, axis.as_slice());
    if !state.line.curves.is_empty() && ui.button("Remove added curves").clicked() {
        state.line.curves.clear();
    }
    ui.add_space(8.0);
    ui.weak("Drag: zoom to a rectangle\nWheel: zoom along the axis\nRight-drag: move\nDouble-click: everything\nClick: go there with the slider");
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
