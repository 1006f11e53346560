//! Which rows of a group's table are shown, and in which order: found on a worker.

use std::sync::Arc;

use hyperslab_core::{ReadContext, ReadError, Result};

use super::columns::{self, Headers, HeadersRequest};
use crate::cf::CfDataset;
use crate::engine::store::Opened;
use crate::engine::{Answer, Priority, Request};
use crate::interpret::Table;
use crate::prep::row_filter::{Cell, Row, RowFilter};
use crate::prep::table::NumberFormat;
use crate::views::Scene;
use crate::views::rows::{FOUND_MAX, RowOrder, SORTED_MAX};

/// Rows looked at together.
const BLOCK_ROWS: u64 = 1 << 14;

/// The rows of a table that meet a condition, sorted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RowsRequest {
    pub headers: HeadersRequest,
    /// Empty: all of them.
    pub filter: String,
    /// By the place of a column, and whether the greatest comes first.
    pub sort: Option<(u64, bool)>,
    pub is_decoded: bool,
    pub format: NumberFormat,
}

impl Request for RowsRequest {
    type Output = RowOrder;

    fn describe(&self) -> String {
        if self.filter.is_empty() { "sorting rows".into() } else { "finding rows".into() }
    }
}

/// Whether conditions may speak of this column.
pub fn knows(headers: &Headers, name: &str) -> bool {
    matches!(name, "any" | "row") || headers.names.iter().any(|known| known == name)
}

/// `None` where the table is shown as it lies in the file.
pub fn want_rows(
    scene: Scene<'_>,
    request: &RowsRequest,
    headers: &Arc<Headers>,
) -> Option<Answer<RowOrder>> {
    if request.filter.is_empty() && request.sort.is_none() {
        return None;
    }
    let (opened, job, headers) = (scene.opened.clone(), request.clone(), headers.clone());
    let work = move |cx: &ReadContext| order(&opened, &job, &headers, cx);
    Some(scene.engine.want(request, Priority::Visible, work))
}

fn order(
    opened: &Arc<Opened<CfDataset>>,
    job: &RowsRequest,
    headers: &Headers,
    cx: &ReadContext,
) -> Result<RowOrder> {
    let table = opened.meaning.interpretation().table(job.headers.group);
    let table = table.ok_or_else(|| ReadError::request("the table is gone"))?;
    let filter = match job.filter.as_str() {
        "" => None,
        text => {
            Some(RowFilter::parse(text, &|name| knows(headers, name)).map_err(ReadError::request)?)
        }
    };
    let names = filter.as_ref().map_or(&[][..], RowFilter::columns);
    let sorted = job.sort.and_then(|(place, _)| usize::try_from(place).ok());
    let wanted = |place: usize, name: &String| {
        sorted == Some(place) || names.iter().any(|known| known == name || known == "any")
    };
    let places: Vec<usize> =
        (0..headers.names.len()).filter(|&place| wanted(place, &headers.names[place])).collect();
    let mut found = Vec::new();
    let mut keys = Vec::new();
    let mut is_cut = false;
    cx.progress.expect(table.rows);
    let mut start = 0;
    while start < table.rows && !is_cut {
        let rows = start..(start + BLOCK_ROWS).min(table.rows);
        let block = Block::read(opened, table, job, (headers, &places), rows.clone(), cx)?;
        for row in rows.clone() {
            let line = Line { block: &block, names, row, at: (row - rows.start) as usize };
            if filter.as_ref().is_some_and(|filter| !filter.is_met(&line)) {
                continue;
            }
            if let Some(place) = sorted {
                if keys.len() >= SORTED_MAX {
                    return Err(ReadError::request(format!(
                        "up to {SORTED_MAX} rows can be sorted: add a condition"
                    )));
                }
                keys.push(block.text(place, line.at).to_owned());
            }
            if found.len() >= FOUND_MAX {
                is_cut = true;
                break;
            }
            found.push(row);
        }
        cx.advance(rows.end - rows.start)?;
        start = rows.end;
    }
    if let Some((_, is_descending)) = job.sort {
        found = sort(keys, found, is_descending);
    }
    Ok(RowOrder { rows: found, is_cut })
}

/// Numbers before texts before what is missing; equal ones stay in the file's order.
fn sort(keys: Vec<String>, rows: Vec<u64>, is_descending: bool) -> Vec<u64> {
    let rank = |key: &(Option<f64>, String)| match key {
        (Some(_), _) => 0,
        (None, text) if !is_missing(text) => 1,
        _ => 2,
    };
    let parsed = keys.into_iter().map(|text| (number(&text), text));
    let mut pairs: Vec<((Option<f64>, String), u64)> = parsed.zip(rows).collect();
    pairs.sort_by(|(a, _), (b, _)| {
        let by_rank = rank(a).cmp(&rank(b));
        let ordering = match (a.0, b.0) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            _ => a.1.cmp(&b.1),
        };
        by_rank.then(if is_descending { ordering.reverse() } else { ordering })
    });
    pairs.into_iter().map(|(_, row)| row).collect()
}

/// As cells show it.
fn is_missing(text: &str) -> bool {
    matches!(text, "" | "—" | "NaN")
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| !number.is_nan())
}

/// What the cells of some columns show in some rows.
struct Block<'a> {
    columns: Vec<(usize, &'a str, Vec<String>)>,
}

impl<'a> Block<'a> {
    fn read(
        opened: &Arc<Opened<CfDataset>>,
        table: &Table,
        job: &RowsRequest,
        (headers, places): (&'a Headers, &[usize]),
        rows: std::ops::Range<u64>,
        cx: &ReadContext,
    ) -> Result<Self> {
        let mut columns = Vec::with_capacity(places.len());
        for &place in places {
            let column = headers.order.get(place).and_then(|&at| table.columns.get(at));
            let (Some(column), Some(name)) = (column, headers.names.get(place)) else { continue };
            let how = (job.is_decoded, job.format);
            let texts = columns::texts(opened, column, rows.clone(), how, cx)?;
            columns.push((place, name.as_str(), texts));
        }
        Ok(Self { columns })
    }

    fn text(&self, place: usize, at: usize) -> &str {
        let column = self.columns.iter().find(|(known, ..)| *known == place);
        column.and_then(|(.., texts)| texts.get(at)).map_or("", String::as_str)
    }
}

struct Line<'a> {
    block: &'a Block<'a>,
    names: &'a [String],
    row: u64,
    at: usize,
}

impl Row for Line<'_> {
    fn any(&self, column: usize, is_met: &mut dyn FnMut(&dyn Cell) -> bool) -> bool {
        let Some(wanted) = self.names.get(column).map(String::as_str) else { return false };
        let columns = self.block.columns.iter();
        if columns.clone().any(|(_, name, _)| *name == wanted) || wanted == "any" {
            return columns
                .filter(|(_, name, _)| *name == wanted || wanted == "any")
                .any(|(.., texts)| is_met(&Text(texts.get(self.at).map_or("", String::as_str))));
        }
        is_met(&Text(&self.row.to_string()))
    }
}

/// What a cell shows.
struct Text<'a>(&'a str);

impl Cell for Text<'_> {
    fn is_missing(&self) -> bool {
        is_missing(self.0)
    }

    fn number(&self) -> Option<f64> {
        number(self.0)
    }

    fn text(&self) -> String {
        self.0.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_sort_before_texts_and_what_is_missing_last_in_both_directions() {
        let keys = || ["10", "b", "9", "—", "a", "-1e3"].map(String::from).to_vec();
        let rows = || (0..6).collect();
        assert_eq!(sort(keys(), rows(), false), [5, 2, 0, 4, 1, 3]);
        assert_eq!(sort(keys(), rows(), true), [0, 2, 5, 1, 4, 3]);
    }
}
