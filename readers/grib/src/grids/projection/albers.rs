//! Albers equal-area conic (GRIB2 template 3.31; Snyder chapter 14).

use super::lambert_conformal::conic;
use super::latitudes::Latitudes;
use super::{Attributes, Earth, NOWHERE, Projection, longitude_180, position};

#[derive(Clone, Debug, PartialEq)]
pub struct Albers {
    earth: Earth,
    latitudes: Latitudes,
    parallels: [f64; 2],
    origin_latitude: f64,
    central_longitude: f64,
    /// n of (14-14).
    cone: f64,
    /// C of (14-13).
    c: f64,
    rho0: f64,
}

impl Albers {
    /// See [`super::LambertConformal::new`].
    pub fn new(
        earth: Earth,
        parallels: [f64; 2],
        origin_latitude: f64,
        central_longitude: f64,
    ) -> Self {
        let latitudes = Latitudes::of(earth);
        let [first, second] = parallels.map(f64::to_radians);
        let (m1, q1) = (latitudes.m(first), latitudes.q(first));
        let cone = if (first - second).abs() < 1e-9 {
            first.sin()
        } else {
            (m1.powi(2) - latitudes.m(second).powi(2)) / (latitudes.q(second) - q1)
        };
        let c = m1.powi(2) + cone * q1;
        let mut map = Self {
            earth,
            latitudes,
            parallels,
            origin_latitude,
            central_longitude,
            cone,
            c,
            rho0: 0.0,
        };
        map.rho0 = map.rho(origin_latitude);
        map
    }

    /// (14-12a); negative for a southern cone.
    fn rho(&self, latitude: f64) -> f64 {
        let inside = self.c - self.cone * self.latitudes.q(latitude.to_radians());
        // Rounding may leave the top of the cone a hair below 0.
        self.earth.major() * inside.max(0.0).sqrt() / self.cone
    }

    fn theta(&self, longitude: f64) -> f64 {
        self.cone * longitude_180(longitude - self.central_longitude).to_radians()
    }
}

impl Projection for Albers {
    fn inverse(&self, x: f64, y: f64) -> (f64, f64) {
        let down = self.rho0 - y;
        let side = self.cone.signum();
        let theta = (side * x).atan2(side * down);
        let ratio = x.hypot(down) * self.cone / self.earth.major();
        let q = (self.c - ratio * ratio) / self.cone;
        let longitude = theta / self.cone;
        if longitude.abs() > std::f64::consts::PI + 1e-9 {
            return NOWHERE;
        }
        let longitude = longitude + self.central_longitude.to_radians();
        position(self.latitudes.latitude_of_q(q), longitude)
    }

    fn forward(&self, latitude: f64, longitude: f64) -> (f64, f64) {
        let (rho, theta) = (self.rho(latitude), self.theta(longitude));
        (rho * theta.sin(), self.rho0 - rho * theta.cos())
    }

    fn vector_rotation(&self, _latitude: f64, longitude: f64) -> f64 {
        self.theta(longitude)
    }

    fn grid_mapping(&self) -> Attributes {
        let places = (self.central_longitude, self.origin_latitude);
        conic("albers_conical_equal_area", self.earth, places, self.parallels)
    }
}
