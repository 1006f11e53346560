//! Variable-length elements: a length and the place of the values in the global heap
//! (VL: "Global Heap ID", HDF5 File Format Specification 4.0, III.E and IV.B).

use hyperslab_core::{Blob, Buffer, ByteOrder, Cursor, ReadContext, ReadError, Result};

use super::elements::Elements;
use super::{Call, Converter};
use crate::datatype::{Datatype, Padding, names};
use crate::file::{self, File};

/// Between looks at the cancel flag.
const ELEMENTS_PER_CHECK: usize = 1024;

/// An object of the global heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeapId {
    pub collection: u64,
    pub index: u32,
}

impl HeapId {
    /// The next heap ID; `None` where it is null, as in elements never written.
    pub fn read(cursor: &mut Cursor, offset_size: u8) -> Result<Option<Self>> {
        let collection = file::address_of(cursor, offset_size)?.filter(|&address| address != 0);
        let index = cursor.uint(4)? as u32;
        Ok(collection.map(|collection| Self { collection, index }))
    }
}

/// How many values an element has, and their bytes; `None` when it has none.
pub fn stored(element: &[u8], file: &File, cx: &ReadContext) -> Result<Option<(usize, Blob)>> {
    let mut cursor = Cursor::new(element, 0, ByteOrder::Little);
    let count = cursor.uint(4)? as usize;
    let id = HeapId::read(&mut cursor, file.offset_size())?;
    match id {
        Some(id) if count > 0 => Ok(Some((count, file.heap_object(id.collection, id.index, cx)?))),
        _ => Ok(None),
    }
}

impl Converter<'_> {
    /// Text of any length, what follows its end left out.
    pub(super) fn texts(
        &self,
        elements: &Elements,
        padding: Padding,
        call: &Call,
    ) -> Result<Buffer> {
        let mut texts = Vec::with_capacity(elements.count());
        for (index, element) in elements.iter().enumerate() {
            if index % ELEMENTS_PER_CHECK == 0 {
                call.cx.check()?;
            }
            let text: Box<[u8]> = match stored(element, self.file, call.cx)? {
                Some((len, object)) => without_padding(prefix(&object, len, 1)?, padding).into(),
                None => Box::default(),
            };
            call.keep(text.len(), 1)?;
            texts.push(text);
        }
        Ok(Buffer::Text(texts))
    }

    /// Sequences: the values of all of them are put together and converted at once.
    pub(super) fn sequences(
        &self,
        elements: &Elements,
        base: &Datatype,
        call: &Call,
    ) -> Result<Buffer> {
        let value_bytes = base.dtype().element_bytes();
        let mut ends = Vec::with_capacity(elements.count());
        let mut total = 0usize;
        let mut raw = Vec::new();
        for (index, element) in elements.iter().enumerate() {
            if index % ELEMENTS_PER_CHECK == 0 {
                call.cx.check()?;
            }
            if let Some((count, object)) = stored(element, self.file, call.cx)? {
                let values = prefix(&object, count, base.size())?;
                total = total.saturating_add(count);
                call.keep(count, value_bytes)?;
                call.copy(count, base.size.into())?;
                raw.extend_from_slice(values);
            }
            ends.push(total);
        }
        let values = self.values(base, &Elements::packed(&raw, base.size(), total)?, call)?;
        Ok(Buffer::VarLen { ends, values: Box::new(values) })
    }
}

/// `count` values of `size` bytes at the start of a heap object.
pub fn prefix(object: &[u8], count: usize, size: usize) -> Result<&[u8]> {
    count.checked_mul(size).and_then(|len| object.get(..len)).ok_or_else(|| {
        ReadError::malformed(format!(
            "{count} values of {size} bytes in a heap object of {} bytes",
            object.len()
        ))
    })
}

fn without_padding(text: &[u8], padding: Padding) -> &[u8] {
    match padding {
        Padding::NullTerminated => names::until_nul(text),
        Padding::Null => hyperslab_core::array::trim_nul(text),
        Padding::Space => text,
    }
}

#[cfg(test)]
mod tests {
    use hyperslab_core::{ErrorKind, Limits};

    use super::*;
    use crate::convert::tests::{Nowhere, file_with_heap};
    use crate::datatype::{Class, FixedPoint};

    const HEAP: u64 = 96;

    /// A sequence or text of `count` values, object `index` of the heap.
    fn element(count: u32, collection: u64, index: u32) -> Vec<u8> {
        let (count, collection) = (count.to_le_bytes(), collection.to_le_bytes());
        [&count[..], &collection, &index.to_le_bytes()].concat()
    }

    fn texts() -> Datatype {
        Datatype { size: 16, class: Class::VarLenString(Padding::NullTerminated) }
    }

    fn sequences_of(element: Datatype) -> Datatype {
        Datatype { size: 16, class: Class::Sequence(Box::new(element)) }
    }

    #[test]
    fn texts_come_from_the_heap_and_null_is_empty() {
        let file = file_with_heap(&[b"Ann\0", b"\xb0C"]);
        let raw = [element(4, HEAP, 1), element(0, 0, 0), element(2, HEAP, 2)].concat();
        let (datatype, cx) = (texts(), ReadContext::default());
        let converter = Converter::new(&datatype, &file, &Nowhere).unwrap();
        let expected: Vec<Box<[u8]>> = vec![(*b"Ann").into(), [].into(), (*b"\xb0C").into()];
        assert_eq!(converter.convert(&raw, 3, &cx), Ok(Buffer::Text(expected)));
        let error = converter.convert(&element(2, HEAP, 7), 1, &cx).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed);
        let error = converter.convert(&raw, 4, &cx).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Truncated);
    }

    #[test]
    fn sequences_of_sequences_end_where_they_should() {
        let bytes =
            FixedPoint { order: ByteOrder::Little, signed: false, bit_offset: 0, precision: 8 };
        let bytes = Datatype { size: 1, class: Class::FixedPoint(bytes) };
        let inner = [element(2, HEAP, 1), element(1, HEAP, 2)].concat();
        let file = file_with_heap(&[&[1, 2], &[3], &inner]);
        let datatype = sequences_of(sequences_of(bytes));
        let raw = [element(0, 0, 0), element(2, HEAP, 3), element(1, HEAP, 3)].concat();
        let converter = Converter::new(&datatype, &file, &Nowhere).unwrap();
        let values = converter.convert(&raw, 3, &ReadContext::default()).unwrap();
        let leaves = Buffer::U8(vec![1, 2, 3, 1, 2]);
        let inner = Buffer::VarLen { ends: vec![2, 3, 5], values: Box::new(leaves) };
        assert_eq!(values, Buffer::VarLen { ends: vec![0, 2, 3], values: Box::new(inner) });
    }

    #[test]
    fn one_large_object_cannot_be_had_any_number_of_times() {
        let file = file_with_heap(&[&[b'x'; 1000]]);
        let raw = element(1000, HEAP, 1).repeat(10);
        let datatype = texts();
        let converter = Converter::new(&datatype, &file, &Nowhere).unwrap();
        let cx = ReadContext::default();
        let cx = cx.with_limits(Limits { array_bytes: 19_999, ..Limits::default() });
        assert!(converter.convert(&raw, 10, &cx).is_ok());
        let error = converter.convert(&raw, 10, &cx).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit, "piece by piece neither");
    }

    #[test]
    fn text_ends_as_its_padding_says() {
        assert_eq!(without_padding(b"ab\0c\0", Padding::NullTerminated), b"ab");
        assert_eq!(without_padding(b"ab\0c\0", Padding::Null), b"ab\0c");
        assert_eq!(without_padding(b"ab  ", Padding::Space), b"ab  ");
        assert_eq!(without_padding(b"\xb0", Padding::NullTerminated), b"\xb0");
    }

    #[test]
    fn more_values_than_the_heap_object_holds_are_malformed() {
        assert_eq!(prefix(&[1, 2, 3], 1, 2).unwrap(), [1, 2]);
        assert!(prefix(&[1, 2, 3], 2, 2).is_err());
        assert!(prefix(&[1, 2, 3], usize::MAX, 2).is_err());
    }
}
