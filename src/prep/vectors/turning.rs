//! From components along a grid to components along east and north, and back.

use crate::prep::placement::Vector;

/// How the rows and columns of a grid lie on the Earth.
#[derive(Clone, Debug, PartialEq)]
pub struct GridTurn {
    /// From east to the grid's x, counterclockwise in radians, for each cell; the same for all
    /// where there is one. NaN where unknown.
    pub angles: Vec<f32>,
    /// -1 where x falls from column to column.
    pub x_sign: f64,
    /// -1 where y falls from row to row: rows from north to south.
    pub y_sign: f64,
}

impl GridTurn {
    /// Columns run east.
    pub fn none(x_sign: f64, y_sign: f64) -> Self {
        Self { angles: vec![0.0], x_sign, y_sign }
    }

    pub fn angle(&self, cell: usize) -> f64 {
        let angle = match self.angles.as_slice() {
            [only] => Some(only),
            angles => angles.get(cell),
        };
        angle.map_or(f64::NAN, |&angle| f64::from(angle))
    }
}

/// Both kinds of components of a vector whose components are along the grid (or east and north),
/// in `cell`. On the grid they are along rising columns and rows.
pub fn components([u, v]: [f64; 2], is_on_grid: bool, turn: &GridTurn, cell: usize) -> Vector {
    let angle = turn.angle(cell);
    let (sin, cos) = angle.sin_cos();
    let (on_grid, on_earth) = if is_on_grid {
        ([u, v], [u * cos - v * sin, u * sin + v * cos])
    } else {
        ([u * cos + v * sin, v * cos - u * sin], [u, v])
    };
    let is_known = on_earth.iter().all(|c| c.is_finite());
    let signed = [on_grid[0] * turn.x_sign, on_grid[1] * turn.y_sign];
    Vector { on_grid: signed, on_earth: is_known.then_some(on_earth) }
}

/// Distance, in radii of the Earth, over which a direction is taken: a hundredth of a degree.
const LEAST_REACH: f64 = 3e-4;

/// Angles as files have them, which is in radians unless they are too large for that.
pub fn angles_in_radians(angles: &[f64], is_degrees: bool) -> Vec<f32> {
    let most = angles.iter().filter(|a| a.is_finite()).fold(0.0f64, |most, a| most.max(a.abs()));
    let factor = if is_degrees || most > 6.4 { 1f64.to_radians() } else { 1.0 };
    angles.iter().map(|angle| (angle * factor) as f32).collect()
}

/// The turn of a grid from where its cells are: x points from each column to the next. `lat` and
/// `lon` in degrees, row by row, `columns` in each; `x_sign` as in [`GridTurn`]. Whether rows
/// rise or fall with y is seen from where they lie: y is a quarter turn left of x.
///
/// O(cells). `None` when `is_cancelled` says so, and where nothing is known.
pub fn angles_by_places(
    lat: &[f64],
    lon: &[f64],
    columns: usize,
    x_sign: f64,
    is_cancelled: &dyn Fn() -> bool,
) -> Option<GridTurn> {
    let rows = lat.len().min(lon.len()).checked_div(columns)?;
    let point = |row: usize, column: usize| {
        let at = row * columns + column;
        let (lat, lon) = (lat.get(at)?.to_radians(), lon.get(at)?.to_radians());
        let point = [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()];
        point.iter().all(|c| c.is_finite()).then_some(point)
    };
    let step = |row: usize, column: usize| {
        let (a, b) = (point(row, column)?, point(row, column + 1)?);
        Some((a[0] - b[0]).hypot(a[1] - b[1]).hypot(a[2] - b[2]))
    };
    // Places are in single precision: neighbours that are very near say little.
    let reach = step(rows / 2, (columns / 2).saturating_sub(1)).filter(|step| *step > 0.0);
    let reach = reach.map_or(1, |step| (LEAST_REACH / step).ceil().clamp(1.0, 32.0) as usize);
    // From a neighbour before to a neighbour behind, towards east and north in the middle.
    let way = |row: usize, column: usize, is_down: bool| {
        let neighbours =
            |at: usize, len: usize| (at.saturating_sub(reach), (at + reach).min(len - 1));
        let (from, to) = match is_down {
            true => neighbours(row, rows),
            false => neighbours(column, columns),
        };
        let (a, b) = match is_down {
            true => (point(from, column), point(to, column)),
            false => (point(row, from), point(row, to)),
        };
        let here = point(row, column)?;
        let (a, b) = (a.unwrap_or(here), b.unwrap_or(here));
        let step = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
        // At the pole itself longitude says which way is north.
        let lon = lon.get(row * columns + column)?.to_radians();
        let lat = lat.get(row * columns + column)?.to_radians();
        let east = step[1] * lon.cos() - step[0] * lon.sin();
        let north = step[2] * lat.cos() - lat.sin() * (step[0] * lon.cos() + step[1] * lon.sin());
        (east != 0.0 || north != 0.0).then_some([east, north])
    };
    let mut angles = Vec::with_capacity(rows * columns);
    let mut handedness = 0i64;
    for row in 0..rows {
        if is_cancelled() {
            return None;
        }
        for column in 0..columns {
            let across = way(row, column, false);
            let angle = across.map_or(f64::NAN, |[e, n]| (n * x_sign).atan2(e * x_sign));
            angles.push(angle as f32);
            if row % 8 == 0
                && column % 8 == 0
                && let Some(([e, n], [f, o])) = across.zip(way(row, column, true))
            {
                handedness += if e * o - n * f > 0.0 { 1 } else { -1 };
            }
        }
    }
    let is_known = angles.iter().any(|angle| angle.is_finite());
    let y_sign = if handedness < 0 { -x_sign } else { x_sign };
    is_known.then_some(GridTurn { angles, x_sign, y_sign })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HAIR: f64 = 1e-6;

    fn is_near(a: [f64; 2], b: [f64; 2]) -> bool {
        (a[0] - b[0]).abs() < HAIR && (a[1] - b[1]).abs() < HAIR
    }

    #[test]
    fn a_wind_along_a_grid_turned_by_a_quarter_blows_north() {
        let turn = GridTurn { angles: vec![90f32.to_radians()], x_sign: 1.0, y_sign: 1.0 };
        let along = components([5.0, 0.0], true, &turn, 3);
        assert!(is_near(along.on_earth.unwrap(), [0.0, 5.0]));
        assert!(is_near(along.on_grid, [5.0, 0.0]));
        let back = components(along.on_earth.unwrap(), false, &turn, 0);
        assert!(is_near(back.on_grid, [5.0, 0.0]));
    }

    #[test]
    fn rows_from_north_to_south_turn_what_is_drawn_but_not_the_wind() {
        let turn = GridTurn::none(1.0, -1.0);
        let north = components([0.0, 3.0], true, &turn, 0);
        assert_eq!(north.on_grid, [0.0, -3.0]);
        assert_eq!(north.on_earth, Some([0.0, 3.0]));
    }

    #[test]
    fn what_is_unknown_of_the_earth_is_known_of_the_grid() {
        let turn = GridTurn { angles: vec![f32::NAN], x_sign: 1.0, y_sign: 1.0 };
        assert_eq!(components([1.0, 2.0], true, &turn, 0).on_earth, None);
        assert_eq!(components([1.0, 2.0], true, &turn, 0).on_grid, [1.0, 2.0]);
    }

    /// A grid of latitudes and longitudes turned about its middle by an angle.
    fn turned(angle: f64, rows: usize, columns: usize) -> (Vec<f64>, Vec<f64>) {
        let (sin, cos) = angle.sin_cos();
        let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        cells
            .map(|(row, column)| {
                let x = (column as f64 - columns as f64 / 2.0) * 0.01;
                let y = (row as f64 - rows as f64 / 2.0) * 0.01;
                // Degrees of longitude at 60 degrees north are half as long.
                (60.0 + x * sin + y * cos, 2.0 * (x * cos - y * sin))
            })
            .unzip()
    }

    #[test]
    fn the_turn_of_a_grid_is_seen_from_its_places() {
        for degrees in [0.0, 30.0, 100.0, -170.0] {
            let (lat, lon) = turned(f64::to_radians(degrees), 9, 12);
            let turn = angles_by_places(&lat, &lon, 12, 1.0, &|| false).unwrap();
            assert_eq!((turn.angles.len(), turn.y_sign), (108, 1.0));
            for angle in &turn.angles {
                let off =
                    (f64::from(*angle).to_degrees() - degrees + 540.0).rem_euclid(360.0) - 180.0;
                assert!(off.abs() < 0.3, "{degrees}: off by {off}");
            }
        }
    }

    #[test]
    fn a_fine_grid_in_single_precision_has_smooth_angles() {
        // 30 metres from column to column, in thousandths of what single precision tells apart.
        let columns = 200;
        let lon: Vec<f64> =
            (0..2 * columns).map(|k| 250.0 + f64::from(k % columns) * 3e-4).collect();
        let lat: Vec<f64> =
            (0..2 * columns).map(|k| 40.0 + f64::from(k / columns) * 3e-4).collect();
        let single =
            |values: &[f64]| -> Vec<f64> { values.iter().map(|v| f64::from(*v as f32)).collect() };
        let turn = angles_by_places(&single(&lat), &single(&lon), 200, 1.0, &|| false).unwrap();
        assert!(turn.angles.iter().all(|angle| angle.abs() < 0.01));
        assert_eq!(turn.y_sign, 1.0);
    }

    #[test]
    fn rows_that_run_south_are_seen() {
        let (lat, lon) = turned(0.5, 9, 12);
        let flipped =
            |values: &[f64]| -> Vec<f64> { values.chunks(12).rev().flatten().copied().collect() };
        let turn = angles_by_places(&flipped(&lat), &flipped(&lon), 12, 1.0, &|| false).unwrap();
        assert_eq!(turn.y_sign, -1.0);
        assert!((f64::from(turn.angles[50]) - 0.5).abs() < 0.01);
    }

    #[test]
    fn the_dateline_and_missing_places_do_no_harm() {
        let lon = [179.0, -179.5, -178.0, 179.0, f64::NAN, -178.0];
        let lat = [10.0, 10.0, 10.0, 11.0, 11.0, 11.0];
        let turn = angles_by_places(&lat, &lon, 3, 1.0, &|| false).unwrap();
        assert!(turn.angles[..3].iter().all(|angle| angle.abs() < 0.1));
        assert!(turn.angles[4].is_nan());
        assert_eq!(angles_by_places(&[f64::NAN; 6], &lon, 3, 1.0, &|| false), None);
        assert_eq!(angles_by_places(&[], &[], 0, 1.0, &|| false), None);
    }

    #[test]
    fn angles_are_in_radians_unless_they_cannot_be() {
        assert_eq!(angles_in_radians(&[1.0, -3.0], false), [1.0, -3.0]);
        let half = std::f32::consts::PI;
        assert_eq!(angles_in_radians(&[180.0, -180.0], false), [half, -half]);
        assert_eq!(angles_in_radians(&[2.0], true), [2f32.to_radians()]);
    }
}
