//! The keyboard: every command that has a key, and the list of them.

use egui::{Key, KeyboardShortcut, Modifiers, Ui};

use super::App;
use super::exporting::Kind;
use crate::cf::CfDataset;
use crate::engine::store::FileView;
use crate::session::{ColorOptions, ViewId};
use crate::ui::tree::filter_id;

const OPEN: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::O);
const EXPORT: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::E);
const FILTER: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::F);
const GO_TO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::G);
const RELOAD: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::R);
const CLOSE: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::W);
const QUIT: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Q);

/// Shown under "?".
pub const LIST: &[(&str, &str)] = &[
    ("Ctrl+O", "Open files"),
    ("Ctrl+E", "Export a picture"),
    ("Ctrl+F", "Filter the tree"),
    ("↑ ↓", "Previous and next variable"),
    ("← →", "Step the first slider; with Shift by ten"),
    ("1 2 3", "Heatmap, line, table; 4 5: image, text, where there is one"),
    ("D", "Decoded or stored values"),
    ("T", "Exchange the two axes"),
    ("R", "Reverse the colours"),
    ("A F", "Colours of the whole variable; fitted to this slice"),
    ("S Q", "Colours: zero in the middle; without extremes"),
    ("N", "The next scale of the colours: linear, log, symlog, square root"),
    ("H", "Histogram beside the colour bar"),
    ("C V", "Contours, vectors over a picture"),
    ("Ctrl+G", "Table: go to an index or coordinate"),
    ("Ctrl+C", "Copy the selection of a table; elsewhere the picture"),
    ("Ctrl+R", "Reload the file"),
    ("Ctrl+W", "Close the file"),
    ("Esc", "Leave a text box"),
    ("?", "This list"),
];

impl App {
    pub(super) fn apply_keys(&mut self, ui: &mut Ui, views: &[FileView<CfDataset>]) {
        let pressed = |shortcut: &KeyboardShortcut| {
            ui.ctx().input_mut(|input| input.consume_shortcut(shortcut))
        };
        if pressed(&OPEN) {
            self.show_open_dialog(ui.ctx());
        }
        if pressed(&EXPORT) {
            self.show_export(Kind::Picture);
        }
        if pressed(&FILTER) {
            ui.memory_mut(|memory| memory.request_focus(filter_id()));
        }
        if pressed(&QUIT) {
            ui.ctx().send_viewport_cmd(egui::ViewportCommand::Close);
        }
        if let Some(file) = self.selected_file(views).map(|view| view.id) {
            if pressed(&RELOAD) {
                self.reload(file);
            }
            if pressed(&CLOSE) {
                self.close(file);
            }
        }
        if pressed(&GO_TO) {
            self.set_view(views, ViewId::Table);
            if let Some(state) = self.selected_state(views) {
                state.table.ask_where_to_go();
            } else if let Some(table) = self.selected_table(views) {
                table.ask_where_to_go();
            }
        }
        if !ui.ctx().egui_wants_keyboard_input() {
            self.apply_letters(ui, views);
        }
    }

    fn apply_letters(&mut self, ui: &Ui, views: &[FileView<CfDataset>]) {
        let typed =
            |key| ui.ctx().input(|input| input.modifiers.is_none() && input.key_pressed(key));
        for (key, view) in [
            (Key::Num1, ViewId::Heatmap),
            (Key::Num2, ViewId::Line),
            (Key::Num3, ViewId::Table),
            (Key::Num4, ViewId::Image),
            (Key::Num5, ViewId::Text),
        ] {
            if typed(key) {
                self.set_view(views, view);
            }
        }
        if typed(Key::D) {
            self.settings.is_decoded = !self.settings.is_decoded;
        }
        if typed(Key::T)
            && let Some(state) = self.selected_state(views)
        {
            state.slice.transpose();
        }
        if typed(Key::R)
            && let Some(state) = self.selected_state(views)
        {
            state.colors.is_reversed = !state.colors.is_reversed;
        }
        if typed(Key::H) {
            self.settings.shows_histogram = !self.settings.shows_histogram;
        }
        if let Some(state) = self.selected_state(views) {
            let is_symmetric = state.legend.is_symmetric();
            let colors = &mut state.colors;
            for (key, change) in [
                (Key::A, ColorOptions::unfix as fn(&mut ColorOptions)),
                (Key::F, ColorOptions::fit_to_slice),
                (Key::Q, ColorOptions::toggle_percentiles),
                (Key::N, |colors| colors.scale = colors.scale.next()),
            ] {
                if typed(key) {
                    change(colors);
                }
            }
            if typed(Key::S) {
                colors.toggle_symmetric(is_symmetric);
            }
        }
        if typed(Key::C)
            && let Some(state) = self.selected_state(views)
        {
            state.overlay.contours.is_on = !state.overlay.contours.is_on;
        }
        if typed(Key::V)
            && let Some(state) = self.selected_state(views)
        {
            state.overlay.vectors.is_on = !state.overlay.vectors.is_on;
        }
    }

    pub(super) fn show_open_dialog(&self, ctx: &egui::Context) {
        let folder = self.settings.recent().first().and_then(|path| path.parent());
        self.opening.show_dialog(ctx, folder.map(ToOwned::to_owned));
    }
}
