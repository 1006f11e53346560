//! Contexts of coding passes (ITU-T T.800, tables D.1 to D.3), looked up by which neighbours of
//! a coefficient are significant.

use super::tile::Orientation;

/// Bits of three rows of three: the coefficient itself is bit 4, its neighbours around it.
const NW: u32 = 0;
const N: u32 = 1;
const NE: u32 = 2;
const W: u32 = 3;
const E: u32 = 5;
const SW: u32 = 6;
const S: u32 = 7;
const SE: u32 = 8;
pub(super) const NEIGHBOURS: u32 = 0x1EF;

static LL_LH: [u8; 512] = zero_coding(Orientation::Lh);
static HL: [u8; 512] = zero_coding(Orientation::Hl);
static HH: [u8; 512] = zero_coding(Orientation::Hh);

/// Table D.1 for a subband.
pub(super) fn of_zero_coding(orientation: Orientation) -> &'static [u8; 512] {
    match orientation {
        Orientation::Ll | Orientation::Lh => &LL_LH,
        Orientation::Hl => &HL,
        Orientation::Hh => &HH,
    }
}

const fn zero_coding(orientation: Orientation) -> [u8; 512] {
    let mut table = [0; 512];
    let mut around = 0u32;
    while around < 512 {
        let (w, e, n, s) = (around >> W & 1, around >> E & 1, around >> N & 1, around >> S & 1);
        let diagonal =
            (around >> NW & 1) + (around >> NE & 1) + (around >> SW & 1) + (around >> SE & 1);
        let (horizontal, vertical) = match orientation {
            Orientation::Hl => (n + s, w + e),
            _ => (w + e, n + s),
        };
        table[around as usize] = match orientation {
            Orientation::Hh => match (diagonal, horizontal + vertical) {
                (0, 0) => 0,
                (0, 1) => 1,
                (0, _) => 2,
                (1, 0) => 3,
                (1, 1) => 4,
                (1, _) => 5,
                (2, 0) => 6,
                (2, _) => 7,
                _ => 8,
            },
            _ => match (horizontal, vertical, diagonal) {
                (2, _, _) => 8,
                (1, 0, 0) => 5,
                (1, 0, _) => 6,
                (1, _, _) => 7,
                (_, 2, _) => 4,
                (_, 1, _) => 3,
                (_, _, 0) => 0,
                (_, _, 1) => 1,
                _ => 2,
            },
        };
        around += 1;
    }
    table
}

/// Tables D.2 and D.3: context, and in bit 7 whether the sign is exchanged. Index: whether the
/// neighbours W, E, N and S are significant (bits 0 to 3) and negative (bits 4 to 7).
pub(super) static SIGN: [u8; 256] = sign_coding();

const fn sign_coding() -> [u8; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let horizontal = clamped(contribution(index, 0) + contribution(index, 1));
        let vertical = clamped(contribution(index, 2) + contribution(index, 3));
        table[index] = match (horizontal, vertical) {
            (1, 1) => 13,
            (1, 0) => 12,
            (1, _) => 11,
            (0, 1) => 10,
            (0, 0) => 9,
            (0, _) => 10 | 0x80,
            (_, 1) => 11 | 0x80,
            (_, 0) => 12 | 0x80,
            _ => 13 | 0x80,
        };
        index += 1;
    }
    table
}

const fn contribution(index: usize, neighbour: u32) -> i32 {
    let is_significant = (index >> neighbour & 1) as i32;
    let is_negative = (index >> (neighbour + 4) & 1) as i32;
    is_significant * (1 - 2 * is_negative)
}

const fn clamped(value: i32) -> i32 {
    if value > 1 {
        1
    } else if value < -1 {
        -1
    } else {
        value
    }
}
