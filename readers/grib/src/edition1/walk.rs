//! Sections 1 to 4 of a GRIB1 message, by their lengths.

use hyperslab_core::{ReadContext, ReadError, Result};

use crate::index::{Bitmap, Field, Index};
use crate::octets::Octets;
use crate::scan::{Extent, Window};

/// Section 1 octet 8, code table 1: a grid description follows, a bitmap follows.
const HAS_SECTION_2: u8 = 0x80;
const HAS_SECTION_3: u8 = 0x40;
/// Section 0.
const INDICATOR_LEN: u64 = 8;
const SECTION_1_MIN: u64 = 28;
const SECTION_3_HEAD: u64 = 6;
const SECTION_4_HEAD: u64 = 11;
const END_LEN: u64 = 4;

/// Puts the message at `at` into `index`, where it can be read at all.
///
/// # Errors
/// `Malformed` and `Truncated` where the message is damaged beyond that; those of the source.
pub fn walk(
    at: u64,
    window: &mut Window<'_>,
    index: &mut Index,
    cx: &ReadContext,
) -> Result<Extent> {
    let claimed = Octets(window.get(at, INDICATOR_LEN, cx)?).u24(5).unwrap_or(0);
    let mut place = Place { at: at + INDICATOR_LEN, file_len: window.file_len() };

    let section1_at = place.at;
    let section1_len = place.section(1, SECTION_1_MIN, window, cx)?;
    let section1 = window.get(section1_at, section1_len, cx)?;
    let flags = section1.get(7).copied().unwrap_or(0);
    let catalogue = section1.get(6).copied().unwrap_or(255);
    let section1 = section1.to_vec();

    let section2 = match flags & HAS_SECTION_2 {
        0 => None,
        _ => {
            let section2_at = place.at;
            let len = place.section(2, 6, window, cx)?;
            Some(window.get(section2_at, len, cx)?)
        }
    };
    let (grid, coordinates) = index.intern_grid1(catalogue, section2, &cx.limits)?;
    let bitmap = match flags & HAS_SECTION_3 {
        0 => Bitmap::None,
        _ => {
            let section3_at = place.at;
            let len = place.section(3, SECTION_3_HEAD, window, cx)?;
            let head = Octets(window.get(section3_at, SECTION_3_HEAD, cx)?);
            match head.u16(5).unwrap_or(0) {
                0 => Bitmap::Stored {
                    at: section3_at + SECTION_3_HEAD,
                    len: (len - SECTION_3_HEAD) as u32,
                },
                number => Bitmap::Predefined(number),
            }
        }
    };

    let coding_at = place.at;
    let head = Octets(window.get(coding_at, SECTION_4_HEAD, cx)?);
    let stored_len = u64::from(head.u24(1).unwrap_or(0));
    let (flag, bits) = (head.u8(4).unwrap_or(0), head.u8(11).unwrap_or(0));
    let (length, coding_len) = lengths(claimed, stored_len, coding_at - at);
    place.skip(4, SECTION_4_HEAD, coding_len)?;
    let extended = match coding_len > 14 {
        true => window.get(coding_at + 13, 1, cx)?.first().copied().unwrap_or(0),
        false => 0,
    };

    let product = index.intern_product1(&section1, coordinates, &cx.limits)?;
    let extent = Extent { sections_end: place.at, end: at.saturating_add(length) };
    if extent.end < extent.sections_end {
        return Err(ReadError::malformed(format!(
            "the message says it is {length} bytes long, its sections take {}",
            extent.sections_end - at + END_LEN
        ))
        .at(at));
    }
    index.push(
        Field {
            offset: at,
            length,
            coding_at,
            data_at: coding_at,
            bitmap,
            coding_len: coding_len as u32,
            data_len: coding_len as u32,
            product,
            grid,
            points: 0,
            packed_values: 0,
            coding: u16::from(flag) << 8 | u16::from(extended),
            bits_per_value: bits,
            edition: 1,
            field_in_message: 0,
            fields_in_message: 1,
        },
        &cx.limits,
    )?;
    Ok(extent)
}

/// Lengths of the message and of section 4. ECMWF writes messages that do not fit into 24 bits
/// with the first of them set and the length in units of 120 bytes; section 4 then says by how
/// much that is too long, end section left out.
fn lengths(claimed: u32, section4: u64, before_section4: u64) -> (u64, u64) {
    const LARGE: u32 = 0x80_0000;
    const UNIT: u64 = 120;
    let units = u64::from(claimed & !LARGE);
    if claimed & LARGE == 0 || section4 >= UNIT {
        return (claimed.into(), section4);
    }
    let length = (units * UNIT + END_LEN).saturating_sub(section4);
    (length, length.saturating_sub(before_section4 + END_LEN))
}

/// Where the next section begins.
struct Place {
    at: u64,
    file_len: u64,
}

impl Place {
    /// Goes past a section, whose length is in its first three octets.
    fn section(
        &mut self,
        number: u8,
        min: u64,
        window: &mut Window<'_>,
        cx: &ReadContext,
    ) -> Result<u64> {
        let len = u64::from(Octets(window.get(self.at, 3, cx)?).u24(1).unwrap_or(0));
        self.skip(number, min, len)?;
        Ok(len)
    }

    fn skip(&mut self, number: u8, min: u64, len: u64) -> Result<()> {
        if len < min {
            let message = format!("section {number} is {len} bytes long, at least {min} needed");
            return Err(ReadError::malformed(message).at(self.at));
        }
        let end = self.at.saturating_add(len);
        if end > self.file_len {
            let message = format!(
                "section {number} is {len} bytes long, the file ends {} bytes before its end",
                end - self.file_len
            );
            return Err(ReadError::truncated(message).at(self.at));
        }
        self.at = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_more_than_8_megabytes_counts_in_units_of_120_bytes() {
        // 100 units of 120 bytes, 7 too many, and the end section's 4.
        assert_eq!(lengths(0x80_0000 | 100, 7, 68), (12_000 - 7 + 4, 12_000 - 7 - 68));
        // A section 4 of 120 bytes or more speaks for itself.
        assert_eq!(lengths(0x90_0000, 0x8F_FF00, 68), (0x90_0000, 0x8F_FF00));
        assert_eq!(lengths(1774, 1710, 60), (1774, 1710));
        assert_eq!(lengths(0x80_0000, 119, 60), (0, 0));
    }
}
