//! What a right click on the colour bar offers.

use egui::{ScrollArea, Ui};

use super::Shown;
use super::maps::maps_ui;
use super::options::histogram_options_ui;
use crate::prep::coloring::Coloring;
use crate::prep::levels::Scale;
use crate::session::{RangeMode, Settings};
use crate::views::VariableState;

pub fn menu_ui(ui: &mut Ui, shown: &Shown, state: &mut VariableState, settings: &mut Settings) {
    let Coloring::Scale { colormap, is_reversed, .. } = &shown.coloring else { return };
    let colors = &mut state.colors;
    if ui.button("Fit to this slice").clicked() {
        colors.fit_to_slice();
        ui.close();
    }
    if ui.button("Fit to the whole variable").clicked() {
        colors.unfix();
        ui.close();
    }
    if let RangeMode::Fixed(..) = colors.range {
        ui.weak("The range is fixed");
    }
    let mut has_percentiles = colors.percentiles.is_some();
    if ui.checkbox(&mut has_percentiles, "Without extremes (2 to 98 %)").changed() {
        colors.toggle_percentiles();
    }
    let mut is_symmetric = shown.is_symmetric;
    if ui.checkbox(&mut is_symmetric, "Symmetric").changed() {
        colors.toggle_symmetric(shown.is_symmetric);
    }
    ui.checkbox(&mut colors.is_reversed, "Reversed");
    ui.separator();
    for scale in Scale::ALL {
        ui.radio_value(&mut colors.scale, scale, scale.label());
    }
    ui.separator();
    ui.menu_button("Colour map", |ui| {
        ScrollArea::vertical().max_height(420.0).show(ui, |ui| {
            if let Some(picked) = maps_ui(ui, colormap, *is_reversed) {
                colors.colormap = Some(picked);
                ui.close();
            }
        });
    });
    ui.separator();
    histogram_options_ui(ui, settings);
}
