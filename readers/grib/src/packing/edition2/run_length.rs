//! Run length packing with level values (templates 5.200 and 7.200), as the Japan
//! Meteorological Agency writes radar images.
//!
//! Integers up to MV are levels; greater ones that follow are digits, the lowest first, in base
//! 2^bits - 1 - MV, of how many times more the level is repeated. Level 0 is "missing".

use hyperslab_core::{ReadError, Result};

use super::section5::Section5;
use crate::packing::Real;
use crate::packing::bits::{self, Bits};

pub(super) fn decode<T: Real>(section: &Section5, data: &[u8], count: usize) -> Result<Vec<T>> {
    let width = u32::from(section.u8(12)?);
    let max_level = u64::from(section.u16(13)?);
    if max_level == 0 || data.is_empty() {
        return Ok(vec![T::NAN; count]);
    }
    let base = 1u64.checked_shl(width).unwrap_or(0).saturating_sub(max_level + 1);
    if width > 32 || base == 0 {
        return Err(ReadError::malformed(format!(
            "run lengths of {width} bits beside levels up to {max_level}"
        )));
    }
    let levels = levels::<T>(section)?;
    let mut out = Vec::with_capacity(count);
    let mut packed = Bits::new(data);
    let mut next = packed.take(width).ok();
    while out.len() < count {
        let first = next.ok_or_else(bits::truncated)?;
        if first > max_level {
            return Err(ReadError::malformed("a run length without a level"));
        }
        let level = levels.get(first as usize).copied().ok_or_else(|| {
            ReadError::malformed(format!("level {first} of {}", levels.len().saturating_sub(1)))
        })?;
        let mut repeats = 1u64;
        let mut digit_value = 1u64;
        next = packed.take(width).ok();
        while let Some(digit) = next.filter(|next| *next > max_level) {
            repeats = repeats.saturating_add(digit_value.saturating_mul(digit - max_level - 1));
            digit_value = digit_value.saturating_mul(base);
            next = packed.take(width).ok();
        }
        if repeats > (count - out.len()) as u64 {
            return Err(ReadError::malformed("runs are longer than the field"));
        }
        out.resize(out.len() + repeats as usize, level);
    }
    Ok(out)
}

/// The value of each level, that of level 0 being "missing".
fn levels<T: Real>(section: &Section5) -> Result<Vec<T>> {
    let count = usize::from(section.u16(15)?);
    // The highest bit is the sign (regulation 92.1.5).
    let decimal_scale = match section.u8(17)? {
        scale @ 0..=127 => i32::from(scale),
        scale => 128 - i32::from(scale),
    };
    let factor = 10f64.powi(-decimal_scale);
    let list = section.from(18).as_chunks::<2>().0.get(..count).ok_or_else(|| {
        ReadError::truncated(format!("section 5 ends before the last of {count} levels"))
    })?;
    let values =
        list.iter().map(|bytes| T::from_f64(f64::from(u16::from_be_bytes(*bytes)) * factor));
    Ok(std::iter::once(T::NAN).chain(values).collect())
}
