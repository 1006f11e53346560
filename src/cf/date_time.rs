//! Dates with a time of day, and the text forms they are read from (CF 4.4.2).
//!
//! Read are `2000-1-1`, `2000-01-01 06:00:00.5 +5:30`, `20000101T0600Z`, `Jan 1, 2000`, and
//! WRF's `2005-08-28_00:00:00`: every form of CF and UDUNITS, and those found in real files.

use std::fmt;

pub(super) const DAY_US: i64 = 86_400_000_000;
pub(super) const HOUR_US: i64 = 3_600_000_000;
pub(super) const MINUTE_US: i64 = 60_000_000;
pub(super) const SECOND_US: i64 = 1_000_000;

/// A date of some calendar; the year as it is written there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime {
    pub year: i64,
    /// 1 to 12.
    pub month: u8,
    /// From 1.
    pub day: u16,
    /// Since midnight, less than a day.
    pub microsecond_of_day: i64,
}

impl DateTime {
    pub const fn date(year: i64, month: u8, day: u16) -> Self {
        Self { year, month, day, microsecond_of_day: 0 }
    }

    pub const fn at(mut self, hour: u8, minute: u8, second: u8) -> Self {
        self.microsecond_of_day =
            hour as i64 * HOUR_US + minute as i64 * MINUTE_US + second as i64 * SECOND_US;
        self
    }

    pub fn hour(&self) -> i64 {
        self.microsecond_of_day / HOUR_US
    }

    pub fn minute(&self) -> i64 {
        self.microsecond_of_day / MINUTE_US % 60
    }

    pub fn second(&self) -> i64 {
        self.microsecond_of_day / SECOND_US % 60
    }

    pub fn microsecond(&self) -> i64 {
        self.microsecond_of_day % SECOND_US
    }
}

/// As precise as the time is: `2000-03-01`, `2000-03-01 06:00`, `2000-03-01 06:00:00.5`.
impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&super::TimePrecision::of([*self]).text(self))
    }
}

/// What a text says, before it is known whether its calendar has such a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub year: i64,
    pub month: u8,
    pub day: u16,
    /// May reach a minute beyond a day: `24:00`, a leap second.
    pub time_us: i64,
    /// East is positive; to be subtracted.
    pub zone_us: i64,
}

/// Reads one date, all of `text`.
///
/// # Errors
/// The reason in words.
pub(super) fn parse(text: &str) -> Result<Written, String> {
    let mut rest = Rest(text.trim_matches(super::attributes::is_padding));
    let whole = rest.0;
    let bad = |what: &str| format!("\"{whole}\" is not a date: {what}");
    let (year, month, day) = read_date(&mut rest).map_err(|what| bad(&what))?;
    rest.skip(|c| c == ' ' || c == '_' || c == 'T' || c == 't' || c == ',');
    let time_us = read_clock(&mut rest).map_err(|what| bad(&what))?;
    rest.skip(|c| c == ' ');
    let zone_us = read_zone(&mut rest).map_err(|what| bad(&what))?;
    if !rest.0.is_empty() {
        return Err(bad(&format!("\"{}\" is left over", rest.0)));
    }
    Ok(Written { year, month, day, time_us, zone_us })
}

fn read_date(rest: &mut Rest) -> Result<(i64, u8, u16), String> {
    if let Some(named) = read_month_first(rest)? {
        return Ok(named);
    }
    let is_negative = rest.take('-');
    let _ = !is_negative && rest.take('+');
    let digits = rest.digits();
    if digits.is_empty() {
        return Err("no year".into());
    }
    if matches!(digits.len(), 6 | 8) && !rest.0.starts_with(['-', '/']) {
        let date = packed_date(digits)?;
        return Ok((if is_negative { -date.0 } else { date.0 }, date.1, date.2));
    }
    let first = whole_number(digits)?;
    if let Some(date) = read_day_month_year(first, rest)? {
        return Ok(date);
    }
    let year = if is_negative { -first } else { first };
    let mut part = || -> Result<i64, String> {
        if rest.take('-') || rest.take('/') { whole_number(rest.digits()) } else { Ok(1) }
    };
    let (month, day) = (part()?, part()?);
    narrow(year, month, day)
}

/// `20000101`, `200001`.
fn packed_date(digits: &str) -> Result<(i64, u8, u16), String> {
    let part = |from: usize, to: usize| whole_number(digits.get(from..to).unwrap_or("1"));
    narrow(part(0, 4)?, part(4, 6)?, if digits.len() == 8 { part(6, 8)? } else { 1 })
}

/// `Jan 1, 2000`, as some hand-made files have it.
fn read_month_first(rest: &mut Rest) -> Result<Option<(i64, u8, u16)>, String> {
    let Some(month) = rest.month_name() else { return Ok(None) };
    rest.skip(|c| c == ' ' || c == '.' || c == '-');
    let day = whole_number(rest.digits())?;
    rest.skip(|c| c == ' ' || c == ',' || c == '-');
    let year = whole_number(rest.digits())?;
    narrow(year, month, day).map(Some)
}

/// `1 Jan 2000`, `01-JAN-2000`, after the day.
fn read_day_month_year(day: i64, rest: &mut Rest) -> Result<Option<(i64, u8, u16)>, String> {
    let mut ahead = Rest(rest.0.trim_start_matches(['-', ' ']));
    let Some(month) = ahead.month_name() else { return Ok(None) };
    ahead.skip(|c| c == ' ' || c == '-' || c == ',');
    let year = whole_number(ahead.digits())?;
    *rest = ahead;
    narrow(year, month, day).map(Some)
}

fn narrow(year: i64, month: i64, day: i64) -> Result<(i64, u8, u16), String> {
    match (u8::try_from(month), u16::try_from(day)) {
        (Ok(month @ 1..=12), Ok(day)) if day > 0 => Ok((year, month, day)),
        _ => Err(format!("month {month}, day {day}")),
    }
}

/// `6`, `6:0`, `06:00:00.5`, `0600`, `060000`, or nothing; WRF may write `_` for `:`.
fn read_clock(rest: &mut Rest) -> Result<i64, String> {
    let digits = rest.digits();
    if digits.is_empty() {
        return Ok(0);
    }
    let number = whole_number(digits)?;
    let (hour, mut minute, mut second) = match digits.len() {
        1 | 2 => (number, 0, 0),
        3 | 4 => (number / 100, number % 100, 0),
        5 | 6 => (number / 10_000, number / 100 % 100, number % 100),
        _ => return Err(format!("time {digits}")),
    };
    if digits.len() <= 2 && rest.take_before_digit(&[':', '_']) {
        minute = whole_number(rest.digits())?;
        if rest.take_before_digit(&[':', '_']) {
            second = whole_number(rest.digits())?;
        }
    }
    let fraction_us = if rest.take('.') { fraction_us(rest.digits()) } else { 0 };
    if hour > 24 || minute > 59 || second > 60 {
        return Err(format!("time {hour}:{minute}:{second}"));
    }
    Ok(hour * HOUR_US + minute * MINUTE_US + second * SECOND_US + fraction_us)
}

/// The decimals of a second, rounded to microseconds.
fn fraction_us(digits: &str) -> i64 {
    let value: f64 = format!("0.{digits}0").parse().unwrap_or(0.0);
    (value * SECOND_US as f64).round() as i64
}

/// `Z`, `UTC`, `+5`, `-06:00`, `+0530`, `0:00` or nothing; `UTC+1`.
fn read_zone(rest: &mut Rest) -> Result<i64, String> {
    for name in ["UTC", "GMT", "UT", "Z"] {
        if rest.take_word(name) {
            break;
        }
    }
    rest.skip(|c| c == ' ');
    let is_west = rest.take('-');
    // uw_kingair-2005-01-19-113957.nc: "seconds since 1970-1-1 0:00:00 0:00".
    let _ = !is_west && rest.take('+');
    let digits = rest.digits();
    if digits.is_empty() {
        return if is_west { Err("a zone of no digits".into()) } else { Ok(0) };
    }
    let number = whole_number(digits)?;
    let (hours, minutes) = match digits.len() {
        1 | 2 if rest.take_before_digit(&[':']) => (number, whole_number(rest.digits())?),
        1 | 2 => (number, 0),
        3 | 4 => (number / 100, number % 100),
        _ => return Err(format!("zone {digits}")),
    };
    if hours > 24 || minutes > 59 {
        return Err(format!("zone {hours}:{minutes}"));
    }
    let zone_us = hours * HOUR_US + minutes * MINUTE_US;
    Ok(if is_west { -zone_us } else { zone_us })
}

fn whole_number(digits: &str) -> Result<i64, String> {
    match digits.parse() {
        Ok(number) if digits.len() <= 12 => Ok(number),
        _ if digits.is_empty() => Err("a number is missing".into()),
        _ => Err(format!("{digits} is too large")),
    }
}

/// What has not been read yet.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn digits(&mut self) -> &'a str {
        let end = self.0.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.0.len());
        let (digits, rest) = self.0.split_at(end);
        self.0 = rest;
        digits
    }

    fn take(&mut self, c: char) -> bool {
        self.0.strip_prefix(c).map(|rest| self.0 = rest).is_some()
    }

    fn take_before_digit(&mut self, separators: &[char]) -> bool {
        match self.0.strip_prefix(separators) {
            Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    fn take_word(&mut self, word: &str) -> bool {
        let Some(head) = self.0.get(..word.len()) else { return false };
        let tail = self.0.get(word.len()..).unwrap_or_default();
        let is_word =
            head.eq_ignore_ascii_case(word) && !tail.starts_with(|c: char| c.is_alphabetic());
        if is_word {
            self.0 = tail;
        }
        is_word
    }

    fn skip(&mut self, what: impl Fn(char) -> bool) {
        self.0 = self.0.trim_start_matches(what);
    }

    fn month_name(&mut self) -> Option<i64> {
        const NAMES: [&str; 12] = [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ];
        let end = self.0.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.0.len());
        let (word, rest) = self.0.split_at(end);
        let word = word.to_ascii_lowercase();
        let month = NAMES.iter().position(|name| word.len() >= 3 && name.starts_with(&word))?;
        self.0 = rest;
        Some(month as i64 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (i64, u8, u16, f64, f64) {
        let w = parse(text).unwrap_or_else(|why| panic!("{text}: {why}"));
        (w.year, w.month, w.day, w.time_us as f64 / 1e6, w.zone_us as f64 / 3.6e9)
    }

    #[test]
    fn every_form_of_a_date_is_read() {
        for (text, expected) in [
            ("2000-1-1", (2000, 1, 1, 0.0, 0.0)),
            ("2000-01-01 00:00:00.0", (2000, 1, 1, 0.0, 0.0)),
            ("1900-01-01 00:00:0.0", (1900, 1, 1, 0.0, 0.0)),
            ("2000-01-01T06:30Z", (2000, 1, 1, 23400.0, 0.0)),
            ("2011-05-20T10:54:16Z", (2011, 5, 20, 39256.0, 0.0)),
            ("1970-01-01 00 UTC", (1970, 1, 1, 0.0, 0.0)),
            ("1992-10-08 15:15:42.5 -6:00", (1992, 10, 8, 54942.5, -6.0)),
            ("1992-10-8 9:15:42.5-06", (1992, 10, 8, 33342.5, -6.0)),
            ("2026-6-10 0:0:0+3", (2026, 6, 10, 0.0, 3.0)),
            ("2000-01-01T00:00:00+0530", (2000, 1, 1, 0.0, 5.5)),
            ("2000-01-01 00:00:00 +05:30", (2000, 1, 1, 0.0, 5.5)),
            ("2000-01-01 00:00:00 UTC+1", (2000, 1, 1, 0.0, 1.0)),
            ("1970-1-1 0:00:00 0:00", (1970, 1, 1, 0.0, 0.0)),
            ("1993-1-1 00:00:00.0 0", (1993, 1, 1, 0.0, 0.0)),
            ("1-1-1", (1, 1, 1, 0.0, 0.0)),
            ("0000-01-01", (0, 1, 1, 0.0, 0.0)),
            ("-4713-01-01 12:00", (-4713, 1, 1, 43200.0, 0.0)),
            ("12345-6-7", (12345, 6, 7, 0.0, 0.0)),
            ("20000229", (2000, 2, 29, 0.0, 0.0)),
            ("20000229T1230", (2000, 2, 29, 45000.0, 0.0)),
            ("20000229 123045", (2000, 2, 29, 45045.0, 0.0)),
            ("200002", (2000, 2, 1, 0.0, 0.0)),
            ("2000", (2000, 1, 1, 0.0, 0.0)),
            ("2000-05", (2000, 5, 1, 0.0, 0.0)),
            ("2000/05/07", (2000, 5, 7, 0.0, 0.0)),
            ("Jan 1, 2000", (2000, 1, 1, 0.0, 0.0)),
            ("1 January 2000 12:00", (2000, 1, 1, 43200.0, 0.0)),
            ("01-JAN-1950 00:00:00", (1950, 1, 1, 0.0, 0.0)),
            ("2005-08-28_06:00:00", (2005, 8, 28, 21600.0, 0.0)),
            ("2008-06-27_00_30_00", (2008, 6, 27, 1800.0, 0.0)),
            ("2000-01-01 24:00", (2000, 1, 1, 86400.0, 0.0)),
            ("1998-12-31 23:59:60", (1998, 12, 31, 86400.0, 0.0)),
            ("2000-01-01 00:00:00.1234567", (2000, 1, 1, 0.123457, 0.0)),
            (" 2000-01-01\0", (2000, 1, 1, 0.0, 0.0)),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused_with_the_reason() {
        for (text, reason) in [
            ("", "no year"),
            ("yesterday", "no year"),
            ("2000-13-01", "month 13"),
            ("2000-00-01", "month 0"),
            ("2000-01-01 25:00", "time 25:0:0"),
            ("2000-01-01 00:61", "time 0:61:0"),
            ("2000-01-01 00:00:00 EST", "\"EST\" is left over"),
            ("2000-01-01 00:00:00 +99", "zone 99"),
            ("99999999999999999999-1-1", "too large"),
            ("2000-", "a number is missing"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    #[test]
    fn a_date_shows_as_much_time_as_it_has() {
        let noon = DateTime::date(2000, 3, 1).at(12, 0, 0);
        assert_eq!(DateTime::date(2000, 3, 1).to_string(), "2000-03-01");
        assert_eq!(noon.to_string(), "2000-03-01 12:00");
        let later = DateTime { microsecond_of_day: noon.microsecond_of_day + 500_000, ..noon };
        assert_eq!(later.to_string(), "2000-03-01 12:00:00.5");
        assert_eq!((later.hour(), later.minute(), later.microsecond()), (12, 0, 500_000));
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_strange_to_be_refused(text in "[-+0-9:TZ_. ,/a-zJ€]{0,40}") {
            let _ = parse(&text);
        }
    }
}
