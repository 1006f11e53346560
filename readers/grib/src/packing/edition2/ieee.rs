//! IEEE floating point values (templates 5.4 and 7.4).

use hyperslab_core::{ReadError, Result};

use super::section5::Section5;
use crate::packing::{Real, bits};

/// Bits of a value: code table 5.7.
pub(super) fn precision(section: &Section5) -> Result<u8> {
    match section.u8(12)? {
        1 => Ok(32),
        2 => Ok(64),
        3 => Ok(128),
        precision => Err(ReadError::malformed(format!("IEEE precision {precision}"))),
    }
}

pub(super) fn decode<T: Real>(section: &Section5, data: &[u8], count: usize) -> Result<Vec<T>> {
    match precision(section)? {
        32 => convert(data, count, |bytes| T::from_f64(f32::from_be_bytes(bytes).into())),
        64 => convert(data, count, |bytes| T::from_f64(f64::from_be_bytes(bytes))),
        bits => Err(ReadError::unsupported(format!("IEEE values of {bits} bits"))),
    }
}

fn convert<const N: usize, T: Real>(
    data: &[u8],
    count: usize,
    value: impl Fn([u8; N]) -> T,
) -> Result<Vec<T>> {
    let values = data.as_chunks::<N>().0.get(..count).ok_or_else(bits::truncated)?;
    Ok(values.iter().map(|bytes| value(*bytes)).collect())
}
