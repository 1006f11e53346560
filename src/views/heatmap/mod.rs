//! The picture of a 2-D slice.

mod aspect;
mod axes;
mod cells;
mod notices;
mod picture;
mod readout;
mod slice;
mod state;

use egui::{Rect, Sense, Ui, pos2, vec2};

use self::axes::{Axes, want_axes};
use self::notices::{notice_ui, notices};
pub use self::slice::is_prefetched;
use self::slice::{Plane, prefetch_neighbours, want_plane};
pub use self::state::HeatmapState;
use super::colors::{PictureColors, color_options_ui};
use super::frame::{Frame, Margins, Span, axes_ui};
use super::overlay::{Overlaid, PlanePlacement, Shown, overlay_options_ui, overlay_ui};
use super::sliders::axes_choice_ui;
use super::spacing::spacing_ui;
use super::{Scene, Suitability, VariableState, ViewKind, error_ui, extended_axes, pending_ui};
use crate::cf::CfVariable;
use crate::engine::Answer;
use crate::session::{Aspect, Settings, ViewId, Zoom};
use crate::ui::status::Readout;
use crate::ui::theme::palette;

pub const KIND: ViewKind =
    ViewKind { id: ViewId::Heatmap, label: "Heatmap", suits, ui: heatmap_ui, options_ui };

fn suits(cf: &CfVariable<'_>) -> Suitability {
    let variable = cf.variable();
    if !variable.dtype.is_numeric() || variable.element_count() == 0 || variable.rank() < 2 {
        Suitability::No
    } else if extended_axes(variable) < 2 {
        Suitability::Possible
    } else {
        Suitability::Best
    }
}

fn heatmap_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    settings: &mut Settings,
    readout: &mut Readout,
) {
    state.heatmap.is_current = false;
    axes_choice_ui(ui, scene, state);
    let axes = match want_axes(scene, state) {
        None => {
            ui.weak("Choose two axes");
            return;
        }
        Some(Answer::Ready(axes)) => match zoom_to_part(state, &axes) {
            false => axes,
            // Not all of it need be read for nothing.
            true => return ui.ctx().request_repaint(),
        },
        Some(Answer::Failed(error)) => return error_ui(ui, scene.engine, &error),
        Some(Answer::Pending(progress)) => return pending_ui(ui, &progress),
    };
    let plane = match want_plane(ui, scene, state, settings, &axes) {
        Ok(plane) => plane,
        Err(error) => return error_ui(ui, scene.engine, &error),
    };
    prefetch_neighbours(scene, state, &plane);

    let summary = plane.slab.as_ref().map(|slab| &slab.summary);
    let colors = PictureColors::of(ui, scene, state, settings, plane.request.origin, summary);
    let frame = layout(ui, state.aspect, &axes, &colors);
    let response = ui.allocate_rect(frame.rect, Sense::click_and_drag());
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Image, true, format!("Heatmap of {}", scene.path()))
    });
    ui.painter().rect_filled(frame.rect, 0.0, palette(ui).canvas);
    let is_drawn = picture::want_picture(ui, scene, state, &frame, &colors.coloring, &plane);
    state.heatmap.is_current = is_drawn && colors.is_final && plane.is_newest;
    picture::picture_ui(ui, state, &frame);
    let overlaid = overlaid_ui(ui, scene, state, &response, (&frame, &plane));
    readout::hover_ui(ui, scene, &response, &frame, &plane, &axes, readout);
    if let Some(words) = overlaid.readout {
        readout.text.push_str("    ");
        readout.text.push_str(&words);
    }
    let x_ticks = axes.x.info.horizontal_ticks(&frame.x, frame.rect.width());
    let y_ticks = axes.y.info.vertical_ticks(&frame.y, frame.rect.height());
    let x_title = axes.x.info.horizontal_title(frame.x.low, frame.x.high);
    axes_ui(ui, &frame, (&x_ticks, &x_title), (&y_ticks, &axes.y.info.title));
    colors.legend_ui(ui, scene, frame.rect, state, settings, Some(&plane.request));
    for notice in notices(&plane) {
        notice_ui(ui, &frame, &notice);
    }
    if let Some((x, y)) = frame.navigate(ui, &response, (&axes.x.home, &axes.y.home)) {
        let is_home = (x, y) == (axes.x.home, axes.y.home);
        let ends = |span: Span| (span.low, span.high);
        let zoom = Zoom { axes: axes.numbers(), x: ends(x), y: ends(y) };
        state.zoom = (!is_home).then_some(zoom);
    }
    cells::cells_ui(ui, state, &response, (&frame, &plane, &axes));
}

/// Shows the part that was asked for; true where there was one.
fn zoom_to_part(state: &mut VariableState, axes: &axes::Axes) -> bool {
    let part = std::mem::take(&mut state.part);
    let ends = |axis: &axes::ShownAxis| {
        let range = part.get(axis.number).copied().flatten();
        let range = range.filter(|range| range.count > 0)?;
        let edges = |index: u64| axis.info.map.edges(usize::try_from(index).ok()?);
        let (first, last) = (edges(range.start)?, edges(range.end().checked_sub(1)?)?);
        let all = [first.0, first.1, last.0, last.1].into_iter();
        Some((all.clone().fold(f64::INFINITY, f64::min), all.fold(f64::NEG_INFINITY, f64::max)))
    };
    let (x, y) = (ends(&axes.x), ends(&axes.y));
    if x.is_none() && y.is_none() {
        return false;
    }
    let home = |axis: &axes::ShownAxis| (axis.home.low, axis.home.high);
    let (x, y) = (x.unwrap_or(home(&axes.x)), y.unwrap_or(home(&axes.y)));
    state.zoom = Some(Zoom { axes: axes.numbers(), x, y });
    true
}

/// Lines and arrows over the cells.
fn overlaid_ui(
    ui: &Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    response: &egui::Response,
    (frame, plane): (&Frame, &Plane),
) -> Overlaid {
    let (x, y) = (&plane.part.x, &plane.part.y);
    let placement = PlanePlacement { frame, x, y, is_transposed: plane.is_transposed() };
    let shown = Shown { section: &plane.request.section, axes: plane.axes };
    let overlaid = overlay_ui(ui, scene, state, shown, &placement, response.hover_pos());
    state.heatmap.is_current &= overlaid.is_current;
    overlaid
}

/// The rectangle of the picture within what is available: room for labels and the colour bar,
/// and one scale both ways on maps and images.
fn layout(ui: &Ui, aspect: Aspect, axes: &Axes, colors: &PictureColors) -> Frame {
    let outer = ui.available_rect_before_wrap();
    let (x, y) = (axes.x.visible, axes.y.visible);
    let y_ticks = axes.y.info.vertical_ticks(&y, outer.height());
    let mut margins = Margins::for_labels(ui, &y_ticks);
    margins.right = colors.legend_width(ui, outer.height() - margins.top - margins.bottom);
    let mut rect = margins.inside(outer);
    if let Some(aspect) = aspect::ratio(aspect, axes) {
        let size = vec2(
            rect.width().min(rect.height() * aspect),
            rect.height().min(rect.width() / aspect),
        );
        let spare = rect.size() - size;
        rect = Rect::from_min_size(rect.min + spare * vec2(0.0, 0.4), size);
    }
    // Whole pixels: cells get crisp borders.
    let scale = ui.pixels_per_point();
    let snap = |v: f32| (v * scale).round() / scale;
    rect = Rect::from_min_max(
        pos2(snap(rect.left()), snap(rect.top())),
        pos2(snap(rect.right()), snap(rect.bottom())),
    );
    Frame { rect, x, y }
}

fn options_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState, settings: &mut Settings) {
    color_options_ui(ui, scene, state, settings);
    ui.add_space(8.0);
    let axes: Vec<usize> = [state.slice.x, state.slice.y].into_iter().flatten().collect();
    spacing_ui(ui, scene, state, &axes);
    if let Some(axes) = state.slice.x.zip(state.slice.y) {
        overlay_options_ui(ui, scene, state, axes);
    }
    ui.add_space(8.0);
    aspect::aspect_ui(ui, &mut state.aspect);
    ui.add_space(8.0);
    if ui.button("Reset zoom").clicked() {
        state.zoom = None;
    }
    ui.add_space(8.0);
    ui.weak("Drag: zoom to a rectangle\nWheel: zoom\nShift-drag or right-drag: move\nDouble-click: everything\nClick: mark a point, Shift-click: another\nCtrl-drag: draw a line");
}
