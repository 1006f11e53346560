//! SPECK: integers by bit plane, the highest first. Each plane names the coefficients that
//! become significant in it, dividing the sets they are in, then a bit of each that already
//! was.
//!
//! Holds 12 bytes for each coefficient and at most as many again for sets.

use hyperslab_core::{ReadContext, Result};

use super::bits::Bits;
use super::block::Rank;
use super::levels::{Dims, Transform, coarse};
use super::sets::{ALL, Set, X, Y, Z};
use super::{damaged, take_uint};

/// One coded array of integers.
pub(super) struct Stream<'a> {
    planes: u32,
    /// Bits that were coded. A stream that was cut to a size has fewer.
    coded_bits: u64,
    bytes: &'a [u8],
}

impl<'a> Stream<'a> {
    /// The stream that `input` begins with; `input` goes on behind it.
    pub(super) fn take(input: &mut &'a [u8]) -> Result<Self> {
        let planes = take_uint(input, 1)? as u32;
        let coded_bits = take_uint(input, 8)?;
        if planes > u64::BITS {
            return Err(damaged("more than 64 bit planes"));
        }
        let len = usize::try_from(coded_bits.div_ceil(8)).unwrap_or(usize::MAX);
        let (bytes, rest) = input.split_at(len.min(input.len()));
        *input = rest;
        Ok(Self { planes, coded_bits, bytes })
    }

    pub(super) fn is_cut(&self) -> bool {
        self.coded_bits.div_ceil(8) > self.bytes.len() as u64
    }

    pub(super) fn decode(&self, dims: Dims, rank: Rank, cx: &ReadContext) -> Result<Integers> {
        let count = dims.iter().product::<usize>();
        cx.limits.claim_array(count as u64, 8)?;
        let words = || vec![0u64; count.div_ceil(64)];
        let mut decoder = Decoder {
            bits: Bits::new(self.bytes),
            end: self.coded_bits.min(self.bytes.len() as u64 * 8),
            dims,
            rank,
            threshold: 0,
            integers: Integers { magnitudes: vec![0; count], negative: words() },
            significant: words(),
            fresh: words(),
            insignificant: words(),
            sets: Vec::new(),
            frame_level: 0,
        };
        decoder.begin();
        for plane in (0..self.planes).rev() {
            cx.check()?;
            decoder.threshold = 1 << plane;
            decoder.sort();
            if decoder.is_at_end() {
                break;
            }
            decoder.refine();
            if decoder.is_at_end() {
                break;
            }
        }
        Ok(decoder.integers)
    }
}

pub(super) struct Integers {
    pub magnitudes: Vec<u64>,
    /// A bit for each, the first lowest.
    negative: Vec<u64>,
}

impl Integers {
    /// All of them, the quantum being `step`. Zero has no sign.
    pub(super) fn into_values(self, step: f64) -> Vec<f64> {
        let Self { magnitudes, negative } = self;
        let value = |(index, magnitude): (usize, u64)| {
            step * magnitude as f64 * if has(&negative, index) { -1.0 } else { 1.0 }
        };
        magnitudes.into_iter().enumerate().map(value).collect()
    }

    pub(super) fn is_negative(&self, index: usize) -> bool {
        has(&self.negative, index)
    }
}

struct Decoder<'a> {
    bits: Bits<'a>,
    end: u64,
    dims: Dims,
    rank: Rank,
    /// The value of the current plane's bit.
    threshold: u64,
    integers: Integers,
    /// Coefficients that became significant in an earlier plane.
    significant: Vec<u64>,
    /// Those that did in this one.
    fresh: Vec<u64>,
    /// Those that are not, but no longer in a set.
    insignificant: Vec<u64>,
    /// The insignificant sets by how often the block was divided to get them.
    sets: Vec<Vec<Set>>,
    /// In a plane, what surrounds the coarse corner is one set until it becomes significant:
    /// how many levels of the transform it still holds.
    frame_level: usize,
}

/// More divisions than three axes of 32 bits allow.
const MOST_DIVISIONS: usize = 100;

impl Decoder<'_> {
    /// The sets before the first plane.
    fn begin(&mut self) {
        self.sets.resize_with(MOST_DIVISIONS, Vec::new);
        let whole = Set { start: [0; 3], len: self.dims.map(|len| len as u32) };
        match self.rank {
            Rank::Line => {
                self.keep(whole.part(0, X), 1);
                self.keep(whole.part(X, X), 1);
            }
            Rank::Plane => self.begin_plane(),
            Rank::Volume => {
                // SPERR keeps lengths in 16 bits.
                self.begin_volume(Set { len: whole.len.map(|len| len & 0xffff), ..whole });
            }
        }
    }

    fn begin_plane(&mut self) {
        let [nx, ny, _] = self.dims;
        let (Transform::Dyadic(level) | Transform::Packet { xy: level, .. }) =
            Transform::of(self.dims);
        self.frame_level = level;
        let len = [coarse(nx, level) as u32, coarse(ny, level) as u32, 1];
        self.keep(Set { start: [0; 3], len }, level);
    }

    /// The parts that the transform made, the coarse corner before its equals.
    fn begin_volume(&mut self, whole: Set) {
        let (most, xy, z) = match Transform::of(self.dims) {
            Transform::Dyadic(levels) => (levels, levels, levels),
            Transform::Packet { xy, z } => (xy.max(z), xy, z),
        };
        let (mut corner, mut divisions) = (whole, 0);
        for level in 0..most {
            let axes = if level < xy { X | Y } else { 0 } | if level < z { Z } else { 0 };
            divisions += corner.divisions(axes);
            for place in (1..=ALL).filter(|place| place & !axes == 0) {
                self.keep(corner.part(place, axes), divisions);
            }
            corner = corner.part(0, axes);
        }
        if let Some(list) = self.sets.get_mut(divisions) {
            list.insert(0, corner);
        }
    }

    fn keep(&mut self, set: Set, divisions: usize) {
        if let Some(list) = self.sets.get_mut(divisions) {
            list.push(set);
        }
    }

    fn is_at_end(&self) -> bool {
        self.bits.position() >= self.end
    }

    /// The sorting pass: what becomes significant in this plane.
    fn sort(&mut self) {
        for index in 0..self.insignificant.len() {
            let mut word = self.insignificant.get(index).copied().unwrap_or(0);
            while word != 0 {
                let bit = word.trailing_zeros() as usize;
                if self.bits.take() {
                    set_bit(&mut self.insignificant, index * 64 + bit, false);
                    self.become_significant(index * 64 + bit);
                }
                word &= word - 1;
            }
        }
        for divisions in (0..self.sets.len()).rev() {
            let Some(list) = self.sets.get_mut(divisions) else { continue };
            let mut list = std::mem::take(list);
            // Parts have more divisions, so nothing is added to this list meanwhile.
            list.retain(|set| {
                let is_significant = self.bits.take();
                if is_significant {
                    self.divide(*set, divisions);
                }
                !is_significant && !set.is_empty()
            });
            if let Some(place) = self.sets.get_mut(divisions) {
                *place = list;
            }
        }
        self.sort_frame();
    }

    /// Peels the surrounding set of a plane, level by level, while it is significant.
    fn sort_frame(&mut self) {
        let [nx, ny, _] = self.dims;
        let mut is_certain = false;
        while self.frame_level > 0 && (is_certain || self.bits.take()) {
            let level = self.frame_level;
            let inner = Set {
                start: [0; 3],
                len: [coarse(nx, level - 1) as u32, coarse(ny, level - 1) as u32, 1],
            };
            is_certain = true;
            for place in [X | Y, X, Y] {
                let part = inner.part(place, X | Y);
                if part.is_empty() {
                    continue;
                }
                if self.bits.take() {
                    is_certain = false;
                    self.divide(part, level);
                } else {
                    self.keep(part, level);
                }
            }
            self.frame_level -= 1;
        }
    }

    /// Sorts the parts of a significant set, one of which must be significant. Goes as deep as
    /// the set can be halved.
    fn divide(&mut self, set: Set, divisions: usize) {
        // Planes count a division of both axes as one, and begin at the far corner.
        let is_plane = matches!(self.rank, Rank::Plane);
        let divisions = divisions + if is_plane { 1 } else { set.divisions(ALL) };
        let mut parts = [Set::default(); 8];
        let mut count = 0;
        for place in 0..8 {
            let part = set.part(if is_plane { ALL - place } else { place }, ALL);
            if let Some(next) = parts.get_mut(count).filter(|_| !part.is_empty()) {
                *next = part;
                count += 1;
            }
        }
        let mut is_any_significant = false;
        for (place, part) in parts.iter().take(count).enumerate() {
            let is_certain = !is_any_significant && place + 1 == count;
            let is_significant = is_certain || self.bits.take();
            is_any_significant |= is_significant;
            let index = self.index(part);
            match (part.is_single(), is_significant) {
                (true, true) => self.become_significant(index),
                (true, false) => set_bit(&mut self.insignificant, index, true),
                (false, true) => self.divide(*part, divisions),
                (false, false) => self.keep(*part, divisions),
            }
        }
    }

    fn index(&self, set: &Set) -> usize {
        let [nx, ny, _] = self.dims;
        let [x, y, z] = set.start.map(|start| start as usize);
        (z * ny + y) * nx + x
    }

    /// Takes the sign; the value is put into the middle of what it can be.
    fn become_significant(&mut self, index: usize) {
        let is_negative = !self.bits.take();
        set_bit(&mut self.integers.negative, index, is_negative);
        set_bit(&mut self.fresh, index, true);
        if let Some(magnitude) = self.integers.magnitudes.get_mut(index) {
            *magnitude = self.threshold - 1 + (self.threshold - self.threshold / 2);
        }
    }

    /// The refinement pass: a bit for what was significant before this plane.
    fn refine(&mut self) {
        let half = self.threshold / 2;
        let chunks = self.integers.magnitudes.chunks_mut(64);
        'plane: for (magnitudes, significant) in chunks.zip(&self.significant) {
            let mut word = *significant;
            while word != 0 {
                let bit = self.bits.take();
                if let Some(magnitude) = magnitudes.get_mut(word.trailing_zeros() as usize) {
                    *magnitude = match (bit, half) {
                        (true, 0) => magnitude.wrapping_add(1),
                        (true, _) => magnitude.wrapping_add(half),
                        (false, _) => magnitude.wrapping_sub(half),
                    };
                }
                if self.bits.position() >= self.end {
                    break 'plane;
                }
                word &= word - 1;
            }
        }
        for (word, fresh) in self.significant.iter_mut().zip(&mut self.fresh) {
            *word |= std::mem::take(fresh);
        }
    }
}

fn has(words: &[u64], index: usize) -> bool {
    words.get(index / 64).is_some_and(|word| word >> (index % 64) & 1 == 1)
}

fn set_bit(words: &mut [u64], index: usize, value: bool) {
    if let Some(word) = words.get_mut(index / 64) {
        *word = *word & !(1 << (index % 64)) | u64::from(value) << (index % 64);
    }
}
