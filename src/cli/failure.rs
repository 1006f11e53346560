//! How a subcommand ends when it does not end well: one line on stderr and an exit status.

use std::any::Any;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use hyperslab_core::{ErrorKind, ReadError};

use crate::export::escape::escaped;
use crate::export::values::WriteError;

/// The file, or a part of it, could not be read.
pub const NOT_READ: u8 = 1;
pub const WRONG_USAGE: u8 = 2;

pub type Outcome<T = ()> = Result<T, Failure>;

#[derive(Debug)]
pub enum Failure {
    /// The file, or `parts` of its objects, could not be read; the error is the first one.
    Read { error: ReadError, parts: usize },
    /// The command line does not fit the file: a slice outside the shape.
    Usage(String),
    /// The answer could not be written.
    Write { to: String, error: io::Error },
}

impl Failure {
    pub fn usage(file: &str, what: impl std::fmt::Display) -> Self {
        Self::Usage(format!("{file}: {what}"))
    }

    pub fn write(to: &Path, error: io::Error) -> Self {
        Self::Write { to: to.display().to_string(), error }
    }

    pub fn from_panic(panic: &(dyn Any + Send)) -> Self {
        bug(panic).into()
    }

    #[must_use]
    pub fn in_file(self, name: impl Into<String>) -> Self {
        match self {
            Self::Read { error, parts } => Self::Read { error: error.in_file(name), parts },
            other => other,
        }
    }

    /// Tells the user, and gives the status to end with.
    pub fn report(self) -> ExitCode {
        let (line, status) = match self {
            // The reader of our output has seen enough: `| head`.
            Self::Write { error, .. } if error.kind() == io::ErrorKind::BrokenPipe => {
                return ExitCode::SUCCESS;
            }
            Self::Write { to, error } => (format!("{to}: cannot be written: {error}"), NOT_READ),
            Self::Usage(line) => (line, WRONG_USAGE),
            Self::Read { error, parts } => match parts.saturating_sub(1) {
                0 => (error.to_string(), NOT_READ),
                1 => (format!("{error} (and 1 more object cannot be read)"), NOT_READ),
                more => (format!("{error} (and {more} more objects cannot be read)"), NOT_READ),
            },
        };
        // Unlike `eprintln`, which panics when nobody can be told.
        let _ = writeln!(io::stderr(), "{}", escaped(&line));
        ExitCode::from(status)
    }
}

/// Objects that cannot be read: the first one's error is the one told.
#[derive(Default)]
pub struct Unreadable {
    first: Option<ReadError>,
    parts: usize,
}

impl Unreadable {
    pub fn add(&mut self, error: ReadError) {
        self.parts += 1;
        self.first.get_or_insert(error);
    }

    /// Adds what a later part found.
    pub fn merge(&mut self, later: Self) {
        self.parts += later.parts;
        self.first = self.first.take().or(later.first);
    }

    pub fn result(self) -> Outcome {
        match self.first {
            None => Ok(()),
            Some(error) => Err(Failure::Read { error, parts: self.parts }),
        }
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        Self::Read { error, parts: 1 }
    }
}

/// Errors of a `Write` whose name only [`super::output::Output`] knows.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Write { to: "output".into(), error }
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Read(error) => error.into(),
            WriteError::Write(error) => error.into(),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        io::Error::from(error).into()
    }
}

/// A caught panic as an error of the reader.
pub fn bug(panic: &(dyn Any + Send)) -> ReadError {
    let message = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "panic".into());
    ReadError::new(ErrorKind::Bug, message)
}
