//! Thinned (quasi-regular) grids: rows of different lengths, given by a list of numbers of points
//! (GRIB2 octet 11 of section 3 and code table 3.11; GRIB1 the list PL), and the rectangle made of
//! them for variables.
//!
//! A value of the rectangle is interpolated along its own row alone. With one of the two
//! neighbours missing the other is taken if it is the nearer one, else the value is missing;
//! beside the ends of a row that does not close round the globe, values reach half a step.

use crate::packing::Real;

use super::Interpolation;
use super::latlon::LatLon;
use super::scanning::Scanning;

/// The rows (or, where the number of rows is what is missing, the columns) of a thinned grid.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Thinned {
    /// The list as coded. Of a sub-area of a Gaussian grid: points on the whole parallel.
    pub list: Vec<u32>,
    /// Coded points of each line.
    pub counts: Vec<u32>,
    pub by_columns: bool,
}

impl Thinned {
    pub fn points(&self) -> u64 {
        self.counts.iter().map(|&count| u64::from(count)).sum()
    }

    /// Points of the rectangle's lines.
    pub fn longest(&self) -> u32 {
        self.counts.iter().copied().max().unwrap_or(0)
    }

    /// Line and place in it of a coded point; `starts` as [`Thinned::starts`] makes them.
    pub fn place(&self, starts: &[u64], index: u64) -> Option<(usize, u64)> {
        let line = starts.partition_point(|&start| start <= index).checked_sub(1)?;
        let along = index - starts.get(line)?;
        (along < u64::from(*self.counts.get(line)?)).then_some((line, along))
    }

    /// The coded index at which each line begins.
    pub fn starts(&self) -> Vec<u64> {
        let next = |next: &mut u64, &count: &u32| {
            let start = *next;
            *next += u64::from(count);
            Some(start)
        };
        self.counts.iter().scan(0, next).collect()
    }
}

/// Where the points of one line are, in degrees along it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    pub first: f64,
    pub step: f64,
    /// The point after the last is the first again.
    pub closed: bool,
}

/// Points of a full circle of `full` points, one of them at longitude 0, that lie between two
/// longitudes (`west` up to `east`): the first longitude and the number.
pub(super) fn points_between(full: u32, west: f64, east: f64, tolerance: f64) -> (f64, u32) {
    if full == 0 {
        return (west, 0);
    }
    let step = 360.0 / f64::from(full);
    let slack = (tolerance / step).max(1e-9);
    let first = (west / step - slack).ceil();
    let last = (east / step + slack).floor();
    let count = (last - first + 1.0).clamp(0.0, f64::from(full));
    (first * step, count as u32)
}

/// Coded points of each row of a list. Rows of a Gaussian grid are listed whole even where the
/// grid is a sub-area (code table 3.11 entry 1); `tolerance` is how finely the extreme longitudes
/// are coded.
pub(super) fn coded_counts(
    list: &[u32],
    axes: &LatLon,
    points: u64,
    scanning: Scanning,
    tolerance: f64,
) -> Vec<u32> {
    let whole: u64 = list.iter().map(|&count| u64::from(count)).sum();
    if axes.gaussian.is_none() || whole == points {
        return list.to_vec();
    }
    let (west, east) = axes.extremes(scanning);
    let count = |tolerance: f64| -> Vec<u32> {
        list.iter().map(|&full| points_between(full, west, east, tolerance).1).collect()
    };
    let exact = count(0.0);
    let total: u64 = exact.iter().map(|&count| u64::from(count)).sum();
    if total == points { exact } else { count(tolerance) }
}

/// Fills `out`, whose k-th value lies at `place(k)`, from a line's values.
pub(super) fn interpolate<T: Real>(
    values: Values<T>,
    line: Line,
    place: impl Fn(u64) -> f64,
    method: Interpolation,
    out: &mut [T],
) {
    let line = Row { values, closed: line.closed, first: line.first, step: line.step };
    for (k, cell) in (0..).zip(out) {
        *cell = line.at(place(k), method);
    }
}

/// The values of a line.
#[derive(Clone, Copy, Debug)]
pub(super) enum Values<'a, T> {
    Each(&'a [T]),
    /// So many alike, which need not be held.
    Same(T, u32),
}

impl<T: Copy> Values<'_, T> {
    fn len(&self) -> usize {
        match self {
            Self::Each(values) => values.len(),
            Self::Same(_, count) => *count as usize,
        }
    }

    fn get(&self, index: usize) -> Option<T> {
        match self {
            Self::Each(values) => values.get(index).copied(),
            Self::Same(value, _) => (index < self.len()).then_some(*value),
        }
    }
}

struct Row<'a, T> {
    values: Values<'a, T>,
    first: f64,
    step: f64,
    closed: bool,
}

impl<T: Real> Row<'_, T> {
    fn at(&self, place: f64, method: Interpolation) -> T {
        // On a coded point (as all are in the longest rows) the value is taken as it is.
        const SAME: f64 = 1e-4;
        let count = self.values.len();
        if count == 0 {
            return T::NAN;
        }
        let mut along = if count == 1 && !self.closed && self.step == 0.0 {
            place - self.first
        } else {
            (place - self.first) / self.step
        };
        if self.closed {
            along = along.rem_euclid(count as f64);
        }
        if !along.is_finite() {
            return T::NAN;
        }
        let nearest = along.round();
        if (along - nearest).abs() < SAME {
            return self.point(nearest as i64);
        }
        let last = (count - 1) as f64;
        if !self.closed && (along < 0.0 || along > last) {
            let inside = (-0.5..=last + 0.5).contains(&along);
            return if inside { self.point(nearest.clamp(0.0, last) as i64) } else { T::NAN };
        }
        let before = along.floor();
        let fraction = along - before;
        match method {
            Interpolation::Nearest => self.point(nearest as i64),
            Interpolation::Cubic => self
                .cubic(before as i64, fraction)
                .unwrap_or_else(|| self.linear(before as i64, fraction)),
            Interpolation::Linear => self.linear(before as i64, fraction),
        }
    }

    fn point(&self, index: i64) -> T {
        let count = self.values.len() as i64;
        let index = if self.closed { index.rem_euclid(count.max(1)) } else { index };
        usize::try_from(index).ok().and_then(|i| self.values.get(i)).unwrap_or(T::NAN)
    }

    fn linear(&self, before: i64, fraction: f64) -> T {
        let (a, b) = (self.point(before), self.point(before.saturating_add(1)));
        match (a.is_missing(), b.is_missing()) {
            (false, false) => T::from_f64(a.to_f64() * (1.0 - fraction) + b.to_f64() * fraction),
            (false, true) if fraction < 0.5 => a,
            (true, false) if fraction > 0.5 => b,
            _ => T::NAN,
        }
    }

    /// The cubic through four points; at an open end the four last ones. `None` where one of them
    /// is missing or there are fewer.
    fn cubic(&self, before: i64, fraction: f64) -> Option<T> {
        let count = self.values.len() as i64;
        if count < 4 {
            return None;
        }
        let mut first = before.saturating_sub(1);
        if !self.closed {
            first = first.clamp(0, count - 4);
        }
        let x = (before - first) as f64 + fraction;
        let mut sum = 0.0;
        for k in 0..4i32 {
            let value = self.point(first + i64::from(k));
            if value.is_missing() {
                return None;
            }
            let weight: f64 = (0..4)
                .filter(|&other| other != k)
                .map(|other| (x - f64::from(other)) / f64::from(k - other))
                .product();
            sum += weight * value.to_f64();
        }
        Some(T::from_f64(sum))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spread(
        values: &[f64],
        line: Line,
        start: f64,
        step: f64,
        method: Interpolation,
    ) -> Vec<f64> {
        let mut out = vec![0.0; 9];
        interpolate(Values::Each(values), line, |k| start + step * k as f64, method, &mut out);
        out
    }

    const OPEN: Line = Line { first: 0.0, step: 2.0, closed: false };

    #[test]
    fn closed_rows_interpolate_across_the_end() {
        let line = Line { first: 0.0, step: 90.0, closed: true };
        let out = spread(&[0.0, 1.0, 2.0, 3.0], line, 0.0, 45.0, Interpolation::Linear);
        assert_eq!(out, [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 1.5, 0.0]);
    }

    #[test]
    fn values_alike_are_interpolated_without_being_held() {
        let mut out = [0.0; 9];
        let place = |k: u64| -1.5 + 0.75 * k as f64;
        interpolate(Values::Same(7.0, 2), OPEN, place, Interpolation::Linear, &mut out);
        let held = spread(&[7.0; 2], OPEN, -1.5, 0.75, Interpolation::Linear);
        assert_eq!(
            out.map(f64::to_bits).to_vec(),
            held.into_iter().map(f64::to_bits).collect::<Vec<_>>()
        );
    }

    #[test]
    fn a_missing_neighbour_gives_way_to_the_nearer_one() {
        let values = [0.0, f64::NAN, 4.0];
        let out = spread(&values, OPEN, 0.0, 0.5, Interpolation::Cubic);
        assert_eq!(&out[..2], [0.0, 0.0]);
        assert!(out[2..7].iter().all(|v| v.is_nan()));
        assert_eq!(&out[7..], [4.0, 4.0]);
    }

    #[test]
    fn open_rows_reach_half_a_step_beyond_their_ends() {
        let out = spread(&[1.0, 3.0], OPEN, -1.5, 0.75, Interpolation::Linear);
        assert!(out[0].is_nan());
        assert_eq!(out[1], 1.0);
        assert_eq!(out[2], 1.0);
        assert_eq!(out[6], 3.0);
        assert!(out[7].is_nan());
    }

    #[test]
    fn rows_without_points_are_missing() {
        assert!(spread(&[], OPEN, 0.0, 1.0, Interpolation::Linear).iter().all(|v| v.is_nan()));
    }

    #[test]
    fn points_between_counts_what_lies_in_the_area() {
        assert_eq!(points_between(128, 0.0, 39.375, 0.0), (0.0, 15));
        assert_eq!(points_between(20, 10.0, 60.0, 0.0), (18.0, 3));
        // Coded in thousandths: 357.1875 became 357.187.
        assert_eq!(points_between(128, 0.0, 357.187, 0.0005).1, 128);
        assert_eq!(points_between(0, 0.0, 10.0, 0.0).1, 0);
    }

    #[test]
    fn places_skip_empty_lines() {
        let thinned = Thinned { list: vec![2, 0, 3], counts: vec![2, 0, 3], by_columns: false };
        let starts = thinned.starts();
        assert_eq!(starts, [0, 2, 2]);
        assert_eq!(thinned.place(&starts, 1), Some((0, 1)));
        assert_eq!(thinned.place(&starts, 2), Some((2, 0)));
        assert_eq!(thinned.place(&starts, 5), None);
    }

    proptest! {
        #[test]
        fn a_linear_function_is_reproduced_by_both_methods(
            count in 2usize..60, columns in 2usize..80, slope in -3.0f64..3.0, cubic: bool
        ) {
            let span = 90.0;
            let step = span / (count - 1) as f64;
            let values: Vec<f64> = (0..count).map(|i| 7.0 + slope * step * i as f64).collect();
            let line = Line { first: 30.0, step, closed: false };
            let method = if cubic { Interpolation::Cubic } else { Interpolation::Linear };
            let target = span / (columns - 1) as f64;
            let mut out = vec![0.0; columns];
            interpolate(Values::Each(&values), line, |k| 30.0 + target * k as f64, method, &mut out);
            for (k, value) in out.iter().enumerate() {
                let expected = 7.0 + slope * target * k as f64;
                prop_assert!((value - expected).abs() < 0.01 * step.max(1.0));
            }
        }
    }
}
