//! Damaged and malicious files: every one is refused or shown as far as it goes, at once.

mod mend;

use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use hyperslab_core::{ErrorKind, Limits, MemorySource, Range, ReadContext, ReadError, Section};
use hyperslab_hdf5::FORMAT;
use hyperslab_sources::open_local;
use hyperslab_testkit::contract::Opened;
use hyperslab_testkit::hostile::Driver;
use hyperslab_testkit::random::Xorshift;

/// For opening and listing with the limits the program has; generous, for busy test machines.
const PROMPT: Duration = Duration::from_secs(if cfg!(debug_assertions) { 5 } else { 1 });

fn tests() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests")
}

/// Fixtures of at most so many bytes, by name, that are whole files of their own.
fn fixtures(most: u64) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(tests().join("fixtures/hdf5")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_data = [".h5", ".nc", ".nxs", ".mat", ".bag"].iter().any(|e| name.ends_with(e));
        if is_data && entry.metadata().unwrap().len() <= most {
            found.push((name, std::fs::read(entry.path()).unwrap()));
        }
    }
    found.sort();
    found
}

/// Opens and lists; what takes too long is cancelled.
fn open(bytes: &[u8], limits: Limits) -> Result<Opened, ReadError> {
    let cx = ReadContext::default().with_limits(limits);
    let (done, is_done) = mpsc::channel::<()>();
    let cancel = cx.cancel.clone();
    thread::spawn(move || {
        if is_done.recv_timeout(PROMPT) == Err(mpsc::RecvTimeoutError::Timeout) {
            cancel.cancel();
        }
    });
    let opened = Opened::new(&FORMAT, Arc::new(MemorySource::new(bytes)), &cx);
    drop(done);
    opened
}

/// Everything that could not be read: in the listing, and of the first elements of variables.
fn troubles(file: &Opened) -> Vec<ReadError> {
    let groups = &file.dataset.groups;
    let links = groups.iter().flat_map(|group| &group.links).filter_map(|link| link.error.clone());
    let mut found: Vec<ReadError> = groups.iter().filter_map(|group| group.error.clone()).collect();
    found.extend(links);
    found.extend(file.dataset.variables.iter().filter_map(|variable| variable.error.clone()));
    for (id, variable) in file.variables() {
        let corner =
            variable.shape().iter().map(|&len| Range::new(0, len.min(3))).collect::<Vec<_>>();
        found.extend(file.reader.read(id, &Section::new(corner), &ReadContext::default()).err());
    }
    found
}

/// `list.txt`: file, how it ends, why it is bad.
#[test]
fn files_kept_in_tests_hostile_end_as_listed_and_at_once() {
    let folder = tests().join("hostile/hdf5");
    let list = std::fs::read_to_string(folder.join("list.txt")).unwrap();
    let (mut files, mut wrong) = (0, Vec::new());
    for row in list.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let [name, end, _] = row.splitn(3, ' ').collect::<Vec<_>>()[..] else { panic!("{row}") };
        let bytes = std::fs::read(folder.join(name)).unwrap();
        files += 1;
        let opened = open(&bytes, Limits::default());
        let found = match &opened {
            Err(error) if error.is_cancelled() => {
                wrong.push(format!("{name}: not listed in {PROMPT:?}"));
                continue;
            }
            Err(error) => format!("{:?}", error.kind()),
            Ok(file) if troubles(file).is_empty() => "opens".into(),
            Ok(_) => "partial".into(),
        };
        if end != "any" && found != end {
            wrong.push(format!("{name}: {found}, not {end}"));
        }
        // Lines that are clean, kinds that blame the file, within other limits.
        Driver::new(&FORMAT).run(&bytes, name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let kept = std::fs::read_dir(&folder).unwrap();
    let is_bad = |name: &std::ffi::OsStr| name.to_string_lossy().ends_with(".h5");
    let kept = kept.filter(|entry| is_bad(&entry.as_ref().unwrap().file_name()));
    assert_eq!(kept.count(), files, "every file is listed");
}

#[test]
fn small_files_spoiled_in_every_way_are_survived() {
    let mut driver = Driver::new(&FORMAT);
    driver.flips = 200;
    for (name, bytes) in fixtures(2500) {
        println!("{name}");
        driver.flips(&bytes);
        if ["empty_earliest.h5", "sizes_8_2.h5", "index_implicit_latest.h5"].contains(&&*name) {
            driver.all(&bytes);
        }
    }
}

#[test]
fn files_cut_anywhere_never_give_a_wrong_number() {
    for (name, bytes) in fixtures(12_000) {
        println!("{name}");
        Driver::new(&FORMAT).truncations(&bytes, (bytes.len() / 30).max(1));
    }
}

/// A flipped bit mostly ends at a checksum. Here the checksums are made right again.
#[test]
fn spoiled_files_with_checksums_mended_are_survived() {
    let mut random = Xorshift::new(5);
    for (name, bytes) in fixtures(12_000) {
        let blocks = mend::checked_blocks(&bytes);
        for round in 0..40 {
            let mut spoiled = bytes.clone();
            for _ in 0..1 + random.below(3) {
                mend::spoil(&mut spoiled, &blocks, &mut random);
            }
            mend::mend(&mut spoiled, &blocks);
            Driver::new(&FORMAT).run(&spoiled, &format!("{name} round {round}"));
        }
    }
}

/// Names lead to files in the same folder or below, and nowhere else.
#[test]
fn what_lies_outside_the_folder_is_not_read() {
    let cx = ReadContext::default();
    for name in ["external_outside.h5", "virtual_from_nowhere.h5"] {
        let source = open_local(&tests().join("hostile/hdf5").join(name), &cx).unwrap();
        let file = Opened::new(&FORMAT, source, &cx).unwrap();
        let values = file.read_all("/v", &cx).unwrap().values;
        assert_eq!(values, vec![0i32; 4].into(), "{name}");
    }
}

/// Each group holds the next: a million of them.
#[test]
fn a_million_groups_in_each_other_end_at_the_limit() {
    const GROUPS: usize = 1_000_000;
    let address = |k: usize| mend::SUPERBLOCK_BYTES + k * mend::GROUP_BYTES;
    let mut bytes = mend::superblock(address(GROUPS));
    for k in 1..=GROUPS {
        bytes.extend(mend::group(address(k % GROUPS) as u64));
    }
    match open(&bytes, Limits::default()) {
        Err(error) => assert_eq!(error.kind(), ErrorKind::Limit, "{error}"),
        Ok(file) => assert!(!troubles(&file).is_empty(), "all of it was listed"),
    }
}

/// A chunk may decode to no more than its shape says, however many filters it has.
#[test]
fn zip_bombs_cost_no_more_than_the_chunk_they_fill() {
    for name in ["bomb_64m.h5", "bomb_1g_twice.h5"] {
        let bytes = std::fs::read(tests().join("hostile/hdf5").join(name)).unwrap();
        let file = open(&bytes, Limits::default()).unwrap();
        let begun = Instant::now();
        let error = file.read_all("/v", &ReadContext::default()).unwrap_err();
        assert!([ErrorKind::Malformed, ErrorKind::Limit].contains(&error.kind()), "{error}");
        assert!(begun.elapsed() < PROMPT, "{name}: {:?}", begun.elapsed());
    }
}
