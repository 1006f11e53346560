//! Metadata cache image: what a writer held in memory when it closed the file, written in one
//! block. Its entries take precedence over the bytes at their addresses, which may never have
//! been written. The specification names the message (0x0018) but not the block; this is its
//! layout in files of HDF5 1.10 and later.

use hyperslab_core::{Blob, ByteOrder, Cursor, ReadContext, ReadError, Result};

use crate::file::{self, Block, File};
use crate::superblock::version_zero;

/// The entries by their address. Finding one: O(log n).
pub struct CacheImage(Vec<Entry>);

struct Entry {
    address: u64,
    bytes: Block,
}

impl CacheImage {
    /// # Errors
    /// When the block contradicts itself or its checksum is wrong.
    pub fn read(file: &File, address: u64, len: u64, cx: &ReadContext) -> Result<Self> {
        let what = "metadata cache image";
        cx.limits.claim_metadata(len, 1, what)?;
        let bytes = file.read_checked(address, len, what, cx)?;
        let block = Block::new(bytes.clone());
        let body_len = bytes.len().saturating_sub(4);
        let body = bytes.get(..body_len).unwrap_or_default();
        let mut cursor = Cursor::new(body, file.at(address), ByteOrder::Little);
        file::signature(&mut cursor, b"MDCI", what)?;
        version_zero(&mut cursor, what)?;
        let _flags = cursor.u8()?;
        let _len = file::length(&mut cursor, file)?;
        let count = cursor.u32()?;
        let mut entries = Vec::new();
        for _ in 0..count {
            // Type, flags, ring, age; numbers of children and of dirty ones.
            cursor.skip(4 + 2 + 2)?;
            let parents = cursor.u16()?;
            let _rank = cursor.u32()?;
            let at = cursor.offset();
            let address = file::address(&mut cursor, file)?;
            let len = file::length(&mut cursor, file)?;
            for _ in 0..parents {
                file::address(&mut cursor, file)?;
            }
            let start = body_len - cursor.remaining() as usize;
            let found = usize::try_from(len).ok();
            cursor.skip(found.unwrap_or(usize::MAX))?;
            let end = body_len - cursor.remaining() as usize;
            let (Some(address), Some(bytes)) = (address, block.part(start..end)) else {
                return Err(ReadError::malformed("an entry without an address").at(at));
            };
            entries.push(Entry { address, bytes: Block::new(bytes) });
        }
        entries.sort_by_key(|entry| entry.address);
        Ok(Self(entries))
    }

    /// `len` bytes at `address`, when they are in the image.
    pub fn get(&self, address: u64, len: u64) -> Option<Blob> {
        let (entry, start) = self.find(address)?;
        let end = start.checked_add(usize::try_from(len).ok()?)?;
        entry.bytes.part(start..end)
    }

    /// At most `most` bytes at `address`, when they are in the image.
    pub fn get_up_to(&self, address: u64, most: u64) -> Option<Blob> {
        let (entry, start) = self.find(address)?;
        let len = usize::try_from(most).unwrap_or(usize::MAX);
        let end = start.saturating_add(len).min(entry.bytes.bytes().len());
        entry.bytes.part(start..end)
    }

    /// The entry that `address` lies in, and where in it.
    fn find(&self, address: u64) -> Option<(&Entry, usize)> {
        let after = self.0.partition_point(|entry| entry.address <= address);
        let entry = self.0.get(after.checked_sub(1)?)?;
        let start = usize::try_from(address - entry.address).ok()?;
        (start < entry.bytes.bytes().len()).then_some((entry, start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::testing::{Image, checked, words};

    #[test]
    fn entries_come_before_the_bytes_at_their_addresses() {
        let mut bytes = b"MDCI\x00\x00".to_vec();
        bytes.extend(words(&[0]));
        bytes.extend(2_u32.to_le_bytes());
        for (address, parents, body) in [(400, 1_u16, b"later"), (100, 0, b"first")] {
            bytes.extend([0; 8]);
            bytes.extend(parents.to_le_bytes());
            bytes.extend([0; 4]);
            bytes.extend(words(&[address, 5]));
            bytes.extend(words(&vec![9; parents.into()]));
            bytes.extend(body);
        }
        let bytes = checked(bytes);
        let mut image = Image::new(500);
        image.put(200, &bytes);
        let (file, cx) = (image.open(), ReadContext::default());
        let found = CacheImage::read(&file, 200, bytes.len() as u64, &cx).unwrap();
        assert_eq!(found.get(100, 5).as_deref(), Some(&b"first"[..]));
        assert_eq!(found.get(402, 2).as_deref(), Some(&b"te"[..]));
        assert_eq!(found.get_up_to(401, 100).as_deref(), Some(&b"ater"[..]));
        assert!(found.get(99, 1).is_none() && found.get(105, 1).is_none());
        assert!(found.get(100, 6).is_none());
        assert!(CacheImage::read(&file, 200, bytes.len() as u64 - 1, &cx).is_err());
    }
}
