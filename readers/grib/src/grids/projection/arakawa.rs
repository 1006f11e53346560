//! NCEP's staggered grids on a rotated sphere (Office Note 388, table D: GRIB1 types 201 and 203;
//! GRIB2 template 3.32768). On Arakawa's E-grid mass and velocity points alternate along every
//! row, and from row to row; a message holds those of one kind.

use super::{Attributes, Projection, RotatedPole};

/// Which of the alternating points a field has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Staggering {
    /// Beginning at the corner: even rows, counted from 0, on its meridian.
    Mass,
    /// Odd rows on the corner's meridian.
    Velocity,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ArakawaE {
    pole: RotatedPole,
    /// Rotated position of the corner.
    x0: f64,
    y0: f64,
    /// From a mass point to the next velocity point.
    dx: f64,
    dy: f64,
    staggering: Staggering,
}

impl ArakawaE {
    /// `first`: latitude and longitude of the first mass point. `centre`: of the grid, where
    /// rotated latitude and longitude are 0. The grid lies evenly about its centre: increments
    /// of the message, rounded to a thousandth of a degree, are not needed.
    pub fn from_centre(
        first: (f64, f64),
        centre: (f64, f64),
        (columns, rows): (u64, u64),
        staggering: Staggering,
    ) -> Self {
        let pole = RotatedPole::centred(centre.0, centre.1);
        let (x0, y0) = pole.forward(first.0, first.1);
        let step = |from: f64, intervals: u64| {
            if intervals == 0 { 0.0 } else { -2.0 * from / intervals as f64 }
        };
        // From the first mass point of a row to its last there are two steps a column.
        let dx = step(x0, columns.saturating_sub(1).saturating_mul(2));
        Self { pole, x0, y0, dx, dy: step(y0, rows.saturating_sub(1)), staggering }
    }

    /// The same where the message gives increments and no centre (GRIB1 type 201).
    pub fn from_increments(
        first: (f64, f64),
        (dx, dy): (f64, f64),
        (columns, rows): (u64, u64),
        staggering: Staggering,
    ) -> Self {
        let x0 = -dx * columns.saturating_sub(1) as f64;
        let y0 = -dy * rows.saturating_sub(1) as f64 / 2.0;
        let centre = centre_of(first, x0, y0);
        let pole = RotatedPole::centred(centre.0, centre.1);
        Self { pole, x0, y0, dx, dy, staggering }
    }

    pub fn velocity_points(&self) -> Self {
        Self { staggering: Staggering::Velocity, ..self.clone() }
    }

    /// Latitude and longitude of a point of a row of points of one kind.
    pub fn position(&self, column: u64, row: u64) -> (f64, f64) {
        let shift = row.wrapping_add(u64::from(self.staggering == Staggering::Velocity)) % 2;
        self.filled_position(column.saturating_mul(2).saturating_add(shift), row)
    }

    /// The same where points of both kinds are counted.
    pub fn filled_position(&self, column: u64, row: u64) -> (f64, f64) {
        let x = self.x0 + column as f64 * self.dx;
        self.pole.inverse(x, self.y0 + row as f64 * self.dy)
    }

    pub fn vector_rotation(&self, latitude: f64, longitude: f64) -> f64 {
        self.pole.vector_rotation(latitude, longitude)
    }

    pub fn grid_mapping(&self) -> Attributes {
        self.pole.grid_mapping()
    }
}

/// Where the centre of rotation lies if `first` has the rotated longitude `x` and latitude `y`;
/// NaN if no rotation without a turn at its centre does that.
fn centre_of(first: (f64, f64), x: f64, y: f64) -> (f64, f64) {
    // With c the centre's latitude: sin(lat) = cos(y) cos(x) sin(c) + sin(y) cos(c).
    let (sin_y, cos_y) = y.to_radians().sin_cos();
    let towards = cos_y * x.to_radians().cos();
    let cosine = first.0.to_radians().sin() / towards.hypot(sin_y);
    let middle = towards.atan2(sin_y);
    let candidates = [middle - cosine.acos(), middle + cosine.acos()].map(f64::to_degrees);
    let [low, high] = candidates;
    // Both may lie on the sphere; the one on the side of the pole that y points away from does
    // not turn the grid upside down.
    let latitude = if (-90.0..=90.0).contains(&low) { low } else { high };
    if !(-90.0..=90.0).contains(&latitude) {
        return super::NOWHERE;
    }
    let (_, east) = RotatedPole::centred(latitude, 0.0).inverse(x, y);
    (latitude, super::longitude_360(first.1 - east))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NCEP's grid 90: 92 by 141 points about 52 N, 111 W, 0.577 by 0.538 degrees... its corner
    /// is given as 0.182 N, 149.887 W.
    #[test]
    fn the_centre_of_grid_90_follows_from_its_corner_and_increments() {
        let (dx, dy) = (52.5 / 91.0, 7.0 / 13.0);
        let (latitude, longitude) = centre_of((0.182, -149.887), -dx * 91.0, -dy * 70.0);
        assert!((latitude - 52.0).abs() < 0.01, "{latitude}");
        assert!((longitude - 249.0).abs() < 0.01, "{longitude}");
    }

    #[test]
    fn centre_and_increments_give_the_same_points() {
        let (first, centre) = ((7.838, -145.945), (50.0, -111.0));
        let evenly = ArakawaE::from_centre(first, centre, (17, 49), Staggering::Mass);
        let stepped =
            ArakawaE::from_increments(first, (evenly.dx, evenly.dy), (17, 49), Staggering::Mass);
        for (column, row) in [(0, 0), (16, 0), (8, 24), (3, 47)] {
            let (one, other) = (evenly.position(column, row), stepped.position(column, row));
            assert!((one.0 - other.0).abs() < 1e-6 && (one.1 - other.1).abs() < 1e-6);
        }
    }

    /// Read by NIO from a GRIB1 message of type 203: La1, Lo1, LaC and LoC as above.
    #[test]
    fn mass_points_are_where_nio_has_them() {
        let grid =
            ArakawaE::from_centre((7.838, -145.945), (50.0, -111.0), (17, 49), Staggering::Mass);
        for (index, latitude, longitude) in [
            (0u64, 7.838, -145.945068359375),
            (75, 22.90066146850586, -116.10205078125),
            (453, 50.0340690612793, -85.92578125),
            (680, 49.82440185546875, 173.5380859375),
            (832, 55.4254264831543, -20.322509765625),
        ] {
            let (lat, lon) = grid.position(index % 17, index / 17);
            let turn = super::super::longitude_180(lon - longitude);
            assert!((lat - latitude).abs() < 2e-3 && turn.abs() < 2e-3, "{index}: {lat} {lon}");
        }
    }
}
