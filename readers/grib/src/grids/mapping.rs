//! Grids in the words of the CF conventions, appendix F.

use super::definition::{Geometry, Layout, Sphere};
use super::latlon::LatLon;
use super::projection::{Earth, Projection};
use super::{Grid, GridMapping, MappingAxes, Value};

impl Grid {
    /// `None` where CF has no name for the grid.
    pub fn grid_mapping(&self) -> Option<GridMapping> {
        match &self.geometry {
            Geometry::LatLon(axes, sphere) => self.of_sphere(sphere, Some(axes), None),
            Geometry::Listed { latitudes, longitudes, sphere } => {
                self.of_sphere(sphere, None, Some((longitudes, latitudes)))
            }
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
                let (columns, rows) = self.columns_and_rows();
                self.checked_len(columns.saturating_add(rows), 1).ok()?;
                let axes = MappingAxes {
                    x_standard_name,
                    y_standard_name,
                    units,
                    x: (0..columns).map(|column| plane.x(column)).collect(),
                    y: (0..rows).map(|row| plane.y(row)).collect(),
                };
                Some(GridMapping { attributes, axes: Some(axes) })
            }
            Geometry::Arakawa { grid, .. } => {
                Some(GridMapping { attributes: grid.grid_mapping(), axes: None })
            }
            Geometry::Unstructured { .. } | Geometry::Unknown => None,
        }
    }

    fn geographic(&self) -> Vec<(&'static str, Value)> {
        let mut attributes =
            vec![("grid_mapping_name", Value::Text("latitude_longitude".to_owned()))];
        attributes.extend(self.earth.map(Earth::attributes).unwrap_or_default());
        attributes
    }

    /// Stretched grids have no name in CF; their latitudes and longitudes are geographic.
    fn of_sphere(
        &self,
        sphere: &Sphere,
        axes: Option<&LatLon>,
        lists: Option<(&[f64], &[f64])>,
    ) -> Option<GridMapping> {
        let Sphere::Rotated { pole, .. } = sphere else {
            return Some(GridMapping { attributes: self.geographic(), axes: None });
        };
        let mut attributes = pole.grid_mapping();
        let named: Vec<&str> = attributes.iter().map(|(name, _)| *name).collect();
        let earth = self.earth.map(Earth::attributes).unwrap_or_default();
        let new: Vec<_> = earth.into_iter().filter(|(name, _)| !named.contains(name)).collect();
        attributes.extend(new);
        let axes = match (axes, lists) {
            (Some(axes), _) => self.rotated_axes(axes),
            (None, Some((x, y))) => Some((x.to_vec(), y.to_vec())),
            (None, None) => None,
        };
        let axes = axes.map(|(x, y)| MappingAxes {
            x_standard_name: "grid_longitude",
            y_standard_name: "grid_latitude",
            units: "degrees",
            x,
            y,
        });
        Some(GridMapping { attributes, axes })
    }

    fn rotated_axes(&self, axes: &LatLon) -> Option<(Vec<f64>, Vec<f64>)> {
        if matches!(self.layout, Layout::Points | Layout::Spectral(_))
            || self.scanning.is_staggered()
        {
            return None;
        }
        let (columns, rows) = self.columns_and_rows();
        self.checked_len(columns.saturating_add(rows), 1).ok()?;
        let parallels = axes.parallels(rows, self.scanning).ok()?;
        let meridians = axes.meridians(columns, self.scanning);
        Some((
            (0..columns).map(|column| meridians.at(column as f64)).collect(),
            (0..rows).map(|row| parallels.at(row, 0.0)).collect(),
        ))
    }
}
