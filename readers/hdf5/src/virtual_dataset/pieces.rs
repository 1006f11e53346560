//! The part of a mapping that lies in a section, as boxes that are read at once.

use hyperslab_core::{Range, ReadContext, Result, Section};

use super::axes::{AxisPiece, AxisRun};
use super::runs::{Runs, coordinates};
use super::{Concrete, Resolved};
use crate::read::Placement;
use crate::selection::Selection;

/// Elements of a source and where they go.
pub enum Piece {
    Box {
        section: Section,
        placement: Placement,
    },
    /// Of the section, which lies dense, element `.0` goes to place `.1`.
    Scattered {
        section: Section,
        elements: Vec<(usize, usize)>,
    },
}

impl Resolved<'_> {
    /// The pieces that go to `section` of the virtual dataset, whose own shape is `shape`.
    /// What the source is too small for is left out.
    pub fn pieces(
        &self,
        section: &Section,
        shape: &[u64],
        source_shape: &[u64],
        placement: &Placement,
        cx: &ReadContext,
    ) -> Result<Vec<Piece>> {
        let boxes = self.target.regular(shape).zip(self.source.regular(source_shape));
        match boxes
            .and_then(|(target, source)| paired(&target, &source).map(|p| (target, source, p)))
        {
            Some((target, source, pairs)) => {
                boxed(&target, &source, &pairs, section, source_shape, placement, cx)
            }
            None => self.scattered(section, shape, source_shape, placement, cx),
        }
    }

    /// Selections of different form: their elements belong together in C order.
    fn scattered(
        &self,
        section: &Section,
        shape: &[u64],
        source_shape: &[u64],
        placement: &Placement,
        cx: &ReadContext,
    ) -> Result<Vec<Piece>> {
        let target = Runs::of(&self.target, shape, cx)?;
        let source = Runs::of(&self.source, source_shape, cx)?;
        let mut found: Vec<(u64, usize)> = Vec::new();
        let (mut at, mut from) = (vec![0; shape.len()], vec![0; source_shape.len()]);
        let (mut low, mut high) = (vec![u64::MAX; source_shape.len()], vec![0; source_shape.len()]);
        for (k, (target, source)) in target.elements().zip(source.elements()).enumerate() {
            if k.is_multiple_of(1 << 16) {
                cx.check()?;
                cx.limits.claim_array(found.len() as u64, 16)?;
            }
            coordinates(target, shape, &mut at);
            let places = at.iter().zip(&section.ranges).map(|(&index, range)| place(range, index));
            let Some(places) = places.collect::<Option<Vec<u64>>>() else { continue };
            coordinates(source, source_shape, &mut from);
            for ((low, high), &index) in low.iter_mut().zip(&mut high).zip(&from) {
                (*low, *high) = (index.min(*low), index.max(*high));
            }
            found.push((source, placement.part(places.into_iter())));
        }
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let ranges = low.iter().zip(&high).map(|(&low, &high)| Range::new(low, high - low + 1));
        let section = Section::new(ranges.collect::<Vec<_>>());
        cx.limits.claim_array(section.element_count(), 1)?;
        let dense = Placement::dense(&section.shape(), 1);
        let elements = found.into_iter().map(|(source, to)| {
            coordinates(source, source_shape, &mut from);
            (dense.part(from.iter().zip(&low).map(|(index, low)| index - low)), to)
        });
        let elements = elements.collect();
        Ok(vec![Piece::Scattered { section, elements }])
    }
}

/// The place in the section of an index of the variable.
fn place(range: &Range, index: u64) -> Option<u64> {
    let offset = index.checked_sub(range.start)?;
    let place = offset / range.stride;
    (offset.is_multiple_of(range.stride) && place < range.count).then_some(place)
}

impl Concrete<'_> {
    fn regular(&self, shape: &[u64]) -> Option<Vec<AxisRun>> {
        match self {
            Self::Regular(axes) => (axes.len() == shape.len()).then(|| axes.clone()),
            Self::Other(Selection::All) => {
                Some(shape.iter().map(|&len| AxisRun::all(len)).collect())
            }
            Self::Other(_) => None,
        }
    }
}

/// For each axis of the target its axis of the source: those with several indices belong
/// together one by one. `None` when they are of different lengths.
fn paired(target: &[AxisRun], source: &[AxisRun]) -> Option<Vec<Option<usize>>> {
    let mut long = source.iter().enumerate().filter(|(_, axis)| axis.len != 1);
    let mut pairs = Vec::with_capacity(target.len());
    for axis in target {
        pairs.push(if axis.len == 1 {
            None
        } else {
            let (k, partner) = long.next()?;
            (partner.len == axis.len).then_some(Some(k))?
        });
    }
    long.next().is_none().then_some(pairs)
}

fn boxed(
    target: &[AxisRun],
    source: &[AxisRun],
    pairs: &[Option<usize>],
    section: &Section,
    source_shape: &[u64],
    placement: &Placement,
    cx: &ReadContext,
) -> Result<Vec<Piece>> {
    let one = AxisRun::all(1);
    let mut along: Vec<Vec<AxisPiece>> = Vec::with_capacity(target.len());
    let mut count = 1u64;
    for ((axis, pair), range) in target.iter().zip(pairs).zip(&section.ranges) {
        let partner = pair.and_then(|k| source.get(k)).unwrap_or(&one);
        let mut pieces = axis.pieces(range, partner, cx)?;
        if let Some(&len) = pair.and_then(|k| source_shape.get(k)) {
            for piece in &mut pieces {
                let room = len.saturating_sub(piece.source.start).div_ceil(piece.source.stride);
                piece.source.count = piece.source.count.min(room);
            }
            pieces.retain(|piece| piece.source.count > 0);
        }
        count = count.saturating_mul(pieces.len() as u64);
        along.push(pieces);
    }
    // Axes of one index stay where they are.
    if source.iter().zip(source_shape).any(|(axis, &len)| axis.len == 1 && axis.start >= len) {
        return Ok(Vec::new());
    }
    cx.limits.claim_metadata(count, 256, "pieces of a virtual dataset")?;
    let mut all = Vec::with_capacity(count as usize);
    for number in 0..count {
        let mut ranges: Vec<Range> = source.iter().map(|axis| Range::one(axis.start)).collect();
        let mut steps = vec![0; ranges.len()];
        let mut first = placement.first;
        let mut rest = number;
        for ((pieces, pair), &step) in along.iter().zip(pairs).zip(&placement.steps).rev() {
            let which = rest % (pieces.len() as u64).max(1);
            rest /= (pieces.len() as u64).max(1);
            let Some(piece) = pieces.get(which as usize) else { continue };
            first += piece.first as usize * step;
            if let Some(k) = *pair
                && let (Some(range), Some(slot)) = (ranges.get_mut(k), steps.get_mut(k))
            {
                *range = piece.source;
                *slot = piece.step as usize * step;
            }
        }
        let section = Section::new(ranges);
        all.push(Piece::Box { section, placement: Placement { first, steps } });
    }
    Ok(all)
}
