//! One computed variable with its coordinates: a reader of a single group.

use std::sync::Arc;

use hyperslab_all::OpenFile;
use hyperslab_core::{
    Array, Dataset, GroupId, Listing, MemorySource, ReadContext, ReadError, Reader, Result,
    Section, Variable, VariableId,
};

use super::compare::Compared;
use super::outline::{Column, Outline, floats};
use super::reduced::{Reduced, anomaly};
use crate::cf::CfDataset;
use crate::engine::store::Opened;

/// How the values come about.
pub enum Values {
    Reduced(Reduced),
    /// Values of the operand less the mean of this.
    Anomaly(Reduced),
    Compared(Box<Compared>),
    /// It cannot be computed (any more): why.
    Nothing(ReadError),
}

/// What is known of a result: its structure and where its values come from.
pub struct Computation {
    pub outline: Outline,
    pub values: Values,
    pub float_bytes: u8,
}

impl Computation {
    /// A variable that says why it has no values.
    pub fn nothing(name: &str, error: ReadError) -> Self {
        let mut variable = Variable::new(name, GroupId::ROOT, hyperslab_core::Dtype::Char);
        variable.is_null = true;
        variable.error = Some(error.clone());
        let outline = Outline {
            dimensions: Vec::new(),
            variables: vec![variable],
            columns: vec![Column::Values],
        };
        Self { outline, values: Values::Nothing(error), float_bytes: 8 }
    }

    pub fn read(&self, variable: usize, section: &Section, cx: &ReadContext) -> Result<Array> {
        let unknown = || ReadError::request("a variable that was not listed");
        let column = self.outline.columns.get(variable).ok_or_else(unknown)?;
        let shape = self.outline.variables.get(variable).ok_or_else(unknown)?.shape();
        section.check(&shape)?;
        match (column, &self.values) {
            (Column::Copied { .. }, _) => column.read_copied(section, cx),
            (_, Values::Nothing(error)) => Err(error.clone()),
            (Column::Values, Values::Reduced(reduced)) => {
                let piece = reduced.read(section, cx)?;
                Ok(floats(section.shape(), piece.values, self.float_bytes))
            }
            (Column::Counts, Values::Reduced(reduced)) => {
                let piece = reduced.read(section, cx)?;
                Ok(Array { shape: section.shape(), values: piece.counts.into() })
            }
            (Column::Values, Values::Anomaly(mean)) => anomaly(mean, section, self.float_bytes, cx),
            (Column::Values, Values::Compared(compared)) => {
                let values = compared.read(section, cx)?;
                Ok(floats(section.shape(), values, self.float_bytes))
            }
            (Column::Counts, _) => Err(unknown()),
        }
    }

    /// As a file of its own: what other results are computed from.
    pub fn opened(self: &Arc<Self>, name: &str) -> Result<Arc<Opened<CfDataset>>> {
        let reader = Box::new(Alone(self.clone()));
        let source = Arc::new(MemorySource::new(Vec::new()));
        let file = OpenFile::with_reader(name, FORMAT_NAME, reader, source);
        let mut dataset = Dataset::default();
        dataset.graft(GroupId::ROOT, file.list(GroupId::ROOT, &ReadContext::default())?)?;
        let meaning = CfDataset::of(&dataset);
        Ok(Arc::new(Opened { file: Arc::new(file), dataset, meaning, is_complete: true }))
    }
}

pub const FORMAT_NAME: &str = "computed here";

struct Alone(Arc<Computation>);

impl Reader for Alone {
    fn format_name(&self) -> &str {
        FORMAT_NAME
    }

    fn list(&self, _: GroupId, _: &ReadContext) -> Result<Listing> {
        let Outline { dimensions, variables, .. } = self.0.outline.clone();
        Ok(Listing { dimensions, variables, ..Listing::default() })
    }

    fn read(&self, variable: VariableId, section: &Section, cx: &ReadContext) -> Result<Array> {
        self.0.read(variable.index(), section, cx)
    }
}
