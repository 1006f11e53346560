//! Rates from running sums: what each interval brought, per unit of time.

/// The interval of one value, and whether the value before it was summed from the same start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    pub seconds: f64,
    /// The value before is to be subtracted.
    pub continues: bool,
}

/// Intervals from pairs of start and end, `seconds_per_unit` each.
///
/// A value continues the one before when both are summed from the same start and it ends later:
/// its own share is the time between both ends.
pub fn intervals(bounds: &[f64], seconds_per_unit: f64) -> Vec<Interval> {
    let pairs: Vec<[f64; 2]> = bounds.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect();
    let before = std::iter::once(None).chain(pairs.iter().copied().map(Some));
    let interval = |(&[start, end], before): (&[f64; 2], Option<[f64; 2]>)| {
        let before = before.filter(|before| before[0] == start && before[1] < end);
        let from = before.map_or(start, |before| before[1]);
        Interval { seconds: (end - from) * seconds_per_unit, continues: before.is_some() }
    };
    pairs.iter().zip(before).map(interval).collect()
}

/// Turns sums into rates in place. `values` are of `intervals[at]` for each of `outer` blocks of
/// `at.len() * inner` values; `before` holds the sums before those (of the same shape), where any
/// interval continues. An interval without length gives no rate but NaN.
pub fn to_rates(
    values: &mut [f64],
    before: Option<&[f64]>,
    intervals: &[Interval],
    inner: usize,
    seconds: f64,
) {
    if intervals.is_empty() || inner == 0 {
        return;
    }
    for (k, block) in values.chunks_mut(inner).enumerate() {
        let at = k * inner..(k + 1) * inner;
        let Some(interval) = intervals.get(k % intervals.len()) else { continue };
        let per = if interval.seconds > 0.0 { seconds / interval.seconds } else { f64::NAN };
        let before = before.filter(|_| interval.continues).and_then(|all| all.get(at));
        match before {
            Some(before) => {
                for (value, before) in block.iter_mut().zip(before) {
                    *value = (*value - before) * per;
                }
            }
            None => block.iter_mut().for_each(|value| *value *= per),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_sums_give_what_each_interval_brought() {
        // 0-6, 0-12, 12-18: the last starts anew.
        let intervals = intervals(&[0.0, 6.0, 0.0, 12.0, 12.0, 18.0], 3600.0);
        assert_eq!(intervals.iter().map(|i| i.continues).collect::<Vec<_>>(), [false, true, false]);
        let mut sums = [6.0, 12.0, 18.0, 24.0, 30.0, 6.0];
        let before = [f64::NAN, f64::NAN, 6.0, 12.0, 18.0, 24.0];
        to_rates(&mut sums, Some(&before), &intervals, 2, 3600.0);
        assert_eq!(sums, [1.0, 2.0, 2.0, 2.0, 5.0, 1.0]);
    }

    #[test]
    fn an_interval_without_length_has_no_rate() {
        let mut sums = [3.0];
        to_rates(&mut sums, None, &intervals(&[6.0, 6.0], 1.0), 1, 1.0);
        assert!(sums[0].is_nan());
    }
}
