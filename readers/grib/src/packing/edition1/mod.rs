//! GRIB1 section 4, the binary data section (FM 92-IX Ext. GRIB, regulation 92.6 and its
//! tables; octet 4 is code table 11).

mod header;
pub(crate) mod ibm;
mod matrix;
pub(crate) mod octets;
pub(crate) mod second_order;
pub(crate) mod simple;

use hyperslab_core::{ReadContext, ReadError, Result};

use self::header::{Form, Header};
pub use self::matrix::{Matrix, MatrixAxis, matrix1};
use super::{PackingType, Real, bitmap};
use crate::spectral;

/// What decoding needs to know of a field besides section 4.
#[derive(Clone, Copy, Debug)]
pub struct Field1<'a> {
    /// D, of section 1.
    pub decimal_scale: i16,
    /// Coded points, missing ones included.
    pub points: u64,
    /// Coded points of each row, in the order rows are coded (columns, where those are coded
    /// one after another). Used by second-order packing alone.
    pub rows: &'a [u32],
    /// J, K and M of spherical harmonics.
    pub truncation: Option<[u16; 3]>,
}

/// The values of a field in the order of its grid's scanning mode, missing ones NaN; for
/// spherical harmonics the coefficients, real and imaginary parts in turn; where each point has
/// a matrix, all elements of the first, then those of the second.
///
/// `bds` is the whole section 4, `bitmap` the bits of section 3 (octets 7 and on).
///
/// # Errors
/// What is wrong with the section, or which form of packing is not supported.
pub fn decode1<T: Real>(
    bds: &[u8],
    bitmap: Option<&[u8]>,
    field: &Field1,
    cx: &ReadContext,
) -> Result<Vec<T>> {
    let header = Header::read(bds)?;
    let matrix = match header.form {
        Form::Matrix => Matrix::read(header.octets)?,
        _ => None,
    };
    let elements = matrix.as_ref().map_or(1, Matrix::elements);
    if header.is_all_missing() {
        return all_missing(field.points.saturating_mul(elements), cx);
    }
    if let Some(matrix) = matrix {
        return matrix.decode(&header, field.decimal_scale, (bitmap, field.points), cx);
    }
    if matches!(header.form, Form::SpectralSimple | Form::SpectralComplex) {
        return decode_spectral(&header, field, cx);
    }
    let count = match bitmap {
        Some(bits) => bitmap::count_present(bits, field.points)?,
        None => field.points,
    };
    if count == 0 {
        return all_missing(field.points, cx);
    }
    let values = decode_present(&header, bitmap, field, count, cx)?;
    let mut values = match bitmap {
        Some(bits) => bitmap::spread(&values, bits, field.points, cx)?,
        None => values,
    };
    if let Form::SecondOrder(form) = header.form
        && form.boustrophedonic
    {
        second_order::straighten(&mut values, field.rows)?;
    }
    Ok(values)
}

/// The one value of all points of a field without a bitmap, where octets 1 to 11 alone say it.
///
/// # Errors
/// `Truncated` when the section is shorter than its form needs.
pub fn constant1<T: Real>(bds: &[u8]) -> Result<Option<T>> {
    let header = Header::read(bds)?;
    if header.is_all_missing() {
        return Ok(Some(T::NAN));
    }
    if header.form != Form::Simple || header.bits != 0 {
        return Ok(None);
    }
    // What decoding says of the values does not depend on their scale.
    Ok(Some(header.scaling(0).constant()))
}

/// ecCodes' `bitsPerValue`. For second-order packing that is worked out from the values, so
/// these are decoded; otherwise it is octet 11.
///
/// # Errors
/// As [`decode1`].
pub fn bits_per_value1(
    bds: &[u8],
    bitmap: Option<&[u8]>,
    field: &Field1,
    cx: &ReadContext,
) -> Result<u8> {
    let header = Header::read(bds)?;
    let Form::SecondOrder(form) = header.form else { return Ok(header.bits) };
    let values = decode1::<f64>(bds, bitmap, field, cx)?;
    Ok(second_order::bits_per_value(&values, form.layout, &header.scaling(field.decimal_scale)))
}

/// What section 4 says of its packing. For second-order packing `bits_per_value` is the width of
/// first-order values (see [`bits_per_value1`]), and `values` is right modulo 65536.
///
/// # Errors
/// `Truncated` when the section is shorter than its form needs.
pub fn packing_type1(bds: &[u8]) -> Result<PackingType> {
    let header = Header::read(bds)?;
    let is_double = header.form == Form::Ieee && simple::ieee_float(&header)?.len() > 4;
    let values = match header.form {
        Form::SecondOrder(_) => u64::from(header.octets.u16(19)?),
        _ if header.bits == 0 => 0,
        _ => {
            let unused_bits = u64::from(header.octets.u8(4)? & 0x0F);
            let bits = header.octets.from(12)?.len() as u64 * 8;
            bits.saturating_sub(unused_bits) / u64::from(header.bits)
        }
    };
    Ok(PackingType {
        name: header.form.name(),
        bits_per_value: header.bits,
        values,
        is_double,
        is_spectral: matches!(header.form, Form::SpectralSimple | Form::SpectralComplex),
    })
}

/// The `count` values that are there.
fn decode_present<T: Real>(
    header: &Header,
    bitmap: Option<&[u8]>,
    field: &Field1,
    count: u64,
    cx: &ReadContext,
) -> Result<Vec<T>> {
    match header.form {
        Form::Ieee => simple::decode_ieee(header, count, cx),
        Form::Matrix => simple::decode_described(header, field.decimal_scale, count, cx),
        Form::SecondOrder(form) => {
            let groups = second_order::Groups { rows: field.rows, bitmap, count };
            let packed = second_order::unpack(header, form.layout, &groups, cx)?;
            cx.limits.claim_array(count, size_of::<T>() as u64)?;
            let scaling = header.scaling(field.decimal_scale);
            Ok(packed.iter().map(|&integer| scaling.apply(integer as f64)).collect())
        }
        Form::Simple | Form::SpectralSimple | Form::SpectralComplex => {
            simple::decode(header, field.decimal_scale, count, cx)
        }
    }
}

fn decode_spectral<T: Real>(header: &Header, field: &Field1, cx: &ReadContext) -> Result<Vec<T>> {
    let truncation = field
        .truncation
        .ok_or_else(|| ReadError::malformed("spherical harmonics on a grid of points"))?;
    let scaling = header.scaling(field.decimal_scale);
    if header.form == Form::SpectralSimple {
        spectral::stored::decode1_simple(header.octets, header.bits, &scaling, truncation, cx)
    } else {
        spectral::stored::decode1_complex(header.octets, header.bits, &scaling, truncation, cx)
    }
}

fn all_missing<T: Real>(points: u64, cx: &ReadContext) -> Result<Vec<T>> {
    cx.limits.claim_array(points, size_of::<T>() as u64)?;
    Ok(vec![T::NAN; usize::try_from(points).unwrap_or(0)])
}
