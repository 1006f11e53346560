//! Values as the text of table cells: readable, of bounded length, without surprises.

use std::fmt::Write;

use hyperslab_core::array::{Number, trim_nul};
use hyperslab_core::dtype::EnumType;
use hyperslab_core::{Buffer, Dtype, Reference, with_numbers};
use serde::{Deserialize, Serialize};

use super::fields::FieldValues;

/// How numbers are written. Integers are always complete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum NumberFormat {
    /// As few digits as tell the stored value from its neighbours: 0.1 for the `f32` nearest to
    /// it. Reading the text back gives the same value.
    #[default]
    Auto,
    /// At most so many digits, trailing zeros left out: hides the noise of 2.0999999999999996.
    Significant(u8),
    /// So many decimals.
    Fixed(u8),
    /// One digit, so many decimals, a power of ten; integers too.
    Scientific(u8),
    /// Integers as their bits; other numbers as in `Auto`.
    Hex,
}

/// Characters in a cell at most, one more for the ellipsis.
pub const CELL_CHARS_MAX: usize = 200;

/// A single number; negative integers in hex have a sign, since their width is not known here.
pub fn format_number(number: Number, format: NumberFormat) -> String {
    match number {
        Number::Int(value) => format_int(value, format),
        Number::F32(value) if value.is_finite() && format == NumberFormat::Auto => auto_f32(value),
        Number::F32(value) if value.is_finite() && format == NumberFormat::Hex => auto_f32(value),
        _ => format_f64(number.as_f64(), format),
    }
}

/// Element `index` of a buffer: numbers, text, members of enums by name, `{a: 1, b: "x"}` for
/// compounds, `[1, 2]` for sequences and arrays, `1+2i` for complex numbers, `→ /path` for
/// references, hex digits for opaque bytes and bit fields. Empty where there is none.
pub fn format_element(
    values: &Buffer,
    index: usize,
    dtype: Option<&Dtype>,
    format: NumberFormat,
) -> String {
    let mut cell = Cell { text: String::new(), format };
    match text_bytes(values, index) {
        // Quotes only where text stands among other things.
        Some(bytes) => cell.text = format_text(bytes),
        None => cell.element(values, index, dtype, 0),
    }
    shortened(cell.text)
}

/// The values of one field of a compound, `shape` being the field's own: as [`format_element`],
/// with several of them in a list and characters along the last axis as text.
pub fn format_field(
    field: FieldValues<'_>,
    dtype: &Dtype,
    shape: &[u64],
    format: NumberFormat,
) -> String {
    if shape.is_empty() && field.count == 1 {
        return format_element(field.values, field.first, Some(dtype), format);
    }
    let mut cell = Cell { text: String::new(), format };
    cell.nested(field, shape, Some(dtype), 0);
    shortened(cell.text)
}

/// Text of a cell: without trailing NULs, with control characters, bidirectional overrides and
/// bytes that are not UTF-8 escaped, cut at [`CELL_CHARS_MAX`].
pub fn format_text(bytes: &[u8]) -> String {
    let bytes = trim_nul(bytes);
    // A character has at most 4 bytes; what is beyond would be cut anyway.
    let some = bytes.get(..4 * CELL_CHARS_MAX + 4).unwrap_or(bytes);
    shortened(escaped(some))
}

/// All of a text, escaped like [`format_text`]: for a terminal or a tooltip.
pub fn escaped(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                '\0' => text.push_str("\\0"),
                c if c.is_control() || is_bidirectional_control(c) => {
                    _ = write!(text, "\\u{{{:x}}}", u32::from(c));
                }
                c => text.push(c),
            }
        }
        for byte in chunk.invalid() {
            _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// Pads numbers with spaces so that their decimal points and their ends stand in line, in a
/// typeface with digits of one width.
pub fn align_decimals(cells: &mut [String]) {
    let decimals = |cell: &str| cell.find('.').map_or(0, |point| cell.len() - point);
    let is_number = |cell: &str| cell.ends_with(|c: char| c.is_ascii_digit());
    let most = cells.iter().filter(|c| is_number(c)).map(|c| decimals(c)).max().unwrap_or(0);
    for cell in cells.iter_mut().filter(|cell| is_number(cell)) {
        let padding = most - decimals(cell);
        cell.extend(std::iter::repeat_n(' ', padding));
    }
    let width = cells.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
    for cell in cells.iter_mut() {
        let padding = width - cell.chars().count();
        cell.insert_str(0, &" ".repeat(padding));
    }
}

fn format_int(value: i128, format: NumberFormat) -> String {
    match format {
        NumberFormat::Scientific(decimals) => format!("{value:.*e}", usize::from(decimals)),
        NumberFormat::Hex if value < 0 => format!("-0x{:x}", value.unsigned_abs()),
        NumberFormat::Hex => format!("0x{value:x}"),
        _ => value.to_string(),
    }
}

fn format_f64(value: f64, format: NumberFormat) -> String {
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf".into() } else { "-inf".into() };
    }
    match format {
        NumberFormat::Auto | NumberFormat::Hex => auto_f64(value),
        NumberFormat::Significant(digits) => {
            let rounded = format!("{value:.*e}", usize::from(digits.max(1)) - 1);
            // Rounding up the very largest number gives one that cannot be read back.
            match rounded.parse::<f64>() {
                Ok(rounded) if rounded.is_finite() => auto_f64(rounded),
                _ => rounded,
            }
        }
        NumberFormat::Fixed(decimals) if value.abs() < 1e16 => {
            format!("{value:.*}", usize::from(decimals))
        }
        // Digits of which most mean nothing.
        NumberFormat::Fixed(decimals) | NumberFormat::Scientific(decimals) => {
            format!("{value:.*e}", usize::from(decimals))
        }
    }
}

fn is_plainly_readable(magnitude: f64) -> bool {
    magnitude == 0.0 || (1e-5..1e16).contains(&magnitude)
}

fn auto_f32(value: f32) -> String {
    if is_plainly_readable(f64::from(value.abs())) {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

fn auto_f64(value: f64) -> String {
    if is_plainly_readable(value.abs()) { value.to_string() } else { format!("{value:e}") }
}

fn is_bidirectional_control(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn shortened(mut text: String) -> String {
    if let Some((cut, _)) = text.char_indices().nth(CELL_CHARS_MAX) {
        text.truncate(cut);
        text.push('…');
    }
    text
}

fn text_bytes(values: &Buffer, index: usize) -> Option<&[u8]> {
    match values {
        Buffer::Char(bytes) => bytes.get(index..=index),
        Buffer::FixedText { len, bytes } => part(bytes, *len, index),
        Buffer::Text(texts) => texts.get(index).map(AsRef::as_ref),
        _ => None,
    }
}

fn part(bytes: &[u8], len: usize, index: usize) -> Option<&[u8]> {
    let start = index.checked_mul(len)?;
    bytes.get(start..start.checked_add(len)?)
}

/// A cell being written; stops growing when it is longer than is shown.
struct Cell {
    text: String,
    format: NumberFormat,
}

/// Types nested deeper than this are shown as an ellipsis.
const DEPTH_MAX: u32 = 16;

impl Cell {
    fn is_full(&self) -> bool {
        self.text.len() > 4 * CELL_CHARS_MAX
    }

    fn element(&mut self, values: &Buffer, index: usize, dtype: Option<&Dtype>, depth: u32) {
        if self.is_full() || depth > DEPTH_MAX {
            self.text.push('…');
            return;
        }
        if let Some(bytes) = text_bytes(values, index) {
            _ = write!(self.text, "\"{}\"", format_text(bytes));
            return;
        }
        match (values, dtype) {
            (Buffer::Compound { fields, .. }, Some(Dtype::Complex(_))) => {
                self.complex(fields, index);
            }
            (Buffer::Compound { count, fields }, _) => {
                self.compound(*count, fields, index, dtype, depth);
            }
            (Buffer::Array { per, values }, _) => {
                let (element, shape) = match dtype {
                    Some(Dtype::Array(t)) => (Some(&t.element), t.shape.as_slice()),
                    _ => (None, &[][..]),
                };
                let first = index.saturating_mul(*per);
                self.nested(FieldValues { values, first, count: *per }, shape, element, depth);
            }
            (Buffer::Reference(references), _) => {
                if let Some(reference) = references.get(index) {
                    self.reference(reference.as_deref());
                }
            }
            (Buffer::VarLen { ends, values }, _) => {
                let start = index.checked_sub(1).and_then(|i| ends.get(i)).copied().unwrap_or(0);
                let Some(&end) = ends.get(index) else { return };
                let inner = match dtype {
                    Some(Dtype::VarLen(inner)) => Some(&**inner),
                    _ => None,
                };
                self.list(values, start, end, inner, depth);
            }
            (Buffer::Opaque { len, bytes }, _) => self.opaque(part(bytes, *len, index)),
            (_, Some(Dtype::Enum(members))) => self.member(values, index, members),
            (_, Some(Dtype::Bitfield { .. })) => self.bits(values, index),
            _ => self.number(values, index),
        }
    }

    fn compound(
        &mut self,
        count: usize,
        fields: &[(String, Buffer)],
        index: usize,
        dtype: Option<&Dtype>,
        depth: u32,
    ) {
        if index >= count {
            return;
        }
        let types = match dtype {
            Some(Dtype::Compound(compound)) => compound.fields.as_slice(),
            _ => &[],
        };
        self.text.push('{');
        for (k, (name, values)) in fields.iter().enumerate() {
            _ = write!(
                self.text,
                "{}{}: ",
                if k > 0 { ", " } else { "" },
                escaped(name.as_bytes())
            );
            let field = types.get(k);
            let count = values.len().checked_div(count).unwrap_or(0);
            let first = index.saturating_mul(count);
            let dtype = field.map(|field| &field.dtype);
            if count == 1 && field.is_none_or(|field| field.shape.is_empty()) {
                self.element(values, first, dtype, depth + 1);
            } else {
                let shape = field.map_or(&[][..], |field| &field.shape);
                self.nested(FieldValues { values, first, count }, shape, dtype, depth);
            }
            if self.is_full() {
                break;
            }
        }
        self.text.push('}');
    }

    /// Lists in lists as the shape says; the last axis of characters is a text.
    fn nested(&mut self, field: FieldValues<'_>, shape: &[u64], dtype: Option<&Dtype>, depth: u32) {
        let FieldValues { values, first, count } = field;
        let end = first.saturating_add(count);
        let outer = shape.split_first().filter(|(_, inner)| !inner.is_empty());
        match (values, outer) {
            _ if depth > DEPTH_MAX => self.text.push('…'),
            (_, Some((&len, inner))) if len > 0 => {
                let count = count / usize::try_from(len).unwrap_or(usize::MAX);
                self.in_brackets(usize::try_from(len).unwrap_or(usize::MAX), |cell, k| {
                    let first = first.saturating_add(k.saturating_mul(count));
                    cell.nested(FieldValues { values, first, count }, inner, dtype, depth + 1);
                });
            }
            (Buffer::Char(bytes), _) => {
                let text = format_text(bytes.get(first..end).unwrap_or_default());
                _ = write!(self.text, "\"{text}\"");
            }
            _ => self.list(values, first, end, dtype, depth),
        }
    }

    /// The first few of so many.
    fn in_brackets(&mut self, count: usize, mut each: impl FnMut(&mut Self, usize)) {
        const SHOWN_MAX: usize = 8;
        self.text.push('[');
        for k in 0..count {
            if k > 0 {
                self.text.push_str(", ");
            }
            if k == SHOWN_MAX && count - k > 1 {
                _ = write!(self.text, "… {} more", count - k);
                break;
            }
            each(self, k);
            if self.is_full() {
                break;
            }
        }
        self.text.push(']');
    }

    /// `1+2i`.
    fn complex(&mut self, fields: &[(String, Buffer)], index: usize) {
        let part = |k: usize| fields.get(k).and_then(|(_, values)| values.number(index));
        let (Some(real), Some(imaginary)) = (part(0), part(1)) else { return };
        let imaginary = format_number(imaginary, self.format);
        let sign = if imaginary.starts_with('-') { "" } else { "+" };
        _ = write!(self.text, "{}{sign}{imaginary}i", format_number(real, self.format));
    }

    fn reference(&mut self, reference: Option<&Reference>) {
        match reference {
            Some(reference) => {
                _ = write!(self.text, "→ {}", escaped(reference.to_string().as_bytes()));
            }
            None => self.text.push_str("null"),
        }
    }

    fn list(
        &mut self,
        values: &Buffer,
        start: usize,
        end: usize,
        dtype: Option<&Dtype>,
        depth: u32,
    ) {
        let end = end.min(values.len());
        self.in_brackets(end.saturating_sub(start), |cell, k| {
            cell.element(values, start + k, dtype, depth + 1);
        });
    }

    fn opaque(&mut self, bytes: Option<&[u8]>) {
        let Some(bytes) = bytes else { return };
        self.text.push_str("0x");
        for byte in bytes.iter().take(CELL_CHARS_MAX) {
            _ = write!(self.text, "{byte:02x}");
        }
    }

    fn member(&mut self, values: &Buffer, index: usize, members: &EnumType) {
        let Some(Number::Int(value)) = values.number(index) else { return };
        match members.members.iter().find(|member| member.1 == value) {
            Some((name, _)) => self.text.push_str(&escaped(name.as_bytes())),
            None => self.number(values, index),
        }
    }

    /// As stored, negative numbers too.
    fn bits(&mut self, values: &Buffer, index: usize) {
        let Some(Number::Int(value)) = values.number(index) else { return };
        let bytes = with_numbers!(values, v => size_of_val(v.as_slice()) / v.len(), else 16);
        let bits = (value as u128) & (u128::MAX >> (128 - 8 * bytes.clamp(1, 16)));
        _ = write!(self.text, "0x{bits:0width$x}", width = 2 * bytes);
    }

    fn number(&mut self, values: &Buffer, index: usize) {
        let Some(number) = values.number(index) else { return };
        match (self.format, number) {
            (NumberFormat::Hex, Number::Int(_)) => self.bits(values, index),
            _ => self.text.push_str(&format_number(number, self.format)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyperslab_core::ByteOrder;
    use hyperslab_core::dtype::{CompoundType, Field};
    use proptest::prelude::*;
    use std::sync::Arc;

    use NumberFormat::{Auto, Fixed, Hex, Scientific, Significant};

    fn f64(value: f64, format: NumberFormat) -> String {
        format_number(Number::F64(value), format)
    }

    #[test]
    fn numbers_are_as_short_as_their_stored_type_allows() {
        assert_eq!(format_number(Number::F32(0.1), Auto), "0.1");
        assert_eq!(f64(f64::from(0.1f32), Auto), "0.10000000149011612");
        assert_eq!(f64(-273.15, Auto), "-273.15");
        assert_eq!(f64(1e20, Auto), "1e20");
        assert_eq!(format_number(Number::F32(-9.99e-9), Auto), "-9.99e-9");
        assert_eq!(format_number(Number::Int(i128::from(u64::MAX)), Auto), "18446744073709551615");
        assert_eq!(format_number(Number::F32(f32::NAN), Auto), "NaN");
        assert_eq!(f64(f64::NEG_INFINITY, Fixed(2)), "-inf");
    }

    #[test]
    fn formats_say_how_many_digits() {
        let noisy = 2.099_999_999_999_999_6;
        assert_eq!(f64(noisy, Significant(7)), "2.1");
        assert_eq!(f64(123_456_789.0, Significant(3)), "123000000");
        assert_eq!(f64(noisy, Fixed(2)), "2.10");
        assert_eq!(f64(1e300, Fixed(2)), "1.00e300");
        assert_eq!(f64(noisy, Scientific(3)), "2.100e0");
        assert_eq!(format_number(Number::F32(0.1), Significant(9)), "0.100000001");
        assert_eq!(f64(f64::MAX, Significant(1)), "2e308");
        assert_eq!(format_number(Number::Int(12_345), Scientific(2)), "1.23e4");
        assert_eq!(format_number(Number::Int(12_345), Fixed(2)), "12345");
    }

    #[test]
    fn hex_shows_the_stored_bits() {
        let values = Buffer::I16(vec![-1, 10]);
        assert_eq!(format_element(&values, 0, None, Hex), "0xffff");
        assert_eq!(format_element(&values, 1, None, Hex), "0x000a");
        assert_eq!(format_number(Number::Int(-255), Hex), "-0xff");
        assert_eq!(format_element(&Buffer::F32(vec![1.5]), 0, None, Hex), "1.5");
    }

    #[test]
    fn text_cannot_disturb_the_table() {
        assert_eq!(format_text(b"a\tb\n\x1b[31m\0\0"), "a\\tb\\n\\u{1b}[31m");
        assert_eq!(format_text("x\u{202e}y \u{e9}".as_bytes()), "x\\u{202e}y \u{e9}");
        assert_eq!(format_text(b"caf\xe9"), "caf\\xe9");
        let long = format_text("é".repeat(5000).as_bytes());
        assert_eq!(long.chars().count(), CELL_CHARS_MAX + 1);
        let fixed = Buffer::FixedText { len: 3, bytes: b"ab\0cde".to_vec() };
        assert_eq!(format_element(&fixed, 0, None, Auto), "ab");
        assert_eq!(format_element(&fixed, 1, None, Auto), "cde");
        assert_eq!(format_element(&fixed, 2, None, Auto), "");
    }

    #[test]
    fn composite_values_are_short_and_readable() {
        let compound = Buffer::Compound {
            count: 2,
            fields: vec![
                ("id".into(), Buffer::I32(vec![7, 8])),
                ("xy".into(), Buffer::F32(vec![0.1, 0.2, 0.3, 0.4])),
                ("tag".into(), Buffer::Char(b"onetwo".to_vec())),
                ("name".into(), Buffer::Text(vec![b"a"[..].into(), b"b"[..].into()])),
            ],
        };
        assert_eq!(
            format_element(&compound, 1, None, Auto),
            "{id: 8, xy: [0.3, 0.4], tag: \"two\", name: \"b\"}"
        );
        let sequence = Buffer::VarLen {
            ends: vec![0, 3, 103],
            values: Box::new(Buffer::U8((0..103).collect())),
        };
        assert_eq!(format_element(&sequence, 0, None, Auto), "[]");
        assert_eq!(format_element(&sequence, 1, None, Auto), "[0, 1, 2]");
        assert_eq!(
            format_element(&sequence, 2, None, Auto),
            "[3, 4, 5, 6, 7, 8, 9, 10, … 92 more]"
        );
        let opaque = Buffer::Opaque { len: 2, bytes: vec![1, 0xab] };
        assert_eq!(format_element(&opaque, 0, None, Auto), "0x01ab");
    }

    #[test]
    fn complex_numbers_references_arrays_and_bits_are_readable() {
        let part = Arc::new(Dtype::float(4, ByteOrder::Little));
        let complex = Dtype::Complex(part.clone());
        let values = Buffer::Compound {
            count: 2,
            fields: vec![
                ("r".into(), vec![1.0f32, -0.5].into()),
                ("i".into(), vec![2.0f32, -1e-9].into()),
            ],
        };
        let text = |values, index, dtype| format_element(values, index, Some(dtype), Auto);
        assert_eq!(text(&values, 0, &complex), "1+2i");
        assert_eq!(text(&values, 1, &complex), "-0.5-1e-9i");
        let to = Buffer::Reference(vec![Some(Box::new(Reference::to("/a\tb"))), None]);
        let dtype = Dtype::Reference(hyperslab_core::dtype::ReferenceType::Object);
        assert_eq!(
            (text(&to, 0, &dtype), text(&to, 1, &dtype)),
            ("→ /a\\tb".into(), "null".into())
        );
        let array = hyperslab_core::dtype::ArrayType {
            element: Dtype::int(1, ByteOrder::Little),
            shape: vec![2, 3],
        };
        let values = Buffer::Array { per: 6, values: Box::new(Buffer::I8((0..12).collect())) };
        let dtype = Dtype::Array(Arc::new(array));
        assert_eq!(text(&values, 1, &dtype), "[[6, 7, 8], [9, 10, 11]]");
        let bits = Dtype::Bitfield { bytes: 2, order: ByteOrder::Big };
        assert_eq!(text(&Buffer::U16(vec![0xa5]), 0, &bits), "0x00a5");
    }

    #[test]
    fn enums_show_the_names_of_their_members() {
        let members = EnumType {
            name: None,
            base: Dtype::int(1, ByteOrder::Little),
            members: vec![("clear".into(), 0), ("cloudy".into(), 1)],
        };
        let dtype = Dtype::Enum(Arc::new(members));
        let values = Buffer::I8(vec![1, 5]);
        assert_eq!(format_element(&values, 0, Some(&dtype), Auto), "cloudy");
        assert_eq!(format_element(&values, 1, Some(&dtype), Auto), "5");
        let field = Field { name: "sky".into(), dtype, shape: vec![] };
        let dtype = Dtype::Compound(Arc::new(CompoundType { name: None, fields: vec![field] }));
        let values = Buffer::Compound { count: 1, fields: vec![("sky".into(), values)] };
        assert_eq!(format_element(&values, 0, Some(&dtype), Auto), "{sky: [cloudy, 5]}");
    }

    #[test]
    fn decimal_points_stand_in_line() {
        let mut cells = ["1.5", "10", "-0.25", "NaN"].map(str::to_owned);
        align_decimals(&mut cells);
        assert_eq!(cells, [" 1.5 ", "10   ", "-0.25", "  NaN"]);
    }

    proptest! {
        #[test]
        fn auto_is_read_back_as_the_same_value(a in prop::num::f64::ANY, b in prop::num::f32::ANY) {
            let back: f64 = f64(a, Auto).parse().unwrap();
            prop_assert!(back == a || (back.is_nan() && a.is_nan()));
            let back: f32 = format_number(Number::F32(b), Auto).parse().unwrap();
            prop_assert!(back == b || (back.is_nan() && b.is_nan()));
        }

        #[test]
        fn cells_are_never_long(
            bytes in prop::collection::vec(any::<u8>(), 0..900), digits: u8, a in prop::num::f64::ANY,
            ends in prop::collection::vec(0usize..900, 1..4),
        ) {
            prop_assert!(format_text(&bytes).chars().count() <= CELL_CHARS_MAX + 1);
            let values = Buffer::VarLen {
                ends,
                values: Box::new(Buffer::VarLen {
                    ends: bytes.iter().map(|&b| usize::from(b)).collect(),
                    values: Box::new(Buffer::Opaque { len: 7, bytes: bytes.clone() }),
                }),
            };
            for index in 0..4 {
                let cell = format_element(&values, index, None, Auto);
                prop_assert!(cell.chars().count() <= CELL_CHARS_MAX + 1);
            }
            for format in [Significant(digits), Fixed(digits), Scientific(digits)] {
                prop_assert!(f64(a, format).len() < 300);
            }
        }
    }
}
