//! A raster as the bytes of a PNG file.

use std::io;

/// `rgba` row by row from the top left, not premultiplied; compressed fast rather than small.
///
/// # Errors
/// When the sizes do not fit each other or are zero.
pub fn encode(width_px: u32, height_px: u32, rgba: &[[u8; 4]]) -> io::Result<Vec<u8>> {
    if u64::from(width_px) * u64::from(height_px) != rgba.len() as u64 {
        let what = format!("{} pixels are not {width_px} by {height_px}", rgba.len());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    }
    let mut bytes = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut bytes, width_px, height_px);
    encoder.set_color(::png::ColorType::Rgba);
    encoder.set_depth(::png::BitDepth::Eight);
    encoder.set_compression(::png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(rgba.as_flattened())?;
    writer.finish()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_survive() {
        let pixels =
            [[1, 2, 3, 255], [4, 5, 6, 0], [7, 8, 9, 128], [0, 0, 0, 255], [255; 4], [9; 4]];
        let bytes = encode(3, 2, &pixels).unwrap();
        let mut reader = ::png::Decoder::new(io::Cursor::new(bytes)).read_info().unwrap();
        let mut back = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut back).unwrap();
        assert_eq!((info.width, info.height), (3, 2));
        assert_eq!(back, pixels.as_flattened());
    }

    #[test]
    fn sizes_that_do_not_fit_are_refused() {
        assert!(encode(3, 2, &[[0; 4]; 5]).is_err());
        assert!(encode(0, 0, &[]).is_err());
    }
}
