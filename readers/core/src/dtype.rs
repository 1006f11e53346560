//! The stored type of an element.

use std::fmt;
use std::sync::Arc;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ByteOrder {
    Little,
    Big,
}

/// The type of one element as the file stores it. [`crate::Buffer`] holds the values in
/// native byte order; the order kept here only tells what is in the file.
#[derive(Clone, Debug, PartialEq)]
pub enum Dtype {
    /// Two's complement or unsigned integer of 1, 2, 4 or 8 bytes.
    Int { bytes: u8, signed: bool, order: ByteOrder },
    /// IEEE 754 of 4 or 8 bytes.
    Float { bytes: u8, order: ByteOrder },
    /// One byte of text: the last axis of a char variable is a string (netCDF `char`).
    Char,
    /// Text in a fixed number of bytes, padded.
    FixedText { len: usize },
    /// Text of any length.
    Text,
    /// Named values of an integer type.
    Enum(Arc<EnumType>),
    /// Named fields side by side.
    Compound(Arc<CompoundType>),
    /// A sequence of any length of one type.
    VarLen(Arc<Dtype>),
    /// Bytes without meaning to us.
    Opaque { len: usize },
}

#[derive(Clone, Debug, PartialEq)]
pub struct EnumType {
    pub name: Option<String>,
    /// Always a [`Dtype::Int`].
    pub base: Dtype,
    pub members: Vec<(String, i128)>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct CompoundType {
    pub name: Option<String>,
    pub fields: Vec<Field>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub name: String,
    pub dtype: Dtype,
    /// Empty for a scalar field.
    pub shape: Vec<u64>,
}

impl Dtype {
    pub const fn int(bytes: u8, order: ByteOrder) -> Self {
        Self::Int { bytes, signed: true, order }
    }

    pub const fn uint(bytes: u8, order: ByteOrder) -> Self {
        Self::Int { bytes, signed: false, order }
    }

    pub const fn float(bytes: u8, order: ByteOrder) -> Self {
        Self::Float { bytes, order }
    }

    /// Integers, enums and floats: what can be drawn.
    pub fn is_numeric(&self) -> bool {
        matches!(self, Self::Int { .. } | Self::Float { .. } | Self::Enum(_))
    }

    pub fn is_text(&self) -> bool {
        matches!(self, Self::Char | Self::FixedText { .. } | Self::Text)
    }

    /// Bytes one element takes in memory, a pointer's worth where it varies.
    pub fn element_bytes(&self) -> u64 {
        match self {
            Self::Int { bytes, .. } | Self::Float { bytes, .. } => u64::from(*bytes),
            Self::Char => 1,
            Self::FixedText { len } | Self::Opaque { len } => *len as u64,
            Self::Text | Self::VarLen(_) => 24,
            Self::Enum(t) => t.base.element_bytes(),
            Self::Compound(t) => t.fields.iter().fold(0u64, |sum, field| {
                let count = field.shape.iter().fold(1u64, |n, &len| n.saturating_mul(len));
                sum.saturating_add(field.dtype.element_bytes().saturating_mul(count))
            }),
        }
    }

    /// The name people use for it: `float32`, `int16`, `char`, `text`.
    pub fn plain_name(&self) -> String {
        match self {
            Self::Int { bytes, signed, .. } => {
                format!("{}int{}", if *signed { "" } else { "u" }, u16::from(*bytes) * 8)
            }
            Self::Float { bytes, .. } => format!("float{}", u16::from(*bytes) * 8),
            Self::Char => "char".into(),
            Self::FixedText { len } => format!("text({len})"),
            Self::Text => "text".into(),
            Self::Enum(t) => t.name.clone().unwrap_or_else(|| "enum".into()),
            Self::Compound(t) => t.name.clone().unwrap_or_else(|| "compound".into()),
            Self::VarLen(element) => format!("sequence of {}", element.plain_name()),
            Self::Opaque { len } => format!("opaque({len})"),
        }
    }
}

/// numpy's spelling, which scripts rely on: `<f4`, `>i2`, `S12`, `str`, `enum(<i1)`.
impl fmt::Display for Dtype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = |order: &ByteOrder| match order {
            ByteOrder::Little => '<',
            ByteOrder::Big => '>',
        };
        match self {
            Self::Int { bytes, signed, order } => {
                write!(f, "{}{}{bytes}", sign(order), if *signed { 'i' } else { 'u' })
            }
            Self::Float { bytes, order } => write!(f, "{}f{bytes}", sign(order)),
            Self::Char => f.write_str("char"),
            Self::FixedText { len } => write!(f, "S{len}"),
            Self::Text => f.write_str("str"),
            Self::Enum(t) => write!(f, "enum({})", t.base),
            Self::Compound(_) => f.write_str("compound"),
            Self::VarLen(element) => write!(f, "vlen({element})"),
            Self::Opaque { len } => write!(f, "opaque({len})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_spelled_as_numpy_spells_them() {
        assert_eq!(Dtype::float(4, ByteOrder::Big).to_string(), ">f4");
        assert_eq!(Dtype::uint(1, ByteOrder::Little).to_string(), "<u1");
        let sequence = Dtype::VarLen(Arc::new(Dtype::int(4, ByteOrder::Little)));
        assert_eq!(sequence.to_string(), "vlen(<i4)");
    }

    #[test]
    fn a_compound_is_as_wide_as_its_fields() {
        let field = |name: &str, dtype, shape: &[u64]| Field {
            name: name.into(),
            dtype,
            shape: shape.into(),
        };
        let compound = CompoundType {
            name: None,
            fields: vec![
                field("id", Dtype::int(4, ByteOrder::Little), &[]),
                field("wind", Dtype::float(8, ByteOrder::Little), &[3]),
            ],
        };
        assert_eq!(Dtype::Compound(Arc::new(compound)).element_bytes(), 28);
    }
}
