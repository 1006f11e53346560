//! Computed variables: asked for, kept up to date, and shown once they are there.

use std::path::Path;

use hyperslab_core::GroupId;

use super::App;
use crate::cf::CfDataset;
use crate::derive::{COMPUTED, Computed};
use crate::engine::store::FileView;
use crate::engine::{FileId, Files};
use crate::places::{Place, Places};
use crate::session::Formula;
use crate::ui::tree::Node;
use crate::views::ACCESS;

/// What is computed, and what of it is to come to the front.
pub struct Computing {
    pub computed: Computed,
    /// The path of the group that is shown as soon as it is there.
    awaited: Option<String>,
}

impl Default for Computing {
    fn default() -> Self {
        Self { computed: Computed::new(ACCESS), awaited: None }
    }
}

impl Computing {
    pub fn is_awaited(&self) -> bool {
        self.awaited.is_some()
    }

    /// What is computed is computed anew.
    pub fn reload(&mut self, files: &Files<CfDataset>, file: FileId) {
        if is_computed(files, file) {
            self.computed.recompute();
        }
    }

    pub fn close(&mut self, files: &Files<CfDataset>, file: FileId) {
        if is_computed(files, file) {
            self.computed.forget_all();
        }
    }
}

/// True when the result that is looked at is not wanted any more.
pub(super) fn forget_ui(ui: &mut egui::Ui) -> bool {
    let button = ui.button("Forget this result");
    button.on_hover_text("Takes it from the computed variables").clicked()
}

fn is_computed(files: &Files<CfDataset>, file: FileId) -> bool {
    files.views().iter().any(|view| view.id == file && view.is_computed)
}

impl App {
    /// Asks for a result and shows it when it is there.
    pub(super) fn compute(&mut self, views: &[FileView<CfDataset>], wanted: Option<Formula>) {
        if let Some(formula) = wanted {
            self.computing.awaited = Some(self.computing.computed.ask(views, formula));
        }
    }

    /// Called in every frame: what has changed is made anew, what was awaited is shown.
    pub(super) fn update_computed(&mut self, views: &[FileView<CfDataset>]) {
        self.computing.computed.update(&self.engine, &self.files, views);
        let Some(path) = &self.computing.awaited else { return };
        let is_meant =
            |view: &&FileView<CfDataset>| view.is_computed && view.path == Path::new(COMPUTED);
        let Some((view, opened)) =
            views.iter().find(is_meant).and_then(|view| Some((view, view.opened()?)))
        else {
            return;
        };
        let place = Places::of(&opened.dataset).find(path, GroupId::ROOT);
        let Some(Place::Group(group)) = place else { return };
        let result = opened.dataset.group(group).and_then(|group| group.variables.first());
        let node = match result {
            Some(&id) => Node::Variable(view.id, id),
            None => Node::Group(view.id, group),
        };
        self.computing.awaited = None;
        self.show(view, node);
    }
}
