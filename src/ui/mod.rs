//! The furniture of the window: tree, panels, status line, theme.

pub mod attributes;
pub mod status;
pub mod theme;
pub mod tree;
