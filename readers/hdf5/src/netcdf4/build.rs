//! The listing of a netCDF-4 file, all groups at once.

use std::collections::{HashMap, HashSet, VecDeque};

use hyperslab_core::{
    ChildGroup, Dimension, DimensionId, Dtype, GroupId, Listing, ReadContext, Result,
};

use super::dimensions::{Dimensions, NON_COORDINATE, Named, is_without_variable};
use crate::reader::{
    Child, Children, Dataset, GroupPlace, Object, Paths, VariablePlace, children, circle, join,
};

pub struct Whole {
    /// By group id.
    pub listings: Vec<Listing>,
    /// By variable id.
    pub variables: Vec<VariablePlace>,
}

/// A group with all that was found in it.
struct Group {
    place: GroupPlace,
    found: Children,
    /// Its child groups, by index.
    groups: Vec<(String, usize)>,
}

/// # Errors
/// Those of the root group; what is wrong further down is in the listing of its group.
pub fn list(paths: &Paths<'_>, cx: &ReadContext) -> Result<Whole> {
    let groups = tree(paths, cx)?;
    let (dimensions, places) = dimensions_of(&groups);
    let mut whole = Whole { listings: Vec::with_capacity(groups.len()), variables: Vec::new() };
    // Dimension ids follow the order of the listings.
    let renumbered = renumber(&dimensions.all);
    let mut of_groups: HashMap<GroupId, Vec<Dimension>> = HashMap::new();
    for dimension in &dimensions.all {
        of_groups.entry(dimension.group).or_default().push(dimension.clone());
    }
    for ((k, group), axes) in groups.into_iter().enumerate().zip(places) {
        let id = group_id(k);
        let mut listing = Listing {
            attributes: group.found.attributes,
            links: group.found.links,
            error: group.found.error,
            dimensions: of_groups.remove(&id).unwrap_or_default(),
            groups: group
                .groups
                .iter()
                .map(|(name, _)| ChildGroup { name: name.clone(), alias_of: None })
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
                    if let Some(name) = child.name.strip_prefix(NON_COORDINATE) {
                        cx.note(format!(
                            "the netCDF variable {name:?} is shown under the name it is stored by, \
                             {:?}: a dimension is called {name:?} too",
                            child.name
                        ));
                    }
                    let Some(axes) = axes.next().flatten() else { continue };
                    let renamed = |id: DimensionId| renumbered.get(id.index()).copied();
                    let axes: Vec<_> = axes
                        .into_iter()
                        .zip(&dataset.shape)
                        .map(|(dimension, &length)| {
                            let mut axis = dimensions.axis(dimension, length);
                            axis.dimension = axis.dimension.and_then(renamed);
                            axis
                        })
                        .collect();
                    add_variable(
                        &mut listing,
                        &mut whole.variables,
                        id,
                        child.name,
                        child.header,
                        *dataset,
                        axes,
                    );
                }
            }
        }
        whole.listings.push(listing);
    }
    Ok(whole)
}

fn add_variable(
    listing: &mut Listing,
    variables: &mut Vec<VariablePlace>,
    group: GroupId,
    name: String,
    header: u64,
    mut dataset: Dataset,
    mut axes: Vec<hyperslab_core::Axis>,
) {
    if dataset.is_null {
        axes = vec![hyperslab_core::Axis { length: 0, dimension: None }];
    }
    let is_char = dataset.dtype == Dtype::FixedText { len: 1 };
    if is_char {
        dataset.dtype = Dtype::Char;
    }
    variables.push(VariablePlace {
        header,
        shape: axes.iter().map(|axis| axis.length).collect(),
        is_null: dataset.is_null,
        is_char,
    });
    listing.variables.push(dataset.into_variable(name, group, axes));
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
            below.push((child.name, next));
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
    for ((k, group), of_group) in groups.iter().enumerate().zip(&mut of_all) {
        for ((_, _, dataset), axes) in datasets(&group.found.children).iter().zip(of_group) {
            if let Some(axes) = axes {
                dimensions.make_up(group_id(k), dataset, axes);
            }
        }
    }
    (dimensions, of_all)
}

fn datasets(children: &[Child]) -> Vec<Named<'_>> {
    let mut datasets = Vec::new();
    for child in children {
        if let Object::Dataset(dataset) = &child.object {
            datasets.push((child.name.as_str(), child.header, &**dataset));
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
