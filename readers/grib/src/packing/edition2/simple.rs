//! Simple packing (templates 5.0 and 7.0): one unsigned integer a value, all of one width.

use hyperslab_core::Result;

use super::section5::Section5;
use crate::packing::{Real, bits};

/// A multiple of eight: each part begins at a whole octet.
const PART: usize = 2048;

pub(super) fn decode<T: Real>(section: &Section5, data: &[u8], count: usize) -> Result<Vec<T>> {
    let scaling = section.scaling()?;
    let width = u32::from(section.bits_per_value()?);
    if width == 0 {
        return Ok(vec![scaling.constant(); count]);
    }
    // Refused before anything is allocated.
    bits::cover(data, 0, u64::from(width), count)?;
    let mut out = Vec::with_capacity(count);
    if width <= 32 {
        // Part by part in the nearest cache, so that the result is written only once.
        let mut part = [T::default(); PART];
        while out.len() < count {
            let targets = part.get_mut(..PART.min(count - out.len())).unwrap_or_default();
            let start = out.len() as u64 * u64::from(width);
            let value = |packed: u32| scaling.apply(f64::from(packed));
            bits::unpack_with(data, start, width, targets, value)?;
            out.extend_from_slice(targets);
        }
        return Ok(out);
    }
    let mut packed = bits::Bits::new(data);
    for _ in 0..count {
        out.push(scaling.apply(packed.take(width)? as f64));
    }
    Ok(out)
}
