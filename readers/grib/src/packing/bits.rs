//! Unsigned integers of any width, packed without gaps, the highest bit first
//! (regulation 92.1.4: bits and octets are numbered from the most significant).

use hyperslab_core::{ReadError, Result};

/// `out.len()` integers of `width` bits (0 to 32), the first beginning at bit `start`, each
/// turned into an element by `element`.
///
/// # Errors
/// `Truncated` when `bytes` ends before the last one, `Malformed` for a width over 32.
pub fn unpack_with<T>(
    bytes: &[u8],
    start: u64,
    width: u32,
    out: &mut [T],
    element: impl Fn(u32) -> T,
) -> Result<()> {
    if width > 32 {
        return Err(too_wide(width));
    }
    let packed = cover(bytes, start, u64::from(width), out.len())?;
    if width == 0 {
        out.iter_mut().for_each(|target| *target = element(0));
        return Ok(());
    }
    match (width, start % 8) {
        (8, 0) => {
            out.iter_mut().zip(packed).for_each(|(target, byte)| *target = element((*byte).into()))
        }
        (16, 0) => octets(packed, out, |bytes| element(u16::from_be_bytes(bytes).into())),
        (24, 0) => octets(packed, out, |[a, b, c]| element(u32::from_be_bytes([0, a, b, c]))),
        (32, 0) => octets(packed, out, |bytes| element(u32::from_be_bytes(bytes))),
        (_, 0) => by_width(packed, width, out, element),
        (_, shift) => one_by_one(packed, shift as usize, width, out, element),
    }
    Ok(())
}

/// `out.len()` integers of `width` bits (0 to 32), the first beginning at bit `start`.
///
/// # Errors
/// As [`unpack_with`].
pub fn unpack(bytes: &[u8], start: u64, width: u32, out: &mut [u32]) -> Result<()> {
    unpack_with(bytes, start, width, out, |integer| integer)
}

/// The same for widths up to 64.
///
/// # Errors
/// As [`unpack_with`], for a width over 64.
pub fn unpack_wide(bytes: &[u8], start: u64, width: u32, out: &mut [u64]) -> Result<()> {
    if width <= 32 {
        return unpack_with(bytes, start, width, out, u64::from);
    }
    let mut bits = Bits::at(bytes, start);
    for target in out {
        *target = bits.take(width)?;
    }
    Ok(())
}

/// The octets from the one with bit `start` to the one with the last bit of `count` integers.
pub(crate) fn cover(bytes: &[u8], start: u64, width: u64, count: usize) -> Result<&[u8]> {
    let end = (count as u64).checked_mul(width).and_then(|bits| bits.checked_add(start));
    let range = end.and_then(|end| {
        let end = usize::try_from(end.div_ceil(8)).ok()?;
        Some(usize::try_from(start / 8).ok()?.min(end)..end)
    });
    range.and_then(|range| bytes.get(range)).ok_or_else(truncated)
}

/// Integers of whole octets.
#[inline(always)]
fn octets<const N: usize, T>(packed: &[u8], out: &mut [T], element: impl Fn([u8; N]) -> T) {
    for (target, bytes) in out.iter_mut().zip(packed.as_chunks::<N>().0) {
        *target = element(*bytes);
    }
}

/// Eight integers fill as many octets as each has bits: with the width known when compiling,
/// all eight are loads and shifts by constants.
#[inline(always)]
fn by_width<T>(packed: &[u8], width: u32, out: &mut [T], element: impl Fn(u32) -> T) {
    macro_rules! widths {
        ($($width:literal)*) => {
            match width {
                $($width => by_eight::<$width, T>(packed, out, element),)*
                _ => one_by_one(packed, 0, width, out, element),
            }
        };
    }
    widths!(1 2 3 4 5 6 7 9 10 11 12 13 14 15 17 18 19 20 21 22 23 25 26 27 28 29 30 31);
}

fn by_eight<const WIDTH: usize, T>(packed: &[u8], out: &mut [T], element: impl Fn(u32) -> T) {
    /// Enough for eight integers of up to 32 bits, and for reading 8 octets at the last one.
    const WINDOW: usize = 40;
    let (eights, _) = out.as_chunks_mut::<8>();
    let mut done = 0;
    let mut rest = packed;
    for targets in eights {
        let Some(window) = rest.first_chunk::<WINDOW>() else { break };
        for (index, target) in targets.iter_mut().enumerate() {
            let bit = index * WIDTH;
            let word = window.get(bit / 8..).and_then(|from| from.first_chunk::<8>());
            let word = u64::from_be_bytes(*word.unwrap_or(&[0; 8]));
            *target = element((word << (bit % 8) >> (64 - WIDTH)) as u32);
        }
        rest = rest.get(WIDTH..).unwrap_or_default();
        done += 8;
    }
    one_by_one(rest, 0, WIDTH as u32, out.get_mut(done..).unwrap_or_default(), element);
}

/// The first integer begins at bit `at` of `packed`, which holds them all.
#[inline(always)]
fn one_by_one<T>(
    packed: &[u8],
    mut at: usize,
    width: u32,
    out: &mut [T],
    element: impl Fn(u32) -> T,
) {
    for target in out {
        let word = word_at(packed, at / 8);
        *target = element((word << (at % 8) >> (64 - width)) as u32);
        at += width as usize;
    }
}

/// Eight octets from `at` on, zeros behind the end.
#[inline(always)]
pub(crate) fn word_at(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        Some(word) => u64::from_be_bytes(*word),
        None => last_word(bytes.get(at..).unwrap_or_default()),
    }
}

#[cold]
fn last_word(rest: &[u8]) -> u64 {
    let mut word = [0; 8];
    word.iter_mut().zip(rest).for_each(|(target, byte)| *target = *byte);
    u64::from_be_bytes(word)
}

/// Reads one integer after another where widths differ.
#[derive(Clone, Debug)]
pub struct Bits<'a> {
    bytes: &'a [u8],
    at: u64,
}

impl<'a> Bits<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self::at(bytes, 0)
    }

    pub fn at(bytes: &'a [u8], start: u64) -> Self {
        Self { bytes, at: start }
    }

    /// The bit that is read next.
    pub fn position(&self) -> u64 {
        self.at
    }

    /// The next `width` bits, at most 64.
    ///
    /// # Errors
    /// `Truncated` when there are fewer, `Malformed` for a width over 64.
    #[inline]
    pub fn take(&mut self, width: u32) -> Result<u64> {
        if width > 64 {
            return Err(too_wide(width));
        }
        let value = window(self.bytes, self.at, width).ok_or_else(truncated)?;
        self.at += u64::from(width);
        Ok(value)
    }

    /// Leaves out `width` bits.
    pub fn skip(&mut self, width: u64) {
        self.at = self.at.saturating_add(width);
    }

    /// Goes on to the next whole octet.
    pub fn align(&mut self) {
        self.at = self.at.saturating_add(7) & !7;
    }
}

/// `width` bits (at most 64) from bit `at`; `None` where there are fewer.
#[inline]
fn window(bytes: &[u8], at: u64, width: u32) -> Option<u64> {
    if width == 0 {
        return Some(0);
    }
    let end = at.checked_add(u64::from(width))?;
    if end > (bytes.len() as u64).saturating_mul(8) {
        return None;
    }
    let octet = usize::try_from(at / 8).ok()?;
    let shift = (at % 8) as u32;
    let mut value = word_at(bytes, octet) << shift >> (64 - width);
    if shift + width > 64 {
        // A ninth octet holds the lowest bits.
        value |= u64::from(*bytes.get(octet.checked_add(8)?)?) >> (72 - shift - width);
    }
    Some(value)
}

pub(crate) fn truncated() -> ReadError {
    ReadError::truncated("packed values end early")
}

fn too_wide(width: u32) -> ReadError {
    ReadError::malformed(format!("packed integers of {width} bits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(len: usize) -> Vec<u8> {
        (0..len).map(|i| (i * i * 31 + i * 7 + 3) as u8).collect()
    }

    fn slowly(bytes: &[u8], start: usize, width: usize, index: usize) -> u64 {
        let first = start + index * width;
        (first..first + width)
            .fold(0, |value, bit| value << 1 | u64::from(bytes[bit / 8] >> (7 - bit % 8) & 1))
    }

    #[test]
    fn integers_of_every_width_and_start_are_the_bits_in_order() {
        let bytes = bytes(400);
        for width in 0..=64 {
            for start in [0, 1, 7, 8, 13] {
                for count in [0, 1, 7, 8, 9, 37] {
                    let want: Vec<u64> =
                        (0..count).map(|i| slowly(&bytes, start, width, i)).collect();
                    let mut wide = vec![0; count];
                    unpack_wide(&bytes, start as u64, width as u32, &mut wide).unwrap();
                    assert_eq!(wide, want, "{count} of {width} bits from bit {start}");
                    let mut bits = Bits::at(&bytes, start as u64);
                    let taken: Vec<u64> =
                        (0..count).map(|_| bits.take(width as u32).unwrap()).collect();
                    assert_eq!(taken, want);
                }
            }
        }
    }

    #[test]
    fn the_last_integer_may_end_with_the_last_octet_and_no_later() {
        for width in 1..=32 {
            let bytes = bytes(width as usize);
            let mut out = vec![0; 8];
            unpack(&bytes, 0, width, &mut out).unwrap();
            assert_eq!(u64::from(out[7]), slowly(&bytes, 0, width as usize, 7));
            assert!(unpack(&bytes, 1, width, &mut out).is_err());
            assert!(unpack(&bytes[1..], 0, width, &mut out).is_err());
        }
        assert!(unpack(&[], u64::MAX, 32, &mut [0; 4]).is_err());
        assert!(unpack(&bytes(100), 0, 33, &mut [0; 4]).is_err());
    }
}
