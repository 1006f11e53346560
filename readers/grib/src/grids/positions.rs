//! Latitude and longitude of coded points.

use hyperslab_core::{ReadContext, Result};

use super::Grid;
use super::definition::{Geometry, Layout, Sphere};
use super::scanning::Scanning;

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
            (_, Geometry::Icosahedral(triangles)) => {
                known(triangles.positions(points.iter().copied(), &ReadContext::default())?)
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

    /// Whether [`Grid::positions`] knows where points are.
    pub fn has_positions(&self) -> bool {
        match (&self.layout, &self.geometry) {
            (_, Geometry::Healpix(_) | Geometry::Scattered(_) | Geometry::Icosahedral(_)) => true,
            (Layout::Rectangle { .. }, geometry) => !matches!(geometry, Geometry::Unknown),
            (Layout::Thinned(_), geometry) => matches!(geometry, Geometry::LatLon(..)),
            (Layout::Points | Layout::Spectral(_), _) => false,
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

    pub(super) fn other_place(&self, (row, column): (u64, u64)) -> (f64, f64) {
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
}
