//! Real files, changed by others while we read them.
#![cfg(unix)]

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hyperslab_core::{CancelFlag, ErrorKind, Progress, ReadContext, ReadError, Source};
use hyperslab_sources::{MappedFile, PositionedFile, open_local};
use tempfile::TempDir;

/// Both ways of reading a file.
type Open = fn(&Path) -> Arc<dyn Source>;
const KINDS: [(&str, Open); 2] = [
    ("mapped", |path| Arc::new(MappedFile::open(path, &ReadContext::default()).unwrap())),
    ("positioned", |path| Arc::new(PositionedFile::open(path, &ReadContext::default()).unwrap())),
];

/// What stands at `offset` in every file made here; never zero.
fn byte_at(offset: u64) -> u8 {
    (offset % 251) as u8 + 1
}

fn pattern(offset: u64, len: u64) -> Vec<u8> {
    (offset..offset + len).map(byte_at).collect()
}

fn is_pattern(bytes: &[u8], offset: u64) -> bool {
    bytes.iter().zip(offset..).all(|(&byte, at)| byte == byte_at(at))
}

fn file_of(len: u64) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.nc");
    fs::write(&path, pattern(0, len)).unwrap();
    (dir, path)
}

fn writable(path: &Path) -> File {
    OpenOptions::new().write(true).open(path).unwrap()
}

fn read(source: &dyn Source, offset: u64, len: u64) -> Result<Vec<u8>, ReadError> {
    source.read_at(offset, len, &ReadContext::default()).map(|blob| blob.to_vec())
}

fn refusal(path: &Path) -> ReadError {
    let started = Instant::now();
    let error = open_local(path, &ReadContext::default()).err().unwrap();
    assert!(started.elapsed() < Duration::from_secs(1), "{} made us wait", path.display());
    error
}

#[test]
fn every_range_reads_the_same_by_either_kind() {
    const LEN: u64 = 8_500_003;
    let (_dir, path) = file_of(LEN);
    for (kind, open) in KINDS {
        let source = open(&path);
        assert_eq!(source.len(), LEN);
        for offset in [0, 1, 4095, 4096, 65_535, 8 << 20, LEN - 1, LEN] {
            for len in [0, 1, 2, 4096, 65_535, 65_536, 65_537, 8 << 20, (8 << 20) + 1, LEN] {
                let found = read(&*source, offset, len);
                if offset + len <= LEN {
                    let found = found.unwrap();
                    assert!(found.len() as u64 == len && is_pattern(&found, offset), "{kind}");
                } else {
                    let error = found.unwrap_err();
                    assert_eq!(error.kind(), ErrorKind::Truncated, "{kind}");
                    assert_eq!(error.offset(), Some(offset), "{kind}");
                }
            }
        }
        assert!(read(&*source, u64::MAX, u64::MAX).is_err());
        source.verify().unwrap();
        assert!(!source.has_news());
    }
}

#[test]
fn zeros_that_are_in_the_file_are_data() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("zeros");
    fs::write(&path, vec![0; 100_000]).unwrap();
    for (kind, open) in KINDS {
        let source = open(&path);
        assert_eq!(read(&*source, 100, 50_000).unwrap(), vec![0; 50_000], "{kind}");
        source.verify().unwrap();
    }
}

#[test]
fn a_cancelled_read_says_so() {
    let (_dir, path) = file_of(10_000);
    let cancel = CancelFlag::default();
    let cx = ReadContext::new(cancel.clone(), Progress::default());
    for (kind, open) in KINDS {
        let source = open(&path);
        cancel.cancel();
        assert!(source.read_at(0, 10, &cx).err().unwrap().is_cancelled(), "{kind}");
    }
    assert!(open_local(&path, &cx).err().unwrap().is_cancelled());
}

#[test]
fn a_length_over_the_limits_is_refused_before_memory_is_taken() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("huge");
    File::create(&path).unwrap().set_len(1 << 40).unwrap();
    for (kind, open) in KINDS {
        let source = open(&path);
        assert_eq!(read(&*source, 1 << 39, 100).unwrap(), [0; 100], "{kind}");
        let error = read(&*source, 0, 1 << 40).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit, "{kind}: {error}");
    }
}

#[test]
fn a_file_cut_short_is_changed_and_none_of_its_vanished_bytes_are_read() {
    const LEN: u64 = 1_000_000;
    for (kind, open) in KINDS {
        for (offset, len) in [(600_000, 100), (600_000, 200_000), (LEN - 1, 1), (499_000, 2000)] {
            let (_dir, path) = file_of(LEN);
            let source = open(&path);
            assert!(is_pattern(&read(&*source, offset, len).unwrap(), offset));
            writable(&path).set_len(500_000).unwrap();
            let error = read(&*source, offset, len).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Changed, "{kind}: {error}");
            let error = source.verify().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Changed);
            assert_eq!(
                error.to_string(),
                "the file was cut short while open: it has 500000 bytes now, it had 1000000"
            );
            assert!(source.has_news());
        }
    }
}

#[test]
fn the_zeros_behind_the_end_in_its_last_page_are_not_read_as_data() {
    for (kind, open) in KINDS {
        let (_dir, path) = file_of(8192);
        let source = open(&path);
        read(&*source, 0, 8192).unwrap();
        writable(&path).set_len(4100).unwrap();
        // The whole page is still in memory: no fault tells that its end is gone.
        let error = read(&*source, 4099, 2).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Changed, "{kind}");
    }
}

#[test]
fn what_was_once_seen_to_vanish_is_not_believed_when_the_file_is_long_again() {
    let (_dir, path) = file_of(100_000);
    let source = MappedFile::open(&path, &ReadContext::default()).unwrap();
    let file = writable(&path);
    file.set_len(0).unwrap();
    assert!(read(&source, 50_000, 10).is_err());
    file.write_all_at(&pattern(0, 100_000), 0).unwrap();
    assert_eq!(source.verify().unwrap_err().kind(), ErrorKind::Changed);
    // Opened again it is a file like any other.
    let source = MappedFile::open(&path, &ReadContext::default()).unwrap();
    assert_eq!(read(&source, 50_000, 10).unwrap(), pattern(50_000, 10));
    source.verify().unwrap();
}

#[test]
fn one_faulty_file_does_not_touch_another() {
    let (_dir_a, a) = file_of(100_000);
    let (_dir_b, b) = file_of(100_000);
    let cx = ReadContext::default();
    let (cut, whole) = (MappedFile::open(&a, &cx).unwrap(), MappedFile::open(&b, &cx).unwrap());
    let cut_again = MappedFile::open(&a, &cx).unwrap();
    writable(&a).set_len(0).unwrap();
    assert!(read(&cut, 50_000, 10).is_err());
    assert!(read(&cut_again, 50_000, 10).is_err());
    assert_eq!(read(&whole, 50_000, 10).unwrap(), pattern(50_000, 10));
    whole.verify().unwrap();
}

#[test]
fn a_file_replaced_by_renaming_another_over_it_is_changed() {
    for (kind, open) in KINDS {
        let (dir, path) = file_of(10_000);
        let source = open(&path);
        let other = dir.path().join("b.nc");
        fs::write(&other, pattern(0, 10_000)).unwrap();
        fs::rename(&other, &path).unwrap();
        let error = source.verify().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Changed);
        assert!(error.to_string().contains("replaced"), "{kind}: {error}");
        assert!(source.has_news());
    }
}

#[test]
fn a_file_removed_or_moved_away_is_changed() {
    let remove: fn(&Path) = |path| fs::remove_file(path).unwrap();
    let move_away: fn(&Path) = |path| fs::rename(path, path.with_extension("old")).unwrap();
    let move_folder: fn(&Path) = |path| {
        let folder = path.parent().unwrap();
        fs::rename(folder, folder.with_extension("gone")).unwrap();
        fs::write(folder, "a file where a folder was").unwrap();
    };
    for (kind, open) in KINDS {
        for make_away in [remove, move_away, move_folder] {
            let dir = tempfile::tempdir().unwrap();
            let folder = dir.path().join("folder");
            fs::create_dir(&folder).unwrap();
            let path = folder.join("a.nc");
            fs::write(&path, pattern(0, 10_000)).unwrap();
            let source = open(&path);
            make_away(&path);
            let error = source.verify().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Changed);
            assert!(error.to_string().contains("removed"), "{kind}: {error}");
            assert!(source.has_news());
        }
    }
}

#[test]
fn a_link_pointed_at_another_file_is_changed() {
    let (dir, path) = file_of(10_000);
    let (other, link) = (dir.path().join("b.nc"), dir.path().join("latest.nc"));
    fs::write(&other, pattern(0, 10_000)).unwrap();
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let source = open_local(&link, &ReadContext::default()).unwrap();
    source.verify().unwrap();
    fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(&other, &link).unwrap();
    assert!(source.verify().unwrap_err().to_string().contains("replaced"));
}

#[test]
fn a_file_that_grew_is_read_as_it_was_and_has_news() {
    for (kind, open) in KINDS {
        let (_dir, path) = file_of(10_000);
        let source = open(&path);
        assert!(!source.has_news());
        writable(&path).write_all_at(&pattern(10_000, 500), 10_000).unwrap();
        assert!(source.has_news(), "{kind}");
        assert_eq!(source.len(), 10_000);
        assert_eq!(read(&*source, 9000, 1000).unwrap(), pattern(9000, 1000));
        assert_eq!(read(&*source, 9000, 1001).unwrap_err().kind(), ErrorKind::Truncated);
        source.verify().unwrap();
    }
}

#[test]
fn a_file_written_in_place_is_read_as_it_is_and_has_news() {
    for (kind, open) in KINDS {
        let (_dir, path) = file_of(10_000);
        let source = open(&path);
        writable(&path).write_all_at(&[255; 100], 5000).unwrap();
        assert!(source.has_news(), "{kind}");
        assert_eq!(read(&*source, 5000, 100).unwrap(), [255; 100]);
        source.verify().unwrap();
    }
}

#[test]
fn a_new_name_or_new_rights_are_no_news() {
    use std::os::unix::fs::PermissionsExt;
    let (_dir, path) = file_of(10_000);
    let source = open_local(&path, &ReadContext::default()).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::hard_link(&path, path.with_extension("link")).unwrap();
    assert!(!source.has_news());
    source.verify().unwrap();
    assert_eq!(read(&*source, 10, 10).unwrap(), pattern(10, 10));
}

#[test]
fn an_empty_file_opens_and_holds_nothing() {
    let (_dir, path) = file_of(0);
    let source = open_local(&path, &ReadContext::default()).unwrap();
    assert!(source.is_empty());
    assert!(read(&*source, 0, 0).unwrap().is_empty());
    assert_eq!(read(&*source, 0, 1).unwrap_err().kind(), ErrorKind::Truncated);
    source.verify().unwrap();
    assert!(MappedFile::open(&path, &ReadContext::default()).is_err());
}

#[test]
fn what_is_no_regular_file_is_refused_without_waiting() {
    let dir = tempfile::tempdir().unwrap();
    let pipe = dir.path().join("pipe");
    let name = std::ffi::CString::new(pipe.to_str().unwrap()).unwrap();
    // SAFETY: `name` ends with a NUL.
    assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
    let link = dir.path().join("link");
    std::os::unix::fs::symlink(&pipe, &link).unwrap();
    let socket = dir.path().join("socket");
    let _listening = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    for (path, word) in [
        (pipe.as_path(), "a pipe"),
        (&link, "a pipe"),
        (&socket, "a socket"),
        (dir.path(), "a directory"),
        (Path::new("/dev/null"), "a device"),
        (Path::new("/dev/zero"), "a device"),
    ] {
        let error = refusal(path);
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[test]
fn a_file_that_is_not_there_or_not_ours_is_refused_in_plain_words() {
    use std::os::unix::fs::PermissionsExt;
    let (dir, path) = file_of(10);
    for missing in [dir.path().join("none.nc"), path.join("below-a-file")] {
        let error = refusal(&missing);
        assert_eq!(error.kind(), ErrorKind::Io);
        assert_eq!(error.to_string(), "there is no such file");
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if File::open(&path).is_ok() {
        println!("SKIPPED: this user (root?) may read files without permission");
        return;
    }
    let error = refusal(&path);
    assert_eq!(error.kind(), ErrorKind::Io);
    assert_eq!(error.to_string(), "you may not read this file: permission denied");
}

#[test]
fn a_file_shorter_than_it_states_is_truncated() {
    // Files of sysfs state a length of one page and hold less.
    let path = Path::new("/sys/kernel/mm/transparent_hugepage/enabled");
    if !path.exists() {
        println!("SKIPPED: no {}", path.display());
        return;
    }
    let source = open_local(path, &ReadContext::default()).unwrap();
    assert_eq!(read(&*source, 0, source.len()).unwrap_err().kind(), ErrorKind::Truncated);
}

/// Reads in four threads, all sizes and places, until `meddle` is done. Every read that succeeds
/// must hold the pattern, before `verify` is even asked. A source that failed is opened again.
/// Returns how many reads succeeded and how many failed.
fn read_in_threads(open: impl Fn() -> Arc<dyn Source> + Sync, meddle: impl FnOnce()) -> (u64, u64) {
    let (good, failed, stop) = (AtomicU64::new(0), AtomicU64::new(0), AtomicBool::new(false));
    let cx = ReadContext::default();
    std::thread::scope(|scope| {
        for seed in 1..=4 {
            let (good, failed, stop, cx, open) = (&good, &failed, &stop, &cx, &open);
            scope.spawn(move || {
                let mut random = seed;
                let mut source = open();
                while !stop.load(Ordering::Relaxed) {
                    // Neither a file opened while it was short nor one known to be written to
                    // shows much: begin anew now and then.
                    if source.is_empty() || next(&mut random).is_multiple_of(16) {
                        source = open();
                    }
                    let offset = next(&mut random) % source.len().max(1);
                    let most = [1, 100, 5000, 64 << 10, 1 << 20][next(&mut random) as usize % 5];
                    let len = source.len().saturating_sub(offset).min(most);
                    match source.read_at(offset, len, cx) {
                        Ok(blob) => {
                            let is_right = is_pattern(&blob, offset);
                            let zeros = blob.iter().filter(|&&byte| byte == 0).count();
                            assert!(is_right, "{zeros} zeros in {len} bytes at {offset}");
                            good.fetch_add(1, Ordering::Relaxed);
                        }
                        Err(error) => {
                            assert_eq!(error.kind(), ErrorKind::Changed, "{error}");
                            assert_eq!(source.verify().unwrap_err().kind(), ErrorKind::Changed);
                            failed.fetch_add(1, Ordering::Relaxed);
                            source = open();
                        }
                    }
                }
            });
        }
        meddle();
        stop.store(true, Ordering::Relaxed);
    });
    (good.into_inner(), failed.into_inner())
}

fn stress_time() -> Duration {
    let seconds = std::env::var("HYPERSLAB_STRESS_SECONDS").ok().and_then(|s| s.parse().ok());
    Duration::from_secs_f64(seconds.unwrap_or(0.2))
}

fn next(random: &mut u64) -> u64 {
    *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
    *random >> 33
}

fn pause(random: &mut u64) {
    std::thread::sleep(Duration::from_micros(next(random) % 1000));
}

#[test]
fn no_reader_sees_a_wrong_byte_while_a_file_is_cut_piece_by_piece() {
    const LEN: u64 = 3_000_000;
    for (kind, open) in KINDS {
        let (end, mut random) = (Instant::now() + stress_time(), 1);
        let (mut good, mut failed) = (0, 0);
        while Instant::now() < end || good == 0 || failed == 0 {
            let (_dir, path) = file_of(LEN);
            let source = open(&path);
            let file = writable(&path);
            let counts = read_in_threads(
                || source.clone(),
                || {
                    let mut len = LEN;
                    while len > 0 {
                        pause(&mut random);
                        len = len.saturating_sub(1 + next(&mut random) % 400_000);
                        file.set_len(len).unwrap();
                    }
                    pause(&mut random);
                },
            );
            assert!(source.verify().is_err());
            good += counts.0;
            failed += counts.1;
        }
        println!("{kind}: {good} reads succeeded, {failed} failed");
    }
}

#[test]
fn no_reader_sees_a_wrong_byte_while_a_file_is_cut_and_filled_up_again() {
    for len in [5000, 70_000, 3_000_000] {
        let bytes = pattern(0, len);
        for (kind, _) in KINDS {
            let end = Instant::now() + stress_time() / 3;
            let mut random = 1;
            let (_dir, path) = file_of(len);
            let file = writable(&path);
            let cx = ReadContext::default();
            // While it is cut to nothing it cannot be mapped.
            let open = || match kind {
                "mapped" => open_local(&path, &cx).unwrap(),
                _ => Arc::new(PositionedFile::open(&path, &cx).unwrap()),
            };
            let (good, failed) = read_in_threads(open, || {
                while Instant::now() < end {
                    let cut = next(&mut random) % len;
                    file.set_len(cut).unwrap();
                    file.write_all_at(&bytes[cut as usize..], cut).unwrap();
                    if next(&mut random).is_multiple_of(4) {
                        pause(&mut random);
                    }
                }
            });
            println!("{kind}, {len} bytes: {good} reads succeeded, {failed} failed");
        }
    }
}

#[test]
fn a_file_appended_to_all_the_time_stays_readable() {
    for (kind, open) in KINDS {
        let (_dir, path) = file_of(3_000_000);
        let source = open(&path);
        let file = OpenOptions::new().append(true).open(&path).unwrap();
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut at = 3_000_000;
                while !stop.load(Ordering::Relaxed) {
                    (&file).write_all(&pattern(at, 100)).unwrap();
                    at += 100;
                }
            });
            let end = Instant::now() + stress_time();
            let mut count = 0;
            while Instant::now() < end {
                let found = read(&*source, 1000, 2_000_000);
                let is_right = found.is_ok_and(|bytes| is_pattern(&bytes, 1000));
                // The writer would go on, and the scope wait for it.
                stop.store(!is_right, Ordering::Relaxed);
                assert!(is_right, "{kind}");
                source.verify().unwrap();
                count += 1;
            }
            stop.store(true, Ordering::Relaxed);
            println!("{kind}: {count} reads of 2 MB");
        });
    }
}

#[test]
fn files_open_fault_and_close_in_many_threads_at_once() {
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let end = Instant::now() + stress_time();
                while Instant::now() < end {
                    let (_dir, path) = file_of(50_000);
                    let cx = ReadContext::default();
                    let source = MappedFile::open(&path, &cx).unwrap();
                    let same = MappedFile::open(&path, &cx).unwrap();
                    assert_eq!(read(&source, 40_000, 100).unwrap(), pattern(40_000, 100));
                    source.verify().unwrap();
                    writable(&path).set_len(100).unwrap();
                    assert_eq!(read(&source, 40_000, 1).unwrap_err().kind(), ErrorKind::Changed);
                    drop(source);
                    assert_eq!(read(&same, 40_000, 1).unwrap_err().kind(), ErrorKind::Changed);
                }
            });
        }
    });
}

#[test]
fn a_local_file_is_mapped_and_not_locked() {
    let maps = || fs::read_to_string("/proc/self/maps").unwrap_or_default();
    if !cfg!(target_os = "linux") {
        println!("SKIPPED: mappings are listed on Linux only");
        return;
    }
    let (_dir, path) = file_of(10_000);
    let name = path.to_str().unwrap();
    let source = open_local(&path, &ReadContext::default()).unwrap();
    assert!(maps().contains(name));
    // Nothing keeps others from writing to it.
    assert_eq!(writable(&path).metadata().unwrap().len(), 10_000);
    drop(source);
    assert!(!maps().contains(name));
}
