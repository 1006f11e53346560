//! What the user chose for the curves of a variable.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::prep::axis_scale::AxisScale;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LineOptions {
    pub style: LineStyle,
    /// Of the values.
    pub scale: AxisScale,
    pub zoom: Option<CurveZoom>,
    /// Drawn with the variable's own.
    pub curves: Vec<PlottedCurve>,
    /// What stands along the other axis, in place of the coordinate.
    pub against: Option<PlottedCurve>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineStyle {
    #[default]
    Line,
    Points,
    LineAndPoints,
    Steps,
}

impl LineStyle {
    pub const ALL: [Self; 4] = [Self::Line, Self::LineAndPoints, Self::Points, Self::Steps];

    pub fn name(self) -> &'static str {
        match self {
            Self::Line => "Line",
            Self::Points => "Points",
            Self::LineAndPoints => "Line and points",
            Self::Steps => "Steps",
        }
    }

    pub fn has_points(self) -> bool {
        matches!(self, Self::Points | Self::LineAndPoints)
    }
}

/// What is visible of curves along this axis.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurveZoom {
    pub axis: usize,
    /// In places along the axis.
    pub along: (f64, f64),
    /// In parts of all values, from 0 to 1, so that it is the same for axes of several units.
    pub values: (f64, f64),
}

/// A curve of a variable of any file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlottedCurve {
    pub file: PathBuf,
    /// Its path in the file.
    pub variable: String,
    pub axis: usize,
    /// Where it is cut along the other axes.
    pub indices: Vec<u64>,
    /// Cut where the sliders stand, along axes that have the same name.
    pub follows: bool,
}
