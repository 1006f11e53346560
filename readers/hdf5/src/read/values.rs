//! The values of a section as the data model holds them.

use hyperslab_core::{
    Array, Buffer, ByteOrder, ErrorKind, Number, Range, ReadContext, ReadError, Result, Section,
    with_numbers,
};

use super::copy::CopyAxis;
use super::{Placement, Target};
use crate::convert::Converter;
use crate::datatype::{Datatype, Plain, PlainKind};

/// Elements that are not plain numbers are converted so many bytes at a time.
const SLAB_BYTES: u64 = 32 << 20;

/// Fills a target with the elements of a section, as they are stored or in native byte order.
pub type Fetch<'a> = &'a dyn Fn(&Section, &Placement, &Target) -> Result<()>;

/// Whether stored numbers are to be turned around.
pub fn is_swapped(plain: Plain) -> bool {
    let native = if cfg!(target_endian = "big") { ByteOrder::Big } else { ByteOrder::Little };
    plain.bytes > 1 && plain.order != native
}

/// Numbers, read straight into the vector they are returned in. `stripe` is how many bytes a
/// chunk fills there, where it does so without gaps.
///
/// # Errors
/// `Limit`; those of `fetch`.
pub fn numbers(
    plain: Plain,
    section: &Section,
    stripe: Option<usize>,
    fetch: Fetch,
    cx: &ReadContext,
) -> Result<Array> {
    let element = usize::from(plain.bytes);
    let bytes = cx.limits.claim_array(section.element_count(), element as u64)?;
    let mut values = zeros(plain, bytes / element)?;
    let shape = section.shape();
    let target = target(bytes_of(&mut values)?, element, stripe);
    fetch(section, &Placement::dense(&shape, element), &target)?;
    Ok(Array { shape, values })
}

/// Elements of any type: raw first, then converted, a slab of the section at a time. `cut` is
/// the length of a chunk along each axis: no chunk lies in two slabs. `stripe` is as in
/// [`numbers`].
///
/// # Errors
/// `Limit`; those of `fetch` and of the conversion.
pub fn converted(
    datatype: &Datatype,
    converter: &Converter,
    section: &Section,
    cut: Option<&[u64]>,
    stripe: Option<usize>,
    fetch: Fetch,
    cx: &ReadContext,
) -> Result<Array> {
    let count = section.element_count();
    let raw_bytes = u64::from(datatype.size);
    cx.limits.claim_array(count, datatype.dtype().element_bytes().max(raw_bytes))?;
    let mut values = converter.convert(&[], 0, cx)?;
    for slab in Slabs::new(section, raw_bytes, cut) {
        let count = slab.element_count() as usize;
        let mut raw = vec![0; count.saturating_mul(datatype.size())];
        let target = target(&mut raw, datatype.size(), stripe);
        fetch(&slab, &Placement::dense(&slab.shape(), datatype.size()), &target)?;
        let more = converter.convert(&raw, count, cx)?;
        if values.is_empty() {
            values = more;
        } else if !values.append(more) {
            let message = "values of one type were converted to different ones";
            return Err(ReadError::new(ErrorKind::Bug, message));
        }
    }
    Ok(Array { shape: section.shape(), values })
}

fn target(bytes: &mut [u8], element: usize, stripe: Option<usize>) -> Target<'_> {
    match stripe {
        Some(stripe) => Target::in_stripes(bytes, element, stripe),
        None => Target::new(bytes, element),
    }
}

/// Cuts a section into slabs along the first axis that has several indices.
struct Slabs<'a> {
    section: &'a Section,
    axis: Option<usize>,
    /// Indices of a slab along the axis, and the length of a chunk.
    indices: u64,
    chunk: u64,
    done: u64,
}

impl<'a> Slabs<'a> {
    fn new(section: &'a Section, element_bytes: u64, cut: Option<&[u64]>) -> Self {
        let axis = section.ranges.iter().position(|range| range.count > 1);
        let count = axis.and_then(|axis| section.ranges.get(axis)).map_or(1, |range| range.count);
        let index_bytes = (section.element_count() / count).saturating_mul(element_bytes);
        let chunk = axis.zip(cut).and_then(|(axis, cut)| cut.get(axis)).copied().unwrap_or(1);
        let indices = (SLAB_BYTES / index_bytes.max(1)).max(1);
        Self { section, axis, indices, chunk, done: 0 }
    }
}

impl Iterator for Slabs<'_> {
    type Item = Section;

    fn next(&mut self) -> Option<Section> {
        let mut slab = self.section.clone();
        let Some(range) = self.axis.and_then(|axis| slab.ranges.get_mut(axis)) else {
            // A single element.
            self.done += 1;
            return (self.done == 1).then_some(slab);
        };
        if self.done >= range.count {
            return None;
        }
        let least = self.done.saturating_add(self.indices).min(range.count);
        // On to the end of the chunk in which the last index lies.
        let border = (range.index(least - 1) / self.chunk + 1).saturating_mul(self.chunk);
        let end = border.saturating_sub(range.start).div_ceil(range.stride).min(range.count);
        let part = Range::strided(range.index(self.done), end - self.done, range.stride);
        self.done = end;
        *range = part;
        Some(slab)
    }
}

fn zeros(plain: Plain, count: usize) -> Result<Buffer> {
    Ok(match (plain.kind, plain.bytes) {
        (PlainKind::Signed, 1) => Buffer::I8(vec![0; count]),
        (PlainKind::Signed, 2) => Buffer::I16(vec![0; count]),
        (PlainKind::Signed, 4) => Buffer::I32(vec![0; count]),
        (PlainKind::Signed, 8) => Buffer::I64(vec![0; count]),
        (PlainKind::Unsigned, 1) => Buffer::U8(vec![0; count]),
        (PlainKind::Unsigned, 2) => Buffer::U16(vec![0; count]),
        (PlainKind::Unsigned, 4) => Buffer::U32(vec![0; count]),
        (PlainKind::Unsigned, 8) => Buffer::U64(vec![0; count]),
        (PlainKind::Float, 4) => Buffer::F32(vec![0.0; count]),
        (PlainKind::Float, 8) => Buffer::F64(vec![0.0; count]),
        _ => return Err(ReadError::new(ErrorKind::Bug, format!("plain values of {plain:?}"))),
    })
}

/// The memory of a vector of numbers.
///
/// # Errors
/// `Bug` for a buffer of anything else.
pub fn bytes_of(values: &mut Buffer) -> Result<&mut [u8]> {
    with_numbers!(values, v => Ok(bytemuck::cast_slice_mut(v.as_mut_slice())), else {
        Err(ReadError::new(ErrorKind::Bug, "the bytes of a composite type"))
    })
}

/// Puts `values`, dense and of the shape `counts`, into a target of `plain` numbers, converted
/// as HDF5 does: what does not fit becomes the nearest number that does.
///
/// # Errors
/// `Unsupported` when they are no numbers.
pub fn put_numbers(
    values: &Buffer,
    counts: &[u64],
    plain: Plain,
    placement: &Placement,
    target: &Target,
) -> Result<()> {
    macro_rules! integers {
        ($t:ty, $make:expr) => {{
            let cast = |number| match number {
                Number::Int(n) => n.clamp(<$t>::MIN.into(), <$t>::MAX.into()) as $t,
                Number::F32(x) => x as $t,
                Number::F64(x) => x as $t,
            };
            $make((0..values.len()).map_while(|k| values.number(k)).map(cast).collect::<Vec<$t>>())
        }};
    }
    macro_rules! floats {
        ($t:ty, $make:expr) => {{
            let cast = |number| match number {
                Number::Int(n) => n as $t,
                Number::F32(x) => x as $t,
                Number::F64(x) => x as $t,
            };
            $make((0..values.len()).map_while(|k| values.number(k)).map(cast).collect::<Vec<$t>>())
        }};
    }
    #[allow(clippy::unnecessary_cast)] // The macro also casts f64 to f64.
    let mut cast = match (plain.kind, plain.bytes) {
        (PlainKind::Signed, 1) => integers!(i8, Buffer::I8),
        (PlainKind::Signed, 2) => integers!(i16, Buffer::I16),
        (PlainKind::Signed, 4) => integers!(i32, Buffer::I32),
        (PlainKind::Signed, _) => integers!(i64, Buffer::I64),
        (PlainKind::Unsigned, 1) => integers!(u8, Buffer::U8),
        (PlainKind::Unsigned, 2) => integers!(u16, Buffer::U16),
        (PlainKind::Unsigned, 4) => integers!(u32, Buffer::U32),
        (PlainKind::Unsigned, _) => integers!(u64, Buffer::U64),
        (PlainKind::Float, 4) => floats!(f32, Buffer::F32),
        (PlainKind::Float, _) => floats!(f64, Buffer::F64),
    };
    if cast.len() != values.len() {
        return Err(ReadError::unsupported("values that are no numbers in place of numbers"));
    }
    let dense = Placement::dense(counts, target.element);
    let axes = counts.iter().zip(&dense.steps).zip(&placement.steps);
    let axes = axes.map(|((&count, &from), &to)| CopyAxis { count: count as usize, from, to });
    let axes = super::copy::merged(axes);
    target.copy(bytes_of(&mut cast)?, 0, placement.first, &axes, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slabs_end_where_chunks_do_and_miss_nothing() {
        let section = Section::new([Range::new(5, 1), Range::strided(3, 40, 2), Range::new(0, 7)]);
        let mut slabs = Slabs::new(&section, 1, Some(&[1, 10, 7]));
        slabs.indices = 3;
        let slabs: Vec<Range> = slabs.map(|slab| slab.ranges[1]).collect();
        assert_eq!(slabs[0], Range::strided(3, 4, 2));
        assert_eq!(slabs[1], Range::strided(11, 5, 2));
        assert_eq!(slabs.iter().map(|slab| slab.count).sum::<u64>(), 40);
        assert!(slabs.windows(2).all(|pair| pair[0].index(pair[0].count) == pair[1].start));
        assert_eq!(Slabs::new(&Section::new([]), 8, None).count(), 1);
    }

    #[test]
    fn numbers_that_do_not_fit_become_the_nearest_ones() {
        let plain = Plain { bytes: 1, order: ByteOrder::Little, kind: PlainKind::Unsigned };
        let mut bytes = [9u8; 6];
        let target = Target::new(&mut bytes, 1);
        let placement = Placement { first: 1, steps: vec![2] };
        put_numbers(&vec![-1.5f32, 300.0].into(), &[2], plain, &placement, &target).unwrap();
        assert_eq!(bytes, [9, 0, 9, 255, 9, 9]);
    }
}
