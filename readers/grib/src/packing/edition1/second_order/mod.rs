//! Second-order packing: values come in groups, each with a first-order value that the
//! second-order values of the group are added to (FM 92-IX Ext. GRIB, regulation 92.6.3 and the
//! table of section 4 for second-order grid-point values; ECMWF's extended form).
//!
//! Octets 12-13 (N1), 15-16 (N2) and 24-25 (NL) repeat where parts begin. They do not reach far
//! enough in a large field, so, as ecCodes does, parts are taken to follow each other.

mod extended;
mod grouped;
mod local_template;
#[cfg(test)]
mod round_trip;

use hyperslab_core::{ReadContext, ReadError, Result};

use super::header::{Header, Layout};
use crate::packing::bits::Bits;
use crate::packing::{Real, Scaling};

pub(crate) use local_template::decode2_second_order;

/// What says where groups begin and end, besides the section itself.
pub(super) struct Groups<'a> {
    pub rows: &'a [u32],
    pub bitmap: Option<&'a [u8]>,
    /// Values that are there.
    pub count: u64,
}

/// The integers X of every value.
pub(super) fn unpack(
    header: &Header,
    layout: Layout,
    groups: &Groups,
    cx: &ReadContext,
) -> Result<Vec<i64>> {
    cx.limits.claim_array(groups.count, size_of::<i64>() as u64)?;
    match layout {
        Layout::RowByRow => grouped::unpack_rows(header, groups, cx),
        Layout::ConstantWidth => grouped::unpack_constant_width(header, groups, cx),
        Layout::General => grouped::unpack_general(header, groups, cx),
        Layout::Extended { order } => extended::unpack(header, order, groups.count, cx),
    }
}

/// P1, the number of groups: octets 17 and 18; ECMWF continues it in octet 21.
fn group_count(header: &Header) -> Result<u64> {
    let low = header.octets.u16(17)?;
    let high = header.octets.u8(21)?;
    Ok(u64::from(low) + (u64::from(high) << 16))
}

/// A reader at the first octet after `count` integers of `width` bits.
fn after<'a>(part: &Bits<'a>, count: u64, width: u8) -> Bits<'a> {
    let mut next = part.clone();
    next.skip(count.saturating_mul(u64::from(width)));
    next.align();
    next
}

/// Turns round every second row (boustrophedonic ordering).
pub(crate) fn straighten<T: Real>(values: &mut [T], rows: &[u32]) -> Result<()> {
    let mut rest = values;
    for (index, &row) in rows.iter().enumerate() {
        let (row, after) = usize::try_from(row)
            .ok()
            .and_then(|len| rest.split_at_mut_checked(len))
            .ok_or_else(|| ReadError::malformed("rows of more points than the grid has"))?;
        if index % 2 == 1 {
            row.reverse();
        }
        rest = after;
    }
    if rest.is_empty() {
        Ok(())
    } else {
        Err(ReadError::malformed("boustrophedonic ordering of a grid without rows"))
    }
}

/// Bits that hold the range of the values, as ecCodes' `bitsPerValue` counts them: for the
/// forms of WMO its stand-in for missing values takes part.
pub(super) fn bits_per_value(values: &[f64], layout: Layout, scaling: &Scaling) -> u8 {
    const MISSING_OF_ECCODES: f64 = 9999.0;
    let missing_counts = !matches!(layout, Layout::Extended { .. });
    let mut range: Option<(f64, f64)> = None;
    for &value in values {
        let value = match (value.is_nan(), missing_counts) {
            (false, _) => value,
            (true, true) => MISSING_OF_ECCODES,
            (true, false) => continue,
        };
        let (low, high) = range.unwrap_or((value, value));
        range = Some((low.min(value), high.max(value)));
    }
    let Some((low, high)) = range else { return 0 };
    let steps = ((high - low) / scaling.binary / scaling.decimal).ceil();
    (u64::BITS - (steps as u64).leading_zeros()) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_second_row_is_turned_round() {
        let mut values = [1f32, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
        straighten(&mut values, &[2, 3, 2]).unwrap();
        assert_eq!(values, [1.0, 2.0, 5.0, 4.0, 3.0, 6.0, 7.0]);
        assert!(straighten(&mut values, &[2, 3]).is_err());
        assert!(straighten(&mut values, &[8]).is_err());
    }

    #[test]
    fn bits_are_those_of_the_range_in_steps() {
        let scaling = Scaling::new(0.0, 1, 0);
        let extended = Layout::Extended { order: 2 };
        assert_eq!(bits_per_value(&[10.0, 16.0], extended, &scaling), 2);
        assert_eq!(bits_per_value(&[10.0, 17.0, f64::NAN], extended, &scaling), 3);
        assert_eq!(bits_per_value(&[3.0], extended, &scaling), 0);
        assert_eq!(bits_per_value(&[10.0, f64::NAN], Layout::General, &scaling), 13);
    }
}
