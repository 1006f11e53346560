//! SZIP (filter 4): the length of the chunk (4 bytes, little-endian), then one stream of
//! adaptive entropy coding.

use hyperslab_core::{ReadError, Result};

use crate::aec::{self, Parameters};
use crate::chain::{Call, State};
use crate::shuffle;

const NEAREST_NEIGHBOUR: u32 = 32;
const MOST_SIGNIFICANT_FIRST: u32 = 16;

/// Client data: options, pixels in a block, bits in a pixel, pixels in a scanline.
pub(crate) fn decode(
    call: &Call,
    input: &[u8],
    out: &mut [u8],
    state: &mut State,
) -> Result<usize> {
    let (options, block_pixels) = (call.value(0), call.value(1) as usize);
    let (pixel_bits, scanline_pixels) = (call.value(2), call.value(3) as usize);
    let (total, stream) =
        input.split_first_chunk().ok_or_else(|| ReadError::malformed("szip: no length"))?;
    let out = out
        .get_mut(..u32::from_le_bytes(*total) as usize)
        .ok_or_else(|| ReadError::malformed("szip: the stream holds more than the chunk"))?;
    // Pixels of 32 and 64 bits are coded byte by byte: all first bytes, all second bytes...
    let is_interleaved = matches!(pixel_bits, 32 | 64);
    let sample_bits = if is_interleaved { 8 } else { pixel_bits };
    let parameters = Parameters {
        bits_per_sample: sample_bits,
        block_samples: block_pixels,
        interval_blocks: scanline_pixels.div_ceil(block_pixels.max(1)),
        are_differences: options & NEAREST_NEIGHBOUR != 0,
        are_signed: false,
        sample_bytes: Parameters::natural_sample_bytes(sample_bits),
        is_big_endian: options & MOST_SIGNIFICANT_FIRST != 0,
        are_intervals_padded: false,
        is_restricted: false,
    };
    parameters.check()?;
    // Scanlines that are no multiple of a block were padded to one.
    let line_bytes = scanline_pixels.saturating_mul(parameters.sample_bytes);
    let padded_bytes = parameters
        .interval_blocks
        .saturating_mul(block_pixels)
        .saturating_mul(parameters.sample_bytes);
    let is_padded = line_bytes != padded_bytes && line_bytes > 0;
    if !is_padded && !is_interleaved {
        aec::decode(&parameters, stream, out)?;
        return Ok(out.len());
    }
    let samples_bytes = match is_padded {
        true => out.len().div_ceil(line_bytes).saturating_mul(padded_bytes),
        false => out.len(),
    };
    call.cx.limits.claim_array(samples_bytes as u64, 1)?;
    let mut samples = std::mem::take(&mut state.spare);
    samples.resize(samples_bytes, 0);
    let result = aec::decode(&parameters, stream, &mut samples);
    if is_padded {
        remove_padding(&mut samples, line_bytes, padded_bytes);
    }
    let valid = samples.get(..out.len()).unwrap_or_default();
    if is_interleaved {
        shuffle::unshuffle(valid, pixel_bits as usize / 8, out);
    } else {
        out.copy_from_slice(valid);
    }
    state.spare = samples;
    result.map(|()| out.len())
}

fn remove_padding(samples: &mut [u8], line_bytes: usize, padded_bytes: usize) {
    for line in 1..samples.len() / padded_bytes {
        let from = line * padded_bytes;
        samples.copy_within(from..from + line_bytes, line * line_bytes);
    }
}
