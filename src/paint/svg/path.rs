//! Lines through points.

use egui::{Pos2, Rect, Stroke};

use super::{place, put};

/// A line that may go on with the next piece.
pub struct Pen {
    pub points: Vec<Pos2>,
    pub stroke: Stroke,
    pub clip: Rect,
}

impl Default for Pen {
    fn default() -> Self {
        Self { points: Vec::new(), stroke: Stroke::NONE, clip: Rect::NOTHING }
    }
}

impl Pen {
    pub fn at(start: Pos2, stroke: Stroke, clip: Rect) -> Self {
        Self { points: vec![start], stroke, clip }
    }

    pub fn goes_on(&self, from: Pos2, stroke: Stroke, clip: Rect) -> bool {
        self.points.last() == Some(&from) && self.stroke == stroke && self.clip == clip
    }
}

/// `M1 2L3 4 5 6Z`.
pub fn points(points: &[Pos2], is_closed: bool) -> String {
    let mut path = String::new();
    let places = points.iter().filter(|at| at.is_finite());
    for (k, at) in places.enumerate() {
        let before = match k {
            0 => "M",
            1 => "L",
            _ => " ",
        };
        put(&mut path, format_args!("{before}{}", place(*at)));
    }
    if is_closed {
        path.push('Z');
    }
    path
}
