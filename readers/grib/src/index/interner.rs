//! Byte strings kept once each. Build O(total bytes); 8 bytes and a hash table entry (13 bytes at
//! a load of 7/8) beyond the bytes themselves.

use std::collections::HashMap;
use std::collections::hash_map::{Entry, RandomState};
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};

use hyperslab_core::{Limits, Result};

#[derive(Clone, Debug, Default)]
pub struct Interner {
    bytes: Vec<u8>,
    /// Where each string ends in `bytes`.
    ends: Vec<u64>,
    /// By hash; a hash that is taken by other bytes leaves the next number to them.
    ids: HashMap<u64, u32, BuildHasherDefault<Same>>,
    hash: RandomState,
}

impl Interner {
    /// The number of these bytes.
    ///
    /// # Errors
    /// `Limit` when all of them together take more than metadata may.
    pub fn intern(&mut self, bytes: &[u8], limits: &Limits) -> Result<u32> {
        let mut key = self.hash.hash_one(bytes);
        loop {
            match self.ids.get(&key) {
                None => break,
                Some(&id) if self.get(id) == Some(bytes) => return Ok(id),
                Some(_) => key = key.wrapping_add(1),
            }
        }
        let total = (self.bytes.len() as u64).saturating_add(bytes.len() as u64);
        limits.claim_metadata(total, 1, "headers of messages")?;
        limits.claim_entries(self.ends.len() as u64 + 1, "headers of messages")?;
        let id = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        if let Entry::Vacant(place) = self.ids.entry(key) {
            place.insert(id);
        }
        self.bytes.extend_from_slice(bytes);
        self.ends.push(self.bytes.len() as u64);
        Ok(id)
    }

    pub fn get(&self, id: u32) -> Option<&[u8]> {
        let id = usize::try_from(id).ok()?;
        let end = *self.ends.get(id)?;
        let start = match id.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.bytes.get(start as usize..end as usize)
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes in use, about.
    pub fn memory_bytes(&self) -> u64 {
        (self.bytes.capacity() + 8 * self.ends.capacity() + 20 * self.ids.capacity()) as u64
    }
}

/// The key is a hash already.
#[derive(Clone, Debug, Default)]
struct Same(u64);

impl Hasher for Same {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_bytes_have_one_number_and_others_another() {
        let limits = Limits::default();
        let mut interner = Interner::default();
        let words: Vec<Vec<u8>> = (0..1000u32).map(|n| n.to_be_bytes().to_vec()).collect();
        for _ in 0..2 {
            for (number, word) in words.iter().enumerate() {
                assert_eq!(interner.intern(word, &limits).unwrap() as usize, number);
            }
        }
        assert_eq!(interner.intern(b"", &limits).unwrap(), 1000);
        assert_eq!(interner.get(7), Some(&words[7][..]));
        assert_eq!((interner.get(1000), interner.get(1001)), (Some(&b""[..]), None));
    }

    #[test]
    fn headers_beyond_the_limit_are_refused() {
        let limits = Limits { metadata_bytes: 10, ..Limits::default() };
        let mut interner = Interner::default();
        assert!(interner.intern(b"12345678", &limits).is_ok());
        assert!(interner.intern(b"abc", &limits).is_err());
        assert!(interner.intern(b"12345678", &limits).is_ok());
    }
}
