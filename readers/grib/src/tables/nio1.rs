//! NIO's names of GRIB1 fields. NIO chooses a parameter table by centre, sub-centre and table
//! version; a user's table goes before, and where there is none, NCEP's operational one serves.

use std::borrow::Cow;

use super::codes::{CodeText, code_tables};
use super::user::UserTables;
use super::{NcepTable, NioLevel, NioParameter};
use crate::product::{Product, Vertical};

const NCEP_OPERATIONAL: &str = "nio1/ncep_opn";
const NCEP_REANALYSIS: &str = "nio1/ncep_reanal";
const ECMWF: u16 = 98;
const JMA: u16 = 34;
/// The Japanese reanalysis, JRA-55, has its own levels and time ranges.
const JRA55_TABLE: u8 = 200;

pub(super) fn parameter(
    product: &Product,
    number: u8,
    user: &UserTables,
    ncep: NcepTable,
) -> NioParameter {
    let origin = product.origin;
    let table = origin.tables_version;
    let found = match user.parameter(origin.centre, origin.sub_centre, table, number) {
        Some(found) => found.map(|parameter| NioParameter {
            name: Cow::Owned(parameter.abbreviation.clone()),
            units: Cow::Owned(parameter.units.clone()),
            long_name: Cow::Owned(parameter.long_name.clone()),
            ..NioParameter::default()
        }),
        None => code_tables().first(&parameter_table(product, ncep), number.into()).map(built_in),
    };
    let mut parameter =
        NioParameter { is_from_table: found.is_some(), ..found.unwrap_or_default() };
    // Some rows of the tables leave a field empty.
    if parameter.name.is_empty() {
        parameter.name = Cow::Owned(format!("VAR_{number}"));
    }
    if parameter.units.is_empty() {
        parameter.units = Cow::Borrowed("unknown");
    }
    if parameter.long_name.is_empty() {
        parameter.long_name = Cow::Borrowed("unknown variable name");
    }
    if let Some(subject) = subject_of_probability(product, number) {
        parameter.name = Cow::Owned(format!("{}_{}", parameter.name, subject.abbreviation));
        parameter.quantity_units = Some(Cow::Borrowed(subject.units));
    }
    satellite_picture(product, number, &mut parameter);
    parameter
}

fn built_in(line: CodeText) -> NioParameter {
    NioParameter {
        name: Cow::Borrowed(line.abbreviation),
        units: Cow::Borrowed(line.units),
        long_name: Cow::Borrowed(line.text),
        ..NioParameter::default()
    }
}

fn parameter_table(product: &Product, ncep: NcepTable) -> Cow<'static, str> {
    let origin = product.origin;
    let version = origin.tables_version;
    let is_member = || code_tables().first("nio1/ecmwf_members", origin.centre).is_some();
    let centre = match origin.sub_centre == ECMWF && is_member() {
        true => ECMWF,
        false => origin.centre,
    };
    let numbered = |prefix: &str, version: u8| {
        let table = format!("nio1/{prefix}_{version:03}");
        match code_tables().has(&table) {
            true => Cow::Owned(table),
            false => Cow::Borrowed(NCEP_OPERATIONAL),
        }
    };
    match (centre, origin.sub_centre, version) {
        // Max Planck Institute for Meteorology
        (ECMWF, 232, version) => numbered("mpi", version),
        (ECMWF, _, 0) => numbered("ecmwf", 128),
        (ECMWF, _, version) => numbered("ecmwf", version),
        // DWD, and the Brazilian Navy, which uses its tables
        (78 | 146, _, version) => numbered("dwd", version),
        (58, ..) => Cow::Borrowed("nio1/fnmoc"),
        (46, _, version) => numbered("cptec", version),
        (JMA, _, 3) => Cow::Borrowed("nio1/jma_3"),
        (JMA, _, JRA55_TABLE) => Cow::Borrowed("nio1/jra55"),
        (8 | 9, ..) => Cow::Borrowed(NCEP_REANALYSIS),
        (59, 0, 0..128) => Cow::Borrowed("nio1/fsl0"),
        (59, 1, 0..128) => Cow::Borrowed("nio1/fsl1"),
        (59, 2, 0..128) => Cow::Borrowed("nio1/fsl2"),
        (59, _, 0..128) => Cow::Borrowed(NCEP_OPERATIONAL),
        (7 | 60, 1, 0..=3) | (7 | 59 | 60, _, 132) => Cow::Borrowed(NCEP_REANALYSIS),
        // Nothing in the message tells which of the two these processes used.
        (7 | 60, 0, 1 | 2) if matches!(origin.process, 80 | 180) => Cow::Borrowed(match ncep {
            NcepTable::Operational => NCEP_OPERATIONAL,
            NcepTable::Reanalysis => NCEP_REANALYSIS,
        }),
        (7 | 59 | 60, _, version @ 128..) => numbered("ncep", version),
        _ => Cow::Borrowed(NCEP_OPERATIONAL),
    }
}

/// NCEP's ensemble extension (octets 41 on) of a probability product says which quantity it is
/// about.
fn subject_of_probability(product: &Product, number: u8) -> Option<CodeText> {
    let octets = &product.octets;
    let is_of_ecmwf = product.origin.centre == ECMWF && octets.len() > 50;
    let is_probability = product.origin.sub_centre == 2
        && matches!(number, 191 | 192)
        && octets.get(40..42) == Some(&[1, 5]);
    let subject =
        octets.get(45).filter(|_| octets.len() >= 47 && is_probability && !is_of_ecmwf)?;
    code_tables().first(NCEP_OPERATIONAL, (*subject).into())
}

/// DWD's synthetic satellite pictures: channel and kind are part of the name.
fn satellite_picture(product: &Product, number: u8, parameter: &mut NioParameter) {
    let Vertical::Edition1 { kind: 222, octets: [_, channel] } = product.vertical else { return };
    let origin = product.origin;
    let kind = product.octets.get(46).copied().unwrap_or_default();
    if (origin.centre, origin.tables_version) != (78, 205) || !matches!(number, 3 | 4) {
        return;
    }
    let wave = match (number, channel) {
        (3, 1) => "Channel 1 (WV 6.4)",
        (3, 2) => "Channel 2 (IR 11.5)",
        (4, 1) => "channel 4 (IR 3.9)",
        (4, 2) => "channel 5 (WV 6.2)",
        (4, 3) => "channel 6 (WV 7.3)",
        (4, 4) => "channel 7 (IR 8.7)",
        (4, 5) => "channel 8 (IR 9.7)",
        (4, 6) => "channel 9 (IR 10.8)",
        (4, 7) => "channel 10 (IR 12.1)",
        (4, 8) => "channel 11 (13.4)",
        _ => "unknown channel",
    };
    let what = match kind {
        1 => "Cloudy brightness temperature",
        2 => "Clear-sky brightness temperature",
        3 => "Cloudy radiance",
        4 => "Clear-sky radiance",
        _ => "unknown kind",
    };
    parameter.name = Cow::Owned(format!("{}_K{channel}_T{kind}", parameter.name));
    parameter.units = Cow::Borrowed("non-dim");
    parameter.long_name = Cow::Owned(format!("{what}, {wave}"));
}

pub(super) fn level(product: &Product, kind: u8) -> NioLevel {
    let origin = product.origin;
    let local = match (origin.centre, origin.tables_version) {
        (ECMWF, _) => Some("nio1/levels/98"),
        (JMA, JRA55_TABLE) => Some("nio1/levels/34"),
        _ => None,
    };
    let tables = local.into_iter().chain(["nio1/levels"]);
    match tables.filter_map(|table| code_tables().first(table, kind.into())).next() {
        Some(line) => NioLevel {
            abbreviation: line.abbreviation,
            units: line.units,
            long_name: line.text,
            level_type: Cow::Borrowed(line.text),
            second_level_type: None,
        },
        None => NioLevel::unknown(kind),
    }
}

pub(super) fn centre(product: &Product) -> Cow<'static, str> {
    let line = code_tables().first("nio1/centres", product.origin.centre);
    Cow::Borrowed(line.map_or("unknown", |line| line.text))
}

/// `None` where the product has no sub-centre.
pub(super) fn sub_centre(product: &Product) -> Option<Cow<'static, str>> {
    let origin = product.origin;
    let line = match (origin.centre, origin.sub_centre) {
        (_, 0 | 255) => return None,
        (7..=9 | 59, sub_centre) => code_tables().first("nio1/sub_centres", sub_centre),
        (ECMWF, 232) => return Some(Cow::Borrowed("Max Plank Institute for Meteorology")),
        _ => None,
    };
    Some(
        line.map_or_else(
            || Cow::Owned(origin.sub_centre.to_string()),
            |line| Cow::Borrowed(line.text),
        ),
    )
}

/// NCEP's generating model.
pub(super) fn model(product: &Product) -> Option<&'static str> {
    let origin = product.origin;
    let line = code_tables().first("nio1/models", origin.process.into());
    line.filter(|_| origin.centre == 7).map(|line| line.text)
}

/// What a time range indicator over 50 means.
pub(super) fn statistical_process(product: &Product) -> Option<Cow<'static, str>> {
    let indicator = product.time.edition1?.indicator;
    let origin = product.origin;
    let is_jra55 = (origin.centre, origin.tables_version) == (JMA, JRA55_TABLE);
    let tables = is_jra55.then_some("nio1/time_ranges/34").into_iter().chain(["nio1/time_ranges"]);
    let line = tables.filter_map(|table| code_tables().first(table, indicator.into())).next();
    (indicator > 50).then(|| match line {
        Some(line) => Cow::Borrowed(line.text),
        None => Cow::Owned(format!("statistical process {indicator} (see GRIB table 5)")),
    })
}
