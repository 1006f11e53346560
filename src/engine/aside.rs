//! Files that nobody opened, looked into on a worker for what an open file is missing: those
//! beside it and those in a folder of the user's choice.
//!
//! A look is bounded: few files, not the largest, a listing only as far as it is quick.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hyperslab_all::{FORMATS, OpenFile};
use hyperslab_core::{Dataset, GroupId, ReadContext, Result};

use super::store::Opened;

/// How long a file may take to list itself.
const PATIENCE: Duration = Duration::from_secs(2);
/// Files with more groups are no files of coordinates.
const GROUPS_MAX: usize = 2_000;
/// Names of a folder that are looked at.
const NAMES_MAX: usize = 20_000;

/// The files of a folder that are named as those of a format that can be read; none where the
/// folder cannot be.
pub fn files_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.take(NAMES_MAX).filter_map(|entry| Some(entry.ok()?.path()));
    let is_known = |path: &PathBuf| {
        let extension = path.extension().map(|extension| extension.to_string_lossy());
        let mut known = FORMATS.iter().flat_map(|format| format.extensions);
        extension.is_some_and(|extension| known.any(|known| known.eq_ignore_ascii_case(&extension)))
    };
    let mut paths: Vec<PathBuf> = paths.filter(|p| is_known(p) && p.is_file()).collect();
    paths.sort();
    paths
}

/// A file with its listing, as far as it comes.
///
/// # Errors
/// Those of [`OpenFile::open`] and of listing it.
pub fn look<M>(path: &Path, interpret: fn(&Dataset) -> M, cx: &ReadContext) -> Result<Opened<M>> {
    let apart = ReadContext::new(cx.cancel.clone(), Default::default())
        .with_limits(cx.limits)
        .with_options(cx.options.clone())
        .with_patience(Some(PATIENCE));
    let file = Arc::new(OpenFile::open(path, &apart)?);
    let mut dataset = Dataset::default();
    let mut waiting = VecDeque::from([GroupId::ROOT]);
    while let Some(group) = waiting.pop_front().filter(|_| dataset.groups.len() < GROUPS_MAX) {
        apart.check()?;
        waiting.extend(dataset.graft(group, file.list(group, &apart)?)?);
    }
    let meaning = interpret(&dataset);
    Ok(Opened { file, dataset, meaning, is_complete: waiting.is_empty() })
}
