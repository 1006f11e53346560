//! The furniture of the window: tree, panels, status line, theme.

pub mod attributes;
pub mod definition;
pub mod status;
pub mod theme;
pub mod tree;
