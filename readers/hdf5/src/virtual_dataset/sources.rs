//! The files and datasets that virtual datasets are made of, each opened once.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

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
/// So many files are kept open.
const FILES_KEPT: usize = 256;
/// So many soft links are followed on the way to a dataset.
const MOST_LINKS: u32 = 16;
/// Of so many groups the entries are kept.
const GROUPS_KEPT: usize = 64;

/// What the virtual datasets of one file have opened.
#[derive(Default)]
pub struct SourceFiles {
    depth: u32,
    files: Mutex<Files>,
    /// The file of the virtual datasets as a source of them.
    own: OnceLock<Arc<Datasets>>,
}

#[derive(Default)]
struct Files {
    by_name: HashMap<String, Option<Arc<SourceFile>>>,
    /// Names of those that are open, the one opened first in front.
    open: VecDeque<String>,
}

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
    /// One of the files opened so far was written to since.
    pub fn have_news(&self) -> bool {
        let opened = || lock(&self.files).by_name.values().flatten().cloned().collect::<Vec<_>>();
        opened().iter().any(|opened| opened.file.source().has_news())
    }

    fn nested(depth: u32) -> Self {
        Self { depth, files: Mutex::default(), own: OnceLock::new() }
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
            let datasets = self.own.get_or_init(|| Arc::new(Datasets::new(self.depth + 1)));
            let stored = datasets.find(own, path, cx)?;
            return Ok(stored.map(|stored| Source { stored, file: None }));
        }
        let Some(file) = self.file(own, name, cx)? else { return Ok(None) };
        let stored = file.datasets.find(&file.file, path, cx)?;
        Ok(stored.map(|stored| Source { stored, file: Some(file) }))
    }

    fn file(&self, own: &File, name: &str, cx: &ReadContext) -> Result<Option<Arc<SourceFile>>> {
        if let Some(known) = lock(&self.files).by_name.get(name) {
            return Ok(known.clone());
        }
        cx.check()?;
        let opened = match own.source().sibling(name, cx) {
            Ok(source) => {
                let file = File::open(source, cx).map_err(|error| error.in_file(name))?;
                Some(Arc::new(SourceFile { file, datasets: Datasets::new(self.depth + 1) }))
            }
            Err(error) if error.is_cancelled() => return Err(error),
            Err(_) => None,
        };
        let mut files = lock(&self.files);
        if opened.is_some() {
            files.open.push_back(name.to_owned());
            if files.open.len() > FILES_KEPT
                && let Some(first) = files.open.pop_front()
            {
                files.by_name.remove(&first);
            }
        }
        files.by_name.insert(name.to_owned(), opened.clone());
        Ok(opened)
    }
}

impl Datasets {
    fn new(depth: u32) -> Self {
        Self {
            sources: Arc::new(SourceFiles::nested(depth)),
            by_path: Mutex::default(),
            groups: Mutex::default(),
        }
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
