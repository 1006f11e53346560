//! The messages of a file, a row each.

use hyperslab_core::records::{RecordKeys, RecordPlace};
use hyperslab_core::{Array, ReadContext, ReadError, Records, Result, VariableId};

use crate::grids::Grid;
use crate::index::Field;
use crate::keys;

use super::contents::{Content, Contents};
use super::fields;

impl Contents {
    fn record(&self, index: usize) -> Result<&Field> {
        let field = self.index.fields().get(index);
        field.ok_or_else(|| ReadError::request("a message that is not there"))
    }

    /// Of the matrix at each point; 1 where there is a single value.
    fn elements(&self, index: usize) -> u64 {
        let variable = self.variable_of.get(index).and_then(|&at| self.entries.get(at as usize));
        match variable.map(|entry| &entry.content) {
            Some(Content::Fields(fields)) => {
                let axes = fields.cell.iter().rev().take(fields.matrix_axes);
                axes.fold(1, |n: u64, &length| n.saturating_mul(length.max(1)))
            }
            _ => 1,
        }
    }

    fn grid_of(&self, field: &Field) -> Result<&Grid> {
        let grid = self.grid(field.grid);
        let missing = || ReadError::unsupported("the grid of this field").at(field.offset);
        grid.map(|grid| &**grid).ok_or_else(missing)
    }
}

impl Records for Contents {
    fn len(&self) -> usize {
        self.index.fields().len()
    }

    fn columns(&self) -> &'static [&'static str] {
        keys::COLUMNS
    }

    fn keys(&self, index: usize, cx: &ReadContext) -> Result<RecordKeys> {
        cx.check()?;
        keys::keys(&self.index, index, self.record(index)?)
    }

    fn values(&self, index: usize, cx: &ReadContext) -> Result<Array> {
        cx.check()?;
        let field = self.record(index)?;
        let grid = self.grid_of(field)?;
        cx.limits.claim_array(grid.points(), 8)?;
        let values: Vec<f64> =
            fields::coded(self, field, grid, cx).map_err(|error| fields::named(error, field))?;
        Ok(Array::vector(values.into()))
    }

    fn positions(
        &self,
        index: usize,
        points: &[u64],
        cx: &ReadContext,
    ) -> Result<Option<Vec<(f64, f64)>>> {
        cx.check()?;
        let elements = self.elements(index);
        let points: Vec<u64> = points.iter().map(|point| point / elements).collect();
        self.grid_of(self.record(index)?)?.positions(&points)
    }

    fn place(&self, index: usize) -> Option<RecordPlace> {
        let variable = *self.variable_of.get(index)?;
        let Content::Fields(fields) = &self.entries.get(variable as usize)?.content else {
            return None;
        };
        let place = fields.places.iter().find(|place| place.field as usize == index)?;
        let used = place.indices.iter().take(fields.leading.len());
        let indices = used.map(|&index| u64::from(index)).collect();
        Some(RecordPlace { variable: VariableId(variable), indices })
    }
}
