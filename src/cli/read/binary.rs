//! Values as bytes: C order, little-endian; bare, or behind numpy's header.

use hyperslab_core::{Buffer, Dtype};

use super::super::failure::Outcome;
use super::super::output::Output;
use super::Wanted;
use crate::export::npy;

/// Only elements of one size can be written.
pub(super) fn check(wanted: &Wanted<'_>) -> Result<(), String> {
    let dtype = wanted.decoder.dtype();
    match empty(dtype) {
        Some(_) => Ok(()),
        None => Err(format!("{} holds {}: use --format json", wanted.path(), dtype.plain_name())),
    }
}

pub(super) fn write_npy(wanted: &Wanted<'_>, out: &mut Output) -> Outcome {
    if let Some(like) = empty(wanted.decoder.dtype()) {
        npy::write_header(&mut *out, &like, &wanted.slice.shape())?;
    }
    write_raw(wanted, out)
}

pub(super) fn write_raw(wanted: &Wanted<'_>, out: &mut Output) -> Outcome {
    wanted.for_each_block(|_, stored| {
        let decoded = wanted.decoder.decode(stored);
        Ok(npy::write_values(&mut *out, &decoded.values)?)
    })
}

/// A buffer of this type without values.
fn empty(dtype: &Dtype) -> Option<Buffer> {
    match *dtype {
        Dtype::FixedText { len } => Some(Buffer::FixedText { len, bytes: Vec::new() }),
        Dtype::Opaque { len, .. } => Some(Buffer::Opaque { len, bytes: Vec::new() }),
        _ => Buffer::with_capacity(dtype, 0).ok(),
    }
}
