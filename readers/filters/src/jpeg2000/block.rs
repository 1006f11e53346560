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
/// three columns each, the middle one this word's own. Bits 18 to 35: of the own column alone,
/// for the same six rows three bits each. So all that is known of one of the four coefficients,
/// the `r`th, comes to lie at one place by a shift by `3 * r`, which the code calls its shift.
const SIGNIFICANCE: u64 = 0x3FFFF;
/// The coefficient itself.
const OWN: u32 = 4;
const SIGN_ABOVE: u32 = 18;
const SIGN: u32 = 21;
const SIGN_BELOW: u32 = 24;
/// Coded in this bit plane's significance propagation pass.
const VISITED: u32 = 22;
/// Refined at least once.
const REFINED: u32 = 23;
/// A bit for each of the four coefficients.
const FOUR: u64 = 0o1111;

/// Bit planes that fit a word beside a sign and half a bit.
const MOST_PLANES: u32 = 30;

/// What decoding a block needs, kept from one block to the next.
#[derive(Default)]
pub(super) struct BlockDecoder {
    /// A word for each column of each stripe, with a border all around.
    words: Vec<u64>,
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
    fn decide_four(&mut self, context: usize) -> [u32; 4];
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
    fn decide_four(&mut self, context: usize) -> [u32; 4] {
        self.decoder.decide_four(&mut self.contexts, context)
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

    fn decide_four(&mut self, _: usize) -> [u32; 4] {
        [(); 4].map(|()| self.0.take())
    }

    fn sign(&mut self, _: u8) -> u32 {
        self.0.take()
    }

    fn reset(&mut self) {}
}

#[derive(Clone, Copy)]
struct Pass<C> {
    plane: u32,
    zero_contexts: &'static [u8; 512],
    is_causal: bool,
    coder: C,
}

/// A stripe: three rows of words (those of the stripes above and below around its own), and
/// its coefficients.
struct Stripe<'a> {
    above: &'a mut [u64],
    own: &'a mut [u64],
    below: &'a mut [u64],
    coefficients: &'a mut [u32],
    columns: usize,
    /// [`FOUR`], but fewer in the last stripe.
    rows: u64,
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
            let rows = FOUR & !(u64::MAX << (3 * (coefficients.len() / columns).min(4)));
            visit(&mut Stripe { above, own, below, coefficients, columns, rows });
            words = words.get_mut(stride..).unwrap_or_default();
        }
    }
}

impl Stripe<'_> {
    /// The word of a column.
    #[inline(always)]
    fn word(&self, column: usize) -> u64 {
        self.own.get(column + 1).copied().unwrap_or(0)
    }

    #[inline(always)]
    fn set_word(&mut self, column: usize, word: u64) {
        if let Some(target) = self.own.get_mut(column + 1) {
            *target = word;
        }
    }

    #[inline(always)]
    fn coefficient(&mut self, column: usize, shift: u32) -> Option<&mut u32> {
        self.coefficients.get_mut((shift / 3) as usize * self.columns + column)
    }
}

/// Which of the four coefficients have a significant neighbour.
#[inline(always)]
fn with_neighbours(word: u64) -> u64 {
    let row = word | word >> 1 | word >> 2;
    row | row >> 6 | word >> 3 | word >> 5
}

/// The shift of the first of the coefficients that are left, which is taken.
#[inline(always)]
fn take_first(left: &mut u64) -> u32 {
    let shift = left.trailing_zeros();
    *left &= left.wrapping_sub(1);
    shift
}

impl<C: Coder> Pass<C> {
    /// D.3.1: insignificant coefficients with a significant neighbour.
    fn propagate(&mut self, block: &mut BlockDecoder) {
        let mut job = *self;
        block.for_each_stripe(|stripe| {
            for column in 0..stripe.columns {
                let mut word = stripe.word(column);
                let mut left = with_neighbours(word) & !(word >> OWN) & stripe.rows;
                if left == 0 {
                    continue;
                }
                while left != 0 {
                    let shift = take_first(&mut left);
                    if job.coder.decide(job.zero_context(word >> shift)) == 1 {
                        job.become_significant(stripe, column, shift, &mut word);
                        // The one below has a significant neighbour now.
                        left |= 8 << shift & !(word >> OWN) & stripe.rows;
                    }
                    word |= 1 << VISITED << shift;
                }
                stripe.set_word(column, word);
            }
        });
        *self = job;
    }

    /// D.3.3: coefficients that were significant before this bit plane.
    fn refine(&mut self, block: &mut BlockDecoder) {
        const ALL: u64 = FOUR << OWN | FOUR << REFINED;
        let mut coder = self.coder;
        let plane = self.plane;
        block.for_each_stripe(|stripe| {
            for column in 0..stripe.columns {
                let word = stripe.word(column);
                if word & (ALL | FOUR << VISITED) == ALL {
                    // All four, and not for the first time.
                    for (row, bit) in (0..).zip(coder.decide_four(16)) {
                        if let Some(coefficient) = stripe.coefficient(column, 3 * row) {
                            refine(coefficient, bit, plane);
                        }
                    }
                    continue;
                }
                let refined = word >> OWN & !(word >> VISITED) & stripe.rows;
                let mut left = refined;
                while left != 0 {
                    let shift = take_first(&mut left);
                    let around = word >> shift;
                    // Table D.4.
                    let context = match (around >> REFINED & 1, around & u64::from(NEIGHBOURS)) {
                        (1, _) => 16,
                        (_, 0) => 14,
                        _ => 15,
                    };
                    let bit = coder.decide(context);
                    if let Some(coefficient) = stripe.coefficient(column, shift) {
                        refine(coefficient, bit, plane);
                    }
                }
                stripe.set_word(column, word | refined << REFINED);
            }
        });
        self.coder = coder;
    }

    /// D.3.4: all others. Forgets who was visited in this bit plane.
    fn clean_up(&mut self, block: &mut BlockDecoder) {
        const ALL_VISITED: u64 = FOUR << VISITED;
        let mut job = *self;
        block.for_each_stripe(|stripe| {
            for column in 0..stripe.columns {
                let mut word = stripe.word(column);
                let mut left = !(word >> OWN | word >> VISITED) & stripe.rows;
                if word & (SIGNIFICANCE | ALL_VISITED) == 0 && stripe.rows == FOUR {
                    if job.coder.decide(RUN_LENGTH) == 0 {
                        continue;
                    }
                    let row = job.coder.decide(UNIFORM) << 1 | job.coder.decide(UNIFORM);
                    job.become_significant(stripe, column, 3 * row, &mut word);
                    left &= u64::MAX << (3 * row + 3);
                }
                while left != 0 {
                    let shift = take_first(&mut left);
                    if job.coder.decide(job.zero_context(word >> shift)) == 1 {
                        job.become_significant(stripe, column, shift, &mut word);
                    }
                }
                stripe.set_word(column, word & !ALL_VISITED);
            }
        });
        *self = job;
    }

    #[inline(always)]
    fn zero_context(&self, around: u64) -> usize {
        usize::from(self.zero_contexts[(around & 0x1FF) as usize])
    }

    /// Reads the sign (D.3.2) and tells the neighbours. `word` is the column's own.
    #[inline(always)]
    fn become_significant(
        &mut self,
        stripe: &mut Stripe,
        column: usize,
        shift: u32,
        word: &mut u64,
    ) {
        let around = *word >> shift;
        let (before, after) = (column, column + 2);
        let sign_of = |stripe: &Stripe, place: usize| {
            stripe.own.get(place).map_or(0, |word| *word >> shift >> SIGN & 1)
        };
        let index = (around >> 3 & 1)
            | (around >> 5 & 1) << 1
            | (around >> 1 & 1) << 2
            | (around >> 7 & 1) << 3
            | sign_of(stripe, before) << 4
            | sign_of(stripe, after) << 5
            | (around >> SIGN_ABOVE & 1) << 6
            | (around >> SIGN_BELOW & 1) << 7;
        let sign = self.coder.sign(contexts::SIGN[(index & 0xFF) as usize]);
        if let Some(coefficient) = stripe.coefficient(column, shift) {
            *coefficient = sign << 31 | 3 << self.plane;
        }
        let sign = u64::from(sign);
        *word |= (1 << OWN | sign << SIGN) << shift;
        let tell = |words: &mut [u64], place: usize, bits: u64| {
            if let Some(word) = words.get_mut(place) {
                *word |= bits;
            }
        };
        tell(stripe.own, before, 1 << 5 << shift);
        tell(stripe.own, after, 1 << 3 << shift);
        if shift == 0 && !self.is_causal {
            tell(stripe.above, before, 1 << 17);
            tell(stripe.above, column + 1, 1 << 16 | sign << (SIGN_BELOW + 9));
            tell(stripe.above, after, 1 << 15);
        }
        if shift == 9 {
            tell(stripe.below, before, 1 << 2);
            tell(stripe.below, column + 1, 1 << 1 | sign << SIGN_ABOVE);
            tell(stripe.below, after, 1);
        }
    }
}

/// The half bit at the plane before gives way to `bit` and a new half.
#[inline(always)]
fn refine(coefficient: &mut u32, bit: u32, plane: u32) {
    *coefficient = coefficient.wrapping_add(bit << (plane + 1)).wrapping_sub(1 << plane);
}
