//! Which values the ends of the colour scale stand for.
//!
//! The values are looked at once ([`Summary`]); what the user chooses ([`LevelOptions`]) turns
//! that into [`Levels`] at no cost, as often as a slider moves.

use std::hash::{Hash, Hasher};

use hyperslab_core::{Buffer, with_numbers};
use serde::{Deserialize, Serialize};

pub use crate::prep::scale::Scale;
use crate::prep::scale::{Axis, Normaliser};
use crate::prep::ticks::{nice_step, round_near};
use crate::prep::values::{Value, extent};

/// Where the ends come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum LevelSource {
    #[default]
    MinMax,
    /// Percentiles of the finite values, so that a few extremes do not flatten the rest.
    Percentiles {
        low: f64,
        high: f64,
    },
    Fixed {
        low: f64,
        high: f64,
    },
}

impl LevelSource {
    pub const ROBUST: Self = Self::Percentiles { low: 2.0, high: 98.0 };
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LevelOptions {
    pub source: LevelSource,
    /// As far below zero as above; ignored on a log scale.
    pub is_symmetric: bool,
    /// Ends widened to round numbers; on a linear scale only, and not for fixed ends.
    pub is_nice: bool,
    pub scale: Scale,
    /// Where a [`Scale::Symlog`] turns from linear to logarithmic; what suits the values where
    /// there is none.
    pub threshold: Option<f64>,
}

/// The colour scale: `low` gets the first colour, `high` the last. Never equal, never NaN, and
/// positive on a log scale, when they come from [`LevelOptions::levels`].
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Levels {
    pub low: f64,
    pub high: f64,
    pub scale: Scale,
    /// Below this the scale is nearly linear, where it is a [`Scale::Symlog`]; 1 elsewhere.
    pub threshold: f64,
}

impl Levels {
    /// Levels are never NaN: they are equal where their bits are.
    fn key(&self) -> (u64, u64, Scale, u64) {
        (self.low.to_bits(), self.high.to_bits(), self.scale, self.threshold.to_bits())
    }
}

impl PartialEq for Levels {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Levels {}

impl Hash for Levels {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

/// What must be known of the values to choose levels. Build O(n); at most 128 kB.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Smallest and largest finite value.
    pub extent: Option<(f64, f64)>,
    pub smallest_positive: Option<f64>,
    /// The median of the magnitudes, zeros left out.
    pub typical: Option<f64>,
    /// Finite values, sorted; at most [`SAMPLE_MAX`] a buffer.
    sample: Vec<f64>,
}

/// Values sampled for percentiles: they are then good to a few tenths of a percent.
const SAMPLE_MAX: usize = 16_384;

/// On a log scale a few of the smallest values would take most of the colours.
const LOG_FROM_PERCENT: f64 = 1.0;

impl Summary {
    pub fn of(values: &Buffer) -> Self {
        with_numbers!(values, v => Self::of_slice(v), else Self::default())
    }

    pub fn of_slice<T: Value>(values: &[T]) -> Self {
        let extent = extent(values);
        let smallest_positive = match extent {
            Some((low, _)) if low > 0.0 => Some(low),
            Some((_, high)) if high > 0.0 => smallest_positive(values),
            _ => None,
        };
        let sample = sample(values);
        Self { extent, smallest_positive, typical: typical(&sample), sample }
    }

    /// Of the values of both: a common scale for several frames.
    #[must_use]
    pub fn merge(mut self, other: &Self) -> Self {
        let either = |a: Option<f64>, b: Option<f64>, pick: fn(f64, f64) -> f64| match (a, b) {
            (Some(a), Some(b)) => Some(pick(a, b)),
            (a, b) => a.or(b),
        };
        self.extent = match (self.extent, other.extent) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        self.smallest_positive = either(self.smallest_positive, other.smallest_positive, f64::min);
        self.sample.extend(&other.sample);
        self.sample.sort_unstable_by(f64::total_cmp);
        if self.sample.len() > SAMPLE_MAX {
            let step = self.sample.len() as f64 / SAMPLE_MAX as f64;
            self.sample = (0..SAMPLE_MAX)
                .filter_map(|k| self.sample.get(((k as f64 + 0.5) * step) as usize).copied())
                .collect();
        }
        self.typical = typical(&self.sample);
        self
    }

    /// There is something to draw on a log scale.
    pub fn allows_log(&self) -> bool {
        self.smallest_positive.is_some()
    }

    /// The value below which `percent` of the finite values lie.
    pub fn percentile(&self, percent: f64) -> Option<f64> {
        percentile(&self.sample, percent)
    }

    /// The same of the positive values.
    fn positive_percentile(&self, percent: f64) -> Option<f64> {
        let first = self.sample.partition_point(|&value| value <= 0.0);
        percentile(self.sample.get(first..)?, percent)
    }
}

fn percentile(sorted: &[f64], percent: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let at = (percent / 100.0).clamp(0.0, 1.0) * last as f64;
    // The lower of the two neighbours: an existing value, also when values are codes.
    sorted.get(at as usize).copied()
}

impl LevelOptions {
    /// The ends for values like these; 0 to 1 (1 to 10 on a log scale) when there are none.
    pub fn levels(&self, summary: &Summary) -> Levels {
        let scale = self.scale;
        let (low, high) = match self.source {
            LevelSource::Fixed { low, high } if low.is_finite() && high.is_finite() => (low, high),
            LevelSource::Percentiles { low, high } => summary
                .percentile(low)
                .zip(summary.percentile(high))
                .or(summary.extent)
                .unwrap_or((0.0, 1.0)),
            _ => summary.extent.unwrap_or((0.0, 1.0)),
        };
        let is_fixed = matches!(self.source, LevelSource::Fixed { .. });
        if scale == Scale::Log {
            return log_levels(low, high, summary, is_fixed);
        }
        let (low, high) = if self.is_symmetric { symmetric(low, high) } else { (low, high) };
        let (low, high) = apart(low, high);
        let widens = self.is_nice && !is_fixed && scale == Scale::Linear;
        let (low, high) = if widens { nice(low, high) } else { (low, high) };
        let threshold = match (scale, self.threshold) {
            (Scale::Symlog, Some(threshold)) if threshold > 0.0 && threshold.is_finite() => {
                threshold
            }
            (Scale::Symlog, _) => sensible_threshold(summary, low.abs().max(high.abs())),
            _ => 1.0,
        };
        Levels { low, high, scale, threshold }
    }
}

impl Levels {
    pub fn new(low: f64, high: f64, scale: Scale) -> Self {
        Self { low, high, scale, threshold: 1.0 }
    }

    fn axis(&self) -> Axis {
        Axis { scale: self.scale, threshold: self.threshold }
    }

    /// From 0 at `low` to 1 at `high`, and no further; NaN for NaN.
    pub fn normalise(&self, value: f64) -> f64 {
        self.normaliser().normalise(value)
    }

    /// The value at `t`, from 0 at `low` to 1 at `high`, and beyond them.
    pub fn value_at(&self, t: f64) -> f64 {
        match t {
            0.0 => self.low,
            1.0 => self.high,
            _ => {
                let [from, to] = [self.low, self.high].map(|end| self.axis().place(end));
                self.axis().value(from * (1.0 - t) + to * t)
            }
        }
    }

    /// [`Self::normalise`] with everything computed that does not depend on the value.
    pub fn normaliser(&self) -> Normaliser {
        self.axis().normaliser(self.low, self.high)
    }
}

fn smallest_positive<T: Value>(values: &[T]) -> Option<f64> {
    let positive = |least: f64, value: &T| {
        let value = value.f64();
        if value > 0.0 && value < least { value } else { least }
    };
    let least = values.iter().fold(f64::INFINITY, positive);
    least.is_finite().then_some(least)
}

fn typical(sample: &[f64]) -> Option<f64> {
    let mut sizes: Vec<f64> = sample.iter().map(|v| v.abs()).filter(|&v| v > 0.0).collect();
    let middle = sizes.len() / 2;
    (!sizes.is_empty()).then(|| *sizes.select_nth_unstable_by(middle, f64::total_cmp).1)
}

/// A round number near the typical value, so that half of the values lie on the linear part and
/// what is far larger has its decades.
fn sensible_threshold(summary: &Summary, reach: f64) -> f64 {
    let wanted = summary.typical.unwrap_or(reach / 100.0).clamp(reach * 1e-12, reach);
    round_near(wanted).filter(|&threshold| threshold > 0.0).unwrap_or(1.0)
}

/// Steps through the values by the golden ratio: even, and never in step with a row length.
fn sample<T: Value>(values: &[T]) -> Vec<f64> {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let finite = |value: &T| Some(value.f64()).filter(|v| v.is_finite());
    let mut sample: Vec<f64> = if values.len() <= SAMPLE_MAX {
        values.iter().filter_map(finite).collect()
    } else {
        (0..SAMPLE_MAX)
            .map(|k| ((k as f64 * GOLDEN).fract() * values.len() as f64) as usize)
            .filter_map(|i| values.get(i).and_then(finite))
            .collect()
    };
    sample.sort_unstable_by(f64::total_cmp);
    sample
}

/// Different ends, `low` below `high` unless the user turned them round.
fn apart(low: f64, high: f64) -> (f64, f64) {
    if low != high {
        return (low, high);
    }
    let margin = if low == 0.0 { 1.0 } else { low.abs() * 0.05 };
    let (below, above) = (low - margin, high + margin);
    let (below, above) = (below.max(-f64::MAX), above.min(f64::MAX));
    // Too small for a twentieth of it to make a difference.
    if below < above { (below, above) } else { (low - f64::MIN_POSITIVE, high + f64::MIN_POSITIVE) }
}

fn symmetric(low: f64, high: f64) -> (f64, f64) {
    let reach = low.abs().max(high.abs());
    if low > high { (reach, -reach) } else { (-reach, reach) }
}

fn nice(low: f64, high: f64) -> (f64, f64) {
    let Some(step) = nice_step(low, high, 10) else { return (low, high) };
    let (below, above) = ((low / step).floor() * step, (high / step).ceil() * step);
    if below.is_finite() && above.is_finite() { (below, above) } else { (low, high) }
}

/// From the smallest positive value, a few far smaller ones left out.
fn log_levels(low: f64, high: f64, summary: &Summary, is_fixed: bool) -> Levels {
    let scale = Scale::Log;
    let Some(least) = summary.smallest_positive.or((low > 0.0 && high > 0.0).then_some(low)) else {
        return Levels::new(1.0, 10.0, scale);
    };
    let begin = summary.positive_percentile(LOG_FROM_PERCENT).unwrap_or(least).max(least);
    let low = match low > 0.0 {
        true if is_fixed => low,
        true => low.max(begin),
        false => begin,
    };
    let high = if high > 0.0 { high } else { summary.extent.map_or(low, |(_, most)| most) };
    if low.ln() == high.ln() {
        let (below, above) = (low / 2.0, high * 2.0);
        return Levels::new(below.max(f64::from_bits(1)), above.min(f64::MAX), scale);
    }
    Levels::new(low, high, scale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn levels(options: LevelOptions, values: &[f64]) -> (f64, f64) {
        let levels = options.levels(&Summary::of_slice(values));
        (levels.low, levels.high)
    }

    #[test]
    fn the_ends_are_the_extremes_of_the_finite_values() {
        let values = [f64::NAN, 3.0, -1.0, f64::INFINITY];
        assert_eq!(levels(LevelOptions::default(), &values), (-1.0, 3.0));
        assert_eq!(levels(LevelOptions::default(), &[f64::NAN]), (0.0, 1.0));
    }

    #[test]
    fn a_constant_field_lies_in_the_middle_of_its_scale() {
        for value in [0.0, 5.0, -273.15, f64::MAX, f64::MIN_POSITIVE, 5e-324] {
            let levels = LevelOptions::default().levels(&Summary::of_slice(&[value]));
            assert!(levels.low < levels.high, "{value}: {levels:?}");
            assert!(levels.normalise(value).is_finite());
        }
    }

    #[test]
    fn percentiles_ignore_a_few_extremes() {
        let mut values: Vec<f64> = (0..100_000).map(|i| f64::from(i % 1000)).collect();
        values[500] = 1e20;
        let options = LevelOptions { source: LevelSource::ROBUST, ..LevelOptions::default() };
        let (low, high) = levels(options, &values);
        assert!((low - 20.0).abs() < 5.0 && (high - 980.0).abs() < 5.0, "{low} {high}");
    }

    #[test]
    fn symmetric_and_nice_ends() {
        let options = LevelOptions { is_symmetric: true, is_nice: true, ..LevelOptions::default() };
        assert_eq!(levels(options, &[-3.2, 9.7]), (-10.0, 10.0));
        let fixed = LevelSource::Fixed { low: 270.0, high: 300.5 };
        let options = LevelOptions { source: fixed, is_nice: true, ..LevelOptions::default() };
        assert_eq!(levels(options, &[]), (270.0, 300.5));
    }

    #[test]
    fn a_log_scale_begins_at_the_smallest_positive_value() {
        let options = LevelOptions { scale: Scale::Log, ..LevelOptions::default() };
        let summary = Summary::of_slice(&[-5.0, 0.0, 0.01, 100.0]);
        let levels = options.levels(&summary);
        assert!(summary.allows_log());
        assert_eq!((levels.low, levels.high), (0.01, 100.0));
        assert!((levels.normalise(1.0) - 0.5).abs() < 1e-12);
        assert!((levels.value_at(0.5) - 1.0).abs() < 1e-12);
        assert_eq!((levels.normalise(0.0), levels.normalise(-5.0)), (0.0, 0.0));
        assert!(levels.normalise(f64::NAN).is_nan());
        assert!(!Summary::of_slice(&[-5.0, 0.0]).allows_log());
    }

    #[test]
    fn a_few_tiny_values_do_not_take_most_of_a_log_scale() {
        let mut values: Vec<f64> = (1..=10_000).map(|i| f64::from(i) / 100.0).collect();
        values[17] = 1e-30;
        let options = LevelOptions { scale: Scale::Log, ..LevelOptions::default() };
        let (low, high) = levels(options, &values);
        assert!((0.1..2.0).contains(&low) && high == 100.0, "{low}");
        let fixed = LevelSource::Fixed { low: 1e-30, high: 1.0 };
        assert_eq!(levels(LevelOptions { source: fixed, ..options }, &values), (1e-30, 1.0));
    }

    #[test]
    fn a_symmetric_log_scale_turns_linear_where_most_values_are() {
        let mut values: Vec<f64> = (-500..500).map(|i| f64::from(i) / 500.0).collect();
        values.extend([-900.0, 1000.0]);
        let options = LevelOptions { scale: Scale::Symlog, ..LevelOptions::default() };
        let found = options.levels(&Summary::of_slice(&values));
        assert_eq!((found.low, found.high, found.threshold), (-900.0, 1000.0, 0.5));
        assert!((found.normalise(0.0) - 0.5).abs() < 0.01);
        assert!(found.normalise(1.0) > 0.55);
        let chosen = LevelOptions { threshold: Some(20.0), ..options };
        assert_eq!(chosen.levels(&Summary::default()).threshold, 20.0);
    }

    #[test]
    fn summaries_of_frames_merge_into_one_scale() {
        let merged = Summary::of_slice(&[1.0, 2.0]).merge(&Summary::of_slice(&[-4.0, 0.5]));
        assert_eq!(merged.extent, Some((-4.0, 2.0)));
        assert_eq!(merged.smallest_positive, Some(0.5));
        assert_eq!(Summary::default().merge(&merged), merged);
    }

    #[test]
    fn options_survive_a_session() {
        let options = LevelOptions { source: LevelSource::ROBUST, ..LevelOptions::default() };
        let text = serde_json::to_string(&options).unwrap();
        assert_eq!(serde_json::from_str::<LevelOptions>(&text).unwrap(), options);
    }

    proptest! {
        #[test]
        fn normalised_values_lie_between_0_and_1_in_order(
            values in prop::collection::vec(prop::num::f64::ANY, 0..6),
            a in prop::num::f64::ANY,
            b in prop::num::f64::ANY,
            low in prop::num::f64::ANY,
            high in prop::num::f64::ANY,
            symmetric: bool, nice: bool, scale in 0usize..4, kind in 0usize..3,
            threshold in prop::option::of(prop::num::f64::ANY),
        ) {
            let source = [LevelSource::MinMax, LevelSource::ROBUST, LevelSource::Fixed { low, high }];
            let options = LevelOptions {
                source: source[kind], is_symmetric: symmetric, is_nice: nice,
                scale: Scale::ALL[scale], threshold,
            };
            let levels = options.levels(&Summary::of_slice(&values));
            prop_assert!(levels.low.is_finite() && levels.high.is_finite());
            prop_assert!(levels.low != levels.high);
            let (s, t) = (levels.normalise(a.min(b)), levels.normalise(a.max(b)));
            prop_assert!(s.is_nan() || (0.0..=1.0).contains(&s));
            if levels.low < levels.high && !s.is_nan() && !t.is_nan() {
                prop_assert!(s <= t);
            }
        }
    }
}
