//! Lambert conformal conic (GRIB2 template 3.30, GRIB1 type 3; Snyder chapter 15).

use super::latitudes::Latitudes;
use super::{Attributes, Earth, Projection, Value, longitude_180, named, position};

#[derive(Clone, Debug, PartialEq)]
pub struct LambertConformal {
    earth: Earth,
    latitudes: Latitudes,
    parallels: [f64; 2],
    origin_latitude: f64,
    central_longitude: f64,
    /// The cone's constant n: negative when its top is above the south pole.
    cone: f64,
    /// a F of (15-7), in metres.
    scale: f64,
    /// Distance from the top of the cone to the origin.
    rho0: f64,
}

impl LambertConformal {
    /// `parallels`: Latin 1 and Latin 2, equal for a tangent cone. `central_longitude`: LoV.
    /// `origin_latitude`: LaD, where y is 0 on the central meridian.
    pub fn new(
        earth: Earth,
        parallels: [f64; 2],
        origin_latitude: f64,
        central_longitude: f64,
    ) -> Self {
        let latitudes = Latitudes::of(earth);
        // A parallel at the pole makes m and t both 0; their ratio is what counts.
        let [first, second] = parallels.map(|degrees| degrees.clamp(-89.999_999, 89.999_999));
        let (first, second) = (first.to_radians(), second.to_radians());
        let (m1, t1) = (latitudes.m(first), latitudes.t(first));
        let cone = if (first - second).abs() < 1e-9 {
            first.sin()
        } else {
            (m1 / latitudes.m(second)).ln() / (t1 / latitudes.t(second)).ln()
        };
        let scale = earth.major() * m1 / (cone * t1.powf(cone));
        let mut map = Self {
            earth,
            latitudes,
            parallels,
            origin_latitude,
            central_longitude,
            cone,
            scale,
            rho0: 0.0,
        };
        map.rho0 = map.rho(origin_latitude);
        if !map.rho0.is_finite() {
            map.origin_latitude = parallels[0];
            map.rho0 = map.rho(parallels[0]);
        }
        map
    }

    /// Distance of a parallel from the top of the cone; negative for a southern cone.
    fn rho(&self, latitude: f64) -> f64 {
        self.scale * self.latitudes.t(latitude.to_radians()).max(0.0).powf(self.cone)
    }
}

impl Projection for LambertConformal {
    fn inverse(&self, x: f64, y: f64) -> (f64, f64) {
        let down = self.rho0 - y;
        let side = self.cone.signum();
        let rho = side * x.hypot(down);
        let theta = (side * x).atan2(side * down);
        let t = (rho / self.scale).powf(1.0 / self.cone);
        let longitude = theta / self.cone + self.central_longitude.to_radians();
        position(self.latitudes.latitude_of_t(t), longitude)
    }

    fn forward(&self, latitude: f64, longitude: f64) -> (f64, f64) {
        let rho = self.rho(latitude);
        let theta = self.vector_rotation(latitude, longitude);
        (rho * theta.sin(), self.rho0 - rho * theta.cos())
    }

    fn vector_rotation(&self, _latitude: f64, longitude: f64) -> f64 {
        self.cone * longitude_180(longitude - self.central_longitude).to_radians()
    }

    fn grid_mapping(&self) -> Attributes {
        let places = (self.central_longitude, self.origin_latitude);
        conic("lambert_conformal_conic", self.earth, places, self.parallels)
    }
}

/// Attributes of a conic projection with this central meridian and latitude of the origin.
pub fn conic(
    name: &'static str,
    earth: Earth,
    (meridian, latitude): (f64, f64),
    parallels: [f64; 2],
) -> Attributes {
    let numbers = [
        ("longitude_of_central_meridian", meridian),
        ("latitude_of_projection_origin", latitude),
        ("false_easting", 0.0),
        ("false_northing", 0.0),
    ];
    let mut attributes = named(name, earth, &numbers);
    attributes.insert(1, ("standard_parallel", standard_parallels(parallels)));
    attributes
}

/// One number for a tangent cone, two for a secant one.
fn standard_parallels(parallels: [f64; 2]) -> Value {
    let [first, second] = parallels;
    if first == second { Value::Number(first) } else { Value::Numbers(parallels.to_vec()) }
}
