//! What views ask the engine for: slices of values, ready to draw.

mod areas;
mod companions;
mod contents;
mod geometry;
mod mask;
mod overview;
mod rates;
mod truncated;

use std::borrow::Cow;

use hyperslab_core::{
    Array, Buffer, ErrorKind, Range, ReadContext, ReadError, Result, Section, VariableId,
    with_numbers,
};

pub use self::areas::{Areas, AreasRequest, areas, want_areas};
pub use self::companions::{SiteRequest, own_site, site_in, want_site};
pub use self::contents::contents;
pub use self::geometry::{GeometryRequest, Located, Site, located, place_words, want_geometry};
pub use self::mask::{MASKS_MAX, Masking, extra_axis, fits, variable_at};
pub use self::overview::{CurveOverview, OverviewRequest, curve_window, want_overview};
pub use self::rates::{read_shown, read_undamaged};
pub use self::truncated::{Readable, read_readable};
use super::cell::{CellText, CellWriter};
use super::{Origin, Scene};
use crate::cf;
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::prep::cell_edges::AxisMap;
use crate::prep::levels::Summary;

/// Most values a picture is made of; of more, every n-th is read until the user zooms in.
const PLANE_VALUES_MAX: u64 = 1 << 24;

/// Most values a curve is made of; of more there is an overview until the user zooms in.
pub const CURVE_VALUES_MAX: u64 = 1 << 22;

/// Slices looked at to find the range of a whole variable, and values looked at in each.
const RANGE_SLICES: u64 = 12;
const RANGE_VALUES_PER_SLICE: u64 = 1 << 16;
/// More positions along an axis are looked at in runs.
const RANGE_POSITIONS: u64 = 1 << 10;

/// Samples that are needed along an axis where not all can be read: more than a screen is wide.
const AXIS_SAMPLES_MAX: u64 = 1 << 12;

/// Values along one or two axes, with what is needed to colour or draw them.
pub struct Slab {
    pub values: Buffer,
    pub summary: Summary,
    pub section: Section,
    /// How many of the values, from the first, are from the file: all, unless it is cut short.
    /// The others are NaN, or 0 where integers are as stored.
    pub readable: usize,
    /// Why not all are.
    pub damage: Option<ReadError>,
    /// Which of stored values a mask hides where they are shown decoded.
    pub hidden: Option<Vec<bool>>,
    /// What the elements stand for, where they are references that stand for something else.
    pub contents: Option<Vec<String>>,
}

impl Slab {
    /// The text of a cell of a table; of what an element stands for, unless it is shown as stored.
    pub fn cell(&self, writer: &CellWriter<'_>, index: usize, column: u64) -> CellText {
        let is_hidden = || self.hidden.as_ref().and_then(|hidden| hidden.get(index).copied());
        if writer.is_decoded() && is_hidden().unwrap_or(false) {
            return CellText::masked();
        }
        let contents = self.contents.as_ref().filter(|_| writer.is_decoded());
        match contents.and_then(|contents| contents.get(index)) {
            Some(text) => CellText { text: text.clone(), is_missing: false },
            None => writer.cell(&self.values, index, column),
        }
    }

    /// The values that are from the file.
    pub fn real_values(&self) -> Cow<'_, Buffer> {
        if self.readable >= self.values.len() {
            return Cow::Borrowed(&self.values);
        }
        let mut values = self.values.clone();
        with_numbers!(&mut values, v => v.truncate(self.readable), else ());
        Cow::Owned(values)
    }
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
        let found = read_shown(&opened, origin, &section, cx)?;
        let summary = found.summary();
        let Readable { values, readable, damage, hidden } = found;
        let contents = contents(&opened, origin.variable, &values, cx);
        Ok(Slab { values, summary, section, readable, damage, hidden, contents })
    })
}

fn decoded(
    opened: &super::Opened<super::CfDataset>,
    variable: VariableId,
    is_decoded: bool,
    stored: Array,
) -> Array {
    let cf = opened.meaning.variable(&opened.dataset, variable);
    let packing = cf.map(|cf| cf.packing(super::fills(opened)));
    match packing {
        Some(packing) if is_decoded => cf::decode_owned(stored, &packing).array,
        _ => stored,
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
        let variable = opened.dataset.variable(origin.variable);
        let shape = variable.map(|variable| variable.shape()).unwrap_or_default();
        let chunks = variable.and_then(|variable| variable.storage.chunks.as_deref());
        let together = chunks.and_then(|chunks| chunks.first()).copied().unwrap_or(1);
        range(&opened, origin, sample_sections(&shape, together), cx)
    })
}

/// Of what can be read: a damaged part is no reason to show nothing.
fn range(
    opened: &super::Opened<super::CfDataset>,
    origin: Origin,
    sections: Vec<Section>,
    cx: &ReadContext,
) -> Result<Summary> {
    let (mut summary, mut failure) = (None, None);
    for section in sections {
        match read_shown(opened, origin, &section, cx) {
            Ok(found) => {
                summary = Some(summary.unwrap_or_else(Summary::default).merge(&found.summary()));
            }
            Err(error) if matches!(error.kind(), ErrorKind::Cancelled | ErrorKind::Changed) => {
                return Err(error);
            }
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    match (summary, failure) {
        (None, Some(error)) => Err(error),
        (summary, _) => Ok(summary.unwrap_or_default()),
    }
}

/// Sections that sample a variable evenly: some positions along its leading axes, and of each
/// plane there every n-th row. Small variables whole. So many positions along the first axis as
/// `together` says are stored together: those are read at once.
fn sample_sections(shape: &[u64], together: u64) -> Vec<Section> {
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
    in_runs(inner, shape, together)
}

/// Sections one by one along the first axis, so that cancelling is prompt. Very many positions
/// along an axis become a few runs of neighbours: reading every thousandth value of a file is
/// reading all of it.
fn in_runs(inner: Section, shape: &[u64], together: u64) -> Vec<Section> {
    let Some(first) = inner.ranges.first().copied() else { return vec![inner] };
    let long = inner.ranges.iter().position(|r| r.stride > 1 && r.count > RANGE_POSITIONS);
    let with = |section: &Section, axis: usize, range: Range| {
        let mut section = section.clone();
        if let Some(old) = section.ranges.get_mut(axis) {
            *old = range;
        }
        section
    };
    let rows = match long {
        Some(0) => vec![inner.clone()],
        _ => blocks(first, together).map(|rows| with(&inner, 0, rows)).collect(),
    };
    let Some((axis, &length)) = long.and_then(|axis| Some((axis, shape.get(axis)?))) else {
        return rows;
    };
    let runs = (64 / rows.len().max(1) as u64).max(8);
    let count = inner.ranges.get(axis).map_or(0, |range| range.count) / runs;
    let apart = length / runs;
    let start = |k: u64| k * apart + (apart - count.min(apart)) / 2;
    let run = |row: &Section, k: u64| with(row, axis, Range::new(start(k), count.min(apart)));
    rows.iter().flat_map(|row| (0..runs).map(move |k| run(row, k))).collect()
}

/// A range in pieces that do not reach over the borders of blocks.
fn blocks(range: Range, block: u64) -> impl Iterator<Item = Range> {
    let block_of = move |k: u64| range.index(k) / block.max(1);
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = (from < range.count).then_some(from)?;
        let mut end = start + 1;
        while end < range.count && block_of(end) == block_of(start) {
            end += 1;
        }
        from = end;
        Some(Range::strided(range.index(start), end - start, range.stride))
    })
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
    let is_thinned = visible > PLANE_VALUES_MAX;
    // Each axis by itself: of a billion by three values, only one has too many. Powers of two,
    // so that nearby windows are read alike.
    let stride = |cells: &std::ops::Range<usize>| match is_thinned {
        true => (cells.len() as u64).div_ceil(AXIS_SAMPLES_MAX).max(1).next_power_of_two(),
        false => 1,
    };
    part.strides = (stride(&columns), stride(&rows));
    for (axis, map, cells, stride) in [
        (x_axis, &mut part.x, columns, part.strides.0),
        (y_axis, &mut part.y, rows, part.strides.1),
    ] {
        let cells = widened(cells, stride, map.len());
        if let Some(range) = part.section.ranges.get_mut(axis) {
            *range =
                Range::strided(cells.start, (cells.end - cells.start).div_ceil(stride), stride);
        }
        *map = cells_of(map, cells, stride);
    }
    part
}

/// Whole blocks, so that panning a little finds what was read: by less than half as much again.
fn widened(cells: std::ops::Range<usize>, stride: u64, len: usize) -> std::ops::Range<u64> {
    let samples = (cells.len() as u64).div_ceil(stride).max(1);
    let block = (samples.next_power_of_two() / 8).clamp(1, 1024).saturating_mul(stride);
    let start = cells.start as u64 / block * block;
    let end = (cells.end as u64).div_ceil(block).saturating_mul(block).min(len as u64);
    start..end.max(start)
}

/// The axis of every `stride`-th of these cells.
pub fn cells_of(map: &AxisMap, cells: std::ops::Range<u64>, stride: u64) -> AxisMap {
    let count = (cells.end - cells.start).div_ceil(stride) as usize;
    let (first, step) = match map {
        AxisMap::Index { .. } => (0.0, 1.0),
        AxisMap::Regular { first, step, .. } => (*first, *step),
        AxisMap::Edges { .. } => {
            let (start, end, step_by) = (cells.start as usize, cells.end as usize, stride as usize);
            let indices = || (start..end).step_by(step_by);
            let centers: Vec<f64> = indices().filter_map(|i| map.center(i)).collect();
            let ends = |i: usize| [map.edge(i), map.edge((i + step_by).min(end))];
            let bounds: Vec<f64> = indices().flat_map(ends).flatten().collect();
            return AxisMap::new(&centers, Some(&bounds));
        }
    };
    // A value stands for the whole block of cells that begins with it.
    let middle = cells.start as f64 + (stride - 1) as f64 / 2.0;
    AxisMap::Regular { first: first + middle * step, step: step * stride as f64, count }
}

#[cfg(test)]
pub mod testing {
    use std::sync::Arc;

    use hyperslab_core::{Dataset, GroupId, MemorySource, ReadContext};
    use hyperslab_testkit::bytes::CdfBuilder;

    use crate::cf::CfDataset;
    use crate::engine::store::Opened;

    /// A file in memory, as a view finds it.
    pub fn opened(file: &CdfBuilder) -> Opened<CfDataset> {
        let cx = ReadContext::default();
        let source = Arc::new(MemorySource::new(file.bytes()));
        let file = hyperslab_all::OpenFile::from_source("a.nc", source, Some("nc"), &cx).unwrap();
        let mut dataset = Dataset::default();
        dataset.graft(GroupId::ROOT, file.list(GroupId::ROOT, &cx).unwrap()).unwrap();
        let meaning = CfDataset::of(&dataset);
        Opened { file: Arc::new(file), dataset, meaning, is_complete: true }
    }
}

#[cfg(test)]
mod tests {
    use hyperslab_testkit::bytes::{F32, cdf1};

    use super::*;
    use crate::engine::FileId;

    #[test]
    fn a_large_variable_is_sampled_everywhere_but_never_whole() {
        for shape in [
            vec![200, 500, 500],
            vec![60, 721, 1440],
            vec![1 << 40],
            vec![3, 1 << 20, 1 << 20],
            vec![20_000, 20_000],
            vec![3, 1_000_000_000],
            vec![1_000_000_000, 3],
        ] {
            let sections = sample_sections(&shape, 1);
            let values: u64 = sections.iter().map(Section::element_count).sum();
            assert!(sections.iter().all(|section| section.check(&shape).is_ok()), "{shape:?}");
            assert!((1_000..=4_000_000).contains(&values), "{shape:?}: {values} values");
            assert!((2..2000).contains(&sections.len()), "{shape:?}: {}", sections.len());
        }
    }

    #[test]
    fn what_is_stored_together_is_looked_at_at_once() {
        assert_eq!(sample_sections(&[3500, 7000], 3500).len(), 1);
        let sections = sample_sections(&[3500, 7000], 1000);
        assert_eq!(sections.len(), 4);
        let rows: u64 = sections.iter().map(|section| section.ranges[0].count).sum();
        assert_eq!(rows as usize, sample_sections(&[3500, 7000], 1).len());
        assert!(sections.iter().all(|section| section.check(&[3500, 7000]).is_ok()));
    }

    #[test]
    fn a_small_variable_is_looked_at_whole() {
        assert_eq!(sample_sections(&[4, 5], 1), [Section::all(&[4, 5])]);
        assert_eq!(sample_sections(&[], 1), [Section::all(&[])]);
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
    fn each_axis_of_a_huge_plane_is_thinned_as_it_needs() {
        let (x, y) = (AxisMap::index(1_000_000_000), AxisMap::index(3));
        let shape = [3, 1_000_000_000];
        let all = plane_part(&Section::all(&shape), (1, &x), (0, &y), (x.range(), y.range()));
        assert_eq!(all.strides, (1 << 18, 1));
        assert_eq!(all.section.ranges[0], Range::new(0, 3));
        assert!(all.section.ranges[1].count > 2000);
        assert!(all.section.check(&shape).is_ok());
        // Few rows are not widened to many.
        let (x, y) = (AxisMap::index(5_000_000), AxisMap::index(5_000));
        let window = (x.range(), (7.0, 8.0));
        let rows = plane_part(&Section::all(&[5_000, 5_000_000]), (1, &x), (0, &y), window);
        assert_eq!(rows.strides, (1, 1));
        assert!(rows.section.element_count() <= 2 * PLANE_VALUES_MAX);
        // Also with coordinates of unequal steps.
        let x =
            AxisMap::from_centers(&(0..60_000).map(|i| f64::from(i).powf(1.5)).collect::<Vec<_>>());
        let y = AxisMap::index(1_000_000_000);
        let shape = [1_000_000_000, 60_000];
        let all = plane_part(&Section::all(&shape), (1, &x), (0, &y), (x.range(), y.range()));
        assert!(all.section.check(&shape).is_ok());
        assert_eq!(all.x.len() as u64, all.section.ranges[1].count);
        assert_eq!(all.y.len() as u64, all.section.ranges[0].count);
    }

    #[test]
    fn the_range_is_that_of_what_can_be_read() {
        let values: Vec<f32> = (0..1000).map(|i| i as f32).collect();
        let file = cdf1().dim("y", 10).dim("x", 100).var("v", F32, &["y", "x"]).values(values);
        let opened = testing::opened(&file.clone().cut(4 * 400));
        let origin = Origin {
            file: FileId(1),
            generation: 0,
            variable: VariableId(0),
            is_decoded: true,
            as_rate: false,
            as_cells: false,
            masking: Masking::default(),
        };
        let cx = ReadContext::default();
        let rows = |rows: [u64; 2]| {
            rows.map(|y| Section::new([Range::one(y), Range::new(0, 100)])).to_vec()
        };
        let extent = |sections| range(&opened, origin, sections, &cx).map(|found| found.extent);
        assert_eq!(extent(rows([5, 6])).unwrap(), Some((500.0, 599.0)));
        assert_eq!(extent(rows([9, 2])).unwrap(), Some((200.0, 299.0)));
        assert_eq!(extent(vec![Section::all(&[10, 100])]).unwrap(), Some((0.0, 599.0)));
        assert_eq!(extent(rows([8, 9])).unwrap_err().kind(), ErrorKind::Truncated);
    }

    #[test]
    fn an_ordinary_plane_is_read_whole() {
        let (x, y) = (AxisMap::index(500), AxisMap::index(400));
        let section = Section::new([Range::one(3), Range::new(0, 400), Range::new(0, 500)]);
        let part = plane_part(&section, (2, &x), (1, &y), ((3.0, 5.0), (1.0, 2.0)));
        assert_eq!((part.section, part.strides), (section, (1, 1)));
    }
}
