//! What must be said about a file while it is shown: it changed on disk, parts are damaged.

use egui::{Color32, Frame, RichText, Sense, Ui, vec2};

use crate::cf::CfDataset;
use crate::engine::store::FileView;
use crate::ui::theme::{palette, warning_sign};

/// What the command line asked for and did not get.
pub fn complaint_ui(ui: &mut Ui, complaint: &str) {
    strip_ui(ui, |ui| {
        ui.label(complaint);
    });
}

/// True when the user wants the file reloaded.
pub fn banner_ui(ui: &mut Ui, view: &FileView<CfDataset>) -> bool {
    let mut wants_reload = false;
    if view.has_news {
        strip_ui(ui, |ui| {
            ui.label(format!("{} has changed on disk.", view.name()));
            wants_reload = ui.button("Reload").clicked();
        });
    }
    let notes = view.opened().map_or(&[][..], |opened| &opened.dataset.notes);
    if let Some(first) = notes.first() {
        strip_ui(ui, |ui| {
            let more = notes.len() - 1;
            let text = if more > 0 { format!("{first} (and {more} more)") } else { first.clone() };
            ui.add(egui::Label::new(RichText::new(text)).wrap()).on_hover_text(notes.join("\n"));
        });
    }
    wants_reload
}

fn sign_ui(ui: &mut Ui, color: Color32) {
    let (rect, _) = ui.allocate_exact_size(vec2(14.0, 14.0), Sense::hover());
    warning_sign(ui.painter(), rect.center(), color);
}

fn strip_ui(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    let color = palette(ui).warning;
    Frame::new()
        .fill(color.gamma_multiply(0.14))
        .inner_margin(egui::Margin::symmetric(8, 4))
        .corner_radius(4)
        .show(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                sign_ui(ui, color);
                contents(ui);
            });
        });
}
