//! The line at the bottom: what the pointer is on, what is loading and how far, Cancel.

use std::time::Duration;

use egui::{Ui, vec2};

use super::attributes::size_text;
use crate::engine::Engine;

/// What the pointer is on, as the view under it says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Readout {
    pub text: String,
}

/// Work that takes longer is shown.
const PATIENCE: Duration = Duration::from_millis(250);

pub fn status_ui(ui: &mut Ui, engine: &Engine, path: &str, readout: &Readout) {
    ui.horizontal_centered(|ui| {
        ui.weak(path);
        ui.separator();
        ui.label(&readout.text);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            loading_ui(ui, engine)
        });
    });
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
