//! Huffman codes as tables (RFC 1951, sections 3.2.5 to 3.2.7).
//!
//! A table is indexed by the next bits of the stream. Codes longer than its index lead to a
//! second table behind it.

use hyperslab_core::Result;

use super::bits::LsbBits;
use super::{damaged, ends_early};

pub(super) const SYMBOL_BITS: u32 = 11;
pub(super) const DISTANCE_BITS: u32 = 9;

/// Room for the table and those behind it; powers of two, so that an index can be masked.
const SYMBOL_ENTRIES: usize = 4096;
const DISTANCE_ENTRIES: usize = 2048;

/// What a table says of the next bits, packed into a number:
///
/// | bits | of literals | of a length or distance | of a second table |
/// | --- | --- | --- | --- |
/// | 0-7 | bits taken | bits taken, with extra bits | bits taken |
/// | 8-12 | first literal (8-15) | bits of the code alone | bits of its index |
/// | 13-15 | | | 15 and 14 (15 and 13: the end of the block; 15: nothing) |
/// | 16-30 | second literal (16-23), how many (24-25) | base | where it begins |
/// | 31 | 1 | | |
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Entry(u32);

const LITERALS: u32 = 1 << 31;
const SPECIAL: u32 = 1 << 15;
const SECOND: u32 = SPECIAL | 1 << 14;
const END: u32 = SPECIAL | 1 << 13;

impl Entry {
    const NONE: Self = Self(SPECIAL);
    const END: Self = Self(END);

    fn literal(byte: u8) -> Self {
        Self(LITERALS | 1 << 24 | u32::from(byte) << 8)
    }

    fn with_extra(base: u16, extra_bits: u8) -> Self {
        Self(u32::from(base) << 16 | u32::from(extra_bits))
    }

    /// The entry for a code of `bits` bits.
    fn coded(self, bits: u32) -> Self {
        if self.is_literals() || self.is_special() {
            Self(self.0 + bits)
        } else {
            Self(self.0 + bits + (bits << 8))
        }
    }

    #[inline(always)]
    pub(super) fn bits(self) -> u32 {
        self.0 & 0xff
    }

    #[inline(always)]
    pub(super) fn is_literals(self) -> bool {
        self.0 & LITERALS != 0
    }

    #[inline(always)]
    pub(super) fn literals(self) -> u64 {
        u64::from(self.0 >> 8 & 0xffff)
    }

    #[inline(always)]
    pub(super) fn literal_count(self) -> u32 {
        self.0 >> 24 & 3
    }

    #[inline(always)]
    pub(super) fn is_special(self) -> bool {
        self.0 & (LITERALS | SPECIAL) == SPECIAL
    }

    pub(super) fn is_second(self) -> bool {
        self.0 & (LITERALS | SECOND) == SECOND
    }

    /// Also of an end whose code was too long for the first table.
    pub(super) fn is_end(self) -> bool {
        self.0 & !0xff == Self::END.0
    }

    /// Index of the entry of a second table.
    fn second_index(self, word: u64) -> usize {
        let index_bits = self.0 >> 8 & 0x1f;
        (self.0 >> 16 & 0x7fff) as usize + (word & ((1 << index_bits) - 1)) as usize
    }

    /// Length or distance, from the bits before they were taken.
    #[inline(always)]
    pub(super) fn value(self, word: u64) -> usize {
        let extra = (word & ((1 << self.bits()) - 1)) >> (self.0 >> 8 & 0x1f);
        (self.0 >> 16) as usize + extra as usize
    }
}

/// The codes of the current block.
pub(crate) struct Tables {
    symbols: [Entry; SYMBOL_ENTRIES],
    distances: [Entry; DISTANCE_ENTRIES],
    are_fixed: bool,
}

impl Default for Tables {
    fn default() -> Self {
        Self {
            symbols: [Entry::NONE; SYMBOL_ENTRIES],
            distances: [Entry::NONE; DISTANCE_ENTRIES],
            are_fixed: false,
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
        self.build(&lengths, &[5; 32])?;
        self.are_fixed = true;
        Ok(())
    }

    /// Reads the codes of a block (section 3.2.7).
    pub(super) fn read(&mut self, bits: &mut LsbBits) -> Result<()> {
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
        build(&mut table, 7, &lengths, true, |symbol| Entry::with_extra(symbol as u16, 0))?;
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
            let run = lengths.get_mut(at..at + repeat);
            run.ok_or_else(|| damaged("a repetition too long"))?.fill(length);
            at += repeat;
        }
        if lengths[256] == 0 {
            return Err(damaged("a block that cannot end"));
        }
        self.are_fixed = false;
        let (symbols, distances) = lengths.split_at(symbols);
        self.build(symbols, distances)
    }

    fn build(&mut self, symbols: &[u8], distances: &[u8]) -> Result<()> {
        build(&mut self.symbols, SYMBOL_BITS, symbols, false, symbol_entry)?;
        build(&mut self.distances, DISTANCE_BITS, distances, false, distance_entry)?;
        let shortest = symbols[..256].iter().copied().filter(|length| *length > 0).min();
        if shortest.is_some_and(|shortest| u32::from(shortest) * 2 <= SYMBOL_BITS) {
            self.pair_literals();
        }
        Ok(())
    }

    /// Where the bits hold a second literal too, both become one entry.
    fn pair_literals(&mut self) {
        // From the end, so that what is looked up, which is nearer to the beginning, is still
        // as it was.
        for index in (1..1usize << SYMBOL_BITS).rev() {
            let first = self.symbols[index];
            if !first.is_literals() {
                continue;
            }
            let second = self.symbols[index >> first.bits()];
            let bits = first.bits() + second.bits();
            if second.is_literals() && bits <= SYMBOL_BITS && second.literal_count() == 1 {
                let literals = (first.literals() | second.literals() << 8) as u32;
                self.symbols[index] = Entry(LITERALS | 2 << 24 | literals << 8 | bits);
            }
        }
        // The entry of all zeros is looked up by many, itself among them.
        let first = self.symbols[0];
        if first.is_literals() && first.bits() * 2 <= SYMBOL_BITS {
            let literals = (first.literals() | first.literals() << 8) as u32;
            self.symbols[0] = Entry(LITERALS | 2 << 24 | literals << 8 | (first.bits() * 2));
        }
    }
}

fn symbol_entry(symbol: usize) -> Entry {
    /// Base and extra bits of lengths (section 3.2.5).
    static LENGTHS: [(u16, u8); 29] = [
        (3, 0),
        (4, 0),
        (5, 0),
        (6, 0),
        (7, 0),
        (8, 0),
        (9, 0),
        (10, 0),
        (11, 1),
        (13, 1),
        (15, 1),
        (17, 1),
        (19, 2),
        (23, 2),
        (27, 2),
        (31, 2),
        (35, 3),
        (43, 3),
        (51, 3),
        (59, 3),
        (67, 4),
        (83, 4),
        (99, 4),
        (115, 4),
        (131, 5),
        (163, 5),
        (195, 5),
        (227, 5),
        (258, 0),
    ];
    match symbol {
        0..256 => Entry::literal(symbol as u8),
        256 => Entry::END,
        _ => match LENGTHS.get(symbol - 257) {
            Some((base, extra_bits)) => Entry::with_extra(*base, *extra_bits),
            None => Entry::NONE,
        },
    }
}

fn distance_entry(symbol: usize) -> Entry {
    match symbol {
        0..4 => Entry::with_extra(symbol as u16 + 1, 0),
        4..30 => {
            let extra_bits = symbol / 2 - 1;
            Entry::with_extra((((2 + symbol % 2) << extra_bits) + 1) as u16, extra_bits as u8)
        }
        _ => Entry::NONE,
    }
}

/// Fills `table`, whose first part is indexed by `index_bits` bits, from the lengths of the
/// codes of all symbols.
fn build(
    table: &mut [Entry],
    index_bits: u32,
    lengths: &[u8],
    must_be_complete: bool,
    entry: impl Fn(usize) -> Entry,
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
            let entry = entry(usize::from(sorted[0])).coded(1);
            table[..first].iter_mut().step_by(2).for_each(|place| *place = entry);
        }
        return Ok(());
    }
    // The table grows with the length of the codes: what is complete for shorter ones is
    // repeated behind itself. Codes are met in order, but with their bits turned round, as the
    // stream has them.
    let mut code = 0usize;
    let mut size = 1usize;
    let mut begin = first;
    let mut second = (0usize, usize::MAX, 0u32);
    for length in 1..=MAX as u32 {
        let symbols =
            usize::from(starts[length as usize])..usize::from(starts[length as usize + 1]);
        if length <= index_bits {
            table.copy_within(..size, size);
            size *= 2;
        }
        for (done, &symbol) in sorted[symbols.clone()].iter().enumerate() {
            let value = entry(usize::from(symbol));
            if length <= index_bits {
                table[code] = value.coded(length);
            } else {
                let prefix = code % first;
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
                    table[prefix] = Entry(SECOND | (begin as u32) << 16 | bits << 8 | index_bits);
                    second = (begin, prefix, bits);
                    begin = end;
                }
                let (start, _, bits) = second;
                let step = 1usize << (length - index_bits);
                let place = value.coded(length - index_bits);
                let end = start + (1 << bits);
                for entry in table[start + (code >> index_bits)..end].iter_mut().step_by(step) {
                    *entry = place;
                }
            }
            code = next_code(code, length);
        }
    }
    Ok(())
}

/// The code after this one of `length` bits, whose bits are turned round.
fn next_code(code: usize, length: u32) -> usize {
    let zeros = !code & ((1 << length) - 1);
    match zeros.checked_ilog2() {
        Some(highest) => code & ((1 << highest) - 1) | 1 << highest,
        // The last of them all.
        None => code,
    }
}
