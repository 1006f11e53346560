//! One block of a stream: what was done to its values before the transform, their
//! coefficients, and corrections where the result would have been too far off.

use hyperslab_core::{ReadContext, Result};

use super::levels::Dims;
use super::speck::Stream;
use super::{damaged, take_f64, take_uint, wavelet};

/// How the coefficients are divided into sets.
#[derive(Clone, Copy)]
pub(super) enum Rank {
    Line,
    Plane,
    Volume,
}

/// The values of the block that fills `input`.
pub(super) fn decode(input: &[u8], dims: Dims, rank: Rank, cx: &ReadContext) -> Result<Vec<f64>> {
    let count = dims.iter().product::<usize>();
    cx.limits.claim_array(count as u64, 8)?;
    let mut rest = input;
    let is_constant = take_uint(&mut rest, 1)? & 1 == 1;
    if is_constant {
        let stated = take_uint(&mut rest, 8)?;
        if stated != count as u64 {
            return Err(damaged("a constant block of another size"));
        }
        return Ok(vec![take_f64(&mut rest)?; count]);
    }
    let mean = take_f64(&mut rest)?;
    let step = take_f64(&mut rest)?;
    let coefficients = Stream::take(&mut rest)?.decode(dims, rank, cx)?;
    let mut values = coefficients.into_values(step);
    wavelet::inverse(&mut values, dims, cx)?;
    correct(&mut values, rest, step, cx)?;
    for value in &mut values {
        *value += mean;
    }
    Ok(values)
}

/// Adds the corrections that were stored to keep every value within the tolerance, if any
/// were. Without all of them, none are used.
fn correct(values: &mut [f64], stored: &[u8], step: f64, cx: &ReadContext) -> Result<()> {
    const HEADER_BYTES: usize = 9;
    if stored.len() < HEADER_BYTES {
        return Ok(());
    }
    let mut rest = stored;
    let stream = Stream::take(&mut rest)?;
    if stream.is_cut() || !rest.is_empty() {
        return Ok(());
    }
    // The encoder derives the step from the tolerance.
    let tolerance = step / 1.5;
    let corrections = stream.decode([values.len(), 1, 1], Rank::Line, cx)?;
    for (index, magnitude) in corrections.magnitudes.iter().enumerate() {
        let size = match magnitude {
            0 => continue,
            1 => 1.1,
            _ => *magnitude as f64 - 0.25,
        };
        let sign = if corrections.is_negative(index) { -1.0 } else { 1.0 };
        if let Some(value) = values.get_mut(index) {
            *value += size * (tolerance * sign);
        }
    }
    Ok(())
}
