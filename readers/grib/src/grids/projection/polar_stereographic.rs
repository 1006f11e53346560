//! Polar stereographic (GRIB2 template 3.20, GRIB1 type 5; Snyder chapter 21).

use super::latitudes::Latitudes;
use super::{Attributes, Earth, Projection, named, position};

/// The pole in the middle of the plane (flag table 3.5 bit 1, GRIB1 projection centre flag).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pole {
    North,
    South,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PolarStereographic {
    earth: Earth,
    latitudes: Latitudes,
    pole: Pole,
    true_latitude: f64,
    orientation: f64,
    /// Metres from the pole for t = 1.
    scale: f64,
}

impl PolarStereographic {
    /// `true_latitude`: LaD, where grid lengths are true, of either sign; GRIB1 always means 60.
    /// `orientation`: LoV, the meridian along which latitude increases with y.
    pub fn new(earth: Earth, pole: Pole, true_latitude: f64, orientation: f64) -> Self {
        let latitudes = Latitudes::of(earth);
        // At the pole itself m and t are both 0; a hair from it their ratio is exact enough.
        let from_pole = true_latitude.abs().min(89.999_999).to_radians();
        let scale = earth.major() * latitudes.m(from_pole) / latitudes.t(from_pole);
        Self { earth, latitudes, pole, true_latitude, orientation, scale }
    }

    /// 1 about the north pole, -1 about the south pole.
    fn side(&self) -> f64 {
        match self.pole {
            Pole::North => 1.0,
            Pole::South => -1.0,
        }
    }
}

impl Projection for PolarStereographic {
    fn inverse(&self, x: f64, y: f64) -> (f64, f64) {
        let side = self.side();
        let latitude = side * self.latitudes.latitude_of_t(x.hypot(y) / self.scale);
        position(latitude, x.atan2(-side * y) + self.orientation.to_radians())
    }

    fn forward(&self, latitude: f64, longitude: f64) -> (f64, f64) {
        let side = self.side();
        let rho = self.scale * self.latitudes.t(side * latitude.to_radians());
        let (sin, cos) = (longitude - self.orientation).to_radians().sin_cos();
        (rho * sin, -side * rho * cos)
    }

    fn vector_rotation(&self, _latitude: f64, longitude: f64) -> f64 {
        self.side() * super::longitude_180(longitude - self.orientation).to_radians()
    }

    fn grid_mapping(&self) -> Attributes {
        let side = self.side();
        named(
            "polar_stereographic",
            self.earth,
            &[
                ("straight_vertical_longitude_from_pole", self.orientation),
                ("latitude_of_projection_origin", side * 90.0),
                ("standard_parallel", side * self.true_latitude.abs()),
                ("false_easting", 0.0),
                ("false_northing", 0.0),
            ],
        )
    }
}
