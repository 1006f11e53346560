//! The columns of a table that lies in several variables: which parts of them the visible rows
//! need, and the text of a cell.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use hyperslab_core::array::Number;
use hyperslab_core::{
    Buffer, Dtype, GroupId, Range as AxisRange, ReadContext, Result, Section, VariableId,
};

use crate::cf::{CfDataset, DateTime, TimeAxis, TimePrecision, texts_of};
use crate::engine::store::Opened;
use crate::engine::{Answer, FileId, Priority, Request, Weigh};
use crate::interpret::{Column, ColumnKind, ColumnName, ColumnValues, Table};
use crate::prep::table::{NumberFormat, format_element};
use crate::views::Scene;
use crate::views::cell::{CellText, CellWriter, Parts};
use crate::views::data::{Readable, Slab, SlabRequest, read_readable, want_slab};

/// Rows read together.
pub const TILE_ROWS: u64 = 256;
/// Columns of a block read together.
const TILE_COLUMNS: u64 = 32;

/// Dates of a tile that say how precisely all are written.
const DATES_LOOKED_AT: usize = 64;

/// Names and pointers longer than this are not looked up: the numbers are shown.
const LOOKUP_MAX: u64 = 1 << 24;

/// What the columns are called, in the order in which they are shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HeadersRequest {
    pub file: FileId,
    pub generation: u64,
    pub group: GroupId,
}

pub struct Headers {
    pub names: Vec<String>,
    /// Places in the table's list of columns.
    pub order: Vec<usize>,
}

impl Weigh for Headers {
    fn bytes(&self) -> usize {
        self.names.iter().map(|name| name.len() + 32).sum()
    }
}

impl Request for HeadersRequest {
    type Output = Headers;

    fn describe(&self) -> String {
        "reading column names".into()
    }
}

/// Reads the names that are in variables, each of these once. O(columns).
pub fn headers(opened: &Opened<CfDataset>, table: &Table, cx: &ReadContext) -> Headers {
    let texts_in = |id: VariableId| {
        let values = ColumnValues::Variable(id);
        all_texts(opened, &values, &ColumnKind::Plain, cx).unwrap_or_default()
    };
    let mut read: HashMap<VariableId, Vec<String>> = HashMap::new();
    let mut names: Vec<String> = Vec::with_capacity(table.columns.len());
    for column in &table.columns {
        names.push(match &column.name {
            ColumnName::Known(name) => name.clone(),
            ColumnName::In { variable, index } => {
                let texts = read.entry(*variable).or_insert_with(|| texts_in(*variable));
                let name = usize::try_from(*index).ok().and_then(|index| texts.get(index));
                name.cloned().unwrap_or_else(|| index.to_string())
            }
        });
    }
    let wanted = table.order.map(texts_in).unwrap_or_default();
    let places: HashMap<&str, usize> = wanted.iter().map(String::as_str).zip(0..).collect();
    let mut order: Vec<usize> = (0..table.columns.len()).collect();
    order.sort_by_key(|&column| {
        let place = names.get(column).and_then(|name| places.get(name.as_str()));
        match column < table.index_columns {
            true => (false, column),
            false => (true, place.copied().unwrap_or(usize::MAX)),
        }
    });
    Headers { names: order.iter().map(|&k| names[k].clone()).collect(), order }
}

/// A list that the values of a column point into.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LookupRequest {
    headers: HeadersRequest,
    column: usize,
}

pub enum Lookup {
    Names(Vec<String>),
    Pointers(Vec<u64>),
}

impl Weigh for Lookup {
    fn bytes(&self) -> usize {
        match self {
            Self::Names(names) => names.iter().map(|name| name.len() + 32).sum(),
            Self::Pointers(pointers) => 8 * pointers.len(),
        }
    }
}

impl Request for LookupRequest {
    type Output = Lookup;

    fn describe(&self) -> String {
        "reading names".into()
    }
}

/// Everything a visible column needs to write its cells of some rows.
pub struct Loaded<'a> {
    column: &'a Column,
    dtype: Option<&'a Dtype>,
    writer: Option<CellWriter<'a>>,
    names: Option<Arc<Lookup>>,
    pointers: Option<Arc<Lookup>>,
    tiles: Vec<Tile>,
    format: NumberFormat,
    /// Of the dates that are there: all of a column are written alike.
    precision: Option<TimePrecision>,
}

/// Some rows of a column.
struct Tile {
    rows: Range<u64>,
    slab: Answer<Slab>,
    mask: Option<Answer<Slab>>,
}

/// Asks for what some rows of a column need, by the numbers of their blocks of [`TILE_ROWS`].
pub fn want<'a>(
    scene: Scene<'a>,
    request: &HeadersRequest,
    (place, column): (usize, &'a Column),
    blocks: &[u64],
    (is_decoded, format): (bool, NumberFormat),
) -> Loaded<'a> {
    let total = scene.opened.meaning.interpretation().table(request.group).map_or(0, |t| t.rows);
    let id = column.variable();
    let lookup = LookupRequest { headers: request.clone(), column: place };
    let names = match &column.kind {
        ColumnKind::Named { .. } if is_decoded => want_lookup(scene, &lookup, column, false),
        _ => None,
    };
    let pointers = match &column.values {
        ColumnValues::Between { .. } => want_lookup(scene, &lookup, column, true),
        _ => None,
    };
    let mut tiles = Vec::new();
    if let Some(id) = id.filter(|_| !matches!(column.values, ColumnValues::Between { .. })) {
        for &tile in blocks {
            let rows = tile * TILE_ROWS..((tile + 1) * TILE_ROWS).min(total);
            let slab = want_rows(scene, id, &column.values, &rows);
            let mask = match column.kind {
                ColumnKind::Masked { mask } => {
                    Some(want_rows(scene, mask, &ColumnValues::Variable(mask), &rows))
                }
                _ => None,
            };
            tiles.push(Tile { rows, slab, mask });
        }
    }
    let dtype = id.and_then(|id| scene.opened.dataset.variable(id)).map(|v| &v.dtype);
    let writer = match column.values {
        ColumnValues::Variable(variable) | ColumnValues::Plane { variable, .. } => {
            Some(CellWriter::new(Scene { variable, ..scene }, is_decoded, format))
        }
        _ => None,
    };
    Loaded { column, dtype, writer, names, pointers, tiles, format, precision: None }
        .with_precision()
}

fn want_rows(
    scene: Scene<'_>,
    id: VariableId,
    values: &ColumnValues,
    rows: &Range<u64>,
) -> Answer<Slab> {
    let scene = Scene { variable: id, ..scene };
    let shape = scene.variable().map(|variable| variable.shape()).unwrap_or_default();
    let section = section(&shape, values, rows);
    want_slab(scene, &SlabRequest { origin: scene.origin(false), section }, Priority::Visible)
}

/// The rows along the first axis; of a block its columns nearby, of what is left everything.
fn section(shape: &[u64], values: &ColumnValues, rows: &Range<u64>) -> Section {
    let ranges = shape.iter().enumerate().map(|(axis, &len)| match (axis, values) {
        (0, _) => AxisRange::new(rows.start, rows.end.min(len).saturating_sub(rows.start)),
        (1, ColumnValues::Plane { column, .. }) => {
            let start = column / TILE_COLUMNS * TILE_COLUMNS;
            AxisRange::new(start, TILE_COLUMNS.min(len.saturating_sub(start)))
        }
        _ => AxisRange::new(0, len),
    });
    Section::new(ranges.collect::<Vec<_>>())
}

fn want_lookup(
    scene: Scene<'_>,
    request: &LookupRequest,
    column: &Column,
    is_pointers: bool,
) -> Option<Arc<Lookup>> {
    // Pointers and names of one column are two lists.
    let place = 2 * request.column + usize::from(is_pointers);
    let request = LookupRequest { column: place, ..request.clone() };
    let (opened, column) = (scene.opened.clone(), column.clone());
    let answer = scene.engine.want(&request, Priority::Visible, move |cx| {
        Ok(match (is_pointers, &column.kind) {
            (false, ColumnKind::Named { names, kind }) => {
                Lookup::Names(all_texts(&opened, names, kind, cx).unwrap_or_default())
            }
            _ => Lookup::Pointers(pointers(&opened, &column, cx).unwrap_or_default()),
        })
    });
    answer.ready()
}

/// All elements of a list, as they are shown.
fn all_texts(
    opened: &Opened<CfDataset>,
    values: &ColumnValues,
    kind: &ColumnKind,
    cx: &ReadContext,
) -> Option<Vec<String>> {
    let (id, field) = match values {
        ColumnValues::Variable(id) => (*id, None),
        ColumnValues::Field { variable, field, .. } => (*variable, Some(*field)),
        _ => return None,
    };
    let variable = opened.dataset.variable(id).filter(|v| v.element_count() <= LOOKUP_MAX)?;
    let array = opened.file.read(id, &Section::all(&variable.shape()), cx).ok()?;
    if let (None, Some(texts)) = (field, texts_of(&array)) {
        return Some(texts);
    }
    let values = match (field, &array.values) {
        (Some(field), Buffer::Compound { fields, .. }) => &fields.get(field)?.1,
        (_, values) => values,
    };
    let dtype = match (field, &variable.dtype) {
        (Some(field), Dtype::Compound(compound)) => compound.fields.get(field).map(|f| &f.dtype),
        (_, dtype) => Some(dtype),
    };
    let text = |index: usize| {
        special(kind, values, index, None).map_or_else(
            || format_element(values, index, dtype, NumberFormat::Auto),
            |cell| cell.text,
        )
    };
    Some((0..values.len()).map(text).collect())
}

fn pointers(opened: &Opened<CfDataset>, column: &Column, cx: &ReadContext) -> Option<Vec<u64>> {
    let id = column.variable()?;
    let variable = opened.dataset.variable(id).filter(|v| v.element_count() <= LOOKUP_MAX)?;
    let section = Section::all(&variable.shape());
    let found = read_readable(opened, id, false, &section, cx).ok()?;
    let pointer = |index: usize| match found.values.number(index) {
        Some(Number::Int(value)) => u64::try_from(value).ok(),
        _ => None,
    };
    (0..found.values.len()).map(pointer).collect()
}

/// The cells of some rows of a column, read now: for a worker.
///
/// # Errors
/// When the values cannot be read.
pub fn texts(
    opened: &Arc<Opened<CfDataset>>,
    column: &Column,
    rows: Range<u64>,
    (is_decoded, format): (bool, NumberFormat),
    cx: &ReadContext,
) -> Result<Vec<String>> {
    let read = |id: VariableId, values: &ColumnValues| -> Result<Answer<Slab>> {
        let shape = opened.dataset.variable(id).map(|v| v.shape()).unwrap_or_default();
        let section = section(&shape, values, &rows);
        let found = read_readable(opened, id, false, &section, cx)?;
        let summary = found.summary();
        let Readable { values, readable, damage, hidden } = found;
        Ok(Answer::Ready(Arc::new(Slab {
            values,
            summary,
            section,
            readable,
            damage,
            hidden,
            contents: None,
        })))
    };
    let id = column.variable();
    let is_between = matches!(column.values, ColumnValues::Between { .. });
    let names = match &column.kind {
        ColumnKind::Named { names, kind } if is_decoded => all_texts(opened, names, kind, cx),
        _ => None,
    };
    let pointers = if is_between { pointers(opened, column, cx) } else { None };
    let mut tiles = Vec::new();
    if let Some(id) = id.filter(|_| !is_between) {
        let mask = match column.kind {
            ColumnKind::Masked { mask } => Some(read(mask, &ColumnValues::Variable(mask))?),
            _ => None,
        };
        tiles.push(Tile { rows: rows.clone(), slab: read(id, &column.values)?, mask });
    }
    let dtype = id.and_then(|id| opened.dataset.variable(id)).map(|v| &v.dtype);
    let writer = match column.values {
        ColumnValues::Variable(variable) | ColumnValues::Plane { variable, .. } => {
            Some(Parts::new(variable, is_decoded, format).writer(opened))
        }
        _ => None,
    };
    let names = names.map(|names| Arc::new(Lookup::Names(names)));
    let pointers = pointers.map(|pointers| Arc::new(Lookup::Pointers(pointers)));
    let loaded = Loaded { column, dtype, writer, names, pointers, tiles, format, precision: None };
    let loaded = loaded.with_precision();
    let text = |row: u64| match loaded.cell(row) {
        Shown::Text(cell) => cell.text,
        Shown::Error(_) | Shown::Pending => String::new(),
    };
    Ok(rows.map(text).collect())
}

/// A cell, or that it is not there yet.
pub enum Shown {
    Text(CellText),
    Error(String),
    Pending,
}

impl Loaded<'_> {
    fn with_precision(mut self) -> Self {
        let ColumnKind::Time { nanoseconds_per_unit } = self.column.kind else { return self };
        let mut dates = Vec::new();
        for tile in &self.tiles {
            for row in tile.rows.clone().take(DATES_LOOKED_AT) {
                let stored =
                    self.stored(row).ok().and_then(|(values, index, _)| values.number(index));
                dates.extend(stored.and_then(|number| date(number, nanoseconds_per_unit)));
            }
        }
        self.precision = (!dates.is_empty()).then(|| TimePrecision::of(dates));
        self
    }

    /// Numbers stand to the right.
    pub fn is_text(&self) -> bool {
        match (&self.column.kind, &self.column.values) {
            (ColumnKind::Plain, ColumnValues::Field { field, .. }) => match self.dtype {
                Some(Dtype::Compound(compound)) => {
                    compound.fields.get(*field).is_some_and(|field| field.dtype.is_text())
                }
                _ => false,
            },
            (ColumnKind::Plain, ColumnValues::Between { .. }) => false,
            (ColumnKind::Plain | ColumnKind::Masked { .. }, ColumnValues::Texts(texts)) => {
                !texts.iter().all(|text| text.bytes().all(|b| b.is_ascii_digit()))
            }
            (ColumnKind::Plain | ColumnKind::Masked { .. }, _) => {
                self.dtype.is_some_and(Dtype::is_text)
            }
            (ColumnKind::Named { .. }, _) => self.names.is_some(),
            _ => false,
        }
    }

    pub fn cell(&self, row: u64) -> Shown {
        let plain = |text: String| Shown::Text(CellText { text, is_missing: false });
        match &self.column.values {
            ColumnValues::Texts(texts) => {
                let text = usize::try_from(row).ok().and_then(|row| texts.get(row));
                plain(text.cloned().unwrap_or_default())
            }
            ColumnValues::Between { .. } => match self.pointers.as_deref() {
                Some(Lookup::Pointers(pointers)) => {
                    let part = pointers.partition_point(|&pointer| pointer <= row);
                    let part = part.saturating_sub(1);
                    plain(self.named(part as i128).unwrap_or_else(|| part.to_string()))
                }
                _ => Shown::Pending,
            },
            _ => self.stored_cell(row),
        }
    }

    fn stored_cell(&self, row: u64) -> Shown {
        let (values, index, dtype) = match self.stored(row) {
            Ok(found) => found,
            Err(shown) => return shown,
        };
        if let Some(Number::Int(code)) = values.number(index)
            && matches!(self.column.kind, ColumnKind::Named { .. })
        {
            if code < 0 {
                return missing();
            }
            let text = self.named(code).unwrap_or_else(|| code.to_string());
            return Shown::Text(CellText { text, is_missing: false });
        }
        if let Some(cell) = special(&self.column.kind, values, index, self.precision) {
            return Shown::Text(cell);
        }
        Shown::Text(match &self.writer {
            Some(writer) => writer.text(values, index),
            None => {
                let text = format_element(values, index, dtype, self.format);
                CellText { text, is_missing: false }
            }
        })
    }

    /// Where the stored value of a row is, with its type; else what is shown instead.
    fn stored(&self, row: u64) -> std::result::Result<(&Buffer, usize, Option<&Dtype>), Shown> {
        let tile = self.tiles.iter().find(|tile| tile.rows.contains(&row));
        let Tile { rows, slab, mask } = tile.ok_or(Shown::Pending)?;
        let slab = ready(slab)?;
        let at = (row - rows.start) as usize;
        if let Some(mask) = mask
            && ready(mask)?.values.number(at).is_some_and(|number| number.as_f64() != 0.0)
        {
            return Err(missing());
        }
        let (values, index, dtype) = match (&self.column.values, &slab.values) {
            (ColumnValues::Field { field, item, .. }, Buffer::Compound { count, fields }) => {
                let (_, values) = fields.get(*field).ok_or(Shown::Pending)?;
                let values = match values {
                    Buffer::Array { values, .. } => values,
                    values => values,
                };
                let each = values.len().checked_div(*count).unwrap_or(0);
                (values, at * each + item, self.field_dtype(*field))
            }
            (ColumnValues::Plane { column, .. }, values) => {
                let range = slab.section.ranges.get(1);
                let (start, count) = range.map_or((0, 1), |range| (range.start, range.count));
                let index = at as u64 * count + column.saturating_sub(start);
                (values, index as usize, self.dtype)
            }
            (_, values) => {
                // The characters of a text lie along an axis of their own.
                let each = slab.section.ranges.get(1).map_or(1, |range| range.count as usize);
                (values, at * each, self.dtype)
            }
        };
        // Of a file that is cut short only the first rows are there.
        let per_row = slab.values.len().checked_div((rows.end - rows.start) as usize).unwrap_or(0);
        let is_there = index < values.len() && (at + 1).saturating_mul(per_row) <= slab.readable;
        is_there.then_some((values, index, dtype)).ok_or_else(|| Shown::Error("unreadable".into()))
    }

    fn named(&self, code: i128) -> Option<String> {
        match self.names.as_deref() {
            Some(Lookup::Names(names)) => names.get(usize::try_from(code).ok()?).cloned(),
            _ => None,
        }
    }

    fn field_dtype(&self, field: usize) -> Option<&Dtype> {
        match self.dtype {
            Some(Dtype::Compound(compound)) => match &compound.fields.get(field)?.dtype {
                Dtype::Array(array) => Some(&array.element),
                dtype => Some(dtype),
            },
            dtype => dtype,
        }
    }
}

fn ready(answer: &Answer<Slab>) -> std::result::Result<&Slab, Shown> {
    match answer {
        Answer::Ready(slab) => Ok(slab),
        Answer::Failed(error) => Err(Shown::Error(error.to_string())),
        Answer::Pending(_) => Err(Shown::Pending),
    }
}

fn missing() -> Shown {
    Shown::Text(CellText { text: "—".into(), is_missing: true })
}

fn date(number: Number, nanoseconds_per_unit: i64) -> Option<DateTime> {
    match number {
        // pandas' NaT.
        Number::Int(value) if value != i128::from(i64::MIN) => {
            let seconds = (value * i128::from(nanoseconds_per_unit)) as f64 / 1e9;
            TimeAxis::unix().date(seconds)
        }
        _ => None,
    }
}

/// Dates and truth values.
fn special(
    kind: &ColumnKind,
    values: &Buffer,
    index: usize,
    precision: Option<TimePrecision>,
) -> Option<CellText> {
    let Number::Int(value) = values.number(index)? else { return None };
    match kind {
        ColumnKind::Bool => {
            let text = if value == 0 { "false" } else { "true" };
            Some(CellText { text: text.into(), is_missing: false })
        }
        ColumnKind::Time { .. } if value == i128::from(i64::MIN) => {
            Some(CellText { text: "—".into(), is_missing: true })
        }
        ColumnKind::Time { nanoseconds_per_unit } => {
            let date = date(Number::Int(value), *nanoseconds_per_unit)?;
            let text = precision.unwrap_or_else(|| TimePrecision::of([date])).text(&date);
            Some(CellText { text, is_missing: false })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_truth_are_written_as_such() {
        let cell = |kind: &ColumnKind, value: i64| {
            special(kind, &Buffer::I64(vec![value]), 0, None).map(|cell| cell.text)
        };
        let time = ColumnKind::Time { nanoseconds_per_unit: 1 };
        assert_eq!(cell(&time, 1_704_070_800_000_000_000).unwrap(), "2024-01-01 01:00");
        assert_eq!(cell(&time, i64::MIN).unwrap(), "—");
        assert_eq!(cell(&ColumnKind::Bool, 1).unwrap(), "true");
        assert_eq!(cell(&ColumnKind::Plain, 1), None);
    }

    #[test]
    fn a_block_is_read_with_the_columns_nearby() {
        let plane = ColumnValues::Plane { variable: VariableId(0), column: 40 };
        let section = section(&[1000, 50], &plane, &(256..512));
        assert_eq!(section.ranges, [AxisRange::new(256, 256), AxisRange::new(32, 18)]);
    }
}
