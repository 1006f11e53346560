//! The three forms of WMO: a group is a row, or begins where the secondary bitmap has a 1.
//!
//! From octet 22: widths of groups (an octet each; a single one for constant width), the
//! secondary bitmap (not row by row), first-order values, second-order values. Each part begins
//! with an octet.

use hyperslab_core::{ReadContext, ReadError, Result};

use super::{Groups, after, group_count};
use crate::packing::bits::Bits;
use crate::packing::edition1::header::Header;

/// Points between two looks at whether someone still wants the field.
const POINTS_PER_CHECK: u64 = 1 << 16;

pub(super) fn unpack_rows(header: &Header, groups: &Groups, cx: &ReadContext) -> Result<Vec<i64>> {
    let group_count = group_count(header)?;
    let (widths, rest) = split_octets(header.octets.from(22)?, group_count)?;
    let mut firsts = Bits::new(rest);
    let mut seconds = after(&firsts, group_count, header.bits);
    let mut values = Values::new(groups.count)?;
    let mut coded = Bits::new(groups.bitmap.unwrap_or_default());
    for (&width, &row) in widths.iter().zip(groups.rows) {
        cx.check()?;
        let first = firsts.take(u32::from(header.bits))?;
        for _ in 0..row {
            if groups.bitmap.is_none() || coded.take(1)? == 1 {
                values.push(first, seconds.take(u32::from(width))?)?;
            }
        }
    }
    values.finish()
}

pub(super) fn unpack_constant_width(
    header: &Header,
    groups: &Groups,
    cx: &ReadContext,
) -> Result<Vec<i64>> {
    let width = header.octets.u8(22)?;
    unpack_by_bitmap(header, header.octets.from(23)?, groups.count, |_| Some(width), cx)
}

pub(super) fn unpack_general(
    header: &Header,
    groups: &Groups,
    cx: &ReadContext,
) -> Result<Vec<i64>> {
    let (widths, rest) = split_octets(header.octets.from(22)?, group_count(header)?)?;
    unpack_by_bitmap(header, rest, groups.count, |group| widths.get(group).copied(), cx)
}

fn unpack_by_bitmap(
    header: &Header,
    bytes: &[u8],
    count: u64,
    width_of: impl Fn(usize) -> Option<u8>,
    cx: &ReadContext,
) -> Result<Vec<i64>> {
    let group_count = group_count(header)?;
    // P2, the number of second-order values, is kept in 16 bits however many there are.
    let coded_count = u64::from(header.octets.u16(19)?);
    if coded_count != count & 0xFFFF {
        return Err(ReadError::malformed(format!(
            "{coded_count} second-order values for {count} points"
        )));
    }
    let mut begins = Bits::new(bytes);
    let mut firsts = after(&begins, count, 1);
    let mut seconds = after(&firsts, group_count, header.bits);
    let mut values = Values::new(count)?;
    let mut groups = 0;
    let (mut first, mut width) = (0, 0);
    for point in 0..count {
        if point % POINTS_PER_CHECK == 0 {
            cx.check()?;
        }
        if begins.take(1)? == 1 {
            first = firsts.take(u32::from(header.bits))?;
            width = width_of(groups)
                .filter(|_| (groups as u64) < group_count)
                .ok_or_else(|| ReadError::malformed("more groups than are announced"))?;
            groups += 1;
        } else if point == 0 {
            return Err(ReadError::malformed("values before the first group"));
        }
        values.push(first, seconds.take(u32::from(width))?)?;
    }
    values.finish()
}

fn split_octets(bytes: &[u8], count: u64) -> Result<(&[u8], &[u8])> {
    usize::try_from(count)
        .ok()
        .and_then(|count| bytes.split_at_checked(count))
        .ok_or_else(|| ReadError::truncated(format!("{count} widths of groups")))
}

/// No more values than there are points.
struct Values {
    values: Vec<i64>,
    count: usize,
}

impl Values {
    fn new(count: u64) -> Result<Self> {
        let count = usize::try_from(count).map_err(|_| ReadError::malformed("too many points"))?;
        Ok(Self { values: Vec::with_capacity(count), count })
    }

    #[inline]
    fn push(&mut self, first: u64, second: u64) -> Result<()> {
        if self.values.len() == self.count {
            return Err(ReadError::malformed("rows of more points than the grid has"));
        }
        self.values.push(first.wrapping_add(second) as i64);
        Ok(())
    }

    fn finish(self) -> Result<Vec<i64>> {
        if self.values.len() == self.count {
            Ok(self.values)
        } else {
            Err(ReadError::malformed(format!(
                "groups of {} values for {} points",
                self.values.len(),
                self.count
            )))
        }
    }
}
