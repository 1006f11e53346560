//! Shared messages: bodies that stand in another object's header, or in the heap of the
//! shared object header message table ("Shared Message", "Disk Format: Level 1I - Shared
//! Object Header Message Table").

use std::sync::OnceLock;

use hyperslab_core::{Blob, ByteOrder, Cursor, ReadContext, ReadError, Result};

use crate::file::{self, File};
use crate::fractal_heap::FractalHeap;
use crate::messages::{self, Message};
use crate::object_header::ObjectHeader;
use crate::superblock::version_zero;

/// How often a shared message may itself be shared: a file has no reason for more than once.
const MOST_STEPS: u32 = 4;

/// Puts the body it stands for into a message that is flagged as shared.
///
/// # Errors
/// When the body is not where the message says; its type is then still that of the message.
pub fn fetch(file: &File, message: &mut Message, cx: &ReadContext) -> Result<()> {
    for _step in 0..MOST_STEPS {
        if message.flags & messages::IS_SHARED == 0 {
            return Ok(());
        }
        match Location::read(file, &message.body, message.offset)? {
            Location::Heap(id) => {
                message.body = file.shared_messages.get(file, message.kind, &id, cx)?;
                message.flags &= !messages::IS_SHARED;
                message.shared_at = None;
            }
            Location::Header(address) => {
                let header = ObjectHeader::read_unresolved(file, address, cx)?;
                let Some(found) = header.find(message.kind) else {
                    let what = messages::name(message.kind);
                    let error = ReadError::malformed(format!("no {what} in the shared object"));
                    return Err(header.error.unwrap_or(error.at(file.at(address))));
                };
                message.body = found.body.clone();
                message.offset = found.offset;
                message.flags = found.flags;
                message.shared_at = Some(address);
            }
        }
    }
    Err(ReadError::malformed("shared messages that refer to each other").at(message.offset))
}

/// The message of type `kind` that `body`, found inside another message (the datatype or
/// dataspace of an attribute), refers to. `offset` is that of `body` in the file.
///
/// # Errors
/// As [`fetch`].
pub fn resolve(
    file: &File,
    kind: u16,
    body: Blob,
    offset: u64,
    cx: &ReadContext,
) -> Result<Message> {
    let flags = messages::IS_SHARED;
    let mut message = Message { kind, flags, body, offset, creation: None, shared_at: None };
    fetch(file, &mut message, cx)?;
    Ok(message)
}

enum Location {
    /// Address of an object header.
    Header(u64),
    /// Heap id in the shared message heap.
    Heap([u8; 8]),
}

impl Location {
    /// "Shared Message", versions 1 to 3.
    fn read(file: &File, body: &[u8], offset: u64) -> Result<Self> {
        const IN_HEAP: u8 = 1;
        let mut cursor = Cursor::new(body, offset, ByteOrder::Little);
        let version = cursor.u8()?;
        let place = cursor.u8()?;
        match version {
            1 => {
                cursor.skip(6)?;
                // What was stored is a symbol table entry: a name's offset stands before the
                // address, unless the message has no room for it.
                let both = u64::from(file.length_size()) + u64::from(file.offset_size());
                if cursor.remaining() >= both {
                    file::length(&mut cursor, file)?;
                }
            }
            2 => {}
            3 if place == IN_HEAP => {
                let mut id = [0; 8];
                id.copy_from_slice(cursor.take(8)?);
                return Ok(Self::Heap(id));
            }
            3 => {}
            _ => {
                let message = format!("shared message version {version}");
                return Err(ReadError::unsupported(message).at(offset));
            }
        }
        let address = file::address(&mut cursor, file)?;
        address
            .map(Self::Header)
            .ok_or_else(|| cursor.malformed("a shared message without an address"))
    }
}

/// The indexes of the master table. Only their heaps are needed to read: the list or B-tree of
/// an index is for a writer that looks for a message of the same content.
#[derive(Default)]
pub struct SharedMessages {
    indexes: Vec<Index>,
}

struct Index {
    /// A bit for each type of message that it holds.
    message_types: u16,
    heap_address: Option<u64>,
    heap: OnceLock<FractalHeap>,
}

impl SharedMessages {
    /// "Shared Object Header Message Table" at `address`, of `count` indexes.
    ///
    /// # Errors
    /// When the table cannot be read or contradicts itself.
    pub fn read(file: &File, address: u64, count: u8, cx: &ReadContext) -> Result<Self> {
        const MOST_INDEXES: u8 = 8;
        let what = "shared message table";
        if !(1..=MOST_INDEXES).contains(&count) {
            let message = format!("a {what} of {count} indexes (1 to {MOST_INDEXES})");
            return Err(ReadError::malformed(message).at(file.at(address)));
        }
        let each = 1 + 1 + 2 + 4 + 3 * 2 + 2 * u64::from(file.offset_size());
        let len = 4 + u64::from(count) * each + 4;
        let bytes = file.read_checked(address, len, what, cx)?;
        let mut cursor = Cursor::new(&bytes, file.at(address), ByteOrder::Little);
        file::signature(&mut cursor, b"SMTB", what)?;
        let indexes = (0..count).map(|_| Index::read(&mut cursor, file)).collect::<Result<_>>()?;
        Ok(Self { indexes })
    }

    /// The body of a message of type `kind`.
    fn get(&self, file: &File, kind: u16, id: &[u8], cx: &ReadContext) -> Result<Blob> {
        let of = |bit: u16| self.indexes.iter().find(|index| index.message_types & bit != 0);
        let own = if kind == messages::FILL_VALUE_OLD { messages::FILL_VALUE } else { kind };
        let index = of(1u16.checked_shl(own.into()).unwrap_or(0)).or_else(|| of(type_bit(kind)));
        let address = index.and_then(|index| index.heap_address);
        let (Some(index), Some(address)) = (index, address) else {
            let what = messages::name(kind);
            return Err(ReadError::malformed(format!("a shared {what}, but no heap for it")));
        };
        let heap = match index.heap.get() {
            Some(heap) => heap,
            None => {
                let heap = FractalHeap::open(file, address, cx)?;
                index.heap.get_or_init(|| heap)
            }
        };
        heap.get(id, file, cx)
    }

    /// An attribute whose heap id stands in the index of an object's attributes.
    pub(crate) fn attribute(&self, file: &File, id: &[u8], cx: &ReadContext) -> Result<Blob> {
        self.get(file, messages::ATTRIBUTE, id, cx)
    }
}

impl Index {
    fn read(cursor: &mut Cursor, file: &File) -> Result<Self> {
        version_zero(cursor, "shared message index")?;
        let _index_type = cursor.u8()?;
        let message_types = cursor.u16()?;
        // Least message size; from how many on it is a B-tree, a list again; messages.
        cursor.skip(4 + 2 + 2 + 2)?;
        let _index_address = file::address(cursor, file)?;
        let heap_address = file::address(cursor, file)?;
        Ok(Self { message_types, heap_address, heap: OnceLock::new() })
    }
}

/// "Message Type Flags" of an index as the specification numbers them. The library sets the
/// bit of the message type's own number instead.
fn type_bit(kind: u16) -> u16 {
    match kind {
        messages::DATASPACE => 1 << 0,
        messages::DATATYPE => 1 << 1,
        messages::FILL_VALUE_OLD | messages::FILL_VALUE => 1 << 2,
        messages::FILTER_PIPELINE => 1 << 3,
        messages::ATTRIBUTE => 1 << 4,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::testing::{Image, header, words};

    fn fetched(body: &[u8], target: &[u8]) -> ObjectHeader {
        let mut image = Image::new(600);
        image.put(48, &header(&[(3, 2, body)])).put(300, target);
        ObjectHeader::read(&image.open(), 48, &ReadContext::default()).unwrap()
    }

    #[test]
    fn a_committed_datatype_by_every_version_of_the_message() {
        let target = header(&[(1, 0, b"no"), (3, 0, b"type")]);
        let bodies = [
            [&[1, 0, 0, 0, 0, 0, 0, 0][..], &words(&[0, 300])].concat(),
            [&[1, 0, 0, 0, 0, 0, 0, 0][..], &words(&[300])].concat(),
            [&[2, 2][..], &words(&[300])].concat(),
            [&[3, 2][..], &words(&[300])].concat(),
        ];
        for body in bodies {
            let found = fetched(&body, &target);
            assert_eq!(found.error, None);
            assert_eq!(&*found.messages[0].body, b"type");
            assert_eq!(found.messages[0].shared_at, Some(300));
        }
    }

    #[test]
    fn messages_that_refer_to_each_other_or_to_nothing_are_left_out() {
        let itself = header(&[(3, 2, &[&[3, 2][..], &words(&[300])].concat())]);
        let found = fetched(&[&[3, 2][..], &words(&[300])].concat(), &itself);
        assert!(found.messages.is_empty());
        assert!(found.error.unwrap().what().contains("each other"));
        let found = fetched(&[&[3, 2][..], &words(&[300])].concat(), &header(&[]));
        assert!(found.error.unwrap().what().contains("no datatype message"));
        let found = fetched(&[&[3, 1][..], &words(&[300])].concat(), &[]);
        assert!(found.error.unwrap().what().contains("no heap"));
    }
}
