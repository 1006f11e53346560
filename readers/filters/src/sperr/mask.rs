//! Where values are missing: a bit for each, compacted in words of 32 (H5Z-SPERR,
//! `include/compactor.h`).

use hyperslab_core::Result;

use super::bits::Bits;
use super::{damaged, take_uint};

/// The words of a mask for `count` values, the first value in the lowest bit.
pub(super) fn take(input: &mut &[u8], count: usize) -> Result<Vec<u32>> {
    let bit_count = take_uint(&mut { *input }, 4)?;
    let mut bits = Bits::new(super::take(input, bit_count.div_ceil(8) as usize)?);
    for _ in 0..32 {
        bits.take();
    }
    let (frequent, rare) = if bits.take() { (u32::MAX, 0) } else { (0, u32::MAX) };
    let word_count = count.div_ceil(32);
    let mut words = Vec::new();
    while words.len() < word_count && bits.position() < bit_count {
        let is_frequent = !bits.take();
        words.push(if is_frequent {
            frequent
        } else if !bits.take() {
            rare
        } else {
            (0..32).fold(0, |word, bit| word | u32::from(bits.take()) << bit)
        });
    }
    if words.len() < word_count || bits.position() > bit_count {
        return Err(damaged("the mask of missing values ends early"));
    }
    Ok(words)
}
