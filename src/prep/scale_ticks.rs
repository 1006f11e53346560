//! Where a colour bar is labelled on any scale.

use super::levels::{Levels, Scale};
use super::ticks::{self, Tick, round_number, short_label};

/// Round values between the ends, at most about `most`, rising; no two labels are alike.
pub fn ticks(levels: &Levels, most: usize) -> Vec<Tick> {
    let (low, high) = (levels.low.min(levels.high), levels.low.max(levels.high));
    match levels.scale {
        Scale::Linear => ticks::linear(low, high, most),
        Scale::Log => ticks::log(low, high, most),
        Scale::Symlog | Scale::Sqrt => spread(&Levels { low, high, ..*levels }, most),
    }
}

/// Zero, powers of ten and 5 and 2 times them, the roundest first, where the labels before leave
/// room; like a linear axis where few of these lie between the ends.
fn spread(levels: &Levels, most: usize) -> Vec<Tick> {
    let Levels { low, high, .. } = *levels;
    let reach = low.abs().max(high.abs());
    if !(low < high && reach.is_finite()) || most == 0 {
        return ticks::linear(low, high, most);
    }
    let normaliser = levels.normaliser();
    let room = 0.8 / most as f64;
    let has_zero = low <= 0.0 && high >= 0.0;
    let nearest = if has_zero { 0.0 } else { low.abs().min(high.abs()) };
    let mut chosen: Vec<(f64, f64)> = Vec::new();
    let mut choose = |value: f64| {
        let place = normaliser.normalise(value);
        let is_free = chosen.iter().all(|(_, other)| (other - place).abs() >= room);
        if (low..=high).contains(&value) && is_free {
            chosen.push((value, place));
        }
    };
    choose(0.0);
    let first = reach.log10().floor() as i32;
    // Smaller decades would touch the label of zero, or lie below both ends.
    let is_of_use = |exponent: &i32| {
        let decade = round_number(10.0, *exponent).unwrap_or(0.0);
        let gap = |value: f64| (normaliser.normalise(value) - normaliser.normalise(0.0)).abs();
        decade > nearest && (!has_zero || gap(decade).max(gap(-decade)) >= room)
    };
    let decades: Vec<i32> = (0..700).map(|down| first - down).take_while(is_of_use).collect();
    for mantissa in [1.0, 5.0, 2.0] {
        for value in decades.iter().filter_map(|&exponent| round_number(mantissa, exponent)) {
            choose(value);
            choose(-value);
        }
    }
    if chosen.len() < 3 {
        return ticks::linear(low, high, most);
    }
    chosen.sort_by(|a, b| a.0.total_cmp(&b.0));
    chosen.into_iter().map(|(value, _)| Tick { value, label: short_label(value) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn labels(levels: Levels, most: usize) -> Vec<String> {
        ticks(&levels, most).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn decades_stand_on_both_sides_of_zero() {
        let levels = Levels { threshold: 1.0, ..Levels::new(-1000.0, 1000.0, Scale::Symlog) };
        assert_eq!(labels(levels, 8), ["-1000", "-100", "-10", "0", "10", "100", "1000"]);
    }

    #[test]
    fn round_values_where_roots_are_apart() {
        let levels = Levels::new(0.0, 100.0, Scale::Sqrt);
        assert_eq!(labels(levels, 6), ["0", "2", "10", "50", "100"]);
        let near = Levels::new(2000.0, 2004.0, Scale::Sqrt);
        assert_eq!(labels(near, 5), ["2000", "2001", "2002", "2003", "2004"]);
    }

    proptest! {
        #[test]
        fn labels_differ_rise_and_lie_in_the_range(
            low in -1e9f64..1e9, zoom in -12i32..12, most in 2usize..15, scale in 0usize..4,
            threshold in 1e-6f64..1e6,
        ) {
            let scale = Scale::ALL[scale];
            let low = if scale == Scale::Log { low.abs() + 1e-3 } else { low };
            let high = low + 10f64.powi(zoom);
            prop_assume!(low < high);
            let found = ticks(&Levels { threshold, ..Levels::new(low, high, scale) }, most);
            let different: HashSet<&str> = found.iter().map(|tick| tick.label.as_str()).collect();
            prop_assert_eq!(different.len(), found.len());
            prop_assert!(found.is_sorted_by(|a, b| a.value < b.value));
            prop_assert!(found.len() <= 2 * most + 2);
            let slack = (high - low) * 1e-6 + low.abs() * 1e-12;
            for tick in &found {
                prop_assert!(tick.value >= low - slack && tick.value <= high + slack);
            }
        }

        #[test]
        fn no_range_makes_it_panic(
            low in prop::num::f64::ANY, high in prop::num::f64::ANY, most in 0usize..50,
            threshold in prop::num::f64::ANY, scale in 0usize..4,
        ) {
            let levels = Levels { threshold, ..Levels::new(low, high, Scale::ALL[scale]) };
            prop_assert!(ticks(&levels, most).len() < 1500);
        }
    }
}
