//! Time coordinates: numbers to dates and back (CF 4.4).
//!
//! Exact to a microsecond wherever the number is; a number that cannot tell microseconds
//! apart is taken to mean the whole second it cannot be told from.

use hyperslab_core::Variable;

use super::attributes;
use super::calendar::Calendar;
use super::date_time::{self, DAY_US, DateTime, Written};
use super::time_units::{self, Unit};

/// How the numbers of a time coordinate are read as dates.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeAxis {
    calendar: Calendar,
    encoding: Encoding,
    /// Whether year 0 is written; years before it are negative in any case.
    has_year_zero: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Encoding {
    /// Elapsed time; the reference in microseconds from the calendar's day 0, at UTC.
    Since { unit: Unit, reference_us: i128 },
    /// CDO's `day as %Y%m%d.%f`.
    Absolute,
}

impl TimeAxis {
    /// From `units` and `calendar` of a time coordinate.
    ///
    /// # Errors
    /// Why its numbers cannot be shown as dates, in words.
    pub fn of(variable: &Variable) -> Result<Self, String> {
        let units = attributes::units(variable).ok_or("no units")?;
        Self::parse(&units, Calendar::of(variable)?)
    }

    /// # Errors
    /// Why the units do not lead to dates, in words.
    pub fn parse(units: &str, calendar: Calendar) -> Result<Self, String> {
        if time_units::is_absolute(units) {
            let has_year_zero = calendar.has_year_zero();
            return Ok(Self { calendar, encoding: Encoding::Absolute, has_year_zero });
        }
        let (unit, reference) = time_units::split_reference(units)
            .ok_or_else(|| format!("units \"{units}\" have no reference date"))?;
        let unit = Unit::parse(unit).ok_or_else(|| format!("\"{unit}\" is no unit of time"))?;
        let unit = if calendar == Calendar::Days360 { unit.in_360_day_years() } else { unit };
        let written = date_time::parse(reference)?;
        // Climatologies refer to year 0, which the calendars of history do not have (CF 4.4.3):
        // they are then counted with one.
        let has_year_zero = calendar.has_year_zero() || written.year == 0;
        let mut axis = Self { calendar, encoding: Encoding::Absolute, has_year_zero };
        let reference_us = axis.instant_us(&written).ok_or_else(|| {
            format!("\"{reference}\" is not a date of the {} calendar", axis.calendar.name())
        })?;
        axis.encoding = Encoding::Since { unit, reference_us };
        Ok(axis)
    }

    /// Seconds since 1970 in the standard calendar: for times that are stored as text.
    pub fn unix() -> Self {
        let calendar = Calendar::Standard;
        let day = calendar.day_of(1970, 1, 1).unwrap_or_default();
        let reference_us = i128::from(day) * i128::from(DAY_US);
        let encoding = Encoding::Since { unit: Unit::SECONDS, reference_us };
        Self { calendar, encoding, has_year_zero: false }
    }

    /// Counts in UDUNITS' mean months or years.
    pub fn counts_months(&self) -> bool {
        matches!(self.encoding, Encoding::Since { unit, .. } if unit.is_mean())
    }

    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// The date of a value; `None` for what is not finite or beyond any calendar.
    pub fn date(&self, value: f64) -> Option<DateTime> {
        match self.encoding {
            Encoding::Since { unit, reference_us } => {
                let elapsed_us = unit.microseconds(value)?;
                let total_us = reference_us.checked_add(elapsed_us)?;
                self.date_at(snap(total_us, ulp(value) * unit.seconds() * 1e6))
            }
            Encoding::Absolute => self.date_of_digits(value),
        }
    }

    /// The value of a date; `None` when this calendar has no such date.
    pub fn value(&self, date: &DateTime) -> Option<f64> {
        let total_us = self.instant(date)?;
        match self.encoding {
            Encoding::Since { unit, reference_us } => unit.value(total_us - reference_us),
            Encoding::Absolute => {
                let days = date.year * 10_000 + i64::from(date.month) * 100 + i64::from(date.day);
                Some(days as f64 + date.microsecond_of_day as f64 / DAY_US as f64)
            }
        }
    }

    /// A date's microseconds from the calendar's day 0.
    pub(super) fn instant(&self, date: &DateTime) -> Option<i128> {
        let DateTime { year, month, day, microsecond_of_day } = *date;
        let time_us = microsecond_of_day;
        self.instant_us(&Written { year, month, day, time_us, zone_us: 0 })
    }

    pub(super) fn date_at(&self, instant_us: i128) -> Option<DateTime> {
        let day = i64::try_from(instant_us.div_euclid(i128::from(DAY_US))).ok()?;
        let microsecond_of_day = instant_us.rem_euclid(i128::from(DAY_US)) as i64;
        let (year, month, day) = self.calendar.date_of(day)?;
        Some(DateTime { year: self.written_year(year), month, day, microsecond_of_day })
    }

    /// The year before 1 is 0 inside and may be written −1.
    pub(super) fn counted_year(&self, written: i64) -> Option<i64> {
        match (self.has_year_zero, written) {
            (false, 0) => None,
            (false, year) if year < 0 => Some(year + 1),
            (_, year) => Some(year),
        }
    }

    pub(super) fn written_year(&self, counted: i64) -> i64 {
        if !self.has_year_zero && counted < 1 { counted - 1 } else { counted }
    }

    pub(super) fn instant_us(&self, written: &Written) -> Option<i128> {
        let year = self.counted_year(written.year)?;
        let day = self.calendar.day_of(year, written.month, written.day)?;
        let time_us = i128::from(written.time_us) - i128::from(written.zone_us);
        Some(i128::from(day) * i128::from(DAY_US) + time_us)
    }

    fn date_of_digits(&self, value: f64) -> Option<DateTime> {
        if !value.is_finite() || value.abs() > 1e13 {
            return None;
        }
        let digits = value.abs().trunc() as i64;
        let (year, month, day) = (digits / 10_000, digits / 100 % 100, digits % 100);
        let fraction_us = value.abs().fract() * DAY_US as f64;
        let written = Written {
            year: if value < 0.0 { -year } else { year },
            month: u8::try_from(month).ok()?,
            day: u16::try_from(day).ok()?,
            time_us: fraction_us.round() as i64,
            zone_us: 0,
        };
        self.date_at(snap(self.instant_us(&written)?, ulp(value) * DAY_US as f64))
    }
}

/// The distance to the next number.
fn ulp(value: f64) -> f64 {
    let next = value.abs().next_up();
    if next.is_finite() { next - value.abs() } else { 0.0 }
}

/// The whole second, or else millisecond, that cannot be told from this instant when it may be
/// off by `error_us`: so that 23:59:59.999995 is midnight.
fn snap(total_us: i128, error_us: f64) -> i128 {
    if error_us < 0.5 {
        return total_us;
    }
    for step in [1_000_000i128, 1000] {
        let off = total_us.rem_euclid(step);
        let to_nearest = if off * 2 > step { step - off } else { -off };
        if to_nearest.abs() as f64 <= error_us {
            return total_us + to_nearest;
        }
    }
    total_us
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::super::time_table::CFTIME;
    use super::*;
    use proptest::prelude::*;

    fn axis(units: &str, calendar: &str) -> TimeAxis {
        TimeAxis::parse(units, Calendar::parse(calendar).unwrap()).unwrap()
    }

    fn shown(units: &str, calendar: &str, value: f64) -> String {
        axis(units, calendar).date(value).unwrap().to_string()
    }

    #[test]
    fn dates_are_those_that_cftime_finds() {
        for &(units, calendar, value, date) in CFTIME {
            let axis = axis(units, calendar);
            let (year, month, day, microsecond_of_day) = date;
            let expected = DateTime { year, month, day, microsecond_of_day };
            assert_eq!(axis.date(value), Some(expected), "{value} {units} ({calendar})");
            let back = axis.value(&expected).unwrap();
            assert!((back - value).abs() <= ulp(value) * 2.0, "{back} {value} {units}");
        }
    }

    #[test]
    fn the_reference_is_at_its_zone() {
        assert_eq!(shown("hours since 2000-01-01 00:00 -6:00", "", 1.0), "2000-01-01 07:00");
        assert_eq!(shown("hours since 2000-01-01 00:00:00+05:30", "", 0.0), "1999-12-31 18:30");
    }

    #[test]
    fn units_of_real_files_are_read() {
        assert_eq!(shown("days since Jan 1, 2000", "", 30.0), "2000-01-31");
        assert_eq!(shown("seconds since 1970-1-1 0:00:00 0:00", "", 60.0), "1970-01-01 00:01");
        assert_eq!(shown("hours since 1900-01-01 00:00:0.0", "gregorian", 24.0), "1900-01-02");
        assert_eq!(shown("seconds since 1970-01-01 00 UTC", "", 1.5), "1970-01-01 00:00:01.5");
        assert_eq!(shown("day as %Y%m%d.%f", "standard", 20_000_131.25), "2000-01-31 06:00");
    }

    #[test]
    fn a_month_is_a_twelfth_of_a_year_but_30_days_where_all_months_have_30() {
        let udunits = axis("months since 1850-01-01", "standard").date(1.0).unwrap();
        assert_eq!((udunits.month, udunits.day, udunits.hour()), (1, 31, 10));
        assert_eq!(shown("months since 1960-01-01", "360", 13.5), "1961-02-16");
        assert_eq!(shown("years since 1960-01-01", "360_day", 2.0), "1962-01-01");
        assert_eq!(shown("common_years since 2000-01-01", "noleap", 1.5), "2001-07-02 12:00");
    }

    #[test]
    fn the_year_before_1_is_minus_1_where_history_says_so() {
        assert_eq!(shown("days since 1-1-1", "standard", -1.0), "-0001-12-31");
        assert_eq!(shown("days since 1-1-1", "proleptic_gregorian", -1.0), "0000-12-31");
        // A climatology: year 0, with 29 days in February.
        assert_eq!(shown("days since 0-1-1", "standard", 59.0), "0000-02-29");
    }

    #[test]
    fn a_number_that_cannot_tell_microseconds_means_the_whole_second() {
        let axis = axis("days since 0001-01-01", "proleptic_gregorian");
        for hour in 0..240 {
            let value = 730_119.0 + f64::from(hour) / 24.0;
            let date = axis.date(value).unwrap();
            assert_eq!((date.minute(), date.second(), date.microsecond()), (0, 0, 0), "{value}");
        }
    }

    #[test]
    fn bad_units_are_refused_with_the_reason() {
        for (units, reason) in [
            ("wibble", "no reference date"),
            ("days since", "no reference date"),
            ("parsecs since 2000-01-01", "\"parsecs\" is no unit of time"),
            ("days since yesterday", "not a date"),
            ("days since 2001-02-29", "not a date of the standard calendar"),
            ("days since 1582-10-10", "not a date of the standard calendar"),
            ("days since 99999999999-01-01", "not a date of the standard calendar"),
        ] {
            let error = TimeAxis::parse(units, Calendar::Standard).unwrap_err();
            assert!(error.contains(reason), "{units}: {error}");
        }
        assert!(TimeAxis::of(&float("time", &[])).is_err());
        let time = float("time", &[]).with("units", "days since 1-7-15").with("calendar", "none");
        assert!(TimeAxis::of(&time).unwrap_err().contains("without dates"));
    }

    #[test]
    fn values_beyond_reason_have_no_date() {
        let axis = axis("days since 2000-01-01", "standard");
        for value in [f64::NAN, f64::INFINITY, 1e300, -1e300, 9.96921e36, 1e20, -1e15] {
            assert_eq!(axis.date(value), None, "{value}");
        }
        assert_eq!(axis.value(&DateTime::date(2001, 2, 29)), None);
        assert_eq!(axis.value(&DateTime::date(i64::MIN, 1, 1)), None);
        assert_eq!(axis.value(&DateTime::date(0, 1, 1)), None);
        let extreme = DateTime { microsecond_of_day: i64::MIN, ..DateTime::date(2000, 1, 1) };
        assert!(axis.value(&extreme).is_some());
    }

    const CALENDARS: [&str; 6] =
        ["standard", "proleptic_gregorian", "julian", "noleap", "all_leap", "360_day"];

    proptest! {
        #[test]
        fn a_value_comes_back_from_its_date(
            value in -1e6f64..1e6,
            calendar in 0usize..6,
            unit in prop::sample::select(vec!["seconds", "minutes", "hours", "days", "weeks"]),
            year in 1i64..4000,
        ) {
            let axis = axis(&format!("{unit} since {year:04}-03-01 06:00"), CALENDARS[calendar]);
            let date = axis.date(value).unwrap();
            let back = axis.value(&date).unwrap();
            let microsecond = 1e-6 / Unit::parse(unit).unwrap().seconds();
            prop_assert!((back - value).abs() <= microsecond + ulp(value) * 2.0);
            prop_assert_eq!(axis.date(back), Some(date));
        }

        #[test]
        fn whole_seconds_are_exact(
            seconds in -100_000_000_000i64..100_000_000_000,
            calendar in 0usize..6,
        ) {
            let axis = axis("seconds since 1970-01-01", CALENDARS[calendar]);
            let date = axis.date(seconds as f64).unwrap();
            prop_assert_eq!(axis.value(&date), Some(seconds as f64));
        }

        #[test]
        fn no_units_and_no_value_panic(units in "\\PC{0,40}", value in any::<f64>()) {
            for units in [units.clone(), format!("days since {units}"), format!("{units} since 1-1-1")] {
                if let Ok(axis) = TimeAxis::parse(&units, Calendar::Standard) {
                    let _ = axis.date(value).map(|date| axis.value(&date));
                }
            }
        }
    }
}
