//! Values in long form: a line for each, with a column for each axis and one for the value. A
//! column holds the values of the coordinate along its axis where there is one, else indices.
//!
//! Compounds along at most one axis are a table of their own: a column for each field.

use std::iter::once;

use hyperslab_core::{Range, Section, Variable, VariableId};

use super::super::decoder::Decoder;
use super::super::failure::Outcome;
use super::super::opened::Opened;
use super::super::output::Output;
use super::Wanted;
use super::cells::{Cells, Texts};
use crate::cf::text_axis;
use crate::export::csv;
use crate::prep::fields::field_columns;

pub(super) fn write(wanted: &Wanted<'_>, out: &mut Output) -> Outcome {
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
    csv::write(&mut *out, once(names.chain(value_names)))?;
    let mut values: Vec<Texts> = Vec::new();
    values.resize_with(fields.len().max(1), Texts::default);
    wanted.for_each_block(|section, stored| {
        for column in &mut columns {
            column.load(wanted.opened, section)?;
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
        Ok(csv::write(&mut *out, rows)?)
    })
}

/// What is written for one axis.
struct Column<'a> {
    axis: usize,
    name: String,
    coordinate: Option<Coordinate<'a>>,
    /// Where `texts` are from.
    range: Option<Range>,
    texts: Texts,
}

struct Coordinate<'a> {
    id: VariableId,
    variable: &'a Variable,
    decoder: Decoder,
    /// So many chars are one value.
    string_len: Option<u64>,
}

impl<'a> Column<'a> {
    fn of(wanted: &Wanted<'a>, axis: usize) -> Self {
        let dataset = &wanted.opened.dataset;
        let found = wanted.cf.variable(dataset, wanted.id);
        let axes = found.map(|variable| variable.axes()).unwrap_or_default();
        let along = axes.get(axis).and_then(|axis| axis.coordinate);
        let coordinate = along.filter(|&id| id != wanted.id).and_then(|id| {
            let variable = dataset.variable(id)?;
            let decoder = wanted.decoder_of(id, variable);
            let string_len = text_axis(variable)
                .and_then(|axis| variable.axes.get(axis))
                .map(|axis| axis.length);
            Some(Coordinate { id, variable, decoder, string_len })
        });
        let dimension = wanted.variable.axes.get(axis).and_then(|a| dataset.dimension_name(a));
        let name = match (&coordinate, dimension) {
            (Some(coordinate), _) => coordinate.variable.name.clone(),
            // A coordinate along itself.
            (None, Some(dimension)) if dimension == wanted.variable.name => "index".into(),
            (None, Some(dimension)) => dimension.to_owned(),
            (None, None) => format!("axis{axis}"),
        };
        Self { axis, name, coordinate, range: None, texts: Texts::default() }
    }

    /// Texts for the part of the axis that a block covers.
    fn load(&mut self, opened: &Opened, block: &Section) -> Outcome {
        let Some(&range) = block.ranges.get(self.axis) else { return Ok(()) };
        if self.range == Some(range) {
            return Ok(());
        }
        match &self.coordinate {
            None => self.texts = (0..range.count).map(|k| range.index(k).to_string()).collect(),
            Some(Coordinate { id, variable, decoder, string_len }) => {
                let chars = string_len.map(|len| Range::new(0, len));
                let section = Section::new([range].into_iter().chain(chars).collect::<Vec<_>>());
                let cells = Cells { variable, decoder, string_len: *string_len };
                cells.fill(&mut self.texts, &opened.read(*id, &section)?, "");
            }
        }
        self.range = Some(range);
        Ok(())
    }
}
