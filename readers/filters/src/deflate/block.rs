//! Literals and matches of one block (RFC 1951, section 3.2.3).

use hyperslab_core::{ReadError, Result};

use super::bits::LsbBits;
use super::tables::Tables;
use super::{damaged, ends_early, too_long};
use crate::back::copy_back;

/// Decodes a block to `out` at `at`; says where it ends.
pub(super) fn decode(
    bits: &mut LsbBits,
    tables: &Tables,
    out: &mut [u8],
    at: usize,
) -> Result<usize> {
    let (at, is_done) = decode_inside(bits, tables, out, at)?;
    if is_done { Ok(at) } else { decode_carefully(bits, tables, out, at) }
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
        if entry.is_literals() {
            let mut literals = entry.literals();
            let mut count = entry.literal_count();
            inside.skip(entry.bits());
            entry = tables.symbol(inside.word);
            if entry.is_literals() {
                literals |= entry.literals() << (8 * count);
                count += entry.literal_count();
                inside.skip(entry.bits());
                entry = tables.symbol(inside.word);
                if entry.is_literals() {
                    literals |= entry.literals() << (8 * count);
                    count += entry.literal_count();
                    inside.skip(entry.bits());
                    entry = tables.symbol(inside.word);
                    if entry.is_literals() {
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
            if entry.is_literals() {
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

/// Symbol by symbol, watching for the end of the stream.
fn decode_carefully(
    bits: &mut LsbBits,
    tables: &Tables,
    out: &mut [u8],
    mut at: usize,
) -> Result<usize> {
    loop {
        bits.refill();
        let mut entry = tables.symbol(bits.word);
        if entry.is_second() {
            bits.skip(entry.bits());
            entry = tables.second_symbol(entry, bits.word);
        }
        if entry.is_literals() {
            bits.skip(entry.bits());
            for k in 0..entry.literal_count() {
                let byte = out.get_mut(at).ok_or_else(|| end_or_too_long(bits, at))?;
                *byte = (entry.literals() >> (8 * k)) as u8;
                at += 1;
            }
        } else if entry.is_end() {
            bits.skip(entry.bits());
            return Ok(at);
        } else if entry.is_special() {
            return Err(Wrong::NoCode.error());
        } else {
            let len = entry.value(bits.word);
            bits.skip(entry.bits());
            bits.refill();
            let mut entry = tables.distance(bits.word);
            if entry.is_second() {
                bits.skip(entry.bits());
                entry = tables.second_distance(entry, bits.word);
            }
            if entry.is_special() {
                return Err(Wrong::NoCode.error());
            }
            let distance = entry.value(bits.word);
            bits.skip(entry.bits());
            at = copy_back(out, at, distance, len).ok_or_else(|| match distance > at {
                true => Wrong::BeforeBeginning.error(),
                false => end_or_too_long(bits, at),
            })?;
        }
        if bits.is_overdrawn() {
            return Err(ends_early(at));
        }
    }
}

fn end_or_too_long(bits: &LsbBits, at: usize) -> ReadError {
    if bits.is_overdrawn() { ends_early(at) } else { too_long() }
}
