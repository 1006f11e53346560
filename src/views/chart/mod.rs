//! Curves over a coordinate: axes, their labels, and where on the screen a value lies.
//!
//! The coordinate runs across, or upwards where it is a height or depth; the values run along
//! the other direction, those of another unit along a second axis on the far side.

pub mod curve;
pub mod paint;
pub mod readout;
pub mod values;

use egui::{Align2, Pos2, Rect, Response, Sense, Stroke, Ui, pos2, vec2};
use egui_plot::{GridInput, GridMark, Plot, PlotBounds};

use self::values::ValueAxis;
use super::Scene;
use super::axis::AxisInfo;
use super::frame::{Frame, Margins, Span, tick_font};
use crate::prep::ticks::Tick;
use crate::ui::text::elided;
use crate::ui::theme::palette;

/// What the values are drawn over; spans are in places.
pub enum Across<'a> {
    Coordinate {
        scene: Scene<'a>,
        info: &'a AxisInfo,
        span: Span,
    },
    /// Of another variable.
    Values(ValueAxis),
}

/// The axes of a chart.
pub struct Chart<'a> {
    /// Tells it from others in the same place of the window.
    pub salt: &'static str,
    pub across: Across<'a>,
    pub values: ValueAxis,
    /// Of values in units that cannot be converted.
    pub second: Option<ValueAxis>,
    pub is_upright: bool,
}

impl Across<'_> {
    pub fn span(&self) -> Span {
        match self {
            Self::Coordinate { span, .. } => *span,
            Self::Values(axis) => axis.span,
        }
    }

    fn ticks(&self, length_px: f32, is_horizontal: bool) -> Vec<Tick> {
        match self {
            Self::Coordinate { scene, info, span } => {
                info.ticks_in(*scene, (span.low, span.high), length_px, is_horizontal)
            }
            Self::Values(axis) => axis.ticks(length_px, is_horizontal),
        }
    }

    fn title(&self, is_horizontal: bool) -> String {
        match self {
            Self::Coordinate { info, span, .. } if is_horizontal => {
                info.horizontal_title(span.low, span.high)
            }
            Self::Coordinate { info, .. } => info.title.clone(),
            Self::Values(axis) => axis.title.clone(),
        }
    }
}

/// A chart on the screen.
pub struct Placed<'a> {
    pub chart: &'a Chart<'a>,
    pub frame: Frame,
}

/// Room for the title and the labels of a second axis above the chart.
const TOP_AXIS_PX: f32 = 42.0;

impl Chart<'_> {
    /// Draws the axes in all the room there is.
    pub fn axes_ui(&self, ui: &mut Ui) -> (Placed<'_>, Response) {
        let outer = ui.available_rect_before_wrap();
        let side = |is_x: bool| if is_x { outer.width() - 90.0 } else { outer.height() - 50.0 };
        let along = self.across.ticks(side(!self.is_upright), !self.is_upright);
        let values = self.values.ticks(side(self.is_upright), self.is_upright);
        let second = self
            .second
            .as_ref()
            .map(|second| (second, second.ticks(side(self.is_upright), self.is_upright)));
        // Room for half of the last label, or for the axis on the far side.
        let (mut top, mut right) = (4.0, 26.0);
        match (&second, self.is_upright) {
            (Some(_), true) => top = TOP_AXIS_PX,
            (Some((_, ticks)), false) => right = Margins::for_labels(ui, ticks).left,
            _ => {}
        }
        let room = Rect::from_min_max(outer.min + vec2(0.0, top), outer.max - vec2(right, 0.0));
        let along_title = self.across.title(!self.is_upright);
        let values_title = self.values.title.clone();
        let (along_span, values_span) = (self.across.span(), self.values.span);
        let [x, y] = match self.is_upright {
            true => [(values_span, &values, values_title), (along_span, &along, along_title)],
            false => [(along_span, &along, along_title), (values_span, &values, values_title)],
        };
        let bounds = PlotBounds::from_min_max([x.0.low, y.0.low], [x.0.high, y.0.high]);
        let least = vec2(40.0, 30.0);
        let plot = Plot::new(self.salt)
            .width(room.width().max(least.x))
            .height(room.height().max(least.y))
            .min_size(least)
            .sense(Sense::click_and_drag())
            .allow_scroll(false)
            .allow_drag(false)
            .allow_zoom(false)
            .allow_boxed_zoom(false)
            .allow_axis_zoom_drag(false)
            .allow_double_click_reset(false)
            .show_crosshair(false)
            .grid_color(palette(ui).grid)
            .grid_fade(0.0)
            .label_formatter(|_| None)
            .invert_y(y.0.is_reversed)
            .x_grid_spacer(|input| marks(x.1, &input))
            .y_grid_spacer(|input| marks(y.1, &input))
            .x_axis_formatter(|mark, _| label_of(x.1, mark.value))
            .y_axis_formatter(|mark, _| label_of(y.1, mark.value))
            .x_axis_label(shortened(ui, x.2, room.width() - 60.0))
            .y_axis_label(shortened(ui, y.2, room.height() - 40.0));
        let mut inside = ui.new_child(egui::UiBuilder::new().max_rect(room));
        let shown = plot.show(&mut inside, |plot_ui| plot_ui.set_plot_bounds(bounds));
        let frame = Frame { rect: *shown.transform.frame(), x: x.0, y: y.0 };
        if let Some((second, ticks)) = second {
            self.far_axis_ui(ui, frame.rect, second, &ticks);
        }
        ui.advance_cursor_after_rect(outer);
        (Placed { chart: self, frame }, shown.response)
    }

    /// To the right, or above where the coordinate runs upwards.
    fn far_axis_ui(&self, ui: &Ui, rect: Rect, axis: &ValueAxis, ticks: &[Tick]) {
        let (palette, painter) = (palette(ui), ui.painter());
        let stroke = Stroke::new(1.0, palette.weak);
        let (x, y) = match self.is_upright {
            true => (axis.span, self.across.span()),
            false => (self.across.span(), axis.span),
        };
        let frame = Frame { rect, x, y };
        let mut widest = 0.0f32;
        for tick in ticks {
            let (from, label, align) = match self.is_upright {
                true => {
                    let at = pos2(frame.px_from_x(tick.value), rect.top());
                    (at, at - vec2(0.0, 5.0), Align2::CENTER_BOTTOM)
                }
                false => {
                    let at = pos2(rect.right(), frame.px_from_y(tick.value));
                    (at, at + vec2(7.0, 0.0), Align2::LEFT_CENTER)
                }
            };
            if !rect.expand(0.5).contains(from) {
                continue;
            }
            let end = if self.is_upright { vec2(0.0, -4.0) } else { vec2(4.0, 0.0) };
            painter.line_segment([from, from + end], stroke);
            let drawn = painter.text(label, align, &tick.label, tick_font(), palette.text);
            widest = widest.max(drawn.width());
        }
        let font = tick_font();
        if self.is_upright {
            let at = pos2(rect.center().x, rect.top() - 22.0);
            painter.text(at, Align2::CENTER_BOTTOM, &axis.title, font, palette.text);
            return;
        }
        let galley = elided(ui, &axis.title, font, palette.text, rect.height() + 40.0);
        let at = pos2(rect.right() + 11.0 + widest, rect.center().y + galley.size().x / 2.0);
        let text = egui::epaint::TextShape::new(at, galley, palette.text);
        painter.add(text.with_angle(-std::f32::consts::FRAC_PI_2));
    }
}

fn marks(ticks: &[Tick], input: &GridInput) -> Vec<GridMark> {
    // The distance between neighbours: it sets how strong the lines are drawn.
    let step = |pair: &[Tick]| (pair[1].value - pair[0].value).abs();
    let whole = (input.bounds.1 - input.bounds.0).abs();
    let step_size = ticks.windows(2).map(step).fold(whole, f64::min);
    ticks.iter().map(|tick| GridMark { value: tick.value, step_size }).collect()
}

/// As much of a title as there is room for.
fn shortened(ui: &Ui, title: String, length_px: f32) -> String {
    let font = egui::TextStyle::Body.resolve(ui.style());
    let width = |text: String| {
        ui.painter().layout_no_wrap(text, font.clone(), egui::Color32::BLACK).size().x
    };
    let whole = width(title.clone());
    if whole <= length_px {
        return title;
    }
    // The unit is what is needed most.
    if let Some((_, unit)) = title.rsplit_once(" [")
        && length_px > 20.0
    {
        let unit = format!("[{unit}");
        let room = length_px - width(format!("… {unit}"));
        let share = (room / whole).max(0.0);
        let count = (share * title.chars().count() as f32) as usize;
        let start: String = title.chars().take(count).collect();
        return match count {
            0..3 => unit,
            _ => format!("{}… {unit}", start.trim_end()),
        };
    }
    let count = (length_px / whole * title.chars().count() as f32) as usize;
    let start: String = title.chars().take(count.saturating_sub(1)).collect();
    format!("{}…", start.trim_end())
}

fn label_of(ticks: &[Tick], value: f64) -> String {
    ticks.iter().find(|tick| tick.value == value).map(|tick| tick.label.clone()).unwrap_or_default()
}

impl Placed<'_> {
    pub fn rect(&self) -> Rect {
        self.frame.rect
    }

    /// Of a place along the coordinate and a value; `None` where the value has no place.
    pub fn px(&self, along: f64, value: f64, is_second: bool) -> Option<Pos2> {
        let axis = match &self.chart.second {
            Some(second) if is_second => second,
            _ => &self.chart.values,
        };
        let value = axis.placing.place(value);
        if !(value.is_finite() && along.is_finite()) {
            return None;
        }
        let (x, y, frame) = match self.chart.is_upright {
            true => (value, along, Frame { x: axis.span, ..self.frame }),
            false => (along, value, Frame { y: axis.span, ..self.frame }),
        };
        Some(pos2(frame.px_from_x(x), frame.px_from_y(y)))
    }

    /// The place along the coordinate at a position on the screen.
    pub fn along_at(&self, at: Pos2) -> f64 {
        let (x, y) = self.frame.data_from_px(at);
        if self.chart.is_upright { y } else { x }
    }

    /// The line across the chart where the coordinate is at this place; `None` where that is not
    /// in sight.
    pub fn line_at(&self, along: f64) -> Option<[Pos2; 2]> {
        let rect = self.frame.rect;
        let (from, to) = match self.chart.is_upright {
            true => {
                let y = self.frame.px_from_y(along);
                (pos2(rect.left(), y), pos2(rect.right(), y))
            }
            false => {
                let x = self.frame.px_from_x(along);
                (pos2(x, rect.bottom()), pos2(x, rect.top()))
            }
        };
        rect.expand(0.5).contains(from).then_some([from, to])
    }
}
