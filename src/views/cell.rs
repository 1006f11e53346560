//! A stored value as the text of a cell or of a readout: decoded or as it is.

use std::sync::Arc;

use hyperslab_core::array::Number;
use hyperslab_core::{Buffer, Dtype, Reference, VariableId};

use super::Scene;
use crate::cf::{CfDataset, Flags, Packing, TimeAxis, TimePrecision};
use crate::engine::store::Opened;
use crate::prep::fields::{FieldColumn, field_columns};
use crate::prep::table::{NumberFormat, format_element, format_field, format_number, format_text};

/// Text of a cell, and whether it stands for a missing value.
pub struct CellText {
    pub text: String,
    pub is_missing: bool,
}

/// Writes the cells of one variable.
pub struct CellWriter<'a> {
    dtype: Option<&'a Dtype>,
    packing: Option<Packing>,
    flags: Option<Flags>,
    time: Option<TimeAxis>,
    unit: String,
    missing_words: &'a [(f64, &'static str)],
    /// Characters of a cell of a char variable.
    text_len: usize,
    /// The columns of a table of compounds.
    fields: Vec<FieldColumn>,
    parts: Parts,
}

/// What a writer is made from, for a job that outlives the frame.
#[derive(Clone, Copy)]
pub struct Parts {
    variable: VariableId,
    is_decoded: bool,
    format: NumberFormat,
}

impl CellText {
    /// Of what a mask hides.
    pub fn masked() -> Self {
        Self { text: "masked".into(), is_missing: true }
    }
}

impl<'a> CellWriter<'a> {
    pub fn new(scene: Scene<'a>, is_decoded: bool, format: NumberFormat) -> Self {
        let parts = Parts { variable: scene.variable, is_decoded, format };
        Self { unit: scene.unit(), ..Self::of(scene.opened, parts) }
    }

    fn of(opened: &'a Arc<Opened<CfDataset>>, parts: Parts) -> Self {
        let cf = opened.meaning.variable(&opened.dataset, parts.variable);
        let variable = opened.dataset.variable(parts.variable);
        let is_decoded = parts.is_decoded;
        let text_len = variable
            .filter(|variable| variable.dtype == Dtype::Char)
            .and_then(|variable| usize::try_from(variable.axes.last()?.length).ok())
            .unwrap_or(1);
        Self {
            dtype: variable.map(|variable| &variable.dtype),
            packing: cf.as_ref().map(|cf| cf.packing(super::fills(opened))),
            flags: cf.as_ref().filter(|_| is_decoded).and_then(|cf| cf.flags()),
            time: cf.as_ref().filter(|_| is_decoded).and_then(|cf| cf.time_axis()?.ok()),
            unit: cf.as_ref().map(|cf| cf.pretty_units()).unwrap_or_default(),
            missing_words: cf.as_ref().map_or(&[], |cf| cf.missing_words()),
            text_len,
            fields: variable
                .filter(|variable| variable.rank() <= 1)
                .map(|variable| field_columns(&variable.dtype))
                .unwrap_or_default(),
            parts,
        }
    }

    pub fn to_owned_parts(&self) -> Parts {
        self.parts
    }

    /// What is read from its beginning: words, lists, paths.
    pub fn is_text(&self, column: u64) -> bool {
        match self.field(column) {
            Some(field) => !field.dtype.is_numeric() || !field.shape.is_empty(),
            None => self.dtype.is_some_and(|dtype| {
                !dtype.is_numeric() && !matches!(dtype, Dtype::Int { .. } | Dtype::Complex(_))
            }),
        }
    }

    /// Compounds along at most one axis are a table with a column for each of these; otherwise
    /// there are none.
    pub fn fields(&self) -> &[FieldColumn] {
        &self.fields
    }

    fn field(&self, column: u64) -> Option<&FieldColumn> {
        self.fields.get(usize::try_from(column).ok()?)
    }

    /// A cell of the table: the element, or where there are fields the one of this column.
    pub fn cell(&self, values: &Buffer, index: usize, column: u64) -> CellText {
        match self.field(column) {
            Some(field) => {
                CellText { text: self.field_text(field, values, index), is_missing: false }
            }
            None => self.text(values, index),
        }
    }

    /// The same for the readout.
    pub fn full_cell(&self, values: &Buffer, index: usize, column: u64) -> String {
        match self.field(column) {
            Some(field) => format!("{} {}", field.name, self.field_text(field, values, index)),
            None => self.full_text(values, index),
        }
    }

    fn field_text(&self, field: &FieldColumn, values: &Buffer, index: usize) -> String {
        let found = field.values(values, index);
        let format = self.parts.format;
        found.map_or_else(String::new, |f| format_field(f, &field.dtype, &field.shape, format))
    }

    /// The value of a cell as a number: decoded, or as stored where that is shown. `None` where
    /// it is missing or no number.
    pub fn number(&self, values: &Buffer, index: usize, column: u64) -> Option<f64> {
        let number = match self.field(column) {
            Some(field) => {
                let found = field.values(values, index).filter(|found| found.count == 1)?;
                found.values.number(found.first)?
            }
            None => {
                let stored = values.number(index)?;
                match (&self.packing, self.dtype) {
                    (Some(packing), Some(dtype)) if self.parts.is_decoded => {
                        packing.decode_number(stored, dtype)?
                    }
                    _ => stored,
                }
            }
        };
        Some(number.as_f64()).filter(|number| !number.is_nan())
    }

    /// Where the reference in a cell leads.
    pub fn reference<'v>(
        &self,
        values: &'v Buffer,
        index: usize,
        column: u64,
    ) -> Option<&'v Reference> {
        let (values, index) = match self.field(column) {
            Some(field) => {
                let found = field.values(values, index).filter(|found| found.count == 1)?;
                (found.values, found.first)
            }
            None => (values, index),
        };
        match values {
            Buffer::Reference(references) => references.get(index)?.as_deref(),
            _ => None,
        }
    }

    pub fn is_decoded(&self) -> bool {
        self.parts.is_decoded
    }

    pub fn format(&self) -> NumberFormat {
        self.parts.format
    }

    /// Element `index` of stored values; of a char variable the text that begins there.
    pub fn text(&self, values: &Buffer, index: usize) -> CellText {
        if let Buffer::Char(bytes) = values {
            let text =
                bytes.get(index..(index + self.text_len).min(bytes.len())).unwrap_or_default();
            return CellText { text: format_text(text), is_missing: false };
        }
        let Some(stored) = values.number(index) else {
            let text = format_element(values, index, self.dtype, self.parts.format);
            return CellText { text, is_missing: false };
        };
        let decoded = match (&self.packing, self.dtype) {
            (Some(packing), Some(dtype)) => packing.decode_number(stored, dtype),
            _ => Some(stored),
        };
        if !self.parts.is_decoded {
            let text = format_element(values, index, self.dtype, self.parts.format);
            return CellText { text, is_missing: decoded.is_none() };
        }
        match decoded {
            None => CellText { text: "—".into(), is_missing: true },
            Some(number) => CellText {
                text: self.decoded_text(stored, number, values, index),
                is_missing: false,
            },
        }
    }

    fn decoded_text(
        &self,
        stored: Number,
        number: Number,
        values: &Buffer,
        index: usize,
    ) -> String {
        if let Some(label) = self.flags.as_ref().and_then(|flags| flags.label(stored)) {
            return label;
        }
        if let Some(date) = self.time.as_ref().and_then(|time| date_text(time, number)) {
            return date;
        }
        match self.dtype {
            Some(Dtype::Enum(_) | Dtype::Bitfield { .. }) => {
                format_element(values, index, self.dtype, self.parts.format)
            }
            _ => format_number(number, self.decoded_format()),
        }
    }

    /// Unpacked values have no more digits than their packing gives them: 262.11, where the
    /// arithmetic says 262.10999999999996.
    fn decoded_format(&self) -> NumberFormat {
        let packing = self.packing.as_ref().filter(|packing| packing.is_packed());
        match (self.parts.format, packing) {
            (NumberFormat::Auto, Some(packing)) if self.parts.is_decoded => {
                packed_decimals(packing.scale, packing.offset)
                    .map_or(NumberFormat::Auto, NumberFormat::Fixed)
            }
            (format, _) => format,
        }
    }

    /// For the readout: with the unit, and the stored value where it is another.
    pub fn full_text(&self, values: &Buffer, index: usize) -> String {
        let cell = self.text(values, index);
        if cell.is_missing && self.parts.is_decoded {
            let stored = format_element(values, index, self.dtype, NumberFormat::Auto);
            let number = values.number(index).map(|number| number.as_f64());
            let known = self.missing_words.iter().find(|(value, _)| Some(*value) == number);
            return format!("{} (stored {stored})", known.map_or("missing", |(_, words)| words));
        }
        let is_text = self.dtype.is_some_and(Dtype::is_text);
        if is_text || !self.parts.is_decoded || self.unit.is_empty() || self.time.is_some() {
            return cell.text;
        }
        let stored = format_element(values, index, self.dtype, NumberFormat::Auto);
        if self.packing.as_ref().is_some_and(Packing::is_packed) {
            format!("{} {} (stored {stored})", cell.text, self.unit)
        } else {
            format!("{} {}", cell.text, self.unit)
        }
    }

    /// For pictures and curves, whose values are decoded already (or are shown as stored).
    pub fn value_text(&self, values: &Buffer, index: usize) -> String {
        let Some(number) = values.number(index) else { return String::new() };
        if number.as_f64().is_nan() {
            return "missing".into();
        }
        if let Some(label) = self.flags.as_ref().and_then(|flags| flags.label(number)) {
            return label;
        }
        if let Some(date) = self.time.as_ref().and_then(|time| date_text(time, number)) {
            return date;
        }
        let text = match self.decoded_format() {
            NumberFormat::Auto => match number {
                Number::F64(_) => format_number(number, NumberFormat::Significant(8)),
                _ => format_number(number, NumberFormat::Auto),
            },
            format => format_number(number, format),
        };
        if self.unit.is_empty() || !self.parts.is_decoded {
            text
        } else {
            format!("{text} {}", self.unit)
        }
    }
}

impl Parts {
    pub fn new(variable: VariableId, is_decoded: bool, format: NumberFormat) -> Self {
        Self { variable, is_decoded, format }
    }

    pub fn writer(self, opened: &Arc<Opened<CfDataset>>) -> CellWriter<'_> {
        CellWriter::of(opened, self)
    }
}

/// Decimals that tell neighbouring packed values apart; `None` for steps far from 1.
fn packed_decimals(scale: f64, offset: f64) -> Option<u8> {
    let written = |value: f64| {
        let text = value.to_string();
        text.split_once('.').map_or(0, |(_, decimals)| decimals.len())
    };
    let magnitude = scale.abs().log10();
    if !(-9.0..9.0).contains(&magnitude) {
        return None;
    }
    let asked_for = (1.0 - magnitude.floor()).max(0.0) as usize;
    let of_scale = written(scale).min(asked_for);
    let of_offset = written(offset).min(asked_for);
    u8::try_from(of_scale.max(of_offset)).ok()
}

fn date_text(time: &TimeAxis, number: Number) -> Option<String> {
    let date = time.date(number.as_f64())?;
    Some(TimePrecision::of([date]).text(&date))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_values_have_the_digits_of_their_packing() {
        assert_eq!(packed_decimals(0.01, 273.15), Some(2));
        assert_eq!(packed_decimals(0.001_738_223_887_216_769_6, 263.607_796_354_365), Some(4));
        assert_eq!(packed_decimals(1.0, 0.0), Some(0));
        assert_eq!(packed_decimals(0.5, 0.0), Some(1));
        assert_eq!(packed_decimals(1e-12, 0.0), None);
        assert_eq!(packed_decimals(f64::NAN, 0.0), None);
    }
}
