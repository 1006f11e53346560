//! The arithmetic decoder of bit planes (ITU-T T.800, Annex C), also called the MQ decoder.
//!
//! Bit planes of measured data are close to noise: which interval a code falls into cannot be
//! predicted, so that there is no branch on it here.

/// Qe, next state after the more and the less probable symbol, whether senses are exchanged.
const TABLE_C2: [(u16, u8, u8, bool); 47] = [
    (0x5601, 1, 1, true),
    (0x3401, 2, 6, false),
    (0x1801, 3, 9, false),
    (0x0AC1, 4, 12, false),
    (0x0521, 5, 29, false),
    (0x0221, 38, 33, false),
    (0x5601, 7, 6, true),
    (0x5401, 8, 14, false),
    (0x4801, 9, 14, false),
    (0x3801, 10, 14, false),
    (0x3001, 11, 17, false),
    (0x2401, 12, 18, false),
    (0x1C01, 13, 20, false),
    (0x1601, 29, 21, false),
    (0x5601, 15, 14, true),
    (0x5401, 16, 14, false),
    (0x5101, 17, 15, false),
    (0x4801, 18, 16, false),
    (0x3801, 19, 17, false),
    (0x3401, 20, 18, false),
    (0x3001, 21, 19, false),
    (0x2801, 22, 19, false),
    (0x2401, 23, 20, false),
    (0x2201, 24, 21, false),
    (0x1C01, 25, 22, false),
    (0x1801, 26, 23, false),
    (0x1601, 27, 24, false),
    (0x1401, 28, 25, false),
    (0x1201, 29, 26, false),
    (0x1101, 30, 27, false),
    (0x0AC1, 31, 28, false),
    (0x09C1, 32, 29, false),
    (0x08A1, 33, 30, false),
    (0x0521, 34, 31, false),
    (0x0441, 35, 32, false),
    (0x02A1, 36, 33, false),
    (0x0221, 37, 34, false),
    (0x0141, 38, 35, false),
    (0x0111, 39, 36, false),
    (0x0085, 40, 37, false),
    (0x0049, 41, 38, false),
    (0x0025, 42, 39, false),
    (0x0015, 43, 40, false),
    (0x0009, 44, 41, false),
    (0x0005, 45, 42, false),
    (0x0001, 45, 43, false),
    (0x5601, 46, 46, false),
];

/// A state with the sense of its more probable symbol, in one word: bits 0 to 6 and 8 to 14 the
/// numbers of the states after the more and the less probable symbol, bit 16 the more probable
/// symbol, bits 24 to 27 by how much Qe is shifted up, bits 48 to 63 Qe. A state's number is twice its row in table C.2 plus that sense; the
/// table has an entry for every number of 7 bits, so that no check is needed.
static STATES: [u64; 128] = states();

const PROBABILITY: u64 = 0xFFFF << 48;

const fn states() -> [u64; 128] {
    let mut states = [0; 128];
    let mut number = 0;
    while number < 2 * TABLE_C2.len() {
        let (probability, after_more, after_less, is_exchanged) = TABLE_C2[number / 2];
        let sense = (number % 2) as u64;
        let less_sense = if is_exchanged { 1 - sense } else { sense };
        states[number] = (probability as u64) << 48
            | (probability.leading_zeros() as u64) << 24
            | sense << 16
            | (2 * after_less as u64 + less_sense) << 8
            | (2 * after_more as u64 + sense);
        number += 1;
    }
    states
}

/// Contexts of table D.7: 0 to 8 zero coding, 9 to 13 signs, 14 to 16 refinement.
pub(super) const RUN_LENGTH: usize = 17;
pub(super) const UNIFORM: usize = 18;
/// A power of two, so that a context needs no check.
pub(super) const CONTEXTS: usize = 32;

/// The state of each context.
#[derive(Clone, Copy)]
pub(super) struct Contexts([u64; CONTEXTS]);

impl Contexts {
    /// Table D.7.
    pub(super) fn new() -> Self {
        let mut states = [STATES[0]; CONTEXTS];
        states[0] = STATES[4 << 1];
        states[RUN_LENGTH] = STATES[3 << 1];
        states[UNIFORM] = STATES[46 << 1];
        Self(states)
    }
}

#[derive(Clone, Copy)]
pub(super) struct Decoder<'a> {
    /// What is left of the plain bits, then ones without end.
    bytes: &'a [u8],
    /// The code: 16 bits that are compared, below them bits that were read ahead, then a 1 that
    /// marks their end.
    code: u64,
    /// The interval's length, the highest of whose 16 bits is set.
    interval: u64,
}

impl<'a> Decoder<'a> {
    /// `bytes`: what [`unstuff`] made of a codeword.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let mut decoder = Self { bytes, code: 0, interval: 0x8000 << 48 };
        decoder.code = decoder.next_word() << 31 | 1 << 30;
        decoder
    }

    /// The next decision in a context.
    #[inline(always)]
    pub(super) fn decide(&mut self, contexts: &mut Contexts, context: usize) -> u32 {
        self.decide_in(&mut contexts.0[context % CONTEXTS])
    }

    /// The next four decisions in a context.
    #[inline(always)]
    pub(super) fn decide_four(&mut self, contexts: &mut Contexts, context: usize) -> [u32; 4] {
        let target = &mut contexts.0[context % CONTEXTS];
        // In a register meanwhile.
        let mut state = *target;
        let decisions = [(); 4].map(|()| self.decide_in(&mut state));
        *target = state;
        decisions
    }

    #[inline(always)]
    fn decide_in(&mut self, target: &mut u64) -> u32 {
        let state = *target;
        // Both are loaded before it is known which one is next.
        let after_more = STATES[(state & 0x7F) as usize];
        let after_less = STATES[(state >> 8 & 0x7F) as usize];
        let probability = state & PROBABILITY;
        let rest = self.interval.wrapping_sub(probability);
        let above = self.code.wrapping_sub(probability);
        let is_lower = self.code < probability;
        // The shorter of both parts stands for the less probable symbol.
        let is_less_probable = is_lower != (rest < probability);
        let interval = if is_lower { probability } else { rest };
        let code = if is_lower { self.code } else { above };
        let next = if is_less_probable { after_less } else { after_more };
        let is_shifted = is_lower | (rest >> 63 == 0);
        *target = if is_shifted { next } else { state };
        // No Qe is over 5601, so that the rest is at least an eighth of the whole.
        let rest_shift = u32::from(rest >> 63 == 0) + u32::from(rest >> 62 == 0);
        let shift = if is_lower { (state >> 24) as u32 & 0xF } else { rest_shift };
        self.interval = interval << shift;
        self.code = code << shift;
        if self.code << 16 == 0 {
            // Fewer than 16 bits are left.
            let end = self.code.trailing_zeros().clamp(48, 63);
            let more = self.next_word() << (end - 31) | 1 << (end - 32);
            self.code = self.code ^ 1 << end | more;
        }
        (state >> 16) as u32 & 1 ^ u32::from(is_less_probable)
    }

    #[inline(always)]
    fn next_word(&mut self) -> u64 {
        let Some((word, rest)) = self.bytes.split_first_chunk::<4>() else {
            let word = last_word(self.bytes);
            self.bytes = &[];
            return word;
        };
        self.bytes = rest;
        u32::from_be_bytes(*word).into()
    }
}

#[cold]
fn last_word(rest: &[u8]) -> u64 {
    let mut word = [0xFF; 4];
    word.iter_mut().zip(rest).for_each(|(target, byte)| *target = *byte);
    u32::from_be_bytes(word).into()
}

/// A codeword's plain bits, put into `out`: behind each FF the highest bit is a carry into it
/// (C.3.4), and a marker ends the code.
pub(super) fn unstuff<'a>(parts: impl Iterator<Item = &'a [u8]>, out: &mut Vec<u8>) {
    out.clear();
    let (mut bits, mut count) = (0u32, 0);
    let mut was_ff = false;
    for &byte in parts.flatten() {
        if was_ff {
            if byte > 0x8F {
                break;
            }
            if byte & 0x80 != 0 {
                bits += 1;
                if bits >> count != 0 {
                    bits = 0;
                    carry(out);
                }
            }
            bits = bits << 7 | u32::from(byte & 0x7F);
            count += 7;
        } else {
            bits = bits << 8 | u32::from(byte);
            count += 8;
        }
        was_ff = byte == 0xFF;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    if count > 0 {
        out.push((bits << (8 - count)) as u8 | 0xFF >> count);
    }
}

#[cold]
fn carry(bytes: &mut [u8]) {
    for byte in bytes.iter_mut().rev() {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            break;
        }
    }
}

/// Bits that are not coded at all, in passes that bypass the arithmetic coder (D.6).
#[derive(Clone, Copy)]
pub(super) struct RawBits<'a> {
    bytes: &'a [u8],
    byte: u8,
    left: u32,
}

impl<'a> RawBits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, byte: 0, left: 0 }
    }

    pub(super) fn take(&mut self) -> u32 {
        if self.left == 0 {
            // The highest bit behind FF is stuffed in.
            self.left = if self.byte == 0xFF { 7 } else { 8 };
            (self.byte, self.bytes) = match self.bytes.split_first() {
                Some((byte, rest)) => (*byte, rest),
                None => (0xFF, self.bytes),
            };
        }
        self.left -= 1;
        u32::from(self.byte >> self.left & 1)
    }
}
