//! One object of a file in JSON, as `info` lists it.

use hyperslab_core::dtype::Field;
use hyperslab_core::{
    Array, Attribute, Dataset, Dtype, LinkTarget, NamedType, ReadError, Result, Variable,
};
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::digest::Digest;
use super::failure::Unreadable;
use super::info::error_of;
use super::opened::{Opened, Place};
use crate::export::json::{JsonAttribute, JsonDtype, Values};
use crate::places;

#[derive(Serialize)]
pub struct JsonNode<'a> {
    path: &'a str,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    alias_of: Option<&'a str>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    dtype: Option<JsonType<'a>>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    variable: Option<JsonVariable<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<JsonLink<'a>>,
    #[serde(serialize_with = "attributes")]
    attributes: &'a [Attribute],
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<Digest>,
}

/// What a type is made of.
#[derive(Serialize)]
struct JsonType<'a> {
    dtype: JsonDtype<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<Vec<(&'a str, String)>>,
    #[serde(rename = "enum", skip_serializing_if = "Option::is_none")]
    members: Option<Members<'a>>,
}

#[derive(Serialize)]
struct JsonVariable<'a> {
    shape: Option<Vec<u64>>,
    maxshape: Option<Vec<Option<u64>>>,
    dims: Vec<Option<&'a str>>,
    chunks: Option<&'a [u64]>,
    filters: &'a [String],
    fill: Option<Fill<'a>>,
}

#[derive(Serialize)]
struct JsonLink<'a> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<u8>,
}

/// Names and numbers of an enum.
struct Members<'a>(&'a [(String, i128)]);

/// As an element where there is one.
struct Fill<'a>(&'a Dtype, &'a Array);

impl<'a> JsonNode<'a> {
    /// What is wrong with it, or with reading its values, is added to `bad`.
    pub fn of(
        path: &'a str,
        place: Place,
        opened: &'a Opened,
        digest: Option<Result<Digest>>,
        bad: &mut Unreadable,
    ) -> Self {
        let dataset = &opened.dataset;
        let mut node = Self::bare(path, "group");
        match place {
            Place::Group(id) => {
                if let Some(group) = dataset.group(id) {
                    node.alias_of = group.alias_of.as_deref();
                    node.attributes = &group.attributes;
                }
            }
            Place::Variable(id) => {
                node.kind = "variable";
                if let Some(variable) = dataset.variable(id) {
                    node.alias_of = variable.alias_of.as_deref();
                    node.dtype = Some(JsonType::of(&variable.dtype));
                    node.variable = Some(JsonVariable::of(variable, dataset));
                    node.attributes = &variable.attributes;
                }
            }
            Place::Type(group, at) => {
                node.kind = "type";
                if let Some(NamedType { dtype, attributes, alias_of, .. }) =
                    places::type_at(dataset, group, at)
                {
                    node.alias_of = alias_of.as_deref();
                    node.dtype = Some(JsonType::of(dtype));
                    node.attributes = attributes;
                }
            }
            Place::Link(group, at) => {
                node.kind = "link";
                let link = places::link_at(dataset, group, at);
                node.link = link.map(|link| JsonLink::of(&link.target));
            }
        }
        let (digest, unread) = match digest {
            Some(Ok(digest)) => (Some(digest), None),
            Some(Err(error)) => (None, Some(error)),
            None => (None, None),
        };
        node.digest = digest;
        node.error = told(error_of(opened, place), unread, &opened.name, bad);
        node
    }

    fn bare(path: &'a str, kind: &'static str) -> Self {
        Self {
            path,
            kind,
            alias_of: None,
            dtype: None,
            variable: None,
            link: None,
            attributes: &[],
            error: None,
            digest: None,
        }
    }
}

/// One line for both that may be wrong: what listing found, and what reading values did.
fn told(
    listed: Option<ReadError>,
    unread: Option<ReadError>,
    file: &str,
    bad: &mut Unreadable,
) -> Option<String> {
    let line = match (&listed, &unread) {
        (Some(listed), Some(unread)) if listed.what() != unread.what() => {
            format!("{}; {}", listed.what(), unread.what())
        }
        (Some(error), _) | (None, Some(error)) => error.what(),
        (None, None) => return None,
    };
    if let Some(error) = listed.or(unread) {
        bad.add(error.in_file(file));
    }
    Some(line)
}

impl<'a> JsonType<'a> {
    fn of(dtype: &'a Dtype) -> Self {
        let members = match dtype {
            Dtype::Enum(t) => Some(Members(&t.members)),
            _ => None,
        };
        Self { dtype: JsonDtype(dtype), fields: fields(dtype), members }
    }
}

impl<'a> JsonVariable<'a> {
    fn of(variable: &'a Variable, dataset: &'a Dataset) -> Self {
        let shape = variable.shape();
        let maxshape = match variable.storage.max_shape.as_slice() {
            [] => shape.iter().copied().map(Some).collect(),
            max_shape => max_shape.to_vec(),
        };
        let dims: Vec<_> = variable.axes.iter().map(|axis| dataset.dimension_name(axis)).collect();
        let is_nameless = dims.iter().all(Option::is_none);
        Self {
            shape: (!variable.is_null).then_some(shape),
            maxshape: (!variable.is_null).then_some(maxshape),
            dims: if is_nameless { Vec::new() } else { dims },
            chunks: variable.storage.chunks.as_deref(),
            filters: &variable.storage.filters,
            fill: variable.fill.as_ref().map(|fill| Fill(&variable.dtype, fill)),
        }
    }
}

impl<'a> JsonLink<'a> {
    fn of(target: &'a LinkTarget) -> Self {
        let (r#type, target, file, class) = match target {
            LinkTarget::Soft { path } => ("soft", Some(path), None, None),
            LinkTarget::External { file, path } => ("external", Some(path), Some(file), None),
            LinkTarget::UserDefined { class } => ("user-defined", None, None, Some(*class)),
            LinkTarget::Hard { path } if path.is_empty() => ("hard", None, None, None),
            LinkTarget::Hard { path } => ("hard", Some(path), None, None),
        };
        Self { r#type, target: target.map(|t| &**t), file: file.map(|f| &**f), class }
    }
}

fn fields(dtype: &Dtype) -> Option<Vec<(&str, String)>> {
    let Dtype::Compound(compound) = dtype else { return None };
    let field = |field: &Field| match field.shape.as_slice() {
        [] => field.dtype.to_string(),
        shape => {
            let lens: Vec<_> = shape.iter().map(u64::to_string).collect();
            format!("array({})[{}]", field.dtype, lens.join(","))
        }
    };
    Some(compound.fields.iter().map(|f| (f.name.as_str(), field(f))).collect())
}

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            object.serialize_entry(name, value)?;
        }
        object.end()
    }
}

impl Serialize for Fill<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(dtype, fill) = self;
        match fill.len() {
            1 => Values::element(dtype, &fill.values, 0).serialize(serializer),
            _ => Values::of(dtype, fill).serialize(serializer),
        }
    }
}

fn attributes<S: Serializer>(attributes: &[Attribute], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(attributes.iter().map(JsonAttribute))
}
