//! Fixed-point numbers, bit fields and times of any width, offset and precision.

use hyperslab_core::{Buffer, ByteOrder};

use super::elements::Elements;
use crate::datatype::{FixedPoint, Plain, PlainKind};

/// Values of type `$t`, which fill their bytes.
macro_rules! whole {
    ($elements:expr, $order:expr, $t:ty) => {{
        const N: usize = size_of::<$t>();
        let values: Vec<$t> = match ($elements.as_packed(), $order) {
            (Some(raw), ByteOrder::Little) => {
                raw.as_chunks::<N>().0.iter().map(|&bytes| <$t>::from_le_bytes(bytes)).collect()
            }
            (Some(raw), ByteOrder::Big) => {
                raw.as_chunks::<N>().0.iter().map(|&bytes| <$t>::from_be_bytes(bytes)).collect()
            }
            (None, ByteOrder::Little) => $elements.arrays::<N>().map(<$t>::from_le_bytes).collect(),
            (None, ByteOrder::Big) => $elements.arrays::<N>().map(<$t>::from_be_bytes).collect(),
        };
        values.into()
    }};
}

/// Numbers that need no shifting.
pub fn plain(elements: &Elements, plain: Plain) -> Buffer {
    let order = plain.order;
    match (plain.kind, plain.bytes) {
        (PlainKind::Signed, 1) => whole!(elements, order, i8),
        (PlainKind::Signed, 2) => whole!(elements, order, i16),
        (PlainKind::Signed, 4) => whole!(elements, order, i32),
        (PlainKind::Signed, _) => whole!(elements, order, i64),
        (PlainKind::Unsigned, 1) => whole!(elements, order, u8),
        (PlainKind::Unsigned, 2) => whole!(elements, order, u16),
        (PlainKind::Unsigned, 4) => whole!(elements, order, u32),
        (PlainKind::Unsigned, _) => whole!(elements, order, u64),
        (PlainKind::Float, 4) => whole!(elements, order, f32),
        (PlainKind::Float, _) => whole!(elements, order, f64),
    }
}

/// Numbers of `size` bytes of which only some bits count, or for which this machine has no
/// type: held in the next wider one, above eight bytes as [`Buffer::Wide`].
pub fn shifted(elements: &Elements, size: usize, number: &FixedPoint) -> Buffer {
    let values = elements.iter().map(|bytes| value(bytes, number));
    // The value fits: it has no more bits than its bytes.
    match (size.next_power_of_two(), number.signed) {
        (1, true) => values.map(|v| v as i8).collect::<Vec<_>>().into(),
        (1, false) => values.map(|v| v as u8).collect::<Vec<_>>().into(),
        (2, true) => values.map(|v| v as i16).collect::<Vec<_>>().into(),
        (2, false) => values.map(|v| v as u16).collect::<Vec<_>>().into(),
        (4, true) => values.map(|v| v as i32).collect::<Vec<_>>().into(),
        (4, false) => values.map(|v| v as u32).collect::<Vec<_>>().into(),
        (8, true) => values.map(|v| v as i64).collect::<Vec<_>>().into(),
        (8, false) => values.map(|v| v as u64).collect::<Vec<_>>().into(),
        _ => Buffer::Wide(values.collect()),
    }
}

/// The number in `bytes`. What is beyond 128 bits saturates.
pub fn value(bytes: &[u8], number: &FixedPoint) -> i128 {
    let (offset, precision) = (usize::from(number.bit_offset), u32::from(number.precision));
    let shifted = window(bytes, number.order, offset);
    let unused = 128u32.saturating_sub(precision);
    if precision > 128 {
        return saturated(bytes, number, shifted);
    }
    if number.signed {
        (shifted << unused).cast_signed() >> unused
    } else {
        i128::try_from(shifted << unused >> unused).unwrap_or(i128::MAX)
    }
}

/// 128 bits from bit `offset`; zeros behind the end.
fn window(bytes: &[u8], order: ByteOrder, offset: usize) -> u128 {
    let mut low = [0u8; 16];
    let at = |index: usize| least_first(bytes, order, index).unwrap_or(0);
    let (skipped, shift) = (offset / 8, offset % 8);
    for (index, byte) in low.iter_mut().enumerate() {
        *byte = at(skipped + index);
    }
    let low = u128::from_le_bytes(low) >> shift;
    match shift {
        0 => low,
        _ => low | u128::from(at(skipped + 16)) << (128 - shift),
    }
}

/// Byte `index`, counted from the least significant.
fn least_first(bytes: &[u8], order: ByteOrder, index: usize) -> Option<u8> {
    match order {
        ByteOrder::Little => bytes.get(index).copied(),
        ByteOrder::Big => bytes.len().checked_sub(index + 1).and_then(|at| bytes.get(at).copied()),
    }
}

/// A number of more than 128 bits, of which `low` are the lowest.
fn saturated(bytes: &[u8], number: &FixedPoint, low: u128) -> i128 {
    let bit = |index: usize| {
        let at = usize::from(number.bit_offset) + index;
        let byte = least_first(bytes, number.order, at / 8).unwrap_or(0);
        byte >> (at % 8) & 1 == 1
    };
    let precision = usize::from(number.precision);
    let is_negative = number.signed && bit(precision - 1);
    if (127..precision).all(|index| bit(index) == is_negative) {
        low.cast_signed()
    } else if is_negative {
        i128::MIN
    } else {
        i128::MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(order: ByteOrder, signed: bool, bit_offset: u16, precision: u16) -> FixedPoint {
        FixedPoint { order, signed, bit_offset, precision }
    }

    #[test]
    fn only_the_bits_that_count_make_the_value() {
        let little =
            |signed, offset, precision| number(ByteOrder::Little, signed, offset, precision);
        assert_eq!(value(&[0xff, 0x0f], &little(true, 0, 12)), -1);
        assert_eq!(value(&[0xff, 0x0f], &little(false, 0, 12)), 0xfff);
        assert_eq!(value(&[0xff, 0x0f], &little(false, 4, 7)), 0x7f);
        assert_eq!(value(&[0x12, 0x34], &number(ByteOrder::Big, true, 0, 16)), 0x1234);
        assert_eq!(value(&[0xff, 0xff, 0xfe], &number(ByteOrder::Big, true, 0, 24)), -2);
    }

    #[test]
    fn numbers_wider_than_the_machine_saturate() {
        let all = [0xff; 16];
        assert_eq!(value(&all, &number(ByteOrder::Little, false, 0, 128)), i128::MAX);
        assert_eq!(value(&all, &number(ByteOrder::Little, true, 0, 128)), -1);
        let mut wide = [0u8; 32];
        wide[31] = 5;
        assert_eq!(value(&wide, &number(ByteOrder::Big, false, 0, 256)), 5);
        wide[0] = 0x80;
        assert_eq!(value(&wide, &number(ByteOrder::Big, true, 0, 256)), i128::MIN);
        assert_eq!(value(&wide, &number(ByteOrder::Big, false, 0, 256)), i128::MAX);
        assert_eq!(value(&wide, &number(ByteOrder::Big, false, 4, 8)), 0);
        wide[14] = 0xab;
        assert_eq!(value(&wide, &number(ByteOrder::Big, false, 132, 8)), 0xb0);
    }

    #[test]
    fn odd_sizes_are_held_in_the_next_wider_type() {
        let raw = [1, 0, 0, 0xff, 0xff, 0xff];
        let elements = Elements::packed(&raw, 3, 2).unwrap();
        let signed = number(ByteOrder::Little, true, 0, 24);
        assert_eq!(shifted(&elements, 3, &signed), Buffer::I32(vec![1, -1]));
        let unsigned = FixedPoint { signed: false, ..signed };
        assert_eq!(shifted(&elements, 3, &unsigned), Buffer::U32(vec![1, 0xff_ffff]));
    }
}
