//! The values along a line over a picture: what is read, and how.

use hyperslab_core::{Buffer, Range, ReadContext, ReadError, Result, Section, with_numbers};

use crate::cf::CfDataset;
use crate::engine::store::Opened;
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::prep::cross_section::{boxes, cells_between};
use crate::prep::levels::Summary;
use crate::views::data::read_shown;
use crate::views::{Origin, Scene};

/// Cells of the picture that are read together, each way. More of them are read in vain, fewer
/// need more reads.
const BOX_SIDE: u64 = 8;

/// Values of a section at the most; of more cells every n-th is left out.
const VALUES_MAX: u64 = 1 << 22;

/// The values along a line from cell to cell, and with it along another axis where there is one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SectionRequest {
    pub origin: Origin,
    /// Whole along `axis`, one index along the others; along the axes of the picture any.
    pub section: Section,
    /// Of the picture: across, up.
    pub axes: (usize, usize),
    pub from: (u64, u64),
    pub to: (u64, u64),
    pub axis: Option<usize>,
}

/// Cell by cell, of each all values along the axis.
pub struct SectionValues {
    pub cells: Vec<(u64, u64)>,
    pub values: Buffer,
    pub summary: Summary,
}

impl Weigh for SectionValues {
    fn bytes(&self) -> usize {
        self.values.bytes() + 16 * self.cells.len() + (128 << 10)
    }
}

impl Request for SectionRequest {
    type Output = SectionValues;

    fn describe(&self) -> String {
        "reading along the line".into()
    }
}

pub fn want_section(scene: Scene<'_>, request: &SectionRequest) -> Answer<SectionValues> {
    let (opened, job) = (scene.opened.clone(), request.clone());
    scene.engine.want(request, Priority::Visible, move |cx| section_values(&opened, &job, cx))
}

fn section_values(
    opened: &Opened<CfDataset>,
    job: &SectionRequest,
    cx: &ReadContext,
) -> Result<SectionValues> {
    let of_axis = job.axis.and_then(|axis| job.section.ranges.get(axis));
    let length = of_axis.map_or(1, |range| range.count);
    let mut cells = cells_between(job.from, job.to);
    let most = (VALUES_MAX / length.max(1)).max(2) as usize;
    let step = cells.len().div_ceil(most);
    cells = cells.into_iter().step_by(step.max(1)).collect();
    let length = usize::try_from(length).map_err(|_| ReadError::request("too many values"))?;
    let mut values = vec![f64::NAN; cells.len().saturating_mul(length)];
    let mut is_single = false;
    for run in boxes(&cells, BOX_SIDE) {
        cx.check()?;
        let first = run.start;
        let Some(cells) = cells.get(run) else { continue };
        let part = read_box(opened, job, cells, length, cx)?;
        is_single = part.1;
        for (k, value) in part.0.into_iter().enumerate() {
            if let Some(slot) = values.get_mut(first * length + k) {
                *slot = value;
            }
        }
    }
    let values = match is_single {
        true => Buffer::F32(values.into_iter().map(|value| value as f32).collect()),
        false => Buffer::F64(values),
    };
    let summary = Summary::of(&values);
    Ok(SectionValues { cells, values, summary })
}

/// Of these cells, in their order; and whether they have single precision.
fn read_box(
    opened: &Opened<CfDataset>,
    job: &SectionRequest,
    cells: &[(u64, u64)],
    length: usize,
    cx: &ReadContext,
) -> Result<(Vec<f64>, bool)> {
    let span = |of: fn(&(u64, u64)) -> u64| {
        let low = cells.iter().map(of).min().unwrap_or(0);
        let high = cells.iter().map(of).max().unwrap_or(0);
        Range::new(low, high - low + 1)
    };
    let (x, y) = (span(|cell| cell.0), span(|cell| cell.1));
    let mut section = job.section.clone();
    for (axis, range) in [(job.axes.0, x), (job.axes.1, y)] {
        if let Some(slot) = section.ranges.get_mut(axis) {
            *slot = range;
        }
    }
    let found = read_shown(opened, job.origin, &section, cx)?;
    let steps = steps(&section);
    let step = |axis: usize| steps.get(axis).copied().unwrap_or(0);
    let along = job.axis.map_or(0, step);
    let mut values = Vec::with_capacity(cells.len() * length);
    for cell in cells {
        let first = (cell.0 - x.start) as usize * step(job.axes.0)
            + (cell.1 - y.start) as usize * step(job.axes.1);
        for k in 0..length {
            let at = first + k * along;
            let is_there = at < found.readable;
            let value = with_numbers!(&found.values, v => {
                v.get(at).map(|&value| crate::prep::values::Value::f64(value))
            }, else None);
            values.push(value.filter(|_| is_there).unwrap_or(f64::NAN));
        }
    }
    Ok((values, matches!(found.values, Buffer::F32(_))))
}

/// How far apart neighbours along each axis are in what is read.
fn steps(section: &Section) -> Vec<usize> {
    let mut step = 1usize;
    let mut steps: Vec<usize> = Vec::with_capacity(section.ranges.len());
    for range in section.ranges.iter().rev() {
        steps.push(step);
        step = step.saturating_mul(usize::try_from(range.count).unwrap_or(usize::MAX));
    }
    steps.reverse();
    steps
}

#[cfg(test)]
mod tests {
    use hyperslab_core::VariableId;
    use hyperslab_testkit::bytes::{F32, cdf1};

    use super::*;
    use crate::engine::FileId;
    use crate::views::Masking;
    use crate::views::data::testing::opened;

    #[test]
    fn a_line_over_a_map_gives_the_values_of_its_cells_at_all_times() {
        let value = |t: u64, y: u64, x: u64| (100 * t + 10 * y + x) as f32;
        let all =
            (0..3).flat_map(|t| (0..9).flat_map(move |y| (0..10).map(move |x| value(t, y, x))));
        let file = cdf1()
            .dim("t", 3)
            .dim("y", 9)
            .dim("x", 10)
            .var("v", F32, &["t", "y", "x"])
            .values(all.collect::<Vec<_>>());
        let origin = Origin {
            file: FileId(1),
            generation: 0,
            variable: VariableId(0),
            is_decoded: true,
            as_rate: false,
            as_cells: false,
            masking: Masking::default(),
        };
        let ranges = vec![Range::new(0, 3), Range::one(0), Range::one(0)];
        let job = SectionRequest {
            origin,
            section: Section::new(ranges),
            axes: (2, 1),
            from: (9, 0),
            to: (0, 8),
            axis: Some(0),
        };
        let found = section_values(&opened(&file), &job, &ReadContext::default()).unwrap();
        let expected = found.cells.iter().flat_map(|&(x, y)| (0..3).map(move |t| value(t, y, x)));
        assert_eq!(found.cells.len(), 10);
        assert_eq!(found.values, Buffer::F32(expected.collect()));
    }
}
