//! Pictures that bring their own colours: palettes, red, green and blue, shades of grey.
//!
//! O(pixels); 4 bytes each.

use hyperslab_core::{Array, Buffer};
use serde::{Deserialize, Serialize};

use super::image::Rgba;
use super::levels::Summary;
use super::values::extent_of;
use crate::interpret::{Colors, Image};

/// How three or four planes become red, green and blue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImageOptions {
    /// Blue comes first.
    pub is_bgr: bool,
    /// Each plane from one percentile of its values to another; the range of the file or the
    /// type where `None`.
    pub stretch: Option<(f64, f64)>,
}

/// Pixels row by row from the first row and column stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Pixels {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<Rgba>,
}

/// What a palette has no colour for.
const UNKNOWN: Rgba = [128, 128, 128, 255];

/// The picture of values as read: of the axes of `image` all that was read, of others the first
/// element. `palette` are rows of three numbers.
pub fn pixels(
    values: &Array,
    image: &Image,
    palette: Option<&Array>,
    options: &ImageOptions,
) -> Option<Pixels> {
    let shape: Option<Vec<usize>> =
        values.shape.iter().map(|&len| usize::try_from(len).ok()).collect();
    let shape = shape?;
    let steps = steps(&shape);
    let (height, width) = (*shape.get(image.rows)?, *shape.get(image.columns)?);
    let (down, across) = (*steps.get(image.rows)?, *steps.get(image.columns)?);
    let index = |row: usize, column: usize| row * down + column * across;
    let scale = Scale::of(&values.values, image);
    let colour: Box<dyn Fn(usize) -> Rgba> = match image.colors {
        Colors::True { axis } => {
            let (count, step) = (*shape.get(axis)?, *steps.get(axis)?);
            let scales: Vec<Scale> = (0..count.min(4))
                .map(|k| match options.stretch.filter(|_| k < 3) {
                    Some(ends) => Scale::stretched(&values.values, (count, step), k, ends),
                    None => scale,
                })
                .collect();
            let part = move |at: usize, k: usize| match scales.get(k) {
                Some(scale) => scale.byte(&values.values, at + k * step),
                None => 255,
            };
            let (red, blue) = if options.is_bgr { (2, 0) } else { (0, 2) };
            Box::new(move |at| [part(at, red), part(at, 1), part(at, blue), part(at, 3)])
        }
        Colors::Indexed { .. } => {
            let colors = palette_colors(palette)?;
            Box::new(move |at| {
                let number = values.values.number(at).map(|number| number.as_f64());
                let color = number.filter(|n| *n >= 0.0).and_then(|n| colors.get(n as usize));
                color.copied().unwrap_or(UNKNOWN)
            })
        }
        Colors::Gray => Box::new(move |at| {
            let gray = scale.byte(&values.values, at);
            [gray, gray, gray, 255]
        }),
    };
    let mut pixels = Vec::with_capacity(width.checked_mul(height)?);
    for row in 0..height {
        pixels.extend((0..width).map(|column| colour(index(row, column))));
    }
    Some(Pixels { width, height, pixels })
}

/// Values apart along each axis.
fn steps(shape: &[usize]) -> Vec<usize> {
    let mut steps = vec![1usize; shape.len()];
    for axis in (1..shape.len()).rev() {
        steps[axis - 1] = steps[axis].saturating_mul(shape[axis]);
    }
    steps
}

const STRETCH_SAMPLES: usize = 1 << 16;

/// From stored values to 0 to 255.
#[derive(Clone, Copy)]
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    /// The range that the file gives, or that of the type, or that of the values.
    fn of(values: &Buffer, image: &Image) -> Self {
        let (low, high) = image.range.unwrap_or_else(|| match values {
            Buffer::U8(_) => (0.0, 255.0),
            Buffer::U16(_) if matches!(image.colors, Colors::True { .. }) => (0.0, 65_535.0),
            _ => {
                let (low, high) = extent_of(values).unwrap_or((0.0, 1.0));
                match image.colors {
                    // Colours as parts of one, or as bytes in another type.
                    Colors::True { .. } if low >= 0.0 && high <= 1.0 => (0.0, 1.0),
                    Colors::True { .. } if low >= 0.0 && high <= 255.0 => (0.0, 255.0),
                    _ => (low, high),
                }
            }
        });
        Self { low, high: if high > low { high } else { low + 1.0 } }
    }

    /// From one percentile of plane `k` to another; `planes` are as many, so far apart.
    fn stretched(
        values: &Buffer,
        (count, step): (usize, usize),
        k: usize,
        (low, high): (f64, f64),
    ) -> Self {
        let period = step.saturating_mul(count).max(1);
        let places = (0..values.len()).step_by(period).flat_map(|start| {
            let first = start + k * step;
            first..(first + step).min(values.len())
        });
        // Enough for percentiles of any picture.
        let every = (values.len() / count.max(1)).div_ceil(STRETCH_SAMPLES).max(1);
        let sample: Vec<f64> = places
            .step_by(every)
            .filter_map(|at| values.number(at).map(|number| number.as_f64()))
            .collect();
        let summary = Summary::of_slice(&sample);
        let ends = summary.percentile(low).zip(summary.percentile(high));
        let (low, high) = ends.unwrap_or((0.0, 1.0));
        Self { low, high: if high > low { high } else { low + 1.0 } }
    }

    fn byte(&self, values: &Buffer, index: usize) -> u8 {
        let value = values.number(index).map_or(f64::NAN, |number| number.as_f64());
        // NaN becomes 0.
        ((value - self.low) / (self.high - self.low) * 255.0).round().clamp(0.0, 255.0) as u8
    }
}

fn palette_colors(palette: Option<&Array>) -> Option<Vec<Rgba>> {
    let palette = palette?;
    let parts = palette.values.to_f64()?;
    let byte = |value: f64| value.clamp(0.0, 255.0) as u8;
    let (colors, _) = parts.as_chunks::<3>();
    (palette.shape.get(1) == Some(&3))
        .then(|| colors.iter().map(|&[r, g, b]| [byte(r), byte(g), byte(b), 255]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interpret::Origin;
    use hyperslab_core::VariableId;

    fn image(colors: Colors, rows: usize, columns: usize) -> Image {
        Image { colors, rows, columns, range: None, origin: Origin::UpperLeft }
    }

    #[test]
    fn colours_are_found_however_they_are_interlaced() {
        let wanted = vec![[1, 2, 3, 255], [4, 5, 6, 255]];
        let by_pixel = Array { shape: vec![1, 2, 3], values: vec![1u8, 2, 3, 4, 5, 6].into() };
        let found =
            pixels(&by_pixel, &image(Colors::True { axis: 2 }, 0, 1), None, &plain()).unwrap();
        assert_eq!((found.width, found.height, &found.pixels), (2, 1, &wanted));
        let by_plane = Array { shape: vec![3, 1, 2], values: vec![1u8, 4, 2, 5, 3, 6].into() };
        let found =
            pixels(&by_plane, &image(Colors::True { axis: 0 }, 1, 2), None, &plain()).unwrap();
        assert_eq!(found.pixels, wanted);
        let part = Array { shape: vec![1, 1, 4], values: vec![0f32, 0.5, 1.0, 0.0].into() };
        let found = pixels(&part, &image(Colors::True { axis: 2 }, 0, 1), None, &plain()).unwrap();
        assert_eq!(found.pixels, [[0, 128, 255, 0]]);
    }

    fn plain() -> ImageOptions {
        ImageOptions::default()
    }

    #[test]
    fn each_plane_is_stretched_by_itself_and_blue_may_come_first() {
        let planes: Vec<f32> = (0..100)
            .map(|k| k as f32 / 1000.0)
            .chain((0..100).map(|k| k as f32))
            .chain((0..100).map(|_| 7.0))
            .collect();
        let values = Array { shape: vec![3, 10, 10], values: planes.into() };
        let kind = image(Colors::True { axis: 0 }, 1, 2);
        let options = ImageOptions { stretch: Some((0.0, 100.0)), is_bgr: false };
        let found = pixels(&values, &kind, None, &options).unwrap();
        assert_eq!((found.pixels[0], found.pixels[99]), ([0, 0, 0, 255], [255, 255, 0, 255]));
        let found =
            pixels(&values, &kind, None, &ImageOptions { is_bgr: true, ..options }).unwrap();
        assert_eq!(found.pixels[99], [0, 255, 255, 255]);
        // The same, colour by colour in each pixel.
        let numbers = values.values.to_f64().unwrap();
        let mixed: Vec<f64> = (0..300).map(|k| numbers[k % 3 * 100 + k / 3]).collect();
        let values = Array { shape: vec![10, 10, 3], values: mixed.into() };
        let found =
            pixels(&values, &image(Colors::True { axis: 2 }, 0, 1), None, &options).unwrap();
        assert_eq!((found.pixels[0], found.pixels[99]), ([0, 0, 0, 255], [255, 255, 0, 255]));
    }

    #[test]
    fn numbers_become_colours_of_the_palette() {
        let palette = Array { shape: vec![2, 3], values: vec![9u8, 8, 7, 1, 2, 3].into() };
        let values = Array { shape: vec![1, 3], values: vec![1u8, 0, 5].into() };
        let colors = Colors::Indexed { palette: VariableId(0) };
        let found = pixels(&values, &image(colors, 0, 1), Some(&palette), &plain()).unwrap();
        assert_eq!(found.pixels, [[1, 2, 3, 255], [9, 8, 7, 255], UNKNOWN]);
        assert_eq!(pixels(&values, &image(colors, 0, 1), None, &plain()), None);
    }

    #[test]
    fn shades_of_grey_keep_to_the_range_of_the_file() {
        let values = Array { shape: vec![1, 3], values: vec![10i16, 20, 99].into() };
        let gray = Image { range: Some((10.0, 30.0)), ..image(Colors::Gray, 0, 1) };
        let found = pixels(&values, &gray, None, &plain()).unwrap();
        assert_eq!(found.pixels.iter().map(|p| p[0]).collect::<Vec<_>>(), [0, 128, 255]);
    }
}
