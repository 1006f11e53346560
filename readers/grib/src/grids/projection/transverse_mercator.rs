//! Transverse Mercator (GRIB2 template 3.12). Kruger's series in the third flattening n, as in
//! IOGP Guidance Note 373-7-2, "Transverse Mercator": exact to a millimetre within 40 degrees of
//! the central meridian, where Snyder's (chapter 8) are good for a few.

use super::latitudes::Latitudes;
use super::{Attributes, Earth, Projection, longitude_180, named, position};

#[derive(Clone, Debug, PartialEq)]
pub struct TransverseMercator {
    earth: Earth,
    latitudes: Latitudes,
    latitude: f64,
    longitude: f64,
    scale: f64,
    false_easting: f64,
    false_northing: f64,
    /// Scaled radius of the rectifying sphere.
    radius: f64,
    to_plane: [f64; 4],
    from_plane: [f64; 4],
    /// Northing of the reference latitude.
    origin: f64,
}

/// False easting and northing in metres, and the scale factor at the reference point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reference {
    pub latitude: f64,
    pub longitude: f64,
    pub scale: f64,
    pub false_easting: f64,
    pub false_northing: f64,
}

impl TransverseMercator {
    pub fn new(earth: Earth, reference: Reference) -> Self {
        let Reference { latitude, longitude, scale, false_easting, false_northing } = reference;
        let (a, b) = (earth.major(), earth.minor());
        let n = (a - b) / (a + b);
        let (n2, n3, n4) = (n * n, n * n * n, n * n * n * n);
        let mut map = Self {
            earth,
            latitudes: Latitudes::of(earth),
            latitude,
            longitude,
            scale,
            false_easting,
            false_northing,
            radius: scale * a / (1.0 + n) * (1.0 + n2 / 4.0 + n4 / 64.0),
            to_plane: [
                n / 2.0 - 2.0 / 3.0 * n2 + 5.0 / 16.0 * n3 + 41.0 / 180.0 * n4,
                13.0 / 48.0 * n2 - 3.0 / 5.0 * n3 + 557.0 / 1440.0 * n4,
                61.0 / 240.0 * n3 - 103.0 / 140.0 * n4,
                49561.0 / 161_280.0 * n4,
            ],
            from_plane: [
                n / 2.0 - 2.0 / 3.0 * n2 + 37.0 / 96.0 * n3 - n4 / 360.0,
                n2 / 48.0 + n3 / 15.0 - 437.0 / 1440.0 * n4,
                17.0 / 480.0 * n3 - 37.0 / 840.0 * n4,
                4397.0 / 161_280.0 * n4,
            ],
            origin: 0.0,
        };
        map.origin = map.off_centre(latitude, 0.0).1;
        map
    }

    /// Easting from the central meridian and northing from the equator.
    fn off_centre(&self, latitude: f64, east: f64) -> (f64, f64) {
        let conformal = sphere_latitude(self.latitudes.t(latitude.to_radians()));
        let (sin_east, cos_east) = east.to_radians().sin_cos();
        let (sin, cos) = conformal.sin_cos();
        let eta = (cos * sin_east).atanh();
        // Of the far hemisphere beyond the pole too.
        let xi = sin.atan2(cos * cos_east);
        let (mut northing, mut easting) = (xi, eta);
        for (k, h) in multiples().zip(self.to_plane) {
            northing += h * (k * xi).sin() * (k * eta).cosh();
            easting += h * (k * xi).cos() * (k * eta).sinh();
        }
        (self.radius * easting, self.radius * northing)
    }
}

/// The factors 2, 4, 6, 8 of the series.
fn multiples() -> impl Iterator<Item = f64> {
    (1..=4u8).map(|k| 2.0 * f64::from(k))
}

/// The conformal latitude whose half colatitude has the tangent `t`.
fn sphere_latitude(t: f64) -> f64 {
    std::f64::consts::FRAC_PI_2 - 2.0 * t.atan()
}

impl Projection for TransverseMercator {
    fn inverse(&self, x: f64, y: f64) -> (f64, f64) {
        let eta0 = (x - self.false_easting) / self.radius;
        let xi0 = (y - self.false_northing + self.origin) / self.radius;
        let (mut xi, mut eta) = (xi0, eta0);
        for (k, h) in multiples().zip(self.from_plane) {
            xi -= h * (k * xi0).sin() * (k * eta0).cosh();
            eta -= h * (k * xi0).cos() * (k * eta0).sinh();
        }
        let sin = (xi.sin() / eta.cosh()).clamp(-1.0, 1.0);
        let east = eta.sinh().atan2(xi.cos());
        let t = ((1.0 - sin) / (1.0 + sin)).sqrt();
        position(self.latitudes.latitude_of_t(t), east + self.longitude.to_radians())
    }

    fn forward(&self, latitude: f64, longitude: f64) -> (f64, f64) {
        let east = longitude_180(longitude - self.longitude);
        let (easting, northing) = self.off_centre(latitude, east);
        (easting + self.false_easting, northing - self.origin + self.false_northing)
    }

    fn grid_mapping(&self) -> Attributes {
        named(
            "transverse_mercator",
            self.earth,
            &[
                ("scale_factor_at_central_meridian", self.scale),
                ("longitude_of_central_meridian", self.longitude),
                ("latitude_of_projection_origin", self.latitude),
                ("false_easting", self.false_easting),
                ("false_northing", self.false_northing),
            ],
        )
    }
}
