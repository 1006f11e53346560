//! Which rows the tree has: worked out from the files, the filter and what is closed.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use hyperslab_core::{GroupId, Link, LinkTarget, VariableId};

use super::matcher::Matcher;
use super::{Node, TreeAction, dimensions_text};
use crate::cf::{CfDataset, Purpose};
use crate::engine::store::{FileView, Opened};
use crate::engine::{FileId, Request, Weigh};
use crate::places::{Place, Places, linked_files};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) node: Node,
    pub(super) depth: u16,
    pub(super) is_dimmed: bool,
    pub(super) has_children: bool,
    /// Of a link.
    pub(super) leads: Leads,
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
pub struct Rows(pub(super) Vec<Row>);

impl Weigh for Rows {
    fn bytes(&self) -> usize {
        self.0.len() * size_of::<Row>()
    }
}

/// The rows depend on which snapshots there are, the filter, and what is closed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct RowsRequest {
    pub(super) snapshots: Vec<(FileId, u64, usize)>,
    pub(super) filter: String,
    pub(super) shows_hidden: bool,
    pub(super) closed: Arc<BTreeSet<Node>>,
}

impl Request for RowsRequest {
    type Output = Rows;

    fn describe(&self) -> String {
        "listing".into()
    }
}

impl Row {
    fn new(node: Node, depth: u16) -> Self {
        let (is_dimmed, has_children) = (false, false);
        Self { node, depth, is_dimmed, has_children, leads: Leads::Nowhere }
    }

    /// A double click, or one with Ctrl, opens another tile.
    pub(super) fn clicked(&self, response: &egui::Response) -> TreeAction {
        let with_ctrl = response.ctx.input(|input| input.modifiers.command);
        let opens = with_ctrl || (response.double_clicked() && !self.has_children);
        match self.follow() {
            Some(action) => action,
            None if opens => TreeAction::Open(self.node),
            None => TreeAction::Select(self.node),
        }
    }

    /// What a click on a link does; a link that leads nowhere is only looked at.
    pub(super) fn follow(&self) -> Option<TreeAction> {
        match (self.node, self.leads) {
            (Node::Link(file, ..), Leads::Here(place)) => {
                Some(TreeAction::Select(Node::of(file, place)))
            }
            (Node::Link(..), Leads::Elsewhere(which)) => Some(TreeAction::Follow(self.node, which)),
            _ => None,
        }
    }
}

/// Depth first; inside a group data come before coordinates, helpers last, then the types, the
/// links and the groups. With a filter only what matches is there, with the groups that lead to
/// it.
pub(super) fn rows(files: &[FileView<CfDataset>], asked: &RowsRequest) -> Rows {
    let (closed, shows_hidden) = (&*asked.closed, asked.shows_hidden);
    // What is no expression finds nothing; the tree says why.
    let Ok(filter) = Matcher::new(&asked.filter) else { return Rows::default() };
    let filter = &filter;
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
    filter: &'a Matcher,
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
        self.filter.finds(text)
    }

    fn matches(&self, id: VariableId) -> bool {
        if self.filter.is_empty() {
            return true;
        }
        let Some(variable) = self.opened.dataset.variable(id) else { return false };
        self.filter.finds_variable(variable)
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
