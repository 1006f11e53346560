//! The cell under the pointer: its place, its value, its outline.

use std::sync::Arc;

use egui::{Color32, Pos2, Response, Shape, Stroke, Ui};
use hyperslab_core::{Range, Section};

use super::earth::plane_lines_ui;
use super::frame::MapFrame;
use super::located::Covering;
use super::picture::Cells;
use super::slice::Field;
use crate::prep::geometry::Geometry;
use crate::prep::map::cells::NONE;
use crate::prep::map::lines::project_one;
use crate::prep::map::projection::turned;
use crate::ui::status::Readout;
use crate::ui::theme::palette;
use crate::views::data::place_words;
use crate::views::picking::{marks_ui, pick_ui};
use crate::views::value_words::value_words;
use crate::views::{Scene, VariableState};

/// What is pointed at and looked up in one frame.
pub struct Pointing<'a> {
    pub frame: &'a MapFrame,
    pub located: &'a Arc<Covering>,
    pub field: &'a Field,
    pub axes: &'a [usize],
    /// Of the picture, where they have been found.
    pub cells: Option<Arc<Cells>>,
}

impl Pointing<'_> {
    fn cell_at(&self, at: Pos2) -> Option<usize> {
        let pixel = self.frame.pixel_at(at)?;
        let cell = *self.cells.as_ref()?.0.get(pixel)?;
        (cell != NONE).then_some(cell as usize)
    }

    /// One cell alone.
    fn element(&self, cell: usize) -> Section {
        let ranges = self.field.request.section.ranges.iter().enumerate();
        let columns = self.columns();
        let place = |(axis, range): (usize, &Range)| {
            let at = match self.axes.iter().position(|&shown| shown == axis) {
                Some(0) if self.axes.len() > 1 => cell / columns,
                Some(_) if self.axes.len() > 1 => cell % columns,
                Some(_) => cell,
                None => return Range::one(range.start),
            };
            Range::one(range.index(at as u64))
        };
        Section::new(ranges.map(place).collect::<Vec<_>>())
    }

    fn columns(&self) -> usize {
        let last = self.axes.last().and_then(|&axis| self.field.request.section.ranges.get(axis));
        last.map_or(1, |range| usize::try_from(range.count).unwrap_or(usize::MAX)).max(1)
    }

    /// An index along every axis of the variable.
    fn indices_at(&self, at: Pos2) -> Option<Vec<u64>> {
        let element = self.element(self.cell_at(at)?);
        Some(element.ranges.iter().map(|range| range.start).collect())
    }

    /// The cell at an index along every axis, if it is shown.
    fn cell_of(&self, indices: &[u64]) -> Option<usize> {
        let ranges = &self.field.request.section.ranges;
        let mut places = self.axes.iter().map(|&axis| {
            let (range, &index) = (ranges.get(axis)?, indices.get(axis)?);
            let place = index.checked_sub(range.start)? / range.stride.max(1);
            (place < range.count).then(|| usize::try_from(place).ok()).flatten()
        });
        match (places.next(), places.next()) {
            (Some(row), Some(column)) => Some(row? * self.columns() + column?),
            (Some(cell), None) => cell,
            _ => None,
        }
    }
}

/// Reads out the cell under the pointer and frames it.
pub fn hover_ui(
    ui: &Ui,
    scene: Scene<'_>,
    response: &Response,
    pointing: &Pointing<'_>,
    readout: &mut Readout,
) {
    let Some(at) = response.hover_pos().filter(|_| !response.dragged()) else { return };
    let frame = pointing.frame;
    let cell = pointing.cell_at(at);
    let center = cell.and_then(|cell| pointing.located.geometry().center(cell));
    let Some((lat, lon)) = center.or_else(|| frame.lon_lat_from_px(at).map(|(x, y)| (y, x))) else {
        return;
    };
    let place = place_words(lat, lon);
    let (Some(cell), Some(slab)) = (cell, pointing.field.slab.as_deref()) else {
        readout.text = place;
        return;
    };
    let position = pointing.located.order.position(cell);
    let origin = pointing.field.request.origin;
    let element = pointing.element(cell);
    let value = value_words(scene, origin.is_decoded, slab, position, &element);
    readout.text = format!("{value}    {place}");
    outline_ui(ui, pointing, cell);
}

fn outline_ui(ui: &Ui, pointing: &Pointing<'_>, cell: usize) {
    let frame = pointing.frame;
    let painter = ui.painter().with_clip_rect(frame.rect);
    let stroke = Stroke::new(1.2, palette(ui).text);
    let corners = pointing.located.geometry().outline(cell);
    if corners.is_empty() {
        let center = pointing.located.geometry().center(cell);
        let at = center.and_then(|(lat, lon)| frame.px_from_lon_lat(lon, lat));
        if let Some(at) = at {
            painter.add(Shape::circle_stroke(at, 5.0, stroke));
        }
        return;
    }
    let projection = frame.projection();
    if let (Some(_), Geometry::Projected { x_edges, y_edges, .. }) =
        (projection.own(), pointing.located.geometry())
    {
        // As the data lie, a cell is a rectangle.
        let columns = x_edges.len().saturating_sub(1).max(1);
        let edge =
            |edges: &[f64], at: usize| edges.get(at).zip(edges.get(at + 1)).map(|(a, b)| (*a, *b));
        if let Some((x, y)) = edge(x_edges, cell % columns).zip(edge(y_edges, cell / columns)) {
            let rect = egui::Rect::from_two_pos(
                frame.px_from_plane(x.0, y.0),
                frame.px_from_plane(x.1, y.1),
            );
            painter.rect_stroke(rect, 0.0, stroke, egui::StrokeKind::Middle);
        }
        return;
    }
    let mut places: Vec<(f64, f64)> = Vec::new();
    for (a, b) in corners.iter().zip(corners.iter().cycle().skip(1)) {
        // Along the sides, which may be bent on the map.
        let way = (turned(b.0 - a.0), b.1 - a.1);
        let pieces = (way.0.abs().max(way.1.abs()) / 2.0).ceil().clamp(1.0, 90.0) as u32;
        places.extend((0..=pieces).map(|k| {
            let t = f64::from(k) / f64::from(pieces);
            (a.0 + way.0 * t, a.1 + way.1 * t)
        }));
    }
    plane_lines_ui(&painter, frame, &project_one(places, projection), stroke);
}

/// A ring round the cell that the pointer is on in a linked tile.
fn elsewhere_ui(painter: &egui::Painter, state: &VariableState, pointing: &Pointing<'_>) {
    let there = &state.cursor.there;
    let mut indices = state.slice.indices.clone();
    for &axis in pointing.axes {
        let (Some(&index), Some(slot)) = (there.get(&axis), indices.get_mut(axis)) else { return };
        *slot = index;
    }
    let center = pointing.cell_of(&indices).and_then(|c| pointing.located.geometry().center(c));
    let at = center.and_then(|(lat, lon)| pointing.frame.px_from_lon_lat(lon, lat));
    let Some(at) = at else { return };
    for (width, color) in [(3.0, Color32::from_black_alpha(140)), (1.4, Color32::WHITE)] {
        painter.add(Shape::circle_stroke(at, 6.0, Stroke::new(width, color)));
    }
}

/// Click, Shift-click, Ctrl: cells that are looked at more closely.
pub fn picks_ui(ui: &Ui, state: &mut VariableState, response: &Response, pointing: &Pointing<'_>) {
    let at = |pos: Pos2| pointing.indices_at(pos);
    state.cursor.here = response.hover_pos().and_then(at);
    if pick_ui(ui, response, &mut state.picks, at)
        && let Some(indices) = response.interact_pointer_pos().and_then(at)
    {
        for &axis in pointing.axes {
            state.slice.set_index(axis, indices.get(axis).copied().unwrap_or(0));
        }
    }
    let frame = pointing.frame;
    let painter = ui.painter().with_clip_rect(frame.rect);
    elsewhere_ui(&painter, state, pointing);
    marks_ui(ui, &painter, &state.picks, |indices| {
        let (lat, lon) = pointing.located.geometry().center(pointing.cell_of(indices)?)?;
        frame.px_from_lon_lat(lon, lat)
    });
}
