//! What the palette offers now: the commands of the table that would do something, and those that
//! depend on what there is to choose from.

use std::borrow::Cow;

use super::{ALL, At, key_text};
use crate::app::App;
use crate::prep::colormap;
use crate::prep::map::projection::ProjectionKind;

/// What choosing a line does.
type Run = Box<dyn FnOnce(&mut App, At<'_>)>;

/// A line of the palette.
pub struct Offered {
    pub label: Cow<'static, str>,
    pub key: String,
    pub run: Run,
    /// One of many of its kind: comes after the others that are found as well.
    pub is_choice: bool,
}

pub fn offered(app: &App, at: At<'_>) -> Vec<Offered> {
    let enabled = ALL.iter().flat_map(|part| part.iter());
    let enabled = enabled.filter(|command| (command.is_enabled)(app, at));
    let mut found: Vec<Offered> = enabled
        .map(|command| Offered {
            label: command.label.into(),
            key: command.key.map(key_text).unwrap_or_default(),
            run: Box::new(command.run),
            is_choice: false,
        })
        .collect();
    let mut offer = |label: String, run: Run| {
        found.push(Offered { label: label.into(), key: String::new(), run, is_choice: true });
    };
    if super::has_variable(app, at) {
        for map in colormap::shipped().iter() {
            let name = map.name.to_string();
            let run = move |app: &mut App, at: At<'_>| {
                if let Some(state) = app.selected_state(at.views) {
                    state.colors.colormap = Some(name);
                }
            };
            offer(format!("Colour map: {}", map.name), Box::new(run));
        }
    }
    for (label, formula) in super::view::reductions(app, at) {
        let run = move |app: &mut App, at: At<'_>| app.compute(at.views, Some(formula));
        offer(label, Box::new(run));
    }
    if super::view::shows_map(app, at) {
        for kind in ProjectionKind::ALL {
            let run = move |app: &mut App, at: At<'_>| {
                if let Some(state) = app.selected_state(at.views) {
                    state.map.projection = Some(kind);
                    state.map.show_everything();
                }
            };
            offer(format!("Projection: {}", kind.label()), Box::new(run));
        }
    }
    for language in super::export::languages(app, at) {
        let run = move |app: &mut App, at: At<'_>| {
            if let Some(code) = app.code(at.views, language) {
                at.ctx.copy_text(code);
            }
        };
        offer(format!("Copy as {} code", language.name()), Box::new(run));
    }
    for path in app.settings.recent() {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        let path = path.clone();
        let run = move |app: &mut App, _: At<'_>| app.open(vec![path]);
        offer(format!("Open {name}"), Box::new(run));
    }
    found
}
