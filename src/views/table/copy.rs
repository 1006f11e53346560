//! The selection as text on the clipboard, tab separated.

use std::ops::Range;
use std::sync::Arc;

use egui::{Key, Modifiers, Ui};
use hyperslab_core::{ReadContext, ReadError, Result};

use super::rows::RowsRequest;
use super::scrolling::sorted_corners;
use super::{Grid, TableState};
use crate::cf::CfDataset;
use crate::engine::store::Opened;
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::export::tsv;
use crate::prep::table::NumberFormat;
use crate::views::Origin;
use crate::views::cell::{CellText, CellWriter, Parts};
use crate::views::data;

/// Cells one copy may hold.
const COPY_CELLS_MAX: u64 = 4_000_000;

/// The text of the selected cells, tab separated.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct CopyRequest {
    rows: RowsRequest,
    /// As they are shown.
    shown: Range<u64>,
    columns: Range<u64>,
    is_decoded: bool,
    format: NumberFormat,
}

pub(super) struct CopiedText(String);

impl Weigh for CopiedText {
    fn bytes(&self) -> usize {
        self.0.len()
    }
}

impl Request for CopyRequest {
    type Output = CopiedText;

    fn describe(&self) -> String {
        "copying".into()
    }
}

/// Ctrl+C: reads what is selected, which may reach far beyond what is visible.
pub(super) fn copy_ui(
    ui: &Ui,
    grid: &Grid<'_>,
    table: &mut TableState,
    rows: &RowsRequest,
    writer: &CellWriter<'_>,
) {
    let is_asked = ui.input_mut(|input| {
        input.events.iter().any(|event| matches!(event, egui::Event::Copy))
            || input.consume_key(Modifiers::COMMAND, Key::C)
    });
    if is_asked && table.is_active {
        table.copy = table.selection.and_then(|selection| copy_request(rows, selection, writer));
    }
    let Some(request) = &table.copy else { return };
    let (opened, order) = (grid.scene.opened.clone(), grid.order.clone());
    let job = request.clone();
    let owned = writer.to_owned_parts();
    let answer = grid.scene.engine.want(request, Priority::Visible, move |cx| {
        let stored: Vec<u64> = match &order {
            Some(order) => {
                let rows = job.shown.start as usize..job.shown.end as usize;
                order.rows.get(rows).unwrap_or_default().to_vec()
            }
            None => job.shown.clone().collect(),
        };
        let mut lines = Vec::with_capacity(stored.len());
        // Neighbours are read together.
        for run in stored.chunk_by(|a, b| a + 1 == *b) {
            let rows = run.first().copied().unwrap_or(0)..run.last().map_or(0, |last| last + 1);
            push_lines(&opened, &job, owned, rows, &mut lines, cx)?;
        }
        Ok(CopiedText(tsv::text(lines)))
    });
    match answer {
        Answer::Ready(text) => {
            ui.ctx().copy_text(text.0.clone());
            table.copy = None;
        }
        Answer::Failed(_) => table.copy = None,
        Answer::Pending(_) => {}
    }
}

fn copy_request(
    request: &RowsRequest,
    selection: [(u64, u64); 2],
    writer: &CellWriter<'_>,
) -> Option<CopyRequest> {
    let (rows, columns) = sorted_corners(selection);
    let rows = *rows.start()..rows.end() + 1;
    let columns = *columns.start()..columns.end() + 1;
    let cells = (rows.end - rows.start).checked_mul(columns.end - columns.start)?;
    (cells <= COPY_CELLS_MAX).then(|| CopyRequest {
        rows: request.clone(),
        shown: rows,
        columns,
        is_decoded: writer.is_decoded(),
        format: writer.format(),
    })
}

fn push_lines(
    opened: &Arc<Opened<CfDataset>>,
    job: &CopyRequest,
    parts: Parts,
    rows: Range<u64>,
    lines: &mut Vec<Vec<String>>,
    cx: &ReadContext,
) -> Result<()> {
    let RowsRequest { origin, layout, .. } = &job.rows;
    let Some(tile) = layout.tile(rows.clone(), job.columns.clone()) else {
        return Err(ReadError::request("these cells are not in the variable"));
    };
    let stored = Origin { is_decoded: false, ..*origin };
    let found = data::read_undamaged(opened, stored, &tile.section, cx)?;
    let (values, hidden) = (found.values, found.hidden.unwrap_or_default());
    let contents = match job.is_decoded {
        true => data::contents(opened, origin.variable, &values, cx),
        false => None,
    };
    let is_hidden = |index: usize| job.is_decoded && hidden.get(index).copied().unwrap_or(false);
    let writer = parts.writer(opened);
    lines.extend(rows.map(|row| {
        let text = |column: u64| {
            let index = layout.index_in(&tile, row, column)?;
            Some(match contents.as_ref().and_then(|contents| contents.get(index)) {
                Some(text) => text.clone(),
                None if is_hidden(index) => CellText::masked().text,
                None => writer.cell(&values, index, column).text,
            })
        };
        job.columns.clone().map(|column| text(column).unwrap_or_default()).collect()
    }));
    Ok(())
}
