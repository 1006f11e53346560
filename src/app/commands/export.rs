//! Commands that get things out.

use egui::Key;

use super::{At, Command, ctrl, has_variable};
use crate::app::App;
use crate::app::exporting::Kind;
use crate::export::code::Language;

pub const COMMANDS: &[Command] = &[
    Command {
        label: "Export a picture…",
        key: ctrl(Key::E),
        is_enabled: has_variable,
        run: |app, _| app.show_export(Kind::Picture),
    },
    Command {
        label: "Export data…",
        key: None,
        is_enabled: has_variable,
        run: |app, _| app.show_export(Kind::Data),
    },
    Command {
        label: "Export an animation…",
        key: None,
        is_enabled: has_variable,
        run: |app, _| app.show_export(Kind::Frames),
    },
    Command {
        label: "Copy the picture",
        key: None,
        is_enabled: has_variable,
        run: |app, at| app.copy_picture(at.ctx, at.views),
    },
    Command {
        label: "Copy the values of the slice as text",
        key: None,
        is_enabled: has_variable,
        run: |app, at| app.copy_text(at.ctx, at.views),
    },
];

/// The code that reads the slice, for those programs that could.
pub fn languages(app: &App, at: At<'_>) -> Vec<Language> {
    let can = |language: &Language| app.code(at.views, *language).is_some();
    Language::ALL.into_iter().filter(can).collect()
}
