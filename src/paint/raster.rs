//! Triangles to pixels, as graphics cards do it with the toolkit's meshes: a pixel belongs to the
//! triangle its centre is in, on a shared edge to the one below or to the right (so that nothing
//! is painted twice); colours are multiplied by their alpha and are mixed as they are stored,
//! without going through linear light.
//!
//! Cost: a few operations a pixel of each triangle; rows are cut to the triangle beforehand.

use egui::epaint::textures::TextureFilter;
use egui::epaint::{ClippedPrimitive, Mesh, Primitive, Vertex};
use egui::{Color32, Rect};

use super::textures::{Texture, Textures};

/// Parts of a pixel that corners are rounded to.
const STEPS: f32 = 256.0;
const STEP: i64 = 256;
/// Corners farther away than this many pixels are drawn in: nothing visible depends on them.
const FARTHEST_PX: f32 = 1e6;

/// Pixels row by row from the top, colours multiplied by their alpha.
pub struct Raster {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<Color32>,
}

/// What is painted of a triangle: columns and rows, the ends excluded.
#[derive(Clone, Copy)]
struct Clip {
    left: i64,
    right: i64,
    top: i64,
    bottom: i64,
}

impl Raster {
    pub fn new(width: usize, height: usize, background: Color32) -> Self {
        Self { width, height, pixels: vec![background; width * height] }
    }

    /// Paints meshes whose corners are in points, `scale` pixels each.
    pub fn paint(&mut self, primitives: &[ClippedPrimitive], scale: f32, textures: &Textures) {
        for primitive in primitives {
            if let Primitive::Mesh(mesh) = &primitive.primitive {
                let clip = self.clip(primitive.clip_rect, scale);
                self.mesh(mesh, clip, scale, textures);
            }
        }
    }

    fn clip(&self, rect: Rect, scale: f32) -> Clip {
        let side = |at: f32, len: usize| ((at * scale).round() as i64).clamp(0, len as i64);
        Clip {
            left: side(rect.left(), self.width),
            right: side(rect.right(), self.width),
            top: side(rect.top(), self.height),
            bottom: side(rect.bottom(), self.height),
        }
    }

    fn mesh(&mut self, mesh: &Mesh, clip: Clip, scale: f32, textures: &Textures) {
        // What the card does not know it does not paint.
        let Some(texture) = textures.get(mesh.texture_id) else { return };
        for corners in mesh.indices.chunks_exact(3) {
            let corner = |k: usize| mesh.vertices.get(*corners.get(k)? as usize);
            if let (Some(a), Some(b), Some(c)) = (corner(0), corner(1), corner(2)) {
                self.triangle([a, b, c], clip, scale, texture);
            }
        }
    }

    fn triangle(&mut self, corners: [&Vertex; 3], clip: Clip, scale: f32, texture: &Texture) {
        let Some(triangle) = Triangle::new(corners, scale) else { return };
        let paint = Paint::new(&triangle, texture);
        let top = triangle.top.max(clip.top);
        let bottom = triangle.bottom.min(clip.bottom);
        for y in top..bottom {
            let Some((left, right)) = triangle.row(y, clip.left, clip.right) else { continue };
            let begin = y as usize * self.width;
            let Some(pixels) = self.pixels.get_mut(begin + left as usize..begin + right as usize)
            else {
                continue;
            };
            match &paint {
                Paint::Plain(color) if color.a() == 255 => pixels.fill(*color),
                Paint::Plain(color) => {
                    for pixel in pixels {
                        *pixel = over(*color, *pixel);
                    }
                }
                Paint::Mixed(mixed) => {
                    for (x, pixel) in (left..).zip(pixels) {
                        *pixel = over(mixed.color(&triangle, x, y), *pixel);
                    }
                }
            }
        }
    }
}

/// `color` over `below`, both multiplied by their alpha.
fn over(color: Color32, below: Color32) -> Color32 {
    if color.a() == 255 {
        return color;
    }
    let rest = 255 - u32::from(color.a());
    let [r, g, b, a] = color.to_array();
    let [r0, g0, b0, a0] = below.to_array();
    let mix = |c: u8, c0: u8| (u32::from(c) + (u32::from(c0) * rest + 127) / 255).min(255) as u8;
    Color32::from_rgba_premultiplied(mix(r, r0), mix(g, g0), mix(b, b0), mix(a, a0))
}

/// A triangle that runs clockwise on the screen. An edge is a linear function of the place that
/// is positive inside.
struct Triangle {
    corners: [Vertex; 3],
    /// Of the edge opposite to each corner: the value at the centre of pixel 0, 0, and the steps
    /// for a pixel across and down.
    edges: [(i64, i64, i64); 3],
    /// 1 where the edge itself does not belong to the triangle.
    bias: [i64; 3],
    area: f32,
    top: i64,
    bottom: i64,
    scale: f32,
}

impl Triangle {
    /// None where there is nothing to see.
    fn new([a, b, c]: [&Vertex; 3], scale: f32) -> Option<Self> {
        let place = |vertex: &Vertex| -> Option<(i64, i64)> {
            let (x, y) = (vertex.pos.x * scale, vertex.pos.y * scale);
            let fixed = |v: f32| (v.clamp(-FARTHEST_PX, FARTHEST_PX) * STEPS).round() as i64;
            (x.is_finite() && y.is_finite()).then(|| (fixed(x), fixed(y)))
        };
        let (pa, pb, pc) = (place(a)?, place(b)?, place(c)?);
        let area = (pb.0 - pa.0) * (pc.1 - pa.1) - (pb.1 - pa.1) * (pc.0 - pa.0);
        if area == 0 {
            return None;
        }
        let (corners, places) =
            if area > 0 { ([a, b, c], [pa, pb, pc]) } else { ([a, c, b], [pa, pc, pb]) };
        let edge = |k: usize| {
            let (from, to) = (places[(k + 1) % 3], places[(k + 2) % 3]);
            let (dx, dy) = (to.0 - from.0, to.1 - from.1);
            let center = STEP / 2;
            let at_zero = dx * (center - from.1) - dy * (center - from.0);
            let is_top_or_left = dy < 0 || (dy == 0 && dx > 0);
            ((at_zero, -dy * STEP, dx * STEP), i64::from(!is_top_or_left))
        };
        let edges: [_; 3] = std::array::from_fn(edge);
        let rows = places.map(|(_, y)| y);
        let (least, most) = (rows.iter().min()?, rows.iter().max()?);
        Some(Self {
            corners: corners.map(|vertex| *vertex),
            edges: edges.map(|(edge, _)| edge),
            bias: edges.map(|(_, bias)| bias),
            area: area.unsigned_abs() as f32,
            top: (least - STEP / 2).div_euclid(STEP),
            bottom: (most + STEP / 2).div_euclid(STEP) + 1,
            scale,
        })
    }

    /// The pixels of a row that are inside, the end excluded.
    fn row(&self, y: i64, left: i64, right: i64) -> Option<(i64, i64)> {
        let (mut begin, mut end) = (left, right);
        for (&(at_zero, across, down), bias) in self.edges.iter().zip(self.bias) {
            // at + across * x >= 0
            let at = at_zero + down * y - bias;
            if across > 0 {
                begin = begin.max((-at).div_euclid(across) + i64::from(at.rem_euclid(across) != 0));
            } else if across < 0 {
                end = end.min(at.div_euclid(-across) + 1);
            } else if at < 0 {
                return None;
            }
        }
        (begin < end).then_some((begin, end))
    }

    /// How much each corner counts at the centre of a pixel.
    fn weights(&self, x: i64, y: i64) -> [f32; 3] {
        self.edges
            .map(|(at_zero, across, down)| (at_zero + across * x + down * y) as f32 / self.area)
    }
}

/// What a triangle is filled with.
enum Paint<'a> {
    Plain(Color32),
    Mixed(Mixed<'a>),
}

struct Mixed<'a> {
    texture: &'a Texture,
    filter: TextureFilter,
    /// All corners have one colour.
    color: Option<[f32; 4]>,
    /// All corners have one place in the texture: what is there.
    texel: Option<[f32; 4]>,
}

impl<'a> Paint<'a> {
    fn new(triangle: &Triangle, texture: &'a Texture) -> Self {
        let [a, b, c] = &triangle.corners;
        let color =
            (a.color == b.color && b.color == c.color).then(|| a.color.to_array().map(f32::from));
        let filter = filter(triangle, texture);
        let texel = (a.uv == b.uv && b.uv == c.uv).then(|| texture.sample(a.uv.x, a.uv.y, filter));
        match (color, texel) {
            (Some(color), Some(texel)) => Self::Plain(product(color, texel)),
            _ => Self::Mixed(Mixed { texture, filter, color, texel }),
        }
    }
}

impl Mixed<'_> {
    fn color(&self, triangle: &Triangle, x: i64, y: i64) -> Color32 {
        let weights = triangle.weights(x, y);
        let mean = |of: [f32; 3]| of[0] * weights[0] + of[1] * weights[1] + of[2] * weights[2];
        let corners = &triangle.corners;
        let color = self.color.unwrap_or_else(|| {
            let channels = corners.map(|vertex| vertex.color.to_array().map(f32::from));
            std::array::from_fn(|k| mean(channels.map(|channel| channel[k])))
        });
        let texel = self.texel.unwrap_or_else(|| {
            let (u, v) = (mean(corners.map(|c| c.uv.x)), mean(corners.map(|c| c.uv.y)));
            self.texture.sample(u, v, self.filter)
        });
        product(color, texel)
    }
}

/// Both 0 to 255.
fn product(color: [f32; 4], texel: [f32; 4]) -> Color32 {
    let [r, g, b, a]: [u8; 4] =
        std::array::from_fn(|k| (color[k] * texel[k] / 255.0 + 0.5).clamp(0.0, 255.0) as u8);
    Color32::from_rgba_premultiplied(r, g, b, a)
}

/// By whether texels are larger or smaller than pixels.
fn filter(triangle: &Triangle, texture: &Texture) -> TextureFilter {
    let options = texture.options;
    if options.magnification == options.minification {
        return options.magnification;
    }
    let [a, b, c] = &triangle.corners;
    let texels =
        |vertex: &Vertex| (vertex.uv.x * texture.width as f32, vertex.uv.y * texture.height as f32);
    let (ta, tb, tc) = (texels(a), texels(b), texels(c));
    let texel_area = (tb.0 - ta.0) * (tc.1 - ta.1) - (tb.1 - ta.1) * (tc.0 - ta.0);
    let (ab, ac) = ((b.pos - a.pos) * triangle.scale, (c.pos - a.pos) * triangle.scale);
    let pixel_area = ab.x * ac.y - ab.y * ac.x;
    match texel_area.abs() > pixel_area.abs() {
        true => options.minification,
        false => options.magnification,
    }
}

#[cfg(test)]
mod tests {
    use egui::epaint::textures::{TextureOptions, TexturesDelta};
    use egui::epaint::{ImageDelta, WHITE_UV};
    use egui::{ColorImage, Pos2, TextureId, pos2};

    use super::*;

    fn textures(images: &[(TextureId, ColorImage)]) -> Textures {
        let mut delta = TexturesDelta::default();
        let white = ColorImage::new([1, 1], vec![Color32::WHITE]);
        delta.push(TextureId::default(), ImageDelta::full(white, TextureOptions::LINEAR));
        for (id, image) in images {
            delta.push(*id, ImageDelta::full(image.clone(), TextureOptions::NEAREST));
        }
        let mut textures = Textures::default();
        textures.apply(&delta);
        delta.clear();
        textures
    }

    fn painted(size: [usize; 2], clip: Rect, mesh: Mesh, scale: f32) -> Raster {
        let mut raster = Raster::new(size[0], size[1], Color32::BLACK);
        let primitive = ClippedPrimitive { clip_rect: clip, primitive: Primitive::Mesh(mesh) };
        raster.paint(&[primitive], scale, &textures(&[]));
        raster
    }

    fn polygon(points: &[Pos2], color: Color32) -> Mesh {
        let mut mesh = Mesh::default();
        for &pos in points {
            mesh.vertices.push(Vertex { pos, uv: WHITE_UV, color });
        }
        for k in 2..points.len() as u32 {
            mesh.add_triangle(0, k - 1, k);
        }
        mesh
    }

    fn count(raster: &Raster, color: Color32) -> usize {
        raster.pixels.iter().filter(|&&pixel| pixel == color).count()
    }

    const ALL: Rect = Rect::EVERYTHING;

    #[test]
    fn half_transparent_neighbours_leave_no_seam_and_no_double_stripe() {
        let half = Color32::from_rgba_premultiplied(100, 0, 0, 100);
        let corners = [pos2(1.3, 1.2), pos2(17.4, 2.0), pos2(16.0, 18.6), pos2(2.5, 15.5)];
        let raster = painted([20, 20], ALL, polygon(&corners, half), 1.0);
        let once = over(half, Color32::BLACK);
        let painted = count(&raster, once);
        assert_eq!(painted + count(&raster, Color32::BLACK), 400);
        // Turned round it is the same.
        let backwards: Vec<Pos2> = corners.into_iter().rev().collect();
        let again = self::painted([20, 20], ALL, polygon(&backwards, half), 1.0);
        assert_eq!(count(&again, once), painted);
    }

    #[test]
    fn a_rectangle_of_whole_pixels_is_exactly_those_at_every_scale() {
        let square = [pos2(2.0, 3.0), pos2(7.0, 3.0), pos2(7.0, 5.0), pos2(2.0, 5.0)];
        for scale in [1.0, 2.0, 3.0] {
            let side = (10.0 * scale) as usize;
            let raster = painted([side, side], ALL, polygon(&square, Color32::WHITE), scale);
            assert_eq!(count(&raster, Color32::WHITE), (10.0 * scale * scale) as usize);
            let corner = (3.0 * scale) as usize * side + (2.0 * scale) as usize;
            assert_eq!(raster.pixels[corner], Color32::WHITE);
            assert_eq!(raster.pixels[corner - 1], Color32::BLACK);
            assert_eq!(raster.pixels[corner - side], Color32::BLACK);
        }
    }

    #[test]
    fn nothing_is_painted_outside_of_the_clip_or_the_picture() {
        let huge = [pos2(-1e9, -1e9), pos2(1e9, -1e9), pos2(1e9, 1e9), pos2(-1e9, 1e9)];
        let clip = Rect::from_min_max(pos2(2.0, 2.0), pos2(5.0, 4.0));
        let raster = painted([10, 10], clip, polygon(&huge, Color32::WHITE), 1.0);
        assert_eq!(count(&raster, Color32::WHITE), 6);
        let all = painted([10, 10], ALL, polygon(&huge, Color32::WHITE), 1.0);
        assert_eq!(count(&all, Color32::WHITE), 100);
        let broken = [pos2(f32::NAN, 0.0), pos2(5.0, f32::INFINITY), pos2(3.0, 3.0)];
        let nothing = painted([10, 10], ALL, polygon(&broken, Color32::WHITE), 1.0);
        assert_eq!(count(&nothing, Color32::WHITE), 0);
    }

    #[test]
    fn texels_meet_pixels_and_colours_run_between_corners() {
        let id = TextureId::User(7);
        let texels: Vec<Color32> = (0..16).map(|k| Color32::from_gray(16 * k)).collect();
        let image = ColorImage::new([4, 4], texels.clone());
        let mut mesh = Mesh::with_texture(id);
        let unit = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        let rect = Rect::from_min_max(pos2(1.0, 1.0), pos2(5.0, 5.0));
        mesh.add_rect_with_uv(rect, unit, Color32::WHITE);
        let mut raster = Raster::new(6, 6, Color32::BLACK);
        let primitive = ClippedPrimitive { clip_rect: ALL, primitive: Primitive::Mesh(mesh) };
        raster.paint(&[primitive], 1.0, &textures(&[(id, image)]));
        for (k, texel) in texels.iter().enumerate() {
            assert_eq!(raster.pixels[(1 + k / 4) * 6 + 1 + k % 4], *texel);
        }
        let mut fade =
            polygon(&[pos2(0., 0.), pos2(100., 0.), pos2(100., 1.), pos2(0., 1.)], Color32::BLACK);
        for vertex in fade.vertices.iter_mut().filter(|vertex| vertex.pos.x > 0.0) {
            vertex.color = Color32::WHITE;
        }
        let fade = painted([100, 1], ALL, fade, 1.0);
        for (x, pixel) in fade.pixels.iter().enumerate() {
            let wanted = (x as f32 + 0.5) * 2.55;
            assert!((f32::from(pixel.r()) - wanted).abs() <= 1.0, "{x} {pixel:?}");
        }
    }
}
