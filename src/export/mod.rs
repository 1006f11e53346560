//! Text and bytes for other programs. Pure but for `file`: what is written goes to a `Write` or a
//! `Vec`.

pub mod base64;
pub mod cdl;
pub mod code;
pub mod csv;
pub mod escape;
pub mod file;
pub mod json;
pub mod npy;
pub mod png;
pub mod tsv;
pub mod values;
