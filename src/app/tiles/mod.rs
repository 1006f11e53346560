//! The middle of the window: one tile, or several beside and behind each other.

mod combine;
mod drag;
mod header;
mod layout;

use egui::{Color32, Frame, Margin, Response, Stroke, Ui, UiBuilder, WidgetText};
use egui_tiles::{Behavior, SimplificationOptions, TabState, TileId, Tiles, Tree, UiResponse};

use super::panes::{Pane, PaneId};
use super::{App, banner};
use crate::cf::CfDataset;
use crate::engine::store::FileView;
use crate::ui::theme::palette_of;
use crate::ui::tree::Node;
use crate::views::VariableState;

pub use combine::Combining;
pub use layout::{Layout, Side};

/// Room around what a tile shows.
const MARGIN: i8 = 6;

/// What the user did to the tiles; done when all of them are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
enum TileAction {
    Focus(PaneId),
    Close(PaneId),
    CloseOthers(PaneId),
    /// Of a tile that has all the room: gives it back.
    Maximise(PaneId),
    Keep(PaneId),
    /// Breaks its links, or joins them again.
    Link(PaneId),
}

impl App {
    pub(super) fn centre_ui(&mut self, ui: &mut Ui, views: &[FileView<CfDataset>]) {
        if let Some(complaint) = self.opening.complaint() {
            banner::complaint_ui(ui, complaint);
        }
        if let Some(view) = self.selected_file(views)
            && banner::banner_ui(ui, view)
        {
            self.reload(view.id);
        }
        self.layout.area = ui.available_rect_before_wrap();
        if self.panes.len() == 1 {
            let id = self.panes.focused_id();
            self.tile_ui(ui, views, id);
        } else {
            self.tiles_ui(ui, views);
        }
        self.drag_ui(ui, views);
    }

    /// What one tile shows, with ids that do not depend on where it lies.
    fn tile_ui(&mut self, ui: &mut Ui, views: &[FileView<CfDataset>], id: PaneId) {
        let area = ui.available_rect_before_wrap();
        let builder = UiBuilder::new().scope_id(egui::Id::unique(("tile", id))).max_rect(area);
        ui.scope_builder(builder, |ui| {
            ui.shrink_clip_rect(area.expand(f32::from(MARGIN)));
            self.shown_ui(ui, views, id);
        });
    }

    fn tiles_ui(&mut self, ui: &mut Ui, views: &[FileView<CfDataset>]) {
        let empty = Tree::empty(layout::tree_id());
        let mut tree = std::mem::replace(&mut self.layout.tree, empty);
        let mut behavior = Drawing { app: self, views, actions: Vec::new() };
        match behavior.app.layout.maximised {
            Some(id) => {
                Tree::new_tabs(egui::Id::unique("maximised tile"), vec![id]).ui(&mut behavior, ui)
            }
            None => tree.ui(&mut behavior, ui),
        }
        let actions = std::mem::take(&mut behavior.actions);
        self.layout.tree = tree;
        for action in actions {
            self.act_on_tile(action);
            ui.ctx().request_repaint();
        }
    }

    fn act_on_tile(&mut self, action: TileAction) {
        match action {
            TileAction::Focus(id) => self.focus(id),
            TileAction::Close(id) => self.close_tile(id),
            TileAction::CloseOthers(id) => self.close_others(id),
            TileAction::Maximise(id) => self.maximise(id),
            TileAction::Keep(id) => self.panes.keep(id),
            TileAction::Link(id) => self.toggle_link(id),
        }
    }

    /// Gives a tile all the room, or its own again.
    pub(super) fn maximise(&mut self, id: PaneId) {
        let is_maximised = self.layout.maximised == Some(id);
        self.layout.maximised = (!is_maximised).then_some(id);
        self.focus(id);
    }

    pub(super) fn close_tile(&mut self, id: PaneId) {
        if self.panes.len() < 2 {
            return;
        }
        self.panes.close(id);
        self.layout.remove(id);
        self.follow_focus();
    }

    pub(super) fn close_others(&mut self, id: PaneId) {
        let others: Vec<PaneId> =
            self.panes.iter().map(|(other, _)| other).filter(|&other| other != id).collect();
        others.into_iter().for_each(|other| self.close_tile(other));
    }

    /// The keyboard goes to the next tile, or the one before.
    pub(super) fn focus_next(&mut self, step: isize) {
        let ids: Vec<PaneId> = self.panes.iter().map(|(id, _)| id).collect();
        let at = ids.iter().position(|&id| id == self.panes.focused_id()).unwrap_or(0);
        let next = (at + ids.len()).saturating_add_signed(step) % ids.len().max(1);
        if let Some(&id) = ids.get(next) {
            if self.layout.maximised.is_some() {
                self.layout.maximised = Some(id);
            }
            self.focus(id);
        }
    }

    /// The tree shows what the focused tile does.
    pub(super) fn follow_focus(&mut self) {
        match self.panes.focused_node() {
            Some(node) => self.tree.select(node),
            None => self.tree.selected = None,
        }
    }

    /// Opens a node in a tile of its own that stays, beside the focused one.
    pub(super) fn open_tile(&mut self, views: &[FileView<CfDataset>], node: Node) {
        let focused = self.panes.focused_id();
        let side = Side::longer_of(self.layout.rect_of(focused));
        self.open_tile_at(views, node, focused, side);
    }

    pub(super) fn open_tile_at(
        &mut self,
        views: &[FileView<CfDataset>],
        node: Node,
        target: PaneId,
        side: Side,
    ) {
        let mut pane = Pane { node: Some(node), ..Pane::default() };
        if let Some((key, state)) = self.copied_state(views, node) {
            pane.states.insert(key, state);
        }
        let id = self.panes.add(pane);
        self.layout.add(id, target, side);
        self.opening.forget_complaint();
        self.follow_focus();
    }

    /// How the preview shows a variable, for another tile of it.
    fn copied_state(
        &self,
        views: &[FileView<CfDataset>],
        node: Node,
    ) -> Option<((crate::engine::FileId, String), VariableState)> {
        let (view, id) = super::selection::variable_of(node, views)?;
        let key = (view.id, view.opened()?.dataset.variable_path(id));
        let known = self.panes.get(self.panes.preview_id()?)?.states.get(&key)?;
        let mut state = VariableState::new(known.view, known.slice.clone());
        state.choose(known.chosen());
        state.lent = known.lent.clone();
        Some((key, state))
    }
}

/// All tiles of one frame.
struct Drawing<'a> {
    app: &'a mut App,
    views: &'a [FileView<CfDataset>],
    actions: Vec<TileAction>,
}

impl Drawing<'_> {
    fn is_focused(&self, tiles: &Tiles<PaneId>, tile: TileId) -> bool {
        tiles.get_pane(&tile) == Some(&self.app.panes.focused_id())
    }
}

impl Behavior<PaneId> for Drawing<'_> {
    fn pane_ui(&mut self, ui: &mut Ui, _: TileId, pane: &mut PaneId) -> UiResponse {
        let pressed = ui.input(|input| {
            input.pointer.any_pressed().then(|| input.pointer.interact_pos()).flatten()
        });
        if let Some(at) = pressed.filter(|&at| ui.max_rect().contains(at))
            && ui.ctx().layer_id_at(at) == Some(ui.layer_id())
        {
            self.actions.push(TileAction::Focus(*pane));
        }
        Frame::new().inner_margin(Margin::same(MARGIN)).show(ui, |ui| {
            self.app.tile_ui(ui, self.views, *pane);
        });
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, pane: &PaneId) -> WidgetText {
        let title = self.app.tile_title(self.views, *pane);
        match self.app.panes.preview_id() == Some(*pane) {
            true => egui::RichText::new(title).italics().into(),
            false => title.into(),
        }
    }

    fn is_tab_closable(&self, _: &Tiles<PaneId>, _: TileId) -> bool {
        true
    }

    fn on_tab_close(&mut self, tiles: &mut Tiles<PaneId>, tile: TileId) -> bool {
        if let Some(&pane) = tiles.get_pane(&tile) {
            self.actions.push(TileAction::Close(pane));
        }
        false
    }

    fn on_tab_button(
        &mut self,
        tiles: &mut Tiles<PaneId>,
        tile: TileId,
        response: Response,
    ) -> Response {
        if let Some(&pane) = tiles.get_pane(&tile) {
            self.tab_actions(&response, pane);
        }
        response
    }

    fn top_bar_right_ui(
        &mut self,
        tiles: &Tiles<PaneId>,
        ui: &mut Ui,
        _: TileId,
        tabs: &egui_tiles::Tabs,
        _: &mut f32,
    ) {
        if let Some(&pane) = tabs.active.and_then(|tile| tiles.get_pane(&tile)) {
            self.header_buttons_ui(ui, pane);
        }
    }

    fn retain_pane(&mut self, pane: &PaneId) -> bool {
        self.app.panes.get(*pane).is_some()
    }

    fn simplification_options(&self) -> SimplificationOptions {
        SimplificationOptions { all_panes_must_have_tabs: true, ..SimplificationOptions::default() }
    }

    /// There is a command for it.
    fn cycle_tabs_with_keyboard(&self) -> bool {
        false
    }

    fn gap_width(&self, _: &egui::Style) -> f32 {
        4.0
    }

    fn min_size(&self) -> f32 {
        120.0
    }

    fn tab_bar_height(&self, _: &egui::Style) -> f32 {
        22.0
    }

    fn tab_bar_color(&self, visuals: &egui::Visuals) -> Color32 {
        palette_of(visuals).header
    }

    fn tab_bg_color(
        &self,
        visuals: &egui::Visuals,
        _: &Tiles<PaneId>,
        _: TileId,
        state: &TabState,
    ) -> Color32 {
        if state.active { visuals.panel_fill } else { Color32::TRANSPARENT }
    }

    fn tab_outline_stroke(
        &self,
        visuals: &egui::Visuals,
        tiles: &Tiles<PaneId>,
        tile: TileId,
        state: &TabState,
    ) -> Stroke {
        match state.active && self.is_focused(tiles, tile) {
            true => Stroke::new(1.0, palette_of(visuals).accent),
            false => Stroke::NONE,
        }
    }

    fn tab_text_color(
        &self,
        visuals: &egui::Visuals,
        _: &Tiles<PaneId>,
        _: TileId,
        state: &TabState,
    ) -> Color32 {
        let palette = palette_of(visuals);
        if state.active { palette.text } else { palette.weak }
    }

    fn drag_preview_color(&self, visuals: &egui::Visuals) -> Color32 {
        palette_of(visuals).accent.gamma_multiply(0.2)
    }

    fn drag_preview_stroke(&self, visuals: &egui::Visuals) -> Stroke {
        Stroke::new(1.0, palette_of(visuals).accent)
    }
}
