//! The part of a map's plane that is seen, and its pixels.

/// A rectangle of the plane on so many pixels; one scale both ways, north up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// In the middle of the picture.
    pub x: f64,
    pub y: f64,
    /// Of the plane, for a pixel; positive.
    pub per_px: f64,
    pub width: usize,
    pub height: usize,
}

/// A rectangle of the plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    pub left: f64,
    pub right: f64,
    pub bottom: f64,
    pub top: f64,
}

impl Bounds {
    /// Around points; `None` without any.
    pub fn of(points: impl IntoIterator<Item = (f64, f64)>) -> Option<Self> {
        let mut points = points.into_iter().filter(|(x, y)| x.is_finite() && y.is_finite());
        let (x, y) = points.next()?;
        let first = Self { left: x, right: x, bottom: y, top: y };
        Some(points.fold(first, |b, (x, y)| Self {
            left: b.left.min(x),
            right: b.right.max(x),
            bottom: b.bottom.min(y),
            top: b.top.max(y),
        }))
    }

    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    pub fn height(&self) -> f64 {
        self.top - self.bottom
    }

    /// Wider by a part of itself on each side.
    #[must_use]
    pub fn widened(&self, part: f64) -> Self {
        let (dx, dy) = (self.width() * part, self.height() * part);
        Self {
            left: self.left - dx,
            right: self.right + dx,
            bottom: self.bottom - dy,
            top: self.top + dy,
        }
    }

    pub fn contains(&self, (x, y): (f64, f64)) -> bool {
        (self.left..=self.right).contains(&x) && (self.bottom..=self.top).contains(&y)
    }

    pub fn meets(&self, other: &Self) -> bool {
        self.left <= other.right
            && other.left <= self.right
            && self.bottom <= other.top
            && other.bottom <= self.top
    }
}

impl View {
    /// All of `bounds` on a picture of this size.
    pub fn of(bounds: &Bounds, width: usize, height: usize) -> Self {
        let (w, h) = (width.max(1) as f64, height.max(1) as f64);
        let per_px = (bounds.width() / w).max(bounds.height() / h);
        Self {
            x: (bounds.left + bounds.right) / 2.0,
            y: (bounds.bottom + bounds.top) / 2.0,
            per_px: if per_px.is_finite() && per_px > 0.0 { per_px } else { 1e-3 },
            width,
            height,
        }
    }

    /// The same part on every `n`-th pixel.
    #[must_use]
    pub fn coarser(&self, n: usize) -> Self {
        let n = n.max(1);
        let (width, height) = (self.width.div_ceil(n), self.height.div_ceil(n));
        // The upper left corner stays where it is.
        let (left, top) = self.plane(0.0, 0.0);
        let per_px = self.per_px * n as f64;
        let x = left + width as f64 / 2.0 * per_px;
        let y = top - height as f64 / 2.0 * per_px;
        Self { x, y, per_px, width, height }
    }

    /// The point of the plane at a place of the picture: 0 is the left or upper edge, whole
    /// numbers are between pixels.
    pub fn plane(&self, px: f64, py: f64) -> (f64, f64) {
        (
            self.x + (px - self.width as f64 / 2.0) * self.per_px,
            self.y - (py - self.height as f64 / 2.0) * self.per_px,
        )
    }

    /// The way back.
    pub fn px(&self, x: f64, y: f64) -> (f64, f64) {
        (
            (x - self.x) / self.per_px + self.width as f64 / 2.0,
            (self.y - y) / self.per_px + self.height as f64 / 2.0,
        )
    }

    pub fn bounds(&self) -> Bounds {
        let (left, top) = self.plane(0.0, 0.0);
        let (right, bottom) = self.plane(self.width as f64, self.height as f64);
        Bounds { left, right, bottom, top }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_fits_and_north_is_up() {
        let bounds = Bounds { left: -2.0, right: 2.0, bottom: -1.0, top: 1.0 };
        let view = View::of(&bounds, 100, 100);
        assert_eq!(view.px(-2.0, 1.0), (0.0, 25.0));
        assert_eq!(view.plane(100.0, 75.0), (2.0, -1.0));
        assert_eq!(view.bounds().height(), 4.0);
        let coarse = View::of(&bounds, 101, 100).coarser(4);
        assert_eq!((coarse.width, coarse.height), (26, 25));
        let (a, b) = (coarse.plane(0.0, 0.0), View::of(&bounds, 101, 100).plane(0.0, 0.0));
        assert!((a.0 - b.0).abs() < 1e-12 && (a.1 - b.1).abs() < 1e-12);
    }
}
