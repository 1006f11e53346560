//! How data lie on the Earth (CF 5.1, 5.2, 5.6, 9): which coordinates give their places.

use hyperslab_core::VariableId;

use super::axes::AxisRole;
use super::coordinates::{data_axes, only_dimension};
use super::dataset::{CfAxis, CfVariable};

/// Axes are places among the variable's axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Horizontal {
    /// A latitude along one axis, a longitude along another.
    Geographic { latitude: usize, longitude: usize },
    /// Latitudes and longitudes of two dimensions; of a third before these where they move
    /// with time, as WRF has them.
    Curvilinear { latitude: VariableId, longitude: VariableId, y: usize, x: usize },
    /// Stations, trajectories and unstructured meshes: both along one axis.
    Points { latitude: VariableId, longitude: VariableId, axis: usize },
    /// Coordinates of a projection or of a rotated grid, without latitudes and longitudes.
    Projected { y: usize, x: usize },
}

pub(super) fn of(view: &CfVariable, axes: &[CfAxis]) -> Option<Horizontal> {
    let axis_of = |is_wanted: &dyn Fn(AxisRole) -> bool| {
        let found = axes.iter().find(|axis| is_wanted(axis.role) && axis.coordinate.is_some());
        found.map(|axis| axis.index)
    };
    // Where latitudes of the cells are named, those along an axis are nominal: a tripolar grid.
    if let Some(found @ Horizontal::Curvilinear { .. }) = by_auxiliaries(view, axes) {
        return Some(found);
    }
    let latitude = axis_of(&|role| role == AxisRole::Latitude);
    let longitude = axis_of(&|role| role == AxisRole::Longitude);
    if let (Some(latitude), Some(longitude)) = (latitude, longitude) {
        return Some(Horizontal::Geographic { latitude, longitude });
    }
    by_auxiliaries(view, axes).or_else(|| {
        let (y, x) = (axis_of(&|role| role.is_y())?, axis_of(&|role| role.is_x())?);
        Some(Horizontal::Projected { y, x })
    })
}

fn by_auxiliaries(view: &CfVariable, axes: &[CfAxis]) -> Option<Horizontal> {
    let latitude = view.auxiliary(AxisRole::Latitude)?;
    let longitude = view.auxiliary(AxisRole::Longitude)?;
    let (a, b) = (view.dataset().variable(latitude)?, view.dataset().variable(longitude)?);
    let place = |dimension| {
        let found =
            axes.iter().find(|axis| axis.dimension.is_some() && axis.dimension == dimension);
        found.map(|axis| axis.index)
    };
    if let (Some(one), Some(other)) = (only_dimension(a), only_dimension(b)) {
        let axis = place(Some(one)).filter(|_| one == other)?;
        return Some(Horizontal::Points { latitude, longitude, axis });
    }
    match (data_axes(a), data_axes(b)) {
        ([.., y, x], [.., other_y, other_x])
            if y.dimension == other_y.dimension && x.dimension == other_x.dimension =>
        {
            let (y, x) = (place(y.dimension)?, place(x.dimension)?);
            // `surface_altitude(x, y)`: rows are what the axes say, not what comes first.
            let is_x = |index: usize| axes.get(index).is_some_and(|axis| axis.role.is_x());
            let (y, x) = if is_x(y) && !is_x(x) { (x, y) } else { (y, x) };
            Some(Horizontal::Curvilinear { latitude, longitude, y, x })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::CfDataset;
    use super::super::testing::*;
    use super::*;

    #[test]
    fn a_projection_has_y_and_x_until_latitudes_are_named() {
        let build = |coordinates: &str| {
            Build::default()
                .dim("y", 3)
                .dim("x", 4)
                .var(float("x", &[]).with("units", "km"), &["x"])
                .var(float("y", &[]).with("units", "km"), &["y"])
                .var(float("la", &[]).with("units", "degrees_north"), &["y", "x"])
                .var(float("lo", &[]).with("units", "degrees_east"), &["y", "x"])
                .var(float("lo2", &[]).with("units", "degrees_east"), &["y", "x"])
                .var(float("t", &[]).with("coordinates", coordinates), &["y", "x"])
                .dataset()
        };
        let horizontal = |coordinates: &str| {
            let dataset = build(coordinates);
            let cf = CfDataset::of(&dataset);
            cf.variable(&dataset, VariableId(5)).unwrap().horizontal()
        };
        assert_eq!(horizontal(""), Some(Horizontal::Projected { y: 0, x: 1 }));
        let (latitude, longitude) = (VariableId(2), VariableId(3));
        let curvilinear = Horizontal::Curvilinear { latitude, longitude, y: 0, x: 1 };
        assert_eq!(horizontal("la lo"), Some(curvilinear));
    }

    #[test]
    fn dimensions_without_coordinates_are_in_no_place() {
        let dataset =
            Build::default().dim("y", 3).dim("x", 4).var(float("t", &[]), &["y", "x"]).dataset();
        let cf = CfDataset::of(&dataset);
        assert_eq!(cf.variable(&dataset, VariableId(0)).unwrap().horizontal(), None);
    }
}
