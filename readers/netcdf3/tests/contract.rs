//! The reader contract over files of real writers and over files built here, and the values
//! netCDF-C finds in the former (`tests/fixtures/netcdf3/expected.json`).

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hyperslab_core::array::Number;
use hyperslab_core::{
    Array, Attribute, Buffer, ErrorKind, MemorySource, Range, ReadContext, Section, Source,
    VariableId,
};
use hyperslab_netcdf3::FORMAT;
use hyperslab_testkit::bytes::*;
use hyperslab_testkit::contract::{self, Opened};
use hyperslab_testkit::plain_file::PlainFile;
use hyperslab_testkit::slow::SlowSource;
use serde_json::Value;

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/netcdf3")
}

fn open(bytes: Vec<u8>) -> Opened {
    Opened::new(&FORMAT, Arc::new(MemorySource::new(bytes)), &ReadContext::default()).unwrap()
}

/// From memory, from a file, and through a source that waits.
fn sources(bytes: &[u8], file: &tempfile::NamedTempFile) -> Vec<Arc<dyn Source>> {
    let memory: Arc<dyn Source> = Arc::new(MemorySource::new(bytes));
    let plain = Arc::new(PlainFile::open(file.path()).unwrap());
    let slow = Arc::new(SlowSource::new(memory.clone(), Duration::from_micros(50)));
    vec![memory, plain, slow]
}

fn check(bytes: &[u8]) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    contract::check_sources(&FORMAT, &sources(bytes, &file));
}

fn everything(version: u8) -> CdfBuilder {
    let types: &[CdfType] = if version == 5 { &CdfType::ALL } else { &CdfType::CLASSIC };
    let mut file = CdfBuilder::new(version)
        .dim("time", UNLIMITED)
        .dim("x", 3)
        .dim("y", 5)
        .attr("title", "everything")
        .attr("nothing", "");
    for t in types {
        file = file
            .var(format!("{t:?}_scalar"), *t, &[])
            .var(format!("{t:?}"), *t, &["x", "y"])
            .attr("units", "K")
            .var(format!("{t:?}_time"), *t, &["time"])
            .var(format!("{t:?}_records"), *t, &["time", "y", "x"]);
    }
    file.records(4)
}

#[test]
fn files_of_real_writers_fulfil_the_contract() {
    let mut checked = 0;
    for entry in std::fs::read_dir(fixtures()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "nc") {
            check(&std::fs::read(&path).unwrap());
            checked += 1;
        }
    }
    assert!(checked >= 12);
}

#[test]
fn files_of_each_version_with_every_type_fulfil_the_contract() {
    for version in [1, 2, 5] {
        check(&everything(version).bytes());
        check(&everything(version).records(0).bytes());
        check(&everything(version).records(1).gap(64).bytes());
    }
}

#[test]
fn a_variable_larger_than_a_block_fulfils_the_contract() {
    let file = cdf2().dim("t", UNLIMITED).dim("x", 700).dim("y", 500);
    let file = file.var("a", F32, &["t", "x", "y"]).var("b", I16, &["t"]).records(2);
    contract::check(&FORMAT, &file.bytes());
}

#[test]
fn names_attributes_and_values_are_those_netcdf_c_finds() {
    let text = std::fs::read_to_string(fixtures().join("expected.json")).unwrap();
    let files: Value = serde_json::from_str(&text).unwrap();
    for expected in files.as_array().unwrap() {
        let name = expected["file"].as_str().unwrap();
        compare(name, expected, &open(std::fs::read(fixtures().join(name)).unwrap()));
    }
}

fn compare(name: &str, expected: &Value, file: &Opened) {
    assert_eq!(expected["format"], file.reader.format_name(), "{name}");
    assert!(file.dataset.notes.is_empty(), "{name}: {:?}", file.dataset.notes);
    let dimensions = expected["dimensions"].as_array().unwrap();
    assert_eq!(dimensions.len(), file.dataset.dimensions.len(), "{name}");
    for (want, got) in dimensions.iter().zip(&file.dataset.dimensions) {
        assert_eq!(want["name"], got.name, "{name}");
        assert_eq!(want["length"], got.length, "{name} {}", got.name);
        assert_eq!(want["unlimited"], got.is_unlimited, "{name} {}", got.name);
    }
    compare_attributes(name, &expected["attributes"], &file.dataset.groups[0].attributes);
    let variables = expected["variables"].as_array().unwrap();
    assert_eq!(variables.len(), file.dataset.variables.len(), "{name}");
    for (want, (id, got)) in variables.iter().zip(file.variables()) {
        let at = format!("{name} {}", got.name);
        assert_eq!(want["name"], got.name, "{at}");
        assert_eq!(want["type"], got.dtype.plain_name(), "{at}");
        let dims = got.axes.iter().map(|axis| file.dataset.dimension_name(axis).unwrap());
        assert_eq!(want["dims"], Value::from_iter(dims), "{at}");
        assert_eq!(want["shape"], Value::from_iter(got.shape()), "{at}");
        compare_attributes(&at, &want["attributes"], &got.attributes);
        let section = Section::all(&got.shape());
        let values = file.reader.read(id, &section, &ReadContext::default()).unwrap();
        compare_values(&at, &want["values"], &values);
    }
}

fn compare_attributes(at: &str, expected: &Value, found: &[Attribute]) {
    let expected = expected.as_array().unwrap();
    assert_eq!(expected.len(), found.len(), "{at}");
    for (want, got) in expected.iter().zip(found) {
        assert_eq!(want["name"], got.name, "{at}");
        assert_eq!(want["type"], got.dtype.plain_name(), "{at} {}", got.name);
        compare_values(&format!("{at} {}", got.name), &want["values"], &got.value);
    }
}

fn compare_values(at: &str, expected: &Value, found: &Array) {
    let expected = expected.as_array().unwrap();
    assert_eq!(expected.len(), found.len(), "{at}");
    for (k, want) in expected.iter().enumerate() {
        let same = match (&found.values, found.values.number(k)) {
            (Buffer::Char(chars), _) => want.as_u64() == Some(u64::from(chars[k])),
            (_, Some(Number::Int(got))) => {
                let want = want.as_i64().map(i128::from).or(want.as_u64().map(i128::from));
                want == Some(got)
            }
            (_, Some(got)) if got.as_f64().is_nan() => want == "NaN",
            (_, got) => want.as_f64() == got.map(Number::as_f64),
        };
        assert!(same, "{at}[{k}]: {want} expected, of {found:?}");
    }
}

#[test]
fn storage_tells_where_values_lie_and_which_axis_may_grow() {
    let file = everything(1).var("last", I16, &["time", "x"]);
    let opened = open(file.bytes());
    let begins = file.begins();
    for ((_, variable), begin) in opened.variables().zip(begins) {
        assert_eq!(variable.storage.offset, Some(begin), "{}", variable.name);
    }
    let last = opened.dataset.variables.last().unwrap();
    assert_eq!(last.storage.layout, "by record");
    assert_eq!(last.storage.max_shape, [None, Some(3)]);
    assert_eq!(last.storage.stored_bytes, Some(4 * 3 * 2));
    assert_eq!(opened.dataset.variables[0].storage.layout, "contiguous");
    assert!(opened.dataset.variables[0].storage.max_shape.is_empty());
}

#[test]
fn only_a_single_fill_value_declares_a_fill() {
    let file = cdf1()
        .dim("x", 1)
        .var("a", F32, &["x"])
        .attr("_FillValue", [-1f32])
        .var("b", F32, &["x"])
        .var("c", I16, &["x"])
        .attr("_FillValue", [1i16, 2]);
    let opened = open(file.bytes());
    let fills: Vec<_> = opened.dataset.variables.iter().map(|v| v.fill.clone()).collect();
    let declared = Array { shape: vec![], values: vec![-1f32].into() };
    assert_eq!(fills, [Some(declared), None, None]);
}

#[test]
fn a_file_without_the_last_padding_is_whole() {
    let file = cdf1().dim("t", UNLIMITED).dim("x", 3);
    let file = file.var("a", I32, &["t"]).var("b", I8, &["t", "x"]).records(2).cut(1);
    let opened = open(file.bytes());
    assert!(opened.dataset.notes.is_empty(), "{:?}", opened.dataset.notes);
    let b = opened.read_all("b", &ReadContext::default()).unwrap();
    assert_eq!(b, file.expected("b"));
}

#[test]
fn what_lies_before_the_cut_is_readable_and_the_rest_is_truncated_not_zero() {
    let file = cdf1().dim("time", UNLIMITED).dim("x", 2).var("fixed", I32, &["x"]);
    let file = file.var("t", F32, &["time"]).var("u", F64, &["time", "x"]).records(3);
    let cut = open(file.clone().cut(8).bytes());
    let cx = ReadContext::default();
    assert_eq!(cut.read_all("fixed", &cx).unwrap(), file.expected("fixed"));
    assert_eq!(cut.read_all("t", &cx).unwrap(), file.expected("t"));
    let u = cut.dataset.find_variable("u").unwrap();
    let read = |ranges: [Range; 2]| cut.reader.read(u, &Section::new(ranges), &cx);
    let error = read([Range::new(0, 3), Range::new(0, 2)]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated);
    assert_eq!(error.object(), Some("variable \"u\""));
    assert!(error.what().contains("record 2"), "{error}");
    assert!(error.what().contains("2 of 3 records are whole"), "{error}");
    assert_eq!(read([Range::new(0, 2), Range::new(0, 2)]).unwrap().len(), 4);
    // The first half of the last record is there.
    assert_eq!(read([Range::new(2, 1), Range::new(0, 1)]).unwrap().values, vec![24f64].into());
    let notes = cut.dataset.notes.join("\n");
    assert!(notes.contains("cut short"), "{notes}");
    assert!(notes.contains("2 of 3 records"), "{notes}");
}

#[test]
fn record_variable_shorter_than_numrecs_is_truncated_not_malformed() {
    let file = cdf1().dim("time", UNLIMITED).var("t", F32, &["time"]).records(3).cut(4);
    let error = open(file.bytes()).read_all("t", &ReadContext::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated);
}

#[test]
fn records_that_a_writer_has_not_counted_yet_are_not_shown() {
    let file = cdf1().dim("time", UNLIMITED).var("t", F32, &["time"]).records(5).numrecs(2);
    let opened = open(file.bytes());
    assert_eq!(opened.dataset.dimensions[0].length, 2);
    assert!(opened.dataset.notes.is_empty());
}

#[test]
fn a_streaming_file_has_as_many_records_as_fit() {
    for version in [1, 2, 5] {
        // A lone short is not padded: an odd number of records leaves no doubt.
        let lone = CdfBuilder::new(version).dim("t", UNLIMITED).var("a", I16, &["t"]).records(7);
        let opened = open(lone.clone().streaming().bytes());
        let a = opened.read_all("a", &ReadContext::default()).unwrap();
        assert_eq!(a, lone.expected("a"));
        // A record that is not whole is not counted, and said so.
        let two = lone.var("b", F64, &["t"]);
        let cut = open(two.clone().streaming().cut(5).bytes());
        assert_eq!(cut.dataset.dimensions[0].length, 6);
        assert!(cut.dataset.notes.join(" ").contains("7 bytes"), "{:?}", cut.dataset.notes);
        // Padding behind the last value is not needed.
        let last_short = CdfBuilder::new(version).dim("t", UNLIMITED).var("b", F64, &["t"]);
        let last_short = last_short.var("a", I16, &["t"]).records(7).streaming().cut(2);
        assert_eq!(open(last_short.bytes()).dataset.dimensions[0].length, 7);
    }
}

#[test]
fn an_odd_name_is_shown_as_well_as_it_can_be() {
    let file = cdf1()
        .dim(*b"la\xe9", 2)
        .dim("twice", 1)
        .dim("twice", 2)
        .var("ends\0here", I8, &["twice"])
        .var(*b"\xff", I8, &["twice"]);
    let opened = open(file.bytes());
    assert_eq!(opened.dataset.dimensions[0].name, "la\u{fffd}");
    assert_eq!(opened.dataset.variables[0].name, "ends");
    let notes = opened.dataset.notes.join("\n");
    assert!(notes.contains("2 names are not UTF-8"), "{notes}");
    assert!(notes.contains("several dimensions are called \"twice\""), "{notes}");
}

#[test]
fn padding_of_names_need_not_be_nul() {
    // As in netCDF-C's ref_null_byte_padding_test.nc: the name's count is 3, the pad is not 0.
    let file = cdf1().dim("lat", 1).attr("abc", [1i32]).var("v", I8, &["lat"]);
    let opened = open(file.patch(23, b"!").bytes());
    assert_eq!(opened.dataset.dimensions[0].name, "lat");
}

#[test]
fn vsize_is_never_believed() {
    let file = cdf1().dim("t", UNLIMITED).dim("x", 3);
    let file = file.var("a", I8, &["t", "x"]).vsize(4096).var("b", F64, &["x"]).vsize(0).records(3);
    let opened = open(file.bytes());
    let cx = ReadContext::default();
    assert_eq!(opened.read_all("a", &cx).unwrap(), file.expected("a"));
    assert_eq!(opened.read_all("b", &cx).unwrap(), file.expected("b"));
}

#[test]
fn a_header_of_a_hundred_thousand_variables_opens_fast() {
    let mut file = cdf1().dim("x", 1);
    for k in 0..100_000 {
        file = file.var(format!("variable_{k}"), I8, &["x"]).attr("units", "K");
    }
    let bytes = file.bytes();
    let begun = Instant::now();
    let opened = open(bytes);
    let took = begun.elapsed();
    assert_eq!(opened.dataset.variables.len(), 100_000);
    assert!(took < Duration::from_secs(5), "{took:?}");
    let section = Section::new([Range::new(0, 1)]);
    let read = opened.reader.read(VariableId(99_999), &section, &ReadContext::default());
    assert_eq!(read.unwrap().values, Buffer::I8(vec![(999_990u32 & 0xFF) as u8 as i8]));
}

#[test]
fn a_large_read_is_cancelled_at_once() {
    let file = cdf2().dim("x", 64 << 20).var("a", I8, &["x"]).values(vec![1i8; 64 << 20]);
    let opened = open(file.bytes());
    let cx = ReadContext::default();
    let section = Section::all(&[64 << 20]);
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| opened.reader.read(VariableId(0), &section, &cx));
        while cx.progress.done_bytes() == 0 {
            std::hint::spin_loop();
        }
        cx.cancel.cancel();
        let done = cx.progress.done_bytes();
        // Not in time, which a busy machine cannot promise, but in blocks: at most two more.
        if let Err(error) = reading.join().unwrap() {
            assert!(error.is_cancelled());
            assert!(cx.progress.done_bytes() <= done + (2 << 20));
        }
    });
}
