//! Latitude and longitude about another pole (GRIB2 templates 3.1, 3.3, 3.41; GRIB1 types 10, 14
//! and their stretched forms).

use super::{Attributes, Axes, Projection, Value, longitude_180, longitude_360};

/// x is the rotated longitude, y the rotated latitude, both in degrees.
#[derive(Clone, Debug, PartialEq)]
pub struct RotatedPole {
    south_latitude: f64,
    south_longitude: f64,
    angle: f64,
    /// Sine and cosine of the tilt, 90 degrees plus the south pole's latitude.
    sin: f64,
    cos: f64,
}

impl RotatedPole {
    /// `latitude`, `longitude`: where the rotated grid's south pole is. `angle`: of the rotation
    /// about the new axis, clockwise looking from its south to its north pole (that is,
    /// eastwards), after the tilt.
    pub fn new(latitude: f64, longitude: f64, angle: f64) -> Self {
        let (sin, cos) = (90.0 + latitude).to_radians().sin_cos();
        Self { south_latitude: latitude, south_longitude: longitude, angle, sin, cos }
    }

    /// The rotation that brings this position to where rotated latitude and longitude are 0.
    pub fn centred(latitude: f64, longitude: f64) -> Self {
        Self::new(latitude - 90.0, longitude, 0.0)
    }

    /// The rotation whose north pole lies there.
    pub fn north(latitude: f64, longitude: f64) -> Self {
        Self::new(-latitude, longitude + 180.0, 0.0)
    }
}

/// Turns a position about the y axis, towards north for a positive tilt at longitude 0.
fn tilt(latitude: f64, longitude: f64, sin: f64, cos: f64) -> (f64, f64) {
    let (sin_lat, cos_lat) = latitude.to_radians().sin_cos();
    let (sin_lon, cos_lon) = longitude.to_radians().sin_cos();
    let (x, y) = (cos_lat * cos_lon, cos_lat * sin_lon);
    let (tilted_x, z) = (cos * x - sin * sin_lat, sin * x + cos * sin_lat);
    // More exact near the poles than the arc sine.
    (z.atan2(tilted_x.hypot(y)).to_degrees(), y.atan2(tilted_x).to_degrees())
}

impl Projection for RotatedPole {
    fn inverse(&self, x: f64, y: f64) -> (f64, f64) {
        let (latitude, longitude) = tilt(y, x + self.angle, self.sin, self.cos);
        (latitude, longitude_360(longitude + self.south_longitude))
    }

    fn forward(&self, latitude: f64, longitude: f64) -> (f64, f64) {
        let (y, x) = tilt(latitude, longitude - self.south_longitude, -self.sin, self.cos);
        (longitude_180(x - self.angle), y)
    }

    fn vector_rotation(&self, latitude: f64, longitude: f64) -> f64 {
        // East of the earth, brought to the rotated frame, along that frame's east and north
        // there: directions on the sphere, not on the plane of degrees.
        let (x, y) = self.forward(latitude, longitude);
        let (sin_lat, cos_lat) = y.to_radians().sin_cos();
        let (sin_lon, cos_lon) = (x + self.angle).to_radians().sin_cos();
        let (sin_east, cos_east) = (longitude - self.south_longitude).to_radians().sin_cos();
        let (east_x, east_y, east_z) = (-self.cos * sin_east, cos_east, self.sin * sin_east);
        let along_east = east_y * cos_lon - east_x * sin_lon;
        let along_north = east_z * cos_lat - sin_lat * (east_x * cos_lon + east_y * sin_lon);
        along_north.atan2(along_east)
    }

    fn grid_mapping(&self) -> Attributes {
        vec![
            ("grid_mapping_name", Value::Text("rotated_latitude_longitude".to_owned())),
            ("grid_north_pole_latitude", Value::Number(-self.south_latitude)),
            (
                "grid_north_pole_longitude",
                Value::Number(longitude_180(self.south_longitude + 180.0)),
            ),
            ("north_pole_grid_longitude", Value::Number(-self.angle)),
        ]
    }

    fn axes(&self) -> Axes {
        Axes::Degrees
    }
}
