//! `hyperslab read`: values of one variable, block by block, so that none is too large.

mod binary;
mod cells;
mod csv;
mod json;
mod text;

use hyperslab_core::{Array, Dtype, Section, Variable, VariableId};

use super::args::{ReadArgs, ReadFormat};
use super::blocks::{Blocks, Order};
use super::decoder::Decoder;
use super::failure::{Failure, Outcome};
use super::opened::Opened;
use super::output::Output;
use crate::cf::CfDataset;
use crate::prep::slice::Slice;
use cells::Cells;

/// Of values, before they become text.
const BLOCK_BYTES: u64 = 4 << 20;

pub fn run(args: &ReadArgs) -> Outcome {
    let opened = Opened::open(&args.file)?;
    let (id, variable) = opened.find_variable(&args.path)?;
    let slice = opened.slice(variable, args.slice.as_deref())?;
    let mut wanted = Wanted::stored(&opened, id, variable, slice);
    if args.decoded || args.format == ReadFormat::Csv {
        wanted.cf = CfDataset::of(&opened.dataset);
        wanted.is_decoded = args.decoded;
        wanted.decoder = wanted.decoder_of(id, variable);
    }
    let is_binary = matches!(args.format, ReadFormat::Npy | ReadFormat::Raw);
    if is_binary {
        binary::check(&wanted).map_err(|what| Failure::usage(&opened.name, what))?;
    }
    let mut out = Output::open(args.output.as_deref(), &args.file, is_binary)?;
    let write = match args.format {
        ReadFormat::Text => text::write,
        ReadFormat::Csv => csv::write,
        ReadFormat::Json => json::write,
        ReadFormat::Npy => binary::write_npy,
        ReadFormat::Raw => binary::write_raw,
    };
    write(&wanted, &mut out).map_err(|failure| out.named(failure))?;
    out.finish()
}

/// What is to be written; all of it is known before the first value is read.
struct Wanted<'a> {
    opened: &'a Opened,
    id: VariableId,
    variable: &'a Variable,
    slice: Slice,
    /// What the file's attributes mean; nothing where that does not matter.
    cf: CfDataset,
    is_decoded: bool,
    decoder: Decoder,
}

impl<'a> Wanted<'a> {
    fn stored(opened: &'a Opened, id: VariableId, variable: &'a Variable, slice: Slice) -> Self {
        let decoder = Decoder::stored(variable);
        Self { opened, id, variable, slice, cf: CfDataset::default(), is_decoded: false, decoder }
    }

    /// For this variable, or for one of its coordinates.
    fn decoder_of(&self, id: VariableId, variable: &Variable) -> Decoder {
        match self.cf.variable(&self.opened.dataset, id).filter(|_| self.is_decoded) {
            Some(cf) => Decoder::of(&cf),
            None => Decoder::stored(variable),
        }
    }

    fn path(&self) -> String {
        self.opened.dataset.variable_path(self.id)
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
    fn for_each_block(&self, mut each: impl FnMut(&Section, Array) -> Outcome) -> Outcome {
        let bytes = BLOCK_BYTES.max(self.string_len().unwrap_or(0));
        for section in Blocks::new(self.variable, &self.slice.section, Order::C, bytes)?.iter() {
            each(&section, self.opened.read(self.id, &section)?)?;
        }
        Ok(())
    }
}
