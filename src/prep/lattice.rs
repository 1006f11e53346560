//! Corners of the cells of a curvilinear grid from their middles.
//!
//! A corner is the mean of the four middles around it, as directions from the centre of the Earth:
//! poles and the dateline are places like others. Beyond the border, and where a middle is not
//! known, its neighbours are continued in a straight line. A grid whose last column is next to
//! its first goes round the Earth and has no border there. O(cells); six rows of directions are
//! held.

use std::collections::VecDeque;

/// Latitudes and longitudes in degrees of `(ny + 1) x (nx + 1)` corners, by rows, NaN where
/// unknown.
pub struct Corners {
    pub lat: Vec<f32>,
    pub lon: Vec<f32>,
}

type Direction = [f64; 3];

/// From `ny x nx` middles by rows. `None` when cancelled, or for fewer than two rows or columns:
/// a cell of those has no width.
pub fn corners(
    lat: &[f32],
    lon: &[f32],
    (ny, nx): (usize, usize),
    is_cancelled: &dyn Fn() -> bool,
) -> Option<Corners> {
    if ny < 2 || nx < 2 || Some(lat.len()) != ny.checked_mul(nx) || lon.len() != lat.len() {
        return None;
    }
    let count = (ny + 1).checked_mul(nx + 1)?;
    let mut found = Corners { lat: Vec::with_capacity(count), lon: Vec::with_capacity(count) };
    let is_round = is_round(lat, lon, (ny, nx));
    let mut window = Window { rows: VecDeque::new(), first: 0, lat, lon, ny, nx, is_round };
    for j in 0..=ny {
        if is_cancelled() {
            return None;
        }
        window.move_to(j);
        let (j, nx) = (j as isize, nx as isize);
        for i in 0..=nx {
            let around = [(j - 1, i - 1), (j - 1, i), (j, i - 1), (j, i)];
            let mut sum = [0.0; 3];
            let mut known = 0;
            for (row, column) in around {
                if let Some(direction) = window.direction(row, column) {
                    sum = add(sum, direction);
                    known += 1;
                }
            }
            let (lat, lon) = match known {
                4 => place(sum),
                _ => (f32::NAN, f32::NAN),
            };
            found.lat.push(lat);
            found.lon.push(lon);
        }
    }
    Some(found)
}

/// Directions of some rows of middles.
struct Window<'a> {
    rows: VecDeque<Vec<Direction>>,
    /// The number of the first of them.
    first: usize,
    lat: &'a [f32],
    lon: &'a [f32],
    ny: usize,
    nx: usize,
    is_round: bool,
}

impl Window<'_> {
    /// The rows that corners above row `j` of cells depend on.
    fn move_to(&mut self, j: usize) {
        let (from, to) = (j.saturating_sub(3), (j + 3).min(self.ny));
        while self.first < from {
            self.rows.pop_front();
            self.first += 1;
        }
        while self.first + self.rows.len() < to {
            let start = (self.first + self.rows.len()) * self.nx;
            let row = start..start + self.nx;
            let (lats, lons) = (self.lat.get(row.clone()), self.lon.get(row));
            let pairs = lats.unwrap_or_default().iter().zip(lons.unwrap_or_default());
            self.rows.push_back(pairs.map(|(&lat, &lon)| direction(lat, lon)).collect());
        }
    }

    fn middle(&self, row: isize, column: isize) -> Option<Direction> {
        let row = usize::try_from(row).ok()?.checked_sub(self.first)?;
        let column = if self.is_round { column.rem_euclid(self.nx as isize) } else { column };
        let found = self.rows.get(row)?.get(usize::try_from(column).ok()?)?;
        found[0].is_finite().then_some(*found)
    }

    /// Of a middle, or what its neighbours say it would be.
    fn direction(&self, row: isize, column: isize) -> Option<Direction> {
        if let Some(known) = self.middle(row, column) {
            return Some(known);
        }
        const STRAIGHT: [(isize, isize); 4] = [(0, 1), (0, -1), (1, 0), (-1, 0)];
        const OBLIQUE: [(isize, isize); 4] = [(1, 1), (1, -1), (-1, 1), (-1, -1)];
        for ways in [STRAIGHT, OBLIQUE] {
            let (mut sum, mut known) = ([0.0; 3], 0.0);
            for (down, right) in ways {
                let near = self.middle(row + down, column + right);
                let far = self.middle(row + 2 * down, column + 2 * right);
                if let Some((near, far)) = near.zip(far) {
                    let next = std::array::from_fn(|k| 2.0 * near[k] - far[k]);
                    sum = add(sum, next);
                    known += 1.0;
                }
            }
            if known > 0.0 {
                return Some(sum.map(|part| part / known));
            }
        }
        None
    }
}

/// Rows looked at to see whether columns go round the Earth, and the fewest columns that can.
const ROUND_ROWS: usize = 16;
const ROUND_COLUMNS: usize = 16;
/// How much farther apart than neighbours the last and the first column may be.
const ROUND_STEPS: f64 = 1.5;

/// The last column is as near to the first as neighbours are, in most rows.
pub fn is_round(lat: &[f32], lon: &[f32], (ny, nx): (usize, usize)) -> bool {
    if nx < ROUND_COLUMNS {
        return false;
    }
    let at = |row: usize, column: usize| {
        let cell = row * nx + column;
        lat.get(cell).zip(lon.get(cell)).map(|(&lat, &lon)| direction(lat, lon))
    };
    let apart = |row: usize, a: usize, b: usize| {
        let (a, b) = at(row, a).zip(at(row, b))?;
        let square: f64 = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum();
        square.is_finite().then(|| square.sqrt())
    };
    let (mut looked_at, mut round) = (0, 0);
    for row in (0..ny).step_by(ny.div_ceil(ROUND_ROWS).max(1)) {
        let beside = [apart(row, 0, 1), apart(row, nx - 2, nx - 1)];
        let widest = beside.into_iter().flatten().fold(0.0, f64::max);
        if let Some(gap) = apart(row, nx - 1, 0).filter(|_| widest > 0.0) {
            looked_at += 1;
            round += usize::from(gap <= ROUND_STEPS * widest);
        }
    }
    looked_at > 0 && 2 * round > looked_at
}

fn add(a: Direction, b: Direction) -> Direction {
    std::array::from_fn(|k| a[k] + b[k])
}

/// NaN where the place is unknown or none on Earth.
pub(super) fn direction(lat: f32, lon: f32) -> Direction {
    if !(lat.abs() <= 90.5 && lon.abs() <= 1080.0) {
        return [f64::NAN; 3];
    }
    let ((up, out), (sin, cos)) =
        (f64::from(lat).to_radians().sin_cos(), f64::from(lon).to_radians().sin_cos());
    [out * cos, out * sin, up]
}

/// Latitude and longitude of a direction of any length.
pub(super) fn place([x, y, z]: Direction) -> (f32, f32) {
    let (lat, lon) = (z.atan2(x.hypot(y)).to_degrees(), y.atan2(x).to_degrees());
    (lat as f32, lon as f32)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(ny: usize, nx: usize, at: impl Fn(usize, usize) -> (f32, f32)) -> Corners {
        let cells = (0..ny * nx).map(|k| at(k / nx, k % nx));
        let (lat, lon): (Vec<f32>, Vec<f32>) = cells.unzip();
        corners(&lat, &lon, (ny, nx), &|| false).unwrap()
    }

    #[test]
    fn corners_lie_between_middles_and_half_a_cell_beyond() {
        let found = of(3, 4, |j, i| (j as f32, 10.0 + i as f32));
        assert_eq!((found.lat.len(), found.lon.len()), (20, 20));
        for (k, (lat, lon)) in found.lat.iter().zip(&found.lon).enumerate() {
            let (row, column) = ((k / 5) as f32, (k % 5) as f32);
            assert!((lat - (row - 0.5)).abs() < 2e-3, "{k}: {lat}");
            assert!((lon - (9.5 + column)).abs() < 2e-3, "{k}: {lon}");
        }
    }

    #[test]
    fn the_dateline_and_the_pole_are_places_like_others() {
        let found = of(2, 2, |j, i| (j as f32, if i == 0 { 179.5 } else { -179.5 }));
        assert!((found.lon[4].abs() - 180.0).abs() < 1e-4, "{}", found.lon[4]);
        // Four middles around the pole.
        let found = of(2, 2, |j, i| (89.0, [45.0, 135.0, 315.0, 225.0][2 * j + i]));
        assert!((found.lat[4] - 90.0).abs() < 1e-4, "{}", found.lat[4]);
    }

    #[test]
    fn a_grid_round_the_earth_closes() {
        let globe = of(3, 36, |j, i| (10.0 * j as f32, 10.0 * i as f32));
        for row in 0..4 {
            let (first, last) = (row * 37, row * 37 + 36);
            assert!((globe.lon[first] + 5.0).abs() < 1e-3, "{}", globe.lon[first]);
            assert!((globe.lat[first] - globe.lat[last]).abs() < 1e-4);
            assert!((globe.lon[first] - globe.lon[last]).abs() < 1e-3);
        }
        let part = of(3, 34, |j, i| (10.0 * j as f32, 10.0 * i as f32));
        assert!((part.lon[34].rem_euclid(360.0) - 335.0).abs() < 0.3, "{}", part.lon[34]);
    }

    #[test]
    fn an_unknown_middle_does_not_cost_its_neighbours_their_corners() {
        let found = of(5, 5, |j, i| match (j, i) {
            (2, 2) => (f32::NAN, f32::NAN),
            _ => (j as f32, i as f32),
        });
        assert!(found.lat.iter().all(|lat| lat.is_finite()));
        assert!((found.lat[2 * 6 + 2] - 1.5).abs() < 2e-3);
        let unknown = of(3, 3, |_, _| (f32::NAN, 1.0));
        assert!(unknown.lat.iter().all(|lat| lat.is_nan()));
    }

    #[test]
    fn a_single_row_has_no_height() {
        assert!(corners(&[1.0; 4], &[1.0; 4], (1, 4), &|| false).is_none());
        assert!(corners(&[1.0; 4], &[1.0; 3], (2, 2), &|| false).is_none());
        assert!(corners(&[1.0; 4], &[1.0; 4], (2, 2), &|| true).is_none());
    }

    proptest! {
        #[test]
        fn no_middles_make_it_panic(
            (ny, nx) in (0usize..7, 0usize..7),
            values in prop::collection::vec((prop::num::f32::ANY, prop::num::f32::ANY), 49),
        ) {
            let (lat, lon): (Vec<f32>, Vec<f32>) = values.into_iter().take(ny * nx).unzip();
            if let Some(found) = corners(&lat, &lon, (ny, nx), &|| false) {
                prop_assert_eq!(found.lat.len(), (ny + 1) * (nx + 1));
                prop_assert!(found.lat.iter().all(|lat| lat.is_nan() || lat.abs() <= 90.0));
            }
        }
    }
}
