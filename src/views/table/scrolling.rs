//! Moving about and selecting: wheel, keys, clicks and drags.

use egui::{Key, Response, Ui, vec2};

use super::{Grid, ROW_PX, TableState};
use crate::prep::scroll::ScrollPosition;
use crate::prep::tiles::Direction;

/// Wheel and keys.
pub(super) fn scroll_ui(ui: &Ui, grid: &Grid<'_>, table: &mut TableState, response: &Response) {
    let before = (table.row, table.column);
    if response.hovered() {
        let (delta, shift) = ui.input(|input| (input.smooth_scroll_delta(), input.modifiers.shift));
        let delta = if shift && delta.x == 0.0 { vec2(delta.y, 0.0) } else { delta };
        table.row = grid.rows.by_px(table.row, f64::from(-delta.y));
        table.column = grid.columns.by_px(table.column, f64::from(-delta.x));
    }
    if table.is_active && !ui.ctx().egui_wants_keyboard_input() {
        keys_ui(ui, grid, table);
    }
    table.row = grid.rows.clamp(table.row);
    table.column = grid.columns.clamp(table.column);
    let sign = |now: ScrollPosition, before: ScrollPosition| match now.row.cmp(&before.row) {
        std::cmp::Ordering::Less => -1,
        std::cmp::Ordering::Equal => 0,
        std::cmp::Ordering::Greater => 1,
    };
    table.direction =
        Direction { rows: sign(table.row, before.0), cols: sign(table.column, before.1) };
}

fn keys_ui(ui: &Ui, grid: &Grid<'_>, table: &mut TableState) {
    let Some([anchor, cursor]) = table.selection else { return };
    let modifiers = ui.input(|input| input.modifiers);
    let pressed = |key| ui.input_mut(|input| input.consume_key(modifiers, key));
    let last = (grid.rows.rows.saturating_sub(1), grid.columns.rows.saturating_sub(1));
    let page = (f64::from(grid.body.height() / ROW_PX) as u64).saturating_sub(1).max(1);
    let jumps = modifiers.command;
    let to = if pressed(Key::ArrowDown) {
        (if jumps { last.0 } else { (cursor.0 + 1).min(last.0) }, cursor.1)
    } else if pressed(Key::ArrowUp) {
        (if jumps { 0 } else { cursor.0.saturating_sub(1) }, cursor.1)
    } else if pressed(Key::ArrowRight) {
        (cursor.0, if jumps { last.1 } else { (cursor.1 + 1).min(last.1) })
    } else if pressed(Key::ArrowLeft) {
        (cursor.0, if jumps { 0 } else { cursor.1.saturating_sub(1) })
    } else if pressed(Key::PageDown) {
        (cursor.0.saturating_add(page).min(last.0), cursor.1)
    } else if pressed(Key::PageUp) {
        (cursor.0.saturating_sub(page), cursor.1)
    } else if pressed(Key::Home) {
        (if jumps { 0 } else { cursor.0 }, 0)
    } else if pressed(Key::End) {
        (if jumps { last.0 } else { cursor.0 }, last.1)
    } else {
        return;
    };
    table.selection = Some([if modifiers.shift { anchor } else { to }, to]);
    table.row = grid.rows.reveal(table.row, to.0);
    table.column = grid.columns.reveal(table.column, to.1);
}

/// Click, drag and Shift-click select cells; a click elsewhere gives the keys back.
pub(super) fn select_ui(ui: &Ui, grid: &Grid<'_>, table: &mut TableState, response: &Response) {
    let pressed_outside = ui.input(|input| {
        input.pointer.any_pressed()
            && input.pointer.interact_pos().is_some_and(|at| !ui.max_rect().contains(at))
    });
    if pressed_outside {
        table.is_active = false;
    }
    let selects_all =
        |input: &mut egui::InputState| input.consume_key(egui::Modifiers::COMMAND, Key::A);
    if table.is_active && ui.input_mut(selects_all) {
        let last = (grid.rows.rows.saturating_sub(1), grid.columns.rows.saturating_sub(1));
        table.selection = Some([(0, 0), last]);
    }
    let Some(at) = response.interact_pointer_pos() else { return };
    let Some(cell) = cell_at(grid, table, at.clamp(grid.body.min, grid.body.max - vec2(1.0, 1.0)))
    else {
        return;
    };
    let extends =
        ui.input(|input| input.modifiers.shift) || (response.dragged() && !response.drag_started());
    if response.clicked() || response.dragged() {
        table.is_active = true;
        // A drag is recognised some pixels after it began.
        let origin = ui.input(|input| input.pointer.press_origin());
        let begun =
            origin.filter(|_| response.drag_started()).and_then(|at| cell_at(grid, table, at));
        let fresh = begun.unwrap_or(cell);
        let anchor = table.selection.filter(|_| extends).map_or(fresh, |selection| selection[0]);
        table.selection = Some([anchor, cell]);
        if response.dragged() {
            table.row = grid.rows.reveal(table.row, cell.0);
            table.column = grid.columns.reveal(table.column, cell.1);
        }
    }
}

pub(super) fn cell_at(grid: &Grid<'_>, table: &TableState, at: egui::Pos2) -> Option<(u64, u64)> {
    let row = grid.rows.row_at_px(table.row, at.y - grid.body.top())?;
    let column = grid.columns.row_at_px(table.column, at.x - grid.body.left())?;
    Some((row, column))
}

pub(super) fn sorted_corners(
    [a, b]: [(u64, u64); 2],
) -> (std::ops::RangeInclusive<u64>, std::ops::RangeInclusive<u64>) {
    (a.0.min(b.0)..=a.0.max(b.0), a.1.min(b.1)..=a.1.max(b.1))
}
