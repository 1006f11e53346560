//! The heatmap: a window of a 2-D slice as coloured pixels.
//!
//! Where a cell is at least a pixel wide, a pixel shows the cell under its middle, so that
//! cells have crisp borders. Where cells are smaller, a pixel shows the mean of what it covers,
//! weighted by area and taken before colouring, so that nothing flickers or makes patterns; it
//! is missing only when all it covers is missing, so that sparse data stay visible. Infinities
//! count for no mean; where there is nothing else they have the colours at the ends. Each axis
//! decides for itself. Classes have no mean: a pixel always shows the cell under its middle.
//!
//! O(cells in the window + pixels); 16 bytes per visible column beside the result.

use std::ops::Range;

use hyperslab_core::{Buffer, with_numbers};

use crate::prep::cell_edges::AxisMap;
use crate::prep::coloring::Paint;
use crate::prep::values::Value;

/// RGBA, not premultiplied.
pub type Rgba = [u8; 4];

pub const TRANSPARENT: Rgba = [0; 4];

/// Values row by row, the axes along which they lie, and which of them is drawn across.
#[derive(Clone, Copy, Debug)]
pub struct Grid<'a> {
    pub values: &'a Buffer,
    /// The slower axis: `rows.len() * cols.len()` values.
    pub rows: &'a AxisMap,
    pub cols: &'a AxisMap,
    /// Rows lie along x and columns along y.
    pub is_transposed: bool,
}

/// The coordinates at the picture's outer edges. Ends may be in either order: north is up where
/// `top` is the larger.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
}

/// More pixels than any screen or print has.
const PIXELS_MAX: usize = 1 << 28;

impl Grid<'_> {
    /// All cells, with x growing to the right and y growing upwards.
    pub fn full_window(&self) -> Window {
        let (x, y) =
            if self.is_transposed { (self.rows, self.cols) } else { (self.cols, self.rows) };
        let ((left, right), (bottom, top)) = (x.range(), y.range());
        Window { left, right, top, bottom }
    }

    /// The row and column in `values` of the cell at (`x`, `y`).
    pub fn cell_at(&self, x: f64, y: f64) -> Option<(usize, usize)> {
        let (along_rows, along_cols) = if self.is_transposed { (x, y) } else { (y, x) };
        Some((self.rows.index_at(along_rows)?, self.cols.index_at(along_cols)?))
    }
}

/// Exactly `width_px * height_px` pixels, from the top left, row by row; transparent beside the
/// data. `None` when `is_cancelled` said so, or for more than 2^28 pixels.
pub fn raster(
    grid: &Grid,
    window: Window,
    [width_px, height_px]: [usize; 2],
    paint: &Paint,
    is_cancelled: &dyn Fn() -> bool,
) -> Option<Vec<Rgba>> {
    let pixels = width_px.checked_mul(height_px).filter(|&pixels| pixels <= PIXELS_MAX)?;
    if grid.rows.len().checked_mul(grid.cols.len()).is_none_or(|cells| cells > grid.values.len()) {
        // Axes of something else: nothing can be said of any cell.
        return Some(vec![TRANSPARENT; pixels]);
    }
    let Window { left, right, top, bottom } = window;
    if !grid.is_transposed {
        let across = footprints(grid.cols, left, right, width_px, paint.mixes());
        let down = footprints(grid.rows, top, bottom, height_px, paint.mixes());
        return draw(grid, &across, &down, paint, is_cancelled);
    }
    // Drawn as stored and turned after: reading down columns would miss the caches.
    let across = footprints(grid.cols, top, bottom, height_px, paint.mixes());
    let down = footprints(grid.rows, left, right, width_px, paint.mixes());
    let pixels = draw(grid, &across, &down, paint, is_cancelled)?;
    Some(transpose(&pixels, height_px, width_px))
}

/// The cells under each pixel along one axis.
struct Footprints {
    pixels: Vec<Footprint>,
    /// Lengths of the cells' shares, one after the other for all pixels.
    weights: Vec<f64>,
    /// All cells under any pixel.
    cells: Range<usize>,
}

/// No cells outside the axis; one with weight 1 where cells are larger than pixels.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Footprint {
    first: usize,
    count: usize,
    /// Position in [`Footprints::weights`].
    weights: usize,
}

impl Footprints {
    fn get(&self, footprint: &Footprint) -> impl Iterator<Item = (usize, f64)> {
        let weights = self.weights.get(footprint.weights..).unwrap_or_default();
        (footprint.first..).zip(weights.iter().copied()).take(footprint.count)
    }
}

fn footprints(axis: &AxisMap, from: f64, to: f64, count_px: usize, mixes: bool) -> Footprints {
    // The shared weight 1 of all single cells comes first.
    let mut all =
        Footprints { pixels: Vec::with_capacity(count_px), weights: vec![1.0], cells: 0..0 };
    let pixel = (to / count_px as f64 - from / count_px as f64).abs();
    let at = |p: f64| {
        let t = p / count_px as f64;
        from * (1.0 - t) + to * t
    };
    for p in 0..count_px {
        let p = p as f64;
        let ends = [at(p), at(p + 0.5), at(p + 1.0)].map(|x| axis.position(x));
        let footprint = footprint(axis, ends, pixel, mixes, &mut all.weights);
        if footprint.count > 0 {
            let (first, end) = (footprint.first, footprint.first + footprint.count);
            all.cells = match all.cells.is_empty() {
                true => first..end,
                false => all.cells.start.min(first)..all.cells.end.max(end),
            };
        }
        all.pixels.push(footprint);
    }
    all
}

/// `ends`: the positions in cells of the pixel's start, middle and end.
fn footprint(
    axis: &AxisMap,
    ends: [f64; 3],
    pixel: f64,
    mixes: bool,
    weights: &mut Vec<f64>,
) -> Footprint {
    let nothing = Footprint { first: 0, count: 0, weights: 0 };
    let count = axis.len();
    if count == 0 || !(pixel > 0.0 && pixel.is_finite()) || ends.iter().any(|end| end.is_nan()) {
        return nothing;
    }
    let width = |cell: usize| axis.edges(cell).map_or(0.0, |(a, b)| (b - a).abs());
    let [start, middle, end] = ends;
    let under_middle = (middle.max(0.0) as usize).min(count - 1);
    if !mixes || width(under_middle) >= pixel * (1.0 - 1e-9) {
        let is_inside = middle >= 0.0 && middle < count as f64;
        return if is_inside {
            Footprint { first: under_middle, count: 1, weights: 0 }
        } else {
            nothing
        };
    }
    let start_of = start.min(end).max(0.0);
    let end_of = start.max(end).min(count as f64);
    if start_of >= end_of {
        return nothing;
    }
    let cells = start_of as usize..(end_of.ceil() as usize).min(count);
    let position = weights.len();
    weights.extend(cells.clone().map(|cell| {
        let share = end_of.min(cell as f64 + 1.0) - start_of.max(cell as f64);
        share * width(cell) / pixel
    }));
    Footprint { first: cells.start, count: cells.len(), weights: position }
}

fn draw(
    grid: &Grid,
    across: &Footprints,
    down: &Footprints,
    paint: &Paint,
    is_cancelled: &dyn Fn() -> bool,
) -> Option<Vec<Rgba>> {
    let cols = grid.cols.len();
    with_numbers!(grid.values, values => draw_values(values, cols, across, down, paint, is_cancelled), else {
        Some(vec![TRANSPARENT; across.pixels.len() * down.pixels.len()])
    })
}

fn draw_values<T: Value>(
    values: &[T],
    cols: usize,
    across: &Footprints,
    down: &Footprints,
    paint: &Paint,
    is_cancelled: &dyn Fn() -> bool,
) -> Option<Vec<Rgba>> {
    let width_px = across.pixels.len();
    let mut pixels = Vec::with_capacity(width_px * down.pixels.len());
    let mut line = RowMeans::new(across.cells.clone());
    let mut last = None;
    for footprint in &down.pixels {
        if is_cancelled() {
            return None;
        }
        let start = pixels.len();
        if last.is_some_and(|last| last == footprint) && footprint.weights == 0 {
            pixels.extend_from_within(start - width_px..);
            continue;
        }
        last = Some(footprint);
        line.clear();
        for (row, weight) in down.get(footprint) {
            let begin = row.saturating_mul(cols);
            let range =
                begin.saturating_add(across.cells.start)..begin.saturating_add(across.cells.end);
            if let Some(row) = values.get(range) {
                line.add(row, weight);
            }
        }
        let infinity = |cells: Range<usize>| infinity_among(values, cols, down, footprint, cells);
        line.paint(across, paint, &infinity, &mut pixels);
    }
    Some(pixels)
}

/// Per visible column the weighted sum of the finite values of some rows, and their weight.
struct RowMeans {
    first: usize,
    sums: Vec<f64>,
    weights: Vec<f64>,
    is_empty: bool,
}

impl RowMeans {
    fn new(cells: Range<usize>) -> Self {
        let empty = vec![0.0; cells.len()];
        Self { first: cells.start, sums: empty.clone(), weights: empty, is_empty: true }
    }

    fn clear(&mut self) {
        self.is_empty = true;
    }

    fn add<T: Value>(&mut self, row: &[T], weight: f64) {
        let sums = self.sums.iter_mut().zip(&mut self.weights).zip(row);
        if self.is_empty {
            for ((sum, total), value) in sums {
                let value = value.f64();
                let is_finite = value.abs() < f64::INFINITY;
                *sum = if is_finite { value * weight } else { 0.0 };
                *total = if is_finite { weight } else { 0.0 };
            }
        } else {
            for ((sum, total), value) in sums {
                let value = value.f64();
                let is_finite = value.abs() < f64::INFINITY;
                *sum += if is_finite { value * weight } else { 0.0 };
                *total += if is_finite { weight } else { 0.0 };
            }
        }
        self.is_empty = false;
    }

    /// `infinity`: what to show of columns without a finite value.
    fn paint(
        &self,
        across: &Footprints,
        paint: &Paint,
        infinity: &dyn Fn(Range<usize>) -> f64,
        pixels: &mut Vec<Rgba>,
    ) {
        if self.is_empty {
            pixels.extend(across.pixels.iter().map(|_| TRANSPARENT));
            return;
        }
        // Consecutive pixels of one large cell have the same footprint: coloured once.
        let mut last = (Footprint { first: 0, count: 0, weights: 0 }, TRANSPARENT);
        pixels.extend(across.pixels.iter().map(|footprint| {
            if *footprint != last.0 {
                last = (*footprint, self.color(across, footprint, paint, infinity));
            }
            last.1
        }));
    }

    fn color(
        &self,
        across: &Footprints,
        footprint: &Footprint,
        paint: &Paint,
        infinity: &dyn Fn(Range<usize>) -> f64,
    ) -> Rgba {
        if footprint.count == 0 {
            return TRANSPARENT;
        }
        let first = footprint.first - self.first;
        let cells = first..first + footprint.count;
        let (Some(sums), Some(totals)) = (self.sums.get(cells.clone()), self.weights.get(cells))
        else {
            return TRANSPARENT;
        };
        let weights = across.weights.get(footprint.weights..).unwrap_or_default();
        let (mut sum, mut total) = (0.0, 0.0);
        for ((s, t), weight) in sums.iter().zip(totals).zip(weights) {
            sum += s * weight;
            total += t * weight;
        }
        let value = if total > 0.0 {
            sum / total
        } else {
            infinity(footprint.first..footprint.first + footprint.count)
        };
        paint.color(value)
    }
}

/// Of some cells without a finite value: the infinity that is there more often, or NaN.
fn infinity_among<T: Value>(
    values: &[T],
    cols: usize,
    down: &Footprints,
    footprint: &Footprint,
    cells: Range<usize>,
) -> f64 {
    let mut balance = (0u64, 0u64);
    for (row, _) in down.get(footprint) {
        let begin = row.saturating_mul(cols);
        let range = begin.saturating_add(cells.start)..begin.saturating_add(cells.end);
        for value in values.get(range).unwrap_or_default() {
            balance.0 += u64::from(value.f64() == f64::INFINITY);
            balance.1 += u64::from(value.f64() == f64::NEG_INFINITY);
        }
    }
    match balance {
        (0, 0) => f64::NAN,
        (above, below) if above >= below => f64::INFINITY,
        _ => f64::NEG_INFINITY,
    }
}

/// `pixels` lie in rows of `width`; the result in rows of `height`.
fn transpose(pixels: &[Rgba], width: usize, height: usize) -> Vec<Rgba> {
    // In squares, so that neither side leaves the cache.
    const SQUARE: usize = 32;
    let mut turned = vec![TRANSPARENT; pixels.len()];
    for top in (0..height).step_by(SQUARE) {
        for left in (0..width).step_by(SQUARE) {
            for y in top..(top + SQUARE).min(height) {
                for x in left..(left + SQUARE).min(width) {
                    turned[x * height + y] = pixels[y * width + x];
                }
            }
        }
    }
    turned
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prep::coloring::Coloring;
    use crate::prep::colormap::Lut;
    use crate::prep::levels::{Levels, Scale};
    use proptest::prelude::*;

    const MISSING: Rgba = [1, 2, 3, 255];

    /// Drawn so that the red of a pixel is its value.
    fn reds(
        values: impl Into<Buffer>,
        rows: &AxisMap,
        cols: &AxisMap,
        window: Option<Window>,
        size: [usize; 2],
    ) -> Vec<Option<u8>> {
        let values = values.into();
        let grid = Grid { values: &values, rows, cols, is_transposed: false };
        let levels = Levels::new(0.0, 255.0, Scale::Linear);
        let paint = Paint::new(levels, Lut::gray(), MISSING);
        let window = window.unwrap_or(grid.full_window());
        let pixels = raster(&grid, window, size, &paint, &|| false).unwrap();
        assert_eq!(pixels.len(), size[0] * size[1]);
        let red = |pixel: &Rgba| match *pixel {
            TRANSPARENT => None,
            MISSING => Some(99),
            [r, ..] => Some(r),
        };
        pixels.iter().map(red).collect()
    }

    fn index(count: usize) -> AxisMap {
        AxisMap::index(count)
    }

    #[test]
    fn one_cell_a_pixel_copies_the_values_with_y_upwards() {
        let drawn = reds(vec![1u8, 2, 3, 4, 5, 6], &index(2), &index(3), None, [3, 2]);
        assert_eq!(drawn, [4, 5, 6, 1, 2, 3].map(Some));
    }

    #[test]
    fn large_cells_have_crisp_borders() {
        let drawn = reds(vec![10f32, 20.0], &index(1), &index(2), None, [6, 2]);
        assert_eq!(drawn, [10, 10, 10, 20, 20, 20, 10, 10, 10, 20, 20, 20].map(Some));
        // Cells of different width, as their edges say.
        let axis = AxisMap::from_bounds(&[0.0, 1.0, 1.0, 4.0], None).unwrap();
        let drawn = reds(vec![10f32, 20.0], &index(1), &axis, None, [8, 1]);
        assert_eq!(drawn, [10, 10, 20, 20, 20, 20, 20, 20].map(Some));
    }

    #[test]
    fn small_cells_are_averaged_by_area_over_what_is_finite() {
        let nan = f64::NAN;
        let values = vec![0.0, 10.0, 20.0, nan, nan, nan];
        let drawn = reds(values, &index(1), &index(6), None, [3, 1]);
        assert_eq!(drawn, [Some(5), Some(20), Some(99)]);
        let thirds = reds(vec![0u8, 30, 60], &index(1), &index(3), None, [2, 1]);
        assert_eq!(thirds, [Some(10), Some(50)]);
    }

    #[test]
    fn beside_the_data_it_is_transparent() {
        let window = Window { left: -1.5, right: 2.5, top: 0.5, bottom: -0.5 };
        let drawn = reds(vec![7i16, 8], &index(1), &index(2), Some(window), [4, 1]);
        assert_eq!(drawn, [None, Some(7), Some(8), None]);
        let far = Window { left: 100.0, right: 200.0, ..window };
        assert_eq!(reds(vec![7i16, 8], &index(1), &index(2), Some(far), [2, 1]), [None, None]);
        // Data smaller than a pixel do not vanish.
        let wide = Window { left: -1000.0, right: 1000.0, ..window };
        assert!(reds(vec![7i16, 7], &index(1), &index(2), Some(wide), [7, 1]).contains(&Some(7)));
    }

    #[test]
    fn windows_and_falling_axes_turn_the_picture() {
        let window = Window { left: 1.5, right: -0.5, top: -0.5, bottom: 0.5 };
        let drawn = reds(vec![7u16, 8], &index(1), &index(2), Some(window), [2, 1]);
        assert_eq!(drawn, [Some(8), Some(7)]);
        let falling = AxisMap::from_centers(&[5.0, 4.0]);
        let drawn = reds(vec![7u16, 8], &index(1), &falling, None, [2, 1]);
        assert_eq!(drawn, [Some(8), Some(7)]);
    }

    #[test]
    fn rows_may_lie_along_x() {
        let values = Buffer::U8(vec![1, 2, 3, 4, 5, 6]);
        let (rows, cols) = (index(2), index(3));
        let grid = Grid { values: &values, rows: &rows, cols: &cols, is_transposed: true };
        let levels = Levels::new(0.0, 255.0, Scale::Linear);
        let paint = Paint::new(levels, Lut::gray(), MISSING);
        let pixels = raster(&grid, grid.full_window(), [2, 3], &paint, &|| false).unwrap();
        assert_eq!(pixels.iter().map(|p| p[0]).collect::<Vec<_>>(), [3, 6, 2, 5, 1, 4]);
        assert_eq!(grid.cell_at(1.0, 0.0), Some((1, 0)));
    }

    #[test]
    fn what_is_not_positive_is_below_everything_on_a_log_scale() {
        let values = Buffer::F64(vec![1.0, 11.0, 100.0, 0.0]);
        let (rows, cols) = (index(1), index(4));
        let grid = Grid { values: &values, rows: &rows, cols: &cols, is_transposed: false };
        let levels = Levels::new(1.0, 100.0, Scale::Log);
        let paint = Paint::new(levels, Lut::gray(), MISSING);
        let pixels = raster(&grid, grid.full_window(), [4, 1], &paint, &|| false).unwrap();
        assert_eq!(pixels.iter().map(|p| p[0]).collect::<Vec<_>>(), [0, 133, 255, 0]);
    }

    #[test]
    fn classes_are_never_mixed() {
        use crate::cf::Classes;
        use hyperslab_core::{ByteOrder, Dtype, GroupId, Variable};
        let variable = Variable::new("v", GroupId::ROOT, Dtype::int(1, ByteOrder::Little));
        let classes = std::sync::Arc::new(Classes::of_bits(&variable, 0, 1).unwrap());
        let coloring = Coloring::Classes { classes, hidden: Vec::new(), missing: MISSING };
        let paint = coloring.paint();
        let values = Buffer::U8(vec![0, 3, 0, 3, 3, 0, 3, 0, 0]);
        let (rows, cols) = (index(1), index(9));
        let grid = Grid { values: &values, rows: &rows, cols: &cols, is_transposed: false };
        let pixels = raster(&grid, grid.full_window(), [3, 1], &paint, &|| false).unwrap();
        assert_eq!(pixels, [paint.color(3.0), paint.color(3.0), paint.color(0.0)]);
    }

    #[test]
    fn infinities_have_the_colours_at_the_ends_and_count_for_no_mean() {
        let (nan, inf) = (f32::NAN, f32::INFINITY);
        let row = vec![inf, -inf, nan, 7.0];
        let drawn = reds(row, &index(1), &index(4), None, [4, 1]);
        assert_eq!(drawn, [Some(255), Some(0), Some(99), Some(7)]);
        // Two cells a pixel, and two rows.
        let cells = vec![inf, 8.0, inf, nan, nan, -inf, nan, 4.0, inf, nan, nan, nan];
        let drawn = reds(cells, &index(2), &index(6), None, [3, 1]);
        assert_eq!(drawn, [Some(6), Some(255), Some(0)]);
    }

    #[test]
    fn it_stops_when_told_to() {
        let values = Buffer::U8(vec![1]);
        let axis = index(1);
        let grid = Grid { values: &values, rows: &axis, cols: &axis, is_transposed: false };
        let levels = Levels::new(0.0, 1.0, Scale::Linear);
        let paint = Paint::new(levels, Lut::gray(), MISSING);
        assert!(raster(&grid, grid.full_window(), [1, 1], &paint, &|| true).is_none());
        assert!(raster(&grid, grid.full_window(), [usize::MAX, 2], &paint, &|| false).is_none());
        let empty = raster(&grid, grid.full_window(), [0, 5], &paint, &|| false);
        assert_eq!(empty, Some(vec![]));
    }

    /// The mean by area of a pixel, the slow and obvious way.
    fn mean(values: &[f64], cols: usize, x: [f64; 2], y: [f64; 2]) -> f64 {
        let share =
            |i: usize, [a, b]: [f64; 2]| (b.min(i as f64 + 0.5) - a.max(i as f64 - 0.5)).max(0.0);
        let (mut sum, mut total) = (0.0, 0.0);
        for (i, value) in values.iter().enumerate() {
            let weight = share(i % cols, x) * share(i / cols, y);
            if value.is_finite() {
                sum += weight * value;
                total += weight;
            }
        }
        sum / total
    }

    proptest! {
        #[test]
        fn pixels_larger_than_cells_show_the_mean_by_area(
            rows in 4usize..20, cols in 4usize..20, w in 1usize..4, h in 1usize..4, seed: u64,
        ) {
            let random = |i: usize| (seed.rotate_left(i as u32 % 64) ^ (i as u64 * 0x9e37)) % 256;
            let values: Vec<f64> = (0..rows * cols)
                .map(|i| if random(i) < 20 { f64::NAN } else { random(i) as f64 })
                .collect();
            let drawn = reds(values.clone(), &index(rows), &index(cols), None, [w, h]);
            for (p, red) in drawn.iter().enumerate() {
                let (px, py) = ((p % w) as f64, (h - 1 - p / w) as f64);
                let (sx, sy) = (cols as f64 / w as f64, rows as f64 / h as f64);
                let x = [px * sx - 0.5, (px + 1.0) * sx - 0.5];
                let y = [py * sy - 0.5, (py + 1.0) * sy - 0.5];
                let want = mean(&values, cols, x, y);
                if want.is_finite() {
                    prop_assert!((f64::from(red.unwrap()) - want).abs() <= 0.5 + 1e-6);
                }
            }
        }

        #[test]
        fn no_input_makes_it_panic(
            values in prop::collection::vec(prop::num::f64::ANY, 0..12),
            rows in prop::collection::vec(prop::num::f64::ANY, 0..5),
            cols in prop::collection::vec(-3.0f64..3.0, 0..5),
            window in prop::array::uniform4(prop::num::f64::ANY),
            near in prop::array::uniform4(-4.0f64..4.0),
            is_near: bool,
            size in prop::array::uniform2(0usize..9),
            is_transposed: bool,
            low in prop::num::f64::ANY, high in prop::num::f64::ANY, log: bool,
        ) {
            let values = Buffer::F64(values);
            let (rows, cols) = (AxisMap::from_centers(&rows), AxisMap::from_centers(&cols));
            let grid = Grid { values: &values, rows: &rows, cols: &cols, is_transposed };
            let [left, right, top, bottom] = if is_near { near } else { window };
                let levels = Levels::new(low, high, if log { Scale::Log } else { Scale::Linear });
            let paint = Paint::new(levels, Lut::gray(), MISSING);
            let window = Window { left, right, top, bottom };
            let pixels = raster(&grid, window, size, &paint, &|| false).unwrap();
            prop_assert_eq!(pixels.len(), size[0] * size[1]);
        }
    }
}
