//! Lines of equal value over a picture.

use std::sync::Arc;

use egui::epaint::TextShape;
use egui::{Color32, FontId, Pos2, Rect, Shape, Stroke, Ui, pos2, vec2};
use hyperslab_core::{ErrorKind, Range, ReadError};

use super::super::data::{SlabRequest, want_slab};
use super::super::{Scene, VariableState};
use super::fields::section_at;
use super::{OverlayState, Shown, beside};
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::prep::contour::{
    ContourLevel, Drawing, LevelProblem, Line, Sample, Window, levels, lines, place,
};
use crate::prep::levels::Scale;
use crate::prep::placement::Placement;
use crate::ui::text::elided;
use crate::ui::theme::palette;

/// Finer than this the lines follow noise.
const PX_PER_SAMPLE: f32 = 2.5;

/// Lines with more points are too many to be told apart, and to be placed in every frame.
const POINTS_MAX: usize = 40_000;

/// Lines are dark with a light seam: seen on every colour map, in both themes.
const INK: Color32 = Color32::from_rgb(20, 20, 24);
const SEAM: Color32 = Color32::from_rgba_unmultiplied_const(255, 255, 255, 95);
const TEXT_SEAM: Color32 = Color32::from_rgb(250, 250, 250);
const THIN: f32 = 0.9;
const THICK: f32 = 1.7;
const SEAM_WIDTH: f32 = 1.4;

/// Lines through the values of a slice.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct ContourRequest {
    slab: SlabRequest,
    /// Values in a row.
    columns: usize,
    window: Window,
    /// See [`Placement::wraps`].
    wraps: bool,
    /// By their bits.
    levels: Vec<u64>,
}

struct ContourLines(Vec<Line>);

impl Weigh for ContourLines {
    fn bytes(&self) -> usize {
        self.0.iter().map(|line| 16 * line.points.len() + size_of::<Line>()).sum()
    }
}

impl Request for ContourRequest {
    type Output = ContourLines;

    fn describe(&self) -> String {
        "drawing lines".into()
    }
}

/// What is on the screen, and what it was made of.
#[derive(Default)]
pub struct Drawn {
    lines: Option<(ContourRequest, Arc<ContourLines>, Vec<ContourLevel>)>,
    placed: Option<(Arc<ContourLines>, u64, Drawing)>,
}

impl ContourRequest {
    /// Of the same places: only time or height may be another.
    fn is_like(&self, slab: &SlabRequest) -> bool {
        let extended = |slab: &SlabRequest| -> Vec<Range> {
            slab.section.ranges.iter().filter(|range| range.count > 1).copied().collect()
        };
        self.slab.origin == slab.origin && extended(&self.slab) == extended(slab)
    }
}

/// True when the lines that are drawn are those that were asked for.
pub fn contours_ui(
    ui: &Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    shown: Shown<'_>,
    placement: &dyn Placement,
) -> bool {
    let (request, levels) = match wanted(scene, state, shown, placement) {
        Ok(found) => found,
        Err(Absent::Pending) => {
            drawn_ui(ui, &mut state.overlays, placement);
            return false;
        }
        Err(Absent::Because(note)) => {
            state.overlays.contours = Drawn::default();
            state.overlays.contour_note = Some(note);
            return true;
        }
    };
    state.overlays.contour_note = None;
    let is_drawn = matches!(&state.overlays.contours.lines, Some((last, ..)) if *last == request);
    let is_current = is_drawn || {
        match want_lines(scene, &request) {
            Answer::Ready(lines) => {
                state.overlays.contours.lines = Some((request, lines, levels));
                true
            }
            Answer::Failed(error) => {
                state.overlays.contours = Drawn::default();
                state.overlays.contour_note = Some(error.to_string());
                true
            }
            Answer::Pending(_) => {
                let last = state.overlays.contours.lines.as_ref();
                if last.is_some_and(|(last, ..)| !last.is_like(&request.slab)) {
                    state.overlays.contours = Drawn::default();
                }
                false
            }
        }
    };
    drawn_ui(ui, &mut state.overlays, placement);
    let of = state.overlay.contours.of.as_deref();
    if let Some(id) = of.and_then(|path| scene.opened.dataset.find_variable(path)) {
        caption_ui(ui, placement.viewport(), &beside(scene, id).title(true));
    }
    is_current
}

/// In the lower left corner: what lines of another variable are of.
fn caption_ui(ui: &Ui, [left, top, right, bottom]: [f32; 4], title: &str) {
    let rect = Rect::from_min_max(pos2(left, top), pos2(right, bottom));
    let palette = palette(ui);
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let text = format!("Lines: {title}");
    let galley = elided(ui, &text, FontId::proportional(11.5), palette.text, rect.width() * 0.6);
    let size = galley.size() + vec2(14.0, 8.0);
    let back = Rect::from_min_size(rect.left_bottom() + vec2(8.0, -8.0 - size.y), size);
    painter.rect_filled(back, 4.0, palette.canvas.gamma_multiply(0.85));
    painter.galley(back.min + vec2(7.0, 4.0), galley, palette.text);
}

/// Why there are no lines now.
enum Absent {
    Pending,
    Because(String),
}

fn wanted(
    scene: Scene<'_>,
    state: &VariableState,
    shown: Shown<'_>,
    placement: &dyn Placement,
) -> Result<(ContourRequest, Vec<ContourLevel>), Absent> {
    let options = &state.overlay.contours;
    let (scene, section) = field(scene, state, shown)
        .ok_or_else(|| Absent::Because("This variable is not on the points shown".into()))?;
    let slab_request = SlabRequest { origin: scene.origin(true).as_cells(), section };
    let slab = match want_slab(scene, &slab_request, Priority::Visible) {
        Answer::Ready(slab) => slab,
        Answer::Pending(_) => return Err(Absent::Pending),
        Answer::Failed(error) => return Err(Absent::Because(error.to_string())),
    };
    let scale = if options.of.is_none() { state.colors.scale } else { Scale::Linear };
    let levels = levels(&options.levels, &slab.summary, scale, options.labels_every)
        .map_err(|problem| Absent::Because(problem_text(problem)))?;
    let shape = shown.shape();
    let [left, top, right, bottom] = placement.viewport();
    let size = [right - left, bottom - top];
    let last = state.overlays.contours.lines.as_ref().map(|(request, ..)| request);
    let last = last.filter(|last| last.is_like(&slab_request));
    let window = match (placement.visible(), last) {
        (None, Some(last)) => last.window.clone(),
        (None, None) => Window::new(shape.map(|n| 0..n), shape, size, PX_PER_SAMPLE),
        (Some(visible), _) => Window::new(visible, shape, size, PX_PER_SAMPLE),
    };
    let bits = levels.iter().map(|level| level.value.to_bits()).collect();
    let (columns, wraps) = (shape[1], placement.wraps());
    let request = ContourRequest { slab: slab_request, columns, window, wraps, levels: bits };
    Ok((request, levels))
}

/// The variable that lines are of, and its part.
fn field<'a>(
    scene: Scene<'a>,
    state: &VariableState,
    shown: Shown<'_>,
) -> Option<(Scene<'a>, hyperslab_core::Section)> {
    let Some(path) = &state.overlay.contours.of else {
        return Some((scene, shown.section.clone()));
    };
    let id = scene.opened.dataset.find_variable(path)?;
    let other = beside(scene, id);
    let (dataset, indices) = (&scene.opened.dataset, &state.overlay.indices);
    let section = section_at(dataset, other.variable()?, scene.variable()?, shown, indices)?;
    Some((other, section))
}

fn problem_text(problem: LevelProblem) -> String {
    match problem {
        LevelProblem::TooMany(count) => format!("{count} lines are too many: choose a larger step"),
        LevelProblem::NoneInRange => "None of these values occurs here".into(),
    }
}

fn want_lines(scene: Scene<'_>, request: &ContourRequest) -> Answer<ContourLines> {
    let slab = scene.engine.peek(&request.slab);
    let job = request.clone();
    scene.engine.want(request, Priority::Visible, move |cx| {
        let slab = slab.ok_or_else(|| ReadError::new(ErrorKind::Bug, "the slice is gone"))?;
        let is_cancelled = || cx.check().is_err();
        let values: Vec<f64> = job.levels.iter().map(|bits| f64::from_bits(*bits)).collect();
        let mut window = job.window;
        loop {
            let sample = Sample::of(&slab.values, job.columns, &window, job.wraps, &is_cancelled);
            let found = sample.and_then(|sample| lines(&sample, &values, &is_cancelled));
            cx.check()?;
            let found = found.unwrap_or_default();
            let points: usize = found.iter().map(|line| line.points.len()).sum();
            if points <= POINTS_MAX {
                return Ok(ContourLines(found));
            }
            // Noise: the lines of its means are those that mean something.
            window.strides = window.strides.map(|stride| 2 * stride);
        }
    })
}

fn font() -> FontId {
    FontId::proportional(11.0)
}

/// The last lines, where they now lie.
fn drawn_ui(ui: &Ui, state: &mut OverlayState, placement: &dyn Placement) {
    let Some((_, lines, levels)) = &state.contours.lines else { return };
    let key = placement.key();
    let is_placed = matches!(
        &state.contours.placed,
        Some((placed, at, _)) if Arc::ptr_eq(placed, lines) && *at == key
    );
    if !is_placed {
        let width = |level: &ContourLevel| {
            let galley = ui.painter().layout_no_wrap(level.label.clone(), font(), INK);
            level.is_major.then(|| galley.size().x)
        };
        let widths: Vec<Option<f32>> = levels.iter().map(width).collect();
        let drawing = place(&lines.0, placement, &widths);
        state.contours.placed = Some((lines.clone(), key, drawing));
    }
    if let Some((_, _, drawing)) = &state.contours.placed {
        drawing_ui(ui, drawing, levels, placement.viewport());
    }
}

fn drawing_ui(ui: &Ui, drawing: &Drawing, levels: &[ContourLevel], viewport: [f32; 4]) {
    let [left, top, right, bottom] = viewport;
    let rect = Rect::from_min_max(pos2(left, top), pos2(right, bottom));
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let points = |points: &[[f32; 2]]| points.iter().map(|&[x, y]| pos2(x, y)).collect();
    let width = |level: usize| match levels.get(level) {
        Some(level) if level.is_major => THICK,
        _ => THIN,
    };
    let stroked = |extra: f32, color: Color32| {
        let line = move |stretch: &crate::prep::contour::Stretch| {
            let stroke = Stroke::new(width(stretch.level) + extra, color);
            Shape::line(points(&stretch.points), stroke)
        };
        drawing.stretches.iter().map(line)
    };
    painter.extend(stroked(SEAM_WIDTH, SEAM));
    painter.extend(stroked(0.0, INK));
    for label in &drawing.labels {
        let Some(level) = levels.get(label.level) else { continue };
        let center = pos2(label.center[0], label.center[1]);
        turned_text(&painter, center, label.angle, &level.label);
    }
}

/// A text about its middle, readable on every colour.
fn turned_text(painter: &egui::Painter, center: Pos2, angle: f32, text: &str) {
    let galley = painter.layout_no_wrap(text.to_owned(), font(), INK);
    let half = egui::emath::Rot2::from_angle(angle) * (galley.size() / 2.0);
    let at = |offset: egui::Vec2, color: Color32| {
        let shape = TextShape::new(center - half + offset, galley.clone(), color);
        shape.with_angle(angle).with_override_text_color(color)
    };
    for k in 0..12 {
        let way = egui::Vec2::angled(std::f32::consts::TAU * k as f32 / 12.0);
        painter.add(at(1.4 * way, TEXT_SEAM));
    }
    painter.add(at(egui::Vec2::ZERO, INK));
}
