//! How often values occur: the background of a range slider.

use hyperslab_core::{Buffer, with_numbers};

use crate::prep::levels::Levels;
use crate::prep::values::Value;

/// Counts in equal bins from `low` to `high` of the levels (equal ratios on a log scale).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    pub counts: Vec<u64>,
    /// Finite values beyond the ends.
    pub below: u64,
    pub above: u64,
    /// Not finite.
    pub missing: u64,
}

/// Values looked at between two questions whether to go on.
const BLOCK: usize = 1 << 18;

/// Of a numeric buffer; empty for any other. `None` when `is_cancelled` said so.
pub fn histogram(
    values: &Buffer,
    levels: Levels,
    bins: usize,
    is_cancelled: &dyn Fn() -> bool,
) -> Option<Histogram> {
    let empty = Histogram { counts: vec![0; bins], ..Histogram::default() };
    with_numbers!(values, v => of_slice(v, levels, bins, is_cancelled), else Some(empty))
}

/// O(values).
pub fn of_slice<T: Value>(
    values: &[T],
    levels: Levels,
    bins: usize,
    is_cancelled: &dyn Fn() -> bool,
) -> Option<Histogram> {
    let mut found = Histogram { counts: vec![0; bins], ..Histogram::default() };
    let (low, high) = (levels.low.min(levels.high), levels.low.max(levels.high));
    let normaliser = Levels { low, high, ..levels }.normaliser();
    for block in values.chunks(BLOCK) {
        if is_cancelled() {
            return None;
        }
        for value in block {
            let value = value.f64();
            if !value.is_finite() {
                found.missing += 1;
            } else if value < low {
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
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prep::levels::Scale;
    use proptest::prelude::*;

    #[test]
    fn the_last_bin_holds_the_upper_end() {
        let levels = Levels::new(0.0, 4.0, Scale::Linear);
        let values = Buffer::F32(vec![0.0, 0.9, 1.0, 4.0, 5.0, -1.0, f32::NAN]);
        let found = histogram(&values, levels, 4, &|| false).unwrap();
        assert_eq!(found.counts, [2, 1, 0, 1]);
        assert_eq!((found.below, found.above, found.missing), (1, 1, 1));
    }

    #[test]
    fn bins_are_equal_ratios_on_a_log_scale() {
        let levels = Levels::new(1.0, 1000.0, Scale::Log);
        let found = of_slice(&[1.0, 5.0, 50.0, 500.0, 0.0, -3.0], levels, 3, &|| false).unwrap();
        assert_eq!(found.counts, [2, 1, 1]);
        assert_eq!(found.below, 2);
    }

    proptest! {
        #[test]
        fn every_value_is_counted_once(
            values in prop::collection::vec(prop::num::f64::ANY, 0..50),
            low in prop::num::f64::NORMAL, high in prop::num::f64::NORMAL,
            bins in 1usize..9, scale in 0usize..4,
        ) {
            let scale = Scale::ALL[scale];
            let found = of_slice(&values, Levels::new(low, high, scale), bins, &|| false).unwrap();
            let counted: u64 = found.counts.iter().sum();
            let total = counted + found.below + found.above + found.missing;
            prop_assert_eq!(total, values.len() as u64);
        }
    }
}
