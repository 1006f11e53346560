//! Zstandard (filter 32015, and inside Blosc and bitshuffle): RFC 8878, without dictionaries.
//!
//! Decodes straight into the caller's slice, which is also the window.

mod bits;
mod block;
mod fse;
mod huffman;
mod sequences;
mod xxh64;

use hyperslab_core::{ReadError, Result};

use crate::chain::{Call, State};

pub(crate) use block::Tables;

pub(crate) fn decode(_: &Call, input: &[u8], out: &mut [u8], state: &mut State) -> Result<usize> {
    decompress(input, out, state)
}

/// All frames of `input`, one after the other.
pub(crate) fn decompress(input: &[u8], out: &mut [u8], state: &mut State) -> Result<usize> {
    let tables = state.zstd.get_or_insert_default();
    let (mut rest, mut at) = (input, 0);
    while !rest.is_empty() {
        let free = out.get_mut(at..).unwrap_or_default();
        at += frame(&mut rest, free, tables)?;
    }
    Ok(at)
}

fn damaged(what: &str) -> ReadError {
    ReadError::malformed(format!("zstd: {what}"))
}

/// The next `N` bytes of `input`.
fn take<'a>(input: &mut &'a [u8], len: usize) -> Result<&'a [u8]> {
    let (taken, rest) =
        input.split_at_checked(len).ok_or_else(|| damaged("the stream ends early"))?;
    *input = rest;
    Ok(taken)
}

fn take_uint(input: &mut &[u8], len: usize) -> Result<u64> {
    Ok(take(input, len)?.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte)))
}

const MAGIC: u64 = 0xfd2f_b528;
const SKIPPABLE: u64 = 0x184d_2a50;

/// One frame (section 3.1.1).
fn frame(input: &mut &[u8], out: &mut [u8], tables: &mut Tables) -> Result<usize> {
    let magic = take_uint(input, 4)?;
    if magic & !0xf == SKIPPABLE {
        let len = take_uint(input, 4)?;
        take(input, len as usize)?;
        return Ok(0);
    }
    if magic != MAGIC {
        return Err(damaged("no frame begins where one should"));
    }
    let descriptor = take_uint(input, 1)?;
    let is_single_segment = descriptor >> 5 & 1 == 1;
    let has_checksum = descriptor >> 2 & 1 == 1;
    if !is_single_segment {
        take(input, 1)?;
    }
    let dictionary = take_uint(input, [0, 1, 2, 4][descriptor as usize & 3])?;
    if dictionary != 0 {
        return Err(ReadError::unsupported(format!("zstd with dictionary {dictionary}")));
    }
    let content = match descriptor >> 6 {
        0 if is_single_segment => Some(take_uint(input, 1)?),
        0 => None,
        1 => Some(take_uint(input, 2)? + 256),
        2 => Some(take_uint(input, 4)?),
        _ => Some(take_uint(input, 8)?),
    };
    if content.is_some_and(|content| content > out.len() as u64) {
        return Err(damaged("the stream holds more than the chunk"));
    }
    tables.begin_frame();
    let mut at = 0usize;
    loop {
        let header = take_uint(input, 3)? as usize;
        let size = header >> 3;
        let end = at.checked_add(size).filter(|end| *end <= out.len());
        match header >> 1 & 3 {
            0 => {
                let end = end.ok_or_else(|| damaged("the stream holds more than the chunk"))?;
                out.get_mut(at..end).unwrap_or_default().copy_from_slice(take(input, size)?);
                at = end;
            }
            1 => {
                let end = end.ok_or_else(|| damaged("the stream holds more than the chunk"))?;
                let byte = take_uint(input, 1)? as u8;
                out.get_mut(at..end).unwrap_or_default().fill(byte);
                at = end;
            }
            2 => at = block::compressed(take(input, size)?, out, at, tables)?,
            _ => return Err(damaged("a block of a reserved type")),
        }
        if header & 1 == 1 {
            break;
        }
    }
    if content.is_some_and(|content| content != at as u64) {
        return Err(damaged("a frame holds less than its header says"));
    }
    if has_checksum {
        let stored = take_uint(input, 4)? as u32;
        if stored != xxh64::hash(out.get(..at).unwrap_or_default()) as u32 {
            return Err(damaged("checksum mismatch"));
        }
    }
    Ok(at)
}
