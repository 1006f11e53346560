//! Results that were worked out, kept within a budget of bytes, so that looking closer does not
//! compute again; and the rule that nobody computes what somebody else is computing.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyperslab_core::{ReadContext, Result};

/// One piece of a result.
#[derive(Debug)]
pub struct Piece {
    pub values: Vec<f64>,
    pub counts: Vec<u32>,
}

impl Piece {
    fn bytes(&self) -> usize {
        8 * self.values.len() + 4 * self.counts.len()
    }
}

/// A result and the place of the piece in it.
pub type PieceKey = (u64, Vec<u64>);

#[derive(Default)]
struct Pieces {
    held: HashMap<PieceKey, (u64, Arc<Piece>)>,
    bytes: usize,
    /// Rises with each use.
    clock: u64,
    under_way: HashSet<PieceKey>,
}

/// Shared by all results.
pub struct Shelf {
    budget_bytes: usize,
    pieces: Mutex<Pieces>,
    finished: Condvar,
    next: AtomicU64,
}

/// How often who waits for another looks whether it is still wanted.
const LOOK_INTERVAL: Duration = Duration::from_millis(20);

impl Shelf {
    pub fn new(budget_bytes: usize) -> Arc<Self> {
        Arc::new(Self {
            budget_bytes,
            pieces: Mutex::default(),
            finished: Condvar::new(),
            next: AtomicU64::new(0),
        })
    }

    /// Names a result; never used again for another.
    pub fn name(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// The piece, from the shelf or from `work`. Of several who ask one works.
    ///
    /// # Errors
    /// Those of `work`; `Cancelled` while waiting.
    pub fn get(
        &self,
        key: &PieceKey,
        cx: &ReadContext,
        work: impl FnOnce() -> Result<Piece>,
    ) -> Result<Arc<Piece>> {
        let mut pieces = self.lock();
        loop {
            pieces.clock += 1;
            let now = pieces.clock;
            if let Some((used, piece)) = pieces.held.get_mut(key) {
                *used = now;
                return Ok(piece.clone());
            }
            if pieces.under_way.insert(key.clone()) {
                break;
            }
            let waited = self.finished.wait_timeout(pieces, LOOK_INTERVAL);
            pieces = waited.unwrap_or_else(PoisonError::into_inner).0;
            cx.check()?;
        }
        drop(pieces);
        // Also when the work panics: others would wait for ever.
        let _finished = Finished { shelf: self, key };
        let piece = Arc::new(work()?);
        self.put(key.clone(), piece.clone());
        Ok(piece)
    }

    /// The piece, if it is there.
    pub fn peek(&self, key: &PieceKey) -> Option<Arc<Piece>> {
        self.lock().held.get(key).map(|(_, piece)| piece.clone())
    }

    fn put(&self, key: PieceKey, piece: Arc<Piece>) {
        let mut pieces = self.lock();
        pieces.clock += 1;
        let now = pieces.clock;
        pieces.bytes += piece.bytes();
        if let Some((_, before)) = pieces.held.insert(key, (now, piece)) {
            pieces.bytes -= before.bytes();
        }
        while pieces.bytes > self.budget_bytes {
            let oldest = pieces.held.iter().min_by_key(|(_, (used, _))| *used);
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else { break };
            if let Some((_, piece)) = pieces.held.remove(&oldest) {
                pieces.bytes -= piece.bytes();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Pieces> {
        self.pieces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Finished<'a> {
    shelf: &'a Shelf,
    key: &'a PieceKey,
}

impl Drop for Finished<'_> {
    fn drop(&mut self) {
        self.shelf.lock().under_way.remove(self.key);
        self.shelf.finished.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use hyperslab_core::ReadError;

    use super::*;

    fn piece(cells: usize) -> Piece {
        Piece { values: vec![0.0; cells], counts: Vec::new() }
    }

    #[test]
    fn of_several_who_ask_one_works_and_all_get_it() {
        let shelf = Shelf::new(1 << 20);
        let works = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let cx = ReadContext::default();
                    let found = shelf.get(&(1, vec![]), &cx, || {
                        works.fetch_add(1, Ordering::SeqCst);
                        std::thread::sleep(Duration::from_millis(30));
                        Ok(piece(3))
                    });
                    assert_eq!(found.unwrap().values.len(), 3);
                });
            }
        });
        assert_eq!(works.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn who_is_not_wanted_any_more_does_not_wait_and_a_failure_lets_others_try() {
        let shelf = Shelf::new(1 << 20);
        let cx = ReadContext::default();
        let failed = shelf.get(&(1, vec![]), &cx, || Err(ReadError::malformed("x")));
        assert!(failed.is_err());
        shelf
            .get(&(1, vec![]), &cx, || {
                // Asked for again while it is being worked out.
                cx.cancel.cancel();
                assert!(shelf.get(&(1, vec![]), &cx, || Ok(piece(1))).unwrap_err().is_cancelled());
                Ok(piece(2))
            })
            .unwrap();
        assert!(shelf.peek(&(1, vec![])).is_some());
    }

    #[test]
    fn the_oldest_leaves_when_there_is_too_much() {
        let shelf = Shelf::new(8 * 250);
        let cx = ReadContext::default();
        for k in 0..3 {
            shelf.get(&(k, vec![]), &cx, || Ok(piece(100))).unwrap();
            let _ = shelf.get(&(0, vec![]), &cx, || Ok(piece(100)));
        }
        assert!(shelf.peek(&(0, vec![])).is_some(), "used in every round");
        assert!(shelf.peek(&(1, vec![])).is_none() && shelf.peek(&(2, vec![])).is_some());
    }
}
