//! Ticks of a plot's time axis, at round dates of the axis' own calendar.
//!
//! Steps go from microseconds to powers of ten of years; each candidate costs at most
//! `max_count` dates.

use super::date_time::{DAY_US, DateTime, HOUR_US, MINUTE_US, SECOND_US};
use super::time::TimeAxis;
use super::time_format::{TimePrecision, year_text};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    /// Divides a day.
    Time(i64),
    /// Days of the month 1, 1 + n, …; none too close to the next month's first.
    Days(u16),
    /// Divides a year.
    Months(u8),
    Years(i64),
}

impl TimeAxis {
    /// At most `max_count` places with their labels, in rising order, between two values in
    /// either order; none where these have no dates.
    ///
    /// Steps within a day are labelled by the time, with the date where a day begins.
    pub fn ticks(&self, from: f64, to: f64, max_count: usize) -> Vec<(f64, String)> {
        if from.is_nan() || to.is_nan() {
            return Vec::new();
        }
        let (Some(first), Some(last)) = (self.date(from.min(to)), self.date(from.max(to))) else {
            return Vec::new();
        };
        let max_count = max_count.min(10_000);
        steps()
            .filter(|step| {
                self.span_us(&first, &last) / step.length_us() <= 2 * max_count as i128 + 2
            })
            .find_map(|step| self.places(step, &first, &last, max_count))
            .map(|(step, dates)| self.labelled(step, &dates))
            .unwrap_or_default()
    }

    fn span_us(&self, first: &DateTime, last: &DateTime) -> i128 {
        let us = |date: &DateTime| self.instant(date).unwrap_or_default();
        us(last) - us(first)
    }

    /// The dates of a step within the range, unless they are too many.
    fn places(
        &self,
        step: Step,
        first: &DateTime,
        last: &DateTime,
        max_count: usize,
    ) -> Option<(Step, Vec<DateTime>)> {
        let (from, to) = (self.instant(first)?, self.instant(last)?);
        let dates: Box<dyn Iterator<Item = Option<DateTime>> + '_> = match step {
            Step::Time(us) => Box::new(self.times(us, from)),
            Step::Days(days) => Box::new(self.days(days, first)),
            Step::Months(months) => Box::new(self.months(i64::from(months), first)),
            Step::Years(years) => Box::new(self.months(12 * years, first)),
        };
        let mut found = Vec::new();
        // A date may be missing (October 1582), but not for longer than a month of days.
        let mut missing = 0;
        for date in dates {
            let Some((date, at)) = date.and_then(|date| Some((date, self.instant(&date)?))) else {
                missing += 1;
                if missing > 40 { break } else { continue }
            };
            if at > to {
                break;
            }
            if at >= from {
                found.push(date);
            }
            if found.len() > max_count {
                return None;
            }
        }
        Some((step, found))
    }

    fn times(&self, step_us: i64, from: i128) -> impl Iterator<Item = Option<DateTime>> + '_ {
        let step_us = i128::from(step_us);
        let start = from.div_euclid(step_us);
        (0..).map(move |n| self.date_at((start + n) * step_us))
    }

    fn days(&self, step: u16, first: &DateTime) -> impl Iterator<Item = Option<DateTime>> + '_ {
        self.months(1, first).flat_map(move |month| {
            let length = month
                .and_then(|m| self.calendar().month_length(self.counted_year(m.year)?, m.month));
            let length = length.unwrap_or(1);
            let days = (1..=length).step_by(usize::from(step));
            days.filter(move |&day| day == 1 || length - day + 1 > step / 2)
                .map(move |day| month.map(|month| DateTime { day, ..month }))
        })
    }

    /// First days of months, `step` months apart, counted from year 0.
    fn months(&self, step: i64, first: &DateTime) -> impl Iterator<Item = Option<DateTime>> + '_ {
        let start = self
            .counted_year(first.year)
            .and_then(|year| year.checked_mul(12)?.checked_add(i64::from(first.month) - 1))
            .map_or(0, |months| months.div_euclid(step));
        (0..).map(move |n| {
            let months = start.checked_add(n)?.checked_mul(step)?;
            let year = self.written_year(months.div_euclid(12));
            Some(DateTime::date(year, months.rem_euclid(12) as u8 + 1, 1))
        })
    }

    fn labelled(&self, step: Step, dates: &[DateTime]) -> Vec<(f64, String)> {
        let mut previous: Option<(f64, DateTime)> = None;
        let mut ticks = Vec::with_capacity(dates.len());
        for date in dates {
            // Far from the reference, numbers cannot tell small steps apart.
            let is_new = |value: &f64| previous.is_none_or(|(before, _)| *value > before);
            let Some(value) = self.value(date).filter(is_new) else { continue };
            let begins_day = previous.is_none_or(|(_, before)| date_of(&before) != date_of(date));
            ticks.push((value, step.label(date, begins_day)));
            previous = Some((value, *date));
        }
        ticks
    }
}

fn date_of(date: &DateTime) -> (i64, u8, u16) {
    (date.year, date.month, date.day)
}

impl Step {
    fn length_us(self) -> i128 {
        match self {
            Self::Time(us) => i128::from(us),
            Self::Days(days) => i128::from(days) * i128::from(DAY_US),
            Self::Months(months) => i128::from(months) * 28 * i128::from(DAY_US),
            Self::Years(years) => i128::from(years) * 360 * i128::from(DAY_US),
        }
    }

    fn label(self, date: &DateTime, begins_day: bool) -> String {
        match self {
            Self::Years(_) => year_text(date.year),
            Self::Months(_) => format!("{}-{:02}", year_text(date.year), date.month),
            Self::Days(_) => TimePrecision::Day.text(date),
            Self::Time(_) if begins_day && date.microsecond_of_day == 0 => {
                TimePrecision::Day.text(date)
            }
            Self::Time(us) if begins_day => TimePrecision::of_time(us).text(date),
            Self::Time(us) => TimePrecision::of_time(us).time_text(date),
        }
    }
}

/// From the shortest to the longest.
fn steps() -> impl Iterator<Item = Step> {
    let fractions = (0..6u32).flat_map(|power| [1, 2, 5].map(|n| n * 10i64.pow(power)));
    let seconds = [1, 2, 5, 10, 15, 30].map(|n| n * SECOND_US);
    let minutes = [1, 2, 5, 10, 15, 30].map(|n| n * MINUTE_US);
    let hours = [1, 2, 3, 6, 12].map(|n| n * HOUR_US);
    let times = fractions.chain(seconds).chain(minutes).chain(hours).map(Step::Time);
    let days = [1, 2, 5, 10, 15].map(Step::Days);
    let months = [1, 2, 3, 6].map(Step::Months);
    let years = (0..10u32).flat_map(|power| [1, 2, 5].map(|n| Step::Years(n * 10i64.pow(power))));
    times.chain(days).chain(months).chain(years)
}

#[cfg(test)]
mod tests {
    use super::super::Calendar;
    use super::*;
    use proptest::prelude::*;

    fn labels(units: &str, calendar: &str, from: f64, to: f64, count: usize) -> Vec<String> {
        let axis = TimeAxis::parse(units, Calendar::parse(calendar).unwrap()).unwrap();
        axis.ticks(from, to, count).into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_stand_at_round_dates_of_the_range() {
        let units = "days since 2000-01-01";
        assert_eq!(labels(units, "", 0.0, 1500.0, 6), ["2000", "2001", "2002", "2003", "2004"]);
        assert_eq!(labels(units, "", 10.0, 100.0, 4), ["2000-02", "2000-03", "2000-04"]);
        assert_eq!(
            labels(units, "", 0.0, 40.0, 5),
            ["2000-01-01", "2000-01-11", "2000-01-21", "2000-02-01"]
        );
        assert_eq!(
            labels(units, "", 0.0, 400_000.0, 6),
            ["2000", "2200", "2400", "2600", "2800", "3000"]
        );
    }

    #[test]
    fn within_a_day_the_date_stands_where_the_day_begins() {
        assert_eq!(
            labels("hours since 2000-02-28", "noleap", 15.0, 34.0, 5),
            ["2000-02-28 18:00", "2000-03-01", "06:00"]
        );
        assert_eq!(
            labels("seconds since 2000-01-01", "", 0.1, 0.52, 5),
            ["2000-01-01 00:00:00.1", "00:00:00.2", "00:00:00.3", "00:00:00.4", "00:00:00.5"]
        );
    }

    #[test]
    fn ticks_are_values_of_the_axis_and_follow_its_calendar() {
        let axis = TimeAxis::parse("days since 2000-01-01", Calendar::Days360).unwrap();
        let places: Vec<f64> = axis.ticks(0.0, 130.0, 6).into_iter().map(|tick| tick.0).collect();
        assert_eq!(places, [0.0, 30.0, 60.0, 90.0, 120.0]);
        let downward: Vec<f64> = axis.ticks(130.0, 0.0, 6).into_iter().map(|t| t.0).collect();
        assert_eq!(downward, places);
    }

    #[test]
    fn the_missing_days_of_1582_do_not_end_the_axis() {
        let units = "days since 1582-10-01";
        assert_eq!(
            labels(units, "standard", 0.0, 10.0, 6),
            ["1582-10-01", "1582-10-03", "1582-10-15", "1582-10-17", "1582-10-19", "1582-10-21"]
        );
    }

    #[test]
    fn a_range_without_dates_has_no_ticks() {
        let axis = TimeAxis::parse("days since 2000-01-01", Calendar::Standard).unwrap();
        assert!(axis.ticks(f64::NAN, 1.0, 5).is_empty());
        assert!(axis.ticks(0.0, 1e300, 5).is_empty());
        assert!(axis.ticks(0.0, 1.0, 0).is_empty());
        assert_eq!(axis.ticks(0.0, 0.0, 5).len(), 1);
        assert!(axis.ticks(-3e11, 3e11, 5).len() <= 5);
    }

    proptest! {
        #[test]
        fn ticks_are_few_and_rise_within_the_range(
            from in -1e7f64..1e7,
            span in prop::sample::select(vec![1e-9, 1e-5, 0.01, 0.4, 3.0, 50.0, 999.0, 3e5, 5e6]),
            count in 1usize..12,
            calendar in prop::sample::select(vec!["standard", "julian", "noleap", "360_day"]),
        ) {
            let axis = TimeAxis::parse("days since 1900-01-01", Calendar::parse(calendar).unwrap());
            let ticks = axis.unwrap().ticks(from, from + span, count);
            prop_assert!(ticks.len() <= count);
            prop_assert!(ticks.windows(2).all(|pair| pair[0].0 < pair[1].0));
            let slack = 1e-8;
            for (value, label) in &ticks {
                prop_assert!(*value >= from - slack && *value <= from + span + slack, "{label}");
            }
            if count >= 6 && span >= 0.01 {
                prop_assert!(!ticks.is_empty());
            }
        }
    }
}
