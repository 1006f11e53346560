//! The leading dimensions of one variable, sorted, and each field's place along them.

use std::collections::BTreeSet;

use crate::time::DateTime;

use super::LEADING;
use super::group::Group;
use super::member::{Level, Member, Ordered, Realization};
use super::wave::Bin;

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
    /// Of waves: in degrees, or numbers in a sequence.
    Directions {
        is_valued: bool,
        values: Vec<Ordered>,
    },
    /// Of waves: per second, or numbers in a sequence.
    Frequencies {
        is_valued: bool,
        values: Vec<Ordered>,
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
            Self::Directions { values, .. } | Self::Frequencies { values, .. } => values.len(),
        }
    }

    /// Every variable of this kind has the same thing along it.
    pub fn is_meaningful(&self) -> bool {
        match self {
            Self::Copies(count) => *count > 1,
            Self::Realizations(values) => values.iter().any(|value| *value != Realization::None),
            Self::Levels { values, .. } => values.iter().any(|level| level.first.is_some()),
            Self::InitialTimes(_) | Self::ForecastTimes { .. } => true,
            Self::Directions { values, .. } | Self::Frequencies { values, .. } => {
                !values.is_empty()
            }
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
            Self::Directions { values, .. } => values.binary_search(&member.bin?.direction),
            Self::Frequencies { values, .. } => values.binary_search(&member.bin?.frequency),
        };
        u32::try_from(index.ok()?).ok()
    }
}

fn distinct<T: Ord + Copy>(group: &Group, value: impl Fn(&Member) -> T) -> Vec<T> {
    let values: BTreeSet<T> = group.members.iter().map(value).collect();
    values.into_iter().collect()
}

fn sorted(bins: &[Bin], value: impl Fn(&Bin) -> Ordered) -> Vec<Ordered> {
    let values: BTreeSet<Ordered> = bins.iter().map(value).collect();
    values.into_iter().collect()
}

/// All of them, outermost first, of any length.
pub fn of(group: &Group) -> [AxisValues; LEADING] {
    let bins: Vec<Bin> = group.members.iter().filter_map(|member| member.bin).collect();
    let is_valued = bins.iter().all(|bin| bin.is_valued);
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
        AxisValues::Directions { is_valued, values: sorted(&bins, |bin| bin.direction) },
        AxisValues::Frequencies { is_valued, values: sorted(&bins, |bin| bin.frequency) },
    ]
}
