//! Further files in other formats: a grid's coordinates that lie in a file beside the data.

use std::fmt;
use std::sync::Arc;

use crate::context::ReadContext;
use crate::error::{ErrorKind, ReadError, Result};
use crate::reader::{Confidence, Format, Reader};
use crate::source::Source;

/// The formats in which a reader may open further files. Readers know no format but their own;
/// whoever knows them all passes them to [`Format::open`] in [`ReadContext::formats`], and a
/// reader that may need them later keeps them.
#[derive(Clone, Default)]
pub struct Formats(Arc<[&'static Format]>);

impl Formats {
    pub fn new(formats: &[&'static Format]) -> Self {
        Self(formats.into())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The format its bytes say, opened. The further file opens no further ones itself.
    ///
    /// # Errors
    /// `UnknownFormat` when none recognises the bytes; those of the format.
    pub fn open(&self, source: Arc<dyn Source>, cx: &ReadContext) -> Result<Box<dyn Reader>> {
        let alone = cx.clone().with_formats(Self::default());
        let mut best: Option<(&'static Format, Confidence)> = None;
        for &format in self.0.iter() {
            cx.check()?;
            // A probe that stumbles over the bytes has not recognised them.
            let confidence = (format.probe)(&*source, &alone).unwrap_or(Confidence::No);
            let is_better = best.is_none_or(|(_, highest)| confidence > highest);
            if confidence > Confidence::No && is_better {
                best = Some((format, confidence));
            }
        }
        let (format, _) = best
            .ok_or_else(|| ReadError::new(ErrorKind::UnknownFormat, "none of the known formats"))?;
        (format.open)(source, &alone)
    }
}

impl fmt::Debug for Formats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|format| format.id)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::Array;
    use crate::dataset::{GroupId, Listing, VariableId};
    use crate::section::Section;
    use crate::source::MemorySource;

    struct Opened(bool);

    impl Reader for Opened {
        fn format_name(&self) -> &str {
            if self.0 { "alone" } else { "with formats" }
        }

        fn list(&self, _: GroupId, _: &ReadContext) -> Result<Listing> {
            Ok(Listing::default())
        }

        fn read(&self, _: VariableId, _: &Section, _: &ReadContext) -> Result<Array> {
            Err(ReadError::request("nothing to read"))
        }
    }

    static SURE: Format = Format {
        id: "sure",
        name: "sure",
        extensions: &[],
        mime: &[],
        codecs: &[],
        choices: &[],
        probe: |source, cx| {
            let first = source.read_at(0, 1, cx)?;
            Ok(if first.first() == Some(&b'S') { Confidence::Certain } else { Confidence::No })
        },
        open: |_, cx| Ok(Box::new(Opened(cx.formats.is_empty()))),
    };

    #[test]
    fn a_further_file_is_opened_by_its_bytes_and_opens_no_further_ones() {
        let formats = Formats::new(&[&SURE]);
        let cx = ReadContext::default().with_formats(formats.clone());
        let reader = formats.open(Arc::new(MemorySource::new(*b"S")), &cx).unwrap();
        assert_eq!(reader.format_name(), "alone");
        for bytes in [&b"x"[..], b""] {
            let error = formats.open(Arc::new(MemorySource::new(bytes)), &cx).err().unwrap();
            assert_eq!(error.kind(), ErrorKind::UnknownFormat);
        }
    }
}
