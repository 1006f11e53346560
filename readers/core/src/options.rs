//! What a person chose about how files are read, where a format leaves a choice.

use std::collections::BTreeMap;

/// Choices by name, `format.choice`; each format says which ones it knows. Names nobody knows
/// do nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReaderOptions(BTreeMap<String, String>);

/// Set (to anything) where values are drawn as cells: a reader that fills places between the
/// values it has takes the value whose cell covers the place, and interpolates nothing.
pub const AS_CELLS: &str = "as_cells";

impl ReaderOptions {
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A choice that a format leaves to the person who reads.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// For scripts: `grib.thinned`.
    pub name: &'static str,
    /// For people, a few words.
    pub label: &'static str,
    /// A sentence on what it does.
    pub hint: &'static str,
    pub values: Values,
}

/// What can be chosen.
#[derive(Clone, Copy, Debug)]
pub enum Values {
    /// Each with its label; the first is what is done unasked.
    OneOf(&'static [(&'static str, &'static str)]),
    /// The text of a file, or of all files in a folder whose names end with `.` and the
    /// extension; unasked, that which the environment variable names.
    Text { extension: &'static str, variable: &'static str },
}
