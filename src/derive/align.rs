//! Which indices of two axes belong together: by their coordinates, where they have some.

use std::collections::HashMap;

use hyperslab_core::{ReadContext, ReadError, Result, Section, VariableId};

use super::operand::Operand;
use super::picked::Pick;
use crate::cf::{self, Conversion, DateTime, Fills};

/// Coordinates that are compared.
#[derive(Clone, Debug, PartialEq)]
pub enum Coordinates {
    Numbers { values: Vec<f64>, units: String },
    Dates(Vec<Option<DateTime>>),
}

/// How two axes go together.
#[derive(Clone, Debug, PartialEq)]
pub struct Aligned {
    pub length: u64,
    pub a: Pick,
    pub b: Pick,
    /// What must be said about it.
    pub note: Option<String>,
}

/// The coordinate along an axis, decoded; `None` where there is none or it is text.
///
/// # Errors
/// Of reading it.
pub fn coordinates(of: &Operand, axis: usize, cx: &ReadContext) -> Result<Option<Coordinates>> {
    let axes = of.cf().map(|cf| cf.axes()).unwrap_or_default();
    let id = axes.get(axis).and_then(|axis| axis.coordinate);
    let Some(id) = id else { return Ok(None) };
    read_coordinates(of, id, cx)
}

fn read_coordinates(of: &Operand, id: VariableId, cx: &ReadContext) -> Result<Option<Coordinates>> {
    let dataset = &of.opened.dataset;
    let found = dataset.variable(id).zip(of.opened.meaning.variable(dataset, id));
    let Some((variable, cf)) = found.filter(|(variable, _)| variable.dtype.is_numeric()) else {
        return Ok(None);
    };
    let stored = of.opened.file.read(id, &Section::all(&variable.shape()), cx)?;
    let fills = Fills::with_defaults(of.opened.file.has_default_fills());
    let decoded = cf::decode_owned(stored, &cf.packing(fills)).array;
    let Some(values) = decoded.values.to_f64() else { return Ok(None) };
    Ok(Some(match cf.time_axis() {
        Some(Ok(time)) => Coordinates::Dates(values.iter().map(|v| time.date(*v)).collect()),
        _ => Coordinates::Numbers { values, units: cf.units().unwrap_or_default() },
    }))
}

/// How far coordinates may be apart that are the same, of their size: single precision.
const TOLERANCE: f64 = 1e-5;

/// # Errors
/// `Request` where axes of different lengths have nothing in common.
pub fn aligned(
    name: &str,
    (a_length, a): (u64, Option<&Coordinates>),
    (b_length, b): (u64, Option<&Coordinates>),
) -> Result<Aligned> {
    let direct = |note| Aligned { length: a_length, a: Pick::From(0), b: Pick::From(0), note };
    let pairs = match (a, b) {
        (Some(Coordinates::Dates(a)), Some(Coordinates::Dates(b))) => same_dates(a, b),
        (
            Some(Coordinates::Numbers { values: a, units: a_units }),
            Some(Coordinates::Numbers { values: b, units: b_units }),
        ) => {
            let conversion = Conversion::between(b_units, a_units).unwrap_or_default();
            same_numbers(a, &b.iter().map(|&b| conversion.apply(b)).collect::<Vec<_>>())
        }
        _ if a_length == b_length => return Ok(direct(None)),
        _ => Vec::new(),
    };
    let is_all =
        a_length == b_length && pairs.len() as u64 == a_length && pairs.iter().all(|(a, b)| a == b);
    if is_all {
        return Ok(direct(None));
    }
    if pairs.is_empty() {
        return match a_length == b_length {
            true => Ok(direct(Some(format!("{name} differs: taken one by one")))),
            false => Err(ReadError::request(format!(
                "the two have no {name} in common ({a_length} and {b_length} values)"
            ))),
        };
    }
    let length = pairs.len() as u64;
    let (a, b): (Vec<u64>, Vec<u64>) = pairs.into_iter().unzip();
    let note = (length < a_length).then(|| format!("{length} of {a_length} {name} in common"));
    Ok(Aligned { length, a: Pick::List(a.into()), b: Pick::List(b.into()), note })
}

fn same_dates(a: &[Option<DateTime>], b: &[Option<DateTime>]) -> Vec<(u64, u64)> {
    let places: HashMap<DateTime, u64> =
        (0..).zip(b).filter_map(|(at, date)| Some(((*date)?, at))).collect();
    let found = (0..).zip(a).filter_map(|(at, date)| Some((at, *places.get(&(*date)?)?)));
    found.collect()
}

fn same_numbers(a: &[f64], b: &[f64]) -> Vec<(u64, u64)> {
    let mut sorted: Vec<(f64, u64)> = b.iter().copied().zip(0..).collect();
    sorted.retain(|(value, _)| value.is_finite());
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let nearest = |value: f64| {
        let after = sorted.partition_point(|(other, _)| *other < value);
        let near = [after.checked_sub(1), Some(after)].into_iter().flatten();
        let found = near.filter_map(|at| sorted.get(at));
        found.min_by(|a, b| (a.0 - value).abs().total_cmp(&(b.0 - value).abs()))
    };
    let pairs = (0..).zip(a).filter_map(|(at, &value)| {
        let (other, place) = nearest(value)?;
        let is_same = (other - value).abs() <= TOLERANCE * value.abs().max(other.abs());
        is_same.then_some((at, *place))
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(values: &[f64], units: &str) -> Coordinates {
        Coordinates::Numbers { values: values.to_vec(), units: units.into() }
    }

    fn days(days: &[u16]) -> Coordinates {
        Coordinates::Dates(days.iter().map(|&day| Some(DateTime::date(2000, 1, day))).collect())
    }

    fn lists(a: &[u64], b: &[u64]) -> (Pick, Pick) {
        (Pick::List(a.into()), Pick::List(b.into()))
    }

    #[test]
    fn levels_belong_together_by_value_whatever_their_order_and_units() {
        let a = numbers(&[100_000.0, 85_000.0, 50_000.0], "Pa");
        let b = numbers(&[500.0, 700.0, 1000.0, 20.0], "hPa");
        let found = aligned("plev", (3, Some(&a)), (4, Some(&b))).unwrap();
        assert_eq!((found.a, found.b), lists(&[0, 2], &[2, 0]));
        assert_eq!(found.note.as_deref(), Some("2 of 3 plev in common"));
    }

    #[test]
    fn times_belong_together_by_date() {
        let (a, b) = (days(&[1, 2, 3]), days(&[2, 3, 4, 5]));
        let found = aligned("time", (3, Some(&a)), (4, Some(&b))).unwrap();
        assert_eq!((found.a, found.b), lists(&[1, 2], &[0, 1]));
        let same = aligned("time", (3, Some(&a)), (3, Some(&days(&[1, 2, 3])))).unwrap();
        assert_eq!((same.a, same.note), (Pick::From(0), None));
    }

    #[test]
    fn what_has_nothing_in_common_is_taken_one_by_one_or_not_at_all() {
        let (a, b) = (days(&[1, 2]), days(&[11, 12]));
        let found = aligned("time", (2, Some(&a)), (2, Some(&b))).unwrap();
        assert_eq!(found.note.as_deref(), Some("time differs: taken one by one"));
        assert!(aligned("time", (2, Some(&a)), (1, Some(&days(&[9])))).is_err());
        assert!(aligned("x", (2, None), (3, None)).is_err());
        assert!(aligned("x", (3, None), (3, None)).unwrap().note.is_none());
    }

    #[test]
    fn single_precision_is_no_difference() {
        let a = numbers(&[0.1, 0.2], "m");
        let b = numbers(&[f64::from(0.1f32), f64::from(0.2f32)], "m");
        assert_eq!(aligned("x", (2, Some(&a)), (2, Some(&b))).unwrap().note, None);
    }
}
