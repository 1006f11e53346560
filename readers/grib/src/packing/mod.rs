//! Values of a field: GRIB2 sections 5, 6 and 7 (`edition2`), GRIB1 section 4 (`edition1`).
//!
//! Whatever the template, integers X become values Y by regulation 92.9.4:
//! Y = (R + X * 2^E) / 10^D.

pub mod bitmap;
pub mod bits;
pub mod edition1;
pub mod edition2;

pub use edition1::{
    Field1, Matrix, MatrixAxis, bits_per_value1, constant1, decode1, matrix1, packing_type1,
};
pub use edition2::{constant2, decode2, packing_type2, template_name};

/// What values are decoded into.
pub trait Real:
    Copy + Default + PartialEq + PartialOrd + std::fmt::Debug + Send + Sync + bytemuck::Pod + 'static
{
    /// What stands for a missing value.
    const NAN: Self;

    fn from_f64(value: f64) -> Self;
    fn to_f64(self) -> f64;
    fn is_missing(self) -> bool;
}

impl Real for f32 {
    const NAN: Self = f32::NAN;

    #[inline(always)]
    fn from_f64(value: f64) -> Self {
        value as f32
    }

    #[inline(always)]
    fn to_f64(self) -> f64 {
        f64::from(self)
    }

    #[inline(always)]
    fn is_missing(self) -> bool {
        self.is_nan()
    }
}

impl Real for f64 {
    const NAN: Self = f64::NAN;

    #[inline(always)]
    fn from_f64(value: f64) -> Self {
        value
    }

    #[inline(always)]
    fn to_f64(self) -> f64 {
        self
    }

    #[inline(always)]
    fn is_missing(self) -> bool {
        self.is_nan()
    }
}

/// What a section says of its packing, before anything is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackingType {
    /// As ecCodes calls it: `grid_simple`, `grid_second_order`, `spectral_complex` ...
    pub name: &'static str,
    /// Bits of one packed value, as ecCodes' key `bitsPerValue` says it; 0 for a constant field.
    pub bits_per_value: u8,
    /// Packed values: fewer than points where a bitmap leaves some out.
    pub values: u64,
    /// Values need 64 bits (IEEE double precision).
    pub is_double: bool,
    /// Coefficients of spherical harmonics, not points.
    pub is_spectral: bool,
}

/// How packed integers become values (regulation 92.9.4).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scaling {
    /// R
    pub reference: f64,
    /// 2^E
    pub binary: f64,
    /// 10^-D
    pub decimal: f64,
}

impl Scaling {
    pub fn new(reference: f64, binary_scale: i16, decimal_scale: i16) -> Self {
        Self {
            reference,
            binary: 2f64.powi(i32::from(binary_scale)),
            decimal: 10f64.powi(-i32::from(decimal_scale)),
        }
    }

    /// The value of a field without packed values. It is R itself for ecCodes, which writes such
    /// fields so, though by the regulation it would be R / 10^D.
    pub fn constant<T: Real>(&self) -> T {
        T::from_f64(self.reference)
    }

    #[inline(always)]
    pub fn apply<T: Real>(&self, packed: f64) -> T {
        T::from_f64((packed * self.binary + self.reference) * self.decimal)
    }
}
