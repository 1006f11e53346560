//! Picking a section out of values that are all in memory.

use hyperslab_core::{Array, Buffer, Range, ReadContext, ReadError, Result, Section};

/// The elements `ranges` select of a block of this shape, in order, handed over one run along
/// the last axis at a time: where it starts, how many, and how far apart.
pub fn runs(shape: &[u64], ranges: &[Range], mut each: impl FnMut(usize, usize, usize)) {
    let Some((last, outer)) = ranges.split_last() else {
        each(0, 1, 1);
        return;
    };
    if ranges.iter().any(|range| range.count == 0) {
        return;
    }
    let mut strides = vec![1u64; shape.len()];
    for axis in (1..shape.len()).rev() {
        let length = shape.get(axis).copied().unwrap_or(1);
        let stride = strides.get(axis).copied().unwrap_or(1).saturating_mul(length);
        if let Some(outer) = strides.get_mut(axis - 1) {
            *outer = stride;
        }
    }
    let mut counters = vec![0u64; outer.len()];
    loop {
        let places = outer.iter().zip(&strides).zip(&counters);
        let start = places.fold(last.start, |at, ((range, stride), &k)| {
            at.saturating_add(range.index(k).saturating_mul(*stride))
        });
        each(start as usize, last.count as usize, last.stride as usize);
        // The next combination of outer indices, the last axis first.
        let mut axis = outer.len();
        loop {
            let Some(next) = axis.checked_sub(1) else { return };
            axis = next;
            let (Some(counter), Some(range)) = (counters.get_mut(axis), outer.get(axis)) else {
                return;
            };
            *counter += 1;
            if *counter < range.count {
                break;
            }
            *counter = 0;
        }
    }
}

/// Copies what `ranges` select of a block into `into`, which has as many elements.
pub fn copy<T: Copy>(block: &[T], shape: &[u64], ranges: &[Range], into: &mut [T]) -> Result<()> {
    let is_all = shape.iter().zip(ranges).all(|(&len, range)| range.count == len);
    if is_all && block.len() == into.len() {
        into.copy_from_slice(block);
        return Ok(());
    }
    let mut rest = into;
    let mut is_whole = true;
    runs(shape, ranges, |start, count, stride| {
        let (now, later) =
            std::mem::take(&mut rest).split_at_mut_checked(count).unwrap_or_default();
        rest = later;
        let run = block.get(start..).unwrap_or_default();
        if now.len() != count {
            is_whole = false;
        } else if stride == 1 {
            match run.get(..count) {
                Some(run) => now.copy_from_slice(run),
                None => is_whole = false,
            }
        } else {
            let mut picked = run.iter().step_by(stride.max(1));
            for value in now {
                match picked.next() {
                    Some(element) => *value = *element,
                    None => is_whole = false,
                }
            }
        }
    });
    if is_whole && rest.is_empty() { Ok(()) } else { Err(too_few()) }
}

pub fn too_few() -> ReadError {
    ReadError::malformed("fewer values than the grid has points")
}

/// A section of values in memory.
pub fn of_values(values: &Array, section: &Section, cx: &ReadContext) -> Result<Array> {
    let count = section.element_count();
    let bytes = match &values.values {
        // Texts have no size of their own.
        Buffer::Text(texts) => {
            let longest = texts.iter().map(|text| text.len() as u64).max().unwrap_or(0);
            cx.limits.claim_array(count, longest.max(1))?
        }
        other => {
            let each = (other.bytes() as u64).checked_div(other.len() as u64).unwrap_or(1);
            cx.limits.claim_array(count, each)?
        }
    };
    cx.progress.expect(bytes as u64);
    let picked = pick(&values.values, &values.shape, &section.ranges)?;
    cx.advance(bytes as u64)?;
    Ok(Array { shape: section.shape(), values: picked })
}

fn pick(values: &Buffer, shape: &[u64], ranges: &[Range]) -> Result<Buffer> {
    macro_rules! picked {
        ($($variant:ident),*) => {
            match values {
                $(Buffer::$variant(all) => {
                    let mut picked = Vec::new();
                    runs(shape, ranges, |start, count, stride| {
                        let run = all.get(start..).unwrap_or_default();
                        picked.extend(run.iter().step_by(stride.max(1)).take(count).cloned());
                    });
                    Buffer::$variant(picked)
                })*
                _ => return Err(ReadError::unsupported("coordinates of this type")),
            }
        };
    }
    Ok(picked!(I32, F32, F64, Text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_of_a_block_is_copied_run_by_run() {
        let block: Vec<f32> = (0..24u8).map(f32::from).collect();
        let shape = [2, 3, 4];
        let ranges = [Range::one(1), Range::strided(0, 2, 2), Range::strided(1, 2, 2)];
        let mut into = [0.0; 4];
        copy(&block, &shape, &ranges, &mut into).unwrap();
        assert_eq!(into, [13., 15., 21., 23.]);
        assert!(copy(&block[..20], &shape, &ranges, &mut into).is_err());
        let all = [Range::new(0, 2), Range::new(0, 3), Range::new(0, 4)];
        let mut into = [0.0; 24];
        copy(&block, &shape, &all, &mut into).unwrap();
        assert_eq!(into.as_slice(), block);
    }

    #[test]
    fn one_value_without_axes_is_itself() {
        let cx = ReadContext::default();
        let one = Array { shape: vec![], values: vec![7f64].into() };
        assert_eq!(of_values(&one, &Section::default(), &cx).unwrap(), one);
    }
}
