//! `hyperslab messages`: the records of a GRIB file, as forecasters know them.

use std::io::Write;
use std::ops::Range;

use hyperslab_core::array::Number;
use hyperslab_core::{Array, ErrorKind, GroupId, ReadError, RecordKeys, RecordValue, Result};
use serde::ser::{SerializeMap, SerializeSeq, SerializeTuple};
use serde::{Serialize, Serializer};

use super::args::MessagesArgs;
use super::failure::{Outcome, Unreadable};
use super::info::error_of;
use super::opened::{Opened, Place};
use super::output::Output;
use super::parallel;
use crate::export::json::JsonNumber;
use crate::prep::records::text_of;
use crate::prep::stats::Stats;

/// Rows that a thread writes before another gets its turn.
const ROWS_AT_ONCE: u64 = 512;
const SAMPLES: u64 = 12;
const POINTS: u64 = 6;

/// What is printed for people, of the keys there are.
const COLUMNS: [&str; 11] = [
    "index",
    "shortName",
    "typeOfLevel",
    "level",
    "dataDate",
    "dataTime",
    "stepRange",
    "stepType",
    "number",
    "gridType",
    "packingType",
];

pub fn run(args: &MessagesArgs) -> Outcome {
    let opened = Opened::open(&args.file, &args.options)?;
    let count = opened.records()?.len() as u64;
    let mut out = Output::stdout();
    let answer = match args.json {
        true => write_json(&opened, count, args.digest, &mut out),
        false => write_text(&opened, count, args.digest, &mut out),
    };
    let mut bad = answer.map_err(|failure| out.named(failure))?;
    if let Some(error) = error_of(&opened, Place::Group(GroupId::ROOT)) {
        bad.add(error.in_file(&opened.name));
    }
    out.finish()?;
    bad.result()
}

/// One message as it is told: its keys, and what its values are.
struct Row {
    keys: RecordKeys,
    digest: Option<Result<Digest>>,
}

impl Row {
    fn of(
        opened: &Opened,
        index: u64,
        keys: Result<RecordKeys>,
        with_digest: bool,
    ) -> Result<Self> {
        let digest = || Digest::of(opened, usize::try_from(index).unwrap_or(usize::MAX));
        Ok(Self { keys: keys?, digest: with_digest.then(digest) })
    }
}

/// Some rows, their keys asked for at once: whether the file is still the one opened is looked at
/// after each question.
fn rows(opened: &Opened, indices: Range<u64>, with_digests: bool) -> Result<Vec<Result<Row>>> {
    let keys: Vec<Result<RecordKeys>> = opened.ask(|records, cx| {
        let at = |index| usize::try_from(index).unwrap_or(usize::MAX);
        Ok(indices.clone().map(|index| records.keys(at(index), cx)).collect())
    })?;
    let rows = indices.zip(keys);
    Ok(rows.map(|(index, keys)| Row::of(opened, index, keys, with_digests)).collect())
}

fn write_json(
    opened: &Opened,
    count: u64,
    with_digests: bool,
    mut out: impl Write,
) -> Outcome<Unreadable> {
    write!(out, "{{\"file\":")?;
    serde_json::to_writer(&mut out, &opened.name)?;
    write!(out, ",\"format\":")?;
    serde_json::to_writer(&mut out, opened.format_name())?;
    write!(out, ",\n\"messages\":[")?;
    let mut bad = Unreadable::default();
    let at_once = if with_digests { 1 } else { ROWS_AT_ONCE };
    let block = |k: u64| {
        let (mut bytes, mut bad) = (Vec::new(), Unreadable::default());
        let indices = k * at_once..((k + 1) * at_once).min(count);
        for (index, row) in indices.clone().zip(rows(opened, indices, with_digests)?) {
            bytes.extend_from_slice(if index == 0 { b"\n" } else { b",\n" });
            let row = JsonRow { index, row };
            for error in row.errors() {
                bad.add(error);
            }
            serde_json::to_writer(&mut bytes, &row).map_err(|error| {
                ReadError::new(ErrorKind::Bug, format!("message {index}: {error}"))
            })?;
        }
        Ok((bytes, bad))
    };
    parallel::in_order(count.div_ceil(at_once), block, |_, found| {
        let (bytes, part) = found?;
        bad.merge(part);
        Ok(out.write_all(&bytes)?)
    })?;
    write!(out, "],\n\"notes\":")?;
    serde_json::to_writer(&mut out, &opened.notes())?;
    writeln!(out, "}}")?;
    Ok(bad)
}

/// A table whose columns are as wide as their widest cell so far.
fn write_text(
    opened: &Opened,
    count: u64,
    with_digests: bool,
    mut out: impl Write,
) -> Outcome<Unreadable> {
    let mut heads: Vec<String> = COLUMNS.map(str::to_owned).into();
    if with_digests {
        heads.extend(["missing", "min", "max", "mean"].map(str::to_owned));
    }
    let mut widths: Vec<usize> = heads.iter().map(String::len).collect();
    let mut waiting = vec![heads];
    let mut bad = Unreadable::default();
    let at_once = if with_digests { 1 } else { ROWS_AT_ONCE };
    let block = |k: u64| {
        let (mut lines, mut bad) = (Vec::new(), Unreadable::default());
        let indices = k * at_once..((k + 1) * at_once).min(count);
        for (index, row) in indices.clone().zip(rows(opened, indices, with_digests)?) {
            lines.push(cells(index, row, &mut bad));
        }
        Ok((lines, bad))
    };
    parallel::in_order(count.div_ceil(at_once), block, |k, found| {
        let (rows, part) = found?;
        bad.merge(part);
        waiting.extend(rows);
        if waiting.len() as u64 >= ROWS_AT_ONCE || k + 1 == count.div_ceil(at_once) {
            write_rows(&mut waiting, &mut widths, &mut out)?;
        }
        Ok(())
    })?;
    write_rows(&mut waiting, &mut widths, &mut out)?;
    for note in opened.notes() {
        writeln!(out, "note: {note}")?;
    }
    Ok(bad)
}

fn write_rows(
    rows: &mut Vec<Vec<String>>,
    widths: &mut [usize],
    out: &mut impl Write,
) -> std::io::Result<()> {
    for row in &*rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    for row in rows.drain(..) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&*widths) {
            line += &format!("{cell:width$}  ");
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn cells(index: u64, row: Result<Row>, bad: &mut Unreadable) -> Vec<String> {
    let row = match row {
        Ok(row) => row,
        Err(error) => {
            let told = vec![index.to_string(), error.what()];
            bad.add(error);
            return told;
        }
    };
    let key = |name: &str| row.keys.iter().find(|(key, _)| *key == name);
    let dash = || "-".to_owned();
    let mut cells: Vec<String> = COLUMNS
        .iter()
        .map(|name| key(name).map_or_else(dash, |(_, value)| text_of(value)))
        .collect();
    match row.digest {
        None => {}
        Some(Ok(digest)) => {
            let number = |number: Option<f64>| number.map_or_else(dash, |n| n.to_string());
            cells.push(digest.missing.to_string());
            cells.extend([digest.min, digest.max, digest.mean].map(number));
        }
        Some(Err(error)) => {
            cells.push(error.what());
            bad.add(error);
        }
    }
    cells
}

/// What tells whether two programs decode the same values.
struct Digest {
    missing: u64,
    min: Option<f64>,
    max: Option<f64>,
    mean: Option<f64>,
    /// NaN where missing.
    samples: Vec<(u64, f64)>,
    /// Latitude and longitude, where the grid has any.
    positions: Option<Vec<(u64, (f64, f64))>>,
}

impl Digest {
    fn of(opened: &Opened, index: usize) -> Result<Self> {
        let array: Array = opened.ask(|records, cx| records.values(index, cx))?;
        let count = array.values.len() as u64;
        let stats = Stats::of(&array.values);
        let sample = |at: u64| {
            let value = usize::try_from(at).ok().and_then(|at| array.values.number(at));
            (at, value.map_or(f64::NAN, Number::as_f64))
        };
        let points: Vec<u64> = spread(count, POINTS).collect();
        let positions = opened.ask(|records, cx| records.positions(index, &points, cx))?;
        Ok(Self {
            missing: stats.missing(),
            min: stats.min().map(Number::as_f64),
            max: stats.max().map(Number::as_f64),
            mean: stats.mean(),
            samples: spread(count, SAMPLES).map(sample).collect(),
            positions: positions.map(|found| points.iter().copied().zip(found).collect()),
        })
    }
}

/// `k * (count - 1) // (samples - 1)`, without repeats.
fn spread(count: u64, samples: u64) -> impl Iterator<Item = u64> {
    let last = u128::from(count.saturating_sub(1));
    let at = move |k: u64| (u128::from(k) * last / u128::from(samples - 1)) as u64;
    (0..samples).filter(move |&k| count > 0 && (k == 0 || at(k) != at(k - 1))).map(at)
}

struct JsonRow {
    index: u64,
    row: Result<Row>,
}

impl JsonRow {
    fn errors(&self) -> impl Iterator<Item = ReadError> {
        let of_keys = self.row.as_ref().err();
        let digest = self.row.as_ref().ok().and_then(|row| row.digest.as_ref());
        of_keys.into_iter().chain(digest.and_then(|digest| digest.as_ref().err())).cloned()
    }
}

impl Serialize for JsonRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        match &self.row {
            Err(error) => {
                object.serialize_entry("index", &self.index)?;
                object.serialize_entry("error", &error.what())?;
            }
            Ok(row) => {
                for (key, value) in &row.keys {
                    object.serialize_entry(key, &JsonValue(value))?;
                }
                match &row.digest {
                    None => {}
                    Some(Ok(digest)) => {
                        object.serialize_entry("missing", &digest.missing)?;
                        object.serialize_entry("min", &digest.min)?;
                        object.serialize_entry("max", &digest.max)?;
                        object.serialize_entry("mean", &digest.mean)?;
                        object.serialize_entry("samples", &Samples(&digest.samples))?;
                        object
                            .serialize_entry("latlon", &digest.positions.as_deref().map(Points))?;
                    }
                    Some(Err(error)) => object.serialize_entry("error", &error.what())?,
                }
            }
        }
        object.end()
    }
}

struct JsonValue<'a>(&'a RecordValue);

impl Serialize for JsonValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            RecordValue::Integer(value) => serializer.serialize_i64(*value),
            RecordValue::Real(value) => JsonNumber(Number::F64(*value)).serialize(serializer),
            RecordValue::Text(text) => serializer.serialize_str(text),
            RecordValue::Bool(value) => serializer.serialize_bool(*value),
        }
    }
}

struct Samples<'a>(&'a [(u64, f64)]);

impl Serialize for Samples<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for (index, value) in self.0 {
            list.serialize_element(&(index, Some(value).filter(|value| value.is_finite())))?;
        }
        list.end()
    }
}

struct Points<'a>(&'a [(u64, (f64, f64))]);

impl Serialize for Points<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for (index, (latitude, longitude)) in self.0 {
            list.serialize_element(&Point(*index, *latitude, *longitude))?;
        }
        list.end()
    }
}

/// Null for a coordinate that is none: off the Earth's disc.
struct Point(u64, f64, f64);

impl Serialize for Point {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut triple = serializer.serialize_tuple(3)?;
        triple.serialize_element(&self.0)?;
        for degrees in [self.1, self.2] {
            triple.serialize_element(&Some(degrees).filter(|degrees| degrees.is_finite()))?;
        }
        triple.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_spread_from_first_to_last_without_repeats() {
        assert_eq!(spread(25, 6).collect::<Vec<_>>(), [0, 4, 9, 14, 19, 24]);
        assert_eq!(spread(3, 12).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(spread(1, 6).collect::<Vec<_>>(), [0]);
        assert_eq!(spread(0, 6).count(), 0);
    }
}
