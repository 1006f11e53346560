//! What hides values: masks that were chosen, and pixels that a convention says do not measure.

use hyperslab_core::array::Number;
use hyperslab_core::{
    Array, Buffer, Dataset, Range, ReadContext, Result, Section, Variable, VariableId,
};

use super::decoded;
use crate::cf::{CfDataset, Flags};
use crate::engine::store::Opened;
use crate::prep::broadcast::{dense_steps, for_each_row};
use crate::session::{Condition, Mask};

/// So many masks one variable can have.
pub const MASKS_MAX: usize = 3;

/// The masks of a variable, found in its file: part of every key, so small and flat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Masking([Option<Masker>; MASKS_MAX]);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Masker {
    variable: VariableId,
    at: u64,
    hides: Condition,
}

impl Masking {
    /// Masks that are not in the file (it was reloaded) hide nothing.
    pub fn of(dataset: &Dataset, masks: &[Mask]) -> Self {
        let mut found = masks.iter().filter_map(|mask| {
            let variable = variable_at(dataset, &mask.variable)?;
            Some(Masker { variable, at: mask.at, hides: mask.hides })
        });
        Self(std::array::from_fn(|_| found.next()))
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }
}

/// As [`Dataset::find_variable`], in the time that the groups on the way take: for frames.
pub fn variable_at(dataset: &Dataset, path: &str) -> Option<VariableId> {
    let mut group = dataset.groups.first()?;
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    for folder in folders.split('/').filter(|folder| !folder.is_empty()) {
        let mut children = group.groups.iter().filter_map(|&id| dataset.group(id));
        group = children.find(|child| child.name == folder)?;
    }
    let is_named = |id: &&VariableId| dataset.variable(**id).is_some_and(|v| v.name == name);
    group.variables.iter().find(is_named).copied()
}

/// Whether a variable can mask another: all its axes but one are those of the other.
pub fn fits(mask: &Variable, variable: &Variable) -> bool {
    mask.dtype.is_numeric()
        && mask.rank() > 0
        && part(mask, 0, variable, &Section::all(&variable.shape()))
            .is_some_and(|part| part.extra < mask.rank())
}

/// The length of the axis that only the mask has.
pub fn extra_axis(mask: &Variable, variable: &Variable) -> Option<u64> {
    let own = partners(mask, variable)?;
    let extra = mask.axes.iter().zip(own).find(|(axis, own)| own.is_none() && axis.length > 1);
    extra.map(|(axis, _)| axis.length)
}

/// Which of these values are hidden; `None` where no mask was chosen. `values` are those of the
/// section, as stored or (with what else was done to them) decoded.
///
/// # Errors
/// Of reading the masks: values that should be hidden are not shown.
pub fn hidden(
    opened: &Opened<CfDataset>,
    (variable, is_decoded): (VariableId, bool),
    masking: Masking,
    section: &Section,
    values: &Buffer,
    cx: &ReadContext,
) -> Result<Option<Vec<bool>>> {
    if masking.is_empty() {
        return Ok(None);
    }
    let counts = lengths(section);
    let mut hidden = vec![false; counts.iter().product()];
    for masker in masking.0.into_iter().flatten() {
        let Masker { variable: mask, at, hides } = masker;
        if mask == variable && is_decoded && !hides.is_about_codes() {
            let of_values = (0..values.len()).map(|k| holds_for(hides, values.number(k)));
            hidden.iter_mut().zip(of_values).for_each(|(hidden, holds)| *hidden |= holds);
            continue;
        }
        let found = opened.dataset.variable(mask).zip(opened.dataset.variable(variable));
        let Some(part) = found.and_then(|(mask, own)| part(mask, at, own, section)) else {
            continue;
        };
        let stored = opened.file.read(mask, &part.section, cx)?;
        let marks = marks(opened, mask, hides, stored);
        lay(&mut hidden, &counts, &part.steps, &marks);
    }
    Ok(Some(hidden))
}

fn holds_for(hides: Condition, number: Option<Number>) -> bool {
    hides.holds(number.map_or(f64::NAN, |number| number.as_f64()))
}

/// Where the values of a mask hide.
fn marks(
    opened: &Opened<CfDataset>,
    mask: VariableId,
    hides: Condition,
    stored: Array,
) -> Vec<bool> {
    if !hides.is_about_codes() {
        let values = decoded(opened, mask, true, stored).values;
        return (0..values.len()).map(|k| holds_for(hides, values.number(k))).collect();
    }
    let flags = opened.meaning.variable(&opened.dataset, mask).and_then(|cf| cf.flags());
    let code = |k| match stored.values.number(k)? {
        Number::Int(code) => Some(code),
        other => Some(other.as_f64()).filter(|v| v.fract() == 0.0).map(|v| v as i128),
    };
    (0..stored.len()).map(|k| hides_code(hides, flags.as_ref(), code(k))).collect()
}

fn hides_code(hides: Condition, flags: Option<&Flags>, code: Option<i128>) -> bool {
    let classes = || flags.zip(code).map_or(0, |(flags, code)| flags.holding(code));
    // The bits of a negative code are those of its two's complement.
    let bits = code.map_or(0, |code| code as u64);
    match hides {
        Condition::Classes(wanted) => classes() & wanted != 0,
        Condition::NotClasses(wanted) => classes() & wanted == 0,
        Condition::Bits(mask, wanted) => code.is_some() && bits & mask == wanted,
        Condition::AnyBit(mask) => bits & mask != 0,
        _ => false,
    }
}

/// The part of a mask that lies along a section of what it masks.
struct Part {
    section: Section,
    /// From one index to the next along each axis of the section; 0 where the mask is the same.
    steps: Vec<usize>,
    /// Axes that only the mask has.
    extra: usize,
}

/// For each axis of the mask the axis of the variable: the one of the same dimension, or where
/// it has none the one of the same length in the same place from the end.
fn partners(mask: &Variable, variable: &Variable) -> Option<Vec<Option<usize>>> {
    let mut used = vec![false; variable.rank()];
    let partners = mask.axes.iter().enumerate().map(|(k, axis)| {
        let own = match axis.dimension {
            Some(_) => variable.axes.iter().enumerate().position(|(own, other)| {
                other.dimension == axis.dimension && !used.get(own).copied().unwrap_or(true)
            }),
            None => {
                let from_end = mask.rank() - k;
                let own = variable.rank().checked_sub(from_end);
                own.filter(|&own| variable.axes.get(own).is_some_and(|a| a.length == axis.length))
            }
        };
        if let Some(used) = own.and_then(|own| used.get_mut(own)) {
            *used = true;
        }
        own
    });
    let partners: Vec<Option<usize>> = partners.collect();
    let is_extra =
        |(axis, own): &(&hyperslab_core::Axis, &Option<usize>)| own.is_none() && axis.length != 1;
    let extra = mask.axes.iter().zip(&partners).filter(is_extra).count();
    (extra <= 1).then_some(partners)
}

fn part(mask: &Variable, at: u64, variable: &Variable, section: &Section) -> Option<Part> {
    let partners = partners(mask, variable)?;
    let range = |(axis, own): (&hyperslab_core::Axis, &Option<usize>)| match own {
        Some(own) => section.ranges.get(*own).copied(),
        None => Some(Range::one(at.min(axis.length.saturating_sub(1)))),
    };
    let ranges: Option<Vec<Range>> = mask.axes.iter().zip(&partners).map(range).collect();
    let part = Section::new(ranges?);
    let mut steps = vec![0; section.rank()];
    for (own, step) in partners.iter().zip(dense_steps(&lengths(&part))) {
        if let Some(slot) = own.and_then(|own| steps.get_mut(own)) {
            *slot = step;
        }
    }
    let extra = partners.iter().filter(|own| own.is_none()).count();
    Some(Part { section: part, steps, extra })
}

fn lengths(section: &Section) -> Vec<usize> {
    let length = |range: &Range| usize::try_from(range.count).unwrap_or(usize::MAX);
    section.ranges.iter().map(length).collect()
}

/// Adds the marks of a part, repeated along the axes it lacks.
fn lay(hidden: &mut [bool], counts: &[usize], steps: &[usize], marks: &[bool]) {
    for_each_row(counts, steps, |row, first, step| {
        for (k, hidden) in hidden.get_mut(row).unwrap_or_default().iter_mut().enumerate() {
            *hidden |= marks.get(first + k * step).copied().unwrap_or(false);
        }
    });
}

/// Decoded values with NaN where the mask that a convention gives their variable is not zero; it
/// lies along the last axes. A mask that cannot be read hides nothing.
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
    let along = Section::new(section.ranges.get(start..).unwrap_or_default().to_vec());
    let Ok(mask) = opened.file.read(mask, &along, cx) else { return array };
    let marks: Vec<bool> = (0..mask.len())
        .map(|index| mask.values.number(index).is_some_and(|number| number.as_f64() != 0.0))
        .collect();
    if !marks.contains(&true) {
        return array;
    }
    let mut steps = vec![0; start];
    steps.extend(dense_steps(&lengths(&along)));
    let counts = lengths(section);
    let mut hidden = vec![false; array.values.len()];
    lay(&mut hidden, &counts, &steps, &marks);
    hide(&mut array.values, &hidden);
    array
}

/// NaN where something is hidden; of integers floats that hold them.
pub(super) fn hide(values: &mut Buffer, hidden: &[bool]) {
    if !hidden.contains(&true) {
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
    match values {
        Buffer::F32(values) => {
            for (value, _) in values.iter_mut().zip(hidden).filter(|(_, hidden)| **hidden) {
                *value = f32::NAN;
            }
        }
        Buffer::F64(values) => {
            for (value, _) in values.iter_mut().zip(hidden).filter(|(_, hidden)| **hidden) {
                *value = f64::NAN;
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use hyperslab_testkit::bytes::{CdfBuilder, F32, I8, I16, cdf1};

    use super::super::{read_shown, testing};
    use super::*;
    use crate::engine::FileId;
    use crate::views::Origin;

    #[test]
    fn hidden_integers_become_floats_that_hold_them() {
        let mut values = Buffer::I16(vec![1, 2, 3, 4]);
        hide(&mut values, &[true, false, true, false]);
        let Buffer::F32(values) = values else { panic!() };
        assert!(values[0].is_nan() && values[2].is_nan());
        assert_eq!((values[1], values[3]), (2.0, 4.0));
        let mut untouched = Buffer::I16(vec![1, 2]);
        hide(&mut untouched, &[false, false]);
        assert_eq!(untouched, Buffer::I16(vec![1, 2]));
    }

    fn file() -> CdfBuilder {
        cdf1()
            .dim("t", 2)
            .dim("y", 2)
            .dim("x", 3)
            .dim("byte", 2)
            .var("v", F32, &["t", "y", "x"])
            .values((0..12).map(|v| v as f32).collect::<Vec<_>>())
            .var("qf", I8, &["y", "x"])
            .attr("_FillValue", vec![-1i8])
            .attr("flag_values", vec![0i8, 1, 2])
            .attr("flag_meanings", "good cloud snow")
            .values(vec![0i8, 1, 2, 0, -1, 5])
            .var("p", I16, &["t", "x"])
            .attr("scale_factor", vec![0.5f32])
            .values(vec![0i16, 1, 2, 3, 4, 5])
            .var("bits", I8, &["y", "x", "byte"])
            .values(vec![0i8, 6, 0, 2, 0, 4, 0, 0, 0, -1, 0, 1])
    }

    fn shown(masks: &[(&str, u64, Condition)], section: &Section) -> Vec<f64> {
        let opened = testing::opened(&file());
        let masks: Vec<Mask> = masks
            .iter()
            .map(|&(variable, at, hides)| Mask { variable: variable.into(), at, hides })
            .collect();
        let origin = Origin {
            file: FileId(1),
            generation: 0,
            variable: VariableId(0),
            is_decoded: true,
            as_rate: false,
            as_cells: false,
            masking: Masking::of(&opened.dataset, &masks),
        };
        let cx = ReadContext::default();
        read_shown(&opened, origin, section, &cx).unwrap().values.to_f64().unwrap()
    }

    fn left(masks: &[(&str, u64, Condition)]) -> Vec<u32> {
        let all = shown(masks, &Section::all(&[2, 2, 3]));
        all.into_iter().filter(|v| !v.is_nan()).map(|v| v as u32).collect()
    }

    #[test]
    fn classes_hide_or_alone_are_shown_in_every_frame() {
        assert_eq!(left(&[("/qf", 0, Condition::NotClasses(1))]), [0, 3, 6, 9]);
        let not_cloud = [("/qf", 0, Condition::Classes(2))];
        assert_eq!(left(&not_cloud), [0, 2, 3, 4, 5, 6, 8, 9, 10, 11]);
    }

    #[test]
    fn a_threshold_counts_for_decoded_values_and_not_for_missing_ones() {
        assert_eq!(left(&[("/qf", 0, Condition::AtLeast(1.0))]), [0, 3, 4, 6, 9, 10]);
        assert_eq!(left(&[("/qf", 0, Condition::Missing)]).len(), 10);
        // 0, 0.5, 1 in the first frame, 1.5, 2, 2.5 in the second.
        assert_eq!(left(&[("/p", 0, Condition::AtLeast(1.0))]), [0, 1, 3, 4]);
    }

    #[test]
    fn bits_of_one_byte_of_a_mask_hide() {
        let clear = [("/bits", 1, Condition::Bits(0b110, 0))];
        assert_eq!(left(&clear), [0, 1, 2, 4, 6, 7, 8, 10]);
        let first_byte = [("/bits", 0, Condition::AnyBit(0xff))];
        assert_eq!(left(&first_byte).len(), 12);
    }

    #[test]
    fn own_values_and_several_masks_hide_together() {
        let masks = [("/v", 0, Condition::Outside(2.0, 9.0)), ("/qf", 0, Condition::Classes(1))];
        assert_eq!(left(&masks), [2, 4, 5, 7, 8]);
    }

    #[test]
    fn any_section_is_masked_as_the_whole_is() {
        let masks = [("/qf", 0, Condition::NotClasses(1)), ("/p", 0, Condition::AtMost(0.2))];
        let whole = shown(&masks, &Section::all(&[2, 2, 3]));
        let part = Section::new([Range::one(1), Range::new(0, 2), Range::strided(0, 2, 2)]);
        let part = shown(&masks, &part);
        let same = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan());
        assert!(part.iter().zip([6, 8, 9, 11]).all(|(&v, k)| same(v, whole[k])), "{part:?}");
    }

    #[test]
    fn a_mask_fits_what_has_its_axes() {
        let dataset = testing::opened(&file()).dataset;
        let variable = |id: usize| &dataset.variables[id];
        assert!(fits(variable(1), variable(0)) && fits(variable(3), variable(0)));
        assert!(fits(variable(2), variable(0)));
        assert!(!fits(variable(0), variable(1)) || extra_axis(variable(0), variable(1)).is_some());
        assert_eq!(extra_axis(variable(3), variable(0)), Some(2));
        assert_eq!(extra_axis(variable(1), variable(0)), None);
        assert_eq!(variable_at(&dataset, "/p"), Some(VariableId(2)));
        assert_eq!(variable_at(&dataset, "/none/p"), None);
    }
}
