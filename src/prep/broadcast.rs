//! Arrays that lack some axes of another one, laid along it: each value counts for all indices
//! along the axes that are not there.

use std::ops::Range;

/// Calls `each` for the rows of an array of these counts, in order: the places of the row's
/// elements, the place of the first in an array that has a step for each axis (0 where the axis
/// is not there), and the step along the row. One row of one element where there are no axes.
pub fn for_each_row(
    counts: &[usize],
    steps: &[usize],
    mut each: impl FnMut(Range<usize>, usize, usize),
) {
    let (length, outer) = counts.split_last().map_or((1, counts), |(last, outer)| (*last, outer));
    let step = if counts.is_empty() { 0 } else { steps.get(outer.len()).copied().unwrap_or(0) };
    let rows: usize = outer.iter().product();
    if length == 0 {
        return;
    }
    let mut at = vec![0usize; outer.len()];
    let mut first = 0;
    for row in 0..rows {
        each(row * length..(row + 1) * length, first, step);
        for axis in (0..outer.len()).rev() {
            let (Some(place), Some(&count)) = (at.get_mut(axis), outer.get(axis)) else { return };
            let step = steps.get(axis).copied().unwrap_or(0);
            *place += 1;
            first += step;
            if *place < count {
                break;
            }
            first -= step * count;
            *place = 0;
        }
    }
}

/// The step along each axis of a dense array of these counts.
pub fn dense_steps(counts: &[usize]) -> Vec<usize> {
    let mut step = 1;
    let mut steps: Vec<usize> = counts
        .iter()
        .rev()
        .map(|&count| {
            let own = step;
            step *= count;
            own
        })
        .collect();
    steps.reverse();
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid(counts: &[usize], steps: &[usize], values: &[u8]) -> Vec<u8> {
        let mut found = vec![0; counts.iter().product()];
        for_each_row(counts, steps, |row, first, step| {
            for (k, place) in row.enumerate() {
                found[place] = values[first + k * step];
            }
        });
        found
    }

    #[test]
    fn values_repeat_along_the_axes_they_lack() {
        assert_eq!(laid(&[2, 3], &[0, 1], b"abc"), b"abcabc");
        assert_eq!(laid(&[2, 3], &[1, 0], b"ab"), b"aaabbb");
        assert_eq!(laid(&[2, 2, 2], &[2, 0, 1], b"abcd"), b"ababcdcd");
        assert_eq!(laid(&[2, 3], &[1, 2], b"abcdef"), b"acebdf", "transposed");
        assert_eq!(laid(&[], &[], b"a"), b"a");
        assert_eq!(laid(&[0, 3], &[3, 1], b""), b"");
    }

    #[test]
    fn a_dense_array_steps_by_what_lies_within() {
        assert_eq!(dense_steps(&[4, 3, 5]), [15, 5, 1]);
        assert!(dense_steps(&[]).is_empty());
    }
}
