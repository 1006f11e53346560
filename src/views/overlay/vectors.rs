//! Arrows over a picture, with a scale, and speed and direction under the pointer.

use std::sync::Arc;

use egui::{Color32, Pos2, Rect, Shape, Stroke, Ui, Vec2, pos2, vec2};
use hyperslab_core::{ErrorKind, ReadError};

use super::super::data::{Slab, SlabRequest, want_slab};
use super::super::{Scene, VariableState};
use super::fields::{pairs, section_at};
use super::turning::{TurnRequest, Turned, horizontal_axes, want_turn};
use super::{Shown, beside};
use crate::cf::{Frame, VectorPair};
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::prep::placement::{Placement, Vector};
use crate::prep::table::{NumberFormat, format_number};
use crate::prep::vectors::{Arrow, arrows, components, reference_speed};
use crate::session::RelativeTo;
use crate::ui::theme::palette;

const INK: Color32 = Color32::from_rgb(16, 16, 20);
const SEAM: Color32 = Color32::from_rgba_unmultiplied_const(255, 255, 255, 150);
const WIDTH: f32 = 1.3;
const SEAM_WIDTH: f32 = 1.6;

/// An arrow of the reference speed, in spacings.
const REFERENCE_SPACINGS: f32 = 1.15;

/// Values looked at for the reference speed.
const SPEEDS_MAX: usize = 1 << 14;

/// A round speed that arrows of a slice are measured by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct SpeedRequest {
    u: SlabRequest,
    v: SlabRequest,
}

struct Reference(Option<f64>);

impl Weigh for Reference {
    fn bytes(&self) -> usize {
        size_of::<Self>()
    }
}

impl Request for SpeedRequest {
    type Output = Reference;

    fn describe(&self) -> String {
        "looking for the fastest".into()
    }
}

/// All that arrows are drawn from.
struct Field {
    u: Arc<Slab>,
    v: Arc<Slab>,
    turned: Arc<Turned>,
    is_on_grid: bool,
    columns: usize,
}

impl Field {
    fn vector(&self, row: usize, column: usize) -> Option<Vector> {
        let cell = row.checked_mul(self.columns)?.checked_add(column)?;
        let number = |slab: &Slab| slab.values.number(cell).map(|number| number.as_f64());
        let uv = [number(&self.u)?, number(&self.v)?];
        if column >= self.columns || uv.iter().any(|c| !c.is_finite()) {
            return None;
        }
        let vector = components(uv, self.is_on_grid, &self.turned.turn, cell);
        let [a, b] = vector.on_grid;
        // Along columns and rows of the values, whichever of them is the grid's x.
        let on_grid = if self.turned.x_is_fast { [a, b] } else { [b, a] };
        Some(Vector { on_grid, ..vector })
    }
}

/// The pair that was chosen, or the one that suits the variable.
pub fn chosen_pair(
    scene: Scene<'_>,
    state: &VariableState,
    shown: Shown<'_>,
) -> Option<VectorPair> {
    let all = pairs(scene, shown);
    let path = state.overlay.vectors.of.as_deref();
    let chosen = path.and_then(|path| scene.opened.dataset.find_variable(path));
    let is_chosen = |pair: &&VectorPair| Some(pair.u) == chosen || Some(pair.v) == chosen;
    all.iter().find(is_chosen).or_else(|| all.first()).copied()
}

/// How long an arrow of a round speed is.
pub struct ArrowScale {
    length: f32,
    text: String,
}

/// What drawing arrows came to.
#[derive(Default)]
pub struct Drawn {
    pub is_current: bool,
    /// Of the place under the pointer.
    pub readout: Option<String>,
    pub scale: Option<ArrowScale>,
}

pub fn vectors_ui(
    ui: &Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    shown: Shown<'_>,
    placement: &dyn Placement,
    pointer: Option<Pos2>,
) -> Drawn {
    let nothing = |is_current| Drawn { is_current, ..Drawn::default() };
    let Some(pair) = chosen_pair(scene, state, shown) else {
        state.overlays.vector_note = Some("No vector lies on the points shown".into());
        return nothing(true);
    };
    let (field, reference) = match want_field(scene, state, shown, pair) {
        Found::Field(field, reference) => (field, reference),
        Found::Pending => return nothing(false),
        Found::Nothing(why) => {
            state.overlays.vector_note = Some(why);
            return nothing(true);
        }
    };
    state.overlays.vector_note = Some(field.turned.note.clone());
    let unit = beside(scene, pair.u).unit();
    let scale = reference.map(|reference| {
        let options = &state.overlay.vectors;
        let length = options.spacing * REFERENCE_SPACINGS * options.length;
        let px_per_unit = length / reference as f32;
        let vector = |row: usize, column: usize| field.vector(row, column);
        let drawn = arrows(placement, options.spacing, px_per_unit, &vector);
        let [left, top, right, bottom] = placement.viewport();
        let rect = Rect::from_min_max(pos2(left, top), pos2(right, bottom));
        arrows_ui(ui, rect, &drawn);
        ArrowScale { length, text: with_unit(reference, &unit) }
    });
    let is_wind = beside(scene, pair.u).cf().is_some_and(|cf| cf.is_wind());
    let readout = pointer.and_then(|at| {
        let [row, column] = placement.place_at([at.x, at.y])?;
        let cell = (row.round().max(0.0) as usize, column.round().max(0.0) as usize);
        let words = words(&field.vector(cell.0, cell.1)?, &unit, is_wind);
        Some(format!("{} {words}", if is_wind { "wind" } else { "vector" }))
    });
    Drawn { is_current: true, readout, scale }
}

/// What there is to draw.
enum Found {
    /// With the reference speed, where anything moves.
    Field(Field, Option<f64>),
    Pending,
    Nothing(String),
}

impl Found {
    fn missing<T>(answer: Answer<T>) -> Self {
        match answer {
            Answer::Failed(error) => Self::Nothing(error.to_string()),
            _ => Self::Pending,
        }
    }
}

/// The components, their turn and the reference speed, once all are there.
fn want_field(
    scene: Scene<'_>,
    state: &VariableState,
    shown: Shown<'_>,
    pair: VectorPair,
) -> Found {
    let u_scene = beside(scene, pair.u);
    let found = u_scene.variable().zip(scene.variable());
    let (dataset, indices) = (&scene.opened.dataset, &state.overlay.indices);
    let found = found.and_then(|(u, own)| section_at(dataset, u, own, shown, indices));
    let Some(section) = found else {
        return Found::Nothing("This vector does not lie on the points shown".into());
    };
    let Some(axes) = axes_of(scene, u_scene, shown) else {
        return Found::Nothing("Arrows are drawn over the two horizontal axes only".into());
    };
    let request = |variable| SlabRequest {
        origin: beside(scene, variable).origin(true).as_cells(),
        section: section.clone(),
    };
    let (u_request, v_request) = (request(pair.u), request(pair.v));
    let turn = TurnRequest { origin: u_scene.origin(true), section: section.clone(), axes, pair };
    let u = want_slab(u_scene, &u_request, Priority::Visible);
    let v = want_slab(beside(scene, pair.v), &v_request, Priority::Visible);
    let (u, v, turned) = match (u, v, want_turn(u_scene, &turn)) {
        (Answer::Ready(u), Answer::Ready(v), Answer::Ready(turned)) => (u, v, turned),
        (u @ Answer::Failed(_), ..) => return Found::missing(u),
        (_, v @ Answer::Failed(_), _) => return Found::missing(v),
        (.., turned) => return Found::missing(turned),
    };
    let speeds = SpeedRequest { u: u_request, v: v_request };
    let reference = match want_reference(scene, &speeds, (&u, &v)) {
        Answer::Ready(reference) => reference.0,
        missing => return Found::missing(missing),
    };
    let is_on_grid = match state.overlay.vectors.relative_to {
        RelativeTo::File => turned.frame == Frame::Grid,
        RelativeTo::Earth => false,
        RelativeTo::Grid => true,
    };
    let [_, columns] = shown.shape();
    Found::Field(Field { u, v, turned, is_on_grid, columns }, reference)
}

/// The picture's axes among those of the vector, if they are its horizontal ones.
fn axes_of(scene: Scene<'_>, of: Scene<'_>, shown: Shown<'_>) -> Option<(usize, usize)> {
    let (own, other) = (scene.variable()?, of.variable()?);
    let place = |axis: usize| {
        let dimension = own.axes.get(axis)?.dimension;
        match dimension {
            Some(_) => other.axes.iter().position(|axis| axis.dimension == dimension),
            None => Some(axis),
        }
    };
    let axes = (place(shown.axes.0)?, place(shown.axes.1)?);
    let (y, x) = horizontal_axes(&of.cf()?)?;
    (axes == (x, y) || axes == (y, x)).then_some(axes)
}

fn want_reference(
    scene: Scene<'_>,
    request: &SpeedRequest,
    (u, v): (&Arc<Slab>, &Arc<Slab>),
) -> Answer<Reference> {
    let (u, v) = (u.clone(), v.clone());
    scene.engine.want(request, Priority::Visible, move |cx| {
        cx.check()?;
        let len = u.values.len().min(v.values.len());
        let number = |slab: &Slab, at: usize| slab.values.number(at).map(|n| n.as_f64());
        let step = len.div_ceil(SPEEDS_MAX).max(1);
        // Not in step with the length of rows.
        let step = if step > 1 { step | 1 } else { step };
        let mut speeds: Vec<f64> = (0..len)
            .step_by(step)
            .filter_map(|at| Some(number(&u, at)?.hypot(number(&v, at)?)))
            .collect();
        if u.values.number(0).is_none() && len > 0 {
            return Err(ReadError::new(ErrorKind::Request, "these are no numbers"));
        }
        Ok(Reference(reference_speed(&mut speeds)))
    })
}

fn with_unit(value: f64, unit: &str) -> String {
    format!("{value} {unit}").trim_end().to_owned()
}

/// `12.3 m s⁻¹ from 252° (WSW)`.
fn words(vector: &Vector, unit: &str, is_wind: bool) -> String {
    let [a, b] = vector.on_earth.unwrap_or(vector.on_grid);
    let speed =
        format_number(hyperslab_core::array::Number::F64(a.hypot(b)), NumberFormat::Significant(3));
    let speed = format!("{speed} {unit}");
    let speed = speed.trim_end();
    let Some([east, north]) = vector.on_earth else { return format!("{speed} (north is unknown)") };
    if east == 0.0 && north == 0.0 {
        return speed.to_owned();
    }
    let towards = east.atan2(north).to_degrees();
    let (word, bearing) = if is_wind { ("from", towards + 180.0) } else { ("towards", towards) };
    let bearing = bearing.rem_euclid(360.0).round() % 360.0;
    format!("{speed} {word} {bearing}° ({})", compass(bearing))
}

fn compass(bearing: f64) -> &'static str {
    const POINTS: [&str; 16] = [
        "N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW",
        "NW", "NNW",
    ];
    POINTS.get((bearing / 22.5).round() as usize % 16).copied().unwrap_or_default()
}

/// Dark with a light seam, whole arrows one over the other.
fn arrows_ui(ui: &Ui, rect: Rect, arrows: &[Arrow]) {
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let shapes = |extra: f32, color: Color32| {
        arrows.iter().flat_map(move |arrow| {
            let at = |[x, y]: [f32; 2]| pos2(x, y);
            arrow_shapes(at(arrow.tail), at(arrow.head), WIDTH, extra, color)
        })
    };
    painter.extend(shapes(SEAM_WIDTH, SEAM));
    painter.extend(shapes(0.0, INK));
}

/// Shaft and head; of short arrows the head is smaller.
fn arrow_shapes(tail: Pos2, head: Pos2, width: f32, extra: f32, color: Color32) -> Vec<Shape> {
    let way = head - tail;
    let length = way.length();
    let stroke = Stroke::new(width + extra, color);
    if length < 1.0 {
        return vec![Shape::circle_filled(head, (width + extra) / 2.0, color)];
    }
    let way = way / length;
    let side = Vec2::new(-way.y, way.x);
    let barb = (length * 0.45).min(6.0);
    let foot = head - barb * way;
    let left = foot + 0.42 * barb * side;
    let right = foot - 0.42 * barb * side;
    vec![
        Shape::line_segment([tail, head - 0.6 * barb * way], stroke),
        Shape::convex_polygon(vec![head, left, right], color, Stroke::new(extra.max(0.4), color)),
    ]
}

/// In the lower right corner: how long an arrow of a round speed is.
pub fn scale_ui(ui: &Ui, [left, top, right, bottom]: [f32; 4], scale: &ArrowScale) {
    let rect = Rect::from_min_max(pos2(left, top), pos2(right, bottom));
    let length = scale.length;
    let palette = palette(ui);
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let galley =
        painter.layout_no_wrap(scale.text.clone(), egui::FontId::proportional(11.5), palette.text);
    let size = vec2(length + 8.0 + galley.size().x, galley.size().y.max(12.0));
    let back =
        Rect::from_min_size(rect.right_bottom() - size - vec2(22.0, 16.0), size + vec2(14.0, 8.0));
    painter.rect_filled(back, 4.0, palette.canvas.gamma_multiply(0.85));
    let from = pos2(back.left() + 7.0, back.center().y);
    let to = from + vec2(length, 0.0);
    painter.extend(arrow_shapes(from, to, WIDTH, 0.0, palette.text));
    let at = pos2(to.x + 8.0, back.center().y - galley.size().y / 2.0);
    painter.galley(at, galley, palette.text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wind_comes_from_and_currents_go_to() {
        let vector = Vector { on_grid: [0.0, 0.0], on_earth: Some([10.0, 0.0]) };
        assert_eq!(words(&vector, "m s⁻¹", true), "10 m s⁻¹ from 270° (W)");
        assert_eq!(words(&vector, "", false), "10 towards 90° (E)");
        let south = Vector { on_grid: [0.0, 0.0], on_earth: Some([-0.01, -1.0]) };
        assert_eq!(words(&south, "kn", true), "1 kn from 1° (N)");
        let lost = Vector { on_grid: [3.0, 4.0], on_earth: None };
        assert_eq!(words(&lost, "m/s", true), "5 m/s (north is unknown)");
    }
}
