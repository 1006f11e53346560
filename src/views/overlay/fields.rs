//! Which other variables lie on the points that a picture shows, and which part of them.

use std::collections::BTreeMap;

use hyperslab_core::{Axis, Dataset, Range, Section, Variable, VariableId};

use super::super::Scene;
use super::Shown;
use crate::cf::{Purpose, VectorPair};

/// More are not offered.
const OFFERED_MAX: usize = 500;
/// Axes along which an index must be chosen.
const OWN_AXES_MAX: usize = 2;

/// The part of `other` on the points of `shown`, which is part of `variable`: along the same
/// dimensions, in the same order. `None` where it has others of more than one index.
pub fn section_of(other: &Variable, variable: &Variable, shown: Shown<'_>) -> Option<Section> {
    section_with(other, variable, shown, &|_| None)
}

/// The same with the chosen index along each axis that `variable` does not have: a wind on levels
/// over a field of the surface.
pub fn section_at(
    dataset: &Dataset,
    other: &Variable,
    variable: &Variable,
    shown: Shown<'_>,
    indices: &BTreeMap<String, u64>,
) -> Option<Section> {
    section_with(other, variable, shown, &|axis: &Axis| {
        let chosen = dataset.dimension_name(axis).and_then(|name| indices.get(name));
        let last = axis.length.checked_sub(1)?;
        Some(Range::one(chosen.copied().unwrap_or(0).min(last)))
    })
}

fn section_with(
    other: &Variable,
    variable: &Variable,
    shown: Shown<'_>,
    elsewhere: &dyn Fn(&Axis) -> Option<Range>,
) -> Option<Section> {
    let ranges = &shown.section.ranges;
    if other.axes.iter().all(|axis| axis.dimension.is_none()) {
        return (other.shape() == variable.shape()).then(|| shown.section.clone());
    }
    let mut found = Vec::with_capacity(other.axes.len());
    let mut places = Vec::with_capacity(other.axes.len());
    for axis in &other.axes {
        let at = place_of(axis, variable);
        let range = match at {
            Some(at) => *ranges.get(at)?,
            None if axis.length == 1 => Range::one(0),
            None => elsewhere(axis)?,
        };
        found.push(range);
        places.push(at);
    }
    let place = |axis: usize| places.iter().position(|at| *at == Some(axis));
    let is_in_order = place(shown.slow())? <= place(shown.fast())?;
    is_in_order.then(|| Section::new(found))
}

/// The axis of `variable` along the same dimension.
fn place_of(axis: &Axis, variable: &Variable) -> Option<usize> {
    let is_same = |own: &Axis| own.dimension.is_some() && own.dimension == axis.dimension;
    variable.axes.iter().position(is_same)
}

/// Axes of `other` that `variable` does not have, of more than one index.
pub fn own_axes(other: &Variable, variable: &Variable) -> Vec<usize> {
    let is_own = |axis: &Axis| axis.length > 1 && place_of(axis, variable).is_none();
    let axes = other.axes.iter().enumerate();
    axes.filter(|(_, axis)| axis.dimension.is_some() && is_own(axis)).map(|(at, _)| at).collect()
}

/// Variables that lines can be drawn of, beside the one that is shown.
pub fn other_fields(scene: Scene<'_>, shown: Shown<'_>) -> Vec<VariableId> {
    let Some(variable) = scene.variable() else { return Vec::new() };
    let all = (0u32..).zip(&scene.opened.dataset.variables);
    let fits = |(id, other): (u32, &Variable)| {
        let id = VariableId(id);
        let is_data = scene.opened.meaning.purpose(id) == Purpose::Data;
        let is_field = is_data && id != scene.variable && other.dtype.is_numeric();
        (is_field && fits_at(scene, other, shown)).then_some(id)
    };
    let mut fields: Vec<VariableId> = all.filter_map(fits).take(OFFERED_MAX).collect();
    let own = |id: &VariableId| {
        scene.opened.dataset.variable(*id).map_or(0, |other| own_axes(other, variable).len())
    };
    fields.sort_by_key(own);
    fields
}

/// Vectors on the points that are shown: first the one that the variable is a component of, then
/// those of as many axes, then the others.
pub fn pairs(scene: Scene<'_>, shown: Shown<'_>) -> Vec<VectorPair> {
    let Some(variable) = scene.variable() else { return Vec::new() };
    let dataset = &scene.opened.dataset;
    let fits =
        |pair: &&VectorPair| dataset.variable(pair.u).is_some_and(|u| fits_at(scene, u, shown));
    let all = scene.opened.meaning.vectors().iter();
    let mut pairs: Vec<VectorPair> = all.filter(fits).take(OFFERED_MAX).copied().collect();
    let rank = |pair: &VectorPair| {
        let is_own = pair.u == scene.variable || pair.v == scene.variable;
        let u = dataset.variable(pair.u);
        let is_like = u.is_some_and(|u| u.rank() == variable.rank());
        (!is_own, u.map_or(0, |u| own_axes(u, variable).len()), !is_like)
    };
    pairs.sort_by_key(rank);
    pairs
}

/// It lies on the points that are shown; of axes of its own one index is chosen.
fn fits_at(scene: Scene<'_>, other: &Variable, shown: Shown<'_>) -> bool {
    let dataset = &scene.opened.dataset;
    let indices = BTreeMap::new();
    scene.variable().is_some_and(|variable| {
        own_axes(other, variable).len() <= OWN_AXES_MAX
            && section_at(dataset, other, variable, shown, &indices).is_some()
    })
}
