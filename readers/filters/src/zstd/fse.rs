//! Finite State Entropy: tables and their descriptions (RFC 8878, section 4.1.1).

use hyperslab_core::Result;

use super::damaged;

/// What a state of the decoder means.
#[derive(Clone, Copy, Default)]
pub(super) struct Cell {
    /// Value of the symbol, to which `extra_bits` from the stream are added.
    pub base: u32,
    pub extra_bits: u8,
    /// Bits that make the next state, added to `next`.
    pub bits: u8,
    pub next: u16,
}

/// Largest of all tables that exist: 9 bits.
const CELLS: usize = 512;

#[derive(Clone)]
pub(super) struct Table {
    pub cells: [Cell; CELLS],
    pub log: u32,
}

impl Default for Table {
    fn default() -> Self {
        Self { cells: [Cell::default(); CELLS], log: 0 }
    }
}

impl Table {
    #[inline(always)]
    pub(super) fn cell(&self, state: usize) -> Cell {
        self.cells[state % CELLS]
    }

    /// Always the one symbol.
    pub(super) fn set_single(&mut self, base: u32, extra_bits: u8) {
        self.log = 0;
        self.cells[0] = Cell { base, extra_bits, bits: 0, next: 0 };
    }

    /// `counts` out of `1 << log`; -1 is less than one. `meaning` gives base and extra bits
    /// of a symbol.
    pub(super) fn build(
        &mut self,
        counts: &[i16],
        log: u32,
        meaning: impl Fn(usize) -> (u32, u8),
    ) -> Result<()> {
        let size = 1usize << log;
        let mut symbols = [0u8; CELLS];
        let mut next = [0u16; 256];
        let mut high = size;
        for (symbol, &count) in counts.iter().enumerate() {
            next[symbol] = count.unsigned_abs();
            if count == -1 {
                high -= 1;
                symbols[high] = symbol as u8;
            }
        }
        let step = (size >> 1) + (size >> 3) + 3;
        let mut at = 0;
        for (symbol, &count) in counts.iter().enumerate() {
            for _ in 0..count.max(0) {
                symbols[at] = symbol as u8;
                loop {
                    at = (at + step) & (size - 1);
                    if at < high {
                        break;
                    }
                    if high == 0 {
                        return Err(damaged("a table is overfull"));
                    }
                }
            }
        }
        self.log = log;
        for (cell, &symbol) in self.cells[..size].iter_mut().zip(&symbols) {
            let state = &mut next[usize::from(symbol)];
            let bits = log - state.checked_ilog2().unwrap_or(0);
            let (base, extra_bits) = meaning(usize::from(symbol));
            *cell = Cell {
                base,
                extra_bits,
                bits: bits as u8,
                next: ((u32::from(*state) << bits) - size as u32) as u16,
            };
            *state += 1;
        }
        Ok(())
    }
}

/// Counts of the symbols as a table's description holds them: how many symbols, the
/// table's log, and the bytes that the description takes.
pub(super) fn read_counts(
    input: &[u8],
    max_log: u32,
    counts: &mut [i16],
) -> Result<(usize, u32, usize)> {
    let mut bits = ForwardBits { bytes: input, at: 0 };
    let log = bits.take(4) + 5;
    if log > max_log {
        return Err(damaged("a table is too large"));
    }
    let mut left = 1i32 << log;
    let mut symbol = 0;
    while left > 0 {
        // Values 0..=left + 1 in as many bits as that takes; the low ones in one bit less.
        let width = 32 - (left + 1).leading_zeros();
        let value = bits.peek(width) as i32;
        let threshold = (1 << width) - 1 - (left + 1);
        let low = value & ((1 << (width - 1)) - 1);
        let value = if low < threshold {
            bits.at += width as usize - 1;
            low
        } else {
            bits.at += width as usize;
            let is_high = value >> (width - 1) == 1;
            if is_high { value - threshold } else { value }
        };
        let count = value - 1;
        left -= count.abs();
        *counts.get_mut(symbol).ok_or_else(|| damaged("a table has too many symbols"))? =
            count as i16;
        symbol += 1;
        if count == 0 {
            loop {
                let repeat = bits.take(2) as usize;
                let zeros = counts
                    .get_mut(symbol..symbol + repeat)
                    .ok_or_else(|| damaged("a table has too many symbols"))?;
                zeros.fill(0);
                symbol += repeat;
                if repeat < 3 {
                    break;
                }
            }
        }
    }
    let bytes = bits.at.div_ceil(8);
    if left != 0 || bytes > input.len() {
        return Err(damaged("a table's description ends early"));
    }
    Ok((symbol, log, bytes))
}

/// Bits from the lowest of the first byte on; zeros behind the end.
struct ForwardBits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl ForwardBits<'_> {
    fn peek(&self, count: u32) -> u32 {
        let rest = self.bytes.get(self.at / 8..).unwrap_or_default();
        let word = rest.iter().take(4).rev().fold(0u32, |word, &byte| word << 8 | u32::from(byte));
        word >> (self.at % 8) & ((1 << count) - 1)
    }

    fn take(&mut self, count: u32) -> u32 {
        let value = self.peek(count);
        self.at += count as usize;
        value
    }
}
