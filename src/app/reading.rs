//! What the user chose about reading, where a format leaves a choice.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};

use egui::Ui;
use hyperslab_core::{Choice, Values};

use super::App;
use crate::engine::Engine;

/// What has to happen after a choice.
pub struct Reading {
    /// Chosen, but not yet applied.
    is_changed: bool,
    /// What of it cannot be had, from the worker that tried.
    problems: (Sender<String>, Receiver<String>),
}

impl Default for Reading {
    fn default() -> Self {
        Self { is_changed: false, problems: channel() }
    }
}

impl App {
    /// The choices of all formats, in the menu of settings.
    pub(super) fn reading_menu_ui(&mut self, ui: &mut Ui) {
        let before = self.settings.reading.clone();
        for choice in hyperslab_all::choices() {
            let hint = format!("{}\n({})", choice.hint, choice.name);
            match choice.values {
                Values::OneOf(values) => {
                    ui.label(choice.label).on_hover_text(hint);
                    ui.indent(choice.name, |ui| self.values_ui(ui, choice, values));
                }
                Values::Text { .. } => {
                    ui.label(choice.label).on_hover_text(hint);
                    let path = self.settings.reading.entry(choice.name.into()).or_default();
                    let edit =
                        egui::TextEdit::singleline(path).hint_text("Path of a file or folder");
                    ui.indent(choice.name, |ui| ui.add(edit.desired_width(220.0)));
                }
            }
        }
        self.grid_folder_ui(ui);
        self.settings.reading.retain(|_, chosen| !chosen.is_empty());
        // A path that is still being typed is no path yet.
        let is_typing = ui.ctx().egui_wants_keyboard_input();
        if self.settings.reading != before {
            self.reading.is_changed = true;
        }
        if self.reading.is_changed && !is_typing {
            self.reading.is_changed = false;
            self.apply_reading();
        }
    }

    /// Where grids are looked for that data only mention.
    fn grid_folder_ui(&mut self, ui: &mut Ui) {
        ui.label("Folder of grid files").on_hover_text(
            "Files in this folder are looked into for latitudes and longitudes that are neither in \
             a file itself nor in those beside it: ICON grids, geolocation of satellites",
        );
        let folder = self.settings.grid_folder.as_ref();
        let mut text = folder.map(|path| path.display().to_string()).unwrap_or_default();
        let edit = egui::TextEdit::singleline(&mut text).hint_text("Path of a folder");
        let is_changed = ui.indent("grid folder", |ui| ui.add(edit.desired_width(220.0))).inner;
        if is_changed.changed() {
            self.settings.grid_folder = (!text.is_empty()).then(|| text.into());
        }
    }

    fn values_ui(&mut self, ui: &mut Ui, choice: &Choice, values: &[(&str, &str)]) {
        let first = values.first().map_or("", |(value, _)| value);
        let chosen = self.settings.reading.get(choice.name).map_or(first, String::as_str);
        let mut wanted = chosen.to_owned();
        for (value, label) in values {
            ui.radio_value(&mut wanted, (*value).to_owned(), *label);
        }
        if wanted != chosen {
            match wanted == first {
                true => self.settings.reading.remove(choice.name),
                false => self.settings.reading.insert(choice.name.into(), wanted),
            };
        }
    }

    /// Open files are read anew; tables of the user are read on a worker.
    pub(super) fn apply_reading(&self) {
        let chosen = self.settings.reading.clone();
        let (engine, files) = (self.engine.clone(), self.files.clone());
        let problems = self.reading.problems.0.clone();
        self.engine.spawn(move || {
            for problem in set_options(&engine, &chosen) {
                let _ = problems.send(problem);
            }
            for view in files.views() {
                files.reload(view.id);
            }
            engine.wake();
        });
    }

    /// Says what could not be had; the rest of the choices counts.
    pub(super) fn tell_reading_problems(&mut self) {
        for problem in self.reading.problems.1.try_iter() {
            self.opening.complain(problem);
        }
    }
}

/// Makes options of the choices, and of the environment; what of them cannot be had, a line each.
pub fn set_options(engine: &Engine, chosen: &BTreeMap<String, String>) -> Vec<String> {
    let (options, errors) = hyperslab_all::options(chosen);
    engine.set_options(options);
    errors.iter().map(ToString::to_string).collect()
}
