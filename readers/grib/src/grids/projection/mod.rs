//! Map projections: between positions on the earth and a plane grid's own coordinates.
//!
//! Formulas follow J. P. Snyder, "Map Projections - A Working Manual" (U.S. Geological Survey
//! Professional Paper 1395); the projections cite its equations. Parameters are those of the grid
//! definition templates (GRIB2 section 3) and of GRIB1 code table 6. Angles are degrees and
//! distances metres. What has no position (space beside the earth's disc, parameters without
//! meaning) is NaN and never an error: a grid's values stay readable where its map is not.

mod albers;
mod arakawa;
mod azimuthal_equidistant;
mod earth;
mod healpix;
mod lambert_azimuthal;
mod lambert_conformal;
mod latitudes;
mod map;
mod mercator;
mod plane;
mod polar_stereographic;
mod rotated_pole;
mod space_view;
mod stretched;
mod transverse_mercator;

pub use albers::Albers;
pub use arakawa::{ArakawaE, Staggering};
pub use azimuthal_equidistant::AzimuthalEquidistant;
pub use earth::Earth;
pub use healpix::{Healpix, Ordering};
pub use lambert_azimuthal::LambertAzimuthal;
pub use lambert_conformal::LambertConformal;
pub use map::Map;
pub use mercator::Mercator;
pub use plane::{PlaneGrid, signed_steps};
pub use polar_stereographic::{PolarStereographic, Pole};
pub use rotated_pole::RotatedPole;
pub use space_view::{Image, SpaceView};
pub use stretched::Stretched;
pub use transverse_mercator::{Reference, TransverseMercator};

use super::Value;

/// Attributes of a CF grid mapping variable (CF conventions, appendix F), `grid_mapping_name`
/// first.
pub type Attributes = Vec<(&'static str, Value)>;

/// One map of the earth onto a plane.
pub trait Projection: Send + Sync {
    /// Latitude and longitude of a point of the plane; longitudes from 0 to 360.
    fn inverse(&self, x: f64, y: f64) -> (f64, f64);

    /// The point of the plane where a position lies.
    fn forward(&self, latitude: f64, longitude: f64) -> (f64, f64);

    /// The angle in radians by which a vector given along east and north is turned
    /// counterclockwise to be given along x and y: `u_grid = cos(a) u - sin(a) v`,
    /// `v_grid = sin(a) u + cos(a) v`.
    fn vector_rotation(&self, latitude: f64, longitude: f64) -> f64 {
        // Where the map is not conformal its meridians count: v along north is what is turned.
        // The step is small beside any grid's and large beside the rounding of metres.
        const STEP: f64 = 1e-4;
        let (from, to) = if latitude + STEP > 90.0 {
            (latitude - STEP, latitude)
        } else {
            (latitude, latitude + STEP)
        };
        let (x0, y0) = self.forward(from, longitude);
        let (x1, y1) = self.forward(to, longitude);
        (x0 - x1).atan2(y1 - y0)
    }

    fn grid_mapping(&self) -> Attributes;

    fn axes(&self) -> Axes {
        Axes::Metres
    }
}

/// What x and y of a projection are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axes {
    Metres,
    /// Viewing angles in radians.
    Angles,
    /// Longitude and latitude in degrees about another pole.
    Degrees,
}

impl Axes {
    /// CF standard names of x and y, and their units.
    pub fn cf(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Metres => ("projection_x_coordinate", "projection_y_coordinate", "m"),
            Self::Angles => {
                ("projection_x_angular_coordinate", "projection_y_angular_coordinate", "radian")
            }
            Self::Degrees => ("grid_longitude", "grid_latitude", "degrees"),
        }
    }
}

const NOWHERE: (f64, f64) = (f64::NAN, f64::NAN);

/// Latitude and longitude in degrees of radians, the longitude from 0 to 360.
fn position(latitude: f64, longitude: f64) -> (f64, f64) {
    if !(latitude.is_finite() && longitude.is_finite()) {
        return NOWHERE;
    }
    (latitude.to_degrees(), longitude_360(longitude.to_degrees()))
}

/// The same longitude from 0 up to, not including, 360.
fn longitude_360(degrees: f64) -> f64 {
    // A longitude a hair below 0 is rounded up to 360 by the remainder.
    match degrees.rem_euclid(360.0) {
        turn if turn >= 360.0 => 0.0,
        longitude => longitude,
    }
}

/// The same angle from -180 up to, not including, 180.
fn longitude_180(degrees: f64) -> f64 {
    longitude_360(degrees + 180.0) - 180.0
}

/// The start of a mapping's attributes: its name and the shape of the earth.
fn named(name: &'static str, earth: Earth, parameters: &[(&'static str, f64)]) -> Attributes {
    let mut attributes = vec![("grid_mapping_name", Value::Text(name.to_owned()))];
    attributes.extend(parameters.iter().map(|&(name, value)| (name, Value::Number(value))));
    attributes.extend(earth.attributes());
    attributes
}

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;
