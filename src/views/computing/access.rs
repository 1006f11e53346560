//! How results read what they are made of: as it is shown.

use std::sync::Arc;

use hyperslab_core::{Array, ReadContext, Result, Section, VariableId};

use crate::cf::{CfDataset, Horizontal};
use crate::derive::{Access, Places, ReadPlaces, ReadValues};
use crate::engine::FileId;
use crate::engine::store::Opened;
use crate::prep::cell_edges::AxisMap;
use crate::prep::geometry::Geometry;
use crate::session::Source;
use crate::views::Origin;
use crate::views::axis::axis_map;
use crate::views::data::{Masking, cells_of, read_undamaged};

/// Values as they are shown, places as maps have them.
pub const ACCESS: Access = Access { values, places };

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

fn found_places(
    opened: &Arc<Opened<CfDataset>>,
    id: VariableId,
    section: &Section,
    cx: &ReadContext,
) -> Result<Option<Places>> {
    let cf = opened.meaning.variable(&opened.dataset, id);
    let Some(Horizontal::Geographic { latitude, longitude }) = cf.and_then(|cf| cf.horizontal())
    else {
        return Ok(None);
    };
    let edges = |axis: usize| -> Result<Option<Vec<f64>>> {
        let map = axis_map(opened, id, axis, cx)?;
        let Some(range) = section.ranges.get(axis) else { return Ok(None) };
        let whole = range.start..range.end().max(range.start);
        let part = cells_of(&map, whole, range.stride.max(1));
        let is_known = !matches!(part, AxisMap::Index { .. });
        Ok(is_known.then(|| (0..=part.len()).filter_map(|at| part.edge(at)).collect()))
    };
    let (Some(lat_edges), Some(lon_edges)) = (edges(latitude)?, edges(longitude)?) else {
        return Ok(None);
    };
    let geometry = Geometry::Rectilinear { lat_edges, lon_edges };
    Ok(Some(Places { geometry, axes: vec![latitude, longitude] }))
}
