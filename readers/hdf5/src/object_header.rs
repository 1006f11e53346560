//! Data Object Headers, version 1 and 2 ("Disk Format: Level 2A - Data Object Headers").
//!
//! A header is read with one call of the source where it is short, as most are; its messages
//! are parts of those bytes.

use std::collections::HashSet;
use std::ops::Range;

use hyperslab_core::{Blob, ByteOrder, Cursor, ReadContext, ReadError, Result};

use crate::file::{self, Block, File};
use crate::messages::{self, Message};
use crate::shared;

/// Most headers, prefix included, are no longer than this.
const FIRST_READ_BYTES: u64 = 512;

const SIGNATURE: &[u8; 4] = b"OHDR";
const CONTINUATION_SIGNATURE: &[u8; 4] = b"OCHK";
const CHECKSUM_BYTES: u64 = 4;

/// The messages of an object, in the order they are stored.
pub struct ObjectHeader {
    pub address: u64,
    /// Without the empty ones and continuations.
    pub messages: Vec<Message>,
    /// What of it could not be read.
    pub error: Option<ReadError>,
    /// How many hard links lead to the object.
    pub references: u32,
}

impl ObjectHeader {
    /// The header at `address` with all its continuations; bodies that are shared are fetched.
    ///
    /// # Errors
    /// When not even the first block can be read. What is wrong further on is in `error`,
    /// beside the messages that could be read.
    pub fn read(file: &File, address: u64, cx: &ReadContext) -> Result<Self> {
        let mut header = Self::read_unresolved(file, address, cx)?;
        if header.messages.iter().any(|message| message.flags & messages::IS_SHARED != 0) {
            header.fetch_shared(file, cx);
        }
        Ok(header)
    }

    /// The same, shared messages left as they stand: what says where their bodies are.
    pub(crate) fn read_unresolved(file: &File, address: u64, cx: &ReadContext) -> Result<Self> {
        let prefix = file
            .retrying(cx, || Prefix::read(file, address, cx))
            .map_err(|error| error.in_object(format!("object header at address {address}")))?;
        let prefix_references = prefix.references;
        let mut parser = Parser {
            file,
            cx,
            version: prefix.version,
            has_creation_order: prefix.has_creation_order,
            messages: Vec::with_capacity(8),
            continuations: Vec::new(),
            seen: HashSet::new(),
            block_bytes: prefix.messages.len() as u64,
        };
        let error = parser.all(prefix).err();
        let messages = parser.messages;
        let references = prefix_references.or_else(|| reference_count(&messages)).unwrap_or(1);
        Ok(Self { address, messages, error, references })
    }

    /// The first message of a type.
    pub fn find(&self, kind: u16) -> Option<&Message> {
        self.messages.iter().find(|message| message.kind == kind)
    }

    /// All messages of a type.
    pub fn all(&self, kind: u16) -> impl Iterator<Item = &Message> {
        self.messages.iter().filter(move |message| message.kind == kind)
    }

    /// A message whose body cannot be had is left out.
    fn fetch_shared(&mut self, file: &File, cx: &ReadContext) {
        let error = &mut self.error;
        self.messages.retain_mut(|message| {
            if message.flags & messages::IS_SHARED == 0 {
                return true;
            }
            match shared::fetch(file, message, cx) {
                Ok(()) => true,
                Err(found) => {
                    error.get_or_insert(found);
                    false
                }
            }
        });
    }
}

/// "The Object Reference Count Message", which only headers of version 2 have, and only when
/// there is more than one link.
fn reference_count(messages: &[Message]) -> Option<u32> {
    let message = messages.iter().find(|message| message.kind == messages::REFERENCE_COUNT)?;
    let (&version, count) = message.body.split_first()?;
    (version == 0).then_some(u32::from_le_bytes(*count.first_chunk()?))
}

/// The prefix of a header, and the block of messages that follows it.
struct Prefix {
    version: u8,
    /// Of version 1: "Object Reference Count".
    references: Option<u32>,
    /// Every message tells its creation order.
    has_creation_order: bool,
    block: Block,
    /// Where in the block the messages are.
    messages: Range<usize>,
    /// Absolute byte offset of the block.
    offset: u64,
}

impl Prefix {
    fn read(file: &File, address: u64, cx: &ReadContext) -> Result<Self> {
        let first = file.read_up_to(address, FIRST_READ_BYTES, cx)?;
        let mut cursor = Cursor::new(&first, file.at(address), ByteOrder::Little);
        if first.first_chunk() == Some(SIGNATURE) {
            cursor.skip(SIGNATURE.len())?;
            return Self::version_2(file, address, &first, cursor, cx);
        }
        match cursor.u8()? {
            1 => Self::version_1(file, address, &first, cursor, cx),
            version => Err(ReadError::malformed(format!(
                "no object header where one should be (version {version})"
            ))
            .at(file.at(address))),
        }
    }

    /// "Version 1 Data Object Header Prefix".
    fn version_1(
        file: &File,
        address: u64,
        first: &Blob,
        mut cursor: Cursor,
        cx: &ReadContext,
    ) -> Result<Self> {
        const PREFIX_BYTES: usize = 16;
        cursor.skip(1 + 2)?;
        let references = Some(cursor.u32()?);
        let len = cursor.u32()?;
        cursor.skip(4)?;
        let total = PREFIX_BYTES as u64 + u64::from(len);
        let (block, len) = whole(file, address, first, total, cx)?;
        let messages = PREFIX_BYTES..len;
        let offset = file.at(address);
        Ok(Self { version: 1, references, has_creation_order: false, block, messages, offset })
    }

    /// "Version 2 Data Object Header Prefix".
    fn version_2(
        file: &File,
        address: u64,
        first: &Blob,
        mut cursor: Cursor,
        cx: &ReadContext,
    ) -> Result<Self> {
        let at = cursor.offset();
        let version = cursor.u8()?;
        if version != 2 {
            let message = format!("object header version {version}");
            return Err(ReadError::unsupported(message).at(at));
        }
        let flags = cursor.u8()?;
        if flags & !0x3f != 0 {
            return Err(cursor.malformed(format!("unknown object header flags {flags:#x}")));
        }
        if flags & 0x20 != 0 {
            cursor.skip(4 * 4)?;
        }
        if flags & 0x10 != 0 {
            cursor.skip(2 + 2)?;
        }
        let len = cursor.uint(1 << (flags & 3))?;
        let prefix_len = first.len() - cursor.remaining() as usize;
        let total = len.checked_add(prefix_len as u64 + CHECKSUM_BYTES);
        let total = total.ok_or_else(|| cursor.malformed("the header's size overflows"))?;
        let (block, len) = whole(file, address, first, total, cx)?;
        let checked = block.bytes().get(..len).unwrap_or_default();
        file.verify(checked, address, "object header")?;
        let messages = prefix_len..len.saturating_sub(CHECKSUM_BYTES as usize);
        Ok(Self {
            version,
            references: None,
            has_creation_order: flags & 0x04 != 0,
            block,
            messages,
            offset: file.at(address),
        })
    }
}

/// `total` bytes at `address`, of which `first` are there already: a block that begins with
/// them, and how many they are.
fn whole(
    file: &File,
    address: u64,
    first: &Blob,
    total: u64,
    cx: &ReadContext,
) -> Result<(Block, usize)> {
    if let Ok(total) = usize::try_from(total)
        && total <= first.len()
    {
        return Ok((Block::new(first.clone()), total));
    }
    claim(file, address, total, cx)?;
    let bytes = file.read(address, total, cx)?;
    let len = bytes.len();
    Ok((Block::new(bytes), len))
}

fn claim(file: &File, address: u64, len: u64, cx: &ReadContext) -> Result<()> {
    let claimed = cx.limits.claim_metadata(len, 1, "object header");
    claimed.map(drop).map_err(|error| error.at(file.at(address)))
}

struct Parser<'a> {
    file: &'a File,
    cx: &'a ReadContext,
    version: u8,
    has_creation_order: bool,
    messages: Vec<Message>,
    /// Address and length of all continuation blocks seen so far.
    continuations: Vec<(u64, u64)>,
    /// Their addresses.
    seen: HashSet<u64>,
    /// Length of all blocks read so far: no more than the file has, or they overlap.
    block_bytes: u64,
}

impl Parser<'_> {
    fn all(&mut self, prefix: Prefix) -> Result<()> {
        let mut error = self.block(&prefix.block, prefix.messages, prefix.offset).err();
        let mut next = 0;
        while let Some(&(address, len)) = self.continuations.get(next) {
            next += 1;
            self.cx.check()?;
            if let Err(found) = self.continuation(address, len) {
                error.get_or_insert(found);
            }
        }
        error.map_or(Ok(()), Err)
    }

    /// A continuation block: in version 2 with a signature and a checksum of its own.
    fn continuation(&mut self, address: u64, len: u64) -> Result<()> {
        let file = self.file;
        let what = "object header continuation block";
        claim(file, address, len, self.cx)?;
        self.block_bytes = self.block_bytes.saturating_add(len);
        if self.block_bytes > file.source().len() {
            let message = "the blocks of an object header are longer than the file";
            return Err(ReadError::malformed(message).at(file.at(address)));
        }
        let block = match self.version {
            1 => file.read(address, len, self.cx)?,
            _ => file.read_checked(address, len, what, self.cx)?,
        };
        let mut messages = 0..block.len();
        if self.version > 1 {
            let mut cursor = Cursor::new(&block, file.at(address), ByteOrder::Little);
            file::signature(&mut cursor, CONTINUATION_SIGNATURE, what)?;
            messages = 4..block.len().saturating_sub(CHECKSUM_BYTES as usize);
        }
        self.block(&Block::new(block), messages, file.at(address))
    }

    fn block(&mut self, block: &Block, range: Range<usize>, offset: u64) -> Result<()> {
        let bytes = block.bytes().get(range.clone()).unwrap_or_default();
        let base = offset.saturating_add(range.start as u64);
        let mut cursor = Cursor::new(bytes, base, ByteOrder::Little);
        let header_bytes = match (self.version, self.has_creation_order) {
            (1, _) => 8,
            (_, false) => 4,
            (_, true) => 6,
        };
        let mut error = None;
        // What is left and too short for a message is a gap.
        while cursor.remaining() >= header_bytes {
            let kind = if self.version == 1 { cursor.u16()? } else { u16::from(cursor.u8()?) };
            let len = usize::from(cursor.u16()?);
            let flags = cursor.u8()?;
            let mut creation = None;
            if self.version == 1 {
                cursor.skip(3)?;
            } else if self.has_creation_order {
                creation = Some(cursor.u16()?);
            }
            let start = range.start + (bytes.len() - cursor.remaining() as usize);
            let at = cursor.offset();
            cursor.skip(len).map_err(|_| {
                let what = messages::name(kind);
                let message = format!("a {what} of {len} bytes reaches past its block");
                ReadError::malformed(message).at(at)
            })?;
            if kind == messages::NIL {
                continue;
            }
            let body = block.part(start..start + len);
            let body = body.ok_or_else(|| ReadError::malformed("a message without body").at(at))?;
            let message = Message { kind, flags, body, offset: at, creation, shared_at: None };
            if let Err(found) = self.message(message) {
                error.get_or_insert(found);
            }
        }
        error.map_or(Ok(()), Err)
    }

    fn message(&mut self, message: Message) -> Result<()> {
        let (kind, flags) = (message.kind, message.flags);
        if !messages::is_known(kind) {
            if flags & messages::FAIL_IF_UNKNOWN != 0 {
                let what = format!("header message of type {kind:#x}, which must be understood");
                return Err(ReadError::unsupported(what).at(message.offset));
            }
            return Ok(());
        }
        if flags & messages::IS_SHARED != 0 && !messages::is_shareable(kind) {
            let what = messages::name(kind);
            let error = ReadError::malformed(format!("a {what} is marked as shared"));
            return Err(error.at(message.offset));
        }
        match kind {
            messages::CONTINUATION => self.add_continuation(&message),
            // "This message is present only in version 2 headers."
            messages::REFERENCE_COUNT if self.version == 1 => {
                let what = "an object reference count message in a version 1 header";
                Err(ReadError::malformed(what).at(message.offset))
            }
            _ => {
                let (count, each) = (self.messages.len() as u64, size_of::<Message>() as u64);
                self.cx.limits.claim_metadata(count, each, "header messages")?;
                self.messages.push(message);
                Ok(())
            }
        }
    }

    /// "The Object Header Continuation Message".
    fn add_continuation(&mut self, message: &Message) -> Result<()> {
        let mut cursor = Cursor::new(&message.body, message.offset, ByteOrder::Little);
        let address = file::address(&mut cursor, self.file)?;
        let len = file::length(&mut cursor, self.file)?;
        let address =
            address.ok_or_else(|| cursor.malformed("a continuation without an address"))?;
        if !self.seen.insert(address) {
            return Err(cursor.malformed("the continuations of an object header form a circle"));
        }
        self.continuations.push((address, len));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::testing::{Image, checked, header, words};

    fn read(image: &Image, address: u64) -> Result<ObjectHeader> {
        ObjectHeader::read(&image.open(), address, &ReadContext::default())
    }

    /// A version 1 message.
    fn message(kind: u16, flags: u8, body: &[u8]) -> Vec<u8> {
        let (kind, len) = (kind.to_le_bytes(), (body.len() as u16).to_le_bytes());
        [&kind[..], &len, &[flags, 0, 0, 0], body].concat()
    }

    fn version_1(references: u32, messages: &[u8]) -> Vec<u8> {
        let len = messages.len() as u32;
        let numbers = [references.to_le_bytes(), len.to_le_bytes(), [0; 4]].concat();
        [&[1, 0, 9, 0][..], &numbers, messages].concat()
    }

    #[test]
    fn version_1_goes_on_in_its_continuations() {
        let messages =
            [message(0x10, 0, &words(&[300, 32])), message(0, 0, &[0; 8]), message(1, 0, b"space")];
        let mut image = Image::new(500);
        image.put(48, &version_1(3, &messages.concat()));
        image.put(300, &[message(3, 0, b"datatype"), message(0x0c, 0, b"attribut")].concat());
        let found = read(&image, 48).unwrap();
        let kinds: Vec<u16> = found.messages.iter().map(|message| message.kind).collect();
        assert_eq!(kinds, [1, 3, 0x0c]);
        assert_eq!((found.references, found.error), (3, None));
        assert_eq!((&*found.messages[1].body, found.messages[1].offset), (&b"datatype"[..], 308));
    }

    #[test]
    fn continuations_in_a_circle_end_with_an_error_and_what_was_found() {
        let back = message(0x10, 0, &words(&[300, 32]));
        let mut image = Image::new(500);
        image.put(48, &version_1(1, &back));
        image.put(300, &[back, message(1, 0, &[])].concat());
        let found = read(&image, 48).unwrap();
        assert!(found.error.unwrap().what().contains("circle"));
        assert_eq!(found.messages.len(), 1);
    }

    #[test]
    fn version_2_with_creation_order_and_a_continuation_of_its_own_signature() {
        let mut first = b"OHDR\x02\x04\x19".to_vec();
        first.extend([0x10, 16, 0, 0, 0, 0]);
        first.extend(words(&[300, 4 + 6 + 2 + 1 + 4]));
        first.extend([0; 3]);
        let second = b"OCHK\x0c\x02\x00\x00\x07\x00ab\x00".to_vec();
        let mut image = Image::new(500);
        image.put(48, &checked(first)).put(300, &checked(second));
        let found = read(&image, 48).unwrap();
        assert_eq!((found.error, found.references), (None, 1));
        assert_eq!((found.messages[0].creation, &*found.messages[0].body), (Some(7), &b"ab"[..]));
        image.0[305] ^= 1;
        let found = read(&image, 48).unwrap();
        assert!(found.error.unwrap().what().contains("checksum"));
    }

    #[test]
    fn a_wrong_checksum_of_the_first_block_leaves_nothing() {
        let mut image = Image::new(200);
        image.put(48, &header(&[(0x16, 0, &[0, 5, 0, 0, 0])]));
        assert_eq!(read(&image, 48).unwrap().references, 5);
        image.0[60] ^= 1;
        assert!(read(&image, 48).is_err());
        assert!(read(&image, 1000).is_err());
    }

    #[test]
    fn an_unknown_message_is_passed_over_unless_it_must_be_understood() {
        let mut image = Image::new(200);
        image.put(48, &header(&[(0x19, 0x18, b"x"), (1, 0, b"y")]));
        let found = read(&image, 48).unwrap();
        assert_eq!((found.messages.len(), found.error), (1, None));
        image.put(48, &header(&[(0x19, 0x80, b"x"), (1, 0, b"y")]));
        let found = read(&image, 48).unwrap();
        assert!(found.error.is_some() && found.find(1).is_some());
    }

    #[test]
    fn a_message_that_reaches_past_its_block_is_an_error() {
        let mut image = Image::new(200);
        let mut long = message(1, 0, b"12345678");
        long[2] = 9;
        image.put(48, &version_1(1, &[message(3, 0, &[]), long].concat()));
        let found = read(&image, 48).unwrap();
        assert!(found.error.unwrap().what().contains("reaches past"));
        assert_eq!(found.messages.len(), 1);
    }
}
