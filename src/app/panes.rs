//! What each tile shows, and where every variable it has shown stands.

use std::collections::{BTreeMap, HashMap};

use crate::engine::FileId;
use crate::prep::definition::DefinitionLine;
use crate::session::Chosen;
use crate::ui::tree::Node;
use crate::views::{GroupTableState, MessagesState, VariableState};

/// A tile; never used twice in the life of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaneId(pub u32);

/// What a tile is to show as soon as its file is there.
pub struct AwaitedTile {
    /// `None` for what is computed.
    pub file: Option<FileId>,
    /// Path inside the file.
    pub path: String,
    pub chosen: Option<Chosen>,
}

/// One tile: a node of the tree, with states of its own.
pub struct Pane {
    pub node: Option<Node>,
    pub awaited: Option<AwaitedTile>,
    /// By file and path: a reload may number variables anew.
    pub states: HashMap<(FileId, String), VariableState>,
    pub tables: HashMap<(FileId, String), GroupTableState>,
    /// Of files that are made of messages.
    pub messages: HashMap<FileId, MessagesState>,
    /// Where such a file is selected its messages are listed, not its variables.
    pub shows_messages: bool,
    /// Shares its slice, its window and the pointer with other tiles.
    pub is_linked: bool,
    /// Of the type that is looked at: the node, the generation of its file, the lines.
    pub definition: Option<(Node, u64, Vec<DefinitionLine>)>,
}

impl Default for Pane {
    fn default() -> Self {
        Self {
            node: None,
            awaited: None,
            states: HashMap::new(),
            tables: HashMap::new(),
            messages: HashMap::new(),
            shows_messages: true,
            is_linked: true,
            definition: None,
        }
    }
}

impl Pane {
    pub fn forget_file(&mut self, file: FileId) {
        self.states.retain(|(id, _), _| *id != file);
        self.tables.retain(|(id, _), _| *id != file);
        self.messages.remove(&file);
        self.node = self.node.filter(|node| node.file() != file);
        self.awaited.take_if(|awaited| awaited.file == Some(file));
    }
}

/// All tiles, which of them has the keyboard, and which follows the tree.
pub struct Panes {
    all: BTreeMap<PaneId, Pane>,
    focused: PaneId,
    /// Shows what is selected in the tree; none where it has been closed.
    preview: Option<PaneId>,
    next: u32,
    /// The node clicked last, and what the preview showed before it.
    before_click: Option<(Node, Option<Node>)>,
}

impl Default for Panes {
    fn default() -> Self {
        let first = PaneId(0);
        Self {
            all: BTreeMap::from([(first, Pane::default())]),
            focused: first,
            preview: Some(first),
            next: 1,
            before_click: None,
        }
    }
}

impl Panes {
    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn get(&self, id: PaneId) -> Option<&Pane> {
        self.all.get(&id)
    }

    pub fn get_mut(&mut self, id: PaneId) -> Option<&mut Pane> {
        self.all.get_mut(&id)
    }

    pub fn iter(&self) -> impl Iterator<Item = (PaneId, &Pane)> {
        self.all.iter().map(|(&id, pane)| (id, pane))
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = (PaneId, &mut Pane)> {
        self.all.iter_mut().map(|(&id, pane)| (id, pane))
    }

    pub fn focused_id(&self) -> PaneId {
        self.focused
    }

    pub fn preview_id(&self) -> Option<PaneId> {
        self.preview
    }

    pub fn focused(&mut self) -> &mut Pane {
        self.all.entry(self.focused).or_default()
    }

    /// The tile that follows the tree; the focused one where none does.
    pub fn preview(&mut self) -> &mut Pane {
        self.all.entry(self.preview.unwrap_or(self.focused)).or_default()
    }

    /// What the focused tile shows.
    pub fn focused_node(&self) -> Option<Node> {
        self.all.get(&self.focused)?.node
    }

    pub fn focus(&mut self, id: PaneId) {
        if self.all.contains_key(&id) {
            self.focused = id;
        }
    }

    /// Another tile, focused.
    pub fn add(&mut self, pane: Pane) -> PaneId {
        let id = self.fresh_id();
        self.all.insert(id, pane);
        self.focused = id;
        id
    }

    /// Never used before.
    pub fn fresh_id(&mut self) -> PaneId {
        let id = PaneId(self.next);
        self.next = self.next.saturating_add(1);
        id
    }

    pub fn take(&mut self, id: PaneId) -> Option<Pane> {
        self.all.remove(&id)
    }

    /// Other tiles instead of all that there are; one that shows nothing where there are none.
    pub fn replace(
        &mut self,
        panes: Vec<(PaneId, Pane)>,
        focused: PaneId,
        preview: Option<PaneId>,
    ) {
        self.all = panes.into_iter().collect();
        if self.all.is_empty() {
            self.add(Pane::default());
        }
        self.before_click = None;
        let first = self.all.keys().next().copied();
        let is_there = |id: &PaneId| self.all.contains_key(id);
        self.focused = Some(focused).filter(is_there).or(first).unwrap_or(focused);
        self.preview = preview.filter(is_there);
        if self.all.len() == 1 {
            self.preview = first;
        }
        let last = self.all.keys().next_back().map_or(0, |id| id.0);
        self.next = self.next.max(last.saturating_add(1));
    }

    /// Shows a node in the preview, which is made where there is none; true where it was.
    pub fn show(&mut self, node: Node) -> bool {
        let is_new = self.preview.is_none();
        let id = match self.preview {
            Some(id) => id,
            None => self.add(Pane::default()),
        };
        self.preview = Some(id);
        self.focused = id;
        self.all.entry(id).or_default().node = Some(node);
        is_new
    }

    /// Kept in mind for a second click on the same row.
    pub fn note_click(&mut self, node: Node) {
        let shown = self.preview.and_then(|id| self.all.get(&id)?.node);
        self.before_click = Some((node, shown));
    }

    /// A node is opened in a tile of its own: the preview goes back to what it showed before the
    /// first of the two clicks.
    pub fn undo_click(&mut self, node: Node) {
        let Some((clicked, Some(before))) = self.before_click.take() else { return };
        let preview = self.preview.and_then(|id| self.all.get_mut(&id));
        if let Some(pane) = preview.filter(|pane| clicked == node && pane.node == Some(node)) {
            pane.node = Some(before);
        }
    }

    /// The last tile stays; it then follows the tree.
    pub fn close(&mut self, id: PaneId) {
        if self.all.len() < 2 {
            return;
        }
        self.all.remove(&id);
        if self.preview == Some(id) {
            self.preview = None;
        }
        let last = self.all.keys().next_back().copied();
        if self.focused == id {
            self.focused = self.preview.or(last).unwrap_or(PaneId(0));
        }
        if self.all.len() == 1 {
            self.preview = last;
        }
    }

    /// The tile stays where it is when the next node is selected.
    pub fn keep(&mut self, id: PaneId) {
        if self.preview == Some(id) && self.all.len() > 1 {
            self.preview = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyperslab_core::VariableId;

    fn node(id: u32) -> Node {
        Node::Variable(FileId(1), VariableId(id))
    }

    #[test]
    fn the_second_click_gives_the_preview_back_what_it_showed() {
        let mut panes = Panes::default();
        panes.show(node(0));
        panes.note_click(node(1));
        panes.show(node(1));
        panes.undo_click(node(1));
        panes.add(Pane { node: Some(node(1)), ..Pane::default() });
        let shown: Vec<_> = panes.iter().map(|(_, pane)| pane.node).collect();
        assert_eq!(shown, [Some(node(0)), Some(node(1))]);
        assert_eq!(panes.focused_node(), Some(node(1)));
    }

    #[test]
    fn what_is_left_of_all_tiles_follows_the_tree() {
        let mut panes = Panes::default();
        panes.show(node(0));
        let other = panes.add(Pane { node: Some(node(1)), ..Pane::default() });
        panes.close(PaneId(0));
        assert_eq!((panes.len(), panes.preview_id()), (1, Some(other)));
        panes.close(other);
        assert_eq!(panes.len(), 1);
        assert!(!panes.show(node(2)));
        assert_eq!(panes.focused_node(), Some(node(2)));
    }

    #[test]
    fn a_closed_preview_comes_back_with_the_next_node() {
        let mut panes = Panes::default();
        panes.show(node(0));
        panes.add(Pane::default());
        panes.add(Pane::default());
        panes.close(PaneId(0));
        assert_eq!(panes.preview_id(), None);
        assert!(panes.show(node(2)));
        assert_eq!(panes.len(), 3);
    }
}
