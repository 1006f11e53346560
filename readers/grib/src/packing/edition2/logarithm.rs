//! Simple packing of logarithms (template 5.61): the values are exp(Y) - B, with Y as in
//! template 5.0 and the pre-processing parameter B.

use hyperslab_core::{ReadContext, Result};

use super::section5::Section5;
use super::simple;
use crate::packing::Real;

pub(super) fn decode<T: Real>(
    section: &Section5,
    data: &[u8],
    count: usize,
    cx: &ReadContext,
) -> Result<Vec<T>> {
    let parameter = f64::from(f32::from_bits(section.u32(21)?));
    cx.limits.claim_array(count as u64, size_of::<f64>() as u64)?;
    let logarithms = simple::decode::<f64>(section, data, count)?;
    Ok(logarithms.into_iter().map(|value| T::from_f64(value.exp() - parameter)).collect())
}
