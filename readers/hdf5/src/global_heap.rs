//! Global Heap ("Disk Format: Level 1E - Global Heap"): values of variable length, shared by
//! all objects of a file.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyperslab_core::{Blob, ByteOrder, Cursor, ReadContext, ReadError, Result};

use crate::file::{self, Block, File};

/// Collections are kept in this many places, each with a lock of its own.
const SHARDS: usize = 16;

/// How much one place keeps: at least the collection that was used last.
const SHARD_COLLECTIONS: usize = 32;
const SHARD_BYTES: usize = 4 << 20;

/// Most collections are 4096 bytes long.
const FIRST_READ_BYTES: u64 = 4096;

/// Of longer collections only the index is kept; their objects are read one by one.
const MOST_KEPT_BYTES: usize = 1 << 20;

/// The collections used last.
#[derive(Default)]
pub struct GlobalHeaps([Mutex<VecDeque<Arc<Collection>>>; SHARDS]);

impl File {
    /// The object `index` of the global heap collection at address `collection`.
    ///
    /// # Errors
    /// When there is no such collection, or no such object in it.
    pub fn heap_object(&self, collection: u64, index: u32, cx: &ReadContext) -> Result<Blob> {
        if let Some(kept) = self.global_heaps.get(collection)
            && let Some(object) = kept.get(index, self, cx)
        {
            return object;
        }
        // A writer may have added the object since.
        self.retrying(cx, || {
            let read = Arc::new(Collection::read(self, collection, cx)?);
            self.global_heaps.keep(&read);
            read.get(index, self, cx).unwrap_or_else(|| {
                let message = format!("no object {index} in the global heap collection");
                Err(ReadError::malformed(message).at(self.at(collection)))
            })
        })
    }
}

impl GlobalHeaps {
    fn get(&self, address: u64) -> Option<Arc<Collection>> {
        let mut shard = self.shard(address)?;
        let at = shard.iter().position(|collection| collection.address == address)?;
        if at > 0 {
            let collection = shard.remove(at)?;
            shard.push_front(collection);
        }
        shard.front().cloned()
    }

    fn keep(&self, collection: &Arc<Collection>) {
        let Some(mut shard) = self.shard(collection.address) else { return };
        shard.retain(|kept| kept.address != collection.address);
        shard.push_front(collection.clone());
        let mut bytes = shard.iter().map(|kept| kept.held_bytes()).sum::<usize>();
        while shard.len() > 1 && (shard.len() > SHARD_COLLECTIONS || bytes > SHARD_BYTES) {
            bytes -= shard.pop_back().map_or(0, |kept| kept.held_bytes());
        }
    }

    fn shard(&self, address: u64) -> Option<MutexGuard<'_, VecDeque<Arc<Collection>>>> {
        // Collections are 4096 bytes or more apart.
        let shard = self.0.get((address / 4096) as usize % SHARDS)?;
        Some(shard.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

struct Collection {
    address: u64,
    /// All bytes, of one that is not long.
    block: Option<Block>,
    /// Objects by their index.
    objects: Vec<(u16, Range<usize>)>,
}

impl Collection {
    fn read(file: &File, address: u64, cx: &ReadContext) -> Result<Self> {
        let what = "global heap collection";
        let first = file.read_up_to(address, FIRST_READ_BYTES, cx)?;
        let mut cursor = Cursor::new(&first, file.at(address), ByteOrder::Little);
        file::signature(&mut cursor, b"GCOL", what)?;
        match cursor.u8()? {
            1 => cursor.skip(3)?,
            version => return Err(cursor.malformed(format!("{what} version {version}"))),
        }
        let total = file::length(&mut cursor, file)?;
        let prefix_len = first.len() - cursor.remaining() as usize;
        cx.limits.claim_metadata(total, 1, what)?;
        let bytes = match usize::try_from(total) {
            Ok(total) if total <= first.len() => Block::new(first).part(0..total),
            _ => Some(file.read(address, total, cx)?),
        };
        let bytes = bytes.filter(|bytes| bytes.len() >= prefix_len);
        let bytes = bytes.ok_or_else(|| {
            ReadError::malformed(format!("a {what} of {total} bytes")).at(file.at(address))
        })?;
        let objects = objects(&bytes, prefix_len, file, address)?;
        let block = (bytes.len() <= MOST_KEPT_BYTES).then(|| Block::new(bytes));
        Ok(Self { address, block, objects })
    }

    /// An object, or why it cannot be read; `None` when the collection has none of that index.
    fn get(&self, index: u32, file: &File, cx: &ReadContext) -> Option<Result<Blob>> {
        let index = u16::try_from(index).ok()?;
        let at = self.objects.binary_search_by_key(&index, |(index, _)| *index).ok()?;
        let (_, range) = self.objects.get(at)?;
        match &self.block {
            Some(block) => block.part(range.clone()).map(Ok),
            None => {
                let start = self.address.saturating_add(range.start as u64);
                Some(file.read(start, range.len() as u64, cx))
            }
        }
    }

    fn held_bytes(&self) -> usize {
        let index = self.objects.len() * size_of::<(u16, Range<usize>)>();
        index + self.block.as_ref().map_or(0, |block| block.bytes().len())
    }
}

/// "Global Heap Object": up to the free space, which is the object 0.
fn objects(
    bytes: &[u8],
    start: usize,
    file: &File,
    address: u64,
) -> Result<Vec<(u16, Range<usize>)>> {
    let base = file.at(address).saturating_add(start as u64);
    let body = bytes.get(start..).unwrap_or_default();
    let mut cursor = Cursor::new(body, base, ByteOrder::Little);
    let shortest = 2 + 2 + 4 + u64::from(file.length_size());
    let mut objects = Vec::new();
    while cursor.remaining() >= shortest {
        let index = cursor.u16()?;
        if index == 0 {
            break;
        }
        cursor.skip(2 + 4)?;
        let len = file::length(&mut cursor, file)?;
        let len = usize::try_from(len).ok().filter(|&len| len as u64 <= cursor.remaining());
        let len = len.ok_or_else(|| {
            cursor.malformed(format!("global heap object {index} reaches past its collection"))
        })?;
        let at = bytes.len() - cursor.remaining() as usize;
        objects.push((index, at..at + len));
        // Objects begin at multiples of eight bytes; the last may end without padding.
        let padded = len.next_multiple_of(8).min(cursor.remaining() as usize);
        cursor.skip(padded)?;
    }
    objects.sort_by_key(|(index, _)| *index);
    Ok(objects)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::testing::{Image, words};

    fn collection(objects: &[(u16, &[u8])], free: usize) -> Vec<u8> {
        let mut body = Vec::new();
        for (index, bytes) in objects {
            body.extend(index.to_le_bytes());
            body.extend([1, 0, 0, 0, 0, 0]);
            body.extend(words(&[bytes.len() as u64]));
            body.extend_from_slice(bytes);
            body.resize(body.len().next_multiple_of(8), 0);
        }
        body.resize(body.len() + free, 0);
        [&b"GCOL\x01\x00\x00\x00"[..], &words(&[body.len() as u64 + 16]), &body].concat()
    }

    #[test]
    fn objects_are_found_by_index_and_others_are_errors() {
        let mut image = Image::new(2_000_000);
        let long = vec![7; 1_500_000];
        image.put(100, &collection(&[(2, b"two"), (1, b""), (9, b"nine bytes")], 16));
        image.put(400, &collection(&[(1, &long), (2, b"end")], 0));
        let (file, cx) = (image.open(), ReadContext::default());
        for _ in 0..2 {
            assert_eq!(&*file.heap_object(100, 2, &cx).unwrap(), b"two");
            assert_eq!(&*file.heap_object(100, 1, &cx).unwrap(), b"");
            assert_eq!(&*file.heap_object(100, 9, &cx).unwrap(), b"nine bytes");
            assert_eq!(&*file.heap_object(400, 2, &cx).unwrap(), b"end");
            assert_eq!(file.heap_object(400, 1, &cx).unwrap().len(), long.len());
        }
        for (address, index) in [(100, 0), (100, 3), (100, 65_545), (104, 1), (3_000_000, 1)] {
            assert!(file.heap_object(address, index, &cx).is_err(), "{address} {index}");
        }
    }

    #[test]
    fn an_object_longer_than_its_collection_is_an_error() {
        let mut bytes = collection(&[(1, b"12345678")], 0);
        bytes[24] = 9;
        let mut image = Image::new(300);
        image.put(100, &bytes);
        assert!(image.open().heap_object(100, 1, &ReadContext::default()).is_err());
    }

    #[test]
    fn only_some_collections_are_kept() {
        let heaps = GlobalHeaps::default();
        let at = |number: u64| number * 4096 * SHARDS as u64;
        for number in 0..100 {
            let (address, objects) = (at(number), Vec::new());
            heaps.keep(&Arc::new(Collection { address, block: None, objects }));
        }
        assert!(heaps.get(at(99)).is_some() && heaps.get(at(99 - 31)).is_some());
        assert!(heaps.get(at(99 - 32)).is_none());
    }
}
