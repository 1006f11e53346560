//! Where cells lie on a picture of two axes.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use egui::pos2;

use super::super::frame::Frame;
use crate::prep::cell_edges::AxisMap;
use crate::prep::placement::{Place, Placement, Px, Vector, unit};

/// A heatmap: coordinates along two axes.
pub struct PlanePlacement<'a> {
    pub frame: &'a Frame,
    /// Of the cells that were read.
    pub x: &'a AxisMap,
    pub y: &'a AxisMap,
    /// The horizontal axis is stored before the other: rows of the values lie along it.
    pub is_transposed: bool,
}

impl PlanePlacement<'_> {
    /// Row and column, or x and y, from the other two.
    fn swapped(&self, [a, b]: [f64; 2]) -> [f64; 2] {
        if self.is_transposed { [a, b] } else { [b, a] }
    }
}

/// The coordinate at a place between cells.
fn coordinate(map: &AxisMap, at: f64) -> Option<f64> {
    match map {
        AxisMap::Index { .. } => Some(at),
        AxisMap::Regular { first, step, .. } => Some(first + at * step),
        AxisMap::Edges { .. } => {
            let last = map.len().checked_sub(2)?;
            let before = (at.max(0.0) as usize).min(last);
            let (a, b) = (map.center(before)?, map.center(before + 1)?);
            Some(a + (at - before as f64) * (b - a))
        }
    }
}

impl Placement for PlanePlacement<'_> {
    fn px(&self, place: Place) -> Option<Px> {
        let [x, y] = self.swapped(place);
        let (x, y) = (coordinate(self.x, x)?, coordinate(self.y, y)?);
        Some([self.frame.px_from_x(x), self.frame.px_from_y(y)])
    }

    fn place_at(&self, at: Px) -> Option<Place> {
        let (x, y) = self.frame.data_from_px(pos2(at[0], at[1]));
        let inside = |map: &AxisMap, value: f64| map.index_at(value).map(|cell| cell as f64);
        Some(self.swapped([inside(self.x, x)?, inside(self.y, y)?]))
    }

    fn direction(&self, [row, column]: Place, vector: &Vector) -> Option<Px> {
        // Only which way indices rise counts: arrows are drawn as if both axes had one scale.
        let way = |row_step: f64, column_step: f64| {
            let at = |side: f64| self.px([row + side * row_step, column + side * column_step]);
            let (from, to) = (at(-0.5)?, at(0.5)?);
            unit([f64::from(to[0] - from[0]), f64::from(to[1] - from[1])])
        };
        let (across, down) = (way(0.0, 1.0)?, way(1.0, 0.0)?);
        let [a, b] = vector.on_grid;
        unit([
            a * f64::from(across[0]) + b * f64::from(down[0]),
            a * f64::from(across[1]) + b * f64::from(down[1]),
        ])
    }

    fn viewport(&self) -> [f32; 4] {
        let rect = self.frame.rect;
        [rect.left(), rect.top(), rect.right(), rect.bottom()]
    }

    fn key(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.viewport().map(f32::to_bits).hash(&mut hasher);
        for span in [&self.frame.x, &self.frame.y] {
            ([span.low, span.high].map(f64::to_bits), span.is_reversed).hash(&mut hasher);
        }
        for map in [self.x, self.y] {
            let (low, high) = map.range();
            (map.len(), [low, high].map(f64::to_bits)).hash(&mut hasher);
        }
        hasher.finish()
    }

    fn visible(&self) -> Option<[Range<usize>; 2]> {
        let x = self.x.indices_between(self.frame.x.low, self.frame.x.high);
        let y = self.y.indices_between(self.frame.y.low, self.frame.y.high);
        Some(if self.is_transposed { [x, y] } else { [y, x] })
    }
}

#[cfg(test)]
mod tests {
    use egui::{Rect, vec2};

    use super::super::super::frame::Span;
    use super::*;

    fn frame() -> Frame {
        Frame {
            rect: Rect::from_min_size(pos2(0.0, 0.0), vec2(100.0, 100.0)),
            x: Span::new((0.0, 10.0), false),
            y: Span::new((0.0, 10.0), false),
        }
    }

    fn assert_near(found: Option<Px>, want: Px) {
        let found = found.unwrap();
        assert!(
            (found[0] - want[0]).abs() < 1e-3 && (found[1] - want[1]).abs() < 1e-3,
            "{found:?}"
        );
    }

    #[test]
    fn places_between_cells_lie_between_their_coordinates() {
        let x = AxisMap::new(&[0.0, 1.0, 4.0, 10.0], None);
        let y = AxisMap::new(&[10.0, 5.0, 0.0], None);
        let frame = frame();
        let placement = PlanePlacement { frame: &frame, x: &x, y: &y, is_transposed: false };
        assert_near(placement.px([0.0, 2.0]), [40.0, 0.0]);
        assert_near(placement.px([1.5, 2.5]), [70.0, 75.0]);
        assert_eq!(placement.place_at([38.0, 2.0]), Some([0.0, 2.0]));
        let turned = PlanePlacement { frame: &frame, x: &y, y: &x, is_transposed: true };
        assert_near(turned.px([0.0, 2.0]), [100.0, 60.0]);
        assert_ne!(placement.key(), turned.key());
    }

    #[test]
    fn arrows_follow_rows_and_columns_as_they_are_drawn() {
        let rising = AxisMap::new(&[0.0, 5.0, 10.0], None);
        let falling = AxisMap::new(&[10.0, 5.0, 0.0], None);
        let frame = frame();
        let along_rows = Vector { on_grid: [0.0, 2.0], on_earth: None };
        let of = |y: &AxisMap, is_transposed: bool| {
            let placement = PlanePlacement { frame: &frame, x: &rising, y, is_transposed };
            placement.direction([1.0, 1.0], &along_rows)
        };
        assert_near(of(&rising, false), [0.0, -1.0]);
        assert_near(of(&falling, false), [0.0, 1.0]);
        assert_near(of(&rising, true), [1.0, 0.0]);
    }
}
