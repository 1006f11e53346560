//! A curve thinned to what a screen can show, with gaps where values are missing.
//!
//! Of each pixel column the first, lowest, highest and last value are kept: the picture is that
//! of all points. O(points in the window); the result has at most four points a column.

use std::borrow::Cow;
use std::ops::Range;

use hyperslab_core::{Buffer, with_numbers};

use crate::prep::cell_edges::AxisMap;
use crate::prep::values::{Value, extent};

/// Where the points lie along x.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum XAxis<'a> {
    /// Point `i` at `first + i * step`; the index itself is `first: 0, step: 1`.
    Regular { first: f64, step: f64 },
    /// One for each point, in any order.
    Values(&'a [f64]),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Polylines {
    /// Points `[x, y]`, all finite; lines break between segments. A segment may be one point.
    pub segments: Vec<Vec<[f64; 2]>>,
    pub thinning: Thinning,
}

/// What was left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Thinning {
    /// Nothing.
    #[default]
    None,
    /// Nothing that a pixel column would show.
    Columns,
    /// Points in no order of x: only every so many-th is there, which a view should say.
    Every(usize),
}

/// Points in no order of x drawn at most.
const UNSORTED_MAX: usize = 200_000;

impl<'a> From<&'a AxisMap> for XAxis<'a> {
    /// The coordinates of the axis' cells.
    fn from(axis: &'a AxisMap) -> Self {
        match axis {
            AxisMap::Index { .. } => Self::Regular { first: 0.0, step: 1.0 },
            AxisMap::Regular { first, step, .. } => Self::Regular { first: *first, step: *step },
            AxisMap::Edges { centers, .. } => Self::Values(centers),
        }
    }
}

impl XAxis<'_> {
    pub fn at(&self, index: usize) -> Option<f64> {
        match self {
            Self::Regular { first, step } => Some(first + index as f64 * step),
            Self::Values(values) => values.get(index).copied(),
        }
    }

    /// From the lowest to the highest finite coordinate of `count` points.
    pub fn extent(&self, count: usize) -> Option<(f64, f64)> {
        match self {
            Self::Regular { .. } => extent(&[self.at(0)?, self.at(count.checked_sub(1)?)?]),
            Self::Values(values) => extent(values.get(..count).unwrap_or(values)),
        }
    }

    /// The point of `count` nearest to `x`, for a hover readout. O(1), or O(count) for values;
    /// along a coordinate axis [`AxisMap::nearest`] is O(log count).
    pub fn nearest(&self, count: usize, x: f64) -> Option<usize> {
        let last = count.checked_sub(1)?;
        match self {
            _ if x.is_nan() => None,
            Self::Regular { first, step } if *step != 0.0 => {
                let index = ((x - first) / step).round();
                (!index.is_nan()).then(|| (index.max(0.0) as usize).min(last))
            }
            Self::Regular { .. } => Some(0),
            Self::Values(values) => values
                .iter()
                .take(count)
                .enumerate()
                .filter(|(_, value)| value.is_finite())
                .min_by(|a, b| (a.1 - x).abs().total_cmp(&(b.1 - x).abs()))
                .map(|(index, _)| index),
        }
    }
}

/// The points between the ends of `x_range`, and one more on either side so that lines run to
/// the border. All of them where there are fewer than two a pixel.
pub fn min_max_columns<T: Value>(
    xs: XAxis,
    ys: &[T],
    x_range: (f64, f64),
    width_px: usize,
) -> Polylines {
    let width_px = width_px.max(1);
    let whole = |count: usize| xs.extent(count).unwrap_or((0.0, 0.0));
    match xs {
        XAxis::Regular { first, step } if first.is_finite() && step.is_finite() && step != 0.0 => {
            let points = Points { xs, ys, count: ys.len() };
            let find = |x: f64| ((x - first) / step).ceil().max(0.0) as usize;
            points.sorted(&find, step < 0.0, usable(x_range, whole(ys.len())), width_px)
        }
        XAxis::Regular { .. } => Polylines::default(),
        XAxis::Values(values) => {
            let count = values.len().min(ys.len());
            let points = Points { xs, ys, count };
            let Some((sorted, is_falling)) = without_gaps(&values[..count]) else {
                return points.unsorted();
            };
            let find = |x: f64| match is_falling {
                true => sorted.partition_point(|&value| value > x),
                false => sorted.partition_point(|&value| value < x),
            };
            points.sorted(&find, is_falling, usable(x_range, whole(count)), width_px)
        }
    }
}

/// [`min_max_columns`] of a buffer; nothing unless it holds numbers.
pub fn min_max_columns_of(
    xs: XAxis,
    ys: &Buffer,
    x_range: (f64, f64),
    width_px: usize,
) -> Polylines {
    with_numbers!(ys, v => min_max_columns(xs, v, x_range, width_px), else Polylines::default())
}

/// The lower end first, or everything where the range is none.
fn usable((a, b): (f64, f64), whole: (f64, f64)) -> (f64, f64) {
    if a.is_finite() && b.is_finite() && a != b { (a.min(b), a.max(b)) } else { whole }
}

/// The coordinates with each missing one like that before it, and whether they fall; `None`
/// when they are in no order.
fn without_gaps(values: &[f64]) -> Option<(Cow<'_, [f64]>, bool)> {
    let filled = if values.iter().all(|value| value.is_finite()) {
        Cow::Borrowed(values)
    } else {
        let mut last = values.iter().copied().find(|value| value.is_finite())?;
        let fill = |&value: &f64| {
            last = if value.is_finite() { value } else { last };
            last
        };
        Cow::Owned(values.iter().map(fill).collect())
    };
    if filled.is_sorted() {
        return Some((filled, false));
    }
    filled.is_sorted_by(|a, b| a >= b).then_some((filled, true))
}

struct Points<'a, T> {
    xs: XAxis<'a>,
    ys: &'a [T],
    count: usize,
}

/// Indices of the values of one pixel column that are kept.
pub(super) struct Column {
    pub first: usize,
    pub lowest: usize,
    pub highest: usize,
    pub last: usize,
}

impl<T: Value> Points<'_, T> {
    /// `None` where x or y is missing.
    fn get(&self, index: usize) -> Option<[f64; 2]> {
        let point = [self.xs.at(index)?, self.ys.get(index)?.f64()];
        point.iter().all(|value| value.is_finite()).then_some(point)
    }

    /// `find`: the first index at or behind an x, in walking direction.
    fn sorted(
        &self,
        find: &dyn Fn(f64) -> usize,
        is_falling: bool,
        (low, high): (f64, f64),
        width_px: usize,
    ) -> Polylines {
        let (from, to) = if is_falling { (high, low) } else { (low, high) };
        let start = find(from).min(self.count);
        // Behind the last one at `to` itself.
        let beyond = if is_falling { to.next_down() } else { to.next_up() };
        let end = find(beyond).clamp(start, self.count);
        let margin = start.saturating_sub(1)..end.saturating_add(1).min(self.count);
        if end - start <= width_px.saturating_mul(2) {
            return Polylines { segments: self.all(margin), thinning: Thinning::None };
        }
        let mut segments = Segments::default();
        segments.push(self, margin.start..start);
        let mut at = start;
        for column in 1..=width_px {
            let t = column as f64 / width_px as f64;
            let next = match column == width_px {
                true => end,
                false => find(from * (1.0 - t) + to * t).clamp(at, end),
            };
            if let Some(column) = self.column(at..next) {
                segments.push_column(self, &column);
            }
            at = next;
        }
        segments.push(self, end..margin.end);
        Polylines { segments: segments.done, thinning: Thinning::Columns }
    }

    fn unsorted(&self) -> Polylines {
        let every = self.count.div_ceil(UNSORTED_MAX).max(1);
        let mut segments = vec![Vec::new()];
        for index in (0..self.count).step_by(every) {
            add(&mut segments, self.get(index));
        }
        segments.retain(|segment| !segment.is_empty());
        let thinning = if every == 1 { Thinning::None } else { Thinning::Every(every) };
        Polylines { segments, thinning }
    }

    fn all(&self, indices: Range<usize>) -> Vec<Vec<[f64; 2]>> {
        let mut segments = vec![Vec::new()];
        for index in indices {
            add(&mut segments, self.get(index));
        }
        segments.retain(|segment| !segment.is_empty());
        segments
    }

    fn column(&self, indices: Range<usize>) -> Option<Column> {
        let start = indices.start;
        let ys = self.ys.get(indices)?;
        // Only coordinates given one by one can be missing.
        let missing_x = match self.xs {
            XAxis::Values(values) => values.get(start..start + ys.len()),
            XAxis::Regular { .. } => None,
        };
        match missing_x {
            None => lowest_and_highest(ys.iter().map(|y| y.f64())),
            Some(xs) => {
                let masked = |(x, y): (&f64, &T)| if x.is_finite() { y.f64() } else { f64::NAN };
                lowest_and_highest(xs.iter().zip(ys).map(masked))
            }
        }
        .map(|Column { first, lowest, highest, last }| Column {
            first: first + start,
            lowest: lowest + start,
            highest: highest + start,
            last: last + start,
        })
    }
}

/// Of the finite ones; `None` where there are none.
#[inline]
pub(super) fn lowest_and_highest(ys: impl Iterator<Item = f64>) -> Option<Column> {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    let mut column = Column { first: usize::MAX, lowest: 0, highest: 0, last: 0 };
    for (index, y) in ys.enumerate() {
        if y.abs() < f64::INFINITY {
            if y < low {
                (low, column.lowest) = (y, index);
            }
            if y > high {
                (high, column.highest) = (y, index);
            }
            column.first = column.first.min(index);
            column.last = index;
        }
    }
    (column.first != usize::MAX).then_some(column)
}

fn add(segments: &mut Vec<Vec<[f64; 2]>>, point: Option<[f64; 2]>) {
    match (point, segments.last_mut()) {
        (Some(point), Some(segment)) => segment.push(point),
        (None, Some(segment)) if !segment.is_empty() => segments.push(Vec::new()),
        _ => {}
    }
}

#[derive(Default)]
struct Segments {
    done: Vec<Vec<[f64; 2]>>,
    /// Index of the last point.
    last: Option<usize>,
}

impl Segments {
    fn push<T: Value>(&mut self, points: &Points<T>, indices: Range<usize>) {
        for index in indices {
            if points.get(index).is_some() {
                let column = Column { first: index, lowest: index, highest: index, last: index };
                self.push_column(points, &column);
            }
        }
    }

    /// What is missing between columns breaks the line; what is missing within one cannot be seen.
    fn push_column<T: Value>(&mut self, points: &Points<T>, column: &Column) {
        let mut indices = [column.first, column.lowest, column.highest, column.last];
        indices.sort_unstable();
        if self.last.is_none_or(|last| last + 1 < column.first) {
            self.done.push(Vec::new());
        }
        let Some(segment) = self.done.last_mut() else { return };
        let mut before = None;
        for index in indices {
            if before.replace(index) != Some(index) {
                segment.extend(points.get(index));
            }
        }
        self.last = Some(column.last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const INDEX: XAxis = XAxis::Regular { first: 0.0, step: 1.0 };

    #[test]
    fn few_points_are_all_kept_and_missing_ones_break_the_line() {
        let nan = f64::NAN;
        let drawn = min_max_columns(INDEX, &[1.0, 2.0, nan, nan, 3.0, nan], (0.0, 5.0), 100);
        assert_eq!(drawn.segments, [vec![[0.0, 1.0], [1.0, 2.0]], vec![[4.0, 3.0]]]);
        assert_eq!(drawn.thinning, Thinning::None);
    }

    #[test]
    fn one_point_beyond_each_border_is_kept() {
        let ys: Vec<f64> = (0..100).map(f64::from).collect();
        let drawn = min_max_columns(INDEX, &ys, (10.5, 12.5), 100);
        assert_eq!(drawn.segments, [vec![[10.0, 10.0], [11.0, 11.0], [12.0, 12.0], [13.0, 13.0]]]);
        assert!(min_max_columns(INDEX, &ys, (200.0, 300.0), 100).segments[0].len() <= 1);
    }

    #[test]
    fn a_spike_among_a_million_points_is_seen() {
        let mut ys = vec![0.0f32; 1_000_000];
        ys[654_321] = 9.0;
        ys[654_322] = -9.0;
        let drawn = min_max_columns(INDEX, &ys, (0.0, 999_999.0), 500);
        assert_eq!(drawn.segments.len(), 1);
        assert!(drawn.segments[0].len() <= 4 * 500 + 2);
        assert!(drawn.segments[0].contains(&[654_321.0, 9.0]));
        assert!(drawn.segments[0].contains(&[654_322.0, -9.0]));
        assert_eq!(drawn.thinning, Thinning::Columns);
    }

    #[test]
    fn gaps_wider_than_a_column_break_a_thinned_line() {
        let ys: Vec<f64> =
            (0..1000).map(|i| if (300..700).contains(&i) { f64::NAN } else { 1.0 }).collect();
        assert_eq!(min_max_columns(INDEX, &ys, (0.0, 999.0), 10).segments.len(), 2);
        assert_eq!(min_max_columns(INDEX, &[f64::NAN; 1000], (0.0, 999.0), 10).segments.len(), 0);
    }

    #[test]
    fn falling_coordinates_are_walked_from_right_to_left() {
        let xs: Vec<f64> = (0..1000).map(|i| f64::from(-i)).collect();
        let ys: Vec<i32> = (0..1000).collect();
        let listed = min_max_columns(XAxis::Values(&xs), &ys, (-500.0, 0.0), 20);
        let falling = XAxis::Regular { first: 0.0, step: -1.0 };
        let regular = min_max_columns(falling, &ys, (0.0, -500.0), 20);
        assert_eq!(listed, regular);
        assert_eq!(listed.segments[0].last(), Some(&[-501.0, 501.0]));
    }

    #[test]
    fn points_without_an_order_are_drawn_as_they_come() {
        let xs = [0.0, 2.0, 1.0, f64::NAN, 5.0];
        let drawn = min_max_columns(XAxis::Values(&xs), &[1u8, 2, 3, 4, 5], (0.0, 1.0), 100);
        let first = vec![[0.0, 1.0], [2.0, 2.0], [1.0, 3.0]];
        assert_eq!(drawn.segments, [first, vec![[5.0, 5.0]]]);
        let many: Vec<f64> = (0..500_000).map(|i| f64::from(i % 7)).collect();
        let drawn = min_max_columns(XAxis::Values(&many), &many, (0.0, 7.0), 100);
        assert_eq!(drawn.thinning, Thinning::Every(3));
    }

    #[test]
    fn points_without_x_are_not_drawn() {
        let xs: Vec<f64> =
            (0..1000).map(|i| if i % 10 == 3 { f64::NAN } else { f64::from(i) }).collect();
        let mut ys = vec![0.0; 1000];
        ys[503] = 77.0;
        let drawn = min_max_columns(XAxis::Values(&xs), &ys, (0.0, 999.0), 10);
        assert!(drawn.segments.iter().flatten().all(|point| point[1] == 0.0));
    }

    #[test]
    fn the_nearest_point_is_found_in_any_order() {
        assert_eq!(INDEX.nearest(10, 3.4), Some(3));
        assert_eq!(INDEX.nearest(10, 1e300), Some(9));
        assert_eq!(INDEX.nearest(0, 1.0), None);
        assert_eq!(XAxis::Values(&[5.0, f64::NAN, 1.0]).nearest(3, 2.0), Some(2));
        assert_eq!(XAxis::Values(&[5.0, 1.0]).extent(2), Some((1.0, 5.0)));
        assert_eq!(XAxis::from(&AxisMap::index(3)).extent(3), Some((0.0, 2.0)));
    }

    proptest! {
        #[test]
        fn extremes_of_the_window_survive_thinning(
            ys in prop::collection::vec(-1e3f64..1e3, 1..400), width in 1usize..30,
        ) {
            let end = (ys.len() - 1) as f64;
            let drawn = min_max_columns(INDEX, &ys, (0.0, end), width);
            let kept: Vec<f64> = drawn.segments.iter().flatten().map(|point| point[1]).collect();
            prop_assert_eq!(extent(&kept), extent(&ys));
            prop_assert!(kept.len() <= (4 * width + 2).max(ys.len().min(2 * width + 2)));
            prop_assert!(drawn.segments.iter().all(|s| s.is_sorted_by(|a, b| a[0] < b[0])));
        }

        #[test]
        fn no_points_make_it_panic(
            xs in prop::collection::vec(prop::num::f64::ANY, 0..40),
            ys in prop::collection::vec(prop::num::f64::ANY, 0..40),
            a in prop::num::f64::ANY, b in prop::num::f64::ANY, width in 0usize..5,
            is_sorted: bool,
        ) {
            let mut xs = xs;
            if is_sorted {
                xs.sort_by(f64::total_cmp);
            }
            for axis in [XAxis::Values(&xs), XAxis::Regular { first: a, step: b }] {
                let drawn = min_max_columns(axis, &ys, (a, b), width);
                prop_assert!(drawn.segments.iter().all(|segment| !segment.is_empty()));
                prop_assert!(drawn.segments.iter().flatten().flatten().all(|v| v.is_finite()));
                let _ = (axis.nearest(ys.len(), a), axis.extent(ys.len()));
            }
        }
    }
}
