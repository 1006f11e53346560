//! What is known, what failed and what is under way, by key, within a byte budget.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use hyperslab_core::{CancelFlag, Progress, ReadError};

use super::key::AnyKey;
use super::{Activity, Priority};

pub enum Entry {
    Running(Job),
    Ready { value: Arc<dyn Any + Send + Sync>, bytes: usize, last_used: u64 },
    Failed { error: ReadError, last_used: u64 },
}

pub struct Job {
    pub id: u64,
    pub cancel: CancelFlag,
    pub progress: Progress,
    pub priority: Priority,
    pub last_wanted: u64,
    pub began: Instant,
    pub what: String,
}

pub struct Cache {
    entries: HashMap<AnyKey, Entry>,
    frame: u64,
    /// Something visible that was asked for in this frame was not there.
    is_awaited: bool,
    bytes: usize,
    budget_bytes: usize,
}

impl Cache {
    pub fn new(budget_bytes: usize) -> Self {
        Self { entries: HashMap::new(), frame: 0, is_awaited: false, bytes: 0, budget_bytes }
    }

    pub fn frame(&self) -> u64 {
        self.frame
    }

    /// This frame shows less than it would.
    pub fn await_visible(&mut self) {
        self.is_awaited = true;
    }

    pub fn is_awaited(&self) -> bool {
        self.is_awaited
    }

    pub fn budget_bytes(&self) -> usize {
        self.budget_bytes
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }

    pub fn get_mut(&mut self, key: &AnyKey) -> Option<&mut Entry> {
        self.entries.get_mut(key)
    }

    pub fn insert(&mut self, key: AnyKey, entry: Entry) {
        if let Entry::Ready { bytes, .. } = &entry {
            self.bytes += bytes;
        }
        if let Some(Entry::Ready { bytes, .. }) = self.entries.insert(key, entry) {
            self.bytes -= bytes;
        }
    }

    /// Takes out the jobs unasked for `patience` frames, drops the least recently used values
    /// over the budget (errors with them: they are asked for again when looked at), and begins
    /// the next frame.
    pub fn end_frame(&mut self, patience: u64) -> Vec<Job> {
        let now = self.frame;
        let forgotten = self.take_jobs(|job| job.last_wanted + patience < now);
        if self.bytes > self.budget_bytes {
            self.evict();
        }
        self.frame += 1;
        self.is_awaited = false;
        forgotten
    }

    /// Replaces every job by `error`; the jobs are returned.
    pub fn fail_running(&mut self, error: &ReadError) -> Vec<Job> {
        let last_used = self.frame;
        let mut jobs = Vec::new();
        for entry in self.entries.values_mut() {
            if matches!(entry, Entry::Running(_)) {
                let failed = Entry::Failed { error: error.clone(), last_used };
                if let Entry::Running(job) = std::mem::replace(entry, failed) {
                    jobs.push(job);
                }
            }
        }
        jobs
    }

    /// Replaces the job of a key, where there is one.
    pub fn fail(&mut self, key: &AnyKey, error: &ReadError) -> Option<Job> {
        let last_used = self.frame;
        let entry = self.entries.get_mut(key).filter(|e| matches!(e, Entry::Running(_)))?;
        match std::mem::replace(entry, Entry::Failed { error: error.clone(), last_used }) {
            Entry::Running(job) => Some(job),
            _ => None,
        }
    }

    pub fn forget_errors(&mut self) {
        self.entries.retain(|_, entry| !matches!(entry, Entry::Failed { .. }));
    }

    /// Of what was asked for in this frame and has failed, any.
    pub fn failure(&self) -> Option<&ReadError> {
        let now = self.frame;
        self.entries.values().find_map(|entry| match entry {
            Entry::Failed { error, last_used } if *last_used == now => Some(error),
            _ => None,
        })
    }

    pub fn activities(&self) -> Vec<Activity> {
        let jobs = self.entries.values().filter_map(|entry| match entry {
            Entry::Running(job) => Some(job),
            _ => None,
        });
        let mut jobs: Vec<&Job> = jobs.collect();
        jobs.sort_by_key(|job| job.id);
        jobs.into_iter()
            .map(|job| Activity {
                what: job.what.clone(),
                progress: job.progress.clone(),
                is_visible: job.priority == Priority::Visible,
                age: job.began.elapsed(),
            })
            .collect()
    }

    fn take_jobs(&mut self, is_taken: impl Fn(&Job) -> bool) -> Vec<Job> {
        let taken = self
            .entries
            .extract_if(|_, entry| matches!(entry, Entry::Running(job) if is_taken(job)));
        taken
            .filter_map(|(_, entry)| match entry {
                Entry::Running(job) => Some(job),
                _ => None,
            })
            .collect()
    }

    /// O(n log n) in the number of entries, only when over the budget; frees an eighth more
    /// than needed so that it does not run every frame.
    fn evict(&mut self) {
        let now = self.frame;
        let mut by_age: Vec<(u64, usize, AnyKey)> = self
            .entries
            .iter()
            .filter_map(|(key, entry)| match entry {
                Entry::Ready { bytes, last_used, .. } if *last_used < now => {
                    Some((*last_used, *bytes, key.clone()))
                }
                Entry::Failed { last_used, .. } if *last_used < now => {
                    Some((*last_used, 0, key.clone()))
                }
                _ => None,
            })
            .collect();
        by_age.sort_by_key(|&(last_used, ..)| last_used);
        let goal = self.budget_bytes - self.budget_bytes / 8;
        for (_, bytes, key) in by_age {
            if self.bytes <= goal {
                break;
            }
            self.entries.remove(&key);
            self.bytes -= bytes;
        }
    }
}
