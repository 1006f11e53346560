//! A bit stream whose first bit is the lowest of the first byte.

pub(super) struct LsbBits<'a> {
    bytes: &'a [u8],
    at: usize,
    word: u64,
    have: u32,
    /// Bits handed out that are not in the stream.
    beyond: u64,
}

impl<'a> LsbBits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, word: 0, have: 0, beyond: 0 }
    }

    /// Makes at least 56 bits available.
    #[inline(always)]
    fn refill(&mut self) {
        if let Some(next) = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<8>()) {
            self.word |= u64::from_le_bytes(*next) << self.have;
            self.at += (63 - self.have as usize) / 8;
            self.have |= 56;
        } else {
            self.refill_slowly();
        }
    }

    #[cold]
    fn refill_slowly(&mut self) {
        self.word &= (1 << self.have) - 1;
        while self.have < 56 {
            match self.bytes.get(self.at) {
                Some(&byte) => self.word |= u64::from(byte) << self.have,
                None => self.beyond += 8,
            }
            self.at += 1;
            self.have += 8;
        }
    }

    /// The next `count` bits, at most 56; they are not taken.
    #[inline(always)]
    pub(super) fn peek(&mut self, count: u32) -> u64 {
        if self.have < count {
            self.refill();
        }
        self.word & ((1 << count) - 1)
    }

    #[inline(always)]
    pub(super) fn skip_peeked(&mut self, count: u32) {
        self.word >>= count;
        self.have -= count;
    }

    /// The next `count` bits, at most 64.
    #[inline(always)]
    pub(super) fn take(&mut self, count: u32) -> u64 {
        if count > 56 {
            let low = self.take(32);
            return low | self.take(count - 32) << 32;
        }
        let value = self.peek(count);
        self.skip_peeked(count);
        value
    }

    pub(super) fn skip(&mut self, mut count: u32) {
        while count > 0 {
            let step = count.min(56);
            self.take(step);
            count -= step;
        }
    }

    pub(super) fn is_overdrawn(&self) -> bool {
        self.beyond > u64::from(self.have)
    }
}
