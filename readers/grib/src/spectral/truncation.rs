//! Which spherical harmonics a series has (pentagonal resolution, GRIB1 grid type 50 and GRIB2
//! template 3.50): orders m = 0 to M, and for each the degrees n = m to the lesser of J + m and K.
//! Triangular truncation has J = K = M.

/// Coefficients are kept order by order; within an order by degree; a real and an imaginary part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Truncation {
    j: u32,
    k: u32,
    m: u32,
}

impl Truncation {
    pub fn new([j, k, m]: [u16; 3]) -> Self {
        Self { j: u32::from(j), k: u32::from(k), m: u32::from(m) }
    }

    /// The triangular one with so many reals, if there is one.
    pub fn triangular(reals: u64) -> Option<Self> {
        // (T + 1)(T + 2) = reals
        let root = (1.0 + 4.0 * reals as f64).sqrt();
        let t = ((root - 3.0) / 2.0).round();
        let t = if (0.0..=65535.0).contains(&t) { t as u16 } else { return None };
        let found = Self::new([t; 3]);
        (found.reals() == reals).then_some(found)
    }

    /// The largest order.
    pub fn m(&self) -> u32 {
        self.m
    }

    /// The largest degree of all.
    pub fn largest_degree(&self) -> u32 {
        self.k.min(self.j + self.m)
    }

    /// How many degrees order `m` has, from n = m on.
    pub fn degrees(&self, m: u32) -> u32 {
        if m > self.m { 0 } else { (self.j.saturating_add(m).min(self.k) + 1).saturating_sub(m) }
    }

    pub fn orders(&self) -> impl Iterator<Item = u32> + use<> {
        0..=self.m
    }

    /// Real and imaginary parts.
    pub fn reals(&self) -> u64 {
        self.orders().map(|m| 2 * u64::from(self.degrees(m))).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triangular_truncation_has_fewer_degrees_in_each_further_order() {
        let t = Truncation::new([63, 63, 63]);
        assert_eq!((t.degrees(0), t.degrees(63), t.degrees(64)), (64, 1, 0));
        assert_eq!(t.reals(), 64 * 65);
        assert_eq!(Truncation::triangular(64 * 65), Some(t));
        assert_eq!(Truncation::triangular(64 * 65 + 2), None);
        assert_eq!(Truncation::triangular(0), None);
    }

    #[test]
    fn rhomboidal_truncation_has_as_many_degrees_in_every_order() {
        let r = Truncation::new([15, 30, 15]);
        assert!(r.orders().all(|m| r.degrees(m) == 16));
        assert_eq!((r.reals(), r.largest_degree()), (2 * 16 * 16, 30));
    }
}
