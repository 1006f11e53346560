//! Cells with corners, drawn as polygons: most as they come, those over the back, the rim or a
//! pole of the map cut to what is shown.
//!
//! A pixel belongs to the cell that its middle lies in; cells that share an edge leave nothing
//! open between them.

use super::cells::NONE;
use super::projection::{Projection, Shape, dot, place, turned, unit};
use super::view::View;
use crate::prep::geometry::Geometry;

/// Longer edges of cells that are cut become several.
const EDGE_DEGREES: f64 = 2.0;

/// Larger cells are no cells: what joins the ends of a grid that goes round, or the halves of a
/// folded one.
const CELL_DEGREES: f64 = 60.0;

/// Cells for each pixel above which several are drawn as one.
const CELLS_PER_PIXEL: usize = 4;

/// This near to a pole, longitudes mean nothing.
const POLE: f64 = 89.999;

pub(super) fn drawn(
    geometry: &Geometry,
    projection: &Projection,
    view: &View,
    is_cancelled: &dyn Fn() -> bool,
) -> Option<Vec<u32>> {
    let mut canvas = Canvas {
        projection,
        view,
        pixels: vec![NONE; view.width * view.height],
        is_coarse: geometry.len() < 500,
        crossings: Vec::new(),
    };
    match geometry {
        Geometry::Curvilinear { ny, nx, corner_lat, corner_lon, .. } => {
            let corners = (corner_lat.as_slice(), corner_lon.as_slice());
            canvas.lattice((*ny, *nx), corners, is_cancelled)?;
        }
        Geometry::Cells { vertices, vertex_lat, vertex_lon, lat, .. } => {
            let mut corners = Vec::with_capacity(*vertices);
            let n = (*vertices).max(1);
            let outlines = vertex_lat.chunks_exact(n).zip(vertex_lon.chunks_exact(n));
            for (cell, (lats, lons)) in outlines.enumerate().take(lat.len()) {
                if cell % 4096 == 0 && is_cancelled() {
                    return None;
                }
                corners.clear();
                let known = lons.iter().zip(lats).filter(|(a, b)| a.is_finite() && b.is_finite());
                corners.extend(known.map(|(&lon, &lat)| canvas.corner(lon.into(), lat.into())));
                canvas.draw(&corners, cell as u32);
            }
        }
        _ => {}
    }
    Some(canvas.pixels)
}

/// A corner on the globe and, where it is shown, on the picture.
#[derive(Clone, Copy)]
struct Corner {
    /// East of the middle meridian.
    lon: f64,
    lat: f64,
    px: Option<(f64, f64)>,
}

struct Canvas<'a> {
    projection: &'a Projection,
    view: &'a View,
    pixels: Vec<u32>,
    /// Few cells, which may be large.
    is_coarse: bool,
    crossings: Vec<f64>,
}

impl Canvas<'_> {
    fn corner(&self, lon: f64, lat: f64) -> Corner {
        let lon = self.projection.relative(lon);
        let at = self.projection.forward_relative(lon, lat);
        Corner { lon, lat, px: at.map(|(x, y)| self.view.px(x, y)) }
    }

    /// Two rows of corners at a time.
    fn lattice(
        &mut self,
        (ny, nx): (usize, usize),
        (lats, lons): (&[f32], &[f32]),
        is_cancelled: &dyn Fn() -> bool,
    ) -> Option<()> {
        let pixels = self.pixels.len().max(1);
        let excess = ny.saturating_mul(nx) / (CELLS_PER_PIXEL * pixels).max(1);
        let step = excess.isqrt().max(1);
        let columns: Vec<usize> = (0..nx).step_by(step).chain([nx]).collect();
        let row_of = |canvas: &Self, row: usize| -> Vec<Option<Corner>> {
            let corner = |column: &usize| {
                let at = row.checked_mul(nx + 1)? + column;
                let (lon, lat) = (*lons.get(at)?, *lats.get(at)?);
                let is_known = lon.is_finite() && lat.abs() <= 90.0;
                is_known.then(|| canvas.corner(lon.into(), lat.into()))
            };
            columns.iter().map(corner).collect()
        };
        let mut above = row_of(self, 0);
        for row in (0..ny).step_by(step) {
            if is_cancelled() {
                return None;
            }
            let next = (row + step).min(ny);
            let below = row_of(self, next);
            for (k, pair) in above.windows(2).zip(below.windows(2)).enumerate() {
                if let ([Some(a), Some(b)], [Some(d), Some(c)]) = pair {
                    let (from, to) = (k * step, (k * step + step).min(nx));
                    let cell = (row + next) / 2 * nx + (from + to) / 2;
                    self.draw(&[*a, *b, *c, *d], cell as u32);
                }
            }
            above = below;
        }
        Some(())
    }

    fn draw(&mut self, corners: &[Corner], cell: u32) {
        if corners.len() < 3 || self.is_beside(corners) {
            return;
        }
        let (mut west, mut east) = (f64::INFINITY, f64::NEG_INFINITY);
        for corner in corners {
            west = west.min(corner.lon);
            east = east.max(corner.lon);
        }
        let (is_cut, is_at_pole) = match self.projection.shape() {
            Shape::Rows { .. } | Shape::Fan { .. } => {
                (east - west >= 180.0, corners.iter().any(|corner| corner.lat.abs() >= POLE))
            }
            Shape::Disc { .. } | Shape::Own => (false, false),
        };
        let is_shown = corners.iter().all(|corner| corner.px.is_some());
        if is_shown && !is_cut && !is_at_pole {
            // Small on the picture, it is as good as it looks; large ones may be none.
            let is_sound = self.is_small(corners) || !self.is_too_large(corners);
            if is_sound {
                let points: Vec<(f64, f64)> = corners.iter().filter_map(|c| c.px).collect();
                self.fill(&points, cell);
            }
            return;
        }
        let is_hidden = corners.iter().all(|corner| corner.px.is_none());
        // Of small cells, those with no corner on the map are not on it.
        if is_hidden && !self.is_coarse && !is_cut || self.is_too_large(corners) {
            return;
        }
        self.draw_cut(corners, cell);
    }

    /// All on one side of the picture.
    fn is_beside(&self, corners: &[Corner]) -> bool {
        let (width, height) = (self.view.width as f64, self.view.height as f64);
        let all =
            |test: &dyn Fn((f64, f64)) -> bool| corners.iter().all(|c| c.px.is_some_and(test));
        let is_round = matches!(self.projection.shape(), Shape::Rows { .. } | Shape::Fan { .. });
        let is_above = all(&|(_, y)| y < 0.0) || all(&|(_, y)| y > height);
        // What is cut at the back may be seen between two places beside the picture.
        is_above || !is_round && (all(&|(x, _)| x < 0.0) || all(&|(x, _)| x > width))
    }

    fn is_small(&self, corners: &[Corner]) -> bool {
        let Some(Some(first)) = corners.first().map(|corner| corner.px) else { return false };
        let most = 0.02 * self.view.width.min(self.view.height) as f64;
        corners.iter().all(|corner| {
            corner.px.is_some_and(|at| (at.0 - first.0).abs().max((at.1 - first.1).abs()) < most)
        })
    }

    fn is_too_large(&self, corners: &[Corner]) -> bool {
        if self.is_coarse {
            return false;
        }
        let units = || corners.iter().map(|corner| unit(corner.lon, corner.lat));
        let Some(first) = units().next() else { return true };
        let least = CELL_DEGREES.to_radians().cos();
        units().any(|other| dot(&first, &other) < least)
    }

    fn draw_cut(&mut self, corners: &[Corner], cell: u32) {
        let places: Vec<(f64, f64)> = corners.iter().map(|c| (c.lon, c.lat)).collect();
        match *self.projection.shape() {
            Shape::Rows { south, north } | Shape::Fan { south, north, .. } => {
                let flat = closed_over_poles(&places);
                for turn in [-360.0, 0.0, 360.0] {
                    let moved: Vec<_> = flat.iter().map(|p| (p.0 + turn, p.1)).collect();
                    let cut = clipped(&moved, |p| p.0 + 180.0);
                    let cut = clipped(&cut, |p| 180.0 - p.0);
                    let cut = clipped(&cut, |p| p.1 - south);
                    let cut = clipped(&cut, |p| north - p.1);
                    self.fill_places(&finer(&cut), cell);
                }
            }
            Shape::Disc { middle, least } => {
                let units: Vec<[f64; 3]> =
                    finer(&unrolled(&places)).iter().map(|p| unit(p.0, p.1)).collect();
                let cut = clipped_by(&units, |v| dot(&middle, v) - least, mixed);
                let cut: Vec<(f64, f64)> = cut.into_iter().map(place).collect();
                self.fill_places(&cut, cell);
            }
            Shape::Own => {}
        }
    }

    fn fill_places(&mut self, places: &[(f64, f64)], cell: u32) {
        // On the border, rounding must not turn the side.
        let inside = |&(lon, lat): &(f64, f64)| {
            let (lon, lat) = (lon.clamp(-180.0, 180.0), lat.clamp(-90.0, 90.0));
            self.projection.forward_relative(lon, lat)
        };
        let points: Vec<(f64, f64)> =
            places.iter().filter_map(inside).map(|(x, y)| self.view.px(x, y)).collect();
        if points.len() >= 3 {
            self.fill(&points, cell);
        }
    }

    /// Rows of pixels between the edges, by even and odd crossings.
    fn fill(&mut self, points: &[(f64, f64)], cell: u32) {
        let (mut top, mut bottom) = (f64::INFINITY, f64::NEG_INFINITY);
        for point in points {
            top = top.min(point.1);
            bottom = bottom.max(point.1);
        }
        if !(top.is_finite() && bottom.is_finite()) {
            return;
        }
        let (width, height) = (self.view.width, self.view.height);
        let first = (top - 0.5).ceil().max(0.0);
        let last = (bottom - 0.5).ceil().min(height as f64);
        if first >= last {
            return;
        }
        for row in first as usize..last as usize {
            let y = row as f64 + 0.5;
            self.crossings.clear();
            let next = points.iter().cycle().skip(1);
            for (&a, &b) in points.iter().zip(next) {
                // From above to below, so that cells on both sides find the same place.
                let (a, b) = if a.1 <= b.1 { (a, b) } else { (b, a) };
                if a.1 <= y && y < b.1 {
                    self.crossings.push(a.0 + (b.0 - a.0) * ((y - a.1) / (b.1 - a.1)));
                }
            }
            self.crossings.sort_unstable_by(f64::total_cmp);
            for pair in self.crossings.as_chunks::<2>().0 {
                let from = (pair[0] - 0.5).ceil().clamp(0.0, width as f64) as usize;
                let to = (pair[1] - 0.5).ceil().clamp(0.0, width as f64) as usize;
                let start = row * width;
                if let Some(pixels) = self.pixels.get_mut(start + from..start + to.max(from)) {
                    pixels.fill(cell);
                }
            }
        }
    }
}

/// Each longitude the short way from the one before.
fn unrolled(places: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut last = None;
    let step = |&(lon, lat): &(f64, f64)| {
        let lon = last.map_or(lon, |last| last + turned(lon - last));
        last = Some(lon);
        (lon, lat)
    };
    places.iter().map(step).collect()
}

/// On the flat map: a pole that is a corner is a line there, and one that is inside is its upper
/// or lower side.
fn closed_over_poles(places: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let is_pole = |place: &(f64, f64)| place.1.abs() >= POLE;
    // Begin with a corner that has a longitude.
    let Some(start) = places.iter().position(|place| !is_pole(place)) else { return Vec::new() };
    let round: Vec<(f64, f64)> =
        places.iter().cycle().skip(start).take(places.len()).copied().collect();
    let corners: Vec<(f64, f64)> = round.iter().filter(|place| !is_pole(place)).copied().collect();
    let flat = unrolled(&corners);
    let (Some(&first), Some(&last)) = (flat.first(), flat.last()) else { return Vec::new() };
    let end = last.0 + turned(first.0 - last.0);
    let goes_round = (end - first.0).abs() > 180.0;
    let mut found = Vec::with_capacity(places.len() + 4);
    let mut k = 0usize;
    for place in &round {
        if is_pole(place) {
            let before = flat.get(k.saturating_sub(1)).unwrap_or(&last).0;
            let after = flat.get(k).map_or(end, |next| next.0);
            found.extend([(before, place.1), (after, place.1)]);
        } else {
            found.extend(flat.get(k));
            k += 1;
        }
    }
    if goes_round {
        let middle = corners.iter().map(|place| place.1).sum::<f64>() / corners.len() as f64;
        let pole = 90f64.copysign(middle);
        found.extend([(end, first.1), (end, pole), (first.0, pole)]);
    }
    found
}

/// Edges in pieces.
fn finer(places: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut found = Vec::with_capacity(places.len());
    for (a, b) in places.iter().zip(places.iter().cycle().skip(1)) {
        let length = (b.0 - a.0).abs().max((b.1 - a.1).abs());
        let pieces = (length / EDGE_DEGREES).ceil().clamp(1.0, 360.0) as u32;
        found.extend((0..pieces).map(|k| {
            let t = f64::from(k) / f64::from(pieces);
            (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t)
        }));
    }
    found
}

/// The part of a polygon where `inside` is not negative.
fn clipped(places: &[(f64, f64)], inside: impl Fn(&(f64, f64)) -> f64) -> Vec<(f64, f64)> {
    let between =
        |a: &(f64, f64), b: &(f64, f64), t: f64| (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t);
    clipped_by(places, inside, between)
}

fn mixed(a: &[f64; 3], b: &[f64; 3], t: f64) -> [f64; 3] {
    [0, 1, 2].map(|k| a[k] + (b[k] - a[k]) * t)
}

/// Sutherland and Hodgman's way, for one straight side.
fn clipped_by<P: Copy>(
    points: &[P],
    inside: impl Fn(&P) -> f64,
    between: impl Fn(&P, &P, f64) -> P,
) -> Vec<P> {
    let mut found = Vec::with_capacity(points.len() + 2);
    for (a, b) in points.iter().zip(points.iter().cycle().skip(1)) {
        let (here, there) = (inside(a), inside(b));
        if here >= 0.0 {
            found.push(*a);
        }
        if (here >= 0.0) != (there >= 0.0) {
            found.push(between(a, b, here / (here - there)));
        }
    }
    found
}
