//! Damage that goes past checksums, and the few structures a test builds itself.

use hyperslab_testkit::random::Xorshift;

/// What begins with one of these ends in a checksum.
const SIGNATURES: [&[u8; 4]; 17] = [
    b"OHDR", b"OCHK", b"FRHP", b"FHDB", b"FHIB", b"BTHD", b"BTIN", b"BTLF", b"FAHD", b"FADB",
    b"EAHD", b"EAIB", b"EASB", b"EADB", b"SMTB", b"SMLI", b"FSHD",
];

/// Numbers at the edge of what a field can hold.
const EDGES: [u64; 12] = [
    0,
    1,
    2,
    0x7F,
    0x80,
    0xFF,
    0xFFFF,
    0x7FFF_FFFF,
    0xFFFF_FFFF,
    1 << 40,
    i64::MAX as u64,
    u64::MAX,
];

/// Where a block begins and where its checksum stands.
pub type Block = (usize, usize);

/// Blocks of the file whose checksum is right.
pub fn checked_blocks(bytes: &[u8]) -> Vec<Block> {
    let starts = (0..bytes.len().saturating_sub(8)).filter(|&at| {
        SIGNATURES.iter().any(|signature| bytes[at..].starts_with(*signature))
            || bytes[at..].starts_with(b"\x89HDF\r\n\x1a\n") && bytes[at + 8] >= 2
    });
    let end_of = |start: usize| {
        let last = (bytes.len().saturating_sub(3)).min(start + 4200);
        (start + 8..last)
            .find(|&end| bytes[end..end + 4] == lookup3(&bytes[start..end]).to_le_bytes())
    };
    starts.filter_map(|start| Some((start, end_of(start)?))).collect()
}

/// Makes the checksums right of those blocks that are still there.
pub fn mend(bytes: &mut [u8], blocks: &[Block]) {
    for &(start, end) in blocks {
        if end + 4 <= bytes.len() {
            let checksum = lookup3(&bytes[start..end]).to_le_bytes();
            bytes[end..end + 4].copy_from_slice(&checksum);
        }
    }
}

/// A bit, an edge of a field's range, a number from elsewhere in the file; in metadata if there
/// are any with checksums.
pub fn spoil(bytes: &mut [u8], blocks: &[Block], random: &mut Xorshift) {
    let (start, end) = match blocks.len() as u64 {
        0 => (0, bytes.len()),
        count => blocks[random.below(count) as usize],
    };
    let at = start + random.below((end - start) as u64) as usize;
    let width = (1 << random.below(4)).min(bytes.len() - at);
    let number = match random.below(4) {
        0 => return bytes[at] ^= 1 << random.below(8),
        1 => {
            let from = random.below((bytes.len() - width + 1) as u64) as usize;
            return bytes.copy_within(from..from + width, at);
        }
        2 => random.next_u64() >> random.below(64),
        _ => EDGES[random.below(EDGES.len() as u64) as usize],
    };
    bytes[at..at + width].copy_from_slice(&number.to_le_bytes()[..width]);
}

pub const SUPERBLOCK_BYTES: usize = 48;

/// Version 3, of a file of `len` bytes whose root group follows at once.
pub fn superblock(len: usize) -> Vec<u8> {
    let mut bytes = b"\x89HDF\r\n\x1a\n\x03\x08\x08\x00".to_vec();
    for address in [0, u64::MAX, len as u64, SUPERBLOCK_BYTES as u64] {
        bytes.extend(u64::to_le_bytes(address));
    }
    with_checksum(bytes)
}

pub const GROUP_BYTES: usize = 7 + 22 + 16 + 4;

/// The header of a group with one link, to `child`.
pub fn group(child: u64) -> Vec<u8> {
    let mut bytes = b"OHDR\x02\x00\x26".to_vec();
    bytes.extend([2, 18, 0, 0, 0, 0]);
    bytes.extend([0xFF; 16]);
    bytes.extend([6, 12, 0, 0, 1, 0, 1, b'g']);
    bytes.extend(child.to_le_bytes());
    with_checksum(bytes)
}

fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.extend(lookup3(&bytes).to_le_bytes());
    bytes
}

/// Bob Jenkins's hash ("Checksums"), of something.
fn lookup3(bytes: &[u8]) -> u32 {
    let start = 0xDEAD_BEEFu32.wrapping_add(bytes.len() as u32);
    let [mut a, mut b, mut c] = [start; 3];
    let word = |part: &[u8], k: usize| {
        let mut four = [0; 4];
        let from = part.get(4 * k..).unwrap_or_default();
        four.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        u32::from_le_bytes(four)
    };
    let mut parts = bytes.chunks(12).peekable();
    while let Some(part) = parts.next() {
        a = a.wrapping_add(word(part, 0));
        b = b.wrapping_add(word(part, 1));
        c = c.wrapping_add(word(part, 2));
        if parts.peek().is_none() {
            break;
        }
        for turn in [4, 6, 8, 16, 19, 4] {
            a = a.wrapping_sub(c) ^ c.rotate_left(turn);
            c = c.wrapping_add(b);
            (a, b, c) = (b, c, a);
        }
    }
    for turn in [14, 11, 25, 16, 4, 14, 24] {
        c = (c ^ b).wrapping_sub(b.rotate_left(turn));
        (a, b, c) = (b, c, a);
    }
    let _ = (a, c);
    b
}
