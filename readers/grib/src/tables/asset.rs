//! The two compressed files of `readers/grib/tables` (their layout is described in `make.py`
//! there), inflated when first asked for.

/// A file inflated: its strings, and where the rest begins.
pub(super) struct Asset {
    bytes: &'static [u8],
    strings: &'static str,
    count: usize,
    pub(super) rest: usize,
}

impl Asset {
    /// Never fails: a damaged file, which only a damaged build could have, is an empty one.
    pub(super) fn inflate(packed: &[u8]) -> Asset {
        let length = u32_of(packed, 0) as usize;
        let mut bytes = vec![0; length];
        let stream = packed.get(4..).unwrap_or_default();
        let whole = hyperslab_filters::deflate::inflate_zlib(stream, &mut bytes);
        if whole.is_ok_and(|count| count == length) {
            return Self::over(bytes.leak());
        }
        Self::over(&[])
    }

    pub(super) fn over(bytes: &'static [u8]) -> Asset {
        let count = u32_of(bytes, 0) as usize;
        let first = 4 + 4 * count;
        let rest = match count {
            0 => first,
            _ => first + u32_of(bytes, first - 4) as usize,
        };
        let strings = bytes.get(first..rest).unwrap_or_default();
        Asset { bytes, strings: std::str::from_utf8(strings).unwrap_or_default(), count, rest }
    }

    pub(super) fn string(&self, id: usize) -> &'static str {
        if id >= self.count {
            return "";
        }
        let end = self.u32(4 + 4 * id) as usize;
        let start = if id == 0 { 0 } else { self.u32(4 * id) as usize };
        self.strings.get(start..end).unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_file_is_an_empty_one() {
        for packed in [&b""[..], &[9, 0, 0, 0, 1, 2, 3], &[9, 0, 0, 0]] {
            let asset = Asset::inflate(packed);
            assert_eq!((asset.string(0), asset.u32(7), asset.string_count()), ("", 0, 0));
        }
    }
}
