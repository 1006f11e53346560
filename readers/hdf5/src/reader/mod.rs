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

pub(crate) use children::{Child, Children, children, circle};
pub(crate) use object::{Dataset, Object, attributes, describe};
pub(crate) use paths::{Paths, join};

use paths::{Held, PathIndex};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyperslab_core::{
    Array, Buffer, Dtype, GroupId, Listing, ReadContext, ReadError, Reader, Result, Section,
    Source, VariableId,
};

use dimensions::Naming;

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
    listed: Mutex<Listed>,
    stored: Mutex<HashMap<VariableId, Arc<Stored>>>,
}

/// What has been listed so far, by id.
#[derive(Default)]
struct Listed {
    groups: Vec<GroupPlace>,
    variables: Vec<VariablePlace>,
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

pub(crate) struct VariablePlace {
    pub header: u64,
    /// As it is listed: along unlimited netCDF dimensions it may be longer than what is stored.
    pub shape: Vec<u64>,
    pub is_null: bool,
    /// Fixed text of one byte, shown as netCDF's `char`.
    pub is_char: bool,
}

impl Hdf5Reader {
    pub fn open(source: Arc<dyn Source>, cx: &ReadContext) -> Result<Self> {
        let name = source.name().to_owned();
        let file = File::open(source, cx)?;
        let paths = PathIndex::default();
        let held = Held::default();
        let here = Paths { file: &file, index: &paths, held: &held };
        let model = netcdf4::model_of(&name, &here, cx)?;
        let root = GroupPlace { header: file.root(), path: "/".into(), parent: None, depth: 0 };
        let mut listed = Listed { groups: vec![root], ..Listed::default() };
        listed.aliases.meet(file.root(), "/");
        let (listed, stored) = (Mutex::new(listed), Mutex::default());
        Ok(Self { file, model, paths, held: Held::default(), listed, stored })
    }

    fn paths(&self) -> Paths<'_> {
        Paths { file: &self.file, index: &self.paths, held: &self.held }
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
        for child in found.children {
            let path = join(&place.path, &child.name);
            let alias_of = listed.aliases.of(&child, &path);
            match child.object {
                Object::Group => {
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
                    listed.variables.push(VariablePlace {
                        header: child.header,
                        shape: axes.iter().map(|axis| axis.length).collect(),
                        is_null: dataset.is_null,
                        is_char: false,
                    });
                    let mut variable = dataset.into_variable(child.name, id, axes);
                    variable.alias_of = alias_of;
                    listing.variables.push(variable);
                }
            }
        }
        Ok(listing)
    }

    fn list_netcdf4(&self, listed: &mut Listed, id: GroupId, cx: &ReadContext) -> Result<Listing> {
        if listed.ready.is_none() {
            let whole = netcdf4::list(&self.paths(), cx)?;
            listed.variables = whole.variables;
            listed.ready = Some(whole.listings.into_iter().map(Some).collect());
        }
        let ready = listed.ready.as_mut().and_then(|ready| ready.get_mut(id.index()));
        let listing = ready.and_then(Option::take);
        listing.ok_or_else(|| ReadError::request("a group that was not listed"))
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
        self.file.source().has_news() || self.file.virtual_sources.have_news()
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
        let (header, shape, is_null, is_char, object) = {
            let listed = lock(&self.listed);
            let place = listed.variables.get(id.index());
            let place =
                place.ok_or_else(|| ReadError::request("a variable that was not listed"))?;
            let object = format!("dataset at byte {}", self.file.at(place.header));
            (place.header, place.shape.clone(), place.is_null, place.is_char, object)
        };
        section.check(&shape)?;
        if is_null {
            let values = Buffer::with_capacity(&Dtype::Char, 0)?;
            return Ok(Array { shape: section.shape(), values });
        }
        let stored = self.stored(id, header, &shape, cx).map_err(|e| e.in_object(&object))?;
        let mut array = stored
            .read(&self.file, section, &self.paths(), cx)
            .map_err(|error| error.in_object(&object))?;
        if is_char && let Buffer::FixedText { len: 1, bytes } = array.values {
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
