//! What the colours of a picture mean: chosen by the user, by the settings, by the values; with
//! the bar beside the picture and the options in the side panel. For every view of pictures.

mod bar;
mod options;

use egui::{Rect, Ui, pos2, vec2};

pub use self::options::color_options_ui;
use super::data::want_range;
use super::frame::{Margins, tick_font};
use super::{Origin, Scene, VariableState};
use crate::cf::Flags;
use crate::engine::Answer;
use crate::prep::coloring::Coloring;
use crate::prep::colormap::lut;
use crate::prep::levels::{LevelOptions, LevelSource, Levels, Summary};
use crate::prep::ticks::Tick;
use crate::session::{ColorOptions, RangeMode, Settings};
use crate::ui::text::elided;
use crate::ui::theme::palette;

/// Between the picture and the bar.
const GAP: f32 = 16.0;

/// The colours of one picture.
pub struct PictureColors {
    pub coloring: Coloring,
    /// They will stay so for this slice: the range of the variable is known.
    pub is_final: bool,
    flags: Option<Flags>,
    title: String,
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
        let (levels, is_final) = levels(scene, &state.colors, origin, slice);
        let coloring = Coloring::Scale {
            levels,
            colormap: colormap_name(scene, &state.colors, settings, &levels),
            is_reversed: state.colors.is_reversed,
            missing: palette(ui).missing.to_array(),
        };
        let flags = scene.cf().filter(|_| origin.is_decoded).and_then(|cf| cf.flags());
        Self { coloring, is_final, flags, title: scene.title(origin.is_decoded) }
    }

    fn ticks(&self, height: f32) -> Vec<Tick> {
        let Coloring::Scale { levels, .. } = &self.coloring;
        bar::level_ticks(levels, height, self.flags.as_ref())
    }

    /// The room that bar, labels and title take to the right of a picture of this height.
    pub fn legend_width(&self, ui: &Ui, height: f32) -> f32 {
        // The bar, its labels, and its title on edge.
        Margins::for_labels(ui, &self.ticks(height)).left + bar::WIDTH + GAP + 6.0
    }

    /// The bar to the right of a picture.
    pub fn legend_ui(self, ui: &mut Ui, picture: Rect, state: &mut VariableState) {
        let Coloring::Scale { levels, colormap, is_reversed, .. } = &self.coloring;
        let rect = Rect::from_min_size(
            pos2(picture.right() + GAP, picture.top()),
            vec2(bar::WIDTH, picture.height()),
        );
        let ticks = self.ticks(picture.height());
        let lut = lut(colormap, *is_reversed);
        bar::bar_ui(ui, rect, (levels, &ticks), &lut, &mut state.colors);
        title_ui(ui, rect, &ticks, &self.title);
        state.shown_colors = Some(self.coloring);
    }
}

/// The ends of the colours, and whether they will stay so for this slice.
fn levels(
    scene: Scene<'_>,
    colors: &ColorOptions,
    origin: Origin,
    slice: Option<&Summary>,
) -> (Levels, bool) {
    let options = |source, is_symmetric| LevelOptions {
        source,
        is_symmetric,
        is_nice: false,
        scale: colors.scale,
    };
    let fallback = Summary::default();
    let of_slice = slice.unwrap_or(&fallback);
    let source = LevelSource::MinMax;
    match colors.range {
        RangeMode::Fixed(low, high) => {
            (options(LevelSource::Fixed { low, high }, false).levels(of_slice), true)
        }
        RangeMode::Slice => (options(source, false).levels(of_slice), true),
        RangeMode::Variable | RangeMode::Symmetric => {
            let is_symmetric = matches!(colors.range, RangeMode::Symmetric);
            let answer = want_range(scene, origin);
            let is_final = !matches!(answer, Answer::Pending(_));
            let whole = answer.ready().filter(|summary| summary.extent.is_some());
            // A range that cannot be found (a damaged slice elsewhere) is this slice's.
            let summary = whole.as_deref().unwrap_or(of_slice);
            let is_diverging = scene.is_diverging(summary.extent);
            (options(source, is_symmetric || is_diverging).levels(summary), is_final)
        }
    }
}

/// The chosen colour map, or the one that suits the data.
fn colormap_name(
    scene: Scene<'_>,
    colors: &ColorOptions,
    settings: &Settings,
    levels: &Levels,
) -> String {
    let extent = Some((levels.low, levels.high));
    colors.colormap.clone().unwrap_or_else(|| {
        if scene.is_diverging(extent) {
            settings.diverging_colormap.clone()
        } else {
            settings.sequential_colormap.clone()
        }
    })
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
