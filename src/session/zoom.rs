//! What is visible of a picture.

use serde::{Deserialize, Serialize};

/// A window along two axes of a variable, `low < high`, in the coordinates that stand along them
/// (as they are spaced there).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Zoom {
    /// Across, up.
    pub axes: (usize, usize),
    pub x: (f64, f64),
    pub y: (f64, f64),
}

impl Zoom {
    /// Both ends are numbers, in order: what was saved may be anything.
    pub fn is_sound(&self) -> bool {
        [self.x, self.y].iter().all(|(low, high)| low.is_finite() && high.is_finite() && low < high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_without_room_is_not_sound() {
        let zoom = Zoom { axes: (1, 0), x: (0.0, 1.0), y: (-3.0, 3.0) };
        assert!(zoom.is_sound());
        for x in [(1.0, 1.0), (2.0, 1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY)] {
            assert!(!Zoom { x, ..zoom }.is_sound());
        }
    }
}
