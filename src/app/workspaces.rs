//! What is open and how it is looked at: taken down in every frame for undo and for the next
//! start, saved to a file, and set up again from what was taken down.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};

use hyperslab_core::{GroupId, Variable};

use super::App;
use super::panes::{AwaitedTile, Pane, PaneId};
use super::tiles::Layout;
use crate::cf::CfDataset;
use crate::engine::FileId;
use crate::engine::store::{FileState, FileView};
use crate::places::{Place, Places, path_of};
use crate::session::{BYTES_MAX, Chosen, EXTENSION, History, Tile, Workspace};
use crate::ui::tree::Node;
use crate::views::{self, Scene, Suitability, VariableState};

/// Under which the window's storage keeps what was open last.
pub const STORAGE_KEY: &str = "workspace";

/// What threads that read and write workspaces have to say.
enum News {
    Read(Result<Workspace, String>),
    /// It could not be written.
    Trouble(String),
    /// The system's dialog has given a path.
    Save(PathBuf),
}

pub struct Workspaces {
    /// Of the window's last run, as stored; looked into when it is offered.
    last: Option<String>,
    parsed: OnceCell<Option<Workspace>>,
    /// As of the last frame.
    now: Option<Workspace>,
    history: History<Workspace>,
    news: (Sender<News>, Receiver<News>),
    /// Being read.
    awaited: usize,
}

impl Default for Workspaces {
    fn default() -> Self {
        Self {
            last: None,
            parsed: OnceCell::new(),
            now: None,
            history: History::default(),
            news: channel(),
            awaited: 0,
        }
    }
}

impl Workspaces {
    pub fn remember_last(&mut self, text: Option<String>) {
        self.last = text.filter(|text| !text.is_empty());
        self.parsed = OnceCell::new();
    }

    /// What is stored for the next start; nothing where nothing is open.
    pub fn stored(&self) -> Option<String> {
        let now = self.now.as_ref().filter(|now| !now.files.is_empty())?;
        Some(now.to_text(Path::new("")))
    }

    /// The workspace of the last run.
    pub fn last(&self) -> Option<&Workspace> {
        let parse = || Workspace::parse(self.last.as_ref()?, Path::new("/")).ok();
        self.parsed.get_or_init(parse).as_ref()
    }

    pub fn has_last(&self) -> bool {
        self.last.is_some()
    }

    pub fn is_awaited(&self) -> bool {
        self.awaited > 0
    }

    pub fn can_undo(&self) -> bool {
        self.history.can_undo()
    }

    pub fn can_redo(&self) -> bool {
        self.history.can_redo()
    }
}

/// A path that names a workspace, by its extension.
pub fn is_workspace(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(EXTENSION))
}

fn read(path: &Path) -> Result<Workspace, String> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let with_name = |why: String| format!("{name}: {why}");
    let length = fs::metadata(path).map_err(|error| with_name(error.to_string()))?.len();
    if length > BYTES_MAX {
        return Err(with_name("too large for a workspace".into()));
    }
    let text = fs::read_to_string(path).map_err(|error| with_name(error.to_string()))?;
    let folder = path.parent().unwrap_or(Path::new("/"));
    Workspace::parse(&text, folder).map_err(with_name)
}

impl App {
    /// Reads a workspace on a thread of its own and sets it up when it is there.
    pub(super) fn open_workspace(&mut self, path: &Path) {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        self.settings.remember(&path);
        let (sender, engine) = (self.workspaces.news.0.clone(), self.engine.clone());
        self.workspaces.awaited += 1;
        self.engine.spawn(move || {
            let _ = sender.send(News::Read(read(&path)));
            engine.wake();
        });
    }

    pub(super) fn reopen_last(&mut self, views: &[FileView<CfDataset>]) {
        match self.workspaces.last().cloned() {
            Some(workspace) => self.set_up(views, workspace, true),
            None => self.opening.complain("The last workspace cannot be read".into()),
        }
    }

    /// Writes what is open now to a file, on a thread of its own.
    pub(super) fn save_workspace(&mut self, path: &Path) {
        let Some(workspace) = &self.workspaces.now else { return };
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let path = if is_workspace(&path) { path } else { add_extension(&path) };
        let text = workspace.to_text(path.parent().unwrap_or(Path::new("/")));
        self.settings.remember(&path);
        let (sender, engine) = (self.workspaces.news.0.clone(), self.engine.clone());
        self.engine.spawn(move || {
            if let Err(error) = fs::write(&path, text) {
                let _ = sender.send(News::Trouble(format!("{}: {error}", path.display())));
                engine.wake();
            }
        });
    }

    /// The system's dialog, on a thread of its own: it blocks until it is closed.
    pub(super) fn show_save_dialog(&self, ctx: &egui::Context) {
        let (sender, ctx) = (self.workspaces.news.0.clone(), ctx.clone());
        let show = move || {
            let dialog = rfd::FileDialog::new().set_title("Save workspace");
            let dialog = dialog.add_filter("Workspaces", &[EXTENSION]);
            let path = dialog.set_file_name(format!("workspace.{EXTENSION}")).save_file();
            if let Some(path) = path {
                let _ = sender.send(News::Save(path));
                ctx.request_repaint();
            }
        };
        // Without a thread there is no dialog; the path can still be typed.
        let _ = std::thread::Builder::new().name("save dialog".into()).spawn(show);
    }

    /// What threads have said since the last frame.
    pub(super) fn update_workspaces(&mut self, views: &[FileView<CfDataset>]) {
        self.settle_tiles(views);
        let news: Vec<News> = self.workspaces.news.1.try_iter().collect();
        for news in news {
            match news {
                News::Read(result) => {
                    self.workspaces.awaited = self.workspaces.awaited.saturating_sub(1);
                    match result {
                        Ok(workspace) => self.set_up(views, workspace, true),
                        Err(why) => self.opening.complain(why),
                    }
                }
                News::Trouble(why) => self.opening.complain(why),
                News::Save(path) => self.save_workspace(&path),
            }
        }
    }

    /// Takes down what this frame has shown.
    pub(super) fn note_workspace(&mut self, ctx: &egui::Context, views: &[FileView<CfDataset>]) {
        let is_settled = self.panes.iter().all(|(_, pane)| pane.awaited.is_none());
        if !is_settled || self.opening.is_waiting() || self.awaited.is_some() {
            return;
        }
        let now = self.taken_down(views);
        let secs = ctx.input(|input| input.time);
        let mut step = now.clone();
        // To look at another tile is no step that one takes back.
        step.focused = usize::MAX;
        let is_empty = |workspace: &Workspace| workspace.tiles.iter().all(|t| t.path.is_empty());
        match self.workspaces.history.now().is_none_or(is_empty) {
            true => self.workspaces.history.rebase(step),
            false => self.workspaces.history.note(step, secs),
        }
        self.workspaces.now = Some(now);
    }

    pub(super) fn undo(&mut self, views: &[FileView<CfDataset>]) {
        if let Some(workspace) = self.workspaces.history.undo() {
            self.set_up(views, workspace, false);
        }
    }

    pub(super) fn redo(&mut self, views: &[FileView<CfDataset>]) {
        if let Some(workspace) = self.workspaces.history.redo() {
            self.set_up(views, workspace, false);
        }
    }

    fn taken_down(&self, views: &[FileView<CfDataset>]) -> Workspace {
        let files: Vec<&FileView<CfDataset>> =
            views.iter().filter(|view| !view.is_computed).collect();
        let mut workspace = Workspace::new();
        workspace.files = files.iter().map(|view| view.path.clone()).collect();
        workspace.computed = self.computing.computed.definitions().to_vec();
        let mut places = HashMap::new();
        for (at, (id, pane)) in self.panes.iter().enumerate() {
            places.insert(id, at);
            let view = pane.node.and_then(|node| views.iter().find(|v| v.id == node.file()));
            let file = view.and_then(|view| files.iter().position(|file| file.id == view.id));
            let path = pane.node.zip(view).map(|(node, view)| match view.opened() {
                Some(opened) => path_of(&opened.dataset, node.place()),
                None => "/".into(),
            });
            workspace.tiles.push(Tile {
                id: id.0,
                file,
                path: path.unwrap_or_default(),
                is_linked: pane.is_linked,
                shows_messages: pane.shows_messages,
                chosen: pane.node.and_then(|node| chosen(pane, node, views)),
            });
        }
        workspace.focused = places.get(&self.panes.focused_id()).copied().unwrap_or(0);
        workspace.preview = self.panes.preview_id().and_then(|id| places.get(&id)).copied();
        workspace.arrangement = self.layout.arrangement(&places);
        workspace
    }

    /// Shows what was taken down. Files that are not open are opened, where that is wanted;
    /// otherwise their tiles are left out.
    fn set_up(&mut self, views: &[FileView<CfDataset>], workspace: Workspace, opens: bool) {
        let known = |path: &Path| {
            views.iter().find(|view| !view.is_computed && view.path == path).map(|view| view.id)
        };
        let mut files: Vec<Option<FileId>> = Vec::new();
        for path in &workspace.files {
            let id = known(path).or_else(|| opens.then(|| self.files.open(path)));
            files.push(id);
        }
        if opens {
            self.computing.computed.restore(workspace.computed.clone());
        }
        let computed = views.iter().find(|view| view.is_computed).map(|view| view.id);
        let mut panes: Vec<(PaneId, Pane)> = Vec::new();
        let mut ids = Vec::new();
        for tile in &workspace.tiles {
            let file = match tile.file {
                Some(file) => files.get(file).copied().flatten(),
                None => computed,
            };
            let is_waited_for = tile.file.is_none() && !tile.path.is_empty() && opens;
            if file.is_none() && !is_waited_for {
                ids.push(None);
                continue;
            }
            let id = if opens { self.panes.fresh_id() } else { PaneId(tile.id) };
            let mut pane = self.panes.take(id).unwrap_or_default();
            (pane.is_linked, pane.shows_messages) = (tile.is_linked, tile.shows_messages);
            let (path, chosen) = (tile.path.clone(), tile.chosen.clone());
            pane.node = pane.node.filter(|node| Some(node.file()) == file);
            pane.node = pane.node.or(file.map(Node::File));
            pane.awaited = Some(AwaitedTile { file, path, chosen });
            ids.push(Some(id));
            panes.push((id, pane));
        }
        let id_at = |at: usize| ids.get(at).copied().flatten();
        let focused = id_at(workspace.focused).unwrap_or(self.panes.focused_id());
        let preview = workspace.preview.and_then(id_at);
        self.panes.replace(panes, focused, preview);
        self.layout = match workspace.arrangement.as_ref().and_then(|a| Layout::arranged(a, &ids)) {
            Some(layout) => Layout { area: self.layout.area, ..layout },
            None => Layout::of(self.panes.focused_id()),
        };
        // Those just opened are not in the picture that the frame began with.
        let views = self.files.views();
        self.settle_tiles(&views);
        self.follow_focus();
    }

    /// Tiles whose files are there now show what they are meant to.
    fn settle_tiles(&mut self, views: &[FileView<CfDataset>]) {
        let mut is_settled = false;
        for (_, pane) in self.panes.iter_mut() {
            let Some(awaited) = &mut pane.awaited else { continue };
            let computed = || views.iter().find(|view| view.is_computed).map(|view| view.id);
            awaited.file = awaited.file.or_else(computed);
            let Some(file) = awaited.file else { continue };
            let found = views.iter().find(|view| view.id == file);
            let place = match found.map(|view| &view.state) {
                Some(FileState::Opening(_)) => continue,
                Some(FileState::Open(opened)) => {
                    let place = Places::of(&opened.dataset).find(&awaited.path, GroupId::ROOT);
                    let is_computing = found.is_some_and(|view| view.is_computed)
                        && !self.computing.computed.definitions().is_empty();
                    if place.is_none() && (is_computing || !opened.is_complete) {
                        continue;
                    }
                    place
                }
                Some(FileState::Failed(_)) | None => None,
            };
            let Some(awaited) = pane.awaited.take() else { continue };
            is_settled = true;
            pane.node = found.map(|view| Node::of(view.id, place.unwrap_or(ROOT)));
            let Some(view) = found else { continue };
            let (Some(opened), Some(node)) = (view.opened(), pane.node) else { continue };
            if place.is_none() {
                let path = awaited.path;
                self.opening.complain(format!("{}: there is nothing at {path}", view.name()));
                continue;
            }
            let shown = super::selection::variable_of(node, views);
            let Some(((_, variable), chosen)) = shown.zip(awaited.chosen) else { continue };
            let scene = Scene::new(&self.engine, views, view, opened, variable);
            let memory = &self.memory;
            let state = pane.states.entry((view.id, scene.path()));
            let state = state.or_insert_with(|| views::initial_state(scene, memory));
            choose(scene, state, chosen);
        }
        if is_settled {
            self.follow_focus();
        }
    }
}

const ROOT: Place = Place::Group(GroupId::ROOT);

fn add_extension(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(EXTENSION);
    name.into()
}

fn chosen(pane: &Pane, node: Node, views: &[FileView<CfDataset>]) -> Option<Chosen> {
    let (view, id) = super::selection::variable_of(node, views)?;
    let path = view.opened()?.dataset.variable_path(id);
    pane.states.get(&(view.id, path)).map(VariableState::chosen)
}

/// What of it suits the variable, which may be another one than it was chosen for.
fn choose(scene: Scene<'_>, state: &mut VariableState, chosen: Chosen) {
    let shape = scene.variable().map(Variable::shape).unwrap_or_default();
    let Some(mut chosen) = chosen.fitted(&shape) else { return };
    let suits = scene.cf().map(|cf| (views::kind(chosen.view).suits)(&cf));
    if suits.is_none_or(|suits| suits == Suitability::No) {
        chosen.view = state.view;
    }
    state.choose(chosen);
}
