//! The listing of a netCDF-4 file, all groups at once.

use std::collections::{HashMap, HashSet, VecDeque};

use hyperslab_core::{
    Axis, ChildGroup, Dimension, DimensionId, Dtype, GroupId, Listing, ReadContext, Result,
};

use super::dimensions::{Dimensions, NON_COORDINATE, Named, is_without_variable};
use crate::reader::{Child, Children, Dataset, GroupPlace, Object, Paths, children, circle, join};

/// A group as it is shown.
pub struct ListedGroup {
    pub path: String,
    pub listing: Listing,
    /// Of the variables, addresses of their object headers.
    pub headers: Vec<u64>,
}

/// A group with all that was found in it.
struct Group {
    place: GroupPlace,
    found: Children,
    /// Names of its child groups.
    groups: Vec<String>,
}

/// All groups of the file, by id.
///
/// # Errors
/// Those of the root group; what is wrong further down is in the listing of its group.
pub fn list(paths: &Paths<'_>, cx: &ReadContext) -> Result<Vec<ListedGroup>> {
    let groups = tree(paths, cx)?;
    let (dimensions, places) = dimensions_of(&groups);
    let mut listed = Vec::with_capacity(groups.len());
    // Dimension ids follow the order of the listings.
    let renumbered = renumber(&dimensions.all);
    let mut of_groups: HashMap<GroupId, Vec<Dimension>> = HashMap::new();
    for dimension in &dimensions.all {
        of_groups.entry(dimension.group).or_default().push(dimension.clone());
    }
    let mut renamed = Vec::new();
    for ((k, group), axes) in groups.into_iter().enumerate().zip(places) {
        let id = group_id(k);
        let mut headers = Vec::with_capacity(group.found.children.len());
        let mut listing = Listing {
            attributes: group.found.attributes,
            links: group.found.links,
            error: group.found.error,
            dimensions: of_groups.remove(&id).unwrap_or_default(),
            groups: group
                .groups
                .into_iter()
                .map(|name| ChildGroup { name, alias_of: None })
                .collect(),
            ..Listing::default()
        };
        let mut axes = axes.into_iter();
        for child in group.found.children {
            match child.object {
                Object::Group => {}
                Object::Type(mut named) => {
                    named.name = child.name;
                    listing.types.push(*named);
                }
                Object::Dataset(dataset) => {
                    if child.name.starts_with(NON_COORDINATE) {
                        renamed.push(join(&group.place.path, &child.name));
                    }
                    let Some(axes) = axes.next().flatten() else { continue };
                    let new_id = |id: DimensionId| renumbered.get(id.index()).copied();
                    let axes: Vec<_> = axes
                        .into_iter()
                        .zip(&dataset.shape)
                        .map(|(dimension, &length)| {
                            let mut axis = dimensions.axis(dimension, length);
                            axis.dimension = axis.dimension.and_then(new_id);
                            axis
                        })
                        .collect();
                    headers.push(child.header);
                    listing.variables.push(variable(id, child.name, dataset, axes));
                }
            }
        }
        listed.push(ListedGroup { path: group.place.path, listing, headers });
    }
    note_renamed(&renamed, cx);
    Ok(listed)
}

/// One note, however many there are.
fn note_renamed(paths: &[String], cx: &ReadContext) {
    let Some(first) = paths.first() else { return };
    let others = match paths.len() {
        1 => String::new(),
        count => format!(" (and {} more)", count - 1),
    };
    cx.note(format!(
        "the netCDF variable {first:?}{others} is shown under the name it is stored by, with \
         {NON_COORDINATE} in front: a dimension has its name too"
    ));
}

fn variable(
    group: GroupId,
    name: String,
    mut dataset: Dataset,
    mut axes: Vec<Axis>,
) -> hyperslab_core::Variable {
    if dataset.is_null {
        axes = vec![Axis { length: 0, dimension: None }];
    }
    if dataset.dtype == (Dtype::FixedText { len: 1 }) {
        dataset.dtype = Dtype::Char;
    }
    dataset.into_variable(name, group, axes)
}

/// All groups, parents first, in the order in which their ids are given.
fn tree(paths: &Paths<'_>, cx: &ReadContext) -> Result<Vec<Group>> {
    let root = GroupPlace { header: paths.file.root(), path: "/".into(), parent: None, depth: 0 };
    let mut waiting = VecDeque::from([root]);
    let mut groups: Vec<Group> = Vec::new();
    let mut next = 1;
    while let Some(place) = waiting.pop_front() {
        let found = children(&place, paths, cx);
        let mut found = match found {
            Err(error) if groups.is_empty() || error.is_cancelled() => return Err(error),
            Err(error) => Children { error: Some(error), ..Children::default() },
            Ok(found) => found,
        };
        cx.limits.claim_entries(waiting.len() as u64, "groups of one file")?;
        let mut below = Vec::new();
        let mut kept = Vec::with_capacity(found.children.len());
        for child in std::mem::take(&mut found.children) {
            if !matches!(child.object, Object::Group) {
                kept.push(child);
                continue;
            }
            let is_circle = is_above(&groups, &place, child.header);
            let is_too_deep = place.depth >= 4 * cx.limits.depth;
            if is_circle || is_too_deep || next > GROUPS_MAX {
                let path = join(&place.path, &child.name);
                let too_deep = is_too_deep.then_some(place.depth);
                found.links.push(circle(child.name, path, too_deep));
                continue;
            }
            waiting.push_back(GroupPlace {
                header: child.header,
                path: join(&place.path, &child.name),
                parent: Some(group_id(groups.len())),
                depth: place.depth.saturating_add(1),
            });
            below.push(child.name);
            next += 1;
        }
        found.children = kept;
        groups.push(Group { place, found, groups: below });
    }
    paths.held.charge(0, cx)?;
    Ok(groups)
}

/// Far above what netCDF-4 files have; links that multiply groups end here.
const GROUPS_MAX: usize = 100_000;

fn is_above(groups: &[Group], place: &GroupPlace, header: u64) -> bool {
    let mut at = Some(place);
    while let Some(place) = at {
        if place.header == header {
            return true;
        }
        at = place.parent.and_then(|id| groups.get(id.index())).map(|group| &group.place);
    }
    false
}

fn group_id(index: usize) -> GroupId {
    GroupId(u32::try_from(index).unwrap_or(u32::MAX))
}

type DimensionsOfAxes = Vec<Option<DimensionId>>;

/// The dimensions of the file, and for each group those of its datasets' axes; `None` for a
/// dataset that is a dimension and no variable.
fn dimensions_of(groups: &[Group]) -> (Dimensions, Vec<Vec<Option<DimensionsOfAxes>>>) {
    let mut dimensions = Dimensions::default();
    for (k, group) in groups.iter().enumerate() {
        dimensions.declare(group_id(k), &datasets(&group.found.children));
    }
    let mut of_all: Vec<Vec<Option<DimensionsOfAxes>>> = groups
        .iter()
        .map(|group| {
            let datasets = datasets(&group.found.children);
            let non_coordinates: HashSet<&str> = datasets
                .iter()
                .filter_map(|(name, ..)| name.strip_prefix(NON_COORDINATE))
                .collect();
            // Beside a variable of the same name the scale is shown too: under the names that
            // are stored, neither hides the other.
            let is_hidden = |name: &str, dataset: &Dataset| {
                is_without_variable(dataset) && !non_coordinates.contains(name)
            };
            let of = |&(name, header, dataset): &Named<'_>| {
                (!is_hidden(name, dataset)).then(|| dimensions.of(header, dataset))
            };
            datasets.iter().map(of).collect()
        })
        .collect();
    for k in below_first(groups) {
        let (Some(group), Some(of_group)) = (groups.get(k), of_all.get_mut(k)) else { continue };
        for ((_, _, dataset), axes) in datasets(&group.found.children).iter().zip(of_group) {
            if let Some(axes) = axes {
                dimensions.make_up(group_id(k), dataset, axes);
            }
        }
    }
    (dimensions, of_all)
}

/// Places of all groups, each after the groups in it, those of one group in their order.
fn below_first(groups: &[Group]) -> Vec<usize> {
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); groups.len()];
    for (k, group) in groups.iter().enumerate() {
        let parent = group.place.parent.and_then(|parent| below.get_mut(parent.index()));
        parent.into_iter().for_each(|list| list.push(k));
    }
    // Backward: each group before what is in it, the last of its groups first.
    let mut waiting: Vec<usize> = (0..groups.len().min(1)).collect();
    let mut order = Vec::with_capacity(groups.len());
    while let Some(k) = waiting.pop() {
        order.push(k);
        waiting.extend(below.get(k).into_iter().flatten());
    }
    order.reverse();
    order
}

fn datasets(children: &[Child]) -> Vec<Named<'_>> {
    let mut datasets = Vec::new();
    for child in children {
        if let Object::Dataset(dataset) = &child.object {
            datasets.push((child.name.as_str(), child.header, dataset));
        }
    }
    datasets
}

/// New ids: group by group, those of one group in the order in which they came.
fn renumber(all: &[Dimension]) -> Vec<DimensionId> {
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|&k| all.get(k).map(|dimension| dimension.group));
    let mut ids = vec![DimensionId(0); all.len()];
    for (new, old) in order.into_iter().enumerate() {
        if let Some(slot) = ids.get_mut(old) {
            *slot = DimensionId(u32::try_from(new).unwrap_or(u32::MAX));
        }
    }
    ids
}
