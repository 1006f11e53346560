//! Latitudes and longitudes that nobody names, by units and lengths: in the same file where
//! dimensions do not say that they belong together, and in other files.
//!
//! Files that only hold where the data lie go by many names; what tells them is that they hold
//! latitudes and longitudes of exactly as many cells.

use hyperslab_core::{Axis, Dataset, GroupId, Variable, VariableId};

use super::super::axes::AxisRole;
use super::super::coordinates::data_axes;
use super::super::dataset::{CfDataset, CfVariable};
use super::super::purpose::with_ids;
use super::super::{Purpose, attributes};
use super::outlines::{self, Corners};
use super::{Geolocation, Over, Place, projected};

/// More latitudes and longitudes are not looked through.
const SITES_MAX: usize = 256;
/// Axes of other names are only taken for the same where they are at least so long: short ones
/// are of one length by chance.
const LENGTH_LEAST: u64 = 6;

const NAMELESS_LEAST: u64 = 128;

/// Variables that could say where something lies. Build O(variables).
#[derive(Clone, Debug, Default)]
pub struct Sites {
    places: Vec<(VariableId, AxisRole)>,
    mapping: Option<VariableId>,
}

impl Sites {
    /// `roles` are those of all variables, given that they are coordinates.
    pub fn of(dataset: &Dataset, roles: &[AxisRole]) -> Self {
        let site = |((id, variable), role): ((VariableId, &Variable), &AxisRole)| {
            let is_place = matches!(role, AxisRole::Latitude | AxisRole::Longitude);
            let fits = || (1..=3).contains(&data_axes(variable).len());
            (is_place && variable.dtype.is_numeric() && fits()).then_some((id, *role))
        };
        let sites = with_ids(dataset).zip(roles).filter_map(site);
        let mut mappings = with_ids(dataset).filter(|(_, v)| projected::is_mapping(v));
        let first = mappings.next().map(|(id, _)| id);
        let mapping = first.filter(|_| mappings.next().is_none());
        Self { places: sites.take(SITES_MAX).collect(), mapping }
    }

    pub fn of_role(&self, wanted: AxisRole) -> impl Iterator<Item = VariableId> + '_ {
        self.places.iter().filter(move |(_, role)| *role == wanted).map(|(id, _)| *id)
    }

    pub fn only_mapping(&self) -> Option<VariableId> {
        self.mapping
    }
}

/// In the same file.
pub(super) fn within(view: &CfVariable<'_>) -> Option<Geolocation> {
    if view.purpose() == Purpose::Bounds {
        return None;
    }
    let found = sought(view, view.cf(), view.dataset(), true)?;
    let path = |over: &Over| view.dataset().variable_path(over.id);
    Some(located(view.cf(), view.dataset(), found, |latitude, longitude| {
        format!("guessed: {}, {}", path(latitude), path(longitude))
    }))
}

/// In another file: what its cells are called there. `cf` and `dataset` are the other file's.
/// Where both say which grid they are of, it is the same.
pub fn lent(view: &CfVariable<'_>, cf: &CfDataset, dataset: &Dataset) -> Option<Geolocation> {
    let wanted = identifier(view.dataset(), Some(view.variable()));
    let found = identifier(dataset, None);
    if wanted.zip(found).is_some_and(|(wanted, found)| wanted != found) {
        return None;
    }
    let found = sought(view, cf, dataset, false)?;
    let name = |over: &Over| dataset.variable(over.id).map(|v| v.name.clone()).unwrap_or_default();
    Some(located(cf, dataset, found, |latitude, longitude| {
        format!("{}, {}", name(latitude), name(longitude))
    }))
}

fn located(
    cf: &CfDataset,
    dataset: &Dataset,
    [latitude, longitude]: [Over; 2],
    source: impl Fn(&Over, &Over) -> String,
) -> Geolocation {
    let source = source(&latitude, &longitude);
    let place = match latitude.axes[..] {
        [axis] => match outlines::bounds(cf, dataset, latitude.id, longitude.id) {
            Some(outlines) => Place::Cells { axis, middles: Some([latitude, longitude]), outlines },
            None => Place::Points { axis, latitude, longitude },
        },
        [.., y, x] => Place::Lattice { y, x, latitude, longitude, corners: Corners::Unknown },
        [] => Place::Points { axis: 0, latitude, longitude },
    };
    Geolocation { place, source }
}

/// The latitudes that fit best and the longitudes beside them.
fn sought(
    view: &CfVariable<'_>,
    cf: &CfDataset,
    dataset: &Dataset,
    is_same_file: bool,
) -> Option<[Over; 2]> {
    let of_role = |wanted: AxisRole| cf.sites().of_role(wanted);
    let near = |id: VariableId| {
        let group = dataset.variable(id).map_or(GroupId::ROOT, |v| v.group);
        if is_same_file { common_depth(dataset, group, view.variable().group) } else { 0 }
    };
    let mut best: Option<((usize, usize, bool), [Over; 2])> = None;
    for latitude in of_role(AxisRole::Latitude) {
        let Some(variable) = dataset.variable(latitude) else { continue };
        let Some(axes) = fit(view, dataset, variable, is_same_file) else { continue };
        let beside = of_role(AxisRole::Longitude).filter(|&id| {
            let same = |v: &Variable| v.group == variable.group && v.axes == variable.axes;
            dataset.variable(id).is_some_and(same)
        });
        let is_namesake = |id: VariableId| {
            let name = dataset.variable(id).map(|v| v.name.to_ascii_lowercase());
            name.is_some_and(|name| {
                name.replace("lon", "lat").replace("latg", "lat")
                    == variable.name.to_ascii_lowercase()
            })
        };
        let Some(longitude) = beside.max_by_key(|&id| is_namesake(id)) else { continue };
        // Of planes before points, of near before far, of the first there are.
        let rank = (axes.len(), near(latitude), is_namesake(longitude));
        if best.as_ref().is_none_or(|(known, _)| rank > *known) {
            let over = |id| Over { id, axes: axes.clone() };
            best = Some((rank, [over(latitude), over(longitude)]));
        }
    }
    best.map(|(_, found)| found)
}

/// For each axis of a coordinate the axis of the variable: by name and length, or by length alone
/// where names say nothing. `None` unless it fits beyond doubt.
fn fit(
    view: &CfVariable<'_>,
    dataset: &Dataset,
    coordinate: &Variable,
    is_same_file: bool,
) -> Option<Vec<usize>> {
    let own = data_axes(view.variable());
    let inner = data_axes(coordinate);
    let own_name = |axis: &Axis| view.dataset().dimension_name(axis);
    let name = |axis: &Axis| dataset.dimension_name(axis);
    let is_same = |mine: &Axis, its: &Axis| {
        mine.length == its.length
            && match (own_name(mine), name(its)) {
                _ if is_same_file && mine.dimension == its.dimension => mine.dimension.is_some(),
                (Some(a), Some(b)) => !is_same_file && a == b,
                _ => false,
            }
    };
    let like = |mine: &Axis, its: &Axis| {
        let is_known = |k: usize| {
            let axes = view.axes();
            axes.get(k).is_some_and(|axis| axis.coordinate.is_some() && !axis.role.is_horizontal())
        };
        let at = own.iter().position(|axis| std::ptr::eq(axis, mine));
        mine.length == its.length && !at.is_some_and(is_known)
    };
    match inner {
        [only] => {
            let named: Vec<usize> = places(own, |mine| is_same(mine, only));
            if let [axis] = named[..] {
                return Some(vec![axis]);
            }
            // By length alone only in other files, and only where that says something.
            let alike = places(own, |mine| like(mine, only));
            match alike[..] {
                [axis] if !is_same_file && only.length >= LENGTH_LEAST => Some(vec![axis]),
                _ => None,
            }
        }
        [.., y, x] if inner.len() == 2 => {
            if y.length < 2 || x.length < 2 {
                return None;
            }
            let pairs = own.windows(2).enumerate().rev();
            for (k, pair) in pairs {
                let [a, b] = pair else { continue };
                let (same_y, same_x) = (is_same(a, y), is_same(b, x));
                let fits = like(a, y) && like(b, x);
                let is_long = y.length >= LENGTH_LEAST && x.length >= LENGTH_LEAST;
                // Different names in one file are different things, unless nobody gave them.
                let is_trusted = (!is_same_file && is_long)
                    || same_y
                    || same_x
                    || (is_nameless(own_name(a)) && is_nameless(name(y)));
                if (same_y && same_x) || (fits && is_trusted) {
                    return Some(vec![k, k + 1]);
                }
            }
            None
        }
        _ => None,
    }
}

fn places(own: &[Axis], is_wanted: impl Fn(&Axis) -> bool) -> Vec<usize> {
    own.iter().enumerate().filter(|(_, axis)| is_wanted(axis)).map(|(k, _)| k).collect()
}

/// No dimension, or one that only stands for a length.
fn is_nameless(name: Option<&str>) -> bool {
    name.is_none_or(|name| name.starts_with("phony_dim"))
}

fn common_depth(dataset: &Dataset, a: GroupId, b: GroupId) -> usize {
    let path = |group: GroupId| {
        let parent = |id: &GroupId| dataset.group(*id).and_then(|group| group.parent);
        let mut path: Vec<GroupId> =
            std::iter::successors(Some(group), parent).take(dataset.groups.len().max(1)).collect();
        path.reverse();
        path
    };
    path(a).iter().zip(path(b)).take_while(|(a, b)| **a == *b).count()
}

/// Whether it is worth looking into other files for where the cells lie: a field of numbers with
/// axes that nothing is known of.
pub fn may_be_lent(view: &CfVariable<'_>) -> bool {
    let axes = view.axes();
    let is_unknown = |k: usize| {
        axes.get(k).is_some_and(|axis| {
            // A matrix of an array without names is rarely a picture of the Earth.
            let least = if is_nameless(axis.name) { NAMELESS_LEAST } else { LENGTH_LEAST };
            axis.length >= least
                && (axis.coordinate.is_none() || axis.role.is_horizontal())
                && view.axis_hint(k).is_none()
        })
    };
    let unknown = (0..axes.len()).filter(|&k| is_unknown(k)).count();
    let is_field = view.variable().dtype.is_numeric() && view.purpose() == Purpose::Data;
    let says_so = || !grid_names(view).is_empty();
    let names_cells = || {
        axes.iter().any(|axis| {
            let name = axis.name.unwrap_or_default().to_ascii_lowercase();
            axis.coordinate.is_none()
                && ["cell", "points_", "values", "node", "face", "grid_size", "lndgrid"]
                    .iter()
                    .any(|part| name.contains(part))
        })
    };
    is_field && (unknown >= 2 || (unknown == 1 && (says_so() || names_cells())))
}

/// The identifier of the grid, which tells grids of one size apart.
fn identifier(dataset: &Dataset, variable: Option<&Variable>) -> Option<String> {
    let of_variable = variable.map(|v| v.attributes.as_slice()).unwrap_or_default();
    let root = dataset.group(GroupId::ROOT).map(|root| root.attributes.as_slice());
    let mut all = of_variable.iter().chain(root.unwrap_or_default());
    let found =
        all.find(|a| matches!(a.name.as_str(), "uuidOfHGrid" | "uuid_of_horizontal_grid"))?;
    let text = attributes::text_of(&found.value)?;
    Some(text.chars().filter(|c| c.is_ascii_hexdigit()).map(|c| c.to_ascii_lowercase()).collect())
}

/// How the grid is called that the data are on: identifiers and numbers, for finding its file.
pub fn grid_names(view: &CfVariable<'_>) -> Vec<String> {
    const NAMES: [&str; 8] = [
        "uuidOfHGrid",
        "uuid_of_horizontal_grid",
        "number_of_grid_used",
        "numberOfGridUsed",
        "grid_file_uri",
        "grid_file",
        "gridspec_file",
        "associated_files",
    ];
    let root = view.dataset().group(GroupId::ROOT);
    let of_file = root.map(|root| root.attributes.as_slice()).unwrap_or_default();
    let all = of_file.iter().chain(&view.variable().attributes);
    let wanted = all.filter(|attribute| NAMES.contains(&attribute.name.as_str()));
    let texts = wanted.filter_map(|attribute| match attributes::text_of(&attribute.value) {
        Some(text) => Some(text),
        None => Some(attribute.value.values.number(0)?.as_f64().to_string()),
    });
    texts.collect()
}
