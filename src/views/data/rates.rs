//! Values as they are shown: decoded or stored, and sums as rates where that was asked for.

use std::sync::Arc;

use hyperslab_core::options::AS_CELLS;
use hyperslab_core::{Array, Buffer, Range, ReadContext, ReadError, Result, Section};

use super::mask::{hidden, hide};
use super::{Readable, read_readable};
use crate::cf::{Accumulation, CfDataset};
use crate::engine::store::Opened;
use crate::prep::rates::{Interval, intervals, to_rates};
use crate::views::Origin;

/// Reads a section as its origin says it is shown: masked, too. Stored values stay as they are;
/// which of them are hidden is said beside.
///
/// # Errors
/// As [`read_readable`]; a rate cannot be had of what is cut short.
pub fn read_shown(
    opened: &Opened<CfDataset>,
    origin: Origin,
    section: &Section,
    cx: &ReadContext,
) -> Result<Readable> {
    let mut found = read_unmasked(opened, origin, section, cx)?;
    let of = (origin.variable, origin.is_decoded);
    let hidden = hidden(opened, of, origin.masking, section, &found.values, cx)?;
    match hidden {
        Some(hidden) if origin.is_decoded => hide(&mut found.values, &hidden),
        hidden => found.hidden = hidden,
    }
    Ok(found)
}

/// [`read_shown`] of what must be there to the last value.
///
/// # Errors
/// As [`read_shown`], and where the file is cut short before the end of the section.
pub fn read_undamaged(
    opened: &Opened<CfDataset>,
    origin: Origin,
    section: &Section,
    cx: &ReadContext,
) -> Result<Readable> {
    let mut found = read_shown(opened, origin, section, cx)?;
    match found.damage.take() {
        Some(damage) => Err(damage),
        None => Ok(found),
    }
}

fn read_unmasked(
    opened: &Opened<CfDataset>,
    origin: Origin,
    section: &Section,
    cx: &ReadContext,
) -> Result<Readable> {
    let with_cells;
    let cx = match origin.as_cells {
        true => {
            let options = (*cx.options).clone().with(AS_CELLS, "yes");
            with_cells = cx.clone().with_options(Arc::new(options));
            &with_cells
        }
        false => cx,
    };
    let cf = opened.meaning.variable(&opened.dataset, origin.variable);
    let accumulation = cf.as_ref().filter(|_| origin.as_rate).and_then(|cf| cf.accumulation());
    let (Some(cf), Some(accumulation)) = (cf, accumulation) else {
        return read_readable(opened, origin.variable, origin.is_decoded, section, cx);
    };
    let bounds =
        numbers(&opened.file.read(accumulation.bounds, &all(opened, accumulation), cx)?)?;
    let intervals = intervals(&bounds, accumulation.seconds_per_unit);
    let read = |section: &Section| -> Result<Vec<f64>> {
        let found = read_readable(opened, origin.variable, true, section, cx)?;
        match found.damage {
            Some(damage) => Err(damage),
            None => numbers(&Array { shape: section.shape(), values: found.values }),
        }
    };
    let per = cf.rate_units().1.seconds();
    let mut values = read(section)?;
    let along = accumulation.axis.and_then(|axis| Some((axis, *section.ranges.get(axis)?)));
    match along {
        None => to_rates(&mut values, None, &intervals, usize::MAX, per),
        Some((axis, range)) => {
            let chosen: Vec<Interval> = (0..range.count)
                .filter_map(|k| intervals.get(usize::try_from(range.index(k)).ok()?).copied())
                .collect();
            let inner = section.ranges.iter().skip(axis + 1).map(|range| range.count);
            let inner = usize::try_from(inner.product::<u64>()).unwrap_or(usize::MAX);
            let before = match chosen.iter().any(|interval| interval.continues) {
                true => Some(before(section, axis, range, inner, &read)?),
                false => None,
            };
            to_rates(&mut values, before.as_deref(), &chosen, inner, per);
        }
    }
    let values = Buffer::F64(values);
    Ok(Readable { readable: values.len(), values, damage: None, hidden: None })
}

/// The sums one step before those of a section; NaN where there is no step before.
fn before(
    section: &Section,
    axis: usize,
    range: Range,
    inner: usize,
    read: &dyn Fn(&Section) -> Result<Vec<f64>>,
) -> Result<Vec<f64>> {
    let mut earlier = section.clone();
    let is_from_the_first = range.start == 0;
    let (start, count) = match range.start.checked_sub(1) {
        Some(start) => (start, range.count),
        None => (range.stride.saturating_sub(1), range.count.saturating_sub(1)),
    };
    if let Some(along) = earlier.ranges.get_mut(axis) {
        *along = Range::strided(start, count, range.stride);
    }
    if !is_from_the_first {
        return read(&earlier);
    }
    let found = if count == 0 { Vec::new() } else { read(&earlier)? };
    let outer: u64 = section.ranges.iter().take(axis).map(|range| range.count).product();
    let block = usize::try_from(count).unwrap_or(usize::MAX).saturating_mul(inner);
    let mut padded = Vec::with_capacity(found.len().saturating_add(inner));
    for k in 0..usize::try_from(outer).unwrap_or(usize::MAX) {
        padded.extend(std::iter::repeat_n(f64::NAN, inner));
        padded.extend(found.iter().skip(k.saturating_mul(block)).take(block));
    }
    Ok(padded)
}

fn all(opened: &Opened<CfDataset>, accumulation: Accumulation) -> Section {
    let bounds = opened.dataset.variable(accumulation.bounds);
    Section::all(&bounds.map(|bounds| bounds.shape()).unwrap_or_default())
}

fn numbers(array: &Array) -> Result<Vec<f64>> {
    let number = |k| array.values.number(k).map(|number| number.as_f64());
    let found: Option<Vec<f64>> = (0..array.values.len()).map(number).collect();
    found.ok_or_else(|| ReadError::request("a rate of what are no numbers"))
}

#[cfg(test)]
mod tests {
    use hyperslab_core::VariableId;
    use hyperslab_testkit::bytes::{F32, F64, cdf1};

    use super::super::{Masking, testing};
    use super::*;
    use crate::engine::FileId;

    fn rates(section: &Section) -> Vec<f64> {
        // Sums from 0 to 6, 0 to 12, 0 to 18 hours at two places.
        let file = cdf1()
            .dim("step", 3)
            .dim("x", 2)
            .dim("two", 2)
            .var("step", F64, &["step"])
            .attr("units", "hours")
            .attr("bounds", "step_bounds")
            .values(vec![6.0f64, 12.0, 18.0])
            .var("step_bounds", F64, &["step", "two"])
            .values(vec![0.0f64, 6.0, 0.0, 12.0, 0.0, 18.0])
            .var("rain", F32, &["step", "x"])
            .attr("units", "mm")
            .attr("cell_methods", "step: sum")
            .values(vec![6.0f32, 0.0, 12.0, 6.0, 30.0, 6.0]);
        let origin = Origin {
            file: FileId(1),
            generation: 0,
            variable: VariableId(2),
            is_decoded: true,
            as_rate: true,
            as_cells: false,
            masking: Masking::default(),
        };
        let cx = ReadContext::default();
        let found = read_shown(&testing::opened(&file), origin, section, &cx).unwrap();
        numbers(&Array { shape: section.shape(), values: found.values }).unwrap()
    }

    #[test]
    fn any_section_of_a_running_sum_gives_the_rates_of_the_whole() {
        let whole = rates(&Section::all(&[3, 2]));
        assert_eq!(whole, [1.0, 0.0, 1.0, 1.0, 3.0, 0.0]);
        let last = Section::new(vec![Range::one(2), Range::new(0, 2)]);
        assert_eq!(rates(&last), [3.0, 0.0]);
        let every_other = Section::new(vec![Range::strided(0, 2, 2), Range::one(1)]);
        assert_eq!(rates(&every_other), [0.0, 0.0]);
        let first = Section::new(vec![Range::one(0), Range::new(0, 2)]);
        assert_eq!(rates(&first), [1.0, 0.0]);
    }
}
