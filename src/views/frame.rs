//! A rectangle with a horizontal and a vertical axis: data to pixels and back, ticks, zoom.

use egui::{Align2, Color32, FontId, Pos2, Rect, Response, Stroke, Ui, Vec2, pos2, vec2};

use crate::prep::ticks::Tick;
use crate::ui::text::elided;
use crate::ui::theme::{Palette, palette};

/// What is visible along an axis, `low < high`. Values rise to the right and upwards unless
/// the axis is reversed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    pub low: f64,
    pub high: f64,
    pub is_reversed: bool,
    /// How far one can zoom in: some cells.
    pub least_width: f64,
}

impl Span {
    pub fn new((low, high): (f64, f64), is_reversed: bool) -> Self {
        Self { low, high, is_reversed, least_width: 0.0 }
    }

    pub fn width(&self) -> f64 {
        self.high - self.low
    }

    /// The part of it between these ends; all of it where they lie outside.
    pub fn part(&self, (low, high): (f64, f64)) -> Self {
        let (low, high) = (low.max(self.low), high.min(self.high));
        if low < high { Self { low, high, ..*self } } else { *self }
    }

    /// 0 at the left or lower end, 1 at the other.
    fn fraction(&self, value: f64) -> f64 {
        let t = (value - self.low) / self.width();
        if self.is_reversed { 1.0 - t } else { t }
    }

    fn value(&self, fraction: f64) -> f64 {
        let t = if self.is_reversed { 1.0 - fraction } else { fraction };
        self.low + t * self.width()
    }

    /// Scaled by `factor` around `center`, moved by `shift` (in parts of the width), kept inside
    /// `home` and not narrower than its `least_width`.
    fn moved(&self, center: f64, factor: f64, shift: f64, home: &Self) -> Self {
        let least = home.least_width.max(home.width() * 1e-9);
        let factor = factor.max(least / self.width());
        let width = self.width() * factor;
        if width >= home.width() {
            return *home;
        }
        let shift = if self.is_reversed { -shift } else { shift } * self.width();
        let low = center - (center - self.low) * factor + shift;
        let low = low.clamp(home.low, home.high - width);
        Self { low, high: low + width, ..*self }
    }
}

/// Where data lie on the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    pub rect: Rect,
    pub x: Span,
    pub y: Span,
}

impl Frame {
    pub fn px_from_x(&self, x: f64) -> f32 {
        self.rect.left() + (self.x.fraction(x) * f64::from(self.rect.width())) as f32
    }

    pub fn px_from_y(&self, y: f64) -> f32 {
        self.rect.bottom() - (self.y.fraction(y) * f64::from(self.rect.height())) as f32
    }

    pub fn data_from_px(&self, at: Pos2) -> (f64, f64) {
        let across = f64::from((at.x - self.rect.left()) / self.rect.width());
        let up = f64::from((self.rect.bottom() - at.y) / self.rect.height());
        (self.x.value(across), self.y.value(up))
    }

    /// The rectangle that the data window of `of` takes on the screen in this frame.
    pub fn rect_of(&self, x: &Span, y: &Span) -> Rect {
        Rect::from_two_pos(
            pos2(self.px_from_x(x.low), self.px_from_y(y.low)),
            pos2(self.px_from_x(x.high), self.px_from_y(y.high)),
        )
    }

    /// The window after this frame's wheel, drag and double click; `None` when it stays.
    /// Wheel: zoom at the pointer. Drag: zoom to the rectangle. Drag with Shift, the middle or
    /// the right button: pan. Double click: everything.
    pub fn navigate(
        &self,
        ui: &Ui,
        response: &Response,
        home: (&Span, &Span),
    ) -> Option<(Span, Span)> {
        if response.double_clicked() {
            return Some((*home.0, *home.1));
        }
        if let Some(moved) = self.panned(ui, response, home) {
            return Some(moved);
        }
        self.zoomed_by_wheel(ui, response, home).or_else(|| self.zoomed_to_box(ui, response, home))
    }

    pub(super) fn panned(
        &self,
        ui: &Ui,
        response: &Response,
        home: (&Span, &Span),
    ) -> Option<(Span, Span)> {
        let with_shift = ui.input(|input| input.modifiers.shift);
        let pans = response.dragged_by(egui::PointerButton::Middle)
            || response.dragged_by(egui::PointerButton::Secondary)
            || (with_shift && response.dragged_by(egui::PointerButton::Primary));
        let delta = response.drag_delta();
        if !pans || delta == Vec2::ZERO {
            return None;
        }
        let x = self.x.moved(self.x.low, 1.0, f64::from(-delta.x / self.rect.width()), home.0);
        let y = self.y.moved(self.y.low, 1.0, f64::from(delta.y / self.rect.height()), home.1);
        Some((x, y))
    }

    pub(super) fn zoomed_by_wheel(
        &self,
        ui: &Ui,
        response: &Response,
        home: (&Span, &Span),
    ) -> Option<(Span, Span)> {
        let at = response.hover_pos()?;
        let (scroll, pinch) = ui.input(|input| (input.smooth_scroll_delta().y, input.zoom_delta()));
        if scroll == 0.0 && pinch == 1.0 {
            return None;
        }
        let factor = f64::from((-scroll / 240.0).exp() / pinch);
        let (x, y) = self.data_from_px(at);
        Some((self.x.moved(x, factor, 0.0, home.0), self.y.moved(y, factor, 0.0, home.1)))
    }

    pub(super) fn zoomed_to_box(
        &self,
        ui: &Ui,
        response: &Response,
        home: (&Span, &Span),
    ) -> Option<(Span, Span)> {
        let is_ending = response.drag_stopped_by(egui::PointerButton::Primary);
        // What a drag means is decided when it begins: with a key held it is another gesture,
        // also when the key is let go of first.
        let origin = response.id.with("box origin");
        if response.drag_started_by(egui::PointerButton::Primary) {
            let from = ui.input(|input| match input.modifiers.any() {
                true => None,
                false => input.pointer.press_origin(),
            });
            ui.data_mut(|data| data.insert_temp(origin, from));
        }
        if !(is_ending || response.dragged_by(egui::PointerButton::Primary)) {
            return None;
        }
        let from = ui.data(|data| data.get_temp::<Option<Pos2>>(origin)).flatten()?;
        if is_ending {
            ui.data_mut(|data| data.remove::<Option<Pos2>>(origin));
        }
        let to = response
            .interact_pointer_pos()
            .or_else(|| ui.input(|input| input.pointer.latest_pos()))?;
        let chosen = Rect::from_two_pos(from, to).intersect(self.rect);
        if chosen.width() < 4.0 || chosen.height() < 4.0 {
            return None;
        }
        if !is_ending {
            let accent = palette(ui).accent;
            ui.painter().rect(
                chosen,
                0.0,
                accent.gamma_multiply(0.15),
                Stroke::new(1.0, accent),
                egui::StrokeKind::Inside,
            );
            return None;
        }
        let (a, b) =
            (self.data_from_px(chosen.left_bottom()), self.data_from_px(chosen.right_top()));
        let span = |a: f64, b: f64, old: &Span, home: &Span| {
            let wanted = Span { low: a.min(b), high: a.max(b), ..*old };
            wanted.moved(wanted.low, 1.0, 0.0, home)
        };
        Some((span(a.0, b.0, &self.x, home.0), span(a.1, b.1, &self.y, home.1)))
    }
}

/// Room for the labels outside the frame.
#[derive(Clone, Copy, Debug)]
pub struct Margins {
    pub left: f32,
    pub bottom: f32,
    pub top: f32,
    pub right: f32,
}

impl Margins {
    /// Wide enough for the longest of these labels on the vertical axis.
    pub fn for_labels(ui: &Ui, labels: &[Tick]) -> Self {
        let font = tick_font();
        let widest = labels
            .iter()
            .map(|tick| {
                ui.painter()
                    .layout_no_wrap(tick.label.clone(), font.clone(), Color32::BLACK)
                    .size()
                    .x
            })
            .fold(0.0, f32::max);
        Self { left: widest.clamp(24.0, 160.0) + 30.0, bottom: 42.0, top: 8.0, right: 22.0 }
    }

    pub fn inside(&self, outer: Rect) -> Rect {
        let min = outer.min + vec2(self.left, self.top);
        let max = outer.max - vec2(self.right, self.bottom);
        Rect::from_min_max(min, max.max(min + vec2(16.0, 16.0)))
    }
}

pub fn tick_font() -> FontId {
    FontId::proportional(11.5)
}

fn title_font() -> FontId {
    FontId::proportional(12.5)
}

/// The border, tick marks and labels, and the two titles.
pub fn axes_ui(ui: &Ui, frame: &Frame, x: (&[Tick], &str), y: (&[Tick], &str)) {
    let palette = palette(ui);
    let painter = ui.painter();
    painter.rect_stroke(frame.rect, 0.0, Stroke::new(1.0, palette.weak), egui::StrokeKind::Outside);
    x_ticks_ui(ui, frame, x.0, palette);
    y_ticks_ui(ui, frame, y.0, palette);
    painter.text(
        pos2(frame.rect.center().x, frame.rect.bottom() + 22.0),
        Align2::CENTER_TOP,
        x.1,
        title_font(),
        palette.text,
    );
    let galley = elided(ui, y.1, title_font(), palette.text, frame.rect.height() + 40.0);
    let labels_width = frame.rect.left() - ui.max_rect().left();
    let at =
        pos2(frame.rect.left() - labels_width + 2.0, frame.rect.center().y + galley.size().x / 2.0);
    let text = egui::epaint::TextShape::new(at, galley, palette.text)
        .with_angle(-std::f32::consts::FRAC_PI_2);
    painter.add(text);
}

/// Labels that would run into the one before them are left out.
fn x_ticks_ui(ui: &Ui, frame: &Frame, ticks: &[Tick], palette: Palette) {
    let painter = ui.painter();
    let mut free_from = f32::NEG_INFINITY;
    let mut placed: Vec<(f32, &Tick)> =
        ticks.iter().map(|tick| (frame.px_from_x(tick.value), tick)).collect();
    placed.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (x, tick) in placed {
        if x < frame.rect.left() - 0.5 || x > frame.rect.right() + 0.5 {
            continue;
        }
        let galley = painter.layout_no_wrap(tick.label.clone(), tick_font(), palette.text);
        let left = x - galley.size().x / 2.0;
        let bottom = frame.rect.bottom();
        painter.vline(x, bottom..=bottom + 4.0, Stroke::new(1.0, palette.weak));
        if left >= free_from {
            free_from = left + galley.size().x + 8.0;
            painter.galley(pos2(left, bottom + 6.0), galley, palette.text);
        }
    }
}

fn y_ticks_ui(ui: &Ui, frame: &Frame, ticks: &[Tick], palette: Palette) {
    let painter = ui.painter();
    let mut placed: Vec<(f32, &Tick)> =
        ticks.iter().map(|tick| (frame.px_from_y(tick.value), tick)).collect();
    placed.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut free_from = f32::NEG_INFINITY;
    for (y, tick) in placed {
        if y < frame.rect.top() - 0.5 || y > frame.rect.bottom() + 0.5 {
            continue;
        }
        let left = frame.rect.left();
        painter.hline(left - 4.0..=left, y, Stroke::new(1.0, palette.weak));
        if y - 7.0 >= free_from {
            free_from = y + 8.0;
            painter.text(
                pos2(left - 7.0, y),
                Align2::RIGHT_CENTER,
                &tick.label,
                tick_font(),
                palette.text,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(y_reversed: bool) -> Frame {
        Frame {
            rect: Rect::from_min_size(pos2(100.0, 50.0), vec2(200.0, 100.0)),
            x: Span::new((0.0, 10.0), false),
            y: Span::new((-90.0, 90.0), y_reversed),
        }
    }

    #[test]
    fn north_is_up_and_depth_is_down() {
        assert_eq!(frame(false).px_from_y(90.0), 50.0);
        assert_eq!(frame(true).px_from_y(90.0), 150.0);
    }

    #[test]
    fn pixels_and_data_are_each_others_inverse() {
        for frame in [frame(false), frame(true)] {
            let (x, y) = frame.data_from_px(pos2(frame.px_from_x(2.5), frame.px_from_y(30.0)));
            assert!((x - 2.5).abs() < 1e-4 && (y - 30.0).abs() < 1e-3);
        }
    }

    #[test]
    fn zooming_and_panning_never_leave_home() {
        let home = Span::new((0.0, 10.0), false);
        let zoomed = home.moved(9.0, 0.5, 0.0, &home);
        assert_eq!((zoomed.low, zoomed.high), (4.5, 9.5));
        let panned = zoomed.moved(0.0, 1.0, 5.0, &home);
        assert_eq!((panned.low, panned.high), (5.0, 10.0));
        assert_eq!(panned.moved(5.0, 100.0, 0.0, &home), home);
        let home = Span { least_width: 2.0, ..home };
        let tiny = (0..100).fold(home, |span, _| span.moved(3.0, 0.5, 0.0, &home));
        assert!((1.99..=2.01).contains(&tiny.width()));
    }
}
