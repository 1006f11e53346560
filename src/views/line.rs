//! Curves of 1-D slices against their coordinate.
//!
//! A curve along a vertical axis is drawn as a profile: the coordinate up (or down, for depth
//! and pressure), the values across.

use std::cell::RefCell;
use std::sync::Arc;

use egui::{Color32, Pos2, RichText, Stroke, Ui, Vec2b, vec2};
use egui_plot::{GridInput, GridMark, Plot, PlotPoint, PlotTransform, PlotUi, Points};
use hyperslab_core::{Section, Variable};

use super::axis::{AxisInfo, want_axis};
use super::cell::CellWriter;
use super::data::{Slab, SlabRequest, curve_part, want_slab};
use super::sliders::axes_choice_ui;
use super::{
    Origin, Scene, Suitability, VariableState, ViewKind, error_ui, extended_axes, pending_ui,
};
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::prep::cell_edges::AxisMap;
use crate::prep::line::{Polylines, Thinning, XAxis, min_max_columns_of};
use crate::prep::table::NumberFormat;
use crate::prep::ticks::{self, Tick};
use crate::session::{Settings, ViewId};
use crate::ui::status::Readout;
use crate::ui::theme::{CURVES, palette};

pub const KIND: ViewKind =
    ViewKind { id: ViewId::Line, label: "Line", suits, ui: line_ui, options_ui };

fn suits(variable: &Variable) -> Suitability {
    if !variable.dtype.is_numeric() || variable.rank() == 0 || variable.element_count() == 0 {
        Suitability::No
    } else if extended_axes(variable) >= 1 {
        Suitability::Best
    } else {
        Suitability::Possible
    }
}

const LINE_PX: f32 = 1.5;

/// Labels along the values at the most.
const VALUE_TICKS: usize = 12;

/// Where the view stands; nothing here is saved.
#[derive(Default)]
pub struct LineState {
    /// Curves kept beside the current one.
    kept: Vec<Curve>,
    /// What the plot showed last frame: low and high across.
    visible: Option<(f64, f64)>,
    /// The axis the plot's zoom belongs to.
    axis: Option<usize>,
    is_current: bool,
}

/// A curve that stays when the slice moves on.
#[derive(Clone, Debug, PartialEq)]
struct Curve {
    origin: Origin,
    section: Section,
    axis: usize,
    label: String,
}

impl Weigh for Polylines {
    fn bytes(&self) -> usize {
        self.segments.iter().map(|segment| segment.len() * 16 + 24).sum()
    }
}

/// The points of a curve in a range of x, thinned to a number of pixel columns.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct PolylinesRequest {
    slab: SlabRequest,
    axis: usize,
    x_range: [u64; 2],
    columns: usize,
}

impl Request for PolylinesRequest {
    type Output = Polylines;

    fn describe(&self) -> String {
        "drawing".into()
    }
}

/// A curve whose values are there.
struct Drawn {
    color: Color32,
    slab: Arc<Slab>,
    map: AxisMap,
    stride: u64,
    lines: Option<Arc<Polylines>>,
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
    let info = match want_axis(scene, axis) {
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
    kept_ui(ui, state, &current);
    let is_reset = state.curves.axis.replace(axis) != Some(axis);
    if is_reset {
        state.curves.visible = None;
    }
    let mut drawn = Vec::new();
    let curves: Vec<Curve> = std::iter::once(current).chain(state.curves.kept.clone()).collect();
    for (k, curve) in curves.iter().enumerate() {
        let color = CURVES[k % CURVES.len()];
        match drawn_curve(ui, scene, curve, &info, color, state.curves.visible) {
            Answer::Ready(curve) => drawn.extend(Arc::into_inner(curve)),
            Answer::Failed(error) if k == 0 => return error_ui(ui, scene.engine, &error),
            Answer::Pending(progress) if k == 0 => return pending_ui(ui, &progress),
            _ => {}
        }
    }
    state.curves.is_current = drawn.iter().all(|curve| curve.lines.is_some());
    plot_ui(ui, scene, state, settings, (&info, &drawn), is_reset, readout);
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
        let info = want_axis(scene, axis).ready();
        let at = info.map_or_else(|| index.to_string(), |info| info.full_label(index));
        label.push_str(", ");
        label.push_str(&at);
    }
    label
}

/// "Keep" adds the current curve to those that stay; each can be taken away again.
fn kept_ui(ui: &mut Ui, state: &mut VariableState, current: &Curve) {
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
        if let Some(k) = removed {
            state.curves.kept.remove(k);
        }
    });
}

fn drawn_curve(
    ui: &Ui,
    scene: Scene<'_>,
    curve: &Curve,
    info: &AxisInfo,
    color: Color32,
    visible: Option<(f64, f64)>,
) -> Answer<Drawn> {
    let (section, map, stride) = curve_part(&curve.section, curve.axis, info);
    let slab_request = SlabRequest { origin: curve.origin, section };
    let slab = match want_slab(scene, &slab_request, Priority::Visible) {
        Answer::Ready(slab) => slab,
        Answer::Failed(error) => return Answer::Failed(error),
        Answer::Pending(progress) => return Answer::Pending(progress),
    };
    let whole = map.range();
    let (low, high, screens) = window(visible.unwrap_or(whole), whole);
    let request = PolylinesRequest {
        slab: slab_request,
        axis: curve.axis,
        x_range: [low, high].map(f64::to_bits),
        columns: (ui.available_width() * ui.pixels_per_point() * screens).clamp(64.0, 32_768.0)
            as usize,
    };
    let (job_slab, job_map, columns) = (slab.clone(), map.clone(), request.columns);
    let lines = scene.engine.want(&request, Priority::Visible, move |_| {
        Ok(polylines(&job_slab, &job_map, (low, high), columns))
    });
    let lines = lines.ready();
    Answer::Ready(Arc::new(Drawn { color, slab, map, stride, lines }))
}

fn polylines(slab: &Slab, map: &AxisMap, range: (f64, f64), columns: usize) -> Polylines {
    match map {
        AxisMap::Index { .. } => min_max_columns_of(
            XAxis::Regular { first: 0.0, step: 1.0 },
            &slab.values,
            range,
            columns,
        ),
        AxisMap::Regular { first, step, .. } => {
            let xs = XAxis::Regular { first: *first, step: *step };
            min_max_columns_of(xs, &slab.values, range, columns)
        }
        AxisMap::Edges { centers, .. } => {
            min_max_columns_of(XAxis::Values(centers), &slab.values, range, columns)
        }
    }
}

/// A range around what is visible that stays the same while one pans a little, and how many
/// screens wide it is.
fn window((low, high): (f64, f64), whole: (f64, f64)) -> (f64, f64, f32) {
    let width = high - low;
    let total = whole.1 - whole.0;
    if !(width > 0.0 && width < 0.9 * total) {
        return (whole.0, whole.1, (total / width.max(f64::MIN_POSITIVE)).clamp(1.0, 1.2) as f32);
    }
    // Powers of two, so that zooming does not ask anew at every step of the wheel.
    let step = width.log2().ceil().exp2();
    let from = ((low - whole.0) / step).floor() * step + whole.0;
    (from - step, from + 3.0 * step, (4.0 * step / width) as f32)
}

/// Ticks of the coordinate axis, worked out once for the marks and their labels.
struct CoordinateTicks<'a> {
    info: &'a AxisInfo,
    known: RefCell<Option<((f64, f64), Vec<Tick>)>>,
    length_px: f32,
    is_horizontal: bool,
}

impl CoordinateTicks<'_> {
    fn of(&self, low: f64, high: f64) -> Vec<Tick> {
        let mut known = self.known.borrow_mut();
        match &*known {
            Some((range, ticks)) if *range == (low, high) => ticks.clone(),
            _ => {
                let ticks = self.info.ticks_between(low, high, self.length_px, self.is_horizontal);
                *known = Some(((low, high), ticks.clone()));
                ticks
            }
        }
    }

    fn marks(&self, input: &GridInput) -> Vec<GridMark> {
        marks(&self.of(input.bounds.0, input.bounds.1), input)
    }

    fn label(&self, mark: &GridMark, range: (f64, f64)) -> String {
        label_of(self.of(range.0, range.1), mark.value)
    }
}

fn marks(ticks: &[Tick], input: &GridInput) -> Vec<GridMark> {
    // The distance between neighbours: it sets how strong the lines are drawn.
    let step = |pair: &[Tick]| (pair[1].value - pair[0].value).abs();
    let whole = (input.bounds.1 - input.bounds.0).abs();
    let step_size = ticks.windows(2).map(step).fold(whole, f64::min);
    ticks.iter().map(|tick| GridMark { value: tick.value, step_size }).collect()
}

fn label_of(ticks: Vec<Tick>, value: f64) -> String {
    ticks.into_iter().find(|tick| tick.value == value).map(|tick| tick.label).unwrap_or_default()
}

/// Places along the values; on a logarithmic plot these are given as powers of ten.
fn value_ticks(low: f64, high: f64, is_log: bool) -> Vec<Tick> {
    if !is_log {
        return ticks::linear(low, high, VALUE_TICKS);
    }
    let ends = (10f64.powf(low), 10f64.powf(high));
    let ticks = ticks::log(ends.0, ends.1, VALUE_TICKS).into_iter();
    ticks.map(|tick| Tick { value: tick.value.log10(), ..tick }).collect()
}

fn plot_ui(
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
    let values_title = scene.title(settings.is_decoded);
    let coordinate = CoordinateTicks {
        info,
        known: RefCell::default(),
        length_px: if is_profile { ui.available_height() } else { ui.available_width() },
        is_horizontal: !is_profile,
    };
    let is_log = state.line.is_log;
    let value_label = |mark: GridMark, range: &std::ops::RangeInclusive<f64>| {
        label_of(value_ticks(*range.start(), *range.end(), is_log), mark.value)
    };
    let value_marks =
        |input: GridInput| marks(&value_ticks(input.bounds.0, input.bounds.1, is_log), &input);
    let coordinate_label = |mark: GridMark, range: &std::ops::RangeInclusive<f64>| {
        coordinate.label(&mark, (*range.start(), *range.end()))
    };
    let (low, high) = state.curves.visible.unwrap_or(info.map.range());
    let title = info.horizontal_title(low, high);
    let mut plot = Plot::new(("line", scene.origin(true), state.curves.axis))
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
    let writer = CellWriter::new(scene, settings.is_decoded, NumberFormat::Auto);
    let response = plot.show(ui, |plot_ui| {
        extents_ui(plot_ui, drawn, &place);
        zoom_by_wheel(plot_ui, is_profile);
        if let Some(at) = plot_ui.pointer_coordinate() {
            hover(plot_ui, &writer, info, drawn, at, is_profile, &place, readout);
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
    if drawn.iter().all(|curve| curve.slab.summary.extent.is_none()) {
        ui.painter().text(
            response.response.rect.center(),
            egui::Align2::CENTER_CENTER,
            "All values of this slice are missing",
            egui::FontId::proportional(15.0),
            palette(ui).weak,
        );
    }
}

/// The extent of whole curves counts for "show everything", not the part drawn now.
fn extents_ui(plot_ui: &mut PlotUi<'_>, drawn: &[Drawn], place: &impl Fn(f64, f64) -> [f64; 2]) {
    for curve in drawn {
        let (low, high) = curve.map.range();
        let (least, most) = curve.slab.summary.extent.unwrap_or((0.0, 1.0));
        for (x, y) in [(low, least), (high, most)] {
            let point = place(x, y);
            if point.iter().all(|v| v.is_finite()) {
                plot_ui
                    .points(Points::new("", vec![point]).radius(0.0).color(Color32::TRANSPARENT));
            }
        }
    }
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

/// The points of all curves nearest to the pointer along the coordinate.
#[allow(clippy::too_many_arguments)]
fn hover(
    plot_ui: &mut PlotUi<'_>,
    writer: &CellWriter<'_>,
    info: &AxisInfo,
    drawn: &[Drawn],
    at: PlotPoint,
    is_profile: bool,
    place: &impl Fn(f64, f64) -> [f64; 2],
    readout: &mut Readout,
) {
    let coordinate = if is_profile { at.y } else { at.x };
    let mut texts = Vec::new();
    for curve in drawn {
        let Some(index) = curve.map.nearest(coordinate) else { continue };
        let value = curve.slab.values.number(index).map_or(f64::NAN, |number| number.as_f64());
        if let Some(center) = curve.map.center(index) {
            let point = place(center, value);
            if point.iter().all(|v| v.is_finite()) {
                plot_ui.points(Points::new("", vec![point]).radius(4.0).color(curve.color));
            }
        }
        if texts.is_empty() {
            texts.push(info.full_label(index as u64 * curve.stride));
        }
        texts.push(writer.value_text(&curve.slab.values, index));
    }
    readout.text = texts.join("    ");
}

fn thinning_ui(ui: &Ui, response: &egui::Response, drawn: &[Drawn]) {
    let stride = drawn.iter().map(|curve| curve.stride).max().unwrap_or(1);
    let every = drawn
        .iter()
        .filter_map(|curve| curve.lines.as_ref())
        .filter_map(|lines| match lines.thinning {
            Thinning::Every(n) => Some(n as u64),
            _ => None,
        })
        .max()
        .unwrap_or(1);
    if stride * every > 1 {
        ui.painter().text(
            response.rect.left_top() + vec2(60.0, 6.0),
            egui::Align2::LEFT_TOP,
            format!("every {}th value is shown", stride * every),
            super::frame::tick_font(),
            palette(ui).warning,
        );
    }
}

fn options_ui(ui: &mut Ui, _: Scene<'_>, state: &mut VariableState, _: &mut Settings) {
    ui.checkbox(&mut state.line.shows_points, "Points");
    ui.checkbox(&mut state.line.is_log, "Logarithmic values");
    if !state.curves.kept.is_empty() && ui.button("Remove kept curves").clicked() {
        state.curves.kept.clear();
    }
    ui.add_space(8.0);
    ui.weak("Drag: zoom to a rectangle\nWheel: zoom along the axis\nRight-drag: move\nDouble-click: everything");
}

impl LineState {
    /// The last frame showed all that was asked for.
    pub fn is_current(&self) -> bool {
        self.is_current
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drawn_window_holds_what_is_visible_and_stays_while_panning() {
        let whole = (0.0, 1000.0);
        let (low, high, screens) = window((100.0, 150.0), whole);
        assert!(low <= 100.0 && high >= 150.0 && screens <= 8.0);
        assert_eq!(window((101.0, 151.0), whole), (low, high, screens));
        assert_eq!(window((-5.0, 2000.0), whole).0, 0.0);
        assert_eq!(window((0.0, 0.0), (3.0, 3.0)).0, 3.0);
    }

    #[test]
    fn a_logarithmic_plot_is_labelled_with_the_values_themselves() {
        let ticks = value_ticks(-2.0, 2.0, true);
        let one = ticks.iter().find(|tick| tick.value == 0.0).expect("1 has a tick");
        assert_eq!(one.label, "1");
    }
}
