//! Pictures with colours of their own, as the file says they look.

use egui::{
    Color32, ColorImage, Rect, Sense, TextureFilter, TextureHandle, TextureOptions, Ui, pos2, vec2,
};
use hyperslab_core::{Array, Range, ReadContext, ReadError, Section};

use super::colors::percentile_ends_ui;
use super::data::read_shown;
use super::frame::{Frame, Span};
use super::{Origin, Scene, Suitability, VariableState, ViewKind, error_ui, pending_ui};
use crate::cf::{CfDataset, CfVariable};
use crate::engine::store::Opened;
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::interpret::{Colors, Image, Origin as Corner};
use crate::prep::pixels::ImageOptions;
use crate::prep::pixels::{Pixels, pixels};
use crate::prep::table::{NumberFormat, format_number};
use crate::session::{ColorOptions, Settings, Slice, ViewId};
use crate::ui::status::Readout;
use crate::ui::theme::palette;

pub const KIND: ViewKind =
    ViewKind { id: ViewId::Image, label: "Image", suits, ui: image_ui, options_ui };

/// Longer sides are thinned out: graphics cards hold no larger pictures.
const SIDE_MAX: u64 = 4096;

fn suits(cf: &CfVariable<'_>) -> Suitability {
    let is_drawable = cf.variable().dtype.is_numeric() && cf.variable().element_count() > 0;
    if cf.image().is_some() && is_drawable { Suitability::Possible } else { Suitability::No }
}

/// Where the view stands; nothing here is saved.
#[derive(Default)]
pub struct ImageState {
    zoom: Option<(Span, Span)>,
    texture: Option<(ImageRequest, TextureHandle)>,
    is_current: bool,
}

impl ImageState {
    /// The last frame showed all that was asked for.
    pub fn is_current(&self) -> bool {
        self.is_current
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct ImageRequest {
    origin: Origin,
    section: Section,
    is_bgr: bool,
    /// By their bits.
    stretch: Option<[u64; 2]>,
}

struct Picture {
    stored: Array,
    pixels: Pixels,
}

impl Weigh for Picture {
    fn bytes(&self) -> usize {
        self.stored.bytes() + 4 * self.pixels.pixels.len()
    }
}

impl Request for ImageRequest {
    type Output = Picture;

    fn describe(&self) -> String {
        "reading the picture".into()
    }
}

fn image_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    _: &mut Settings,
    readout: &mut Readout,
) {
    state.image.is_current = false;
    let Some((image, variable)) = scene.cf().and_then(|cf| cf.image()).zip(scene.variable()) else {
        ui.weak("This is no picture");
        return;
    };
    let shape = variable.shape();
    let section = section(&shape, &image, &state.slice);
    // What a convention calls a picture is so as it is stored.
    let is_guessed = scene.cf().is_some_and(|cf| cf.guessed_image().is_some());
    let options = state.colored;
    let request = ImageRequest {
        origin: scene.origin(is_guessed),
        section,
        is_bgr: options.is_bgr,
        stretch: options.stretch.map(|(low, high)| [low.to_bits(), high.to_bits()]),
    };
    let (opened, job) = (scene.opened.clone(), request.clone());
    let answer = scene
        .engine
        .want(&request, Priority::Visible, move |cx| picture(&opened, &job, &options, cx));
    let picture = match answer {
        Answer::Ready(picture) => picture,
        Answer::Failed(error) => return error_ui(ui, scene.engine, &error),
        Answer::Pending(progress) => return pending_ui(ui, &progress),
    };
    let size = [shape.get(image.columns), shape.get(image.rows)]
        .map(|len| len.copied().unwrap_or(1) as f64);
    let span = |length: f64, is_reversed| Span {
        least_width: 4.0,
        ..Span::new((0.0, length), is_reversed)
    };
    let home = (
        span(size[0], matches!(image.origin, Corner::UpperRight | Corner::LowerRight)),
        span(size[1], matches!(image.origin, Corner::UpperLeft | Corner::UpperRight)),
    );
    let (x, y) = state.image.zoom.unwrap_or(home);
    let frame =
        Frame { rect: fitted(ui.available_rect_before_wrap(), (size[0] / size[1]) as f32), x, y };
    let response = ui.allocate_rect(frame.rect, Sense::click_and_drag());
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Image, true, format!("Image of {}", scene.path()))
    });
    let texture = state.image.texture(ui, &request, &picture.pixels);
    // The texture's first row is on top: where rows rise, it is turned over.
    let (left, right) = ends(&home.0);
    let (bottom, top) = ends(&home.1);
    let corners = Rect::from_min_max(
        pos2(frame.px_from_x(left), frame.px_from_y(top)),
        pos2(frame.px_from_x(right), frame.px_from_y(bottom)),
    );
    let flip = |is_flipped: bool| if is_flipped { (1.0, 0.0) } else { (0.0, 1.0) };
    let (u, v) = (flip(home.0.is_reversed), flip(!home.1.is_reversed));
    let uv = Rect::from_min_max(pos2(u.0, v.0), pos2(u.1, v.1));
    let painter = ui.painter().with_clip_rect(frame.rect);
    painter.rect_filled(frame.rect, 0.0, palette(ui).canvas);
    painter.image(texture, corners, uv, Color32::WHITE);
    if let Some(zoom) = frame.navigate(ui, &response, (&home.0, &home.1)) {
        state.image.zoom = (zoom != home).then_some(zoom);
    }
    if let Some(at) = response.hover_pos() {
        let (x, y) = frame.data_from_px(at);
        readout.text = pixel_text(&picture, &image, &request.section, x, y);
    }
    state.image.is_current = true;
}

/// Low and high on the screen: left and right, bottom and top.
fn ends(span: &Span) -> (f64, f64) {
    if span.is_reversed { (span.high, span.low) } else { (span.low, span.high) }
}

/// The largest rectangle of this shape, in the middle.
fn fitted(outer: Rect, aspect: f32) -> Rect {
    let aspect = if aspect.is_finite() && aspect > 0.0 { aspect } else { 1.0 };
    let outer = outer.shrink(8.0);
    let size = vec2(
        outer.width().min(outer.height() * aspect),
        outer.height().min(outer.width() / aspect),
    );
    Rect::from_center_size(outer.center(), size)
}

/// Rows, columns and colours whole, thinned out where there are too many; one of the others.
fn section(shape: &[u64], image: &Image, slice: &Slice) -> Section {
    let colors = match image.colors {
        Colors::True { axis } => Some(axis),
        _ => None,
    };
    let ranges = shape.iter().enumerate().map(|(axis, &len)| {
        if axis == image.rows || axis == image.columns {
            let stride = len.div_ceil(SIDE_MAX).max(1);
            Range::strided(0, len.div_ceil(stride), stride)
        } else if Some(axis) == colors {
            Range::new(0, len)
        } else {
            Range::one(slice.index(axis, len))
        }
    });
    Section::new(ranges.collect::<Vec<_>>())
}

fn picture(
    opened: &Opened<CfDataset>,
    request: &ImageRequest,
    options: &ImageOptions,
    cx: &ReadContext,
) -> hyperslab_core::Result<Picture> {
    let image = opened.meaning.variable(&opened.dataset, request.origin.variable);
    let image = image.and_then(|cf| cf.image());
    let image = image.ok_or_else(|| ReadError::request("not a picture"))?;
    let values = read_shown(opened, request.origin, &request.section, cx)?.values;
    let stored = Array { shape: request.section.shape(), values };
    let palette = match image.colors {
        Colors::Indexed { palette } => {
            let shape = opened.dataset.variable(palette).map(|v| v.shape()).unwrap_or_default();
            Some(opened.file.read(palette, &Section::all(&shape), cx)?)
        }
        _ => None,
    };
    let pixels = pixels(&stored, &image, palette.as_ref(), options)
        .ok_or_else(|| ReadError::unsupported("a picture of this kind"))?;
    Ok(Picture { stored, pixels })
}

impl ImageState {
    fn texture(&mut self, ui: &Ui, request: &ImageRequest, pixels: &Pixels) -> egui::TextureId {
        if let Some((shown, texture)) = &self.texture
            && shown == request
        {
            return texture.id();
        }
        let colors =
            pixels.pixels.iter().map(|&[r, g, b, a]| Color32::from_rgba_unmultiplied(r, g, b, a));
        let image = ColorImage::new([pixels.width, pixels.height], colors.collect());
        let options =
            TextureOptions { minification: TextureFilter::Linear, ..TextureOptions::NEAREST };
        let texture = ui.ctx().load_texture("image", image, options);
        let id = texture.id();
        self.texture = Some((request.clone(), texture));
        id
    }
}

/// `row 12    column 40    (200, 13, 7)`.
fn pixel_text(picture: &Picture, image: &Image, section: &Section, x: f64, y: f64) -> String {
    let read = |axis: usize, at: f64| {
        let range = section.ranges.get(axis)?;
        let place = (at >= 0.0).then_some(at as u64)? / range.stride.max(1);
        (place < range.count).then_some(place)
    };
    let places = read(image.rows, y).zip(read(image.columns, x));
    let Some((row, column)) = places else { return String::new() };
    let value = |color: u64| {
        let mut index = 0u64;
        for (axis, range) in section.ranges.iter().enumerate() {
            let at = match axis {
                _ if axis == image.rows => row,
                _ if axis == image.columns => column,
                _ => color.min(range.count.saturating_sub(1)),
            };
            index = index * range.count + at;
        }
        let number = picture.stored.values.number(index as usize);
        number.map_or_else(String::new, |number| format_number(number, NumberFormat::Auto))
    };
    let values = match image.colors {
        Colors::True { axis } => {
            let count = section.ranges.get(axis).map_or(1, |range| range.count.min(4));
            format!("({})", (0..count).map(value).collect::<Vec<_>>().join(", "))
        }
        _ => value(0),
    };
    format!("{values}    row {}    column {}", y as u64, x as u64)
}

fn options_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState, _: &mut Settings) {
    let image = scene.cf().and_then(|cf| cf.image());
    if image.is_some_and(|image| matches!(image.colors, Colors::True { .. })) {
        planes_ui(ui, &mut state.colored);
        ui.add_space(8.0);
    }
    if ui.button("Reset zoom").clicked() {
        state.image.zoom = None;
    }
}

fn planes_ui(ui: &mut Ui, options: &mut ImageOptions) {
    ui.label("Planes");
    ui.horizontal(|ui| {
        ui.selectable_value(&mut options.is_bgr, false, "Red first");
        ui.selectable_value(&mut options.is_bgr, true, "Blue first");
    });
    ui.add_space(8.0);
    let mut is_stretched = options.stretch.is_some();
    let hover = "Each plane from one percentile of its values to another: for reflectances, \
                 which are mostly dark";
    if ui.checkbox(&mut is_stretched, "Stretched").on_hover_text(hover).changed() {
        options.stretch = is_stretched.then_some(ColorOptions::PERCENTILES);
    }
    if let Some((low, high)) = &mut options.stretch {
        percentile_ends_ui(ui, low, high);
    }
}
