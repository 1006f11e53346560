//! The visible cells: which tiles they need, and their text.

use std::ops::Range;

use egui::{Color32, FontId, Painter, Rect, Ui, pos2, vec2};
use hyperslab_core::ReadError;

use super::scrolling::sorted_corners;
use super::{Grid, ROW_PX, TILE, TableState};
use crate::engine::{Answer, Priority};
use crate::prep::tiles::Tile;
use crate::ui::theme::Palette;
use crate::views::cell::CellWriter;
use crate::views::data::{Slab, SlabRequest, want_slab};

pub(super) type LoadedTile = (Tile, Answer<Slab>);

/// The visible tiles, and while nothing else is to do those ahead.
pub(super) fn want_tiles(
    grid: &Grid<'_>,
    table: &TableState,
    rows: Range<u64>,
    columns: Range<u64>,
) -> Vec<LoadedTile> {
    let origin = grid.scene.stored_origin();
    let want = |tile: &Tile, priority| {
        want_slab(grid.scene, &SlabRequest { origin, section: tile.section.clone() }, priority)
    };
    let tiles = match &grid.order {
        None => {
            for tile in grid.layout.ahead(rows.clone(), columns.clone(), TILE, table.direction) {
                let _ = want(&tile, Priority::Prefetch);
            }
            grid.layout.tiles(rows, columns, TILE)
        }
        Some(_) => scattered(grid, rows, &columns),
    };
    tiles
        .into_iter()
        .map(|tile| {
            let answer = want(&tile, Priority::Visible);
            (tile, answer)
        })
        .collect()
}

/// The tiles of rows that lie anywhere.
fn scattered(grid: &Grid<'_>, rows: Range<u64>, columns: &Range<u64>) -> Vec<Tile> {
    let mut blocks: Vec<u64> = rows.map(|row| grid.stored_row(row) / TILE[0]).collect();
    blocks.sort_unstable();
    blocks.dedup();
    let of_block = |block: u64| {
        let first = block * TILE[0];
        grid.layout.tiles(first..first + 1, columns.clone(), TILE)
    };
    blocks.into_iter().flat_map(of_block).collect()
}

/// What was drawn.
pub(super) struct Drawn {
    /// Every visible cell has its value or its error.
    pub is_complete: bool,
    /// The widest text, in points.
    pub widest_px: f32,
}

pub(super) fn cells_ui(
    ui: &Ui,
    grid: &Grid<'_>,
    table: &TableState,
    tiles: &[LoadedTile],
    writer: &CellWriter<'_>,
    (rows, columns): (Range<u64>, Range<u64>),
    palette: Palette,
) -> Drawn {
    let painter = ui.painter().with_clip_rect(grid.body.intersect(ui.clip_rect()));
    let mut drawn = Drawn { is_complete: true, widest_px: 0.0 };
    let selected = table.selection.map(sorted_corners);
    for row in rows {
        let top = grid.body.top() + grid.rows.row_top_px(table.row, row);
        let stripe =
            Rect::from_min_size(pos2(grid.body.left(), top), vec2(grid.body.width(), ROW_PX));
        if row % 2 == 1 {
            painter.rect_filled(stripe, 0.0, palette.stripe);
        }
        for column in columns.clone() {
            let left = grid.body.left() + grid.columns.row_top_px(table.column, column);
            let cell = Rect::from_min_size(pos2(left, top), vec2(table.column_px, ROW_PX));
            if selected.as_ref().is_some_and(|(r, c)| r.contains(&row) && c.contains(&column)) {
                painter.rect_filled(cell, 0.0, palette.selection);
            }
            let (text, color) = match found(grid, tiles, grid.stored_row(row), column) {
                Found::Value(slab, index) if index < slab.readable => {
                    let text = slab.cell(writer, index, column);
                    let leads = writer.reference(&slab.values, index, column).is_some();
                    let color = match (text.is_missing, leads) {
                        (true, _) => palette.weak,
                        (false, true) => palette.accent,
                        (false, false) => palette.text,
                    };
                    (text.text, color)
                }
                Found::Value(..) => ("unreadable".to_owned(), palette.error),
                Found::Error(error) if error.is_cancelled() => {
                    ("cancelled".to_owned(), palette.error)
                }
                Found::Error(_) => ("unreadable".to_owned(), palette.error),
                Found::Nothing => {
                    drawn.is_complete = false;
                    ("…".to_owned(), palette.weak)
                }
            };
            let width = text_ui(&painter, cell, text, writer.is_text(column), color);
            drawn.widest_px = drawn.widest_px.max(width);
        }
    }
    drawn
}

/// What is known of a cell, by its row in the file.
pub(super) enum Found<'a> {
    Value(&'a Slab, usize),
    Error(&'a ReadError),
    Nothing,
}

pub(super) fn found<'a>(
    grid: &Grid<'_>,
    tiles: &'a [LoadedTile],
    row: u64,
    column: u64,
) -> Found<'a> {
    let at = tiles.iter().find_map(|(tile, answer)| {
        grid.layout.index_in(tile, row, column).map(|index| (index, answer))
    });
    match at {
        Some((index, Answer::Ready(slab))) => Found::Value(slab, index),
        Some((_, Answer::Failed(error))) => Found::Error(error),
        _ => Found::Nothing,
    }
}

/// Numbers to the right, text to the left. What does not fit keeps its beginning, never only the
/// last digits, and ends in an ellipsis. Returns the width of the whole text.
pub(in crate::views) fn text_ui(
    painter: &Painter,
    cell: Rect,
    text: String,
    is_text: bool,
    color: Color32,
) -> f32 {
    let inner = cell.shrink2(vec2(4.0, 0.0));
    let font = FontId::proportional(12.5);
    let galley = painter.layout_no_wrap(text, font.clone(), color);
    let width = galley.size().x;
    let top = inner.center().y - galley.size().y / 2.0;
    if width <= inner.width() {
        let left = if is_text { inner.left() } else { inner.right() - width };
        painter.galley(pos2(left, top), galley, color);
        return width;
    }
    let dots = painter.layout_no_wrap("…".to_owned(), font, color);
    let end = inner.right() - dots.size().x;
    let cut = Rect::from_min_max(inner.min, pos2(end, inner.bottom()));
    let clipped = painter.with_clip_rect(cut.intersect(painter.clip_rect()));
    clipped.galley(pos2(inner.left(), top), galley, color);
    painter.galley(pos2(end, top), dots, color);
    width
}
