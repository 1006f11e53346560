//! What stands over the columns and before the rows: coordinates, with the index beside them.

use std::ops::Range;
use std::sync::Arc;

use egui::{Align2, FontId, Rect, Sense, Ui, pos2, vec2};

use super::{Grid, HEADER_PX, ROW_HEADER_PX, ROW_PX, TableState};
use crate::prep::fields::FieldColumn;
use crate::ui::theme::Palette;
use crate::views::axis::AxisInfo;
use crate::views::cell::CellWriter;
use crate::views::rows::sort_sign_ui;

/// Coordinate values over the columns and before the rows, with the index beside them.
/// Returns the width of the widest column header.
pub(super) fn headers_ui(
    ui: &mut Ui,
    grid: &Grid<'_>,
    table: &mut TableState,
    writer: &CellWriter<'_>,
    (rows, columns): (Range<u64>, Range<u64>),
    palette: Palette,
) -> f32 {
    let mut widest_px = 0f32;
    let outer = Rect::from_min_max(grid.body.min - vec2(ROW_HEADER_PX, HEADER_PX), grid.body.max);
    let top = Rect::from_min_max(outer.min, pos2(outer.right(), grid.body.top()));
    let side = Rect::from_min_max(outer.min, pos2(grid.body.left(), outer.bottom()));
    let painter = ui.painter();
    painter.rect_filled(top, 0.0, palette.header);
    painter.rect_filled(side, 0.0, palette.header);
    let (font, small) = (FontId::proportional(12.5), FontId::proportional(10.5));
    let across =
        painter.with_clip_rect(Rect::from_min_max(pos2(grid.body.left(), top.top()), top.max));
    for column in columns {
        let left = grid.body.left() + grid.columns.row_top_px(table.column, column);
        let right = left + table.column_px - 4.0;
        across.vline(left, top.y_range(), egui::Stroke::new(1.0, palette.grid));
        let field = usize::try_from(column).ok().and_then(|k| writer.fields().get(k));
        if grid.layout.col_axis.is_some() || field.is_some() {
            let (label, below) = match field {
                Some(field) => (field.name.clone(), field_type(field)),
                None => {
                    let info = grid.column_info.as_ref();
                    let label = info.map(|info| info.label_in(grid.scene, column));
                    (label.unwrap_or_default(), column.to_string())
                }
            };
            let clip = Rect::from_min_max(pos2(left + 2.0, top.top()), pos2(right, top.bottom()));
            let clipped = across.with_clip_rect(clip.intersect(across.clip_rect()));
            // As the cells below: words from their beginning, numbers to their end.
            let (x, align) = match field.is_some() && writer.is_text(column) {
                true => (left + 4.0, Align2::LEFT_CENTER),
                false => (right, Align2::RIGHT_CENTER),
            };
            let drawn =
                clipped.text(pos2(x, top.top() + 12.0), align, label, font.clone(), palette.text);
            widest_px = widest_px.max(drawn.width());
            clipped.text(pos2(x, top.top() + 28.0), align, below, small.clone(), palette.weak);
        } else {
            let (x, align) = match writer.is_text(column) {
                true => (left + 4.0, Align2::LEFT_CENTER),
                false => (right, Align2::RIGHT_CENTER),
            };
            let name = &grid.variable.name;
            let at = pos2(x, top.top() + 12.0);
            let drawn = across.text(at, align, name, font.clone(), palette.text);
            widest_px = widest_px.max(drawn.width());
        }
    }
    let down =
        painter.with_clip_rect(Rect::from_min_max(pos2(side.left(), grid.body.top()), side.max));
    for shown in rows {
        let y = grid.body.top() + grid.rows.row_top_px(table.row, shown) + ROW_PX / 2.0;
        let row = grid.stored_row(shown);
        if grid.layout.row_axis.is_some() {
            let label = grid
                .row_info
                .as_ref()
                .map_or_else(String::new, |info| info.label_in(grid.scene, row));
            down.text(
                pos2(side.left() + 6.0, y),
                Align2::LEFT_CENTER,
                row,
                small.clone(),
                palette.weak,
            );
            down.text(
                pos2(side.right() - 6.0, y),
                Align2::RIGHT_CENTER,
                label,
                font.clone(),
                palette.text,
            );
        }
    }
    corner_ui(ui, grid, Rect::from_min_max(outer.min, grid.body.min), palette);
    column_heads_ui(ui, grid, table, top, palette);
    widest_px
}

/// `float32`, `float32[2 × 3]`.
fn field_type(field: &FieldColumn) -> String {
    let name = field.dtype.plain_name();
    let lengths: Vec<String> = field.shape.iter().map(u64::to_string).collect();
    if lengths.is_empty() { name } else { format!("{name}[{}]", lengths.join(" × ")) }
}

fn corner_ui(ui: &Ui, grid: &Grid<'_>, rect: Rect, palette: Palette) {
    let painter = ui.painter().with_clip_rect(rect);
    let title = |info: &Option<Arc<AxisInfo>>| {
        info.as_ref().map_or_else(String::new, |info| info.title.clone())
    };
    let small = FontId::proportional(10.5);
    let across = title(&grid.column_info);
    if !across.is_empty() {
        let text = format!("{across} →");
        painter.text(
            rect.right_top() + vec2(-4.0, 11.0),
            Align2::RIGHT_CENTER,
            text,
            small.clone(),
            palette.weak,
        );
    }
    let down = title(&grid.row_info);
    if !down.is_empty() {
        painter.text(
            rect.left_bottom() + vec2(4.0, -10.0),
            Align2::LEFT_CENTER,
            format!("{down} ↓"),
            small,
            palette.weak,
        );
    }
}

/// Dragging in the header changes the width of all columns, a click sorts by one.
fn column_heads_ui(
    ui: &mut Ui,
    grid: &Grid<'_>,
    table: &mut TableState,
    top: Rect,
    palette: Palette,
) {
    let rect = Rect::from_min_max(pos2(grid.body.left(), top.top()), top.max);
    let response = ui.interact(rect, ui.scope_id().with("column heads"), Sense::click_and_drag());
    if response.hovered() {
        ui.set_cursor_icon(egui::CursorIcon::ResizeHorizontal);
    }
    let under = |at: egui::Pos2| grid.columns.row_at_px(table.column, at.x - grid.body.left());
    if response.clicked()
        && let Some(column) = response.interact_pointer_pos().and_then(under)
    {
        table.rows.sort_next(column);
    }
    if let Some((column, is_descending)) = table.rows.sort {
        let left = grid.body.left() + grid.columns.row_top_px(table.column, column);
        let tip = pos2(left + table.column_px / 2.0, top.top() + 1.0);
        sort_sign_ui(&ui.painter().with_clip_rect(rect), tip, is_descending, palette);
    }
    if let Some(at) = response.interact_pointer_pos().filter(|_| response.dragged()) {
        // The edge under the pointer follows it: it is that of all columns left of it.
        let columns = ((at.x - grid.body.left()) / table.column_px).round().max(1.0);
        table.has_own_width = true;
        table.column_px = (table.column_px + response.drag_delta().x / columns).clamp(32.0, 600.0);
    }
}
