//! A group that is one table: columns side by side, whatever variables they are in, the index
//! first and always in sight. Only visible cells are read.

mod columns;
mod copy;
mod moving;
mod rows;

use std::ops::Range;
use std::sync::Arc;

use egui::{Align2, FontId, Key, Modifiers, Rect, Response, Sense, Ui, pos2, vec2};

pub use self::columns::HeadersRequest;
use self::columns::{Headers, Loaded, Shown, headers, want};
use self::copy::{CopyRequest, want_copy};
use self::moving::GoTo;
use self::rows::{RowsRequest, want_rows};
use super::rows::{RowOrder, RowsState, quoted_name, sort_sign_ui};
use super::table::text_ui;
use super::{Scene, error_ui, pending_ui};
use crate::engine::{Answer, Priority};
use crate::interpret::Table;
use crate::prep::scroll::{Scroll, ScrollPosition};
use crate::session::Settings;
use crate::ui::status::Readout;
use crate::ui::theme::{Palette, palette};

const ROW_PX: f32 = 20.0;
const HEADER_PX: f32 = 24.0;
const GO_TO_PX: f32 = 26.0;
const NUMBER_PX: f32 = 64.0;
const BAR_PX: f32 = 11.0;
const NARROWEST_PX: f32 = 48.0;
const WIDEST_PX: f32 = 320.0;
/// Columns grow with what they hold up to this.
const AUTO_MOST_PX: f32 = 220.0;

/// Where the view stands; nothing here is saved.
#[derive(Default)]
pub struct GroupTableState {
    row: ScrollPosition,
    /// How far the columns are scrolled to the left, in points.
    left: ScrollPosition,
    widths: Vec<f32>,
    selection: Option<[(u64, u64); 2]>,
    copy: Option<CopyRequest>,
    go_to: GoTo,
    /// Which rows are shown.
    rows: RowsState<HeadersRequest>,
    /// The arrow keys belong to it.
    is_active: bool,
    is_current: bool,
}

impl GroupTableState {
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
}

/// `scene.variable` plays no part.
pub fn group_table_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    request: HeadersRequest,
    state: &mut GroupTableState,
    settings: &Settings,
    readout: &mut Readout,
) {
    let Some(table) = scene.opened.meaning.interpretation().table(request.group) else { return };
    let opened = scene.opened.clone();
    let job = request.clone();
    let answer = scene.engine.want(&request, Priority::Visible, move |cx| {
        let table = opened.meaning.interpretation().table(job.group);
        Ok(headers(&opened, table.unwrap_or(&Table::default()), cx))
    });
    let headers = match answer {
        Answer::Ready(headers) => headers,
        Answer::Pending(progress) => return pending_ui(ui, &progress),
        Answer::Failed(error) => return error_ui(ui, scene.engine, &error),
    };
    state.widths.resize(headers.order.len(), NARROWEST_PX);
    let rows = RowsRequest {
        headers: request.clone(),
        filter: state.rows.filter.clone(),
        sort: state.rows.sort,
        is_decoded: settings.is_decoded,
        format: settings.number_format,
    };
    let order = state.rows.take(&request, want_rows(scene, &rows, &headers));
    let view = View::new(ui, scene, table, (headers, order), rows, state);
    view.ui(ui, state, settings, readout);
}

/// What one frame shows.
struct View<'a> {
    scene: Scene<'a>,
    table: &'a Table,
    headers: Arc<Headers>,
    /// The rows that are shown, where not all are as they lie in the file.
    order: Option<Arc<RowOrder>>,
    request: RowsRequest,
    rows: Scroll,
    across: Scroll,
    outer: Rect,
    body: Rect,
    /// Width of the index columns, which do not scroll.
    frozen_px: f32,
}

impl<'a> View<'a> {
    fn new(
        ui: &Ui,
        scene: Scene<'a>,
        table: &'a Table,
        (headers, order): (Arc<Headers>, Option<Arc<RowOrder>>),
        request: RowsRequest,
        state: &GroupTableState,
    ) -> Self {
        let mut outer = ui.available_rect_before_wrap();
        outer.min.y += GO_TO_PX;
        let least = outer.min + vec2(NUMBER_PX + 20.0, HEADER_PX + 20.0);
        let body = Rect::from_min_max(
            outer.min + vec2(NUMBER_PX, HEADER_PX),
            (outer.max - vec2(BAR_PX, BAR_PX)).max(least),
        );
        let frozen: f32 = state.widths.iter().take(table.index_columns).sum();
        let frozen_px = if frozen < 0.6 * body.width() { frozen } else { 0.0 };
        let scrolled: f32 = state.widths.iter().skip(frozen_count(table, frozen_px)).sum();
        Self {
            rows: Scroll {
                rows: order.as_ref().map_or(table.rows, |order| order.rows.len() as u64),
                row_px: ROW_PX,
                view_px: body.height(),
            },
            across: Scroll {
                rows: scrolled.ceil() as u64,
                row_px: 1.0,
                view_px: body.width() - frozen_px,
            },
            scene,
            table,
            headers,
            order,
            request,
            outer,
            body,
            frozen_px,
        }
    }

    fn ui(
        &self,
        ui: &mut Ui,
        state: &mut GroupTableState,
        settings: &Settings,
        readout: &mut Readout,
    ) {
        let palette = palette(ui);
        ui.horizontal(|ui| {
            self.go_to_ui(ui, state);
            let is_column = |name: &str| rows::knows(&self.headers, name);
            let first = self.headers.names.iter().find(|name| !name.is_empty());
            let example = first.map(|name| format!("{} > 0", quoted_name(name)));
            let example = example.unwrap_or_default();
            state.rows.filter_ui(ui, &is_column, &example, self.table.rows);
        });
        ui.painter().rect_filled(self.outer, 0.0, palette.canvas);
        let response = ui.allocate_rect(self.body, Sense::click_and_drag());
        let path = self.scene.opened.dataset.group_path(self.request.headers.group);
        response.widget_info(|| {
            egui::WidgetInfo::labeled(egui::Role::Table, true, format!("Table of {path}"))
        });
        self.scroll_ui(ui, state, &response);
        self.select_ui(ui, state, &response);
        let rows = self.rows.visible(state.row);
        let visible = self.visible(state);
        let how = (settings.is_decoded, settings.number_format);
        let blocks = self.blocks(&rows);
        let mut is_complete = state.rows.is_current();
        let mut hovered = None;
        let mut grown = false;
        for (place, rect) in visible {
            let Some(&column) = self.headers.order.get(place) else { continue };
            let Some(of_table) = self.table.columns.get(column) else { continue };
            let loaded = want(self.scene, &self.request.headers, (column, of_table), &blocks, how);
            let drawn = self.column_ui(ui, state, &loaded, (place, rect), rows.clone(), palette);
            is_complete &= drawn.is_complete;
            let wanted = (drawn.widest_px + 14.0).clamp(NARROWEST_PX, self.most_px(state, place));
            if let Some(width) = state.widths.get_mut(place).filter(|width| **width < wanted) {
                *width = wanted;
                grown = true;
            }
            if let Some(row) = self.row_under(ui, state, &response, rect) {
                let row = self.stored_row(row);
                hovered = Some((place, row, cell_words(&loaded, row)));
            }
        }
        if grown {
            ui.ctx().request_discard("wider columns");
        }
        self.numbers_ui(ui, state, rows, palette);
        self.heads_ui(ui, state, palette);
        self.widths_ui(ui, state);
        self.bars_ui(ui, state, palette);
        self.copy_ui(ui, state);
        if let Some((place, row, text)) = hovered {
            let name = self.headers.names.get(place).cloned().unwrap_or_default();
            let name = if name.is_empty() { String::new() } else { format!("    {name}") };
            readout.text = format!("{text}{name}    row {row}");
        }
        state.is_current = is_complete && !grown;
        ui.advance_cursor_after_rect(ui.max_rect());
    }

    /// The row of the file that is shown as the `row`th.
    fn stored_row(&self, row: u64) -> u64 {
        match &self.order {
            Some(order) => order.row(row).unwrap_or(u64::MAX),
            None => row,
        }
    }

    /// The blocks in which these rows are read.
    fn blocks(&self, rows: &Range<u64>) -> Vec<u64> {
        let mut blocks: Vec<u64> =
            rows.clone().map(|row| self.stored_row(row) / columns::TILE_ROWS).collect();
        blocks.sort_unstable();
        blocks.dedup();
        blocks
    }

    /// The columns in sight and where they are.
    fn visible(&self, state: &GroupTableState) -> Vec<(usize, Rect)> {
        let mut found = Vec::new();
        let frozen = frozen_count(self.table, self.frozen_px);
        let mut left = self.body.left();
        for (place, &width) in state.widths.iter().enumerate() {
            if place == frozen {
                left = self.body.left() + self.frozen_px - self.scrolled_px(state);
            }
            let rect = Rect::from_min_max(
                pos2(left, self.outer.top()),
                pos2(left + width, self.body.bottom()),
            );
            left += width;
            let edge = if place < frozen { self.body.left() } else { self.frozen_edge() };
            if rect.right() > edge && rect.left() < self.body.right() {
                found.push((place, rect));
            }
        }
        found
    }

    /// How wide a column grows by itself: it may take the room that the others leave.
    fn most_px(&self, state: &GroupTableState, place: usize) -> f32 {
        let others = state.widths.iter().enumerate().filter(|(other, _)| *other != place);
        let spare = self.body.width() - others.map(|(_, width)| width).sum::<f32>();
        spare.clamp(AUTO_MOST_PX, 2.0 * WIDEST_PX)
    }

    fn scrolled_px(&self, state: &GroupTableState) -> f32 {
        let position = self.across.clamp(state.left);
        position.row as f32 + position.offset_px
    }

    fn frozen_edge(&self) -> f32 {
        self.body.left() + self.frozen_px
    }

    fn clip(&self, place: usize) -> Rect {
        let is_frozen = place < frozen_count(self.table, self.frozen_px);
        let (left, right) = match is_frozen {
            true => (self.body.left(), self.body.right()),
            false => (self.frozen_edge(), self.body.right()),
        };
        Rect::from_min_max(pos2(left, self.outer.top()), pos2(right, self.body.bottom()))
    }

    fn column_ui(
        &self,
        ui: &Ui,
        state: &GroupTableState,
        loaded: &Loaded<'_>,
        (place, rect): (usize, Rect),
        rows: Range<u64>,
        palette: Palette,
    ) -> Drawn {
        let clip = self.clip(place).intersect(ui.clip_rect());
        let painter = ui.painter().with_clip_rect(clip);
        let mut drawn = Drawn { is_complete: true, widest_px: 0.0 };
        let is_text = loaded.is_text();
        let is_index = place < self.table.index_columns;
        let below = painter
            .with_clip_rect(Rect::from_min_max(pos2(clip.left(), self.body.top()), clip.max));
        for row in rows {
            let top = self.body.top() + self.rows.row_top_px(state.row, row);
            let cell = Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), top + ROW_PX));
            let is_selected = state.selection.is_some_and(|[a, b]| {
                (a.0.min(b.0)..=a.0.max(b.0)).contains(&row)
                    && (a.1.min(b.1)..=a.1.max(b.1)).contains(&(place as u64))
            });
            if is_selected {
                below.rect_filled(cell, 0.0, palette.selection);
            } else if is_index {
                below.rect_filled(cell, 0.0, palette.header);
            } else if row % 2 == 1 {
                below.rect_filled(cell, 0.0, palette.stripe);
            }
            let (text, color) = match loaded.cell(self.stored_row(row)) {
                Shown::Text(cell) if cell.is_missing => (cell.text, palette.weak),
                Shown::Text(cell) => (cell.text, palette.text),
                Shown::Error(_) => ("unreadable".into(), palette.error),
                Shown::Pending => {
                    drawn.is_complete = false;
                    ("…".into(), palette.weak)
                }
            };
            drawn.widest_px = drawn.widest_px.max(text_ui(&below, cell, text, is_text, color));
        }
        let header = Rect::from_min_max(rect.min, pos2(rect.right(), self.body.top()));
        painter.rect_filled(header, 0.0, palette.header);
        painter.vline(rect.left(), header.y_range(), egui::Stroke::new(1.0, palette.grid));
        let name = self.headers.names.get(place).cloned().unwrap_or_default();
        let width = text_ui(&painter, header, name, is_text, palette.text);
        drawn.widest_px = drawn.widest_px.max(width);
        drawn
    }

    fn numbers_ui(&self, ui: &Ui, state: &GroupTableState, rows: Range<u64>, palette: Palette) {
        let side = Rect::from_min_max(self.outer.min, self.body.left_bottom());
        let painter = ui.painter().with_clip_rect(side.intersect(ui.clip_rect()));
        painter.rect_filled(side, 0.0, palette.header);
        let body = Rect::from_min_max(pos2(side.left(), self.body.top()), side.max);
        let painter = painter.with_clip_rect(body.intersect(ui.clip_rect()));
        for row in rows {
            let y = self.body.top() + self.rows.row_top_px(state.row, row) + ROW_PX / 2.0;
            painter.text(
                pos2(side.right() - 6.0, y),
                Align2::RIGHT_CENTER,
                self.stored_row(row),
                FontId::proportional(10.5),
                palette.weak,
            );
        }
    }

    fn bars_ui(&self, ui: &mut Ui, state: &mut GroupTableState, palette: Palette) {
        let right = Rect::from_min_size(self.body.right_top(), vec2(BAR_PX, self.body.height()));
        let bottom = Rect::from_min_max(
            pos2(self.frozen_edge(), self.body.bottom()),
            pos2(self.body.right(), self.body.bottom() + BAR_PX),
        );
        state.row = super::table::bar_ui(ui, "rows", right, &self.rows, state.row, true, palette);
        state.left =
            super::table::bar_ui(ui, "columns", bottom, &self.across, state.left, false, palette);
    }

    /// A click on a header sorts by its column.
    fn heads_ui(&self, ui: &mut Ui, state: &mut GroupTableState, palette: Palette) {
        for (place, rect) in self.visible(state) {
            let head = Rect::from_min_max(rect.min, pos2(rect.right(), self.body.top()));
            let head = head.intersect(self.clip(place));
            let response =
                ui.interact(head, ui.scope_id().with(("column head", place)), Sense::click());
            if response.clicked() {
                state.rows.sort_next(place as u64);
            }
            if let Some((_, is_descending)) =
                state.rows.sort.filter(|(column, _)| *column == place as u64)
            {
                let tip = pos2(rect.center().x, head.top() + 1.0);
                sort_sign_ui(&ui.painter().with_clip_rect(head), tip, is_descending, palette);
            }
        }
    }

    /// Dragging the edge of a header changes the width of its column.
    fn widths_ui(&self, ui: &mut Ui, state: &mut GroupTableState) {
        for (place, rect) in self.visible(state) {
            let edge = Rect::from_min_max(
                pos2(rect.right() - 4.0, rect.top()),
                pos2(rect.right() + 4.0, self.body.top()),
            );
            if !self.clip(place).contains_rect(edge) {
                continue;
            }
            let id = ui.scope_id().with(("column width", place));
            let response = ui.interact(edge, id, Sense::drag());
            if response.hovered() || response.dragged() {
                ui.set_cursor_icon(egui::CursorIcon::ResizeHorizontal);
            }
            if let Some(width) = state.widths.get_mut(place).filter(|_| response.dragged()) {
                *width = (*width + response.drag_delta().x).clamp(NARROWEST_PX, 2.0 * WIDEST_PX);
            }
        }
    }

    fn scroll_ui(&self, ui: &Ui, state: &mut GroupTableState, response: &Response) {
        if response.hovered() {
            let (delta, shift) =
                ui.input(|input| (input.smooth_scroll_delta(), input.modifiers.shift));
            let delta = if shift && delta.x == 0.0 { vec2(delta.y, 0.0) } else { delta };
            state.row = self.rows.by_px(state.row, f64::from(-delta.y));
            state.left = self.across.by_px(state.left, f64::from(-delta.x));
        }
        if !ui.ctx().egui_wants_keyboard_input() {
            self.keys_ui(ui, state);
            let pressed = |key| ui.input(|i| i.modifiers.is_none() && i.key_pressed(key));
            if pressed(Key::PageDown) {
                state.row = self.rows.by_pages(state.row, 1);
            } else if pressed(Key::PageUp) {
                state.row = self.rows.by_pages(state.row, -1);
            }
        }
        state.row = self.rows.clamp(state.row);
        state.left = self.across.clamp(state.left);
    }

    fn row_under(
        &self,
        ui: &Ui,
        state: &GroupTableState,
        response: &Response,
        rect: Rect,
    ) -> Option<u64> {
        let at = response.hover_pos().filter(|at| rect.x_range().contains(at.x))?;
        let _ = ui;
        self.rows.row_at_px(state.row, at.y - self.body.top())
    }

    /// Click and drag select cells.
    fn select_ui(&self, ui: &Ui, state: &mut GroupTableState, response: &Response) {
        let pressed_outside = ui.input(|input| {
            input.pointer.any_pressed()
                && input.pointer.interact_pos().is_some_and(|at| !self.outer.contains(at))
        });
        if pressed_outside {
            state.is_active = false;
        }
        if !(response.clicked() || response.dragged()) {
            return;
        }
        state.is_active = true;
        let Some(at) = response.interact_pointer_pos() else { return };
        let at = at.clamp(self.body.min, self.body.max - vec2(1.0, 1.0));
        let visible = self.visible(state);
        let column = visible.iter().find(|(place, rect)| {
            rect.x_range().contains(at.x) && self.clip(*place).x_range().contains(at.x)
        });
        let row = self.rows.row_at_px(state.row, at.y - self.body.top());
        let (Some(&(place, _)), Some(row)) = (column, row) else { return };
        let cell = (row, place as u64);
        let extends = ui.input(|input| input.modifiers.shift)
            || (response.dragged() && !response.drag_started());
        let anchor = state.selection.filter(|_| extends).map_or(cell, |selection| selection[0]);
        state.selection = Some([anchor, cell]);
        if response.dragged() {
            state.row = self.rows.reveal(state.row, row);
        }
    }

    /// Ctrl+C copies the selection, tab separated, with the names of the columns.
    fn copy_ui(&self, ui: &Ui, state: &mut GroupTableState) {
        let is_asked = ui.input_mut(|input| {
            input.events.iter().any(|event| matches!(event, egui::Event::Copy))
                || input.consume_key(Modifiers::COMMAND, Key::C)
        });
        if is_asked && let Some(selection) = state.selection {
            state.copy = CopyRequest::new(&self.request, selection);
        }
        let Some(request) = &state.copy else { return };
        match want_copy(self.scene, request, &self.headers, self.order.as_ref()) {
            Answer::Ready(text) => {
                ui.ctx().copy_text(text.0.clone());
                state.copy = None;
            }
            Answer::Failed(_) => state.copy = None,
            Answer::Pending(_) => {}
        }
    }
}

struct Drawn {
    is_complete: bool,
    widest_px: f32,
}

fn frozen_count(table: &Table, frozen_px: f32) -> usize {
    if frozen_px > 0.0 { table.index_columns } else { 0 }
}

fn cell_words(loaded: &Loaded<'_>, row: u64) -> String {
    match loaded.cell(row) {
        Shown::Text(cell) => cell.text,
        Shown::Error(error) => error,
        Shown::Pending => String::new(),
    }
}
