//! The leading dimensions of one variable, sorted, and each field's place along them.

use std::collections::BTreeSet;

use crate::time::DateTime;

use super::group::Group;
use super::member::{Level, Member, Realization};

/// The values along one dimension, ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AxisValues {
    /// Fields that nothing tells apart, in the order of the file.
    Copies(u32),
    Realizations(Vec<Realization>),
    InitialTimes(Vec<DateTime>),
    ForecastTimes {
        unit: u8,
        values: Vec<i64>,
    },
    Levels {
        edition: u8,
        kinds: [u8; 2],
        values: Vec<Level>,
    },
}

impl AxisValues {
    pub fn count(&self) -> usize {
        match self {
            Self::Copies(count) => *count as usize,
            Self::Realizations(values) => values.len(),
            Self::InitialTimes(values) => values.len(),
            Self::ForecastTimes { values, .. } => values.len(),
            Self::Levels { values, .. } => values.len(),
        }
    }

    /// Every variable of this kind has the same thing along it.
    pub fn is_meaningful(&self) -> bool {
        match self {
            Self::Copies(count) => *count > 1,
            Self::Realizations(values) => values.iter().any(|value| *value != Realization::None),
            Self::Levels { values, .. } => values.iter().any(|level| level.first.is_some()),
            Self::InitialTimes(_) | Self::ForecastTimes { .. } => true,
        }
    }

    /// Where a field stands.
    pub fn index(&self, member: &Member) -> Option<u32> {
        let index = match self {
            Self::Copies(_) => return Some(member.copy.saturating_sub(1)),
            Self::Realizations(values) => values.binary_search(&member.realization),
            Self::InitialTimes(values) => values.binary_search(&member.initial_time),
            Self::ForecastTimes { values, .. } => values.binary_search(&member.lead),
            Self::Levels { values, .. } => values.binary_search(&member.level),
        };
        u32::try_from(index.ok()?).ok()
    }
}

fn distinct<T: Ord + Copy>(group: &Group, value: impl Fn(&Member) -> T) -> Vec<T> {
    let values: BTreeSet<T> = group.members.iter().map(value).collect();
    values.into_iter().collect()
}

/// All five, outermost first, of any length.
pub fn of(group: &Group) -> [AxisValues; 5] {
    let copies = distinct(group, |member| member.copy).len();
    [
        AxisValues::Copies(u32::try_from(copies).unwrap_or(u32::MAX)),
        AxisValues::Realizations(distinct(group, |member| member.realization)),
        AxisValues::InitialTimes(distinct(group, |member| member.initial_time)),
        AxisValues::ForecastTimes { unit: group.unit, values: distinct(group, |m| m.lead) },
        AxisValues::Levels {
            edition: group.key.edition,
            kinds: super::level_kinds(&group.product),
            values: distinct(group, |member| member.level),
        },
    ]
}
