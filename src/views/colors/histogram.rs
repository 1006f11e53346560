//! How often values occur in the slice that is shown, along the colour bar.

use std::sync::Arc;

use egui::{Mesh, Rect, Sense, Ui, pos2};
use hyperslab_core::array::Number;
use hyperslab_core::{ReadContext, ReadError};

use crate::engine::{Priority, Request, Weigh};
use crate::prep::histogram::{Histogram, histogram};
use crate::prep::levels::Levels;
use crate::prep::table::{NumberFormat, format_number};
use crate::ui::theme::palette;
use crate::views::Scene;
use crate::views::data::{SlabRequest, want_slab};

pub const WIDTH: f32 = 42.0;
const BINS: usize = 96;

/// What was counted last.
#[derive(Clone)]
pub struct Counted(Levels, Arc<Histogram>);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct HistogramRequest {
    slab: SlabRequest,
    levels: Levels,
}

impl Request for HistogramRequest {
    type Output = Histogram;

    fn describe(&self) -> String {
        "counting values".into()
    }
}

impl Weigh for Histogram {
    fn bytes(&self) -> usize {
        8 * self.counts.len()
    }
}

/// Of the values that are shown; nothing until they are counted.
pub fn want(scene: Scene<'_>, slab: &SlabRequest, levels: &Levels) -> Option<Counted> {
    let values = want_slab(scene, slab, Priority::Visible).ready()?;
    let request = HistogramRequest { slab: slab.clone(), levels: *levels };
    let levels = *levels;
    let answer = scene.engine.want(&request, Priority::Visible, move |cx: &ReadContext| {
        histogram(&values.real_values(), levels, BINS, &|| cx.check().is_err())
            .ok_or_else(ReadError::cancelled)
    });
    Some(Counted(levels, answer.ready()?))
}

/// To the left of the bar: the longer, the more often.
pub fn histogram_ui(ui: &mut Ui, bar: Rect, counted: &Counted, is_log: bool) {
    let Counted(levels, found) = counted;
    let most = found.counts.iter().copied().max().unwrap_or(0) as f64;
    let longest = longest(&found.counts);
    let size = |count: u64| match is_log {
        true => (count as f64).ln_1p() / most.ln_1p(),
        false => (count as f64 / longest).min(1.0),
    };
    let area = Rect::from_min_max(pos2(bar.left() - WIDTH, bar.top()), bar.left_bottom());
    let palette = palette(ui);
    let color = palette.weak.gamma_multiply(0.55);
    let bin_height = bar.height() / found.counts.len().max(1) as f32;
    let mut mesh = Mesh::default();
    for (k, &count) in found.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let bottom = bar.bottom() - k as f32 * bin_height;
        // What is rare is still seen.
        let length = (size(count) as f32 * (WIDTH - 6.0)).max(1.0);
        let min = pos2(bar.left() - 2.0 - length, bottom - bin_height);
        mesh.add_colored_rect(Rect::from_min_max(min, pos2(bar.left() - 2.0, bottom)), color);
    }
    ui.painter().add(mesh);
    let id = ui.scope_id().with("histogram");
    let response = ui.interact(area, id, Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, "Histogram"));
    let Some(at) = response.hover_pos() else { return };
    let t = f64::from((bar.bottom() - at.y) / bar.height()).clamp(0.0, 1.0);
    let bin = ((t * BINS as f64) as usize).min(BINS - 1);
    let y = |k: usize| bar.bottom() - k as f32 * bin_height;
    ui.painter().rect_filled(
        Rect::from_min_max(pos2(area.left(), y(bin + 1)), pos2(area.right() - 2.0, y(bin))),
        0.0,
        palette.accent.gamma_multiply(0.4),
    );
    response.on_hover_text_at_pointer(words(levels, found, bin));
}

/// The count that has the full length: one value that is everywhere (ice at its freezing point,
/// no rain) does not make all others invisible.
fn longest(counts: &[u64]) -> f64 {
    let most = counts.iter().copied().max().unwrap_or(0) as f64;
    let filled = counts.iter().filter(|count| **count > 0).count().max(1) as f64;
    let mean = counts.iter().map(|&count| count as f64).sum::<f64>() / filled;
    most.min(4.0 * mean)
}

/// `1204 values (3.1 %) from 280.1 to 280.4`, and what lies beyond the ends.
fn words(levels: &Levels, found: &Histogram, bin: usize) -> String {
    let total = found.counts.iter().sum::<u64>() + found.below + found.above;
    let percent = |count: u64| {
        let percent = 100.0 * count as f64 / total.max(1) as f64;
        format_number(Number::F64(percent), NumberFormat::Significant(2)) + " %"
    };
    let value = |k: usize| {
        let value = levels.value_at(k as f64 / BINS as f64);
        format_number(Number::F64(value), NumberFormat::Significant(4))
    };
    let count = found.counts.get(bin).copied().unwrap_or(0);
    let mut words = format!(
        "{count} of {total} values ({}) from {} to {}",
        percent(count),
        value(bin),
        value(bin + 1)
    );
    for (count, what) in
        [(found.below, "below the lower end"), (found.above, "above the upper end")]
    {
        if count > 0 {
            words += &format!("\n{count} ({}) {what}", percent(count));
        }
    }
    if found.missing > 0 {
        words += &format!("\n{} missing", found.missing);
    }
    words
}
