//! Dimensions of a netCDF-4 file, from its dimension scales.
//!
//! An axis without a scale gets a dimension all the same, `phony_dim_N`. The rule of netCDF-C
//! (4.10, found by experiment; `fixtures/hdf5/named/phony_*.nc`):
//!
//! * First all scales of all groups are dimensions. Then variables are gone through, those of the
//!   groups in a group before its own, in the order in which they are listed.
//! * An axis gets the first dimension of its variable's own group, be it a scale's or made up,
//!   that is as long and as unlimited and not yet an axis of the variable; dimensions of the
//!   groups above do not count.
//! * Else a new one is made up in that group; `N` is how many dimensions the file had so far, or
//!   one more than the largest `_Netcdf4Dimid`.
//!
//! Where a variable has scales along some axes only, netCDF-C passes over all of them or gives
//! the file up; here those that are there count, and the other axes follow the rule.

use std::collections::HashMap;

use hyperslab_core::{Axis, Dimension, DimensionId, GroupId};

use crate::reader::Dataset;

/// What `NAME` of a scale begins with where the scale is a dimension but no variable.
const NO_VARIABLE: &str = "This is a netCDF dimension but not a netCDF variable";

/// What precedes the name of a variable that is called like a dimension without being its
/// coordinate.
pub const NON_COORDINATE: &str = "_nc4_non_coord_";

/// What netCDF calls dimensions it has to make up.
const PHONY: &str = "phony_dim_";

/// The scale stands for a dimension only.
pub fn is_without_variable(dataset: &Dataset) -> bool {
    let name = dataset.scales.name.as_deref();
    dataset.scales.is_scale && name.is_some_and(|name| name.starts_with(NO_VARIABLE))
}

/// All dimensions of a file. Ids are given group by group.
#[derive(Default)]
pub struct Dimensions {
    pub all: Vec<Dimension>,
    by_scale: HashMap<u64, DimensionId>,
    by_netcdf_id: HashMap<i64, DimensionId>,
    /// What an axis without a scale may take.
    fitting: HashMap<FittingKey, Vec<DimensionId>>,
    /// NetCDF's own count, from which phony ones are named.
    next_netcdf_id: i64,
}

/// Group, stored length, and whether it is unlimited.
type FittingKey = (GroupId, u64, bool);

/// A dataset of a group: its name and its object header.
pub type Named<'a> = (&'a str, u64, &'a Dataset);

impl Dimensions {
    /// Those that the scales of one group stand for, in netCDF's order.
    pub fn declare(&mut self, group: GroupId, datasets: &[Named<'_>]) {
        let mut scales: Vec<_> =
            datasets.iter().filter(|(_, _, dataset)| dataset.scales.is_scale).collect();
        scales.sort_by_key(|(_, _, dataset)| dataset.scales.dimension_id.unwrap_or(i64::MAX));
        for (name, header, dataset) in scales {
            let length = dataset.shape.first().copied().unwrap_or(1);
            let is_unlimited = dataset.max_shape.first() == Some(&None);
            let netcdf_id = dataset.scales.dimension_id.unwrap_or(self.next_netcdf_id);
            self.next_netcdf_id = self.next_netcdf_id.max(netcdf_id.saturating_add(1));
            let id = self.push(Dimension { name: (*name).into(), group, length, is_unlimited });
            self.by_scale.insert(*header, id);
            self.by_netcdf_id.entry(netcdf_id).or_insert(id);
        }
    }

    fn push(&mut self, dimension: Dimension) -> DimensionId {
        let id = DimensionId(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        let key = (dimension.group, dimension.length, dimension.is_unlimited);
        self.fitting.entry(key).or_default().push(id);
        self.all.push(dimension);
        id
    }

    /// The dimensions of a variable's axes. Unlimited ones grow to what the variable has.
    pub fn of(&mut self, header: u64, dataset: &Dataset) -> Vec<Option<DimensionId>> {
        let scales = &dataset.scales;
        let rank = dataset.shape.len();
        let own = self.by_scale.get(&header).copied();
        let mut found: Vec<Option<DimensionId>> = (0..rank)
            .map(|axis| {
                let attached = scales.attached.get(axis).and_then(|scales| scales.first());
                attached
                    .and_then(|scale| self.by_scale.get(scale))
                    .or_else(|| self.by_netcdf_id.get(scales.coordinates.get(axis)?))
                    .copied()
                    .or_else(|| own.filter(|_| axis == 0))
            })
            .collect();
        for (slot, &length) in found.iter_mut().zip(&dataset.shape) {
            let Some(dimension) = slot.and_then(|id| self.all.get_mut(id.index())) else {
                continue;
            };
            if dimension.is_unlimited {
                dimension.length = dimension.length.max(length);
            } else if dimension.length != length {
                // A scale attached to an axis it does not fit.
                *slot = None;
            }
        }
        found
    }

    /// Dimensions for the axes that have none, as netCDF makes them up (see the module).
    pub fn make_up(
        &mut self,
        group: GroupId,
        dataset: &Dataset,
        found: &mut [Option<DimensionId>],
    ) {
        for axis in 0..found.len() {
            if found.get(axis).copied().flatten().is_some() {
                continue;
            }
            let length = dataset.shape.get(axis).copied().unwrap_or(0);
            let is_unlimited = dataset.max_shape.get(axis) == Some(&None);
            let key = (group, length, is_unlimited);
            let fitting = self.fitting.get(&key).into_iter().flatten();
            let id = match fitting.copied().find(|id| !found.contains(&Some(*id))) {
                Some(id) => id,
                None => {
                    let name = format!("{PHONY}{}", self.next_netcdf_id);
                    self.next_netcdf_id = self.next_netcdf_id.saturating_add(1);
                    self.push(Dimension { name, group, length, is_unlimited })
                }
            };
            if let Some(slot) = found.get_mut(axis) {
                *slot = Some(id);
            }
        }
    }

    /// As long as the dimension where it has one: all variables along an unlimited dimension
    /// are, whatever was written of them.
    pub fn axis(&self, dimension: Option<DimensionId>, stored_length: u64) -> Axis {
        let known = dimension.and_then(|id| self.all.get(id.index()));
        Axis { length: known.map_or(stored_length, |known| known.length), dimension }
    }
}
