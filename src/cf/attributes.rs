//! How attribute values are read as text, words and numbers (CF 2.6, NUG Appendix A).
//!
//! Text may be chars, a fixed-length string or a vector of strings; some writers pad it with
//! NULs. Nothing here fails: what does not fit is as good as absent.

use hyperslab_core::array::Number;
use hyperslab_core::{Array, Buffer, Variable};

/// The trimmed text of an attribute, unless there is nothing in it.
pub(super) fn text(variable: &Variable, name: &str) -> Option<String> {
    variable.attribute(name).and_then(|attribute| text_of(&attribute.value))
}

/// The first of `names` that has text.
pub(super) fn first_text(variable: &Variable, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| text(variable, name))
}

/// All text of a value, several strings joined by blanks.
pub(super) fn text_of(value: &Array) -> Option<String> {
    let joined = match &value.values {
        Buffer::Text(texts) if texts.len() > 1 => {
            let lossy: Vec<_> = texts.iter().map(|text| String::from_utf8_lossy(text)).collect();
            lossy.join(" ")
        }
        _ => value.as_text()?.into_owned(),
    };
    let trimmed = joined.trim_matches(is_padding);
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

/// A blank-separated list.
pub(super) fn words(variable: &Variable, name: &str) -> Vec<String> {
    text(variable, name).map(|text| split_words(&text)).unwrap_or_default()
}

pub(super) fn split_words(text: &str) -> Vec<String> {
    text.split(is_padding).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// All numbers of a numeric value; `None` for text and the rest.
pub(super) fn numbers(value: &Array) -> Option<Vec<Number>> {
    (0..value.len()).map(|index| value.values.number(index)).collect()
}

/// The first number of an attribute, or the one that its text is.
pub(super) fn number(variable: &Variable, name: &str) -> Option<f64> {
    let value = &variable.attribute(name)?.value;
    let first = || value.values.number(0).map(|number| number.as_f64());
    let number = match text_of(value) {
        Some(text) => text.parse().ok(),
        None => first(),
    };
    number.filter(|number: &f64| number.is_finite())
}

pub(super) fn is_padding(c: char) -> bool {
    c.is_whitespace() || c == '\0'
}

// HDF-EOS5 (Aura guidelines) and other HDF5 writers capitalise it.
const UNITS: [&str; 4] = ["units", "Units", "unit", "Unit"];

/// The `units`, or what other communities call so.
pub(super) fn units(variable: &Variable) -> Option<String> {
    first_text(variable, &UNITS)
}

/// The `standard_name` in lower case, without a modifier (CF 3.3).
pub(super) fn standard_name(variable: &Variable) -> Option<String> {
    let text = text(variable, "standard_name")?;
    text.split_whitespace().next().map(str::to_ascii_lowercase)
}

/// The modifier of the `standard_name` says so (CF appendix C).
pub(super) fn is_standard_error(variable: &Variable) -> bool {
    let name = text(variable, "standard_name").unwrap_or_default().to_ascii_lowercase();
    name.split_whitespace().nth(1) == Some("standard_error")
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn nul_padding_and_blanks_are_not_part_of_a_text() {
        let v = float("t", &[]).with("units", "degC\0 \0");
        assert_eq!(units(&v).unwrap(), "degC");
        assert_eq!(units(&float("t", &[]).with("units", " \0")), None);
    }

    #[test]
    fn a_vector_of_strings_is_a_list_of_words() {
        let texts = Buffer::Text(vec![b"lat"[..].into(), b"lon"[..].into()]);
        let v = float("t", &[]).with_value("coordinates", Array::vector(texts));
        assert_eq!(words(&v, "coordinates"), ["lat", "lon"]);
    }

    #[test]
    fn a_number_is_not_text_and_text_is_not_a_number() {
        let v = float("t", &[]).with_value("units", Array::vector(vec![1i32].into()));
        assert_eq!(units(&v), None);
        assert_eq!(numbers(&Array::text("12")), None);
    }

    #[test]
    fn a_standard_name_loses_its_modifier() {
        let v = float("q", &[]).with("standard_name", "Specific_Humidity standard_error");
        assert_eq!(standard_name(&v).unwrap(), "specific_humidity");
        assert!(is_standard_error(&v));
        assert!(!is_standard_error(&float("q", &[]).with("standard_name", "standard_error")));
    }
}
