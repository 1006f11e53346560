//! A coordinate's values as people read them: `48.25°N`, `850 hPa`, `2000-03-01 06:00`.
//!
//! Built once for the values of a coordinate, asked for one label at a time by sliders, table
//! headers and the readout under the pointer. Build O(n), memory 8 bytes a number.

use hyperslab_core::array::{Number, trim_nul};
use hyperslab_core::{Array, Buffer, Variable};

use super::axes::AxisRole;
use super::flags::Flags;
use super::text_times;
use super::time::TimeAxis;
use super::time_format::TimePrecision;
use super::values::Decimals;
use super::{attributes, units};

/// Labels along one axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Labels {
    kind: Kind,
    note: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Index,
    Texts(Vec<String>),
    Numbers { values: Vec<f64>, decimals: Decimals, unit: Unit },
    Times { values: Vec<f64>, axis: TimeAxis, precision: TimePrecision },
    Codes { values: Buffer, flags: Flags },
}

#[derive(Clone, Debug, PartialEq)]
enum Unit {
    /// Degrees north or east, and the letters of the two directions.
    Degrees([char; 2]),
    /// With the blank before it, if it takes one.
    Suffix(String),
}

/// So many values are looked at to find how precisely all are written.
const SAMPLES: usize = 10_000;

impl Labels {
    /// For an axis without a coordinate: its indices, from 0.
    pub fn indices() -> Self {
        Self { kind: Kind::Index, note: None }
    }

    /// From a coordinate and its decoded values.
    pub fn of(variable: &Variable, role: AxisRole, values: &Array) -> Self {
        if let Some(texts) = texts_of(values) {
            return Self::of_texts(texts);
        }
        if let Some(flags) = Flags::of(variable) {
            let kind = Kind::Codes { values: values.values.clone(), flags };
            return Self { kind, note: None };
        }
        let Some(numbers) = values.values.to_f64() else { return Self::indices() };
        let mut note = None;
        if role == AxisRole::Time {
            match TimeAxis::of(variable) {
                Ok(axis) => {
                    let precision = axis.precision(&sampled(&numbers));
                    return Self { kind: Kind::Times { values: numbers, axis, precision }, note };
                }
                Err(why) => note = Some(format!("{}: {why}", variable.name)),
            }
        }
        let step = numbers.len().div_ceil(SAMPLES).max(1);
        let sample = (0..numbers.len()).step_by(step).filter_map(|i| values.values.number(i));
        let decimals = Decimals::of(sample.filter(|n| n.as_f64().is_finite()));
        let kind = Kind::Numbers { values: numbers, decimals, unit: Unit::of(variable, role) };
        Self { kind, note }
    }

    fn of_texts(texts: Vec<String>) -> Self {
        let kind = match text_times::values_of_texts(&texts) {
            Some(values) => {
                let axis = TimeAxis::unix();
                let precision = axis.precision(&sampled(&values));
                Kind::Times { values, axis, precision }
            }
            None => Kind::Texts(texts),
        };
        Self { kind, note: None }
    }

    /// The label of the value at `index`; the index itself where there is none.
    pub fn text(&self, index: usize) -> String {
        let label = match &self.kind {
            Kind::Index => None,
            Kind::Texts(texts) => texts.get(index).cloned(),
            Kind::Numbers { values, decimals, unit } => {
                values.get(index).map(|&value| unit.text(value, *decimals))
            }
            Kind::Times { values, axis, precision } => {
                values.get(index).map(|&value| axis.text(value, *precision))
            }
            Kind::Codes { values, flags } => values.number(index).map(|number| {
                flags.label(number).unwrap_or_else(|| super::values::text_of(number))
            }),
        };
        label.unwrap_or_else(|| index.to_string())
    }

    /// The label of a place between two values, as under the pointer; an index where there are
    /// no numbers along the axis.
    pub fn text_at(&self, value: f64) -> String {
        match &self.kind {
            Kind::Index | Kind::Texts(_) | Kind::Codes { .. } => {
                self.text(if value.is_finite() { value.max(0.0).round() as usize } else { 0 })
            }
            Kind::Numbers { decimals, unit, .. } => unit.text(value, decimals.finer()),
            Kind::Times { axis, precision, .. } => {
                let finer = match precision {
                    TimePrecision::Day => TimePrecision::Minute,
                    other => *other,
                };
                axis.text(value, finer)
            }
        }
    }

    /// The values to draw along the axis, where they are numbers or dates.
    pub fn values(&self) -> Option<&[f64]> {
        match &self.kind {
            Kind::Numbers { values, .. } | Kind::Times { values, .. } => Some(values),
            _ => None,
        }
    }

    /// How [`Labels::values`] are read as dates, where they are.
    pub fn time_axis(&self) -> Option<&TimeAxis> {
        match &self.kind {
            Kind::Times { axis, .. } => Some(axis),
            _ => None,
        }
    }

    /// Why times are shown as plain numbers.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }
}

impl Unit {
    fn of(variable: &Variable, role: AxisRole) -> Self {
        let text = attributes::units(variable).unwrap_or_default();
        let is_angle = units::is_degrees(&text) || text.is_empty();
        match role {
            AxisRole::Latitude if is_angle || units::is_latitude(&text) => {
                Self::Degrees(['N', 'S'])
            }
            AxisRole::Longitude if is_angle || units::is_longitude(&text) => {
                Self::Degrees(['E', 'W'])
            }
            AxisRole::Time if units::is_time(&text) => Self::Suffix(format!(" {text}")),
            _ => match units::pretty(&text) {
                shown if shown.is_empty() || shown == "%" || shown == "°" => Self::Suffix(shown),
                shown => Self::Suffix(format!(" {shown}")),
            },
        }
    }

    fn text(&self, value: f64, decimals: Decimals) -> String {
        let number = |value: f64| decimals.text(value);
        match self {
            _ if value.is_nan() => number(value),
            Self::Suffix(unit) => format!("{}{unit}", number(value)),
            Self::Degrees(_) if value == 0.0 => format!("{}°", number(value)),
            Self::Degrees([positive, _]) if value > 0.0 => format!("{}°{positive}", number(value)),
            Self::Degrees([_, negative]) => format!("{}°{negative}", number(-value)),
        }
    }
}

/// The strings of a text array: rows of chars, or one an element; without padding.
pub fn texts_of(array: &Array) -> Option<Vec<String>> {
    let plain = |bytes: &[u8]| String::from_utf8_lossy(trim_nul(bytes)).trim_end().to_owned();
    match &array.values {
        Buffer::Char(bytes) => {
            let row = array.shape.last().and_then(|&len| usize::try_from(len).ok());
            let rows = bytes.chunks_exact(row.unwrap_or(1).max(1));
            Some(rows.map(plain).collect())
        }
        Buffer::FixedText { len, bytes } if *len > 0 => {
            Some(bytes.chunks_exact(*len).map(plain).collect())
        }
        Buffer::FixedText { .. } => Some(Vec::new()),
        Buffer::Text(texts) => Some(texts.iter().map(|text| plain(text)).collect()),
        _ => None,
    }
}

/// A value of a variable with its unit, for the readout: `263.6 K`, `cloudy`, `–`.
pub fn value_text(number: Option<Number>, unit_text: &str, flags: Option<&Flags>) -> String {
    let Some(number) = number.filter(|number| !number.as_f64().is_nan()) else {
        return "–".into();
    };
    if let Some(label) = flags.and_then(|flags| flags.label(number)) {
        return label;
    }
    let text = super::values::text_of(number);
    match units::pretty(unit_text).as_str() {
        "" => text,
        unit @ ("%" | "°") => format!("{text}{unit}"),
        unit => format!("{text} {unit}"),
    }
}

fn sampled(values: &[f64]) -> Vec<f64> {
    values.iter().step_by(values.len().div_ceil(SAMPLES).max(1)).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn labels(variable: &Variable, role: AxisRole, values: impl Into<Buffer>) -> Vec<String> {
        let values = Array::vector(values.into());
        let labels = Labels::of(variable, role, &values);
        (0..values.len()).map(|index| labels.text(index)).collect()
    }

    #[test]
    fn places_carry_their_direction() {
        let lat = float("lat", &[]).with("units", "degrees_north");
        let values = vec![48.25f32, 0.0, -12.5];
        assert_eq!(labels(&lat, AxisRole::Latitude, values), ["48.25°N", "0.00°", "12.50°S"]);
        let lon = float("lon", &[]);
        assert_eq!(labels(&lon, AxisRole::Longitude, vec![190f64, -10.0]), ["190°E", "10°W"]);
        let rotated = float("rlat", &[]).with("units", "degrees");
        assert_eq!(labels(&rotated, AxisRole::Y, vec![-1.5f32]), ["-1.5°"]);
        let radians = float("lat", &[]).with("units", "rad");
        assert_eq!(labels(&radians, AxisRole::Latitude, vec![-0.5f32]), ["-0.5 rad"]);
    }

    #[test]
    fn levels_carry_their_unit() {
        let plev = float("plev", &[]).with("units", "hPa");
        assert_eq!(labels(&plev, AxisRole::Vertical, vec![1000i32, 850]), ["1000 hPa", "850 hPa"]);
        let sigma = float("lev", &[]).with("units", "1");
        assert_eq!(labels(&sigma, AxisRole::Vertical, vec![0.1f32, 0.95]), ["0.10", "0.95"]);
    }

    #[test]
    fn times_are_dates_or_numbers_with_a_note() {
        let time = float("time", &[]).with("units", "hours since 2000-03-01");
        assert_eq!(
            labels(&time, AxisRole::Time, vec![0f64, 6.0]),
            ["2000-03-01 00:00", "2000-03-01 06:00"]
        );
        let bad = float("time", &[]).with("units", "wibble");
        let values = Array::vector(vec![0i32, 1].into());
        let result = Labels::of(&bad, AxisRole::Time, &values);
        assert_eq!(result.text(1), "1 wibble");
        assert!(result.note().unwrap().contains("no reference date"));
        let parsecs = float("time", &[]).with("units", "parsecs since 2000-01-01");
        let result = Labels::of(&parsecs, AxisRole::Time, &values);
        assert_eq!(result.text(1), "1 parsecs since 2000-01-01");
    }

    #[test]
    fn texts_are_labels_and_dates_where_they_are_dates() {
        let times = Array {
            shape: vec![2, 19],
            values: Buffer::Char(b"2005-08-28_00:00:002005-08-28_03:00:00".to_vec()),
        };
        let result = Labels::of(&char_variable("Times"), AxisRole::Time, &times);
        assert_eq!(result.text(1), "2005-08-28 03:00");
        assert_eq!(result.values().unwrap()[1] - result.values().unwrap()[0], 10_800.0);
        let names = Array { shape: vec![2, 4], values: Buffer::Char(b"Ulm\0Jena".to_vec()) };
        let result = Labels::of(&char_variable("names"), AxisRole::Other, &names);
        assert_eq!((result.text(0), result.text(1)), ("Ulm".into(), "Jena".into()));
        assert_eq!(result.values(), None);
    }

    #[test]
    fn without_a_value_the_index_is_the_label() {
        assert_eq!(Labels::indices().text(7), "7");
        assert_eq!(Labels::indices().text_at(6.7), "7");
        assert_eq!(Labels::indices().text_at(f64::NAN), "0");
        let opaque = Array::vector(Buffer::Opaque { len: 2, bytes: vec![0; 4] });
        assert_eq!(Labels::of(&float("x", &[]), AxisRole::Other, &opaque).text(1), "1");
        let short = Array::vector(vec![5f32].into());
        assert_eq!(Labels::of(&float("x", &[]), AxisRole::X, &short).text(3), "3");
        let empty = Array { shape: vec![0, 0], values: Buffer::Char(Vec::new()) };
        assert_eq!(texts_of(&empty), Some(Vec::new()));
    }

    #[test]
    fn codes_are_labelled_by_their_meanings() {
        let area = int("area", 4, &[2])
            .with_numbers("flag_values", vec![1i32, 2])
            .with("flag_meanings", "atlantic_ocean pacific_ocean");
        assert_eq!(labels(&area, AxisRole::Other, vec![2i32, 9]), ["pacific ocean", "9"]);
    }

    #[test]
    fn the_pointer_reads_one_digit_more_and_the_time_of_day() {
        let lat = float("lat", &[]).with("units", "degrees_north");
        let result = Labels::of(&lat, AxisRole::Latitude, &Array::vector(vec![1f32, 2.0].into()));
        assert_eq!(result.text_at(1.55), "1.6°N");
        let time = float("time", &[]).with("units", "days since 2000-03-01");
        let result = Labels::of(&time, AxisRole::Time, &Array::vector(vec![0f32, 1.0].into()));
        assert_eq!(result.text_at(0.25), "2000-03-01 06:00");
    }

    #[test]
    fn a_readout_has_the_unit_the_meaning_or_a_dash() {
        assert_eq!(value_text(Some(Number::F32(263.6)), "K", None), "263.6 K");
        assert_eq!(value_text(Some(Number::Int(5)), "percent", None), "5%");
        assert_eq!(value_text(Some(Number::F32(f32::NAN)), "K", None), "–");
        assert_eq!(value_text(None, "K", None), "–");
    }
}
