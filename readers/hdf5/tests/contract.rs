//! The reader contract over every fixture, from memory, mapped, by position and through a source
//! that waits.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hyperslab_core::{MemorySource, ReadContext, Source};
use hyperslab_hdf5::FORMAT;
use hyperslab_sources::{MappedFile, PositionedFile, open_local};
use hyperslab_testkit::contract::check_sources;
use hyperslab_testkit::slow::SlowSource;
use serde_json::Value;

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/hdf5")
}

/// All that `expected.json` names, except files with values that cannot be decoded.
fn files() -> Vec<String> {
    let text = std::fs::read_to_string(fixtures().join("expected.json")).unwrap();
    let rows: Value = serde_json::from_str(&text).unwrap();
    let names = rows.as_array().unwrap().iter().flat_map(|row| row["files"].as_array().unwrap());
    let names = names.map(|name| name.as_str().unwrap().to_owned());
    names.filter(|name| !name.starts_with("unread/")).collect()
}

/// Memory has neither a name nor files beside it.
fn sources(path: &Path, is_alone: bool) -> Vec<Arc<dyn Source>> {
    let cx = ReadContext::default();
    let mut sources: Vec<Arc<dyn Source>> = vec![
        Arc::new(MappedFile::open(path, &cx).unwrap()),
        Arc::new(PositionedFile::open(path, &cx).unwrap()),
        open_local(path, &cx).unwrap(),
    ];
    if is_alone {
        let memory: Arc<dyn Source> = Arc::new(MemorySource::new(std::fs::read(path).unwrap()));
        sources.push(Arc::new(SlowSource::new(memory.clone(), Duration::from_micros(20))));
        sources.push(memory);
    }
    sources
}

fn check(is_chosen: impl Fn(&str) -> bool) {
    let files = files();
    let chosen = files.iter().filter(|name| is_chosen(name));
    assert!(chosen.clone().count() > 5);
    for name in chosen {
        // A failing check does not name the file; captured output does.
        println!("{name}");
        let is_alone = !name.contains('/');
        check_sources(&FORMAT, &sources(&fixtures().join(name), is_alone));
    }
}

// In pieces, for the sake of several processors.

#[test]
fn netcdf_4_files_fulfil_the_contract() {
    check(|name| name.ends_with(".nc") && !name.contains('/'));
}

#[test]
fn filters_fulfil_the_contract() {
    check(|name| name.starts_with("filter_"));
}

#[test]
fn chunk_indexes_fulfil_the_contract() {
    check(|name| name.starts_with("index_"));
}

#[test]
fn files_that_need_their_name_or_others_beside_them_fulfil_the_contract() {
    check(|name| name.contains('/'));
}

#[test]
fn everything_else_fulfils_the_contract() {
    check(|name| {
        let others = ["filter_", "index_"];
        !name.ends_with(".nc")
            && !name.contains('/')
            && !others.iter().any(|other| name.starts_with(other))
    });
}
