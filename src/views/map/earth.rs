//! The Earth under and over the data: ground, coastlines, borders, lakes, the rim of the map.

use std::sync::Arc;

use egui::{Color32, Mesh, Painter, Pos2, Shape, Stroke, Ui};
use hyperslab_core::{ReadContext, ReadError, Result};

use super::frame::MapFrame;
use super::picture::SpecKey;
use super::state::Basis;
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::prep::map::earth::{Detail, LonLat, layers};
use crate::prep::map::lines::{PlaneLine, project};
use crate::prep::map::projection::Shape as MapShape;
use crate::session::MapOptions;
use crate::views::Scene;

/// See `assets/make/earth.py`.
const PACKED: &[u8] = include_bytes!("../../../assets/earth/lines.bin");

/// Degrees of a point of the screen below which lines are fine.
const FINE_DEGREES: f64 = 0.16;

/// Points of a line that are closer together on the screen are one.
const APART_PT: f32 = 0.7;

/// Colours of a map, by theme.
#[derive(Clone, Copy)]
pub struct Ink {
    pub ground: Color32,
    pub missing: Color32,
    pub coast: Stroke,
    /// Round coasts, so that they are seen on any colour.
    pub halo: Stroke,
    pub lake: Stroke,
    pub border: Stroke,
    pub grid: Stroke,
    pub rim: Stroke,
}

pub fn ink(ui: &Ui) -> Ink {
    let rgba = Color32::from_rgba_unmultiplied;
    if ui.visuals().dark_mode {
        Ink {
            ground: Color32::from_rgb(33, 36, 43),
            missing: Color32::from_rgb(62, 66, 74),
            coast: Stroke::new(0.9, rgba(238, 241, 247, 215)),
            halo: Stroke::new(2.2, rgba(10, 12, 16, 85)),
            lake: Stroke::new(0.7, rgba(238, 241, 247, 150)),
            border: Stroke::new(0.6, rgba(238, 241, 247, 105)),
            grid: Stroke::new(0.6, rgba(225, 230, 240, 70)),
            rim: Stroke::new(1.0, rgba(160, 166, 178, 255)),
        }
    } else {
        Ink {
            ground: Color32::from_rgb(240, 242, 245),
            missing: Color32::from_rgb(213, 216, 222),
            coast: Stroke::new(0.9, rgba(20, 24, 32, 225)),
            halo: Stroke::new(2.2, rgba(255, 255, 255, 95)),
            lake: Stroke::new(0.7, rgba(20, 24, 32, 150)),
            border: Stroke::new(0.6, rgba(20, 24, 32, 105)),
            grid: Stroke::new(0.6, rgba(30, 36, 50, 72)),
            rim: Stroke::new(1.0, rgba(100, 106, 118, 255)),
        }
    }
}

/// The lines of the Earth on the plane of a map.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct LinesRequest {
    spec: SpecKey,
    detail: Detail,
}

pub struct Lines {
    coastlines: Vec<PlaneLine>,
    borders: Vec<PlaneLine>,
    lakes: Vec<PlaneLine>,
}

impl Weigh for Lines {
    fn bytes(&self) -> usize {
        let all = [&self.coastlines, &self.borders, &self.lakes].into_iter().flatten();
        all.map(|line| size_of::<PlaneLine>() + 16 * line.points.len()).sum()
    }
}

impl Request for LinesRequest {
    type Output = Lines;

    fn describe(&self) -> String {
        "drawing coastlines".into()
    }
}

/// Lines as fine as the picture needs them; `None` until they are there. Shown ones are kept
/// while others are made.
pub fn want_lines(scene: Scene<'_>, frame: &MapFrame) -> Option<Arc<Lines>> {
    let view = frame.view();
    let scale = frame.per_pt() / view.per_px;
    let degrees = frame.projection().degrees_per_px(view) * scale;
    let best = if degrees < FINE_DEGREES { Detail::Fine } else { Detail::Coarse };
    let other = if best == Detail::Fine { Detail::Coarse } else { Detail::Fine };
    let basis = frame.basis();
    let request = LinesRequest { spec: basis.spec.clone(), detail: best };
    let job = basis.clone();
    match scene.engine.want(&request, Priority::Visible, move |cx| lines(&job, best, cx)) {
        Answer::Ready(lines) => Some(lines),
        _ => scene.engine.peek(&LinesRequest { spec: basis.spec.clone(), detail: other }),
    }
}

fn lines(basis: &Basis, detail: Detail, cx: &ReadContext) -> Result<Lines> {
    let layers = layers(PACKED, detail);
    let is_cancelled = || cx.check().is_err();
    let on_map = |lines: &[Vec<LonLat>]| {
        project(lines, &basis.projection, &is_cancelled).ok_or_else(ReadError::cancelled)
    };
    Ok(Lines {
        coastlines: on_map(&layers.coastlines)?,
        borders: on_map(&layers.borders)?,
        lakes: on_map(&layers.lakes)?,
    })
}

/// What the map shows of the globe, where there are no data.
pub fn ground_ui(painter: &Painter, frame: &MapFrame, color: Color32) {
    let basis = frame.basis();
    let outline = &basis.outline;
    let middle = match basis.projection.shape() {
        // Seen from its apex a fan is open on all sides.
        MapShape::Fan { apex_y, .. } => (0.0, *apex_y),
        _ => (0.0, 0.0),
    };
    if outline.is_empty() {
        painter.rect_filled(frame.rect, 0.0, color);
        return;
    }
    let mut mesh = Mesh::default();
    mesh.colored_vertex(frame.px_from_plane(middle.0, middle.1), color);
    for &(x, y) in outline {
        mesh.colored_vertex(frame.px_from_plane(x, y), color);
    }
    let count = outline.len() as u32;
    for k in 0..count {
        mesh.add_triangle(0, k + 1, (k + 1) % count + 1);
    }
    painter.add(Shape::mesh(mesh));
}

/// Coastlines over the data.
pub fn lines_ui(
    painter: &Painter,
    frame: &MapFrame,
    lines: &Lines,
    options: &MapOptions,
    ink: Ink,
) {
    for (is_shown, lines, stroke) in [
        (options.shows_coastlines, &lines.coastlines, ink.halo),
        (options.shows_borders, &lines.borders, ink.border),
        (options.shows_lakes, &lines.lakes, ink.lake),
        (options.shows_coastlines, &lines.coastlines, ink.coast),
    ] {
        if is_shown {
            plane_lines_ui(painter, frame, lines, stroke);
        }
    }
}

/// Those that are in sight.
pub fn plane_lines_ui(painter: &Painter, frame: &MapFrame, lines: &[PlaneLine], stroke: Stroke) {
    let sight = frame.view().bounds();
    for line in lines.iter().filter(|line| line.bounds.meets(&sight)) {
        let mut points: Vec<Pos2> = Vec::with_capacity(line.points.len());
        let last = line.points.len().saturating_sub(1);
        for (k, &[x, y]) in line.points.iter().enumerate() {
            let at = frame.px_from_plane(x, y);
            let is_apart = points.last().is_none_or(|before| before.distance(at) >= APART_PT);
            if is_apart || k == last {
                points.push(at);
            }
        }
        painter.add(Shape::line(points, stroke));
    }
}

/// Where the globe ends, or the picture.
pub fn rim_ui(painter: &Painter, frame: &MapFrame, stroke: Stroke) {
    let outline = &frame.basis().outline;
    let points: Vec<Pos2> = outline.iter().map(|&(x, y)| frame.px_from_plane(x, y)).collect();
    if points.len() > 2 {
        painter.add(Shape::closed_line(points, stroke));
    }
}
