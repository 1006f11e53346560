//! The picture of a 2-D slice.

use std::time::{Duration, Instant};

use egui::{Color32, ColorImage, Rect, Sense, TextureHandle, TextureOptions, Ui, pos2, vec2};
use hyperslab_core::{Axis, ErrorKind, Range, ReadError, Section};

use super::axis::{AxisInfo, want_axis};
use super::cell::CellWriter;
use super::colorbar::{self, bar_ui, level_ticks};
use super::coordinates::Along;
use super::data::{PlanePart, Slab, SlabRequest, plane_part, want_range, want_slab};
use super::frame::{Frame, Margins, Span, axes_ui};
use super::sliders::axes_choice_ui;
use super::{Scene, Suitability, VariableState, ViewKind, error_ui, extended_axes, pending_ui};
use crate::cf::{AxisRole, CfVariable};
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::prep::cell_edges::AxisMap;
use crate::prep::colormap::ColorMapKind;
use crate::prep::image::{Grid, Paint, Window, raster};
use crate::prep::levels::{LevelOptions, LevelSource, Levels, Summary};
use crate::prep::table::{NumberFormat, format_number};
use crate::prep::ticks::Tick;
use crate::session::{RangeMode, Settings, ViewId};
use crate::ui::status::Readout;
use crate::ui::text::elided;
use crate::ui::theme::palette;

pub const KIND: ViewKind =
    ViewKind { id: ViewId::Heatmap, label: "Heatmap", suits, ui: heatmap_ui, options_ui };

fn suits(cf: &CfVariable<'_>) -> Suitability {
    let variable = cf.variable();
    if !variable.dtype.is_numeric() || variable.element_count() == 0 || variable.rank() < 2 {
        Suitability::No
    } else if extended_axes(variable) < 2 {
        Suitability::Possible
    } else {
        Suitability::Best
    }
}

/// Where the view stands; nothing here is saved.
#[derive(Default)]
pub struct HeatmapState {
    /// What is visible, for these axes; everything where `None`.
    zoom: Option<Zoom>,
    picture: Option<Picture>,
    /// The slice that is being read and drawn, and since when.
    under_way: Option<(SlabRequest, Instant)>,
    /// The levels last drawn with, for the panel.
    levels: Option<Levels>,
    /// What the last frame showed is complete and up to date.
    is_current: bool,
}

#[derive(Clone, Copy)]
struct Zoom {
    axes: (usize, usize),
    x: Span,
    y: Span,
}

/// The raster on the graphics card and the window it shows.
struct Picture {
    request: RasterRequest,
    texture: TextureHandle,
    x: Span,
    y: Span,
}

pub struct Raster(ColorImage);

impl Weigh for Raster {
    fn bytes(&self) -> usize {
        self.0.pixels.len() * size_of::<Color32>()
    }
}

/// All that the pixels depend on; numbers by their bits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct RasterRequest {
    slab: SlabRequest,
    axes: (usize, usize),
    along: (Along, Along),
    window: [u64; 4],
    size_px: [usize; 2],
    levels: ([u64; 2], crate::prep::levels::Scale),
    colormap: String,
    is_reversed: bool,
    missing: [u8; 4],
}

impl Request for RasterRequest {
    type Output = Raster;

    fn describe(&self) -> String {
        "drawing".into()
    }
}

/// Everything about the slice that is drawn, once it is there.
struct Plane<'a> {
    slab: &'a Slab,
    part: &'a PlanePart,
    axes: (usize, usize),
    along: (Along, Along),
    is_decoded: bool,
}

fn heatmap_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    settings: &mut Settings,
    readout: &mut Readout,
) {
    state.heatmap.is_current = false;
    axes_choice_ui(ui, scene, state);
    let Some(variable) = scene.variable() else { return };
    let (Some(x_axis), Some(y_axis)) = (state.slice.x, state.slice.y) else {
        ui.weak("Choose two axes");
        return;
    };
    let want = |axis: usize| want_axis(scene, axis, state);
    let infos = (want(x_axis), want(y_axis));
    let (x_info, y_info) = match infos {
        (Answer::Ready(x), Answer::Ready(y)) => (x, y),
        (Answer::Failed(error), _) | (_, Answer::Failed(error)) => {
            return error_ui(ui, scene.engine, &error);
        }
        (Answer::Pending(progress), _) | (_, Answer::Pending(progress)) => {
            return pending_ui(ui, &progress);
        }
    };
    let home = (zoomable(x_info.home(false), &x_info), zoomable(y_info.home(true), &y_info));
    let zoom = state.heatmap.zoom.filter(|zoom| zoom.axes == (x_axis, y_axis));
    let (x, y) = zoom.map_or(home, |zoom| (zoom.x, zoom.y));
    let origin = scene.origin(settings.is_decoded).as_cells();
    let plane = state.slice.plane(&variable.shape());
    let part = plane_part(
        &plane,
        (x_axis, &x_info.map),
        (y_axis, &y_info.map),
        ((x.low, x.high), (y.low, y.high)),
    );
    let newest = SlabRequest { origin, section: part.section.clone() };
    let slab_request = state.heatmap.next_request(&newest);
    if slab_request != newest {
        ui.ctx().request_repaint();
    }
    let slab = match want_slab(scene, &slab_request, Priority::Visible) {
        Answer::Ready(slab) => Ok(slab),
        Answer::Failed(error) => Err(Some(error)),
        Answer::Pending(_) => Err(None),
    };
    prefetch_neighbours(scene, state, &slab_request, (x_axis, y_axis));
    if let Err(Some(error)) = &slab {
        state.heatmap.under_way = None;
        return error_ui(ui, scene.engine, error);
    }

    let (levels, levels_are_final) =
        levels(scene, state, origin, slab.as_ref().ok().map(|s| &s.summary));
    let flags = scene.cf().filter(|_| settings.is_decoded).and_then(|cf| cf.flags());
    let bar_ticks = level_ticks(&levels, ui.available_height() - 60.0, flags.as_ref());
    let frame = layout(ui, (&x_info, &y_info), &bar_ticks, (x, y));
    let response = ui.allocate_rect(frame.rect, Sense::click_and_drag());
    ui.painter().rect_filled(frame.rect, 0.0, palette(ui).canvas);
    if let Ok(slab) = &slab {
        let plane = Plane {
            slab,
            part: &part,
            axes: (x_axis, y_axis),
            along: (x_info.along, y_info.along),
            is_decoded: settings.is_decoded,
        };
        let drawn =
            want_picture(ui, scene, state, settings, (&frame, levels, &slab_request), &plane);
        state.heatmap.is_current = drawn && levels_are_final && slab_request == newest;
        hover(ui, scene, &response, &frame, &plane, (&x_info, &y_info), readout);
    }
    picture_ui(ui, state, &frame);
    let x_ticks = x_info.horizontal_ticks(&frame.x, frame.rect.width());
    let y_ticks = y_info.vertical_ticks(&frame.y, frame.rect.height());
    let x_title = x_info.horizontal_title(frame.x.low, frame.x.high);
    axes_ui(ui, &frame, (&x_ticks, &x_title), (&y_ticks, &y_info.title));
    let bar = Rect::from_min_size(
        pos2(frame.rect.right() + 16.0, frame.rect.top()),
        vec2(colorbar::WIDTH, frame.rect.height()),
    );
    let map = colormap_name(scene, state, settings, &levels);
    let lut = colorbar::lut(&map, state.colors.is_reversed);
    bar_ui(ui, bar, (&levels, &bar_ticks), &lut, &mut state.colors);
    bar_title_ui(ui, bar, &bar_ticks, &scene.title(settings.is_decoded));
    for notice in notices(&part, slab.as_deref().ok()) {
        notice_ui(ui, &frame, &notice);
    }
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Image, true, format!("Heatmap of {}", scene.path()))
    });
    if let Some((x, y)) = frame.navigate(ui, &response, (&home.0, &home.1)) {
        let is_home = (x, y) == home;
        state.heatmap.zoom = (!is_home).then_some(Zoom { axes: (x_axis, y_axis), x, y });
    }
    if response.clicked()
        && let Some(at) = response.interact_pointer_pos()
    {
        remember_cell(state, &frame, &part, (x_axis, y_axis), at);
    }
    state.heatmap.levels = Some(levels);
}

/// One can zoom in until some cells fill the picture.
fn zoomable(home: Span, info: &AxisInfo) -> Span {
    Span { least_width: 3.0 * home.width() / info.map.len().max(1) as f64, ..home }
}

/// What must be said about the picture.
fn notices(part: &PlanePart, slab: Option<&Slab>) -> Vec<String> {
    let mut notices = Vec::new();
    if part.strides != (1, 1) {
        let count = part.strides.0.saturating_mul(part.strides.1);
        notices.push(format!("1 value in {count} is shown; zoom in for all"));
    }
    match slab.map(|slab| (slab.damage.as_ref(), slab.summary.extent)) {
        Some((Some(damage), _)) => notices.push(damage.to_string()),
        Some((None, None)) => notices.push("All values of this slice are missing".into()),
        _ => {}
    }
    notices
}

/// Words over the picture, readable on any colour.
fn notice_ui(ui: &Ui, frame: &Frame, text: &str) {
    let palette = palette(ui);
    let width = frame.rect.width() - 24.0;
    let galley = ui.painter().layout(
        text.to_owned(),
        egui::FontId::proportional(12.5),
        palette.text,
        width.max(40.0),
    );
    let at = frame.rect.center_top() + vec2(-galley.size().x / 2.0, 10.0);
    let back = Rect::from_min_size(at, galley.size()).expand2(vec2(8.0, 4.0));
    ui.painter().rect_filled(back, 4.0, palette.canvas.gamma_multiply(0.88));
    ui.painter().galley(at, galley, palette.text);
}

/// A click chooses the cell that the line view goes through.
fn remember_cell(
    state: &mut VariableState,
    frame: &Frame,
    part: &PlanePart,
    axes: (usize, usize),
    at: egui::Pos2,
) {
    let (x, y) = frame.data_from_px(at);
    for (axis, map, value) in [(axes.0, &part.x, x), (axes.1, &part.y, y)] {
        let range = part.section.ranges.get(axis);
        if let Some((index, range)) = map.index_at(value).zip(range) {
            state.slice.set_index(axis, range.index(index as u64));
        }
    }
}

/// See [`super::is_prefetched`].
pub fn is_prefetched(scene: Scene<'_>, state: &VariableState) -> bool {
    let (Some(x_axis), Some(y_axis), Some(variable)) =
        (state.slice.x, state.slice.y, scene.variable())
    else {
        return true;
    };
    let origin = scene.origin(true).as_cells();
    let _ = want_range(scene, origin);
    let want = |axis: usize| want_axis(scene, axis, state);
    for axis in 0..variable.rank() {
        let _ = want(axis);
    }
    let (Answer::Ready(x), Answer::Ready(y)) = (want(x_axis), want(y_axis)) else {
        return false;
    };
    let plane = state.slice.plane(&variable.shape());
    let part =
        plane_part(&plane, (x_axis, &x.map), (y_axis, &y.map), (x.map.range(), y.map.range()));
    let slab = want_slab(scene, &SlabRequest { origin, section: part.section }, Priority::Visible);
    !matches!(slab, Answer::Pending(_)) && !matches!(want_range(scene, origin), Answer::Pending(_))
}

/// The slices before and after along the axis that is stepped next, read while nothing else is.
fn prefetch_neighbours(
    scene: Scene<'_>,
    state: &VariableState,
    request: &SlabRequest,
    axes: (usize, usize),
) {
    let Some(variable) = scene.variable() else { return };
    let stepped = (0..variable.rank())
        .find(|&axis| axis != axes.0 && axis != axes.1 && variable.axes[axis].length > 1);
    let Some(axis) = stepped else { return };
    let length = variable.axes[axis].length;
    let index = state.slice.index(axis, length);
    for near in [index.checked_add(1), index.checked_sub(1)].into_iter().flatten() {
        if near < length && request.section.element_count() <= 1 << 22 {
            let mut request = request.clone();
            request.section.ranges[axis].start = near;
            let _ = want_slab(scene, &request, Priority::Prefetch);
        }
    }
}

/// The ends of the colours, and whether they will stay so for this slice.
fn levels(
    scene: Scene<'_>,
    state: &VariableState,
    origin: super::Origin,
    slice: Option<&Summary>,
) -> (Levels, bool) {
    let options = |source, is_symmetric| LevelOptions {
        source,
        is_symmetric,
        is_nice: false,
        scale: state.colors.scale,
    };
    let fallback = Summary::default();
    let of_slice = slice.unwrap_or(&fallback);
    let source = LevelSource::MinMax;
    match state.colors.range {
        RangeMode::Fixed(low, high) => {
            (options(LevelSource::Fixed { low, high }, false).levels(of_slice), true)
        }
        RangeMode::Slice => (options(source, false).levels(of_slice), true),
        RangeMode::Variable | RangeMode::Symmetric => {
            let is_symmetric = matches!(state.colors.range, RangeMode::Symmetric);
            let answer = want_range(scene, origin);
            let is_final = !matches!(answer, Answer::Pending(_));
            let whole = answer.ready().filter(|summary| summary.extent.is_some());
            // A range that cannot be found (a damaged slice elsewhere) is this slice's.
            let summary = whole.as_deref().unwrap_or(of_slice);
            let is_diverging = scene.is_diverging(summary.extent);
            (options(source, is_symmetric || is_diverging).levels(summary), is_final)
        }
    }
}

/// The chosen colour map, or the one that suits the data.
fn colormap_name(
    scene: Scene<'_>,
    state: &VariableState,
    settings: &Settings,
    levels: &Levels,
) -> String {
    let extent = Some((levels.low, levels.high));
    state.colors.colormap.clone().unwrap_or_else(|| {
        if scene.is_diverging(extent) {
            settings.diverging_colormap.clone()
        } else {
            settings.sequential_colormap.clone()
        }
    })
}

/// The rectangle of the picture within what is available: room for labels and the colour bar,
/// and one scale both ways on maps and images.
fn layout(
    ui: &Ui,
    (x_info, y_info): (&AxisInfo, &AxisInfo),
    bar_ticks: &[Tick],
    (x, y): (Span, Span),
) -> Frame {
    let outer = ui.available_rect_before_wrap();
    let mut margins = Margins::for_labels(ui, &y_info.vertical_ticks(&y, outer.height()));
    // The bar, its labels, and its title on edge.
    margins.right = Margins::for_labels(ui, bar_ticks).left + colorbar::WIDTH + 22.0;
    let mut rect = margins.inside(outer);
    if let Some(aspect) = x_info.aspect(y_info) {
        let size = vec2(
            rect.width().min(rect.height() * aspect),
            rect.height().min(rect.width() / aspect),
        );
        let spare = rect.size() - size;
        rect = Rect::from_min_size(rect.min + spare * vec2(0.0, 0.4), size);
    }
    // Whole pixels: cells get crisp borders.
    let scale = ui.pixels_per_point();
    let snap = |v: f32| (v * scale).round() / scale;
    rect = Rect::from_min_max(
        pos2(snap(rect.left()), snap(rect.top())),
        pos2(snap(rect.right()), snap(rect.bottom())),
    );
    Frame { rect, x, y }
}

fn bits(values: [f64; 2]) -> [u64; 2] {
    values.map(f64::to_bits)
}

/// Asks for the pixels of this frame and takes them over when they are there. True when what
/// is shown is what was asked for.
fn want_picture(
    ui: &Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    settings: &Settings,
    (frame, levels, slab_request): (&Frame, Levels, &SlabRequest),
    plane: &Plane<'_>,
) -> bool {
    let scale = ui.pixels_per_point();
    let side = |points: f32| ((points * scale).round() as usize).clamp(1, 8192);
    let missing = palette(ui).missing;
    let ends = |span: &Span| {
        if span.is_reversed { (span.high, span.low) } else { (span.low, span.high) }
    };
    let ((left, right), (bottom, top)) = (ends(&frame.x), ends(&frame.y));
    let request = RasterRequest {
        slab: slab_request.clone(),
        axes: plane.axes,
        along: plane.along,
        window: [left, right, top, bottom].map(f64::to_bits),
        size_px: [side(frame.rect.width()), side(frame.rect.height())],
        levels: (bits([levels.low, levels.high]), levels.scale),
        colormap: colormap_name(scene, state, settings, &levels),
        is_reversed: state.colors.is_reversed,
        missing: missing.to_array(),
    };
    if state.heatmap.picture.as_ref().is_some_and(|picture| picture.request == request) {
        return true;
    }
    let slab = scene.engine.peek(slab_request);
    let (x, y) = (plane.part.x.clone(), plane.part.y.clone());
    let window = Window { left, right, top, bottom };
    let job = request.clone();
    let answer = scene.engine.want(&request, Priority::Visible, move |cx| {
        let slab = slab.ok_or_else(|| ReadError::new(ErrorKind::Bug, "the slice is gone"))?;
        draw(&job, &slab, (&x, &y), window, levels, &|| cx.check().is_err())
    });
    let Answer::Ready(image) = answer else { return false };
    let texture = match state.heatmap.picture.take() {
        Some(mut old) => {
            old.texture.set(image.0.clone(), TextureOptions::NEAREST);
            old.texture
        }
        None => ui.ctx().load_texture("heatmap", image.0.clone(), TextureOptions::NEAREST),
    };
    state.heatmap.picture = Some(Picture { request, texture, x: frame.x, y: frame.y });
    true
}

fn draw(
    job: &RasterRequest,
    slab: &Slab,
    (x, y): (&AxisMap, &AxisMap),
    window: Window,
    levels: Levels,
    is_cancelled: &dyn Fn() -> bool,
) -> hyperslab_core::Result<Raster> {
    let is_transposed = job.axes.0 < job.axes.1;
    let (rows, cols) = if is_transposed { (x, y) } else { (y, x) };
    let grid = Grid { values: &slab.values, rows, cols, is_transposed };
    let lut = colorbar::lut(&job.colormap, job.is_reversed);
    let paint = Paint { levels, lut: &lut, missing: job.missing };
    let pixels = raster(&grid, window, job.size_px, &paint, is_cancelled)
        .ok_or_else(ReadError::cancelled)?;
    let pixels = pixels.into_iter().map(|[r, g, b, a]| Color32::from_rgba_unmultiplied(r, g, b, a));
    Ok(Raster(ColorImage::new(job.size_px, pixels.collect())))
}

/// The last picture, where its window now lies: after a zoom the old one is stretched until
/// the new one is there.
fn picture_ui(ui: &Ui, state: &VariableState, frame: &Frame) {
    if let Some(picture) = &state.heatmap.picture {
        let rect = frame.rect_of(&picture.x, &picture.y);
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter().with_clip_rect(frame.rect).image(
            picture.texture.id(),
            rect,
            uv,
            Color32::WHITE,
        );
    }
}

fn bar_title_ui(ui: &Ui, bar: Rect, ticks: &[Tick], title: &str) {
    let color = palette(ui).text;
    let galley = elided(ui, title, super::frame::tick_font(), color, bar.height() + 40.0);
    let labels = Margins::for_labels(ui, ticks).left - 30.0;
    let at = pos2(bar.right() + 12.0 + labels, bar.center().y + galley.size().x / 2.0);
    let text =
        egui::epaint::TextShape::new(at, galley, color).with_angle(-std::f32::consts::FRAC_PI_2);
    ui.painter().add(text);
}

/// A value in words: of a missing one what is stored, and how certain the others are. What that
/// takes is read for the one cell.
fn value_words(
    scene: Scene<'_>,
    plane: &Plane<'_>,
    writer: &CellWriter<'_>,
    index: usize,
    element: Section,
) -> String {
    let read = |variable, is_decoded| {
        let scene = Scene { variable, ..scene };
        let request = SlabRequest { origin: scene.origin(is_decoded), section: element.clone() };
        want_slab(scene, &request, Priority::Visible).ready()
    };
    let plain = writer.value_text(&plane.slab.values, index);
    let number = plane.slab.values.number(index).map(|number| number.as_f64());
    if number.is_some_and(f64::is_nan) && plane.is_decoded {
        let stored = read(scene.variable, false).filter(|slab| slab.readable == 1);
        return stored.map_or(plain, |slab| writer.full_text(&slab.values, 0));
    }
    let errors = scene.cf().and_then(|cf| cf.errors());
    match errors.and_then(|id| read(id, true)).and_then(|slab| slab.values.number(0)) {
        Some(error) => format!("{plain} ± {}", format_number(error, NumberFormat::Auto)),
        None => plain,
    }
}

/// Value, unit and coordinates under the pointer.
fn hover(
    ui: &Ui,
    scene: Scene<'_>,
    response: &egui::Response,
    frame: &Frame,
    plane: &Plane<'_>,
    (x_info, y_info): (&AxisInfo, &AxisInfo),
    readout: &mut Readout,
) {
    let Some(at) = response.hover_pos() else { return };
    let (x, y) = frame.data_from_px(at);
    let (Some(column), Some(row)) = (plane.part.x.index_at(x), plane.part.y.index_at(y)) else {
        return;
    };
    let is_transposed = plane.axes.0 < plane.axes.1;
    let index = if is_transposed {
        column * plane.part.y.len() + row
    } else {
        row * plane.part.x.len() + column
    };
    let origin_index = |k: usize, axis: usize| {
        plane.slab.section.ranges.get(axis).map_or(0, |range| range.index(k as u64))
    };
    let writer = CellWriter::new(scene, plane.is_decoded, NumberFormat::Auto);
    let place = |axis: usize, range: &hyperslab_core::Range| match axis {
        _ if axis == plane.axes.0 => range.index(column as u64),
        _ if axis == plane.axes.1 => range.index(row as u64),
        _ => range.start,
    };
    let ranges = plane.slab.section.ranges.iter().enumerate();
    let element: Vec<_> =
        ranges.map(|(axis, range)| hyperslab_core::Range::new(place(axis, range), 1)).collect();
    let value = value_words(scene, plane, &writer, index, Section::new(element));
    readout.text = format!(
        "{value}    {}    {}{}",
        x_info.full_label_in(scene, origin_index(column, plane.axes.0)),
        y_info.full_label_in(scene, origin_index(row, plane.axes.1)),
        place_text(scene, plane.slab, index),
    );
    ui.painter().rect_stroke(
        Rect::from_two_pos(
            plane
                .part
                .x
                .edges(column)
                .zip(plane.part.y.edges(row))
                .map_or(at, |(x, y)| pos2(frame.px_from_x(x.0), frame.px_from_y(y.0))),
            plane
                .part
                .x
                .edges(column)
                .zip(plane.part.y.edges(row))
                .map_or(at, |(x, y)| pos2(frame.px_from_x(x.1), frame.px_from_y(y.1))),
        )
        .intersect(frame.rect),
        0.0,
        egui::Stroke::new(1.0, palette(ui).text),
        egui::StrokeKind::Outside,
    );
}

/// Latitude and longitude of a cell of a curvilinear grid: coordinates on the same dimensions.
fn place_text(scene: Scene<'_>, slab: &Slab, index: usize) -> String {
    let Some((cf, variable)) = scene.cf().zip(scene.variable()) else { return String::new() };
    let texts = [AxisRole::Latitude, AxisRole::Longitude].into_iter().filter_map(|role| {
        let id = cf.auxiliary(role)?;
        let coordinate = scene.opened.dataset.variable(id).filter(|c| c.rank() >= 2)?;
        // The part of the slice that lies along the coordinate's own dimensions.
        let range_of = |axis: &Axis| {
            let at = variable.axes.iter().position(|a| a.dimension == axis.dimension)?;
            slab.section.ranges.get(at).copied()
        };
        let ranges: Option<Vec<Range>> = coordinate.axes.iter().map(range_of).collect();
        let section = Section::new(ranges?);
        if section.element_count() != slab.section.element_count() {
            return None;
        }
        let scene = Scene { variable: id, ..scene };
        let request = SlabRequest { origin: scene.origin(true), section };
        let places = want_slab(scene, &request, Priority::Visible).ready()?;
        let writer = CellWriter::new(scene, true, NumberFormat::Auto);
        Some(format!("    {} {}", coordinate.name, writer.value_text(&places.values, index)))
    });
    texts.collect()
}

fn options_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState, settings: &mut Settings) {
    let levels =
        state.heatmap.levels.unwrap_or(Levels { low: 0.0, high: 1.0, scale: state.colors.scale });
    let map = colormap_name(scene, state, settings, &levels);
    colorbar::options_ui(ui, &mut state.colors, &map, &levels);
    default_map_ui(ui, state, settings);
    ui.add_space(8.0);
    if ui.button("Reset zoom").clicked() {
        state.heatmap.zoom = None;
    }
    ui.add_space(8.0);
    ui.weak("Drag: zoom to a rectangle\nWheel: zoom\nShift-drag or right-drag: move\nDouble-click: everything");
}

/// The chosen map for all variables that have none of their own.
fn default_map_ui(ui: &mut Ui, state: &mut VariableState, settings: &mut Settings) {
    let Some(name) = state.colors.colormap.clone() else { return };
    let kind = colorbar::colormaps().get(&name).map(|map| map.kind);
    let preferred = match kind {
        Some(ColorMapKind::Diverging) => &mut settings.diverging_colormap,
        _ => &mut settings.sequential_colormap,
    };
    if *preferred != name
        && ui.button("Use for all").on_hover_text("Make this the usual map").clicked()
    {
        *preferred = name;
        state.colors.colormap = None;
    }
}

/// How long a slice is waited for while the slider has moved on.
const FINISH_WITHIN: Duration = Duration::from_millis(300);

impl HeatmapState {
    /// Another coordinate stands along an axis: what was visible lies elsewhere.
    pub fn forget_places(&mut self) {
        self.zoom = None;
    }

    /// The slice to ask for: while one steps faster than slices are drawn, one that was begun is
    /// finished first, so that there is always something new to see.
    fn next_request(&mut self, newest: &SlabRequest) -> SlabRequest {
        let shown = self.picture.as_ref().map(|picture| &picture.request.slab);
        if let Some((begun, since)) = &self.under_way {
            let is_like_newest =
                begun.origin == newest.origin && begun.section.shape() == newest.section.shape();
            if is_like_newest && shown != Some(begun) && since.elapsed() < FINISH_WITHIN {
                return begun.clone();
            }
        }
        self.under_way = Some((newest.clone(), Instant::now()));
        newest.clone()
    }

    /// The last frame showed all that was asked for.
    pub fn is_current(&self) -> bool {
        self.is_current
    }
}
