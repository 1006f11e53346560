//! Arrows at even distances on the screen.

use std::collections::HashSet;

use crate::prep::placement::{Placement, Px, Vector};
use crate::prep::ticks::nice_step;

/// An arrow on the screen; its middle is the place it is of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrow {
    pub tail: Px,
    pub head: Px,
}

/// Longer arrows would cover others.
const LONGEST: f32 = 3.0;

/// One arrow for every `spacing` points both ways, of what `vector` says of the cell there (row,
/// column). `px_per_unit`: how long an arrow of speed 1 is. `anchor`: a place that moves with the
/// picture, so that arrows do, too.
pub fn arrows(
    placement: &dyn Placement,
    spacing: f32,
    px_per_unit: f32,
    vector: &dyn Fn(usize, usize) -> Option<Vector>,
) -> Vec<Arrow> {
    let [left, top, right, bottom] = placement.viewport();
    let spacing = spacing.clamp(6.0, 400.0);
    let anchor = placement.px([0.0, 0.0]).unwrap_or([left, top]);
    let first = |from: f32, anchor: f32| from + (anchor - from - spacing / 2.0).rem_euclid(spacing);
    let nodes = |from: f32, to: f32, anchor: f32| {
        let (from, count) = (first(from, anchor), ((to - from) / spacing).clamp(0.0, 2000.0));
        (0..=count as usize).map(move |k| from + k as f32 * spacing)
    };
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for y in nodes(top, bottom, anchor[1]).filter(|y| (top..=bottom).contains(y)) {
        for x in nodes(left, right, anchor[0]).filter(|x| (left..=right).contains(x)) {
            let Some([row, column]) = placement.place_at([x, y]) else { continue };
            let cell = [row.round().max(0.0), column.round().max(0.0)];
            let (row, column) = (cell[0] as usize, cell[1] as usize);
            // Of a cell larger than the spacing one arrow, in its middle.
            if !seen.insert((row, column)) {
                continue;
            }
            let Some(at) = placement.px(cell) else { continue };
            let Some(vector) = vector(row, column) else { continue };
            let speed = vector.on_grid[0].hypot(vector.on_grid[1]) as f32;
            let Some(way) = placement.direction(cell, &vector) else { continue };
            let half = (speed * px_per_unit).min(LONGEST * spacing) / 2.0;
            let end = |side: f32| [at[0] + side * half * way[0], at[1] + side * half * way[1]];
            found.push(Arrow { tail: end(-1.0), head: end(1.0) });
        }
    }
    found
}

/// A round speed that few are above, to measure arrows by.
pub fn reference_speed(speeds: &mut Vec<f64>) -> Option<f64> {
    speeds.retain(|speed| speed.is_finite() && *speed > 0.0);
    speeds.sort_unstable_by(f64::total_cmp);
    let at = speeds.len().checked_sub(1)? as f64 * 0.95;
    let fast = *speeds.get(at as usize)?;
    // The largest of 1, 2, 5 times a power of ten that is not above it.
    [1, 2, 3]
        .into_iter()
        .filter_map(|parts| nice_step(0.0, fast, parts))
        .find(|&s| s <= fast * 1.001)
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::*;
    use crate::prep::placement::{Place, unit};

    /// 40 by 30 cells of a size on 400 by 300 points, moved by an offset.
    struct Flat {
        cell_px: f32,
        offset: f32,
    }

    impl Placement for Flat {
        fn px(&self, [row, column]: Place) -> Option<Px> {
            let along = |at: f64| (at as f32 + 0.5) * self.cell_px + self.offset;
            Some([along(column), along(row)])
        }

        fn place_at(&self, at: Px) -> Option<Place> {
            let along = |px: f32| f64::from((px - self.offset) / self.cell_px) - 0.5;
            Some([along(at[1]), along(at[0])]).filter(|place| place.iter().all(|&at| at > -0.5))
        }

        fn direction(&self, _: Place, vector: &Vector) -> Option<Px> {
            unit(vector.on_grid)
        }

        fn viewport(&self) -> [f32; 4] {
            [0.0, 0.0, 400.0, 300.0]
        }

        fn key(&self) -> u64 {
            0
        }

        fn visible(&self) -> Option<[Range<usize>; 2]> {
            Some([0..30, 0..40])
        }
    }

    fn east(_: usize, _: usize) -> Option<Vector> {
        Some(Vector { on_grid: [10.0, 0.0], on_earth: None })
    }

    #[test]
    fn arrows_stand_evenly_and_are_as_long_as_their_speed() {
        let found = arrows(&Flat { cell_px: 2.0, offset: 0.0 }, 25.0, 1.5, &east);
        assert_eq!(found.len(), 16 * 12);
        for arrow in &found {
            assert!((arrow.head[0] - arrow.tail[0] - 15.0).abs() < 1e-3);
            assert_eq!(arrow.head[1], arrow.tail[1]);
        }
    }

    #[test]
    fn a_large_cell_has_one_arrow() {
        let found = arrows(&Flat { cell_px: 100.0, offset: 0.0 }, 25.0, 1.0, &east);
        assert_eq!(found.len(), 12);
        assert!(found.iter().any(|arrow| (arrow.tail[0] + arrow.head[0]) / 2.0 == 150.0));
    }

    #[test]
    fn arrows_move_with_the_picture() {
        let middles = |offset: f32| -> Vec<f32> {
            let found = arrows(&Flat { cell_px: 1.0, offset }, 20.0, 1.0, &east);
            found
                .iter()
                .map(|a| (a.tail[0] + a.head[0]) / 2.0)
                .filter(|x| *x > 60.0)
                .take(10)
                .collect()
        };
        let moved: Vec<f32> = middles(0.0).iter().map(|x| x + 7.0).collect();
        assert_eq!(middles(7.0), moved);
    }

    #[test]
    fn calm_and_missing_have_no_arrow() {
        let calm = |row: usize, _: usize| {
            (row < 5).then_some(Vector { on_grid: [0.0, 0.0], on_earth: None })
        };
        assert!(arrows(&Flat { cell_px: 10.0, offset: 0.0 }, 20.0, 1.0, &calm).is_empty());
    }

    #[test]
    fn the_reference_is_round_and_about_as_fast_as_the_fastest() {
        for (fast, want) in [(13.7, 10.0), (3.1, 2.0), (0.074, 0.05), (5.0, 5.0), (99.0, 50.0)] {
            let mut speeds: Vec<f64> = vec![f64::NAN, 0.0];
            speeds.extend((0..100).map(|_| fast));
            assert_eq!(reference_speed(&mut speeds), Some(want), "{fast}");
        }
        assert_eq!(reference_speed(&mut vec![0.0, f64::NAN]), None);
    }
}
