//! What the user chose for a view. Nothing derived is kept here.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::prep::axis_scale::AxisScale;
use crate::prep::levels::Scale;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ViewId {
    Heatmap,
    Map,
    Line,
    #[default]
    Table,
    /// A picture with colours of its own.
    Image,
    Text,
}

impl ViewId {
    pub const ALL: [Self; 6] =
        [Self::Map, Self::Heatmap, Self::Line, Self::Table, Self::Image, Self::Text];

    /// As scripts name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Heatmap => "heatmap",
            Self::Map => "map",
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
            format!(
                "no view is called {text:?}; there are table, line, heatmap, map, image and text"
            )
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
    /// From one percentile to another, so that a few extremes do not flatten the rest; ignored
    /// where the range is fixed.
    pub percentiles: Option<(f64, f64)>,
    /// Zero in the middle; as it suits the variable where `None`.
    pub is_symmetric: Option<bool>,
    pub scale: Scale,
    /// Where [`Scale::Symlog`] turns linear; as it suits the values where `None`.
    pub threshold: Option<f64>,
    pub classes: ClassOptions,
}

/// How codes with meanings are drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClassOptions {
    /// By a colour map, like any other number.
    pub as_numbers: bool,
    /// Which of the questions that bits answer, by name; the first where `None`.
    pub question: Option<String>,
    /// These bits of an integer, first and last, whatever they mean.
    pub bits: Option<(u32, u32)>,
    /// The names of classes that are not drawn.
    pub hidden: BTreeSet<String>,
}

/// How the sides of a picture relate to each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Aspect {
    /// By coordinates on maps and of lengths in one unit, by cells in images, else all the room.
    #[default]
    Auto,
    /// A unit along one axis is as long as along the other.
    Coordinates,
    /// Cells are squares.
    Cells,
    Fill,
}

/// Which values the ends of the colour bar stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum RangeMode {
    /// Of the whole variable (sampled where it is large), so that slices compare.
    #[default]
    Variable,
    /// Of the slice that is shown.
    Slice,
    Fixed(f64, f64),
}

impl ColorOptions {
    /// Of the finite values, where the user asks for no others.
    pub const PERCENTILES: (f64, f64) = (2.0, 98.0);

    /// These ends and no others.
    pub fn fix(&mut self, low: f64, high: f64) {
        self.range = RangeMode::Fixed(low, high);
        self.percentiles = None;
        self.is_symmetric = None;
    }

    /// The ends by the values again, as at first.
    pub fn unfix(&mut self) {
        self.range = RangeMode::Variable;
        self.percentiles = None;
        self.is_symmetric = None;
    }

    /// The range of what is shown, whatever it was before.
    pub fn fit_to_slice(&mut self) {
        self.unfix();
        self.range = RangeMode::Slice;
    }

    /// Leaves the extremes out, or takes them in again.
    pub fn toggle_percentiles(&mut self) {
        self.percentiles = match self.percentiles {
            Some(_) => None,
            None => Some(Self::PERCENTILES),
        };
        if matches!(self.range, RangeMode::Fixed(..)) {
            self.range = RangeMode::Variable;
        }
    }

    /// Zero in the middle, or not; `is_so` says what it is now.
    pub fn toggle_symmetric(&mut self, is_so: bool) {
        self.is_symmetric = Some(!is_so);
        if matches!(self.range, RangeMode::Fixed(..)) {
            self.range = RangeMode::Variable;
        }
    }
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
    fn fixed_ends_give_way_to_what_is_found_in_the_values() {
        let mut colors = ColorOptions::default();
        colors.toggle_percentiles();
        colors.fix(1.0, 2.0);
        assert_eq!((colors.range, colors.percentiles), (RangeMode::Fixed(1.0, 2.0), None));
        colors.toggle_symmetric(false);
        assert_eq!((colors.range, colors.is_symmetric), (RangeMode::Variable, Some(true)));
        colors.fit_to_slice();
        assert_eq!((colors.range, colors.is_symmetric), (RangeMode::Slice, None));
        colors.toggle_percentiles();
        assert_eq!((colors.range, colors.percentiles), (RangeMode::Slice, Some((2.0, 98.0))));
    }

    #[test]
    fn every_view_is_found_by_its_name() {
        for view in ViewId::ALL {
            assert_eq!(view.name().parse(), Ok(view));
        }
        assert!("globe".parse::<ViewId>().unwrap_err().contains("globe"));
    }
}
