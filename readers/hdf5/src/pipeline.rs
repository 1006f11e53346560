//! The Filter Pipeline Message (HDF5 File Format Specification 4.0, IV.A.2.l), versions 1 and 2.

use hyperslab_core::{ByteOrder, Cursor, ReadContext, ReadError, Result};
use hyperslab_filters::{Chain, FilterSpec, Scratch};

/// The most filters a message may list; a chunk's mask has a bit for each.
const MOST_FILTERS: u8 = 32;
/// Filters below this number have no name in version 2 of the message.
const FIRST_NAMED: u16 = 256;

/// Registered numbers of filters whose growth has a bound.
const DEFLATE: u16 = 1;
const SHUFFLE: u16 = 2;
const FLETCHER32: u16 = 3;
const LZF: u16 = 32000;
const LZ4: u16 = 32004;
/// Any chunk may be so large.
const PLAUSIBLE_BYTES: u64 = 1 << 16;

/// What chunks go through on their way to the file; undone when they are read.
#[derive(Clone, Debug)]
pub struct Pipeline {
    chain: Chain,
}

impl Pipeline {
    /// No filters.
    pub fn none() -> Self {
        Self { chain: Chain::new(Vec::new(), 1) }
    }

    /// Reads the body of a message that lies at `offset` in the file. Elements are of
    /// `element_bytes`, which some filters need to know.
    ///
    /// # Errors
    /// `Malformed`, `Truncated`; `Unsupported` for an unknown version. A filter we lack is an
    /// error only when something is decoded.
    pub fn parse(body: &[u8], offset: u64, element_bytes: usize) -> Result<Self> {
        let mut cursor = Cursor::new(body, offset, ByteOrder::Little);
        let version = cursor.u8()?;
        if !matches!(version, 1 | 2) {
            let message = format!("filter pipeline message of version {version}");
            return Err(ReadError::unsupported(message).at(offset));
        }
        let count = cursor.u8()?;
        if count > MOST_FILTERS {
            return Err(cursor.malformed(format!("{count} filters, at most {MOST_FILTERS}")));
        }
        if version == 1 {
            cursor.skip(6)?;
        }
        let specs = (0..count).map(|_| filter(&mut cursor, version)).collect::<Result<_>>()?;
        Ok(Self { chain: Chain::new(specs, element_bytes) })
    }

    /// Before memory is set aside for a chunk: whether so few stored bytes can be that many.
    ///
    /// # Errors
    /// `Malformed` when no stream of the compression could grow so much.
    pub fn check_growth(&self, stored: u64, mask: u32, expected: u64) -> Result<()> {
        let mut most = stored.saturating_add(PLAUSIBLE_BYTES);
        for (k, filter) in self.chain.specs().iter().enumerate() {
            let is_skipped =
                u32::try_from(k).is_ok_and(|k| mask.checked_shr(k).unwrap_or(0) & 1 == 1);
            let growth = match filter.id {
                _ if is_skipped => 1,
                SHUFFLE | FLETCHER32 => 1,
                DEFLATE => 1032,
                LZF => 132,
                LZ4 => 256,
                _ => return Ok(()),
            };
            most = most.saturating_mul(growth);
        }
        if expected > most {
            let message = format!("{stored} stored bytes cannot hold a chunk of {expected}");
            return Err(ReadError::malformed(message));
        }
        Ok(())
    }

    pub fn is_empty(&self) -> bool {
        self.chain.is_empty()
    }

    /// Names for people, first applied first.
    pub fn names(&self) -> Vec<String> {
        self.chain.specs().iter().map(FilterSpec::label).collect()
    }

    /// The `expected` bytes that are stored as `stored`; bit `k` of `mask` says that filter `k`
    /// was skipped.
    ///
    /// # Errors
    /// Those of [`Chain::decode`].
    pub fn decode(
        &self,
        stored: &[u8],
        mask: u32,
        expected: usize,
        cx: &ReadContext,
    ) -> Result<Vec<u8>> {
        self.chain.decode(stored, mask, expected, cx)
    }

    /// The same into a slice, which the chunk must fill.
    ///
    /// # Errors
    /// Those of [`Chain::decode_to`].
    pub fn decode_to(
        &self,
        stored: &[u8],
        mask: u32,
        out: &mut [u8],
        scratch: &mut Scratch,
        cx: &ReadContext,
    ) -> Result<()> {
        self.chain.decode_to(stored, mask, out, scratch, cx)
    }
}

fn filter(cursor: &mut Cursor, version: u8) -> Result<FilterSpec> {
    let id = cursor.u16()?;
    let has_name = version == 1 || id >= FIRST_NAMED;
    let name_len = if has_name { usize::from(cursor.u16()?) } else { 0 };
    let flags = cursor.u16()?;
    let values = cursor.u16()?;
    // Version 1 pads names to eight bytes and counts the padding.
    let name = cursor.take(name_len)?;
    let name = name.split(|&byte| byte == 0).next().unwrap_or_default();
    let name = (!name.is_empty()).then(|| String::from_utf8_lossy(name).into_owned());
    let client_data = (0..values).map(|_| cursor.u32()).collect::<Result<Vec<_>>>()?;
    if version == 1 && values % 2 == 1 {
        cursor.skip(4)?;
    }
    Ok(FilterSpec { id, name, is_optional: flags & 1 != 0, client_data })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_padded_in_the_first_version_and_left_out_in_the_second() {
        let first = [
            &[1, 2, 0, 0, 0, 0, 0, 0][..],
            &[1, 0, 8, 0, 1, 0, 1, 0],
            b"deflate\0",
            &[6, 0, 0, 0, 0, 0, 0, 0],
            &[2, 0, 0, 0, 0, 0, 2, 0, 4, 0, 0, 0, 9, 0, 0, 0],
        ]
        .concat();
        let pipeline = Pipeline::parse(&first, 0, 4).unwrap();
        let [deflate, shuffle] = pipeline.chain.specs() else { panic!("two filters") };
        assert_eq!(
            (deflate.id, deflate.is_optional, &deflate.client_data[..]),
            (1, true, &[6][..])
        );
        assert_eq!(
            (shuffle.id, shuffle.is_optional, &shuffle.client_data[..]),
            (2, false, &[4, 9][..])
        );
        let second =
            [&[2, 2][..], &[2, 0, 0, 0, 1, 0, 4, 0, 0, 0], &[0x2c, 1, 3, 0, 1, 0, 0, 0], b"own"]
                .concat();
        let pipeline = Pipeline::parse(&second, 0, 4).unwrap();
        assert_eq!(pipeline.names(), ["shuffle", "own"]);
        assert!(Pipeline::parse(&second[..12], 0, 4).is_err());
    }

    #[test]
    fn a_chunk_cannot_be_stored_in_less_than_its_filters_make_of_it() {
        let body = [2, 2, 1, 0, 0, 0, 1, 0, 6, 0, 0, 0, 3, 0, 0, 0, 0, 0];
        let pipeline = Pipeline::parse(&body, 0, 4).unwrap();
        assert!(pipeline.check_growth(1000, 0, 60_000_000).is_ok());
        assert!(pipeline.check_growth(1000, 0, 90_000_000).is_err());
        assert!(pipeline.check_growth(1000, 1, 90_000).is_err(), "the filter was skipped");
    }
}
