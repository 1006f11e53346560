//! The command palette: type some letters, Enter runs what is chosen.

use egui::text::{LayoutJob, TextFormat};
use egui::{
    Align2, Area, Event, FontId, Frame, Id, Key, Modifiers, Order, Rect, Sense, TextEdit, Ui, vec2,
};

use super::At;
use super::offered::{Offered, offered};
use crate::app::App;
use crate::cf::CfDataset;
use crate::engine::store::FileView;
use crate::prep::fuzzy::{self, Found};
use crate::ui::theme::palette;

/// Whether it is open, and what has been typed.
#[derive(Default)]
pub struct Palette {
    is_open: bool,
    text: String,
    /// Of the lines found.
    chosen: usize,
}

const WIDTH: f32 = 520.0;
const ROW_PX: f32 = 24.0;
const ROWS_MOST: f32 = 14.0;

impl Palette {
    pub fn toggle(&mut self) {
        *self = Self { is_open: !self.is_open, ..Self::default() };
    }
}

/// The lines that match what was typed, the best first; all of them in their order where nothing
/// was.
fn matching(all: Vec<Offered>, text: &str) -> Vec<(Offered, Found)> {
    let mut lines: Vec<(Offered, Found)> = all
        .into_iter()
        .filter_map(|line| {
            let found = fuzzy::find(text, &line.label)?;
            Some((line, found))
        })
        .collect();
    if !text.trim().is_empty() {
        lines.sort_by_key(|(line, found)| 30 * i32::from(line.is_choice) - found.score);
    }
    lines
}

impl App {
    pub(in crate::app) fn palette_ui(&mut self, ui: &Ui, views: &[FileView<CfDataset>]) {
        if !self.palette.is_open {
            return;
        }
        let at = At { ctx: ui.ctx(), views };
        let mut lines = matching(offered(self, at), &self.palette.text);
        let pressed = |key| at.ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let last = lines.len().saturating_sub(1);
        let state = &mut self.palette;
        if pressed(Key::Escape) {
            state.is_open = false;
            return;
        }
        let before = state.chosen;
        if pressed(Key::ArrowDown) {
            state.chosen = if state.chosen >= last { 0 } else { state.chosen + 1 };
        }
        if pressed(Key::ArrowUp) {
            state.chosen = if state.chosen == 0 { last } else { state.chosen - 1 };
        }
        let has_moved = before != state.chosen;
        let mut picked = pressed(Key::Enter).then_some(state.chosen);
        let screen = at.ctx.content_rect();
        let area = Area::new(Id::unique("command palette")).order(Order::Foreground);
        let area = area.fixed_pos(screen.center_top() + vec2(0.0, 56.0)).pivot(Align2::CENTER_TOP);
        let shown = area.show(at.ctx, |ui| {
            Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_width(WIDTH.min(screen.width() - 40.0));
                text_ui(ui, state);
                ui.add_space(4.0);
                let clicked = lines_ui(ui, &lines, state.chosen, has_moved);
                picked = picked.or(clicked);
            });
        });
        let pressed_elsewhere = at.ctx.input(|input| {
            let at = input.pointer.interact_pos();
            input.pointer.any_pressed() && at.is_some_and(|at| !shown.response.rect.contains(at))
        });
        if pressed_elsewhere {
            self.palette.is_open = false;
        }
        if let Some(picked) = picked.filter(|&picked| picked < lines.len()) {
            self.palette.is_open = false;
            let (line, _) = lines.swap_remove(picked);
            (line.run)(self, at);
            at.ctx.request_repaint();
        }
    }
}

fn text_ui(ui: &mut Ui, state: &mut Palette) {
    let edit = TextEdit::singleline(&mut state.text).hint_text("Type a command");
    let response = ui.add(edit.desired_width(f32::INFINITY).id(Id::unique("command text")));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Command"));
    let is_typed = ui.input(|input| input.events.iter().any(|e| matches!(e, Event::Text(_))));
    if response.changed() || is_typed {
        state.chosen = 0;
    }
    if !response.has_focus() {
        response.request_focus();
    }
}

/// The line that was clicked.
fn lines_ui(
    ui: &mut Ui,
    lines: &[(Offered, Found)],
    chosen: usize,
    has_moved: bool,
) -> Option<usize> {
    if lines.is_empty() {
        ui.weak("No command of this name");
        return None;
    }
    let mut clicked = None;
    ui.spacing_mut().item_spacing.y = 0.0;
    let area = egui::ScrollArea::vertical().max_height(ROWS_MOST * ROW_PX).id_salt("commands");
    area.show(ui, |ui| {
        for (k, (line, found)) in lines.iter().enumerate() {
            let size = vec2(ui.available_width(), ROW_PX);
            let (rect, response) = ui.allocate_exact_size(size, Sense::click());
            let is_chosen = k == chosen;
            line_ui(ui, rect, (line, found), is_chosen, response.hovered());
            let label = match line.key.as_str() {
                "" => line.label.to_string(),
                key => format!("{}, {key}", line.label),
            };
            response.widget_info(|| {
                egui::WidgetInfo::selected(egui::Role::MenuItem, true, is_chosen, &label)
            });
            if is_chosen && has_moved {
                response.scroll_to_me(None);
            }
            if response.clicked() {
                clicked = Some(k);
            }
        }
    });
    clicked
}

fn line_ui(
    ui: &Ui,
    rect: Rect,
    (line, found): (&Offered, &Found),
    is_chosen: bool,
    is_hovered: bool,
) {
    let colors = palette(ui);
    if is_chosen {
        ui.painter().rect_filled(rect, 3.0, colors.selection);
    } else if is_hovered {
        ui.painter().rect_filled(rect, 3.0, colors.header);
    }
    let font = FontId::proportional(13.0);
    let key = ui.painter().text(
        rect.right_center() - vec2(8.0, 0.0),
        Align2::RIGHT_CENTER,
        &line.key,
        FontId::proportional(12.0),
        colors.weak,
    );
    let mut job = LayoutJob::default();
    for (k, letter) in line.label.chars().enumerate() {
        let is_meant = found.at.binary_search(&k).is_ok();
        let color = if is_meant { colors.accent } else { colors.text };
        let mut buffer = [0; 4];
        job.append(letter.encode_utf8(&mut buffer), 0.0, TextFormat::simple(font.clone(), color));
    }
    let galley = ui.painter().layout_job(job);
    let at = rect.left_center() + vec2(8.0, -galley.size().y / 2.0);
    let room = Rect::from_min_max(rect.min, key.left_bottom().max(rect.min));
    ui.painter().with_clip_rect(room.expand2(vec2(0.0, 4.0))).galley(at, galley, colors.text);
}
