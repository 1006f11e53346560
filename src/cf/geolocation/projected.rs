//! Axes of a projection with a reference system (CF 5.6; GDAL's `spatial_ref` and `GeoTransform`).

use hyperslab_core::{Group, GroupId, Variable, VariableId};

use super::super::attributes;
use super::super::crs::{self, Coordinates, System};
use super::super::dataset::CfVariable;
use super::{Geolocation, Over, Place, names_of_axes};
use crate::interpret::Location;

/// How cells lie along the two axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Placed {
    /// By the coordinates along the axes.
    Axes,
    /// Evenly: the edge of the first cell and the width of all, which may be negative.
    Even { y: (f64, f64), x: (f64, f64) },
}

/// The reference system of two axes.
#[derive(Clone, Debug, PartialEq)]
pub enum Crs {
    /// As PROJ writes it, in the units of the axes.
    Proj(String),
    /// In the text of this variable, as WKT; axes are in its units.
    Written(VariableId),
    /// As PROJ writes it; axes count from the corner at this longitude and latitude.
    FromCorner { proj: String, corner: (f64, f64) },
}

pub(super) fn of(view: &CfVariable<'_>, witness: Option<[Over; 2]>) -> Option<Geolocation> {
    let axes = view.axes();
    let has_coordinate = |index: usize| {
        let hint = view.axis_hint(index).map(|hint| &hint.coordinate);
        axes.get(index).is_some_and(|axis| axis.coordinate.is_some())
            || hint.is_some_and(|along| *along != crate::interpret::Along::Unknown)
    };
    let find = |is_wanted: &dyn Fn(usize) -> bool| (0..axes.len()).rev().find(|&k| is_wanted(k));
    let y = find(&|k| axes.get(k).is_some_and(|axis| axis.role.is_y()) && has_coordinate(k));
    let x = find(&|k| axes.get(k).is_some_and(|axis| axis.role.is_x()) && has_coordinate(k));
    let hinted = match view.hints().and_then(|hints| hints.location.as_ref()) {
        Some(Location::Written(id)) => {
            Some((Crs::Written(*id), "reference system of the metadata"))
        }
        Some(Location::Corner { proj, longitude, latitude }) => {
            // Axes count kilometres from the corner.
            let proj = crs::of_text(proj)?.with_units(Some("km"));
            let corner = (*longitude, *latitude);
            Some((Crs::FromCorner { proj, corner }, "projection and corner"))
        }
        _ => None,
    };
    if let Some((crs, source)) = hinted {
        let place = Place::Projected { y: y?, x: x?, placed: Placed::Axes, crs, witness };
        return Some(Geolocation { place, source: source.into() });
    }
    let (y, x, coordinates) = match (y, x) {
        (Some(y), Some(x)) => (y, x, true),
        _ if axes.len() >= 2 => (axes.len() - 2, axes.len() - 1, false),
        _ => return None,
    };
    let units_of = |index: usize| {
        let coordinate = axes.get(index)?.coordinate?;
        attributes::units(view.dataset().variable(coordinate)?)
    };
    let unit = units_of(x);
    let unit_m = unit.as_deref().and_then(crs::length_m).unwrap_or(1.0);
    let (system, mapping) = system(view, unit_m)?;
    let placed = match (coordinates, mapping.transform) {
        (true, _) => Placed::Axes,
        (false, Some(placed)) => placed,
        (false, None) => return None,
    };
    let source = match coordinates {
        true => format!("{} and {}", names_of_axes(view, &[y, x]), mapping.name),
        false => mapping.name,
    };
    let place = match system.coordinates {
        Coordinates::Geographic => {
            // Lengths along the axes are no longitudes.
            if unit.as_deref().is_some_and(|unit| crs::length_m(unit).is_some()) {
                return None;
            }
            Place::Rectilinear { y, x, placed }
        }
        Coordinates::Rotated | Coordinates::Plane { .. } => {
            let unit = unit.filter(|_| coordinates).or_else(|| angular(view, x));
            let crs = Crs::Proj(system.with_units(unit.as_deref()));
            Place::Projected { y, x, placed, crs, witness }
        }
    };
    Some(Geolocation { place, source })
}

/// Axes of angles do not always have units.
fn angular(view: &CfVariable<'_>, axis: usize) -> Option<String> {
    let coordinate = view.axes().get(axis)?.coordinate?;
    let name = attributes::standard_name(view.dataset().variable(coordinate)?)?;
    (name == "projection_x_angular_coordinate").then(|| "rad".to_owned())
}

struct Mapping {
    name: String,
    transform: Option<Placed>,
}

/// Of the grid mapping; of the variable's own attributes; of the groups above; of the only mapping
/// there is.
fn system(view: &CfVariable<'_>, unit_m: f64) -> Option<(System, Mapping)> {
    let dataset = view.dataset();
    let of_variable = |variable: &Variable| {
        let system = crs::of_grid_mapping(variable, unit_m)?;
        let (name, transform) = (variable.name.clone(), transform(variable));
        Some((system, Mapping { name, transform }))
    };
    let named = view.grid_mapping().and_then(|id| dataset.variable(id)).and_then(of_variable);
    if named.is_some() {
        return named;
    }
    if let Some((system, mapping)) = of_variable(view.variable()) {
        let name = "its reference system".to_owned();
        return Some((system, Mapping { name, ..mapping }));
    }
    let parent = |id: &GroupId| dataset.group(*id).and_then(|group| group.parent);
    let above = std::iter::successors(Some(view.variable().group), parent);
    let groups = above.take(dataset.groups.len().max(1)).filter_map(|id| dataset.group(id));
    for group in groups {
        if let Some((system, mapping)) = of_variable(&as_variable(group)) {
            let name = "the file's reference system".to_owned();
            return Some((system, Mapping { name, ..mapping }));
        }
    }
    let (system, mapping) = of_variable(dataset.variable(view.cf().sites().only_mapping()?)?)?;
    let name = format!("guessed: {}", mapping.name);
    Some((system, Mapping { name, ..mapping }))
}

/// With the attributes of a group.
fn as_variable(group: &Group) -> Variable {
    let dtype = hyperslab_core::Dtype::Char;
    let mut variable = Variable::new(&group.name, GroupId::ROOT, dtype);
    let is_about = |name: &str| {
        let name = name.to_ascii_lowercase();
        ["proj", "crs", "spatial_ref", "geotransform", "epsg", "wkt", "grid_mapping_name"]
            .iter()
            .any(|part| name.contains(part))
    };
    let about = group.attributes.iter().filter(|attribute| is_about(&attribute.name));
    variable.attributes = about.cloned().collect();
    variable
}

/// GDAL: x of the first corner, width, shear, y of it, shear, height. Sheared cells do not lie
/// along axes.
fn transform(variable: &Variable) -> Option<Placed> {
    let attribute = variable.attribute("GeoTransform")?;
    let numbers: Vec<f64> = match attributes::text_of(&attribute.value) {
        Some(text) => {
            let parts = text.split(|c: char| c.is_whitespace() || c == ',');
            parts.filter(|part| !part.is_empty()).map_while(|part| part.parse().ok()).collect()
        }
        None => attributes::numbers(&attribute.value)?.iter().map(|n| n.as_f64()).collect(),
    };
    match numbers[..] {
        [x, dx, shear_x, y, shear_y, dy]
            if shear_x == 0.0
                && shear_y == 0.0
                && [x, dx, y, dy].iter().all(|n| n.is_finite())
                && dx != 0.0
                && dy != 0.0 =>
        {
            Some(Placed::Even { y: (y, dy), x: (x, dx) })
        }
        _ => None,
    }
}

/// A variable that tells a reference system.
pub(super) fn is_mapping(variable: &Variable) -> bool {
    const MARKS: [&str; 3] = ["grid_mapping_name", "crs_wkt", "spatial_ref"];
    MARKS.iter().any(|name| variable.attribute(name).is_some())
}
