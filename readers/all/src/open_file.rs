//! One open file: its source, its reader, and the rule that no result of the reader is
//! believed before the source has confirmed that the file is still what was opened.

use std::path::Path;
use std::sync::Arc;

use hyperslab_core::{
    Array, Confidence, Format, Formats, GroupId, Listing, ReadContext, ReadError, Reader, Records,
    Result, Section, Source, VariableId,
};

use crate::FORMATS;
use crate::identify::identify_among;

/// May be used from many threads at once.
pub struct OpenFile {
    name: String,
    format: &'static Format,
    /// Where a test says it, rather than the reader.
    format_name: Option<String>,
    reader: Box<dyn Reader>,
    source: Arc<dyn Source>,
}

/// Stands for the format of a reader that was given to us.
static GIVEN: Format = Format {
    id: "given",
    name: "given by the caller",
    extensions: &[],
    mime: &[],
    codecs: &[],
    choices: &[],
    probe: |_, _| Ok(Confidence::No),
    open: |_, _| Err(ReadError::request("this format opens no files")),
};

impl OpenFile {
    /// Opens a file of this machine in the format its bytes say.
    ///
    /// # Errors
    /// Those of [`hyperslab_sources::open_local`], of [`crate::identify`] and of the format.
    pub fn open(path: &Path, cx: &ReadContext) -> Result<Self> {
        Self::open_with(FORMATS, path, cx)
    }

    /// The same with formats of the caller's choice.
    ///
    /// # Errors
    /// As [`OpenFile::open`].
    pub fn open_with(formats: &[&'static Format], path: &Path, cx: &ReadContext) -> Result<Self> {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let extension = path.extension().map(|extension| extension.to_string_lossy());
        let source = hyperslab_sources::open_local(path, cx).map_err(|e| e.in_file(&name))?;
        Self::from_source_with(formats, &name, source, extension.as_deref(), cx)
    }

    /// Opens what is not a file of its own. `extension` as in [`crate::identify`].
    ///
    /// # Errors
    /// Those of [`crate::identify`] and of the format.
    pub fn from_source(
        name: &str,
        source: Arc<dyn Source>,
        extension: Option<&str>,
        cx: &ReadContext,
    ) -> Result<Self> {
        Self::from_source_with(FORMATS, name, source, extension, cx)
    }

    /// The same with formats of the caller's choice.
    ///
    /// # Errors
    /// As [`OpenFile::from_source`].
    pub fn from_source_with(
        formats: &[&'static Format],
        name: &str,
        source: Arc<dyn Source>,
        extension: Option<&str>,
        cx: &ReadContext,
    ) -> Result<Self> {
        let with_formats = cx.clone().with_formats(Formats::new(formats));
        let found = identify_among(formats, &*source, extension, cx)
            .and_then(|format| Ok((format, (format.open)(source.clone(), &with_formats)?)));
        let (format, reader) = believe(name, &*source, found)?;
        Ok(Self { name: name.into(), format, format_name: None, reader, source })
    }

    /// A file whose reader is already there: what is computed, and tests.
    pub fn with_reader(
        name: &str,
        format_name: &str,
        reader: Box<dyn Reader>,
        source: Arc<dyn Source>,
    ) -> Self {
        let (name, format_name) = (name.into(), Some(format_name.into()));
        Self { name, format: &GIVEN, format_name, reader, source }
    }

    /// Without the folders.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn format(&self) -> &'static Format {
        self.format
    }

    /// What the file says it is: `CDF-2`, `NetCDF-4`.
    pub fn format_name(&self) -> &str {
        self.format_name.as_deref().unwrap_or_else(|| self.reader.format_name())
    }

    /// As [`Reader::model`].
    pub fn model(&self) -> Option<&'static str> {
        self.reader.model()
    }

    /// As [`Reader::is_being_written`].
    pub fn is_being_written(&self) -> bool {
        self.reader.is_being_written()
    }

    /// Where nothing was written there are the fill values of the netCDF libraries, whether the
    /// file declares them or not.
    pub fn has_default_fills(&self) -> bool {
        self.format.id == "netcdf3" || self.format_name() == "NetCDF-4"
    }

    pub fn source(&self) -> &Arc<dyn Source> {
        &self.source
    }

    /// Opening the file again would show something else. Cheap, but asks the operating system.
    pub fn has_news(&self) -> bool {
        self.source.has_news() || self.reader.has_news()
    }

    /// As [`Reader::is_partial`].
    pub fn is_partial(&self) -> bool {
        self.reader.is_partial()
    }

    /// As [`Reader::continued`].
    ///
    /// # Errors
    /// `Changed` when the file is no longer the one opened; those of the reader.
    pub fn continued(&self, cx: &ReadContext) -> Result<Option<Self>> {
        let found = believe(&self.name, &*self.source, self.reader.continued(cx))?;
        Ok(found.map(|reader| Self {
            name: self.name.clone(),
            format: self.format,
            format_name: self.format_name.clone(),
            reader,
            source: self.source.clone(),
        }))
    }

    /// As [`Reader::records`].
    pub fn records(&self) -> Option<&dyn Records> {
        self.reader.records()
    }

    /// What the reader's records say, unless the file changed meanwhile.
    ///
    /// # Errors
    /// `Changed` when the file is no longer the one opened; those of `ask`.
    pub fn ask_records<T>(&self, ask: impl FnOnce(&dyn Records) -> Result<T>) -> Result<T> {
        let Some(records) = self.records() else {
            let what = format!("{} files have no messages", self.format.name);
            return Err(ReadError::request(what).in_file(&self.name));
        };
        believe(&self.name, &*self.source, ask(records))
    }

    /// As [`Reader::list`].
    ///
    /// # Errors
    /// `Changed` when the file is no longer the one opened; those of the reader.
    pub fn list(&self, group: GroupId, cx: &ReadContext) -> Result<Listing> {
        believe(&self.name, &*self.source, self.reader.list(group, cx))
    }

    /// As [`Reader::read`].
    ///
    /// # Errors
    /// `Changed` when the file is no longer the one opened; those of the reader.
    pub fn read(&self, variable: VariableId, section: &Section, cx: &ReadContext) -> Result<Array> {
        believe(&self.name, &*self.source, self.reader.read(variable, section, cx))
    }
}

/// `found`, unless the file changed: then it is nonsense, be it a value or an error.
fn believe<T>(name: &str, source: &dyn Source, found: Result<T>) -> Result<T> {
    let verified = match &found {
        // Nobody waits for it, and it says nothing about the file.
        Err(error) if error.is_cancelled() => Ok(()),
        _ => source.verify(),
    };
    verified.and(found).map_err(|error| error.in_file(name))
}
