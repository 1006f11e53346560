//! How often values occur: the background of a range slider.

use hyperslab_core::{Buffer, with_numbers};

use crate::prep::levels::{Levels, Scale};
use crate::prep::values::Value;

/// Counts in equal bins from `low` to `high` of the levels (equal ratios on a log scale).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    pub counts: Vec<u64>,
    /// Finite values beyond the ends, and those that have no place on a log scale.
    pub below: u64,
    pub above: u64,
    /// Not finite.
    pub missing: u64,
}

/// Of a numeric buffer; empty for any other.
pub fn histogram(values: &Buffer, levels: Levels, bins: usize) -> Histogram {
    let empty = Histogram { counts: vec![0; bins], ..Histogram::default() };
    with_numbers!(values, v => of_slice(v, levels, bins), else empty)
}

/// O(values).
pub fn of_slice<T: Value>(values: &[T], levels: Levels, bins: usize) -> Histogram {
    let mut found = Histogram { counts: vec![0; bins], ..Histogram::default() };
    let (low, high) = (levels.low.min(levels.high), levels.low.max(levels.high));
    let normaliser = Levels { low, high, ..levels }.normaliser();
    for value in values {
        let value = value.f64();
        if !value.is_finite() {
            found.missing += 1;
        } else if value < low || (levels.scale == Scale::Log && value <= 0.0) {
            found.below += 1;
        } else if value > high {
            found.above += 1;
        } else {
            let bin = (normaliser.normalise(value) * bins as f64) as usize;
            if let Some(count) = found.counts.get_mut(bin.min(bins.saturating_sub(1))) {
                *count += 1;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_last_bin_holds_the_upper_end() {
        let levels = Levels { low: 0.0, high: 4.0, scale: Scale::Linear };
        let values = Buffer::F32(vec![0.0, 0.9, 1.0, 4.0, 5.0, -1.0, f32::NAN]);
        let found = histogram(&values, levels, 4);
        assert_eq!(found.counts, [2, 1, 0, 1]);
        assert_eq!((found.below, found.above, found.missing), (1, 1, 1));
    }

    #[test]
    fn bins_are_equal_ratios_on_a_log_scale() {
        let levels = Levels { low: 1.0, high: 1000.0, scale: Scale::Log };
        let found = of_slice(&[1.0, 5.0, 50.0, 500.0, 0.0, -3.0], levels, 3);
        assert_eq!(found.counts, [2, 1, 1]);
        assert_eq!(found.below, 2);
    }

    proptest! {
        #[test]
        fn every_value_is_counted_once(
            values in prop::collection::vec(prop::num::f64::ANY, 0..50),
            low in prop::num::f64::NORMAL, high in prop::num::f64::NORMAL,
            bins in 1usize..9, log: bool,
        ) {
            let scale = if log { Scale::Log } else { Scale::Linear };
            let found = of_slice(&values, Levels { low, high, scale }, bins);
            let counted: u64 = found.counts.iter().sum();
            let total = counted + found.below + found.above + found.missing;
            prop_assert_eq!(total, values.len() as u64);
        }
    }
}
