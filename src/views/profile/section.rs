//! The values along a line over a picture: a curve over the distance, or a small picture of the
//! distance and another axis.

use std::sync::Arc;

use egui::{Color32, ColorImage, Rect, Sense, Stroke, TextureHandle, TextureOptions, Ui, pos2};
use hyperslab_core::array::Number;
use hyperslab_core::{Range, ReadError, Section};

use super::section_values::{SectionRequest, SectionValues, want_section};
use super::{Places, shown_axes};
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::prep::axis_scale::Placing;
use crate::prep::cell_edges::AxisMap;
use crate::prep::coloring::Coloring;
use crate::prep::cross_section::distances_km;
use crate::prep::image::{Grid, Window, raster};
use crate::prep::table::{NumberFormat, format_number};
use crate::session::Settings;
use crate::ui::status::Readout;
use crate::ui::theme::palette;
use crate::views::axis::{AxisInfo, want_axis};
use crate::views::cell::CellWriter;
use crate::views::chart::values::{Extent, Meaning, ValueAxis, values_title};
use crate::views::chart::{Across, Chart};
use crate::views::colors::PictureColors;
use crate::views::coordinates::Along;
use crate::views::frame::{Frame, Margins, Span, axes_ui};
use crate::views::{Scene, VariableState, error_ui, pending_ui};

/// On the graphics card.
pub struct SectionPicture {
    request: SectionRaster,
    texture: TextureHandle,
}

pub struct Pixels(ColorImage);

impl Weigh for Pixels {
    fn bytes(&self) -> usize {
        self.0.pixels.len() * size_of::<Color32>()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct SectionRaster {
    section: SectionRequest,
    /// The ends of the distance, by their bits.
    distance: [u64; 2],
    along: Along,
    size_px: [usize; 2],
    is_reversed: bool,
    coloring: Coloring,
}

impl Request for SectionRaster {
    type Output = Pixels;

    fn describe(&self) -> String {
        "drawing".into()
    }
}

/// Distances along the line.
struct Way {
    title: &'static str,
    map: AxisMap,
}

pub fn section_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    settings: &Settings,
    axis: Option<usize>,
    readout: &mut Readout,
) {
    let Some(request) = request(scene, state, settings, axis) else {
        ui.weak("Only cells on a grid have others along a line");
        return;
    };
    let found = match want_section(scene, &request) {
        Answer::Ready(found) => found,
        Answer::Failed(error) => return error_ui(ui, scene.engine, &error),
        Answer::Pending(progress) => return pending_ui(ui, &progress),
    };
    let way = way(scene, state, &request, &found);
    let Some(axis) = axis else {
        return curve_ui(ui, scene, settings, (&way, &found), readout);
    };
    let info = match want_axis(scene, axis, state) {
        Answer::Ready(info) => info,
        Answer::Failed(error) => return error_ui(ui, scene.engine, &error),
        Answer::Pending(progress) => return pending_ui(ui, &progress),
    };
    picture_ui(ui, scene, state, settings, (&request, &found), (&way, &info), readout);
}

/// From end to end of the line, with the other axes where the sliders stand.
fn request(
    scene: Scene<'_>,
    state: &VariableState,
    settings: &Settings,
    axis: Option<usize>,
) -> Option<SectionRequest> {
    let [from, to] = state.picks.line()?;
    let shape = scene.variable()?.shape();
    let shown = shown_axes(scene, state);
    let (x, y) = match shown.as_slice() {
        [.., y, x] => (*x, *y),
        // Neighbours along the only axis need not be neighbours on the Earth.
        _ => return None,
    };
    let cell = |end: &[u64]| Some((*end.get(x)?, *end.get(y)?));
    let ranges = shape.iter().enumerate().map(|(k, &length)| match Some(k) == axis {
        true => Range::new(0, length),
        false => Range::new(state.slice.index(k, length), length.min(1)),
    });
    Some(SectionRequest {
        origin: scene.origin(settings.is_decoded),
        section: Section::new(ranges.collect::<Vec<_>>()),
        axes: (x, y),
        from: cell(from)?,
        to: cell(to)?,
        axis,
    })
}

/// In kilometres where the cells have places on the Earth, in cells where not.
fn way(
    scene: Scene<'_>,
    state: &VariableState,
    request: &SectionRequest,
    found: &SectionValues,
) -> Way {
    let known = Places::of(scene);
    let mut indices = state.slice.indices.clone();
    let place = |cell: &(u64, u64)| {
        for (axis, index) in [(request.axes.0, cell.0), (request.axes.1, cell.1)] {
            *indices.get_mut(axis)? = index;
        }
        known.as_ref()?.lat_lon(&indices)
    };
    let places: Option<Vec<(f64, f64)>> = found.cells.iter().map(place).collect();
    match places.and_then(|places| distances_km(&places)) {
        Some(distances) => {
            Way { title: "Distance from A [km]", map: AxisMap::from_centers(&distances) }
        }
        None => Way { title: "Cells from A", map: AxisMap::index(found.cells.len()) },
    }
}

fn curve_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    settings: &Settings,
    (way, found): (&Way, &SectionValues),
    readout: &mut Readout,
) {
    let summary = &found.summary;
    let extent = Extent { ends: summary.extent, least_positive: summary.smallest_positive };
    let is_decoded = settings.is_decoded;
    let (title, meaning) = (values_title(scene, is_decoded), Meaning::of(scene, is_decoded));
    let values = ValueAxis::of(title, meaning, Default::default(), extent);
    let across = ValueAxis {
        title: way.title.into(),
        meaning: Meaning::default(),
        placing: Placing::default(),
        span: span_of(&way.map),
    };
    let across = Across::Values(across);
    let chart = Chart { salt: "section", across, values, second: None, is_upright: false };
    let (placed, response) = chart.axes_ui(ui);
    response.widget_info(|| {
        let label = format!("Section of {}", scene.path());
        egui::WidgetInfo::labeled(egui::Role::Image, true, label)
    });
    let painter = ui.painter().with_clip_rect(placed.rect());
    let point = |k: usize| {
        let value = found.values.number(k)?.as_f64();
        placed.px(way.map.center(k)?, value, false)
    };
    let stroke = Stroke::new(1.5, palette(ui).text);
    for k in 1..found.cells.len() {
        if let (Some(from), Some(to)) = (point(k - 1), point(k)) {
            painter.line_segment([from, to], stroke);
        }
    }
    let Some(at) = response.hover_pos() else { return };
    if let Some(k) = way.map.nearest(placed.along_at(at)) {
        readout.text = words(scene, settings, (way, found), (k, k));
        if let Some(at) = point(k) {
            painter.circle_filled(at, 4.0, stroke.color);
        }
    }
}

fn span_of(map: &AxisMap) -> Span {
    let (low, high) = map.range();
    Span::new(if low < high { (low, high) } else { (low - 0.5, low + 0.5) }, false)
}

/// Value and distance of a cell of the line; `at` is its place among the values.
fn words(
    scene: Scene<'_>,
    settings: &Settings,
    (way, found): (&Way, &SectionValues),
    (cell, at): (usize, usize),
) -> String {
    let writer = CellWriter::new(scene, settings.is_decoded, NumberFormat::Auto);
    let distance = way.map.center(cell).unwrap_or(f64::NAN);
    let distance = format_number(Number::F64(distance), NumberFormat::Significant(5));
    let value = writer.value_text(&found.values, at);
    format!("{value}    {} {distance}", way.title)
}

fn picture_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    settings: &Settings,
    (request, found): (&SectionRequest, &Arc<SectionValues>),
    (way, info): (&Way, &Arc<AxisInfo>),
    readout: &mut Readout,
) {
    let outer = ui.available_rect_before_wrap();
    let (x, y) = (span_of(&way.map), info.home(true));
    let y_ticks = info.vertical_ticks(&y, outer.height());
    let rect = Margins::for_labels(ui, &y_ticks).inside(outer);
    let frame = Frame { rect, x, y };
    ui.painter().rect_filled(rect, 0.0, palette(ui).canvas);
    let response = ui.allocate_rect(rect, Sense::hover());
    ui.advance_cursor_after_rect(outer);
    response.widget_info(|| {
        let label = format!("Section of {} along {}", scene.path(), info.title);
        egui::WidgetInfo::labeled(egui::Role::Image, true, label)
    });
    texture_ui(ui, scene, state, settings, (request, found), (way, info), &frame);
    let most = (rect.width() / 64.0).clamp(2.0, 12.0) as usize;
    let x_ticks = Placing::default().ticks(x.low, x.high, most);
    axes_ui(ui, &frame, (&x_ticks, way.title), (&y_ticks, &info.title));
    let Some(at) = response.hover_pos() else { return };
    let (distance, along) = frame.data_from_px(at);
    if let Some((cell, index)) = way.map.index_at(distance).zip(info.map.index_at(along)) {
        let at = cell.saturating_mul(info.map.len()).saturating_add(index);
        let text = words(scene, settings, (way, found), (cell, at));
        readout.text = format!("{text}    {}", info.full_label_in(scene, index as u64));
    }
}

fn texture_ui(
    ui: &Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    settings: &Settings,
    (section, found): (&SectionRequest, &Arc<SectionValues>),
    (way, info): (&Way, &Arc<AxisInfo>),
    frame: &Frame,
) {
    // The colours of the picture that the line is drawn over.
    let colors =
        PictureColors::of(ui, scene, state, settings, section.origin, Some(&found.summary));
    let scale = ui.pixels_per_point();
    let side = |points: f32| ((points * scale).round() as usize).clamp(1, 4096);
    let rect = frame.rect;
    let request = SectionRaster {
        section: section.clone(),
        distance: [frame.x.low, frame.x.high].map(f64::to_bits),
        along: info.along,
        size_px: [side(rect.width()), side(rect.height())],
        is_reversed: frame.y.is_reversed,
        coloring: colors.coloring,
    };
    let key = section.axis.unwrap_or(usize::MAX);
    let is_there =
        state.profiles.sections.get(&key).is_some_and(|picture| picture.request == request);
    if !is_there && let Some(image) = want_pixels(scene, &request, found, way, info, frame) {
        let image = image.0.clone();
        let options = TextureOptions::NEAREST;
        let texture = match state.profiles.sections.remove(&key) {
            Some(mut old) => {
                old.texture.set(image, options);
                old.texture
            }
            None => ui.ctx().load_texture("section", image, options),
        };
        state.profiles.sections.insert(key, SectionPicture { request, texture });
    }
    if let Some(picture) = state.profiles.sections.get(&key) {
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter().image(picture.texture.id(), rect, uv, Color32::WHITE);
    }
}

fn want_pixels(
    scene: Scene<'_>,
    request: &SectionRaster,
    found: &Arc<SectionValues>,
    way: &Way,
    info: &Arc<AxisInfo>,
    frame: &Frame,
) -> Option<Arc<Pixels>> {
    let (found, across, info, job) =
        (found.clone(), way.map.clone(), info.clone(), request.clone());
    let (x, y) = (frame.x, frame.y);
    let (bottom, top) = if y.is_reversed { (y.high, y.low) } else { (y.low, y.high) };
    let window = Window { left: x.low, right: x.high, top, bottom };
    let answer = scene.engine.want(request, Priority::Visible, move |cx| {
        let grid =
            Grid { values: &found.values, rows: &across, cols: &info.map, is_transposed: true };
        let is_cancelled = || cx.check().is_err();
        let pixels = raster(&grid, window, job.size_px, &job.coloring.paint(), &is_cancelled);
        let pixels = pixels.ok_or_else(ReadError::cancelled)?.into_iter();
        let pixels = pixels.map(|[r, g, b, a]| Color32::from_rgba_unmultiplied(r, g, b, a));
        Ok(Pixels(ColorImage::new(job.size_px, pixels.collect())))
    });
    answer.ready()
}
