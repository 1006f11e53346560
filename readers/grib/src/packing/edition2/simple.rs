//! Simple packing (templates 5.0 and 7.0): one unsigned integer a value, all of one width.

use hyperslab_core::Result;

use super::section5::Section5;
use crate::packing::{Real, bits};

pub(super) fn decode<T: Real>(section: &Section5, data: &[u8], count: usize) -> Result<Vec<T>> {
    let scaling = section.scaling()?;
    let width = u32::from(section.bits_per_value()?);
    if width == 0 {
        return Ok(vec![scaling.constant(); count]);
    }
    // Refused before anything is allocated.
    bits::cover(data, 0, u64::from(width), count)?;
    let mut out = vec![T::default(); count];
    if width <= 32 {
        bits::unpack_with(data, 0, width, &mut out, |packed| scaling.apply(f64::from(packed)))?;
        return Ok(out);
    }
    let mut packed = bits::Bits::new(data);
    for target in &mut out {
        *target = scaling.apply(packed.take(width)? as f64);
    }
    Ok(out)
}
