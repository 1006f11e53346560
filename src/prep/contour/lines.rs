//! Where a field takes a value: marching squares, joined into lines.
//!
//! On the edge between two neighbours the values change evenly. Squares with a missing corner
//! have no line. Where two opposite corners are above and the two others below, the value at the
//! saddle between them decides how the lines run, so that no two lines ever cross.
//! O(cells + points * log points); 40 bytes a point while lines are joined.

use super::sample::Sample;
use crate::prep::placement::Place;

/// Places where the field has the value of one level.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Position among the levels that were asked for.
    pub level: usize,
    /// The last is the first again where the line is closed.
    pub points: Vec<Place>,
}

impl Line {
    pub fn is_closed(&self) -> bool {
        self.points.len() > 2 && self.points.first() == self.points.last()
    }
}

/// More pieces of lines are noise that nobody can read.
const SEGMENTS_MAX: usize = 1 << 21;

/// `levels` rise. `None` when `is_cancelled` says so.
pub fn lines(
    sample: &Sample,
    levels: &[f64],
    is_cancelled: &dyn Fn() -> bool,
) -> Option<Vec<Line>> {
    let segments = segments(sample, levels, is_cancelled)?;
    let mut lines = Vec::new();
    for (level, (segments, &value)) in segments.iter().zip(levels).enumerate() {
        if is_cancelled() {
            return None;
        }
        let joined = joined(segments).into_iter().map(|edges| {
            let points = edges.iter().map(|&edge| sample.place(crossing(sample, edge, value)));
            Line { level, points: points.collect() }
        });
        lines.extend(joined);
    }
    Some(lines)
}

/// The edge to the right of a corner (even) or below it (odd): twice the corner's position.
type Edge = usize;
type Segment = [Edge; 2];

/// The lines' pieces within each square, by level.
fn segments(
    sample: &Sample,
    levels: &[f64],
    is_cancelled: &dyn Fn() -> bool,
) -> Option<Vec<Vec<Segment>>> {
    let mut found = vec![Vec::new(); levels.len()];
    let columns = sample.columns;
    let mut count = 0;
    let pairs = sample
        .values
        .chunks_exact(columns.max(1))
        .zip(sample.values.chunks_exact(columns.max(1)).skip(1));
    for (row, (upper, lower)) in pairs.enumerate() {
        if is_cancelled() {
            return None;
        }
        for (column, (above, below)) in upper.windows(2).zip(lower.windows(2)).enumerate() {
            let (&[a, b], &[d, c]) = (above, below) else { continue };
            let (least, most) = (a.min(b).min(c).min(d), a.max(b).max(c).max(d));
            // Also false where one is missing: that is neither.
            if !(a + b + c + d).is_finite() || count > SEGMENTS_MAX {
                continue;
            }
            let from = levels.partition_point(|&level| level <= least);
            let crossed = levels.get(from..).unwrap_or_default();
            for (k, &level) in crossed.iter().enumerate().take_while(|(_, level)| **level <= most) {
                let corner = row * columns + column;
                let edges = Edges {
                    top: 2 * corner,
                    left: 2 * corner + 1,
                    bottom: 2 * (corner + columns),
                    right: 2 * (corner + 1) + 1,
                };
                let segments = edges.crossed([a, b, c, d], level);
                if let Some(found) = found.get_mut(from + k) {
                    found.extend(segments.into_iter().flatten());
                    count += 1;
                }
            }
        }
    }
    Some(found)
}

/// The four sides of a square.
struct Edges {
    top: Edge,
    right: Edge,
    bottom: Edge,
    left: Edge,
}

impl Edges {
    /// `corners`: clockwise from the top left.
    fn crossed(&self, corners: [f64; 4], level: f64) -> [Option<Segment>; 2] {
        let Self { top, right, bottom, left } = *self;
        let above = corners.map(|value| value >= level);
        let one = |a: Edge, b: Edge| [Some([a, b]), None];
        match above {
            [true, true, true, true] | [false, false, false, false] => [None, None],
            [true, false, false, false] | [false, true, true, true] => one(left, top),
            [false, true, false, false] | [true, false, true, true] => one(top, right),
            [false, false, true, false] | [true, true, false, true] => one(right, bottom),
            [false, false, false, true] | [true, true, true, false] => one(bottom, left),
            [true, true, false, false] | [false, false, true, true] => one(left, right),
            [true, false, false, true] | [false, true, true, false] => one(top, bottom),
            [true, false, true, false] | [false, true, false, true] => {
                // The first and third corner are joined where the saddle is as they are.
                if (saddle(corners) >= level) == above[0] {
                    [Some([top, right]), Some([bottom, left])]
                } else {
                    [Some([left, top]), Some([right, bottom])]
                }
            }
        }
    }
}

/// Where the surface that is linear along each side is level.
fn saddle([a, b, c, d]: [f64; 4]) -> f64 {
    let value = (a * c - b * d) / (a + c - b - d);
    if value.is_finite() { value } else { (a + b + c + d) / 4.0 }
}

/// Row and column in the sample where an edge has the value.
fn crossing(sample: &Sample, edge: Edge, level: f64) -> [f64; 2] {
    let corner = edge / 2;
    let is_down = edge % 2 == 1;
    let other = corner + if is_down { sample.columns } else { 1 };
    let value = |at: usize| sample.values.get(at).copied().unwrap_or(level);
    let (from, to) = (value(corner), value(other));
    let t = ((level - from) / (to - from)).clamp(0.0, 1.0);
    let t = if t.is_finite() { t } else { 0.5 };
    let columns = sample.columns.max(1);
    let (row, column) = ((corner / columns) as f64, (corner % columns) as f64);
    if is_down { [row + t, column] } else { [row, column + t] }
}

/// Pieces that share an edge, one after the other. Each edge has two at most.
fn joined(segments: &[Segment]) -> Vec<Vec<Edge>> {
    let mut ends: Vec<(Edge, usize)> = Vec::with_capacity(2 * segments.len());
    for (k, segment) in segments.iter().enumerate() {
        ends.extend(segment.map(|edge| (edge, k)));
    }
    ends.sort_unstable();
    let neighbour = |edge: Edge, of: usize| {
        let first = ends.partition_point(|end| end.0 < edge);
        let at = ends.get(first..)?.iter().take_while(|end| end.0 == edge);
        at.map(|end| end.1).find(|&other| other != of)
    };
    let mut is_used = vec![false; segments.len()];
    let mut lines = Vec::new();
    for start in 0..segments.len() {
        let Some(used) = is_used.get_mut(start).filter(|used| !**used) else { continue };
        *used = true;
        let Some(&[first, last]) = segments.get(start) else { continue };
        let mut follow = |from: Edge| {
            let mut way = vec![from];
            let (mut edge, mut at) = (from, start);
            while let Some(next) = neighbour(edge, at) {
                let Some(used) = is_used.get_mut(next).filter(|used| !**used) else { break };
                *used = true;
                let Some(&[a, b]) = segments.get(next) else { break };
                edge = if a == edge { b } else { a };
                at = next;
                way.push(edge);
            }
            way
        };
        let onward = follow(last);
        // Round to where it began, or to a border: then the other way, too.
        let is_closed = onward.last() == Some(&first) && onward.len() > 1;
        let mut line = if is_closed { vec![first] } else { follow(first) };
        line.reverse();
        line.extend(onward);
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use hyperslab_core::Buffer;
    use proptest::prelude::*;

    use super::super::sample::Window;
    use super::*;

    fn sample(rows: usize, columns: usize, values: Vec<f64>) -> Sample {
        let window = Window { rows: 0..rows, columns: 0..columns, strides: [1, 1] };
        Sample::of(&Buffer::F64(values), columns, &window, false, &|| false).unwrap()
    }

    fn of(rows: usize, columns: usize, at: impl Fn(f64, f64) -> f64, levels: &[f64]) -> Vec<Line> {
        let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        let values = cells.map(|(row, column)| at(row as f64, column as f64)).collect();
        lines(&sample(rows, columns, values), levels, &|| false).unwrap()
    }

    #[test]
    fn a_cone_has_circles() {
        let found = of(101, 101, |row, column| (row - 50.0).hypot(column - 50.0), &[10.0, 30.5]);
        assert_eq!(found.iter().map(|line| line.level).collect::<Vec<_>>(), [0, 1]);
        for (line, radius) in found.iter().zip([10.0, 30.5]) {
            assert!(line.is_closed());
            for &[row, column] in &line.points {
                let off = (row - 50.0).hypot(column - 50.0) - radius;
                assert!(off.abs() < 0.02, "{off} at radius {radius}");
            }
        }
    }

    #[test]
    fn a_slope_has_straight_lines_from_border_to_border() {
        let found = of(5, 9, |row, _| 2.0 * row, &[1.0, 3.0, 100.0]);
        assert_eq!(found.len(), 2);
        let across: Vec<Place> = (0..9).map(|column| [0.5, f64::from(column)]).collect();
        let mut points = found[0].points.clone();
        points.sort_by(|a, b| a[1].total_cmp(&b[1]));
        assert_eq!(points, across);
        assert!(!found[0].is_closed());
    }

    #[test]
    fn the_value_of_the_saddle_says_which_corners_are_joined() {
        // High at the top left and bottom right; the saddle is at 1/2.
        let corners = vec![1.0, 0.0, 0.0, 1.0];
        for (level, joins_high) in [(0.4, true), (0.6, false)] {
            let found = lines(&sample(2, 2, corners.clone()), &[level], &|| false).unwrap();
            assert_eq!(found.len(), 2);
            // A line that cuts off the top right corner runs between top and right.
            let cuts_low = found.iter().any(|line| {
                line.points.iter().any(|p| p[0] == 0.0) && line.points.iter().any(|p| p[1] == 1.0)
            });
            assert_eq!(cuts_low, joins_high, "{level}");
        }
    }

    #[test]
    fn lines_end_where_values_are_missing() {
        let with_hole = |row: f64, column: f64| {
            if (row - 10.0).hypot(column - 10.0) < 4.0 { f64::NAN } else { column }
        };
        let found = of(21, 21, with_hole, &[10.5]);
        assert_eq!(found.len(), 2);
        for line in &found {
            assert!(!line.is_closed());
            assert!(line.points.iter().all(|p| (p[0] - 10.0).hypot(p[1] - 10.0) > 3.0));
        }
        assert!(of(5, 5, |_, _| f64::NAN, &[1.0]).is_empty());
        assert!(of(5, 5, |_, _| 1.0, &[1.0]).is_empty());
    }

    #[test]
    fn fields_too_small_for_squares_have_no_lines() {
        for (rows, columns) in [(0, 0), (1, 9), (9, 1), (1, 1)] {
            assert!(of(rows, columns, |row, column| row + column, &[2.5]).is_empty());
        }
    }

    fn side(a: Place, b: Place, p: Place) -> f64 {
        (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])
    }

    fn crosses(p: &[Place], q: &[Place]) -> bool {
        const HAIR: f64 = 1e-9;
        let apart = |a: f64, b: f64| (a > HAIR && b < -HAIR) || (a < -HAIR && b > HAIR);
        apart(side(p[0], p[1], q[0]), side(p[0], p[1], q[1]))
            && apart(side(q[0], q[1], p[0]), side(q[0], q[1], p[1]))
    }

    proptest! {
        #[test]
        fn no_two_lines_cross(values in prop::collection::vec(-10.0f64..10.0, 36)) {
            let found = lines(&sample(6, 6, values), &[-6.0, -2.0, 0.0, 3.0, 7.0], &|| false).unwrap();
            let pieces: Vec<&[Place]> = found.iter().flat_map(|line| line.points.windows(2)).collect();
            for (k, p) in pieces.iter().enumerate() {
                for q in pieces.iter().skip(k + 1) {
                    prop_assert!(!crosses(p, q), "{p:?} {q:?}");
                }
            }
        }

        #[test]
        fn every_point_has_the_value_of_its_line(values in prop::collection::vec(-9i32..9, 30)) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let levels = [-3.0, 0.0, 2.5];
            let at = |row: usize, column: usize| values[row * 6 + column];
            let found = lines(&sample(5, 6, values.clone()), &levels, &|| false).unwrap();
            for line in &found {
                prop_assert!(line.points.len() > 1);
                for &[row, column] in &line.points {
                    let (r, c) = (row.floor() as usize, column.floor() as usize);
                    let (t, s) = (row.fract(), column.fract());
                    prop_assert!(t == 0.0 || s == 0.0);
                    let down = at(r, c) * (1.0 - t) + at((r + 1).min(4), c) * t;
                    let across = at(r, c) * (1.0 - s) + at(r, (c + 1).min(5)) * s;
                    let value = if t > 0.0 { down } else { across };
                    prop_assert!((value - levels[line.level]).abs() < 1e-9);
                }
            }
        }

        #[test]
        fn no_values_make_it_panic(
            values in prop::collection::vec(prop::num::f64::ANY, 25),
            mut levels in prop::collection::vec(prop::num::f64::ANY, 0..6),
        ) {
            levels.retain(|level| level.is_finite());
            levels.sort_by(f64::total_cmp);
            let found = lines(&sample(5, 5, values), &levels, &|| false).unwrap();
            let is_inside = |&[row, column]: &Place| (0.0..=4.0).contains(&row) && (0.0..=4.0).contains(&column);
            prop_assert!(found.iter().flat_map(|line| &line.points).all(is_inside));
        }
    }
}
