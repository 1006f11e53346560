//! The curves of a line view: the variable's own, those added to it, and what a convention draws
//! with it; each with the coordinate it lies along.

use std::sync::Arc;

use hyperslab_core::{Range, Section, VariableId};

use super::candidates::axis_like;
use crate::cf::Conversion;
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::prep::cell_edges::AxisMap;
use crate::session::PlottedCurve;
use crate::views::axis::{AxisInfo, want_axis, want_axis_along};
use crate::views::chart::curve::{AxisKey, Curve, Lies};
use crate::views::coordinates::Along;
use crate::views::{Origin, Scene, VariableState};

/// A curve that is asked for.
pub struct Series<'a> {
    pub scene: Scene<'a>,
    pub curve: Curve,
    pub lies: Lies,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Of the variable that is looked at, where the sliders stand.
    Own,
    /// At this place of [`crate::session::LineOptions::curves`].
    Added(usize),
    /// By a convention.
    Beside,
}

/// The variable's own curve first.
pub fn series<'a>(
    scene: Scene<'a>,
    state: &VariableState,
    is_decoded: bool,
    (axis, info): (usize, &Arc<AxisInfo>),
) -> Vec<Series<'a>> {
    let Some(variable) = scene.variable() else { return Vec::new() };
    let origin = scene.origin(is_decoded);
    let own = Curve {
        origin,
        section: state.slice.curve(&variable.shape()),
        axis,
        label: own_label(scene, state, axis),
    };
    let beside = beside(scene, &own);
    let lies = Lies::along(info);
    let added = state.line.curves.iter().enumerate().filter_map(|(k, plotted)| {
        added(scene, state, plotted, is_decoded, (axis, info), Kind::Added(k))
    });
    let own = Series { scene, curve: own, lies: lies.clone(), kind: Kind::Own };
    let beside = beside.into_iter().map(|(scene, curve)| Series {
        scene,
        curve,
        lies: lies.clone(),
        kind: Kind::Beside,
    });
    std::iter::once(own).chain(added).chain(beside).collect()
}

/// The variable of a curve in its file, while that is open.
pub fn scene_of<'a>(scene: Scene<'a>, plotted: &PlottedCurve) -> Option<Scene<'a>> {
    let file = scene.files.iter().find(|file| file.path == plotted.file)?;
    let opened = file.opened()?;
    let variable = opened.dataset.find_variable(&plotted.variable)?;
    if file.id == scene.file.id && variable == scene.variable {
        return Some(scene);
    }
    let other = Scene::new(scene.engine, scene.files, file, opened, variable);
    Some(Scene { is_picture: scene.is_picture, is_focused: scene.is_focused, ..other })
}

/// The part of its variable that a curve shows; `None` where the variable has other axes now.
pub fn section_of(
    scene: Scene<'_>,
    state: &VariableState,
    other: Scene<'_>,
    plotted: &PlottedCurve,
) -> Option<Section> {
    let variable = other.variable()?;
    let own = scene.variable()?;
    if plotted.axis >= variable.rank() || plotted.indices.len() != variable.rank() {
        return None;
    }
    let name = |scene: Scene<'_>, axis: &hyperslab_core::Axis| {
        scene.opened.dataset.dimension_name(axis).map(str::to_owned)
    };
    let ranges = variable.axes.iter().enumerate().zip(&plotted.indices).map(|((k, axis), &at)| {
        if k == plotted.axis {
            return Range::new(0, axis.length);
        }
        let like = own.axes.iter().enumerate().find(|(_, mine)| {
            let name_here = name(scene, mine);
            mine.length == axis.length && name_here.is_some() && name_here == name(other, axis)
        });
        let at = match like.filter(|_| plotted.follows) {
            Some((mine, _)) => state.slice.index(mine, axis.length),
            None => at,
        };
        Range::new(at.min(axis.length.saturating_sub(1)), axis.length.min(1))
    });
    Some(Section::new(ranges.collect::<Vec<_>>()))
}

fn added<'a>(
    scene: Scene<'a>,
    state: &VariableState,
    plotted: &PlottedCurve,
    is_decoded: bool,
    (axis, info): (usize, &Arc<AxisInfo>),
    kind: Kind,
) -> Option<Series<'a>> {
    let other = scene_of(scene, plotted)?;
    let section = section_of(scene, state, other, plotted)?;
    let is_own_axis = plotted.axis == axis && other.variable == scene.variable;
    let shares_axis = other.file.id == scene.file.id
        && (is_own_axis || axis_like(scene, axis, other) == Some((plotted.axis, true)));
    let lies = match shares_axis {
        true => Lies::along(info),
        false => converted(scene, state, other, (axis, info), plotted.axis)?,
    };
    let label = added_label(scene, other, plotted, &section);
    let curve = Curve { origin: other.origin(is_decoded), section, axis: plotted.axis, label };
    Some(Series { scene: other, curve, lies, kind })
}

/// Name and where it was cut: `tas, time 2000-01-05, lat 45°N`.
fn own_label(scene: Scene<'_>, state: &VariableState, shown: usize) -> String {
    let Some(variable) = scene.variable() else { return String::new() };
    let mut label = variable.name.clone();
    for (axis, length) in variable.shape().into_iter().enumerate() {
        if axis == shown || length < 2 {
            continue;
        }
        let index = state.slice.index(axis, length);
        let info = want_axis(scene, axis, state).ready();
        let at = info.map_or_else(|| index.to_string(), |info| info.full_label_in(scene, index));
        label.push_str(", ");
        label.push_str(&at);
    }
    label
}

/// The same; that follows the sliders with its name alone, from another file with that one's.
fn added_label(
    scene: Scene<'_>,
    other: Scene<'_>,
    plotted: &PlottedCurve,
    section: &Section,
) -> String {
    let Some(variable) = other.variable() else { return String::new() };
    let mut label = variable.name.clone();
    if other.file.id != scene.file.id {
        label = format!("{label} ({})", other.file.name());
    }
    for (axis, range) in section.ranges.iter().enumerate() {
        let length = variable.axes.get(axis).map_or(0, |axis| axis.length);
        if axis == plotted.axis || length < 2 || plotted.follows {
            continue;
        }
        let info = want_axis_along(other, axis, Along::default(), None).ready();
        let at = info
            .map_or_else(|| range.start.to_string(), |info| info.full_label_in(other, range.start));
        label.push_str(", ");
        label.push_str(&at);
    }
    label
}

/// What a convention draws with a variable, cut in the same place.
fn beside<'a>(scene: Scene<'a>, own: &Curve) -> Vec<(Scene<'a>, Curve)> {
    let others = scene.cf().map(|cf| cf.beside()).unwrap_or_default();
    let name = |id: VariableId| scene.opened.dataset.variable(id).map(|v| v.name.clone());
    let curve = |&variable: &VariableId| {
        let curve = Curve {
            origin: Origin { variable, ..own.origin },
            label: name(variable).unwrap_or_default(),
            ..own.clone()
        };
        (Scene { variable, ..scene }, curve)
    };
    others.iter().map(curve).collect()
}

/// The cells of another variable's axis where this one has the same coordinates.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct ConvertedRequest {
    from: AxisKey,
    to: AxisKey,
}

struct Converted(Option<AxisMap>);

impl Weigh for Converted {
    fn bytes(&self) -> usize {
        match &self.0 {
            Some(AxisMap::Edges { edges, .. }) => 16 * edges.len(),
            _ => size_of::<Self>(),
        }
    }
}

impl Request for ConvertedRequest {
    type Output = Converted;

    fn describe(&self) -> String {
        "reading coordinates".into()
    }
}

/// `None` until it is known, and where the coordinates cannot be compared.
fn converted(
    scene: Scene<'_>,
    state: &VariableState,
    other: Scene<'_>,
    (axis, info): (usize, &Arc<AxisInfo>),
    other_axis: usize,
) -> Option<Lies> {
    let along = Along::default();
    let from = want_axis_along(other, other_axis, along, None).ready()?;
    let to_key = (scene.origin(true).unmasked(), axis, Along::of(scene, axis, state));
    let from_key = (other.origin(true).unmasked(), other_axis, along);
    let request = ConvertedRequest { from: from_key, to: to_key };
    let to = info.clone();
    let answer = scene
        .engine
        .want(&request, Priority::Visible, move |_| Ok(Converted(from.converted_to(&to))));
    let Answer::Ready(found) = answer else { return None };
    Some(Lies { map: found.0.clone()?, along, converted_to: Some(to_key) })
}

/// Which of the two axes of values each curve belongs to, and what turns its values into those
/// of the axis. The first curve decides on the first axis, the first that cannot be converted on
/// the second.
pub struct Axes {
    pub first: String,
    pub second: Option<String>,
    pub each: Vec<(Conversion, bool)>,
}

pub fn axes_of_units(units: &[String]) -> Axes {
    let first = units.first().cloned().unwrap_or_default();
    let mut second: Option<String> = None;
    let each = units.iter().map(|unit| {
        if let Some(conversion) = Conversion::between(unit, &first) {
            return (conversion, false);
        }
        let axis = second.get_or_insert_with(|| unit.clone());
        (Conversion::between(unit, axis).unwrap_or_default(), true)
    });
    let each = each.collect();
    Axes { first, second, each }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_that_can_be_converted_share_an_axis() {
        let units = ["degC", "K", "hPa", "Pa", "m"].map(str::to_owned);
        let axes = axes_of_units(&units);
        assert_eq!((axes.first.as_str(), axes.second.as_deref()), ("degC", Some("hPa")));
        let on_second: Vec<bool> = axes.each.iter().map(|each| each.1).collect();
        assert_eq!(on_second, [false, false, true, true, true]);
        assert!((axes.each[1].0.apply(273.15)).abs() < 1e-9);
        assert!((axes.each[3].0.apply(1000.0) - 10.0).abs() < 1e-9);
        let alone = axes_of_units(&["".to_owned()]);
        assert_eq!((alone.second, alone.each.len()), (None, 1));
    }
}
