//! Attributes as NIO writes them, and those CF asks for beside them.

use hyperslab_core::{Array, Attribute, Buffer, ByteOrder, Dtype};

use crate::cubes::{self, AxisValues, Cube, Level, Ordered, Period, Realization, period};
use crate::grids::{NioGrid, Value};
use crate::product::{Parameter, Product, Vertical};
use crate::tables;
use crate::tables::nio_forecast_time_units;
use crate::time::DateTime;

#[cfg(target_endian = "little")]
pub const NATIVE: ByteOrder = ByteOrder::Little;
#[cfg(target_endian = "big")]
pub const NATIVE: ByteOrder = ByteOrder::Big;

pub fn text(name: &str, value: impl AsRef<str>) -> Attribute {
    Attribute::new(name, Dtype::Char, Array::text(value.as_ref()))
}

pub fn integers(name: &str, values: Vec<i32>) -> Attribute {
    Attribute::new(name, Dtype::int(4, NATIVE), Array::vector(Buffer::I32(values)))
}

pub fn reals(name: &str, values: Vec<f32>) -> Attribute {
    Attribute::new(name, Dtype::float(4, NATIVE), Array::vector(Buffer::F32(values)))
}

pub fn doubles(name: &str, values: Vec<f64>) -> Attribute {
    Attribute::new(name, Dtype::float(8, NATIVE), Array::vector(Buffer::F64(values)))
}

pub fn fill(is_double: bool) -> Attribute {
    if is_double {
        doubles("_FillValue", vec![f64::NAN])
    } else {
        reals("_FillValue", vec![f32::NAN])
    }
}

pub fn of_grid((name, value): &(&'static str, Value)) -> Attribute {
    match value {
        Value::Text(value) => text(name, value),
        Value::Number(value) => doubles(name, vec![*value]),
        Value::Numbers(values) => doubles(name, values.clone()),
    }
}

/// `02/06/2008 (12:00)`.
pub fn time_text(time: DateTime) -> String {
    let DateTime { year, month, day, hour, minute, .. } = time;
    format!("{month:02}/{day:02}/{year} ({hour:02}:{minute:02})")
}

/// What NIO says of a variable, and ecCodes' short name. The coordinates are added by whoever
/// makes them.
pub fn of_cube(cube: &Cube, grid: &NioGrid) -> Vec<Attribute> {
    let product = &cube.group.product;
    let edition = cube.group.key.edition;
    let mut all = vec![text("long_name", long_name(cube)), text("units", &cube.parameter.units)];
    let names = tables::names(product);
    if names.short_name != "unknown" {
        all.push(text("short_name", names.short_name));
        all.push(text("name", names.name));
    }
    if let Some(param_id) = i32::try_from(names.param_id).ok().filter(|&id| id != 0) {
        all.push(integers("param_id", vec![param_id]));
    }
    all.push(text("center", tables::nio_centre(product)));
    if edition == 1 && !matches!(product.origin.sub_centre, 0 | 255) {
        all.push(text("sub_center", product.origin.sub_centre.to_string()));
    }
    if let Some(status) = product.origin.production_status {
        let words = tables::code("1.3", status.into());
        all.push(text("production_status", words.map_or(status.to_string(), str::to_owned)));
    }
    match edition {
        1 => all.extend(of_edition1(product, grid)),
        _ => all.extend(of_edition2(cube, grid)),
    }
    let mut constants: Vec<Attribute> =
        cube.constants.iter().flat_map(|values| of_constant(edition, values)).collect();
    all.append(&mut constants);
    all
}

fn long_name(cube: &Cube) -> String {
    let name = &cube.parameter.long_name;
    match cube.group.product.probability {
        Some(_) if !name.contains("robability") => format!("{name} probability"),
        _ => name.to_string(),
    }
}

fn of_edition1(product: &Product, grid: &NioGrid) -> Vec<Attribute> {
    let mut all = Vec::new();
    if let Parameter::Edition1 { number } = product.parameter {
        all.push(integers("parameter_number", vec![number.into()]));
    }
    all.push(integers("parameter_table_version", vec![product.origin.tables_version.into()]));
    all.extend(grid.data.iter().map(of_grid));
    if let Vertical::Edition1 { kind, .. } = product.vertical {
        all.push(integers("level_indicator", vec![kind.into()]));
        all.push(text("level_type", tables::nio_level(product).level_type));
    }
    if let Some(duration) = cubes::process_words(product) {
        all.push(text("statistical_process_duration", duration));
        let indicator = product.time.edition1.map_or(0, |range| range.indicator);
        if let Some(words) = tables::code("5", indicator.into()) {
            all.push(text("statistical_process_descriptor", words));
        }
    }
    all
}

fn of_edition2(cube: &Cube, grid: &NioGrid) -> Vec<Attribute> {
    let product = &cube.group.product;
    let Parameter::Edition2 { discipline, category, number, template } = product.parameter else {
        return Vec::new();
    };
    let numbers = [i32::from(template), discipline.into(), category.into(), number.into()];
    let discipline_words = tables::code("0.0", discipline.into());
    let category_words = tables::code(&format!("4.1.{discipline}"), category.into());
    let words =
        |words: Option<&'static str>, code: u8| words.map_or(code.to_string(), str::to_owned);
    let mut all = vec![
        integers("parameter_template_discipline_category_number", numbers.to_vec()),
        text(
            "parameter_discipline_and_category",
            format!("{}, {}", words(discipline_words, discipline), words(category_words, category)),
        ),
        text("grid_type", &grid.grid_type),
    ];
    if !matches!(product.vertical, Vertical::Edition2(None)) {
        all.push(text("level_type", tables::nio_level(product).level_type));
    }
    if let Some(process) = product.origin.type_of_process {
        let process = words(tables::code("4.3", process.into()), process);
        all.push(text("generating_process_type", process));
    }
    if let Some(kind) = product.probability.map(|probability| probability.kind) {
        all.push(text("probability_type", words(tables::code("4.9", kind.into()), kind)));
    }
    if let Some(derived) = product.derived_forecast {
        let derived = words(tables::code("4.7", derived.into()), derived);
        all.push(text("derived_forecast", derived));
    }
    if let Some(process) = cubes::process(product) {
        let named = words(tables::code("4.10", process.into()), process);
        all.push(text("type_of_statistical_processing", named));
        let duration = match cubes::duration(&cube.group) {
            Some(length) => format!("{} (ending at forecast time)", period::words(2, length)),
            None => "initial time to forecast time".to_owned(),
        };
        if !product.time.intervals.is_empty() {
            all.push(text("statistical_process_duration", duration));
        }
    }
    if let Some(constituent) = cubes::constituent(product) {
        let (name, table) = match template {
            44..=49 | 80..=86 => ("aerosol_type", "4.233"),
            _ => ("atmospheric_chemical_constituent_type", "4.230"),
        };
        let words = tables::code(table, constituent);
        all.push(text(name, words.map_or(constituent.to_string(), str::to_owned)));
    }
    if let Some(band) = product.bands.first() {
        // Wave numbers are per metre.
        if band.wave_number > 0.0 {
            all.push(doubles("central_wavelength_in_meters", vec![1.0 / band.wave_number]));
        }
        all.push(integers("satellite_series", vec![band.series.into()]));
        all.push(integers("satellite_identifier", vec![band.satellite.into()]));
        all.push(integers("instrument_type", vec![band.instrument.into()]));
    }
    all
}

/// A dimension of one element is an attribute.
fn of_constant(edition: u8, values: &AxisValues) -> Vec<Attribute> {
    match values {
        AxisValues::Copies(_) => Vec::new(),
        AxisValues::Directions { is_valued, values } => of_bin("direction", *is_valued, values),
        AxisValues::Frequencies { is_valued, values } => of_bin("frequency", *is_valued, values),
        AxisValues::InitialTimes(times) => {
            times.first().map(|&time| text("initial_time", time_text(time))).into_iter().collect()
        }
        AxisValues::ForecastTimes { unit, values } => {
            let count = values.first().copied().unwrap_or(0);
            let count = i32::try_from(count).unwrap_or(i32::MAX);
            vec![
                text("forecast_time_units", nio_forecast_time_units(edition, *unit)),
                integers("forecast_time", vec![count]),
            ]
        }
        AxisValues::Realizations(all) => {
            all.first().map(|&one| of_realization(edition, one)).unwrap_or_default()
        }
        AxisValues::Levels { values, .. } => {
            let Some(Level { first: Some(first), second }) = values.first() else {
                return Vec::new();
            };
            let numbers: Vec<f32> =
                [Some(*first), *second].into_iter().flatten().map(|n| n.0).collect();
            vec![match edition {
                1 => integers("level", numbers.iter().map(|&n| n as i32).collect()),
                _ => reals("level", numbers),
            }]
        }
    }
}

/// A spectrum of one direction or one frequency.
fn of_bin(name: &str, is_valued: bool, values: &[Ordered]) -> Vec<Attribute> {
    let name = if is_valued { format!("wave_{name}") } else { format!("wave_{name}_number") };
    values.first().map(|value| reals(&name, vec![value.0])).into_iter().collect()
}

fn of_realization(edition: u8, one: Realization) -> Vec<Attribute> {
    match one {
        Realization::None => Vec::new(),
        Realization::Ensemble { .. } => vec![text("ensemble_info", ensemble_words(edition, one))],
        Realization::Percentile(percentile) => {
            vec![integers("percentile", vec![percentile.into()])]
        }
        Realization::Probability { lower, upper } => {
            let limits: Vec<f32> = [lower, upper].into_iter().flatten().map(|n| n.0).collect();
            let name = if limits.len() == 2 { "probability_limits" } else { "probability_limit" };
            if limits.is_empty() { Vec::new() } else { vec![reals(name, limits)] }
        }
    }
}

/// Who an ensemble member is, in NIO's words.
pub fn ensemble_words(edition: u8, one: Realization) -> String {
    let Realization::Ensemble { kind, number, .. } = one else { return String::new() };
    match (edition, kind) {
        (2, 0) => "unperturbed high-resolution control forecast".to_owned(),
        (2, 1) => "unperturbed low-resolution control forecast".to_owned(),
        (2, 2) => format!("negatively perturbed forecast # {number}"),
        (2, 3) => format!("positively perturbed forecast # {number}"),
        (1, 2 | 10 | 11) if number == 0 => "control forecast".to_owned(),
        (1, 10) => "control forecast".to_owned(),
        (1, 11) => format!("perturbed forecast # {number}"),
        _ => format!("type: {kind}, id: {number}"),
    }
}

/// `mean (interval: 6 hours)` of CF's cell methods, for statistics that CF has a word for.
pub fn cell_method(product: &Product) -> Option<String> {
    let word = match product.time.edition1 {
        Some(range) => match range.indicator {
            3 | 6 | 7 => "mean",
            4 => "sum",
            _ => return None,
        },
        None if product.time.intervals.is_empty() => return None,
        None => match cubes::process(product)? {
            0 => "mean",
            1 => "sum",
            2 => "maximum",
            3 => "minimum",
            5 => "root_mean_square",
            6 => "standard_deviation",
            11 => "sum",
            _ => return None,
        },
    };
    let increment = product.time.intervals.first().filter(|i| i.increment > 0);
    let interval = increment.map(|interval| {
        let period = Period { count: interval.increment.into(), unit: interval.increment_unit };
        format!(" (interval: {})", period::words(2, period))
    });
    Some(format!("{word}{}", interval.unwrap_or_default()))
}
