//! A section addressed as its specification does: octet 1 is the first of the section. Negative
//! numbers have their first bit set, the rest is the absolute value (Manual on Codes FM 92,
//! Regulations 92.1.5).

use hyperslab_core::{ReadError, Result};

#[derive(Clone, Copy)]
pub(super) struct Octets<'a> {
    bytes: &'a [u8],
    section: &'static str,
}

impl<'a> Octets<'a> {
    pub fn new(bytes: &'a [u8], section: &'static str) -> Self {
        Self { bytes, section }
    }

    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    pub fn take(&self, octet: usize, count: usize) -> Result<&'a [u8]> {
        octet
            .checked_sub(1)
            .and_then(|start| self.bytes.get(start..start.checked_add(count)?))
            .ok_or_else(|| {
                ReadError::truncated(format!(
                    "{} of {} octets ends before octet {octet}",
                    self.section,
                    self.bytes.len()
                ))
            })
    }

    /// Big-endian, of at most eight octets.
    pub fn uint(&self, octet: usize, count: usize) -> Result<u64> {
        Ok(self.take(octet, count)?.iter().fold(0, |value, &byte| (value << 8) | u64::from(byte)))
    }

    pub fn u8(&self, octet: usize) -> Result<u8> {
        Ok(self.uint(octet, 1)? as u8)
    }

    pub fn u16(&self, octet: usize) -> Result<u16> {
        Ok(self.uint(octet, 2)? as u16)
    }

    pub fn u32(&self, octet: usize) -> Result<u32> {
        Ok(self.uint(octet, 4)? as u32)
    }

    /// `None` when all bits are set.
    pub fn given(&self, octet: usize, count: usize) -> Result<Option<u32>> {
        let value = self.uint(octet, count)?;
        let missing = u64::MAX >> (64 - 8 * count.clamp(1, 8));
        Ok(if value == missing { None } else { u32::try_from(value).ok() })
    }

    /// Sign and magnitude.
    pub fn int(&self, octet: usize, count: usize) -> Result<i64> {
        let value = self.uint(octet, count)?;
        let sign = 1u64 << (8 * count.clamp(1, 8) - 1);
        let magnitude = (value & (sign - 1)) as i64;
        Ok(if value & sign == 0 { magnitude } else { -magnitude })
    }

    /// Sign and magnitude; `None` when all bits are set.
    pub fn int_given(&self, octet: usize, count: usize) -> Result<Option<i64>> {
        Ok(match self.given(octet, count)? {
            Some(_) => Some(self.int(octet, count)?),
            None => None,
        })
    }

    /// An angle in millionths of a degree. Beyond 1000 degrees it is a negative one in two's
    /// complement, as some writers of transverse Mercator grids have it.
    pub fn micro_degrees(&self, octet: usize) -> Result<i64> {
        let angle = self.int(octet, 4)?;
        if angle < -1_000_000_000 {
            return Ok(i64::from(self.u32(octet)? as i32));
        }
        Ok(angle)
    }

    pub fn ieee32(&self, octet: usize) -> Result<f64> {
        Ok(f64::from(f32::from_bits(self.u32(octet)?)))
    }

    /// IBM System/360 single precision, the real numbers of GRIB1.
    pub fn ibm32(&self, octet: usize) -> Result<f64> {
        let bits = self.u32(octet)?;
        let exponent = i32::from((bits >> 24) as u8 & 0x7f) - 64;
        let mantissa = f64::from(bits & 0x00ff_ffff) / f64::from(1 << 24);
        let value = mantissa * 16f64.powi(exponent);
        Ok(if bits >> 31 == 0 { value } else { -value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_are_counted_from_one_and_signs_are_the_first_bit() {
        let bytes = [0x80, 0x01, 0xff, 0xff, 0xff, 0xff];
        let octets = Octets::new(&bytes, "section 2");
        assert_eq!(octets.int(1, 2).unwrap(), -1);
        assert_eq!(octets.u8(2).unwrap(), 1);
        assert_eq!(octets.given(3, 2).unwrap(), None);
        assert_eq!(octets.given(2, 2).unwrap(), Some(0x01ff));
        assert!(octets.u32(4).is_err());
        assert!(octets.take(0, 1).is_err());
    }

    #[test]
    fn negative_angles_in_twos_complement_are_understood() {
        let coded = (-117_000_000i32).to_be_bytes();
        assert_eq!(Octets::new(&coded, "s").micro_degrees(1).unwrap(), -117_000_000);
        let proper = (0x8000_0000u32 | 117_000_000).to_be_bytes();
        assert_eq!(Octets::new(&proper, "s").micro_degrees(1).unwrap(), -117_000_000);
    }

    #[test]
    fn ibm_numbers_have_base_16_exponents() {
        // 1.0 is 1/16 times 16 to the power 1; -118.625 is the textbook example.
        let one = 0x4110_0000u32.to_be_bytes();
        assert_eq!(Octets::new(&one, "s").ibm32(1).unwrap(), 1.0);
        let textbook = 0xc276_a000u32.to_be_bytes();
        assert_eq!(Octets::new(&textbook, "s").ibm32(1).unwrap(), -118.625);
    }
}
