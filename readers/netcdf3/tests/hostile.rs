//! Malformed headers are refused with what and where; spoiled files never end in a panic, a
//! long run or a value that was not there. The files in `tests/hostile/netcdf3` once did, or
//! would in a careless reader: see the list there.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hyperslab_core::{
    Confidence, ErrorKind, Limits, MemorySource, Range, ReadContext, ReadError, Section, Source,
    VariableId,
};
use hyperslab_netcdf3::FORMAT;
use hyperslab_testkit::bytes::*;
use hyperslab_testkit::contract::Opened;
use hyperslab_testkit::hostile::{Driver, Outcome};

fn open(bytes: Vec<u8>) -> Result<Opened, ReadError> {
    Opened::new(&FORMAT, Arc::new(MemorySource::new(bytes)), &ReadContext::default())
}

fn refused(file: &CdfBuilder) -> ReadError {
    match open(file.bytes()) {
        Ok(_) => panic!("it opened"),
        Err(error) => error,
    }
}

/// What kind, at which byte, with which words.
fn assert_refused(file: &CdfBuilder, kind: ErrorKind, at: u64, words: &str) {
    let error = refused(file);
    assert_eq!((error.kind(), error.offset()), (kind, Some(at)), "{error}");
    assert!(error.what().contains(words), "{error}");
}

fn small() -> CdfBuilder {
    cdf1().dim("time", UNLIMITED).dim("x", 3).attr("title", "small").var("v", I16, &["x"])
}

#[test]
fn every_cut_flip_and_extreme_of_every_version_is_survived() {
    for version in [1, 2, 5] {
        let file = CdfBuilder::new(version)
            .dim("time", UNLIMITED)
            .dim("x", 3)
            .attr("title", "hostile")
            .var("fixed", I32, &["x"])
            .attr("_FillValue", [-1i32])
            .var("s", I16, &["time", "x"])
            .var("c", Char, &["time"])
            .var("d", F64, &["time", "x", "x"])
            .records(3);
        let driver = Driver::new(&FORMAT);
        driver.truncations(&file.bytes(), 1);
        driver.flips(&file.bytes());
        driver.extremes(&file.bytes(), file.header_len());
        driver.all(&file.streaming().bytes());
    }
}

#[test]
fn a_lone_record_variable_survives_the_same() {
    let file = cdf1().dim("t", UNLIMITED).dim("x", 3).var("s", I8, &["t", "x"]).records(5);
    Driver::new(&FORMAT).all(&file.bytes());
    Driver::new(&FORMAT).all(&file.streaming().bytes());
}

#[test]
fn fixtures_of_real_writers_survive_the_same() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/netcdf3");
    let mut driver = Driver::new(&FORMAT);
    driver.flips = 300;
    for name in ["records.nc", "ncgen_cdf2.nc", "all_types.nc"] {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        driver.truncations(&bytes, 7);
        driver.flips(&bytes);
    }
}

/// `list.txt`: file, `opens` or the kind of the error, the byte it names.
#[test]
fn files_kept_in_tests_hostile_end_as_listed() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/hostile/netcdf3");
    let list = std::fs::read_to_string(folder.join("list.txt")).unwrap();
    let rows = list.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let mut files = 0;
    for row in rows {
        let fields: Vec<&str> = row.splitn(4, ' ').collect();
        let [name, end, at, _] = fields[..] else { panic!("four fields: {row}") };
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let found = match Driver::new(&FORMAT).run(&bytes, name) {
            Outcome::Refused(error) => (
                format!("{:?}", error.kind()),
                error.offset().map_or("-".into(), |at| at.to_string()),
            ),
            Outcome::Opened(_) => ("opens".into(), "-".into()),
        };
        assert_eq!(found, (end.to_string(), at.to_string()), "{row}");
        files += 1;
    }
    let kept = std::fs::read_dir(&folder).unwrap().filter(|entry| {
        entry.as_ref().unwrap().path().extension().is_some_and(|extension| extension == "nc")
    });
    assert_eq!(kept.count(), files, "every file is listed");
}

#[test]
fn another_version_is_known_for_what_it_is_not() {
    let file = small().patch(3, &[7]);
    let source = MemorySource::new(file.bytes());
    let confidence = (FORMAT.probe)(&source, &ReadContext::default()).unwrap();
    assert_eq!(confidence, Confidence::Maybe);
    assert_refused(&file, ErrorKind::Unsupported, 3, "CDF version 7");
    for other in [&b"CDFoo: a text"[..], b"CDF", b"CDG\x01\0\0\0\0", b"\x89HDF\r\n\x1a\n", b""] {
        let source = MemorySource::new(other);
        let confidence = (FORMAT.probe)(&source, &ReadContext::default()).unwrap();
        assert_eq!(confidence, Confidence::No, "{other:?}");
    }
}

#[test]
fn a_wrong_tag_is_refused_where_it_stands() {
    assert_refused(&small().patch(11, &[13]), ErrorKind::Malformed, 8, "tag 13");
    // The dimension list marked as absent, but not empty.
    assert_refused(&small().patch(11, &[0]), ErrorKind::Malformed, 8, "absent");
}

#[test]
fn a_count_that_cannot_follow_is_refused_before_anything_is_allocated() {
    let huge = &0x7FFF_FFFFu32.to_be_bytes();
    let negative = &0x8000_0001u32.to_be_bytes();
    // The dimension count, the first name's length, the global attribute count.
    for (at, what) in [(12, "dimensions"), (16, "bytes of a name"), (44, "attributes")] {
        assert_refused(&small().patch(at, huge), ErrorKind::Truncated, at as u64, what);
        assert_refused(&small().patch(at, negative), ErrorKind::Malformed, at as u64, what);
    }
    let wide = cdf5().dim("x", 1).patch(16, &[0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
    assert_refused(&wide, ErrorKind::Truncated, 16, "9223372036854775807 dimensions");
}

#[test]
fn types_that_are_none_are_refused() {
    let error = refused(&small().type_code(12));
    assert!(error.what().contains("12 is not an nc_type"), "{error}");
    assert_eq!(refused(&small().type_code(0)).object(), Some("variable \"v\""));
}

#[test]
fn dimension_ids_out_of_range_are_refused() {
    let error = refused(&small().dimids(&[2]));
    assert!(error.what().contains("dimension id 2 (counted from 0) of 2"), "{error}");
    assert_eq!(error.kind(), ErrorKind::Malformed);
    let error = refused(&small().dimids(&[0xFFFF_FFFF]));
    assert!(error.what().contains("dimension id 4294967295"), "{error}");
}

#[test]
fn there_is_one_record_dimension_and_it_comes_first() {
    let error = refused(&cdf1().dim("t", UNLIMITED).dim("u", UNLIMITED));
    assert!(error.what().contains("dimension \"u\": malformed: a second record"), "{error}");
    let error = refused(&small().dimids(&[1, 0]));
    assert!(error.what().contains("\"time\" is not the first axis"), "{error}");
    assert!(error.offset().is_some());
}

#[test]
fn values_inside_the_header_or_inside_other_values_are_refused() {
    let file = small();
    let header = file.header_len() as u64;
    let error = refused(&file.clone().begin(header - 4));
    assert!(error.what().contains("inside the header"), "{error}");
    assert_eq!(error.offset(), Some(header - 4), "where the offset is written");
    let error = refused(&file.clone().begin(0x8000_0000));
    assert!(error.what().contains("negative offset: -2147483648"), "{error}");
    let two = file.var("w", F64, &["x"]);
    let begins = two.begins();
    let error = refused(&two.clone().begin(begins[0] + 4));
    assert!(error.what().contains("inside those of \"v\""), "{error}");
    // In the padding of v nothing is lost.
    assert!(open(two.begin(begins[0] + 6).bytes()).is_ok());
    let records = cdf1().dim("t", UNLIMITED).var("a", F64, &["t"]).var("b", F64, &["t"]).records(2);
    let begins = records.begins();
    let error = refused(&records.clone().begin(begins[0]));
    assert!(error.what().contains("inside those of"), "{error}");
}

#[test]
fn ten_exabytes_claimed_in_a_kilobyte_are_truncated_not_allocated() {
    let file = cdf5().dim("x", 1 << 60).dim("y", 5).var("v", I8, &[]).dimids(&[0, 1]);
    let opened = open(file.bytes()).unwrap();
    assert!(opened.dataset.notes.join(" ").contains("cut short"));
    for limits in [Limits::default(), Limits { array_bytes: u64::MAX, ..Limits::default() }] {
        let cx = ReadContext::default().with_limits(limits);
        let all = Section::all(&[1 << 60, 5]);
        let error = opened.reader.read(VariableId(0), &all, &cx).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Truncated, "{error}");
    }
    // A sparse section of it is just as little there.
    let sparse = Section::new([Range::strided(0, 2, (1 << 60) - 1), Range::one(0)]);
    let error = opened.reader.read(VariableId(0), &sparse, &ReadContext::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated, "{error}");
}

#[test]
fn shapes_beyond_2_to_the_63_are_refused() {
    let file = cdf5().dim("x", 1 << 62).var("v", F64, &[]).dimids(&[0]);
    assert!(refused(&file).what().contains("2^63"));
    let file = cdf1().dim("x", 0xFFFF_FFFF).var("v", F64, &[]).dimids(&[0, 0, 0, 0]);
    assert_eq!(refused(&file).kind(), ErrorKind::Malformed);
    let records = cdf5().dim("t", UNLIMITED).dim("x", 1 << 40).var("v", F64, &["t"]);
    let records = records.dimids(&[0, 1]).numrecs(1 << 40);
    assert!(refused(&records).what().contains("2^63"));
}

#[test]
fn a_record_count_no_file_holds_is_listed_but_not_read() {
    let file = cdf1().dim("t", UNLIMITED).var("v", F32, &["t"]).records(2).numrecs(0xFFFF_FFFE);
    let opened = open(file.bytes()).unwrap();
    assert_eq!(opened.dataset.dimensions[0].length, 0xFFFF_FFFE);
    let cx = ReadContext::default();
    let section = |count| Section::new([Range::new(0, count)]);
    assert_eq!(opened.reader.read(VariableId(0), &section(2), &cx).unwrap().len(), 2);
    let error = opened.reader.read(VariableId(0), &section(3), &cx).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated, "{error}");
}

#[test]
fn thousands_of_axes_of_length_one_are_read() {
    let ids = vec![0; 20_000];
    let file = cdf1().dim("one", 1).var("v", I8, &["one"]).dimids(&ids);
    let opened = open(file.bytes()).unwrap();
    let all = Section::all(&vec![1; 20_000]);
    let array = opened.reader.read(VariableId(0), &all, &ReadContext::default()).unwrap();
    assert_eq!(array.len(), 1);
}

#[test]
fn a_header_over_the_limits_is_refused_as_such() {
    let mut file = cdf1();
    for k in 0..200 {
        file = file.dim(format!("d{k}"), 1).attr(format!("a{k}"), "some text");
    }
    for limits in [
        Limits { entries: 300, ..Limits::default() },
        Limits { metadata_bytes: 10_000, ..Limits::default() },
    ] {
        let cx = ReadContext::default().with_limits(limits);
        let source: Arc<dyn Source> = Arc::new(MemorySource::new(file.bytes()));
        let error = (FORMAT.open)(source, &cx).map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
    }
}

#[test]
fn a_name_of_a_megabyte_does_not_make_a_line_of_a_megabyte() {
    let file = cdf1().dim("x", 1).var("n".repeat(1 << 20), I8, &["x"]).type_code(99);
    let error = refused(&file);
    assert!(error.to_string().len() < 300);
    let mut driver = Driver::new(&FORMAT);
    driver.budget = Duration::from_secs(2);
    driver.run(&file.bytes(), "a long name");
}
