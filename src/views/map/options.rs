//! The map's part of the side panel.

use egui::Ui;

use super::located::{axes_of, want_places};
use super::slice::section;
use crate::engine::Answer;
use crate::prep::map::projection::ProjectionKind;
use crate::session::Settings;
use crate::views::colors::color_options_ui;
use crate::views::data::want_site;
use crate::views::map::shown_axes;
use crate::views::overlay::overlay_options_ui;
use crate::views::{Scene, VariableState};

pub fn options_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    settings: &mut Settings,
) {
    projection_ui(ui, scene, state, settings);
    lines_options_ui(ui, state);
    ui.add_space(6.0);
    color_options_ui(ui, scene, state, settings);
    match *shown_axes(scene, state).as_slice() {
        [y, x] => overlay_options_ui(ui, scene, state, (x, y)),
        [axis] => overlay_options_ui(ui, scene, state, (axis, axis)),
        _ => {}
    }
}

/// What of the Earth is drawn over the data.
fn lines_options_ui(ui: &mut Ui, state: &mut VariableState) {
    let options = &mut state.map;
    egui::Grid::new("lines of the map").num_columns(2).spacing([8.0, 2.0]).show(ui, |ui| {
        ui.checkbox(&mut options.shows_coastlines, "Coastlines");
        ui.checkbox(&mut options.shows_borders, "Borders");
        ui.end_row();
        ui.checkbox(&mut options.shows_graticule, "Graticule");
        ui.checkbox(&mut options.shows_lakes, "Lakes");
        ui.end_row();
    });
    ui.horizontal(|ui| {
        let button = ui.button("Show everything");
        if button.on_hover_text("As the map was first shown (double-click, 0)").clicked() {
            options.show_everything();
        }
        ui.weak("How?").on_hover_text(HELP);
    });
}

const HELP: &str = "Drag: move the map, or turn the globe\nWheel, + and −: zoom\nCtrl and arrows: \
                    move\nDouble-click, 0: everything\nClick: mark a point, Shift-click: another\n\
                    Ctrl-drag: draw a line";

fn projection_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState, settings: &Settings) {
    let Answer::Ready(site) = want_site(scene, settings) else { return };
    let Some(site) = site.as_ref() else { return };
    let axes = axes_of(site);
    let shape = scene.variable().map(|variable| variable.shape()).unwrap_or_default();
    let section = section(&shape, &axes, state);
    let (_, Answer::Ready(located)) = want_places(scene, site, &section) else { return };
    let best = located.cover.best();
    let current = state.map.projection.unwrap_or(best);
    ui.label("Projection");
    let text = match state.map.projection {
        Some(kind) => kind.label().to_owned(),
        None => format!("{} (automatic)", best.label()),
    };
    let mut chosen = state.map.projection;
    let menu = egui::ComboBox::from_id_salt("projection")
        .selected_text(&text)
        .height(420.0)
        .show_ui(ui, |ui| {
            ui.selectable_value(&mut chosen, None, "Automatic").on_hover_text(best.describe());
            for kind in ProjectionKind::ALL {
                if kind != ProjectionKind::Own || located.cover.own.is_some() {
                    let label = ui.selectable_value(&mut chosen, Some(kind), kind.label());
                    label.on_hover_text(kind.describe());
                }
            }
        });
    menu.response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::ComboBox, true, format!("Projection: {text}"))
    });
    if chosen != state.map.projection {
        state.map.projection = chosen;
        state.map.zoom = None;
    }
    if current == ProjectionKind::Own {
        return;
    }
    let spec = located.cover.spec(current, state.map.center);
    let (mut lon, mut lat) = (spec.lon, spec.lat);
    let is_globe = current == ProjectionKind::Orthographic;
    let is_changed = ui
        .horizontal(|ui| {
            ui.weak("centre");
            let lat_changed = is_globe && {
                let edit = egui::DragValue::new(&mut lat).range(-90.0..=90.0).max_decimals(1);
                degrees_ui(ui, edit, "Latitude of the centre")
            };
            let edit = egui::DragValue::new(&mut lon).range(-360.0..=360.0).max_decimals(1);
            degrees_ui(ui, edit, "Longitude of the centre") || lat_changed
        })
        .inner;
    if is_changed {
        state.map.center = Some((lon, lat));
    }
}

fn degrees_ui(ui: &mut Ui, edit: egui::DragValue<'_>, name: &str) -> bool {
    let response = ui.add(edit.suffix("°").speed(1.0)).on_hover_text(name);
    response.widget_info(|| egui::WidgetInfo {
        label: Some(name.to_owned()),
        ..egui::WidgetInfo::new(egui::Role::SpinButton)
    });
    response.changed()
}
