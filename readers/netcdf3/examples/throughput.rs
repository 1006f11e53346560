//! How fast sections are read: two interleaved record variables of 60 x 721 x 1440 floats.
//!
//! `cargo run --release -p hyperslab-netcdf3 --example throughput [FILE]`
//!
//! Without a file the data are in memory; with one they are written there and read from the
//! page cache.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use hyperslab_core::{MemorySource, Range, ReadContext, Reader, Section, Source, VariableId};
use hyperslab_netcdf3::FORMAT;
use hyperslab_testkit::bytes::{F32, UNLIMITED, cdf2};
use hyperslab_testkit::plain_file::PlainFile;

const SHAPE: [u64; 3] = [60, 721, 1440];

fn main() {
    let file = cdf2().dim("time", UNLIMITED).dim("lat", SHAPE[1]).dim("lon", SHAPE[2]);
    let file = file.var("u", F32, &["time", "lat", "lon"]).var("v", F32, &["time", "lat", "lon"]);
    let bytes = file.records(SHAPE[0]).bytes();
    let source: Arc<dyn Source> = match std::env::args().nth(1) {
        None => Arc::new(MemorySource::new(bytes)),
        Some(path) => {
            std::fs::write(&path, bytes).expect("the file is written");
            Arc::new(PlainFile::open(Path::new(&path)).expect("the file opens"))
        }
    };
    let reader = (FORMAT.open)(source, &ReadContext::default()).expect("it opens");
    let [time, lat, lon] = SHAPE.map(|len| Range::new(0, len));
    let every = |n: u64, len: u64| Range::strided(0, len.div_ceil(n), n);
    let sections = [
        ("everything", vec![time, lat, lon]),
        ("one record", vec![Range::one(30), lat, lon]),
        ("a region", vec![time, Range::new(200, 200), Range::new(400, 400)]),
        ("every 2nd column", vec![time, lat, every(2, SHAPE[2])]),
        ("every 4th row and column", vec![time, every(4, SHAPE[1]), every(4, SHAPE[2])]),
        ("one column", vec![time, lat, Range::one(700)]),
        ("one point in time", vec![time, Range::one(300), Range::one(700)]),
    ];
    for (what, ranges) in sections {
        measure(&*reader, what, &Section::new(ranges));
    }
}

/// The best of several: what the machine can do, not what else it does.
fn measure(reader: &dyn Reader, what: &str, section: &Section) {
    let mut best = f64::INFINITY;
    let mut bytes = 0;
    for _ in 0..7 {
        let begun = Instant::now();
        let array = reader.read(VariableId(0), section, &ReadContext::default()).expect("values");
        best = best.min(begun.elapsed().as_secs_f64());
        bytes = array.bytes();
    }
    let (mb, ms) = (bytes as f64 / 1e6, best * 1e3);
    println!("{what:26} {mb:9.3} MB in {ms:9.3} ms: {:8.0} MB/s", mb / best);
}
