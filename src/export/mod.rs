//! Text and bytes for other programs. Pure: what is written goes to a `Write` or a `Vec`.

pub mod base64;
pub mod cdl;
pub mod csv;
pub mod npy;
pub mod png;
pub mod tsv;
