//! A source that remembers what was read of it.

use std::sync::{Arc, Mutex, PoisonError};

use hyperslab_core::{Blob, ReadContext, Result, Source};

pub struct CountingSource {
    inner: Arc<dyn Source>,
    reads: Mutex<Vec<(u64, u64)>>,
}

impl CountingSource {
    pub fn new(inner: Arc<dyn Source>) -> Self {
        Self { inner, reads: Mutex::default() }
    }

    /// Offset and length of each read since the last call, in order.
    pub fn take_reads(&self) -> Vec<(u64, u64)> {
        std::mem::take(&mut *self.reads.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Source for CountingSource {
    fn len(&self) -> u64 {
        self.inner.len()
    }

    fn read_at(&self, offset: u64, len: u64, cx: &ReadContext) -> Result<Blob> {
        self.reads.lock().unwrap_or_else(PoisonError::into_inner).push((offset, len));
        self.inner.read_at(offset, len, cx)
    }

    fn verify(&self) -> Result<()> {
        self.inner.verify()
    }

    fn has_news(&self) -> bool {
        self.inner.has_news()
    }
}
