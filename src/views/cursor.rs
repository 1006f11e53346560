//! The cell that the pointer is on, here or in a tile that is linked with this one.

use std::collections::BTreeMap;

use egui::{Color32, Painter, Rect, Stroke};

/// Gone with the pointer; nothing here is saved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// An index along every axis of the variable, where the pointer is on this view.
    pub here: Option<Vec<u64>>,
    /// Indices by axis, where it is on a linked one.
    pub there: BTreeMap<usize, u64>,
}

/// Lines through what the pointer is on elsewhere, readable on any colour.
pub fn cursor_lines_ui(painter: &Painter, rect: Rect, x_px: Option<f32>, y_px: Option<f32>) {
    let strokes = [
        Stroke::new(2.6, Color32::from_black_alpha(110)),
        Stroke::new(1.0, Color32::from_white_alpha(220)),
    ];
    for stroke in strokes {
        if let Some(x) = x_px.filter(|x| rect.x_range().contains(*x)) {
            painter.vline(x, rect.y_range(), stroke);
        }
        if let Some(y) = y_px.filter(|y| rect.y_range().contains(*y)) {
            painter.hline(rect.x_range(), y, stroke);
        }
    }
}
