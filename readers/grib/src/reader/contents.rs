//! What was found in a file, as variables: each with what its values come from.

use std::sync::Arc;

use hyperslab_core::{
    Array, Attribute, Dimension, Listing, ReadContext, ReadError, Result, Section, Source,
    Variable, VariableId,
};

use crate::cubes::Place;
use crate::grids::unstructured::Beside;
use crate::grids::{Grid, gaussian};
use crate::index::Index;

use super::coordinates::Plane;
use super::{attributes, coordinates, fields, section, variables};

/// Where a variable's values come from.
pub enum Content {
    Fields(FieldVariable),
    /// Coordinates that are there from the start.
    Values(Array),
    /// What rows or columns have, worked out when asked for.
    Axis {
        grid: Arc<Grid>,
        plane: Plane,
    },
    /// Latitudes of the Gaussian grid of 2N rows.
    Gaussian {
        n: u32,
    },
    /// Worked out of a grid for every point when asked for.
    Plane {
        grid: Arc<Grid>,
        rank: u32,
        plane: Plane,
    },
}

/// How a field is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// As its grid presents it.
    Grid,
    /// Coefficients worked out into a Gaussian grid of 2N rows and 4N columns.
    Synthesised { n: u32 },
}

pub struct FieldVariable {
    pub places: Arc<[Place]>,
    /// Lengths of the leading dimensions.
    pub leading: Vec<u64>,
    /// Shape of one field.
    pub cell: Vec<u64>,
    /// So many of the last axes of that are those of a matrix at each point.
    pub matrix_axes: usize,
    pub is_double: bool,
    pub shown: Shown,
}

pub struct Entry {
    pub variable: Variable,
    pub content: Content,
}

/// All of a file, or what is known of it so far.
pub struct Contents {
    pub index: Arc<Index>,
    pub source: Arc<dyn Source>,
    /// Of the file, for chunks that are kept.
    pub number: u64,
    pub is_partial: bool,
    /// By the numbers fields have for grids; `None` where a grid cannot be read.
    pub grids: Vec<Option<Arc<Grid>>>,
    pub entries: Vec<Entry>,
    pub dimensions: Vec<Dimension>,
    /// The variable of each field; `u32::MAX` for none.
    pub variable_of: Vec<u32>,
    attributes: Vec<Attribute>,
    notes: Vec<String>,
}

impl Contents {
    /// Sorts what a scan found.
    ///
    /// # Errors
    /// `Limit`; `Cancelled`.
    pub fn of(
        index: Arc<Index>,
        beside: Beside,
        number: u64,
        is_partial: bool,
        cx: &ReadContext,
    ) -> Result<Self> {
        let built = variables::build(&index, &beside, cx)?;
        let edition = index.format_name();
        Ok(Self {
            source: beside.source,
            number,
            is_partial,
            grids: built.grids,
            entries: built.entries,
            dimensions: built.dimensions,
            variable_of: built.variable_of,
            attributes: vec![
                attributes::text("Conventions", "CF-1.11"),
                attributes::text("source_format", edition),
            ],
            notes: built.notes,
            index,
        })
    }

    pub fn listing(&self, cx: &ReadContext) -> Listing {
        for note in &self.notes {
            cx.note(note);
        }
        Listing {
            attributes: self.attributes.clone(),
            dimensions: self.dimensions.clone(),
            variables: self.entries.iter().map(|entry| entry.variable.clone()).collect(),
            error: self.index.damage().filter(|_| !self.is_partial),
            ..Listing::default()
        }
    }

    pub fn read(&self, id: VariableId, section: &Section, cx: &ReadContext) -> Result<Array> {
        let entry = self.entries.get(id.index());
        let entry = entry.ok_or_else(|| ReadError::request("a variable that was not listed"))?;
        section.check(&entry.variable.shape())?;
        let read = match &entry.content {
            Content::Fields(fields) => fields::read(self, fields, section, cx),
            Content::Values(values) => section::of_values(values, section, cx),
            Content::Axis { grid, plane } => coordinates::axis(grid, *plane, section, cx),
            Content::Gaussian { n } => {
                let latitudes = gaussian::latitudes(*n)?.to_vec();
                section::of_values(&Array::vector(latitudes.into()), section, cx)
            }
            Content::Plane { grid, rank, plane } => {
                self.read_plane(grid, *rank, *plane, section, cx)
            }
        };
        read.map_err(|error| error.in_object(format!("/{}", entry.variable.name)))
    }

    pub fn grid(&self, grid: u32) -> Option<&Arc<Grid>> {
        self.grids.get(grid as usize)?.as_ref()
    }
}
