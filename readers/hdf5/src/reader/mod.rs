//! An open file behind the reader contract.
//!
//! A plain HDF5 file is listed group by group, as it is asked for; one that keeps to netCDF-4
//! is listed whole at the first question, for a dimension is as long as the longest variable
//! anywhere that uses it.

mod aliases;
mod children;
mod dimensions;
mod object;
mod paths;
mod places;

pub(crate) use children::{Child, Children, children, circle};
pub(crate) use object::{Dataset, Object, attributes};
pub(crate) use paths::{Paths, join};

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use hyperslab_core::{
    Array, Buffer, Dtype, GroupId, Listing, ReadContext, ReadError, Reader, Result, Section,
    Source, Variable, VariableId,
};

use dimensions::Naming;
use paths::{Held, PathIndex, RootLinks};
use places::Places;

use crate::file::File;
use crate::netcdf4::{self, Model};
use crate::stored::Stored;

/// Datasets whose layout and chunk index are kept at hand.
const STORED_KEPT: usize = 64;

pub struct Hdf5Reader {
    file: File,
    /// None for plain HDF5.
    model: Option<Model>,
    paths: PathIndex,
    held: Held,
    root_links: RootLinks,
    /// Locked while a group is listed, which may take long.
    listed: Mutex<Listed>,
    /// Locked for a moment.
    places: RwLock<Places>,
    stored: Mutex<HashMap<VariableId, Arc<Stored>>>,
}

/// What has been listed so far, by id.
#[derive(Default)]
struct Listed {
    groups: Vec<GroupPlace>,
    naming: Naming,
    aliases: aliases::Aliases,
    /// Of a netCDF-4 file: the contents of all groups, until they are asked for.
    ready: Option<Vec<Option<Listing>>>,
}

/// Where a group lies and what lies above it.
#[derive(Clone)]
pub(crate) struct GroupPlace {
    pub header: u64,
    pub path: String,
    pub parent: Option<GroupId>,
    pub depth: u32,
}

impl Hdf5Reader {
    pub fn open(source: Arc<dyn Source>, cx: &ReadContext) -> Result<Self> {
        let name = source.name().to_owned();
        let file = File::open(source, cx)?;
        let paths = PathIndex::default();
        let held = Held::default();
        let root_links = RootLinks::default();
        let here = Paths { file: &file, index: &paths, held: &held, root_links: &root_links };
        let model = netcdf4::model_of(&name, &here, cx)?;
        let root = GroupPlace { header: file.root(), path: "/".into(), parent: None, depth: 0 };
        let mut listed = Listed { groups: vec![root], ..Listed::default() };
        listed.aliases.meet(file.root(), "/");
        Ok(Self {
            file,
            model,
            paths,
            held: Held::default(),
            root_links,
            listed: Mutex::new(listed),
            places: RwLock::default(),
            stored: Mutex::default(),
        })
    }

    fn paths(&self) -> Paths<'_> {
        let (index, held, root_links) = (&self.paths, &self.held, &self.root_links);
        Paths { file: &self.file, index, held, root_links }
    }

    fn list_plain(&self, listed: &mut Listed, id: GroupId, cx: &ReadContext) -> Result<Listing> {
        let place = listed.groups.get(id.index()).cloned();
        let place = place.ok_or_else(|| ReadError::request("a group that was not listed"))?;
        let above = above(&listed.groups, id);
        let found = children(&place, &self.paths(), cx)
            .map_err(|error| error.in_object(format!("group {:?}", place.path)))?;
        let mut listing = Listing {
            attributes: found.attributes,
            links: found.links,
            error: found.error,
            ..Listing::default()
        };
        for child in &found.children {
            if let Object::Dataset(dataset) = &child.object {
                let scale = listed.naming.declare(id, child, dataset);
                listing.dimensions.extend(scale);
            }
        }
        let datasets = found.children.iter();
        let datasets = datasets.filter(|child| matches!(child.object, Object::Dataset(_))).count();
        listing.variables.reserve_exact(datasets);
        let mut headers = Vec::with_capacity(datasets);
        for child in found.children {
            let alias_of = listed.aliases.of(&child, &place.path);
            match child.object {
                Object::Group => {
                    let path = join(&place.path, &child.name);
                    let is_too_deep = place.depth >= 4 * cx.limits.depth;
                    let met = above.iter().find(|(header, _)| *header == child.header);
                    let target = match (met, &alias_of) {
                        (Some((_, path)), _) => Some(path.clone()),
                        (None, Some(first)) if listed.aliases.are_too_many() => Some(first.clone()),
                        (None, _) => is_too_deep.then(|| path.clone()),
                    };
                    match target {
                        Some(target) => listing.links.push(circle(
                            child.name,
                            target,
                            is_too_deep.then_some(place.depth),
                        )),
                        None => {
                            listed.groups.push(GroupPlace {
                                header: child.header,
                                path,
                                parent: Some(id),
                                depth: place.depth.saturating_add(1),
                            });
                            listing
                                .groups
                                .push(hyperslab_core::ChildGroup { name: child.name, alias_of });
                        }
                    }
                }
                Object::Type(mut named) => {
                    named.name = child.name;
                    named.alias_of = alias_of;
                    listing.types.push(*named);
                }
                Object::Dataset(dataset) => {
                    let (axes, new) =
                        listed.naming.axes(id, child.header, &dataset, &self.paths(), cx);
                    listing.dimensions.extend(new);
                    headers.push(child.header);
                    let mut variable = dataset.into_variable(child.name, id, axes);
                    variable.alias_of = alias_of;
                    listing.variables.push(variable);
                }
            }
        }
        self.add_places(&place.path, &listing.variables, &headers);
        Ok(listing)
    }

    fn list_netcdf4(&self, listed: &mut Listed, id: GroupId, cx: &ReadContext) -> Result<Listing> {
        if listed.ready.is_none() {
            let groups = netcdf4::list(&self.paths(), cx)?;
            for group in &groups {
                self.add_places(&group.path, &group.listing.variables, &group.headers);
            }
            listed.ready = Some(groups.into_iter().map(|group| Some(group.listing)).collect());
        }
        let ready = listed.ready.as_mut().and_then(|ready| ready.get_mut(id.index()));
        let listing = ready.and_then(Option::take);
        listing.ok_or_else(|| ReadError::request("a group that was not listed"))
    }

    fn add_places(&self, path: &str, variables: &[Variable], headers: &[u64]) {
        let mut places = self.places.write().unwrap_or_else(PoisonError::into_inner);
        places.add(path, variables, headers);
    }

    fn stored(
        &self,
        id: VariableId,
        header: u64,
        shape: &[u64],
        cx: &ReadContext,
    ) -> Result<Arc<Stored>> {
        if let Some(found) = lock(&self.stored).get(&id) {
            return Ok(found.clone());
        }
        let mut stored = object::stored(&self.file, header, cx)?;
        if stored.shape.len() == shape.len() {
            stored.shape = shape.into();
        }
        let stored = Arc::new(stored);
        let mut kept = lock(&self.stored);
        if kept.len() >= STORED_KEPT {
            kept.clear();
        }
        Ok(kept.entry(id).or_insert(stored).clone())
    }
}

impl Reader for Hdf5Reader {
    fn format_name(&self) -> &str {
        if self.model.is_some() { "NetCDF-4" } else { "HDF5" }
    }

    fn model(&self) -> Option<&'static str> {
        self.model.map(Model::name)
    }

    fn is_being_written(&self) -> bool {
        self.file.is_being_written()
    }

    fn has_news(&self) -> bool {
        self.file.source().has_news() || self.file.virtual_sources.have_news(&self.file)
    }

    fn list(&self, group: GroupId, cx: &ReadContext) -> Result<Listing> {
        cx.check()?;
        let listed = &mut *lock(&self.listed);
        let mut listing = match self.model {
            Some(_) => self.list_netcdf4(listed, group, cx)?,
            None => self.list_plain(listed, group, cx)?,
        };
        if group == GroupId::ROOT {
            listing.error = listing.error.or_else(|| self.file.truncation().cloned());
        }
        Ok(listing)
    }

    fn read(&self, id: VariableId, section: &Section, cx: &ReadContext) -> Result<Array> {
        cx.check()?;
        let place = self.places.read().unwrap_or_else(PoisonError::into_inner).get(id);
        let place = place.ok_or_else(|| ReadError::request("a variable that was not listed"))?;
        section.check(&place.shape)?;
        if place.is_null {
            let values = Buffer::with_capacity(&Dtype::Char, 0)?;
            return Ok(Array { shape: section.shape(), values });
        }
        let object = format!("variable {:?}", place.path);
        let mut array = self
            .stored(id, place.header, &place.shape, cx)
            .and_then(|stored| stored.read(&self.file, section, &object, &self.paths(), cx))
            .map_err(|error| error.in_object(&object))?;
        if place.is_char
            && let Buffer::FixedText { len: 1, bytes } = array.values
        {
            array.values = Buffer::Char(bytes);
        }
        Ok(array)
    }
}

/// Header and path of a group and of all above it.
fn above(groups: &[GroupPlace], id: GroupId) -> Vec<(u64, String)> {
    let mut found = Vec::new();
    let mut at = Some(id);
    while let Some(place) = at.and_then(|id| groups.get(id.index())) {
        found.push((place.header, place.path.clone()));
        at = place.parent;
    }
    found
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
