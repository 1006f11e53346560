//! The contents of one group, each child's header read and described, side by side.

use hyperslab_core::{
    Attribute, Axis, ErrorKind, GroupId, Link, LinkTarget, ReadContext, ReadError, Result, Variable,
};
use rayon::prelude::*;

use super::object::{self, Dataset, Object};
use super::{GroupPlace, Paths};
use crate::links::{self, Entry, Target};
use crate::object_header::ObjectHeader;

/// Fewer children are described by one thread.
const CHILDREN_PER_TASK: usize = 32;

pub struct Child {
    pub name: String,
    pub header: u64,
    pub object: Object,
    /// Hard links that lead to it.
    pub references: u32,
}

#[derive(Default)]
pub struct Children {
    pub attributes: Vec<Attribute>,
    pub children: Vec<Child>,
    pub links: Vec<Link>,
    pub error: Option<ReadError>,
}

pub fn children(place: &GroupPlace, paths: &Paths<'_>, cx: &ReadContext) -> Result<Children> {
    let file = paths.file;
    paths.held.charge(object::OBJECT_BYTES, cx)?;
    let header = ObjectHeader::read(file, place.header, cx)?;
    let listed = object::attributes(&header, paths, cx);
    let (entries, unreadable) = links::entries(file, &header, cx);
    cx.limits.claim_entries(entries.len() as u64, "members of a group")?;
    let names = entries.iter().map(|entry| entry.name.len() as u64).sum();
    paths.held.charge(names, cx)?;
    let mut found = Children {
        attributes: listed.attributes,
        children: Vec::with_capacity(entries.len()),
        links: Vec::new(),
        error: header.error.or(unreadable).or(listed.error),
    };
    let described: Vec<(Entry, Option<Result<object::Described>>)> = entries
        .into_par_iter()
        .with_min_len(CHILDREN_PER_TASK)
        .map(|entry| match entry.target {
            Target::Object(address) => {
                let described = object::describe(address, paths, cx);
                (entry, Some(described))
            }
            _ => (entry, None),
        })
        .collect();
    for (entry, described) in described {
        match (entry.target, described) {
            (Target::Object(header), Some(Ok(described))) => found.children.push(Child {
                name: entry.name,
                header,
                object: described.object,
                references: described.references,
            }),
            (_, Some(Err(error))) if error.is_cancelled() => return Err(error),
            (target, described) => {
                let error = described.and_then(Result::err);
                found.links.push(Link { name: entry.name, target: link_target(target), error });
            }
        }
    }
    // What was over the limit spoilt one object after the other: say so once.
    paths.held.charge(0, cx)?;
    Ok(found)
}

fn link_target(target: Target) -> LinkTarget {
    match target {
        Target::Object(_) => LinkTarget::Hard { path: String::new() },
        Target::Soft(path) => LinkTarget::Soft { path },
        Target::External { file, path } => LinkTarget::External { file, path },
        Target::UserDefined { class } => LinkTarget::UserDefined { class },
    }
}

/// A group that is not listed again, because it lies above, was listed often enough, or lies
/// too deep.
pub fn circle(name: String, path: String, too_deep: Option<u32>) -> Link {
    let error = too_deep.map(|depth| {
        let message = format!("groups nested more than {depth} deep");
        ReadError::new(ErrorKind::Limit, message)
    });
    Link { name, target: LinkTarget::Hard { path }, error }
}

impl Dataset {
    pub fn into_variable(self, name: String, group: GroupId, axes: Vec<Axis>) -> Variable {
        let mut storage = self.storage;
        if self.max_shape.iter().zip(&self.shape).any(|(max, &len)| *max != Some(len)) {
            storage.max_shape = self.max_shape;
        }
        Variable {
            axes,
            fill: self.fill,
            attributes: self.attributes,
            storage,
            is_null: self.is_null,
            error: self.error,
            ..Variable::new(name, group, self.dtype)
        }
    }
}
