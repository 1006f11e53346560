//! GRIB2 section 5 (data representation templates), 6 (bitmap) and 7 (data).

mod ccsds;
mod complex;
mod ieee;
mod image;
mod logarithm;
mod run_length;
mod section5;
mod simple;

use hyperslab_core::{ReadContext, ReadError, Result};

use self::section5::Section5;
use super::edition1::second_order::decode2_second_order;
use super::{PackingType, Real, bitmap};
use crate::spectral;

/// The values of a field in the order they are stored, missing ones NaN.
///
/// `section5` is the whole section, `bits` the bitmap (octets from 7 on of section 6), already
/// found where it says "as before", `data` the octets from 6 on of section 7. `points` is the
/// number of data points of section 3. Spectral templates give the coefficients, real and
/// imaginary parts in turn.
///
/// # Errors
/// What is wrong with the sections, or which template is not supported.
pub fn decode2<T: Real>(
    section5: &[u8],
    bits: Option<&[u8]>,
    data: &[u8],
    points: u64,
    cx: &ReadContext,
) -> Result<Vec<T>> {
    cx.check()?;
    let section = Section5::read(section5)?;
    match section.template()? {
        50 => return spectral::decode2_simple(section5, data, points, cx),
        51 => return spectral::decode2_complex(section5, data, points, cx),
        50001 | 50002 => return decode2_second_order(section5, bits, data, points, cx),
        _ => {}
    }
    let values = section.values()?;
    let Some(bits) = bits else {
        if values != points {
            return Err(ReadError::malformed(format!("{values} values for {points} points")));
        }
        return decode_values(&section, data, points, cx);
    };
    if values > points {
        return Err(ReadError::malformed(format!("{values} values for {points} points")));
    }
    let coded =
        if values == 0 { Vec::new() } else { decode_values::<T>(&section, data, points, cx)? };
    bitmap::spread(&coded, bits, points, cx)
}

/// The one value of all points of a field without a bitmap, where section 5 alone says it.
///
/// # Errors
/// `Truncated` when the section is too short.
pub fn constant2<T: Real>(section5: &[u8], points: u64) -> Result<Option<T>> {
    let section = Section5::read(section5)?;
    let is_constant = match section.template()? {
        0 | 40..=42 | 40_000 | 40_010 => section.bits_per_value()? == 0,
        2 | 3 => section.u32(32)? == 0,
        _ => false,
    };
    if !is_constant || section.values()? != points {
        return Ok(None);
    }
    Ok(Some(section.scaling()?.constant()))
}

/// Code table 5.0 and ECMWF's local templates, as ecCodes calls them.
pub fn template_name(template: u16) -> Option<&'static str> {
    Some(match template {
        0 => "grid_simple",
        1 => "grid_simple_matrix",
        2 => "grid_complex",
        3 => "grid_complex_spatial_differencing",
        4 => "grid_ieee",
        40 | 40000 => "grid_jpeg",
        41 | 40010 => "grid_png",
        42 => "grid_ccsds",
        50 => "spectral_simple",
        51 => "spectral_complex",
        53 => "bifourier_complex",
        61 => "grid_simple_log_preprocessing",
        200 => "grid_run_length",
        50000 => "spectral_ieee",
        50001 | 50002 => "grid_second_order",
        _ => return None,
    })
}

/// What section 5 says of the packing.
///
/// # Errors
/// `Truncated` when the section is too short, `Unsupported` when the template is unknown.
pub fn packing_type2(section5: &[u8]) -> Result<PackingType> {
    let section = Section5::read(section5)?;
    let template = section.template()?;
    let name = match template {
        50001 => match section.u8(32) {
            Ok(0) => "grid_second_order_no_SPD",
            Ok(1) => "grid_second_order_SPD1",
            Ok(2) => "grid_second_order_SPD2",
            Ok(3) => "grid_second_order_SPD3",
            // A constant field ends before.
            _ => "grid_second_order",
        },
        _ => template_name(template).ok_or_else(|| unsupported(template))?,
    };
    let bits_per_value = match template {
        // Nothing is packed.
        4 => 0,
        200 => section.u8(12)?,
        _ => section.u8(20)?,
    };
    Ok(PackingType {
        name,
        bits_per_value,
        values: section.values()?,
        is_double: template == 4 && ieee::precision(&section)? > 32,
        is_spectral: matches!(template, 50 | 51 | 53),
    })
}

/// As many values as section 5 announces, of a field of `points` points.
fn decode_values<T: Real>(
    section: &Section5,
    data: &[u8],
    points: u64,
    cx: &ReadContext,
) -> Result<Vec<T>> {
    let values = section.values()?;
    cx.limits.claim_array(values, size_of::<T>() as u64)?;
    let count = usize::try_from(values).map_err(|_| ReadError::malformed("too many values"))?;
    match section.template()? {
        0 => simple::decode(section, data, count),
        2 => complex::decode(section, None, data, count, points, cx),
        3 => complex::decode(section, Some(section.difference_order()?), data, count, points, cx),
        4 => ieee::decode(section, data, count),
        40 | 40000 => image::decode_jpeg2000(section, data, count, cx),
        41 | 40010 => image::decode_png(section, data, count),
        42 => ccsds::decode(section, data, count),
        61 => logarithm::decode(section, data, count, cx),
        200 => run_length::decode(section, data, count),
        1 => Err(ReadError::unsupported(
            "matrices of values at each point (data representation template 5.1)",
        )),
        template => Err(unsupported(template)),
    }
}

fn unsupported(template: u16) -> ReadError {
    ReadError::unsupported(format!("data representation template 5.{template}"))
}

#[cfg(test)]
mod tests;
