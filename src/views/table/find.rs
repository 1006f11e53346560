//! The next cell with a value: looked for on a worker, from the cursor on, then from the top.

use std::ops::Range;
use std::sync::Arc;

use hyperslab_core::{ReadContext, Result};

use super::rows::{Block, Names, Rows, RowsRequest};
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::views::Scene;
use crate::views::cell::Parts;
use crate::views::rows::RowOrder;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct FindRequest {
    /// The rows that are shown.
    pub rows: RowsRequest,
    pub text: String,
    /// The row and column that are looked at first.
    pub from: (u64, u64),
}

/// The row in the file and the column, where there is such a cell.
pub(super) struct FoundCell(pub Option<(u64, u64)>);

impl Weigh for FoundCell {
    fn bytes(&self) -> usize {
        size_of::<Self>()
    }
}

impl Request for FindRequest {
    type Output = FoundCell;

    fn describe(&self) -> String {
        format!("looking for {}", self.text)
    }
}

/// `order` is what the request's rows are shown in.
pub(super) fn want_found(
    scene: Scene<'_>,
    request: &FindRequest,
    order: Option<Arc<RowOrder>>,
    names: &Names,
    parts: Parts,
) -> Answer<FoundCell> {
    let (opened, job, names) = (scene.opened.clone(), request.clone(), names.clone());
    scene.engine.want(request, Priority::Visible, move |cx| {
        let layout = &job.rows.layout;
        let rows = Rows { opened: &opened, layout, origin: job.rows.origin, names: &names };
        let shown = order.map(|order| {
            let mut shown = order.rows.clone();
            shown.sort_unstable();
            shown
        });
        let search = Search { rows, wanted: Wanted::of(&job.text), shown, parts };
        let all = 0..layout.row_count();
        let found = match search.first_in(job.from.0..all.end, Some(job.from), cx)? {
            Some(found) => Some(found),
            None => search.first_in(0..job.from.0.saturating_add(1).min(all.end), None, cx)?,
        };
        Ok(FoundCell(found))
    })
}

struct Search<'a> {
    rows: Rows<'a>,
    wanted: Wanted,
    /// Ascending; all of them where there is none.
    shown: Option<Vec<u64>>,
    parts: Parts,
}

impl Search<'_> {
    fn first_in(
        &self,
        rows: Range<u64>,
        from: Option<(u64, u64)>,
        cx: &ReadContext,
    ) -> Result<Option<(u64, u64)>> {
        let mut found = None;
        self.rows.for_each_block(rows.start, None, self.parts, cx, &mut |block| {
            found = self.first_of(block, &rows, from);
            Ok(found.is_none() && block.tile.rows.end < rows.end)
        })?;
        Ok(found)
    }

    fn first_of(
        &self,
        block: &Block<'_>,
        rows: &Range<u64>,
        from: Option<(u64, u64)>,
    ) -> Option<(u64, u64)> {
        let is_shown = |row: &u64| match &self.shown {
            Some(shown) => shown.binary_search(row).is_ok(),
            None => true,
        };
        let candidates = block.tile.rows.clone().filter(|row| rows.contains(row) && is_shown(row));
        candidates.into_iter().find_map(|row| {
            let mut columns = block.tile.cols.clone();
            let column = columns.find(|&column| {
                from.is_none_or(|from| (row, column) >= from)
                    && self.wanted.is_met(block.number(row, column), || block.text(row, column))
            })?;
            Some((row, column))
        })
    }
}

/// A number is looked for as a value, anything else in what cells show.
enum Wanted {
    Number(f64, String),
    Text(String),
}

impl Wanted {
    fn of(text: &str) -> Self {
        let text = text.trim();
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Self::Number(number, text.to_owned()),
            _ => Self::Text(text.to_lowercase()),
        }
    }

    fn is_met(&self, number: Option<f64>, text: impl FnOnce() -> Option<String>) -> bool {
        match (self, number) {
            (Self::Number(wanted, _), Some(number)) if number == *wanted => true,
            // 0.1 finds the single-precision value that is shown so.
            (Self::Number(wanted, written), Some(number)) => {
                (number - wanted).abs() <= 1e-6 * wanted.abs() && text().as_deref() == Some(written)
            }
            (Self::Number(_, written), None) => text().is_some_and(|text| text == *written),
            (Self::Text(wanted), _) => {
                text().is_some_and(|text| text.to_lowercase().contains(wanted.as_str()))
            }
        }
    }
}
