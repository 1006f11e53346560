//! NetCDF-4 as it lies in HDF5 (NetCDF Users Guide, file format specifications, "The NetCDF-4
//! Format"): dimension scales are dimensions, some of them without values of their own.

mod build;
mod dimensions;

pub(crate) use build::list;

use hyperslab_core::{ReadContext, Result};

use crate::links::{self, Target};
use crate::object_header::ObjectHeader;
use crate::reader::{Paths, attributes};

/// Which of netCDF-4's data models a file keeps to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    Classic,
    Enhanced,
}

impl Model {
    pub fn name(self) -> &'static str {
        match self {
            Self::Classic => "classic",
            Self::Enhanced => "enhanced",
        }
    }
}

/// Extensions that promise netCDF.
const EXTENSIONS: &[&str] = &["nc", "nc4", "cdf", "netcdf"];

/// So many of the root's objects are looked at for netCDF-4's own attributes.
const DATASETS_LOOKED_AT: usize = 8;

/// `None` for plain HDF5.
///
/// A file is netCDF-4's when it is named so, or carries attributes only netCDF-4 writes.
pub fn model_of(name: &str, paths: &Paths<'_>, cx: &ReadContext) -> Result<Option<Model>> {
    let file = paths.file;
    let header = ObjectHeader::read(file, file.root(), cx)?;
    let attributes = attributes(&header, paths, cx).attributes;
    let has = |name: &str| attributes.iter().any(|attribute| attribute.name == name);
    if has("_nc3_strict") {
        return Ok(Some(Model::Classic));
    }
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    let is_named_so = extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str()));
    let is = is_named_so || has("_NCProperties") || some_dataset_says_so(&header, paths, cx);
    Ok(is.then_some(Model::Enhanced))
}

/// Only their attributes are looked at. The links are kept for whoever lists the root.
fn some_dataset_says_so(header: &ObjectHeader, paths: &Paths<'_>, cx: &ReadContext) -> bool {
    let links = links::entries(paths.file, header, cx);
    let objects = links.0.iter().filter_map(|entry| match entry.target {
        Target::Object(address) => Some(address),
        _ => None,
    });
    let says_so = objects.take(DATASETS_LOOKED_AT).any(|address| {
        let header = ObjectHeader::read(paths.file, address, cx);
        header.is_ok_and(|header| {
            let scales = attributes(&header, paths, cx).scales;
            links::is_dataset(&header)
                && (scales.dimension_id.is_some() || !scales.coordinates.is_empty())
        })
    });
    paths.root_links.keep(links);
    says_so
}
