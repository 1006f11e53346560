//! Records as rows of a table: the text of a cell, which rows match a filter, their order.

use std::cmp::Ordering;

use hyperslab_core::{RecordKeys, RecordValue};

/// How a value is written in a cell.
pub fn text_of(value: &RecordValue) -> String {
    match value {
        RecordValue::Integer(value) => value.to_string(),
        RecordValue::Real(value) => value.to_string(),
        RecordValue::Text(text) => text.clone(),
        RecordValue::Bool(true) => "yes".into(),
        RecordValue::Bool(false) => "no".into(),
    }
}

/// Words that must all be met: `t` (in any cell), `level=850`, `level>500`, `shortName=u,v`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    words: Vec<Word>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Word {
    /// Lower case, in any cell.
    Anywhere(String),
    Key {
        key: String,
        test: Test,
        wanted: Vec<String>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Test {
    Is,
    IsNot,
    Less,
    LessOrIs,
    More,
    MoreOrIs,
}

/// The longer ones first: `>=` begins with `>`.
const TESTS: [(&str, Test); 6] = [
    ("!=", Test::IsNot),
    ("<=", Test::LessOrIs),
    (">=", Test::MoreOrIs),
    ("=", Test::Is),
    ("<", Test::Less),
    (">", Test::More),
];

impl Filter {
    pub fn parse(text: &str) -> Self {
        let words = text.split_whitespace().map(|word| {
            let found =
                TESTS.iter().filter_map(|&(sign, test)| Some((word.find(sign)?, sign, test)));
            match found.min_by_key(|(at, sign, _)| (*at, std::cmp::Reverse(sign.len()))) {
                Some((at, sign, test)) if at > 0 => Word::Key {
                    key: word[..at].to_lowercase(),
                    test,
                    wanted: word[at + sign.len()..].split(',').map(str::to_lowercase).collect(),
                },
                _ => Word::Anywhere(word.to_lowercase()),
            }
        });
        Self { words: words.collect() }
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    pub fn is_met(&self, keys: &RecordKeys) -> bool {
        self.words.iter().all(|word| word.is_met(keys))
    }
}

impl Word {
    fn is_met(&self, keys: &RecordKeys) -> bool {
        match self {
            Self::Anywhere(text) => {
                keys.iter().any(|(_, value)| text_of(value).to_lowercase().contains(text.as_str()))
            }
            Self::Key { key, test, wanted } => {
                let found = keys.iter().find(|(name, _)| name.to_lowercase() == *key);
                let Some((_, value)) = found else { return *test == Test::IsNot };
                let text = text_of(value).to_lowercase();
                let compared = |wanted: &String| compare_texts(&text, wanted);
                match test {
                    Test::Is => wanted.iter().any(|wanted| compared(wanted).is_eq()),
                    Test::IsNot => wanted.iter().all(|wanted| compared(wanted).is_ne()),
                    Test::Less => wanted.iter().all(|wanted| compared(wanted).is_lt()),
                    Test::LessOrIs => wanted.iter().all(|wanted| compared(wanted).is_le()),
                    Test::More => wanted.iter().all(|wanted| compared(wanted).is_gt()),
                    Test::MoreOrIs => wanted.iter().all(|wanted| compared(wanted).is_ge()),
                }
            }
        }
    }
}

/// As numbers where both are.
fn compare_texts(a: &str, b: &str) -> Ordering {
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => a.total_cmp(&b),
        _ => a.cmp(b),
    }
}

/// For sorting: numbers before texts, what is not there last.
pub fn compare(a: Option<&RecordValue>, b: Option<&RecordValue>) -> Ordering {
    let number = |value: &RecordValue| match value {
        RecordValue::Integer(value) => Some(*value as f64),
        RecordValue::Real(value) => Some(*value),
        RecordValue::Bool(value) => Some(f64::from(u8::from(*value))),
        // `6` and `12` in a column that also holds `0-12`: by where the range begins.
        RecordValue::Text(text) => text.split('-').next().and_then(|text| text.parse().ok()),
    };
    match (a, b) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(a), Some(b)) => match (number(a), number(b)) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => text_of(a).cmp(&text_of(b)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> RecordKeys {
        vec![
            ("shortName", RecordValue::Text("t".into())),
            ("level", RecordValue::Integer(850)),
            ("typeOfLevel", RecordValue::Text("isobaricInhPa".into())),
        ]
    }

    #[test]
    fn all_words_of_a_filter_must_be_met() {
        for (text, is_met) in [
            ("", true),
            ("iso", true),
            ("ISO t", true),
            ("shortname=t", true),
            ("shortName=u,t level=850", true),
            ("shortName!=t", false),
            ("level>500", true),
            ("level>=850 level<=850", true),
            ("level<85", false),
            ("level=850.0", true),
            ("nowhere", false),
            ("number=1", false),
            ("number!=1", true),
            ("=", false),
        ] {
            assert_eq!(Filter::parse(text).is_met(&keys()), is_met, "{text}");
        }
    }

    #[test]
    fn steps_sort_by_where_they_begin_and_what_is_missing_comes_last() {
        let mut steps: Vec<Option<RecordValue>> =
            ["12", "0-6", "6", "x"].map(|text| Some(RecordValue::Text(text.into()))).into();
        steps.insert(0, None);
        steps.sort_by(|a, b| compare(a.as_ref(), b.as_ref()));
        let texts: Vec<_> = steps.iter().map(|step| step.as_ref().map(text_of)).collect();
        let texts: Vec<_> = texts.iter().map(|text| text.as_deref().unwrap_or("-")).collect();
        assert_eq!(texts, ["0-6", "6", "12", "x", "-"]);
    }
}
