//! The colour bar: what the colours mean, and the place to change it. Its ends are dragged.

use egui::{Align2, Color32, Mesh, Rect, Sense, Ui, pos2, vec2};

use crate::cf::Flags;
use crate::prep::colormap::Lut;
use crate::prep::levels::{Levels, Scale};
use crate::prep::ticks::{self, Tick};
use crate::session::{ColorOptions, RangeMode};
use crate::ui::theme::palette;
use crate::views::frame::tick_font;

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
