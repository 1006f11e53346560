//! A table whose columns are in several variables.

use hyperslab_core::VariableId;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    pub rows: u64,
    /// The index comes first.
    pub columns: Vec<Column>,
    /// How many of the columns, from the first, are the index.
    pub index_columns: usize,
    /// Names in the order in which the other columns are shown, where that is in the values.
    pub order: Option<VariableId>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub name: ColumnName,
    pub values: ColumnValues,
    pub kind: ColumnKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnName {
    Known(String),
    /// Element `index` of a variable of texts.
    In {
        variable: VariableId,
        index: u64,
    },
}

/// Where the value of a row is.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnValues {
    /// Along the only axis.
    Variable(VariableId),
    /// In this column of a variable of two axes.
    Plane { variable: VariableId, column: u64 },
    /// In a field of a compound, of which it may be one of several values.
    Field { variable: VariableId, field: usize, item: usize },
    /// The part between two pointers in which the row lies: rows of a compressed matrix.
    Between { pointers: VariableId },
    /// Not in the file.
    Texts(Vec<String>),
}

/// How values are shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ColumnKind {
    #[default]
    Plain,
    /// Nanoseconds since 1970 times `per`; the least integer is no time.
    Time { nanoseconds_per_unit: i64 },
    /// Zero is false.
    Bool,
    /// Positions in a list of names, which are of a kind of their own; negative ones are missing.
    Named { names: Box<ColumnValues>, kind: Box<ColumnKind> },
    /// Missing where the mask is not zero.
    Masked { mask: VariableId },
}

impl Column {
    pub fn new(name: impl Into<String>, values: ColumnValues) -> Self {
        Self { name: ColumnName::Known(name.into()), values, kind: ColumnKind::Plain }
    }

    pub fn shown_as(self, kind: ColumnKind) -> Self {
        Self { kind, ..self }
    }

    /// The variable to be read for its values.
    pub fn variable(&self) -> Option<VariableId> {
        match self.values {
            ColumnValues::Variable(id)
            | ColumnValues::Plane { variable: id, .. }
            | ColumnValues::Field { variable: id, .. }
            | ColumnValues::Between { pointers: id } => Some(id),
            ColumnValues::Texts(_) => None,
        }
    }
}
