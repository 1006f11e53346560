//! Curves of 1-D slices against their coordinate.
//!
//! A curve along a vertical axis is drawn as a profile: the coordinate up (or down, for depth
//! and pressure), the values across.

mod ticks;

use std::cell::RefCell;
use std::sync::Arc;

use egui::{Color32, Pos2, RichText, Stroke, Ui, Vec2b, vec2};
use egui_plot::{GridInput, GridMark, Plot, PlotPoint, PlotTransform, PlotUi, Points};
use hyperslab_core::array::Number;
use hyperslab_core::{Buffer, ReadError, Section, VariableId};

use super::axis::{AxisInfo, want_axis};
use super::cell::CellWriter;
use super::data::{
    CURVE_VALUES_MAX, CurveOverview, OverviewRequest, Slab, SlabRequest, curve_window,
    want_overview, want_slab,
};
use super::sliders::axes_choice_ui;
use super::{
    Origin, Scene, Suitability, VariableState, ViewKind, error_ui, extended_axes, pending_ui,
};
use crate::cf::{self, CfVariable, Fills, TimeAxis};
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::prep::cell_edges::AxisMap;
use crate::prep::line::{Polylines, Thinning, XAxis, min_max_columns, min_max_columns_of};
use crate::prep::table::{NumberFormat, format_number};
use crate::session::{Settings, ViewId};
use crate::ui::status::Readout;
use crate::ui::theme::{CURVES, palette};
use ticks::{CoordinateTicks, Meaning, label_of, marks, value_ticks};

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

const LINE_PX: f32 = 1.5;

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
    is_overview: bool,
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
    curve: Curve,
    color: Color32,
    /// Of the whole curve, of which only a part may be drawn.
    map: AxisMap,
    extent: Option<(f64, f64)>,
    source: Source,
    lines: Option<Arc<Polylines>>,
    /// One value in so many is shown.
    share: u64,
    /// Why not all of it is there, in words.
    damage: Option<String>,
    /// Nothing better is on its way.
    is_final: bool,
    /// Uncertainties of the values it is drawn from.
    errors: Option<Arc<Slab>>,
}

/// What a curve is drawn from.
enum Source {
    /// All values, or those around what is visible; `first` is the index of the first one.
    Values {
        slab: Arc<Slab>,
        map: AxisMap,
        first: u64,
    },
    Overview(Arc<CurveOverview>),
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
    let beside = beside(scene, &current);
    kept_ui(ui, state, &current, &beside);
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

/// What a convention draws with a variable, cut in the same place.
fn beside(scene: Scene<'_>, current: &Curve) -> Vec<Curve> {
    let others = scene.cf().map(|cf| cf.beside()).unwrap_or_default();
    let curve = |&variable: &VariableId| Curve {
        origin: Origin { variable, ..current.origin },
        label: scene.opened.dataset.variable(variable).map(|v| v.name.clone()).unwrap_or_default(),
        ..current.clone()
    };
    others.iter().map(curve).collect()
}

/// More error bars than this hide the curve.
const ERRORS_MAX: usize = 4000;

/// The uncertainties of a curve that is drawn from all its values.
fn errors(scene: Scene<'_>, curve: &Curve, source: &Source) -> Option<Arc<Slab>> {
    let Source::Values { slab, first: 0, .. } = source else { return None };
    let id = curve.origin.variable;
    let errors = scene.opened.meaning.variable(&scene.opened.dataset, id)?.errors()?;
    let origin = Origin { variable: errors, is_decoded: true, ..curve.origin };
    let request = SlabRequest { origin, section: slab.section.clone() };
    let is_wanted = slab.values.len() <= ERRORS_MAX;
    is_wanted.then(|| want_slab(scene, &request, Priority::Visible).ready()).flatten()
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
        let at = info.map_or_else(|| index.to_string(), |info| info.full_label_in(scene, index));
        label.push_str(", ");
        label.push_str(&at);
    }
    label
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

fn drawn_curve(
    ui: &Ui,
    scene: Scene<'_>,
    curve: &Curve,
    info: &AxisInfo,
    color: Color32,
    visible: Option<(f64, f64)>,
) -> Answer<Drawn> {
    let count = curve.section.element_count();
    let slab_request = SlabRequest { origin: curve.origin, section: curve.section.clone() };
    let drawn = |source, extent, share, damage| Drawn {
        curve: curve.clone(),
        color,
        map: info.map.clone(),
        extent,
        source,
        lines: None,
        share,
        damage,
        is_final: true,
        errors: None,
    };
    if count <= CURVE_VALUES_MAX {
        return match want_slab(scene, &slab_request, Priority::Visible) {
            Answer::Failed(error) => Answer::Failed(error),
            Answer::Pending(progress) => Answer::Pending(progress),
            Answer::Ready(slab) => {
                let damage = damage_text(slab.damage.as_ref(), slab.readable as u64, count);
                let extent = slab.summary.extent;
                let source = Source::Values { slab, map: info.map.clone(), first: 0 };
                let drawn = drawn(source, extent, 1, damage);
                Answer::Ready(Arc::new(with_lines(ui, scene, drawn, slab_request, curve, visible)))
            }
        };
    }
    let Curve { origin, section, axis, .. } = curve.clone();
    let overview = want_overview(scene, &OverviewRequest { origin, section, axis });
    let overview = match overview {
        Answer::Ready(overview) => overview,
        Answer::Failed(error) => return Answer::Failed(error),
        Answer::Pending(progress) => return Answer::Pending(progress),
    };
    let damage = damage_text(overview.damage.as_ref(), overview.readable, count);
    let (extent, share) = (overview.overview.extent(), overview.share);
    let mut drawn = drawn(Source::Overview(overview), extent, share, damage);
    let part = visible.and_then(|visible| curve_window(&curve.section, axis, &info.map, visible));
    let Some(part) = part else {
        return Answer::Ready(Arc::new(with_lines(ui, scene, drawn, slab_request, curve, visible)));
    };
    let part_request = SlabRequest { origin: curve.origin, section: part.section };
    match want_slab(scene, &part_request, Priority::Visible) {
        Answer::Ready(slab) => {
            drawn.source = Source::Values { slab, map: part.map, first: part.first };
            drawn.share = 1;
            Answer::Ready(Arc::new(with_lines(ui, scene, drawn, part_request, curve, visible)))
        }
        // Behind the cut of a file that is cut short there is nothing to see.
        answer => {
            drawn.is_final = matches!(answer, Answer::Failed(_));
            Answer::Ready(Arc::new(with_lines(ui, scene, drawn, slab_request, curve, visible)))
        }
    }
}

fn damage_text(damage: Option<&ReadError>, readable: u64, count: u64) -> Option<String> {
    damage.map(|_| format!("{readable} of {count} values; the rest is not in the file"))
}

/// Asks for what is painted of a curve; `slab` is what it is drawn from.
fn with_lines(
    ui: &Ui,
    scene: Scene<'_>,
    mut drawn: Drawn,
    slab: SlabRequest,
    curve: &Curve,
    visible: Option<(f64, f64)>,
) -> Drawn {
    let whole = match &drawn.source {
        Source::Values { map, .. } => map.range(),
        Source::Overview(_) => drawn.map.range(),
    };
    let (low, high, screens) = window(visible.unwrap_or(whole), whole);
    let request = PolylinesRequest {
        slab,
        axis: curve.axis,
        is_overview: matches!(drawn.source, Source::Overview(_)),
        x_range: [low, high].map(f64::to_bits),
        columns: (ui.available_width() * ui.pixels_per_point() * screens).clamp(64.0, 32_768.0)
            as usize,
    };
    let columns = request.columns;
    let lines = match &drawn.source {
        Source::Values { slab, map, .. } => {
            let (slab, map) = (slab.clone(), map.clone());
            scene.engine.want(&request, Priority::Visible, move |_| {
                Ok(polylines(&slab, &map, (low, high), columns))
            })
        }
        Source::Overview(overview) => {
            let (overview, map) = (overview.clone(), drawn.map.clone());
            scene.engine.want(&request, Priority::Visible, move |_| {
                Ok(overview_polylines(&overview, &map, (low, high), columns))
            })
        }
    };
    drawn.lines = lines.ready();
    drawn
}

fn polylines(slab: &Slab, map: &AxisMap, range: (f64, f64), columns: usize) -> Polylines {
    min_max_columns_of(XAxis::from(map), &slab.real_values(), range, columns)
}

fn overview_polylines(
    overview: &CurveOverview,
    map: &AxisMap,
    range: (f64, f64),
    columns: usize,
) -> Polylines {
    let (indices, values) = overview.overview.points();
    let center = |&index: &u64| usize::try_from(index).ok().and_then(|index| map.center(index));
    let xs: Vec<f64> = indices.iter().map(|index| center(index).unwrap_or(f64::NAN)).collect();
    min_max_columns(XAxis::Values(&xs), &values, range, columns)
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

/// The points of all curves nearest to the pointer along the coordinate.
fn hover(
    plot_ui: &mut PlotUi<'_>,
    scene: Scene<'_>,
    text: &impl Fn(&Buffer, usize) -> String,
    (info, drawn): (&AxisInfo, &[Drawn]),
    coordinate: f64,
    place: &impl Fn(f64, f64) -> [f64; 2],
    readout: &mut Readout,
) {
    let mut texts = Vec::new();
    for curve in drawn {
        let Some(near) = near(curve, coordinate, text) else { continue };
        for [x, y] in near.points {
            let point = place(x, y);
            if point.iter().all(|v| v.is_finite()) {
                plot_ui.points(Points::new("", vec![point]).radius(4.0).color(curve.color));
            }
        }
        if texts.is_empty() {
            texts.push(info.full_label_in(scene, near.index));
        }
        let error = curve.errors.as_ref().and_then(|errors| {
            errors.values.number(usize::try_from(near.index).ok()?).map(|number| number.as_f64())
        });
        let error = error.filter(|error| error.is_finite()).map(|error| {
            format!(" ± {}", format_number(Number::F64(error), NumberFormat::Significant(4)))
        });
        let name = match drawn {
            [_] => String::new(),
            _ => format!("{}: ", curve.curve.label),
        };
        texts.push(format!("{name}{}{}", near.text, error.unwrap_or_default()));
    }
    readout.text = texts.join("    ");
}

/// What a curve has near a coordinate: one value, or the extremes of a block.
struct Near {
    index: u64,
    points: Vec<[f64; 2]>,
    text: String,
}

fn near(curve: &Drawn, coordinate: f64, text: &impl Fn(&Buffer, usize) -> String) -> Option<Near> {
    match &curve.source {
        Source::Values { slab, map, first } => {
            let at = map.nearest(coordinate)?;
            let index = first + at as u64;
            if at >= slab.readable {
                return Some(Near { index, points: Vec::new(), text: "not in the file".into() });
            }
            let value = slab.values.number(at).map_or(f64::NAN, |number| number.as_f64());
            let points = map.center(at).map(|x| [x, value]).into_iter().collect();
            Some(Near { index, points, text: text(&slab.values, at) })
        }
        Source::Overview(overview) => {
            let index = curve.map.nearest(coordinate)? as u64;
            let Some(block) = overview.overview.at(index) else {
                return Some(Near { index, points: Vec::new(), text: "missing".into() });
            };
            let center = |at: u64| curve.map.center(usize::try_from(at).ok()?);
            let ends = [block.low, block.high];
            let points = ends.iter().filter_map(|&(at, value)| Some([center(at)?, value]));
            let points = points.collect();
            let ends = overview.overview.buffer(&ends.map(|(_, value)| value));
            let count = overview.overview.block_len();
            let text = format!("{} … {} (of {count} values)", text(&ends, 0), text(&ends, 1));
            Some(Near { index, points, text })
        }
    }
}

/// The text of a value, with more digits than usual where its neighbours would read the same.
fn telling_text(
    values: &Buffer,
    index: usize,
    written: impl Fn(NumberFormat, usize) -> String,
) -> String {
    let plain = written(NumberFormat::Auto, index);
    let Some(value) = values.number(index).map(|number| number.as_f64()) else { return plain };
    let neighbours = [index.checked_sub(1), index.checked_add(1)].into_iter().flatten();
    let others = neighbours.filter_map(|at| Some((at, values.number(at)?.as_f64())));
    let others =
        others.filter(|&(at, other)| other != value && written(NumberFormat::Auto, at) == plain);
    let steps = others.map(|(_, other)| (other - value).abs());
    let step = steps.filter(|&step| step > 0.0).fold(f64::INFINITY, f64::min);
    let digits = (value.abs() / step).log10().ceil() + 2.0;
    if !digits.is_finite() {
        return plain;
    }
    written(NumberFormat::Significant(digits.clamp(9.0, 17.0) as u8), index)
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
        let drawn = ui.painter().text(at, align, text, super::frame::tick_font(), color);
        at.y = drawn.bottom() + 2.0;
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
    fn a_constant_curve_lies_in_the_middle() {
        assert_eq!(apart((100.0, 100.0)), (95.0, 105.0));
        assert_eq!(apart((-100.0, -100.0)), (-105.0, -95.0));
        assert_eq!(apart((0.0, 0.0)), (-1.0, 1.0));
        assert_eq!(apart((1.0, 2.0)), (1.0, 2.0));
    }

    #[test]
    fn a_readout_has_the_digits_that_tell_neighbours_apart() {
        let text = |values: Vec<f64>, index: usize| {
            let values = Buffer::F64(values);
            telling_text(&values, index, |format, at| {
                let format = match format {
                    NumberFormat::Auto => NumberFormat::Significant(8),
                    other => other,
                };
                crate::prep::table::format_number(values.number(at).unwrap(), format)
            })
        };
        assert_eq!(text(vec![1_000_000.000_297, 1_000_000.000_594], 0), "1000000.0003");
        assert_eq!(text(vec![0.1 + 0.2, 0.7], 0), "0.3");
        assert_eq!(text(vec![5.0, 5.0], 1), "5");
        assert_eq!(text(vec![1.0, 1.0 + 1e-14], 1), "1.00000000000001");
    }

    #[test]
    fn values_that_are_times_have_dates_along_them() {
        let time = Meaning { time: Some(TimeAxis::unix()), flags: None };
        let ticks = value_ticks(0.0, 86_400.0 * 10.0, false, &time);
        assert!(ticks.iter().any(|tick| tick.label.starts_with("1970-01-")), "{ticks:?}");
        assert_eq!(value_ticks(0.0, 1.0, false, &Meaning::default())[0].label, "0.0");
    }

    #[test]
    fn a_spike_in_the_overview_of_a_long_curve_is_painted() {
        let mut overview = crate::prep::overview::Overview::new(10_000_000);
        let mut values = vec![0.0f32; 10_000_000];
        values[1_234_567] = 8.0;
        overview.add(0, &Buffer::F32(values));
        let overview = CurveOverview { overview, share: 1, readable: 10_000_000, damage: None };
        let map = AxisMap::index(10_000_000);
        let lines = overview_polylines(&overview, &map, map.range(), 1000);
        assert!(lines.segments.iter().flatten().any(|point| *point == [1_234_567.0, 8.0]));
    }

    #[test]
    fn a_logarithmic_plot_is_labelled_with_the_values_themselves() {
        let ticks = value_ticks(-2.0, 2.0, true, &Meaning::default());
        let one = ticks.iter().find(|tick| tick.value == 0.0).expect("1 has a tick");
        assert_eq!(one.label, "1");
    }
}
