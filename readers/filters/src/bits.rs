//! A bit stream whose first bit is the highest of the first byte.

/// Reads bits from the highest of each byte down. Behind the end come zeros; the reader asks
/// [`MsbBits::is_overdrawn`] where that matters.
pub(crate) struct MsbBits<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The next bits, from the top; below them zeros.
    word: u64,
    /// How many of them are valid; what was taken beyond the end counts too.
    have: u32,
    beyond: u64,
}

impl<'a> MsbBits<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, word: 0, have: 0, beyond: 0 }
    }

    /// Makes at least 56 bits available.
    #[inline(always)]
    pub(crate) fn refill(&mut self) {
        if let Some(next) = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<8>()) {
            self.word |= u64::from_be_bytes(*next) >> self.have;
            // What was already there is overwritten with the same bits next time.
            self.at += (63 - self.have as usize) / 8;
            self.have |= 56;
        } else {
            self.refill_slowly();
        }
    }

    #[cold]
    fn refill_slowly(&mut self) {
        // Bits above `have` may be there from a wide refill; they are the ones read again.
        if self.have < 64 {
            self.word &= !(u64::MAX >> self.have);
        }
        while self.have <= 56 {
            match self.bytes.get(self.at) {
                Some(&byte) => self.word |= u64::from(byte) << (56 - self.have),
                None => self.beyond += 8,
            }
            self.at += 1;
            self.have += 8;
        }
    }

    /// The next `count` bits, at most 56, after a refill.
    #[inline(always)]
    pub(crate) fn take_ready(&mut self, count: u32) -> u64 {
        let value = self.word >> 1 >> (63 - count);
        self.word <<= count;
        self.have -= count;
        value
    }

    /// The next `count` bits, at most 56.
    #[inline(always)]
    pub(crate) fn take(&mut self, count: u32) -> u64 {
        if self.have < count {
            self.refill();
        }
        self.take_ready(count)
    }

    /// The next `count` bits, at most 56, which are not taken.
    #[inline(always)]
    pub(crate) fn peek(&mut self, count: u32) -> u64 {
        if self.have < count {
            self.refill();
        }
        self.word >> 1 >> (63 - count)
    }

    /// Ones until the next zero bit, which is taken too; at most `most`.
    pub(crate) fn take_unary_ones(&mut self, most: u32) -> u32 {
        (0..most).find(|_| self.take(1) == 0).unwrap_or(most)
    }

    /// Goes on to the next whole byte.
    pub(crate) fn align(&mut self) {
        let rest = self.have % 8;
        self.word <<= rest;
        self.have -= rest;
    }

    /// More bits were taken than there are.
    #[inline(always)]
    pub(crate) fn is_overdrawn(&self) -> bool {
        self.beyond > u64::from(self.have)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_come_in_order_and_the_end_is_noticed() {
        let bytes: Vec<u8> = (0..40).map(|i| (i * 73 + 5) as u8).collect();
        let bit = |i: usize| u64::from(bytes[i / 8] >> (7 - i % 8) & 1);
        for width in 1..=56 {
            let mut bits = MsbBits::new(&bytes);
            for start in (0..=320 - width).step_by(width) {
                let want = (start..start + width).fold(0, |value, i| value << 1 | bit(i));
                assert_eq!(bits.take(width as u32), want, "{width} bits at {start}");
            }
            assert!(!bits.is_overdrawn());
            bits.take(56);
            assert!(bits.is_overdrawn());
        }
    }
}
