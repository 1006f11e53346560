//! The list of colour maps, each with a swatch.

use egui::{Align2, Color32, Mesh, Rect, Sense, Ui, pos2, vec2};

use crate::prep::colormap::{ColorMapKind, Lut, shipped};
use crate::ui::theme::palette;
use crate::views::frame::tick_font;

/// The map that was clicked.
pub fn maps_ui(ui: &mut Ui, current: &str, is_reversed: bool) -> Option<String> {
    let mut picked = None;
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
            let lut = map.lut();
            let lut = if is_reversed { lut.reversed() } else { lut };
            ui.painter().add(swatch_mesh(swatch, &lut));
        }
        ui.painter().text(
            pos2(swatch.right() + 8.0, rect.center().y),
            Align2::LEFT_CENTER,
            map.name,
            tick_font(),
            palette(ui).text,
        );
        response
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::ListBoxOption, true, map.name));
        if response.clicked() {
            picked = Some(map.name.to_owned());
        }
    }
    picked
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
