//! The menus that take axes together: in the side panel, and at the name of an axis.

use egui::Ui;
use hyperslab_core::array::Number;

use super::source;
use crate::cf::geolocation::{Place, Shown};
use crate::engine::Answer;
use crate::prep::reduce::Statistic;
use crate::session::{Formula, Within};
use crate::views::axis::{unnamed, want_axis};
use crate::views::{Scene, VariableState};

/// The section of the side panel: for each axis what can be made of it, for both that are shown,
/// and for what is visible of them.
pub fn reduce_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState, is_decoded: bool) {
    let Some(axes) = reducible(scene).filter(|_| is_decoded) else { return };
    let heading = egui::CollapsingHeader::new("Reduce").id_salt("reduce");
    let shown = heading.default_open(true).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            for (axis, name) in &axes {
                let menu = ui.menu_button(name, |ui| reductions_ui(ui, scene, state, *axis));
                menu.response.on_hover_text(format!("Mean, extremes, anomaly along {name}"));
            }
        });
        plane_ui(ui, scene, state, &axes);
    });
    shown.header_response.on_hover_text("Take axes together: the result opens as a variable");
}

/// Axes with more than one index, with their names; `None` where there is nothing to compute.
fn reducible(scene: Scene<'_>) -> Option<Vec<(usize, String)>> {
    let cf = scene.cf().filter(|cf| cf.variable().dtype.is_numeric())?;
    let axes = cf.axes();
    let long = axes.iter().filter(|axis| axis.length > 1);
    let named = long.map(|axis| {
        let name = axis.name.map_or_else(|| unnamed(axis.index, axes.len()), str::to_owned);
        (axis.index, name)
    });
    let found: Vec<(usize, String)> = named.collect();
    (!found.is_empty()).then_some(found)
}

/// What can be made of one axis; a click asks for it.
pub fn reductions_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState, axis: usize) {
    let place = scene.cf().and_then(|cf| cf.geolocation()).map(|found| found.place);
    if matches!(place, Some(Place::Cells { axis: of_cells, .. }) if of_cells == axis) {
        area_mean_ui(ui, scene, state, &[axis], &[]);
    }
    for statistic in Statistic::ALL {
        if ui.button(capital(statistic.name())).clicked() {
            state.wanted = Some(reduce(scene, state, &[axis], statistic, &[], false));
            ui.close();
        }
    }
    let anomaly = ui.button("Anomaly").on_hover_text("Each value less the mean along this axis");
    if anomaly.clicked() {
        state.wanted = Some(Formula::Anomaly { of: source(scene, state), axes: vec![axis] });
        ui.close();
    }
}

/// Both axes of a picture together, and what is visible of it.
fn plane_ui(ui: &mut Ui, scene: Scene<'_>, state: &mut VariableState, axes: &[(usize, String)]) {
    let is_long = |axis: usize| axes.iter().any(|(long, _)| *long == axis);
    let (Some(y), Some(x)) = (state.slice.y.filter(|y| is_long(*y)), state.slice.x) else { return };
    if !is_long(x) || x == y {
        return;
    }
    let plane = [x.min(y), x.max(y)];
    let name = |axis: usize| {
        axes.iter().find(|(long, _)| *long == axis).map_or("", |(_, name)| name.as_str())
    };
    let both = format!("{}, {}", name(plane[0]), name(plane[1]));
    let is_geographic = has_areas(scene, plane);
    ui.menu_button(both, |ui| plane_menu_ui(ui, scene, state, plane, &[], is_geographic));
    if let Some(within) = visible(scene, state) {
        let menu = ui.menu_button("What is visible", |ui| {
            plane_menu_ui(ui, scene, state, plane, &within, is_geographic);
        });
        let text = |part: &Within| {
            let number = |value: u64| Number::Int(i128::from(value));
            format!(
                "{}: {} from index {}",
                name(part.axis),
                crate::prep::table::format_number(number(part.count), Default::default()),
                part.start
            )
        };
        let parts = within.iter().map(text).collect::<Vec<_>>().join("\n");
        menu.response.on_hover_text(format!("Of the part that is zoomed to\n{parts}"));
    }
}

fn plane_menu_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    plane: [usize; 2],
    within: &[Within],
    has_areas: bool,
) {
    if has_areas {
        area_mean_ui(ui, scene, state, &plane, within);
    }
    for statistic in Statistic::ALL {
        let label = match statistic {
            Statistic::Mean if has_areas => "Mean of cells".to_owned(),
            other => capital(other.name()),
        };
        if ui.button(label).clicked() {
            state.wanted = Some(reduce(scene, state, &plane, statistic, within, false));
            ui.close();
        }
    }
}

fn area_mean_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    axes: &[usize],
    within: &[Within],
) {
    let button = ui.button("Area-weighted mean");
    if button.on_hover_text("Each cell counts by its area on the Earth").clicked() {
        state.wanted = Some(reduce(scene, state, axes, Statistic::Mean, within, true));
        ui.close();
    }
}

fn reduce(
    scene: Scene<'_>,
    state: &VariableState,
    axes: &[usize],
    by: Statistic,
    within: &[Within],
    by_area: bool,
) -> Formula {
    let of = source(scene, state);
    Formula::Reduce { of, axes: axes.to_vec(), by, within: within.to_vec(), by_area }
}

/// The cells of the plane have areas on the Earth.
fn has_areas(scene: Scene<'_>, plane: [usize; 2]) -> bool {
    let geolocation = scene.cf().and_then(|cf| cf.geolocation());
    geolocation.is_some_and(|found| match found.place.shown() {
        Shown::Plane { y, x } => plane == [x.min(y), x.max(y)],
        Shown::Along(_) => false,
    })
}

/// The indices that the picture is zoomed to, where it is.
fn visible(scene: Scene<'_>, state: &VariableState) -> Option<Vec<Within>> {
    let zoom = state.zoom.filter(|zoom| zoom.is_sound())?;
    let along = |axis: usize, (low, high): (f64, f64)| {
        let Answer::Ready(info) = want_axis(scene, axis, state) else { return None };
        let cells = info.map.indices_between(low, high);
        let (start, count) = (cells.start as u64, cells.len() as u64);
        (count > 0).then_some(Within { axis, start, count })
    };
    Some(vec![along(zoom.axes.0, zoom.x)?, along(zoom.axes.1, zoom.y)?])
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
