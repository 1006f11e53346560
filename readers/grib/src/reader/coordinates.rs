//! Coordinate variables: along leading dimensions, of grids, and grid mappings.

use std::collections::HashMap;
use std::sync::Arc;

use hyperslab_core::{
    Array, Attribute, Buffer, Dtype, Range, ReadContext, ReadError, Result, Section,
};

use crate::cubes::dimensions::{Content as Along, Dimension, GridPlace, Subject};
use crate::cubes::grids::{GridInfo, GridKind};
use crate::cubes::{AxisValues, Cubes, Level, Realization};
use crate::grids::unstructured::Mesh;
use crate::grids::{Coordinates, Grid};
use crate::tables::NioLevel;
use crate::tables::nio_forecast_time_units;
use crate::time::DateTime;

use super::attributes::{self, NATIVE, text};
use super::axes;
use super::contents::{Content, Contents};
use super::section;
use super::times::Times;
use super::variables::Builder;

/// What is worked out for every point of a grid, or every row or column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plane {
    Latitude,
    Longitude,
    Rotation,
    /// Projected coordinates of columns and rows.
    MappingX,
    MappingY,
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
                    text("units", nio_forecast_time_units(*edition, *unit)),
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
            AxisValues::Directions { is_valued, values } => {
                let attributes = axes::of_direction(*is_valued);
                let values = values.iter().map(|value| value.0).collect();
                builder.push_values(&dimension.name, &[at], Buffer::F32(values), attributes);
            }
            AxisValues::Frequencies { is_valued, values } => {
                let attributes = axes::of_frequency(*is_valued);
                let values = values.iter().map(|value| value.0).collect();
                builder.push_values(&dimension.name, &[at], Buffer::F32(values), attributes);
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
            let mut attributes = vec![
                text("long_name", "ensemble indexes"),
                text("units", "non-dim"),
                text("standard_name", "realization"),
            ];
            attributes.extend(axes::member_labels(edition, all));
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
        attributes.extend(axes::of_level(level.abbreviation));
        builder.push_values(name, &[at], buffer(&|level| level.first), attributes);
        return;
    }
    // NIO's order: the second bound first.
    for (suffix, value) in
        [("l1", buffer(&|level| level.second)), ("l0", buffer(&|level| level.first))]
    {
        builder.push_values(format!("{name}_{suffix}"), &[at], value, attributes.clone());
    }
    axes::add_layers(builder, at, dimension, values, level);
}

/// Latitudes, longitudes, rotations and mappings of every grid that a variable lies on.
pub fn add_grids(builder: &mut Builder) {
    let cubes = builder.cubes;
    let mut ranks: Vec<u32> = cubes.grids.keys().copied().collect();
    ranks.sort_unstable();
    for rank in ranks {
        let ranked = builder.ranked.get(rank as usize).and_then(Option::as_ref).cloned();
        if let (Some((grid, info)), Some(place)) = (ranked, cubes.grids.get(&rank)) {
            add_grid(builder, rank, &grid, &info, place);
        }
    }
    add_gaussian(builder);
}

fn add_grid(
    builder: &mut Builder,
    rank: u32,
    grid: &Arc<Grid>,
    info: &GridInfo,
    place: &GridPlace,
) {
    let latitude = directed(&info.nio.latitude, "latitude", "degrees_north");
    let longitude = directed(&info.nio.longitude, "longitude", "degrees_east");
    match info.kind {
        GridKind::Spectral => return,
        GridKind::Axes => {
            let [rows, columns] = place.dimensions.as_slice() else { return };
            let both = [
                (&place.latitude, *rows, Plane::Latitude, latitude),
                (&place.longitude, *columns, Plane::Longitude, longitude),
            ];
            for (name, at, plane, attributes) in both {
                let content = Content::Axis { grid: Arc::clone(grid), plane };
                builder.push(name, &[at], Dtype::float(8, NATIVE), attributes, content);
            }
        }
        GridKind::Plane | GridKind::Points if info.has_coordinates => {
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
        GridKind::Plane | GridKind::Points => {
            if let Some(mesh) = builder.meshes.remove(&rank) {
                add_mesh(builder, place, mesh, [latitude, longitude]);
            }
        }
    }
    add_mapping(builder, rank, grid, place);
}

/// Points whose places another message or file tells, and the corners of their cells.
fn add_mesh(builder: &mut Builder, place: &GridPlace, mesh: Mesh, attributes: [Vec<Attribute>; 2]) {
    let [mut latitude, mut longitude] = attributes;
    let vertices = mesh.vertices;
    for (all, name) in [(&mut latitude, &place.latitude), (&mut longitude, &place.longitude)] {
        all.push(text("comment", format!("from {}", mesh.source)));
        if vertices.is_some() {
            all.push(text("bounds", format!("{name}_bounds")));
        }
    }
    builder.push_values(&place.latitude, &place.dimensions, Buffer::F64(mesh.latitude), latitude);
    builder.push_values(
        &place.longitude,
        &place.dimensions,
        Buffer::F64(mesh.longitude),
        longitude,
    );
    if let Some(vertices) = vertices {
        let corners = builder.add_dimension(format!("nv_{}", place.number), vertices.count);
        let dimensions = [place.dimensions.as_slice(), &[corners]].concat();
        let both = [(&place.latitude, vertices.latitude), (&place.longitude, vertices.longitude)];
        for (name, values) in both {
            let name = format!("{name}_bounds");
            builder.push_values(name, &dimensions, Buffer::F64(values), Vec::new());
        }
    }
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

/// The names of grid mappings, by rank.
pub fn mappings(cubes: &Cubes, ranked: &[Option<(Arc<Grid>, GridInfo)>]) -> HashMap<u32, String> {
    let mut ranks: Vec<u32> = cubes.grids.keys().copied().collect();
    ranks.sort_unstable();
    let has_mapping = |rank: &u32| {
        let known = ranked.get(*rank as usize).and_then(Option::as_ref);
        known.is_some_and(|(grid, _)| grid.grid_mapping().is_some())
    };
    let with = ranks.into_iter().filter(has_mapping).enumerate();
    with.map(|(number, rank)| (rank, format!("grid_mapping{number}"))).collect()
}

fn add_mapping(builder: &mut Builder, rank: u32, grid: &Arc<Grid>, place: &GridPlace) {
    let Some(mapping) = grid.grid_mapping() else { return };
    let Some(name) = builder.mappings.get(&rank).cloned() else { return };
    let attributes = mapping.attributes.iter().map(attributes::of_grid).collect();
    builder.push_values(name, &[], Buffer::I32(vec![0]), attributes);
    let (Some(axes), [rows, columns]) = (mapping.axes, place.dimensions.as_slice()) else { return };
    let both = [
        (*rows, axes.y_standard_name, Plane::MappingY),
        (*columns, axes.x_standard_name, Plane::MappingX),
    ];
    for (at, standard_name, plane) in both {
        let Some(dimension) = builder.built.dimensions.get(at) else { continue };
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
        let content = Content::Axis { grid: Arc::clone(grid), plane };
        builder.push(name, &[at], Dtype::float(8, NATIVE), attributes, content);
    }
}

/// Coordinates of the Gaussian grids that spectral fields are worked out on.
fn add_gaussian(builder: &mut Builder) {
    let described = |words: &str, units: &str| {
        vec![text("long_name", words), text("units", units), text("standard_name", words)]
    };
    for (n, [rows, columns]) in builder.gaussian() {
        let latitude = described("latitude", "degrees_north");
        let (name, content) = (format!("gaussian_lat_{n}"), Content::Gaussian { n });
        builder.push(name, &[rows], Dtype::float(8, NATIVE), latitude, content);
        let count = u64::from(n) * 4;
        let step = 360.0 / count.max(1) as f64;
        let longitudes = (0..count).map(|k| k as f64 * step).collect();
        let longitude = described("longitude", "degrees_east");
        let name = format!("gaussian_lon_{n}");
        builder.push_values(name, &[columns], Buffer::F64(longitudes), longitude);
    }
}

/// A section of what rows or columns have.
pub fn axis(grid: &Grid, plane: Plane, section: &Section, cx: &ReadContext) -> Result<Array> {
    const NONE: Range = Range::new(0, 0);
    let bytes = cx.limits.claim_array(section.element_count(), size_of::<f64>() as u64)? as u64;
    let &[range] = section.ranges.as_slice() else {
        return Err(ReadError::request("a section of an axis in several dimensions"));
    };
    cx.progress.expect(bytes);
    let values = match plane {
        Plane::MappingX => grid.mapping_x(range)?,
        Plane::MappingY => grid.mapping_y(range)?,
        Plane::Latitude | Plane::Longitude | Plane::Rotation => {
            let is_row = plane == Plane::Latitude;
            let part = if is_row { [range, NONE] } else { [NONE, range] };
            match grid.coordinates(&part)? {
                Coordinates::Axes { latitude, .. } if is_row => latitude,
                Coordinates::Axes { longitude, .. } => longitude,
                _ => return Err(unknown()),
            }
        }
    };
    if values.len() as u64 != range.count {
        return Err(ReadError::malformed("a grid of other rows and columns than it says"));
    }
    cx.advance(bytes)?;
    Ok(Array { shape: section.shape(), values: values.into() })
}

impl Contents {
    /// A section of what is worked out for every point. Once most of it is asked for the whole is
    /// kept in the cache.
    pub fn read_plane(
        &self,
        grid: &Grid,
        rank: u32,
        plane: Plane,
        section: &Section,
        cx: &ReadContext,
    ) -> Result<Array> {
        let bytes = cx.limits.claim_array(section.element_count(), size_of::<f32>() as u64)?;
        cx.progress.expect(bytes as u64);
        let whole = Section::new(grid.whole());
        let whole_bytes = whole.element_count().saturating_mul(size_of::<f32>() as u64);
        let keeps = || usize::try_from(whole_bytes).is_ok_and(|len| cx.chunk_cache.keeps(len));
        // Beyond the numbers of fields.
        let key = (self.number, 1 << 60 | u64::from(rank) << 3 | plane as u64);
        let values: Vec<f32> = match cx.chunk_cache.get(key) {
            _ if section.is_empty() => Vec::new(),
            Some(kept) => {
                let all: Vec<f32> =
                    kept.chunks_exact(4).map(bytemuck::pod_read_unaligned).collect();
                picked(&all, &whole, section)?
            }
            None if bytes as u64 > whole_bytes / 2 && keeps() => {
                let all = values_of(grid, plane, &whole.ranges)?;
                let octets: &[u8] = bytemuck::cast_slice(&all);
                cx.chunk_cache.insert(key, Arc::new(octets.to_vec()));
                picked(&all, &whole, section)?
            }
            None => values_of(grid, plane, &section.ranges)?,
        };
        if values.len() as u64 != section.element_count() {
            return Err(ReadError::malformed("a grid of other points than it says"));
        }
        cx.advance(bytes as u64)?;
        Ok(Array { shape: section.shape(), values: Buffer::F32(values) })
    }
}

fn picked(all: &[f32], whole: &Section, section: &Section) -> Result<Vec<f32>> {
    let mut into = vec![0f32; usize::try_from(section.element_count()).unwrap_or(0)];
    section::copy(all, &whole.shape(), &section.ranges, &mut into)?;
    Ok(into)
}

fn unknown() -> ReadError {
    ReadError::unsupported("the geometry of this grid")
}

fn values_of(grid: &Grid, plane: Plane, part: &[Range]) -> Result<Vec<f32>> {
    if plane == Plane::Rotation {
        return grid.rotation(part)?.ok_or_else(unknown);
    }
    let values = match grid.coordinates(part)? {
        Coordinates::Plane { latitude, longitude }
        | Coordinates::Points { latitude, longitude } => {
            if plane == Plane::Latitude {
                latitude
            } else {
                longitude
            }
        }
        Coordinates::None | Coordinates::Axes { .. } => return Err(unknown()),
    };
    Ok(values.into_iter().map(|value| value as f32).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initial_times_are_encoded_as_digits() {
        let time = DateTime { year: 2008, month: 2, day: 6, hour: 12, minute: 30, second: 0 };
        assert_eq!(encoded(&time), 2_008_020_612.5);
        assert_eq!(attributes::time_text(time), "02/06/2008 (12:30)");
        let hours = DateTime { year: 1800, month: 1, day: 1, hour: 0, minute: 0, second: 0 };
        assert_eq!(hours.seconds() as f64 / 3600.0 + EPOCH_HOURS, 0.0);
    }
}
