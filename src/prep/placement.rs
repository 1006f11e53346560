//! Where the cells of a picture lie on the screen, whatever the picture is.

use std::ops::Range;

/// A place among the cells of what is drawn: row and column, 0 in the middle of the first cell.
/// Rows are the slower axis of the values; points without rows have row 0.
pub type Place = [f64; 2];

/// Points from the top left of the window.
pub type Px = [f32; 2];

/// A vector at one place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vector {
    /// Along rising columns and along rising rows.
    pub on_grid: [f64; 2],
    /// Towards east and north, where that is known.
    pub on_earth: Option<[f64; 2]>,
}

/// How a picture places what it shows. Overlays are drawn with nothing else, so that they fit a
/// picture of rows and columns and a map alike.
pub trait Placement {
    /// `None` beside the picture: on the far side of the globe.
    fn px(&self, place: Place) -> Option<Px>;

    /// The place under a pixel, inside the cells that are drawn.
    fn place_at(&self, at: Px) -> Option<Place>;

    /// Which way a vector points on the screen, of length 1; `None` for one of length 0, and
    /// where the picture cannot say.
    fn direction(&self, place: Place, vector: &Vector) -> Option<Px>;

    /// Left, top, right and bottom of the picture.
    fn viewport(&self) -> [f32; 4];

    /// All that the other answers depend on, in a number: equal while nothing moves.
    fn key(&self) -> u64;

    /// The first column lies behind the last: all round the globe. Places go on behind the last
    /// column then, up to the first.
    fn wraps(&self) -> bool {
        false
    }

    /// Rows and columns that may be seen; `None` where that is not known now.
    fn visible(&self) -> Option<[Range<usize>; 2]>;
}

/// A vector on the screen of length 1.
pub fn unit([x, y]: [f64; 2]) -> Option<Px> {
    let length = x.hypot(y);
    (length > 0.0 && length.is_finite()).then(|| [(x / length) as f32, (y / length) as f32])
}
