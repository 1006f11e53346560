//! Values of one variable for other programs, block by block, so that none is too large. What is
//! read comes from a function and goes to a `Write`: the command line and the window share all
//! between.

mod binary;
mod cells;
mod column;
mod csv;
mod decoder;
mod json;
mod text;

use std::io::{self, Write};

use hyperslab_core::{Array, Dataset, Dtype, ReadError, Section, Variable, VariableId};

use self::cells::Cells;
use self::decoder::Decoder;
use super::csv::{COMMA, TAB};
use crate::cf::{CfDataset, Fills};
use crate::prep::blocks::{Blocks, Order};
use crate::prep::slice::Slice;

/// Of values, before they become text.
const BLOCK_BYTES: u64 = 4 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// To look at: a line for each row of the last axis.
    Text,
    /// A line for each value.
    Csv,
    Tsv,
    /// Rows and columns, where there are two axes.
    CsvGrid,
    TsvGrid,
    Json,
    Npy,
    /// The bare values: C order, little-endian.
    Raw,
}

impl Format {
    pub fn is_binary(self) -> bool {
        matches!(self, Self::Npy | Self::Raw)
    }
}

/// Why values could not be written.
#[derive(Debug)]
pub enum WriteError {
    Read(ReadError),
    Write(io::Error),
}

impl From<ReadError> for WriteError {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

impl From<io::Error> for WriteError {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

impl From<serde_json::Error> for WriteError {
    fn from(error: serde_json::Error) -> Self {
        Self::Write(error.into())
    }
}

impl std::fmt::Display for WriteError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Read(error) => error.fmt(f),
            Self::Write(error) => error.fmt(f),
        }
    }
}

type Result<T = (), E = WriteError> = std::result::Result<T, E>;

/// Stored values of any variable of the file.
pub type Read<'a> = dyn Fn(VariableId, &Section) -> hyperslab_core::Result<Array> + 'a;

/// What is to be written; all of it is known before the first value is read.
pub struct Wanted<'a> {
    dataset: &'a Dataset,
    id: VariableId,
    variable: &'a Variable,
    slice: Slice,
    read: &'a Read<'a>,
    /// What the file's attributes mean, where that matters.
    meaning: Option<&'a CfDataset>,
    /// What counts as missing, where values are decoded.
    fills: Option<Fills>,
    decoder: Decoder,
}

impl<'a> Wanted<'a> {
    /// Values as they are stored, without coordinates.
    pub fn stored(
        dataset: &'a Dataset,
        id: VariableId,
        variable: &'a Variable,
        slice: Slice,
        read: &'a Read<'a>,
    ) -> Self {
        let decoder = Decoder::stored(variable);
        Self { dataset, id, variable, slice, read, meaning: None, fills: None, decoder }
    }

    /// With coordinates, and decoded where it is said what counts as missing.
    #[must_use]
    pub fn with_meaning(self, meaning: &'a CfDataset, fills: Option<Fills>) -> Self {
        let wanted = Self { meaning: Some(meaning), fills, ..self };
        let decoder = wanted.decoder_of(wanted.id, wanted.variable);
        Self { decoder, ..wanted }
    }

    /// For values that are read as they are to be written, NaN where one is missing.
    #[must_use]
    pub fn already_decoded(self) -> Self {
        Self { decoder: Decoder::done(), ..self }
    }

    /// # Errors
    /// In words: the format has no place for values of this kind.
    pub fn check(&self, format: Format) -> Result<(), String> {
        if format.is_binary() { binary::check(self) } else { Ok(()) }
    }

    /// Whether there are two axes, as grids need.
    pub fn is_grid(&self) -> bool {
        csv::grid_axes(self).is_some()
    }

    /// # Errors
    /// The first of reading or writing.
    pub fn write(&self, format: Format, out: &mut dyn Write) -> Result {
        match format {
            Format::Text => text::write(self, out),
            Format::Csv => csv::write(self, COMMA, out),
            Format::Tsv => csv::write(self, TAB, out),
            Format::CsvGrid => csv::write_grid(self, COMMA, out),
            Format::TsvGrid => csv::write_grid(self, TAB, out),
            Format::Json => json::write(self, out),
            Format::Npy => binary::write_npy(self, out),
            Format::Raw => binary::write_raw(self, out),
        }
    }

    /// For this variable, or for one of its coordinates.
    fn decoder_of(&self, id: VariableId, variable: &Variable) -> Decoder {
        let cf = self.meaning.and_then(|meaning| meaning.variable(self.dataset, id));
        match cf.zip(self.fills) {
            Some((cf, fills)) => Decoder::of(&cf, fills),
            None => Decoder::stored(variable),
        }
    }

    fn path(&self) -> String {
        self.dataset.variable_path(self.id)
    }

    fn cells(&self) -> Cells<'_> {
        let (variable, decoder) = (self.variable, &self.decoder);
        Cells { variable, decoder, string_len: self.string_len() }
    }

    /// The axes that are kept, by number.
    fn kept(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.slice.kept.len()).filter(|&axis| self.slice.kept.get(axis) == Some(&true))
    }

    /// How many chars make a string: the last axis, unless an index drops it.
    fn string_len(&self) -> Option<u64> {
        let is_string = self.variable.dtype == Dtype::Char && self.slice.kept.last() == Some(&true);
        self.slice.section.ranges.last().filter(|_| is_string).map(|range| range.count)
    }

    /// Calls `each` with the stored values of one block after the other, in C order. Strings are
    /// whole.
    fn for_each_block(&self, mut each: impl FnMut(&Section, Array) -> Result) -> Result {
        if self.variable.is_null {
            return Ok(());
        }
        let bytes = BLOCK_BYTES.max(self.string_len().unwrap_or(0));
        for section in Blocks::new(self.variable, &self.slice.section, Order::C, bytes)?.iter() {
            each(&section, (self.read)(self.id, &section)?)?;
        }
        Ok(())
    }
}
