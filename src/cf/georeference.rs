//! Latitudes, longitudes and times that nobody refers to, but that can only belong together
//! with data over the same dimensions: swaths, trajectories, files without CF attributes.
//!
//! A guess is only made where there is one candidate: in the variable's group or above, or in
//! the whole file. Build O(variables), a look-up O(rank × depth).

use std::collections::HashMap;

use hyperslab_core::{DimensionId, GroupId, Variable, VariableId};

use super::axes::AxisRole;
use super::coordinates::{Context, data_axes, only_dimension, spans_within};
use super::purpose::{Purpose, with_ids};
use super::{attributes, units};

/// The last two dimensions of a field, or twice the only one.
type Place = (DimensionId, DimensionId);

#[derive(Default)]
pub(super) struct Georeference {
    in_group: HashMap<(Place, AxisRole, GroupId), Candidate>,
    anywhere: HashMap<(Place, AxisRole), Candidate>,
}

#[derive(Clone, Copy)]
enum Candidate {
    One(VariableId),
    Many,
}

impl Georeference {
    pub(super) fn of(cx: &Context, purposes: &[Purpose]) -> Self {
        let mut found = Self::default();
        for (id, variable) in with_ids(cx.dataset) {
            let is_free = match purposes.get(id.index()) {
                Some(Purpose::Data) => true,
                Some(Purpose::Coordinate) => {
                    only_dimension(variable).is_none_or(|dimension| !is_along(cx, id, dimension))
                }
                _ => false,
            };
            if let (true, Some((place, role))) = (is_free, place_and_role(cx, id, variable)) {
                let group = variable.group;
                add(found.in_group.entry((place, role, group)), id);
                add(found.anywhere.entry((place, role)), id);
            }
        }
        found
    }

    /// What a data variable is missing and only one candidate can be.
    pub(super) fn guesses(
        &self,
        cx: &Context,
        id: VariableId,
        variable: &Variable,
        listed: &[VariableId],
    ) -> Vec<VariableId> {
        if self.anywhere.is_empty() || place_and_role(cx, id, variable).is_some() {
            return Vec::new();
        }
        let has = |role: AxisRole| {
            listed.iter().any(|&id| cx.role(id) == role)
                || data_axes(variable).iter().any(|axis| {
                    let dimension = axis.dimension.filter(|&d| cx.along.has(d));
                    let found = dimension.and_then(|dimension| {
                        cx.along.find(cx.dataset, cx.names, variable, dimension)
                    });
                    found.is_some_and(|found| cx.role(found) == role)
                })
        };
        let mut guesses = Vec::new();
        if !has(AxisRole::Latitude) && !has(AxisRole::Longitude) {
            guesses.extend(self.places(cx, variable));
        }
        if !has(AxisRole::Time) {
            let free = free_dimensions(cx, variable);
            guesses.extend(free.filter_map(|d| self.find(cx, variable, (d, d), AxisRole::Time)));
        }
        guesses
    }

    /// Latitude and longitude: of a plane, of points, or one along each of two axes.
    fn places(&self, cx: &Context, variable: &Variable) -> Vec<VariableId> {
        let dimensions: Vec<DimensionId> =
            data_axes(variable).iter().filter_map(|axis| axis.dimension).collect();
        let both = |place: Place| {
            let latitude = self.find(cx, variable, place, AxisRole::Latitude)?;
            let longitude = self.find(cx, variable, place, AxisRole::Longitude)?;
            Some(vec![latitude, longitude])
        };
        let planes = dimensions.windows(2).rev().filter_map(|pair| match pair {
            [y, x] => Some((*y, *x)),
            _ => None,
        });
        let points = dimensions.iter().rev().map(|&dimension| (dimension, dimension));
        planes.chain(points).find_map(both).unwrap_or_else(|| {
            let along = |role| {
                free_dimensions(cx, variable).find_map(|d| self.find(cx, variable, (d, d), role))
            };
            match (along(AxisRole::Latitude), along(AxisRole::Longitude)) {
                (Some(latitude), Some(longitude)) => vec![latitude, longitude],
                _ => Vec::new(),
            }
        })
    }

    fn find(
        &self,
        cx: &Context,
        variable: &Variable,
        place: Place,
        role: AxisRole,
    ) -> Option<VariableId> {
        let near = || {
            cx.names
                .ancestry(variable.group)
                .find_map(|group| self.in_group.get(&(place, role, group)))
        };
        // Most look-ups end here.
        let anywhere = self.anywhere.get(&(place, role))?;
        match near().unwrap_or(anywhere) {
            Candidate::One(id) => {
                cx.dataset.variable(*id).filter(|other| spans_within(other, variable)).map(|_| *id)
            }
            Candidate::Many => None,
        }
    }
}

fn add<K>(entry: std::collections::hash_map::Entry<'_, K, Candidate>, id: VariableId) {
    entry.and_modify(|candidate| *candidate = Candidate::Many).or_insert(Candidate::One(id));
}

/// Where a variable would lie as a coordinate, if it can be one: degrees over one to three
/// dimensions, dates over one.
fn place_and_role(cx: &Context, id: VariableId, variable: &Variable) -> Option<(Place, AxisRole)> {
    let role = cx.role(id);
    if !variable.dtype.is_numeric() {
        return None;
    }
    let place = match data_axes(variable) {
        [one] => (one.dimension?, one.dimension?),
        [_, _, _, _, ..] => return None,
        [.., y, x] => (y.dimension?, x.dimension?),
        [] => return None,
    };
    let is_dated = || attributes::units(variable).is_some_and(|units| units::is_time(&units));
    match role {
        AxisRole::Latitude | AxisRole::Longitude => Some((place, role)),
        AxisRole::Time if data_axes(variable).len() == 1 && is_dated() => Some((place, role)),
        _ => None,
    }
}

fn is_along(cx: &Context, id: VariableId, dimension: DimensionId) -> bool {
    let name = cx.dataset.dimension(dimension).map(|d| d.name.as_str());
    cx.dataset.variable(id).is_some_and(|variable| Some(variable.name.as_str()) == name)
}

fn free_dimensions<'a>(
    cx: &'a Context,
    variable: &'a Variable,
) -> impl Iterator<Item = DimensionId> + 'a {
    data_axes(variable)
        .iter()
        .filter_map(|axis| axis.dimension)
        .filter(|&dimension| !cx.along.has(dimension))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::super::{CfDataset, Horizontal};
    use super::*;
    use hyperslab_core::Dataset;

    fn horizontal(dataset: &Dataset, name: &str) -> Option<Horizontal> {
        let cf = CfDataset::of(dataset);
        cf.variable(dataset, dataset.find_variable(name).unwrap()).unwrap().horizontal()
    }

    fn swath() -> Build {
        Build::default()
            .dim("along", 3)
            .dim("across", 4)
            .dim("band", 2)
            .var(float("Latitude", &[]), &["along", "across"])
            .var(float("Longitude", &[]), &["along", "across"])
            .var(float("radiance", &[]), &["band", "along", "across"])
    }

    #[test]
    fn a_swath_finds_its_latitudes_and_longitudes() {
        let dataset = swath().dataset();
        let (latitude, longitude) = (VariableId(0), VariableId(1));
        assert_eq!(
            horizontal(&dataset, "radiance"),
            Some(Horizontal::Curvilinear { latitude, longitude, y: 1, x: 2 })
        );
        let cf = CfDataset::of(&dataset);
        assert_eq!(cf.purpose(latitude), Purpose::Coordinate);
        assert_eq!(cf.purpose(VariableId(2)), Purpose::Data);
    }

    #[test]
    fn two_candidates_are_no_candidate() {
        let dataset = swath().var(float("lat", &[]), &["along", "across"]).dataset();
        assert_eq!(horizontal(&dataset, "radiance"), None);
        assert_eq!(CfDataset::of(&dataset).purpose(VariableId(0)), Purpose::Data);
    }

    #[test]
    fn a_trajectory_finds_its_places_and_its_time() {
        // uw_kingair: time is the coordinate variable, places are not mentioned.
        let dataset = Build::default()
            .dim("recNum", 9)
            .var(float("lat", &[]).with("units", "degrees"), &["recNum"])
            .var(float("lon", &[]).with("units", "degrees"), &["recNum"])
            .var(float("timeObs", &[]).with("units", "seconds since 1970-01-01"), &["recNum"])
            .var(float("var", &[]), &["recNum"])
            .dataset();
        let (latitude, longitude) = (VariableId(0), VariableId(1));
        assert_eq!(
            horizontal(&dataset, "var"),
            Some(Horizontal::Points { latitude, longitude, axis: 0 })
        );
        let cf = CfDataset::of(&dataset);
        let view = cf.variable(&dataset, VariableId(3)).unwrap();
        assert_eq!(view.axes()[0].coordinate, Some(VariableId(2)));
        assert_eq!(view.axes()[0].role, AxisRole::Time);
    }

    #[test]
    fn bounds_and_grids_with_their_own_coordinates_are_left_alone() {
        let dataset = Build::default()
            .dim("lat", 3)
            .dim("lon", 4)
            .var(float("lat", &[]).with("units", "degrees_north"), &["lat"])
            .var(float("lon", &[]).with("units", "degrees_east"), &["lon"])
            .var(float("t", &[]), &["lat", "lon"])
            .var(float("storm_lat", &[]).with("units", "degrees_north"), &["lat", "lon"])
            .dataset();
        assert_eq!(
            horizontal(&dataset, "t"),
            Some(Horizontal::Geographic { latitude: 0, longitude: 1 })
        );
        assert_eq!(CfDataset::of(&dataset).purpose(VariableId(3)), Purpose::Data);
    }
}
