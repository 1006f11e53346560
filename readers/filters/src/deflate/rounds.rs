//! Blocks that are decoded in rounds of the same steps, whatever the symbols are.
//!
//! Both functions stop before what they cannot do, and have then consumed nothing of it.

use std::hint::select_unpredictable;

use super::bits::LsbBits;
use super::tables::Tables;

/// Literals and short matches: where a round's entry has no length, a distance is looked up
/// and bytes are copied all the same, to no effect.
pub(super) fn decode_short_matches(
    bits: &mut LsbBits,
    tables: &Tables,
    out: &mut [u8],
    mut at: usize,
) -> usize {
    let mut inside = bits.inside();
    if !inside.refill() {
        return at;
    }
    loop {
        // A round takes at most 39 of 56 bits, which leaves enough for the next look-up.
        let entry = tables.symbol(inside.word);
        if !inside.refill() {
            break;
        }
        let word = inside.word >> (entry.bits() & 63);
        let far = tables.distance(word).behind(entry);
        let distance = far.value(word);
        let Some(room) = out.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<16>()) else {
            break;
        };
        let [first, second, ..] = room;
        [*first, *second] = (entry.literals() as u16).to_le_bytes();
        let target = at + entry.literal_count() as usize;
        // Nothing is copied from the beginning, as what was just written would have to be
        // waited for.
        let from = select_unpredictable(distance > 0, target.wrapping_sub(distance), 0);
        let overlaps = distance.wrapping_sub(1) < 7;
        if !entry.is_plain() || far.is_special() || overlaps {
            break;
        }
        let source = out.get(from..).and_then(|rest| rest.first_chunk::<8>()).copied();
        let room = out.get_mut(target..).and_then(|rest| rest.first_chunk_mut::<8>());
        let (Some(source), Some(room)) = (source, room) else { break };
        *room = source;
        at = target + entry.short_len();
        inside.skip_both(entry.bits(), word, far.bits());
    }
    bits.go_on_after(&inside);
    at
}

/// Literals whose codes have `shortest` bits or one more: both entries that the second of two
/// may have are looked up together with that of the first, which then says which it is.
pub(super) fn decode_literals(
    bits: &mut LsbBits,
    tables: &Tables,
    shortest: u32,
    out: &mut [u8],
    mut at: usize,
) -> usize {
    /// Six codes of at most 9 bits are within the 56 there are.
    const PAIRS: u32 = 3;
    let mut inside = bits.inside();
    'rounds: while let Some(room) = out.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<8>()) {
        if !inside.refill() {
            break;
        }
        let mut word = inside.word;
        let mut taken = 0;
        let mut literals = 0;
        for pair in 0..PAIRS {
            let later = word >> (shortest & 63);
            let first = tables.symbol(word);
            let second = first.choose(tables.symbol(later), tables.symbol(later >> 1));
            if !first.is_of_two_and(second) {
                break 'rounds;
            }
            word = word >> (first.bits() & 63) >> (second.bits() & 63);
            taken += first.bits() + second.bits();
            literals |= (first.first_literal() | second.first_literal() << 8) << (16 * pair);
        }
        *room = literals.to_le_bytes();
        at += 2 * PAIRS as usize;
        inside.skip(taken);
    }
    bits.go_on_after(&inside);
    at
}
