//! Values as the JSON that `expected.json` has for them, and when the two are the same.

use hyperslab_core::array::{Number, trim_nul};
use hyperslab_core::dtype::ReferenceType;
use hyperslab_core::{Array, Buffer, Dtype, Reference};
use serde_json::{Map, Value, json};

pub fn of_array(dtype: &Dtype, array: &Array) -> Value {
    nested(dtype, &array.values, &array.shape, 0)
}

fn nested(dtype: &Dtype, buffer: &Buffer, shape: &[u64], first: usize) -> Value {
    let [len, inner @ ..] = shape else { return of_element(dtype, buffer, first) };
    let step = inner.iter().product::<u64>() as usize;
    (0..*len as usize).map(|k| nested(dtype, buffer, inner, first + k * step)).collect()
}

pub fn of_element(dtype: &Dtype, buffer: &Buffer, at: usize) -> Value {
    if let Some(number) = buffer.number(at) {
        return of_number(number);
    }
    match buffer {
        Buffer::Char(bytes) => text(&bytes[at..=at]),
        Buffer::FixedText { len, bytes } => text(&bytes[at * len..(at + 1) * len]),
        Buffer::Text(texts) => text(&texts[at]),
        Buffer::Opaque { len, bytes } => hex(&bytes[at * len..(at + 1) * len]).into(),
        Buffer::VarLen { ends, values } => {
            let first = if at == 0 { 0 } else { ends[at - 1] };
            let Dtype::VarLen(element) = dtype else { panic!("a sequence of type {dtype}") };
            (first..ends[at]).map(|k| of_element(element, values, k)).collect()
        }
        Buffer::Array { per, values } => {
            let Dtype::Array(t) = dtype else { panic!("an array of type {dtype}") };
            nested(&t.element, values, &t.shape, at * per)
        }
        Buffer::Compound { count, fields } => {
            let field = |(k, (name, values)): (usize, &(String, Buffer))| {
                let per = values.len() / count;
                let value = match dtype {
                    Dtype::Compound(t) => {
                        nested(&t.fields[k].dtype, values, &t.fields[k].shape, at * per)
                    }
                    _ => of_element(dtype, values, at),
                };
                (name.clone(), value)
            };
            Value::Object(fields.iter().enumerate().map(field).collect::<Map<_, _>>())
        }
        Buffer::Reference(references) => match (dtype, &references[at]) {
            (Dtype::Reference(kind), Some(to)) => of_reference(*kind, to),
            _ => Value::Null,
        },
        other => panic!("{other:?} of type {dtype}"),
    }
}

fn of_number(number: Number) -> Value {
    match number {
        Number::Int(value) => match (i64::try_from(value), u64::try_from(value)) {
            (Ok(value), _) => value.into(),
            (_, Ok(value)) => value.into(),
            _ => (value as f64).into(),
        },
        float => match float.as_f64() {
            value if value.is_finite() => value.into(),
            value if value.is_nan() => "NaN".into(),
            value => if value > 0.0 { "Infinity" } else { "-Infinity" }.into(),
        },
    }
}

fn text(bytes: &[u8]) -> Value {
    let bytes = trim_nul(bytes);
    String::from_utf8(bytes.to_vec()).unwrap_or_else(|_| hex(bytes)).into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold("hex:".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

fn of_reference(kind: ReferenceType, to: &Reference) -> Value {
    if kind == ReferenceType::Object {
        return json!(to.path);
    }
    let mut found = json!({"ref": to.path});
    if kind == ReferenceType::Standard {
        let word = if to.attribute.is_some() {
            "attribute"
        } else if to.region.is_some() {
            "region"
        } else {
            "object"
        };
        found["reftype"] = word.into();
    }
    if let Some(region) = &to.region {
        found["npoints"] = region.points.into();
        found["bounds"] = json!([region.low, region.high]);
    }
    if let Some(attribute) = &to.attribute {
        found["attr"] = json!(attribute);
    }
    found
}

/// Blanks and NULs that pad a text are no part of it; a number may be written in two ways.
pub fn is_same(want: &Value, got: &Value) -> bool {
    match (want, got) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| is_same(a, b)))
        }
        (Value::String(a), Value::String(b)) => {
            let trim = |text: &str| text.trim_end_matches(['\0', ' ']).to_owned();
            trim(a) == trim(b)
        }
        (Value::Number(a), Value::Number(b)) => {
            a == b || (a.is_f64() || b.is_f64()) && a.as_f64() == b.as_f64()
        }
        (a, b) => a == b,
    }
}

pub fn fields_of(dtype: &Dtype) -> Vec<(String, String)> {
    match dtype {
        Dtype::Compound(t) => {
            let code = |field: &hyperslab_core::dtype::Field| match field.shape.as_slice() {
                [] => field.dtype.to_string(),
                shape => {
                    let lens: Vec<String> = shape.iter().map(u64::to_string).collect();
                    format!("array({})[{}]", field.dtype, lens.join(","))
                }
            };
            t.fields.iter().map(|field| (field.name.clone(), code(field))).collect()
        }
        Dtype::Complex(part) => ["r", "i"].map(|name| (name.into(), part.to_string())).into(),
        _ => Vec::new(),
    }
}

pub fn is_same_dtype(code: &str, dtype: &Dtype) -> bool {
    is_same_code(code, &dtype.to_string())
        || code == "compound" && matches!(dtype, Dtype::Complex(_))
}

/// The order of one byte says nothing; a pair of floats may be known for a complex number; text
/// of one byte may be a char.
pub fn is_same_code(want: &str, got: &str) -> bool {
    let plain = |code: &str| {
        ["i1", "u1", "f1"].iter().fold(code.to_owned(), |code, kind| {
            code.replace(&format!("<{kind}"), kind).replace(&format!(">{kind}"), kind)
        })
    };
    plain(want) == plain(got)
        || want == "compound" && got.starts_with("complex(")
        || want == "S1" && got == "char"
}
