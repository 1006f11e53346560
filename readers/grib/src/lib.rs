//! GRIB editions 1 and 2 (WMO Manual on Codes, FM 92), presented as NCAR's NIO library does:
//! records assembled into variables with named dimensions and coordinate variables.
//!
//! From bytes to variables: `scan` finds messages, `edition1` and `edition2` read their sections
//! into a [`product::Product`] (what, when, where in the vertical) and a `grids::Grid`; `index`
//! keeps a compact row a field; `cubes` sorts fields into variables; `packing` decodes values;
//! `tables` gives names; `keys` says what forecasters know of each field.
#![forbid(unsafe_code)]

use std::sync::Arc;

use hyperslab_core::{Confidence, Format, ReadContext, Reader, Result, Source};

pub static FORMAT: Format = Format {
    id: "grib",
    name: "GRIB",
    extensions: &["grib2", "grib", "grb", "grb2", "grib1", "gb2", "gb1", "gr1", "gr2", "grb1"],
    mime: &["application/x-grib", "application/x-grib2", "application/wmo-grib"],
    codecs: &[
        "simple packing",
        "second-order packing",
        "complex packing",
        "spatial differencing",
        "JPEG 2000",
        "PNG",
        "CCSDS",
        "IEEE",
        "run length",
        "logarithmic pre-processing",
        "spherical harmonics",
    ],
    choices: reader::CHOICES,
    probe,
    open,
};

/// Most files begin with a message, or with a bulletin's header of a few lines.
const HEAD_BYTES: u64 = 512;
/// Catalogues of a tape's blocks stand before some, padded to a whole block.
const FAR_HEAD_BYTES: u64 = 32 << 10;

fn probe(source: &dyn Source, cx: &ReadContext) -> Result<Confidence> {
    let head = source.read_at(0, source.len().min(HEAD_BYTES), cx)?;
    Ok(match *head {
        [b'G', b'R', b'I', b'B', _, _, _, 1 | 2, ..] => Confidence::Certain,
        // Opening it says that the edition is not known: better news than an unknown format.
        [b'G', b'R', b'I', b'B', _, _, _, _, ..] => Confidence::Maybe,
        _ => match first_message(&head) {
            Some(at) => confidence(source, at, cx)?,
            None if source.len() <= HEAD_BYTES => Confidence::No,
            None => {
                let head = source.read_at(0, source.len().min(FAR_HEAD_BYTES), cx)?;
                match first_message(&head) {
                    Some(at) => confidence(source, at, cx)?,
                    None => Confidence::No,
                }
            }
        },
    })
}

/// Where a message begins: GRIB, or BUFR, WMO's format for observations, which begins alike and
/// is refused by its name. Both have the edition in octet 8.
fn first_message(head: &[u8]) -> Option<usize> {
    head.windows(8).position(|octets| match octets {
        [b'G', b'R', b'I', b'B', _, _, _, edition] => matches!(edition, 1 | 2),
        [b'B', b'U', b'F', b'R', _, _, _, edition] => *edition <= 4,
        _ => false,
    })
}

/// The four letters may be part of a text; a message that ends where it says is one.
fn confidence(source: &dyn Source, at: usize, cx: &ReadContext) -> Result<Confidence> {
    let at = at as u64;
    let available = source.len().saturating_sub(at).min(16);
    let len = match *source.read_at(at, available, cx)? {
        [b'G', _, _, _, _, _, _, 2, a, b, c, d, e, f, g, h, ..] => {
            u64::from_be_bytes([a, b, c, d, e, f, g, h])
        }
        [_, _, _, _, a, b, c, _, ..] => u64::from(u32::from_be_bytes([0, a, b, c])),
        _ => 0,
    };
    let end = at.checked_add(len).and_then(|end| end.checked_sub(4));
    let is_whole = match end.filter(|end| *end > at && *end <= source.len().saturating_sub(4)) {
        Some(end) => *source.read_at(end, 4, cx)? == *b"7777",
        None => false,
    };
    Ok(if is_whole { Confidence::Certain } else { Confidence::Maybe })
}

fn open(source: Arc<dyn Source>, cx: &ReadContext) -> Result<Box<dyn Reader>> {
    Ok(Box::new(reader::GribReader::open(source, cx)?))
}

pub mod cubes;
pub mod edition1;
pub mod edition2;
pub mod grids;
pub mod index;
pub mod keys;
pub mod octets;
pub mod packing;
pub mod product;
mod reader;
pub mod scan;
pub mod spectral;
pub mod tables;
pub mod time;
