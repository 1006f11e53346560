//! Pixels that do not measure: a mask that lies along the last axes of the data.

use hyperslab_core::{Array, Buffer, ReadContext, Section, VariableId};

use crate::cf::CfDataset;
use crate::engine::store::Opened;

/// Decoded values with NaN where the mask of their variable is not zero. A mask that cannot be
/// read hides nothing.
pub(super) fn masked(
    opened: &Opened<CfDataset>,
    variable: VariableId,
    is_decoded: bool,
    section: &Section,
    mut array: Array,
    cx: &ReadContext,
) -> Array {
    let mask = opened.meaning.variable(&opened.dataset, variable).and_then(|cf| cf.mask());
    let Some(mask) = mask.filter(|_| is_decoded) else { return array };
    let rank = opened.dataset.variable(mask).map_or(0, |mask| mask.rank());
    let Some(start) = section.ranges.len().checked_sub(rank) else { return array };
    let part = Section::new(section.ranges.get(start..).unwrap_or_default().to_vec());
    let Ok(mask) = opened.file.read(mask, &part, cx) else { return array };
    let marks: Vec<bool> = (0..mask.len())
        .map(|index| mask.values.number(index).is_some_and(|number| number.as_f64() != 0.0))
        .collect();
    hide(&mut array.values, &marks);
    array
}

/// The marks repeat for each frame.
fn hide(values: &mut Buffer, marks: &[bool]) {
    if marks.is_empty() || !marks.contains(&true) {
        return;
    }
    // Of integers only those become wider that a single-precision float cannot hold.
    if let Some(floats) = match values {
        Buffer::I8(_) | Buffer::U8(_) | Buffer::I16(_) | Buffer::U16(_) => values
            .to_f64()
            .map(|floats| Buffer::F32(floats.into_iter().map(|value| value as f32).collect())),
        Buffer::F32(_) | Buffer::F64(_) => None,
        _ => values.to_f64().map(Buffer::F64),
    } {
        *values = floats;
    }
    let marks = marks.iter().cycle();
    match values {
        Buffer::F32(values) => {
            for (value, _) in values.iter_mut().zip(marks).filter(|(_, is_marked)| **is_marked) {
                *value = f32::NAN;
            }
        }
        Buffer::F64(values) => {
            for (value, _) in values.iter_mut().zip(marks).filter(|(_, is_marked)| **is_marked) {
                *value = f64::NAN;
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marked_pixels_are_missing_in_every_frame() {
        let mut values = Buffer::I16(vec![1, 2, 3, 4]);
        hide(&mut values, &[true, false]);
        let Buffer::F32(values) = values else { panic!() };
        assert!(values[0].is_nan() && values[2].is_nan());
        assert_eq!((values[1], values[3]), (2.0, 4.0));
        let mut untouched = Buffer::I16(vec![1, 2]);
        hide(&mut untouched, &[false, false]);
        assert_eq!(untouched, Buffer::I16(vec![1, 2]));
    }
}
