//! Any selection as runs of neighbouring elements in C order: what is left when two selections
//! have nothing in common but their number of elements.

use hyperslab_core::{ReadContext, ReadError, Result};

use super::Concrete;
use super::axes::AxisRun;
use crate::selection::{Blocks, Hyperslab, Selection};

/// First element, counted in the flat array, and how many.
pub struct Runs(Vec<(u64, u64)>);

impl Runs {
    /// # Errors
    /// `Limit` when there are too many; `Malformed` when the selection is made for another
    /// number of axes.
    pub fn of(selection: &Concrete, shape: &[u64], cx: &ReadContext) -> Result<Self> {
        let ranks = || ReadError::malformed("a virtual dataset's selection with other axes");
        match selection {
            Concrete::Regular(axes) if axes.len() == shape.len() => Self::regular(axes, shape, cx),
            Concrete::Regular(_) => Err(ranks()),
            Concrete::Other(Selection::None) => Ok(Self(Vec::new())),
            Concrete::Other(Selection::All) => {
                Ok(Self(vec![(0, shape.iter().fold(1, |n: u64, &len| n.saturating_mul(len)))]))
            }
            Concrete::Other(Selection::Points(points)) if points.rank == shape.len() => {
                Ok(Self(points.iter().filter_map(|point| Some((flat(point, shape)?, 1))).collect()))
            }
            Concrete::Other(Selection::Hyperslab(Hyperslab::Irregular(blocks)))
                if blocks.rank == shape.len() =>
            {
                Self::irregular(blocks, shape, cx)
            }
            Concrete::Other(_) => Err(ranks()),
        }
    }

    fn regular(axes: &[AxisRun], shape: &[u64], cx: &ReadContext) -> Result<Self> {
        let mut runs = Vec::new();
        let Some((fast, slow)) = axes.split_last() else { return Ok(Self(vec![(0, 1)])) };
        let rows = slow.iter().fold(1u64, |n, axis| n.saturating_mul(axis.len));
        let blocks = fast.len.div_ceil(fast.block);
        cx.limits.claim_metadata(rows.saturating_mul(blocks), 16, "runs of a selection")?;
        let mut at = vec![0; axes.len()];
        for row in 0..rows {
            cx.check()?;
            let mut rest = row;
            for (slot, axis) in at.iter_mut().zip(slow).rev() {
                *slot = axis.index(rest % axis.len);
                rest /= axis.len;
            }
            for block in 0..blocks {
                let first = block.saturating_mul(fast.block);
                if let Some(slot) = at.last_mut() {
                    *slot = fast.index(first);
                }
                runs.extend(flat(&at, shape).map(|flat| (flat, fast.block.min(fast.len - first))));
            }
        }
        Ok(Self(runs))
    }

    /// Blocks lie apart from each other; their rows are put in order.
    fn irregular(blocks: &Blocks, shape: &[u64], cx: &ReadContext) -> Result<Self> {
        let mut runs = Vec::new();
        for (low, high) in blocks.iter() {
            let axes: Vec<AxisRun> = low
                .iter()
                .zip(high)
                .map(|(&start, &last)| AxisRun {
                    start,
                    ..AxisRun::all(last.saturating_sub(start).saturating_add(1))
                })
                .collect();
            runs.extend(Self::regular(&axes, shape, cx)?.0);
            cx.limits.claim_metadata(runs.len() as u64, 16, "runs of a selection")?;
        }
        runs.sort_unstable();
        Ok(Self(runs))
    }

    /// Every element, counted in the flat array.
    pub fn elements(&self) -> impl Iterator<Item = u64> + '_ {
        self.0.iter().flat_map(|&(first, count)| first..first.saturating_add(count))
    }
}

fn flat(point: &[u64], shape: &[u64]) -> Option<u64> {
    point.iter().zip(shape).try_fold(0u64, |flat, (&index, &len)| {
        flat.checked_mul(len)?.checked_add(index).filter(|_| index < len)
    })
}

/// The index along each axis of an element of the flat array.
pub fn coordinates(flat: u64, shape: &[u64], at: &mut [u64]) {
    let mut rest = flat;
    for (slot, &len) in at.iter_mut().zip(shape).rev() {
        *slot = rest % len.max(1);
        rest /= len.max(1);
    }
}
