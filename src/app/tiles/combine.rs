//! A variable that is let go of over another one: what the two can be together.

use egui::{Area, Frame, Id, Key, Order, Pos2, Ui};

use super::Side;
use crate::app::App;
use crate::app::panes::PaneId;
use crate::app::selection::variable_of;
use crate::cf::CfDataset;
use crate::engine::store::FileView;
use crate::session::{Comparison, Formula, PlottedCurve, ViewId};
use crate::ui::tree::Node;
use crate::views::{self, Scene};

/// The choice is open.
#[derive(Clone, Copy)]
pub struct Combining {
    node: Node,
    target: PaneId,
    at: Pos2,
}

/// What can be made of the two.
struct Choices {
    /// Names of the one that is shown and the one that was dropped.
    names: [String; 2],
    curve: Option<PlottedCurve>,
    formulas: Vec<(Comparison, Formula)>,
}

/// What was chosen.
enum Chosen {
    Tab,
    Curves(PlottedCurve),
    Against(PlottedCurve),
    Compute(Formula),
}

impl App {
    /// Asks what to do with a variable at this place of a tile; without a choice it gets a tab.
    pub(super) fn combine(
        &mut self,
        views: &[FileView<CfDataset>],
        node: Node,
        target: PaneId,
        at: Pos2,
    ) {
        match self.choices(views, node, target) {
            Some(_) => self.combining = Some(Combining { node, target, at }),
            None => self.open_tile_at(views, node, target, Side::Tab),
        }
    }

    fn choices(
        &self,
        views: &[FileView<CfDataset>],
        node: Node,
        target: PaneId,
    ) -> Option<Choices> {
        let pane = self.panes.get(target)?;
        let shown = pane.node?;
        let (a, b) = (variable_of(shown, views)?, variable_of(node, views)?);
        if shown == node {
            return None;
        }
        let own = Scene::new(&self.engine, views, a.0, a.0.opened()?, a.1);
        let other = Scene::new(&self.engine, views, b.0, b.0.opened()?, b.1);
        let state = pane.states.get(&(a.0.id, own.path()))?;
        let own = own.shown(state, self.settings.is_decoded);
        let is_numeric = |scene: Scene<'_>| {
            scene.variable().is_some_and(|v| v.dtype.is_numeric() && v.rank() > 0)
        };
        let can_compute = is_numeric(own) && is_numeric(other) && self.settings.is_decoded;
        let both = [Comparison::Difference, Comparison::Ratio].into_iter();
        let formulas = both.filter(|_| can_compute);
        let path = other.path();
        let formulas: Vec<_> =
            formulas.map(|by| (by, views::comparison(own, state, b.0, &path, by))).collect();
        let curve = views::plotted(own, state, other);
        let name = |scene: Scene<'_>| scene.variable().map_or(String::new(), |v| v.name.clone());
        let has_choice = curve.is_some() || !formulas.is_empty();
        has_choice.then(|| Choices { names: [name(own), name(other)], curve, formulas })
    }

    /// The small menu where the variable was let go of.
    pub(in crate::app) fn combining_ui(&mut self, ui: &Ui, views: &[FileView<CfDataset>]) {
        let Some(Combining { node, target, at }) = self.combining else { return };
        let Some(choices) = self.choices(views, node, target) else {
            self.combining = None;
            return;
        };
        let mut chosen = None;
        let area = Area::new(Id::unique("combine")).order(Order::Foreground).fixed_pos(at);
        let shown = area.constrain(true).show(ui.ctx(), |ui| {
            Frame::menu(ui.style()).show(ui, |ui| {
                ui.with_layout(egui::Layout::top_down_justified(egui::Align::LEFT), |ui| {
                    chosen = menu_ui(ui, choices);
                });
            });
        });
        let (is_left, presses) = ui.input(|input| {
            let elsewhere = input.pointer.interact_pos();
            let elsewhere = elsewhere.is_some_and(|at| !shown.response.rect.contains(at));
            (input.key_pressed(Key::Escape), input.pointer.any_pressed() && elsewhere)
        });
        if is_left || presses || chosen.is_some() {
            self.combining = None;
        }
        match chosen {
            Some(Chosen::Tab) => self.open_tile_at(views, node, target, Side::Tab),
            Some(Chosen::Compute(formula)) => self.compute(views, Some(formula)),
            Some(Chosen::Curves(curve)) => self.draw_curve(views, target, curve, false),
            Some(Chosen::Against(curve)) => self.draw_curve(views, target, curve, true),
            None => {}
        }
    }

    fn draw_curve(
        &mut self,
        views: &[FileView<CfDataset>],
        target: PaneId,
        curve: PlottedCurve,
        is_against: bool,
    ) {
        self.focus(target);
        self.set_view(views, ViewId::Line);
        let Some(state) = self.selected_state(views) else { return };
        match is_against {
            true => state.line.against = Some(curve),
            false if !state.line.curves.contains(&curve) => state.line.curves.push(curve),
            false => {}
        }
    }
}

fn menu_ui(ui: &mut Ui, choices: Choices) -> Option<Chosen> {
    let Choices { names: [a, b], curve, formulas } = choices;
    let mut chosen = None;
    if let Some(curve) = curve {
        if ui.button(format!("Curves of {a} and {b}")).clicked() {
            chosen = Some(Chosen::Curves(curve.clone()));
        }
        if ui.button(format!("{a} against {b}")).on_hover_text("A point for each pair").clicked() {
            chosen = Some(Chosen::Against(curve));
        }
    }
    for (by, formula) in formulas {
        let label = match by {
            Comparison::Difference => format!("{a} − {b}"),
            _ => format!("{a} / {b}"),
        };
        let hover = "Cell by cell, on the grid of the first";
        if ui.button(label).on_hover_text(hover).clicked() {
            chosen = Some(Chosen::Compute(formula));
        }
    }
    ui.separator();
    if ui.button(format!("Only {b}, in a tab")).clicked() {
        chosen = Some(Chosen::Tab);
    }
    chosen
}
