//! LZF (filter 32000, from h5py): LibLZF's format.

use hyperslab_core::{ReadError, Result};

use crate::back::{copy_back, copy_literals};
use crate::chain::{Call, State};

pub(crate) fn decode(_: &Call, input: &[u8], out: &mut [u8], _: &mut State) -> Result<usize> {
    decompress(input, out).ok_or_else(|| ReadError::malformed("lzf: the stream is damaged"))
}

fn decompress(input: &[u8], out: &mut [u8]) -> Option<usize> {
    let (mut from, mut at) = (0, 0);
    while let Some(&control) = input.get(from) {
        from += 1;
        let high = usize::from(control & 0x1f);
        let mut len = usize::from(control >> 5);
        if len == 0 {
            (from, at) = copy_literals(input, from, out, at, high + 1)?;
            continue;
        }
        if len == 7 {
            len += usize::from(*input.get(from)?);
            from += 1;
        }
        let low = usize::from(*input.get(from)?);
        from += 1;
        at = copy_back(out, at, (high << 8 | low) + 1, len + 2)?;
    }
    Some(at)
}
