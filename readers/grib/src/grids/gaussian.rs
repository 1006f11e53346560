//! Latitudes of a Gaussian grid: the zeros of the Legendre polynomial of degree 2N.
//!
//! Newton's method from Tricomi's asymptotic angles, which are so near that mostly one step is
//! enough. Cost O(N^2) the first time a number is asked for (N = 1280: some milliseconds), then
//! kept.

use std::collections::BTreeMap;
use std::f64::consts::{FRAC_PI_2, PI};
use std::sync::{Arc, Mutex, PoisonError};

use hyperslab_core::{ErrorKind, ReadError, Result};
use rayon::prelude::*;

/// Half as much again as the finest grid in use; what lies beyond is a damaged header, and would
/// take seconds.
const LARGEST_NUMBER: u32 = 4_000;
const KEPT: usize = 32;

static COMPUTED: Mutex<BTreeMap<u32, Arc<[f64]>>> = Mutex::new(BTreeMap::new());

/// The 2N latitudes in degrees from north to south; `n` parallels lie between pole and equator.
pub fn latitudes(n: u32) -> Result<Arc<[f64]>> {
    if n == 0 {
        return Err(ReadError::malformed("Gaussian grid with no parallels (N = 0)"));
    }
    if n > LARGEST_NUMBER {
        return Err(ReadError::new(ErrorKind::Limit, format!("Gaussian grid number N = {n}")));
    }
    let kept = COMPUTED.lock().unwrap_or_else(PoisonError::into_inner).get(&n).cloned();
    if let Some(known) = kept {
        return Ok(known);
    }
    let found: Arc<[f64]> = compute(n).into();
    let mut computed = COMPUTED.lock().unwrap_or_else(PoisonError::into_inner);
    if computed.len() >= KEPT {
        computed.pop_first();
    }
    computed.insert(n, found.clone());
    Ok(found)
}

fn compute(n: u32) -> Vec<f64> {
    let degree = 2 * n;
    let steps: Vec<(f64, f64)> = (2..=degree).map(recurrence).collect();
    let latitude = |k| 90.0 - zero(degree, k, &steps).to_degrees();
    let north: Vec<f64> = (1..=n).into_par_iter().map(latitude).collect();
    let south = north.iter().rev().map(|latitude| -latitude);
    north.iter().copied().chain(south).collect()
}

/// Factors of P(l) = a x P(l - 1) - b P(l - 2).
fn recurrence(l: u32) -> (f64, f64) {
    let l = f64::from(l);
    ((2.0 * l - 1.0) / l, (l - 1.0) / l)
}

/// The angle from the pole of the k-th zero.
fn zero(degree: u32, k: u32, steps: &[(f64, f64)]) -> f64 {
    // A step leaves an error of its square times half the cotangent of the angle, which is less
    // than the degree.
    const LAST_STEP: f64 = 1e-10;
    let n = f64::from(degree);
    let phi = PI * (4.0 * f64::from(k) - 1.0) / (4.0 * n + 2.0);
    let mut angle = phi + (1.0 / (8.0 * n * n) - 1.0 / (8.0 * n * n * n)) / phi.tan();
    // In the angle rather than its cosine, so that rows next to the poles stay exact.
    for _ in 0..8 {
        let (value, slope) = legendre(degree, angle, steps);
        let step = value / slope;
        angle -= step;
        if step.abs() < LAST_STEP {
            break;
        }
    }
    angle.clamp(0.0, FRAC_PI_2)
}

/// Legendre polynomial at cos(angle), and its derivative by the angle.
fn legendre(degree: u32, angle: f64, steps: &[(f64, f64)]) -> (f64, f64) {
    let (sin, cos) = angle.sin_cos();
    let (mut before, mut value) = (1.0, cos);
    for (a, b) in steps {
        (before, value) = (value, a * cos * value - b * before);
    }
    (value, f64::from(degree) * (cos * value - before) / sin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_n32_are_those_of_the_published_table() {
        let rows = latitudes(32).unwrap();
        assert_eq!(rows.len(), 64);
        for (row, expected) in
            [(0, 87.863_798_839_23), (1, 85.096_526_988_32), (31, 1.395_306_910_82)]
        {
            assert!((rows[row] - expected).abs() < 1e-7, "{row}: {}", rows[row]);
        }
        assert_eq!(rows[0], -rows[63]);
    }

    #[test]
    fn smallest_grid_has_the_two_zeros_of_p2() {
        let expected = (1.0f64 / 3.0).sqrt().asin().to_degrees();
        let rows = latitudes(1).unwrap();
        assert!((rows[0] - expected).abs() < 1e-12 && (rows[1] + expected).abs() < 1e-12);
    }

    #[test]
    fn rows_descend_for_a_fine_grid() {
        let rows = latitudes(640).unwrap();
        assert!(rows.windows(2).all(|pair| pair[0] > pair[1]));
    }

    #[test]
    fn absurd_numbers_are_refused_before_any_work() {
        assert!(latitudes(0).is_err());
        assert!(latitudes(u32::MAX).is_err());
    }
}
