//! Sections 1 to 7 of a GRIB2 message and their repetitions, by their lengths.

use hyperslab_core::{ReadContext, ReadError, Result};

use crate::edition2::product::Header;
use crate::index::{Bitmap, Field, Index};
use crate::octets::Octets;
use crate::scan::{Extent, Window};

const INDICATOR_LEN: u64 = 16;
const SECTION_HEAD: u64 = 5;
const END: &[u8] = b"7777";

/// Puts the fields of the message at `at` into `index`, all that lie before any damage.
///
/// # Errors
/// `Malformed` and `Truncated` where the message is damaged, with those fields already in
/// `index`; those of the source.
pub fn walk(
    at: u64,
    window: &mut Window<'_>,
    index: &mut Index,
    cx: &ReadContext,
) -> Result<Extent> {
    let file_len = window.file_len();
    let indicator = Octets(window.get(at, INDICATOR_LEN, cx)?);
    let length = indicator.u64(9).unwrap_or(0);
    let mut walk = Walk {
        offset: at,
        length,
        end: at.saturating_add(length).min(file_len),
        at: at + INDICATOR_LEN,
        discipline: indicator.u8(7).unwrap_or(255),
        section1: Vec::new(),
        section2: Vec::new(),
        grid: None,
        product: None,
        coding: None,
        bitmap: None,
        last_bitmap: None,
        fields: 0,
        before: 0,
    };
    let first = index.fields().len();
    let result = walk.sections(window, index, cx);
    index.count_fields_in_message(first);
    result?;
    Ok(Extent { sections_end: walk.at, end: at.saturating_add(length) })
}

/// What was said last, and holds until it is said anew.
struct Walk {
    offset: u64,
    length: u64,
    /// Nothing of the message lies beyond.
    end: u64,
    /// The next section.
    at: u64,
    discipline: u8,
    section1: Vec<u8>,
    section2: Vec<u8>,
    grid: Option<Grid>,
    product: Option<u32>,
    coding: Option<Coding>,
    bitmap: Option<Bitmap>,
    last_bitmap: Option<Bitmap>,
    fields: u16,
    /// Number of the section before.
    before: u8,
}

#[derive(Clone, Copy)]
struct Grid {
    id: u32,
    template: u16,
    in_reference: u8,
    points: u32,
}

#[derive(Clone, Copy)]
struct Coding {
    at: u64,
    len: u32,
    packed_values: u32,
    template: u16,
    bits_per_value: u8,
}

impl Walk {
    fn sections(
        &mut self,
        window: &mut Window<'_>,
        index: &mut Index,
        cx: &ReadContext,
    ) -> Result<()> {
        loop {
            // The end section is shorter than the head of any other.
            let end = window.get_end(self.at, END.len() as u64, cx)?;
            if end == END {
                return match self.before {
                    7 => Ok(()),
                    before => {
                        Err(self.malformed(format!("the end section after section {before}")))
                    }
                };
            }
            let head = Octets(window.get(self.at, SECTION_HEAD, cx)?);
            let (len, number) = (head.u32(1).unwrap_or(0), head.u8(5).unwrap_or(0));
            self.check(number, len)?;
            match number {
                1 => self.section1 = window.get(self.at, len.into(), cx)?.to_vec(),
                2 => self.section2 = self.local(len, window, cx)?,
                3 => self.grid = Some(self.grid(len, window, index, cx)?),
                4 => self.product = Some(self.product(len, window, index, cx)?),
                5 => self.coding = Some(self.coding(len, window, cx)?),
                6 => self.bitmap = Some(self.bitmap(len, window, cx)?),
                _ => self.data(len, index, cx)?,
            }
            self.before = number;
            self.at += u64::from(len);
        }
    }

    /// Sections come in order; after the data the message goes on with 2, 3 or 4, or ends.
    fn check(&self, number: u8, len: u32) -> Result<()> {
        let fits = match self.before {
            0 => number == 1,
            1 => matches!(number, 2 | 3),
            7 => matches!(number, 2..=4),
            before => number == before + 1,
        };
        if !fits {
            let message = format!("section {number} after section {}", self.before);
            return Err(self.malformed(message));
        }
        // Up to where each section is read here.
        let min = match number {
            1 => 21,
            3 => 14,
            4 => 11,
            5 => 11,
            6 => 6,
            _ => SECTION_HEAD as u32,
        };
        if len < min {
            return Err(self.malformed(format!(
                "section {number} is {len} bytes long, at least {min} needed"
            )));
        }
        match self.at.checked_add(len.into()) {
            Some(end) if end <= self.end => Ok(()),
            _ => {
                let message =
                    format!("section {number} is {len} bytes long, longer than what follows");
                let is_cut = self.offset.saturating_add(self.length) > self.end;
                let error = match is_cut {
                    true => ReadError::truncated(message),
                    false => ReadError::malformed(message),
                };
                Err(error.at(self.at))
            }
        }
    }

    fn local(&self, len: u32, window: &mut Window<'_>, cx: &ReadContext) -> Result<Vec<u8>> {
        Ok(window.get(self.at, len.into(), cx)?.to_vec())
    }

    fn grid(
        &self,
        len: u32,
        window: &mut Window<'_>,
        index: &mut Index,
        cx: &ReadContext,
    ) -> Result<Grid> {
        let section = Octets(window.get(self.at, len.into(), cx)?);
        const UNSTRUCTURED: u16 = 101;
        let template = section.u16(13).unwrap_or(u16::MAX);
        let in_reference = section.u8(19).filter(|_| template == UNSTRUCTURED);
        Ok(Grid {
            id: index.intern_grid2(section.0, &cx.limits)?,
            template,
            in_reference: in_reference.unwrap_or(0),
            points: section.u32(7).unwrap_or(0),
        })
    }

    fn product(
        &self,
        len: u32,
        window: &mut Window<'_>,
        index: &mut Index,
        cx: &ReadContext,
    ) -> Result<u32> {
        let section4 = window.get(self.at, len.into(), cx)?;
        let values = usize::from(Octets(section4).u16(6).unwrap_or(0));
        // The coordinate values are the last octets of the section.
        let template_len = section4.len().checked_sub(4 * values).filter(|&len| len >= 11);
        let Some((section4, coordinates)) = section4.split_at_checked(template_len.unwrap_or(0))
        else {
            return Err(self.malformed("section 4 has no room for its template"));
        };
        if section4.is_empty() {
            return Err(self.malformed(format!("section 4 has no room for {values} coordinates")));
        }
        let header = Header {
            discipline: self.discipline,
            section1: &self.section1,
            section2: &self.section2,
            grid_template: self.grid.map_or(u16::MAX, |grid| grid.template),
            grid_in_reference: self.grid.map_or(0, |grid| grid.in_reference),
            section4,
            coordinates,
        };
        index.intern_product2(&header, &cx.limits)
    }

    fn coding(&self, len: u32, window: &mut Window<'_>, cx: &ReadContext) -> Result<Coding> {
        let section = Octets(window.get(self.at, u64::from(len).min(21), cx)?);
        let template = section.u16(10).unwrap_or(u16::MAX);
        // Nearly every template has its bits per value in octet 20; the IEEE template says in
        // octet 12 how wide its numbers are, run length in octet 12 as well.
        let bits_per_value = match (template, section.u8(12)) {
            (4, Some(precision)) => match precision {
                1 => 32,
                2 => 64,
                _ => 128,
            },
            (200, Some(bits)) => bits,
            _ => section.u8(20).unwrap_or(0),
        };
        Ok(Coding {
            at: self.at,
            len,
            packed_values: section.u32(6).unwrap_or(0),
            template,
            bits_per_value,
        })
    }

    /// Code table 6.0.
    fn bitmap(&mut self, len: u32, window: &mut Window<'_>, cx: &ReadContext) -> Result<Bitmap> {
        const HEAD: u32 = 6;
        let indicator = window.get(self.at, HEAD.into(), cx)?.get(5).copied().unwrap_or(255);
        match indicator {
            255 => Ok(Bitmap::None),
            0 => {
                let bitmap = Bitmap::Stored { at: self.at + u64::from(HEAD), len: len - HEAD };
                self.last_bitmap = Some(bitmap);
                Ok(bitmap)
            }
            254 => self
                .last_bitmap
                .ok_or_else(|| self.malformed("a bitmap as before, where there was none")),
            number => Ok(Bitmap::Predefined(number.into())),
        }
    }

    fn data(&mut self, len: u32, index: &mut Index, cx: &ReadContext) -> Result<()> {
        let (Some(grid), Some(product), Some(coding), Some(bitmap)) =
            (self.grid, self.product, self.coding, self.bitmap)
        else {
            return Err(self.malformed("section 7 without those that describe it"));
        };
        let field = Field {
            offset: self.offset,
            length: self.length,
            coding_at: coding.at,
            data_at: self.at,
            bitmap,
            coding_len: coding.len,
            data_len: len,
            product,
            grid: grid.id,
            points: grid.points,
            packed_values: coding.packed_values,
            coding: coding.template,
            bits_per_value: coding.bits_per_value,
            edition: 2,
            field_in_message: self.fields,
            fields_in_message: 1,
        };
        self.fields = self
            .fields
            .checked_add(1)
            .ok_or_else(|| self.malformed("more than 65535 fields in one message"))?;
        index.push(field, &cx.limits)
    }

    fn malformed(&self, message: impl Into<String>) -> ReadError {
        ReadError::malformed(message).at(self.at)
    }
}
