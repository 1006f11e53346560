//! More open files than the guard's table has entries. Alone in its process: the others' files
//! would not be mapped while this runs.
#![cfg(unix)]

use std::fs;
use std::sync::Arc;

use hyperslab_core::{ReadContext, Source};
use hyperslab_sources::{MappedFile, open_local};

const TABLE: usize = 4096;

#[test]
fn the_file_that_finds_the_table_full_is_read_by_position() {
    if !may_open(TABLE as u64 + 100) {
        println!("SKIPPED: this user may not open {TABLE} files");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.nc");
    fs::write(&path, "some bytes").unwrap();
    let cx = ReadContext::default();
    let mut open: Vec<Arc<dyn Source>> =
        (0..TABLE).map(|_| open_local(&path, &cx).unwrap()).collect();
    assert!(MappedFile::open(&path, &cx).is_err());
    let one_more = open_local(&path, &cx).unwrap();
    assert_eq!(&*one_more.read_at(5, 5, &cx).unwrap(), b"bytes");
    one_more.verify().unwrap();
    open.pop();
    assert!(MappedFile::open(&path, &cx).is_ok());
}

/// Raises the limit on open files of this process to `count`.
fn may_open(count: u64) -> bool {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` is writable.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) }, 0);
    limit.rlim_cur = limit.rlim_cur.max(count.min(limit.rlim_max));
    // SAFETY: `limit` is readable.
    unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) };
    limit.rlim_cur >= count
}
