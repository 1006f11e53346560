//! Paths of objects by the address of their header: what references are shown as.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use hyperslab_core::{ReadContext, ReadError, Result};

use crate::convert::PathOf;
use crate::file::File;
use crate::links::{self, Entry, Target};
use crate::object_header::ObjectHeader;

/// Built when the first reference is met, from the links alone: one pass over all object
/// headers. The shortest path wins, then the first listed.
pub struct Paths<'a> {
    pub file: &'a File,
    pub index: &'a PathIndex,
    pub held: &'a Held,
    pub root_links: &'a RootLinks,
}

/// The root group's links, between opening the file, which looks at them, and listing them.
#[derive(Default)]
pub struct RootLinks(Mutex<Option<(Vec<Entry>, Option<ReadError>)>>);

impl RootLinks {
    pub fn keep(&self, links: (Vec<Entry>, Option<ReadError>)) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(links);
    }

    pub fn take(&self) -> Option<(Vec<Entry>, Option<ReadError>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Bytes of names, attributes and descriptions that were listed of a file.
#[derive(Default)]
pub struct Held(AtomicU64);

impl Held {
    /// # Errors
    /// `Limit` when the file's metadata are more than `cx.limits` allow.
    pub fn charge(&self, bytes: u64, cx: &ReadContext) -> Result<()> {
        let held = self.0.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        cx.limits.claim_metadata(held, 1, "names and attributes of one file").map(drop)
    }
}

#[derive(Default)]
pub struct PathIndex(OnceLock<HashMap<u64, Box<str>>>);

impl PathOf for Paths<'_> {
    fn path_of(&self, address: u64, cx: &ReadContext) -> Option<String> {
        let paths = match self.index.0.get() {
            Some(paths) => paths,
            None => {
                let paths = crawl(self.file, cx);
                if cx.cancel.is_cancelled() {
                    return None;
                }
                self.index.0.get_or_init(|| paths)
            }
        };
        paths.get(&address).map(|path| path.clone().into_string())
    }
}

/// Nobody waits for another's crawl: two at once do the same work twice, but neither can keep
/// the other from finishing.
fn crawl(file: &File, cx: &ReadContext) -> HashMap<u64, Box<str>> {
    let mut paths: HashMap<u64, Box<str>> = HashMap::from([(file.root(), "/".into())]);
    let mut waiting = VecDeque::from([file.root()]);
    let mut held: u64 = 0;
    while let Some(address) = waiting.pop_front() {
        if cx.cancel.is_cancelled() {
            break;
        }
        // What cannot be read is reported where it is listed.
        let Ok(header) = ObjectHeader::read(file, address, cx) else { continue };
        if !links::is_group(&header) {
            continue;
        }
        let parent = paths.get(&address).cloned().unwrap_or_default();
        let (entries, _) = links::entries(file, &header, cx);
        for entry in entries {
            let Target::Object(target) = entry.target else { continue };
            if paths.contains_key(&target) {
                continue;
            }
            let path = join(&parent, &entry.name);
            held = held.saturating_add(path.len() as u64 + 64);
            if held > cx.limits.metadata_bytes {
                cx.note(too_many().what());
                return paths;
            }
            paths.insert(target, path.into());
            waiting.push_back(target);
        }
    }
    paths
}

fn too_many() -> ReadError {
    let message = "paths of all objects: references to some are not shown";
    ReadError::new(hyperslab_core::ErrorKind::Limit, message)
}

/// `/` and `a` are `/a`, `/a` and `b` are `/a/b`.
pub fn join(parent: &str, name: &str) -> String {
    match parent {
        "/" => format!("/{name}"),
        parent => format!("{parent}/{name}"),
    }
}
