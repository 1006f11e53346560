//! Where an axis or a colour bar is labelled, and how: round values, labels that differ.

/// A labelled place on an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    pub value: f64,
    pub label: String,
}

/// A round number: `mantissa * 10^exponent`, kept apart so that its multiples are exact decimals.
#[derive(Clone, Copy, Debug, PartialEq)]
struct RoundStep {
    mantissa: f64,
    exponent: i32,
}

const POWERS_OF_TEN: std::ops::RangeInclusive<i32> = -323..=308;

impl RoundStep {
    fn value(self) -> f64 {
        self.times(1.0)
    }

    /// Divided where the power is negative: 3 / 10 is 0.3, 3 * 0.1 is not.
    fn times(self, count: f64) -> f64 {
        let scaled = self.mantissa * count;
        if self.exponent >= 0 {
            scaled * 10f64.powi(self.exponent)
        } else if self.exponent >= -300 {
            scaled / 10f64.powi(-self.exponent)
        } else {
            scaled / 1e300 / 10f64.powi(-self.exponent - 300)
        }
    }

    /// The smallest of 1, 2, 5 times a power of ten that cuts `low..high` into at most `most`.
    fn cutting(low: f64, high: f64, most: usize) -> Option<Self> {
        let least = (high / most as f64 - low / most as f64).abs();
        if !(least.is_finite() && least > 0.0) {
            return None;
        }
        let decade = least.log10().floor() as i32;
        (decade..=decade + 1)
            .flat_map(|exponent| [1.0, 2.0, 5.0].map(|mantissa| Self { mantissa, exponent }))
            .filter(|step| POWERS_OF_TEN.contains(&step.exponent))
            .find(|step| step.value() >= least * (1.0 - 1e-9))
    }
}

/// A round step that cuts `low..high` into at most `most` parts.
pub fn nice_step(low: f64, high: f64, most: usize) -> Option<f64> {
    RoundStep::cutting(low, high, most).map(RoundStep::value).filter(|step| step.is_finite())
}

/// `mantissa * 10^exponent`, exactly the decimal; `None` beyond what numbers can be.
pub(super) fn round_number(mantissa: f64, exponent: i32) -> Option<f64> {
    let value = RoundStep { mantissa, exponent }.value();
    (POWERS_OF_TEN.contains(&exponent) && value.is_finite()).then_some(value)
}

/// The 1, 2 or 5 times a power of ten that is nearest to a positive number by ratio.
pub fn round_near(value: f64) -> Option<f64> {
    let decade = value.log10().floor();
    let exponent = (decade.is_finite() && value > 0.0).then_some(decade as i32)?;
    let candidates = [(1.0, 0), (2.0, 0), (5.0, 0), (1.0, 1)];
    candidates
        .into_iter()
        .filter_map(|(mantissa, up)| round_number(mantissa, exponent + up))
        .min_by(|a, b| (a / value).ln().abs().total_cmp(&(b / value).ln().abs()))
}

/// About `most` ticks at most (one more where both ends are round), rising.
pub fn linear(low: f64, high: f64, most: usize) -> Vec<Tick> {
    stepped(low, high, RoundStep::cutting(low, high, most), &decimal_labels)
}

/// The same at whole numbers only: indices, counts.
pub fn integer(low: f64, high: f64, most: usize) -> Vec<Tick> {
    let step = RoundStep::cutting(low, high, most).map(|step| match step.exponent {
        0.. => step,
        _ => RoundStep { mantissa: 1.0, exponent: 0 },
    });
    stepped(low, high, step, &decimal_labels)
}

/// At powers of ten, with 2 and 5 times them where there is room; like [`linear`] within less
/// than a decade. Nothing unless both ends are positive.
pub fn log(low: f64, high: f64, most: usize) -> Vec<Tick> {
    let (low, high) = (low.min(high), low.max(high));
    if !(low > 0.0 && high.is_finite()) || most == 0 {
        return Vec::new();
    }
    let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    let decades = |mantissas: &[f64], every: i32| -> Vec<f64> {
        let round = (first..=last).filter(|exponent| exponent.rem_euclid(every) == 0);
        let slack = 1e-12;
        round
            .flat_map(|exponent| {
                mantissas.iter().map(move |&mantissa| RoundStep { mantissa, exponent }.value())
            })
            .filter(|&v| v >= low * (1.0 - slack) && v <= high * (1.0 + slack))
            .collect()
    };
    let fine = decades(&[1.0, 2.0, 5.0], 1);
    let coarse = decades(&[1.0], 1);
    let values = match (fine.len(), coarse.len()) {
        (0..=2, _) => return linear(low, high, most),
        (n, _) if n <= most => fine,
        (_, n) if n <= most && n > 1 => coarse,
        (_, 0 | 1) => return linear(low, high, most),
        (_, n) => decades(&[1.0], n.div_ceil(most).min(1000) as i32),
    };
    values.into_iter().map(|value| Tick { value, label: short_label(value) }).collect()
}

/// Degrees east on a map or an axis, labelled 30°W, 0°, 150°E; beyond 180 they go round.
pub fn longitude(low: f64, high: f64, most: usize) -> Vec<Tick> {
    stepped(low, high, degree_step(low, high, most), &|step, counts| {
        degree_labels(step, counts, |degrees| {
            let turned = (degrees + 180.0).rem_euclid(360.0) - 180.0;
            let hemisphere = match turned {
                0.0 | -180.0 => "",
                t if t < 0.0 => "W",
                _ => "E",
            };
            (turned.abs(), hemisphere)
        })
    })
}

/// Degrees north, labelled 45°S, 0°, 45°N; nothing beyond the poles.
pub fn latitude(low: f64, high: f64, most: usize) -> Vec<Tick> {
    let mut ticks = stepped(low, high, degree_step(low, high, most), &|step, counts| {
        degree_labels(step, counts, |degrees| match degrees {
            0.0 => (0.0, ""),
            d if d < 0.0 => (-d, "S"),
            _ => (degrees, "N"),
        })
    });
    ticks.retain(|tick| tick.value.abs() <= 90.0);
    ticks
}

/// Multiples that divide the circle as people do; decimals below one degree.
fn degree_step(low: f64, high: f64, most: usize) -> Option<RoundStep> {
    const WHOLE: [f64; 8] = [1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 90.0];
    let least = (high / most as f64 - low / most as f64).abs();
    let whole = WHOLE.into_iter().find(|&step| step >= least * (1.0 - 1e-9));
    match whole {
        Some(mantissa) if least > 0.5 => Some(RoundStep { mantissa, exponent: 0 }),
        _ => RoundStep::cutting(low, high, most),
    }
}

type Labels<'a> = dyn Fn(RoundStep, &[f64]) -> Vec<String> + 'a;

/// Ticks at the multiples of `step`; the two ends where the step is lost in rounding.
fn stepped(low: f64, high: f64, step: Option<RoundStep>, labels: &Labels) -> Vec<Tick> {
    let (low, high) = (low.min(high), low.max(high));
    let Some(step) = step else { return ends(low, high) };
    let size = step.value();
    // A hair of tolerance: 0.3 / 0.1 is below 3.
    let (from, to) = (low / size, high / size);
    let hair = 1e-9 * (to - from);
    let (from, to) = ((from - hair).ceil(), (to + hair).floor());
    if !(from.abs() < 1e15 && to.abs() < 1e15 && size > 0.0) || to - from > 1000.0 {
        return ends(low, high);
    }
    let counts: Vec<f64> =
        std::iter::successors(Some(from), |n| Some(n + 1.0)).take_while(|&n| n <= to).collect();
    let values = counts.iter().map(|&n| step.times(n) + 0.0);
    values.zip(labels(step, &counts)).map(|(value, label)| Tick { value, label }).collect()
}

/// All digits, since only they tell such ends apart.
fn ends(low: f64, high: f64) -> Vec<Tick> {
    let mut values = vec![low, high];
    values.dedup();
    values.retain(|value| value.is_finite());
    values.into_iter().map(|value| Tick { value, label: short_label(value) }).collect()
}

/// With as many decimals as the step needs, the same for all: 0.0, 0.5, 1.0.
fn decimal_labels(step: RoundStep, counts: &[f64]) -> Vec<String> {
    let values: Vec<f64> = counts.iter().map(|&n| step.times(n) + 0.0).collect();
    let most = values.iter().fold(0.0f64, |most, value| most.max(value.abs()));
    let magnitude = if most > 0.0 { most.log10().floor() as i32 } else { 0 };
    let digits = (magnitude - step.exponent).max(0) as usize;
    // Scientific when it is shorter and all digits of the step still show.
    let is_scientific = !(-4..7).contains(&magnitude) && digits <= 6;
    let decimals = (-step.exponent).max(0) as usize;
    let label = |&value: &f64| match is_scientific {
        true if value == 0.0 => "0".to_owned(),
        true => {
            // Each with the digits down to the step, so that they line up in meaning.
            let own = (value.abs().log10() + 1e-9).floor() as i32;
            format!("{value:.*e}", (own - step.exponent).max(0) as usize)
        }
        false => format!("{value:.decimals$}"),
    };
    values.iter().map(label).collect()
}

fn degree_labels(
    step: RoundStep,
    counts: &[f64],
    fold: impl Fn(f64) -> (f64, &'static str),
) -> Vec<String> {
    let decimals = (-step.exponent).max(0) as usize;
    let unit = 10f64.powi(step.exponent.clamp(-15, 15).min(0));
    let label = |&n: &f64| {
        // Rounded to the step again: turning round the globe loses digits.
        let (degrees, hemisphere) = fold(step.times(n));
        let degrees = (degrees / unit).round() * unit;
        format!("{degrees:.decimals$}°{}", if degrees == 0.0 { "" } else { hemisphere })
    };
    counts.iter().map(label).collect()
}

pub(super) fn short_label(value: f64) -> String {
    let magnitude = value.abs();
    if value == 0.0 || (1e-3..1e6).contains(&magnitude) {
        format!("{value}")
    } else {
        format!("{value:e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn ticks_are_round_and_exact() {
        let ticks = linear(0.0, 1.0, 5);
        assert_eq!(labels(&ticks), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(ticks[3].value, 0.6);
        assert_eq!(labels(&linear(-10.0, 10.0, 4)), ["-10", "-5", "0", "5", "10"]);
        assert_eq!(labels(&linear(101_325.001, 101_325.009, 4))[0], "101325.002");
    }

    #[test]
    fn large_and_small_numbers_are_scientific() {
        assert_eq!(labels(&linear(0.0, 4e9, 4)), ["0", "1e9", "2e9", "3e9", "4e9"]);
        assert_eq!(labels(&linear(0.0, 3e-7, 3)), ["0", "1e-7", "2e-7", "3e-7"]);
        assert_eq!(labels(&linear(9.8e6, 1.04e7, 3)), ["9.8e6", "1.00e7", "1.02e7", "1.04e7"]);
    }

    #[test]
    fn whole_numbers_where_only_they_mean_something() {
        assert_eq!(labels(&integer(-0.5, 2.5, 10)), ["0", "1", "2"]);
        assert_eq!(labels(&integer(0.0, 1000.0, 5)), ["0", "200", "400", "600", "800", "1000"]);
    }

    #[test]
    fn log_ticks_are_decades_with_2_and_5_where_there_is_room() {
        assert_eq!(labels(&log(1e-3, 1e3, 8)), ["0.001", "0.01", "0.1", "1", "10", "100", "1000"]);
        assert_eq!(labels(&log(1.0, 100.0, 8)), ["1", "2", "5", "10", "20", "50", "100"]);
        assert_eq!(labels(&log(1e-12, 1e12, 5)), ["1e-10", "1e-5", "1", "100000", "1e10"]);
        assert_eq!(labels(&log(3.0, 4.0, 3)), ["3.0", "3.5", "4.0"]);
        assert!(log(0.0, 4.0, 3).is_empty());
    }

    #[test]
    fn degrees_name_their_hemisphere() {
        let world = longitude(-180.0, 180.0, 6);
        assert_eq!(labels(&world), ["180°", "120°W", "60°W", "0°", "60°E", "120°E", "180°"]);
        assert_eq!(labels(&longitude(350.0, 370.0, 4)), ["10°W", "5°W", "0°", "5°E", "10°E"]);
        assert_eq!(labels(&longitude(10.2, 10.4, 2)), ["10.2°E", "10.3°E", "10.4°E"]);
        assert_eq!(
            labels(&latitude(-100.0, 100.0, 7)),
            ["90°S", "60°S", "30°S", "0°", "30°N", "60°N", "90°N"]
        );
    }

    #[test]
    fn ranges_that_are_none_have_few_ticks() {
        assert_eq!(linear(1.0, 1.0, 5).len(), 1);
        assert!(linear(f64::NAN, 1.0, 5).len() <= 1);
        assert!(linear(0.0, f64::INFINITY, 5).len() <= 1);
        assert!(linear(0.0, 1.0, 0).len() <= 2);
    }

    proptest! {
        #[test]
        fn labels_differ_rise_and_lie_in_the_range(
            low in -1e12f64..1e12, zoom in -14i32..13, most in 2usize..20, kind in 0usize..3,
        ) {
            let high = low + 10f64.powi(zoom);
            let maker: fn(f64, f64, usize) -> Vec<Tick> = [linear, integer, log][kind];
            let ticks = maker(low, high, most);
            let different: HashSet<&str> = ticks.iter().map(|tick| tick.label.as_str()).collect();
            prop_assert_eq!(different.len(), ticks.len());
            prop_assert!(ticks.is_sorted_by(|a, b| a.value < b.value));
            prop_assert!(ticks.len() <= most + 2);
            let slack = (high - low) * 1e-6 + low.abs() * 1e-12;
            for tick in &ticks {
                prop_assert!(tick.value >= low - slack && tick.value <= high + slack);
                let shown: f64 = tick.label.parse().unwrap();
                prop_assert!((shown - tick.value).abs() <= slack);
            }
        }

        #[test]
        fn no_range_makes_it_panic(
            low in prop::num::f64::ANY, high in prop::num::f64::ANY, most in 0usize..50,
        ) {
            for ticks in [linear, integer, log, longitude, latitude] {
                prop_assert!(ticks(low, high, most).len() < 1500);
            }
        }
    }
}
