//! Floating-point numbers other than IEEE's single and double.

use hyperslab_core::{Buffer, ByteOrder};

use super::elements::Elements;
use crate::datatype::{FloatOrder, FloatingPoint, Normalization};

/// IEEE halves, held as `f32`.
pub fn halves(elements: &Elements, order: ByteOrder) -> Buffer {
    let values = elements.arrays::<2>().map(|bytes| match order {
        ByteOrder::Little => f32_from_half(u16::from_le_bytes(bytes)),
        ByteOrder::Big => f32_from_half(u16::from_be_bytes(bytes)),
    });
    Buffer::F32(values.collect())
}

/// Floats of any layout, held as [`FloatingPoint::is_held_as_f64`] says.
pub fn other(elements: &Elements, float: &FloatingPoint) -> Buffer {
    let values = elements.iter().map(|bytes| value(bits(bytes, float.order), float));
    if float.is_held_as_f64() {
        Buffer::F64(values.collect())
    } else {
        Buffer::F32(values.map(f32_from_f64).collect())
    }
}

/// Exact, the payload of a NaN included.
fn f32_from_half(half: u16) -> f32 {
    let sign = u32::from(half & 0x8000) << 16;
    let exponent = u32::from(half >> 10 & 0x1f);
    let mantissa = u32::from(half & 0x3ff);
    match exponent {
        0 => {
            let magnitude = mantissa as f32 / (1 << 24) as f32;
            f32::from_bits(magnitude.to_bits() | sign)
        }
        31 => f32::from_bits(sign | 0x7f80_0000 | mantissa << 13),
        _ => f32::from_bits(sign | (exponent + 127 - 15) << 23 | mantissa << 13),
    }
}

/// A NaN keeps its sign, and all bits of its mantissa are set.
fn f32_from_f64(value: f64) -> f32 {
    if value.is_nan() {
        let sign = u32::from(value.is_sign_negative()) << 31;
        return f32::from_bits(sign | 0x7fff_ffff);
    }
    value as f32
}

/// The element as one number of at most 16 bytes.
fn bits(bytes: &[u8], order: FloatOrder) -> u128 {
    let join = |bits: u128, byte: &u8| bits << 8 | u128::from(*byte);
    match order {
        FloatOrder::Little => bytes.iter().rev().fold(0, join),
        FloatOrder::Big => bytes.iter().fold(0, join),
        FloatOrder::Vax => bytes
            .as_chunks()
            .0
            .iter()
            .fold(0, |bits, &word| bits << 16 | u128::from(u16::from_le_bytes(word))),
    }
}

/// Rounded to `f64` where that has fewer digits.
fn value(bits: u128, float: &FloatingPoint) -> f64 {
    let part = |at: u8, len: u8| {
        let part = bits.checked_shr(at.into()).unwrap_or(0);
        match len {
            0..128 => part & ((1 << len) - 1),
            _ => part,
        }
    };
    let is_negative = part(float.sign_at, 1) == 1;
    let exponent = part(float.exponent_at, float.exponent_bits) as i64;
    let mantissa = part(float.mantissa_at, float.mantissa_bits);
    let is_vax = float.order == FloatOrder::Vax;
    let is_implied = float.normalization == Normalization::Implied;
    // Bits of the mantissa behind the point.
    let fraction_bits = i64::from(float.mantissa_bits) - i64::from(!is_implied);
    let highest = (1i64 << float.exponent_bits) - 1;
    let magnitude = if exponent == highest && !is_vax {
        let fraction = if is_implied { mantissa } else { part_below(mantissa, fraction_bits) };
        if fraction == 0 { f64::INFINITY } else { f64::from_bits(0x7fff_ffff_ffff_ffff) }
    } else if exponent == 0 && is_vax {
        0.0
    } else {
        let is_subnormal = exponent == 0;
        let leading = if is_implied && !is_subnormal { 1u128 << fraction_bits.min(127) } else { 0 };
        let exponent = exponent.max(1) - i64::from(float.bias) - fraction_bits;
        times_power_of_two((mantissa | leading) as f64, exponent)
    };
    if is_negative { -magnitude } else { magnitude }
}

fn part_below(mantissa: u128, bits: i64) -> u128 {
    mantissa & ((1u128 << bits.clamp(0, 127)) - 1)
}

/// `value` · 2^`exponent`, also where the power alone would overflow.
fn times_power_of_two(mut value: f64, mut exponent: i64) -> f64 {
    const HIGHEST: i64 = 1023;
    const LOWEST: i64 = -1022;
    while exponent > HIGHEST && value.is_finite() && value != 0.0 {
        value *= power_of_two(HIGHEST);
        exponent -= HIGHEST;
    }
    while exponent < LOWEST && value != 0.0 {
        value *= power_of_two(LOWEST);
        exponent -= LOWEST;
    }
    value * power_of_two(exponent.clamp(LOWEST, HIGHEST))
}

/// 2^`exponent`, which is that of a normal number.
fn power_of_two(exponent: i64) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datatype::float_layouts::packed;

    fn convert(raw: &[u8], size: usize, float: &FloatingPoint) -> Buffer {
        other(&Elements::packed(raw, size, raw.len() / size).unwrap(), float)
    }

    #[test]
    fn every_half_becomes_its_value() {
        let raw: Vec<u8> = [0x3c00u16, 0xc000, 0x0001, 0x8000, 0x7bff, 0x7c00, 0x7e01]
            .into_iter()
            .flat_map(u16::to_be_bytes)
            .collect();
        let Buffer::F32(values) = halves(&Elements::packed(&raw, 2, 7).unwrap(), ByteOrder::Big)
        else {
            panic!("halves are held as f32")
        };
        assert_eq!(values[..3], [1.0, -2.0, 2f32.powi(-24)]);
        assert_eq!(values[3].to_bits(), (-0f32).to_bits());
        assert_eq!(values[4..6], [65504.0, f32::INFINITY]);
        assert_eq!(values[6].to_bits(), 0x7fc0_2000);
    }

    #[test]
    fn small_floats_have_subnormals_infinities_and_nans() {
        let e5m2 = packed(5, 2, 15);
        let Buffer::F32(values) = convert(&[0x01, 0x3c, 0xc4, 0x7c, 0xff], 1, &e5m2) else {
            panic!("float8 is held as f32")
        };
        assert_eq!(values[..4], [2f32.powi(-16), 1.0, -4.0, f32::INFINITY]);
        assert_eq!(values[4].to_bits(), 0xffff_ffff);
    }

    #[test]
    fn long_doubles_store_their_leading_one() {
        let x87 = FloatingPoint { normalization: Normalization::None, ..packed(15, 64, 16383) };
        let mut raw = [0u8; 48];
        raw[7..10].copy_from_slice(&[0xc0, 0xff, 0x3f]); // 1.5
        raw[16 + 7..16 + 10].copy_from_slice(&[0x80, 0xff, 0xff]); // -infinity
        raw[32] = 1; // far below what a double holds
        assert_eq!(convert(&raw, 16, &x87), Buffer::F64(vec![1.5, f64::NEG_INFINITY, 0.0]));
    }

    #[test]
    fn vax_words_come_most_significant_first_and_all_exponents_are_numbers() {
        // D floating, bias 129 for a leading one: 1.0 is stored as 0x4080 and zeros.
        let vax = FloatingPoint { order: FloatOrder::Vax, ..packed(8, 55, 129) };
        let one = [0x80, 0x40, 0, 0, 0, 0, 0, 0];
        let largest = [0x80, 0x7f, 0, 0, 0, 0, 0, 0];
        let raw = [one, largest, [0; 8]].concat();
        assert_eq!(convert(&raw, 8, &vax), Buffer::F64(vec![1.0, 2f64.powi(126), 0.0]));
    }

    #[test]
    fn parts_may_lie_anywhere_in_the_element() {
        // The layout of le_data.h5: 20 bits from bit 7.
        let odd = FloatingPoint {
            bit_offset: 7,
            precision: 20,
            sign_at: 26,
            exponent_at: 20,
            mantissa_at: 7,
            ..packed(6, 13, 31)
        };
        let raw = (1u32 << 26 | 32 << 20 | 0x1000 << 7).to_le_bytes();
        assert_eq!(convert(&raw, 4, &odd), Buffer::F32(vec![-3.0]));
    }
}
