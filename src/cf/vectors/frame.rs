//! Whether the components of a vector are towards east and north or along the rows and columns
//! of the grid, and what turns them.

use hyperslab_core::{Variable, VariableId};

use super::super::attributes;
use super::super::axes::AxisRole;
use super::super::coordinates::data_axes;
use super::super::dataset::{CfDataset, CfVariable};
use super::super::horizontal::Horizontal;
use super::super::purpose::with_ids;
use hyperslab_core::Dataset;

/// What the two components are along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Frame {
    /// East and north.
    Earth,
    /// The grid's x and y.
    Grid,
}

/// What says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Columns of longitudes and rows of latitudes.
    Axes,
    StandardName,
    /// The note beside the angle by which the grid is turned.
    RotationNote,
    /// A word in the name: `eastward`, `zonal`.
    Name,
    /// Nothing: models write what is along the grid, where there is one.
    Assumed,
}

/// What gives the angle from east to the grid's x, counterclockwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Turning {
    /// The two are the same.
    None,
    /// A variable with the angle.
    Angle { variable: VariableId },
    /// NIO's `gridrot`: its `Uearth = sin(rot) * Vgrid + cos(rot) * Ugrid` turns the other way.
    Clockwise { variable: VariableId },
    /// WRF's `COSALPHA` and `SINALPHA`.
    CosineSine { cosine: VariableId, sine: VariableId },
    /// The way from each column to the next on the globe.
    Places,
}

pub(super) fn frame_of(cf: &CfVariable) -> (Frame, Reason) {
    if let Some(Horizontal::Geographic { .. }) = cf.horizontal() {
        return (Frame::Earth, Reason::Axes);
    }
    if let Some(name) = attributes::standard_name(cf.variable()) {
        let says = |word: &str| name.starts_with(word) || name.contains(&format!("_{word}"));
        if says("grid_eastward") || says("x_") || name.contains("_x_") {
            return (Frame::Grid, Reason::StandardName);
        }
        if says("eastward") {
            return (Frame::Earth, Reason::StandardName);
        }
    }
    if let Some(frame) = rotation_variable(cf).and_then(|id| noted(cf.dataset(), id)) {
        return (frame, Reason::RotationNote);
    }
    let name = cf.variable().name.to_ascii_lowercase();
    if ["eastward", "zonal"].iter().any(|word| name.contains(word)) {
        return (Frame::Earth, Reason::Name);
    }
    match cf.horizontal() {
        // Points without rows and columns have no x of their own.
        Some(Horizontal::Points { .. }) => (Frame::Earth, Reason::Assumed),
        _ => (Frame::Grid, Reason::Assumed),
    }
}

pub(super) fn turning_of(all: &CfDataset, cf: &CfVariable) -> Turning {
    if matches!(cf.horizontal(), Some(Horizontal::Geographic { .. } | Horizontal::Points { .. })) {
        return Turning::None;
    }
    if let Some(variable) = rotation_variable(cf) {
        return Turning::Clockwise { variable };
    }
    let of_plane = |accepts: &dyn Fn(&Variable) -> bool| {
        let mut fitting = with_ids(cf.dataset())
            .filter(|(_, other)| other.dtype.is_numeric() && accepts(other))
            .filter(|(id, other)| lies_on_plane(all, cf, *id, other));
        fitting.next().map(|(id, _)| id)
    };
    let named = |names: &'static [&'static str]| {
        of_plane(&|other: &Variable| names.contains(&other.name.to_ascii_lowercase().as_str()))
    };
    let standard = of_plane(&|other: &Variable| {
        attributes::standard_name(other).as_deref() == Some("angle_of_rotation_from_east_to_x")
    });
    // ROMS: "angle between XI-axis and EAST"; POP and CICE: on points of U and of T.
    if let Some(variable) = standard.or_else(|| named(&["angle", "grid_angle", "anglet"])) {
        return Turning::Angle { variable };
    }
    match named(&["cosalpha"]).zip(named(&["sinalpha"])) {
        Some((cosine, sine)) => Turning::CosineSine { cosine, sine },
        None => Turning::Places,
    }
}

/// The angle lies along the last two axes (WRF: and along time), on the same points.
fn lies_on_plane(all: &CfDataset, cf: &CfVariable, id: VariableId, other: &Variable) -> bool {
    let (own, axes) = (data_axes(cf.variable()), data_axes(other));
    let ([.., y, x], [.., other_y, other_x]) = (own, axes) else { return false };
    let is_same = y.dimension.is_some()
        && (y.dimension, x.dimension) == (other_y.dimension, other_x.dimension)
        && axes.iter().all(|axis| own.iter().any(|o| o.dimension == axis.dimension));
    let Some(other) = all.variable(cf.dataset(), id).filter(|_| is_same) else { return false };
    // POP's angles on two kinds of points have the same dimensions.
    [AxisRole::Latitude, AxisRole::Longitude].into_iter().all(|role| {
        match (cf.auxiliary(role), other.auxiliary(role)) {
            (Some(own), Some(others)) => own == others,
            _ => true,
        }
    })
}

/// NIO's angle: named beside the variable, or the only one of such a name on its plane.
fn rotation_variable(cf: &CfVariable) -> Option<VariableId> {
    let dataset = cf.dataset();
    let is_rotation = |variable: &Variable| {
        attributes::text(variable, "formula_u").is_some_and(|text| {
            let text: String = text.to_ascii_lowercase().split_whitespace().collect();
            text.starts_with("uearth=sin(rot)*vgrid+") || text.starts_with("ugrid=cos(rot)*uearth-")
        })
    };
    let mut named = cf.ancillaries().iter().copied();
    let named = named.find(|&id| dataset.variable(id).is_some_and(is_rotation));
    named.or_else(|| {
        let [.., y, x] = data_axes(cf.variable()) else { return None };
        let on_plane = |variable: &Variable| match data_axes(variable) {
            [other_y, other_x] => {
                y.dimension.is_some()
                    && (y.dimension, x.dimension) == (other_y.dimension, other_x.dimension)
            }
            _ => false,
        };
        let mut found =
            with_ids(dataset).filter(|(_, other)| on_plane(other) && is_rotation(other));
        found.next().map(|(id, _)| id)
    })
}

/// `note1`: "u and v components of vector quantities are resolved relative to grid".
fn noted(dataset: &Dataset, rotation: VariableId) -> Option<Frame> {
    let note = attributes::text(dataset.variable(rotation)?, "note1")?.to_ascii_lowercase();
    if note.contains("relative to grid") {
        Some(Frame::Grid)
    } else if note.contains("relative to earth") {
        Some(Frame::Earth)
    } else {
        None
    }
}
