//! The checksum of all metadata: Jenkins' lookup3 with an initial value of 0, little-endian
//! ("This Document": all checksums are computed with it).

/// The checksum of `bytes`.
pub fn lookup3(bytes: &[u8]) -> u32 {
    lookup3_of(bytes, 0)
}

/// The same, as the hash of `bytes` seeded with `initial`.
pub fn lookup3_of(bytes: &[u8], initial: u32) -> u32 {
    let start = 0xdead_beef_u32.wrapping_add(bytes.len() as u32).wrapping_add(initial);
    let mut state = [start; 3];
    // The last 1 to 12 bytes are mixed differently, so 12 bytes are one tail and no block.
    let tail_len = match bytes.len() % 12 {
        0 if bytes.is_empty() => return start,
        0 => 12,
        len => len,
    };
    let (blocks, tail) = bytes.split_at(bytes.len() - tail_len);
    for block in blocks.chunks_exact(12) {
        add(&mut state, block);
        mix(&mut state);
    }
    let mut padded = [0; 12];
    for (to, from) in padded.iter_mut().zip(tail) {
        *to = *from;
    }
    add(&mut state, &padded);
    finish(state)
}

/// Whether the last four bytes of `bytes` are the checksum of the rest.
pub fn is_valid(bytes: &[u8]) -> bool {
    bytes
        .split_last_chunk::<4>()
        .is_some_and(|(rest, stored)| lookup3(rest) == u32::from_le_bytes(*stored))
}

fn add(state: &mut [u32; 3], block: &[u8]) {
    let (words, _) = block.as_chunks::<4>();
    for (word, bytes) in state.iter_mut().zip(words) {
        *word = word.wrapping_add(u32::from_le_bytes(*bytes));
    }
}

fn mix([a, b, c]: &mut [u32; 3]) {
    *a = a.wrapping_sub(*c) ^ c.rotate_left(4);
    *c = c.wrapping_add(*b);
    *b = b.wrapping_sub(*a) ^ a.rotate_left(6);
    *a = a.wrapping_add(*c);
    *c = c.wrapping_sub(*b) ^ b.rotate_left(8);
    *b = b.wrapping_add(*a);
    *a = a.wrapping_sub(*c) ^ c.rotate_left(16);
    *c = c.wrapping_add(*b);
    *b = b.wrapping_sub(*a) ^ a.rotate_left(19);
    *a = a.wrapping_add(*c);
    *c = c.wrapping_sub(*b) ^ b.rotate_left(4);
    *b = b.wrapping_add(*a);
}

fn finish([mut a, mut b, mut c]: [u32; 3]) -> u32 {
    c = (c ^ b).wrapping_sub(b.rotate_left(14));
    a = (a ^ c).wrapping_sub(c.rotate_left(11));
    b = (b ^ a).wrapping_sub(a.rotate_left(25));
    c = (c ^ b).wrapping_sub(b.rotate_left(16));
    a = (a ^ c).wrapping_sub(c.rotate_left(4));
    b = (b ^ a).wrapping_sub(a.rotate_left(14));
    (c ^ b).wrapping_sub(b.rotate_left(24))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_of_the_algorithms_author() {
        assert_eq!(lookup3(b""), 0xdead_beef);
        assert_eq!(lookup3(b"Four score and seven years ago"), 0x1777_0551);
        assert_eq!(lookup3_of(b"Four score and seven years ago", 1), 0xcd62_8161);
    }

    #[test]
    fn a_flipped_bit_is_seen() {
        let mut bytes = b"twelve bytes".to_vec();
        bytes.extend(lookup3(&bytes).to_le_bytes());
        assert!(is_valid(&bytes));
        bytes[3] ^= 1;
        assert!(!is_valid(&bytes));
        assert!(!is_valid(&[1, 2, 3]));
    }
}
