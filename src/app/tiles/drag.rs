//! A row of the tree that is dragged to the middle of the window opens there.

use egui::{
    Align2, CursorIcon, DragAndDrop, FontId, Id, LayerId, Order, Pos2, Rect, Stroke, Ui, vec2,
};

use super::Side;
use crate::app::App;
use crate::cf::CfDataset;
use crate::engine::store::FileView;
use crate::ui::theme::palette;
use crate::ui::tree::Node;

/// Of a tile's width and height that counts as its side.
const SIDE_SHARE: f32 = 0.22;

impl App {
    pub(super) fn drag_ui(&mut self, ui: &Ui, views: &[FileView<CfDataset>]) {
        let ctx = ui.ctx();
        let Some(node) = DragAndDrop::payload::<Node>(ctx).map(|node| *node) else { return };
        let Some(at) = ctx.input(|input| input.pointer.interact_pos()) else { return };
        if !self.layout.area.contains(at) {
            return;
        }
        let count = self.panes.len();
        let target = self.panes.iter().find(|(id, _)| self.layout.is_at(*id, at, count));
        let target = target.map(|(id, _)| id);
        let target = target.unwrap_or(self.panes.focused_id());
        let rect = self.layout.rect_of(target);
        let side = nearest_side(rect, at);
        ctx.set_cursor_icon(CursorIcon::Copy);
        let label = if side == Side::Tab { "Drop for a choice" } else { "Open here" };
        preview_ui(ui, side.part_of(rect), label);
        if ctx.input(|input| input.pointer.any_released()) {
            DragAndDrop::clear_payload(ctx);
            match side {
                Side::Tab => self.combine(views, node, target, at),
                side => self.open_tile_at(views, node, target, side),
            }
            ctx.request_repaint();
        }
    }
}

/// Where the new tile would lie.
fn preview_ui(ui: &Ui, rect: Rect, label: &str) {
    let palette = palette(ui);
    let layer = LayerId::new(Order::Foreground, Id::unique("tile preview"));
    let painter = ui.ctx().layer_painter(layer);
    let (fill, stroke) = (palette.accent.gamma_multiply(0.16), Stroke::new(1.5, palette.accent));
    painter.rect(rect.shrink(2.0), 3.0, fill, stroke, egui::StrokeKind::Inside);
    let font = FontId::proportional(15.0);
    let galley = painter.layout_no_wrap(label.into(), font, palette.text);
    let text = Align2::CENTER_CENTER.anchor_size(rect.center(), galley.size());
    painter.rect_filled(text.expand2(vec2(10.0, 5.0)), 4.0, palette.canvas.gamma_multiply(0.9));
    painter.galley(text.min, galley, palette.text);
}

fn nearest_side(rect: Rect, at: Pos2) -> Side {
    let (x, y) = ((at.x - rect.left()) / rect.width(), (at.y - rect.top()) / rect.height());
    let sides = [(x, Side::Left), (1.0 - x, Side::Right), (y, Side::Above), (1.0 - y, Side::Below)];
    let nearest = sides.into_iter().min_by(|a, b| a.0.total_cmp(&b.0));
    match nearest {
        Some((distance, side)) if distance < SIDE_SHARE => side,
        _ => Side::Tab,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    #[test]
    fn what_is_let_go_of_goes_to_the_nearest_side() {
        let rect = Rect::from_min_size(pos2(100.0, 100.0), vec2(200.0, 200.0));
        for (at, side) in [
            (pos2(110.0, 190.0), Side::Left),
            (pos2(290.0, 210.0), Side::Right),
            (pos2(200.0, 105.0), Side::Above),
            (pos2(190.0, 280.0), Side::Below),
            (pos2(190.0, 210.0), Side::Tab),
        ] {
            assert_eq!(nearest_side(rect, at), side);
        }
    }
}
