//! Compounds as tables: a column for each field, nested ones unfolded under dotted names.

use std::sync::Arc;

use hyperslab_core::dtype::CompoundType;
use hyperslab_core::{Buffer, Dtype};

/// Fields of compounds nested deeper, and more of them, stay in one cell.
const DEPTH_MAX: usize = 8;
const COLUMNS_MAX: usize = 4096;

/// One field of a compound, or of a compound in it.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldColumn {
    /// `pos.x`.
    pub name: String,
    pub dtype: Dtype,
    /// Of the values in each element; empty for a single one.
    pub shape: Vec<u64>,
    /// Places in the lists of fields, outermost first.
    path: Vec<usize>,
}

/// The values of one field of one element: `count` of them from `first` on.
#[derive(Clone, Copy, Debug)]
pub struct FieldValues<'a> {
    pub values: &'a Buffer,
    pub first: usize,
    pub count: usize,
}

/// The columns of a type, in the order of the file; none for what is no compound. An array of
/// values stays in one cell.
pub fn field_columns(dtype: &Dtype) -> Vec<FieldColumn> {
    let mut columns = Vec::new();
    if let Dtype::Compound(compound) = dtype {
        push_columns(compound, "", &[], &mut columns);
    }
    columns
}

fn push_columns(
    compound: &Arc<CompoundType>,
    prefix: &str,
    path: &[usize],
    columns: &mut Vec<FieldColumn>,
) {
    for (k, field) in compound.fields.iter().enumerate() {
        let path = [path, &[k]].concat();
        let name = format!("{prefix}{}", field.name);
        match &field.dtype {
            Dtype::Compound(inner)
                if field.shape.is_empty()
                    && !inner.fields.is_empty()
                    && path.len() < DEPTH_MAX
                    && columns.len() < COLUMNS_MAX =>
            {
                push_columns(inner, &format!("{name}."), &path, columns);
            }
            dtype => {
                let (dtype, shape) = (dtype.clone(), field.shape.clone());
                columns.push(FieldColumn { name, dtype, shape, path });
            }
        }
    }
}

impl FieldColumn {
    /// Of element `index`; `None` where the values are not of the type.
    pub fn values<'a>(&self, elements: &'a Buffer, index: usize) -> Option<FieldValues<'a>> {
        let (mut values, mut first, mut count) = (elements, index, 1);
        for &k in &self.path {
            let Buffer::Compound { count: outer, fields } = values else { return None };
            values = &fields.get(k)?.1;
            count = values.len().checked_div(*outer)?;
            first = first.checked_mul(count)?;
        }
        Some(FieldValues { values, first, count })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyperslab_testkit::kinds;

    #[test]
    fn nested_compounds_are_unfolded_and_arrays_stay_together() {
        let columns = field_columns(&kinds::station_type());
        let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["id", "pos.x", "pos.y", "name", "sky", "track"]);
        let stations = kinds::stations(5);
        let y = columns[2].values(&stations, 3).unwrap();
        assert_eq!((y.values, y.first, y.count), (&vec![-0.0, -1., -2., -3., -4.].into(), 3, 1));
        let track = columns[5].values(&stations, 3).unwrap();
        assert_eq!((track.first, track.count, columns[5].shape.as_slice()), (6, 2, &[2][..]));
        assert!(columns[0].values(&Buffer::I8(vec![1]), 0).is_none());
        assert!(field_columns(&Dtype::Text).is_empty());
    }
}
