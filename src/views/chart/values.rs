//! The axis of a curve's values: what its places mean, and how they are labelled.

use hyperslab_core::array::Number;

use crate::cf::{self, Fills, Flags, TimeAxis};
use crate::prep::axis_scale::{AxisScale, Placing};
use crate::prep::ticks::Tick;
use crate::views::Scene;
use crate::views::frame::Span;

/// Names of codes at the most.
const FLAG_TICKS: usize = 30;

/// Beyond the lowest and highest value, in parts of what lies between them.
const MARGIN: f64 = 0.04;

/// What the values of a curve are, where they are more than numbers.
#[derive(Default)]
pub struct Meaning {
    time: Option<TimeAxis>,
    flags: Option<Flags>,
}

impl Meaning {
    pub fn of(scene: Scene<'_>, is_decoded: bool) -> Self {
        let Some(cf) = scene.cf().filter(|_| is_decoded) else { return Self::default() };
        Self { time: cf.time_axis().and_then(Result::ok), flags: cf.flags() }
    }
}

/// With the unit also of times that are not shown as dates.
pub fn values_title(scene: Scene<'_>, is_decoded: bool) -> String {
    let title = scene.title(is_decoded);
    let units = scene.cf().filter(|cf| !cf.packing(Fills::Declared).is_packed() || is_decoded);
    let units = units.and_then(|cf| cf.units()).filter(|units| cf::units::is_time(units));
    match units {
        Some(units) if Meaning::of(scene, is_decoded).time.is_none() => {
            format!("{title} [{units}]")
        }
        _ => title,
    }
}

/// Least and greatest of the values along an axis, and the least positive one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Extent {
    pub ends: Option<(f64, f64)>,
    pub least_positive: Option<f64>,
}

impl Extent {
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let ends = match (self.ends, other.ends) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        let least = self.least_positive.into_iter().chain(other.least_positive);
        Self { ends, least_positive: least.reduce(f64::min) }
    }

    /// In other units.
    #[must_use]
    pub fn mapped(self, convert: impl Fn(f64) -> f64) -> Self {
        let ends = self.ends.map(|(low, high)| {
            let (a, b) = (convert(low), convert(high));
            (a.min(b), a.max(b))
        });
        let least_positive = match ends {
            Some((low, _)) if low > 0.0 => Some(low),
            _ => self.least_positive.map(convert).filter(|&least| least > 0.0),
        };
        Self { ends, least_positive }
    }
}

/// One of the axes that values are drawn along; `span` is in places.
pub struct ValueAxis {
    pub title: String,
    pub meaning: Meaning,
    pub placing: Placing,
    pub span: Span,
}

impl ValueAxis {
    /// Wide enough for all values.
    pub fn of(title: String, meaning: Meaning, scale: AxisScale, extent: Extent) -> Self {
        let ends = extent.ends.unwrap_or((0.0, 1.0));
        let placing = Placing::of(scale, ends);
        let ends = match scale {
            AxisScale::Log => {
                let least = extent.least_positive.unwrap_or(1.0);
                (ends.0.max(least), ends.1.max(least))
            }
            _ => ends,
        };
        let (low, high) = apart((placing.place(ends.0), placing.place(ends.1)));
        let margin = MARGIN * (high - low);
        let span = Span::new((low - margin, high + margin), false);
        Self { title, meaning, placing, span }
    }

    /// A part of it, given in fractions of the whole.
    #[must_use]
    pub fn part(mut self, (from, to): (f64, f64)) -> Self {
        let (low, width) = (self.span.low, self.span.width());
        self.span = Span::new((low + from * width, low + to * width), false);
        self
    }

    /// Values that are times have dates, codes have their names.
    pub fn ticks(&self, length_px: f32, is_horizontal: bool) -> Vec<Tick> {
        let room = if is_horizontal { 64.0 } else { 20.0 };
        let most = (length_px / room).clamp(3.0, 12.0) as usize;
        let (low, high) = (self.span.low, self.span.high);
        if !self.placing.is_linear() {
            return self.placing.ticks(low, high, most);
        }
        if let Some(flags) = self.meaning.flags.as_ref().filter(|flags| flags.is_exclusive()) {
            let ticks = flag_ticks(low, high, flags);
            if !ticks.is_empty() {
                return ticks;
            }
        }
        if let Some(time) = &self.meaning.time {
            let most = if is_horizontal { (length_px / 90.0).max(2.0) as usize } else { most };
            let ticks = time.ticks(low, high, most);
            if !ticks.is_empty() {
                return ticks.into_iter().map(|(value, label)| Tick { value, label }).collect();
            }
        }
        self.placing.ticks(low, high, most)
    }
}

/// Room above and below a curve whose values are all the same.
fn apart((least, most): (f64, f64)) -> (f64, f64) {
    if least < most {
        return (least, most);
    }
    let margin = if least == 0.0 { 1.0 } else { least.abs() * 0.05 };
    (least - margin, most + margin)
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

    fn axis(meaning: Meaning, scale: AxisScale, ends: (f64, f64), least: f64) -> ValueAxis {
        let extent = Extent { ends: Some(ends), least_positive: Some(least) };
        ValueAxis::of(String::new(), meaning, scale, extent)
    }

    #[test]
    fn values_that_are_times_have_dates_along_them() {
        let time = Meaning { time: Some(TimeAxis::unix()), flags: None };
        let ticks = axis(time, AxisScale::Linear, (0.0, 864_000.0), 1.0).ticks(400.0, false);
        assert!(ticks.iter().any(|tick| tick.label.starts_with("1970-01-")), "{ticks:?}");
    }

    #[test]
    fn a_logarithmic_axis_is_labelled_with_the_values_themselves() {
        let axis = axis(Meaning::default(), AxisScale::Log, (-1.0, 100.0), 0.01);
        assert!(axis.span.low > -2.5 && axis.span.high < 2.5);
        let ticks = axis.ticks(400.0, false);
        let one = ticks.iter().find(|tick| tick.value == 0.0).expect("1 has a tick");
        assert_eq!(one.label, "1");
    }

    #[test]
    fn a_constant_curve_lies_in_the_middle() {
        assert_eq!(apart((100.0, 100.0)), (95.0, 105.0));
        assert_eq!(apart((-100.0, -100.0)), (-105.0, -95.0));
        assert_eq!(apart((0.0, 0.0)), (-1.0, 1.0));
        assert_eq!(apart((1.0, 2.0)), (1.0, 2.0));
    }

    #[test]
    fn extents_in_other_units_and_of_several_curves() {
        let celsius = Extent { ends: Some((-5.0, 20.0)), least_positive: Some(0.1) };
        let kelvin = celsius.mapped(|value| value + 273.15);
        assert_eq!(kelvin.ends, Some((268.15, 293.15)));
        assert_eq!(kelvin.least_positive, Some(268.15));
        let both = celsius.and(Extent { ends: Some((3.0, 30.0)), least_positive: Some(3.0) });
        assert_eq!((both.ends, both.least_positive), (Some((-5.0, 30.0)), Some(0.1)));
        assert_eq!(Extent::default().and(celsius), celsius);
    }
}
