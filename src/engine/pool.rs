//! A fixed number of worker threads taking jobs by priority, then by age.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex};

use super::{Priority, lock};

type Work = Box<dyn FnOnce() + Send>;

pub struct Pool {
    queue: Arc<(Mutex<Queue>, Condvar)>,
}

#[derive(Default)]
struct Queue {
    waiting: BTreeMap<Rank, Work>,
    next_id: u64,
    is_closed: bool,
}

/// Lowest first: high priority, then the job that came first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank(std::cmp::Reverse<Priority>, u64);

impl Pool {
    pub fn new(workers: usize) -> Self {
        let queue = Arc::new((Mutex::new(Queue::default()), Condvar::new()));
        for i in 0..workers {
            let queue = queue.clone();
            // A machine that cannot start a thread gets fewer workers.
            let _ = std::thread::Builder::new()
                .name(format!("worker {i}"))
                .spawn(move || work_until_closed(&queue));
        }
        Self { queue }
    }

    /// Queues `work`; the number names it in [`Pool::raise`] and [`Pool::withdraw`].
    pub fn submit(&self, priority: Priority, work: impl FnOnce() + Send + 'static) -> u64 {
        let mut queue = lock(&self.queue.0);
        queue.next_id += 1;
        let id = queue.next_id;
        queue.waiting.insert(Rank(std::cmp::Reverse(priority), id), Box::new(work));
        drop(queue);
        self.queue.1.notify_one();
        id
    }

    /// Moves a waiting job forward; one that has begun goes on.
    pub fn raise(&self, id: u64, priority: Priority) {
        let mut queue = lock(&self.queue.0);
        if let Some(work) = queue.remove(id) {
            queue.waiting.insert(Rank(std::cmp::Reverse(priority), id), work);
        }
    }

    /// Takes a waiting job away.
    pub fn withdraw(&self, id: u64) {
        lock(&self.queue.0).remove(id);
    }
}

impl Queue {
    fn remove(&mut self, id: u64) -> Option<Work> {
        [Priority::Visible, Priority::Prefetch]
            .into_iter()
            .find_map(|priority| self.waiting.remove(&Rank(std::cmp::Reverse(priority), id)))
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        lock(&self.queue.0).is_closed = true;
        self.queue.1.notify_all();
    }
}

fn work_until_closed((queue, arrived): &(Mutex<Queue>, Condvar)) {
    let mut guard = lock(queue);
    loop {
        if guard.is_closed {
            return;
        }
        match guard.waiting.pop_first() {
            Some((_, work)) => {
                drop(guard);
                // Jobs of the engine catch their own panics; this keeps the worker for the rest.
                let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
                guard = lock(queue);
            }
            None => guard = arrived.wait(guard).unwrap_or_else(std::sync::PoisonError::into_inner),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn jobs_run_by_priority_then_by_age_and_can_be_raised_and_withdrawn() {
        let pool = Pool::new(1);
        let (open, gate) = channel::<()>();
        pool.submit(Priority::Visible, move || {
            let _ = gate.recv();
        });
        let (done, order) = channel();
        let submit = |name: &'static str, priority| {
            let done = done.clone();
            pool.submit(priority, move || {
                let _ = done.send(name);
            })
        };
        submit("prefetch", Priority::Prefetch);
        let raised = submit("raised", Priority::Prefetch);
        let withdrawn = submit("withdrawn", Priority::Visible);
        submit("visible", Priority::Visible);
        pool.raise(raised, Priority::Visible);
        pool.withdraw(withdrawn);
        drop((open, done));
        assert_eq!(order.iter().collect::<Vec<_>>(), ["raised", "visible", "prefetch"]);
    }
}
