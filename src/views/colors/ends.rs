//! The values at the ends of the colour bar: a click makes them text to be typed over.

use egui::{Align2, Key, Rect, Sense, TextEdit, Ui, pos2, vec2};
use hyperslab_core::array::Number;

use crate::prep::levels::{Levels, Scale};
use crate::prep::table::{NumberFormat, format_number};
use crate::ui::theme::palette;
use crate::views::VariableState;
use crate::views::frame::tick_font;

#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Low,
    High,
}

/// An end that is being typed.
pub struct Edit {
    end: End,
    text: String,
    has_begun: bool,
}

const SIZE: egui::Vec2 = vec2(64.0, 16.0);

pub fn ends_ui(ui: &mut Ui, bar: Rect, levels: &Levels, state: &mut VariableState) {
    for end in [End::High, End::Low] {
        let y = match end {
            End::High => bar.top() - SIZE.y / 2.0 - 4.0,
            End::Low => bar.bottom() + SIZE.y / 2.0 + 4.0,
        };
        let rect = Rect::from_center_size(pos2(bar.center().x, y), SIZE);
        match state.legend.edit.take() {
            Some(edit) if edit.end == end => edit_ui(ui, rect, edit, levels, state),
            other => {
                state.legend.edit = other;
                end_ui(ui, rect, end, levels, state);
            }
        }
    }
}

fn value_of(levels: &Levels, end: End) -> f64 {
    match end {
        End::Low => levels.low,
        End::High => levels.high,
    }
}

fn end_ui(ui: &mut Ui, rect: Rect, end: End, levels: &Levels, state: &mut VariableState) {
    let name = match end {
        End::Low => "Lower end",
        End::High => "Upper end",
    };
    let number = Number::F64(value_of(levels, end));
    let text = format_number(number, NumberFormat::Significant(4));
    let response = ui.interact(rect, ui.scope_id().with(name), Sense::click());
    let palette = palette(ui);
    let color = if response.hovered() { palette.accent } else { palette.weak };
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, &text, tick_font(), color);
    response.widget_info(|| {
        egui::WidgetInfo::labeled(
            egui::Role::Button,
            true,
            format!("{name} of the colours: {text}"),
        )
    });
    let response = response.on_hover_cursor(egui::CursorIcon::Text);
    if response.clicked() {
        let text = format_number(number, NumberFormat::Significant(8));
        state.legend.edit = Some(Edit { end, text, has_begun: false });
    }
    response.on_hover_text(format!("{name} of the colours. Click: type another"));
}

fn edit_ui(ui: &mut Ui, rect: Rect, mut edit: Edit, levels: &Levels, state: &mut VariableState) {
    let id = ui.scope_id().with("typed end");
    let text = TextEdit::singleline(&mut edit.text)
        .id(id)
        .font(tick_font())
        .margin(vec2(2.0, 0.0))
        .align(egui::Align2::CENTER_CENTER);
    let response = ui.put(rect.expand2(vec2(6.0, 1.0)), text);
    if !edit.has_begun {
        edit.has_begun = true;
        response.request_focus();
        select_all(ui, id, edit.text.chars().count());
    }
    if ui.input(|input| input.key_pressed(Key::Escape)) {
        return;
    }
    if !response.lost_focus() {
        state.legend.edit = Some(edit);
        return;
    }
    let Ok(value) = edit.text.trim().replace(',', ".").parse::<f64>() else { return };
    let (low, high) = match edit.end {
        End::Low => (value, levels.high),
        End::High => (levels.low, value),
    };
    let is_scale = low < high && (levels.scale != Scale::Log || low > 0.0);
    if is_scale && low.is_finite() && high.is_finite() && value != value_of(levels, edit.end) {
        state.colors.fix(low, high);
    }
}

/// What is typed takes the place of what was there.
fn select_all(ui: &Ui, id: egui::Id, length: usize) {
    use egui::text::{CCursor, CCursorRange};
    let mut text_state = TextEdit::load_state(ui.ctx(), id).unwrap_or_default();
    let all = CCursorRange::two(CCursor::new(0), CCursor::new(length));
    text_state.cursor.set_char_range(Some(all));
    text_state.store(ui.ctx(), id);
}
