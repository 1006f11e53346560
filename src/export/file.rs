//! A file that appears whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Where what is exported goes. Without [`WholeFile::finish`] nothing is left of it.
pub enum WholeFile {
    /// A device or a pipe.
    Direct(File),
    Replacing(Replacement),
}

/// A file beside the one it will replace.
pub struct Replacement {
    file: File,
    temporary: PathBuf,
    target: PathBuf,
    is_done: bool,
}

impl WholeFile {
    /// A temporary file and a renaming where `path` is absent or a plain file, else `path`
    /// itself: renaming over `/dev/null` would be a disaster for everybody else.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn create(path: &Path) -> io::Result<Self> {
        // Behind a symbolic link the file is replaced, not the link.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let permissions = match fs::symlink_metadata(&target) {
            Ok(metadata) if metadata.is_file() => Some(metadata.permissions()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            _ => return Ok(Self::Direct(File::create(path)?)),
        };
        // A file that forbids writing is not to be replaced either.
        if permissions.is_some() {
            fs::OpenOptions::new().write(true).open(&target)?;
        }
        let replacement = Replacement::create(target)?;
        if let Some(permissions) = permissions {
            replacement.file.set_permissions(permissions)?;
        }
        Ok(Self::Replacing(replacement))
    }

    /// All was written: the file takes its place.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn finish(&mut self) -> io::Result<()> {
        match self {
            Self::Direct(_) => Ok(()),
            Self::Replacing(replacement) => replacement.finish(),
        }
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Direct(to) => to.write(bytes),
            Self::Replacing(to) => to.file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Direct(to) => to.flush(),
            Self::Replacing(to) => to.file.flush(),
        }
    }
}

impl Replacement {
    fn create(target: PathBuf) -> io::Result<Self> {
        let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
        for attempt in 0..100 {
            let mut hidden = std::ffi::OsString::from(".");
            hidden.push(&name);
            hidden.push(format!(".{}-{attempt}.part", std::process::id()));
            let temporary = target.with_file_name(hidden);
            match File::create_new(&temporary) {
                Ok(file) => return Ok(Self { file, temporary, target, is_done: false }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    fn finish(&mut self) -> io::Result<()> {
        fs::rename(&self.temporary, &self.target)?;
        self.is_done = true;
        Ok(())
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        if !self.is_done {
            // It is only litter: nothing better can be done about it.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_when_all_is_written_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(&path, "old").unwrap();
        let mut file = WholeFile::create(&path).unwrap();
        file.write_all(b"new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        file.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        let mut given_up = WholeFile::create(&path).unwrap();
        given_up.write_all(b"half").unwrap();
        drop(given_up);
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names(folder.path()), ["a.csv"]);
    }
}
