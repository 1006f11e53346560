//! Everything one can tell the window to do, in one table: from it come the keys, the list of
//! keys, and the palette.

mod colors;
mod export;
mod files;
mod list;
mod offered;
mod palette;
mod tiles;
mod view;
mod window;

use egui::{Context, InputState, Key, KeyboardShortcut, Modifiers, Ui};

use super::App;
use crate::cf::CfDataset;
use crate::engine::store::FileView;

pub use list::KeyList;
pub use palette::Palette;

/// Where a command is given: the window and the files of this frame.
#[derive(Clone, Copy)]
pub struct At<'a> {
    pub ctx: &'a Context,
    pub views: &'a [FileView<CfDataset>],
}

pub struct Command {
    pub label: &'static str,
    pub key: Option<KeyboardShortcut>,
    /// It would do something now.
    pub is_enabled: fn(&App, At<'_>) -> bool,
    pub run: fn(&mut App, At<'_>),
}

/// In the order in which they are listed.
const ALL: [&[Command]; 6] = [
    files::COMMANDS,
    view::COMMANDS,
    colors::COMMANDS,
    export::COMMANDS,
    tiles::COMMANDS,
    window::COMMANDS,
];

fn always(_: &App, _: At<'_>) -> bool {
    true
}

fn has_file(app: &App, at: At<'_>) -> bool {
    app.selected_file(at.views).is_some()
}

fn has_variable(app: &App, at: At<'_>) -> bool {
    app.selected_variable(at.views).is_some()
}

/// A letter or digit, for when no text is being typed.
const fn plain(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(Modifiers::NONE, key))
}

const fn ctrl(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(Modifiers::COMMAND, key))
}

const fn ctrl_shift(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key))
}

/// As it stands on the keyboard: `Ctrl+Shift+Z`.
fn key_text(key: KeyboardShortcut) -> String {
    let mut text = String::new();
    for (is_held, name) in [
        (key.modifiers.command || key.modifiers.ctrl, "Ctrl+"),
        (key.modifiers.shift, "Shift+"),
        (key.modifiers.alt, "Alt+"),
    ] {
        if is_held {
            text.push_str(name);
        }
    }
    text.push_str(match key.logical_key {
        Key::Questionmark => "?",
        Key::Plus => "+",
        Key::Minus => "-",
        other => other.name(),
    });
    text
}

impl App {
    /// Runs what the keys of this frame ask for.
    pub(super) fn apply_keys(&mut self, ui: &Ui, views: &[FileView<CfDataset>]) {
        let at = At { ctx: ui.ctx(), views };
        let is_typing = at.ctx.egui_wants_keyboard_input();
        let mut keyed: Vec<(&Command, KeyboardShortcut)> =
            ALL.iter().flat_map(|part| part.iter()).filter_map(|c| Some((c, c.key?))).collect();
        // A shortcut with Shift also matches the one without.
        keyed.sort_by_key(|(_, key)| !key.modifiers.shift);
        for (command, key) in keyed {
            let is_plain = key.modifiers.is_none();
            // A text has its own letters, and its own way back.
            if is_typing && (is_plain || key.logical_key == Key::Z) {
                continue;
            }
            let is_pressed = at.ctx.input_mut(|input| match is_plain {
                true => is_typed(input, key.logical_key),
                false => {
                    input.consume_shortcut(&key)
                        || same_key(key).is_some_and(|other| input.consume_shortcut(&other))
                }
            });
            if is_pressed && (command.is_enabled)(self, at) {
                (command.run)(self, at);
            }
        }
    }
}

/// A letter without Ctrl, Alt and Shift; on many keyboards `?` has Shift.
fn is_typed(input: &InputState, key: Key) -> bool {
    let modifiers = match key {
        Key::Questionmark => Modifiers { shift: false, ..input.modifiers },
        _ => input.modifiers,
    };
    modifiers.is_none() && input.key_pressed(key)
}

/// On many keyboards `+` is `=` with Shift.
fn same_key(key: KeyboardShortcut) -> Option<KeyboardShortcut> {
    let is_plus = key.logical_key == Key::Plus;
    is_plus.then_some(KeyboardShortcut { logical_key: Key::Equals, ..key })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_commands_have_one_key_or_one_name() {
        let (mut keys, mut labels) = (BTreeSet::new(), BTreeSet::new());
        for command in ALL.iter().flat_map(|part| part.iter()) {
            assert!(labels.insert(command.label), "{}", command.label);
            if let Some(key) = command.key {
                assert!(keys.insert(key_text(key)), "{}", key_text(key));
            }
        }
    }

    #[test]
    fn keys_are_written_as_people_say_them() {
        let text = |key: Option<KeyboardShortcut>| key.map(key_text).unwrap();
        assert_eq!(text(ctrl_shift(Key::Z)), "Ctrl+Shift+Z");
        assert_eq!(text(ctrl(Key::Plus)), "Ctrl++");
        assert_eq!(
            (text(plain(Key::Num1)), text(plain(Key::Questionmark))),
            ("1".into(), "?".into())
        );
    }
}
