//! Commands about the colours of pictures.

use egui::Key;

use super::{At, Command, always, has_variable, plain};
use crate::app::App;
use crate::session::ColorOptions;

pub const COMMANDS: &[Command] = &[
    Command {
        label: "Reverse the colours",
        key: plain(Key::R),
        is_enabled: has_variable,
        run: |app, at| change(app, at, |colors| colors.is_reversed = !colors.is_reversed),
    },
    Command {
        label: "Colours of the whole variable",
        key: plain(Key::A),
        is_enabled: has_variable,
        run: |app, at| change(app, at, ColorOptions::unfix),
    },
    Command {
        label: "Colours fitted to this slice",
        key: plain(Key::F),
        is_enabled: has_variable,
        run: |app, at| change(app, at, ColorOptions::fit_to_slice),
    },
    Command {
        label: "Colours with zero in the middle",
        key: plain(Key::S),
        is_enabled: has_variable,
        run: |app, at| {
            if let Some(state) = app.selected_state(at.views) {
                state.colors.toggle_symmetric(state.legend.is_symmetric());
            }
        },
    },
    Command {
        label: "Colours without extremes",
        key: plain(Key::Q),
        is_enabled: has_variable,
        run: |app, at| change(app, at, ColorOptions::toggle_percentiles),
    },
    Command {
        label: "Next scale of the colours: linear, log, symlog, square root",
        key: plain(Key::N),
        is_enabled: has_variable,
        run: |app, at| change(app, at, |colors| colors.scale = colors.scale.next()),
    },
    Command {
        label: "Histogram beside the colour bar",
        key: plain(Key::H),
        is_enabled: always,
        run: |app, _| app.settings.shows_histogram = !app.settings.shows_histogram,
    },
];

fn change(app: &mut App, at: At<'_>, change: fn(&mut ColorOptions)) {
    if let Some(state) = app.selected_state(at.views) {
        change(&mut state.colors);
    }
}
