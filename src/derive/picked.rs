//! A part of a variable as axes of their own: from an index on, or index by index.

use std::sync::Arc;

use hyperslab_core::{Array, Range, ReadContext, ReadError, Result, Section};

/// Which indices of a variable's axis an axis of a result has.
#[derive(Clone, Debug, PartialEq)]
pub enum Pick {
    /// One after the other.
    From(u64),
    List(Arc<[u64]>),
}

impl Pick {
    /// The range of the variable that holds what a range of the result selects, and where in it
    /// each lies; `None` for the second where that is one after the other.
    fn range(&self, range: &Range) -> Option<(Range, Option<Vec<u64>>)> {
        let list = match self {
            Self::From(start) => {
                let range = Range { start: start.checked_add(range.start)?, ..*range };
                return Some((range, None));
            }
            Self::List(list) => list,
        };
        let at = |k: u64| list.get(usize::try_from(range.index(k)).ok()?).copied();
        let indices: Vec<u64> = (0..range.count).map(at).collect::<Option<_>>()?;
        let (Some(&first), Some(&second)) = (indices.first(), indices.get(1)) else {
            let first = indices.first().copied().unwrap_or(0);
            return Some((Range::new(first, range.count), None));
        };
        let step = second.checked_sub(first).filter(|&step| step > 0);
        let is_even = |step: u64| indices.windows(2).all(|pair| pair[1] == pair[0] + step);
        if let Some(step) = step.filter(|&step| is_even(step)) {
            return Some((Range::strided(first, range.count, step), None));
        }
        let (low, high) = (*indices.iter().min()?, *indices.iter().max()?);
        let places = indices.iter().map(|index| index - low).collect();
        Some((Range::new(low, high - low + 1), Some(places)))
    }
}

/// Reads the picked part of a variable, of which `section` is a section.
///
/// # Errors
/// Those of `read`; `Request` for a section outside what is picked.
pub fn picked(
    read: &dyn Fn(&Section, &ReadContext) -> Result<Array>,
    picks: &[Pick],
    section: &Section,
    cx: &ReadContext,
) -> Result<Array> {
    let outside = || ReadError::request("a section outside the variable");
    if picks.len() != section.rank() {
        return Err(outside());
    }
    let ranges = picks.iter().zip(&section.ranges).map(|(pick, range)| pick.range(range));
    let ranges: Vec<(Range, Option<Vec<u64>>)> =
        ranges.collect::<Option<_>>().ok_or_else(outside)?;
    let mut array =
        read(&Section::new(ranges.iter().map(|(range, _)| *range).collect::<Vec<_>>()), cx)?;
    for (axis, (_, places)) in ranges.iter().enumerate() {
        if let Some(places) = places {
            array = gathered(&array, axis, places).ok_or_else(outside)?;
        }
    }
    Ok(array)
}

/// Some indices along an axis, in their order.
fn gathered(array: &Array, axis: usize, places: &[u64]) -> Option<Array> {
    let sizes: Vec<usize> =
        array.shape.iter().map(|&length| usize::try_from(length).ok()).collect::<Option<_>>()?;
    let (outer, rest) = sizes.split_at_checked(axis)?;
    let (length, inner) = rest.split_first()?;
    let (outer, inner): (usize, usize) = (outer.iter().product(), inner.iter().product());
    let mut values = array.values.slice(0..0)?;
    for block in 0..outer {
        for &place in places {
            let start = (block * length + usize::try_from(place).ok()?) * inner;
            values.append(array.values.slice(start..start + inner)?);
        }
    }
    let mut shape = array.shape.clone();
    *shape.get_mut(axis)? = places.len() as u64;
    Some(Array { shape, values })
}

#[cfg(test)]
mod tests {
    use hyperslab_core::chunks::runs;

    use super::*;

    fn read(section: &Section, _: &ReadContext) -> Result<Array> {
        // The value at (y, x) is 10 y + x.
        let shape = [5, 6];
        let mut values = Vec::new();
        for run in runs(&shape, section)? {
            for k in 0..run.count {
                let at = run.source + k * run.source_step;
                values.push((10 * (at / 6) + at % 6) as f64);
            }
        }
        Ok(Array { shape: section.shape(), values: values.into() })
    }

    #[test]
    fn a_list_is_read_as_a_range_where_it_is_one_and_gathered_where_not() {
        let cx = ReadContext::default();
        let values = |picks: [Pick; 2], section: Section| {
            picked(&read, &picks, &section, &cx).unwrap().values.to_f64().unwrap()
        };
        let list = |list: &[u64]| Pick::List(list.into());
        let all = |y: u64, x: u64| Section::all(&[y, x]);
        assert_eq!(values([Pick::From(2), Pick::From(4)], all(2, 2)), [24.0, 25.0, 34.0, 35.0]);
        assert_eq!(values([list(&[0, 2, 4]), Pick::From(1)], all(3, 1)), [1.0, 21.0, 41.0]);
        assert_eq!(
            values([list(&[3, 0]), list(&[5, 1, 2])], all(2, 3)),
            [35.0, 31.0, 32.0, 5.0, 1.0, 2.0]
        );
        let part = Section::new([Range::one(1), Range::strided(0, 2, 2)]);
        assert_eq!(values([list(&[3, 0]), list(&[5, 1, 2])], part), [5.0, 2.0]);
        let beyond = picked(&read, &[list(&[1]), Pick::From(0)], &all(2, 1), &cx);
        assert!(beyond.is_err());
    }
}
