//! GRIB editions 1 and 2 (WMO Manual on Codes, FM 92), presented as NCAR's NIO library does:
//! records assembled into variables with named dimensions and coordinate variables.
//!
//! From bytes to variables: `scan` finds messages, `edition1` and `edition2` read their sections
//! into a [`product::Product`] (what, when, where in the vertical) and a `grids::Grid`; `index`
//! keeps a compact row a field; `cubes` sorts fields into variables; `packing` decodes values;
//! `tables` gives names; `keys` says what forecasters know of each field.
#![forbid(unsafe_code)]

pub mod product;
pub mod time;
