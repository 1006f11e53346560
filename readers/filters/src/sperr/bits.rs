//! A stream of single bits whose first is the lowest of the first byte.

pub(super) struct Bits<'a> {
    rest: &'a [u8],
    word: u64,
    have: u32,
    /// Bits that went through `word` or are in it.
    loaded: u64,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, word: 0, have: 0, loaded: 0 }
    }

    /// The next bit, zero behind the end.
    #[inline(always)]
    pub(super) fn take(&mut self) -> bool {
        if self.have == 0 {
            self.refill();
        }
        let bit = self.word & 1 == 1;
        self.word >>= 1;
        self.have -= 1;
        bit
    }

    fn refill(&mut self) {
        let mut bytes = [0; 8];
        match self.rest.split_first_chunk::<8>() {
            Some((next, rest)) => {
                bytes = *next;
                self.rest = rest;
            }
            None => {
                for (byte, last) in bytes.iter_mut().zip(self.rest) {
                    *byte = *last;
                }
                self.rest = &[];
            }
        }
        self.word = u64::from_le_bytes(bytes);
        self.have = 64;
        self.loaded += 64;
    }

    /// How many bits were taken.
    #[inline(always)]
    pub(super) fn position(&self) -> u64 {
        self.loaded - u64::from(self.have)
    }
}
