//! The map: a field on the Earth, in a projection, with coastlines and a graticule.

mod earth;
mod frame;
mod labels;
mod located;
mod navigate;
mod options;
mod picture;
mod placement;
mod readout;
mod slice;
mod state;

use std::sync::Arc;

use egui::{Rect, Sense, Ui, pos2, vec2};
use hyperslab_core::ErrorKind;

use self::earth::{ground_ui, ink, lines_ui, rim_ui, want_lines};
pub use self::frame::MapFrame;
pub use self::located::shown_axes;
use self::located::{Covering, axes_of, want_places};
use self::options::options_ui;
use self::picture::{Cells, found_cells, picture_ui, want_picture};
use self::placement::MapPlacement;
use self::readout::{Pointing, hover_ui, picks_ui};
use self::slice::{Field, prefetch_neighbours, section, want_field};
pub use self::state::MapState;
use self::state::Target;
use super::colors::PictureColors;
use super::data::{SlabRequest, own_site, want_range, want_site, want_slab};
use super::overlay::{Overlaid, Shown, overlay_ui};
use super::{Scene, Suitability, VariableState, ViewKind, error_ui, pending_ui};
use crate::cf::CfVariable;
use crate::cf::geolocation::{Shown as OnEarth, may_be_lent};
use crate::engine::{Answer, Priority};
use crate::session::{Settings, ViewId};
use crate::ui::status::Readout;
use crate::ui::theme::palette;

pub const KIND: ViewKind =
    ViewKind { id: ViewId::Map, label: "Map", suits, ui: map_ui, options_ui };

fn suits(cf: &CfVariable<'_>) -> Suitability {
    let variable = cf.variable();
    if !variable.dtype.is_numeric() || variable.element_count() == 0 {
        return Suitability::No;
    }
    let length = |axis: usize| variable.axes.get(axis).map_or(0, |axis| axis.length);
    let Some(geolocation) = cf.geolocation() else {
        return if may_be_lent(cf) { Suitability::Possible } else { Suitability::No };
    };
    let is_extended = match geolocation.place.shown() {
        OnEarth::Plane { y, x } => length(y) > 1 && length(x) > 1,
        OnEarth::Along(axis) => length(axis) > 1,
    };
    if is_extended { Suitability::Best } else { Suitability::Possible }
}

fn map_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    settings: &mut Settings,
    readout: &mut Readout,
) {
    state.map_view.is_current = false;
    let site = match want_site(scene, settings) {
        Answer::Ready(site) => site,
        Answer::Failed(error) => return error_ui(ui, scene.engine, &error),
        Answer::Pending(progress) => return pending_ui(ui, &progress),
    };
    let (Some(site), Some(variable)) = (site.as_ref(), scene.variable()) else {
        state.map_view.axes = None;
        return nowhere_ui(ui, "no file that is open or beside this one has coordinates for them");
    };
    let axes = axes_of(site);
    state.map_view.axes = Some(axes.clone());
    let section = section(&variable.shape(), &axes, state);
    let (places, located) = want_places(scene, site, &section);
    let located = match located {
        Answer::Ready(located) => located,
        Answer::Failed(error) if error.kind() == ErrorKind::Unsupported => {
            return nowhere_ui(ui, &error.to_string());
        }
        Answer::Failed(error) => return error_ui(ui, scene.engine, &error),
        Answer::Pending(progress) => return pending_ui(ui, &progress),
    };
    let field = match want_field(ui, scene, state, settings, section) {
        Ok(field) => field,
        Err(error) => return error_ui(ui, scene.engine, &error),
    };
    prefetch_neighbours(scene, state, &axes, &field.request);
    let ink = ink(ui);
    let summary = field.slab.as_ref().map(|slab| &slab.summary);
    let mut colors = PictureColors::of(ui, scene, state, settings, field.request.origin, summary);
    colors.coloring = colors.coloring.with_missing(ink.missing.to_array());

    let rect = layout(ui, &colors);
    let response = ui.allocate_rect(rect, Sense::click_and_drag());
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Image, true, format!("Map of {}", scene.path()))
    });
    let kind = state.map.projection.unwrap_or_else(|| located.cover.best());
    let spec = located.cover.spec(kind, state.map.center);
    let Some(basis) = state.map_view.basis(&places, &located, spec) else {
        return nowhere_ui(ui, "this projection cannot show them: choose another");
    };
    let scale = ui.pixels_per_point();
    let size_px = [rect.width(), rect.height()].map(|pt| ((pt * scale).round() as usize).max(1));
    let view = navigate::view(&basis, state.map.zoom.as_ref(), size_px, f64::from(scale));
    let newest = Target { basis, view };
    let is_still =
        scene.is_picture || state.map_view.last.as_ref().is_none_or(|last| *last == newest);
    if !is_still {
        ui.ctx().request_repaint();
    }
    state.map_view.last = Some(newest.clone());
    let target = state.map_view.next_target(&newest);
    let wanted = (&located, &field, &colors.coloring);
    let is_drawn = want_picture(ui, scene, state, &target, wanted, is_still && target == newest);

    // What is on the screen keeps together: the globe turns as one.
    let shown = match &state.map_view.picture {
        Some(picture) if picture.target.basis.spec != newest.basis.spec => picture.target.clone(),
        _ => newest.clone(),
    };
    let frame = MapFrame::new(rect, &shown);
    let painter = ui.painter().with_clip_rect(rect);
    ground_ui(&painter, &frame, ink.ground);
    if let Some(picture) = &state.map_view.picture {
        picture_ui(&painter, picture, &frame);
    }
    let grid = match state.map.shows_graticule {
        true => labels::lines_of(&mut state.map_view, &shown, scale),
        false => Vec::new(),
    };
    labels::graticule_ui(&painter, &frame, &grid, ink);
    let wants_lines =
        state.map.shows_coastlines || state.map.shows_borders || state.map.shows_lakes;
    let lines = wants_lines.then(|| want_lines(scene, &frame)).flatten();
    if let Some(lines) = &lines {
        lines_ui(&painter, &frame, lines, &state.map, ink);
    }
    rim_ui(&painter, &frame, ink.rim);
    let seen = frame.seen();
    if !frame_is_rim(&frame) {
        ui.painter().rect_stroke(
            seen,
            0.0,
            egui::Stroke::new(1.0, palette(ui).weak),
            egui::StrokeKind::Outside,
        );
    }
    labels::labels_ui(ui, &frame, &grid);
    let is_newest = shown == newest;
    let cells = found_cells(ui, scene, &located, &newest).filter(|_| is_newest);
    let overlaid =
        overlaid_ui(ui, scene, state, &response, (&frame, &located, &field, &axes), cells.clone());
    state.map_view.is_current = overlaid.is_current
        && is_drawn
        && colors.is_final
        && field.is_newest
        && (lines.is_some() || !wants_lines);

    let pointing = Pointing { frame: &frame, located: &located, field: &field, axes: &axes, cells };
    hover_ui(ui, scene, &response, &pointing, readout);
    if let Some(words) = overlaid.readout {
        readout.text.push_str("    ");
        readout.text.push_str(&words);
    }
    picks_ui(ui, state, &response, &pointing);
    note_ui(ui, seen, rect, &field, located.source());
    colors.legend_ui(ui, scene, seen, state, settings, Some(&field.request));
    navigate::navigate(ui, scene, state, &response, &MapFrame::new(rect, &newest));
}

/// There is no map, which is no fault of the file.
fn nowhere_ui(ui: &mut Ui, why: &str) {
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.35);
        ui.label("Where these values lie on the Earth is not known");
        ui.weak(why);
    });
}

/// Lines and arrows over the cells; arrows alone where those lie in no rows and columns.
fn overlaid_ui(
    ui: &Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    response: &egui::Response,
    (frame, located, field, axes): (&MapFrame, &Covering, &Field, &[usize]),
    cells: Option<Arc<Cells>>,
) -> Overlaid {
    let section = &field.request.section;
    let count = |axis: usize| section.ranges.get(axis).map_or(0, |range| range.count as usize);
    let (axes, shape) = match *axes {
        [y, x] => ((x, y), [count(y), count(x)]),
        [axis] => ((axis, axis), [1, count(axis)]),
        _ => return Overlaid { is_current: true, readout: None },
    };
    let placement = MapPlacement { frame, located, cells, shape };
    let shown = Shown { section, axes };
    overlay_ui(ui, scene, state, shown, &placement, response.hover_pos())
}

/// The map's own border is all there is to see.
fn frame_is_rim(frame: &MapFrame) -> bool {
    let sight = frame.view().bounds();
    let limits = frame.basis().limits;
    !frame.basis().outline.is_empty()
        && sight.width() >= limits.width() * 0.999
        && sight.height() >= limits.height() * 0.999
}

/// The picture, with room for labels to the left and below and for the colour bar.
fn layout(ui: &Ui, colors: &PictureColors) -> Rect {
    let outer = ui.available_rect_before_wrap();
    let (left, top, bottom) = (50.0, 10.0, 40.0);
    let right = colors.legend_width(ui, outer.height() - top - bottom);
    let min = outer.min + vec2(left, top);
    let max = (outer.max - vec2(right, bottom)).max(min + vec2(32.0, 32.0));
    // Whole pixels: nothing is smeared.
    let scale = ui.pixels_per_point();
    let snap = |v: f32| (v * scale).round() / scale;
    Rect::from_min_max(pos2(snap(min.x), snap(min.y)), pos2(snap(max.x), snap(max.y)))
}

/// Where places and gaps come from, below the map.
fn note_ui(ui: &Ui, seen: Rect, rect: Rect, field: &Field, source: &str) {
    let mut parts = Vec::new();
    let strides = field.request.section.ranges.iter().map(|range| range.stride.max(1));
    let count = strides.fold(1u64, u64::saturating_mul);
    if count > 1 {
        parts.push(format!("1 value in {count} is shown"));
    }
    match field.slab.as_ref().map(|slab| (slab.damage.as_ref(), slab.summary.extent)) {
        Some((Some(damage), _)) => parts.push(damage.to_string()),
        Some((None, None)) => parts.push("all values of this slice are missing".into()),
        _ => {}
    }
    if !source.is_empty() {
        parts.push(format!("places: {source}"));
    }
    let color = palette(ui).weak;
    let font = egui::FontId::proportional(10.5);
    let text = parts.join("  ·  ");
    let galley = crate::ui::text::elided(ui, &text, font, color, rect.width());
    let at = pos2(seen.right() - galley.size().x, seen.bottom() + 23.0);
    ui.painter().galley(pos2(at.x.max(rect.left() - 44.0), at.y), galley, color);
}

/// See [`super::is_prefetched`].
pub fn is_prefetched(scene: Scene<'_>, state: &VariableState) -> bool {
    let Some((site, variable)) = own_site(scene).zip(scene.variable()) else { return true };
    let axes = axes_of(&site);
    let origin = scene.origin(true).as_cells();
    let section = section(&variable.shape(), &axes, state);
    let range = want_range(scene, origin);
    let (_, located) = want_places(scene, &site, &section);
    let slab = want_slab(scene, &SlabRequest { origin, section }, Priority::Visible);
    !matches!(range, Answer::Pending(_))
        && !matches!(located, Answer::Pending(_))
        && !matches!(slab, Answer::Pending(_))
}
