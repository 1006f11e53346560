//! One chunk: header, where its blocks begin, the blocks (C-Blosc2's README_CHUNK_FORMAT;
//! versions up to 2 are those of Blosc 1).

use hyperslab_core::{ReadContext, ReadError, Result};

use super::{blosclz, damaged};
use crate::chain::State;
use crate::{bitshuffle, deflate, lz4, shuffle, snappy, zstd};

const SHUFFLE: u8 = 1;
const BITSHUFFLE: u8 = 2;
const DELTA: u8 = 3;
const TRUNCATE: u8 = 4;

pub(super) struct Header {
    version: u8,
    flags: u8,
    type_bytes: usize,
    pub(super) bytes: usize,
    block_bytes: usize,
    stored_bytes: usize,
    header_bytes: usize,
    /// Applied first to last, with a parameter each.
    filters: [(u8, u8); 6],
    special: u8,
    has_dictionary: bool,
    has_variable_blocks: bool,
}

impl Header {
    pub(super) fn read(input: &[u8]) -> Result<Self> {
        let early = || damaged("a chunk ends within its header");
        let basic = input.first_chunk::<16>().ok_or_else(early)?;
        let [version, _, flags, type_bytes, ..] = *basic;
        let word = |at: usize| u32_le(basic, at).unwrap_or(0) as usize;
        let mut header = Self {
            version,
            flags,
            type_bytes: usize::from(type_bytes).max(1),
            bytes: word(4),
            block_bytes: word(8),
            stored_bytes: word(12),
            header_bytes: 16,
            filters: [(0, 0); 6],
            special: 0,
            has_dictionary: false,
            has_variable_blocks: false,
        };
        let is_extended = flags & 5 == 5 && version > 2;
        if is_extended {
            let more = input.get(16..32).ok_or_else(early)?;
            header.header_bytes = 32;
            for (filter, (id, meta)) in
                header.filters.iter_mut().zip(more.iter().zip(more.iter().skip(8)))
            {
                *filter = (*id, *meta);
            }
            let flags = more.last().copied().unwrap_or(0);
            header.has_dictionary = flags & 1 != 0;
            header.special = flags >> 4 & 7;
            header.has_variable_blocks = more.get(14).is_some_and(|flags| flags & 1 != 0);
        } else {
            if flags & 8 != 0 {
                header.filters[4] = (DELTA, 0);
            }
            if flags & 1 != 0 {
                header.filters[5] = (SHUFFLE, 0);
            } else if flags & 4 != 0 {
                header.filters[5] = (BITSHUFFLE, 0);
            }
        }
        Ok(header)
    }
}

/// Decodes a chunk; says how many bytes it held.
pub(super) fn decode(
    input: &[u8],
    out: &mut [u8],
    state: &mut State,
    cx: &ReadContext,
) -> Result<usize> {
    let header = Header::read(input)?;
    let input = input.get(..header.stored_bytes).ok_or_else(|| damaged("a chunk ends early"))?;
    let out = out.get_mut(..header.bytes).ok_or_else(|| damaged("a chunk holds too much"))?;
    let body = input.get(header.header_bytes..).unwrap_or_default();
    if header.special != 0 {
        fill_special(&header, body, out)?;
        return Ok(header.bytes);
    }
    if header.flags & 2 != 0 {
        let body = body.get(..out.len()).ok_or_else(|| damaged("a chunk ends early"))?;
        out.copy_from_slice(body);
        return Ok(header.bytes);
    }
    if header.has_dictionary || header.has_variable_blocks {
        let what = if header.has_dictionary { "a dictionary" } else { "blocks of varying length" };
        return Err(ReadError::unsupported(format!("blosc chunk with {what}")));
    }
    let mut work = std::mem::take(&mut state.spare);
    let result = decode_blocks(&header, input, out, &mut work, state, cx);
    state.spare = work;
    result.map(|()| header.bytes)
}

/// Chunks all of one value.
fn fill_special(header: &Header, body: &[u8], out: &mut [u8]) -> Result<()> {
    const ZERO: u8 = 1;
    const NAN: u8 = 2;
    const VALUE: u8 = 3;
    const NOT_INITIALISED: u8 = 4;
    let value: &[u8] = match header.special {
        ZERO | NOT_INITIALISED => &[0],
        NAN if header.type_bytes == 4 => &f32::NAN.to_le_bytes(),
        NAN if header.type_bytes == 8 => &f64::NAN.to_le_bytes(),
        VALUE if !body.is_empty() => body,
        _ => return Err(damaged("a chunk of an unknown special value")),
    };
    for element in out.chunks_mut(value.len()) {
        element.copy_from_slice(value.get(..element.len()).unwrap_or_default());
    }
    Ok(())
}

fn decode_blocks(
    header: &Header,
    input: &[u8],
    out: &mut [u8],
    work: &mut Vec<u8>,
    state: &mut State,
    cx: &ReadContext,
) -> Result<()> {
    let block_bytes = header.block_bytes.min(header.bytes);
    if block_bytes == 0 {
        return if out.is_empty() { Ok(()) } else { Err(damaged("a block of no bytes")) };
    }
    if work.len() < block_bytes * 3 {
        work.resize(block_bytes * 3, 0);
    }
    let blocks = out.len().div_ceil(block_bytes);
    let ends_early = || damaged("a chunk ends early");
    for index in 0..blocks {
        cx.check()?;
        let start = index * block_bytes;
        let (done, rest) = out.split_at_mut(start);
        let len = rest.len().min(block_bytes);
        let (target, _) = rest.split_at_mut(len);
        let at = u32_le(input, header.header_bytes + 4 * index).ok_or_else(ends_early)?;
        let stored = input.get(at as usize..).ok_or_else(ends_early)?;
        let reference = done.get(..len);
        decode_block(header, stored, target, reference, len == block_bytes, work, state)?;
    }
    Ok(())
}

/// `reference` is as much of the first block, unless this is the first.
fn decode_block(
    header: &Header,
    mut stored: &[u8],
    out: &mut [u8],
    reference: Option<&[u8]>,
    is_whole: bool,
    work: &mut [u8],
    state: &mut State,
) -> Result<()> {
    let len = out.len();
    let (mut source, rest) = work.split_at_mut(len);
    let (mut target, rest) = rest.split_at_mut(len);
    let (planes, _) = rest.split_at_mut(len);
    let streams = if has_streams(header, is_whole) { header.type_bytes } else { 1 };
    if len < streams {
        return Err(damaged("a block shorter than its elements"));
    }
    let parts = source.chunks_exact_mut(len / streams);
    if !len.is_multiple_of(streams) {
        return Err(damaged("a block is no multiple of its elements"));
    }
    for part in parts {
        decode_stream(header, &mut stored, part, state)?;
    }
    for &(filter, meta) in header.filters.iter().rev() {
        match filter {
            0 | TRUNCATE => continue,
            SHUFFLE => {
                let bytes = if meta == 0 { header.type_bytes } else { usize::from(meta) };
                shuffle::unshuffle(source, bytes, target);
            }
            BITSHUFFLE => unshuffle_bits(header, source, planes, target),
            DELTA => {
                target.copy_from_slice(source);
                // The reference is the finished first block; within it, the element before.
                match reference {
                    Some(reference) => {
                        let whole = len / delta_bytes(header) * delta_bytes(header);
                        for (byte, other) in target.iter_mut().zip(reference).take(whole) {
                            *byte ^= other;
                        }
                    }
                    None => undo_delta(target, delta_bytes(header)),
                }
            }
            other => return Err(ReadError::unsupported(format!("blosc2 filter {other}"))),
        }
        std::mem::swap(&mut source, &mut target);
    }
    out.copy_from_slice(source);
    Ok(())
}

/// Each byte plane of the shuffled elements is a stream of its own.
fn has_streams(header: &Header, is_whole: bool) -> bool {
    let dont_split = header.flags & 0x10 != 0;
    if dont_split || !is_whole {
        return false;
    }
    // Blosc 1 has two more conditions; Blosc 2 has put them into the flag.
    header.version > 2 || header.type_bytes <= 16 && header.block_bytes / header.type_bytes >= 128
}

fn unshuffle_bits(header: &Header, bits: &[u8], planes: &mut [u8], out: &mut [u8]) {
    let count = out.len() / header.type_bytes;
    // Blosc 1 leaves a block as it is when its elements are no multiple of eight.
    let shuffled = match count % 8 {
        0 => count,
        _ if header.version <= 2 => 0,
        rest => count - rest,
    } * header.type_bytes;
    let (out, out_rest) = out.split_at_mut(shuffled);
    let (bits, rest) = bits.split_at(shuffled);
    out_rest.copy_from_slice(rest);
    let (planes, _) = planes.split_at_mut(shuffled);
    bitshuffle::unshuffle_bits(bits, header.type_bytes, planes, out);
}

fn delta_bytes(header: &Header) -> usize {
    match header.type_bytes {
        2 => 2,
        4 => 4,
        bytes if bytes % 8 == 0 => 8,
        _ => 1,
    }
}

fn undo_delta(bytes: &mut [u8], element_bytes: usize) {
    let whole = bytes.len() / element_bytes * element_bytes;
    for at in element_bytes..whole {
        bytes[at] ^= bytes[at - element_bytes];
    }
}

/// One compressed stream, which must fill `out`.
fn decode_stream(
    header: &Header,
    stored: &mut &[u8],
    out: &mut [u8],
    state: &mut State,
) -> Result<()> {
    let (size, rest) = stored.split_first_chunk().ok_or_else(|| damaged("a block ends early"))?;
    let size = i32::from_le_bytes(*size);
    let ends_early = || damaged("a stream ends early");
    let len = match usize::try_from(size) {
        // A run of zeros, of any other byte.
        Ok(0) if header.version > 2 => {
            out.fill(0);
            *stored = rest;
            return Ok(());
        }
        Err(_) if header.version > 2 && size >= -255 => {
            let (token, rest) = rest.split_first().ok_or_else(ends_early)?;
            if token & 1 == 0 {
                return Err(damaged("a stream begins with an unknown token"));
            }
            out.fill(size.unsigned_abs() as u8);
            *stored = rest;
            return Ok(());
        }
        Ok(len) => len,
        Err(_) => return Err(damaged("a stream of negative length")),
    };
    let (packed, rest) = rest.split_at_checked(len).ok_or_else(ends_early)?;
    *stored = rest;
    if len == out.len() {
        out.copy_from_slice(packed);
        return Ok(());
    }
    let written = match header.flags >> 5 {
        0 => {
            blosclz::decompress(packed, out).ok_or_else(|| damaged("a blosclz stream is wrong"))?
        }
        1 => lz4::decompress(packed, out)?,
        2 => snappy::decompress(packed, out)?,
        3 => deflate::zlib(packed, out, state)?,
        4 => zstd::decompress(packed, out, state)?,
        other => return Err(ReadError::unsupported(format!("blosc codec {other}"))),
    };
    if written == out.len() { Ok(()) } else { Err(damaged("a stream holds too little")) }
}

pub(super) fn u32_le(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}
