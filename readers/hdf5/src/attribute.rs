//! The Attribute Message (HDF5 File Format Specification 4.0, IV.A.2.m), versions 1 to 3.

use hyperslab_core::dtype::Dtype;
use hyperslab_core::{Array, Attribute, Blob, ByteOrder, Cursor, ReadContext, ReadError, Result};

use crate::convert::{Converter, PathOf, variable_length};
use crate::dataspace::Dataspace;
use crate::datatype::{Class, Datatype, Member, ReferenceKind, names};
use crate::file::File;
use crate::links;
use crate::messages::{self, Message};
use crate::references;
use crate::shared;

/// An attribute whose value has not been converted.
pub struct AttributeParts<'a> {
    pub name: String,
    pub datatype: Datatype,
    pub dataspace: Dataspace,
    /// Its elements as stored.
    pub raw: &'a [u8],
}

/// The attribute in `message`.
///
/// # Errors
/// `Malformed`, `Truncated`, `Unsupported`, `Limit`; they name the attribute where its name
/// could be read.
pub fn decode(
    message: &Message,
    file: &File,
    paths: &dyn PathOf,
    cx: &ReadContext,
) -> Result<Attribute> {
    let parts = AttributeParts::parse(message, file, cx)?;
    parts.value(file, paths, cx).map_err(|error| error.at(message.offset))
}

/// For each element of the attribute in `message` the addresses of the objects it refers to.
/// See [`AttributeParts::object_addresses`].
///
/// # Errors
/// Those of [`decode`].
pub fn object_addresses(message: &Message, file: &File, cx: &ReadContext) -> Result<Vec<Vec<u64>>> {
    AttributeParts::parse(message, file, cx)?.object_addresses(file, cx)
}

fn resolve(file: &File, kind: u16, body: &[u8], offset: u64, cx: &ReadContext) -> Result<Message> {
    shared::resolve(file, kind, Blob::owned(body.to_vec()), offset, cx)
}

fn object(name: &str) -> String {
    format!("attribute {name:?}")
}

impl<'a> AttributeParts<'a> {
    /// Takes an attribute message apart.
    ///
    /// # Errors
    /// Those of [`decode`].
    pub fn parse(message: &'a Message, file: &File, cx: &ReadContext) -> Result<Self> {
        let mut cursor = Cursor::new(&message.body, message.offset, ByteOrder::Little);
        let sizes = Sizes::read(&mut cursor)?;
        let name = links::text(names::until_nul(sizes.take(&mut cursor, sizes.name)?));
        match Self::parse_rest(&sizes, cursor, file, cx) {
            Ok((datatype, dataspace, raw)) => Ok(Self { name, datatype, dataspace, raw }),
            Err(error) => Err(error.in_object(object(&name))),
        }
    }

    fn parse_rest(
        sizes: &Sizes,
        mut cursor: Cursor<'a>,
        file: &File,
        cx: &ReadContext,
    ) -> Result<(Datatype, Dataspace, &'a [u8])> {
        let offset = cursor.offset();
        let body = sizes.take(&mut cursor, sizes.datatype)?;
        let datatype = match sizes.is_datatype_shared {
            true => {
                let found = resolve(file, messages::DATATYPE, body, offset, cx)?;
                Datatype::parse(&found.body, found.offset, file)?
            }
            false => Datatype::parse(body, offset, file)?,
        };
        let offset = cursor.offset();
        let body = sizes.take(&mut cursor, sizes.dataspace)?;
        let dataspace = match sizes.is_dataspace_shared {
            true => {
                let found = resolve(file, messages::DATASPACE, body, offset, cx)?;
                Dataspace::parse(&found.body, found.offset, file)?
            }
            false => Dataspace::parse(body, offset, file)?,
        };
        let count = dataspace.element_count()?;
        let bytes = cx.limits.claim_metadata(count, datatype.size.into(), "attribute value")?;
        cx.limits.claim_metadata(count, datatype.dtype().element_bytes(), "attribute value")?;
        let raw = cursor.take(bytes)?;
        Ok((datatype, dataspace, raw))
    }

    /// The attribute with its value.
    ///
    /// # Errors
    /// Those of [`Converter::convert`].
    pub fn value(self, file: &File, paths: &dyn PathOf, cx: &ReadContext) -> Result<Attribute> {
        let convert = || {
            let count = self.dataspace.element_count()? as usize;
            Converter::new(&self.datatype, file, paths)?.convert(self.raw, count, cx)
        };
        let values = convert().map_err(|error| error.in_object(object(&self.name)))?;
        // Where there is no shape, that of nothing stands for it.
        let is_null = self.dataspace.is_null;
        let shape = if is_null { vec![0] } else { self.dataspace.shape };
        let dtype: Dtype = self.datatype.dtype();
        let mut attribute = Attribute::new(self.name, dtype, Array { shape, values });
        attribute.is_null = is_null;
        Ok(attribute)
    }

    /// For each element the addresses of the objects it refers to, in order, 0 for a null
    /// reference: those of a sequence (`DIMENSION_LIST`), or of the members of a compound
    /// (`REFERENCE_LIST`).
    ///
    /// # Errors
    /// What is wrong in the global heap; `Limit`; `Cancelled`.
    pub fn object_addresses(&self, file: &File, cx: &ReadContext) -> Result<Vec<Vec<u64>>> {
        let mut lists = Vec::new();
        let mut total = 0u64;
        for element in self.raw.chunks_exact(self.datatype.size().max(1)) {
            cx.check()?;
            let mut addresses = Vec::new();
            addresses_in(&self.datatype, element, file, cx, &mut addresses)?;
            total = total.saturating_add(addresses.len() as u64);
            cx.limits.claim_metadata(total, 8, "references of an attribute")?;
            lists.push(addresses);
        }
        Ok(lists)
    }
}

/// Types within types are as deep as the parser lets them be.
fn addresses_in(
    datatype: &Datatype,
    element: &[u8],
    file: &File,
    cx: &ReadContext,
    addresses: &mut Vec<u64>,
) -> Result<()> {
    match &datatype.class {
        Class::Reference(ReferenceKind::Object) => {
            let address = references::object_address(element, file.offset_size())?;
            addresses.push(address.unwrap_or(0));
        }
        Class::Compound(members) => {
            for Member { offset, datatype, .. } in members {
                let member = element.get(*offset as usize..).unwrap_or_default();
                addresses_in(datatype, member, file, cx, addresses)?;
            }
        }
        Class::Sequence(base) if base.class == Class::Reference(ReferenceKind::Object) => {
            if let Some((count, object)) = variable_length::stored(element, file, cx)? {
                let stored = variable_length::prefix(&object, count, base.size())?;
                for element in stored.chunks_exact(base.size().max(1)) {
                    addresses_in(base, element, file, cx, addresses)?;
                }
            }
        }
        _ => {}
    }
    Ok(())
}

/// What an attribute message begins with.
struct Sizes {
    version: u8,
    is_datatype_shared: bool,
    is_dataspace_shared: bool,
    name: u16,
    datatype: u16,
    dataspace: u16,
}

impl Sizes {
    fn read(cursor: &mut Cursor) -> Result<Self> {
        let start = cursor.offset();
        let (version, flags) = (cursor.u8()?, cursor.u8()?);
        if !(1..=3).contains(&version) {
            let message = format!("attribute message version {version}");
            return Err(ReadError::unsupported(message).at(start));
        }
        // Version 1 has no flags yet.
        let flags = if version == 1 { 0 } else { flags };
        if flags > 3 {
            return Err(cursor.malformed(format!("unknown attribute flags {flags:#x}")));
        }
        let (name, datatype, dataspace) = (cursor.u16()?, cursor.u16()?, cursor.u16()?);
        if version == 3 {
            // The name's character set: names are taken for UTF-8 where they are that.
            cursor.skip(1)?;
        }
        Ok(Self {
            version,
            is_datatype_shared: flags & 1 != 0,
            is_dataspace_shared: flags & 2 != 0,
            name,
            datatype,
            dataspace,
        })
    }

    /// A part of `size` bytes, in version 1 padded to eight.
    fn take<'a>(&self, cursor: &mut Cursor<'a>, size: u16) -> Result<&'a [u8]> {
        let size = usize::from(size);
        let part = cursor.take(size)?;
        if self.version == 1 {
            cursor.skip(size.next_multiple_of(8) - size)?;
        }
        Ok(part)
    }
}

#[cfg(test)]
mod tests {
    use hyperslab_core::{Buffer, ErrorKind};

    use super::*;
    use crate::convert::tests::{Nowhere, file_with_heap};

    /// `n` = an integer of two bytes, one axis of two; in version 1 every part is padded.
    fn message(version: u8) -> Message {
        const DATATYPE: [u8; 12] = [0x10, 8, 0, 0, 2, 0, 0, 0, 0, 0, 16, 0];
        let dataspace = [&[2, 1, 0, 1][..], &2u64.to_le_bytes()].concat();
        let sizes = [version, 0, 2, 0, DATATYPE.len() as u8, 0, dataspace.len() as u8, 0];
        let mut body = sizes.to_vec();
        if version == 3 {
            body.push(1);
        }
        for part in [&b"n\0"[..], &DATATYPE, &dataspace] {
            let start = body.len();
            body.extend(part);
            if version == 1 {
                body.resize(start + part.len().next_multiple_of(8), 0);
            }
        }
        body.extend([7, 0, 0xff, 0xff]);
        of(body)
    }

    fn of(body: Vec<u8>) -> Message {
        let (kind, body) = (messages::ATTRIBUTE, Blob::owned(body));
        Message { kind, flags: 0, body, offset: 1000, creation: None, shared_at: None }
    }

    fn decode(message: &Message) -> Result<Attribute> {
        super::decode(message, &file_with_heap(&[]), &Nowhere, &ReadContext::default())
    }

    #[test]
    fn all_versions_say_the_same() {
        for version in 1..=3 {
            let attribute = decode(&message(version)).unwrap();
            assert_eq!((attribute.name.as_str(), attribute.is_null), ("n", false));
            assert_eq!(attribute.dtype.to_string(), "<i2");
            assert_eq!(attribute.value, Array::vector(Buffer::I16(vec![7, -1])));
        }
        assert_eq!(decode(&message(4)).unwrap_err().kind(), ErrorKind::Unsupported);
    }

    #[test]
    fn a_value_that_is_cut_off_is_an_error_that_names_the_attribute() {
        let whole = message(3);
        let error = decode(&of(whole.body[..whole.body.len() - 1].to_vec())).unwrap_err();
        assert_eq!((error.kind(), error.object()), (ErrorKind::Truncated, Some("attribute \"n\"")));
        for len in 0..whole.body.len() {
            assert!(decode(&of(whole.body[..len].to_vec())).is_err(), "cut to {len} bytes");
        }
    }

    #[test]
    fn a_null_dataspace_has_no_value() {
        let body = [3, 0, 2, 0, 8, 0, 4, 0, 0, b'n', 0, 0x13, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 2];
        let attribute = decode(&of(body.to_vec())).unwrap();
        assert!(attribute.is_null && attribute.value.is_empty());
    }

    #[test]
    fn lists_of_references_give_addresses() {
        let addresses = [800u64, 0].map(u64::to_le_bytes).concat();
        let file = file_with_heap(&[&addresses]);
        let reference = [0x17, 0, 0, 0, 8, 0, 0, 0];
        let sequence = [&[0x19, 0, 0, 0, 16, 0, 0, 0][..], &reference].concat();
        let mut body = vec![3, 0, 2, 0, 16, 0, 4, 0, 0, b'd', 0];
        body.extend(sequence);
        body.extend([2, 0, 0, 0]);
        body.extend([2, 0, 0, 0, 96, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
        let found = object_addresses(&of(body), &file, &ReadContext::default());
        assert_eq!(found, Ok(vec![vec![800, 0]]));
    }
}
