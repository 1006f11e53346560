//! The structure of a result: its dimensions, its variable, and with it the coordinates, bounds
//! and grid mapping of what it was computed from.

use std::sync::Arc;

use hyperslab_core::{
    Array, Attribute, Axis, Buffer, ByteOrder, Dimension, DimensionId, Dtype, GroupId, Range,
    ReadContext, ReadError, Result, Section, Variable, VariableId,
};

use super::operand::Operand;
use super::picked::{Pick, picked};
use crate::cf::{CfDataset, text_axis};
use crate::engine::store::Opened;

/// One axis of a result.
#[derive(Clone, Debug)]
pub struct OutAxis {
    pub name: String,
    pub length: u64,
    /// The axis of an operand whose coordinates it has.
    pub of: (usize, usize),
    /// Which indices of that axis.
    pub pick: Pick,
}

/// What a variable of a result is read from.
#[derive(Clone)]
pub enum Column {
    /// The result itself.
    Values,
    /// How many values went into each cell of it.
    Counts,
    /// A variable of the operand's file, as it is stored there.
    Copied { opened: Arc<Opened<CfDataset>>, id: VariableId, picks: Vec<Pick> },
}

impl Column {
    /// Reads what was copied.
    pub fn read_copied(&self, section: &Section, cx: &ReadContext) -> Result<Array> {
        let Self::Copied { opened, id, picks } = self else {
            return Err(ReadError::request("a value that is computed is not copied"));
        };
        picked(&|section, cx| opened.file.read(*id, section, cx), picks, section, cx)
    }
}

/// Dimensions and variables, ids counted from 0; the first variable is the result.
#[derive(Clone, Default)]
pub struct Outline {
    pub dimensions: Vec<Dimension>,
    pub variables: Vec<Variable>,
    pub columns: Vec<Column>,
}

/// The words and numbers that make the result's variable.
pub struct Described {
    pub name: String,
    pub title: String,
    pub units: Option<String>,
    pub standard_name: Option<String>,
    pub cell_methods: Option<String>,
    /// Where it comes from and what had to be done.
    pub comment: String,
    pub float_bytes: u8,
}

impl Outline {
    /// A result on these axes. Auxiliary coordinates are those of the first operand.
    pub fn new(operands: &[Operand], axes: &[OutAxis], described: Described) -> Self {
        let mut outline = Self::default();
        let mut own_axes = Vec::with_capacity(axes.len());
        for axis in axes {
            let name = outline.free_name(&axis.name);
            own_axes.push(outline.add_dimension(name, axis.length));
        }
        let dtype = Dtype::float(described.float_bytes, ByteOrder::Little);
        let variable = Variable {
            axes: own_axes,
            attributes: attributes(&described),
            ..Variable::new(described.name, GroupId::ROOT, dtype)
        };
        outline.push(variable, Column::Values);
        for at in 0..axes.len() {
            outline.add_coordinate(operands, axes, at);
        }
        outline.add_auxiliaries(operands, axes);
        outline
    }

    /// How many values went into each cell, as a variable beside the result.
    pub fn add_counts(&mut self) {
        let Some(result) = self.variables.first() else { return };
        let mut variable = Variable {
            axes: result.axes.clone(),
            ..Variable::new("count", GroupId::ROOT, Dtype::uint(4, ByteOrder::Little))
        };
        variable.attributes = vec![
            text("long_name", "number of values"),
            text("standard_name", "number_of_observations"),
        ];
        let name = self.free_name("count");
        variable.name.clone_from(&name);
        self.push(variable, Column::Counts);
        self.describe("ancillary_variables", &name);
    }

    fn push(&mut self, variable: Variable, column: Column) {
        self.variables.push(variable);
        self.columns.push(column);
    }

    fn describe(&mut self, name: &str, value: &str) {
        if let Some(result) = self.variables.first_mut() {
            result.attributes.push(text(name, value));
        }
    }

    fn add_dimension(&mut self, name: String, length: u64) -> Axis {
        let id = DimensionId(u32::try_from(self.dimensions.len()).unwrap_or(u32::MAX));
        self.dimensions.push(Dimension { name, group: GroupId::ROOT, length, is_unlimited: false });
        Axis { length, dimension: Some(id) }
    }

    fn free_name(&self, wanted: &str) -> String {
        let is_taken = |name: &str| {
            self.dimensions.iter().any(|dimension| dimension.name == name)
                || self.variables.iter().any(|variable| variable.name == name)
        };
        let numbered = (2..).map(|k: u32| format!("{wanted}_{k}"));
        let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
        names.find(|name| !is_taken(name)).unwrap_or_default()
    }

    /// The coordinate along an axis, called as the dimension is, and its bounds.
    fn add_coordinate(&mut self, operands: &[Operand], axes: &[OutAxis], at: usize) {
        let Some((axis, operand)) =
            axes.get(at).and_then(|axis| Some((axis, operands.get(axis.of.0)?)))
        else {
            return;
        };
        let found = operand.cf().map(|cf| cf.axes()).unwrap_or_default();
        let coordinate = found.get(axis.of.1).and_then(|axis| axis.coordinate);
        let Some((id, coordinate)) =
            coordinate.and_then(|id| Some((id, operand.opened.dataset.variable(id)?)))
        else {
            return;
        };
        // A coordinate of several axes of its own is none along one.
        let rank = text_axis(coordinate).unwrap_or(coordinate.rank());
        let fits = coordinate.axes.first().is_some_and(|own| {
            operand.shape().get(axis.of.1).is_some_and(|&length| length == own.length)
        });
        if rank != 1 || !fits {
            return;
        }
        let name = self.dimensions.get(at).map(|d| d.name.clone()).unwrap_or_default();
        let place = (self.axis(at), axis.pick.clone());
        self.copy(operand, id, name, &|own| (own == 0).then(|| place.clone()));
    }

    fn axis(&self, at: usize) -> Axis {
        let dimension = u32::try_from(at).ok().map(DimensionId);
        Axis { length: self.dimensions.get(at).map_or(0, |d| d.length), dimension }
    }

    /// Coordinates of several axes or of none, and the grid mapping.
    fn add_auxiliaries(&mut self, operands: &[Operand], axes: &[OutAxis]) {
        let Some((operand, cf)) = operands.first().and_then(|of| Some((of, of.cf()?))) else {
            return;
        };
        let dataset = &operand.opened.dataset;
        let own_axes = operand.variable().map(|v| v.axes.clone()).unwrap_or_default();
        let place_of = |dimension: Option<DimensionId>| {
            let own =
                own_axes.iter().position(|a| a.dimension.is_some() && a.dimension == dimension)?;
            let at = axes.iter().position(|axis| axis.of == (0, own))?;
            Some((at, axes.get(at)?.pick.clone()))
        };
        let mut names = Vec::new();
        for &id in cf.auxiliaries() {
            let Some(variable) = dataset.variable(id) else { continue };
            let rank = text_axis(variable).unwrap_or(variable.rank());
            let data_axes = variable.axes.get(..rank).unwrap_or_default();
            let places: Option<Vec<(usize, Pick)>> =
                data_axes.iter().map(|axis| place_of(axis.dimension)).collect();
            let Some(places) = places else { continue };
            let name = self.free_name(&variable.name);
            let places: Vec<(Axis, Pick)> =
                places.into_iter().map(|(at, pick)| (self.axis(at), pick)).collect();
            self.copy(operand, id, name.clone(), &|own| places.get(own).cloned());
            names.push(name);
        }
        if !names.is_empty() {
            self.describe("coordinates", &names.join(" "));
        }
        if let Some(id) = cf.grid_mapping() {
            let name = dataset.variable(id).map(|v| v.name.clone()).unwrap_or_default();
            let name = self.free_name(&name);
            self.copy(operand, id, name.clone(), &|_| None);
            self.describe("grid_mapping", &name);
        }
    }

    /// A variable of the operand's file and its bounds. `place` says which axis of the result one
    /// of its axes is; the others get dimensions of their own.
    fn copy(
        &mut self,
        operand: &Operand,
        id: VariableId,
        name: String,
        place: &dyn Fn(usize) -> Option<(Axis, Pick)>,
    ) {
        let Some(variable) = operand.opened.dataset.variable(id) else { return };
        let mut copied = variable.clone();
        copied.name.clone_from(&name);
        copied.group = GroupId::ROOT;
        copied.alias_of = None;
        copied.storage = Default::default();
        copied.attributes.retain(|attribute| !REFERENCES.contains(&attribute.name.as_str()));
        let mut picks = Vec::with_capacity(variable.rank());
        copied.axes.clear();
        for (own, axis) in variable.axes.iter().enumerate() {
            let (axis, pick) = place(own).unwrap_or_else(|| {
                let name = self.free_name(&format!("{name}_{own}"));
                (self.add_dimension(name, axis.length), Pick::From(0))
            });
            copied.axes.push(axis);
            picks.push(pick);
        }
        let bounds = operand.opened.meaning.bounds(id).filter(|bounds| !bounds.is_climatology);
        let bounds_name = bounds.map(|_| self.free_name(&format!("{name}_bounds")));
        if let Some(bounds) = &bounds_name {
            copied.attributes.push(text("bounds", bounds));
        }
        self.push(copied, Column::Copied { opened: operand.opened.clone(), id, picks });
        if let Some((bounds, name)) = bounds.zip(bounds_name) {
            self.copy(operand, bounds.variable, name, place);
        }
    }
}

/// Attributes that name variables that are not copied.
const REFERENCES: [&str; 12] = [
    "bounds",
    "climatology",
    "coordinates",
    "ancillary_variables",
    "formula_terms",
    "grid_mapping",
    "cell_measures",
    "DIMENSION_LIST",
    "REFERENCE_LIST",
    "CLASS",
    "NAME",
    "_Netcdf4Dimid",
];

fn attributes(described: &Described) -> Vec<Attribute> {
    let words = [
        ("long_name", Some(described.title.as_str())),
        ("standard_name", described.standard_name.as_deref()),
        ("units", described.units.as_deref()),
        ("cell_methods", described.cell_methods.as_deref()),
        ("comment", Some(described.comment.as_str())),
    ];
    words
        .into_iter()
        .filter_map(|(name, value)| Some(text(name, value.filter(|value| !value.is_empty())?)))
        .collect()
}

fn text(name: &str, value: &str) -> Attribute {
    Attribute::new(name, Dtype::Char, Array::text(value))
}

/// An array of the result's type.
pub fn floats(shape: Vec<u64>, values: Vec<f64>, float_bytes: u8) -> Array {
    let values = match float_bytes {
        4 => Buffer::F32(values.into_iter().map(|value| value as f32).collect()),
        _ => Buffer::F64(values),
    };
    Array { shape, values }
}

/// The whole of a result's axes as a section of the operand they are of.
pub fn lengths(section: &Section) -> Vec<usize> {
    let length = |range: &Range| usize::try_from(range.count).unwrap_or(usize::MAX);
    section.ranges.iter().map(length).collect()
}
