//! Where the rows of a thinned grid have their points, and the rectangle made of them has its.

use hyperslab_core::Result;

use super::definition::{Geometry, Layout};
use super::latlon::{Axis, LatLon, Parallels};
use super::thinned::{Line, points_between};
use super::{Grid, NativeRow};

/// One line of a thinned grid with where its points are.
pub(super) struct PlacedLine {
    pub index: usize,
    pub first_point: u64,
    pub count: u32,
    /// The latitude of a row (the longitude of a column).
    pub across: f64,
    pub place: Line,
}

impl Grid {
    /// Where the rectangle made of a thinned grid has the points of its rows (its columns): from
    /// one extreme to the other with as many points as the longest one.
    pub(super) fn line_target(&self) -> Axis {
        let (Layout::Thinned(thinned), Geometry::LatLon(axes, _)) = (&self.layout, &self.geometry)
        else {
            return Axis { start: 0.0, step: 0.0 };
        };
        let (columns, rows) = self.columns_and_rows();
        if !thinned.by_columns {
            return axes.meridians(columns, self.scanning);
        }
        match axes.parallels(rows, self.scanning) {
            Ok(Parallels::Even(axis)) => axis,
            _ => Axis { start: f64::NAN, step: f64::NAN },
        }
    }

    /// The lines of a thinned grid; empty for others.
    pub(super) fn lines(&self) -> Result<Vec<PlacedLine>> {
        let (Layout::Thinned(thinned), Geometry::LatLon(axes, _)) = (&self.layout, &self.geometry)
        else {
            return Ok(Vec::new());
        };
        let (columns, rows) = self.columns_and_rows();
        let parallels = axes.parallels(rows, self.scanning)?;
        let meridians = axes.meridians(columns, self.scanning);
        let starts = thinned.starts().into_iter();
        // Once for all lines: there may be many.
        let (longest, target) = (thinned.longest(), self.line_target());
        let lines = thinned.counts.iter().zip(&thinned.list).zip(starts).enumerate();
        let place = |(index, ((&count, &full), first_point))| {
            let (across, place) = if thinned.by_columns {
                (meridians.at(index as f64), column_line(target, longest, count))
            } else {
                (parallels.at(index as u64, 0.0), self.row_line(axes, longest, count, full))
            };
            PlacedLine { index, first_point, count, across, place }
        };
        Ok(lines.map(place).collect())
    }

    /// Rows of a Gaussian grid are parts of whole circles with a point at longitude 0; others go
    /// from one extreme to the other, or round the globe if what is left is less than two steps of
    /// the longest row.
    fn row_line(&self, axes: &LatLon, longest: u32, count: u32, full: u32) -> Line {
        let sign = if self.scanning.i_negative() { -1.0 } else { 1.0 };
        if count == 1 && full == 1 {
            return Line { first: axes.first_longitude, step: 360.0, closed: true };
        }
        if axes.gaussian.is_some() {
            let step = 360.0 / f64::from(full.max(1));
            let (west, east) = axes.extremes(self.scanning);
            let closed = count == full;
            // Where extremes were rounded, the count was made with the same allowance.
            let tolerance = if self.edition == 1 { 1e-3 } else { 1e-6 };
            let first = match points_between(full, west, east, 0.0) {
                (first, between) if between == count => first,
                _ => points_between(full, west, east, tolerance).0,
            };
            let first = if closed { (west / step - 1e-6).ceil() * step } else { first };
            let first =
                if sign < 0.0 { first + step * f64::from(count.saturating_sub(1)) } else { first };
            return Line { first, step: sign * step, closed };
        }
        let span = axes.span(self.scanning);
        let longest = f64::from(longest.max(1));
        let closed = 360.0 - span < 2.0 * 360.0 / longest;
        let intervals = if closed { count } else { count.saturating_sub(1) };
        let span = if closed { 360.0 } else { span };
        let step = sign * span / f64::from(intervals.max(1));
        Line { first: axes.first_longitude, step, closed: closed || count == 1 }
    }

    /// The rows of a thinned grid; empty for others, and for grids that are thinned along meridians
    /// or lie about another pole.
    pub fn native_rows(&self) -> Result<Vec<NativeRow>> {
        let is_geographic =
            matches!(&self.geometry, Geometry::LatLon(_, sphere) if sphere.is_geographic());
        let by_columns = matches!(&self.layout, Layout::Thinned(thinned) if thinned.by_columns);
        if by_columns || !is_geographic {
            return Ok(Vec::new());
        }
        let rows = self.lines()?.into_iter().map(|line| NativeRow {
            first_point: line.first_point,
            count: line.count,
            latitude: line.across,
            first_longitude: line.place.first,
            step: line.place.step,
        });
        Ok(rows.collect())
    }
}

fn column_line(target: Axis, longest: u32, count: u32) -> Line {
    let intervals = f64::from(count.saturating_sub(1).max(1));
    let span = target.step * f64::from(longest.saturating_sub(1));
    Line { first: target.start, step: span / intervals, closed: count == 1 }
}
