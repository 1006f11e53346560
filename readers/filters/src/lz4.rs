//! LZ4 (filter 32004): blocks behind a header, all numbers big-endian: bytes of the chunk (8),
//! bytes of a block (4), then for each block its stored length (4) and the LZ4 block, or the
//! bytes themselves when both lengths are equal.

use hyperslab_core::{ReadError, Result};

use crate::chain::{Call, State};

pub(crate) fn decode(_: &Call, input: &[u8], out: &mut [u8], _: &mut State) -> Result<usize> {
    let (Some(total), Some(block_bytes)) = (u64_be(input, 0), u32_be(input, 8)) else {
        return Err(damaged());
    };
    let out = usize::try_from(total).ok().and_then(|total| out.get_mut(..total));
    let Some(out) = out else {
        return Err(ReadError::malformed("lz4: the stream holds more than the chunk"));
    };
    let mut from = 12;
    let total = out.len();
    for target in out.chunks_mut((block_bytes as usize).clamp(1, total.max(1))) {
        let stored = block(input, &mut from).ok_or_else(damaged)?;
        if stored.len() == target.len() {
            target.copy_from_slice(stored);
        } else if decompress(stored, target)? != target.len() {
            return Err(damaged());
        }
    }
    Ok(total)
}

/// The next length and as many bytes.
pub(crate) fn block<'a>(input: &'a [u8], from: &mut usize) -> Option<&'a [u8]> {
    let start = from.checked_add(4)?;
    let end = start.checked_add(u32_be(input, *from)? as usize)?;
    *from = end;
    input.get(start..end)
}

/// One LZ4 block.
pub(crate) fn decompress(input: &[u8], out: &mut [u8]) -> Result<usize> {
    lz4_flex::block::decompress_into(input, out).map_err(|_| damaged())
}

fn damaged() -> ReadError {
    ReadError::malformed("lz4: the stream is damaged")
}

pub(crate) fn u32_be(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

pub(crate) fn u64_be(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|bytes| u64::from_be_bytes(*bytes))
}
