//! Which format a file is in: its bytes decide, its name only breaks ties.

use hyperslab_core::{Confidence, ErrorKind, Format, ReadContext, ReadError, Result, Source};

use crate::{FORMATS, guess};

/// The format of the bytes of `source`. `extension` is that of the file's name, without the dot.
///
/// # Errors
/// `UnknownFormat`, saying what the file looks like instead; those of the source.
pub fn identify(
    source: &dyn Source,
    extension: Option<&str>,
    cx: &ReadContext,
) -> Result<&'static Format> {
    identify_among(FORMATS, source, extension, cx)
}

/// The same with formats of the caller's choice.
///
/// # Errors
/// As [`identify`].
pub fn identify_among(
    formats: &[&'static Format],
    source: &dyn Source,
    extension: Option<&str>,
    cx: &ReadContext,
) -> Result<&'static Format> {
    let has_extension = |format: &Format| {
        extension.is_some_and(|found| {
            format.extensions.iter().any(|known| known.eq_ignore_ascii_case(found))
        })
    };
    let mut best: Option<(&'static Format, (Confidence, bool))> = None;
    for &format in formats {
        cx.check()?;
        let confidence = probe(format, source, cx)?;
        let rank = (confidence, has_extension(format));
        if confidence > Confidence::No && best.is_none_or(|(_, highest)| rank > highest) {
            best = Some((format, rank));
        }
    }
    match best {
        Some((format, _)) => Ok(format),
        None => Err(ReadError::new(
            ErrorKind::UnknownFormat,
            format!("not a file we can read: {}", guess::looks(source, cx)?),
        )),
    }
}

/// A probe that stumbles over the bytes has not recognised them; it must not keep the next
/// format from trying.
fn probe(format: &Format, source: &dyn Source, cx: &ReadContext) -> Result<Confidence> {
    match (format.probe)(source, cx) {
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::Io | ErrorKind::Changed | ErrorKind::Cancelled
            ) =>
        {
            Err(error)
        }
        found => Ok(found.unwrap_or(Confidence::No)),
    }
}
