//! When values are valid, as CF says it: an auxiliary coordinate `time0`, `time1` ... over
//! initial and forecast times, with bounds where values stand for an interval; and bounds of
//! forecast times.

use std::collections::HashMap;

use hyperslab_core::Buffer;

use crate::cubes::dimensions::Content;
use crate::cubes::{AxisValues, Cube, Cubes, Member, period};

use super::attributes::{self, cell_method};
use super::variables::Builder;

pub const UNITS: &str = "seconds since 1970-01-01 00:00:00";
/// More moments than that are left to initial and forecast times.
const MOST_MOMENTS: u64 = 1 << 20;

#[derive(Clone, Debug, PartialEq)]
struct ValidTime {
    dimensions: Vec<usize>,
    /// NaN where there is no field.
    ends: Vec<f64>,
    bounds: Option<Vec<f64>>,
}

/// Equal ones are one coordinate; numbers by their bits, so that NaNs are equal too.
type Identity = (Vec<usize>, Vec<u64>, Option<Vec<u64>>);

#[derive(Default)]
pub struct Times {
    all: Vec<ValidTime>,
    numbers: HashMap<Identity, usize>,
    /// Bounds along a dimension of forecast times, in its units.
    forecast_bounds: HashMap<usize, Vec<f64>>,
}

/// What a variable says about its times.
#[derive(Default)]
pub struct OfCube {
    pub coordinate: Option<String>,
    pub cell_methods: Option<String>,
}

impl Times {
    pub fn of_cube(&mut self, cube: &Cube, cubes: &Cubes) -> OfCube {
        let Some(time) = valid_time(cube, cubes) else { return OfCube::default() };
        let next = self.all.len();
        let number = *self.numbers.entry(identity(&time)).or_insert(next);
        if number == next {
            self.all.push(time.clone());
        }
        let coordinate = format!("time{number}");
        let cell_methods = cell_method(&cube.group.product).map(|method| {
            let along = self.forecast_with_bounds(cube, cubes, &time);
            format!("{}: {method}", along.unwrap_or_else(|| coordinate.clone()))
        });
        OfCube { coordinate: Some(coordinate), cell_methods }
    }

    /// The dimension of forecast times, if the intervals of this variable can be its bounds:
    /// one dimension has one set of them.
    fn forecast_with_bounds(
        &mut self,
        cube: &Cube,
        cubes: &Cubes,
        time: &ValidTime,
    ) -> Option<String> {
        time.bounds.as_ref()?;
        let (at, unit) = forecast_dimension(cube, cubes)?;
        let dimension = cubes.dimensions.get(at)?;
        let Content::Leading { values, .. } = &dimension.content else { return None };
        let seconds = period::exact_seconds(cube.group.key.edition, unit)? as f64;
        let mut bounds = vec![f64::NAN; values.count().checked_mul(2)?];
        for member in &cube.group.members {
            let index = values.index(member)? as usize * 2;
            let reference = member.initial_time.seconds();
            let (from, to) = member.valid;
            for (at, moment) in [(index, from), (index + 1, to)] {
                let offset = (moment.saturating_sub(reference)) as f64 / seconds;
                let bound = bounds.get_mut(at)?;
                if !bound.is_nan() && *bound != offset {
                    return None;
                }
                *bound = offset;
            }
        }
        let held = self.forecast_bounds.entry(at).or_insert_with(|| bounds.clone());
        (*held == bounds).then(|| dimension.name.clone())
    }

    pub fn forecast_bounds(&self, dimension: usize) -> Option<&Vec<f64>> {
        self.forecast_bounds.get(&dimension)
    }

    pub fn add_variables(&self, builder: &mut Builder) {
        for (number, time) in self.all.iter().enumerate() {
            let name = format!("time{number}");
            let mut attributes = vec![
                attributes::text("long_name", "valid time"),
                attributes::text("standard_name", "time"),
                attributes::text("units", UNITS),
                attributes::text("calendar", "proleptic_gregorian"),
            ];
            let bounds = time.bounds.as_ref().map(|values| (format!("{name}_bounds"), values));
            if let Some((bounds, _)) = &bounds {
                attributes.push(attributes::text("bounds", bounds));
            }
            if time.ends.iter().any(|end| end.is_nan()) {
                attributes.push(attributes::fill(true));
            }
            builder.push_values(name, &time.dimensions, Buffer::F64(time.ends.clone()), attributes);
            if let Some((name, values)) = bounds {
                let dimensions = [time.dimensions.as_slice(), &[builder.bounds()]].concat();
                builder.push_values(name, &dimensions, Buffer::F64(values.clone()), Vec::new());
            }
        }
    }
}

fn forecast_dimension(cube: &Cube, cubes: &Cubes) -> Option<(usize, u8)> {
    cube.leading.iter().find_map(|&at| match &cubes.dimensions.get(at)?.content {
        Content::Leading { values: AxisValues::ForecastTimes { unit, .. }, .. } => {
            Some((at, *unit))
        }
        _ => None,
    })
}

fn identity(time: &ValidTime) -> Identity {
    let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect();
    (time.dimensions.clone(), bits(&time.ends), time.bounds.as_deref().map(bits))
}

/// `None` where fields of one initial and forecast time end at different moments.
fn valid_time(cube: &Cube, cubes: &Cubes) -> Option<ValidTime> {
    let axes: Vec<(usize, &AxisValues)> = cube
        .leading
        .iter()
        .filter_map(|&at| match &cubes.dimensions.get(at)?.content {
            Content::Leading {
                values: values @ (AxisValues::InitialTimes(_) | AxisValues::ForecastTimes { .. }),
                ..
            } => Some((at, values)),
            _ => None,
        })
        .collect();
    let count = axes.iter().fold(1u64, |n, (_, values)| n.saturating_mul(values.count() as u64));
    if count > MOST_MOMENTS {
        return None;
    }
    let mut moments: Vec<Option<(i64, i64)>> = vec![None; count as usize];
    let mut has_bounds = cube.group.members.iter().all(|member| member.is_interval);
    for member in &cube.group.members {
        let at = flat(&axes, member)?;
        let moment = moments.get_mut(at)?;
        match moment {
            None => *moment = Some(member.valid),
            Some((_, end)) if *end != member.valid.1 => return None,
            Some((start, _)) if *start != member.valid.0 => has_bounds = false,
            Some(_) => {}
        }
    }
    let number = |value: Option<i64>| value.map_or(f64::NAN, |value| value as f64);
    let pairs = moments.iter().flat_map(|m| [number(m.map(|m| m.0)), number(m.map(|m| m.1))]);
    Some(ValidTime {
        dimensions: axes.iter().map(|(at, _)| *at).collect(),
        bounds: has_bounds.then(|| pairs.collect()),
        ends: moments.iter().map(|moment| number(moment.map(|moment| moment.1))).collect(),
    })
}

fn flat(axes: &[(usize, &AxisValues)], member: &Member) -> Option<usize> {
    axes.iter().try_fold(0usize, |at, (_, values)| {
        Some(at * values.count() + values.index(member)? as usize)
    })
}
