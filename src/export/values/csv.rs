//! Values for spreadsheets, as lines of cells.
//!
//! In long form a line for each value, with a column for each axis and one for the value; as a
//! grid the first axis down and the second across. Compounds along at most one axis are a table
//! of their own: a column for each field.

use std::io::Write;
use std::iter::once;

use super::cells::Texts;
use super::column::Column;
use super::{Result, Wanted};
use crate::export::csv;
use crate::prep::fields::field_columns;

pub(super) fn write(wanted: &Wanted<'_>, separator: u8, out: &mut dyn Write) -> Result {
    let cells = wanted.cells();
    let rank = cells.shape(wanted.variable.shape()).len();
    let mut columns: Vec<Column<'_>> = Vec::new();
    for axis in wanted.kept().filter(|&axis| axis < rank) {
        let mut column = Column::of(wanted, axis);
        // A covariance may have the same dimension twice.
        if columns.iter().any(|other| other.name == column.name) {
            column.name = format!("{}_{axis}", column.name);
        }
        columns.push(column);
    }
    let fields = match wanted.variable.rank() {
        0 | 1 => field_columns(&wanted.variable.dtype),
        _ => Vec::new(),
    };
    let names = columns.iter().map(|column| column.name.as_str());
    let value_names: Vec<&str> = match fields.as_slice() {
        [] => vec![&wanted.variable.name],
        fields => fields.iter().map(|field| field.name.as_str()).collect(),
    };
    csv::write(&mut *out, separator, once(names.chain(value_names)))?;
    let mut values: Vec<Texts> = Vec::new();
    values.resize_with(fields.len().max(1), Texts::default);
    wanted.for_each_block(|section, stored| {
        for column in &mut columns {
            column.load(wanted, section)?;
        }
        // How many rows one value of a column lasts.
        let mut lasting = vec![1; columns.len()];
        for k in (1..columns.len()).rev() {
            lasting[k - 1] = lasting[k] * columns[k].texts.len().max(1);
        }
        for (field, texts) in fields.iter().zip(&mut values) {
            cells.fill_field(texts, &stored, field);
        }
        if let ([], [only]) = (fields.as_slice(), values.as_mut_slice()) {
            cells.fill(only, &stored, "");
        }
        let count = values.first().map_or(0, Texts::len);
        let rows = (0..count).map(|row| {
            let coordinates = columns.iter().zip(&lasting).map(move |(column, lasting)| {
                column.texts.get(row / lasting % column.texts.len().max(1))
            });
            coordinates.chain(values.iter().map(move |texts| texts.get(row)))
        });
        Ok(csv::write(&mut *out, separator, rows)?)
    })
}

/// The axis down the page and the one across, where there are two.
pub(super) fn grid_axes(wanted: &Wanted<'_>) -> Option<(usize, usize)> {
    let rank = wanted.cells().shape(wanted.variable.shape()).len();
    let mut axes = wanted.kept().filter(|&axis| axis < rank);
    let pair = axes.next().zip(axes.next());
    pair.filter(|_| axes.next().is_none())
}

/// A line for each index along the first axis; what stands along the axes is around the values.
/// In long form where there are not two axes.
pub(super) fn write_grid(wanted: &Wanted<'_>, separator: u8, out: &mut dyn Write) -> Result {
    let Some((down, across)) = grid_axes(wanted) else { return write(wanted, separator, out) };
    let (mut rows, mut columns) = (Column::of(wanted, down), Column::of(wanted, across));
    columns.load(wanted, &wanted.slice.section)?;
    rows.load(wanted, &wanted.slice.section)?;
    let corner = format!("{}\\{}", rows.name, columns.name);
    csv::write(&mut *out, separator, once(once(corner.as_str()).chain(columns.texts.iter())))?;
    let width = columns.texts.len();
    let cells = wanted.cells();
    let mut texts = Texts::default();
    let (mut line, mut row): (Vec<String>, usize) = (Vec::new(), 0);
    wanted.for_each_block(|_, stored| {
        cells.fill(&mut texts, &stored, "");
        for text in texts.iter() {
            line.push(text.to_owned());
            if line.len() >= width {
                let label = once(rows.texts.get(row));
                let cells = line.iter().map(String::as_str);
                csv::write(&mut *out, separator, once(label.chain(cells)))?;
                line.clear();
                row += 1;
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use hyperslab_core::{
        Array, Axis, ByteOrder, Dataset, Dimension, DimensionId, Dtype, GroupId, Listing, Section,
        Variable, VariableId,
    };

    use super::super::{Format, Wanted};
    use crate::cf::{CfDataset, Fills};
    use crate::prep::slice;

    /// A field of 2 times, 2 rows and 3 columns with one value missing, and where its rows are.
    fn dataset() -> Dataset {
        let axis = |k: u32, length| Axis { length, dimension: Some(DimensionId(k)) };
        let float = |name: &str, axes: &[Axis]| {
            let dtype = Dtype::float(4, ByteOrder::Little);
            Variable { axes: axes.to_vec(), ..Variable::new(name, GroupId::ROOT, dtype) }
        };
        let dimension = |(name, length): (&str, u64)| Dimension {
            name: name.into(),
            group: GroupId::ROOT,
            length,
            is_unlimited: false,
        };
        let listing = Listing {
            dimensions: [("time", 2), ("lat", 2), ("lon", 3)].map(dimension).to_vec(),
            variables: vec![
                float("tas", &[axis(0, 2), axis(1, 2), axis(2, 3)]),
                float("lat", &[axis(1, 2)]),
            ],
            ..Listing::default()
        };
        let mut dataset = Dataset::default();
        dataset.graft(GroupId::ROOT, listing).unwrap();
        dataset
    }

    fn written(slice: &str, format: Format) -> String {
        let dataset = dataset();
        let variable = &dataset.variables[0];
        let read = |id: VariableId, section: &Section| {
            let values: Vec<f32> = match id {
                VariableId(1) => vec![45.5, -1.0],
                _ => (0..section.element_count()).map(|k| k as f32 + 0.25).collect(),
            };
            Ok(Array { shape: section.shape(), values: values.into() })
        };
        let slice = slice::parse(slice, &variable.shape()).unwrap();
        let meaning = CfDataset::of(&dataset);
        let wanted = Wanted::stored(&dataset, VariableId(0), variable, slice, &read);
        let wanted = wanted.with_meaning(&meaning, Some(Fills::Declared));
        let mut out = Vec::new();
        wanted.write(format, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn two_axes_are_rows_and_columns_with_their_coordinates() {
        let grid = written("1,:,:", Format::CsvGrid);
        assert_eq!(grid, "lat\\lon,0,1,2\n45.5,0.25,1.25,2.25\n-1.0,3.25,4.25,5.25\n");
        let grid = written("1,:,:", Format::TsvGrid);
        assert!(grid.starts_with("lat\\lon\t0\t1\t2\n"), "{grid}");
    }

    #[test]
    fn other_numbers_of_axes_are_a_line_for_each_value() {
        let line = "lat,tas\n45.5,0.25\n-1.0,1.25\n";
        assert_eq!(written("0,:,1", Format::CsvGrid), line);
        let all = written(":,:,:", Format::CsvGrid);
        assert_eq!(all, written(":,:,:", Format::Csv));
        assert!(all.starts_with("time,lat,lon,tas\n0,45.5,0,0.25\n"), "{all}");
    }
}
