//! Where a path inside a file leads: groups, variables, named types and links, by name.
//!
//! A group's names are put into a table the first time one of them is looked for: O(children)
//! once, then O(1); 40 bytes a name.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use hyperslab_core::{Dataset, GroupId, Link, LinkTarget, NamedType, VariableId};

/// What a path in a file leads to. Types and links are named by their group and their place in
/// its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    Group(GroupId),
    Variable(VariableId),
    Type(GroupId, u32),
    Link(GroupId, u32),
}

/// Soft links that lead to soft links are given up after so many.
const HOPS_MAX: u32 = 16;

/// Looks up paths in one dataset.
pub struct Places<'a> {
    dataset: &'a Dataset,
    children: RefCell<HashMap<GroupId, Rc<HashMap<&'a str, Place>>>>,
}

impl<'a> Places<'a> {
    pub fn of(dataset: &'a Dataset) -> Self {
        Self { dataset, children: RefCell::default() }
    }

    /// What lies at a path, a link itself if it is one; soft links on the way are followed. A
    /// path that does not begin with `/` is taken from `from`.
    pub fn find(&self, path: &str, from: GroupId) -> Option<Place> {
        self.walk(path, from, &mut 0)
    }

    /// The same with a soft link at the end followed, too.
    pub fn resolve(&self, path: &str, from: GroupId) -> Option<Place> {
        let mut hops = 0;
        let place = self.walk(path, from, &mut hops)?;
        self.followed(place, &mut hops)
    }

    /// Where a link of this file leads in this file.
    pub fn target(&self, group: GroupId, link: &Link) -> Option<Place> {
        match &link.target {
            LinkTarget::Soft { path } => self.resolve(path, group),
            LinkTarget::Hard { path } if !path.is_empty() => self.resolve(path, group),
            _ => None,
        }
    }

    /// Where a path leaves the file by an external link: the name of the other file as the link
    /// has it, and what is meant there.
    pub fn way_out(&self, path: &str, from: GroupId) -> Option<(String, String)> {
        self.leave(path, from, &mut 0)
    }

    fn leave(&self, path: &str, from: GroupId, hops: &mut u32) -> Option<(String, String)> {
        let mut at = if path.starts_with('/') { GroupId::ROOT } else { from };
        let mut names = path.split('/').filter(|name| !name.is_empty() && *name != ".");
        while let Some(name) = names.next() {
            let found = self.children(at).get(name).copied()?;
            let Place::Link(group, index) = found else {
                let Place::Group(group) = found else { return None };
                at = group;
                continue;
            };
            match &link_at(self.dataset, group, index)?.target {
                LinkTarget::External { file, path } => {
                    let rest = std::iter::once(path.as_str()).chain(names);
                    return Some((file.clone(), rest.collect::<Vec<_>>().join("/")));
                }
                LinkTarget::Soft { path } if *hops < HOPS_MAX => {
                    *hops += 1;
                    if let Some((file, inside)) = self.leave(path, group, hops) {
                        let rest = std::iter::once(inside.as_str()).chain(names);
                        return Some((file, rest.collect::<Vec<_>>().join("/")));
                    }
                    let Place::Group(group) = self.resolve(path, group)? else { return None };
                    at = group;
                }
                _ => return None,
            }
        }
        None
    }

    fn walk(&self, path: &str, from: GroupId, hops: &mut u32) -> Option<Place> {
        let start = if path.starts_with('/') { GroupId::ROOT } else { from };
        let mut at = Place::Group(start);
        let names = path.split('/').filter(|name| !name.is_empty() && *name != ".");
        for name in names {
            let Place::Group(group) = self.followed(at, hops)? else {
                return self.named_with_slashes(path);
            };
            match self.children(group).get(name) {
                Some(&child) => at = child,
                None => return self.named_with_slashes(path),
            }
        }
        Some(at)
    }

    /// Nothing but netCDF classic lets a name have a slash in it, where all are in the root.
    fn named_with_slashes(&self, path: &str) -> Option<Place> {
        let name = path.strip_prefix('/').unwrap_or(path);
        if !name.contains('/') {
            return None;
        }
        self.children(GroupId::ROOT).get(name).copied()
    }

    /// Behind soft links.
    fn followed(&self, place: Place, hops: &mut u32) -> Option<Place> {
        let Place::Link(group, at) = place else { return Some(place) };
        let link = link_at(self.dataset, group, at)?;
        *hops += 1;
        let LinkTarget::Soft { path } = &link.target else { return None };
        if *hops > HOPS_MAX {
            return None;
        }
        let next = self.walk(path, group, hops)?;
        self.followed(next, hops)
    }

    fn children(&self, id: GroupId) -> Rc<HashMap<&'a str, Place>> {
        if let Some(known) = self.children.borrow().get(&id) {
            return known.clone();
        }
        let names = Rc::new(names_in(self.dataset, id).collect::<HashMap<_, _>>());
        self.children.borrow_mut().insert(id, names.clone());
        names
    }
}

/// The path of a place.
pub fn path_of(dataset: &Dataset, place: Place) -> String {
    let below = |group: GroupId, name: Option<&str>| match dataset.group_path(group).as_str() {
        "/" => format!("/{}", name.unwrap_or_default()),
        path => format!("{path}/{}", name.unwrap_or_default()),
    };
    match place {
        Place::Group(id) => dataset.group_path(id),
        Place::Variable(id) => dataset.variable_path(id),
        Place::Type(group, at) => below(group, type_at(dataset, group, at).map(|t| &*t.name)),
        Place::Link(group, at) => below(group, link_at(dataset, group, at).map(|l| &*l.name)),
    }
}

pub fn type_at(dataset: &Dataset, group: GroupId, at: u32) -> Option<&NamedType> {
    dataset.group(group)?.types.get(at as usize)
}

pub fn link_at(dataset: &Dataset, group: GroupId, at: u32) -> Option<&Link> {
    dataset.group(group)?.links.get(at as usize)
}

/// The files that an external link may mean, the first of them that is there: as it is written,
/// from the folder of the linking file, or else the file of that name beside it.
pub fn linked_files(linking: &Path, name: &str) -> Vec<PathBuf> {
    let Some(folder) = linking.parent() else { return Vec::new() };
    let beside = Path::new(name).file_name().map(|name| folder.join(name));
    [Some(folder.join(name)), beside].into_iter().flatten().collect()
}

/// Of two of one name the last is found: groups go before variables, and these before the rest.
fn names_in(dataset: &Dataset, id: GroupId) -> impl Iterator<Item = (&str, Place)> {
    let group = dataset.group(id);
    let links = group.map_or(&[][..], |group| &group.links);
    let types = group.map_or(&[][..], |group| &group.types);
    let variables = group.map_or(&[][..], |group| &group.variables);
    let groups = group.map_or(&[][..], |group| &group.groups);
    let links = (0..).zip(links).map(move |(at, link)| (&*link.name, Place::Link(id, at)));
    let types = (0..).zip(types).map(move |(at, named)| (&*named.name, Place::Type(id, at)));
    let variables = variables
        .iter()
        .filter_map(|&id| Some((&*dataset.variable(id)?.name, Place::Variable(id))));
    let groups =
        groups.iter().filter_map(|&id| Some((&*dataset.group(id)?.name, Place::Group(id))));
    links.chain(types).chain(variables).chain(groups)
}

#[cfg(test)]
mod tests {
    use hyperslab_core::ReadContext;
    use hyperslab_testkit::{contract, kinds};

    use super::*;

    fn dataset() -> Dataset {
        contract::list_all(&kinds::dataset(), &ReadContext::default()).unwrap()
    }

    #[test]
    fn paths_lead_to_groups_variables_types_and_links_and_back() {
        let dataset = dataset();
        let places = Places::of(&dataset);
        for path in ["/", "/deep", "/deep/inner", "/z", "/deep/sky_t", "/short", "/deep/up"] {
            let place = places.find(path, GroupId::ROOT).unwrap_or_else(|| panic!("no {path}"));
            assert_eq!(path_of(&dataset, place), path);
        }
        assert_eq!(places.find("inner", GroupId(1)), places.find("/deep/inner", GroupId::ROOT));
        assert_eq!(places.find("./deep//inner", GroupId::ROOT).map(|_| ()), Some(()));
        assert_eq!(places.find("/deep/nothing", GroupId::ROOT), None);
        assert_eq!(places.find("/z/inside", GroupId::ROOT), None);
    }

    #[test]
    fn soft_links_are_followed_but_not_forever() {
        let mut dataset = dataset();
        let soft = |name: &str, path: &str| Link {
            name: name.into(),
            target: LinkTarget::Soft { path: path.into() },
            error: None,
        };
        dataset.groups[0].links.extend([
            soft("a", "b"),
            soft("b", "/a"),
            soft("g", "deep"),
            soft("far", "g/inner"),
        ]);
        let places = Places::of(&dataset);
        let resolve = |path: &str| places.resolve(path, GroupId::ROOT);
        let inner = resolve("/deep/inner");
        assert!(inner.is_some());
        assert_eq!((resolve("short"), resolve("far"), resolve("/g/inner")), (inner, inner, inner));
        assert_eq!((resolve("a"), resolve("a/x"), resolve("dangling")), (None, None, None));
        assert!(matches!(places.find("a", GroupId::ROOT), Some(Place::Link(..))));
        let up = dataset.groups[1].links.first().unwrap();
        assert_eq!(places.target(GroupId(1), up), Some(Place::Group(GroupId::ROOT)));
    }

    #[test]
    fn external_links_on_the_way_lead_out_with_the_rest_of_the_path() {
        let mut dataset = dataset();
        let link = |name: &str, target| Link { name: name.into(), target, error: None };
        let soft = |path: &str| LinkTarget::Soft { path: path.into() };
        let other =
            |path: &str| LinkTarget::External { file: "other.h5".into(), path: path.into() };
        dataset.groups[0].links.extend([
            link("out", other("/entry")),
            link("soft", soft("/out/data")),
            link("down", soft("deep")),
            link("round", soft("round")),
        ]);
        dataset.groups[1].links.push(link("x", other("x")));
        let places = Places::of(&dataset);
        let out = |path: &str| places.way_out(path, GroupId::ROOT).map(|(_, inside)| inside);
        assert_eq!(out("/out").as_deref(), Some("/entry"));
        assert_eq!(out("/out/a/b").as_deref(), Some("/entry/a/b"));
        assert_eq!(out("/soft/c").as_deref(), Some("/entry/data/c"));
        assert_eq!(out("/down/x").as_deref(), Some("x"));
        for inside in ["/", "/z", "/deep/inner", "/short", "/round", "/nothing/out", "/z/out"] {
            assert_eq!(out(inside), None, "{inside}");
        }
    }
}
