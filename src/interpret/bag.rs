//! Bathymetric Attributed Grids (Format Specification Document 2.0): elevation and uncertainty,
//! from the south-west corner on, and metadata in XML.

use hyperslab_core::{Array, Buffer, GroupId, Variable};

use super::tree::Attributes;
use super::{
    Along, AxisHint, Interpretation, Location, Place, Rule, Scaling, Shown, TextForm, Tree, Way,
};

/// Where nothing was measured.
const NO_DATA: f64 = 1_000_000.0;

const ORDER: [&str; 3] = ["elevation", "uncertainty", "metadata"];

pub fn interpret(tree: &Tree<'_>) -> Option<Interpretation> {
    let id = tree.find_group(GroupId::ROOT, "BAG_root")?;
    let group = tree.group(id)?;
    let version = group.get("Bag Version").or_else(|| group.get("BAG Version"))?;
    let mut found = Interpretation::named("BAG");
    if let Some(version) = version.value.as_text() {
        found.of_group(id).note = format!("version {version}");
    }
    found.of_group(id).order = ORDER.iter().filter_map(|name| tree.find(id, name)).collect();
    let metadata = tree.find_variable(id, "metadata");
    if let Some(metadata) = metadata {
        let hints = found.of(metadata);
        hints.text = Some(TextForm::Joined);
        hints.view = Some(Shown::Text);
    }
    let elevation = tree.find_variable(id, "elevation");
    let shape = elevation.and_then(|id| tree.variable(id)).map(Variable::shape);
    for &variable in &group.variables {
        let Some(stored) = tree.variable(variable) else { continue };
        if !stored.dtype.is_numeric() || Some(stored.shape()) != shape || stored.rank() != 2 {
            continue;
        }
        let hints = found.of(variable);
        hints.view = Some(Shown::Heatmap);
        hints.scaling =
            Some(Scaling { gain: 1.0, offset: 0.0, missing: vec![(NO_DATA, "no data")] });
        hints.units = Some("m".into());
        hints.location = metadata.map(Location::Written);
        let axis = |name: &str, way: Way, rule: Rule| AxisHint {
            name: Some(name.into()),
            coordinate: metadata
                .map_or(Along::Unknown, |variable| Along::Written { variable, rule }),
            way: Some(way),
        };
        hints.axes = vec![
            axis("northing", Way::Up, Rule::BagNorth),
            axis("easting", Way::Across, Rule::BagEast),
        ];
    }
    found.first = elevation.map(Place::Variable);
    Some(found)
}

/// Coordinates of `length` nodes by the two corner points of the metadata, `place` 0 for x and 1
/// for y: nodes lie on the corners.
pub(super) fn corner(metadata: &Array, place: usize, length: u64) -> Option<super::Even> {
    let bytes = match &metadata.values {
        Buffer::Char(bytes) | Buffer::FixedText { bytes, .. } => bytes.as_slice(),
        Buffer::Text(texts) => texts.first()?,
        _ => return None,
    };
    let text = String::from_utf8_lossy(bytes);
    let points = &text[text.find("cornerPoints")?..];
    let points = &points[points.find("coordinates")?..];
    let (_, points) = points.split_once('>')?;
    let (points, _) = points.split_once('<')?;
    let number = |point: &str| {
        point.split(',').nth(place)?.trim().parse::<f64>().ok().filter(|n| n.is_finite())
    };
    let mut points = points.split_whitespace().map(number);
    let (start, end) = (points.next()??, points.next()??);
    let steps = length.checked_sub(1).filter(|&steps| steps > 0)?;
    let step = (end - start) / steps as f64;
    (step > 0.0).then(|| super::Even { start, step, units: String::new() })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn elevation_is_seen_first_and_nothing_measured_is_missing() {
        let file = File::new()
            .group("/BAG_root", &[("Bag Version", text("1.6.2"))])
            .variable("/BAG_root/elevation", float(&[4, 6]), &[])
            .variable("/BAG_root/metadata", string(&[7909]), &[])
            .variable("/BAG_root/uncertainty", float(&[4, 6]), &[])
            .variable("/BAG_root/tracking_list", float(&[0]), &[]);
        let found = file.interpret();
        assert_eq!(file.path(found.first.unwrap()), "/BAG_root/elevation");
        let hints = &found.variables[&file.id("/BAG_root/uncertainty")];
        assert_eq!(hints.scaling.as_ref().unwrap().missing, [(NO_DATA, "no data")]);
        assert_eq!(found.variables[&file.id("/BAG_root/metadata")].view, Some(Shown::Text));
        assert!(!found.variables.contains_key(&file.id("/BAG_root/tracking_list")));
    }

    #[test]
    fn corners_are_found_in_the_metadata() {
        let xml = "<gmd:cornerPoints><gml:Point gml:id=\"id1\"><gml:coordinates decimal=\".\" \
                   cs=\",\" ts=\" \">100.0,500000.0 250.0,500096.0</gml:coordinates></gml:Point>";
        let array = Array::text(xml);
        let even = |place, length| corner(&array, place, length).map(|e| (e.start, e.step));
        assert_eq!(even(0, 6), Some((100.0, 30.0)));
        assert_eq!(even(1, 4), Some((500_000.0, 32.0)));
        assert_eq!(even(0, 1), None);
        assert_eq!(corner(&Array::text("<cornerPoints>"), 0, 4), None);
        assert_eq!(corner(&Array::text("cornerPoints coordinates>1,2<"), 0, 4), None);
    }
}
