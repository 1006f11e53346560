//! Pairs of variables that are the components of one vector: wind, current, stress.
//!
//! A pair is found by names (`u10` and `v10`) or by standard names (`eastward_wind` and
//! `northward_wind`; CF standard name table), and only where both lie on the same points: the
//! same dimensions, latitudes, longitudes and levels. Models with staggered grids (Arakawa C)
//! keep the two components on different points, which are no pair.
//! O(variables) with a look-up for each letter of their names.

mod frame;
mod names;

use std::collections::HashMap;

use hyperslab_core::{Dataset, DimensionId, GroupId, Variable, VariableId};

pub use self::frame::{Frame, Reason, Turning};
use super::attributes;
use super::axes::AxisRole;
use super::coordinates::data_axes;
use super::dataset::{CfDataset, CfVariable};
use super::purpose::{Purpose, with_ids};

/// The components of a vector, on the same points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VectorPair {
    /// Towards east or along the grid's x.
    pub u: VariableId,
    pub v: VariableId,
}

/// How the components of a pair are turned to east and north.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Orientation {
    pub frame: Frame,
    pub reason: Reason,
    pub turning: Turning,
}

/// All pairs of a dataset, in the order of its variables.
pub(super) fn pairs_of(cf: &CfDataset, dataset: &Dataset) -> Vec<VectorPair> {
    let candidate = |(id, variable): (VariableId, &Variable)| {
        let is_data = cf.purpose(id) == Purpose::Data;
        is_data && variable.dtype.is_numeric() && !data_axes(variable).is_empty()
    };
    let by_name: HashMap<(GroupId, &str), VariableId> = with_ids(dataset)
        .filter(|&found| candidate(found))
        .map(|(id, variable)| ((variable.group, variable.name.as_str()), id))
        .collect();
    let mut pairs = Vec::new();
    for (id, variable) in with_ids(dataset).filter(|&found| candidate(found)) {
        let partners = names::partner_names(&variable.name);
        let found = partners.iter().find_map(|name| {
            let other = *by_name.get(&(variable.group, name.as_str()))?;
            is_pair(cf, dataset, id, other).then_some(other)
        });
        pairs.extend(found.map(|v| VectorPair { u: id, v }));
    }
    pairs.extend(by_standard_name(cf, dataset, &pairs));
    pairs.sort_by_key(|pair| pair.u.index());
    pairs
}

/// Pairs whose names say nothing, where the standard name leaves no choice.
fn by_standard_name(cf: &CfDataset, dataset: &Dataset, known: &[VectorPair]) -> Vec<VectorPair> {
    type Place = (GroupId, Vec<Option<DimensionId>>, String);
    let mut standing: HashMap<Place, Vec<VariableId>> = HashMap::new();
    let place = |variable: &Variable, name: String| -> Place {
        let dimensions = data_axes(variable).iter().map(|axis| axis.dimension).collect();
        (variable.group, dimensions, name)
    };
    let is_known = |id: VariableId| known.iter().any(|pair| pair.u == id || pair.v == id);
    let named: Vec<(VariableId, &Variable, String)> = with_ids(dataset)
        .filter_map(|(id, variable)| Some((id, variable, attributes::standard_name(variable)?)))
        .filter(|(id, ..)| cf.purpose(*id) == Purpose::Data)
        .collect();
    for (id, variable, name) in &named {
        standing.entry(place(variable, name.clone())).or_default().push(*id);
    }
    let alone = |key: Place| match standing.get(&key).map(Vec::as_slice) {
        Some(&[id]) if !is_known(id) => Some(id),
        _ => None,
    };
    let pair = |(id, variable, name): &(VariableId, &Variable, String)| {
        let partner = names::partner_of_standard_name(name)?;
        let u = alone(place(variable, name.clone()))?;
        let v = alone(place(variable, partner))?;
        (u == *id && is_pair(cf, dataset, u, v)).then_some(VectorPair { u, v })
    };
    named.iter().filter_map(pair).collect()
}

/// Both lie on the same points and are of the same kind.
fn is_pair(cf: &CfDataset, dataset: &Dataset, u: VariableId, v: VariableId) -> bool {
    let (Some(a), Some(b)) = (cf.variable(dataset, u), cf.variable(dataset, v)) else {
        return false;
    };
    u != v && lies_on_same_points(&a, &b) && is_one_kind(&a, &b)
}

fn lies_on_same_points(a: &CfVariable, b: &CfVariable) -> bool {
    let shape = |cf: &CfVariable| -> Vec<_> {
        cf.axes().into_iter().map(|axis| (axis.length, axis.dimension, axis.coordinate)).collect()
    };
    let places = [AxisRole::Latitude, AxisRole::Longitude, AxisRole::Vertical];
    let text = |cf: &CfVariable, name: &str| attributes::text(cf.variable(), name);
    shape(a) == shape(b)
        && places.into_iter().all(|role| a.auxiliary(role) == b.auxiliary(role))
        // WRF's `stagger` and the `location` of UGRID and SGRID.
        && ["stagger", "location"].iter().all(|name| text(a, name) == text(b, name))
}

fn is_one_kind(a: &CfVariable, b: &CfVariable) -> bool {
    let units = |cf: &CfVariable| attributes::units(cf.variable());
    let (standard, other) =
        (attributes::standard_name(a.variable()), attributes::standard_name(b.variable()));
    let partner = standard.as_deref().and_then(names::partner_of_standard_name);
    match (partner, &standard, other) {
        (Some(partner), _, Some(other)) => return partner == other && units(a) == units(b),
        // Standard names of something else.
        (None, Some(_), _) | (_, _, Some(_)) => return false,
        _ => {}
    }
    match units(a) {
        Some(own) => units(b) == Some(own.clone()) && names::is_flow(&own),
        None => units(b).is_none() && names::is_plain_component(&a.variable().name),
    }
}

impl CfDataset {
    /// How the components of a pair are turned to true north. O(variables): not for every frame.
    pub fn orientation(&self, dataset: &Dataset, pair: VectorPair) -> Option<Orientation> {
        let cf = self.variable(dataset, pair.u)?;
        let (frame, reason) = frame::frame_of(&cf);
        Some(Orientation { frame, reason, turning: frame::turning_of(self, &cf) })
    }
}

impl CfVariable<'_> {
    /// As people say where it goes: wind comes from somewhere, all else goes somewhere.
    pub fn is_wind(&self) -> bool {
        let variable = self.variable();
        let name = attributes::standard_name(variable)
            .or_else(|| attributes::first_text(variable, &["long_name", "description"]))
            .unwrap_or_else(|| variable.name.clone());
        let name = name.to_ascii_lowercase();
        name.contains("wind") && !name.contains("stress")
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn named(name: &str, standard_name: &str) -> Variable {
        let variable = float(name, &[]).with("units", "m s-1");
        if standard_name.is_empty() {
            variable
        } else {
            variable.with("standard_name", standard_name)
        }
    }

    /// `u & v` of each pair.
    fn pairs(dataset: &Dataset) -> Vec<String> {
        let cf = CfDataset::of(dataset);
        let name = |id: VariableId| dataset.variable(id).unwrap().name.clone();
        cf.vectors().iter().map(|pair| format!("{} & {}", name(pair.u), name(pair.v))).collect()
    }

    fn orientation(dataset: &Dataset) -> (Frame, Reason, String) {
        let cf = CfDataset::of(dataset);
        let Orientation { frame, reason, turning } =
            cf.orientation(dataset, cf.vectors()[0]).unwrap();
        let name = |id: VariableId| dataset.variable(id).unwrap().name.clone();
        let turning = match turning {
            Turning::None => "none".to_owned(),
            Turning::Angle { variable } => name(variable),
            Turning::Clockwise { variable } => format!("-{}", name(variable)),
            Turning::CosineSine { cosine, sine } => format!("{}, {}", name(cosine), name(sine)),
            Turning::Places => "places".to_owned(),
        };
        (frame, reason, turning)
    }

    fn geographic() -> Build {
        Build::default()
            .dim("time", 2)
            .dim("lat", 3)
            .dim("lon", 4)
            .var(float("lat", &[]).with("units", "degrees_north"), &["lat"])
            .var(float("lon", &[]).with("units", "degrees_east"), &["lon"])
    }

    const FIELD: [&str; 3] = ["time", "lat", "lon"];

    #[test]
    fn components_are_found_by_their_names() {
        let dataset = geographic()
            .var(named("u10", ""), &FIELD)
            .var(named("v10", ""), &FIELD)
            .var(named("u100", ""), &FIELD)
            .var(named("v100", ""), &FIELD)
            .var(float("tauu", &[]).with("units", "Pa"), &FIELD)
            .var(float("tauv", &[]).with("units", "Pa"), &FIELD)
            .var(float("u", &[]), &["lat", "lon"])
            .var(float("v", &[]), &["lat", "lon"])
            .dataset();
        assert_eq!(pairs(&dataset), ["u10 & v10", "u100 & v100", "tauu & tauv", "u & v"]);
        assert_eq!(orientation(&dataset), (Frame::Earth, Reason::Axes, "none".into()));
    }

    #[test]
    fn components_are_found_by_standard_names_where_names_say_nothing() {
        let dataset = geographic()
            .var(named("a", "eastward_wind"), &FIELD)
            .var(named("b", "northward_wind"), &FIELD)
            .var(named("c", "sea_water_x_velocity"), &FIELD)
            .var(named("d", "sea_water_y_velocity"), &FIELD)
            .dataset();
        assert_eq!(pairs(&dataset), ["a & b", "c & d"]);
        // Two heights: it is not clear which belong together.
        let dataset = geographic()
            .var(named("a", "eastward_wind"), &FIELD)
            .var(named("b", "northward_wind"), &FIELD)
            .var(named("c", "eastward_wind"), &FIELD)
            .dataset();
        assert_eq!(pairs(&dataset), Vec::<String>::new());
    }

    #[test]
    fn what_is_no_vector_is_no_pair() {
        let kelvin = |name: &str| float(name, &[]).with("units", "K");
        let dataset = geographic()
            .var(kelvin("u_temp"), &FIELD)
            .var(kelvin("v_temp"), &FIELD)
            .var(float("uncertainty_u", &[]), &FIELD)
            .var(float("uncertainty_v", &[]), &FIELD)
            .var(named("ua", ""), &FIELD)
            .var(float("va", &[]).with("units", "cm s-1"), &FIELD)
            .var(named("uo", "eastward_sea_water_velocity"), &FIELD)
            .var(named("vo", "northward_wind"), &FIELD)
            .var(named("uas", ""), &FIELD)
            .var(named("vas", ""), &["lat", "lon"])
            .dataset();
        assert_eq!(pairs(&dataset), Vec::<String>::new());
    }

    #[test]
    fn components_on_different_points_are_no_pair() {
        // WRF and ROMS: a dimension of its own each.
        let wrf = Build::default()
            .dim("south_north", 3)
            .dim("west_east", 4)
            .dim("south_north_stag", 4)
            .dim("west_east_stag", 5)
            .var(named("U", "").with("stagger", "X"), &["south_north", "west_east_stag"])
            .var(named("V", "").with("stagger", "Y"), &["south_north_stag", "west_east"])
            .var(named("U10", ""), &["south_north", "west_east"])
            .var(named("V10", ""), &["south_north", "west_east"])
            .dataset();
        assert_eq!(pairs(&wrf), ["U10 & V10"]);
        // NEMO: the same dimensions, other latitudes and longitudes.
        let place = |name: &str, units: &str| float(name, &[]).with("units", units);
        let on = |name: &str, places: &str| named(name, "").with("coordinates", places);
        let nemo = Build::default()
            .dim("y", 3)
            .dim("x", 4)
            .var(place("lat_u", "degrees_north"), &["y", "x"])
            .var(place("lon_u", "degrees_east"), &["y", "x"])
            .var(place("lat_v", "degrees_north"), &["y", "x"])
            .var(place("lon_v", "degrees_east"), &["y", "x"])
            .var(on("uo", "lat_u lon_u"), &["y", "x"])
            .var(on("vo", "lat_v lon_v"), &["y", "x"])
            .var(on("ubar", "lat_v lon_v"), &["y", "x"])
            .var(on("vbar", "lat_v lon_v"), &["y", "x"])
            .dataset();
        assert_eq!(pairs(&nemo), ["ubar & vbar"]);
    }

    fn curvilinear() -> Build {
        Build::default()
            .dim("y", 3)
            .dim("x", 4)
            .var(float("la", &[]).with("units", "degrees_north"), &["y", "x"])
            .var(float("lo", &[]).with("units", "degrees_east"), &["y", "x"])
    }

    fn pair_on(build: Build, standard_names: [&str; 2]) -> Build {
        let [first, second] = standard_names;
        build
            .var(named("u", first).with("coordinates", "la lo"), &["y", "x"])
            .var(named("v", second).with("coordinates", "la lo"), &["y", "x"])
    }

    #[test]
    fn standard_names_say_what_components_are_along() {
        for (names, frame) in [
            (["eastward_wind", "northward_wind"], Frame::Earth),
            (["eastward_sea_water_velocity", "northward_sea_water_velocity"], Frame::Earth),
            (["x_wind", "y_wind"], Frame::Grid),
            (["sea_water_x_velocity", "sea_water_y_velocity"], Frame::Grid),
            (["grid_eastward_wind", "grid_northward_wind"], Frame::Grid),
        ] {
            let dataset = pair_on(curvilinear(), names).dataset();
            let want = (frame, Reason::StandardName, "places".to_owned());
            assert_eq!(orientation(&dataset), want, "{names:?}");
        }
        let dataset = pair_on(curvilinear(), ["", ""]).dataset();
        assert_eq!(orientation(&dataset), (Frame::Grid, Reason::Assumed, "places".into()));
    }

    #[test]
    fn the_angle_of_the_grid_is_taken_from_the_file() {
        let roms = curvilinear().var(float("angle", &[]).with("units", "radians"), &["y", "x"]);
        let dataset = pair_on(roms, ["", ""]).dataset();
        assert_eq!(orientation(&dataset), (Frame::Grid, Reason::Assumed, "angle".into()));
        let wrf = curvilinear()
            .var(float("COSALPHA", &[]), &["y", "x"])
            .var(float("SINALPHA", &[]), &["y", "x"]);
        let dataset = pair_on(wrf, ["", ""]).dataset();
        assert_eq!(orientation(&dataset).2, "COSALPHA, SINALPHA");
        let elsewhere = curvilinear().dim("z", 2).var(float("angle", &[]), &["z", "x"]);
        assert_eq!(orientation(&pair_on(elsewhere, ["", ""]).dataset()).2, "places");
    }

    #[test]
    fn the_rotation_of_a_grib_file_says_what_components_are_along() {
        for (formula, relative, frame) in [
            ("Uearth = sin(rot)*Vgrid + cos(rot)*Ugrid", "grid", Frame::Grid),
            ("Ugrid = cos(rot)*Uearth - sin(rot)*Vearth", "earth", Frame::Earth),
        ] {
            let note = format!(
                "u and v components of vector quantities are resolved relative to {relative}"
            );
            let rotation = float("gridrot_0", &[]).with("formula_u", formula).with("note1", &note);
            let dataset = pair_on(curvilinear().var(rotation, &["y", "x"]), ["", ""]).dataset();
            assert_eq!(orientation(&dataset), (frame, Reason::RotationNote, "-gridrot_0".into()));
        }
    }
}
