//! Which values have a line.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::prep::levels::{Scale, Summary};
use crate::prep::ticks::{self, Tick};

/// How the user says which values have a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum LevelChoice {
    /// About so many round values.
    Count(u32),
    /// The multiples of a number.
    Every(f64),
    /// These, rising.
    List(Vec<f64>),
}

impl Default for LevelChoice {
    fn default() -> Self {
        Self::Count(10)
    }
}

/// `12`, `every:4` or `990,1000,1010`.
impl FromStr for LevelChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |word: &str| word.trim().parse::<f64>().ok().filter(|n| n.is_finite());
        if let Some(step) = text.strip_prefix("every:") {
            let step = number(step).filter(|step| *step > 0.0);
            return step.map(Self::Every).ok_or_else(|| "the step is a number above 0".into());
        }
        if let Ok(count) = text.trim().parse::<u32>() {
            return Ok(Self::Count(count.max(1)));
        }
        let values: Option<Vec<f64>> = text.split(',').map(number).collect();
        values.map(Self::List).ok_or_else(|| format!("{text:?} is no list of numbers"))
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct ContourLevel {
    pub value: f64,
    pub label: String,
    /// Drawn thicker and labelled.
    pub is_major: bool,
}

/// Why there are no lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LevelProblem {
    /// So many would have a line.
    TooMany(u64),
    /// No value that has a line is among those shown.
    NoneInRange,
}

/// More lines are a grey surface.
const LEVELS_MAX: usize = 150;

/// Values between the least and the greatest that have a line, rising. Every `major_every`th is
/// labelled: counted from zero where they are multiples, else from the first.
pub fn levels(
    choice: &LevelChoice,
    summary: &Summary,
    scale: Scale,
    major_every: u32,
) -> Result<Vec<ContourLevel>, LevelProblem> {
    let Some((low, high)) = summary.extent else { return Err(LevelProblem::NoneInRange) };
    let ticks = match choice {
        LevelChoice::Count(count) => counted(summary, (low, high), scale, *count),
        LevelChoice::Every(step) => multiples(low, high, *step)?,
        LevelChoice::List(values) => listed(values, low, high),
    };
    if ticks.is_empty() {
        return Err(LevelProblem::NoneInRange);
    }
    let step = match ticks.as_slice() {
        [first, second, ..] if !matches!(choice, LevelChoice::List(_)) && scale != Scale::Log => {
            second.value - first.value
        }
        _ => f64::NAN,
    };
    let every = i64::from(major_every.max(1));
    let number = |k: usize, value: f64| {
        let from_zero = (value / step).round();
        if from_zero.abs() < 1e15 { from_zero as i64 } else { k as i64 }
    };
    let level = |(k, tick): (usize, Tick)| ContourLevel {
        is_major: number(k, tick.value) % every == 0,
        value: tick.value,
        label: tick.label,
    };
    Ok(ticks.into_iter().enumerate().map(level).collect())
}

/// Round values. A few extremes have lines, too, but do not decide how far lines are apart.
fn counted(summary: &Summary, (low, high): (f64, f64), scale: Scale, count: u32) -> Vec<Tick> {
    let count = count.clamp(1, LEVELS_MAX as u32) as usize;
    if scale == Scale::Log {
        let low = summary.smallest_positive.unwrap_or(low);
        return inside(ticks::log(low, high, count), low, high);
    }
    let usual = summary.percentile(1.0).zip(summary.percentile(99.0));
    let (from, to) = usual.filter(|(from, to)| from < to).unwrap_or((low, high));
    // The next coarser and the next finer round step: the one that comes nearer.
    let steps = [count, 2 * count].map(|count| ticks::nice_step(from, to, count));
    let off = |step: &f64| ((to - from) / step / count as f64).ln().abs();
    let step = steps.into_iter().flatten().min_by(|a, b| off(a).total_cmp(&off(b)));
    let Some(step) = step else { return Vec::new() };
    let all = if (high - low) / step <= 3.0 * count as f64 { (low, high) } else { (from, to) };
    multiples(all.0, all.1, step).unwrap_or_default()
}

/// Lines at the least or greatest value itself have no length.
fn inside(ticks: Vec<Tick>, low: f64, high: f64) -> Vec<Tick> {
    ticks.into_iter().filter(|tick| tick.value > low && tick.value < high).collect()
}

fn listed(values: &[f64], low: f64, high: f64) -> Vec<Tick> {
    let mut values: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    values.truncate(LEVELS_MAX);
    let ticks = values.into_iter().map(|value| Tick { value, label: format!("{value}") });
    inside(ticks.collect(), low, high)
}

/// With as many decimals as the step has, so that no sum of errors shows.
fn multiples(low: f64, high: f64, step: f64) -> Result<Vec<Tick>, LevelProblem> {
    let step = step.abs();
    if !(step > 0.0 && step.is_finite()) {
        return Err(LevelProblem::NoneInRange);
    }
    let (from, to) = ((low / step).floor(), (high / step).ceil());
    let count = to - from;
    if !(count <= LEVELS_MAX as f64 && from.abs() < 1e15 && to.abs() < 1e15) {
        return Err(LevelProblem::TooMany(count as u64));
    }
    let decimals = decimals_of(step);
    let label = |value: f64| match decimals {
        Some(decimals) => format!("{value:.decimals$}"),
        None => format!("{value:e}"),
    };
    let counts = std::iter::successors(Some(from), |n| Some(n + 1.0)).take_while(|&n| n <= to);
    let values = counts.map(|n| exact(n, step, decimals) + 0.0);
    let ticks = values.map(|value| Tick { value, label: label(value) });
    Ok(inside(ticks.collect(), low, high))
}

/// Decimals after which a step ends; `None` for very large and very small ones.
fn decimals_of(step: f64) -> Option<usize> {
    if !(1e-6..1e7).contains(&step) {
        return None;
    }
    (0..=9)
        .find(|&decimals| {
            let scaled = step * 10f64.powi(decimals);
            (scaled - scaled.round()).abs() <= 1e-9 * scaled
        })
        .map(|decimals| decimals as usize)
}

/// In whole numbers of the last decimal: 3 * 0.1 is not 0.3.
fn exact(count: f64, step: f64, decimals: Option<usize>) -> f64 {
    match decimals {
        Some(decimals) => {
            let power = 10f64.powi(decimals as i32);
            (step * power).round() * count / power
        }
        None => {
            // The same for powers of ten below: 5e-8 is 5 / 1e8.
            let exponent = step.log10().floor() as i32;
            let (mantissa, power) = (step / 10f64.powi(exponent), 10f64.powi(exponent.abs()));
            let round = (mantissa * 1e6).round() / 1e6;
            if exponent < 0 { round * count / power } else { round * count * power }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(choice: &LevelChoice, values: &[f64]) -> Vec<String> {
        let found = levels(choice, &Summary::of_slice(values), Scale::Linear, 2).unwrap();
        found.iter().map(|l| format!("{}{}", l.label, if l.is_major { "!" } else { "" })).collect()
    }

    #[test]
    fn counted_lines_are_at_round_values_inside() {
        let range = [980.3, 1032.0];
        let found = of(&LevelChoice::Count(10), &range);
        let want =
            ["985", "990!", "995", "1000!", "1005", "1010!", "1015", "1020!", "1025", "1030!"];
        assert_eq!(found, want);
        // Counted from zero: -1, 0 and 1 times the step.
        assert_eq!(of(&LevelChoice::Count(3), &[-0.35, 0.3]), ["-0.2", "0.0!", "0.2"]);
    }

    #[test]
    fn an_interval_gives_its_multiples_without_rounding_errors() {
        assert_eq!(
            of(&LevelChoice::Every(0.1), &[0.25, 0.75]),
            ["0.3", "0.4!", "0.5", "0.6!", "0.7"]
        );
        assert_eq!(of(&LevelChoice::Every(4.0), &[1000.0, 1010.0]), ["1004", "1008!"]);
        assert_eq!(of(&LevelChoice::Every(2.5), &[1.0, 6.0]), ["2.5", "5.0!"]);
        assert_eq!(of(&LevelChoice::Every(2e-8), &[1e-8, 5e-8]), ["2e-8", "4e-8!"]);
    }

    #[test]
    fn a_list_is_taken_as_it_is() {
        let list = LevelChoice::List(vec![5.0, 1.0, f64::NAN, 5.0, 99.0]);
        assert_eq!(of(&list, &[0.0, 10.0]), ["1!", "5"]);
    }

    #[test]
    fn a_choice_is_written_in_a_word() {
        assert_eq!("12".parse(), Ok(LevelChoice::Count(12)));
        assert_eq!("every:2.5".parse(), Ok(LevelChoice::Every(2.5)));
        assert_eq!("-1,0,1".parse(), Ok(LevelChoice::List(vec![-1.0, 0.0, 1.0])));
        for wrong in ["", "every:", "every:0", "a,b", "1,,2"] {
            assert!(wrong.parse::<LevelChoice>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_cannot_be_drawn_is_said() {
        let summary = Summary::of_slice(&[0.0, 1000.0]);
        let problem = |choice, summary: &Summary| levels(&choice, summary, Scale::Linear, 1);
        assert_eq!(problem(LevelChoice::Every(0.1), &summary), Err(LevelProblem::TooMany(10_000)));
        assert_eq!(problem(LevelChoice::Every(0.0), &summary), Err(LevelProblem::NoneInRange));
        assert_eq!(
            problem(LevelChoice::List(vec![-1.0]), &summary),
            Err(LevelProblem::NoneInRange)
        );
        let nothing = Summary::default();
        assert_eq!(problem(LevelChoice::default(), &nothing), Err(LevelProblem::NoneInRange));
    }

    #[test]
    fn a_few_extremes_do_not_spread_the_lines() {
        let mut values: Vec<f64> = (0..5000).map(|k| f64::from(k % 100)).collect();
        values.push(1e6);
        let found = levels(&LevelChoice::Count(10), &Summary::of_slice(&values), Scale::Linear, 1);
        assert_eq!(found.unwrap().len(), 9);
    }

    #[test]
    fn lines_of_a_log_scale_are_decades() {
        let summary = Summary::of_slice(&[0.0, 0.003, 5000.0]);
        let found = levels(&LevelChoice::Count(8), &summary, Scale::Log, 1).unwrap();
        let labels: Vec<&str> = found.iter().map(|level| level.label.as_str()).collect();
        assert_eq!(labels, ["0.01", "0.1", "1", "10", "100", "1000"]);
    }

    proptest! {
        #[test]
        fn levels_rise_inside_the_range_and_their_labels_say_so(
            low in -1e5f64..1e5, zoom in -4i32..6, count in 1u32..40,
        ) {
            let high = low + 10f64.powi(zoom);
            let summary = Summary::of_slice(&[low, high]);
            let found = levels(&LevelChoice::Count(count), &summary, Scale::Linear, 2).unwrap_or_default();
            prop_assert!(found.is_sorted_by(|a, b| a.value < b.value));
            for level in &found {
                prop_assert!(level.value > low && level.value < high);
                let shown: f64 = level.label.parse().unwrap();
                prop_assert!((shown - level.value).abs() <= 1e-9 * low.abs().max(high.abs()));
            }
        }

        #[test]
        fn no_choice_makes_it_panic(
            low in prop::num::f64::ANY, high in prop::num::f64::ANY, step in prop::num::f64::ANY,
        ) {
            let summary = Summary::of_slice(&[low, high]);
            for choice in [LevelChoice::Count(7), LevelChoice::Every(step), LevelChoice::List(vec![step])] {
                for scale in [Scale::Linear, Scale::Log] {
                    let _ = levels(&choice, &summary, scale, 3);
                }
            }
        }
    }
}
