//! Where the labels of lines stand: along straight stretches, apart from each other, upright.

use std::collections::HashMap;

use super::place::{Drawing, Stretch, distance};
use crate::prep::placement::Px;

/// A text that stands in its line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Label {
    pub level: usize,
    /// The middle of the text.
    pub center: Px,
    /// Clockwise from upright, within a quarter turn.
    pub angle: f32,
}

/// A line is labelled again after so much of it.
const REPEAT_PX: f32 = 340.0;
/// Between the text and the line to its sides.
const GAP_PX: f32 = 4.0;
/// Half the height of a text with what is left free around it.
const REACH_PX: f32 = 9.0;
/// Chord by length of a stretch on which a text is readable.
const STRAIGHT: f32 = 0.97;
/// How far the line may leave the text's middle line.
const BULGE_PX: f32 = 4.0;
/// More cannot be read.
const LABELS_MAX: usize = 150;

/// Finds room for labels.
pub(super) struct Labeller {
    viewport: [f32; 4],
    /// Middles of discs that are taken, by squares of the screen.
    taken: HashMap<(i32, i32), Vec<Px>>,
    count: usize,
}

/// A stretch of a line where a label may stand.
#[derive(Clone, Copy)]
struct Site {
    /// Along the line.
    from: f32,
    to: f32,
    a: Px,
    b: Px,
    worth: f32,
}

impl Labeller {
    pub(super) fn new(viewport: [f32; 4]) -> Self {
        Self { viewport, taken: HashMap::new(), count: 0 }
    }

    /// Adds a line to the drawing, with labels of this width and gaps where they stand.
    pub(super) fn label(&mut self, stretch: Stretch, width: f32, into: &mut Drawing) {
        let along = lengths(&stretch.points);
        let length = along.last().copied().unwrap_or(0.0);
        let needed = width + 2.0 * GAP_PX;
        if length < 1.6 * needed {
            into.stretches.push(stretch);
            return;
        }
        let parts = (length / REPEAT_PX).round().max(1.0) as usize;
        let mut gaps = Vec::new();
        for part in 0..parts.min(64) {
            let share = length / parts as f32;
            let range = (part as f32 * share, (part + 1) as f32 * share);
            let Some(site) = self.best_site(&stretch.points, &along, range, needed) else {
                continue;
            };
            self.take(site.a, site.b);
            gaps.push((site.from, site.to));
            let angle = (site.b[1] - site.a[1]).atan2(site.b[0] - site.a[0]);
            let half = std::f32::consts::PI;
            let upright = if angle > half / 2.0 {
                angle - half
            } else if angle < -half / 2.0 {
                angle + half
            } else {
                angle
            };
            let center = [(site.a[0] + site.b[0]) / 2.0, (site.a[1] + site.b[1]) / 2.0];
            into.labels.push(Label { level: stretch.level, center, angle: upright });
        }
        with_gaps(&stretch, &along, &gaps, into);
    }

    /// The straightest and most level stretch of a part of the line that is free.
    fn best_site(
        &self,
        points: &[Px],
        along: &[f32],
        (start, end): (f32, f32),
        needed: f32,
    ) -> Option<Site> {
        if self.count >= LABELS_MAX || end - start < needed {
            return None;
        }
        let middle = (start + end) / 2.0;
        let mut sites = Vec::new();
        let step = 8.0f32.max((end - start) / 64.0);
        let mut from = start;
        while from + needed <= end {
            let (a, b) = (at(points, along, from), at(points, along, from + needed));
            let chord = distance(a, b);
            if chord >= STRAIGHT * needed && bulge(points, along, from, from + needed) < BULGE_PX {
                let slope = ((b[1] - a[1]) / chord).abs();
                let off = ((from + needed / 2.0 - middle) / (end - start)).abs();
                let worth = 4.0 * chord / needed - 0.35 * slope - 0.2 * off;
                sites.push(Site { from, to: from + needed, a, b, worth });
            }
            from += step;
        }
        sites.sort_by(|a, b| b.worth.total_cmp(&a.worth));
        sites.into_iter().find(|site| self.is_free(site.a, site.b))
    }

    fn is_free(&self, a: Px, b: Px) -> bool {
        discs(a, b).all(|disc| {
            let [left, top, right, bottom] = self.viewport;
            let is_inside = (left + REACH_PX..right - REACH_PX).contains(&disc[0])
                && (top + REACH_PX..bottom - REACH_PX).contains(&disc[1]);
            let (x, y) = square(disc);
            let near = (x - 1..=x + 1).flat_map(|x| (y - 1..=y + 1).map(move |y| (x, y)));
            let mut taken = near.filter_map(|square| self.taken.get(&square)).flatten();
            is_inside && taken.all(|&other| distance(disc, other) >= 2.0 * REACH_PX)
        })
    }

    fn take(&mut self, a: Px, b: Px) {
        for disc in discs(a, b) {
            self.taken.entry(square(disc)).or_default().push(disc);
        }
        self.count += 1;
    }
}

/// Discs that cover a text between two points.
fn discs(a: Px, b: Px) -> impl Iterator<Item = Px> {
    let count = (distance(a, b) / REACH_PX).ceil().clamp(1.0, 64.0) as usize;
    (0..=count).map(move |k| {
        let t = k as f32 / count as f32;
        [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]
    })
}

/// Discs that touch lie in neighbouring squares.
fn square(at: Px) -> (i32, i32) {
    let side = 2.0 * REACH_PX;
    ((at[0] / side).floor() as i32, (at[1] / side).floor() as i32)
}

/// How far along the line each point is.
fn lengths(points: &[Px]) -> Vec<f32> {
    let mut length = 0.0;
    let mut last = points.first().copied();
    points
        .iter()
        .map(|&point| {
            length += last.map_or(0.0, |last| distance(last, point));
            last = Some(point);
            length
        })
        .collect()
}

/// The point so far along the line.
fn at(points: &[Px], along: &[f32], length: f32) -> Px {
    let after = along.partition_point(|&l| l < length).clamp(1, points.len().max(2) - 1);
    let (Some(&[a, b]), Some(&[from, to])) = (
        points.get(after - 1..=after).and_then(|pair| pair.first_chunk::<2>()),
        along.get(after - 1..=after).and_then(|pair| pair.first_chunk::<2>()),
    ) else {
        return points.first().copied().unwrap_or_default();
    };
    let t = if to > from { ((length - from) / (to - from)).clamp(0.0, 1.0) } else { 0.0 };
    [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]
}

/// The farthest that the line between two places leaves the straight way.
fn bulge(points: &[Px], along: &[f32], from: f32, to: f32) -> f32 {
    let (a, b) = (at(points, along, from), at(points, along, to));
    let chord = distance(a, b).max(f32::MIN_POSITIVE);
    let first = along.partition_point(|&l| l <= from);
    let last = along.partition_point(|&l| l < to).max(first);
    let between = points.get(first..last).unwrap_or_default();
    let off =
        |p: &Px| ((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])).abs() / chord;
    between.iter().map(off).fold(0.0, f32::max)
}

/// The line without what lies under its labels; `gaps` rise.
fn with_gaps(stretch: &Stretch, along: &[f32], gaps: &[(f32, f32)], into: &mut Drawing) {
    let end = along.last().copied().unwrap_or(0.0);
    let mut from = 0.0;
    for &(gap, next) in gaps.iter().chain([&(end, end)]) {
        let first = along.partition_point(|&l| l <= from);
        let last = along.partition_point(|&l| l < gap).max(first);
        let mut points = vec![at(&stretch.points, along, from)];
        points.extend(stretch.points.get(first..last).unwrap_or_default());
        points.push(at(&stretch.points, along, gap));
        if gap > from {
            into.stretches.push(Stretch { level: stretch.level, points });
        }
        from = next;
    }
}

#[cfg(test)]
mod tests {
    use super::super::lines::Line;
    use super::super::place::place;
    use super::super::place::testing::Torn;
    use super::*;

    fn drawn(points: impl Iterator<Item = (f64, f64)>) -> Drawing {
        let points = points.map(|(row, column)| [row, column]).collect();
        place(&[Line { level: 0, points }], &Torn, &[Some(30.0)])
    }

    #[test]
    fn a_straight_line_has_a_gap_with_its_label() {
        let drawing = drawn((0..=30).map(|k| (10.0, f64::from(k))));
        let [label] = drawing.labels.as_slice() else { panic!("{:?}", drawing.labels) };
        assert_eq!((label.center[1], label.angle), (100.0, 0.0));
        assert_eq!(drawing.stretches.len(), 2);
        let ends = [drawing.stretches[0].points.last(), drawing.stretches[1].points.first()];
        let [before, after] = ends.map(|end| end.unwrap()[0]);
        assert!((after - before - 38.0).abs() < 0.1);
        assert!((before + after - 2.0 * label.center[0]).abs() < 0.1);
    }

    #[test]
    fn a_label_is_never_upside_down() {
        for (rows, columns) in [(1.0, 1.0), (-1.0, 1.0), (1.0, -1.0), (-1.0, -1.0), (1.0, 0.0)] {
            let way = (0..=20).map(|k| (25.0 + rows * f64::from(k), 25.0 + columns * f64::from(k)));
            let drawing = drawn(way);
            let angle = drawing.labels[0].angle;
            assert!(angle.abs() <= std::f32::consts::FRAC_PI_2 + 1e-3, "{angle}");
        }
    }

    #[test]
    fn lines_too_short_or_too_crooked_have_no_label() {
        assert!(drawn((0..=4).map(|k| (10.0, f64::from(k)))).labels.is_empty());
        let zigzag = (0..=30).map(|k| (10.0 + f64::from(k % 2) * 2.0, f64::from(k)));
        let drawing = drawn(zigzag);
        assert!(drawing.labels.is_empty());
        assert_eq!(drawing.stretches.len(), 1);
    }

    #[test]
    fn labels_keep_apart() {
        let line = |row: f64| {
            let points = (0..=45).map(|k| [row, f64::from(k)]).collect();
            Line { level: 0, points }
        };
        let lines: Vec<Line> = (5..40).map(|k| line(f64::from(k))).collect();
        let drawing = place(&lines, &Torn, &[Some(30.0)]);
        assert!(drawing.labels.len() > 10);
        for (k, a) in drawing.labels.iter().enumerate() {
            for b in drawing.labels.iter().skip(k + 1) {
                let (x, y) = (a.center[0] - b.center[0], a.center[1] - b.center[1]);
                assert!(x.abs() > 38.0 || y.abs() > 15.0, "{x} {y}");
            }
        }
    }
}
