//! Which decoder belongs to which filter: the one place to add another.

use hyperslab_core::{ReadError, Result};

use crate::chain::{Call, Decode, State};
use crate::{
    bitshuffle, blosc, bzip2, deflate, fletcher32, jpeg, lz4, lzf, lzo, nbit, scaleoffset, shuffle,
    snappy, sperr, szip, zfp, zstd,
};

pub(crate) struct Codec {
    pub id: u16,
    pub decode: Decode,
    pub growth: Growth,
}

/// By how much a filter can have enlarged what it was given.
#[derive(Clone, Copy)]
pub(crate) enum Growth {
    None,
    Bytes(usize),
    Unknown,
}

pub(crate) fn codec(id: u16) -> Option<&'static Codec> {
    CODECS.iter().find(|codec| codec.id == id)
}

static CODECS: &[Codec] = &[
    Codec { id: 1, decode: deflate::decode, growth: Growth::Unknown },
    Codec { id: 2, decode: shuffle::decode, growth: Growth::None },
    Codec { id: 3, decode: fletcher32::decode, growth: Growth::Bytes(4) },
    Codec { id: 4, decode: szip::decode, growth: Growth::Unknown },
    Codec { id: 5, decode: nbit::decode, growth: Growth::Unknown },
    Codec { id: 6, decode: scaleoffset::decode, growth: Growth::Unknown },
    Codec { id: 305, decode: lzo::decode, growth: Growth::Unknown },
    Codec { id: 307, decode: bzip2::decode, growth: Growth::Unknown },
    Codec { id: 32000, decode: lzf::decode, growth: Growth::Unknown },
    Codec { id: 32001, decode: blosc::decode, growth: Growth::Unknown },
    Codec { id: 32003, decode: snappy::decode, growth: Growth::Unknown },
    Codec { id: 32004, decode: lz4::decode, growth: Growth::Unknown },
    Codec { id: 32008, decode: bitshuffle::decode, growth: Growth::Unknown },
    Codec { id: 32013, decode: zfp::decode, growth: Growth::Unknown },
    Codec { id: 32015, decode: zstd::decode, growth: Growth::Unknown },
    Codec { id: 32019, decode: jpeg::decode, growth: Growth::Unknown },
    // Both only round values before another filter compresses them.
    Codec { id: 32022, decode: unchanged, growth: Growth::None },
    Codec { id: 32023, decode: unchanged, growth: Growth::None },
    Codec { id: 32026, decode: blosc::decode_frame, growth: Growth::Unknown },
    Codec { id: 32028, decode: sperr::decode, growth: Growth::Unknown },
];

/// Filters that change nothing that could be undone.
fn unchanged(_: &Call, input: &[u8], out: &mut [u8], _: &mut State) -> Result<usize> {
    let room = out.get_mut(..input.len());
    room.ok_or_else(|| ReadError::malformed("more bytes than the chunk has"))?
        .copy_from_slice(input);
    Ok(input.len())
}
