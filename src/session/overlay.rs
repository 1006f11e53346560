//! What the user chose to be drawn over pictures.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::prep::contour::LevelChoice;

/// Lines and arrows over a heatmap or a map. Nothing to begin with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OverlayOptions {
    pub contours: ContourOptions,
    pub vectors: VectorOptions,
    /// Where they are of variables with dimensions that the picture's has not: the index, by name.
    pub indices: BTreeMap<String, u64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContourOptions {
    pub is_on: bool,
    /// The path of the variable; the one that is shown where `None`.
    pub of: Option<String>,
    pub levels: LevelChoice,
    /// Every n-th line is thicker and labelled.
    pub labels_every: u32,
}

impl Default for ContourOptions {
    fn default() -> Self {
        Self { is_on: false, of: None, levels: LevelChoice::default(), labels_every: 2 }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct VectorOptions {
    pub is_on: bool,
    /// The path of the first component; the pair that suits the variable where `None`.
    pub of: Option<String>,
    /// Points from arrow to arrow.
    pub spacing: f32,
    /// The length of arrows, 1 to begin with.
    pub length: f32,
    pub relative_to: RelativeTo,
}

impl Default for VectorOptions {
    fn default() -> Self {
        Self { is_on: false, of: None, spacing: 26.0, length: 1.0, relative_to: RelativeTo::File }
    }
}

/// What the components of a vector are along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RelativeTo {
    /// What the file says.
    #[default]
    File,
    /// East and north.
    Earth,
    /// The grid's x and y.
    Grid,
}
