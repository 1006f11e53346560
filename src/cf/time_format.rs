//! Dates as text, with as much time of day as a set of them needs.
//!
//! All at midnight: `2000-03-01`; else `2000-03-01 06:00`, with seconds and their decimals only
//! where one of them has some.

use super::date_time::{DAY_US, DateTime, MINUTE_US, SECOND_US};
use super::time::TimeAxis;
use super::values;

/// The shortest form that loses nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimePrecision {
    Day,
    Minute,
    Second,
    /// With so many decimals of a second.
    Fraction(u8),
}

impl TimePrecision {
    /// What all of `dates` need.
    pub fn of(dates: impl IntoIterator<Item = DateTime>) -> Self {
        let each = dates.into_iter().map(|date| Self::of_time(date.microsecond_of_day));
        each.max().unwrap_or(Self::Day)
    }

    pub(super) fn of_time(microsecond_of_day: i64) -> Self {
        let us = microsecond_of_day;
        if us % DAY_US == 0 {
            Self::Day
        } else if us % MINUTE_US == 0 {
            Self::Minute
        } else if us % SECOND_US == 0 {
            Self::Second
        } else {
            let mut decimals = 6;
            let mut rest = us % SECOND_US;
            while rest % 10 == 0 {
                rest /= 10;
                decimals -= 1;
            }
            Self::Fraction(decimals)
        }
    }

    /// `2000-03-01 06:00`.
    pub fn text(self, date: &DateTime) -> String {
        let day = format!("{}-{:02}-{:02}", year_text(date.year), date.month, date.day);
        if self == Self::Day { day } else { format!("{day} {}", self.time_text(date)) }
    }

    /// `06:00`; of the time of day alone.
    pub(super) fn time_text(self, date: &DateTime) -> String {
        let minutes = format!("{:02}:{:02}", date.hour(), date.minute());
        match self {
            Self::Day | Self::Minute => minutes,
            Self::Second => format!("{minutes}:{:02}", date.second()),
            Self::Fraction(decimals) => {
                let mut fraction = format!("{:06}", date.microsecond());
                fraction.truncate(usize::from(decimals));
                format!("{minutes}:{:02}.{fraction}", date.second())
            }
        }
    }
}

/// Four digits at least, a sign only where it is negative.
pub(super) fn year_text(year: i64) -> String {
    let sign = if year < 0 { "-" } else { "" };
    format!("{sign}{:04}", year.unsigned_abs())
}

impl TimeAxis {
    /// The precision that the dates of `values` need.
    pub fn precision(&self, values: &[f64]) -> TimePrecision {
        TimePrecision::of(values.iter().filter_map(|&value| self.date(value)))
    }

    /// One value in a given precision; a number without a date as the number it is.
    pub fn text(&self, value: f64, precision: TimePrecision) -> String {
        match self.date(value) {
            Some(date) => precision.text(&date),
            None => values::number_text(value),
        }
    }

    /// All in the precision that they need together.
    pub fn format_times(&self, values: &[f64]) -> Vec<String> {
        let precision = self.precision(values);
        values.iter().map(|&value| self.text(value, precision)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Calendar;
    use super::*;

    fn texts(units: &str, values: &[f64]) -> Vec<String> {
        TimeAxis::parse(units, Calendar::Standard).unwrap().format_times(values)
    }

    #[test]
    fn a_set_of_times_shares_the_precision_it_needs() {
        assert_eq!(texts("days since 2000-03-01", &[0.0, 31.0]), ["2000-03-01", "2000-04-01"]);
        assert_eq!(
            texts("days since 2000-03-01", &[0.0, 0.25]),
            ["2000-03-01 00:00", "2000-03-01 06:00"]
        );
        assert_eq!(
            texts("s since 2000-03-01", &[0.0, 61.0]),
            ["2000-03-01 00:00:00", "2000-03-01 00:01:01"]
        );
        assert_eq!(
            texts("s since 2000-03-01", &[0.5, 1.25]),
            ["2000-03-01 00:00:00.50", "2000-03-01 00:00:01.25"]
        );
    }

    #[test]
    fn a_value_without_a_date_is_shown_as_a_number() {
        assert_eq!(
            texts("days since 2000-03-01", &[0.0, 1e300, f64::NAN]),
            ["2000-03-01", "1e300", "–"]
        );
        assert!(texts("days since 2000-03-01", &[]).is_empty());
    }

    #[test]
    fn years_have_four_digits_or_more() {
        assert_eq!(year_text(1), "0001");
        assert_eq!(year_text(-44), "-0044");
        assert_eq!(year_text(12_345), "12345");
    }
}
