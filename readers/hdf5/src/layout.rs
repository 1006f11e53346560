//! The Data Layout Message (HDF5 File Format Specification 4.0, IV.A.2.i), versions 1 to 5:
//! where the elements of a dataset are.

use hyperslab_core::{Blob, ByteOrder, Cursor, ReadError, Result};

use crate::file::{self, File};
use crate::messages::Message;

#[derive(Clone)]
pub enum Layout {
    /// In the message itself.
    Compact(Blob),
    /// One run of bytes; without an address nothing was written yet.
    Contiguous {
        address: Option<u64>,
        /// Bytes set aside, which versions 1 and 2 do not tell.
        bytes: Option<u64>,
    },
    Chunked(Chunked),
    /// Elements of other datasets, as an object of the global heap says.
    Virtual {
        collection: Option<u64>,
        index: u32,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunked {
    /// Elements of a chunk along each axis, none of them 0.
    pub chunk: Vec<u64>,
    pub element_bytes: u64,
    /// Chunks that reach over the edge of the dataset were never filtered.
    pub edges_are_unfiltered: bool,
    pub index: IndexKind,
    /// Of the index, or of the data where there is none; without it nothing was written yet.
    pub address: Option<u64>,
}

/// How the address of a chunk is found (appendix C).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexKind {
    BtreeV1,
    /// The only chunk; its stored size and filter mask when it is filtered.
    Single(Option<(u64, u32)>),
    /// Chunks one after the other.
    Implicit,
    FixedArray,
    ExtensibleArray,
    BtreeV2,
}

impl Layout {
    /// # Errors
    /// `Malformed`, `Truncated`; `Unsupported` for a version or class that is not known.
    pub fn parse(message: &Message, file: &File) -> Result<Self> {
        let mut cursor = Cursor::new(&message.body, message.offset, ByteOrder::Little);
        match cursor.u8()? {
            1 | 2 => before_version_3(&mut cursor, file),
            version @ 3..=5 => from_version_3(&mut cursor, version, file),
            version => {
                Err(ReadError::unsupported(format!("data layout message of version {version}"))
                    .at(message.offset))
            }
        }
    }

    /// In words, for people.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Compact(_) => "compact",
            Self::Contiguous { .. } => "contiguous",
            Self::Chunked(_) => "chunked",
            Self::Virtual { .. } => "virtual",
        }
    }
}

/// 32, and one for the size of an element.
const MAX_AXES: u8 = 33;

fn before_version_3(cursor: &mut Cursor, file: &File) -> Result<Layout> {
    let axes = cursor.u8()?;
    if !(1..=MAX_AXES).contains(&axes) {
        return Err(cursor.malformed(format!("a data layout of {axes} dimensions")));
    }
    let class = cursor.u8()?;
    cursor.skip(5)?;
    let address = if class == 0 { None } else { file::address(cursor, file)? };
    let sizes = (0..axes).map(|_| cursor.u32().map(u64::from)).collect::<Result<Vec<_>>>()?;
    match class {
        0 => {
            let bytes = cursor.u32()?;
            compact(cursor, bytes)
        }
        1 => Ok(Layout::Contiguous { address, bytes: None }),
        2 => chunked(cursor, sizes, false, IndexKind::BtreeV1, address),
        class => Err(unknown_class(cursor, class)),
    }
}

fn from_version_3(cursor: &mut Cursor, version: u8, file: &File) -> Result<Layout> {
    match cursor.u8()? {
        0 => {
            let bytes = cursor.u16()?;
            compact(cursor, u32::from(bytes))
        }
        1 => {
            let address = file::address(cursor, file)?;
            Ok(Layout::Contiguous { address, bytes: Some(file::length(cursor, file)?) })
        }
        2 if version == 3 => {
            let axes = cursor.u8()?;
            let address = file::address(cursor, file)?;
            let sizes =
                (0..axes).map(|_| cursor.u32().map(u64::from)).collect::<Result<Vec<_>>>()?;
            chunked(cursor, sizes, false, IndexKind::BtreeV1, address)
        }
        2 => chunked_since_version_4(cursor, file),
        3 if version >= 4 => {
            Ok(Layout::Virtual { collection: file::address(cursor, file)?, index: cursor.u32()? })
        }
        class => Err(unknown_class(cursor, class)),
    }
}

fn chunked_since_version_4(cursor: &mut Cursor, file: &File) -> Result<Layout> {
    const EDGES_ARE_UNFILTERED: u8 = 1;
    const SINGLE_IS_FILTERED: u8 = 2;
    let flags = cursor.u8()?;
    let axes = cursor.u8()?;
    let width = cursor.u8()?;
    if !(1..=8).contains(&width) {
        return Err(cursor.malformed(format!("chunk dimensions of {width} bytes")));
    }
    let sizes = (0..axes).map(|_| cursor.uint(width)).collect::<Result<Vec<_>>>()?;
    let index = match cursor.u8()? {
        1 if flags & SINGLE_IS_FILTERED != 0 => {
            IndexKind::Single(Some((file::length(cursor, file)?, cursor.u32()?)))
        }
        1 => IndexKind::Single(None),
        2 => IndexKind::Implicit,
        // What follows of the other three stands in their headers too.
        3 => cursor.skip(1).map(|()| IndexKind::FixedArray)?,
        4 => cursor.skip(5).map(|()| IndexKind::ExtensibleArray)?,
        5 => cursor.skip(6).map(|()| IndexKind::BtreeV2)?,
        kind => {
            let message = format!("chunk index of type {kind}");
            return Err(ReadError::unsupported(message).at(cursor.offset()));
        }
    };
    let address = file::address(cursor, file)?;
    chunked(cursor, sizes, flags & EDGES_ARE_UNFILTERED != 0, index, address)
}

/// `sizes` are those of a chunk, and last that of an element.
fn chunked(
    cursor: &Cursor,
    mut sizes: Vec<u64>,
    edges_are_unfiltered: bool,
    index: IndexKind,
    address: Option<u64>,
) -> Result<Layout> {
    let Some(element_bytes) = sizes.pop() else {
        return Err(cursor.malformed("chunks without dimensions"));
    };
    if sizes.is_empty() || sizes.contains(&0) {
        return Err(cursor.malformed(format!("chunks of shape {sizes:?}")));
    }
    Ok(Layout::Chunked(Chunked {
        chunk: sizes,
        element_bytes,
        edges_are_unfiltered,
        index,
        address,
    }))
}

fn compact(cursor: &mut Cursor, bytes: u32) -> Result<Layout> {
    Ok(Layout::Compact(Blob::owned(cursor.take(bytes as usize)?.to_vec())))
}

fn unknown_class(cursor: &Cursor, class: u8) -> ReadError {
    ReadError::unsupported(format!("data layout class {class}")).at(cursor.offset())
}
