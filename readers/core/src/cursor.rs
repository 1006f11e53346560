//! Reading a header step by step, in either byte order, never past the end.

use byteorder::{BigEndian, ByteOrder as _, LittleEndian};

use crate::dtype::ByteOrder;
use crate::error::{ErrorKind, ReadError, Result};

/// A position in `bytes`, which begin at `base` in the file (for the offsets in errors).
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    bytes: &'a [u8],
    position: usize,
    base: u64,
    order: ByteOrder,
}

impl<'a> Cursor<'a> {
    pub fn new(bytes: &'a [u8], base: u64, order: ByteOrder) -> Self {
        Self { bytes, position: 0, base, order }
    }

    /// Offset in the file of the next byte.
    pub fn offset(&self) -> u64 {
        self.base.saturating_add(self.position as u64)
    }

    pub fn remaining(&self) -> u64 {
        (self.bytes.len() - self.position) as u64
    }

    /// The next `len` bytes.
    pub fn take(&mut self, len: usize) -> Result<&'a [u8]> {
        let found =
            self.position.checked_add(len).and_then(|end| self.bytes.get(self.position..end));
        let Some(found) = found else {
            return Err(ReadError::truncated(format!(
                "{len} bytes needed here, {} left",
                self.remaining()
            ))
            .at(self.offset()));
        };
        self.position += len;
        Ok(found)
    }

    pub fn skip(&mut self, len: usize) -> Result<()> {
        self.take(len).map(drop)
    }

    pub fn u8(&mut self) -> Result<u8> {
        Ok(self.array::<1>()?[0])
    }

    pub fn u16(&mut self) -> Result<u16> {
        let bytes = self.array::<2>()?;
        Ok(match self.order {
            ByteOrder::Big => BigEndian::read_u16(&bytes),
            ByteOrder::Little => LittleEndian::read_u16(&bytes),
        })
    }

    pub fn u32(&mut self) -> Result<u32> {
        let bytes = self.array::<4>()?;
        Ok(match self.order {
            ByteOrder::Big => BigEndian::read_u32(&bytes),
            ByteOrder::Little => LittleEndian::read_u32(&bytes),
        })
    }

    pub fn u64(&mut self) -> Result<u64> {
        let bytes = self.array::<8>()?;
        Ok(match self.order {
            ByteOrder::Big => BigEndian::read_u64(&bytes),
            ByteOrder::Little => LittleEndian::read_u64(&bytes),
        })
    }

    /// An unsigned number of 1 to 8 bytes.
    ///
    /// # Errors
    /// `Bug` for another width; `Truncated`.
    pub fn uint(&mut self, bytes: u8) -> Result<u64> {
        if !(1..=8).contains(&bytes) {
            let message = format!("a number of {bytes} bytes");
            return Err(ReadError::new(ErrorKind::Bug, message));
        }
        let found = self.take(usize::from(bytes))?;
        Ok(match self.order {
            ByteOrder::Big => BigEndian::read_uint(found, found.len()),
            ByteOrder::Little => LittleEndian::read_uint(found, found.len()),
        })
    }

    /// A malformed-file error at the next byte.
    pub fn malformed(&self, message: impl Into<String>) -> ReadError {
        ReadError::malformed(message).at(self.offset())
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_byte_orders_read_and_the_end_is_an_error_with_its_offset() {
        let bytes = [0, 0, 1, 2, 9];
        let mut big = Cursor::new(&bytes, 100, ByteOrder::Big);
        assert_eq!(big.u32().unwrap(), 0x102);
        assert_eq!(big.u16().unwrap_err().offset(), Some(104));
        assert_eq!(big.u8().unwrap(), 9);
        let mut little = Cursor::new(&bytes, 0, ByteOrder::Little);
        assert_eq!(little.clone().uint(3).unwrap(), 0x1_0000);
        assert!(little.clone().uint(9).is_err());
        assert_eq!(little.u32().unwrap(), 0x0201_0000);
        assert_eq!(little.take(usize::MAX).unwrap_err().offset(), Some(4));
    }
}
