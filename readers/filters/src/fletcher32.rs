//! Fletcher32 (filter 3): four bytes of checksum behind the data.

use hyperslab_core::{ReadError, Result};

use crate::chain::{Call, State};

pub(crate) fn decode(_: &Call, input: &[u8], out: &mut [u8], _: &mut State) -> Result<usize> {
    let Some((data, stored)) = input.split_last_chunk::<4>() else {
        return Err(ReadError::malformed("fletcher32: no room for a checksum"));
    };
    let Some(out) = out.get_mut(..data.len()) else {
        return Err(ReadError::malformed("fletcher32: more bytes than the chunk has"));
    };
    let computed = checksum(data);
    let [a, b, c, d] = *stored;
    // HDF5 before 1.6.3 summed in the processor's byte order: on little-endian machines the
    // two bytes of each half come out the other way round. The library accepts both.
    let is_right =
        u32::from_le_bytes(*stored) == computed || u32::from_le_bytes([b, a, d, c]) == computed;
    if !is_right {
        return Err(ReadError::malformed(format!(
            "fletcher32: checksum mismatch, {:08x} is stored, {computed:08x} computed",
            u32::from_le_bytes(*stored)
        )));
    }
    out.copy_from_slice(data);
    Ok(data.len())
}

/// Fletcher's checksum of 16-bit big-endian words, as H5_checksum_fletcher32 defines it: an
/// odd last byte is the high half of a word.
pub(crate) fn checksum(data: &[u8]) -> u32 {
    // The sums are kept modulo 65535, where 65535 itself stands for 0 unless all words are 0.
    // 8192 words add less than 2^16 * 8192^2 / 2 to the second sum.
    const BLOCK: usize = 8192 * 2;
    let (mut sum1, mut sum2) = (0u64, 0u64);
    for block in data.chunks(BLOCK) {
        let (words, odd) = block.as_chunks::<2>();
        let count = words.len() as u64;
        let mut plain = 0u64;
        let mut weighted = 0u64;
        // In lanes, so that wide registers can be used: word i of n counts n - i times.
        const LANES: usize = 16;
        let (groups, last) = words.as_chunks::<LANES>();
        let mut lane_plain = [0u32; LANES];
        let mut lane_weighted = [0u64; LANES];
        for group in groups {
            for lane in 0..LANES {
                lane_weighted[lane] += u64::from(lane_plain[lane]);
                lane_plain[lane] += u32::from(u16::from_be_bytes(group[lane]));
            }
        }
        // A lane's weighted sum counts whole groups that follow; what is missing is the
        // number of words behind it.
        for lane in 0..LANES {
            let behind = (LANES - lane) as u64 + last.len() as u64;
            plain += u64::from(lane_plain[lane]);
            weighted += lane_weighted[lane] * LANES as u64 + u64::from(lane_plain[lane]) * behind;
        }
        for (i, word) in last.iter().enumerate() {
            let word = u64::from(u16::from_be_bytes(*word));
            plain += word;
            weighted += word * (last.len() - i) as u64;
        }
        sum2 = fold(sum2 + sum1 * count + weighted);
        sum1 = fold(sum1 + plain);
        if let [byte] = odd {
            sum1 = fold(sum1 + (u64::from(*byte) << 8));
            sum2 = fold(sum2 + sum1);
        }
    }
    (sum2 as u32) << 16 | sum1 as u32
}

/// Carries added in until 16 bits are left; never 0 unless it was.
fn fold(mut sum: u64) -> u64 {
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the definition reads.
    fn slow(data: &[u8]) -> u32 {
        let (mut sum1, mut sum2) = (0u64, 0u64);
        for pair in data.chunks(2) {
            sum1 += u64::from(pair[0]) << 8 | pair.get(1).map_or(0, |&low| u64::from(low));
            sum1 = fold(sum1);
            sum2 = fold(sum2 + sum1);
        }
        (sum2 as u32) << 16 | sum1 as u32
    }

    #[test]
    fn lanes_and_blocks_sum_as_the_definition_does() {
        for len in [0, 1, 2, 3, 31, 32, 33, 34, 1000, 16384, 16385, 16386, 50_001] {
            let bytes: Vec<u8> = (0..len).map(|i| (i * 7 + i / 250) as u8).collect();
            assert_eq!(checksum(&bytes), slow(&bytes), "{len} bytes");
        }
        assert_eq!(checksum(&[0xff; 70_000]), slow(&[0xff; 70_000]));
        assert_eq!(checksum(&[0; 70_000]), 0);
    }
}
