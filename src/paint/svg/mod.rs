//! What was painted as SVG 1.1: lines stay lines, words stay words; what is made of pixels or of
//! many coloured triangles (fields, colour bars) is an embedded picture.
//!
//! Units are points. Of a drawing of n shapes the text takes O(n); curves that were painted piece
//! by piece become one path.

mod path;
mod raster;
mod text;

use std::fmt::Write as _;

use egui::epaint::{ClippedShape, ColorMode, PathStroke, RectShape};
use egui::{Color32, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2};

use super::textures::Textures;
use path::{Pen, points};

/// What the shapes are drawn on and with.
pub struct Sheet<'a> {
    pub ctx: &'a egui::Context,
    pub textures: &'a Textures,
    /// In points.
    pub size: Vec2,
    /// Pixels a point of embedded pictures, and of the text the shapes were laid out for.
    pub scale: f32,
}

/// The whole file.
pub fn svg(sheet: &Sheet<'_>, shapes: &[ClippedShape]) -> String {
    let mut drawing =
        Drawing { sheet, body: String::new(), clips: Vec::new(), open: None, pen: Pen::default() };
    for clipped in shapes {
        let all = Rect::from_min_size(Pos2::ZERO, sheet.size);
        drawing.shape(&clipped.shape, clipped.clip_rect.intersect(all));
    }
    drawing.end_path();
    drawing.close_clip();
    drawing.document()
}

struct Drawing<'a> {
    sheet: &'a Sheet<'a>,
    body: String,
    clips: Vec<Rect>,
    /// The clip whose group is open.
    open: Option<usize>,
    /// Pieces of a line that go on.
    pen: Pen,
}

impl Drawing<'_> {
    fn document(self) -> String {
        let (width, height) = (number(self.sheet.size.x), number(self.sheet.size.y));
        let mut text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <svg xmlns=\"http://www.w3.org/2000/svg\" \
             xmlns:xlink=\"http://www.w3.org/1999/xlink\" version=\"1.1\" \
             width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" {}>\n<defs>\n",
            text::USUAL
        );
        for (k, rect) in self.clips.iter().enumerate() {
            let rect = sides(*rect);
            put(&mut text, format_args!("<clipPath id=\"clip{k}\"><rect {rect}/></clipPath>\n"));
        }
        text.push_str("</defs>\n");
        text.push_str(&self.body);
        text.push_str("</svg>\n");
        text
    }

    fn shape(&mut self, shape: &Shape, clip: Rect) {
        if let Shape::Vec(shapes) = shape {
            return shapes.iter().for_each(|shape| self.shape(shape, clip));
        }
        // Outside of what is seen, or at no place at all.
        let bounds = shape.visual_bounding_rect();
        let is_seen = bounds.is_finite() && bounds.intersects(clip) && clip.is_positive();
        if !is_seen && !matches!(shape, Shape::LineSegment { .. }) {
            return;
        }
        let needed = (!clip.contains_rect(bounds)).then_some(clip);
        if let Shape::LineSegment { points, stroke } = shape {
            return self.segment(*points, *stroke, clip);
        }
        self.end_path();
        self.clip_to(needed);
        match shape {
            Shape::Noop | Shape::Vec(_) | Shape::LineSegment { .. } | Shape::Callback(_) => {}
            Shape::Circle(circle) => {
                let place = format!(
                    "circle cx=\"{}\" cy=\"{}\" r=\"{}\"",
                    number(circle.center.x),
                    number(circle.center.y),
                    number(circle.radius)
                );
                self.element(&place, circle.fill, circle.stroke);
            }
            Shape::Ellipse(ellipse) => {
                let mut place = format!(
                    "ellipse cx=\"{}\" cy=\"{}\" rx=\"{}\" ry=\"{}\"",
                    number(ellipse.center.x),
                    number(ellipse.center.y),
                    number(ellipse.radius.x),
                    number(ellipse.radius.y)
                );
                place.push_str(&turned(ellipse.angle, ellipse.center));
                self.element(&place, ellipse.fill, ellipse.stroke);
            }
            Shape::Path(path) => {
                self.path(&points(&path.points, path.closed), path.fill, &path.stroke);
            }
            Shape::QuadraticBezier(curve) => {
                let [a, b, c] = curve.points.map(place);
                self.path(&format!("M{a}Q{b} {c}"), curve.fill, &curve.stroke);
            }
            Shape::CubicBezier(curve) => {
                let [a, b, c, d] = curve.points.map(place);
                self.path(&format!("M{a}C{b} {c} {d}"), curve.fill, &curve.stroke);
            }
            Shape::Rect(rect) if rect.brush.is_some() => self.embedded(shape, clip),
            Shape::Rect(rect) => self.rect(rect),
            Shape::Text(text) => text::write(&mut self.body, text),
            Shape::Mesh(_) | Shape::Band(_) => self.embedded(shape, clip),
        }
    }

    /// What has no words in SVG: as pixels.
    fn embedded(&mut self, shape: &Shape, clip: Rect) {
        if let Some(image) = raster::image(self.sheet, shape, clip) {
            self.body.push_str(&image);
        }
    }

    fn rect(&mut self, shape: &RectShape) {
        let outwards = match shape.stroke_kind {
            StrokeKind::Inside => -0.5,
            StrokeKind::Middle => 0.0,
            StrokeKind::Outside => 0.5,
        };
        // Filled to the edge, and the stroke where it belongs.
        let radius = shape.corner_radius;
        let radius = f32::from(radius.nw.max(radius.ne).max(radius.sw).max(radius.se));
        let element = |rect: Rect| {
            let radius = match radius {
                0.0 => String::new(),
                radius => format!(" rx=\"{}\"", number(radius)),
            };
            format!("rect {}{radius}{}", sides(rect), turned(shape.angle, rect.center()))
        };
        let line = shape.rect.expand(outwards * shape.stroke.width);
        if outwards == 0.0 || shape.stroke.is_empty() || shape.fill == Color32::TRANSPARENT {
            return self.element(&element(line), shape.fill, shape.stroke);
        }
        self.element(&element(shape.rect), shape.fill, Stroke::NONE);
        self.element(&element(line), Color32::TRANSPARENT, shape.stroke);
    }

    fn path(&mut self, path: &str, fill: Color32, stroke: &PathStroke) {
        let color = match &stroke.color {
            ColorMode::Solid(color) => *color,
            // Nothing in the program shades a line along its way.
            ColorMode::UV(_) => Color32::GRAY,
        };
        self.element(&format!("path d=\"{path}\""), fill, Stroke::new(stroke.width, color));
    }

    fn segment(&mut self, ends: [Pos2; 2], stroke: Stroke, clip: Rect) {
        if stroke.is_empty() || !ends.iter().all(|end| end.is_finite()) || !clip.is_positive() {
            return;
        }
        if !self.pen.goes_on(ends[0], stroke, clip) {
            self.end_path();
            self.pen = Pen::at(ends[0], stroke, clip);
        }
        self.pen.points.push(ends[1]);
    }

    /// Writes the line that was drawn piece by piece.
    fn end_path(&mut self) {
        let pen = std::mem::take(&mut self.pen);
        let bounds = Rect::from_points(&pen.points).expand(pen.stroke.width);
        if pen.points.len() < 2 || !bounds.intersects(pen.clip) {
            return;
        }
        self.clip_to((!pen.clip.contains_rect(bounds)).then_some(pen.clip));
        let path = points(&pen.points, false);
        self.element(&format!("path d=\"{path}\""), Color32::TRANSPARENT, pen.stroke);
    }

    fn element(&mut self, element: &str, fill: Color32, stroke: Stroke) {
        if fill == Color32::TRANSPARENT && stroke.is_empty() {
            return;
        }
        put(&mut self.body, format_args!("<{element}{}", color("fill", fill)));
        if !stroke.is_empty() {
            let (width, color) = (number(stroke.width), color("stroke", stroke.color));
            put(&mut self.body, format_args!("{color} stroke-width=\"{width}\""));
        }
        self.body.push_str("/>\n");
    }

    fn clip_to(&mut self, clip: Option<Rect>) {
        let wanted = clip.map(|clip| {
            self.clips.iter().position(|known| *known == clip).unwrap_or_else(|| {
                self.clips.push(clip);
                self.clips.len() - 1
            })
        });
        if wanted != self.open {
            self.close_clip();
            if let Some(k) = wanted {
                put(&mut self.body, format_args!("<g clip-path=\"url(#clip{k})\">\n"));
            }
            self.open = wanted;
        }
    }

    fn close_clip(&mut self) {
        if self.open.take().is_some() {
            self.body.push_str("</g>\n");
        }
    }
}

fn put(to: &mut String, what: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = to.write_fmt(what);
}

/// With a hundredth of a point, which nobody sees.
fn number(value: f32) -> String {
    let rounded = (f64::from(value) * 100.0).round() / 100.0;
    // Not "-0".
    format!("{}", rounded + 0.0)
}

fn place(at: Pos2) -> String {
    format!("{} {}", number(at.x), number(at.y))
}

fn sides(rect: Rect) -> String {
    format!(
        "x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
        number(rect.left()),
        number(rect.top()),
        number(rect.width()),
        number(rect.height())
    )
}

/// Clockwise around a place.
fn turned(angle: f32, around: Pos2) -> String {
    match angle {
        0.0 => String::new(),
        angle => format!(" transform=\"rotate({} {})\"", number(angle.to_degrees()), place(around)),
    }
}

/// ` fill="#a0b1c2" fill-opacity="0.5"`.
fn color(what: &str, color: Color32) -> String {
    let [r, g, b, a] = color.to_srgba_unmultiplied();
    match a {
        0 => format!(" {what}=\"none\""),
        255 => format!(" {what}=\"#{r:02x}{g:02x}{b:02x}\""),
        a => {
            let opacity = number(f32::from(a) / 255.0);
            format!(" {what}=\"#{r:02x}{g:02x}{b:02x}\" {what}-opacity=\"{opacity}\"")
        }
    }
}

#[cfg(test)]
mod tests {
    use egui::{pos2, vec2};

    use super::*;

    fn drawn(shapes: Vec<Shape>, clip: Rect) -> String {
        let (ctx, textures) = (egui::Context::default(), Textures::default());
        let size = vec2(100.0, 50.0);
        let sheet = Sheet { ctx: &ctx, textures: &textures, size, scale: 1.0 };
        let clipped = shapes.into_iter().map(|shape| ClippedShape::new(clip, shape));
        svg(&sheet, &clipped.collect::<Vec<_>>())
    }

    const LINE: Stroke = Stroke { width: 1.5, color: Color32::RED };

    #[test]
    fn pieces_that_touch_are_one_line() {
        let piece = |a: f32, b: f32| Shape::line_segment([pos2(a, 5.0), pos2(b, 6.0)], LINE);
        let joined = |ends: [(f32, f32); 3]| {
            let pieces = ends.windows(2).map(|pair| {
                Shape::line_segment([pos2(pair[0].0, pair[0].1), pos2(pair[1].0, pair[1].1)], LINE)
            });
            pieces.collect::<Vec<_>>()
        };
        let svg = drawn(joined([(1.0, 2.0), (3.0, 4.5), (5.0, 2.125)]), Rect::EVERYTHING);
        assert!(
            svg.contains("<path d=\"M1 2L3 4.5 5 2.13\" fill=\"none\" stroke=\"#ff0000\""),
            "{svg}"
        );
        let svg = drawn(vec![piece(1.0, 2.0), piece(8.0, 9.0)], Rect::EVERYTHING);
        assert_eq!(svg.matches("<path").count(), 2);
    }

    #[test]
    fn what_reaches_out_is_clipped_and_what_is_outside_left_out() {
        let clip = Rect::from_min_max(pos2(10.0, 10.0), pos2(40.0, 40.0));
        let circle = |x: f32, r: f32| Shape::circle_filled(pos2(x, 25.0), r, Color32::BLUE);
        let svg = drawn(vec![circle(25.0, 5.0), circle(38.0, 5.0), circle(90.0, 5.0)], clip);
        assert_eq!(svg.matches("<circle").count(), 2);
        assert_eq!(svg.matches("<clipPath").count(), 1);
        let inside = svg.find("cx=\"25\"").unwrap();
        let group = svg.find("<g clip-path=\"url(#clip0)\">").unwrap();
        assert!(inside < group && group < svg.find("cx=\"38\"").unwrap(), "{svg}");
        assert_eq!(svg.matches("<g ").count(), svg.matches("</g>").count());
    }

    #[test]
    fn strokes_lie_beside_the_fill_as_they_were_asked_for() {
        let rect = Rect::from_min_max(pos2(10.0, 10.0), pos2(20.0, 30.0));
        let shape = RectShape::new(
            rect,
            0,
            Color32::WHITE,
            Stroke::new(2.0, Color32::BLACK),
            StrokeKind::Outside,
        );
        let svg = drawn(vec![Shape::Rect(shape)], Rect::EVERYTHING);
        assert!(
            svg.contains("<rect x=\"10\" y=\"10\" width=\"10\" height=\"20\" fill=\"#ffffff\"/>"),
            "{svg}"
        );
        assert!(
            svg.contains(
                "<rect x=\"9\" y=\"9\" width=\"12\" height=\"22\" fill=\"none\" stroke=\"#000000\""
            ),
            "{svg}"
        );
    }

    #[test]
    fn numbers_and_colours_are_short() {
        assert_eq!([0.0, -0.001, 1.5, 2.099, 1e-9].map(number), ["0", "0", "1.5", "2.1", "0"]);
        assert_eq!(color("fill", Color32::from_rgb(1, 2, 255)), " fill=\"#0102ff\"");
        let half = Color32::from_rgba_unmultiplied(255, 0, 0, 128);
        assert_eq!(color("stroke", half), " stroke=\"#ff0000\" stroke-opacity=\"0.5\"");
    }
}
