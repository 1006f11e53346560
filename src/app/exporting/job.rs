//! What is exported, each job on a thread of its own: what can be seen of it from a frame.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use hyperslab_core::{CancelFlag, Progress, ReadError};

use crate::export::values::WriteError;

/// A job under way or done.
pub struct Job {
    /// What is being made: the file's name.
    pub name: String,
    pub cancel: CancelFlag,
    pub progress: Progress,
    outcome: Receiver<Outcome>,
    /// Known once it is over.
    pub ended: Option<Outcome>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// In words, for a tooltip the whole path.
    Saved(String),
    /// Nothing was written: it would have replaced a file.
    Exists,
    Cancelled,
    Failed(String),
}

/// Why a job did not end well.
#[derive(Debug)]
pub enum Trouble {
    Exists,
    Cancelled,
    Words(String),
}

impl From<ReadError> for Trouble {
    fn from(error: ReadError) -> Self {
        if error.is_cancelled() { Self::Cancelled } else { Self::Words(error.to_string()) }
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self::Words(format!("cannot be written: {error}"))
    }
}

impl From<WriteError> for Trouble {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Read(error) => error.into(),
            WriteError::Write(error) => error.into(),
        }
    }
}

/// What the thread of a job is given.
pub struct Reporter {
    pub cancel: CancelFlag,
    pub progress: Progress,
}

impl Job {
    /// Begins it. `work` says what was saved.
    pub fn begin(
        ctx: &egui::Context,
        name: String,
        work: impl FnOnce(&Reporter) -> Result<String, Trouble> + Send + 'static,
    ) -> Self {
        let (cancel, progress) = (CancelFlag::default(), Progress::default());
        let reporter = Reporter { cancel: cancel.clone(), progress: progress.clone() };
        let (sender, outcome) = channel();
        let ctx = ctx.clone();
        let run = move || {
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&reporter)));
            let outcome = match result {
                Ok(Ok(saved)) => Outcome::Saved(saved),
                Ok(Err(Trouble::Exists)) => Outcome::Exists,
                Ok(Err(Trouble::Cancelled)) => Outcome::Cancelled,
                Ok(Err(Trouble::Words(words))) => Outcome::Failed(words),
                Err(_) => Outcome::Failed("a fault in hyperslab".into()),
            };
            let _ = sender.send(outcome);
            ctx.request_repaint();
        };
        let thread = std::thread::Builder::new().name("export".into()).spawn(run);
        // Without the thread nobody will ever send.
        drop(thread);
        Self { name, cancel, progress, outcome, ended: None }
    }

    /// Takes over what the thread has said.
    pub fn update(&mut self) {
        if self.ended.is_none() {
            self.ended = match self.outcome.try_recv() {
                Ok(outcome) => Some(outcome),
                Err(TryRecvError::Empty) => None,
                Err(TryRecvError::Disconnected) => {
                    Some(Outcome::Failed("no thread could be started".into()))
                }
            };
        }
    }
}

/// Whether something may be written here.
///
/// # Errors
/// Where it is one of the files that are open, or would replace another one unasked.
pub fn check_target(path: &Path, open: &[PathBuf], may_replace: bool) -> Result<(), Trouble> {
    let target = fs::canonicalize(path).ok();
    let is_target = |other: &PathBuf| target.is_some() && fs::canonicalize(other).ok() == target;
    if open.iter().any(is_target) {
        return Err(Trouble::Words("is a file that is open here; choose another name".into()));
    }
    // A device or a pipe is written to, not replaced.
    let is_replaced = fs::symlink_metadata(path).is_ok_and(|found| !is_device(&found));
    if is_replaced && !may_replace {
        return Err(Trouble::Exists);
    }
    Ok(())
}

fn is_device(found: &fs::Metadata) -> bool {
    !(found.is_file() || found.is_dir() || found.is_symlink())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_there_are_replaced_only_when_asked_and_open_ones_never() {
        let folder = tempfile::tempdir().unwrap();
        let (new, old) = (folder.path().join("new"), folder.path().join("old"));
        fs::write(&old, "x").unwrap();
        assert!(check_target(&new, &[], false).is_ok());
        assert!(matches!(check_target(&old, &[], false), Err(Trouble::Exists)));
        assert!(check_target(&old, &[], true).is_ok());
        let open = [folder.path().join(".").join("old")];
        assert!(matches!(check_target(&old, &open, true), Err(Trouble::Words(_))));
    }

    #[test]
    fn a_job_that_panics_or_is_cancelled_says_so() {
        let ctx = egui::Context::default();
        let end = |mut job: Job| {
            while job.ended.is_none() {
                job.update();
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            job.ended
        };
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| ()));
        let panicked = end(Job::begin(&ctx, "a".into(), |_| panic!("oops")));
        std::panic::set_hook(hook);
        assert!(matches!(panicked, Some(Outcome::Failed(_))));
        let cancelled = Job::begin(&ctx, "b".into(), |reporter| {
            while !reporter.cancel.is_cancelled() {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            Err(ReadError::cancelled().into())
        });
        cancelled.cancel.cancel();
        assert_eq!(end(cancelled), Some(Outcome::Cancelled));
    }
}
