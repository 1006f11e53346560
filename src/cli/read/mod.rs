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
    let (opened, inside) = Opened::open_at(&args.file, &args.options, &args.path)?;
    let (id, variable) = opened.find_variable(&inside)?;
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
    let mut out = Output::open(args.output.as_deref(), &[&args.file, &opened.path], is_binary)?;
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
            Some(cf) => Decoder::of(&cf, self.opened.fills()),
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
        if self.variable.is_null {
            return Ok(());
        }
        let bytes = BLOCK_BYTES.max(self.string_len().unwrap_or(0));
        for section in Blocks::new(self.variable, &self.slice.section, Order::C, bytes)?.iter() {
            each(&section, self.opened.read(self.id, &section)?)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::opened::testing::kinds;
    use super::*;

    /// What `read` writes of a variable of the file with one of every kind.
    fn written(path: &str, slice: Option<&str>, format: ReadFormat) -> Vec<u8> {
        let opened = kinds();
        let (id, variable) = opened.find_variable(path).unwrap();
        let slice = opened.slice(variable, slice).unwrap();
        let wanted = Wanted::stored(&opened, id, variable, slice);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("out");
        let mut out = Output::open(Some(&file), &[], true).unwrap();
        let write = match format {
            ReadFormat::Text => text::write,
            ReadFormat::Csv => csv::write,
            ReadFormat::Json => json::write,
            ReadFormat::Npy => binary::write_npy,
            ReadFormat::Raw => binary::write_raw,
        };
        write(&wanted, &mut out).unwrap();
        out.finish().unwrap();
        std::fs::read(file).unwrap()
    }

    fn text_of(path: &str, slice: Option<&str>, format: ReadFormat) -> String {
        String::from_utf8(written(path, slice, format)).unwrap()
    }

    #[test]
    fn compounds_along_one_axis_are_a_table_in_csv() {
        let csv = text_of("/table", Some("7:9"), ReadFormat::Csv);
        let wanted = "axis0,id,pos.x,pos.y,name,sky,track\n\
            7,7,7.0,-7.0,s7,9,\"[7.0,7.5]\"\n\
            8,8,8.0,-8.0,s8,0,\"[8.0,8.5]\"\n";
        assert_eq!(csv, wanted);
        let csv = text_of("/cells", Some("0,0"), ReadFormat::Csv);
        assert!(csv.starts_with("cells\n\"{\"\"id\"\":0,"), "{csv}");
    }

    #[test]
    fn every_type_has_a_text() {
        for (path, wanted) in [
            ("/z", "1.0+2.0i\n0.5-1.0i\nNaN+0.0i\n"),
            ("/to", "/z\nnull\n/deep/inner\n"),
            ("/lists", "[1,2,3]\n[]\n[4,5]\n"),
            ("/blocks", "[[1,2],[3,4]]\n[[5,6],[7,8]]\n"),
            ("/wide", "1267650600228229401496703205376\n-1\n"),
            ("/raw", "hex:cafe\nhex:0001\n"),
            ("/half", "1.0\n-2.5\n65504.0\nInfinity\n"),
            ("/nothing", ""),
            ("/short", "1.0\n2.0\n3.0\n4.0\n5.0\n"),
        ] {
            let text = text_of(path, None, ReadFormat::Text);
            let lines: String = text.lines().map(|line| format!("{}\n", line.trim())).collect();
            assert_eq!(lines, wanted, "{path}");
        }
    }

    #[test]
    fn json_of_nothing_is_null_and_of_the_rest_nested() {
        let json = |path| -> serde_json::Value {
            serde_json::from_str(&text_of(path, None, ReadFormat::Json)).unwrap()
        };
        let nothing = json("/nothing");
        assert!(nothing["shape"].is_null() && nothing["values"].is_null());
        assert_eq!(json("/z")["values"][1], serde_json::json!({"r": 0.5, "i": -1.0}));
        assert_eq!(json("/blocks")["values"][1], serde_json::json!([[5, 6], [7, 8]]));
    }

    #[test]
    fn npy_holds_structures_and_complex_numbers_but_no_references() {
        let npy = written("/z", Some("0:2"), ReadFormat::Npy);
        assert!(String::from_utf8_lossy(&npy).contains("'descr': '<c16'"));
        assert_eq!(npy.len() % 64, 32);
        assert_eq!(written("/table", Some("3"), ReadFormat::Raw).len(), 4 + 16 + 4 + 1 + 8);
        let opened = kinds();
        for path in ["/to", "/lists", "/nothing", "/words"] {
            let (id, variable) = opened.find_variable(path).unwrap();
            let slice = opened.slice(variable, None).unwrap();
            let wanted = Wanted::stored(&opened, id, variable, slice);
            assert!(binary::check(&wanted).is_err(), "{path}");
        }
        assert!(opened.find_variable("/deep/sky_t").is_err());
        assert!(opened.find_variable("/dangling").is_err());
    }
}
