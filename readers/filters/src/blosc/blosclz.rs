//! BloscLZ, Blosc's own coder, a FastLZ with matches further back.

use crate::back::{copy_back, copy_literals};

/// Distances up to this one take 13 bits.
const NEAR: usize = 8191;

pub(super) fn decompress(input: &[u8], out: &mut [u8]) -> Option<usize> {
    let (mut from, mut at) = (0, 0);
    // The first instruction is always literals.
    let mut mask = 31;
    while let Some(&control) = input.get(from) {
        let control = usize::from(control & mask);
        mask = 0xff;
        from += 1;
        if control < 32 {
            (from, at) = copy_literals(input, from, out, at, control + 1)?;
            continue;
        }
        let mut byte = || {
            let byte = input.get(from).copied();
            from += 1;
            byte.map(usize::from)
        };
        let mut len = (control >> 5) + 2;
        if control >> 5 == 7 {
            loop {
                let more = byte()?;
                len = len.checked_add(more)?;
                if more < 255 {
                    break;
                }
            }
        }
        let (high, low) = ((control & 31) << 8, byte()?);
        let distance = if low == 255 && high == 31 << 8 {
            (byte()? << 8) + byte()? + NEAR + 1
        } else {
            high + low + 1
        };
        at = copy_back(out, at, distance, len)?;
    }
    Some(at)
}
