//! A curve of very many values in a few thousand blocks: of each its lowest and highest value
//! and where they lie, so that no spike is lost.
//!
//! Build O(values), memory 32 bytes a block. What is added need not be everything.

use hyperslab_core::{Buffer, with_numbers};

use crate::prep::line::lowest_and_highest;
use crate::prep::values::{Value, extent};

/// More than any screen has columns.
const BLOCKS: u64 = 1 << 14;

#[derive(Clone, Debug, PartialEq)]
pub struct Overview {
    block_len: u64,
    blocks: Vec<Option<Extremes>>,
    is_single: bool,
}

/// Two values of a block and their indices in the curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extremes {
    pub low: (u64, f64),
    pub high: (u64, f64),
}

impl Overview {
    /// Of a curve of `count` values, none of them known yet.
    pub fn new(count: u64) -> Self {
        let block_len = count.div_ceil(BLOCKS).max(1);
        let blocks = count.div_ceil(block_len);
        let blocks = vec![None; usize::try_from(blocks).unwrap_or(0)];
        Self { block_len, blocks, is_single: false }
    }

    pub fn block_len(&self) -> u64 {
        self.block_len
    }

    pub fn block_count(&self) -> usize {
        self.blocks.len()
    }

    /// Values that begin at index `start` of the curve; nothing unless they are numbers.
    pub fn add(&mut self, start: u64, values: &Buffer) {
        self.is_single = matches!(values, Buffer::F32(_));
        with_numbers!(values, v => self.add_slice(start, v), else ());
    }

    fn add_slice<T: Value>(&mut self, start: u64, mut values: &[T]) {
        let mut at = start;
        while !values.is_empty() {
            let room = self.block_len - at % self.block_len;
            let (now, later) =
                values.split_at(usize::try_from(room).unwrap_or(usize::MAX).min(values.len()));
            let block = usize::try_from(at / self.block_len).unwrap_or(usize::MAX);
            let (Some(block), column) =
                (self.blocks.get_mut(block), lowest_and_highest(now.iter().map(|v| v.f64())))
            else {
                return;
            };
            if let Some(column) = column {
                let place = |index: usize| {
                    let value = now.get(index).map_or(f64::NAN, |value| value.f64());
                    (at + index as u64, value)
                };
                let (low, high) = (place(column.lowest), place(column.highest));
                *block = Some(match *block {
                    None => Extremes { low, high },
                    Some(known) => Extremes {
                        low: if low.1 < known.low.1 { low } else { known.low },
                        high: if high.1 > known.high.1 { high } else { known.high },
                    },
                });
            }
            at += now.len() as u64;
            values = later;
        }
    }

    /// Of the block that holds value `index`; `None` where all of it is missing.
    pub fn at(&self, index: u64) -> Option<Extremes> {
        *self.blocks.get(usize::try_from(index / self.block_len).ok()?)?
    }

    /// Values of this curve in the precision they have.
    pub fn buffer(&self, values: &[f64]) -> Buffer {
        match self.is_single {
            true => Buffer::F32(values.iter().map(|&value| value as f32).collect()),
            false => Buffer::F64(values.to_vec()),
        }
    }

    /// The least and greatest value.
    pub fn extent(&self) -> Option<(f64, f64)> {
        let ends = self.blocks.iter().flatten().flat_map(|block| [block.low.1, block.high.1]);
        extent(&ends.collect::<Vec<_>>())
    }

    /// Indices and values in the order of the curve, two a block; NaN for a block without any.
    pub fn points(&self) -> (Vec<u64>, Vec<f64>) {
        let blocks = self.blocks.iter().enumerate();
        let points = blocks.flat_map(|(k, block)| match block {
            None => [(k as u64 * self.block_len, f64::NAN); 2],
            Some(Extremes { low, high }) if low.0 <= high.0 => [*low, *high],
            Some(Extremes { low, high }) => [*high, *low],
        });
        points.unzip()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_value_that_sticks_out_of_ten_million_is_kept() {
        let mut overview = Overview::new(10_000_000);
        for start in (0..10_000_000u64).step_by(1 << 20) {
            let end = (start + (1 << 20)).min(10_000_000);
            let spike = |i: u64| if i == 7_654_321 { 99.0f32 } else { (i % 10) as f32 };
            overview.add(start, &Buffer::F32((start..end).map(spike).collect()));
        }
        let (indices, values) = overview.points();
        assert!(indices.len() <= 2 * BLOCKS as usize && indices.is_sorted());
        let at = values.iter().position(|&value| value == 99.0).expect("the spike is there");
        assert_eq!(indices[at], 7_654_321);
        assert_eq!(overview.extent(), Some((0.0, 99.0)));
        assert_eq!(overview.at(7_654_000).unwrap().high, (7_654_321, 99.0));
    }

    #[test]
    fn what_is_missing_or_was_not_added_is_a_gap() {
        let mut overview = Overview::new(BLOCKS * 4);
        overview.add(4, &Buffer::F64(vec![f64::NAN, 2.0, f64::INFINITY, 1.0, f64::NAN]));
        overview.add(u64::MAX - 10, &Buffer::F64(vec![1.0]));
        assert_eq!(overview.at(0), None);
        assert_eq!(overview.at(5), Some(Extremes { low: (7, 1.0), high: (5, 2.0) }));
        assert_eq!(overview.points().1[2..4], [2.0, 1.0], "in the order of the curve");
        assert_eq!(overview.at(8), None);
        assert_eq!(Overview::new(0).points(), (vec![], vec![]));
        assert_eq!(Overview::new(u64::MAX).block_count(), BLOCKS as usize);
    }
}
