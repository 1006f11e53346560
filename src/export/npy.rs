//! NumPy's array file (NEP 1, "A Simple File Format for NumPy Arrays"), versions 1.0 and 2.0.
//!
//! Header first, then values in C order: [`write_header`] with the whole shape and
//! [`write_values`] for one part after the other, so that nothing is held twice.
//!
//! Compounds become structured arrays, complex numbers are numpy's own, elements that are arrays
//! add their axes to the shape. Text of any length, sequences and references have no such type.

use std::io::{self, Write};

use hyperslab_core::dtype::CompoundType;
use hyperslab_core::{Array, Buffer, ByteOrder, Dtype};

const MAGIC: &[u8; 6] = b"\x93NUMPY";
/// The values begin at a multiple of this.
const ALIGNMENT: usize = 64;
/// Types nested deeper are refused; no reader makes any.
const DEPTH_MAX: u32 = 64;

/// A whole array.
///
/// # Errors
/// Those of `out`; `Unsupported` where NumPy has no such plain type (see [`descr`]).
pub fn write(mut out: impl Write, dtype: &Dtype, array: &Array) -> io::Result<()> {
    write_header(&mut out, dtype, &array.shape)?;
    write_values(out, dtype, &array.values)
}

/// The header for values of a type.
///
/// # Errors
/// As [`write()`].
pub fn write_header(mut out: impl Write, dtype: &Dtype, shape: &[u64]) -> io::Result<()> {
    let (descr, inner) = descr(dtype).ok_or_else(unsupported)?;
    let lengths = tuple(&[shape, &inner].concat());
    let dict = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {lengths}, }}");
    let padded = |prefix: usize| (prefix + dict.len() + 1).next_multiple_of(ALIGNMENT) - prefix;
    let (short, long) = (padded(MAGIC.len() + 4), padded(MAGIC.len() + 6));
    out.write_all(MAGIC)?;
    // Before version 3.0 the header is latin-1.
    let version = if dict.is_ascii() { 2 } else { 3 };
    let len = match u16::try_from(short) {
        Ok(len) if version == 2 => {
            out.write_all(&[1, 0])?;
            out.write_all(&len.to_le_bytes())?;
            short
        }
        _ => {
            out.write_all(&[version, 0])?;
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
pub fn write_values(out: impl Write, dtype: &Dtype, values: &Buffer) -> io::Result<()> {
    write_nested(out, dtype, values, 0)
}

/// NumPy's name of the type as it stands in the header, `'<f4'` or `[('a', '<i4')]`, and the
/// axes that each element has of its own. None where NumPy has no such type.
pub fn descr(dtype: &Dtype) -> Option<(String, Vec<u64>)> {
    nested_descr(dtype, 0)
}

fn nested_descr(dtype: &Dtype, depth: u32) -> Option<(String, Vec<u64>)> {
    let number = |kind: char, bytes: u8| match bytes {
        1 => Some(format!("'|{kind}1'")),
        2..=8 => Some(format!("'<{kind}{}'", bytes.next_power_of_two())),
        _ => None,
    };
    let text = match dtype {
        _ if depth > DEPTH_MAX => return None,
        Dtype::Int { bytes, signed, .. } => number(if *signed { 'i' } else { 'u' }, *bytes)?,
        Dtype::Bitfield { bytes, .. } => number('u', *bytes)?,
        Dtype::Time { bytes, .. } => number('i', *bytes)?,
        Dtype::Float { .. } | Dtype::OtherFloat(_) => number('f', float_bytes(dtype))?,
        Dtype::Complex(part) => format!("'<c{}'", 2 * float_bytes(part).max(4)),
        Dtype::Char => "'|S1'".into(),
        Dtype::FixedText { len } => format!("'|S{len}'"),
        Dtype::Opaque { len, .. } => format!("'|V{len}'"),
        Dtype::Enum(t) => return nested_descr(&t.base, depth + 1),
        Dtype::Array(t) => {
            let (text, inner) = nested_descr(&t.element, depth + 1)?;
            return Some((text, [t.shape.as_slice(), &inner].concat()));
        }
        Dtype::Compound(t) => structured_descr(t, depth)?,
        Dtype::Text | Dtype::VarLen(_) | Dtype::Reference(_) => return None,
    };
    Some((text, Vec::new()))
}

/// `[('a', '<i4'), ('b', '<f8', (3,))]`. Names must be there and differ.
fn structured_descr(compound: &CompoundType, depth: u32) -> Option<String> {
    let mut parts = Vec::new();
    for (k, field) in compound.fields.iter().enumerate() {
        let is_known = compound.fields.iter().take(k).any(|other| other.name == field.name);
        if field.name.is_empty() || is_known {
            return None;
        }
        let (text, inner) = nested_descr(&field.dtype, depth + 1)?;
        let name = quoted(&field.name);
        parts.push(match [field.shape.as_slice(), &inner].concat().as_slice() {
            [] => format!("({name}, {text})"),
            shape => format!("({name}, {text}, {})", tuple(shape)),
        });
    }
    (!parts.is_empty()).then(|| format!("[{}]", parts.join(", ")))
}

/// Of the IEEE type that values are written as.
fn float_bytes(dtype: &Dtype) -> u8 {
    match dtype {
        Dtype::Float { bytes, .. } => *bytes,
        Dtype::OtherFloat(t) => {
            t.exact_bytes.unwrap_or(if t.is_held_as_f64 { 8 } else { 4 }).min(8)
        }
        _ => 8,
    }
}

/// A Python tuple.
fn tuple(lengths: &[u64]) -> String {
    let comma = if lengths.len() == 1 { "," } else { "" };
    let lengths = lengths.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
    format!("({lengths}{comma})")
}

/// A Python string.
fn quoted(name: &str) -> String {
    let mut text = String::from("'");
    for c in name.chars() {
        match c {
            '\'' | '\\' => text.extend(['\\', c]),
            c if c.is_control() => text.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => text.push(c),
        }
    }
    text.push('\'');
    text
}

fn write_nested(mut out: impl Write, dtype: &Dtype, values: &Buffer, depth: u32) -> io::Result<()> {
    /// Values turned to bytes at once.
    const BLOCK: usize = 8192;
    macro_rules! little_endian {
        ($v:expr, $to_bytes:expr) => {{
            let mut bytes = Vec::new();
            for block in $v.chunks(BLOCK) {
                bytes.clear();
                bytes.extend(block.iter().flat_map($to_bytes));
                out.write_all(&bytes)?;
            }
            Ok(())
        }};
        ($v:expr) => {
            little_endian!($v, |value| value.to_le_bytes())
        };
    }
    let is_half =
        || matches!(dtype, Dtype::Float { .. } | Dtype::OtherFloat(_)) && float_bytes(dtype) == 2;
    match (values, dtype) {
        (Buffer::F32(v), _) if is_half() => little_endian!(v, |&v| half_bits(v).to_le_bytes()),
        (Buffer::F64(v), Dtype::OtherFloat(t)) if t.exact_bytes == Some(4) => {
            little_endian!(v, |&v| (v as f32).to_le_bytes())
        }
        (Buffer::I8(v), _) => little_endian!(v),
        (Buffer::I16(v), _) => little_endian!(v),
        (Buffer::U16(v), _) => little_endian!(v),
        (Buffer::I32(v), _) => little_endian!(v),
        (Buffer::U32(v), _) => little_endian!(v),
        (Buffer::I64(v), _) => little_endian!(v),
        (Buffer::U64(v), _) => little_endian!(v),
        (Buffer::F32(v), _) => little_endian!(v),
        (Buffer::F64(v), _) => little_endian!(v),
        (Buffer::U8(bytes) | Buffer::Char(bytes), _)
        | (Buffer::FixedText { bytes, .. } | Buffer::Opaque { bytes, .. }, _) => {
            out.write_all(bytes)
        }
        (Buffer::Array { values, .. }, Dtype::Array(t)) if depth < DEPTH_MAX => {
            write_nested(out, &t.element, values, depth + 1)
        }
        (Buffer::Compound { count, fields }, Dtype::Complex(part)) => {
            // NumPy has no complex numbers of halves.
            let part = Dtype::float(float_bytes(part).max(4), ByteOrder::Little);
            let fields = fields.iter().map(|(_, values)| (&part, values));
            interleave(out, *count, fields, depth)
        }
        (Buffer::Compound { count, fields }, Dtype::Compound(t)) if depth < DEPTH_MAX => {
            let types = t.fields.iter().map(|field| &field.dtype);
            interleave(out, *count, types.zip(fields.iter().map(|(_, values)| values)), depth)
        }
        _ => Err(unsupported()),
    }
}

/// All fields of the first element, then of the next.
fn interleave<'a>(
    mut out: impl Write,
    count: usize,
    fields: impl Iterator<Item = (&'a Dtype, &'a Buffer)>,
    depth: u32,
) -> io::Result<()> {
    let mut columns = Vec::new();
    for (dtype, values) in fields {
        let mut bytes = Vec::new();
        let to: &mut dyn Write = &mut bytes;
        write_nested(to, dtype, values, depth + 1)?;
        columns.push((bytes.len() / count.max(1), bytes));
    }
    let mut rows = Vec::new();
    for row in 0..count {
        for (width, bytes) in &columns {
            rows.extend(bytes.get(row * width..(row + 1) * width).unwrap_or_default());
        }
    }
    out.write_all(&rows)
}

/// The nearest half: exactly the one that was read, where the value was one.
fn half_bits(value: f32) -> u16 {
    const MANTISSA_BITS: u32 = 23 - 10;
    let bits = value.to_bits();
    let sign = (bits >> 16) as u16 & 0x8000;
    let (exponent, mantissa) = ((bits >> 23 & 0xff) as i32 - 127 + 15, bits & 0x7f_ffff);
    // Nearest, of two as near the even one; the carry may reach the exponent, as it should.
    let rounded = |mantissa: u32, drop: u32| {
        let (kept, rest, middle) =
            (mantissa >> drop, mantissa & ((1 << drop) - 1), 1u32 << (drop - 1));
        kept + u32::from(rest > middle || (rest == middle && kept & 1 == 1))
    };
    let magnitude = match exponent {
        143 => {
            let payload = mantissa >> MANTISSA_BITS;
            // A NaN stays one, whatever its payload loses.
            0x7c00 | payload | u32::from(mantissa != 0 && payload == 0) << 9
        }
        31.. => 0x7c00,
        1.. => (exponent as u32) * 1024 + rounded(mantissa, MANTISSA_BITS),
        -10..=0 => rounded(mantissa | 0x80_0000, (14 - exponent) as u32),
        _ => 0,
    };
    sign | magnitude as u16
}

fn unsupported() -> io::Error {
    let what = "npy holds numbers and text of one length only; try csv or json";
    io::Error::new(io::ErrorKind::Unsupported, what)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hyperslab_testkit::kinds;

    use super::*;

    const LITTLE: ByteOrder = ByteOrder::Little;

    fn npy(dtype: &Dtype, shape: &[u64], values: impl Into<Buffer>) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut out, dtype, &Array { shape: shape.into(), values: values.into() }).unwrap();
        out
    }

    fn header(dtype: &Dtype, shape: &[u64]) -> String {
        let mut out = Vec::new();
        write_header(&mut out, dtype, shape).unwrap();
        String::from_utf8(out[10..].to_vec()).unwrap().trim_end().to_owned()
    }

    #[test]
    fn the_header_is_what_numpy_writes() {
        let file = npy(&Dtype::int(2, LITTLE), &[2, 3], vec![1i16, 2, 3, 4, 5, -1]);
        assert_eq!(&file[..10], b"\x93NUMPY\x01\x00\x76\x00");
        let header = "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), }";
        assert!(file[10..].starts_with(header.as_bytes()));
        assert_eq!(file[127], b'\n');
        assert_eq!(&file[128..], [1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 255, 255]);
    }

    #[test]
    fn scalars_and_vectors_have_python_tuples() {
        let double = Dtype::float(8, ByteOrder::Big);
        assert!(header(&double, &[]).contains("'shape': (), "));
        assert!(header(&double, &[1]).contains("'shape': (1,), "));
    }

    #[test]
    fn a_header_too_long_for_version_1_is_of_version_2() {
        let file = npy(&Dtype::uint(1, LITTLE), &[1; 40_000], vec![7u8]);
        assert_eq!(&file[6..8], [2, 0]);
        let len = u32::from_le_bytes(file[8..12].try_into().unwrap()) as usize;
        assert_eq!((12 + len) % ALIGNMENT, 0);
        assert_eq!(file[12 + len..], [7]);
    }

    #[test]
    fn compounds_are_structured_arrays() {
        let header = header(&kinds::station_type(), &[2]);
        let descr = "[('id', '<i4'), ('pos', [('x', '<f8'), ('y', '<f8')]), ('name', '|S4'), \
            ('sky', '|u1'), ('track', '<f4', (2,))]";
        assert!(header.contains(descr), "{header}");
        let file = npy(&kinds::station_type(), &[2], kinds::stations(2));
        let second = &file[file.len() - 33..];
        let wanted: Vec<u8> = [
            &1i32.to_le_bytes()[..],
            &1f64.to_le_bytes(),
            &(-1f64).to_le_bytes(),
            b"s1\0\0",
            &[1],
            &1f32.to_le_bytes(),
            &1.5f32.to_le_bytes(),
        ]
        .concat();
        assert_eq!(second, wanted);
        let odd = kinds::compound(None, &[("it's \u{e9}", Dtype::Char, &[])]);
        let file = npy(&odd, &[0], Buffer::Compound { count: 0, fields: vec![] });
        assert_eq!(&file[6..8], [3, 0]);
        assert!(String::from_utf8_lossy(&file).contains("('it\\'s \u{e9}', '|S1')"));
    }

    #[test]
    fn complex_numbers_halves_and_arrays_are_numpys_own() {
        let complex = |bytes| Dtype::Complex(Arc::new(Dtype::float(bytes, LITTLE)));
        assert!(header(&complex(4), &[3]).contains("'<c8'"));
        assert!(header(&complex(8), &[3]).contains("'<c16'"));
        let parts = |r: Vec<f32>, i: Vec<f32>| Buffer::Compound {
            count: r.len(),
            fields: vec![("r".into(), r.into()), ("i".into(), i.into())],
        };
        let file = npy(&complex(4), &[2], parts(vec![1., 2.], vec![3., 4.]));
        let wanted: Vec<u8> = [1f32, 3., 2., 4.].iter().flat_map(|v| v.to_le_bytes()).collect();
        assert_eq!(file[file.len() - 16..], wanted);
        let half = Dtype::float(2, ByteOrder::Big);
        assert!(header(&half, &[3]).contains("'<f2'"));
        assert_eq!(npy(&half, &[2], vec![1f32, -2.0])[128..], [0, 0x3c, 0, 0xc0]);
        let block = hyperslab_core::dtype::ArrayType { element: half, shape: vec![2, 2] };
        assert!(header(&Dtype::Array(Arc::new(block)), &[5]).contains("'shape': (5, 2, 2), "));
    }

    #[test]
    fn every_half_is_written_as_it_was_read() {
        for bits in 0..=u16::MAX {
            let (sign, exponent, mantissa) = (bits >> 15, bits >> 10 & 31, bits & 1023);
            let magnitude = match exponent {
                0 => f32::from(mantissa) * 2f32.powi(-24),
                31 => f32::from_bits(0x7f80_0000 | u32::from(mantissa) << 13),
                _ => (1.0 + f32::from(mantissa) / 1024.0) * 2f32.powi(i32::from(exponent) - 15),
            };
            let value = f32::from_bits(magnitude.to_bits() | u32::from(sign) << 31);
            assert_eq!(half_bits(value), bits, "{value}");
        }
        for (value, bits) in
            [(65519.0, 0x7bff), (65520.0, 0x7c00), (1e-8, 0), (1.000_488_3, 0x3c00), (1e30, 0x7c00)]
        {
            assert_eq!(half_bits(value), bits, "{value}");
        }
        assert!(half_bits(f32::from_bits(0x7f80_0001)) > 0x7c00);
    }

    #[test]
    fn what_has_no_plain_type_is_refused() {
        let array = Array::vector(Buffer::Text(vec![]));
        let error = write(Vec::new(), &Dtype::Text, &array).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::Unsupported);
        assert_eq!(descr(&Dtype::FixedText { len: 12 }).unwrap().0, "'|S12'");
        let twice = kinds::compound(None, &[("a", Dtype::Char, &[]), ("a", Dtype::Char, &[])]);
        assert_eq!(descr(&twice), None);
        assert_eq!(descr(&Dtype::int(16, LITTLE)), None);
    }
}
