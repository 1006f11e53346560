//! What the user chose for a view. Nothing derived is kept here.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::prep::axis_scale::AxisScale;
use crate::prep::levels::Scale;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ViewId {
    Heatmap,
    Line,
    Table,
    /// A picture with colours of its own.
    Image,
    Text,
}

impl ViewId {
    pub const ALL: [Self; 5] = [Self::Heatmap, Self::Line, Self::Table, Self::Image, Self::Text];

    /// As scripts name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Heatmap => "heatmap",
            Self::Line => "line",
            Self::Table => "table",
            Self::Image => "image",
            Self::Text => "text",
        }
    }
}

impl FromStr for ViewId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|view| view.name() == text).ok_or_else(|| {
            format!("no view is called {text:?}; there are table, line, heatmap, image and text")
        })
    }
}

/// How values become colours.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ColorOptions {
    /// The preferred one of the settings where `None`.
    pub colormap: Option<String>,
    pub is_reversed: bool,
    pub range: RangeMode,
    pub scale: Scale,
}

/// Which values the ends of the colour bar stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum RangeMode {
    /// Of the whole variable (sampled where it is large), so that slices compare.
    #[default]
    Variable,
    /// Of the slice that is shown.
    Slice,
    /// Of the whole variable, zero in the middle.
    Symmetric,
    Fixed(f64, f64),
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LineOptions {
    pub shows_points: bool,
    pub is_log: bool,
}

/// What stands along an axis instead of what stands there first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Coordinates {
    /// The first of the file's own, where another file lends one.
    Own,
    Index,
    /// The variable at this path.
    Variable(String),
}

/// What was chosen by axis: the coordinates (the first there are where nothing is) and how they
/// are spaced (as suits them where nothing is).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AxisCoordinates {
    coordinates: BTreeMap<usize, Coordinates>,
    scales: BTreeMap<usize, AxisScale>,
}

impl AxisCoordinates {
    pub fn along(&self, axis: usize) -> Option<&Coordinates> {
        self.coordinates.get(&axis)
    }

    pub fn choose(&mut self, axis: usize, coordinates: Option<Coordinates>) {
        match coordinates {
            Some(coordinates) => _ = self.coordinates.insert(axis, coordinates),
            None => _ = self.coordinates.remove(&axis),
        }
    }

    pub fn scale(&self, axis: usize) -> Option<AxisScale> {
        self.scales.get(&axis).copied()
    }

    pub fn choose_scale(&mut self, axis: usize, scale: AxisScale) {
        self.scales.insert(axis, scale);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_view_is_found_by_its_name() {
        for view in ViewId::ALL {
            assert_eq!(view.name().parse(), Ok(view));
        }
        assert!("globe".parse::<ViewId>().unwrap_err().contains("globe"));
    }
}
