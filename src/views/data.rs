//! What views ask the engine for: slices of values, ready to draw.

use hyperslab_core::{Array, Buffer, Range, ReadContext, ReadError, Result, Section};

use super::axis::AxisInfo;
use super::{Origin, Scene};
use crate::cf::{self, Fills, Packing};
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::prep::cell_edges::AxisMap;
use crate::prep::levels::Summary;

/// Most values a picture is made of; of more, every n-th is read until the user zooms in.
const PLANE_VALUES_MAX: u64 = 1 << 24;

/// Most values a curve is made of.
const CURVE_VALUES_MAX: u64 = 1 << 22;

/// Slices looked at to find the range of a whole variable, and values looked at in each.
const RANGE_SLICES: u64 = 12;
const RANGE_VALUES_PER_SLICE: u64 = 1 << 16;

/// Values along one or two axes, with what is needed to colour or draw them.
pub struct Slab {
    pub values: Buffer,
    pub summary: Summary,
    pub section: Section,
    /// So many values, from the first on, are those of the file; the rest lies beyond damage.
    pub readable: usize,
    /// Why the rest is not there.
    pub damage: Option<ReadError>,
}

impl Weigh for Slab {
    fn bytes(&self) -> usize {
        // Of the summary's sample: 16 Ki values.
        self.values.bytes() + (128 << 10)
    }
}

/// The values of a section, decoded or stored.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SlabRequest {
    pub origin: Origin,
    pub section: Section,
}

impl Request for SlabRequest {
    type Output = Slab;

    fn describe(&self) -> String {
        "reading values".into()
    }
}

pub fn want_slab(scene: Scene<'_>, request: &SlabRequest, priority: Priority) -> Answer<Slab> {
    let opened = scene.opened.clone();
    let SlabRequest { origin, section } = request.clone();
    scene.engine.want(request, priority, move |cx| {
        let array = read(&opened, origin, &section, cx)?;
        let summary = Summary::of(&array.values);
        let readable = array.len();
        Ok(Slab { values: array.values, summary, section, readable, damage: None })
    })
}

/// Reads a section and, where wanted, applies scale, offset and missing values.
pub fn read(
    opened: &super::Opened<super::CfDataset>,
    origin: Origin,
    section: &Section,
    cx: &ReadContext,
) -> Result<Array> {
    let stored = opened.file.read(origin.variable, section, cx)?;
    let packing =
        opened.dataset.variable(origin.variable).map(|v| Packing::of(v, Fills::DeclaredOrDefault));
    match packing {
        Some(packing) if origin.is_decoded => Ok(cf::decode_owned(stored, &packing).array),
        _ => Ok(stored),
    }
}

/// The least and greatest of a whole variable, from evenly spread slices.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RangeRequest {
    pub origin: Origin,
}

impl Request for RangeRequest {
    type Output = Summary;

    fn describe(&self) -> String {
        "finding the range".into()
    }
}

impl Weigh for Summary {
    fn bytes(&self) -> usize {
        128 << 10
    }
}

pub fn want_range(scene: Scene<'_>, origin: Origin) -> Answer<Summary> {
    let opened = scene.opened.clone();
    scene.engine.want(&RangeRequest { origin }, Priority::Visible, move |cx| {
        let shape = opened.dataset.variable(origin.variable).map(|v| v.shape()).unwrap_or_default();
        let mut summary = Summary::default();
        for section in sample_sections(&shape) {
            let array = read(&opened, origin, &section, cx)?;
            summary = summary.merge(&Summary::of(&array.values));
        }
        Ok(summary)
    })
}

/// Sections that sample a variable evenly: some positions along its leading axes, and of each
/// plane there every n-th row. Small variables whole.
fn sample_sections(shape: &[u64]) -> Vec<Section> {
    let total = shape.iter().fold(1u64, |n, &len| n.saturating_mul(len));
    if total <= RANGE_SLICES * RANGE_VALUES_PER_SLICE {
        return vec![Section::all(shape)];
    }
    let mut inner = Section::all(shape);
    let mut values = total;
    let mut leading = 1u64;
    // Thin out from the slowest axis on, but keep the slices apart along it.
    for (axis, &len) in shape.iter().enumerate() {
        let wanted = if leading < RANGE_SLICES { RANGE_SLICES / leading } else { 1 };
        let excess = values.div_ceil(RANGE_SLICES * RANGE_VALUES_PER_SLICE);
        if excess <= 1 {
            break;
        }
        let stride = excess.min((len / wanted.max(1)).max(1));
        let start = (len - 1) % stride / 2;
        let count = (len - 1 - start) / stride + 1;
        if let Some(range) = inner.ranges.get_mut(axis) {
            *range = Range::strided(start, count, stride);
        }
        leading = leading.saturating_mul(count);
        values = values.div_ceil(stride);
    }
    // One section for each position along the first axis, so that cancelling is prompt.
    let Some(first) = inner.ranges.first().copied() else { return vec![inner] };
    (0..first.count)
        .map(|k| {
            let mut section = inner.clone();
            if let Some(range) = section.ranges.first_mut() {
                *range = Range::one(first.index(k));
            }
            section
        })
        .collect()
}

/// The part of a plane to read for a visible window: all of it where that is affordable, else
/// the visible cells, thinned out to what is affordable. With it, the axes of what is read.
pub struct PlanePart {
    pub section: Section,
    pub x: AxisMap,
    pub y: AxisMap,
    /// Every n-th value is read, along x and y.
    pub strides: (u64, u64),
}

/// `x` and `y` are the axes of the whole plane `section`; `window` is what is visible of them.
pub fn plane_part(
    section: &Section,
    (x_axis, x): (usize, &AxisMap),
    (y_axis, y): (usize, &AxisMap),
    window: ((f64, f64), (f64, f64)),
) -> PlanePart {
    let whole = PlanePart { section: section.clone(), x: x.clone(), y: y.clone(), strides: (1, 1) };
    if section.element_count() <= PLANE_VALUES_MAX {
        return whole;
    }
    let mut part = whole;
    let columns = x.indices_between(window.0.0, window.0.1);
    let rows = y.indices_between(window.1.0, window.1.1);
    let visible = (columns.len() as u64).saturating_mul(rows.len() as u64);
    // The same thinning for nearby windows, so that panning finds what was read.
    let excess = visible.div_ceil(PLANE_VALUES_MAX).max(1);
    let stride = (excess as f64).sqrt().ceil().max(1.0) as u64;
    let stride = stride.next_power_of_two();
    for (axis, map, cells) in [(x_axis, &mut part.x, columns), (y_axis, &mut part.y, rows)] {
        let (start, count, thinned) = thinned_axis(map, cells, stride);
        if let Some(range) = part.section.ranges.get_mut(axis) {
            *range = Range::strided(start, count, stride);
        }
        *map = thinned;
    }
    part.strides = (stride, stride);
    part
}

/// Every `stride`-th cell of `cells`, widened to whole blocks of 1024 cells.
fn thinned_axis(map: &AxisMap, cells: std::ops::Range<usize>, stride: u64) -> (u64, u64, AxisMap) {
    let block = 1024 * stride as usize;
    let start = cells.start / block * block;
    let end = (cells.end.div_ceil(block) * block).min(map.len());
    let (step_by, count) = (stride as usize, (end - start).div_ceil(stride as usize));
    let (first, step) = match map {
        AxisMap::Index { .. } => (0.0, 1.0),
        AxisMap::Regular { first, step, .. } => (*first, *step),
        AxisMap::Edges { .. } => {
            let indices = || (start..end).step_by(step_by);
            let centers: Vec<f64> = indices().filter_map(|i| map.center(i)).collect();
            let ends = |i: usize| [map.edge(i), map.edge((i + step_by).min(end))];
            let bounds: Vec<f64> = indices().flat_map(ends).flatten().collect();
            return (start as u64, count as u64, AxisMap::new(&centers, Some(&bounds)));
        }
    };
    // A value stands for the whole block of cells that begins with it.
    let middle = start as f64 + (stride - 1) as f64 / 2.0;
    let thinned =
        AxisMap::Regular { first: first + middle * step, step: step * stride as f64, count };
    (start as u64, count as u64, thinned)
}

/// The section of a curve, thinned out where it has too many values; with its x axis.
pub fn curve_part(section: &Section, axis: usize, info: &AxisInfo) -> (Section, AxisMap, u64) {
    let count = section.element_count();
    let stride = count.div_ceil(CURVE_VALUES_MAX).max(1);
    if stride == 1 {
        return (section.clone(), info.map.clone(), 1);
    }
    let (start, count, map) = thinned_axis(&info.map, 0..info.map.len(), stride);
    let mut thinned = section.clone();
    if let Some(range) = thinned.ranges.get_mut(axis) {
        *range = Range::strided(start, count, stride);
    }
    (thinned, map, stride)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_variable_is_sampled_everywhere_but_never_whole() {
        for shape in [
            vec![200, 500, 500],
            vec![60, 721, 1440],
            vec![1 << 40],
            vec![3, 1 << 20, 1 << 20],
            vec![20_000, 20_000],
        ] {
            let sections = sample_sections(&shape);
            let values: u64 = sections.iter().map(Section::element_count).sum();
            assert!(sections.iter().all(|section| section.check(&shape).is_ok()), "{shape:?}");
            assert!((1_000..=4_000_000).contains(&values), "{shape:?}: {values} values");
            assert!(sections.len() > 1);
        }
    }

    #[test]
    fn a_small_variable_is_looked_at_whole() {
        assert_eq!(sample_sections(&[4, 5]), [Section::all(&[4, 5])]);
        assert_eq!(sample_sections(&[]), [Section::all(&[])]);
    }

    #[test]
    fn a_huge_plane_is_thinned_out_until_one_zooms_in() {
        let (x, y) = (AxisMap::index(100_000), AxisMap::index(100_000));
        let section = Section::all(&[100_000, 100_000]);
        let all = plane_part(&section, (1, &x), (0, &y), (x.range(), y.range()));
        assert!(all.section.element_count() <= PLANE_VALUES_MAX && all.strides.0 > 1);
        assert!(all.section.check(&[100_000, 100_000]).is_ok());
        assert_eq!(all.x.len() as u64, all.section.ranges[1].count);
        assert!((all.x.range().1 - x.range().1).abs() < 1.0);
        let near = plane_part(&section, (1, &x), (0, &y), ((500.0, 900.0), (99_000.0, 99_500.0)));
        assert_eq!(near.strides, (1, 1));
        assert!(near.y.index_at(99_200.0).is_some());
    }

    #[test]
    fn an_ordinary_plane_is_read_whole() {
        let (x, y) = (AxisMap::index(500), AxisMap::index(400));
        let section = Section::new([Range::one(3), Range::new(0, 400), Range::new(0, 500)]);
        let part = plane_part(&section, (2, &x), (1, &y), ((3.0, 5.0), (1.0, 2.0)));
        assert_eq!((part.section, part.strides), (section, (1, 1)));
    }
}
