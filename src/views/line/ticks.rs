//! Where the axes of a line plot are labelled, as the plot library asks for it.

use std::cell::RefCell;

use egui_plot::{GridInput, GridMark};
use hyperslab_core::array::Number;

use crate::cf::{Flags, TimeAxis};
use crate::prep::ticks::{self, Tick};
use crate::views::Scene;
use crate::views::axis::AxisInfo;

/// Labels along the values at the most.
const VALUE_TICKS: usize = 12;
/// Names of codes at the most.
const FLAG_TICKS: usize = 30;

pub(super) type TicksBetween = ((f64, f64), Vec<Tick>);

/// Ticks of the coordinate axis, worked out once for the marks and their labels.
pub(super) struct CoordinateTicks<'a> {
    pub(super) scene: Scene<'a>,
    pub(super) info: &'a AxisInfo,
    pub(super) known: RefCell<Option<TicksBetween>>,
    pub(super) length_px: f32,
    pub(super) is_horizontal: bool,
}

impl CoordinateTicks<'_> {
    fn of(&self, low: f64, high: f64) -> Vec<Tick> {
        let mut known = self.known.borrow_mut();
        match &*known {
            Some((range, ticks)) if *range == (low, high) => ticks.clone(),
            _ => {
                let ticks =
                    self.info.ticks_in(self.scene, (low, high), self.length_px, self.is_horizontal);
                *known = Some(((low, high), ticks.clone()));
                ticks
            }
        }
    }

    pub(super) fn marks(&self, input: &GridInput) -> Vec<GridMark> {
        marks(&self.of(input.bounds.0, input.bounds.1), input)
    }

    pub(super) fn label(&self, mark: &GridMark, range: (f64, f64)) -> String {
        label_of(self.of(range.0, range.1), mark.value)
    }
}

pub(super) fn marks(ticks: &[Tick], input: &GridInput) -> Vec<GridMark> {
    // The distance between neighbours: it sets how strong the lines are drawn.
    let step = |pair: &[Tick]| (pair[1].value - pair[0].value).abs();
    let whole = (input.bounds.1 - input.bounds.0).abs();
    let step_size = ticks.windows(2).map(step).fold(whole, f64::min);
    ticks.iter().map(|tick| GridMark { value: tick.value, step_size }).collect()
}

pub(super) fn label_of(ticks: Vec<Tick>, value: f64) -> String {
    ticks.into_iter().find(|tick| tick.value == value).map(|tick| tick.label).unwrap_or_default()
}

/// What the values of a curve are, where they are more than numbers.
#[derive(Default)]
pub(super) struct Meaning {
    pub(super) time: Option<TimeAxis>,
    pub(super) flags: Option<Flags>,
}

/// Places along the values; on a logarithmic plot these are given as powers of ten. Values that
/// are times have dates, codes have their names.
pub(super) fn value_ticks(low: f64, high: f64, is_log: bool, meaning: &Meaning) -> Vec<Tick> {
    let time = meaning.time.as_ref();
    if let Some(flags) = meaning.flags.as_ref().filter(|flags| !is_log && flags.is_exclusive()) {
        let ticks = flag_ticks(low, high, flags);
        if !ticks.is_empty() {
            return ticks;
        }
    }
    if let Some(time) = time.filter(|_| !is_log) {
        let ticks = time.ticks(low, high, VALUE_TICKS);
        if !ticks.is_empty() {
            return ticks.into_iter().map(|(value, label)| Tick { value, label }).collect();
        }
    }
    if !is_log {
        return ticks::linear(low, high, VALUE_TICKS);
    }
    let ends = (10f64.powf(low), 10f64.powf(high));
    let ticks = ticks::log(ends.0, ends.1, VALUE_TICKS).into_iter();
    ticks.map(|tick| Tick { value: tick.value.log10(), ..tick }).collect()
}

/// The codes in sight by their names, unless they are too many.
fn flag_ticks(low: f64, high: f64, flags: &Flags) -> Vec<Tick> {
    if high - low > FLAG_TICKS as f64 {
        return Vec::new();
    }
    let codes = low.ceil() as i64..=high.floor() as i64;
    let named = codes.filter_map(|code| Some((code, flags.label(Number::Int(code.into()))?)));
    named.map(|(code, label)| Tick { value: code as f64, label }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cf::TimeAxis;

    #[test]
    fn values_that_are_times_have_dates_along_them() {
        let time = Meaning { time: Some(TimeAxis::unix()), flags: None };
        let ticks = value_ticks(0.0, 86_400.0 * 10.0, false, &time);
        assert!(ticks.iter().any(|tick| tick.label.starts_with("1970-01-")), "{ticks:?}");
        assert_eq!(value_ticks(0.0, 1.0, false, &Meaning::default())[0].label, "0.0");
    }

    #[test]
    fn a_logarithmic_plot_is_labelled_with_the_values_themselves() {
        let ticks = value_ticks(-2.0, 2.0, true, &Meaning::default());
        let one = ticks.iter().find(|tick| tick.value == 0.0).expect("1 has a tick");
        assert_eq!(one.label, "1");
    }
}
