//! Huffman codes as tables (RFC 1951, sections 3.2.5 to 3.2.7).
//!
//! A table is indexed by the next bits of the stream. Codes longer than its index lead to a
//! second table behind it.

use hyperslab_core::Result;

use super::bits::LsbBits;
use super::entry::{DISTANCES, Entry, NEAR_DISTANCES, SHORT_LENGTHS, SYMBOLS};
use super::{damaged, ends_early};

pub(super) const SYMBOL_BITS: u32 = 11;
pub(super) const DISTANCE_BITS: u32 = 9;

/// Room for the table and those behind it; powers of two, so that an index can be masked.
const SYMBOL_ENTRIES: usize = 4096;
const DISTANCE_ENTRIES: usize = 2048;

/// What a block mostly consists of, which decides how it is decoded fastest.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Kind {
    Any,
    /// Literals and matches, most of them short, in an order that cannot be guessed.
    ShortMatches,
    /// Literals whose codes have so many bits or one more.
    Literals {
        shortest: u32,
    },
}

impl Kind {
    /// From the bits of the codes of literals and lengths, and of distances; 0 where there is
    /// none.
    pub(super) fn of(lengths: &[u8], distances: &[u8]) -> Self {
        /// How often a symbol comes, judged by its code.
        const ALWAYS: u32 = 1 << 15;
        let share = |lengths: &[u8]| -> u32 {
            lengths.iter().filter(|length| **length > 0).map(|length| ALWAYS >> length).sum()
        };
        let (literals, rest) = lengths.split_at(lengths.len().min(256));
        let matches = rest.get(1..).unwrap_or_default();
        let (short, long) = matches.split_at(matches.len().min(SHORT_LENGTHS));
        let (near, _) = distances.split_at(distances.len().min(NEAR_DISTANCES));
        let is_short = share(long) < ALWAYS / 32 && share(near) < ALWAYS / 16;
        if is_short && share(short) > ALWAYS / 8 {
            return Self::ShortMatches;
        }
        let shortest = shortest(literals);
        // Of shorter codes, two are looked up at once; longer ones are too many at once.
        if (SYMBOL_BITS / 2 + 1..=8).contains(&shortest) {
            let count =
                |bits| literals.iter().filter(|length| **length == bits as u8).count() as u32;
            let of_two = count(shortest) * 2 + count(shortest + 1);
            if of_two * (ALWAYS >> (shortest + 1)) > ALWAYS / 32 * 31 {
                return Self::Literals { shortest };
            }
        }
        Self::Any
    }
}

/// Bits of the shortest code; the greatest number where there is none.
fn shortest(lengths: &[u8]) -> u32 {
    let lengths = lengths.iter().map(|length| u32::from(*length));
    lengths.filter(|length| *length > 0).min().unwrap_or(u32::MAX)
}

/// The codes of the current block.
pub(crate) struct Tables {
    symbols: [Entry; SYMBOL_ENTRIES],
    distances: [Entry; DISTANCE_ENTRIES],
    are_fixed: bool,
    kind: Kind,
}

impl Default for Tables {
    fn default() -> Self {
        Self {
            symbols: [Entry::NONE; SYMBOL_ENTRIES],
            distances: [Entry::NONE; DISTANCE_ENTRIES],
            are_fixed: false,
            kind: Kind::Any,
        }
    }
}

impl Tables {
    #[inline(always)]
    pub(super) fn symbol(&self, word: u64) -> Entry {
        self.symbols[word as usize % (1 << SYMBOL_BITS)]
    }

    #[inline(always)]
    pub(super) fn distance(&self, word: u64) -> Entry {
        self.distances[word as usize % (1 << DISTANCE_BITS)]
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    /// The entry of the second table that `entry` leads to.
    pub(super) fn second_symbol(&self, entry: Entry, word: u64) -> Entry {
        self.symbols[entry.second_index(word) % SYMBOL_ENTRIES]
    }

    pub(super) fn second_distance(&self, entry: Entry, word: u64) -> Entry {
        self.distances[entry.second_index(word) % DISTANCE_ENTRIES]
    }

    pub(super) fn set_fixed(&mut self) -> Result<()> {
        if self.are_fixed {
            return Ok(());
        }
        let mut lengths = [8u8; 288];
        lengths[144..256].fill(9);
        lengths[256..280].fill(7);
        self.build(&lengths, &[5; 32], false)?;
        self.are_fixed = true;
        Ok(())
    }

    /// Reads the codes of a block (section 3.2.7), which is long if it looks like that.
    pub(super) fn read(&mut self, bits: &mut LsbBits, is_long: bool) -> Result<()> {
        const ORDER: [u8; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
        let symbols = bits.take(5) as usize + 257;
        let distances = bits.take(5) as usize + 1;
        let count = bits.take(4) as usize + 4;
        if symbols > 286 || distances > 30 {
            return Err(damaged("too many symbols"));
        }
        let mut lengths = [0u8; 19];
        for &place in ORDER.iter().take(count) {
            bits.refill();
            lengths[usize::from(place)] = bits.take(3) as u8;
        }
        let mut table = [Entry::NONE; 128];
        build(&mut table, 7, &lengths, true, |symbol, _| Entry::with_extra(symbol, 0))?;
        let mut lengths = [0u8; 286 + 30];
        let lengths = &mut lengths[..symbols + distances];
        let mut at = 0;
        while at < lengths.len() {
            bits.refill();
            let entry = table[bits.word as usize % 128];
            if entry.is_special() {
                return Err(damaged("a code that stands for nothing"));
            }
            let symbol = entry.value(bits.word);
            bits.skip(entry.bits());
            if bits.is_overdrawn() {
                return Err(ends_early(0));
            }
            let (length, repeat) = match symbol {
                0..16 => (symbol as u8, 1),
                16 => {
                    let last = at.checked_sub(1).and_then(|last| lengths.get(last));
                    let last = *last.ok_or_else(|| damaged("nothing to repeat"))?;
                    (last, 3 + bits.take(2) as usize)
                }
                17 => (0, 3 + bits.take(3) as usize),
                _ => (0, 11 + bits.take(7) as usize),
            };
            if repeat == 1 {
                lengths[at] = length;
            } else {
                let run = lengths.get_mut(at..at + repeat);
                run.ok_or_else(|| damaged("a repetition too long"))?.fill(length);
            }
            at += repeat;
        }
        if lengths[256] == 0 {
            return Err(damaged("a block that cannot end"));
        }
        self.are_fixed = false;
        let (symbols, distances) = lengths.split_at(symbols);
        self.build(symbols, distances, is_long)
    }

    /// `is_long`: worth entries for more than one symbol.
    fn build(&mut self, symbols: &[u8], distances: &[u8], is_long: bool) -> Result<()> {
        self.kind = Kind::of(symbols, distances);
        let kind = self.kind;
        let entry = |symbol: usize, length| match kind {
            Kind::ShortMatches if (257..257 + SHORT_LENGTHS).contains(&symbol) => {
                Entry::of_short_length(symbol - 254)
            }
            Kind::Literals { shortest } if symbol < 256 && length <= shortest + 1 => {
                SYMBOLS[symbol].of_two(length > shortest)
            }
            _ => SYMBOLS[symbol],
        };
        build(&mut self.symbols, SYMBOL_BITS, symbols, false, entry)?;
        let entry = |symbol: usize, _| DISTANCES[symbol];
        build(&mut self.distances, DISTANCE_BITS, distances, false, entry)?;
        let next = match kind {
            Kind::ShortMatches => symbols,
            _ => &symbols[..256],
        };
        let is_room = shortest(&symbols[..256]).saturating_add(shortest(next)) <= SYMBOL_BITS;
        if is_long && is_room {
            self.join_entries();
        }
        Ok(())
    }

    /// Where the bits hold a second literal or a length that is plain, they become one entry.
    fn join_entries(&mut self) {
        // From the end, so that what is looked up, which is nearer to the beginning, is still
        // as it was.
        for index in (0..1usize << SYMBOL_BITS).rev() {
            let mut entry = self.symbols[index];
            if !entry.is_mere_literals() {
                continue;
            }
            let second = self.symbols[index >> entry.bits()];
            if second.is_plain() && entry.bits() + second.bits() <= SYMBOL_BITS {
                entry = entry.and(second);
                let third = self.symbols[index >> entry.bits()];
                let has_room = entry.bits() + third.bits() <= SYMBOL_BITS;
                if entry.is_mere_literals()
                    && third.is_plain()
                    && !third.is_mere_literals()
                    && has_room
                {
                    entry = entry.and(third);
                }
            }
            self.symbols[index] = entry;
        }
    }
}

/// Fills `table`, whose first part is indexed by `index_bits` bits, from the lengths of the
/// codes of all symbols.
fn build(
    table: &mut [Entry],
    index_bits: u32,
    lengths: &[u8],
    must_be_complete: bool,
    entry: impl Fn(usize, u32) -> Entry,
) -> Result<()> {
    const MAX: usize = 15;
    let mut counts = [0u16; MAX + 1];
    for length in lengths {
        counts[usize::from(*length) % (MAX + 1)] += 1;
    }
    counts[0] = 0;
    let mut starts = [0u16; MAX + 2];
    let mut left = 1i32;
    for length in 1..=MAX {
        left = left * 2 - i32::from(counts[length]);
        starts[length + 1] = starts[length] + counts[length];
        if left < 0 {
            return Err(damaged("codes that overlap"));
        }
    }
    let coded = usize::from(starts[MAX + 1]);
    // A single code of one bit, or none at all where no match occurs, is allowed.
    let is_sparse = coded == 0 || coded == 1 && counts[1] == 1;
    if left > 0 && (must_be_complete || !is_sparse) {
        return Err(damaged("codes that leave gaps"));
    }
    let first = 1usize << index_bits;
    if left > 0 {
        table[..first].fill(Entry::NONE);
    }
    // Symbols in the order of their codes.
    let mut sorted = [0u16; 288];
    let mut places = starts;
    for (symbol, length) in lengths.iter().enumerate().filter(|(_, length)| **length > 0) {
        let place = &mut places[usize::from(*length) % (MAX + 1)];
        sorted[usize::from(*place)] = symbol as u16;
        *place += 1;
    }
    if left > 0 {
        // Half of the table for the one symbol there may be.
        if coded == 1 {
            let entry = entry(usize::from(sorted[0]), 1).coded(1);
            table[..first].iter_mut().step_by(2).for_each(|place| *place = entry);
        }
        return Ok(());
    }
    // The table grows with the length of the codes: what is complete for shorter ones is
    // repeated behind itself.
    let mut code = 0usize;
    let mut size = 1usize;
    let of_length = |length: u32| {
        let length = length as usize;
        &sorted[usize::from(starts[length])..usize::from(starts[length + 1])]
    };
    for length in 1..=index_bits {
        table.copy_within(..size, size);
        size *= 2;
        code *= 2;
        for &symbol in of_length(length) {
            table[turned(code, length) % first] = entry(usize::from(symbol), length).coded(length);
            code += 1;
        }
    }
    let mut begin = first;
    let mut second = (0usize, usize::MAX, 0u32);
    for length in index_bits + 1..=MAX as u32 {
        code *= 2;
        let symbols = of_length(length);
        for (done, &symbol) in symbols.iter().enumerate() {
            let turned = turned(code, length);
            let prefix = turned % first;
            if second.1 != prefix {
                // As many bits as the codes with this beginning need.
                let mut bits = length - index_bits;
                let mut room = (1i32 << bits) - (symbols.len() - done) as i32;
                while room > 0 {
                    bits += 1;
                    room = room * 2 - i32::from(counts[(index_bits + bits) as usize]);
                }
                let end = begin + (1 << bits);
                if end > table.len() {
                    return Err(damaged("codes that need too much room"));
                }
                table[prefix] = Entry::second_table(begin, bits, index_bits);
                second = (begin, prefix, bits);
                begin = end;
            }
            let (start, _, bits) = second;
            let place = entry(usize::from(symbol), length).coded(length - index_bits);
            let part = &mut table[start + (turned >> index_bits)..start + (1 << bits)];
            part.iter_mut().step_by(1 << (length - index_bits)).for_each(|entry| *entry = place);
            code += 1;
        }
    }
    Ok(())
}

/// A code with its bits turned round, as the stream has them.
fn turned(code: usize, length: u32) -> usize {
    ((code as u32).reverse_bits() >> (32 - length)) as usize
}
