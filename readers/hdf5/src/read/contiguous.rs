//! Elements that lie in one run of bytes: contiguous, compact and external storage, and
//! chunks without filters.
//!
//! A section is read in blocks of about 1 MiB. The inner axes that fit a block without wide
//! gaps are read at once and picked apart in memory.

use hyperslab_core::{Blob, Range, ReadContext, ReadError, Result};

use super::copy::CopyAxis;
use super::target::axes;
use super::{Placement, Target, for_each};
use crate::external_files::ExternalFiles;
use crate::file::File;

/// Most bytes of one read: cancelling waits no longer than it takes.
const BLOCK_BYTES: usize = 1 << 20;
/// Elements further apart than this are read one by one, nearer ones with what lies between.
const WIDEST_GAP_BYTES: usize = 16 << 10;
/// Less than this is not worth a second thread.
const LEAST_SHARED_BYTES: usize = 2 << 20;

/// The run of bytes.
pub enum Run<'a> {
    File { file: &'a File, address: u64 },
    Memory(&'a [u8]),
    External { files: &'a ExternalFiles, file: &'a File },
}

/// Bytes of a run.
enum Bytes<'a> {
    Shared(Blob),
    Borrowed(&'a [u8]),
}

impl std::ops::Deref for Bytes<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Shared(blob) => blob,
            Self::Borrowed(bytes) => bytes,
        }
    }
}

impl<'a> Run<'a> {
    fn read(&self, offset: u64, len: u64, cx: &ReadContext) -> Result<Bytes<'a>> {
        match self {
            Self::File { file, address } => {
                let at = address.checked_add(offset);
                let at = at.ok_or_else(|| ReadError::malformed("elements past every file"))?;
                file.read(at, len, cx).map(Bytes::Shared)
            }
            Self::Memory(bytes) => {
                let end = offset.saturating_add(len);
                let range = usize::try_from(offset).ok().zip(usize::try_from(end).ok());
                let found = range.and_then(|(begin, end)| bytes.get(begin..end));
                found.map(Bytes::Borrowed).ok_or_else(|| {
                    let held = bytes.len();
                    ReadError::truncated(format!("elements end at byte {end} of {held} stored"))
                })
            }
            Self::External { files, file } => files.read(file, offset, len, cx).map(Bytes::Shared),
        }
    }
}

/// Reads `within`, a section of an array of `shape` that lies in `run`, to where `placement`
/// says. The caller made sure that nothing of it is empty.
///
/// # Errors
/// Those of the source.
#[allow(clippy::too_many_arguments)]
pub fn read(
    run: &Run,
    shape: &[u64],
    within: &[Range],
    placement: &Placement,
    target: &Target,
    is_swapped: bool,
    may_share: bool,
    cx: &ReadContext,
) -> Result<()> {
    let (first, axes) = axes(shape, within, target.element, &placement.steps)
        .ok_or_else(|| ReadError::malformed("elements past every file"))?;
    let blocks = Blocks::new(axes, target.element);
    let each = |k: usize| {
        let block = blocks.block(k);
        if let (Run::File { file, address }, false, true) =
            (run, is_swapped, block.is_dense(target.element))
        {
            let at = address.checked_add((first + block.from) as u64);
            let at = at.ok_or_else(|| ReadError::malformed("elements past every file"))?;
            target.receive(placement.first + block.to, block.span, |done, into| {
                file.read_into(at.saturating_add(done as u64), into, cx)
            })?;
            return cx.advance(block.wanted as u64);
        }
        let bytes = run.read((first + block.from) as u64, block.span as u64, cx)?;
        target.copy(&bytes, 0, placement.first + block.to, &block.axes, is_swapped)?;
        cx.advance(block.wanted as u64)
    };
    if may_share && blocks.count > 1 && blocks.wanted() >= LEAST_SHARED_BYTES {
        return for_each(blocks.count, true, |k, _| each(k));
    }
    (0..blocks.count).try_for_each(each)
}

/// A section as blocks that are each read at once.
struct Blocks {
    /// Outer axes, each index of which is a block.
    outer: Vec<CopyAxis>,
    /// An axis that is cut into pieces of so many.
    cut: Option<(CopyAxis, usize)>,
    inner: Vec<CopyAxis>,
    element: usize,
    count: usize,
}

struct Block {
    from: usize,
    to: usize,
    axes: Vec<CopyAxis>,
    /// Bytes from the first to the last wanted one, and how many are wanted.
    span: usize,
    wanted: usize,
}

impl Block {
    /// Its elements are neighbours in the run and in the target.
    fn is_dense(&self, element: usize) -> bool {
        match self.axes.as_slice() {
            [] => true,
            [row] => row.from == element && row.to == element,
            _ => false,
        }
    }
}

impl Blocks {
    fn new(mut axes: Vec<CopyAxis>, element: usize) -> Self {
        let mut span = element;
        let mut inner = axes.len();
        let mut cut = None;
        for (k, axis) in axes.iter().enumerate().rev() {
            if axis.from.saturating_sub(span) > WIDEST_GAP_BYTES {
                break;
            }
            let whole = (axis.count - 1).saturating_mul(axis.from).saturating_add(span);
            if whole > BLOCK_BYTES {
                let more = BLOCK_BYTES.saturating_sub(span).checked_div(axis.from).unwrap_or(0);
                cut = (more > 0).then_some((*axis, 1 + more));
                break;
            }
            span = whole;
            inner = k;
        }
        let inner_axes = axes.split_off(inner);
        if cut.is_some() {
            axes.pop();
        }
        let pieces = cut.map_or(1, |(axis, each)| axis.count.div_ceil(each));
        let count = axes.iter().fold(pieces, |n, axis| n.saturating_mul(axis.count));
        Self { outer: axes, cut, inner: inner_axes, element, count }
    }

    /// Bytes of all blocks.
    fn wanted(&self) -> usize {
        let cut = self.cut.iter().map(|cut| cut.0.count);
        let counts = self.outer.iter().chain(&self.inner).map(|axis| axis.count);
        counts.chain(cut).fold(self.element, usize::saturating_mul)
    }

    fn block(&self, k: usize) -> Block {
        let (mut from, mut to, mut rest) = (0, 0, k);
        let mut axes = Vec::with_capacity(1 + self.inner.len());
        if let Some((axis, each)) = self.cut {
            let pieces = axis.count.div_ceil(each);
            let first = rest % pieces * each;
            rest /= pieces;
            from += first * axis.from;
            to += first * axis.to;
            axes.push(CopyAxis { count: each.min(axis.count - first), ..axis });
        }
        for axis in self.outer.iter().rev() {
            from += rest % axis.count * axis.from;
            to += rest % axis.count * axis.to;
            rest /= axis.count;
        }
        axes.extend(&self.inner);
        let span = axes.iter().fold(self.element, |span, axis| span + (axis.count - 1) * axis.from);
        let wanted = axes.iter().fold(self.element, |wanted, axis| wanted * axis.count);
        Block { from, to, axes, span, wanted }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(shape: &[u64], within: &[Range], element: usize) -> (usize, Vec<(usize, usize)>) {
        let counts: Vec<u64> = within.iter().map(|range| range.count).collect();
        let placement = Placement::dense(&counts, element);
        let (first, axes) = axes(shape, within, element, &placement.steps).unwrap();
        let blocks = Blocks::new(axes, element);
        let all = (0..blocks.count).map(|k| blocks.block(k));
        let mut next = 0;
        let reads = all
            .map(|block| {
                assert_eq!(block.to, next);
                next += block.wanted;
                (block.from, block.span)
            })
            .collect();
        assert_eq!(next, blocks.wanted());
        (first, reads)
    }

    #[test]
    fn a_long_run_is_read_in_blocks() {
        let (first, reads) = plan(&[400_000], &[Range::new(1, 300_000)], 8);
        assert_eq!(first, 8);
        assert_eq!(reads, [(0, 1 << 20), (1 << 20, 1 << 20), (2 << 20, 2_400_000 - (2 << 20))]);
    }

    #[test]
    fn near_elements_are_read_with_what_lies_between_and_far_ones_one_by_one() {
        let near = plan(&[400_000], &[Range::strided(3, 10_000, 7)], 4);
        assert_eq!(near.1, [(0, 9_999 * 28 + 4)]);
        let far = plan(&[4_000_000], &[Range::strided(5, 4, 1_000_000)], 1);
        assert_eq!(far.1.iter().map(|read| read.1).collect::<Vec<_>>(), [1; 4]);
        let map = [Range::new(0, 6), Range::strided(10, 2, 400), Range::new(5, 1)];
        assert_eq!(plan(&[6, 10_000, 10], &map, 4).1.len(), 6);
    }

    #[test]
    fn rows_are_read_together_as_many_as_fit() {
        // 300 rows of 8000 bytes: 131 of them fit one read.
        let part = [Range::new(0, 300), Range::strided(1, 600, 3)];
        assert_eq!(plan(&[300, 2000], &part, 4).1.len(), 3);
    }
}
