//! Commands about files.

use egui::Key;

use super::{At, Command, always, ctrl, has_file, has_variable};
use crate::app::App;

pub const COMMANDS: &[Command] = &[
    Command {
        label: "Open files…",
        key: ctrl(Key::O),
        is_enabled: always,
        run: |app, at| app.show_open_dialog(at.ctx),
    },
    Command {
        label: "Save workspace…",
        key: ctrl(Key::S),
        is_enabled: |_, at| !at.views.is_empty(),
        run: |app, at| app.show_save_dialog(at.ctx),
    },
    Command {
        label: "Reopen the last workspace",
        key: None,
        is_enabled: |app, _| app.workspaces.has_last(),
        run: |app, at| app.reopen_last(at.views),
    },
    Command {
        label: "Reload the file",
        key: ctrl(Key::R),
        is_enabled: has_file,
        run: |app, at| {
            if let Some(file) = app.selected_file(at.views).map(|view| view.id) {
                app.reload(file);
            }
        },
    },
    Command {
        label: "Close the file",
        key: ctrl(Key::W),
        is_enabled: has_file,
        run: |app, at| {
            if let Some(file) = app.selected_file(at.views).map(|view| view.id) {
                app.close(file);
            }
        },
    },
    Command {
        label: "Close all files",
        key: None,
        is_enabled: |_, at| at.views.len() > 1,
        run: |app, at| at.views.iter().for_each(|view| app.close(view.id)),
    },
    Command {
        label: "Copy the path of the file",
        key: None,
        is_enabled: has_file,
        run: |app, at| {
            if let Some(view) = app.selected_file(at.views) {
                at.ctx.copy_text(view.path.display().to_string());
            }
        },
    },
    Command {
        label: "Copy the path of the variable inside the file",
        key: None,
        is_enabled: has_variable,
        run: copy_inner_path,
    },
    Command {
        label: "Forget the recent files",
        key: None,
        is_enabled: |app, _| !app.settings.recent().is_empty(),
        run: |app, _| app.settings.forget_recent(),
    },
];

fn copy_inner_path(app: &mut App, at: At<'_>) {
    let found = app.selected_variable(at.views);
    let path = found.and_then(|(view, id)| Some(view.opened()?.dataset.variable_path(id)));
    if let Some(path) = path {
        at.ctx.copy_text(path);
    }
}
