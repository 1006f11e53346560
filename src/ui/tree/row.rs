//! How a row is painted, and its menu.

use egui::{Align2, FontId, Rect, Response, Stroke, Ui, Vec2, pos2, vec2};

use super::rows::Row;
use super::text::RowText;
use super::{Node, TreeAction};
use crate::cf::CfDataset;
use crate::engine::store::FileView;
use crate::places;
use crate::ui::theme::{Palette, warning_sign};

pub(super) const INDENT: f32 = 14.0;

/// Deeper nodes are indented no further than to this part of the width.
pub(super) const INDENT_SHARE: f32 = 0.45;

pub(super) fn row_menu_ui(
    response: &Response,
    node: Node,
    file: &FileView<CfDataset>,
    actions: &mut Vec<TreeAction>,
) {
    response.context_menu(|ui| {
        if ui.button("Open in another tile").on_hover_text("Double click, Ctrl+click").clicked() {
            actions.push(TreeAction::Open(node));
            ui.close();
        }
        ui.separator();
        let path = match (node, file.opened()) {
            (Node::File(_), _) | (_, None) => None,
            (_, Some(opened)) => Some(places::path_of(&opened.dataset, node.place())),
        };
        if let Some(path) = path
            && ui.button("Copy path inside the file").clicked()
        {
            ui.ctx().copy_text(path);
            ui.close();
        }
        if ui.button("Copy file path").clicked() {
            ui.ctx().copy_text(file.path.display().to_string());
            ui.close();
        }
        ui.separator();
        if ui.button("Reload file").clicked() {
            actions.push(TreeAction::Reload(file.id));
            ui.close();
        }
        if ui.button("Close file").clicked() {
            actions.push(TreeAction::Close(file.id));
            ui.close();
        }
    });
}

pub(super) fn text_ui(ui: &Ui, rect: Rect, text: &RowText, row: &Row, palette: Palette) {
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let name_color = if row.is_dimmed { palette.weak } else { palette.text };
    let font = FontId::proportional(13.0);
    let small = FontId::proportional(11.0);
    let name = painter.text(rect.left_center(), Align2::LEFT_CENTER, &text.name, font, name_color);
    let detail = if text.detail.is_empty() { &text.long_name } else { &text.detail };
    let name = match text.alias_of {
        // The same object under another name.
        Some(_) => painter.text(
            name.right_center() + vec2(5.0, -3.0),
            Align2::LEFT_CENTER,
            "=",
            small.clone(),
            palette.weak,
        ),
        None => name,
    };
    let after = painter.text(
        pos2(name.right() + 8.0, rect.center().y + 0.5),
        Align2::LEFT_CENTER,
        detail,
        small.clone(),
        palette.weak,
    );
    let mut right = rect.right() - 6.0;
    if text.error.is_some() {
        warning_sign(&painter, pos2(right - 6.0, rect.center().y), palette.warning);
        right -= 18.0;
    }
    let galley = painter.layout_no_wrap(text.units.clone(), small, palette.weak);
    let left = right - galley.size().x;
    if left > after.right() + 10.0 {
        painter.galley(pos2(left, rect.center().y - galley.size().y / 2.0), galley, palette.weak);
    }
}

pub(super) fn arrow_ui(ui: &Ui, center: egui::Pos2, is_closed: bool, palette: Palette) {
    let (a, b, c) = if is_closed {
        (vec2(-2.5, -4.0), vec2(3.5, 0.0), vec2(-2.5, 4.0))
    } else {
        (vec2(-4.0, -2.5), vec2(4.0, -2.5), vec2(0.0, 3.5))
    };
    let points = [a, b, c].map(|offset: Vec2| center + offset).to_vec();
    ui.painter().add(egui::Shape::convex_polygon(points, palette.weak, egui::Stroke::NONE));
}

/// Before the name: what is neither group nor variable.
pub(super) fn mark_ui(ui: &Ui, center: egui::Pos2, node: Node, palette: Palette) {
    let painter = ui.painter();
    match node {
        Node::Link(..) => {
            painter.arrow(center - vec2(5.0, 0.0), vec2(9.0, 0.0), Stroke::new(1.2, palette.weak));
        }
        Node::Type(..) => {
            let rect = Rect::from_center_size(center, vec2(11.0, 11.0));
            let stroke = Stroke::new(1.0, palette.weak);
            painter.rect_stroke(rect, 2.0, stroke, egui::StrokeKind::Inside);
            let font = FontId::proportional(9.0);
            painter.text(center, Align2::CENTER_CENTER, "T", font, palette.weak);
        }
        _ => {}
    }
}
