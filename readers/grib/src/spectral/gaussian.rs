//! Which Gaussian grid is fine enough for a truncation, and where its rows are.

use hyperslab_core::Result;

use crate::grids::gaussian::latitudes;

/// N of the regular Gaussian grid (2N rows, 4N columns) that holds products of two fields of
/// this truncation without aliasing: the least even N of (3T + 1) / 4 or more that has no prime
/// factor above 5, for the Fourier transform's sake. These are the numbers ECMWF pairs with its
/// quadratic grids: T63 with N48, T213 with N160, T1279 with N960.
pub fn gaussian_number(truncation: u32) -> u32 {
    let least = (u64::from(truncation) * 3 + 1).div_ceil(4).max(2);
    let even = least.next_multiple_of(2);
    let smooth = (0..).map(|step| even + 2 * step).find(|&n| has_small_factors(n));
    smooth.and_then(|n| u32::try_from(n).ok()).unwrap_or(u32::MAX)
}

fn has_small_factors(mut n: u64) -> bool {
    for factor in [2, 3, 5] {
        while n.is_multiple_of(factor) {
            n /= factor;
        }
    }
    n == 1
}

/// The sines of the N latitudes of the northern hemisphere, from the pole on.
pub(super) fn sines(n: u32) -> Result<Vec<f64>> {
    let latitudes = latitudes(n)?;
    Ok(latitudes.iter().take(n as usize).map(|degrees| degrees.to_radians().sin()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truncations_get_the_usual_gaussian_numbers() {
        let pairs = [(21, 16), (42, 32), (63, 48), (106, 80), (159, 120), (213, 160), (255, 192)];
        let more = [(319, 240), (399, 300), (511, 384), (639, 480), (799, 600), (1279, 960)];
        for (truncation, n) in pairs.into_iter().chain(more).chain([(2047, 1536), (0, 2)]) {
            assert_eq!(gaussian_number(truncation), n, "T{truncation}");
        }
    }

    #[test]
    fn sines_begin_next_to_the_pole_and_stay_north_of_the_equator() {
        let n2 = sines(2).unwrap();
        assert!((n2[0].asin().to_degrees() - 59.444_408).abs() < 1e-5);
        assert!((n2[1].asin().to_degrees() - 19.875_719).abs() < 1e-5);
        assert_eq!(n2.len(), 2);
    }
}
