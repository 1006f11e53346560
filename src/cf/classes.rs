//! The named classes that a variable of codes falls into (CF 3.5), one set of them for each
//! question that its bits answer. From metadata alone.

use hyperslab_core::{Dtype, Variable};

use super::attributes;
use super::flags::{Condition, Flags};

/// Classes that exclude each other: what is drawn in as many colours.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Classes {
    /// Of the question, where a variable answers several: `cloud`, `bits 2–3`.
    pub name: String,
    pub classes: Vec<Class>,
    rule: Rule,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Class {
    pub name: String,
    /// The file says so.
    pub color: Option<[u8; 3]>,
    /// The code, where there is one.
    pub code: Option<i128>,
    pub kind: ClassKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClassKind {
    Named,
    /// No condition holds.
    None,
    /// Several conditions hold.
    Several,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Rule {
    /// The class of a code in these bits, by code.
    Codes { mask: i128, places: Vec<(i128, usize)> },
    /// 0: none of these masks has a bit, 1 + k: only mask k, then: several.
    Conditions { masks: Vec<i128> },
}

/// More bits at a time are no classes.
const BITS_AT_ONCE: u32 = 4;

impl Classes {
    /// What can be asked of a variable's codes: all conditions of a bit field together, then each
    /// for itself; nothing where codes only mark exceptions among numbers.
    pub fn of(variable: &Variable, flags: &Flags) -> Vec<Self> {
        let conditions = flags.conditions();
        let is_exclusive = flags.is_exclusive();
        if is_exclusive && conditions.len() < 2 && !matches!(variable.dtype, Dtype::Enum(_)) {
            return Vec::new();
        }
        let mut found = Vec::new();
        let bits: Vec<&Condition> = conditions.iter().filter(|c| c.any_bit).collect();
        if bits.len() > 1 {
            found.push(all_conditions(&bits));
        }
        let mut masks: Vec<i128> = Vec::new();
        // Members of an enum come in the order of their names.
        let mut conditions: Vec<&Condition> = conditions.iter().collect();
        if matches!(variable.dtype, Dtype::Enum(_)) {
            conditions.sort_by_key(|condition| condition.wanted);
        }
        for &condition in &conditions {
            if condition.any_bit {
                found.push(one_condition(condition));
            } else if !masks.contains(&condition.mask) {
                masks.push(condition.mask);
                let alike: Vec<&Condition> =
                    conditions.iter().copied().filter(|c| c.mask == condition.mask).collect();
                found.push(codes(condition.mask, &alike, is_exclusive));
            }
        }
        if let [only] = found.as_mut_slice() {
            only.add_colors(variable);
        }
        found
    }

    /// Of several questions the one to begin with: that with most answers, the first of equals.
    pub fn most_telling(questions: &[Self]) -> Option<usize> {
        let places = 0..questions.len();
        places.rev().max_by_key(|&place| questions.get(place).map(|q| q.classes.len()))
    }

    /// The bits from `first` to `last` of an integer as numbers; at most four at a time.
    pub fn of_bits(variable: &Variable, first: u32, last: u32) -> Option<Self> {
        let count = last.checked_sub(first)?.checked_add(1)?;
        let width = 8 * u32::try_from(variable.dtype.element_bytes()).ok()?;
        if count > BITS_AT_ONCE || last >= width || !is_integer(&variable.dtype) {
            return None;
        }
        let classes = (0..1i128 << count).map(|code| Class {
            name: code.to_string(),
            color: None,
            code: Some(code),
            kind: ClassKind::Named,
        });
        let places = (0..1usize << count).map(|code| ((code as i128) << first, code));
        let mask = ((1i128 << count) - 1) << first;
        let (name, places) = (bits_name(mask), places.collect());
        Some(Self { name, classes: classes.collect(), rule: Rule::Codes { mask, places } })
    }

    /// The place in [`Self::classes`] of a whole number; `None` for a code without a name.
    pub fn class_of(&self, value: f64) -> Option<usize> {
        let code = (value.fract() == 0.0 && value.abs() < 1e18).then_some(value as i128)?;
        match &self.rule {
            Rule::Codes { mask, places } => {
                let code = code & mask;
                let found = places.binary_search_by_key(&code, |(code, _)| *code).ok()?;
                places.get(found).map(|(_, place)| *place)
            }
            Rule::Conditions { masks } => {
                let mut holding = (0..).zip(masks).filter(|(_, mask)| code & **mask != 0);
                match (holding.next(), holding.next()) {
                    (None, _) => Some(0),
                    (Some((place, _)), None) => Some(1 + place),
                    _ => Some(1 + masks.len()),
                }
            }
        }
    }

    /// `flag_colors`, as land cover products have it: `#rrggbb` for each class.
    fn add_colors(&mut self, variable: &Variable) {
        let named = ["flag_colors", "flag_colours"];
        let Some(text) = attributes::first_text(variable, &named) else { return };
        let colors: Option<Vec<[u8; 3]>> = text
            .split([' ', ','])
            .filter(|word| !word.is_empty())
            .map(|word| {
                let digits = word.strip_prefix('#')?;
                let number = u32::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 6)?;
                let [_, r, g, b] = number.to_be_bytes();
                Some([r, g, b])
            })
            .collect();
        for (class, color) in self.classes.iter_mut().zip(colors.unwrap_or_default()) {
            class.color = Some(color);
        }
    }
}

/// Integers without meanings may still be fields of bits.
pub fn is_integer(dtype: &Dtype) -> bool {
    matches!(dtype, Dtype::Int { .. } | Dtype::Bitfield { .. }) && dtype.element_bytes() <= 8
}

fn class(name: &str, code: Option<i128>) -> Class {
    Class { name: name.to_owned(), color: None, code, kind: ClassKind::Named }
}

fn all_conditions(conditions: &[&Condition]) -> Classes {
    let none = Class { kind: ClassKind::None, ..class("none", Some(0)) };
    let each = conditions.iter().map(|c| class(&c.meaning, Some(c.mask)));
    let several = Class { kind: ClassKind::Several, ..class("several", None) };
    Classes {
        name: "all conditions".into(),
        classes: std::iter::once(none).chain(each).chain([several]).collect(),
        rule: Rule::Conditions { masks: conditions.iter().map(|c| c.mask).collect() },
    }
}

fn one_condition(condition: &Condition) -> Classes {
    let none =
        Class { kind: ClassKind::None, ..class(&format!("not {}", condition.meaning), None) };
    Classes {
        name: condition.meaning.clone(),
        classes: vec![none, class(&condition.meaning, None)],
        rule: Rule::Conditions { masks: vec![condition.mask] },
    }
}

fn codes(mask: i128, conditions: &[&Condition], is_exclusive: bool) -> Classes {
    let mut classes: Vec<Class> =
        conditions.iter().map(|c| class(&c.meaning, Some(c.wanted))).collect();
    let mut places: Vec<(i128, usize)> =
        conditions.iter().enumerate().map(|(place, c)| (c.wanted, place)).collect();
    // A bit whose meaning is told for 1 only.
    if let [only] = conditions
        && !is_exclusive
        && only.wanted != 0
    {
        places.push((0, 1));
        classes.push(Class {
            kind: ClassKind::None,
            ..class(&format!("not {}", only.meaning), Some(0))
        });
    }
    let name = match conditions {
        [only] => only.meaning.clone(),
        _ if is_exclusive => String::new(),
        _ => bits_name(mask),
    };
    // Of codes told twice the first.
    places.sort_by_key(|(code, place)| (*code, *place));
    places.dedup_by_key(|(code, _)| *code);
    Classes { name, classes, rule: Rule::Codes { mask, places } }
}

fn bits_name(mask: i128) -> String {
    let first = mask.trailing_zeros();
    let last = 127u32.saturating_sub(mask.leading_zeros());
    if first == last { format!("bit {first}") } else { format!("bits {first}–{last}") }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn classes(variable: &Variable) -> Vec<Classes> {
        Classes::of(variable, &Flags::of(variable).unwrap())
    }

    fn names(classes: &Classes) -> Vec<&str> {
        classes.classes.iter().map(|class| class.name.as_str()).collect()
    }

    fn at(classes: &Classes, value: f64) -> Option<&str> {
        classes.class_of(value).map(|place| classes.classes[place].name.as_str())
    }

    #[test]
    fn codes_are_one_set_of_classes() {
        let v = int("qc", 1, &[4])
            .with_numbers("flag_values", vec![0i8, 1, -1])
            .with("flag_meanings", "good bad lost")
            .with("flag_colors", "#00ff00 #FF0000 #102030");
        let found = classes(&v);
        assert_eq!((found.len(), names(&found[0])), (1, vec!["good", "bad", "lost"]));
        assert_eq!(at(&found[0], -1.0), Some("lost"));
        assert_eq!(
            (at(&found[0], 7.0), at(&found[0], 0.5), at(&found[0], f64::NAN)),
            (None, None, None)
        );
        assert_eq!(found[0].classes[2].color, Some([16, 32, 48]));
    }

    #[test]
    fn conditions_are_looked_at_together_and_one_by_one() {
        let v = int("qc", 1, &[4])
            .with_numbers("flag_masks", vec![1i8, 2, -128])
            .with("flag_meanings", "cloud snow sea");
        let found = classes(&v);
        let all = ["all conditions", "cloud", "snow", "sea"];
        assert_eq!(found.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), all);
        assert_eq!(names(&found[0]), ["none", "cloud", "snow", "sea", "several"]);
        for (value, class) in [(0.0, "none"), (2.0, "snow"), (-128.0, "sea"), (3.0, "several")] {
            assert_eq!(at(&found[0], value), Some(class));
        }
        assert_eq!((at(&found[1], 3.0), at(&found[1], 2.0)), (Some("cloud"), Some("not cloud")));
    }

    #[test]
    fn fields_of_several_bits_have_classes_of_their_own() {
        // CF example 3.8; the last two bits are those of a cloud mask.
        let v = int("qc", 1, &[4])
            .with_numbers("flag_masks", vec![1i8, 12, 12, 12])
            .with_numbers("flag_values", vec![1i8, 4, 8, 12])
            .with("flag_meanings", "low_battery offline calibration maintenance");
        let found = classes(&v);
        assert_eq!(names(&found[0]), ["low battery", "not low battery"]);
        assert_eq!(found[1].name, "bits 2–3");
        assert_eq!(Classes::most_telling(&found), Some(1));
        assert_eq!(at(&found[1], f64::from(0b1001)), Some("calibration"));
        assert_eq!((at(&found[0], 6.0), at(&found[1], 1.0)), (Some("not low battery"), None));
    }

    #[test]
    fn members_of_an_enum_are_classes_by_their_codes() {
        let members = vec![("Clear".into(), 2), ("Rain".into(), 0), ("Lost".into(), 255)];
        let base = Dtype::uint(1, hyperslab_core::ByteOrder::Little);
        let dtype = hyperslab_core::dtype::EnumType { name: None, base, members };
        let v = variable("cloud", Dtype::Enum(std::sync::Arc::new(dtype)), &[5]);
        assert_eq!(names(&classes(&v)[0]), ["Rain", "Clear", "Lost"]);
    }

    #[test]
    fn a_code_for_an_exception_makes_no_classes_of_numbers() {
        let v = int("face_links", 4, &[4])
            .with_numbers("flag_values", vec![-1i32])
            .with("flag_meanings", "out_of_mesh");
        assert!(classes(&v).is_empty());
    }

    #[test]
    fn bits_without_names_are_numbers() {
        let v = int("Cloud_Mask", 1, &[4]);
        let found = Classes::of_bits(&v, 1, 2).unwrap();
        assert_eq!((found.name.as_str(), names(&found)), ("bits 1–2", vec!["0", "1", "2", "3"]));
        assert_eq!((at(&found, 0b110 as f64), at(&found, -1.0)), (Some("3"), Some("3")));
        assert_eq!(Classes::of_bits(&v, 0, 7), None);
        assert_eq!(Classes::of_bits(&v, 7, 8), None);
        assert_eq!(Classes::of_bits(&v, 2, 1), None);
        assert_eq!(Classes::of_bits(&float("t", &[4]), 0, 0), None);
    }
}
