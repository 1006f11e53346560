//! What is seen where no file is open.

use std::path::PathBuf;

use egui::{RichText, Ui};

/// Where nothing is open yet.
pub fn welcome_ui(ui: &mut Ui, recent: &[PathBuf]) -> Option<PathBuf> {
    let mut chosen = None;
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.28);
        ui.label(RichText::new("Drop a data file here").size(22.0));
        ui.add_space(4.0);
        ui.weak("or press Ctrl+O to choose one");
        if !recent.is_empty() {
            ui.add_space(24.0);
            ui.weak("Recent files");
            for path in recent {
                let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
                if ui.link(name).on_hover_text(path.display().to_string()).clicked() {
                    chosen = Some(path.clone());
                }
            }
        }
    });
    chosen
}
