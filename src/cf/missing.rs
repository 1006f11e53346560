//! Which stored values are missing (CF 2.5.1, NUG Appendix A).
//!
//! Missing are `_FillValue`, every `missing_value`, all outside of `valid_min`, `valid_max` or
//! `valid_range`, and NaN. Attributes are compared in the type of the stored values; where they
//! are of the unpacked type, they are first packed as the data were. Where there is no
//! `_FillValue`, the default fill values of netCDF may count, except for bytes.
//!
//! Not applied: the range that NUG derives from `_FillValue` alone. It would hide data in the
//! many files whose fill value lies inside of theirs.

use hyperslab_core::array::Number;
use hyperslab_core::{Attribute, Dtype, Variable};

use super::attributes;

/// Whether values that a netCDF library wrote where nothing was written are missing, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fills {
    /// Only what the attributes say: for formats that do not know netCDF's defaults.
    Declared,
    /// Also netCDF's default fill value, where `_FillValue` is not given.
    DeclaredOrDefault,
}

impl Fills {
    /// For a format in which netCDF's defaults stand, or do not, where nothing was written.
    pub fn with_defaults(has_defaults: bool) -> Self {
        if has_defaults { Self::DeclaredOrDefault } else { Self::Declared }
    }
}

/// How a stored integer is read: netCDF classic has no unsigned types (`_Unsigned`, NUG).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    #[default]
    AsStored,
    Unsigned,
    Signed,
}

/// Missing values in the domain of the stored ones, as they are read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Missing {
    /// Closed intervals; mostly of one value.
    pub(super) fills: Vec<(Number, Number)>,
    pub(super) min: Option<Number>,
    pub(super) max: Option<Number>,
}

/// The arithmetic of a packed variable, to pack the attributes that are not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unpacking {
    pub scale: f64,
    pub offset: f64,
    /// Type of `scale_factor` and `add_offset`, in bytes of a float.
    pub float_bytes: u8,
}

/// The type of the values as they are read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Int { min: i128, max: i128 },
    Float { bytes: u8 },
}

/// How far a packed bound may be off, in steps of the packed integers.
const PACKED_SLACK: f64 = 1e-3;

const DEFAULT_FLOAT: f64 = 9.969_209_968_386_869e36;

impl Kind {
    pub(super) fn of(dtype: &Dtype, reading: Reading) -> Option<Self> {
        match dtype {
            Dtype::Int { bytes, signed, .. } => {
                let signed = match reading {
                    Reading::AsStored => *signed,
                    Reading::Unsigned => false,
                    Reading::Signed => true,
                };
                Self::int(*bytes, signed)
            }
            Dtype::Bitfield { bytes, .. } => Self::int(*bytes, false),
            Dtype::Time { bytes, .. } => Self::int(*bytes, true),
            Dtype::Float { bytes, .. } => Some(Self::Float { bytes: *bytes }),
            Dtype::OtherFloat(t) => {
                Some(Self::Float { bytes: if t.is_held_as_f64 { 8 } else { 4 } })
            }
            Dtype::Enum(t) => Self::of(&t.base, reading),
            _ => None,
        }
    }

    fn int(bytes: u8, signed: bool) -> Option<Self> {
        let bits = u32::from(bytes).checked_mul(8).filter(|bits| (8..=64).contains(bits))?;
        Some(if signed {
            Self::Int { min: -(1 << (bits - 1)), max: (1 << (bits - 1)) - 1 }
        } else {
            Self::Int { min: 0, max: (1 << bits) - 1 }
        })
    }

    /// NC_FILL_*: near the end of the range for integers, 15 × 2^119 or so for floats.
    fn default_fill(self) -> Option<Number> {
        match self {
            Self::Float { .. } => Some(Number::F64(DEFAULT_FLOAT)),
            Self::Int { min, max } => match max - min {
                0..=255 => None,
                width if min == 0 => Some(Number::Int(max - i128::from(width > 1 << 40))),
                width => Some(Number::Int(min + 1 + i128::from(width > 1 << 40))),
            },
        }
    }
}

/// `_Unsigned`, or a valid range that only unsigned values can have (CF 2.2): `[0, 255]` for
/// signed bytes, or `[0, -1]`, which was one before it was stored.
pub(super) fn reading(variable: &Variable, notes: &mut Vec<String>) -> Reading {
    let Dtype::Int { bytes, signed, .. } = variable.dtype else { return Reading::AsStored };
    let declared = attributes::text(variable, "_Unsigned").map(|text| text.to_ascii_lowercase());
    match (declared.as_deref(), signed) {
        (Some("true"), true) => return Reading::Unsigned,
        (Some("false"), false) => return Reading::Signed,
        (Some("true" | "false"), _) => return Reading::AsStored,
        _ => {}
    }
    let whole = |number: Option<Number>| match number {
        Some(Number::Int(value)) => Some(value),
        _ => None,
    };
    let (min, max) = valid_bounds(variable, &mut Vec::new());
    let (Some(min), Some(max)) = (whole(min), whole(max)) else { return Reading::AsStored };
    let largest = 1i128 << (u32::from(bytes.clamp(1, 8)) * 8 - 1);
    let is_reversed = min >= 0 && max < 0;
    let is_beyond = min >= 0 && max >= largest && bytes <= 2;
    if signed && (is_reversed || is_beyond) {
        notes.push(format!("read as unsigned: the valid range is {min} to {max}"));
        return Reading::Unsigned;
    }
    Reading::AsStored
}

impl Missing {
    pub(super) fn of(
        variable: &Variable,
        kind: Kind,
        unpacking: Option<Unpacking>,
        fills: Fills,
        notes: &mut Vec<String>,
    ) -> Self {
        let domain = Domain { kind, unpacking, stored: &variable.dtype };
        let mut missing = Self::default();
        for name in ["_FillValue", "missing_value", "MissingValue"] {
            if let Some(attribute) = variable.attribute(name) {
                missing.add_fills(attribute, &domain, notes);
            }
        }
        let has_fill = variable.attribute("_FillValue").is_some();
        let is_enum = matches!(variable.dtype, Dtype::Enum(_));
        if fills == Fills::DeclaredOrDefault && !has_fill && !is_enum {
            let stored_domain = Domain { unpacking: None, ..domain };
            let default = kind.default_fill();
            missing.fills.extend(default.and_then(|fill| stored_domain.fill(fill)));
        }
        missing.set_range(variable, &domain, notes);
        missing
    }

    /// Stored values that a convention says are missing; those that cannot occur are none.
    pub(super) fn add_values(&mut self, kind: Kind, values: &[f64]) {
        for &value in values {
            let number = match kind {
                Kind::Float { .. } => Number::F64(value),
                Kind::Int { min, max } => {
                    let whole = value as i128;
                    if whole as f64 != value || !(min..=max).contains(&whole) {
                        continue;
                    }
                    Number::Int(whole)
                }
            };
            self.fills.push((number, number));
        }
    }

    fn add_fills(&mut self, attribute: &Attribute, domain: &Domain, notes: &mut Vec<String>) {
        let Some(numbers) = attributes::numbers(&attribute.value) else {
            notes.push(format!("{} is not a number", attribute.name));
            return;
        };
        for number in numbers {
            match domain.fill(number) {
                Some(fill) if self.fills.contains(&fill) => {}
                Some(fill) => self.fills.push(fill),
                None if number.as_f64().is_nan() => {}
                None => notes.push(format!(
                    "{} {} cannot occur in the data",
                    attribute.name,
                    super::values::text_of(number)
                )),
            }
        }
    }

    fn set_range(&mut self, variable: &Variable, domain: &Domain, notes: &mut Vec<String>) {
        let (min, max) = valid_bounds(variable, notes);
        let min = min.and_then(|bound| domain.bound(bound, false));
        let max = max.and_then(|bound| domain.bound(bound, true));
        // A negative scale factor exchanges them.
        let is_lower = |end: &(Number, bool)| !end.1;
        let ends = [min, max].into_iter().flatten();
        let (mins, maxs): (Vec<_>, Vec<_>) = ends.partition(is_lower);
        (self.min, self.max) = (mins.first().map(|e| e.0), maxs.first().map(|e| e.0));
        let is_empty = match domain.kind {
            Kind::Int { min, max } => {
                let bound = |bound: Option<Number>, other| bound.and_then(whole).unwrap_or(other);
                bound(self.min, min) > bound(self.max, max)
            }
            Kind::Float { .. } => {
                self.min.zip(self.max).is_some_and(|(min, max)| min.as_f64() > max.as_f64())
            }
        };
        if is_empty {
            notes.push("the valid range leaves nothing and is ignored".into());
            (self.min, self.max) = (None, None);
        }
    }

    /// Whether a stored value, as it is read, is missing.
    pub fn contains(&self, value: Number) -> bool {
        match value {
            Number::Int(value) => self.covers(value, |n| match n {
                Number::Int(n) => n,
                other => other.as_f64() as i128,
            }),
            Number::F32(value) => value.is_nan() || self.covers(value, |n| n.as_f64() as f32),
            Number::F64(value) => value.is_nan() || self.covers(value, Number::as_f64),
        }
    }

    fn covers<T: PartialOrd + Copy>(&self, value: T, to: impl Fn(Number) -> T) -> bool {
        self.fills.iter().any(|&(low, high)| to(low) <= value && value <= to(high))
            || self.min.is_some_and(|min| value < to(min))
            || self.max.is_some_and(|max| value > to(max))
    }

    /// There is no value, NaN apart, that is missing.
    pub fn is_nothing(&self) -> bool {
        self.fills.is_empty() && self.min.is_none() && self.max.is_none()
    }
}

/// `valid_range`, or else `valid_min` and `valid_max`, as they are written.
fn valid_bounds(variable: &Variable, notes: &mut Vec<String>) -> (Option<Number>, Option<Number>) {
    let mut numbers_of = |name: &str, count: usize| {
        let numbers = attributes::numbers(&variable.attribute(name)?.value);
        let usable = numbers.filter(|n| n.len() == count && n.iter().all(|n| !n.as_f64().is_nan()));
        if usable.is_none() {
            notes.push(format!("{name} is not {count} number(s) and is ignored"));
        }
        usable
    };
    if let Some([min, max]) = numbers_of("valid_range", 2).as_deref() {
        return (Some(*min), Some(*max));
    }
    let mut one = |name| numbers_of(name, 1).and_then(|n| n.first().copied());
    (one("valid_min"), one("valid_max"))
}

/// Takes attributes into the domain of the stored values.
#[derive(Clone, Copy)]
struct Domain<'a> {
    kind: Kind,
    unpacking: Option<Unpacking>,
    stored: &'a Dtype,
}

impl Domain<'_> {
    /// Values that are this fill; `None` when no stored value can be.
    fn fill(&self, number: Number) -> Option<(Number, Number)> {
        match self.kind {
            Kind::Int { min, max } => {
                let packed = self.packed(number).map(f64::round).filter(|&packed| {
                    self.packed(number).is_some_and(|p| (p - packed).abs() <= PACKED_SLACK)
                        && (min as f64..=max as f64).contains(&packed)
                });
                let value = match packed {
                    Some(packed) => packed as i128,
                    None => self.wrapped(whole(number)?),
                };
                (min..=max).contains(&value).then_some((Number::Int(value), Number::Int(value)))
            }
            Kind::Float { bytes } => {
                let value = number.as_f64();
                if value.is_nan() {
                    return None;
                }
                if let Some(packed) = self.packed(number) {
                    let slack = packed.abs() * 1e-6;
                    return Some((Number::F64(packed - slack), Number::F64(packed + slack)));
                }
                let (low, high) = rounding_interval(number, bytes);
                Some((Number::F64(low), Number::F64(high)))
            }
        }
    }

    /// A bound and whether it is an upper one; `None` where it excludes nothing.
    fn bound(&self, number: Number, is_upper: bool) -> Option<(Number, bool)> {
        let packed = self.packed(number);
        let is_upper =
            is_upper != (packed.is_some() && self.unpacking.is_some_and(|u| u.scale < 0.0));
        match self.kind {
            Kind::Int { min, max } => {
                let value = match (packed, number) {
                    (Some(packed), _) if is_upper => (packed + PACKED_SLACK).floor() as i128,
                    (Some(packed), _) => (packed - PACKED_SLACK).ceil() as i128,
                    (None, Number::Int(value)) => self.wrapped(value),
                    (None, other) if is_upper => other.as_f64().floor() as i128,
                    (None, other) => other.as_f64().ceil() as i128,
                };
                let excludes = if is_upper { value < max } else { value > min };
                excludes.then(|| (Number::Int(value.clamp(min - 1, max + 1)), is_upper))
            }
            Kind::Float { bytes } => {
                let value = match packed {
                    Some(packed) => packed + packed.abs() * if is_upper { 1e-6 } else { -1e-6 },
                    None => {
                        let (low, high) = rounding_interval(number, bytes);
                        if is_upper { high } else { low }
                    }
                };
                Some((Number::F64(value), is_upper))
            }
        }
    }

    /// An attribute of the unpacked type, packed; not rounded.
    fn packed(&self, number: Number) -> Option<f64> {
        let unpacking = self.unpacking?;
        let bytes = match number {
            Number::Int(_) => return None,
            Number::F32(_) => 4,
            Number::F64(_) => 8,
        };
        if let Dtype::Float { bytes: stored, .. } = self.stored
            && (*stored == bytes || unpacking.float_bytes != bytes)
        {
            return None;
        }
        let packed = (number.as_f64() - unpacking.offset) / unpacking.scale;
        packed.is_finite().then_some(packed)
    }

    /// A negative number written for an unsigned one: −1 is 255 for bytes. And the reverse.
    fn wrapped(&self, value: i128) -> i128 {
        let Kind::Int { min, max } = self.kind else { return value };
        let width = max - min + 1;
        if min == 0 && (-width / 2..0).contains(&value) {
            value + width
        } else if min < 0 && self.is_reread() && (width / 2..width).contains(&value) {
            value - width
        } else {
            value
        }
    }

    fn is_reread(&self) -> bool {
        matches!(self.stored, Dtype::Int { signed: false, .. })
    }
}

fn whole(number: Number) -> Option<i128> {
    match number {
        Number::Int(value) => Some(value),
        other => {
            let value = other.as_f64();
            (value.fract() == 0.0 && value.abs() < 1e30).then_some(value as i128)
        }
    }
}

/// All values of the stored type that are `number` when the wider is rounded to the narrower.
fn rounding_interval(number: Number, stored_bytes: u8) -> (f64, f64) {
    match number {
        Number::F32(value) if stored_bytes == 8 && value.is_finite() => {
            let wide = f64::from(value);
            let half = |neighbour: f32| {
                let neighbour = f64::from(neighbour);
                if neighbour.is_finite() { (wide + neighbour) / 2.0 } else { wide }
            };
            (half(value.next_down()), half(value.next_up()))
        }
        _ if stored_bytes == 4 => {
            let narrow = f64::from(number.as_f64() as f32);
            (narrow, narrow)
        }
        _ => (number.as_f64(), number.as_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn contains(variable: &Variable, fills: Fills, value: Number) -> bool {
        let mut notes = Vec::new();
        let reading = reading(variable, &mut notes);
        let kind = Kind::of(&variable.dtype, reading).unwrap();
        Missing::of(variable, kind, None, fills, &mut notes).contains(value)
    }

    #[test]
    fn the_default_fill_counts_only_where_nothing_is_declared_and_never_for_bytes() {
        let defaults = Fills::DeclaredOrDefault;
        let short = int("v", 2, &[3]);
        assert!(contains(&short, defaults, Number::Int(-32767)));
        assert!(!contains(&short, Fills::Declared, Number::Int(-32767)));
        let declared = short.with_numbers("_FillValue", vec![-1i16]);
        assert!(!contains(&declared, defaults, Number::Int(-32767)));
        assert!(!contains(&int("v", 1, &[3]), defaults, Number::Int(-127)));
        assert!(contains(&int("v", 4, &[3]), defaults, Number::Int(-2147483647)));
        assert!(contains(&int("v", 8, &[3]), defaults, Number::Int(-9223372036854775806)));
        let fill = 9.969_21e36f32;
        assert!(contains(&float("v", &[3]), defaults, Number::F32(fill)));
        let unsigned = int("v", 2, &[3]).with("_Unsigned", "true");
        assert!(contains(&unsigned, defaults, Number::Int(65535)));
    }

    #[test]
    fn nan_is_missing_without_any_attribute() {
        assert!(contains(&float("v", &[3]), Fills::Declared, Number::F32(f32::NAN)));
        assert!(contains(&float("v", &[3]), Fills::Declared, Number::F64(f64::NAN)));
    }

    #[test]
    fn a_range_that_leaves_nothing_is_ignored() {
        let empty = int("v", 2, &[3])
            .with_numbers("valid_min", vec![5i16])
            .with_numbers("valid_max", vec![4i16]);
        assert!(!contains(&empty, Fills::Declared, Number::Int(9)));
        let below = int("v", 2, &[3]).with_numbers("valid_max", vec![-100_000i32]);
        assert!(!contains(&below, Fills::Declared, Number::Int(-32768)));
        let nan = float("v", &[3]).with_numbers("valid_range", vec![f32::NAN, 1.0]);
        assert!(!contains(&nan, Fills::Declared, Number::F32(9.0)));
    }

    #[test]
    fn a_range_for_unsigned_bytes_makes_them_unsigned() {
        let mut notes = Vec::new();
        let wide = int("v", 1, &[3]).with_numbers("valid_range", vec![0i16, 255]);
        assert_eq!(reading(&wide, &mut notes), Reading::Unsigned);
        // MOD35_L2: Cloud_Mask.
        let reversed = int("v", 1, &[3]).with_numbers("valid_range", vec![0i8, -1]);
        assert_eq!(reading(&reversed, &mut notes), Reading::Unsigned);
        assert_eq!(notes.len(), 2);
        let plain = int("v", 1, &[3]).with_numbers("valid_range", vec![0i8, 100]);
        assert_eq!(reading(&plain, &mut notes), Reading::AsStored);
        let denied = wide.with("_Unsigned", "false");
        assert_eq!(reading(&denied, &mut notes), Reading::AsStored);
    }
}
