//! The bits of a stream and the codes in it (CCSDS 121.0-B, section 3).
//!
//! Codes are found by their place, not taken from a register that must be filled again: those
//! of a block do not wait for each other.

/// Most samples in a block.
const MOST_SAMPLES: usize = 64;

pub(super) struct Stream<'a> {
    bytes: &'a [u8],
    /// The next bit, counted from the highest of the first byte.
    bit: usize,
}

impl<'a> Stream<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, bit: 0 }
    }

    /// More bits were taken than there are; behind the end come zeros.
    pub(super) fn is_overdrawn(&self) -> bool {
        self.bit.div_ceil(8) > self.bytes.len()
    }

    /// Goes on to the next whole byte.
    pub(super) fn align(&mut self) {
        self.bit = self.bit.next_multiple_of(8);
    }

    /// The next `count` bits, at most 32.
    #[inline(always)]
    pub(super) fn take(&mut self, count: u32) -> u32 {
        let word = word_at(self.bytes, self.bit / 8) << (self.bit % 8);
        self.bit += count as usize;
        (word >> 1 >> (63 - count)) as u32
    }

    /// Zeros until the next one bit, which is taken too (a fundamental sequence); `None` behind
    /// the end.
    pub(super) fn take_unary(&mut self) -> Option<u32> {
        let mut place = [0];
        self.take_ones(&mut place)?;
        Some(place[0])
    }

    /// The split-sample option: high parts in unary, then low parts of `low_bits` bits.
    #[inline(always)]
    pub(super) fn take_split(&mut self, samples: &mut [u32], low_bits: u32) -> Option<()> {
        // Where each unary number ends, behind the end of what comes before.
        let mut ends = [u32::MAX; MOST_SAMPLES + 1];
        let ends = ends.get_mut(..=samples.len())?;
        self.take_ones(ends.get_mut(1..)?)?;
        macro_rules! splits {
            ($($low_bits:literal)*) => {
                match low_bits {
                    $($low_bits => self.join::<$low_bits>(ends, samples),)*
                    _ => return None,
                }
            };
        }
        splits!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29);
        Some(())
    }

    /// Finds as many one bits as there are `places`, counted from the next bit on.
    #[inline(always)]
    fn take_ones(&mut self, places: &mut [u32]) -> Option<()> {
        let mut at = self.bit / 8;
        let before = self.bit % 8;
        // The first bit becomes the lowest: finding and clearing it is cheapest there.
        let mut word = word_at(self.bytes, at).reverse_bits() >> before << before;
        let mut place = (before as u32).wrapping_neg();
        let mut rest = places;
        loop {
            let count = (word.count_ones() as usize).min(rest.len());
            let (now, later) = rest.split_at_mut(count);
            for target in now.iter_mut() {
                *target = place.wrapping_add(word.trailing_zeros());
                word &= word.wrapping_sub(1);
            }
            if later.is_empty() {
                let last = now.last().map_or(0, |last| last.wrapping_sub(place) as usize);
                self.bit = at * 8 + last + 1;
                return Some(());
            }
            rest = later;
            at += 8;
            place = place.wrapping_add(64);
            if at >= self.bytes.len() {
                return None;
            }
            word = word_at(self.bytes, at).reverse_bits();
        }
    }

    /// Samples of high parts, known by where they end, and the low parts that come next.
    #[inline(always)]
    fn join<const LOW_BITS: usize>(&mut self, ends: &[u32], samples: &mut [u32]) {
        /// Enough for eight low parts, and for reading 8 bytes at the last one.
        const WINDOW: usize = 40;
        let high = |before: u32, end: u32| end.wrapping_sub(before).wrapping_sub(1) << LOW_BITS;
        let (afters, rest) = (ends.get(1..).unwrap_or_default(), ends);
        let count = samples.len();
        for ((sample, before), after) in samples.iter_mut().zip(rest).zip(afters) {
            *sample = high(*before, *after);
        }
        if LOW_BITS == 0 {
            return;
        }
        let (at, shift) = (self.bit / 8, self.bit % 8);
        let mut packed = self.bytes.get(at..).unwrap_or_default();
        let mut done = 0;
        for eight in samples.as_chunks_mut::<8>().0 {
            let Some(window) = packed.first_chunk::<WINDOW>() else { break };
            for (index, sample) in eight.iter_mut().enumerate() {
                let place = index * LOW_BITS;
                let word = word_at(window, place / 8) << shift;
                *sample |= (word << (place % 8) >> 32 >> (32 - LOW_BITS)) as u32;
            }
            packed = packed.get(LOW_BITS..).unwrap_or_default();
            done += 8;
        }
        let end = self.bit + count * LOW_BITS;
        self.bit += done * LOW_BITS;
        for sample in samples.get_mut(done..).unwrap_or_default() {
            *sample |= self.take(LOW_BITS as u32);
        }
        self.bit = end;
    }
}

/// Eight bytes from `at` on, zeros behind the end.
#[inline(always)]
fn word_at(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        Some(word) => u64::from_be_bytes(*word),
        None => last_word(bytes.get(at..).unwrap_or_default()),
    }
}

#[cold]
fn last_word(rest: &[u8]) -> u64 {
    let mut word = [0; 8];
    word.iter_mut().zip(rest).for_each(|(target, byte)| *target = *byte);
    u64::from_be_bytes(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unary_numbers_of_any_length_come_back() {
        let mut bytes = vec![0u8; 60];
        let mut at = 0;
        let lens = [0, 1, 7, 8, 55, 56, 57, 64, 130, 3, 0];
        for len in lens {
            at += len;
            bytes[at / 8] |= 0x80 >> (at % 8);
            at += 1;
        }
        let mut stream = Stream::new(&bytes);
        for len in lens {
            assert_eq!(stream.take_unary(), Some(len as u32));
        }
        assert_eq!(stream.take_unary(), None);
    }

    #[test]
    fn split_samples_of_every_width_and_place_come_back() {
        let bytes: Vec<u8> = (0..900).map(|i: u32| (i * i * 31 + i * 7) as u8 | 4).collect();
        let bit = |at: usize| u32::from(bytes[at / 8] >> (7 - at % 8) & 1);
        for low_bits in 0..30 {
            for (start, count) in [(0, 32), (1, 31), (7, 64), (13, 15), (2, 2)] {
                let mut at = start;
                let mut want = vec![0u32; count];
                for sample in &mut want {
                    let high = (at..).take_while(|at| bit(*at) == 0).count();
                    at += high + 1;
                    *sample = (high as u32) << low_bits;
                }
                for sample in &mut want {
                    *sample |= (0..low_bits).fold(0, |low, i| low << 1 | bit(at + i as usize));
                    at += low_bits as usize;
                }
                let mut stream = Stream { bytes: &bytes, bit: start };
                let mut samples = vec![0; count];
                stream.take_split(&mut samples, low_bits).unwrap();
                assert_eq!((samples, stream.bit), (want, at), "{low_bits} low bits from {start}");
            }
        }
    }

    #[test]
    fn bits_behind_the_end_are_zeros_and_noticed() {
        let mut stream = Stream::new(&[0xFF; 5]);
        assert_eq!((stream.take(32), stream.take(12)), (u32::MAX, 0xFF0));
        assert!(stream.is_overdrawn());
        assert_eq!(stream.take_unary(), None);
        let mut stream = Stream::new(&[0xFF; 5]);
        assert_eq!(stream.take_split(&mut [0; 8], 4), Some(()));
        assert!(!stream.is_overdrawn());
        assert_eq!(stream.take_split(&mut [0; 8], 4), None);
    }
}
