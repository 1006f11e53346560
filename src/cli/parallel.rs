//! Work shared by all cores whose results arrive in order, so that an answer does not depend
//! on which thread was faster.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;

use hyperslab_core::Result;

use super::failure::{Outcome, bug};

/// Results that may wait for a slower one before them, per thread.
const AHEAD: usize = 64;

/// Calls `work` with every number below `count` on all cores, and `each` with the results in
/// order on this thread. Ends early when `each` fails.
pub fn in_order<T: Send>(
    count: u64,
    work: impl Fn(u64) -> Result<T> + Sync,
    mut each: impl FnMut(u64, Result<T>) -> Outcome,
) -> Outcome {
    let work = |k| catch_unwind(AssertUnwindSafe(|| work(k))).unwrap_or_else(|p| Err(bug(&*p)));
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let threads = cores.min(usize::try_from(count).unwrap_or(cores));
    if threads <= 1 {
        return (0..count).try_for_each(|k| each(k, work(k)));
    }
    keep_freed_memory();
    let (next, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
    let (sender, results) = mpsc::sync_channel(threads * AHEAD);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let sender = sender.clone();
            scope.spawn(|| {
                let sender = sender;
                loop {
                    let k = next.fetch_add(1, Ordering::Relaxed);
                    if k >= count || is_over.load(Ordering::Relaxed) {
                        return;
                    }
                    if sender.send((k, work(k))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut due = 0;
        let mut outcome = Ok(());
        while let Ok((k, result)) = results.recv() {
            waiting.insert(k, result);
            while let Some(result) = waiting.remove(&due).filter(|_| outcome.is_ok()) {
                outcome = each(due, result);
                due += 1;
            }
            if outcome.is_err() {
                is_over.store(true, Ordering::Relaxed);
                break;
            }
        }
        drop(results);
        outcome
    })
}

/// Blocks are allocated and freed over and over. glibc would give each back to the system at
/// once, and the kernel would clear the pages anew; it stops doing so for sizes up to the
/// largest it has seen freed (mallopt(3), "dynamic mmap threshold"; 32 MiB is the most).
fn keep_freed_memory() {
    const MOST: usize = (32 << 20) - (64 << 10);
    drop(std::hint::black_box(Vec::<u8>::with_capacity(MOST)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::failure::Failure;

    #[test]
    fn results_arrive_in_order_whoever_was_faster() {
        let mut seen = Vec::new();
        let work = |k| {
            std::thread::sleep(std::time::Duration::from_micros(k % 7 * 50));
            Ok(k * 2)
        };
        in_order(500, work, |k, result| {
            seen.push((k, result?));
            Ok(())
        })
        .unwrap();
        assert_eq!(seen, (0..500).map(|k| (k, k * 2)).collect::<Vec<_>>());
    }

    #[test]
    fn a_panic_in_a_thread_is_an_error_like_others_and_failing_ends_early() {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| ()));
        let work = |k| if k == 3 { panic!("oops") } else { Ok(k) };
        let mut count = 0;
        let outcome = in_order(1_000_000_000_000, work, |_, result| {
            result?;
            count += 1;
            Ok(())
        });
        std::panic::set_hook(hook);
        let Err(Failure::Read { error, .. }) = outcome else { panic!("no failure") };
        assert!(error.to_string().contains("oops"));
        assert_eq!(count, 3);
    }
}
