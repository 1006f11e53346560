//! Where each tile lies: rows, columns and tabs of them.

use std::collections::HashMap;

use egui::{Pos2, Rect};
use egui_tiles::{
    Container, Linear, LinearDir, SimplificationOptions, Tabs, Tile, TileId, Tiles, Tree,
};

use crate::app::panes::PaneId;
use crate::session::Arrangement;

/// Where a new tile goes, seen from one that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
    Above,
    Below,
    /// In its place, the two with tabs.
    Tab,
}

impl Side {
    fn direction(self) -> Option<LinearDir> {
        match self {
            Self::Left | Self::Right => Some(LinearDir::Horizontal),
            Self::Above | Self::Below => Some(LinearDir::Vertical),
            Self::Tab => None,
        }
    }

    fn is_after(self) -> bool {
        matches!(self, Self::Right | Self::Below)
    }

    /// The side on which two tiles keep most of their shape.
    pub fn longer_of(rect: Rect) -> Self {
        if rect.width() > 1.1 * rect.height() { Self::Right } else { Self::Below }
    }

    /// The part of a tile's room that a tile on this side would take.
    pub fn part_of(self, rect: Rect) -> Rect {
        let (left, right) = rect.split_left_right_at_fraction(0.5);
        let (above, below) = rect.split_top_bottom_at_fraction(0.5);
        match self {
            Self::Left => left,
            Self::Right => right,
            Self::Above => above,
            Self::Below => below,
            Self::Tab => rect,
        }
    }
}

/// The arrangement of all tiles; a single one has all the room.
pub struct Layout {
    pub tree: Tree<PaneId>,
    /// Hides all others for a while.
    pub maximised: Option<PaneId>,
    /// Room for all tiles in the last frame.
    pub area: Rect,
}

impl Layout {
    pub fn of(first: PaneId) -> Self {
        let mut tiles = Tiles::default();
        let root = tiles.insert_pane(first);
        Self { tree: Tree::new(tree_id(), root, tiles), maximised: None, area: Rect::ZERO }
    }

    /// As a workspace keeps it; each tile by its place in a list.
    pub fn arrangement(&self, places: &HashMap<PaneId, usize>) -> Option<Arrangement> {
        arrangement(&self.tree.tiles, self.tree.root?, places)
    }

    /// From what a workspace kept; tiles that are gone are left out.
    pub fn arranged(arrangement: &Arrangement, ids: &[Option<PaneId>]) -> Option<Self> {
        let mut tiles = Tiles::default();
        let root = tile(&mut tiles, arrangement, ids)?;
        Some(Self { tree: Tree::new(tree_id(), root, tiles), maximised: None, area: Rect::ZERO })
    }

    fn tile_of(&self, pane: PaneId) -> Option<TileId> {
        self.tree.tiles.find_pane(&pane)
    }

    /// Where a tile was in the last frame.
    pub fn rect_of(&self, pane: PaneId) -> Rect {
        let tile = self.tile_of(pane).filter(|_| self.maximised.is_none());
        let rect = tile.filter(|tile| Some(*tile) != self.tree.root);
        rect.and_then(|tile| self.tree.tiles.rect(tile)).unwrap_or(self.area)
    }

    /// A tile that is seen, of so many, has this place.
    pub fn is_at(&self, pane: PaneId, at: Pos2, count: usize) -> bool {
        let is_seen = match self.maximised {
            Some(maximised) => maximised == pane,
            None => {
                let tile = self.tile_of(pane);
                count == 1 || tile.is_some_and(|tile| self.tree.tiles.rect(tile).is_some())
            }
        };
        is_seen && self.rect_of(pane).contains(at)
    }

    pub fn remove(&mut self, pane: PaneId) {
        if let Some(tile) = self.tile_of(pane) {
            self.tree.remove_recursively(tile);
            self.tree.simplify(&SimplificationOptions::default());
        }
        self.maximised = self.maximised.filter(|&maximised| maximised != pane);
    }

    /// Brings the tab of a tile to the front.
    pub fn reveal(&mut self, pane: PaneId) {
        self.maximised = self.maximised.filter(|&maximised| maximised == pane);
        let tile = self.tile_of(pane);
        self.tree.make_active(|id, _| Some(id) == tile);
    }

    /// Puts a new tile beside one that is there.
    pub fn add(&mut self, new: PaneId, target: PaneId, side: Side) {
        self.maximised = None;
        let target = self.tile_of(target).or(self.tree.root);
        let tiles = &mut self.tree.tiles;
        let new = tiles.insert_pane(new);
        let Some(target) = target else {
            self.tree.root = Some(new);
            return;
        };
        let tabs = tiles.parent_of(target).filter(|&parent| is_tabs(tiles.get(parent)));
        let slot = tabs.unwrap_or(target);
        match side.direction() {
            None => match tabs.and_then(|tabs| tiles.get_mut(tabs)) {
                Some(Tile::Container(Container::Tabs(tabs))) => {
                    tabs.add_child(new);
                    tabs.set_active(new);
                }
                _ => {
                    let mut tabs = Tabs::new(vec![target, new]);
                    tabs.set_active(new);
                    self.replace(target, tabs);
                }
            },
            Some(direction) => {
                let parent = tiles.parent_of(slot).and_then(|parent| tiles.get_mut(parent));
                match parent {
                    Some(Tile::Container(Container::Linear(linear))) if linear.dir == direction => {
                        insert(linear, new, slot, side);
                    }
                    _ => {
                        let both = if side.is_after() { vec![slot, new] } else { vec![new, slot] };
                        self.replace(slot, Linear::new(direction, both));
                    }
                }
            }
        }
    }

    /// A container that holds a tile takes its place.
    fn replace(&mut self, slot: TileId, container: impl Into<Container>) {
        let parent = self.tree.tiles.parent_of(slot);
        let container = self.tree.tiles.insert_container(container);
        match parent.and_then(|parent| self.tree.tiles.get_mut(parent)) {
            Some(Tile::Container(parent)) => _ = parent.replace_child(slot, container),
            _ => self.tree.root = Some(container),
        }
    }
}

fn is_tabs(tile: Option<&Tile<PaneId>>) -> bool {
    matches!(tile, Some(Tile::Container(Container::Tabs(_))))
}

/// A new tile in a row of tiles; it gets as much room as its neighbour.
fn insert(linear: &mut Linear, new: TileId, slot: TileId, side: Side) {
    let at = linear.children.iter().position(|&child| child == slot);
    let at = at.map_or(linear.children.len(), |at| at + usize::from(side.is_after()));
    linear.children.insert(at, new);
    let share = linear.shares[slot];
    linear.shares.set_share(new, share);
}

fn arrangement(
    tiles: &Tiles<PaneId>,
    id: TileId,
    places: &HashMap<PaneId, usize>,
) -> Option<Arrangement> {
    let container = match tiles.get(id)? {
        Tile::Pane(pane) => return places.get(pane).copied().map(Arrangement::Tile),
        Tile::Container(container) => container,
    };
    let part = |child: &TileId| Some((*child, arrangement(tiles, *child, places)?));
    let mut parts: Vec<(TileId, Arrangement)> = container.children().filter_map(part).collect();
    if parts.len() < 2 {
        return parts.pop().map(|(_, only)| only);
    }
    let shared = |linear: &Linear, parts: Vec<(TileId, Arrangement)>| {
        parts.into_iter().map(|(id, part)| (linear.shares[id], part)).collect()
    };
    Some(match container {
        Container::Linear(linear) if linear.dir == LinearDir::Vertical => {
            Arrangement::Column(shared(linear, parts))
        }
        Container::Linear(linear) => Arrangement::Row(shared(linear, parts)),
        Container::Tabs(tabs) => {
            let front = parts.iter().position(|(id, _)| tabs.active == Some(*id));
            let parts = parts.into_iter().map(|(_, part)| part).collect();
            Arrangement::Tabs(front.unwrap_or(0), parts)
        }
        // Nobody makes grids.
        Container::Grid(_) => {
            Arrangement::Row(parts.into_iter().map(|(_, part)| (1.0, part)).collect())
        }
    })
}

fn tile(
    tiles: &mut Tiles<PaneId>,
    arrangement: &Arrangement,
    ids: &[Option<PaneId>],
) -> Option<TileId> {
    let linear = |tiles: &mut Tiles<PaneId>, direction, parts: &[(f32, Arrangement)]| {
        let mut linear = Linear::new(direction, Vec::new());
        for (share, part) in parts {
            let Some(child) = tile(tiles, part, ids) else { continue };
            linear.add_child(child);
            let share = if share.is_finite() { share.clamp(0.05, 20.0) } else { 1.0 };
            linear.shares.set_share(child, share);
        }
        (!linear.children.is_empty()).then(|| tiles.insert_container(linear))
    };
    match arrangement {
        Arrangement::Tile(at) => {
            let pane = ids.get(*at).copied().flatten()?;
            Some(tiles.insert_pane(pane))
        }
        Arrangement::Row(parts) => linear(tiles, LinearDir::Horizontal, parts),
        Arrangement::Column(parts) => linear(tiles, LinearDir::Vertical, parts),
        Arrangement::Tabs(front, parts) => {
            let children: Vec<Option<TileId>> =
                parts.iter().map(|part| tile(tiles, part, ids)).collect();
            let front = children.get(*front).copied().flatten();
            let children: Vec<TileId> = children.into_iter().flatten().collect();
            let mut tabs = Tabs::new(children);
            if let Some(front) = front {
                tabs.set_active(front);
            }
            (!tabs.children.is_empty()).then(|| tiles.insert_container(tabs))
        }
    }
}

pub fn tree_id() -> egui::Id {
    egui::Id::unique("tiles")
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{pos2, vec2};

    /// The arrangement in words: `[a b]` beside each other, `{a b}` one above the other.
    fn words(layout: &Layout) -> String {
        fn write(tiles: &Tiles<PaneId>, id: TileId) -> String {
            match tiles.get(id) {
                Some(Tile::Pane(pane)) => pane.0.to_string(),
                Some(Tile::Container(container)) => {
                    let inside: Vec<String> =
                        container.children().map(|&child| write(tiles, child)).collect();
                    let inside = inside.join(" ");
                    match container {
                        Container::Linear(linear) if linear.dir == LinearDir::Horizontal => {
                            format!("[{inside}]")
                        }
                        Container::Linear(_) => format!("{{{inside}}}"),
                        _ => format!("({inside})"),
                    }
                }
                None => "?".into(),
            }
        }
        layout.tree.root.map_or(String::new(), |root| write(&layout.tree.tiles, root))
    }

    #[test]
    fn tiles_are_put_beside_each_other_in_the_order_asked_for() {
        let mut layout = Layout::of(PaneId(0));
        layout.add(PaneId(1), PaneId(0), Side::Right);
        layout.add(PaneId(2), PaneId(0), Side::Left);
        assert_eq!(words(&layout), "[2 0 1]");
        layout.add(PaneId(3), PaneId(0), Side::Below);
        assert_eq!(words(&layout), "[2 {0 3} 1]");
        layout.add(PaneId(4), PaneId(3), Side::Tab);
        assert_eq!(words(&layout), "[2 {0 (3 4)} 1]");
        layout.add(PaneId(5), PaneId(4), Side::Above);
        assert_eq!(words(&layout), "[2 {0 5 (3 4)} 1]");
        layout.remove(PaneId(2));
        assert_eq!(words(&layout), "[{0 5 (3 4)} 1]");
    }

    #[test]
    fn an_arrangement_survives_being_saved() {
        let mut layout = Layout::of(PaneId(7));
        layout.add(PaneId(8), PaneId(7), Side::Right);
        layout.add(PaneId(9), PaneId(7), Side::Below);
        layout.add(PaneId(4), PaneId(9), Side::Tab);
        assert_eq!(words(&layout), "[{7 (9 4)} 8]");
        let places = [7, 8, 9, 4].into_iter().enumerate();
        let places = places.map(|(at, id)| (PaneId(id), at)).collect();
        let kept = layout.arrangement(&places).unwrap();
        let ids = [1, 2, 3, 4].map(|id| Some(PaneId(id)));
        let same = Layout::arranged(&kept, &ids).unwrap();
        assert_eq!(words(&same), "[{1 (3 4)} 2]");
        let mut without = ids;
        without[2] = None;
        without[3] = None;
        assert_eq!(words(&Layout::arranged(&kept, &without).unwrap()), "[{1} 2]");
        assert!(Layout::arranged(&kept, &[]).is_none());
    }

    #[test]
    fn a_wide_tile_is_split_into_left_and_right() {
        let rect = |width, height| Rect::from_min_size(pos2(0.0, 0.0), vec2(width, height));
        assert_eq!(Side::longer_of(rect(800.0, 500.0)), Side::Right);
        assert_eq!(Side::longer_of(rect(400.0, 500.0)), Side::Below);
    }
}
