//! Names of axes in plain HDF5: attached dimension scales, else labels (HDF5 Dimension Scale
//! Specification).

use std::collections::HashMap;

use hyperslab_core::{Axis, Dimension, DimensionId, GroupId, ReadContext};

use super::object::{self, Dataset, Object};
use super::{Child, Paths};
use crate::convert::PathOf;

#[derive(Default)]
pub struct Naming {
    by_scale: HashMap<u64, (DimensionId, u64)>,
    by_name: HashMap<(GroupId, String, u64), DimensionId>,
    count: u32,
}

impl Naming {
    fn next(&mut self) -> DimensionId {
        let id = DimensionId(self.count);
        self.count = self.count.saturating_add(1);
        id
    }

    /// The dimension that a scale of one axis stands for.
    pub fn declare(
        &mut self,
        group: GroupId,
        child: &Child,
        dataset: &Dataset,
    ) -> Option<Dimension> {
        let &[length] = dataset.shape.as_slice() else { return None };
        if !dataset.scales.is_scale || self.by_scale.contains_key(&child.header) {
            return None;
        }
        let id = self.next();
        self.by_scale.insert(child.header, (id, length));
        let is_unlimited = dataset.max_shape.first() == Some(&None);
        Some(Dimension { name: child.name.clone(), group, length, is_unlimited })
    }

    /// The axes of a dataset, and the dimensions that had to be made up for them.
    pub fn axes(
        &mut self,
        group: GroupId,
        header: u64,
        dataset: &Dataset,
        paths: &Paths<'_>,
        cx: &ReadContext,
    ) -> (Vec<Axis>, Vec<Dimension>) {
        if dataset.is_null {
            return (vec![Axis { length: 0, dimension: None }], Vec::new());
        }
        let mut new = Vec::new();
        let mut axes = Vec::with_capacity(dataset.shape.len());
        for (k, &length) in dataset.shape.iter().enumerate() {
            let own = (dataset.scales.is_scale && dataset.shape.len() == 1).then_some(header);
            let attached = dataset.scales.attached.get(k).and_then(|scales| scales.first());
            let scale = own.or(attached.copied());
            let label = dataset.scales.labels.get(k).filter(|label| !label.is_empty());
            let dimension = match (scale, label) {
                (Some(scale), _) => self.of_scale(group, scale, length, paths, cx, &mut new),
                (None, Some(label)) => Some(self.named(group, label.clone(), length, &mut new)),
                (None, None) => None,
            };
            axes.push(Axis { length, dimension });
        }
        (axes, new)
    }

    fn of_scale(
        &mut self,
        group: GroupId,
        scale: u64,
        length: u64,
        paths: &Paths<'_>,
        cx: &ReadContext,
        new: &mut Vec<Dimension>,
    ) -> Option<DimensionId> {
        match self.by_scale.get(&scale) {
            Some(&(id, len)) if len == length => return Some(id),
            _ => {}
        }
        let path = paths.path_of(scale, cx)?;
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        if self.by_scale.contains_key(&scale) {
            // Attached, though it is not as long as the axis.
            return Some(self.named(group, name, length, new));
        }
        // A scale of a group that is listed later.
        let found = object::describe(scale, paths, cx).ok()?;
        let Object::Dataset(dataset) = found.object else { return None };
        if dataset.shape != [length] {
            return Some(self.named(group, name, length, new));
        }
        let id = self.next();
        self.by_scale.insert(scale, (id, length));
        let is_unlimited = dataset.max_shape.first() == Some(&None);
        new.push(Dimension { name, group, length, is_unlimited });
        Some(id)
    }

    /// A dimension that is a name and a length and nothing else.
    fn named(
        &mut self,
        group: GroupId,
        name: String,
        length: u64,
        new: &mut Vec<Dimension>,
    ) -> DimensionId {
        let key = (group, name, length);
        if let Some(&id) = self.by_name.get(&key) {
            return id;
        }
        let id = self.next();
        new.push(Dimension { name: key.1.clone(), group, length, is_unlimited: false });
        self.by_name.insert(key, id);
        id
    }
}
