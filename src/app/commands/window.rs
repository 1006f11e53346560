//! Commands about the window itself.

use egui::{Key, ViewportCommand, gui_zoom};

use super::{Command, always, ctrl, ctrl_shift, plain};
use crate::app::App;
use crate::session::Theme;
use crate::ui::attributes::Tab;
use crate::ui::{theme, tree};

pub const COMMANDS: &[Command] = &[
    Command {
        label: "Find a command",
        key: ctrl(Key::K),
        is_enabled: always,
        run: |app, _| app.palette.toggle(),
    },
    Command {
        label: "Undo: take the last change of the view back",
        key: ctrl(Key::Z),
        is_enabled: |app, _| app.workspaces.can_undo(),
        run: |app, at| app.undo(at.views),
    },
    Command {
        label: "Redo",
        key: ctrl_shift(Key::Z),
        is_enabled: |app, _| app.workspaces.can_redo(),
        run: |app, at| app.redo(at.views),
    },
    Command {
        label: "Filter the tree",
        key: ctrl(Key::F),
        is_enabled: always,
        run: |_, at| at.ctx.memory_mut(|memory| memory.request_focus(tree::filter_id())),
    },
    Command {
        label: "Show attributes",
        key: None,
        is_enabled: always,
        run: |app, _| app.tab = Tab::Attributes,
    },
    Command {
        label: "Show how it is stored",
        key: None,
        is_enabled: always,
        run: |app, _| app.tab = Tab::Storage,
    },
    Command {
        label: "Show the file as CDL",
        key: None,
        is_enabled: always,
        run: |app, _| app.tab = Tab::Cdl,
    },
    Command {
        label: "Internals of the format: show or hide",
        key: None,
        is_enabled: always,
        run: |app, _| app.shows_internal = !app.shows_internal,
    },
    Command {
        label: "Side panel: show or hide",
        key: ctrl(Key::B),
        is_enabled: always,
        run: |app, _| app.settings.shows_side_panel = !app.settings.shows_side_panel,
    },
    Command {
        label: "Light theme",
        key: None,
        is_enabled: |app, _| app.settings.theme != Theme::Light,
        run: |app, at| set_theme(app, at.ctx, Theme::Light),
    },
    Command {
        label: "Dark theme",
        key: None,
        is_enabled: |app, _| app.settings.theme != Theme::Dark,
        run: |app, at| set_theme(app, at.ctx, Theme::Dark),
    },
    Command {
        label: "Theme of the system",
        key: None,
        is_enabled: |app, _| app.settings.theme != Theme::System,
        run: |app, at| set_theme(app, at.ctx, Theme::System),
    },
    Command {
        label: "Larger interface",
        key: ctrl(Key::Plus),
        is_enabled: always,
        run: |_, at| gui_zoom::zoom_in(at.ctx),
    },
    Command {
        label: "Smaller interface",
        key: ctrl(Key::Minus),
        is_enabled: always,
        run: |_, at| gui_zoom::zoom_out(at.ctx),
    },
    Command {
        label: "Interface at its usual size",
        key: ctrl(Key::Num0),
        is_enabled: always,
        run: |_, at| at.ctx.set_zoom_factor(1.0),
    },
    Command {
        label: "Keyboard shortcuts",
        key: plain(Key::Questionmark),
        is_enabled: always,
        run: |app, _| app.key_list.toggle(),
    },
    Command {
        label: "Quit",
        key: ctrl(Key::Q),
        is_enabled: always,
        run: |_, at| at.ctx.send_viewport_cmd(ViewportCommand::Close),
    },
];

fn set_theme(app: &mut App, ctx: &egui::Context, wanted: Theme) {
    app.settings.theme = wanted;
    theme::apply(ctx, wanted);
}
