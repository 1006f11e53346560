//! Curves on a chart: lines, points, steps, and how certain they are.

use egui::{Painter, Pos2, Stroke};
use hyperslab_core::Buffer;

use super::Placed;
use super::curve::{Drawn, Source};
use crate::prep::line::Thinning;
use crate::session::LineStyle;

const LINE_PX: f32 = 1.5;
const POINT_PX: f32 = 2.0;

/// The first one on top.
pub fn paint_curves(painter: &Painter, placed: &Placed<'_>, drawn: &[Drawn<'_>], style: LineStyle) {
    let painter = painter.with_clip_rect(placed.rect());
    for curve in drawn.iter().rev() {
        paint_errors(&painter, placed, curve);
        paint_curve(&painter, placed, curve, style);
    }
}

/// Piece by piece: joined as one path, points that lie within a fraction of a pixel make the
/// toolkit's corners collapse and leave holes in steep slopes.
fn paint_curve(painter: &Painter, placed: &Placed<'_>, curve: &Drawn<'_>, style: LineStyle) {
    let Some(lines) = &curve.lines else { return };
    let stroke = Stroke::new(LINE_PX, curve.color);
    let is_whole = lines.thinning == Thinning::None;
    let has_points = style.has_points() && is_whole;
    for segment in &lines.segments {
        let px = |&[x, y]: &[f64; 2]| placed.px(x, curve.scaling.apply(y), curve.is_second);
        let positions: Vec<Pos2> = segment.iter().filter_map(px).collect();
        for pair in positions.windows(2) {
            match style {
                // Points alone of a curve that is thinned would be a band of dots.
                LineStyle::Points if is_whole => {}
                LineStyle::Steps => paint_step(painter, placed, [pair[0], pair[1]], stroke),
                _ => _ = painter.line_segment([pair[0], pair[1]], stroke),
            }
        }
        if has_points || positions.len() == 1 {
            for &position in &positions {
                painter.circle_filled(position, POINT_PX, curve.color);
            }
        }
    }
}

/// A value holds for its cell, up to the middle between two coordinates.
fn paint_step(painter: &Painter, placed: &Placed<'_>, [from, to]: [Pos2; 2], stroke: Stroke) {
    let middle = from + (to - from) / 2.0;
    let corners = match placed.chart.is_upright {
        true => [Pos2::new(from.x, middle.y), Pos2::new(to.x, middle.y)],
        false => [Pos2::new(middle.x, from.y), Pos2::new(middle.x, to.y)],
    };
    for pair in [[from, corners[0]], corners, [corners[1], to]] {
        painter.line_segment(pair, stroke);
    }
}

/// A thin bar from value less error to value plus error; where bars would touch, a band.
fn paint_errors(painter: &Painter, placed: &Placed<'_>, curve: &Drawn<'_>) {
    let (Some(errors), Source::Values { slab, map, .. }) = (&curve.errors, &curve.source) else {
        return;
    };
    let number = |values: &Buffer, k: usize| values.number(k).map(|number| number.as_f64());
    let count = slab.readable.min(errors.readable);
    let ends = |k: usize| {
        let (x, value) = (map.center(k)?, number(&slab.values, k)?);
        let error = number(&errors.values, k)?;
        let px = |y: f64| placed.px(x, curve.scaling.apply(y), curve.is_second);
        Some([px(value - error)?, px(value + error)?])
    };
    let length_px = match placed.chart.is_upright {
        true => placed.rect().height(),
        false => placed.rect().width(),
    };
    if count as f32 * 4.0 > length_px {
        let band = curve.color.gamma_multiply(0.25);
        let all: Vec<Option<[Pos2; 2]>> = (0..count).map(ends).collect();
        for pair in all.windows(2) {
            if let [Some(a), Some(b)] = pair {
                let corners = vec![a[0], a[1], b[1], b[0]];
                painter.add(egui::Shape::convex_polygon(corners, band, Stroke::NONE));
            }
        }
        return;
    }
    let stroke = Stroke::new(1.0, curve.color.gamma_multiply(0.6));
    for ends in (0..count).filter_map(ends) {
        painter.line_segment(ends, stroke);
    }
}
