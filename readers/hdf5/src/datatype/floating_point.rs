//! Floating-Point Numbers (class 1), of which IEEE 754 is only one layout, and those that
//! have a name.

use hyperslab_core::ByteOrder;

/// Bit positions count from the least significant bit of the whole element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FloatingPoint {
    pub order: FloatOrder,
    pub normalization: Normalization,
    pub bit_offset: u16,
    pub precision: u16,
    pub sign_at: u8,
    pub exponent_at: u8,
    pub exponent_bits: u8,
    pub mantissa_at: u8,
    pub mantissa_bits: u8,
    pub bias: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloatOrder {
    Little,
    Big,
    /// Little-endian words of two bytes, the most significant word first.
    Vax,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Normalization {
    None,
    /// The most significant bit of the mantissa is stored and set.
    Set,
    /// The most significant bit of the mantissa is not stored.
    Implied,
}

impl FloatingPoint {
    /// IEEE 754's half, single and double: their bytes and order.
    pub fn ieee(&self, size: u32) -> Option<(u8, ByteOrder)> {
        let order = match self.order {
            FloatOrder::Little => ByteOrder::Little,
            FloatOrder::Big => ByteOrder::Big,
            FloatOrder::Vax => return None,
        };
        let bytes = [(2u8, 5u8, 10u8), (4, 8, 23), (8, 11, 52)].into_iter().find_map(
            |(bytes, exponent, mantissa)| {
                (size == u32::from(bytes) && self.is_layout(exponent, mantissa)).then_some(bytes)
            },
        )?;
        Some((bytes, order))
    }

    /// Sign, exponent, mantissa without gaps, down to bit 0, biased as IEEE 754 does, and the
    /// leading one implied.
    fn is_layout(&self, exponent_bits: u8, mantissa_bits: u8) -> bool {
        self.normalization == Normalization::Implied
            && self.bit_offset == 0
            && self.mantissa_at == 0
            && (self.mantissa_bits, self.exponent_at) == (mantissa_bits, mantissa_bits)
            && self.exponent_bits == exponent_bits
            && u16::from(self.sign_at) == u16::from(mantissa_bits) + u16::from(exponent_bits)
            && u64::from(self.bias) + 1 == 1u64 << exponent_bits.saturating_sub(1).min(63)
    }

    /// For people.
    pub fn name(&self, size: u32) -> String {
        let is_ieee_order = self.order != FloatOrder::Vax;
        match (self.exponent_bits, self.mantissa_bits) {
            _ if !is_ieee_order => format!("VAX float{}", u64::from(size) * 8),
            (8, 7) if self.is_layout(8, 7) => "bfloat16".into(),
            (4, 3) if self.is_layout(4, 3) => "float8 E4M3".into(),
            (5, 2) if self.is_layout(5, 2) => "float8 E5M2".into(),
            (15, 112) if self.is_layout(15, 112) => "float128".into(),
            (15, 64) => "long double".into(),
            _ => format!("float of {} bits", self.precision),
        }
    }

    /// For scripts: `<f16`, `vax-f8`.
    pub fn code(&self, size: u32) -> String {
        match self.order {
            FloatOrder::Little => format!("<f{size}"),
            FloatOrder::Big => format!(">f{size}"),
            FloatOrder::Vax => format!("vax-f{size}"),
        }
    }

    /// Bytes of the smallest of IEEE's types that holds every value there can be.
    pub fn exact_bytes(&self) -> Option<u8> {
        let digits = match self.normalization {
            Normalization::Implied => i64::from(self.mantissa_bits) + 1,
            _ => i64::from(self.mantissa_bits),
        };
        let exponents = 1i64.checked_shl(u32::from(self.exponent_bits)).filter(|&n| n > 0)?;
        // The exponent of all ones is not a number's, but on a VAX.
        let reserved = if self.order == FloatOrder::Vax { 1 } else { 2 };
        let highest = exponents - reserved - i64::from(self.bias);
        let lowest = 1 - i64::from(self.bias) - (digits - 1);
        [(2u8, 11, 15, -24), (4, 24, 127, -149), (8, 53, 1023, -1074)]
            .into_iter()
            .find(|&(_, most, high, low)| digits <= most && highest <= high && lowest >= low)
            .map(|(bytes, ..)| bytes)
    }

    /// Whether values are held as `f64`; as `f32` otherwise.
    pub fn is_held_as_f64(&self) -> bool {
        !matches!(self.exact_bytes(), Some(2 | 4))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A layout without gaps.
    pub fn packed(exponent_bits: u8, mantissa_bits: u8, bias: u32) -> FloatingPoint {
        FloatingPoint {
            order: FloatOrder::Little,
            normalization: Normalization::Implied,
            bit_offset: 0,
            precision: u16::from(exponent_bits) + u16::from(mantissa_bits) + 1,
            sign_at: mantissa_bits + exponent_bits,
            exponent_at: mantissa_bits,
            exponent_bits,
            mantissa_at: 0,
            mantissa_bits,
            bias,
        }
    }

    #[test]
    fn layouts_that_have_a_name_are_known_by_it() {
        assert_eq!(packed(8, 23, 127).ieee(4), Some((4, ByteOrder::Little)));
        assert_eq!(packed(8, 23, 126).ieee(4), None);
        assert_eq!(packed(8, 23, 127).ieee(8), None);
        assert_eq!(packed(8, 7, 127).name(2), "bfloat16");
        assert_eq!(packed(4, 3, 7).name(1), "float8 E4M3");
        let vax = FloatingPoint { order: FloatOrder::Vax, ..packed(11, 52, 1025) };
        assert_eq!((vax.name(8), vax.code(8)), ("VAX float64".into(), "vax-f8".into()));
    }

    #[test]
    fn the_smallest_exact_type_is_found() {
        assert_eq!(packed(4, 3, 7).exact_bytes(), Some(2));
        assert_eq!(packed(5, 2, 15).exact_bytes(), Some(2));
        assert_eq!(packed(8, 7, 127).exact_bytes(), Some(4));
        assert_eq!(packed(6, 13, 31).exact_bytes(), Some(4));
        assert_eq!(packed(15, 112, 16383).exact_bytes(), None);
        let long_double =
            FloatingPoint { normalization: Normalization::None, ..packed(15, 64, 16383) };
        assert!(long_double.is_held_as_f64());
    }
}
