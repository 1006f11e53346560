//! The files and what is in them: one list of rows, however many there are.
//!
//! Which rows there are (filter, closed groups) is worked out on a worker thread whenever the
//! files or the filter change; a frame lays out only the rows that are visible.

use std::collections::BTreeSet;
use std::sync::Arc;

use egui::{Align2, FontId, Key, Rect, Response, RichText, Sense, Ui, Vec2, pos2, vec2};
use hyperslab_core::{Dataset, GroupId, VariableId};

use super::theme::{Palette, palette};
use crate::cf::{CfDataset, Purpose};
use crate::engine::store::{FileState, FileView, Opened};
use crate::engine::{Answer, Engine, FileId, Priority, Request, Weigh};

/// A node of the tree; ids are those of the file's snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    File(FileId),
    Group(FileId, GroupId),
    Variable(FileId, VariableId),
}

impl Node {
    pub fn file(self) -> FileId {
        match self {
            Self::File(file) | Self::Group(file, _) | Self::Variable(file, _) => file,
        }
    }
}

/// What the user did to the tree; the rows themselves are derived.
#[derive(Default)]
pub struct Tree {
    pub filter: String,
    pub selected: Option<Node>,
    closed: Arc<BTreeSet<Node>>,
    /// The rows of the last frame that had any, shown while new ones are worked out.
    rows: Arc<Rows>,
    scroll_to_selected: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Row {
    node: Node,
    depth: u16,
    is_dimmed: bool,
    has_children: bool,
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
    Reload(FileId),
    Close(FileId),
}

const ROW_HEIGHT: f32 = 21.0;
const INDENT: f32 = 14.0;

impl Tree {
    pub fn select(&mut self, node: Node) {
        if self.selected != Some(node) {
            self.selected = Some(node);
            self.scroll_to_selected = true;
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
        self.update_rows(engine, files);
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
            ui.weak("Nothing matches the filter");
        }
        let mut area = egui::ScrollArea::vertical().auto_shrink(false).id_salt("tree");
        if std::mem::take(&mut self.scroll_to_selected)
            && let Some(at) = rows.0.iter().position(|row| Some(row.node) == self.selected)
        {
            area = self.scrolled_to(ui, area, at);
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let output = area.show_rows(ui, ROW_HEIGHT, rows.0.len(), |ui, range| {
            for row in rows.0.get(range).unwrap_or_default() {
                let file = files.iter().find(|view| view.id == row.node.file());
                if let Some(file) = file {
                    actions.extend(self.row_ui(ui, row, file));
                }
            }
        });
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

    fn update_rows(&mut self, engine: &Engine, files: &[FileView<CfDataset>]) {
        let snapshot = |view: &FileView<CfDataset>| {
            let address = view.opened().map_or(0, |opened| Arc::as_ptr(opened) as usize);
            (view.id, view.generation, address)
        };
        let request = RowsRequest {
            snapshots: files.iter().map(snapshot).collect(),
            filter: self.filter.trim().to_lowercase(),
            closed: self.closed.clone(),
        };
        let (files, filter, closed) = (files.to_vec(), request.filter.clone(), self.closed.clone());
        let answer =
            engine.want(&request, Priority::Visible, move |_| Ok(rows(&files, &filter, &closed)));
        if let Answer::Ready(rows) = answer {
            self.rows = rows;
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
        let at = rows.iter().position(|row| Some(row.node) == self.selected);
        let pressed = |key| ui.input(|input| input.modifiers.is_none() && input.key_pressed(key));
        let last = rows.len().checked_sub(1)?;
        let to = if pressed(Key::ArrowDown) {
            at.map_or(0, |at| (at + 1).min(last))
        } else if pressed(Key::ArrowUp) {
            at.map_or(last, |at| at.saturating_sub(1))
        } else if pressed(Key::Home) {
            0
        } else if pressed(Key::End) {
            last
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
        let indent = f32::from(row.depth) * INDENT;
        if row.has_children {
            arrow_ui(
                ui,
                pos2(rect.left() + indent + 8.0, rect.center().y),
                self.closed.contains(&row.node),
                palette,
            );
        }
        let text = RowText::of(row.node, file);
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
                actions.push(TreeAction::Select(row.node));
            }
        }
        row_menu_ui(&response, row.node, file, &mut actions);
        if let Some(hover) = text.hover(file, row.node) {
            response.on_hover_text(hover);
        }
        actions
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
            (Node::Group(_, group), Some(opened)) => Some(opened.dataset.group_path(group)),
            (Node::Variable(_, id), Some(opened)) => Some(opened.dataset.variable_path(id)),
            _ => None,
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
struct RowText {
    name: String,
    /// Dimensions with their lengths, or the state of the file.
    detail: String,
    units: String,
    long_name: String,
}

impl RowText {
    fn of(node: Node, file: &FileView<CfDataset>) -> Self {
        let plain = |name: String, detail: String| Self {
            name,
            detail,
            units: String::new(),
            long_name: String::new(),
        };
        let opened = match (&file.state, node) {
            (FileState::Open(opened), _) => opened,
            (FileState::Opening(_), _) => return plain(file.name(), "opening…".into()),
            (FileState::Failed(_), _) => return plain(file.name(), "cannot be read".into()),
        };
        match node {
            Node::File(_) => plain(file.name(), opened.file.format_name().to_owned()),
            Node::Group(_, id) => {
                let name = opened.dataset.group(id).map(|group| group.name.clone());
                plain(name.unwrap_or_default(), String::new())
            }
            Node::Variable(_, id) => Self::of_variable(opened, id),
        }
    }

    fn of_variable(opened: &Opened<CfDataset>, id: VariableId) -> Self {
        let variable = opened.dataset.variable(id);
        Self {
            name: variable.map(|v| v.name.clone()).unwrap_or_default(),
            detail: dimensions_text(&opened.dataset, id),
            units: variable.and_then(|v| v.text("units")).unwrap_or_default(),
            long_name: variable
                .and_then(|v| v.text("long_name").or_else(|| v.text("standard_name")))
                .unwrap_or_default(),
        }
    }

    /// For screen readers and tests.
    fn spoken(&self) -> String {
        [&self.name, &self.detail, &self.units]
            .into_iter()
            .filter(|part| !part.is_empty())
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn hover(&self, file: &FileView<CfDataset>, node: Node) -> Option<String> {
        match (node, &file.state) {
            (Node::File(_), FileState::Failed(error)) => Some(error.to_string()),
            (Node::File(_), _) => Some(file.path.display().to_string()),
            (Node::Group(..), _) => None,
            (Node::Variable(..), _) => {
                let lines = [self.long_name.as_str(), self.detail.as_str(), self.units.as_str()];
                Some(lines.into_iter().filter(|l| !l.is_empty()).collect::<Vec<_>>().join("\n"))
                    .filter(|text| !text.is_empty())
            }
        }
    }
}

/// `time 200 × lat 500 × lon 500`; empty for a scalar.
pub fn dimensions_text(dataset: &Dataset, id: VariableId) -> String {
    let Some(variable) = dataset.variable(id) else { return String::new() };
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
    let after = painter.text(
        name.right_center() + vec2(8.0, 0.5),
        Align2::LEFT_CENTER,
        detail,
        small.clone(),
        palette.weak,
    );
    let galley = painter.layout_no_wrap(text.units.clone(), small, palette.weak);
    let left = rect.right() - galley.size().x - 6.0;
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

/// Depth first; inside a group data come before coordinates, helpers last, then the groups.
/// With a filter only what matches is there, with the groups that lead to it.
fn rows(files: &[FileView<CfDataset>], filter: &str, closed: &BTreeSet<Node>) -> Rows {
    let mut rows = Vec::new();
    for file in files {
        let node = Node::File(file.id);
        let Some(opened) = file.opened() else {
            rows.push(Row { node, depth: 0, is_dimmed: false, has_children: false });
            continue;
        };
        let mut listing = FileRows { id: file.id, opened, filter, closed, rows: Vec::new() };
        listing.add_contents(GroupId::ROOT, 1);
        let found = listing.rows;
        if filter.is_empty() || !found.is_empty() {
            rows.push(Row { node, depth: 0, is_dimmed: false, has_children: true });
            if !closed.contains(&node) || !filter.is_empty() {
                rows.extend(found);
            }
        }
    }
    Rows(rows)
}

struct FileRows<'a> {
    id: FileId,
    opened: &'a Opened<CfDataset>,
    filter: &'a str,
    closed: &'a BTreeSet<Node>,
    rows: Vec<Row>,
}

impl FileRows<'_> {
    /// Groups nest no deeper than the limits that the reader kept to.
    fn add_contents(&mut self, id: GroupId, depth: u16) {
        let Some(group) = self.opened.dataset.group(id) else { return };
        let mut variables: Vec<(u8, VariableId)> = group
            .variables
            .iter()
            .filter(|&&id| self.matches(id))
            .map(|&id| (rank(self.opened.meaning.purpose(id)), id))
            .collect();
        variables.sort_by_key(|&(rank, _)| rank);
        for (rank, id) in variables {
            let node = Node::Variable(self.id, id);
            self.rows.push(Row { node, depth, is_dimmed: rank > 0, has_children: false });
        }
        for &child in &group.groups {
            let node = Node::Group(self.id, child);
            let at = self.rows.len();
            self.rows.push(Row { node, depth, is_dimmed: false, has_children: true });
            if !self.filter.is_empty() || !self.closed.contains(&node) {
                self.add_contents(child, depth.saturating_add(1));
            }
            if !self.filter.is_empty() && self.rows.len() == at + 1 {
                self.rows.pop();
            }
        }
    }

    fn matches(&self, id: VariableId) -> bool {
        if self.filter.is_empty() {
            return true;
        }
        let Some(variable) = self.opened.dataset.variable(id) else { return false };
        let contains = |text: &str| text.to_lowercase().contains(self.filter);
        contains(&variable.name)
            || ["long_name", "standard_name", "units"]
                .iter()
                .filter_map(|name| variable.text(name))
                .any(|text| contains(&text))
            || dimensions_text(&self.opened.dataset, id).to_lowercase().contains(self.filter)
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
