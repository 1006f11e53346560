//! Axes that are not linear: where values lie along them, and how they are labelled.
//!
//! A *place* is where a value is drawn: places are evenly spaced on the screen. Everything that
//! measures the screen (zoom, edges of cells, ticks) is in places, everything that is read or
//! written in values.

use serde::{Deserialize, Serialize};

use crate::prep::ticks::{self, Tick};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AxisScale {
    #[default]
    Linear,
    Log,
    /// Logarithmic away from zero, linear near it, for values of both signs.
    Symlog,
}

impl AxisScale {
    pub const ALL: [Self; 3] = [Self::Linear, Self::Log, Self::Symlog];

    pub fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Log => "logarithmic",
            Self::Symlog => "symmetric log",
        }
    }
}

/// From values to places and back.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Placing {
    scale: AxisScale,
    /// Where a symlog axis turns from linear to logarithmic; positive.
    threshold: f64,
}

/// Decades on either side of zero that a symlog axis shows as such.
const SYMLOG_DECADES: i32 = 4;

impl Placing {
    /// For values between these ends.
    pub fn of(scale: AxisScale, (low, high): (f64, f64)) -> Self {
        let reach = low.abs().max(high.abs());
        let decade = if reach > 0.0 && reach.is_finite() { reach.log10().ceil() } else { 1.0 };
        let exponent = (decade as i32).saturating_sub(SYMLOG_DECADES).clamp(-300, 300);
        Self { scale, threshold: 10f64.powi(exponent) }
    }

    pub fn scale(&self) -> AxisScale {
        self.scale
    }

    pub fn is_linear(&self) -> bool {
        self.scale == AxisScale::Linear
    }

    /// NaN or infinite for what has no place: zero and less on a logarithmic axis.
    pub fn place(&self, value: f64) -> f64 {
        match self.scale {
            AxisScale::Linear => value,
            AxisScale::Log => value.log10(),
            AxisScale::Symlog => (value.abs() / self.threshold).ln_1p().copysign(value),
        }
    }

    pub fn value(&self, place: f64) -> f64 {
        match self.scale {
            AxisScale::Linear => place,
            AxisScale::Log => 10f64.powf(place),
            AxisScale::Symlog => (place.abs().exp_m1() * self.threshold).copysign(place),
        }
    }

    /// Ticks between two places, at most `most` or a few more; their values are places.
    pub fn ticks(&self, low: f64, high: f64, most: usize) -> Vec<Tick> {
        let found = match self.scale {
            AxisScale::Linear => return ticks::linear(low, high, most),
            AxisScale::Log => ticks::log(self.value(low), self.value(high), most),
            AxisScale::Symlog => self.symlog_ticks(low, high, most),
        };
        let place = |tick: Tick| Tick { value: self.place(tick.value), ..tick };
        found.into_iter().map(place).collect()
    }

    /// Decades on both sides of zero; where there are too few of them to tell anything, the
    /// round values between the ends.
    fn symlog_ticks(&self, low: f64, high: f64, most: usize) -> Vec<Tick> {
        let (from, to) = (self.value(low.min(high)), self.value(low.max(high)));
        let side = most / 2 + 1;
        // The first decade is next to zero: too near for a label of its own.
        let first = 10.0 * self.threshold;
        let decades = |end: f64| match end > first {
            true => ticks::log(first, end, side),
            false => Vec::new(),
        };
        let negative = decades(-from).into_iter().rev();
        let negative = negative.map(|t| Tick { value: -t.value, label: format!("-{}", t.label) });
        let zero = Tick { value: 0.0, label: "0".into() };
        let all = negative.chain([zero]).chain(decades(to));
        let found: Vec<Tick> = all.filter(|tick| (from..=to).contains(&tick.value)).collect();
        if found.len() < 3 { ticks::linear(from, to, most) } else { found }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn places_and_values_are_each_others_inverse() {
        for scale in AxisScale::ALL {
            let placing = Placing::of(scale, (-500.0, 2000.0));
            for value in [1e-3, 0.5, 7.0, 1999.0] {
                let back = placing.value(placing.place(value));
                assert!((back - value).abs() <= 1e-9 * value, "{scale:?} {value} {back}");
            }
        }
        let symlog = Placing::of(AxisScale::Symlog, (-500.0, 2000.0));
        assert_eq!(symlog.place(0.0), 0.0);
        assert!((symlog.value(symlog.place(-300.0)) + 300.0).abs() < 1e-9);
        assert!(!Placing::of(AxisScale::Log, (0.0, 1.0)).place(-1.0).is_finite());
    }

    #[test]
    fn pressure_is_labelled_in_decades() {
        let placing = Placing::of(AxisScale::Log, (1.0, 1000.0));
        let ticks = placing.ticks(0.0, 3.0, 12);
        assert_eq!(labels(&ticks), ["1", "2", "5", "10", "20", "50", "100", "200", "500", "1000"]);
        assert_eq!(ticks[9].value, 3.0);
    }

    #[test]
    fn a_symlog_axis_has_zero_and_decades_on_both_sides() {
        let placing = Placing::of(AxisScale::Symlog, (-1000.0, 1000.0));
        let ticks = placing.ticks(placing.place(-1000.0), placing.place(1000.0), 10);
        assert_eq!(labels(&ticks), ["-1000", "-100", "-10", "-1", "0", "1", "10", "100", "1000"]);
        assert!(ticks.is_sorted_by(|a, b| a.value < b.value));
    }

    #[test]
    fn labels_differ_at_any_zoom() {
        for scale in AxisScale::ALL {
            let placing = Placing::of(scale, (-3.0, 1000.0));
            for width in [2.0, 0.3, 1e-3, 1e-7] {
                let ticks = placing.ticks(1.5, 1.5 + width, 8);
                let mut all = labels(&ticks);
                all.sort_unstable();
                all.dedup();
                assert_eq!(all.len(), ticks.len(), "{scale:?} {width}: {ticks:?}");
            }
        }
    }
}
