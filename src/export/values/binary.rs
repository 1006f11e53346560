//! Values as bytes: C order, little-endian; bare, or behind numpy's header.

use std::io::Write;

use super::{Result, Wanted};
use crate::export::npy;

/// Only elements of one size can be written.
pub(super) fn check(wanted: &Wanted<'_>) -> std::result::Result<(), String> {
    let dtype = wanted.decoder.dtype();
    if wanted.variable.is_null {
        return Err(format!("{} has no values: its dataspace is null", wanted.path()));
    }
    match npy::descr(dtype) {
        Some(_) => Ok(()),
        None => Err(format!("{} holds {}: json can hold that", wanted.path(), dtype.plain_name())),
    }
}

pub(super) fn write_npy(wanted: &Wanted<'_>, out: &mut dyn Write) -> Result {
    npy::write_header(&mut *out, wanted.decoder.dtype(), &wanted.slice.shape())?;
    write_raw(wanted, out)
}

pub(super) fn write_raw(wanted: &Wanted<'_>, out: &mut dyn Write) -> Result {
    wanted.for_each_block(|_, stored| {
        let decoded = wanted.decoder.decode(stored);
        Ok(npy::write_values(&mut *out, wanted.decoder.dtype(), &decoded.values)?)
    })
}
