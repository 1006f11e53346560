//! `stepRange` and `stepType` as ecCodes 2.50 words them: steps are hours unless they are no
//! whole number of hours.

use crate::product::{Interval, Origin, Product, TimeRange};
use crate::time::{Length, TimeUnit};

const HOUR: i64 = 3600;
const MINUTE: i64 = 60;
const ECMWF: u16 = 98;

/// GRIB1 code table 5 and what centres made of it; an indicator without a name is itself.
pub fn step_type(product: &Product) -> Option<String> {
    match &product.time.edition1 {
        Some(range) => Some(step_type1(&product.origin, range)),
        None => step_type2(&product.time.intervals).map(str::to_owned),
    }
}

fn step_type1(origin: &Origin, range: &TimeRange) -> String {
    const OFFENBACH: u16 = 78;
    const TOKYO: u16 = 34;
    let centre = origin.centre;
    let name = match range.indicator {
        0 | 1 | 10 => "instant",
        11 | 13 if centre == OFFENBACH => "instant",
        14 if centre == OFFENBACH || centre == ECMWF => "instant",
        2 if centre == ECMWF => "max",
        2 | 4 => "accum",
        3 => "avg",
        5 => "diff",
        113 => "avgfc",
        118 => "max",
        119 => "min",
        120 if centre == OFFENBACH || centre == ECMWF => "rms",
        121 if centre == OFFENBACH || centre == ECMWF => "sd",
        122 if centre == OFFENBACH || centre == ECMWF => "cov",
        123 => "avgua",
        124 => "avgia",
        128 if centre == TOKYO || centre == ECMWF => "avgas",
        130 if centre == TOKYO || centre == ECMWF => "avgad",
        129 if centre == TOKYO => "varas",
        131 if centre == TOKYO => "varad",
        132 if centre == TOKYO => "varins",
        133 if centre == ECMWF => "avgid",
        other => return other.to_string(),
    };
    name.to_owned()
}

/// Code table 4.10, of the innermost process.
fn step_type2(intervals: &[Interval]) -> Option<&'static str> {
    let Some(innermost) = intervals.last() else { return Some("instant") };
    Some(match innermost.process {
        // Successive reference times, each with the same forecast time: a mean over days.
        0 if innermost.increment_type == 1 => "avgd",
        0 => "avg",
        1 => "accum",
        2 => "max",
        3 => "min",
        4 => "diff",
        5 => "rms",
        6 => "sd",
        7 => "cov",
        8 => "sdiff",
        9 => "ratio",
        10 => "stdanom",
        11 => "sum",
        100 => "severity",
        101 => "mode",
        102 => "index",
        255 => "instant",
        _ => return None,
    })
}

/// `None` where the product has no forecast time, or ecCodes no words for it.
pub fn step_range(product: &Product) -> Option<String> {
    match &product.time.edition1 {
        Some(range) => step_range1(product, range),
        None => step_range2(product),
    }
}

fn step_range1(product: &Product, range: &TimeRange) -> Option<String> {
    let unit = TimeUnit::edition1(product.time.unit)?;
    let (start, end) = match step_type1(&product.origin, range).as_str() {
        "instant" | "avgfc" | "avgua" | "avgia" | "varins" => (range.p1, range.p1),
        "accum" | "avg" | "min" | "max" | "rms" | "diff" | "avgas" | "avgad" | "avgid"
        | "varas" | "varad" => (range.p1, u16::from(range.p2)),
        _ => return None,
    };
    if (start, end) == (0, 0) {
        return Some("0".to_owned());
    }
    let each = nominal_seconds(unit);
    Some(text(i64::from(start) * each, i64::from(end) * each, HOUR))
}

fn step_range2(product: &Product) -> Option<String> {
    let time = &product.time;
    let unit = TimeUnit::edition2(time.unit)?;
    let start = time.start.saturating_mul(nominal_seconds(unit));
    // Ranges over successive reference times are not part of the step, in products from before
    // ECMWF's change of rules; of several ranges the first that counts does.
    let is_before_change = (product.origin.centre == ECMWF
        || product.origin.sub_centre == ECMWF
        || product.origin.production_status.is_some_and(|status| (4..=13).contains(&status)))
        && product.origin.tables_version <= 33;
    let range = match time.intervals.as_slice() {
        [] => None,
        [one] if one.increment_type == 1 && is_before_change => None,
        [one] => Some(one),
        several => Some(several.iter().find(|interval| interval.increment_type != 1)?),
    };
    let range_unit = range.and_then(|range| TimeUnit::edition2(range.unit));
    let length = match (range, range_unit) {
        (Some(range), Some(unit)) => i64::from(range.length).saturating_mul(nominal_seconds(unit)),
        _ => 0,
    };
    let finest = nominal_seconds(unit).min(HOUR);
    Some(text(start, start.saturating_add(length), finest))
}

/// Months have 30 days and years 365 here.
fn nominal_seconds(unit: TimeUnit) -> i64 {
    const MONTH: i64 = 30 * 24 * HOUR;
    const YEAR: i64 = 365 * 24 * HOUR;
    match unit.length() {
        Length::Seconds(seconds) => seconds,
        Length::Months(months) if months % 12 == 0 => months / 12 * YEAR,
        Length::Months(months) => months * MONTH,
    }
}

/// In the longest of hours, minutes and seconds that both are whole numbers of; nothing has the
/// unit it was stored in.
fn text(start: i64, end: i64, stored: i64) -> String {
    let needed = |seconds: i64| match seconds {
        _ if seconds % HOUR == 0 => HOUR,
        _ if seconds % MINUTE == 0 => MINUTE,
        _ => 1,
    };
    let unit = match (start, end) {
        (0, 0) => needed(stored),
        (0, end) => needed(end),
        (start, 0) => needed(start),
        (start, end) => needed(start).min(needed(end)),
    };
    let suffix = match unit {
        HOUR => "",
        MINUTE => "m",
        _ => "s",
    };
    let (start, end) = (start / unit, end / unit);
    if start == end { format!("{end}{suffix}") } else { format!("{start}{suffix}-{end}{suffix}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_hours_unless_they_are_not_whole_ones() {
        assert_eq!(text(0, 6 * HOUR, MINUTE), "0-6");
        assert_eq!(text(1800, 3600, MINUTE), "30m-60m");
        assert_eq!(text(90, 90, 1), "90s");
        assert_eq!(text(5400, 5400 + 6 * HOUR, MINUTE), "90m-450m");
        assert_eq!((text(0, 0, MINUTE), text(0, 0, HOUR)), ("0m".into(), "0".into()));
        assert_eq!(text(-28_587 * HOUR, 6477 * HOUR, HOUR), "-28587-6477");
    }
}
