//! Which variable a name means, seen from a group (CF 2.7: by path, then by proximity).
//!
//! Build O(variables + groups), a look-up O(depth of the group).

use std::collections::HashMap;

use hyperslab_core::{Dataset, GroupId, VariableId};

pub(super) struct Names<'a> {
    dataset: &'a Dataset,
    variables: HashMap<(GroupId, &'a str), VariableId>,
    groups: HashMap<(GroupId, &'a str), GroupId>,
}

impl<'a> Names<'a> {
    pub(super) fn of(dataset: &'a Dataset) -> Self {
        let mut variables = HashMap::with_capacity(dataset.variables.len());
        for (index, variable) in (0u32..).zip(&dataset.variables) {
            let key = (variable.group, variable.name.as_str());
            variables.entry(key).or_insert(VariableId(index));
        }
        let mut groups = HashMap::with_capacity(dataset.groups.len());
        for (index, group) in (0u32..).zip(&dataset.groups) {
            if let Some(parent) = group.parent {
                groups.entry((parent, group.name.as_str())).or_insert(GroupId(index));
            }
        }
        Self { dataset, variables, groups }
    }

    /// `lat`, `/grid/lat` or `../grid/lat`.
    pub(super) fn find(&self, group: GroupId, name: &str) -> Option<VariableId> {
        match name.rsplit_once('/') {
            None => self.ancestry(group).find_map(|group| self.in_group(group, name)),
            Some((path, name)) => self.in_group(self.group(group, path)?, name),
        }
    }

    pub(super) fn in_group(&self, group: GroupId, name: &str) -> Option<VariableId> {
        self.variables.get(&(group, name)).copied()
    }

    /// A group and those above it. Ends, even where the parents form a loop.
    pub(super) fn ancestry(&self, group: GroupId) -> impl Iterator<Item = GroupId> + '_ {
        let parent = |id: &GroupId| self.dataset.group(*id).and_then(|group| group.parent);
        std::iter::successors(Some(group), parent).take(self.dataset.groups.len().max(1))
    }

    fn group(&self, from: GroupId, path: &str) -> Option<GroupId> {
        let start = if path.is_empty() || path.starts_with('/') { GroupId::ROOT } else { from };
        path.split('/').filter(|part| !part.is_empty() && *part != ".").try_fold(
            start,
            |at, part| match part {
                ".." => self.dataset.group(at)?.parent,
                _ => self.groups.get(&(at, part)).copied(),
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn a_name_is_found_by_path_or_in_the_nearest_group_above() {
        let mut dataset = Dataset::default();
        let root = Build::default().var(float("lat", &[]), &[]).group("a").group("b");
        let children = dataset.graft(GroupId::ROOT, root.listing()).unwrap();
        let (a, b) = (children[0], children[1]);
        for group in [a, b] {
            let mut listing = Build::default().var(float("lon", &[]), &[]).listing();
            listing.variables[0].group = group;
            dataset.graft(group, listing).unwrap();
        }
        let names = Names::of(&dataset);
        assert_eq!(names.find(a, "lat"), Some(VariableId(0)));
        assert_eq!(names.find(a, "lon"), Some(VariableId(1)));
        assert_eq!(names.find(a, "../b/lon"), Some(VariableId(2)));
        assert_eq!(names.find(a, "/b/lon"), Some(VariableId(2)));
        assert_eq!(names.find(GroupId::ROOT, "b/lon"), Some(VariableId(2)));
        assert_eq!(names.find(a, "/lat"), Some(VariableId(0)));
        assert_eq!(names.find(GroupId::ROOT, "lon"), None);
        assert_eq!(names.find(a, "../../lat"), None);
        assert_eq!(names.find(GroupId(99), "lat"), None);
    }
}
