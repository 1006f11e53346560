//! Values as text, cell by cell, for formats that are text. Numbers have the fewest digits that
//! read back as the same number.

use std::fmt::Write as _;

use hyperslab_core::array::{Number, trim_nul};
use hyperslab_core::{Array, Buffer, Variable};

use super::super::decoder::Decoder;
use super::super::json::Values;

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
            Buffer::FixedText { len, bytes } => {
                push_text(bytes.chunks((*len).max(1)).nth(k).unwrap_or_default(), to);
            }
            Buffer::Text(texts) => push_text(texts.get(k).map_or(&[], |text| text), to),
            composite => {
                let value = Values::element(&self.variable.dtype, composite, k);
                to.push_str(&serde_json::to_string(&value).unwrap_or_default());
            }
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
