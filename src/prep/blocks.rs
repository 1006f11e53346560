//! A section cut into blocks that are read one after the other, so that a variable of any
//! size needs the memory of a block.

use hyperslab_core::chunks::ChunkGrid;
use hyperslab_core::{Range, Result, Section, Variable};

/// Most bytes of a block that is larger than asked for because chunks are.
const CHUNKED_BLOCK_BYTES: u64 = 256 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The elements of the blocks, one block after the other, are in C order.
    C,
    /// Whatever reads every chunk of the file once.
    Any,
}

/// The blocks of a section, by number. Holds no more than a shape.
#[derive(Debug)]
pub struct Blocks {
    section: Section,
    /// Over the selected elements.
    grid: ChunkGrid,
    counts: Vec<u64>,
}

impl Blocks {
    pub fn new(
        variable: &Variable,
        section: &Section,
        order: Order,
        block_bytes: u64,
    ) -> Result<Self> {
        let shape = section.shape();
        let chunks = variable.storage.chunks.as_deref().filter(|c| c.len() == shape.len());
        // Chunks as the section sees them: a stride takes every so manieth element.
        let chunks: Option<Vec<u64>> = chunks.map(|chunks| {
            let seen = chunks.iter().zip(&section.ranges);
            seen.map(|(&chunk, range)| chunk.div_ceil(range.stride).clamp(1, range.count.max(1)))
                .collect()
        });
        let block_len = (block_bytes / variable.dtype.element_bytes().max(1)).max(1);
        let most = CHUNKED_BLOCK_BYTES / variable.dtype.element_bytes().max(1);
        let block = block_shape(&shape, chunks.as_deref(), order, block_len, most);
        let grid = ChunkGrid::new(&shape, &block)?;
        let counts = grid.counts();
        Ok(Self { section: section.clone(), grid, counts })
    }

    pub fn count(&self) -> u64 {
        self.counts.iter().fold(1, |n: u64, &count| n.saturating_mul(count))
    }

    /// Block `k`, as a section of the variable.
    pub fn get(&self, k: u64) -> Section {
        let mut rest = k;
        let mut index = self.counts.clone();
        for (slot, &count) in index.iter_mut().zip(&self.counts).rev() {
            *slot = rest % count.max(1);
            rest /= count.max(1);
        }
        let selected = self.grid.bounds(&index);
        let ranges =
            self.section.ranges.iter().zip(&selected.ranges).map(|(range, part)| {
                Range::strided(range.index(part.start), part.count, range.stride)
            });
        Section::new(ranges.collect::<Vec<_>>())
    }

    pub fn iter(&self) -> impl Iterator<Item = Section> + '_ {
        (0..self.count()).map(|k| self.get(k))
    }
}

/// The shape of a block of about `block_len` elements: whole chunks, grown along the last axis
/// first. In C order all axes behind the one that is cut must be whole, up to `most` elements;
/// beyond that chunks are read more than once.
fn block_shape(
    shape: &[u64],
    chunks: Option<&[u64]>,
    order: Order,
    block_len: u64,
    most: u64,
) -> Vec<u64> {
    let one = || vec![1; shape.len()];
    let mut block = match (chunks, order) {
        (None, _) => one(),
        (Some(chunks), Order::Any) => chunks.to_vec(),
        (Some(chunks), Order::C) => {
            let first = chunks.iter().position(|&len| len > 1).unwrap_or(chunks.len());
            let axes = chunks.iter().zip(shape).enumerate();
            axes.map(|(axis, (&chunk, &len))| if axis > first { len.max(1) } else { chunk })
                .collect()
        }
    };
    let count = |block: &[u64]| block.iter().fold(1, |n: u64, &len| n.saturating_mul(len));
    if count(&block) > most.max(block_len) {
        block = one();
    }
    let mut room = block_len / count(&block).max(1);
    for (slot, &len) in block.iter_mut().zip(shape).rev() {
        if room > 1 {
            let grown = slot.saturating_mul(room).min(len.max(1));
            room /= grown.div_ceil(*slot);
            *slot = grown;
        }
        if *slot < len {
            break;
        }
    }
    block
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyperslab_core::{Axis, ByteOrder, Dtype, GroupId, Storage};

    fn variable(shape: &[u64], chunks: Option<&[u64]>) -> Variable {
        Variable {
            axes: shape.iter().map(|&length| Axis { length, dimension: None }).collect(),
            storage: Storage { chunks: chunks.map(Into::into), ..Storage::default() },
            ..Variable::new("v", GroupId::ROOT, Dtype::int(4, ByteOrder::Little))
        }
    }

    fn positions(shape: &[u64], section: &Section) -> Vec<u64> {
        section.ranges.iter().zip(shape).fold(vec![0], |found, (range, &len)| {
            let along = |p: u64| (0..range.count).map(move |k| p * len + range.index(k));
            found.into_iter().flat_map(along).collect()
        })
    }

    #[test]
    fn blocks_cover_a_section_once_and_in_order_where_asked() {
        let shape = [5, 4, 6];
        let sections = [
            Section::all(&shape),
            Section::new([Range::strided(1, 2, 3), Range::new(1, 3), Range::strided(0, 3, 2)]),
            Section::new([Range::new(5, 0), Range::new(0, 4), Range::new(0, 6)]),
        ];
        for section in &sections {
            let want = positions(&shape, section);
            for chunks in [None, Some(&[2, 3, 4][..]), Some(&[1, 4, 2])] {
                for bytes in [1, 4, 20, 40, 100, 1000] {
                    let variable = variable(&shape, chunks);
                    let got = |order| {
                        let blocks = Blocks::new(&variable, section, order, bytes).unwrap();
                        blocks.iter().flat_map(|b| positions(&shape, &b)).collect::<Vec<_>>()
                    };
                    assert_eq!(got(Order::C), want, "{chunks:?} {bytes}");
                    let mut any = got(Order::Any);
                    any.sort_unstable();
                    assert_eq!(any, want, "{chunks:?} {bytes}");
                }
            }
        }
    }

    #[test]
    fn a_scalar_is_one_block() {
        let blocks =
            Blocks::new(&variable(&[], None), &Section::default(), Order::C, 4 << 20).unwrap();
        assert_eq!(blocks.iter().collect::<Vec<_>>(), [Section::default()]);
    }

    #[test]
    fn blocks_are_as_large_as_asked_and_keep_chunks_whole() {
        let shape = [120, 721, 1440];
        assert_eq!(block_shape(&shape, None, Order::C, 1 << 20, 1 << 26), [1, 721, 1440]);
        assert_eq!(block_shape(&shape, None, Order::Any, 1 << 18, 1 << 26), [1, 182, 1440]);
        let chunks = Some(&[24, 91, 180][..]);
        assert_eq!(block_shape(&shape, chunks, Order::Any, 1 << 20, 1 << 26), [24, 91, 360]);
        assert_eq!(block_shape(&shape, chunks, Order::C, 1 << 20, 1 << 26), [24, 721, 1440]);
        assert_eq!(block_shape(&shape, chunks, Order::C, 1 << 20, 1 << 20), [1, 721, 1440]);
    }
}
