//! From values to colours, for every kind of picture.
//!
//! A [`Coloring`] is what was decided: small, comparable, a part of the keys under which pictures
//! are kept. A [`Paint`] is the same ready for millions of values.

use super::colormap::{Lut, lut};
use super::image::Rgba;
use super::levels::Levels;
use super::scale::Normaliser;

/// What the colours of a picture stand for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Coloring {
    /// A colour map from the lower end of the levels to the upper.
    Scale {
        levels: Levels,
        colormap: String,
        is_reversed: bool,
        /// For what is not a number.
        missing: Rgba,
    },
}

/// A [`Coloring`] with its tables.
#[derive(Clone, Debug)]
pub struct Paint {
    normaliser: Normaliser,
    lut: Lut,
    missing: Rgba,
}

impl Coloring {
    pub fn paint(&self) -> Paint {
        let Self::Scale { levels, colormap, is_reversed, missing } = self;
        Paint::new(*levels, lut(colormap, *is_reversed), *missing)
    }
}

impl Paint {
    /// The colours of a table along a scale.
    pub fn new(levels: Levels, lut: Lut, missing: Rgba) -> Self {
        Self { normaliser: levels.normaliser(), lut, missing }
    }

    /// The colour of a value, opaque.
    #[inline]
    pub fn color(&self, value: f64) -> Rgba {
        let t = self.normaliser.normalise(value);
        if t.is_nan() {
            return self.missing;
        }
        let [r, g, b] = self.lut.color(t);
        [r, g, b, 255]
    }
}
