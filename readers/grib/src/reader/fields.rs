//! Decoding: one field at a time, each once, several at once. What is decoded is kept in the
//! context's cache while there is room, so that the next point or map of the same fields is
//! quick.

use std::sync::Arc;

use hyperslab_core::{
    Array, Buffer, ErrorKind, Limits, Progress, Range, ReadContext, ReadError, Result, Section,
};
use rayon::prelude::*;

use crate::cubes::{LEADING, Place};
use crate::grids::Grid;
use crate::index::{Bitmap, Field};
use crate::packing::{Field1, Real, constant1, constant2, decode1, decode2};
use crate::spectral;

use super::contents::{Contents, FieldVariable, Shown};
use super::{options, section};

/// A field is decoded whole, however little of it is asked for: so much may be held for that, and
/// so much more for each octet of its message, up to the most, where the limits do not allow for
/// more anyway.
const FIELD_BYTES: u64 = 16 << 20;
const BYTES_PER_OCTET: u64 = 4096;
const MOST_FIELD_BYTES: u64 = 512 << 20;
/// GRIB1 section 4 without values, padded.
const EMPTY_SECTION4_LEN: u32 = 16;

/// Values a variable can hold.
pub trait Value: Real + Default + bytemuck::Pod {
    fn buffer(values: Vec<Self>) -> Buffer;
}

impl Value for f32 {
    fn buffer(values: Vec<Self>) -> Buffer {
        Buffer::F32(values)
    }
}

impl Value for f64 {
    fn buffer(values: Vec<Self>) -> Buffer {
        Buffer::F64(values)
    }
}

pub fn read(
    contents: &Contents,
    fields: &FieldVariable,
    section: &Section,
    cx: &ReadContext,
) -> Result<Array> {
    let values = if fields.is_double {
        f64::buffer(read_as(contents, fields, section, cx)?)
    } else {
        f32::buffer(read_as(contents, fields, section, cx)?)
    };
    Ok(Array { shape: section.shape(), values })
}

/// Each field goes straight to its place in the result; holes are NaN.
fn read_as<T: Value>(
    contents: &Contents,
    fields: &FieldVariable,
    section: &Section,
    cx: &ReadContext,
) -> Result<Vec<T>> {
    let size = size_of::<T>() as u64;
    let bytes = cx.limits.claim_array(section.element_count(), size)?;
    if section.is_empty() {
        return Ok(Vec::new());
    }
    cx.progress.expect(bytes as u64);
    let (leading, cell) = section.ranges.split_at(fields.leading.len().min(section.rank()));
    let count = cell.iter().fold(1, |n: usize, range| n.saturating_mul(range.count as usize));
    let reading =
        Reading { contents, fields, cell, is_kept: is_kept(fields, leading, size, cx), cx };
    let is_whole = cell.iter().zip(&fields.cell).all(|(range, &len)| range.count == len);
    if is_whole && bytes == count.saturating_mul(size_of::<T>()) {
        cx.check()?;
        if let Some(values) = reading.whole_field(leading, count)? {
            cx.advance(bytes as u64)?;
            return Ok(values);
        }
    }
    let mut values = vec![T::default(); bytes / size_of::<T>()];
    values.par_chunks_mut(count.max(1)).enumerate().try_for_each(|(k, into)| {
        cx.check()?;
        match fields.field_at(&indices(leading, k as u64)) {
            Some(field) => reading.field(field, into)?,
            None => into.fill(T::NAN),
        }
        cx.advance(into.len() as u64 * size)
    })?;
    Ok(values)
}

/// The `k`-th combination of leading indices.
fn indices(leading: &[Range], mut k: u64) -> [u32; LEADING] {
    let mut indices = [0; LEADING];
    for (axis, range) in leading.iter().enumerate().rev() {
        let count = range.count.max(1);
        if let Some(index) = indices.get_mut(axis) {
            *index = u32::try_from(range.index(k % count)).unwrap_or(u32::MAX);
        }
        k /= count;
    }
    indices
}

/// All the fields of one read are kept, or none: a few of many would be gone before they are
/// asked for again. Half of the cache may be filled by one read.
fn is_kept(fields: &FieldVariable, leading: &[Range], size: u64, cx: &ReadContext) -> bool {
    let shape = leading.iter().map(|range| range.count).chain(fields.cell.iter().copied());
    let bytes = shape.fold(size, u64::saturating_mul);
    usize::try_from(bytes / 2).is_ok_and(|bytes| cx.chunk_cache.keeps(bytes))
}

impl FieldVariable {
    pub fn field_at(&self, indices: &[u32; LEADING]) -> Option<u32> {
        let at = self.places.binary_search_by(|place: &Place| place.indices.cmp(indices)).ok()?;
        self.places.get(at).map(|place| place.field)
    }
}

struct Reading<'a> {
    contents: &'a Contents,
    fields: &'a FieldVariable,
    cell: &'a [Range],
    is_kept: bool,
    cx: &'a ReadContext,
}

impl Reading<'_> {
    fn field<T: Value>(&self, number: u32, into: &mut [T]) -> Result<()> {
        let key = (self.contents.number, cache_key::<T>(number, self.fields.shown, self.cx));
        let shape = &self.fields.cell;
        if let Some(kept) = self.cx.chunk_cache.get(key) {
            return copy_kept(&kept, shape, self.cell, into);
        }
        let values = match self.numbered(number)? {
            Presented::Whole(values) => values,
            Presented::Part(values) => {
                if values.len() != into.len() {
                    return Err(section::too_few());
                }
                into.copy_from_slice(&values);
                return Ok(());
            }
            Presented::Constant(value) => {
                into.fill(value);
                return Ok(());
            }
        };
        section::copy(&values, shape, self.cell, into)?;
        self.keep(key, &values);
        Ok(())
    }

    /// A result of one field, as it was decoded: neither cleared before nor copied after. `None`
    /// where that is not all there is to do.
    fn whole_field<T: Value>(&self, leading: &[Range], count: usize) -> Result<Option<Vec<T>>> {
        let Some(number) = self.fields.field_at(&indices(leading, 0)) else { return Ok(None) };
        let key = (self.contents.number, cache_key::<T>(number, self.fields.shown, self.cx));
        if self.cx.chunk_cache.get(key).is_some() {
            return Ok(None);
        }
        let values = match self.numbered(number)? {
            Presented::Whole(values) if values.len() == count => {
                self.keep(key, &values);
                values
            }
            Presented::Part(values) if values.len() == count => values,
            Presented::Whole(_) | Presented::Part(_) => return Err(section::too_few()),
            Presented::Constant(value) => vec![value; count],
        };
        Ok(Some(values))
    }

    fn keep<T: Value>(&self, key: (u64, u64), values: &[T]) {
        if self.is_kept {
            let bytes: &[u8] = bytemuck::cast_slice(values);
            self.cx.chunk_cache.insert(key, Arc::new(bytes.to_vec()));
        }
    }

    fn numbered<T: Value>(&self, number: u32) -> Result<Presented<T>> {
        let contents = self.contents;
        let field = contents.index.fields().get(number as usize);
        let field = field.ok_or_else(|| ReadError::request("a message that is not there"))?;
        let grid = contents.grid(field.grid);
        let grid = grid.ok_or_else(|| ReadError::unsupported("the grid of this field"))?;
        self.presented(field, grid).map_err(|error| named(error, field))
    }

    fn presented<T: Value>(&self, field: &Field, grid: &Grid) -> Result<Presented<T>> {
        let contents = self.contents;
        let decoding = self.decoding(field);
        let points = self.fields.cell.iter().fold(1, |n: u64, &len| n.saturating_mul(len));
        match self.fields.shown {
            Shown::Grid if self.fields.matrix_axes > 0 => {
                let coded = coded(contents, field, grid, &decoding)?;
                self.matrices(&coded, grid).map(Presented::Whole)
            }
            Shown::Grid => {
                let method = options::interpolation(self.cx);
                if let Some(value) = constant(contents, field, grid, &decoding)? {
                    if grid.points() == points && !grid.is_thinned() {
                        return Ok(Presented::Constant(value));
                    }
                    if let Some(part) = grid.present_constant(value, method, self.cell)? {
                        return Ok(Presented::Part(part));
                    }
                }
                let coded = coded(contents, field, grid, &decoding)?;
                let has_bitmap = field.bitmap != Bitmap::None;
                if grid.is_thinned() && !self.is_kept {
                    let part = grid.present_part(coded, method, has_bitmap, self.cell)?;
                    let part = part.ok_or_else(|| ReadError::malformed("rows of other lengths"))?;
                    return Ok(Presented::Part(part));
                }
                grid.present(coded, method, has_bitmap).map(Presented::Whole)
            }
            Shown::Synthesised { n } => {
                let coded: Vec<f64> = coded(contents, field, grid, &decoding)?;
                let truncation = grid.truncation().unwrap_or_default();
                let values = spectral::synthesise(&coded, truncation, n, &decoding)?;
                let values = values.into_iter().map(|value| T::from_f64(f64::from(value)));
                Ok(Presented::Whole(values.collect()))
            }
        }
    }

    /// The matrices of points, in the order in which the grid presents points.
    fn matrices<T: Value>(&self, coded: &[T], grid: &Grid) -> Result<Vec<T>> {
        if grid.is_thinned() {
            return Err(ReadError::unsupported("matrices on a thinned grid"));
        }
        let axes = self.fields.cell.iter().rev().take(self.fields.matrix_axes);
        let elements = axes.fold(1, |n: u64, &length| n.saturating_mul(length));
        let each = usize::try_from(elements).unwrap_or(usize::MAX).max(1);
        let points =
            self.cx.limits.claim_array(grid.points(), size_of::<f64>() as u64)? / size_of::<f64>();
        if points.checked_mul(each) != Some(coded.len()) {
            return Err(ReadError::malformed("matrices of another size than the first field's"));
        }
        let places: Vec<f64> = (0..points).map(|point| point as f64).collect();
        let order = grid.present(places, options::interpolation(self.cx), false)?;
        let matrices = order.into_iter().filter_map(|point| coded.chunks(each).nth(point as usize));
        Ok(matrices.flatten().copied().collect())
    }

    /// Decoders count bytes of their own, and need room for a whole field.
    fn decoding(&self, field: &Field) -> ReadContext {
        let justified = field.length.saturating_mul(BYTES_PER_OCTET).saturating_add(FIELD_BYTES);
        let array_bytes = self.cx.limits.array_bytes.max(justified.min(MOST_FIELD_BYTES));
        ReadContext::new(self.cx.cancel.clone(), Progress::default())
            .with_limits(Limits { array_bytes, ..self.cx.limits })
    }
}

enum Presented<T> {
    Whole(Vec<T>),
    /// Of what is asked for.
    Part(Vec<T>),
    Constant(T),
}

/// The value of all points, where that can be told without making them: a message of a hundred
/// octets may have a thousand million.
fn constant<T: Real>(
    contents: &Contents,
    field: &Field,
    grid: &Grid,
    cx: &ReadContext,
) -> Result<Option<T>> {
    if field.bitmap != Bitmap::None || grid.truncation().is_some() {
        return Ok(None);
    }
    let has_bits = field.bits_per_value != 0;
    // GRIB1 says by a scale that all is missing, whatever the width of what is not there.
    if has_bits && (field.edition != 1 || field.coding_len > EMPTY_SECTION4_LEN) {
        return Ok(None);
    }
    let coding = contents.index.coding(field, &*contents.source, cx)?;
    if field.edition == 1 { constant1(&coding) } else { constant2(&coding, grid.points()) }
}

/// Says which message could not be read. The file holds all of it, or the scan would have left it
/// out: what ends early is the packing inside.
pub fn named(error: ReadError, field: &Field) -> ReadError {
    match error.kind() {
        ErrorKind::Cancelled => error,
        ErrorKind::Truncated => error.of_kind(ErrorKind::Malformed).at(field.offset),
        _ => error.at(field.offset),
    }
}

/// A field in the order it is stored.
pub fn coded<T: Real>(
    contents: &Contents,
    field: &Field,
    grid: &Grid,
    cx: &ReadContext,
) -> Result<Vec<T>> {
    let data = contents.index.data(field, &*contents.source, cx)?;
    let bitmap = data.bitmap.as_deref();
    if field.edition != 1 {
        return decode2(&data.coding, bitmap, &data.data, grid.points(), cx);
    }
    let product = contents.index.product(field.product)?;
    let how = Field1 {
        decimal_scale: decimal_scale(&product.octets),
        points: grid.points(),
        rows: &grid.rows(),
        truncation: grid.truncation(),
    };
    decode1(&data.coding, bitmap, &how, cx)
}

/// GRIB1 section 1 octets 27 and 28: sign and magnitude.
fn decimal_scale(section1: &[u8]) -> i16 {
    let octets = section1.get(26..28).and_then(|octets| octets.first_chunk::<2>());
    let stored = octets.map_or(0, |octets| u16::from_be_bytes(*octets));
    let magnitude = (stored & 0x7fff).cast_signed();
    if stored & 0x8000 == 0 { magnitude } else { -magnitude }
}

/// Bits of a key: the field, how it is shown, how wide its values are.
fn cache_key<T>(number: u32, shown: Shown, cx: &ReadContext) -> u64 {
    let shown = match shown {
        Shown::Grid => options::interpolation(cx) as u64,
        Shown::Synthesised { .. } => 7,
    };
    let wide = u64::from(size_of::<T>() == 8);
    u64::from(number) << 8 | shown << 1 | wide
}

/// Kept bytes need not lie where numbers may: they are picked one by one.
fn copy_kept<T: Value>(kept: &[u8], shape: &[u64], ranges: &[Range], into: &mut [T]) -> Result<()> {
    if let Ok(values) = bytemuck::try_cast_slice::<u8, T>(kept) {
        return section::copy(values, shape, ranges, into);
    }
    let values: Vec<T> =
        kept.chunks_exact(size_of::<T>()).map(bytemuck::pod_read_unaligned).collect();
    section::copy(&values, shape, ranges, into)
}
