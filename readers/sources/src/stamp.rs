//! What tells one state of a file from another.

use std::fs::File;
use std::io;
use std::path::Path;

/// A file's identity, length and times as the operating system states them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Device and inode; volume and file index on Windows.
    pub identity: (u64, u64),
    pub len: u64,
    /// When the contents were last written.
    pub modified: (i64, i64),
    /// When anything about the file changed. Unlike `modified` nobody can set it back.
    pub changed: (i64, i64),
}

#[cfg(unix)]
impl Stamp {
    pub fn of_file(file: &File) -> io::Result<Self> {
        file.metadata().map(|metadata| Self::from_metadata(&metadata))
    }

    /// Follows symbolic links, as opening does.
    pub fn of_path(path: &Path) -> io::Result<Self> {
        std::fs::metadata(path).map(|metadata| Self::from_metadata(&metadata))
    }

    fn from_metadata(metadata: &std::fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self {
            identity: (metadata.dev(), metadata.ino()),
            len: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

#[cfg(windows)]
impl Stamp {
    pub fn of_file(file: &File) -> io::Result<Self> {
        use std::os::windows::fs::MetadataExt;
        let metadata = file.metadata()?;
        let modified = (metadata.last_write_time().cast_signed(), 0);
        Ok(Self {
            identity: crate::system::file_identity(file)?,
            len: metadata.file_size(),
            modified,
            changed: modified,
        })
    }

    pub fn of_path(path: &Path) -> io::Result<Self> {
        use std::os::windows::fs::OpenOptionsExt;
        // No access at all is asked for: no sharing mode of a writer can refuse that.
        Self::of_file(&std::fs::OpenOptions::new().access_mode(0).open(path)?)
    }
}
