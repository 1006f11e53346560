//! Small reads at a place in the file, remembered: the headers of a message come with one read,
//! the end of a message and the headers of the next with another.

use hyperslab_core::source::check_bounds;
use hyperslab_core::{ReadContext, Result, Source};

/// Enough for the headers of nearly every message up to section 5 (GRIB2) or 4 (GRIB1).
const AHEAD_BYTES: u64 = 1024;

/// Bytes at two places: where headers are looked at and, apart from that, where a message ends.
pub struct Window<'s> {
    source: &'s dyn Source,
    head: Block,
    tail: Block,
}

#[derive(Default)]
struct Block {
    at: u64,
    bytes: Vec<u8>,
}

impl<'s> Window<'s> {
    pub fn new(source: &'s dyn Source) -> Self {
        Self { source, head: Block::default(), tail: Block::default() }
    }

    pub fn file_len(&self) -> u64 {
        self.source.len()
    }

    pub fn source(&self) -> &'s dyn Source {
        self.source
    }

    /// # Errors
    /// `Truncated` where the file ends before; those of the source.
    pub fn get(&mut self, at: u64, len: u64, cx: &ReadContext) -> Result<&[u8]> {
        if !self.head.has(at, len) {
            if self.tail.has(at, len) {
                std::mem::swap(&mut self.head, &mut self.tail);
            } else {
                self.head.fill(self.source, at, len, cx)?;
            }
        }
        Ok(self.head.get(at, len).unwrap_or_default())
    }

    /// The same for the last octets of a message, without letting go of its headers.
    ///
    /// # Errors
    /// As [`Window::get`].
    pub fn get_end(&mut self, at: u64, len: u64, cx: &ReadContext) -> Result<&[u8]> {
        if self.head.has(at, len) {
            return Ok(self.head.get(at, len).unwrap_or_default());
        }
        if !self.tail.has(at, len) {
            self.tail.fill(self.source, at, len, cx)?;
        }
        Ok(self.tail.get(at, len).unwrap_or_default())
    }

    /// What is at hand from `at` on; may be empty.
    pub fn at_hand(&self, at: u64) -> &[u8] {
        let of = |block: &'_ Block| -> Option<std::ops::Range<usize>> {
            let start = usize::try_from(at.checked_sub(block.at)?).ok()?;
            (start < block.bytes.len()).then_some(start..block.bytes.len())
        };
        let head = of(&self.head).and_then(|range| self.head.bytes.get(range));
        head.or_else(|| of(&self.tail).and_then(|range| self.tail.bytes.get(range)))
            .unwrap_or_default()
    }
}

impl Block {
    fn has(&self, at: u64, len: u64) -> bool {
        self.get(at, len).is_some()
    }

    fn get(&self, at: u64, len: u64) -> Option<&[u8]> {
        let start = usize::try_from(at.checked_sub(self.at)?).ok()?;
        let end = start.checked_add(usize::try_from(len).ok()?)?;
        self.bytes.get(start..end)
    }

    fn fill(&mut self, source: &dyn Source, at: u64, len: u64, cx: &ReadContext) -> Result<()> {
        check_bounds(at, len, source.len())?;
        let wanted = len.max(AHEAD_BYTES).min(source.len().saturating_sub(at));
        let wanted = cx.limits.claim_metadata(wanted, 1, "one section of a message")?;
        self.bytes.resize(wanted, 0);
        if let Err(error) = source.read_into(at, &mut self.bytes, cx) {
            self.bytes.clear();
            return Err(error);
        }
        self.at = at;
        Ok(())
    }
}
