//! The colour bar: what the colours mean, and the place to change it. Its ends are dragged or
//! typed, the map is chosen from a list of swatches.

use egui::{Align2, Color32, Mesh, Rect, Sense, Ui, pos2, vec2};
use hyperslab_core::array::Number;

use super::frame::tick_font;
use crate::cf::Flags;
use crate::prep::colormap::{ColorMap, ColorMapKind, ColorMaps, Lut};
use crate::prep::levels::{Levels, Scale};
use crate::prep::table::{NumberFormat, format_number};
use crate::prep::ticks::{self, Tick};
use crate::session::{ColorOptions, RangeMode};
use crate::ui::theme::palette;

/// The tables that ship with the program.
pub fn colormaps() -> &'static ColorMaps<'static> {
    static MAPS: std::sync::OnceLock<ColorMaps<'static>> = std::sync::OnceLock::new();
    MAPS.get_or_init(|| ColorMaps::parse(include_str!("../../assets/colormaps/colormaps.txt")))
}

/// The 256 colours of a map, from low to high values; grey where no map has the name.
pub fn lut(name: &str, is_reversed: bool) -> Lut {
    let lut = colormaps().get(name).map_or_else(Lut::gray, ColorMap::lut);
    if is_reversed { lut.reversed() } else { lut }
}

pub const WIDTH: f32 = 18.0;

/// Of a flag's meaning beside the bar.
const MEANING_CHARS: usize = 18;

/// Round values on a bar of this height, or the meanings of the codes that the values are.
pub fn level_ticks(levels: &Levels, height_px: f32, flags: Option<&Flags>) -> Vec<Tick> {
    if let Some(flags) = flags.filter(|flags| flags.is_exclusive()) {
        return flag_ticks(levels, height_px, flags);
    }
    let most = (height_px / 34.0).clamp(2.0, 12.0) as usize;
    match levels.scale {
        Scale::Linear => ticks::linear(levels.low, levels.high, most),
        Scale::Log => ticks::log(levels.low, levels.high, most),
    }
}

/// As many meanings as there is room for.
fn flag_ticks(levels: &Levels, height_px: f32, flags: &Flags) -> Vec<Tick> {
    let most = (height_px / 16.0).max(2.0) as usize;
    let step = flags.conditions().len().div_ceil(most).max(1);
    let shown = flags.conditions().iter().step_by(step);
    let ticks = shown.map(|condition| Tick {
        value: condition.wanted as f64,
        label: condition.meaning.chars().take(MEANING_CHARS).collect(),
    });
    ticks.filter(|tick| (levels.low..=levels.high).contains(&tick.value)).collect()
}

/// Draws the bar into `rect` with its labels to the right. Dragging its upper half moves the
/// upper end, the lower half the lower end; a double click goes back to automatic.
pub fn bar_ui(
    ui: &mut Ui,
    rect: Rect,
    (levels, ticks): (&Levels, &[Tick]),
    lut: &Lut,
    options: &mut ColorOptions,
) {
    let palette = palette(ui);
    let painter = ui.painter();
    painter.add(gradient(rect, lut));
    painter.rect_stroke(rect, 0.0, egui::Stroke::new(1.0, palette.weak), egui::StrokeKind::Outside);
    let y_of = |value: f64| rect.bottom() - (levels.normalise(value) as f32) * rect.height();
    for tick in ticks {
        let y = y_of(tick.value);
        painter.hline(rect.right()..=rect.right() + 4.0, y, egui::Stroke::new(1.0, palette.weak));
        painter.text(
            pos2(rect.right() + 7.0, y),
            Align2::LEFT_CENTER,
            &tick.label,
            tick_font(),
            palette.text,
        );
    }
    drag_ui(ui, rect, levels, options);
}

fn drag_ui(ui: &mut Ui, rect: Rect, levels: &Levels, options: &mut ColorOptions) {
    let response = ui
        .interact(
            rect.expand2(vec2(4.0, 0.0)),
            ui.scope_id().with("colour bar"),
            Sense::click_and_drag(),
        )
        .on_hover_text("Drag the upper or lower half to move that end; double-click: automatic");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Slider, true, "Colour bar"));
    if response.double_clicked() {
        options.range = RangeMode::default();
        return;
    }
    let delta = response.drag_delta().y;
    let Some(origin) = ui.input(|input| input.pointer.press_origin()).filter(|_| delta != 0.0)
    else {
        return;
    };
    // Where the end would have to be for the colours to follow the pointer.
    let step = f64::from(delta / rect.height());
    let (low, high) = (levels.value_at(0.0), levels.value_at(1.0));
    options.range = if origin.y < rect.center().y {
        RangeMode::Fixed(low, levels.value_at(1.0 + step).max(levels.value_at(0.01)))
    } else {
        RangeMode::Fixed(levels.value_at(step).min(levels.value_at(0.99)), high)
    };
}

fn gradient(rect: Rect, lut: &Lut) -> Mesh {
    let mut mesh = Mesh::default();
    let last = lut.0.len() - 1;
    for (i, &[r, g, b]) in lut.0.iter().enumerate() {
        let y = rect.bottom() - rect.height() * i as f32 / last as f32;
        let color = Color32::from_rgb(r, g, b);
        mesh.colored_vertex(pos2(rect.left(), y), color);
        mesh.colored_vertex(pos2(rect.right(), y), color);
        if let Some(at) = (2 * i as u32).checked_sub(2) {
            mesh.add_triangle(at, at + 1, at + 2);
            mesh.add_triangle(at + 1, at + 2, at + 3);
        }
    }
    mesh
}

/// Colour map, range and scale, for the side panel.
pub fn options_ui(ui: &mut Ui, options: &mut ColorOptions, default_map: &str, levels: &Levels) {
    let current = options.colormap.clone().unwrap_or_else(|| default_map.to_owned());
    ui.label("Colours");
    map_menu_ui(ui, options, &current);
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
            for map in colormaps().iter() {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_tables_hold_the_default_maps() {
        let settings = crate::session::Settings::default();
        for name in [&settings.sequential_colormap, &settings.diverging_colormap] {
            assert!(colormaps().get(name).is_some(), "{name}");
        }
        assert!(colormaps().len() >= 30);
    }
}
