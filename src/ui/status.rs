//! The line at the bottom: what the pointer is on, what is loading and how far, Cancel.

use std::borrow::Cow;
use std::time::Duration;

use egui::{Ui, vec2};

use super::attributes::size_text;
use crate::engine::Engine;

/// What the pointer is on, as the view under it says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Readout {
    pub text: String,
}

/// More of a path leaves no room for the readout.
const PATH_CHARS_MAX: usize = 75;

/// Work that takes longer is shown.
const PATIENCE: Duration = Duration::from_millis(250);

pub fn status_ui(ui: &mut Ui, engine: &Engine, path: &str, readout: &Readout) {
    ui.horizontal_centered(|ui| {
        ui.weak(shortened(path)).on_hover_text(path);
        ui.separator();
        ui.label(&readout.text);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            loading_ui(ui, engine)
        });
    });
}

/// A long path keeps its beginning and its end: the file and the variable.
fn shortened(path: &str) -> Cow<'_, str> {
    let count = path.chars().count();
    if count <= PATH_CHARS_MAX {
        return path.into();
    }
    let (head, tail) = (PATH_CHARS_MAX / 3, 2 * PATH_CHARS_MAX / 3);
    let start: String = path.chars().take(head).collect();
    let end: String = path.chars().skip(count - tail).collect();
    format!("{start}…{end}").into()
}

fn loading_ui(ui: &mut Ui, engine: &Engine) {
    let activities = engine.activities();
    let visible: Vec<_> = activities.iter().filter(|activity| activity.is_visible).collect();
    let Some(first) = visible.first() else {
        return;
    };
    // What is done at once is not worth a flicker.
    if let Some(rest) = PATIENCE.checked_sub(first.age) {
        ui.ctx().request_repaint_after(rest);
        return;
    }
    if ui.small_button("Cancel").clicked() {
        engine.cancel_all();
    }
    let bar = match first.progress.fraction() {
        Some(fraction) => egui::ProgressBar::new(fraction).show_percentage(),
        None => egui::ProgressBar::new(0.0).animate(true),
    };
    ui.add_sized(vec2(110.0, 12.0), bar.desired_height(12.0));
    let bytes = first.progress.done_bytes();
    let done = if bytes > 0 { format!(" ({})", size_text(bytes)) } else { String::new() };
    let more =
        if visible.len() > 1 { format!(" and {} more", visible.len() - 1) } else { String::new() };
    ui.label(format!("{}{done}{more}", first.what));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_path_keeps_the_file_and_the_variable() {
        assert_eq!(shortened("a.h5:/x"), "a.h5:/x");
        let long = format!("a.h5:{}/leaf", "/level".repeat(40));
        let short = shortened(&long);
        assert!(short.starts_with("a.h5:/level") && short.ends_with("/level/leaf"), "{short}");
        assert!(short.chars().count() <= PATH_CHARS_MAX + 1);
    }
}
