//! Filters and codecs that several formats share, for reading only.
//!
//! HDF5 passes a chunk through a pipeline of filters, each known by a number that The HDF
//! Group registers. [`Chain`] undoes such a pipeline; the table in `registry.rs` says
//! which decoder belongs to which number. Codecs that other formats use too ([`aec`] in GRIB
//! and HDF4, [`deflate`]) can be called directly.
//!
//! Every decoder writes into a slice that the caller sized, so no stream can make it
//! allocate more than was agreed on; no stream makes it panic.
#![forbid(unsafe_code)]

pub mod aec;
mod back;
mod bits;
mod bitshuffle;
mod blosc;
mod bzip2;
mod chain;
pub mod deflate;
mod fletcher32;
mod jpeg;
pub mod jpeg2000;
mod lz4;
mod lzf;
mod lzo;
mod names;
mod nbit;
mod registry;
mod scaleoffset;
mod shuffle;
mod snappy;
mod sperr;
mod szip;
mod zfp;
mod zstd;

pub use chain::{Chain, FilterSpec, Scratch};
pub use names::name_of;
