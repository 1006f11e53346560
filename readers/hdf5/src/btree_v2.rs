//! Version 2 B-trees ("Disk Format: Level 1A2 - Version 2 B-trees"): the indexes of dense links
//! and attributes, of huge heap objects and of chunks.

use std::collections::HashSet;

use hyperslab_core::{ByteOrder, Cursor, ReadContext, ReadError, Result};

use crate::file::{self, File};
use crate::superblock::version_zero;

/// Of a node: signature, version, type; and the checksum.
const NODE_PREFIX_BYTES: u64 = 6;
const CHECKSUM_BYTES: u64 = 4;

/// A tree of that many levels holds more records than any file: each node has two at least.
const MOST_LEVELS: usize = 40;

/// Calls `visit` with every record of the tree at `address`, in order.
///
/// # Errors
/// When the tree is of none of the types `expected`, cannot be read or contradicts itself;
/// whatever `visit` fails with. Records before the damage have been visited by then.
pub fn records(
    file: &File,
    address: u64,
    expected: &[u8],
    cx: &ReadContext,
    visit: &mut dyn FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    let tree = BtreeV2::open(file, address, cx)?;
    if !expected.contains(&tree.kind) {
        let message = format!("a version 2 B-tree of type {}, not {expected:?}", tree.kind);
        return Err(ReadError::malformed(message).at(file.at(address)));
    }
    tree.records(file, cx, visit)
}

/// The header of a tree.
pub struct BtreeV2 {
    pub kind: u8,
    pub record_bytes: usize,
    root: Option<Node>,
    /// What a pointer to a node of each level looks like, leaves (level 0) first.
    levels: Vec<Level>,
}

/// A pointer to a node.
#[derive(Clone, Copy)]
struct Node {
    address: u64,
    records: u64,
}

#[derive(Clone, Copy)]
struct Level {
    /// Most records one node of the level has.
    most_records: u64,
    /// Bytes of a pointer from a node of this level to a child; 0 for leaves.
    pointer_bytes: u64,
    /// Bytes, in such a pointer, of the count of all records below the child.
    total_bytes: u8,
}

impl BtreeV2 {
    /// # Errors
    /// When there is no tree at `address` or its header contradicts itself.
    pub fn open(file: &File, address: u64, cx: &ReadContext) -> Result<Self> {
        let what = "version 2 B-tree header";
        let len = 4 + 2 + 4 + 2 + 2 + 2 + 2 + file.offset_size() + file.length_size() + 4;
        let bytes = file.read_checked(address, u64::from(len), what, cx)?;
        let mut cursor = Cursor::new(&bytes, file.at(address), ByteOrder::Little);
        file::signature(&mut cursor, b"BTHD", what)?;
        version_zero(&mut cursor, what)?;
        let kind = cursor.u8()?;
        let node_bytes = cursor.u32()?;
        let record_bytes = cursor.u16()?;
        let depth = usize::from(cursor.u16()?);
        cursor.skip(2)?;
        let root = file::address(&mut cursor, file)?;
        let records = u64::from(cursor.u16()?);
        let _total = file::length(&mut cursor, file)?;
        if record_bytes == 0 || depth >= MOST_LEVELS {
            let message = format!("{depth} levels of records of {record_bytes} bytes");
            return Err(cursor.malformed(message));
        }
        let levels = levels(depth, node_bytes, record_bytes, file.offset_size());
        let levels = levels.ok_or_else(|| {
            cursor.malformed(format!("B-tree nodes of {node_bytes} bytes, too short for a record"))
        })?;
        let root = root.map(|address| Node { address, records });
        Ok(Self { kind, record_bytes: record_bytes.into(), root, levels })
    }

    /// Calls `visit` with every record in order.
    ///
    /// # Errors
    /// When a node cannot be read or contradicts its parent; whatever `visit` fails with.
    pub fn records(
        &self,
        file: &File,
        cx: &ReadContext,
        visit: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let Some(root) = self.root else { return Ok(()) };
        let mut walk = Walk { tree: self, file, cx, seen: HashSet::new(), visit };
        walk.node(root, self.levels.len() - 1)
    }
}

/// The layout of each level, or nothing when not even one record fits into a node.
fn levels(depth: usize, node_bytes: u32, record_bytes: u16, offset_size: u8) -> Option<Vec<Level>> {
    let record_bytes = u64::from(record_bytes);
    let room = u64::from(node_bytes).checked_sub(NODE_PREFIX_BYTES + CHECKSUM_BYTES)?;
    let most_in_leaf = room / record_bytes;
    if most_in_leaf == 0 {
        return None;
    }
    let count_bytes = bytes_for(most_in_leaf);
    let mut levels = vec![Level { most_records: most_in_leaf, pointer_bytes: 0, total_bytes: 0 }];
    let mut most_below = most_in_leaf;
    for level in 1..=depth {
        let total_bytes = if level > 1 { bytes_for(most_below) } else { 0 };
        let pointer_bytes =
            u64::from(offset_size) + u64::from(count_bytes) + u64::from(total_bytes);
        let most_records = room.checked_sub(pointer_bytes)? / (record_bytes + pointer_bytes);
        if most_records == 0 {
            return None;
        }
        most_below = most_below.saturating_mul(most_records + 1).saturating_add(most_records);
        levels.push(Level { most_records, pointer_bytes, total_bytes });
    }
    Some(levels)
}

/// Least bytes that hold `value`.
fn bytes_for(value: u64) -> u8 {
    (u64::BITS - value.max(1).leading_zeros()).div_ceil(8) as u8
}

struct Walk<'a> {
    tree: &'a BtreeV2,
    file: &'a File,
    cx: &'a ReadContext,
    /// Addresses of all nodes so far.
    seen: HashSet<u64>,
    visit: &'a mut dyn FnMut(&[u8]) -> Result<()>,
}

impl Walk<'_> {
    /// Recurses as deep as the tree has levels.
    fn node(&mut self, node: Node, level: usize) -> Result<()> {
        self.cx.check()?;
        let (file, tree) = (self.file, self.tree);
        let at = file.at(node.address);
        let layout = tree.levels.get(level).copied();
        let layout = layout.filter(|layout| node.records <= layout.most_records);
        let Some(layout) = layout else {
            let message = format!("a B-tree node of {} records, more than fit", node.records);
            return Err(ReadError::malformed(message).at(at));
        };
        if !self.seen.insert(node.address) {
            return Err(ReadError::malformed("a B-tree node is its own relative").at(at));
        }
        let records_len = node.records * tree.record_bytes as u64;
        let pointers_len = if level > 0 { (node.records + 1) * layout.pointer_bytes } else { 0 };
        let len = NODE_PREFIX_BYTES + records_len + pointers_len + CHECKSUM_BYTES;
        let what = "B-tree node";
        let bytes = file.read_checked(node.address, len, what, self.cx)?;
        let mut cursor = Cursor::new(&bytes, at, ByteOrder::Little);
        file::signature(&mut cursor, if level > 0 { b"BTIN" } else { b"BTLF" }, what)?;
        version_zero(&mut cursor, what)?;
        let kind = cursor.u8()?;
        if kind != tree.kind {
            let message = format!("a B-tree node of type {kind} in a tree of type {}", tree.kind);
            return Err(cursor.malformed(message));
        }
        let mut records = cursor.take(records_len as usize)?.chunks_exact(tree.record_bytes);
        if level == 0 {
            return records.try_for_each(|record| (self.visit)(record));
        }
        for _ in 0..=node.records {
            let child = self.pointer(&mut cursor, level, layout)?;
            self.node(child, level - 1)?;
            if let Some(record) = records.next() {
                (self.visit)(record)?;
            }
        }
        Ok(())
    }

    fn pointer(&self, cursor: &mut Cursor, level: usize, layout: Level) -> Result<Node> {
        let address = file::address(cursor, self.file)?;
        let leaf = self.tree.levels.first().map_or(1, |leaf| leaf.most_records);
        let records = cursor.uint(bytes_for(leaf))?;
        if level > 1 {
            cursor.uint(layout.total_bytes)?;
        }
        let address =
            address.ok_or_else(|| cursor.malformed("a B-tree node without an address"))?;
        Ok(Node { address, records })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::testing::{Image, checked, words};

    /// A tree of records of one byte in nodes of 14 bytes (leaves of 4 records); in nodes of 64
    /// bytes internal ones have room too.
    fn tree(depth: u8, root_records: u8) -> Vec<u8> {
        let mut header = b"BTHD\x00\x05\x40\x00\x00\x00\x01\x00".to_vec();
        header.extend([depth, 0, 100, 40]);
        header.extend(words(&[200]));
        header.extend([root_records, 0]);
        header.extend(words(&[5]));
        checked(header)
    }

    fn leaf(records: &[u8]) -> Vec<u8> {
        checked([&b"BTLF\x00\x05"[..], records].concat())
    }

    /// Pointers: address and, in one byte, the count of records.
    fn internal(records: &[u8], children: &[(u64, u8)]) -> Vec<u8> {
        let mut bytes = [&b"BTIN\x00\x05"[..], records].concat();
        for (address, count) in children {
            bytes.extend(words(&[*address]));
            bytes.push(*count);
        }
        checked(bytes)
    }

    fn found(image: &Image, kinds: &[u8]) -> (Vec<u8>, Option<ReadError>) {
        let mut all = Vec::new();
        let (file, cx) = (image.open(), ReadContext::default());
        let error = records(&file, 100, kinds, &cx, &mut |record| {
            all.extend_from_slice(record);
            Ok(())
        });
        (all, error.err())
    }

    #[test]
    fn records_of_all_levels_come_in_order() {
        let mut image = Image::new(600);
        image.put(100, &tree(1, 2)).put(200, &internal(&[3, 6], &[(300, 2), (350, 2), (400, 1)]));
        image.put(300, &leaf(&[1, 2])).put(350, &leaf(&[4, 5])).put(400, &leaf(&[7]));
        assert_eq!(found(&image, &[4, 5]), (vec![1, 2, 3, 4, 5, 6, 7], None));
        assert!(found(&image, &[8]).1.unwrap().what().contains("type 5"));
    }

    #[test]
    fn a_node_met_twice_or_with_too_many_records_ends_the_walk() {
        let mut image = Image::new(600);
        image.put(100, &tree(1, 1)).put(200, &internal(&[3], &[(300, 1), (300, 1)]));
        image.put(300, &leaf(&[1]));
        let (all, error) = found(&image, &[5]);
        assert_eq!(all, [1, 3]);
        assert!(error.unwrap().what().contains("relative"));
        image.put(200, &internal(&[3], &[(300, 200), (300, 1)]));
        assert!(found(&image, &[5]).1.unwrap().what().contains("more than fit"));
        image.put(100, &tree(200, 1));
        assert!(found(&image, &[5]).1.is_some());
    }

    #[test]
    fn bytes_that_counts_take() {
        assert_eq!([0, 1, 255, 256, u64::MAX].map(bytes_for), [1, 1, 1, 2, 8]);
    }
}
