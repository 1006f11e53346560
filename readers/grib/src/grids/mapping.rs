//! Grids in the words of the CF conventions, appendix F.

use hyperslab_core::{Range, ReadError, Result};

use super::definition::{Geometry, Layout, Sphere};
use super::projection::{Earth, Projection};
use super::{Grid, GridMapping, MappingAxes, Value};

impl Grid {
    /// `None` where CF has no name for the grid.
    pub fn grid_mapping(&self) -> Option<GridMapping> {
        match &self.geometry {
            Geometry::LatLon(_, sphere) => {
                let is_even = !self.scanning.is_staggered();
                self.of_sphere(sphere, is_even)
            }
            Geometry::Listed { sphere, .. } => self.of_sphere(sphere, true),
            Geometry::Scattered(_)
            | Geometry::Healpix(_)
            | Geometry::Icosahedral(_)
            | Geometry::Radial(_) => {
                Some(GridMapping { attributes: self.geographic(), axes: None })
            }
            Geometry::Plane(plane) => {
                let attributes = plane.map.grid_mapping();
                if attributes.is_empty() {
                    return None;
                }
                let (x_standard_name, y_standard_name, units) = plane.map.axes().cf();
                let axes = MappingAxes { x_standard_name, y_standard_name, units };
                Some(GridMapping { attributes, axes: Some(axes) })
            }
            Geometry::Arakawa { grid, .. } => {
                Some(GridMapping { attributes: grid.grid_mapping(), axes: None })
            }
            Geometry::Unstructured { .. } | Geometry::Unknown => None,
        }
    }

    /// What is said of a grid that lies in another file, in the words of DWD's and CDO's files.
    pub fn reference(&self) -> Vec<(&'static str, Value)> {
        let Geometry::Unstructured { number, reference, uuid } = &self.geometry else {
            return Vec::new();
        };
        let mut said = vec![
            ("number_of_grid_used", Value::Number(f64::from(*number))),
            ("number_of_grid_in_reference", Value::Number(f64::from(*reference))),
        ];
        if uuid.iter().any(|&octet| octet != 0) {
            let hex = uuid.iter().map(|octet| format!("{octet:02x}")).collect();
            said.push(("uuidOfHGrid", Value::Text(hex)));
        }
        said
    }

    fn geographic(&self) -> Vec<(&'static str, Value)> {
        let mut attributes =
            vec![("grid_mapping_name", Value::Text("latitude_longitude".to_owned()))];
        attributes.extend(self.earth.map(Earth::attributes).unwrap_or_default());
        attributes
    }

    /// Stretched grids have no name in CF; their latitudes and longitudes are geographic.
    fn of_sphere(&self, sphere: &Sphere, has_axes: bool) -> Option<GridMapping> {
        let Sphere::Rotated { pole, .. } = sphere else {
            return Some(GridMapping { attributes: self.geographic(), axes: None });
        };
        let mut attributes = pole.grid_mapping();
        let named: Vec<&str> = attributes.iter().map(|(name, _)| *name).collect();
        let earth = self.earth.map(Earth::attributes).unwrap_or_default();
        let new: Vec<_> = earth.into_iter().filter(|(name, _)| !named.contains(name)).collect();
        attributes.extend(new);
        let is_rectangle = !matches!(self.layout, Layout::Points | Layout::Spectral(_));
        let axes = (has_axes && is_rectangle).then_some(MappingAxes {
            x_standard_name: "grid_longitude",
            y_standard_name: "grid_latitude",
            units: "degrees",
        });
        Some(GridMapping { attributes, axes })
    }

    /// A part of the projected coordinates of columns.
    pub fn mapping_x(&self, columns: Range) -> Result<Vec<f64>> {
        self.checked_len(columns.count, 1)?;
        let indices = (0..columns.count).map(|k| columns.index(k));
        Ok(match &self.geometry {
            Geometry::Plane(plane) => {
                let plane = self.presented_plane(plane);
                indices.map(|column| plane.x(column)).collect()
            }
            Geometry::LatLon(axes, _) => {
                let meridians = axes.meridians(self.columns_and_rows().0, self.scanning);
                indices.map(|column| meridians.at(column as f64)).collect()
            }
            Geometry::Listed { longitudes, .. } => picked(longitudes, indices),
            _ => return Err(no_axes()),
        })
    }

    /// A part of the projected coordinates of rows.
    pub fn mapping_y(&self, rows: Range) -> Result<Vec<f64>> {
        self.checked_len(rows.count, 1)?;
        let indices = (0..rows.count).map(|k| rows.index(k));
        Ok(match &self.geometry {
            Geometry::Plane(plane) => {
                let plane = self.presented_plane(plane);
                indices.map(|row| plane.y(row)).collect()
            }
            Geometry::LatLon(axes, _) => {
                let parallels = axes.parallels(self.columns_and_rows().1, self.scanning)?;
                indices.map(|row| parallels.at(row, 0.0)).collect()
            }
            Geometry::Listed { latitudes, .. } => picked(latitudes, indices),
            _ => return Err(no_axes()),
        })
    }
}

fn picked(list: &[f64], indices: impl Iterator<Item = u64>) -> Vec<f64> {
    let at = |index| usize::try_from(index).ok().and_then(|index| list.get(index).copied());
    indices.map(|index| at(index).unwrap_or(f64::NAN)).collect()
}

fn no_axes() -> ReadError {
    ReadError::request("projected coordinates of a grid without any")
}
