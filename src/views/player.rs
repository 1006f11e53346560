//! Slices played one after the other along an axis: the buttons beside its slider, and what is
//! read ahead.

use std::time::Instant;

use egui::{DragValue, Pos2, Response, Sense, Shape, Stroke, Ui, vec2};

use super::data::{SlabRequest, want_slab};
use super::{Scene, VariableState};
use crate::cf::AxisRole;
use crate::engine::Priority;
use crate::prep::playing::{FASTEST, Playhead, SLOWEST, due};
use crate::session::{Animation, PlayMode, ViewId};
use crate::ui::theme::{Palette, palette};

/// What plays; nothing here is saved.
#[derive(Default)]
pub struct Player {
    playing: Option<Playing>,
    /// The key was pressed; the sliders know which axis is meant.
    is_asked: bool,
}

struct Playing {
    axis: usize,
    is_backward: bool,
    /// When the slice that is shown was due.
    last: Instant,
    /// So many slices at a time, where they do not come fast enough.
    stride: u64,
}

/// Slices read ahead at the most, and the part of the cache that they may take.
const AHEAD_MAX: u64 = 12;
const AHEAD_SHARE: usize = 4;

/// Slices of more values are not read before they are asked for.
const NEIGHBOUR_VALUES_MAX: u64 = 1 << 22;

impl Player {
    /// Starts along the axis that is most like time, or stops.
    pub fn ask(&mut self) {
        self.is_asked = true;
    }

    pub fn is_playing(&self) -> bool {
        self.playing.is_some()
    }

    pub(super) fn plays(&self, axis: usize) -> bool {
        self.playing.as_ref().is_some_and(|playing| playing.axis == axis)
    }

    fn toggle(&mut self, axis: usize) {
        self.playing = match self.playing.take() {
            Some(playing) if playing.axis == axis => None,
            _ => Some(Playing { axis, is_backward: false, last: Instant::now(), stride: 1 }),
        };
    }

    fn of(&mut self, axis: usize) -> Option<&mut Playing> {
        self.playing.as_mut().filter(|playing| playing.axis == axis)
    }
}

/// Answers the key: `axes` are those with a slider.
pub(super) fn answer_key(scene: Scene<'_>, state: &mut VariableState, axes: &[usize]) {
    // What plays along an axis that is shown now has nothing to step.
    let is_stale = |playing: &Playing| !axes.contains(&playing.axis);
    if state.player.playing.as_ref().is_some_and(is_stale) {
        state.player.playing = None;
    }
    if !std::mem::take(&mut state.player.is_asked) {
        return;
    }
    let known = scene.cf().map(|cf| cf.axes()).unwrap_or_default();
    let is_time = |axis: &&usize| {
        known.iter().any(|found| found.index == **axis && found.role == AxisRole::Time)
    };
    let playing = state.player.playing.as_ref().map(|playing| playing.axis);
    let axis = playing.or_else(|| axes.iter().find(is_time).or(axes.first()).copied());
    if let Some(axis) = axis {
        state.player.toggle(axis);
    }
}

/// The index that is due along an axis; the same where nothing plays along it.
pub(super) fn played(
    ui: &Ui,
    state: &mut VariableState,
    axis: usize,
    index: u64,
    length: u64,
) -> u64 {
    let is_shown = is_shown(state);
    let animation = state.animation;
    let Some(playing) = state.player.of(axis) else { return index };
    let now = Instant::now();
    let (steps, last) = due(playing.last, now, &animation, is_shown);
    playing.last = last;
    let period = std::time::Duration::from_secs_f64(animation.period_secs());
    ui.ctx().request_repaint_after((last + period).saturating_duration_since(now));
    if steps == 0 {
        return index;
    }
    playing.stride = steps;
    // One more than the last is the first: played once, it begins anew.
    let head = Playhead { index, is_backward: playing.is_backward };
    match head.after(steps, length, animation.mode) {
        Some(next) => {
            playing.is_backward = next.is_backward;
            next.index
        }
        None => {
            state.player.playing = None;
            index
        }
    }
}

/// The view has drawn the slice that was asked for last.
fn is_shown(state: &VariableState) -> bool {
    match state.view {
        ViewId::Heatmap => state.heatmap.is_current(),
        ViewId::Map => state.map_view.is_current(),
        ViewId::Line => state.curves.is_current(),
        ViewId::Table | ViewId::Image | ViewId::Text => true,
    }
}

/// The button that plays along an axis, and while it does how.
pub(super) fn player_ui(
    ui: &mut Ui,
    state: &mut VariableState,
    axis: usize,
    name: &str,
    (index, length): (&mut u64, u64),
) {
    let is_playing = state.player.plays(axis);
    let label = if is_playing { format!("stop {name}") } else { format!("play {name}") };
    let hover = if is_playing { "Stop (Space)" } else { "Play (Space)" };
    let button = icon_ui(ui, |ui, center, palette| match is_playing {
        true => bars(ui, center, palette),
        false => triangle(ui, center, palette),
    });
    button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &label));
    if button.on_hover_text(hover).clicked() {
        if !is_playing && state.animation.mode == PlayMode::Once && *index + 1 >= length {
            *index = 0;
        }
        state.player.toggle(axis);
    }
}

/// Speed, and what comes after the last slice.
pub(super) fn pace_ui(ui: &mut Ui, state: &mut VariableState, axis: usize) {
    if !state.player.plays(axis) {
        return;
    }
    let Animation { frames_per_second, mode } = &mut state.animation;
    let range = SLOWEST..=FASTEST;
    let speed = DragValue::new(frames_per_second).range(range).speed(0.2).suffix(" /s");
    ui.add(speed.max_decimals(1)).on_hover_text("Slices a second");
    let menu = egui::ComboBox::from_id_salt(("play mode", axis)).selected_text(mode.name());
    let menu = menu.width(70.0).show_ui(ui, |ui| {
        for each in PlayMode::ALL {
            ui.selectable_value(mode, each, each.name());
        }
    });
    menu.response.widget_info(|| {
        let label = format!("after the last: {}", mode.name());
        egui::WidgetInfo::labeled(egui::Role::ComboBox, true, label)
    });
}

fn icon_ui(ui: &mut Ui, paint: impl FnOnce(&Ui, Pos2, Palette)) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(20.0, 18.0), Sense::click());
    let palette = palette(ui);
    if response.hovered() {
        ui.painter().rect_filled(rect, 3.0, palette.grid);
    }
    paint(ui, rect.center(), palette);
    response
}

fn triangle(ui: &Ui, center: Pos2, palette: Palette) {
    let corners = [vec2(-4.0, -5.5), vec2(6.0, 0.0), vec2(-4.0, 5.5)];
    let corners = corners.map(|corner| center + corner).to_vec();
    ui.painter().add(Shape::convex_polygon(corners, palette.accent, Stroke::NONE));
}

fn bars(ui: &Ui, center: Pos2, palette: Palette) {
    for x in [-3.5, 3.5] {
        let rect = egui::Rect::from_center_size(center + vec2(x, 0.0), vec2(3.0, 11.0));
        ui.painter().rect_filled(rect, 0.5, palette.accent);
    }
}

/// Reads what will be asked for next while nothing else is: the slices that are played, within a
/// part of the cache, or those beside the one that is shown. `request` is that of the slice now.
pub(super) fn read_ahead(
    scene: Scene<'_>,
    state: &VariableState,
    is_shown: impl Fn(usize) -> bool,
    request: &SlabRequest,
) {
    let Some(variable) = scene.variable() else { return };
    let length_of = |axis: usize| variable.axes.get(axis).map_or(0, |axis| axis.length);
    let values = request.section.element_count();
    let ask = |axis: usize, index: u64| {
        let mut request = request.clone();
        if let Some(range) = request.section.ranges.get_mut(axis) {
            range.start = index;
            let _ = want_slab(scene, &request, Priority::Prefetch);
        }
    };
    let playing = state.player.playing.as_ref().filter(|playing| !is_shown(playing.axis));
    if let Some(playing) = playing {
        let length = length_of(playing.axis);
        let index = state.slice.index(playing.axis, length);
        let bytes = usize::try_from(values).unwrap_or(usize::MAX).saturating_mul(8).max(1);
        let room = (scene.engine.budget_bytes() / AHEAD_SHARE / bytes) as u64;
        let mut head = Playhead { index, is_backward: playing.is_backward };
        for _ in 0..AHEAD_MAX.min(room).min(length.saturating_sub(1)) {
            let Some(next) = head.after(playing.stride, length, state.animation.mode) else {
                break;
            };
            head = next;
            ask(playing.axis, head.index);
        }
        return;
    }
    let stepped = (0..variable.rank()).find(|&axis| !is_shown(axis) && length_of(axis) > 1);
    let Some(axis) = stepped.filter(|_| values <= NEIGHBOUR_VALUES_MAX) else { return };
    let index = state.slice.index(axis, length_of(axis));
    let near = [index.checked_add(1), index.checked_sub(1)].into_iter().flatten();
    near.filter(|&near| near < length_of(axis)).for_each(|near| ask(axis, near));
}
