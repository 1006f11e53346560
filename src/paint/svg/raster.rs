//! What is made of pixels: painted as for the screen and embedded as a PNG picture.

use egui::epaint::ClippedShape;
use egui::{Color32, Pos2, Rect, Shape};

use super::{Sheet, sides};
use crate::export::{base64, png};
use crate::paint::raster::Raster;

/// The element, where there is anything to see.
pub fn image(sheet: &Sheet<'_>, shape: &Shape, clip: Rect) -> Option<String> {
    let scale = sheet.scale;
    let seen = shape.visual_bounding_rect().intersect(clip);
    // Whole pixels of the sheet, so that none is painted by halves.
    let seen = Rect::from_min_max(
        Pos2::new((seen.left() * scale).floor(), (seen.top() * scale).floor()) / scale,
        Pos2::new((seen.right() * scale).ceil(), (seen.bottom() * scale).ceil()) / scale,
    );
    if !seen.is_positive() {
        return None;
    }
    let side = |points: f32| (points * scale).round().max(1.0) as usize;
    let (width, height) = (side(seen.width()), side(seen.height()));
    let mut shape = shape.clone();
    shape.translate(-seen.min.to_vec2());
    let clip_rect = clip.translate(-seen.min.to_vec2());
    let primitives = sheet.ctx.tessellate(vec![ClippedShape::new(clip_rect, shape)], scale);
    let mut raster = Raster::new(width, height, Color32::TRANSPARENT);
    raster.paint(&primitives, scale, sheet.textures);
    let rgba: Vec<[u8; 4]> = raster.pixels.iter().map(Color32::to_srgba_unmultiplied).collect();
    let bytes = png::encode(width as u32, height as u32, &rgba).ok()?;

    Some(format!(
        "<image {} preserveAspectRatio=\"none\" image-rendering=\"optimizeSpeed\" \
         style=\"image-rendering:pixelated\" xlink:href=\"data:image/png;base64,{}\"/>\n",
        sides(seen),
        base64::text(&bytes)
    ))
}
