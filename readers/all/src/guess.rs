//! What a file we do not read looks like, in words for the error message.

use hyperslab_core::{Blob, ReadContext, Result, Source};

/// How much of the file is looked at.
const HEAD_BYTES: u64 = 1024;

/// Files of a text format may have this much of it cut off in the middle of a character.
const LONGEST_CHARACTER_BYTES: usize = 4;

/// The first member of the archive stands 30 bytes behind its beginning.
const KERAS: &str = "a Keras model (.keras), a zip archive; unpack it and open model.weights.h5";

/// Offset, bytes found there, words. The first that fits is said.
const SIGNATURES: &[(usize, &[u8], &str)] = &[
    (0, b"\x0e\x03\x13\x01", "HDF4"),
    (0, b"BUFR", "BUFR"),
    (0, b"\xcd\xf3\x00\x01", "CDF (NASA Common Data Format, not NetCDF)"),
    (0, b"\xcd\xf2\x60\x02", "CDF (NASA Common Data Format, not NetCDF)"),
    (0, b"\x00\x00\xff\xff\x00\x00\xff\xff", "CDF (NASA Common Data Format, not NetCDF)"),
    (0, b"SIMPLE  =", "FITS"),
    (0, b"MATLAB 5.0 MAT-file", "a MATLAB file of version 5 to 7.2; save it with -v7.3"),
    (0, b"\x93NUMPY", "a NumPy array"),
    (0, b"PAR1", "Apache Parquet"),
    (0, b"II*\0", "TIFF (or GeoTIFF)"),
    (0, b"MM\0*", "TIFF (or GeoTIFF)"),
    (0, b"II+\0", "BigTIFF (or GeoTIFF)"),
    (0, b"MM\0+", "BigTIFF (or GeoTIFF)"),
    (0, b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (0, b"\xff\xd8\xff", "a JPEG image"),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 image"),
    (0, b"GIF8", "a GIF image"),
    (0, b"%PDF", "a PDF document"),
    (0, b"%!PS", "PostScript"),
    (0, b"SQLite format 3\0", "an SQLite database"),
    (30, b"metadata.json", KERAS),
    (30, b"config.json", KERAS),
    (30, b"model.weights.h5", KERAS),
    (0, b"PK\x03\x04", "a zip archive; unpack it first"),
    (0, b"PK\x05\x06", "an empty zip archive"),
    (0, b"\x1f\x8b", "gzip-compressed data; unpack it first"),
    (0, b"\x1f\x9d", "data compressed by compress (.Z); unpack it first"),
    (0, b"BZh", "bzip2-compressed data; unpack it first"),
    (0, b"\xfd7zXZ\0", "xz-compressed data; unpack it first"),
    (0, b"\x28\xb5\x2f\xfd", "zstd-compressed data; unpack it first"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive; unpack it first"),
    (0, b"Rar!\x1a\x07", "a RAR archive; unpack it first"),
    (257, b"ustar", "a tar archive; unpack it first"),
    (0, b"\x7fELF", "a program"),
    (0, b"version https://git-lfs", "a Git LFS pointer: the data itself was not downloaded"),
];

/// Completes the sentence "not a file we can read: …".
///
/// # Errors
/// Those of the source.
pub fn looks(source: &dyn Source, cx: &ReadContext) -> Result<String> {
    let head = source.read_at(0, source.len().min(HEAD_BYTES), cx)?;
    if head.is_empty() {
        return Ok("it is empty".into());
    }
    if let Some(words) = grib(&head).or_else(|| signature(&head)) {
        return Ok(format!("it looks like {words}"));
    }
    if head.iter().all(|&byte| byte == 0) {
        return Ok(format!(
            "its first {} bytes are zeros: perhaps it was never filled",
            head.len()
        ));
    }
    if let Some(words) = text(&head, source.len()) {
        return Ok(format!("it looks like {words}"));
    }
    let first: Vec<String> = head.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("it begins with the bytes {}", first.join(" ")))
}

/// GRIB messages may stand behind the heading of a WMO bulletin. The edition is their 8th byte.
fn grib(head: &Blob) -> Option<&'static str> {
    head.windows(8).find_map(|bytes| match bytes {
        [b'G', b'R', b'I', b'B', _, _, _, 1] => Some("GRIB edition 1"),
        [b'G', b'R', b'I', b'B', _, _, _, 2] => Some("GRIB edition 2"),
        _ => None,
    })
}

fn signature(head: &Blob) -> Option<&'static str> {
    SIGNATURES
        .iter()
        .find(|(offset, bytes, _)| head.get(*offset..).is_some_and(|rest| rest.starts_with(bytes)))
        .map(|&(_, _, words)| words)
}

fn text(head: &Blob, len: u64) -> Option<&'static str> {
    let readable = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error)
            if len > head.len() as u64
                && head.len() - error.valid_up_to() < LONGEST_CHARACTER_BYTES =>
        {
            std::str::from_utf8(head.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    if readable.chars().any(|c| c.is_control() && !c.is_whitespace()) {
        return None;
    }
    let start = readable.trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
    Some(if start.starts_with("<!doctype html") || start.starts_with("<html") {
        "a web page (HTML): perhaps a login or error page was saved instead of the data"
    } else if start.starts_with("<?xml") || start.starts_with('<') {
        "XML"
    } else if start.starts_with('{') || start.starts_with('[') {
        "JSON"
    } else if start.starts_with("netcdf ") {
        "CDL, the text form of a NetCDF file: ncgen makes the file of it"
    } else {
        "plain text"
    })
}

#[cfg(test)]
mod tests {
    use hyperslab_core::MemorySource;

    use super::*;

    fn words(bytes: &[u8]) -> String {
        looks(&MemorySource::new(bytes), &ReadContext::default()).unwrap()
    }

    #[test]
    fn well_known_files_are_called_by_their_names() {
        let mut tar = vec![b'a'; 512];
        tar[257..262].copy_from_slice(b"ustar");
        tar[100] = 0;
        let cases: &[(&[u8], &str)] = &[
            (b"", "it is empty"),
            (b"\x0e\x03\x13\x01\0\0", "it looks like HDF4"),
            (b"GRIB\0\0\x10\x02rest", "it looks like GRIB edition 2"),
            (
                b"\x01\r\r\n123\r\r\nHTXA50 KWBC\r\r\nGRIB\0\0\x10\x01",
                "it looks like GRIB edition 1",
            ),
            (
                &[b"PK\x03\x04", &[0; 26][..], b"metadata.json"].concat(),
                &format!("it looks like {KERAS}"),
            ),
            (b"PK\x03\x04\x14\0", "it looks like a zip archive; unpack it first"),
            (b"\x1f\x8b\x08", "it looks like gzip-compressed data; unpack it first"),
            (b"BZh91AY", "it looks like bzip2-compressed data; unpack it first"),
            (b"\x89PNG\r\n\x1a\n", "it looks like a PNG image"),
            (b"%PDF-1.7", "it looks like a PDF document"),
            (&tar, "it looks like a tar archive; unpack it first"),
            (b"<?xml version='1.0'?>", "it looks like XML"),
            (b"\xef\xbb\xbf {\"a\": 1}", "it looks like JSON"),
            (b"lat,lon\n1,2\n", "it looks like plain text"),
            (
                b"netcdf a {\n}",
                "it looks like CDL, the text form of a NetCDF file: ncgen makes the file of it",
            ),
            (&[0; 10], "its first 10 bytes are zeros: perhaps it was never filled"),
            (&[0xfe, 1, 2], "it begins with the bytes fe 01 02"),
            (b"a\0b", "it begins with the bytes 61 00 62"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(words(bytes), *expected);
        }
        assert!(words(b"\n<!DOCTYPE html><title>Login</title>").contains("a web page"));
    }

    #[test]
    fn text_longer_than_we_look_may_be_cut_within_a_character() {
        for lead in 0..4 {
            let text = "x".repeat(lead) + &"€".repeat(600);
            assert_eq!(words(text.as_bytes()), "it looks like plain text");
        }
        assert!(words(b"text\xe2\x82").starts_with("it begins with"));
    }
}
