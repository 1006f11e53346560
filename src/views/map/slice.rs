//! The slice that is drawn, and those before and after it.

use std::sync::Arc;

use egui::Ui;
use hyperslab_core::{Range, ReadError, Section};

use crate::engine::{Answer, Priority};
use crate::session::Settings;
use crate::views::data::{Slab, SlabRequest, want_slab};
use crate::views::player::read_ahead;
use crate::views::{Scene, VariableState};

/// Most values a map is made of; of more, every n-th along each axis.
const VALUES_MAX: u64 = 1 << 24;

/// The values that are drawn.
pub struct Field {
    pub slab: Option<Arc<Slab>>,
    pub request: SlabRequest,
    /// What is asked for now, and not what was asked for last and is finished first.
    pub is_newest: bool,
}

/// Whole along the axes that are shown, or every n-th; one along the others.
pub fn section(shape: &[u64], axes: &[usize], state: &VariableState) -> Section {
    let shown: Vec<u64> = axes.iter().filter_map(|&axis| shape.get(axis).copied()).collect();
    let count = shown.iter().fold(1u64, |n, &len| n.saturating_mul(len));
    let excess = count.div_ceil(VALUES_MAX).max(1);
    let stride = match shown.len() {
        2 => excess.isqrt() + u64::from(excess.isqrt().pow(2) < excess),
        _ => excess,
    };
    let range = |(axis, &len): (usize, &u64)| match axes.contains(&axis) {
        true => Range::strided(0, len.div_ceil(stride), stride),
        false => Range::new(state.slice.index(axis, len), len.min(1)),
    };
    Section::new(shape.iter().enumerate().map(range).collect::<Vec<_>>())
}

/// Asks for the slice; an error where it cannot be read.
pub fn want_field(
    ui: &Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    settings: &Settings,
    section: Section,
) -> Result<Field, ReadError> {
    let newest = SlabRequest { origin: scene.origin(settings.is_decoded).as_cells(), section };
    let request = state.map_view.next_slab(&newest);
    let is_newest = request == newest;
    if !is_newest {
        ui.ctx().request_repaint();
    }
    match want_slab(scene, &request, Priority::Visible) {
        Answer::Ready(slab) => Ok(Field { slab: Some(slab), request, is_newest }),
        Answer::Pending(_) => Ok(Field { slab: None, request, is_newest }),
        Answer::Failed(error) => {
            state.map_view.stepping = None;
            Err(error)
        }
    }
}

/// The slices that will be asked for next, read while nothing else is.
pub fn prefetch_neighbours(
    scene: Scene<'_>,
    state: &VariableState,
    axes: &[usize],
    request: &SlabRequest,
) {
    read_ahead(scene, state, |axis| axes.contains(&axis), request);
}
