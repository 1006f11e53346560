//! The chart of a line view, and the mouse over it.

use egui::{Response, Stroke, Ui, vec2};

use super::series::axes_of_units;
use crate::cf;
use crate::prep::line::Thinning;
use crate::session::{CurveZoom, Settings};
use crate::ui::status::Readout;
use crate::ui::theme::palette;
use crate::views::axis::AxisInfo;
use crate::views::chart::curve::Drawn;
use crate::views::chart::paint::paint_curves;
use crate::views::chart::readout::hover_ui;
use crate::views::chart::values::{Extent, Meaning, ValueAxis, values_title};
use crate::views::chart::{Across, Chart, Placed};
use crate::views::frame::{Frame, Span, tick_font};
use crate::views::{Scene, VariableState};

/// Of a curve's values, as the file writes it; what is stored has none.
fn unit_of(drawn: &Drawn<'_>) -> String {
    let cf = drawn.scene.cf().filter(|_| drawn.curve.origin.is_decoded);
    let Some(cf) = cf else { return String::new() };
    match drawn.scene.as_rate && cf.accumulation().is_some() {
        true => cf.rate_units().0,
        false => cf.units().unwrap_or_default(),
    }
}

/// Decides which axis each curve belongs to; the titles of the axes, and what lies along them.
pub fn share_axes(
    scene: Scene<'_>,
    state: &VariableState,
    is_decoded: bool,
    drawn: &mut [Drawn<'_>],
) -> (ValueAxis, Option<ValueAxis>) {
    let units: Vec<String> = drawn.iter().map(unit_of).collect();
    let axes = axes_of_units(&units);
    for (curve, (scaling, is_second)) in drawn.iter_mut().zip(axes.each) {
        (curve.scaling, curve.is_second) = (scaling, is_second);
    }
    let extent = |is_second: bool| {
        let curves = drawn.iter().filter(|curve| curve.is_second == is_second);
        let extents = curves.map(|curve| curve.extent.mapped(|v| curve.scaling.apply(v)));
        extents.reduce(Extent::and).unwrap_or_default()
    };
    let is_alone = drawn.iter().all(|curve| curve.curve.origin.variable == scene.variable);
    let title = match is_alone {
        true => values_title(scene, is_decoded),
        false => names_with_unit(drawn, false, &axes.first),
    };
    let scale = state.line.scale;
    let first = ValueAxis::of(title, Meaning::of(scene, is_decoded), scale, extent(false));
    let second = axes.second.map(|unit| {
        let title = names_with_unit(drawn, true, &unit);
        let of = drawn.iter().find(|curve| curve.is_second).map(|curve| curve.scene);
        let meaning = of.map(|scene| Meaning::of(scene, is_decoded)).unwrap_or_default();
        ValueAxis::of(title, meaning, scale, extent(true))
    });
    let part = state.line.zoom.filter(|zoom| Some(zoom.axis) == state.slice.line);
    let part = part.map_or((0.0, 1.0), |zoom| zoom.values);
    (first.part(part), second.map(|axis| axis.part(part)))
}

/// `tas, tos [K]`; each name once.
fn names_with_unit(drawn: &[Drawn<'_>], is_second: bool, unit: &str) -> String {
    let curves = drawn.iter().filter(|curve| curve.is_second == is_second);
    let mut names: Vec<&str> = Vec::new();
    for curve in curves {
        let name = curve.scene.variable().map_or("", |variable| variable.name.as_str());
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let names = names.join(", ");
    match cf::units::pretty(unit) {
        unit if unit.is_empty() => names,
        unit => format!("{names} [{unit}]"),
    }
}

pub fn plot_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    settings: &Settings,
    (info, mut drawn): (&AxisInfo, Vec<Drawn<'_>>),
    readout: &mut Readout,
) {
    let Some(axis) = state.slice.line else { return };
    let (values, second) = share_axes(scene, state, settings.is_decoded, &mut drawn);
    let is_upright = info.is_vertical();
    let home = home(&drawn, is_upright && info.points_down);
    let zoom = state.line.zoom.filter(|zoom| zoom.axis == axis);
    let span = zoom.map_or(home, |zoom| Span { low: zoom.along.0, high: zoom.along.1, ..home });
    let across = Across::Coordinate { scene, info, span };
    let chart = Chart { salt: "line", across, values, second, is_upright };
    let (placed, response) = chart.axes_ui(ui);
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Image, true, format!("Line plot of {}", scene.path()))
    });
    paint_curves(ui.painter(), &placed, &drawn, state.line.style);
    if let Some(at) = response.hover_pos() {
        line_ui(ui, &placed, placed.along_at(at));
        let painter = ui.painter().with_clip_rect(placed.rect());
        if let Some((index, text)) = hover_ui(&painter, &placed, (scene, info), &drawn, at) {
            readout.text = text;
            if response.clicked() {
                state.slice.set_index(axis, index);
            }
        }
    }
    words_ui(ui, &response, &drawn);
    let values = zoom.map_or((0.0, 1.0), |zoom| zoom.values);
    if let Some((along, values)) = navigate(ui, &response, &placed, (home, values)) {
        let is_home = along == home && values == (0.0, 1.0);
        let along = (along.low, along.high);
        state.line.zoom = (!is_home).then_some(CurveZoom { axis, along, values });
    }
    state.curves.visible = Some((span.low, span.high));
}

/// All that the curves cover along the coordinate.
fn home(drawn: &[Drawn<'_>], is_reversed: bool) -> Span {
    let ranges = drawn.iter().map(|curve| curve.map.range());
    let all = ranges.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).unwrap_or((0.0, 1.0));
    let (low, high) = if all.0 < all.1 { all } else { (all.0 - 0.5, all.0 + 0.5) };
    Span::new((low, high), is_reversed)
}

/// The line across the chart at the pointer.
fn line_ui(ui: &Ui, placed: &Placed<'_>, along: f64) {
    if let Some(ends) = placed.line_at(along) {
        ui.painter().line_segment(ends, Stroke::new(1.0, palette(ui).weak.gamma_multiply(0.6)));
    }
}

/// What is visible after this frame's mouse: along the coordinate, and in parts of all values.
/// The wheel zooms along the coordinate, with Ctrl along both.
pub fn navigate(
    ui: &Ui,
    response: &Response,
    placed: &Placed<'_>,
    (home, values): (Span, (f64, f64)),
) -> Option<(Span, (f64, f64))> {
    let whole = Span::new((0.0, 1.0), false);
    if response.double_clicked() {
        return Some((home, (0.0, 1.0)));
    }
    let along = placed.chart.across.span();
    let values = Span::new(values, false);
    let is_upright = placed.chart.is_upright;
    let turned = |along: Span, values: Span| match is_upright {
        true => (values, along),
        false => (along, values),
    };
    let (x, y) = turned(along, values);
    let frame = Frame { rect: placed.rect(), x, y };
    let (home_x, home_y) = turned(home, whole);
    let homes = (&home_x, &home_y);
    let with_ctrl = ui.input(|input| input.modifiers.command);
    let by_wheel = frame.zoomed_by_wheel(ui, response, homes).map(|(x, y)| match is_upright {
        _ if with_ctrl => (x, y),
        true => (frame.x, y),
        false => (x, frame.y),
    });
    let moved = frame.panned(ui, response, homes).or(by_wheel);
    let moved = moved.or_else(|| frame.zoomed_to_box(ui, response, homes))?;
    let (along, values) = turned(moved.0, moved.1);
    Some((along, (values.low, values.high)))
}

/// What the picture leaves out, in words.
pub fn words_ui(ui: &Ui, response: &Response, drawn: &[Drawn<'_>]) {
    let every = |curve: &Drawn<'_>| match curve.lines.as_ref().map(|lines| lines.thinning) {
        Some(Thinning::Every(n)) => n as u64,
        _ => 1,
    };
    let share = drawn.iter().map(|curve| curve.share.saturating_mul(every(curve))).max();
    let share = share.filter(|&share| share > 1);
    let thinned = share.map(|share| format!("1 value in {share} is shown"));
    let damage = drawn.iter().find_map(|curve| curve.damage.clone());
    let mut at = response.rect.left_top() + vec2(8.0, 6.0);
    for text in thinned.into_iter().chain(damage) {
        let (align, color) = (egui::Align2::LEFT_TOP, palette(ui).warning);
        let drawn = ui.painter().text(at, align, text, tick_font(), color);
        at.y = drawn.bottom() + 2.0;
    }
    if drawn.iter().all(|curve| curve.extent.ends.is_none()) {
        let is_empty = drawn.iter().all(|curve| curve.map.is_empty());
        let text = match is_empty {
            true => "This variable has no values",
            false => "All values of this slice are missing",
        };
        let font = egui::FontId::proportional(15.0);
        let center = response.rect.center();
        ui.painter().text(center, egui::Align2::CENTER_CENTER, text, font, palette(ui).weak);
    }
}
