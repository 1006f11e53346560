//! The records a file is made of, where its format is a series of them (GRIB's messages).
//!
//! A reader presents such a file as variables; this is the other view of it: a row a record,
//! as the people who made the file know them.

use crate::array::Array;
use crate::context::ReadContext;
use crate::dataset::VariableId;
use crate::error::Result;

/// What a record says under one of its keys.
#[derive(Clone, Debug, PartialEq)]
pub enum RecordValue {
    Integer(i64),
    Real(f64),
    Text(String),
    Bool(bool),
}

/// One record: keys in the order a person reads them. A key that has no meaning for a record is
/// left out.
pub type RecordKeys = Vec<(&'static str, RecordValue)>;

/// Where a record's values lie in a variable: the indices of the leading axes, the rest is the
/// record's grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordPlace {
    pub variable: VariableId,
    pub indices: Vec<u64>,
}

/// The records of an open file. Every method may be called from many threads at once.
pub trait Records: Send + Sync {
    /// How many were found; fixed once the root group was listed.
    fn len(&self) -> usize;

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every key a record of this file can have, in reading order: the columns of a table.
    fn columns(&self) -> &'static [&'static str];

    /// The keys of one record; headers only, no data are decoded.
    ///
    /// # Errors
    /// `Request` for an index that is not there; whatever is wrong with the record.
    fn keys(&self, index: usize, cx: &ReadContext) -> Result<RecordKeys>;

    /// The decoded values of one record in the order they are stored, as 64-bit floats; missing
    /// ones are NaN.
    ///
    /// # Errors
    /// As [`Records::keys`]; `Unsupported` for an encoding that is not read; `Limit`.
    fn values(&self, index: usize, cx: &ReadContext) -> Result<Array>;

    /// Latitude and longitude in degrees of some of the values, by their index in
    /// [`Records::values`]; `None` where the record's grid has no known coordinates.
    ///
    /// # Errors
    /// As [`Records::keys`].
    fn positions(
        &self,
        index: usize,
        points: &[u64],
        cx: &ReadContext,
    ) -> Result<Option<Vec<(f64, f64)>>>;

    /// The variable that shows the record, where one does.
    fn place(&self, index: usize) -> Option<RecordPlace>;
}
