//! What must be said about the picture, on the picture.

use egui::{Rect, Ui, vec2};

use super::slice::Plane;
use crate::ui::theme::palette;
use crate::views::frame::Frame;

pub fn notices(plane: &Plane) -> Vec<String> {
    let mut notices = Vec::new();
    let strides = plane.part.strides;
    if strides != (1, 1) {
        let count = strides.0.saturating_mul(strides.1);
        notices.push(format!("1 value in {count} is shown; zoom in for all"));
    }
    match plane.slab.as_ref().map(|slab| (slab.damage.as_ref(), slab.summary.extent)) {
        Some((Some(damage), _)) => notices.push(damage.to_string()),
        Some((None, None)) => notices.push("All values of this slice are missing".into()),
        _ => {}
    }
    notices
}

/// Words over the picture, readable on any colour.
pub fn notice_ui(ui: &Ui, frame: &Frame, text: &str) {
    let palette = palette(ui);
    let width = frame.rect.width() - 24.0;
    let galley = ui.painter().layout(
        text.to_owned(),
        egui::FontId::proportional(12.5),
        palette.text,
        width.max(40.0),
    );
    let at = frame.rect.center_top() + vec2(-galley.size().x / 2.0, 10.0);
    let back = Rect::from_min_size(at, galley.size()).expand2(vec2(8.0, 4.0));
    ui.painter().rect_filled(back, 4.0, palette.canvas.gamma_multiply(0.88));
    ui.painter().galley(at, galley, palette.text);
}
