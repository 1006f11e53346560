//! Bitshuffle (filter 32008, and inside Blosc): all first bits of the elements of a block,
//! then all second bits, and so on; the blocks may then be LZ4 or Zstandard.

use hyperslab_core::{ReadError, Result};

use crate::chain::{Call, State};
use crate::lz4::{self, u32_be, u64_be};
use crate::{shuffle, zstd};

const LZ4: u32 = 2;
const ZSTD: u32 = 3;

/// Client data: two of the version, size of an element, elements in a block (0: as many as
/// the writer likes), compression (0 none, 2 LZ4, 3 Zstandard).
pub(crate) fn decode(
    call: &Call,
    input: &[u8],
    out: &mut [u8],
    state: &mut State,
) -> Result<usize> {
    let element_bytes = match call.value(2) {
        0 => call.element_bytes.max(1),
        stated => stated as usize,
    };
    let compression = call.value(4);
    if compression == 0 {
        let out = out.get_mut(..input.len()).ok_or_else(too_long)?;
        let block = block_elements(call.value(3) as usize, element_bytes);
        return blocks(out, element_bytes, block, &mut Stored(input, 0), state);
    }
    // As with LZ4 alone: bytes of the chunk, bytes of a block, then block after block.
    let (Some(total), Some(block_bytes)) = (u64_be(input, 0), u32_be(input, 8)) else {
        return Err(damaged());
    };
    let total = usize::try_from(total).map_err(|_| too_long())?;
    let out = out.get_mut(..total).ok_or_else(too_long)?;
    let block = block_elements(block_bytes as usize / element_bytes, element_bytes);
    let mut source = Packed { input, from: 12, is_zstd: compression == ZSTD };
    if compression != LZ4 && compression != ZSTD {
        return Err(ReadError::unsupported(format!("bitshuffle with compression {compression}")));
    }
    blocks(out, element_bytes, block, &mut source, state)
}

fn damaged() -> ReadError {
    ReadError::malformed("bitshuffle: the stream is damaged")
}

fn too_long() -> ReadError {
    ReadError::malformed("bitshuffle: the stream holds more than the chunk")
}

/// What bitshuffle's own library takes when it may choose: about 8192 bytes.
fn block_elements(stated: usize, element_bytes: usize) -> usize {
    if stated > 0 { stated } else { (8192 / element_bytes / 8 * 8).max(128) }
}

/// Where blocks of shuffled bits come from.
trait Blocks {
    /// Fills `target`.
    fn next(&mut self, target: &mut [u8], state: &mut State) -> Option<()>;
    /// What is left behind the blocks, stored as it is.
    fn rest(&self) -> &[u8];
}

struct Stored<'a>(&'a [u8], usize);

impl Blocks for Stored<'_> {
    fn next(&mut self, target: &mut [u8], _: &mut State) -> Option<()> {
        let end = self.1 + target.len();
        target.copy_from_slice(self.0.get(self.1..end)?);
        self.1 = end;
        Some(())
    }

    fn rest(&self) -> &[u8] {
        self.0.get(self.1..).unwrap_or_default()
    }
}

struct Packed<'a> {
    input: &'a [u8],
    from: usize,
    is_zstd: bool,
}

impl Blocks for Packed<'_> {
    fn next(&mut self, target: &mut [u8], state: &mut State) -> Option<()> {
        let stored = lz4::block(self.input, &mut self.from)?;
        let written = if self.is_zstd {
            zstd::decompress(stored, target, state).ok()?
        } else {
            lz4::decompress(stored, target).ok()?
        };
        (written == target.len()).then_some(())
    }

    fn rest(&self) -> &[u8] {
        self.input.get(self.from..).unwrap_or_default()
    }
}

/// Whole blocks, one more of as many groups of eight elements as are left, and up to seven
/// elements that are not shuffled.
fn blocks(
    out: &mut [u8],
    element_bytes: usize,
    block_elements: usize,
    source: &mut dyn Blocks,
    state: &mut State,
) -> Result<usize> {
    let total = out.len();
    let group = element_bytes.saturating_mul(8);
    let block_bytes = block_elements.checked_mul(element_bytes).ok_or_else(damaged)?;
    // The library too demands that.
    if block_bytes == 0 || block_bytes % group != 0 {
        return Err(ReadError::malformed("bitshuffle: a block is not of groups of eight"));
    }
    let mut bits = std::mem::take(&mut state.spare);
    let grouped = total / group * group;
    let (shuffled, rest) = out.split_at_mut(grouped);
    for target in shuffled.chunks_mut(block_bytes) {
        if bits.len() < target.len() * 2 {
            bits.resize(target.len() * 2, 0);
        }
        let (packed, planes) = bits.split_at_mut(target.len());
        let planes = planes.get_mut(..target.len()).unwrap_or_default();
        source.next(packed, state).ok_or_else(damaged)?;
        unshuffle_bits(packed, element_bytes, planes, target);
    }
    state.spare = bits;
    let stored = source.rest().get(..rest.len()).ok_or_else(damaged)?;
    rest.copy_from_slice(stored);
    Ok(total)
}

/// Undoes one block, whose elements are a multiple of eight; `planes` is room to work in.
/// All three are of one length.
pub(crate) fn unshuffle_bits(bits: &[u8], element_bytes: usize, planes: &mut [u8], out: &mut [u8]) {
    let Some(count) = out.len().checked_div(element_bytes).filter(|count| *count >= 8) else {
        out.copy_from_slice(bits);
        return;
    };
    let row_bytes = count / 8;
    for (rows, plane) in bits.chunks_exact(row_bytes * 8).zip(planes.chunks_exact_mut(count)) {
        bytes_of_bit_rows(rows, row_bytes, plane);
    }
    shuffle::unshuffle(planes, element_bytes, out);
}

/// Eight rows of bits, row k holding bit k of each byte, become the bytes.
fn bytes_of_bit_rows(rows: &[u8], row_bytes: usize, out: &mut [u8]) {
    const WIDTH: usize = 32;
    let mut taken = [&[][..]; 8];
    for (row, bytes) in taken.iter_mut().zip(rows.chunks_exact(row_bytes)) {
        *row = bytes;
    }
    let mut blocks = out.chunks_exact_mut(WIDTH * 8);
    let mut start = 0;
    for block in &mut blocks {
        let mut wide = [[0u8; WIDTH]; 8];
        for (wide, row) in wide.iter_mut().zip(&taken) {
            wide.copy_from_slice(&row[start..start + WIDTH]);
        }
        // Bit i of row k changes places with bit k of row i, in three rounds.
        exchange::<WIDTH, 1>(&mut wide, 0x55);
        exchange::<WIDTH, 2>(&mut wide, 0x33);
        exchange::<WIDTH, 4>(&mut wide, 0x0f);
        let (groups, _) = block.as_chunks_mut::<8>();
        for (j, group) in groups.iter_mut().enumerate().take(WIDTH) {
            for (byte, row) in group.iter_mut().zip(&wide) {
                *byte = row[j];
            }
        }
        start += WIDTH;
    }
    for (j, group) in blocks.into_remainder().chunks_exact_mut(8).enumerate() {
        let column: [u8; 8] = std::array::from_fn(|k| taken[k][start + j]);
        group.copy_from_slice(&transpose(u64::from_le_bytes(column)).to_le_bytes());
    }
}

#[inline(always)]
fn exchange<const WIDTH: usize, const STEP: usize>(rows: &mut [[u8; WIDTH]; 8], low: u8) {
    for k in (0..8).filter(|k| k & STEP == 0) {
        let (upper, lower) = rows.split_at_mut(k + STEP);
        for (x, y) in upper[k].iter_mut().zip(&mut lower[0]) {
            let (a, b) = (*x, *y);
            *x = a & low | (b & low) << STEP;
            *y = (a & !low) >> STEP | b & !low;
        }
    }
}

/// Eight bytes as a matrix of eight by eight bits, turned over.
fn transpose(mut x: u64) -> u64 {
    for (shift, mask) in
        [(7, 0x00aa_00aa_00aa_00aa), (14, 0x0000_cccc_0000_cccc), (28, 0x0000_0000_f0f0_f0f0)]
    {
        let t = (x ^ x >> shift) & mask;
        x ^= t ^ t << shift;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_of_blocks_of_every_length_come_back() {
        for element_bytes in [1, 2, 3, 4, 8, 16] {
            for count in [8, 16, 248, 256, 264, 1024, 2056] {
                let want: Vec<u8> =
                    (0..count * element_bytes).map(|i| (i * 37 + i / 200) as u8).collect();
                let mut bits = vec![0u8; want.len()];
                for (i, byte) in want.iter().enumerate() {
                    let (element, k) = (i / element_bytes, i % element_bytes);
                    for bit in 0..8 {
                        let row = k * 8 + bit;
                        bits[row * count / 8 + element / 8] |= (byte >> bit & 1) << (element % 8);
                    }
                }
                let mut out = vec![0; want.len()];
                unshuffle_bits(&bits, element_bytes, &mut vec![0; want.len()], &mut out);
                assert!(out == want, "{count} elements of {element_bytes} bytes");
            }
        }
    }
}
