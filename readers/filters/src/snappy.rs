//! Snappy (filter 32003, and inside Blosc): the raw format, without frames.

use hyperslab_core::{ReadError, Result};

use crate::back::{copy_back, copy_literals};
use crate::chain::{Call, State};

pub(crate) fn decode(_: &Call, input: &[u8], out: &mut [u8], _: &mut State) -> Result<usize> {
    decompress(input, out)
}

pub(crate) fn decompress(input: &[u8], out: &mut [u8]) -> Result<usize> {
    elements(input, out).ok_or_else(|| ReadError::malformed("snappy: the stream is damaged"))
}

fn elements(input: &[u8], out: &mut [u8]) -> Option<usize> {
    let (mut from, mut at) = (0, 0);
    let mut total = 0usize;
    for shift in (0..35).step_by(7) {
        let byte = *input.get(from)?;
        from += 1;
        total |= usize::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            break;
        }
    }
    let out = out.get_mut(..total)?;
    while let Some(&tag) = input.get(from) {
        from += 1;
        let high = usize::from(tag >> 2);
        let (distance, len) = match tag & 3 {
            0 => {
                let len = match high {
                    0..60 => high,
                    _ => little_endian(input, &mut from, high - 59)?,
                };
                (from, at) = copy_literals(input, from, out, at, len.checked_add(1)?)?;
                continue;
            }
            1 => ((high >> 3) << 8 | little_endian(input, &mut from, 1)?, (high & 7) + 4),
            2 => (little_endian(input, &mut from, 2)?, high + 1),
            _ => (little_endian(input, &mut from, 4)?, high + 1),
        };
        at = copy_back(out, at, distance, len)?;
    }
    (at == total).then_some(at)
}

fn little_endian(input: &[u8], from: &mut usize, bytes: usize) -> Option<usize> {
    let end = *from + bytes;
    let value = input.get(*from..end)?.iter().rev();
    *from = end;
    Some(value.fold(0, |value, &byte| value << 8 | usize::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::decompress;

    #[test]
    fn literals_and_a_copy_are_read_and_the_length_is_kept() {
        let stream = b"\x0b\x10abcde\x05\x05\x00x";
        let mut out = [0; 11];
        assert_eq!(decompress(stream, &mut out).unwrap(), 11);
        assert_eq!(&out, b"abcdeabcdex");
        assert!(decompress(&stream[..9], &mut out).is_err());
        assert!(decompress(stream, &mut out[..10]).is_err());
    }
}
