//! A file read by position, on any file system and any operating system.

use std::path::Path;
use std::sync::Arc;

use hyperslab_core::source::check_bounds;
use hyperslab_core::{Blob, ReadContext, Result, Source};

use crate::local::LocalFile;

pub struct PositionedFile(LocalFile);

impl PositionedFile {
    /// # Errors
    /// As [`crate::open_local`].
    pub fn open(path: &Path, cx: &ReadContext) -> Result<Self> {
        cx.check()?;
        LocalFile::open(path).map(Self)
    }

    pub(crate) fn new(file: LocalFile) -> Self {
        Self(file)
    }
}

impl Source for PositionedFile {
    fn len(&self) -> u64 {
        self.0.len()
    }

    fn read_at(&self, offset: u64, len: u64, cx: &ReadContext) -> Result<Blob> {
        cx.check()?;
        check_bounds(offset, len, self.len())?;
        self.0.read_at(offset, len, cx)
    }

    fn read_into(&self, offset: u64, into: &mut [u8], cx: &ReadContext) -> Result<()> {
        cx.check()?;
        check_bounds(offset, into.len() as u64, self.len())?;
        self.0.read_into(offset, into, cx)
    }

    fn verify(&self) -> Result<()> {
        self.0.verify()
    }

    fn name(&self) -> &str {
        self.0.name()
    }

    fn sibling(&self, path: &str, cx: &ReadContext) -> Result<Arc<dyn Source>> {
        crate::neighbour::open(self.0.path(), path, cx)
    }

    fn neighbours(&self, cx: &ReadContext) -> Result<Vec<String>> {
        crate::neighbour::names(self.0.path(), cx)
    }

    fn has_news(&self) -> bool {
        self.0.has_news()
    }
}
