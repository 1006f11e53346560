//! Points of a picture that are looked at more closely: clicked, marked, and a line drawn over it.
//!
//! For every view whose pixels are cells. The view says which cell is where; what is shown of the
//! cells is the business of [`super::profile`].

use egui::{Align2, Color32, FontId, Painter, PointerButton, Pos2, Response, Stroke, Ui, vec2};

use crate::session::Picks;
use crate::ui::theme::{CURVES, palette};

/// Half of a mark.
const ARM_PX: f32 = 5.0;

/// The colour of a pick, on the picture and of its curves.
pub fn color(number: usize) -> Color32 {
    CURVES.get(number.saturating_sub(1) % CURVES.len()).copied().unwrap_or_default()
}

/// Click: this cell. Shift-click: this one, too. Ctrl held: the one under the pointer. Ctrl-drag:
/// a line. `cell_at` gives an index along every axis. True when a cell was clicked.
pub fn pick_ui(
    ui: &Ui,
    response: &Response,
    picks: &mut Picks,
    cell_at: impl Fn(Pos2) -> Option<Vec<u64>>,
) -> bool {
    let modifiers = ui.input(|input| input.modifiers);
    // Keys like Ctrl+C are pressed with the pointer at rest, a line is begun with the button.
    let (is_moving, is_down) =
        ui.input(|input| (input.pointer.is_moving(), input.pointer.any_down()));
    let is_live = modifiers.command && !is_down && (is_moving || picks.is_hovering());
    let hovered = response.hover_pos().filter(|_| is_live);
    if picks.hover(hovered.and_then(&cell_at)) {
        // The panel that shows it may have been drawn already.
        ui.ctx().request_repaint();
    }
    draw_line_ui(ui, response, picks, modifiers.command, &cell_at);
    let at = response.interact_pointer_pos().filter(|_| response.clicked());
    let Some(cell) = at.and_then(cell_at) else { return false };
    match modifiers.shift {
        true => picks.add(cell),
        false => picks.pick(cell),
    }
    true
}

fn draw_line_ui(
    ui: &Ui,
    response: &Response,
    picks: &mut Picks,
    with_ctrl: bool,
    cell_at: impl Fn(Pos2) -> Option<Vec<u64>>,
) {
    let key = response.id.with("line from");
    if response.drag_started_by(PointerButton::Primary) {
        let from = ui.input(|input| input.pointer.press_origin()).filter(|_| with_ctrl);
        ui.data_mut(|data| data.insert_temp(key, from));
    }
    let Some(from) = ui.data(|data| data.get_temp::<Option<Pos2>>(key)).flatten() else { return };
    let to = ui.input(|input| input.pointer.latest_pos()).unwrap_or(from);
    if response.drag_stopped() {
        ui.data_mut(|data| data.remove::<Option<Pos2>>(key));
        if let Some((from, to)) = cell_at(from).zip(cell_at(to)) {
            picks.draw_line(from, to);
        }
    } else {
        stroke_line(ui.painter(), [from, to], palette(ui).text);
    }
}

/// Crosses with numbers, and the line with its ends. `px_of` gives `None` for what is not in
/// sight; marks are clipped by the painter.
pub fn marks_ui(ui: &Ui, painter: &Painter, picks: &Picks, px_of: impl Fn(&[u64]) -> Option<Pos2>) {
    if let Some([from, to]) = picks.line()
        && let Some((from, to)) = px_of(from).zip(px_of(to))
    {
        stroke_line(painter, [from, to], palette(ui).text);
        for (end, name) in [(from, "A"), (to, "B")] {
            name_ui(painter, end, name, palette(ui).text);
        }
    }
    let picked: Vec<_> = picks.all().collect();
    for pick in &picked {
        let Some(at) = px_of(&pick.indices) else { continue };
        let color = color(pick.number);
        for (width, color) in [(4.0, Color32::WHITE), (2.0, color)] {
            for arm in [vec2(ARM_PX, ARM_PX), vec2(ARM_PX, -ARM_PX)] {
                painter.line_segment([at - arm, at + arm], Stroke::new(width, color));
            }
        }
        if picked.len() > 1 {
            name_ui(painter, at, &pick.number.to_string(), color);
        }
    }
}

fn stroke_line(painter: &Painter, ends: [Pos2; 2], color: Color32) {
    painter.line_segment(ends, Stroke::new(3.5, Color32::WHITE));
    painter.line_segment(ends, Stroke::new(1.5, color));
}

/// Readable on any colour.
fn name_ui(painter: &Painter, at: Pos2, name: &str, color: Color32) {
    let font = FontId::proportional(12.0);
    let galley = painter.layout_no_wrap(name.to_owned(), font.clone(), color);
    let rect = Align2::LEFT_BOTTOM.anchor_size(at + vec2(7.0, -3.0), galley.size());
    painter.rect_filled(rect.expand2(vec2(2.0, 0.0)), 3.0, Color32::WHITE.gamma_multiply(0.85));
    painter.galley(rect.min, galley, color);
}
