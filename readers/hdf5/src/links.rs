//! What a group holds ("Link Message", "Link Info Message", "Symbol Table Message"), and which
//! kind of object a header describes.

use std::sync::atomic::{AtomicU64, Ordering};

use hyperslab_core::{ByteOrder, Cursor, ReadContext, ReadError, Result};
use rayon::prelude::*;

use crate::file::{self, File};
use crate::fractal_heap::FractalHeap;
use crate::messages;
use crate::object_header::ObjectHeader;
use crate::superblock::version_zero;
use crate::symbol_table;

/// A link of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// `hex:` and the bytes in hexadecimal where they are not UTF-8.
    pub name: String,
    pub target: Target,
    /// The how-manieth link of the group it was, where the group keeps that.
    pub creation: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Hard link: address of an object header.
    Object(u64),
    /// A path in this file.
    Soft(String),
    External {
        file: String,
        path: String,
    },
    UserDefined {
        class: u8,
    },
}

/// A group of the old kind has a symbol table, one of the new kind a link info message.
pub fn is_group(header: &ObjectHeader) -> bool {
    header.messages.iter().any(|m| matches!(m.kind, messages::SYMBOL_TABLE | messages::LINK_INFO))
}

/// A dataset has a datatype, a dataspace and a layout; where one could not be read, the others
/// still tell.
pub fn is_dataset(header: &ObjectHeader) -> bool {
    header.find(messages::DATA_LAYOUT).is_some()
        || header.find(messages::DATATYPE).is_some() && header.find(messages::DATASPACE).is_some()
}

/// A committed datatype has nothing but the datatype, and attributes.
pub fn is_committed_type(header: &ObjectHeader) -> bool {
    header.find(messages::DATATYPE).is_some() && !is_dataset(header)
}

/// The links of a group: in order of creation where the group keeps it, else by name. What could
/// be read, and what was wrong.
pub fn entries(
    file: &File,
    header: &ObjectHeader,
    cx: &ReadContext,
) -> (Vec<Entry>, Option<ReadError>) {
    let mut entries = Vec::new();
    let mut error = None;
    if let Some(message) = header.find(messages::SYMBOL_TABLE) {
        error = symbol_table::entries(file, message, cx, &mut entries).err();
    }
    for message in header.all(messages::LINK) {
        match link(file, &message.body, message.offset) {
            Ok(entry) => entries.push(entry),
            Err(found) => {
                error.get_or_insert(found);
            }
        }
    }
    if let Err(found) = dense_entries(file, header, cx, &mut entries) {
        error.get_or_insert(found);
    }
    sort(&mut entries);
    (entries, error)
}

fn sort(entries: &mut [Entry]) {
    if entries.iter().all(|entry| entry.creation.is_some()) {
        entries.par_sort_by_key(|entry| entry.creation);
    } else {
        entries.par_sort_by(|a, b| a.name.cmp(&b.name));
    }
}

/// "Link Info Message", and the links in the fractal heap it names.
fn dense_entries(
    file: &File,
    header: &ObjectHeader,
    cx: &ReadContext,
    entries: &mut Vec<Entry>,
) -> Result<()> {
    const TRACKS_CREATION_ORDER: u8 = 1;
    const BY_NAME: u8 = 5;
    let Some(message) = header.find(messages::LINK_INFO) else { return Ok(()) };
    let mut cursor = Cursor::new(&message.body, message.offset, ByteOrder::Little);
    version_zero(&mut cursor, "link info message")?;
    if cursor.u8()? & TRACKS_CREATION_ORDER != 0 {
        cursor.skip(8)?;
    }
    let heap = file::address(&mut cursor, file)?;
    let index = file::address(&mut cursor, file)?;
    let Some(heap) = heap else { return Ok(()) };
    let index = index.ok_or_else(|| cursor.malformed("a heap of links without an index"))?;
    let at = file.at(heap);
    let heap = FractalHeap::open(file, heap, cx)?;
    let body_bytes = AtomicU64::new(0);
    let (found, error) = heap.get_all(file, index, BY_NAME, 4, cx, &|_, body| {
        let body = body?;
        let len = body.len() as u64;
        let total = body_bytes.fetch_add(len, Ordering::Relaxed).saturating_add(len);
        cx.limits.claim_metadata(total, 1, "links of a group")?;
        link(file, &body, at)
    })?;
    entries.extend(found);
    error.map_or(Ok(()), Err)
}

/// "Link Message", version 1.
fn link(file: &File, body: &[u8], offset: u64) -> Result<Entry> {
    const HARD: u8 = 0;
    const SOFT: u8 = 1;
    const EXTERNAL: u8 = 64;
    let mut cursor = Cursor::new(body, offset, ByteOrder::Little);
    let version = cursor.u8()?;
    if version != 1 {
        return Err(cursor.malformed(format!("link message version {version}")));
    }
    let flags = cursor.u8()?;
    let kind = if flags & 0x08 != 0 { cursor.u8()? } else { HARD };
    let creation = if flags & 0x04 != 0 { Some(cursor.u64()?) } else { None };
    if flags & 0x10 != 0 {
        cursor.skip(1)?;
    }
    let len = cursor.uint(1 << (flags & 3))?;
    let name = text(cursor.take(usize::try_from(len).unwrap_or(usize::MAX))?);
    let target = match kind {
        HARD => {
            let address = file::address(&mut cursor, file)?;
            Target::Object(address.ok_or_else(|| cursor.malformed("a link without an address"))?)
        }
        _ => {
            let len = cursor.u16()?;
            let value = cursor.take(len.into())?;
            match kind {
                SOFT => Target::Soft(text(until_zero(value))),
                EXTERNAL => external(value)
                    .ok_or_else(|| cursor.malformed("an external link without file or path"))?,
                class => Target::UserDefined { class },
            }
        }
    };
    Ok(Entry { name, target, creation })
}

/// The value of an external link: version and flags, then two texts that end with zero bytes.
fn external(value: &[u8]) -> Option<Target> {
    let (_version_and_flags, rest) = value.split_first()?;
    let end = rest.iter().position(|&byte| byte == 0)?;
    let (file, path) = (rest.get(..end)?, rest.get(end + 1..)?);
    Some(Target::External { file: text(file), path: text(until_zero(path)) })
}

fn until_zero(bytes: &[u8]) -> &[u8] {
    bytes.split(|&byte| byte == 0).next().unwrap_or_default()
}

/// A name as text; bytes that are not UTF-8 in hexadecimal.
pub fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            use std::fmt::Write as _;
            bytes.iter().fold(String::from("hex:"), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::testing::{Image, header, words};

    fn list(messages: &[&[u8]]) -> (Vec<Entry>, Option<ReadError>) {
        let messages: Vec<_> = messages.iter().map(|body| (6, 0, *body)).collect();
        let mut image = Image::new(700);
        image.put(48, &header(&messages));
        let (file, cx) = (image.open(), ReadContext::default());
        entries(&file, &ObjectHeader::read(&file, 48, &cx).unwrap(), &cx)
    }

    #[test]
    fn every_kind_of_link() {
        let hard = [&b"\x01\x10\x01\x01h"[..], &words(&[777])].concat();
        let external = b"\x01\x08\x40\x01e\x07\x00\x00f.h5\x00/\x00";
        let (found, error) =
            list(&[&hard, b"\x01\x08\x01\x01s\x02\x00/x", external, b"\x01\x08\xbb\x01u\x01\x00z"]);
        assert_eq!(error, None);
        let found: Vec<_> = found.into_iter().map(|entry| (entry.name, entry.target)).collect();
        let external = Target::External { file: "f.h5".into(), path: "/".into() };
        assert_eq!(
            found,
            [
                ("e".into(), external),
                ("h".into(), Target::Object(777)),
                ("s".into(), Target::Soft("/x".into())),
                ("u".into(), Target::UserDefined { class: 0xbb }),
            ]
        );
    }

    #[test]
    fn creation_order_where_it_is_kept() {
        let link = |name: u8, order: u64| {
            [&[1, 4][..], &words(&[order]), &[1, name], &words(&[7])].concat()
        };
        let names =
            |found: Vec<Entry>| found.into_iter().map(|entry| entry.name).collect::<String>();
        let (found, _) = list(&[&link(b'a', 2), &link(b'b', 0), &link(b'c', 1)]);
        assert_eq!(names(found), "bca");
        let without = [&b"\x01\x00\x01z"[..], &words(&[7])].concat();
        let (found, _) = list(&[&without, &link(b'b', 0), &link(b'a', 1)]);
        assert_eq!(names(found), "abz");
    }

    #[test]
    fn a_broken_link_does_not_hide_the_others() {
        let good = [&b"\x01\x00\x01z"[..], &words(&[7])].concat();
        let (found, error) = list(&[b"\x01\x00\x09short", &good, b"\x02\x00\x01a"]);
        assert_eq!(found.len(), 1);
        assert!(error.is_some());
    }
}
