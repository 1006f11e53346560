//! A curve: what it is drawn from, and the points it is drawn with.

use std::sync::Arc;

use egui::{Color32, Ui};
use hyperslab_core::{ReadError, Section};

use super::values::Extent;
use crate::cf::Conversion;
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::prep::cell_edges::AxisMap;
use crate::prep::line::{Polylines, XAxis, min_max_columns, min_max_columns_of};
use crate::views::axis::AxisInfo;
use crate::views::coordinates::Along;
use crate::views::data::{
    CURVE_VALUES_MAX, CurveOverview, OverviewRequest, Slab, SlabRequest, curve_window,
    want_overview, want_slab,
};
use crate::views::{Origin, Scene};

/// A curve that stays when the slice moves on.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    pub origin: Origin,
    pub section: Section,
    pub axis: usize,
    pub label: String,
}

impl Weigh for Polylines {
    fn bytes(&self) -> usize {
        self.segments.iter().map(|segment| segment.len() * 16 + 24).sum()
    }
}

/// The points of a curve in a range of x, thinned to a number of pixel columns.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct PolylinesRequest {
    slab: SlabRequest,
    axis: usize,
    along: Along,
    converted_to: Option<AxisKey>,
    is_overview: bool,
    x_range: [u64; 2],
    columns: usize,
}

impl Request for PolylinesRequest {
    type Output = Polylines;

    fn describe(&self) -> String {
        "drawing".into()
    }
}

/// A curve whose values are there.
pub struct Drawn<'a> {
    pub scene: Scene<'a>,
    pub curve: Curve,
    pub color: Color32,
    /// Of the whole curve, of which only a part may be drawn.
    pub map: AxisMap,
    pub extent: Extent,
    pub source: Source,
    pub lines: Option<Arc<Polylines>>,
    /// One value in so many is shown.
    pub share: u64,
    /// Why not all of it is there, in words.
    pub damage: Option<String>,
    /// Nothing better is on its way.
    pub is_final: bool,
    /// Uncertainties of the values it is drawn from.
    pub errors: Option<Arc<Slab>>,
    /// From its own units to those of the axis.
    pub scaling: Conversion,
    /// It belongs to the second axis.
    pub is_second: bool,
}

impl<'a> Drawn<'a> {
    /// Not painted yet.
    pub fn new(
        scene: Scene<'a>,
        curve: Curve,
        color: Color32,
        lies: &Lies,
        source: Source,
        extent: Extent,
    ) -> Self {
        Self {
            scene,
            curve,
            color,
            map: lies.map.clone(),
            extent,
            source,
            lines: None,
            share: 1,
            damage: None,
            is_final: true,
            errors: None,
            scaling: Conversion::default(),
            is_second: false,
        }
    }
}

/// What a curve is drawn from.
pub enum Source {
    /// All values, or those around what is visible; `first` is the index of the first one.
    Values {
        slab: Arc<Slab>,
        map: AxisMap,
        first: u64,
    },
    Overview(Arc<CurveOverview>),
}

/// More error bars than this hide the curve.
const ERRORS_MAX: usize = 4000;

/// The uncertainties of a curve that is drawn from all its values.
fn errors(scene: Scene<'_>, curve: &Curve, slab: &Slab) -> Option<Arc<Slab>> {
    let id = curve.origin.variable;
    let errors = scene.opened.meaning.variable(&scene.opened.dataset, id)?.errors()?;
    let origin = Origin { variable: errors, is_decoded: true, ..curve.origin };
    let request = SlabRequest { origin, section: slab.section.clone() };
    let is_wanted = slab.values.len() <= ERRORS_MAX;
    is_wanted.then(|| want_slab(scene, &request, Priority::Visible).ready()).flatten()
}

/// Where the cells of a curve lie along the coordinate of the chart.
#[derive(Clone)]
pub struct Lies {
    pub map: AxisMap,
    pub along: Along,
    /// The map is that of another coordinate, in places of this one.
    pub converted_to: Option<AxisKey>,
}

/// An axis of a variable with what was chosen along it.
pub type AxisKey = (Origin, usize, Along);

impl Lies {
    pub fn along(info: &AxisInfo) -> Self {
        Self { map: info.map.clone(), along: info.along, converted_to: None }
    }
}

pub fn drawn_curve<'a>(
    ui: &Ui,
    scene: Scene<'a>,
    curve: &Curve,
    lies: &Lies,
    color: Color32,
    visible: Option<(f64, f64)>,
) -> Answer<Drawn<'a>> {
    let count = curve.section.element_count();
    let slab_request = SlabRequest { origin: curve.origin, section: curve.section.clone() };
    let drawn = |source, extent, share, damage| {
        let drawn = Drawn::new(scene, curve.clone(), color, lies, source, extent);
        Drawn { share, damage, ..drawn }
    };
    let with_lines = |drawn: Drawn<'a>, slab| {
        Answer::Ready(Arc::new(with_lines(ui, drawn, slab, lies, visible)))
    };
    if count <= CURVE_VALUES_MAX {
        return match want_slab(scene, &slab_request, Priority::Visible) {
            Answer::Failed(error) => Answer::Failed(error),
            Answer::Pending(progress) => Answer::Pending(progress),
            Answer::Ready(slab) => {
                let damage = damage_text(slab.damage.as_ref(), slab.readable as u64, count);
                let summary = &slab.summary;
                let (ends, least_positive) = (summary.extent, summary.smallest_positive);
                let errors = errors(scene, curve, &slab);
                let source = Source::Values { slab, map: lies.map.clone(), first: 0 };
                let drawn = drawn(source, Extent { ends, least_positive }, 1, damage);
                with_lines(Drawn { errors, ..drawn }, slab_request)
            }
        };
    }
    let Curve { origin, section, axis, .. } = curve.clone();
    let overview = want_overview(scene, &OverviewRequest { origin, section, axis });
    let overview = match overview {
        Answer::Ready(overview) => overview,
        Answer::Failed(error) => return Answer::Failed(error),
        Answer::Pending(progress) => return Answer::Pending(progress),
    };
    let damage = damage_text(overview.damage.as_ref(), overview.readable, count);
    let (ends, share) = (overview.overview.extent(), overview.share);
    let extent = Extent { ends, least_positive: ends.and_then(least_positive) };
    let mut drawn = drawn(Source::Overview(overview), extent, share, damage);
    let part = visible.and_then(|visible| curve_window(&curve.section, axis, &lies.map, visible));
    let Some(part) = part else { return with_lines(drawn, slab_request) };
    let part_request = SlabRequest { origin: curve.origin, section: part.section };
    match want_slab(scene, &part_request, Priority::Visible) {
        Answer::Ready(slab) => {
            drawn.source = Source::Values { slab, map: part.map, first: part.first };
            drawn.share = 1;
            with_lines(drawn, part_request)
        }
        // Behind the cut of a file that is cut short there is nothing to see.
        answer => {
            drawn.is_final = matches!(answer, Answer::Failed(_));
            with_lines(drawn, slab_request)
        }
    }
}

/// Of values that are only known by their ends: three decades are shown where they begin below
/// zero.
fn least_positive((low, high): (f64, f64)) -> Option<f64> {
    (high > 0.0).then_some(if low > 0.0 { low } else { high * 1e-3 })
}

fn damage_text(damage: Option<&ReadError>, readable: u64, count: u64) -> Option<String> {
    damage.map(|_| format!("{readable} of {count} values; the rest is not in the file"))
}

/// Asks for what is painted of a curve; `slab` is what it is drawn from.
fn with_lines<'a>(
    ui: &Ui,
    mut drawn: Drawn<'a>,
    slab: SlabRequest,
    lies: &Lies,
    visible: Option<(f64, f64)>,
) -> Drawn<'a> {
    let scene = drawn.scene;
    let whole = match &drawn.source {
        Source::Values { map, .. } => map.range(),
        Source::Overview(_) => drawn.map.range(),
    };
    let (low, high, screens) = window(visible.unwrap_or(whole), whole);
    let room = ui.available_width().max(ui.available_height());
    let request = PolylinesRequest {
        slab,
        axis: drawn.curve.axis,
        along: lies.along,
        converted_to: lies.converted_to,
        is_overview: matches!(drawn.source, Source::Overview(_)),
        x_range: [low, high].map(f64::to_bits),
        columns: (room * ui.pixels_per_point() * screens).clamp(64.0, 32_768.0) as usize,
    };
    let columns = request.columns;
    let lines = match &drawn.source {
        Source::Values { slab, map, .. } => {
            let (slab, map) = (slab.clone(), map.clone());
            scene.engine.want(&request, Priority::Visible, move |_| {
                Ok(polylines(&slab, &map, (low, high), columns))
            })
        }
        Source::Overview(overview) => {
            let (overview, map) = (overview.clone(), drawn.map.clone());
            scene.engine.want(&request, Priority::Visible, move |_| {
                Ok(overview_polylines(&overview, &map, (low, high), columns))
            })
        }
    };
    drawn.lines = lines.ready();
    drawn
}

fn polylines(slab: &Slab, map: &AxisMap, range: (f64, f64), columns: usize) -> Polylines {
    min_max_columns_of(XAxis::from(map), &slab.real_values(), range, columns)
}

fn overview_polylines(
    overview: &CurveOverview,
    map: &AxisMap,
    range: (f64, f64),
    columns: usize,
) -> Polylines {
    let (indices, values) = overview.overview.points();
    let center = |&index: &u64| usize::try_from(index).ok().and_then(|index| map.center(index));
    let xs: Vec<f64> = indices.iter().map(|index| center(index).unwrap_or(f64::NAN)).collect();
    min_max_columns(XAxis::Values(&xs), &values, range, columns)
}

/// A range around what is visible that stays the same while one pans a little, and how many
/// screens wide it is.
fn window((low, high): (f64, f64), whole: (f64, f64)) -> (f64, f64, f32) {
    let width = high - low;
    let total = whole.1 - whole.0;
    if !(width > 0.0 && width < 0.9 * total) {
        return (whole.0, whole.1, (total / width.max(f64::MIN_POSITIVE)).clamp(1.0, 1.2) as f32);
    }
    // Powers of two, so that zooming does not ask anew at every step of the wheel.
    let step = width.log2().ceil().exp2();
    let from = ((low - whole.0) / step).floor() * step + whole.0;
    (from - step, from + 3.0 * step, (4.0 * step / width) as f32)
}

#[cfg(test)]
mod tests {
    use hyperslab_core::Buffer;

    use super::*;

    #[test]
    fn the_drawn_window_holds_what_is_visible_and_stays_while_panning() {
        let whole = (0.0, 1000.0);
        let (low, high, screens) = window((100.0, 150.0), whole);
        assert!(low <= 100.0 && high >= 150.0 && screens <= 8.0);
        assert_eq!(window((101.0, 151.0), whole), (low, high, screens));
        assert_eq!(window((-5.0, 2000.0), whole).0, 0.0);
        assert_eq!(window((0.0, 0.0), (3.0, 3.0)).0, 3.0);
    }

    #[test]
    fn a_spike_in_the_overview_of_a_long_curve_is_painted() {
        let mut overview = crate::prep::overview::Overview::new(10_000_000);
        let mut values = vec![0.0f32; 10_000_000];
        values[1_234_567] = 8.0;
        overview.add(0, &Buffer::F32(values));
        let overview = CurveOverview { overview, share: 1, readable: 10_000_000, damage: None };
        let map = AxisMap::index(10_000_000);
        let lines = overview_polylines(&overview, &map, map.range(), 1000);
        assert!(lines.segments.iter().flatten().any(|point| *point == [1_234_567.0, 8.0]));
    }
}
