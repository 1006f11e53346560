//! Stretched grids (GRIB2 templates 3.2, 3.3, 3.42, 3.43, 3.52, 3.53; GRIB1 types 20, 24, 30, 34;
//! F. Schmidt, "Variable fine mesh in spectral global models", 1977): a regular grid on a sphere
//! that is drawn towards one of its poles.

use super::{Projection, RotatedPole, longitude_360};

#[derive(Clone, Debug, PartialEq)]
pub struct Stretched {
    pole: RotatedPole,
    factor: f64,
}

impl Stretched {
    /// `pole`: of the grid's own latitudes and longitudes, whose north pole is the pole of
    /// stretching ([`RotatedPole::north`] of that pole where the grid is not rotated as well).
    /// `factor`: c; above 1 the grid is finer around the pole of stretching.
    pub fn new(pole: RotatedPole, factor: f64) -> Self {
        Self { pole, factor }
    }

    /// Geographic latitude and longitude of the grid's own.
    pub fn inverse(&self, latitude: f64, longitude: f64) -> (f64, f64) {
        let latitude = stretch(latitude, 1.0 / self.factor);
        let (latitude, longitude) = self.pole.inverse(longitude, latitude);
        (latitude, longitude_360(longitude))
    }

    /// The grid's own latitude and longitude of a geographic position.
    pub fn forward(&self, latitude: f64, longitude: f64) -> (f64, f64) {
        let (x, y) = self.pole.forward(latitude, longitude);
        (stretch(y, self.factor), x)
    }

    /// The transformation keeps angles: see [`Projection::vector_rotation`].
    pub fn vector_rotation(&self, latitude: f64, longitude: f64) -> f64 {
        self.pole.vector_rotation(latitude, longitude)
    }
}

/// The grid's latitude of a latitude about the pole of stretching (note 2 to template 3.2);
/// with 1 / c the way back.
fn stretch(latitude: f64, c: f64) -> f64 {
    // tan(colatitude / 2) grows by c, which is the note's formula without its loss of digits
    // near the pole.
    let half = ((90.0 - latitude) / 2.0).to_radians();
    90.0 - 2.0 * (c * half.sin()).atan2(half.cos()).to_degrees()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_to_template_3_2_gives_the_same_latitudes() {
        for (latitude, c) in [(-60.0f64, 2.4f64), (0.0, 3.5), (45.0, 1.0), (80.0, 2.4)] {
            let (s, c2) = (latitude.to_radians().sin(), c * c);
            let noted = ((1.0 - c2) + (1.0 + c2) * s) / ((1.0 + c2) + (1.0 - c2) * s);
            assert!((stretch(latitude, c) - noted.asin().to_degrees()).abs() < 1e-10);
        }
    }

    #[test]
    fn half_of_the_rows_lie_near_the_pole_of_stretching() {
        let france = Stretched::new(RotatedPole::north(46.5, 2.6), 2.4);
        let (latitude, longitude) = france.inverse(90.0, 0.0);
        assert!((latitude - 46.5).abs() < 1e-9 && (longitude - 2.6).abs() < 1e-9);
        let (own, _) = france.forward(46.5 - 45.0, 2.6);
        assert!(own < 1.0, "45 degrees from the pole is about the grid's equator: {own}");
    }

    #[test]
    fn stretching_leads_back() {
        let map = Stretched::new(RotatedPole::new(-30.0, 10.0, 5.0), 3.5);
        for (latitude, longitude) in [(-85.0, 300.0), (0.0, 0.0), (47.0, 11.0), (89.0, 180.0)] {
            let (own_latitude, own_longitude) = map.forward(latitude, longitude);
            let (lat, lon) = map.inverse(own_latitude, own_longitude);
            assert!((lat - latitude).abs() < 1e-9 && (lon - longitude).abs() < 1e-9);
        }
    }
}
