//! The Datatype Message (HDF5 File Format Specification 4.0, IV.A.2.d): what one element is.

mod dtype;
mod floating_point;
pub mod names;
mod parse;

use std::sync::Arc;

use hyperslab_core::{ByteOrder, Cursor, Result};

pub use floating_point::{FloatOrder, FloatingPoint, Normalization};

use crate::file::File;

#[cfg(test)]
pub(crate) use floating_point::tests as float_layouts;

/// An element of `size` bytes in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Datatype {
    pub size: u32,
    pub class: Class,
}

/// The datatype classes, by the specification's names where it has one.
#[derive(Clone, Debug, PartialEq)]
pub enum Class {
    FixedPoint(FixedPoint),
    FloatingPoint(FloatingPoint),
    /// Kept as a signed integer.
    Time(FixedPoint),
    /// Text in `size` bytes, padding included.
    String(Padding),
    BitField(FixedPoint),
    Opaque {
        tag: Option<Arc<str>>,
    },
    Compound(Vec<Member>),
    Reference(ReferenceKind),
    /// The base is fixed-point.
    Enumeration {
        base: Box<Datatype>,
        members: Vec<(String, i128)>,
    },
    Sequence(Box<Datatype>),
    VarLenString(Padding),
    /// `count` is the product of `shape`, at least 1.
    Array {
        element: Box<Datatype>,
        shape: Vec<u64>,
        count: u32,
    },
    /// Two floating-point parts of this type.
    Complex(Box<Datatype>),
}

/// The value is `precision` bits from bit `bit_offset`, counted from the least significant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedPoint {
    pub order: ByteOrder,
    pub signed: bool,
    pub bit_offset: u16,
    pub precision: u16,
}

/// A member of a compound; lies inside it and beside the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub name: String,
    /// Bytes from the start of the compound.
    pub offset: u32,
    pub datatype: Datatype,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceKind {
    /// The address of an object.
    Object,
    /// An object in the global heap: an address and a selection.
    Region,
    /// Since HDF5 1.12: an object, a region or an attribute.
    Standard,
}

/// What stands behind a text that is shorter than its room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    NullTerminated,
    Null,
    Space,
}

/// A fixed run of bytes that is a number of this machine, up to byte order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plain {
    /// 1, 2, 4 or 8; for floats 4 or 8.
    pub bytes: u8,
    pub order: ByteOrder,
    pub kind: PlainKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlainKind {
    Signed,
    Unsigned,
    Float,
}

impl Datatype {
    /// Reads the body of a datatype message; `offset` is where it lies in the file.
    ///
    /// # Errors
    /// `Malformed`, `Truncated`; `Unsupported` for what the specification leaves open.
    pub fn parse(body: &[u8], offset: u64, file: &File) -> Result<Self> {
        Self::parse_sized(body, offset, file.offset_size())
    }

    /// The same for addresses of `offset_size` bytes.
    fn parse_sized(body: &[u8], offset: u64, offset_size: u8) -> Result<Self> {
        parse::datatype(&mut Cursor::new(body, offset, ByteOrder::Little), offset_size, 0)
    }

    /// How an element's bytes make a number, where they do so without any shifting.
    pub fn is_plain(&self) -> Option<Plain> {
        match &self.class {
            Class::FixedPoint(number) | Class::Time(number) | Class::BitField(number) => {
                let bytes = u8::try_from(self.size).ok()?;
                let is_whole =
                    number.bit_offset == 0 && u32::from(number.precision) == 8 * self.size;
                (is_whole && matches!(bytes, 1 | 2 | 4 | 8)).then_some(Plain {
                    bytes,
                    order: number.order,
                    kind: if number.signed { PlainKind::Signed } else { PlainKind::Unsigned },
                })
            }
            Class::FloatingPoint(float) => {
                let (bytes, order) = float.ieee(self.size)?;
                (bytes >= 4).then_some(Plain { bytes, order, kind: PlainKind::Float })
            }
            Class::Enumeration { base, .. } => base.is_plain(),
            _ => None,
        }
    }

    /// `size` as memory counts.
    pub fn size(&self) -> usize {
        self.size as usize
    }
}
