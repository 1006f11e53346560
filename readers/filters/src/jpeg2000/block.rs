//! Coefficient bit planes of a code-block (ITU-T T.800, Annex D).
//!
//! Coefficients are visited in stripes of four rows, column by column. All that coding needs to
//! know of a column of a stripe is in one word: which of its 18 coefficients and neighbours are
//! significant, signs of its own column, and what earlier passes did. Setting a coefficient
//! significant touches up to six words; finding a context touches one.

use hyperslab_core::Result;

use super::arithmetic::{Contexts, Decoder, RUN_LENGTH, RawBits, UNIFORM, unstuff};
use super::codestream::{BlockStyle, malformed};
use super::contexts::{self, NEIGHBOURS};
use super::tile::{Block, Orientation};

/// Bits 0 to 17: significance of the six rows from the one above the stripe to the one below,
/// three columns each, the middle one this word's own.
const SIGNIFICANCE: u32 = 0x3FFFF;
/// The four coefficients themselves.
const OWN: u32 = 1 << 4 | 1 << 7 | 1 << 10 | 1 << 13;
/// Bits 18 to 23: signs of the own column, from the row above to the row below.
const SIGN: u32 = 18;
/// Bits 24 to 27: coded in this bit plane's significance propagation pass.
const VISITED: u32 = 24;
const ALL_VISITED: u32 = 0xF << VISITED;
/// Bits 28 to 31: refined at least once.
const REFINED: u32 = 28;
const ALL_REFINED: u32 = 0xF << REFINED;

/// Bit planes that fit a word beside a sign and half a bit.
const MOST_PLANES: u32 = 30;

/// What decoding a block needs, kept from one block to the next.
#[derive(Default)]
pub(super) struct BlockDecoder {
    /// A word for each column of each stripe, with a border all around.
    words: Vec<u32>,
    /// Sign in the highest bit, magnitude in halves: the lowest bit known is followed by a 1, so
    /// that what was not decoded is taken for its middle.
    coefficients: Vec<u32>,
    columns: usize,
    rows: usize,
    bytes: Vec<u8>,
}

impl BlockDecoder {
    /// Decodes a block; `coefficients` gives them row by row.
    pub(super) fn decode(
        &mut self,
        block: &Block,
        data: &[u8],
        orientation: Orientation,
        style: &BlockStyle,
    ) -> Result<()> {
        self.columns = block.rect.columns() as usize;
        self.rows = block.rect.rows() as usize;
        self.coefficients.clear();
        self.coefficients.resize(self.columns * self.rows, 0);
        self.words.clear();
        self.words.resize(self.stride() * (self.rows.div_ceil(4) + 2), 0);
        let planes = block.coded_planes.unwrap_or(0);
        if planes > MOST_PLANES {
            return Err(malformed(&format!("coefficients of {planes} bits")));
        }
        let mut contexts = Contexts::new();
        let mut bytes = std::mem::take(&mut self.bytes);
        let mut pass = 0;
        for segment in &block.segments {
            let ranges = segment.ranges.iter();
            let parts = ranges.map(|&(start, end)| data.get(start..end).unwrap_or_default());
            let passes = pass..(pass + segment.passes).min((3 * planes).saturating_sub(2));
            // From the fifth bit plane on, all but cleanup passes may bypass the coder.
            if style.is_bypassed && pass >= 10 && pass % 3 != 0 {
                bytes.clear();
                parts.for_each(|part| bytes.extend_from_slice(part));
                let mut coder = Raw(RawBits::new(&bytes));
                self.passes(passes, planes, orientation, style, &mut coder);
            } else {
                unstuff(parts, &mut bytes);
                let mut coder = Coded { decoder: Decoder::new(&bytes), contexts };
                self.passes(passes, planes, orientation, style, &mut coder);
                contexts = coder.contexts;
            }
            pass += segment.passes;
        }
        self.bytes = bytes;
        Ok(())
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &[u32]> {
        self.coefficients.chunks_exact(self.columns.max(1))
    }

    fn stride(&self) -> usize {
        self.columns + 2
    }

    fn passes<C: Coder>(
        &mut self,
        passes: std::ops::Range<u32>,
        planes: u32,
        orientation: Orientation,
        style: &BlockStyle,
        coder: &mut C,
    ) {
        let zero_contexts = contexts::of_zero_coding(orientation);
        for pass in passes {
            let plane = planes - 1 - pass.div_ceil(3);
            let mut job = Pass { plane, zero_contexts, is_causal: style.is_causal, coder: *coder };
            match pass % 3 {
                0 => job.clean_up(self),
                1 => job.propagate(self),
                _ => job.refine(self),
            }
            if pass % 3 == 0 && style.has_segmentation_symbols {
                for _ in 0..4 {
                    job.coder.decide(UNIFORM);
                }
            }
            if style.is_reset {
                job.coder.reset();
            }
            *coder = job.coder;
        }
    }
}

/// Where decisions come from.
trait Coder: Copy {
    fn decide(&mut self, context: usize) -> u32;
    fn sign(&mut self, context: u8) -> u32;
    fn reset(&mut self);
}

#[derive(Clone, Copy)]
struct Coded<'a> {
    decoder: Decoder<'a>,
    contexts: Contexts,
}

impl Coder for Coded<'_> {
    #[inline(always)]
    fn decide(&mut self, context: usize) -> u32 {
        self.decoder.decide(&mut self.contexts, context)
    }

    #[inline(always)]
    fn sign(&mut self, context: u8) -> u32 {
        self.decide(usize::from(context & 0x7F)) ^ u32::from(context >> 7)
    }

    fn reset(&mut self) {
        self.contexts = Contexts::new();
    }
}

#[derive(Clone, Copy)]
struct Raw<'a>(RawBits<'a>);

impl Coder for Raw<'_> {
    fn decide(&mut self, _: usize) -> u32 {
        self.0.take()
    }

    fn sign(&mut self, _: u8) -> u32 {
        self.0.take()
    }

    fn reset(&mut self) {}
}

struct Pass<C> {
    plane: u32,
    zero_contexts: &'static [u8; 512],
    is_causal: bool,
    coder: C,
}

/// A stripe: three rows of words (those of the stripes above and below around its own), and
/// its coefficients.
struct Stripe<'a> {
    above: &'a mut [u32],
    own: &'a mut [u32],
    below: &'a mut [u32],
    coefficients: &'a mut [u32],
    columns: usize,
    /// Four, but in the last stripe.
    rows: usize,
}

impl BlockDecoder {
    #[inline(always)]
    fn for_each_stripe(&mut self, mut visit: impl FnMut(&mut Stripe)) {
        let (stride, columns) = (self.stride(), self.columns);
        let mut words = self.words.as_mut_slice();
        for coefficients in self.coefficients.chunks_mut(4 * columns) {
            let Some((above, rest)) = words.split_at_mut_checked(stride) else { return };
            let Some((own, rest)) = rest.split_at_mut_checked(stride) else { return };
            let Some((below, _)) = rest.split_at_mut_checked(stride) else { return };
            let rows = coefficients.len() / columns;
            visit(&mut Stripe { above, own, below, coefficients, columns, rows });
            words = words.get_mut(stride..).unwrap_or_default();
        }
    }
}

impl Stripe<'_> {
    /// The word of a column.
    #[inline(always)]
    fn word(&self, column: usize) -> u32 {
        self.own.get(column + 1).copied().unwrap_or(0)
    }

    #[inline(always)]
    fn set_word(&mut self, column: usize, word: u32) {
        if let Some(target) = self.own.get_mut(column + 1) {
            *target = word;
        }
    }

    #[inline(always)]
    fn coefficient(&mut self, column: usize, row: usize) -> Option<&mut u32> {
        self.coefficients.get_mut(row * self.columns + column)
    }
}

impl<C: Coder> Pass<C> {
    /// D.3.1: insignificant coefficients with a significant neighbour.
    fn propagate(&mut self, block: &mut BlockDecoder) {
        block.for_each_stripe(|stripe| {
            for column in 0..stripe.columns {
                let mut word = stripe.word(column);
                if word & SIGNIFICANCE == 0 || word & OWN == OWN {
                    continue;
                }
                for row in 0..stripe.rows {
                    let around = word >> (3 * row);
                    if around & 1 << 4 != 0 || around & NEIGHBOURS == 0 {
                        continue;
                    }
                    if self.coder.decide(self.zero_context(around)) == 1 {
                        self.become_significant(stripe, column, row, &mut word);
                    }
                    word |= 1 << (VISITED + row as u32);
                }
                stripe.set_word(column, word);
            }
        });
    }

    /// D.3.3: coefficients that were significant before this bit plane.
    fn refine(&mut self, block: &mut BlockDecoder) {
        const ALL: u32 = OWN | ALL_REFINED;
        let mut coder = self.coder;
        let plane = self.plane;
        block.for_each_stripe(|stripe| {
            for column in 0..stripe.columns {
                let word = stripe.word(column);
                if word & (ALL | ALL_VISITED) == ALL {
                    // All four, and not for the first time.
                    for row in 0..4 {
                        let bit = coder.decide(16);
                        if let Some(coefficient) = stripe.coefficient(column, row) {
                            refine(coefficient, bit, plane);
                        }
                    }
                    continue;
                }
                if word & OWN == 0 {
                    continue;
                }
                let mut refined = word;
                for row in 0..stripe.rows {
                    let around = word >> (3 * row);
                    if around & 1 << 4 == 0 || word >> (VISITED + row as u32) & 1 == 1 {
                        continue;
                    }
                    // Table D.4.
                    let context = match (word >> (REFINED + row as u32) & 1, around & NEIGHBOURS) {
                        (1, _) => 16,
                        (_, 0) => 14,
                        _ => 15,
                    };
                    let bit = coder.decide(context);
                    if let Some(coefficient) = stripe.coefficient(column, row) {
                        refine(coefficient, bit, plane);
                    }
                    refined |= 1 << (REFINED + row as u32);
                }
                stripe.set_word(column, refined);
            }
        });
        self.coder = coder;
    }

    /// D.3.4: all others. Forgets who was visited in this bit plane.
    fn clean_up(&mut self, block: &mut BlockDecoder) {
        block.for_each_stripe(|stripe| {
            for column in 0..stripe.columns {
                let mut word = stripe.word(column);
                let mut first = 0;
                if word & (SIGNIFICANCE | ALL_VISITED) == 0 && stripe.rows == 4 {
                    if self.coder.decide(RUN_LENGTH) == 0 {
                        continue;
                    }
                    let row = self.coder.decide(UNIFORM) << 1 | self.coder.decide(UNIFORM);
                    first = row as usize;
                    self.become_significant(stripe, column, first, &mut word);
                    first += 1;
                }
                for row in first..stripe.rows {
                    let around = word >> (3 * row);
                    if around & 1 << 4 != 0 || word >> (VISITED + row as u32) & 1 == 1 {
                        continue;
                    }
                    if self.coder.decide(self.zero_context(around)) == 1 {
                        self.become_significant(stripe, column, row, &mut word);
                    }
                }
                stripe.set_word(column, word & !ALL_VISITED);
            }
        });
    }

    #[inline(always)]
    fn zero_context(&self, around: u32) -> usize {
        usize::from(self.zero_contexts[(around & 0x1FF) as usize])
    }

    /// Reads the sign (D.3.2) and tells the neighbours. `word` is the column's own.
    #[inline(always)]
    fn become_significant(
        &mut self,
        stripe: &mut Stripe,
        column: usize,
        row: usize,
        word: &mut u32,
    ) {
        let around = *word >> (3 * row);
        let (before, after) = (column, column + 2);
        let sign_of = |stripe: &Stripe, place: usize| {
            stripe.own.get(place).map_or(0, |word| *word >> (SIGN + 1 + row as u32) & 1)
        };
        let signs = *word >> (SIGN + row as u32);
        let index = (around >> 3 & 1)
            | (around >> 5 & 1) << 1
            | (around >> 1 & 1) << 2
            | (around >> 7 & 1) << 3
            | sign_of(stripe, before) << 4
            | sign_of(stripe, after) << 5
            | (signs & 1) << 6
            | (signs >> 2 & 1) << 7;
        let sign = self.coder.sign(contexts::SIGN[(index & 0xFF) as usize]);
        if let Some(coefficient) = stripe.coefficient(column, row) {
            *coefficient = sign << 31 | 3 << self.plane;
        }
        *word |= 1 << (3 * row + 4) | sign << (SIGN + 1 + row as u32);
        let tell = |words: &mut [u32], place: usize, bits: u32| {
            if let Some(word) = words.get_mut(place) {
                *word |= bits;
            }
        };
        tell(stripe.own, before, 1 << (3 * row + 5));
        tell(stripe.own, after, 1 << (3 * row + 3));
        if row == 0 && !self.is_causal {
            tell(stripe.above, before, 1 << 17);
            tell(stripe.above, column + 1, 1 << 16 | sign << (SIGN + 5));
            tell(stripe.above, after, 1 << 15);
        }
        if row == 3 {
            tell(stripe.below, before, 1 << 2);
            tell(stripe.below, column + 1, 1 << 1 | sign << SIGN);
            tell(stripe.below, after, 1);
        }
    }
}

/// The half bit at the plane before gives way to `bit` and a new half.
#[inline(always)]
fn refine(coefficient: &mut u32, bit: u32, plane: u32) {
    *coefficient = coefficient.wrapping_add(bit << (plane + 1)).wrapping_sub(1 << plane);
}
