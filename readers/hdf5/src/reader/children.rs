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
    let kept = if place.header == file.root() { paths.root_links.take() } else { None };
    let (entries, unreadable) = kept.unwrap_or_else(|| links::entries(file, &header, cx));
    cx.limits.claim_entries(entries.len() as u64, "members of a group")?;
    let names = entries.iter().map(|entry| entry.name.len() as u64).sum();
    paths.held.charge(names, cx)?;
    let found: Vec<Found> = entries
        .into_par_iter()
        .with_min_len(CHILDREN_PER_TASK)
        .map_init(Room::default, |room, entry| {
            room.make();
            Found::of(entry, paths, cx)
        })
        .collect();
    let (mut links, mut cancelled) = (Vec::new(), None);
    // In the memory of what was found.
    let children = found.into_iter().filter_map(|found| match found {
        Found::Child(child) => Some(child),
        Found::Link(link) => {
            links.push(link);
            None
        }
        Found::Cancelled(error) => {
            cancelled = Some(error);
            None
        }
    });
    let children: Vec<Child> = children.collect();
    if let Some(error) = cancelled {
        return Err(error);
    }
    // What was over the limit spoilt one object after the other: say so once.
    paths.held.charge(0, cx)?;
    let error = header.error.or(unreadable).or(listed.error);
    Ok(Children { attributes: listed.attributes, children, links, error })
}

/// Memory for the descriptions of the next few children, asked for at once and given back: the
/// allocator of Linux's C library grows what belongs to a thread by 4 KiB otherwise, with a
/// system call each time that stops the other threads.
#[derive(Default)]
struct Room {
    children: usize,
}

impl Room {
    const CHILDREN: usize = 64;
    const BYTES: usize = 96 << 10;

    fn make(&mut self) {
        if self.children.is_multiple_of(Self::CHILDREN) {
            drop(std::hint::black_box(Vec::<u8>::with_capacity(Self::BYTES)));
        }
        self.children += 1;
    }
}

/// An entry of a group, looked at.
#[allow(clippy::large_enum_variant)]
enum Found {
    Child(Child),
    Link(Link),
    Cancelled(ReadError),
}

impl Found {
    fn of(Entry { name, target, .. }: Entry, paths: &Paths<'_>, cx: &ReadContext) -> Self {
        let Target::Object(header) = target else {
            return Self::Link(Link { name, target: link_target(target), error: None });
        };
        match object::describe(header, paths, cx) {
            Ok(object::Described { object, references }) => {
                Self::Child(Child { name, header, object, references })
            }
            Err(error) if error.is_cancelled() => Self::Cancelled(error),
            Err(error) => {
                Self::Link(Link { name, target: link_target(target), error: Some(error) })
            }
        }
    }
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
