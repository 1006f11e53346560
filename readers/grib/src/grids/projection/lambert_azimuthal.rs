//! Lambert azimuthal equal-area (GRIB2 template 3.140; Snyder chapter 24).

use super::latitudes::Latitudes;
use super::{Attributes, Earth, NOWHERE, Projection, longitude_180, named, position};

#[derive(Clone, Debug, PartialEq)]
pub struct LambertAzimuthal {
    earth: Earth,
    latitudes: Latitudes,
    latitude: f64,
    longitude: f64,
    q_pole: f64,
    /// Sine and cosine of the authalic latitude of the centre.
    sin_beta: f64,
    cos_beta: f64,
    /// R_q of (3-13): radius of the sphere of equal area.
    radius: f64,
    /// D of (24-20): keeps the scale at the centre the same in both directions.
    d: f64,
}

impl LambertAzimuthal {
    /// `latitude`, `longitude`: the centre, which the template calls standard parallel and
    /// central longitude.
    pub fn new(earth: Earth, latitude: f64, longitude: f64) -> Self {
        let latitudes = Latitudes::of(earth);
        let q_pole = latitudes.q_at_pole();
        let centre = latitude.to_radians();
        let sin_beta = (latitudes.q(centre) / q_pole).clamp(-1.0, 1.0);
        let cos_beta = (1.0 - sin_beta * sin_beta).sqrt();
        let radius = earth.major() * (q_pole / 2.0).sqrt();
        // At a pole both directions are the same by symmetry.
        let d = if cos_beta < 1e-9 {
            1.0
        } else {
            earth.major() * latitudes.m(centre) / (radius * cos_beta)
        };
        Self { earth, latitudes, latitude, longitude, q_pole, sin_beta, cos_beta, radius, d }
    }
}

impl Projection for LambertAzimuthal {
    fn inverse(&self, x: f64, y: f64) -> (f64, f64) {
        let (x, y) = (x / self.d, y * self.d);
        let rho = x.hypot(y);
        if rho == 0.0 {
            return position(self.latitude.to_radians(), self.longitude.to_radians());
        }
        let half = rho / (2.0 * self.radius);
        if half > 1.0 {
            return NOWHERE;
        }
        let (sin_c, cos_c) = (2.0 * half.asin()).sin_cos();
        let sin_authalic = cos_c * self.sin_beta + y * sin_c * self.cos_beta / rho;
        let east = (x * sin_c).atan2(rho * self.cos_beta * cos_c - y * self.sin_beta * sin_c);
        let latitude = self.latitudes.latitude_of_q(self.q_pole * sin_authalic);
        position(latitude, east + self.longitude.to_radians())
    }

    fn forward(&self, latitude: f64, longitude: f64) -> (f64, f64) {
        let (sin_east, cos_east) = longitude_180(longitude - self.longitude).to_radians().sin_cos();
        let sin = (self.latitudes.q(latitude.to_radians()) / self.q_pole).clamp(-1.0, 1.0);
        let cos = (1.0 - sin * sin).sqrt();
        let facing = 1.0 + self.sin_beta * sin + self.cos_beta * cos * cos_east;
        let b = self.radius * (2.0 / facing).sqrt();
        let north = self.cos_beta * sin - self.sin_beta * cos * cos_east;
        (b * self.d * cos * sin_east, b / self.d * north)
    }

    fn grid_mapping(&self) -> Attributes {
        named(
            "lambert_azimuthal_equal_area",
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
