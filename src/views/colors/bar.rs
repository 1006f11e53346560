//! The colour bar: what the colours mean, and the place to change it. Its ends and its middle are
//! dragged, the wheel narrows the range around the pointer.

use egui::{Align2, Color32, CursorIcon, Mesh, Rect, Response, Sense, Ui, pos2, vec2};
use hyperslab_core::array::Number;

use super::scale::set_ends;
use crate::prep::colormap::Lut;
use crate::prep::levels::Levels;
use crate::prep::scale_ticks;
use crate::prep::table::{NumberFormat, format_number};
use crate::prep::ticks::Tick;
use crate::ui::theme::palette;
use crate::views::VariableState;
use crate::views::frame::tick_font;

pub const WIDTH: f32 = 18.0;

/// An end is taken by this part of the bar; the middle moves both.
const END_PART: f64 = 0.25;

/// Round values on a bar of this height.
pub fn level_ticks(levels: &Levels, height_px: f32) -> Vec<Tick> {
    scale_ticks::ticks(levels, (height_px / 34.0).clamp(2.0, 12.0) as usize)
}

/// The bar with its labels to the right.
pub fn paint(ui: &Ui, rect: Rect, levels: &Levels, ticks: &[Tick], lut: &Lut) {
    let palette = palette(ui);
    let painter = ui.painter();
    painter.add(gradient(rect, lut));
    painter.rect_stroke(rect, 0.0, egui::Stroke::new(1.0, palette.weak), egui::StrokeKind::Outside);
    for tick in ticks {
        let y = rect.bottom() - (levels.normalise(tick.value) as f32) * rect.height();
        painter.hline(rect.right()..=rect.right() + 4.0, y, egui::Stroke::new(1.0, palette.weak));
        painter.text(
            pos2(rect.right() + 7.0, y),
            Align2::LEFT_CENTER,
            &tick.label,
            tick_font(),
            palette.text,
        );
    }
}

/// What is moved, and the levels and the place on the bar where it was taken.
#[derive(Clone, Copy)]
pub struct Drag {
    part: Part,
    levels: Levels,
    from: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Low,
    Both,
    High,
}

impl Part {
    fn at(t: f64) -> Self {
        match t {
            t if t < END_PART => Self::Low,
            t if t > 1.0 - END_PART => Self::High,
            _ => Self::Both,
        }
    }
}

/// The ends after what was at `from` was dragged to `to`: the colours follow the pointer.
fn dragged(part: Part, levels: &Levels, from: f64, to: f64) -> (f64, f64) {
    const LEAST: f64 = 0.02;
    match part {
        Part::Both => (levels.value_at(from - to), levels.value_at(1.0 + from - to)),
        Part::High => (levels.low, levels.value_at(from.max(LEAST) / to.max(LEAST))),
        Part::Low => {
            let stretched = (1.0 - from).max(LEAST) / (1.0 - to).max(LEAST);
            (levels.value_at(1.0 - stretched), levels.high)
        }
    }
}

/// The range by the hand on the bar; a double click goes back to automatic.
pub fn drag_ui(ui: &mut Ui, rect: Rect, levels: &Levels, state: &mut VariableState) -> Response {
    let id = ui.scope_id().with("colour bar");
    let response = ui.interact(rect.expand2(vec2(6.0, 0.0)), id, Sense::click_and_drag());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Slider, true, "Colour bar"));
    if response.double_clicked() {
        state.colors.unfix();
        return response;
    }
    let place = |y: f32| f64::from((rect.bottom() - y) / rect.height());
    if response.drag_started_by(egui::PointerButton::Primary)
        && let Some(origin) = ui.input(|input| input.pointer.press_origin())
    {
        let from = place(origin.y);
        state.legend.drag = Some(Drag { part: Part::at(from), levels: *levels, from });
    }
    let drag = state.legend.drag.filter(|_| response.dragged());
    state.legend.drag = drag;
    if let Some((drag, at)) = drag.zip(response.interact_pointer_pos()) {
        let (low, high) = dragged(drag.part, &drag.levels, drag.from, place(at.y));
        set_ends(state, &drag.levels, low, high);
    }
    let Some(at) = response.hover_pos() else { return response };
    let t = place(at.y);
    let part = drag.map_or(Part::at(t), |drag| drag.part);
    ui.set_cursor_icon(match part {
        Part::Both => CursorIcon::Grab,
        Part::Low | Part::High => CursorIcon::ResizeVertical,
    });
    let scroll = ui.input(|input| input.smooth_scroll_delta().y);
    if scroll != 0.0 {
        let factor = f64::from((-scroll / 240.0).exp());
        let (low, high) = (t - t * factor, t + (1.0 - t) * factor);
        set_ends(state, levels, levels.value_at(low), levels.value_at(high));
    }
    let value = format_number(Number::F64(levels.value_at(t)), NumberFormat::Significant(4));
    let what = match part {
        Part::Both => "Drag: move the range",
        Part::Low => "Drag: move the lower end",
        Part::High => "Drag: move the upper end",
    };
    response.on_hover_text_at_pointer(format!(
        "{value}\n{what}; wheel: narrow or widen it\nDouble-click: automatic; right-click: more"
    ))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prep::levels::Scale;

    #[test]
    fn the_colour_under_the_pointer_follows_it() {
        let levels = Levels::new(0.0, 100.0, Scale::Linear);
        for (part, from, to) in
            [(Part::Both, 0.5, 0.7), (Part::High, 0.9, 0.6), (Part::Low, 0.1, 0.3)]
        {
            let value = levels.value_at(from);
            let (low, high) = dragged(part, &levels, from, to);
            let moved = Levels::new(low, high, Scale::Linear);
            assert!((moved.normalise(value) - to).abs() < 1e-12, "{part:?}");
        }
        assert_eq!(dragged(Part::High, &levels, 0.8, 0.4), (0.0, 200.0));
        assert_eq!(dragged(Part::Low, &levels, 0.2, 0.6), (-100.0, 100.0));
    }
}
