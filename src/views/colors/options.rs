//! Colour map, range and scale in the side panel; the map is chosen from a list of swatches.

use egui::{Align2, Color32, Mesh, Rect, Sense, Ui, pos2, vec2};
use hyperslab_core::array::Number;

use crate::prep::coloring::Coloring;
use crate::prep::colormap::{ColorMapKind, Lut, shipped};
use crate::prep::levels::{Levels, Scale};
use crate::prep::table::{NumberFormat, format_number};
use crate::session::{ColorOptions, RangeMode, Settings};
use crate::ui::theme::palette;
use crate::views::VariableState;
use crate::views::frame::tick_font;

/// The colours of a picture, for the side panel.
pub fn color_options_ui(ui: &mut Ui, state: &mut VariableState, settings: &mut Settings) {
    let Some(Coloring::Scale { levels, colormap, .. }) = state.shown_colors.clone() else { return };
    scale_options_ui(ui, &mut state.colors, &colormap, &levels);
    default_map_ui(ui, &mut state.colors, settings);
}

/// Colour map, range and scale.
fn scale_options_ui(ui: &mut Ui, options: &mut ColorOptions, current: &str, levels: &Levels) {
    ui.label("Colours");
    map_menu_ui(ui, options, current);
    ui.checkbox(&mut options.is_reversed, "Reversed");
    ui.add_space(8.0);
    ui.label("Range");
    for (mode, label, hover) in [
        (RangeMode::Variable, "Whole variable", "The same colours for every slice"),
        (RangeMode::Slice, "This slice", "From the least to the greatest value shown"),
        (RangeMode::Symmetric, "Symmetric", "Zero in the middle"),
        (RangeMode::Fixed(levels.low, levels.high), "Fixed", "As typed below"),
    ] {
        let is_chosen = std::mem::discriminant(&mode) == std::mem::discriminant(&options.range);
        if ui.radio(is_chosen, label).on_hover_text(hover).clicked() {
            options.range = mode;
        }
    }
    ends_ui(ui, options, levels);
    ui.add_space(8.0);
    ui.label("Scale");
    ui.horizontal(|ui| {
        ui.selectable_value(&mut options.scale, Scale::Linear, "Linear");
        ui.selectable_value(&mut options.scale, Scale::Log, "Log");
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
        options.range = RangeMode::Fixed(low, high);
    }
}

fn end_ui(ui: &mut Ui, value: &mut f64, speed: f64, name: &str) -> egui::Response {
    let format = NumberFormat::Significant(6);
    let edit = egui::DragValue::new(value)
        .speed(speed)
        .custom_formatter(move |value, _| format_number(Number::F64(value), format));
    let response = ui.add(edit);
    response.widget_info(|| {
        let info = egui::WidgetInfo::drag_value(true, *value);
        egui::WidgetInfo { label: Some(name.to_owned()), ..info }
    });
    response
}

fn map_menu_ui(ui: &mut Ui, options: &mut ColorOptions, current: &str) {
    let menu = egui::ComboBox::from_id_salt("colour map")
        .selected_text(current)
        .height(420.0)
        .show_ui(ui, |ui| {
            let mut kind = None;
            for map in shipped().iter() {
                if kind.replace(map.kind) != Some(map.kind) {
                    ui.weak(kind_text(map.kind));
                }
                let (rect, response) = ui.allocate_exact_size(vec2(210.0, 18.0), Sense::click());
                if response.hovered() || map.name == current {
                    ui.painter().rect_filled(rect, 3.0, palette(ui).selection);
                }
                let swatch = Rect::from_min_size(rect.min + vec2(4.0, 3.0), vec2(110.0, 12.0));
                if ui.is_rect_visible(rect) {
                    ui.painter().add(swatch_mesh(swatch, &map.lut()));
                }
                ui.painter().text(
                    pos2(swatch.right() + 8.0, rect.center().y),
                    Align2::LEFT_CENTER,
                    map.name,
                    tick_font(),
                    palette(ui).text,
                );
                response.widget_info(|| {
                    egui::WidgetInfo::labeled(egui::Role::ListBoxOption, true, map.name)
                });
                if response.clicked() {
                    options.colormap = Some(map.name.to_owned());
                }
            }
        });
    menu.response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::ComboBox, true, format!("Colour map: {current}"))
    });
}

fn kind_text(kind: ColorMapKind) -> &'static str {
    match kind {
        ColorMapKind::Sequential => "From low to high",
        ColorMapKind::Diverging => "Around a middle",
        ColorMapKind::Cyclic => "Round and round",
        ColorMapKind::Other => "Others",
    }
}

/// A map lying down, in 24 steps.
fn swatch_mesh(rect: Rect, lut: &Lut) -> Mesh {
    let mut mesh = Mesh::default();
    for i in 0..=24u32 {
        let t = i as f32 / 24.0;
        let [r, g, b] = lut.color(f64::from(t));
        let color = Color32::from_rgb(r, g, b);
        let x = rect.left() + rect.width() * t;
        mesh.colored_vertex(pos2(x, rect.top()), color);
        mesh.colored_vertex(pos2(x, rect.bottom()), color);
        if let Some(at) = (2 * i).checked_sub(2) {
            mesh.add_triangle(at, at + 1, at + 2);
            mesh.add_triangle(at + 1, at + 2, at + 3);
        }
    }
    mesh
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
