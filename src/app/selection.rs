//! What is selected: the node that the focused tile shows, and what lies behind it.

use hyperslab_core::{GroupId, VariableId};

use super::App;
use super::panes::PaneId;
use super::tiles::Side;
use crate::cf::CfDataset;
use crate::engine::store::FileView;
use crate::places::{self, Place};
use crate::session::ViewId;
use crate::ui::tree::Node;
use crate::views::{self, GroupTableState, Suitability, VariableState};

/// The file and the variable that is drawn for a node: the one it is, or the plot of the group
/// that it is; where they are (still) there.
pub(super) fn variable_of(
    node: Node,
    views: &[FileView<CfDataset>],
) -> Option<(&FileView<CfDataset>, VariableId)> {
    let view = views.iter().find(|view| view.id == node.file())?;
    let opened = view.opened()?;
    let id = match node.place() {
        Place::Variable(id) => id,
        Place::Group(group) => opened.meaning.interpretation().plotted_variable(group)?,
        Place::Type(..) | Place::Link(..) => return None,
    };
    opened.dataset.variable(id)?;
    Some((view, id))
}

impl App {
    /// Shows a node in the tile that follows the tree.
    pub(super) fn select(&mut self, node: Node) {
        if self.tree.selected != Some(node) {
            self.opening.forget_complaint();
        }
        let focused = self.panes.focused_id();
        if self.panes.show(node) {
            let side = Side::longer_of(self.layout.rect_of(focused));
            self.layout.add(self.panes.focused_id(), focused, side);
        }
        self.layout.reveal(self.panes.focused_id());
        self.tree.select(node);
    }

    /// The keyboard, the toolbar and the panels are about this tile from now on.
    pub(super) fn focus(&mut self, id: PaneId) {
        if self.panes.focused_id() == id {
            return;
        }
        self.panes.focus(id);
        self.layout.reveal(id);
        match self.panes.focused_node() {
            Some(node) => self.tree.select(node),
            None => self.tree.selected = None,
        }
    }

    pub(super) fn selected_variable<'a>(
        &self,
        views: &'a [FileView<CfDataset>],
    ) -> Option<(&'a FileView<CfDataset>, VariableId)> {
        variable_of(self.tree.selected?, views)
    }

    /// The variable whose row is selected, not that of the plot that a group stands for.
    pub(super) fn own_variable(&self, views: &[FileView<CfDataset>]) -> Option<VariableId> {
        let (_, id) = self.selected_variable(views)?;
        matches!(self.tree.selected?.place(), Place::Variable(_)).then_some(id)
    }

    /// The group looked at; the root where the file is.
    pub(super) fn selected_group<'a>(
        &self,
        views: &'a [FileView<CfDataset>],
    ) -> Option<(&'a FileView<CfDataset>, GroupId)> {
        match self.tree.selected?.place() {
            Place::Group(group) => Some((self.selected_file(views)?, group)),
            _ => None,
        }
    }

    pub(super) fn selected_file<'a>(
        &self,
        views: &'a [FileView<CfDataset>],
    ) -> Option<&'a FileView<CfDataset>> {
        let file = self.tree.selected?.file();
        views.iter().find(|view| view.id == file)
    }

    pub(super) fn selected_path(&self, views: &[FileView<CfDataset>]) -> String {
        match (self.selected_variable(views), self.selected_file(views)) {
            (Some((view, id)), _) if self.own_variable(views).is_some() => {
                let path = view.opened().map(|opened| opened.dataset.variable_path(id));
                format!("{}:{}", view.name(), path.unwrap_or_default())
            }
            (_, Some(view)) => match (self.tree.selected, view.opened()) {
                (Some(Node::File(_)) | None, _) | (_, None) => view.name(),
                (Some(node), Some(opened)) => {
                    let path = places::path_of(&opened.dataset, node.place());
                    format!("{}:{path}", view.name())
                }
            },
            (_, None) => String::new(),
        }
    }

    pub(super) fn set_view(&mut self, views: &[FileView<CfDataset>], id: ViewId) {
        let cf = self.selected_variable(views).and_then(|(view, variable)| {
            let opened = view.opened()?;
            opened.meaning.variable(&opened.dataset, variable)
        });
        let is_suited = cf.is_some_and(|cf| (views::kind(id).suits)(&cf) != Suitability::No);
        if let Some(state) = self.selected_state(views).filter(|_| is_suited) {
            state.view = id;
        }
    }

    pub(super) fn selected_state(
        &mut self,
        views: &[FileView<CfDataset>],
    ) -> Option<&mut VariableState> {
        let (view, id) = self.selected_variable(views)?;
        let path = view.opened()?.dataset.variable_path(id);
        self.panes.focused().states.get_mut(&(view.id, path))
    }

    /// The arrow keys belong to the table once one of its cells has been clicked.
    pub(super) fn table_takes_keys(&mut self, views: &[FileView<CfDataset>]) -> bool {
        self.selected_table(views).is_some_and(|table| table.has_focus())
            || self.selected_messages(views).is_some_and(|messages| messages.has_focus())
            || self
                .selected_state(views)
                .is_some_and(|state| state.view == ViewId::Table && state.table.has_focus())
    }

    /// The group selected is one table.
    pub(super) fn has_table(&self, views: &[FileView<CfDataset>]) -> bool {
        let Some((view, group)) = self.selected_group(views) else { return false };
        let hints = view.opened().and_then(|o| o.meaning.interpretation().groups.get(&group));
        hints.is_some_and(|hints| hints.table.is_some())
    }

    /// Of the group that is one table.
    pub(super) fn selected_table(
        &mut self,
        views: &[FileView<CfDataset>],
    ) -> Option<&mut GroupTableState> {
        let (view, group) = self.selected_group(views)?;
        let path = view.opened()?.dataset.group_path(group);
        self.panes.focused().tables.get_mut(&(view.id, path))
    }
}
