//! ECMWF's general extended second-order packing: every group has a width and a length, both
//! packed, and what is packed may be spatial differences of order 1 to 3.
//!
//! Octets 22 and 23: widths of widths and of lengths; 24-25 NL. With differences, octet 26 is the
//! width of what follows: as many first values as the order, and the bias of the differences
//! (a sign and a magnitude). Then widths, lengths, first-order values and second-order values.
//! Each part begins with an octet.

use hyperslab_core::{ReadContext, ReadError, Result};

use super::{after, group_count};
use crate::packing::bits::Bits;
use crate::packing::edition1::header::Header;
use crate::packing::edition1::octets::Octets;

/// Groups between two looks at whether someone still wants the field.
const GROUPS_PER_CHECK: u64 = 1 << 12;

/// How groups are described.
pub(super) struct Description {
    pub groups: u64,
    pub first_width: u8,
    pub width_width: u8,
    pub length_width: u8,
}

/// The beginning of a field that is packed as differences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Differencing {
    pub order: usize,
    pub first_values: [i64; 3],
    pub bias: i64,
}

pub(super) fn unpack(header: &Header, order: u8, count: u64, cx: &ReadContext) -> Result<Vec<i64>> {
    let description = Description {
        groups: group_count(header)?,
        first_width: header.bits,
        width_width: header.octets.u8(22)?,
        length_width: header.octets.u8(23)?,
    };
    let (differencing, len) = match order {
        0 => (Differencing::default(), 0),
        _ => Differencing::read(header.octets, 26, order)?,
    };
    unpack_groups(&description, differencing, header.octets.from(26 + len)?, count, cx)
}

impl Differencing {
    /// From the octet with the width on, and how many octets that is.
    pub fn read(octets: Octets, first: usize, order: u8) -> Result<(Self, usize)> {
        let width = octets.u8(first)?;
        let mut bits = Bits::new(octets.from(first + 1)?);
        let mut differencing = Self { order: usize::from(order), ..Self::default() };
        for value in differencing.first_values.iter_mut().take(usize::from(order)) {
            *value = bits.take(u32::from(width))? as i64;
        }
        let sign = bits.take(u32::from(width.min(1)))?;
        let magnitude = bits.take(u32::from(width.saturating_sub(1)))? as i64;
        differencing.bias = if sign == 1 { magnitude.wrapping_neg() } else { magnitude };
        let stored_bits = (usize::from(order) + 1) * usize::from(width);
        Ok((differencing, 1 + stored_bits.div_ceil(8)))
    }

    /// Differences become values.
    fn integrate(&self, values: &mut [i64]) {
        let [first, second, third] = self.first_values;
        let step = second.wrapping_sub(first);
        match self.order {
            1 => self.accumulate([first], values),
            2 => self.accumulate([second, step], values),
            _ => {
                let next_step = third.wrapping_sub(second);
                self.accumulate([third, next_step, next_step.wrapping_sub(step)], values);
            }
        }
        for (value, first) in values.iter_mut().zip(self.first_values).take(self.order) {
            *value = first;
        }
    }

    /// `last` is the last of the first values, its difference from the one before, and the
    /// difference of that from the difference before.
    fn accumulate<const ORDER: usize>(&self, mut last: [i64; ORDER], values: &mut [i64]) {
        for value in values.iter_mut().skip(ORDER) {
            let mut step = value.wrapping_add(self.bias);
            for difference in last.iter_mut().rev() {
                *difference = difference.wrapping_add(step);
                step = *difference;
            }
            *value = step;
        }
    }
}

/// `bytes` begins with the widths of groups. `count` was charged.
pub(super) fn unpack_groups(
    description: &Description,
    differencing: Differencing,
    bytes: &[u8],
    count: u64,
    cx: &ReadContext,
) -> Result<Vec<i64>> {
    if description.groups > count {
        // Groups may be of no bits at all: their number alone must not keep us busy.
        return Err(ReadError::malformed("more groups than points"));
    }
    let count = usize::try_from(count).map_err(|_| ReadError::malformed("too many points"))?;
    if description.groups == 0 {
        // A constant field.
        return Ok(vec![0; count]);
    }
    let mut values = Vec::with_capacity(count);
    values.resize(differencing.order.min(count), 0);
    let groups = description.groups;
    let mut widths = Bits::new(bytes);
    let mut lengths = after(&widths, groups, description.width_width);
    let mut firsts = after(&lengths, groups, description.length_width);
    let mut seconds = after(&firsts, groups, description.first_width);
    for group in 0..groups {
        if group % GROUPS_PER_CHECK == 0 {
            cx.check()?;
        }
        let width = widths.take(u32::from(description.width_width))?;
        let width = u32::try_from(width).unwrap_or(u32::MAX);
        let length = lengths.take(u32::from(description.length_width))?;
        let first = firsts.take(u32::from(description.first_width))?;
        let length = usize::try_from(length)
            .ok()
            .filter(|&length| length <= count - values.len())
            .ok_or_else(|| ReadError::malformed("groups of more values than there are points"))?;
        for _ in 0..length {
            values.push(first.wrapping_add(seconds.take(width)?) as i64);
        }
    }
    if values.len() < count {
        return Err(ReadError::malformed(format!(
            "groups of {} values for {count} points",
            values.len()
        )));
    }
    if differencing.order > 0 {
        differencing.integrate(&mut values);
    }
    Ok(values)
}
