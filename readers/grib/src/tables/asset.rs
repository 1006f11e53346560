//! The two files of `readers/grib/tables` (their layout is described in `make.py` there), used
//! as they lie: nothing is read before it is asked for.

/// A file: its strings, and where the rest begins.
#[derive(Clone, Copy)]
pub(super) struct Asset {
    bytes: &'static [u8],
    count: usize,
    /// Where the strings' bytes begin.
    strings: usize,
    pub(super) rest: usize,
}

impl Asset {
    /// Never fails: of a damaged file, which only a damaged build could have, strings are empty
    /// and numbers 0.
    pub(super) fn over(bytes: &'static [u8]) -> Asset {
        let count = u32_of(bytes, 0) as usize;
        let strings = 4 + 4 * count;
        let rest = match count {
            0 => strings,
            _ => strings + u32_of(bytes, strings - 4) as usize,
        };
        Asset { bytes, count, strings, rest }
    }

    pub(super) fn string(&self, id: u16) -> &'static str {
        str::from_utf8(self.octets(id)).unwrap_or_default()
    }

    /// A string to compare with.
    pub(super) fn octets(&self, id: u16) -> &'static [u8] {
        let id = usize::from(id);
        if id >= self.count {
            return &[];
        }
        let end = self.u32(4 + 4 * id) as usize;
        let start = if id == 0 { 0 } else { self.u32(4 * id) as usize };
        self.bytes.get(self.strings + start..self.strings + end).unwrap_or_default()
    }

    #[cfg(test)]
    pub(super) fn string_count(&self) -> usize {
        self.count
    }

    pub(super) fn u8(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or_default()
    }

    pub(super) fn u16(&self, at: usize) -> u16 {
        let octets = self.bytes.get(at..).and_then(|rest| rest.first_chunk());
        octets.map_or(0, |octets| u16::from_le_bytes(*octets))
    }

    pub(super) fn u32(&self, at: usize) -> u32 {
        u32_of(self.bytes, at)
    }
}

fn u32_of(bytes: &[u8], at: usize) -> u32 {
    let octets = bytes.get(at..).and_then(|rest| rest.first_chunk());
    octets.map_or(0, |octets| u32::from_le_bytes(*octets))
}

/// The first of `count` things in order that is not before what is looked for; `count` if all
/// are.
pub(super) fn first_not(count: usize, is_before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low.midpoint(high);
        if is_before(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_file_has_empty_strings_and_zeros() {
        for bytes in [&b""[..], &[9, 0, 0, 0, 1, 2, 3], &[1, 0, 0, 0, 255, 0, 0, 0, b'a']] {
            let asset = Asset::over(bytes);
            assert_eq!([0, 9].map(|id| asset.string(id)), ["", ""]);
            assert_eq!((asset.u8(900), asset.u16(900), asset.u32(900)), (0, 0, 0));
        }
    }

    #[test]
    fn a_string_ends_where_the_next_begins() {
        let asset = Asset::over(&[2, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, b'K', b'P', b'a', 7]);
        assert_eq!([0, 1, 2].map(|id| asset.string(id)), ["K", "Pa", ""]);
        assert_eq!(asset.u8(asset.rest), 7);
    }

    #[test]
    fn the_first_not_before_may_be_none() {
        let sorted = [1, 3, 3, 5];
        let first = |wanted| first_not(sorted.len(), |i| sorted[i] < wanted);
        assert_eq!([0, 1, 2, 3, 4, 6].map(first), [0, 0, 1, 1, 3, 4]);
    }
}
