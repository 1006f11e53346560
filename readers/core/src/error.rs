//! What can go wrong while reading, said so that a person can act on it.
//!
//! The kinds are different news: a malformed file will not get better, a truncated one may
//! be fetched again, a limit may be lifted. Lower layers never know the path of the file;
//! whoever opened it adds it with [`ReadError::in_file`].

use std::fmt;

pub type Result<T, E = ReadError> = std::result::Result<T, E>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// No reader recognises the bytes.
    UnknownFormat,
    /// The bytes contradict the format's specification.
    Malformed,
    /// The file ends before what it announces.
    Truncated,
    /// Valid, but a feature we do not read.
    Unsupported,
    /// Reading would exceed one of [`crate::Limits`].
    Limit,
    /// The file was replaced, shortened or removed after it was opened.
    Changed,
    /// Whoever asked no longer wants the answer.
    Cancelled,
    /// The operating system refused.
    Io,
    /// The caller asked for something that is not there (a foreign id, a section out of bounds).
    Request,
    /// A fault in this program, not in the file.
    Bug,
}

/// One line for a person: what kind of trouble, what exactly, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    kind: ErrorKind,
    message: String,
    offset: Option<u64>,
    object: Option<String>,
    file: Option<String>,
}

impl ReadError {
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), offset: None, object: None, file: None }
    }

    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Malformed, message)
    }

    pub fn truncated(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Truncated, message)
    }

    pub fn unsupported(feature: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unsupported, feature)
    }

    pub fn request(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Request, message)
    }

    pub fn cancelled() -> Self {
        Self::new(ErrorKind::Cancelled, "cancelled")
    }

    pub fn io(doing: &str, error: &std::io::Error) -> Self {
        Self::new(ErrorKind::Io, format!("{doing}: {error}"))
    }

    /// The same trouble as news of another kind: what ends early inside a file that does not is
    /// malformed.
    #[must_use]
    pub fn of_kind(mut self, kind: ErrorKind) -> Self {
        self.kind = kind;
        self
    }

    /// Adds the byte offset in the file, unless a deeper layer already did.
    #[must_use]
    pub fn at(mut self, offset: u64) -> Self {
        self.offset.get_or_insert(offset);
        self
    }

    /// Adds the object concerned (`variable "tas"`), unless a deeper layer already did.
    #[must_use]
    pub fn in_object(mut self, object: impl Into<String>) -> Self {
        self.object.get_or_insert_with(|| object.into());
        self
    }

    /// Adds the name of the file, unless it is already there.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.file.get_or_insert_with(|| file.into());
        self
    }

    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    pub fn offset(&self) -> Option<u64> {
        self.offset
    }

    pub fn object(&self) -> Option<&str> {
        self.object.as_deref()
    }

    pub fn is_cancelled(&self) -> bool {
        self.kind == ErrorKind::Cancelled
    }

    /// The line without the file's name, for places where the file is already named.
    pub fn what(&self) -> String {
        let mut line = String::new();
        if let Some(object) = &self.object {
            line.push_str(object);
            line.push_str(": ");
        }
        let label = match self.kind {
            ErrorKind::Malformed => "malformed: ",
            ErrorKind::Truncated => "truncated: ",
            ErrorKind::Unsupported => "not supported: ",
            ErrorKind::Limit => "over a limit: ",
            ErrorKind::Bug => "a fault in hyperslab, please report it: ",
            _ => "",
        };
        line.push_str(label);
        line.push_str(&self.message);
        if let Some(offset) = self.offset {
            line.push_str(&format!(" (at byte {offset})"));
        }
        line
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "{file}: {}", self.what()),
            None => f.write_str(&self.what()),
        }
    }
}

impl std::error::Error for ReadError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_names_file_object_kind_and_offset() {
        let error = ReadError::malformed("tag 13 where a list should begin")
            .at(80)
            .in_object("variable list")
            .in_file("a.nc");
        assert_eq!(
            error.to_string(),
            "a.nc: variable list: malformed: tag 13 where a list should begin (at byte 80)"
        );
    }

    #[test]
    fn the_deepest_layer_knows_best_where_it_happened() {
        let error = ReadError::truncated("x").at(7).at(9).in_object("a").in_object("b");
        assert_eq!((error.offset(), error.object()), (Some(7), Some("a")));
    }
}
