//! Which rows a table shows, and in which order: found on a worker, block by block.

use std::cmp::Ordering;
use std::sync::Arc;

use hyperslab_core::{Buffer, Range, ReadContext, ReadError, Result, Section};

use crate::cf::CfDataset;
use crate::engine::store::Opened;
use crate::engine::{Answer, Priority, Request};
use crate::prep::fields::FieldColumn;
use crate::prep::row_filter::{Cell, Row, RowFilter};
use crate::prep::table::NumberFormat;
use crate::prep::tiles::{Layout, Tile};
use crate::views::axis::AxisInfo;
use crate::views::cell::{CellWriter, Parts};
use crate::views::data;
use crate::views::rows::{FOUND_MAX, RowOrder, SORTED_MAX, quoted_name};
use crate::views::{Origin, Scene};

/// Values read together.
const BLOCK_VALUES: u64 = 1 << 18;

/// The rows of a table that meet a condition, sorted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RowsRequest {
    pub origin: Origin,
    pub layout: Layout,
    /// Empty: all of them.
    pub filter: String,
    /// By a column, and whether the greatest comes first.
    pub sort: Option<(u64, bool)>,
}

impl Request for RowsRequest {
    type Output = RowOrder;

    fn describe(&self) -> String {
        if self.filter.is_empty() { "sorting rows".into() } else { "finding rows".into() }
    }
}

/// What the columns of a table are called in conditions.
#[derive(Clone)]
pub struct Names {
    fields: Vec<FieldColumn>,
    /// Of the variable, where it is the only column.
    own: Option<String>,
    rows: Option<Arc<AxisInfo>>,
    columns: Option<Arc<AxisInfo>>,
    count: u64,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Value(u64),
    Any,
    /// The number of the row.
    Index,
    Coordinate,
}

impl Names {
    pub fn new(
        layout: &Layout,
        own: &str,
        fields: &[FieldColumn],
        rows: Option<Arc<AxisInfo>>,
        columns: Option<Arc<AxisInfo>>,
    ) -> Self {
        let is_only = layout.col_axis.is_none() && fields.is_empty();
        let own = is_only.then(|| own.to_owned());
        Self { fields: fields.to_vec(), own, rows, columns, count: layout.col_count() }
    }

    pub fn knows(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Fields lead: a table may have a column called `row`.
    fn find(&self, name: &str) -> Option<Column> {
        if let Some(at) = self.fields.iter().position(|field| field.name == name) {
            return Some(Column::Value(at as u64));
        }
        if self.own.as_deref() == Some(name) || (self.own.is_some() && name == "value") {
            return Some(Column::Value(0));
        }
        if self.rows.as_ref().is_some_and(|rows| rows.name() == name && rows.has_coordinate()) {
            return Some(Column::Coordinate);
        }
        match name {
            "any" => return Some(Column::Any),
            "row" => return Some(Column::Index),
            _ => {}
        }
        let index = name.strip_prefix('c').and_then(|digits| digits.parse::<u64>().ok());
        let index = index.filter(|_| self.fields.is_empty() && self.own.is_none());
        let along = || self.columns.as_ref()?.find(name);
        index.or_else(along).filter(|&index| index < self.count).map(Column::Value)
    }

    /// An example of a condition, for a newcomer.
    pub fn example(&self) -> String {
        let name = match (self.fields.first(), &self.own) {
            (Some(field), _) => field.name.clone(),
            (None, Some(own)) => own.clone(),
            (None, None) => "any".into(),
        };
        format!("{} > 0", quoted_name(&name))
    }
}

/// `None` where the table is shown as it lies in the file.
pub fn want_rows(
    scene: Scene<'_>,
    request: &RowsRequest,
    names: &Names,
    parts: Parts,
) -> Option<Answer<RowOrder>> {
    if request.filter.is_empty() && request.sort.is_none() {
        return None;
    }
    let (opened, job, names) = (scene.opened.clone(), request.clone(), names.clone());
    let work = move |cx: &ReadContext| {
        let rows = Rows { opened: &opened, layout: &job.layout, origin: job.origin, names: &names };
        rows.order(&job, parts, cx)
    };
    Some(scene.engine.want(request, Priority::Visible, work))
}

type Columns = std::ops::Range<u64>;

/// A table that is gone through from the first row to the last.
pub(super) struct Rows<'a> {
    pub opened: &'a Arc<Opened<CfDataset>>,
    pub layout: &'a Layout,
    pub origin: Origin,
    pub names: &'a Names,
}

impl Rows<'_> {
    fn order(&self, job: &RowsRequest, parts: Parts, cx: &ReadContext) -> Result<RowOrder> {
        let filter = match job.filter.as_str() {
            "" => None,
            text => Some(
                RowFilter::parse(text, &|name| self.names.knows(name))
                    .map_err(ReadError::request)?,
            ),
        };
        let columns: Vec<Column> = filter
            .iter()
            .flat_map(RowFilter::columns)
            .map(|name| self.names.find(name).unwrap_or(Column::Any))
            .collect();
        let sorted = job.sort.map(|(column, _)| Column::Value(column));
        let used = self.used(columns.iter().copied().chain(sorted));
        let mut found: Vec<u64> = Vec::new();
        let mut keys: Vec<Key> = Vec::new();
        let mut is_cut = false;
        self.for_each_block(0, used, parts, cx, &mut |block| {
            for row in block.tile.rows.clone() {
                let line = Line { block, columns: &columns, row };
                if filter.as_ref().is_some_and(|filter| !filter.is_met(&line)) {
                    continue;
                }
                if let Some((column, _)) = job.sort {
                    if keys.len() >= SORTED_MAX {
                        return Err(ReadError::request(format!(
                            "up to {SORTED_MAX} rows can be sorted: add a condition"
                        )));
                    }
                    keys.push(block.key(row, column));
                }
                if found.len() >= FOUND_MAX {
                    is_cut = true;
                    return Ok(false);
                }
                found.push(row);
            }
            Ok(true)
        })?;
        if let Some((_, is_descending)) = job.sort {
            cx.check()?;
            let mut pairs: Vec<(Key, u64)> = keys.into_iter().zip(found).collect();
            // Equal ones stay in the file's order; what is missing stays last.
            pairs.sort_by(|a, b| match is_descending && a.0.is_there() && b.0.is_there() {
                true => b.0.compare(&a.0),
                false => a.0.compare(&b.0),
            });
            found = pairs.into_iter().map(|(_, row)| row).collect();
        }
        Ok(RowOrder { rows: found, is_cut })
    }

    /// The columns that must be read; `None` for all of them.
    fn used(&self, columns: impl Iterator<Item = Column>) -> Option<Columns> {
        let mut used: Option<Columns> = None;
        for column in columns {
            match column {
                Column::Any => return None,
                Column::Value(at) => {
                    used = Some(used.map_or(at..at + 1, |u| u.start.min(at)..u.end.max(at + 1)));
                }
                Column::Index | Column::Coordinate => {}
            }
        }
        Some(used.unwrap_or(0..1))
    }

    /// Reads the rows block by block from `first` on, until `each` has enough. All columns where
    /// none are named.
    pub(super) fn for_each_block(
        &self,
        first: u64,
        columns: Option<Columns>,
        parts: Parts,
        cx: &ReadContext,
        each: &mut dyn FnMut(&Block<'_>) -> Result<bool>,
    ) -> Result<()> {
        let count = self.layout.row_count();
        let columns = columns.unwrap_or(0..self.layout.col_count());
        let writer = parts.writer(self.opened);
        let width = match self.layout.fields {
            Some(fields) => fields,
            None => columns.end.saturating_sub(columns.start),
        };
        let step = (BLOCK_VALUES / width.max(1)).clamp(1, BLOCK_VALUES);
        cx.progress.expect(count.saturating_sub(first));
        let mut start = first;
        while start < count {
            // Blocks lie on a grid, so that chunks are decoded once.
            let end = (start / step + 1).saturating_mul(step).min(count);
            cx.check()?;
            let Some(tile) = self.layout.tile(start..end, columns.clone()) else {
                return Err(ReadError::request("these rows are not in the variable"));
            };
            // Cells are written from stored values; masks count where these are decoded.
            let stored = Origin { is_decoded: false, ..self.origin };
            let found = data::read_shown(self.opened, stored, &tile.section, cx)?;
            let hidden = found.hidden.filter(|_| self.origin.is_decoded).unwrap_or_default();
            let coordinates = self.coordinates(start..end, cx)?;
            let block = Block {
                values: &found.values,
                readable: found.readable,
                hidden,
                tile,
                layout: self.layout,
                writer: &writer,
                coordinates,
            };
            if !each(&block)? {
                break;
            }
            cx.advance(end - start)?;
            start = end;
        }
        Ok(())
    }

    fn coordinates(&self, rows: Columns, cx: &ReadContext) -> Result<Coordinates<'_>> {
        let Some(info) = &self.names.rows else { return Ok(Coordinates::None) };
        let Some(variable) = info.unread() else { return Ok(Coordinates::Known(info)) };
        let origin = Origin { variable, is_decoded: false, ..self.origin.unmasked() };
        let section = Section::new([Range::new(rows.start, rows.end - rows.start)]);
        let values = data::read_undamaged(self.opened, origin, &section, cx)?.values;
        let writer = Parts::new(variable, true, NumberFormat::Auto).writer(self.opened);
        Ok(Coordinates::Read { writer: Box::new(writer), first: rows.start, values })
    }
}

enum Coordinates<'a> {
    None,
    Known(&'a AxisInfo),
    /// From a row on.
    Read {
        writer: Box<CellWriter<'a>>,
        first: u64,
        values: Buffer,
    },
}

/// Some rows, read.
pub(super) struct Block<'a> {
    values: &'a Buffer,
    readable: usize,
    /// By a mask; empty where there is none.
    hidden: Vec<bool>,
    pub tile: Tile,
    layout: &'a Layout,
    writer: &'a CellWriter<'a>,
    coordinates: Coordinates<'a>,
}

impl Block<'_> {
    fn index(&self, row: u64, column: u64) -> Option<usize> {
        let index = self.layout.index_in(&self.tile, row, column)?;
        // What lies beyond the end of a file that is cut short is not there.
        let is_hidden = self.hidden.get(index).copied().unwrap_or(false);
        (index < self.readable && !is_hidden).then_some(index)
    }

    pub(super) fn text(&self, row: u64, column: u64) -> Option<String> {
        let cell = self.writer.cell(self.values, self.index(row, column)?, column);
        (!cell.is_missing).then_some(cell.text)
    }

    pub(super) fn number(&self, row: u64, column: u64) -> Option<f64> {
        self.writer.number(self.values, self.index(row, column)?, column)
    }

    fn is_number(&self, column: u64) -> bool {
        !self.writer.is_text(column)
    }

    fn key(&self, row: u64, column: u64) -> Key {
        match self.number(row, column) {
            Some(number) => Key::Number(number),
            None if self.is_number(column) => Key::Missing,
            None => self.text(row, column).map_or(Key::Missing, Key::Text),
        }
    }
}

/// What rows are sorted by: numbers before texts before what is missing.
enum Key {
    Number(f64),
    Text(String),
    Missing,
}

impl Key {
    fn is_there(&self) -> bool {
        !matches!(self, Self::Missing)
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (a, b) => a.rank().cmp(&b.rank()),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Number(_) => 0,
            Self::Text(_) => 1,
            Self::Missing => 2,
        }
    }
}

/// One row, as a condition looks at it.
struct Line<'a> {
    block: &'a Block<'a>,
    columns: &'a [Column],
    row: u64,
}

impl Row for Line<'_> {
    fn any(&self, column: usize, is_met: &mut dyn FnMut(&dyn Cell) -> bool) -> bool {
        let (block, row) = (self.block, self.row);
        match self.columns.get(column) {
            Some(&Column::Value(column)) => is_met(&ValueCell { block, row, column }),
            Some(Column::Any) => {
                block.tile.cols.clone().any(|column| is_met(&ValueCell { block, row, column }))
            }
            Some(Column::Index) => {
                is_met(&Plain { text: row.to_string(), number: Some(row as f64) })
            }
            Some(Column::Coordinate) => is_met(&self.coordinate()),
            None => false,
        }
    }
}

impl Line<'_> {
    fn coordinate(&self) -> Plain {
        let (text, number) = match &self.block.coordinates {
            Coordinates::None => (String::new(), None),
            Coordinates::Known(info) => (info.label(self.row), info.value(self.row)),
            Coordinates::Read { writer, first, values } => {
                let at = self.row.checked_sub(*first).and_then(|at| usize::try_from(at).ok());
                let cell =
                    at.map(|at| (writer.text(values, at).text, writer.number(values, at, 0)));
                cell.unwrap_or_default()
            }
        };
        Plain { text, number }
    }
}

struct ValueCell<'a> {
    block: &'a Block<'a>,
    row: u64,
    column: u64,
}

impl Cell for ValueCell<'_> {
    fn is_missing(&self) -> bool {
        self.block.number(self.row, self.column).is_none()
            && (self.block.is_number(self.column)
                || self.block.text(self.row, self.column).is_none())
    }

    fn number(&self) -> Option<f64> {
        self.block.number(self.row, self.column).or_else(|| {
            let text = self.block.text(self.row, self.column)?;
            text.trim().parse().ok()
        })
    }

    fn text(&self) -> String {
        self.block.text(self.row, self.column).unwrap_or_default()
    }
}

/// A row's number or coordinate.
struct Plain {
    text: String,
    number: Option<f64>,
}

impl Cell for Plain {
    fn is_missing(&self) -> bool {
        self.text.is_empty()
    }

    fn number(&self) -> Option<f64> {
        self.number
    }

    fn text(&self) -> String {
        self.text.clone()
    }
}
