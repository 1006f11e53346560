//! Datasets of groups, variables and links described by their paths, for the tests of this
//! module only.

use hyperslab_core::{
    Array, Attribute, Axis, Buffer, ByteOrder, Dataset, Dtype, Group, GroupId, Link, LinkTarget,
    Reference, Variable, VariableId,
};

use super::{Interpretation, Place, Tree, interpret};

pub(super) struct File(pub Dataset);

type Attributes<'a> = &'a [(&'a str, Array)];

impl File {
    pub fn new() -> Self {
        Self(Dataset::default())
    }

    pub fn attribute(mut self, group: &str, name: &str, value: Array) -> Self {
        let id = self.group_id(group);
        self.0.groups[id.index()].attributes.push(attribute(name, value));
        self
    }

    /// Its parents are there already.
    pub fn group(mut self, path: &str, attributes: Attributes<'_>) -> Self {
        let (parent, name) = path.rsplit_once('/').unwrap();
        let parent = self.group_id(parent);
        let id = GroupId(self.0.groups.len() as u32);
        self.0.groups.push(Group {
            name: name.into(),
            parent: Some(parent),
            attributes: attributes.iter().map(|(n, v)| self::attribute(n, v.clone())).collect(),
            ..Group::default()
        });
        self.0.groups[parent.index()].groups.push(id);
        self
    }

    pub fn variable(
        mut self,
        path: &str,
        (dtype, shape): (Dtype, Vec<u64>),
        attributes: Attributes<'_>,
    ) -> Self {
        let (parent, name) = path.rsplit_once('/').unwrap();
        let parent = self.group_id(parent);
        let id = VariableId(self.0.variables.len() as u32);
        self.0.variables.push(Variable {
            axes: shape.iter().map(|&length| Axis { length, dimension: None }).collect(),
            attributes: attributes.iter().map(|(n, v)| self::attribute(n, v.clone())).collect(),
            ..Variable::new(name, parent, dtype)
        });
        self.0.groups[parent.index()].variables.push(id);
        self
    }

    pub fn soft_link(self, path: &str, target: &str) -> Self {
        self.link(path, LinkTarget::Soft { path: target.into() })
    }

    pub fn external_link(self, path: &str, file: &str, target: &str) -> Self {
        self.link(path, LinkTarget::External { file: file.into(), path: target.into() })
    }

    fn link(mut self, path: &str, target: LinkTarget) -> Self {
        let (parent, name) = path.rsplit_once('/').unwrap();
        let parent = self.group_id(parent);
        self.0.groups[parent.index()].links.push(Link { name: name.into(), target, error: None });
        self
    }

    pub fn interpret(&self) -> Interpretation {
        interpret(&self.0)
    }

    pub fn id(&self, path: &str) -> VariableId {
        Tree::of(&self.0).find_variable(GroupId::ROOT, path).unwrap()
    }

    pub fn group_id(&self, path: &str) -> GroupId {
        Tree::of(&self.0).find_group(GroupId::ROOT, path).unwrap()
    }

    pub fn path(&self, place: Place) -> String {
        crate::places::path_of(&self.0, place)
    }
}

fn attribute(name: &str, value: Array) -> Attribute {
    Attribute::new(name, Dtype::Text, value)
}

pub(super) fn text(text: &str) -> Array {
    Array { shape: vec![], values: texts(&[text]).values }
}

pub(super) fn texts(texts: &[&str]) -> Array {
    Array::vector(Buffer::Text(texts.iter().map(|text| text.as_bytes().into()).collect()))
}

pub(super) fn number(value: i32) -> Array {
    Array { shape: vec![], values: vec![value].into() }
}

pub(super) fn real(value: f64) -> Array {
    Array::vector(vec![value].into())
}

pub(super) fn reference(path: &str) -> Array {
    Array { shape: vec![], values: Buffer::Reference(vec![Some(Box::new(Reference::to(path)))]) }
}

pub(super) fn float(shape: &[u64]) -> (Dtype, Vec<u64>) {
    (Dtype::float(4, ByteOrder::Little), shape.to_vec())
}

pub(super) fn int(shape: &[u64]) -> (Dtype, Vec<u64>) {
    (Dtype::int(4, ByteOrder::Little), shape.to_vec())
}

pub(super) fn uint(bytes: u8, shape: &[u64]) -> (Dtype, Vec<u64>) {
    (Dtype::uint(bytes, ByteOrder::Little), shape.to_vec())
}

pub(super) fn string(shape: &[u64]) -> (Dtype, Vec<u64>) {
    (Dtype::Text, shape.to_vec())
}
