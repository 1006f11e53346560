//! Names and numbers of dimensions, shared by variables that have the same values along them.
//!
//! GRIB1 counts dimensions of all kinds together, in the order they are met; GRIB2 counts each
//! kind for itself.

use std::collections::{HashMap, HashSet};

use crate::product::Product;
use crate::tables::NioLevel;

use super::axes::AxisValues;
use super::grids::{GridInfo, GridKind};
use super::member::Realization;

/// One dimension of the file.
#[derive(Clone, Debug)]
pub struct Dimension {
    pub name: String,
    pub length: u64,
    pub content: Content,
}

/// What lies along a dimension.
#[derive(Clone, Debug)]
pub enum Content {
    Leading {
        edition: u8,
        values: AxisValues,
        /// What is measured, of which a probability's limits are values.
        subject: Box<Subject>,
        level: Box<NioLevel>,
        /// A field that has this dimension: its vertical coordinates are the level's.
        product: Box<Product>,
    },
    /// A grid's rows, columns or points.
    Grid,
    RealImaginary,
    /// Between hybrid levels.
    Interfaces,
    Scalar,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    pub name: String,
    pub units: String,
    pub long_name: String,
}

/// The dimensions and coordinates of one grid.
#[derive(Clone, Debug, Default)]
pub struct GridPlace {
    /// Into [`Dimensions::all`], outermost first.
    pub dimensions: Vec<usize>,
    /// What stands in the names of a GRIB2 grid's variables.
    pub number: u32,
    pub latitude: String,
    pub longitude: String,
    pub rotation: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Copy,
    Ensemble,
    Probability,
    Percentile,
    InitialTime,
    ForecastTime,
    Level,
    Grid,
    Direction,
    Frequency,
}

impl Kind {
    /// NIO has none of them, and does not count them.
    fn is_ours(self) -> bool {
        matches!(self, Self::Copy | Self::Direction | Self::Frequency)
    }
}

#[derive(Default)]
pub struct Dimensions {
    pub all: Vec<Dimension>,
    /// By rank.
    pub grids: HashMap<u32, GridPlace>,
    taken: HashSet<String>,
    /// GRIB1: of any kind.
    total: u32,
    counts: HashMap<Kind, u32>,
    by_values: HashMap<u64, Vec<usize>>,
    real_imaginary: Option<usize>,
}

impl Dimensions {
    /// The dimension of these values: one that is there, or the next.
    pub fn leading(
        &mut self,
        edition: u8,
        values: AxisValues,
        subject: &Subject,
        level: &NioLevel,
        product: &Product,
    ) -> usize {
        let hash = hash_of(edition, &values);
        let is_same = |&at: &usize| match self.all.get(at).map(|dimension| &dimension.content) {
            Some(Content::Leading {
                edition: other_edition, values: other, subject: of, ..
            }) => {
                *other_edition == edition
                    && *other == values
                    && (!is_probability(&values) || **of == *subject)
            }
            _ => false,
        };
        if let Some(&found) =
            self.by_values.get(&hash).and_then(|all| all.iter().find(|at| is_same(at)))
        {
            return found;
        }
        let (kind, stem) = match &values {
            AxisValues::Copies(_) => (Kind::Copy, "copy".to_owned()),
            AxisValues::Realizations(all) => match all.last() {
                Some(Realization::Probability { .. }) => {
                    (Kind::Probability, format!("{}_probability", subject.name))
                }
                Some(Realization::Percentile(_)) => (Kind::Percentile, "percentile".to_owned()),
                _ => (Kind::Ensemble, "ensemble".to_owned()),
            },
            AxisValues::InitialTimes(_) => (Kind::InitialTime, "initial_time".to_owned()),
            AxisValues::ForecastTimes { .. } => (Kind::ForecastTime, "forecast_time".to_owned()),
            AxisValues::Directions { .. } => (Kind::Direction, "direction".to_owned()),
            AxisValues::Frequencies { .. } => (Kind::Frequency, "frequency".to_owned()),
            AxisValues::Levels { .. } => match level.abbreviation {
                "" => (Kind::Level, "levels".to_owned()),
                abbreviation => (Kind::Level, format!("lv_{abbreviation}")),
            },
        };
        let name = self.numbered(edition, kind, |n| format!("{stem}{n}"));
        let length = values.count() as u64;
        let content = Content::Leading {
            edition,
            values,
            subject: Box::new(subject.clone()),
            level: Box::new(level.clone()),
            product: Box::new(product.clone()),
        };
        let at = self.push(name, length, content);
        self.by_values.entry(hash).or_default().push(at);
        at
    }

    /// A dimension that only GRIB1's hybrid levels have, right behind theirs.
    pub fn interfaces(&mut self, length: u64) -> usize {
        let name = self.numbered(1, Kind::Level, |n| format!("lv_HYBL_i{n}"));
        self.push(name, length, Content::Interfaces)
    }

    /// NIO's dimension of single numbers.
    pub fn scalar(&mut self) -> usize {
        self.total = self.total.saturating_add(1);
        self.push("ncl_scalar".to_owned(), 1, Content::Scalar)
    }

    /// The dimensions of a grid, made when it is met first.
    pub fn grid(&mut self, rank: u32, info: &GridInfo) -> GridPlace {
        if let Some(place) = self.grids.get(&rank) {
            return place.clone();
        }
        let place = if info.edition == 1 { self.grid1(info) } else { self.grid2(info) };
        self.grids.insert(rank, place.clone());
        place
    }

    fn grid1(&mut self, info: &GridInfo) -> GridPlace {
        // Kinds of grid that NIO knows the size of, but no coordinates.
        let is_known = matches!(info.nio.number, 0 | 1 | 3..=5 | 10 | 50 | 201..=203 | 205);
        let is_bare = info.nio.latitude.is_empty() || info.nio.catalogue.is_none() && !is_known;
        let has_axes = info.nio.one_dimensional || is_bare;
        let number = info.nio.number;
        let velocity = match (number, info.on_velocity_points) {
            (203, true) => "v",
            (203, false) => "m",
            _ => "",
        };
        let letter = format!("g{number}{velocity}");
        let n = self.total;
        let is_spectral = info.kind == GridKind::Spectral;
        self.total = n.saturating_add(if is_spectral { 3 } else { 2 });
        // Dimensions, coordinates and rotation, by catalogue number or by type and count.
        let names = match info.nio.catalogue {
            Some(c) if has_axes => [format!("lat_{c}"), format!("lon_{c}")],
            Some(c) => [format!("gridx_{c}{velocity}"), format!("gridy_{c}{velocity}")],
            None if is_spectral => {
                [format!("{letter}_lat_{}", n + 1), format!("{letter}_lon_{}", n + 2)]
            }
            None if has_axes => [format!("{letter}_lat_{n}"), format!("{letter}_lon_{}", n + 1)],
            None => [format!("{letter}_x_{n}"), format!("{letter}_y_{}", n + 1)],
        };
        let [latitude, longitude, rotation] = match info.nio.catalogue {
            Some(c) if has_axes && !is_bare => {
                [format!("lat_{c}"), format!("lon_{c}"), format!("rot_{c}")]
            }
            Some(c) => ["lat", "lon", "rot"].map(|part| format!("grid{part}_{c}{velocity}")),
            None if is_bare => ["lat", "lon", "rot"].map(|part| format!("{letter}_grid{part}_{n}")),
            None => [
                format!("{letter}_lat_{n}"),
                format!("{letter}_lon_{}", n + 1),
                format!("{letter}_rot_{}", n + 2),
            ],
        };
        let dimensions = self.grid_dimensions(info, names);
        GridPlace { dimensions, number: n, latitude, longitude, rotation }
    }

    fn grid2(&mut self, info: &GridInfo) -> GridPlace {
        let n = *self.counts.entry(Kind::Grid).and_modify(|n| *n += 1).or_insert(0);
        let is_axes = info.kind == GridKind::Axes && !info.nio.latitude.is_empty();
        let names = if is_axes {
            [format!("lat_{n}"), format!("lon_{n}")]
        } else {
            [format!("ygrid_{n}"), format!("xgrid_{n}")]
        };
        let [latitude, longitude] =
            if is_axes { names.clone() } else { [format!("gridlat_{n}"), format!("gridlon_{n}")] };
        let dimensions = self.grid_dimensions(info, names);
        GridPlace { dimensions, number: n, latitude, longitude, rotation: format!("gridrot_{n}") }
    }

    fn grid_dimensions(&mut self, info: &GridInfo, [y, x]: [String; 2]) -> Vec<usize> {
        let mut found = Vec::with_capacity(info.shape.len());
        match info.shape.as_slice() {
            [points] => {
                let number = self.grids.len();
                let name = self.free(|n| format!("points_{}", number + n));
                found.push(self.push(name, *points, Content::Grid));
            }
            [leading @ .., rows, columns] => {
                for &length in leading {
                    found.push(self.real_imaginary(length));
                }
                for (name, length) in [(y, *rows), (x, *columns)] {
                    let name = self.free(|n| match n {
                        0 => name.clone(),
                        n => format!("{name}_{n}"),
                    });
                    found.push(self.push(name, length, Content::Grid));
                }
            }
            [] => {}
        }
        found
    }

    fn real_imaginary(&mut self, length: u64) -> usize {
        if let Some(at) = self.real_imaginary {
            return at;
        }
        let at = self.push("real_imaginary".to_owned(), length, Content::RealImaginary);
        self.real_imaginary = Some(at);
        at
    }

    /// The first name nobody has.
    fn free(&self, name: impl Fn(usize) -> String) -> String {
        // There is one among so many.
        let tries = self.taken.len().saturating_add(1);
        (0..tries).map(&name).find(|name| !self.taken.contains(name)).unwrap_or_else(|| name(tries))
    }

    fn numbered(&mut self, edition: u8, kind: Kind, name: impl Fn(u32) -> String) -> String {
        let counts = self.counts.entry(kind).or_insert(0);
        let counter = if edition == 1 && !kind.is_ours() { &mut self.total } else { counts };
        loop {
            let name = name(*counter);
            *counter = counter.saturating_add(1);
            if !self.taken.contains(&name) || *counter == u32::MAX {
                return name;
            }
        }
    }

    fn push(&mut self, name: String, length: u64, content: Content) -> usize {
        self.taken.insert(name.clone());
        self.all.push(Dimension { name, length, content });
        self.all.len() - 1
    }
}

fn is_probability(values: &AxisValues) -> bool {
    let is = |realization: &Realization| matches!(realization, Realization::Probability { .. });
    matches!(values, AxisValues::Realizations(all) if all.iter().any(is))
}

/// Equal values have equal numbers.
fn hash_of(edition: u8, values: &AxisValues) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    edition.hash(&mut hasher);
    match values {
        AxisValues::Copies(count) => count.hash(&mut hasher),
        AxisValues::Realizations(all) => all.hash(&mut hasher),
        AxisValues::InitialTimes(all) => all.hash(&mut hasher),
        AxisValues::ForecastTimes { unit, values } => (unit, values).hash(&mut hasher),
        AxisValues::Levels { kinds, values, .. } => (kinds, values).hash(&mut hasher),
        AxisValues::Directions { is_valued, values } => (0, is_valued, values).hash(&mut hasher),
        AxisValues::Frequencies { is_valued, values } => (1, is_valued, values).hash(&mut hasher),
    }
    hasher.finish()
}
