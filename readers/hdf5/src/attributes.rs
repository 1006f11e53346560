//! The attributes of an object: in its header, or, many or large ones, in a fractal heap
//! ("Attribute Message", "Attribute Info Message").

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};

use hyperslab_core::{ByteOrder, Cursor, ReadContext, ReadError, Result};

use crate::file::{self, File};
use crate::fractal_heap::FractalHeap;
use crate::messages::{self, Message};
use crate::object_header::ObjectHeader;
use crate::superblock::version_zero;

/// The attribute messages of an object: in order of creation where the object keeps it; else as
/// stored, those of a heap by name. What could be read, and what was wrong.
pub fn attribute_messages<'h>(
    file: &File,
    header: &'h ObjectHeader,
    cx: &ReadContext,
) -> (Vec<Cow<'h, Message>>, Option<ReadError>) {
    let mut found: Vec<_> = header.all(messages::ATTRIBUTE).map(Cow::Borrowed).collect();
    let error = dense(file, header, cx, &mut found).err();
    if found.iter().all(|message| message.creation.is_some()) {
        found.sort_by_key(|message| message.creation);
    }
    (found, error)
}

/// "Attribute Info Message", and the attributes in the fractal heap it names.
fn dense(
    file: &File,
    header: &ObjectHeader,
    cx: &ReadContext,
    found: &mut Vec<Cow<'_, Message>>,
) -> Result<()> {
    const TRACKS_CREATION_ORDER: u8 = 1;
    const BY_NAME: u8 = 8;
    let Some(message) = header.find(messages::ATTRIBUTE_INFO) else { return Ok(()) };
    let mut cursor = Cursor::new(&message.body, message.offset, ByteOrder::Little);
    version_zero(&mut cursor, "attribute info message")?;
    let has_order = cursor.u8()? & TRACKS_CREATION_ORDER != 0;
    if has_order {
        cursor.skip(2)?;
    }
    let heap = file::address(&mut cursor, file)?;
    let index = file::address(&mut cursor, file)?;
    let Some(heap_address) = heap else { return Ok(()) };
    let index = index.ok_or_else(|| cursor.malformed("a heap of attributes without an index"))?;
    let heap = FractalHeap::open(file, heap_address, cx)?;
    let body_bytes = AtomicU64::new(0);
    let (mut dense, error) = heap.get_all(file, index, BY_NAME, 0, cx, &|record, body| {
        let record = Record::read(record, file.at(index))?;
        let is_shared = record.flags & messages::IS_SHARED != 0;
        let body = match is_shared {
            true => file.shared_messages.attribute(file, record.heap_id, cx)?,
            false => body?,
        };
        let len = body.len() as u64;
        let total = body_bytes.fetch_add(len, Ordering::Relaxed).saturating_add(len);
        cx.limits.claim_metadata(total, 1, "attributes of an object")?;
        let creation = has_order.then_some(record.creation as u16);
        let (flags, offset) = (record.flags & !messages::IS_SHARED, file.at(heap_address));
        let kind = messages::ATTRIBUTE;
        Ok(Message { kind, flags, body, offset, creation, shared_at: None })
    })?;
    // They came in the order of the heap.
    dense.sort_by(|a, b| name(&a.body).cmp(name(&b.body)));
    found.extend(dense.into_iter().map(Cow::Owned));
    error.map_or(Ok(()), Err)
}

/// "Version 2 B-tree, Type 8 Record: Attribute Name for Indexed Attributes".
struct Record<'a> {
    heap_id: &'a [u8],
    flags: u8,
    creation: u32,
}

impl<'a> Record<'a> {
    fn read(record: &'a [u8], offset: u64) -> Result<Self> {
        let mut cursor = Cursor::new(record, offset, ByteOrder::Little);
        let heap_id = cursor.take(8)?;
        Ok(Self { heap_id, flags: cursor.u8()?, creation: cursor.u32()? })
    }
}

/// The name in an attribute message, as bytes; empty when it is not there.
fn name(body: &[u8]) -> &[u8] {
    let prefix_len = match body.first() {
        Some(3) => 9,
        _ => 8,
    };
    let Some(&[low, high]) = body.get(2..4) else { return &[] };
    let end = prefix_len + usize::from(u16::from_le_bytes([low, high]));
    body.get(prefix_len..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::testing::{Image, checked, header};

    #[test]
    fn attributes_of_a_header_come_as_stored_or_in_order_of_creation() {
        let mut image = Image::new(400);
        image.put(48, &header(&[(0x0c, 0, b"b"), (1, 0, b"x"), (0x0c, 0, b"a")]));
        // Creation order is kept (flag 4): 9, then 3.
        let ordered =
            b"OHDR\x02\x04\x0e\x0c\x01\x00\x00\x09\x00b\x0c\x01\x00\x00\x03\x00a".to_vec();
        image.put(200, &checked(ordered));
        let (file, cx) = (image.open(), ReadContext::default());
        for (address, want) in [(48, "ba"), (200, "ab")] {
            let header = ObjectHeader::read(&file, address, &cx).unwrap();
            let (found, error) = attribute_messages(&file, &header, &cx);
            let bodies: Vec<u8> = found.iter().flat_map(|message| message.body.to_vec()).collect();
            assert_eq!((bodies, error), (want.as_bytes().to_vec(), None));
        }
    }

    #[test]
    fn the_name_in_a_message_of_any_version() {
        assert_eq!(name(b"\x01\x00\x02\x00\x00\x00\x00\x00a\x00"), b"a\x00");
        assert_eq!(name(b"\x03\x00\x02\x00\x00\x00\x00\x00\x00a\x00"), b"a\x00");
        assert_eq!((name(b"\x03\x00\x02"), name(b"\x03\x00\xff\xff")), (&b""[..], &b""[..]));
    }
}
