//! How large the cells of a part of a variable are: the weights of means over the Earth.

use std::sync::Arc;

use hyperslab_core::{Range, ReadContext, Result, Section, VariableId};

use super::companions::Source;
use super::geometry::{Site, located, relevant};
use super::read_readable;
use crate::cf::geolocation::{self, Over, Shown};
use crate::cf::{CfDataset, CfVariable};
use crate::engine::store::Opened;
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::prep::area;
use crate::views::{Origin, Scene};

/// Relative areas of cells, 0 where unknown.
pub struct Areas {
    /// Row-major along `axes`.
    pub weights: Vec<f64>,
    /// Places among the axes of the variable; its values are alike along the others.
    pub axes: Vec<usize>,
    /// For people: `cell areas areacello`, `areas by coordinates lat, lon`.
    pub source: String,
}

impl Weigh for Option<Areas> {
    fn bytes(&self) -> usize {
        self.as_ref().map_or(0, |areas| 8 * areas.weights.len())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AreasRequest {
    origin: Origin,
    section: Section,
    source: Source,
}

impl Request for AreasRequest {
    type Output = Option<Areas>;

    fn describe(&self) -> String {
        "working out areas".into()
    }
}

/// Of the cells of `section`: as the file has them, or else by their corners. `None` where cells
/// have no outlines.
pub fn want_areas(
    scene: Scene<'_>,
    site: &Site,
    section: &Section,
    priority: Priority,
) -> Answer<Option<Areas>> {
    let origin = Scene { as_rate: false, ..scene }.origin(true).unmasked();
    let section = relevant(section, &site.geolocation.place);
    let request = AreasRequest { origin, section, source: site.source.clone() };
    let (own, site, section) = (scene.opened.clone(), site.clone(), request.section.clone());
    scene
        .engine
        .want(&request, priority, move |cx| areas(&own, origin.variable, &site, &section, cx))
}

/// The same on a worker.
///
/// # Errors
/// Of reading coordinates.
pub fn areas(
    own: &Arc<Opened<CfDataset>>,
    variable: VariableId,
    site: &Site,
    section: &Section,
    cx: &ReadContext,
) -> Result<Option<Areas>> {
    let shown = match site.shown() {
        Shown::Plane { y, x } => vec![y, x],
        Shown::Along(axis) => vec![axis],
    };
    let view = own.meaning.variable(&own.dataset, variable);
    if let Some(found) = view.and_then(|view| measured(own, &view, &shown, section, cx)) {
        return Ok(Some(found));
    }
    let found = located(own, variable, site, section, cx)?;
    let Some(weights) = area::areas(&found.geometry) else { return Ok(None) };
    Ok(Some(Areas { weights, axes: shown, source: format!("areas by {}", found.source) }))
}

/// The variable of areas that the file names, if it can be read. Missing areas are none.
fn measured(
    own: &Opened<CfDataset>,
    view: &CfVariable<'_>,
    shown: &[usize],
    section: &Section,
    cx: &ReadContext,
) -> Option<Areas> {
    let Over { id, axes } = geolocation::area(view)?;
    // Of cells along other axes, too, or not of all that are shown.
    if axes.len() != shown.len() || !axes.iter().all(|axis| shown.contains(axis)) {
        return None;
    }
    let ranges: Option<Vec<Range>> =
        axes.iter().map(|&axis| section.ranges.get(axis).copied()).collect();
    let found = read_readable(own, id, true, &Section::new(ranges?), cx).ok()?;
    let known = |area: f64| if area.is_finite() && area > 0.0 { area } else { 0.0 };
    let weights: Vec<f64> = found.values.to_f64()?.into_iter().map(known).collect();
    let name = &own.dataset.variable(id)?.name;
    Some(Areas { weights, axes, source: format!("cell areas {name}") })
}
