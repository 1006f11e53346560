//! SIGBUS that is none of our business: what happens to it must not depend on us.
//! Every test runs its other half in a process of its own, for that is to die.
#![cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]

use std::ffi::{c_int, c_void};
use std::fs::{self, OpenOptions};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use hyperslab_core::{ErrorKind, ReadContext, Source};
use hyperslab_sources::{MappedFile, open_local};

const ROLE: &str = "HYPERSLAB_SIGNALS_ROLE";

/// Runs the test `name` of this binary again with the environment saying so.
fn in_own_process(name: &str) -> ExitStatus {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(ROLE, name)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap()
}

fn is_own_process() -> bool {
    std::env::var_os(ROLE).is_some()
}

/// Opens a file of ours, cuts it and survives.
fn survive_a_fault_of_ours(dir: &Path) {
    let path = dir.join("ours");
    fs::write(&path, vec![1; 100_000]).unwrap();
    let cx = ReadContext::default();
    let source = MappedFile::open(&path, &cx).unwrap();
    OpenOptions::new().write(true).open(&path).unwrap().set_len(0).unwrap();
    assert_eq!(source.read_at(50_000, 10, &cx).err().unwrap().kind(), ErrorKind::Changed);
}

/// Touches a vanished page of a mapping that is not ours.
fn fault_elsewhere(dir: &Path) {
    let path = dir.join("foreign");
    fs::write(&path, vec![1; 100_000]).unwrap();
    let file = OpenOptions::new().read(true).write(true).open(&path).unwrap();
    // SAFETY: it is not safe; this process is to die of it.
    let map = unsafe { memmap2::Mmap::map(&file).unwrap() };
    file.set_len(0).unwrap();
    std::hint::black_box(map[50_000]);
}

fn set_handler(handler: usize, flags: c_int) {
    // SAFETY: an all-zero action is valid; the handlers given have the signature of `flags`.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler;
        action.sa_flags = flags;
        assert_eq!(libc::sigaction(libc::SIGBUS, &raw const action, std::ptr::null_mut()), 0);
    }
}

extern "C" fn exit_with_41(_: c_int) {
    // SAFETY: `_exit` may be called in a signal handler.
    unsafe { libc::_exit(41) }
}

extern "C" fn exit_with_42(_: c_int, info: *mut libc::siginfo_t, _: *mut c_void) {
    // SAFETY: with SA_SIGINFO `info` is valid; `_exit` may be called in a signal handler.
    unsafe { libc::_exit(if (*info).si_addr().is_null() { 1 } else { 42 }) }
}

#[test]
fn a_fault_outside_our_files_still_kills_the_process() {
    if is_own_process() {
        let dir = tempfile::tempdir().unwrap();
        survive_a_fault_of_ours(dir.path());
        return fault_elsewhere(dir.path());
    }
    let status = in_own_process("a_fault_outside_our_files_still_kills_the_process");
    assert_eq!(status.signal(), Some(libc::SIGBUS));
}

#[test]
fn a_fault_outside_our_files_kills_even_where_the_signal_was_ignored() {
    if is_own_process() {
        set_handler(libc::SIG_IGN, 0);
        let dir = tempfile::tempdir().unwrap();
        survive_a_fault_of_ours(dir.path());
        // SAFETY: sends this process a signal that it ignores.
        unsafe { libc::raise(libc::SIGBUS) };
        return fault_elsewhere(dir.path());
    }
    let status =
        in_own_process("a_fault_outside_our_files_kills_even_where_the_signal_was_ignored");
    assert_eq!(status.signal(), Some(libc::SIGBUS));
}

#[test]
fn a_signal_sent_by_a_program_kills_where_it_did() {
    if is_own_process() {
        set_handler(libc::SIG_DFL, 0);
        let dir = tempfile::tempdir().unwrap();
        survive_a_fault_of_ours(dir.path());
        // SAFETY: sends this process a signal that kills it.
        unsafe { libc::raise(libc::SIGBUS) };
        return;
    }
    let status = in_own_process("a_signal_sent_by_a_program_kills_where_it_did");
    assert_eq!(status.signal(), Some(libc::SIGBUS));
}

#[test]
fn the_handler_that_was_there_before_is_called() {
    if is_own_process() {
        set_handler(exit_with_42 as *const () as usize, libc::SA_SIGINFO);
        let dir = tempfile::tempdir().unwrap();
        survive_a_fault_of_ours(dir.path());
        return fault_elsewhere(dir.path());
    }
    assert_eq!(in_own_process("the_handler_that_was_there_before_is_called").code(), Some(42));
}

#[test]
fn a_handler_of_one_argument_is_called_too() {
    if is_own_process() {
        set_handler(exit_with_41 as *const () as usize, 0);
        let dir = tempfile::tempdir().unwrap();
        survive_a_fault_of_ours(dir.path());
        return fault_elsewhere(dir.path());
    }
    assert_eq!(in_own_process("a_handler_of_one_argument_is_called_too").code(), Some(41));
}

#[test]
fn nothing_is_mapped_once_another_handler_took_our_place() {
    if is_own_process() {
        let dir = tempfile::tempdir().unwrap();
        survive_a_fault_of_ours(dir.path());
        set_handler(exit_with_42 as *const () as usize, libc::SA_SIGINFO);
        let path = dir.path().join("later");
        fs::write(&path, vec![1; 100_000]).unwrap();
        let cx = ReadContext::default();
        assert!(MappedFile::open(&path, &cx).is_err());
        let source = open_local(&path, &cx).unwrap();
        OpenOptions::new().write(true).open(&path).unwrap().set_len(0).unwrap();
        assert_eq!(source.read_at(50_000, 10, &cx).err().unwrap().kind(), ErrorKind::Changed);
        std::process::exit(0);
    }
    let status = in_own_process("nothing_is_mapped_once_another_handler_took_our_place");
    assert_eq!(status.code(), Some(0));
}
