//! What a scan found: a compact row a field, and every distinct header once.
//!
//! A million fields of a forecast archive differ in little: the bytes of their headers are kept
//! once each and parsed when asked for. A row is 80 bytes.

mod coding;
mod headers;
mod interner;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use hyperslab_core::{Blob, Limits, ReadContext, ReadError, Result, Source};

pub use self::headers::GridHeader;
use self::headers::Headers;
use crate::edition2::Header;
use crate::grids::Grid;
use crate::product::Product;

/// One field: where its parts lie and which headers describe it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Of the message's first octet.
    pub offset: u64,
    /// Of the whole message; fields of one message share it.
    pub length: u64,
    /// GRIB2 section 5, GRIB1 section 4 (the binary data section): offset of its first octet.
    pub coding_at: u64,
    /// GRIB2 section 7; GRIB1: as `coding_at`.
    pub data_at: u64,
    pub bitmap: Bitmap,
    pub coding_len: u32,
    pub data_len: u32,
    /// Which product and which grid: equal numbers are equal octets.
    pub product: u32,
    pub grid: u32,
    /// GRIB2 section 3 octets 7 to 10: the number of data points. GRIB1: 0, the grid knows.
    pub points: u32,
    /// GRIB2 section 5 octets 6 to 9. GRIB1: 0, the section does not say.
    pub packed_values: u32,
    /// GRIB2: the data representation template. GRIB1: octet 4 of section 4 in the upper byte,
    /// octet 14 in the lower.
    pub coding: u16,
    pub bits_per_value: u8,
    pub edition: u8,
    /// Counted from 0.
    pub field_in_message: u16,
    pub fields_in_message: u16,
}

/// Which points have values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bitmap {
    /// All of them.
    None,
    /// The bits lie here; the section's own head is not counted.
    Stored { at: u64, len: u32 },
    /// A number the centre gave a bitmap that is not in the file.
    Predefined(u16),
}

/// A field's octets as they are decoded.
pub struct Coded {
    /// GRIB2 section 5, whole; GRIB1 section 4, whole.
    pub coding: Blob,
    /// Bits of the bitmap.
    pub bitmap: Option<Blob>,
    /// GRIB2 section 7 from octet 6; GRIB1: empty.
    pub data: Blob,
}

/// All that was found so far.
#[derive(Clone, Debug, Default)]
pub struct Index {
    fields: Vec<Field>,
    headers: Headers,
    damages: Vec<ReadError>,
    damaged: u64,
    has_edition: [bool; 2],
    /// Numbers of grids stay what they are as the index grows, so copies share them.
    grids: Arc<Mutex<HashMap<u32, Arc<Grid>>>>,
}

/// Of so many damaged messages it is kept what exactly is wrong.
const DAMAGES_MAX: usize = 20;

impl Index {
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Parsed anew each time, which takes less than a microsecond.
    ///
    /// # Errors
    /// `Malformed` where the header is too short for what every product has; `Request` for a
    /// number that is no field's.
    pub fn product(&self, product: u32) -> Result<Product> {
        self.headers.product(product)
    }

    pub fn grid_header(&self, grid: u32) -> Option<GridHeader<'_>> {
        self.headers.grid(grid)
    }

    /// Parsed once.
    ///
    /// # Errors
    /// `Malformed` and `Unsupported` as the grid's parser says; `Request` for a number that is no
    /// field's.
    pub fn grid(&self, grid: u32) -> Result<Arc<Grid>> {
        let mut known = self.grids.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(grid) = known.get(&grid) {
            return Ok(Arc::clone(grid));
        }
        let parsed = Arc::new(match self.grid_header(grid) {
            Some(GridHeader::Edition1 { catalogue, section2 }) => {
                Grid::parse1(Some(catalogue), section2)?
            }
            Some(GridHeader::Edition2 { section3 }) => Grid::parse2(section3)?,
            None => return Err(ReadError::request("a grid of another index")),
        });
        known.insert(grid, Arc::clone(&parsed));
        Ok(parsed)
    }

    /// How many distinct products and grids there are: the numbers in fields are below these.
    pub fn distinct(&self) -> (usize, usize) {
        self.headers.counts()
    }

    /// # Errors
    /// `Unsupported` for a bitmap that is not in the file; those of the source.
    pub fn data(&self, field: &Field, source: &dyn Source, cx: &ReadContext) -> Result<Coded> {
        const SECTION_HEAD: u64 = 5;
        let bitmap = match field.bitmap {
            Bitmap::None => None,
            Bitmap::Stored { at, len } => {
                let len = cx.limits.claim_array(len.into(), 1)?;
                Some(source.read_at(at, len as u64, cx)?)
            }
            Bitmap::Predefined(number) => {
                let message = format!("bitmap {number} of the centre, which is not in the file");
                return Err(ReadError::unsupported(message).at(field.offset));
            }
        };
        let coding = self.coding(field, source, cx)?;
        let data = match field.edition {
            1 => Blob::owned(Vec::new()),
            _ => {
                let len = u64::from(field.data_len).saturating_sub(SECTION_HEAD);
                let len = cx.limits.claim_array(len, 1)?;
                source.read_at(field.data_at.saturating_add(SECTION_HEAD), len as u64, cx)?
            }
        };
        Ok(Coded { coding, bitmap, data })
    }

    /// GRIB2 section 5, GRIB1 section 4, whole.
    ///
    /// # Errors
    /// `Limit`; those of the source.
    pub fn coding(&self, field: &Field, source: &dyn Source, cx: &ReadContext) -> Result<Blob> {
        let len = cx.limits.claim_array(field.coding_len.into(), 1)?;
        source.read_at(field.coding_at, len as u64, cx)
    }

    /// How many messages are damaged or announce what is not there.
    pub fn damaged(&self) -> u64 {
        self.damaged
    }

    /// What is wrong with the first of them, in file order.
    pub fn damages(&self) -> &[ReadError] {
        &self.damages
    }

    /// All of that in one line, for the root of a listing.
    pub fn damage(&self) -> Option<ReadError> {
        let first = self.damages.first()?.clone();
        if self.damaged <= 1 {
            return Some(first);
        }
        Some(first.in_object(format!("{} damaged messages, the first", self.damaged)))
    }

    /// `GRIB1`, `GRIB2`, or `GRIB` for both in one file.
    pub fn format_name(&self) -> &'static str {
        match self.has_edition {
            [true, false] => "GRIB1",
            [false, true] => "GRIB2",
            _ => "GRIB",
        }
    }

    /// Memory in use, about.
    pub fn memory_bytes(&self) -> u64 {
        (self.fields.capacity() * size_of::<Field>()) as u64 + self.headers.memory_bytes()
    }

    pub(crate) fn intern_grid1(
        &mut self,
        catalogue: u8,
        section2: Option<&[u8]>,
        limits: &Limits,
    ) -> Result<(u32, u32)> {
        self.headers.grid1(catalogue, section2, limits)
    }

    pub(crate) fn intern_grid2(&mut self, section3: &[u8], limits: &Limits) -> Result<u32> {
        self.headers.grid2(section3, limits)
    }

    pub(crate) fn intern_product1(
        &mut self,
        section1: &[u8],
        coordinates: u32,
        limits: &Limits,
    ) -> Result<u32> {
        self.headers.product1(section1, coordinates, limits)
    }

    pub(crate) fn intern_product2(&mut self, header: &Header<'_>, limits: &Limits) -> Result<u32> {
        self.headers.product2(header, limits)
    }

    pub(crate) fn push(&mut self, field: Field, limits: &Limits) -> Result<()> {
        limits.claim_entries(self.fields.len() as u64 + 1, "fields of messages")?;
        let has_edition = self.has_edition.get_mut(usize::from(field.edition != 1));
        has_edition.into_iter().for_each(|has| *has = true);
        self.fields.push(field);
        Ok(())
    }

    /// The fields from `first` on are one message.
    pub(crate) fn count_fields_in_message(&mut self, first: usize) {
        let fields = self.fields.get_mut(first..).unwrap_or_default();
        let count = u16::try_from(fields.len()).unwrap_or(u16::MAX);
        fields.iter_mut().for_each(|field| field.fields_in_message = count);
    }

    pub(crate) fn push_damage(&mut self, damage: ReadError) {
        self.damaged += 1;
        if self.damages.len() < DAMAGES_MAX {
            self.damages.push(damage);
        }
    }

    /// Adds what `other` found from `start` on.
    pub(crate) fn append(&mut self, other: &Self, start: u64, limits: &Limits) -> Result<()> {
        const UNKNOWN: u32 = u32::MAX;
        let first = other.fields.partition_point(|field| field.offset < start);
        let (products, grids) = other.distinct();
        let (mut products, mut grids) = (vec![UNKNOWN; products], vec![UNKNOWN; grids]);
        for field in other.fields.get(first..).unwrap_or_default() {
            let mut field = *field;
            let known = products.get_mut(field.product as usize);
            field.product = match known {
                Some(known) if *known != UNKNOWN => *known,
                known => {
                    let id = self.headers.adopt_product(&other.headers, field.product, limits)?;
                    known.into_iter().for_each(|known| *known = id);
                    id
                }
            };
            let known = grids.get_mut(field.grid as usize);
            field.grid = match known {
                Some(known) if *known != UNKNOWN => *known,
                known => {
                    let id = self.headers.adopt_grid(&other.headers, field.grid, limits)?;
                    known.into_iter().for_each(|known| *known = id);
                    id
                }
            };
            self.push(field, limits)?;
        }
        let is_before = |damage: &&ReadError| damage.offset().is_none_or(|at| at < start);
        let before = other.damages.iter().take_while(is_before).count();
        self.damages.extend(other.damages.iter().skip(before).cloned());
        self.damages.truncate(DAMAGES_MAX);
        self.damaged += other.damaged - before as u64;
        Ok(())
    }
}
