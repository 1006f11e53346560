//! What ecCodes says of a field, under its names.

mod level;
mod step;

use hyperslab_core::{RecordKeys, RecordValue, Result};

use self::level::level;
use self::step::{step_range, step_type};
use crate::grids::Grid;
use crate::index::{Bitmap, Field, Index};
use crate::product::{Parameter, Product, Vertical};
use crate::tables;
use crate::time::Validity;

/// Every key a field can have, in reading order.
pub const COLUMNS: &[&str] = &[
    "index",
    "offset",
    "length",
    "edition",
    "centre",
    "subCentre",
    "discipline",
    "parameterCategory",
    "parameterNumber",
    "table2Version",
    "indicatorOfParameter",
    "shortName",
    "name",
    "units",
    "paramId",
    "typeOfLevel",
    "level",
    "dataDate",
    "dataTime",
    "validityDate",
    "validityTime",
    "stepRange",
    "stepType",
    "number",
    "gridType",
    "Ni",
    "Nj",
    "scanningMode",
    "uvRelativeToGrid",
    "packingType",
    "bitsPerValue",
    "bitmapPresent",
    "numberOfValues",
    "productDefinitionTemplateNumber",
];

/// The keys of one field; those that mean nothing for it are left out. `number` is the field's
/// place in the index.
///
/// # Errors
/// `Malformed` where a header is too short for what it announces.
pub fn keys(index: &Index, number: usize, field: &Field) -> Result<RecordKeys> {
    let product = index.product(field.product).map_err(|error| error.at(field.offset))?;
    let mut keys = Keys(RecordKeys::with_capacity(COLUMNS.len()));
    keys.integer("index", number as u64);
    keys.integer("offset", field.offset);
    keys.integer("length", field.length);
    keys.integer("edition", field.edition);
    keys.integer("centre", product.origin.centre);
    keys.integer("subCentre", product.origin.sub_centre);
    parameter(&product, &mut keys);
    vertical(&product, &mut keys);
    time(&product, &mut keys);
    if let Some(ensemble) = product.ensemble {
        keys.integer("number", ensemble.number);
    }
    // A grid that is not known does not hide the rest.
    let grid = index.grid(field.grid).ok();
    if let Some(grid) = &grid {
        self::grid(grid, &mut keys);
    }
    keys.text("packingType", field.packing_name());
    keys.integer("bitsPerValue", field.bits_per_value);
    keys.0.push(("bitmapPresent", RecordValue::Bool(has_bitmap(field))));
    let points = grid.map_or(u64::from(field.points), |grid| grid.points());
    keys.integer("numberOfValues", points);
    if let Parameter::Edition2 { template, .. } = product.parameter {
        keys.integer("productDefinitionTemplateNumber", template);
    }
    Ok(keys.0)
}

struct Keys(RecordKeys);

impl Keys {
    fn integer(&mut self, key: &'static str, value: impl TryInto<i64>) {
        if let Ok(value) = value.try_into() {
            self.0.push((key, RecordValue::Integer(value)));
        }
    }

    fn text(&mut self, key: &'static str, value: impl Into<String>) {
        self.0.push((key, RecordValue::Text(value.into())));
    }
}

fn parameter(product: &Product, keys: &mut Keys) {
    match product.parameter {
        Parameter::Edition1 { number } => {
            keys.integer("table2Version", product.origin.tables_version);
            keys.integer("indicatorOfParameter", number);
        }
        Parameter::Edition2 { discipline, category, number, .. } => {
            keys.integer("discipline", discipline);
            keys.integer("parameterCategory", category);
            keys.integer("parameterNumber", number);
        }
    }
    let names = tables::names(product);
    keys.text("shortName", names.short_name);
    keys.text("name", names.name);
    keys.text("units", names.units);
    keys.integer("paramId", names.param_id);
}

fn vertical(product: &Product, keys: &mut Keys) {
    if matches!(product.vertical, Vertical::Edition2(None)) {
        return;
    }
    let type_of_level = tables::type_of_level(product);
    keys.text("typeOfLevel", type_of_level);
    if let Some(level) = level(product, type_of_level) {
        keys.integer("level", level);
    }
}

fn time(product: &Product, keys: &mut Keys) {
    let reference = product.time.reference;
    keys.integer("dataDate", data_date(product));
    keys.integer("dataTime", reference.time_number());
    let end = Validity::of(product).end;
    keys.integer("validityDate", end.date_number());
    keys.integer("validityTime", end.time_number());
    if let Some(range) = step_range(product) {
        keys.text("stepRange", range);
    }
    if let Some(kind) = step_type(product) {
        keys.text("stepType", kind);
    }
}

/// A climatology's date is a month, or a month and a day.
fn data_date(product: &Product) -> i64 {
    const MISSING: u8 = 255;
    let reference = product.time.reference;
    if product.edition == 1 && reference.year == 0 && reference.day == MISSING {
        return reference.month.into();
    }
    reference.date_number()
}

fn grid(grid: &Grid, keys: &mut Keys) {
    if let Some(name) = grid.eccodes_name() {
        keys.text("gridType", name);
    }
    if let Some(ni) = grid.ni() {
        keys.integer("Ni", ni);
    }
    if let Some(nj) = grid.nj() {
        keys.integer("Nj", nj);
    }
    keys.integer("scanningMode", grid.scanning_mode());
    let uv = i64::from(grid.uv_relative_to_grid());
    keys.integer("uvRelativeToGrid", uv);
}

/// Templates 5.2 and 5.3 may mark missing values themselves; that is no bitmap.
fn has_bitmap(field: &Field) -> bool {
    field.bitmap != Bitmap::None
}
