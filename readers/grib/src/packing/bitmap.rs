//! The bitmap (GRIB2 section 6, GRIB1 section 3): a bit for each point, 1 where a value is
//! present.

use hyperslab_core::{ReadContext, ReadError, Result};

use super::Real;

/// How many of the first `points` points have a value.
///
/// # Errors
/// `Truncated` when the bitmap has fewer bits than points.
pub fn count_present(bits: &[u8], points: u64) -> Result<u64> {
    let (whole, last) = split(bits, points)?;
    let (words, rest) = whole.as_chunks::<8>();
    let words = words.iter().map(|word| u64::from(u64::from_ne_bytes(*word).count_ones()));
    let rest = rest.iter().map(|byte| u64::from(byte.count_ones()));
    Ok(words.sum::<u64>() + rest.sum::<u64>() + u64::from(last.count_ones()))
}

/// `values` put where the bitmap has a 1, missing ones elsewhere. Values left over are ignored.
///
/// # Errors
/// `Truncated` when the bitmap has fewer bits than points, `Malformed` when it announces more
/// values than there are, `Limit` when `points` are too many to hold.
pub fn spread<T: Real>(values: &[T], bits: &[u8], points: u64, cx: &ReadContext) -> Result<Vec<T>> {
    let present = count_present(bits, points)?;
    if present > values.len() as u64 {
        return Err(ReadError::malformed(format!(
            "a bitmap of {present} values, of which {} are coded",
            values.len()
        )));
    }
    let bytes = cx.limits.claim_array(points, size_of::<T>() as u64)?;
    let (whole, last) = split(bits, points)?;
    let mut out = Vec::with_capacity(bytes / size_of::<T>());
    let mut values = values;
    for &byte in whole {
        match (byte, values.split_first_chunk::<8>()) {
            (0, _) => out.extend_from_slice(&[T::NAN; 8]),
            (0xFF, Some((eight, rest))) => {
                out.extend_from_slice(eight);
                values = rest;
            }
            _ => out.extend_from_slice(&spread_octet(byte, &mut values)),
        }
    }
    let rest = spread_octet(last, &mut values);
    out.extend(rest.iter().take((points % 8) as usize));
    Ok(out)
}

fn spread_octet<T: Real>(byte: u8, values: &mut &[T]) -> [T; 8] {
    let mut out = [T::NAN; 8];
    for (bit, target) in out.iter_mut().enumerate() {
        if byte << bit & 0x80 == 0 {
            continue;
        }
        if let Some((value, rest)) = values.split_first() {
            *target = *value;
            *values = rest;
        }
    }
    out
}

/// Octets all bits of which count, and the last bits in an octet of their own.
fn split(bits: &[u8], points: u64) -> Result<(&[u8], u8)> {
    let truncated =
        || ReadError::truncated(format!("a bitmap of {} octets for {points} points", bits.len()));
    let whole_len = usize::try_from(points / 8).map_err(|_| truncated())?;
    let (whole, rest) = bits.split_at_checked(whole_len).ok_or_else(truncated)?;
    match points % 8 {
        0 => Ok((whole, 0)),
        last_bits => Ok((whole, rest.first().ok_or_else(truncated)? & !(0xFF >> last_bits))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_where_bits_are_set() {
        let cx = ReadContext::default();
        let bits = [0xFF, 0x00, 0b1010_0001, 0b0100_0000];
        let values: Vec<f32> = (0..12).map(|i| i as f32).collect();
        assert_eq!(count_present(&bits, 26).unwrap(), 12);
        let spread = spread(&values, &bits, 26, &cx).unwrap();
        let at: Vec<usize> = (0..26).filter(|i| !spread[*i].is_nan()).collect();
        assert_eq!(at, [0, 1, 2, 3, 4, 5, 6, 7, 16, 18, 23, 25]);
        let present: Vec<f32> = spread.iter().copied().filter(|value| !value.is_nan()).collect();
        assert_eq!(present, values);
    }

    #[test]
    fn bits_behind_the_last_point_do_not_count() {
        assert_eq!(count_present(&[0xFF, 0xFF], 9).unwrap(), 9);
        assert_eq!(spread(&[1f64], &[0xFF], 1, &ReadContext::default()).unwrap(), [1.0]);
    }

    #[test]
    fn a_bitmap_too_short_or_with_too_many_values_is_refused() {
        let cx = ReadContext::default();
        assert!(spread(&[1f32; 8], &[0xFF], 9, &cx).is_err());
        assert!(spread(&[1f32; 7], &[0xFF], 8, &cx).is_err());
        assert!(spread(&[1f32; 7], &[0xFF], u64::MAX, &cx).is_err());
    }
}
