//! Simple packing of a grid, a matrix at each grid point, and ecCodes' IEEE floats.

use hyperslab_core::{ReadContext, ReadError, Result};

use super::header::Header;
use crate::packing::bits::{Bits, unpack_with};
use crate::packing::{Real, Scaling};
use crate::spectral::floats::Float;

/// Octets 12 and on: `count` values of the width in octet 11.
pub(super) fn decode<T: Real>(
    header: &Header,
    decimal_scale: i16,
    count: u64,
    cx: &ReadContext,
) -> Result<Vec<T>> {
    let scaling = header.scaling(decimal_scale);
    unpack(header.octets.from(12)?, header.bits, &scaling, count, cx)
}

/// `count` integers of `width` bits, scaled. With no bits every value is the reference value:
/// like ecCodes, without its decimal scaling.
pub(crate) fn unpack<T: Real>(
    bytes: &[u8],
    width: u8,
    scaling: &Scaling,
    count: u64,
    cx: &ReadContext,
) -> Result<Vec<T>> {
    cx.limits.claim_array(count, size_of::<T>() as u64)?;
    let len = usize::try_from(count).unwrap_or(usize::MAX);
    if width == 0 {
        return Ok(vec![scaling.constant(); len]);
    }
    check_len(bytes, u64::from(width), count)?;
    let mut values = vec![T::default(); len];
    if width <= 32 {
        let scaled = |packed: u32| scaling.apply(f64::from(packed));
        unpack_with(bytes, 0, u32::from(width), &mut values, scaled)?;
    } else {
        let mut bits = Bits::new(bytes);
        for value in &mut values {
            *value = scaling.apply(bits.take(u32::from(width))? as f64);
        }
    }
    Ok(values)
}

/// Octet 12 says how wide the floats are (code table 5.7 of GRIB2) that follow.
pub(super) fn decode_ieee<T: Real>(
    header: &Header,
    count: u64,
    cx: &ReadContext,
) -> Result<Vec<T>> {
    let float = ieee_float(header)?;
    let bytes = header.octets.from(13)?;
    check_len(bytes, float.len() as u64 * 8, count)?;
    cx.limits.claim_array(count, size_of::<T>() as u64)?;
    let len = usize::try_from(count).unwrap_or(usize::MAX);
    Ok(bytes
        .chunks_exact(float.len())
        .take(len)
        .map(|octets| T::from_f64(float.decode(octets)))
        .collect())
}

pub(super) fn ieee_float(header: &Header) -> Result<Float> {
    Float::of_table_5_7(header.octets.u8(12)?)
}

/// A single value at each point, although octets 15 to 24 and the coefficients after them
/// describe dimensions of matrices.
pub(super) fn decode_described<T: Real>(
    header: &Header,
    decimal_scale: i16,
    count: u64,
    cx: &ReadContext,
) -> Result<Vec<T>> {
    let octets = header.octets;
    let coefficients = usize::from(octets.u8(20)?) + usize::from(octets.u8(22)?);
    let bytes = octets.from(25 + 4 * coefficients)?;
    unpack(bytes, header.bits, &header.scaling(decimal_scale), count, cx)
}

fn check_len(bytes: &[u8], width: u64, count: u64) -> Result<()> {
    let held = (bytes.len() as u64).saturating_mul(8) / width.max(1);
    if count > held {
        return Err(ReadError::truncated(format!("{held} of {count} values of {width} bits")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packing::edition1::{Field1, decode1};

    fn field(points: u64) -> Field1<'static> {
        Field1 { decimal_scale: 1, points, rows: &[], truncation: None }
    }

    fn decoded(bds: &[u8], bitmap: Option<&[u8]>, points: u64) -> Result<Vec<f64>> {
        decode1(bds, bitmap, &field(points), &ReadContext::default())
    }

    /// R = 1, E = 1, 4 bits: (1 + 2X) / 10.
    const NIBBLES: [u8; 13] = [0, 0, 13, 0x04, 0, 1, 0x41, 0x10, 0, 0, 4, 0x07, 0x20];

    #[test]
    fn integers_are_scaled_and_the_bitmap_says_where_they_go() {
        assert_eq!(decoded(&NIBBLES, None, 3).unwrap(), [0.1, 1.5, 0.5]);
        let spread = decoded(&NIBBLES, Some(&[0b0101_1000]), 5).unwrap();
        assert!(spread[0].is_nan() && spread[2].is_nan());
        assert_eq!([spread[1], spread[3], spread[4]], [0.1, 1.5, 0.5]);
        assert!(decoded(&NIBBLES, None, 5).is_err());
    }

    #[test]
    fn a_constant_field_is_its_reference_value_and_no_octets() {
        let constant = [0, 0, 12, 0x08, 0, 0, 0x41, 0x20, 0, 0, 0, 0];
        assert_eq!(decoded(&constant, None, 3).unwrap(), [2.0; 3]);
    }

    #[test]
    fn a_scale_of_all_bits_means_that_all_is_missing() {
        let missing = [0, 0, 12, 0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 24, 0];
        assert!(decoded(&missing, None, 2).unwrap().iter().all(|value| value.is_nan()));
    }

    #[test]
    fn ieee_floats_are_read_in_both_widths() {
        let mut bds = vec![0, 0, 20, 0x30, 0, 0, 0, 0, 0, 0, 32, 1];
        bds.extend(1.5f32.to_be_bytes());
        bds.extend((-2f32).to_be_bytes());
        assert_eq!(decoded(&bds, None, 2).unwrap(), [1.5, -2.0]);
        bds[11] = 2;
        bds.truncate(12);
        bds.extend(0.1f64.to_be_bytes());
        assert_eq!(decoded(&bds, None, 1).unwrap(), [0.1]);
        assert!(decoded(&bds, None, 2).is_err());
    }

    #[test]
    fn a_matrix_of_one_value_is_a_value() {
        let mut bds = vec![0, 0, 25, 0x10, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0];
        bds.extend([0, 1, 0, 1, 0, 1, 0, 0, 0, 0]);
        bds.extend([0; 4]);
        bds.extend([10, 20]);
        assert_eq!(decoded(&bds, None, 2).unwrap(), [1.0, 2.0]);
    }
}
