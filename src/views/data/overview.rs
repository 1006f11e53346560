//! Curves of too many values to hold: an overview of all of them, and the visible part in full.

use hyperslab_core::{Progress, Range, ReadContext, ReadError, Result, Section};

use super::{CURVE_VALUES_MAX, cells_of, read_shown};
use crate::cf::CfDataset;
use crate::engine::store::Opened;
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::prep::cell_edges::AxisMap;
use crate::prep::overview::Overview;
use crate::views::{Origin, Scene};

/// Values that are read for an overview. Of longer curves every block is looked at in part.
const OVERVIEW_VALUES_MAX: u64 = 1 << 30;

/// Values of one read: cancelling waits no longer than it takes.
const READ_VALUES: u64 = 1 << 20;

/// The whole of a long curve.
#[derive(Debug)]
pub struct CurveOverview {
    pub overview: Overview,
    /// One value in so many was looked at.
    pub share: u64,
    /// Values before the place where the file is cut, and the error there.
    pub readable: u64,
    pub damage: Option<ReadError>,
}

impl Weigh for CurveOverview {
    fn bytes(&self) -> usize {
        self.overview.block_count() * 40
    }
}

/// `section` is that of the whole curve, along `axis`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OverviewRequest {
    pub origin: Origin,
    pub section: Section,
    pub axis: usize,
}

impl Request for OverviewRequest {
    type Output = CurveOverview;

    fn describe(&self) -> String {
        "reading the whole curve".into()
    }
}

pub fn want_overview(scene: Scene<'_>, request: &OverviewRequest) -> Answer<CurveOverview> {
    let opened = scene.opened.clone();
    let job = request.clone();
    scene.engine.want(request, Priority::Visible, move |cx| overview(&opened, &job, cx))
}

fn overview(
    opened: &Opened<CfDataset>,
    request: &OverviewRequest,
    cx: &ReadContext,
) -> Result<CurveOverview> {
    let count = request.section.ranges.get(request.axis).map_or(0, |range| range.count);
    overview_of(count, OVERVIEW_VALUES_MAX, cx, |range, quiet| {
        let mut section = request.section.clone();
        if let Some(along) = section.ranges.get_mut(request.axis) {
            *along = Range::strided(along.index(range.start), range.count, along.stride);
        }
        read_shown(opened, request.origin, &section, quiet)
    })
}

fn overview_of(
    count: u64,
    most: u64,
    cx: &ReadContext,
    read: impl Fn(Range, &ReadContext) -> Result<super::Readable>,
) -> Result<CurveOverview> {
    let mut overview = Overview::new(count);
    let share = count.div_ceil(most).max(1);
    // Each read would announce its own bytes: the fraction is that of all of them.
    let mut quiet = cx.clone();
    quiet.progress = Progress::default();
    cx.progress.expect(count / share);
    let (mut readable, mut damage) = (count, None);
    for range in looked_at(count, overview.block_len(), share) {
        let part = match read(range, &quiet) {
            Ok(part) => part,
            Err(error) if damage_begins(&error) && range.start > 0 => {
                (readable, damage) = (range.start, Some(error));
                break;
            }
            Err(error) => return Err(error),
        };
        let mut values = part.values;
        if part.damage.is_some() {
            truncate(&mut values, part.readable);
        }
        overview.add(range.start, &values);
        cx.advance(range.count)?;
        if part.damage.is_some() {
            (readable, damage) = (range.start + part.readable as u64, part.damage);
            break;
        }
    }
    Ok(CurveOverview { overview, share, readable, damage })
}

fn damage_begins(error: &ReadError) -> bool {
    error.kind() == hyperslab_core::ErrorKind::Truncated
}

fn truncate(values: &mut hyperslab_core::Buffer, len: usize) {
    hyperslab_core::with_numbers!(values, v => v.truncate(len), else ());
}

/// All of the curve piece by piece, or the first part of each block.
fn looked_at(count: u64, block_len: u64, share: u64) -> impl Iterator<Item = Range> {
    let (step, part) = if share == 1 {
        (READ_VALUES, READ_VALUES)
    } else {
        (block_len, (block_len / share).max(1))
    };
    let blocks = (0..count.div_ceil(step)).map(move |k| k * step);
    blocks.flat_map(move |start| {
        let end = start.saturating_add(part).min(count);
        (0..(end - start).div_ceil(READ_VALUES)).map(move |k| {
            let from = start + k * READ_VALUES;
            Range::new(from, READ_VALUES.min(end - from))
        })
    })
}

/// A part of a curve: its section, where it lies, and the index of its first value.
pub struct CurveWindow {
    pub section: Section,
    pub map: AxisMap,
    pub first: u64,
}

/// What to read to draw the visible part of a long curve in full; `None` while too much of it
/// is visible. It reaches beyond what is visible, so that moving finds it again.
pub fn curve_window(
    section: &Section,
    axis: usize,
    map: &AxisMap,
    (low, high): (f64, f64),
) -> Option<CurveWindow> {
    let cells = map.indices_between(low, high);
    let visible = cells.len() as u64;
    if visible == 0 || visible > CURVE_VALUES_MAX {
        return None;
    }
    let block = visible.next_power_of_two().max(1 << 16);
    let start = cells.start as u64 / block * block;
    let end = (cells.end as u64).div_ceil(block).saturating_mul(block).min(map.len() as u64);
    let mut window = section.clone();
    let along = window.ranges.get_mut(axis)?;
    *along = Range::strided(along.index(start), end - start, along.stride);
    let map = cells_of(map, start..end, 1);
    Some(CurveWindow { section: window, map, first: start })
}

#[cfg(test)]
mod tests {
    use hyperslab_core::{Buffer, VariableId};
    use hyperslab_testkit::bytes::{F32, I16, cdf2};

    use super::*;
    use crate::engine::FileId;
    use crate::views::data::testing::opened;

    fn request(count: u64) -> OverviewRequest {
        let origin = Origin {
            file: FileId(1),
            generation: 0,
            variable: VariableId(0),
            is_decoded: true,
            as_rate: false,
            as_cells: false,
            masking: Default::default(),
        };
        OverviewRequest { origin, section: Section::all(&[count]), axis: 0 }
    }

    #[test]
    fn one_value_that_sticks_out_is_in_the_overview_of_a_long_curve() {
        let mut values = vec![1.0f32; 10_000_001];
        values[7_777_777] = -50.0;
        let file = cdf2().dim("t", 10_000_001).var("v", F32, &["t"]).values(values);
        let cx = ReadContext::default();
        let found = overview(&opened(&file), &request(10_000_001), &cx).unwrap();
        assert_eq!((found.share, found.readable), (1, 10_000_001));
        assert_eq!(found.overview.extent(), Some((-50.0, 1.0)));
        assert_eq!(found.overview.at(7_777_777).unwrap().low, (7_777_777, -50.0));
        assert_eq!(cx.progress.fraction(), Some(1.0));
    }

    #[test]
    fn a_long_curve_that_is_cut_short_is_shown_up_to_there() {
        let values = vec![3i16; 5_000_000];
        let file = cdf2().dim("t", 5_000_000).var("v", I16, &["t"]).values(values);
        let file = file.cut(2 * 1_500_000);
        let found = overview(&opened(&file), &request(5_000_000), &ReadContext::default()).unwrap();
        assert_eq!(found.readable, 3_500_000);
        assert!(found.damage.is_some());
        assert_eq!(found.overview.extent(), Some((3.0, 3.0)));
        assert_eq!(found.overview.at(4_000_000), None);
        let none = cdf2().dim("t", 5_000_000).var("v", I16, &["t"]).cut(10_000_000);
        assert!(overview(&opened(&none), &request(5_000_000), &ReadContext::default()).is_err());
    }

    #[test]
    fn of_what_is_far_too_long_a_part_of_every_block_is_looked_at() {
        let (count, most) = (1 << 24, 1 << 20);
        let found = overview_of(count, most, &ReadContext::default(), |range, _| {
            let values = vec![range.start as f64; range.count as usize];
            let readable = values.len();
            Ok(super::super::Readable {
                values: Buffer::F64(values),
                readable,
                damage: None,
                hidden: None,
            })
        });
        let found = found.unwrap();
        assert_eq!(found.share, 16);
        assert!(found.overview.points().1.iter().all(|value| value.is_finite()));
        let looked_at: u64 = looked_at(count, 1024, 16).map(|range| range.count).sum();
        assert_eq!(looked_at, most);
    }

    #[test]
    fn a_cancelled_overview_stops() {
        let cx = ReadContext::default();
        cx.cancel.cancel();
        let file = cdf2().dim("t", 5_000_000).var("v", I16, &["t"]);
        assert!(overview(&opened(&file), &request(5_000_000), &cx).unwrap_err().is_cancelled());
    }

    #[test]
    fn zoomed_in_all_values_are_read_and_moving_a_little_finds_them_again() {
        let map = AxisMap::index(100_000_000);
        let section = Section::all(&[100_000_000]);
        assert!(curve_window(&section, 0, &map, map.range()).is_none());
        let near = curve_window(&section, 0, &map, (5_000_000.0, 6_000_000.0)).unwrap();
        assert!(near.section.element_count() <= 2 * CURVE_VALUES_MAX);
        assert!(near.section.check(&[100_000_000]).is_ok());
        assert_eq!(near.map.index_at(5_000_000.0), Some((5_000_000 - near.first) as usize));
        assert_eq!(near.map.len() as u64, near.section.element_count());
        let moved = curve_window(&section, 0, &map, (5_100_000.0, 6_100_000.0)).unwrap();
        assert_eq!(moved.section, near.section);
        let end = curve_window(&section, 0, &map, (99_999_990.0, 2e8)).unwrap();
        assert!(end.section.check(&[100_000_000]).is_ok());
        assert!(curve_window(&section, 0, &map, (2e8, 3e8)).is_none());
    }
}
