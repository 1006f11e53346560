//! Calendars: which days there are, and how they are counted (CF 4.4.3 to 4.4.6).
//!
//! Years are counted astronomically here: the year before 1 is 0, and it is a leap year where
//! the calendar has them. How years are *written* is the business of [`super::TimeAxis`].
//! A date is a number of days; all arithmetic is O(1) and checked.

use hyperslab_core::Variable;

use super::attributes;

/// Years beyond this are refused: no data, only overflow.
const MAX_YEAR: i64 = 1_000_000_000;
const MAX_DAY: i64 = 366 * MAX_YEAR;

const MONTHS: [u16; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const MONTHS_OF_30: [u16; 12] = [30; 12];

/// Julian dates are this many days ahead when both are counted from their own 0000-01-01.
const JULIAN_SHIFT: i64 = -2;
/// 1582-10-15 Gregorian, the day after 1582-10-04 Julian, counted from Gregorian 0000-01-01.
const REFORM_DAY: i64 = 578_101;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Calendar {
    /// Julian before 1582-10-05, Gregorian from 1582-10-15, nothing between.
    Standard,
    ProlepticGregorian,
    Julian,
    /// 365 days every year.
    NoLeap,
    /// 366 days every year.
    AllLeap,
    /// Twelve months of 30 days.
    Days360,
    /// Given by `month_lengths` (CF 4.4.6).
    Explicit(MonthLengths),
}

/// An explicitly defined calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthLengths {
    /// In a year that is not a leap year.
    lengths: [u16; 12],
    /// An example of a leap year; every fourth is one.
    leap_year: Option<i64>,
    /// 0 for January.
    leap_month: usize,
}

impl Calendar {
    /// A calendar by its CF name or one of the names seen for it; `None` for others.
    ///
    /// `utc` and `tai` are read as the standard calendar: leap seconds are not counted. IRI
    /// writes `360`.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name.trim_matches(attributes::is_padding).to_ascii_lowercase().as_str() {
            "" | "standard" | "gregorian" | "utc" | "tai" => Self::Standard,
            "proleptic_gregorian" | "proleptic" => Self::ProlepticGregorian,
            "julian" => Self::Julian,
            "noleap" | "no_leap" | "365_day" | "365" | "365_days" => Self::NoLeap,
            "all_leap" | "allleap" | "366_day" | "366" | "366_days" => Self::AllLeap,
            "360_day" | "360" | "360_days" => Self::Days360,
            _ => return None,
        })
    }

    /// The calendar of a time coordinate.
    ///
    /// # Errors
    /// A sentence when it has no dates (`none`) or is not known.
    pub fn of(variable: &Variable) -> Result<Self, String> {
        let name = attributes::text(variable, "calendar").unwrap_or_default();
        let known = Self::parse(&name);
        if let (true, Some(explicit)) = (name.is_empty() || known.is_none(), explicit(variable)?) {
            return Ok(Self::Explicit(explicit));
        }
        match known {
            Some(calendar) => Ok(calendar),
            None if name.eq_ignore_ascii_case("none") => {
                Err("calendar \"none\": elapsed time without dates".into())
            }
            None => Err(format!("calendar \"{name}\" is not known")),
        }
    }

    /// The CF name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::ProlepticGregorian => "proleptic_gregorian",
            Self::Julian => "julian",
            Self::NoLeap => "noleap",
            Self::AllLeap => "all_leap",
            Self::Days360 => "360_day",
            Self::Explicit(_) => "explicit",
        }
    }

    /// In these the year before 1 is written −1 (CF 4.4.3 has no years before them).
    pub fn has_year_zero(&self) -> bool {
        !matches!(self, Self::Standard | Self::Julian)
    }

    /// How long a month (1 to 12) is; the October of the reform has its last day, 31, too.
    pub fn month_length(&self, year: i64, month: u8) -> Option<u16> {
        let index = usize::from(month).checked_sub(1)?;
        let length = *self.months().get(index)?;
        let leap_month = if let Self::Explicit(m) = self { m.leap_month } else { 1 };
        Some(length + u16::from(index == leap_month && self.is_leap(year)))
    }

    pub fn is_leap(&self, year: i64) -> bool {
        let by_julian = year.rem_euclid(4) == 0;
        let by_gregorian = by_julian && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0);
        match self {
            Self::Standard => {
                if year > 1582 {
                    by_gregorian
                } else {
                    by_julian
                }
            }
            Self::ProlepticGregorian => by_gregorian,
            Self::Julian => by_julian,
            Self::NoLeap | Self::Days360 => false,
            Self::AllLeap => true,
            Self::Explicit(m) => {
                m.leap_year.is_some_and(|leap| year.rem_euclid(4) == leap.rem_euclid(4))
            }
        }
    }

    /// The number of a date's day, from the calendar's own 0000-01-01; `None` when there is no
    /// such date.
    pub fn day_of(&self, year: i64, month: u8, day: u16) -> Option<i64> {
        if year.unsigned_abs() > MAX_YEAR.unsigned_abs()
            || day == 0
            || day > self.month_length(year, month)?
        {
            return None;
        }
        match self {
            Self::Standard => match (year, month, day) {
                (1582, 10, 5..=14) => None,
                date if date < (1582, 10, 15) => {
                    Some(Self::Julian.plain_day(year, month, day) + JULIAN_SHIFT)
                }
                _ => Some(Self::ProlepticGregorian.plain_day(year, month, day)),
            },
            _ => Some(self.plain_day(year, month, day)),
        }
    }

    /// Year, month and day of a day's number; `None` when it is out of all reason.
    pub fn date_of(&self, day: i64) -> Option<(i64, u8, u16)> {
        if day.unsigned_abs() > MAX_DAY.unsigned_abs() {
            return None;
        }
        Some(match self {
            Self::Standard if day < REFORM_DAY => Self::Julian.plain_date(day - JULIAN_SHIFT),
            Self::Standard => Self::ProlepticGregorian.plain_date(day),
            _ => self.plain_date(day),
        })
    }

    fn months(&self) -> &[u16; 12] {
        match self {
            Self::Days360 => &MONTHS_OF_30,
            Self::Explicit(m) => &m.lengths,
            _ => &MONTHS,
        }
    }

    /// For calendars of one rule.
    fn plain_day(&self, year: i64, month: u8, day: u16) -> i64 {
        let months = (1..month).map(|m| i64::from(self.month_length(year, m).unwrap_or(0)));
        self.days_before_year(year) + months.sum::<i64>() + i64::from(day) - 1
    }

    fn plain_date(&self, day: i64) -> (i64, u8, u16) {
        // No year is longer than the mean year by more than a few days: a guess, then steps.
        let (days, years) = self.cycle();
        let mut year = day.div_euclid(days) * years + day.rem_euclid(days) * years / days;
        while self.days_before_year(year) > day {
            year -= 1;
        }
        while self.days_before_year(year + 1) <= day {
            year += 1;
        }
        let mut rest = day - self.days_before_year(year);
        let mut month = 1u8;
        while month < 12 {
            let length = i64::from(self.month_length(year, month).unwrap_or(0));
            if rest < length {
                break;
            }
            rest -= length;
            month += 1;
        }
        (year, month, rest as u16 + 1)
    }

    /// Days from 0000-01-01 to the first day of `year`.
    fn days_before_year(&self, year: i64) -> i64 {
        let fourths = (year + 3).div_euclid(4);
        match self {
            Self::Julian => 365 * year + fourths,
            Self::ProlepticGregorian | Self::Standard => {
                let hundredths = (year + 99).div_euclid(100);
                365 * year + fourths - hundredths + (year + 399).div_euclid(400)
            }
            Self::NoLeap => 365 * year,
            Self::AllLeap => 366 * year,
            Self::Days360 => 360 * year,
            Self::Explicit(m) => {
                let common: i64 = m.lengths.iter().map(|&n| i64::from(n)).sum();
                let leaps = m.leap_year.map_or(0, |leap| {
                    let r = leap.rem_euclid(4);
                    (year - 1 - r).div_euclid(4) - (-1 - r).div_euclid(4)
                });
                common * year + leaps
            }
        }
    }

    /// A number of days and the years in them, on average.
    fn cycle(&self) -> (i64, i64) {
        match self {
            Self::Standard | Self::ProlepticGregorian => (146_097, 400),
            Self::Julian => (1461, 4),
            Self::NoLeap => (365, 1),
            Self::AllLeap => (366, 1),
            Self::Days360 => (360, 1),
            Self::Explicit(m) => {
                let common: i64 = m.lengths.iter().map(|&n| i64::from(n)).sum();
                (4 * common + i64::from(m.leap_year.is_some()), 4)
            }
        }
    }
}

/// The calendar that `month_lengths`, `leap_year` and `leap_month` describe, if there is one.
fn explicit(variable: &Variable) -> Result<Option<MonthLengths>, String> {
    let Some(attribute) = variable.attribute("month_lengths") else { return Ok(None) };
    let bad = || "month_lengths is not twelve lengths of months".to_owned();
    let mut lengths = [0u16; 12];
    let numbers = attributes::numbers(&attribute.value).filter(|n| n.len() == 12);
    for (length, number) in lengths.iter_mut().zip(numbers.ok_or_else(bad)?) {
        let days = number.as_f64();
        if !(1.0..=1000.0).contains(&days) || days.fract() != 0.0 {
            return Err(bad());
        }
        *length = days as u16;
    }
    let number = |name: &str| {
        let value = &variable.attribute(name)?.value;
        value.first_number().map(|n| n.as_f64()).filter(|n| n.is_finite() && n.abs() < 1e9)
    };
    let leap_month = number("leap_month").filter(|m| (1.0..=12.0).contains(m)).unwrap_or(2.0);
    Ok(Some(MonthLengths {
        lengths,
        leap_year: number("leap_year").map(|year| year as i64),
        leap_month: leap_month as usize - 1,
    }))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use proptest::prelude::*;

    fn all() -> Vec<Calendar> {
        let paleo = MonthLengths {
            lengths: [34, 31, 32, 30, 29, 27, 28, 28, 28, 32, 32, 34],
            leap_year: Some(3),
            leap_month: 11,
        };
        vec![
            Calendar::Standard,
            Calendar::ProlepticGregorian,
            Calendar::Julian,
            Calendar::NoLeap,
            Calendar::AllLeap,
            Calendar::Days360,
            Calendar::Explicit(paleo),
        ]
    }

    #[test]
    fn the_reform_leaves_out_ten_days() {
        let before = Calendar::Standard.day_of(1582, 10, 4).unwrap();
        let after = Calendar::Standard.day_of(1582, 10, 15).unwrap();
        assert_eq!((after - before, after), (1, REFORM_DAY));
        assert_eq!(Calendar::Standard.day_of(1582, 10, 10), None);
        assert_eq!(Calendar::Standard.date_of(before), Some((1582, 10, 4)));
    }

    #[test]
    fn one_instant_has_its_julian_and_its_gregorian_date() {
        // CF 4.4.3: 1917-11-07 standard is 1917-10-25 julian.
        let standard = Calendar::Standard.day_of(1917, 11, 7).unwrap();
        let julian = Calendar::Julian.day_of(1917, 10, 25).unwrap() + JULIAN_SHIFT;
        assert_eq!(standard, julian);
    }

    #[test]
    fn february_has_the_days_its_calendar_says() {
        let february = |calendar: &Calendar, year| calendar.month_length(year, 2).unwrap();
        let lengths = |year| all().iter().map(|c| february(c, year)).collect::<Vec<_>>();
        assert_eq!(lengths(2000), [29, 29, 29, 28, 29, 30, 31]);
        assert_eq!(lengths(1900), [28, 28, 29, 28, 29, 30, 31]);
        assert_eq!(lengths(1500), [29, 28, 29, 28, 29, 30, 31]);
        assert_eq!(lengths(0), [29, 29, 29, 28, 29, 30, 31]);
    }

    #[test]
    fn dates_that_do_not_exist_have_no_day() {
        assert_eq!(Calendar::NoLeap.day_of(2000, 2, 29), None);
        assert_eq!(Calendar::Days360.day_of(2000, 1, 31), None);
        for calendar in all() {
            assert_eq!(calendar.day_of(2000, 13, 1), None);
            assert_eq!(calendar.day_of(2000, 0, 1), None);
            assert_eq!(calendar.day_of(2000, 1, 0), None);
            assert_eq!(calendar.day_of(i64::MAX, 1, 1), None);
            assert_eq!(calendar.day_of(i64::MIN, 1, 1), None);
            calendar.is_leap(i64::MIN);
            assert_eq!(calendar.date_of(i64::MAX), None);
            assert_eq!(calendar.date_of(i64::MIN), None);
        }
    }

    #[test]
    fn an_explicit_calendar_is_read_from_month_lengths() {
        let lengths = vec![34i32, 31, 32, 30, 29, 27, 28, 28, 28, 32, 32, 34];
        let time = float("time", &[]).with("calendar", "126 kyr B.P.");
        assert!(Calendar::of(&time).unwrap_err().contains("126 kyr"));
        let time = time.with_numbers("month_lengths", lengths);
        let calendar = Calendar::of(&time).unwrap();
        assert_eq!(calendar.day_of(1, 1, 34), Some(365 + 33));
        let broken = float("time", &[]).with_numbers("month_lengths", vec![31i32, 28]);
        assert!(Calendar::of(&broken).is_err());
    }

    #[test]
    fn calendar_names_are_read_in_any_case_and_none_has_no_dates() {
        let of = |name: &str| Calendar::of(&float("time", &[]).with("calendar", name));
        assert_eq!(of("NOLEAP").unwrap(), Calendar::NoLeap);
        assert_eq!(of("360").unwrap(), Calendar::Days360);
        assert_eq!(of("tai").unwrap(), Calendar::Standard);
        assert!(of("none").unwrap_err().contains("without dates"));
        assert_eq!(Calendar::of(&float("time", &[])).unwrap(), Calendar::Standard);
    }

    proptest! {
        #[test]
        fn every_day_has_a_date_that_leads_back_to_it(day in -400_000_000i64..400_000_000) {
            for calendar in all() {
                let (year, month, of_month) = calendar.date_of(day).unwrap();
                prop_assert_eq!(calendar.day_of(year, month, of_month), Some(day));
                let next = calendar.date_of(day + 1).unwrap();
                prop_assert!(next > (year, month, of_month));
            }
        }
    }
}
