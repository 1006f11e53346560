//! From "open this" to "look at that": which file and variable come to the front.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};

use super::panes::Panes;
use crate::cf::{CfDataset, first_place};
use crate::engine::store::{FileState, FileView};
use crate::engine::{FileId, Files};
use crate::places::Place;
use crate::session::{EXTENSION, Settings};
use crate::ui::tree::Node;
use crate::views::{Wish, end_of, first_state, first_variable, wished};

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
            extensions.push(EXTENSION);
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
    pub fn arrived(&mut self, views: &[FileView<CfDataset>], panes: &mut Panes) -> Option<Node> {
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
            let key = (view.id, opened.dataset.variable_path(id));
            panes.preview().states.insert(key, state);
        }
        Some(Node::Variable(view.id, id))
    }
}
