//! Coordinates along an axis beside the first one: further dimension scales (HDF5 Dimension
//! Scale Specification: an axis may have several), and auxiliary coordinates over nothing but
//! its dimension (CF 5).
//!
//! Build O(attributes).

use std::collections::HashMap;

use hyperslab_core::{Buffer, GroupId, Reference, Variable, VariableId};

use super::coordinates::{AxisInfo, Context, data_axes, only_dimension};

/// So many coordinates of one axis are looked at.
const LOOKED_AT: usize = 64;

/// By variable and axis; nothing where there is no choice.
#[derive(Clone, Debug, Default)]
pub(super) struct Offered(HashMap<(VariableId, usize), Vec<VariableId>>);

impl Offered {
    /// `infos` and `auxiliaries` are those of the variable.
    pub(super) fn add(
        &mut self,
        cx: &Context,
        id: VariableId,
        variable: &Variable,
        infos: &[AxisInfo],
        auxiliaries: &[VariableId],
    ) {
        let scales = variable.attribute("DIMENSION_LIST").map(|list| &list.value.values);
        for (k, axis) in data_axes(variable).iter().enumerate() {
            let own = infos.get(k).and_then(|info| info.coordinate);
            let attached = scales.map(|scales| references(scales, k)).unwrap_or_default();
            // A single one is the axis' coordinate already.
            let attached = if attached.len() > 1 { attached } else { &[] };
            let attached = attached.iter().flatten();
            let attached = attached.filter_map(|scale| cx.names.find(GroupId::ROOT, &scale.path));
            let along = auxiliaries.iter().copied().filter(|&other| {
                let dimension = cx.dataset.variable(other).and_then(only_dimension);
                dimension.is_some() && dimension == axis.dimension
            });
            // Something else may stand where a coordinate variable would.
            let coordinate = axis.dimension;
            let coordinate = coordinate
                .and_then(|dimension| cx.along.find(cx.dataset, cx.names, variable, dimension));
            let mut found = Vec::new();
            for other in attached.chain(coordinate).chain(along).take(LOOKED_AT) {
                let fits = |v: &Variable| {
                    let is_of_length = matches!(data_axes(v), [only] if only.length == axis.length);
                    is_of_length && (v.dtype.is_numeric() || v.dtype.is_text())
                };
                let is_new = other != id && Some(other) != own && !found.contains(&other);
                if is_new && cx.dataset.variable(other).is_some_and(fits) {
                    found.push(other);
                }
            }
            if !found.is_empty() {
                self.0.insert((id, k), found);
            }
        }
    }

    pub(super) fn along(&self, id: VariableId, axis: usize) -> &[VariableId] {
        self.0.get(&(id, axis)).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = VariableId> + '_ {
        self.0.values().flatten().copied()
    }
}

/// Element `k` of a list of references for each axis.
fn references(list: &Buffer, k: usize) -> &[Option<Box<Reference>>] {
    let Buffer::VarLen { ends, values } = list else { return &[] };
    let Buffer::Reference(all) = &**values else { return &[] };
    let start = k.checked_sub(1).map_or(Some(0), |before| ends.get(before).copied());
    let range = start.zip(ends.get(k).copied());
    range.and_then(|(start, end)| all.get(start..end)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use hyperslab_core::{Array, Attribute, Dataset, Dtype};

    use super::super::CfDataset;
    use super::super::testing::*;
    use super::*;

    fn offered(dataset: &Dataset, name: &str, axis: usize) -> Vec<String> {
        let cf = CfDataset::of(dataset);
        let view = cf.variable(dataset, dataset.find_variable(name).unwrap()).unwrap();
        view.other_coordinates(axis).iter().map(|&id| dataset.variable_path(id)).collect()
    }

    #[test]
    fn the_further_scales_of_an_axis_are_offered() {
        let to = |path: &str| Some(Box::new(Reference::to(path)));
        let scales = Buffer::VarLen {
            ends: vec![0, 4],
            values: Box::new(Buffer::Reference(vec![
                to("/x"),
                to("/position"),
                None,
                to("/too long"),
            ])),
        };
        let list = Attribute::new("DIMENSION_LIST", Dtype::Char, Array::vector(scales));
        let mut field = float("field", &[]);
        field.attributes.push(list);
        let dataset = Build::default()
            .dim("y", 2)
            .dim("x", 3)
            .dim("long", 4)
            .var(float("x", &[]), &["x"])
            .var(float("position", &[]), &["x"])
            .var(float("too long", &[]), &["long"])
            .var(field, &["y", "x"])
            .dataset();
        assert_eq!(offered(&dataset, "field", 1), ["/position"]);
        assert_eq!(offered(&dataset, "field", 0), Vec::<String>::new());
        let position = dataset.find_variable("position").unwrap();
        let purpose = CfDataset::of(&dataset).purpose(position);
        assert_eq!(purpose, super::super::Purpose::Coordinate);
    }

    #[test]
    fn auxiliary_coordinates_over_one_dimension_are_offered_along_it() {
        let dataset = Build::default()
            .dim("time", 5)
            .dim("obs", 6)
            .var(float("time", &[]).with("units", "days since 2000-01-01"), &["time"])
            .var(float("age", &[]), &["time"])
            .var(float("both", &[]), &["time", "obs"])
            .var(float("v", &[]).with("coordinates", "age both time"), &["time", "obs"])
            .dataset();
        assert_eq!(offered(&dataset, "v", 0), ["/age"]);
        assert!(offered(&dataset, "v", 1).is_empty());
    }

    #[test]
    fn a_damaged_list_offers_nothing() {
        assert!(references(&Buffer::U8(vec![1]), 0).is_empty());
        let list = |ends| Buffer::VarLen { ends, values: Box::new(Buffer::Reference(vec![None])) };
        assert!(references(&list(vec![5]), 0).is_empty());
        assert!(references(&list(vec![1, 0]), 1).is_empty());
    }
}
