//! JPEG (filter 32019): a chunk is one picture of 8-bit grey or RGB.

use hyperslab_core::{ReadError, Result};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::chain::{Call, State};

/// Client data: quality, columns, rows, 1 for colour.
pub(crate) fn decode(call: &Call, input: &[u8], out: &mut [u8], _: &mut State) -> Result<usize> {
    let damaged = |error: &dyn std::fmt::Display| ReadError::malformed(format!("jpeg: {error}"));
    let (columns, rows) = (call.value(1) as usize, call.value(2) as usize);
    let colours = if call.value(3) == 1 { ColorSpace::RGB } else { ColorSpace::Luma };
    let options = DecoderOptions::default()
        .set_max_width(columns)
        .set_max_height(rows)
        .jpeg_set_out_colorspace(colours);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(input), options);
    decoder.decode_headers().map_err(|error| damaged(&error))?;
    let bytes = decoder.output_buffer_size().unwrap_or(usize::MAX);
    let out = out.get_mut(..bytes);
    let out = out.ok_or_else(|| damaged(&"the picture is larger than the chunk"))?;
    decoder.decode_into(out).map_err(|error| damaged(&error))?;
    Ok(bytes)
}
