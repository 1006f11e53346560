//! Where cells lie on the map, for what is drawn over it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use egui::{Pos2, pos2};

use super::frame::MapFrame;
use super::located::Covering;
use super::picture::Cells;
use crate::prep::geometry::Geometry;
use crate::prep::map::cells::NONE;
use crate::prep::map::paint::Order;
use crate::prep::map::projection::{place as lon_lat_of, unit as direction_of};
use crate::prep::placement::{Place, Placement, Px, Vector, unit};

/// Points looked at along each side of the picture for what is visible.
const LOOKS: usize = 24;

/// Degrees along which the way of a vector is looked at.
const STEP: f64 = 0.05;

/// Cells in rows and columns on a map.
pub struct MapPlacement<'a> {
    pub frame: &'a MapFrame,
    pub located: &'a Covering,
    /// Of the picture, where they have been found.
    pub cells: Option<Arc<Cells>>,
    /// Rows and columns of the geometry.
    pub shape: [usize; 2],
}

impl MapPlacement<'_> {
    /// Between the order of values and that of cells.
    fn swapped(&self, [a, b]: [f64; 2]) -> [f64; 2] {
        match self.located.order {
            Order::AsCells => [a, b],
            Order::Transposed { .. } => [b, a],
        }
    }

    /// Longitude and latitude, or where the map is the data's own plane, the point of that.
    fn at(&self, place: Place) -> Option<On> {
        let [row, column] = self.swapped(place);
        match self.located.geometry() {
            Geometry::Rectilinear { lat_edges, lon_edges } => Some(On::Earth(
                middle(lon_edges, column)?,
                middle(lat_edges, row)?.clamp(-90.0, 90.0),
            )),
            Geometry::Projected { x_edges, y_edges, crs } => {
                let (x, y) = (middle(x_edges, column)?, middle(y_edges, row)?);
                if self.frame.projection().own().is_some() {
                    return Some(On::Plane(x, y));
                }
                crs.lon_lat(x, y).map(|(lon, lat)| On::Earth(lon, lat))
            }
            geometry => {
                let [rows, columns] = self.shape;
                let around = |at: f64, count: usize, is_round: bool| {
                    let last = count.saturating_sub(1);
                    let low = (at.max(0.0) as usize).min(last);
                    let next = if is_round && low == last { 0 } else { (low + 1).min(last) };
                    (low, next, (at - low as f64).clamp(0.0, 1.0))
                };
                let (y0, y1, v) = around(row, rows, false);
                let (x0, x1, u) = around(column, columns, self.located.is_round);
                let mut sum = [0.0; 3];
                for (y, x, weight) in [
                    (y0, x0, (1.0 - v) * (1.0 - u)),
                    (y0, x1, (1.0 - v) * u),
                    (y1, x0, v * (1.0 - u)),
                    (y1, x1, v * u),
                ] {
                    if weight > 0.0 {
                        let (lat, lon) = geometry.center(y * columns + x)?;
                        let way = direction_of(lon, lat);
                        (0..3).for_each(|k| sum[k] += weight * way[k]);
                    }
                }
                let (lon, lat) = lon_lat_of(sum);
                Some(On::Earth(lon, lat))
            }
        }
    }

    fn px_of(&self, on: On) -> Option<Pos2> {
        match on {
            On::Earth(lon, lat) => self.frame.px_from_lon_lat(lon, lat),
            On::Plane(x, y) => Some(self.frame.px_from_plane(x, y)),
        }
    }
}

#[derive(Clone, Copy)]
enum On {
    Earth(f64, f64),
    Plane(f64, f64),
}

/// The coordinate of a place between middles of cells.
fn middle(edges: &[f64], at: f64) -> Option<f64> {
    let last = edges.len().checked_sub(2)?;
    let center = |k: usize| Some(edges.get(k)? / 2.0 + edges.get(k + 1)? / 2.0);
    if last == 0 {
        return center(0);
    }
    let low = (at.max(0.0) as usize).min(last - 1);
    let (a, b) = (center(low)?, center(low + 1)?);
    Some(a + (at - low as f64) * (b - a))
}

impl Placement for MapPlacement<'_> {
    fn px(&self, place: Place) -> Option<Px> {
        let at = self.px_of(self.at(place)?)?;
        Some([at.x, at.y])
    }

    fn place_at(&self, at: Px) -> Option<Place> {
        let pixel = self.frame.pixel_at(pos2(at[0], at[1]))?;
        let cell = *self.cells.as_ref()?.0.get(pixel)?;
        let columns = self.shape[1].max(1);
        let cell = (cell != NONE).then_some(cell as usize)?;
        Some(self.swapped([(cell / columns) as f64, (cell % columns) as f64]))
    }

    fn direction(&self, place: Place, vector: &Vector) -> Option<Px> {
        let way = |from: Pos2, to: Pos2| unit([f64::from(to.x - from.x), f64::from(to.y - from.y)]);
        if let (Some([east, north]), Some(On::Earth(lon, lat))) = (vector.on_earth, self.at(place))
        {
            let length = east.hypot(north);
            let out = lat.to_radians().cos().max(1e-3);
            let (dx, dy) = (STEP * east / length / out, STEP * north / length);
            let (from, to) = (
                self.frame.px_from_lon_lat(lon - dx, (lat - dy).max(-90.0))?,
                self.frame.px_from_lon_lat(lon + dx, (lat + dy).min(90.0))?,
            );
            // Across the back of the map it is no way.
            let is_near = from.distance(to) < 0.25 * self.frame.rect.width();
            return is_near.then(|| way(from, to)).flatten();
        }
        let [row, column] = place;
        let along = |row_step: f64, column_step: f64| {
            let at = |side: f64| self.px([row + side * row_step, column + side * column_step]);
            let (from, to) = (at(-0.5)?, at(0.5)?);
            unit([f64::from(to[0] - from[0]), f64::from(to[1] - from[1])])
        };
        let (across, down) = (along(0.0, 1.0)?, along(1.0, 0.0)?);
        let [a, b] = vector.on_grid;
        unit([
            a * f64::from(across[0]) + b * f64::from(down[0]),
            a * f64::from(across[1]) + b * f64::from(down[1]),
        ])
    }

    fn viewport(&self) -> [f32; 4] {
        let rect = self.frame.seen();
        [rect.left(), rect.top(), rect.right(), rect.bottom()]
    }

    fn key(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        let (view, rect) = (self.frame.view(), self.frame.rect);
        [view.x, view.y, view.per_px].map(f64::to_bits).hash(&mut hasher);
        [rect.left(), rect.top(), rect.right(), rect.bottom()].map(f32::to_bits).hash(&mut hasher);
        let basis = self.frame.basis();
        (&basis.spec, &basis.places).hash(&mut hasher);
        hasher.finish()
    }

    fn wraps(&self) -> bool {
        self.located.is_round && self.located.order == Order::AsCells
    }

    /// Of what lies under some points of the picture, with a margin.
    fn visible(&self) -> Option<[Range<usize>; 2]> {
        let [rows, columns] = self.swapped(self.shape.map(|n| n as f64)).map(|n| n as usize);
        let [left, top, right, bottom] = self.viewport();
        let at =
            |from: f32, to: f32, k: usize| from + (to - from) * (k as f32 + 0.5) / LOOKS as f32;
        let looks = (0..LOOKS).flat_map(|y| (0..LOOKS).map(move |x| (x, y)));
        let mut seen: Option<[(f64, f64); 2]> = None;
        for (x, y) in looks {
            let Some(place) = self.place_at([at(left, right, x), at(top, bottom, y)]) else {
                continue;
            };
            let known = seen.unwrap_or([0, 1].map(|k| (place[k], place[k])));
            seen = Some([0, 1].map(|k| (known[k].0.min(place[k]), known[k].1.max(place[k]))));
        }
        let seen = seen?;
        let widened = |(low, high): (f64, f64), len: usize| {
            let margin = 4.0 + 3.0 * (high - low) / LOOKS as f64;
            (low - margin).max(0.0) as usize..((high + margin) as usize + 1).min(len)
        };
        Some([widened(seen[0], rows), widened(seen[1], columns)])
    }
}
