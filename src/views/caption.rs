//! Where a picture was cut, in words: what the sliders below it say on the screen.

use hyperslab_core::Range;

use super::axis::want_axis;
use super::sliders::{axis_name, hidden_axes};
use super::{Scene, VariableState};
use crate::prep::slice::Slice;

/// `time 2000-01-05    plev 850 hPa`: the place along every axis that is not drawn and of which
/// there is something to say. Empty until it has been read.
pub fn caption(scene: Scene<'_>, state: &VariableState) -> String {
    let Some(variable) = scene.variable() else { return String::new() };
    let mut parts = Vec::new();
    for axis in hidden_axes(scene, state) {
        let length = variable.axes.get(axis).map_or(0, |axis| axis.length);
        let Some(info) = want_axis(scene, axis, state).ready() else { continue };
        if length > 1 || (length == 1 && info.has_coordinate()) {
            parts.push(info.full_label_in(scene, state.slice.index(axis, length)));
        }
    }
    parts.join("    ")
}

/// The axes that can be stepped through: number, name and length.
pub fn stepped_axes(scene: Scene<'_>, state: &VariableState) -> Vec<(usize, String, u64)> {
    let Some(variable) = scene.variable() else { return Vec::new() };
    let axes = hidden_axes(scene, state).into_iter().filter_map(|axis| {
        let length = variable.axes.get(axis)?.length;
        (length > 1).then(|| (axis, axis_name(scene, state, axis), length))
    });
    axes.collect()
}

/// The part of the variable that is shown: an index along every axis that is not drawn.
pub fn shown_slice(scene: Scene<'_>, state: &VariableState) -> Slice {
    let shape = scene.variable().map(|variable| variable.shape()).unwrap_or_default();
    let mut slice = Slice::all(&shape);
    for axis in hidden_axes(scene, state) {
        let length = shape.get(axis).copied().unwrap_or(0);
        let found = slice.section.ranges.get_mut(axis).zip(slice.kept.get_mut(axis));
        // Of an axis of no length there is no index.
        if let Some((range, kept)) = found.filter(|_| length > 0) {
            (*range, *kept) = (Range::one(state.slice.index(axis, length)), false);
        }
    }
    slice
}
