//! The files and what is in them: one list of rows, however many there are.
//!
//! Which rows there are (filter, closed groups) is worked out on a worker thread whenever the
//! files or the filter change; a frame lays out only the rows that are visible.

mod matcher;
mod row;
mod rows;
mod text;

use std::collections::BTreeSet;
use std::sync::Arc;

use egui::{Key, Rect, Sense, Ui, pos2, vec2};
use hyperslab_core::{Dataset, GroupId, VariableId};

use super::theme::palette;
use crate::cf::CfDataset;
use crate::engine::store::FileView;
use crate::engine::{Answer, Engine, FileId, Priority};
use crate::places::Place;
use matcher::Matcher;
use row::{INDENT, INDENT_SHARE, arrow_ui, mark_ui, row_menu_ui, text_ui};
use rows::{Row, RowsRequest, rows};
use text::RowText;

pub use rows::{Leads, Rows};
pub use text::{dimensions_text, format_text, leads_text, link_note};

/// A node of the tree; ids are those of the file's snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    File(FileId),
    Group(FileId, GroupId),
    Variable(FileId, VariableId),
    /// By the group and the place in its list.
    Type(FileId, GroupId, u32),
    Link(FileId, GroupId, u32),
}

impl Node {
    /// The node of what lies in a file; that of the file itself for its root.
    pub fn of(file: FileId, place: Place) -> Self {
        match place {
            Place::Group(GroupId::ROOT) => Self::File(file),
            Place::Group(id) => Self::Group(file, id),
            Place::Variable(id) => Self::Variable(file, id),
            Place::Type(group, at) => Self::Type(file, group, at),
            Place::Link(group, at) => Self::Link(file, group, at),
        }
    }

    pub fn file(self) -> FileId {
        match self {
            Self::File(file)
            | Self::Group(file, _)
            | Self::Variable(file, _)
            | Self::Type(file, ..)
            | Self::Link(file, ..) => file,
        }
    }

    /// After a reload of `file` ids may be others: `place` gives the new place of an old one.
    pub fn renumbered(self, file: FileId, place: impl Fn(Place) -> Option<Place>) -> Option<Self> {
        match self {
            Self::File(_) => Some(self),
            other if other.file() != file => Some(other),
            other => place(other.place()).map(|place| Self::of(file, place)),
        }
    }

    pub fn place(self) -> Place {
        match self {
            Self::File(_) => Place::Group(GroupId::ROOT),
            Self::Group(_, id) => Place::Group(id),
            Self::Variable(_, id) => Place::Variable(id),
            Self::Type(_, group, at) => Place::Type(group, at),
            Self::Link(_, group, at) => Place::Link(group, at),
        }
    }
}

/// What the user did to the tree; the rows themselves are derived.
#[derive(Default)]
pub struct Tree {
    pub filter: String,
    pub selected: Option<Node>,
    /// Also what a convention counts to the format's own books.
    pub shows_hidden: bool,
    closed: Arc<BTreeSet<Node>>,
    /// The rows of the last frame that had any, shown while new ones are worked out.
    rows: Arc<Rows>,
    /// The files that the rows are of: after a reload the ids of new ones mean something else.
    files_of_rows: Vec<FileView<CfDataset>>,
    scroll_to_selected: bool,
}

/// What the frame should do about the tree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TreeAction {
    Select(Node),
    /// In a tile of its own.
    Open(Node),
    /// The link leads into another file: the one of these [`crate::places::linked_files`].
    Follow(Node, u8),
    Reload(FileId),
    Close(FileId),
}

const ROW_HEIGHT: f32 = 21.0;

impl Tree {
    pub fn select(&mut self, node: Node) {
        if self.selected != Some(node) {
            self.selected = Some(node);
            self.scroll_to_selected = true;
        }
    }

    /// Its row has been worked out.
    pub fn has_row(&self, node: Node) -> bool {
        self.rows.0.iter().any(|row| row.node == node)
    }

    /// Where a link leads, as far as its row is known, and what a click on it does.
    pub fn leads(&self, node: Node) -> (Leads, Option<TreeAction>) {
        let row = self.rows.0.iter().find(|row| row.node == node);
        row.map_or((Leads::Nowhere, None), |row| (row.leads, row.follow()))
    }

    /// Opens the groups a node is in, so that it has a row.
    pub fn reveal(&mut self, node: Node, dataset: &Dataset) {
        let (file, closed) = (node.file(), Arc::make_mut(&mut self.closed));
        closed.remove(&Node::File(file));
        let mut at = match node.place() {
            Place::Group(id) => dataset.group(id).and_then(|group| group.parent),
            Place::Variable(id) => dataset.variable(id).map(|variable| variable.group),
            Place::Type(group, _) | Place::Link(group, _) => Some(group),
        };
        while let Some(group) = at {
            closed.remove(&Node::Group(file, group));
            at = dataset.group(group).and_then(|group| group.parent);
        }
    }

    /// After a reload ids may be others: `renumbered` gives the new place of an old one.
    pub fn renumber(&mut self, file: FileId, renumbered: impl Fn(Place) -> Option<Place>) {
        let new = |node: Node| node.renumbered(file, &renumbered);
        self.selected = self.selected.map(|node| new(node).unwrap_or(Node::File(file)));
        if self.closed.iter().any(|node| node.file() == file) {
            self.closed = Arc::new(self.closed.iter().filter_map(|&node| new(node)).collect());
        }
    }

    /// Draws the filter box and the rows. `takes_keys`: no other widget wants the arrow keys.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        engine: &Engine,
        files: &[FileView<CfDataset>],
        takes_keys: bool,
    ) -> Vec<TreeAction> {
        let wants_first = self.filter_ui(ui);
        let is_current = self.update_rows(engine, files);
        if is_current {
            self.files_of_rows = files.to_vec();
        }
        let mut actions = Vec::new();
        if wants_first {
            let first = self.rows.0.iter().find(|row| matches!(row.node, Node::Variable(..)));
            actions.extend(first.map(|row| TreeAction::Select(row.node)));
        }
        if takes_keys {
            actions.extend(self.key_action(ui));
        }
        if files.is_empty() {
            ui.add_space(8.0);
            ui.weak("No file is open");
        }
        let rows = self.rows.clone();
        if rows.0.is_empty() && !self.filter.is_empty() {
            let is_complete =
                |file: &FileView<CfDataset>| file.opened().is_none_or(|opened| opened.is_complete);
            match Matcher::new(self.filter.trim()) {
                Err(why) => ui.colored_label(palette(ui).warning, why),
                Ok(_) if files.iter().all(is_complete) => ui.weak("Nothing matches the filter"),
                Ok(_) => ui.weak("Nothing so far, but not all is read yet"),
            };
        }
        let mut area = egui::ScrollArea::vertical().auto_shrink(false).id_salt("tree");
        if self.scroll_to_selected {
            let at = rows.0.iter().position(|row| Some(row.node) == self.selected);
            // Its row may be among those that are being worked out.
            self.scroll_to_selected = at.is_none() && !is_current;
            if let Some(at) = at {
                area = self.scrolled_to(ui, area, at);
            }
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let files = std::mem::take(&mut self.files_of_rows);
        let output = area.show_rows(ui, ROW_HEIGHT, rows.0.len(), |ui, range| {
            for row in rows.0.get(range).unwrap_or_default() {
                let file = files.iter().find(|view| view.id == row.node.file());
                if let Some(file) = file {
                    actions.extend(self.row_ui(ui, row, file));
                }
            }
        });
        self.files_of_rows = files;
        ui.data_mut(|data| {
            data.insert_temp(
                view_id(),
                (output.state.clamped_offset().y, output.inner_rect.height()),
            )
        });
        actions
    }

    /// True when Enter or Down asks for the first hit.
    fn filter_ui(&mut self, ui: &mut Ui) -> bool {
        let edit = egui::TextEdit::singleline(&mut self.filter)
            .hint_text("Filter: names, attributes, /regex/")
            .desired_width(f32::INFINITY)
            .id(filter_id());
        let response = ui.add(edit);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Filter"));
        let had_focus = response.has_focus() || response.lost_focus();
        if had_focus && ui.input(|input| input.key_pressed(Key::Escape)) {
            self.filter.clear();
            response.surrender_focus();
        }
        ui.add_space(2.0);
        let is_entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let goes_down = response.has_focus() && ui.input(|input| input.key_pressed(Key::ArrowDown));
        if goes_down {
            response.surrender_focus();
        }
        is_entered || goes_down
    }

    /// False while newer rows are being worked out.
    fn update_rows(&mut self, engine: &Engine, files: &[FileView<CfDataset>]) -> bool {
        let snapshot = |view: &FileView<CfDataset>| {
            let address = view.opened().map_or(0, |opened| Arc::as_ptr(opened) as usize);
            (view.id, view.generation, address)
        };
        let request = RowsRequest {
            snapshots: files.iter().map(snapshot).collect(),
            filter: self.filter.trim().to_owned(),
            shows_hidden: self.shows_hidden,
            closed: self.closed.clone(),
        };
        let (files, asked) = (files.to_vec(), request.clone());
        let answer = engine.want(&request, Priority::Visible, move |_| Ok(rows(&files, &asked)));
        match answer {
            Answer::Ready(rows) => {
                self.rows = rows;
                true
            }
            Answer::Failed(_) => true,
            Answer::Pending(_) => false,
        }
    }

    /// Moves the view as little as is needed to show row `at`.
    fn scrolled_to(&self, ui: &Ui, area: egui::ScrollArea, at: usize) -> egui::ScrollArea {
        let (offset, height) =
            ui.data(|data| data.get_temp::<(f32, f32)>(view_id())).unwrap_or((0.0, 400.0));
        let top = at as f32 * ROW_HEIGHT;
        if top < offset {
            area.vertical_scroll_offset(top)
        } else if top + ROW_HEIGHT > offset + height {
            area.vertical_scroll_offset(top + ROW_HEIGHT - height)
        } else {
            area
        }
    }

    fn key_action(&mut self, ui: &Ui) -> Option<TreeAction> {
        let rows = &self.rows.0;
        let pressed = |key| ui.input(|input| input.modifiers.is_none() && input.key_pressed(key));
        let last = rows.len().checked_sub(1)?;
        let at = || rows.iter().position(|row| Some(row.node) == self.selected);
        let to = if pressed(Key::ArrowDown) {
            at().map_or(0, |at| (at + 1).min(last))
        } else if pressed(Key::ArrowUp) {
            at().map_or(last, |at| at.saturating_sub(1))
        } else if pressed(Key::Home) {
            0
        } else if pressed(Key::End) {
            last
        } else if pressed(Key::Enter) {
            return at().and_then(|at| rows.get(at)).and_then(Row::follow);
        } else {
            return None;
        };
        rows.get(to).map(|row| TreeAction::Select(row.node))
    }

    /// Opens or closes a file or group.
    fn toggle(&mut self, node: Node) {
        let closed = Arc::make_mut(&mut self.closed);
        if !closed.remove(&node) {
            closed.insert(node);
        }
    }

    fn row_ui(&mut self, ui: &mut Ui, row: &Row, file: &FileView<CfDataset>) -> Vec<TreeAction> {
        let palette = palette(ui);
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::click_and_drag());
        // Let go of in the middle of the window, it is opened there.
        response.dnd_set_drag_payload(row.node);
        let is_selected = self.selected == Some(row.node);
        if is_selected {
            ui.painter().rect_filled(rect, 3.0, palette.selection);
        } else if response.hovered() {
            ui.painter().rect_filled(rect, 3.0, palette.header);
        }
        let indent = (f32::from(row.depth) * INDENT).min(INDENT_SHARE * rect.width());
        if row.has_children {
            arrow_ui(
                ui,
                pos2(rect.left() + indent + 8.0, rect.center().y),
                self.closed.contains(&row.node),
                palette,
            );
        }
        let text = RowText::of(row, file);
        mark_ui(ui, pos2(rect.left() + indent + 8.0, rect.center().y), row.node, palette);
        let inner = Rect::from_min_max(pos2(rect.left() + indent + 17.0, rect.top()), rect.max);
        text_ui(ui, inner, &text, row, palette);
        let label = text.spoken();
        response.widget_info(|| {
            egui::WidgetInfo::selected(egui::Role::TreeItem, true, is_selected, &label)
        });
        let mut actions = Vec::new();
        if response.clicked() {
            let on_arrow = response
                .interact_pointer_pos()
                .is_some_and(|at| row.has_children && at.x < inner.left());
            if on_arrow || (row.has_children && is_selected) {
                self.toggle(row.node);
            }
            if !on_arrow {
                actions.push(row.clicked(&response));
            }
        }
        if response.middle_clicked() && row.follow().is_none() {
            actions.push(TreeAction::Open(row.node));
        }
        row_menu_ui(&response, row.node, file, &mut actions);
        if let Some(hover) = text.hover(file, row.node) {
            response.on_hover_text(hover);
        }
        actions
    }
}

pub fn filter_id() -> egui::Id {
    egui::Id::unique("tree filter")
}

fn view_id() -> egui::Id {
    egui::Id::unique("tree view")
}
