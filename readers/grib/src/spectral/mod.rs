//! Spherical harmonics: coefficients as GRIB stores them, and the field they stand for.

pub(crate) mod floats;
mod gaussian;
mod legendre;
pub(crate) mod stored;
mod synthesis;
mod truncation;

pub use gaussian::gaussian_number;
pub use stored::{decode2_complex, decode2_simple};
pub use synthesis::synthesise;
