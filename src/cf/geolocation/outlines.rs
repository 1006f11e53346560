//! Corners of cells: bounds (CF 7.1), and the corners of a lattice in variables of their own.

use hyperslab_core::{Dataset, Variable, VariableId};

use super::super::axes::AxisRole;
use super::super::coordinates::data_axes;
use super::super::dataset::{CfDataset, CfVariable};

/// A cell of a plane has this many.
const QUADRILATERAL: u64 = 4;
/// No cell of a mesh has more.
pub(super) const VERTICES_MAX: u64 = 32;

/// Of the cells of a plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corners {
    /// Midway between the middles.
    Unknown,
    /// Four for each cell along a last axis: latitudes and longitudes.
    OfCells([VariableId; 2]),
    /// One more than cells along both axes.
    OfLattice([VariableId; 2]),
}

/// Of cells along one axis.
#[derive(Clone, Debug, PartialEq)]
pub enum Outlines {
    /// Vertices of each cell along a last axis: latitudes and longitudes.
    Bounds([VariableId; 2]),
    /// Numbers of the nodes of each face, and the nodes' latitudes and longitudes.
    Mesh {
        faces: VariableId,
        /// The number of the first node.
        start: i64,
        /// Faces run along the last axis.
        is_transposed: bool,
        nodes: [VariableId; 2],
    },
}

pub(super) fn corners(
    view: &CfVariable<'_>,
    latitude: VariableId,
    longitude: VariableId,
    (y, x): (usize, usize),
) -> Corners {
    let (cf, dataset) = (view.cf(), view.dataset());
    let with_vertices = |id| {
        bounds_of(cf, dataset, id).filter(|&bounds| {
            let rank = |id| dataset.variable(id).map_or(0, |v| data_axes(v).len());
            let last = dataset.variable(bounds).and_then(|v| data_axes(v).last());
            rank(bounds) == rank(id) + 1 && last.is_some_and(|axis| axis.length == QUADRILATERAL)
        })
    };
    if let (Some(lat), Some(lon)) = (with_vertices(latitude), with_vertices(longitude)) {
        return Corners::OfCells([lat, lon]);
    }
    let axes = view.axes();
    let length = |axis: usize| axes.get(axis).map(|axis| axis.length);
    let (Some(rows), Some(columns)) = (length(y), length(x)) else { return Corners::Unknown };
    let shape = [rows.saturating_add(1), columns.saturating_add(1)];
    let group = dataset.variable(latitude).map(|variable| variable.group);
    let only = |wanted: AxisRole| {
        let is_of_shape = |v: &Variable| v.shape() == shape && Some(v.group) == group;
        let fits = |&id: &VariableId| dataset.variable(id).is_some_and(is_of_shape);
        let mut found = cf.sites().of_role(wanted).filter(fits);
        found.next().filter(|_| found.next().is_none())
    };
    match (only(AxisRole::Latitude), only(AxisRole::Longitude)) {
        (Some(lat), Some(lon)) => Corners::OfLattice([lat, lon]),
        _ => Corners::Unknown,
    }
}

/// Vertices of cells along one axis: three or more each.
pub(super) fn bounds(
    cf: &CfDataset,
    dataset: &Dataset,
    latitude: VariableId,
    longitude: VariableId,
) -> Option<Outlines> {
    let with_vertices = |id| {
        let cells = data_axes(dataset.variable(id)?).first()?.length;
        bounds_of(cf, dataset, id).filter(|&bounds| {
            let shape = dataset.variable(bounds).map(Variable::shape).unwrap_or_default();
            matches!(shape[..], [n, vertices] if n == cells && (3..=VERTICES_MAX).contains(&vertices))
        })
    };
    Some(Outlines::Bounds([with_vertices(latitude)?, with_vertices(longitude)?]))
}

/// Named by the attribute, or as CMIP, ICON, NEMO and SCRIP name them.
fn bounds_of(cf: &CfDataset, dataset: &Dataset, id: VariableId) -> Option<VariableId> {
    if let Some(bounds) = cf.bounds(id).filter(|bounds| !bounds.is_climatology) {
        return Some(bounds.variable);
    }
    let variable = dataset.variable(id)?;
    let name = variable.name.as_str();
    let standard = if name.to_ascii_lowercase().contains("lat") { "latitude" } else { "longitude" };
    let group = dataset.group(variable.group)?;
    let is_named = |other: &str| {
        ["_vertices", "_bnds", "_bounds", "_corners", "_corner", "_vertex"]
            .iter()
            .any(|end| other.strip_suffix(end) == Some(name))
            || other.strip_prefix("bounds_") == Some(name)
            || other.strip_prefix("vertices_").is_some_and(|rest| rest == name || rest == standard)
            || (name.contains("center") && other == name.replace("center", "corner"))
    };
    let found = |id: &&VariableId| dataset.variable(**id).is_some_and(|v| is_named(&v.name));
    group.variables.iter().find(found).copied()
}
