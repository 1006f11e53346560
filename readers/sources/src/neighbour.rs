//! Files that another file names as parts of itself, and those that lie beside it.

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

/// Entries of a folder that are looked at. Archives of a forecast centre hold tens of thousands.
const ENTRIES_MAX: usize = 100_000;

/// Names of the files beside the file at `file` (see [`Source::neighbours`]). Hidden ones and
/// those whose name is not text are left out.
pub fn names(file: &Path, cx: &ReadContext) -> Result<Vec<String>> {
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let refused = |error| ReadError::io("listing the folder of the file", &error);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(refused)?.take(ENTRIES_MAX) {
        cx.check()?;
        // What vanished while we looked is not there.
        let Ok(entry) = entry else { continue };
        let Ok(name) = entry.file_name().into_string() else { continue };
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file() || kind.is_symlink());
        let is_other = file.file_name().is_none_or(|own| own != name.as_str());
        if is_file && is_other && !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
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
    fn neighbours_are_the_other_files_of_the_folder_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["c.nc", "a.grib", "b.nc", ".hidden"] {
            std::fs::write(folder.path().join(name), b"x").unwrap();
        }
        std::fs::create_dir(folder.path().join("folder")).unwrap();
        let cx = ReadContext::default();
        let file = folder.path().join("a.grib");
        assert_eq!(names(&file, &cx).unwrap(), ["b.nc", "c.nc"]);
        let opened = crate::open_local(&file, &cx).unwrap();
        assert_eq!(opened.neighbours(&cx).unwrap(), ["b.nc", "c.nc"]);
        cx.cancel.cancel();
        assert!(names(&file, &cx).err().unwrap().is_cancelled());
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
