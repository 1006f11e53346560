//! GRIB1: which fields make one variable, and its name (NIO's rules; GRIB code tables 3, 4, 5).

use crate::product::{Parameter, Product, TimeRange, Vertical};

use super::group::GroupKey;
use super::member::{Forecast, Level, Ordered};
use super::period::{self, Period};

/// European Centre for Medium-Range Weather Forecasts.
const ECMWF: u16 = 98;
/// Japan Meteorological Agency, whose JRA-55 has kinds of levels of its own.
const JMA: u16 = 34;
const JRA55_TABLE: u8 = 200;

fn range(product: &Product) -> TimeRange {
    let none = TimeRange { p1: 0, p2: 0, indicator: 0, averaged: 0, missing: 0 };
    product.time.edition1.unwrap_or(none)
}

/// To the value, or to the end of the interval (code table 5).
pub fn forecast(product: &Product) -> Forecast {
    let TimeRange { p1, p2, indicator, .. } = range(product);
    let (p1, p2) = (i64::from(p1), i64::from(p2));
    let count = match indicator {
        0 | 1 | 10 | 117 => p1,
        2..=5 | 7 => p2,
        6 => -p2,
        // Means over many reference times; P1 and P2 say of which forecasts.
        51 | 113..=116 | 118 | 119 | 123..=125 | 128..=140 => 0,
        _ => p1,
    };
    let unit = product.time.unit;
    Forecast { start: Period { count, unit }, length: Period { count: 0, unit } }
}

/// How long an interval is, of kinds that have one (code table 5).
pub fn interval(product: &Product) -> Period {
    let TimeRange { p1, p2, indicator, .. } = range(product);
    let unit = product.time.unit;
    let (p1, p2) = (i64::from(p1), i64::from(p2));
    let between = |from: i64, to: i64, length: i64| match length {
        0 => Period { count: 0, unit },
        length => period::of_interval(product.time.reference, unit, length, from, to),
    };
    match indicator {
        3..=5 => between(p1, p2, p2 - p1),
        6 => between(-p1, -p2, p2 - p1),
        7 => between(-p1, p2, p1 + p2 + 1),
        51 => Period { count: p2, unit },
        113..=117 | 119 | 125 => Period { count: p1, unit },
        128..=140 if !is_jra55_132(product) => Period { count: p2 - p1, unit },
        _ => Period { count: 0, unit },
    }
}

fn is_jra55(product: &Product) -> bool {
    product.origin.centre == JMA && product.origin.tables_version == JRA55_TABLE
}

fn is_jra55_132(product: &Product) -> bool {
    is_jra55(product) && range(product).indicator == 132
}

/// The two octets after the kind of level: one number, two, or none (code table 3).
pub fn level(kind: u8, octets: [u8; 2], centre: u16, table: u8) -> Level {
    let value = |number: u16| Some(Ordered::new(f64::from(number)));
    let one = Level { first: value(u16::from_be_bytes(octets)), second: None };
    match kind {
        100 | 103 | 105 | 107 | 109 | 111 | 113 | 115 | 117 | 119 | 125 | 160 | 200 | 201 => one,
        101 | 104 | 106 | 108 | 110 | 112 | 114 | 116 | 120 | 121 | 128 | 141 => {
            let [first, second] = octets;
            Level { first: value(first.into()), second: value(second.into()) }
        }
        213 if centre == JMA && table == JRA55_TABLE => one,
        210 if centre == ECMWF => one,
        _ => Level::default(),
    }
}

/// Analyses, forecasts and those whose P1 fills both octets are one variable.
fn time_class(indicator: u8) -> u8 {
    if matches!(indicator, 0 | 1 | 10) { 0 } else { indicator }
}

/// What fields of one variable have in common, in the order NIO lists variables. `grid` is the
/// grid's rank.
pub fn key(product: &Product, grid: u32) -> GroupKey {
    let number = match product.parameter {
        Parameter::Edition1 { number } => number,
        Parameter::Edition2 { .. } => 0,
    };
    let (kind, octets) = match product.vertical {
        Vertical::Edition1 { kind, octets } => (kind, octets),
        Vertical::Edition2(_) => (0, [0; 2]),
    };
    let probability = product.probability.map_or(0, |p| u32::from(p.kind) + 1);
    let length = interval(product).seconds(1);
    let words = vec![
        u32::from(product.origin.tables_version),
        u32::from(number),
        probability,
        grid,
        u32::from(time_class(range(product).indicator)),
        // Lengths below zero sort below those above.
        (length >> 32) as u32 ^ 0x8000_0000,
        length as u32,
        u32::from(kind),
        // NIO goes by the table alone; two centres may mean two things by it.
        u32::from(product.origin.centre),
    ];
    // Levels NIO has no number for: fields that differ in them are not the same.
    let known = level(kind, octets, product.origin.centre, product.origin.tables_version);
    let rest = match known.first {
        Some(_) => Vec::new(),
        None if matches!(kind, 1..=9 | 20 | 102) => Vec::new(),
        None => octets.to_vec(),
    };
    GroupKey { edition: 1, words, rest }
}

/// The part of a name before the grid's: the kind of level and the statistics follow it.
pub fn name(product: &Product, parameter: &str, grid: &str, level: &str) -> String {
    let kind = match product.vertical {
        Vertical::Edition1 { kind, .. } => kind,
        Vertical::Edition2(_) => 0,
    };
    let level = match (level, kind) {
        ("", 0) => String::new(),
        ("", kind) => format!("_{kind}"),
        (level, _) => format!("_{level}"),
    };
    format!("{parameter}{grid}{level}{}", statistic(product))
}

fn statistic(product: &Product) -> String {
    let indicator = range(product).indicator;
    let abbreviation = match indicator {
        0 | 1 | 2 | 10 => return String::new(),
        3 | 6 | 7 => "ave",
        4 => "acc",
        5 => "dif",
        51 | 113..=119 | 123..=125 | 128..=140 => return format!("_S{indicator}"),
        _ => return format!("_{indicator}"),
    };
    match interval(product) {
        Period { count: 0, .. } => format!("_{abbreviation}"),
        length => format!("_{abbreviation}{}", period::suffix(1, length)),
    }
}

/// Attributes `statistical_process_duration` and `_descriptor` of kinds that NIO has no
/// abbreviation for.
pub fn process_words(product: &Product) -> Option<String> {
    let TimeRange { p1, p2, indicator, .. } = range(product);
    let unit = product.time.unit;
    let words = |count: i64| period::words(1, Period { count, unit });
    let (p1, p2) = (i64::from(p1), i64::from(p2));
    let length = interval(product);
    let duration = match length.count {
        0 => "instantaneous".to_owned(),
        _ => period::words(1, length),
    };
    Some(match indicator {
        51 => format!("{} (beginning at reference time at intervals of 1 year)", words(p2)),
        113..=116 => format!("{duration} (at intervals of {})", words(p2)),
        117 => format!(
            "{duration} (first period: subsequent periods of decreasing length at intervals of \
             {} such that all end at the same time)",
            words(p2)
        ),
        118 | 119 | 123..=125 => {
            format!("{duration} (beginning at reference time at intervals of {})", words(p2))
        }
        128..=140 => format!("{duration} (beginning {} after reference time)", words(p1)),
        _ => return None,
    })
}

/// NIO looks for members of an ensemble in the local sections of ECMWF and NCEP alone.
pub fn is_known_ensemble(product: &Product) -> bool {
    product.origin.centre == ECMWF || product.origin.sub_centre == 2
}

/// Kinds of hybrid level whose coefficients the grid section carries.
pub fn is_hybrid(product: &Product) -> bool {
    matches!(product.vertical, Vertical::Edition1 { kind: 109, .. })
}

/// GRIB1 parameters that lie on the velocity points of an Arakawa E grid.
pub fn is_on_velocity_points(product: &Product) -> bool {
    matches!(product.parameter, Parameter::Edition1 { number: 33 | 34 | 190 | 196 | 197 })
}
