//! How results read what they are made of: as it is shown.

use std::sync::Arc;

use hyperslab_core::{Array, ReadContext, Result, Section, VariableId};

use crate::cf::CfDataset;
use crate::cf::geolocation::Shown;
use crate::derive::{Access, Places, ReadAreas, ReadPlaces, ReadValues};
use crate::engine::FileId;
use crate::engine::store::Opened;
use crate::session::Source;
use crate::views::Origin;
use crate::views::data::{self, Masking, located, read_undamaged, site_in};

/// Values as they are shown, places as maps have them.
pub const ACCESS: Access = Access { values, places, areas };

fn values(opened: &Arc<Opened<CfDataset>>, variable: VariableId, source: &Source) -> ReadValues {
    let opened = opened.clone();
    let origin = Origin {
        // Of no importance for reading.
        file: FileId(0),
        generation: 0,
        variable,
        is_decoded: true,
        as_rate: source.as_rate,
        as_cells: false,
        masking: Masking::of(&opened.dataset, &source.masks),
    };
    Arc::new(move |section: &Section, cx: &ReadContext| {
        let found = read_undamaged(&opened, origin, section, cx)?;
        Ok(Array { shape: section.shape(), values: found.values })
    })
}

fn places(opened: &Arc<Opened<CfDataset>>, variable: VariableId) -> ReadPlaces {
    let opened = opened.clone();
    Arc::new(move |section, cx| found_places(&opened, variable, section, cx))
}

fn areas(opened: &Arc<Opened<CfDataset>>, variable: VariableId) -> ReadAreas {
    let opened = opened.clone();
    Arc::new(move |section, cx| {
        let Some(site) = site_in(&opened, variable) else { return Ok(None) };
        let found = data::areas(&opened, variable, &site, section, cx)?;
        Ok(found.map(|found| (found.weights, found.axes)))
    })
}

/// As its own file says, where it does; other files are not asked.
fn found_places(
    opened: &Arc<Opened<CfDataset>>,
    id: VariableId,
    section: &Section,
    cx: &ReadContext,
) -> Result<Option<Places>> {
    let Some(site) = site_in(opened, id) else { return Ok(None) };
    let axes = match site.shown() {
        Shown::Plane { y, x } => vec![y, x],
        Shown::Along(axis) => vec![axis],
    };
    let geometry = located(opened, id, &site, section, cx)?.geometry;
    Ok(Some(Places { geometry, axes }))
}
