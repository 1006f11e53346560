//! Mollweide's projection of a globe of radius 1 (Snyder, PP 1395, equations 31-1 to 31-3). The
//! crate's own stops half a degree before the poles, where Newton's method on the angle itself
//! hardly moves: here it is solved for what is left of the angle to the pole.

use std::f64::consts::{PI, SQRT_2};

/// Longitude (from the middle meridian) and latitude in degrees to the plane.
pub fn forward(lon: f64, lat: f64) -> (f64, f64) {
    let to_pole = (90.0 - lat.abs()).max(0.0).to_radians();
    // d - sin d = k, d being twice the angle left to the pole.
    let k = 2.0 * PI * (to_pole / 2.0).sin().powi(2);
    let mut d = (6.0 * k).cbrt().min(PI);
    for _ in 0..20 {
        let slope = 1.0 - d.cos();
        if slope <= f64::MIN_POSITIVE {
            break;
        }
        let step = (d - d.sin() - k) / slope;
        d -= step;
        if step.abs() < 1e-15 {
            break;
        }
    }
    let (sin, cos) = (d / 2.0).sin_cos();
    (2.0 * SQRT_2 / PI * lon.to_radians() * sin, (SQRT_2 * cos).copysign(lat))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_equation_is_solved_up_to_the_poles() {
        for lat in [0.0f64, 1e-9, 30.0, 60.0, 89.0, 89.9, 89.999_99, 90.0] {
            let (x, y) = forward(180.0, lat);
            let theta = (y / SQRT_2).clamp(-1.0, 1.0).asin();
            let left = 2.0 * theta + (2.0 * theta).sin() - PI * lat.to_radians().sin();
            assert!(left.abs() < 1e-9, "{lat}: {left}");
            assert!((x - 2.0 * SQRT_2 * theta.cos()).abs() < 1e-7, "{lat}: {x}");
            assert_eq!(forward(180.0, -lat).1.abs(), y);
        }
        assert!((forward(90.0, 40.0).0 / forward(180.0, 40.0).0 - 0.5).abs() < 1e-12);
    }
}
