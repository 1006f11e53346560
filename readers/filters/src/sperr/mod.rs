//! SPERR (filter 32028): planes and volumes of floating-point numbers, as wavelet coefficients
//! that are stored bit plane by bit plane.
//!
//! What the filter puts around a stream, and its client data, are described by the project
//! H5Z-SPERR (README and `src/h5z-sperr.c`); streams by the project SPERR
//! (`include/bitstream_definition.txt` and its sources, version 0.8). Streams hold neither
//! checksums nor, since version 0.7, another compression on top.

mod bits;
mod block;
mod levels;
mod mask;
mod sets;
mod speck;
mod volume;
mod wavelet;

use hyperslab_core::{ReadError, Result};

use crate::chain::{Call, State};

pub(crate) fn decode(call: &Call, input: &[u8], out: &mut [u8], _: &mut State) -> Result<usize> {
    let layout = Layout::read(call.client_data)?;
    let bytes = layout.value_count()?.checked_mul(layout.value_bytes());
    let out = bytes.and_then(|bytes| out.get_mut(..bytes));
    let out = out.ok_or_else(|| damaged("the stream holds more than the chunk"))?;
    let (missing, stream) = Missing::read(&layout, input)?;
    if layout.is_volume {
        volume::decode(stream, &layout, out, call.cx)?;
    } else {
        let values = block::decode(stream, layout.dims, block::Rank::Plane, call.cx)?;
        layout.write(&values, out);
    }
    missing.put_back(out);
    Ok(out.len())
}

fn damaged(what: &str) -> ReadError {
    ReadError::malformed(format!("sperr: {what}"))
}

/// The first `len` bytes of `input`, which goes on behind them.
fn take<'a>(input: &mut &'a [u8], len: usize) -> Result<&'a [u8]> {
    let (taken, rest) =
        input.split_at_checked(len).ok_or_else(|| damaged("the stream ends early"))?;
    *input = rest;
    Ok(taken)
}

/// A little-endian number of at most eight bytes.
fn take_uint(input: &mut &[u8], len: usize) -> Result<u64> {
    Ok(take(input, len)?.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte)))
}

fn take_f64(input: &mut &[u8]) -> Result<f64> {
    Ok(f64::from_bits(take_uint(input, 8)?))
}

/// The client data: what a chunk holds.
struct Layout {
    is_volume: bool,
    is_single: bool,
    /// Since version 0.2 the filter writes a header before the stream.
    has_header: bool,
    /// Fastest first, as SPERR counts.
    dims: [usize; 3],
}

impl Layout {
    /// Words: kind of array, compression settings, then the sizes of those dimensions of the
    /// chunk that are larger than one, as the dataset has them.
    fn read(client_data: &[u32]) -> Result<Self> {
        let (kind, settings, sizes) = match client_data {
            [kind, settings, sizes @ ..] => (*kind, *settings, sizes),
            _ => return Err(damaged("the filter has no client data")),
        };
        let mut dims = match (kind & 3, sizes) {
            (2, &[x, y, ..]) => [x, y, 1],
            (3, &[x, y, z, ..]) => [x, y, z],
            _ => return Err(damaged("the filter's client data are incomplete")),
        };
        let is_volume = kind & 1 == 1;
        // Without the swap, the slowest dimension of the dataset is called the fastest.
        let is_swapped = settings >> 31 == 1;
        if is_swapped {
            dims.swap(0, if is_volume { 2 } else { 1 });
        }
        let version = kind >> 10 & 63;
        if version > 1 {
            return Err(ReadError::unsupported(format!("sperr of compatibility {version}")));
        }
        Ok(Self {
            is_volume,
            is_single: kind >> 4 & 1 == 1,
            has_header: version == 1,
            dims: dims.map(|size| size as usize),
        })
    }

    fn value_bytes(&self) -> usize {
        if self.is_single { 4 } else { 8 }
    }

    /// Fits `u32`, as positions within a chunk must.
    fn value_count(&self) -> Result<usize> {
        let count = self.dims.iter().try_fold(1u32, |count, &size| {
            count.checked_mul(u32::try_from(size).ok()?).filter(|count| *count > 0)
        });
        Ok(count.ok_or_else(|| damaged("a chunk of no values or too many"))? as usize)
    }

    /// Little-endian whatever the dataset's type: the filter knows no other order.
    fn write(&self, values: &[f64], out: &mut [u8]) {
        if self.is_single {
            for (bytes, value) in out.chunks_exact_mut(4).zip(values) {
                bytes.copy_from_slice(&(*value as f32).to_le_bytes());
            }
        } else {
            for (bytes, value) in out.chunks_exact_mut(8).zip(values) {
                bytes.copy_from_slice(&value.to_le_bytes());
            }
        }
    }
}

/// Values that were taken out before compression.
enum Missing<'a> {
    None,
    Some { mask: Vec<u32>, fill: &'a [u8] },
}

impl<'a> Missing<'a> {
    /// Reads the filter's own header; what follows is the stream.
    fn read(layout: &Layout, input: &'a [u8]) -> Result<(Self, &'a [u8])> {
        let mut rest = input;
        if !layout.has_header {
            return Ok((Self::None, rest));
        }
        let fill: &[u8] = match (take_uint(&mut rest, 1)?, layout.is_single) {
            (0, _) => return Ok((Self::None, rest)),
            // What the filter makes of any NaN: nanf("1") and nan("1").
            (1, true) => &[0x01, 0, 0xc0, 0x7f],
            (1, false) => &[0x01, 0, 0, 0, 0, 0, 0xf8, 0x7f],
            (2, _) => take(&mut rest, layout.value_bytes())?,
            (mode, _) => return Err(damaged(&format!("missing value mode {mode}"))),
        };
        let mask = mask::take(&mut rest, layout.value_count()?)?;
        Ok((Self::Some { mask, fill }, rest))
    }

    fn put_back(&self, out: &mut [u8]) {
        let Self::Some { mask, fill } = self else { return };
        for (values, word) in out.chunks_mut(32 * fill.len()).zip(mask) {
            for (bit, value) in values.chunks_exact_mut(fill.len()).enumerate() {
                if word >> bit & 1 == 1 {
                    value.copy_from_slice(fill);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use hyperslab_core::{ErrorKind, ReadContext};

    use super::*;

    const PLANE_OF_F32: u32 = 1 << 10 | 1 << 4 | 2;
    const VOLUME_OF_F64: u32 = 1 << 10 | 3;

    fn decode_chunk(client_data: &[u32], input: &[u8], len: usize) -> Result<Vec<u8>> {
        let cx = ReadContext::default();
        let call = Call { client_data, element_bytes: 4, cx: &cx };
        let mut out = vec![0; len];
        let written = decode(&call, input, &mut out, &mut State::default())?;
        out.truncate(written);
        Ok(out)
    }

    /// A block all of whose values are the same.
    fn constant(count: u64, value: f64) -> Vec<u8> {
        [&[1][..], &count.to_le_bytes(), &value.to_le_bytes()].concat()
    }

    #[test]
    fn a_constant_plane_gets_its_missing_values_back() {
        // 70 bits: their count, "zeros are frequent", words of ones and of zeros, one as it is.
        let mask: [u8; 9] = [70, 0, 0, 0, 0b0111_0010, 0, 0, 0, 0];
        let fill = 1e36f32.to_le_bytes();
        let input = [&[2][..], &fill, &mask, &constant(81, 2.5)].concat();
        let out = decode_chunk(&[PLANE_OF_F32, 0, 9, 9], &input, 324).unwrap();
        for (index, value) in out.chunks(4).enumerate() {
            let is_missing = index < 32 || index == 64;
            let expected = if is_missing { fill } else { 2.5f32.to_le_bytes() };
            assert_eq!(value, expected, "value {index}");
        }
    }

    #[test]
    fn a_mask_that_ends_early_and_a_block_of_another_size_are_damage() {
        let mask_of_two_words = [35, 0, 0, 0, 0];
        let input = [&[1][..], &mask_of_two_words, &constant(81, 2.5)].concat();
        let error = decode_chunk(&[PLANE_OF_F32, 0, 9, 9], &input, 324).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed);
        let input = [&[0][..], &constant(1 << 60, 2.5)].concat();
        let error = decode_chunk(&[PLANE_OF_F32, 0, 9, 9], &input, 324).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed);
    }

    #[test]
    fn sizes_that_claim_more_than_the_chunk_are_refused() {
        let most = u32::MAX;
        for client_data in [
            &[][..],
            &[PLANE_OF_F32, 0, 9],
            &[PLANE_OF_F32, 0, 0, 9],
            &[PLANE_OF_F32, 0, 9, 10],
            &[PLANE_OF_F32, 0, most, 1],
            &[VOLUME_OF_F64, 0, most, most, most],
        ] {
            let error = decode_chunk(client_data, &[0; 40], 324).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Malformed, "{client_data:?}");
        }
        let later = PLANE_OF_F32 + (1 << 10);
        let error = decode_chunk(&[later, 0, 9, 9], &[0; 40], 324).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
    }

    #[test]
    fn a_table_of_more_blocks_than_bytes_is_refused() {
        let size = 1000u32.to_le_bytes();
        let input = [&[0, 0, 0x50][..], &size, &size, &size, &[1, 0, 1, 0, 1, 0]].concat();
        let error = decode_chunk(&[VOLUME_OF_F64, 0, 1000, 1000, 1000], &input, 324).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed);
    }
}
