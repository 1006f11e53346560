//! Values, attributes and types in JSON, as scripts rely on them.
//!
//! JSON knows neither NaN nor bytes: "NaN", "Infinity", "-Infinity" and "hex:00ff" stand for
//! them.

use hyperslab_core::array::{Number, trim_nul};
use hyperslab_core::dtype::ReferenceType;
use hyperslab_core::{Array, Attribute, Buffer, Dtype, Reference};
use serde::ser::{Error as _, SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

/// Elements of a buffer from `first` on, as nested lists of `shape`. The last axis of chars is
/// a string.
pub struct Values<'a> {
    pub dtype: &'a Dtype,
    pub buffer: &'a Buffer,
    pub shape: &'a [u64],
    pub first: usize,
}

impl<'a> Values<'a> {
    pub fn of(dtype: &'a Dtype, array: &'a Array) -> Self {
        Self { dtype, buffer: &array.values, shape: &array.shape, first: 0 }
    }

    /// A single element.
    pub fn element(dtype: &'a Dtype, buffer: &'a Buffer, index: usize) -> Self {
        Self { dtype, buffer, shape: &[], first: index }
    }
}

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { dtype, buffer, shape, first } = *self;
        match (shape, buffer) {
            ([], _) => serialize_element(dtype, buffer, first, serializer),
            ([len], Buffer::Char(bytes)) => {
                let text = usize::try_from(*len)
                    .ok()
                    .and_then(|len| bytes.get(first..first.checked_add(len)?));
                Text(text.ok_or_else(missing)?).serialize(serializer)
            }
            ([len, inner @ ..], _) => {
                let count = usize::try_from(*len).map_err(S::Error::custom)?;
                let step = inner.iter().fold(1u64, |n, &len| n.saturating_mul(len));
                let step = usize::try_from(step).map_err(S::Error::custom)?;
                let mut list = serializer.serialize_seq(Some(count))?;
                for k in 0..count {
                    list.serialize_element(&Values {
                        dtype,
                        buffer,
                        shape: inner,
                        first: first.saturating_add(k.saturating_mul(step)),
                    })?;
                }
                list.end()
            }
        }
    }
}

fn serialize_element<S: Serializer>(
    dtype: &Dtype,
    buffer: &Buffer,
    index: usize,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    if let Some(number) = buffer.number(index) {
        return JsonNumber(number).serialize(serializer);
    }
    let slot = |bytes: &'_ [u8], len: usize| {
        let start = index.checked_mul(len)?;
        bytes.get(start..start.checked_add(len)?).map(<[u8]>::to_vec)
    };
    match buffer {
        Buffer::Char(bytes) => Text(&slot(bytes, 1).ok_or_else(missing)?).serialize(serializer),
        Buffer::FixedText { len, bytes } => {
            Text(trim_nul(&slot(bytes, *len).ok_or_else(missing)?)).serialize(serializer)
        }
        Buffer::Opaque { len, bytes } => {
            hex(&slot(bytes, *len).ok_or_else(missing)?).serialize(serializer)
        }
        Buffer::Text(texts) => Text(texts.get(index).ok_or_else(missing)?).serialize(serializer),
        Buffer::VarLen { ends, values } => {
            let end = *ends.get(index).ok_or_else(missing)?;
            let first = index.checked_sub(1).and_then(|before| ends.get(before)).copied();
            let first = first.unwrap_or(0);
            let shape = [end.saturating_sub(first) as u64];
            let dtype = match dtype {
                Dtype::VarLen(element) => element,
                other => other,
            };
            Values { dtype, buffer: values, shape: &shape, first }.serialize(serializer)
        }
        Buffer::Compound { count, fields } => {
            let mut object = serializer.serialize_map(Some(fields.len()))?;
            for (k, (name, values)) in fields.iter().enumerate() {
                let field = match dtype {
                    Dtype::Compound(t) => t.fields.get(k),
                    _ => None,
                };
                let per_element = values.len().checked_div(*count).unwrap_or(0);
                let (dtype, shape) = field.map_or((dtype, &[][..]), |f| (&f.dtype, &f.shape));
                let first = index.saturating_mul(per_element);
                object.serialize_entry(name, &Values { dtype, buffer: values, shape, first })?;
            }
            object.end()
        }
        Buffer::Array { per, values } => {
            let (dtype, shape) = match dtype {
                Dtype::Array(t) => (&t.element, t.shape.as_slice()),
                other => (other, &[][..]),
            };
            let first = index.saturating_mul(*per);
            Values { dtype, buffer: values, shape, first }.serialize(serializer)
        }
        Buffer::Reference(references) => {
            let reference = references.get(index).ok_or_else(missing)?.as_deref();
            let kind = match dtype {
                Dtype::Reference(kind) => *kind,
                _ => ReferenceType::Object,
            };
            reference.map(|to| JsonReference(kind, to)).serialize(serializer)
        }
        _ => Err(missing()),
    }
}

/// Where a reference leads; those that may be of any sort say of which they are.
struct JsonReference<'a>(ReferenceType, &'a Reference);

impl Serialize for JsonReference<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(kind, Reference { path, file, region, attribute }) = self;
        if *kind == ReferenceType::Object && file.is_none() {
            return serializer.serialize_str(path);
        }
        let mut object = serializer.serialize_map(None)?;
        if *kind == ReferenceType::Standard {
            let reftype = match (attribute, region) {
                (Some(_), _) => "attribute",
                (None, Some(_)) => "region",
                (None, None) => "object",
            };
            object.serialize_entry("reftype", reftype)?;
        }
        object.serialize_entry("ref", path)?;
        if let Some(file) = file {
            object.serialize_entry("file", file)?;
        }
        if let Some(region) = region {
            object.serialize_entry("npoints", &region.points)?;
            object.serialize_entry("bounds", &[&region.low, &region.high])?;
        }
        if let Some(attribute) = attribute {
            object.serialize_entry("attr", attribute)?;
        }
        object.end()
    }
}

fn missing<E: serde::ser::Error>() -> E {
    E::custom("fewer values than announced")
}

/// f32 in the shortest digits that are that f32 again.
pub struct JsonNumber(pub Number);

impl Serialize for JsonNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Number::Int(value) => serializer.serialize_i128(value),
            Number::F32(value) if value.is_finite() => serializer.serialize_f32(value),
            Number::F64(value) if value.is_finite() => serializer.serialize_f64(value),
            other => serializer.serialize_str(match other.as_f64() {
                f64::INFINITY => "Infinity",
                f64::NEG_INFINITY => "-Infinity",
                _ => "NaN",
            }),
        }
    }
}

/// Text where it is UTF-8, else its bytes.
struct Text<'a>(&'a [u8]);

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match str::from_utf8(self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => serializer.serialize_str(&hex(self.0)),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold("hex:".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

/// A [`Dtype`] in numpy's spelling.
pub struct JsonDtype<'a>(pub &'a Dtype);

impl Serialize for JsonDtype<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.0)
    }
}

pub struct JsonAttribute<'a>(pub &'a Attribute);

impl Serialize for JsonAttribute<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Attribute { name, dtype, value, is_null, .. } = self.0;
        let mut object = serializer.serialize_map(Some(4))?;
        // Of a damaged one the name may be gone.
        object.serialize_entry("name", &Some(name).filter(|name| !name.is_empty()))?;
        object.serialize_entry("dtype", &JsonDtype(dtype))?;
        object.serialize_entry("shape", &Some(&value.shape).filter(|_| !is_null))?;
        let values = Values::of(dtype, value);
        object.serialize_entry("value", &Some(values).filter(|_| !is_null))?;
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use hyperslab_core::ByteOrder::Little;
    use hyperslab_core::dtype::{CompoundType, Field};

    fn json(dtype: &Dtype, shape: &[u64], values: Buffer) -> String {
        let array = Array { shape: shape.into(), values };
        serde_json::to_string(&Values::of(dtype, &array)).unwrap()
    }

    #[test]
    fn lists_follow_the_shape_and_what_json_lacks_is_text() {
        let floats = vec![0.1f32, f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e20, -0.0];
        assert_eq!(
            json(&Dtype::float(4, Little), &[2, 3], floats.into()),
            r#"[[0.1,"NaN","Infinity"],["-Infinity",1e+20,-0.0]]"#
        );
        assert_eq!(json(&Dtype::int(8, Little), &[], vec![i64::MIN].into()), i64::MIN.to_string());
        assert_eq!(json(&Dtype::int(8, Little), &[2, 0], Buffer::I64(vec![])), "[[],[]]");
    }

    #[test]
    fn the_last_axis_of_chars_is_a_string() {
        let chars = |bytes: &[u8]| Buffer::Char(bytes.to_vec());
        assert_eq!(json(&Dtype::Char, &[2, 2], chars(b"ab\xffd")), r#"["ab","hex:ff64"]"#);
        assert_eq!(json(&Dtype::Char, &[], chars(b"\0")), r#""\u0000""#);
        assert_eq!(json(&Dtype::Char, &[0], chars(b"")), r#""""#);
    }

    #[test]
    fn composite_elements_are_objects_lists_and_hex() {
        let field = |name: &str, dtype, shape: &[u64]| Field {
            name: name.into(),
            dtype,
            shape: shape.into(),
        };
        let fields = vec![
            field("id", Dtype::int(4, Little), &[]),
            field("wind", Dtype::float(8, Little), &[2]),
        ];
        let compound = Dtype::Compound(Arc::new(CompoundType { name: None, fields }));
        let values = Buffer::Compound {
            count: 2,
            fields: vec![
                ("id".into(), vec![1i32, 2].into()),
                ("wind".into(), vec![1.0f64, 2.0, 3.0, 4.0].into()),
            ],
        };
        assert_eq!(
            json(&compound, &[2], values),
            r#"[{"id":1,"wind":[1.0,2.0]},{"id":2,"wind":[3.0,4.0]}]"#
        );
        let sequences =
            Buffer::VarLen { ends: vec![2, 2, 3], values: Box::new(vec![7u8, 8, 9].into()) };
        let dtype = Dtype::VarLen(Arc::new(Dtype::uint(1, Little)));
        assert_eq!(json(&dtype, &[3], sequences), "[[7,8],[],[9]]");
        let opaque = Buffer::Opaque { len: 2, bytes: vec![0, 255] };
        assert_eq!(json(&Dtype::Opaque { len: 2, tag: None }, &[1], opaque), r#"["hex:00ff"]"#);
        let text = Buffer::FixedText { len: 3, bytes: b"ab\0xyz".to_vec() };
        assert_eq!(json(&Dtype::FixedText { len: 3 }, &[2], text), r#"["ab","xyz"]"#);
    }
}
