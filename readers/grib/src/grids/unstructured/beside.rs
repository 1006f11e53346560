//! Coordinates in the files beside the one with the data: grid files, and messages in files named
//! after them (`icon_global_icosahedral_time-invariant_2024010100_CLAT.grib2`).

use std::sync::Arc;

use hyperslab_core::{Formats, ReadContext, Result, Source};

use super::messages::Found;
use super::{CoordinateProvider, GridReference, Mesh, Messages, grid_file};

/// Files that are opened before the search is given up: a folder may hold a whole archive.
const GRID_FILES_MAX: usize = 48;
const MESSAGE_FILES_MAX: usize = 16;

/// The folder of a file.
pub struct Beside {
    pub source: Arc<dyn Source>,
    /// Those of [`ReadContext::formats`] when the file was opened.
    pub formats: Formats,
}

impl CoordinateProvider for Beside {
    fn find(&self, grid: &GridReference, cx: &ReadContext) -> Result<Option<Mesh>> {
        let names = match self.source.neighbours(cx) {
            Err(error) if !error.is_cancelled() => return Ok(None),
            names => names?,
        };
        if !self.formats.is_empty() {
            for name in grid_files(&names) {
                if let Some(mesh) = passing_over(self.in_grid_file(name, grid, cx))? {
                    return Ok(Some(mesh));
                }
            }
        }
        let mut found = Found::default();
        for name in message_files(&names) {
            passing_over(self.in_messages(name, grid, &mut found, cx).map(Some))?;
            match found.into_mesh() {
                Ok(mesh) => return Ok(Some(mesh)),
                Err(incomplete) => found = incomplete,
            }
        }
        Ok(None)
    }
}

impl Beside {
    fn in_grid_file(
        &self,
        name: &str,
        grid: &GridReference,
        cx: &ReadContext,
    ) -> Result<Option<Mesh>> {
        let source = self.source.sibling(name, cx)?;
        let reader = self.formats.open(source.clone(), &apart(cx))?;
        let mesh = grid_file::mesh(&*reader, name, grid, &apart(cx))?;
        source.verify()?;
        Ok(mesh)
    }

    fn in_messages(
        &self,
        name: &str,
        grid: &GridReference,
        found: &mut Found,
        cx: &ReadContext,
    ) -> Result<()> {
        let (source, cx) = (self.source.sibling(name, cx)?, apart(cx));
        let index = crate::scan::scan(&source, &cx)?;
        Messages { index: &index, source: &*source }.look(grid, found, &cx)?;
        source.verify()
    }
}

/// A context whose notes and progress are not those of the file with the data.
fn apart(cx: &ReadContext) -> ReadContext {
    ReadContext::new(cx.cancel.clone(), Default::default()).with_limits(cx.limits)
}

/// A file beside that cannot be read does not have the coordinates.
fn passing_over<T>(found: Result<Option<T>>) -> Result<Option<T>> {
    match found {
        Err(error) if !error.is_cancelled() => Ok(None),
        found => found,
    }
}

/// The likeliest first.
fn grid_files(names: &[String]) -> impl Iterator<Item = &str> {
    let likely = ["grid", "icon", "extpar"];
    let mut files = with_ending(names, &[".nc", ".nc4", ".cdf", ".netcdf"]);
    files.sort_by_key(|name| !contains_any(name, &likely));
    files.into_iter().take(GRID_FILES_MAX)
}

/// Those named after coordinates first, then those of what never changes.
fn message_files(names: &[String]) -> impl Iterator<Item = &str> {
    let (coordinates, constant) = (
        ["clat", "clon", "elat", "elon", "vlat", "vlon"],
        ["invariant", "const", "grid", "extpar"],
    );
    let mut files = with_ending(names, &[".grib2", ".grib", ".grb2", ".grb", ".grb2f", ".g2"]);
    files.retain(|name| contains_any(name, &coordinates) || contains_any(name, &constant));
    files.sort_by_key(|name| !contains_any(name, &coordinates));
    files.into_iter().take(MESSAGE_FILES_MAX)
}

fn with_ending<'a>(names: &'a [String], endings: &[&str]) -> Vec<&'a str> {
    let has_ending = |name: &str| {
        let name = name.to_ascii_lowercase();
        endings.iter().any(|ending| name.ends_with(ending))
    };
    names.iter().map(String::as_str).filter(|name| has_ending(name)).collect()
}

fn contains_any(name: &str, parts: &[&str]) -> bool {
    let name = name.to_ascii_lowercase();
    parts.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn grid_files_are_tried_before_other_files_of_their_kind() {
        let names = names(&["a.nc", "b.txt", "icon_grid_0026_R03B07_G.nc", "z.NC4"]);
        let tried: Vec<_> = grid_files(&names).collect();
        assert_eq!(tried, ["icon_grid_0026_R03B07_G.nc", "a.nc", "z.NC4"]);
    }

    #[test]
    fn only_messages_named_after_what_never_changes_are_looked_into() {
        let names = names(&[
            "icon_2024010100_T_2M.grib2",
            "icon_invariant.grib2",
            "icon_time-invariant_CLON.grib2",
            "icon_time-invariant_CLAT.grib2",
        ]);
        let tried: Vec<_> = message_files(&names).collect();
        let expected = [
            "icon_time-invariant_CLON.grib2",
            "icon_time-invariant_CLAT.grib2",
            "icon_invariant.grib2",
        ];
        assert_eq!(tried, expected);
    }
}
