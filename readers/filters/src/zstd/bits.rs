//! Bit streams that are read from their end (RFC 8878, section 4.1).

use super::damaged;
use hyperslab_core::Result;

/// Bits of `bytes`, the last first. Past the beginning come zeros; whether it went past is
/// asked at the end.
pub(super) struct BackwardBits<'a> {
    bytes: &'a [u8],
    /// Where the eight bytes of `word` begin.
    at: usize,
    word: u64,
    /// Bits of `word` taken, from the highest.
    used: u32,
}

impl<'a> BackwardBits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self> {
        let last = match bytes.last() {
            Some(0) | None => return Err(damaged("a bit stream has no end mark")),
            Some(last) => *last,
        };
        let mark = last.leading_zeros() + 1;
        if let Some(word) = bytes.last_chunk::<8>() {
            let word = u64::from_le_bytes(*word);
            return Ok(Self { bytes, at: bytes.len() - 8, word, used: mark });
        }
        let word = bytes.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte));
        let missing = 64 - 8 * bytes.len() as u32;
        Ok(Self { bytes, at: 0, word, used: mark + missing })
    }

    /// Makes at least 57 bits available, unless the stream holds fewer.
    #[inline(always)]
    pub(super) fn refill(&mut self) {
        let step = (self.used as usize / 8).min(self.at);
        let at = self.at - step;
        if let Some(word) = self.bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
            self.word = u64::from_le_bytes(*word);
            self.used -= 8 * step as u32;
            self.at = at;
        }
    }

    /// The next `count` bits, at most 63 and at most those available.
    #[inline(always)]
    pub(super) fn peek(&self, count: u32) -> u64 {
        let word = if self.used < 64 { self.word << self.used } else { 0 };
        word >> 1 >> (63 - (count & 63))
    }

    #[inline(always)]
    pub(super) fn skip(&mut self, count: u32) {
        self.used += count;
    }

    #[inline(always)]
    pub(super) fn take(&mut self, count: u32) -> u64 {
        let value = self.peek(count);
        self.skip(count);
        value
    }

    /// More was taken than there is. Only after a refill.
    pub(super) fn is_overdrawn(&self) -> bool {
        self.used > 64
    }

    /// All was taken, and no more. Only after a refill.
    pub(super) fn is_at_end(&self) -> bool {
        self.at == 0 && self.used == 64
    }
}
