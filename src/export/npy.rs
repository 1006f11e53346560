//! NumPy's array file (NEP 1, "A Simple File Format for NumPy Arrays"), versions 1.0 and 2.0.
//!
//! Header first, then values in C order: [`write_header`] with the whole shape and
//! [`write_values`] for one part after the other, so that nothing is held twice.

use std::io::{self, Write};

use hyperslab_core::{Array, Buffer};

const MAGIC: &[u8; 6] = b"\x93NUMPY";
/// The values begin at a multiple of this.
const ALIGNMENT: usize = 64;

/// A whole array.
///
/// # Errors
/// Those of `out`; `Unsupported` where NumPy has no such plain type (see [`descr`]).
pub fn write(mut out: impl Write, array: &Array) -> io::Result<()> {
    write_header(&mut out, &array.values, &array.shape)?;
    write_values(out, &array.values)
}

/// The header for values of the type of `like`, however many that one holds.
///
/// # Errors
/// As [`write()`].
pub fn write_header(mut out: impl Write, like: &Buffer, shape: &[u64]) -> io::Result<()> {
    let descr = descr(like).ok_or_else(unsupported)?;
    let lengths = shape.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
    let comma = if shape.len() == 1 { "," } else { "" };
    let dict =
        format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({lengths}{comma}), }}");
    let padded = |prefix: usize| (prefix + dict.len() + 1).next_multiple_of(ALIGNMENT) - prefix;
    let (short, long) = (padded(MAGIC.len() + 4), padded(MAGIC.len() + 6));
    out.write_all(MAGIC)?;
    let len = match u16::try_from(short) {
        Ok(len) => {
            out.write_all(&[1, 0])?;
            out.write_all(&len.to_le_bytes())?;
            short
        }
        Err(_) => {
            out.write_all(&[2, 0])?;
            out.write_all(&u32::try_from(long).map_err(io::Error::other)?.to_le_bytes())?;
            long
        }
    };
    // Not by the formatter: it pads to 2^16 at most.
    out.write_all(dict.as_bytes())?;
    out.write_all(&vec![b' '; len - 1 - dict.len()])?;
    out.write_all(b"\n")
}

/// Little-endian values, for the header's or another one's file.
///
/// # Errors
/// As [`write()`].
pub fn write_values(mut out: impl Write, values: &Buffer) -> io::Result<()> {
    /// Values turned to bytes at once.
    const BLOCK: usize = 8192;
    macro_rules! little_endian {
        ($v:expr) => {{
            let mut bytes = Vec::new();
            for block in $v.chunks(BLOCK) {
                bytes.clear();
                bytes.extend(block.iter().flat_map(|value| value.to_le_bytes()));
                out.write_all(&bytes)?;
            }
            Ok(())
        }};
    }
    match values {
        Buffer::I8(v) => little_endian!(v),
        Buffer::I16(v) => little_endian!(v),
        Buffer::U16(v) => little_endian!(v),
        Buffer::I32(v) => little_endian!(v),
        Buffer::U32(v) => little_endian!(v),
        Buffer::I64(v) => little_endian!(v),
        Buffer::U64(v) => little_endian!(v),
        Buffer::F32(v) => little_endian!(v),
        Buffer::F64(v) => little_endian!(v),
        Buffer::U8(bytes) | Buffer::Char(bytes) => out.write_all(bytes),
        Buffer::FixedText { bytes, .. } | Buffer::Opaque { bytes, .. } => out.write_all(bytes),
        Buffer::Array { values, .. } => write_values(out, values),
        _ => Err(unsupported()),
    }
}

/// NumPy's name of the type: `<f4`, `|u1`, `|S12`. None for text of any length, compounds and
/// sequences.
pub fn descr(values: &Buffer) -> Option<String> {
    Some(match values {
        Buffer::I8(_) => "|i1".into(),
        Buffer::U8(_) => "|u1".into(),
        Buffer::I16(_) => "<i2".into(),
        Buffer::U16(_) => "<u2".into(),
        Buffer::I32(_) => "<i4".into(),
        Buffer::U32(_) => "<u4".into(),
        Buffer::I64(_) => "<i8".into(),
        Buffer::U64(_) => "<u8".into(),
        Buffer::F32(_) => "<f4".into(),
        Buffer::F64(_) => "<f8".into(),
        Buffer::Char(_) => "|S1".into(),
        Buffer::FixedText { len, .. } => format!("|S{len}"),
        Buffer::Opaque { len, .. } => format!("|V{len}"),
        _ => return None,
    })
}

fn unsupported() -> io::Error {
    let what = "npy holds numbers and text of one length only; try csv or json";
    io::Error::new(io::ErrorKind::Unsupported, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn npy(shape: &[u64], values: impl Into<Buffer>) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut out, &Array { shape: shape.into(), values: values.into() }).unwrap();
        out
    }

    #[test]
    fn the_header_is_what_numpy_writes() {
        let file = npy(&[2, 3], vec![1i16, 2, 3, 4, 5, -1]);
        assert_eq!(&file[..10], b"\x93NUMPY\x01\x00\x76\x00");
        let header = "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), }";
        assert!(file[10..].starts_with(header.as_bytes()));
        assert_eq!(file[127], b'\n');
        assert_eq!(&file[128..], [1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 255, 255]);
    }

    #[test]
    fn scalars_and_vectors_have_python_tuples() {
        let has = |file: &[u8], text: &str| file.windows(text.len()).any(|w| w == text.as_bytes());
        assert!(has(&npy(&[], vec![1.5f64]), "'shape': (), "));
        assert!(has(&npy(&[1], vec![1.5f64]), "'shape': (1,), "));
    }

    #[test]
    fn a_header_too_long_for_version_1_is_of_version_2() {
        let file = npy(&[1; 40_000], vec![7u8]);
        assert_eq!(&file[6..8], [2, 0]);
        let len = u32::from_le_bytes(file[8..12].try_into().unwrap()) as usize;
        assert_eq!((12 + len) % ALIGNMENT, 0);
        assert_eq!(file[12 + len..], [7]);
    }

    #[test]
    fn what_has_no_plain_type_is_refused() {
        let array = Array::vector(Buffer::Text(vec![]));
        let error = write(Vec::new(), &array).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::Unsupported);
        assert_eq!(descr(&Buffer::FixedText { len: 12, bytes: vec![] }).unwrap(), "|S12");
    }
}
