//! The nearest of scattered points on the globe, found through bands of latitude and boxes of
//! longitude in them: the poles and the dateline are nothing special.
//!
//! Build O(points); a look-up some ten points; 20 bytes a point.

use super::projection::unit;

pub struct Nearest {
    points: Vec<[f32; 3]>,
    /// Of the points, box by box.
    numbers: Vec<u32>,
    /// Where each box begins in `numbers`, one more than boxes.
    starts: Vec<u32>,
    bands: Vec<Band>,
    band_degrees: f64,
    /// The square of the longest chord to a point.
    reach: f32,
}

/// Between neighbours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spacing {
    /// The middle one of some.
    pub degrees: f64,
    /// Most are alike: points of a grid, not stations.
    pub is_even: bool,
}

/// Boxes of one band of latitudes.
struct Band {
    first: usize,
    count: usize,
}

/// Points looked at to find how far they are apart.
const SAMPLES: usize = 256;

/// How far a point reaches, in distances between neighbours: a little further than the middle of
/// four on a square.
const REACH: f64 = 0.8;

impl Nearest {
    /// Points reach as far as their distance from each other suggests.
    pub fn of(lat: &[f32], lon: &[f32], spacing: &Spacing) -> Self {
        Self::within(lat, lon, REACH * spacing.degrees)
    }

    /// How far points are from their neighbours. O(points).
    pub fn spacing_of(lat: &[f32], lon: &[f32]) -> Spacing {
        let known = lat.iter().zip(lon).filter(|(lat, lon)| lat.is_finite() && lon.is_finite());
        let count = known.count().max(1);
        // As if they were spread over the whole globe; at most a quarter of it in a box.
        let degrees = 2.0 * (41_253.0 / count as f64).sqrt();
        Self::within(lat, lon, degrees.clamp(1e-3, 45.0)).spacing()
    }

    /// Points reach this far.
    pub fn within(lat: &[f32], lon: &[f32], degrees: f64) -> Self {
        let degrees = if degrees.is_finite() { degrees.clamp(1e-3, 90.0) } else { 1.0 };
        let count = (180.0 / degrees).floor().clamp(1.0, 18_000.0);
        let band_degrees = 180.0 / count;
        let mut bands: Vec<Band> = Vec::with_capacity(count as usize);
        let mut boxes = 0;
        for k in 0..count as usize {
            let low = k as f64 * band_degrees - 90.0;
            // The narrower end of the band decides how wide its boxes may be.
            let end = low.abs().max((low + band_degrees).abs()).min(90.0);
            let count = (360.0 * end.to_radians().cos() / degrees).floor().clamp(1.0, 1e5) as usize;
            bands.push(Band { first: boxes, count });
            boxes += count;
        }
        let chord = 2.0 * (degrees.to_radians() / 2.0).sin();
        let mut found = Self {
            points: Vec::with_capacity(lat.len().min(lon.len())),
            numbers: Vec::new(),
            starts: vec![0; boxes + 1],
            bands,
            band_degrees,
            reach: (chord * chord) as f32,
        };
        found.sort(lat, lon);
        found
    }

    fn sort(&mut self, lat: &[f32], lon: &[f32]) {
        let places = || lon.iter().zip(lat).map(|(&lon, &lat)| (f64::from(lon), f64::from(lat)));
        let boxes: Vec<Option<usize>> = places().map(|(lon, lat)| self.box_of(lon, lat)).collect();
        self.points = places().map(|(lon, lat)| unit(lon, lat).map(|v| v as f32)).collect();
        for at in boxes.iter().flatten() {
            if let Some(count) = self.starts.get_mut(at + 1) {
                *count += 1;
            }
        }
        let mut total = 0;
        for start in &mut self.starts {
            total += *start;
            *start = total;
        }
        let mut next = self.starts.clone();
        self.numbers = vec![0; total as usize];
        for (number, at) in boxes.iter().enumerate() {
            let Some(place) = at.and_then(|at| next.get_mut(at)) else { continue };
            if let Some(slot) = self.numbers.get_mut(*place as usize) {
                *slot = number as u32;
            }
            *place += 1;
        }
    }

    fn box_of(&self, lon: f64, lat: f64) -> Option<usize> {
        if !lon.is_finite() || !(-90.0..=90.0).contains(&lat) {
            return None;
        }
        let band = self.bands.get(self.band_of(lat))?;
        Some(band.first + band.box_at(lon))
    }

    fn band_of(&self, lat: f64) -> usize {
        (((lat + 90.0) / self.band_degrees) as usize).min(self.bands.len() - 1)
    }

    /// The number of the nearest point in reach.
    pub fn at(&self, lon: f64, lat: f64) -> Option<u32> {
        self.nearest(lon, lat, None).map(|(number, _)| number)
    }

    /// With the square of the chord to it; never `but`.
    fn nearest(&self, lon: f64, lat: f64, but: Option<u32>) -> Option<(u32, f32)> {
        if !lon.is_finite() || !(-90.0..=90.0).contains(&lat) {
            return None;
        }
        let here = unit(lon, lat).map(|v| v as f32);
        let mut best: Option<(u32, f32)> = None;
        let band = self.band_of(lat);
        for band in self.bands.iter().take(band + 2).skip(band.saturating_sub(1)) {
            let middle = band.box_at(lon);
            let (from, count) = match band.count {
                0..=3 => (0, band.count),
                count => (middle + count - 1, 3),
            };
            for k in 0..count {
                let at = band.first + (from + k) % band.count;
                let range = self.starts.get(at).zip(self.starts.get(at + 1));
                let numbers = range
                    .and_then(|(&a, &b)| self.numbers.get(a as usize..b as usize))
                    .unwrap_or_default();
                for &number in numbers {
                    let Some(point) = self.points.get(number as usize) else { continue };
                    let away: f32 = point.iter().zip(&here).map(|(a, b)| (a - b) * (a - b)).sum();
                    if away <= best.map_or(self.reach, |best| best.1) && Some(number) != but {
                        best = Some((number, away));
                    }
                }
            }
        }
        best
    }

    fn spacing(&self) -> Spacing {
        let step = (self.numbers.len() / SAMPLES).max(1);
        let mut chords: Vec<f32> = self
            .numbers
            .iter()
            .step_by(step)
            .filter_map(|&number| {
                let [x, y, z] = self.points.get(number as usize)?.map(f64::from);
                let (lon, lat) = super::projection::place([x, y, z]);
                self.nearest(lon, lat, Some(number)).map(|(_, away)| away.sqrt())
            })
            .filter(|chord| *chord > 1e-7)
            .collect();
        chords.sort_unstable_by(f32::total_cmp);
        let at = |part: usize| chords.get(chords.len() * part / 10).copied();
        let (middle, far) = (at(5), at(9));
        let chord = f64::from(middle.unwrap_or(self.reach.sqrt()));
        Spacing {
            degrees: 2.0 * (chord / 2.0).clamp(0.0, 1.0).asin().to_degrees(),
            is_even: middle.zip(far).is_some_and(|(middle, far)| far <= 1.6 * middle),
        }
    }
}

impl Band {
    fn box_at(&self, lon: f64) -> usize {
        let part = lon.rem_euclid(360.0) / 360.0;
        ((part * self.count as f64) as usize).min(self.count - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn neighbours_are_as_far_apart_as_they_are() {
        let places: Vec<(f32, f32)> =
            (0..40).flat_map(|y| (0..40).map(move |x| (y as f32 * 0.5, x as f32 * 0.5))).collect();
        let lat: Vec<f32> = places.iter().map(|p| p.0).collect();
        let lon: Vec<f32> = places.iter().map(|p| 170.0 + p.1).collect();
        let spacing = Nearest::spacing_of(&lat, &lon);
        assert!((0.45..=0.51).contains(&spacing.degrees) && spacing.is_even, "{spacing:?}");
        assert!(Nearest::within(&[], &[], 1.0).at(0.0, 0.0).is_none());
        assert_eq!(Nearest::within(&[f32::NAN, 5.0], &[1.0, 1.0], 1.0).at(1.0, 5.0), Some(1));
        // Points along a path that stretches are no grid.
        let lon: Vec<f32> = (0..40).map(|k| (k * k) as f32 * 0.02).collect();
        assert!(!Nearest::spacing_of(&[0.0; 40], &lon).is_even);
    }

    proptest! {
        #[test]
        fn it_is_the_nearest_of_all(
            points in prop::collection::vec((-90f32..=90.0, -400f32..400.0), 1..60),
            lon in -500f64..500.0, lat in -90f64..=90.0, reach in 0.5f64..80.0,
        ) {
            let (lats, lons): (Vec<f32>, Vec<f32>) = points.into_iter().unzip();
            let found = Nearest::within(&lats, &lons, reach).at(lon, lat);
            let here = unit(lon, lat);
            let away = |k: usize| {
                let there = unit(lons[k].into(), lats[k].into());
                there.iter().zip(&here).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
            };
            let least = (0..lats.len()).map(away).fold(f64::INFINITY, f64::min);
            let chord = 2.0 * (reach.to_radians() / 2.0).sin();
            match found {
                Some(k) => prop_assert!(away(k as usize) <= least + 1e-5),
                None => prop_assert!(least >= chord - 1e-5),
            }
        }
    }
}
