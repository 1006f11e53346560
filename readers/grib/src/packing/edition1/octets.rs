//! Octets of a section, numbered from 1 as the specification numbers them.

use hyperslab_core::{ReadError, Result};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Octets<'a>(pub &'a [u8]);

impl<'a> Octets<'a> {
    /// From octet `first` to the end.
    pub fn from(self, first: usize) -> Result<&'a [u8]> {
        first.checked_sub(1).and_then(|start| self.0.get(start..)).ok_or_else(|| self.short(first))
    }

    pub fn u8(self, octet: usize) -> Result<u8> {
        self.array::<1>(octet).map(|[value]| value)
    }

    pub fn u16(self, first: usize) -> Result<u16> {
        self.array(first).map(u16::from_be_bytes)
    }

    pub fn u32(self, first: usize) -> Result<u32> {
        self.array(first).map(u32::from_be_bytes)
    }

    /// A sign and a magnitude (regulation 92.1.5).
    pub fn i16(self, first: usize) -> Result<i16> {
        let stored = self.u16(first)?;
        let magnitude = (stored & 0x7FFF) as i16;
        Ok(if stored & 0x8000 == 0 { magnitude } else { -magnitude })
    }

    /// A sign and a magnitude.
    pub fn i32(self, first: usize) -> Result<i32> {
        let stored = self.u32(first)?;
        let magnitude = (stored & 0x7FFF_FFFF) as i32;
        Ok(if stored & 0x8000_0000 == 0 { magnitude } else { -magnitude })
    }

    pub fn array<const N: usize>(self, first: usize) -> Result<[u8; N]> {
        self.from(first)?.first_chunk::<N>().copied().ok_or_else(|| self.short(first))
    }

    fn short(self, octet: usize) -> ReadError {
        ReadError::truncated(format!(
            "a section of {} octets, of which octet {octet} is needed",
            self.0.len()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_count_from_one_and_numbers_have_a_sign_and_a_magnitude() {
        let octets = Octets(&[0x80, 0x05, 0x00, 0x07]);
        assert_eq!((octets.i16(1).unwrap(), octets.i16(3).unwrap()), (-5, 7));
        assert_eq!((octets.u8(2).unwrap(), octets.i32(1).unwrap()), (5, -0x0005_0007));
        assert!(octets.u16(4).is_err() && octets.u8(0).is_err() && octets.u8(6).is_err());
    }
}
