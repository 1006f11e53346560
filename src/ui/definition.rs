//! What is selected and has no values to draw: a named type, a link, a group.

use egui::{RichText, ScrollArea, Ui};
use hyperslab_core::{Link, NamedType};

use super::theme::palette;
use super::tree::{Leads, leads_text, link_note};
use super::trouble::damage_ui;
use crate::prep::definition::{DefinitionLine, summary};

const ROW_PX: f32 = 19.0;
const INDENT_PX: f32 = 18.0;

/// The fields of a compound, the members of an enum.
pub fn type_ui(ui: &mut Ui, path: &str, named: &NamedType, lines: &[DefinitionLine]) {
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        ui.heading(path);
        ui.weak("type");
    });
    ui.label(summary(&named.dtype));
    ui.add_space(6.0);
    // Only the visible ones are laid out: an enum may have thousands of members.
    ScrollArea::both().auto_shrink(false).id_salt("definition").show_rows(
        ui,
        ROW_PX,
        lines.len(),
        |ui, range| {
            for line in lines.get(range).unwrap_or_default() {
                line_ui(ui, line);
            }
        },
    );
}

fn line_ui(ui: &mut Ui, line: &DefinitionLine) {
    ui.horizontal(|ui| {
        ui.set_height(ROW_PX - ui.spacing().item_spacing.y);
        ui.add_space(INDENT_PX * line.depth as f32);
        ui.strong(&line.name);
        ui.label(&line.what);
        ui.weak(&line.code);
    });
}

/// Where a link leads, or why it leads nowhere. True when the user wants to go there.
pub fn link_ui(ui: &mut Ui, path: &str, link: &Link, leads: Leads) -> bool {
    let mut is_followed = false;
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.3);
        ui.heading(path);
        ui.label(RichText::new(leads_text(&link.target)).color(palette(ui).accent));
        ui.weak(link_note(link, leads));
        if let Some(error) = &link.error {
            ui.add_space(6.0);
            damage_ui(ui, error);
        }
        ui.add_space(6.0);
        if leads != Leads::Nowhere {
            is_followed = ui.button("Go there").clicked();
        }
    });
    is_followed
}
