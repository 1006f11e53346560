//! Coefficients as they are stored: GRIB1 section 4 for spherical harmonics, GRIB2 templates
//! 5.50 and 5.51.
//!
//! Simple packing keeps the real part of (0,0), the mean of the field, apart. Complex packing
//! keeps a corner of low degrees and orders (JS, KS, MS) as floats, and packs the rest multiplied
//! by (n (n + 1))^P.

use hyperslab_core::{ReadContext, ReadError, Result};

use super::floats::Float;
use super::truncation::Truncation;
use crate::packing::bits::Bits;
use crate::packing::edition1::ibm::f64_from_ibm;
use crate::packing::edition1::octets::Octets;
use crate::packing::edition1::simple;
use crate::packing::{Real, Scaling};

/// Octets 12 to 15 hold the real part of (0,0).
pub(crate) fn decode1_simple<T: Real>(
    octets: Octets,
    width: u8,
    scaling: &Scaling,
    truncation: [u16; 3],
    cx: &ReadContext,
) -> Result<Vec<T>> {
    let mean = f64_from_ibm(octets.array(12)?);
    let reals = Truncation::new(truncation).reals();
    unpack_simple(mean, octets.from(16)?, width, scaling, reals, cx)
}

/// Octets 14-15: P in thousandths; 16 to 18: JS, KS, MS. Octets 12-13 (N), where packed values
/// begin, do not reach far enough for a large subset.
pub(crate) fn decode1_complex<T: Real>(
    octets: Octets,
    width: u8,
    scaling: &Scaling,
    truncation: [u16; 3],
    cx: &ReadContext,
) -> Result<Vec<T>> {
    let subset = [octets.u8(16)?, octets.u8(17)?, octets.u8(18)?].map(u16::from);
    let packing = ComplexPacking {
        whole: Truncation::new(truncation),
        subset: Truncation::new(subset),
        // ecCodes takes a field that is all subset to be IEEE, in both editions.
        float: if subset == truncation { Float::Ieee32 } else { Float::Ibm32 },
        laplacian: f64::from(octets.i16(14)?) / 1e3,
        is_edge_scaled: true,
        width,
        scaling: *scaling,
    };
    packing.unpack(octets.from(19)?, cx)
}

/// GRIB2 template 5.50, spectral data with simple packing. `section5` is the whole section,
/// `data` the octets from 6 on of section 7, `reals` twice the harmonics of the grid.
///
/// # Errors
/// What is wrong with the sections.
pub fn decode2_simple<T: Real>(
    section5: &[u8],
    data: &[u8],
    reals: u64,
    cx: &ReadContext,
) -> Result<Vec<T>> {
    let octets = Octets(section5);
    let mean = f32::from_be_bytes(octets.array(21)?);
    unpack_simple(f64::from(mean), data, octets.u8(20)?, &scaling2(octets)?, reals, cx)
}

/// GRIB2 template 5.51, spectral data with complex packing; the rest as for [`decode2_simple`].
/// The truncation follows from the number of harmonics: it has to be triangular.
///
/// # Errors
/// What is wrong with the sections.
pub fn decode2_complex<T: Real>(
    section5: &[u8],
    data: &[u8],
    reals: u64,
    cx: &ReadContext,
) -> Result<Vec<T>> {
    let octets = Octets(section5);
    let whole = Truncation::triangular(reals)
        .ok_or_else(|| ReadError::unsupported("a truncation that is not triangular"))?;
    let packing = ComplexPacking {
        whole,
        subset: Truncation::new([octets.u16(25)?, octets.u16(27)?, octets.u16(29)?]),
        float: Float::of_table_5_7(octets.u8(35)?)?,
        laplacian: f64::from(octets.i32(21)?) / 1e6,
        is_edge_scaled: false,
        width: octets.u8(20)?,
        scaling: scaling2(octets)?,
    };
    packing.unpack(data, cx)
}

fn scaling2(octets: Octets) -> Result<Scaling> {
    let reference = f32::from_be_bytes(octets.array(12)?);
    Ok(Scaling::new(f64::from(reference), octets.i16(16)?, octets.i16(18)?))
}

fn unpack_simple<T: Real>(
    mean: f64,
    bytes: &[u8],
    width: u8,
    scaling: &Scaling,
    reals: u64,
    cx: &ReadContext,
) -> Result<Vec<T>> {
    let packed = reals.saturating_sub(1);
    let mut values = simple::unpack(bytes, width, scaling, packed, cx)?;
    if reals > 0 {
        values.insert(0, T::from_f64(mean));
    }
    Ok(values)
}

struct ComplexPacking {
    whole: Truncation,
    /// What is stored unpacked.
    subset: Truncation,
    float: Float,
    /// P
    laplacian: f64,
    /// ECMWF's GRIB1 fields have the largest degree of the subset multiplied as if it were
    /// packed, though it is not.
    is_edge_scaled: bool,
    width: u8,
    scaling: Scaling,
}

impl ComplexPacking {
    fn unpack<T: Real>(&self, bytes: &[u8], cx: &ReadContext) -> Result<Vec<T>> {
        let (reals, unpacked) = self.check(bytes)?;
        cx.limits.claim_array(reals, size_of::<T>() as u64)?;
        let (floats, packed) =
            bytes.split_at_checked(unpacked).ok_or_else(|| ReadError::truncated("subset"))?;
        let mut floats = floats.chunks_exact(self.float.len());
        let mut packed = Bits::new(packed);
        let mut values = Vec::with_capacity(usize::try_from(reals).unwrap_or(0));
        let is_all_subset = self.subset == self.whole;
        for m in self.whole.orders() {
            cx.check()?;
            let subset_degrees = self.subset.degrees(m);
            for index in 0..self.whole.degrees(m) {
                let n = f64::from(m) + f64::from(index);
                if index < subset_degrees {
                    let is_edge = index + 1 == subset_degrees && n > 0.0 && !is_all_subset;
                    let mut factor = if is_all_subset { self.scaling.decimal } else { 1.0 };
                    if self.is_edge_scaled && is_edge {
                        factor = self.smoothing(n);
                    }
                    for _ in 0..2 {
                        let stored = floats.next().map_or(0.0, |octets| self.float.decode(octets));
                        values.push(T::from_f64(stored * factor));
                    }
                } else {
                    let factor = self.smoothing(n);
                    let real = packed.take(u32::from(self.width))?;
                    let imaginary = packed.take(u32::from(self.width))?;
                    values.push(self.scaled(real, factor));
                    // Order 0 has no imaginary part; it is packed all the same, as a rounded zero.
                    values.push(self.scaled(imaginary, if m == 0 { 0.0 } else { factor }));
                }
            }
        }
        Ok(values)
    }

    /// How many reals there are, and the octets of those that are not packed.
    fn check(&self, bytes: &[u8]) -> Result<(u64, usize)> {
        if self.whole.orders().any(|m| self.subset.degrees(m) > self.whole.degrees(m))
            || self.subset.m() > self.whole.m()
        {
            return Err(ReadError::malformed("an unpacked subset larger than the truncation"));
        }
        let (reals, unpacked) = (self.whole.reals(), self.subset.reals());
        let unpacked_len = unpacked.saturating_mul(self.float.len() as u64);
        let packed_bits = (reals - unpacked).saturating_mul(u64::from(self.width));
        let needed = unpacked_len.saturating_add(packed_bits.div_ceil(8));
        if needed > bytes.len() as u64 {
            return Err(ReadError::truncated(format!(
                "{needed} octets of coefficients, of which {} are there",
                bytes.len()
            )));
        }
        Ok((reals, usize::try_from(unpacked_len).unwrap_or(usize::MAX)))
    }

    /// (n (n + 1))^-P
    fn smoothing(&self, n: f64) -> f64 {
        (n * (n + 1.0)).powf(-self.laplacian)
    }

    fn scaled<T: Real>(&self, packed: u64, factor: f64) -> T {
        T::from_f64(self.scaling.apply::<f64>(packed as f64) * factor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packing::edition1::{Field1, decode1};

    fn spectral(truncation: [u16; 3]) -> Field1<'static> {
        Field1 { decimal_scale: 0, points: 0, rows: &[], truncation: Some(truncation) }
    }

    /// GRIB1 octets 1 to 11: R = 0, E = 0, 8 bits.
    fn head(flags: u8) -> Vec<u8> {
        vec![0, 0, 0, flags, 0, 0, 0, 0, 0, 0, 8]
    }

    fn assert_near(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        let is_near = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-12;
        assert!(found.iter().zip(expected).all(is_near), "{found:?}");
    }

    #[test]
    fn the_mean_of_simple_packing_is_kept_apart() {
        let mut bds = head(0x80);
        bds.extend([0x43, 0x11, 0x18, 0]);
        bds.extend([0, 1, 2, 3, 4]);
        let cx = ReadContext::default();
        let values = decode1::<f64>(&bds, None, &spectral([1; 3]), &cx).unwrap();
        assert_eq!(values, [273.5, 0.0, 1.0, 2.0, 3.0, 4.0]);
        bds.pop();
        assert!(decode1::<f64>(&bds, None, &spectral([1; 3]), &cx).is_err());
    }

    #[test]
    fn grib1_divides_the_edge_of_the_unpacked_subset_too() {
        let mut bds = head(0xC0);
        // N (not used), P = 1, J = K = M = 1.
        bds.extend([0, 0, 0x03, 0xE8, 1, 1, 1]);
        // (0,0), (1,0), (1,1) as 16, 2, 0, 8, 4 and so on in IBM's format.
        for tenth in [0x10u8, 0, 2, 0, 8, 4] {
            bds.extend([0x42, tenth, 0, 0]);
        }
        bds.extend([12, 99, 18, 24, 30, 36]);
        let cx = ReadContext::default();
        let values = decode1::<f64>(&bds, None, &spectral([2; 3]), &cx).unwrap();
        // Degree 1 halved, degree 2 divided by 6; no imaginary part in order 0.
        let expected = [16.0, 0.0, 1.0, 0.0, 2.0, 0.0, 4.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        assert_near(&values, &expected);
        let too_small = decode1::<f64>(&bds, None, &spectral([0; 3]), &cx).unwrap_err();
        assert_eq!(too_small.kind(), hyperslab_core::ErrorKind::Malformed);
    }

    /// Section 5 of template 5.51 for 12 reals: P = 1, 8 bits.
    fn section5(subset: u8, precision: u8) -> Vec<u8> {
        let mut section = vec![0, 0, 0, 35, 5, 0, 0, 0, 12, 0, 51];
        section.extend([0, 0, 0, 0, 0, 0, 0, 0, 8]);
        section.extend(1_000_000u32.to_be_bytes());
        section.extend([0, subset, 0, subset, 0, subset, 0, 0, 0, 0, precision]);
        section
    }

    #[test]
    fn grib2_keeps_the_subset_as_it_is_in_any_precision() {
        let subset = [281f64, 0.0, 2.0, 0.0, 8.0, 4.0];
        let packed = [12, 99, 18, 24, 30, 36];
        let expected = [281.0, 0.0, 2.0, 0.0, 2.0, 0.0, 8.0, 4.0, 3.0, 4.0, 5.0, 6.0];
        let cx = ReadContext::default();
        let mut data = subset.iter().flat_map(|&x| (x as f32).to_be_bytes()).collect::<Vec<_>>();
        data.extend(packed);
        assert_near(&decode2_complex(&section5(1, 1), &data, 12, &cx).unwrap(), &expected);
        let mut data = subset.iter().flat_map(|x| x.to_be_bytes()).collect::<Vec<_>>();
        data.extend(packed);
        assert_near(&decode2_complex(&section5(1, 2), &data, 12, &cx).unwrap(), &expected);
        assert!(decode2_complex::<f64>(&section5(1, 3), &data, 12, &cx).is_err());
        assert!(decode2_complex::<f64>(&section5(1, 1), &data, 13, &cx).is_err());
        let whole = decode2_complex::<f64>(&section5(2, 1), &[0x3F; 48], 12, &cx).unwrap();
        assert_near(&whole, &[f64::from(f32::from_bits(0x3F3F_3F3F)); 12]);
    }
}
