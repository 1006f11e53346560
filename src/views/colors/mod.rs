//! What the colours of a picture mean: chosen by the user, by the settings, by the values; with
//! the bar beside the picture and the options in the side panel. For every view of pictures.

mod bar;
mod class_options;
mod classes;
mod ends;
mod histogram;
mod levels;
mod maps;
mod menu;
mod options;
mod scale;

use std::sync::Arc;

use egui::{Rect, Ui, pos2};

pub use self::options::{color_options_ui, percentile_ends_ui};
use super::data::SlabRequest;
use super::frame::{Margins, tick_font};
use super::{Origin, Scene, VariableState};
use crate::cf::Classes;
use crate::prep::class_counts::ClassCounts;
use crate::prep::coloring::Coloring;
use crate::prep::levels::Summary;
use crate::session::Settings;
use crate::ui::text::elided;
use crate::ui::theme::palette;

/// Between the picture and the bar.
const GAP: f32 = 16.0;
/// The colours of one picture.
pub struct PictureColors {
    pub coloring: Coloring,
    /// They will stay so for this slice: the range of the variable is known.
    pub is_final: bool,
    is_symmetric: bool,
    shows_histogram: bool,
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
    counts: Option<(Arc<Classes>, Arc<ClassCounts>)>,
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
        let missing = palette(ui).missing.to_array();
        let title = scene.title(origin.is_decoded);
        if let Some(classes) = classes::decide(scene, origin, &state.colors) {
            let hidden = classes::hidden(&classes, &state.colors.classes.hidden);
            return Self {
                coloring: Coloring::Classes { classes, hidden, missing },
                is_final: true,
                is_symmetric: false,
                shows_histogram: false,
                title,
            };
        }
        let decided = levels::decide(scene, &state.colors, origin, slice);
        let coloring = Coloring::Scale {
            levels: decided.levels,
            colormap: levels::colormap_name(scene, &state.colors, settings, &decided.levels),
            is_reversed: state.colors.is_reversed,
            missing,
        };
        Self {
            coloring,
            is_final: decided.is_final,
            is_symmetric: decided.is_symmetric,
            shows_histogram: settings.shows_histogram,
            title,
        }
    }

    /// The room that the legend and the title take to the right of a picture of this height.
    pub fn legend_width(&self, ui: &Ui, height: f32) -> f32 {
        match &self.coloring {
            Coloring::Scale { levels, .. } => {
                let labels = Margins::for_labels(ui, &bar::level_ticks(levels, height)).left;
                scale::bar_left(self.shows_histogram) + bar::WIDTH + labels + 6.0
            }
            Coloring::Classes { classes, .. } => GAP + classes::width(ui, classes) + 22.0,
        }
    }

    /// The bar or the classes to the right of a picture; `slab` is what is shown of the variable.
    pub fn legend_ui(
        self,
        ui: &mut Ui,
        scene: Scene<'_>,
        picture: Rect,
        state: &mut VariableState,
        settings: &mut Settings,
        slab: Option<&SlabRequest>,
    ) {
        let shown = Shown { coloring: self.coloring, is_symmetric: self.is_symmetric };
        let right = match &shown.coloring {
            Coloring::Scale { levels, colormap, is_reversed, .. } => {
                let colors = (colormap.as_str(), *is_reversed);
                let chosen = (&mut *state, settings);
                let bar =
                    scale::legend_ui(ui, scene, picture, (&shown, levels), colors, chosen, slab);
                let ticks = bar::level_ticks(levels, bar.height());
                bar.right() + Margins::for_labels(ui, &ticks).left - 18.0
            }
            Coloring::Classes { classes, .. } => {
                let width = classes::width(ui, classes);
                let left = picture.right() + GAP;
                // Low pictures leave room below.
                let bottom = ui.max_rect().bottom().max(picture.bottom());
                let rect =
                    Rect::from_min_max(pos2(left, picture.top()), pos2(left + width, bottom));
                let counts = slab.and_then(|slab| classes::want_counts(scene, slab, classes));
                // Those of the slice before, until this one is counted.
                let before = state.legend.counts.take().filter(|(of, _)| of == classes);
                state.legend.counts = counts.map(|counts| (classes.clone(), counts)).or(before);
                classes::legend_ui(
                    ui,
                    rect,
                    classes,
                    state.legend.counts.as_ref().map(|(_, counts)| &**counts),
                    &mut state.colors,
                    scene.is_picture,
                );
                rect.right() + 4.0
            }
        };
        title_ui(ui, right, picture, &self.title);
        state.legend.shown = Some(shown);
    }
}

/// On edge, to the right of everything.
fn title_ui(ui: &Ui, left: f32, picture: Rect, title: &str) {
    let color = palette(ui).text;
    let galley = elided(ui, title, tick_font(), color, picture.height());
    let at = pos2(left, picture.center().y + galley.size().x / 2.0);
    let text =
        egui::epaint::TextShape::new(at, galley, color).with_angle(-std::f32::consts::FRAC_PI_2);
    ui.painter().add(text);
}
