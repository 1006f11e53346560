//! From stored bytes to the elements of a section: each byte is read once and put straight
//! where it belongs, by several threads.

pub mod chunked;
pub mod contiguous;
pub mod copy;
pub mod target;
pub mod values;
mod workers;

pub use target::{Placement, Target};
pub use workers::{Worker, for_each};
