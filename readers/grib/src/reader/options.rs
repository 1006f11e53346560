//! What a person may choose about GRIB files (NIO's file options).

use hyperslab_core::ReadContext;
use hyperslab_core::options::{AS_CELLS, Choice, Values};

use crate::cubes::SingleElements;
use crate::grids::Interpolation;
use crate::tables::{NcepTable, UserTables};

pub static CHOICES: &[Choice] = &[
    Choice {
        name: "grib.thinned",
        label: "Thinned grids",
        hint: "How rows of different lengths become rows of one length",
        values: Values::OneOf(&[
            ("linear", "Linear interpolation"),
            ("cubic", "Cubic interpolation"),
            ("nearest", "Nearest point"),
        ]),
    },
    Choice {
        name: "grib.initial_time",
        label: "Initial times",
        hint: "What the coordinate along a dimension of initial times is",
        values: Values::OneOf(&[("numeric", "Hours since 1800-01-01"), ("text", "Text")]),
    },
    Choice {
        name: "grib.single_element_dimensions",
        label: "Dimensions of one element",
        hint: "Times, levels and members of which there is one: attributes, or dimensions too",
        values: Values::OneOf(&[("none", "Attributes"), ("all", "Dimensions")]),
    },
    Choice {
        name: "grib.ncep_table",
        label: "NCEP parameter table",
        hint: "Which table GRIB1 files of NCEP mean that do not say",
        values: Values::OneOf(&[("operational", "Operational"), ("reanalysis", "Reanalysis")]),
    },
    Choice {
        name: "grib.parameter_tables",
        label: "Parameter tables",
        hint: "GRIB1 parameter tables that go before the built-in ones",
        values: Values::Text { extension: "gtb", variable: "NIO_GRIB_PTABLE_PATH" },
    },
];

/// How a file is listed.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// `grib.initial_time` = `text`: the coordinate of initial times is text, not hours.
    pub initial_time_as_text: bool,
    /// `grib.single_element_dimensions`: `all`, or some of `initial_time`, `forecast_time`,
    /// `level`, `ensemble` and `probability`.
    pub single_elements: SingleElements,
    /// `grib.ncep_table` = `reanalysis`.
    pub ncep_table: NcepTable,
    /// `grib.parameter_tables`: the text of NIO parameter tables.
    pub user_tables: UserTables,
}

impl Options {
    /// What cannot be understood is noted and left out.
    pub fn of(cx: &ReadContext) -> Self {
        let get = |name: &str| cx.options.get(name).map(str::trim).unwrap_or_default();
        let singles = get("grib.single_element_dimensions").to_ascii_lowercase();
        let has = |name: &str| {
            singles.split(|c: char| c == ',' || c.is_whitespace()).any(|word| word == name)
        };
        let single_elements = if has("all") {
            SingleElements::ALL
        } else {
            SingleElements {
                initial_time: has("initial_time"),
                forecast_time: has("forecast_time"),
                level: has("level"),
                ensemble: has("ensemble"),
                probability: has("probability"),
            }
        };
        let user_tables = match get("grib.parameter_tables") {
            "" => UserTables::default(),
            text => UserTables::parse(text).unwrap_or_else(|error| {
                cx.note(format!("parameter tables: {error}"));
                UserTables::default()
            }),
        };
        let ncep_table = match get("grib.ncep_table") {
            table if table.eq_ignore_ascii_case("reanalysis") => NcepTable::Reanalysis,
            _ => NcepTable::Operational,
        };
        Self {
            initial_time_as_text: get("grib.initial_time").eq_ignore_ascii_case("text"),
            single_elements,
            ncep_table,
            user_tables,
        }
    }
}

/// `grib.thinned`: how rows of a thinned grid become rows of one length, asked for at each read.
pub fn interpolation(cx: &ReadContext) -> Interpolation {
    if cx.options.get(AS_CELLS).is_some() {
        return Interpolation::Nearest;
    }
    match cx.options.get("grib.thinned").map(str::trim).unwrap_or_default() {
        "cubic" => Interpolation::Cubic,
        "nearest" => Interpolation::Nearest,
        _ => Interpolation::Linear,
    }
}
