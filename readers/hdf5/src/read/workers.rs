//! Work shared between threads in the order of the file.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use hyperslab_core::Result;
use hyperslab_filters::Scratch;
use rayon::prelude::*;

/// The buffers for larger chunks are given back after a read.
const KEPT_BYTES: usize = 8 << 20;

/// Memory a thread uses again and again.
#[derive(Default)]
pub struct Worker {
    /// A chunk as it is stored; longer where an earlier one was.
    pub stored: Vec<u8>,
    pub decoded: Vec<u8>,
    pub scratch: Scratch,
    /// Bytes of the largest chunk so far: what the scratch memory may have grown to.
    pub largest: usize,
}

thread_local! {
    static IDLE: Cell<Option<Box<Worker>>> = const { Cell::new(None) };
}

/// Does `work` for every number below `count`, in ascending order as threads become free.
/// `is_shared` tells whether it is worth more than one thread. The first error ends it all.
///
/// # Errors
/// Those of `work`.
pub fn for_each(
    count: usize,
    is_shared: bool,
    work: impl Fn(usize, &mut Worker) -> Result<()> + Sync,
) -> Result<()> {
    if !is_shared || count < 2 {
        return with_worker(|worker| (0..count).try_for_each(|k| work(k, worker)));
    }
    let next = AtomicUsize::new(0);
    let has_failed = AtomicBool::new(false);
    let threads = rayon::current_num_threads().min(count);
    (0..threads).into_par_iter().with_max_len(1).try_for_each(|_| {
        with_worker(|worker| {
            loop {
                let k = next.fetch_add(1, Ordering::Relaxed);
                if k >= count || has_failed.load(Ordering::Relaxed) {
                    return Ok(());
                }
                work(k, worker).inspect_err(|_| has_failed.store(true, Ordering::Relaxed))?;
            }
        })
    })
}

/// The memory is taken out while it is in use: work may itself be shared, and the thread then
/// lends itself to other work.
fn with_worker<T>(work: impl FnOnce(&mut Worker) -> T) -> T {
    let mut worker = IDLE.take().unwrap_or_default();
    let done = work(&mut worker);
    if worker.largest <= KEPT_BYTES {
        IDLE.set(Some(worker));
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyperslab_core::ReadError;

    #[test]
    fn everything_is_done_once_and_an_error_comes_back() {
        for is_shared in [false, true] {
            let done: Vec<AtomicUsize> = (0..1000).map(|_| AtomicUsize::new(0)).collect();
            for_each(1000, is_shared, |k, _| {
                done[k].fetch_add(1, Ordering::Relaxed);
                Ok(())
            })
            .unwrap();
            assert!(done.iter().all(|count| count.load(Ordering::Relaxed) == 1));
            let fails = for_each(1000, is_shared, |k, _| match k {
                700 => Err(ReadError::cancelled()),
                _ => Ok(()),
            });
            assert!(fails.unwrap_err().is_cancelled());
        }
    }
}
