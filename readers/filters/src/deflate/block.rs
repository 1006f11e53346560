//! Literals and matches of one block (RFC 1951, section 3.2.3).
//!
//! What takes the time is waiting: for the look-up that says where the next code begins, and
//! for the processor to find out that it guessed wrong what comes next. Blocks that allow it
//! are decoded in rounds without guesses (`rounds.rs`); the others here.

use hyperslab_core::{ReadError, Result};

use super::bits::LsbBits;
use super::rounds::{decode_literals, decode_short_matches};
use super::tables::{Kind, Tables};
use super::{damaged, ends_early, too_long};
use crate::back::copy_back;

/// Decodes a block to `out` at `at`; says where it ends.
pub(super) fn decode(
    bits: &mut LsbBits,
    tables: &Tables,
    out: &mut [u8],
    mut at: usize,
) -> Result<usize> {
    let mut is_end = false;
    while !is_end {
        match tables.kind() {
            Kind::ShortMatches => at = decode_short_matches(bits, tables, out, at),
            Kind::Literals { shortest } => at = decode_literals(bits, tables, shortest, out, at),
            Kind::Any => (at, is_end) = decode_inside(bits, tables, out, at)?,
        }
        if !is_end {
            (at, is_end) = decode_carefully(bits, tables, out, at)?;
        }
    }
    Ok(at)
}

/// As long as there is enough to read and to write for a whole round.
fn decode_inside(
    bits: &mut LsbBits,
    tables: &Tables,
    out: &mut [u8],
    mut at: usize,
) -> Result<(usize, bool)> {
    // A copy, so that the compiler keeps it in registers.
    let mut inside = bits.inside();
    if !inside.refill() {
        return Ok((at, false));
    }
    // The next entry is looked up as early as its bits are there.
    let mut entry = tables.symbol(inside.word);
    let result = loop {
        let Some(room) = out.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<8>()) else {
            break Ok(false);
        };
        if !inside.refill() {
            break Ok(false);
        }
        // 56 bits: three entries of literals, and a fourth that may be a length.
        if entry.is_mere_literals() {
            let mut literals = entry.literals();
            let mut count = entry.literal_count();
            inside.skip(entry.bits());
            entry = tables.symbol(inside.word);
            if entry.is_mere_literals() {
                literals |= entry.literals() << (8 * count);
                count += entry.literal_count();
                inside.skip(entry.bits());
                entry = tables.symbol(inside.word);
                if entry.is_mere_literals() {
                    literals |= entry.literals() << (8 * count);
                    count += entry.literal_count();
                    inside.skip(entry.bits());
                    entry = tables.symbol(inside.word);
                    if entry.is_mere_literals() {
                        literals |= entry.literals() << (8 * count);
                        count += entry.literal_count();
                        inside.skip(entry.bits());
                        entry = tables.symbol(inside.word);
                        *room = literals.to_le_bytes();
                        at += count as usize;
                        continue;
                    }
                }
            }
            *room = literals.to_le_bytes();
            at += count as usize;
        }
        if entry.is_special() {
            if entry.is_second() {
                inside.skip(entry.bits());
                entry = tables.second_symbol(entry, inside.word);
            }
            if entry.is_end() {
                inside.skip(entry.bits());
                break Ok(true);
            }
            if entry.is_mere_literals() {
                inside.skip(entry.bits());
                let Some(byte) = out.get_mut(at) else { break Err(Wrong::TooLong) };
                *byte = entry.literals() as u8;
                at += 1;
                entry = tables.symbol(inside.word);
                continue;
            }
            if entry.is_special() {
                break Err(Wrong::NoCode);
            }
        }
        let len = entry.value(inside.word);
        inside.skip(entry.bits());
        // Where this fails, the input is as good as over: `refill` above leaves twice the room.
        if !inside.refill_again() {
            break Err(Wrong::NoCode);
        }
        let mut far = tables.distance(inside.word);
        if far.is_special() {
            if far.is_second() {
                inside.skip(far.bits());
                far = tables.second_distance(far, inside.word);
            }
            if far.is_special() {
                break Err(Wrong::NoCode);
            }
        }
        let distance = far.value(inside.word);
        inside.skip(far.bits());
        entry = tables.symbol(inside.word);
        match copy_back(out, at, distance, len) {
            Some(end) => at = end,
            None if distance > at => break Err(Wrong::BeforeBeginning),
            None => break Err(Wrong::TooLong),
        }
    };
    bits.go_on_after(&inside);
    match result {
        Ok(is_done) => Ok((at, is_done)),
        Err(wrong) => Err(wrong.error()),
    }
}

#[derive(Clone, Copy)]
enum Wrong {
    NoCode,
    BeforeBeginning,
    TooLong,
}

impl Wrong {
    #[cold]
    fn error(self) -> ReadError {
        match self {
            Self::NoCode => damaged("a code that stands for nothing"),
            Self::BeforeBeginning => damaged("a match from before the beginning"),
            Self::TooLong => too_long(),
        }
    }
}

/// One symbol, or those of one entry, watching for the end of the stream; says whether the
/// block ends.
fn decode_carefully(
    bits: &mut LsbBits,
    tables: &Tables,
    out: &mut [u8],
    at: usize,
) -> Result<(usize, bool)> {
    let result = decode_entry(bits, tables, out, at);
    // What comes of bits that are not there does not matter.
    if bits.is_overdrawn() {
        return Err(ends_early(at));
    }
    result.map_err(Wrong::error)
}

fn decode_entry(
    bits: &mut LsbBits,
    tables: &Tables,
    out: &mut [u8],
    mut at: usize,
) -> std::result::Result<(usize, bool), Wrong> {
    bits.refill();
    let mut entry = tables.symbol(bits.word);
    if entry.is_second() {
        bits.skip(entry.bits());
        entry = tables.second_symbol(entry, bits.word);
    }
    if entry.is_special() {
        bits.skip(entry.bits());
        return if entry.is_end() { Ok((at, true)) } else { Err(Wrong::NoCode) };
    }
    let mut len = entry.value(bits.word);
    bits.skip(entry.bits());
    if entry.is_plain() {
        len = entry.short_len();
        for k in 0..entry.literal_count() {
            *out.get_mut(at).ok_or(Wrong::TooLong)? = (entry.literals() >> (8 * k)) as u8;
            at += 1;
        }
    }
    if len > 0 {
        bits.refill();
        let mut far = tables.distance(bits.word);
        if far.is_second() {
            bits.skip(far.bits());
            far = tables.second_distance(far, bits.word);
        }
        if far.is_special() {
            return Err(Wrong::NoCode);
        }
        let distance = far.value(bits.word);
        bits.skip(far.bits());
        at = copy_back(out, at, distance, len).ok_or(match distance > at {
            true => Wrong::BeforeBeginning,
            false => Wrong::TooLong,
        })?;
    }
    Ok((at, false))
}

#[cfg(test)]
mod tests {
    use super::super::inflate_zlib;
    use super::super::tables::Kind;
    use super::super::testing::{Token, code_lengths, zlib_stream};

    /// Numbers that look random.
    struct Random(u64);

    impl Random {
        fn below(&mut self, end: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (self.0 >> 33) as usize % end
        }
    }

    /// A stream in which so many literals occur, and of 1000 symbols so many matches, of 1000
    /// of these so many long ones; and what it decodes to.
    fn stream(kind: Kind, literals: usize, matches: usize, long: usize) -> (Vec<u8>, Vec<u8>) {
        let mut random = Random(7);
        let mut len = 0;
        let mut tokens = Vec::new();
        while tokens.len() < 8000 {
            let token = if len == 0 || random.below(1000) >= matches {
                Token::Literal(random.below(literals) as u8 ^ 0xa5)
            } else {
                let match_len = match random.below(1000) < long {
                    true => 3 + random.below(256),
                    false => 3 + random.below(6),
                };
                let farthest = [1, 8, 300, 32768][random.below(100).min(3)];
                Token::Match(match_len, 1 + random.below(farthest.min(len)))
            };
            len += token.len();
            tokens.push(token);
        }
        let (symbol_bits, distance_bits) = code_lengths(&tokens);
        assert_eq!(Kind::of(&symbol_bits, &distance_bits), kind);
        zlib_stream(&symbol_bits, &distance_bits, &tokens)
    }

    fn streams() -> [(Vec<u8>, Vec<u8>); 4] {
        [
            stream(Kind::ShortMatches, 20, 300, 30),
            stream(Kind::Literals { shortest: 7 }, 200, 2, 500),
            stream(Kind::Any, 256, 500, 500),
            stream(Kind::Any, 3, 20, 200),
        ]
    }

    #[test]
    fn blocks_of_every_kind_decode_into_just_enough_room_and_no_less() {
        for (stream, want) in streams() {
            let mut out = vec![0; want.len() + 40];
            for more in 0..40 {
                let room = &mut out[..want.len() + more];
                assert_eq!(inflate_zlib(&stream, room).unwrap(), want.len());
                assert!(room[..want.len()] == want);
                let error = inflate_zlib(&stream, &mut room[..want.len() - more - 1]).unwrap_err();
                assert!(error.to_string().contains("more than the chunk"), "{error}");
            }
        }
    }

    #[test]
    fn blocks_of_every_kind_that_are_damaged_or_cut_short_are_refused() {
        for (stream, want) in streams() {
            let mut out = vec![0; want.len()];
            for len in (0..stream.len()).filter(|len| len % 997 == 0 || len + 40 > stream.len()) {
                let error = inflate_zlib(&stream[..len], &mut out).unwrap_err();
                assert!(error.to_string().contains("ends early"), "{len}: {error}");
            }
            for k in 0..200 {
                let mut damaged = stream.clone();
                let len = damaged.len();
                damaged[len * k / 200] ^= 1 << (k % 8);
                // What was repeated may have been the same elsewhere.
                assert!(inflate_zlib(&damaged, &mut out).is_err() || out == want);
            }
        }
    }
}
