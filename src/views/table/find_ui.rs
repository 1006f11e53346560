//! The box over a table for a value to look for.

use egui::{Key, Ui};

use super::find::{FindRequest, want_found};
use super::rows::{Names, RowsRequest};
use super::{Grid, TableState};
use crate::engine::Answer;
use crate::prep::scroll::ScrollPosition;
use crate::views::cell::Parts;

#[derive(Default)]
pub(super) struct Find {
    text: String,
    asked: Option<FindRequest>,
    word: &'static str,
}

impl Find {
    pub(super) fn is_current(&self) -> bool {
        self.asked.is_none()
    }
}

/// A value to look for: Enter goes to the next cell that shows it.
pub(super) fn find_ui(
    ui: &mut Ui,
    grid: &Grid<'_>,
    table: &mut TableState,
    request: &RowsRequest,
    names: &Names,
    parts: Parts,
) {
    let find = &mut table.find;
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
        let rows = request.clone();
        let from = after.unwrap_or((0, 0));
        find.asked = Some(FindRequest { rows, text, from });
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
