//! The spreadsheet: any two axes as rows and columns, only the visible cells read.
//!
//! Rows and columns are counted in 64 bits and the position is kept by `prep::scroll`: the
//! toolkit's own scroll areas count pixels in `f32`, which is not exact beyond 10^7 of them.

use std::ops::Range;
use std::sync::Arc;

use egui::{Align2, FontId, Key, Modifiers, Rect, Response, Sense, Ui, pos2, vec2};
use hyperslab_core::{Dtype, Variable};

use super::axis::{AxisInfo, want_axis};
use super::cell::CellWriter;
use super::data::{Slab, SlabRequest, want_slab};
use super::sliders::axes_choice_ui;
use super::{Scene, Suitability, VariableState, ViewKind};
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::export::tsv;
use crate::prep::scroll::{Scroll, ScrollPosition};
use crate::prep::table::NumberFormat;
use crate::prep::tiles::{Direction, Layout, Tile};
use crate::session::{Settings, ViewId};
use crate::ui::status::Readout;
use crate::ui::theme::{Palette, palette};

pub const KIND: ViewKind =
    ViewKind { id: ViewId::Table, label: "Table", suits, ui: table_ui, options_ui };

/// Everything has values that can be listed, however plain.
fn suits(_: &Variable) -> Suitability {
    Suitability::Plain
}

const ROW_PX: f32 = 20.0;
const HEADER_PX: f32 = 38.0;
const ROW_HEADER_PX: f32 = 150.0;
const BAR_PX: f32 = 11.0;
const TILE: [u64; 2] = [256, 32];

/// Cells one copy may hold.
const COPY_CELLS_MAX: u64 = 4_000_000;

/// Where the view stands; nothing here is saved.
pub struct TableState {
    row: ScrollPosition,
    column: ScrollPosition,
    column_px: f32,
    /// Two opposite corners of the selection: where it began and where it ends.
    selection: Option<[(u64, u64); 2]>,
    is_active: bool,
    go_to: GoTo,
    /// A copy that waits for values.
    copy: Option<CopyRequest>,
    direction: Direction,
    is_current: bool,
}

/// The box for an index or a coordinate.
#[derive(Default)]
struct GoTo {
    text: String,
    is_asked: bool,
    error: String,
}

impl Default for TableState {
    fn default() -> Self {
        Self {
            row: ScrollPosition::default(),
            column: ScrollPosition::default(),
            column_px: 96.0,
            selection: None,
            is_active: false,
            go_to: GoTo::default(),
            copy: None,
            direction: Direction::default(),
            is_current: false,
        }
    }
}

impl TableState {
    pub fn has_focus(&self) -> bool {
        self.is_active
    }

    /// Puts the cursor into the "go to" box.
    pub fn ask_where_to_go(&mut self) {
        self.go_to.is_asked = true;
    }

    /// The last frame showed all that was asked for.
    pub fn is_current(&self) -> bool {
        self.is_current
    }

    /// The first visible row, for tests.
    pub fn first_row(&self) -> u64 {
        self.row.row
    }
}

/// The table as one frame sees it.
struct Grid<'a> {
    scene: Scene<'a>,
    variable: &'a Variable,
    layout: Layout,
    rows: Scroll,
    columns: Scroll,
    /// Where the cells are, headers excepted.
    body: Rect,
    row_info: Option<Arc<AxisInfo>>,
    column_info: Option<Arc<AxisInfo>>,
}

fn table_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    settings: &mut Settings,
    readout: &mut Readout,
) {
    let Some(variable) = scene.variable() else { return };
    ui.horizontal(|ui| {
        axes_choice_ui(ui, scene, state);
        go_to_ui(ui, scene, state);
    });
    if variable.element_count() == 0 {
        ui.weak("This variable has no values: one of its dimensions has length 0.");
        state.table.is_current = true;
        return;
    }
    let grid = grid(ui, scene, variable, state);
    let palette = palette(ui);
    ui.painter().rect_filled(ui.available_rect_before_wrap(), 0.0, palette.canvas);
    let response = ui.allocate_rect(grid.body, Sense::click_and_drag());
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Table, true, format!("Table of {}", scene.path()))
    });
    scroll_ui(ui, &grid, &mut state.table, &response);
    let rows = grid.rows.visible(state.table.row);
    let columns = grid.columns.visible(state.table.column);
    select_ui(ui, &grid, &mut state.table, &response);
    let tiles = want_tiles(&grid, &state.table, rows.clone(), columns.clone());
    let writer = CellWriter::new(scene, settings.is_decoded, settings.number_format);
    let is_complete = cells_ui(
        ui,
        &grid,
        &state.table,
        &tiles,
        &writer,
        (rows.clone(), columns.clone()),
        palette,
    );
    headers_ui(ui, &grid, &mut state.table, (rows, columns), palette);
    bars_ui(ui, &grid, &mut state.table, palette);
    copy_ui(ui, &grid, &mut state.table, &writer);
    hover(&grid, &state.table, &tiles, &writer, &response, readout);
    state.table.is_current = is_complete;
    ui.advance_cursor_after_rect(ui.max_rect());
}

fn grid<'a>(ui: &Ui, scene: Scene<'a>, variable: &'a Variable, state: &VariableState) -> Grid<'a> {
    let shape = variable.shape();
    let text_axis = match variable.dtype {
        Dtype::Char => variable.rank().checked_sub(1),
        _ => None,
    };
    let shown = |axis: Option<usize>| axis.filter(|&axis| Some(axis) != text_axis);
    let mut row_axis = shown(state.slice.y);
    let mut col_axis = shown(state.slice.x);
    if row_axis.is_none() {
        // One axis only: down the page, as lists run.
        std::mem::swap(&mut row_axis, &mut col_axis);
    }
    let fixed = shape.iter().enumerate().map(|(axis, &len)| state.slice.index(axis, len)).collect();
    let layout = Layout { shape, row_axis, col_axis, fixed, text_axis };
    let outer = ui.available_rect_before_wrap();
    let body = Rect::from_min_max(
        outer.min + vec2(ROW_HEADER_PX, HEADER_PX),
        (outer.max - vec2(BAR_PX, BAR_PX))
            .max(outer.min + vec2(ROW_HEADER_PX + 20.0, HEADER_PX + 20.0)),
    );
    let info = |axis: Option<usize>| axis.and_then(|axis| want_axis(scene, axis).ready());
    Grid {
        scene,
        variable,
        rows: Scroll { rows: layout.row_count(), row_px: ROW_PX, view_px: body.height() },
        columns: Scroll {
            rows: layout.col_count(),
            row_px: state.table.column_px,
            view_px: body.width(),
        },
        body,
        row_info: info(layout.row_axis),
        column_info: info(layout.col_axis),
        layout,
    }
}

/// Wheel and keys.
fn scroll_ui(ui: &Ui, grid: &Grid<'_>, table: &mut TableState, response: &Response) {
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
fn select_ui(ui: &Ui, grid: &Grid<'_>, table: &mut TableState, response: &Response) {
    let pressed_outside = ui.input(|input| {
        input.pointer.any_pressed()
            && input.pointer.interact_pos().is_some_and(|at| !ui.max_rect().contains(at))
    });
    if pressed_outside {
        table.is_active = false;
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
        let anchor = table.selection.filter(|_| extends).map_or(cell, |selection| selection[0]);
        table.selection = Some([anchor, cell]);
        if response.dragged() {
            table.row = grid.rows.reveal(table.row, cell.0);
            table.column = grid.columns.reveal(table.column, cell.1);
        }
    }
}

fn cell_at(grid: &Grid<'_>, table: &TableState, at: egui::Pos2) -> Option<(u64, u64)> {
    let row = grid.rows.row_at_px(table.row, at.y - grid.body.top())?;
    let column = grid.columns.row_at_px(table.column, at.x - grid.body.left())?;
    Some((row, column))
}

type LoadedTile = (Tile, Answer<Slab>);

/// The visible tiles, and while nothing else is to do those ahead.
fn want_tiles(
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
fn cells_ui(
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

fn sorted_corners(
    [a, b]: [(u64, u64); 2],
) -> (std::ops::RangeInclusive<u64>, std::ops::RangeInclusive<u64>) {
    (a.0.min(b.0)..=a.0.max(b.0), a.1.min(b.1)..=a.1.max(b.1))
}

/// Coordinate values over the columns and before the rows, with the index beside them.
fn headers_ui(
    ui: &mut Ui,
    grid: &Grid<'_>,
    table: &mut TableState,
    (rows, columns): (Range<u64>, Range<u64>),
    palette: Palette,
) {
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
        if grid.layout.col_axis.is_some() {
            let label =
                grid.column_info.as_ref().map_or_else(String::new, |info| info.label(column));
            let clip = Rect::from_min_max(pos2(left + 2.0, top.top()), pos2(right, top.bottom()));
            let clipped = across.with_clip_rect(clip.intersect(across.clip_rect()));
            clipped.text(
                pos2(right, top.top() + 12.0),
                Align2::RIGHT_CENTER,
                label,
                font.clone(),
                palette.text,
            );
            clipped.text(
                pos2(right, top.top() + 28.0),
                Align2::RIGHT_CENTER,
                column,
                small.clone(),
                palette.weak,
            );
        } else {
            let name = &grid.variable.name;
            across.text(
                pos2(right, top.top() + 12.0),
                Align2::RIGHT_CENTER,
                name,
                font.clone(),
                palette.text,
            );
        }
    }
    let down =
        painter.with_clip_rect(Rect::from_min_max(pos2(side.left(), grid.body.top()), side.max));
    for row in rows {
        let y = grid.body.top() + grid.rows.row_top_px(table.row, row) + ROW_PX / 2.0;
        if grid.layout.row_axis.is_some() {
            let label = grid.row_info.as_ref().map_or_else(String::new, |info| info.label(row));
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
    column_width_ui(ui, grid, table, top);
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
    painter.rect_filled(rect, 0.0, egui::Color32::TRANSPARENT);
}

/// Dragging in the header changes the width of all columns.
fn column_width_ui(ui: &mut Ui, grid: &Grid<'_>, table: &mut TableState, top: Rect) {
    let rect = Rect::from_min_max(pos2(grid.body.left(), top.top()), top.max);
    let response = ui.interact(rect, ui.scope_id().with("column width"), Sense::drag());
    if response.hovered() {
        ui.set_cursor_icon(egui::CursorIcon::ResizeHorizontal);
    }
    if let Some(at) = response.interact_pointer_pos().filter(|_| response.dragged()) {
        // The edge under the pointer follows it: it is that of all columns left of it.
        let columns = ((at.x - grid.body.left()) / table.column_px).round().max(1.0);
        table.column_px = (table.column_px + response.drag_delta().x / columns).clamp(32.0, 600.0);
    }
}

/// Scroll bars with handles that are never too small to grasp.
fn bars_ui(ui: &mut Ui, grid: &Grid<'_>, table: &mut TableState, palette: Palette) {
    let right = Rect::from_min_size(grid.body.right_top(), vec2(BAR_PX, grid.body.height()));
    let bottom = Rect::from_min_size(grid.body.left_bottom(), vec2(grid.body.width(), BAR_PX));
    table.row = bar_ui(ui, "rows", right, &grid.rows, table.row, true, palette);
    table.column = bar_ui(ui, "columns", bottom, &grid.columns, table.column, false, palette);
}

fn bar_ui(
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

/// The text of the selected cells, tab separated.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct CopyRequest {
    slab: SlabRequest,
    rows: Range<u64>,
    columns: Range<u64>,
    is_decoded: bool,
    format: NumberFormat,
}

struct CopiedText(String);

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
fn copy_ui(ui: &Ui, grid: &Grid<'_>, table: &mut TableState, writer: &CellWriter<'_>) {
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
        let array = super::data::read(&opened, origin, &job.slab.section, cx)?;
        let writer = owned.writer(&opened);
        let tile =
            Tile { section: job.slab.section, rows: job.rows.clone(), cols: job.columns.clone() };
        let rows = job.rows.clone().map(|row| {
            let cells = job.columns.clone().map(|column| {
                layout
                    .index_in(&tile, row, column)
                    .map(|i| writer.text(&array.values, i).text)
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

/// "Go to": `row`, `row, column`, or a coordinate of the rows (a date, a latitude).
fn go_to_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState) {
    let go_to = &mut state.table.go_to;
    let edit = egui::TextEdit::singleline(&mut go_to.text)
        .hint_text("Go to: row, column or =coordinate")
        .desired_width(210.0);
    let response = ui.add(edit);
    if std::mem::take(&mut go_to.is_asked) {
        response.request_focus();
    }
    let is_entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if response.changed() {
        go_to.error.clear();
    }
    if !go_to.error.is_empty() {
        ui.colored_label(palette(ui).error, &go_to.error);
    }
    if is_entered {
        let axes = (state.slice.y.or(state.slice.x), state.slice.x);
        let infos =
            [axes.0, axes.1].map(|axis| axis.and_then(|axis| want_axis(scene, axis).ready()));
        let variable = scene.variable();
        let length = |axis: Option<usize>| {
            axis.and_then(|axis| variable?.axes.get(axis)).map_or(1, |axis| axis.length)
        };
        match target(&state.table.go_to.text, [length(axes.0), length(axes.1)], &infos) {
            Ok([row, column]) => {
                let table = &mut state.table;
                let row = row.unwrap_or(table.row.row);
                let column = column.unwrap_or(table.column.row);
                table.selection = Some([(row, column); 2]);
                table.is_active = true;
                table.row = ScrollPosition::at_row(row.saturating_sub(3));
                table.column = ScrollPosition::at_row(column.saturating_sub(1));
            }
            Err(why) => state.table.go_to.error = why,
        }
    }
}

/// Row and column meant by the text; `None` where it does not say.
fn target(
    text: &str,
    lengths: [u64; 2],
    infos: &[Option<Arc<AxisInfo>>; 2],
) -> Result<[Option<u64>; 2], String> {
    let mut found = [None, None];
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    if parts.len() > 2 {
        return Err("a row and a column are enough".into());
    }
    for (k, part) in parts.iter().enumerate() {
        if part.is_empty() {
            continue;
        }
        let index = match (part.strip_prefix('='), part.parse::<u64>()) {
            (None, Ok(index)) => index,
            (coordinate, _) => infos[k]
                .as_ref()
                .and_then(|info| info.find(coordinate.unwrap_or(part).trim()))
                .ok_or_else(|| format!("{part} is neither an index nor a coordinate here"))?,
        };
        if index >= lengths[k] {
            return Err(format!("there are only {}", lengths[k]));
        }
        found[k] = Some(index);
    }
    Ok(found)
}

fn hover(
    grid: &Grid<'_>,
    table: &TableState,
    tiles: &[LoadedTile],
    writer: &CellWriter<'_>,
    response: &Response,
    readout: &mut Readout,
) {
    let Some((row, column)) = response.hover_pos().and_then(|at| cell_at(grid, table, at)) else {
        return;
    };
    let found = tiles.iter().find_map(|(tile, answer)| {
        grid.layout.index_in(tile, row, column).map(|index| (index, answer))
    });
    let value = match found {
        Some((index, Answer::Ready(slab))) => writer.full_text(&slab.values, index),
        Some((_, Answer::Failed(error))) => error.to_string(),
        _ => return,
    };
    let mut parts = vec![value];
    for (info, index) in [(&grid.row_info, row), (&grid.column_info, column)] {
        if let Some(info) = info {
            parts.push(info.full_label(index));
        }
    }
    readout.text = parts.join("    ");
}

fn options_ui(ui: &mut Ui, _: Scene<'_>, state: &mut VariableState, settings: &mut Settings) {
    ui.label("Numbers");
    let format = &mut settings.number_format;
    ui.selectable_value(format, NumberFormat::Auto, "Automatic");
    let digits = match *format {
        NumberFormat::Significant(n) | NumberFormat::Fixed(n) | NumberFormat::Scientific(n) => n,
        _ => 3,
    };
    ui.selectable_value(format, NumberFormat::Significant(digits), "Significant digits");
    ui.selectable_value(format, NumberFormat::Fixed(digits), "Decimals");
    ui.selectable_value(format, NumberFormat::Scientific(digits), "Scientific");
    ui.selectable_value(format, NumberFormat::Hex, "Hexadecimal integers");
    if let NumberFormat::Significant(n) | NumberFormat::Fixed(n) | NumberFormat::Scientific(n) =
        format
    {
        ui.add(egui::Slider::new(n, 0..=17).text("digits"));
    }
    ui.add_space(8.0);
    ui.add(
        egui::Slider::new(&mut state.table.column_px, 40.0..=400.0).text("width").show_value(false),
    );
    ui.add_space(8.0);
    ui.weak("Ctrl+C copies the selection\nCtrl+G goes to an index or coordinate\nCtrl+arrows jump to the ends");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_and_a_column_are_found_by_index() {
        let infos = [None, None];
        assert_eq!(
            target("1000000000", [4_000_000_000, 4], &infos),
            Ok([Some(1_000_000_000), None])
        );
        assert_eq!(target("7, 2", [10, 4], &infos), Ok([Some(7), Some(2)]));
        assert_eq!(target(", 2", [10, 4], &infos), Ok([None, Some(2)]));
        assert!(target("10", [10, 4], &infos).unwrap_err().contains("only 10"));
        assert!(target("north", [10, 4], &infos).is_err());
    }
}
