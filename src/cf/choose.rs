//! The variable a user most likely wants to see first.
//!
//! Data come before coordinates, numbers before text, maps before planes before lines before
//! single values; a handful of values, times and viewing angles come after the fields they
//! belong to, and flags after quantities. Size itself counts no further: of equals the first in
//! the file is taken. What is known to be unreadable comes after everything that is not, and so
//! does what a dot before its name, or its group's, marks as somebody's own books. O(variables).

use hyperslab_core::{Dataset, Dtype, Group, GroupId, Variable, VariableId};

use super::arrangement;
use super::attributes;
use super::dataset::{CfDataset, CfVariable};
use super::horizontal::Horizontal;
use super::purpose::{Purpose, with_ids};
use super::units;
use crate::interpret::Place;

/// Fewer values than this are hardly worth a picture.
const HANDFUL: u64 = 16;

/// What a convention says is seen first, a variable or a group that is a table; else the most
/// telling variable. `None` only where there is no variable. `end` is the file's length.
pub fn first_place(dataset: &Dataset, cf: &CfDataset, end: u64) -> Option<Place> {
    let by_convention = cf.interpretation().first;
    by_convention.or_else(|| first_to_show(dataset, cf, end).map(Place::Variable))
}

/// The most telling variable. `None` only where there is none. `end` is the file's length.
pub fn first_to_show(dataset: &Dataset, cf: &CfDataset, end: u64) -> Option<VariableId> {
    if let Some(Place::Variable(id)) = cf.interpretation().first {
        return Some(id);
    }
    // HDF5's families are longer than their first file, whose length this is: only where the file
    // tells that something is wrong does its end say more.
    let root = dataset.group(GroupId::ROOT);
    let is_damaged = !dataset.notes.is_empty() || root.is_some_and(|group| group.error.is_some());
    let end = if is_damaged { end } else { u64::MAX };
    let hidden = with_what_is_in(dataset, |id, _| cf.is_hidden(Place::Group(id)));
    let dotted = with_what_is_in(dataset, |_, group| group.name.starts_with('.'));
    let is_dotted = |variable: &Variable| {
        variable.name.starts_with('.') || dotted.get(variable.group.index()) == Some(&true)
    };
    let is_hidden = |id: VariableId, variable: &Variable| {
        let is_inside = hidden.get(variable.group.index()) == Some(&true);
        is_inside || cf.is_hidden(Place::Variable(id))
    };
    let is_all_hidden = with_ids(dataset).all(|(id, variable)| is_hidden(id, variable));
    let ranked = with_ids(dataset)
        .filter(|&(id, variable)| is_all_hidden || !is_hidden(id, variable))
        .filter_map(|(id, variable)| {
            let rank = rank(&cf.variable(dataset, id)?);
            let is_sound = variable.error.is_none() && !is_beyond(variable, end);
            Some((id, (is_sound, !is_dotted(variable), rank)))
        })
        // `max_by_key` would take the last of equals.
        .reduce(|best, next| if next.1 > best.1 { next } else { best });
    ranked.map(|(id, _)| id)
}

/// For each group whether `is` holds for it or one that it is in; parents come before their
/// children.
fn with_what_is_in(dataset: &Dataset, is: impl Fn(GroupId, &Group) -> bool) -> Vec<bool> {
    let mut found = Vec::with_capacity(dataset.groups.len());
    for (index, group) in (0u32..).zip(&dataset.groups) {
        let is_inside = group.parent.is_some_and(|id| found.get(id.index()) == Some(&true));
        found.push(is_inside || is(GroupId(index), group));
    }
    found
}

/// The file was cut before the first of its values.
fn is_beyond(variable: &Variable, end: u64) -> bool {
    let storage = &variable.storage;
    storage.stored_bytes.is_some_and(|bytes| bytes > 0)
        && storage.offset.is_some_and(|offset| offset >= end)
}

/// Larger is better; compared from the first field on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    class: u8,
    is_field: bool,
    is_subject: bool,
    horizontal_axes: u8,
    is_plane: bool,
    is_quantity: bool,
}

fn rank(view: &CfVariable) -> Rank {
    let variable = view.variable();
    let axes = view.axes();
    let count = match variable.is_null {
        true => 0,
        false => axes.iter().fold(1u64, |n, axis| n.saturating_mul(axis.length)),
    };
    // An axis of two is bounds, or ends of an edge.
    let long = axes.iter().filter(|axis| axis.length > 2).count();
    let is_map =
        arrangement::arrange(&axes).and_then(|a| a.y.map(|y| (a.x, y))).is_some_and(|(x, y)| {
            let role = |index: usize| axes.get(index).map(|axis| axis.role).unwrap_or_default();
            role(x).is_x() && role(y).is_y()
        });
    let is_points = matches!(view.horizontal(), Some(Horizontal::Points { .. }));
    let horizontal =
        axes.iter().filter(|axis| axis.role.is_horizontal() && axis.length > 1).count();
    Rank {
        class: class(view.purpose(), &variable.dtype, count),
        is_field: count >= HANDFUL,
        is_subject: !is_clock(variable) && !is_geometry(variable),
        horizontal_axes: if is_map || is_points { 2 } else { horizontal.min(1) as u8 },
        is_plane: long >= 2,
        is_quantity: !is_status(variable),
    }
}

fn class(purpose: Purpose, dtype: &Dtype, count: u64) -> u8 {
    let is_numeric = dtype.is_numeric();
    match (purpose, count) {
        (_, 0) => 0,
        (Purpose::Data, 2..) if is_numeric => 6,
        (Purpose::Data, 2..) => 5,
        (Purpose::Coordinate, 2..) if is_numeric => 4,
        (Purpose::Data, _) => 3,
        (Purpose::Coordinate, _) => 2,
        (Purpose::Helper | Purpose::Bounds, _) => 1,
    }
}

fn is_status(variable: &Variable) -> bool {
    matches!(variable.dtype, Dtype::Enum(_))
        || variable.attribute("flag_meanings").is_some()
        || attributes::standard_name(variable).is_some_and(|name| name.ends_with("status_flag"))
}

/// Times beside the data, or parts of one: uw_kingair-2005-01-19-113957.nc begins with them.
fn is_clock(variable: &Variable) -> bool {
    let name = variable.name.to_ascii_lowercase();
    ["year", "month", "day", "hour", "minute", "second", "date"].contains(&name.as_str())
        || attributes::units(variable).is_some_and(|units| units::is_time(&units))
}

/// Where the sun and the sensor stood.
fn is_geometry(variable: &Variable) -> bool {
    let name = variable.name.to_ascii_lowercase();
    name.contains("zenith") || name.contains("azimuth")
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    const END: u64 = 1000;

    fn chosen(build: Build) -> String {
        chosen_of(&build.dataset())
    }

    fn chosen_of(dataset: &Dataset) -> String {
        let id = first_to_show(dataset, &CfDataset::of(dataset), END).unwrap();
        dataset.variables[id.index()].name.clone()
    }

    fn grid() -> Build {
        Build::default()
            .dim("time", 4)
            .dim("lat", 5)
            .dim("lon", 6)
            .dim("strlen", 80)
            .dim("two", 2)
            .var(float("time", &[]).with("bounds", "edges"), &["time"])
            .var(float("edges", &[]), &["time", "two"])
            .var(float("lat", &[]), &["lat"])
            .var(float("lon", &[]), &["lon"])
    }

    #[test]
    fn a_map_comes_first_wherever_it_stands() {
        let build = grid()
            .var(char_variable("note"), &["strlen"])
            .var(float("constant", &[]), &[])
            .var(float("HOUR", &[]), &["time"])
            .var(float("series", &[]), &["time"])
            .var(int("mask", 1, &[]).with("flag_meanings", "sea land"), &["lat", "lon"])
            .var(float("tas", &[]), &["time", "lat", "lon"])
            .var(float("pr", &[]), &["time", "lat", "lon"]);
        assert_eq!(chosen(build), "tas");
    }

    #[test]
    fn with_nothing_better_a_line_a_text_a_coordinate_or_anything_will_do() {
        assert_eq!(chosen(grid().var(float("series", &[]), &["time"])), "series");
        let clock = Build::default()
            .dim("obs", 20)
            .var(float("HOUR", &[]), &["obs"])
            .var(float("altitude", &[]), &["obs"]);
        assert_eq!(chosen(clock), "altitude");
        assert_eq!(chosen(grid().var(char_variable("names"), &["time", "strlen"])), "names");
        assert_eq!(chosen(grid().var(float("constant", &[]), &[])), "lat");
        assert_eq!(chosen(Build::default().var(float("constant", &[]), &[])), "constant");
        let empty = Build::default().dim("x", 0).var(float("nothing", &[]), &["x"]);
        assert_eq!(chosen(empty), "nothing");
        let nothing = Dataset::default();
        assert_eq!(first_to_show(&nothing, &CfDataset::of(&nothing), END), None);
    }

    #[test]
    fn names_with_a_dot_in_front_come_after_all_others() {
        // tsaf.h5 begins with its `.DSL_METADATA`.
        let build = grid()
            .var(float(".DSL_METADATA", &[]), &["lat", "lon"])
            .var(float("series", &[]), &["time"]);
        assert_eq!(chosen(build), "series");
        assert_eq!(chosen(Build::default().var(float(".only", &[]), &[])), ".only");
        let mut dataset = grid().var(float("series", &[]), &["time"]).group(".books").dataset();
        let axes = [2, 3].map(|k| dataset.variables[k].axes[0]).to_vec();
        dataset.variables.push(Variable { group: GroupId(1), axes, ..float("inner", &[]) });
        assert_eq!(chosen_of(&dataset), "series");
    }

    #[test]
    fn what_is_known_to_be_unreadable_comes_after_what_can_be_read() {
        let build = || {
            grid()
                .var(float("tas", &[]), &["time", "lat", "lon"])
                .var(float("series", &[]), &["time"])
        };
        let mut damaged = build().dataset();
        damaged.variables[4].error = Some(hyperslab_core::ReadError::truncated("cut"));
        assert_eq!(chosen_of(&damaged), "series");
        // A file that ends within a variable still shows a part of it.
        let mut cut = build().dataset();
        let storage = |offset| hyperslab_core::Storage {
            offset: Some(offset),
            stored_bytes: Some(480),
            ..Default::default()
        };
        cut.variables[4].storage = storage(END - 1);
        assert_eq!(chosen_of(&cut), "tas");
        cut.variables[4].storage = storage(END);
        assert_eq!(chosen_of(&cut), "tas");
        cut.notes.push("the file is cut short".into());
        assert_eq!(chosen_of(&cut), "series");
    }
}
