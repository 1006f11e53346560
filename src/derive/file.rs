//! All results as one file: a group for each, so that they are shown like any other variable.

use std::sync::Arc;

use hyperslab_core::{
    Array, Axis, ChildGroup, Dimension, DimensionId, GroupId, Listing, ReadContext, ReadError,
    Reader, Result, Section, Variable, VariableId,
};

use super::outline::Outline;
use super::result::{Computation, FORMAT_NAME};

/// The results by name, in the order they were asked for.
pub struct ComputedFile {
    pub results: Vec<(String, Arc<Computation>)>,
}

impl ComputedFile {
    fn result(&self, group: GroupId) -> Option<&Arc<Computation>> {
        let at = group.index().checked_sub(1)?;
        self.results.get(at).map(|(_, result)| result)
    }

    /// Ids go on from group to group, in the order in which they are listed.
    fn before(&self, group: GroupId, count: impl Fn(&Outline) -> usize) -> u32 {
        let earlier = self.results.iter().take(group.index().saturating_sub(1));
        let total: usize = earlier.map(|(_, result)| count(&result.outline)).sum();
        u32::try_from(total).unwrap_or(u32::MAX)
    }
}

impl Reader for ComputedFile {
    fn format_name(&self) -> &str {
        FORMAT_NAME
    }

    fn list(&self, group: GroupId, _: &ReadContext) -> Result<Listing> {
        if group == GroupId::ROOT {
            let child = |(name, _): &(String, _)| ChildGroup { name: name.clone(), alias_of: None };
            let groups = self.results.iter().map(child).collect();
            return Ok(Listing { groups, ..Listing::default() });
        }
        let result =
            self.result(group).ok_or_else(|| ReadError::request("a group that is not there"))?;
        let first = self.before(group, |outline| outline.dimensions.len());
        let moved = |axis: &Axis| {
            let dimension = axis.dimension.map(|id| DimensionId(id.0.saturating_add(first)));
            Axis { dimension, ..*axis }
        };
        let variables = result.outline.variables.iter().map(|variable| Variable {
            group,
            axes: variable.axes.iter().map(moved).collect(),
            ..variable.clone()
        });
        let dimensions = result.outline.dimensions.iter();
        Ok(Listing {
            variables: variables.collect(),
            dimensions: dimensions.map(|own| Dimension { group, ..own.clone() }).collect(),
            ..Listing::default()
        })
    }

    fn read(&self, variable: VariableId, section: &Section, cx: &ReadContext) -> Result<Array> {
        let mut at = variable.index();
        for (name, result) in &self.results {
            let own = result.outline.variables.len();
            if at < own {
                return result.read(at, section, cx).map_err(|error| error.in_object(name.clone()));
            }
            at -= own;
        }
        Err(ReadError::request("a variable that was not listed"))
    }
}
