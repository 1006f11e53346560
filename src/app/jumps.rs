//! From a link or a reference to what it means, in this file or another one.

use std::path::PathBuf;

use hyperslab_core::{Dataset, GroupId, LinkTarget, Reference, Region, Variable, VariableId};

use super::App;
use crate::cf::CfDataset;
use crate::engine::FileId;
use crate::engine::store::{FileState, FileView};
use crate::places::{Place, Places, link_at, linked_files};
use crate::session::ViewId;
use crate::ui::attributes::Tab;
use crate::ui::tree::Node;
use crate::views::{Lent, Masking, Origin, Scene, VariableState, initial_state};

/// A place in a file that is not open yet.
pub struct Awaited {
    file: FileId,
    path: String,
    /// The link that led there, and the file it is in.
    link: Option<(FileId, Place)>,
}

impl App {
    /// Opens the file that an external link leads to, and goes where it means.
    pub(super) fn follow_link(&mut self, views: &[FileView<CfDataset>], node: Node, which: u8) {
        let Node::Link(file, group, at) = node else { return };
        let Some(view) = views.iter().find(|view| view.id == file) else { return };
        let link = view.opened().and_then(|opened| link_at(&opened.dataset, group, at));
        if let Some(LinkTarget::External { file: name, path }) = link.map(|link| &link.target) {
            let candidates = linked_files(&view.path, name);
            if let Some(linked) = candidates.get(usize::from(which)) {
                self.go_to_file(linked.clone(), path.clone());
                let link = Some((file, Place::Link(group, at)));
                self.awaited = self.awaited.take().map(|awaited| Awaited { link, ..awaited });
            }
        }
    }

    /// What a file is about may lie in another one: goes there once, if that file is there.
    pub(super) fn follow_first(&mut self, views: &[FileView<CfDataset>]) {
        let Some(node) = self.followed else { return };
        let is_known = self.tree.has_row(node);
        if is_known || self.tree.selected != Some(node) {
            self.followed = None;
        }
        if is_known && let (_, Some(action)) = self.tree.leads(node) {
            self.act(views, action);
        }
    }

    /// Shows what a reference in a file means.
    pub(super) fn follow_reference(
        &mut self,
        views: &[FileView<CfDataset>],
        file: FileId,
        reference: &Reference,
    ) {
        let Some(view) = views.iter().find(|view| view.id == file) else { return };
        let elsewhere = reference.file.as_deref().filter(|name| *name != view.name());
        if let Some(name) = elsewhere {
            if let Some(linked) = linked_files(&view.path, name).into_iter().next() {
                self.go_to_file(linked, reference.path.clone());
            }
            return;
        }
        let Some(opened) = view.opened() else { return };
        let place = Places::of(&opened.dataset).resolve(&reference.path, GroupId::ROOT);
        if reference.attribute.is_some() {
            self.tab = Tab::Attributes;
        }
        self.go_to(view, &reference.path, place);
        let (Some(Place::Variable(variable)), Some(region)) = (place, &reference.region) else {
            return;
        };
        let scene = Scene::new(&self.engine, views, view, opened, variable);
        let memory = &self.memory;
        let key = (view.id, scene.path());
        let state =
            self.panes.preview().states.entry(key).or_insert_with(|| initial_state(scene, memory));
        show_region(state, region);
    }

    fn go_to_file(&mut self, path: PathBuf, inside: String) {
        self.settings.remember(&path);
        let file = self.files.open(&path);
        self.awaited = Some(Awaited { file, path: inside, link: None });
    }

    /// Goes to the awaited place once it is there.
    pub(super) fn go_to_awaited(&mut self, views: &[FileView<CfDataset>]) {
        let Some(Awaited { file, path, link }) = &self.awaited else { return };
        let view = views.iter().find(|view| view.id == *file);
        let (place, is_settled) = match view.map(|view| &view.state) {
            Some(FileState::Open(opened)) => (find(&opened.dataset, path), opened.is_complete),
            Some(FileState::Opening(_)) => return,
            Some(FileState::Failed(_)) | None => (Some(Place::Group(GroupId::ROOT)), true),
        };
        if place.is_none() && !is_settled {
            return;
        }
        let (path, link) = (path.clone(), *link);
        self.awaited = None;
        if let Some(view) = view {
            self.go_to(view, &path, place);
            if let (Some((lender, link)), Some(Place::Variable(id))) = (link, place) {
                let lender = views.iter().find(|view| view.id == lender);
                lender.into_iter().for_each(|lender| self.lend(views, lender, link, view, id));
            }
        }
    }

    /// The coordinates that a file has for what one of its links leads to stand along its axes.
    fn lend(
        &mut self,
        views: &[FileView<CfDataset>],
        lender: &FileView<CfDataset>,
        link: Place,
        view: &FileView<CfDataset>,
        variable: VariableId,
    ) {
        let (Some(from), Some(opened)) = (lender.opened(), view.opened()) else { return };
        let Some(lent) = from.meaning.interpretation().lent.get(&link) else { return };
        let scene = Scene::new(&self.engine, views, view, opened, variable);
        let memory = &self.memory;
        let state = self.panes.preview().states.entry((view.id, scene.path()));
        let state = state.or_insert_with(|| initial_state(scene, memory));
        let shape = scene.variable().map(Variable::shape).unwrap_or_default();
        for axis in lent {
            let coordinate = from.dataset.variable(axis.coordinate);
            let Some((length, coordinate)) = shape.get(axis.axis).zip(coordinate) else { continue };
            let fits = match coordinate.shape().as_slice() {
                // As many values, or the edges of as many cells.
                [count] => count == length || Some(*count) == length.checked_add(1),
                _ => false,
            };
            if fits {
                let origin = Origin {
                    file: lender.id,
                    generation: lender.generation,
                    variable: axis.coordinate,
                    is_decoded: true,
                    as_rate: false,
                    as_cells: false,
                    masking: Masking::default(),
                };
                let lent = Lent { origin, opened: from.clone(), name: axis.name.clone() };
                state.lent.insert(axis.axis, lent);
            }
        }
        state.line.zoom = None;
        state.curves.forget_places();
        state.zoom = None;
    }

    fn go_to(&mut self, view: &FileView<CfDataset>, path: &str, place: Option<Place>) {
        self.show(view, Node::of(view.id, place.unwrap_or(Place::Group(GroupId::ROOT))));
        if place.is_none() {
            self.opening.complain(format!("{}: there is nothing at {path}", view.name()));
        }
    }

    /// Selects a node and opens the groups it is in.
    pub(super) fn show(&mut self, view: &FileView<CfDataset>, node: Node) {
        if let Some(opened) = view.opened() {
            self.tree.reveal(node, &opened.dataset);
        }
        self.select(node);
    }
}

fn find(dataset: &Dataset, path: &str) -> Option<Place> {
    Places::of(dataset).resolve(path, GroupId::ROOT)
}

/// The selected elements as the selection of the table.
fn show_region(state: &mut VariableState, region: &Region) {
    for (axis, &low) in region.low.iter().enumerate() {
        state.slice.set_index(axis, low);
    }
    let (row, column) = match (state.slice.y, state.slice.x) {
        (None, only) => (only, None),
        (row, column) => (row, column),
    };
    let along = |ends: &[u64], axis: Option<usize>| {
        axis.and_then(|axis| ends.get(axis)).copied().unwrap_or(0)
    };
    let corner = |ends: &[u64]| (along(ends, row), along(ends, column));
    state.view = ViewId::Table;
    state.table.show_cells(corner(&region.low), corner(&region.high));
}
