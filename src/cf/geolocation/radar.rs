//! Fields of a radar by ray and range: ODIM_H5's polar scans, and CfRadial 1.4.

use hyperslab_core::VariableId;

use super::super::attributes;
use super::super::coordinates::{data_axes, only_dimension};
use super::super::crs::length_m;
use super::super::dataset::CfVariable;
use super::{Geolocation, Place, find};
use crate::interpret::{Along, Location};

/// Where rays begin and where they go, in degrees.
#[derive(Clone, Debug, PartialEq)]
pub struct Radar {
    pub longitude: Angle,
    pub latitude: Angle,
    /// From north by east.
    pub azimuth: Angle,
    /// Above the horizon.
    pub elevation: Angle,
    /// How many metres one of the units of the ranges has.
    pub metres: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Angle {
    Value(f64),
    /// The first value of a variable.
    One(VariableId),
    /// A value for each ray.
    Rays(VariableId),
    /// The coordinate along the axis of the rays.
    Axis,
}

pub(super) fn of(view: &CfVariable<'_>) -> Option<Geolocation> {
    hinted(view).or_else(|| cf_radial(view))
}

fn hinted(view: &CfVariable<'_>) -> Option<Geolocation> {
    let location = view.hints().and_then(|hints| hints.location.as_ref())?;
    let &Location::Radar { longitude, latitude, elevation } = location else { return None };
    let Along::Even(ranges) = &view.axis_hint(1)?.coordinate else { return None };
    let radar = Radar {
        longitude: Angle::Value(longitude),
        latitude: Angle::Value(latitude),
        azimuth: Angle::Axis,
        elevation: Angle::Value(elevation),
        metres: length_m(&ranges.units)?,
    };
    let place = Place::Polar { y: 0, x: 1, radar };
    Some(Geolocation { place, source: "azimuth and range of the radar".into() })
}

/// `azimuth(time)` and `elevation(time)` beside `latitude` and `longitude` of the instrument.
fn cf_radial(view: &CfVariable<'_>) -> Option<Geolocation> {
    let (dataset, variable) = (view.dataset(), view.variable());
    let axes = view.axes();
    let range = axes.iter().find(|axis| axis.name == Some("range"))?;
    let unit = attributes::units(dataset.variable(range.coordinate?)?)?;
    let by_name = |name: &str| find(dataset, variable.group, name);
    let azimuth = by_name("azimuth")?;
    let rays = only_dimension(dataset.variable(azimuth)?)?;
    let y = axes.iter().find(|axis| axis.dimension == Some(rays))?.index;
    let elevation = match by_name("elevation") {
        Some(id) if dataset.variable(id).and_then(only_dimension) == Some(rays) => Angle::Rays(id),
        _ => Angle::Value(0.0),
    };
    let fixed = |name: &str| {
        let id = by_name(name)?;
        data_axes(dataset.variable(id)?).is_empty().then_some(Angle::One(id))
    };
    let radar = Radar {
        longitude: fixed("longitude")?,
        latitude: fixed("latitude")?,
        azimuth: Angle::Rays(azimuth),
        elevation,
        metres: length_m(&unit)?,
    };
    let place = Place::Polar { y, x: range.index, radar };
    Some(Geolocation { place, source: "azimuth and range of the radar".into() })
}
