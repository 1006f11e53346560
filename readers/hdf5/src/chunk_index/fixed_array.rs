//! The Fixed Array index (HDF5 File Format Specification 4.0, VII.C), for datasets in which no
//! axis is unlimited.

use std::sync::OnceLock;

use hyperslab_core::{Blob, ByteOrder, Cursor, ReadContext, ReadError, Result};

use super::entries::Entries;
use super::{Grid, Place, number, steps};
use crate::file::{self, File};

pub struct FixedArray {
    steps: Vec<u64>,
    entries: Entries,
    count: u64,
    block: Option<Block>,
}

/// The data block. Its elements follow its prefix, or lie in pages behind it.
struct Block {
    address: u64,
    prefix_bytes: u64,
    /// Elements of a page; all of them when there are no pages.
    page_entries: u64,
    /// The prefix with the page bitmap, or the whole block when there are no pages.
    prefix: Blob,
    pages: Option<Vec<OnceLock<Blob>>>,
}

impl FixedArray {
    pub fn open(
        address: u64,
        grid: &Grid,
        is_filtered: bool,
        file: &File,
        cx: &ReadContext,
    ) -> Result<Self> {
        const WHAT: &str = "fixed array header";
        let bytes = 12 + u64::from(file.length_size()) + u64::from(file.offset_size());
        let header = file.read_checked(address, bytes, WHAT, cx)?;
        let mut cursor = Cursor::new(&header, file.at(address), ByteOrder::Little);
        file::signature(&mut cursor, b"FAHD", WHAT)?;
        version_0(&mut cursor, WHAT)?;
        let client = cursor.u8()?;
        let entry_bytes = cursor.u8()?;
        let page_bits = cursor.u8()?;
        let count = file::length(&mut cursor, file)?;
        let block_address = file::address(&mut cursor, file)?;
        let entries = Entries::new(client, entry_bytes, grid.chunk_bytes, is_filtered, file)
            .map_err(|e| e.at(file.at(address)))?;
        let page_entries = 1u64
            .checked_shl(u32::from(page_bits))
            .ok_or_else(|| cursor.malformed(format!("pages of 2^{page_bits} elements")))?;
        let block = match block_address {
            Some(at) => Some(Block::open(at, count, page_entries, &entries, file, cx)?),
            None => None,
        };
        Ok(Self { steps: steps(&grid.limited()?)?, entries, count, block })
    }

    pub fn get(&self, scaled: &[u64], file: &File, cx: &ReadContext) -> Result<Option<Place>> {
        let Some(block) = &self.block else { return Ok(None) };
        let index = number(scaled, &self.steps);
        if index >= self.count {
            let message = format!("a chunk index of {} elements for chunk {index}", self.count);
            return Err(ReadError::malformed(message).at(file.at(block.address)));
        }
        let within = (index % block.page_entries) as usize;
        let begin = within.saturating_mul(self.entries.bytes);
        let Some(pages) = &block.pages else {
            let begin = begin.saturating_add(block.prefix_bytes as usize);
            return self.entries.at(&block.prefix, begin).map_err(|e| e.at(file.at(block.address)));
        };
        let page = index / block.page_entries;
        if !block.is_page_there(page, file) {
            return Ok(None);
        }
        let Some(slot) = pages.get(page as usize) else { return Ok(None) };
        let bytes = match slot.get() {
            Some(bytes) => bytes,
            None => {
                let page = self.read_page(block, page, file, cx)?;
                slot.get_or_init(|| page)
            }
        };
        self.entries.at(bytes, begin).map_err(|e| e.at(file.at(block.address)))
    }

    fn read_page(&self, block: &Block, page: u64, file: &File, cx: &ReadContext) -> Result<Blob> {
        let entry_bytes = self.entries.bytes as u64;
        let first = page.saturating_mul(block.page_entries);
        let entries = self.count.saturating_sub(first).min(block.page_entries);
        // All pages but the last are full.
        let full = block.page_entries.saturating_mul(entry_bytes).saturating_add(4);
        let address = page
            .checked_mul(full)
            .and_then(|offset| offset.checked_add(block.prefix_bytes)?.checked_add(block.address))
            .ok_or_else(|| ReadError::malformed("a page past every file"))?;
        file.read_checked(address, entries.saturating_mul(entry_bytes) + 4, "fixed array page", cx)
    }
}

impl Block {
    fn open(
        address: u64,
        count: u64,
        page_entries: u64,
        entries: &Entries,
        file: &File,
        cx: &ReadContext,
    ) -> Result<Self> {
        const WHAT: &str = "fixed array data block";
        let plain = 6 + u64::from(file.offset_size());
        let entry_bytes = entries.bytes as u64;
        let elements = count
            .checked_mul(entry_bytes)
            .filter(|&bytes| file.fits(address, bytes))
            .ok_or_else(|| {
                let message = format!("a chunk index of {count} elements, larger than the file");
                ReadError::malformed(message).at(file.at(address))
            })?;
        let is_paged = count > page_entries;
        let page_count = count.div_ceil(page_entries);
        let prefix_bytes = if is_paged { plain + page_count.div_ceil(8) + 4 } else { plain };
        let read = if is_paged { prefix_bytes } else { plain + elements + 4 };
        let prefix = file.read_checked(address, read, WHAT, cx)?;
        let mut cursor = Cursor::new(&prefix, file.at(address), ByteOrder::Little);
        file::signature(&mut cursor, b"FADB", WHAT)?;
        version_0(&mut cursor, WHAT)?;
        let pages = match is_paged {
            true => {
                let each = size_of::<OnceLock<Blob>>() as u64;
                cx.limits.claim_metadata(page_count, each, "pages of a chunk index")?;
                Some((0..page_count).map(|_| OnceLock::new()).collect())
            }
            false => None,
        };
        let page_entries = if is_paged { page_entries } else { count.max(1) };
        Ok(Self { address, prefix_bytes, page_entries, prefix, pages })
    }

    /// A bit for each page, the first one the most significant of its byte.
    fn is_page_there(&self, page: u64, file: &File) -> bool {
        let bitmap = self.prefix.get(6 + usize::from(file.offset_size())..).unwrap_or_default();
        bitmap.get((page / 8) as usize).is_some_and(|byte| byte & (0x80 >> (page % 8)) != 0)
    }
}

pub(super) fn version_0(cursor: &mut Cursor, what: &str) -> Result<()> {
    match cursor.u8()? {
        0 => Ok(()),
        version => {
            Err(ReadError::unsupported(format!("{what} of version {version}")).at(cursor.offset()))
        }
    }
}
