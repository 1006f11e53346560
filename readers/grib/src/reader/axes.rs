//! What CF asks of coordinates beside NIO's words: direction and kind of vertical coordinates
//! (CF 4.3), layers as cells (CF 7.1), labels of ensemble members, and which variables serve
//! which (CF 5, 3.4).

use hyperslab_core::{Attribute, Buffer};

use crate::cubes::dimensions::{Content, Dimension};
use crate::cubes::grids::{GridInfo, GridKind};
use crate::cubes::{AxisValues, Cube, Cubes, Level, Ordered, Realization};
use crate::tables::NioLevel;

use super::attributes::{integers, text};
use super::options::Options;
use super::variables::Builder;

/// CF's words for a kind of level, by NIO's abbreviation. GRIB1's layers have ones of their own.
pub fn of_level(abbreviation: &str) -> Vec<Attribute> {
    let (standard_name, positive) = match abbreviation {
        "ISBL" | "ISBY" => (Some("air_pressure"), "down"),
        "HTGL" | "HTGY" => (Some("height"), "up"),
        "GPML" | "GPMY" => (Some("altitude"), "up"),
        "DBLL" | "DBLY" | "DBSL" => (Some("depth"), "down"),
        "THEL" | "THEY" => (Some("air_potential_temperature"), "up"),
        // Sigma is counted in ten-thousandths or hundredths by GRIB1, which CF's is not.
        "SIGL" | "SIGY" | "HYBL" | "HYBY" | "GVHC" => (None, "down"),
        // From the ground upwards.
        "SPDL" | "SPDY" => (None, "up"),
        _ => return Vec::new(),
    };
    let mut all = vec![text("axis", "Z"), text("positive", positive)];
    all.extend(standard_name.map(|name| text("standard_name", name)));
    all
}

/// A coordinate in the middle of layers, whose limits are its bounds. NIO gives the limits alone.
pub fn add_layers(
    builder: &mut Builder,
    at: usize,
    dimension: &Dimension,
    values: &[Level],
    level: &NioLevel,
) {
    let limits: Option<Vec<[f32; 2]>> = values
        .iter()
        .map(|level| Some([level.first?.0, level.second.or(level.first)?.0]))
        .collect();
    let Some(limits) = limits else { return };
    let name = &dimension.name;
    let bounds_name = format!("{name}_bounds");
    let mut attributes = vec![
        text("long_name", format!("middle of {name}_l0 and {name}_l1")),
        text("units", if level.units.is_empty() { "unknown" } else { level.units }),
        text("bounds", &bounds_name),
    ];
    attributes.extend(of_level(level.abbreviation));
    let middles = limits.iter().map(|[from, to]| from + (to - from) / 2.0).collect();
    builder.push_values(name, &[at], Buffer::F32(middles), attributes);
    let dimensions = [at, builder.bounds()];
    builder.push_values(bounds_name, &dimensions, Buffer::F32(limits.concat()), Vec::new());
}

/// Whether from or towards a direction is the centre's to say.
pub fn of_direction(is_valued: bool) -> Vec<Attribute> {
    match is_valued {
        true => vec![text("long_name", "wave direction"), text("units", "degree")],
        false => vec![text("long_name", "number of wave direction"), text("units", "1")],
    }
}

pub fn of_frequency(is_valued: bool) -> Vec<Attribute> {
    match is_valued {
        true => vec![
            text("long_name", "wave frequency"),
            text("units", "s-1"),
            text("standard_name", "wave_frequency"),
        ],
        false => vec![text("long_name", "number of wave frequency"), text("units", "1")],
    }
}

/// NIO counts members from 0, whoever they are: `flag_meanings` say it shortly (CF 3.5).
pub fn member_labels(edition: u8, all: &[Realization]) -> Vec<Attribute> {
    let has = |wanted: u8| {
        all.iter().any(|one| matches!(one, Realization::Ensemble { kind, .. } if *kind == wanted))
    };
    // Pairs of members that were perturbed both ways have the same numbers (code table 4.6;
    // NCEP's Office Note 388 has the same kinds).
    let (has_pairs, has_two_controls) = (has(2) && has(3), has(0) && has(1));
    let label = |one: &Realization| {
        let Realization::Ensemble { kind, number, .. } = *one else { return "none".to_owned() };
        match (edition, kind) {
            (2, 0) if has_two_controls => "control_high".to_owned(),
            (2, 1) if has_two_controls => "control_low".to_owned(),
            (2, 0 | 1) => "control".to_owned(),
            (1, 10) => "control".to_owned(),
            (1, 1 | 2 | 11) if number == 0 => "control".to_owned(),
            (_, 2) if has_pairs => format!("-{number}"),
            (_, 3) if has_pairs => format!("+{number}"),
            _ => number.to_string(),
        }
    };
    let labels: Vec<String> = all.iter().map(label).collect();
    let mut sorted = labels.clone();
    sorted.sort_unstable();
    sorted.dedup();
    // Labels that do not tell members apart are none.
    if sorted.len() != all.len() {
        return Vec::new();
    }
    let values = (0..).take(all.len()).collect();
    vec![integers("flag_values", values), text("flag_meanings", labels.join(" "))]
}

/// What serves a variable: more coordinates along its axes, and what is neither coordinate nor
/// data.
#[derive(Default)]
pub struct Servants {
    pub coordinates: Vec<String>,
    pub ancillary: Vec<String>,
}

impl Servants {
    pub fn of(cube: &Cube, cubes: &Cubes, info: &GridInfo, options: &Options) -> Self {
        let mut servants = Self::default();
        for dimension in cube.leading.iter().filter_map(|&at| cubes.dimensions.get(at)) {
            servants.add(dimension, options);
        }
        let has_rotation = matches!(info.kind, GridKind::Plane | GridKind::Points)
            && info.has_coordinates
            && !info.nio.rotation.is_empty();
        let place = cubes.grids.get(&cube.grid);
        if let Some(place) = place.filter(|_| has_rotation) {
            servants.ancillary.push(place.rotation.clone());
        }
        servants
    }

    fn add(&mut self, dimension: &Dimension, options: &Options) {
        let Content::Leading { values, .. } = &dimension.content else { return };
        let name = &dimension.name;
        match values {
            AxisValues::Realizations(all) => match all.last() {
                Some(Realization::Ensemble { .. }) => self.coordinates.push(format!("{name}_info")),
                Some(Realization::Probability { .. }) => {
                    let has = |limit: fn(&Realization) -> Option<Ordered>| {
                        all.iter().any(|one| limit(one).is_some())
                    };
                    if has(|one| limits(one).0) && has(|one| limits(one).1) {
                        self.coordinates.extend(["lower", "upper"].map(|w| format!("{name}_{w}")));
                    }
                }
                _ => {}
            },
            AxisValues::InitialTimes(_) => {
                self.ancillary.push(format!("{name}_encoded"));
                match options.initial_time_as_text {
                    true => self.coordinates.push(format!("{name}_hours")),
                    false => self.ancillary.push(name.clone()),
                }
            }
            AxisValues::Levels { values, .. } => {
                if values.iter().any(|level| level.second.is_some()) {
                    self.coordinates.extend(["l0", "l1"].map(|which| format!("{name}_{which}")));
                }
            }
            AxisValues::Copies(_)
            | AxisValues::ForecastTimes { .. }
            | AxisValues::Directions { .. }
            | AxisValues::Frequencies { .. } => {}
        }
    }
}

fn limits(one: &Realization) -> (Option<Ordered>, Option<Ordered>) {
    match one {
        Realization::Probability { lower, upper } => (*lower, *upper),
        _ => (None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_labelled_as_people_say_them() {
        let member = |kind, number| Realization::Ensemble { order: 0, kind, number };
        let labels = |edition, all: &[Realization]| {
            let found = member_labels(edition, all).into_iter().find(|a| a.name == "flag_meanings");
            found.and_then(|a| a.value.as_text().map(|text| text.into_owned())).unwrap_or_default()
        };
        assert_eq!(labels(2, &[member(1, 0), member(3, 1), member(3, 2)]), "control 1 2");
        assert_eq!(labels(1, &[member(10, 0), member(11, 1)]), "control 1");
        let pairs = [member(0, 0), member(1, 0), member(2, 1), member(3, 1)];
        assert_eq!(labels(2, &pairs), "control_high control_low -1 +1");
        assert_eq!(labels(2, &[member(4, 1), member(5, 1)]), "");
    }
}
