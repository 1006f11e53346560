//! Where a picture was cut, in words: what the sliders below it say on the screen.

use super::axis::want_axis;
use super::sliders::hidden_axes;
use super::{Scene, VariableState};

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
