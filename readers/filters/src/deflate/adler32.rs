//! Adler-32 (RFC 1950, section 9).

const MODULUS: u32 = 65521;

pub(super) fn checksum(bytes: &[u8]) -> u32 {
    const LANES: usize = 32;
    /// So many groups of `LANES` bytes that 16 bits hold the sums of sums of each lane.
    const GROUPS: usize = 22;
    let (mut plain, mut weighted) = (1u32, 0u32);
    for block in bytes.chunks(LANES * GROUPS) {
        // In lanes, so that wide registers can be used: byte i of n counts n - i times.
        let mut lane_plain = [0u16; LANES];
        let mut lane_weighted = [0u16; LANES];
        let (groups, rest) = block.as_chunks::<LANES>();
        for group in groups {
            for lane in 0..LANES {
                lane_weighted[lane] += lane_plain[lane];
                lane_plain[lane] += u16::from(group[lane]);
            }
        }
        weighted += plain * (groups.len() * LANES) as u32;
        for lane in 0..LANES {
            let behind = (LANES - lane) as u32;
            plain += u32::from(lane_plain[lane]);
            weighted += u32::from(lane_weighted[lane]) * LANES as u32
                + u32::from(lane_plain[lane]) * behind;
        }
        for byte in rest {
            plain += u32::from(*byte);
            weighted += plain;
        }
        plain %= MODULUS;
        weighted %= MODULUS;
    }
    weighted << 16 | plain
}

#[cfg(test)]
mod tests {
    #[test]
    fn lanes_and_blocks_sum_as_the_definition_does() {
        for (len, fill) in
            [(0, 0), (1, 7), (31, 255), (33, 3), (703, 255), (705, 255), (99_999, 255)]
        {
            let bytes: Vec<u8> = (0..len).map(|i| (i % 251) as u8 | fill).collect();
            let (mut a, mut b) = (1u32, 0u32);
            for byte in &bytes {
                a = (a + u32::from(*byte)) % 65521;
                b = (b + a) % 65521;
            }
            assert_eq!(super::checksum(&bytes), b << 16 | a, "{len} bytes");
        }
    }
}
