//! Names: what centres, tables and programs call a field. ecCodes' names ([`names`],
//! [`type_of_level`]), NIO's ([`nio_parameter`], [`nio_level`], [`nio_code`]), the text of code
//! tables ([`code`]) and centres. The tables are part of the program and used as they lie: nothing
//! is unpacked or kept, and a look-up takes about a microsecond (the first some ten, for pages
//! that are not in memory yet).

mod asset;
mod codes;
mod concept;
mod data_set;
mod key;
mod nio1;
mod nio2;
mod product_keys;
mod templates;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod user;

use std::borrow::Cow;

use crate::product::{Parameter, Product, Vertical};
pub use codes::{CodeText, centre, code};
use concept::{Column, Variant, Wanted, concepts};
use product_keys::Field;
pub use user::UserTables;

/// What ecCodes calls a field; "unknown" where it has no name for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Names {
    pub short_name: &'static str,
    pub name: &'static str,
    pub units: &'static str,
    /// 0 is ecCodes' unknown.
    pub param_id: u32,
}

/// Which of NCEP's GRIB1 parameter tables is meant where a file does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum NcepTable {
    #[default]
    Operational,
    Reanalysis,
}

/// What NIO calls a parameter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NioParameter {
    /// "TMP", "PROB_A_PCP", or "VAR_179", "VAR_0_3_192" when no table has it.
    pub name: Cow<'static, str>,
    /// "percent" for GRIB2's probabilities.
    pub units: Cow<'static, str>,
    pub long_name: Cow<'static, str>,
    pub is_from_table: bool,
    /// A TIGGE name: NIO puts `_P<template>_L<first surface>` behind it even for layers.
    pub is_tigge: bool,
    /// Probabilities: units of the quantity they are about.
    pub quantity_units: Option<Cow<'static, str>>,
}

/// What NIO calls a kind of level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NioLevel {
    /// "ISBL", in `lv_ISBL0`; empty when it has none.
    pub abbreviation: &'static str,
    /// Of the level coordinate.
    pub units: &'static str,
    pub long_name: &'static str,
    /// GRIB2: the attribute `level_type` (of two different surfaces `first_level_type`).
    pub level_type: Cow<'static, str>,
    /// GRIB2: the attribute `second_level_type`, where the second surface is of another type.
    pub second_level_type: Option<Cow<'static, str>>,
}

impl NioLevel {
    fn unknown(kind: u8) -> NioLevel {
        NioLevel {
            abbreviation: "",
            units: "unknown",
            long_name: "unknown",
            level_type: Cow::Owned(kind.to_string()),
            second_level_type: None,
        }
    }
}

/// ecCodes' shortName, name, units and paramId.
pub fn names(product: &Product) -> Names {
    let columns = [Column::ShortName, Column::Name, Column::Units, Column::ParamId];
    let [short_name, name, units, param_id] =
        concept_values(product, columns).map(|value| value.unwrap_or("unknown"));
    Names { short_name, name, units, param_id: param_id.parse().unwrap_or(0) }
}

/// ecCodes' cfVarName: a variable name that begins with a letter ("t2m" for "2t").
pub fn cf_var_name(product: &Product) -> Cow<'static, str> {
    if let [Some(name)] = concept_values(product, [Column::CfVarName]) {
        return Cow::Borrowed(name);
    }
    let names = names(product);
    match names.short_name {
        name if name == "~" || name.starts_with(|c: char| c.is_ascii_digit()) => {
            Cow::Owned(format!("p{}", names.param_id))
        }
        name => Cow::Borrowed(name),
    }
}

/// ecCodes' typeOfLevel: "isobaricInhPa", "surface"; "unknown".
pub fn type_of_level(product: &Product) -> &'static str {
    if matches!(product.vertical, Vertical::Edition2(None)) {
        return "unknown";
    }
    let [level] = concept_values(product, [Column::TypeOfLevel]);
    level.unwrap_or("unknown")
}

/// ecCodes looks through the WMO's and the centre's own entries, then through ECMWF's, then
/// through those of older times. A data set's folder takes the centre's place, and goes before
/// the WMO's where a centre's goes behind.
fn concept_values<const N: usize>(
    product: &Product,
    columns: [Column; N],
) -> [Option<&'static str>; N] {
    let field = Field::of(product);
    let mut wanted = columns.map(Wanted::new);
    let mut look_through = |variant, folders| {
        concepts().fill(product.edition, variant, folders, &field, &mut wanted);
    };
    let of_ecmwf = ["ecmf", ""];
    let of_centre = || [centre(product.origin.centre).unwrap_or_default().0, ""];
    // These two concepts are the same before and after the change.
    let is_unchanged = columns.iter().all(|c| matches!(c, Column::TypeOfLevel | Column::CfVarName));
    if product.edition == 1 {
        look_through(Variant::Current, of_centre());
        look_through(Variant::Current, of_ecmwf);
    } else {
        let own = data_set::data_set(product).map_or_else(of_centre, |set| ["", set]);
        if is_unchanged {
            look_through(Variant::Current, own);
        } else {
            let variant = data_set::variant(product);
            look_through(variant, own);
            look_through(variant, of_ecmwf);
            look_through(Variant::Legacy, of_ecmwf);
        }
    }
    wanted.map(|wanted| wanted.value)
}

/// NIO's name, units and long name of a parameter. `user` goes before the built-in tables;
/// `ncep` decides where only the user can.
pub fn nio_parameter(product: &Product, user: &UserTables, ncep: NcepTable) -> NioParameter {
    match product.parameter {
        Parameter::Edition1 { number } => nio1::parameter(product, number, user, ncep),
        Parameter::Edition2 { discipline, category, number, .. } => {
            nio2::parameter(product, [discipline, category, number])
        }
    }
}

/// NIO's words for the level of a product.
pub fn nio_level(product: &Product) -> NioLevel {
    match product.vertical {
        Vertical::Edition1 { kind, .. } => nio1::level(product, kind),
        Vertical::Edition2(_) => nio2::level(product),
    }
}

/// The types of a GRIB2 field's surfaces as NIO counts them, 255 for none: what it puts into
/// names (`_L103`, `_2L106`).
pub fn nio_surfaces(product: &Product) -> [u8; 2] {
    nio2::kinds(product)
}

/// A line of NIO's GRIB2 code tables ("1.3", "3.1", "4.10", "cc.c8") for a product's centre.
pub fn nio_code(product: &Product, table: &str, code: u16) -> Option<CodeText> {
    nio2::line(product, table, code)
}

/// The attribute `parameter_discipline_and_category`; `None` for GRIB1.
pub fn nio_discipline_and_category(product: &Product) -> Option<String> {
    match product.parameter {
        Parameter::Edition1 { .. } => None,
        Parameter::Edition2 { discipline, category, .. } => {
            Some(nio2::discipline_and_category(product, discipline, category))
        }
    }
}

/// The attribute `center`.
pub fn nio_centre(product: &Product) -> Cow<'static, str> {
    match product.edition {
        1 => nio1::centre(product),
        _ => nio2::centre(product),
    }
}

/// The attribute `sub_center` of GRIB1 variables.
pub fn nio_sub_centre(product: &Product) -> Option<Cow<'static, str>> {
    if product.edition == 1 { nio1::sub_centre(product) } else { None }
}

/// The attribute `model` of GRIB1 variables.
pub fn nio_model(product: &Product) -> Option<&'static str> {
    if product.edition == 1 { nio1::model(product) } else { None }
}

/// The attribute `statistical_process_descriptor` of GRIB1 variables whose time range indicator
/// is over 50.
pub fn nio_statistical_process(product: &Product) -> Option<Cow<'static, str>> {
    nio1::statistical_process(product)
}

/// The process (code table 4.10) that NIO names a GRIB2 variable by: that of the outermost
/// interval, or of the area in template 4.15 (octet 35).
pub fn nio_process(product: &Product) -> Option<u8> {
    match product.parameter {
        Parameter::Edition2 { template: 15, .. } => product.octets.get(34).copied(),
        _ => product.time.intervals.first().map(|interval| interval.process),
    }
}

/// The suffix for a statistical process: "acc", "avg". GRIB1: `code` is the time range
/// indicator (code table 5); GRIB2: code table 4.10. `None` where NIO has none.
pub fn nio_statistic(edition: u8, code: u8) -> Option<&'static str> {
    Some(match (edition, code) {
        (1, 3 | 6 | 7) => "ave",
        (1, 4) => "acc",
        (1, 5) => "dif",
        (2, 0) => "avg",
        (2, 1) => "acc",
        (2, 2) => "max",
        (2, 3) => "min",
        (2, 4) => "dife",
        (2, 5) => "rms",
        (2, 6) => "std",
        (2, 7) => "cov",
        (2, 8) => "difb",
        (2, 9) => "rat",
        _ => return None,
    })
}

/// How a duration is written in a name: a factor for its count, and a suffix. Units of code
/// table 4 (GRIB1) or 4.4 (GRIB2); `None`: the count alone.
pub fn nio_time_unit(edition: u8, code: u8) -> Option<(u32, &'static str)> {
    Some(match (edition, code) {
        (_, 0) => (1, "min"),
        (_, 1) => (1, "h"),
        (_, 2) => (1, "d"),
        (_, 3) => (1, "m"),
        (_, 4) => (1, "y"),
        (_, 5) => (10, "y"),
        (_, 6) => (30, "y"),
        (_, 7) => (100, "y"),
        (_, 10) => (3, "h"),
        (_, 11) => (6, "h"),
        (_, 12) => (12, "h"),
        (1, 13) => (15, "min"),
        (1, 14) => (30, "min"),
        (1, 254) | (2, 13) => (1, "sec"),
        _ => return None,
    })
}

/// Units of forecast times, the attribute `forecast_time_units`.
pub fn nio_forecast_time_units(edition: u8, code: u8) -> &'static str {
    match (edition, code) {
        (_, 0) => "minutes",
        (_, 1) => "hours",
        (_, 2) => "days",
        (_, 3) => "months",
        (_, 4) => "years",
        (_, 5) => "decades",
        (_, 6) => "normals (30 years)",
        (_, 7) => "centuries",
        (_, 10) => "3 hours",
        (_, 11) => "6 hours",
        (_, 12) => "12 hours",
        (1, 13) => "15 minutes",
        (1, 14) => "30 minutes",
        (1, 254) | (2, 13) => "seconds",
        _ => "unknown",
    }
}

/// A duration in words ("6 hours"), as `statistical_process_duration` has it.
pub fn nio_duration(edition: u8, count: i64, code: u8) -> String {
    let (factor, unit) = match (edition, code) {
        (_, 0) => (1, "minutes"),
        (_, 1) => (1, "hours"),
        (_, 2) => (1, "days"),
        (_, 3) => (1, "months"),
        (_, 4) => (1, "years"),
        (_, 5) => (1, "decades"),
        (_, 6) => (3, "decades"),
        (_, 7) => (1, "centuries"),
        (_, 10) => (3, "hours"),
        (_, 11) => (6, "hours"),
        (_, 12) => (12, "hours"),
        (1, 13) => (15, "minutes"),
        (1, 14) => (30, "minutes"),
        (1, 254) | (2, 13) => (1, "seconds"),
        _ => (1, "(unknown units)"),
    };
    format!("{} {unit}", count.saturating_mul(factor))
}
