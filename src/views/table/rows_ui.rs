//! The boxes over a table: a condition for its rows, a value to look for.

use std::sync::Arc;

use egui::{Key, Ui};

use super::find::{FindRequest, want_found};
use super::rows::{FOUND_MAX, Names, RowOrder, RowsRequest, want_rows};
use super::{Grid, TableState};
use crate::engine::Answer;
use crate::prep::row_filter::RowFilter;
use crate::prep::scroll::ScrollPosition;
use crate::ui::theme::palette;
use crate::views::Scene;
use crate::views::cell::Parts;

/// What was typed and what became of it.
#[derive(Default)]
pub(super) struct RowsState {
    text: String,
    /// The last text that was understood.
    filter: String,
    pub(super) sort: Option<(u64, bool)>,
    problem: String,
    /// What is shown while another order is looked for.
    shown: Option<(RowsRequest, Arc<RowOrder>)>,
    is_current: bool,
    find: Find,
}

#[derive(Default)]
struct Find {
    text: String,
    asked: Option<FindRequest>,
    word: &'static str,
}

impl RowsState {
    /// Sorted by a column: upwards, downwards, not at all.
    pub(super) fn sort_next(&mut self, column: u64) {
        self.sort = match self.sort {
            Some((by, false)) if by == column => Some((column, true)),
            Some((by, true)) if by == column => None,
            _ => Some((column, false)),
        };
    }

    pub(super) fn is_current(&self) -> bool {
        self.is_current && self.find.asked.is_none()
    }

    pub(super) fn request(
        &self,
        scene: Scene<'_>,
        layout: &crate::prep::tiles::Layout,
        parts: Parts,
    ) -> RowsRequest {
        RowsRequest {
            origin: scene.origin(parts.is_decoded()),
            layout: layout.clone(),
            filter: self.filter.clone(),
            sort: self.sort,
        }
    }
}

/// The order in which rows are shown; `None` where it is the file's own.
pub(super) fn order(
    scene: Scene<'_>,
    state: &mut RowsState,
    request: &RowsRequest,
    names: &Names,
    parts: Parts,
) -> Option<Arc<RowOrder>> {
    state.is_current = true;
    match want_rows(scene, request, names, parts) {
        None => {
            state.shown = None;
            None
        }
        Some(Answer::Ready(order)) => {
            state.shown = Some((request.clone(), order.clone()));
            Some(order)
        }
        Some(Answer::Failed(error)) => {
            state.problem = error.what();
            None
        }
        Some(Answer::Pending(_)) => {
            state.is_current = false;
            // Of another slice or another file other rows are shown.
            let is_like = |shown: &RowsRequest| {
                shown.origin == request.origin && shown.layout == request.layout
            };
            state.shown.as_ref().filter(|(shown, _)| is_like(shown)).map(|(_, order)| order.clone())
        }
    }
}

/// The condition, and how many rows meet it.
pub(super) fn filter_ui(ui: &mut Ui, state: &mut RowsState, names: &Names, rows: u64) {
    let hint = format!("Rows where: {}", names.example());
    let edit = egui::TextEdit::singleline(&mut state.text).hint_text(hint).desired_width(230.0);
    let response = ui.add(edit).on_hover_text(
        "Shows only rows that meet a condition:  temp > 300 and station == \"X\"\n\
         == != < <= > >=   in (1, 2)   contains \"text\"   is missing   and or not ( )\n\
         row: the row's number   any: any column   `a name`: a column whose name is not a word\n\
         A click on a column's name sorts.",
    );
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Rows where"));
    if response.changed() {
        state.problem.clear();
        let text = state.text.trim();
        match text {
            "" => state.filter.clear(),
            text => match RowFilter::parse(text, &|name| names.knows(name)) {
                Ok(_) => state.filter = text.to_owned(),
                Err(why) => state.problem = why,
            },
        }
    }
    if !state.problem.is_empty() {
        ui.colored_label(palette(ui).error, &state.problem);
    } else if !state.is_current {
        ui.weak("…");
    } else if let Some((request, order)) = &state.shown
        && !request.filter.is_empty()
    {
        let found = grouped(order.rows.len() as u64);
        match order.is_cut {
            true => ui.weak(format!("the first {} rows", grouped(FOUND_MAX as u64))),
            false => ui.weak(format!("{found} of {} rows", grouped(rows))),
        };
    }
}

/// `1,234,567`.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (k, digit) in digits.chars().enumerate() {
        if k > 0 && (digits.len() - k).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A value to look for: Enter goes to the next cell that shows it.
pub(super) fn find_ui(
    ui: &mut Ui,
    grid: &Grid<'_>,
    table: &mut TableState,
    names: &Names,
    parts: Parts,
) {
    let find = &mut table.rows.find;
    let edit =
        egui::TextEdit::singleline(&mut find.text).hint_text("Find value").desired_width(90.0);
    let response = ui.add(edit).on_hover_text("Enter: the next cell with this value or text");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Find value"));
    if response.changed() {
        find.word = "";
        find.asked = None;
    }
    let is_entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if is_entered && !find.text.trim().is_empty() {
        // The keys go on: Enter again finds the next.
        response.request_focus();
        let after = table.selection.map(|[_, cursor]| (grid.stored_row(cursor.0), cursor.1 + 1));
        let text = find.text.trim().to_owned();
        let rows = table.rows.request(grid.scene, &grid.layout, parts);
        let from = after.unwrap_or((0, 0));
        table.rows.find.asked = Some(FindRequest { rows, text, from });
        return;
    }
    if !find.word.is_empty() {
        ui.weak(find.word);
    }
    let Some(request) = &find.asked else { return };
    match want_found(grid.scene, request, grid.order.clone(), names, parts) {
        Answer::Pending(_) => _ = ui.weak("…"),
        Answer::Failed(_) => find.asked = None,
        Answer::Ready(found) => {
            find.asked = None;
            match found.0.and_then(|(row, column)| Some((grid.shown_row(row)?, column))) {
                Some(cell) => {
                    find.word = "";
                    table.selection = Some([cell; 2]);
                    table.row = ScrollPosition::at_row(cell.0.saturating_sub(3));
                    table.column = grid.columns.reveal(table.column, cell.1);
                }
                None => find.word = "nowhere",
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_sorted_up_then_down_then_not() {
        let mut state = RowsState::default();
        let mut next = |column| {
            state.sort_next(column);
            state.sort
        };
        assert_eq!(next(3), Some((3, false)));
        assert_eq!(next(3), Some((3, true)));
        assert_eq!(next(4), Some((4, false)));
        assert_eq!((next(4), next(4)), (Some((4, true)), None));
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(grouped(1), "1");
        assert_eq!(grouped(12_345_678), "12,345,678");
        assert_eq!(grouped(123), "123");
    }
}
