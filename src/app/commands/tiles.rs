//! Commands about tiles.

use egui::Key;

use super::{At, Command, ctrl, ctrl_shift, plain};
use crate::app::App;

pub const COMMANDS: &[Command] = &[
    Command {
        label: "Open this in another tile",
        key: ctrl(Key::Enter),
        is_enabled: |app, _| app.tree.selected.is_some(),
        run: |app, at| {
            if let Some(node) = app.tree.selected {
                app.open_tile(at.views, node);
            }
        },
    },
    Command {
        label: "Close the tile",
        key: ctrl_shift(Key::W),
        is_enabled: has_several,
        run: |app, _| app.close_tile(app.panes.focused_id()),
    },
    Command {
        label: "Close all other tiles",
        key: None,
        is_enabled: has_several,
        run: |app, _| app.close_others(app.panes.focused_id()),
    },
    Command {
        label: "Maximise or restore the tile",
        key: plain(Key::M),
        is_enabled: has_several,
        run: |app, _| app.maximise(app.panes.focused_id()),
    },
    Command {
        label: "Next tile",
        key: ctrl(Key::Tab),
        is_enabled: has_several,
        run: |app, _| app.focus_next(1),
    },
    Command {
        label: "Previous tile",
        key: ctrl_shift(Key::Tab),
        is_enabled: has_several,
        run: |app, _| app.focus_next(-1),
    },
    Command {
        label: "Link the tile with the others, or break its links",
        key: plain(Key::L),
        is_enabled: has_several,
        run: |app, _| app.toggle_link(app.panes.focused_id()),
    },
];

fn has_several(app: &App, _: At<'_>) -> bool {
    app.panes.len() > 1
}
