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
    /// Two's complement or unsigned integer. Of 1, 2, 4 or 8 bytes it is held as it is; of any
    /// other size up to 8 in the next wider buffer, and above 8 in [`crate::Buffer::Wide`].
    Int { bytes: u8, signed: bool, order: ByteOrder },
    /// IEEE 754 of 2, 4 or 8 bytes. Halves are held as `f32`.
    Float { bytes: u8, order: ByteOrder },
    /// A float of any other layout.
    OtherFloat(Arc<OtherFloat>),
    /// Real and imaginary part, held as a compound of `r` and `i`. The part is a float type.
    Complex(Arc<Dtype>),
    /// As many bits as fit its bytes, held as an unsigned integer of 1, 2, 4 or 8 bytes.
    Bitfield { bytes: u8, order: ByteOrder },
    /// HDF5's time type: a count whose unit the file does not tell, held as a signed integer.
    Time { bytes: u8, order: ByteOrder },
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
    /// An element that is itself an array of one shape.
    Array(Arc<ArrayType>),
    /// A sequence of any length of one type.
    VarLen(Arc<Dtype>),
    /// Bytes without meaning to us; the tag is what the writer called them.
    Opaque { len: usize, tag: Option<Arc<str>> },
    /// Points to an object, a part of one, or an attribute.
    Reference(ReferenceType),
}

/// A float that is neither of IEEE's: long double, bfloat16, float8, VAX, and what else a file
/// may define bit by bit.
#[derive(Clone, Debug, PartialEq)]
pub struct OtherFloat {
    /// For people: `bfloat16`, `VAX float64`.
    pub name: String,
    /// For scripts: `<f16`, `vax-f8`.
    pub code: String,
    /// Size in the file.
    pub bytes: u8,
    /// Values are held as `f64`, else as `f32`.
    pub is_held_as_f64: bool,
    /// Bytes of the smallest IEEE type that holds every value, where there is one.
    pub exact_bytes: Option<u8>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ArrayType {
    pub element: Dtype,
    pub shape: Vec<u64>,
}

/// What references of a type may point to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceType {
    Object,
    Region,
    /// Any of object, region, attribute, also in another file (HDF5 1.12).
    Standard,
}

#[derive(Clone, Debug)]
pub struct EnumType {
    /// Under which the file keeps it.
    pub name: Option<String>,
    /// Always a [`Dtype::Int`].
    pub base: Dtype,
    pub members: Vec<(String, i128)>,
}

#[derive(Clone, Debug)]
pub struct CompoundType {
    /// Under which the file keeps it.
    pub name: Option<String>,
    pub fields: Vec<Field>,
}

/// Types are equal when they are built alike, whatever they are called.
impl PartialEq for EnumType {
    fn eq(&self, other: &Self) -> bool {
        self.base == other.base && self.members == other.members
    }
}

impl PartialEq for CompoundType {
    fn eq(&self, other: &Self) -> bool {
        self.fields == other.fields
    }
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
        match self {
            Self::Int { bytes, .. } => *bytes <= 8,
            Self::Float { .. } | Self::OtherFloat(_) | Self::Enum(_) => true,
            Self::Bitfield { .. } | Self::Time { .. } => true,
            _ => false,
        }
    }

    pub fn is_text(&self) -> bool {
        matches!(self, Self::Char | Self::FixedText { .. } | Self::Text)
    }

    /// Bytes one element takes in memory, a pointer's worth where it varies.
    pub fn element_bytes(&self) -> u64 {
        match self {
            Self::Int { bytes, .. }
            | Self::Bitfield { bytes, .. }
            | Self::Time { bytes, .. }
            | Self::Float { bytes: bytes @ (4 | 8), .. } => match bytes {
                ..=8 => u64::from(bytes.next_power_of_two()),
                _ => 16,
            },
            Self::Float { .. } => 4,
            Self::OtherFloat(t) => {
                if t.is_held_as_f64 {
                    8
                } else {
                    4
                }
            }
            Self::Complex(part) => part.element_bytes().saturating_mul(2),
            Self::Char => 1,
            Self::FixedText { len } | Self::Opaque { len, .. } => *len as u64,
            Self::Text | Self::VarLen(_) => 24,
            Self::Reference(_) => 64,
            Self::Enum(t) => t.base.element_bytes(),
            Self::Array(t) => t.element.element_bytes().saturating_mul(count_of(&t.shape)),
            Self::Compound(t) => t.fields.iter().fold(0u64, |sum, field| {
                let bytes = field.dtype.element_bytes().saturating_mul(count_of(&field.shape));
                sum.saturating_add(bytes)
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
            Self::OtherFloat(t) => t.name.clone(),
            Self::Complex(part) => format!("complex {}", part.plain_name()),
            Self::Bitfield { bytes, .. } => format!("{} bits", u16::from(*bytes) * 8),
            Self::Time { bytes, .. } => format!("time{}", u16::from(*bytes) * 8),
            Self::Char => "char".into(),
            Self::FixedText { len } => format!("text({len})"),
            Self::Text => "text".into(),
            Self::Enum(t) => t.name.clone().unwrap_or_else(|| "enum".into()),
            Self::Compound(t) => t.name.clone().unwrap_or_else(|| "compound".into()),
            Self::Array(t) => format!("{} of {}", lengths(&t.shape, " × "), t.element.plain_name()),
            Self::VarLen(element) => format!("sequence of {}", element.plain_name()),
            Self::Opaque { len, tag: None } => format!("opaque({len})"),
            Self::Opaque { len, tag: Some(tag) } => format!("opaque({len}) {tag}"),
            Self::Reference(ReferenceType::Region) => "reference to a region".into(),
            Self::Reference(_) => "reference".into(),
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
            Self::OtherFloat(t) => f.write_str(&t.code),
            Self::Complex(part) => write!(f, "complex({part})"),
            Self::Bitfield { bytes, .. } => write!(f, "bitfield({bytes})"),
            Self::Time { bytes, .. } => write!(f, "time({bytes})"),
            Self::Char => f.write_str("char"),
            Self::FixedText { len } => write!(f, "S{len}"),
            Self::Text => f.write_str("str"),
            Self::Enum(t) => write!(f, "enum({})", t.base),
            Self::Compound(_) => f.write_str("compound"),
            Self::Array(t) => write!(f, "array({})[{}]", t.element, lengths(&t.shape, ",")),
            Self::VarLen(element) => write!(f, "vlen({element})"),
            Self::Opaque { len, .. } => write!(f, "opaque({len})"),
            Self::Reference(ReferenceType::Object) => f.write_str("ref"),
            Self::Reference(ReferenceType::Region) => f.write_str("regref"),
            Self::Reference(ReferenceType::Standard) => f.write_str("stdref"),
        }
    }
}

/// Saturates.
fn count_of(shape: &[u64]) -> u64 {
    shape.iter().fold(1, |n: u64, &len| n.saturating_mul(len))
}

fn lengths(shape: &[u64], between: &str) -> String {
    shape.iter().map(u64::to_string).collect::<Vec<_>>().join(between)
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
