//! What travels with every call that may take long: cancelling, progress, limits, notes.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::chunk_cache::ChunkCache;
use crate::error::{ReadError, Result};
use crate::formats::Formats;
use crate::limits::Limits;
use crate::options::ReaderOptions;

/// Set once by whoever lost interest, seen by whoever works.
#[derive(Clone, Debug, Default)]
pub struct CancelFlag(Arc<AtomicBool>);

impl CancelFlag {
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Bytes done of bytes expected; 0 expected means unknown.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<[AtomicU64; 2]>);

impl Progress {
    pub fn expect(&self, bytes: u64) {
        self.0[1].fetch_add(bytes, Ordering::Relaxed);
    }

    pub fn advance(&self, bytes: u64) {
        self.0[0].fetch_add(bytes, Ordering::Relaxed);
    }

    /// Never more than was expected: what is read twice, or read around, counts once.
    pub fn done_bytes(&self) -> u64 {
        let done = self.0[0].load(Ordering::Relaxed);
        match self.expected_bytes() {
            0 => done,
            expected => done.min(expected),
        }
    }

    pub fn expected_bytes(&self) -> u64 {
        self.0[1].load(Ordering::Relaxed)
    }

    /// Between 0 and 1, where the end is known.
    pub fn fraction(&self) -> Option<f32> {
        match self.expected_bytes() {
            0 => None,
            expected => Some((self.done_bytes() as f64 / expected as f64).min(1.0) as f32),
        }
    }
}

/// Passed by reference into `probe`, `open`, `list` and `read`.
#[derive(Clone, Debug, Default)]
pub struct ReadContext {
    pub cancel: CancelFlag,
    pub progress: Progress,
    pub limits: Limits,
    /// Where readers of compressed formats keep decoded chunks between reads.
    pub chunk_cache: ChunkCache,
    /// How long a listing may take before it answers with the part that it knows (see
    /// [`crate::Reader::continued`]); without, it answers when it knows all.
    pub patience: Option<Duration>,
    /// What was chosen for this call.
    pub options: Arc<ReaderOptions>,
    /// In which further files may be opened; none unless whoever opens the file gives them.
    pub formats: Formats,
    notes: Arc<Mutex<Vec<String>>>,
}

impl ReadContext {
    pub fn new(cancel: CancelFlag, progress: Progress) -> Self {
        Self { cancel, progress, ..Self::default() }
    }

    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    #[must_use]
    pub fn with_chunk_cache(mut self, cache: ChunkCache) -> Self {
        self.chunk_cache = cache;
        self
    }

    #[must_use]
    pub fn with_patience(mut self, patience: Option<Duration>) -> Self {
        self.patience = patience;
        self
    }

    #[must_use]
    pub fn with_options(mut self, options: Arc<ReaderOptions>) -> Self {
        self.options = options;
        self
    }

    #[must_use]
    pub fn with_formats(mut self, formats: Formats) -> Self {
        self.formats = formats;
        self
    }

    /// Every long loop calls this: reports `bytes` done and fails once cancelled.
    pub fn advance(&self, bytes: u64) -> Result<()> {
        self.progress.advance(bytes);
        self.check()
    }

    /// Fails once cancelled.
    pub fn check(&self) -> Result<()> {
        if self.cancel.is_cancelled() { Err(ReadError::cancelled()) } else { Ok(()) }
    }

    /// Something was wrong but could be read around; shown to the user, once each.
    pub fn note(&self, note: impl Into<String>) {
        let note = note.into();
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        if !notes.contains(&note) {
            notes.push(note);
        }
    }

    pub fn take_notes(&self) -> Vec<String> {
        std::mem::take(&mut *self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
