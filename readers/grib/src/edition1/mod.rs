//! GRIB edition 1: what section 1, the product definition section, says (WMO Manual on Codes,
//! FM 92-VIII Ext. GRIB; NCEP Office Note 388).

mod local;
mod product;
mod walk;

pub(crate) use product::numbers;
pub use product::product;
pub use walk::walk;
