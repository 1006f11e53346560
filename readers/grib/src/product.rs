//! What a field is: parameter, time, vertical position, kind of ensemble product. One model for
//! both editions; what only one of them has keeps that edition's words.

use crate::time::DateTime;

/// Everything the product and identification sections say (GRIB1: section 1; GRIB2: sections 0,
/// 1 and 4), parsed. Octets that have no field here are reached through `octets`.
#[derive(Clone, Debug, PartialEq)]
pub struct Product {
    pub edition: u8,
    pub origin: Origin,
    pub parameter: Parameter,
    pub time: Time,
    pub vertical: Vertical,
    pub ensemble: Option<Ensemble>,
    /// GRIB2 code table 4.7: what was derived from all members.
    pub derived_forecast: Option<u8>,
    pub probability: Option<Probability>,
    /// 0 to 100 (GRIB2 templates 4.6 and 4.10).
    pub percentile: Option<u8>,
    /// When the model that made a reforecast was valid (GRIB2 templates 4.60, 4.61).
    pub model_version_date: Option<DateTime>,
    /// Satellite bands of templates 4.30 to 4.34: series, numbers, instrument, central wave number.
    pub bands: Vec<Band>,
    /// Coordinate values after the product definition (GRIB2), the vertical coordinate
    /// parameters PV (GRIB1, from the grid section), of hybrid levels.
    pub vertical_coordinates: Vec<f64>,
    /// GRIB2: section 4 whole, its length and number first. GRIB1: section 1 whole.
    pub octets: Vec<u8>,
    /// GRIB2: section 2 whole, its length and number first; empty without one. (ECMWF's says
    /// which of its data sets this is, and that decides names.) GRIB1: empty.
    pub local_use: Vec<u8>,
    /// GRIB2: grid definition template of section 3. GRIB1: 0.
    pub grid_template: u16,
    /// GRIB2 grid definition template 3.101: number of the grid in its reference (which points of
    /// a cell). Otherwise 0.
    pub grid_in_reference: u8,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Common code table C-1 (GRIB1) or C-11.
    pub centre: u16,
    pub sub_centre: u16,
    /// GRIB2 section 1: master and local tables' versions. GRIB1: the parameter table's version
    /// and 0.
    pub tables_version: u8,
    pub local_tables_version: u8,
    /// GRIB1: the generating process (model) number. GRIB2: that of section 4.
    pub process: u8,
    /// GRIB2 code tables 4.3, 1.2, 1.3 and 1.4.
    pub type_of_process: Option<u8>,
    pub significance_of_reference_time: Option<u8>,
    pub production_status: Option<u8>,
    pub type_of_data: Option<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Parameter {
    Edition1 {
        number: u8,
    },
    Edition2 {
        discipline: u8,
        category: u8,
        number: u8,
        /// Product definition template.
        template: u16,
    },
}

/// When the values are valid. The reference time and everything after it are as stored;
/// `time::Validity` works out the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct Time {
    pub reference: DateTime,
    /// GRIB1 code table 4, GRIB2 code table 4.4, as stored.
    pub unit: u8,
    /// From the reference time to the value, or to where the overall interval begins. GRIB1: P1.
    pub start: i64,
    pub edition1: Option<TimeRange>,
    /// GRIB2 statistical templates: the end of the overall interval, and how many values are
    /// missing from it.
    pub end: Option<DateTime>,
    pub missing_count: u32,
    /// GRIB2: the outermost process first.
    pub intervals: Vec<Interval>,
}

/// GRIB1 octets 18 to 24: code tables 4 and 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeRange {
    /// P1 and P2; for indicator 10, `p1` is both octets and `p2` 0.
    pub p1: u16,
    pub p2: u8,
    pub indicator: u8,
    pub averaged: u16,
    pub missing: u8,
}

/// One time range of a statistical template (GRIB2 template 4.8 octets 47 to 58 and repeats).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Code table 4.10.
    pub process: u8,
    /// Code table 4.11.
    pub increment_type: u8,
    /// Code table 4.4.
    pub unit: u8,
    pub length: u32,
    pub increment_unit: u8,
    pub increment: u32,
}

/// Where in the vertical.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Vertical {
    /// GRIB1 code table 3 and the two octets that follow.
    Edition1 { kind: u8, octets: [u8; 2] },
    /// GRIB2 fixed surfaces; `None` for templates that have none (satellite products, 4.20).
    Edition2(Option<[Surface; 2]>),
}

/// Code table 4.5 with scale factor and scaled value; missing ones (all bits set) are `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Surface {
    pub kind: u8,
    pub scale: Option<i8>,
    pub value: Option<i32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ensemble {
    /// GRIB2 code table 4.6; GRIB1 NCEP's and ECMWF's local sections put theirs here.
    pub kind: u8,
    pub number: u16,
    /// 0: not said.
    pub size: u16,
}

/// GRIB2 templates 4.5 and 4.9, GRIB1 NCEP's probability extension.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Probability {
    /// Code table 4.9.
    pub kind: u8,
    pub number: u8,
    pub total: u8,
    pub lower: Option<f64>,
    pub upper: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    pub series: u16,
    pub satellite: u16,
    pub instrument: u16,
    /// Per metre.
    pub wave_number: f64,
}

impl Surface {
    /// In the units of code table 4.5; `None` when no value is given.
    pub fn meaning(&self) -> Option<f64> {
        let value = f64::from(self.value?);
        Some(match self.scale.unwrap_or(0) {
            0 => value,
            scale @ 1.. => value / 10f64.powi(i32::from(scale)),
            scale => value * 10f64.powi(-i32::from(scale)),
        })
    }
}
