//! Which values the ends of the colours stand for: by the user's choice, the whole variable or
//! the slice that is shown.

use crate::engine::Answer;
use crate::prep::levels::{LevelOptions, LevelSource, Levels, Scale, Summary};
use crate::session::{ColorOptions, RangeMode, Settings};
use crate::views::data::want_range;
use crate::views::{Origin, Scene};

/// Levels, and what was decided with them.
pub struct Decided {
    pub levels: Levels,
    /// They will stay so for this slice.
    pub is_final: bool,
    pub is_symmetric: bool,
}

pub fn decide(
    scene: Scene<'_>,
    colors: &ColorOptions,
    origin: Origin,
    slice: Option<&Summary>,
) -> Decided {
    let fallback = Summary::default();
    let of_slice = slice.unwrap_or(&fallback);
    let asks_for_whole = match colors.range {
        RangeMode::Variable => true,
        RangeMode::Slice => false,
        // The same threshold for all slices.
        RangeMode::Fixed(..) => colors.scale == Scale::Symlog && colors.threshold.is_none(),
    };
    let (whole, is_final) = match asks_for_whole.then(|| want_range(scene, origin)) {
        None => (None, true),
        Some(Answer::Pending(_)) => (None, false),
        Some(answer) => (answer.ready().filter(|summary| summary.extent.is_some()), true),
    };
    // A range that cannot be found (a damaged slice elsewhere) is this slice's.
    let summary = whole.as_deref().unwrap_or(of_slice);
    let is_symmetric = match (colors.range, colors.is_symmetric) {
        (RangeMode::Fixed(..), _) => false,
        (_, Some(chosen)) => chosen,
        (RangeMode::Variable, None) => scene.is_diverging(summary.extent),
        (RangeMode::Slice, None) => false,
    };
    let source = match (colors.range, colors.percentiles) {
        (RangeMode::Fixed(low, high), _) => LevelSource::Fixed { low, high },
        (_, Some((low, high))) => LevelSource::Percentiles { low, high },
        _ => LevelSource::MinMax,
    };
    let options = LevelOptions {
        source,
        is_symmetric,
        is_nice: false,
        scale: colors.scale,
        threshold: colors.threshold,
    };
    Decided { levels: options.levels(summary), is_final, is_symmetric }
}

/// The chosen colour map, or the one that suits the data.
pub fn colormap_name(
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
