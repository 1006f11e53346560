//! LZO (filter 305, from PyTables): one stream of LZO1X.

use hyperslab_core::{ReadError, Result};

use crate::back::{copy_back, copy_literals};
use crate::chain::{Call, State};

pub(crate) fn decode(_: &Call, input: &[u8], out: &mut [u8], _: &mut State) -> Result<usize> {
    decompress(input, out).ok_or_else(|| ReadError::malformed("lzo: the stream is damaged"))
}

/// What came before an instruction says what those below 16 mean.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    Match,
    /// One to three literals that a match brought along.
    FewLiterals,
    ManyLiterals,
}

fn decompress(input: &[u8], out: &mut [u8]) -> Option<usize> {
    const END: usize = 16384;
    let (mut from, mut at) = (0, 0);
    let mut before = Before::Match;
    let first = usize::from(*input.first()?);
    if first > 17 {
        let len = first - 17;
        (from, at) = copy_literals(input, 1, out, at, len)?;
        before = if len < 4 { Before::FewLiterals } else { Before::ManyLiterals };
    }
    loop {
        let instruction = usize::from(*input.get(from)?);
        from += 1;
        let mut byte = || {
            let byte = input.get(from).copied();
            from += 1;
            byte.map(usize::from)
        };
        // Where a length does not fit, bytes of 255 (written as 0) and one more are added.
        let mut length = |stated: usize, most: usize| {
            if stated > 0 {
                return Some(stated);
            }
            let mut len = most;
            loop {
                match byte()? {
                    0 => len += 255,
                    last => return Some(len + last),
                }
            }
        };
        let (distance, len, literals) = match instruction {
            0..16 if before == Before::Match => {
                let len = length(instruction, 15)? + 3;
                (from, at) = copy_literals(input, from, out, at, len)?;
                before = Before::ManyLiterals;
                continue;
            }
            0..16 => {
                let distance = (byte()? << 2) + (instruction >> 2) + 1;
                match before {
                    Before::ManyLiterals => (distance + 2048, 3, instruction & 3),
                    _ => (distance, 2, instruction & 3),
                }
            }
            16..64 => {
                let is_far = instruction < 32;
                let most = if is_far { 7 } else { 31 };
                let len = length(instruction & most, most)? + 2;
                let (low, high) = (byte()?, byte()?);
                let near = high << 6 | low >> 2;
                let distance = match is_far {
                    true => END + ((instruction & 8) << 11) + near,
                    false => near + 1,
                };
                if is_far && distance == END {
                    return Some(at);
                }
                (distance, len, low & 3)
            }
            _ => {
                let len = if instruction < 128 {
                    3 + (instruction >> 5 & 1)
                } else {
                    5 + (instruction >> 5 & 3)
                };
                ((byte()? << 3) + (instruction >> 2 & 7) + 1, len, instruction & 3)
            }
        };
        at = copy_back(out, at, distance, len)?;
        (from, at) = copy_literals(input, from, out, at, literals)?;
        before = if literals == 0 { Before::Match } else { Before::FewLiterals };
    }
}

#[cfg(test)]
mod tests {
    use super::decompress;

    #[test]
    fn literals_a_match_with_a_literal_and_the_end_are_read() {
        let stream = b"\x16abcde\x91\x00x\x11\x00\x00";
        let mut out = [0; 60];
        assert_eq!(decompress(stream, &mut out), Some(11));
        assert_eq!(&out[..11], b"abcdeabcdex");
        for len in 0..stream.len() {
            assert_eq!(decompress(&stream[..len], &mut out), None, "{len}");
        }
        assert_eq!(decompress(stream, &mut [0; 10]), None);
    }
}
