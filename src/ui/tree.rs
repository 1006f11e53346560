//! The files and what is in them: one list of rows, however many there are.
//!
//! Which rows there are (filter, closed groups) is worked out on a worker thread whenever the
//! files or the filter change; a frame lays out only the rows that are visible.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{Align2, FontId, Key, Rect, Response, RichText, Sense, Stroke, Ui, Vec2, pos2, vec2};
use hyperslab_core::{Dataset, GroupId, Link, LinkTarget, ReadError, VariableId};

use super::theme::{Palette, palette, warning_sign};
use crate::cf::{CfDataset, Purpose};
use crate::engine::store::{FileState, FileView, Opened};
use crate::engine::{Answer, Engine, FileId, Priority, Request, Weigh};
use crate::places::{self, Place, Places};
use crate::prep::definition::summary;

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

#[derive(Clone, Copy, Debug, PartialEq)]
struct Row {
    node: Node,
    depth: u16,
    is_dimmed: bool,
    has_children: bool,
    /// Of a link.
    leads: Leads,
}

/// Where a link leads, as far as it can be known without opening another file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leads {
    /// To nothing that could be shown.
    Nowhere,
    /// Into the file it is in.
    Here(Place),
    /// To another file, which is there: the one of these [`linked_files`].
    Elsewhere(u8),
}

#[derive(Default)]
pub struct Rows(Vec<Row>);

impl Weigh for Rows {
    fn bytes(&self) -> usize {
        self.0.len() * size_of::<Row>()
    }
}

/// The rows depend on which snapshots there are, the filter, and what is closed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct RowsRequest {
    snapshots: Vec<(FileId, u64, usize)>,
    filter: String,
    shows_hidden: bool,
    closed: Arc<BTreeSet<Node>>,
}

impl Request for RowsRequest {
    type Output = Rows;

    fn describe(&self) -> String {
        "listing".into()
    }
}

/// What the frame should do about the tree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TreeAction {
    Select(Node),
    /// The link leads into another file: the one of these [`linked_files`].
    Follow(Node, u8),
    Reload(FileId),
    Close(FileId),
}

const ROW_HEIGHT: f32 = 21.0;
const INDENT: f32 = 14.0;
/// Deeper nodes are indented no further than to this part of the width.
const INDENT_SHARE: f32 = 0.45;

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
        let new = |node: Node| match node {
            Node::File(_) => Some(node),
            other if other.file() != file => Some(other),
            other => renumbered(other.place()).map(|place| Node::of(file, place)),
        };
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
            ui.weak(match files.iter().all(is_complete) {
                true => "Nothing matches the filter",
                false => "Nothing so far, but not all is read yet",
            });
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
            .hint_text("Filter: names, long names, units")
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
            filter: self.filter.trim().to_lowercase(),
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
            ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::click());
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
                actions.push(row.follow().unwrap_or(TreeAction::Select(row.node)));
            }
        }
        row_menu_ui(&response, row.node, file, &mut actions);
        if let Some(hover) = text.hover(file, row.node) {
            response.on_hover_text(hover);
        }
        actions
    }
}

impl Row {
    fn new(node: Node, depth: u16) -> Self {
        let (is_dimmed, has_children) = (false, false);
        Self { node, depth, is_dimmed, has_children, leads: Leads::Nowhere }
    }

    /// What a click on a link does; a link that leads nowhere is only looked at.
    fn follow(&self) -> Option<TreeAction> {
        match (self.node, self.leads) {
            (Node::Link(file, ..), Leads::Here(place)) => {
                Some(TreeAction::Select(Node::of(file, place)))
            }
            (Node::Link(..), Leads::Elsewhere(which)) => Some(TreeAction::Follow(self.node, which)),
            _ => None,
        }
    }
}

fn row_menu_ui(
    response: &Response,
    node: Node,
    file: &FileView<CfDataset>,
    actions: &mut Vec<TreeAction>,
) {
    response.context_menu(|ui| {
        let path = match (node, file.opened()) {
            (Node::File(_), _) | (_, None) => None,
            (_, Some(opened)) => Some(places::path_of(&opened.dataset, node.place())),
        };
        if let Some(path) = path
            && ui.button("Copy path inside the file").clicked()
        {
            ui.ctx().copy_text(path);
            ui.close();
        }
        if ui.button("Copy file path").clicked() {
            ui.ctx().copy_text(file.path.display().to_string());
            ui.close();
        }
        ui.separator();
        if ui.button("Reload file").clicked() {
            actions.push(TreeAction::Reload(file.id));
            ui.close();
        }
        if ui.button("Close file").clicked() {
            actions.push(TreeAction::Close(file.id));
            ui.close();
        }
    });
}

/// What one row says.
#[derive(Default)]
struct RowText {
    name: String,
    /// Dimensions with their lengths, the state of the file, or where a link leads.
    detail: String,
    units: String,
    long_name: String,
    /// Path under which the same object was met first.
    alias_of: Option<String>,
    /// What of it cannot be read.
    error: Option<String>,
    /// Lines of its own for the tooltip.
    note: String,
}

impl RowText {
    fn of(row: &Row, file: &FileView<CfDataset>) -> Self {
        let plain = |name: String, detail: String| Self { name, detail, ..Self::default() };
        let opened = match &file.state {
            FileState::Open(opened) => opened,
            FileState::Opening(_) => return plain(file.name(), "opening…".into()),
            FileState::Failed(_) => return plain(file.name(), "cannot be read".into()),
        };
        let dataset = &opened.dataset;
        match row.node {
            Node::File(_) => {
                let error = error_line(dataset.group(GroupId::ROOT).and_then(|g| g.error.as_ref()));
                let text = plain(file.name(), format_text(opened));
                Self { error, ..text }
            }
            Node::Group(_, id) => match dataset.group(id) {
                Some(group) => Self {
                    name: group.name.clone(),
                    detail: opened.meaning.interpretation().group_note(id).to_owned(),
                    alias_of: group.alias_of.clone(),
                    error: error_line(group.error.as_ref()),
                    ..Self::default()
                },
                None => Self::default(),
            },
            Node::Variable(_, id) => Self::of_variable(opened, id),
            Node::Type(_, group, at) => match places::type_at(dataset, group, at) {
                Some(named) => Self {
                    alias_of: named.alias_of.clone(),
                    ..plain(named.name.clone(), summary(&named.dtype))
                },
                None => Self::default(),
            },
            Node::Link(_, group, at) => match places::link_at(dataset, group, at) {
                Some(link) => Self {
                    // Of the others it is no damage: they may lead on for somebody else.
                    error: error_line(link.error.as_ref().filter(|_| is_hard(link))),
                    note: link_note(link, row.leads).to_owned(),
                    ..plain(link.name.clone(), leads_text(&link.target))
                },
                None => Self::default(),
            },
        }
    }

    fn of_variable(opened: &Opened<CfDataset>, id: VariableId) -> Self {
        let Some(variable) = opened.dataset.variable(id) else { return Self::default() };
        let long_name = variable.text("long_name").or_else(|| variable.text("standard_name"));
        Self {
            name: variable.name.clone(),
            detail: match opened.meaning.interpretation().variable_note(id) {
                "" => dimensions_text(&opened.dataset, id),
                note => format!("{}    {note}", dimensions_text(&opened.dataset, id)),
            },
            units: variable.text("units").unwrap_or_default(),
            long_name: long_name.unwrap_or_default(),
            alias_of: variable.alias_of.clone(),
            error: error_line(variable.error.as_ref()),
            note: String::new(),
        }
    }

    /// For screen readers and tests.
    fn spoken(&self) -> String {
        let alias = self.alias_of.as_ref().map(|path| format!("same as {path}"));
        let error = self.error.as_ref().map(|_| "damaged".to_owned());
        [&self.name, &self.detail, &self.units]
            .into_iter()
            .chain(&alias)
            .chain(&error)
            .filter(|part| !part.is_empty())
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn hover(&self, file: &FileView<CfDataset>, node: Node) -> Option<String> {
        if let (Node::File(_), FileState::Failed(error)) = (node, &file.state) {
            return Some(error.to_string());
        }
        let path = file.path.display().to_string();
        let alias = self.alias_of.as_ref().map(|path| format!("Same as {path}"));
        let mut lines: Vec<&str> = match node {
            Node::File(_) => vec![&path],
            Node::Group(..) | Node::Link(..) => vec![],
            Node::Variable(..) | Node::Type(..) => {
                vec![&self.long_name, &self.detail, &self.units]
            }
        };
        lines.push(&self.note);
        lines.extend(alias.as_deref());
        lines.extend(self.error.as_deref());
        let text = lines.into_iter().filter(|l| !l.is_empty()).collect::<Vec<_>>().join("\n");
        Some(text).filter(|text| !text.is_empty())
    }
}

fn error_line(error: Option<&ReadError>) -> Option<String> {
    error.map(ReadError::what)
}

/// Where a link leads, in the words of the file.
pub fn leads_text(target: &LinkTarget) -> String {
    match target {
        LinkTarget::Soft { path } => format!("→ {path}"),
        LinkTarget::External { file, path } => format!("→ {file}:{path}"),
        LinkTarget::UserDefined { class } => format!("user-defined link of class {class}"),
        LinkTarget::Hard { path } if path.is_empty() => "cannot be read".into(),
        LinkTarget::Hard { path } => format!("→ {path}"),
    }
}

/// What sort of link it is, and why it leads nowhere if it does.
pub fn link_note(link: &Link, leads: Leads) -> &'static str {
    match (&link.target, leads) {
        (LinkTarget::Soft { .. }, Leads::Nowhere) => "Soft link; nothing is there",
        (LinkTarget::Soft { .. }, _) => "Soft link",
        (LinkTarget::External { .. }, Leads::Nowhere) => "Link to a file that is not there",
        (LinkTarget::External { .. }, _) => "Link to another file; a click opens it",
        (LinkTarget::UserDefined { .. }, _) => "Only the program that made this link follows it",
        (LinkTarget::Hard { .. }, Leads::Nowhere) => "Hard link to what cannot be read",
        (LinkTarget::Hard { .. }, _) => "Hard link to a group that it is in: a circle",
    }
}

fn is_hard(link: &Link) -> bool {
    matches!(link.target, LinkTarget::Hard { .. })
}

/// The files that an external link may mean, the first of them that is there: as it is written,
/// from the folder of the linking file, or else the file of that name beside it.
pub fn linked_files(linking: &Path, name: &str) -> Vec<PathBuf> {
    let Some(folder) = linking.parent() else { return Vec::new() };
    let beside = Path::new(name).file_name().map(|name| folder.join(name));
    [Some(folder.join(name)), beside].into_iter().flatten().collect()
}

/// `HDF5 · NeXus`: the format, and the convention above it.
pub fn format_text(opened: &Opened<CfDataset>) -> String {
    match opened.meaning.interpretation().name() {
        Some(name) => format!("{} · {name}", opened.file.format_name()),
        None => opened.file.format_name().to_owned(),
    }
}

/// `time 200 × lat 500 × lon 500`; empty for a scalar.
pub fn dimensions_text(dataset: &Dataset, id: VariableId) -> String {
    let Some(variable) = dataset.variable(id) else { return String::new() };
    if variable.is_null {
        return "no values".into();
    }
    let axes = variable.axes.iter().map(|axis| match dataset.dimension_name(axis) {
        Some(name) => format!("{name} {}", axis.length),
        None => axis.length.to_string(),
    });
    axes.collect::<Vec<_>>().join(" × ")
}

fn text_ui(ui: &Ui, rect: Rect, text: &RowText, row: &Row, palette: Palette) {
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let name_color = if row.is_dimmed { palette.weak } else { palette.text };
    let font = FontId::proportional(13.0);
    let small = FontId::proportional(11.0);
    let name = painter.text(rect.left_center(), Align2::LEFT_CENTER, &text.name, font, name_color);
    let detail = if text.detail.is_empty() { &text.long_name } else { &text.detail };
    let name = match text.alias_of {
        // The same object under another name.
        Some(_) => painter.text(
            name.right_center() + vec2(5.0, -3.0),
            Align2::LEFT_CENTER,
            "=",
            small.clone(),
            palette.weak,
        ),
        None => name,
    };
    let after = painter.text(
        pos2(name.right() + 8.0, rect.center().y + 0.5),
        Align2::LEFT_CENTER,
        detail,
        small.clone(),
        palette.weak,
    );
    let mut right = rect.right() - 6.0;
    if text.error.is_some() {
        warning_sign(&painter, pos2(right - 6.0, rect.center().y), palette.warning);
        right -= 18.0;
    }
    let galley = painter.layout_no_wrap(text.units.clone(), small, palette.weak);
    let left = right - galley.size().x;
    if left > after.right() + 10.0 {
        painter.galley(pos2(left, rect.center().y - galley.size().y / 2.0), galley, palette.weak);
    }
}

fn arrow_ui(ui: &Ui, center: egui::Pos2, is_closed: bool, palette: Palette) {
    let (a, b, c) = if is_closed {
        (vec2(-2.5, -4.0), vec2(3.5, 0.0), vec2(-2.5, 4.0))
    } else {
        (vec2(-4.0, -2.5), vec2(4.0, -2.5), vec2(0.0, 3.5))
    };
    let points = [a, b, c].map(|offset: Vec2| center + offset).to_vec();
    ui.painter().add(egui::Shape::convex_polygon(points, palette.weak, egui::Stroke::NONE));
}

/// Before the name: what is neither group nor variable.
fn mark_ui(ui: &Ui, center: egui::Pos2, node: Node, palette: Palette) {
    let painter = ui.painter();
    match node {
        Node::Link(..) => {
            painter.arrow(center - vec2(5.0, 0.0), vec2(9.0, 0.0), Stroke::new(1.2, palette.weak));
        }
        Node::Type(..) => {
            let rect = Rect::from_center_size(center, vec2(11.0, 11.0));
            let stroke = Stroke::new(1.0, palette.weak);
            painter.rect_stroke(rect, 2.0, stroke, egui::StrokeKind::Inside);
            let font = FontId::proportional(9.0);
            painter.text(center, Align2::CENTER_CENTER, "T", font, palette.weak);
        }
        _ => {}
    }
}

pub fn filter_id() -> egui::Id {
    egui::Id::unique("tree filter")
}

fn view_id() -> egui::Id {
    egui::Id::unique("tree view")
}

/// Where nothing is open yet.
pub fn welcome_ui(ui: &mut Ui, recent: &[std::path::PathBuf]) -> Option<std::path::PathBuf> {
    let mut chosen = None;
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.28);
        ui.label(RichText::new("Drop a data file here").size(22.0));
        ui.add_space(4.0);
        ui.weak("or press Ctrl+O to choose one");
        if !recent.is_empty() {
            ui.add_space(24.0);
            ui.weak("Recent files");
            for path in recent {
                let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
                if ui.link(name).on_hover_text(path.display().to_string()).clicked() {
                    chosen = Some(path.clone());
                }
            }
        }
    });
    chosen
}

/// Depth first; inside a group data come before coordinates, helpers last, then the types, the
/// links and the groups. With a filter only what matches is there, with the groups that lead to
/// it.
fn rows(files: &[FileView<CfDataset>], asked: &RowsRequest) -> Rows {
    let (filter, closed, shows_hidden) =
        (asked.filter.as_str(), &*asked.closed, asked.shows_hidden);
    let mut rows = Vec::new();
    for file in files {
        let node = Node::File(file.id);
        let Some(opened) = file.opened() else {
            rows.push(Row::new(node, 0));
            continue;
        };
        let places = Places::of(&opened.dataset);
        let (files_there, rows_of_file) = (RefCell::default(), Vec::new());
        let mut listing = FileRows {
            file,
            opened,
            places,
            filter,
            closed,
            shows_hidden,
            files_there,
            rows: rows_of_file,
        };
        listing.add_contents(GroupId::ROOT, 1);
        let found = listing.rows;
        if filter.is_empty() || !found.is_empty() {
            rows.push(Row { has_children: true, ..Row::new(node, 0) });
            if !closed.contains(&node) || !filter.is_empty() {
                rows.extend(found);
            }
        }
    }
    Rows(rows)
}

struct FileRows<'a> {
    file: &'a FileView<CfDataset>,
    opened: &'a Opened<CfDataset>,
    places: Places<'a>,
    filter: &'a str,
    closed: &'a BTreeSet<Node>,
    shows_hidden: bool,
    /// Links often lead to the same few files.
    files_there: RefCell<HashMap<String, Leads>>,
    rows: Vec<Row>,
}

impl FileRows<'_> {
    /// Groups nest no deeper than the limits that the reader kept to.
    fn add_contents(&mut self, id: GroupId, depth: u16) {
        let Some(group) = self.opened.dataset.group(id) else { return };
        let file = self.file.id;
        let mut variables: Vec<(u8, VariableId)> = group
            .variables
            .iter()
            .filter(|&&id| self.matches(id) && !self.is_hidden(Place::Variable(id)))
            .map(|&id| (rank(self.opened.meaning.purpose(id)), id))
            .collect();
        let hints = self.opened.meaning.interpretation().groups.get(&id);
        let order = hints.map_or(&[][..], |hints| &hints.order);
        let positions: HashMap<Place, usize> = order.iter().copied().zip(0..).collect();
        let position = |place: Place| positions.get(&place).copied().unwrap_or(usize::MAX);
        variables.sort_by_key(|&(rank, id)| (position(Place::Variable(id)), rank));
        for (rank, id) in variables {
            let row = Row::new(Node::Variable(file, id), depth);
            self.rows.push(Row { is_dimmed: rank > 0, ..row });
        }
        for (at, named) in (0..).zip(&group.types) {
            if self.contains(&named.name) {
                self.rows.push(Row::new(Node::Type(file, id, at), depth));
            }
        }
        for (at, link) in (0..).zip(&group.links) {
            if self.contains(&link.name) {
                let leads = self.leads(id, link);
                let row = Row::new(Node::Link(file, id, at), depth);
                self.rows.push(Row { is_dimmed: true, leads, ..row });
            }
        }
        let mut children = group.groups.clone();
        children.sort_by_key(|&child| position(Place::Group(child)));
        for child in children {
            if self.is_hidden(Place::Group(child)) {
                continue;
            }
            let node = Node::Group(file, child);
            let at = self.rows.len();
            self.rows.push(Row { has_children: true, ..Row::new(node, depth) });
            if !self.filter.is_empty() || !self.closed.contains(&node) {
                self.add_contents(child, depth.saturating_add(1));
            }
            if !self.filter.is_empty() && self.rows.len() == at + 1 {
                self.rows.pop();
            }
        }
    }

    fn leads(&self, group: GroupId, link: &Link) -> Leads {
        match &link.target {
            LinkTarget::External { file, .. } => {
                if let Some(&known) = self.files_there.borrow().get(file.as_str()) {
                    return known;
                }
                let candidates = linked_files(&self.file.path, file);
                let at = (0u8..).zip(&candidates).find(|(_, path)| path.is_file());
                let leads = at.map_or(Leads::Nowhere, |(which, _)| Leads::Elsewhere(which));
                self.files_there.borrow_mut().insert(file.clone(), leads);
                leads
            }
            _ => self.places.target(group, link).map_or(Leads::Nowhere, Leads::Here),
        }
    }

    fn is_hidden(&self, place: Place) -> bool {
        !self.shows_hidden && self.opened.meaning.is_hidden(place)
    }

    fn contains(&self, text: &str) -> bool {
        self.filter.is_empty() || text.to_lowercase().contains(self.filter)
    }

    fn matches(&self, id: VariableId) -> bool {
        if self.filter.is_empty() {
            return true;
        }
        let Some(variable) = self.opened.dataset.variable(id) else { return false };
        self.contains(&variable.name)
            || ["long_name", "standard_name", "units"]
                .iter()
                .filter_map(|name| variable.text(name))
                .any(|text| self.contains(&text))
            || self.contains(&dimensions_text(&self.opened.dataset, id))
    }
}

fn rank(purpose: Purpose) -> u8 {
    match purpose {
        Purpose::Data => 0,
        Purpose::Coordinate => 1,
        Purpose::Helper => 2,
        Purpose::Bounds => 3,
    }
}
