//! What a tile shows: a variable with its sliders, the table or document of a group, the messages
//! of a file, or why there is nothing to show.

use egui::{Rect, Ui, UiBuilder, pos2, vec2};
use hyperslab_core::{GroupId, VariableId};

use super::App;
use super::panes::PaneId;
use super::selection::variable_of;
use crate::cf::CfDataset;
use crate::engine::store::{FileState, FileView, Opened};
use crate::places::{self, Place};
use crate::prep::definition::definition;
use crate::ui::contents::contents_ui;
use crate::ui::definition::{link_ui, type_ui};
use crate::ui::tree::{Node, TreeAction};
use crate::ui::trouble::trouble_ui;
use crate::ui::welcome::{Welcome, welcome_ui};
use crate::views::{self, HeadersRequest, Scene};

const ROOT: Place = Place::Group(GroupId::ROOT);

/// Most of the height that sliders take.
const SLIDERS_SHARE: f32 = 0.4;

impl App {
    pub(super) fn shown_ui(&mut self, ui: &mut Ui, views: &[FileView<CfDataset>], id: PaneId) {
        let node = self.panes.get(id).and_then(|pane| pane.node);
        match node.and_then(|node| variable_of(node, views)) {
            Some((view, variable)) => self.variable_ui(ui, views, id, (view, variable)),
            None => {
                let is_shown = node.is_some_and(|node| {
                    self.messages_ui(ui, views, id, node) || self.group_ui(ui, views, id, node)
                });
                if !is_shown {
                    self.nothing_ui(ui, views, id, node);
                }
            }
        }
    }

    /// The view, and below it the sliders, which take the room they need.
    fn variable_ui(
        &mut self,
        ui: &mut Ui,
        views: &[FileView<CfDataset>],
        id: PaneId,
        (view, variable): (&FileView<CfDataset>, VariableId),
    ) {
        let Some(opened) = view.opened() else { return };
        let is_focused = self.panes.focused_id() == id;
        let scene = Scene::new(&self.engine, views, view, opened, variable).focused(is_focused);
        let key = (view.id, scene.path());
        let memory = &self.memory;
        let Some(pane) = self.panes.get_mut(id) else { return };
        let state = pane.states.entry(key).or_insert_with(|| views::initial_state(scene, memory));
        let scene = scene.shown(state, self.settings.is_decoded);
        let sliders = ui.scope_id().with("sliders height");
        let height: f32 = ui.data(|data| data.get_temp(sliders)).unwrap_or(0.0);
        let area = ui.available_rect_before_wrap();
        let split = (area.bottom() - height).max(area.top() + 60.0);
        let top = Rect::from_min_max(area.min, pos2(area.right(), split));
        // Of many axes some are scrolled to: the picture keeps most of the room.
        let most_px = (SLIDERS_SHARE * area.height()).max(30.0);
        let room = vec2(area.width(), most_px);
        let bottom = Rect::from_min_size(pos2(area.left(), split), room);
        let mut below = ui.new_child(UiBuilder::new().max_rect(bottom));
        let scroll = egui::ScrollArea::vertical().id_salt("sliders").auto_shrink([false, true]);
        scroll.max_height(most_px).show(&mut below, |ui| {
            views::sliders_ui(ui, scene, state, &mut self.memory);
        });
        let used = below.min_rect().height();
        if (used - height).abs() > 0.5 {
            ui.data_mut(|data| data.insert_temp(sliders, used));
            ui.ctx().request_discard("sliders changed height");
        }
        let mut above = ui.new_child(UiBuilder::new().max_rect(top));
        state.cursor.here = None;
        if !views::waiting_ui(&mut above, scene, state) {
            views::view_ui(&mut above, scene, state, &mut self.settings, &mut self.readout);
        }
        let (jump, wanted) = (state.jump.take(), state.wanted.take());
        ui.advance_cursor_after_rect(area);
        self.compute(views, wanted);
        self.follow_clicked(views, view.id, jump);
    }

    /// The table or the document that a group is; false where it is none.
    fn group_ui(
        &mut self,
        ui: &mut Ui,
        views: &[FileView<CfDataset>],
        id: PaneId,
        node: Node,
    ) -> bool {
        let Place::Group(group) = node.place() else { return false };
        let Some(view) = views.iter().find(|view| view.id == node.file()) else { return false };
        let Some(opened) = view.opened() else { return false };
        let Some(hints) = opened.meaning.interpretation().groups.get(&group) else { return false };
        // Views of groups take no variable.
        let scene = Scene::new(&self.engine, views, view, opened, VariableId(0));
        if hints.table.is_some() {
            let key = (view.id, opened.dataset.group_path(group));
            let Some(pane) = self.panes.get_mut(id) else { return false };
            let state = pane.tables.entry(key).or_default();
            let request = HeadersRequest { file: view.id, generation: view.generation, group };
            views::group_table_ui(ui, scene, request, state, &self.settings, &mut self.readout);
        } else if let Some(attribute) = &hints.document {
            views::document_ui(ui, scene, group, attribute);
        }
        hints.table.is_some() || hints.document.is_some()
    }

    fn nothing_ui(
        &mut self,
        ui: &mut Ui,
        views: &[FileView<CfDataset>],
        id: PaneId,
        node: Option<Node>,
    ) {
        let view = node.and_then(|node| views.iter().find(|view| view.id == node.file()));
        match view.map(|view| &view.state) {
            Some(FileState::Failed(error)) => {
                trouble_ui(ui, "This file cannot be read", error, "");
            }
            Some(FileState::Opening(progress)) => views::pending_ui(ui, progress),
            Some(FileState::Open(opened)) => {
                self.no_variable_ui(ui, views, &opened.clone(), (id, node));
            }
            None if views.is_empty() => {
                let last = self.workspaces.last().map_or(&[][..], |last| &last.files);
                match welcome_ui(ui, self.settings.recent(), last) {
                    Some(Welcome::Open(path)) => self.open(vec![path]),
                    Some(Welcome::OpenDialog) => self.show_open_dialog(ui.ctx()),
                    Some(Welcome::ReopenLast) => self.reopen_last(views),
                    None => {}
                }
            }
            None => {}
        }
    }

    /// What is shown has no values: a type, a link, a group.
    fn no_variable_ui(
        &mut self,
        ui: &mut Ui,
        views: &[FileView<CfDataset>],
        opened: &Opened<CfDataset>,
        (id, node): (PaneId, Option<Node>),
    ) {
        let view = node.and_then(|node| views.iter().find(|view| view.id == node.file()));
        let dataset = &opened.dataset;
        match node {
            Some(node @ Node::Type(_, group, at)) => {
                let generation = view.map_or(0, |view| view.generation);
                let Some(pane) = self.panes.get_mut(id) else { return };
                if let Some(named) = places::type_at(dataset, group, at) {
                    let known =
                        pane.definition.take_if(|(of, at, _)| (*of, *at) == (node, generation));
                    let lines = match known {
                        Some((.., lines)) => lines,
                        None => definition(&named.dtype),
                    };
                    type_ui(ui, &places::path_of(dataset, node.place()), named, &lines);
                    pane.definition = Some((node, generation, lines));
                }
            }
            Some(node @ Node::Link(..)) => self.link_ui(ui, views, opened, node),
            node => {
                let Some(view) = view else { return };
                let (file, place) = (view.id, node.map_or(ROOT, Node::place));
                let Place::Group(group) = place else { return };
                let hints = opened.meaning.interpretation().groups.get(&group);
                if let Some(plot @ Place::Link(..)) = hints.and_then(|hints| hints.plot) {
                    self.link_ui(ui, views, opened, Node::of(file, plot));
                    return;
                }
                let title = match group {
                    GroupId::ROOT => view.name(),
                    _ => dataset.group_path(group),
                };
                if let Some(child) = contents_ui(ui, dataset, group, &title) {
                    self.act(views, TreeAction::Select(Node::of(file, child)));
                }
            }
        }
    }

    fn link_ui(
        &mut self,
        ui: &mut Ui,
        views: &[FileView<CfDataset>],
        opened: &Opened<CfDataset>,
        node: Node,
    ) {
        let Place::Link(group, at) = node.place() else { return };
        let (leads, action) = self.tree.leads(node);
        if let Some(link) = places::link_at(&opened.dataset, group, at)
            && link_ui(ui, &places::path_of(&opened.dataset, node.place()), link, leads)
            && let Some(action) = action
        {
            self.act(views, action);
        }
    }
}
