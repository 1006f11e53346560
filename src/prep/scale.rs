//! How values are spread over a range of colours: evenly, by their ratios, or in between.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scale {
    #[default]
    Linear,
    /// Equal ratios are equally far apart. What is not positive is below everything.
    Log,
    /// Logarithmic on both sides of zero, linear around it: `sign(v) ln(1 + |v| / threshold)`.
    Symlog,
    /// `sign(v) sqrt(|v|)`.
    Sqrt,
}

impl Scale {
    pub const ALL: [Self; 4] = [Self::Linear, Self::Log, Self::Symlog, Self::Sqrt];

    pub fn label(self) -> &'static str {
        match self {
            Self::Linear => "Linear",
            Self::Log => "Log",
            Self::Symlog => "Symlog",
            Self::Sqrt => "Square root",
        }
    }

    /// The one after this, round and round.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Linear => Self::Log,
            Self::Log => Self::Symlog,
            Self::Symlog => Self::Sqrt,
            Self::Sqrt => Self::Linear,
        }
    }
}

/// A scale with all that it depends on: values to places, in equal steps of colour, and back.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    pub scale: Scale,
    /// Positive; of a [`Scale::Symlog`].
    pub threshold: f64,
}

impl Axis {
    #[inline]
    pub fn place(self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear => value,
            Scale::Log if value > 0.0 => value.ln(),
            Scale::Log if value.is_nan() => value,
            Scale::Log => f64::NEG_INFINITY,
            Scale::Symlog => (value.abs() / self.threshold).ln_1p().copysign(value),
            Scale::Sqrt => value.abs().sqrt().copysign(value),
        }
    }

    pub fn value(self, place: f64) -> f64 {
        match self.scale {
            Scale::Linear => place,
            Scale::Log => place.exp(),
            Scale::Symlog => (place.abs().exp_m1() * self.threshold).copysign(place),
            Scale::Sqrt => (place * place).copysign(place),
        }
    }

    /// From 0 at `low` to 1 at `high`.
    pub fn normaliser(self, low: f64, high: f64) -> Normaliser {
        let (from, to) = (self.place(low), self.place(high));
        // Halves: the difference of two finite numbers may be infinite.
        let factor = 0.5 / (to / 2.0 - from / 2.0);
        Normaliser { axis: self, from, factor, is_point: !factor.is_finite() }
    }
}

/// A range of a scale from 0 to 1, with everything computed that does not depend on the value.
#[derive(Clone, Copy, Debug)]
pub struct Normaliser {
    axis: Axis,
    from: f64,
    factor: f64,
    is_point: bool,
}

impl Normaliser {
    /// From 0 to 1, and no further; NaN for NaN.
    #[inline]
    pub fn normalise(&self, value: f64) -> f64 {
        let place = self.axis.place(value);
        if self.is_point {
            return if place.is_nan() { place } else { 0.5 };
        }
        ((place - self.from) * self.factor).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_scale_follows_every_other() {
        let mut seen = vec![Scale::default()];
        while seen.len() < Scale::ALL.len() {
            seen.extend(seen.last().map(|scale| scale.next()));
        }
        assert_eq!(seen, Scale::ALL);
        assert_eq!(seen.last().map(|scale| scale.next()), Some(Scale::default()));
    }

    #[test]
    fn zero_is_in_the_middle_of_scales_with_two_sides() {
        for scale in [Scale::Symlog, Scale::Sqrt] {
            let normaliser = Axis { scale, threshold: 0.01 }.normaliser(-100.0, 100.0);
            assert_eq!(normaliser.normalise(0.0), 0.5);
            let (below, above) = (normaliser.normalise(-3.0), normaliser.normalise(3.0));
            assert!((below + above - 1.0).abs() < 1e-12 && above > 0.55);
        }
    }

    #[test]
    fn infinities_are_the_ends_of_every_scale() {
        for scale in Scale::ALL {
            let normaliser = Axis { scale, threshold: 1.0 }.normaliser(1.0, 100.0);
            assert_eq!(normaliser.normalise(f64::INFINITY), 1.0);
            assert_eq!(normaliser.normalise(f64::NEG_INFINITY), 0.0);
            assert!(normaliser.normalise(f64::NAN).is_nan());
        }
    }

    proptest! {
        #[test]
        fn places_and_values_are_each_others_inverse(
            value in -1e9f64..1e9, threshold in 1e-6f64..1e6, scale in 0usize..4,
        ) {
            let axis = Axis { scale: Scale::ALL[scale], threshold };
            let value = if axis.scale == Scale::Log { value.abs() + 1e-9 } else { value };
            let again = axis.value(axis.place(value));
            prop_assert!((again - value).abs() <= 1e-9 * (value.abs() + threshold));
        }
    }
}
