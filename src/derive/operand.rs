//! What is computed from: a variable of an open file, and how its values are read.

use std::sync::Arc;

use hyperslab_core::{Array, ReadContext, Result, Section, Variable, VariableId};

use crate::cf::{CfDataset, CfVariable};
use crate::engine::store::Opened;
use crate::prep::broadcast::dense_steps;
use crate::prep::geometry::Geometry;
use crate::session::Source;

/// The values of a section, decoded and masked: numbers, NaN where they are missing.
pub type ReadValues = Arc<dyn Fn(&Section, &ReadContext) -> Result<Array> + Send + Sync>;

/// Where the cells of a section lie on the Earth; `None` where nobody knows.
pub type ReadPlaces = Arc<dyn Fn(&Section, &ReadContext) -> Result<Option<Places>> + Send + Sync>;

/// Where cells lie, and along which axes of the variable: rows and columns, or cells.
pub struct Places {
    pub geometry: Geometry,
    pub axes: Vec<usize>,
}

/// The relative areas of the cells of a section, row-major along axes of the variable; `None` where
/// nobody knows.
pub type ReadAreas =
    Arc<dyn Fn(&Section, &ReadContext) -> Result<Option<(Vec<f64>, Vec<usize>)>> + Send + Sync>;

/// How what is shown is read: given by those who know how it is shown.
#[derive(Clone, Copy)]
pub struct Access {
    pub values: fn(&Arc<Opened<CfDataset>>, VariableId, &Source) -> ReadValues,
    pub places: fn(&Arc<Opened<CfDataset>>, VariableId) -> ReadPlaces,
    pub areas: fn(&Arc<Opened<CfDataset>>, VariableId) -> ReadAreas,
}

/// A variable that is computed from.
#[derive(Clone)]
pub struct Operand {
    pub opened: Arc<Opened<CfDataset>>,
    pub id: VariableId,
    /// The file's name, for people.
    pub file: String,
    pub read: ReadValues,
    pub places: ReadPlaces,
    pub areas: ReadAreas,
    pub as_rate: bool,
}

impl Operand {
    pub fn variable(&self) -> Option<&Variable> {
        self.opened.dataset.variable(self.id)
    }

    pub fn cf(&self) -> Option<CfVariable<'_>> {
        self.opened.meaning.variable(&self.opened.dataset, self.id)
    }

    pub fn shape(&self) -> Vec<u64> {
        self.variable().map(Variable::shape).unwrap_or_default()
    }

    /// What is read and decoded at once, where the file is stored in pieces.
    pub fn chunks(&self) -> Option<Vec<u64>> {
        let shape = self.shape();
        let chunks = self.variable()?.storage.chunks.clone()?;
        (chunks.len() == shape.len() && !chunks.contains(&0)).then_some(chunks)
    }

    /// In which numbers are computed: no more digits than were read.
    pub fn float_bytes(&self) -> u8 {
        let found = self.variable().zip(self.cf());
        let fills = crate::cf::Fills::Declared;
        match found {
            Some((variable, cf)) if !self.as_rate => cf.packing(fills).float_bytes(&variable.dtype),
            _ => 8,
        }
    }

    /// Relative areas of the cells of a section, and how they lie along its axes.
    ///
    /// # Errors
    /// Of reading coordinates.
    pub fn area_weights(
        &self,
        section: &Section,
        cx: &ReadContext,
    ) -> Result<Option<(Vec<f64>, Vec<usize>)>> {
        let Some((areas, axes)) = (self.areas)(section, cx)? else { return Ok(None) };
        let count = |axis: &usize| section.ranges.get(*axis).map(|range| range.count as usize);
        let counts: Option<Vec<usize>> = axes.iter().map(count).collect();
        let is_sound = |counts: &Vec<usize>| areas.len() == counts.iter().product::<usize>();
        let Some(counts) = counts.filter(is_sound) else { return Ok(None) };
        let mut steps = vec![0; section.rank()];
        for (axis, step) in axes.iter().zip(dense_steps(&counts)) {
            if let Some(slot) = steps.get_mut(*axis) {
                *slot = step;
            }
        }
        Ok(Some((areas, steps)))
    }

    pub fn units(&self) -> Option<String> {
        let cf = self.cf()?;
        match self.as_rate {
            true => Some(cf.rate_units().0),
            false => cf.units(),
        }
    }

    pub fn name(&self) -> String {
        self.variable().map(|variable| variable.name.clone()).unwrap_or_default()
    }

    pub fn title(&self) -> String {
        let title = self.cf().map(|cf| cf.title()).unwrap_or_default();
        if self.as_rate { format!("{title}, rate") } else { title }
    }

    /// What an axis is called: by its dimension, its coordinate, or its place.
    pub fn axis_name(&self, axis: usize) -> String {
        let axes = self.cf().map(|cf| cf.axes()).unwrap_or_default();
        let found = axes.get(axis);
        let of_coordinate = || {
            let id = found?.coordinate?;
            self.opened.dataset.variable(id).map(|variable| variable.name.clone())
        };
        let name = found.and_then(|axis| axis.name).filter(|name| !name.starts_with("phony_dim"));
        name.map(str::to_owned).or_else(of_coordinate).unwrap_or_else(|| format!("axis {axis}"))
    }
}
