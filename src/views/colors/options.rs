//! Colour map, range and scale in the side panel.

use egui::Ui;
use hyperslab_core::array::Number;

use super::Shown;
use super::class_options::class_options_ui;
use super::maps::maps_ui;
use crate::prep::coloring::Coloring;
use crate::prep::colormap::{ColorMapKind, shipped};
use crate::prep::levels::{Levels, Scale};
use crate::prep::table::{NumberFormat, format_number};
use crate::session::{ColorOptions, RangeMode, Settings};
use crate::views::{Scene, VariableState};

/// The colours of a picture, for the side panel.
pub fn color_options_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    state: &mut VariableState,
    settings: &mut Settings,
) {
    let Some(Shown { coloring, is_symmetric }) = state.legend.shown.clone() else { return };
    class_options_ui(ui, scene, &mut state.colors, settings.is_decoded);
    let Coloring::Scale { levels, colormap, .. } = &coloring else { return };
    let options = &mut state.colors;
    ui.label("Colours");
    map_menu_ui(ui, options, colormap);
    ui.checkbox(&mut options.is_reversed, "Reversed").on_hover_text("Exchange the ends (R)");
    default_map_ui(ui, options, settings);
    ui.add_space(8.0);
    ui.label("Range");
    range_ui(ui, options, levels);
    ends_ui(ui, options, levels);
    percentiles_ui(ui, options);
    symmetric_ui(ui, options, is_symmetric);
    ui.add_space(8.0);
    ui.label("Scale");
    scale_ui(ui, options, levels);
    ui.add_space(8.0);
    histogram_options_ui(ui, settings);
}

pub fn histogram_options_ui(ui: &mut Ui, settings: &mut Settings) {
    ui.checkbox(&mut settings.shows_histogram, "Histogram")
        .on_hover_text("How often values occur in this slice, beside the colour bar (H)");
    ui.add_enabled_ui(settings.shows_histogram, |ui| {
        ui.checkbox(&mut settings.histogram_is_log, "Logarithmic counts");
    });
}

fn range_ui(ui: &mut Ui, options: &mut ColorOptions, levels: &Levels) {
    for (mode, label, hover) in [
        (RangeMode::Variable, "Whole variable", "The same colours for every slice (A)"),
        (RangeMode::Slice, "This slice", "From the least to the greatest value shown (F)"),
        (RangeMode::Fixed(levels.low, levels.high), "Fixed", "As typed below"),
    ] {
        let is_chosen = std::mem::discriminant(&mode) == std::mem::discriminant(&options.range);
        if ui.radio(is_chosen, label).on_hover_text(hover).clicked() {
            match mode {
                RangeMode::Fixed(low, high) => options.fix(low, high),
                _ => options.range = mode,
            }
        }
    }
}

pub fn scale_ui(ui: &mut Ui, options: &mut ColorOptions, levels: &Levels) {
    ui.horizontal_wrapped(|ui| {
        for scale in Scale::ALL {
            ui.selectable_value(&mut options.scale, scale, scale.label()).on_hover_text(
                match scale {
                    Scale::Linear => "Equal differences are equally far apart",
                    Scale::Log => "Equal ratios are equally far apart",
                    Scale::Symlog => "Logarithmic on both sides of zero, linear around it",
                    Scale::Sqrt => "Between linear and logarithmic; on both sides of zero",
                },
            );
        }
    });
    if options.scale != Scale::Symlog {
        return;
    }
    ui.horizontal(|ui| {
        ui.label("Linear below");
        let mut threshold = levels.threshold;
        let speed = threshold / 50.0;
        let edit = egui::DragValue::new(&mut threshold)
            .speed(speed)
            .range(f64::MIN_POSITIVE..=f64::MAX)
            .custom_formatter(significant);
        let response = ui.add(edit).on_hover_text("Where the scale turns from linear to log");
        name(&response, "Linear below", threshold);
        if response.changed() {
            options.threshold = Some(threshold);
        }
        if options.threshold.is_some() && ui.small_button("auto").clicked() {
            options.threshold = None;
        }
    });
}

/// Both ends as numbers that can be dragged or typed; touching one fixes the range.
fn ends_ui(ui: &mut Ui, options: &mut ColorOptions, levels: &Levels) {
    let (mut low, mut high) = (levels.low, levels.high);
    let speed = ((high - low).abs() / 200.0).max(f64::MIN_POSITIVE);
    let changed = ui
        .horizontal(|ui| {
            let low = end_ui(ui, &mut low, speed, "Lower end");
            ui.label("to");
            let high = end_ui(ui, &mut high, speed, "Upper end");
            low.changed() || high.changed()
        })
        .inner;
    if changed {
        options.fix(low, high);
    }
}

fn end_ui(ui: &mut Ui, value: &mut f64, speed: f64, label: &str) -> egui::Response {
    let edit = egui::DragValue::new(value).speed(speed).custom_formatter(significant);
    let response = ui.add(edit);
    name(&response, label, *value);
    response
}

fn significant(value: f64, _: std::ops::RangeInclusive<usize>) -> String {
    format_number(Number::F64(value), NumberFormat::Significant(6))
}

/// For screen readers.
fn name(response: &egui::Response, label: &str, value: f64) {
    response.widget_info(|| {
        let info = egui::WidgetInfo::drag_value(true, value);
        egui::WidgetInfo { label: Some(label.to_owned()), ..info }
    });
}

fn percentiles_ui(ui: &mut Ui, options: &mut ColorOptions) {
    let mut is_on = options.percentiles.is_some();
    let hover = "From one percentile of the values to another, so that a few extremes do not \
                 flatten the rest (Q)";
    if ui.checkbox(&mut is_on, "Without extremes").on_hover_text(hover).changed() {
        options.toggle_percentiles();
    }
    let Some((low, high)) = &mut options.percentiles else { return };
    percentile_ends_ui(ui, low, high);
}

/// The percentiles at both ends of a range.
pub fn percentile_ends_ui(ui: &mut Ui, low: &mut f64, high: &mut f64) {
    ui.horizontal(|ui| {
        ui.add_space(18.0);
        let (least, most) = (*low, *high);
        percent_ui(ui, low, 0.0..=most, "Lower percentile");
        ui.label("to");
        percent_ui(ui, high, least..=100.0, "Upper percentile");
    });
}

fn percent_ui(ui: &mut Ui, value: &mut f64, range: std::ops::RangeInclusive<f64>, label: &str) {
    let edit = egui::DragValue::new(value).range(range).speed(0.1).max_decimals(2).suffix(" %");
    let response = ui.add(edit);
    name(&response, label, *value);
}

fn symmetric_ui(ui: &mut Ui, options: &mut ColorOptions, is_symmetric: bool) {
    let mut is_on = is_symmetric;
    let response = ui.checkbox(&mut is_on, "Symmetric");
    if response.on_hover_text("Zero in the middle (S)").changed() {
        options.toggle_symmetric(is_symmetric);
    }
}

fn map_menu_ui(ui: &mut Ui, options: &mut ColorOptions, current: &str) {
    let menu = egui::ComboBox::from_id_salt("colour map")
        .selected_text(current)
        .height(420.0)
        .show_ui(ui, |ui| maps_ui(ui, current, options.is_reversed));
    if let Some(picked) = menu.inner.flatten() {
        options.colormap = Some(picked);
    }
    menu.response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::ComboBox, true, format!("Colour map: {current}"))
    });
}

/// The chosen map for all variables that have none of their own.
fn default_map_ui(ui: &mut Ui, options: &mut ColorOptions, settings: &mut Settings) {
    let Some(name) = options.colormap.clone() else { return };
    let kind = shipped().get(&name).map(|map| map.kind);
    let preferred = match kind {
        Some(ColorMapKind::Diverging) => &mut settings.diverging_colormap,
        _ => &mut settings.sequential_colormap,
    };
    if *preferred != name
        && ui.button("Use for all").on_hover_text("Make this the usual map").clicked()
    {
        *preferred = name;
        options.colormap = None;
    }
}
