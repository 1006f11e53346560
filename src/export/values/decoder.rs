//! What `--decoded` makes of stored values: scale and offset applied, missing values told apart,
//! times as dates.

use hyperslab_core::array::Number;
use hyperslab_core::{Array, Buffer, ByteOrder, Dtype, Variable};

use crate::cf::{CfVariable, DateTime, Fills, Packing, TimeAxis, TimePrecision, decode_owned};

pub struct Decoder {
    /// `None` leaves values as they are stored.
    packing: Option<Packing>,
    time: Option<TimeAxis>,
    stored: Dtype,
    decoded: Dtype,
    /// What is read is decoded already; what is missing is NaN.
    is_done: bool,
}

impl Decoder {
    pub fn stored(variable: &Variable) -> Self {
        let dtype = variable.dtype.clone();
        Self { packing: None, time: None, stored: dtype.clone(), decoded: dtype, is_done: false }
    }

    /// For values that somebody else has decoded.
    pub fn done() -> Self {
        let dtype = Dtype::float(8, ByteOrder::Little);
        Self { packing: None, time: None, stored: dtype.clone(), decoded: dtype, is_done: true }
    }

    pub fn of(cf: &CfVariable<'_>, fills: Fills) -> Self {
        let stored = &cf.variable().dtype;
        let packing = cf.packing(fills);
        let decoded = decoded_dtype(stored, &packing);
        let time = cf.time_axis().and_then(Result::ok);
        Self { packing: Some(packing), time, stored: stored.clone(), decoded, is_done: false }
    }

    /// Of what [`Self::decode`] gives.
    pub fn dtype(&self) -> &Dtype {
        &self.decoded
    }

    pub fn is_time(&self) -> bool {
        self.time.is_some()
    }

    /// Values of one type, whatever is missing among them: NaN stands for that.
    pub fn decode(&self, stored: Array) -> Array {
        let decoded = match &self.packing {
            Some(packing) => decode_owned(stored, packing).array,
            None if self.is_done => stored,
            None => return stored,
        };
        let Array { shape, values } = decoded;
        Array { shape, values: in_type(values, &self.decoded) }
    }

    /// A stored number; `None` where it is missing.
    pub fn number(&self, stored: Number) -> Option<Number> {
        match &self.packing {
            None if self.is_done => Some(stored).filter(|number| !number.as_f64().is_nan()),
            None => Some(stored),
            Some(packing) => packing.decode_number(stored, &self.stored),
        }
    }

    /// The date of a decoded number, where there is one.
    pub fn date(&self, number: Number) -> Option<String> {
        self.time.as_ref()?.date(number.as_f64()).map(|date| iso(&date))
    }
}

/// Integers of which some may be missing are floats that hold them, in every block.
fn decoded_dtype(stored: &Dtype, packing: &Packing) -> Dtype {
    let is_as_it_is = !packing.is_packed() && packing.missing.is_nothing();
    let is_odd = !matches!(stored, Dtype::Int { .. } | Dtype::Float { .. } | Dtype::Enum(_))
        || matches!(stored, Dtype::Float { bytes: 2, .. });
    if !stored.is_numeric() || (is_as_it_is && is_odd) {
        return stored.clone();
    }
    let Ok(mut one) = Buffer::with_capacity(&held(stored), 1) else { return stored.clone() };
    let bytes = vec![0; stored.element_bytes() as usize];
    if one.extend_from_bytes(ByteOrder::Little, &bytes).is_err() {
        return stored.clone();
    }
    let decoded = decode_owned(Array::vector(one), packing).array.values;
    let is_float = matches!(decoded, Buffer::F32(_) | Buffer::F64(_));
    let float_bytes = match decoded {
        Buffer::F32(_) => 4,
        Buffer::F64(_) => 8,
        _ if stored.element_bytes() <= 2 => 4,
        _ => 8,
    };
    if is_float || !packing.missing.is_nothing() {
        Dtype::float(float_bytes, ByteOrder::Little)
    } else {
        let bytes = stored.element_bytes() as u8;
        match decoded {
            Buffer::U8(_) | Buffer::U16(_) | Buffer::U32(_) | Buffer::U64(_) => {
                Dtype::uint(bytes, ByteOrder::Little)
            }
            _ => Dtype::int(bytes, ByteOrder::Little),
        }
    }
}

/// The plain type in which values of this one are held.
fn held(dtype: &Dtype) -> Dtype {
    let (order, bytes) = (ByteOrder::Little, dtype.element_bytes() as u8);
    match dtype {
        Dtype::Int { signed, .. } => Dtype::Int { bytes, signed: *signed, order },
        Dtype::Bitfield { .. } => Dtype::uint(bytes, order),
        Dtype::Time { .. } => Dtype::int(bytes, order),
        Dtype::Float { .. } | Dtype::OtherFloat(_) => Dtype::float(bytes, order),
        Dtype::Enum(t) => held(&t.base),
        other => other.clone(),
    }
}

fn in_type(values: Buffer, dtype: &Dtype) -> Buffer {
    match (dtype, &values) {
        (Dtype::Float { bytes: 4, .. }, Buffer::F32(_)) => values,
        (Dtype::Float { bytes: 8, .. }, Buffer::F64(_)) => values,
        (Dtype::Float { bytes: 4, .. }, _) => match values.to_f64() {
            Some(numbers) => Buffer::F32(numbers.into_iter().map(|n| n as f32).collect()),
            None => values,
        },
        (Dtype::Float { .. }, _) => values.to_f64().map_or(values, Buffer::F64),
        _ => values,
    }
}

/// ISO 8601 with seconds, and their decimals where there are some.
fn iso(date: &DateTime) -> String {
    TimePrecision::of([*date]).max(TimePrecision::Second).text(date).replacen(' ', "T", 1)
}
