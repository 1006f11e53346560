//! A dataset with its names looked up, and attributes as conventions read them.

use hyperslab_core::{
    Array, Attribute, Buffer, Dataset, Group, GroupId, Link, Variable, VariableId,
};

use super::Place;
use crate::places::Places;

pub struct Tree<'a> {
    pub dataset: &'a Dataset,
    places: Places<'a>,
}

impl<'a> Tree<'a> {
    pub fn of(dataset: &'a Dataset) -> Self {
        Self { dataset, places: Places::of(dataset) }
    }

    pub fn root(&self) -> Option<&'a Group> {
        self.dataset.group(GroupId::ROOT)
    }

    pub fn group(&self, id: GroupId) -> Option<&'a Group> {
        self.dataset.group(id)
    }

    pub fn variable(&self, id: VariableId) -> Option<&'a Variable> {
        self.dataset.variable(id)
    }

    pub fn groups(&self) -> impl Iterator<Item = (GroupId, &'a Group)> + use<'a> {
        (0u32..).map(GroupId).zip(&self.dataset.groups)
    }

    pub fn variables(&self) -> impl Iterator<Item = (VariableId, &'a Variable)> + use<'a> {
        (0u32..).map(VariableId).zip(&self.dataset.variables)
    }

    /// What a path means, seen from a group; soft links are followed.
    pub fn find(&self, from: GroupId, path: &str) -> Option<Place> {
        self.places.resolve(path, from)
    }

    pub fn find_variable(&self, from: GroupId, path: &str) -> Option<VariableId> {
        match self.find(from, path)? {
            Place::Variable(id) => Some(id),
            _ => None,
        }
    }

    /// The link of this name in a group, itself.
    pub fn find_link(&self, from: GroupId, name: &str) -> Option<(Place, &'a Link)> {
        let place = self.places.find(name, from)?;
        let Place::Link(group, at) = place else { return None };
        Some((place, crate::places::link_at(self.dataset, group, at)?))
    }

    pub fn find_group(&self, from: GroupId, path: &str) -> Option<GroupId> {
        match self.find(from, path)? {
            Place::Group(id) => Some(id),
            _ => None,
        }
    }
}

/// Attributes of a group or a variable.
pub trait Attributes {
    fn list(&self) -> &[Attribute];

    fn get(&self, name: &str) -> Option<&Attribute> {
        self.list().iter().find(|attribute| attribute.name == name)
    }

    /// One text, also where it is the only element of an array.
    fn text_of(&self, name: &str) -> Option<String> {
        let value = &self.get(name)?.value;
        if let Some(text) = value.as_text() {
            return Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        }
        match texts(&value.values)?.as_slice() {
            [one] => Some(one.clone()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// All texts; one of several words is one.
    fn texts_of(&self, name: &str) -> Option<Vec<String>> {
        let value = &self.get(name)?.value;
        match value.as_text() {
            Some(text) => Some(vec![text.trim().to_owned()]),
            None => texts(&value.values),
        }
    }

    /// The first number, also where it is written as text.
    fn number_of(&self, name: &str) -> Option<f64> {
        let value = &self.get(name)?.value;
        let number = value.first_number().map(|number| number.as_f64());
        number
            .or_else(|| self.text_of(name)?.parse().ok())
            .filter(|number: &f64| number.is_finite())
    }

    fn numbers_of(&self, name: &str) -> Option<Vec<f64>> {
        numbers(&self.get(name)?.value)
    }

    fn is(&self, name: &str, wanted: &str) -> bool {
        self.text_of(name).is_some_and(|text| text == wanted)
    }
}

impl Attributes for Group {
    fn list(&self) -> &[Attribute] {
        &self.attributes
    }
}

impl Attributes for Variable {
    fn list(&self) -> &[Attribute] {
        &self.attributes
    }
}

/// All numbers of a value, also where they are written as texts.
pub fn numbers(value: &Array) -> Option<Vec<f64>> {
    value.values.to_f64().or_else(|| {
        let texts = match value.as_text() {
            Some(text) => vec![text.into_owned()],
            None => texts(&value.values)?,
        };
        texts.iter().map(|text| text.trim().parse().ok()).collect()
    })
}

/// The elements of a buffer of texts, without padding.
pub fn texts(values: &Buffer) -> Option<Vec<String>> {
    let plain = |bytes: &[u8]| {
        String::from_utf8_lossy(hyperslab_core::array::trim_nul(bytes)).trim().to_owned()
    };
    match values {
        Buffer::FixedText { len, bytes } if *len > 0 => {
            Some(bytes.chunks_exact(*len).map(plain).collect())
        }
        Buffer::FixedText { .. } => Some(Vec::new()),
        Buffer::Text(texts) => Some(texts.iter().map(|text| plain(text)).collect()),
        _ => None,
    }
}

/// Groups as they are called with numbers counted: `dataset2` before `dataset10`.
pub fn natural_key(name: &str) -> (String, u64) {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = name.get(stem.len()..).unwrap_or_default();
    (stem.to_owned(), number.parse().unwrap_or(0))
}

/// `x` in `1 234 567 x`, for notes.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}
