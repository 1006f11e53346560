//! The section of the side panel that tells the numbers of the slice that is shown.

mod values;

use egui::{CollapsingHeader, Grid, Rect, RichText, Sense, Ui, pos2, vec2};
use hyperslab_core::array::Number;

use self::values::{Told, want_statistics};
use super::axis::want_axis;
use super::caption::shown_slice;
use super::{Scene, VariableState};
use crate::engine::Answer;
use crate::prep::histogram::Histogram;
use crate::prep::slice_stats::PERCENTILES;
use crate::prep::table::{NumberFormat, format_number};
use crate::ui::theme::palette;

const HISTOGRAM_PX: f32 = 56.0;

pub fn statistics_ui(ui: &mut Ui, scene: Scene<'_>, state: &VariableState, is_decoded: bool) {
    let is_numeric = scene.variable().is_some_and(|variable| variable.dtype.is_numeric());
    if !is_numeric {
        return;
    }
    ui.add_space(8.0);
    let heading = CollapsingHeader::new("Statistics").id_salt("statistics");
    let shown = heading.default_open(false).show(ui, |ui| section_ui(ui, scene, state, is_decoded));
    shown.header_response.on_hover_text("Of the slice that is shown");
}

fn section_ui(ui: &mut Ui, scene: Scene<'_>, state: &VariableState, is_decoded: bool) {
    let slice = shown_slice(scene, state);
    match want_statistics(scene, state, &slice, is_decoded) {
        Answer::Ready(told) => told_ui(ui, scene, state, &told, is_decoded),
        Answer::Pending(_) => _ = ui.weak("Working out…"),
        Answer::Failed(error) => _ = ui.label(error.to_string()),
    }
}

/// A line of the section.
struct Line {
    name: String,
    value: String,
    hover: String,
}

fn told_ui(ui: &mut Ui, scene: Scene<'_>, state: &VariableState, told: &Told, is_decoded: bool) {
    let lines = lines(scene, state, told);
    let unit = if is_decoded { scene.unit() } else { String::new() };
    if !unit.is_empty() {
        ui.weak(format!("in {unit}"));
    }
    Grid::new("statistics lines").num_columns(2).spacing(vec2(8.0, 2.0)).show(ui, |ui| {
        for line in &lines {
            let name = ui.label(&line.name);
            let value = ui.label(RichText::new(&line.value).strong());
            if !line.hover.is_empty() {
                name.on_hover_text(&line.hover);
                value.on_hover_text(&line.hover);
            }
            ui.end_row();
        }
    });
    histogram_ui(ui, &told.found.histogram);
    let copy = ui.small_button("Copy").on_hover_text("Copy these numbers as text");
    if copy.clicked() {
        let text = lines.iter().map(|line| format!("{}\t{}\n", line.name, line.value));
        ui.ctx().copy_text(text.collect());
    }
}

fn lines(scene: Scene<'_>, state: &VariableState, told: &Told) -> Vec<Line> {
    let found = &told.found;
    let stats = &found.stats;
    let line = |name: &str, value: String, hover: String| Line { name: name.into(), value, hover };
    let auto = |number: Number| format_number(number, NumberFormat::Auto);
    let plain = |value: f64| format_number(Number::F64(value), NumberFormat::Significant(6));
    let mut lines = vec![
        line("Values", stats.count().to_string(), "Values that are numbers".into()),
        line("Missing", stats.missing().to_string(), String::new()),
    ];
    let place = |at: usize| place_words(scene, state, told, at);
    let places = found.places.map(|places| places.map(place)).unwrap_or_default();
    let [least_at, most_at] = places;
    lines.extend(stats.min().map(|min| line("Least", auto(min), least_at)));
    lines.extend(stats.max().map(|max| line("Greatest", auto(max), most_at)));
    let each = "Every value counts the same".to_owned();
    lines.extend(stats.mean().map(|mean| line("Mean", plain(mean), each)));
    if let Some(mean) = found.weighted_mean {
        lines.push(line("Area-weighted mean", plain(mean), told.weighted_by.clone()));
    }
    lines.extend(stats.std().map(|std| line("Standard deviation", plain(std), String::new())));
    let hover = match found.is_sampled {
        true => "So much of the values lies below; of a sample of them",
        false => "So much of the values lies below",
    };
    for (percent, value) in PERCENTILES.iter().zip(found.percentiles.iter().flatten()) {
        let name = if *percent == 50.0 { "Median".into() } else { format!("{percent} %") };
        lines.push(line(&name, plain(*value), hover.into()));
    }
    lines
}

/// The coordinates of the value at this place of the slice.
fn place_words(scene: Scene<'_>, state: &VariableState, told: &Told, at: usize) -> String {
    let mut rest = at as u64;
    let mut words = Vec::new();
    for (axis, range) in told.section.ranges.iter().enumerate().rev() {
        if range.count < 2 {
            continue;
        }
        let index = range.index(rest % range.count);
        rest /= range.count;
        let info = want_axis(scene, axis, state).ready();
        words.push(info.map_or_else(String::new, |info| info.full_label_in(scene, index)));
    }
    words.reverse();
    format!("at {}", words.join("  "))
}

fn histogram_ui(ui: &mut Ui, histogram: &Histogram) {
    let most = histogram.counts.iter().copied().max().unwrap_or(0);
    if most == 0 {
        return;
    }
    let size = vec2(ui.available_width().min(240.0), HISTOGRAM_PX);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let palette = palette(ui);
    ui.painter().rect_filled(rect, 2.0, palette.canvas);
    let width = rect.width() / histogram.counts.len().max(1) as f32;
    for (k, &count) in histogram.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let left = rect.left() + k as f32 * width;
        let height = (count as f32 / most as f32 * (rect.height() - 2.0)).max(1.0);
        let bar = Rect::from_min_max(
            pos2(left, rect.bottom() - height),
            pos2(left + width.max(1.0), rect.bottom()),
        );
        ui.painter().rect_filled(bar, 0.0, palette.accent.gamma_multiply(0.7));
    }
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Image, true, "How often values occur")
    });
    response.on_hover_text("How often values occur, from the least to the greatest");
}
