//! Dates and times as GRIB counts them: GRIB1 code tables 4 and 5, GRIB2 code table 4.4.

use crate::product::{Parameter, Product, Time, TimeRange};

/// A moment, in UTC, to the second. Parts are kept as stored, even those a header declares
/// missing (255) or that no calendar has; arithmetic takes the nearest that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime {
    pub year: i32,
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
}

const DAY: i64 = 86_400;

impl DateTime {
    /// Seconds since 1970-01-01 00:00 in the Gregorian calendar.
    pub fn seconds(&self) -> i64 {
        let month = i64::from(self.month.clamp(1, 12));
        let day = i64::from(self.day.clamp(1, 31));
        let clock = i64::from(self.hour.min(24)) * 3600
            + i64::from(self.minute.min(60)) * 60
            + i64::from(self.second.min(60));
        (days_before_month(i64::from(self.year), month) + day - 1) * DAY + clock
    }

    /// The moment so many seconds after 1970-01-01 00:00; the end of what a year can be counts
    /// for everything beyond.
    pub fn from_seconds(seconds: i64) -> Self {
        let days = seconds.div_euclid(DAY);
        let clock = seconds.rem_euclid(DAY);
        // Counted from 1 March of the year 0, so that a leap day ends a year.
        let days = days.saturating_add(719_468);
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        Self {
            year: year.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32,
            month: month as u8,
            day: (day_of_year - (153 * shifted + 2) / 5 + 1) as u8,
            hour: (clock / 3600) as u8,
            minute: (clock / 60 % 60) as u8,
            second: (clock % 60) as u8,
        }
    }

    /// `count` units later. Months and longer keep the day, or take the month's last.
    #[must_use]
    pub fn plus(&self, count: i64, unit: TimeUnit) -> Self {
        match unit.length() {
            Length::Seconds(each) => {
                Self::from_seconds(self.seconds().saturating_add(count.saturating_mul(each)))
            }
            Length::Months(each) => self.plus_months(count.saturating_mul(each)),
        }
    }

    fn plus_months(&self, months: i64) -> Self {
        let start = i64::from(self.year) * 12 + i64::from(self.month.clamp(1, 12)) - 1;
        let target = start.saturating_add(months);
        let year = target.div_euclid(12).clamp(i64::from(i32::MIN) / 2, i64::from(i32::MAX) / 2);
        let month = target.rem_euclid(12) + 1;
        let days = days_before_month(year, month + 1) - days_before_month(year, month);
        Self { year: year as i32, month: month as u8, day: self.day.clamp(1, days as u8), ..*self }
    }

    /// `20240131`, as ecCodes writes `dataDate`.
    pub fn date_number(&self) -> i64 {
        i64::from(self.year) * 10_000 + i64::from(self.month) * 100 + i64::from(self.day)
    }

    /// `1230`, as ecCodes writes `dataTime`.
    pub fn time_number(&self) -> i64 {
        i64::from(self.hour) * 100 + i64::from(self.minute)
    }
}

/// Days from 1970-01-01 to the first of `month`, which may be 13.
fn days_before_month(year: i64, month: i64) -> i64 {
    let (year, month) = if month > 12 { (year + 1, month - 12) } else { (year, month) };
    let year = if month <= 2 { year - 1 } else { year };
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted + 2) / 5;
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// GRIB1 code table 4 and GRIB2 code table 4.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeUnit {
    Second,
    Minute,
    QuarterHour,
    HalfHour,
    Hour,
    ThreeHours,
    SixHours,
    TwelveHours,
    Day,
    Month,
    Year,
    Decade,
    /// 30 years.
    Normal,
    Century,
}

/// A unit's length: a month has no number of seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    Seconds(i64),
    Months(i64),
}

impl TimeUnit {
    /// GRIB1 code table 4.
    pub fn edition1(code: u8) -> Option<Self> {
        Some(match code {
            13 => Self::QuarterHour,
            14 => Self::HalfHour,
            254 => Self::Second,
            _ => return Self::common(code),
        })
    }

    /// GRIB2 code table 4.4.
    pub fn edition2(code: u8) -> Option<Self> {
        if code == 13 { Some(Self::Second) } else { Self::common(code) }
    }

    /// A product's own unit of forecast time; hours where the code means nothing.
    pub fn of(product: &Product) -> Self {
        let found = match product.parameter {
            Parameter::Edition1 { .. } => Self::edition1(product.time.unit),
            Parameter::Edition2 { .. } => Self::edition2(product.time.unit),
        };
        found.unwrap_or(Self::Hour)
    }

    fn common(code: u8) -> Option<Self> {
        Some(match code {
            0 => Self::Minute,
            1 => Self::Hour,
            2 => Self::Day,
            3 => Self::Month,
            4 => Self::Year,
            5 => Self::Decade,
            6 => Self::Normal,
            7 => Self::Century,
            10 => Self::ThreeHours,
            11 => Self::SixHours,
            12 => Self::TwelveHours,
            _ => return None,
        })
    }

    pub fn length(self) -> Length {
        match self {
            Self::Second => Length::Seconds(1),
            Self::Minute => Length::Seconds(60),
            Self::QuarterHour => Length::Seconds(900),
            Self::HalfHour => Length::Seconds(1800),
            Self::Hour => Length::Seconds(3600),
            Self::ThreeHours => Length::Seconds(3 * 3600),
            Self::SixHours => Length::Seconds(6 * 3600),
            Self::TwelveHours => Length::Seconds(12 * 3600),
            Self::Day => Length::Seconds(DAY),
            Self::Month => Length::Months(1),
            Self::Year => Length::Months(12),
            Self::Decade => Length::Months(120),
            Self::Normal => Length::Months(360),
            Self::Century => Length::Months(1200),
        }
    }
}

/// When values are valid: a moment, or all between two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    pub reference: DateTime,
    /// Equal to `end` where values belong to a moment.
    pub start: DateTime,
    pub end: DateTime,
    /// Values are an average, a sum, an extreme ... over `start` to `end`.
    pub is_interval: bool,
}

impl Validity {
    pub fn of(product: &Product) -> Self {
        let time = &product.time;
        match &time.edition1 {
            Some(range) => Self::edition1(time, range, TimeUnit::of(product)),
            None => Self::edition2(time, TimeUnit::of(product)),
        }
    }

    /// From the reference time to `start` and to `end`.
    pub fn step_seconds(&self) -> (i64, i64) {
        let reference = self.reference.seconds();
        (self.start.seconds() - reference, self.end.seconds() - reference)
    }

    /// The same in hours.
    pub fn step_hours(&self) -> (f64, f64) {
        let (start, end) = self.step_seconds();
        (start as f64 / 3600., end as f64 / 3600.)
    }

    /// GRIB1 code table 5.
    fn edition1(time: &Time, range: &TimeRange, unit: TimeUnit) -> Self {
        let at = |count: i64| time.reference.plus(count, unit);
        let (p1, p2) = (i64::from(range.p1), i64::from(range.p2));
        let (start, end, is_interval) = match range.indicator {
            // Averages, accumulations, differences, extremes, deviations from P1 to P2.
            2..=5 | 118..=122 | 128..=131 | 133 => (p1, p2, true),
            // Averages before and after the reference time.
            6 => (-p1, -p2, true),
            7 => (-p1, p2, true),
            // Products valid at one time, and means over several reference times of forecasts
            // that are valid P1 after each.
            _ => (p1, p1, false),
        };
        Self { reference: time.reference, start: at(start), end: at(end), is_interval }
    }

    fn edition2(time: &Time, unit: TimeUnit) -> Self {
        let start = time.reference.plus(time.start, unit);
        // Without the end's date, the outermost range says how long it is.
        let by_length = || {
            let range = time.intervals.first()?;
            Some(start.plus(range.length.into(), TimeUnit::edition2(range.unit)?))
        };
        let end = time.end.or_else(by_length);
        let is_interval = end.is_some();
        Self { reference: time.reference, start, end: end.unwrap_or(start), is_interval }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i32, month: u8, day: u8) -> DateTime {
        DateTime { year, month, day, hour: 0, minute: 0, second: 0 }
    }

    #[test]
    fn seconds_and_dates_are_each_other_s_inverse_through_leap_years_and_centuries() {
        assert_eq!(date(1970, 1, 1).seconds(), 0);
        assert_eq!(date(2000, 3, 1).seconds(), 951_868_800);
        for days in (-1_000_000..1_000_000).step_by(997) {
            let seconds = days * DAY + 3661;
            let moment = DateTime::from_seconds(seconds);
            assert_eq!((moment.seconds(), moment.hour, moment.second), (seconds, 1, 1));
        }
        assert_eq!(DateTime::from_seconds(-1).second, 59);
    }

    #[test]
    fn a_month_later_keeps_the_day_or_takes_the_last() {
        assert_eq!(date(2023, 1, 31).plus(1, TimeUnit::Month), date(2023, 2, 28));
        assert_eq!(date(2024, 1, 31).plus(1, TimeUnit::Month), date(2024, 2, 29));
        assert_eq!(date(2024, 2, 29).plus(-4, TimeUnit::Year), date(2020, 2, 29));
        assert_eq!(date(2024, 12, 5).plus(1, TimeUnit::Century), date(2124, 12, 5));
        assert_eq!(date(2024, 2, 28).plus(36, TimeUnit::Hour).day, 29);
    }

    #[test]
    fn absurd_dates_and_steps_do_no_harm() {
        let absurd =
            DateTime { year: 0, month: 255, day: 255, hour: 255, minute: 255, second: 255 };
        absurd.plus(i64::MAX, TimeUnit::Century).seconds();
        absurd.plus(i64::MIN, TimeUnit::Second).seconds();
        DateTime { year: i32::MIN, ..absurd }.plus(i64::MIN, TimeUnit::Day).seconds();
        assert_eq!(absurd.date_number(), 25_755);
    }
}
