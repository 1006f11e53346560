//! What the user chose of a map.

use serde::{Deserialize, Serialize};

use crate::prep::map::projection::ProjectionKind;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MapOptions {
    /// What suits the data where `None`.
    pub projection: Option<ProjectionKind>,
    /// Longitude and latitude of the middle, in degrees; that of the data where `None`.
    pub center: Option<(f64, f64)>,
    /// What is visible; everything where `None`.
    pub zoom: Option<MapZoom>,
    pub shows_coastlines: bool,
    pub shows_borders: bool,
    pub shows_lakes: bool,
    pub shows_graticule: bool,
}

/// A part of the plane of one kind of map.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MapZoom {
    pub kind: ProjectionKind,
    pub parallels: (f64, f64),
    /// In the middle.
    pub x: f64,
    pub y: f64,
    /// Of the plane for a point of the screen; positive.
    pub per_pt: f64,
}

impl MapZoom {
    /// What was saved may be anything.
    pub fn is_sound(&self) -> bool {
        self.x.is_finite() && self.y.is_finite() && self.per_pt.is_finite() && self.per_pt > 0.0
    }
}

impl MapOptions {
    /// As the map was first shown.
    pub fn show_everything(&mut self) {
        self.zoom = None;
        self.center = None;
    }
}

impl Default for MapOptions {
    fn default() -> Self {
        Self {
            projection: None,
            center: None,
            zoom: None,
            shows_coastlines: true,
            shows_borders: true,
            shows_lakes: true,
            shows_graticule: true,
        }
    }
}
