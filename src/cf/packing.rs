//! From stored to meant: scale, offset, sign and missing values (CF 2.5.1, 8.1; NUG Appendix A).
//!
//! Unpacked data have the type of `scale_factor` and `add_offset`; where the two differ or do
//! not suit the stored type, double precision. Unpacked floats keep their type; integers stay
//! what they are unless one of them is missing, then they become floats that hold them.
//! Decoding costs one pass and never more than one buffer.

use hyperslab_core::array::Number;
use hyperslab_core::{Array, Buffer, Dtype, Variable};

use super::attributes;
use super::missing::{Fills, Kind, Missing, Reading, Unpacking, reading};
use crate::interpret::Scaling;

/// How the stored values of one variable are to be understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Packing {
    pub scale: f64,
    pub offset: f64,
    pub missing: Missing,
    pub reading: Reading,
    /// What was wrong with the attributes, for people.
    pub notes: Vec<String>,
    unpacked: Option<FloatType>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FloatType {
    F32,
    F64,
}

/// What [`decode`] gives: missing values are NaN, unless there are none.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    pub array: Array,
    /// How many values are missing.
    pub missing: usize,
}

impl Packing {
    /// Values that mean what they are.
    pub fn none() -> Self {
        Self {
            scale: 1.0,
            offset: 0.0,
            missing: Missing::default(),
            reading: Reading::AsStored,
            notes: Vec::new(),
            unpacked: None,
        }
    }

    /// From a variable's attributes; what is malformed is left out and noted.
    pub fn of(variable: &Variable, fills: Fills) -> Self {
        let mut packing = Self::none();
        packing.reading = reading(variable, &mut packing.notes);
        let Some(kind) = Kind::of(&variable.dtype, packing.reading) else { return packing };
        let unpacking = unpacking(variable, &mut packing.notes);
        if let Some(unpacking) = unpacking {
            (packing.scale, packing.offset) = (unpacking.scale, unpacking.offset);
            let is_identity = unpacking.scale == 1.0 && unpacking.offset == 0.0;
            packing.unpacked = (!is_identity).then(|| unpacked_type(&variable.dtype, unpacking));
        }
        packing.missing = Missing::of(variable, kind, unpacking, fills, &mut packing.notes);
        packing
    }

    /// With what a convention says of scale and missing values instead of the attributes.
    pub(super) fn with_scaling(mut self, dtype: &Dtype, scaling: &Scaling) -> Self {
        let Some(kind) = Kind::of(dtype, self.reading) else { return self };
        let unpacking = Unpacking { scale: scaling.gain, offset: scaling.offset, float_bytes: 4 };
        let is_identity = scaling.gain == 1.0 && scaling.offset == 0.0;
        if !is_identity {
            (self.scale, self.offset) = (scaling.gain, scaling.offset);
            self.unpacked = Some(unpacked_type(dtype, unpacking));
        }
        let values: Vec<f64> = scaling.missing.iter().map(|(value, _)| *value).collect();
        self.missing.add_values(kind, &values);
        self
    }

    /// Values are scaled or shifted.
    pub fn is_packed(&self) -> bool {
        self.unpacked.is_some()
    }

    /// Bytes of the floating-point number that decoded values of a type are or become.
    pub fn float_bytes(&self, dtype: &Dtype) -> u8 {
        match (self.unpacked, dtype) {
            (Some(FloatType::F32), _) | (None, Dtype::Float { bytes: ..=4, .. }) => 4,
            _ => 8,
        }
    }

    /// One stored value; `None` where it is missing.
    pub fn decode_number(&self, stored: Number, dtype: &Dtype) -> Option<Number> {
        let read = self.read(stored, dtype);
        if self.missing.contains(read) {
            return None;
        }
        Some(match self.unpacked {
            None => read,
            Some(FloatType::F32) => Number::F32(self.unpack(read.as_f64()) as f32),
            Some(FloatType::F64) => Number::F64(self.unpack(read.as_f64())),
        })
    }

    /// Whether a stored value stands for a missing one: for tables that show what is stored.
    pub fn is_missing_stored(&self, stored: Number, dtype: &Dtype) -> bool {
        self.missing.contains(self.read(stored, dtype))
    }

    /// The same for all of them; `None` where none is missing.
    pub fn missing_mask(&self, stored: &Buffer) -> Option<Vec<bool>> {
        let mut mask = Vec::new();
        let missing = self.visit(stored, &mut MaskOf(&mut mask))?;
        (missing > 0).then_some(mask)
    }

    fn read(&self, stored: Number, dtype: &Dtype) -> Number {
        let (Number::Int(value), Some(Kind::Int { min, max })) =
            (stored, Kind::of(dtype, self.reading))
        else {
            return stored;
        };
        let width = max - min + 1;
        Number::Int(if value > max {
            value - width
        } else if value < min {
            value + width
        } else {
            value
        })
    }

    fn unpack(&self, read: f64) -> f64 {
        read * self.scale + self.offset
    }

    /// Calls `visitor` with the values as they are read and the rule in their type.
    fn visit<V: Visitor>(&self, stored: &Buffer, visitor: &mut V) -> Option<V::Output> {
        use Reading::{Signed, Unsigned};
        macro_rules! each {
            ($($variant:ident: $t:ty),*) => {
                match (stored, self.reading) {
                    (Buffer::I8(v), Unsigned) => self.call(v, i8::cast_unsigned, visitor),
                    (Buffer::I16(v), Unsigned) => self.call(v, i16::cast_unsigned, visitor),
                    (Buffer::I32(v), Unsigned) => self.call(v, i32::cast_unsigned, visitor),
                    (Buffer::I64(v), Unsigned) => self.call(v, i64::cast_unsigned, visitor),
                    (Buffer::U8(v), Signed) => self.call(v, u8::cast_signed, visitor),
                    (Buffer::U16(v), Signed) => self.call(v, u16::cast_signed, visitor),
                    (Buffer::U32(v), Signed) => self.call(v, u32::cast_signed, visitor),
                    (Buffer::U64(v), Signed) => self.call(v, u64::cast_signed, visitor),
                    $((Buffer::$variant(v), _) => self.call::<$t, $t, V>(v, |x| x, visitor),)*
                    _ => return None,
                }
            };
        }
        Some(each!(I8: i8, U8: u8, I16: i16, U16: u16, I32: i32, U32: u32, I64: i64, U64: u64,
            F32: f32, F64: f64))
    }

    fn call<S: Copy, T: Value, V: Visitor>(
        &self,
        stored: &[S],
        read: fn(S) -> T,
        visitor: &mut V,
    ) -> V::Output {
        visitor.visit(stored, read, &Rule::of(&self.missing), self)
    }
}

/// The decoded values of what a reader read. Text and composite values stay what they are.
pub fn decode(array: &Array, packing: &Packing) -> Decoded {
    if matches!(array.values, Buffer::F32(_) | Buffer::F64(_)) && !packing.is_packed() {
        return decode_owned(array.clone(), packing);
    }
    match packing.visit(&array.values, &mut Decode) {
        Some((values, missing)) => {
            Decoded { array: Array { shape: array.shape.clone(), values }, missing }
        }
        None => Decoded { array: array.clone(), missing: 0 },
    }
}

/// [`decode`] without a second buffer where the values keep their type.
pub fn decode_owned(mut array: Array, packing: &Packing) -> Decoded {
    let missing = match (&mut array.values, packing.unpacked) {
        (Buffer::F32(values), None) => blank(values, f32::NAN, &Rule::of(&packing.missing)),
        (Buffer::F64(values), None) => blank(values, f64::NAN, &Rule::of(&packing.missing)),
        _ => return decode(&array, packing),
    };
    Decoded { array, missing }
}

/// One test after the other over parts that stay in the nearest cache: loops without branches,
/// which are vectorised, unlike [`Rule::is_missing`] of each value.
fn blank<T: Value>(values: &mut [T], nan: T, rule: &Rule<T>) -> usize {
    const PART: usize = 4096;
    let has_range = rule.min > T::LOWEST || rule.max < T::HIGHEST;
    let mut missing = 0;
    for part in values.chunks_mut(PART) {
        if has_range {
            for value in part.iter_mut() {
                *value = if rule.min <= *value && *value <= rule.max { *value } else { nan };
            }
        }
        for &(low, high) in &rule.fills {
            for value in part.iter_mut() {
                *value = if low <= *value && *value <= high { nan } else { *value };
            }
        }
        // Only NaN is not equal to itself.
        #[allow(clippy::eq_op)]
        let count: u32 = part.iter().map(|value| u32::from(value != value)).sum();
        missing += count as usize;
    }
    missing
}

/// `scale_factor` and `add_offset`, where one of them is there and usable.
fn unpacking(variable: &Variable, notes: &mut Vec<String>) -> Option<Unpacking> {
    let scale = factor(variable, &["scale_factor", "ScaleFactor"], notes).filter(|&(scale, _)| {
        let is_usable = scale != 0.0;
        if !is_usable {
            notes.push("scale_factor 0 is ignored".into());
        }
        is_usable
    });
    let offset = factor(variable, &["add_offset", "Offset"], notes);
    let float_bytes = match (scale, offset) {
        (None, None) => return None,
        (Some((_, bytes)), None) | (None, Some((_, bytes))) => bytes,
        (Some((_, a)), Some((_, b))) => {
            if a == b {
                a
            } else {
                8
            }
        }
    };
    let (scale, offset) = (scale.map_or(1.0, |s| s.0), offset.map_or(0.0, |o| o.0));
    let offset = if subtracts_offset(variable) { 0.0 - scale * offset } else { offset };
    Some(Unpacking { scale, offset, float_bytes })
}

/// A number and the bytes of the float type it asks for: 8 for integers, as CF 8.1 advises for
/// what does not conform.
fn factor(variable: &Variable, names: &[&str], notes: &mut Vec<String>) -> Option<(f64, u8)> {
    let attribute = names.iter().find_map(|name| variable.attribute(name))?;
    let number = attributes::numbers(&attribute.value)
        .filter(|numbers| numbers.len() == 1)
        .and_then(|numbers| numbers.first().copied())
        .filter(|number| number.as_f64().is_finite());
    if number.is_none() {
        notes.push(format!("{} is not one finite number and is ignored", attribute.name));
    }
    let number = number?;
    Some((number.as_f64(), if matches!(number, Number::F32(_)) { 4 } else { 8 }))
}

/// HDF4's calibration (`SDsetcal`) and the MODIS atmosphere products subtract the offset before
/// they scale. Such files are told by the attributes that come with it.
fn subtracts_offset(variable: &Variable) -> bool {
    let has = |name| variable.attribute(name).is_some();
    (has("calibrated_nt") && has("add_offset_err"))
        || (has("Cell_Along_Swath_Sampling") && has("Parameter_Type"))
}

/// CF 8.1: floats are packed into two bytes at most; anything else is unpacked to double.
fn unpacked_type(stored: &Dtype, unpacking: Unpacking) -> FloatType {
    let is_narrow = match stored {
        Dtype::Int { bytes, .. } => *bytes <= 2,
        Dtype::Float { bytes, .. } => *bytes == 4,
        _ => false,
    };
    if is_narrow && unpacking.float_bytes == 4 { FloatType::F32 } else { FloatType::F64 }
}

/// A type that values are read as.
trait Value: Copy + PartialOrd {
    const LOWEST: Self;
    const HIGHEST: Self;
    /// A single-precision float holds all of it.
    const IS_NARROW: bool;
    /// Has a NaN to stand for what is missing.
    const IS_FLOAT: bool;

    fn from_number(number: Number) -> Self;
    fn to_f64(self) -> f64;
    fn buffer(values: Vec<Self>) -> Buffer;
}

macro_rules! values {
    ($($t:ty: $variant:ident, $low:expr, $high:expr, $narrow:expr, $is_float:expr;)*) => { $(
        impl Value for $t {
            const LOWEST: Self = $low;
            const HIGHEST: Self = $high;
            const IS_NARROW: bool = $narrow;
            const IS_FLOAT: bool = $is_float;

            #[allow(clippy::unnecessary_cast)]
            fn from_number(number: Number) -> Self {
                match number {
                    Number::Int(value) if !Self::IS_FLOAT => {
                        value.clamp(Self::LOWEST as i128, Self::HIGHEST as i128) as $t
                    }
                    other => other.as_f64() as $t,
                }
            }

            #[allow(clippy::unnecessary_cast)]
            fn to_f64(self) -> f64 {
                self as f64
            }

            fn buffer(values: Vec<Self>) -> Buffer {
                Buffer::$variant(values)
            }
        }
    )* };
}
values! {
    i8: I8, i8::MIN, i8::MAX, true, false;
    u8: U8, u8::MIN, u8::MAX, true, false;
    i16: I16, i16::MIN, i16::MAX, true, false;
    u16: U16, u16::MIN, u16::MAX, true, false;
    i32: I32, i32::MIN, i32::MAX, false, false;
    u32: U32, u32::MIN, u32::MAX, false, false;
    i64: I64, i64::MIN, i64::MAX, false, false;
    u64: U64, u64::MIN, u64::MAX, false, false;
    f32: F32, f32::NEG_INFINITY, f32::INFINITY, true, true;
    f64: F64, f64::NEG_INFINITY, f64::INFINITY, false, true;
}

/// [`Missing`] in one type.
struct Rule<T> {
    fills: Vec<(T, T)>,
    min: T,
    max: T,
}

impl<T: Value> Rule<T> {
    fn of(missing: &Missing) -> Self {
        let to = T::from_number;
        Self {
            fills: missing.fills.iter().map(|&(low, high)| (to(low), to(high))).collect(),
            min: missing.min.map_or(T::LOWEST, to),
            max: missing.max.map_or(T::HIGHEST, to),
        }
    }

    /// Also true of NaN, which is in no range.
    #[inline]
    fn is_missing(&self, value: T) -> bool {
        !(self.min <= value && value <= self.max)
            || self.fills.iter().any(|&(low, high)| low <= value && value <= high)
    }
}

/// What is done with values once their type is known.
trait Visitor {
    type Output;

    fn visit<S: Copy, T: Value>(
        &mut self,
        stored: &[S],
        read: fn(S) -> T,
        rule: &Rule<T>,
        packing: &Packing,
    ) -> Self::Output;
}

struct Decode;

impl Visitor for Decode {
    type Output = (Buffer, usize);

    fn visit<S: Copy, T: Value>(
        &mut self,
        stored: &[S],
        read: fn(S) -> T,
        rule: &Rule<T>,
        packing: &Packing,
    ) -> (Buffer, usize) {
        let read_all = || stored.iter().map(|&s| read(s));
        let (scale, offset) = (packing.scale, packing.offset);
        let is_packed = packing.is_packed();
        if !is_packed && !T::IS_FLOAT && !read_all().any(|value| rule.is_missing(value)) {
            return (T::buffer(read_all().collect()), 0);
        }
        let held = if T::IS_NARROW { FloatType::F32 } else { FloatType::F64 };
        let mut missing = 0;
        let meant = read_all().map(|value| {
            if rule.is_missing(value) {
                missing += 1;
                f64::NAN
            } else if is_packed {
                value.to_f64() * scale + offset
            } else {
                value.to_f64()
            }
        });
        let values = match packing.unpacked.unwrap_or(held) {
            FloatType::F32 => Buffer::F32(meant.map(|value| value as f32).collect()),
            FloatType::F64 => Buffer::F64(meant.collect()),
        };
        (values, missing)
    }
}

struct MaskOf<'a>(&'a mut Vec<bool>);

impl Visitor for MaskOf<'_> {
    type Output = usize;

    fn visit<S: Copy, T: Value>(
        &mut self,
        stored: &[S],
        read: fn(S) -> T,
        rule: &Rule<T>,
        _: &Packing,
    ) -> usize {
        self.0.extend(stored.iter().map(|&s| rule.is_missing(read(s))));
        self.0.iter().filter(|&&is_missing| is_missing).count()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use hyperslab_core::ByteOrder;
    use proptest::prelude::*;

    fn decoded(variable: &Variable, values: impl Into<Buffer>) -> Decoded {
        decode(&Array::vector(values.into()), &Packing::of(variable, Fills::DeclaredOrDefault))
    }

    fn floats(variable: &Variable, values: impl Into<Buffer>) -> Vec<f64> {
        decoded(variable, values).array.values.to_f64().unwrap()
    }

    /// NaN is shown as 9999, to be compared.
    fn plain(values: Vec<f64>) -> Vec<f64> {
        values.into_iter().map(|v| if v.is_nan() { 9999.0 } else { v }).collect()
    }

    fn double(name: &str) -> Variable {
        variable(name, Dtype::float(8, ByteOrder::Big), &[3])
    }

    #[test]
    fn packed_shorts_become_the_type_of_their_scale() {
        let single = int("t", 2, &[3])
            .with_numbers("scale_factor", vec![0.5f32])
            .with_numbers("add_offset", vec![10f32])
            .with_numbers("_FillValue", vec![-99i16]);
        let result = decoded(&single, vec![0i16, 2, -99]);
        assert_eq!(result.missing, 1);
        let Buffer::F32(values) = result.array.values else { panic!("not float32") };
        assert_eq!(&values[..2], [10.0, 11.0]);
        assert!(values[2].is_nan());
        let double = int("t", 2, &[3]).with_numbers("scale_factor", vec![0.5f64]);
        assert_eq!(decoded(&double, vec![1i16]).array.values, Buffer::F64(vec![0.5]));
        // CF 8.1: what does not conform is unpacked to double.
        let wide = int("t", 4, &[3]).with_numbers("scale_factor", vec![0.5f32]);
        assert_eq!(decoded(&wide, vec![1i32]).array.values, Buffer::F64(vec![0.5]));
        let mixed = single.clone().with_numbers("ignored", vec![1]);
        assert!(Packing::of(&mixed, Fills::Declared).is_packed());
    }

    #[test]
    fn integers_stay_integers_unless_one_is_missing() {
        let v = int("n", 8, &[2]).with_numbers("_FillValue", vec![-1i64]);
        let large = 9_007_199_254_740_993i64;
        assert_eq!(decoded(&v, vec![large, 2]).array.values, Buffer::I64(vec![large, 2]));
        assert_eq!(plain(floats(&v, vec![1i64, -1])), [1.0, 9999.0]);
        let byte = int("n", 1, &[2]).with_numbers("missing_value", vec![5i8, 6]);
        let result = decoded(&byte, vec![4i8, 5, 6]);
        assert!(matches!(result.array.values, Buffer::F32(_)));
        assert_eq!(result.missing, 2);
    }

    #[test]
    fn unsigned_bytes_are_read_unsigned_with_their_attributes() {
        // 20171025_2056.Cloud_Top_Height.nc: valid_range 0, -6 hides everything when taken
        // literally.
        let v = int("HT", 2, &[4])
            .with("_Unsigned", "true")
            .with_numbers("_FillValue", vec![-1i16])
            .with_numbers("valid_range", vec![0i16, -6])
            .with_numbers("scale_factor", vec![0.5f32])
            .with_numbers("add_offset", vec![0f32]);
        assert_eq!(
            plain(floats(&v, vec![0i16, -6, -5, -1, 32767, -32768])),
            [0.0, 32765.0, 9999.0, 9999.0, 16383.5, 16384.0]
        );
        let byte = int("Band1", 1, &[2]).with("_Unsigned", "true");
        assert_eq!(decoded(&byte, vec![-16i8, 1]).array.values, Buffer::U8(vec![240, 1]));
        let signed =
            variable("b", Dtype::uint(1, ByteOrder::Little), &[2]).with("_Unsigned", "false");
        assert_eq!(decoded(&signed, vec![240u8]).array.values, Buffer::I8(vec![-16]));
        // ubyte_1.nc4: unsigned as stored; a fill written with either sign is the same.
        let stored = variable("b", Dtype::uint(1, ByteOrder::Little), &[2])
            .with("_Unsigned", "true")
            .with_numbers("_FillValue", vec![-1i8]);
        assert_eq!(plain(floats(&stored, vec![254u8, 255])), [254.0, 9999.0]);
    }

    #[test]
    fn fills_are_compared_in_the_stored_type() {
        let single = float("t", &[3]).with_numbers("missing_value", vec![-999.9f64, 1e20]);
        assert_eq!(plain(floats(&single, vec![-999.9f32, 1e20, 1.0])), [9999.0, 9999.0, 1.0]);
        // A single-precision fill in double-precision data, either way it was written.
        let wide = double("t").with_numbers("_FillValue", vec![-999.9f32]);
        let written = vec![-999.9f64, f64::from(-999.9f32), -999.8];
        assert_eq!(plain(floats(&wide, written)), [9999.0, 9999.0, -999.8]);
        let short = int("t", 2, &[3]).with_numbers("missing_value", vec![-999f64]);
        assert_eq!(plain(floats(&short, vec![-999i16, 0])), [9999.0, 0.0]);
    }

    #[test]
    fn bounds_of_single_precision_do_not_hide_doubles_equal_to_them() {
        let v = double("t").with_numbers("valid_range", vec![0.1f32, 0.3]);
        assert_eq!(plain(floats(&v, vec![0.1f64, 0.3, 0.09, 0.31])), [0.1, 0.3, 9999.0, 9999.0]);
        let single = float("t", &[2]).with_numbers("valid_max", vec![0.1f64]);
        assert_eq!(decoded(&single, vec![0.1f32, 0.2]).missing, 1);
    }

    #[test]
    fn attributes_of_the_unpacked_type_are_compared_unpacked() {
        let v = int("t", 2, &[3])
            .with_numbers("scale_factor", vec![0.01f32])
            .with_numbers("add_offset", vec![0f32])
            .with_numbers("valid_range", vec![-50f32, 100.0])
            .with_numbers("missing_value", vec![99f32]);
        assert_eq!(
            decoded(&v, vec![-5000i16, -5001, 10000, 10001, 9900, 9901]).missing,
            3,
            "-50.01, 100.01 and 99"
        );
        let negative = int("t", 2, &[3])
            .with_numbers("scale_factor", vec![-0.5f64])
            .with_numbers("valid_min", vec![-1f64]);
        assert_eq!(plain(floats(&negative, vec![2i16, 3, -3])), [-1.0, 9999.0, 1.5]);
        // Not a value that packing can produce: it was meant as stored.
        let stored = int("t", 2, &[3])
            .with_numbers("scale_factor", vec![0.01f32])
            .with_numbers("missing_value", vec![-999f32]);
        assert_eq!(decoded(&stored, vec![-999i16, 0]).missing, 1);
    }

    #[test]
    fn a_malformed_attribute_is_noted_and_left_out() {
        let v = int("t", 2, &[3])
            .with("scale_factor", "0.1")
            .with_numbers("add_offset", vec![1f32, 2.0])
            .with("_FillValue", "none")
            .with_numbers("valid_range", vec![1i16])
            .with_numbers("missing_value", vec![0.5f64]);
        let packing = Packing::of(&v, Fills::Declared);
        assert!(!packing.is_packed() && packing.missing.is_nothing());
        assert_eq!(packing.notes.len(), 5, "{:?}", packing.notes);
        let zero = int("t", 2, &[3]).with_numbers("scale_factor", vec![0f32]);
        assert_eq!(Packing::of(&zero, Fills::Declared).notes.len(), 1);
        let empty = int("t", 2, &[3]).with_numbers("scale_factor", Vec::<f64>::new());
        assert!(!Packing::of(&empty, Fills::Declared).is_packed());
    }

    #[test]
    fn hdf4_calibration_subtracts_the_offset_first() {
        let v = int("v", 2, &[1])
            .with_numbers("scale_factor", vec![0.5f64])
            .with_numbers("add_offset", vec![2f64])
            .with_numbers("add_offset_err", vec![0f64])
            .with_numbers("calibrated_nt", vec![22i32]);
        assert_eq!(floats(&v, vec![10i16]), [4.0]);
    }

    #[test]
    fn an_identity_changes_neither_values_nor_type() {
        let v = int("v", 1, &[1])
            .with_numbers("scale_factor", vec![1f64])
            .with_numbers("add_offset", vec![0f64]);
        assert_eq!(decoded(&v, vec![7i8]).array.values, Buffer::I8(vec![7]));
        let text = decode(&Array::text("ab"), &Packing::of(&char_variable("c"), Fills::Declared));
        assert_eq!((text.array, text.missing), (Array::text("ab"), 0));
        let zero = decoded(&float("f", &[1]), vec![-0.0f32]).array.values;
        let Buffer::F32(zero) = zero else { panic!("not float32") };
        assert!(zero[0].is_sign_negative());
    }

    #[test]
    fn a_table_of_stored_values_knows_which_are_missing() {
        let v =
            int("v", 1, &[3]).with("_Unsigned", "true").with_numbers("_FillValue", vec![255i16]);
        let packing = Packing::of(&v, Fills::Declared);
        assert_eq!(packing.missing_mask(&vec![1i8, -1].into()), Some(vec![false, true]));
        assert_eq!(packing.missing_mask(&vec![1i8].into()), None);
        assert!(packing.is_missing_stored(Number::Int(-1), &v.dtype));
        assert_eq!(packing.decode_number(Number::Int(-2), &v.dtype), Some(Number::Int(254)));
    }

    #[test]
    fn decoding_in_place_is_decoding() {
        let v = float("t", &[3]).with_numbers("_FillValue", vec![1f32]);
        let packing = Packing::of(&v, Fills::Declared);
        let array = Array::vector(vec![1f32, 2.0, f32::NAN].into());
        let (a, b) = (decode(&array, &packing), decode_owned(array, &packing));
        assert_eq!((a.missing, b.missing), (2, 2));
        assert_eq!(format!("{a:?}"), format!("{b:?}"));
    }

    proptest! {
        #[test]
        fn one_number_is_decoded_as_all_of_them_are(
            stored in prop::collection::vec(any::<i16>(), 1..20),
            scale in -2.0f32..2.0,
            fill in any::<i16>(),
            range in any::<[i16; 2]>(),
            is_unsigned in any::<bool>(),
        ) {
            let v = int("v", 2, &[3])
                .with("_Unsigned", if is_unsigned { "true" } else { "false" })
                .with_numbers("scale_factor", vec![scale])
                .with_numbers("_FillValue", vec![fill])
                .with_numbers("valid_range", range.to_vec());
            let packing = Packing::of(&v, Fills::Declared);
            let all = decode(&Array::vector(stored.clone().into()), &packing);
            let mask = packing.missing_mask(&stored.clone().into());
            let mask = mask.unwrap_or_else(|| vec![false; stored.len()]);
            prop_assert_eq!(mask.iter().filter(|&&m| m).count(), all.missing);
            for (i, &value) in stored.iter().enumerate() {
                let one = packing.decode_number(Number::Int(value.into()), &v.dtype);
                prop_assert_eq!(one.is_none(), mask[i]);
                if let Some(one) = one {
                    prop_assert_eq!(Some(one), all.array.values.number(i));
                }
            }
        }

        #[test]
        fn no_attributes_panic(
            name in prop::sample::select(vec!["scale_factor", "add_offset", "_FillValue",
                "missing_value", "valid_range", "valid_min", "valid_max"]),
            numbers in prop::collection::vec(any::<f64>(), 0..4),
            bytes in 0u8..12,
        ) {
            let v = variable("v", Dtype::Int { bytes, signed: true, order: ByteOrder::Big }, &[2])
                .with_numbers(name, numbers.clone())
                .with_numbers("scale_factor", numbers);
            let packing = Packing::of(&v, Fills::DeclaredOrDefault);
            decode(&Array::vector(vec![i64::MIN, 0, i64::MAX].into()), &packing);
            decode(&Array::vector(vec![u8::MAX].into()), &packing);
        }
    }
}
