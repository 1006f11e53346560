//! "Go to" for pictures and curves: a date, a coordinate or an index along the axes that have a
//! slider.

use super::axis::{AxisInfo, want_axis};
use super::sliders::hidden_axes;
use super::{Scene, VariableState};
use crate::cf;

/// There is an axis along which one can go somewhere.
pub fn has_sliders(scene: Scene<'_>, state: &VariableState) -> bool {
    let shape = scene.variable().map(|variable| variable.shape()).unwrap_or_default();
    hidden_axes(scene, state).iter().any(|&axis| shape.get(axis).is_some_and(|&len| len > 1))
}

/// Moves a slider: `2000-03-01`, `850`, `level=850`, `#3` (an index).
///
/// # Errors
/// One line that says why there is no such place.
pub fn go_to(scene: Scene<'_>, state: &mut VariableState, text: &str) -> Result<(), String> {
    let (name, wanted) = match text.split_once('=') {
        Some((name, wanted)) => (Some(name.trim()), wanted.trim()),
        None => (None, text.trim()),
    };
    let axes = hidden_axes(scene, state);
    let is_date = cf::date_of_text(wanted).is_some() && wanted.parse::<f64>().is_err();
    let found = axes.into_iter().find_map(|axis| {
        let info = want_axis(scene, axis, state).ready()?;
        let is_meant = match name {
            Some(name) => info.name().eq_ignore_ascii_case(name),
            None => wanted.starts_with('#') || info.is_time() == is_date,
        };
        let index = is_meant.then(|| index_of(&info, wanted)).flatten()?;
        Some((axis, index))
    });
    match found {
        Some((axis, index)) => {
            state.slice.set_index(axis, index);
            Ok(())
        }
        None => Err(format!("no slider has {wanted}")),
    }
}

fn index_of(info: &AxisInfo, wanted: &str) -> Option<u64> {
    let length = info.map.len() as u64;
    let number = wanted.strip_prefix('#').unwrap_or(wanted);
    let index = number.trim().parse::<u64>().ok().filter(|&index| index < length);
    match wanted.starts_with('#') || !info.has_coordinate() {
        true => index,
        false => info.find(wanted),
    }
}
