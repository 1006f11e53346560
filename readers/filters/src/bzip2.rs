//! bzip2 (filter 307): one or more streams of blocks, each sorted (Burrows-Wheeler), moved to
//! front, and coded with several Huffman tables in turn.

use hyperslab_core::{ReadError, Result};

use crate::bits::MsbBits;
use crate::chain::{Call, State};

const BLOCK: u64 = 0x3141_5926_5359;
const END: u64 = 0x1772_4538_5090;

pub(crate) fn decode(
    call: &Call,
    input: &[u8],
    out: &mut [u8],
    state: &mut State,
) -> Result<usize> {
    let mut bits = MsbBits::new(input);
    let mut at = 0;
    let mut streams = 0;
    loop {
        let magic = bits.take(24);
        let level = bits.take(8);
        if bits.is_overdrawn() || magic != u64::from_be_bytes(*b"\0\0\0\0\0BZh") {
            // What follows the last stream is not ours.
            return if streams > 0 { Ok(at) } else { Err(damaged("no stream begins here")) };
        }
        let most = match u8::try_from(level) {
            Ok(digit @ b'1'..=b'9') => usize::from(digit - b'0') * 100_000,
            _ => return Err(damaged("a block size that does not exist")),
        };
        let mut combined = 0u32;
        loop {
            call.cx.check()?;
            let magic = bits.take(48);
            let crc = bits.take(32) as u32;
            if magic == END {
                if crc != combined {
                    return Err(damaged("checksum mismatch"));
                }
                break;
            }
            if magic != BLOCK || bits.is_overdrawn() {
                return Err(damaged("no block begins where one should"));
            }
            let free = out.get_mut(at..).unwrap_or_default();
            let work = &mut state.words;
            let written = block(&mut bits, free, most, work)?;
            let computed = checksum(free.get(..written).unwrap_or_default());
            if computed != crc {
                return Err(damaged("checksum mismatch"));
            }
            combined = combined.rotate_left(1) ^ crc;
            at += written;
        }
        bits.align();
        streams += 1;
    }
}

fn damaged(what: &str) -> ReadError {
    ReadError::malformed(format!("bzip2: {what}"))
}

/// Decodes one block to `out`; `sorted` is room to work in.
fn block(bits: &mut MsbBits, out: &mut [u8], most: usize, sorted: &mut Vec<u32>) -> Result<usize> {
    let is_randomised = bits.take(1) == 1;
    let origin = bits.take(24) as usize;
    if is_randomised {
        return Err(ReadError::unsupported("bzip2 blocks of before version 0.9.5"));
    }
    // No more than its limit and, four to five at best, than 51 times what is wanted.
    let counts = read_symbols(bits, most, sorted)?;
    if bits.is_overdrawn() {
        return Err(damaged("a block ends early"));
    }
    if origin >= sorted.len() {
        return Err(damaged("a block begins outside itself"));
    }
    // Each place learns which place follows it in the text.
    let mut sums = [0u32; 256];
    let mut sum = 0;
    for (start, count) in sums.iter_mut().zip(&counts) {
        *start = sum;
        sum += count;
    }
    for place in 0..sorted.len() {
        let symbol = sorted[place] as u8;
        let target = &mut sums[usize::from(symbol)];
        sorted[*target as usize] |= (place as u32) << 8;
        *target += 1;
    }
    undo_runs(sorted, origin, out)
}

/// Four equal bytes are followed by how many more of them there are.
fn undo_runs(sorted: &[u32], origin: usize, out: &mut [u8]) -> Result<usize> {
    let too_long = || damaged("the stream holds more than the chunk");
    let mut entry = sorted[origin];
    let mut at = 0;
    let mut run = 0;
    let mut last = 256u32;
    for _ in 0..sorted.len() {
        entry = sorted[(entry >> 8) as usize];
        let symbol = entry & 0xff;
        if run == 4 {
            let end = at + symbol as usize;
            out.get_mut(at..end).ok_or_else(too_long)?.fill(last as u8);
            at = end;
            run = 0;
            last = 256;
            continue;
        }
        run = if symbol == last { run + 1 } else { 1 };
        last = symbol;
        *out.get_mut(at).ok_or_else(too_long)? = symbol as u8;
        at += 1;
    }
    Ok(at)
}

/// Reads a block's symbols into the low bytes of `sorted`; how often each occurs.
fn read_symbols(bits: &mut MsbBits, most: usize, sorted: &mut Vec<u32>) -> Result<[u32; 256]> {
    const GROUP: usize = 50;
    let mut front = [0u8; 256];
    let mut used = 0;
    let rows = bits.take(16);
    for row in 0..16 {
        let columns = if rows >> (15 - row) & 1 == 1 { bits.take(16) } else { 0 };
        for column in (0..16).filter(|column| columns >> (15 - column) & 1 == 1) {
            front[used] = (row * 16 + column) as u8;
            used += 1;
        }
    }
    let tables = bits.take(3) as usize;
    let selectors = bits.take(15) as usize;
    if used == 0 || !(2..=6).contains(&tables) || selectors == 0 {
        return Err(damaged("a block without tables"));
    }
    let mut order = [0u8, 1, 2, 3, 4, 5];
    let mut chosen = Vec::with_capacity(selectors);
    for _ in 0..selectors {
        let position = bits.take_unary_ones(tables as u32) as usize;
        if position >= tables {
            return Err(damaged("a table that is not there"));
        }
        order[..=position].rotate_right(1);
        chosen.push(order[0]);
    }
    let symbols = used + 2;
    let mut codes = Vec::with_capacity(tables);
    for _ in 0..tables {
        codes.push(Code::read(bits, symbols)?);
    }
    let mut counts = [0u32; 256];
    sorted.clear();
    let (mut run, mut weight) = (0usize, 1usize);
    let end_symbol = symbols - 1;
    for table in chosen {
        let code = codes.get(usize::from(table)).ok_or_else(|| damaged("a missing table"))?;
        for _ in 0..GROUP {
            let symbol = code.next(bits).ok_or_else(|| damaged("a code that is not there"))?;
            if symbol <= 1 {
                // A run's length in digits of 1 and 2.
                if weight > most {
                    return Err(damaged("a run longer than its block"));
                }
                run += weight << symbol;
                weight <<= 1;
                continue;
            }
            if run > 0 {
                if sorted.len() + run > most {
                    return Err(damaged("a block longer than it may be"));
                }
                counts[usize::from(front[0])] += run as u32;
                sorted.resize(sorted.len() + run, u32::from(front[0]));
                (run, weight) = (0, 1);
            }
            if symbol == end_symbol {
                return Ok(counts);
            }
            if sorted.len() >= most {
                return Err(damaged("a block longer than it may be"));
            }
            let position = symbol - 1;
            let byte = front[position];
            front.copy_within(..position, 1);
            front[0] = byte;
            counts[usize::from(byte)] += 1;
            sorted.push(u32::from(byte));
        }
        if bits.is_overdrawn() {
            break;
        }
    }
    Err(damaged("a block without an end"))
}

/// One Huffman code of up to 20 bits.
struct Code {
    /// For the next bits: symbol and length, length 0 where the code is longer.
    short: [(u16, u8); 1 << SHORT],
    /// For each length, the first code of the next one, aligned to 20 bits, and what to add
    /// to a code to find its place in `symbols`.
    limits: [(u32, i32); MAX as usize + 1],
    symbols: Vec<u16>,
}

const SHORT: u32 = 10;
const MAX: u32 = 20;

impl Code {
    fn read(bits: &mut MsbBits, symbols: usize) -> Result<Self> {
        let mut lengths = vec![0u8; symbols];
        let mut length = bits.take(5) as u32;
        for place in &mut lengths {
            while bits.take(1) == 1 {
                length = if bits.take(1) == 0 { length + 1 } else { length.wrapping_sub(1) };
                if !(1..=MAX).contains(&length) {
                    return Err(damaged("a code of impossible length"));
                }
            }
            if !(1..=MAX).contains(&length) {
                return Err(damaged("a code of impossible length"));
            }
            *place = length as u8;
        }
        let mut code = Self {
            short: [(0, 0); 1 << SHORT],
            limits: [(0, 0); MAX as usize + 1],
            symbols: Vec::with_capacity(symbols),
        };
        let mut next = 0u32;
        for length in 1..=MAX {
            let first = code.symbols.len();
            let of_length = lengths.iter().enumerate().filter(|(_, l)| u32::from(**l) == length);
            code.symbols.extend(of_length.map(|(symbol, _)| symbol as u16));
            let count = (code.symbols.len() - first) as u32;
            if next + count > 1 << length {
                return Err(damaged("codes that overlap"));
            }
            if length <= SHORT {
                let step = 1usize << (SHORT - length);
                let start = next as usize * step;
                for (symbol, entries) in code.symbols[first..]
                    .iter()
                    .zip(code.short.get_mut(start..).unwrap_or_default().chunks_mut(step))
                {
                    entries.fill((*symbol, length as u8));
                }
            }
            let limit = (next + count) << (MAX - length);
            code.limits[length as usize] = (limit, first as i32 - next as i32);
            next = (next + count) << 1;
        }
        Ok(code)
    }

    #[inline(always)]
    fn next(&self, bits: &mut MsbBits) -> Option<usize> {
        let window = bits.peek(MAX) as u32;
        let (symbol, length) = self.short[(window >> (MAX - SHORT)) as usize % (1 << SHORT)];
        if length > 0 {
            bits.take_ready(u32::from(length));
            return Some(usize::from(symbol));
        }
        for length in SHORT + 1..=MAX {
            let (limit, offset) = self.limits[length as usize];
            if window < limit {
                bits.take_ready(length);
                let place = (window >> (MAX - length)) as i32 + offset;
                return self.symbols.get(usize::try_from(place).ok()?).map(|s| usize::from(*s));
            }
        }
        None
    }
}

/// CRC-32, the highest bit first.
fn checksum(bytes: &[u8]) -> u32 {
    static TABLES: [[u32; 256]; 4] = crc_tables();
    let mut crc = !0u32;
    let (words, rest) = bytes.as_chunks::<4>();
    for word in words {
        let [a, b, c, d] = (crc ^ u32::from_be_bytes(*word)).to_be_bytes().map(usize::from);
        crc = TABLES[3][a] ^ TABLES[2][b] ^ TABLES[1][c] ^ TABLES[0][d];
    }
    for byte in rest {
        crc = crc << 8 ^ TABLES[0][((crc >> 24) as u8 ^ byte) as usize];
    }
    !crc
}

const fn crc_tables() -> [[u32; 256]; 4] {
    let mut tables = [[0u32; 256]; 4];
    let mut i = 0;
    while i < 256 {
        let mut crc = (i as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc >> 31 == 1 { crc << 1 ^ 0x04c1_1db7 } else { crc << 1 };
            bit += 1;
        }
        tables[0][i] = crc;
        i += 1;
    }
    let mut k = 1;
    while k < 4 {
        let mut i = 0;
        while i < 256 {
            let crc = tables[k - 1][i];
            tables[k][i] = crc << 8 ^ tables[0][(crc >> 24) as usize];
            i += 1;
        }
        k += 1;
    }
    tables
}
