//! Latitudes and longitudes in other files: those that are open, those in the same folder, those
//! in the folder of grid files of the settings.
//!
//! A file is believed where it holds latitudes and longitudes of exactly as many cells, unless
//! both say which grid they are of and these differ.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hyperslab_core::{ReadContext, Result, VariableId};

use super::geometry::Site;
use crate::cf::{CfDataset, CfVariable, geolocation};
use crate::engine::store::{FileView, Opened, file_name};
use crate::engine::{Answer, FileId, Priority, Request, aside};
use crate::session::Settings;
use crate::views::{Origin, Scene};

/// Files of a folder that are opened before the search is given up.
const FILES_MAX: usize = 16;
/// Larger files hold data rather than coordinates, in bytes.
const FILE_LEN_MAX: u64 = 4 << 30;

/// The file that coordinates are in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    Own,
    Open { file: FileId, generation: u64, name: String },
    Aside(PathBuf),
}

impl Source {
    /// The name of another file.
    pub(super) fn file(&self) -> Option<String> {
        match self {
            Self::Own => None,
            Self::Open { name, .. } => Some(name.clone()),
            Self::Aside(path) => Some(file_name(path)),
        }
    }
}

/// Everything the search depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SiteRequest {
    origin: Origin,
    files: Vec<(FileId, u64)>,
    folder: Option<PathBuf>,
}

impl Request for SiteRequest {
    type Output = Option<Site>;

    fn describe(&self) -> String {
        "looking for coordinates".into()
    }
}

/// Where the cells of the variable are found: at once where its own file says, else looked for in
/// others. `None` where no file says.
pub fn want_site(scene: Scene<'_>, settings: &Settings) -> Answer<Option<Site>> {
    let Some(cf) = scene.cf() else { return Answer::Ready(Arc::new(None)) };
    if let Some(site) = own_site(scene) {
        return Answer::Ready(Arc::new(Some(site)));
    }
    if !geolocation::may_be_lent(&cf) {
        return Answer::Ready(Arc::new(None));
    }
    let is_other = |file: &&FileView<CfDataset>| file.id != scene.file.id && !file.is_computed;
    let others = scene.files.iter().filter(is_other);
    let open: Vec<Open> = others.filter_map(Open::of).collect();
    let request = SiteRequest {
        origin: Scene { as_rate: false, ..scene }.origin(true).unmasked(),
        files: open.iter().map(|open| (open.file, open.generation)).collect(),
        folder: settings.grid_folder.clone(),
    };
    let (own, path) = (scene.opened.clone(), scene.file.path.clone());
    let (variable, folder) = (scene.variable, request.folder.clone());
    scene.engine.want(&request, Priority::Visible, move |cx| {
        let Some(view) = own.meaning.variable(&own.dataset, variable) else { return Ok(None) };
        search(&view, &path, &open, folder.as_deref(), cx)
    })
}

/// Where its own file says where the cells lie. Costs no reading.
pub fn own_site(scene: Scene<'_>) -> Option<Site> {
    site_in(scene.opened, scene.variable)
}

/// The same without a frame.
pub fn site_in(opened: &Arc<Opened<CfDataset>>, variable: VariableId) -> Option<Site> {
    let view = opened.meaning.variable(&opened.dataset, variable)?;
    let geolocation = Arc::new(view.geolocation()?);
    Some(Site { geolocation, opened: opened.clone(), source: Source::Own })
}

/// An open file.
struct Open {
    file: FileId,
    generation: u64,
    path: PathBuf,
    opened: Arc<Opened<CfDataset>>,
}

impl Open {
    fn of(view: &FileView<CfDataset>) -> Option<Self> {
        let opened = view.opened()?.clone();
        let (file, generation, path) = (view.id, view.generation, view.path.clone());
        Some(Self { file, generation, path, opened })
    }
}

fn search(
    view: &CfVariable<'_>,
    own_path: &Path,
    open: &[Open],
    folder: Option<&Path>,
    cx: &ReadContext,
) -> Result<Option<Site>> {
    for other in open {
        if let Some(found) = found_in(view, &other.opened) {
            let name = file_name(&other.path);
            let (file, generation) = (other.file, other.generation);
            let source = Source::Open { file, generation, name };
            return Ok(Some(Site { geolocation: found, opened: other.opened.clone(), source }));
        }
    }
    for folder in own_path.parent().into_iter().chain(folder) {
        let known = |path: &PathBuf| path == own_path || open.iter().any(|o| o.path == *path);
        let mut files = aside::files_in(folder);
        files.retain(|path| !known(path));
        for path in likely(files, &file_name(own_path), &geolocation::grid_names(view)) {
            cx.check()?;
            match aside::look(&path, CfDataset::of, cx) {
                Err(error) if error.is_cancelled() => return Err(error),
                // A file that cannot be read does not have the coordinates.
                Err(_) => {}
                Ok(opened) => {
                    if let Some(geolocation) = found_in(view, &opened) {
                        let (opened, source) = (Arc::new(opened), Source::Aside(path));
                        return Ok(Some(Site { geolocation, opened, source }));
                    }
                }
            }
        }
    }
    Ok(None)
}

fn found_in(
    view: &CfVariable<'_>,
    other: &Opened<CfDataset>,
) -> Option<Arc<geolocation::Geolocation>> {
    geolocation::lent(view, &other.meaning, &other.dataset).map(Arc::new)
}

/// The files that are most likely to hold coordinates, the likeliest first.
fn likely(files: Vec<PathBuf>, own: &str, grids: &[String]) -> Vec<PathBuf> {
    let mut scored: Vec<(usize, PathBuf)> = files
        .into_iter()
        .map(|path| (score(&file_name(&path), own, grids), path))
        .filter(|(_, path)| std::fs::metadata(path).is_ok_and(|m| m.len() <= FILE_LEN_MAX))
        .collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.into_iter().take(FILES_MAX).map(|(_, path)| path).collect()
}

/// How much a name promises.
fn score(name: &str, own: &str, grids: &[String]) -> usize {
    const WORDS: [&str; 9] =
        ["geo", "grid", "coord", "mesh", "lat", "lon", "area", "horizontal", "icon"];
    let name = name.to_ascii_lowercase();
    let own = own.to_ascii_lowercase();
    let is_named = |grid: &String| {
        let grid = grid.to_ascii_lowercase();
        let number = grid.parse::<u32>().map(|number| format!("{number:04}"));
        let is_number = number.is_ok_and(|number| parts(&name).any(|part| part == number));
        is_number || grid.contains(name.as_str()) || (grid.len() > 7 && name.contains(&grid))
    };
    // VNP02DNB.A2020040.0648.nc and VNP03DNB.A2020040.0648.nc are of one time and orbit.
    let shared = parts(&name).filter(|part| parts(&own).any(|other| other == *part)).count();
    let words = WORDS.iter().filter(|word| name.contains(*word)).count();
    100 * usize::from(grids.iter().any(is_named)) + 10 * words.min(3) + shared.min(9)
}

fn parts(name: &str) -> impl Iterator<Item = &str> {
    name.split(['.', '_', '-']).filter(|part| part.len() > 2)
}

#[cfg(test)]
mod tests {
    use hyperslab_testkit::bytes::{CdfBuilder, F32, cdf1};

    use super::super::testing::opened;
    use super::*;

    /// A field of 40 x 30 cells, or where they lie.
    fn field() -> CdfBuilder {
        cdf1().dim("rows", 40).dim("columns", 30).var("radiance", F32, &["rows", "columns"])
    }

    fn places(rows: u64) -> CdfBuilder {
        let dims = ["rows", "columns"];
        let file = cdf1().dim("rows", rows).dim("columns", 30).var("latitude", F32, &dims);
        let file = file.attr("units", "degrees_north").var("longitude", F32, &dims);
        file.attr("units", "degrees_east")
    }

    #[test]
    fn coordinates_are_found_in_an_open_file_then_beside_then_in_the_folder_of_grids() {
        let (here, grids) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let own = Arc::new(opened(&field()));
        let view = own.meaning.variable(&own.dataset, VariableId(0)).unwrap();
        assert!(geolocation::may_be_lent(&view));
        let path = here.path().join("Oa01_radiance.nc");
        std::fs::write(here.path().join("tie_geo_coordinates.nc"), places(20).bytes()).unwrap();
        std::fs::write(here.path().join("geo.txt"), places(40).bytes()).unwrap();
        std::fs::write(here.path().join("geo_broken.nc"), b"CDF\x01 and no more").unwrap();
        let cx = ReadContext::default();
        let source = |open: &[Open]| {
            let found = search(&view, &path, open, Some(grids.path()), &cx).unwrap();
            found.map(|site| site.source())
        };
        assert_eq!(source(&[]), None);
        std::fs::write(grids.path().join("swath.nc"), places(40).bytes()).unwrap();
        let lent = |file: &str| Some(format!("from {file}: latitude, longitude"));
        assert_eq!(source(&[]), lent("swath.nc"));
        std::fs::write(here.path().join("geo_coordinates.nc"), places(40).bytes()).unwrap();
        assert_eq!(source(&[]), lent("geo_coordinates.nc"));
        let other = Open {
            file: FileId(7),
            generation: 0,
            path: "/elsewhere/open.nc".into(),
            opened: Arc::new(opened(&places(40))),
        };
        assert_eq!(source(&[other]), lent("open.nc"));
        let cancelled = ReadContext::default();
        cancelled.cancel.cancel();
        let stopped = search(&view, &path, &[], None, &cancelled);
        assert!(stopped.is_err_and(|error| error.is_cancelled()));
    }

    fn order(files: &[&str], own: &str, grids: &[&str]) -> Vec<String> {
        let grids: Vec<String> = grids.iter().map(|&grid| grid.to_owned()).collect();
        let mut scored: Vec<_> = files.iter().map(|f| (score(f, own, &grids), f)).collect();
        scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        scored.into_iter().map(|(_, file)| (*file).to_owned()).collect()
    }

    #[test]
    fn files_that_are_named_alike_or_after_grids_come_first() {
        let viirs = ["VNP03DNB.A2019040.1200.002.nc", "VNP03DNB.A2020040.0648.001.nc"];
        assert_eq!(
            order(&viirs, "VNP02DNB.A2020040.0648.001.nc", &[]),
            ["VNP03DNB.A2020040.0648.001.nc", "VNP03DNB.A2019040.1200.002.nc"]
        );
        let icon = ["icon_grid_0013_R02B04_R.nc", "icon_grid_0026_R03B07_G.nc", "u_2020.nc"];
        assert_eq!(order(&icon, "t.nc", &["26"])[0], "icon_grid_0026_R03B07_G.nc");
        assert_eq!(order(&["a.nc", "geo_coordinates.nc"], "Oa01.nc", &[])[0], "geo_coordinates.nc");
    }
}
