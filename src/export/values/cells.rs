//! Values as text, cell by cell, for formats that are text. Numbers have the fewest digits that
//! read back as the same number.

use std::fmt::Write as _;

use hyperslab_core::array::{Number, trim_nul};
use hyperslab_core::{Array, Buffer, Dtype, Variable};

use super::Decoder;
use crate::export::json::Values;
use crate::prep::fields::{FieldColumn, FieldValues};

pub(super) struct Cells<'a> {
    pub(super) variable: &'a Variable,
    pub(super) decoder: &'a Decoder,
    /// So many chars are one cell.
    pub(super) string_len: Option<u64>,
}

/// The cells of one block: one long text and where each ends.
#[derive(Default)]
pub(super) struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Texts {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn get(&self, k: usize) -> &str {
        let begin = k.checked_sub(1).and_then(|before| self.ends.get(before)).copied();
        let end = self.ends.get(k).copied().unwrap_or_default();
        self.text.get(begin.unwrap_or(0)..end).unwrap_or_default()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|k| self.get(k))
    }
}

impl FromIterator<String> for Texts {
    fn from_iter<I: IntoIterator<Item = String>>(cells: I) -> Self {
        let mut texts = Self::default();
        for cell in cells {
            texts.text.push_str(&cell);
            texts.ends.push(texts.text.len());
        }
        texts
    }
}

impl Cells<'_> {
    /// Of a block of this shape, a string being one cell.
    pub(super) fn shape(&self, mut shape: Vec<u64>) -> Vec<u64> {
        if self.string_len.is_some() {
            shape.pop();
        }
        shape
    }

    pub(super) fn count(&self, block: &Array) -> usize {
        self.shape(block.shape.clone()).iter().product::<u64>() as usize
    }

    /// Whether cells are words rather than numbers.
    pub(super) fn is_text(&self) -> bool {
        self.variable.dtype.is_text() || self.decoder.is_time()
    }

    /// The cells of a block of stored values; `missing` where there is no value.
    pub(super) fn fill(&self, texts: &mut Texts, stored: &Array, missing: &str) {
        texts.text.clear();
        texts.ends.clear();
        for k in 0..self.count(stored) {
            self.push(stored, k, missing, &mut texts.text);
            texts.ends.push(texts.text.len());
        }
    }

    /// One field of compounds: a cell for each element.
    pub(super) fn fill_field(&self, texts: &mut Texts, stored: &Array, column: &FieldColumn) {
        texts.text.clear();
        texts.ends.clear();
        for k in 0..stored.len() {
            if let Some(field) = column.values(&stored.values, k) {
                push_field(field, column, &mut texts.text);
            }
            texts.ends.push(texts.text.len());
        }
    }

    fn push(&self, stored: &Array, k: usize, missing: &str, to: &mut String) {
        if let Some(number) = stored.values.number(k) {
            return match self.decoder.number(number) {
                None => to.push_str(missing),
                Some(number) => match self.decoder.date(number) {
                    Some(date) => to.push_str(&date),
                    None => push_number(number, to),
                },
            };
        }
        match &stored.values {
            Buffer::Char(bytes) => {
                let len = self.string_len.unwrap_or(1) as usize;
                let chars = bytes.get(k.saturating_mul(len)..).unwrap_or_default();
                push_text(chars.get(..len).unwrap_or(chars), to);
            }
            values => push_element(values, k, &self.variable.dtype, to),
        }
    }
}

/// Several values, or a single one that is itself made of several, in JSON.
fn push_field(field: FieldValues<'_>, column: &FieldColumn, to: &mut String) {
    let FieldValues { values, first, .. } = field;
    match (column.shape.as_slice(), values) {
        ([], _) => push_element(values, first, &column.dtype, to),
        ([len], Buffer::Char(bytes)) => {
            let chars = bytes.get(first..).unwrap_or_default();
            push_text(chars.get(..*len as usize).unwrap_or(chars), to);
        }
        (shape, _) => {
            let list = Values { dtype: &column.dtype, buffer: values, shape, first };
            to.push_str(&serde_json::to_string(&list).unwrap_or_default());
        }
    }
}

fn push_element(values: &Buffer, k: usize, dtype: &Dtype, to: &mut String) {
    if let Some(number) = values.number(k) {
        return push_number(number, to);
    }
    match (values, dtype) {
        (Buffer::FixedText { len, bytes }, _) => {
            push_text(bytes.chunks((*len).max(1)).nth(k).unwrap_or_default(), to);
        }
        (Buffer::Text(texts), _) => push_text(texts.get(k).map_or(&[], |text| text), to),
        (Buffer::Char(bytes), _) => push_text(bytes.get(k..=k).unwrap_or_default(), to),
        (Buffer::Reference(references), _) => {
            let reference = references.get(k).and_then(Option::as_deref);
            to.push_str(&reference.map_or_else(|| "null".into(), ToString::to_string));
        }
        (Buffer::Compound { fields, .. }, Dtype::Complex(_)) => {
            for (part, (_, values)) in fields.iter().enumerate() {
                let Some(number) = values.number(k) else { continue };
                let before = to.len();
                push_number(number, to);
                if part > 0 && to.get(before..).is_some_and(|text| !text.starts_with('-')) {
                    to.insert(before, '+');
                }
            }
            to.push('i');
        }
        (composite, _) => {
            let value = Values::element(dtype, composite, k);
            let json = serde_json::to_string(&value).unwrap_or_default();
            // Opaque bytes are a JSON string of hex digits.
            to.push_str(json.trim_matches('"'));
        }
    }
}

/// Bytes that are not UTF-8 are shown as U+FFFD.
fn push_text(bytes: &[u8], to: &mut String) {
    to.push_str(&String::from_utf8_lossy(trim_nul(bytes)));
}

fn push_number(number: Number, to: &mut String) {
    // Writing to a String cannot fail.
    let _ = match number {
        Number::Int(value) => write!(to, "{value}"),
        Number::F32(value) if value.is_finite() => write!(to, "{value:?}"),
        Number::F64(value) if value.is_finite() => write!(to, "{value:?}"),
        other => to.write_str(match other.as_f64() {
            f64::INFINITY => "Infinity",
            f64::NEG_INFINITY => "-Infinity",
            _ => "NaN",
        }),
    };
}
