//! Fill values: the old message 0x0004 and the new one, 0x0005, versions 1 to 3 (HDF5 File
//! Format Specification 4.0, IV.A.2.e and IV.A.2.f).

use hyperslab_core::{ByteOrder, Cursor, ReadContext, ReadError, Result};

use crate::datatype::Datatype;
use crate::messages::{self, Message};
use crate::object_header::ObjectHeader;

/// What stands where nothing was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fill {
    /// One element as stored, where whoever made the dataset chose one; zeros otherwise.
    pub bytes: Option<Vec<u8>>,
    /// False where the dataset says that such elements mean nothing.
    pub is_defined: bool,
}

impl Default for Fill {
    fn default() -> Self {
        Self { bytes: None, is_defined: true }
    }
}

impl Fill {
    /// The fill value of a dataset: the new message's where there are both.
    ///
    /// # Errors
    /// `Malformed`, `Truncated`; `Unsupported` for another version.
    pub fn of(header: &ObjectHeader, datatype: &Datatype, cx: &ReadContext) -> Result<Self> {
        cx.check()?;
        let (old, new) = (messages::FILL_VALUE_OLD, messages::FILL_VALUE);
        Self::in_messages(header.find(old), header.find(new), datatype)
    }

    fn in_messages(
        old: Option<&Message>,
        new: Option<&Message>,
        datatype: &Datatype,
    ) -> Result<Self> {
        // A damaged old message is damage, also where nothing depends on it.
        let old = old.map(|message| old_message(message, datatype)).transpose()?;
        let new = new.map(|message| new_message(message, datatype)).transpose()?;
        Ok(new.or(old).unwrap_or_default())
    }
}

fn old_message(message: &Message, datatype: &Datatype) -> Result<Fill> {
    let mut cursor = Cursor::new(&message.body, message.offset, ByteOrder::Little);
    user_defined(&mut cursor, datatype)
}

fn new_message(message: &Message, datatype: &Datatype) -> Result<Fill> {
    let mut cursor = Cursor::new(&message.body, message.offset, ByteOrder::Little);
    let undefined = Fill { bytes: None, is_defined: false };
    match cursor.u8()? {
        version @ (1 | 2) => {
            // When space is allocated, and when the value is written to it.
            cursor.skip(2)?;
            match (cursor.u8()?, version) {
                (0, 2) => Ok(undefined),
                _ => user_defined(&mut cursor, datatype),
            }
        }
        3 => match cursor.u8()? >> 4 & 3 {
            0 => Ok(Fill::default()),
            1 => Ok(undefined),
            2 => user_defined(&mut cursor, datatype),
            _ => Err(cursor.malformed("a fill value both defined and undefined")),
        },
        other => Err(ReadError::unsupported(format!("fill value message version {other}"))
            .at(message.offset)),
    }
}

/// "Size" and "Fill Value". A size of -1 says undefined, 0 says zeros.
fn user_defined(cursor: &mut Cursor, datatype: &Datatype) -> Result<Fill> {
    match cursor.u32()? {
        0 => Ok(Fill::default()),
        u32::MAX => Ok(Fill { bytes: None, is_defined: false }),
        size if size == datatype.size => {
            let bytes = cursor.take(datatype.size())?.to_vec();
            Ok(Fill { bytes: Some(bytes), is_defined: true })
        }
        size => Err(cursor
            .malformed(format!("a fill value of {size} bytes for elements of {}", datatype.size))),
    }
}

#[cfg(test)]
mod tests {
    use hyperslab_core::Blob;

    use super::*;
    use crate::datatype::{Class, Padding};

    fn of(kind: u16, body: &[u8]) -> Result<Fill> {
        let message = Message {
            kind,
            flags: 0,
            body: Blob::owned(body.to_vec()),
            offset: 0,
            creation: None,
            shared_at: None,
        };
        let datatype = Datatype { size: 2, class: Class::String(Padding::Null) };
        let of_kind = |wanted| (kind == wanted).then_some(&message);
        let (old, new) = (messages::FILL_VALUE_OLD, messages::FILL_VALUE);
        Fill::in_messages(of_kind(old), of_kind(new), &datatype)
    }

    fn chosen(bytes: &[u8]) -> Fill {
        Fill { bytes: Some(bytes.to_vec()), is_defined: true }
    }

    const UNDEFINED: Fill = Fill { bytes: None, is_defined: false };

    #[test]
    fn every_version_tells_zeros_from_a_value_from_undefined() {
        assert_eq!(of(messages::FILL_VALUE_OLD, &[2, 0, 0, 0, 7, 8]), Ok(chosen(&[7, 8])));
        let new = |body: &[u8]| of(messages::FILL_VALUE, body);
        assert_eq!(new(&[1, 2, 0, 1, 0, 0, 0, 0]), Ok(Fill::default()));
        assert_eq!(new(&[1, 2, 0, 0, 0xff, 0xff, 0xff, 0xff]), Ok(UNDEFINED));
        assert_eq!(new(&[2, 2, 0, 1, 2, 0, 0, 0, 7, 8]), Ok(chosen(&[7, 8])));
        assert_eq!(new(&[2, 2, 0, 0]), Ok(UNDEFINED));
        assert_eq!(new(&[3, 0x0a]), Ok(Fill::default()));
        assert_eq!(new(&[3, 0x1a]), Ok(UNDEFINED));
        assert_eq!(new(&[3, 0x2a, 2, 0, 0, 0, 7, 8]), Ok(chosen(&[7, 8])));
        assert_eq!(of(0, &[]), Ok(Fill::default()));
    }

    #[test]
    fn a_value_of_another_size_or_cut_off_is_refused() {
        assert!(of(messages::FILL_VALUE_OLD, &[2, 0, 0, 0, 7]).is_err());
        assert!(of(messages::FILL_VALUE_OLD, &[1, 0, 0, 0, 7]).is_err());
        assert!(of(messages::FILL_VALUE, &[3, 0x3a]).is_err());
        assert!(of(messages::FILL_VALUE, &[4, 0]).is_err());
    }
}
