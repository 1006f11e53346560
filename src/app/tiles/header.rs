//! The strip above a tile: what it shows, and what can be done with it.

use egui::{Pos2, Rect, Response, Sense, Stroke, Ui, vec2};

use super::{Drawing, TileAction};
use crate::app::App;
use crate::app::panes::PaneId;
use crate::app::selection::variable_of;
use crate::cf::CfDataset;
use crate::engine::store::FileView;
use crate::places;
use crate::ui::theme::{Palette, palette};
use crate::ui::tree::Node;

impl App {
    /// The variable's name; with several files open also the file's.
    pub(super) fn tile_title(&self, views: &[FileView<CfDataset>], id: PaneId) -> String {
        let node = self.panes.get(id).and_then(|pane| pane.node);
        let view = node.and_then(|node| views.iter().find(|view| view.id == node.file()));
        let Some((node, view)) = node.zip(view) else { return "Empty".into() };
        let name = match (node, view.opened()) {
            (Node::File(_), _) | (_, None) => return view.name(),
            (_, Some(opened)) => {
                let path = places::path_of(&opened.dataset, node.place());
                path.rsplit('/').next().unwrap_or_default().to_owned()
            }
        };
        match views {
            [_] => name,
            _ => format!("{name} – {}", view.name()),
        }
    }
}

impl Drawing<'_> {
    pub(super) fn tab_actions(&mut self, response: &Response, pane: PaneId) {
        if response.double_clicked() {
            self.actions.push(TileAction::Maximise(pane));
        } else if response.clicked() {
            self.actions.push(TileAction::Focus(pane));
        }
        let (is_preview, is_maximised) =
            (self.app.panes.preview_id() == Some(pane), self.app.layout.maximised == Some(pane));
        response.context_menu(|ui| {
            let mut entry = |ui: &mut Ui, label: &str, action: TileAction| {
                if ui.button(label).clicked() {
                    self.actions.push(action);
                    ui.close();
                }
            };
            let label = if is_maximised { "Restore" } else { "Maximise" };
            entry(ui, label, TileAction::Maximise(pane));
            if is_preview {
                entry(ui, "Keep when another variable is clicked", TileAction::Keep(pane));
            }
            ui.separator();
            entry(ui, "Close", TileAction::Close(pane));
            entry(ui, "Close all others", TileAction::CloseOthers(pane));
        });
    }

    /// At the right end of a header.
    pub(super) fn header_buttons_ui(&mut self, ui: &mut Ui, pane: PaneId) {
        let is_maximised = self.app.layout.maximised == Some(pane);
        let label = if is_maximised { "Restore the tile" } else { "Maximise the tile" };
        if icon_button(ui, label, |painter, center, palette| {
            maximise_icon(painter, center, palette, is_maximised);
        })
        .on_hover_text(label)
        .clicked()
        {
            self.actions.push(TileAction::Maximise(pane));
        }
        let Some(shown) = self.app.panes.get(pane) else { return };
        let is_linked = shown.is_linked;
        let has_variable = shown.node.is_some_and(|node| variable_of(node, self.views).is_some());
        if !has_variable {
            return;
        }
        let label = if is_linked { "Break the links of the tile" } else { "Link the tile" };
        let button = icon_button(ui, label, |painter, center, palette| {
            link_icon(painter, center, palette, is_linked);
        });
        let hover = match is_linked {
            true => "Moves with the other tiles along dimensions of the same name and length",
            false => "Stands alone: its slice, its zoom and the pointer are its own",
        };
        if button.on_hover_text(hover).clicked() {
            self.actions.push(TileAction::Link(pane));
        }
    }
}

/// A button with a painted picture instead of a word.
fn icon_button(
    ui: &mut Ui,
    label: &str,
    paint: impl FnOnce(&egui::Painter, Pos2, Palette),
) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(20.0, 20.0), Sense::click());
    let palette = palette(ui);
    if response.hovered() {
        ui.painter().rect_filled(rect, 3.0, palette.grid);
    }
    paint(ui.painter(), rect.center(), palette);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, label));
    response
}

/// Two links of a chain; apart where it is broken.
fn link_icon(painter: &egui::Painter, center: Pos2, palette: Palette, is_linked: bool) {
    let color = if is_linked { palette.accent } else { palette.weak };
    let apart = if is_linked { 2.4 } else { 4.2 };
    for side in [-apart, apart] {
        let rect = Rect::from_center_size(center + vec2(side, 0.0), vec2(7.0, 5.6));
        painter.rect_stroke(rect, 2.8, Stroke::new(1.3, color), egui::StrokeKind::Middle);
    }
    if !is_linked {
        let arm = vec2(2.0, 5.0);
        painter.line_segment([center - arm, center + arm], Stroke::new(1.2, palette.warning));
    }
}

fn maximise_icon(painter: &egui::Painter, center: Pos2, palette: Palette, is_maximised: bool) {
    let stroke = Stroke::new(1.2, palette.weak);
    let side = if is_maximised { 6.0 } else { 9.0 };
    let rect = Rect::from_center_size(center, vec2(side, side));
    painter.rect_stroke(rect, 1.0, stroke, egui::StrokeKind::Middle);
    if is_maximised {
        painter.rect_stroke(rect.expand(3.0), 1.0, stroke, egui::StrokeKind::Middle);
    }
}
