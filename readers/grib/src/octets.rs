//! Octets of a section by their number in the specification, which counts from 1.

/// Nothing outside the section is ever read: what is not there is `None`.
#[derive(Clone, Copy, Debug)]
pub struct Octets<'a>(pub &'a [u8]);

impl<'a> Octets<'a> {
    pub fn count(&self) -> usize {
        self.0.len()
    }

    pub fn u8(&self, octet: usize) -> Option<u8> {
        self.0.get(octet.checked_sub(1)?).copied()
    }

    pub fn u16(&self, octet: usize) -> Option<u16> {
        self.array(octet).map(u16::from_be_bytes)
    }

    pub fn u24(&self, octet: usize) -> Option<u32> {
        let [a, b, c] = self.array(octet)?;
        Some(u32::from_be_bytes([0, a, b, c]))
    }

    pub fn u32(&self, octet: usize) -> Option<u32> {
        self.array(octet).map(u32::from_be_bytes)
    }

    pub fn u64(&self, octet: usize) -> Option<u64> {
        self.array(octet).map(u64::from_be_bytes)
    }

    /// An unsigned number of 1, 2 or 4 octets.
    pub fn unsigned(&self, octet: usize, len: u8) -> Option<u32> {
        match len {
            1 => self.u8(octet).map(u32::from),
            2 => self.u16(octet).map(u32::from),
            4 => self.u32(octet),
            _ => None,
        }
    }

    /// Signed numbers of both editions have their sign in the first bit and their magnitude in
    /// the rest.
    pub fn i8(&self, octet: usize) -> Option<i8> {
        let raw = self.u8(octet)?;
        let magnitude = (raw & 0x7F) as i8;
        Some(if raw & 0x80 == 0 { magnitude } else { -magnitude })
    }

    pub fn i16(&self, octet: usize) -> Option<i16> {
        let raw = self.u16(octet)?;
        let magnitude = (raw & 0x7FFF) as i16;
        Some(if raw & 0x8000 == 0 { magnitude } else { -magnitude })
    }

    pub fn i32(&self, octet: usize) -> Option<i32> {
        let raw = self.u32(octet)?;
        let magnitude = (raw & 0x7FFF_FFFF) as i32;
        Some(if raw >> 31 == 0 { magnitude } else { -magnitude })
    }

    /// IBM System/360 single precision, GRIB1's floating point.
    pub fn ibm(&self, octet: usize) -> Option<f64> {
        self.u32(octet).map(ibm_float)
    }

    /// `len` octets from `octet`.
    pub fn range(&self, octet: usize, len: usize) -> Option<&'a [u8]> {
        let start = octet.checked_sub(1)?;
        self.0.get(start..start.checked_add(len)?)
    }

    fn array<const N: usize>(&self, octet: usize) -> Option<[u8; N]> {
        self.range(octet, N)?.try_into().ok()
    }
}

/// Sign, exponent of 16 in excess of 64, 24 bits of fraction.
pub fn ibm_float(raw: u32) -> f64 {
    let sign = if raw >> 31 == 0 { 1. } else { -1. };
    let exponent = ((raw >> 24) & 0x7F) as i32 - 64;
    let fraction = f64::from(raw & 0x00FF_FFFF) / f64::from(1 << 24);
    sign * fraction * 16f64.powi(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_count_from_one_and_end_with_the_section() {
        let octets = Octets(&[0x80, 0x05, 0x00, 0x01]);
        assert_eq!((octets.u8(0), octets.u8(1), octets.u8(5)), (None, Some(0x80), None));
        assert_eq!((octets.u16(3), octets.u16(4)), (Some(1), None));
        assert_eq!(octets.i16(1), Some(-5));
        assert_eq!(octets.u24(2), Some(0x05_0001));
        assert_eq!(octets.range(usize::MAX, 2), None);
    }

    #[test]
    fn signs_are_in_the_first_bit_not_in_twos_complement() {
        let octets = Octets(&[0x81, 0x80, 0x00, 0x00, 0x07]);
        assert_eq!(octets.i8(1), Some(-1));
        assert_eq!(octets.i32(2), Some(-7));
        assert_eq!(Octets(&[0xFF; 4]).i32(1), Some(-0x7FFF_FFFF));
    }

    #[test]
    fn ibm_floats_are_powers_of_sixteen() {
        assert_eq!(ibm_float(0x4110_0000), 1.);
        assert_eq!(ibm_float(0xC276_A000), -118.625);
        assert_eq!(ibm_float(0), 0.);
    }
}
