//! The coordinate along each axis of a variable (CF 5, 2.7; NUG coordinate variables).
//!
//! In this order: a coordinate variable (of the dimension's name, over this dimension alone),
//! the one auxiliary coordinate that can stand for it, WRF's `Times`. A char variable's last
//! axis is the length of its strings and no axis of its data (CF 2.2).

use std::collections::HashMap;

use hyperslab_core::{Axis, Dataset, DimensionId, Dtype, Variable, VariableId};

use super::attributes;
use super::axes::{AxisRole, role_of_name};
use super::names::Names;
use super::purpose::with_ids;

/// What is known of one axis of a variable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct AxisInfo {
    pub coordinate: Option<VariableId>,
    pub role: AxisRole,
}

/// Which axis of a char variable counts characters.
pub fn text_axis(variable: &Variable) -> Option<usize> {
    if variable.dtype == Dtype::Char { variable.rank().checked_sub(1) } else { None }
}

/// Axes that are not text.
pub(super) fn data_axes(variable: &Variable) -> &[Axis] {
    let count = text_axis(variable).unwrap_or(variable.rank());
    variable.axes.get(..count).unwrap_or_default()
}

pub(super) fn data_rank(variable: &Variable) -> usize {
    data_axes(variable).len()
}

/// A variable over one dimension alone.
pub(super) fn only_dimension(variable: &Variable) -> Option<DimensionId> {
    match data_axes(variable) {
        [axis] => axis.dimension,
        _ => None,
    }
}

/// The coordinate variables of every dimension. Build O(variables).
#[derive(Debug, Default)]
pub(super) struct Along {
    of_dimension: HashMap<DimensionId, Vec<VariableId>>,
    /// WRF's `Times` along its `Time`.
    texts: HashMap<DimensionId, VariableId>,
}

impl Along {
    pub(super) fn of(dataset: &Dataset) -> Self {
        let mut along = Self::default();
        for (id, variable) in with_ids(dataset) {
            let Some(dimension) = only_dimension(variable) else { continue };
            let Some(name) = dataset.dimension(dimension).map(|d| d.name.as_str()) else {
                continue;
            };
            let can_label = variable.dtype.is_numeric() || variable.dtype.is_text();
            if variable.name == name && can_label {
                along.of_dimension.entry(dimension).or_default().push(id);
            } else if variable.dtype.is_text() && variable.name == "Times" && name == "Time" {
                along.texts.entry(dimension).or_insert(id);
            }
        }
        along
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = VariableId> + '_ {
        self.of_dimension.values().flatten().chain(self.texts.values()).copied()
    }

    /// The coordinate variable of a dimension as seen from a variable: in its group or the
    /// nearest above; failing that, the first there is (CF's lateral search).
    pub(super) fn find(
        &self,
        dataset: &Dataset,
        names: &Names,
        variable: &Variable,
        dimension: DimensionId,
    ) -> Option<VariableId> {
        match self.of_dimension.get(&dimension)?.as_slice() {
            [one] => Some(*one),
            [first, ..] => {
                let name = dataset.dimension(dimension)?.name.as_str();
                let near = names.ancestry(variable.group).find_map(|group| {
                    let id = names.in_group(group, name)?;
                    (only_dimension(dataset.variable(id)?) == Some(dimension)).then_some(id)
                });
                near.or(Some(*first))
            }
            [] => None,
        }
    }

    pub(super) fn has(&self, dimension: DimensionId) -> bool {
        self.of_dimension.contains_key(&dimension)
    }
}

/// Every axis is one of the variable's (CF 5: a subset of its dimensions); scalars always are.
pub(super) fn spans_within(auxiliary: &Variable, variable: &Variable) -> bool {
    let own = data_axes(variable);
    let inner = data_axes(auxiliary);
    inner.iter().enumerate().all(|(i, axis)| match axis.dimension {
        Some(_) => own.iter().any(|other| other.dimension == axis.dimension),
        // Nameless axes fit where the shapes are the same.
        None => inner.len() == own.len() && own.get(i).is_some_and(|o| o.length == axis.length),
    })
}

/// What [`axes_of`] looks up.
pub(super) struct Context<'a> {
    pub dataset: &'a Dataset,
    pub names: &'a Names<'a>,
    pub along: &'a Along,
    /// Of every variable, given that it is a coordinate.
    pub roles: &'a [AxisRole],
}

impl Context<'_> {
    pub(super) fn role(&self, id: VariableId) -> AxisRole {
        self.roles.get(id.index()).copied().unwrap_or_default()
    }

    fn rank(&self, id: VariableId) -> usize {
        self.dataset.variable(id).map_or(0, data_rank)
    }
}

/// Coordinate and role of every data axis. `auxiliaries` lie within the variable's dimensions.
pub(super) fn axes_of(
    cx: &Context,
    id: VariableId,
    variable: &Variable,
    auxiliaries: &[VariableId],
) -> Vec<AxisInfo> {
    let plane = plane_of(cx, auxiliaries);
    let axes = data_axes(variable).iter().map(|axis| {
        let Some(dimension) = axis.dimension else { return AxisInfo::default() };
        let found = cx
            .along
            .find(cx.dataset, cx.names, variable, dimension)
            .or_else(|| adopted(cx, dimension, auxiliaries))
            .or_else(|| cx.along.texts.get(&dimension).copied());
        let found = found.map(|own| valid_time(cx, dimension, auxiliaries, own).unwrap_or(own));
        let by_name = || cx.dataset.dimension(dimension).map(|d| role_of_name(&d.name));
        let role = match found {
            Some(coordinate) => cx.role(coordinate),
            None => {
                plane.and_then(|plane| plane.role(dimension)).or_else(by_name).unwrap_or_default()
            }
        };
        // A coordinate is not drawn against itself.
        AxisInfo { coordinate: found.filter(|&found| found != id), role }
    });
    axes.collect()
}

/// Of a forecast one wants to know for when it is: the auxiliary `time` goes before a coordinate
/// of lead times or of reference times (CF 5.7).
fn valid_time(
    cx: &Context,
    dimension: DimensionId,
    auxiliaries: &[VariableId],
    own: VariableId,
) -> Option<VariableId> {
    let name = |id: VariableId| attributes::standard_name(cx.dataset.variable(id)?);
    let is_of_forecast =
        matches!(name(own)?.as_str(), "forecast_period" | "forecast_reference_time");
    auxiliaries.iter().copied().filter(|_| is_of_forecast).find(|&id| {
        let variable = cx.dataset.variable(id);
        variable.is_some_and(|v| v.dtype.is_numeric() && only_dimension(v) == Some(dimension))
            && name(id).is_some_and(|name| name == "time")
    })
}

/// The auxiliary coordinate that can stand along a dimension without a coordinate variable:
/// time, or the only place, or the only other number, or names.
fn adopted(cx: &Context, dimension: DimensionId, auxiliaries: &[VariableId]) -> Option<VariableId> {
    let along: Vec<(VariableId, &Variable)> = auxiliaries
        .iter()
        .filter_map(|&id| Some((id, cx.dataset.variable(id)?)))
        .filter(|(_, variable)| only_dimension(variable) == Some(dimension))
        .collect();
    let with_role = |wanted: AxisRole| {
        along.iter().find(|(id, v)| v.dtype.is_numeric() && cx.role(*id) == wanted).map(|a| a.0)
    };
    let places = [
        with_role(AxisRole::Latitude).or_else(|| with_role(AxisRole::Y)),
        with_role(AxisRole::Longitude).or_else(|| with_role(AxisRole::X)),
    ];
    let is_points = places.iter().all(Option::is_some);
    let place = || if is_points { None } else { places.into_iter().flatten().next() };
    let text = || along.iter().find(|(_, v)| v.dtype.is_text()).map(|a| a.0);
    with_role(AxisRole::Time)
        .or_else(place)
        .or_else(|| with_role(AxisRole::Vertical).filter(|_| !is_points))
        .or_else(|| with_role(AxisRole::Other).filter(|_| !is_points))
        .or_else(text)
}

/// Rows and columns of a curvilinear grid.
#[derive(Clone, Copy)]
struct Plane {
    y: DimensionId,
    x: DimensionId,
}

impl Plane {
    fn role(&self, dimension: DimensionId) -> Option<AxisRole> {
        if dimension == self.x {
            Some(AxisRole::X)
        } else if dimension == self.y {
            Some(AxisRole::Y)
        } else {
            None
        }
    }
}

fn plane_of(cx: &Context, auxiliaries: &[VariableId]) -> Option<Plane> {
    let latitude = auxiliaries
        .iter()
        .find(|&&id| cx.role(id) == AxisRole::Latitude && cx.rank(id) >= 2)
        .and_then(|&id| cx.dataset.variable(id))?;
    let [.., y, x] = data_axes(latitude) else { return None };
    let (y, x) = (y.dimension?, x.dimension?);
    let role = |id| cx.dataset.dimension(id).map(|d| role_of_name(&d.name)).unwrap_or_default();
    let is_swapped = role(y).is_x() && role(x).is_y();
    Some(if is_swapped { Plane { y: x, x: y } } else { Plane { y, x } })
}

#[cfg(test)]
mod tests {
    use super::super::CfDataset;
    use super::super::testing::*;
    use super::*;
    use hyperslab_core::{GroupId, Listing};

    /// `name:role:coordinate` of each axis.
    fn axes(dataset: &Dataset, name: &str) -> Vec<String> {
        let cf = CfDataset::of(dataset);
        let id = dataset.find_variable(name).unwrap();
        let view = cf.variable(dataset, id).unwrap();
        let each = view.axes().into_iter().map(|axis| {
            let coordinate = axis.coordinate.map(|id| dataset.variable_path(id));
            let coordinate = coordinate.unwrap_or_else(|| "-".into());
            format!("{}:{:?}:{coordinate}", axis.name.unwrap_or("?"), axis.role)
        });
        each.collect()
    }

    #[test]
    fn a_coordinate_variable_lies_along_the_dimension_of_its_name() {
        let dataset = Build::default()
            .dim("time", 2)
            .dim("lat", 3)
            .dim("station", 3)
            .dim("strlen", 8)
            .var(float("t", &[]), &["time", "lat", "station"])
            .var(float("time", &[]).with("units", "days since 2000-01-01"), &["time"])
            .var(float("lat", &[]).with("units", "degrees_north"), &["lat"])
            .var(char_variable("station"), &["station", "strlen"])
            .dataset();
        assert_eq!(
            axes(&dataset, "t"),
            ["time:Time:/time", "lat:Latitude:/lat", "station:Other:/station"]
        );
        assert_eq!(axes(&dataset, "lat"), ["lat:Latitude:-"]);
        assert_eq!(axes(&dataset, "station"), ["station:Other:-"]);
    }

    #[test]
    fn the_time_a_forecast_is_for_goes_before_its_lead() {
        let dataset = Build::default()
            .dim("step", 2)
            .var(float("t", &[]).with("coordinates", "valid"), &["step"])
            .var(
                float("step", &[]).with("units", "hours").with("standard_name", "forecast_period"),
                &["step"],
            )
            .var(
                float("valid", &[])
                    .with("units", "hours since 2000-01-01")
                    .with("standard_name", "time"),
                &["step"],
            )
            .dataset();
        assert_eq!(axes(&dataset, "t"), ["step:Time:/valid"]);
        let cf = CfDataset::of(&dataset);
        let others = cf.variable(&dataset, VariableId(0)).unwrap().other_coordinates(0);
        assert_eq!(others, [VariableId(1)]);
    }

    #[test]
    fn wrf_times_stand_along_time_unless_numbers_do() {
        let build = || {
            Build::default()
                .dim("Time", 2)
                .dim("DateStrLen", 19)
                .dim("south_north", 3)
                .dim("west_east", 3)
                .var(char_variable("Times"), &["Time", "DateStrLen"])
        };
        let old = build().var(float("T2", &[]), &["Time", "south_north", "west_east"]).dataset();
        assert_eq!(axes(&old, "T2"), ["Time:Time:/Times", "south_north:Y:-", "west_east:X:-"]);
        let new = build()
            .var(float("XTIME", &[]).with("units", "minutes since 2005-08-28"), &["Time"])
            .var(
                float("XLAT", &[]).with("units", "degree_north"),
                &["Time", "south_north", "west_east"],
            )
            .var(
                float("XLONG", &[]).with("units", "degree_east"),
                &["Time", "south_north", "west_east"],
            )
            .var(
                float("T2", &[]).with("coordinates", "XLONG XLAT XTIME"),
                &["Time", "south_north", "west_east"],
            )
            .dataset();
        assert_eq!(axes(&new, "T2")[0], "Time:Time:/XTIME");
        assert_eq!(axes(&new, "T2")[1], "south_north:Y:-");
    }

    #[test]
    fn an_auxiliary_stands_along_an_axis_it_is_alone_on() {
        // ubyte_1.nc4: latitude(nlines), longitude(npixels).
        let dataset = Build::default()
            .dim("nlines", 3)
            .dim("npixels", 4)
            .dim("obs", 5)
            .var(float("latitude", &[]).with("units", "degrees_north"), &["nlines"])
            .var(float("longitude", &[]).with("units", "degrees_east"), &["npixels"])
            .var(float("t", &[]).with("coordinates", "longitude latitude"), &["nlines", "npixels"])
            .var(float("olat", &[]).with("units", "degrees_north"), &["obs"])
            .var(float("olon", &[]).with("units", "degrees_east"), &["obs"])
            .var(float("o", &[]).with("coordinates", "olon olat"), &["obs"])
            .dataset();
        assert_eq!(
            axes(&dataset, "t"),
            ["nlines:Latitude:/latitude", "npixels:Longitude:/longitude"]
        );
        // Points: neither of the two is the axis.
        assert_eq!(axes(&dataset, "o"), ["obs:Other:-"]);
    }

    #[test]
    fn rows_and_columns_of_a_curvilinear_grid_are_y_and_x() {
        let dataset = Build::default()
            .dim("j", 3)
            .dim("i", 4)
            .var(float("lat2d", &[]).with("units", "degrees_north"), &["j", "i"])
            .var(float("lon2d", &[]).with("units", "degrees_east"), &["j", "i"])
            .var(float("t", &[]).with("coordinates", "lat2d lon2d"), &["j", "i"])
            .dataset();
        assert_eq!(axes(&dataset, "t"), ["j:Y:-", "i:X:-"]);
    }

    #[test]
    fn the_coordinate_of_the_nearest_group_is_taken() {
        let mut dataset = Dataset::default();
        let root = Build::default().dim("x", 3).var(float("x", &[]), &["x"]).group("g").group("h");
        let axis = Axis { length: 3, dimension: Some(DimensionId(0)) };
        let groups = dataset.graft(GroupId::ROOT, root.listing()).unwrap();
        let within = |group, names: &[&str]| Listing {
            variables: names
                .iter()
                .map(|name| Variable { group, axes: vec![axis], ..float(name, &[]) })
                .collect(),
            ..Listing::default()
        };
        dataset.graft(groups[0], within(groups[0], &["x", "t"])).unwrap();
        dataset.graft(groups[1], within(groups[1], &["t"])).unwrap();
        assert_eq!(axes(&dataset, "/g/t"), ["x:X:/g/x"]);
        assert_eq!(axes(&dataset, "/h/t"), ["x:X:/x"]);
    }

    #[test]
    fn a_variable_of_more_dimensions_is_no_coordinate_variable() {
        // stationProfileMultidimUnlimited.nc: z(station, time, z).
        let dataset = Build::default()
            .dim("station", 2)
            .dim("z", 3)
            .var(float("z", &[]).with("positive", "up"), &["station", "z"])
            .var(float("data", &[]).with("coordinates", "z"), &["station", "z"])
            .dataset();
        assert_eq!(axes(&dataset, "data"), ["station:Other:-", "z:Vertical:-"]);
    }

    #[test]
    fn nameless_axes_have_neither_role_nor_coordinate() {
        let mut dataset = Build::default().dataset();
        dataset.variables.push(float("image", &[3, 4]));
        assert_eq!(axes(&dataset, "image"), ["?:Other:-", "?:Other:-"]);
    }
}
