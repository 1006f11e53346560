//! A contiguous frame (C-Blosc2's README_CFRAME_FORMAT), and the order of the elements in one
//! that holds an array of several dimensions (README_B2ND_METALAYER).

use hyperslab_core::{ReadContext, ReadError, Result};

use super::{chunk, damaged};
use crate::chain::State;

pub(super) fn decode(
    input: &[u8],
    out: &mut [u8],
    state: &mut State,
    cx: &ReadContext,
) -> Result<usize> {
    let frame = Frame::read(input)?;
    match frame.array(input)? {
        Some(array) if !array.is_in_order() => {
            let stored = array.stored_bytes().ok_or_else(|| damaged("an array too large"))?;
            cx.limits.claim_array(stored as u64, 1)?;
            let mut blocks = vec![0; stored];
            if frame.chunks(input, &mut blocks, state, cx)? != stored {
                return Err(damaged("an array lacks elements"));
            }
            array.in_order(&blocks, out)
        }
        _ => frame.chunks(input, out, state, cx),
    }
}

struct Frame {
    header_bytes: usize,
    bytes: usize,
    stored_bytes: usize,
    chunk_bytes: usize,
    type_bytes: usize,
}

fn be(input: &[u8], at: usize, len: usize) -> Option<u64> {
    let bytes = input.get(at..at.checked_add(len)?)?;
    Some(bytes.iter().fold(0, |value, &byte| value << 8 | u64::from(byte)))
}

impl Frame {
    fn read(input: &[u8]) -> Result<Self> {
        let field = |at, len| {
            be(input, at, len)
                .and_then(|value| usize::try_from(value).ok())
                .ok_or_else(|| damaged("a frame ends within its header"))
        };
        if input.get(2..10) != Some(b"b2frame\0") {
            return Err(damaged("no frame begins here"));
        }
        Ok(Self {
            header_bytes: field(0x0b, 4)?,
            bytes: field(0x1e, 8)?,
            stored_bytes: field(0x27, 8)?,
            type_bytes: field(0x30, 4)?,
            chunk_bytes: field(0x3a, 4)?,
        })
    }

    /// All chunks one after the other.
    fn chunks(
        &self,
        input: &[u8],
        out: &mut [u8],
        state: &mut State,
        cx: &ReadContext,
    ) -> Result<usize> {
        let out = out.get_mut(..self.bytes).ok_or_else(|| damaged("a frame holds too much"))?;
        let body = input.get(self.header_bytes..).unwrap_or_default();
        if self.chunk_bytes == 0 {
            return Err(ReadError::unsupported("blosc2 frame with chunks of varying length"));
        }
        // Behind the chunks lies one more, of the offset of each.
        let index = body.get(self.stored_bytes..).unwrap_or_default();
        let count = self.bytes.div_ceil(self.chunk_bytes);
        if chunk::Header::read(index)?.bytes != count.saturating_mul(8) {
            return Err(damaged("an index of too many or too few chunks"));
        }
        let mut offsets = vec![0; count * 8];
        chunk::decode(index, &mut offsets, state, cx)?;
        for (target, offset) in out.chunks_mut(self.chunk_bytes).zip(offsets.as_chunks::<8>().0) {
            let offset = u64::from_le_bytes(*offset);
            if offset >> 63 == 1 {
                self.fill_special(offset >> 56 & 7, target)?;
                continue;
            }
            let stored = usize::try_from(offset).ok().and_then(|offset| body.get(offset..));
            let stored = stored.ok_or_else(|| damaged("a chunk lies outside its frame"))?;
            if chunk::decode(stored, target, state, cx)? != target.len() {
                return Err(damaged("a chunk holds too little"));
            }
        }
        Ok(self.bytes)
    }

    fn fill_special(&self, value: u64, out: &mut [u8]) -> Result<()> {
        const NAN: u64 = 2;
        match (value, self.type_bytes) {
            (1 | 4, _) => out.fill(0),
            (NAN, 4) => out.chunks_mut(4).for_each(|element| {
                element.copy_from_slice(&f32::NAN.to_le_bytes()[..element.len()]);
            }),
            (NAN, 8) => out.chunks_mut(8).for_each(|element| {
                element.copy_from_slice(&f64::NAN.to_le_bytes()[..element.len()]);
            }),
            _ => return Err(damaged("a chunk of an unknown special value")),
        }
        Ok(())
    }

    /// What the metalayer "b2nd" says, where there is one.
    fn array(&self, input: &[u8]) -> Result<Option<Array>> {
        // Behind the fixed part: the metalayers' size, and a map from name to offset.
        const LAYERS: usize = 0x57;
        let early = || damaged("a frame ends within its metalayers");
        let header = input.get(..self.header_bytes).ok_or_else(early)?;
        let Some(count) = be(header, LAYERS + 5, 2) else { return Ok(None) };
        let mut at = LAYERS + 7;
        for _ in 0..count {
            let name_bytes = (be(header, at, 1).ok_or_else(early)? & 0x1f) as usize;
            let name = header.get(at + 1..at + 1 + name_bytes).ok_or_else(early)?;
            at += 1 + name_bytes;
            let offset = be(header, at + 1, 4).ok_or_else(early)? as usize;
            at += 5;
            if name == b"b2nd" {
                let content = header.get(offset..).and_then(|layer| layer.get(5..));
                return Array::read(content.ok_or_else(early)?, self.type_bytes).map(Some);
            }
        }
        Ok(None)
    }
}

/// An array in one chunk, cut into blocks, each stored as a whole, with padding where the
/// array is no multiple of the block.
struct Array {
    shape: Vec<usize>,
    block: Vec<usize>,
    element_bytes: usize,
}

impl Array {
    fn read(layer: &[u8], element_bytes: usize) -> Result<Self> {
        const MOST_DIMENSIONS: usize = 8;
        let bad = || damaged("the metalayer of an array is not one");
        // An array of: version, number of dimensions, three arrays of sizes, and more.
        let rank = be(layer, 2, 1).ok_or_else(bad)? as usize;
        if rank > MOST_DIMENSIONS || element_bytes == 0 {
            return Err(bad());
        }
        let mut at = 3;
        let mut sizes = |bytes: usize| -> Result<Vec<usize>> {
            at += 1;
            (0..rank)
                .map(|_| {
                    let size = be(layer, at + 1, bytes).and_then(|size| usize::try_from(size).ok());
                    at += 1 + bytes;
                    size.filter(|size| *size > 0).ok_or_else(bad)
                })
                .collect()
        };
        let (shape, chunk, block) = (sizes(8)?, sizes(4)?, sizes(4)?);
        if shape.iter().zip(&chunk).any(|(size, chunk)| size > chunk) {
            return Err(ReadError::unsupported("blosc2 array of more than one chunk"));
        }
        if block.iter().zip(&chunk).any(|(block, chunk)| block > chunk) {
            return Err(bad());
        }
        Ok(Self { shape: chunk, block, element_bytes })
    }

    /// Nothing to do: the blocks are whole rows.
    fn is_in_order(&self) -> bool {
        self.shape == self.block
            || self.shape.iter().skip(1).eq(self.block.iter().skip(1))
                && self.shape.iter().zip(&self.block).all(|(size, block)| size % block == 0)
    }

    fn stored_bytes(&self) -> Option<usize> {
        self.shape.iter().zip(&self.block).try_fold(self.element_bytes, |bytes, (size, block)| {
            bytes.checked_mul(size.checked_next_multiple_of(*block)?)
        })
    }

    /// The elements of `blocks` in the order of the array.
    fn in_order(&self, blocks: &[u8], out: &mut [u8]) -> Result<usize> {
        let rank = self.shape.len();
        let total = self.shape.iter().try_fold(self.element_bytes, |n, size| n.checked_mul(*size));
        let out = total.and_then(|total| out.get_mut(..total));
        let out = out.ok_or_else(|| damaged("an array holds too much"))?;
        let block_rows: usize = self.block.iter().rev().skip(1).product();
        let row_bytes = self.block.last().copied().unwrap_or(1) * self.element_bytes;
        let mut corner = vec![0usize; rank];
        for block in blocks.chunks_exact((block_rows * row_bytes).max(1)) {
            let mut index = vec![0usize; rank.saturating_sub(1)];
            for row in block.chunks_exact(row_bytes.max(1)) {
                self.place_row(row, &corner, &index, out);
                advance(&mut index, &self.block, |_| 1);
            }
            advance(&mut corner, &self.shape, |axis| self.block[axis]);
        }
        Ok(out.len())
    }

    fn place_row(&self, row: &[u8], corner: &[usize], index: &[usize], out: &mut [u8]) {
        let mut offset = 0;
        for (axis, &size) in self.shape.iter().enumerate() {
            let position = corner[axis] + index.get(axis).copied().unwrap_or(0);
            if position >= size {
                return;
            }
            offset = offset * size + position;
        }
        let left = self.shape.last().zip(corner.last()).map_or(0, |(size, at)| size - at);
        let len = row.len().min(left * self.element_bytes);
        let start = offset * self.element_bytes;
        if let (Some(target), Some(row)) = (out.get_mut(start..start + len), row.get(..len)) {
            target.copy_from_slice(row);
        }
    }
}

/// The next index in row-major order; each position moves by `step` up to its size.
fn advance(index: &mut [usize], sizes: &[usize], step: impl Fn(usize) -> usize) {
    for axis in (0..index.len()).rev() {
        index[axis] += step(axis);
        if index[axis] < sizes[axis] {
            return;
        }
        index[axis] = 0;
    }
}
