//! A bit stream whose first bit is the lowest of the first byte (RFC 1951, section 3.1.1).

pub(super) struct LsbBits<'a> {
    bytes: &'a [u8],
    at: usize,
    pub(super) word: u64,
    pub(super) have: u32,
    /// Bits made available that are not in the stream.
    beyond: u64,
}

impl<'a> LsbBits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, word: 0, have: 0, beyond: 0 }
    }

    /// A reader for as long as the end is not near.
    pub(super) fn inside(&self) -> Inside<'a> {
        Inside { bytes: self.bytes, at: self.at, word: self.word, have: self.have }
    }

    /// Takes over what `inside` left.
    pub(super) fn go_on_after(&mut self, inside: &Inside) {
        self.at = inside.at;
        self.word = inside.word;
        self.have = inside.have;
    }

    /// Makes at least 56 bits available, zeros behind the end.
    #[inline]
    pub(super) fn refill(&mut self) {
        let mut inside = self.inside();
        if self.beyond == 0 && inside.refill_again() {
            self.go_on_after(&inside);
            return;
        }
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

    /// The next `count` bits of those made available.
    #[inline(always)]
    pub(super) fn take(&mut self, count: u32) -> u32 {
        let value = self.word & ((1 << count) - 1);
        self.skip(count);
        value as u32
    }

    #[inline(always)]
    pub(super) fn skip(&mut self, count: u32) {
        self.word >>= count;
        self.have -= count;
    }

    /// More was taken than there is.
    pub(super) fn is_overdrawn(&self) -> bool {
        self.beyond > u64::from(self.have)
    }

    /// The next whole bytes, after what is left of the current one.
    pub(super) fn bytes(&mut self, len: usize) -> Option<&'a [u8]> {
        let start = self.at.checked_sub(self.have as usize / 8)?;
        let bytes = self.bytes.get(start..start.checked_add(len)?)?;
        self.at = start + len;
        self.word = 0;
        self.have = 0;
        self.beyond = 0;
        Some(bytes)
    }
}

/// [`LsbBits`] that stops before the end.
pub(super) struct Inside<'a> {
    bytes: &'a [u8],
    at: usize,
    pub(super) word: u64,
    have: u32,
}

impl Inside<'_> {
    /// Makes at least 56 bits available, with room for another refill; `false`, and nothing
    /// done, where there is none.
    #[inline(always)]
    pub(super) fn refill(&mut self) -> bool {
        match self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<16>()) {
            Some([a, b, c, d, e, f, g, h, ..]) => {
                self.fill(u64::from_le_bytes([*a, *b, *c, *d, *e, *f, *g, *h]));
                true
            }
            None => false,
        }
    }

    /// The second refill.
    #[inline(always)]
    pub(super) fn refill_again(&mut self) -> bool {
        match self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<8>()) {
            Some(next) => {
                self.fill(u64::from_le_bytes(*next));
                true
            }
            None => false,
        }
    }

    #[inline(always)]
    fn fill(&mut self, next: u64) {
        // Bits above `have` may be there already; they are the same.
        self.word |= next << (self.have & 63);
        self.at += (63 - self.have as usize) / 8;
        self.have |= 56;
    }

    #[inline(always)]
    pub(super) fn skip(&mut self, count: u32) {
        self.word >>= count & 63;
        self.have -= count;
    }

    /// Skips `count` bits, of which `word` is what follows, and then `more`.
    #[inline(always)]
    pub(super) fn skip_both(&mut self, count: u32, word: u64, more: u32) {
        self.word = word >> (more & 63);
        self.have -= count + more;
    }
}
