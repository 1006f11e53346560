//! Hybrid levels: coefficients that make pressures of them (GRIB1 level 109, GRIB2 fixed
//! surface 105; CF's `atmosphere_hybrid_sigma_pressure_coordinate`).

use std::collections::HashMap;

use hyperslab_core::Buffer;

use crate::cubes::dimensions::{Content, Dimension};
use crate::cubes::{AxisValues, Hybrid, level_kinds};
use crate::tables;

use super::attributes::{reals, text};
use super::variables::Builder;

/// NIO counts the pressure part in units of this.
const REFERENCE_PRESSURE: f64 = 100_000.0;
const SURFACE: u8 = 105;
const DWD: u16 = 78;

pub fn add(builder: &mut Builder) {
    let cubes = builder.cubes;
    let mut all: Vec<Hybrid> = cubes.hybrids.clone();
    for (at, dimension) in cubes.dimensions.iter().enumerate() {
        let Content::Leading { edition: 2, values: AxisValues::Levels { .. }, product, .. } =
            &dimension.content
        else {
            continue;
        };
        if level_kinds(product)[0] == SURFACE && !product.vertical_coordinates.is_empty() {
            all.push(Hybrid { dimension: at, interfaces: None });
        }
    }
    if all.is_empty() {
        return;
    }
    let pressures = [1, 2].map(|edition| surface_pressure(builder, edition));
    let by_name: HashMap<String, usize> = (0..)
        .zip(&builder.built.entries)
        .map(|(at, entry)| (entry.variable.name.clone(), at))
        .collect();
    for hybrid in &all {
        let Some(dimension) = cubes.dimensions.get(hybrid.dimension) else { continue };
        let Content::Leading { edition, .. } = dimension.content else { continue };
        let [first, second] = &pressures;
        let pressure = if edition == 1 { first } else { second };
        let entry = by_name.get(&dimension.name).copied();
        add_one(builder, hybrid, dimension, pressure.as_deref().unwrap_or("unknown"), entry);
    }
    add_reference(builder);
}

/// `entry` is the coordinate of the levels.
fn add_one(
    builder: &mut Builder,
    hybrid: &Hybrid,
    dimension: &Dimension,
    pressure: &str,
    entry: Option<usize>,
) {
    let Content::Leading { values: AxisValues::Levels { values, .. }, product, edition, .. } =
        &dimension.content
    else {
        return;
    };
    let levels: Vec<usize> = values
        .iter()
        .map(|level| level.first.map_or(0, |first| first.0.max(0.0) as usize))
        .collect();
    let coefficients = &product.vertical_coordinates;
    if *edition == 1 && product.origin.centre == DWD && coefficients.len() >= levels.len() + 4 {
        add_vertical_coordinate(builder, hybrid.dimension, dimension, &levels, coefficients);
        return;
    }
    let (a, b) = coefficients.split_at(coefficients.len() / 2);
    let highest = levels.iter().copied().max().unwrap_or(0);
    // Half levels have one more than there are levels; full ones are given as they are.
    let are_interfaces = a.len() > highest;
    let at_level = |of: &[f64], level: usize| {
        let value = |at: Option<usize>| at.and_then(|at| of.get(at)).copied().unwrap_or(f64::NAN);
        match are_interfaces {
            true => 0.5 * (value(level.checked_sub(1)) + value(Some(level))),
            false => value(level.checked_sub(1)),
        }
    };
    let of_levels = |of: &[f64], scale: f64| {
        Buffer::F32(levels.iter().map(|&level| (at_level(of, level) / scale) as f32).collect())
    };
    let name = &dimension.name;
    for (letter, of, scale) in [("a", a, REFERENCE_PRESSURE), ("b", b, 1.0)] {
        let words = format!("hybrid {} coefficient at layer midpoints", letter.to_uppercase());
        let attributes = vec![text("long_name", words), text("units", "1")];
        let values = of_levels(of, scale);
        builder.push_values(format!("{name}_{letter}"), &[hybrid.dimension], values, attributes);
    }
    if let Some(interfaces) = hybrid.interfaces {
        add_interfaces(builder, interfaces, name, &levels, [a, b]);
    }
    let interfaces = hybrid.interfaces.and_then(|at| builder.built.dimensions.get(at));
    let interfaces = interfaces.map(|dimension| dimension.name.clone());
    let terms = format!("a: {name}_a b: {name}_b ps: {pressure} p0: P0");
    if let Some(attributes) = entry.and_then(|entry| builder.attributes_of(entry)) {
        attributes.retain(|attribute| attribute.name != "standard_name");
        attributes.push(text("standard_name", "atmosphere_hybrid_sigma_pressure_coordinate"));
        attributes.push(text("formula_terms", terms));
        // Between the levels: along no axis of any field.
        let between = interfaces.map(|name| format!("{name}_a {name}_b"));
        attributes.extend(between.map(|names| text("ancillary_variables", names)));
    }
}

fn add_interfaces(
    builder: &mut Builder,
    at: usize,
    levels_name: &str,
    levels: &[usize],
    coefficients: [&[f64]; 2],
) {
    let Some(dimension) = builder.built.dimensions.get(at) else { return };
    let (name, count) = (dimension.name.clone(), dimension.length as usize);
    // Above each level, and below the last.
    let above = levels.iter().map(|&level| level.saturating_sub(1));
    let places: Vec<usize> = above.chain(levels.last().copied()).take(count).collect();
    for ((letter, scale), of) in
        [("a", REFERENCE_PRESSURE), ("b", 1.0)].into_iter().zip(coefficients)
    {
        let value = |&at: &usize| (of.get(at).copied().unwrap_or(f64::NAN) / scale) as f32;
        let words = format!("hybrid {} coefficient at layer interfaces", letter.to_uppercase());
        let note = format!("layer interfaces associated with hybrid levels {levels_name}");
        let attributes = vec![text("long_name", words), text("units", "1"), text("note", note)];
        let values = Buffer::F32(places.iter().map(value).collect());
        builder.push_values(format!("{name}_{letter}"), &[at], values, attributes);
    }
}

/// DWD's models: four parameters of the reference atmosphere, then a coordinate a level.
fn add_vertical_coordinate(
    builder: &mut Builder,
    at: usize,
    dimension: &Dimension,
    levels: &[usize],
    coefficients: &[f64],
) {
    let value = |&level: &usize| {
        level.checked_add(3).and_then(|at| coefficients.get(at)).copied().unwrap_or(f64::NAN) as f32
    };
    let mut attributes = vec![text("long_name", "vertical coordinate")];
    for (name, value) in ["p0s1", "t0s1", "dt01p", "vcflat"].iter().zip(coefficients) {
        attributes.push(reals(name, vec![*value as f32]));
    }
    let values = Buffer::F32(levels.iter().map(value).collect());
    builder.push_values(format!("{}_vc", dimension.name), &[at], values, attributes);
}

fn add_reference(builder: &mut Builder) {
    let scalar = builder.cubes.scalar;
    let dimension = scalar.unwrap_or_else(|| builder.add_dimension("ncl_scalar", 1));
    let attributes = vec![text("long_name", "reference pressure"), text("units", "Pa")];
    let values = Buffer::F32(vec![REFERENCE_PRESSURE as f32]);
    builder.push_values("P0", &[dimension], values, attributes);
}

/// The first variable of surface pressure, if the file has one.
fn surface_pressure(builder: &Builder, edition: u8) -> Option<String> {
    let is_it = |cube: &&crate::cubes::Cube| {
        let product = &cube.group.product;
        product.edition == edition && tables::names(product).short_name == "sp"
    };
    builder.cubes.cubes.iter().find(is_it).map(|cube| cube.name.clone())
}
