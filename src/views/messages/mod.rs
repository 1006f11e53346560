//! A file as the series of messages it is: a table one sorts, filters and plots from. Only
//! visible rows are read.

mod moving;
mod rows;

use std::ops::Range;
use std::sync::Arc;

use egui::{Align2, FontId, Rect, Response, RichText, Sense, Ui, pos2, vec2};
use hyperslab_core::RecordPlace;

use self::rows::{Order, OrderRequest, PAGE_ROWS, Page, Row, want_order, want_page};
use super::table::{bar_ui, text_ui};
use super::{Scene, error_ui};
use crate::engine::Answer;
use crate::prep::records::{Filter, text_of};
use crate::prep::scroll::{Scroll, ScrollPosition};
use crate::ui::attributes::grouped;
use crate::ui::status::Readout;
use crate::ui::theme::{Palette, palette};

const ROW_PX: f32 = 20.0;
const HEADER_PX: f32 = 24.0;
const TOOLS_PX: f32 = 30.0;
const BAR_PX: f32 = 11.0;
const NARROWEST_PX: f32 = 44.0;
const WIDEST_PX: f32 = 260.0;

/// Keys that tell messages apart come first; the others follow in the reader's order.
const FIRST: [&str; 19] = [
    "index",
    "shortName",
    "name",
    "units",
    "typeOfLevel",
    "level",
    "dataDate",
    "dataTime",
    "stepRange",
    "stepType",
    "number",
    "validityDate",
    "validityTime",
    "gridType",
    "Ni",
    "Nj",
    "packingType",
    "bitsPerValue",
    "numberOfValues",
];

/// Where the table stands; nothing here is saved.
#[derive(Default)]
pub struct MessagesState {
    filter: String,
    /// The key, and whether the greatest comes first.
    sort: Option<(&'static str, bool)>,
    row: ScrollPosition,
    /// How far the columns are scrolled to the left, in points.
    left: ScrollPosition,
    widths: Vec<f32>,
    /// Row under the cursor of the keyboard.
    selected: Option<u64>,
    is_active: bool,
}

impl MessagesState {
    /// The arrow keys belong to it.
    pub fn has_focus(&self) -> bool {
        self.is_active
    }
}

/// `scene.variable` plays no part. Answers where the message lies that is to be shown.
pub fn messages_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    state: &mut MessagesState,
    readout: &mut Readout,
) -> Option<RecordPlace> {
    let records = scene.opened.file.records()?;
    let (all, columns) = (records.len() as u64, ordered(records.columns()));
    state.widths.resize(columns.len(), NARROWEST_PX);
    let request = OrderRequest {
        file: scene.file.id,
        generation: scene.file.generation,
        filter: Filter::parse(&state.filter),
        sort: state.sort,
    };
    let mut order = None;
    let mut is_pending = false;
    match want_order(scene, &request) {
        None => {}
        Some(Answer::Ready(found)) => order = Some(found),
        Some(Answer::Pending(_)) => is_pending = true,
        Some(Answer::Failed(error)) => {
            error_ui(ui, scene.engine, &error);
            return None;
        }
    }
    let count = match (&order, is_pending) {
        (_, true) => 0,
        (Some(order), _) => order.0.len() as u64,
        (None, _) => all,
    };
    let view = View::new(ui, scene, &columns, request, order, count, state);
    let is_asked = tools_ui(ui, state, (count, all, is_pending), scene.opened.file.is_partial());
    let asked = view.ui(ui, state, readout).filter(|_| !is_pending);
    let record = asked.or_else(|| view.selected(state).filter(|_| is_asked))?;
    records.place(record as usize)
}

fn ordered(columns: &'static [&'static str]) -> Vec<&'static str> {
    let first = FIRST.iter().filter_map(|key| columns.iter().find(|column| *column == key));
    let rest = columns.iter().filter(|column| !FIRST.contains(column));
    first.chain(rest).copied().collect()
}

/// The filter and what is found; true when the selected message is to be plotted.
fn tools_ui(
    ui: &mut Ui,
    state: &mut MessagesState,
    counts: (u64, u64, bool),
    is_partial: bool,
) -> bool {
    let mut is_asked = false;
    ui.horizontal(|ui| {
        ui.add_space(6.0);
        let edit = egui::TextEdit::singleline(&mut state.filter)
            .hint_text("Filter: temperature  level=850  stepRange>24")
            .desired_width(320.0);
        let response = ui.add(edit).on_hover_text(
            "Words must all be met, in any column. KEY=VALUE (or !=, <, <=, >, >=) looks at one \
             column; several values are separated by commas: shortName=u,v",
        );
        response.widget_info(|| {
            egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Filter messages")
        });
        let had_focus = response.has_focus() || response.lost_focus();
        let is_cleared = had_focus && ui.input(|input| input.key_pressed(egui::Key::Escape));
        if is_cleared {
            state.filter.clear();
            response.surrender_focus();
        }
        if response.changed() || is_cleared {
            (state.row, state.selected) = Default::default();
        }
        if response.has_focus() {
            state.is_active = false;
        }
        let (found, all, is_pending) = counts;
        let words = match (is_pending, found == all) {
            (true, _) => "looking…".to_owned(),
            (false, true) => format!("{} messages", grouped(all)),
            (false, false) => format!("{} of {} messages", grouped(found), grouped(all)),
        };
        ui.weak(if is_partial { format!("{words} so far…") } else { words });
        if state.sort.is_some() && ui.button("File order").clicked() {
            state.sort = None;
        }
        let hint = "Shows the selected message (Enter, or a double click on its row)";
        let plot = egui::Button::new("Plot");
        is_asked = ui
            .add_enabled(state.selected.is_some(), plot)
            .on_hover_text(hint)
            .on_disabled_hover_text("Select a message first")
            .clicked();
    });
    is_asked
}

/// What one frame shows.
struct View<'a> {
    scene: Scene<'a>,
    columns: &'a [&'static str],
    request: OrderRequest,
    order: Option<Arc<Order>>,
    rows: Scroll,
    across: Scroll,
    outer: Rect,
    body: Rect,
}

impl<'a> View<'a> {
    fn new(
        ui: &Ui,
        scene: Scene<'a>,
        columns: &'a [&'static str],
        request: OrderRequest,
        order: Option<Arc<Order>>,
        count: u64,
        state: &MessagesState,
    ) -> Self {
        let mut outer = ui.available_rect_before_wrap();
        outer.min.y += TOOLS_PX;
        let least = outer.min + vec2(40.0, HEADER_PX + 20.0);
        let body = Rect::from_min_max(
            outer.min + vec2(0.0, HEADER_PX),
            (outer.max - vec2(BAR_PX, BAR_PX)).max(least),
        );
        let width: f32 = state.widths.iter().sum();
        Self {
            rows: Scroll { rows: count, row_px: ROW_PX, view_px: body.height() },
            across: Scroll { rows: width.ceil() as u64, row_px: 1.0, view_px: body.width() },
            scene,
            columns,
            request,
            order,
            outer,
            body,
        }
    }

    /// The record of the row that was asked for by a double click or Enter.
    fn ui(&self, ui: &mut Ui, state: &mut MessagesState, readout: &mut Readout) -> Option<u32> {
        let palette = palette(ui);
        ui.painter().rect_filled(self.outer, 0.0, palette.canvas);
        let response = ui.allocate_rect(self.body, Sense::click());
        let label = || egui::WidgetInfo::labeled(egui::Role::Table, true, "Messages");
        response.widget_info(label);
        self.scroll_ui(ui, state, &response);
        let is_entered = self.keys_ui(ui, state);
        let clicked = self.click_ui(ui, state, &response);
        let visible = self.rows.visible(state.row);
        let pages = self.pages(visible.clone());
        self.rows_ui(ui, state, &pages, visible.clone(), palette);
        self.headers_ui(ui, state, palette);
        if self.fit(state, &pages, ui) {
            ui.ctx().request_discard("wider columns");
        }
        self.bars_ui(ui, state, palette);
        if let Some(row) = response.hover_pos().and_then(|at| self.row_at(state, at.y)) {
            readout.text = self.words(&pages, row);
        }
        ui.advance_cursor_after_rect(ui.max_rect());
        let asked = clicked.or_else(|| state.selected.filter(|_| is_entered));
        asked.and_then(|row| self.record(row))
    }

    fn record(&self, row: u64) -> Option<u32> {
        match &self.order {
            Some(order) => order.0.get(usize::try_from(row).ok()?).copied(),
            None => u32::try_from(row).ok().filter(|_| row < self.rows.rows),
        }
    }

    fn selected(&self, state: &MessagesState) -> Option<u32> {
        self.record(state.selected?)
    }

    /// The pages that visible rows are on.
    fn pages(&self, visible: Range<u64>) -> Vec<(u64, Answer<Page>)> {
        let pages = visible.start / PAGE_ROWS..visible.end.div_ceil(PAGE_ROWS);
        let want = |page| want_page(self.scene, &self.request, self.order.as_ref(), page);
        pages.map(|page| (page, want(page))).collect()
    }

    fn row_of(pages: &[(u64, Answer<Page>)], row: u64) -> Option<&Row> {
        let (_, page) = pages.iter().find(|(page, _)| *page == row / PAGE_ROWS)?;
        let Answer::Ready(page) = page else { return None };
        page.0.get((row % PAGE_ROWS) as usize)
    }

    /// The columns in sight and where they are.
    fn visible_columns(&self, state: &MessagesState) -> Vec<(usize, Range<f32>)> {
        let position = self.across.clamp(state.left);
        let mut left = self.body.left() - (position.row as f32 + position.offset_px);
        let mut found = Vec::new();
        for (column, &width) in state.widths.iter().enumerate() {
            if left + width > self.body.left() && left < self.body.right() {
                found.push((column, left..left + width));
            }
            left += width;
        }
        found
    }

    fn rows_ui(
        &self,
        ui: &Ui,
        state: &MessagesState,
        pages: &[(u64, Answer<Page>)],
        visible: Range<u64>,
        palette: Palette,
    ) {
        let painter = ui.painter().with_clip_rect(self.body.intersect(ui.clip_rect()));
        let columns = self.visible_columns(state);
        for row in visible {
            let top = self.body.top() + self.rows.row_top_px(state.row, row);
            let line = Rect::from_x_y_ranges(self.body.x_range(), top..=top + ROW_PX);
            if state.selected == Some(row) {
                painter.rect_filled(line, 0.0, palette.selection);
            } else if row % 2 == 1 {
                painter.rect_filled(line, 0.0, palette.stripe);
            }
            let Some(found) = Self::row_of(pages, row) else { continue };
            let keys = match &found.keys {
                Ok(keys) => keys,
                Err(error) => {
                    let text = format!("message {}: {error}", found.record);
                    text_ui(&painter, line, text, true, palette.error);
                    continue;
                }
            };
            for (column, x) in &columns {
                let key = self.columns.get(*column).copied().unwrap_or_default();
                let Some((_, value)) = keys.iter().find(|(name, _)| *name == key) else { continue };
                let cell = Rect::from_x_y_ranges(x.start..=x.end, top..=top + ROW_PX);
                text_ui(&painter, cell, text_of(value), is_left(key), palette.text);
            }
        }
    }

    /// A click sorts, another one the other way round, a third gives the file's order back.
    fn headers_ui(&self, ui: &mut Ui, state: &mut MessagesState, palette: Palette) {
        let head = Rect::from_min_max(self.outer.min, self.body.right_top());
        let painter = ui.painter().with_clip_rect(head.intersect(ui.clip_rect()));
        painter.rect_filled(head, 0.0, palette.header);
        for (column, x) in self.visible_columns(state) {
            let Some(&key) = self.columns.get(column) else { continue };
            let cell = Rect::from_x_y_ranges(x.start..=x.end, head.y_range());
            let id = ui.scope_id().with(("message column", column));
            let response = ui.interact(cell.intersect(head), id, Sense::click());
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ColumnHeader, true, key));
            if response.hovered() {
                ui.set_cursor_icon(egui::CursorIcon::PointingHand);
            }
            let sorted = state.sort.filter(|(by, _)| *by == key).map(|(_, is_down)| is_down);
            painter.vline(x.start, head.y_range(), egui::Stroke::new(1.0, palette.grid));
            let arrow = match sorted {
                None => "",
                Some(false) => "▲ ",
                Some(true) => "▼ ",
            };
            let color = if response.hovered() { palette.accent } else { palette.text };
            text_ui(&painter, cell, format!("{arrow}{key}"), is_left(key), color);
            if response.clicked() {
                state.sort = match sorted {
                    None => Some((key, false)),
                    Some(false) => Some((key, true)),
                    Some(true) => None,
                };
                (state.row, state.selected) = Default::default();
            }
            response.on_hover_text("Sort by this column");
        }
    }

    /// Columns grow with what they hold; true when one did.
    fn fit(&self, state: &mut MessagesState, pages: &[(u64, Answer<Page>)], ui: &Ui) -> bool {
        let font = FontId::proportional(12.5);
        let width_of = |text: String| {
            let painter = ui.painter();
            painter.layout_no_wrap(text, font.clone(), egui::Color32::WHITE).size().x + 22.0
        };
        let ready = pages.iter().filter_map(|(_, page)| match page {
            Answer::Ready(page) => Some(page),
            _ => None,
        });
        // By the number of characters first: laying out every cell would cost a frame.
        let mut widest: Vec<String> = self.columns.iter().map(|key| format!("▲ {key}")).collect();
        for row in ready.flat_map(|page| &page.0) {
            for (key, value) in row.keys.iter().flatten() {
                let text = text_of(value);
                let column = self.columns.iter().position(|column| column == key);
                if let Some(known) = column.and_then(|column| widest.get_mut(column))
                    && known.len() < text.len()
                {
                    *known = text;
                }
            }
        }
        let mut has_grown = false;
        for (width, text) in state.widths.iter_mut().zip(widest) {
            let wanted = width_of(text).clamp(NARROWEST_PX, WIDEST_PX);
            if wanted > *width {
                *width = wanted;
                has_grown = true;
            }
        }
        has_grown
    }

    fn bars_ui(&self, ui: &mut Ui, state: &mut MessagesState, palette: Palette) {
        let right = Rect::from_min_size(self.body.right_top(), vec2(BAR_PX, self.body.height()));
        let bottom = Rect::from_min_size(self.body.left_bottom(), vec2(self.body.width(), BAR_PX));
        state.row = bar_ui(ui, "messages", right, &self.rows, state.row, true, palette);
        state.left = bar_ui(ui, "keys", bottom, &self.across, state.left, false, palette);
        if self.rows.rows == 0 && !self.request.filter.is_empty() {
            let at = pos2(self.body.center().x, self.body.top() + 40.0);
            let font = FontId::proportional(14.0);
            ui.painter().text(at, Align2::CENTER_CENTER, "No message matches", font, palette.weak);
        }
    }

    fn row_at(&self, state: &MessagesState, y: f32) -> Option<u64> {
        self.rows.row_at_px(state.row, y - self.body.top())
    }

    fn click_ui(&self, ui: &Ui, state: &mut MessagesState, response: &Response) -> Option<u64> {
        let pressed_outside = ui.input(|input| {
            input.pointer.any_pressed()
                && input.pointer.interact_pos().is_some_and(|at| !self.outer.contains(at))
        });
        if pressed_outside {
            state.is_active = false;
        }
        if !response.clicked() {
            return None;
        }
        let row = self.row_at(state, response.interact_pointer_pos()?.y)?;
        (state.selected, state.is_active) = (Some(row), true);
        response.double_clicked().then_some(row)
    }

    /// The long name of what is under the pointer.
    fn words(&self, pages: &[(u64, Answer<Page>)], row: u64) -> String {
        let Some(Ok(keys)) = Self::row_of(pages, row).map(|row| row.keys.as_ref()) else {
            return String::new();
        };
        let text = |key: &str| {
            let found = keys.iter().find(|(name, _)| *name == key);
            found.map(|(_, value)| text_of(value)).unwrap_or_default()
        };
        format!(
            "{} [{}]    {} bytes at {}",
            text("name"),
            text("units"),
            text("length"),
            text("offset")
        )
    }
}

/// Texts begin at the left, numbers end at the right.
fn is_left(key: &str) -> bool {
    matches!(
        key,
        "shortName"
            | "name"
            | "units"
            | "typeOfLevel"
            | "stepRange"
            | "stepType"
            | "gridType"
            | "packingType"
            | "centre"
    )
}

/// The button that leads to the messages of a file, where it is made of some.
pub fn messages_button_ui(ui: &mut Ui, is_shown: bool) -> bool {
    let text = RichText::new("Messages");
    ui.selectable_label(is_shown, text)
        .on_hover_text("The file's messages as a table: sort, filter, plot")
        .clicked()
}
