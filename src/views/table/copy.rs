//! The selection as text on the clipboard, tab separated.

use std::ops::Range;

use egui::{Key, Modifiers, Ui};

use super::scrolling::sorted_corners;
use super::{Grid, TableState};
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::export::tsv;
use crate::prep::table::NumberFormat;
use crate::prep::tiles::Tile;
use crate::views::cell::CellWriter;
use crate::views::data::{self, SlabRequest};

/// Cells one copy may hold.
const COPY_CELLS_MAX: u64 = 4_000_000;

/// The text of the selected cells, tab separated.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct CopyRequest {
    slab: SlabRequest,
    rows: Range<u64>,
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
pub(super) fn copy_ui(ui: &Ui, grid: &Grid<'_>, table: &mut TableState, writer: &CellWriter<'_>) {
    let is_asked = ui.input_mut(|input| {
        input.events.iter().any(|event| matches!(event, egui::Event::Copy))
            || input.consume_key(Modifiers::COMMAND, Key::C)
    });
    if is_asked && table.is_active {
        table.copy = table.selection.and_then(|selection| copy_request(grid, selection, writer));
    }
    let Some(request) = &table.copy else { return };
    let (opened, origin) = (grid.scene.opened.clone(), request.slab.origin);
    let job = request.clone();
    let layout = grid.layout.clone();
    let owned = writer.to_owned_parts();
    let answer = grid.scene.engine.want(request, Priority::Visible, move |cx| {
        let array = data::read(&opened, origin, &job.slab.section, cx)?;
        let contents = match job.is_decoded {
            true => data::contents(&opened, origin.variable, &array.values, cx),
            false => None,
        };
        let writer = owned.writer(&opened);
        let tile =
            Tile { section: job.slab.section, rows: job.rows.clone(), cols: job.columns.clone() };
        let rows = job.rows.clone().map(|row| {
            let cells = job.columns.clone().map(|column| {
                layout
                    .index_in(&tile, row, column)
                    .map(|i| match contents.as_ref().and_then(|contents| contents.get(i)) {
                        Some(text) => text.clone(),
                        None => writer.cell(&array.values, i, column).text,
                    })
                    .unwrap_or_default()
            });
            cells.collect::<Vec<_>>()
        });
        Ok(CopiedText(tsv::text(rows)))
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
    grid: &Grid<'_>,
    selection: [(u64, u64); 2],
    writer: &CellWriter<'_>,
) -> Option<CopyRequest> {
    let (rows, columns) = sorted_corners(selection);
    let rows = *rows.start()..rows.end() + 1;
    let columns = *columns.start()..columns.end() + 1;
    let cells = (rows.end - rows.start).checked_mul(columns.end - columns.start)?;
    let tile =
        grid.layout.tile(rows.clone(), columns.clone()).filter(|_| cells <= COPY_CELLS_MAX)?;
    Some(CopyRequest {
        slab: SlabRequest { origin: grid.scene.origin(false), section: tile.section },
        rows,
        columns,
        is_decoded: writer.is_decoded(),
        format: writer.format(),
    })
}
