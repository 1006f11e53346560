//! A format whose files say how long they are, as a writer at work leaves them.
//!
//! `HYPERSLAB-GROWING 5 being written\n` opens as a data set that is being written, with five
//! steps so far; without the last two words it is finished. Anything else behind the first word
//! is `Malformed`, as a file caught while it is being written may be. `HYPERSLAB-GROWING 5 in parts`
//! is listed step by step where the context asks for patience.
//!
//! | variable | type | shape | values |
//! | --- | --- | --- | --- |
//! | `frame` | f32 | time (unlimited) x 4 x 6 | the flat index |
//! | `late` | f32 | time | the flat index; there only from the third step on, before `frame` |

use std::sync::Arc;
use std::time::Duration;

use hyperslab_core::{
    Array, Confidence, Format, GroupId, Listing, ReadContext, ReadError, Reader, Result, Section,
    Source, VariableId,
};

use crate::slow::SlowReader;

const MAGIC: &[u8] = b"HYPERSLAB-GROWING ";

pub static FORMAT: Format = Format {
    id: "growing",
    name: "Being written",
    extensions: &["growing"],
    mime: &[],
    codecs: &[],
    choices: &[],
    probe,
    open,
};

/// The bytes of a file of so many steps; all files are as long, so that one can be written over
/// another.
pub fn file(steps: u64, is_being_written: bool) -> Vec<u8> {
    let state = if is_being_written { " being written" } else { "" };
    [MAGIC, format!("{:<40}\n", format!("{steps}{state}")).as_bytes()].concat()
}

/// The bytes of a file that is listed step by step.
pub fn in_parts(steps: u64) -> Vec<u8> {
    [MAGIC, format!("{:<40}\n", format!("{steps} in parts")).as_bytes()].concat()
}

/// The bytes of a file that is not whole for the moment.
pub fn torn() -> Vec<u8> {
    [MAGIC, format!("{:<40}\n", "?").as_bytes()].concat()
}

fn probe(source: &dyn Source, cx: &ReadContext) -> Result<Confidence> {
    let len = MAGIC.len() as u64;
    if source.len() >= len && *source.read_at(0, len, cx)? == *MAGIC {
        return Ok(Confidence::Certain);
    }
    Ok(Confidence::No)
}

fn open(source: Arc<dyn Source>, cx: &ReadContext) -> Result<Box<dyn Reader>> {
    let bytes = source.read_at(0, source.len().min(64), cx)?;
    let text = bytes.strip_prefix(MAGIC).and_then(|rest| std::str::from_utf8(rest).ok());
    let (steps, state) = text
        .unwrap_or_default()
        .trim()
        .split_once(' ')
        .unwrap_or((text.unwrap_or_default().trim(), ""));
    let steps = steps
        .parse()
        .map_err(|_| ReadError::malformed("no number of steps").at(MAGIC.len() as u64))?;
    let known = match state {
        "in parts" if cx.patience.is_some() => 1.min(steps),
        _ => steps,
    };
    Ok(Box::new(GrowingReader::new(known, steps, state == "being written")))
}

struct GrowingReader {
    inner: SlowReader,
    known: u64,
    steps: u64,
    is_being_written: bool,
}

impl GrowingReader {
    fn new(known: u64, steps: u64, is_being_written: bool) -> Self {
        let mut inner = SlowReader::new(Duration::ZERO).dim("time", known).dim("y", 4).dim("x", 6);
        if known > 2 {
            inner = inner.var("late", 4, &["time"], |k| k as f64);
        }
        inner = inner.var("frame", 4, &["time", "y", "x"], |k| k as f64);
        Self { inner, known, steps, is_being_written }
    }
}

impl Reader for GrowingReader {
    fn format_name(&self) -> &str {
        FORMAT.id
    }

    fn is_being_written(&self) -> bool {
        self.is_being_written
    }

    fn is_partial(&self) -> bool {
        self.known < self.steps
    }

    fn continued(&self, cx: &ReadContext) -> Result<Option<Box<dyn Reader>>> {
        cx.check()?;
        let more = || Self::new(self.known + 1, self.steps, self.is_being_written);
        Ok(self.is_partial().then(|| Box::new(more()) as Box<dyn Reader>))
    }

    fn list(&self, group: GroupId, cx: &ReadContext) -> Result<Listing> {
        let mut listing = self.inner.list(group, cx)?;
        if let Some(time) = listing.dimensions.first_mut() {
            time.is_unlimited = true;
        }
        Ok(listing)
    }

    fn read(&self, id: VariableId, section: &Section, cx: &ReadContext) -> Result<Array> {
        self.inner.read(id, section, cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyperslab_core::{ErrorKind, MemorySource};

    fn reader(bytes: Vec<u8>) -> Result<Box<dyn Reader>> {
        open(Arc::new(MemorySource::new(bytes)), &ReadContext::default())
    }

    #[test]
    fn a_file_says_how_many_steps_it_has_and_whether_there_will_be_more() {
        let cx = ReadContext::default();
        let growing = reader(file(2, true)).unwrap();
        assert!(growing.is_being_written());
        let listing = growing.list(GroupId::ROOT, &cx).unwrap();
        assert_eq!(listing.variables.len(), 1);
        assert_eq!((listing.dimensions[0].length, listing.dimensions[0].is_unlimited), (2, true));
        let done = reader(file(3, false)).unwrap();
        assert!(!done.is_being_written());
        assert_eq!(done.list(GroupId::ROOT, &cx).unwrap().variables.len(), 2);
        assert_eq!(reader(torn()).map(drop).unwrap_err().kind(), ErrorKind::Malformed);
    }
}
