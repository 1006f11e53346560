//! Commands about what is seen of the variable.

use egui::Key;

use super::{At, Command, always, ctrl, has_variable, plain};
use crate::app::App;
use crate::prep::reduce::Statistic;
use crate::session::{Formula, ViewId};
use crate::views::{self, Scene, Suitability, VariableState};

pub const COMMANDS: &[Command] = &[
    Command {
        label: "Show as heatmap",
        key: plain(Key::Num1),
        is_enabled: |app, at| suits(app, at, ViewId::Heatmap),
        run: |app, at| app.set_view(at.views, ViewId::Heatmap),
    },
    Command {
        label: "Show as line",
        key: plain(Key::Num2),
        is_enabled: |app, at| suits(app, at, ViewId::Line),
        run: |app, at| app.set_view(at.views, ViewId::Line),
    },
    Command {
        label: "Show as table",
        key: plain(Key::Num3),
        is_enabled: |app, at| suits(app, at, ViewId::Table),
        run: |app, at| app.set_view(at.views, ViewId::Table),
    },
    Command {
        label: "Show as image",
        key: plain(Key::Num4),
        is_enabled: |app, at| suits(app, at, ViewId::Image),
        run: |app, at| app.set_view(at.views, ViewId::Image),
    },
    Command {
        label: "Show as text",
        key: plain(Key::Num5),
        is_enabled: |app, at| suits(app, at, ViewId::Text),
        run: |app, at| app.set_view(at.views, ViewId::Text),
    },
    Command {
        label: "Show as map",
        key: plain(Key::Num6),
        is_enabled: |app, at| suits(app, at, ViewId::Map),
        run: |app, at| app.set_view(at.views, ViewId::Map),
    },
    Command {
        label: "Play or stop",
        key: plain(Key::Space),
        is_enabled: has_variable,
        run: |app, at| {
            if let Some(state) = app.selected_state(at.views) {
                state.player.ask();
            }
        },
    },
    Command {
        label: "Decoded or stored values",
        key: plain(Key::D),
        is_enabled: always,
        run: |app, _| app.settings.is_decoded = !app.settings.is_decoded,
    },
    Command {
        label: "Exchange the two axes",
        key: plain(Key::T),
        is_enabled: has_variable,
        run: |app, at| {
            if let Some(state) = app.selected_state(at.views) {
                state.slice.transpose();
            }
        },
    },
    Command {
        label: "Show everything: reset the zoom",
        key: plain(Key::Z),
        is_enabled: has_variable,
        run: |app, at| {
            if let Some(state) = app.selected_state(at.views) {
                state.zoom = None;
                state.map.show_everything();
                state.line.zoom = None;
            }
        },
    },
    Command {
        label: "Contours over the picture",
        key: plain(Key::C),
        is_enabled: has_variable,
        run: |app, at| {
            if let Some(state) = app.selected_state(at.views) {
                state.overlay.contours.is_on = !state.overlay.contours.is_on;
            }
        },
    },
    Command {
        label: "Vectors over the picture",
        key: plain(Key::V),
        is_enabled: has_variable,
        run: |app, at| {
            if let Some(state) = app.selected_state(at.views) {
                state.overlay.vectors.is_on = !state.overlay.vectors.is_on;
            }
        },
    },
    Command {
        label: "Go to an index, coordinate or date",
        key: ctrl(Key::G),
        is_enabled: |app, at| has_variable(app, at) || app.has_table(at.views),
        run: go_to,
    },
];

fn suits(app: &App, at: At<'_>, id: ViewId) -> bool {
    let cf = app.selected_variable(at.views).and_then(|(view, variable)| {
        let opened = view.opened()?;
        opened.meaning.variable(&opened.dataset, variable)
    });
    cf.is_some_and(|cf| (views::kind(id).suits)(&cf) != Suitability::No)
}

fn go_to(app: &mut App, at: At<'_>) {
    // What has no slider is gone through as a table.
    let has_slider = shown(app, at).is_some_and(|(scene, state)| {
        !matches!(state.view, ViewId::Table | ViewId::Text) && views::has_sliders(scene, state)
    });
    if has_slider {
        app.go_to.open();
        return;
    }
    app.set_view(at.views, ViewId::Table);
    if let Some(state) = app.selected_state(at.views) {
        state.table.ask_where_to_go();
    } else if let Some(table) = app.selected_table(at.views) {
        table.ask_where_to_go();
    }
}

/// The variable is drawn as a map.
pub fn shows_map(app: &App, at: At<'_>) -> bool {
    shown(app, at).is_some_and(|(_, state)| state.view == ViewId::Map)
}

/// Means and the like along each axis, as far as there are not too many.
pub fn reductions(app: &App, at: At<'_>) -> Vec<(String, Formula)> {
    const AXES_MAX: usize = 5;
    let Some((scene, state)) = shown(app, at) else { return Vec::new() };
    let variable = scene.variable().filter(|variable| variable.dtype.is_numeric());
    let Some(variable) = variable.filter(|_| app.settings.is_decoded) else { return Vec::new() };
    let mut found = Vec::new();
    for (axis, along) in variable.axes.iter().enumerate().take(AXES_MAX) {
        let name = scene.opened.dataset.dimension_name(along);
        let Some(name) = name.filter(|_| along.length > 1) else { continue };
        for by in Statistic::ALL {
            let of = views::source(scene, state);
            let (axes, within) = (vec![axis], Vec::new());
            let formula = Formula::Reduce { of, axes, by, within, by_area: false };
            found.push((format!("Reduce: {} over {name}", by.name()), formula));
        }
        let anomaly = Formula::Anomaly { of: views::source(scene, state), axes: vec![axis] };
        found.push((format!("Reduce: anomaly over {name}"), anomaly));
    }
    found
}

fn shown<'a>(app: &'a App, at: At<'a>) -> Option<(Scene<'a>, &'a VariableState)> {
    let (view, id) = app.selected_variable(at.views)?;
    let scene = Scene::new(&app.engine, at.views, view, view.opened()?, id);
    let state = app.panes.get(app.panes.focused_id())?.states.get(&(view.id, scene.path()))?;
    Some((scene.shown(state, app.settings.is_decoded), state))
}
