//! Auxiliary latitudes of the ellipsoid (Snyder, chapter 3): what conformal and equal-area
//! projections put in place of the geographic latitude. On a sphere they are the plain functions.

use std::f64::consts::FRAC_PI_2;

use super::Earth;

/// Steps of an iteration that converges within five for any planet.
const STEPS: usize = 15;
const CONVERGED: f64 = 1e-14;

/// The functions m, t and q of one eccentricity. Latitudes in radians.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Latitudes {
    e: f64,
    e2: f64,
}

impl Latitudes {
    pub fn of(earth: Earth) -> Self {
        let e2 = earth.eccentricity_squared();
        Self { e: e2.sqrt(), e2 }
    }

    /// Radius of the parallel by the major axis (14-15).
    pub fn m(&self, latitude: f64) -> f64 {
        let (sin, cos) = latitude.sin_cos();
        cos / (1.0 - self.e2 * sin * sin).sqrt()
    }

    /// Tangent of half the conformal colatitude (15-9).
    pub fn t(&self, latitude: f64) -> f64 {
        let e_sin = self.e * latitude.sin();
        let sphere = (FRAC_PI_2 / 2.0 - latitude / 2.0).tan();
        sphere / ((1.0 - e_sin) / (1.0 + e_sin)).powf(self.e / 2.0)
    }

    /// The latitude whose [`Latitudes::t`] it is (7-9).
    pub fn latitude_of_t(&self, t: f64) -> f64 {
        let mut latitude = FRAC_PI_2 - 2.0 * t.atan();
        if self.e == 0.0 {
            return latitude;
        }
        for _ in 0..STEPS {
            let e_sin = self.e * latitude.sin();
            let factor = ((1.0 - e_sin) / (1.0 + e_sin)).powf(self.e / 2.0);
            let next = FRAC_PI_2 - 2.0 * (t * factor).atan();
            let change = (next - latitude).abs();
            latitude = next;
            if change < CONVERGED {
                break;
            }
        }
        latitude
    }

    /// Area from the equator to the parallel (3-12).
    pub fn q(&self, latitude: f64) -> f64 {
        let sin = latitude.sin();
        if self.e == 0.0 {
            return 2.0 * sin;
        }
        let e_sin = self.e * sin;
        (1.0 - self.e2)
            * (sin / (1.0 - e_sin * e_sin) - ((1.0 - e_sin) / (1.0 + e_sin)).ln() / (2.0 * self.e))
    }

    pub fn q_at_pole(&self) -> f64 {
        self.q(FRAC_PI_2)
    }

    /// The latitude whose [`Latitudes::q`] it is: the series (3-18), then Newton's steps (3-16).
    pub fn latitude_of_q(&self, q: f64) -> f64 {
        let sin_authalic = q / self.q_at_pole();
        // A hair beyond the pole is rounding; more lies outside the map.
        if sin_authalic.abs() > 1.0 + 1e-9 {
            return f64::NAN;
        }
        let beta = sin_authalic.clamp(-1.0, 1.0).asin();
        if self.e == 0.0 {
            return beta;
        }
        let (e2, e4) = (self.e2, self.e2 * self.e2);
        let e6 = e4 * e2;
        let mut latitude = beta
            + (e2 / 3.0 + 31.0 * e4 / 180.0 + 517.0 * e6 / 5040.0) * (2.0 * beta).sin()
            + (23.0 * e4 / 360.0 + 251.0 * e6 / 3780.0) * (4.0 * beta).sin()
            + (761.0 * e6 / 45360.0) * (6.0 * beta).sin();
        for _ in 0..3 {
            let (sin, cos) = latitude.sin_cos();
            // q is flat at the poles, and the series exact there.
            if cos.abs() < 1e-6 {
                break;
            }
            let slope = 2.0 * cos * (1.0 - e2) / (1.0 - e2 * sin * sin).powi(2);
            latitude += (q - self.q(latitude)) / slope;
        }
        latitude
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLARKE_1866: Earth = Earth::Ellipsoid { major: 6_378_206.4, minor: 6_356_583.8 };

    #[test]
    fn conformal_and_authalic_latitudes_lead_back() {
        for earth in [CLARKE_1866, Earth::WMO_SPHERE] {
            let latitudes = Latitudes::of(earth);
            for degrees in -899..=899 {
                let latitude = (f64::from(degrees) / 10.0).to_radians();
                let back = latitudes.latitude_of_t(latitudes.t(latitude));
                assert!((back - latitude).abs() < 1e-12, "t at {degrees}");
                let back = latitudes.latitude_of_q(latitudes.q(latitude));
                assert!((back - latitude).abs() < 1e-11, "q at {degrees}: {back} {latitude}");
            }
        }
    }

    /// Snyder, page 16: at 40 degrees on Clarke 1866 the authalic latitude is 39.8722878 degrees.
    #[test]
    fn snyders_authalic_latitude_of_40_degrees() {
        let latitudes = Latitudes::of(CLARKE_1866);
        let beta = (latitudes.q(40f64.to_radians()) / latitudes.q_at_pole()).asin();
        assert!((beta.to_degrees() - 39.872_287_8).abs() < 1e-6);
    }
}
