//! Velocity points of Arakawa's E-grid (Office Note 388, table D, type 203): the section describes
//! mass points, and which of them a field has follows from its parameter.

use std::sync::Arc;

use super::Grid;
use super::definition::Geometry;

impl Grid {
    /// The grid of the velocity points between these mass points.
    pub fn velocity_points(&self) -> Option<Arc<Grid>> {
        let Geometry::Arakawa { grid, filled: false } = &self.geometry else { return None };
        let geometry = Geometry::Arakawa { grid: grid.velocity_points(), filled: false };
        Some(Arc::new(Grid { geometry, ..self.clone() }))
    }
}
