//! Huffman-coded literals (RFC 8878, section 4.2).

use hyperslab_core::Result;

use super::bits::BackwardBits;
use super::{damaged, fse};

const MAX_BITS: u32 = 12;
const ENTRIES: usize = 1 << MAX_BITS;

/// For every value of the next bits, the symbol (low byte) and how many bits it takes.
pub(super) struct Table {
    entries: [u16; ENTRIES],
    bits: u32,
}

impl Default for Table {
    fn default() -> Self {
        Self { entries: [0; ENTRIES], bits: 0 }
    }
}

impl Table {
    pub(super) fn is_set(&self) -> bool {
        self.bits > 0
    }

    pub(super) fn clear(&mut self) {
        self.bits = 0;
    }

    /// Reads the description of a tree; says how many bytes it took.
    pub(super) fn read(&mut self, input: &[u8], work: &mut fse::Table) -> Result<usize> {
        let header = usize::from(*input.first().ok_or_else(|| damaged("no Huffman tree"))?);
        let mut weights = [0u8; 256];
        let (count, bytes) = if header >= 128 {
            let count = header - 127;
            let packed = input.get(1..1 + count.div_ceil(2));
            let packed = packed.ok_or_else(|| damaged("a Huffman tree ends early"))?;
            for (pair, byte) in weights.chunks_mut(2).zip(packed) {
                pair.copy_from_slice(&[byte >> 4, byte & 15]);
            }
            (count, 1 + packed.len())
        } else {
            let packed = input.get(1..1 + header);
            let packed = packed.ok_or_else(|| damaged("a Huffman tree ends early"))?;
            (read_weights(packed, &mut weights, work)?, 1 + header)
        };
        self.build(&mut weights, count)?;
        Ok(bytes)
    }

    /// The last weight is not stored: it makes the sum a power of two.
    fn build(&mut self, weights: &mut [u8; 256], count: usize) -> Result<()> {
        let bad = || damaged("a Huffman tree is not one");
        let mut sum = 0u32;
        for &weight in weights.iter().take(count) {
            if u32::from(weight) > MAX_BITS {
                return Err(bad());
            }
            sum += (1 << weight) >> 1;
        }
        let bits = sum.checked_ilog2().ok_or_else(bad)? + 1;
        let left = (1 << bits) - sum;
        if bits > MAX_BITS || !left.is_power_of_two() || count >= 256 {
            return Err(bad());
        }
        weights[count] = left.ilog2() as u8 + 1;
        let mut at = 0;
        for weight in 1..=bits {
            let len = 1usize << (weight - 1);
            for (symbol, _) in
                weights.iter().take(count + 1).enumerate().filter(|(_, w)| u32::from(**w) == weight)
            {
                let code_bits = (bits + 1 - weight) as u16;
                let entry = code_bits << 8 | symbol as u16;
                self.entries.get_mut(at..at + len).ok_or_else(bad)?.fill(entry);
                at += len;
            }
        }
        if at != 1 << bits {
            return Err(bad());
        }
        self.bits = bits;
        Ok(())
    }

    #[inline(always)]
    fn symbol(&self, bits: &mut BackwardBits, width: u32) -> u8 {
        let entry = self.entries[bits.peek(width) as usize % ENTRIES];
        bits.skip(u32::from(entry >> 8));
        entry as u8
    }

    pub(super) fn one_stream(&self, input: &[u8], out: &mut [u8]) -> Result<()> {
        let mut bits = BackwardBits::new(input)?;
        self.rest(&mut bits, out)
    }

    /// The symbols that are left, and then nothing.
    fn rest(&self, bits: &mut BackwardBits, out: &mut [u8]) -> Result<()> {
        for four in out.chunks_mut(4) {
            bits.refill();
            for symbol in four {
                *symbol = self.symbol(bits, self.bits);
            }
        }
        bits.refill();
        if bits.is_at_end() {
            return Ok(());
        }
        Err(damaged("a stream of literals does not end where it should"))
    }

    /// Four streams side by side, which hides how long each step takes.
    pub(super) fn four_streams(&self, input: &[u8], out: &mut [u8]) -> Result<()> {
        let early = || damaged("literals end early");
        let (jumps, mut rest) = input.split_first_chunk::<6>().ok_or_else(early)?;
        let mut streams = [&[][..]; 4];
        for (stream, jump) in streams.iter_mut().zip(jumps.as_chunks::<2>().0) {
            let len = usize::from(u16::from_le_bytes(*jump));
            (*stream, rest) = rest.split_at_checked(len).ok_or_else(early)?;
        }
        let [a, b, c, _] = streams;
        let (mut a, mut b, mut c, mut d) = (
            BackwardBits::new(a)?,
            BackwardBits::new(b)?,
            BackwardBits::new(c)?,
            BackwardBits::new(rest)?,
        );
        let quarter = out.len().div_ceil(4);
        let (out_a, out) = out.split_at_mut_checked(quarter).ok_or_else(early)?;
        let (out_b, out) = out.split_at_mut_checked(quarter).ok_or_else(early)?;
        let (out_c, out_d) = out.split_at_mut_checked(quarter).ok_or_else(early)?;
        // Four symbols of 12 bits fit into what a refill gives.
        const STEP: usize = 4;
        let whole = out_d.len() / STEP * STEP;
        let width = self.bits;
        let (head_a, tail_a) = out_a.split_at_mut(whole);
        let (head_b, tail_b) = out_b.split_at_mut(whole);
        let (head_c, tail_c) = out_c.split_at_mut(whole);
        let (head_d, tail_d) = out_d.split_at_mut(whole);
        for (((a4, b4), c4), d4) in head_a
            .as_chunks_mut::<STEP>()
            .0
            .iter_mut()
            .zip(head_b.as_chunks_mut::<STEP>().0)
            .zip(head_c.as_chunks_mut::<STEP>().0)
            .zip(head_d.as_chunks_mut::<STEP>().0)
        {
            a.refill();
            b.refill();
            c.refill();
            d.refill();
            for k in 0..STEP {
                a4[k] = self.symbol(&mut a, width);
                b4[k] = self.symbol(&mut b, width);
                c4[k] = self.symbol(&mut c, width);
                d4[k] = self.symbol(&mut d, width);
            }
        }
        self.rest(&mut a, tail_a)?;
        self.rest(&mut b, tail_b)?;
        self.rest(&mut c, tail_c)?;
        self.rest(&mut d, tail_d)
    }
}

/// Weights packed by FSE with two states in turn (section 4.2.1.2); how many there are.
fn read_weights(input: &[u8], weights: &mut [u8; 256], table: &mut fse::Table) -> Result<usize> {
    let mut counts = [0i16; 256];
    let (symbols, log, bytes) = fse::read_counts(input, 6, &mut counts)?;
    table.build(&counts[..symbols], log, |symbol| (symbol as u32, 0))?;
    let mut bits = BackwardBits::new(input.get(bytes..).unwrap_or_default())?;
    bits.refill();
    let mut states = [bits.take(log) as usize, bits.take(log) as usize];
    let mut count = 0;
    // The last two weights are those of the states when the bits run out.
    while count + 2 < weights.len() {
        bits.refill();
        let cell = table.cell(states[count % 2]);
        weights[count] = cell.base as u8;
        states[count % 2] = usize::from(cell.next) + bits.take(u32::from(cell.bits)) as usize;
        count += 1;
        bits.refill();
        if bits.is_overdrawn() {
            weights[count] = table.cell(states[count % 2]).base as u8;
            return Ok(count + 1);
        }
    }
    Err(damaged("a Huffman tree has too many symbols"))
}
