//! What is read and worked out for the statistics of a slice, on a worker.

use std::sync::Arc;

use hyperslab_core::{Range, ReadError, Result, Section};

use crate::cf::AxisRole;
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::prep::slice::Slice;
use crate::prep::slice_stats::{SliceStats, Weights};
use crate::views::axis::want_axis;
use crate::views::data::{Areas, own_site, read_shown, want_areas};
use crate::views::{Origin, Scene, VariableState};

/// More values are for a reduction, which streams them.
const VALUES_MAX: u64 = 1 << 25;

/// Cells whose areas are worked out.
const AREAS_MAX: u64 = 1 << 23;

/// The numbers of a slice.
pub struct Told {
    pub found: SliceStats,
    pub section: Section,
    /// Where the weights come from, for people.
    pub weighted_by: String,
}

impl Weigh for Told {
    fn bytes(&self) -> usize {
        8 * self.found.histogram.counts.len() + 1024
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct StatisticsRequest {
    origin: Origin,
    section: Section,
    weighted_by: Option<String>,
}

impl Request for StatisticsRequest {
    type Output = Told;

    fn describe(&self) -> String {
        "working out statistics".into()
    }
}

pub fn want_statistics(
    scene: Scene<'_>,
    state: &VariableState,
    slice: &Slice,
    is_decoded: bool,
) -> Answer<Told> {
    let section = slice.section.clone();
    let count = section.element_count();
    if count > VALUES_MAX {
        let words = format!("{count} values are shown: too many to go through for every slice");
        return Answer::Failed(ReadError::request(words));
    }
    let weights = match weights(scene, state, &section) {
        Answer::Ready(weights) => weights,
        Answer::Pending(progress) => return Answer::Pending(progress),
        // Areas that cannot be had are no reason to tell nothing.
        Answer::Failed(_) => Arc::new(None),
    };
    let weighted_by = weights.as_ref().as_ref().map(|weights| weights.source.clone());
    let origin = scene.origin(is_decoded);
    let request = StatisticsRequest { origin, section: section.clone(), weighted_by };
    let (opened, job) = (scene.opened.clone(), request.clone());
    scene.engine.want(&request, Priority::Visible, move |cx| {
        let found = read_shown(&opened, origin, &section, cx)?;
        cx.check()?;
        let counts = counts(&section)?;
        let mut values = found.values;
        if found.readable < values.len() {
            hyperslab_core::with_numbers!(&mut values, v => v.truncate(found.readable), else ());
        }
        let weights = weights.as_ref().as_ref().map(OfSection::weights);
        let found = SliceStats::of(&values, &counts, weights, &|| cx.check().is_err());
        let found = found.ok_or_else(ReadError::cancelled)?;
        let weighted_by = job.weighted_by.unwrap_or_default();
        Ok(Told { found, section, weighted_by })
    })
}

fn counts(section: &Section) -> Result<Vec<usize>> {
    let count = |range: &Range| {
        usize::try_from(range.count).map_err(|_| ReadError::request("too many values"))
    };
    section.ranges.iter().map(count).collect()
}

/// Relative areas of the cells of a section.
struct OfSection {
    values: Values,
    /// For neighbours along each axis of the section.
    steps: Vec<usize>,
    source: String,
}

enum Values {
    /// Of the engine's cache: too many to be copied in a frame.
    OfCells(Arc<Option<Areas>>),
    OfLatitudes(Vec<f64>),
}

impl OfSection {
    fn weights(&self) -> Weights<'_> {
        let values = match &self.values {
            Values::OfCells(areas) => areas.as_ref().as_ref().map_or(&[][..], |a| &a.weights),
            Values::OfLatitudes(values) => values,
        };
        Weights { values, steps: &self.steps }
    }
}

/// Of the cells where the whole of their plane is shown, else by the latitudes that lie along an
/// axis; `None` where the slice has no extent on the Earth.
fn weights(
    scene: Scene<'_>,
    state: &VariableState,
    section: &Section,
) -> Answer<Option<OfSection>> {
    let is_shown = |axis: usize| section.ranges.get(axis).is_some_and(|range| range.count > 1);
    let rank = section.ranges.len();
    if let Some(site) = own_site(scene).filter(|_| section.element_count() <= AREAS_MAX) {
        let found = match want_areas(scene, &site, section, Priority::Visible) {
            Answer::Ready(areas) => areas,
            Answer::Pending(progress) => return Answer::Pending(progress),
            Answer::Failed(error) => return Answer::Failed(error),
        };
        if let Some(areas) = found.as_ref().as_ref()
            && areas.axes.iter().any(|axis| is_shown(*axis))
        {
            let steps = steps(rank, &areas.axes, section);
            let source = areas.source.clone();
            let values = Values::OfCells(found.clone());
            return Answer::Ready(Arc::new(Some(OfSection { values, steps, source })));
        }
    }
    let axes = scene.cf().map(|cf| cf.axes()).unwrap_or_default();
    let latitude = axes.iter().find(|axis| axis.role == AxisRole::Latitude && is_shown(axis.index));
    let Some(axis) = latitude.filter(|axis| axis.coordinate.is_some()).map(|axis| axis.index)
    else {
        return Answer::Ready(Arc::new(None));
    };
    let info = match want_axis(scene, axis, state) {
        Answer::Ready(info) => info,
        Answer::Pending(progress) => return Answer::Pending(progress),
        Answer::Failed(error) => return Answer::Failed(error),
    };
    let sine = |lat: f64| lat.clamp(-90.0, 90.0).to_radians().sin();
    let range = section.ranges.get(axis).copied().unwrap_or(Range::one(0));
    let area = |k: u64| {
        let (from, to) = info.map.edges(usize::try_from(range.index(k)).ok()?)?;
        Some((sine(to) - sine(from)).abs())
    };
    let values = Values::OfLatitudes((0..range.count).map(|k| area(k).unwrap_or(0.0)).collect());
    let source = format!("areas by {}", info.title);
    let weights = OfSection { values, steps: steps(rank, &[axis], section), source };
    Answer::Ready(Arc::new(Some(weights)))
}

/// Along each axis of the section, for weights that lie along `axes` in this order.
fn steps(rank: usize, axes: &[usize], section: &Section) -> Vec<usize> {
    let mut steps = vec![0; rank];
    let mut step = 1usize;
    for &axis in axes.iter().rev() {
        let count = section.ranges.get(axis).map_or(1, |range| range.count);
        if let Some(slot) = steps.get_mut(axis) {
            *slot = step;
        }
        step = step.saturating_mul(usize::try_from(count).unwrap_or(usize::MAX));
    }
    steps
}
