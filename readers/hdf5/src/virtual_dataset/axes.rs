//! Regular hyperslabs along one axis, and what of them a section touches.

use hyperslab_core::{ErrorKind, Range, ReadContext, ReadError, Result};

use crate::selection::HyperslabAxis;

/// The most pieces along one axis, and how often the cancel flag is looked at.
const MOST_PIECES: usize = 1_000_000;
const LOOK_EVERY: u64 = 1 << 12;

/// `len` selected indices, in blocks of `block` that begin `stride` apart; the last block may
/// be cut short. A selection without gaps is one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AxisRun {
    pub start: u64,
    pub stride: u64,
    pub block: u64,
    pub len: u64,
}

/// Selected indices of both sides that belong together: `source` in the source, the same
/// number of places in the section from `first` on, `step` apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AxisPiece {
    pub source: Range,
    pub first: u64,
    pub step: u64,
}

/// Positions in a selection and where they are in the section: `count` positions from
/// `position` on, `position_step` apart, at places from `place` on, `place_step` apart.
#[derive(Clone, Copy)]
struct Touched {
    position: u64,
    position_step: u64,
    place: u64,
    place_step: u64,
    count: u64,
}

impl AxisRun {
    /// All of an axis.
    pub fn all(len: u64) -> Self {
        Self { start: 0, stride: 1, block: 1, len }.joined()
    }

    /// Without limits: to be limited with [`AxisRun::with_len`].
    pub fn unlimited(axis: &HyperslabAxis) -> Self {
        let block = axis.block.unwrap_or(u64::MAX).max(1);
        Self { start: axis.start, stride: axis.stride.max(1), block, len: u64::MAX }.joined()
    }

    /// Blocks each of which has a number, whether there are gaps between them or not; `None`
    /// when they are not blocks without end in number.
    pub fn numbered(axis: &HyperslabAxis) -> Option<Self> {
        let block = axis.block.filter(|&block| block > 0 && axis.count.is_none())?;
        Some(Self { start: axis.start, stride: axis.stride.max(1), block, len: u64::MAX })
    }

    /// What has limits.
    pub fn limited(axis: &HyperslabAxis) -> Self {
        let block = axis.block.unwrap_or(0);
        let len = axis.count.unwrap_or(0).saturating_mul(block);
        Self { start: axis.start, stride: axis.stride.max(1), block: block.max(1), len }.joined()
    }

    pub fn with_len(self, len: u64) -> Self {
        Self { len, ..self }
    }

    /// Blocks that touch each other are one.
    fn joined(self) -> Self {
        let has_gaps = self.stride > self.block && self.len > self.block;
        if has_gaps { self } else { Self { stride: 1, block: u64::MAX, ..self } }
    }

    fn is_one_block(&self) -> bool {
        self.block >= self.len
    }

    /// The `k`-th selected index; saturates.
    pub fn index(&self, k: u64) -> u64 {
        let (block, within) = (k / self.block, k % self.block);
        self.start.saturating_add(block.saturating_mul(self.stride)).saturating_add(within)
    }

    /// The index behind the last selected one; 0 when there is none.
    pub fn end(&self) -> u64 {
        self.len.checked_sub(1).map_or(0, |last| self.index(last).saturating_add(1))
    }

    /// How many of the selected indices are below `extent`.
    pub fn len_within(&self, extent: u64) -> u64 {
        let Some(room) = extent.checked_sub(self.start) else { return 0 };
        if self.is_one_block() {
            return room.min(self.len);
        }
        let (blocks, rest) = (room / self.stride, room % self.stride);
        blocks.saturating_mul(self.block).saturating_add(rest.min(self.block)).min(self.len)
    }

    /// One block, when they are numbered and without limits.
    pub fn block_at(&self, number: u64) -> Self {
        let start = self.start.saturating_add(number.saturating_mul(self.stride));
        Self { start, stride: 1, block: u64::MAX, len: self.block }
    }

    /// The numbers below `most` of the blocks that a section touches, some of them in vain.
    pub fn blocks_in(&self, range: &Range, most: u64) -> Vec<u64> {
        let first = range.start.saturating_sub(self.start) / self.stride;
        let end = range.end().saturating_sub(self.start).div_ceil(self.stride).min(most);
        if end.saturating_sub(first) <= range.count {
            return (first..end).collect();
        }
        let indices = (0..range.count).filter_map(|k| range.index(k).checked_sub(self.start));
        let numbers = indices.map(|offset| offset / self.stride);
        let mut numbers: Vec<u64> = numbers.filter(|&number| number < most).collect();
        numbers.dedup();
        numbers
    }

    /// The indices of `range` that are selected here, with the indices of `source` that the
    /// same positions have there. Takes as long as there are blocks or indices, whichever are
    /// fewer.
    ///
    /// # Errors
    /// `Limit` when there are too many; `Cancelled`.
    pub fn pieces(&self, range: &Range, source: &Self, cx: &ReadContext) -> Result<Vec<AxisPiece>> {
        let len = self.len.min(source.len);
        let mut pieces: Vec<AxisPiece> = Vec::new();
        let mut steps = 0u64;
        self.with_len(len).touched(range, &mut |touched| {
            source.follow(touched, &mut |piece| {
                steps += 1;
                if steps.is_multiple_of(LOOK_EVERY) {
                    cx.check()?;
                }
                if !pieces.last_mut().is_some_and(|before| before.joins(&piece)) {
                    pieces.push(piece);
                }
                if pieces.len() <= MOST_PIECES {
                    return Ok(());
                }
                let message = "a virtual dataset in more than a million pieces along an axis";
                Err(ReadError::new(ErrorKind::Limit, message))
            })
        })?;
        Ok(pieces)
    }

    /// Which of the selected indices `index` is.
    fn position(&self, index: u64) -> Option<u64> {
        let offset = index.checked_sub(self.start)?;
        let within = offset % self.stride;
        let before = (offset / self.stride).saturating_mul(self.block);
        let position = before.saturating_add(within);
        (within < self.block && position < self.len).then_some(position)
    }

    fn touched(&self, range: &Range, each: &mut dyn FnMut(Touched) -> Result<()>) -> Result<()> {
        if self.len == 0 || range.count == 0 {
            return Ok(());
        }
        if self.is_one_block() {
            return in_block(self.start, self.len, 0, range).map_or(Ok(()), each);
        }
        let blocks = self.len.div_ceil(self.block);
        if self.block == 1 && range.stride == 1 {
            let first = range.start.saturating_sub(self.start).div_ceil(self.stride);
            let end = range.end().saturating_sub(self.start).div_ceil(self.stride).min(blocks);
            if first >= end {
                return Ok(());
            }
            return each(Touched {
                position: first,
                position_step: 1,
                place: self.index(first).saturating_sub(range.start),
                place_step: self.stride,
                count: end - first,
            });
        }
        let first = range.start.saturating_sub(self.start) / self.stride;
        let end = range.end().saturating_sub(self.start).div_ceil(self.stride).min(blocks);
        if end.saturating_sub(first) > range.count {
            let one = |place: u64| {
                let position = self.position(range.index(place))?;
                Some(Touched { position, position_step: 1, place, place_step: 1, count: 1 })
            };
            return (0..range.count).filter_map(one).try_for_each(each);
        }
        for block in first..end {
            let before = block.saturating_mul(self.block);
            let start = self.start.saturating_add(block.saturating_mul(self.stride));
            let len = self.block.min(self.len.saturating_sub(before));
            in_block(start, len, before, range).map_or(Ok(()), &mut *each)?;
        }
        Ok(())
    }

    /// The indices that positions have here.
    fn follow(
        &self,
        touched: Touched,
        each: &mut dyn FnMut(AxisPiece) -> Result<()>,
    ) -> Result<()> {
        let piece = |done: u64, count: u64, step: u64| AxisPiece {
            source: Range::strided(
                self.index(
                    touched.position.saturating_add(done.saturating_mul(touched.position_step)),
                ),
                count,
                step.max(1),
            ),
            first: touched.place.saturating_add(done.saturating_mul(touched.place_step)),
            step: touched.place_step,
        };
        if self.is_one_block() {
            return each(piece(0, touched.count, touched.position_step));
        }
        if self.block == 1 {
            let step = touched.position_step.saturating_mul(self.stride);
            return each(piece(0, touched.count, step));
        }
        let mut done = 0;
        while done < touched.count {
            let position =
                touched.position.saturating_add(done.saturating_mul(touched.position_step));
            let left = self.block - position % self.block;
            let count = left.div_ceil(touched.position_step.max(1)).min(touched.count - done);
            each(piece(done, count, touched.position_step))?;
            done += count;
        }
        Ok(())
    }
}

/// The elements of a block of `len` indices from `start` that `range` selects; `before`
/// selected indices precede the block.
fn in_block(start: u64, len: u64, before: u64, range: &Range) -> Option<Touched> {
    let first = start.saturating_sub(range.start).div_ceil(range.stride);
    let end = start.saturating_add(len).saturating_sub(range.start).div_ceil(range.stride);
    let end = end.min(range.count);
    (first < end).then(|| Touched {
        position: before.saturating_add(range.index(first).saturating_sub(start)),
        position_step: range.stride,
        place: first,
        place_step: 1,
        count: end - first,
    })
}

impl AxisPiece {
    /// Takes in a piece that continues this one.
    fn joins(&mut self, next: &Self) -> bool {
        let (stride, step) = match self.source.count {
            1 => {
                let stride = next.source.start.checked_sub(self.source.start);
                let step = next.first.checked_sub(self.first);
                match stride.zip(step) {
                    Some((stride @ 1.., step @ 1..)) => (stride, step),
                    _ => return false,
                }
            }
            _ => (self.source.stride, self.step),
        };
        let continues = next.source.start
            == self.source.start.saturating_add(self.source.count.saturating_mul(stride))
            && next.first == self.first.saturating_add(self.source.count.saturating_mul(step))
            && (next.source.count == 1 || (next.source.stride == stride && next.step == step));
        if continues {
            self.source =
                Range::strided(self.source.start, self.source.count + next.source.count, stride);
            self.step = step;
        }
        continues
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run() -> impl Strategy<Value = AxisRun> {
        (0u64..5, 1u64..4, 0u64..4, 1u64..6, 0u64..3).prop_map(
            |(start, block, gap, count, short)| {
                let len = (count * block).saturating_sub(short);
                AxisRun { start, stride: block + gap, block, len }.joined()
            },
        )
    }

    proptest! {
        #[test]
        fn pieces_are_what_the_slow_and_obvious_way_finds(
            target in run(), source in run(), start in 0u64..6, count in 1u64..20, stride in 1u64..4,
        ) {
            let range = Range::strided(start, count, stride);
            let mut wanted: Vec<(u64, u64)> = Vec::new();
            for place in 0..count {
                for position in 0..target.len.min(source.len) {
                    if target.index(position) == range.index(place) {
                        wanted.push((source.index(position), place));
                    }
                }
            }
            let mut got: Vec<(u64, u64)> = Vec::new();
            for piece in target.pieces(&range, &source, &ReadContext::default()).unwrap() {
                for k in 0..piece.source.count {
                    got.push((piece.source.index(k), piece.first + k * piece.step));
                }
            }
            got.sort_by_key(|pair| pair.1);
            prop_assert_eq!(got, wanted);
        }

        #[test]
        fn the_indices_below_an_extent_are_counted(run in run(), extent in 0u64..30) {
            let wanted = (0..run.len).filter(|&k| run.index(k) < extent).count() as u64;
            prop_assert_eq!(run.len_within(extent), wanted);
        }
    }

    #[test]
    fn a_run_that_goes_on_is_one_piece() {
        let whole = AxisRun::all(1 << 40);
        let range = Range::new(5, 1 << 30);
        let cx = ReadContext::default();
        let pieces = whole.pieces(&range, &whole, &cx).unwrap();
        assert_eq!(pieces, [AxisPiece { source: range, first: 0, step: 1 }]);
        let every_fourth = AxisRun { start: 1, stride: 4, block: 1, len: 1000 };
        let all = AxisRun::all(1000);
        let pieces = every_fourth.pieces(&Range::new(0, 4000), &all, &cx).unwrap();
        assert_eq!(pieces, [AxisPiece { source: Range::new(0, 1000), first: 1, step: 4 }]);
    }

    #[test]
    fn a_few_indices_of_endless_blocks_are_found_at_once() {
        let blocks = AxisRun { start: 3, stride: 4, block: 2, len: u64::MAX / 2 };
        let range = Range::strided(4, 3, 1 << 60);
        let pieces = blocks.pieces(&range, &blocks, &ReadContext::default()).unwrap();
        assert_eq!(pieces, [AxisPiece { source: range, first: 0, step: 1 }]);
        assert_eq!(blocks.blocks_in(&range, u64::MAX), [0, 1 << 58, 1 << 59]);
        assert_eq!(blocks.blocks_in(&range, 1 << 59), [0, 1 << 58]);
    }

    #[test]
    fn numbered_blocks_stay_apart_though_they_touch() {
        let frames = HyperslabAxis { start: 0, stride: 1, count: None, block: Some(1) };
        let frames = AxisRun::numbered(&frames).unwrap();
        assert_eq!(frames.blocks_in(&Range::new(5, 3), 7), [5, 6]);
        assert_eq!((frames.block_at(6).start, frames.block_at(6).end()), (6, 7));
        let endless = HyperslabAxis { start: 0, stride: 1, count: Some(1), block: None };
        assert_eq!(AxisRun::numbered(&endless), None);
    }
}
