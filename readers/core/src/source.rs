//! How bytes are reached: by position, from many threads at once.

use std::ops::{Deref, Range};
use std::sync::Arc;

use crate::context::ReadContext;
use crate::error::{ReadError, Result};

/// A file's bytes. Every method may be called from many threads at once.
pub trait Source: Send + Sync {
    /// Length in bytes when the source was opened. A file that has grown since is read as
    /// it was; a reload sees the rest.
    fn len(&self) -> u64;

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Exactly `len` bytes from `offset`.
    ///
    /// # Errors
    /// `Truncated` when they reach past the end; `Io`; `Changed` when the file is no longer
    /// what was opened; `Cancelled`.
    fn read_at(&self, offset: u64, len: u64, cx: &ReadContext) -> Result<Blob>;

    /// The same, into memory that is there already.
    ///
    /// # Errors
    /// As [`Source::read_at`]; what `into` holds then is undetermined.
    fn read_into(&self, offset: u64, into: &mut [u8], cx: &ReadContext) -> Result<()> {
        let bytes = self.read_at(offset, into.len() as u64, cx)?;
        copy(&bytes, into).map_err(|error| error.at(offset))
    }

    /// Fails with `Changed` when bytes handed out since the source was opened may not be
    /// the file's (replaced, shortened, removed, a fault in mapped memory). Called after
    /// every `list` and `read`, before a result is believed.
    fn verify(&self) -> Result<()> {
        Ok(())
    }

    /// The file's own name, without folders; empty for what has none.
    fn name(&self) -> &str {
        ""
    }

    /// A file that this one names as a part of it (external data, virtual sources, members of
    /// a family). `path` is as stored: relative ones start from this file's folder. Only what
    /// lies in that folder or below is opened; an absolute path may still mean a file of the
    /// same name beside this one.
    ///
    /// # Errors
    /// `Unsupported` when this is not a file with neighbours, or the path leads outside the
    /// folder; `Io` when it is not there.
    fn sibling(&self, path: &str, cx: &ReadContext) -> Result<Arc<dyn Source>> {
        let _ = cx;
        Err(ReadError::unsupported(format!("{path:?}, another file, from here")))
    }

    /// Names of the files beside this one, in alphabetical order: where something that belongs
    /// to this file (a grid's coordinates) is known by what it holds and not by its name. Open
    /// them with [`Source::sibling`]. Of a very large folder not all; none for what is not a file
    /// in a folder.
    ///
    /// # Errors
    /// `Io` when the folder may not be read; `Cancelled`.
    fn neighbours(&self, cx: &ReadContext) -> Result<Vec<String>> {
        cx.check()?;
        Ok(Vec::new())
    }

    /// The file has grown or was written to since it was opened; what was read stays valid.
    fn has_news(&self) -> bool {
        false
    }
}

/// Fails with `Truncated` unless `offset..offset + len` lies in a source of `total` bytes.
pub fn check_bounds(offset: u64, len: u64, total: u64) -> Result<()> {
    match offset.checked_add(len) {
        Some(end) if end <= total => Ok(()),
        _ => Err(ReadError::truncated(format!(
            "{len} bytes needed here, the file ends at byte {total}"
        ))
        .at(offset)),
    }
}

/// Fails with `Truncated` unless there are as many bytes as `into` holds.
fn copy(bytes: &[u8], into: &mut [u8]) -> Result<()> {
    match bytes.get(..into.len()) {
        Some(bytes) => {
            into.copy_from_slice(bytes);
            Ok(())
        }
        None => Err(ReadError::truncated(format!(
            "{} bytes needed here, {} were read",
            into.len(),
            bytes.len()
        ))),
    }
}

/// Bytes that are owned by the reader or shared with the source.
#[derive(Clone)]
pub struct Blob {
    owner: Arc<dyn AsRef<[u8]> + Send + Sync>,
    range: Range<usize>,
}

impl Blob {
    pub fn owned(bytes: Vec<u8>) -> Self {
        let range = 0..bytes.len();
        Self { owner: Arc::new(bytes), range }
    }

    /// `range` of the owner's bytes, or nothing where it reaches beyond them.
    pub fn shared(owner: Arc<dyn AsRef<[u8]> + Send + Sync>, range: Range<usize>) -> Option<Self> {
        (*owner).as_ref().get(range.clone())?;
        Some(Self { owner, range })
    }
}

impl Deref for Blob {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        (*self.owner).as_ref().get(self.range.clone()).unwrap_or_default()
    }
}

/// Bytes in memory: tests, and members of archives.
#[derive(Clone)]
pub struct MemorySource(Arc<Vec<u8>>);

impl MemorySource {
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Arc::new(bytes.into()))
    }
}

impl Source for MemorySource {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, len: u64, cx: &ReadContext) -> Result<Blob> {
        cx.check()?;
        check_bounds(offset, len, self.len())?;
        let range = offset as usize..(offset + len) as usize;
        Blob::shared(self.0.clone(), range)
            .ok_or_else(|| ReadError::truncated("the bytes end here").at(offset))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_past_the_end_says_where() {
        let source = MemorySource::new([1u8, 2, 3]);
        let cx = ReadContext::default();
        assert_eq!(&*source.read_at(1, 2, &cx).unwrap(), &[2, 3]);
        let error = source.read_at(2, 2, &cx).err().unwrap();
        assert_eq!((error.kind(), error.offset()), (crate::ErrorKind::Truncated, Some(2)));
        assert!(source.read_at(u64::MAX, 2, &cx).is_err());
    }
}
