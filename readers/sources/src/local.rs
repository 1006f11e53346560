//! An open local file, what it was when it was opened, and reading it by position.
//!
//! What counts as a change while a file is open:
//! - shorter, ever since it was opened, or removed, or another file at its path: `Changed`, for
//!   the offsets in its header no longer point at what they did;
//! - longer, or written to: news. A model run appends to its output for days, and what was
//!   there stays readable.
//!
//! A file may be cut and filled up again between two looks at it. Its times tell that it was
//! written to, but an appending writer moves them too, so they prove nothing. Therefore every
//! single read is looked at on its own: its bytes are handed out only if the file's length and
//! times were the same before and after. Then nobody cut it in between, and they are what the
//! file held, never the zeros that stand behind the end of a file being cut. (Those are no
//! theory: ext4 clears long runs while `pread` copies from there and reports success; 73 kB of
//! zeros were seen by `no_reader_sees_a_wrong_byte_while_a_file_is_cut_piece_by_piece`.)
//! Blind spot: before Linux 6.13 times move in steps of up to 10 ms.

use std::fs::{File, FileType, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use hyperslab_core::{Blob, ErrorKind, ReadContext, ReadError, Result};

use crate::stamp::Stamp;

/// Cancelling is noticed after this much. Also under the 2 GiB one system call reads at most.
const PIECE_BYTES: usize = 8 << 20;

/// The same for a file that others write to: read in 10 µs, so that it is likely to stay as it
/// is for so long.
const SMALL_PIECE_BYTES: usize = 64 << 10;

/// How often a piece is read again because the file was written to meanwhile.
const MOST_TRIES: u32 = 1000;

pub struct LocalFile {
    file: File,
    /// Absolute, so that a change of working directory is not taken for a removal.
    path: PathBuf,
    opened: Stamp,
    /// Seen to be written to, or cut short, since it was opened.
    is_written: AtomicBool,
    is_cut: AtomicBool,
}

impl LocalFile {
    /// Opens for reading, locks nothing.
    pub fn open(path: &Path) -> Result<Self> {
        let failed = |error: io::Error| could_not_open(&error);
        // Looked at first: opening a pipe waits for its writer, opening a tape rewinds it.
        refuse_unless_regular(&std::fs::metadata(path).map_err(failed)?)?;
        let file = open_without_waiting(path).map_err(failed)?;
        // It may have been exchanged since.
        refuse_unless_regular(&file.metadata().map_err(failed)?)?;
        crate::system::wait_for_reads(&file).map_err(failed)?;
        Ok(Self {
            path: std::path::absolute(path).map_err(failed)?,
            opened: Stamp::of_file(&file).map_err(failed)?,
            file,
            is_written: AtomicBool::new(false),
            is_cut: AtomicBool::new(false),
        })
    }

    #[allow(dead_code)] // Only where files are mapped.
    pub fn file(&self) -> &File {
        &self.file
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Without folders; empty where it is not text.
    pub fn name(&self) -> &str {
        self.path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
    }

    /// When it was opened.
    pub fn len(&self) -> u64 {
        self.opened.len
    }

    /// Fails with `Changed` unless the file is still the one opened and was never shorter.
    pub fn verify(&self) -> Result<()> {
        self.look_at_both().map(drop)
    }

    /// Opening the file again would show something else, or fail.
    pub fn has_news(&self) -> bool {
        self.look_at_both()
            .map_or(true, |now| (now.len, now.modified) != (self.opened.len, self.opened.modified))
    }

    /// Whether nothing was written to it since it was opened. Looks unless it knows better.
    pub fn is_as_opened(&self) -> Result<bool> {
        Ok(!self.is_written.load(Ordering::Relaxed) && self.look()? == self.opened)
    }

    /// Reads by position. The caller has checked the bounds.
    pub fn read_at(&self, offset: u64, len: u64, cx: &ReadContext) -> Result<Blob> {
        let mut bytes: Vec<u8> = Vec::new();
        let most = cx.limits.array_bytes.max(cx.limits.metadata_bytes);
        let len = usize::try_from(len)
            .ok()
            .filter(|&fitting| len <= most && bytes.try_reserve_exact(fitting).is_ok())
            .ok_or_else(|| {
                ReadError::new(ErrorKind::Limit, format!("{len} bytes of the file in one piece"))
                    .at(offset)
            })?;
        bytes.resize(len, 0);
        self.read_into(offset, &mut bytes, cx)?;
        Ok(Blob::owned(bytes))
    }

    /// The same into memory that is there already.
    pub fn read_into(&self, offset: u64, into: &mut [u8], cx: &ReadContext) -> Result<()> {
        let is_known_written = self.is_written.load(Ordering::Relaxed);
        let mut before = if is_known_written { self.look()? } else { self.opened };
        let (mut at, mut done, mut tries) = (offset, 0usize, 0);
        while done < into.len() {
            cx.check()?;
            let is_quiet = before == self.opened;
            // The faster it is written to, the less is read at once: down to a page or two.
            let most = match is_quiet {
                true => PIECE_BYTES,
                false => SMALL_PIECE_BYTES >> (tries / 8).min(5),
            };
            let end = done.saturating_add(most).min(into.len());
            let piece = into.get_mut(done..end).unwrap_or_default();
            let piece_bytes = piece.len() as u64;
            let found = read_exact_at(&self.file, piece, at);
            let after = self.look()?;
            match found {
                Ok(()) if after == before => {
                    at = at.saturating_add(piece_bytes);
                    done = end;
                    tries = 0;
                }
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    return Err(self.ended_before(at.saturating_add(piece_bytes)));
                }
                Err(error) => return Err(ReadError::io("reading the file", &error).at(at)),
                // Written to meanwhile: once more.
                Ok(()) => {
                    before = after;
                    tries += 1;
                    if tries > MOST_TRIES {
                        return Err(changed("the file is written to faster than it can be read"));
                    }
                }
            }
        }
        Ok(())
    }

    /// As [`Self::look`], and the path must still lead to the file.
    fn look_at_both(&self) -> Result<Stamp> {
        let now = self.look()?;
        match Stamp::of_path(&self.path) {
            Ok(there) if there.identity == self.opened.identity => Ok(now),
            Ok(_) => Err(changed("the file was replaced by another while open")),
            Err(error) if is_missing(&error) => Err(changed("the file was removed while open")),
            Err(error) => Err(out_of_reach(&error)),
        }
    }

    /// What the file is now; fails with `Changed` if it is or was shorter than when opened.
    fn look(&self) -> Result<Stamp> {
        let now = Stamp::of_file(&self.file).map_err(|error| out_of_reach(&error))?;
        if now != self.opened {
            self.is_written.store(true, Ordering::Relaxed);
        }
        if now.len < self.opened.len {
            self.is_cut.store(true, Ordering::Relaxed);
            return Err(changed(format!(
                "the file was cut short while open: it has {} bytes now, it had {}",
                now.len, self.opened.len
            )));
        }
        if self.is_cut.load(Ordering::Relaxed) {
            return Err(changed("the file was cut short while open, and written again"));
        }
        Ok(now)
    }

    /// The file ended before `end`, which was within the length it had when it was opened.
    fn ended_before(&self, end: u64) -> ReadError {
        match self.is_as_opened() {
            Err(error) => error,
            Ok(false) => {
                self.is_cut.store(true, Ordering::Relaxed);
                changed("the file was cut short while open, and written again")
            }
            // Files of /proc and /sys state lengths they do not have.
            Ok(true) => ReadError::truncated(format!(
                "the file states a length of {} bytes, but ends before byte {end}",
                self.opened.len
            )),
        }
    }
}

pub fn changed(message: impl Into<String>) -> ReadError {
    ReadError::new(ErrorKind::Changed, message)
}

fn refuse_unless_regular(metadata: &Metadata) -> Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    let what = if metadata.is_dir() { "a directory" } else { special_kind(metadata.file_type()) };
    Err(ReadError::unsupported(format!("this is {what}, not a file with contents of its own")))
}

#[cfg(unix)]
fn special_kind(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else if kind.is_block_device() || kind.is_char_device() {
        "a device"
    } else {
        "something special"
    }
}

#[cfg(not(unix))]
fn special_kind(_: FileType) -> &'static str {
    "something special"
}

#[cfg(unix)]
fn open_without_waiting(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
    std::fs::OpenOptions::new().read(true).custom_flags(flags).open(path)
}

#[cfg(not(unix))]
fn open_without_waiting(path: &Path) -> io::Result<File> {
    File::open(path) // Shared for reading, writing and deleting by default.
}

/// Fails with `UnexpectedEof` where the file ends early.
fn read_exact_at(file: &File, mut into: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !into.is_empty() {
        match read_some(file, into, offset) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => {
                into = into.get_mut(count..).unwrap_or_default();
                offset = offset.saturating_add(count as u64);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(unix)]
fn read_some(file: &File, into: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, into, offset)
}

#[cfg(windows)]
fn read_some(file: &File, into: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, into, offset)
}

fn out_of_reach(error: &io::Error) -> ReadError {
    changed(format!("the file can no longer be reached: {error}"))
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn could_not_open(error: &io::Error) -> ReadError {
    let message = match error.kind() {
        io::ErrorKind::PermissionDenied => "you may not read this file: permission denied".into(),
        io::ErrorKind::WouldBlock => "another program keeps this file to itself just now".into(),
        _ if is_missing(error) => "there is no such file".into(),
        _ => format!("the file cannot be opened: {error}"),
    };
    ReadError::new(ErrorKind::Io, message)
}
