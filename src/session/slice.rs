//! Which part of a variable is looked at: two axes shown, an index along each of the others.

use std::collections::HashMap;

use hyperslab_core::{Range, Section};
use serde::{Deserialize, Serialize};

/// `x` runs across (columns), `y` up and down (rows), `line` is the axis of a line plot. The
/// index along an axis that is shown is where the cursor last was; it is used when the axis is
/// no longer shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Slice {
    pub x: Option<usize>,
    pub y: Option<usize>,
    pub line: Option<usize>,
    pub indices: Vec<u64>,
}

impl Slice {
    /// The section a picture or table of this slice needs, whole along `x` and `y`.
    pub fn plane(&self, shape: &[u64]) -> Section {
        self.section(shape, |axis| Some(axis) == self.x || Some(axis) == self.y)
    }

    /// The section of a curve, whole along `line`.
    pub fn curve(&self, shape: &[u64]) -> Section {
        self.section(shape, |axis| Some(axis) == self.line)
    }

    fn section(&self, shape: &[u64], is_whole: impl Fn(usize) -> bool) -> Section {
        let ranges = shape.iter().enumerate().map(|(axis, &len)| {
            if is_whole(axis) {
                Range::new(0, len)
            } else {
                Range::new(self.index(axis, len), len.min(1))
            }
        });
        Section::new(ranges.collect::<Vec<_>>())
    }

    /// The index along an axis, kept inside its length.
    pub fn index(&self, axis: usize, len: u64) -> u64 {
        self.indices.get(axis).copied().unwrap_or(0).min(len.saturating_sub(1))
    }

    pub fn set_index(&mut self, axis: usize, index: u64) {
        if let Some(slot) = self.indices.get_mut(axis) {
            *slot = index;
        }
    }

    /// Shows `axis` across; where it ran up and down before, the two change places.
    pub fn set_x(&mut self, axis: usize) {
        if self.y == Some(axis) {
            self.y = self.x;
        }
        self.x = Some(axis);
    }

    pub fn set_y(&mut self, axis: usize) {
        if self.x == Some(axis) {
            self.x = self.y;
        }
        self.y = Some(axis);
    }

    pub fn transpose(&mut self) {
        std::mem::swap(&mut self.x, &mut self.y);
    }

    /// As `--slice` takes it: `5,:,:`.
    pub fn text(&self) -> String {
        let items = self.indices.iter().enumerate().map(|(axis, index)| {
            let is_shown = Some(axis) == self.x || Some(axis) == self.y;
            if is_shown { ":".to_owned() } else { index.to_string() }
        });
        items.collect::<Vec<_>>().join(",")
    }
}

/// Indices by dimension name and length: the next variable on the same dimensions is shown at
/// the same time and level.
#[derive(Clone, Debug, Default)]
pub struct SliceMemory(HashMap<(String, u64), u64>);

impl SliceMemory {
    pub fn remember(&mut self, dimension: &str, length: u64, index: u64) {
        self.0.insert((dimension.into(), length), index);
    }

    pub fn recall(&self, dimension: &str, length: u64) -> Option<u64> {
        self.0.get(&(dimension.to_owned(), length)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice() -> Slice {
        Slice { x: Some(2), y: Some(1), line: Some(0), indices: vec![5, 7, 9] }
    }

    #[test]
    fn a_plane_is_whole_along_its_two_axes() {
        let section = slice().plane(&[10, 20, 30]);
        assert_eq!(section.ranges, [Range::new(5, 1), Range::new(0, 20), Range::new(0, 30)]);
        let curve = slice().curve(&[10, 20, 30]);
        assert_eq!(curve.ranges, [Range::new(0, 10), Range::new(7, 1), Range::new(9, 1)]);
    }

    #[test]
    fn an_index_beyond_a_shorter_axis_is_its_last() {
        assert_eq!(slice().plane(&[3, 20, 30]).ranges[0], Range::new(2, 1));
        assert_eq!(slice().plane(&[0, 20, 30]).ranges[0], Range::new(0, 0));
    }

    #[test]
    fn choosing_an_axis_in_use_changes_places() {
        let mut s = slice();
        s.set_x(1);
        assert_eq!((s.x, s.y), (Some(1), Some(2)));
        s.set_x(0);
        assert_eq!((s.x, s.y), (Some(0), Some(2)));
        assert_eq!(s.text(), ":,7,:");
    }
}
