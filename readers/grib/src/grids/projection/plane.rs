//! A rectangle of points at equal distances on a map.

use super::{Map, Projection};

/// Rows and columns are counted in coded order: a row against y has a negative `dy`.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaneGrid {
    pub map: Map,
    /// Of the first point.
    pub x0: f64,
    pub y0: f64,
    pub dx: f64,
    pub dy: f64,
    pub columns: u64,
    pub rows: u64,
}

impl PlaneGrid {
    /// The grid whose first point has this latitude and longitude.
    pub fn from_first_point(
        map: impl Into<Map>,
        (latitude, longitude): (f64, f64),
        (dx, dy): (f64, f64),
        (columns, rows): (u64, u64),
    ) -> Self {
        let map = map.into();
        let (x0, y0) = map.forward(latitude, longitude);
        Self { map, x0, y0, dx, dy, columns, rows }
    }

    pub fn x(&self, column: u64) -> f64 {
        self.x0 + column as f64 * self.dx
    }

    pub fn y(&self, row: u64) -> f64 {
        self.y0 + row as f64 * self.dy
    }

    /// Latitude and longitude.
    pub fn position(&self, column: u64, row: u64) -> (f64, f64) {
        self.map.inverse(self.x(column), self.y(row))
    }

    /// See [`Projection::vector_rotation`].
    pub fn vector_rotation(&self, column: u64, row: u64) -> f64 {
        let (latitude, longitude) = self.position(column, row);
        self.map.vector_rotation(latitude, longitude)
    }
}

/// Signed steps of a grid scanned like this (flag table 3.4, GRIB1 code table 8).
pub fn signed_steps(scanning_mode: u8, dx: f64, dy: f64) -> (f64, f64) {
    let dx = if scanning_mode & 0x80 == 0 { dx } else { -dx };
    let dy = if scanning_mode & 0x40 == 0 { -dy } else { dy };
    (dx, dy)
}

#[cfg(test)]
mod tests {
    use super::super::{Earth, Mercator};
    use super::*;

    #[test]
    fn rows_against_y_and_columns_against_x_have_negative_steps() {
        assert_eq!(signed_steps(0x40, 2.0, 3.0), (2.0, 3.0));
        assert_eq!(signed_steps(0x80, 2.0, 3.0), (-2.0, -3.0));
    }

    #[test]
    fn the_first_point_is_where_the_message_says() {
        let map = Mercator::new(Earth::WMO_SPHERE, 20.0, 0.0);
        let grid = PlaneGrid::from_first_point(map, (16.5, 291.25), (2500.0, 2500.0), (3, 2));
        let (latitude, longitude) = grid.position(0, 0);
        assert!((latitude - 16.5).abs() < 1e-12 && (longitude - 291.25).abs() < 1e-12);
        assert_eq!(grid.x(2) - grid.x(0), 5000.0);
    }
}
