//! Several parts of a large file at once: waiting for the disk in one place costs nothing in
//! another.
//!
//! Each part looks for a message that is sound up to its end, and goes on from there. What it
//! finds counts only from where the chain of messages before it meets it: a `GRIB` inside the
//! data of a message is passed over as it would be message by message.

use std::sync::Arc;

use hyperslab_core::{ReadContext, Result, Source};
use rayon::prelude::*;

use super::chain::{Chain, Step};
use super::window::Window;
use crate::index::Index;

/// Messages looked at before deciding.
const SAMPLE: usize = 256;
/// With longer messages a part would search too many data for its first.
const MESSAGE_MAX_BYTES: u64 = 256 << 10;
/// A part is as long as so many messages, within bounds.
const MESSAGES: u64 = 2048;
const PART_BYTES: std::ops::RangeInclusive<u64> = 1 << 20..=64 << 20;
/// A part's first message is looked for as far as this many messages are long.
const SEARCH_MESSAGES: u64 = 16;
/// Smaller files are done before threads have started.
const FILE_MIN_BYTES: u64 = 128 << 20;

#[derive(Debug, Default)]
pub struct Blocks {
    part_bytes: u64,
    search_bytes: u64,
}

impl Blocks {
    /// Whether the rest should be scanned in parts; decided once enough was seen.
    pub fn pay(&mut self, index: &Index, chain: &Chain) -> bool {
        let count = index.fields().len();
        if count < SAMPLE || rayon::current_num_threads() < 2 {
            return false;
        }
        let mean = (chain.at() / count as u64).max(1);
        let part = (mean * MESSAGES).clamp(*PART_BYTES.start(), *PART_BYTES.end());
        self.part_bytes = part;
        self.search_bytes = mean * SEARCH_MESSAGES;
        let rest = chain.limit().saturating_sub(chain.at());
        chain.limit() >= FILE_MIN_BYTES && mean <= MESSAGE_MAX_BYTES && rest > 2 * part
    }

    /// Passes one part a thread.
    ///
    /// # Errors
    /// As [`Chain::step`].
    pub fn advance(
        &self,
        source: &Arc<dyn Source>,
        index: &mut Index,
        chain: &mut Chain,
        cx: &ReadContext,
    ) -> Result<()> {
        let start = chain.at();
        let parts = rayon::current_num_threads() as u64 * 2;
        let starts = (0..parts).map(|part| start.saturating_add(part * self.part_bytes));
        let starts: Vec<u64> = starts.take_while(|&start| start < chain.limit()).collect();
        let found: Vec<Result<Part>> = starts
            .par_iter()
            .map(|&from| {
                let limit = from.saturating_add(self.part_bytes).min(chain.limit());
                let part = match from == start {
                    true => Part::from_message(&**source, Chain::new(from, limit), cx),
                    false => self.part(&**source, from, limit, cx),
                }?;
                cx.advance(limit - from)?;
                Ok(part)
            })
            .collect();
        let mut window = Window::new(&**source);
        for part in found {
            part?.join(chain, &mut window, index, cx)?;
        }
        Ok(())
    }

    /// A part that does not know where its first message begins.
    fn part(&self, source: &dyn Source, from: u64, limit: u64, cx: &ReadContext) -> Result<Part> {
        let mut window = Window::new(source);
        let search_end = from.saturating_add(self.search_bytes).min(limit);
        let mut chain = Chain::new(from, search_end);
        loop {
            let mut first = Index::default();
            let before = chain.at();
            let step = chain.step(&mut window, &mut first, cx)?;
            match (step, first.fields().first(), first.damaged()) {
                (Step::End, ..) => return Ok(Part::default()),
                (Step::Message, Some(field), 0) => {
                    return Part::from_message(source, Chain::new(field.offset, limit), cx);
                }
                _ => chain = Chain::new(chain.at().max(before + 1), search_end),
            }
        }
    }
}

/// What one part found.
#[derive(Default)]
struct Part {
    index: Index,
    /// Where its chain began and where it ended.
    chain: Option<(u64, Chain)>,
}

impl Part {
    fn from_message(source: &dyn Source, mut chain: Chain, cx: &ReadContext) -> Result<Self> {
        let mut window = Window::new(source);
        let mut index = Index::default();
        let start = chain.at();
        while chain.step(&mut window, &mut index, cx)? == Step::Message {}
        Ok(Self { index, chain: Some((start, chain)) })
    }

    /// Adds to `index` what lies from `chain` on, and moves `chain` behind it. Until the two meet
    /// between messages, `chain` goes its own way.
    fn join(
        self,
        chain: &mut Chain,
        window: &mut Window<'_>,
        index: &mut Index,
        cx: &ReadContext,
    ) -> Result<()> {
        let Some((start, end)) = &self.chain else { return Ok(()) };
        while chain.at() < end.at() {
            if self.is_between_messages(*start, chain.at()) {
                index.append(&self.index, chain.at(), &cx.limits)?;
                chain.resume(end.at(), end.last_end());
                return Ok(());
            }
            if chain.step(window, index, cx)? == Step::End {
                return Ok(());
            }
        }
        Ok(())
    }

    /// No message that was found here lies across `at`.
    fn is_between_messages(&self, start: u64, at: u64) -> bool {
        let fields = self.index.fields();
        let next = fields.partition_point(|field| field.offset < at);
        let before = next.checked_sub(1).and_then(|before| fields.get(before));
        at >= start && before.is_none_or(|field| field.offset.saturating_add(field.length) <= at)
    }
}
