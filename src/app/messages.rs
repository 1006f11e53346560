//! Files that are made of messages: their table in the middle of the window, and the way from a
//! message to its picture.

use egui::Ui;
use hyperslab_core::{GroupId, RecordPlace, VariableId};

use super::App;
use crate::cf::CfDataset;
use crate::engine::store::FileView;
use crate::places::Place;
use crate::ui::tree::Node;
use crate::views::{self, MessagesState, Scene};

impl App {
    /// The file looked at, where it is made of messages.
    fn file_of_messages<'a>(
        &self,
        views: &'a [FileView<CfDataset>],
    ) -> Option<&'a FileView<CfDataset>> {
        let view = self.selected_file(views)?;
        view.opened()?.file.records().map(|_| view)
    }

    fn is_at_root(&self) -> bool {
        self.tree.selected.is_some_and(|node| node.place() == Place::Group(GroupId::ROOT))
    }

    /// Of the table that is shown.
    pub(super) fn selected_messages(
        &mut self,
        views: &[FileView<CfDataset>],
    ) -> Option<&mut MessagesState> {
        let file = self.file_of_messages(views)?.id;
        let is_shown = self.shows_messages && self.is_at_root();
        self.messages.get_mut(&file).filter(|_| is_shown)
    }

    /// Leads from a variable to the messages, and from the messages to the list of variables.
    pub(super) fn messages_tab_ui(&mut self, ui: &mut Ui, views: &[FileView<CfDataset>]) {
        let Some(file) = self.file_of_messages(views).map(|view| view.id) else { return };
        let is_shown = self.shows_messages && self.is_at_root();
        if self.is_at_root() && ui.selectable_label(!is_shown, "Variables").clicked() {
            self.shows_messages = false;
        }
        if views::messages_button_ui(ui, is_shown) {
            self.shows_messages = true;
            self.select(Node::File(file));
        }
    }

    /// The table of messages; false where there is none.
    pub(super) fn messages_ui(&mut self, ui: &mut Ui, views: &[FileView<CfDataset>]) -> bool {
        let Some(view) = self.file_of_messages(views) else { return false };
        let Some(opened) = view.opened() else { return false };
        if !self.shows_messages || !self.is_at_root() {
            return false;
        }
        let scene = Scene::new(&self.engine, views, view, opened, VariableId(0));
        let state = self.messages.entry(view.id).or_default();
        if let Some(place) = views::messages_ui(ui, scene, state, &mut self.readout) {
            self.show_message(views, view, &place);
        }
        true
    }

    /// Selects the variable with its sliders where the message is.
    fn show_message(
        &mut self,
        views: &[FileView<CfDataset>],
        view: &FileView<CfDataset>,
        place: &RecordPlace,
    ) {
        let Some(opened) = view.opened() else { return };
        let scene = Scene::new(&self.engine, views, view, opened, place.variable);
        let memory = &self.memory;
        let state = self
            .states
            .entry((view.id, scene.path()))
            .or_insert_with(|| views::initial_state(scene, memory));
        for (axis, &index) in place.indices.iter().enumerate() {
            state.slice.set_index(axis, index);
        }
        self.select(Node::Variable(view.id, place.variable));
    }
}
