//! From "open this" to "look at that": which file and variable come to the front, and how a
//! variable is first shown.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};

use hyperslab_core::{Dataset, VariableId};

use crate::cf::{CfDataset, first_place, first_to_show};
use crate::engine::store::{FileState, FileView, Opened};
use crate::engine::{FileId, Files};
use crate::places::Place;
use crate::prep::slice;
use crate::session::{Settings, Slice, SliceMemory, ViewId};
use crate::ui::tree::Node;
use crate::views::{Scene, VariableState, best_view};

/// What is still expected: answers of the file dialog, files that are to come to the front.
pub struct Opening {
    /// The files opened together last: the first of them that can be read is looked at.
    awaited: Vec<FileId>,
    /// What the command line asked of the first file.
    wish: Option<Wish>,
    /// Why the command line's wish could not be fulfilled.
    complaint: Option<String>,
    dialog: (Sender<PathBuf>, Receiver<PathBuf>),
}

/// Of a file of more groups what is seen first is chosen before all are listed.
const GROUPS_WAITED_FOR: usize = 2000;

/// The command line's `--open`, `--view`, `--slice`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wish {
    pub variable: Option<String>,
    pub view: Option<ViewId>,
    pub slice: Option<String>,
    /// The file's messages, not a variable.
    pub messages: bool,
}

impl Default for Opening {
    fn default() -> Self {
        Self { awaited: Vec::new(), wish: None, complaint: None, dialog: channel() }
    }
}

impl Opening {
    pub fn wish(&mut self, wish: Wish) {
        self.wish = Some(wish);
    }

    pub fn open(&mut self, files: &Files<CfDataset>, settings: &mut Settings, paths: &[PathBuf]) {
        self.awaited.clear();
        for path in paths {
            // A relative path would mean another file after a change of directory.
            let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            settings.remember(&path);
            self.awaited.push(files.open(&path));
        }
    }

    /// A file has been asked for that has not been looked at.
    pub fn is_waiting(&self) -> bool {
        !self.awaited.is_empty()
    }

    /// Says why what was asked for is not shown.
    pub fn complain(&mut self, complaint: String) {
        self.complaint = Some(complaint);
    }

    /// What was complained of is of no interest any more.
    pub fn forget_complaint(&mut self) {
        self.complaint = None;
    }

    /// Why what was asked for is not shown.
    pub fn complaint(&self) -> Option<&str> {
        self.complaint.as_deref()
    }

    /// Shows the system's file dialog, on a thread of its own: it blocks until it is closed.
    pub fn show_dialog(&self, ctx: &egui::Context, folder: Option<PathBuf>) {
        let (sender, ctx) = (self.dialog.0.clone(), ctx.clone());
        let show = move || {
            let mut dialog = rfd::FileDialog::new().set_title("Open data files");
            if let Some(folder) = folder {
                dialog = dialog.set_directory(folder);
            }
            let mut extensions: Vec<&str> = Vec::new();
            for format in hyperslab_all::FORMATS {
                extensions.extend(format.extensions);
            }
            let chosen = dialog
                .add_filter("Data files", &extensions)
                .add_filter("All files", &["*"])
                .pick_files()
                .unwrap_or_default();
            for path in chosen {
                let _ = sender.send(path);
            }
            ctx.request_repaint();
        };
        // Without a thread there is no dialog; files can still be dropped.
        let _ = std::thread::Builder::new().name("file dialog".into()).spawn(show);
    }

    /// What the dialog has given since the last frame.
    pub fn chosen(&self) -> Vec<PathBuf> {
        self.dialog.1.try_iter().collect()
    }

    /// The first awaited file that is open, or the first one where all have failed; `None` while
    /// that is not known.
    fn first_readable<'a>(
        &self,
        views: &'a [FileView<CfDataset>],
    ) -> Option<&'a FileView<CfDataset>> {
        let mut failed = None;
        for id in &self.awaited {
            let Some(view) = views.iter().find(|view| view.id == *id) else { continue };
            match view.state {
                FileState::Opening(_) => return None,
                FileState::Open(_) => return Some(view),
                FileState::Failed(_) => failed = failed.or(Some(view)),
            }
        }
        failed
    }

    /// The node to select, once the awaited file is there.
    pub fn arrived(
        &mut self,
        views: &[FileView<CfDataset>],
        states: &mut HashMap<(FileId, String), VariableState>,
    ) -> Option<Node> {
        let view = self.first_readable(views)?;
        let FileState::Open(opened) = &view.state else {
            self.awaited.clear();
            return Some(Node::File(view.id));
        };
        let wish = self.wish.clone().unwrap_or_default();
        if wish.messages && opened.file.records().is_some() {
            self.awaited.clear();
            self.wish = None;
            return Some(Node::File(view.id));
        }
        // What is the natural thing is known when everything is; very large files are not waited
        // for.
        let is_small = opened.dataset.groups.len() < GROUPS_WAITED_FOR;
        if wish.variable.is_none() && !opened.is_complete && is_small {
            return None;
        }
        let wanted = first_variable(opened, &wish);
        if wanted.is_none() && wish.variable.is_some() && !opened.is_complete {
            return None;
        }
        if wish == Wish::default()
            && let Some(place @ (Place::Group(_) | Place::Link(..))) =
                first_place(&opened.dataset, &opened.meaning, end_of(opened))
        {
            self.awaited.clear();
            self.wish = None;
            return Some(Node::of(view.id, place));
        }
        self.awaited.clear();
        self.wish = None;
        let Some(id) = wanted else {
            self.complaint =
                wish.variable.map(|path| format!("{}: there is no variable {path}", view.name()));
            return Some(Node::File(view.id));
        };
        if wish.view.is_some() || wish.slice.is_some() {
            let first = first_state(opened, id);
            let (state, complaint) = wished(first, &opened.dataset, id, &wish);
            self.complaint = complaint;
            states.insert((view.id, opened.dataset.variable_path(id)), state);
        }
        Some(Node::Variable(view.id, id))
    }
}

/// The variable to look at first: the one asked for, or the most telling one.
pub fn first_variable(opened: &Opened<CfDataset>, wish: &Wish) -> Option<VariableId> {
    match &wish.variable {
        Some(path) => opened.dataset.find_variable(path),
        None => first_to_show(&opened.dataset, &opened.meaning, end_of(opened)),
    }
}

fn end_of(opened: &Opened<CfDataset>) -> u64 {
    opened.file.source().len()
}

/// How it is first shown.
pub fn wished_state(scene: Scene<'_>, memory: &SliceMemory, wish: &Wish) -> VariableState {
    wished(initial_state(scene, memory), &scene.opened.dataset, scene.variable, wish).0
}

/// The state with the wish applied, and what of it could not be.
fn wished(
    mut state: VariableState,
    dataset: &Dataset,
    id: VariableId,
    wish: &Wish,
) -> (VariableState, Option<String>) {
    if let Some(view) = wish.view {
        state.view = view;
    }
    let applied = wish
        .slice
        .as_ref()
        .zip(dataset.variable(id))
        .map_or(Ok(()), |(text, variable)| apply_slice(&mut state, &variable.shape(), text));
    (state, applied.err())
}

/// Indices of the slice text become the slider positions, ranges the axes that are shown.
fn apply_slice(state: &mut VariableState, shape: &[u64], text: &str) -> Result<(), String> {
    let parsed = slice::parse(text, shape).map_err(|error| error.to_string())?;
    for (axis, range) in parsed.section.ranges.iter().enumerate() {
        state.slice.set_index(axis, range.start);
    }
    let kept: Vec<usize> = (0..parsed.kept.len()).filter(|&axis| parsed.kept[axis]).collect();
    let is_shown = |axis: Option<usize>| axis.is_some_and(|axis| kept.contains(&axis));
    match kept.as_slice() {
        [only] => state.slice.line = Some(*only),
        [.., y, x] if !(is_shown(state.slice.x) && is_shown(state.slice.y)) => {
            state.slice.y = Some(*y);
            state.slice.x = Some(*x);
        }
        _ => {}
    }
    Ok(())
}

/// How a variable is shown when it is looked at for the first time: the axes by their roles,
/// the indices where the last variable on the same dimensions stood.
pub fn initial_state(scene: Scene<'_>, memory: &SliceMemory) -> VariableState {
    let dataset = &scene.opened.dataset;
    let mut state = first_state(scene.opened, scene.variable);
    let axes = scene.variable().map_or(&[][..], |variable| &variable.axes);
    for (axis, found) in axes.iter().enumerate() {
        let index =
            dataset.dimension_name(found).and_then(|name| memory.recall(name, found.length));
        if let Some(index) = index {
            state.slice.set_index(axis, index);
        }
    }
    state
}

fn first_state(opened: &Opened<CfDataset>, id: VariableId) -> VariableState {
    let (dataset, meaning) = (&opened.dataset, &opened.meaning);
    let Some(variable) = dataset.variable(id) else {
        return VariableState::new(ViewId::Table, Slice::default());
    };
    let cf = meaning.variable(dataset, id);
    let arrangement = cf.as_ref().and_then(|cf| cf.arrangement());
    let mut slice = Slice {
        x: arrangement.as_ref().map(|arrangement| arrangement.x),
        y: arrangement.and_then(|arrangement| arrangement.y),
        line: cf.as_ref().and_then(|cf| cf.line_axis()),
        indices: vec![0; variable.rank()],
    };
    // A picture of a hole says nothing.
    for (axis, &index) in variable.storage.first_there.iter().flatten().enumerate() {
        slice.set_index(axis, index);
    }
    // A curve at the corner of a map is mostly one at the pole: begin in the middle.
    for axis in cf.as_ref().map(|cf| cf.axes()).unwrap_or_default() {
        if axis.role.is_horizontal() {
            slice.set_index(axis.index, axis.length / 2);
        }
    }
    // Of what a program is writing just now the newest is of interest, and is then followed.
    if opened.file.is_being_written() {
        let grows = variable.storage.max_shape.iter().enumerate();
        for (axis, _) in grows.filter(|(_, most)| most.is_none()) {
            let length = variable.axes.get(axis).map_or(0, |axis| axis.length);
            slice.set_index(axis, length.saturating_sub(1));
        }
    }
    VariableState::new(cf.as_ref().map_or(ViewId::Table, best_view), slice)
}
