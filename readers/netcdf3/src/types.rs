//! `nc_type`: the external types (NetCDF Classic Format Specification, "The Format in Detail";
//! the last five exist in the 64-bit data format, CDF-5, only).

use hyperslab_core::{ByteOrder, Dtype};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NcType {
    Byte,
    Char,
    Short,
    Int,
    Float,
    Double,
    Ubyte,
    Ushort,
    Uint,
    Int64,
    Uint64,
}

impl NcType {
    /// `None` for a number that stands for no type.
    pub fn from_code(code: u32) -> Option<Self> {
        Some(match code {
            1 => Self::Byte,
            2 => Self::Char,
            3 => Self::Short,
            4 => Self::Int,
            5 => Self::Float,
            6 => Self::Double,
            7 => Self::Ubyte,
            8 => Self::Ushort,
            9 => Self::Uint,
            10 => Self::Int64,
            11 => Self::Uint64,
            _ => return None,
        })
    }

    pub fn is_cdf5_only(self) -> bool {
        matches!(self, Self::Ubyte | Self::Ushort | Self::Uint | Self::Int64 | Self::Uint64)
    }

    /// Bytes of one element in the file and in memory.
    pub fn bytes(self) -> u64 {
        match self {
            Self::Byte | Self::Char | Self::Ubyte => 1,
            Self::Short | Self::Ushort => 2,
            Self::Int | Self::Float | Self::Uint => 4,
            Self::Double | Self::Int64 | Self::Uint64 => 8,
        }
    }

    pub fn dtype(self) -> Dtype {
        match self {
            // One byte has no order; numpy and scripts spell it `<i1`.
            Self::Byte => Dtype::int(1, ByteOrder::Little),
            Self::Ubyte => Dtype::uint(1, ByteOrder::Little),
            Self::Char => Dtype::Char,
            Self::Short => Dtype::int(2, ByteOrder::Big),
            Self::Ushort => Dtype::uint(2, ByteOrder::Big),
            Self::Int => Dtype::int(4, ByteOrder::Big),
            Self::Uint => Dtype::uint(4, ByteOrder::Big),
            Self::Int64 => Dtype::int(8, ByteOrder::Big),
            Self::Uint64 => Dtype::uint(8, ByteOrder::Big),
            Self::Float => Dtype::float(4, ByteOrder::Big),
            Self::Double => Dtype::float(8, ByteOrder::Big),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eleven_codes_stand_for_types_and_the_model_agrees_on_their_size() {
        let types: Vec<_> = (0..20).filter_map(NcType::from_code).collect();
        assert_eq!(types.len(), 11);
        assert_eq!(types.iter().filter(|t| t.is_cdf5_only()).count(), 5);
        for t in types {
            assert_eq!(t.dtype().element_bytes(), t.bytes(), "{t:?}");
        }
    }
}
