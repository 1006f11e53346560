//! Where the cells of a variable lie on the Earth, by metadata alone (CF 5, 7.1; UGRID 1.0): which
//! axes a map shows, and what has to be read to know the places of its cells.
//!
//! In this order: the mesh a variable names; coordinates along its axes; axes of a projection with
//! a reference system; latitudes and longitudes of cells. Where a file names nothing, latitudes
//! and longitudes are looked for by units and lengths, in the file ([`of`]) and then in others
//! ([`lent`]).

mod measures;
mod mesh;
mod outlines;
mod projected;
mod radar;
mod search;

use hyperslab_core::{Dataset, GroupId, Variable, VariableId};

use super::axes::AxisRole;
use super::coordinates::data_axes;
use super::dataset::{CfDataset, CfVariable};
use super::horizontal::Horizontal;
use super::{attributes, units};

pub use measures::{area, area_name};
pub use outlines::{Corners, Outlines};
pub use projected::{Crs, Placed};
pub use radar::{Angle, Radar};
pub(super) use search::Sites;
pub use search::{grid_names, lent, may_be_lent};

/// What a map of a variable needs, and where it is found.
#[derive(Clone, Debug, PartialEq)]
pub struct Geolocation {
    pub place: Place,
    /// For people: `lat lon`, `guessed: /navigation/latitude …`.
    pub source: String,
}

/// `y`, `x` and `axis` are places among the axes of the variable that is shown.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// Latitudes and longitudes along one axis each.
    Rectilinear { y: usize, x: usize, placed: Placed },
    /// Latitudes and longitudes of every cell of a plane.
    Lattice { y: usize, x: usize, latitude: Over, longitude: Over, corners: Corners },
    /// Coordinates of a projection or about another pole along one axis each. Where the file also
    /// holds the latitudes and longitudes of the cells, they are `witness` to it.
    Projected { y: usize, x: usize, placed: Placed, crs: Crs, witness: Option<[Over; 2]> },
    /// Rays of a radar along y, ranges along x.
    Polar { y: usize, x: usize, radar: Radar },
    /// Cells with outlines of their own along one axis; with latitudes and longitudes of their
    /// middles, if the file has them.
    Cells { axis: usize, middles: Option<[Over; 2]>, outlines: Outlines },
    /// Latitudes and longitudes along one axis.
    Points { axis: usize, latitude: Over, longitude: Over },
}

/// A variable over some axes of the one that is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Over {
    pub id: VariableId,
    /// For each of its own axes the axis of the variable that is shown.
    pub axes: Vec<usize>,
}

/// The axes a map shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Plane { y: usize, x: usize },
    Along(usize),
}

impl Place {
    pub fn shown(&self) -> Shown {
        match *self {
            Self::Rectilinear { y, x, .. }
            | Self::Lattice { y, x, .. }
            | Self::Polar { y, x, .. }
            | Self::Projected { y, x, .. } => Shown::Plane { y, x },
            Self::Cells { axis, .. } | Self::Points { axis, .. } => Shown::Along(axis),
        }
    }
}

/// `None` where the file does not say. O(attributes), and O(variables of a group) where names are
/// looked up.
pub fn of(view: &CfVariable<'_>) -> Option<Geolocation> {
    if view.variable().element_count() == 0 {
        return None;
    }
    mesh::of(view)
        .or_else(|| radar::of(view))
        .or_else(|| named(view))
        .or_else(|| search::within(view))
}

fn named(view: &CfVariable<'_>) -> Option<Geolocation> {
    let horizontal = view.horizontal();
    let witness = match horizontal {
        Some(Horizontal::Geographic { latitude: y, longitude: x }) => {
            let source = names_of_axes(view, &[y, x]);
            let place = Place::Rectilinear { y, x, placed: Placed::Axes };
            return Some(Geolocation { place, source });
        }
        Some(Horizontal::Curvilinear { latitude, longitude, .. }) => {
            over(view, latitude).zip(over(view, longitude)).map(|(lat, lon)| [lat, lon])
        }
        _ => None,
    };
    if let Some(found) = projected::of(view, witness) {
        return Some(found);
    }
    match horizontal? {
        Horizontal::Curvilinear { latitude, longitude, y, x } => {
            let corners = outlines::corners(view, latitude, longitude, (y, x));
            let (lat, lon) = (over(view, latitude)?, over(view, longitude)?);
            let source = source_of(view, &[latitude, longitude]);
            let place = Place::Lattice { y, x, latitude: lat, longitude: lon, corners };
            Some(Geolocation { place, source })
        }
        Horizontal::Points { latitude, longitude, axis } => {
            let (lat, lon) = (over(view, latitude)?, over(view, longitude)?);
            let source = source_of(view, &[latitude, longitude]);
            let place = match outlines::bounds(view.cf(), view.dataset(), latitude, longitude) {
                Some(outlines) => Place::Cells { axis, middles: Some([lat, lon]), outlines },
                None => Place::Points { axis, latitude: lat, longitude: lon },
            };
            Some(Geolocation { place, source })
        }
        Horizontal::Geographic { .. } | Horizontal::Projected { .. } => None,
    }
}

/// A coordinate of the same file over the axes of its dimensions.
fn over(view: &CfVariable<'_>, id: VariableId) -> Option<Over> {
    let own = data_axes(view.variable());
    let place = |dimension| own.iter().position(|axis| axis.dimension == dimension);
    let inner = data_axes(view.dataset().variable(id)?);
    let axes: Option<Vec<usize>> = match inner.iter().any(|axis| axis.dimension.is_none()) {
        // Nameless axes are those of a coordinate of the same shape.
        true => (inner.len() == own.len()).then(|| (0..own.len()).collect()),
        false => inner.iter().map(|axis| place(axis.dimension)).collect(),
    };
    Some(Over { id, axes: axes? })
}

fn names_of_axes(view: &CfVariable<'_>, axes: &[usize]) -> String {
    let all = view.axes();
    let names = axes.iter().filter_map(|&axis| {
        let axis = all.iter().find(|found| found.index == axis)?;
        let coordinate = axis.coordinate.and_then(|id| view.dataset().variable(id));
        coordinate.map(|variable| variable.name.as_str()).or(axis.name)
    });
    names.collect::<Vec<_>>().join(", ")
}

/// Named by the attribute, or by nobody.
fn source_of(view: &CfVariable<'_>, ids: &[VariableId]) -> String {
    let words = attributes::words(view.variable(), "coordinates");
    let mut is_named = true;
    let mut names = Vec::new();
    for variable in ids.iter().filter_map(|&id| view.dataset().variable(id)) {
        let last = |word: &String| word.rsplit('/').next() == Some(variable.name.as_str());
        is_named &= words.iter().any(last);
        names.push(variable.name.as_str());
    }
    let names = names.join(", ");
    if is_named { format!("coordinates {names}") } else { format!("guessed: {names}") }
}

/// A variable by its name or path, from a group upwards.
fn find(dataset: &Dataset, group: GroupId, name: &str) -> Option<VariableId> {
    let (path, name) = name.rsplit_once('/').unwrap_or(("", name));
    if !path.is_empty() {
        let start = if path.starts_with('/') { GroupId::ROOT } else { group };
        let below = |at: GroupId, part: &str| match part {
            ".." => dataset.group(at)?.parent,
            _ => {
                let is_it = |id: &&GroupId| dataset.group(**id).is_some_and(|g| g.name == part);
                dataset.group(at)?.groups.iter().find(is_it).copied()
            }
        };
        let parts = path.split('/').filter(|part| !part.is_empty() && *part != ".");
        let group = parts.into_iter().try_fold(start, below)?;
        return in_group(dataset, group, name);
    }
    let parent = |id: &GroupId| dataset.group(*id).and_then(|group| group.parent);
    let above = std::iter::successors(Some(group), parent).take(dataset.groups.len().max(1));
    above.into_iter().find_map(|group| in_group(dataset, group, name))
}

fn in_group(dataset: &Dataset, group: GroupId, name: &str) -> Option<VariableId> {
    let is_it = |id: &&VariableId| dataset.variable(**id).is_some_and(|v| v.name == name);
    dataset.group(group)?.variables.iter().find(is_it).copied()
}

/// What values of a coordinate are multiplied with to be degrees.
pub fn degrees(variable: &Variable) -> f64 {
    match attributes::units(variable) {
        Some(units) => units::radians(&units).unwrap_or(1.0_f64.to_radians()).to_degrees(),
        // MPAS says nothing and means radians.
        None if ["latCell", "lonCell", "latVertex", "lonVertex", "latEdge", "lonEdge"]
            .contains(&variable.name.as_str()) =>
        {
            1.0_f64.to_degrees()
        }
        None => 1.0,
    }
}

fn role(cf: &CfDataset, dataset: &Dataset, id: VariableId) -> AxisRole {
    match cf.role(id) {
        AxisRole::Other => dataset.variable(id).map(super::axes::role_of).unwrap_or_default(),
        role => role,
    }
}

#[cfg(test)]
mod tests;
