//! Version 1 B-trees ("Disk Format: Level 1A1 - Version 1 B-trees"): of a group's symbol table
//! nodes (type 0) and of raw data chunks (type 1).

use std::collections::HashSet;

use hyperslab_core::{Blob, ByteOrder, Cursor, ReadContext, ReadError, Result};

use crate::file::{self, File};

/// What a chunk's key says of it.
#[derive(Clone, Copy, Debug)]
pub struct ChunkKey<'a> {
    /// Stored size.
    pub bytes: u32,
    /// A set bit: the filter of that number was left out.
    pub filter_mask: u32,
    /// First element of the chunk in each axis, and last the byte within an element: 0.
    pub offsets: &'a [u64],
}

const GROUP: u8 = 0;
const CHUNKS: u8 = 1;

/// Calls `visit` with the address of every symbol table node, in order of the names.
///
/// # Errors
/// When a node cannot be read or contradicts its parent; whatever `visit` fails with.
pub fn leaves(
    file: &File,
    address: u64,
    cx: &ReadContext,
    visit: &mut dyn FnMut(u64) -> Result<()>,
) -> Result<()> {
    let key_bytes = u64::from(file.length_size());
    let mut walk = Walk::new(file, cx, GROUP, key_bytes);
    walk.tree(address, &mut |_, child| visit(child))
}

/// Calls `visit` with the key and the address of every chunk, in order of their offsets.
/// `rank_plus_one` is the number of offsets in a key.
///
/// # Errors
/// As [`leaves`].
pub fn chunk_records(
    file: &File,
    address: u64,
    rank_plus_one: usize,
    cx: &ReadContext,
    visit: &mut dyn FnMut(ChunkKey, u64) -> Result<()>,
) -> Result<()> {
    let key_bytes = 4 + 4 + 8 * rank_plus_one as u64;
    let mut offsets = vec![0; rank_plus_one];
    let mut walk = Walk::new(file, cx, CHUNKS, key_bytes);
    walk.tree(address, &mut |cursor, child| {
        let (bytes, filter_mask) = (cursor.u32()?, cursor.u32()?);
        for offset in &mut offsets {
            *offset = cursor.u64()?;
        }
        visit(ChunkKey { bytes, filter_mask, offsets: &offsets }, child)
    })
}

/// Called with the key before a child of a leaf, and the child's address.
type Visit<'a> = &'a mut dyn FnMut(&mut Cursor, u64) -> Result<()>;

struct Walk<'a> {
    file: &'a File,
    cx: &'a ReadContext,
    kind: u8,
    key_bytes: u64,
    /// Addresses of all nodes so far.
    seen: HashSet<u64>,
    /// A guess at how long nodes are: the longest so far.
    node_bytes: u64,
}

impl<'a> Walk<'a> {
    fn new(file: &'a File, cx: &'a ReadContext, kind: u8, key_bytes: u64) -> Self {
        Self { file, cx, kind, key_bytes, seen: HashSet::new(), node_bytes: 512 }
    }

    fn tree(&mut self, root: u64, visit: Visit) -> Result<()> {
        let level = self.level_of(root)?;
        self.node(root, level, visit)
    }

    fn level_of(&mut self, root: u64) -> Result<u8> {
        let prefix = self.file.read(root, 6, self.cx)?;
        let mut cursor = Cursor::new(&prefix, self.file.at(root), ByteOrder::Little);
        file::signature(&mut cursor, b"TREE", "B-tree node")?;
        cursor.skip(1)?;
        let level = cursor.u8()?;
        if u32::from(level) > self.cx.limits.depth {
            return Err(cursor.malformed(format!("a B-tree of {level} levels")));
        }
        Ok(level)
    }

    /// Recurses as deep as `level`, which is that of the node.
    fn node(&mut self, address: u64, level: u8, visit: Visit) -> Result<()> {
        self.cx.check()?;
        let at = self.file.at(address);
        if !self.seen.insert(address) {
            return Err(ReadError::malformed("a B-tree node is its own relative").at(at));
        }
        let (bytes, entries) = self.file.retrying(self.cx, || self.read(address, level))?;
        self.node_bytes = self.node_bytes.max(bytes.len() as u64);
        let mut cursor = Cursor::new(&bytes, at, ByteOrder::Little);
        cursor.skip(self.prefix_bytes() as usize)?;
        for _ in 0..entries {
            let mut key = cursor.clone();
            cursor.skip(self.key_bytes as usize)?;
            let child = file::address(&mut cursor, self.file)?;
            let child = child.ok_or_else(|| cursor.malformed("a B-tree node without address"))?;
            match level {
                0 => visit(&mut key, child)?,
                _ => self.node(child, level - 1, visit)?,
            }
        }
        Ok(())
    }

    fn prefix_bytes(&self) -> u64 {
        4 + 1 + 1 + 2 + 2 * u64::from(self.file.offset_size())
    }

    /// The bytes of a node and its number of children.
    fn read(&self, address: u64, level: u8) -> Result<(Blob, u16)> {
        let file = self.file;
        let first = file.read_up_to(address, self.node_bytes, self.cx)?;
        let mut cursor = Cursor::new(&first, file.at(address), ByteOrder::Little);
        file::signature(&mut cursor, b"TREE", "B-tree node")?;
        let (kind, found_level) = (cursor.u8()?, cursor.u8()?);
        if (kind, found_level) != (self.kind, level) {
            return Err(cursor.malformed(format!(
                "a B-tree node of type {kind} and level {found_level}, where {} and {level} \
                 belong",
                self.kind
            )));
        }
        let entries = cursor.u16()?;
        let each = self.key_bytes + u64::from(file.offset_size());
        let len = self.prefix_bytes() + u64::from(entries) * each + self.key_bytes;
        if len <= first.len() as u64 {
            return Ok((first, entries));
        }
        Ok((file.read(address, len, self.cx)?, entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::testing::{Image, UNDEFINED, words};

    fn node(kind: u8, level: u8, keys_and_children: &[u64]) -> Vec<u8> {
        let entries = (keys_and_children.len() / 2) as u8;
        let words = words(&[&[UNDEFINED, UNDEFINED], keys_and_children].concat());
        [&b"TREE"[..], &[kind, level, entries, 0], &words].concat()
    }

    fn group_leaves(image: &Image) -> (Vec<u64>, Option<ReadError>) {
        let mut all = Vec::new();
        let error = leaves(&image.open(), 100, &ReadContext::default(), &mut |child| {
            all.push(child);
            Ok(())
        });
        (all, error.err())
    }

    #[test]
    fn leaves_of_two_levels_in_order() {
        let mut image = Image::new(600);
        image.put(100, &node(0, 1, &[0, 200, 1, 300, 2]));
        image.put(200, &node(0, 0, &[0, 7, 1, 8, 2])).put(300, &node(0, 0, &[0, 9, 1]));
        assert_eq!(group_leaves(&image), (vec![7, 8, 9], None));
    }

    #[test]
    fn wrong_levels_types_and_circles_are_errors() {
        let mut image = Image::new(600);
        image.put(100, &node(0, 1, &[0, 200, 1]));
        for bad in
            [node(0, 1, &[0, 100, 1]), node(1, 0, &[0, 7, 1]), node(0, 0, &[0, UNDEFINED, 1])]
        {
            image.put(200, &bad);
            assert!(group_leaves(&image).1.is_some());
        }
        image.put(200, &node(0, 0, &[0, 7, 1])).put(100, &node(0, 1, &[0, 200, 1, 200, 2]));
        assert!(group_leaves(&image).1.unwrap().what().contains("relative"));
    }

    #[test]
    fn chunks_with_their_keys() {
        let mut image = Image::new(600);
        let size_and_mask = 5 | 2 << 32;
        image.put(
            100,
            &[
                &b"TREE\x01\x00\x01\x00"[..],
                &words(&[UNDEFINED, UNDEFINED, size_and_mask, 10, 20, 0, 400, 0, 0, 0, 0]),
            ]
            .concat(),
        );
        let mut all = Vec::new();
        let (file, cx) = (image.open(), ReadContext::default());
        chunk_records(&file, 100, 3, &cx, &mut |key, child| {
            all.push((key.bytes, key.filter_mask, key.offsets.to_vec(), child));
            Ok(())
        })
        .unwrap();
        assert_eq!(all, [(5, 2, vec![10, 20, 0], 400)]);
    }
}
