//! The contract between a format and everybody else.
//!
//! It is what netCDF-Java calls an IOSP, made for threads: every method takes `&self`, may
//! be called from many threads at once, reports progress and can be cancelled through the
//! [`ReadContext`]. `testkit::contract` checks what is promised here on every fixture.

use std::sync::Arc;

use crate::array::Array;
use crate::context::ReadContext;
use crate::dataset::{GroupId, Listing, VariableId};
use crate::error::Result;
use crate::options::Choice;
use crate::records::Records;
use crate::section::Section;
use crate::source::Source;

/// How sure a probe is. The highest wins; between equals the file's extension decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    No,
    /// The bytes fit, but they would fit other things too.
    Maybe,
    /// A signature of this format alone.
    Certain,
}

/// What a format is and how it is opened. One constant a format, named in `hyperslab-all`.
pub struct Format {
    /// Lower case, for scripts: `netcdf3`.
    pub id: &'static str,
    /// For people: `NetCDF classic`.
    pub name: &'static str,
    /// Without the dot, the usual one first.
    pub extensions: &'static [&'static str],
    pub mime: &'static [&'static str],
    /// Names of the compressions it reads.
    pub codecs: &'static [&'static str],
    /// What the reader leaves to choose (`ReadContext::options`).
    pub choices: &'static [Choice],
    /// Looks at the bytes, never at the name. Stateless and fast: it reads a few hundred bytes.
    ///
    /// # Errors
    /// Only those of the source; bytes that do not fit are `Ok(Confidence::No)`.
    pub probe: fn(&dyn Source, &ReadContext) -> Result<Confidence>,
    /// Reads as little as `list` of the root needs.
    pub open: Open,
}

/// Opens a source whose bytes are of the format.
pub type Open = fn(Arc<dyn Source>, &ReadContext) -> Result<Box<dyn Reader>>;

/// One open file.
pub trait Reader: Send + Sync {
    /// What the file says it is, for people and scripts: `CDF-2`, `NetCDF-4`.
    fn format_name(&self) -> &str;

    /// The data model it keeps to within its format: NetCDF-4's `classic` or `enhanced`.
    fn model(&self) -> Option<&'static str> {
        None
    }

    /// A writer says it is at work on the file: what is news should be shown without being
    /// asked for.
    fn is_being_written(&self) -> bool {
        false
    }

    /// A further file that belongs to this one (a virtual source, say) was written to since it
    /// was opened. Cheap, but asks the operating system.
    fn has_news(&self) -> bool {
        false
    }

    /// What is in `group`, itself excepted. Called once for every group, parents first, by one
    /// thread at a time; ids follow from the order of these calls (see [`Listing`]). Flat
    /// formats answer all at once for the root.
    fn list(&self, group: GroupId, cx: &ReadContext) -> Result<Listing>;

    /// The last listing ran out of the context's patience: there is more in the file.
    fn is_partial(&self) -> bool {
        false
    }

    /// A reader that knows more than one that [`Reader::is_partial`], and is listed anew; this one
    /// goes on to answer for what it listed. `None` when there is no more.
    ///
    /// # Errors
    /// As `list`.
    fn continued(&self, cx: &ReadContext) -> Result<Option<Box<dyn Reader>>> {
        cx.check()?;
        Ok(None)
    }

    /// The stored values of a section, in native byte order, nothing scaled or masked.
    ///
    /// The result has the section's shape. Values the file should hold but does not (it is
    /// cut short) are an error, never a valid number.
    ///
    /// # Errors
    /// `Request` for an id that was not listed or a section outside the shape; `Limit` when
    /// the result would be larger than `cx.limits` allows; whatever is wrong with the file.
    fn read(&self, variable: VariableId, section: &Section, cx: &ReadContext) -> Result<Array>;

    /// The file as the series of records it is, for formats that are one. Known once the root
    /// was listed.
    fn records(&self) -> Option<&dyn Records> {
        None
    }
}
