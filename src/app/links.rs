//! Tiles whose dimensions agree are looked at together: they share the index along a dimension of
//! one name and length, the window of pictures on the same two, and the pointer.

use std::collections::{BTreeMap, HashMap};

use super::App;
use super::panes::{Pane, PaneId};
use super::selection::variable_of;
use crate::cf::CfDataset;
use crate::engine::FileId;
use crate::engine::store::FileView;
use crate::session::Zoom;
use crate::views::VariableState;

/// A dimension by what tiles compare of it.
type Dimension = (String, u64);

/// What all linked tiles agree on.
#[derive(Default)]
pub struct Links {
    indices: HashMap<Dimension, u64>,
    /// By the dimensions across and up.
    zooms: HashMap<(Dimension, Dimension), Option<Zoom>>,
    /// The variable that each tile showed when it last agreed.
    agreed: HashMap<PaneId, (FileId, String)>,
}

/// A linked tile that shows a variable.
struct Linked<'a> {
    id: PaneId,
    key: (FileId, String),
    /// By axis; none of axes without a name.
    dimensions: Vec<Option<Dimension>>,
    state: &'a mut VariableState,
}

impl Linked<'_> {
    fn plane(&self) -> Option<(Dimension, Dimension)> {
        let named = |axis: Option<usize>| {
            axis.and_then(|axis| self.dimensions.get(axis)).and_then(Clone::clone)
        };
        let (x, y) = (self.state.slice.x?, self.state.slice.y?);
        // Where something else stands along an axis its coordinates are not those of others.
        let is_plain = |axis: usize| {
            self.state.along.along(axis).is_none()
                && self.state.along.scale(axis).is_none()
                && !self.state.lent.contains_key(&axis)
        };
        let is_plain = is_plain(x) && is_plain(y);
        named(Some(x)).zip(named(Some(y))).filter(|_| is_plain)
    }

    fn indices(&self) -> impl Iterator<Item = (&Dimension, u64)> {
        self.dimensions.iter().enumerate().filter_map(|(axis, dimension)| {
            let dimension = dimension.as_ref()?;
            Some((dimension, self.state.slice.index(axis, dimension.1)))
        })
    }

    /// Which of these indices lie along its axes.
    fn marks(&self, indices: &HashMap<Dimension, u64>) -> BTreeMap<usize, u64> {
        let axes = self.dimensions.iter().enumerate();
        axes.filter_map(|(axis, dimension)| Some((axis, *indices.get(dimension.as_ref()?)?)))
            .collect()
    }

    /// The window, where it is one of what is shown now.
    fn zoom(&self) -> Option<Zoom> {
        let axes = (self.state.slice.x?, self.state.slice.y?);
        self.state.zoom.filter(|zoom| zoom.axes == axes)
    }
}

impl Links {
    /// What was changed in one tile is changed in all; a tile that shows another variable than
    /// before follows the others. True where a tile was changed.
    fn agree(&mut self, tiles: &mut [Linked<'_>]) -> bool {
        let (known, new): (Vec<&Linked<'_>>, Vec<_>) =
            tiles.iter().partition(|tile| self.agreed.get(&tile.id) == Some(&tile.key));
        let mut moved = HashMap::new();
        let mut zoomed = HashMap::new();
        for tile in known {
            for (dimension, index) in tile.indices() {
                let shared = *self.indices.entry(dimension.clone()).or_insert(index);
                if shared != index {
                    moved.insert(dimension.clone(), index);
                }
            }
            if let Some(plane) = tile.plane() {
                let shared = self.zooms.entry(plane.clone()).or_insert(tile.zoom());
                if !is_same(*shared, tile.zoom()) {
                    zoomed.insert(plane, tile.zoom());
                }
            }
        }
        self.indices.extend(moved);
        self.zooms.extend(zoomed);
        for tile in new {
            for (dimension, index) in tile.indices() {
                self.indices.entry(dimension.clone()).or_insert(index);
            }
            if let Some(plane) = tile.plane() {
                self.zooms.entry(plane).or_insert(tile.zoom());
            }
        }
        self.agreed = tiles.iter().map(|tile| (tile.id, tile.key.clone())).collect();
        let mut is_changed = false;
        for tile in tiles {
            is_changed |= self.move_to_shared(tile);
        }
        is_changed
    }

    fn move_to_shared(&self, tile: &mut Linked<'_>) -> bool {
        let mut is_changed = false;
        for (axis, dimension) in tile.dimensions.iter().enumerate() {
            let Some(dimension) = dimension else { continue };
            let shared = self.indices.get(dimension);
            let shared = shared.filter(|&&to| to != tile.state.slice.index(axis, dimension.1));
            if let Some(&index) = shared {
                tile.state.slice.set_index(axis, index);
                is_changed = true;
            }
        }
        let axes = tile.state.slice.x.zip(tile.state.slice.y);
        if let Some((plane, axes)) = tile.plane().zip(axes)
            && let Some(&zoom) = self.zooms.get(&plane)
            && !is_same(zoom, tile.zoom())
        {
            tile.state.zoom = zoom.map(|zoom| Zoom { axes, ..zoom });
            is_changed = true;
        }
        is_changed
    }
}

/// The numbers of the axes may differ between variables.
fn is_same(a: Option<Zoom>, b: Option<Zoom>) -> bool {
    a.map(|zoom| (zoom.x, zoom.y)) == b.map(|zoom| (zoom.x, zoom.y))
}

/// Marks in all other tiles what the pointer is on in one; true where marks have changed.
fn share_cursor(tiles: &mut [Linked<'_>]) -> bool {
    let here = tiles.iter().find_map(|tile| {
        let indices = tile.state.cursor.here.as_ref()?;
        let named = tile.dimensions.iter().zip(indices);
        let there: HashMap<Dimension, u64> =
            named.filter_map(|(dimension, &index)| Some((dimension.clone()?, index))).collect();
        Some((tile.id, there))
    });
    let mut is_changed = false;
    for tile in tiles {
        let there = match &here {
            Some((id, indices)) if *id != tile.id => tile.marks(indices),
            _ => BTreeMap::new(),
        };
        is_changed |= tile.state.cursor.there != there;
        tile.state.cursor.there = there;
    }
    is_changed
}

impl App {
    /// Called when all tiles have been drawn: true where one has to be drawn anew.
    pub(super) fn link_tiles(&mut self, views: &[FileView<CfDataset>]) -> bool {
        if self.panes.len() == 1 {
            let was_linked = !self.links.agreed.is_empty();
            self.links = Links::default();
            if was_linked {
                self.panes.iter_mut().for_each(|(_, pane)| forget_marks(pane));
            }
            return was_linked;
        }
        let mut tiles = Vec::new();
        for (id, pane) in self.panes.iter_mut() {
            match linked(id, pane, views) {
                Some(tile) => tiles.push(tile),
                None => continue,
            }
        }
        let has_moved = self.links.agree(&mut tiles);
        share_cursor(&mut tiles) || has_moved
    }

    /// Breaks the links of a tile with the others, or joins them again.
    pub(super) fn toggle_link(&mut self, id: PaneId) {
        if let Some(pane) = self.panes.get_mut(id) {
            pane.is_linked = !pane.is_linked;
            forget_marks(pane);
        }
    }
}

fn forget_marks(pane: &mut Pane) {
    pane.states.values_mut().for_each(|state| state.cursor.there.clear());
}

fn linked<'a>(id: PaneId, pane: &'a mut Pane, views: &[FileView<CfDataset>]) -> Option<Linked<'a>> {
    let (view, variable) = variable_of(pane.node?, views)?;
    let dataset = &view.opened()?.dataset;
    let key = (view.id, dataset.variable_path(variable));
    let axes = &dataset.variable(variable)?.axes;
    let named = |axis| Some((dataset.dimension_name(axis)?.to_owned(), axis.length));
    let dimensions = axes.iter().map(named).collect();
    let state = pane.states.get_mut(&key).filter(|_| pane.is_linked)?;
    Some(Linked { id, key, dimensions, state })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Slice, ViewId};

    fn state(indices: &[u64]) -> VariableState {
        let (x, y, line) = (Some(2), Some(1), Some(0));
        VariableState::new(ViewId::Heatmap, Slice { x, y, line, indices: indices.to_vec() })
    }

    fn tile<'a>(id: u32, names: &[&str], state: &'a mut VariableState) -> Linked<'a> {
        let dimensions = names.iter().map(|name| Some(((*name).to_owned(), 10))).collect();
        Linked { id: PaneId(id), key: (FileId(1), names.concat()), dimensions, state }
    }

    const CUBE: [&str; 3] = ["time", "lat", "lon"];

    #[test]
    fn the_tile_that_was_moved_moves_the_others_and_a_new_one_follows() {
        let (mut a, mut b, mut c) = (state(&[3, 0, 0]), state(&[7, 0, 0]), state(&[9, 9, 9]));
        let mut links = Links::default();
        links.agree(&mut [tile(0, &CUBE, &mut a), tile(1, &CUBE, &mut b)]);
        assert_eq!(b.slice.indices, [3, 0, 0]);
        b.slice.set_index(0, 5);
        let depth = ["time", "depth", "lon"];
        let mut tiles = [tile(0, &CUBE, &mut a), tile(1, &CUBE, &mut b), tile(2, &depth, &mut c)];
        assert!(links.agree(&mut tiles));
        assert!(!links.agree(&mut tiles));
        assert_eq!((a.slice.indices, c.slice.indices), (vec![5, 0, 0], vec![5, 9, 0]));
    }

    #[test]
    fn the_window_is_shared_where_both_axes_agree() {
        let (mut a, mut b, mut c) = (state(&[0; 3]), state(&[0; 3]), state(&[0; 3]));
        let mut links = Links::default();
        let depth = ["time", "depth", "lon"];
        links.agree(&mut [tile(0, &CUBE, &mut a), tile(1, &CUBE, &mut b), tile(2, &depth, &mut c)]);
        let zoom = Zoom { axes: (2, 1), x: (0.0, 5.0), y: (-1.0, 1.0) };
        a.zoom = Some(zoom);
        links.agree(&mut [tile(0, &CUBE, &mut a), tile(1, &CUBE, &mut b), tile(2, &depth, &mut c)]);
        assert_eq!((b.zoom, c.zoom), (Some(zoom), None));
        b.zoom = None;
        links.agree(&mut [tile(0, &CUBE, &mut a), tile(1, &CUBE, &mut b)]);
        assert_eq!(a.zoom, None);
    }

    #[test]
    fn the_pointer_is_marked_along_the_dimensions_that_are_shared() {
        let (mut a, mut b) = (state(&[0; 3]), state(&[0; 3]));
        a.cursor.here = Some(vec![1, 2, 3]);
        let depth = ["time", "depth", "lon"];
        assert!(share_cursor(&mut [tile(0, &CUBE, &mut a), tile(1, &depth, &mut b)]));
        assert_eq!(b.cursor.there, BTreeMap::from([(0, 1), (2, 3)]));
        assert!(a.cursor.there.is_empty());
        a.cursor.here = None;
        assert!(share_cursor(&mut [tile(0, &CUBE, &mut a), tile(1, &depth, &mut b)]));
        assert!(b.cursor.there.is_empty());
    }
}
