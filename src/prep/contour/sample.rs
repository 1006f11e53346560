//! A field at about the resolution of the screen, for lines that are not finer than that.

use std::ops::Range;

use hyperslab_core::{Buffer, with_numbers};

use crate::prep::placement::Place;
use crate::prep::values::Value;

/// Which cells of a field of `row_len` columns are seen, and how many of them are one sample.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    pub rows: Range<usize>,
    pub columns: Range<usize>,
    /// Cells along rows and along columns.
    pub strides: [usize; 2],
}

impl Window {
    /// The visible cells with one sample for every `px_per_sample` pixels at most. Begins and
    /// ends at multiples of a good part of itself, so that moving a little changes nothing.
    pub fn new(
        [rows, columns]: [Range<usize>; 2],
        shape: [usize; 2],
        size_px: [f32; 2],
        px_per_sample: f32,
    ) -> Self {
        let along = |visible: Range<usize>, len: usize, size_px: f32| {
            let most = (size_px / px_per_sample).clamp(32.0, 4096.0) as usize;
            let stride = (visible.len() / most).max(1);
            // A power of two where several cells are one: zooming keeps most windows.
            let stride = if stride > 1 { stride.next_power_of_two() } else { 1 };
            let block = (visible.len() / stride / 4).next_power_of_two().max(4) * stride;
            let start = visible.start / block * block;
            let end = visible.end.div_ceil(block).saturating_mul(block).min(len);
            (start.min(len)..end, stride)
        };
        let (rows, down) = along(rows, shape[0], size_px[1]);
        let (columns, across) = along(columns, shape[1], size_px[0]);
        Self { rows, columns, strides: [down, across] }
    }
}

/// Values of equally large blocks of cells: means of what is there, NaN where most is missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    pub values: Vec<f64>,
    pub rows: usize,
    pub columns: usize,
    first: Place,
    strides: [usize; 2],
    /// Where a last column that is the first again lies.
    seam: Option<f64>,
}

impl Sample {
    /// `None` when `is_cancelled` says so, and for values that are no numbers or too few. Where
    /// the field `wraps`, its first column follows its last.
    pub fn of(
        values: &Buffer,
        row_len: usize,
        window: &Window,
        wraps: bool,
        is_cancelled: &dyn Fn() -> bool,
    ) -> Option<Self> {
        let [down, across] = window.strides.map(|stride| stride.max(1));
        let (rows, columns) =
            (window.rows.len().div_ceil(down), window.columns.len().div_ceil(across));
        let middle = |start: usize, stride: usize| start as f64 + (stride - 1) as f64 / 2.0;
        let values = with_numbers!(values, v => {
            means(v, row_len, window, [down, across], is_cancelled)?
        }, else { return None });
        let first = [middle(window.rows.start, down), middle(window.columns.start, across)];
        let sample = Self { values, rows, columns, first, strides: [down, across], seam: None };
        let is_whole = window.columns.start == 0 && window.columns.end == row_len;
        Some(if wraps && is_whole && columns > 2 { sample.closed(row_len) } else { sample })
    }

    fn closed(self, row_len: usize) -> Self {
        let closed = |row: &[f64]| -> Vec<f64> { row.iter().chain(row.first()).copied().collect() };
        let values = self.values.chunks_exact(self.columns).flat_map(closed).collect();
        let seam = Some(self.first[1] + row_len as f64);
        Self { values, columns: self.columns + 1, seam, ..self }
    }

    /// From row and column of the sample to those of the field.
    pub fn place(&self, [row, column]: [f64; 2]) -> Place {
        let along = |k: usize, at: f64| self.first[k] + at * self.strides[k] as f64;
        // The last block of cells may be narrower than the others.
        let last = self.columns.saturating_sub(2) as f64;
        let column = match self.seam {
            Some(seam) if column > last => {
                let from = along(1, last);
                from + (column - last) * (seam - from)
            }
            _ => along(1, column),
        };
        [along(0, row), column]
    }
}

fn means<T: Value>(
    values: &[T],
    row_len: usize,
    window: &Window,
    [down, across]: [usize; 2],
    is_cancelled: &dyn Fn() -> bool,
) -> Option<Vec<f64>> {
    let columns = window.columns.len().div_ceil(across);
    let mut means = Vec::with_capacity(window.rows.len().div_ceil(down) * columns);
    let mut sums = vec![(0.0, 0usize); columns];
    for top in window.rows.clone().step_by(down) {
        if is_cancelled() {
            return None;
        }
        sums.fill((0.0, 0));
        let below = (top + down).min(window.rows.end);
        for row in top..below {
            let begin = row.checked_mul(row_len)?;
            let cells = begin + window.columns.start..begin + window.columns.end;
            for (cells, sum) in values.get(cells)?.chunks(across).zip(&mut sums) {
                for value in cells.iter().map(|value| value.f64()).filter(|v| v.is_finite()) {
                    sum.0 += value;
                    sum.1 += 1;
                }
            }
        }
        let width = |k: usize| across.min(window.columns.len() - k * across);
        means.extend(sums.iter().enumerate().map(|(k, &(sum, count))| {
            let is_there = 2 * count >= width(k) * (below - top) && count > 0;
            if is_there { sum / count as f64 } else { f64::NAN }
        }));
    }
    Some(means)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_cells_become_their_mean_and_stand_in_their_middle() {
        let values: Buffer = (0..24).map(f64::from).collect::<Vec<_>>().into();
        let window = Window { rows: 0..4, columns: 0..6, strides: [2, 3] };
        let sample = Sample::of(&values, 6, &window, false, &|| false).unwrap();
        assert_eq!((sample.rows, sample.columns), (2, 2));
        assert_eq!(sample.values, [4.0, 7.0, 16.0, 19.0]);
        assert_eq!(sample.place([1.0, 0.0]), [2.5, 1.0]);
    }

    #[test]
    fn a_block_that_is_mostly_missing_is_missing() {
        let values: Buffer =
            vec![1.0, f64::NAN, f64::NAN, f64::NAN, 1.0, 3.0, f64::NAN, 5.0].into();
        let window = Window { rows: 0..2, columns: 0..4, strides: [2, 2] };
        let sample = Sample::of(&values, 4, &window, false, &|| false).unwrap();
        assert_eq!(sample.values[0], 5.0 / 3.0);
        assert!(sample.values[1].is_nan());
    }

    #[test]
    fn behind_the_last_column_of_a_globe_comes_the_first() {
        let values: Buffer = (0..14).map(f64::from).collect::<Vec<_>>().into();
        let window = Window { rows: 0..2, columns: 0..7, strides: [1, 2] };
        let sample = Sample::of(&values, 7, &window, true, &|| false).unwrap();
        assert_eq!(sample.columns, 5);
        assert_eq!(sample.values[..5], [0.5, 2.5, 4.5, 6.0, 0.5]);
        assert_eq!(sample.place([0.0, 4.0]), [0.0, 7.5]);
        assert_eq!(sample.place([0.0, 3.0]), [0.0, 6.5]);
        // A part of it is no ring.
        let part = Window { columns: 0..6, ..window };
        assert_eq!(Sample::of(&values, 7, &part, true, &|| false).unwrap().columns, 3);
    }

    #[test]
    fn a_window_beside_the_values_is_none() {
        let window = Window { rows: 0..3, columns: 0..3, strides: [1, 1] };
        let few: Buffer = vec![0u8; 4].into();
        assert_eq!(Sample::of(&few, 3, &window, false, &|| false), None);
        let text = Buffer::Char(vec![0; 9]);
        assert_eq!(Sample::of(&text, 3, &window, false, &|| false), None);
    }

    #[test]
    fn a_large_field_is_sampled_at_the_resolution_of_the_screen() {
        let window = Window::new([0..4096, 0..4096], [4096, 4096], [1000.0, 800.0], 2.0);
        assert_eq!(window, Window { rows: 0..4096, columns: 0..4096, strides: [16, 8] });
        let near = Window::new([1000..1100, 1003..1103], [4096, 4096], [1000.0, 800.0], 2.0);
        assert_eq!(near.strides, [1, 1]);
        assert!(near.rows.contains(&1000) && near.rows.len() < 200);
        let moved = Window::new([1001..1101, 1004..1104], [4096, 4096], [1000.0, 800.0], 2.0);
        assert_eq!(near, moved);
    }
}
