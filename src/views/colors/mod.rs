//! What the colours of a picture mean: chosen by the user, by the settings, by the values; with
//! the bar beside the picture and the options in the side panel. For every view of pictures.

mod bar;
mod ends;
mod histogram;
mod levels;
mod maps;
mod menu;
mod options;

use egui::{Rect, Ui, pos2, vec2};

pub use self::options::color_options_ui;
use super::data::SlabRequest;
use super::frame::{Margins, tick_font};
use super::{Origin, Scene, VariableState};
use crate::cf::Flags;
use crate::prep::coloring::Coloring;
use crate::prep::colormap::lut;
use crate::prep::levels::{Levels, Summary};
use crate::prep::ticks::Tick;
use crate::session::Settings;
use crate::ui::text::elided;
use crate::ui::theme::palette;

/// Between the picture and the bar.
const GAP: f32 = 16.0;
/// Above and below the bar, for the values at its ends.
const END_ROOM: f32 = 20.0;
/// Lower pictures have no such room.
const HEIGHT_WITH_ENDS: f32 = 160.0;

/// The colours of one picture.
pub struct PictureColors {
    pub coloring: Coloring,
    /// They will stay so for this slice: the range of the variable is known.
    pub is_final: bool,
    is_symmetric: bool,
    shows_histogram: bool,
    flags: Option<Flags>,
    title: String,
}

/// Of the colours beside the picture: nothing here is saved.
#[derive(Default)]
pub struct LegendState {
    /// What the picture last drawn was coloured with, for the panel.
    shown: Option<Shown>,
    drag: Option<bar::Drag>,
    edit: Option<ends::Edit>,
    histogram: Option<histogram::Counted>,
}

#[derive(Clone)]
struct Shown {
    coloring: Coloring,
    is_symmetric: bool,
}

impl LegendState {
    /// Whether the picture last drawn has zero in the middle of its colours.
    pub fn is_symmetric(&self) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.is_symmetric)
    }
}

impl PictureColors {
    /// For a slice with this summary, where it is there.
    pub fn of(
        ui: &Ui,
        scene: Scene<'_>,
        state: &VariableState,
        settings: &Settings,
        origin: Origin,
        slice: Option<&Summary>,
    ) -> Self {
        let decided = levels::decide(scene, &state.colors, origin, slice);
        let coloring = Coloring::Scale {
            levels: decided.levels,
            colormap: levels::colormap_name(scene, &state.colors, settings, &decided.levels),
            is_reversed: state.colors.is_reversed,
            missing: palette(ui).missing.to_array(),
        };
        Self {
            coloring,
            is_final: decided.is_final,
            is_symmetric: decided.is_symmetric,
            shows_histogram: settings.shows_histogram,
            flags: scene.cf().filter(|_| origin.is_decoded).and_then(|cf| cf.flags()),
            title: scene.title(origin.is_decoded),
        }
    }

    fn ticks(&self, height: f32) -> Vec<Tick> {
        let Coloring::Scale { levels, .. } = &self.coloring;
        bar::level_ticks(levels, height, self.flags.as_ref())
    }

    /// The room that bar, labels and title take to the right of a picture of this height.
    pub fn legend_width(&self, ui: &Ui, height: f32) -> f32 {
        // The bar, its labels, and its title on edge.
        let labels = Margins::for_labels(ui, &self.ticks(height)).left;
        self.bar_left() + bar::WIDTH + labels + 6.0
    }

    /// From the edge of the picture.
    fn bar_left(&self) -> f32 {
        GAP + if self.shows_histogram { histogram::WIDTH } else { 0.0 }
    }

    /// The bar to the right of a picture; `slab` is what is shown of the variable.
    pub fn legend_ui(
        self,
        ui: &mut Ui,
        scene: Scene<'_>,
        picture: Rect,
        state: &mut VariableState,
        settings: &mut Settings,
        slab: Option<&SlabRequest>,
    ) {
        let Coloring::Scale { levels, colormap, is_reversed, .. } = &self.coloring;
        let has_ends = !scene.is_picture && picture.height() >= HEIGHT_WITH_ENDS;
        let end_room = if has_ends { END_ROOM } else { 0.0 };
        let bar = Rect::from_min_size(
            pos2(picture.right() + self.bar_left(), picture.top() + end_room),
            vec2(bar::WIDTH, picture.height() - 2.0 * end_room),
        );
        let ticks = self.ticks(bar.height());
        let missing_histogram = histogram::Counted::default();
        if self.shows_histogram {
            let counted = slab.and_then(|slab| histogram::want(scene, slab, levels));
            state.legend.histogram = counted.or(state.legend.histogram.take());
            let counted = state.legend.histogram.as_ref().unwrap_or(&missing_histogram);
            histogram::histogram_ui(ui, bar, counted, settings.histogram_is_log);
        }
        bar::paint(ui, bar, levels, &ticks, &lut(colormap, *is_reversed));
        title_ui(ui, bar, &ticks, &self.title);
        if has_ends {
            ends::ends_ui(ui, bar, levels, state);
        }
        let shown = Shown { coloring: self.coloring.clone(), is_symmetric: self.is_symmetric };
        if !scene.is_picture {
            let response = bar::drag_ui(ui, bar, levels, state);
            response.context_menu(|ui| menu::menu_ui(ui, &shown, state, settings));
        }
        state.legend.shown = Some(shown);
    }
}

/// Ends with as many digits as tell places on the bar apart, where the pointer took them.
fn rounded(levels: &Levels, low: f64, high: f64) -> (f64, f64) {
    use crate::prep::levels::Scale;
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

/// Fixes the ends where they make a scale.
fn set_ends(state: &mut VariableState, levels: &Levels, low: f64, high: f64) {
    let (low, high) = rounded(levels, low, high);
    if low < high && low.is_finite() && high.is_finite() {
        state.colors.fix(low, high);
    }
}

fn title_ui(ui: &Ui, bar: Rect, ticks: &[Tick], title: &str) {
    let color = palette(ui).text;
    let galley = elided(ui, title, tick_font(), color, bar.height() + 40.0);
    let labels = Margins::for_labels(ui, ticks).left - 30.0;
    let at = pos2(bar.right() + 12.0 + labels, bar.center().y + galley.size().x / 2.0);
    let text =
        egui::epaint::TextShape::new(at, galley, color).with_angle(-std::f32::consts::FRAC_PI_2);
    ui.painter().add(text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prep::levels::Scale;

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
