//! Sequences: so many literals, then a match so long and so far back
//! (RFC 8878, sections 3.1.1.3.2 and 3.1.1.4).

use hyperslab_core::Result;

use super::bits::BackwardBits;
use super::fse::{self, Table};
use super::{damaged, take_uint};
use crate::back::{copy_back, copy_literals};

/// Tables of literal lengths, offsets and match lengths, and the three last offsets.
#[derive(Default)]
pub(super) struct SequenceTables {
    literal_lengths: Table,
    offsets: Table,
    match_lengths: Table,
    are_set: [bool; 3],
    recent: [usize; 3],
}

impl SequenceTables {
    pub(super) fn begin_frame(&mut self) {
        self.are_set = [false; 3];
        self.recent = [1, 4, 8];
    }

    /// Which tables this block uses.
    fn read(&mut self, input: &mut &[u8]) -> Result<()> {
        let modes = take_uint(input, 1)? as usize;
        let tables = [&mut self.literal_lengths, &mut self.offsets, &mut self.match_lengths];
        for ((table, kind), is_set) in tables.into_iter().zip(&KINDS).zip(&mut self.are_set) {
            match modes >> kind.shift & 3 {
                0 => table.build(kind.default, kind.default_log, kind.meaning)?,
                1 => {
                    let symbol = take_uint(input, 1)? as usize;
                    if symbol > kind.max_symbol {
                        return Err(damaged("a symbol that sequences do not have"));
                    }
                    let (base, extra_bits) = (kind.meaning)(symbol);
                    table.set_single(base, extra_bits);
                }
                2 => {
                    let mut counts = [0i16; 64];
                    let counts = &mut counts[..=kind.max_symbol];
                    let (symbols, log, bytes) = fse::read_counts(input, kind.max_log, counts)?;
                    table.build(&counts[..symbols], log, kind.meaning)?;
                    super::take(input, bytes)?;
                }
                _ if *is_set => {}
                _ => return Err(damaged("sequences of a table that was not given")),
            }
            *is_set = true;
        }
        Ok(())
    }
}

struct Kind {
    /// Where its two bits of the modes are.
    shift: u32,
    max_symbol: usize,
    max_log: u32,
    default: &'static [i16],
    default_log: u32,
    meaning: fn(usize) -> (u32, u8),
}

static KINDS: [Kind; 3] = [
    Kind {
        shift: 6,
        max_symbol: 35,
        max_log: 9,
        default: &[
            4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1,
            1, 1, 1, -1, -1, -1, -1,
        ],
        default_log: 6,
        meaning: |symbol| match symbol {
            0..16 => (symbol as u32, 0),
            _ => LITERAL_LENGTHS.get(symbol - 16).copied().unwrap_or_default(),
        },
    },
    Kind {
        shift: 4,
        max_symbol: 31,
        max_log: 8,
        default: &[
            1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1,
            -1,
        ],
        default_log: 5,
        meaning: |symbol| (1 << (symbol & 31), symbol as u8),
    },
    Kind {
        shift: 2,
        max_symbol: 52,
        max_log: 9,
        default: &[
            1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
            1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
        ],
        default_log: 6,
        meaning: |symbol| match symbol {
            0..32 => (symbol as u32 + 3, 0),
            _ => MATCH_LENGTHS.get(symbol - 32).copied().unwrap_or_default(),
        },
    },
];

/// From code 16 on.
static LITERAL_LENGTHS: [(u32, u8); 20] = [
    (16, 1),
    (18, 1),
    (20, 1),
    (22, 1),
    (24, 2),
    (28, 2),
    (32, 3),
    (40, 3),
    (48, 4),
    (64, 6),
    (128, 7),
    (256, 8),
    (512, 9),
    (1024, 10),
    (2048, 11),
    (4096, 12),
    (8192, 13),
    (16384, 14),
    (32768, 15),
    (65536, 16),
];

/// From code 32 on.
static MATCH_LENGTHS: [(u32, u8); 21] = [
    (35, 1),
    (37, 1),
    (39, 1),
    (41, 1),
    (43, 2),
    (47, 2),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 5),
    (131, 7),
    (259, 8),
    (515, 9),
    (1027, 10),
    (2051, 11),
    (4099, 12),
    (8195, 13),
    (16387, 14),
    (32771, 15),
    (65539, 16),
];

/// Writes what the sequences say to `out` at `at`; says where it ends. Of `literals`, the
/// first `count` are valid.
pub(super) fn execute(
    mut input: &[u8],
    literals: &[u8],
    count: usize,
    out: &mut [u8],
    mut at: usize,
    tables: &mut SequenceTables,
) -> Result<usize> {
    let sequences = read_count(&mut input)?;
    let mut from = 0;
    if sequences > 0 {
        tables.read(&mut input)?;
        (from, at) = run(input, sequences, literals, out, at, tables)?;
    }
    let left = count.checked_sub(from).ok_or_else(|| damaged("a block lacks literals"))?;
    let (_, end) = copy_literals(literals, from, out, at, left)
        .ok_or_else(|| damaged("the stream holds more than the chunk"))?;
    Ok(end)
}

fn read_count(input: &mut &[u8]) -> Result<usize> {
    let first = take_uint(input, 1)? as usize;
    Ok(match first {
        0..128 => first,
        128..255 => ((first - 128) << 8) + take_uint(input, 1)? as usize,
        _ => take_uint(input, 2)? as usize + 0x7f00,
    })
}

fn run(
    input: &[u8],
    sequences: usize,
    literals: &[u8],
    out: &mut [u8],
    mut at: usize,
    tables: &mut SequenceTables,
) -> Result<(usize, usize)> {
    let SequenceTables { literal_lengths, offsets, match_lengths, recent, .. } = tables;
    let mut bits = BackwardBits::new(input)?;
    bits.refill();
    let mut literal_state = bits.take(literal_lengths.log) as usize;
    let mut offset_state = bits.take(offsets.log) as usize;
    let mut match_state = bits.take(match_lengths.log) as usize;
    let mut from = 0;
    let [mut first, mut second, mut third] = *recent;
    for index in 0..sequences {
        let literal = literal_lengths.cell(literal_state);
        let offset = offsets.cell(offset_state);
        let matched = match_lengths.cell(match_state);
        bits.refill();
        let offset_value = offset.base as usize + bits.take(u32::from(offset.extra_bits)) as usize;
        if offset.extra_bits > 16 {
            bits.refill();
        }
        // At most 41 bits were available before, 57 now if they were needed.
        let match_len = matched.base as usize + bits.take(u32::from(matched.extra_bits)) as usize;
        let literal_len = literal.base as usize + bits.take(u32::from(literal.extra_bits)) as usize;
        if u32::from(matched.extra_bits) + u32::from(literal.extra_bits) > 14 {
            bits.refill();
        }
        if index + 1 < sequences {
            literal_state = usize::from(literal.next) + bits.take(u32::from(literal.bits)) as usize;
            match_state = usize::from(matched.next) + bits.take(u32::from(matched.bits)) as usize;
            offset_state = usize::from(offset.next) + bits.take(u32::from(offset.bits)) as usize;
        }
        // Offsets 1 to 3 are those used last; without literals they mean one further.
        let distance = if offset_value > 3 {
            third = second;
            second = first;
            first = offset_value - 3;
            first
        } else {
            match offset_value + usize::from(literal_len == 0) {
                1 => {}
                2 => std::mem::swap(&mut first, &mut second),
                which => {
                    let chosen = if which == 3 { third } else { first.saturating_sub(1) };
                    third = second;
                    second = first;
                    first = chosen;
                }
            }
            first
        };
        (from, at) = copy_sequence(literals, from, literal_len, out, at, distance, match_len)
            .ok_or_else(|| damaged("a sequence leaves the chunk"))?;
    }
    bits.refill();
    if !bits.is_at_end() {
        return Err(damaged("the sequences do not end where they should"));
    }
    *recent = [first, second, third];
    Ok((from, at))
}

#[inline(always)]
fn copy_sequence(
    literals: &[u8],
    from: usize,
    literal_len: usize,
    out: &mut [u8],
    at: usize,
    distance: usize,
    match_len: usize,
) -> Option<(usize, usize)> {
    let (from, at) = copy_literals(literals, from, out, at, literal_len)?;
    Some((from, copy_back(out, at, distance, match_len)?))
}
