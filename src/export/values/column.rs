//! What stands along an axis, as the texts of a column: the values of its coordinate where there
//! is one, else indices.

use hyperslab_core::{Range, Section, Variable, VariableId};

use super::cells::{Cells, Texts};
use super::{Decoder, Result, Wanted};
use crate::cf::text_axis;

/// What is written for one axis.
pub(super) struct Column<'a> {
    pub(super) axis: usize,
    pub(super) name: String,
    coordinate: Option<Coordinate<'a>>,
    /// Where `texts` are from.
    range: Option<Range>,
    pub(super) texts: Texts,
}

struct Coordinate<'a> {
    id: VariableId,
    variable: &'a Variable,
    decoder: Decoder,
    /// So many chars are one value.
    string_len: Option<u64>,
}

impl<'a> Column<'a> {
    pub(super) fn of(wanted: &Wanted<'a>, axis: usize) -> Self {
        let dataset = wanted.dataset;
        let found = wanted.meaning.and_then(|meaning| meaning.variable(dataset, wanted.id));
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
    pub(super) fn load(&mut self, wanted: &Wanted<'_>, block: &Section) -> Result {
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
                cells.fill(&mut self.texts, &(wanted.read)(*id, &section)?, "");
            }
        }
        self.range = Some(range);
        Ok(())
    }
}
