//! GRIB2 templates 5.50001 and 5.50002, ECMWF's own: the extended second-order packing of GRIB1.

use hyperslab_core::{ReadContext, ReadError, Result};

use super::extended::{Description, Differencing, unpack_groups};
use crate::packing::edition1::octets::Octets;
use crate::packing::{Real, Scaling, bitmap};

/// Octet 32 of 5.50002: rows are coded in turn from either end.
const BOUSTROPHEDONIC: u8 = 0x80;

/// The values of a field, missing ones NaN. `section5` is the whole section, `data` the octets
/// from 6 on of section 7.
///
/// # Errors
/// What is wrong with the sections; boustrophedonic ordering is not supported.
pub(crate) fn decode2_second_order<T: Real>(
    section5: &[u8],
    bits: Option<&[u8]>,
    data: &[u8],
    points: u64,
    cx: &ReadContext,
) -> Result<Vec<T>> {
    let count = match bits {
        Some(bits) => bitmap::count_present(bits, points)?,
        None => points,
    };
    cx.limits.claim_array(count, (size_of::<i64>() + size_of::<T>()) as u64)?;
    let octets = Octets(section5);
    let reference = f32::from_be_bytes(octets.array(12)?);
    let scaling = Scaling::new(f64::from(reference), octets.i16(16)?, octets.i16(18)?);
    let packed = unpack(octets, data, count, cx)?;
    let values = packed.iter().map(|&integer| scaling.apply(integer as f64)).collect::<Vec<T>>();
    match bits {
        Some(bits) => bitmap::spread(&values, bits, points, cx),
        None => Ok(values),
    }
}

fn unpack(octets: Octets, data: &[u8], count: u64, cx: &ReadContext) -> Result<Vec<i64>> {
    if octets.u8(20)? == 0 {
        // A constant field; 5.50001 then ends here.
        return Ok(vec![0; usize::try_from(count).unwrap_or(0)]);
    }
    let description = Description {
        groups: u64::from(octets.u32(22)?),
        first_width: octets.u8(21)?,
        width_width: octets.u8(30)?,
        length_width: octets.u8(31)?,
    };
    let has_flags = octets.u16(10)? == 50002;
    if has_flags && octets.u8(32)? & BOUSTROPHEDONIC != 0 {
        return Err(ReadError::unsupported("boustrophedonic ordering in template 5.50002"));
    }
    let order_at = if has_flags { 33 } else { 32 };
    let differencing = match octets.u8(order_at)? {
        0 => Differencing::default(),
        order @ 1..=3 => Differencing::read(octets, order_at + 1, order)?.0,
        order => {
            return Err(ReadError::unsupported(format!("spatial differences of order {order}")));
        }
    };
    unpack_groups(&description, differencing, data, count, cx)
}
