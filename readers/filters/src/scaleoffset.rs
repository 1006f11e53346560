//! Scale-Offset (filter 6): differences from the chunk's smallest value in as few bits as
//! they need; floating-point numbers after scaling by a power of ten.
//!
//! The chunk begins with the number of bits (4 bytes), the size of the smallest value (1) and
//! that value (8), all little-endian; the differences begin at byte 21.

use hyperslab_core::{ReadError, Result};

use crate::bits::MsbBits;
use crate::chain::{Call, State};

macro_rules! integers {
    ($unpacked:expr, $out:expr, $min:expr, $is_big_endian:expr, $type:ty) => {{
        let order = |value: u64| ordered((value as $type).to_le_bytes(), $is_big_endian);
        $unpacked.write($out, |step| order($min.wrapping_add(step)), order)
    }};
}
/// Client data: scale type (0 decimal, 1 binary, 2 integer), scale factor, elements in the
/// chunk, class (0 integer, 1 floating point), bytes, sign, order (1 big-endian), whether
/// there is a fill value, and that value.
pub(crate) fn decode(call: &Call, input: &[u8], out: &mut [u8], _: &mut State) -> Result<usize> {
    const DATA: usize = 21;
    const INTEGER: u32 = 2;
    let (scale_type, scale_factor) = (call.value(0), call.value(1));
    let (is_float, bytes) = (call.value(3) == 1, call.value(4) as usize);
    if !matches!((is_float, bytes), (false, 1 | 2 | 4 | 8) | (true, 4 | 8)) {
        return Err(ReadError::malformed(format!("scaleoffset: numbers of {bytes} bytes")));
    }
    if is_float && scale_type != 0 {
        return Err(ReadError::unsupported("scaleoffset by powers of two"));
    }
    let total = bytes.checked_mul(call.value(2) as usize);
    let out = total
        .and_then(|total| out.get_mut(..total))
        .ok_or_else(|| ReadError::malformed("scaleoffset: more elements than the chunk has"))?;
    let early = || ReadError::malformed("scaleoffset: the chunk ends early");
    let full_bits = bytes as u32 * 8;
    if scale_type == INTEGER && scale_factor == full_bits {
        // The writer was told to keep all bits, so it did nothing.
        out.copy_from_slice(input.get(..out.len()).ok_or_else(early)?);
        return Ok(out.len());
    }
    let header = input.first_chunk::<13>().ok_or_else(early)?;
    let min_bits = u32::from_le_bytes([header[0], header[1], header[2], header[3]]);
    let min_bytes = usize::from(header[4]).min(8);
    let min = little_endian(header.get(5..5 + min_bytes).unwrap_or_default());
    let data = input.get(DATA..).unwrap_or_default();
    let is_big_endian = call.value(6) == 1;
    if min_bits > full_bits {
        return Err(ReadError::malformed(format!("scaleoffset: values of {min_bits} bits")));
    }
    if min_bits == full_bits {
        // As the writing machine held them, which is taken to be little-endian.
        out.copy_from_slice(data.get(..out.len()).ok_or_else(early)?);
        if is_big_endian {
            out.chunks_exact_mut(bytes).for_each(<[u8]>::reverse);
        }
        return Ok(out.len());
    }
    let fill =
        (call.value(7) != 0).then(|| u64::from(call.value(8)) | u64::from(call.value(9)) << 32);
    let mut bits = MsbBits::new(data);
    let mut unpacked = Unpacked { bits: &mut bits, min_bits, fill };
    let decimals = scale_factor as i32;
    match (is_float, bytes) {
        (false, 1) => unpacked.write(out, |step| [min.wrapping_add(step) as u8], |f| [f as u8]),
        (false, 2) => integers!(unpacked, out, min, is_big_endian, u16),
        (false, 4) => integers!(unpacked, out, min, is_big_endian, u32),
        (false, _) => integers!(unpacked, out, min, is_big_endian, u64),
        (true, 4) => {
            let (min, scale) = (f32::from_bits(min as u32), 10f32.powf(decimals as f32));
            let order = |bits: u32| ordered(bits.to_le_bytes(), is_big_endian);
            unpacked.write(
                out,
                |step| order((step as u32 as i32 as f32 / scale + min).to_bits()),
                |fill| order(fill as u32),
            );
        }
        (true, _) => {
            let (min, scale) = (f64::from_bits(min), 10f64.powf(f64::from(decimals)));
            let order = |bits: u64| ordered(bits.to_le_bytes(), is_big_endian);
            unpacked.write(out, |step| order((step as i64 as f64 / scale + min).to_bits()), order);
        }
    }
    if bits.is_overdrawn() { Err(early()) } else { Ok(out.len()) }
}

fn little_endian(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte))
}

fn ordered<const N: usize>(mut bytes: [u8; N], is_big_endian: bool) -> [u8; N] {
    if is_big_endian {
        bytes.reverse();
    }
    bytes
}

struct Unpacked<'a, 'b> {
    bits: &'a mut MsbBits<'b>,
    min_bits: u32,
    fill: Option<u64>,
}

impl Unpacked<'_, '_> {
    /// Each step as `value` makes it; the largest step that the bits can hold means the fill
    /// value, where there is one.
    fn write<const N: usize>(
        &mut self,
        out: &mut [u8],
        value: impl Fn(u64) -> [u8; N],
        fill_bytes: impl Fn(u64) -> [u8; N],
    ) {
        let fill_step = (1u64 << self.min_bits) - 1;
        for element in out.as_chunks_mut::<N>().0 {
            let step = match self.min_bits {
                0..=56 => self.bits.take(self.min_bits),
                wide => self.bits.take(wide - 32) << 32 | self.bits.take(32),
            };
            *element = match self.fill {
                Some(fill) if step == fill_step => fill_bytes(fill),
                _ => value(step),
            };
        }
    }
}
