//! `hyperslab read`: values of one variable, block by block, so that none is too large.

use super::args::{ReadArgs, ReadFormat};
use super::failure::{Failure, Outcome};
use super::opened::Opened;
use super::output::Output;
use crate::cf::CfDataset;
use crate::export::values::{Format, Wanted};

pub fn run(args: &ReadArgs) -> Outcome {
    let (opened, inside) = Opened::open_at(&args.file, &args.options, &args.path)?;
    let (id, variable) = opened.find_variable(&inside)?;
    let slice = opened.slice(variable, args.slice.as_deref())?;
    let read = |id, section: &_| opened.read(id, section);
    let mut wanted = Wanted::stored(&opened.dataset, id, variable, slice, &read);
    let meaning;
    if args.decoded || args.format == ReadFormat::Csv {
        meaning = CfDataset::of(&opened.dataset);
        wanted = wanted.with_meaning(&meaning, args.decoded.then(|| opened.fills()));
    }
    let format = format(args.format);
    wanted.check(format).map_err(|what| Failure::usage(&opened.name, what))?;
    let inputs = [&*args.file, &*opened.path];
    let mut out = Output::open(args.output.as_deref(), &inputs, format.is_binary())?;
    wanted.write(format, &mut out).map_err(|error| out.named(error.into()))?;
    out.finish()
}

fn format(format: ReadFormat) -> Format {
    match format {
        ReadFormat::Text => Format::Text,
        ReadFormat::Csv => Format::Csv,
        ReadFormat::Json => Format::Json,
        ReadFormat::Npy => Format::Npy,
        ReadFormat::Raw => Format::Raw,
    }
}

#[cfg(test)]
mod tests {
    use super::super::opened::testing::kinds;
    use super::*;

    /// What `read` writes of a variable of the file with one of every kind.
    fn written(path: &str, slice: Option<&str>, format: Format) -> Vec<u8> {
        let opened = kinds();
        let (id, variable) = opened.find_variable(path).unwrap();
        let slice = opened.slice(variable, slice).unwrap();
        let read = |id, section: &_| opened.read(id, section);
        let mut out = Vec::new();
        let wanted = Wanted::stored(&opened.dataset, id, variable, slice, &read);
        wanted.write(format, &mut out).unwrap();
        out
    }

    fn text_of(path: &str, slice: Option<&str>, format: Format) -> String {
        String::from_utf8(written(path, slice, format)).unwrap()
    }

    #[test]
    fn compounds_along_one_axis_are_a_table_in_csv() {
        let csv = text_of("/table", Some("7:9"), Format::Csv);
        let wanted = "axis0,id,pos.x,pos.y,name,sky,track\n\
            7,7,7.0,-7.0,s7,9,\"[7.0,7.5]\"\n\
            8,8,8.0,-8.0,s8,0,\"[8.0,8.5]\"\n";
        assert_eq!(csv, wanted);
        let csv = text_of("/cells", Some("0,0"), Format::Csv);
        assert!(csv.starts_with("cells\n\"{\"\"id\"\":0,"), "{csv}");
    }

    #[test]
    fn what_has_no_two_axes_is_no_grid() {
        let grid = text_of("/blocks", None, Format::TsvGrid);
        assert_eq!(grid.lines().next(), Some("axis0\tblocks"), "{grid}");
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
            let text = text_of(path, None, Format::Text);
            let lines: String = text.lines().map(|line| format!("{}\n", line.trim())).collect();
            assert_eq!(lines, wanted, "{path}");
        }
    }

    #[test]
    fn json_of_nothing_is_null_and_of_the_rest_nested() {
        let json = |path| -> serde_json::Value {
            serde_json::from_str(&text_of(path, None, Format::Json)).unwrap()
        };
        let nothing = json("/nothing");
        assert!(nothing["shape"].is_null() && nothing["values"].is_null());
        assert_eq!(json("/z")["values"][1], serde_json::json!({"r": 0.5, "i": -1.0}));
        assert_eq!(json("/blocks")["values"][1], serde_json::json!([[5, 6], [7, 8]]));
    }

    #[test]
    fn npy_holds_structures_and_complex_numbers_but_no_references() {
        let npy = written("/z", Some("0:2"), Format::Npy);
        assert!(String::from_utf8_lossy(&npy).contains("'descr': '<c16'"));
        assert_eq!(npy.len() % 64, 32);
        assert_eq!(written("/table", Some("3"), Format::Raw).len(), 4 + 16 + 4 + 1 + 8);
        let opened = kinds();
        for path in ["/to", "/lists", "/nothing", "/words"] {
            let (id, variable) = opened.find_variable(path).unwrap();
            let slice = opened.slice(variable, None).unwrap();
            let read = |id, section: &_| opened.read(id, section);
            let wanted = Wanted::stored(&opened.dataset, id, variable, slice, &read);
            assert!(wanted.check(Format::Npy).is_err(), "{path}");
        }
        assert!(opened.find_variable("/deep/sky_t").is_err());
        assert!(opened.find_variable("/dangling").is_err());
    }
}
