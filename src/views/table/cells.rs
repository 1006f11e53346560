//! The visible cells: which tiles they need, and their text.

use std::ops::Range;

use egui::{Align2, FontId, Rect, Ui, pos2, vec2};

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
    let origin = grid.scene.origin(false);
    let want = |tile: &Tile, priority| {
        want_slab(grid.scene, &SlabRequest { origin, section: tile.section.clone() }, priority)
    };
    for tile in grid.layout.ahead(rows.clone(), columns.clone(), TILE, table.direction) {
        let _ = want(&tile, Priority::Prefetch);
    }
    let tiles = grid.layout.tiles(rows, columns, TILE);
    tiles
        .into_iter()
        .map(|tile| {
            let answer = want(&tile, Priority::Visible);
            (tile, answer)
        })
        .collect()
}

/// True when every visible cell has its value or its error.
pub(super) fn cells_ui(
    ui: &Ui,
    grid: &Grid<'_>,
    table: &TableState,
    tiles: &[LoadedTile],
    writer: &CellWriter<'_>,
    (rows, columns): (Range<u64>, Range<u64>),
    palette: Palette,
) -> bool {
    let painter = ui.painter().with_clip_rect(grid.body.intersect(ui.clip_rect()));
    let font = FontId::proportional(12.5);
    let mut is_complete = true;
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
            let found = tiles.iter().find_map(|(tile, answer)| {
                grid.layout.index_in(tile, row, column).map(|index| (index, answer))
            });
            let (text, color) = match found {
                Some((index, Answer::Ready(slab))) => {
                    let text = writer.text(&slab.values, index);
                    let color = if text.is_missing { palette.weak } else { palette.text };
                    (text.text, color)
                }
                Some((_, Answer::Failed(error))) => {
                    let shown = if error.is_cancelled() { "cancelled" } else { "unreadable" };
                    (shown.to_owned(), palette.error)
                }
                _ => {
                    is_complete = false;
                    ("…".to_owned(), palette.weak)
                }
            };
            let clip = cell.shrink2(vec2(4.0, 0.0));
            let painter = painter.with_clip_rect(clip.intersect(painter.clip_rect()));
            if writer.is_text() {
                painter.text(clip.left_center(), Align2::LEFT_CENTER, text, font.clone(), color);
            } else {
                painter.text(clip.right_center(), Align2::RIGHT_CENTER, text, font.clone(), color);
            }
        }
    }
    is_complete
}
