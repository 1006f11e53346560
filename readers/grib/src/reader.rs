//! An open file: scanned in steps, listed as NIO's variables, read field by field.

mod attributes;
mod axes;
mod contents;
mod coordinates;
mod fields;
mod hybrid;
mod matrices;
mod options;
mod records;
mod section;
mod standard_names;
mod times;
mod variables;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

use hyperslab_core::chunk_cache::next_file_number;
use hyperslab_core::{
    Array, Formats, GroupId, Listing, ReadContext, ReadError, Reader, Records, Result, Section,
    Source, VariableId,
};

use crate::grids::unstructured::Beside;
use crate::scan::{Progress, Scanner};
use contents::Contents;
pub use options::CHOICES;

/// Messages between two looks at the clock.
const STEP: usize = 512;

/// What all readers of one file share: the scan goes on where the last one left it.
struct Shared {
    source: Arc<dyn Source>,
    /// Of the file, for chunks that are kept.
    number: u64,
    /// Until there is no more.
    scanner: Mutex<Option<Scanner>>,
    /// For files beside this one that say where its points are.
    formats: Formats,
}

pub struct GribReader {
    shared: Arc<Shared>,
    format_name: &'static str,
    contents: OnceLock<Contents>,
}

impl GribReader {
    /// Finds the first message; the rest is found when the root is listed.
    ///
    /// # Errors
    /// Where there is no message; those of the source.
    pub fn open(source: Arc<dyn Source>, cx: &ReadContext) -> Result<Self> {
        cx.check()?;
        let mut scanner = Scanner::new(Arc::clone(&source));
        while scanner.index().fields().is_empty() {
            if scanner.advance(1, cx)? == Progress::Done {
                break;
            }
        }
        if scanner.index().fields().is_empty() {
            scanner.finish(cx)?;
            return Err(ReadError::malformed("no GRIB message in it can be read"));
        }
        let format_name = scanner.index().format_name();
        let (number, formats) = (next_file_number(), cx.formats.clone());
        let shared = Shared { source, number, scanner: Mutex::new(Some(scanner)), formats };
        Ok(Self { shared: Arc::new(shared), format_name, contents: OnceLock::new() })
    }

    /// Scans on, for as long as the context has patience, and sorts what is known by then.
    fn scanned(shared: &Arc<Shared>, cx: &ReadContext) -> Result<Contents> {
        let began = Instant::now();
        let mut held = shared.scanner.lock().unwrap_or_else(PoisonError::into_inner);
        let scanner = held.as_mut().ok_or_else(|| ReadError::request("a scan that has ended"))?;
        let is_partial = loop {
            cx.check()?;
            if scanner.advance(STEP, cx)? == Progress::Done {
                break false;
            }
            if cx.patience.is_some_and(|patience| began.elapsed() >= patience) {
                break true;
            }
        };
        let index = match is_partial {
            true => Arc::clone(scanner.index()),
            false => held.take().map(|scanner| scanner.finish(cx)).transpose()?.unwrap_or_default(),
        };
        drop(held);
        let beside = Beside { source: Arc::clone(&shared.source), formats: shared.formats.clone() };
        Contents::of(index, beside, shared.number, is_partial, cx)
    }

    fn contents(&self) -> Result<&Contents> {
        self.contents.get().ok_or_else(|| ReadError::request("a variable that was not listed"))
    }
}

impl Reader for GribReader {
    fn format_name(&self) -> &str {
        self.contents.get().map_or(self.format_name, |contents| contents.index.format_name())
    }

    fn list(&self, group: GroupId, cx: &ReadContext) -> Result<Listing> {
        cx.check()?;
        if group != GroupId::ROOT {
            return Err(ReadError::request("a group that was not listed"));
        }
        let contents = match self.contents.get() {
            Some(contents) => contents,
            None => {
                let scanned = Self::scanned(&self.shared, cx)?;
                self.contents.get_or_init(|| scanned)
            }
        };
        Ok(contents.listing(cx))
    }

    fn is_partial(&self) -> bool {
        self.contents.get().is_some_and(|contents| contents.is_partial)
    }

    fn continued(&self, cx: &ReadContext) -> Result<Option<Box<dyn Reader>>> {
        cx.check()?;
        if !self.is_partial() {
            return Ok(None);
        }
        let contents = OnceLock::new();
        let scanned = Self::scanned(&self.shared, cx)?;
        let format_name = scanned.index.format_name();
        contents.get_or_init(|| scanned);
        Ok(Some(Box::new(Self { shared: Arc::clone(&self.shared), format_name, contents })))
    }

    fn read(&self, id: VariableId, section: &Section, cx: &ReadContext) -> Result<Array> {
        cx.check()?;
        self.contents()?.read(id, section, cx)
    }

    fn records(&self) -> Option<&dyn Records> {
        self.contents.get().map(|contents| contents as &dyn Records)
    }
}
