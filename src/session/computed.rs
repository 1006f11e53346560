//! What is to be computed from variables: small, so that a workspace can hold it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Mask;
use crate::prep::reduce::Statistic;

/// Stands for the computed file where a path is wanted.
pub const COMPUTED: &str = "Computed";

/// A variable that is computed, and what it is called among the computed ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    /// One name stands for one definition.
    pub name: String,
    pub formula: Formula,
}

/// A variable of a file, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    pub file: PathBuf,
    /// The absolute path in the file.
    pub variable: String,
    #[serde(default)]
    pub masks: Vec<Mask>,
    #[serde(default)]
    pub as_rate: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Formula {
    /// Axes taken together, all of them or a part.
    Reduce {
        of: Source,
        axes: Vec<usize>,
        by: Statistic,
        /// Axes of which only a part counts; those that are kept are cut to it.
        #[serde(default)]
        within: Vec<Within>,
        /// Means count each cell by its area on the Earth.
        #[serde(default)]
        by_area: bool,
    },
    /// Values less their mean along axes.
    Anomaly { of: Source, axes: Vec<usize> },
    /// Two variables, cell by cell, on the grid of the first.
    Compare { a: Source, b: Source, by: Comparison },
}

/// Indices along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Within {
    pub axis: usize,
    pub start: u64,
    pub count: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    Difference,
    Ratio,
    Mean,
    /// Of two components, eastward and northward, the length.
    Speed,
    /// Of two components, eastward and northward, where they come from: degrees clockwise from
    /// north, as winds are told.
    Direction,
}

impl Comparison {
    pub fn of(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Difference => a - b,
            Self::Ratio if b == 0.0 => f64::NAN,
            Self::Ratio => a / b,
            Self::Mean => a / 2.0 + b / 2.0,
            Self::Speed => a.hypot(b),
            Self::Direction => (-a).atan2(-b).to_degrees().rem_euclid(360.0),
        }
    }
}

impl Formula {
    /// Changes where its files are.
    pub fn each_file(&mut self, change: impl Fn(&Path) -> PathBuf) {
        let sources = match self {
            Self::Reduce { of, .. } | Self::Anomaly { of, .. } => vec![of],
            Self::Compare { a, b, .. } => vec![a, b],
        };
        for source in sources {
            if source.file != Path::new(COMPUTED) {
                source.file = change(&source.file);
            }
        }
    }

    /// What it is computed from.
    pub fn sources(&self) -> Vec<&Source> {
        match self {
            Self::Reduce { of, .. } | Self::Anomaly { of, .. } => vec![of],
            Self::Compare { a, b, .. } => vec![a, b],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn winds_are_told_by_where_they_come_from() {
        let from = |u, v| Comparison::Direction.of(u, v);
        assert_eq!(from(0.0, -1.0), 0.0, "from the north");
        assert_eq!(from(-1.0, 0.0), 90.0);
        assert_eq!(from(1.0, 0.0), 270.0);
        assert_eq!(Comparison::Speed.of(3.0, 4.0), 5.0);
        assert!(Comparison::Ratio.of(1.0, 0.0).is_nan());
    }

    #[test]
    fn a_definition_survives_being_saved() {
        let of = Source {
            file: "/a.nc".into(),
            variable: "/t".into(),
            masks: Vec::new(),
            as_rate: false,
        };
        let within = vec![Within { axis: 1, start: 2, count: 3 }];
        let by = Statistic::Mean;
        let formula = Formula::Reduce { of, axes: vec![0], by, within, by_area: true };
        let definition = Definition { name: "t mean".into(), formula };
        let text = serde_json::to_string(&definition).unwrap();
        assert_eq!(serde_json::from_str::<Definition>(&text).unwrap(), definition);
    }
}
