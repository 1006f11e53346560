//! Which variables can mask another one, the likely ones first.

use hyperslab_core::VariableId;

use crate::cf::{CfDataset, Purpose};
use crate::engine::store::Opened;
use crate::views::data::fits;

/// So many are offered: nobody reads a longer menu.
const OFFERED_MAX: usize = 40;

/// Ancillary variables and those with classes on the same dimensions, then what is called a
/// mask or a flag, then all others whose axes fit. O(variables).
pub fn offered(opened: &Opened<CfDataset>, id: VariableId) -> Vec<VariableId> {
    let dataset = &opened.dataset;
    let Some((variable, cf)) = dataset.variable(id).zip(opened.meaning.variable(dataset, id))
    else {
        return Vec::new();
    };
    let ancillaries = cf.ancillaries();
    let ids = (0..dataset.variables.len()).filter_map(|k| u32::try_from(k).ok().map(VariableId));
    let mut found: Vec<(u8, VariableId)> = ids
        .filter(|&other| other != id)
        .filter_map(|other| {
            let mask = dataset.variable(other).filter(|mask| fits(mask, variable))?;
            let meaning = opened.meaning.variable(dataset, other)?;
            let has_classes = meaning.flags().is_some();
            let rank = match meaning.purpose() {
                Purpose::Bounds => return None,
                _ if ancillaries.contains(&other) && has_classes => 0,
                _ if ancillaries.contains(&other) => 1,
                _ if has_classes => 2,
                _ if is_called_mask(&mask.name) => 3,
                Purpose::Data | Purpose::Helper => 4,
                Purpose::Coordinate => 5,
            };
            Some((rank, other))
        })
        .collect();
    found.sort_by_key(|&(rank, _)| rank);
    found.into_iter().take(OFFERED_MAX).map(|(_, id)| id).collect()
}

fn is_called_mask(name: &str) -> bool {
    let name = name.to_lowercase();
    ["mask", "flag", "quality", "_qc", "qa", "_qf", "dqf"].iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use hyperslab_testkit::bytes::{F32, I8, cdf1};

    use super::*;
    use crate::views::data::testing::opened;

    #[test]
    fn what_masks_are_made_for_is_offered_first() {
        let file = cdf1()
            .dim("y", 2)
            .dim("x", 3)
            .dim("z", 4)
            .var("v", F32, &["y", "x"])
            .attr("ancillary_variables", "quality")
            .var("other", F32, &["y", "x"])
            .var("x", F32, &["x"])
            .var("land_mask", I8, &["y", "x"])
            .var("class", I8, &["y", "x"])
            .attr("flag_values", vec![0i8, 1])
            .attr("flag_meanings", "a b")
            .var("quality", I8, &["y", "x"])
            .attr("flag_values", vec![0i8, 1])
            .attr("flag_meanings", "good bad")
            .var("elsewhere", F32, &["z"]);
        let found = offered(&opened(&file), VariableId(0));
        assert_eq!(found, [5, 4, 3, 1, 2].map(VariableId));
    }
}
