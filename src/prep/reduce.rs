//! Axes of an array taken together: mean, sum, extremes, standard deviation; block by block, in
//! one pass, missing values left out.
//!
//! Sums are compensated (Neumaier 1974), so that a mean does not depend on how many values went
//! before; spreads are Welford's. 20 to 24 bytes a cell of the result, O(values).

use serde::{Deserialize, Serialize};

use super::broadcast::for_each_row;

/// What the values along an axis become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Statistic {
    Mean,
    Sum,
    Minimum,
    Maximum,
    /// Of the population: divided by the number of values.
    StandardDeviation,
}

impl Statistic {
    pub const ALL: [Self; 5] =
        [Self::Mean, Self::Sum, Self::Minimum, Self::Maximum, Self::StandardDeviation];

    /// In running text.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Sum => "sum",
            Self::Minimum => "minimum",
            Self::Maximum => "maximum",
            Self::StandardDeviation => "standard deviation",
        }
    }

    /// As `cell_methods` has it (CF appendix E).
    pub fn cell_method(self) -> &'static str {
        match self {
            Self::StandardDeviation => "standard_deviation",
            other => other.name(),
        }
    }
}

/// What is known of the cells of a result so far.
#[derive(Clone, Debug)]
pub struct Reduction {
    statistic: Statistic,
    /// The sum, the extreme, or the mean.
    first: Vec<f64>,
    /// What the sum lost to rounding, or the sum of squared distances from the mean.
    second: Vec<f64>,
    weights: Vec<f64>,
    counts: Vec<u32>,
}

/// A block of values within the cells of a result. Steps are those from one index to the next
/// along each axis of the block, 0 along axes that are taken together.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    pub values: &'a [f64],
    pub counts: &'a [usize],
    /// In the result, and the place of its first cell there.
    pub steps: &'a [usize],
    pub first: usize,
}

/// What each value counts for, laid along a block in the same way.
#[derive(Clone, Copy, Debug)]
pub struct Weights<'a> {
    pub values: &'a [f64],
    pub steps: &'a [usize],
    pub first: usize,
}

impl Reduction {
    /// `is_weighted`: for means with [`Weights`].
    pub fn new(statistic: Statistic, cells: usize, is_weighted: bool) -> Self {
        let start = match statistic {
            Statistic::Minimum => f64::INFINITY,
            Statistic::Maximum => f64::NEG_INFINITY,
            _ => 0.0,
        };
        let has_second = !matches!(statistic, Statistic::Minimum | Statistic::Maximum);
        Self {
            statistic,
            first: vec![start; cells],
            second: vec![0.0; if has_second { cells } else { 0 }],
            weights: vec![0.0; if is_weighted { cells } else { 0 }],
            counts: vec![0; cells],
        }
    }

    /// Bytes of one cell while it is being worked out.
    pub const CELL_BYTES: u64 = 28;

    /// Adds a block. Without weights each value counts once.
    pub fn add(&mut self, block: Block<'_>, weights: Option<Weights<'_>>) {
        let Some(weights) = weights.filter(|_| !self.weights.is_empty()) else {
            for_each_row(block.counts, block.steps, |row, first, step| {
                let values = block.values.get(row).unwrap_or_default();
                self.add_row(values, block.first + first, step);
            });
            return;
        };
        let mut rows = Vec::new();
        for_each_row(block.counts, weights.steps, |_, first, step| rows.push((first, step)));
        let mut rows = rows.into_iter();
        for_each_row(block.counts, block.steps, |row, first, step| {
            let Some((weight, weight_step)) = rows.next() else { return };
            for (k, &value) in block.values.get(row).unwrap_or_default().iter().enumerate() {
                let weight = weights.values.get(weights.first + weight + k * weight_step);
                let weight = weight.copied().filter(|weight| weight.is_finite()).unwrap_or(0.0);
                let cell = block.first + first + k * step;
                if !value.is_nan() && weight > 0.0 {
                    self.add_weighted(cell, value, weight);
                }
            }
        });
    }

    fn add_row(&mut self, values: &[f64], first: usize, step: usize) {
        match self.statistic {
            Statistic::Mean | Statistic::Sum => {
                self.each(values, first, step, |sum, lost, _, value| {
                    let total = *sum + value;
                    *lost += match sum.abs() >= value.abs() {
                        true => (*sum - total) + value,
                        false => (value - total) + *sum,
                    };
                    *sum = total;
                });
            }
            Statistic::StandardDeviation => {
                self.each(values, first, step, |mean, squares, count, value| {
                    let apart = value - *mean;
                    *mean += apart / f64::from(count);
                    *squares += apart * (value - *mean);
                });
            }
            Statistic::Minimum => self.each_extreme(values, first, step, f64::min),
            Statistic::Maximum => self.each_extreme(values, first, step, f64::max),
        }
    }

    /// Cell and value side by side: a row runs along the result, or into one cell of it.
    fn each(
        &mut self,
        values: &[f64],
        first: usize,
        step: usize,
        add: impl Fn(&mut f64, &mut f64, u32, f64),
    ) {
        if step == 0 {
            let cell = (self.first.get_mut(first), self.second.get_mut(first));
            let ((Some(one), Some(two)), Some(count)) = (cell, self.counts.get_mut(first)) else {
                return;
            };
            for &value in values.iter().filter(|value| !value.is_nan()) {
                *count = count.saturating_add(1);
                add(one, two, *count, value);
            }
            return;
        }
        let (Some(ones), Some(twos)) = (self.first.get_mut(first..), self.second.get_mut(first..))
        else {
            return;
        };
        let counts = self.counts.get_mut(first..).unwrap_or_default();
        let cells = ones.iter_mut().zip(twos).zip(counts);
        for (((one, two), count), &value) in cells.step_by(step).zip(values) {
            if !value.is_nan() {
                *count = count.saturating_add(1);
                add(one, two, *count, value);
            }
        }
    }

    fn each_extreme(
        &mut self,
        values: &[f64],
        first: usize,
        step: usize,
        pick: fn(f64, f64) -> f64,
    ) {
        if step == 0 {
            let (Some(one), Some(count)) = (self.first.get_mut(first), self.counts.get_mut(first))
            else {
                return;
            };
            for &value in values.iter().filter(|value| !value.is_nan()) {
                *count = count.saturating_add(1);
                *one = pick(*one, value);
            }
            return;
        }
        let (Some(ones), Some(counts)) =
            (self.first.get_mut(first..), self.counts.get_mut(first..))
        else {
            return;
        };
        for ((one, count), &value) in ones.iter_mut().zip(counts).step_by(step).zip(values) {
            if !value.is_nan() {
                *count = count.saturating_add(1);
                *one = pick(*one, value);
            }
        }
    }

    fn add_weighted(&mut self, cell: usize, value: f64, weight: f64) {
        let found = (self.first.get_mut(cell), self.second.get_mut(cell));
        let ((Some(sum), Some(lost)), Some(weights), Some(count)) =
            (found, self.weights.get_mut(cell), self.counts.get_mut(cell))
        else {
            return;
        };
        let term = value * weight;
        let total = *sum + term;
        *lost += match sum.abs() >= term.abs() {
            true => (*sum - total) + term,
            false => (term - total) + *sum,
        };
        *sum = total;
        *weights += weight;
        *count = count.saturating_add(1);
    }

    /// The result, NaN where there was no value, and how many values went into each cell.
    pub fn finish(self) -> (Vec<f64>, Vec<u32>) {
        let Self { statistic, mut first, second, weights, counts } = self;
        for (cell, (value, &count)) in first.iter_mut().zip(&counts).enumerate() {
            let second = second.get(cell).copied().unwrap_or(0.0);
            *value = match (count, statistic) {
                (0, _) => f64::NAN,
                (_, Statistic::Sum) => *value + second,
                (_, Statistic::Mean) => {
                    let total = weights.get(cell).copied().unwrap_or(f64::from(count));
                    // What is lost of an infinite sum is no number.
                    if value.is_finite() { (*value + second) / total } else { *value / total }
                }
                (_, Statistic::StandardDeviation) => (second / f64::from(count)).sqrt(),
                (_, Statistic::Minimum | Statistic::Maximum) => *value,
            };
        }
        (first, counts)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::prep::broadcast::dense_steps;

    /// Some axes of an array taken together, as one block.
    fn reduced(statistic: Statistic, shape: &[usize], axes: &[usize], values: &[f64]) -> Vec<f64> {
        let (steps, cells) = steps(shape, axes);
        let mut reduction = Reduction::new(statistic, cells, false);
        reduction.add(Block { values, counts: shape, steps: &steps, first: 0 }, None);
        reduction.finish().0
    }

    fn steps(shape: &[usize], axes: &[usize]) -> (Vec<usize>, usize) {
        let is_kept = |axis: &usize| !axes.contains(axis);
        let kept: Vec<usize> = (0..shape.len()).filter(is_kept).map(|axis| shape[axis]).collect();
        let mut dense = dense_steps(&kept).into_iter();
        let steps = (0..shape.len())
            .map(|axis| if is_kept(&axis) { dense.next().unwrap() } else { 0 })
            .collect();
        (steps, kept.iter().product())
    }

    const N: f64 = f64::NAN;

    #[test]
    fn each_statistic_is_that_of_numpy() {
        // a = np.array([[[1.5, nan, -2], [4, 5, 6.25]], [[0, nan, 8], [nan, 1, 1e3]]]);
        // np.nanmean(a, axis=0) and so on.
        let values = [1.5, N, -2.0, 4.0, 5.0, 6.25, 0.0, N, 8.0, N, 1.0, 1e3];
        let over = |statistic, axes: &[usize]| reduced(statistic, &[2, 2, 3], axes, &values);
        let near = |found: Vec<f64>, wanted: &[f64]| {
            assert_eq!(found.len(), wanted.len());
            for (found, wanted) in found.iter().zip(wanted) {
                let is_near = (found - wanted).abs() <= 1e-12 * wanted.abs();
                assert!(is_near || (found.is_nan() && wanted.is_nan()), "{found} {wanted}");
            }
        };
        near(over(Statistic::Mean, &[0]), &[0.75, N, 3.0, 4.0, 3.0, 503.125]);
        near(over(Statistic::Mean, &[2]), &[-0.25, 5.083333333333333, 4.0, 500.5]);
        near(over(Statistic::Mean, &[1, 2]), &[2.95, 252.25]);
        near(over(Statistic::Mean, &[0, 1, 2]), &[113.75]);
        near(over(Statistic::Sum, &[1]), &[5.5, 5.0, 4.25, 0.0, 1.0, 1008.0]);
        near(over(Statistic::Minimum, &[0, 2]), &[-2.0, 1.0]);
        near(over(Statistic::Maximum, &[0, 2]), &[8.0, 1000.0]);
        near(over(Statistic::StandardDeviation, &[0]), &[0.75, N, 5.0, 0.0, 2.0, 496.875]);
        near(over(Statistic::StandardDeviation, &[0, 1, 2]), &[313.35101900442436]);
        near(over(Statistic::Mean, &[]), &values);
    }

    #[test]
    fn a_small_mean_survives_large_values_that_cancel() {
        let values = [1e16, 1.0, -1e16, 1.0];
        assert_eq!(reduced(Statistic::Mean, &[4], &[0], &values), [0.5]);
        assert_eq!(reduced(Statistic::Sum, &[4], &[0], &values), [2.0]);
    }

    #[test]
    fn weights_count_only_where_there_is_a_value() {
        let mut reduction = Reduction::new(Statistic::Mean, 2, true);
        let values = [1.0, N, 3.0, 4.0, 5.0, N];
        let block = Block { values: &values, counts: &[2, 3], steps: &[1, 0], first: 0 };
        let weights = [1.0, 2.0, 3.0];
        reduction.add(block, Some(Weights { values: &weights, steps: &[0, 1], first: 0 }));
        // (1 + 9) / 4 and (4 + 10) / 3.
        assert_eq!(reduction.finish().0, [2.5, 14.0 / 3.0]);
    }

    proptest! {
        #[test]
        fn blocks_give_what_the_whole_gives(
            values in prop::collection::vec(
                prop_oneof![4 => -1e6f64..1e6, 1 => Just(f64::NAN)], 24),
            cut in 0usize..=4,
            axes in prop::sample::subsequence(vec![0usize, 1, 2], 0..=3),
        ) {
            let shape = [4, 2, 3];
            let (steps, cells) = steps(&shape, &axes);
            for statistic in Statistic::ALL {
                let whole = reduced(statistic, &shape, &axes, &values);
                let mut reduction = Reduction::new(statistic, cells, false);
                for (from, to) in [(cut, 4), (0, cut)] {
                    let block = Block {
                        values: &values[from * 6..to * 6],
                        counts: &[to - from, 2, 3],
                        steps: &steps,
                        first: from * steps[0],
                    };
                    reduction.add(block, None);
                }
                for (a, b) in reduction.finish().0.iter().zip(&whole) {
                    let is_near = (a - b).abs() <= 1e-9 * (1.0 + b.abs());
                    prop_assert!(is_near || (a.is_nan() && b.is_nan()), "{} {}", a, b);
                }
            }
        }
    }
}
