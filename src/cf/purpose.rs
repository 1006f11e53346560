//! What a variable is for: data, or something that serves the data (CF 5, 7, appendix A).

use std::collections::{HashMap, HashSet};

use hyperslab_core::{Dataset, Group, Variable, VariableId};

use super::attributes;
use super::coordinates::data_rank;
use super::names::Names;
use super::references::{self, Link};

/// In the order in which variables are of interest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    #[default]
    Data,
    /// Along a dimension, or named by `coordinates`.
    Coordinate,
    /// Grid mappings, cell measures, quality flags, mesh topology.
    Helper,
    /// Limits of cells or of climatological periods.
    Bounds,
}

/// The edges of a coordinate's cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoundsOf {
    pub variable: VariableId,
    /// Of climatological periods (CF 7.4): not to be drawn as edges.
    pub is_climatology: bool,
}

/// What the references between variables say. Build O(attributes).
#[derive(Debug, Default)]
pub(super) struct Relations {
    marks: Vec<Marks>,
    /// Named coordinates of each variable, unchecked, in the order of the file.
    pub coordinates: HashMap<VariableId, Vec<VariableId>>,
    pub bounds: HashMap<VariableId, BoundsOf>,
    /// From bounds to what they bound.
    pub bounded: HashMap<VariableId, VariableId>,
    pub grid_mappings: HashMap<VariableId, VariableId>,
    pub ancillaries: HashMap<VariableId, Vec<VariableId>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Marks {
    is_coordinate: bool,
    is_bounds: bool,
    is_helper: bool,
}

impl Relations {
    pub(super) fn of(dataset: &Dataset, names: &Names) -> Self {
        let mut relations =
            Self { marks: vec![Marks::default(); dataset.variables.len()], ..Self::default() };
        let mut ancillary = HashSet::new();
        for (id, variable) in with_ids(dataset) {
            for (link, name) in references::links(variable) {
                let target = names.find(variable.group, &name).filter(|&target| target != id);
                let Some(target) = target else { continue };
                match link {
                    Link::Ancillary => {
                        ancillary.insert((id, target));
                        relations.ancillaries.entry(id).or_default().push(target);
                    }
                    _ => relations.add(dataset, names, id, link, target),
                }
            }
            if references::is_container(variable) {
                relations.mark(id, |marks| marks.is_helper = true);
            }
        }
        // Two fields that name each other, as wind components do, are both data.
        for &(from, to) in &ancillary {
            if !ancillary.contains(&(to, from)) {
                relations.mark(to, |marks| marks.is_helper = true);
            }
        }
        relations.add_coordinates_of_groups(dataset, names);
        relations
    }

    fn add(
        &mut self,
        dataset: &Dataset,
        names: &Names,
        id: VariableId,
        link: Link,
        target: VariableId,
    ) {
        match link {
            Link::Coordinate => {
                self.coordinates.entry(id).or_default().push(target);
                self.mark(target, |marks| marks.is_coordinate = true);
            }
            Link::Bounds | Link::Climatology => {
                let is_climatology = link == Link::Climatology;
                self.bounds.insert(id, BoundsOf { variable: target, is_climatology });
                self.bounded.entry(target).or_insert(id);
                self.mark(target, |marks| marks.is_bounds = true);
            }
            Link::GridMapping => {
                self.grid_mappings.entry(id).or_insert(target);
                self.mark(target, |marks| marks.is_helper = true);
            }
            Link::FormulaTerm => {
                // Surface pressure is a field worth drawing, coefficients are not.
                let is_coefficient = dataset.variable(target).is_some_and(|v| data_rank(v) <= 1);
                self.mark(target, |marks| marks.is_helper |= is_coefficient);
            }
            Link::Mesh => {
                self.mark(target, |marks| marks.is_helper = true);
                self.add_coordinates_of_mesh(dataset, names, id, target);
            }
            Link::Ancillary | Link::Helper => self.mark(target, |marks| marks.is_helper = true),
        }
    }

    /// UGRID: where on the mesh a variable lies says which coordinates it has.
    fn add_coordinates_of_mesh(
        &mut self,
        dataset: &Dataset,
        names: &Names,
        id: VariableId,
        mesh: VariableId,
    ) {
        let (Some(variable), Some(mesh)) = (dataset.variable(id), dataset.variable(mesh)) else {
            return;
        };
        let Some(location) = attributes::text(variable, "location") else { return };
        for name in attributes::words(mesh, &format!("{location}_coordinates")) {
            if let Some(target) = names.find(mesh.group, &name).filter(|&target| target != id) {
                self.coordinates.entry(id).or_default().push(target);
            }
        }
    }

    /// xarray lists coordinates that no variable uses in an attribute of the group.
    fn add_coordinates_of_groups(&mut self, dataset: &Dataset, names: &Names) {
        for (index, group) in (0u32..).zip(&dataset.groups) {
            for name in coordinates_of(group) {
                if let Some(target) = names.find(hyperslab_core::GroupId(index), &name) {
                    self.mark(target, |marks| marks.is_coordinate = true);
                }
            }
        }
    }

    fn mark(&mut self, id: VariableId, set: impl FnOnce(&mut Marks)) {
        if let Some(marks) = self.marks.get_mut(id.index()) {
            set(marks);
        }
    }

    /// The purpose of every variable, given those that lie along their own dimension.
    pub(super) fn purposes(
        &self,
        dataset: &Dataset,
        names: &Names,
        along: &HashSet<VariableId>,
    ) -> Vec<Purpose> {
        let mut purposes: Vec<Purpose> = with_ids(dataset)
            .zip(&self.marks)
            .map(|((id, _), marks)| match marks {
                _ if along.contains(&id) => Purpose::Coordinate,
                Marks { is_bounds: true, .. } => Purpose::Bounds,
                Marks { is_coordinate: true, .. } => Purpose::Coordinate,
                Marks { is_helper: true, .. } => Purpose::Helper,
                _ => Purpose::Data,
            })
            .collect();
        for (id, variable) in with_ids(dataset) {
            let is_data = purposes.get(id.index()) == Some(&Purpose::Data);
            if is_data
                && is_bounds_by_name(dataset, names, &purposes, variable)
                && let Some(purpose) = purposes.get_mut(id.index())
            {
                *purpose = Purpose::Bounds;
            }
        }
        purposes
    }
}

/// `lat_bnds` of a coordinate `lat`, although `lat` does not say so.
fn is_bounds_by_name(
    dataset: &Dataset,
    names: &Names,
    purposes: &[Purpose],
    variable: &Variable,
) -> bool {
    let stem = ["_bnds", "_bounds", "_bnd"].iter().find_map(|end| variable.name.strip_suffix(end));
    let Some(owner) = stem.and_then(|stem| names.find(variable.group, stem)) else { return false };
    purposes.get(owner.index()) == Some(&Purpose::Coordinate)
        && dataset.variable(owner).is_some_and(|owner| owner.rank() + 1 == variable.rank())
}

fn coordinates_of(group: &Group) -> Vec<String> {
    let attribute = group.attributes.iter().find(|attribute| attribute.name == "coordinates");
    let text = attribute.and_then(|attribute| attributes::text_of(&attribute.value));
    text.map(|text| attributes::split_words(&text)).unwrap_or_default()
}

pub(super) fn with_ids(dataset: &Dataset) -> impl Iterator<Item = (VariableId, &Variable)> {
    (0u32..).map(VariableId).zip(&dataset.variables)
}

#[cfg(test)]
mod tests {
    use super::super::CfDataset;
    use super::super::testing::*;
    use super::*;

    fn purposes(dataset: &Dataset) -> Vec<(String, Purpose)> {
        let cf = CfDataset::of(dataset);
        with_ids(dataset).map(|(id, v)| (v.name.clone(), cf.purpose(id))).collect()
    }

    fn named(dataset: &Dataset, purpose: Purpose) -> Vec<String> {
        let all = purposes(dataset).into_iter().filter(|(_, p)| *p == purpose);
        all.map(|(name, _)| name).collect()
    }

    #[test]
    fn variables_serve_those_that_name_them() {
        let dataset = Build::default()
            .dim("time", 2)
            .dim("y", 3)
            .dim("x", 4)
            .dim("nv", 2)
            .var(
                float("tas", &[])
                    .with("coordinates", "lat lon height")
                    .with("grid_mapping", "crs")
                    .with("cell_measures", "area: areacella")
                    .with("ancillary_variables", "tas_qc"),
                &["time", "y", "x"],
            )
            .var(float("time", &[]).with("bounds", "time_edges"), &["time"])
            .var(float("time_edges", &[]), &["time", "nv"])
            .var(float("lat", &[]), &["y", "x"])
            .var(float("lon", &[]), &["y", "x"])
            .var(float("lat_bnds", &[]), &["y", "x", "nv"])
            .var(float("height", &[]), &[])
            .var(int("crs", 4, &[]), &[])
            .var(float("areacella", &[]), &["y", "x"])
            .var(int("tas_qc", 1, &[]), &["time", "y", "x"])
            .dataset();
        assert_eq!(named(&dataset, Purpose::Data), ["tas"]);
        assert_eq!(named(&dataset, Purpose::Coordinate), ["time", "lat", "lon", "height"]);
        assert_eq!(named(&dataset, Purpose::Bounds), ["time_edges", "lat_bnds"]);
        assert_eq!(named(&dataset, Purpose::Helper), ["crs", "areacella", "tas_qc"]);
    }

    #[test]
    fn coefficients_are_helpers_but_surface_pressure_is_data() {
        let dataset = Build::default()
            .dim("lev", 3)
            .dim("y", 3)
            .dim("x", 4)
            .var(
                float("lev", &[]).with("formula_terms", "a: hyam b: hybm ps: PS lev: lev"),
                &["lev"],
            )
            .var(float("hyam", &[]), &["lev"])
            .var(float("hybm", &[]), &["lev"])
            .var(float("PS", &[]), &["y", "x"])
            .dataset();
        assert_eq!(named(&dataset, Purpose::Data), ["PS"]);
        assert_eq!(named(&dataset, Purpose::Helper), ["hyam", "hybm"]);
    }

    #[test]
    fn fields_that_name_each_other_are_both_data() {
        let dataset = Build::default()
            .dim("x", 4)
            .var(float("u", &[]).with("ancillary_variables", "v"), &["x"])
            .var(float("v", &[]).with("ancillary_variables", "u"), &["x"])
            .var(float("self", &[]).with("coordinates", "self"), &["x"])
            .dataset();
        assert_eq!(named(&dataset, Purpose::Data), ["u", "v", "self"]);
    }

    #[test]
    fn a_mesh_is_a_helper_and_its_nodes_are_coordinates() {
        let dataset = Build::default()
            .dim("face", 3)
            .dim("four", 4)
            .var(
                int("mesh", 4, &[])
                    .with("cf_role", "mesh_topology")
                    .with("face_node_connectivity", "face_nodes")
                    .with("face_coordinates", "face_x face_y"),
                &[],
            )
            .var(int("face_nodes", 4, &[]), &["face", "four"])
            .var(float("face_x", &[]).with("units", "degrees_east"), &["face"])
            .var(float("face_y", &[]).with("units", "degrees_north"), &["face"])
            .var(float("t", &[]).with("mesh", "mesh").with("location", "face"), &["face"])
            .dataset();
        assert_eq!(named(&dataset, Purpose::Data), ["t"]);
        assert_eq!(named(&dataset, Purpose::Coordinate), ["face_x", "face_y"]);
        let cf = CfDataset::of(&dataset);
        let t = cf.variable(&dataset, VariableId(4)).unwrap();
        assert_eq!(t.auxiliaries(), [VariableId(2), VariableId(3)]);
    }

    #[test]
    fn a_hundred_thousand_variables_are_sorted_at_once() {
        let mut build = Build::default().dim("x", 4).var(float("x", &[]), &["x"]);
        let template = build.listing_mut().variables[0].clone();
        for i in 0..100_000 {
            let mut v = template.clone().with("coordinates", &format!("v{} x", i / 2));
            v.name = format!("v{i}");
            build.listing_mut().variables.push(v);
        }
        let dataset = build.dataset();
        let start = std::time::Instant::now();
        let cf = CfDataset::of(&dataset);
        assert_eq!(cf.purpose(VariableId(100_000)), Purpose::Data);
        // Half a second in an unoptimised build; quadratic would be minutes.
        assert!(start.elapsed().as_secs() < 20);
    }
}
