//! Which other variables lie on the points that a picture shows, and which part of them.

use hyperslab_core::{Range, Section, Variable, VariableId};

use super::super::Scene;
use super::Shown;
use crate::cf::{Purpose, VectorPair};

/// More are not offered.
const OFFERED_MAX: usize = 500;

/// The part of `other` on the points of `shown`, which is part of `variable`: along the same
/// dimensions, in the same order. `None` where it has others of more than one index.
pub fn section_of(other: &Variable, variable: &Variable, shown: Shown<'_>) -> Option<Section> {
    let ranges = &shown.section.ranges;
    if other.axes.iter().all(|axis| axis.dimension.is_none()) {
        return (other.shape() == variable.shape()).then(|| shown.section.clone());
    }
    let mut found = Vec::with_capacity(other.axes.len());
    let mut places = Vec::with_capacity(other.axes.len());
    for axis in &other.axes {
        let at = variable
            .axes
            .iter()
            .position(|own| own.dimension.is_some() && own.dimension == axis.dimension);
        let range = match at {
            Some(at) => *ranges.get(at)?,
            None if axis.length == 1 => Range::new(0, 1),
            None => return None,
        };
        found.push(range);
        places.push(at);
    }
    let place = |axis: usize| places.iter().position(|at| *at == Some(axis));
    let is_in_order = place(shown.slow())? <= place(shown.fast())?;
    is_in_order.then(|| Section::new(found))
}

/// Variables that lines can be drawn of, beside the one that is shown.
pub fn other_fields(scene: Scene<'_>, shown: Shown<'_>) -> Vec<VariableId> {
    let Some(variable) = scene.variable() else { return Vec::new() };
    let all = (0u32..).zip(&scene.opened.dataset.variables);
    let fits = |(id, other): (u32, &Variable)| {
        let id = VariableId(id);
        let is_data = scene.opened.meaning.purpose(id) == Purpose::Data;
        let is_field = is_data && id != scene.variable && other.dtype.is_numeric();
        (is_field && section_of(other, variable, shown).is_some()).then_some(id)
    };
    all.filter_map(fits).take(OFFERED_MAX).collect()
}

/// Vectors on the points that are shown: first the one that the variable is a component of, then
/// those of as many axes, then the others.
pub fn pairs(scene: Scene<'_>, shown: Shown<'_>) -> Vec<VectorPair> {
    let Some(variable) = scene.variable() else { return Vec::new() };
    let dataset = &scene.opened.dataset;
    let fits = |pair: &&VectorPair| {
        dataset.variable(pair.u).is_some_and(|u| section_of(u, variable, shown).is_some())
    };
    let all = scene.opened.meaning.vectors().iter();
    let mut pairs: Vec<VectorPair> = all.filter(fits).take(OFFERED_MAX).copied().collect();
    let rank = |pair: &VectorPair| {
        let is_own = pair.u == scene.variable || pair.v == scene.variable;
        let is_like = dataset.variable(pair.u).is_some_and(|u| u.rank() == variable.rank());
        (!is_own, !is_like)
    };
    pairs.sort_by_key(rank);
    pairs
}
