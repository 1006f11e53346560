//! Files that another file names as parts of itself.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use hyperslab_core::{ErrorKind, ReadContext, ReadError, Result, Source};

/// Opens what `stored`, a path written in the file at `file`, means (see [`Source::sibling`]).
///
/// Only the text of the path is judged: a symbolic link inside the folder was put there by
/// whoever made the folder, not by the file.
pub fn open(file: &Path, stored: &str, cx: &ReadContext) -> Result<Arc<dyn Source>> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut refusal = None;
    for candidate in candidates(folder, Path::new(stored)) {
        match crate::open_local(&candidate, cx) {
            Ok(source) => return Ok(source),
            Err(error) if error.is_cancelled() => return Err(error),
            Err(error) => refusal = Some(error),
        }
    }
    Err(refusal.unwrap_or_else(|| {
        let message = format!("{stored:?} leads outside the folder of the file");
        ReadError::new(ErrorKind::Unsupported, message)
    }))
}

/// Paths inside `folder` that `stored` may mean, the likeliest first.
fn candidates(folder: &Path, stored: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    if stored.is_absolute() {
        if let Ok(inside) = stored.strip_prefix(folder) {
            found.extend(below(folder, inside));
        }
    } else {
        found.extend(below(folder, stored));
    }
    // Written where the folder had another name: the file itself may have moved along.
    if let Some(name) = stored.file_name() {
        let beside = folder.join(name);
        if !found.contains(&beside) {
            found.push(beside);
        }
    }
    found
}

/// `folder/path`, where the path never climbs above the folder.
fn below(folder: &Path, path: &Path) -> Option<PathBuf> {
    let mut parts: Vec<&std::ffi::OsStr> = Vec::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => parts.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                parts.pop()?;
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    (!parts.is_empty()).then(|| folder.join(parts.iter().collect::<PathBuf>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_in_the_folder_is_meant() {
        let folder = Path::new("/data/run");
        let of = |stored: &str| candidates(folder, Path::new(stored));
        assert_eq!(of("a.h5"), [folder.join("a.h5")]);
        assert_eq!(of("raw/./x/../a.h5"), [folder.join("raw/a.h5"), folder.join("a.h5")]);
        assert_eq!(of("/data/run/raw/a.h5"), [folder.join("raw/a.h5"), folder.join("a.h5")]);
        assert_eq!(of("/etc/passwd"), [folder.join("passwd")]);
        assert_eq!(of("../../etc/passwd"), [folder.join("passwd")]);
        assert!(of("..").is_empty() && of("").is_empty());
    }

    #[test]
    fn a_neighbour_is_found_by_name_and_a_missing_one_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("b.bin"), b"beside").unwrap();
        let (file, cx) = (folder.path().join("a.h5"), ReadContext::default());
        let found = open(&file, "/elsewhere/b.bin", &cx).unwrap();
        assert_eq!((found.name(), found.len()), ("b.bin", 6));
        assert_eq!(open(&file, "c.bin", &cx).err().unwrap().kind(), ErrorKind::Io);
        assert_eq!(open(&file, "..", &cx).err().unwrap().kind(), ErrorKind::Unsupported);
    }
}
