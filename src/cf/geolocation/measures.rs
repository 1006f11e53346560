//! The areas of cells where a variable names them (CF 7.2).

use super::super::attributes;
use super::super::coordinates::data_axes;
use super::super::dataset::CfVariable;
use super::{Over, find};

/// What `cell_measures` calls the area.
pub fn area_name(view: &CfVariable<'_>) -> Option<String> {
    let words = attributes::words(view.variable(), "cell_measures");
    let mut words = words.into_iter().skip_while(|word| word != "area:");
    words.nth(1).filter(|name| !name.ends_with(':'))
}

/// The variable of that name and over which axes it lies. `None` where it is not in the file.
pub fn area(view: &CfVariable<'_>) -> Option<Over> {
    let dataset = view.dataset();
    let id = find(dataset, view.variable().group, &area_name(view)?)?;
    let own = data_axes(view.variable());
    let place = |dimension| own.iter().position(|axis| axis.dimension == dimension);
    let inner = data_axes(dataset.variable(id).filter(|variable| variable.dtype.is_numeric())?);
    let axes: Option<Vec<usize>> = inner
        .iter()
        .map(|axis| place(axis.dimension).filter(|_| axis.dimension.is_some()))
        .collect();
    axes.filter(|axes| !axes.is_empty()).map(|axes| Over { id, axes })
}

#[cfg(test)]
mod tests {
    use super::super::super::CfDataset;
    use super::super::super::testing::*;
    use super::*;
    use hyperslab_core::VariableId;

    #[test]
    fn the_area_is_found_among_measures_or_only_named() {
        let dataset = Build::default()
            .dim("time", 2)
            .dim("y", 3)
            .dim("x", 4)
            .var(
                float("tos", &[]).with("cell_measures", "volume: v area: areacello"),
                &["time", "y", "x"],
            )
            .var(float("areacello", &[]).with("units", "m2"), &["y", "x"])
            .var(float("so", &[]).with("cell_measures", "area: elsewhere"), &["y", "x"])
            .dataset();
        let cf = CfDataset::of(&dataset);
        let view = |id| cf.variable(&dataset, VariableId(id)).unwrap();
        assert_eq!(area(&view(0)), Some(Over { id: VariableId(1), axes: vec![1, 2] }));
        assert_eq!((area(&view(2)), area_name(&view(2)).as_deref()), (None, Some("elsewhere")));
        assert_eq!((area(&view(1)), area_name(&view(1))), (None, None));
    }
}
