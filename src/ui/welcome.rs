//! What is seen where no file is open: what one can do.

use std::path::{Path, PathBuf};

use egui::{RichText, Ui};

use super::theme::palette;

/// What the user chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Welcome {
    OpenDialog,
    Open(PathBuf),
    /// What was open when the window was closed.
    ReopenLast,
}

/// `last` are the files that were open when the window was closed.
pub fn welcome_ui(ui: &mut Ui, recent: &[PathBuf], last: &[PathBuf]) -> Option<Welcome> {
    let mut chosen = None;
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.2);
        ui.label(RichText::new("Drop a data file here").size(22.0));
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            // The line is as wide as its words.
            let width = 250.0;
            ui.add_space((ui.available_width() - width).max(0.0) / 2.0);
            ui.weak("or");
            if ui.button("Open…").on_hover_text("Ctrl+O").clicked() {
                chosen = Some(Welcome::OpenDialog);
            }
            ui.weak("one: the first picture comes by itself");
        });
        if !last.is_empty() {
            ui.add_space(22.0);
            let names: Vec<String> = last.iter().map(|path| name_of(path)).collect();
            let button = ui.button("Reopen last workspace");
            if button.on_hover_text(names.join("\n")).clicked() {
                chosen = Some(Welcome::ReopenLast);
            }
            ui.weak(summary(&names));
        }
        if !recent.is_empty() {
            ui.add_space(22.0);
            ui.weak("Recent files");
            for path in recent {
                let link = ui.link(name_of(path));
                if link.on_hover_text(path.display().to_string()).clicked() {
                    chosen = Some(Welcome::Open(path.clone()));
                }
            }
        }
        ui.add_space(26.0);
        let color = palette(ui).weak;
        for tip in [
            "Click a variable to see it, double-click to see it beside the others",
            "Ctrl+K finds every command, ? lists the keys",
        ] {
            ui.label(RichText::new(tip).color(color).size(12.0));
        }
    });
    chosen
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// `a.nc, b.nc and 3 more`.
fn summary(names: &[String]) -> String {
    const SHOWN: usize = 3;
    let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
