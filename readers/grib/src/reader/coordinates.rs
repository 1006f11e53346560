//! Coordinate variables: along leading dimensions, of grids, and grid mappings.

use std::sync::Arc;

use hyperslab_core::{Array, Attribute, Buffer, Dtype, ReadContext, ReadError, Result, Section};

use crate::cubes::dimensions::{Content as Along, Dimension, GridPlace, Subject};
use crate::cubes::grids::{GridInfo, GridKind};
use crate::cubes::{AxisValues, Cubes, Level, Realization, period};
use crate::grids::{Coordinates, Grid};
use crate::tables::NioLevel;
use crate::time::DateTime;

use super::attributes::{self, NATIVE, text};
use super::contents::{Content, Contents};
use super::section;
use super::times::Times;
use super::variables::Builder;

/// What is worked out for every point of a grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plane {
    Latitude,
    Longitude,
    Rotation,
}

/// Hours from NIO's epoch, 1800-01-01, to 1970-01-01.
const EPOCH_HOURS: f64 = 62_091.0 * 24.0;

/// The coordinates of every leading dimension.
pub fn add_leading(builder: &mut Builder, times: &Times) {
    let cubes = builder.cubes;
    for (at, dimension) in cubes.dimensions.iter().enumerate() {
        let Along::Leading { edition, values, subject, level, .. } = &dimension.content else {
            continue;
        };
        match values {
            AxisValues::Copies(count) => {
                let values = (0..*count).map(|k| i32::try_from(k).unwrap_or(i32::MAX)).collect();
                let words = "fields that nothing tells apart, in the order of the file";
                let attributes = vec![text("long_name", words)];
                builder.push_values(&dimension.name, &[at], Buffer::I32(values), attributes);
            }
            AxisValues::Realizations(all) => {
                add_realizations(builder, at, dimension, *edition, all, subject);
            }
            AxisValues::InitialTimes(all) => add_initial_times(builder, at, dimension, all),
            AxisValues::ForecastTimes { unit, values } => {
                let mut attributes = vec![
                    text("long_name", "Forecast offset from initial time"),
                    text("units", period::units(*edition, *unit)),
                    text("standard_name", "forecast_period"),
                ];
                let bounds = times.forecast_bounds(at).cloned();
                let bounds = bounds.map(|values| (format!("{}_bounds", dimension.name), values));
                if let Some((name, _)) = &bounds {
                    attributes.push(text("bounds", name));
                }
                let clamp = |&value: &i64| value.clamp(i32::MIN.into(), i32::MAX.into()) as i32;
                let leads = values.iter().map(clamp).collect();
                builder.push_values(&dimension.name, &[at], Buffer::I32(leads), attributes);
                if let Some((name, values)) = bounds {
                    let dimensions = [at, builder.bounds()];
                    builder.push_values(name, &dimensions, Buffer::F64(values), Vec::new());
                }
            }
            AxisValues::Levels { values, .. } => {
                add_levels(builder, at, dimension, *edition, values, level);
            }
        }
    }
}

fn add_realizations(
    builder: &mut Builder,
    at: usize,
    dimension: &Dimension,
    edition: u8,
    all: &[Realization],
    subject: &Subject,
) {
    let name = &dimension.name;
    let limit = |value: Option<crate::cubes::Ordered>| value.map_or(f32::NAN, |value| value.0);
    match all.last() {
        Some(Realization::Probability { .. }) => {
            let (lower, upper): (Vec<f32>, Vec<f32>) = all
                .iter()
                .map(|one| match one {
                    Realization::Probability { lower, upper } => (limit(*lower), limit(*upper)),
                    _ => (f32::NAN, f32::NAN),
                })
                .unzip();
            let attributes = |which: &str| {
                vec![
                    text("long_name", format!("{} probability{which} limits", subject.long_name)),
                    text("units", &subject.units),
                ]
            };
            let has = |values: &[f32]| values.iter().any(|value| !value.is_nan());
            if has(&lower) && has(&upper) {
                for (which, values) in [("lower", lower), ("upper", upper)] {
                    let attributes = attributes(&format!(" {which}"));
                    let name = format!("{name}_{which}");
                    builder.push_values(name, &[at], Buffer::F32(values), attributes);
                }
            } else {
                let values = if has(&lower) { lower } else { upper };
                builder.push_values(name, &[at], Buffer::F32(values), attributes(""));
            }
        }
        Some(Realization::Percentile(_)) => {
            let value = |one: &Realization| match one {
                Realization::Percentile(percentile) => i32::from(*percentile),
                _ => -1,
            };
            let attributes = vec![text("long_name", "percentile"), text("units", "%")];
            let values = all.iter().map(value).collect();
            builder.push_values(name, &[at], Buffer::I32(values), attributes);
        }
        _ => {
            let values = (0..).take(all.len()).collect();
            let attributes = vec![
                text("long_name", "ensemble indexes"),
                text("units", "non-dim"),
                text("standard_name", "realization"),
            ];
            builder.push_values(name, &[at], Buffer::I32(values), attributes);
            let words = all.iter().map(|&one| attributes::ensemble_words(edition, one));
            let attributes = vec![text("long_name", "ensemble elements description")];
            builder.push_values(format!("{name}_info"), &[at], texts(words), attributes);
        }
    }
}

fn texts(all: impl Iterator<Item = String>) -> Buffer {
    Buffer::Text(all.map(|text| text.into_bytes().into()).collect())
}

/// The coordinate, and the same times in two other forms.
fn add_initial_times(builder: &mut Builder, at: usize, dimension: &Dimension, all: &[DateTime]) {
    let stem = dimension.name.clone();
    let hours = all.iter().map(|time| time.seconds() as f64 / 3600.0 + EPOCH_HOURS).collect();
    let encoded = all.iter().map(encoded).collect();
    let words = texts(all.iter().map(|&time| attributes::time_text(time)));
    // The dimension bears the name of what is its coordinate.
    if !builder.options.initial_time_as_text
        && let Some(dimension) = builder.built.dimensions.get_mut(at)
    {
        dimension.name = format!("{stem}_hours");
    }
    let attributes = vec![
        text("long_name", "initial time"),
        text("units", "hours since 1800-01-01 00:00"),
        text("standard_name", "forecast_reference_time"),
    ];
    builder.push_values(format!("{stem}_hours"), &[at], Buffer::F64(hours), attributes);
    let attributes = vec![
        text("long_name", "initial time encoded as double"),
        text("units", "yyyymmddhh.hh_frac"),
    ];
    builder.push_values(format!("{stem}_encoded"), &[at], Buffer::F64(encoded), attributes);
    let attributes = vec![
        text("long_name", "Initial time of first record"),
        text("units", "mm/dd/yyyy (hh:mm)"),
    ];
    builder.push_values(stem, &[at], words, attributes);
}

/// `2008020612.5`: year, month, day, hour and the fraction of an hour as digits.
fn encoded(time: &DateTime) -> f64 {
    let date = time.date_number() as f64 * 100.0 + f64::from(time.hour);
    date + (f64::from(time.minute) * 60.0 + f64::from(time.second)) / 3600.0
}

fn add_levels(
    builder: &mut Builder,
    at: usize,
    dimension: &Dimension,
    edition: u8,
    values: &[Level],
    level: &NioLevel,
) {
    let name = &dimension.name;
    let buffer = |value: &dyn Fn(&Level) -> Option<crate::cubes::Ordered>| {
        let numbers = values.iter().map(|level| value(level).map_or(f32::NAN, |value| value.0));
        match edition {
            1 => Buffer::I32(numbers.map(|number| number as i32).collect()),
            _ => Buffer::F32(numbers.collect()),
        }
    };
    let known = |text: &'static str| if text.is_empty() { "unknown" } else { text };
    let mut attributes =
        vec![text("long_name", known(level.long_name)), text("units", known(level.units))];
    if values.iter().all(|level| level.second.is_none()) {
        let more = vertical(level.abbreviation);
        attributes.extend(more.iter().map(|(name, value)| text(name, value)));
        builder.push_values(name, &[at], buffer(&|level| level.first), attributes);
        return;
    }
    // NIO's order: the second bound first.
    for (suffix, value) in
        [("l1", buffer(&|level| level.second)), ("l0", buffer(&|level| level.first))]
    {
        builder.push_values(format!("{name}_{suffix}"), &[at], value, attributes.clone());
    }
}

/// CF's words for some kinds of level, by NIO's abbreviation.
fn vertical(abbreviation: &str) -> &'static [(&'static str, &'static str)] {
    match abbreviation {
        "ISBL" => &[("standard_name", "air_pressure"), ("positive", "down")],
        "HTGL" => &[("standard_name", "height"), ("positive", "up")],
        "GPML" => &[("standard_name", "altitude"), ("positive", "up")],
        "DBLL" => &[("standard_name", "depth"), ("positive", "down")],
        "DBSL" => &[("standard_name", "depth"), ("positive", "down")],
        "THEL" => &[("standard_name", "air_potential_temperature"), ("positive", "up")],
        "SIGL" => &[("standard_name", "atmosphere_sigma_coordinate"), ("positive", "down")],
        "HYBL" | "HYBY" => &[("positive", "down")],
        _ => &[],
    }
}

/// Latitudes, longitudes, rotations and mappings of every grid that a variable lies on.
pub fn add_grids(builder: &mut Builder) -> Result<()> {
    let cubes = builder.cubes;
    let mut ranks: Vec<u32> = cubes.grids.keys().copied().collect();
    ranks.sort_unstable();
    for rank in ranks {
        let ranked = builder.ranked.get(rank as usize).and_then(Option::as_ref).cloned();
        if let (Some((grid, info)), Some(place)) = (ranked, cubes.grids.get(&rank)) {
            add_grid(builder, rank, &grid, &info, place)?;
        }
    }
    add_gaussian(builder);
    Ok(())
}

fn add_grid(
    builder: &mut Builder,
    rank: u32,
    grid: &Arc<Grid>,
    info: &GridInfo,
    place: &GridPlace,
) -> Result<()> {
    let latitude = directed(&info.nio.latitude, "latitude", "degrees_north");
    let longitude = directed(&info.nio.longitude, "longitude", "degrees_east");
    match info.kind {
        GridKind::Spectral => return Ok(()),
        GridKind::Axes => {
            let (Coordinates::Axes { latitude: y, longitude: x }, [rows, columns]) =
                (grid.coordinates()?, place.dimensions.as_slice())
            else {
                return Ok(());
            };
            builder.push_values(&place.latitude, &[*rows], Buffer::F64(y), latitude);
            builder.push_values(&place.longitude, &[*columns], Buffer::F64(x), longitude);
        }
        GridKind::Plane | GridKind::Points => {
            let planes = [
                (&place.latitude, Plane::Latitude, latitude),
                (&place.longitude, Plane::Longitude, longitude),
            ];
            for (name, plane, attributes) in planes {
                add_plane(builder, name, rank, grid, plane, place, attributes);
            }
            if !info.nio.rotation.is_empty() {
                let attributes = info.nio.rotation.iter().map(attributes::of_grid).collect();
                let plane = Plane::Rotation;
                add_plane(builder, &place.rotation, rank, grid, plane, place, attributes);
            }
        }
    }
    add_mapping(builder, rank, grid, place);
    Ok(())
}

fn add_plane(
    builder: &mut Builder,
    name: &str,
    rank: u32,
    grid: &Arc<Grid>,
    plane: Plane,
    place: &GridPlace,
    attributes: Vec<Attribute>,
) {
    let content = Content::Plane { grid: Arc::clone(grid), rank, plane };
    let dtype = Dtype::float(4, NATIVE);
    builder.push(name, &place.dimensions, dtype, attributes, content);
}

/// NIO's attributes, and what CF needs whether or not NIO has it.
fn directed(
    nio: &[(&'static str, crate::grids::Value)],
    name: &'static str,
    units: &'static str,
) -> Vec<Attribute> {
    let mut all: Vec<Attribute> = nio.iter().map(attributes::of_grid).collect();
    for (key, value) in [("long_name", name), ("units", units), ("standard_name", name)] {
        if !all.iter().any(|attribute| attribute.name == key) {
            all.push(text(key, value));
        }
    }
    all
}

pub fn has_mapping(grid: &Grid) -> bool {
    grid.grid_mapping().is_some()
}

pub fn mapping_name(cubes: &Cubes, rank: u32) -> String {
    // In the order of ranks, which is that of the variables' names.
    let number = cubes.grids.keys().filter(|&&other| other < rank).count();
    format!("grid_mapping{number}")
}

fn add_mapping(builder: &mut Builder, rank: u32, grid: &Grid, place: &GridPlace) {
    let Some(mapping) = grid.grid_mapping() else { return };
    let name = mapping_name(builder.cubes, rank);
    let attributes = mapping.attributes.iter().map(attributes::of_grid).collect();
    builder.push_values(name, &[], Buffer::I32(vec![0]), attributes);
    let (Some(axes), [rows, columns]) = (mapping.axes, place.dimensions.as_slice()) else { return };
    let both = [(*rows, axes.y_standard_name, axes.y), (*columns, axes.x_standard_name, axes.x)];
    for (at, standard_name, values) in both {
        let Some(dimension) = builder.built.dimensions.get(at) else { continue };
        if dimension.length != values.len() as u64 {
            continue;
        }
        let name = dimension.name.clone();
        // NIO names a coordinate of two dimensions like one of them on some grids.
        if name == place.latitude || name == place.longitude {
            continue;
        }
        let attributes = vec![
            text("long_name", standard_name.replace('_', " ")),
            text("standard_name", standard_name),
            text("units", axes.units),
        ];
        builder.push_values(name, &[at], Buffer::F64(values), attributes);
    }
}

/// Coordinates of the Gaussian grids that spectral fields are worked out on.
fn add_gaussian(builder: &mut Builder) {
    let made: Vec<(usize, String, u64)> = (0..)
        .zip(&builder.built.dimensions)
        .filter(|(_, dimension)| dimension.name.starts_with("gaussian_"))
        .map(|(at, dimension)| (at, dimension.name.clone(), dimension.length))
        .collect();
    for (at, name, length) in made {
        let is_latitude = name.starts_with("gaussian_lat");
        let (values, words, units) = if is_latitude {
            (gaussian_latitudes(length), "latitude", "degrees_north")
        } else {
            let step = 360.0 / length.max(1) as f64;
            ((0..length).map(|k| k as f64 * step).collect(), "longitude", "degrees_east")
        };
        let attributes =
            vec![text("long_name", words), text("units", units), text("standard_name", words)];
        builder.push_values(name, &[at], Buffer::F64(values), attributes);
    }
}

/// From north to south: where the Legendre polynomial of degree `rows` is zero.
fn gaussian_latitudes(rows: u64) -> Vec<f64> {
    let degree = rows as f64;
    let latitude = |k: u64| {
        let mut x = ((k as f64 + 0.75) / (degree + 0.5) * std::f64::consts::PI).cos();
        // Newton's method from here converges within a few steps.
        for _ in 0..10 {
            let (mut last, mut value) = (1.0, x);
            for n in 2..=rows {
                let n = n as f64;
                (last, value) = (value, ((2.0 * n - 1.0) * x * value - (n - 1.0) * last) / n);
            }
            let slope = degree * (last - x * value) / (1.0 - x * x);
            let step = value / slope;
            x -= step;
            if step.abs() < 1e-15 {
                break;
            }
        }
        x.asin().to_degrees()
    };
    (0..rows).map(latitude).collect()
}

impl Contents {
    /// A section of what is worked out for every point; the whole is kept in the cache.
    pub fn read_plane(
        &self,
        grid: &Grid,
        rank: u32,
        plane: Plane,
        section: &Section,
        cx: &ReadContext,
    ) -> Result<Array> {
        let bytes = cx.limits.claim_array(section.element_count(), 4)?;
        let shape = grid.shape();
        let mut into = vec![0f32; bytes / 4];
        cx.progress.expect(bytes as u64);
        // Beyond the numbers of fields.
        let key = (self.number, 1 << 60 | u64::from(rank) << 2 | plane as u64);
        let kept = cx.chunk_cache.get(key);
        let values: Vec<f32> = match kept {
            Some(bytes) => bytes.chunks_exact(4).map(bytemuck::pod_read_unaligned).collect(),
            None => {
                let values = values_of(grid, plane)?;
                let bytes: &[u8] = bytemuck::cast_slice(&values);
                if cx.chunk_cache.keeps(bytes.len()) {
                    cx.chunk_cache.insert(key, Arc::new(bytes.to_vec()));
                }
                values
            }
        };
        if !section.is_empty() {
            section::copy(&values, &shape, &section.ranges, &mut into)?;
        }
        cx.advance(bytes as u64)?;
        Ok(Array { shape: section.shape(), values: Buffer::F32(into) })
    }
}

fn values_of(grid: &Grid, plane: Plane) -> Result<Vec<f32>> {
    let none = || ReadError::unsupported("the geometry of this grid");
    if plane == Plane::Rotation {
        return grid.rotation()?.ok_or_else(none);
    }
    let values = match grid.coordinates()? {
        Coordinates::Plane { latitude, longitude }
        | Coordinates::Points { latitude, longitude } => {
            if plane == Plane::Latitude {
                latitude
            } else {
                longitude
            }
        }
        Coordinates::None | Coordinates::Axes { .. } => return Err(none()),
    };
    Ok(values.into_iter().map(|value| value as f32).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaussian_latitudes_are_those_of_the_manual() {
        let found = gaussian_latitudes(64);
        assert!((found[0] - 87.863_798_839).abs() < 1e-8);
        assert!((found[31] - 1.395_3).abs() < 1e-4);
        assert!((found[63] + found[0]).abs() < 1e-12);
    }

    #[test]
    fn initial_times_are_encoded_as_digits() {
        let time = DateTime { year: 2008, month: 2, day: 6, hour: 12, minute: 30, second: 0 };
        assert_eq!(encoded(&time), 2_008_020_612.5);
        assert_eq!(attributes::time_text(time), "02/06/2008 (12:30)");
        let hours = DateTime { year: 1800, month: 1, day: 1, hour: 0, minute: 0, second: 0 };
        assert_eq!(hours.seconds() as f64 / 3600.0 + EPOCH_HOURS, 0.0);
    }
}
