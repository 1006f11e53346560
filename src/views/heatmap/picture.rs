//! The pixels of the picture: asked for, put on the graphics card, stretched until newer ones
//! are there.

use egui::{Color32, ColorImage, Rect, TextureHandle, TextureOptions, Ui, pos2};
use hyperslab_core::ReadError;

use super::slice::Plane;
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::prep::cell_edges::AxisMap;
use crate::prep::coloring::Coloring;
use crate::prep::image::{Grid, Window, raster};
use crate::views::coordinates::Along;
use crate::views::data::{Slab, SlabRequest};
use crate::views::frame::{Frame, Span};
use crate::views::{Scene, VariableState};

/// The raster on the graphics card and the window it shows.
pub struct Picture {
    pub request: RasterRequest,
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
pub struct RasterRequest {
    pub slab: SlabRequest,
    axes: (usize, usize),
    along: (Along, Along),
    window: [u64; 4],
    size_px: [usize; 2],
    coloring: Coloring,
}

impl Request for RasterRequest {
    type Output = Raster;

    fn describe(&self) -> String {
        "drawing".into()
    }
}

/// Asks for the pixels of this frame and takes them over when they are there. True when what
/// is shown is what was asked for.
pub fn want_picture(
    ui: &Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    frame: &Frame,
    coloring: &Coloring,
    plane: &Plane,
) -> bool {
    let Some(slab) = plane.slab.clone() else { return false };
    let scale = ui.pixels_per_point();
    let side = |points: f32| ((points * scale).round() as usize).clamp(1, 8192);
    let ends = |span: &Span| {
        if span.is_reversed { (span.high, span.low) } else { (span.low, span.high) }
    };
    let ((left, right), (bottom, top)) = (ends(&frame.x), ends(&frame.y));
    let request = RasterRequest {
        slab: plane.request.clone(),
        axes: plane.axes,
        along: plane.along,
        window: [left, right, top, bottom].map(f64::to_bits),
        size_px: [side(frame.rect.width()), side(frame.rect.height())],
        coloring: coloring.clone(),
    };
    if state.heatmap.picture.as_ref().is_some_and(|picture| picture.request == request) {
        return true;
    }
    let (x, y) = (plane.part.x.clone(), plane.part.y.clone());
    let window = Window { left, right, top, bottom };
    let job = request.clone();
    let answer = scene.engine.want(&request, Priority::Visible, move |cx| {
        draw(&job, &slab, (&x, &y), window, &|| cx.check().is_err())
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
    is_cancelled: &dyn Fn() -> bool,
) -> hyperslab_core::Result<Raster> {
    let is_transposed = job.axes.0 < job.axes.1;
    let (rows, cols) = if is_transposed { (x, y) } else { (y, x) };
    let grid = Grid { values: &slab.values, rows, cols, is_transposed };
    let pixels = raster(&grid, window, job.size_px, &job.coloring.paint(), is_cancelled)
        .ok_or_else(ReadError::cancelled)?;
    let pixels = pixels.into_iter().map(|[r, g, b, a]| Color32::from_rgba_unmultiplied(r, g, b, a));
    Ok(Raster(ColorImage::new(job.size_px, pixels.collect())))
}

/// The last picture, where its window now lies: after a zoom the old one is stretched until
/// the new one is there.
pub fn picture_ui(ui: &Ui, state: &VariableState, frame: &Frame) {
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
