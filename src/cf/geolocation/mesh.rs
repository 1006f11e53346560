//! Variables on a mesh: UGRID 1.0, and MPAS, which names the same things its own way.

use hyperslab_core::{Dataset, Variable, VariableId};

use super::super::attributes;
use super::super::axes::AxisRole;
use super::super::coordinates::data_axes;
use super::super::dataset::CfVariable;
use super::outlines::{Outlines, VERTICES_MAX};
use super::{Geolocation, Over, Place, find, over, role};

pub(super) fn of(view: &CfVariable<'_>) -> Option<Geolocation> {
    ugrid(view).or_else(|| mpas(view))
}

fn ugrid(view: &CfVariable<'_>) -> Option<Geolocation> {
    let (dataset, variable) = (view.dataset(), view.variable());
    let name = attributes::text(variable, "mesh")?;
    let location = attributes::text(variable, "location").unwrap_or_else(|| "face".into());
    let mesh = dataset.variable(find(dataset, variable.group, &name)?)?;
    let source = format!("mesh {}, {location}s", mesh.name);
    let coordinates = |location: &str| {
        let names = attributes::words(mesh, &format!("{location}_coordinates"));
        let ids = names.iter().filter_map(|name| find(dataset, mesh.group, name));
        pair(view, ids)
    };
    let middles = coordinates(&location).and_then(|ids| overs(view, ids));
    if location == "face"
        && let Some((faces, nodes)) = connectivity(dataset, mesh).zip(coordinates("node"))
        && let Some((axis, is_transposed)) = along_faces(view, mesh, faces)
    {
        let start = dataset.variable(faces).and_then(|v| attributes::number(v, "start_index"));
        let start = start.unwrap_or(0.0) as i64;
        let outlines = Outlines::Mesh { faces, start, is_transposed, nodes };
        let middles = middles.filter(|middles| middles.iter().all(|over| over.axes == [axis]));
        return Some(Geolocation { place: Place::Cells { axis, middles, outlines }, source });
    }
    let [latitude, longitude] = middles?;
    let axis = match (&latitude.axes[..], &longitude.axes[..]) {
        ([one], [other]) if one == other => *one,
        _ => return None,
    };
    Some(Geolocation { place: Place::Points { axis, latitude, longitude }, source })
}

fn connectivity(dataset: &Dataset, mesh: &Variable) -> Option<VariableId> {
    let name = attributes::text(mesh, "face_node_connectivity")?;
    find(dataset, mesh.group, &name)
}

/// The axis of the variable along which the faces lie, and whether they lie along the last axis of
/// the connectivity.
fn along_faces(view: &CfVariable<'_>, mesh: &Variable, faces: VariableId) -> Option<(usize, bool)> {
    let dataset = view.dataset();
    let [first, last] = data_axes(dataset.variable(faces)?) else { return None };
    let named = attributes::text(mesh, "face_dimension");
    let is_transposed = match named {
        Some(name) => dataset.dimension_name(last) == Some(name.as_str()),
        None => {
            let is_along = |dimension| {
                data_axes(view.variable()).iter().any(|axis| axis.dimension == dimension)
            };
            !is_along(first.dimension) && is_along(last.dimension)
        }
    };
    let (faces, vertices) = if is_transposed { (last, first) } else { (first, last) };
    if !(3..=VERTICES_MAX).contains(&vertices.length) {
        return None;
    }
    let own = data_axes(view.variable());
    let axis = own.iter().position(|axis| axis.dimension == faces.dimension)?;
    Some((axis, is_transposed))
}

/// `latCell`, `verticesOnCell`, `latVertex`: numbers of vertices count from 1.
fn mpas(view: &CfVariable<'_>) -> Option<Geolocation> {
    let (dataset, variable) = (view.dataset(), view.variable());
    let axes = view.axes();
    let axis = axes.iter().find(|axis| axis.name == Some("nCells"))?.index;
    let by_name = |name: &str| find(dataset, variable.group, name);
    let middles = overs(view, [by_name("latCell")?, by_name("lonCell")?])?;
    let faces = by_name("verticesOnCell").filter(|&id| {
        let shape = dataset.variable(id).map(Variable::shape).unwrap_or_default();
        matches!(shape[..], [_, vertices] if (3..=VERTICES_MAX).contains(&vertices))
    });
    let nodes = by_name("latVertex").zip(by_name("lonVertex"));
    let source = "mesh of MPAS".to_owned();
    let place = match (faces, nodes, middles) {
        (Some(faces), Some((lat, lon)), middles) => {
            let outlines =
                Outlines::Mesh { faces, start: 1, is_transposed: false, nodes: [lat, lon] };
            Place::Cells { axis, middles: Some(middles), outlines }
        }
        (_, _, [latitude, longitude]) => Place::Points { axis, latitude, longitude },
    };
    Some(Geolocation { place, source })
}

/// Latitudes first.
fn pair(view: &CfVariable<'_>, ids: impl Iterator<Item = VariableId>) -> Option<[VariableId; 2]> {
    let (mut latitude, mut longitude) = (None, None);
    for id in ids {
        match role(view.cf(), view.dataset(), id) {
            AxisRole::Latitude => latitude = latitude.or(Some(id)),
            AxisRole::Longitude => longitude = longitude.or(Some(id)),
            _ => {}
        }
    }
    Some([latitude?, longitude?])
}

fn overs(view: &CfVariable<'_>, [latitude, longitude]: [VariableId; 2]) -> Option<[Over; 2]> {
    Some([over(view, latitude)?, over(view, longitude)?])
}
