//! Elements of fixed and extensible arrays: one chunk each ("Data Block Element").

use hyperslab_core::{ByteOrder, Cursor, ReadError, Result};

use super::Place;
use crate::file::{File, address_of};

/// How the elements of an array are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entries {
    pub bytes: usize,
    offset_size: u8,
    /// Bytes of a chunk's stored size; 0 when chunks are not filtered.
    size_bytes: u8,
    chunk_bytes: u64,
}

impl Entries {
    /// `client` and `bytes` are the client id and the element size of the array's header.
    pub fn new(
        client: u8,
        bytes: u8,
        chunk_bytes: u64,
        is_filtered: bool,
        file: &File,
    ) -> Result<Self> {
        let offset_size = file.offset_size();
        let size_bytes = match client {
            0 if bytes == offset_size => 0,
            // Version 4 of the layout message has one byte more than an unfiltered chunk's size
            // needs, version 5 those of an address: what is left of the element either way.
            1 => bytes.checked_sub(offset_size).and_then(|rest| rest.checked_sub(4)).unwrap_or(0),
            _ => 9,
        };
        if size_bytes > 8 || (client == 1 && size_bytes == 0) || (client == 1) != is_filtered {
            return Err(ReadError::malformed(format!(
                "a chunk index for client {client} with elements of {bytes} bytes"
            )));
        }
        Ok(Self { bytes: usize::from(bytes), offset_size, size_bytes, chunk_bytes })
    }

    /// The element that begins at byte `begin` of a block.
    pub fn at(&self, block: &[u8], begin: usize) -> Result<Option<Place>> {
        let element = begin.checked_add(self.bytes).and_then(|end| block.get(begin..end));
        let element =
            element.ok_or_else(|| ReadError::malformed("a chunk index that ends too early"))?;
        let mut cursor = Cursor::new(element, 0, ByteOrder::Little);
        let Some(address) = address_of(&mut cursor, self.offset_size)? else { return Ok(None) };
        if self.size_bytes == 0 {
            return Ok(Some(Place { address, bytes: self.chunk_bytes, mask: 0 }));
        }
        let bytes = cursor.uint(self.size_bytes)?;
        Ok(Some(Place { address, bytes, mask: cursor.u32()? }))
    }
}
