//! What the filter finds: names, and attributes with what they say.

use hyperslab_core::{Array, Variable};
use regex::{Regex, RegexBuilder};

/// Some letters, or between slashes a regular expression; case does not matter.
pub(super) struct Matcher(Option<Regex>);

/// A pattern may not take more memory than this when it is compiled.
const PATTERN_BYTES_MAX: usize = 1 << 20;

/// Of longer texts (a history, a licence) the beginning is looked into.
const TEXT_BYTES_MAX: usize = 1 << 14;

impl Matcher {
    /// # Errors
    /// What is wrong with the expression.
    pub(super) fn new(filter: &str) -> Result<Self, String> {
        if filter.is_empty() {
            return Ok(Self(None));
        }
        let inside = filter.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
        let pattern = match inside.filter(|inside| !inside.is_empty()) {
            Some(expression) => expression.to_owned(),
            None => regex::escape(filter),
        };
        let built = RegexBuilder::new(&pattern)
            .case_insensitive(true)
            .size_limit(PATTERN_BYTES_MAX)
            .build();
        match built {
            Ok(regex) => Ok(Self(Some(regex))),
            Err(error) => {
                let text = error.to_string();
                let why = text.lines().last().unwrap_or_default();
                Err(why.trim_start_matches("error: ").to_owned())
            }
        }
    }

    /// Everything is meant.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    pub(super) fn finds(&self, text: &str) -> bool {
        self.0.as_ref().is_none_or(|regex| regex.is_match(text))
    }

    /// In the name or an attribute.
    pub(super) fn finds_variable(&self, variable: &Variable) -> bool {
        self.finds(&variable.name)
            || variable
                .attributes
                .iter()
                .any(|attribute| self.finds(&attribute.name) || self.finds_value(&attribute.value))
    }

    fn finds_value(&self, value: &Array) -> bool {
        match value.as_text() {
            Some(text) => {
                let end = text.floor_char_boundary(TEXT_BYTES_MAX);
                self.finds(text.get(..end).unwrap_or_default())
            }
            None if value.len() == 1 => {
                let number = value.values.number(0);
                number.is_some_and(|number| self.finds(&number.as_f64().to_string()))
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use hyperslab_core::{Attribute, ByteOrder, Dtype, GroupId};

    use super::*;

    fn finds(filter: &str) -> bool {
        let float = Dtype::float(4, ByteOrder::Big);
        let mut variable = Variable::new("Tas_mean", GroupId::ROOT, float.clone());
        let text = Array::text("air_temperature");
        variable.attributes.push(Attribute::new("standard_name", Dtype::Char, text));
        let fill = Array::vector(vec![1e20f64].into());
        variable.attributes.push(Attribute::new("_FillValue", float, fill));
        Matcher::new(filter).unwrap().finds_variable(&variable)
    }

    #[test]
    fn names_and_attributes_are_found_by_letters_and_by_expressions() {
        for filter in ["", "tas", "AIR_TEMP", "standard_name", "_fillvalue", "100000000000"] {
            assert!(finds(filter), "{filter}");
        }
        assert!(finds("/^tas_(mean|max)$/") && finds("/air.*ture/") && !finds("/^mean/"));
        assert!(!finds("a.r") && !finds("wind"));
    }

    #[test]
    fn a_broken_or_huge_expression_says_so() {
        assert!(Matcher::new("/(/").is_err_and(|why| !why.is_empty() && !why.contains('\n')));
        assert!(Matcher::new("/(a{1000}){1000}/").is_err());
        assert!(
            Matcher::new("/").is_ok() && Matcher::new("//").is_ok() && Matcher::new("(").is_ok()
        );
    }
}
