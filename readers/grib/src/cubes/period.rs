//! Lengths of time as GRIB counts them (GRIB1 code table 4, GRIB2 code table 4.4), and how NIO
//! writes them into names.

use crate::tables;
use crate::time::{DateTime, Length, TimeUnit};

/// So many of a unit, both as stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    pub count: i64,
    pub unit: u8,
}

/// A mean month and year, as NIO converts between units that have no fixed length.
const MONTH_SECONDS: i64 = 2_629_800;

/// What a unit counts, in seconds; `None` for codes that mean nothing.
pub fn unit_seconds(edition: u8, unit: u8) -> Option<i64> {
    let unit = if edition == 1 { TimeUnit::edition1(unit) } else { TimeUnit::edition2(unit) };
    Some(match unit?.length() {
        Length::Seconds(seconds) => seconds,
        Length::Months(months) => months.saturating_mul(MONTH_SECONDS),
    })
}

/// The same, of units whose length never changes.
pub fn exact_seconds(edition: u8, unit: u8) -> Option<i64> {
    let unit = if edition == 1 { TimeUnit::edition1(unit) } else { TimeUnit::edition2(unit) };
    match unit?.length() {
        Length::Seconds(seconds) => Some(seconds),
        Length::Months(_) => None,
    }
}

impl Period {
    /// In another unit. Units that mean nothing are taken for each other.
    pub fn converted(self, edition: u8, to: u8) -> i64 {
        if self.unit == to {
            return self.count;
        }
        match (unit_seconds(edition, self.unit), unit_seconds(edition, to)) {
            (Some(from), Some(to)) if to > 0 => {
                let seconds = i128::from(self.count) * i128::from(from);
                // Months do not divide into days: the nearest.
                let half = if from % to == 0 { 0 } else { i128::from(to) / 2 * seconds.signum() };
                i64::try_from((seconds + half) / i128::from(to)).unwrap_or(i64::MAX)
            }
            _ => self.count,
        }
    }

    pub fn seconds(self, edition: u8) -> i64 {
        let each = unit_seconds(edition, self.unit).unwrap_or(1);
        self.count.saturating_mul(each)
    }
}

/// The shorter of two units; one that means nothing gives way.
pub fn shorter(edition: u8, a: u8, b: u8) -> u8 {
    match (unit_seconds(edition, a), unit_seconds(edition, b)) {
        (Some(x), Some(y)) => {
            if y < x {
                b
            } else {
                a
            }
        }
        (None, Some(_)) => b,
        _ => a,
    }
}

/// `6h`, `30min`, `1m`: the end of a variable's name.
pub fn suffix(edition: u8, period: Period) -> String {
    match tables::nio_time_unit(edition, period.unit) {
        Some((factor, unit)) => format!("{}{unit}", period.count.saturating_mul(factor.into())),
        None => period.count.to_string(),
    }
}

/// `6 hours`: the duration in words.
pub fn words(edition: u8, period: Period) -> String {
    tables::nio_duration(edition, period.count.saturating_abs(), period.unit)
}

/// A GRIB1 interval from `p1` to `p2` as NIO names it. What comes out negative is taken modulo
/// the next larger unit: P2 is one octet, and 0 may mean 24 hours. Days that make up a month are
/// one, so that months of different lengths stay one variable.
pub fn of_interval(reference: DateTime, unit: u8, length: i64, from: i64, to: i64) -> Period {
    let period = |count: i64| Period { count, unit };
    match unit {
        2 => {
            let start = reference.plus(from, TimeUnit::Day);
            let end = reference.plus(to, TimeUnit::Day);
            if is_month(start, end) {
                return Period { count: 1, unit: 3 };
            }
            period(if length < 0 { length.rem_euclid(30) } else { length })
        }
        0 | 254 => period(wrapped(length, 60)),
        1 => period(wrapped(length, 24)),
        3 => period(wrapped(length, 12)),
        10..=12 => {
            let hours = match unit {
                10 => 3,
                11 => 6,
                _ => 12,
            };
            period(wrapped(length, 24 / hours))
        }
        13 => period(wrapped(length, 4)),
        14 => period(wrapped(length, 2)),
        _ => period(length.saturating_abs()),
    }
}

fn wrapped(length: i64, modulus: i64) -> i64 {
    if length < 0 { length.rem_euclid(modulus) } else { length }
}

/// The first to the last day of a month, or the same day of two months that follow each other.
fn is_month(start: DateTime, end: DateTime) -> bool {
    let months = |at: DateTime| i64::from(at.year) * 12 + i64::from(at.month);
    let apart = months(end) - months(start);
    let tomorrow = end.plus(1, TimeUnit::Day);
    (apart == 1 && start.day == end.day) || (apart == 0 && start.day == 1 && tomorrow.day == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_written_as_nio_writes_them() {
        assert_eq!(suffix(2, Period { count: 6, unit: 1 }), "6h");
        assert_eq!(suffix(2, Period { count: 2, unit: 11 }), "12h");
        assert_eq!(suffix(2, Period { count: 35_064, unit: 1 }), "35064h");
        assert_eq!(suffix(1, Period { count: 2, unit: 14 }), "60min");
        assert_eq!(suffix(2, Period { count: 30, unit: 13 }), "30sec");
        assert_eq!(words(1, Period { count: 1, unit: 6 }), "3 decades");
    }

    #[test]
    fn units_are_converted_to_the_shorter() {
        assert_eq!(shorter(2, 1, 0), 0);
        assert_eq!(shorter(2, 200, 1), 1);
        assert_eq!(Period { count: 3, unit: 1 }.converted(2, 0), 180);
        assert_eq!(Period { count: 1, unit: 3 }.converted(2, 2), 30);
        assert_eq!(Period { count: i64::MAX, unit: 7 }.converted(2, 13), i64::MAX);
    }

    #[test]
    fn an_interval_over_a_whole_month_is_a_month() {
        let at = |month, day| DateTime { year: 2023, month, day, hour: 0, minute: 0, second: 0 };
        let month = Period { count: 1, unit: 3 };
        assert_eq!(of_interval(at(1, 1), 2, 30, 0, 30), month);
        assert_eq!(of_interval(at(2, 1), 2, 28, 0, 28), month);
        assert_eq!(of_interval(at(2, 1), 2, 10, 0, 10), Period { count: 10, unit: 2 });
        assert_eq!(of_interval(at(2, 1), 1, -6, 18, 12), Period { count: 18, unit: 1 });
    }
}
