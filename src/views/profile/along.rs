//! The values along one axis at the points of a picture.

use std::sync::Arc;

use egui::{PointerButton, Stroke, Ui};
use hyperslab_core::{Range, Section};

use super::{Painted, shown_axes};
use crate::engine::Answer;
use crate::session::{LineStyle, Pick, Settings};
use crate::ui::status::Readout;
use crate::ui::theme::palette;
use crate::views::axis::{AxisInfo, want_axis};
use crate::views::chart::curve::{Curve, Drawn, Lies, Source, drawn_curve};
use crate::views::chart::paint::paint_curves;
use crate::views::chart::readout::hover_ui;
use crate::views::chart::values::{Extent, Meaning, ValueAxis, values_title};
use crate::views::chart::{Across, Chart, Placed};
use crate::views::{Scene, VariableState, error_ui, pending_ui, picking};

pub fn along_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    settings: &Settings,
    axis: usize,
    readout: &mut Readout,
) {
    let info = match want_axis(scene, axis, state) {
        Answer::Ready(info) => info,
        Answer::Failed(error) => return error_ui(ui, scene.engine, &error),
        Answer::Pending(progress) => return pending_ui(ui, &progress),
    };
    let lies = Lies::along(&info);
    let mut drawn: Vec<Drawn<'_>> = Vec::new();
    let picks: Vec<Pick> = state.picks.all().collect();
    for pick in picks {
        let curve = Curve {
            origin: scene.origin(settings.is_decoded),
            section: section(scene, state, &pick.indices, axis),
            axis,
            label: super::place_of(scene, state, &pick.indices),
        };
        let color = picking::color(pick.number);
        let key = (axis, pick.number);
        match drawn_curve(ui, scene, &curve, &lies, color, None) {
            Answer::Ready(ready) => {
                let Some(curve) = Arc::into_inner(ready) else { continue };
                let last = state.profiles.painted.get(&key);
                let curve = match curve.lines {
                    Some(_) => curve,
                    None => last.map_or(curve, |last| again(scene, last, &lies, color)),
                };
                remember(state, key, &curve);
                drawn.push(curve);
            }
            Answer::Pending(_) => {
                let last = state.profiles.painted.get(&key);
                drawn.extend(last.map(|last| again(scene, last, &lies, color)));
            }
            Answer::Failed(error) => {
                ui.weak(error.to_string());
            }
        }
    }
    if drawn.is_empty() {
        return;
    }
    if drawn.iter().all(|curve| curve.is_final && curve.extent.ends.is_none()) {
        let points = if drawn.len() == 1 { "Here" } else { "At these points" };
        ui.weak(format!("{points} nothing is there along {}.", info.title));
        return;
    }
    let chart = chart(scene, settings, &info, &drawn);
    let (placed, response) = chart.axes_ui(ui);
    response.widget_info(|| {
        let label = format!("Profile of {} along {}", scene.path(), info.title);
        egui::WidgetInfo::labeled(egui::Role::Image, true, label)
    });
    paint_curves(ui.painter(), &placed, &drawn, LineStyle::Line);
    let length = info.map.len() as u64;
    marker_ui(ui, &placed, &info, state.slice.index(axis, length));
    if let Some(at) = response.hover_pos() {
        let painter = ui.painter().with_clip_rect(placed.rect());
        if let Some((_, text)) = hover_ui(&painter, &placed, (scene, &info), &drawn, at) {
            readout.text = text;
        }
    }
    let is_chosen = response.clicked() || response.dragged_by(PointerButton::Primary);
    if let Some(at) = response.interact_pointer_pos().filter(|_| is_chosen)
        && let Some(index) = info.map.nearest(placed.along_at(at))
    {
        state.slice.set_index(axis, index as u64);
    }
}

/// All along the axis: where the point is on the picture, and where the sliders stand.
fn section(scene: Scene<'_>, state: &VariableState, point: &[u64], axis: usize) -> Section {
    let shape = scene.variable().map(|variable| variable.shape()).unwrap_or_default();
    let shown = shown_axes(scene, state);
    let ranges = shape.iter().enumerate().map(|(k, &length)| {
        if k == axis {
            return Range::new(0, length);
        }
        let index = match shown.contains(&k) {
            true => point.get(k).copied().unwrap_or(0).min(length.saturating_sub(1)),
            false => state.slice.index(k, length),
        };
        Range::new(index, length.min(1))
    });
    Section::new(ranges.collect::<Vec<_>>())
}

fn chart<'a>(
    scene: Scene<'a>,
    settings: &Settings,
    info: &'a AxisInfo,
    drawn: &[Drawn<'_>],
) -> Chart<'a> {
    let extent = drawn.iter().map(|curve| curve.extent).reduce(Extent::and).unwrap_or_default();
    let (title, meaning) =
        (values_title(scene, settings.is_decoded), Meaning::of(scene, settings.is_decoded));
    let values = ValueAxis::of(title, meaning, Default::default(), extent);
    let is_upright = info.is_vertical();
    let span = info.home(is_upright);
    let across = Across::Coordinate { scene, info, span };
    Chart { salt: "profile", across, values, second: None, is_upright }
}

/// Where the slider stands.
fn marker_ui(ui: &Ui, placed: &Placed<'_>, info: &AxisInfo, index: u64) {
    let along = usize::try_from(index).ok().and_then(|index| info.map.center(index));
    if let Some(ends) = along.and_then(|along| placed.line_at(along)) {
        ui.painter().line_segment(ends, Stroke::new(1.5, palette(ui).accent));
    }
}

fn remember(state: &mut VariableState, key: (usize, usize), curve: &Drawn<'_>) {
    if let (Some(lines), Source::Values { slab, .. }) = (&curve.lines, &curve.source) {
        let (curve, slab) = (curve.curve.clone(), slab.clone());
        state.profiles.painted.insert(key, Painted { curve, slab, lines: lines.clone() });
    }
}

/// What was painted last.
fn again<'a>(scene: Scene<'a>, last: &Painted, lies: &Lies, color: egui::Color32) -> Drawn<'a> {
    let summary = &last.slab.summary;
    let extent = Extent { ends: summary.extent, least_positive: summary.smallest_positive };
    let source = Source::Values { slab: last.slab.clone(), map: lies.map.clone(), first: 0 };
    let drawn = Drawn::new(scene, last.curve.clone(), color, lies, source, extent);
    Drawn { lines: Some(last.lines.clone()), is_final: false, ..drawn }
}
