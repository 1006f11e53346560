//! What is to be computed from variables: small, so that a workspace can hold it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Mask;
use crate::prep::reduce::Statistic;

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
}

/// Indices along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Within {
    pub axis: usize,
    pub start: u64,
    pub count: u64,
}

impl Formula {
    /// What it is computed from.
    pub fn sources(&self) -> Vec<&Source> {
        match self {
            Self::Reduce { of, .. } | Self::Anomaly { of, .. } => vec![of],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
