//! GRIB2: which fields make one variable, and its name (NIO's rules; product definition
//! templates 4.x).

use crate::product::{Parameter, Product, Surface, Vertical};

use super::group::{Group, GroupKey};
use super::member::Forecast;
use super::period::{self, Period};

const MISSING: u8 = 255;

/// What is measured: the parts of [`Parameter::Edition2`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    pub discipline: u8,
    pub category: u8,
    pub number: u8,
    pub template: u16,
}

pub fn numbers(product: &Product) -> Numbers {
    match product.parameter {
        Parameter::Edition2 { discipline, category, number, template } => {
            Numbers { discipline, category, number, template }
        }
        Parameter::Edition1 { .. } => Numbers::default(),
    }
}

pub fn surfaces(product: &Product) -> [Surface; 2] {
    let none = Surface { kind: MISSING, scale: None, value: None };
    match product.vertical {
        // 0 is reserved, and written for no surface.
        Vertical::Edition2(Some(surfaces)) => {
            surfaces.map(|surface| if surface.kind == 0 { none } else { surface })
        }
        _ => [none; 2],
    }
}

/// Processing over an area, not over time (template 4.15).
fn spatial_process(product: &Product) -> Option<u8> {
    let at = |octet: usize| product.octets.get(octet - 1).copied();
    if numbers(product).template == 15 { at(35) } else { None }
}

/// Code table 4.10, of the outermost interval; `None` for values of a moment. NCEP's climate
/// forecasts write two intervals, of which the second says more when the first says nothing.
pub fn process(product: &Product) -> Option<u8> {
    let [first, rest @ ..] = product.time.intervals.as_slice() else {
        return spatial_process(product);
    };
    match rest.first() {
        Some(second) if first.process == MISSING => Some(second.process),
        _ => Some(first.process),
    }
}

/// Codes a centre gives a meaning of its own.
fn is_local(process: u8) -> bool {
    (192..MISSING).contains(&process)
}

/// The length of the outermost interval.
pub fn interval(product: &Product) -> Option<Period> {
    let interval = product.time.intervals.first()?;
    Some(Period { count: i64::from(interval.length), unit: interval.unit })
}

pub fn forecast(product: &Product) -> Forecast {
    let start = Period { count: product.time.start, unit: product.time.unit };
    let none = Period { count: 0, unit: product.time.unit };
    let is_local = process(product).is_some_and(is_local);
    Forecast { start, length: interval(product).filter(|_| !is_local).unwrap_or(none) }
}

/// A number in the order of its bytes in memory on the machines NIO runs on, which is the order
/// it lists variables in.
fn word(value: i32) -> u32 {
    value.cast_unsigned().swap_bytes()
}

/// What fields of one variable have in common, in the order NIO lists variables. Intervals are
/// told apart afterwards. `grid` is the grid's rank.
pub fn key(product: &Product, grid: u32) -> GroupKey {
    let origin = &product.origin;
    let Numbers { discipline, category, number, template } = numbers(product);
    let [first, second] = surfaces(product);
    let small = |value: u8| word(i32::from(value));
    let or_missing = |value: Option<u8>| small(value.unwrap_or(MISSING));
    let stated = if states_process(template) { process(product) } else { None };
    let words = vec![
        word(i32::from(origin.centre)),
        word(i32::from(origin.sub_centre)),
        or_missing(origin.production_status),
        or_missing(origin.type_of_process),
        or_missing(origin.significance_of_reference_time),
        word(i32::from(template)),
        small(discipline),
        small(category),
        small(number),
        stated.map_or(word(-1), small),
        small(first.kind),
        small(second.kind),
        word(constituent(product).map_or(0xffff, i32::from)),
        product.probability.map_or(0, |p| u32::from(p.kind) + 1),
        grid,
    ];
    GroupKey { edition: 2, words, rest: rest(product) }
}

/// Templates whose process NIO reads and puts into the name.
fn states_process(template: u16) -> bool {
    !matches!(template, 10 | 13 | 14)
}

/// What NIO does not tell apart but a person would.
fn rest(product: &Product) -> Vec<u8> {
    let mut rest = Vec::new();
    rest.extend(constituent_octets(product));
    for band in &product.bands {
        rest.extend(band.series.to_be_bytes());
        rest.extend(band.satellite.to_be_bytes());
        rest.extend(band.instrument.to_be_bytes());
        rest.extend(band.wave_number.to_be_bytes());
    }
    rest.push(process(product).unwrap_or(MISSING));
    rest.push(product.derived_forecast.unwrap_or(MISSING));
    // A level of no value is no coordinate beside ones that have.
    rest.extend(surfaces(product).map(|surface| u8::from(surface.meaning().is_some())));
    rest
}

/// Octets between the parameter and the generating process: which constituent or aerosol, of
/// which sizes, at which wavelengths (templates 4.40 to 4.49, 4.57, 4.58, 4.67, 4.68, 4.76 to
/// 4.86).
fn constituent_octets(product: &Product) -> &[u8] {
    let count = match numbers(product).template {
        40..=43 => 2,
        44..=47 => 13,
        48 | 49 => 24,
        57 | 58 | 67 | 68 => 6,
        76..=79 => 3,
        80..=83 => 14,
        84..=86 => 25,
        _ => 0,
    };
    product.octets.get(11..11 + count).unwrap_or_default()
}

/// Code tables 4.230 and 4.233.
pub fn constituent(product: &Product) -> Option<u16> {
    if !matches!(numbers(product).template, 40..=49 | 57 | 58 | 67 | 68 | 76..=86) {
        return None;
    }
    let octets = constituent_octets(product).first_chunk::<2>()?;
    Some(u16::from_be_bytes(*octets)).filter(|&constituent| constituent != 0xffff)
}

/// Fields of one key split by how long their intervals are, unless all begin at the initial
/// time: then they are one accumulation that grows. The longest comes first, which values of no
/// interval at the initial time belong to.
pub fn split(mut group: Group) -> Vec<Group> {
    let is_local = process(&group.product).is_some_and(is_local);
    group.grows = group.members.iter().all(|member| member.forecast.start.count == 0);
    if group.product.time.intervals.is_empty() || is_local || group.grows {
        return vec![group];
    }
    let length = |member: &super::member::Member| member.forecast.length.seconds(2);
    let Some(longest) = group.members.iter().map(length).max() else { return vec![group] };
    let Group { key, product, members, unit, grows, is_spectrum } = group;
    let mut parts: Vec<(i64, Group)> = Vec::new();
    let part = |length, key: &GroupKey| {
        let (key, product) = (key.clone(), product.clone());
        (length, Group { key, product, members: Vec::new(), unit, grows, is_spectrum })
    };
    parts.push(part(longest, &key));
    // NIO meets the last field first.
    for member in members.into_iter().rev() {
        let is_beginning = length(&member) == 0 && member.forecast.start.count == 0;
        let wanted = if is_beginning { longest } else { length(&member) };
        let found = parts.iter().position(|(length, _)| *length == wanted);
        let found = found.unwrap_or_else(|| {
            parts.push(part(wanted, &key));
            parts.len() - 1
        });
        if let Some((_, part)) = parts.get_mut(found) {
            part.members.push(member);
        }
    }
    for (_, part) in &mut parts {
        part.members.reverse();
    }
    parts.into_iter().map(|(_, part)| part).collect()
}

/// `TMP_P0_L100`: the part of a name before the grid's.
pub fn name(product: &Product, parameter: &str) -> String {
    let template = numbers(product).template;
    let [first, second] = surfaces(product).map(|surface| surface.kind);
    let level = match (first, second) {
        (MISSING, _) => String::new(),
        (first, _) if is_tigge_name(product, parameter) => format!("_L{first}"),
        (first, MISSING) => format!("_L{first}"),
        (first, second) if first == second => format!("_2L{first}"),
        (first, second) => format!("_2L{first}_{second}"),
    };
    format!("{parameter}_P{template}{level}")
}

/// Parameters of the TIGGE archive have names of their own, in lower case, and do not name a
/// second level.
fn is_tigge_name(product: &Product, parameter: &str) -> bool {
    matches!(product.origin.production_status, Some(4 | 5))
        && !parameter.chars().any(|c| c.is_ascii_uppercase())
}

/// `_A62001`, `_I207`, `_acc6h`: the part of a name behind the grid's.
pub fn end_of_name(group: &Group) -> String {
    let product = &group.product;
    let constituent = constituent(product).map(|code| format!("_A{code}")).unwrap_or_default();
    let instrument = product.bands.first().map(|band| format!("_I{}", band.instrument & 0x3ff));
    format!("{constituent}{}{}", instrument.unwrap_or_default(), statistic(group))
}

fn statistic(group: &Group) -> String {
    let product = &group.product;
    let process = process(product);
    let Some(process) = process.filter(|_| states_process(numbers(product).template)) else {
        return String::new();
    };
    if is_local(process) {
        return String::new();
    }
    let abbreviation = match process {
        0 => "_avg",
        1 => "_acc",
        2 => "_max",
        3 => "_min",
        4 => "_dife",
        5 => "_rms",
        6 => "_std",
        7 => "_cov",
        8 => "_difb",
        9 => "_rat",
        _ => "",
    };
    let length = duration(group).map(|length| period::suffix(2, length));
    match (abbreviation, length) {
        ("", Some(length)) => format!("_{length}"),
        (abbreviation, length) => format!("{abbreviation}{}", length.unwrap_or_default()),
    }
}

/// The length all intervals of a variable have; `None` when they grow from the initial time.
pub fn duration(group: &Group) -> Option<Period> {
    if group.grows || group.product.time.intervals.is_empty() {
        return None;
    }
    let longest = group.members.iter().map(|member| member.forecast.length);
    longest.max_by_key(|length| length.seconds(2))
}
