//! The Extensible Array index (HDF5 File Format Specification 4.0, VII.D), for datasets in
//! which one axis is unlimited.
//!
//! Elements lie in the index block first, then in data blocks. Data blocks come in groups, the
//! super blocks; group `s` has `2^(s/2)` data blocks of `2^((s+1)/2)` times the smallest
//! number of elements. The addresses of the data blocks of the first groups are in the index
//! block, those of a later group in a super block of its own.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use hyperslab_core::{Blob, ByteOrder, Cursor, ReadContext, ReadError, Result};

use super::entries::Entries;
use super::fixed_array::version_0;
use super::{Grid, Place, steps};
use crate::file::{self, File, address_of};

pub struct ExtensibleArray {
    /// The axis that grows counts slowest in the array.
    unlimited: usize,
    steps: Vec<u64>,
    entries: Entries,
    header: Header,
    index_block: Option<IndexBlock>,
    /// Of data blocks and their pages, by address.
    blocks: Mutex<Blocks>,
}

struct Header {
    /// Elements that were ever set lie below.
    end: u64,
    /// Elements in the index block.
    in_index_block: u64,
    /// Elements of the smallest data block.
    least: u64,
    /// Data block addresses in the smallest super block.
    least_pointers: u64,
    /// Elements of a page; larger data blocks are cut into pages.
    page: u64,
    /// Bytes of a block's offset in the array.
    offset_bytes: u64,
    super_blocks: u64,
}

struct IndexBlock {
    address: u64,
    bytes: Blob,
    super_blocks: Vec<OnceLock<Blob>>,
}

#[derive(Default)]
struct Blocks {
    held: u64,
    by_address: HashMap<u64, Blob>,
}

/// Where in the array an element is.
struct Spot {
    /// Number of the super block.
    group: u64,
    /// Data block in the group, and element in the data block.
    block: u64,
    element: u64,
    /// Elements of the data block.
    block_elements: u64,
}

impl ExtensibleArray {
    pub fn open(
        address: u64,
        grid: &Grid,
        is_filtered: bool,
        file: &File,
        cx: &ReadContext,
    ) -> Result<Self> {
        const WHAT: &str = "extensible array header";
        let bytes = 16 + 6 * u64::from(file.length_size()) + u64::from(file.offset_size());
        let header_bytes = file.read_checked(address, bytes, WHAT, cx)?;
        let mut cursor = Cursor::new(&header_bytes, file.at(address), ByteOrder::Little);
        file::signature(&mut cursor, b"EAHD", WHAT)?;
        version_0(&mut cursor, WHAT)?;
        let client = cursor.u8()?;
        let entry_bytes = cursor.u8()?;
        let header = Header::read(&mut cursor, file)?;
        let block_address = file::address(&mut cursor, file)?;
        let entries = Entries::new(client, entry_bytes, grid.chunk_bytes, is_filtered, file)
            .map_err(|e| e.at(file.at(address)))?;
        let (unlimited, steps) = growing(grid)?;
        let index_block = match block_address {
            Some(at) => Some(IndexBlock::open(at, &header, &entries, file, cx)?),
            None => None,
        };
        let blocks = Mutex::default();
        Ok(Self { unlimited, steps, entries, header, index_block, blocks })
    }

    pub fn get(&self, scaled: &[u64], file: &File, cx: &ReadContext) -> Result<Option<Place>> {
        let Some(block) = &self.index_block else { return Ok(None) };
        let index = self.number(scaled);
        if index >= self.header.end {
            return Ok(None);
        }
        self.find(index, block, file, cx).map_err(|e| e.at(file.at(block.address)))
    }

    fn number(&self, scaled: &[u64]) -> u64 {
        let slow = scaled.get(self.unlimited);
        let fast = scaled.iter().enumerate().filter(|(axis, _)| *axis != self.unlimited);
        slow.into_iter()
            .chain(fast.map(|(_, k)| k))
            .zip(&self.steps)
            .fold(0u64, |sum, (&k, &step)| sum.saturating_add(k.saturating_mul(step)))
    }

    fn find(
        &self,
        index: u64,
        block: &IndexBlock,
        file: &File,
        cx: &ReadContext,
    ) -> Result<Option<Place>> {
        let header = &self.header;
        let first = prefix_bytes(file);
        let Some(behind) = index.checked_sub(header.in_index_block) else {
            return self
                .entries
                .at(&block.bytes, position(first, index, self.entries.bytes as u64));
        };
        let spot = header.spot(behind);
        let width = u64::from(file.offset_size());
        let in_index_block = header.in_index_block.saturating_mul(self.entries.bytes as u64);
        let pointers = first.saturating_add(in_index_block);
        if spot.group < header.groups_in_index_block() {
            let which = header.blocks_before(spot.group).saturating_add(spot.block);
            let Some(at) = pointer(&block.bytes, position(pointers, which, width), file)? else {
                return Ok(None);
            };
            return self.in_block(at, &spot, file, cx);
        }
        let pointers = position(pointers, header.blocks_in_index_block(), width) as u64;
        let which = spot.group - header.groups_in_index_block();
        let Some(at) = pointer(&block.bytes, position(pointers, which, width), file)? else {
            return Ok(None);
        };
        let Some(slot) = block.super_blocks.get(which as usize) else { return Ok(None) };
        let super_block = match slot.get() {
            Some(bytes) => bytes,
            None => {
                let read = self.read_super_block(at, spot.group, file, cx)?;
                slot.get_or_init(|| read)
            }
        };
        let bitmap = first.saturating_add(header.offset_bytes);
        let bitmap_bytes = header.bitmap_bytes(spot.group);
        let pages = spot.block_elements / header.page;
        let pointers = bitmap.saturating_add(bitmap_bytes);
        let Some(at) = pointer(super_block, position(pointers, spot.block, width), file)? else {
            return Ok(None);
        };
        if bitmap_bytes == 0 {
            return self.in_block(at, &spot, file, cx);
        }
        let page = spot.block.saturating_mul(pages).saturating_add(spot.element / header.page);
        let byte = super_block.get(position(bitmap, page / 8, 1));
        if byte.is_none_or(|byte| byte & (0x80 >> (page % 8)) == 0) {
            return Ok(None);
        }
        self.in_page(at, &spot, file, cx)
    }

    fn in_block(
        &self,
        address: u64,
        spot: &Spot,
        file: &File,
        cx: &ReadContext,
    ) -> Result<Option<Place>> {
        let first = prefix_bytes(file).saturating_add(self.header.offset_bytes);
        let elements = spot.block_elements.saturating_mul(self.entries.bytes as u64);
        let bytes = first.saturating_add(elements).saturating_add(4);
        let block = self.block(address, bytes, "extensible array data block", file, cx)?;
        if block.get(..4) != Some(b"EADB") {
            let message = "no extensible array data block where one should be";
            return Err(ReadError::malformed(message).at(file.at(address)));
        }
        self.entries.at(&block, position(first, spot.element, self.entries.bytes as u64))
    }

    /// Pages lie one after the other behind the prefix of their data block, which has a
    /// checksum of its own.
    fn in_page(
        &self,
        block_address: u64,
        spot: &Spot,
        file: &File,
        cx: &ReadContext,
    ) -> Result<Option<Place>> {
        let entry_bytes = self.entries.bytes as u64;
        let page_bytes = self.header.page.saturating_mul(entry_bytes).saturating_add(4);
        let first = prefix_bytes(file).saturating_add(self.header.offset_bytes).saturating_add(4);
        let address = (spot.element / self.header.page)
            .checked_mul(page_bytes)
            .and_then(|offset| offset.checked_add(first)?.checked_add(block_address))
            .ok_or_else(|| ReadError::malformed("a page past every file"))?;
        let page = self.block(address, page_bytes, "extensible array page", file, cx)?;
        self.entries.at(&page, position(0, spot.element % self.header.page, entry_bytes))
    }

    /// A data block or page, read once; all are forgotten when they become too many.
    fn block(
        &self,
        address: u64,
        bytes: u64,
        what: &str,
        file: &File,
        cx: &ReadContext,
    ) -> Result<Blob> {
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = blocks.by_address.get(&address) {
            return Ok(found.clone());
        }
        cx.check()?;
        let read = file.read_checked(address, bytes, what, cx)?;
        blocks.held = blocks.held.saturating_add(bytes);
        if blocks.held > cx.limits.metadata_bytes {
            blocks.by_address.clear();
            blocks.held = bytes;
        }
        blocks.by_address.insert(address, read.clone());
        Ok(read)
    }

    fn read_super_block(
        &self,
        address: u64,
        group: u64,
        file: &File,
        cx: &ReadContext,
    ) -> Result<Blob> {
        const WHAT: &str = "extensible array secondary block";
        let header = &self.header;
        let pointers = header.blocks_of(group).saturating_mul(u64::from(file.offset_size()));
        let bytes = prefix_bytes(file)
            .saturating_add(header.offset_bytes)
            .saturating_add(header.bitmap_bytes(group))
            .saturating_add(pointers)
            .saturating_add(4);
        let read = file.read_checked(address, bytes, WHAT, cx)?;
        let mut cursor = Cursor::new(&read, file.at(address), ByteOrder::Little);
        file::signature(&mut cursor, b"EASB", WHAT)?;
        version_0(&mut cursor, WHAT)?;
        Ok(read)
    }
}

impl Header {
    fn read(cursor: &mut Cursor, file: &File) -> Result<Self> {
        let [most_bits, in_index_block, least, least_pointers, page_bits] =
            [cursor.u8()?, cursor.u8()?, cursor.u8()?, cursor.u8()?, cursor.u8()?];
        // Statistics of blocks, of which only the largest index says something new.
        for _ in 0..4 {
            file::length(cursor, file)?;
        }
        let end = file::length(cursor, file)?;
        file::length(cursor, file)?;
        let is_sound = most_bits <= 64
            && least.is_power_of_two()
            && least_pointers.is_power_of_two()
            && page_bits < 64
            && u32::from(most_bits) >= least.ilog2();
        if !is_sound {
            return Err(cursor.malformed(format!(
                "an extensible array of 2^{most_bits} elements in blocks of {least} and more, \
                 pages of 2^{page_bits}"
            )));
        }
        let header = Self {
            end,
            in_index_block: u64::from(in_index_block),
            least: u64::from(least),
            least_pointers: u64::from(least_pointers),
            page: 1 << page_bits,
            offset_bytes: u64::from(most_bits).div_ceil(8),
            super_blocks: 1 + u64::from(u32::from(most_bits) - least.ilog2()),
        };
        if header.groups_in_index_block() > header.super_blocks {
            return Err(cursor.malformed("an extensible array with more blocks than elements"));
        }
        Ok(header)
    }

    /// Of the element `behind` those of the index block.
    fn spot(&self, behind: u64) -> Spot {
        // Group `s` begins at `(2^s - 1) * least`.
        let group = u64::from((behind / self.least).saturating_add(1).ilog2());
        let first = ((1u64 << group) - 1).saturating_mul(self.least);
        let block_elements = self.elements_of(group);
        let within = behind.saturating_sub(first);
        Spot {
            group,
            block: within / block_elements,
            element: within % block_elements,
            block_elements,
        }
    }

    /// Elements of each data block of a group.
    fn elements_of(&self, group: u64) -> u64 {
        (1u64 << group.div_ceil(2).min(63)).saturating_mul(self.least)
    }

    /// Data blocks of a group.
    fn blocks_of(&self, group: u64) -> u64 {
        1 << (group / 2).min(63)
    }

    /// Data blocks of all groups before `group`, one of those in the index block.
    fn blocks_before(&self, group: u64) -> u64 {
        (0..group.min(64)).fold(0, |sum: u64, earlier| sum.saturating_add(self.blocks_of(earlier)))
    }

    fn groups_in_index_block(&self) -> u64 {
        2 * u64::from(self.least_pointers.ilog2())
    }

    fn blocks_in_index_block(&self) -> u64 {
        2 * (self.least_pointers - 1)
    }

    /// Bytes of a super block that tell which pages of its data blocks are there.
    fn bitmap_bytes(&self, group: u64) -> u64 {
        let elements = self.elements_of(group);
        if elements <= self.page {
            return 0;
        }
        (elements / self.page).div_ceil(8).saturating_mul(self.blocks_of(group))
    }
}

impl IndexBlock {
    fn open(
        address: u64,
        header: &Header,
        entries: &Entries,
        file: &File,
        cx: &ReadContext,
    ) -> Result<Self> {
        const WHAT: &str = "extensible array index block";
        let super_blocks = header.super_blocks - header.groups_in_index_block();
        let pointers = header.blocks_in_index_block() + super_blocks;
        let bytes = prefix_bytes(file)
            + header.in_index_block * entries.bytes as u64
            + pointers * u64::from(file.offset_size())
            + 4;
        let bytes = file.read_checked(address, bytes, WHAT, cx)?;
        let mut cursor = Cursor::new(&bytes, file.at(address), ByteOrder::Little);
        file::signature(&mut cursor, b"EAIB", WHAT)?;
        version_0(&mut cursor, WHAT)?;
        let super_blocks = (0..super_blocks).map(|_| OnceLock::new()).collect();
        Ok(Self { address, bytes, super_blocks })
    }
}

/// The unlimited axis, and the steps when it is moved to the front.
fn growing(grid: &Grid) -> Result<(usize, Vec<u64>)> {
    let mut unlimited = grid.most.iter().enumerate().filter(|(_, most)| most.is_none());
    let (Some((axis, _)), None) = (unlimited.next(), unlimited.next()) else {
        return Err(ReadError::malformed(
            "an extensible array index in a dataset that has not one unlimited axis",
        ));
    };
    let others = grid.most.iter().flatten().copied();
    let counts: Vec<u64> = std::iter::once(1).chain(others).collect();
    Ok((axis, steps(&counts)?))
}

/// Signature, version, client and the address of the header.
fn prefix_bytes(file: &File) -> u64 {
    6 + u64::from(file.offset_size())
}

/// Saturates; what lies past a block is an error there.
fn position(first: u64, index: u64, each: u64) -> usize {
    usize::try_from(first.saturating_add(index.saturating_mul(each))).unwrap_or(usize::MAX)
}

fn pointer(block: &[u8], begin: usize, file: &File) -> Result<Option<u64>> {
    let rest = block.get(begin..).unwrap_or_default();
    address_of(&mut Cursor::new(rest, 0, ByteOrder::Little), file.offset_size())
        .map_err(|_| ReadError::malformed("a chunk index that ends too early"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values libhdf5 writes.
    fn header() -> Header {
        Header {
            end: u64::MAX,
            in_index_block: 4,
            least: 16,
            least_pointers: 4,
            page: 1024,
            offset_bytes: 4,
            super_blocks: 29,
        }
    }

    #[test]
    fn groups_of_data_blocks_follow_each_other_without_a_gap() {
        let header = header();
        let mut next = 0;
        for group in 0..20 {
            for block in 0..header.blocks_of(group) {
                for element in [0, header.elements_of(group) - 1] {
                    let spot = header.spot(next + element);
                    assert_eq!((spot.group, spot.block, spot.element), (group, block, element));
                }
                next += header.elements_of(group);
            }
        }
    }

    #[test]
    fn the_index_block_points_to_the_data_blocks_of_the_first_groups() {
        let header = header();
        assert_eq!(header.groups_in_index_block(), 4);
        assert_eq!(header.blocks_before(4), header.blocks_in_index_block());
        assert_eq!(header.bitmap_bytes(12), 0);
        assert_eq!((header.elements_of(13), header.bitmap_bytes(13)), (2048, 64));
    }
}
