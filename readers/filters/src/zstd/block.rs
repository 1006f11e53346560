//! Compressed blocks (RFC 8878, section 3.1.1.3): literals, then sequences.

use hyperslab_core::Result;

use super::sequences::{self, SequenceTables};
use super::{damaged, fse, huffman};

/// A block holds at most this many bytes.
const BLOCK_MAX: usize = 128 << 10;

/// What lives from block to block, and room to work in.
#[derive(Default)]
pub(crate) struct Tables {
    huffman: huffman::Table,
    sequences: SequenceTables,
    literals: Vec<u8>,
    work: fse::Table,
}

impl Tables {
    pub(super) fn begin_frame(&mut self) {
        self.huffman.clear();
        self.sequences.begin_frame();
    }
}

/// Decodes one block to `out` at `at`; says where it ends.
pub(super) fn compressed(
    mut input: &[u8],
    out: &mut [u8],
    at: usize,
    tables: &mut Tables,
) -> Result<usize> {
    let Tables { huffman, sequences, literals, work } = tables;
    // Some more than the longest, so that short copies may be of a fixed length.
    literals.resize(BLOCK_MAX + 32, 0);
    let count = read_literals(&mut input, literals, huffman, work)?;
    sequences::execute(input, literals, count, out, at, sequences)
}

/// Literals of any kind; how many.
fn read_literals(
    input: &mut &[u8],
    literals: &mut [u8],
    huffman: &mut huffman::Table,
    work: &mut fse::Table,
) -> Result<usize> {
    let first = usize::from(*input.first().ok_or_else(|| damaged("a block is empty"))?);
    let (kind, format) = (first & 3, first >> 2 & 3);
    let room = |literals: &mut [u8], count: usize| {
        if count > BLOCK_MAX || literals.len() < count {
            return Err(damaged("a block has too many literals"));
        }
        Ok(count)
    };
    if kind < 2 {
        let count = match format {
            0 | 2 => super::take_uint(input, 1)? >> 3,
            1 => super::take_uint(input, 2)? >> 4,
            _ => super::take_uint(input, 3)? >> 4,
        };
        let count = room(literals, count as usize)?;
        let literals = &mut literals[..count];
        if kind == 0 {
            literals.copy_from_slice(super::take(input, count)?);
        } else {
            literals.fill(super::take_uint(input, 1)? as u8);
        }
        return Ok(count);
    }
    let (header_bytes, width) = match format {
        0 | 1 => (3, 10),
        2 => (4, 14),
        _ => (5, 18),
    };
    let header = super::take_uint(input, header_bytes)? >> 4;
    let count = room(literals, (header & ((1 << width) - 1)) as usize)?;
    let mut packed = super::take(input, (header >> width) as usize)?;
    if kind == 2 {
        let bytes = huffman.read(packed, work)?;
        super::take(&mut packed, bytes)?;
    } else if !huffman.is_set() {
        return Err(damaged("literals of a Huffman tree that was not given"));
    }
    let literals = &mut literals[..count];
    if format == 0 {
        huffman.one_stream(packed, literals)?;
    } else {
        huffman.four_streams(packed, literals)?;
    }
    Ok(count)
}
