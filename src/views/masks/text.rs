//! Masks in words.

use hyperslab_core::Dataset;

use crate::cf::{CfDataset, Flags};
use crate::prep::table::{NumberFormat, format_number};
use crate::session::{Condition, Mask};
use crate::views::data::variable_at;

/// Classes that are named before the others are only counted.
const NAMES_MAX: usize = 2;

/// What is hidden: `quality_flag ≥ 2`, `DQF not good quality`; `own` is the path of what is
/// masked.
pub fn mask_text(dataset: &Dataset, meaning: &CfDataset, own: &str, mask: &Mask) -> String {
    let id = variable_at(dataset, &mask.variable);
    let flags = id.and_then(|id| meaning.variable(dataset, id)).and_then(|cf| cf.flags());
    let name = match mask.variable == own {
        true => "values",
        false => mask.variable.rsplit('/').next().unwrap_or_default(),
    };
    let byte = if mask.at > 0 { format!("[{}]", mask.at) } else { String::new() };
    format!("{name}{byte} {}", condition_text(mask.hides, flags.as_ref()))
}

fn condition_text(condition: Condition, flags: Option<&Flags>) -> String {
    match condition {
        Condition::AtLeast(low) => format!("≥ {}", number(low)),
        Condition::AtMost(high) => format!("≤ {}", number(high)),
        Condition::Outside(low, high) => format!("outside {} to {}", number(low), number(high)),
        Condition::Classes(classes) => names(flags, classes),
        Condition::NotClasses(classes) => format!("not {}", names(flags, classes)),
        Condition::Bits(mask, wanted) => {
            let shift = mask.trailing_zeros().min(63);
            format!("{} = {}", bits_text(mask), wanted >> shift)
        }
        Condition::AnyBit(mask) => format!("{} set", bits_text(mask)),
        Condition::Missing => "missing".into(),
    }
}

fn number(value: f64) -> String {
    format_number(hyperslab_core::array::Number::F64(value), NumberFormat::Auto)
}

fn names(flags: Option<&Flags>, classes: u64) -> String {
    let conditions = flags.map(Flags::conditions).unwrap_or_default();
    let chosen = conditions.iter().take(64).enumerate().filter(|(k, _)| classes >> k & 1 == 1);
    let names: Vec<&str> = chosen.map(|(_, condition)| condition.meaning.as_str()).collect();
    let shown = names.iter().take(NAMES_MAX).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMES_MAX) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn bits_text(mask: u64) -> String {
    let (first, last) = (mask.trailing_zeros(), 63u32.saturating_sub(mask.leading_zeros()));
    if first >= last { format!("bit {last}") } else { format!("bits {first}-{last}") }
}

/// The classes that stand for good data, where names say so: their places as bits.
pub fn good_classes(flags: &Flags) -> Option<u64> {
    const GOOD: [&str; 6] = ["good", "valid", "ok", "best", "nominal", "usable"];
    const BAD: [&str; 5] = ["not", "no", "bad", "less", "questionable"];
    let is_good = |meaning: &str| {
        let words: Vec<String> =
            meaning.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect();
        let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        has(&GOOD) && !has(&BAD)
    };
    let places = flags.conditions().iter().take(64).enumerate();
    let good = places.filter(|(_, condition)| is_good(&condition.meaning));
    let bits = good.fold(0, |bits, (place, _)| bits | 1 << place);
    (bits != 0 && flags.is_exclusive()).then_some(bits)
}

#[cfg(test)]
mod tests {
    use hyperslab_core::VariableId;
    use hyperslab_testkit::bytes::{F32, I8, cdf1};

    use super::*;
    use crate::views::data::testing::opened;

    #[test]
    fn a_mask_is_said_in_words() {
        let file = cdf1()
            .dim("x", 3)
            .var("v", F32, &["x"])
            .var("qf", I8, &["x"])
            .attr("flag_values", vec![0i8, 1, 2, 3])
            .attr("flag_meanings", "good_quality not_good cloud snow")
            .values(vec![0i8, 1, 2]);
        let opened = opened(&file);
        let text = |variable: &str, at, hides| {
            let mask = Mask { variable: variable.into(), at, hides };
            mask_text(&opened.dataset, &opened.meaning, "/v", &mask)
        };
        assert_eq!(text("/qf", 0, Condition::AtLeast(2.0)), "qf ≥ 2");
        assert_eq!(text("/qf", 0, Condition::NotClasses(1)), "qf not good quality");
        assert_eq!(text("/qf", 0, Condition::Classes(0b1110)), "qf not good, cloud and 1 more");
        assert_eq!(text("/v", 0, Condition::Outside(0.1, 2.5)), "values outside 0.1 to 2.5");
        assert_eq!(text("/qf", 2, Condition::Bits(0b110, 0b10)), "qf[2] bits 1-2 = 1");
        assert_eq!(text("/qf", 0, Condition::AnyBit(0b1000)), "qf bit 3 set");
        assert_eq!(text("/gone", 0, Condition::Missing), "gone missing");
        let cf = opened.meaning.variable(&opened.dataset, VariableId(1)).unwrap();
        assert_eq!(good_classes(&cf.flags().unwrap()), Some(1));
    }
}
