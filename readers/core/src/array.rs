//! Values read from a file: a shape and one typed vector in native byte order.

use std::borrow::Cow;
use std::ops::Range;

use ndarray::{ArrayViewD, IxDyn};

use crate::dtype::{ByteOrder, Dtype};
use crate::error::{ReadError, Result};
use crate::reference::Reference;

/// `shape` in the order of the axes, the last one fastest; empty for a scalar.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    pub shape: Vec<u64>,
    pub values: Buffer,
}

/// One vector per type. Enums are held as their integers.
#[derive(Clone, Debug, PartialEq)]
pub enum Buffer {
    I8(Vec<i8>),
    U8(Vec<u8>),
    I16(Vec<i16>),
    U16(Vec<u16>),
    I32(Vec<i32>),
    U32(Vec<u32>),
    I64(Vec<i64>),
    U64(Vec<u64>),
    F32(Vec<f32>),
    F64(Vec<f64>),
    /// One byte of text an element.
    Char(Vec<u8>),
    /// `len` bytes of text an element.
    FixedText {
        len: usize,
        bytes: Vec<u8>,
    },
    /// Text as stored: not necessarily UTF-8.
    Text(Vec<Box<[u8]>>),
    /// Columns: each field's values of all elements, in order.
    Compound {
        count: usize,
        fields: Vec<(String, Buffer)>,
    },
    /// Element `i` is `values[ends[i - 1]..ends[i]]`.
    VarLen {
        ends: Vec<usize>,
        values: Box<Buffer>,
    },
    /// `len` bytes an element.
    Opaque {
        len: usize,
        bytes: Vec<u8>,
    },
    /// Integers of more than 64 bits.
    Wide(Vec<i128>),
    /// `per` values an element, one after the other.
    Array {
        per: usize,
        values: Box<Buffer>,
    },
    /// `None` where a reference is null or points nowhere.
    Reference(Vec<Option<Box<Reference>>>),
}

/// A number as a viewer needs it: without losing the digits of 64-bit integers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    Int(i128),
    F32(f32),
    F64(f64),
}

impl Number {
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Int(value) => value as f64,
            Self::F32(value) => f64::from(value),
            Self::F64(value) => value,
        }
    }
}

/// Runs `$body` with `$v` bound to the vector of whichever numeric variant `$buffer` is.
#[macro_export]
macro_rules! with_numbers {
    ($buffer:expr, $v:ident => $body:expr, else $other:expr) => {
        match $buffer {
            $crate::Buffer::I8($v) => $body,
            $crate::Buffer::U8($v) => $body,
            $crate::Buffer::I16($v) => $body,
            $crate::Buffer::U16($v) => $body,
            $crate::Buffer::I32($v) => $body,
            $crate::Buffer::U32($v) => $body,
            $crate::Buffer::I64($v) => $body,
            $crate::Buffer::U64($v) => $body,
            $crate::Buffer::F32($v) => $body,
            $crate::Buffer::F64($v) => $body,
            _ => $other,
        }
    };
}

impl Array {
    /// A vector along one axis.
    pub fn vector(values: Buffer) -> Self {
        Self { shape: vec![values.len() as u64], values }
    }

    /// Text as netCDF stores it: chars along one axis.
    pub fn text(text: &str) -> Self {
        Self::vector(Buffer::Char(text.as_bytes().to_vec()))
    }

    pub fn len(&self) -> usize {
        self.values.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes held in memory.
    pub fn bytes(&self) -> usize {
        self.values.bytes()
    }

    /// The first (or only) number.
    pub fn first_number(&self) -> Option<Number> {
        self.values.number(0)
    }

    /// The text of a text array with one string: chars along at most one axis, or one element.
    /// Trailing NULs are not part of it.
    pub fn as_text(&self) -> Option<Cow<'_, str>> {
        let bytes: &[u8] = match &self.values {
            Buffer::Char(bytes) if self.shape.len() <= 1 => bytes,
            Buffer::FixedText { bytes, len } if bytes.len() == *len => bytes,
            Buffer::Text(texts) => match texts.as_slice() {
                [one] => one,
                _ => return None,
            },
            _ => return None,
        };
        Some(String::from_utf8_lossy(trim_nul(bytes)))
    }

    /// The values as an n-dimensional view, where they are of type `T`.
    pub fn view<T: Element>(&self) -> Option<ArrayViewD<'_, T>> {
        let shape: Option<Vec<usize>> =
            self.shape.iter().map(|&len| usize::try_from(len).ok()).collect();
        ArrayViewD::from_shape(IxDyn(&shape?), T::slice(&self.values)?).ok()
    }
}

/// `bytes` without the NULs at its end.
pub fn trim_nul(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|&b| b != 0).map_or(0, |last| last + 1);
    bytes.get(..end).unwrap_or_default()
}

/// A Rust type that is the element of one [`Buffer`] variant.
pub trait Element: Copy {
    fn slice(buffer: &Buffer) -> Option<&[Self]>;
}

macro_rules! elements {
    ($($t:ty => $variant:ident),*) => { $(
        impl Element for $t {
            fn slice(buffer: &Buffer) -> Option<&[Self]> {
                match buffer { Buffer::$variant(values) => Some(values), _ => None }
            }
        }
        impl From<Vec<$t>> for Buffer {
            fn from(values: Vec<$t>) -> Self { Buffer::$variant(values) }
        }
    )* };
}
elements!(i8 => I8, u8 => U8, i16 => I16, u16 => U16, i32 => I32, u32 => U32, i64 => I64,
    u64 => U64, f32 => F32, f64 => F64);

macro_rules! extend {
    ($vector:expr, $bytes:expr, $order:expr, $t:ty) => {{
        let (elements, rest) = $bytes.as_chunks::<{ size_of::<$t>() }>();
        if !rest.is_empty() {
            return Err(ReadError::malformed("bytes do not fill whole elements"));
        }
        match $order {
            ByteOrder::Big => $vector.extend(elements.iter().map(|&e| <$t>::from_be_bytes(e))),
            ByteOrder::Little => $vector.extend(elements.iter().map(|&e| <$t>::from_le_bytes(e))),
        }
    }};
}

impl Buffer {
    /// An empty buffer for `count` elements of `dtype`. The caller has claimed the size.
    ///
    /// # Errors
    /// `Unsupported` for types whose elements are not plain bytes in a file.
    pub fn with_capacity(dtype: &Dtype, count: usize) -> Result<Self> {
        Ok(match dtype {
            Dtype::Int { bytes: 1, signed: true, .. } => Self::I8(Vec::with_capacity(count)),
            Dtype::Int { bytes: 1, signed: false, .. } => Self::U8(Vec::with_capacity(count)),
            Dtype::Int { bytes: 2, signed: true, .. } => Self::I16(Vec::with_capacity(count)),
            Dtype::Int { bytes: 2, signed: false, .. } => Self::U16(Vec::with_capacity(count)),
            Dtype::Int { bytes: 4, signed: true, .. } => Self::I32(Vec::with_capacity(count)),
            Dtype::Int { bytes: 4, signed: false, .. } => Self::U32(Vec::with_capacity(count)),
            Dtype::Int { bytes: 8, signed: true, .. } => Self::I64(Vec::with_capacity(count)),
            Dtype::Int { bytes: 8, signed: false, .. } => Self::U64(Vec::with_capacity(count)),
            Dtype::Float { bytes: 4, .. } => Self::F32(Vec::with_capacity(count)),
            Dtype::Float { bytes: 8, .. } => Self::F64(Vec::with_capacity(count)),
            Dtype::Char => Self::Char(Vec::with_capacity(count)),
            Dtype::Enum(t) if matches!(t.base, Dtype::Int { .. }) => {
                Self::with_capacity(&t.base, count)?
            }
            other => {
                return Err(ReadError::unsupported(format!("plain values of type {other}")));
            }
        })
    }

    /// Appends elements stored one after the other in `bytes`.
    ///
    /// # Errors
    /// `Malformed` when `bytes` do not fill whole elements.
    pub fn extend_from_bytes(&mut self, order: ByteOrder, bytes: &[u8]) -> Result<()> {
        match self {
            Self::I8(v) => v.extend(bytes.iter().map(|&b| b.cast_signed())),
            Self::U8(v) | Self::Char(v) => v.extend_from_slice(bytes),
            Self::I16(v) => extend!(v, bytes, order, i16),
            Self::U16(v) => extend!(v, bytes, order, u16),
            Self::I32(v) => extend!(v, bytes, order, i32),
            Self::U32(v) => extend!(v, bytes, order, u32),
            Self::I64(v) => extend!(v, bytes, order, i64),
            Self::U64(v) => extend!(v, bytes, order, u64),
            Self::F32(v) => extend!(v, bytes, order, f32),
            Self::F64(v) => extend!(v, bytes, order, f64),
            _ => return Err(ReadError::unsupported("plain bytes of a composite type")),
        }
        Ok(())
    }

    pub fn len(&self) -> usize {
        with_numbers!(self, v => v.len(), else match self {
            Self::Char(v) => v.len(),
            Self::FixedText { len, bytes } | Self::Opaque { len, bytes } => {
                bytes.len().checked_div(*len).unwrap_or(0)
            }
            Self::Text(v) => v.len(),
            Self::Compound { count, .. } => *count,
            Self::VarLen { ends, .. } => ends.len(),
            Self::Wide(v) => v.len(),
            Self::Array { per, values } => values.len().checked_div(*per).unwrap_or(0),
            Self::Reference(v) => v.len(),
            _ => 0,
        })
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes held in memory.
    pub fn bytes(&self) -> usize {
        with_numbers!(self, v => size_of_val(v.as_slice()), else match self {
            Self::Char(v) => v.len(),
            Self::FixedText { bytes, .. } | Self::Opaque { bytes, .. } => bytes.len(),
            Self::Text(v) => v.iter().map(|text| text.len() + size_of::<Box<[u8]>>()).sum(),
            Self::Compound { fields, .. } => {
                fields.iter().map(|(name, values)| name.len() + values.bytes()).sum()
            }
            Self::VarLen { ends, values } => size_of_val(ends.as_slice()) + values.bytes(),
            Self::Wide(v) => size_of_val(v.as_slice()),
            Self::Array { values, .. } => values.bytes(),
            Self::Reference(v) => {
                let held = v.iter().flatten().map(|reference| reference.bytes()).sum::<usize>();
                size_of_val(v.as_slice()) + held
            }
            _ => 0,
        })
    }

    /// Element `index` as a number; `None` where there is none.
    pub fn number(&self, index: usize) -> Option<Number> {
        Some(match self {
            Self::I8(v) => Number::Int(i128::from(*v.get(index)?)),
            Self::U8(v) => Number::Int(i128::from(*v.get(index)?)),
            Self::I16(v) => Number::Int(i128::from(*v.get(index)?)),
            Self::U16(v) => Number::Int(i128::from(*v.get(index)?)),
            Self::I32(v) => Number::Int(i128::from(*v.get(index)?)),
            Self::U32(v) => Number::Int(i128::from(*v.get(index)?)),
            Self::I64(v) => Number::Int(i128::from(*v.get(index)?)),
            Self::U64(v) => Number::Int(i128::from(*v.get(index)?)),
            Self::F32(v) => Number::F32(*v.get(index)?),
            Self::F64(v) => Number::F64(*v.get(index)?),
            Self::Wide(v) => Number::Int(*v.get(index)?),
            _ => return None,
        })
    }

    /// The elements of `range`, those that vary in length with their values; `None` where there
    /// are not so many.
    pub fn slice(&self, range: Range<usize>) -> Option<Self> {
        let bytes_of =
            |bytes: &[u8], len: usize| bytes.get(scaled(&range, len)?).map(<[u8]>::to_vec);
        Some(with_numbers!(self, v => v.get(range)?.to_vec().into(), else match self {
            Self::Char(bytes) => Self::Char(bytes_of(bytes, 1)?),
            Self::FixedText { len, bytes } => {
                Self::FixedText { len: *len, bytes: bytes_of(bytes, *len)? }
            }
            Self::Opaque { len, bytes } => Self::Opaque { len: *len, bytes: bytes_of(bytes, *len)? },
            Self::Text(v) => Self::Text(v.get(range)?.to_vec()),
            Self::Wide(v) => Self::Wide(v.get(range)?.to_vec()),
            Self::Reference(v) => Self::Reference(v.get(range)?.to_vec()),
            Self::Array { per, values } => {
                Self::Array { per: *per, values: Box::new(values.slice(scaled(&range, *per)?)?) }
            }
            Self::Compound { count, fields } => {
                let field = |(name, values): &(String, Self)| {
                    // A field with axes of its own has several values an element.
                    let each = values.len().checked_div(*count).unwrap_or(0);
                    Some((name.clone(), values.slice(scaled(&range, each)?)?))
                };
                let fields = fields.iter().map(field).collect::<Option<_>>()?;
                (range.start <= range.end && range.end <= *count)
                    .then_some(Self::Compound { count: range.len(), fields })?
            }
            Self::VarLen { ends, values } => {
                let before =
                    range.start.checked_sub(1).map_or(Some(0), |k| ends.get(k).copied())?;
                let ends: Option<Vec<_>> =
                    ends.get(range)?.iter().map(|end| end.checked_sub(before)).collect();
                let ends = ends?;
                let inner = before..before.checked_add(ends.last().copied().unwrap_or(0))?;
                Self::VarLen { values: Box::new(values.slice(inner)?), ends }
            }
            _ => return None,
        }))
    }

    /// Puts the elements of `more` behind these; false, and nothing done, where the two hold
    /// different things.
    pub fn append(&mut self, more: Self) -> bool {
        macro_rules! join {
            ($($variant:ident),*) => {
                match (self, more) {
                    $((Self::$variant(all), Self::$variant(more)) => all.extend(more),)*
                    (
                        Self::FixedText { len, bytes },
                        Self::FixedText { len: other, bytes: more },
                    )
                    | (Self::Opaque { len, bytes }, Self::Opaque { len: other, bytes: more })
                        if *len == other => bytes.extend(more),
                    (Self::Array { per, values }, Self::Array { per: other, values: more })
                        if *per == other => return values.append(*more),
                    (
                        Self::Compound { count, fields },
                        Self::Compound { count: more_count, fields: more },
                    ) => return append_fields(count, fields, more_count, more),
                    (Self::VarLen { ends, values }, Self::VarLen { ends: more_ends, values: more }) => {
                        let before = values.len();
                        if !values.append(*more) {
                            return false;
                        }
                        ends.extend(more_ends.into_iter().map(|end| end.saturating_add(before)));
                    }
                    _ => return false,
                }
            };
        }
        join!(I8, U8, I16, U16, I32, U32, I64, U64, F32, F64, Char, Text, Wide, Reference);
        true
    }

    /// All values as `f64`, where they are numbers. 64-bit integers are rounded.
    #[allow(clippy::unnecessary_cast)] // The macro also casts f64 to f64.
    pub fn to_f64(&self) -> Option<Vec<f64>> {
        with_numbers!(self, v => Some(v.iter().map(|&x| x as f64).collect()), else None)
    }
}

fn scaled(range: &Range<usize>, each: usize) -> Option<Range<usize>> {
    Some(range.start.checked_mul(each)?..range.end.checked_mul(each)?)
}

/// Either all fields grow or none does.
fn append_fields(
    count: &mut usize,
    fields: &mut [(String, Buffer)],
    more_count: usize,
    more: Vec<(String, Buffer)>,
) -> bool {
    let is_alike = fields.len() == more.len()
        && fields.iter().zip(&more).all(|((a, values), (b, more))| {
            // Without elements, so that nothing has been done when it does not fit.
            a == b
                && values.slice(0..0).is_some_and(|mut empty| {
                    more.slice(0..0).is_some_and(|more| empty.append(more))
                })
        });
    if !is_alike {
        return false;
    }
    for ((_, values), (_, more)) in fields.iter_mut().zip(more) {
        values.append(more);
    }
    *count = count.saturating_add(more_count);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tracks() -> Buffer {
        Buffer::Compound {
            count: 3,
            fields: vec![
                ("id".into(), vec![1i32, 2, 3].into()),
                ("xy".into(), vec![0f32, 1., 2., 3., 4., 5.].into()),
                (
                    "steps".into(),
                    Buffer::VarLen {
                        ends: vec![1, 1, 3],
                        values: Box::new(vec![7u8, 8, 9].into()),
                    },
                ),
                (
                    "pair".into(),
                    Buffer::Array {
                        per: 2,
                        values: Box::new(Buffer::Wide(vec![1, 2, 3, 4, 5, 6])),
                    },
                ),
                ("to".into(), Buffer::Reference(vec![None, Some(Box::default()), None])),
            ],
        }
    }

    #[test]
    fn slices_of_any_buffer_put_together_are_the_whole() {
        let whole = tracks();
        for cut in 0..=3 {
            let mut joined = whole.slice(0..cut).unwrap();
            assert_eq!(joined.len(), cut);
            assert!(joined.append(whole.slice(cut..3).unwrap()));
            assert_eq!(joined, whole);
        }
        assert!(whole.slice(2..4).is_none());
        let Buffer::Compound { fields, .. } = whole.slice(1..3).unwrap() else { panic!() };
        let steps = Buffer::VarLen { ends: vec![0, 2], values: Box::new(vec![8u8, 9].into()) };
        assert_eq!(fields[2].1, steps);
    }

    #[test]
    fn what_differs_is_not_joined_not_even_in_part() {
        let mut whole = tracks();
        let mut other = tracks();
        let Buffer::Compound { fields, .. } = &mut other else { panic!() };
        fields[4].1 = vec![0u8; 3].into();
        assert!(!whole.append(other));
        assert_eq!(whole, tracks());
        assert!(!whole.append(vec![1u8].into()));
    }

    #[test]
    fn bytes_become_values_in_either_order() {
        let mut big = Buffer::with_capacity(&Dtype::int(2, ByteOrder::Big), 2).unwrap();
        big.extend_from_bytes(ByteOrder::Big, &[0, 1, 255, 254]).unwrap();
        assert_eq!(big, Buffer::I16(vec![1, -2]));
        big.extend_from_bytes(ByteOrder::Little, &[1, 0]).unwrap();
        assert_eq!(big, Buffer::I16(vec![1, -2, 1]));
        assert!(big.extend_from_bytes(ByteOrder::Big, &[1]).is_err());
    }

    #[test]
    fn an_array_offers_an_ndarray_view_of_its_own_type_only() {
        let array = Array { shape: vec![2, 3], values: vec![0f32, 1., 2., 3., 4., 5.].into() };
        let view = array.view::<f32>().unwrap();
        assert_eq!(view[[1, 2]], 5.0);
        assert!(array.view::<f64>().is_none());
    }

    #[test]
    fn text_ends_before_its_trailing_nuls() {
        let array = Array::vector(Buffer::Char(b"K\0\0".to_vec()));
        assert_eq!(array.as_text().unwrap(), "K");
        let table = Array { shape: vec![2, 1], values: Buffer::Char(b"ab".to_vec()) };
        assert!(table.as_text().is_none());
    }
}
