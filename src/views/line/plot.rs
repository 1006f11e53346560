//! Axes and curves on the screen, and the mouse over them.

use std::cell::RefCell;

use egui::{Color32, Pos2, Stroke, Ui, Vec2b, vec2};
use egui_plot::{GridInput, GridMark, Plot, PlotPoint, PlotTransform, PlotUi, Points};
use hyperslab_core::Buffer;

use super::curve::{Drawn, Source};
use super::readout::{hover, telling_text};
use super::ticks::{CoordinateTicks, Meaning, label_of, marks, value_ticks};
use crate::cf::{self, Fills, TimeAxis};
use crate::prep::line::Thinning;
use crate::session::Settings;
use crate::ui::status::Readout;
use crate::ui::theme::palette;
use crate::views::axis::AxisInfo;
use crate::views::cell::CellWriter;
use crate::views::frame::tick_font;
use crate::views::{Scene, VariableState};

const LINE_PX: f32 = 1.5;

/// How the values are read as dates, where they are.
fn time_of_values(scene: Scene<'_>, is_decoded: bool) -> Option<TimeAxis> {
    scene.cf().filter(|_| is_decoded)?.time_axis()?.ok()
}

/// With the unit also of times that are not shown as dates.
fn values_title(scene: Scene<'_>, is_decoded: bool) -> String {
    let title = scene.title(is_decoded);
    let units = scene.cf().filter(|cf| !cf.packing(Fills::Declared).is_packed() || is_decoded);
    let units = units.and_then(|cf| cf.units()).filter(|units| cf::units::is_time(units));
    match units {
        Some(units) if time_of_values(scene, is_decoded).is_none() => format!("{title} [{units}]"),
        _ => title,
    }
}

pub(super) fn plot_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    settings: &Settings,
    (info, drawn): (&AxisInfo, &[Drawn]),
    is_reset: bool,
    readout: &mut Readout,
) {
    let is_profile = info.is_vertical();
    let is_log = state.line.is_log;
    let place = move |x: f64, y: f64| -> [f64; 2] {
        let y = if is_log { y.log10() } else { y };
        if is_profile { [y, x] } else { [x, y] }
    };
    let values_title = values_title(scene, settings.is_decoded);
    let flags = scene.cf().filter(|_| settings.is_decoded).and_then(|cf| cf.flags());
    let meaning = Meaning { time: time_of_values(scene, settings.is_decoded), flags };
    let coordinate = CoordinateTicks {
        scene,
        info,
        known: RefCell::default(),
        length_px: if is_profile { ui.available_height() } else { ui.available_width() },
        is_horizontal: !is_profile,
    };
    let is_log = state.line.is_log;
    let value_label = |mark: GridMark, range: &std::ops::RangeInclusive<f64>| {
        label_of(value_ticks(*range.start(), *range.end(), is_log, &meaning), mark.value)
    };
    let value_marks = |input: GridInput| {
        marks(&value_ticks(input.bounds.0, input.bounds.1, is_log, &meaning), &input)
    };
    let coordinate_label = |mark: GridMark, range: &std::ops::RangeInclusive<f64>| {
        coordinate.label(&mark, (*range.start(), *range.end()))
    };
    let (low, high) = state.curves.visible.unwrap_or(info.map.range());
    let title = info.horizontal_title(low, high);
    let mut plot = Plot::new(("line", scene.origin(true), state.curves.axis))
        // Room for half of the last label.
        .width((ui.available_width() - 26.0).max(60.0))
        .allow_scroll(false)
        .allow_drag(true)
        .pan_pointer_button(egui::PointerButton::Secondary)
        .boxed_zoom_pointer_button(egui::PointerButton::Primary)
        .show_crosshair(false)
        .grid_color(palette(ui).grid)
        .grid_fade(0.0)
        .label_formatter(|_| None)
        .set_margin_fraction(vec2(0.02, 0.06));
    plot = if is_profile {
        plot.invert_y(info.points_down)
            .y_grid_spacer(|input| coordinate.marks(&input))
            .y_axis_formatter(coordinate_label)
            .x_grid_spacer(value_marks)
            .x_axis_formatter(value_label)
            .x_axis_label(values_title)
            .y_axis_label(info.title.clone())
    } else {
        plot.x_grid_spacer(|input| coordinate.marks(&input))
            .x_axis_formatter(coordinate_label)
            .y_grid_spacer(value_marks)
            .y_axis_formatter(value_label)
            .x_axis_label(title)
            .y_axis_label(values_title)
    };
    if is_reset {
        plot = plot.reset();
    }
    let text = |values: &Buffer, index: usize| {
        telling_text(values, index, |format, at| {
            CellWriter::new(scene, settings.is_decoded, format).value_text(values, at)
        })
    };
    let response = plot.show(ui, |plot_ui| {
        extents_ui(plot_ui, drawn, &place);
        zoom_by_wheel(plot_ui, is_profile);
        let is_hovered = plot_ui.response().hovered();
        if let Some(at) = plot_ui.pointer_coordinate().filter(|_| is_hovered) {
            let coordinate = if is_profile { at.y } else { at.x };
            hover(plot_ui, scene, &text, (info, drawn), coordinate, &place, readout);
        }
        plot_ui.plot_bounds()
    });
    paint_curves(ui, &response.transform, drawn, state.line.shows_points, &place);
    let bounds = response.inner;
    let along = usize::from(is_profile);
    state.curves.visible = Some((bounds.min()[along], bounds.max()[along]));
    response.response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Image, true, format!("Line plot of {}", scene.path()))
    });
    thinning_ui(ui, &response.response, drawn);
    if drawn.iter().all(|curve| curve.extent.is_none()) {
        let is_empty = drawn.iter().all(|curve| curve.map.is_empty());
        ui.painter().text(
            response.response.rect.center(),
            egui::Align2::CENTER_CENTER,
            if is_empty {
                "This variable has no values"
            } else {
                "All values of this slice are missing"
            },
            egui::FontId::proportional(15.0),
            palette(ui).weak,
        );
    }
}

/// The extent of whole curves counts for "show everything", not the part drawn now.
fn extents_ui(plot_ui: &mut PlotUi<'_>, drawn: &[Drawn], place: &impl Fn(f64, f64) -> [f64; 2]) {
    let all = drawn.iter().filter_map(|curve| curve.extent);
    let all = all.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let (least, most) = apart(all.unwrap_or((0.0, 1.0)));
    for curve in drawn {
        let (low, high) = curve.map.range();
        for (x, y) in [(low, least), (high, most)] {
            let point = place(x, y);
            if point.iter().all(|v| v.is_finite()) {
                plot_ui
                    .points(Points::new("", vec![point]).radius(0.0).color(Color32::TRANSPARENT));
            }
        }
    }
}

/// Room above and below a curve whose values are all the same.
fn apart((least, most): (f64, f64)) -> (f64, f64) {
    if least < most {
        return (least, most);
    }
    let margin = if least == 0.0 { 1.0 } else { least.abs() * 0.05 };
    (least - margin, most + margin)
}

/// Curves are painted piece by piece: joined as one path, points that lie within a fraction of a
/// pixel make the toolkit's corners collapse and leave holes in steep slopes.
fn paint_curves(
    ui: &Ui,
    transform: &PlotTransform,
    drawn: &[Drawn],
    shows_points: bool,
    place: &impl Fn(f64, f64) -> [f64; 2],
) {
    let painter = ui.painter().with_clip_rect(*transform.frame());
    for curve in drawn.iter().rev() {
        paint_errors(&painter, transform, curve, place);
        let Some(lines) = &curve.lines else { continue };
        let stroke = Stroke::new(LINE_PX, curve.color);
        let dots = shows_points && lines.thinning == Thinning::None;
        for segment in &lines.segments {
            let positions = segment
                .iter()
                .map(|&[x, y]| place(x, y))
                .filter(|point| point.iter().all(|v| v.is_finite()))
                .map(|[x, y]| transform.position_from_point(&PlotPoint::new(x, y)));
            let positions: Vec<Pos2> = positions.collect();
            for pair in positions.windows(2) {
                painter.line_segment([pair[0], pair[1]], stroke);
            }
            if dots || positions.len() == 1 {
                for &position in &positions {
                    painter.circle_filled(position, 2.0, curve.color);
                }
            }
        }
    }
}

/// A thin bar from value less error to value plus error.
fn paint_errors(
    painter: &egui::Painter,
    transform: &PlotTransform,
    curve: &Drawn,
    place: &impl Fn(f64, f64) -> [f64; 2],
) {
    let (Some(errors), Source::Values { slab, map, .. }) = (&curve.errors, &curve.source) else {
        return;
    };
    let stroke = Stroke::new(1.0, curve.color.gamma_multiply(0.5));
    let number = |values: &Buffer, k: usize| values.number(k).map(|number| number.as_f64());
    for k in 0..slab.readable.min(errors.readable) {
        let parts = (map.center(k), number(&slab.values, k), number(&errors.values, k));
        let (Some(x), Some(value), Some(error)) = parts else { continue };
        let ends = [value - error, value + error].map(|y| place(x, y));
        if ends.iter().flatten().all(|v| v.is_finite()) {
            let ends = ends.map(|[x, y]| transform.position_from_point(&PlotPoint::new(x, y)));
            painter.line_segment(ends, stroke);
        }
    }
}

/// The wheel zooms along the coordinate, with Ctrl along both axes.
fn zoom_by_wheel(plot_ui: &mut PlotUi<'_>, is_profile: bool) {
    if !plot_ui.response().hovered() {
        return;
    }
    let scroll = plot_ui.ctx().input(|input| input.smooth_scroll_delta().y);
    if scroll != 0.0 {
        let factor = (scroll / 240.0).exp();
        let along = if is_profile { vec2(1.0, factor) } else { vec2(factor, 1.0) };
        plot_ui.set_auto_bounds(Vec2b::FALSE);
        plot_ui.zoom_bounds_around_hovered(along);
    }
}

/// What the picture leaves out, in words.
fn thinning_ui(ui: &Ui, response: &egui::Response, drawn: &[Drawn]) {
    let every = |curve: &Drawn| match curve.lines.as_ref().map(|lines| lines.thinning) {
        Some(Thinning::Every(n)) => n as u64,
        _ => 1,
    };
    let share = drawn.iter().map(|curve| curve.share.saturating_mul(every(curve))).max();
    let share = share.filter(|&share| share > 1);
    let thinned = share.map(|share| format!("1 value in {share} is shown"));
    let damage = drawn.iter().find_map(|curve| curve.damage.clone());
    let mut at = response.rect.left_top() + vec2(60.0, 6.0);
    for text in thinned.into_iter().chain(damage) {
        let (align, color) = (egui::Align2::LEFT_TOP, palette(ui).warning);
        let drawn = ui.painter().text(at, align, text, tick_font(), color);
        at.y = drawn.bottom() + 2.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_curve_lies_in_the_middle() {
        assert_eq!(apart((100.0, 100.0)), (95.0, 105.0));
        assert_eq!(apart((-100.0, -100.0)), (-105.0, -95.0));
        assert_eq!(apart((0.0, 0.0)), (-1.0, 1.0));
        assert_eq!(apart((1.0, 2.0)), (1.0, 2.0));
    }
}
