//! Cells of the picture that are looked at more closely.

use egui::{Pos2, Response, Ui, pos2};

use super::axes::{Axes, ShownAxis};
use super::slice::Plane;
use crate::views::VariableState;
use crate::views::cursor::cursor_lines_ui;
use crate::views::frame::Frame;
use crate::views::picking::{marks_ui, pick_ui};

/// A click chooses the cell that curves go through, here and in the line view.
pub fn cells_ui(
    ui: &Ui,
    state: &mut VariableState,
    response: &Response,
    (frame, plane, axes): (&Frame, &Plane, &Axes),
) {
    let numbers = axes.numbers();
    let slice = &state.slice;
    let cell_at = |at: Pos2| {
        let cell = plane.cell_at(frame.data_from_px(at))?;
        let mut indices = slice.indices.clone();
        *indices.get_mut(numbers.0)? = cell.x_index;
        *indices.get_mut(numbers.1)? = cell.y_index;
        Some(indices)
    };
    state.cursor.here = response.hover_pos().and_then(cell_at);
    if pick_ui(ui, response, &mut state.picks, cell_at)
        && let Some(cell) = response.interact_pointer_pos().and_then(cell_at)
    {
        for axis in [numbers.0, numbers.1] {
            state.slice.set_index(axis, cell.get(axis).copied().unwrap_or(0));
        }
    }
    let center_of =
        |index: u64, axis: &ShownAxis| axis.info.map.center(usize::try_from(index).ok()?);
    let there = |axis: &ShownAxis| center_of(*state.cursor.there.get(&axis.number)?, axis);
    let x_px = there(&axes.x).map(|x| frame.px_from_x(x));
    let y_px = there(&axes.y).map(|y| frame.px_from_y(y));
    cursor_lines_ui(ui.painter(), frame.rect, x_px, y_px);
    let center = |indices: &[u64], axis: &ShownAxis| center_of(*indices.get(axis.number)?, axis);
    let painter = ui.painter().with_clip_rect(frame.rect);
    marks_ui(ui, &painter, &state.picks, |indices| {
        let (x, y) = (center(indices, &axes.x)?, center(indices, &axes.y)?);
        Some(pos2(frame.px_from_x(x), frame.px_from_y(y)))
    });
}
