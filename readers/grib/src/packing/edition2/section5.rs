//! Section 5, data representation: what its templates have in common.

use hyperslab_core::{ReadError, Result};

use crate::packing::Scaling;

/// Octets of section 5, numbered from 1 as in the Manual on Codes.
pub(super) struct Section5<'a> {
    octets: &'a [u8],
}

impl<'a> Section5<'a> {
    pub(super) fn read(octets: &'a [u8]) -> Result<Self> {
        let section = Self { octets };
        match section.u8(5)? {
            5 => Ok(section),
            number => Err(ReadError::malformed(format!("section {number} instead of section 5"))),
        }
    }

    /// Values coded in section 7.
    pub(super) fn values(&self) -> Result<u64> {
        self.u32(6).map(u64::from)
    }

    pub(super) fn template(&self) -> Result<u16> {
        self.u16(10)
    }

    /// R, E and D of templates 5.0 to 5.3, 5.40 to 5.42 and 5.61.
    pub(super) fn scaling(&self) -> Result<Scaling> {
        let reference = f32::from_bits(self.u32(12)?);
        Ok(Scaling::new(reference.into(), self.i16(16)?, self.i16(18)?))
    }

    /// Bits of a packed value, or of a group's reference.
    pub(super) fn bits_per_value(&self) -> Result<u8> {
        let bits = self.u8(20)?;
        if bits > 64 {
            return Err(ReadError::malformed(format!("{bits} bits per value")));
        }
        Ok(bits)
    }

    pub(super) fn u8(&self, octet: usize) -> Result<u8> {
        self.take::<1>(octet).map(|[byte]| byte)
    }

    pub(super) fn u16(&self, octet: usize) -> Result<u16> {
        self.take(octet).map(u16::from_be_bytes)
    }

    pub(super) fn u32(&self, octet: usize) -> Result<u32> {
        self.take(octet).map(u32::from_be_bytes)
    }

    /// The highest bit is the sign, the others the magnitude (regulation 92.1.5).
    fn i16(&self, octet: usize) -> Result<i16> {
        let coded = self.u16(octet)?;
        let magnitude = (coded & 0x7FFF) as i16;
        Ok(if coded & 0x8000 == 0 { magnitude } else { -magnitude })
    }

    /// Octets from the `octet`th on.
    pub(super) fn from(&self, octet: usize) -> &'a [u8] {
        self.octets.get(octet.saturating_sub(1)..).unwrap_or_default()
    }

    fn take<const N: usize>(&self, octet: usize) -> Result<[u8; N]> {
        self.from(octet)
            .first_chunk::<N>()
            .copied()
            .ok_or_else(|| ReadError::truncated(format!("section 5 ends before octet {octet}")))
    }
}
