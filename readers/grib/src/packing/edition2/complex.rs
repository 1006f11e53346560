//! Complex packing (templates 5.2 and 7.2) and spatial differencing (5.3 and 7.3): groups of
//! values, each with a reference, a width and a length of its own.
//!
//! With spatial differencing of order 1 or 2 what is packed are differences less their overall
//! minimum; values that are missing take no part in them.

use hyperslab_core::{ReadContext, ReadError, Result};

use super::section5::Section5;
use crate::packing::bits::{self, Bits};
use crate::packing::{Real, Scaling};

/// Spatial differencing: code table 5.6, and octet 49.
#[derive(Clone, Copy, Debug)]
pub(super) struct Differences {
    order: u8,
    descriptor_octets: u8,
}

impl Section5<'_> {
    /// Octets 48 and 49 of template 5.3.
    pub(super) fn difference_order(&self) -> Result<Differences> {
        let differences = Differences { order: self.u8(48)?, descriptor_octets: self.u8(49)? };
        if differences.order > 2 || differences.descriptor_octets > 8 {
            return Err(ReadError::malformed(format!("spatial {differences:?}")));
        }
        Ok(differences)
    }
}

pub(super) fn decode<T: Real>(
    section: &Section5,
    differences: Option<Differences>,
    data: &[u8],
    count: usize,
    points: u64,
    cx: &ReadContext,
) -> Result<Vec<T>> {
    let scaling = section.scaling()?;
    let header = Header::read(section)?;
    if header.groups == 0 {
        return Ok(vec![scaling.constant(); count]);
    }
    header.check(points)?;
    let (start, descriptors_bits) = Integration::read(differences, data)?;
    let groups = Groups::new(&header, data, descriptors_bits)?;
    groups.check_len(&header, count)?;
    let mut out = vec![T::default(); count];
    let mut job = Job { header, groups, data, scaling, cx, out: &mut out };
    match start.order {
        0 => job.run::<0>(start)?,
        1 => job.run::<1>(start)?,
        _ => job.run::<2>(start)?,
    }
    Ok(out)
}

/// Octets 20 to 47 of template 5.2.
#[derive(Clone, Debug)]
struct Header {
    reference_bits: u32,
    /// Code table 5.5: how many of the highest packed values stand for "missing".
    missing_codes: u8,
    groups: u64,
    width_reference: u32,
    width_bits: u32,
    length_reference: u64,
    length_increment: u64,
    last_length: u64,
    length_bits: u32,
}

impl Header {
    fn read(section: &Section5) -> Result<Self> {
        Ok(Self {
            reference_bits: section.bits_per_value()?.into(),
            missing_codes: section.u8(23)?,
            groups: section.u32(32)?.into(),
            width_reference: section.u8(36)?.into(),
            width_bits: section.u8(37)?.into(),
            length_reference: section.u32(38)?.into(),
            length_increment: section.u8(42)?.into(),
            last_length: section.u32(43)?.into(),
            length_bits: section.u8(47)?.into(),
        })
    }

    fn check(&self, points: u64) -> Result<()> {
        // Row by row there is a group for each row, though all its points be missing.
        if self.groups > points {
            return Err(ReadError::malformed(format!(
                "{} groups of values for {points} points",
                self.groups
            )));
        }
        match self.missing_codes {
            0..=2 => Ok(()),
            code => Err(ReadError::unsupported(format!("missing value management {code}"))),
        }
    }
}

/// Where the descriptions of groups are, and the values themselves.
#[derive(Clone)]
struct Groups<'a> {
    references: Bits<'a>,
    widths: Bits<'a>,
    lengths: Bits<'a>,
    values_at: u64,
}

impl<'a> Groups<'a> {
    /// Each of the four lists begins at a whole octet.
    fn new(header: &Header, data: &'a [u8], references_at: u64) -> Result<Self> {
        let after = |at: u64, width: u32| {
            (at + header.groups.saturating_mul(u64::from(width))).next_multiple_of(8)
        };
        let widths_at = after(references_at, header.reference_bits);
        let lengths_at = after(widths_at, header.width_bits);
        let values_at = after(lengths_at, header.length_bits);
        if values_at > data.len() as u64 * 8 {
            return Err(bits::truncated());
        }
        Ok(Self {
            references: Bits::at(data, references_at),
            widths: Bits::at(data, widths_at),
            lengths: Bits::at(data, lengths_at),
            values_at,
        })
    }

    /// Fails unless lengths add up to `count`: nothing is allocated for less.
    fn check_len(&self, header: &Header, count: usize) -> Result<()> {
        let mut lengths = self.lengths.clone();
        let mut total = 0u64;
        for group in 1..=header.groups {
            total = total.saturating_add(group_len(header, &mut lengths, group)?);
        }
        if total == count as u64 {
            return Ok(());
        }
        Err(ReadError::malformed(format!("groups of {total} values for {count}")))
    }
}

fn group_len(header: &Header, lengths: &mut Bits, group: u64) -> Result<u64> {
    let scaled = lengths.take(header.length_bits)?;
    if group == header.groups {
        return Ok(header.last_length);
    }
    Ok(scaled.saturating_mul(header.length_increment).saturating_add(header.length_reference))
}

/// From differences back to packed values.
#[derive(Clone, Copy, Debug, Default)]
struct Integration {
    order: u8,
    /// The first values as they were before differences were taken.
    first: [i64; 2],
    /// The overall minimum of differences.
    minimum: i64,
    /// How many of the first values have been given out.
    given: u8,
    last: i64,
    slope: i64,
}

impl Integration {
    /// The descriptors before the groups, and how many bits they take.
    fn read(differences: Option<Differences>, data: &[u8]) -> Result<(Self, u64)> {
        let mut start = Self::default();
        let Some(differences) = differences else { return Ok((start, 0)) };
        let mut bits = Bits::new(data);
        let width = u32::from(differences.descriptor_octets) * 8;
        start.order = differences.order;
        for first in start.first.iter_mut().take(usize::from(differences.order)) {
            *first = bits.take(width)? as i64;
        }
        if differences.order > 0 && width > 0 {
            let is_negative = bits.take(1)? == 1;
            let magnitude = bits.take(width - 1)? as i64;
            start.minimum = if is_negative { magnitude.wrapping_neg() } else { magnitude };
        }
        Ok((start, bits.position()))
    }

    #[inline(always)]
    fn next<const ORDER: u8>(&mut self, coded: i64) -> i64 {
        if ORDER == 0 {
            return coded;
        }
        if self.given < ORDER {
            return self.give_first();
        }
        let difference = coded.wrapping_add(self.minimum);
        if ORDER == 1 {
            self.last = self.last.wrapping_add(difference);
        } else {
            self.slope = self.slope.wrapping_add(difference);
            self.last = self.last.wrapping_add(self.slope);
        }
        self.last
    }

    #[cold]
    fn give_first(&mut self) -> i64 {
        let [first, second] = self.first;
        self.last = if self.given == 0 { first } else { second };
        self.slope = second.wrapping_sub(first);
        self.given += 1;
        self.last
    }
}

struct Job<'a, T> {
    header: Header,
    groups: Groups<'a>,
    data: &'a [u8],
    scaling: Scaling,
    cx: &'a ReadContext,
    out: &'a mut [T],
}

impl<T: Real> Job<'_, T> {
    fn run<const ORDER: u8>(&mut self, mut integration: Integration) -> Result<()> {
        let header = self.header.clone();
        let scaling = self.scaling;
        let mut groups = self.groups.clone();
        let mut rest = std::mem::take(&mut self.out);
        let mut at = groups.values_at;
        for group in 1..=header.groups {
            if group % 65536 == 0 {
                self.cx.check()?;
            }
            let reference = groups.references.take(header.reference_bits)?;
            let scaled_width = groups.widths.take(header.width_bits)?;
            let width = u64::from(header.width_reference).saturating_add(scaled_width);
            let len = group_len(&header, &mut groups.lengths, group)?;
            let (targets, others) = usize::try_from(len)
                .ok()
                .and_then(|len| std::mem::take(&mut rest).split_at_mut_checked(len))
                .ok_or_else(|| ReadError::malformed("groups are longer than the field"))?;
            rest = others;
            if width > 56 {
                return Err(ReadError::malformed(format!("a group of values of {width} bits")));
            }
            let width = width as u32;
            let packed = bits::cover(self.data, at, width.into(), targets.len())?;
            let missing = Missing::of_group(&header, width, reference);
            let start = (at % 8) as usize;
            at += u64::from(width) * targets.len() as u64;
            let mut value = |coded: u64| {
                let coded = reference.wrapping_add(coded) as i64;
                scaling.apply::<T>(integration.next::<ORDER>(coded) as f64)
            };
            match missing {
                Missing::None if width == 0 => targets.iter_mut().for_each(|t| *t = value(0)),
                Missing::None => {
                    each(packed, start, width, targets, value);
                }
                Missing::All => targets.fill(T::NAN),
                Missing::From(lowest) => each(packed, start, width, targets, |coded| {
                    if coded >= lowest { T::NAN } else { value(coded) }
                }),
            }
        }
        Ok(())
    }
}

/// `width` (1 to 56) bits for each target.
#[inline(always)]
fn each<T>(
    packed: &[u8],
    mut at: usize,
    width: u32,
    targets: &mut [T],
    mut value: impl FnMut(u64) -> T,
) {
    for target in targets {
        *target = value(bits::word_at(packed, at / 8) << (at % 8) >> (64 - width));
        at += width as usize;
    }
}

/// What of a group is missing (code table 5.5): the highest integers that fit its width, or,
/// where it has no width, the highest that fit its reference.
enum Missing {
    None,
    All,
    From(u64),
}

impl Missing {
    fn of_group(header: &Header, width: u32, reference: u64) -> Self {
        let codes = u64::from(header.missing_codes);
        if codes == 0 {
            return Self::None;
        }
        let lowest = |bits: u32| {
            let end = 1u64.checked_shl(bits).unwrap_or(u64::MAX);
            end.saturating_sub(codes)
        };
        if width > 0 {
            return Self::From(lowest(width));
        }
        if reference >= lowest(header.reference_bits) { Self::All } else { Self::None }
    }
}
