//! Latitude and longitude of points: of coded ones, and of all that are presented.

use hyperslab_core::{ReadContext, Result};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::definition::{Geometry, Layout, Sphere};
use super::latlon::{Axis, LatLon, Parallels};
use super::projection::Projection;
use super::scanning::Scanning;
use super::{Coordinates, Grid, Value};

/// Latitude and longitude of a row and column.
type Places<'a> = Box<dyn Fn(u64, u64) -> (f64, f64) + Sync + 'a>;

impl Grid {
    /// Latitude and longitude of coded points; `None` where they are not known.
    ///
    /// They are ecCodes' own, which leaves out two things: that alternating rows run to and fro
    /// (scanning mode bit 4), and the rotation of a Gaussian grid that is not thinned. And it
    /// believes a given increment of latitude rather than the extremes, where they contradict each
    /// other. [`Grid::coordinates`] is right about the first two, and as NIO in the third.
    pub fn positions(&self, points: &[u64]) -> Result<Option<Vec<(f64, f64)>>> {
        let known = |places: Vec<(f64, f64)>| Ok(Some(places));
        match (&self.layout, &self.geometry) {
            (Layout::Rectangle { .. }, Geometry::LatLon(axes, sphere)) => {
                let turned = axes.gaussian.is_none();
                let sphere = if turned { sphere } else { &Sphere::Geographic };
                let (columns, rows) = self.columns_and_rows();
                let (parallels, meridians) = (
                    axes.stepped_parallels(rows, self.scanning, self.is_dj_given())?,
                    axes.meridians(columns, self.scanning),
                );
                let place = |&point: &u64| {
                    let (row, column) = self.eccodes_place(point);
                    let latitude = match axes.last_latitude {
                        Some(last) if turned && row + 1 == rows => last,
                        _ => parallels.at(row, 0.0),
                    };
                    sphere.position(latitude, meridians.at(column as f64))
                };
                known(points.iter().map(place).collect())
            }
            (Layout::Rectangle { .. }, geometry) => {
                if matches!(geometry, Geometry::Unknown) {
                    return Ok(None);
                }
                let place = |&point: &u64| self.other_place(self.eccodes_place(point));
                known(points.iter().map(place).collect())
            }
            (Layout::Thinned(thinned), Geometry::LatLon(_, sphere)) => {
                let lines = self.lines()?;
                let starts = thinned.starts();
                let place = |&point: &u64| {
                    let found = thinned.place(&starts, point);
                    let found = found.and_then(|(line, along)| Some((lines.get(line)?, along)));
                    found.map_or((f64::NAN, f64::NAN), |(line, along)| {
                        let along = line.place.first + line.place.step * along as f64;
                        let (latitude, longitude) = if thinned.by_columns {
                            (along, line.across)
                        } else {
                            (line.across, along)
                        };
                        sphere.position(latitude, longitude)
                    })
                };
                known(points.iter().map(place).collect())
            }
            (_, Geometry::Healpix(healpix)) => {
                known(points.iter().map(|&point| healpix.position(point)).collect())
            }
            (_, Geometry::Scattered(all)) => {
                let place = |&point: &u64| {
                    let place = usize::try_from(point).ok().and_then(|point| all.get(point));
                    place.copied().unwrap_or((f64::NAN, f64::NAN))
                };
                known(points.iter().map(place).collect())
            }
            _ => Ok(None),
        }
    }

    /// Flag table 3.3 bit 4, GRIB1 code table 7 bit 1.
    fn is_dj_given(&self) -> bool {
        self.flags & if self.edition == 1 { 0x80 } else { 0x10 } != 0
    }

    /// Row and column where ecCodes has a coded point.
    fn eccodes_place(&self, point: u64) -> (u64, u64) {
        let (columns, rows) = self.columns_and_rows();
        Scanning(self.scanning.0 & 0xe0).place(point, columns, rows)
    }

    /// Tells where the point of a presented row and column is.
    fn places(&self) -> Result<Places<'_>> {
        let Geometry::LatLon(axes, sphere) = &self.geometry else {
            return Ok(Box::new(|row, column| self.other_place((row, column))));
        };
        let (parallels, meridians) = self.rectangle_axes(axes)?;
        Ok(Box::new(move |row, column| {
            let (i, j) = self.scanning.stagger(row);
            let latitude = parallels.at(row, j);
            sphere.position(latitude, meridians.at(column as f64 + i))
        }))
    }

    fn other_place(&self, (row, column): (u64, u64)) -> (f64, f64) {
        let at = |list: &[f64], index: u64| {
            let index = usize::try_from(index).unwrap_or(usize::MAX);
            list.get(index).copied().unwrap_or(f64::NAN)
        };
        match &self.geometry {
            Geometry::Listed { latitudes, longitudes, sphere } => {
                sphere.position(at(latitudes, row), at(longitudes, column))
            }
            Geometry::Plane(plane) => plane.position(column, row),
            Geometry::Arakawa { grid, filled: true } => grid.filled_position(column, row),
            Geometry::Arakawa { grid, filled: false } => grid.position(column, row),
            Geometry::Radial(radial) => {
                radial.position(usize::try_from(row).unwrap_or(usize::MAX), column)
            }
            _ => (f64::NAN, f64::NAN),
        }
    }

    /// Latitudes and longitudes of the presented shape.
    pub fn coordinates(&self) -> Result<Coordinates> {
        let (columns, rows) = self.columns_and_rows();
        match (&self.layout, &self.geometry) {
            (Layout::Spectral(_), _) | (_, Geometry::Unknown | Geometry::Unstructured { .. }) => {
                Ok(Coordinates::None)
            }
            (Layout::Points, geometry) => self.point_coordinates(geometry),
            (_, Geometry::LatLon(axes, Sphere::Geographic)) if !self.scanning.is_staggered() => {
                self.checked_len(columns.saturating_add(rows), 1)?;
                let (parallels, meridians) = self.rectangle_axes(axes)?;
                Ok(Coordinates::Axes {
                    latitude: (0..rows).map(|row| parallels.at(row, 0.0)).collect(),
                    longitude: (0..columns).map(|column| meridians.at(column as f64)).collect(),
                })
            }
            (_, Geometry::Listed { latitudes, longitudes, sphere: Sphere::Geographic }) => {
                let (latitude, longitude) = (latitudes.clone(), longitudes.clone());
                Ok(Coordinates::Axes { latitude, longitude })
            }
            (_, Geometry::Plane(plane)) if self.is_mercator() => {
                self.checked_len(columns.saturating_add(rows), 1)?;
                let (_, start) = plane.position(0, 0);
                let start = self.near_first_longitude(start);
                let westwards = self.scanning.i_negative();
                let longitude = (0..columns).map(|column| {
                    let (_, longitude) = plane.position(column, 0);
                    let east = (longitude - start).rem_euclid(360.0);
                    // The first column itself may come out a rounding error to its west.
                    let east = if east > 360.0 - 1e-6 { 0.0 } else { east };
                    start + if westwards && east > 0.0 { east - 360.0 } else { east }
                });
                Ok(Coordinates::Axes {
                    latitude: (0..rows).map(|row| plane.position(0, row).0).collect(),
                    longitude: longitude.collect(),
                })
            }
            _ => self.plane_coordinates(),
        }
    }

    fn point_coordinates(&self, geometry: &Geometry) -> Result<Coordinates> {
        if let Geometry::Icosahedral(triangles) = geometry {
            self.checked_len(self.points, 1)?;
            let (latitude, longitude) = triangles.positions(&ReadContext::default())?;
            return Ok(Coordinates::Points { latitude, longitude });
        }
        if !matches!(geometry, Geometry::Healpix(_) | Geometry::Scattered(_)) {
            return Ok(Coordinates::None);
        }
        self.checked_len(self.points, 1)?;
        let points: Vec<u64> = (0..self.points).collect();
        let (latitude, longitude) =
            self.positions(&points)?.unwrap_or_default().into_iter().unzip();
        Ok(Coordinates::Points { latitude, longitude })
    }

    fn plane_coordinates(&self) -> Result<Coordinates> {
        let (columns, rows) = self.columns_and_rows();
        let len = self.checked_len(columns, rows)?;
        let places = self.places()?;
        let (latitude, mut longitude): (Vec<f64>, Vec<f64>) = (0..len)
            .into_par_iter()
            .map(|index| places(index as u64 / columns, index as u64 % columns))
            .unzip();
        self.choose_longitudes(&mut longitude);
        Ok(Coordinates::Plane { latitude, longitude })
    }

    /// Latitudes and longitudes of the four corners, row by row.
    pub(super) fn corner_coordinates(&self) -> Result<([f64; 4], [f64; 4])> {
        let (columns, rows) = self.columns_and_rows();
        let (right, bottom) = (columns.saturating_sub(1), rows.saturating_sub(1));
        let places = self.places()?;
        let corners = [(0, 0), (0, right), (bottom, 0), (bottom, right)];
        let corners = corners.map(|(row, column)| places(row, column));
        let mut longitudes = corners.map(|corner| corner.1);
        self.choose_longitudes(&mut longitudes);
        Ok((corners.map(|corner| corner.0), longitudes))
    }

    /// Planes have longitudes from -180 to 180. Rotated ones, as NIO has them, from 0 to 360
    /// unless the meridian of Greenwich is between their first and last point.
    fn choose_longitudes(&self, longitudes: &mut [f64]) {
        let turn = |longitude: f64| longitude.rem_euclid(360.0);
        let is_rotated = match &self.geometry {
            Geometry::LatLon(..) | Geometry::Listed { .. } => true,
            Geometry::Plane(_) => self.number == 205 || self.number == 32769,
            _ => false,
        };
        let mut ends = (0.0, 0.0);
        if let (Some(&first), Some(&last)) = (longitudes.first(), longitudes.last()) {
            ends = (turn(first), turn(last));
        }
        if self.scanning.i_negative() {
            ends = (ends.1, ends.0);
        }
        let across = ends.0 > ends.1;
        for longitude in longitudes {
            let east = turn(*longitude);
            *longitude = if is_rotated && !across || east <= 180.0 { east } else { east - 360.0 };
        }
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
    /// counterclockwise to be one along the grid's x and y; `None` where it is 0 everywhere.
    pub fn rotation(&self) -> Result<Option<Vec<f32>>> {
        let (columns, rows) = self.columns_and_rows();
        if columns == 0 || !self.has_rotation() {
            return Ok(None);
        }
        let len = self.checked_len(columns, rows)?;
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
        let angles = (0..len)
            .into_par_iter()
            .map(|index| angle(index as u64 / columns, index as u64 % columns) as f32);
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

    /// The same longitude on the turn on which the message gives the first one.
    fn near_first_longitude(&self, longitude: f64) -> f64 {
        let coded = self.described.iter().find_map(|(name, value)| match value {
            Value::Number(number) if *name == "Lo1" => Some(*number),
            _ => None,
        });
        match coded {
            // NIO's Mercator axes are never negative.
            Some(coded) if coded >= 0.0 => {
                coded + (longitude - coded + 180.0).rem_euclid(360.0) - 180.0
            }
            _ => longitude.rem_euclid(360.0),
        }
    }
}
