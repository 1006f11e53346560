//! Message after message from a place in the file: where one ends the next is looked for.

use hyperslab_core::{ErrorKind, ReadContext, ReadError, Result, Source};
use memchr::memmem::Finder;

use super::window::Window;
use crate::index::Index;
use crate::{edition1, edition2};

const MAGIC: &[u8] = b"GRIB";
const END: &[u8] = b"7777";
const INDICATOR_LEN: u64 = 8;
/// What lies between messages is read in blocks, longer ones the longer it takes.
const SEARCH_MIN_BYTES: u64 = 16 << 10;
const SEARCH_MAX_BYTES: u64 = 1 << 20;

/// Where a message's sections were found to end, its end section left out, and where its first
/// section says that it ends.
pub struct Extent {
    pub sections_end: u64,
    pub end: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A message, whole or damaged, was passed.
    Message,
    /// Nothing begins before the limit.
    End,
}

/// A position between messages. Two chains that are at the same position find the same from
/// there on.
#[derive(Clone, Debug)]
pub struct Chain {
    at: u64,
    /// Messages that begin here or later are left to another chain.
    limit: u64,
    /// End of the last whole message.
    last_end: Option<u64>,
    other_edition: Option<(u64, u8)>,
}

impl Chain {
    pub fn new(at: u64, limit: u64) -> Self {
        Self { at, limit, last_end: None, other_edition: None }
    }

    pub fn at(&self) -> u64 {
        self.at
    }

    pub fn limit(&self) -> u64 {
        self.limit
    }

    pub fn last_end(&self) -> Option<u64> {
        self.last_end
    }

    /// The first message of an edition that is neither 1 nor 2.
    pub fn other_edition(&self) -> Option<(u64, u8)> {
        self.other_edition
    }

    /// Goes on where another chain ended.
    pub fn resume(&mut self, at: u64, last_end: Option<u64>) {
        self.at = self.at.max(at);
        self.last_end = last_end.or(self.last_end);
    }

    /// Finds the next message and passes it.
    ///
    /// # Errors
    /// `Limit`; `Cancelled`; those of the source.
    pub fn step(
        &mut self,
        window: &mut Window<'_>,
        index: &mut Index,
        cx: &ReadContext,
    ) -> Result<Step> {
        loop {
            let Some(start) = self.find(window, cx)? else {
                self.at = self.at.max(self.limit);
                return Ok(Step::End);
            };
            // Where the search goes on unless there is a message with an end.
            self.at = start + MAGIC.len() as u64;
            let edition = match window.get(start, INDICATOR_LEN, cx) {
                Ok(indicator) => indicator.get(7).copied().unwrap_or(0),
                Err(error) => {
                    damage(error.at(start), index)?;
                    return Ok(Step::Message);
                }
            };
            let found = match edition {
                1 => edition1::walk(start, window, index, cx),
                2 => edition2::walk(start, window, index, cx),
                // Text may well speak of GRIB.
                0 | 3..=15 => {
                    self.other_edition.get_or_insert((start, edition));
                    continue;
                }
                _ => continue,
            };
            match found.and_then(|extent| end(start, &extent, window, cx)) {
                Ok(Ending { end, damage: None }) => {
                    self.at = end;
                    self.last_end = Some(end);
                }
                Ok(Ending { end, damage: Some(error) }) => {
                    self.at = end;
                    damage(error, index)?;
                }
                Err(error) => damage(located(error, start), index)?,
            }
            return Ok(Step::Message);
        }
    }

    /// Where the next message begins before the limit.
    fn find(&self, window: &mut Window<'_>, cx: &ReadContext) -> Result<Option<u64>> {
        if self.at >= self.limit {
            return Ok(None);
        }
        // The rule: messages follow each other, and the next one's start came with the last
        // one's end.
        let at_hand = window.at_hand(self.at);
        if at_hand.starts_with(MAGIC) {
            return Ok(Some(self.at));
        }
        search(window, self.at, self.limit, cx)
    }

    /// The file ends with padding and then something that is not a message: its start is lost.
    ///
    /// # Errors
    /// Those of the source.
    pub fn wrong_tail(&self, source: &dyn Source, cx: &ReadContext) -> Result<Option<ReadError>> {
        let Some(end) = self.last_end.filter(|&end| end < source.len()) else { return Ok(None) };
        let first = source.read_at(end, 1, cx)?.first().copied();
        let last = source.read_at(source.len() - 1, 1, cx)?.first().copied();
        // Bulletins end with control characters.
        let is_wrong = first == Some(0) && last.is_some_and(|last| last > b' ');
        let message = format!(
            "the {} bytes after the last message are neither padding nor a message",
            source.len() - end
        );
        Ok(is_wrong.then(|| ReadError::malformed(message).at(end)))
    }
}

/// The first `GRIB` that begins in `start..limit`.
fn search(
    window: &mut Window<'_>,
    start: u64,
    limit: u64,
    cx: &ReadContext,
) -> Result<Option<u64>> {
    let finder = Finder::new(MAGIC);
    let end = window.file_len().min(limit.saturating_add(MAGIC.len() as u64 - 1));
    let mut at = start;
    let mut block = SEARCH_MIN_BYTES;
    let mut bytes = Vec::new();
    while end.saturating_sub(at) >= MAGIC.len() as u64 {
        cx.check()?;
        let len = block.min(end - at);
        bytes.resize(len as usize, 0);
        window.source().read_into(at, &mut bytes, cx)?;
        if let Some(found) = finder.find(&bytes) {
            return Ok(Some(at + found as u64));
        }
        // The magic may lie across two blocks.
        at += len - (MAGIC.len() as u64 - 1);
        block = (block * 4).min(SEARCH_MAX_BYTES);
    }
    Ok(None)
}

struct Ending {
    end: u64,
    damage: Option<ReadError>,
}

/// Checks that the end section stands where the first section says, or at least where the
/// sections end.
fn end(start: u64, extent: &Extent, window: &mut Window<'_>, cx: &ReadContext) -> Result<Ending> {
    let len = END.len() as u64;
    let claimed = extent.end.saturating_sub(len);
    let mut stands_at = |at: u64| -> Result<bool> {
        match window.get_end(at, len, cx) {
            Ok(end) => Ok(end == END),
            Err(error) if is_damage(&error) => Ok(false),
            Err(error) => Err(error),
        }
    };
    if claimed >= extent.sections_end && stands_at(claimed)? {
        return Ok(Ending { end: extent.end, damage: None });
    }
    let message = format!("no end section (7777) at byte {claimed}, where the message ends");
    let damage = Some(ReadError::malformed(message).at(start));
    let end = match stands_at(extent.sections_end)? {
        true => extent.sections_end + len,
        false => start + MAGIC.len() as u64,
    };
    Ok(Ending { end, damage })
}

/// An error that is about one message is kept in the index, the scan goes on.
fn damage(error: ReadError, index: &mut Index) -> Result<()> {
    if !is_damage(&error) {
        return Err(error);
    }
    index.push_damage(error);
    Ok(())
}

fn is_damage(error: &ReadError) -> bool {
    matches!(error.kind(), ErrorKind::Malformed | ErrorKind::Truncated | ErrorKind::Unsupported)
}

/// Says in which message, where the error is about a place in it.
fn located(error: ReadError, start: u64) -> ReadError {
    match error.offset() {
        Some(at) if at != start => error.in_object(format!("the message at byte {start}")),
        _ => error.at(start),
    }
}
