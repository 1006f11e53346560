//! Serialised dataspace selections (HDF5 File Format Specification 4.0, VIII.A "Dataspace
//! Selection"), as region references and virtual datasets keep them.

use hyperslab_core::{Cursor, ReadError, Region, Result};

use crate::dataspace::{self, MAX_RANK};

/// Which elements of a dataspace are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    None,
    All,
    Points(Points),
    Hyperslab(Hyperslab),
}

/// Single elements in an order of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Points {
    /// At least 1.
    pub rank: usize,
    /// `rank` indices for each point.
    pub coordinates: Vec<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hyperslab {
    /// One for each axis.
    Regular(Vec<HyperslabAxis>),
    Irregular(Blocks),
}

/// `count` blocks of `block` elements, the first at `start`, one every `stride` elements.
/// What does not overflow was checked; `None` is unlimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HyperslabAxis {
    pub start: u64,
    /// At least 1, and at least `block` where there is more than one.
    pub stride: u64,
    pub count: Option<u64>,
    pub block: Option<u64>,
}

/// Boxes of elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocks {
    /// At least 1.
    pub rank: usize,
    /// For each box the `rank` lowest indices, then the `rank` highest, themselves selected.
    pub corners: Vec<u64>,
}

impl Selection {
    /// Reads the selection at the cursor, which is left behind it.
    ///
    /// # Errors
    /// `Malformed`, `Truncated`; `Unsupported` for what the specification leaves open.
    pub fn parse(cursor: &mut Cursor) -> Result<Self> {
        let start = cursor.offset();
        let (kind, version) = (cursor.u32()?, cursor.u32()?);
        match (kind, version) {
            (0, 1) => cursor.skip(8).map(|()| Self::None),
            (3, 1) => cursor.skip(8).map(|()| Self::All),
            (1, 1 | 2) => points(cursor, version).map(Self::Points),
            (2, 1..=3) => hyperslab(cursor, version).map(Self::Hyperslab),
            _ => {
                let message = format!("selection type {kind}, version {version}");
                Err(ReadError::unsupported(message).at(start))
            }
        }
    }

    /// What it covers; `None` when that is everything, or without limits.
    pub fn region(&self) -> Option<Region> {
        match self {
            Self::None => Some(Region::default()),
            Self::All => None,
            Self::Points(points) => Some(points.region()),
            Self::Hyperslab(Hyperslab::Regular(axes)) => regular_region(axes),
            Self::Hyperslab(Hyperslab::Irregular(blocks)) => Some(blocks.region()),
        }
    }
}

impl Points {
    /// The indices of each point.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[u64]> {
        self.coordinates.chunks_exact(self.rank.max(1))
    }

    fn region(&self) -> Region {
        region(self.iter().len() as u64, self.iter().map(|point| (point, point)))
    }
}

impl Blocks {
    /// The lowest and the highest indices of each box.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&[u64], &[u64])> {
        let rank = self.rank.max(1);
        self.corners.chunks_exact(2 * rank).map(move |corners| corners.split_at(rank))
    }

    fn region(&self) -> Region {
        let points =
            self.iter().fold(0u64, |sum, (low, high)| sum.saturating_add(volume(low, high)));
        region(points, self.iter())
    }
}

impl HyperslabAxis {
    /// How many elements, and the last of them; `None` without limits, or when there are none.
    pub fn extent(&self) -> Option<(u64, u64)> {
        let (count, block) = (self.count?, self.block?);
        let last =
            count.checked_sub(1)?.checked_mul(self.stride)?.checked_add(block.checked_sub(1)?)?;
        Some((count.checked_mul(block)?, self.start.checked_add(last)?))
    }
}

fn regular_region(axes: &[HyperslabAxis]) -> Option<Region> {
    if axes.iter().any(|axis| axis.count.is_none() || axis.block.is_none()) {
        return None;
    }
    let Some(extents) = axes.iter().map(HyperslabAxis::extent).collect::<Option<Vec<_>>>() else {
        return Some(Region::default());
    };
    let points = extents.iter().fold(1u64, |n, &(count, _)| n.saturating_mul(count));
    let low: Vec<u64> = axes.iter().map(|axis| axis.start).collect();
    let high: Vec<u64> = extents.into_iter().map(|(_, last)| last).collect();
    Some(region(points, std::iter::once((low.as_slice(), high.as_slice()))))
}

/// What lies between the lowest and the highest indices of all `boxes`.
fn region<'a>(points: u64, boxes: impl Iterator<Item = (&'a [u64], &'a [u64])>) -> Region {
    let mut found = Region { points, ..Region::default() };
    for (low, high) in boxes {
        if found.low.is_empty() {
            (found.low, found.high) = (low.to_vec(), high.to_vec());
        }
        for (lowest, &index) in found.low.iter_mut().zip(low) {
            *lowest = index.min(*lowest);
        }
        for (highest, &index) in found.high.iter_mut().zip(high) {
            *highest = index.max(*highest);
        }
    }
    found.is_block = points > 0 && points == volume(&found.low, &found.high);
    found
}

/// Saturates.
fn volume(low: &[u64], high: &[u64]) -> u64 {
    low.iter().zip(high).fold(1, |n: u64, (&low, &high)| {
        n.saturating_mul(high.saturating_sub(low).saturating_add(1))
    })
}

fn points(cursor: &mut Cursor, version: u32) -> Result<Points> {
    let width = match version {
        1 => {
            cursor.skip(4 + 4)?;
            4
        }
        _ => encoded_bytes(cursor)?,
    };
    let rank = rank(cursor)?;
    let count = cursor.uint(width)?;
    let coordinates = numbers(cursor, count, rank, width)?;
    Ok(Points { rank, coordinates })
}

fn hyperslab(cursor: &mut Cursor, version: u32) -> Result<Hyperslab> {
    const IS_REGULAR: u8 = 1;
    let (flags, width) = match version {
        1 => {
            cursor.skip(4 + 4)?;
            (0, 4)
        }
        2 => {
            let flags = cursor.u8()?;
            cursor.skip(4)?;
            (flags, 8)
        }
        _ => (cursor.u8()?, encoded_bytes(cursor)?),
    };
    let rank = rank(cursor)?;
    if flags & IS_REGULAR != 0 {
        let axes = (0..rank).map(|_| axis(cursor, width)).collect::<Result<_>>()?;
        return Ok(Hyperslab::Regular(axes));
    }
    let count = cursor.uint(width)?;
    let corners = numbers(cursor, count, 2 * rank, width)?;
    let blocks = Blocks { rank, corners };
    if blocks.iter().any(|(low, high)| low.iter().zip(high).any(|(low, high)| low > high)) {
        return Err(cursor.malformed("a selected block that ends before it starts"));
    }
    Ok(Hyperslab::Irregular(blocks))
}

fn axis(cursor: &mut Cursor, width: u8) -> Result<HyperslabAxis> {
    let axis = HyperslabAxis {
        start: cursor.uint(width)?,
        stride: cursor.uint(width)?,
        count: dataspace::limit(cursor, width)?,
        block: dataspace::limit(cursor, width)?,
    };
    let is_many = axis.count.is_none_or(|count| count > 1);
    let is_empty = axis.count == Some(0) || axis.block == Some(0);
    let is_overlapping = is_many && axis.block.is_none_or(|block| block > axis.stride);
    let is_overflowing =
        axis.count.is_some() && axis.block.is_some() && axis.extent().is_none() && !is_empty;
    if axis.stride == 0 || is_overlapping || is_overflowing {
        return Err(cursor.malformed(format!(
            "a selection from {} by {} of {:?} blocks of {:?}",
            axis.start, axis.stride, axis.count, axis.block
        )));
    }
    Ok(axis)
}

/// "Encode Size".
fn encoded_bytes(cursor: &mut Cursor) -> Result<u8> {
    match cursor.u8()? {
        bytes @ (2 | 4 | 8) => Ok(bytes),
        other => Err(cursor.malformed(format!("a selection of numbers of {other} bytes"))),
    }
}

fn rank(cursor: &mut Cursor) -> Result<usize> {
    let rank = cursor.u32()?;
    if rank == 0 || rank > u32::from(MAX_RANK) {
        return Err(cursor.malformed(format!("a selection along {rank} axes")));
    }
    Ok(rank as usize)
}

/// `count` groups of `per` numbers, which must all be there.
fn numbers(cursor: &mut Cursor, count: u64, per: usize, width: u8) -> Result<Vec<u64>> {
    let total = count
        .checked_mul(per as u64)
        .filter(|total| {
            total.checked_mul(width.into()).is_some_and(|bytes| bytes <= cursor.remaining())
        })
        .ok_or_else(|| cursor.malformed(format!("a selection of {count} parts is cut off")))?;
    (0..total).map(|_| cursor.uint(width)).collect()
}

#[cfg(test)]
mod tests {
    use hyperslab_core::ByteOrder;

    use super::*;

    fn parse(bytes: &[u8]) -> Result<Selection> {
        let mut cursor = Cursor::new(bytes, 0, ByteOrder::Little);
        let selection = Selection::parse(&mut cursor)?;
        assert_eq!(cursor.remaining(), 0);
        Ok(selection)
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    #[test]
    fn points_of_both_versions() {
        let version_1 = words(&[1, 1, 0, 24, 2, 2, 5, 1, 3, 9]);
        let expected = Points { rank: 2, coordinates: vec![5, 1, 3, 9] };
        assert_eq!(parse(&version_1).unwrap(), Selection::Points(expected.clone()));
        let mut version_2 = words(&[1, 2]);
        version_2.extend([2, 2, 0, 0, 0, 2, 0, 5, 0, 1, 0, 3, 0, 9, 0]);
        let selection = parse(&version_2).unwrap();
        assert_eq!(selection, Selection::Points(expected));
        let region = selection.region().unwrap();
        assert_eq!((region.points, region.low, region.high), (2, vec![3, 1], vec![5, 9]));
        assert!(!region.is_block);
    }

    #[test]
    fn blocks_are_summed_up_and_bounded() {
        let blocks = words(&[2, 1, 0, 0, 2, 2, 2, 2, 4, 7, 5, 2, 7, 7]);
        let region = parse(&blocks).unwrap().region().unwrap();
        assert_eq!((region.points, region.low, region.high), (36, vec![2, 2], vec![7, 7]));
        assert!(region.is_block);
        assert!(parse(&words(&[2, 1, 0, 0, 1, 1, 3, 2])).is_err());
        assert!(parse(&words(&[2, 1, 0, 0, 1, u32::MAX, 3, 2])).is_err());
    }

    #[test]
    fn regular_hyperslabs_may_be_unlimited() {
        let mut version_2 = words(&[2, 2]);
        version_2.extend([1, 36, 0, 0, 0, 1, 0, 0, 0]);
        for number in [3, 10, u64::MAX, 2] {
            version_2.extend(number.to_le_bytes());
        }
        let axis = HyperslabAxis { start: 3, stride: 10, count: None, block: Some(2) };
        let selection = parse(&version_2).unwrap();
        assert_eq!(selection, Selection::Hyperslab(Hyperslab::Regular(vec![axis])));
        assert_eq!(selection.region(), None);

        let mut version_3 = words(&[2, 3]);
        version_3.extend([1, 2, 1, 0, 0, 0, 3, 0, 10, 0, 4, 0, 2, 0]);
        let region = parse(&version_3).unwrap().region().unwrap();
        assert_eq!((region.points, region.low, region.high), (8, vec![3], vec![34]));
    }

    #[test]
    fn an_irregular_hyperslab_of_version_3_has_narrow_numbers() {
        let mut bytes = words(&[2, 3]);
        bytes.extend([0, 2, 1, 0, 0, 0, 2, 0, 1, 0, 2, 0, 8, 0, 8, 0]);
        let blocks = Blocks { rank: 1, corners: vec![1, 2, 8, 8] };
        assert_eq!(parse(&bytes).unwrap(), Selection::Hyperslab(Hyperslab::Irregular(blocks)));
    }

    #[test]
    fn nothing_and_everything() {
        assert_eq!(parse(&words(&[0, 1, 0, 0])), Ok(Selection::None));
        assert_eq!(parse(&words(&[3, 1, 0, 0])), Ok(Selection::All));
        assert!(parse(&words(&[4, 1, 0, 0])).is_err());
    }

    #[test]
    fn overlapping_and_overflowing_hyperslabs_are_refused() {
        let slab = |numbers: [u16; 4]| {
            let mut bytes = words(&[2, 3]);
            bytes.extend([1, 2, 1, 0, 0, 0]);
            bytes.extend(numbers.iter().flat_map(|n| n.to_le_bytes()));
            parse(&bytes)
        };
        assert!(slab([0, 2, 2, 3]).is_err());
        assert!(slab([0, 0, 1, 1]).is_err());
        assert!(slab([0, 1, 1, 0xffff]).is_ok());
        let mut wide = words(&[2, 2]);
        wide.extend([1, 36, 0, 0, 0, 1, 0, 0, 0]);
        for number in [u64::MAX, 1, 2, 1] {
            wide.extend(number.to_le_bytes());
        }
        assert!(parse(&wide).is_err());
    }
}
