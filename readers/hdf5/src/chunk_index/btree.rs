//! B-tree chunk indexes: version 1 (HDF5 File Format Specification 4.0, III.A.1, node type 1)
//! and version 2 (III.A.2, record types 10 and 11), read whole.
//!
//! Built in O(n log n) with 32 bytes a chunk; a lookup is O(log n).

use hyperslab_core::{ByteOrder, Cursor, ReadContext, ReadError, Result};

use super::{Grid, Place, number, steps};
use crate::file::{self, File};
use crate::{btree_v1, btree_v2};

/// Types of version 2 B-trees whose records are chunks, without and with filters.
const UNFILTERED: u8 = 10;
const FILTERED: u8 = 11;
/// So many chunks are read between two looks at the limits.
const AT_ONCE: usize = 1 << 16;

/// Chunks sorted by their number in the grid.
pub struct Btree {
    steps: Vec<u64>,
    counts: Vec<u64>,
    chunks: Vec<(u64, Place)>,
}

impl Btree {
    pub fn version_1(address: u64, grid: &Grid, file: &File, cx: &ReadContext) -> Result<Self> {
        let mut tree = Self::new(grid)?;
        let rank = grid.chunk.len();
        let mut scaled = vec![0; rank];
        btree_v1::chunk_records(file, address, rank + 1, cx, &mut |key, child| {
            for ((slot, &offset), &chunk) in scaled.iter_mut().zip(key.offsets).zip(&grid.chunk) {
                if chunk == 0 || offset % chunk != 0 {
                    let message = format!("a chunk that begins at element {offset}");
                    return Err(ReadError::malformed(message).at(file.at(child)));
                }
                *slot = offset / chunk;
            }
            let bytes = u64::from(key.bytes);
            tree.push(&scaled, Place { address: child, bytes, mask: key.filter_mask }, cx)
        })?;
        Ok(tree.sorted())
    }

    pub fn version_2(address: u64, grid: &Grid, file: &File, cx: &ReadContext) -> Result<Self> {
        let mut tree = Self::new(grid)?;
        let rank = grid.chunk.len();
        let offset_bytes = usize::from(file.offset_size());
        let mut scaled = vec![0; rank];
        btree_v2::records(file, address, &[UNFILTERED, FILTERED], cx, &mut |record| {
            let mut cursor = Cursor::new(record, file.at(address), ByteOrder::Little);
            let chunk = file::address(&mut cursor, file)?;
            // Record type 11 has a stored size and a mask besides address and offsets. The
            // width of the size is what is left, see `Entries`.
            let rest = record.len().checked_sub(offset_bytes + 8 * rank);
            let (bytes, mask) = match rest {
                Some(0) => (grid.chunk_bytes, 0),
                Some(rest @ 5..=12) => (cursor.uint((rest - 4) as u8)?, cursor.u32()?),
                _ => {
                    let message = format!("chunk records of {} bytes", record.len());
                    return Err(ReadError::malformed(message).at(file.at(address)));
                }
            };
            for slot in &mut scaled {
                *slot = cursor.u64()?;
            }
            match chunk {
                Some(address) => tree.push(&scaled, Place { address, bytes, mask }, cx),
                None => Ok(()),
            }
        })?;
        Ok(tree.sorted())
    }

    fn new(grid: &Grid) -> Result<Self> {
        Ok(Self { steps: steps(&grid.counts)?, counts: grid.counts.clone(), chunks: Vec::new() })
    }

    /// Chunks outside the dataset, which may have been larger once, are left out.
    fn push(&mut self, scaled: &[u64], place: Place, cx: &ReadContext) -> Result<()> {
        if scaled.iter().zip(&self.counts).any(|(k, count)| k >= count) {
            return Ok(());
        }
        if self.chunks.len().is_multiple_of(AT_ONCE) {
            cx.check()?;
            let each = size_of::<(u64, Place)>() as u64;
            cx.limits.claim_metadata(self.chunks.len() as u64, each, "chunks of one dataset")?;
        }
        self.chunks.push((number(scaled, &self.steps), place));
        Ok(())
    }

    fn sorted(mut self) -> Self {
        self.chunks.sort_by_key(|chunk| chunk.0);
        self.chunks.dedup_by_key(|chunk| chunk.0);
        self.chunks.shrink_to_fit();
        self
    }

    pub fn get(&self, scaled: &[u64]) -> Option<Place> {
        let wanted = number(scaled, &self.steps);
        // A dataset without gaps, which most are, needs no search.
        if let Some(&(found, place)) = self.chunks.get(wanted as usize)
            && found == wanted
        {
            return Some(place);
        }
        let at = self.chunks.binary_search_by_key(&wanted, |chunk| chunk.0).ok()?;
        self.chunks.get(at).map(|chunk| chunk.1)
    }

    pub fn len(&self) -> usize {
        self.chunks.len()
    }

    /// All chunks: fills `scaled` with the position of each before it is visited.
    pub fn visit(
        &self,
        scaled: &mut Vec<u64>,
        mut each: impl FnMut(&[u64], Place) -> Result<()>,
    ) -> Result<()> {
        for &(number, place) in &self.chunks {
            scaled.clear();
            let mut rest = number;
            for &step in &self.steps {
                scaled.push(rest / step);
                rest %= step;
            }
            each(scaled, place)?;
        }
        Ok(())
    }
}
