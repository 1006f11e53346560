//! The legend of a scale: the bar with its labels and the values at its ends, the histogram.

use egui::{Rect, Ui, pos2, vec2};

use super::{GAP, Shown, VariableState, bar, ends, histogram, menu};
use crate::prep::colormap::lut;
use crate::prep::levels::{Levels, Scale};
use crate::session::Settings;
use crate::views::Scene;
use crate::views::data::SlabRequest;

/// Above and below the bar, for the values at its ends.
const END_ROOM: f32 = 20.0;
/// Lower pictures have no such room.
const HEIGHT_WITH_ENDS: f32 = 160.0;

/// From the edge of the picture to the bar.
pub fn bar_left(shows_histogram: bool) -> f32 {
    GAP + if shows_histogram { histogram::WIDTH } else { 0.0 }
}

/// Returns where the bar is.
pub fn legend_ui(
    ui: &mut Ui,
    scene: Scene<'_>,
    picture: Rect,
    (shown, levels): (&Shown, &Levels),
    (colormap, is_reversed): (&str, bool),
    (state, settings): (&mut VariableState, &mut Settings),
    slab: Option<&SlabRequest>,
) -> Rect {
    let has_ends = !scene.is_picture && picture.height() >= HEIGHT_WITH_ENDS;
    let end_room = if has_ends { END_ROOM } else { 0.0 };
    let rect = Rect::from_min_size(
        pos2(picture.right() + bar_left(settings.shows_histogram), picture.top() + end_room),
        vec2(bar::WIDTH, picture.height() - 2.0 * end_room),
    );
    if settings.shows_histogram {
        let counted = slab.and_then(|slab| histogram::want(scene, slab, levels));
        state.legend.histogram = counted.or(state.legend.histogram.take());
        if let Some(counted) = &state.legend.histogram {
            histogram::histogram_ui(ui, rect, counted, settings.histogram_is_log);
        }
    }
    let ticks = bar::level_ticks(levels, rect.height());
    bar::paint(ui, rect, levels, &ticks, &lut(colormap, is_reversed));
    if has_ends {
        ends::ends_ui(ui, rect, levels, state);
    }
    if !scene.is_picture {
        let response = bar::drag_ui(ui, rect, levels, state);
        response.context_menu(|ui| menu::menu_ui(ui, shown, state, settings));
    }
    rect
}

/// Fixes the ends where they make a scale.
pub fn set_ends(state: &mut VariableState, levels: &Levels, low: f64, high: f64) {
    let (low, high) = rounded(levels, low, high);
    if low < high && low.is_finite() && high.is_finite() {
        state.colors.fix(low, high);
    }
}

/// Ends with as many digits as tell places on the bar apart, where the pointer took them.
fn rounded(levels: &Levels, low: f64, high: f64) -> (f64, f64) {
    let decimals = match levels.scale {
        Scale::Linear => 3.0 - (high - low).abs().log10().floor(),
        _ => f64::NAN,
    };
    let round = |value: f64| {
        let text = match decimals {
            d if (0.0..300.0).contains(&d) => format!("{value:.*}", d as usize),
            _ => format!("{value:.4e}"),
        };
        text.parse().unwrap_or(value)
    };
    (round(low), round(high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_taken_by_the_pointer_are_round() {
        let linear = Levels::new(0.0, 1.0, Scale::Linear);
        assert_eq!(rounded(&linear, 2.099_999_999_6, 250.123_456), (2.1, 250.1));
        assert_eq!(
            rounded(&linear, 101_325.001_23, 101_325.004_56),
            (101_325.001_23, 101_325.004_56)
        );
        let log = Levels::new(1e-9, 1.0, Scale::Log);
        assert_eq!(rounded(&log, 1.234_567_8e-9, 0.999_999_99), (1.2346e-9, 1.0));
    }
}
