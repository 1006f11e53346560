//! Writes deflate blocks, for tests.

/// A symbol to be written: a literal, or a match of length and distance.
#[derive(Clone, Copy)]
pub(super) enum Token {
    Literal(u8),
    Match(usize, usize),
}

impl Token {
    pub(super) fn len(self) -> usize {
        match self {
            Self::Literal(_) => 1,
            Self::Match(len, _) => len,
        }
    }
}

/// Bits of the codes that are best for a block: of literals and lengths, and of distances.
pub(super) fn code_lengths(tokens: &[Token]) -> (Vec<u8>, Vec<u8>) {
    let (mut symbols, mut distances) = (vec![0; 286], vec![0; 30]);
    symbols[256] = 1;
    for token in tokens {
        match *token {
            Token::Literal(byte) => symbols[usize::from(byte)] += 1,
            Token::Match(len, distance) => {
                symbols[length_symbol(len).0] += 1;
                distances[distance_symbol(distance).0] += 1;
            }
        }
    }
    (huffman(&symbols), huffman(&distances))
}

fn huffman(counts: &[usize]) -> Vec<u8> {
    let mut bits = vec![0; counts.len()];
    let used = counts.iter().enumerate().filter(|(_, count)| **count > 0);
    let mut trees: Vec<(usize, Vec<usize>)> = used.map(|(i, count)| (*count, vec![i])).collect();
    while trees.len() > 1 {
        trees.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        let (Some(a), Some(mut b)) = (trees.pop(), trees.pop()) else { break };
        b.0 += a.0;
        b.1.extend(a.1);
        b.1.iter().for_each(|symbol| bits[*symbol] += 1);
        trees.push(b);
    }
    assert!(bits.iter().all(|bits| *bits <= 15));
    bits
}

/// The bits of a stream.
#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    have: u32,
}

impl Writer {
    fn put(&mut self, value: usize, count: u32) {
        for k in 0..count {
            if self.have.is_multiple_of(8) {
                self.bytes.push(0);
            }
            *self.bytes.last_mut().unwrap() |= ((value >> k & 1) as u8) << (self.have % 8);
            self.have += 1;
        }
    }

    /// A code, whose highest bit comes first.
    fn code(&mut self, (code, bits): (usize, u32)) {
        for k in (0..bits).rev() {
            self.put(code >> k & 1, 1);
        }
    }
}

/// A zlib stream of one block with these codes, and what it decodes to.
pub(super) fn zlib_stream(
    symbol_bits: &[u8],
    distance_bits: &[u8],
    tokens: &[Token],
) -> (Vec<u8>, Vec<u8>) {
    let mut writer = Writer::default();
    writer.put(0x0178, 16);
    writer.put(0b101, 3);
    writer.put(symbol_bits.len() - 257, 5);
    writer.put(distance_bits.len() - 1, 5);
    // Lengths 0 to 15 have codes of four bits, repetitions none.
    writer.put(15, 4);
    for place in 0..19 {
        writer.put(if place < 3 { 0 } else { 4 }, 3);
    }
    for bits in symbol_bits.iter().chain(distance_bits) {
        writer.code((usize::from(*bits), 4));
    }
    let (symbols, distances) = (codes(symbol_bits), codes(distance_bits));
    let mut out = Vec::new();
    for token in tokens {
        match *token {
            Token::Literal(byte) => {
                writer.code(symbols[usize::from(byte)]);
                out.push(byte);
            }
            Token::Match(len, distance) => {
                let (symbol, extra, extra_bits) = length_symbol(len);
                writer.code(symbols[symbol]);
                writer.put(extra, extra_bits);
                let (symbol, extra, extra_bits) = distance_symbol(distance);
                writer.code(distances[symbol]);
                writer.put(extra, extra_bits);
                for _ in 0..len {
                    out.push(out[out.len() - distance]);
                }
            }
        }
    }
    writer.code(symbols[256]);
    let mut stream = writer.bytes;
    let (mut a, mut b) = (1u32, 0u32);
    for byte in &out {
        a = (a + u32::from(*byte)) % 65521;
        b = (b + a) % 65521;
    }
    stream.extend((b << 16 | a).to_be_bytes());
    (stream, out)
}

/// Code and bits of each symbol (RFC 1951, section 3.2.2).
fn codes(lengths: &[u8]) -> Vec<(usize, u32)> {
    let mut codes = vec![(0, 0); lengths.len()];
    let mut next = 0;
    for bits in 1..16 {
        next <<= 1;
        for (symbol, _) in lengths.iter().enumerate().filter(|(_, length)| **length == bits) {
            codes[symbol] = (next, u32::from(bits));
            next += 1;
        }
    }
    codes
}

fn length_symbol(len: usize) -> (usize, usize, u32) {
    match len {
        3..11 => (254 + len, 0, 0),
        258 => (285, 0, 0),
        _ => {
            let extra_bits = (len - 3).ilog2() - 2;
            let step = ((len - 3) >> extra_bits) - 4;
            (261 + 4 * extra_bits as usize + step, (len - 3) % (1 << extra_bits), extra_bits)
        }
    }
}

fn distance_symbol(distance: usize) -> (usize, usize, u32) {
    match distance - 1 {
        less @ 0..4 => (less, 0, 0),
        less => {
            let extra_bits = less.ilog2() - 1;
            let step = (less >> extra_bits) - 2;
            (2 + 2 * extra_bits as usize + step, less % (1 << extra_bits), extra_bits)
        }
    }
}
