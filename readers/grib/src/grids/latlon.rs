//! Rows along parallels and columns along meridians: grid definition templates 3.0 to 3.3 and 3.40
//! to 3.43, GRIB1 grid types 0, 4, 10, 14, 20, 24, 30 and 34, before any rotation.

use std::sync::Arc;

use hyperslab_core::Result;

use super::gaussian;
use super::scanning::Scanning;

/// Extremes and increments in degrees, as given.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LatLon {
    pub first_latitude: f64,
    pub first_longitude: f64,
    pub last_latitude: Option<f64>,
    pub last_longitude: Option<f64>,
    pub di: Option<f64>,
    pub dj: Option<f64>,
    /// N of a Gaussian grid: parallels between a pole and the equator.
    pub gaussian: Option<u32>,
}

/// Evenly spaced degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Axis {
    pub start: f64,
    pub step: f64,
}

impl Axis {
    pub fn at(self, index: f64) -> f64 {
        self.start + self.step * index
    }
}

/// Latitudes of rows as scanned.
pub(super) enum Parallels {
    Even(Axis),
    /// All rows of the Gaussian grid from the north, the index of the first row of this one, and
    /// whether the next ones lie south of it.
    Gaussian {
        all: Arc<[f64]>,
        first: usize,
        southwards: bool,
    },
}

impl Parallels {
    /// NaN beyond the last row of a Gaussian grid.
    pub fn at(&self, row: u64, stagger: f64) -> f64 {
        match self {
            Self::Even(axis) => axis.at(row as f64 + stagger),
            Self::Gaussian { all, first, southwards } => {
                let row = usize::try_from(row).unwrap_or(usize::MAX);
                let index =
                    if *southwards { first.checked_add(row) } else { first.checked_sub(row) };
                index.and_then(|index| all.get(index)).copied().unwrap_or(f64::NAN)
            }
        }
    }
}

impl LatLon {
    pub fn parallels(&self, rows: u64, scanning: Scanning) -> Result<Parallels> {
        match self.gaussian {
            Some(n) => self.gaussian_rows(n, rows, scanning),
            None => Ok(Parallels::Even(self.even_rows(rows, scanning))),
        }
    }

    /// The same with the increment that is given, if one is.
    pub fn stepped_parallels(
        &self,
        rows: u64,
        scanning: Scanning,
        is_given: bool,
    ) -> Result<Parallels> {
        match self.dj.filter(|_| is_given && self.gaussian.is_none()) {
            Some(dj) => {
                let step = if scanning.j_positive() { dj } else { -dj };
                Ok(Parallels::Even(Axis { start: self.first_latitude, step }))
            }
            None => self.parallels(rows, scanning),
        }
    }

    /// From the extremes, which are coded more finely than the increment. Where they contradict
    /// the scanning mode the mode is believed, as NIO does.
    fn even_rows(&self, rows: u64, scanning: Scanning) -> Axis {
        let sign = if scanning.j_positive() { 1.0 } else { -1.0 };
        let first = self.first_latitude;
        match self.last_latitude {
            Some(last) if rows > 1 && last != first => {
                let start = if scanning.j_positive() { first.min(last) } else { first.max(last) };
                Axis { start, step: sign * (last - first).abs() / (rows - 1) as f64 }
            }
            _ => Axis { start: first, step: sign * self.dj.unwrap_or(0.0) },
        }
    }

    /// A sub-area has some of the 2N rows: the first is the one nearest to La1.
    fn gaussian_rows(&self, n: u32, rows: u64, scanning: Scanning) -> Result<Parallels> {
        let first = self.first_latitude;
        let mut all = gaussian::latitudes(n)?;
        let mut nearest = nearest_row(&all, first);
        let spacing = 90.0 / f64::from(n);
        let holds = all.get(nearest).is_some_and(|row| (row - first).abs() < spacing / 4.0);
        if rows > all.len() as u64 || !holds {
            // Some writers put half the rows of a sub-area here instead of N: the increment in
            // longitude tells, or else the number of rows.
            for other in [self.number_from_increment(), u32::try_from(rows / 2).ok()] {
                let Some(rows_of_other) = other.filter(|&n| n > 0 && rows <= 2 * u64::from(n))
                else {
                    continue;
                };
                let candidate = gaussian::latitudes(rows_of_other)?;
                let row = nearest_row(&candidate, first);
                if candidate.get(row).is_some_and(|found| (found - first).abs() < 2e-3) {
                    (all, nearest) = (candidate, row);
                    break;
                }
            }
        }
        Ok(Parallels::Gaussian { all, first: nearest, southwards: !scanning.j_positive() })
    }

    fn number_from_increment(&self) -> Option<u32> {
        let number = (90.0 / self.di.filter(|&di| di > 0.0)?).round();
        (1.0..4_000.0).contains(&number).then_some(number as u32)
    }

    /// Eastwards from the first longitude, beyond 360 where the grid crosses the meridian.
    pub fn meridians(&self, columns: u64, scanning: Scanning) -> Axis {
        let sign = if scanning.i_negative() { -1.0 } else { 1.0 };
        let step = match self.last_longitude {
            Some(_) if columns > 1 => self.span(scanning) / (columns - 1) as f64,
            _ => self.di.unwrap_or(0.0),
        };
        Axis { start: self.first_longitude, step: sign * step }
    }

    /// Westernmost and easternmost longitude, the first from 0 to 360.
    pub fn extremes(&self, scanning: Scanning) -> (f64, f64) {
        let span = self.span(scanning);
        let west = if scanning.i_negative() {
            self.last_longitude.unwrap_or(self.first_longitude)
        } else {
            self.first_longitude
        };
        let west = west.rem_euclid(360.0);
        (west, west + span)
    }

    /// Degrees from the first to the last longitude; equal ones go round the globe.
    pub fn span(&self, scanning: Scanning) -> f64 {
        let first = self.first_longitude;
        let last = self.last_longitude.unwrap_or(first);
        let span = if scanning.i_negative() { first - last } else { last - first };
        let span = span.rem_euclid(360.0);
        if span == 0.0 { 360.0 } else { span }
    }
}

fn nearest_row(rows: &[f64], latitude: f64) -> usize {
    let after = rows.partition_point(|&row| row > latitude);
    let distance = |row: usize| rows.get(row).map_or(f64::INFINITY, |&l| (l - latitude).abs());
    match after.checked_sub(1) {
        Some(before) if distance(before) <= distance(after) => before,
        _ => after.min(rows.len().saturating_sub(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(first: (f64, f64), last: (f64, f64)) -> LatLon {
        LatLon {
            first_latitude: first.0,
            first_longitude: first.1,
            last_latitude: Some(last.0),
            last_longitude: Some(last.1),
            di: None,
            dj: None,
            gaussian: None,
        }
    }

    #[test]
    fn longitudes_grow_beyond_360_across_the_meridian() {
        let axis = grid((51.0, 350.0), (34.0, 19.0)).meridians(291, Scanning(0));
        assert_eq!((axis.start, axis.at(290.0)), (350.0, 379.0));
    }

    #[test]
    fn equal_first_and_last_longitude_go_round_the_globe() {
        assert_eq!(grid((0.0, 5.0), (0.0, 5.0)).meridians(361, Scanning(0)).step, 1.0);
        assert_eq!(grid((0.0, 0.0), (0.0, 360.0)).meridians(361, Scanning(0)).step, 1.0);
    }

    #[test]
    fn negative_scanning_descends_from_the_first_longitude() {
        let axis = grid((10.0, 80.0), (40.0, 0.0)).meridians(5, Scanning(0x80));
        assert_eq!((axis.start, axis.step), (80.0, -20.0));
    }

    #[test]
    fn rows_follow_the_scanning_mode_where_extremes_contradict_it() {
        let Parallels::Even(axis) =
            grid((40.0, 0.0), (10.0, 0.0)).parallels(4, Scanning(0x40)).unwrap()
        else {
            panic!("not a Gaussian grid")
        };
        assert_eq!((axis.start, axis.step), (10.0, 10.0));
    }

    #[test]
    fn missing_extremes_are_made_from_increments() {
        let mut one_point = grid((10.0, 5.0), (10.0, 5.0));
        (one_point.last_latitude, one_point.last_longitude) = (None, None);
        (one_point.di, one_point.dj) = (Some(0.5), Some(0.25));
        assert_eq!(one_point.meridians(3, Scanning(0)).at(2.0), 6.0);
        let rows = one_point.parallels(3, Scanning(0)).unwrap();
        assert_eq!(rows.at(2, 0.0), 9.5);
    }

    #[test]
    fn sub_area_of_a_gaussian_grid_starts_at_the_row_nearest_la1() {
        let mut area = grid((26.511, 0.0), (-12.558, 39.375));
        area.gaussian = Some(32);
        let rows = area.parallels(15, Scanning(0)).unwrap();
        assert!((rows.at(0, 0.0) - 26.510_768).abs() < 1e-5);
        assert!((rows.at(14, 0.0) + 12.558).abs() < 1e-3);
        let northwards = area.parallels(3, Scanning(0x40)).unwrap();
        assert!(northwards.at(1, 0.0) > northwards.at(0, 0.0));
    }

    #[test]
    fn rows_past_the_pole_are_nan_not_a_panic() {
        let mut area = grid((87.9, 0.0), (80.0, 10.0));
        area.gaussian = Some(2);
        let rows = area.parallels(4000, Scanning(0x40)).unwrap();
        assert!(rows.at(3999, 0.0).is_nan());
    }

    #[test]
    fn wrong_n_of_a_sub_area_is_found_from_the_increment() {
        // Five rows of a N32 grid whose header gives N = 3.
        let mut area = grid((26.511, 0.0), (15.35, 39.375));
        (area.gaussian, area.di) = (Some(3), Some(2.8125));
        let rows = area.parallels(5, Scanning(0)).unwrap();
        assert!((rows.at(0, 0.0) - 26.510_768).abs() < 1e-5);
    }
}
