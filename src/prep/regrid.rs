//! Values of one set of cells at the places of another: the nearest, or between four cells of a
//! grid of latitudes and longitudes.

use super::geometry::Geometry;
use super::map::nearest::Nearest;
use super::map::projection::unit;

/// How values are found for a place.
pub enum Regrid {
    /// Rows of latitudes and columns of longitudes.
    Lattice { lat: Centers, lon: Centers, is_bilinear: bool },
    /// Any cells, by their middles.
    Scattered(Nearest),
}

/// The cells that make a value, and how much each counts; the weights are 1 together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stencil {
    pub cells: [u32; 4],
    pub weights: [f32; 4],
}

/// Known values must count for so much, so that coasts do not grow.
const KNOWN_LEAST: f64 = 0.5;

/// How far a point reaches, in distances between neighbours.
const POINT_REACH: f64 = 1.5;
/// Cells whose corners are looked at, and the share of them that reaches at most to its corners.
const CELLS_LOOKED_AT: usize = 1 << 14;
const CELLS_SHARE: f64 = 0.998;

impl Regrid {
    /// From these cells. `is_continuous`: values between two of them mean something, which those
    /// of classes do not.
    pub fn from(geometry: &Geometry, is_continuous: bool) -> Self {
        if let Geometry::Rectilinear { lat_edges, lon_edges } = geometry {
            let lattice = Centers::of(lat_edges, None).zip(Centers::of(lon_edges, Some(360.0)));
            if let Some((lat, lon)) = lattice {
                return Self::Lattice { lat, lon, is_bilinear: is_continuous };
            }
        }
        let places = (0..geometry.len()).map(|cell| geometry.center(cell));
        let (lat, lon): (Vec<f32>, Vec<f32>) = places
            .map(|place| place.map_or((f32::NAN, f32::NAN), |(lat, lon)| (lat as f32, lon as f32)))
            .unzip();
        let of_points = || POINT_REACH * Nearest::spacing_of(&lat, &lon).degrees;
        let reach = to_corners(geometry).unwrap_or_else(of_points);
        Self::Scattered(Nearest::within(&lat, &lon, reach))
    }

    /// In words, for people.
    pub fn method(&self) -> &'static str {
        match self {
            Self::Lattice { is_bilinear: true, .. } => "bilinear",
            _ => "nearest",
        }
    }

    /// The cells of a place; `None` outside all of them.
    pub fn stencil(&self, lat: f64, lon: f64) -> Option<Stencil> {
        let (rows, columns, is_bilinear) = match self {
            Self::Scattered(nearest) => {
                let cell = nearest.at(lon, lat)?;
                return Some(Stencil { cells: [cell; 4], weights: [1.0, 0.0, 0.0, 0.0] });
            }
            Self::Lattice { lat, lon, is_bilinear } => (lat, lon, *is_bilinear),
        };
        let (top, bottom, down) = rows.between(lat)?;
        let (left, right, across) = columns.between(lon)?;
        let cell = |row: usize, column: usize| {
            u32::try_from(row * columns.values.len() + column).unwrap_or(u32::MAX)
        };
        if !is_bilinear {
            let row = if down < 0.5 { top } else { bottom };
            let column = if across < 0.5 { left } else { right };
            return Some(Stencil { cells: [cell(row, column); 4], weights: [1.0, 0.0, 0.0, 0.0] });
        }
        let weights = [
            (1.0 - down) * (1.0 - across),
            (1.0 - down) * across,
            down * (1.0 - across),
            down * across,
        ];
        Some(Stencil {
            cells: [cell(top, left), cell(top, right), cell(bottom, left), cell(bottom, right)],
            weights: weights.map(|weight| weight as f32),
        })
    }
}

/// Degrees from the middle of a cell to its farthest corner, of nearly the largest: grids are not
/// equally dense everywhere, and where they are coarse there must be no holes.
fn to_corners(geometry: &Geometry) -> Option<f64> {
    let step = (geometry.len() / CELLS_LOOKED_AT).max(1);
    let cells = (0..geometry.len()).step_by(step);
    let mut found: Vec<f64> = cells
        .filter_map(|cell| {
            let (lat, lon) = geometry.center(cell)?;
            let middle = unit(lon, lat);
            let corners = geometry.outline(cell).into_iter();
            let away = corners.map(|(lon, lat)| {
                let corner = unit(lon, lat);
                let chord: f64 = middle.iter().zip(&corner).map(|(a, b)| (a - b) * (a - b)).sum();
                2.0 * (chord.sqrt() / 2.0).min(1.0).asin().to_degrees()
            });
            away.filter(|away| away.is_finite()).max_by(f64::total_cmp)
        })
        .collect();
    found.sort_unstable_by(f64::total_cmp);
    let at = (found.len() as f64 * CELLS_SHARE) as usize;
    // Single precision.
    found.get(at.min(found.len().checked_sub(1)?)).map(|degrees| 1.01 * degrees + 1e-4)
}

impl Stencil {
    /// The value of the cells together, of which `value` gives each; NaN where less than half of
    /// it is known.
    pub fn value(&self, value: impl Fn(u32) -> f64) -> f64 {
        let (mut sum, mut known) = (0.0, 0.0);
        for (&cell, &weight) in self.cells.iter().zip(&self.weights).filter(|(_, w)| **w > 0.0) {
            let found = value(cell);
            if !found.is_nan() {
                sum += f64::from(weight) * found;
                known += f64::from(weight);
            }
        }
        if known >= KNOWN_LEAST { sum / known } else { f64::NAN }
    }
}

/// The middles of cells along an axis, rising.
pub struct Centers {
    values: Vec<f64>,
    /// They fell in the file.
    is_reversed: bool,
    /// Half of the first and of the last cell.
    margins: (f64, f64),
    period: Option<f64>,
    /// The last cell touches the first.
    is_closed: bool,
}

impl Centers {
    fn of(edges: &[f64], period: Option<f64>) -> Option<Self> {
        let mut edges = edges.to_vec();
        let is_reversed = edges.first()? > edges.last()?;
        if is_reversed {
            edges.reverse();
        }
        let is_rising = edges.windows(2).all(|pair| pair[0] <= pair[1]);
        let values: Vec<f64> = edges.windows(2).map(|pair| pair[0] / 2.0 + pair[1] / 2.0).collect();
        let (first, last) = (*values.first()?, *values.last()?);
        let (low, high) = (*edges.first()?, *edges.last()?);
        let is_sound = is_rising && values.iter().all(|value| value.is_finite());
        let is_closed = period.is_some_and(|period| {
            let cell = (high - low) / values.len() as f64;
            (high - low - period).abs() < 0.1 * cell
        });
        let margins = (first - low, high - last);
        is_sound.then_some(Self { values, is_reversed, margins, period, is_closed })
    }

    /// The cells on either side of a place, and how far it lies towards the second.
    fn between(&self, place: f64) -> Option<(usize, usize, f64)> {
        let (first, last) = (*self.values.first()?, *self.values.last()?);
        if !place.is_finite() {
            return None;
        }
        let place = match self.period {
            // Not before the first cell.
            Some(period) => {
                let low = first - self.margins.0;
                low + (place - low).rem_euclid(period)
            }
            None => place,
        };
        let count = self.values.len();
        let found = if place < first || place > last {
            let (a, b) = (self.values.len() - 1, 0);
            match self.period.filter(|_| self.is_closed && count > 1) {
                Some(period) => {
                    let past = if place < first { place + period - last } else { place - last };
                    (a, b, past / (first + period - last))
                }
                None if place < first && place >= first - self.margins.0 => (0, 0, 0.0),
                None if place > last && place <= last + self.margins.1 => (a, a, 0.0),
                None => return None,
            }
        } else {
            let after = self.values.partition_point(|&value| value <= place).min(count - 1);
            let before = after.saturating_sub(1);
            let (low, high) = (*self.values.get(before)?, *self.values.get(after)?);
            let share = if high > low { (place - low) / (high - low) } else { 0.0 };
            (before, after, share)
        };
        let (a, b, share) = found;
        let own = |at: usize| if self.is_reversed { count - 1 - at } else { at };
        Some((own(a), own(b), share.clamp(0.0, 1.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(first: f64, step: f64, cells: usize) -> Vec<f64> {
        (0..=cells).map(|k| first + step * k as f64).collect()
    }

    /// Cells of 10 degrees, from 90 N down, from 0 E on.
    fn globe() -> Geometry {
        Geometry::Rectilinear { lat_edges: edges(90.0, -10.0, 18), lon_edges: edges(0.0, 10.0, 36) }
    }

    /// Latitude plus a tenth of what is east of 0 (up to 180).
    fn field(geometry: &Geometry, cell: u32) -> f64 {
        let (lat, lon) = geometry.center(cell as usize).unwrap();
        lat + 0.1 * (180.0 - (lon - 180.0).abs())
    }

    #[test]
    fn a_field_that_is_linear_is_found_between_cells_and_across_the_meridian() {
        let geometry = globe();
        let regrid = Regrid::from(&geometry, true);
        assert_eq!(regrid.method(), "bilinear");
        let at = |lat, lon| regrid.stencil(lat, lon).unwrap().value(|cell| field(&geometry, cell));
        for (lat, lon, wanted) in [
            (5.0, 15.0, 6.5),
            (7.5, 17.0, 9.2),
            (-82.0, 100.0, -72.0),
            // Cells at 355 and at 5 degrees: both have 0.5.
            (0.0, 0.0, 0.5),
            (0.0, 360.0, 0.5),
            (0.0, -10.0, 1.0),
            // Beyond the last row.
            (89.0, 15.0, 86.5),
        ] {
            assert!((at(lat, lon) - wanted).abs() < 1e-6, "{lat} {lon}: {}", at(lat, lon));
        }
    }

    #[test]
    fn classes_are_never_mixed_and_what_lies_outside_has_no_value() {
        let geometry = Geometry::Rectilinear {
            lat_edges: edges(0.0, 1.0, 3),
            lon_edges: edges(358.0, 1.0, 4),
        };
        let regrid = Regrid::from(&geometry, false);
        assert_eq!(regrid.method(), "nearest");
        let cell = |lat, lon| regrid.stencil(lat, lon).map(|stencil| stencil.cells[0]);
        assert_eq!(cell(0.4, 358.6), Some(0));
        assert_eq!(cell(1.2, 0.7), Some(4 + 2));
        assert_eq!(cell(1.2, -1.4), Some(4));
        assert_eq!(cell(2.9, 1.9), Some(8 + 3));
        assert_eq!(cell(3.1, 0.0), None);
        assert_eq!(cell(1.0, 90.0), None);
        assert_eq!(cell(f64::NAN, 0.0), None);
    }

    #[test]
    fn missing_cells_count_for_nothing_until_too_much_is_missing() {
        let stencil = Stencil { cells: [0, 1, 2, 3], weights: [0.4, 0.3, 0.2, 0.1] };
        let values = [1.0, f64::NAN, 3.0, f64::NAN];
        let found = stencil.value(|cell| values[cell as usize]);
        assert!((found - 1.0 / 0.6).abs() < 1e-6);
        assert!(stencil.value(|cell| if cell == 0 { 1.0 } else { f64::NAN }).is_nan());
    }

    #[test]
    fn a_grid_that_is_coarser_somewhere_has_no_holes_there() {
        let (ny, nx) = (20, 20);
        // Columns ever farther apart: half a degree to ten.
        let edge = |k: usize| 0.25 * (k * (k + 1)) as f64;
        let corners = || (0..=ny).flat_map(|y| (0..=nx).map(move |x| (y, x)));
        let middle = |x: usize| (edge(x) + edge(x + 1)) / 2.0;
        let cells = || (0..ny).flat_map(|y| (0..nx).map(move |x| (y, x)));
        let geometry = Geometry::Curvilinear {
            ny,
            nx,
            corner_lat: corners().map(|(y, _)| y as f32).collect(),
            corner_lon: corners().map(|(_, x)| edge(x) as f32).collect(),
            lat: cells().map(|(y, _)| y as f32 + 0.5).collect(),
            lon: cells().map(|(_, x)| middle(x) as f32).collect(),
        };
        let regrid = Regrid::from(&geometry, true);
        assert_eq!(regrid.method(), "nearest");
        for lon in (1..1049).map(|k| f64::from(k) / 10.0) {
            assert!(regrid.stencil(10.0, lon).is_some(), "{lon}");
        }
        assert!(regrid.stencil(10.0, 120.0).is_none());
    }

    #[test]
    fn scattered_cells_give_the_nearest() {
        let geometry = Geometry::Points {
            lat: vec![10.0, 10.0, 11.0, 11.0],
            lon: vec![179.5, -179.5, 179.5, -179.5],
        };
        let regrid = Regrid::from(&geometry, true);
        let cell = |lat, lon| regrid.stencil(lat, lon).map(|stencil| stencil.cells[0]);
        assert_eq!((cell(10.2, 179.9), cell(10.8, -179.8)), (Some(0), Some(3)));
        assert_eq!(cell(-40.0, 0.0), None);
    }
}
