//! Decoded chunks kept between reads, under one budget of bytes for all files.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A chunk: the number of an open file and the chunk's place in it.
pub type ChunkKey = (u64, u64);

/// The least recently used chunks go first. Clones share one cache; without a budget nothing
/// is kept.
#[derive(Clone, Debug, Default)]
pub struct ChunkCache(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    budget: usize,
    held: usize,
    clock: u64,
    chunks: HashMap<ChunkKey, Entry>,
}

#[derive(Debug)]
struct Entry {
    bytes: Arc<Vec<u8>>,
    used: u64,
}

/// A number for every open file that no other one of this process has.
pub fn next_file_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl ChunkCache {
    /// At most `budget` bytes are kept.
    pub fn new(budget: usize) -> Self {
        Self(Arc::new(Mutex::new(Inner { budget, ..Inner::default() })))
    }

    pub fn get(&self, key: ChunkKey) -> Option<Arc<Vec<u8>>> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.clock += 1;
        let clock = inner.clock;
        let entry = inner.chunks.get_mut(&key)?;
        entry.used = clock;
        Some(entry.bytes.clone())
    }

    /// Whether [`Self::insert`] would keep a chunk of so many bytes.
    pub fn keeps(&self, bytes: usize) -> bool {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bytes <= inner.budget / 4
    }

    /// Keeps a chunk, unless it is larger than a quarter of the budget.
    pub fn insert(&self, key: ChunkKey, bytes: Arc<Vec<u8>>) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if bytes.len() > inner.budget / 4 {
            return;
        }
        inner.clock += 1;
        let entry = Entry { used: inner.clock, bytes };
        inner.held += entry.bytes.len();
        if let Some(old) = inner.chunks.insert(key, entry) {
            inner.held -= old.bytes.len();
        }
        if inner.held > inner.budget {
            inner.shrink();
        }
    }

    /// Bytes held in memory.
    pub fn held_bytes(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).held
    }
}

impl Inner {
    /// Down to three quarters of the budget, so that this is rare.
    fn shrink(&mut self) {
        let mut by_age: Vec<(u64, ChunkKey)> =
            self.chunks.iter().map(|(key, entry)| (entry.used, *key)).collect();
        by_age.sort_unstable();
        for (_, key) in by_age {
            if self.held <= self.budget / 4 * 3 {
                break;
            }
            if let Some(old) = self.chunks.remove(&key) {
                self.held -= old.bytes.len();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_chunks_go_first() {
        let cache = ChunkCache::new(100);
        for k in 0..10 {
            cache.insert((1, k), Arc::new(vec![0; 10]));
        }
        assert!(cache.get((1, 0)).is_some());
        cache.insert((1, 10), Arc::new(vec![0; 10]));
        assert!(cache.held_bytes() <= 75);
        assert!(cache.get((1, 0)).is_some() && cache.get((1, 10)).is_some());
        assert!(cache.get((1, 1)).is_none() && cache.get((2, 0)).is_none());
    }

    #[test]
    fn without_a_budget_nothing_is_kept() {
        let cache = ChunkCache::default();
        assert!(!cache.keeps(1));
        cache.insert((1, 1), Arc::new(vec![1]));
        assert!(cache.get((1, 1)).is_none());
    }
}
