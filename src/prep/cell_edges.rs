//! Where the cells of an axis lie in coordinate space.
//!
//! Cell `i` of `n` reaches from edge `i` to edge `i + 1`. Edges come from bounds where the file
//! has usable ones, else from the midpoints between coordinates, half a cell beyond the ends.

use std::ops::Range;
use std::sync::Arc;

/// One axis, from index to coordinate and back. Cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub enum AxisMap {
    /// No usable coordinate: cell `i` is centred on `i`.
    Index { count: usize },
    /// Cell `i` is centred on `first + i * step`; `step` may be negative, never 0.
    Regular { first: f64, step: f64, count: usize },
    /// `edges` rise or fall from one to the next (but at poles) and are one more than `centers`.
    Edges { edges: Arc<[f64]>, centers: Arc<[f64]> },
}

/// How far a coordinate may be off the regular grid, in steps: files hold rounded decimals.
const REGULAR_TOLERANCE: f64 = 2e-3;
/// The same for what storing the coordinate as `f32` may cost; more is no regular grid.
const REGULAR_TOLERANCE_F32: f64 = 5e-2;

impl AxisMap {
    pub fn index(count: usize) -> Self {
        Self::Index { count }
    }

    /// From coordinates and, where given and usable, bounds (two per coordinate).
    pub fn new(centers: &[f64], bounds: Option<&[f64]>) -> Self {
        bounds
            .and_then(|bounds| Self::from_bounds(bounds, Some(centers)))
            .unwrap_or_else(|| Self::from_centers(centers))
    }

    /// From coordinates. Missing ones are interpolated; what turns back or stands still anywhere,
    /// or has fewer than two coordinates for several cells, is mapped by index: every cell has a
    /// width and can be seen.
    pub fn from_centers(centers: &[f64]) -> Self {
        let count = centers.len();
        let index = Self::Index { count };
        if let [only] = centers {
            let is_plain = only.is_finite() && only.abs() < 1e15;
            return if is_plain { Self::Regular { first: *only, step: 1.0, count } } else { index };
        }
        let Some(centers) = without_gaps(centers) else { return index };
        if !is_monotonic(&centers) {
            return index;
        }
        if let Some(step) = regular_step(&centers) {
            return Self::Regular { first: centers[0], step, count };
        }
        let edges = midpoints(&centers);
        if edges.iter().all(|edge| edge.is_finite()) && is_monotonic(&edges) {
            Self::Edges { edges: edges.into(), centers: centers.into() }
        } else {
            index
        }
    }

    /// From bounds, two per cell in either order. `None` unless the cells touch each other.
    pub fn from_bounds(bounds: &[f64], centers: Option<&[f64]>) -> Option<Self> {
        let edges = edges_from_bounds(bounds)?;
        let middles = edges.windows(2).map(|pair| middle(pair[0], pair[1]));
        let centers: Vec<f64> = match centers {
            Some(centers) if centers.len() + 1 != edges.len() => return None,
            Some(centers) => centers
                .iter()
                .zip(middles)
                .map(|(&c, m)| if c.is_finite() { c } else { m })
                .collect(),
            None => middles.collect(),
        };
        let count = centers.len();
        let first = centers[0];
        match (regular_step(&edges), regular_step(&centers)) {
            // Coordinates at the middles of equal cells: nothing more to remember.
            (Some(step), _) if agrees(first, middle(edges[0], edges[1]), step) && count == 1 => {
                Some(Self::Regular { first, step, count })
            }
            (Some(step), Some(_)) if agrees(first, middle(edges[0], edges[1]), step) => {
                Some(Self::Regular { first, step, count })
            }
            _ => Some(Self::Edges { edges: edges.into(), centers: centers.into() }),
        }
    }

    /// The same with edges beyond `low..high` moved onto them: the half cell beyond a pole.
    #[must_use]
    pub fn within(self, low: f64, high: f64) -> Self {
        let (from, to) = self.range();
        if matches!(self, Self::Index { .. }) || !(from < low || to > high) || self.is_empty() {
            return self;
        }
        let edges = (0..=self.len()).filter_map(|i| self.edge(i)).map(|e| e.max(low).min(high));
        let centers = (0..self.len()).filter_map(|i| self.center(i));
        Self::Edges { edges: edges.collect(), centers: centers.collect() }
    }

    /// The same cells where another scale puts them; `None` where a cell would have no place or
    /// no width.
    #[must_use]
    pub fn placed(&self, place: impl Fn(f64) -> f64) -> Option<Self> {
        if matches!(self, Self::Index { .. }) {
            return None;
        }
        let centers: Vec<f64> =
            (0..self.len()).filter_map(|i| self.center(i)).map(&place).collect();
        if !centers.iter().all(|center| center.is_finite()) || centers.len() < 2 {
            return None;
        }
        let edges: Vec<f64> = (0..=self.len()).filter_map(|i| self.edge(i)).map(&place).collect();
        if edges.iter().all(|edge| edge.is_finite()) && is_monotonic(&edges) {
            return Some(Self::Edges { edges: edges.into(), centers: centers.into() });
        }
        // The outermost edge may be at zero, or beyond: half a cell on the new scale instead.
        let found = Self::from_centers(&centers);
        (!matches!(found, Self::Index { .. })).then_some(found)
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Index { count } | Self::Regular { count, .. } => *count,
            Self::Edges { centers, .. } => centers.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Coordinates fall from the first cell to the last.
    pub fn is_descending(&self) -> bool {
        match self {
            Self::Index { .. } => false,
            Self::Regular { step, .. } => *step < 0.0,
            Self::Edges { edges, .. } => edges.first() > edges.last(),
        }
    }

    /// The coordinate of cell `index`.
    pub fn center(&self, index: usize) -> Option<f64> {
        match self {
            _ if index >= self.len() => None,
            Self::Index { .. } => Some(index as f64),
            Self::Regular { first, step, .. } => Some(first + index as f64 * step),
            Self::Edges { centers, .. } => centers.get(index).copied(),
        }
    }

    /// The edge before cell `index`, or behind the last.
    pub fn edge(&self, index: usize) -> Option<f64> {
        match self {
            _ if index > self.len() => None,
            Self::Index { .. } => Some(index as f64 - 0.5),
            Self::Regular { first, step, .. } => Some(first + (index as f64 - 0.5) * step),
            Self::Edges { edges, .. } => edges.get(index).copied(),
        }
    }

    /// Both edges of cell `index`, in the direction of the axis.
    pub fn edges(&self, index: usize) -> Option<(f64, f64)> {
        let before = self.edge(index)?;
        Some((before, self.edge(index.checked_add(1)?)?))
    }

    /// What the cells cover, low end first; `(0, 0)` for an empty axis.
    pub fn range(&self) -> (f64, f64) {
        match (self.edge(0), self.edge(self.len())) {
            (Some(a), Some(b)) if !self.is_empty() => (a.min(b), a.max(b)),
            _ => (0.0, 0.0),
        }
    }

    /// `value` in cells from the first edge: 0.5 is the middle of cell 0. Outside the axis it is
    /// below 0 or above `len()`, by no meaningful amount.
    pub fn position(&self, value: f64) -> f64 {
        match self {
            Self::Index { .. } => value + 0.5,
            Self::Regular { first, step, .. } => (value - first) / step + 0.5,
            Self::Edges { edges, .. } => position_in_edges(edges, value),
        }
    }

    /// The cell that holds `value`; one on an edge belongs to the later cell, but the last edge
    /// to the last cell.
    pub fn index_at(&self, value: f64) -> Option<usize> {
        let (position, count) = (self.position(value), self.len());
        let inside = position >= 0.0 && position <= count as f64 && count > 0;
        inside.then(|| (position as usize).min(count - 1))
    }

    /// The cell whose coordinate is nearest to `value`, wherever that lies.
    pub fn nearest(&self, value: f64) -> Option<usize> {
        if value.is_nan() || self.is_empty() {
            return None;
        }
        let last = self.len() - 1;
        let at = (self.position(value).max(0.0) as usize).min(last);
        let distance = |&i: &usize| self.center(i).map_or(f64::INFINITY, |c| (c - value).abs());
        (at.saturating_sub(1)..=(at + 1).min(last))
            .min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }

    /// The cells that lie at least partly between `a` and `b`.
    pub fn indices_between(&self, a: f64, b: f64) -> Range<usize> {
        let (p, q) = (self.position(a), self.position(b));
        let count = self.len();
        if p.is_nan() || q.is_nan() || p.max(q) < 0.0 || p.min(q) > count as f64 {
            return 0..0;
        }
        let start = (p.min(q).max(0.0) as usize).min(count);
        start..(p.max(q).ceil().max(0.0) as usize).clamp(start, count)
    }
}

/// Longitudes without the jump where they go round the globe: every step the shortest way.
pub fn unwrapped_longitudes(longitudes: &[f64]) -> Vec<f64> {
    let mut turn = 0.0;
    let mut last = f64::NAN;
    let unwrap = |&value: &f64| {
        if value.is_finite() {
            let step = value - last;
            if step.abs() > 180.0 {
                turn -= (step / 360.0).round() * 360.0;
            }
            last = value;
        }
        value + turn
    };
    longitudes.iter().map(unwrap).collect()
}

/// Interpolated over the index where missing, and continued beyond the ends.
fn without_gaps(centers: &[f64]) -> Option<Vec<f64>> {
    let known: Vec<usize> = (0..centers.len()).filter(|&i| centers[i].is_finite()).collect();
    let (&first, &last) = (known.first()?, known.last()?);
    if known.len() < 2 {
        return None;
    }
    if known.len() == centers.len() {
        return Some(centers.to_vec());
    }
    let slope = |a: usize, b: usize| (centers[b] - centers[a]) / (b - a) as f64;
    let mut after = 0; // Position in `known` of the first one behind `i`.
    let fill = |i: usize| {
        while known.get(after).is_some_and(|&k| k <= i) {
            after += 1;
        }
        if centers[i].is_finite() {
            centers[i]
        } else if i < first {
            centers[first] - slope(first, known[1]) * (first - i) as f64
        } else if i > last {
            centers[last] + slope(known[known.len() - 2], last) * (i - last) as f64
        } else {
            let (a, b) = (known[after - 1], known[after]);
            centers[a] + slope(a, b) * (i - a) as f64
        }
    };
    let filled: Vec<f64> = (0..centers.len()).map(fill).collect();
    filled.iter().all(|value| value.is_finite()).then_some(filled)
}

/// Never turns back and never stands still.
fn is_monotonic(values: &[f64]) -> bool {
    values.is_sorted_by(|a, b| a < b) || values.is_sorted_by(|a, b| a > b)
}

fn regular_step(values: &[f64]) -> Option<f64> {
    let (&first, &last) = (values.first()?, values.last()?);
    let step = (last - first) / (values.len().checked_sub(1)? as f64);
    let magnitude = first.abs().max(last.abs());
    // Steps that are lost in rounding make cells of no width.
    if !step.is_finite() || step.abs() <= 8.0 * f64::EPSILON * magnitude {
        return None;
    }
    let rounding = magnitude * f64::from(f32::EPSILON);
    let tolerance =
        (REGULAR_TOLERANCE * step.abs() + rounding).min(REGULAR_TOLERANCE_F32 * step.abs());
    let is_regular =
        |(i, value): (usize, &f64)| (first + i as f64 * step - value).abs() <= tolerance;
    values.iter().enumerate().all(is_regular).then_some(step)
}

fn agrees(a: f64, b: f64, step: f64) -> bool {
    (a - b).abs() <= REGULAR_TOLERANCE_F32 * step.abs()
}

/// Halved first: the sum of two large coordinates would overflow.
fn middle(a: f64, b: f64) -> f64 {
    a / 2.0 + b / 2.0
}

fn midpoints(centers: &[f64]) -> Vec<f64> {
    let n = centers.len();
    let mut edges = Vec::with_capacity(n + 1);
    edges.push(centers[0] - (centers[1] - centers[0]) / 2.0);
    edges.extend(centers.windows(2).map(|pair| middle(pair[0], pair[1])));
    edges.push(centers[n - 1] + (centers[n - 1] - centers[n - 2]) / 2.0);
    edges
}

fn edges_from_bounds(bounds: &[f64]) -> Option<Vec<f64>> {
    let (cells, rest) = bounds.as_chunks::<2>();
    let (&first, &last) = (cells.first()?, cells.last()?);
    if !rest.is_empty() || !bounds.iter().all(|bound| bound.is_finite()) {
        return None;
    }
    let is_descending = match cells {
        [only] => only[0] > only[1],
        _ => middle(first[0], first[1]) > middle(last[0], last[1]),
    };
    // Some writers keep the lower bound first on falling axes.
    let directed = |cell: &[f64; 2]| match is_descending {
        true => [cell[0].max(cell[1]), cell[0].min(cell[1])],
        false => [cell[0].min(cell[1]), cell[0].max(cell[1])],
    };
    let mut edges = vec![directed(&first)[0]];
    for pair in cells.windows(2) {
        let (this, next) = (directed(&pair[0]), directed(&pair[1]));
        let width = (this[1] - this[0]).abs().max((next[1] - next[0]).abs());
        if !agrees(this[1], next[0], width) {
            return None;
        }
        edges.push(middle(this[1], next[0]));
    }
    edges.push(directed(&last)[1]);
    is_monotonic(&edges).then_some(edges)
}

fn position_in_edges(edges: &[f64], value: f64) -> f64 {
    let (Some(&first), Some(&last)) = (edges.first(), edges.last()) else { return f64::NAN };
    if value.is_nan() {
        return f64::NAN;
    }
    let behind = match first > last {
        true => edges.partition_point(|&edge| edge >= value),
        false => edges.partition_point(|&edge| edge <= value),
    };
    match (behind.checked_sub(1), edges.get(behind)) {
        (None, _) => -1.0,
        (Some(cell), Some(end)) => cell as f64 + (value - edges[cell]) / (end - edges[cell]),
        (Some(cell), None) if value == last => cell as f64,
        (Some(cell), None) => cell as f64 + 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn edges_lie_midway_and_half_a_cell_beyond_the_ends() {
        let axis = AxisMap::from_centers(&[0.0, 1.0, 3.0]);
        assert_eq!(axis.edges(0), Some((-0.5, 0.5)));
        assert_eq!(axis.edges(1), Some((0.5, 2.0)));
        assert_eq!(axis.edges(2), Some((2.0, 4.0)));
        assert_eq!(axis.edges(3), None);
        assert_eq!(axis.range(), (-0.5, 4.0));
    }

    #[test]
    fn coordinates_rounded_to_f32_are_still_regular() {
        let longitudes: Vec<f64> = (0..36_000).map(|i| f64::from(i as f32 * 0.01)).collect();
        assert!(matches!(AxisMap::from_centers(&longitudes), AxisMap::Regular { .. }));
        let stretched: Vec<f64> =
            (0..100).map(|i| f64::from(i) + f64::from(i * i) * 1e-3).collect();
        assert!(matches!(AxisMap::from_centers(&stretched), AxisMap::Edges { .. }));
    }

    #[test]
    fn a_falling_axis_stays_falling() {
        let axis = AxisMap::from_centers(&[90.0, 45.0, 0.0, -45.0, -90.0]);
        assert_eq!(axis, AxisMap::Regular { first: 90.0, step: -45.0, count: 5 });
        assert!(axis.is_descending());
        assert_eq!(axis.index_at(80.0), Some(0));
        assert_eq!(axis.index_at(-112.5), Some(4));
        assert_eq!(axis.index_at(-113.0), None);
        let poles = axis.within(-90.0, 90.0);
        assert_eq!(poles.range(), (-90.0, 90.0));
        assert_eq!(poles.center(0), Some(90.0));
        assert_eq!(poles.index_at(89.0), Some(0));
    }

    #[test]
    fn what_turns_back_or_stands_still_is_mapped_by_index() {
        let index = AxisMap::Index { count: 3 };
        for centers in [[0.0, 2.0, 1.0], [5.0, 5.0, 5.0], [f64::NAN, 1.0, f64::NAN]] {
            assert_eq!(AxisMap::from_centers(&centers), index);
        }
        assert_eq!(AxisMap::from_centers(&[f64::NAN; 3]), index);
        assert_eq!(index.edges(2), Some((1.5, 2.5)));
    }

    #[test]
    fn missing_coordinates_are_interpolated() {
        let gaps = [f64::NAN, 1.0, f64::NAN, f64::INFINITY, 4.0, f64::NAN];
        let axis = AxisMap::from_centers(&gaps);
        assert_eq!(axis, AxisMap::Regular { first: 0.0, step: 1.0, count: 6 });
    }

    #[test]
    fn no_cell_is_without_a_width() {
        let nan = f64::NAN;
        let almost = [1.0, 1.0f64.next_up(), 1.0f64.next_up().next_up()];
        for centers in [&[0.0, 1.0, 1.0, 2.0][..], &[1.0, 1.0, 2.0, nan], &[1.0, nan, 1.0], &almost]
        {
            let axis = AxisMap::from_centers(centers);
            let widths = (0..axis.len()).map(|i| axis.edges(i).map_or(0.0, |(a, b)| b - a));
            assert!(widths.map(f64::abs).all(|width| width > 0.0), "{centers:?}: {axis:?}");
        }
        let repeated = AxisMap::from_centers(&[0.0, 1.0, 1.0, 2.0]);
        assert_eq!(repeated, AxisMap::Index { count: 4 });
        // Bounds tell such cells apart; those of no width do not.
        let bounds = AxisMap::new(&[1.0, 1.0], Some(&[0.0, 1.0, 1.0, 2.0]));
        assert_eq!(bounds.edges(1), Some((1.0, 2.0)));
        let flat = AxisMap::new(&[1.0, 2.0, 3.0], Some(&[1.0, 1.0, 1.0, 2.0, 2.0, 3.0]));
        assert_eq!(flat, AxisMap::from_centers(&[1.0, 2.0, 3.0]));
    }

    #[test]
    fn one_coordinate_has_a_cell_of_width_one() {
        assert_eq!(AxisMap::from_centers(&[2.0]).range(), (1.5, 2.5));
        assert_eq!(AxisMap::from_centers(&[f64::NAN]), AxisMap::Index { count: 1 });
        assert_eq!(AxisMap::from_centers(&[]).range(), (0.0, 0.0));
        assert_eq!(AxisMap::from_centers(&[]).index_at(0.0), None);
    }

    #[test]
    fn bounds_win_over_midpoints_but_only_where_cells_touch() {
        let months = [15.0, 45.0, 74.0];
        let axis = AxisMap::new(&months, Some(&[0.0, 31.0, 31.0, 59.0, 59.0, 90.0]));
        assert_eq!(axis.edges(1), Some((31.0, 59.0)));
        assert_eq!(axis.center(1), Some(45.0));
        let apart = AxisMap::new(&months, Some(&[0.0, 10.0, 31.0, 59.0, 59.0, 90.0]));
        assert_eq!(apart, AxisMap::from_centers(&months));
    }

    #[test]
    fn bounds_of_a_falling_axis_may_be_in_either_order() {
        let axis = AxisMap::from_bounds(&[5.0, 10.0, 0.0, 5.0, -5.0, 0.0], None).unwrap();
        assert_eq!(axis, AxisMap::Regular { first: 7.5, step: -5.0, count: 3 });
        let one = AxisMap::from_bounds(&[0.0, 24.0], Some(&[12.0])).unwrap();
        assert_eq!(one.range(), (0.0, 24.0));
    }

    #[test]
    fn longitudes_go_round_the_globe_without_a_jump() {
        assert_eq!(
            unwrapped_longitudes(&[90.0, 170.0, -170.0, -90.0]),
            [90.0, 170.0, 190.0, 270.0]
        );
        assert_eq!(unwrapped_longitudes(&[-170.0, 170.0]), [-170.0, -190.0]);
    }

    fn axes() -> impl Strategy<Value = AxisMap> {
        let steps = prop::collection::vec(0.01f64..10.0, 1..40);
        (steps, any::<bool>(), -100.0f64..100.0).prop_map(|(steps, falls, first)| {
            let mut at = first;
            let centers: Vec<f64> = steps
                .iter()
                .map(|step| {
                    at += if falls { -step } else { *step };
                    at
                })
                .collect();
            AxisMap::from_centers(&centers)
        })
    }

    proptest! {
        #[test]
        fn every_coordinate_lies_in_its_own_cell(axis in axes()) {
            for i in 0..axis.len() {
                prop_assert_eq!(axis.index_at(axis.center(i).unwrap()), Some(i));
                prop_assert_eq!(axis.nearest(axis.center(i).unwrap()), Some(i));
            }
        }

        #[test]
        fn a_value_lies_between_the_edges_of_its_cell(axis in axes(), t in 0.0f64..=1.0) {
            let (low, high) = axis.range();
            let value = (low + t * (high - low)).clamp(low, high);
            if let Some(i) = axis.index_at(value) {
                let (a, b) = axis.edges(i).unwrap();
                let slack = 1e-9 * (1.0 + value.abs());
                prop_assert!(a.min(b) - slack <= value && value <= a.max(b) + slack);
                prop_assert!(axis.indices_between(value, value + 1e-6 * (high - low)).contains(&i));
            }
        }

        #[test]
        fn no_coordinates_make_it_panic(
            centers in prop::collection::vec(prop::num::f64::ANY, 0..6),
            bounds in prop::collection::vec(prop::num::f64::ANY, 0..6),
            value in prop::num::f64::ANY,
        ) {
            for axis in [AxisMap::new(&centers, Some(&bounds)), AxisMap::from_centers(&bounds)] {
                let axis = axis.within(-90.0, 90.0);
                prop_assert!(axis.index_at(value).is_none_or(|i| i < axis.len()));
                prop_assert!(axis.nearest(value).is_none_or(|i| i < axis.len()));
                prop_assert!(axis.indices_between(value, 0.0).end <= axis.len());
                let (low, high) = axis.range();
                prop_assert!(low <= high);
                unwrapped_longitudes(&centers);
            }
        }
    }
}
