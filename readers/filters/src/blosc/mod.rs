//! Blosc (filter 32001): one Blosc chunk; Blosc2 (filter 32026): a frame of chunks.

mod blosclz;
mod chunk;
mod frame;

use hyperslab_core::{ReadError, Result};

use crate::chain::{Call, State};

pub(crate) fn decode(
    call: &Call,
    input: &[u8],
    out: &mut [u8],
    state: &mut State,
) -> Result<usize> {
    chunk::decode(input, out, state, call.cx)
}

pub(crate) fn decode_frame(
    call: &Call,
    input: &[u8],
    out: &mut [u8],
    state: &mut State,
) -> Result<usize> {
    frame::decode(input, out, state, call.cx)
}

fn damaged(what: &str) -> ReadError {
    ReadError::malformed(format!("blosc: {what}"))
}
