//! Stored elements become values: whole columns at once, compounds member by member.

mod elements;
mod floats;
pub mod integers;
pub mod variable_length;

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

use hyperslab_core::{Buffer, ReadContext, Result};

use self::elements::Elements;
use crate::datatype::{Class, Datatype, Member, Padding};
use crate::file::File;
use crate::references::References;

/// Where in the tree an object is.
pub trait PathOf: Sync {
    /// A path of the object whose header is at `address`.
    fn path_of(&self, address: u64, cx: &ReadContext) -> Option<String>;
}

/// One conversion, and what it takes beyond the elements themselves.
pub struct Call<'c> {
    pub cx: &'c ReadContext,
    kept_bytes: &'c AtomicU64,
    copied_bytes: Cell<u64>,
}

impl Call<'_> {
    /// Charges `count` times `each` bytes that become part of the values.
    ///
    /// # Errors
    /// `Limit`.
    pub fn keep(&self, count: usize, each: u64) -> Result<()> {
        let bytes = (count as u64).saturating_mul(each);
        let before = self.kept_bytes.fetch_add(bytes, Ordering::Relaxed);
        self.cx.limits.claim_array(before.saturating_add(bytes), 1).map(drop)
    }

    /// Charges `count` times `each` bytes that are gone after the conversion.
    ///
    /// # Errors
    /// `Limit`.
    pub fn copy(&self, count: usize, each: u64) -> Result<()> {
        let bytes = (count as u64).saturating_mul(each);
        self.copied_bytes.set(self.copied_bytes.get().saturating_add(bytes));
        self.cx.limits.claim_array(self.copied_bytes.get(), 1).map(drop)
    }
}

/// Turns elements of one type into values: those of one read, also where it converts them
/// piece by piece. Cheap to make.
pub struct Converter<'a> {
    datatype: &'a Datatype,
    file: &'a File,
    paths: &'a dyn PathOf,
    /// What came from the global heap in all calls: any number of elements, and of members of
    /// a compound, may point to the same large object.
    kept_bytes: AtomicU64,
}

impl<'a> Converter<'a> {
    /// # Errors
    /// None today: what cannot be converted is refused when the type is parsed.
    pub fn new(datatype: &'a Datatype, file: &'a File, paths: &'a dyn PathOf) -> Result<Self> {
        Ok(Self { datatype, file, paths, kept_bytes: AtomicU64::new(0) })
    }

    /// The values of `count` elements that lie one after the other in `raw`. The caller has
    /// claimed what they take, by [`Datatype::dtype`]; what they have in the global heap is
    /// claimed here, together with that of earlier calls.
    ///
    /// # Errors
    /// `Truncated` when `raw` is shorter; what is wrong in the global heap; `Limit`;
    /// `Cancelled`.
    pub fn convert(&self, raw: &[u8], count: usize, cx: &ReadContext) -> Result<Buffer> {
        let elements = Elements::packed(raw, self.datatype.size(), count)?;
        let kept_bytes = &self.kept_bytes;
        self.values(self.datatype, &elements, &Call { cx, kept_bytes, copied_bytes: Cell::new(0) })
    }

    /// Types within types are as deep as the parser lets them be.
    fn values(&self, datatype: &Datatype, elements: &Elements, call: &Call) -> Result<Buffer> {
        call.cx.check()?;
        if let Some(plain) = datatype.is_plain() {
            return Ok(integers::plain(elements, plain));
        }
        let size = datatype.size();
        Ok(match &datatype.class {
            Class::FixedPoint(number) | Class::Time(number) | Class::BitField(number) => {
                integers::shifted(elements, size, number)
            }
            Class::FloatingPoint(float) => match float.ieee(datatype.size) {
                Some((_, order)) => floats::halves(elements, order),
                None => floats::other(elements, float),
            },
            Class::String(padding) => {
                let mut bytes = elements.gather().into_owned();
                if *padding == Padding::NullTerminated {
                    clear_behind_nul(&mut bytes, size);
                }
                Buffer::FixedText { len: size, bytes }
            }
            Class::Opaque { .. } => {
                Buffer::Opaque { len: size, bytes: elements.gather().into_owned() }
            }
            Class::Compound(members) => self.compound(members, elements, call)?,
            Class::Reference(kind) => References { file: self.file, paths: self.paths }.resolve(
                *kind,
                elements.iter(),
                call,
            )?,
            Class::Enumeration { base, .. } => self.values(base, elements, call)?,
            Class::Sequence(base) => self.sequences(elements, base, call)?,
            Class::VarLenString(padding) => self.texts(elements, *padding, call)?,
            Class::Array { element, count, .. } => {
                let values = self.flat(element, *count as usize, elements, call)?;
                Buffer::Array { per: *count as usize, values: Box::new(values) }
            }
            Class::Complex(part) => self.complex(part, elements, call)?,
        })
    }

    fn compound(&self, members: &[Member], elements: &Elements, call: &Call) -> Result<Buffer> {
        let mut fields = Vec::with_capacity(members.len());
        for member in members {
            let datatype = &member.datatype;
            let column = elements.member(member.offset as usize, datatype.size())?;
            let values = match &datatype.class {
                Class::Array { element, count, .. } => {
                    self.flat(element, *count as usize, &column, call)?
                }
                _ => self.values(datatype, &column, call)?,
            };
            fields.push((member.name.clone(), values));
        }
        Ok(Buffer::Compound { count: elements.count(), fields })
    }

    /// The values of all arrays, one after the other.
    fn flat(
        &self,
        element: &Datatype,
        per: usize,
        arrays: &Elements,
        call: &Call,
    ) -> Result<Buffer> {
        if arrays.as_packed().is_none() {
            call.copy(arrays.count().saturating_mul(per), element.size.into())?;
        }
        let raw = arrays.gather();
        let count = arrays.count().saturating_mul(per);
        self.values(element, &Elements::packed(&raw, element.size(), count)?, call)
    }

    fn complex(&self, part: &Datatype, elements: &Elements, call: &Call) -> Result<Buffer> {
        let mut fields = Vec::with_capacity(2);
        for (name, offset) in [("r", 0), ("i", part.size())] {
            let column = elements.member(offset, part.size())?;
            fields.push((name.to_owned(), self.values(part, &column, call)?));
        }
        Ok(Buffer::Compound { count: elements.count(), fields })
    }
}

/// What follows the NUL that ends a text is nothing the writer meant.
fn clear_behind_nul(bytes: &mut [u8], len: usize) {
    for text in bytes.chunks_mut(len.max(1)) {
        let end = text.iter().position(|&byte| byte == 0).unwrap_or(text.len());
        text.iter_mut().skip(end).for_each(|byte| *byte = 0);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::Arc;

    use hyperslab_core::{ByteOrder, MemorySource};

    use super::*;
    use crate::datatype::FixedPoint;

    /// No object has a path.
    pub struct Nowhere;

    impl PathOf for Nowhere {
        fn path_of(&self, _address: u64, _cx: &ReadContext) -> Option<String> {
            None
        }
    }

    /// A file with nothing but a superblock and, at address 96, a global heap collection of
    /// these objects, which are numbered from 1.
    pub fn file_with_heap(objects: &[&[u8]]) -> File {
        let mut heap = Vec::new();
        for (index, object) in objects.iter().enumerate() {
            heap.extend((index as u16 + 1).to_le_bytes());
            heap.extend([0; 6]);
            heap.extend((object.len() as u64).to_le_bytes());
            heap.extend_from_slice(object);
            heap.resize(heap.len().next_multiple_of(8), 0);
        }
        let mut bytes = b"\x89HDF\r\n\x1a\n".to_vec();
        bytes.extend([0, 0, 0, 0, 0, 8, 8, 0, 4, 0, 16, 0, 0, 0, 0, 0]);
        let collection_bytes = 16 + heap.len() as u64;
        let end_of_file = 96 + collection_bytes;
        for address in [0, u64::MAX, end_of_file, u64::MAX, 0, 96, 0, 0, 0] {
            bytes.extend(address.to_le_bytes());
        }
        bytes.extend(b"GCOL\x01\0\0\0");
        bytes.extend(collection_bytes.to_le_bytes());
        bytes.extend(heap);
        File::open(Arc::new(MemorySource::new(bytes)), &ReadContext::default()).unwrap()
    }

    fn int(size: u32, order: ByteOrder) -> Datatype {
        let precision = size as u16 * 8;
        let number = FixedPoint { order, signed: true, bit_offset: 0, precision };
        Datatype { size, class: Class::FixedPoint(number) }
    }

    fn member(name: &str, offset: u32, datatype: Datatype) -> Member {
        Member { name: name.into(), offset, datatype }
    }

    fn array(element: Datatype, count: u32) -> Datatype {
        let (size, shape) = (element.size * count, vec![u64::from(count)]);
        Datatype { size, class: Class::Array { element: Box::new(element), shape, count } }
    }

    fn convert(datatype: &Datatype, raw: &[u8]) -> Buffer {
        let file = file_with_heap(&[]);
        let converter = Converter::new(datatype, &file, &Nowhere).unwrap();
        converter.convert(raw, raw.len() / datatype.size(), &ReadContext::default()).unwrap()
    }

    #[test]
    fn compounds_become_columns_whatever_lies_between_the_members() {
        let inner = Class::Compound(vec![member("x", 1, int(1, ByteOrder::Little))]);
        let inner = Datatype { size: 2, class: inner };
        let datatype = Class::Compound(vec![
            member("a", 0, int(2, ByteOrder::Big)),
            member("b", 3, array(inner, 2)),
        ]);
        let datatype = Datatype { size: 8, class: datatype };
        let raw = [0, 1, 9, 9, 10, 9, 11, 9, 0xff, 0xfe, 9, 9, 20, 9, 21, 9];
        let x = Buffer::Compound {
            count: 4,
            fields: vec![("x".into(), Buffer::I8(vec![10, 11, 20, 21]))],
        };
        let fields = vec![("a".into(), Buffer::I16(vec![1, -2])), ("b".into(), x)];
        assert_eq!(convert(&datatype, &raw), Buffer::Compound { count: 2, fields });
    }

    #[test]
    fn arrays_elsewhere_stay_arrays() {
        let datatype = array(array(int(1, ByteOrder::Little), 2), 3);
        let inner = Buffer::Array { per: 2, values: Box::new(Buffer::I8((0..12).collect())) };
        let expected = Buffer::Array { per: 3, values: Box::new(inner) };
        assert_eq!(convert(&datatype, &(0..12).collect::<Vec<u8>>()), expected);
        assert_eq!(expected.len(), 2);
    }

    #[test]
    fn only_what_follows_a_terminating_nul_is_not_kept() {
        let bytes = b"a\0zbcd".to_vec();
        let text = |padding| Datatype { size: 3, class: Class::String(padding) };
        let expected = Buffer::FixedText { len: 3, bytes: b"a\0\0bcd".to_vec() };
        assert_eq!(convert(&text(Padding::NullTerminated), &bytes), expected);
        let expected = Buffer::FixedText { len: 3, bytes: bytes.clone() };
        assert_eq!(convert(&text(Padding::Null), &bytes), expected);
        let opaque = Datatype { size: 3, class: Class::Opaque { tag: None } };
        assert_eq!(convert(&opaque, &bytes), Buffer::Opaque { len: 3, bytes });
    }

    #[test]
    fn no_elements_are_an_empty_column() {
        assert_eq!(convert(&int(8, ByteOrder::Big), &[]), Buffer::I64(Vec::new()));
    }
}
