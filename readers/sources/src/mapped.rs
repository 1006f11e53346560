//! A file in memory: small reads, the bulk of opening a file with many objects, take about half
//! the time they take by position.
//!
//! No reference into mapped memory ever leaves this file. Bytes are copied out and handed on
//! only if the copy was sound; so nobody can hold mapped memory after it is unmapped, see it
//! change between a check and a use, or take the zeros of a vanished page for data.
//!
//! From 64 KiB upwards copying is no faster than reading by position (both 20 ms for 250 MB in
//! blocks of 1 to 4 MiB from the page cache; decoding in place takes 15 ms, populating or
//! advising the kernel block by block gains nothing), so such reads never touch the mapping.

use std::path::Path;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{Ordering, fence};

use hyperslab_core::source::check_bounds;
use hyperslab_core::{Blob, ErrorKind, ReadContext, ReadError, Result, Source};
use memmap2::{MmapOptions, MmapRaw};

use crate::guard::{self, Watch};
use crate::local::{LocalFile, changed};
use crate::system;

/// Longer reads go by position.
const COPY_MAX_BYTES: usize = 64 << 10;

pub struct MappedFile {
    file: LocalFile,
    mapping: Mapping,
}

impl MappedFile {
    /// # Errors
    /// As [`crate::open_local`], and `Io` where the file cannot be mapped safely.
    pub fn open(path: &Path, cx: &ReadContext) -> Result<Self> {
        cx.check()?;
        let file = LocalFile::open(path)?;
        let mapping = Mapping::of(&file)
            .ok_or_else(|| ReadError::new(ErrorKind::Io, "the file cannot be mapped"))?;
        Ok(Self::new(file, mapping))
    }

    pub(crate) fn new(file: LocalFile, mapping: Mapping) -> Self {
        Self { file, mapping }
    }

    /// A copy from memory; `None` once the file was written to.
    ///
    /// The fault flag alone would not do: where a file is cut in the middle of a page, the rest
    /// of that page reads as zeros without a fault.
    fn copy_if_as_opened(&self, offset: usize, len: usize) -> Result<Option<Vec<u8>>> {
        let bytes = self.mapping.copy(offset, len)?;
        Ok(self.file.is_as_opened()?.then_some(bytes))
    }
}

impl Source for MappedFile {
    fn len(&self) -> u64 {
        self.file.len()
    }

    fn read_at(&self, offset: u64, len: u64, cx: &ReadContext) -> Result<Blob> {
        cx.check()?;
        check_bounds(offset, len, self.len())?;
        if let (Ok(start), Ok(count)) = (usize::try_from(offset), usize::try_from(len))
            && count <= COPY_MAX_BYTES
            && let Some(bytes) = self.copy_if_as_opened(start, count)?
        {
            return Ok(Blob::owned(bytes));
        }
        self.file.read_at(offset, len, cx)
    }

    fn read_into(&self, offset: u64, into: &mut [u8], cx: &ReadContext) -> Result<()> {
        cx.check()?;
        check_bounds(offset, into.len() as u64, self.len())?;
        if into.len() <= COPY_MAX_BYTES
            && let Ok(start) = usize::try_from(offset)
            && let Some(bytes) = self.copy_if_as_opened(start, into.len())?
        {
            into.copy_from_slice(&bytes);
            return Ok(());
        }
        self.file.read_into(offset, into, cx)
    }

    fn verify(&self) -> Result<()> {
        self.file.verify()?;
        self.mapping.check()
    }

    fn name(&self) -> &str {
        self.file.name()
    }

    fn sibling(&self, path: &str, cx: &ReadContext) -> Result<Arc<dyn Source>> {
        crate::neighbour::open(self.file.path(), path, cx)
    }

    fn neighbours(&self, cx: &ReadContext) -> Result<Vec<String>> {
        crate::neighbour::names(self.file.path(), cx)
    }

    fn has_news(&self) -> bool {
        self.file.has_news()
    }
}

/// A whole file in memory, watched for pages that vanish.
pub struct Mapping {
    // Before `map`: fields are dropped in this order, and a range must not be watched once
    // something else may be mapped there.
    watch: Watch,
    map: MmapRaw,
}

impl Mapping {
    /// `None` where mapping is not safe or not possible; the file is then read by position.
    pub fn of(file: &LocalFile) -> Option<Self> {
        let len = usize::try_from(file.len()).ok().filter(|&len| len > 0)?;
        if !system::is_safe_to_map(file.file()) {
            return None;
        }
        let map = MmapOptions::new().len(len).map_raw_read_only(file.file()).ok()?;
        let watch = guard::watch(map.as_ptr() as usize, map.len())?;
        Some(Self { watch, map })
    }

    fn copy(&self, offset: usize, len: usize) -> Result<Vec<u8>> {
        if offset.checked_add(len).is_none_or(|end| end > self.map.len()) {
            return Err(ReadError::new(ErrorKind::Bug, "a copy from outside the mapping"));
        }
        let mut bytes: Vec<u8> = Vec::with_capacity(len);
        // SAFETY: the source range lies in the mapping (checked above), which lives as long as
        // `self`; the target has room for `len` bytes, all initialised before `set_len`; the two
        // are different allocations. A page that is gone is replaced by the guard, which
        // watches the range. Other processes may write meanwhile: the bytes are copied once,
        // through a raw pointer, and any value is a valid `u8`.
        unsafe {
            ptr::copy_nonoverlapping(self.map.as_ptr().add(offset), bytes.as_mut_ptr(), len);
            bytes.set_len(len);
        }
        // The copy must be complete before the flag is looked at: another thread's fault
        // replaces pages under our copy, too.
        fence(Ordering::Acquire);
        self.check()?;
        Ok(bytes)
    }

    fn check(&self) -> Result<()> {
        if self.watch.has_fault() {
            return Err(changed(
                "part of the file vanished while it was read: it was cut short, or its disk failed",
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_copy_from_a_vanished_page_fails_by_the_fault_flag_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.nc");
        fs::write(&path, [7; 100_000]).unwrap();
        let mapping = Mapping::of(&LocalFile::open(&path).unwrap()).unwrap();
        assert_eq!(mapping.copy(50_000, 3).unwrap(), [7; 3]);
        assert_eq!(mapping.copy(99_999, 2).unwrap_err().kind(), ErrorKind::Bug);
        fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(10).unwrap();
        assert!(mapping.check().is_ok());
        assert_eq!(mapping.copy(50_000, 3).unwrap_err().kind(), ErrorKind::Changed);
        // Nothing of this mapping is believed any more, not even what is still there.
        assert!(mapping.copy(0, 3).is_err());
    }
}
