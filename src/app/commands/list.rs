//! The list of all keys, under "?".

use egui::{Align2, Frame, Grid, Key, Margin, ScrollArea, Ui, Vec2, Window};

use super::{ALL, key_text};
use crate::app::App;

/// Whether the list is seen.
#[derive(Default)]
pub struct KeyList {
    is_open: bool,
}

impl KeyList {
    pub fn toggle(&mut self) {
        self.is_open = !self.is_open;
    }
}

/// Keys that belong to what is under them rather than to a command.
const OTHERS: &[(&str, &str)] = &[
    ("↑ ↓", "Previous and next variable"),
    ("← →", "Step the first slider; with Shift by ten"),
    ("Ctrl+C", "Copy the selection of a table; elsewhere the picture"),
    ("Esc", "Leave a text box"),
];

impl App {
    pub(in crate::app) fn key_list_ui(&mut self, ui: &Ui) {
        if ui.input(|input| input.key_pressed(Key::Escape)) {
            self.key_list.is_open = false;
        }
        Window::new("Keyboard shortcuts")
            .anchor(Align2::CENTER_CENTER, Vec2::ZERO)
            .open(&mut self.key_list.is_open)
            .collapsible(false)
            .resizable(false)
            .show(ui.ctx(), |ui| {
                let height = 0.85 * ui.ctx().content_rect().height();
                let margin = Margin::symmetric(10, 4);
                Frame::new().inner_margin(margin).show(ui, |ui| {
                    ScrollArea::vertical().min_scrolled_height(height).show(ui, columns_ui);
                });
            });
    }
}

/// In two columns: there are many.
fn columns_ui(ui: &mut Ui) {
    let commands = ALL.iter().flat_map(|part| part.iter());
    let keyed = commands.filter_map(|command| Some((key_text(command.key?), command.label)));
    let others = OTHERS.iter().map(|(key, what)| ((*key).to_owned(), *what));
    let lines: Vec<(String, &str)> = keyed.chain(others).collect();
    ui.horizontal_top(|ui| {
        for part in lines.chunks(lines.len().div_ceil(2).max(1)) {
            let first = part.first().map(|(key, _)| key.as_str()).unwrap_or_default();
            Grid::new(("keys", first)).num_columns(2).spacing([18.0, 4.0]).show(ui, |ui| {
                for (key, what) in part {
                    ui.strong(key);
                    ui.label(*what);
                    ui.end_row();
                }
            });
            ui.add_space(24.0);
        }
    });
}
