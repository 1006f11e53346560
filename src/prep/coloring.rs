//! From values to colours, for every kind of picture.
//!
//! A [`Coloring`] is what was decided: small, comparable, a part of the keys under which pictures
//! are kept. A [`Paint`] is the same ready for millions of values.

use std::sync::Arc;

use super::class_colors::{OTHER, class_colors};
use super::colormap::{Lut, lut};
use super::image::{Rgba, TRANSPARENT};
use super::levels::Levels;
use super::scale::Normaliser;
use crate::cf::Classes;

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
    /// A colour for each class.
    Classes {
        classes: Arc<Classes>,
        /// Places of classes that are not drawn, rising.
        hidden: Vec<usize>,
        /// For what is not a number.
        missing: Rgba,
    },
}

/// A [`Coloring`] with its tables.
#[derive(Clone, Debug)]
pub struct Paint {
    colors: Colors,
    missing: Rgba,
}

#[derive(Clone, Debug)]
enum Colors {
    Scale { normaliser: Normaliser, lut: Box<Lut> },
    Classes { classes: Arc<Classes>, colors: Vec<Rgba> },
}

impl Coloring {
    /// With another colour for what is missing.
    #[must_use]
    pub fn with_missing(mut self, missing: Rgba) -> Self {
        match &mut self {
            Self::Scale { missing: old, .. } | Self::Classes { missing: old, .. } => *old = missing,
        }
        self
    }

    pub fn paint(&self) -> Paint {
        match self {
            Self::Scale { levels, colormap, is_reversed, missing } => {
                Paint::new(*levels, lut(colormap, *is_reversed), *missing)
            }
            Self::Classes { classes, hidden, missing } => {
                let opaque = class_colors(classes).into_iter().map(|[r, g, b]| [r, g, b, 255]);
                let mut colors: Vec<Rgba> = opaque.collect();
                for &place in hidden {
                    if let Some(color) = colors.get_mut(place) {
                        *color = TRANSPARENT;
                    }
                }
                let classes = classes.clone();
                Paint { colors: Colors::Classes { classes, colors }, missing: *missing }
            }
        }
    }
}

impl Paint {
    /// The colours of a table along a scale.
    pub fn new(levels: Levels, lut: Lut, missing: Rgba) -> Self {
        Self {
            colors: Colors::Scale { normaliser: levels.normaliser(), lut: Box::new(lut) },
            missing,
        }
    }

    /// The colour of a value; transparent for a class that is not drawn.
    #[inline]
    pub fn color(&self, value: f64) -> Rgba {
        match &self.colors {
            Colors::Scale { normaliser, lut } => {
                let t = normaliser.normalise(value);
                if t.is_nan() {
                    return self.missing;
                }
                let [r, g, b] = lut.color(t);
                [r, g, b, 255]
            }
            Colors::Classes { .. } if value.is_nan() => self.missing,
            Colors::Classes { classes, colors } => {
                let [r, g, b] = OTHER;
                let color = classes.class_of(value).and_then(|place| colors.get(place));
                color.copied().unwrap_or([r, g, b, 255])
            }
        }
    }

    /// The mean of several values has a meaning; of classes only single values have.
    pub fn mixes(&self) -> bool {
        matches!(self.colors, Colors::Scale { .. })
    }
}

#[cfg(test)]
mod tests {
    use hyperslab_core::{ByteOrder, Dtype, GroupId, Variable};

    use super::*;

    #[test]
    fn classes_have_their_colours_and_hidden_ones_none() {
        let variable = Variable::new("v", GroupId::ROOT, Dtype::int(1, ByteOrder::Little));
        let classes = Arc::new(Classes::of_bits(&variable, 0, 1).unwrap());
        let (hidden, missing) = (vec![2], [1, 2, 3, 255]);
        let paint = Coloring::Classes { classes, hidden, missing }.paint();
        assert!(!paint.mixes());
        assert_eq!(paint.color(f64::NAN), missing);
        assert_eq!(paint.color(2.0), TRANSPARENT);
        assert_eq!(paint.color(0.5)[..3], OTHER);
        assert_eq!(paint.color(1.0), paint.color(5.0));
        assert_ne!(paint.color(1.0), paint.color(3.0));
    }
}
