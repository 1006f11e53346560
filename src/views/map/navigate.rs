//! Moving the map: the wheel zooms at the pointer, dragging moves it or turns the globe, a double
//! click shows everything; `+`, `-`, `0` and Ctrl with arrows do so from the keyboard.

use egui::{Key, Modifiers, PointerButton, Pos2, Response, Ui, Vec2, vec2};

use super::frame::MapFrame;
use super::state::Basis;
use crate::prep::map::projection::{ProjectionKind, turned};
use crate::prep::map::view::{Bounds, View};
use crate::session::MapZoom;
use crate::views::{Scene, VariableState};

/// How far one can zoom in: so much of the whole is seen.
const LEAST: f64 = 2e-5;
/// Of a press of a key.
const STEP: f32 = 0.12;
const ZOOM: f64 = 1.4;

/// What is visible on a picture of this size, in pixels and points.
pub fn view(basis: &Basis, zoom: Option<&MapZoom>, size_px: [usize; 2], scale: f64) -> View {
    let spec = basis.projection.spec();
    let zoom = zoom.filter(|zoom| {
        zoom.is_sound() && zoom.kind == spec.kind && zoom.parallels == spec.parallels
    });
    let home = View::of(&basis.home, size_px[0], size_px[1]);
    match zoom {
        Some(zoom) => View { x: zoom.x, y: zoom.y, per_px: zoom.per_pt / scale, ..home },
        None => home,
    }
}

/// Applies what the user did in this frame.
pub fn navigate(
    ui: &Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    response: &Response,
    frame: &MapFrame,
) {
    if response.double_clicked() {
        return state.map.show_everything();
    }
    let modifiers = ui.input(|input| input.modifiers);
    let is_dragged = [PointerButton::Primary, PointerButton::Middle, PointerButton::Secondary]
        .into_iter()
        .any(|button| response.dragged_by(button));
    // With Ctrl a line is drawn.
    if is_dragged && !modifiers.command {
        let from = response.interact_pointer_pos().unwrap_or(frame.rect.center());
        drag(state, frame, from, response.drag_delta());
    }
    if let Some(at) = response.hover_pos() {
        let (scroll, pinch) = ui.input(|input| (input.smooth_scroll_delta().y, input.zoom_delta()));
        if scroll != 0.0 || pinch != 1.0 {
            zoom_at(state, frame, at, f64::from((-scroll / 240.0).exp() / pinch));
        }
    }
    let takes_keys = scene.is_focused && !scene.is_picture && !ui.ctx().egui_wants_keyboard_input();
    if takes_keys {
        keys(ui, state, frame);
    }
}

fn keys(ui: &Ui, state: &mut VariableState, frame: &MapFrame) {
    let pressed = |modifiers: Modifiers, key: Key| {
        ui.input_mut(|input| input.count_and_consume_key(modifiers, key) > 0)
    };
    let middle = frame.rect.center();
    if pressed(Modifiers::NONE, Key::Plus) || pressed(Modifiers::NONE, Key::Equals) {
        zoom_at(state, frame, middle, 1.0 / ZOOM);
    }
    if pressed(Modifiers::NONE, Key::Minus) {
        zoom_at(state, frame, middle, ZOOM);
    }
    if pressed(Modifiers::NONE, Key::Num0) {
        state.map.show_everything();
    }
    for (key, way) in [
        (Key::ArrowLeft, vec2(1.0, 0.0)),
        (Key::ArrowRight, vec2(-1.0, 0.0)),
        (Key::ArrowUp, vec2(0.0, 1.0)),
        (Key::ArrowDown, vec2(0.0, -1.0)),
    ] {
        if pressed(Modifiers::COMMAND, key) {
            drag(state, frame, middle, way * frame.rect.size() * STEP);
        }
    }
}

/// The place under `at` stays there.
fn zoom_at(state: &mut VariableState, frame: &MapFrame, at: Pos2, factor: f64) {
    let basis = frame.basis();
    let (px, py) = (f64::from(frame.rect.width()), f64::from(frame.rect.height()));
    let wanted = frame.per_pt() * factor;
    // Not further out than all of the plane, nor than the data where they are all there is.
    let fits = |bounds: &Bounds| (bounds.width() / px).max(bounds.height() / py);
    let most = fits(&basis.limits).max(fits(&basis.home));
    let least = fits(&basis.limits) * LEAST;
    let per_pt = wanted.clamp(least, most);
    let factor = per_pt / frame.per_pt();
    let (x, y) = frame.plane_from_px(at);
    let view = frame.view();
    let middle = (x + (view.x - x) * factor, y + (view.y - y) * factor);
    set_zoom(state, frame, middle, per_pt);
}

/// Moves what is seen by points of the screen; where the map ends, or is a globe, it turns.
fn drag(state: &mut VariableState, frame: &MapFrame, at: Pos2, delta: Vec2) {
    if delta == Vec2::ZERO {
        return;
    }
    let projection = frame.projection();
    let spec = projection.spec();
    let per_pt = frame.per_pt();
    let (dx, dy) = (f64::from(delta.x) * per_pt, f64::from(delta.y) * per_pt);
    let view = frame.view();
    match spec.kind {
        ProjectionKind::Orthographic => {
            let lat = (spec.lat + dy.to_degrees()).clamp(-90.0, 90.0);
            // At the pole a turn is a turn about it.
            let out = lat.to_radians().cos().max(0.25);
            let lon = turned(spec.lon - dx.to_degrees() / out);
            state.map.center = Some((lon, lat));
        }
        _ => {
            let wanted = (view.x - dx, view.y + dy);
            let reached = within(frame, wanted);
            set_zoom(state, frame, reached, per_pt);
            let rest = reached.0 - wanted.0;
            turn(state, frame, at, delta, rest);
        }
    }
}

/// What could not be moved any further turns the globe behind the map.
fn turn(state: &mut VariableState, frame: &MapFrame, at: Pos2, delta: Vec2, rest: f64) {
    let projection = frame.projection();
    let spec = projection.spec();
    let degrees = match spec.kind {
        ProjectionKind::NorthPolar | ProjectionKind::SouthPolar => {
            let sight = frame.view().bounds();
            let limits = frame.basis().limits;
            if sight.width() < 0.999 * limits.width().min(limits.height()) {
                return;
            }
            let pole = frame.px_from_plane(0.0, 0.0);
            let angle = |p: Pos2| f64::from((p - pole).angle());
            // On the screen angles grow clockwise, as longitudes do round the south pole.
            let way = if spec.kind == ProjectionKind::NorthPolar { 1.0 } else { -1.0 };
            way * turned((angle(at) - angle(at - delta)).to_degrees())
        }
        ProjectionKind::Own | ProjectionKind::Lambert => return,
        _ => {
            let (_, y) = frame.plane_from_px(at);
            let row = projection.row(y).or_else(|| projection.row(0.0));
            row.map_or(0.0, |row| rest / row.end.max(0.1) * 180.0)
        }
    };
    if degrees != 0.0 && degrees.is_finite() {
        state.map.center = Some((turned(spec.lon + degrees), spec.lat));
    }
}

/// The middle of what is seen, kept where the map is.
fn within(frame: &MapFrame, (x, y): (f64, f64)) -> (f64, f64) {
    let basis = frame.basis();
    let sight = frame.view().bounds();
    let kept = |at: f64, low: f64, high: f64, width: f64| {
        let half = width / 2.0;
        if width >= high - low { (low + high) / 2.0 } else { at.clamp(low + half, high - half) }
    };
    let limits = basis.limits;
    (
        kept(x, limits.left, limits.right, sight.width()),
        kept(y, limits.bottom, limits.top, sight.height()),
    )
}

fn set_zoom(state: &mut VariableState, frame: &MapFrame, (x, y): (f64, f64), per_pt: f64) {
    let spec = frame.projection().spec();
    let view = frame.view();
    let moved = View { per_px: view.per_px * per_pt / frame.per_pt(), ..*view };
    let zoomed = MapFrame::new(
        frame.rect,
        &super::state::Target { basis: frame.basis().clone(), view: moved },
    );
    let (x, y) = within(&zoomed, (x, y));
    let zoom = MapZoom { kind: spec.kind, parallels: spec.parallels, x, y, per_pt };
    // Everything is everything again, also in a window of another size.
    let home = View::of(&frame.basis().home, view.width, view.height);
    let is_home =
        per_pt >= home.per_px * (frame.per_pt() / view.per_px) * 0.9999 && frame.basis().is_whole;
    state.map.zoom = (!is_home).then_some(zoom);
}
