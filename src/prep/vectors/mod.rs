//! Vectors over a picture: by how much the grid is turned, which arrows are drawn.

mod arrows;
mod turning;

pub use arrows::{Arrow, arrows, reference_speed};
pub use turning::{GridTurn, angles_by_places, angles_in_radians, components};
