//! The furniture of the window: tree, panels, status line, theme.

pub mod attributes;
pub mod contents;
pub mod definition;
pub mod status;
pub mod text;
pub mod theme;
pub mod tree;
pub mod trouble;
pub mod welcome;
