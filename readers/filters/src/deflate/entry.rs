//! What a table of codes says of the next bits of the stream (RFC 1951, section 3.2.5).

/// Packed into a number:
///
/// | bits | what is plain | a length or distance | what is special |
/// | --- | --- | --- | --- |
/// | 0-7 | bits taken | bits taken, with extra bits | bits taken |
/// | 8-11 | first literal (8-15) | bits of the code alone | bits of a second table's index |
/// | 12-14 | | 0 | 14; with 13: a second table, with 12: the end of the block |
/// | 15-23 | second literal (16-23) | base (15-29) | where a second table begins (15-29) |
/// | 24-25 | how many literals | | |
/// | 26-29 | length behind them, or 0 | | |
/// | 30 | 1 | 0 | 0 |
/// | 31 | 1 where there is no length | 0 | 0 |
///
/// Plain is what needs no extra bits: literals, a short length, or literals and then a short
/// length. Special without 12 and 13 is what no code leads to.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Entry(u32);

const MERE_LITERALS: u32 = 1 << 31;
const PLAIN: u32 = 1 << 30;
const ONE_LITERAL: u32 = MERE_LITERALS | PLAIN | 1 << 24;
const SPECIAL: u32 = 1 << 14;
const SECOND: u32 = SPECIAL | 1 << 13;
const END: u32 = SPECIAL | 1 << 12;

/// In place of a second literal: one of two lengths of code, and the longer one. As a number
/// of bits to shift by, the two together are half of 64 or none (modulo 64).
const ONE_OF_TWO: u32 = 1 << 22;
const LONGER_OF_TWO: u32 = 32 << 16;

/// The first lengths, from 3 to 8, may be plain.
pub(super) const SHORT_LENGTHS: usize = 6;

/// The first distances, from 1 to 8, are shorter than what is copied at a time.
pub(super) const NEAR_DISTANCES: usize = 6;

/// Of each symbol of the alphabet of literals and lengths, without its code.
pub(super) static SYMBOLS: [Entry; 288] = {
    let mut entries = [Entry::NONE; 288];
    let mut symbol = 0;
    while symbol < entries.len() {
        entries[symbol] = Entry::of_symbol(symbol);
        symbol += 1;
    }
    entries
};

/// Of each symbol of the alphabet of distances.
pub(super) static DISTANCES: [Entry; 32] = {
    let mut entries = [Entry::NONE; 32];
    let mut symbol = 0;
    while symbol < entries.len() {
        entries[symbol] = Entry::of_distance(symbol);
        symbol += 1;
    }
    entries
};

impl Entry {
    pub(super) const NONE: Self = Self(SPECIAL);

    const fn of_symbol(symbol: usize) -> Self {
        match symbol {
            0..256 => Self(ONE_LITERAL | (symbol as u32) << 8),
            256 => Self(END),
            257..265 => Self::with_extra(symbol - 254, 0),
            265..285 => {
                let (extra_bits, step) = ((symbol - 261) / 4, (symbol - 261) % 4);
                Self::with_extra(((4 + step) << extra_bits) + 3, extra_bits)
            }
            285 => Self::with_extra(258, 0),
            _ => Self::NONE,
        }
    }

    const fn of_distance(symbol: usize) -> Self {
        match symbol {
            0..4 => Self::with_extra(symbol + 1, 0),
            4..30 => {
                let extra_bits = symbol / 2 - 1;
                Self::with_extra(((2 + symbol % 2) << extra_bits) + 1, extra_bits)
            }
            _ => Self::NONE,
        }
    }

    pub(super) const fn with_extra(base: usize, extra_bits: usize) -> Self {
        Self((base as u32) << 15 | extra_bits as u32)
    }

    /// One of the first lengths, as something plain.
    pub(super) fn of_short_length(len: usize) -> Self {
        Self(PLAIN | (len as u32) << 26)
    }

    /// A second table: what precedes it takes `bits`.
    pub(super) fn second_table(begin: usize, index_bits: u32, bits: u32) -> Self {
        Self(SECOND | (begin as u32) << 15 | index_bits << 8 | bits)
    }

    /// Itself for a code of `bits` bits.
    pub(super) fn coded(self, bits: u32) -> Self {
        if self.is_plain() || self.is_special() {
            Self(self.0 + bits)
        } else {
            Self(self.0 + bits + (bits << 8))
        }
    }

    /// One literal and then what is plain, of two literals at most.
    pub(super) fn and(self, next: Self) -> Self {
        // Bits, number of literals and length add up.
        let sum = (self.0 & (3 << 24 | 0xff)) + (next.0 & (0xf << 26 | 3 << 24 | 0xff));
        let literals = self.literals() | next.literals() << (8 * self.literal_count());
        Self(next.0 & MERE_LITERALS | PLAIN | sum | (literals as u32) << 8)
    }

    /// Marks a literal whose code has one of two lengths.
    pub(super) fn of_two(self, is_longer: bool) -> Self {
        Self(self.0 | ONE_OF_TWO | if is_longer { LONGER_OF_TWO } else { 0 })
    }

    /// Both are marked so.
    #[inline(always)]
    pub(super) fn is_of_two_and(self, other: Self) -> bool {
        // What is no literal may have this bit for other reasons.
        !(self.0 & other.0) & (MERE_LITERALS | ONE_OF_TWO) == 0
    }

    /// Of two entries the second where this is the longer of two. A shift, as the compiler
    /// would make a branch of anything it recognises.
    #[inline(always)]
    pub(super) fn choose(self, shorter: Self, longer: Self) -> Self {
        let both = u64::from(shorter.0) | u64::from(longer.0) << 32;
        Self((both >> (self.0 >> 16 & 63)) as u32)
    }

    /// Itself behind what has a length; 0, in no bits, behind mere literals. A shift, too.
    #[inline(always)]
    pub(super) fn behind(self, symbol: Self) -> Self {
        Self((u64::from(self.0) >> (symbol.0 >> 26 & 32)) as u32)
    }

    #[inline(always)]
    pub(super) fn bits(self) -> u32 {
        self.0 & 0xff
    }

    #[inline(always)]
    pub(super) fn is_plain(self) -> bool {
        self.0 & PLAIN != 0
    }

    #[inline(always)]
    pub(super) fn is_mere_literals(self) -> bool {
        self.0 & MERE_LITERALS != 0
    }

    #[inline(always)]
    pub(super) fn literals(self) -> u64 {
        u64::from(self.0 >> 8 & 0xffff)
    }

    #[inline(always)]
    pub(super) fn first_literal(self) -> u64 {
        u64::from(self.0 >> 8 & 0xff)
    }

    #[inline(always)]
    pub(super) fn literal_count(self) -> u32 {
        self.0 >> 24 & 3
    }

    /// Of what is plain: the length behind the literals, 0 where there is none.
    #[inline(always)]
    pub(super) fn short_len(self) -> usize {
        (self.0 >> 26 & 0xf) as usize
    }

    #[inline(always)]
    pub(super) fn is_special(self) -> bool {
        self.0 & (PLAIN | SPECIAL) == SPECIAL
    }

    pub(super) fn is_second(self) -> bool {
        self.0 & (PLAIN | SECOND) == SECOND
    }

    /// Also of an end whose code was too long for the first table.
    pub(super) fn is_end(self) -> bool {
        self.0 & !0xff == END
    }

    /// Index of the entry of a second table.
    pub(super) fn second_index(self, word: u64) -> usize {
        let index_bits = self.0 >> 8 & 0xf;
        (self.0 >> 15) as usize + (word & ((1 << index_bits) - 1)) as usize
    }

    /// Length or distance, from the bits before they were taken.
    #[inline(always)]
    pub(super) fn value(self, word: u64) -> usize {
        let extra = (word & ((1 << (self.bits() & 63)) - 1)) >> (self.0 >> 8 & 0xf);
        (self.0 >> 15) as usize + extra as usize
    }
}
