//! Moving about in the table of messages.

use egui::{Key, Response, Ui, vec2};

use super::{MessagesState, ROW_PX, View};

impl View<'_> {
    pub(super) fn scroll_ui(&self, ui: &Ui, state: &mut MessagesState, response: &Response) {
        if response.hovered() {
            let (delta, shift) =
                ui.input(|input| (input.smooth_scroll_delta(), input.modifiers.shift));
            let delta = if shift && delta.x == 0.0 { vec2(delta.y, 0.0) } else { delta };
            state.row = self.rows.by_px(state.row, f64::from(-delta.y));
            state.left = self.across.by_px(state.left, f64::from(-delta.x));
        }
        state.row = self.rows.clamp(state.row);
        state.left = self.across.clamp(state.left);
    }

    /// The arrow keys move the selected row; true when Enter asks for it.
    pub(super) fn keys_ui(&self, ui: &Ui, state: &mut MessagesState) -> bool {
        if ui.ctx().egui_wants_keyboard_input() || !state.is_active {
            return false;
        }
        let pressed = |key| ui.input(|input| input.modifiers.is_none() && input.key_pressed(key));
        if pressed(Key::Enter) {
            return true;
        }
        let last = self.rows.rows.saturating_sub(1);
        let page = (f64::from(self.body.height() / ROW_PX) as u64).saturating_sub(1).max(1);
        let at = state.selected.unwrap_or_default();
        let to = [
            (Key::ArrowDown, at.saturating_add(1)),
            (Key::ArrowUp, at.saturating_sub(1)),
            (Key::PageDown, at.saturating_add(page)),
            (Key::PageUp, at.saturating_sub(page)),
            (Key::Home, 0),
            (Key::End, last),
        ];
        if let Some((_, row)) = to.into_iter().find(|(key, _)| pressed(*key)) {
            let row = row.min(last);
            state.selected = Some(row);
            state.row = self.rows.reveal(state.row, row);
        }
        false
    }
}
