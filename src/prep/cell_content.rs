//! All that one cell of a table holds, line by line: long texts, lists, fields of compounds,
//! which in the cell itself are cut short.

use hyperslab_core::{Buffer, Dtype};

use super::fields::{FieldColumn, FieldValues};
use super::table::{NumberFormat, escaped, format_element};

/// Elements of a list that are written.
pub const LINES_MAX: usize = 10_000;

/// A line: what it is called (an index, a field) and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub name: String,
    pub text: String,
}

/// The content of a cell and how many elements it has in all; a single line without a name where
/// it holds one thing. Empty where there is none. O(elements written).
pub fn content(
    values: &Buffer,
    index: usize,
    dtype: Option<&Dtype>,
    field: Option<&FieldColumn>,
    format: NumberFormat,
) -> (Vec<Line>, usize) {
    let (found, dtype) = match field {
        Some(field) => match field.values(values, index) {
            Some(found) => (found, Some(&field.dtype)),
            None => return (Vec::new(), 0),
        },
        None => (FieldValues { values, first: index, count: 1 }, dtype),
    };
    if found.count != 1 {
        return list(
            found.values,
            found.first..found.first.saturating_add(found.count),
            dtype,
            format,
        );
    }
    let (values, index) = (found.values, found.first);
    match (values, dtype) {
        (Buffer::VarLen { ends, values }, dtype) => {
            let start = index.checked_sub(1).and_then(|i| ends.get(i)).copied().unwrap_or(0);
            let end = ends.get(index).copied().unwrap_or(start);
            let inner = match dtype {
                Some(Dtype::VarLen(inner)) => Some(&**inner),
                _ => None,
            };
            list(values, start..end, inner, format)
        }
        (Buffer::Array { per, values }, dtype) => {
            let start = index.saturating_mul(*per);
            let inner = match dtype {
                Some(Dtype::Array(array)) => Some(&array.element),
                _ => None,
            };
            list(values, start..start.saturating_add(*per), inner, format)
        }
        (Buffer::Compound { count, fields }, Some(Dtype::Compound(compound))) => {
            let lines = fields.iter().zip(&compound.fields).map(|((name, values), field)| {
                let each = values.len().checked_div(*count).unwrap_or(0);
                let found = FieldValues { values, first: index.saturating_mul(each), count: each };
                let text = super::table::format_field(found, &field.dtype, &field.shape, format);
                Line { name: escaped(name.as_bytes()), text }
            });
            (lines.take(LINES_MAX).collect(), fields.len())
        }
        (values, dtype) => {
            let text = match values {
                Buffer::Text(texts) => texts.get(index).map(|text| whole_text(text)),
                _ => None,
            };
            let text = text.unwrap_or_else(|| format_element(values, index, dtype, format));
            (vec![Line { name: String::new(), text }], 1)
        }
    }
}

/// With its line breaks; other control characters escaped.
fn whole_text(bytes: &[u8]) -> String {
    const TEXT_MAX: usize = 1 << 20;
    let bytes = hyperslab_core::array::trim_nul(bytes);
    let bytes = bytes.get(..TEXT_MAX).unwrap_or(bytes);
    let lines = bytes.split(|byte| *byte == b'\n');
    let lines = lines.map(|line| escaped(line.strip_suffix(b"\r").unwrap_or(line)));
    lines.collect::<Vec<_>>().join("\n")
}

fn list(
    values: &Buffer,
    elements: std::ops::Range<usize>,
    dtype: Option<&Dtype>,
    format: NumberFormat,
) -> (Vec<Line>, usize) {
    let end = elements.end.min(values.len());
    let count = end.saturating_sub(elements.start);
    let lines = (0..count.min(LINES_MAX)).map(|k| Line {
        name: k.to_string(),
        text: format_element(values, elements.start + k, dtype, format),
    });
    (lines.collect(), count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prep::fields::field_columns;
    use hyperslab_testkit::kinds;

    #[test]
    fn a_sequence_is_written_element_by_element() {
        let values =
            Buffer::VarLen { ends: vec![2, 2, 5], values: Box::new(vec![1, 2, 3, 4, 5].into()) };
        let (lines, count) = content(&values, 2, None, None, NumberFormat::Auto);
        let texts: Vec<_> = lines.iter().map(|l| (l.name.as_str(), l.text.as_str())).collect();
        assert_eq!((texts.as_slice(), count), (&[("0", "3"), ("1", "4"), ("2", "5")][..], 3));
        assert_eq!(content(&values, 1, None, None, NumberFormat::Auto), (Vec::new(), 0));
        assert_eq!(content(&values, 9, None, None, NumberFormat::Auto), (Vec::new(), 0));
    }

    #[test]
    fn a_compound_is_written_field_by_field_and_a_field_of_it_by_itself() {
        let dtype = kinds::station_type();
        let stations = kinds::stations(5);
        let (lines, count) = content(&stations, 3, Some(&dtype), None, NumberFormat::Auto);
        assert_eq!((lines[0].name.as_str(), count), ("id", 5));
        assert_eq!(lines[4].text, "[3, 3.5]");
        let track = &field_columns(&dtype)[5];
        let (lines, _) = content(&stations, 3, Some(&dtype), Some(track), NumberFormat::Auto);
        assert_eq!(lines[1], Line { name: "1".into(), text: "3.5".into() });
    }

    #[test]
    fn a_long_text_is_whole_and_keeps_its_lines() {
        let text = format!("one\r\ntwo\u{7}{}", "x".repeat(500));
        let values = Buffer::Text(vec![text.into_bytes().into()]);
        let (lines, _) = content(&values, 0, Some(&Dtype::Text), None, NumberFormat::Auto);
        assert!(lines[0].text.starts_with("one\ntwo\\u{7}xxx") && lines[0].text.len() > 500);
    }
}
