//! What is not shown of a variable because another one (or its own value) says so.

use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

/// Hides values where the variable at a path meets a condition.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Mask {
    /// The absolute path, in the file of what is masked; its own for a range of its values.
    pub variable: String,
    /// The index along an axis that only the mask has: the byte of a field of bits.
    #[serde(default)]
    pub at: u64,
    pub hides: Condition,
}

/// Where it holds nothing is shown. Numbers are decoded ones; of classes and bits the stored
/// codes count. What is missing in the mask hides only where a condition says so.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Condition {
    AtLeast(f64),
    AtMost(f64),
    /// Below the first or above the second.
    Outside(f64, f64),
    /// Classes by their place in the file's list, as bits.
    Classes(u64),
    /// All but these classes, what is missing and what has no class included.
    NotClasses(u64),
    /// The bits of the first number, taken alone, are the second: bits 1-2 are 0.
    Bits(u64, u64),
    /// One of these bits is set.
    AnyBit(u64),
    Missing,
}

impl Condition {
    /// Whether a number hides; for conditions on numbers.
    pub fn holds(self, value: f64) -> bool {
        match self {
            Self::AtLeast(low) => value >= low,
            Self::AtMost(high) => value <= high,
            Self::Outside(low, high) => value < low || value > high,
            Self::Missing => value.is_nan(),
            _ => false,
        }
    }

    /// It is about stored codes rather than decoded numbers.
    pub fn is_about_codes(self) -> bool {
        matches!(self, Self::Classes(_) | Self::NotClasses(_) | Self::Bits(..) | Self::AnyBit(_))
    }

    fn key(self) -> (u8, u64, u64) {
        match self {
            Self::AtLeast(low) => (0, low.to_bits(), 0),
            Self::AtMost(high) => (1, high.to_bits(), 0),
            Self::Outside(low, high) => (2, low.to_bits(), high.to_bits()),
            Self::Classes(classes) => (3, classes, 0),
            Self::NotClasses(classes) => (4, classes, 0),
            Self::Bits(mask, wanted) => (5, mask, wanted),
            Self::AnyBit(mask) => (6, mask, 0),
            Self::Missing => (7, 0, 0),
        }
    }
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Condition {}

impl Hash for Condition {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_number_hides_only_where_that_is_asked_for() {
        for condition in [
            Condition::AtLeast(2.0),
            Condition::AtMost(2.0),
            Condition::Outside(0.0, 1.0),
            Condition::Classes(1),
        ] {
            assert!(!condition.holds(f64::NAN), "{condition:?}");
        }
        assert!(Condition::Missing.holds(f64::NAN));
        assert!(Condition::AtLeast(2.0).holds(2.0) && !Condition::AtMost(2.0).holds(2.5));
        assert!(Condition::Outside(0.0, 1.0).holds(-0.5));
        assert!(!Condition::Outside(0.0, 1.0).holds(1.0));
    }

    #[test]
    fn a_mask_survives_being_saved() {
        let mask = Mask { variable: "/DQF".into(), at: 0, hides: Condition::NotClasses(1) };
        let text = serde_json::to_string(&mask).unwrap();
        assert_eq!(serde_json::from_str::<Mask>(&text).unwrap(), mask);
    }
}
