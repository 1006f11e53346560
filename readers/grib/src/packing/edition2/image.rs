//! Values as an image: JPEG 2000 (templates 5.40 and 7.40) and PNG (5.41 and 7.41). Both also
//! exist under the numbers 40000 and 40010 they had on trial.

use std::io::Cursor;

use hyperslab_core::{ReadContext, ReadError, Result};
use hyperslab_filters::jpeg2000::Codestream;

use super::section5::Section5;
use crate::packing::{Real, Scaling, bits};

pub(super) fn decode_jpeg2000<T: Real>(
    section: &Section5,
    data: &[u8],
    count: usize,
    cx: &ReadContext,
) -> Result<Vec<T>> {
    let scaling = section.scaling()?;
    if section.bits_per_value()? == 0 {
        return Ok(vec![scaling.constant(); count]);
    }
    let codestream = Codestream::new(data)?;
    check_size("JPEG 2000", codestream.columns(), codestream.rows(), count)?;
    // Beside the values there are the coefficients of two resolutions.
    cx.limits.claim_array(count as u64, (size_of::<T>() + 2 * size_of::<i32>()) as u64)?;
    let mut out = vec![T::default(); count];
    codestream.decode(|at, samples| {
        let targets = out.get_mut(at..).unwrap_or_default();
        for (target, sample) in targets.iter_mut().zip(samples) {
            *target = scaling.apply(f64::from(*sample));
        }
    })?;
    Ok(out)
}

/// Gray of 1, 2, 4, 8 or 16 bits; 24 and 32 bits as red, green, blue and alpha, the highest
/// octet first.
pub(super) fn decode_png<T: Real>(section: &Section5, data: &[u8], count: usize) -> Result<Vec<T>> {
    let scaling = section.scaling()?;
    if section.bits_per_value()? == 0 {
        return Ok(vec![scaling.constant(); count]);
    }
    let malformed = |error: png::DecodingError| ReadError::malformed(format!("PNG: {error}"));
    let mut decoder = png::Decoder::new(Cursor::new(data));
    decoder.set_transformations(png::Transformations::IDENTITY);
    let info = decoder.read_header_info().map_err(malformed)?;
    let (columns, rows) = info.size();
    let bits_per_pixel = u64::from(info.bits_per_pixel() as u32);
    check_size("PNG", columns, rows, count)?;
    let mut reader = decoder.read_info().map_err(malformed)?;
    let row_bytes = (u64::from(columns) * bits_per_pixel).div_ceil(8);
    // Deflate shrinks at most 1032 to 1.
    let image_bytes = row_bytes.saturating_mul(u64::from(rows));
    if image_bytes / 1100 > data.len() as u64 {
        return Err(bits::truncated());
    }
    let mut image = vec![0; usize::try_from(image_bytes).map_err(|_| bits::truncated())?];
    reader.next_frame(&mut image).map_err(malformed)?;
    unpack_rows(&scaling, &image, columns as usize, bits_per_pixel as u32, count)
}

/// Rows begin at whole octets.
fn unpack_rows<T: Real>(
    scaling: &Scaling,
    image: &[u8],
    columns: usize,
    bits_per_pixel: u32,
    count: usize,
) -> Result<Vec<T>> {
    let value = |packed: u32| scaling.apply(f64::from(packed));
    let mut out = vec![T::default(); count];
    if bits_per_pixel.is_multiple_of(8) {
        bits::unpack_with(image, 0, bits_per_pixel, &mut out, value)?;
        return Ok(out);
    }
    let row_bytes = (columns * bits_per_pixel as usize).div_ceil(8);
    for (row, packed) in out.chunks_mut(columns).zip(image.chunks(row_bytes)) {
        bits::unpack_with(packed, 0, bits_per_pixel, row, value)?;
    }
    Ok(out)
}

/// Before anything is decoded: an image must have a pixel for each value.
fn check_size(format: &str, columns: u32, rows: u32, count: usize) -> Result<()> {
    if u64::from(columns) * u64::from(rows) == count as u64 {
        return Ok(());
    }
    Err(ReadError::malformed(format!(
        "{format}: an image of {columns} by {rows} pixels for {count} values"
    )))
}
