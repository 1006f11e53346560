//! What the codes of a variable mean (CF 3.5), and the members of an enum type.

use hyperslab_core::array::Number;
use hyperslab_core::{Dtype, Variable};

use super::attributes;

/// Codes and conditions in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Flags {
    conditions: Vec<Condition>,
    /// The bits of a stored value: signed and unsigned writings of a code are the same.
    bits: i128,
}

/// It holds where `value & mask == wanted`.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    pub mask: i128,
    pub wanted: i128,
    pub meaning: String,
    /// Any bit of the mask will do: `flag_masks` without `flag_values`.
    pub(super) any_bit: bool,
}

impl Flags {
    /// `flag_values`, `flag_masks` and `flag_meanings`, or an enum's members; `None` where there
    /// are none or they make no sense together.
    pub fn of(variable: &Variable) -> Option<Self> {
        let bits = match variable.dtype.element_bytes() {
            bytes @ 1..=8 => (1i128 << (8 * bytes)) - 1,
            _ => return None,
        };
        let conditions = match &variable.dtype {
            Dtype::Enum(t) => t
                .members
                .iter()
                .map(|(name, value)| Condition {
                    mask: bits,
                    wanted: value & bits,
                    meaning: name.clone(),
                    any_bit: false,
                })
                .collect(),
            dtype if dtype.is_numeric() => declared(variable, bits)?,
            _ => return None,
        };
        Some(Self { conditions, bits })
    }

    /// False and true, as a convention says of a variable that does not.
    pub(super) fn logical(dtype: &Dtype) -> Option<Self> {
        let bits = match dtype.element_bytes() {
            bytes @ 1..=8 if dtype.is_numeric() => (1i128 << (8 * bytes)) - 1,
            _ => return None,
        };
        let condition = |(wanted, meaning): (i128, &str)| Condition {
            mask: bits,
            wanted,
            meaning: meaning.to_owned(),
            any_bit: false,
        };
        let conditions = [(0, "false"), (1, "true")].map(condition).to_vec();
        Some(Self { conditions, bits })
    }

    /// `cloud`, or `cloud | snow` where several conditions hold; `None` for an unknown code.
    pub fn label(&self, value: Number) -> Option<String> {
        let value = match value {
            Number::Int(value) => value,
            other => Some(other.as_f64()).filter(|v| v.fract() == 0.0 && v.abs() < 1e18)? as i128,
        } & self.bits;
        let holding: Vec<&str> = self
            .conditions
            .iter()
            .filter(|condition| condition.holds(value))
            .map(|condition| condition.meaning.as_str())
            .collect();
        let only_masks = self.conditions.iter().all(|condition| condition.any_bit);
        match holding.as_slice() {
            [] if only_masks && value == 0 => Some("none".into()),
            [] => None,
            _ => Some(holding.join(" | ")),
        }
    }

    /// The places of the conditions that hold for a stored code, as bits; of the first 64.
    pub fn holding(&self, code: i128) -> u64 {
        let places = self.conditions.iter().take(64).enumerate();
        let holding = places.filter(|(_, condition)| condition.holds(code & self.bits));
        holding.fold(0, |found, (place, _)| found | 1 << place)
    }

    /// In the order of the file, for a legend.
    pub fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// Every code excludes the others: a category, not a field of bits.
    pub fn is_exclusive(&self) -> bool {
        self.conditions.iter().all(|condition| condition.mask == self.bits)
    }
}

impl Condition {
    fn holds(&self, value: i128) -> bool {
        if self.any_bit { value & self.mask != 0 } else { value & self.mask == self.wanted }
    }
}

fn declared(variable: &Variable, bits: i128) -> Option<Vec<Condition>> {
    let values = codes(variable, "flag_values");
    let masks = codes(variable, "flag_masks");
    let count = values.as_ref().or(masks.as_ref())?.len();
    let meanings = meanings(variable, count);
    let conditions = meanings.into_iter().take(count).enumerate().map(|(i, meaning)| {
        let mask = masks.as_ref().and_then(|masks| masks.get(i).copied());
        let value = values.as_ref().and_then(|values| values.get(i).copied());
        Condition {
            mask: mask.unwrap_or(bits) & bits,
            wanted: value.or(mask).unwrap_or(0) & bits,
            meaning,
            any_bit: values.is_none(),
        }
    });
    Some(conditions.collect::<Vec<_>>()).filter(|conditions| !conditions.is_empty())
}

/// Words with blanks for their underscores; some writers separate them by commas.
fn meanings(variable: &Variable, count: usize) -> Vec<String> {
    let text = attributes::text(variable, "flag_meanings").unwrap_or_default();
    let by_comma: Vec<&str> = text.split(',').map(str::trim).filter(|s| !s.is_empty()).collect();
    let words = if count > 1 && by_comma.len() == count {
        by_comma
    } else {
        text.split_whitespace().collect()
    };
    words.into_iter().map(|word| word.trim_end_matches(',').replace('_', " ")).collect()
}

/// Whole numbers of an attribute; some writers give them as text: `0b, 1b, 2b`.
fn codes(variable: &Variable, name: &str) -> Option<Vec<i128>> {
    let value = &variable.attribute(name)?.value;
    let whole = |number: Number| match number {
        Number::Int(value) => Some(value),
        other => {
            Some(other.as_f64()).filter(|v| v.fract() == 0.0 && v.abs() < 1e18).map(|v| v as i128)
        }
    };
    let codes: Option<Vec<i128>> = match attributes::numbers(value) {
        Some(numbers) => numbers.into_iter().map(whole).collect(),
        None => attributes::text_of(value)?
            .split([',', ' '])
            .filter(|word| !word.is_empty())
            .map(|word| word.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse().ok())
            .collect(),
    };
    codes.filter(|codes| !codes.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use hyperslab_core::ByteOrder;
    use hyperslab_core::dtype::EnumType;
    use std::sync::Arc;

    fn label(flags: &Flags, value: i128) -> Option<String> {
        flags.label(Number::Int(value))
    }

    #[test]
    fn a_code_has_its_meaning() {
        let v = int("qc", 1, &[4])
            .with_numbers("flag_values", vec![0i8, 1, 2])
            .with("flag_meanings", "quality_good  sensor_broken\n outside_valid_range");
        let flags = Flags::of(&v).unwrap();
        assert_eq!(label(&flags, 1).unwrap(), "sensor broken");
        assert_eq!(flags.label(Number::F32(2.0)).unwrap(), "outside valid range");
        assert_eq!(label(&flags, 3), None);
        assert_eq!(flags.label(Number::F64(f64::NAN)), None);
        assert!(flags.is_exclusive());
    }

    #[test]
    fn conditions_of_a_bit_field_are_listed_together() {
        let v = int("qc", 1, &[4])
            .with_numbers("flag_masks", vec![1i8, 2, -128])
            .with("flag_meanings", "low_battery processor_fault disk_fault");
        let flags = Flags::of(&v).unwrap();
        assert_eq!(label(&flags, 3).unwrap(), "low battery | processor fault");
        assert_eq!(label(&flags, -128).unwrap(), "disk fault");
        assert_eq!(label(&flags, 128).unwrap(), "disk fault");
        assert_eq!(label(&flags, 0).unwrap(), "none");
        assert_eq!(label(&flags, 4), None);
    }

    #[test]
    fn masks_and_values_blend_conditions_and_codes() {
        // CF example 3.8.
        let v = int("qc", 1, &[4])
            .with_numbers("flag_masks", vec![1i8, 2, 12, 12, 12])
            .with_numbers("flag_values", vec![1i8, 2, 4, 8, 12])
            .with("flag_meanings", "low_battery fault offline calibration maintenance");
        let flags = Flags::of(&v).unwrap();
        assert_eq!(label(&flags, 0b1001).unwrap(), "low battery | calibration");
        assert_eq!(label(&flags, 0b1100).unwrap(), "maintenance");
        assert_eq!(flags.holding(0b1001), 0b1001);
        assert_eq!(flags.holding(0b1100), 0b10000);
        assert!(!flags.is_exclusive());
    }

    #[test]
    fn flags_written_loosely_are_read_and_broken_ones_are_not() {
        let v = int("qc", 2, &[4])
            .with("flag_values", "0b, 1b, 2b")
            .with("flag_meanings", "clear sky, partly cloudy, overcast");
        assert_eq!(label(&Flags::of(&v).unwrap(), 1).unwrap(), "partly cloudy");
        let fewer = int("qc", 2, &[4])
            .with_numbers("flag_values", vec![0i16, 1, 2])
            .with("flag_meanings", "clear cloudy");
        assert_eq!(label(&Flags::of(&fewer).unwrap(), 2), None);
        assert_eq!(Flags::of(&int("qc", 2, &[4]).with("flag_meanings", "a b")), None);
        assert_eq!(Flags::of(&int("qc", 2, &[4]).with("flag_values", "a b")), None);
        let nothing = int("qc", 2, &[4]).with_numbers("flag_values", vec![1i16]);
        assert_eq!(Flags::of(&nothing), None);
    }

    #[test]
    fn an_enum_member_has_its_name() {
        let members = vec![("Clear".into(), 0), ("Missing".into(), 255)];
        let base = Dtype::uint(1, ByteOrder::Little);
        let dtype = Dtype::Enum(Arc::new(EnumType { name: None, base, members }));
        let flags = Flags::of(&variable("cloud", dtype, &[5])).unwrap();
        assert_eq!(label(&flags, 255).unwrap(), "Missing");
        assert_eq!(label(&flags, 7), None);
    }
}
