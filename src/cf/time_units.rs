//! Units of elapsed time (CF 4.4.1), as UDUNITS spells them.
//!
//! A year is 365.242198781 days and a month a twelfth of it, as UDUNITS and CF define them:
//! neither is a calendar year or month. In the 360-day calendar a month has 30 days and a year
//! 360, as every program has it that reads those.

/// A length of time: `numerator / denominator` microseconds, exactly and in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    numerator: i128,
    denominator: i128,
    /// A month or a year: its length may depend on the calendar after all.
    is_of_year: bool,
}

const SECOND: i128 = 1_000_000;
const DAY: i128 = 86_400 * SECOND;
/// Ten UDUNITS years, which is a whole number of microseconds.
const TEN_YEARS: i128 = 365_242_198_781 * 86_400 / 100;

impl Unit {
    pub const SECONDS: Self = Self::exact(SECOND);

    const fn exact(numerator: i128) -> Self {
        Self { numerator, denominator: 1, is_of_year: false }
    }

    fn ratio(numerator: i128, denominator: i128) -> Self {
        let (mut a, mut b) = (numerator, denominator);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        Self { numerator: numerator / a, denominator: denominator / a, is_of_year: false }
    }

    /// `days`, `hr`, `ms`, `6 hours`; `None` for what is no length of time.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
        let (factor, name) = text.split_at(end);
        let unit = named(name.trim_start_matches([' ', '*']))?;
        if factor.is_empty() { Some(unit) } else { unit.times(factor) }
    }

    /// A month or a year by UDUNITS: not one of any calendar.
    pub(super) fn is_mean(self) -> bool {
        self.is_of_year
    }

    /// This unit in a calendar whose months all have 30 days.
    pub(super) fn in_360_day_years(self) -> Self {
        if !self.is_of_year {
            return self;
        }
        Self::ratio(self.numerator * 3600 * DAY, self.denominator * TEN_YEARS)
    }

    /// Elapsed microseconds, rounded; `None` beyond any calendar.
    pub(super) fn microseconds(self, value: f64) -> Option<i128> {
        if !value.is_finite() || value.abs() >= 1e24 {
            return None;
        }
        // The whole part is exact in integers, the rest is below one unit.
        let whole = (value.trunc() as i128).checked_mul(self.numerator)?;
        let rest =
            whole.rem_euclid(self.denominator) as f64 + value.fract() * self.numerator as f64;
        let rest_us = (rest / self.denominator as f64).round();
        whole.div_euclid(self.denominator).checked_add(rest_us as i128)
    }

    /// So many microseconds in this unit.
    pub(super) fn value(self, microseconds: i128) -> Option<f64> {
        let scaled = microseconds.checked_mul(self.denominator)?;
        let whole = scaled.div_euclid(self.numerator);
        let rest = scaled.rem_euclid(self.numerator);
        Some(whole as f64 + rest as f64 / self.numerator as f64)
    }

    /// How long it is.
    pub fn seconds(self) -> f64 {
        self.numerator as f64 / self.denominator as f64 / SECOND as f64
    }

    /// Multiplied by a decimal: UDUNITS has `6 hours`, which CF only tolerates.
    fn times(self, factor: &str) -> Option<Self> {
        let (whole, decimals) = factor.split_once('.').unwrap_or((factor, ""));
        let digits: i128 = format!("{whole}{decimals}").parse().ok()?;
        let power = u32::try_from(decimals.len()).ok().filter(|&n| n <= 6)?;
        if !(1..=1_000_000).contains(&digits) {
            return None;
        }
        let unit = Self::ratio(self.numerator * digits, self.denominator * 10i128.pow(power));
        Some(Self { is_of_year: self.is_of_year, ..unit })
    }
}

/// A unit by its name, in any case and number.
fn named(name: &str) -> Option<Unit> {
    // "M", a million or a minute, is nobody's; "S" and "D" have been seen.
    let name = name.to_lowercase();
    let name = name.strip_suffix("(s)").unwrap_or(&name);
    Some(match name {
        "ns" | "nsec" | "nsecs" | "nanosec" | "nanosecs" | "nanosecond" | "nanoseconds" => {
            Unit::ratio(1, 1000)
        }
        "us" | "µs" | "μs" | "usec" | "usecs" | "microsec" | "microsecs" | "microsecond"
        | "microseconds" => Unit::exact(1),
        "ms" | "msec" | "msecs" | "millisec" | "millisecs" | "millisecond" | "milliseconds" => {
            Unit::exact(1000)
        }
        "s" | "sec" | "secs" | "second" | "seconds" => Unit::exact(SECOND),
        "ks" | "kilosecond" | "kiloseconds" => Unit::exact(1000 * SECOND),
        "min" | "mins" | "minute" | "minutes" => Unit::exact(60 * SECOND),
        "h" | "hr" | "hrs" | "hour" | "hours" => Unit::exact(3600 * SECOND),
        "d" | "day" | "days" => Unit::exact(DAY),
        "week" | "weeks" => Unit::exact(7 * DAY),
        "fortnight" | "fortnights" => Unit::exact(14 * DAY),
        "month" | "months" | "mon" => Unit { is_of_year: true, ..Unit::ratio(TEN_YEARS, 120) },
        "year" | "years" | "yr" | "yrs" | "a" | "annum" | "tropical_year" | "tropical_years" => {
            Unit { is_of_year: true, ..Unit::ratio(TEN_YEARS, 10) }
        }
        "common_year" | "common_years" => Unit::exact(365 * DAY),
        "leap_year" | "leap_years" => Unit::exact(366 * DAY),
        "julian_year" | "julian_years" => Unit::ratio(36_525 * DAY, 100),
        "gregorian_year" | "gregorian_years" => Unit::ratio(3_652_425 * DAY, 10_000),
        _ => return None,
    })
}

/// The unit and the reference on both sides of `since`, or of the words UDUNITS takes for it.
pub(super) fn split_reference(units: &str) -> Option<(&str, &str)> {
    for word in ["since", "after", "from", "ref", "@"] {
        for (at, _) in units.char_indices() {
            let Some(head) = units.get(at..at + word.len()) else { continue };
            let unit = units.get(..at).unwrap_or_default();
            let rest = units.get(at + word.len()..).unwrap_or_default();
            let stands_alone = word == "@"
                || (unit.ends_with(char::is_whitespace) && rest.starts_with(char::is_whitespace));
            if !head.eq_ignore_ascii_case(word) || !stands_alone {
                continue;
            }
            // "@" and the rest are words of other units as well: only "since" says time.
            if word == "since" || Unit::parse(unit).is_some() {
                return Some((unit.trim(), rest.trim())).filter(|(_, date)| !date.is_empty());
            }
        }
    }
    None
}

/// CDO's absolute time axis: the value is read as a date, `20000131.25`.
pub(super) fn is_absolute(units: &str) -> bool {
    units.split_whitespace().eq(["day", "as", "%Y%m%d.%f"])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> f64 {
        Unit::parse(text).unwrap_or_else(|| panic!("{text}")).seconds()
    }

    #[test]
    fn every_spelling_has_its_length() {
        for (text, expected) in [
            ("seconds", 1.0),
            ("s", 1.0),
            ("Sec", 1.0),
            ("msec", 1e-3),
            ("µs", 1e-6),
            ("ns", 1e-9),
            ("min", 60.0),
            ("Hours", 3600.0),
            ("hr", 3600.0),
            ("d", 86_400.0),
            ("DAYS", 86_400.0),
            ("weeks", 604_800.0),
            ("6 hours", 21_600.0),
            ("0.1 s", 0.1),
            ("common_years", 365.0 * 86_400.0),
            ("year", 365.242198781 * 86_400.0),
            ("month", 365.242198781 * 7200.0),
        ] {
            assert!((seconds(text) / expected - 1.0).abs() < 1e-15, "{text}");
        }
        for text in ["", "m", "furlongs", "0 days", "degrees", "1e300 days", "1.2.3 s"] {
            assert_eq!(Unit::parse(text), None, "{text}");
        }
    }

    #[test]
    fn months_of_a_360_day_calendar_have_30_days() {
        let days = |text: &str| Unit::parse(text).unwrap().in_360_day_years().seconds() / 86_400.0;
        assert_eq!((days("month"), days("years"), days("days")), (30.0, 360.0, 1.0));
        assert_eq!(days("3 months"), 90.0);
    }

    #[test]
    fn since_is_found_whatever_its_case_and_its_substitutes() {
        assert_eq!(split_reference("days since 2000-01-01"), Some(("days", "2000-01-01")));
        assert_eq!(split_reference("Hours SINCE 1-1-1"), Some(("Hours", "1-1-1")));
        assert_eq!(split_reference("s @ 2000-01-01"), Some(("s", "2000-01-01")));
        assert_eq!(split_reference("days after 2000-01-01"), Some(("days", "2000-01-01")));
        assert_eq!(split_reference("metres from the ground"), None);
        assert_eq!(split_reference("days since"), None);
        assert_eq!(split_reference("days since "), None);
    }

    #[test]
    fn out_of_range_values_have_no_microseconds() {
        for value in [f64::NAN, f64::INFINITY, 1e300, -1e300] {
            assert_eq!(Unit::parse("days").unwrap().microseconds(value), None);
        }
        assert_eq!(Unit::parse("days").unwrap().microseconds(-0.5), Some(-43_200_000_000));
        assert_eq!(Unit::parse("ns").unwrap().microseconds(1499.0), Some(1));
    }
}
