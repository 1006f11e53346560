//! The container of three-dimensional streams: a header, then blocks that were coded one by
//! one.

use hyperslab_core::{ReadContext, ReadError, Result};

use super::block::{self, Rank};
use super::levels::Dims;
use super::{Layout, damaged, take, take_uint};

/// The major version of SPERR whose streams these are.
const MAJOR_VERSION: u64 = 0;

/// Flags are counted from the highest bit.
const IS_VOLUME: u64 = 0x80 >> 1;
const HAS_BLOCKS: u64 = 0x80 >> 3;

/// Writes the values of all blocks to where they belong.
pub(super) fn decode(
    input: &[u8],
    layout: &Layout,
    out: &mut [u8],
    cx: &ReadContext,
) -> Result<()> {
    let mut rest = input;
    let version = take_uint(&mut rest, 1)?;
    if version != MAJOR_VERSION {
        return Err(ReadError::unsupported(format!("sperr streams of version {version}")));
    }
    let flags = take_uint(&mut rest, 1)?;
    let dims = take_dims(&mut rest, 4)?;
    if flags & IS_VOLUME == 0 || dims != layout.dims {
        return Err(damaged("the stream has another shape than the chunk"));
    }
    let block_dims = if flags & HAS_BLOCKS == 0 { dims } else { take_dims(&mut rest, 2)? };
    let counts = block_counts(dims, block_dims)?;
    let table_bytes = counts.iter().try_fold(4, |bytes: usize, count| bytes.checked_mul(*count));
    let mut table = take(&mut rest, table_bytes.unwrap_or(usize::MAX))?;
    for z in spans(dims, block_dims, counts, 2) {
        for y in spans(dims, block_dims, counts, 1) {
            for x in spans(dims, block_dims, counts, 0) {
                let len = take_uint(&mut table, 4)? as usize;
                let stored = take(&mut rest, len)?;
                let spans = [x, y, z];
                let values = block::decode(stored, spans.map(|span| span.len), Rank::Volume, cx)?;
                place(&values, spans, layout, out);
            }
        }
    }
    if !rest.is_empty() {
        return Err(damaged("bytes behind the last block"));
    }
    Ok(())
}

fn take_dims(input: &mut &[u8], bytes: usize) -> Result<Dims> {
    let mut size = || Ok(take_uint(input, bytes)? as usize);
    Ok([size()?, size()?, size()?])
}

/// Blocks along each axis. A rest of at most half a block is part of the one before it.
fn block_counts(dims: Dims, block_dims: Dims) -> Result<Dims> {
    let mut counts = [0; 3];
    for ((count, len), block) in counts.iter_mut().zip(dims).zip(block_dims) {
        let whole = len.checked_div(block).ok_or_else(|| damaged("blocks of no values"))?;
        let is_rest_a_block = len % block > block / 2;
        *count = (whole + usize::from(is_rest_a_block)).max(1);
    }
    Ok(counts)
}

/// The part of an axis that a block takes.
#[derive(Clone, Copy)]
struct Span {
    start: usize,
    len: usize,
}

fn spans(dims: Dims, block_dims: Dims, counts: Dims, axis: usize) -> impl Iterator<Item = Span> {
    let (len, block, count) = (dims[axis], block_dims[axis], counts[axis]);
    (0..count).map(move |index| {
        let start = index * block;
        let end = if index + 1 == count { len } else { start + block };
        Span { start, len: end - start }
    })
}

fn place(values: &[f64], [x, y, z]: [Span; 3], layout: &Layout, out: &mut [u8]) {
    let [nx, ny, _] = layout.dims;
    let bytes = layout.value_bytes();
    for (index, row) in values.chunks_exact(x.len).enumerate() {
        let (row_y, row_z) = (y.start + index % y.len, z.start + index / y.len);
        let start = ((row_z * ny + row_y) * nx + x.start) * bytes;
        let target = out.get_mut(start..start + x.len * bytes).unwrap_or_default();
        layout.write(row, target);
    }
}
