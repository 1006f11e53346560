//! A few numbers that tell whether two programs read the same stored values.

use std::fmt::Write as _;
use std::ops::Range;

use hyperslab_core::array::Number;
use hyperslab_core::{
    Array, Buffer, Dtype, ErrorKind, ReadError, Result, Section, Variable, VariableId,
};
use serde::ser::SerializeTuple;
use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use super::opened::Opened;
use crate::export::json::{JsonNumber, Values};
use crate::export::npy;
use crate::prep::blocks::{Blocks, Order};
use crate::prep::stats::Stats;

/// Of a larger variable only samples are read: a digest answers in seconds, whatever the file.
const WHOLE_BYTES: u64 = 1 << 30;
/// The same for types of which nothing but samples is told: values are read only to see that
/// they can be.
const WHOLE_COMPOSITE_BYTES: u64 = 16 << 20;
const BLOCK_BYTES: u64 = 4 << 20;
const SAMPLES: u64 = 12;

#[derive(Serialize)]
pub struct Digest {
    pub count: u64,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub whole: Option<Whole>,
    pub samples: Vec<Sample>,
}

/// What takes reading all values to know.
#[derive(Serialize)]
pub struct Whole {
    /// Of the elements in C order, little-endian.
    pub sha256: Option<String>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub numbers: Option<Numbers>,
}

/// `min`, `max` and `mean` are of the finite values.
#[derive(Serialize)]
pub struct Numbers {
    pub finite: u64,
    pub nan: u64,
    #[serde(serialize_with = "number_or_null")]
    pub min: Option<Number>,
    #[serde(serialize_with = "number_or_null")]
    pub max: Option<Number>,
    pub mean: Option<f64>,
}

/// The element at a flat index.
pub struct Sample {
    pub index: u64,
    dtype: Dtype,
    value: Buffer,
}

impl Digest {
    pub fn of(opened: &Opened, id: VariableId, variable: &Variable) -> Result<Self> {
        if variable.is_null {
            let whole = Some(Whole { sha256: None, numbers: None });
            return Ok(Self { count: 0, whole, samples: Vec::new() });
        }
        let count = variable.element_count();
        let bytes = count.saturating_mul(variable.dtype.element_bytes());
        let is_told = plain(&variable.dtype).is_numeric() || has_sha256(&variable.dtype);
        if bytes > (if is_told { WHOLE_BYTES } else { WHOLE_COMPOSITE_BYTES }) {
            let samples = sample_indices(0..count, count)
                .map(|index| read_sample(opened, id, variable, index))
                .collect::<Result<_>>()?;
            return Ok(Self { count, whole: None, samples });
        }
        let mut seen = Seen::default();
        for section in Blocks::new(variable, &all(variable), Order::C, BLOCK_BYTES)?.iter() {
            seen.add(&opened.read(id, &section)?, variable, count)?;
        }
        Ok(Self { count, whole: Some(seen.whole(&variable.dtype)), samples: seen.samples })
    }

    /// For people, on one line.
    pub fn line(&self) -> String {
        let mut line = format!("{} values", self.count);
        let Some(whole) = &self.whole else {
            return line + ", too many to read them all";
        };
        if let Some(numbers) = &whole.numbers {
            if numbers.finite < self.count {
                let _ = write!(line, ", {} finite, {} NaN", numbers.finite, numbers.nan);
            }
            if let (Some(min), Some(max), Some(mean)) = (numbers.min, numbers.max, numbers.mean) {
                let json = |number| serde_json::to_string(&JsonNumber(number)).unwrap_or_default();
                let _ = write!(line, ", min {}, max {}, mean {mean}", json(min), json(max));
            }
        }
        if let Some(sha256) = &whole.sha256 {
            let _ = write!(line, ", sha256 {sha256}");
        }
        line
    }
}

#[derive(Default)]
struct Seen {
    hash: Sha256,
    stats: Stats,
    nan: u64,
    samples: Vec<Sample>,
    next: u64,
}

impl Seen {
    fn add(&mut self, array: &Array, variable: &Variable, count: u64) -> Result<()> {
        let behind = self.next.saturating_add(array.len() as u64);
        if has_sha256(&variable.dtype) {
            npy::write_values(&mut self.hash, &variable.dtype, &array.values)
                .map_err(|error| ReadError::new(ErrorKind::Bug, format!("hashing: {error}")))?;
        }
        if plain(&variable.dtype).is_numeric() {
            let numbers = flat(&array.values);
            self.stats.add(numbers);
            self.nan += nan_count(numbers);
        }
        for index in sample_indices(self.next..behind, count) {
            let at = usize::try_from(index - self.next).ok();
            let value = at
                .and_then(|at| array.values.slice(at..at + 1))
                .ok_or_else(|| ReadError::new(ErrorKind::Bug, "fewer values than asked for"))?;
            self.samples.push(Sample { index, dtype: variable.dtype.clone(), value });
        }
        self.next = behind;
        Ok(())
    }

    fn whole(&self, dtype: &Dtype) -> Whole {
        let numbers = plain(dtype).is_numeric().then(|| Numbers {
            finite: self.stats.count(),
            nan: self.nan,
            min: self.stats.min(),
            max: self.stats.max(),
            mean: self.stats.mean(),
        });
        let sha256 = has_sha256(dtype).then(|| {
            let hash = self.hash.clone().finalize();
            hash.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
        });
        Whole { sha256, numbers: numbers.filter(|_| self.next > 0) }
    }
}

fn all(variable: &Variable) -> Section {
    Section::all(&variable.shape())
}

/// Of arrays that of their elements.
fn plain(dtype: &Dtype) -> &Dtype {
    match dtype {
        Dtype::Array(t) => plain(&t.element),
        other => other,
    }
}

fn flat(values: &Buffer) -> &Buffer {
    match values {
        Buffer::Array { values, .. } => flat(values),
        other => other,
    }
}

/// Whatever has the same bytes in every program: integers, IEEE floats and what an IEEE float
/// holds, enums, bits, chars, fixed text, opaque bytes, and arrays of them.
fn has_sha256(dtype: &Dtype) -> bool {
    match plain(dtype) {
        Dtype::OtherFloat(t) => matches!(t.exact_bytes, Some(2 | 4)),
        Dtype::Complex(part) => matches!(**part, Dtype::Float { bytes: 4 | 8, .. }),
        Dtype::Char | Dtype::FixedText { .. } | Dtype::Opaque { .. } => true,
        dtype => dtype.is_numeric(),
    }
}

fn nan_count(values: &Buffer) -> u64 {
    match values {
        Buffer::F32(v) => v.iter().map(|x| u64::from(x.is_nan())).sum(),
        Buffer::F64(v) => v.iter().map(|x| u64::from(x.is_nan())).sum(),
        _ => 0,
    }
}

/// Those of `k * (count - 1) // 11` for k in 0..=11 that lie in `within`, without repeats.
fn sample_indices(within: Range<u64>, count: u64) -> impl Iterator<Item = u64> {
    let last = u128::from(count.saturating_sub(1));
    let at = move |k: u64| (u128::from(k) * last / u128::from(SAMPLES - 1)) as u64;
    (0..SAMPLES)
        .filter(move |&k| k == 0 || at(k) != at(k - 1))
        .map(at)
        .filter(move |index| within.contains(index))
}

fn read_sample(opened: &Opened, id: VariableId, variable: &Variable, index: u64) -> Result<Sample> {
    let array = opened.read(id, &element_section(&variable.shape(), index))?;
    let value = array.values;
    Ok(Sample { index, dtype: variable.dtype.clone(), value })
}

/// The one element at a flat index.
fn element_section(shape: &[u64], index: u64) -> Section {
    let mut rest = index;
    let mut ranges = vec![hyperslab_core::Range::one(0); shape.len()];
    for (range, &len) in ranges.iter_mut().zip(shape).rev() {
        range.start = rest % len.max(1);
        rest /= len.max(1);
    }
    Section::new(ranges)
}

impl Serialize for Sample {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut pair = serializer.serialize_tuple(2)?;
        pair.serialize_element(&self.index)?;
        pair.serialize_element(&Values::element(&self.dtype, &self.value, 0))?;
        pair.end()
    }
}

fn number_or_null<S: Serializer>(number: &Option<Number>, to: S) -> Result<S::Ok, S::Error> {
    number.map(JsonNumber).serialize(to)
}
