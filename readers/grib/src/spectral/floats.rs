//! Floating-point numbers in which coefficients are stored unpacked (GRIB2 code table 5.7, and
//! GRIB1's own).

use hyperslab_core::{ReadError, Result};

use crate::packing::edition1::ibm::f64_from_ibm;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Float {
    Ibm32,
    Ieee32,
    Ieee64,
    Ieee128,
}

impl Float {
    pub fn of_table_5_7(code: u8) -> Result<Self> {
        match code {
            1 => Ok(Self::Ieee32),
            2 => Ok(Self::Ieee64),
            3 => Ok(Self::Ieee128),
            _ => Err(ReadError::unsupported(format!("precision {code} of code table 5.7"))),
        }
    }

    /// Octets.
    pub fn len(self) -> usize {
        match self {
            Self::Ibm32 | Self::Ieee32 => 4,
            Self::Ieee64 => 8,
            Self::Ieee128 => 16,
        }
    }

    /// NaN where there are too few octets.
    pub fn decode(self, octets: &[u8]) -> f64 {
        let decoded = match self {
            Self::Ibm32 => octets.first_chunk().copied().map(f64_from_ibm),
            Self::Ieee32 => octets.first_chunk().map(|&four| f64::from(f32::from_be_bytes(four))),
            Self::Ieee64 => octets.first_chunk().map(|&eight| f64::from_be_bytes(eight)),
            Self::Ieee128 => {
                octets.first_chunk().map(|&all| f64_from_quad(u128::from_be_bytes(all)))
            }
        };
        decoded.unwrap_or(f64::NAN)
    }
}

/// IEEE 754 binary128, cut off to double precision.
fn f64_from_quad(bits: u128) -> f64 {
    let sign = ((bits >> 127) as u64) << 63;
    let exponent = (bits >> 112 & 0x7FFF) as i32;
    let fraction = (bits >> 60) as u64 & 0x000F_FFFF_FFFF_FFFF;
    let is_nan = bits << 16 != 0;
    let magnitude = match exponent - 16383 + 1023 {
        _ if exponent == 0x7FFF => 0x7FF0_0000_0000_0000 | u64::from(is_nan) << 51,
        biased @ 1..=2046 => (biased as u64) << 52 | fraction,
        2047.. => 0x7FF0_0000_0000_0000,
        // Too small to be told from zero in any field.
        _ => 0,
    };
    f64::from_bits(sign | magnitude)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quadruple_precision_is_cut_to_double() {
        let quad = |exponent: u128, fraction: u128| exponent << 112 | fraction;
        assert_eq!(f64_from_quad(quad(16383, 0)), 1.0);
        assert_eq!(f64_from_quad(quad(16384, 1 << 111) | 1 << 127), -3.0);
        assert_eq!(f64_from_quad(0), 0.0);
        assert_eq!(f64_from_quad(quad(0x7FFF, 0)), f64::INFINITY);
        assert!(f64_from_quad(quad(0x7FFF, 1)).is_nan());
        assert_eq!(f64_from_quad(quad(30000, 0)), f64::INFINITY);
    }

    #[test]
    fn precisions_have_their_widths() {
        let floats = [1, 2, 3].map(|code| Float::of_table_5_7(code).unwrap());
        assert_eq!(floats.map(Float::len), [4, 8, 16]);
        assert!(Float::of_table_5_7(255).is_err());
        assert!(Float::Ieee64.decode(&[0; 3]).is_nan());
    }
}
