//! Scroll bars for any number of rows.

use egui::{Rect, Sense, Ui, pos2, vec2};

use super::{BAR_PX, Grid, TableState};
use crate::prep::scroll::{Scroll, ScrollPosition};
use crate::ui::theme::Palette;

/// Scroll bars with handles that are never too small to grasp.
pub(super) fn bars_ui(ui: &mut Ui, grid: &Grid<'_>, table: &mut TableState, palette: Palette) {
    let right = Rect::from_min_size(grid.body.right_top(), vec2(BAR_PX, grid.body.height()));
    let bottom = Rect::from_min_size(grid.body.left_bottom(), vec2(grid.body.width(), BAR_PX));
    table.row = bar_ui(ui, "rows", right, &grid.rows, table.row, true, palette);
    table.column = bar_ui(ui, "columns", bottom, &grid.columns, table.column, false, palette);
}

pub(in crate::views) fn bar_ui(
    ui: &mut Ui,
    name: &str,
    track: Rect,
    scroll: &Scroll,
    position: ScrollPosition,
    is_vertical: bool,
    palette: Palette,
) -> ScrollPosition {
    let id = ui.scope_id().with(("scroll bar", name));
    let response = ui.interact(track, id, Sense::click_and_drag());
    if scroll.is_all_visible() {
        return position;
    }
    let (start, len) =
        if is_vertical { (track.top(), track.height()) } else { (track.left(), track.width()) };
    let thumb = scroll.thumb(position, len);
    let handle = if is_vertical {
        Rect::from_min_size(
            pos2(track.left() + 2.0, start + thumb.start_px),
            vec2(BAR_PX - 4.0, thumb.len_px),
        )
    } else {
        Rect::from_min_size(
            pos2(start + thumb.start_px, track.top() + 2.0),
            vec2(thumb.len_px, BAR_PX - 4.0),
        )
    };
    let color = if response.hovered() || response.dragged() { palette.weak } else { palette.grid };
    ui.painter().rect_filled(handle, 3.0, color);
    let Some(at) = response.interact_pointer_pos() else { return position };
    let at = if is_vertical { at.y } else { at.x } - start;
    if response.drag_started() || response.clicked() {
        let inside = (thumb.start_px..=thumb.start_px + thumb.len_px).contains(&at);
        let grip = if inside { at - thumb.start_px } else { thumb.len_px / 2.0 };
        ui.data_mut(|data| data.insert_temp(id, grip));
    }
    if response.dragged() || response.clicked() {
        let grip: f32 = ui.data(|data| data.get_temp(id)).unwrap_or(0.0);
        return scroll.from_thumb(at - grip, len);
    }
    position
}
