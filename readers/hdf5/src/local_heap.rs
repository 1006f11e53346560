//! Local Heap: the names of an old group's links ("Disk Format: Level 1D - Local Heap").

use hyperslab_core::{Blob, ByteOrder, Cursor, ReadContext, ReadError, Result};

use crate::file::{self, File};
use crate::superblock::version_zero;

/// The data segment of a local heap.
pub struct LocalHeap {
    bytes: Blob,
    /// Absolute byte offset of the data segment.
    offset: u64,
}

impl LocalHeap {
    /// # Errors
    /// When there is no local heap at `address` or it reaches past the end of the file.
    pub fn read(file: &File, address: u64, cx: &ReadContext) -> Result<Self> {
        let (offset_size, length_size) = (file.offset_size(), file.length_size());
        let len = 8 + 2 * u64::from(length_size) + u64::from(offset_size);
        let header = file.read(address, len, cx)?;
        let mut cursor = Cursor::new(&header, file.at(address), ByteOrder::Little);
        file::signature(&mut cursor, b"HEAP", "local heap")?;
        version_zero(&mut cursor, "local heap")?;
        cursor.skip(3)?;
        let len = file::length(&mut cursor, file)?;
        let _free_list = file::length(&mut cursor, file)?;
        let segment = file::address(&mut cursor, file)?;
        let segment = segment.ok_or_else(|| cursor.malformed("a local heap without data"))?;
        cx.limits.claim_metadata(len, 1, "local heap")?;
        Ok(Self { bytes: file.read(segment, len, cx)?, offset: file.at(segment) })
    }

    /// The text at `offset`, up to its zero byte.
    ///
    /// # Errors
    /// `Malformed` when it is not there, or does not end.
    pub fn text(&self, offset: u64) -> Result<&[u8]> {
        let rest = usize::try_from(offset).ok().and_then(|start| self.bytes.get(start..));
        let rest = rest.filter(|rest| !rest.is_empty());
        let end = rest.and_then(|rest| rest.iter().position(|&byte| byte == 0));
        rest.zip(end).and_then(|(rest, end)| rest.get(..end)).ok_or_else(|| {
            ReadError::malformed(format!("no name at offset {offset} of the local heap"))
                .at(self.offset)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::testing::{Image, words};

    #[test]
    fn texts_end_with_a_zero_byte_inside_the_segment() {
        let mut image = Image::new(300);
        image.put(100, &[&b"HEAP\x00\x00\x00\x00"[..], &words(&[11, 1, 200])].concat());
        image.put(200, b"\x00\x00\x00\x00name\x00abc");
        let heap = LocalHeap::read(&image.open(), 100, &ReadContext::default()).unwrap();
        assert_eq!((heap.text(4).unwrap(), heap.text(0).unwrap()), (&b"name"[..], &b""[..]));
        for offset in [9, 11, 12, u64::MAX] {
            assert!(heap.text(offset).is_err(), "{offset}");
        }
    }
}
