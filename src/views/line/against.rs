//! Values over those of another variable, point by point: a scatter plot, or the track of what
//! moved.

use std::sync::Arc;

use egui::{Pos2, Response, Ui};

use super::candidates::candidates;
use super::plot::{navigate, share_axes, words_ui};
use super::series::{Series, scene_of, section_of};
use crate::engine::{Answer, Priority, Request};
use crate::prep::axis_scale::AxisScale;
use crate::prep::cell_edges::AxisMap;
use crate::prep::line::{Polylines, XAxis, min_max_columns_of};
use crate::prep::table::NumberFormat;
use crate::session::{CurveZoom, Settings};
use crate::ui::status::Readout;
use crate::views::axis::AxisInfo;
use crate::views::cell::CellWriter;
use crate::views::chart::curve::{Drawn, Lies, Source};
use crate::views::chart::paint::paint_curves;
use crate::views::chart::values::{Extent, Meaning, ValueAxis, values_title};
use crate::views::chart::{Across, Chart, Placed};
use crate::views::coordinates::Along;
use crate::views::data::{CURVE_VALUES_MAX, Slab, SlabRequest, want_slab};
use crate::views::frame::Span;
use crate::views::{Scene, VariableState, error_ui, pending_ui};

/// Two variables, value by value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct PairsRequest {
    x: SlabRequest,
    y: SlabRequest,
}

impl Request for PairsRequest {
    type Output = Polylines;

    fn describe(&self) -> String {
        "drawing".into()
    }
}

/// Pixel columns that points in the order of x are thinned to.
const COLUMNS: usize = 4096;

/// How near to a point the pointer is at it.
const NEAR_PX: f32 = 20.0;

/// Points looked at for the one under the pointer.
const HOVERED_MAX: usize = 50_000;

/// The variable that stands along the other axis.
pub struct OtherAxis<'a> {
    pub scene: Scene<'a>,
    pub request: SlabRequest,
}

/// What was chosen, while it can be drawn: as many values as the curve has.
pub fn other<'a>(
    scene: Scene<'a>,
    state: &VariableState,
    is_decoded: bool,
    count: u64,
) -> Option<OtherAxis<'a>> {
    let plotted = state.line.against.as_ref()?;
    let scene_x = scene_of(scene, plotted)?;
    let section = section_of(scene, state, scene_x, plotted)?;
    let fits = section.element_count() == count && count <= CURVE_VALUES_MAX;
    let request = SlabRequest { origin: scene_x.origin(is_decoded), section };
    fits.then_some(OtherAxis { scene: scene_x, request })
}

pub fn against_ui(
    ui: &mut Ui,
    state: &mut VariableState,
    settings: &Settings,
    (scene, info, axis): (Scene<'_>, &AxisInfo, usize),
    (across, series): (&OtherAxis<'_>, &[Series<'_>]),
    readout: &mut Readout,
) {
    let x = match want_slab(across.scene, &across.request, Priority::Visible) {
        Answer::Ready(slab) => slab,
        Answer::Failed(error) => return error_ui(ui, scene.engine, &error),
        Answer::Pending(progress) => return pending_ui(ui, &progress),
    };
    let curves = series.iter().enumerate();
    let drawn = curves.filter_map(|(k, series)| pairs(series, &across.request, &x, k));
    let mut drawn: Vec<Drawn<'_>> = drawn.collect();
    state.curves.is_current = !drawn.is_empty() && drawn.iter().all(|curve| curve.lines.is_some());
    let (values, second) = share_axes(scene, state, settings.is_decoded, &mut drawn);
    let (ends, least_positive) = (x.summary.extent, x.summary.smallest_positive);
    let meaning = Meaning::of(across.scene, settings.is_decoded);
    let title = values_title(across.scene, settings.is_decoded);
    let extent = Extent { ends, least_positive };
    let mut along = ValueAxis::of(title, meaning, AxisScale::Linear, extent);
    let home = along.span;
    let zoom = state.line.zoom.filter(|zoom| zoom.axis == axis);
    if let Some(zoom) = zoom {
        along.span = Span { low: zoom.along.0, high: zoom.along.1, ..home };
    }
    let chart =
        Chart { salt: "pairs", across: Across::Values(along), values, second, is_upright: false };
    let (placed, response) = chart.axes_ui(ui);
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Image, true, format!("Line plot of {}", scene.path()))
    });
    paint_curves(ui.painter(), &placed, &drawn, state.line.style);
    if let Some((index, text)) = hovered(ui, &response, &placed, (&drawn, across, &x)) {
        readout.text = format!("{}    {text}", info.full_label_in(scene, index));
    }
    words_ui(ui, &response, &drawn);
    let part = zoom.map_or((0.0, 1.0), |zoom| zoom.values);
    if let Some((along, values)) = navigate(ui, &response, &placed, (home, part)) {
        let is_home = along == home && values == (0.0, 1.0);
        let along = (along.low, along.high);
        state.line.zoom = (!is_home).then_some(CurveZoom { axis, along, values });
    }
}

/// `None` for a curve of another length, and while its values are not there.
fn pairs<'a>(
    series: &Series<'a>,
    x_request: &SlabRequest,
    x: &Arc<Slab>,
    k: usize,
) -> Option<Drawn<'a>> {
    let curve = &series.curve;
    let request = SlabRequest { origin: curve.origin, section: curve.section.clone() };
    let count = x_request.section.element_count();
    if request.section.element_count() != count {
        return None;
    }
    let slab = want_slab(series.scene, &request, Priority::Visible).ready()?;
    let key = PairsRequest { x: x_request.clone(), y: request };
    let (xs, ys) = (x.clone(), slab.clone());
    let lines = series.scene.engine.want(&key, Priority::Visible, move |cx| {
        cx.check()?;
        let xs = xs.values.to_f64().unwrap_or_default();
        let ends = xs.iter().copied().filter(|x| x.is_finite());
        let ends = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)));
        Ok(min_max_columns_of(XAxis::Values(&xs), &ys.real_values(), ends, COLUMNS))
    });
    let summary = &slab.summary;
    let extent = Extent { ends: summary.extent, least_positive: summary.smallest_positive };
    let map = AxisMap::index(usize::try_from(count).unwrap_or(usize::MAX));
    let lies = Lies { map: map.clone(), along: Along::default(), converted_to: None };
    let source = Source::Values { slab, map, first: 0 };
    let color = super::color_of(k);
    let drawn = Drawn::new(series.scene, curve.clone(), color, &lies, source, extent);
    Some(Drawn { lines: lines.ready(), ..drawn })
}

/// The point nearest to the pointer: its index, and both values.
fn hovered(
    ui: &Ui,
    response: &Response,
    placed: &Placed<'_>,
    (drawn, across, x): (&[Drawn<'_>], &OtherAxis<'_>, &Slab),
) -> Option<(u64, String)> {
    let pointer = response.hover_pos()?;
    let mut nearest: Option<(f32, usize, Pos2, &Drawn<'_>)> = None;
    for curve in drawn {
        let Source::Values { slab, .. } = &curve.source else { continue };
        let count = slab.readable.min(x.readable);
        for k in 0..if count > HOVERED_MAX { 0 } else { count } {
            let value = |slab: &Slab| slab.values.number(k).map(|number| number.as_f64());
            let (Some(across), Some(y)) = (value(x), value(slab)) else { continue };
            let Some(at) = placed.px(across, curve.scaling.apply(y), curve.is_second) else {
                continue;
            };
            let distance = at.distance(pointer);
            if distance < NEAR_PX && nearest.is_none_or(|(least, ..)| distance < least) {
                nearest = Some((distance, k, at, curve));
            }
        }
    }
    let (_, k, at, curve) = nearest?;
    ui.painter().circle_filled(at, 4.0, curve.color);
    let Source::Values { slab, .. } = &curve.source else { return None };
    let text = |scene: Scene<'_>, slab: &Slab, is_decoded: bool| {
        let name = scene.variable().map_or("", |variable| variable.name.as_str());
        let writer = CellWriter::new(scene, is_decoded, NumberFormat::Auto);
        format!("{name} {}", writer.value_text(&slab.values, k))
    };
    let x_text = text(across.scene, x, across.request.origin.is_decoded);
    let y_text = text(curve.scene, slab, curve.curve.origin.is_decoded);
    Some((k as u64, format!("{x_text}    {y_text}")))
}

/// What stands along the horizontal axis: the coordinate, or another variable on the same axis.
pub fn against_menu_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState) {
    const COORDINATE: &str = "Coordinate";
    ui.label("Over");
    let name = state.line.against.as_ref();
    let name = name.map_or(COORDINATE, |plotted| plotted.variable.trim_start_matches('/'));
    let name = name.to_owned();
    let mut chosen = None;
    let menu = egui::ComboBox::from_id_salt("against").selected_text(&name).width(130.0);
    let menu = menu.show_ui(ui, |ui| {
        if ui.selectable_label(state.line.against.is_none(), COORDINATE).clicked() {
            chosen = Some(None);
        }
        for candidate in candidates(scene, state, "") {
            let is_chosen = state.line.against.as_ref() == Some(&candidate.curve);
            let label = ui.selectable_label(is_chosen, &candidate.label);
            if label.on_hover_text(&candidate.title).clicked() {
                chosen = Some(Some(candidate.curve));
            }
        }
    });
    let response = menu.response.on_hover_text(
        "Draw the values over those of another variable, point by point: a scatter plot or a track",
    );
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::ComboBox, true, format!("over: {name}"))
    });
    if let Some(chosen) = chosen {
        state.line.against = chosen;
        state.line.zoom = None;
    }
}
