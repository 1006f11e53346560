//! Fractal Heap ("Disk Format: Level 1G - Fractal Heap"): dense links and attributes, shared
//! messages. Objects are managed (in a doubling table of direct blocks), huge (each with a
//! place of its own in the file) or tiny (within their id).

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use hyperslab_core::{Blob, ByteOrder, Cursor, ReadContext, ReadError, Result};
use rayon::prelude::*;

use crate::btree_v2;
use crate::checksum;
use crate::file::{self, Block, File};
use crate::pipeline::Pipeline;
use crate::superblock::version_zero;

/// Blocks of a heap are kept up to this many bytes.
const KEPT_BYTES: usize = 16 << 20;

/// An open heap. It may be asked from many threads at once.
pub struct FractalHeap {
    address: u64,
    id_bytes: u16,
    has_block_checksums: bool,
    filters: Option<Pipeline>,
    table: DoublingTable,
    /// Stored size and filter mask of a root direct block that is filtered.
    filtered_root: (u64, u32),
    /// Bytes of an object's offset and of its length in an id.
    offset_bytes: u8,
    length_bytes: u8,
    huge_index: Option<u64>,
    huge: OnceLock<HashMap<u64, Huge>>,
    kept: Mutex<Kept>,
}

/// Blocks that were read, by address.
#[derive(Default)]
struct Kept {
    blocks: HashMap<u64, Block>,
    bytes: usize,
    /// Bytes of all blocks read so far, kept or not.
    read_bytes: u64,
}

/// The doubling table: rows of `width` blocks; the first two rows have blocks of `start` bytes,
/// every further row blocks twice as large.
struct DoublingTable {
    width: u64,
    start_bytes: u64,
    most_direct_bytes: u64,
    root: Option<u64>,
    /// 0 when the root is a direct block.
    root_rows: u64,
}

/// Where a huge object lies.
#[derive(Clone, Copy)]
struct Huge {
    address: u64,
    stored_bytes: u64,
    /// Filter mask and size without filters.
    filtered: Option<(u32, u64)>,
}

/// A direct block and what its parent says of it.
struct DirectBlock {
    address: u64,
    /// Where it begins in the heap.
    offset: u64,
    bytes: u64,
    /// Stored size and filter mask.
    filtered: (u64, u32),
}

/// Makes something of a record of an index and the object it names.
type Make<'a, T> = &'a (dyn Fn(&[u8], Result<Blob>) -> Result<T> + Sync);

/// So many objects are fetched by one thread after the other.
const OBJECTS_PER_TASK: usize = 2048;

/// The direct block that was used last, and where it begins in the heap: neighbours need
/// neither search nor lock.
type Last = Option<(u64, Block)>;

impl FractalHeap {
    /// # Errors
    /// When there is no heap at `address`, its checksum is wrong or it contradicts itself.
    pub fn open(file: &File, address: u64, cx: &ReadContext) -> Result<Self> {
        let what = "fractal heap header";
        let (offset_size, length_size) =
            (u64::from(file.offset_size()), u64::from(file.length_size()));
        let fixed_len = 22 + 12 * length_size + 3 * offset_size;
        let filter_info_len = {
            let prefix = file.read(address, 9, cx)?;
            let mut cursor = Cursor::new(&prefix, file.at(address), ByteOrder::Little);
            file::signature(&mut cursor, b"FRHP", what)?;
            cursor.skip(1 + 2)?;
            u64::from(cursor.u16()?)
        };
        let filter_len = if filter_info_len > 0 { length_size + 4 + filter_info_len } else { 0 };
        let bytes = file.read_checked(address, fixed_len + filter_len + 4, what, cx)?;
        let mut cursor = Cursor::new(&bytes, file.at(address), ByteOrder::Little);
        cursor.skip(4)?;
        version_zero(&mut cursor, what)?;
        let id_bytes = cursor.u16()?;
        cursor.skip(2)?;
        let flags = cursor.u8()?;
        let most_managed_bytes = cursor.u32()?;
        let _next_huge_id = file::length(&mut cursor, file)?;
        let huge_index = file::address(&mut cursor, file)?;
        let _free_bytes = file::length(&mut cursor, file)?;
        let _free_space = file::address(&mut cursor, file)?;
        // Managed space, allocated space, iterator, managed objects, huge size and count, tiny
        // size and count.
        cursor.skip(8 * length_size as usize)?;
        let width = u64::from(cursor.u16()?);
        let start_bytes = file::length(&mut cursor, file)?;
        let most_direct_bytes = file::length(&mut cursor, file)?;
        let heap_bits = cursor.u16()?;
        cursor.skip(2)?;
        let root = file::address(&mut cursor, file)?;
        let root_rows = u64::from(cursor.u16()?);
        let table = DoublingTable { width, start_bytes, most_direct_bytes, root, root_rows };
        table.check(heap_bits).map_err(|error| error.at(file.at(address)))?;
        let (mut filters, mut filtered_root) = (None, (0, 0));
        if filter_info_len > 0 {
            filtered_root = (file::length(&mut cursor, file)?, cursor.u32()?);
            let offset = cursor.offset();
            let info = cursor.take(filter_info_len as usize)?;
            filters = Some(Pipeline::parse(info, offset, 1)?);
        }
        Ok(Self {
            address,
            id_bytes,
            has_block_checksums: flags & 2 != 0,
            filters,
            filtered_root,
            offset_bytes: heap_bits.div_ceil(8) as u8,
            length_bytes: length_bytes(most_direct_bytes, most_managed_bytes),
            table,
            huge_index,
            huge: OnceLock::new(),
            kept: Mutex::default(),
        })
    }

    /// Bytes of an id.
    pub fn id_bytes(&self) -> usize {
        self.id_bytes.into()
    }

    /// The object with an id ("Fractal Heap ID").
    ///
    /// # Errors
    /// When the id is none of this heap's or a block cannot be read.
    pub fn get(&self, id: &[u8], file: &File, cx: &ReadContext) -> Result<Blob> {
        self.get_near(id, &mut None, file, cx)
    }

    fn get_near(&self, id: &[u8], last: &mut Last, file: &File, cx: &ReadContext) -> Result<Blob> {
        let at = file.at(self.address);
        let Some((&first, rest)) = id.split_first() else {
            return Err(ReadError::malformed("an empty fractal heap id").at(at));
        };
        let mut cursor = Cursor::new(rest, at, ByteOrder::Little);
        match first >> 4 {
            0 => {
                let offset = cursor.uint(self.offset_bytes)?;
                let len = cursor.uint(self.length_bytes)?;
                self.managed(offset, len, last, file, cx)
            }
            1 => self.huge(&mut cursor, file, cx),
            2 => self.tiny(first, rest),
            _ => Err(ReadError::malformed(format!("a fractal heap id of type {:#x}", first >> 4))),
        }
        .map_err(|error| error.at(at))
    }

    /// What `make` makes of every record of the B-tree `index`, of type `kind`, and the object
    /// it names: its id begins at byte `id_at` of the record. They come in the order of the
    /// heap, so that each block is read once; the index is in the order of hashes. Beside them,
    /// what was wrong first with what is not among them.
    ///
    /// # Errors
    /// `Cancelled`.
    pub fn get_all<T: Send>(
        &self,
        file: &File,
        index: u64,
        kind: u8,
        id_at: usize,
        cx: &ReadContext,
        make: Make<T>,
    ) -> Result<(Vec<T>, Option<ReadError>)> {
        let mut all = Vec::new();
        let mut record_bytes = 1;
        let mut error = btree_v2::records(file, index, &[kind], cx, &mut |record| {
            record_bytes = record.len().max(1);
            all.extend_from_slice(record);
            let count = (all.len() / record_bytes) as u64;
            cx.limits.claim_entries(count, "links or attributes of one object")?;
            cx.limits.claim_metadata(all.len() as u64, 1, "index of a fractal heap").map(drop)
        })
        .err();
        let records = all.chunks_exact(record_bytes);
        let mut records: Vec<(Option<u64>, &[u8])> = records
            .map(|record| (record.get(id_at..).and_then(|rest| self.managed_offset(rest)), record))
            .collect();
        records.par_sort_by_key(|record| record.0);
        let one = |record: &[u8], last: &mut Last| {
            let id = record.get(id_at..).and_then(|rest| rest.get(..self.id_bytes()));
            let id = id.ok_or_else(|| ReadError::malformed("a record too short for a heap id"));
            make(record, id.and_then(|id| self.get_near(id, last, file, cx)))
        };
        let parts = records.par_chunks(OBJECTS_PER_TASK).map(|records| {
            cx.check()?;
            let (mut found, mut error) = (Vec::with_capacity(records.len()), None);
            let mut last = None;
            for (_, record) in records {
                match one(record, &mut last) {
                    Ok(object) => found.push(object),
                    Err(wrong) if wrong.is_cancelled() => return Err(wrong),
                    Err(wrong) => drop(error.get_or_insert(wrong)),
                }
            }
            Ok((found, error))
        });
        let parts = parts.collect::<Result<Vec<_>>>()?;
        let mut found = Vec::with_capacity(records.len());
        for (part, wrong) in parts {
            found.extend(part);
            error = error.or(wrong);
        }
        Ok((found, error))
    }

    /// Where in the heap a managed object lies; others come first.
    fn managed_offset(&self, id: &[u8]) -> Option<u64> {
        let (&first, rest) = id.split_first()?;
        let mut cursor = Cursor::new(rest, 0, ByteOrder::Little);
        if first >> 4 == 0 { cursor.uint(self.offset_bytes).ok() } else { None }
    }

    fn tiny(&self, first: u8, rest: &[u8]) -> Result<Blob> {
        const MOST_IN_SHORT_ID: u16 = 16;
        let low = usize::from(first & 0x0f);
        let (len, data) = if self.id_bytes.saturating_sub(1) <= MOST_IN_SHORT_ID {
            (low + 1, rest)
        } else {
            match rest.split_first() {
                Some((&second, data)) => ((low << 8 | usize::from(second)) + 1, data),
                None => (usize::MAX, rest),
            }
        };
        let found = data.get(..len).map(|data| Blob::owned(data.to_vec()));
        found.ok_or_else(|| ReadError::malformed("a tiny object that is longer than its id"))
    }

    fn huge(&self, cursor: &mut Cursor, file: &File, cx: &ReadContext) -> Result<Blob> {
        let (offset_size, length_size) =
            (u64::from(file.offset_size()), u64::from(file.length_size()));
        let direct_bytes = match self.filters {
            None => offset_size + length_size,
            Some(_) => offset_size + length_size + 4 + length_size,
        };
        let room = u64::from(self.id_bytes).saturating_sub(1);
        let huge = if room >= direct_bytes {
            Huge::read(cursor, file, self.filters.is_some())?
        } else {
            let key = cursor.uint(room.clamp(1, 8).min(length_size) as u8)?;
            let found = self.huge_objects(file, cx)?.get(&key).copied();
            found.ok_or_else(|| ReadError::malformed(format!("no huge heap object {key}")))?
        };
        cx.limits.claim_metadata(huge.stored_bytes, 1, "huge heap object")?;
        let stored = file.read(huge.address, huge.stored_bytes, cx)?;
        match (&self.filters, huge.filtered) {
            (Some(filters), Some((mask, bytes))) => decode(filters, &stored, mask, bytes, cx),
            _ => Ok(stored),
        }
    }

    /// The objects whose ids stand for a record in the index of huge objects.
    fn huge_objects(&self, file: &File, cx: &ReadContext) -> Result<&HashMap<u64, Huge>> {
        if let Some(known) = self.huge.get() {
            return Ok(known);
        }
        const NOT_FILTERED: u8 = 1;
        const FILTERED: u8 = 2;
        let kind = if self.filters.is_some() { FILTERED } else { NOT_FILTERED };
        let mut found = HashMap::new();
        if let Some(address) = self.huge_index {
            btree_v2::records(file, address, &[kind], cx, &mut |record| {
                let mut cursor = Cursor::new(record, file.at(address), ByteOrder::Little);
                let huge = Huge::read(&mut cursor, file, kind == FILTERED)?;
                found.insert(file::length(&mut cursor, file)?, huge);
                Ok(())
            })?;
        }
        Ok(self.huge.get_or_init(|| found))
    }

    fn managed(
        &self,
        offset: u64,
        len: u64,
        last: &mut Last,
        file: &File,
        cx: &ReadContext,
    ) -> Result<Blob> {
        let is_in = |last: &(u64, Block)| {
            offset.checked_sub(last.0).is_some_and(|at| at < last.1.bytes().len() as u64)
        };
        if !last.as_ref().is_some_and(is_in) {
            let found = self.direct_block(offset, file, cx)?;
            *last = Some((found.offset, self.read_direct(&found, file, cx)?));
        }
        let part = last.as_ref().and_then(|(first, block)| {
            let start = usize::try_from(offset.checked_sub(*first)?).ok()?;
            block.part(start..start.checked_add(usize::try_from(len).ok()?)?)
        });
        part.ok_or_else(|| ReadError::malformed("a heap object that reaches past its block"))
    }

    /// The direct block that holds the byte `offset` of the heap.
    fn direct_block(&self, offset: u64, file: &File, cx: &ReadContext) -> Result<DirectBlock> {
        let table = &self.table;
        let outside = || ReadError::malformed(format!("no byte {offset} in the fractal heap"));
        let mut address = table.root.ok_or_else(outside)?;
        if table.root_rows == 0 {
            if offset >= table.start_bytes {
                return Err(outside());
            }
            let (bytes, filtered) = (table.start_bytes, self.filtered_root);
            return Ok(DirectBlock { address, offset: 0, bytes, filtered });
        }
        let (mut rows, mut base) = (table.root_rows, 0);
        loop {
            let place = table.place(offset - base).filter(|place| place.row < rows);
            let place = place.ok_or_else(outside)?;
            let block = self.read_indirect(address, base, rows, file, cx)?;
            let entry = self.entry(block.bytes(), rows, place.index, file)?;
            let (child, filtered) = entry.ok_or_else(outside)?;
            base += place.offset;
            if place.bytes <= table.most_direct_bytes {
                let bytes = place.bytes;
                return Ok(DirectBlock { address: child, offset: base, bytes, filtered });
            }
            // A child covers less than its parent, so this ends.
            address = child;
            rows = table.rows_of(place.bytes);
        }
    }

    /// Address of the child `index` of an indirect block, and what it says of its filtering.
    fn entry(
        &self,
        block: &[u8],
        rows: u64,
        index: u64,
        file: &File,
    ) -> Result<Option<(u64, (u64, u32))>> {
        let direct = self.table.direct_rows().min(rows) * self.table.width;
        let (direct_bytes, indirect_bytes) = self.entry_bytes(file);
        let start = self.indirect_prefix_bytes(file)
            + index.min(direct) * direct_bytes
            + index.saturating_sub(direct) * indirect_bytes;
        let entry = usize::try_from(start).ok().and_then(|start| block.get(start..));
        let mut cursor = Cursor::new(entry.unwrap_or_default(), 0, ByteOrder::Little);
        let address = file::address(&mut cursor, file)?;
        let mut filtered = (0, 0);
        if index < direct && self.filters.is_some() {
            filtered = (file::length(&mut cursor, file)?, cursor.u32()?);
        }
        Ok(address.map(|address| (address, filtered)))
    }

    /// Bytes of an entry for a direct and for an indirect block.
    fn entry_bytes(&self, file: &File) -> (u64, u64) {
        let indirect = u64::from(file.offset_size());
        let filtered = if self.filters.is_some() { u64::from(file.length_size()) + 4 } else { 0 };
        (indirect + filtered, indirect)
    }

    fn indirect_prefix_bytes(&self, file: &File) -> u64 {
        4 + 1 + u64::from(file.offset_size()) + u64::from(self.offset_bytes)
    }

    /// "Fractal Heap Indirect Block" of `rows` rows, which begins at `offset` in the heap.
    fn read_indirect(
        &self,
        address: u64,
        offset: u64,
        rows: u64,
        file: &File,
        cx: &ReadContext,
    ) -> Result<Block> {
        self.kept(address, cx, || {
            let what = "fractal heap indirect block";
            let direct = self.table.direct_rows().min(rows) * self.table.width;
            let indirect = rows * self.table.width - direct;
            let (direct_bytes, indirect_bytes) = self.entry_bytes(file);
            let entries_len = direct * direct_bytes + indirect * indirect_bytes;
            let len = self.indirect_prefix_bytes(file) + entries_len + 4;
            cx.limits.claim_metadata(len, 1, what)?;
            let bytes = file.read_checked(address, len, what, cx)?;
            let mut cursor = Cursor::new(&bytes, file.at(address), ByteOrder::Little);
            self.check_prefix(&mut cursor, b"FHIB", what, offset, file)?;
            Ok(Block::new(bytes))
        })
    }

    /// "Fractal Heap Direct Block", its filters undone.
    fn read_direct(&self, block: &DirectBlock, file: &File, cx: &ReadContext) -> Result<Block> {
        self.kept(block.address, cx, || {
            let what = "fractal heap direct block";
            cx.limits.claim_metadata(block.bytes, 1, what)?;
            file.retrying(cx, || {
                let bytes = match &self.filters {
                    None => file.read(block.address, block.bytes, cx)?,
                    Some(filters) => {
                        let (len, mask) = block.filtered;
                        cx.limits.claim_metadata(len, 1, what)?;
                        let stored = file.read(block.address, len, cx)?;
                        decode(filters, &stored, mask, block.bytes, cx)?
                    }
                };
                let mut cursor = Cursor::new(&bytes, file.at(block.address), ByteOrder::Little);
                self.check_prefix(&mut cursor, b"FHDB", what, block.offset, file)?;
                if self.has_block_checksums {
                    let at = bytes.len() - cursor.remaining() as usize;
                    check_inner(&bytes, at, cursor.u32()?, file.at(block.address))?;
                }
                Ok(Block::new(bytes))
            })
        })
    }

    /// Signature, version, the heap's address and the block's offset in the heap.
    fn check_prefix(
        &self,
        cursor: &mut Cursor,
        signature: &[u8; 4],
        what: &str,
        offset: u64,
        file: &File,
    ) -> Result<()> {
        file::signature(cursor, signature, what)?;
        version_zero(cursor, what)?;
        let owner = file::address(cursor, file)?;
        if owner != Some(self.address) || cursor.uint(self.offset_bytes)? != offset {
            return Err(cursor.malformed(format!("a {what} that belongs elsewhere")));
        }
        Ok(())
    }

    /// The block at `address`, read unless it is still there.
    fn kept(
        &self,
        address: u64,
        cx: &ReadContext,
        read: impl FnOnce() -> Result<Block>,
    ) -> Result<Block> {
        let found = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(block) = found.blocks.get(&address) {
            return Ok(block.clone());
        }
        drop(found);
        let block = read()?;
        let len = block.bytes().len();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.read_bytes = kept.read_bytes.saturating_add(len as u64);
        cx.limits.claim_metadata(kept.read_bytes, 1, "blocks of a fractal heap")?;
        if kept.bytes.saturating_add(len) > KEPT_BYTES {
            kept.blocks.clear();
            kept.bytes = 0;
        }
        kept.bytes += len;
        kept.blocks.insert(address, block.clone());
        Ok(block)
    }
}

impl Huge {
    /// Address, stored length and, where there are filters, mask and length without them: the
    /// same in an id and in a record of the index.
    fn read(cursor: &mut Cursor, file: &File, is_filtered: bool) -> Result<Self> {
        let address = file::address(cursor, file)?;
        let stored_bytes = file::length(cursor, file)?;
        let filtered = match is_filtered {
            true => Some((cursor.u32()?, file::length(cursor, file)?)),
            false => None,
        };
        let address =
            address.ok_or_else(|| cursor.malformed("a huge heap object without an address"))?;
        Ok(Self { address, stored_bytes, filtered })
    }
}

/// A block within its parent.
struct Place {
    row: u64,
    /// Counted over all rows.
    index: u64,
    bytes: u64,
    /// Where it begins in the parent.
    offset: u64,
}

impl DoublingTable {
    fn check(&self, heap_bits: u16) -> Result<()> {
        let is_sound = self.width.is_power_of_two()
            && self.start_bytes.is_power_of_two()
            && self.most_direct_bytes.is_power_of_two()
            && self.start_bytes <= self.most_direct_bytes
            && self.most_direct_bytes <= 1 << 32
            && (1..=64).contains(&heap_bits)
            && self.width.ilog2() + self.start_bytes.ilog2() <= u32::from(heap_bits)
            && self.root_rows <= 64;
        if is_sound {
            return Ok(());
        }
        Err(ReadError::malformed(format!(
            "a fractal heap of {heap_bits} bits, rows of {} blocks, blocks of {} to {} bytes",
            self.width, self.start_bytes, self.most_direct_bytes
        )))
    }

    /// Rows of direct blocks in an indirect block that has as many rows or more.
    fn direct_rows(&self) -> u64 {
        u64::from(self.most_direct_bytes.ilog2() - self.start_bytes.ilog2()) + 2
    }

    /// Rows of an indirect block that covers `bytes` of the heap.
    fn rows_of(&self, bytes: u64) -> u64 {
        let first_row_bits = self.start_bytes.ilog2() + self.width.ilog2();
        u64::from((bytes.max(1).ilog2() + 1).saturating_sub(first_row_bits))
    }

    /// Where the byte `offset` of an indirect block lies.
    fn place(&self, offset: u64) -> Option<Place> {
        let first_row_bytes = self.width.checked_mul(self.start_bytes)?;
        let (row, row_offset, bytes) = match offset / first_row_bytes {
            0 => (0, 0, self.start_bytes),
            rows => {
                let doublings = rows.ilog2();
                let shift = |value: u64| value.checked_shl(doublings).filter(|&v| v >= value);
                (u64::from(doublings) + 1, shift(first_row_bytes)?, shift(self.start_bytes)?)
            }
        };
        let column = (offset - row_offset) / bytes;
        let offset = row_offset + column * bytes;
        Some(Place { row, index: row * self.width + column, bytes, offset })
    }
}

/// Bytes of an object's length in an id: what the largest direct block or the largest managed
/// object needs, the smaller of both.
fn length_bytes(most_direct_bytes: u64, most_managed_bytes: u32) -> u8 {
    let of_block = most_direct_bytes.max(2).ilog2().div_ceil(8);
    let of_object = most_managed_bytes.max(1).ilog2() / 8 + 1;
    of_block.min(of_object) as u8
}

/// The checksum of a direct block stands within it: it is taken with zeros in its place.
fn check_inner(bytes: &[u8], at: usize, stored: u32, offset: u64) -> Result<()> {
    let mut zeroed = bytes.to_vec();
    if let Some(place) = zeroed.get_mut(at..at + 4) {
        place.fill(0);
    }
    if checksum::lookup3(&zeroed) == stored {
        return Ok(());
    }
    Err(ReadError::malformed("the checksum of the fractal heap direct block is wrong").at(offset))
}

fn decode(
    filters: &Pipeline,
    stored: &[u8],
    mask: u32,
    bytes: u64,
    cx: &ReadContext,
) -> Result<Blob> {
    let expected = cx.limits.claim_metadata(bytes, 1, "filtered heap block")?;
    filters.decode(stored, mask, expected, cx).map(Blob::owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::testing::{Image, UNDEFINED, checked, words};

    fn header(root: u64, root_rows: u8) -> Vec<u8> {
        let mut bytes = b"FRHP\x00\x07\x00\x00\x00\x02\x00\x10\x00\x00".to_vec();
        bytes.extend(words(&[0, UNDEFINED, 0, UNDEFINED, 0, 0, 0, 0, 0, 0, 0, 0]));
        bytes.extend([4, 0]);
        bytes.extend(words(&[64, 256]));
        bytes.extend([16, 0, 1, 0]);
        bytes.extend(words(&[root]));
        bytes.extend([root_rows, 0]);
        checked(bytes)
    }

    /// A direct block of 64 bytes, its checksum inside.
    fn direct(offset: u16, data: &[u8]) -> Vec<u8> {
        let mut bytes = [&b"FHDB\x00"[..], &words(&[100]), &offset.to_le_bytes(), &[0; 4]].concat();
        bytes.extend_from_slice(data);
        bytes.resize(64, 0);
        let sum = checksum::lookup3(&bytes);
        bytes[15..19].copy_from_slice(&sum.to_le_bytes());
        bytes
    }

    fn get(image: &Image, id: &[u8]) -> Result<Vec<u8>> {
        let (file, cx) = (image.open(), ReadContext::default());
        FractalHeap::open(&file, 100, &cx)?.get(id, &file, &cx).map(|found| found.to_vec())
    }

    fn managed(offset: u16, len: u16) -> [u8; 7] {
        let ([a, b], [c, d]) = (offset.to_le_bytes(), len.to_le_bytes());
        [0, a, b, c, d, 0, 0]
    }

    #[test]
    fn a_heap_of_one_direct_block() {
        let mut image = Image::new(600);
        image.put(100, &header(400, 0)).put(400, &direct(0, b"an object"));
        assert_eq!(get(&image, &managed(19, 9)).unwrap(), b"an object");
        for (offset, len) in [(19, 46), (64, 1), (65_535, 65_535)] {
            assert!(get(&image, &managed(offset, len)).is_err());
        }
        assert!(get(&image, &[]).is_err() && get(&image, &[0x30; 7]).is_err());
        image.0[421] ^= 1;
        assert!(get(&image, &managed(19, 9)).unwrap_err().what().contains("checksum"));
    }

    #[test]
    fn blocks_under_an_indirect_block() {
        let mut image = Image::new(900);
        let children = [UNDEFINED, 500, UNDEFINED, UNDEFINED];
        let indirect = [&b"FHIB\x00"[..], &words(&[100]), &[0, 0], &words(&children)].concat();
        image.put(100, &header(400, 1)).put(400, &checked(indirect));
        image.put(500, &direct(64, b"second"));
        assert_eq!(get(&image, &managed(64 + 19, 6)).unwrap(), b"second");
        // No block there, and no row.
        assert!(get(&image, &managed(19, 1)).is_err());
        assert!(get(&image, &managed(256, 1)).is_err());
        image.put(500, &direct(128, b"second"));
        assert!(get(&image, &managed(64 + 19, 6)).unwrap_err().what().contains("elsewhere"));
    }

    #[test]
    fn tiny_objects_are_in_their_ids() {
        let mut image = Image::new(600);
        image.put(100, &header(UNDEFINED, 0));
        assert_eq!(get(&image, b"\x22abcdef").unwrap(), b"abc");
        assert!(get(&image, b"\x2fabcdef").is_err());
        assert!(get(&image, &managed(0, 1)).is_err());
        assert!(get(&image, &[0x10, 1, 0, 0, 0, 0, 0]).is_err());
    }

    #[test]
    fn the_doubling_table() {
        let (width, start_bytes, most_direct_bytes) = (4, 512, 2048);
        let table =
            DoublingTable { width, start_bytes, most_direct_bytes, root: None, root_rows: 9 };
        table.check(32).unwrap();
        assert_eq!(table.direct_rows(), 4);
        let place = |offset| table.place(offset).map(|p| (p.row, p.index, p.bytes, p.offset));
        assert_eq!(place(0), Some((0, 0, 512, 0)));
        assert_eq!(place(2047), Some((0, 3, 512, 1536)));
        assert_eq!(place(2048), Some((1, 4, 512, 2048)));
        assert_eq!(place(4096 + 1024), Some((2, 9, 1024, 5120)));
        assert_eq!(place(16_384), Some((4, 16, 4096, 16_384)));
        // An indirect child of 4096 bytes covers two rows of 2048.
        assert_eq!((table.rows_of(4096), table.rows_of(8192)), (2, 3));
        assert!(place(u64::MAX).is_some());
        assert!(DoublingTable { width: 3, ..table }.check(32).is_err());
    }

    #[test]
    fn bytes_of_lengths_in_ids() {
        assert_eq!(length_bytes(65_536, 4096), 2);
        assert_eq!((length_bytes(65_536, 65_536), length_bytes(512, 255)), (2, 1));
    }
}
