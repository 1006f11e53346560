//! What people may choose about reading, over all formats, and the options that come of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hyperslab_core::{Choice, ErrorKind, ReadError, ReaderOptions, Result, Values};

use crate::FORMATS;

/// Of all the files of a choice together.
const TEXT_BYTES_MAX: u64 = 16 << 20;

/// Everything that can be chosen, format by format.
pub fn choices() -> impl Iterator<Item = &'static Choice> {
    FORMATS.iter().flat_map(|format| format.choices)
}

/// Options from what was chosen: a value, or for texts a path; what was not chosen is what the
/// environment says. Reads files.
///
/// # Errors
/// `Request` for a name or a value that no format knows; `Io`, `Limit`. The options are those of
/// the rest.
pub fn options(chosen: &BTreeMap<String, String>) -> (ReaderOptions, Vec<ReadError>) {
    let (mut options, mut errors) = (ReaderOptions::default(), Vec::new());
    for name in chosen.keys() {
        if !choices().any(|choice| choice.name == name) {
            let known: Vec<_> = choices().map(|choice| choice.name).collect();
            let message = format!("no option is called {name:?}; there are {}", known.join(", "));
            errors.push(ReadError::request(message));
        }
    }
    for choice in choices() {
        match value(choice, chosen.get(choice.name)) {
            Ok(Some(value)) => options = options.with(choice.name, value),
            Ok(None) => {}
            Err(error) => errors.push(error),
        }
    }
    (options, errors)
}

fn value(choice: &Choice, chosen: Option<&String>) -> Result<Option<String>> {
    match choice.values {
        Values::OneOf(values) => match chosen {
            Some(chosen) if !values.iter().any(|(value, _)| value == chosen) => {
                let known: Vec<_> = values.iter().map(|(value, _)| *value).collect();
                let name = choice.name;
                let message = format!("{name} is one of {}, not {chosen:?}", known.join(", "));
                Err(ReadError::request(message))
            }
            chosen => Ok(chosen.cloned()),
        },
        Values::Text { extension, variable } => {
            let path = chosen.map(PathBuf::from).or_else(|| {
                std::env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from)
            });
            path.map(|path| texts(&path, extension)).transpose()
        }
    }
}

/// The text of a file, or of the files of a folder one after the other, by name.
fn texts(path: &Path, extension: &str) -> Result<String> {
    let failed = |error: &std::io::Error| {
        ReadError::io("reading", error).in_file(path.display().to_string())
    };
    let mut files = vec![path.to_owned()];
    if path.is_dir() {
        let entries = std::fs::read_dir(path).map_err(|error| failed(&error))?;
        files = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.retain(|file| file.extension().is_some_and(|found| found == extension));
        files.sort();
    }
    let (mut text, mut bytes) = (String::new(), 0u64);
    for file in files {
        bytes = bytes.saturating_add(file.metadata().map_err(|error| failed(&error))?.len());
        if bytes > TEXT_BYTES_MAX {
            let message = format!("more than {TEXT_BYTES_MAX} bytes of tables");
            return Err(
                ReadError::new(ErrorKind::Limit, message).in_file(path.display().to_string())
            );
        }
        let found = std::fs::read(&file).map_err(|error| failed(&error))?;
        text.push_str(&String::from_utf8_lossy(&found));
        text.push('\n');
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_the_texts_of_its_files_by_name_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("b.gtb", "two"), ("a.gtb", "one"), ("c.txt", "three")] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        assert_eq!(texts(folder.path(), "gtb").unwrap(), "one\ntwo\n");
        assert_eq!(texts(&folder.path().join("c.txt"), "gtb").unwrap(), "three\n");
        let error = texts(&folder.path().join("d.gtb"), "gtb").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
    }

    #[test]
    fn what_nobody_knows_is_refused_and_the_rest_counts() {
        static CHOICE: Choice = Choice {
            name: "t.way",
            label: "Way",
            hint: "",
            values: Values::OneOf(&[("short", "Short"), ("long", "Long")]),
        };
        assert_eq!(value(&CHOICE, Some(&"long".into())).unwrap().as_deref(), Some("long"));
        assert_eq!(value(&CHOICE, None).unwrap(), None);
        let error = value(&CHOICE, Some(&"wide".into())).unwrap_err();
        assert!(error.to_string().contains("short, long"), "{error}");
        let (_, errors) = options(&BTreeMap::from([("no.such".into(), "x".into())]));
        assert_eq!(errors.len(), 1);
    }
}
