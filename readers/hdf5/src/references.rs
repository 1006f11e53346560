//! References to objects, regions and attributes, turned into paths (HDF5 File Format
//! Specification 4.0, VIII.B "Reference Encoding (Revised)" and VIII.C).

use hyperslab_core::{Blob, Buffer, ByteOrder, Cursor, ReadContext, Reference, Region, Result};

use crate::convert::variable_length::HeapId;
use crate::convert::{Call, PathOf};
use crate::dataspace::Dataspace;
use crate::datatype::{ReferenceKind, names};
use crate::file::{self, File};
use crate::links;
use crate::messages;
use crate::object_header::ObjectHeader;
use crate::selection::Selection;

/// Between looks at the cancel flag.
const ELEMENTS_PER_CHECK: usize = 1024;

/// Reference types of HDF5 1.12.
const OBJECT: u8 = 2;
const REGION: u8 = 3;
const ATTRIBUTE: u8 = 4;
/// Flag of a reference: the object is in another file.
const IS_EXTERNAL: u8 = 1;

/// What is needed to follow references.
pub struct References<'a> {
    pub file: &'a File,
    pub paths: &'a dyn PathOf,
}

impl<'a> References<'a> {
    /// One value for each element; `None` where a reference is null or its object has no path.
    ///
    /// # Errors
    /// What is wrong with an element or its object in the global heap; `Limit`; `Cancelled`.
    pub fn resolve<'e>(
        &self,
        kind: ReferenceKind,
        elements: impl ExactSizeIterator<Item = &'e [u8]>,
        call: &Call,
    ) -> Result<Buffer> {
        let mut references = Vec::with_capacity(elements.len());
        let cx = call.cx;
        for (index, element) in elements.enumerate() {
            if index % ELEMENTS_PER_CHECK == 0 {
                cx.check()?;
            }
            let reference = match kind {
                ReferenceKind::Object => self.object(element, cx)?,
                ReferenceKind::Region => self.region(element, cx)?,
                ReferenceKind::Standard => self.standard(element, cx)?,
            };
            call.keep(reference.as_ref().map_or(0, Reference::bytes), 1)?;
            references.push(reference.map(Box::new));
        }
        Ok(Buffer::Reference(references))
    }

    fn object(&self, element: &[u8], cx: &ReadContext) -> Result<Option<Reference>> {
        let address = object_address(element, self.file.offset_size())?;
        Ok(address.and_then(|address| self.to(address, cx)))
    }

    fn to(&self, address: u64, cx: &ReadContext) -> Option<Reference> {
        self.paths.path_of(address, cx).map(Reference::to)
    }

    /// H5R_DATASET_REGION1.
    fn region(&self, element: &[u8], cx: &ReadContext) -> Result<Option<Reference>> {
        let mut cursor = Cursor::new(element, 0, ByteOrder::Little);
        let Some(object) = self.heap_object(&mut cursor, cx)? else { return Ok(None) };
        let mut cursor = Cursor::new(&object, 0, ByteOrder::Little);
        let Some(address) = non_null_address(&mut cursor, self.file.offset_size())? else {
            return Ok(None);
        };
        let region = self.extent(&Selection::parse(&mut cursor)?, address, cx);
        Ok(self.to(address, cx).map(|reference| Reference { region, ..reference }))
    }

    /// "Reference Header", then a "Reference Block": an object's in the same file here, any
    /// other's in the global heap, behind its length.
    fn standard(&self, element: &[u8], cx: &ReadContext) -> Result<Option<Reference>> {
        let mut cursor = Cursor::new(element, 0, ByteOrder::Little);
        let (kind, flags) = (cursor.u8()?, cursor.u8()?);
        if kind == 0 {
            return Ok(None);
        }
        if kind == OBJECT && flags & IS_EXTERNAL == 0 {
            return self.block(kind, flags, &mut cursor, cx);
        }
        let len = cursor.u32()? as usize;
        let Some(object) = self.heap_object(&mut cursor, cx)? else { return Ok(None) };
        let block = object
            .get(..len)
            .ok_or_else(|| cursor.malformed("a reference longer than its heap object"))?;
        self.block(kind, flags, &mut Cursor::new(block, 0, ByteOrder::Little), cx)
    }

    fn block(
        &self,
        kind: u8,
        flags: u8,
        cursor: &mut Cursor,
        cx: &ReadContext,
    ) -> Result<Option<Reference>> {
        let token_bytes = cursor.u8()?;
        let token = cursor.take(usize::from(token_bytes))?;
        let mut reference = Reference::default();
        let mut object = None;
        if flags & IS_EXTERNAL != 0 {
            // The other file is not opened for this: what is known is its name.
            reference.file = Some(counted_name(cursor)?);
        } else {
            object = object_address(token, self.file.offset_size())?;
            match object.and_then(|address| self.paths.path_of(address, cx)) {
                Some(path) => reference.path = path,
                None => return Ok(None),
            }
        }
        match kind {
            OBJECT => {}
            REGION => {
                // Bytes of the selection, and the rank of its dataspace.
                cursor.skip(4 + 4)?;
                let selection = Selection::parse(cursor)?;
                reference.region = match object {
                    Some(address) => self.extent(&selection, address, cx),
                    None => selection.region(),
                };
            }
            ATTRIBUTE => reference.attribute = Some(counted_name(cursor)?),
            other => return Err(cursor.malformed(format!("a reference of type {other}"))),
        }
        Ok(Some(reference))
    }

    /// What a selection covers of the dataset at `address`.
    fn extent(&self, selection: &Selection, address: u64, cx: &ReadContext) -> Option<Region> {
        if !matches!(selection, Selection::All) {
            return selection.region();
        }
        let header = ObjectHeader::read(self.file, address, cx).ok()?;
        let message = header.find(messages::DATASPACE)?;
        let shape = Dataspace::parse(&message.body, message.offset, self.file).ok()?.shape;
        Some(Region {
            points: shape.iter().fold(1, |n: u64, &len| n.saturating_mul(len)),
            low: vec![0; shape.len()],
            high: shape.iter().map(|&len| len.saturating_sub(1)).collect(),
            is_block: true,
        })
    }

    fn heap_object(&self, cursor: &mut Cursor, cx: &ReadContext) -> Result<Option<Blob>> {
        HeapId::read(cursor, self.file.offset_size())?
            .map(|id| self.file.heap_object(id.collection, id.index, cx))
            .transpose()
    }
}

/// The address an object reference holds; `None` for a null reference.
///
/// # Errors
/// `Truncated`.
pub fn object_address(element: &[u8], offset_size: u8) -> Result<Option<u64>> {
    non_null_address(&mut Cursor::new(element, 0, ByteOrder::Little), offset_size)
}

fn non_null_address(cursor: &mut Cursor, offset_size: u8) -> Result<Option<u64>> {
    Ok(file::address_of(cursor, offset_size)?.filter(|&address| address != 0))
}

/// Two bytes of length, then a name.
fn counted_name(cursor: &mut Cursor) -> Result<String> {
    let len = cursor.u16()?;
    Ok(links::text(names::until_nul(cursor.take(len.into())?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::convert::Converter;
    use crate::convert::tests::file_with_heap;
    use crate::datatype::{Class, Datatype};

    /// Only one object has a path.
    struct OnlyData;

    impl PathOf for OnlyData {
        fn path_of(&self, address: u64, _cx: &ReadContext) -> Option<String> {
            (address == 800).then(|| "/data".to_owned())
        }
    }

    fn resolve(
        kind: ReferenceKind,
        size: u32,
        heap: &[&[u8]],
        raw: &[u8],
    ) -> Vec<Option<Reference>> {
        let file = file_with_heap(heap);
        let datatype = Datatype { size, class: Class::Reference(kind) };
        let converter = Converter::new(&datatype, &file, &OnlyData).unwrap();
        let count = raw.len() / size as usize;
        match converter.convert(raw, count, &ReadContext::default()).unwrap() {
            Buffer::Reference(found) => found.into_iter().map(|r| r.map(|r| *r)).collect(),
            other => panic!("references became {other:?}"),
        }
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    #[test]
    fn null_and_dangling_references_lead_nowhere() {
        let addresses = [800, 0, u64::MAX, 4711].map(u64::to_le_bytes).concat();
        let found = resolve(ReferenceKind::Object, 8, &[], &addresses);
        assert_eq!(found, [Some(Reference::to("/data")), None, None, None]);
    }

    #[test]
    fn a_region_has_bounds() {
        let object = words(&[800, 0, 2, 1, 0, 0, 2, 1, 2, 2, 7, 7]);
        let raw = words(&[96, 0, 1, 0, 0, 0]);
        let found = resolve(ReferenceKind::Region, 12, &[&object], &raw);
        assert_eq!(found[0].as_ref().unwrap().to_string(), "/data[2:8, 2:8]");
        assert_eq!(found[1], None);
    }

    #[test]
    fn standard_references_are_in_the_element_or_in_the_heap() {
        let token = |rest: &[u8]| [&[8][..], &800u64.to_le_bytes(), rest].concat();
        let attribute = token(b"\x05\0units");
        let region = token(&words(&[28, 1, 2, 1, 0, 0, 1, 1, 3, 4]));
        let external = token(b"\x04\0a.h5");
        let heap: [&[u8]; 3] = [&attribute, &region, &external];
        let in_heap = |kind: u8, flags: u8, index: usize| {
            let id = words(&[heap[index].len() as u32, 96, 0, index as u32 + 1]);
            [&[kind, flags][..], &id].concat()
        };
        let mut object = [&[OBJECT, 0][..], &token(&[])].concat();
        object.resize(18, 0);
        let raw = [
            object,
            in_heap(ATTRIBUTE, 0, 0),
            in_heap(REGION, 0, 1),
            in_heap(OBJECT, IS_EXTERNAL, 2),
            vec![0; 18],
        ];
        let found = resolve(ReferenceKind::Standard, 18, &heap, &raw.concat());
        let shown: Vec<String> =
            found.iter().map(|r| r.as_ref().map_or("null".into(), Reference::to_string)).collect();
        assert_eq!(shown, ["/data", "/data@units", "/data[3:5]", "a.h5:", "null"]);
    }
}
