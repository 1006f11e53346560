//! Weather radar data (EUMETNET OPERA, ODIM_H5 2.x): quantities in `dataset1/data1/data`, with
//! what they are, where they lie and how they were made in groups `what`, `where` and `how`
//! beside and above them.

use hyperslab_core::{Group, GroupId, Variable, VariableId};

use super::tree::{Attributes, natural_key};
use super::{Along, AxisHint, Even, Interpretation, Location, Place, Scaling, Shown, Tree, Way};

pub fn interpret(tree: &Tree<'_>) -> Option<Interpretation> {
    let root = tree.root()?;
    let is_named = root.text_of("Conventions").is_some_and(|text| text.starts_with("ODIM_H5"));
    let is_versioned = || {
        let what = tree.find_group(GroupId::ROOT, "what").and_then(|id| tree.group(id));
        what.and_then(|what| what.text_of("version")).is_some_and(|text| text.starts_with("H5rad"))
    };
    (is_named || is_versioned()).then_some(())?;
    let mut found = Interpretation::named("ODIM_H5");
    for (id, group) in tree.groups() {
        if group.groups.len() > 1 {
            found.of_group(id).order = in_natural_order(tree, &group.groups);
        }
        found.of_group(id).note = note(tree, id, group);
    }
    let mut first: Option<((String, u64), VariableId)> = None;
    for (id, variable) in tree.variables() {
        if variable.name != "data" || variable.rank() != 2 {
            continue;
        }
        let place = Field { tree, group: variable.group };
        let hints = found.of(id);
        hints.view = Some(Shown::Heatmap);
        hints.scaling = place.scaling();
        hints.title = place.title();
        hints.units = place.text("what", "quantity").and_then(|q| units(&q)).map(str::to_owned);
        hints.axes = place.axes(variable);
        hints.location = place.location();
        if tree.group(variable.group).is_some_and(|group| group.name == "data1") {
            let above = tree.group(variable.group).and_then(|g| g.parent);
            let key = above.and_then(|id| tree.group(id)).map(|group| natural_key(&group.name));
            let key = key.unwrap_or_default();
            if first.as_ref().is_none_or(|(best, _)| key < *best) {
                first = Some((key, id));
            }
        }
    }
    found.first = first.map(|(_, id)| Place::Variable(id));
    Some(found)
}

/// `dataset2` before `dataset10`; data before the groups that describe them.
fn in_natural_order(tree: &Tree<'_>, ids: &[GroupId]) -> Vec<Place> {
    let key = |id: &GroupId| {
        let name = tree.group(*id).map(|group| group.name.clone()).unwrap_or_default();
        let is_about = matches!(name.as_str(), "what" | "where" | "how");
        (is_about, natural_key(&name))
    };
    let mut ids = ids.to_vec();
    ids.sort_by_cached_key(key);
    ids.into_iter().map(Place::Group).collect()
}

/// The quantity of a field, the elevation of a scan.
fn note(tree: &Tree<'_>, id: GroupId, group: &Group) -> String {
    let place = Field { tree, group: id };
    if group.name.starts_with("dataset") {
        place.elevation().unwrap_or_default()
    } else if group.name.starts_with("data") {
        place.text("what", "quantity").unwrap_or_default()
    } else {
        String::new()
    }
}

/// A group of a field; attributes of the groups above hold for it, too.
struct Field<'a, 'b> {
    tree: &'a Tree<'b>,
    group: GroupId,
}

impl Field<'_, '_> {
    fn each<T>(&self, about: &str, get: impl Fn(&Group) -> Option<T>) -> Option<T> {
        let above = |id: &GroupId| self.tree.group(*id).and_then(|group| group.parent);
        let mut groups = std::iter::successors(Some(self.group), above);
        groups.find_map(|id| {
            let about = self.tree.find_group(id, about)?;
            self.tree.group(about).and_then(&get)
        })
    }

    fn number(&self, about: &str, name: &str) -> Option<f64> {
        self.each(about, |group| group.number_of(name))
    }

    fn text(&self, about: &str, name: &str) -> Option<String> {
        self.each(about, |group| group.text_of(name))
    }

    fn elevation(&self) -> Option<String> {
        self.number("where", "elangle").map(|angle| format!("{}°", rounded(angle)))
    }

    fn title(&self) -> Option<String> {
        let quantity = self.text("what", "quantity")?;
        Some(match self.elevation() {
            Some(elevation) => format!("{quantity} at {elevation}"),
            None => quantity,
        })
    }

    /// Nothing measured and nothing seen are both no value.
    fn scaling(&self) -> Option<Scaling> {
        let gain = self.number("what", "gain");
        let offset = self.number("what", "offset");
        let missing = [("nodata", "not measured"), ("undetect", "nothing detected")];
        let missing =
            missing.iter().filter_map(|(name, words)| Some((self.number("what", name)?, *words)));
        let missing = missing.collect();
        (gain.is_some() || offset.is_some()).then(|| Scaling {
            gain: gain.unwrap_or(1.0),
            offset: offset.unwrap_or(0.0),
            missing,
        })
    }

    /// Of a radar's rays, or of a map by its lower left corner.
    fn location(&self) -> Option<Location> {
        let number = |name: &str| self.number("where", name);
        if number("rscale").is_some() {
            let (longitude, latitude) = (number("lon")?, number("lat")?);
            let elevation = number("elangle").unwrap_or(0.0);
            return Some(Location::Radar { longitude, latitude, elevation });
        }
        let proj = self.text("where", "projdef")?;
        Some(Location::Corner { proj, longitude: number("LL_lon")?, latitude: number("LL_lat")? })
    }

    fn axes(&self, variable: &Variable) -> Vec<AxisHint> {
        let [rows, _] = variable.axes.as_slice() else { return Vec::new() };
        let even = |name: &str, way: Way, start: f64, step: f64, units: &str| AxisHint {
            name: Some(name.to_owned()),
            coordinate: Along::Even(Even { start, step, units: units.to_owned() }),
            way: Some(way),
        };
        if let Some(scale) = self.number("where", "rscale").filter(|&scale| scale > 0.0) {
            // `rstart` is in kilometres, `rscale` in metres; both of the near edge of a bin.
            let start = self.number("where", "rstart").unwrap_or(0.0) + scale / 2000.0;
            let step = 360.0 / (rows.length.max(1) as f64);
            return vec![
                even("azimuth", Way::Up, step / 2.0, step, "degrees"),
                even("range", Way::Across, start, scale / 1000.0, "km"),
            ];
        }
        let scales = (self.number("where", "xscale"), self.number("where", "yscale"));
        let (Some(x), Some(y)) = scales else { return Vec::new() };
        let (x, y) = (x / 1000.0, y / 1000.0);
        // The first row is the northernmost.
        let height = rows.length as f64 * y;
        vec![
            even("y", Way::Up, height - y / 2.0, -y, "km"),
            even("x", Way::Across, x / 2.0, x, "km"),
        ]
    }
}

/// Angles are stored in single precision: 0.3, not 0.30000001192092896.
fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// Table 16 of ODIM_H5 2.2, "Eight-bit quantities and variables", and its kin.
fn units(quantity: &str) -> Option<&'static str> {
    const UNITS: [(&[&str], &str); 9] = [
        (&["TH", "TV", "DBZH", "DBZV", "DBZ"], "dBZ"),
        (&["ZDR", "LDR", "SNR", "ULDR", "UZDR"], "dB"),
        (&["VRAD", "VRADH", "VRADV", "WRAD", "WRADH", "WRADV", "VRADDH"], "m s-1"),
        (&["KDP", "UKDP"], "degree km-1"),
        (&["PHIDP", "UPHIDP"], "degree"),
        (&["RATE"], "mm h-1"),
        (&["ACRR"], "mm"),
        (&["HGHT"], "km"),
        (&["VIL"], "kg m-2"),
    ];
    UNITS.iter().find(|(quantities, _)| quantities.contains(&quantity)).map(|(_, units)| *units)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn volume() -> File {
        let scan = |file: File, name: &str, angle: f64| {
            let path = |rest: &str| format!("/{name}{rest}");
            file.group(&path(""), &[])
                .group(&path("/data1"), &[])
                .variable(&path("/data1/data"), uint(1, &[360, 320]), &[("CLASS", text("IMAGE"))])
                .group(
                    &path("/data1/what"),
                    &[
                        ("quantity", texts(&["DBZH"])),
                        ("gain", real(0.5)),
                        ("offset", real(-31.5)),
                        ("nodata", real(255.0)),
                        ("undetect", real(0.0)),
                    ],
                )
                .group(
                    &path("/where"),
                    &[("elangle", real(angle)), ("rscale", real(1000.0)), ("rstart", real(0.0))],
                )
        };
        let file = File::new().attribute("/", "Conventions", texts(&["ODIM_H5/V2_0"]));
        let file = scan(file.group("/what", &[]), "dataset1", 0.300_000_011_920_928_96);
        scan(scan(file, "dataset10", 10.0), "dataset2", 0.4)
    }

    #[test]
    fn scans_come_in_their_order_and_the_first_is_seen_first() {
        let file = volume();
        let found = file.interpret();
        assert_eq!(file.path(found.first.unwrap()), "/dataset1/data1/data");
        let order = &found.groups[&GroupId::ROOT].order;
        let order: Vec<String> = order.iter().map(|&place| file.path(place)).collect();
        assert_eq!(order, ["/dataset1", "/dataset2", "/dataset10", "/what"]);
        assert_eq!(found.groups[&file.group_id("/dataset1")].note, "0.3°");
    }

    #[test]
    fn values_are_scaled_and_lie_along_azimuth_and_range() {
        let file = volume();
        let found = file.interpret();
        let hints = &found.variables[&file.id("/dataset1/data1/data")];
        assert_eq!(hints.title.as_deref(), Some("DBZH at 0.3°"));
        assert_eq!(hints.units.as_deref(), Some("dBZ"));
        let missing = vec![(255.0, "not measured"), (0.0, "nothing detected")];
        let scaling = Scaling { gain: 0.5, offset: -31.5, missing };
        assert_eq!(hints.scaling, Some(scaling));
        let Along::Even(range) = &hints.axes[1].coordinate else { panic!() };
        assert_eq!((range.start, range.step, range.units.as_str()), (0.5, 1.0, "km"));
        let Along::Even(azimuth) = &hints.axes[0].coordinate else { panic!() };
        assert_eq!((azimuth.start, azimuth.step), (0.5, 1.0));
        assert_eq!(hints.location, None);
        let sited = volume().group("/where", &[("lon", real(4.8)), ("lat", real(52.9))]);
        let found = sited.interpret();
        let hints = &found.variables[&sited.id("/dataset2/data1/data")];
        let radar = Location::Radar { longitude: 4.8, latitude: 52.9, elevation: 0.4 };
        assert_eq!(hints.location, Some(radar));
    }
}
