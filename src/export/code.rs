//! The same slice as other programs read it, as code to paste: xarray, h5py, ncks, ncdump, and
//! hyperslab's own command line. Pure text; whether the other program can read the file is told
//! by its format, as far as that is enough.

use std::fmt::Write as _;
use std::path::Path;

use hyperslab_core::Range;

use crate::prep::slice::Slice;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Xarray,
    H5py,
    Ncks,
    Ncdump,
    Hyperslab,
}

impl Language {
    pub const ALL: [Self; 5] =
        [Self::Xarray, Self::H5py, Self::Ncks, Self::Ncdump, Self::Hyperslab];

    pub fn name(self) -> &'static str {
        match self {
            Self::Xarray => "xarray",
            Self::H5py => "h5py",
            Self::Ncks => "ncks",
            Self::Ncdump => "ncdump",
            Self::Hyperslab => "hyperslab",
        }
    }
}

/// What is read.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    pub file: &'a Path,
    /// The format's id.
    pub format: &'a str,
    /// It was written by, or for, the netCDF library.
    pub has_default_fills: bool,
    /// `/group/variable`.
    pub path: &'a str,
    /// Of each axis, where it has one.
    pub dimensions: &'a [Option<&'a str>],
    pub shape: &'a [u64],
    pub slice: &'a Slice,
    /// Scale, offset and missing values applied.
    pub is_decoded: bool,
    /// Of a GRIB parameter.
    pub short_name: Option<&'a str>,
}

/// The code, where the program reads such files.
pub fn code(reading: &Reading<'_>, language: Language) -> Option<String> {
    match language {
        Language::Xarray => xarray(reading),
        Language::H5py => (reading.format == "hdf5").then(|| h5py(reading)),
        Language::Ncks => ncks(reading),
        Language::Ncdump => {
            let is_read = matches!(reading.format, "netcdf3" | "hdf5");
            is_read.then(|| format!("ncdump -v {} {}", shell(named(reading)), file(reading)))
        }
        Language::Hyperslab => Some(hyperslab(reading)),
    }
}

fn xarray(reading: &Reading<'_>) -> Option<String> {
    let mut arguments = vec![string(&reading.file.to_string_lossy())];
    let (group, name) = split(reading.path);
    if group != "/" {
        arguments.push(format!("group={}", string(group)));
    }
    match reading.format {
        "netcdf3" => {}
        "hdf5" if reading.has_default_fills => {}
        "hdf5" => arguments.push("engine=\"h5netcdf\", phony_dims=\"access\"".into()),
        "grib" => return Some(cfgrib(reading)),
        _ => return None,
    }
    if !reading.is_decoded {
        arguments.push("decode_cf=False".into());
    }
    let mut code =
        format!("import xarray as xr\n\nds = xr.open_dataset({})\n", arguments.join(", "));
    let _ = writeln!(code, "{} = ds[{}]{}", identifier(name), string(name), isel(reading));
    Some(code)
}

/// cfgrib has names of its own for variables and dimensions, and leaves out axes of one step.
fn cfgrib(reading: &Reading<'_>) -> String {
    let mut arguments = vec![string(&reading.file.to_string_lossy()), "engine=\"cfgrib\"".into()];
    if let Some(name) = reading.short_name {
        let keys = format!("{{\"filter_by_keys\": {{\"shortName\": {}}}}}", string(name));
        arguments.push(format!("backend_kwargs={keys}"));
    }
    let ranges = reading.slice.section.ranges.iter().zip(&reading.slice.kept).zip(reading.shape);
    let items: Vec<String> = ranges
        .filter(|(_, length)| **length > 1)
        .map(|((range, kept), length)| item(range, *kept, *length))
        .collect();
    let name = reading.short_name.unwrap_or("data");
    format!(
        "import xarray as xr\n\nds = xr.open_dataset({})\n\
         {} = next(iter(ds.data_vars.values())){}\n",
        arguments.join(", "),
        identifier(name),
        bracketed(&items)
    )
}

/// By the names of dimensions, where all have one of their own; else by position. A dimension that
/// occurs twice xarray would choose from twice: then from the values. What has no name in the file
/// is named by its length.
fn isel(reading: &Reading<'_>) -> String {
    let names: Option<Vec<&str>> = reading.dimensions.iter().copied().collect();
    let is_repeated = match &names {
        Some(names) => has_equals(names),
        None => has_equals(reading.shape),
    };
    let Some(names) = names.filter(|_| !is_repeated) else {
        return match bracketed(&items(reading)) {
            index if is_repeated && !index.is_empty() => format!(".values{index}"),
            index => index,
        };
    };
    let ranges = reading.slice.section.ranges.iter().zip(&reading.slice.kept).zip(reading.shape);
    let chosen: Vec<(&str, String)> = ranges
        .zip(names)
        .filter(|(((range, kept), length), _)| !(**kept && is_whole(range, **length)))
        .map(|(((range, kept), _), name)| {
            let text = match (*kept, range.stride) {
                (false, _) => range.start.to_string(),
                (true, 1) => format!("slice({}, {})", range.start, end(range)),
                (true, stride) => format!("slice({}, {}, {stride})", range.start, end(range)),
            };
            (name, text)
        })
        .collect();
    if chosen.is_empty() {
        return String::new();
    }
    let are_identifiers = chosen.iter().all(|(name, _)| is_identifier(name));
    let arguments: Vec<String> = chosen
        .iter()
        .map(|(name, text)| match are_identifiers {
            true => format!("{name}={text}"),
            false => format!("{}: {text}", string(name)),
        })
        .collect();
    match are_identifiers {
        true => format!(".isel({})", arguments.join(", ")),
        false => format!(".isel({{{}}})", arguments.join(", ")),
    }
}

fn h5py(reading: &Reading<'_>) -> String {
    let (_, name) = split(reading.path);
    let index = match bracketed(&items(reading)) {
        // A data set as it is would end with its file.
        index if index.is_empty() => "[()]".to_owned(),
        index => index,
    };
    format!(
        "import h5py\n\nwith h5py.File({}) as f:\n    {} = f[{}]{index}\n",
        string(&reading.file.to_string_lossy()),
        identifier(name),
        string(reading.path),
    )
}

fn ncks(reading: &Reading<'_>) -> Option<String> {
    if reading.format != "netcdf3" && !(reading.format == "hdf5" && reading.has_default_fills) {
        return None;
    }
    let mut code = format!("ncks -v {}", shell(named(reading)));
    let ranges = reading.slice.section.ranges.iter().zip(&reading.slice.kept).zip(reading.shape);
    for (((range, kept), &length), name) in ranges.zip(reading.dimensions) {
        if *kept && is_whole(range, length) {
            continue;
        }
        let name = (*name)?;
        // Both ends belong to it.
        let last = end(range).checked_sub(1)?;
        let limits = match (range.count, range.stride) {
            (0, _) => return None,
            (1, _) => format!("{name},{}", range.start),
            (_, 1) => format!("{name},{},{last}", range.start),
            (_, stride) => format!("{name},{},{last},{stride}", range.start),
        };
        let _ = write!(code, " -d {}", shell(&limits));
    }
    let _ = write!(code, " {} out.nc", file(reading));
    Some(code)
}

fn hyperslab(reading: &Reading<'_>) -> String {
    let mut code = format!("hyperslab read {} {}", file(reading), shell(reading.path));
    if !reading.shape.is_empty() {
        let _ = write!(code, " --slice {}", shell(&reading.slice.print(reading.shape)));
    }
    if reading.is_decoded {
        code.push_str(" --decoded");
    }
    code
}

/// As netCDF's tools name it: of the root without the slash.
fn named<'a>(reading: &Reading<'a>) -> &'a str {
    match split(reading.path) {
        ("/", name) => name,
        _ => reading.path,
    }
}

/// `/a/b` and `c` of `/a/b/c`.
fn split(path: &str) -> (&str, &str) {
    match path.rsplit_once('/') {
        Some(("", name)) => ("/", name),
        Some((group, name)) => (group, name),
        None => ("/", path),
    }
}

fn items(reading: &Reading<'_>) -> Vec<String> {
    let ranges = reading.slice.section.ranges.iter().zip(&reading.slice.kept).zip(reading.shape);
    ranges.map(|((range, kept), length)| item(range, *kept, *length)).collect()
}

/// `5`, `:`, `2:10`, `2:10:3`.
fn item(range: &Range, kept: bool, length: u64) -> String {
    match (kept, range.stride) {
        (false, _) => range.start.to_string(),
        (true, _) if is_whole(range, length) => ":".into(),
        (true, 1) => format!("{}:{}", range.start, end(range)),
        (true, stride) => format!("{}:{}:{stride}", range.start, end(range)),
    }
}

/// Nothing where there is nothing to choose.
fn bracketed(items: &[String]) -> String {
    match items.iter().all(|item| item == ":") {
        true => String::new(),
        false => format!("[{}]", items.join(", ")),
    }
}

fn is_whole(range: &Range, length: u64) -> bool {
    (range.start, range.count, range.stride) == (0, length, 1)
}

/// One after the last index.
fn end(range: &Range) -> u64 {
    range.count.checked_sub(1).map_or(range.start, |last| range.index(last).saturating_add(1))
}

/// Words that Python keeps to itself.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

fn is_identifier(name: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    name.starts_with(is_letter)
        && name.chars().all(|c| is_letter(c) || c.is_ascii_digit())
        && !KEYWORDS.contains(&name)
}

fn has_equals<T: PartialEq>(items: &[T]) -> bool {
    items.iter().enumerate().any(|(k, item)| items.iter().skip(k + 1).any(|other| other == item))
}

/// What the result is called; not what the code itself uses.
fn identifier(name: &str) -> &str {
    let is_taken = ["ds", "xr", "f", "h5py", "next", "iter", "slice"].contains(&name);
    if is_identifier(name) && !is_taken { name } else { "data" }
}

/// A string of Python.
fn string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            c if c.is_control() => _ = write!(quoted, "\\u{:04x}", u32::from(c)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A word of the shell.
fn shell(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_@%+=:,./-".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A name that begins with a dash would be taken for an option.
fn file(reading: &Reading<'_>) -> String {
    let name = reading.file.to_string_lossy();
    match name.starts_with('-') {
        true => shell(&format!("./{name}")),
        false => shell(&name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prep::slice::parse;

    const SHAPE: [u64; 3] = [12, 20, 30];
    const NAMES: [Option<&str>; 3] = [Some("time"), Some("lat"), Some("lon")];

    fn written(slice: &str, language: Language, change: impl Fn(&mut Reading<'_>)) -> String {
        let slice = parse(slice, &SHAPE).unwrap();
        let mut reading = Reading {
            file: Path::new("/data/a.nc"),
            format: "hdf5",
            has_default_fills: true,
            path: "/tas",
            dimensions: &NAMES,
            shape: &SHAPE,
            slice: &slice,
            is_decoded: true,
            short_name: None,
        };
        change(&mut reading);
        code(&reading, language).unwrap_or_default()
    }

    #[test]
    fn indices_and_ranges_go_by_the_names_of_dimensions() {
        let xarray = |slice| written(slice, Language::Xarray, |_| ());
        let begin =
            "import xarray as xr\n\nds = xr.open_dataset(\"/data/a.nc\")\ntas = ds[\"tas\"]";
        assert_eq!(xarray("5,:,:"), format!("{begin}.isel(time=5)\n"));
        assert_eq!(
            xarray("-1,2:6,::4"),
            format!("{begin}.isel(time=11, lat=slice(2, 6), lon=slice(0, 29, 4))\n")
        );
        assert_eq!(xarray("..."), format!("{begin}\n"));
    }

    #[test]
    fn axes_without_names_or_with_odd_ones_are_told_apart_otherwise() {
        let nameless = &[None, Some("lat"), Some("lon")];
        let twice = &[Some("x"), Some("x"), Some("lon")];
        let odd = &[Some("the time"), Some("lat"), Some("class")];
        let xarray = |slice, names: &'static [Option<&'static str>]| {
            let code = written(slice, Language::Xarray, |reading| reading.dimensions = names);
            code.lines().last().unwrap_or_default().to_owned()
        };
        assert_eq!(xarray("5,:,2:4", nameless), "tas = ds[\"tas\"][5, :, 2:4]");
        assert_eq!(xarray("5,:,:", twice), "tas = ds[\"tas\"].values[5, :, :]");
        assert_eq!(xarray("5,:,1", odd), "tas = ds[\"tas\"].isel({\"the time\": 5, \"class\": 1})");
    }

    #[test]
    fn groups_stored_values_and_files_of_other_programs_are_asked_for() {
        let code = written("5,:,:", Language::Xarray, |reading| {
            (reading.path, reading.is_decoded, reading.has_default_fills) =
                ("/a b/c-d", false, false);
        });
        assert!(
            code.contains(
                "group=\"/a b\", engine=\"h5netcdf\", phony_dims=\"access\", decode_cf=False)"
            ),
            "{code}"
        );
        assert!(code.ends_with("data = ds[\"c-d\"].isel(time=5)\n"), "{code}");
        let grib = written("5,:,:", Language::Xarray, |reading| {
            (reading.format, reading.short_name) = ("grib", Some("2t"));
        });
        assert!(
            grib.contains(
                "engine=\"cfgrib\", backend_kwargs={\"filter_by_keys\": {\"shortName\": \"2t\"}})"
            ),
            "{grib}"
        );
        assert!(grib.ends_with("data = next(iter(ds.data_vars.values()))[5, :, :]\n"), "{grib}");
    }

    #[test]
    fn h5py_reads_hdf5_files_only() {
        let h5py = |slice, format| {
            written(slice, Language::H5py, |reading| {
                (reading.format, reading.path) = (format, "/g/tas")
            })
        };
        let begin = "import h5py\n\nwith h5py.File(\"/data/a.nc\") as f:\n    tas = f[\"/g/tas\"]";
        assert_eq!(h5py("5,:,2:9:3", "hdf5"), format!("{begin}[5, :, 2:9:3]\n"));
        assert_eq!(h5py("...", "hdf5"), format!("{begin}[()]\n"));
        assert_eq!(h5py("...", "netcdf3"), "");
    }

    #[test]
    fn lines_of_the_shell_name_both_ends_and_are_quoted() {
        let line = |slice, language, path, file: &'static str| {
            written(slice, language, |reading| {
                (reading.path, reading.file) = (path, Path::new(file));
            })
        };
        assert_eq!(
            line("5,2:6,::4", Language::Ncks, "/tas", "a.nc"),
            "ncks -v tas -d time,5 -d lat,2,5 -d lon,0,28,4 a.nc out.nc"
        );
        assert_eq!(
            line("5,:,:", Language::Ncks, "/g/it's", "-a b.nc"),
            "ncks -v '/g/it'\\''s' -d time,5 './-a b.nc' out.nc"
        );
        assert_eq!(line("5,:,:", Language::Ncdump, "/tas", "a.nc"), "ncdump -v tas a.nc");
        assert_eq!(line("5,:,:", Language::Ncdump, "/g/tas", "$a.nc"), "ncdump -v /g/tas '$a.nc'");
        assert_eq!(
            line("5,2:6,:", Language::Hyperslab, "/g/tas", "a.nc"),
            "hyperslab read a.nc /g/tas --slice 5,2:6,: --decoded"
        );
        assert_eq!(written("3:3,:,:", Language::Ncks, |_| ()), "");
    }

    #[test]
    fn strings_survive_quotation_marks_and_control_characters() {
        assert_eq!(string("a\"b\\c\nd\u{7}é"), "\"a\\\"b\\\\c\\nd\\u0007é\"");
        assert!(is_identifier("t2m") && !is_identifier("2t") && !is_identifier("in"));
    }
}
