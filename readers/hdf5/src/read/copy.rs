//! Boxes of elements that lie in two places at different steps.

use hyperslab_core::{ErrorKind, ReadError, Result};

/// `count` elements, or rows of them, that lie `from` bytes apart in one place and `to` bytes
/// in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopyAxis {
    pub count: usize,
    pub from: usize,
    pub to: usize,
}

/// Axes in C order without those of one element, and with neighbours merged where one
/// continues the other in both places.
pub fn merged(axes: impl DoubleEndedIterator<Item = CopyAxis>) -> Vec<CopyAxis> {
    let mut merged: Vec<CopyAxis> = Vec::new();
    for axis in axes.rev().filter(|axis| axis.count != 1) {
        match merged.last_mut() {
            Some(faster)
                if faster.from.checked_mul(faster.count) == Some(axis.from)
                    && faster.to.checked_mul(faster.count) == Some(axis.to) =>
            {
                faster.count = faster.count.saturating_mul(axis.count);
            }
            _ => merged.push(axis),
        }
    }
    merged.reverse();
    merged
}

/// Calls `row` with the offsets of each innermost row of the box that begins at `from` and
/// `to`, in order.
pub fn rows(
    outer: &[CopyAxis],
    from: usize,
    to: usize,
    row: &mut dyn FnMut(usize, usize) -> Result<()>,
) -> Result<()> {
    let Some((axis, inner)) = outer.split_first() else { return row(from, to) };
    for k in 0..axis.count {
        rows(inner, from + k * axis.from, to + k * axis.to, row)?;
    }
    Ok(())
}

/// Copies elements of `element` bytes, `from_step` bytes apart in `source` (0 repeats the
/// first), to places `to_step` bytes apart in `target`; `is_swapped` turns each around.
pub fn elements(
    source: &[u8],
    from_step: usize,
    target: &mut [u8],
    to_step: usize,
    count: usize,
    element: usize,
    is_swapped: bool,
) -> Result<()> {
    let needed = |step: usize| count.checked_sub(1).map_or(0, |last| last * step + element);
    let source = source.get(..needed(from_step)).ok_or_else(outside)?;
    let target = target.get_mut(..needed(to_step)).ok_or_else(outside)?;
    if from_step == element && to_step == element {
        target.copy_from_slice(source);
        if is_swapped {
            swap(target, element);
        }
        return Ok(());
    }
    match element {
        1 => fixed::<1>(source, from_step, target, to_step, is_swapped),
        2 => fixed::<2>(source, from_step, target, to_step, is_swapped),
        4 => fixed::<4>(source, from_step, target, to_step, is_swapped),
        8 => fixed::<8>(source, from_step, target, to_step, is_swapped),
        _ => {
            for k in 0..count {
                let from = source.get(k * from_step..).and_then(|rest| rest.get(..element));
                let to = target.get_mut(k * to_step..).and_then(|rest| rest.get_mut(..element));
                let (from, to) = from.zip(to).ok_or_else(outside)?;
                to.copy_from_slice(from);
            }
        }
    }
    Ok(())
}

fn fixed<const N: usize>(
    source: &[u8],
    from_step: usize,
    target: &mut [u8],
    to_step: usize,
    is_swapped: bool,
) {
    let turned = |mut element: [u8; N]| {
        if is_swapped {
            element.reverse();
        }
        element
    };
    if from_step == 0 {
        let Some(element) = source.first_chunk::<N>().copied().map(turned) else { return };
        if to_step == N {
            target.as_chunks_mut::<N>().0.fill(element);
        } else {
            let places = target.chunks_mut(to_step).filter_map(|step| step.first_chunk_mut::<N>());
            places.for_each(|place| *place = element);
        }
        return;
    }
    let elements = source.chunks(from_step).filter_map(|step| step.first_chunk::<N>());
    if to_step == N {
        for (place, element) in target.as_chunks_mut::<N>().0.iter_mut().zip(elements) {
            *place = turned(*element);
        }
    } else {
        let places = target.chunks_mut(to_step).filter_map(|step| step.first_chunk_mut::<N>());
        for (place, element) in places.zip(elements) {
            *place = turned(*element);
        }
    }
}

/// Turns around the bytes of each element.
pub fn swap(bytes: &mut [u8], element: usize) {
    match element {
        2 => bytes.as_chunks_mut::<2>().0.iter_mut().for_each(|e| e.reverse()),
        4 => bytes.as_chunks_mut::<4>().0.iter_mut().for_each(|e| e.reverse()),
        8 => bytes.as_chunks_mut::<8>().0.iter_mut().for_each(|e| e.reverse()),
        _ => {}
    }
}

pub fn outside() -> ReadError {
    ReadError::new(ErrorKind::Bug, "a copy outside its source or target")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(count: usize, from: usize, to: usize) -> CopyAxis {
        CopyAxis { count, from, to }
    }

    #[test]
    fn axes_that_continue_each_other_in_both_places_become_one() {
        let whole = [axis(2, 24, 24), axis(1, 7, 7), axis(3, 8, 8), axis(2, 4, 4)];
        assert_eq!(merged(whole.into_iter()), [axis(12, 4, 4)]);
        let part = [axis(2, 24, 48), axis(3, 8, 8), axis(2, 4, 4)];
        assert_eq!(merged(part.into_iter()), [axis(2, 24, 48), axis(6, 4, 4)]);
    }

    #[test]
    fn elements_are_spread_gathered_repeated_and_turned() {
        let source: Vec<u8> = (0..12).collect();
        let mut target = [0xff; 9];
        elements(&source, 6, &mut target, 5, 2, 2, true).unwrap();
        assert_eq!(target, [1, 0, 255, 255, 255, 7, 6, 255, 255]);
        elements(&source[3..], 0, &mut target, 3, 3, 3, false).unwrap();
        assert_eq!(target, [3, 4, 5, 3, 4, 5, 3, 4, 5]);
        elements(&source, 2, &mut target, 2, 4, 2, true).unwrap();
        assert_eq!(target, [1, 0, 3, 2, 5, 4, 7, 6, 5]);
        assert!(elements(&source, 12, &mut target, 1, 2, 1, false).is_err());
    }
}
