//! What is told about the values of a slice: how many, how large, where, how spread.
//!
//! O(values); at most 32 MB beside them.

use hyperslab_core::{Buffer, with_numbers};

use crate::prep::broadcast::for_each_row;
use crate::prep::histogram::{Histogram, histogram};
use crate::prep::levels::{Levels, Scale};
use crate::prep::stats::Stats;
use crate::prep::values::Value;

/// In percent.
pub const PERCENTILES: [f64; 5] = [5.0, 25.0, 50.0, 75.0, 95.0];

/// Of more values every n-th is sorted for percentiles.
const SORTED_MAX: usize = 1 << 22;

const BINS: usize = 48;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct SliceStats {
    pub stats: Stats,
    /// Places of the least and the greatest value, in the order of the slice.
    pub places: Option<[usize; 2]>,
    /// As many as [`PERCENTILES`].
    pub percentiles: Option<[f64; 5]>,
    /// They are those of every n-th value.
    pub is_sampled: bool,
    /// From the least to the greatest value.
    pub histogram: Histogram,
    /// Each value counted by its weight.
    pub weighted_mean: Option<f64>,
}

/// Weights along some axes of a slice, the same along the others.
#[derive(Clone, Copy, Debug)]
pub struct Weights<'a> {
    pub values: &'a [f64],
    /// How far apart they are for neighbours along each axis of the slice; 0 along axes on which
    /// they do not depend.
    pub steps: &'a [usize],
}

impl SliceStats {
    /// `counts`: the slice's shape.
    /// `None` when cancelled.
    pub fn of(
        values: &Buffer,
        counts: &[usize],
        weights: Option<Weights<'_>>,
        is_cancelled: &dyn Fn() -> bool,
    ) -> Option<Self> {
        let stats = Stats::of(values);
        let ends = stats.min().zip(stats.max());
        let ends = ends.map(|(min, max)| [min.as_f64(), max.as_f64()]);
        let places = ends.and_then(|[min, max]| Some([place(values, min)?, place(values, max)?]));
        let (percentiles, is_sampled) = percentiles(values);
        let [low, high] = ends.unwrap_or([0.0, 1.0]);
        let high = if low < high { high } else { low + low.abs().max(1.0) };
        let levels = Levels { low, high, scale: Scale::Linear, threshold: 0.0 };
        let histogram = histogram(values, levels, BINS, is_cancelled)?;
        let weighted_mean = weights.and_then(|weights| weighted_mean(values, counts, weights));
        Some(Self { stats, places, percentiles, is_sampled, histogram, weighted_mean })
    }
}

/// Of the first value equal to this one.
fn place(values: &Buffer, value: f64) -> Option<usize> {
    with_numbers!(values, v => v.iter().position(|&found| found.f64() == value), else None)
}

fn percentiles(values: &Buffer) -> (Option<[f64; 5]>, bool) {
    with_numbers!(values, v => percentiles_of(v), else (None, false))
}

/// Between two values the one nearer in rank: an existing one, also when values are codes.
fn percentiles_of<T: Value>(values: &[T]) -> (Option<[f64; 5]>, bool) {
    let every = values.len().div_ceil(SORTED_MAX).max(1);
    let finite = values.iter().step_by(every).map(|value| value.f64()).filter(|v| v.is_finite());
    let mut sorted: Vec<f64> = finite.collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else { return (None, false) };
    let at = |percent: f64| sorted.get((percent / 100.0 * last as f64).round() as usize).copied();
    let found = PERCENTILES.map(|percent| at(percent).unwrap_or(f64::NAN));
    (Some(found), every > 1)
}

/// `None` where no value has a weight. A weight that is no positive number is none.
fn weighted_mean(values: &Buffer, counts: &[usize], weights: Weights<'_>) -> Option<f64> {
    with_numbers!(values, v => mean_of(v, counts, weights), else None)
}

/// Less than the first value that counts, so that large values of little spread lose no digits.
fn mean_of<T: Value>(values: &[T], counts: &[usize], weights: Weights<'_>) -> Option<f64> {
    let mut base = None;
    let (mut sum, mut total) = (0.0, 0.0);
    for_each_row(counts, weights.steps, |row, first, step| {
        for (k, value) in values.get(row).unwrap_or_default().iter().enumerate() {
            let weight = weights.values.get(first + k * step).copied().unwrap_or(0.0);
            let value = value.f64();
            if value.is_finite() && weight > 0.0 && weight.is_finite() {
                let base = *base.get_or_insert(value);
                sum += weight * (value - base);
                total += weight;
            }
        }
    });
    Some(base? + sum / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &Buffer, counts: &[usize], weights: Option<Weights<'_>>) -> SliceStats {
        SliceStats::of(values, counts, weights, &|| false).unwrap()
    }

    #[test]
    fn a_slice_is_told_by_count_ends_places_and_spread() {
        let values: Vec<f32> = (0..101u8).map(|k| f32::from(100 - k)).collect();
        let mut values = values;
        values.push(f32::NAN);
        let found = of(&Buffer::F32(values), &[102], None);
        assert_eq!((found.stats.count(), found.stats.missing()), (101, 1));
        assert_eq!(found.places, Some([100, 0]));
        assert_eq!(found.percentiles, Some(PERCENTILES));
        assert_eq!(found.histogram.counts.iter().sum::<u64>(), 101);
        assert_eq!((found.weighted_mean, found.is_sampled), (None, false));
    }

    #[test]
    fn weights_count_along_their_own_axes_and_missing_values_not_at_all() {
        // Two levels of three latitudes; the weight depends on the latitude.
        let values = Buffer::F64(vec![1.0, 2.0, 3.0, 5.0, f64::NAN, 7.0]);
        let weights = Weights { values: &[1.0, 2.0, 0.0], steps: &[0, 1] };
        let found = of(&values, &[2, 3], Some(weights));
        assert_eq!(found.weighted_mean, Some((1.0 + 4.0 + 5.0) / 4.0));
        let none = Weights { values: &[0.0, 0.0, 0.0], steps: &[0, 1] };
        assert_eq!(of(&values, &[2, 3], Some(none)).weighted_mean, None);
    }

    #[test]
    fn nothing_and_a_constant_are_no_trouble() {
        let nothing = of(&Buffer::F32(Vec::new()), &[0], None);
        assert_eq!((nothing.places, nothing.percentiles), (None, None));
        let constant = of(&Buffer::I16(vec![7; 5]), &[5], None);
        assert_eq!(constant.percentiles, Some([7.0; 5]));
        assert_eq!(constant.histogram.counts.iter().sum::<u64>(), 5);
        let text = of(&Buffer::Text(vec![b"a"[..].into()]), &[1], None);
        assert_eq!(text.stats.count(), 0);
    }
}
