//! From a file and a path in it to a picture, for those who have no window: opened, looked at for
//! the first time as the window would, changed as asked, painted.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hyperslab_core::{GroupId, ReadError, ReaderOptions, VariableId};

use super::picture::{Form, Picture, Sheet, Title, encoded};
use crate::cf::CfDataset;
use crate::engine::store::{FileState, FileView, Opened, file_name};
use crate::engine::{Engine, FileId, Files};
use crate::places::{Place, Places, linked_files};
use crate::prep::axis_scale::AxisScale;
use crate::prep::colormap::shipped;
use crate::prep::levels::Scale;
use crate::session::{MapOptions, OverlayOptions, RangeMode, Settings, ViewId};
use crate::views::{self, Suitability, VariableState, Wish};

/// What is asked for.
pub struct Plot {
    pub file: PathBuf,
    /// The variable, or a group that stands for a plot.
    pub path: String,
    pub slice: Option<String>,
    pub view: Option<ViewId>,
    pub overlay: OverlayOptions,
    pub map: MapOptions,
    pub sheet: Sheet,
    pub form: Form,
    pub colormap: Option<String>,
    /// The values at the ends of the colours.
    pub range: Option<(f64, f64)>,
    pub is_log: bool,
    pub title: Title,
    pub options: ReaderOptions,
}

/// The file of the picture, and what of the picture could not be read.
pub struct Plotted {
    pub bytes: Vec<u8>,
    pub trouble: Option<ReadError>,
}

#[derive(Debug)]
pub enum PlotError {
    Read(ReadError),
    /// What was asked for does not fit the file.
    Usage(String),
}

impl From<ReadError> for PlotError {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

/// Bytes of values kept while painting.
const CACHE_BYTES: usize = 512 << 20;

/// External links that lead to external links are given up after so many.
const HOPS_MAX: usize = 16;

/// Between two looks at a file that is being opened.
const OPENING_STEP: Duration = Duration::from_micros(300);

/// # Errors
/// What keeps the picture from being there.
pub fn plot(plot: Plot) -> Result<Plotted, PlotError> {
    let name = file_name(&plot.file);
    let usage = |what: String| PlotError::Usage(format!("{name}: {what}"));
    plot.sheet.check().map_err(usage)?;
    if let Some(map) = &plot.colormap
        && shipped().get(map).is_none()
    {
        let names: Vec<&str> = shipped().iter().map(|map| map.name).collect();
        return Err(usage(format!("no colour map {map:?}; there are {}", names.join(", "))));
    }
    let engine = Engine::new(CACHE_BYTES);
    engine.set_options(plot.options);
    let files = Files::new(engine.clone(), CfDataset::of);
    let (file, path) = open_at(&files, &plot.file, &plot.path)?;
    let name = file_name(&file.path);
    let Some(opened) = file.opened() else { return Err(not_there(&path, &name).into()) };
    let variable = find(opened, &path).ok_or_else(|| not_there(&path, &name))?;
    let wish = Wish {
        variable: Some(path),
        view: plot.view,
        slice: plot.slice,
        overlay: plot.overlay,
        messages: false,
    };
    let first = views::first_state(opened, variable);
    let (mut state, complaint) = views::wished(first, &opened.dataset, variable, &wish);
    if let Some(complaint) = complaint {
        return Err(PlotError::Usage(format!("{name}: {complaint}")));
    }
    let meaning = opened.meaning.variable(&opened.dataset, variable);
    let is_suited =
        meaning.is_some_and(|cf| (views::kind(state.view).suits)(&cf) != Suitability::No);
    if plot.view.is_some() && !is_suited {
        let (path, view) = (opened.dataset.variable_path(variable), state.view.name());
        let what = format!("{name}: {path} cannot be shown as {view}");
        return Err(PlotError::Usage(what));
    }
    state.map = plot.map;
    choose(&mut state, plot.colormap, plot.range, plot.is_log);
    let mut settings = Settings::default();
    settings.theme = plot.sheet.theme;
    let (id, files) = (file.id, files.views());
    let mut picture =
        Picture { engine, files, file: id, variable, state, settings, title: plot.title };
    let mut canvas = plot.sheet.canvas();
    let painted = picture.paint(&mut canvas, &|| false).map_err(|error| error.in_file(&name))?;
    let bytes = encoded(&canvas, painted.shapes, plot.form)
        .map_err(|error| ReadError::request(format!("no picture: {error}")))?;
    let trouble = painted.trouble.map(|error| error.in_file(&name));
    Ok(Plotted { bytes, trouble })
}

fn choose(
    state: &mut VariableState,
    colormap: Option<String>,
    range: Option<(f64, f64)>,
    is_log: bool,
) {
    state.colors.colormap = colormap;
    if let Some((low, high)) = range {
        state.colors.range = RangeMode::Fixed(low, high);
    }
    if is_log {
        state.colors.scale = Scale::Log;
        state.line.scale = AxisScale::Log;
    }
}

fn not_there(path: &str, file: &str) -> ReadError {
    ReadError::request(format!("no variable {path:?}")).in_file(file)
}

/// Soft links are followed; a group that stands for a plot is that variable.
fn find(opened: &Opened<CfDataset>, path: &str) -> Option<VariableId> {
    match Places::of(&opened.dataset).resolve(path, GroupId::ROOT)? {
        Place::Variable(id) => Some(id),
        Place::Group(group) => opened.meaning.interpretation().plotted_variable(group),
        Place::Type(..) | Place::Link(..) => None,
    }
}

/// The file that a path in `file` leads to, by external links if need be, and the path there.
fn open_at(
    files: &Files<CfDataset>,
    file: &Path,
    path: &str,
) -> Result<(FileView<CfDataset>, String), ReadError> {
    let (mut view, mut path) = (open(files, file)?, path.to_owned());
    for _hop in 0..HOPS_MAX {
        let Some(opened) = view.opened() else { break };
        let way_out = Places::of(&opened.dataset).way_out(&path, GroupId::ROOT);
        let Some((name, inside)) = way_out else { return Ok((view, path)) };
        let next = linked_files(&view.path, &name).into_iter().find(|path| path.is_file());
        let Some(next) = next else {
            let what = format!("{path:?} leads to {inside:?} of {name:?}, which is not there");
            return Err(ReadError::request(what).in_file(view.name()));
        };
        (view, path) = (open(files, &next)?, inside);
    }
    let what = format!("{path:?} leads from file to file without an end");
    Err(ReadError::request(what).in_file(view.name()))
}

/// Waits until all of the file is listed: what a variable means may stand anywhere.
fn open(files: &Files<CfDataset>, path: &Path) -> Result<FileView<CfDataset>, ReadError> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let id: FileId = files.open(&path);
    loop {
        let view = files.views().into_iter().find(|view| view.id == id);
        let view = view.ok_or_else(|| ReadError::request("the file was closed"))?;
        let is_complete = |opened: &Arc<Opened<CfDataset>>| opened.is_complete;
        match &view.state {
            FileState::Failed(error) => return Err(error.clone().in_file(view.name())),
            FileState::Open(opened) if is_complete(opened) && !files.is_opening() => {
                return Ok(view);
            }
            _ => std::thread::sleep(OPENING_STEP),
        }
    }
}
