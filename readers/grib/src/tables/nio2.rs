//! NIO's names of GRIB2 fields, from one of its three sets of code tables.

use std::borrow::Cow;

use super::codes::{CodeText, code_tables};
use super::{NioLevel, NioParameter};
use crate::product::{Origin, Product, Surface, Vertical};

/// Which set of tables NIO takes for a centre.
pub(super) fn source(origin: &Origin) -> &'static str {
    match (origin.production_status, origin.centre) {
        (Some(4 | 5), _) => "tigge",
        // JMA, Met Office, DWD, ECMWF, EUMETSAT
        (_, 34 | 74 | 78 | 98 | 254) => "ecmwf",
        _ => "ncep",
    }
}

pub(super) fn line(product: &Product, table: &str, code: u16) -> Option<CodeText> {
    code_tables().first(&format!("nio2/{}/{table}", source(&product.origin)), code)
}

pub(super) fn parameter(
    product: &Product,
    [discipline, category, number]: [u8; 3],
) -> NioParameter {
    let tigge = || tigge(product, [discipline, category, number]);
    let mut parameter = tigge().unwrap_or_else(|| {
        let table = format!("4.2.{discipline}.{category}");
        let line = line(product, &table, number.into());
        let name = line.map(|line| line.abbreviation).filter(|name| !name.is_empty());
        let units = line.map(|line| line.units).filter(|units| !units.is_empty());
        NioParameter {
            name: name.map_or_else(
                || Cow::Owned(format!("VAR_{discipline}_{category}_{number}")),
                Cow::Borrowed,
            ),
            units: Cow::Borrowed(units.unwrap_or("unknown")),
            long_name: Cow::Borrowed(line.map_or("unknown variable name", |line| line.text)),
            is_from_table: line.is_some(),
            ..NioParameter::default()
        }
    });
    if product.probability.is_some() {
        if !parameter.long_name.contains("probability") {
            parameter.long_name = Cow::Owned(format!("{} probability", parameter.long_name));
        }
        let units = std::mem::replace(&mut parameter.units, Cow::Borrowed("percent"));
        parameter.quantity_units = Some(units);
    }
    parameter
}

/// TIGGE's names depend on process and surfaces: "2t" and "t" are one parameter of the WMO's.
fn tigge(product: &Product, [discipline, category, number]: [u8; 3]) -> Option<NioParameter> {
    if source(&product.origin) != "tigge" {
        return None;
    }
    let [first, second] = kinds(product);
    let process = product.time.intervals.first().map(|interval| interval.process);
    let have = [process, Some(first), Some(second)];
    let agrees = |line: &CodeText| {
        let wanted = line.extra.split(' ').map(|text| text.parse::<u8>().ok());
        wanted.zip(have).all(|(wanted, have)| wanted.is_none() || wanted == have)
    };
    let table = format!("nio2/tigge/names.{discipline}.{category}");
    let mut lines = code_tables().lines_of(&table, number.into());
    let line = lines.find(|(_, line)| agrees(line))?.1;
    Some(NioParameter {
        name: Cow::Borrowed(line.abbreviation),
        units: Cow::Borrowed(line.units),
        long_name: Cow::Borrowed(line.text),
        is_from_table: true,
        is_tigge: true,
        quantity_units: None,
    })
}

/// Types of the two surfaces. NIO takes a second one of type 0 (reserved) for none; DWD wrote
/// such ones beside generalized vertical coordinates.
pub(super) fn kinds(product: &Product) -> [u8; 2] {
    match product.vertical {
        Vertical::Edition2(Some([first, Surface { kind: 0, .. }])) => [first.kind, u8::MAX],
        Vertical::Edition2(Some(surfaces)) => surfaces.map(|surface| surface.kind),
        _ => [u8::MAX; 2],
    }
}

pub(super) fn level(product: &Product) -> NioLevel {
    let [first, second] = kinds(product);
    let second_level_type =
        (second != u8::MAX && second != first).then(|| level_type(product, second));
    match line(product, "4.5", first.into()) {
        Some(line) => NioLevel {
            abbreviation: line.abbreviation,
            units: if line.units.is_empty() { "unknown" } else { line.units },
            long_name: line.text,
            level_type: level_type(product, first),
            second_level_type,
        },
        None => NioLevel { second_level_type, ..NioLevel::unknown(first) },
    }
}

/// The text of the attribute `level_type`.
fn level_type(product: &Product, kind: u8) -> Cow<'static, str> {
    match line(product, "4.5", kind.into()) {
        Some(line) if line.units.is_empty() || line.units == "none" => Cow::Borrowed(line.text),
        Some(line) => Cow::Owned(format!("{} ({})", line.text, line.units)),
        None => Cow::Owned(kind.to_string()),
    }
}

pub(super) fn discipline_and_category(product: &Product, discipline: u8, category: u8) -> String {
    let number_or = |line: Option<CodeText>, number: u8| {
        line.map_or_else(|| Cow::Owned(number.to_string()), |line| Cow::Borrowed(line.text))
    };
    let table = format!("nio2/{}/4.2", source(&product.origin));
    let mut lines = code_tables().lines_of(&table, discipline.into());
    let category_line = lines.find(|(sub, _)| *sub == u16::from(category)).map(|found| found.1);
    format!(
        "{}, {}",
        number_or(line(product, "0.0", discipline.into()), discipline),
        number_or(category_line, category),
    )
}

pub(super) fn centre(product: &Product) -> Cow<'static, str> {
    match code_tables().first("nio2/centres", product.origin.centre) {
        Some(line) => Cow::Borrowed(line.text),
        None => Cow::Owned(format!("Unknown Center ({})", product.origin.centre)),
    }
}
