//! From fields to variables, as NIO assembles them: fields of one parameter, grid, kind of level
//! and statistic make a hypercube over ensemble or probability, initial time, forecast time and
//! level. A hole in it is missing values.
//!
//! Build O(n log n) for n fields, 180 bytes a field while it lasts, 32 bytes a field after it.

mod axes;
pub mod dimensions;
mod edition1;
mod edition2;
pub mod grids;
mod group;
mod member;
pub mod period;
#[cfg(test)]
mod tests;
mod wave;

use std::collections::{HashMap, HashSet};

use crate::product::{Parameter, Product, Vertical};
use crate::tables::{self, NcepTable, NioParameter, UserTables};

pub use axes::AxisValues;
use dimensions::{Dimension, Dimensions, GridPlace, Subject};
pub use edition1::{is_on_velocity_points, process_words};
pub use edition2::{constituent, duration, process};
use grids::GridInfo;
pub use group::{Group, Groups};
pub use member::{Level, Member, Ordered, Realization};
pub use period::Period;

/// Dimensions of one element that are kept as dimensions; otherwise they are attributes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SingleElements {
    pub initial_time: bool,
    pub forecast_time: bool,
    pub level: bool,
    pub ensemble: bool,
    pub probability: bool,
}

impl SingleElements {
    pub const ALL: Self = Self {
        initial_time: true,
        forecast_time: true,
        level: true,
        ensemble: true,
        probability: true,
    };

    fn keeps(&self, values: &AxisValues) -> bool {
        match values {
            AxisValues::Copies(_)
            | AxisValues::Directions { .. }
            | AxisValues::Frequencies { .. } => false,
            AxisValues::Realizations(all) => match all.first() {
                Some(Realization::Probability { .. }) => self.probability,
                _ => self.ensemble,
            },
            AxisValues::InitialTimes(_) => self.initial_time,
            AxisValues::ForecastTimes { .. } => self.forecast_time,
            AxisValues::Levels { .. } => self.level,
        }
    }
}

/// Whose names are used.
pub struct Vocabulary<'a> {
    pub user: &'a UserTables,
    pub ncep: NcepTable,
}

/// Leading dimensions of a variable at most.
pub const LEADING: usize = 7;

/// A field's indices along the leading dimensions, unused ones 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub indices: [u32; LEADING],
    pub field: u32,
}

/// One variable.
#[derive(Debug)]
pub struct Cube {
    pub name: String,
    pub parameter: NioParameter,
    /// Leading dimensions, into [`Cubes::dimensions`].
    pub leading: Vec<usize>,
    /// What has one value for all fields.
    pub constants: Vec<AxisValues>,
    pub grid: u32,
    /// Sorted.
    pub places: Vec<Place>,
    /// Its fields share what this one says, but for coordinates.
    pub group: Group,
}

/// Levels that stand for pressures by coefficients (GRIB1 level 109).
#[derive(Clone, Debug)]
pub struct Hybrid {
    pub dimension: usize,
    pub interfaces: Option<usize>,
}

#[derive(Debug, Default)]
pub struct Cubes {
    pub cubes: Vec<Cube>,
    pub dimensions: Vec<Dimension>,
    /// By rank.
    pub grids: HashMap<u32, GridPlace>,
    pub hybrids: Vec<Hybrid>,
    known_hybrids: HashSet<usize>,
    /// The dimension of NIO's `P0`.
    pub scalar: Option<usize>,
}

/// European Centre for Medium-Range Weather Forecasts, and Deutscher Wetterdienst.
const ECMWF: u16 = 98;
const DWD: u16 = 78;

impl Cubes {
    /// `info` knows the grid of a rank.
    pub fn build<'g>(
        groups: Groups,
        info: impl Fn(u32) -> Option<&'g GridInfo>,
        singles: SingleElements,
        vocabulary: &Vocabulary,
    ) -> Self {
        let mut cubes = Self::default();
        let mut dimensions = Dimensions::default();
        for group in groups.finish() {
            let Some(grid) = info(group.grid()) else { continue };
            let cube = cubes.cube(group, grid, singles, vocabulary, &mut dimensions);
            cubes.cubes.push(cube);
        }
        cubes.dimensions = dimensions.all;
        cubes.grids = dimensions.grids;
        make_unique(&mut cubes.cubes);
        cubes
    }

    fn cube(
        &mut self,
        mut group: Group,
        info: &GridInfo,
        singles: SingleElements,
        vocabulary: &Vocabulary,
        dimensions: &mut Dimensions,
    ) -> Cube {
        let product = &group.product;
        let mut parameter = tables::nio_parameter(product, vocabulary.user, vocabulary.ncep);
        if parameter.name.is_empty() {
            parameter.name = unnamed(product).into();
        }
        let subject = Subject {
            name: parameter.name.to_string(),
            // Of a probability, the units of what it is about.
            units: parameter.quantity_units.as_ref().unwrap_or(&parameter.units).to_string(),
            long_name: parameter.long_name.to_string(),
        };
        let level = tables::nio_level(product);
        let edition = group.key.edition;
        let (mut leading, mut constants, mut used) = (Vec::new(), Vec::new(), Vec::new());
        for values in axes::of(&group) {
            let is_axis = values.is_meaningful() && (values.count() > 1 || singles.keeps(&values));
            if !is_axis {
                constants.push(values);
                continue;
            }
            let is_level = matches!(values, AxisValues::Levels { .. });
            used.push(values.clone());
            let at = dimensions.leading(edition, values, &subject, &level, product);
            leading.push(at);
            if is_level && edition == 1 && edition1::is_hybrid(product) {
                self.add_hybrid(at, product, dimensions);
            }
        }
        let place = dimensions.grid(group.grid(), info);
        let mut name = name_of(&group, &parameter.name, level.abbreviation, info, &place);
        if group.is_spectrum {
            name.push_str("_spectrum");
        }
        let mut places: Vec<Place> =
            group.members.iter().map(|member| place_of(member, &used)).collect();
        places.sort_unstable();
        let grid = group.grid();
        // What follows needs no more of the fields than their places and whether they begin
        // together.
        group.members.shrink_to_fit();
        Cube { name, parameter, leading, constants, grid, places, group }
    }

    /// The dimension between hybrid levels, and that of their reference pressure.
    fn add_hybrid(&mut self, at: usize, product: &Product, dimensions: &mut Dimensions) {
        let count = product.vertical_coordinates.len();
        let Some(levels) = dimensions.all.get(at).map(|d| d.length as usize) else { return };
        if count == 0 || !self.known_hybrids.insert(at) {
            return;
        }
        if product.origin.centre == DWD && count >= levels.saturating_add(4) {
            self.hybrids.push(Hybrid { dimension: at, interfaces: None });
            return;
        }
        let pairs = count / 2;
        let interfaces = (product.origin.centre == ECMWF && pairs > levels)
            .then(|| dimensions.interfaces(pairs.min(levels.saturating_add(1)) as u64));
        self.hybrids.push(Hybrid { dimension: at, interfaces });
        if self.scalar.is_none() {
            self.scalar = Some(dimensions.scalar());
        }
    }
}

/// Some tables have a place for a parameter but no name.
fn unnamed(product: &Product) -> String {
    match product.parameter {
        Parameter::Edition1 { number } => format!("VAR_{number}"),
        Parameter::Edition2 { discipline, category, number, .. } => {
            format!("VAR_{discipline}_{category}_{number}")
        }
    }
}

fn place_of(member: &Member, used: &[AxisValues]) -> Place {
    let mut indices = [0; LEADING];
    for (index, values) in indices.iter_mut().zip(used) {
        *index = values.index(member).unwrap_or(0);
    }
    Place { indices, field: member.field }
}

fn name_of(
    group: &Group,
    parameter: &str,
    level: &str,
    info: &GridInfo,
    place: &GridPlace,
) -> String {
    if group.key.edition == 1 {
        let grid = match info.nio.catalogue {
            Some(catalogue) => format!("_{catalogue}"),
            None => format!("_GDS{}", info.nio.number),
        };
        return edition1::name(&group.product, parameter, &grid, level);
    }
    let abbreviation = info.nio.abbreviation.unwrap_or_default();
    format!(
        "{}_G{abbreviation}{}{}",
        edition2::name(&group.product, parameter),
        place.number,
        edition2::end_of_name(group)
    )
}

/// The second variable of a name gets `_1` behind it, the third `_2`.
fn make_unique(cubes: &mut [Cube]) {
    let mut taken: HashSet<String> = HashSet::new();
    let mut counts: HashMap<String, u32> = HashMap::new();
    for cube in cubes.iter_mut() {
        let count = counts.entry(cube.name.clone()).or_insert(0);
        let mut name = cube.name.clone();
        while !taken.insert(name.clone()) {
            *count = count.saturating_add(1);
            name = format!("{}_{count}", cube.name);
        }
        cube.name = name;
    }
}

/// Code table 3 of GRIB1 (and 255), or code table 4.5 of GRIB2's two surfaces.
pub fn level_kinds(product: &Product) -> [u8; 2] {
    match product.vertical {
        Vertical::Edition1 { kind, .. } => [kind, u8::MAX],
        Vertical::Edition2(_) => edition2::surfaces(product).map(|surface| surface.kind),
    }
}
