//! Files that are made of messages: their table in the middle of the window, and the way from a
//! message to its picture.

use egui::Ui;
use hyperslab_core::{GroupId, RecordPlace, VariableId};

use super::App;
use super::panes::PaneId;
use crate::cf::CfDataset;
use crate::engine::store::FileView;
use crate::places::Place;
use crate::ui::tree::Node;
use crate::views::{self, MessagesState, Scene};

/// The file of a node, where it is made of messages.
fn file_of_messages(node: Node, views: &[FileView<CfDataset>]) -> Option<&FileView<CfDataset>> {
    let view = views.iter().find(|view| view.id == node.file())?;
    view.opened()?.file.records().map(|_| view)
}

fn is_root(node: Node) -> bool {
    node.place() == Place::Group(GroupId::ROOT)
}

impl App {
    /// Of the table that the focused tile shows.
    pub(super) fn selected_messages(
        &mut self,
        views: &[FileView<CfDataset>],
    ) -> Option<&mut MessagesState> {
        let node = self.tree.selected.filter(|&node| is_root(node))?;
        let file = file_of_messages(node, views)?.id;
        let pane = self.panes.focused();
        pane.messages.get_mut(&file).filter(|_| pane.shows_messages)
    }

    /// Leads from a variable to the messages, and from the messages to the list of variables.
    pub(super) fn messages_tab_ui(&mut self, ui: &mut Ui, views: &[FileView<CfDataset>]) {
        let Some(node) = self.tree.selected else { return };
        let Some(file) = file_of_messages(node, views).map(|view| view.id) else { return };
        let pane = self.panes.focused();
        let is_shown = pane.shows_messages && is_root(node);
        if is_root(node) && ui.selectable_label(!is_shown, "Variables").clicked() {
            pane.shows_messages = false;
        }
        if views::messages_button_ui(ui, is_shown) {
            self.select(Node::File(file));
            self.panes.preview().shows_messages = true;
        }
    }

    /// The table of messages; false where there is none.
    pub(super) fn messages_ui(
        &mut self,
        ui: &mut Ui,
        views: &[FileView<CfDataset>],
        id: PaneId,
        node: Node,
    ) -> bool {
        let Some(view) = file_of_messages(node, views) else { return false };
        let Some(opened) = view.opened() else { return false };
        let Some(pane) = self.panes.get_mut(id) else { return false };
        if !pane.shows_messages || !is_root(node) {
            return false;
        }
        let scene = Scene::new(&self.engine, views, view, opened, VariableId(0));
        let state = pane.messages.entry(view.id).or_default();
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
        self.select(Node::Variable(view.id, place.variable));
        let scene = Scene::new(&self.engine, views, view, opened, place.variable);
        let memory = &self.memory;
        let states = &mut self.panes.preview().states;
        let state = states
            .entry((view.id, scene.path()))
            .or_insert_with(|| views::initial_state(scene, memory));
        for (axis, &index) in place.indices.iter().enumerate() {
            state.slice.set_index(axis, index);
        }
    }
}
