//! GRIB edition 2: what sections 0, 1, 2 and 4 say (WMO Manual on Codes, FM 92-XIV GRIB).

mod layouts;
mod product;
mod walk;

pub use product::{Header, product};
pub use walk::walk;
