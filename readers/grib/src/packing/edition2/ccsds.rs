//! CCSDS recommended lossless compression (templates 5.42 and 7.42; CCSDS 121.0-B).

use hyperslab_core::Result;
use hyperslab_filters::aec::{self, Parameters};

use super::section5::Section5;
use crate::packing::{Real, bits};

/// Compression options mask, octet 22: the flags of libaec.
const SIGNED: u8 = 1;
const PREPROCESS: u8 = 8;
const RESTRICTED: u8 = 16;
const PAD_RSI: u8 = 32;

pub(super) fn decode<T: Real>(section: &Section5, data: &[u8], count: usize) -> Result<Vec<T>> {
    let scaling = section.scaling()?;
    let bits_per_sample = u32::from(section.bits_per_value()?);
    if bits_per_sample == 0 {
        return Ok(vec![scaling.constant(); count]);
    }
    let options = section.u8(22)?;
    let parameters = Parameters {
        bits_per_sample,
        block_samples: usize::from(section.u8(23)?),
        interval_blocks: usize::from(section.u16(24)?),
        are_differences: options & PREPROCESS != 0,
        are_signed: options & SIGNED != 0,
        // How libaec would lay out the samples (3-byte and MSB flags) is of no concern here.
        sample_bytes: 4,
        is_big_endian: false,
        are_intervals_padded: options & PAD_RSI != 0,
        is_restricted: options & RESTRICTED != 0,
    };
    // No code is shorter than 7 bits for a segment of 64 blocks of 64 zeros.
    if count > data.len().saturating_mul(2 * 64 * 64) {
        return Err(bits::truncated());
    }
    let mut out = Vec::with_capacity(count);
    aec::decode_with(&parameters, data, count, |samples| {
        out.extend(samples.iter().map(|sample| scaling.apply::<T>(f64::from(*sample))));
    })?;
    Ok(out)
}
