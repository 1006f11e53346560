//! Moving about in the table of a group: arrow keys, and the box that takes one to a row or a
//! column.

use egui::{Key, Ui};

use super::{GroupTableState, ROW_PX, View, frozen_count};
use crate::prep::scroll::ScrollPosition;
use crate::ui::theme::palette;

/// The box for a row or a column.
#[derive(Default)]
pub(super) struct GoTo {
    text: String,
    pub(super) is_asked: bool,
    error: String,
}

impl View<'_> {
    /// The keys move the selected cell, with Shift they extend the selection, with Ctrl they jump
    /// to the ends.
    pub(super) fn keys_ui(&self, ui: &Ui, state: &mut GroupTableState) {
        let Some([anchor, cursor]) = state.selection.filter(|_| state.is_active) else { return };
        let modifiers = ui.input(|input| input.modifiers);
        let pressed = |key| ui.input_mut(|input| input.consume_key(modifiers, key));
        let last =
            (self.rows.rows.saturating_sub(1), (state.widths.len() as u64).saturating_sub(1));
        let page = (f64::from(self.body.height() / ROW_PX) as u64).saturating_sub(1).max(1);
        let step = if modifiers.command { u64::MAX } else { 1 };
        let (mut row, mut column) = cursor;
        if pressed(Key::ArrowDown) {
            row = row.saturating_add(step).min(last.0);
        } else if pressed(Key::ArrowUp) {
            row = row.saturating_sub(step);
        } else if pressed(Key::ArrowRight) {
            column = column.saturating_add(step).min(last.1);
        } else if pressed(Key::ArrowLeft) {
            column = column.saturating_sub(step);
        } else if pressed(Key::PageDown) {
            row = row.saturating_add(page).min(last.0);
        } else if pressed(Key::PageUp) {
            row = row.saturating_sub(page);
        } else if pressed(Key::Home) {
            (row, column) = if modifiers.command { (0, 0) } else { (row, 0) };
        } else if pressed(Key::End) {
            (row, column) = if modifiers.command { last } else { (row, last.1) };
        } else {
            return;
        }
        state.selection =
            Some([if modifiers.shift { anchor } else { (row, column) }, (row, column)]);
        state.row = self.rows.reveal(state.row, row);
        self.reveal_column(state, column);
    }

    fn reveal_column(&self, state: &mut GroupTableState, column: u64) {
        let frozen = frozen_count(self.table, self.frozen_px);
        let Ok(column) = usize::try_from(column) else { return };
        if column < frozen {
            return;
        }
        let left: f32 = state.widths.iter().take(column).skip(frozen).sum();
        let right = left + state.widths.get(column).copied().unwrap_or(0.0);
        let seen_from = self.scrolled_px(state);
        let room = self.body.width() - self.frozen_px;
        let to = if left < seen_from {
            left
        } else if right > seen_from + room {
            right - room
        } else {
            return;
        };
        state.left = ScrollPosition::at_row(to.max(0.0) as u64);
    }

    /// "Go to": a row, a column, or both.
    pub(super) fn go_to_ui(&self, ui: &mut Ui, state: &mut GroupTableState) {
        let go_to = &mut state.go_to;
        let edit = egui::TextEdit::singleline(&mut go_to.text)
            .hint_text("Go to: row, column")
            .desired_width(210.0);
        let response = ui.add(edit);
        if std::mem::take(&mut go_to.is_asked) {
            response.request_focus();
        }
        if response.changed() {
            go_to.error.clear();
        }
        if !go_to.error.is_empty() {
            ui.colored_label(palette(ui).error, &go_to.error);
        }
        if !(response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))) {
            return;
        }
        let found = target(&state.go_to.text, self.table.rows, &self.headers.names);
        let found = found.and_then(|(row, column)| match (row, &self.order) {
            (Some(row), Some(order)) => match order.place_of(row) {
                Some(at) => Ok((Some(at), column)),
                None => Err("that row does not meet the condition".into()),
            },
            (row, _) => Ok((row, column)),
        });
        match found {
            Ok((row, column)) => {
                let [_, before] = state.selection.unwrap_or_default();
                let cell = (row.unwrap_or(before.0), column.unwrap_or(before.1));
                state.selection = Some([cell; 2]);
                state.is_active = true;
                state.row = ScrollPosition::at_row(cell.0.saturating_sub(3));
                self.reveal_column(state, cell.1);
            }
            Err(why) => state.go_to.error = why,
        }
    }
}

/// The row and the column that a text means: `12`, `12, size`, `size`.
fn target(text: &str, rows: u64, names: &[String]) -> Result<(Option<u64>, Option<u64>), String> {
    let (mut row, mut column) = (None, None);
    for part in text.splitn(2, ',').map(str::trim).filter(|part| !part.is_empty()) {
        let named = names.iter().position(|name| name == part);
        match (part.parse::<u64>(), named) {
            (Ok(index), _) if row.is_none() && column.is_none() && index < rows => {
                row = Some(index)
            }
            (Ok(_), None) if row.is_none() && column.is_none() => {
                return Err(format!("there are only {rows} rows"));
            }
            (_, Some(at)) => column = Some(at as u64),
            (Ok(at), None) if at < names.len() as u64 => column = Some(at),
            _ => return Err(format!("{part} is neither a row nor a column here")),
        }
    }
    Ok((row, column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_a_column_or_both_are_found() {
        let names = ["index", "size", "7"].map(String::from);
        assert_eq!(target("3", 10, &names), Ok((Some(3), None)));
        assert_eq!(target("3, size", 10, &names), Ok((Some(3), Some(1))));
        assert_eq!(target("size", 10, &names), Ok((None, Some(1))));
        assert_eq!(target("3, 0", 10, &names), Ok((Some(3), Some(0))));
        assert_eq!(target("3, 7", 10, &names), Ok((Some(3), Some(2))));
        assert!(target("10", 10, &names).unwrap_err().contains("only 10 rows"));
        assert!(target("weight", 10, &names).is_err());
        assert_eq!(target(" ", 10, &names), Ok((None, None)));
    }
}
