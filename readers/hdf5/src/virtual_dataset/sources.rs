//! The files and datasets that virtual datasets are made of, each opened once.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use hyperslab_core::{ErrorKind, ReadContext, ReadError, Result};

use crate::convert::PathOf;
use crate::dataspace::Dataspace;
use crate::datatype::Datatype;
use crate::file::File;
use crate::fill::Fill;
use crate::links::{self, Target};
use crate::messages;
use crate::object_header::ObjectHeader;
use crate::stored::Stored;

/// Virtual datasets may be made of virtual datasets, so deep.
const MOST_NESTED: u32 = 8;
/// So many files are kept open, those that sources are made of included.
const FILES_KEPT: usize = 256;
/// So many names of files that are not there are remembered.
const NAMES_KEPT: usize = 100_000;
/// Of so many virtual datasets it is remembered how long they are.
const EXTENTS_KEPT: usize = 1000;
/// So many numbered sources are looked for in all virtual datasets of a file: names that differ
/// may be names of one file, without end.
const MOST_PROBES: u64 = 200_000;
/// So many sources that may come to be are looked for again.
const AWAITED: usize = 16;
/// So many soft links are followed on the way to a dataset.
const MOST_LINKS: u32 = 16;
/// Of so many groups the entries are kept.
const GROUPS_KEPT: usize = 64;

/// What the virtual datasets of one file have opened.
#[derive(Default)]
pub struct SourceFiles {
    depth: u32,
    files: Arc<Mutex<Files>>,
    /// Of the virtual datasets on all levels.
    open: Arc<Mutex<OpenFiles>>,
    /// The file of the virtual datasets as a source of them.
    own: OnceLock<Arc<Datasets>>,
    /// How many indices or sources each mapping without limits has, by the place of the
    /// mappings in the global heap.
    extents: Mutex<Extents>,
    probes: AtomicU64,
    /// Names of files that are the next to come.
    awaited: Mutex<BTreeSet<String>>,
}

type Extents = HashMap<(u64, u32), Arc<[u64]>>;

/// By name; `None` is not there.
type Files = HashMap<String, Option<Arc<SourceFile>>>;

/// Where the files are that are open, and their names, the one opened first in front.
type OpenFiles = VecDeque<(Weak<Mutex<Files>>, String)>;

struct SourceFile {
    file: File,
    datasets: Datasets,
}

/// The datasets of a file that are sources.
struct Datasets {
    sources: Arc<SourceFiles>,
    by_path: Mutex<HashMap<String, Option<Arc<Stored>>>>,
    groups: Mutex<HashMap<u64, Arc<HashMap<String, Target>>>>,
}

/// A dataset that elements are taken from.
pub struct Source {
    pub stored: Arc<Stored>,
    /// `None` for the file of the virtual dataset.
    file: Option<Arc<SourceFile>>,
}

impl Source {
    pub fn file<'a>(&'a self, own: &'a File) -> &'a File {
        self.file.as_ref().map_or(own, |source| &source.file)
    }
}

/// References in a source file are not followed.
pub struct NoPaths;

impl PathOf for NoPaths {
    fn path_of(&self, _: u64, _: &ReadContext) -> Option<String> {
        None
    }
}

impl SourceFiles {
    /// One of the files opened so far was written to since, or there is one that was not.
    pub fn have_news(&self, own: &File) -> bool {
        let opened = || lock(&self.files).values().flatten().cloned().collect::<Vec<_>>();
        let awaited = lock(&self.awaited).clone();
        let cx = ReadContext::default();
        opened().iter().any(|opened| opened.file.source().has_news())
            || awaited.iter().any(|name| own.source().sibling(name, &cx).is_ok())
    }

    fn nested(&self) -> Self {
        Self { depth: self.depth + 1, open: self.open.clone(), ..Self::default() }
    }

    /// What is known of the mappings at a place in the global heap.
    pub fn extents(&self, collection: u64, index: u32) -> Option<Arc<[u64]>> {
        lock(&self.extents).get(&(collection, index)).cloned()
    }

    pub fn keep_extents(&self, collection: u64, index: u32, extents: &Arc<[u64]>) {
        let mut kept = lock(&self.extents);
        if kept.len() >= EXTENTS_KEPT {
            kept.clear();
        }
        kept.insert((collection, index), extents.clone());
    }

    /// Charges `count` numbered sources that are looked for.
    ///
    /// # Errors
    /// `Limit`.
    pub fn probe(&self, count: u64) -> Result<()> {
        if self.probes.fetch_add(count, Ordering::Relaxed) < MOST_PROBES {
            return Ok(());
        }
        let message = format!("virtual datasets with more than {MOST_PROBES} numbered sources");
        Err(ReadError::new(ErrorKind::Limit, message))
    }

    /// The file of this name is not there, but the dataset would grow if it were.
    pub fn await_file(&self, name: String) {
        let mut awaited = lock(&self.awaited);
        if awaited.len() < AWAITED {
            awaited.insert(name);
        }
    }

    /// The dataset of these names (file, path); `None` when there is no such file or dataset.
    ///
    /// # Errors
    /// `Limit` when virtual datasets are nested too deep; what is wrong with a source that is
    /// there.
    pub fn find(
        &self,
        own: &File,
        (name, path): &(String, String),
        cx: &ReadContext,
    ) -> Result<Option<Source>> {
        if self.depth >= MOST_NESTED {
            let message =
                format!("virtual datasets made of each other more than {MOST_NESTED} deep");
            return Err(ReadError::new(ErrorKind::Limit, message));
        }
        if name == "." {
            let datasets = self.own.get_or_init(|| Arc::new(Datasets::new(self.nested())));
            let stored = datasets.find(own, path, cx)?;
            return Ok(stored.map(|stored| Source { stored, file: None }));
        }
        let Some(file) = self.file(own, name, cx)? else { return Ok(None) };
        let stored = file.datasets.find(&file.file, path, cx)?;
        Ok(stored.map(|stored| Source { stored, file: Some(file) }))
    }

    fn file(&self, own: &File, name: &str, cx: &ReadContext) -> Result<Option<Arc<SourceFile>>> {
        if let Some(known) = lock(&self.files).get(name) {
            return Ok(known.clone());
        }
        cx.check()?;
        // Two threads may open the same file at once, but none waits for another.
        let opened = match own.source().sibling(name, cx) {
            Ok(source) => {
                let file = File::open(source, cx)?;
                Some(Arc::new(SourceFile { file, datasets: Datasets::new(self.nested()) }))
            }
            Err(error) if error.is_cancelled() => return Err(error),
            Err(_) => None,
        };
        let is_there = opened.is_some();
        {
            let mut files = lock(&self.files);
            if files.len() >= NAMES_KEPT {
                files.retain(|_, opened| opened.is_some());
            }
            files.insert(name.to_owned(), opened.clone());
        }
        if is_there {
            self.close_one(name);
        }
        Ok(opened)
    }

    /// Makes room for a file that was opened. What is still in use ends with its use.
    fn close_one(&self, name: &str) {
        let first = {
            let mut open = lock(&self.open);
            open.push_back((Arc::downgrade(&self.files), name.to_owned()));
            if open.len() > FILES_KEPT { open.pop_front() } else { None }
        };
        if let Some((files, name)) = first
            && let Some(files) = files.upgrade()
        {
            // Closed when nobody waits for the lock any more.
            let _closed = lock(&files).remove(&name);
        }
    }
}

impl Datasets {
    fn new(sources: SourceFiles) -> Self {
        Self { sources: Arc::new(sources), by_path: Mutex::default(), groups: Mutex::default() }
    }

    fn find(&self, file: &File, path: &str, cx: &ReadContext) -> Result<Option<Arc<Stored>>> {
        if let Some(known) = lock(&self.by_path).get(path) {
            return Ok(known.clone());
        }
        let stored = match self.address(file, path, cx)? {
            Some(address) => {
                self.open(file, address, cx).map_err(|error| error.in_object(path))?.map(Arc::new)
            }
            None => None,
        };
        lock(&self.by_path).insert(path.to_owned(), stored.clone());
        Ok(stored)
    }

    fn open(&self, file: &File, address: u64, cx: &ReadContext) -> Result<Option<Stored>> {
        let header = ObjectHeader::read(file, address, cx)?;
        let messages = header.find(messages::DATATYPE).zip(header.find(messages::DATASPACE));
        let Some((datatype, dataspace)) = messages else { return Ok(None) };
        let datatype = Datatype::parse(&datatype.body, datatype.offset, file)?;
        let dataspace = Dataspace::parse(&dataspace.body, dataspace.offset, file)?;
        let fill = Fill::of(&header, &datatype, cx)?;
        let (datatype, sources) = (Arc::new(datatype), Some(&self.sources));
        Stored::with_sources(&header, &dataspace, datatype, fill, file, sources, cx).map(Some)
    }

    /// The object header at the end of a path from the root.
    fn address(&self, file: &File, path: &str, cx: &ReadContext) -> Result<Option<u64>> {
        let mut left: Vec<String> = names(path);
        let mut above = vec![file.root()];
        let mut links = 0;
        while let Some(name) = left.pop() {
            cx.check()?;
            let Some(&group) = above.last() else { return Ok(None) };
            if name == ".." {
                above.pop();
                continue;
            }
            match self.entries(file, group, cx)?.get(&name) {
                Some(Target::Object(address)) => above.push(*address),
                Some(Target::Soft(path)) if links < MOST_LINKS => {
                    links += 1;
                    if path.starts_with('/') {
                        above.truncate(1);
                    }
                    left.extend(names(path));
                }
                _ => return Ok(None),
            }
        }
        Ok(above.last().copied())
    }

    fn entries(
        &self,
        file: &File,
        group: u64,
        cx: &ReadContext,
    ) -> Result<Arc<HashMap<String, Target>>> {
        if let Some(known) = lock(&self.groups).get(&group) {
            return Ok(known.clone());
        }
        let header = ObjectHeader::read(file, group, cx)?;
        let (entries, error) = links::entries(file, &header, cx);
        if let Some(error) = error
            && entries.is_empty()
        {
            return Err(error);
        }
        let entries: HashMap<String, Target> =
            entries.into_iter().map(|entry| (entry.name, entry.target)).collect();
        let entries = Arc::new(entries);
        let mut groups = lock(&self.groups);
        if groups.len() >= GROUPS_KEPT {
            groups.clear();
        }
        groups.insert(group, entries.clone());
        Ok(entries)
    }
}

/// The names of a path, the last one first.
fn names(path: &str) -> Vec<String> {
    let names = path.split('/').filter(|name| !name.is_empty() && *name != ".");
    names.rev().map(str::to_owned).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
