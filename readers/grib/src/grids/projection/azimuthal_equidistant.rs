//! Azimuthal equidistant (GRIB2 template 3.110; Snyder chapter 25), on the sphere: of an
//! ellipsoid the mean radius (2 a + b) / 3 is taken.

use std::f64::consts::PI;

use super::{Attributes, Earth, NOWHERE, Projection, longitude_180, named, position};

#[derive(Clone, Debug, PartialEq)]
pub struct AzimuthalEquidistant {
    earth: Earth,
    latitude: f64,
    longitude: f64,
    radius: f64,
}

impl AzimuthalEquidistant {
    /// `latitude`, `longitude`: the tangency point.
    pub fn new(earth: Earth, latitude: f64, longitude: f64) -> Self {
        let radius = (2.0 * earth.major() + earth.minor()) / 3.0;
        Self { earth, latitude, longitude, radius }
    }
}

impl Projection for AzimuthalEquidistant {
    fn inverse(&self, x: f64, y: f64) -> (f64, f64) {
        let (sin0, cos0) = self.latitude.to_radians().sin_cos();
        let rho = x.hypot(y);
        if rho == 0.0 {
            return position(self.latitude.to_radians(), self.longitude.to_radians());
        }
        let c = rho / self.radius;
        if c > PI {
            return NOWHERE;
        }
        let (sin_c, cos_c) = c.sin_cos();
        let sin = (cos_c * sin0 + y * sin_c * cos0 / rho).clamp(-1.0, 1.0);
        let east = (x * sin_c).atan2(rho * cos0 * cos_c - y * sin0 * sin_c);
        position(sin.asin(), east + self.longitude.to_radians())
    }

    fn forward(&self, latitude: f64, longitude: f64) -> (f64, f64) {
        let (sin0, cos0) = self.latitude.to_radians().sin_cos();
        let (sin, cos) = latitude.to_radians().sin_cos();
        let (sin_east, cos_east) = longitude_180(longitude - self.longitude).to_radians().sin_cos();
        let (east, north) = (cos * sin_east, cos0 * sin - sin0 * cos * cos_east);
        let along = sin0 * sin + cos0 * cos * cos_east;
        let c = east.hypot(north).atan2(along);
        // c over its sine, 1 in the middle.
        let k = if c < 1e-12 { 1.0 } else { c / east.hypot(north) };
        (self.radius * k * east, self.radius * k * north)
    }

    fn grid_mapping(&self) -> Attributes {
        named(
            "azimuthal_equidistant",
            self.earth,
            &[
                ("latitude_of_projection_origin", self.latitude),
                ("longitude_of_projection_origin", self.longitude),
                ("false_easting", 0.0),
                ("false_northing", 0.0),
            ],
        )
    }
}
