//! The reader contract over every committed fixture, opened through the registry, as the window
//! and the command line open it: in memory, mapped, and read by position.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hyperslab_all::{FORMATS, OpenFile, identify};
use hyperslab_core::{MemorySource, ReadContext, Source};
use hyperslab_sources::{MappedFile, PositionedFile, open_local};
use hyperslab_testkit::contract::check_sources;

/// What lies beside the fixtures: how they were made, and what other programs find in them.
const NOT_DATA: [&str; 5] = ["cdl", "json", "md", "py", "txt"];

/// Files that are only whole together and files whose name tells what they are, neither of which
/// memory can hold; files with values that nothing here decodes. The tests of their format open
/// them.
const NOT_ALONE: [&str; 3] = ["companions", "named", "unread"];

fn fixtures() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let extension = path.extension().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                let is_alone = !NOT_ALONE.iter().any(|folder| path.ends_with(folder));
                folders.extend(is_alone.then_some(path));
            } else if !NOT_DATA.contains(&extension.as_str()) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn sources(path: &Path) -> Vec<Arc<dyn Source>> {
    let cx = ReadContext::default();
    vec![
        Arc::new(MemorySource::new(fs::read(path).unwrap())),
        Arc::new(PositionedFile::open(path, &cx).unwrap()),
        Arc::new(MappedFile::open(path, &cx).unwrap()),
        open_local(path, &cx).unwrap(),
    ]
}

#[test]
fn every_fixture_fulfils_the_contract_from_memory_mapped_and_by_position() {
    for path in fixtures() {
        let cx = ReadContext::default();
        let opened = OpenFile::open(&path, &cx);
        let format = opened.unwrap_or_else(|error| panic!("{error}")).format();
        // A failing check does not name the file; captured output does.
        println!("{} as {}", path.display(), format.id);
        check_sources(format, &sources(&path));
    }
}

#[test]
fn every_fixture_is_known_by_its_bytes_alone() {
    for path in fixtures() {
        let (bytes, cx) = (MemorySource::new(fs::read(&path).unwrap()), ReadContext::default());
        let by_bytes = identify(&bytes, None, &cx).map(|format| format.id).unwrap();
        let with_name = OpenFile::open(&path, &cx).unwrap().format().id;
        assert_eq!(by_bytes, with_name, "{}", path.display());
    }
}

#[test]
fn every_format_has_a_fixture() {
    let cx = ReadContext::default();
    let seen: Vec<&str> =
        fixtures().iter().map(|path| OpenFile::open(path, &cx).unwrap().format().id).collect();
    for format in FORMATS {
        assert!(seen.contains(&format.id), "{}", format.id);
    }
}
