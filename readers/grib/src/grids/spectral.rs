//! Spherical harmonic coefficients: grid definition templates 3.50 to 3.53, GRIB1 grid types 50, 60,
//! 70 and 80, and the arrangement NIO gives them.

use hyperslab_core::{ReadError, Result};

use crate::packing::Real;

/// Pentagonal resolution parameters J, K and M.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Truncation {
    pub j: u16,
    pub k: u16,
    pub m: u16,
}

impl Truncation {
    pub fn new(j: u64, k: u64, m: u64) -> Result<Self> {
        match (u16::try_from(j), u16::try_from(k), u16::try_from(m)) {
            (Ok(j), Ok(k), Ok(m)) if m <= k && m <= j && j <= k => Ok(Self { j, k, m }),
            _ => Err(ReadError::malformed(format!("spectral truncation J={j} K={k} M={m}"))),
        }
    }

    /// The largest n of wave number m.
    fn top(self, m: u16) -> u16 {
        self.k.min(self.j.saturating_add(m))
    }

    /// Real numbers: two a coefficient.
    pub fn reals(self) -> u64 {
        (0..=self.m).map(|m| 2 * (u64::from(self.top(m).saturating_sub(m)) + 1)).sum()
    }

    /// Real and imaginary parts, rows n, columns m.
    pub fn shape(self) -> [u64; 3] {
        [2, u64::from(self.k) + 1, u64::from(self.m) + 1]
    }

    /// Coefficients are coded wave number after wave number, n ascending in each; those that a
    /// triangle does not have are 0.
    pub fn present<T: Real>(self, coded: &[T]) -> Vec<T> {
        let (rows, columns) = (usize::from(self.k) + 1, usize::from(self.m) + 1);
        let mut out = vec![T::from_f64(0.0); 2 * rows * columns];
        let (real, imaginary) = out.split_at_mut(rows * columns);
        let mut pairs = coded.chunks_exact(2);
        for m in 0..=self.m {
            for n in m..=self.top(m) {
                let place = usize::from(n) * columns + usize::from(m);
                let Some([re, im]) = pairs.next() else { return out };
                if let (Some(r), Some(i)) = (real.get_mut(place), imaginary.get_mut(place)) {
                    (*r, *i) = (*re, *im);
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triangle_has_no_values_above_its_diagonal() {
        let t2 = Truncation::new(2, 2, 2).unwrap();
        assert_eq!(t2.reals(), 12);
        let coded: Vec<f64> = (1..=12).map(f64::from).collect();
        let real = [1.0, 0.0, 0.0, 3.0, 7.0, 0.0, 5.0, 9.0, 11.0];
        let imaginary = [2.0, 0.0, 0.0, 4.0, 8.0, 0.0, 6.0, 10.0, 12.0];
        assert_eq!(t2.present(&coded), [real, imaginary].concat());
    }

    #[test]
    fn rhomboid_has_as_many_values_for_each_wave_number() {
        let r = Truncation::new(3, 5, 2).unwrap();
        assert_eq!((r.reals(), r.shape()), (24, [2, 6, 3]));
    }

    #[test]
    fn truncations_that_contradict_themselves_are_malformed() {
        assert!(Truncation::new(3, 2, 3).is_err());
        assert!(Truncation::new(70_000, 70_000, 70_000).is_err());
    }
}
