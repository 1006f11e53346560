//! Between readers and window: what is asked for each frame is read and computed on worker
//! threads, held in a cache with a byte budget, and dropped when nobody asks any longer.
//!
//! The window asks by key, every frame: [`Engine::want`] answers at once with what is there.
//! Equal keys share one job. A job unasked for a few frames is cancelled; visible work goes
//! before prefetch; errors are kept like values, so that a broken variable is not read again
//! sixty times a second. Nothing here knows egui, CF or how things are drawn.

pub mod aside;
mod cache;
mod key;
mod pool;
pub mod store;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hyperslab_core::{
    CancelFlag, ChunkCache, ErrorKind, Progress, ReadContext, ReadError, ReaderOptions, Result,
};

use cache::{Cache, Entry, Job};
pub use key::{AnyKey, Request};
use pool::Pool;
pub use store::{FileId, Files};

/// What a frame gets for a key.
#[derive(Debug)]
pub enum Answer<T> {
    Pending(Progress),
    Ready(Arc<T>),
    Failed(ReadError),
}

impl<T> Answer<T> {
    pub fn ready(self) -> Option<Arc<T>> {
        match self {
            Self::Ready(value) => Some(value),
            _ => None,
        }
    }
}

/// Who goes first when there are more jobs than workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    Prefetch,
    Visible,
}

/// How much a value weighs in the cache.
pub trait Weigh {
    fn bytes(&self) -> usize;
}

/// A job under way, for the status line.
#[derive(Clone, Debug)]
pub struct Activity {
    pub what: String,
    pub progress: Progress,
    pub is_visible: bool,
    pub age: Duration,
}

/// Frames a job may go unasked before it is cancelled. More than one, because a view may skip
/// a frame while it is being laid out.
const PATIENCE_FRAMES: u64 = 3;

/// Most of the budget that goes to decoded chunks, of which there is a quarter.
const CHUNK_BYTES_MAX: usize = 128 << 20;

type Wake = Arc<dyn Fn() + Send + Sync>;

/// Cheap to clone; all clones share one cache and one pool.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

struct Shared {
    cache: Mutex<Cache>,
    /// Decoded chunks, for the readers of all files.
    chunks: ChunkCache,
    pool: Pool,
    wake: Mutex<Wake>,
    /// What was chosen about reading.
    options: Mutex<Arc<ReaderOptions>>,
}

impl Engine {
    /// `budget_bytes` bounds what is kept, a part of it as decoded chunks; entries used in the
    /// current frame are never dropped.
    pub fn new(budget_bytes: usize) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        // More workers than cores: some will be waiting for a disk.
        let pool = Pool::new(cores.max(4));
        let chunk_bytes = (budget_bytes / 4).min(CHUNK_BYTES_MAX);
        let shared = Shared {
            cache: Mutex::new(Cache::new(budget_bytes - chunk_bytes)),
            chunks: ChunkCache::new(chunk_bytes),
            pool,
            wake: Mutex::new(Arc::new(|| ())),
            options: Mutex::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Called from a worker whenever something has arrived: the window asks for a repaint.
    pub fn set_wake(&self, wake: impl Fn() + Send + Sync + 'static) {
        *lock(&self.shared.wake) = Arc::new(wake);
    }

    /// Counts from the next job on; what is there already was read with the options before.
    pub fn set_options(&self, options: ReaderOptions) {
        *lock(&self.shared.options) = Arc::new(options);
    }

    /// Reads as another engine does.
    pub fn share_options(&self, other: &Self) {
        let options = other.options();
        *lock(&self.shared.options) = options;
    }

    pub fn options(&self) -> Arc<ReaderOptions> {
        lock(&self.shared.options).clone()
    }

    pub fn wake(&self) {
        let wake = lock(&self.shared.wake).clone();
        wake();
    }

    /// The answer for `key`, now. Where there is none yet, `work` is queued (once for all who
    /// ask) and gives it to a later frame.
    pub fn want<R: Request>(
        &self,
        key: &R,
        priority: Priority,
        work: impl FnOnce(&ReadContext) -> Result<R::Output> + Send + 'static,
    ) -> Answer<R::Output> {
        let mut cache = lock(&self.shared.cache);
        let any_key = AnyKey::new(key.clone());
        let frame = cache.frame();
        if priority == Priority::Visible
            && matches!(cache.get_mut(&any_key), None | Some(Entry::Running(_)))
        {
            cache.await_visible();
        }
        match cache.get_mut(&any_key) {
            Some(Entry::Ready { value, last_used, .. }) => {
                *last_used = frame;
                match value.clone().downcast::<R::Output>() {
                    Ok(value) => Answer::Ready(value),
                    Err(_) => Answer::Failed(ReadError::new(
                        ErrorKind::Bug,
                        format!("two answers of different types for {key:?}"),
                    )),
                }
            }
            Some(Entry::Failed { error, last_used }) => {
                *last_used = frame;
                Answer::Failed(error.clone())
            }
            Some(Entry::Running(job)) => {
                job.last_wanted = frame;
                if priority > job.priority {
                    job.priority = priority;
                    self.shared.pool.raise(job.id, priority);
                }
                Answer::Pending(job.progress.clone())
            }
            None => {
                let (cancel, progress) = (CancelFlag::default(), Progress::default());
                let context = ReadContext::new(cancel.clone(), progress.clone())
                    .with_chunk_cache(self.shared.chunks.clone())
                    .with_options(self.options());
                let engine = self.clone();
                let done_key = any_key.clone();
                let id = self.shared.pool.submit(priority, move || {
                    let result = run_caught(|| context.check().and_then(|()| work(&context)));
                    engine.finish(done_key, &context.cancel, result);
                });
                let job = Job {
                    id,
                    cancel,
                    progress: progress.clone(),
                    priority,
                    last_wanted: frame,
                    began: Instant::now(),
                    what: key.describe(),
                };
                cache.insert(any_key, Entry::Running(job));
                Answer::Pending(progress)
            }
        }
    }

    /// The answer if it is there, without asking for it.
    pub fn peek<R: Request>(&self, key: &R) -> Option<Arc<R::Output>> {
        let mut cache = lock(&self.shared.cache);
        let frame = cache.frame();
        match cache.get_mut(&AnyKey::new(key.clone())) {
            Some(Entry::Ready { value, last_used, .. }) => {
                *last_used = frame;
                value.clone().downcast().ok()
            }
            _ => None,
        }
    }

    /// Runs `work` on a worker with nobody waiting for an answer: opening a file, a dialog.
    pub fn spawn(&self, work: impl FnOnce() + Send + 'static) {
        self.shared.pool.submit(Priority::Visible, work);
    }

    /// Called once at the end of each frame: cancels what nobody asked for lately and keeps
    /// the cache within its budget.
    pub fn end_frame(&self) {
        let mut cache = lock(&self.shared.cache);
        let forgotten = cache.end_frame(PATIENCE_FRAMES);
        drop(cache);
        for job in forgotten {
            job.cancel.cancel();
            self.shared.pool.withdraw(job.id);
        }
    }

    /// The user pressed Cancel: every job under way becomes a `Cancelled` error, which stays
    /// until [`Engine::forget_errors`].
    pub fn cancel_all(&self) {
        let mut cache = lock(&self.shared.cache);
        for job in cache.fail_running(&ReadError::cancelled()) {
            job.cancel.cancel();
            self.shared.pool.withdraw(job.id);
        }
    }

    /// The job for this key becomes a `Cancelled` error, which stays as those of
    /// [`Engine::cancel_all`] do.
    pub fn cancel<R: Request>(&self, key: &R) {
        let mut cache = lock(&self.shared.cache);
        if let Some(job) = cache.fail(&AnyKey::new(key.clone()), &ReadError::cancelled()) {
            job.cancel.cancel();
            self.shared.pool.withdraw(job.id);
        }
    }

    /// Drops remembered errors, so that what failed is tried again.
    pub fn forget_errors(&self) {
        lock(&self.shared.cache).forget_errors();
    }

    /// Something asked for in this frame has failed.
    pub fn shows_failure(&self) -> bool {
        self.failure().is_some()
    }

    /// Of what was asked for in this frame and has failed, any.
    pub fn failure(&self) -> Option<ReadError> {
        lock(&self.shared.cache).failure().cloned()
    }

    /// What is being worked on now.
    pub fn activities(&self) -> Vec<Activity> {
        lock(&self.shared.cache).activities()
    }

    /// Something visible that this frame asked for was not there; it may be by now.
    pub fn is_awaited(&self) -> bool {
        lock(&self.shared.cache).is_awaited()
    }

    /// Nothing visible is under way.
    pub fn is_idle(&self) -> bool {
        self.activities().iter().all(|activity| !activity.is_visible)
    }

    /// Bytes that answers may take.
    pub fn budget_bytes(&self) -> usize {
        lock(&self.shared.cache).budget_bytes()
    }

    pub fn cached_bytes(&self) -> usize {
        lock(&self.shared.cache).bytes()
    }

    fn finish<T: Weigh + Send + Sync + 'static>(
        &self,
        key: AnyKey,
        cancel: &CancelFlag,
        result: Result<T>,
    ) {
        // Whoever cancelled has already taken the entry away; another job may hold the key now.
        if cancel.is_cancelled() {
            return;
        }
        let mut cache = lock(&self.shared.cache);
        let frame = cache.frame();
        let entry = match result {
            Ok(value) => {
                let bytes = value.bytes();
                Entry::Ready {
                    value: Arc::new(value) as Arc<dyn Any + Send + Sync>,
                    bytes,
                    last_used: frame,
                }
            }
            Err(error) => Entry::Failed { error, last_used: frame },
        };
        cache.insert(key, entry);
        drop(cache);
        self.wake();
    }
}

/// A panic in a worker is our fault, not the end of the window: it becomes an error.
fn run_caught<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let message = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "panic".into());
        Err(ReadError::new(ErrorKind::Bug, message))
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    struct Number(u64);

    struct Value(u64);

    impl Weigh for Value {
        fn bytes(&self) -> usize {
            1000
        }
    }

    impl Request for Number {
        type Output = Value;
        fn describe(&self) -> String {
            format!("number {}", self.0)
        }
    }

    fn wait_for(engine: &Engine, key: &Number) -> Result<u64> {
        let end = Instant::now() + Duration::from_secs(10);
        while Instant::now() < end {
            match engine.want(key, Priority::Visible, |_| Err(ReadError::request("asked twice"))) {
                Answer::Ready(value) => return Ok(value.0),
                Answer::Failed(error) => return Err(error),
                Answer::Pending(_) => std::thread::sleep(Duration::from_millis(1)),
            }
        }
        panic!("no answer in ten seconds");
    }

    #[test]
    fn equal_keys_share_one_job_and_its_answer_stays() {
        let engine = Engine::new(1 << 20);
        let runs = Arc::new(AtomicUsize::new(0));
        for _ in 0..5 {
            let runs = runs.clone();
            let _ = engine.want(&Number(1), Priority::Visible, move |_| {
                std::thread::sleep(Duration::from_millis(20));
                runs.fetch_add(1, Ordering::SeqCst);
                Ok(Value(7))
            });
        }
        assert_eq!(wait_for(&engine, &Number(1)).unwrap(), 7);
        assert_eq!(runs.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_job_nobody_asks_for_is_cancelled() {
        let engine = Engine::new(1 << 20);
        let (tell, told) = std::sync::mpsc::channel();
        let (begin, begun) = std::sync::mpsc::channel();
        let _ = engine.want(&Number(1), Priority::Visible, move |cx| {
            let _ = begin.send(());
            let end = Instant::now() + Duration::from_secs(10);
            while Instant::now() < end {
                if let Err(error) = cx.check() {
                    let _ = tell.send(());
                    return Err(error);
                }
                std::thread::sleep(Duration::from_millis(1));
            }
            Ok(Value(0))
        });
        begun.recv_timeout(Duration::from_secs(5)).expect("the job began");
        for _ in 0..PATIENCE_FRAMES + 2 {
            engine.end_frame();
        }
        told.recv_timeout(Duration::from_secs(5)).expect("the job was told to stop");
        assert!(engine.activities().is_empty());
    }

    #[test]
    fn an_error_is_remembered_until_forgotten() {
        let engine = Engine::new(1 << 20);
        let _ = engine.want(&Number(1), Priority::Visible, |_| Err(ReadError::malformed("x")));
        assert_eq!(wait_for(&engine, &Number(1)).unwrap_err().kind(), ErrorKind::Malformed);
        assert!(wait_for(&engine, &Number(1)).is_err());
        engine.forget_errors();
        let _ = engine.want(&Number(1), Priority::Visible, |_| Ok(Value(2)));
        assert_eq!(wait_for(&engine, &Number(1)).unwrap(), 2);
    }

    #[test]
    fn a_panic_becomes_an_error_and_the_worker_lives_on() {
        let engine = Engine::new(1 << 20);
        for i in 0..20 {
            let _ = engine.want(&Number(i), Priority::Visible, |_| panic!("index out of bounds"));
            let error = wait_for(&engine, &Number(i)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Bug);
            assert!(error.to_string().contains("index out of bounds"));
        }
        let _ = engine.want(&Number(100), Priority::Visible, |_| Ok(Value(1)));
        assert_eq!(wait_for(&engine, &Number(100)).unwrap(), 1);
    }

    #[test]
    fn all_jobs_share_one_cache_of_chunks() {
        let engine = Engine::new(4 << 20);
        let _ = engine.want(&Number(1), Priority::Visible, |cx| {
            cx.chunk_cache.insert((7, 0), Arc::new(vec![1; 1 << 10]));
            Ok(Value(1))
        });
        wait_for(&engine, &Number(1)).unwrap();
        let _ = engine.want(&Number(2), Priority::Visible, |cx| {
            Ok(Value(cx.chunk_cache.get((7, 0)).map_or(0, |chunk| chunk.len() as u64)))
        });
        assert_eq!(wait_for(&engine, &Number(2)).unwrap(), 1 << 10);
    }

    #[test]
    fn the_cache_stays_within_its_budget_but_keeps_what_is_in_use() {
        let engine = Engine::new(3500);
        for i in 0..10 {
            let _ = engine.want(&Number(i), Priority::Visible, move |_| Ok(Value(i)));
            wait_for(&engine, &Number(i)).unwrap();
            let _ = wait_for(&engine, &Number(0));
            engine.end_frame();
        }
        assert!(engine.cached_bytes() <= 3500);
        assert!(engine.peek(&Number(0)).is_some(), "asked for in every frame");
        assert!(engine.peek(&Number(1)).is_none(), "oldest");
    }
}
