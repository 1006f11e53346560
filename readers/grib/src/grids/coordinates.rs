//! Latitudes, longitudes and rotations of the presented shape, of all of it or of a part: no more
//! is worked out than is asked for, as a header of a few octets may announce any number of points.

use hyperslab_core::{Range, ReadError, Result};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::definition::{Geometry, Layout};
use super::latlon::{Axis, LatLon, Parallels};
use super::projection::{Map, PlaneGrid, Projection};
use super::{Coordinates, Grid, Value};

/// Latitude and longitude of a row and column.
type Places<'a> = Box<dyn Fn(u64, u64) -> (f64, f64) + Sync + 'a>;

fn indices(range: Range) -> impl Iterator<Item = u64> {
    (0..range.count).map(move |k| range.index(k))
}

impl Grid {
    /// The part that is all of the presented shape.
    pub fn whole(&self) -> Vec<Range> {
        self.shape().into_iter().map(|len| Range::new(0, len)).collect()
    }

    /// Latitudes and longitudes of a part of the presented shape: rows and columns, or points.
    pub fn coordinates(&self, part: &[Range]) -> Result<Coordinates> {
        match (&self.layout, &self.geometry, part) {
            (Layout::Spectral(_), _, _)
            | (_, Geometry::Unknown | Geometry::Unstructured { .. }, _) => Ok(Coordinates::None),
            (Layout::Points, geometry, [points]) => self.point_coordinates(geometry, *points),
            (_, _, [rows, columns]) if self.has_axes() => {
                self.checked_len(rows.count.saturating_add(columns.count), 1)?;
                let (latitude, longitude) = (self.latitudes(*rows)?, self.longitudes(*columns)?);
                Ok(Coordinates::Axes { latitude, longitude })
            }
            (_, _, [rows, columns]) => self.plane_coordinates(*rows, *columns),
            _ => Err(other_rank()),
        }
    }

    fn has_axes(&self) -> bool {
        match &self.geometry {
            Geometry::LatLon(_, sphere) => sphere.is_geographic() && !self.scanning.is_staggered(),
            Geometry::Listed { sphere, .. } => sphere.is_geographic(),
            Geometry::Plane(_) => self.is_mercator(),
            _ => false,
        }
    }

    fn latitudes(&self, rows: Range) -> Result<Vec<f64>> {
        Ok(match &self.geometry {
            Geometry::LatLon(axes, _) => {
                let (parallels, _) = self.rectangle_axes(axes)?;
                indices(rows).map(|row| parallels.at(row, 0.0)).collect()
            }
            Geometry::Plane(plane) => {
                let plane = self.presented_plane(plane);
                indices(rows).map(|row| plane.position(0, row).0).collect()
            }
            _ => indices(rows).map(|row| self.other_place((row, 0)).0).collect(),
        })
    }

    fn longitudes(&self, columns: Range) -> Result<Vec<f64>> {
        Ok(match &self.geometry {
            Geometry::LatLon(axes, _) => {
                let (_, meridians) = self.rectangle_axes(axes)?;
                indices(columns).map(|column| meridians.at(column as f64)).collect()
            }
            Geometry::Plane(plane) => {
                let plane = self.presented_plane(plane);
                let start = self.near_first_longitude(plane.position(0, 0).1);
                let westwards = self.scanning.i_negative();
                let longitude = |column| {
                    let (_, longitude) = plane.position(column, 0);
                    let east = (longitude - start).rem_euclid(360.0);
                    // The first column itself may come out a rounding error to its west.
                    let east = if east > 360.0 - 1e-6 { 0.0 } else { east };
                    start + if westwards && east > 0.0 { east - 360.0 } else { east }
                };
                indices(columns).map(longitude).collect()
            }
            _ => indices(columns).map(|column| self.other_place((0, column)).1).collect(),
        })
    }

    fn point_coordinates(&self, geometry: &Geometry, points: Range) -> Result<Coordinates> {
        self.checked_len(points.count, 1)?;
        let places = match geometry {
            Geometry::Icosahedral(_) | Geometry::Healpix(_) | Geometry::Scattered(_) => {
                let points: Vec<u64> = indices(points).collect();
                self.positions(&points)?.unwrap_or_default()
            }
            _ => return Ok(Coordinates::None),
        };
        let (latitude, longitude) = places.into_iter().unzip();
        Ok(Coordinates::Points { latitude, longitude })
    }

    fn plane_coordinates(&self, rows: Range, columns: Range) -> Result<Coordinates> {
        let len = self.checked_len(columns.count, rows.count)?;
        let places = self.places()?;
        let goes_to_360 = self.goes_to_360(self.end_longitudes(&places));
        let (latitude, longitude) = (0..len as u64)
            .into_par_iter()
            .map(|k| {
                let (row, column) = (k / columns.count.max(1), k % columns.count.max(1));
                let (latitude, longitude) = places(rows.index(row), columns.index(column));
                (latitude, on_turn(longitude, goes_to_360))
            })
            .unzip();
        Ok(Coordinates::Plane { latitude, longitude })
    }

    /// Latitudes and longitudes of the four corners, row by row.
    pub(super) fn corner_coordinates(&self) -> Result<([f64; 4], [f64; 4])> {
        let (columns, rows) = self.columns_and_rows();
        let (right, bottom) = (columns.saturating_sub(1), rows.saturating_sub(1));
        let places = self.places()?;
        let corners = [(0, 0), (0, right), (bottom, 0), (bottom, right)];
        let corners = corners.map(|(row, column)| places(row, column));
        let goes_to_360 = self.goes_to_360(self.end_longitudes(&places));
        let longitudes = corners.map(|corner| on_turn(corner.1, goes_to_360));
        Ok((corners.map(|corner| corner.0), longitudes))
    }

    /// Of the first and the last point.
    fn end_longitudes(&self, places: &Places<'_>) -> (f64, f64) {
        let (columns, rows) = self.columns_and_rows();
        (places(0, 0).1, places(rows.saturating_sub(1), columns.saturating_sub(1)).1)
    }

    /// Planes have longitudes from -180 to 180. Rotated ones, as NIO has them, from 0 to 360
    /// unless the meridian of Greenwich is between their first and last point.
    fn goes_to_360(&self, (first, last): (f64, f64)) -> bool {
        let is_rotated = match &self.geometry {
            Geometry::LatLon(..) | Geometry::Listed { .. } => true,
            Geometry::Plane(_) => self.number == 205 || self.number == 32769,
            _ => false,
        };
        let ends = (first.rem_euclid(360.0), last.rem_euclid(360.0));
        let is_across = if self.scanning.i_negative() { ends.1 > ends.0 } else { ends.0 > ends.1 };
        is_rotated && !is_across
    }

    /// Tells where the point of a presented row and column is.
    fn places(&self) -> Result<Places<'_>> {
        let (axes, sphere) = match &self.geometry {
            Geometry::LatLon(axes, sphere) => (axes, sphere),
            Geometry::Plane(plane) => {
                let plane = self.presented_plane(plane);
                return Ok(Box::new(move |row, column| plane.position(column, row)));
            }
            _ => return Ok(Box::new(|row, column| self.other_place((row, column)))),
        };
        let (parallels, meridians) = self.rectangle_axes(axes)?;
        Ok(Box::new(move |row, column| {
            let (i, j) = self.scanning.stagger(row);
            let latitude = parallels.at(row, j);
            sphere.position(latitude, meridians.at(column as f64 + i))
        }))
    }

    /// Rows and columns of the rectangle, thinned grids' as well.
    fn rectangle_axes(&self, axes: &LatLon) -> Result<(Parallels, Axis)> {
        let (columns, rows) = self.columns_and_rows();
        let meridians = match &self.layout {
            Layout::Thinned(thinned) if !thinned.by_columns => self.line_target(),
            _ => axes.meridians(columns, self.scanning),
        };
        Ok((axes.parallels(rows, self.scanning)?, meridians))
    }

    /// The angle in radians, in presented order, by which a vector along east and north is turned
    /// counterclockwise to be one along the grid's x and y, of a part of the rows and columns;
    /// `None` where it is 0 everywhere.
    pub fn rotation(&self, part: &[Range]) -> Result<Option<Vec<f32>>> {
        if self.columns_and_rows().0 == 0 || !self.has_rotation() {
            return Ok(None);
        }
        let &[rows, columns] = part else { return Err(other_rank()) };
        let len = self.checked_len(columns.count, rows.count)?;
        let places = self.places()?;
        let angle = |row: u64, column: u64| {
            let (latitude, longitude) = places(row, column);
            match &self.geometry {
                Geometry::LatLon(_, sphere) | Geometry::Listed { sphere, .. } => {
                    sphere.vector_rotation(latitude, longitude)
                }
                Geometry::Plane(plane) => plane.map.vector_rotation(latitude, longitude),
                Geometry::Arakawa { grid, .. } => grid.vector_rotation(latitude, longitude),
                _ => 0.0,
            }
        };
        let angles = (0..len as u64).into_par_iter().map(|k| {
            let (row, column) = (k / columns.count.max(1), k % columns.count.max(1));
            angle(rows.index(row), columns.index(column)) as f32
        });
        Ok(Some(angles.collect()))
    }

    pub(super) fn has_rotation(&self) -> bool {
        match &self.geometry {
            Geometry::LatLon(_, sphere) | Geometry::Listed { sphere, .. } => {
                !sphere.is_geographic()
            }
            Geometry::Plane(_) => !self.is_mercator(),
            Geometry::Arakawa { .. } => true,
            _ => false,
        }
    }

    pub(super) fn is_mercator(&self) -> bool {
        matches!((self.edition, self.number), (1, 1) | (2, 10 | 13))
    }

    /// Where the points of a plane are that [`Grid::positions`] puts where ecCodes does.
    ///
    /// A Mercator grid whose grid lengths do not lead from its first to its last point goes there
    /// all the same, as NIO has it, unless the last point is quite another one. The rows of a
    /// satellite's image run as the scanning mode says: images with writing in them show that they
    /// do; which way Xp counts columns it does say, but not that they are mirrored.
    pub(super) fn presented_plane(&self, plane: &PlaneGrid) -> PlaneGrid {
        /// Of the grid's height and width.
        const SLACK: f64 = 0.05;
        let mut found = plane.clone();
        if matches!(plane.map, Map::SpaceView(_)) && self.scanning.j_positive() {
            found.y0 = plane.y(plane.rows.saturating_sub(1));
            found.dy = -plane.dy;
            return found;
        }
        let (Some(latitude), Some(longitude)) = (self.described("La2"), self.described("Lo2"))
        else {
            return found;
        };
        if !self.is_mercator() {
            return found;
        }
        let (x, y) = plane.map.forward(latitude, longitude);
        let step = |first: f64, last: f64, step: f64, count: u64| {
            let intervals = count.saturating_sub(1) as f64;
            let is_near =
                (last - first - step * intervals).abs() < (step * intervals).abs() * SLACK;
            if is_near { (last - first) / intervals } else { step }
        };
        found.dx = step(plane.x0, x, plane.dx, plane.columns);
        found.dy = step(plane.y0, y, plane.dy, plane.rows);
        found
    }

    /// A number of the description that goes with the coordinates.
    fn described(&self, wanted: &str) -> Option<f64> {
        self.described.iter().find_map(|(name, value)| match value {
            Value::Number(number) if *name == wanted => Some(*number),
            _ => None,
        })
    }

    /// The same longitude on the turn on which the message gives the first one.
    fn near_first_longitude(&self, longitude: f64) -> f64 {
        match self.described("Lo1") {
            // NIO's Mercator axes are never negative.
            Some(coded) if coded >= 0.0 => {
                coded + (longitude - coded + 180.0).rem_euclid(360.0) - 180.0
            }
            _ => longitude.rem_euclid(360.0),
        }
    }
}

/// From 0 to 360, or from -180 to 180.
fn on_turn(longitude: f64, goes_to_360: bool) -> f64 {
    let east = longitude.rem_euclid(360.0);
    if goes_to_360 || east <= 180.0 { east } else { east - 360.0 }
}

fn other_rank() -> ReadError {
    ReadError::request("a part of another rank than the grid's")
}
