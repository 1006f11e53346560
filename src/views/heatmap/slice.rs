//! The slice that is drawn: the part of the plane that is read for what is visible, and those
//! before and after it.

use std::sync::Arc;

use egui::Ui;
use hyperslab_core::{Range, ReadError, Section};

use super::axes::Axes;
use crate::engine::{Answer, Priority};
use crate::session::Settings;
use crate::views::axis::want_axis;
use crate::views::coordinates::Along;
use crate::views::data::{PlanePart, Slab, SlabRequest, plane_part, want_range, want_slab};
use crate::views::player::read_ahead;
use crate::views::{Scene, VariableState};

/// The slice; its values once they are there.
pub struct Plane {
    pub slab: Option<Arc<Slab>>,
    pub part: PlanePart,
    pub request: SlabRequest,
    /// What is asked for now, and not what was asked for last and is finished first.
    pub is_newest: bool,
    /// Of the variable's axes, along x and along y.
    pub axes: (usize, usize),
    pub along: (Along, Along),
}

/// A cell of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// In the part that was read.
    pub column: usize,
    pub row: usize,
    /// Along the variable's axes.
    pub x_index: u64,
    pub y_index: u64,
}

impl Plane {
    /// Values lie along y first.
    pub fn is_transposed(&self) -> bool {
        self.axes.0 < self.axes.1
    }

    /// The cell at these coordinates.
    pub fn cell_at(&self, (x, y): (f64, f64)) -> Option<Cell> {
        let (column, row) = (self.part.x.index_at(x)?, self.part.y.index_at(y)?);
        let index = |axis: usize, at: usize| {
            self.part.section.ranges.get(axis).map(|range| range.index(at as u64))
        };
        Some(Cell {
            column,
            row,
            x_index: index(self.axes.0, column)?,
            y_index: index(self.axes.1, row)?,
        })
    }

    /// Where the value of a cell is in the slab.
    pub fn position(&self, cell: &Cell) -> usize {
        if self.is_transposed() {
            cell.column * self.part.y.len() + cell.row
        } else {
            cell.row * self.part.x.len() + cell.column
        }
    }

    /// One cell alone.
    pub fn element(&self, cell: &Cell) -> Section {
        let place = |axis: usize, range: &Range| match axis {
            _ if axis == self.axes.0 => cell.x_index,
            _ if axis == self.axes.1 => cell.y_index,
            _ => range.start,
        };
        let ranges = self.request.section.ranges.iter().enumerate();
        Section::new(ranges.map(|(axis, range)| Range::one(place(axis, range))).collect::<Vec<_>>())
    }
}

/// Asks for the slice; an error where it cannot be read.
pub fn want_plane(
    ui: &Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    settings: &Settings,
    axes: &Axes,
) -> Result<Plane, ReadError> {
    let origin = scene.origin(settings.is_decoded).as_cells();
    let shape = scene.variable().map(|variable| variable.shape()).unwrap_or_default();
    let (x, y) = (&axes.x, &axes.y);
    let part = plane_part(
        &state.slice.plane(&shape),
        (x.number, &x.info.map),
        (y.number, &y.info.map),
        ((x.visible.low, x.visible.high), (y.visible.low, y.visible.high)),
    );
    let newest = SlabRequest { origin, section: part.section.clone() };
    let request = state.heatmap.next_request(&newest);
    let is_newest = request == newest;
    if !is_newest {
        ui.ctx().request_repaint();
    }
    let slab = match want_slab(scene, &request, Priority::Visible) {
        Answer::Ready(slab) => Some(slab),
        Answer::Pending(_) => None,
        Answer::Failed(error) => {
            state.heatmap.under_way = None;
            return Err(error);
        }
    };
    let along = (x.info.along, y.info.along);
    Ok(Plane { slab, part, request, is_newest, axes: axes.numbers(), along })
}

/// See [`crate::views::is_prefetched`].
pub fn is_prefetched(scene: Scene<'_>, state: &VariableState) -> bool {
    let (Some(x_axis), Some(y_axis), Some(variable)) =
        (state.slice.x, state.slice.y, scene.variable())
    else {
        return true;
    };
    let origin = scene.origin(true).as_cells();
    let _ = want_range(scene, origin);
    let want = |axis: usize| want_axis(scene, axis, state);
    for axis in 0..variable.rank() {
        let _ = want(axis);
    }
    let (Answer::Ready(x), Answer::Ready(y)) = (want(x_axis), want(y_axis)) else {
        return false;
    };
    let plane = state.slice.plane(&variable.shape());
    let part =
        plane_part(&plane, (x_axis, &x.map), (y_axis, &y.map), (x.map.range(), y.map.range()));
    let slab = want_slab(scene, &SlabRequest { origin, section: part.section }, Priority::Visible);
    !matches!(slab, Answer::Pending(_)) && !matches!(want_range(scene, origin), Answer::Pending(_))
}

/// The slices that will be asked for next, read while nothing else is.
pub fn prefetch_neighbours(scene: Scene<'_>, state: &VariableState, plane: &Plane) {
    let (x, y) = plane.axes;
    read_ahead(scene, state, |axis| axis == x || axis == y, &plane.request);
}
