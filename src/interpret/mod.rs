//! What conventions above a format make of a file: which thing in it is the natural one to see
//! first, which variables are columns of one table, coordinates of one another, or the format's
//! own books.
//!
//! Each convention is one file, all of them are in [`INTERPRETERS`]. Pure functions of names,
//! types and attributes: no window, no file, no values. Where the meaning is in values (names of
//! columns, corners of a map), the interpretation says in which, and who shows it reads them.
//! What does not fit a convention is shown as it is: nothing here fails.

mod anndata;
mod bag;
mod hints;
mod image;
mod keras;
pub mod matlab;
mod nexus;
mod odim;
mod pandas;
mod pickle;
mod pytables;
mod table;
#[cfg(test)]
mod testing;
mod tree;

use hyperslab_core::Dataset;

pub use hints::{
    Along, AxisHint, Colors, Even, GroupHints, Hints, Image, Interpretation, LentAxis, Location,
    Origin, Rule, Scaling, Shown, TextForm, Way,
};
pub use table::{Column, ColumnKind, ColumnName, ColumnValues, Table};
pub use tree::Tree;

pub use crate::places::Place;

type Interpreter = fn(&Tree<'_>) -> Option<Interpretation>;

/// The special before the general: pandas writes PyTables files, ODIM's fields are images.
pub static INTERPRETERS: [Interpreter; 9] = [
    nexus::interpret,
    anndata::interpret,
    pandas::interpret,
    pytables::interpret,
    matlab::interpret,
    keras::interpret,
    odim::interpret,
    bag::interpret,
    image::interpret,
];

/// What all conventions say together. O(objects and their attributes).
pub fn interpret(dataset: &Dataset) -> Interpretation {
    let tree = Tree::of(dataset);
    let mut all = Interpretation::default();
    for interpreter in &INTERPRETERS {
        if let Some(found) = interpreter(&tree) {
            all.add(found);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::testing::*;
    use hyperslab_core::{Array, Buffer};

    const PLACES: [&str; 24] = [
        "obs",
        "var",
        "X",
        "data",
        "indices",
        "indptr",
        "_index",
        "codes",
        "categories",
        "table",
        "axis0",
        "axis1",
        "block0_values",
        "block0_items",
        "what",
        "where",
        "data1",
        "dataset2",
        "BAG_root",
        "elevation",
        "metadata",
        "model_weights",
        "#refs#",
        "pixel_mask",
    ];
    const ATTRIBUTES: [&str; 32] = [
        "NX_class",
        "default",
        "signal",
        "axes",
        "X_indices",
        "axis",
        "interpretation",
        "auxiliary_signals",
        "encoding-type",
        "_index",
        "column-order",
        "shape",
        "categories",
        "pandas_type",
        "nblocks",
        "axis1_variety",
        "axis1_nlevels",
        "values_block_0_kind",
        "PYTABLES_FORMAT_VERSION",
        "TITLE",
        "MATLAB_class",
        "MATLAB_fields",
        "MATLAB_empty",
        "MATLAB_sparse",
        "layer_names",
        "weight_names",
        "model_config",
        "Conventions",
        "Bag Version",
        "CLASS",
        "IMAGE_SUBCLASS",
        "PALETTE",
    ];
    const TEXTS: [&str; 24] = [
        "NXdata",
        "NXentry",
        "X",
        "data",
        "[obs,var]",
        "obs:var",
        "..",
        "/",
        "/obs",
        "spectrum",
        "rgb-image",
        "dataframe",
        "csr_matrix",
        "anndata",
        "frame",
        "series",
        "frame_table",
        "multi",
        "(lp0\nVtemp\na.",
        "char",
        "cell",
        "ODIM_H5/V2_2",
        "IMAGE",
        "IMAGE_TRUECOLOR",
    ];

    fn value(kind: usize, pick: usize, number: f64) -> Array {
        let word = TEXTS[pick % TEXTS.len()];
        match kind % 6 {
            0 => text(word),
            1 => texts(&[word, TEXTS[(pick + 7) % TEXTS.len()], "X", word]),
            2 => Array::vector(vec![number].into()),
            3 => Array::vector(vec![number, 3.0, -1.0].into()),
            4 => reference("/obs/X"),
            _ => Array::vector(Buffer::VarLen {
                ends: vec![3, 1, 9],
                values: Box::new(Buffer::FixedText { len: 1, bytes: word.as_bytes().to_vec() }),
            }),
        }
    }

    proptest! {
        #[test]
        fn no_file_is_too_strange_to_be_interpreted(
            nodes in prop::collection::vec(
                (
                    0usize..24, 0usize..6, 0usize..8,
                    prop::collection::vec(
                        (0usize..32, 0usize..6, 0usize..24, prop::num::f64::ANY), 0..5,
                    ),
                    prop::collection::vec(0u64..5, 0..4),
                ),
                0..14,
            ),
        ) {
            let mut file = File::new();
            let mut groups = vec![String::new()];
            for (place, parent, kind, attributes, shape) in nodes {
                let path = format!("{}/{}", groups[parent % groups.len()], PLACES[place]);
                let attributes: Vec<_> = attributes
                    .into_iter()
                    .map(|(name, kind, pick, number)| (ATTRIBUTES[name], value(kind, pick, number)))
                    .collect();
                file = match kind {
                    0..=2 if !groups.contains(&path) => {
                        groups.push(path.clone());
                        file.group(&path, &attributes)
                    }
                    3 => file.soft_link(&path, TEXTS[place % 10]),
                    4 => file.variable(&path, uint(2, &shape), &attributes),
                    5 => file.variable(&path, string(&shape), &attributes),
                    _ => file.variable(&path, float(&shape), &attributes),
                };
            }
            let found = file.interpret();
            for table in found.groups.values().filter_map(|hints| hints.table.as_ref()) {
                prop_assert!(table.index_columns <= table.columns.len());
            }
            let cf = crate::cf::CfDataset::of(&file.0);
            crate::cf::first_place(&file.0, &cf, u64::MAX);
            for &id in found.variables.keys() {
                let view = cf.variable(&file.0, id).unwrap();
                let (_, _, _) = (view.axes(), view.arrangement(), view.title_with_units());
                view.packing(crate::cf::Fills::Declared);
            }
        }
    }
}
