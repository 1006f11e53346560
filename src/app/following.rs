//! Files that are read anew: ids may have changed, axes may have grown.

use std::collections::HashMap;
use std::sync::Arc;

use hyperslab_core::{GroupId, VariableId};

use crate::app::panes::Panes;
use crate::cf::CfDataset;
use crate::engine::FileId;
use crate::engine::store::{FileView, Opened};
use crate::places::{Place, Places, path_of};
use crate::session::Slice;
use crate::ui::tree::{Node, Tree};

/// The pictures of the files that were shown in the last frame.
#[derive(Default)]
pub struct Following {
    seen: HashMap<FileId, (u64, Arc<Opened<CfDataset>>)>,
}

impl Following {
    /// Called with what each frame shows: keeps what is selected, and where the slices stand.
    pub fn update(&mut self, views: &[FileView<CfDataset>], tree: &mut Tree, panes: &mut Panes) {
        self.seen.retain(|id, _| views.iter().any(|view| view.id == *id));
        for view in views {
            let Some(opened) = view.opened() else { continue };
            let now = (view.generation, opened.clone());
            match self.seen.insert(view.id, now) {
                Some((generation, before)) if generation != view.generation => {
                    follow(view.id, &before, opened, tree, panes);
                }
                _ => {}
            }
        }
    }
}

fn follow(
    file: FileId,
    before: &Opened<CfDataset>,
    now: &Opened<CfDataset>,
    tree: &mut Tree,
    panes: &mut Panes,
) {
    let (old, new) = (Places::of(&before.dataset), Places::of(&now.dataset));
    let find = |path: &str| new.find(path, GroupId::ROOT);
    let renumbered = |place| find(&path_of(&before.dataset, place));
    tree.renumber(file, renumbered);
    for (_, pane) in panes.iter_mut() {
        let node = pane.node.map(|node| node.renumbered(file, renumbered));
        pane.node = node.map(|node| node.unwrap_or(Node::File(file)));
    }
    let shape = |opened: &Opened<CfDataset>, place: Option<Place>| -> Option<Vec<u64>> {
        let Place::Variable(id) = place? else { return None };
        Some(shape_of(opened, id))
    };
    for (_, pane) in panes.iter_mut() {
        pane.states.retain(|(of, path), state| {
            if *of != file {
                return true;
            }
            let was = shape(before, old.find(path, GroupId::ROOT));
            let (Some(was), Some(is)) = (was, shape(now, find(path))) else { return true };
            follow_slice(&mut state.slice, &was, &is);
            // Of other axes nothing that was chosen holds: it is looked at as if for the first time.
            was.len() == is.len()
        });
    }
}

fn shape_of(opened: &Opened<CfDataset>, id: VariableId) -> Vec<u64> {
    opened.dataset.variable(id).map(|variable| variable.shape()).unwrap_or_default()
}

/// Who looked at the end of an axis that has grown sees the new end.
fn follow_slice(slice: &mut Slice, was: &[u64], is: &[u64]) {
    if was.len() != is.len() {
        return;
    }
    for (axis, (&was, &is)) in was.iter().zip(is).enumerate() {
        let is_at_end =
            slice.indices.get(axis).is_some_and(|&index| index.saturating_add(1) >= was);
        if is > was && is_at_end {
            slice.set_index(axis, is - 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_stood_at_the_end_follows_it_and_nobody_else() {
        let mut slice = Slice { indices: vec![4, 2, 0], ..Slice::default() };
        follow_slice(&mut slice, &[5, 5, 0], &[8, 8, 3]);
        assert_eq!(slice.indices, [7, 2, 2]);
        follow_slice(&mut slice, &[8, 8, 3], &[8, 2, 3]);
        assert_eq!(slice.indices, [7, 2, 2]);
        follow_slice(&mut slice, &[8, 8, 3], &[9, 9]);
        assert_eq!(slice.indices, [7, 2, 2]);
    }
}
