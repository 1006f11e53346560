//! The reader contract over files built in code, and what is particular to GRIB: fields come
//! together into variables, holes are missing, damage stays where it is.

use std::sync::Arc;
use std::time::Duration;

use hyperslab_core::{
    Array, Buffer, ChunkCache, Confidence, ErrorKind, GroupId, MemorySource, Range, ReadContext,
    ReaderOptions, Section, VariableId,
};
use hyperslab_grib::FORMAT;
use hyperslab_testkit::contract::{self, Opened};
use hyperslab_testkit::counting::CountingSource;
use hyperslab_testkit::grib::{Grib2, grib1, grib2};
use hyperslab_testkit::hostile::Driver;

/// Temperature at a height above ground, so many hours ahead.
fn temperature(height: i32, hours: i32) -> Grib2 {
    grib2().lat_lon(3, 2).product(0, 0).surface(103, height).step(1, hours)
}

/// `k` and the five numbers after it.
fn from(k: u8) -> Vec<u8> {
    (k..k + 6).collect()
}

fn field(height: i32, hours: i32, k: u8) -> Vec<u8> {
    temperature(height, hours).values(&from(k)).bytes()
}

/// Two heights and three lead times; one is not there.
fn forecast() -> Vec<u8> {
    let at = [(2, 0, 0), (2, 6, 10), (2, 12, 20), (10, 0, 30), (10, 12, 50)];
    at.iter().flat_map(|&(height, hours, k)| field(height, hours, k)).collect()
}

fn open(bytes: Vec<u8>, cx: &ReadContext) -> Opened {
    Opened::new(&FORMAT, Arc::new(MemorySource::new(bytes)), cx).expect("it opens")
}

fn names(file: &Opened) -> Vec<String> {
    file.dataset.variables.iter().map(|variable| variable.name.clone()).collect()
}

fn floats(array: &Array) -> &[f32] {
    match &array.values {
        Buffer::F32(values) => values,
        other => panic!("{other:?}"),
    }
}

const NAME: &str = "TMP_P0_L103_GLL0";

#[test]
fn files_of_both_editions_keep_the_contract() {
    contract::check(&FORMAT, &forecast());
    let surface = grib1().level(1, 0).lat_lon(3, 2).values(&from(1)).bytes();
    contract::check(&FORMAT, &surface);
    contract::check(&FORMAT, &[surface, forecast()].concat());
}

#[test]
fn damaged_files_are_survived() {
    let mut driver = Driver::new(&FORMAT);
    driver.flips = 300;
    // Each message adds to the length of the variable: what is cut off is no hole.
    let leads: Vec<u8> = (0..3u8).flat_map(|k| field(2, k.into(), k)).collect();
    let file = [grib1().lat_lon(3, 2).values(&from(1)).bytes(), leads].concat();
    driver.truncations(&file, 7);
    driver.flips(&file);
    driver.extremes(&file, 400);
    driver.flips(&forecast());
}

#[test]
fn fields_come_together_and_a_hole_is_missing() {
    let cx = ReadContext::default();
    let file = open(forecast(), &cx);
    let id = file.dataset.find_variable(NAME).unwrap();
    let variable = file.variable(id);
    let dimensions: Vec<_> =
        variable.axes.iter().map(|axis| file.dataset.dimension_name(axis).unwrap()).collect();
    assert_eq!(dimensions, ["forecast_time0", "lv_HTGL0", "lat_0", "lon_0"]);
    assert_eq!(variable.shape(), [3, 2, 2, 3]);
    assert_eq!(variable.storage.chunks, Some(vec![1, 1, 2, 3]));
    let all = file.read_all(NAME, &cx).unwrap();
    assert_eq!(floats(&all)[..12], [0., 1., 2., 3., 4., 5., 30., 31., 32., 33., 34., 35.]);
    assert!(floats(&all)[18..24].iter().all(|value| value.is_nan()));
    let leads = file.read_all("forecast_time0", &cx).unwrap();
    assert_eq!(leads.values, Buffer::I32(vec![0, 6, 12]));
    let times = file.read_all("time0", &cx).unwrap();
    let Buffer::F64(times) = &times.values else { panic!() };
    assert_eq!((times[1] - times[0], times[2] - times[0]), (6. * 3600., 12. * 3600.));
    assert!(variable.text("coordinates").unwrap().contains("time0"));
}

#[test]
fn one_point_through_time_reads_each_field_once_while_there_is_a_cache() {
    let cx = ReadContext::default().with_chunk_cache(ChunkCache::new(1 << 20));
    let source = Arc::new(CountingSource::new(Arc::new(MemorySource::new(forecast()))));
    let file = Opened::new(&FORMAT, source.clone(), &cx).unwrap();
    let id = file.dataset.find_variable(NAME).unwrap();
    let point = |y: u64, x: u64| {
        Section::new([Range::new(0, 3), Range::one(0), Range::one(y), Range::one(x)])
    };
    source.take_reads();
    let first = file.reader.read(id, &point(1, 2), &cx).unwrap();
    assert_eq!(floats(&first), [5., 15., 25.]);
    assert!(!source.take_reads().is_empty());
    let second = file.reader.read(id, &point(0, 1), &cx).unwrap();
    assert_eq!(floats(&second), [1., 11., 21.]);
    assert_eq!(source.take_reads(), []);
}

#[test]
fn a_variable_that_begins_with_a_hole_says_where_its_first_field_is() {
    let at = [(2, 6), (2, 12), (10, 0)];
    let bytes: Vec<u8> = at.iter().flat_map(|&(height, hours)| field(height, hours, 1)).collect();
    let first = |bytes: Vec<u8>| {
        let file = open(bytes, &ReadContext::default());
        let id = file.dataset.find_variable(NAME).unwrap();
        file.variable(id).storage.first_there.clone()
    };
    assert_eq!(first(bytes), Some(vec![0, 1]));
    assert_eq!(first(forecast()), None);
}

#[test]
fn values_that_end_early_in_a_whole_file_are_malformed_not_cut_off() {
    // Twice the bits that there are.
    let cx = ReadContext::default();
    let file = open(temperature(2, 0).values(&from(1)).octets(5, 20, &[16]).bytes(), &cx);
    let error = file.read_all(NAME, &cx).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (ErrorKind::Malformed, Some(0)), "{error}");
    let records = file.reader.records().unwrap();
    assert_eq!(records.values(0, &cx).unwrap_err().kind(), ErrorKind::Malformed);
}

#[test]
fn a_field_that_cannot_be_decoded_is_an_error_of_its_own_slice() {
    // The second message claims a packing that is nobody's.
    let broken = temperature(2, 6).values(&from(10)).octets(5, 10, &[0x7f, 0x00]).bytes();
    let first = field(2, 0, 0);
    let offset = first.len() as u64;
    let cx = ReadContext::default();
    let file = open([first, broken, field(2, 12, 20)].concat(), &cx);
    let id = file.dataset.find_variable(NAME).unwrap();
    let slice = |k: u64| Section::new([Range::one(k), Range::new(0, 2), Range::new(0, 3)]);
    assert_eq!(floats(&file.reader.read(id, &slice(2), &cx).unwrap())[0], 20.);
    let error = file.reader.read(id, &slice(1), &cx).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (ErrorKind::Unsupported, Some(offset)), "{error}");
}

#[test]
fn records_know_where_they_are_shown() {
    let cx = ReadContext::default();
    let file = open(forecast(), &cx);
    let records = file.reader.records().unwrap();
    assert_eq!(records.len(), 5);
    let place = records.place(4).unwrap();
    assert_eq!(file.variable(place.variable).name, NAME);
    assert_eq!(place.indices, [2, 1]);
    assert_eq!(
        records.values(4, &cx).unwrap().values,
        Buffer::F64((50..56).map(f64::from).collect())
    );
    assert!(records.keys(5, &cx).is_err());
    assert!(records.place(5).is_none());
}

#[test]
fn dimensions_of_one_element_and_times_as_text_are_options() {
    let options = ReaderOptions::default()
        .with("grib.single_element_dimensions", "all")
        .with("grib.initial_time", "text");
    let cx = ReadContext::default().with_options(Arc::new(options));
    let file = open(field(2, 6, 1), &cx);
    let variable = &file.dataset.variables[0];
    let dimensions: Vec<_> =
        variable.axes.iter().map(|axis| file.dataset.dimension_name(axis).unwrap()).collect();
    assert_eq!(dimensions, ["initial_time0", "forecast_time0", "lv_HTGL0", "lat_0", "lon_0"]);
    assert!(names(&file).contains(&"initial_time0_hours".to_owned()));
}

#[test]
fn a_large_file_is_listed_in_parts_when_time_is_short() {
    let bytes: Vec<u8> = (0..2000).flat_map(|k| field(2, k, 1)).collect();
    let hasty = ReadContext::default().with_patience(Some(Duration::ZERO));
    let mut reader = (FORMAT.open)(Arc::new(MemorySource::new(bytes)), &hasty).unwrap();
    let first = reader.list(GroupId::ROOT, &hasty).unwrap();
    assert!(reader.is_partial());
    let length = first.dimensions[0].length;
    assert!(length < 2000);
    let cx = ReadContext::default();
    while let Some(more) = reader.continued(&cx).unwrap() {
        // What was listed before can still be read.
        let one = Section::new([Range::one(0), Range::new(0, 2), Range::new(0, 3)]);
        assert!(reader.read(VariableId(0), &one, &cx).is_ok());
        reader = more;
    }
    let whole = reader.list(GroupId::ROOT, &cx).unwrap();
    assert_eq!(whole.dimensions[0].length, 2000);
    assert!(!reader.is_partial());
}

#[test]
fn other_files_are_refused_by_name() {
    let cx = ReadContext::default();
    let refused = |bytes: &[u8]| {
        let source = Arc::new(MemorySource::new(bytes));
        let confidence = (FORMAT.probe)(&*source, &cx).unwrap();
        let error = Opened::new(&FORMAT, source, &cx).map(drop).unwrap_err();
        (confidence, error.to_string())
    };
    let (confidence, words) = refused(b"BUFR\0\0\x20\x04 and so on");
    assert_eq!(confidence, Confidence::Maybe);
    assert!(words.contains("BUFR"), "{words}");
    assert_eq!(refused(b"nothing of the kind").0, Confidence::No);
    // A bulletin's header comes first.
    let bulletin =
        [b"\x01\r\r\n001\r\r\nHTXX01 EGRR 010000\r\r\n", field(2, 0, 1).as_slice()].concat();
    let probed = (FORMAT.probe)(&MemorySource::new(bulletin), &cx).unwrap();
    assert_eq!(probed, Confidence::Certain);
}
