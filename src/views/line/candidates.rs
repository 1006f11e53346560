//! Which variables can be drawn with the one that is looked at.

use hyperslab_core::{Axis, VariableId};

use crate::cf::{AxisRole, CfAxis, Purpose};
use crate::session::PlottedCurve;
use crate::views::{Scene, VariableState};

/// The axis of another variable that is like this one; true where it is the very same.
pub fn axis_like(scene: Scene<'_>, axis: usize, other: Scene<'_>) -> Option<(usize, bool)> {
    let own = scene.variable()?.axes.get(axis)?;
    let is_same_file = scene.file.id == other.file.id;
    let axes = &other.variable()?.axes;
    let is_same =
        |axis: &Axis| is_same_file && own.dimension.is_some() && axis.dimension == own.dimension;
    if let Some(found) = axes.iter().position(is_same) {
        return Some((found, true));
    }
    let own = scene.cf()?.axes().into_iter().find(|found| found.index == axis)?;
    let others = other.cf()?.axes();
    let found = others.into_iter().find(|other| is_like(&own, other, is_same_file))?;
    Some((found.index, false))
}

fn is_like(own: &CfAxis<'_>, other: &CfAxis<'_>, is_same_file: bool) -> bool {
    if other.length < 2 {
        return false;
    }
    match (own.coordinate, other.coordinate) {
        (Some(_), Some(_)) if own.role == AxisRole::Other => own.name == other.name,
        (Some(_), Some(_)) => own.role == other.role,
        // Columns beside each other: as many values, and nothing else to go by.
        (None, None) => own.length == other.length && (is_same_file || own.name == other.name),
        _ => false,
    }
}

/// As a curve that follows the sliders; `None` where the two have no axis in common.
pub fn plotted(scene: Scene<'_>, state: &VariableState, other: Scene<'_>) -> Option<PlottedCurve> {
    let (axis, _) = axis_like(scene, state.slice.line?, other)?;
    let variable = other.variable()?;
    if !variable.dtype.is_numeric() {
        return None;
    }
    Some(PlottedCurve {
        file: other.file.path.clone(),
        variable: other.path(),
        axis,
        // In the middle: the corner of a map is mostly a pole.
        indices: variable.axes.iter().map(|axis| axis.length / 2).collect(),
        follows: true,
    })
}

/// The curve that is drawn now, which then stays where it is.
pub fn kept(scene: Scene<'_>, state: &VariableState) -> Option<PlottedCurve> {
    Some(PlottedCurve {
        file: scene.file.path.clone(),
        variable: scene.path(),
        axis: state.slice.line?,
        indices: state.slice.indices.clone(),
        follows: false,
    })
}

/// A variable that can be added, and how it is called.
pub struct Candidate {
    pub curve: PlottedCurve,
    pub label: String,
    pub title: String,
}

/// Offered at the most; the filter finds the others.
const OFFERED_MAX: usize = 200;

/// Of all open files, data before coordinates; `filter` is a part of a name or a title.
pub fn candidates(scene: Scene<'_>, state: &VariableState, filter: &str) -> Vec<Candidate> {
    let filter = filter.to_lowercase();
    let mut found = Vec::new();
    for file in scene.files {
        let Some(opened) = file.opened() else { continue };
        let ids = (0..opened.dataset.variables.len()).filter_map(|k| u32::try_from(k).ok());
        for id in ids.map(VariableId) {
            let other = Scene::new(scene.engine, scene.files, file, opened, id);
            let is_own = file.id == scene.file.id && other.variable == scene.variable;
            let purpose = opened.meaning.purpose(other.variable);
            if is_own || purpose == Purpose::Bounds {
                continue;
            }
            let Some(curve) = plotted(scene, state, other) else { continue };
            let label = match file.id == scene.file.id {
                true => curve.variable.clone(),
                false => format!("{} ({})", curve.variable, file.name()),
            };
            let title = other.title(true);
            let is_wanted =
                label.to_lowercase().contains(&filter) || title.to_lowercase().contains(&filter);
            if is_wanted && !state.line.curves.contains(&curve) {
                found.push((purpose, Candidate { curve, label, title }));
            }
        }
    }
    found.sort_by_key(|(purpose, _)| *purpose);
    found.truncate(OFFERED_MAX);
    found.into_iter().map(|(_, candidate)| candidate).collect()
}
