//! The memory that a read fills, shared between the threads that fill it.
//!
//! Chunks lie across each other in a C-ordered result, so that no cut of it gives every chunk
//! a piece of its own. The result is cut into stripes instead, each behind a lock; a thread
//! holds one of them at a time and goes through them in order. Where chunks do lie one after
//! the other in the result, each is a stripe, and can be decoded right there.

use std::sync::{Mutex, MutexGuard, PoisonError};

use hyperslab_core::{Range, Result};

use super::copy::{self, CopyAxis, merged};

const STRIPE_BYTES: usize = 256 << 10;

/// A stripe costs 32 bytes: smaller ones are not made.
const LEAST_STRIPE_BYTES: usize = 4 << 10;

pub struct Target<'a> {
    stripes: Vec<Mutex<&'a mut [u8]>>,
    stripe_bytes: usize,
    /// Size of an element.
    pub element: usize,
}

/// Where the elements of a section go in a target: the first one, and the steps along the
/// axes, in bytes. All of them are multiples of the element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    pub first: usize,
    pub steps: Vec<usize>,
}

impl Placement {
    /// A dense array of the shape that `counts` are, which has been found to fit in memory.
    pub fn dense(counts: &[u64], element: usize) -> Self {
        let mut steps = vec![0; counts.len()];
        let mut step = element;
        for (slot, &count) in steps.iter_mut().zip(counts).rev() {
            *slot = step;
            step = step.saturating_mul(count as usize);
        }
        Self { first: 0, steps }
    }

    /// Where the part of the section goes that begins at `start`.
    pub fn part(&self, start: impl Iterator<Item = u64>) -> usize {
        self.first
            + start.zip(&self.steps).map(|(start, step)| start as usize * step).sum::<usize>()
    }
}

impl<'a> Target<'a> {
    pub fn new(bytes: &'a mut [u8], element: usize) -> Self {
        Self::in_stripes(bytes, element, STRIPE_BYTES)
    }

    /// With stripes of `stripe_bytes`, if that is not too little.
    pub fn in_stripes(bytes: &'a mut [u8], element: usize, stripe_bytes: usize) -> Self {
        let element = element.max(1);
        let wanted = if stripe_bytes < LEAST_STRIPE_BYTES { STRIPE_BYTES } else { stripe_bytes };
        let stripe_bytes = (wanted / element).max(1) * element;
        let stripes = bytes.chunks_mut(stripe_bytes).map(Mutex::new).collect();
        Self { stripes, stripe_bytes, element }
    }

    /// Copies a box of elements that begins at byte `from` of `source` and at byte `to` here.
    /// With `is_swapped` the bytes of each element are turned around.
    ///
    /// # Errors
    /// `Bug` when it does not fit.
    pub fn copy(
        &self,
        source: &[u8],
        from: usize,
        to: usize,
        axes: &[CopyAxis],
        is_swapped: bool,
    ) -> Result<()> {
        let one = CopyAxis { count: 1, from: self.element, to: self.element };
        let (row, outer) = axes.split_last().unwrap_or((&one, &[]));
        let mut writer = Writer { target: self, stripe: None };
        copy::rows(outer, from, to, &mut |from, to| writer.row(source, from, to, *row, is_swapped))
    }

    /// Has `read` fill the `len` bytes from byte `to` on, piece by piece; it is told how many
    /// bytes came before.
    ///
    /// # Errors
    /// Those of `read`; `Bug` when it does not fit.
    pub fn receive(
        &self,
        to: usize,
        len: usize,
        mut read: impl FnMut(usize, &mut [u8]) -> Result<()>,
    ) -> Result<()> {
        let mut writer = Writer { target: self, stripe: None };
        let mut done = 0;
        while done < len {
            let room = writer.from(to + done)?;
            let count = room.len().min(len - done);
            read(done, room.get_mut(..count).unwrap_or_default())?;
            done += count;
        }
        Ok(())
    }

    /// Has `write` fill the `len` bytes from byte `to` on, if they are a stripe; `None` if not.
    ///
    /// # Errors
    /// Those of `write`.
    pub fn stripe(
        &self,
        to: usize,
        len: usize,
        write: impl FnOnce(&mut [u8]) -> Result<()>,
    ) -> Option<Result<()>> {
        if !to.is_multiple_of(self.stripe_bytes) {
            return None;
        }
        let stripe = self.stripes.get(to / self.stripe_bytes)?;
        let mut stripe = stripe.lock().unwrap_or_else(PoisonError::into_inner);
        (stripe.len() == len).then(|| write(&mut stripe))
    }

    /// Puts `element` everywhere in the box of `counts` elements that `placement` describes.
    ///
    /// # Errors
    /// `Bug` when it does not fit.
    pub fn fill(
        &self,
        element: &[u8],
        placement: &Placement,
        counts: &[u64],
        is_swapped: bool,
    ) -> Result<()> {
        if counts.contains(&0) {
            return Ok(());
        }
        let axes = counts.iter().zip(&placement.steps);
        let axes = axes.map(|(&count, &to)| CopyAxis { count: count as usize, from: 0, to });
        self.copy(element, 0, placement.first, &merged(axes), is_swapped)
    }
}

/// Goes through the stripes, one locked at a time.
struct Writer<'t, 'a> {
    target: &'t Target<'a>,
    stripe: Option<(usize, MutexGuard<'t, &'a mut [u8]>)>,
}

impl Writer<'_, '_> {
    fn row(
        &mut self,
        source: &[u8],
        mut from: usize,
        mut to: usize,
        row: CopyAxis,
        is_swapped: bool,
    ) -> Result<()> {
        let element = self.target.element;
        let mut left = row.count;
        while left > 0 {
            let room = self.from(to)?;
            // Stripes are whole elements, so none lies across two.
            let count = room.len().div_ceil(row.to.max(1)).min(left);
            let source = source.get(from..).ok_or_else(copy::outside)?;
            copy::elements(source, row.from, room, row.to, count, element, is_swapped)?;
            from += count * row.from;
            to += count * row.to;
            left -= count;
        }
        Ok(())
    }

    /// The bytes of a stripe from byte `to` of the target on; at least one.
    fn from(&mut self, to: usize) -> Result<&mut [u8]> {
        let number = to / self.target.stripe_bytes;
        if self.stripe.as_ref().is_none_or(|stripe| stripe.0 != number) {
            // Let go before the next is taken: no thread ever waits holding one.
            self.stripe = None;
            let stripe = self.target.stripes.get(number).ok_or_else(copy::outside)?;
            let locked = stripe.lock().unwrap_or_else(PoisonError::into_inner);
            self.stripe = Some((number, locked));
        }
        let stripe = self.stripe.as_mut().map(|stripe| &mut **stripe.1);
        stripe
            .and_then(|bytes| bytes.get_mut(to % self.target.stripe_bytes..))
            .filter(|bytes| !bytes.is_empty())
            .ok_or_else(copy::outside)
    }
}

/// The axes along which `within`, a part of an array of `shape`, is copied to places `steps`
/// bytes apart; with the byte at which it begins. `None` when that is past what memory holds.
pub fn axes(
    shape: &[u64],
    within: &[Range],
    element: usize,
    steps: &[usize],
) -> Option<(usize, Vec<CopyAxis>)> {
    let mut pitch = element as u64;
    let mut first = 0u64;
    let mut axes = vec![CopyAxis { count: 0, from: 0, to: 0 }; within.len()];
    let all = axes.iter_mut().zip(shape).zip(within).zip(steps).rev();
    for (((slot, &len), range), &to) in all {
        first = first.checked_add(range.start.checked_mul(pitch)?)?;
        let from = if range.count > 1 { range.stride.checked_mul(pitch)? } else { 0 };
        let count = usize::try_from(range.count).ok()?;
        *slot = CopyAxis { count, from: usize::try_from(from).ok()?, to };
        pitch = pitch.checked_mul(len.max(1))?;
    }
    Some((usize::try_from(first).ok()?, merged(axes.into_iter())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyperslab_core::Section;
    use hyperslab_testkit::select::positions;
    use proptest::prelude::*;

    fn cases() -> impl Strategy<Value = (Vec<u64>, Section)> {
        let axis = (1u64..8).prop_flat_map(|len| {
            (Just(len), 0..len, 1u64..4).prop_flat_map(|(len, start, stride)| {
                let most = (len - start).div_ceil(stride);
                (1..=most).prop_map(move |count| (len, Range::strided(start, count, stride)))
            })
        });
        prop::collection::vec(axis, 0..4).prop_map(|axes| {
            let section = Section::new(axes.iter().map(|a| a.1).collect::<Vec<_>>());
            (axes.iter().map(|a| a.0).collect(), section)
        })
    }

    proptest! {
        #[test]
        fn a_section_is_copied_as_the_slow_and_obvious_way_does(
            (shape, section) in cases(),
            element in prop::sample::select(vec![1usize, 2, 3, 4, 8]),
            stripe in 1usize..9,
        ) {
            let total = shape.iter().product::<u64>() as usize;
            let source: Vec<u8> = (0..total * element).map(|k| (k % 251) as u8).collect();
            let mut result = vec![0; section.element_count() as usize * element];
            let placement = Placement::dense(&section.shape(), element);
            let (first, axes) =
                axes(&shape, &section.ranges, element, &placement.steps).unwrap();
            let mut target = Target::new(&mut [], element);
            target.stripe_bytes = stripe * element;
            target.stripes = result.chunks_mut(stripe * element).map(Mutex::new).collect();
            target.copy(&source, first, 0, &axes, false).unwrap();
            let wanted: Vec<u8> = positions(&shape, &section)
                .into_iter()
                .flat_map(|k| source[k * element..(k + 1) * element].to_vec())
                .collect();
            prop_assert_eq!(result, wanted);
        }
    }

    #[test]
    fn a_box_is_filled_and_nothing_else() {
        let mut bytes = [0u8; 12];
        let target = Target::new(&mut bytes, 1);
        let placement = Placement { first: 1, steps: vec![4, 1] };
        target.fill(&[7], &placement, &[3, 2], false).unwrap();
        assert_eq!(bytes, [0, 7, 7, 0, 0, 7, 7, 0, 0, 7, 7, 0]);
    }
}
