//! Groups of the old kind: a B-tree of symbol table nodes, names in a local heap
//! ("Disk Format: Level 1B - Group Symbol Table Nodes", "1C - Symbol Table Entry").

use hyperslab_core::{Blob, ByteOrder, Cursor, ReadContext, Result};

use crate::btree_v1;
use crate::file::{self, File};
use crate::links::{self, Entry, Target};
use crate::local_heap::LocalHeap;
use crate::messages::Message;

/// Longest node with the usual number of entries (twice the "Group Leaf Node K" of 4).
const FIRST_READ_BYTES: u64 = 8 + 8 * 40;

/// Adds the links of the group whose symbol table message is `message` to `entries`.
///
/// # Errors
/// What was wrong; the entries before are there.
pub fn entries(
    file: &File,
    message: &Message,
    cx: &ReadContext,
    entries: &mut Vec<Entry>,
) -> Result<()> {
    let mut cursor = Cursor::new(&message.body, message.offset, ByteOrder::Little);
    let tree = file::address(&mut cursor, file)?;
    let heap = file::address(&mut cursor, file)?;
    let (Some(tree), Some(heap)) = (tree, heap) else {
        return Err(cursor.malformed("a symbol table message without addresses"));
    };
    let heap = LocalHeap::read(file, heap, cx)?;
    let mut names_len = 0_u64;
    btree_v1::leaves(file, tree, cx, &mut |node| {
        let (bytes, count) = file.retrying(cx, || node_bytes(file, node, cx))?;
        let mut cursor = Cursor::new(&bytes, file.at(node), ByteOrder::Little);
        cursor.skip(8)?;
        for _ in 0..count {
            let entry = entry(&mut cursor, file, &heap)?;
            names_len = names_len.saturating_add(entry.name.len() as u64);
            cx.limits.claim_metadata(names_len, 1, "names of links")?;
            entries.push(entry);
        }
        cx.limits.claim_entries(entries.len() as u64, "links of a group")?;
        cx.check()
    })
}

/// The bytes of a symbol table node and its number of entries.
fn node_bytes(file: &File, address: u64, cx: &ReadContext) -> Result<(Blob, u16)> {
    let first = file.read_up_to(address, FIRST_READ_BYTES, cx)?;
    let mut cursor = Cursor::new(&first, file.at(address), ByteOrder::Little);
    file::signature(&mut cursor, b"SNOD", "symbol table node")?;
    let version = cursor.u8()?;
    if version != 1 {
        return Err(cursor.malformed(format!("symbol table node version {version}")));
    }
    cursor.skip(1)?;
    let count = cursor.u16()?;
    let each = u64::from(file.length_size()) + u64::from(file.offset_size()) + 4 + 4 + 16;
    let len = 8 + u64::from(count) * each;
    if len <= first.len() as u64 {
        return Ok((first, count));
    }
    Ok((file.read(address, len, cx)?, count))
}

fn entry(cursor: &mut Cursor, file: &File, heap: &LocalHeap) -> Result<Entry> {
    const SYMBOLIC_LINK: u32 = 2;
    // The library writes it with the size of lengths, not, as specified, of offsets.
    let name = file::length(cursor, file)?;
    let address = file::address(cursor, file)?;
    let cache_type = cursor.u32()?;
    cursor.skip(4)?;
    let mut scratch = cursor.clone();
    cursor.skip(16)?;
    let name = links::text(heap.text(name)?);
    let target = if cache_type == SYMBOLIC_LINK {
        Target::Soft(links::text(heap.text(scratch.u32()?.into())?))
    } else {
        Target::Object(address.ok_or_else(|| cursor.malformed("a link without an address"))?)
    };
    Ok(Entry { name, target, creation: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::testing::{Image, UNDEFINED, header, words};
    use crate::object_header::ObjectHeader;

    #[test]
    fn hard_and_symbolic_links_by_name() {
        let mut image = Image::new(900);
        image.put(48, &header(&[(0x11, 0, &words(&[200, 300]))]));
        let tree = words(&[UNDEFINED, UNDEFINED, 0, 500, 8]);
        image.put(200, &[&b"TREE\x00\x00\x01\x00"[..], &tree].concat());
        image.put(300, &[&b"HEAP\x00\x00\x00\x00"[..], &words(&[32, 1, 400])].concat());
        image.put(400, b"\x00\x00\x00\x00\x00\x00\x00\x00b\x00\x00\x00\xb0a\x00\x00/x/y\x00");
        let entry = |name, address, cache: u64, scratch| words(&[name, address, cache, scratch, 0]);
        let entries = [entry(8, 777, 0, 0), entry(12, UNDEFINED, 2, 16)].concat();
        image.put(500, &[&b"SNOD\x01\x00\x02\x00"[..], &entries].concat());
        let list = |image: &Image| {
            let (file, cx) = (image.open(), ReadContext::default());
            let header = ObjectHeader::read(&file, 48, &cx).unwrap();
            links::entries(&file, &header, &cx)
        };
        let (found, error) = list(&image);
        assert_eq!(error, None);
        let found: Vec<_> = found.into_iter().map(|entry| (entry.name, entry.target)).collect();
        let soft = Target::Soft("/x/y".into());
        assert_eq!(found, [("b".into(), Target::Object(777)), ("hex:b061".into(), soft)]);
        image.0[506] = 3;
        image.put(400 + 8, &[1; 24]);
        let (found, error) = list(&image);
        assert!(found.is_empty() && error.is_some());
    }
}
