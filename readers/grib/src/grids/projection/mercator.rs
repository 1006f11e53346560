//! Mercator (GRIB2 template 3.10, GRIB1 type 1; Snyder chapter 7).

use super::latitudes::Latitudes;
use super::{Attributes, Earth, Projection, longitude_180, named, position};

#[derive(Clone, Debug, PartialEq)]
pub struct Mercator {
    earth: Earth,
    latitudes: Latitudes,
    true_latitude: f64,
    central_longitude: f64,
    /// Metres of x in a radian of longitude.
    scale: f64,
}

impl Mercator {
    /// `true_latitude`: where the cylinder cuts the earth and grid lengths are true.
    /// `central_longitude` is where x is 0; a grid should not reach 180 degrees from it.
    pub fn new(earth: Earth, true_latitude: f64, central_longitude: f64) -> Self {
        let latitudes = Latitudes::of(earth);
        let scale = earth.major() * latitudes.m(true_latitude.to_radians());
        Self { earth, latitudes, true_latitude, central_longitude, scale }
    }
}

impl Projection for Mercator {
    fn inverse(&self, x: f64, y: f64) -> (f64, f64) {
        let latitude = self.latitudes.latitude_of_t((-y / self.scale).exp());
        position(latitude, x / self.scale + self.central_longitude.to_radians())
    }

    fn forward(&self, latitude: f64, longitude: f64) -> (f64, f64) {
        let east = longitude_180(longitude - self.central_longitude).to_radians();
        (self.scale * east, -self.scale * self.latitudes.t(latitude.to_radians()).ln())
    }

    fn vector_rotation(&self, _latitude: f64, _longitude: f64) -> f64 {
        0.0
    }

    fn grid_mapping(&self) -> Attributes {
        named(
            "mercator",
            self.earth,
            &[
                ("standard_parallel", self.true_latitude),
                ("longitude_of_projection_origin", self.central_longitude),
                ("false_easting", 0.0),
                ("false_northing", 0.0),
            ],
        )
    }
}
