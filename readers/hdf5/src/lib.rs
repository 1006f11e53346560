//! HDF5 and NetCDF-4 files (HDF5 File Format Specification, versions 1.0 to 4.0), read without
//! any C library.
//!
//! Data flows upwards: `file` and `superblock` reach bytes by address; heaps, B-trees and
//! `object_header` find messages; `datatype`, `dataspace`, `layout` and their kin understand
//! them; `stored` reads values; `reader` and `netcdf4` present the whole as the data model.
#![forbid(unsafe_code)]

mod attribute;
mod attributes;
mod btree_v1;
mod btree_v2;
mod cache_image;
mod checksum;
mod chunk_index;
mod convert;
mod dataspace;
mod datatype;
mod drivers;
mod external_files;
mod file;
mod fill;
mod fractal_heap;
mod global_heap;
mod layout;
mod links;
mod local_heap;
mod messages;
mod netcdf4;
mod object_header;
mod pages;
mod pipeline;
mod read;
mod reader;
mod references;
mod selection;
mod shared;
mod stored;
mod superblock;
mod symbol_table;
mod virtual_dataset;

use std::sync::Arc;

use hyperslab_core::{Confidence, Format, ReadContext, Reader, Result, Source};

/// What precedes every superblock.
const SIGNATURE: [u8; 8] = *b"\x89HDF\r\n\x1a\n";

/// Filters that are undone; the registry of `hyperslab-filters` has the numbers.
const CODECS: &[&str] = &[
    "deflate",
    "shuffle",
    "fletcher32",
    "szip",
    "nbit",
    "scaleoffset",
    "lzf",
    "lzo",
    "lz4",
    "zstd",
    "bzip2",
    "blosc",
    "blosc2",
    "bitshuffle",
    "zfp",
    "sperr",
    "jpeg",
];

pub static FORMAT: Format = Format {
    id: "hdf5",
    name: "HDF5 and NetCDF-4",
    extensions: &[
        "h5", "hdf5", "he5", "nc", "nc4", "mat", "h5ad", "nxs", "hdf", "nexus", "loom", "keras",
    ],
    mime: &["application/x-hdf5", "application/x-hdf", "application/x-netcdf"],
    codecs: CODECS,
    choices: &[],
    probe,
    open,
};

/// A superblock stands at the beginning, or behind a user block of 512, 1024, 2048, … bytes
/// ("Disk Format: Level 0A", Format Signature and Superblock).
fn probe(source: &dyn Source, cx: &ReadContext) -> Result<Confidence> {
    let mut offset: u64 = 0;
    while offset.checked_add(SIGNATURE.len() as u64).is_some_and(|end| end <= source.len()) {
        if *source.read_at(offset, SIGNATURE.len() as u64, cx)? == SIGNATURE {
            return Ok(Confidence::Certain);
        }
        let Some(next) = offset.max(256).checked_mul(2) else { break };
        offset = next;
    }
    Ok(if drivers::belongs_to_family(source, cx) { Confidence::Certain } else { Confidence::No })
}

fn open(source: Arc<dyn Source>, cx: &ReadContext) -> Result<Box<dyn Reader>> {
    Ok(Box::new(reader::Hdf5Reader::open(source, cx)?))
}
