//! What conventions above the format add to coordinates, purposes and the choice of axes.

use hyperslab_core::VariableId;

use super::arrangement::Arrangement;
use super::axes::AxisRole;
use super::coordinates::AxisInfo;
use super::purpose::Purpose;
use crate::interpret::{Along, Colors, Hints, Interpretation, Shown, Way};

/// Coordinates are coordinates; errors, masks and palettes serve what they belong to.
pub(super) fn add_purposes(interpretation: &Interpretation, purposes: &mut [Purpose]) {
    let mut set = |id: VariableId, purpose: Purpose| {
        if let Some(slot) = purposes.get_mut(id.index()) {
            *slot = purpose;
        }
    };
    for lent in interpretation.lent.values().flatten() {
        set(lent.coordinate, Purpose::Coordinate);
    }
    for hints in interpretation.variables.values() {
        for axis in &hints.axes {
            if let Along::Variable(id) = axis.coordinate {
                set(id, Purpose::Coordinate);
            }
        }
        let palette = hints.image.as_ref().and_then(|image| match image.colors {
            Colors::Indexed { palette } => Some(palette),
            _ => None,
        });
        for id in [hints.errors, hints.mask, palette].into_iter().flatten() {
            set(id, Purpose::Helper);
        }
    }
}

/// `roles` are those of all variables, given that they are coordinates.
pub(super) fn place_axes(axes: &mut [AxisInfo], hints: &Hints, roles: &[AxisRole]) {
    for (axis, hint) in axes.iter_mut().zip(&hints.axes) {
        if let Along::Variable(id) = hint.coordinate {
            axis.coordinate = Some(id);
            axis.role = roles.get(id.index()).copied().unwrap_or_default();
        }
        match hint.way {
            Some(Way::Across) => axis.role = AxisRole::X,
            Some(Way::Up) => axis.role = AxisRole::Y,
            None => {}
        }
    }
}

/// Images lie in the last two axes, or in those the image says.
pub(super) fn arrangement(hints: &Hints, rank: usize) -> Option<Arrangement> {
    let (x, y) = match (&hints.image, hints.view) {
        (Some(image), _) => (image.columns, image.rows),
        (None, Some(Shown::Heatmap)) => (rank.checked_sub(1)?, rank.checked_sub(2)?),
        _ => return None,
    };
    let others = (0..rank).filter(|&axis| axis != x && axis != y).collect();
    (x < rank && y < rank).then_some(Arrangement { x, y: Some(y), others })
}

#[cfg(test)]
mod tests {
    use hyperslab_core::{Array, Buffer, GroupId};

    use super::super::testing::*;
    use super::super::{CfDataset, Fills, decode};
    use super::*;

    #[test]
    fn a_radar_field_is_scaled_titled_and_placed() {
        // The groups of one field; see `interpret::odim` for whole files.
        let mut dataset = Build::default().group("data1").dataset();
        let mut field = variable(
            "data",
            hyperslab_core::Dtype::uint(1, hyperslab_core::ByteOrder::Little),
            &[360, 320],
        );
        field.group = GroupId(1);
        dataset.variables.push(field);
        dataset.groups[1].variables.push(VariableId(0));
        let about = |name: &str, numbers: &[(&str, f64)], texts: &[(&str, &str)]| {
            let numbers = numbers.iter().map(|(n, v)| (*n, Array::vector(vec![*v].into())));
            let texts = texts.iter().map(|(n, v)| (*n, Array::text(v)));
            let attribute = |(n, v): (&str, Array)| {
                hyperslab_core::Attribute::new(n, hyperslab_core::Dtype::Char, v)
            };
            hyperslab_core::Group {
                name: name.into(),
                attributes: numbers.chain(texts).map(attribute).collect(),
                ..Default::default()
            }
        };
        let what = about(
            "what",
            &[("gain", 0.5), ("offset", -32.0), ("nodata", 255.0), ("undetect", 0.0)],
            &[("quantity", "DBZH")],
        );
        let place = about("where", &[("rscale", 500.0), ("elangle", 1.5)], &[]);
        let root = about("", &[], &[("Conventions", "ODIM_H5/V2_2")]);
        dataset.groups[0].attributes = root.attributes;
        for (index, group) in [(2, what), (3, place)] {
            dataset.groups.push(hyperslab_core::Group { parent: Some(GroupId(1)), ..group });
            dataset.groups[1].groups.push(GroupId(index));
        }
        let cf = CfDataset::of(&dataset);
        let view = cf.variable(&dataset, VariableId(0)).unwrap();
        assert_eq!(view.title_with_units(), "DBZH at 1.5° [dBZ]");
        let names: Vec<_> =
            view.axes().iter().map(|axis| (axis.name.unwrap(), axis.role)).collect();
        assert_eq!(names, [("azimuth", AxisRole::Y), ("range", AxisRole::X)]);
        assert!(!view.axis_points_down(&view.axes()[0]));
        let stored = Array::vector(Buffer::U8(vec![0, 64, 255]));
        let decoded = decode(&stored, &view.packing(Fills::Declared));
        let values = decoded.array.values.to_f64().unwrap();
        assert!(values[0].is_nan() && values[1] == 0.0 && values[2].is_nan());
    }
}
