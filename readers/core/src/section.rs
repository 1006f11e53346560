//! Sections: a start, a count and a stride along every axis, the last axis fastest.

use crate::error::{ReadError, Result};

/// `count` elements from `start`, every `stride`-th. `stride` is at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Range {
    pub start: u64,
    pub count: u64,
    pub stride: u64,
}

impl Range {
    pub const fn new(start: u64, count: u64) -> Self {
        Self { start, count, stride: 1 }
    }

    pub const fn strided(start: u64, count: u64, stride: u64) -> Self {
        Self { start, count, stride }
    }

    pub const fn one(index: u64) -> Self {
        Self::new(index, 1)
    }

    /// The index behind the last one selected; `start` when nothing is. Saturates.
    pub fn end(&self) -> u64 {
        match self.count.checked_sub(1) {
            None => self.start,
            Some(last) => {
                self.start.saturating_add(last.saturating_mul(self.stride)).saturating_add(1)
            }
        }
    }

    /// The index in the variable of the `k`-th selected element.
    pub fn index(&self, k: u64) -> u64 {
        self.start.saturating_add(k.saturating_mul(self.stride))
    }
}

/// One [`Range`] per axis; none for a scalar.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Section {
    pub ranges: Vec<Range>,
}

impl Section {
    pub fn new(ranges: impl Into<Vec<Range>>) -> Self {
        Self { ranges: ranges.into() }
    }

    /// All of a variable of this shape.
    pub fn all(shape: &[u64]) -> Self {
        Self { ranges: shape.iter().map(|&len| Range::new(0, len)).collect() }
    }

    pub fn rank(&self) -> usize {
        self.ranges.len()
    }

    /// The shape of what this section selects.
    pub fn shape(&self) -> Vec<u64> {
        self.ranges.iter().map(|range| range.count).collect()
    }

    /// How many elements are selected; saturates.
    pub fn element_count(&self) -> u64 {
        self.ranges.iter().fold(1, |n: u64, range| n.saturating_mul(range.count))
    }

    pub fn is_empty(&self) -> bool {
        self.ranges.iter().any(|range| range.count == 0)
    }

    /// Fails unless this section lies inside a variable of this shape.
    pub fn check(&self, shape: &[u64]) -> Result<()> {
        if self.ranges.len() != shape.len() {
            return Err(ReadError::request(format!(
                "a section of {} axes of a variable of {}",
                self.ranges.len(),
                shape.len()
            )));
        }
        for (axis, (range, &len)) in self.ranges.iter().zip(shape).enumerate() {
            if range.stride == 0 {
                return Err(ReadError::request(format!("stride 0 along axis {axis}")));
            }
            let last = range.count.checked_sub(1).and_then(|last| last.checked_mul(range.stride));
            let end = match (range.count, last) {
                (0, _) => Some(range.start),
                (_, Some(last)) => range.start.checked_add(last).and_then(|i| i.checked_add(1)),
                (_, None) => None,
            };
            if end.is_none_or(|end| end > len) {
                return Err(ReadError::request(format!(
                    "axis {axis} has {len} elements; asked for {} from {} by {}",
                    range.count, range.start, range.stride
                )));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_beyond_the_shape_is_refused() {
        let shape = [4, 5];
        assert!(Section::all(&shape).check(&shape).is_ok());
        assert!(Section::new([Range::strided(1, 2, 2), Range::new(0, 5)]).check(&shape).is_ok());
        assert!(Section::new([Range::strided(1, 3, 2), Range::new(0, 5)]).check(&shape).is_err());
        assert!(
            Section::new([Range::strided(0, u64::MAX, u64::MAX), Range::new(0, 5)])
                .check(&shape)
                .is_err()
        );
        assert!(Section::new([Range::new(0, 4)]).check(&shape).is_err());
    }

    #[test]
    fn an_empty_range_may_stand_at_the_end() {
        assert!(Section::new([Range::new(4, 0)]).check(&[4]).is_ok());
        assert!(Section::new([Range::new(5, 0)]).check(&[4]).is_err());
    }
}
