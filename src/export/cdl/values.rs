//! Values and names in CDL, as `ncdump` spells them.

use std::io::Write;

use hyperslab_core::array::{Number, trim_nul};
use hyperslab_core::{Buffer, Dtype};

use super::DEPTH_MAX;

/// A name with what means something in CDL escaped (ncdump's `escaped_name`).
pub(super) fn escaped_name(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for (i, c) in name.chars().enumerate() {
        match c {
            '0'..='9' if i == 0 => {
                escaped.push('\\');
                escaped.push(c);
            }
            c if c.is_ascii_control() => escaped.push_str(&format!("\\%{:02x}", u32::from(c))),
            ' ' | '!' | '"' | '#' | '$' | '&' | '\'' | '(' | ')' | '*' | ',' | ':' | ';' | '<'
            | '=' | '>' | '?' | '[' | ']' | '\\' | '^' | '`' | '{' | '|' | '}' | '~' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

pub(super) fn push_escaped(out: &mut Vec<u8>, byte: u8) {
    match byte {
        0x08 => out.extend(b"\\b"),
        0x0c => out.extend(b"\\f"),
        b'\n' => out.extend(b"\\n"),
        b'\r' => out.extend(b"\\r"),
        b'\t' => out.extend(b"\\t"),
        0x0b => out.extend(b"\\v"),
        b'\\' | b'\'' | b'"' => out.extend([b'\\', byte]),
        byte if byte.is_ascii_control() => _ = write!(out, "\\{byte:03o}"),
        byte => out.push(byte),
    }
}

pub(super) fn text_of(values: &Buffer, index: usize) -> Option<&[u8]> {
    match values {
        Buffer::Text(texts) => texts.get(index).map(AsRef::as_ref),
        Buffer::FixedText { len, bytes } => bytes.get(index * len..(index + 1) * len),
        _ => None,
    }
}

/// A number with the suffix of its type, a member's name, or opaque bytes.
pub(super) fn attribute_value(values: &Buffer, index: usize, dtype: &Dtype) -> String {
    let number = values.number(index);
    match (values, number) {
        (Buffer::Opaque { .. }, _) => opaque(values, index),
        (Buffer::Reference(_), _) => reference(values, index),
        (_, Some(Number::Int(value))) if matches!(dtype, Dtype::Enum(_)) => member(dtype, value),
        (_, Some(Number::Int(value))) => format!("{value}{}", suffix(values)),
        (_, Some(Number::F32(value))) => attribute_float(f64::from(value), 7, "f"),
        (_, Some(Number::F64(value))) => attribute_float(value, 15, ""),
        _ => String::new(),
    }
}

fn suffix(values: &Buffer) -> &'static str {
    match values {
        Buffer::I8(_) => "b",
        Buffer::U8(_) => "UB",
        Buffer::I16(_) => "s",
        Buffer::U16(_) => "US",
        Buffer::U32(_) => "U",
        Buffer::I64(_) => "LL",
        Buffer::U64(_) => "ULL",
        _ => "",
    }
}

fn member(dtype: &Dtype, value: i128) -> String {
    let Dtype::Enum(members) = dtype else { return value.to_string() };
    let found = members.members.iter().find(|member| member.1 == value);
    found.map_or_else(|| value.to_string(), |(name, _)| escaped_name(name))
}

fn opaque(values: &Buffer, index: usize) -> String {
    let Buffer::Opaque { len, bytes } = values else { return String::new() };
    let bytes = bytes.get(index * len..(index + 1) * len).unwrap_or_default();
    bytes.iter().fold("0X".to_owned(), |text, byte| format!("{text}{byte:02X}"))
}

/// The path it leads to, as a text.
fn reference(values: &Buffer, index: usize) -> String {
    let Buffer::Reference(references) = values else { return String::new() };
    let mut text = Vec::new();
    match references.get(index).and_then(Option::as_deref) {
        Some(reference) => push_quoted(&mut text, reference.to_string().as_bytes()),
        None => text.extend(b"NIL"),
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// C's `%#.{digits}g` without trailing zeros, but with the point (ncdump's `tztrim`).
fn attribute_float(value: f64, digits: usize, suffix: &str) -> String {
    match special(value) {
        Some(special) => format!("{special}{suffix}"),
        None => {
            let (mantissa, exponent) = general(value, digits);
            let point = if mantissa.contains('.') { "" } else { "." };
            format!("{mantissa}{point}{exponent}{suffix}")
        }
    }
}

/// C's `%.{digits}g`.
fn plain_float(value: f64, digits: usize, suffix: &str) -> String {
    match special(value) {
        Some(special) => format!("{special}{suffix}"),
        None => {
            let (mantissa, exponent) = general(value, digits);
            format!("{}{exponent}", mantissa.trim_end_matches('.'))
        }
    }
}

fn special(value: f64) -> Option<&'static str> {
    match value {
        value if value.is_nan() => Some("NaN"),
        f64::INFINITY => Some("Infinity"),
        f64::NEG_INFINITY => Some("-Infinity"),
        _ => None,
    }
}

/// The parts of C's `%#.{digits}g`, the zeros behind the point left out: `1.5` and `e+20`.
fn general(value: f64, digits: usize) -> (String, String) {
    let scientific = format!("{value:.*e}", digits - 1);
    let (mantissa, power) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    let trim = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').to_owned(),
        false => text.to_owned(),
    };
    if power < -4 || power >= digits as i32 {
        let sign = if power < 0 { '-' } else { '+' };
        return (trim(mantissa), format!("e{sign}{:02}", power.abs()));
    }
    let decimals = (digits as i32 - 1 - power).max(0) as usize;
    (trim(&format!("{value:.decimals$}")), String::new())
}

/// A value inside a compound or a sequence, which has no suffixes (ncdump's `*_typ_tostring`).
pub(super) fn push_value(
    out: &mut Vec<u8>,
    values: &Buffer,
    index: usize,
    dtype: &Dtype,
    depth: u32,
) {
    if depth > DEPTH_MAX {
        return;
    }
    if let Some(bytes) = text_of(values, index) {
        push_quoted(out, bytes);
        return;
    }
    match (values, dtype) {
        (Buffer::Compound { count, fields }, Dtype::Compound(compound)) => {
            out.push(b'{');
            for (k, ((_, values), field)) in fields.iter().zip(&compound.fields).enumerate() {
                if k > 0 {
                    out.extend(b", ");
                }
                let each = values.len().checked_div(*count).unwrap_or(0);
                let elements = index * each..(index + 1) * each;
                match (field.shape.last(), values) {
                    (None, Buffer::Char(bytes)) => {
                        push_quoted(out, bytes.get(elements).unwrap_or_default());
                    }
                    (None, _) => {
                        push_value(out, values, elements.start, &field.dtype, depth + 1);
                    }
                    // Rows of characters are texts.
                    (Some(&len), Buffer::Char(bytes)) => {
                        let row = usize::try_from(len).unwrap_or(usize::MAX).max(1);
                        let rows = bytes.get(elements).unwrap_or_default().chunks(row);
                        push_list(out, rows, push_quoted);
                    }
                    (Some(_), _) => push_list(out, elements, |out, element| {
                        push_value(out, values, element, &field.dtype, depth + 1);
                    }),
                }
            }
            out.push(b'}');
        }
        (Buffer::VarLen { ends, values }, Dtype::VarLen(inner)) => {
            let start = index.checked_sub(1).and_then(|i| ends.get(i)).copied().unwrap_or(0);
            let end = ends.get(index).copied().unwrap_or(start).min(values.len());
            push_list(out, start..end, |out, element| {
                push_value(out, values, element, inner, depth + 1);
            });
        }
        (Buffer::Compound { fields, .. }, Dtype::Complex(part)) => {
            push_list(out, fields, |out, (_, values)| {
                push_value(out, values, index, part, depth + 1);
            });
        }
        (Buffer::Array { per, values }, Dtype::Array(t)) => {
            let first = index.saturating_mul(*per);
            push_list(out, first..first.saturating_add(*per).min(values.len()), |out, element| {
                push_value(out, values, element, &t.element, depth + 1);
            });
        }
        (Buffer::Opaque { .. }, _) => out.extend(opaque(values, index).as_bytes()),
        (Buffer::Reference(_), _) => out.extend(reference(values, index).as_bytes()),
        (Buffer::Char(bytes), _) => push_quoted(out, bytes.get(index..=index).unwrap_or_default()),
        _ => {
            let text = match values.number(index) {
                Some(Number::Int(value)) => member(dtype, value),
                Some(Number::F32(value)) => plain_float(f64::from(value), 7, "f"),
                Some(Number::F64(value)) => plain_float(value, 15, ""),
                None => String::new(),
            };
            out.extend(text.as_bytes());
        }
    }
}

fn push_list<T>(
    out: &mut Vec<u8>,
    items: impl IntoIterator<Item = T>,
    mut push: impl FnMut(&mut Vec<u8>, T),
) {
    out.push(b'{');
    for (i, item) in items.into_iter().enumerate() {
        if i > 0 {
            out.extend(b", ");
        }
        push(out, item);
    }
    out.push(b'}');
}

fn push_quoted(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    trim_nul(bytes).iter().for_each(|&byte| push_escaped(out, byte));
    out.push(b'"');
}
