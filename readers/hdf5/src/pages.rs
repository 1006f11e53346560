//! Metadata read a page at a time: headers, heaps and tree nodes lie side by side, and asking
//! the source for each costs more than reading it.
//!
//! A page is looked up by its number alone (one place for each of its residues), so that
//! threads that walk through different parts of a file do not wait for each other. At most
//! 1 MiB is held for a file.

use std::sync::{Arc, Mutex, PoisonError};

use hyperslab_core::{Blob, ErrorKind, ReadContext, Result, Source};

const PAGE_BYTES: u64 = 16 << 10;
const PAGES: usize = 64;

pub struct Pages(Vec<Mutex<Option<Page>>>);

#[derive(Clone)]
struct Page {
    number: u64,
    bytes: Arc<Vec<u8>>,
}

impl Default for Pages {
    fn default() -> Self {
        Self((0..PAGES).map(|_| Mutex::default()).collect())
    }
}

impl Pages {
    /// The bytes of the source at `offset`, when they lie in one page; `None` for longer ones,
    /// which are to be read by themselves.
    ///
    /// # Errors
    /// Those of the source.
    pub fn get(
        &self,
        source: &dyn Source,
        offset: u64,
        len: u64,
        cx: &ReadContext,
    ) -> Result<Option<Blob>> {
        let number = offset / PAGE_BYTES;
        let begin = number * PAGE_BYTES;
        let inside = offset - begin;
        let end = inside.saturating_add(len);
        let here = source.len().saturating_sub(begin).min(PAGE_BYTES);
        if end > here {
            return Ok(None);
        }
        let Some(slot) = self.0.get((number % PAGES as u64) as usize) else { return Ok(None) };
        let lock = || slot.lock().unwrap_or_else(PoisonError::into_inner);
        let found = lock().clone().filter(|page| page.number == number);
        let page = match found {
            Some(page) => page,
            None => {
                // Of several files put together a page may lie in none or in two.
                let mut bytes = vec![0; here as usize];
                match source.read_into(begin, &mut bytes, cx) {
                    Err(error) if error.kind() == ErrorKind::Truncated => return Ok(None),
                    read => read?,
                }
                let page = Page { number, bytes: Arc::new(bytes) };
                *lock() = Some(page.clone());
                page
            }
        };
        Ok(Blob::shared(page.bytes, inside as usize..end as usize))
    }

    /// What is held may no longer be what the file holds.
    pub fn forget(&self) {
        for slot in &self.0 {
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyperslab_core::MemorySource;

    #[test]
    fn bytes_are_the_sources_wherever_pages_end() {
        let bytes: Vec<u8> = (0..80_000u32).map(|k| (k % 251) as u8).collect();
        let (source, cx) = (MemorySource::new(bytes.clone()), ReadContext::default());
        let pages = Pages::default();
        for (offset, len) in [(0, 10), (16_382, 2), (16_384, 100), (79_990, 10), (32_000, 768)] {
            let found = pages.get(&source, offset, len, &cx).unwrap().unwrap();
            assert_eq!(*found, bytes[offset as usize..(offset + len) as usize]);
        }
        for (offset, len) in [(16_382, 3), (79_990, 11), (u64::MAX, 1), (0, 16_385)] {
            assert!(pages.get(&source, offset, len, &cx).unwrap().is_none());
        }
    }
}
