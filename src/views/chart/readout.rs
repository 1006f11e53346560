//! What the curves have where the pointer is.

use egui::{Painter, Pos2};
use hyperslab_core::Buffer;
use hyperslab_core::array::Number;

use super::Placed;
use super::curve::{Drawn, Source};
use crate::prep::table::{NumberFormat, format_number};
use crate::views::Scene;
use crate::views::axis::AxisInfo;
use crate::views::cell::CellWriter;

/// The points of all curves nearest to the pointer along the coordinate, marked, and in words.
/// With it the index of the first one.
pub fn hover_ui(
    painter: &Painter,
    placed: &Placed<'_>,
    (scene, info): (Scene<'_>, &AxisInfo),
    drawn: &[Drawn<'_>],
    at: Pos2,
) -> Option<(u64, String)> {
    let along = placed.along_at(at);
    let mut texts = Vec::new();
    let mut first = None;
    for curve in drawn {
        let text = |values: &Buffer, index: usize| {
            telling_text(values, index, |format, at| {
                let is_decoded = curve.curve.origin.is_decoded;
                CellWriter::new(curve.scene, is_decoded, format).value_text(values, at)
            })
        };
        let Some(near) = near(curve, along, &text) else { continue };
        for [x, y] in near.points {
            if let Some(at) = placed.px(x, curve.scaling.apply(y), curve.is_second) {
                painter.circle_filled(at, 4.0, curve.color);
            }
        }
        if texts.is_empty() {
            first = Some(near.index);
            texts.push(info.full_label_in(scene, near.index));
        }
        let name = match drawn {
            [_] => String::new(),
            _ => format!("{}: ", curve.curve.label),
        };
        texts.push(format!("{name}{}{}", near.text, error_text(curve, near.index)));
    }
    first.map(|index| (index, texts.join("    ")))
}

fn error_text(curve: &Drawn<'_>, index: u64) -> String {
    let error = curve.errors.as_ref().and_then(|errors| {
        errors.values.number(usize::try_from(index).ok()?).map(|number| number.as_f64())
    });
    let error = error.filter(|error| error.is_finite()).map(|error| {
        format!(" ± {}", format_number(Number::F64(error), NumberFormat::Significant(4)))
    });
    error.unwrap_or_default()
}

/// What a curve has near a coordinate: one value, or the extremes of a block.
struct Near {
    index: u64,
    points: Vec<[f64; 2]>,
    text: String,
}

fn near(
    curve: &Drawn<'_>,
    coordinate: f64,
    text: &impl Fn(&Buffer, usize) -> String,
) -> Option<Near> {
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
