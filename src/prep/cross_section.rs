//! Cells along a line over a picture, and how far apart they are.

/// Cells that a line passes through at the most; of a longer line every n-th.
pub const CELLS_MAX: u64 = 1024;

/// Mean radius of the Earth, for distances between cells.
const EARTH_KM: f64 = 6371.0;

/// From one cell to the other, both included: one for each column or row, whichever the line
/// passes more of. O(cells).
pub fn cells_between(from: (u64, u64), to: (u64, u64)) -> Vec<(u64, u64)> {
    let longest = from.0.abs_diff(to.0).max(from.1.abs_diff(to.1));
    let steps = longest.min(CELLS_MAX - 1);
    let at = |a: u64, b: u64, k: u64| match steps {
        0 => a,
        _ => {
            let (low, high) = (i128::from(a), i128::from(b));
            // To the nearest, halves away from the first cell.
            let moved =
                (high - low) * i128::from(2 * k) + i128::from(steps) * (high - low).signum();
            u64::try_from(low + moved / i128::from(2 * steps)).unwrap_or(a)
        }
    };
    (0..=steps).map(|k| (at(from.0, to.0, k), at(from.1, to.1, k))).collect()
}

/// Runs of neighbouring cells whose bounding boxes are at most so many cells wide and high:
/// what lies in one is read at once.
pub fn boxes(cells: &[(u64, u64)], side: u64) -> Vec<std::ops::Range<usize>> {
    let mut runs = Vec::new();
    let mut start = 0;
    let (mut low, mut high) = ((u64::MAX, u64::MAX), (0, 0));
    for (k, &(x, y)) in cells.iter().enumerate() {
        let (wide_low, wide_high) = ((low.0.min(x), low.1.min(y)), (high.0.max(x), high.1.max(y)));
        let fits = wide_high.0.saturating_sub(wide_low.0) < side
            && wide_high.1.saturating_sub(wide_low.1) < side;
        if fits || k == start {
            (low, high) = (wide_low, wide_high);
        } else {
            runs.push(start..k);
            start = k;
            (low, high) = ((x, y), (x, y));
        }
    }
    if start < cells.len() {
        runs.push(start..cells.len());
    }
    runs
}

/// How far each place (latitude, longitude in degrees) is from the first along the line, in
/// kilometres on a sphere; `None` where a place is not known, or all are one.
pub fn distances_km(places: &[(f64, f64)]) -> Option<Vec<f64>> {
    let mut total = 0.0;
    let mut distances = vec![0.0];
    for pair in places.windows(2) {
        total += apart_km(pair[0], pair[1]);
        distances.push(total);
    }
    let is_known = total.is_finite() && total > 0.0;
    // Places that are the same twice would be cells without width.
    (is_known && distances.is_sorted_by(|a, b| a < b)).then_some(distances)
}

/// After the haversine formula.
fn apart_km(from: (f64, f64), to: (f64, f64)) -> f64 {
    let half_sine = |a: f64, b: f64| ((b - a).to_radians() / 2.0).sin().powi(2);
    let across = from.0.to_radians().cos() * to.0.to_radians().cos() * half_sine(from.1, to.1);
    2.0 * EARTH_KM * (half_sine(from.0, to.0) + across).clamp(0.0, 1.0).sqrt().asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_passes_one_cell_in_each_column() {
        assert_eq!(cells_between((0, 0), (4, 2)), [(0, 0), (1, 1), (2, 1), (3, 2), (4, 2)]);
        assert_eq!(cells_between((2, 5), (2, 3)), [(2, 5), (2, 4), (2, 3)]);
        assert_eq!(cells_between((7, 7), (7, 7)), [(7, 7)]);
    }

    #[test]
    fn a_long_line_is_thinned_but_keeps_its_ends() {
        let cells = cells_between((0, u64::MAX), (1 << 40, 0));
        assert_eq!(cells.len() as u64, CELLS_MAX);
        assert_eq!((cells[0], cells[1023]), ((0, u64::MAX), (1 << 40, 0)));
    }

    #[test]
    fn boxes_hold_all_cells_in_order() {
        let cells = cells_between((0, 0), (20, 20));
        let runs = boxes(&cells, 8);
        assert_eq!(runs, [0..8, 8..16, 16..21]);
        assert!(boxes(&[], 8).is_empty());
        let ends = |cells: &[(u64, u64)], side| -> Vec<usize> {
            boxes(cells, side).into_iter().map(|run| run.end).collect()
        };
        assert_eq!(ends(&[(5, 5)], 8), [1]);
        let row = cells_between((0, 0), (20, 0));
        assert_eq!(ends(&row, 64), [21]);
    }

    #[test]
    fn a_quarter_of_the_equator_is_ten_thousand_kilometres() {
        let places = [(0.0, 350.0), (0.0, 20.0), (0.0, 80.0)];
        let distances = distances_km(&places).unwrap();
        assert!((distances[2] - 10_007.5).abs() < 1.0, "{distances:?}");
        assert!((distances[1] * 3.0 - distances[2]).abs() < 1e-6);
        assert_eq!(distances_km(&[(f64::NAN, 0.0), (0.0, 1.0)]), None);
        assert_eq!(distances_km(&[(1.0, 1.0), (1.0, 1.0)]), None);
    }
}
