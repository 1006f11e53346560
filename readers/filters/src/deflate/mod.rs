//! Deflate (filter 1): one zlib stream (RFC 1950 around RFC 1951).
//!
//! Decodes straight into the caller's slice, which is also the window. Where codes are
//! short, one look into a table yields two literals, a length, or both.

mod adler32;
mod bits;
mod block;
mod entry;
mod rounds;
mod tables;
#[cfg(test)]
mod testing;

use hyperslab_core::{ReadError, Result};

use crate::chain::{Call, State, with_thread_scratch};
use bits::LsbBits;
pub(crate) use tables::Tables;

pub(crate) fn decode(_: &Call, input: &[u8], out: &mut [u8], state: &mut State) -> Result<usize> {
    zlib(input, out, state)
}

/// Inflates a zlib stream into `out`; says how many bytes came. What follows the stream is
/// not looked at.
///
/// # Errors
/// `Malformed` when the stream is damaged, cut short, or longer than `out`.
pub fn inflate_zlib(input: &[u8], out: &mut [u8]) -> Result<usize> {
    with_thread_scratch(|scratch| zlib(input, out, &mut scratch.state))
}

pub(crate) fn zlib(input: &[u8], out: &mut [u8], state: &mut State) -> Result<usize> {
    let tables = state.deflate.get_or_insert_default();
    let (header, body) = input.split_first_chunk::<2>().ok_or_else(|| ends_early(0))?;
    let [method, flags] = *header;
    let is_zlib = u16::from_be_bytes(*header).is_multiple_of(31);
    if !is_zlib || method & 0x0f != 8 || method >> 4 > 7 {
        return Err(damaged("no zlib stream begins here"));
    }
    if flags & 0x20 != 0 {
        return Err(ReadError::unsupported("deflate with a preset dictionary"));
    }
    let mut bits = LsbBits::new(body);
    let mut at = 0;
    // As long as the last block, or all there is.
    let mut expected = out.len();
    loop {
        let start = at;
        bits.refill();
        let is_last = bits.take(1) == 1;
        at = match bits.take(2) {
            0 => stored(&mut bits, out, at)?,
            1 => {
                tables.set_fixed()?;
                block::decode(&mut bits, tables, out, at)?
            }
            2 => {
                tables.read(&mut bits, expected >= LONG)?;
                block::decode(&mut bits, tables, out, at)?
            }
            _ => return Err(damaged("a block of a type that does not exist")),
        };
        if bits.is_overdrawn() {
            return Err(ends_early(at));
        }
        if is_last {
            break;
        }
        expected = at - start;
    }
    let checksum = bits.bytes(4).and_then(|bytes| bytes.first_chunk::<4>());
    let checksum = checksum.ok_or_else(|| ends_early(at))?;
    if u32::from_be_bytes(*checksum) != adler32::checksum(out.get(..at).unwrap_or_default()) {
        return Err(damaged("checksum mismatch"));
    }
    Ok(at)
}

/// Bytes of a block for which better tables take less time than they save.
const LONG: usize = 4 << 10;

fn damaged(what: &str) -> ReadError {
    ReadError::malformed(format!("deflate: {what}"))
}

fn ends_early(at: usize) -> ReadError {
    damaged(&format!("the stream ends early, after {at} bytes of output"))
}

fn too_long() -> ReadError {
    damaged("the stream holds more than the chunk")
}

/// A block that is not compressed (RFC 1951, section 3.2.4).
fn stored(bits: &mut LsbBits, out: &mut [u8], at: usize) -> Result<usize> {
    let header = bits.bytes(4).and_then(|bytes| bytes.first_chunk::<4>());
    let [a, b, c, d] = *header.ok_or_else(|| ends_early(at))?;
    let len = u16::from_le_bytes([a, b]);
    if len != !u16::from_le_bytes([c, d]) {
        return Err(damaged("a stored block whose length is damaged"));
    }
    let end = at + usize::from(len);
    let bytes = bits.bytes(usize::from(len)).ok_or_else(|| ends_early(at))?;
    out.get_mut(at..end).ok_or_else(too_long)?.copy_from_slice(bytes);
    Ok(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_and_a_fixed_block_are_read_and_the_checksum_is_checked() {
        // zlib.compress(b"hello hello hello", 0) and (.., 9)
        let stored = b"\x78\x01\x01\x05\x00\xfa\xffhello\x06\x2c\x02\x15";
        let fixed = b"\x78\xda\xcb\x48\xcd\xc9\xc9\x57\xc8\x40\x90\x00\x3a\x2e\x06\x7d";
        let mut out = [0; 17];
        assert_eq!(inflate_zlib(stored, &mut out).unwrap(), 5);
        assert_eq!(&out[..5], b"hello");
        assert_eq!(inflate_zlib(fixed, &mut out).unwrap(), 17);
        assert_eq!(&out, b"hello hello hello");
        let mut damaged = *stored;
        damaged[8] ^= 1;
        let error = inflate_zlib(&damaged, &mut out).unwrap_err();
        assert!(error.to_string().contains("checksum mismatch"), "{error}");
    }

    #[test]
    fn a_stream_longer_than_its_chunk_and_one_cut_short_are_told_apart() {
        let fixed = b"\x78\xda\xcb\x48\xcd\xc9\xc9\x57\xc8\x40\x90\x00\x3a\x2e\x06\x7d";
        let error = inflate_zlib(fixed, &mut [0; 16]).unwrap_err();
        assert!(error.to_string().contains("more than the chunk"), "{error}");
        for len in 0..fixed.len() {
            let error = inflate_zlib(&fixed[..len], &mut [0; 17]).unwrap_err();
            assert!(error.to_string().contains("ends early"), "{len}: {error}");
        }
    }
}
