//! The data model every format is read into, and the contract a format's reader fulfils.
//!
//! The words are those of Unidata's Common Data Model (group, variable, dimension,
//! attribute, section). Nothing here knows a file format, a window or a thread.
#![forbid(unsafe_code)]

pub mod array;
pub mod chunk_cache;
pub mod chunks;
pub mod context;
pub mod cursor;
pub mod dataset;
pub mod dtype;
pub mod error;
pub mod formats;
pub mod limits;
pub mod options;
pub mod reader;
pub mod records;
pub mod reference;
pub mod section;
pub mod source;

pub use array::{Array, Buffer, Number};
pub use chunk_cache::ChunkCache;
pub use context::{CancelFlag, Progress, ReadContext};
pub use cursor::Cursor;
pub use dataset::{
    Attribute, Axis, ChildGroup, Dataset, Dimension, DimensionId, Group, GroupId, Link, LinkTarget,
    Listing, NamedType, Storage, Variable, VariableId,
};
pub use dtype::{ByteOrder, Dtype};
pub use error::{ErrorKind, ReadError, Result};
pub use formats::Formats;
pub use limits::Limits;
pub use options::{Choice, ReaderOptions, Values};
pub use reader::{Confidence, Format, Reader};
pub use records::{RecordKeys, RecordPlace, RecordValue, Records};
pub use reference::{Reference, Region};
pub use section::{Range, Section};
pub use source::{Blob, MemorySource, Source};
