//! Which cell of a field each pixel of a map shows.
//!
//! Grids with axes of their own, and points, are looked up pixel by pixel, from the map back to
//! the globe; cells with corners are drawn one by one. Values do not matter here: what is found
//! serves every slice and every colour. O(pixels), or O(cells + pixels); 4 bytes for a pixel.

use super::dots;
use super::nearest::Nearest;
use super::polygons;
use super::projection::{Projection, Shape};
use super::view::View;
use crate::prep::crs::Crs;
use crate::prep::geometry::Geometry;

/// No cell.
pub const NONE: u32 = u32::MAX;

/// A cell for each pixel, from the top left, row by row; [`NONE`] where there is none. Points that
/// are no grid are dots of this radius in pixels. `None` when `is_cancelled` said so, or for more
/// cells than can be numbered.
pub fn cells(
    geometry: &Geometry,
    projection: &Projection,
    view: &View,
    dot_px: f64,
    is_cancelled: &dyn Fn() -> bool,
) -> Option<Vec<u32>> {
    if u32::try_from(geometry.len()).is_ok_and(|count| count == NONE)
        || u32::try_from(geometry.len()).is_err()
    {
        return None;
    }
    match geometry {
        Geometry::Rectilinear { lat_edges, lon_edges } => {
            let found = (Edges::of(lat_edges), Edges::of(lon_edges));
            let (Some(rows), Some(columns)) = found else { return Some(nothing(view)) };
            on_grid(&rows, &columns, projection, view, is_cancelled)
        }
        Geometry::Projected { x_edges, y_edges, crs } => {
            let found = (Edges::of(y_edges), Edges::of(x_edges));
            let (Some(rows), Some(columns)) = found else { return Some(nothing(view)) };
            if projection.own() == Some(crs) {
                return as_they_lie(&rows, &columns, view, is_cancelled);
            }
            let at = |lon: f64, lat: f64| on_plane(&rows, &columns, crs, lon, lat);
            looked_up(projection, view, &at, is_cancelled)
        }
        Geometry::Points { lat, lon } => {
            let spacing = Nearest::spacing_of(lat, lon);
            let apart_px = spacing.degrees / projection.degrees_per_px(view);
            // Points closer than pixels are dots, too, as small as they can be.
            if !spacing.is_even || apart_px < LOOKED_UP_PX {
                let radius = if spacing.is_even { apart_px.max(1.0) } else { dot_px };
                return dots::drawn(lat, lon, projection, view, radius, is_cancelled);
            }
            let nearest = Nearest::of(lat, lon, &spacing);
            let at = |lon: f64, lat: f64| nearest.at(lon, lat).unwrap_or(NONE);
            looked_up(projection, view, &at, is_cancelled)
        }
        Geometry::Curvilinear { .. } | Geometry::Cells { .. } => {
            polygons::drawn(geometry, projection, view, is_cancelled)
        }
    }
}

/// Points of a grid that are further apart are looked up from each pixel.
const LOOKED_UP_PX: f64 = 2.0;

fn nothing(view: &View) -> Vec<u32> {
    vec![NONE; view.width * view.height]
}

/// The edges of cells along an axis, looked up in a few steps.
struct Edges<'a> {
    edges: &'a [f64],
    low: f64,
    high: f64,
    is_falling: bool,
    /// The first cell that may hold what lies in each of so many equal parts.
    first: Vec<u32>,
    parts_per_unit: f64,
}

impl<'a> Edges<'a> {
    /// `None` unless they rise or fall.
    fn of(edges: &'a [f64]) -> Option<Self> {
        let (&a, &b) = (edges.first()?, edges.last()?);
        let is_falling = a > b;
        let is_ordered = match is_falling {
            true => edges.is_sorted_by(|a, b| a >= b),
            false => edges.is_sorted_by(|a, b| a <= b),
        };
        let (low, high) = (a.min(b), a.max(b));
        let is_sound = is_ordered && low.is_finite() && high.is_finite() && low < high;
        let cells = edges.len().checked_sub(1).filter(|_| is_sound)?;
        let parts = 2 * cells;
        let part = (high - low) / parts as f64;
        let mut cell = 0u32;
        let first = (0..parts)
            .map(|k| {
                let from = low + k as f64 * part;
                while Self::rising(edges, is_falling, cell as usize + 1).is_some_and(|e| e <= from)
                    && (cell as usize) < cells - 1
                {
                    cell += 1;
                }
                cell
            })
            .collect();
        Some(Self { edges, low, high, is_falling, first, parts_per_unit: 1.0 / part })
    }

    /// The `k`-th edge from the low end.
    fn rising(edges: &[f64], is_falling: bool, k: usize) -> Option<f64> {
        let at = if is_falling { edges.len().checked_sub(k + 1)? } else { k };
        edges.get(at).copied()
    }

    fn count(&self) -> usize {
        self.edges.len() - 1
    }

    #[inline]
    fn at(&self, value: f64) -> Option<usize> {
        if !(self.low..=self.high).contains(&value) {
            return None;
        }
        let part = ((value - self.low) * self.parts_per_unit) as usize;
        let mut cell = *self.first.get(part.min(self.first.len() - 1))? as usize;
        let last = self.count() - 1;
        while cell < last
            && Self::rising(self.edges, self.is_falling, cell + 1).is_some_and(|e| e <= value)
        {
            cell += 1;
        }
        Some(if self.is_falling { last - cell } else { cell })
    }

    /// The same for a longitude, however many times round the globe it is; what a rounded grid
    /// leaves open where it meets itself belongs to its last cell.
    #[inline]
    fn at_lon(&self, lon: f64) -> Option<usize> {
        let lon = self.low + (lon - self.low).rem_euclid(360.0);
        if lon <= self.high {
            return self.at(lon);
        }
        let width = self.high - self.low;
        let gap = 360.0 - width;
        (gap < 0.5 * width / self.count() as f64).then(|| self.at(self.high)).flatten()
    }
}

fn on_grid(
    rows: &Edges<'_>,
    columns: &Edges<'_>,
    projection: &Projection,
    view: &View,
    is_cancelled: &dyn Fn() -> bool,
) -> Option<Vec<u32>> {
    let across = columns.count();
    let number = |row: usize, column: usize| (row * across + column) as u32;
    if !matches!(projection.shape(), Shape::Rows { .. }) {
        let at = |lon: f64, lat: f64| {
            rows.at(lat).zip(columns.at_lon(lon)).map_or(NONE, |(r, c)| number(r, c))
        };
        return looked_up(projection, view, &at, is_cancelled);
    }
    // Where rows of pixels are rows of the grid, a row is looked up once, and the columns once for
    // all rows of the same width.
    let mut found = nothing(view);
    let (mut of_pixels, mut end) = (Vec::<Option<usize>>::new(), f64::NAN);
    for (py, pixels) in found.chunks_exact_mut(view.width.max(1)).enumerate() {
        if is_cancelled() {
            return None;
        }
        let (_, y) = view.plane(0.0, py as f64 + 0.5);
        let Some(line) = projection.row(y) else { continue };
        let Some(row) = rows.at(line.lat) else { continue };
        if line.end != end {
            end = line.end;
            of_pixels.clear();
            of_pixels.extend((0..view.width).map(|px| {
                let (x, _) = view.plane(px as f64 + 0.5, 0.0);
                columns.at_lon(line.lon(x)? + projection.spec().lon)
            }));
        }
        for (pixel, column) in pixels.iter_mut().zip(&of_pixels) {
            *pixel = column.map_or(NONE, |column| number(row, column));
        }
    }
    Some(found)
}

/// The map is the data's own plane.
fn as_they_lie(
    rows: &Edges<'_>,
    columns: &Edges<'_>,
    view: &View,
    is_cancelled: &dyn Fn() -> bool,
) -> Option<Vec<u32>> {
    let across = columns.count();
    let of_pixels: Vec<Option<usize>> =
        (0..view.width).map(|px| columns.at(view.plane(px as f64 + 0.5, 0.0).0)).collect();
    let mut found = nothing(view);
    for (py, pixels) in found.chunks_exact_mut(view.width.max(1)).enumerate() {
        if is_cancelled() {
            return None;
        }
        let Some(row) = rows.at(view.plane(0.0, py as f64 + 0.5).1) else { continue };
        for (pixel, column) in pixels.iter_mut().zip(&of_pixels) {
            *pixel = column.map_or(NONE, |column| (row * across + column) as u32);
        }
    }
    Some(found)
}

fn on_plane(rows: &Edges<'_>, columns: &Edges<'_>, crs: &Crs, lon: f64, lat: f64) -> u32 {
    let found = crs.xy(lon, lat).and_then(|(x, y)| rows.at(y).zip(columns.at(x)));
    found.map_or(NONE, |(row, column)| (row * columns.count() + column) as u32)
}

/// From each pixel back to the globe.
fn looked_up(
    projection: &Projection,
    view: &View,
    at: &dyn Fn(f64, f64) -> u32,
    is_cancelled: &dyn Fn() -> bool,
) -> Option<Vec<u32>> {
    let mut found = nothing(view);
    for (py, pixels) in found.chunks_exact_mut(view.width.max(1)).enumerate() {
        if is_cancelled() {
            return None;
        }
        let row = projection.row(view.plane(0.0, py as f64 + 0.5).1);
        let has_rows = matches!(projection.shape(), Shape::Rows { .. });
        for (px, pixel) in pixels.iter_mut().enumerate() {
            let (x, y) = view.plane(px as f64 + 0.5, py as f64 + 0.5);
            let place = match row {
                Some(row) => row.lon(x).map(|lon| (lon + projection.spec().lon, row.lat)),
                None if has_rows => None,
                None => projection.inverse(x, y),
            };
            if let Some((lon, lat)) = place {
                *pixel = at(lon, lat);
            }
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::super::projection::{ProjectionKind, tests::projection, turned};
    use super::super::view::Bounds;
    use super::*;
    use proptest::prelude::*;

    fn grid(west: f64) -> Geometry {
        Geometry::Rectilinear {
            lat_edges: (0..=18).map(|k| 90.0 - 10.0 * f64::from(k)).collect(),
            lon_edges: (0..=36).map(|k| west + 10.0 * f64::from(k)).collect(),
        }
    }

    /// The same cells as a lattice, as polygons and by their middles.
    fn alike(west: f64) -> [Geometry; 2] {
        let Geometry::Rectilinear { lat_edges, lon_edges } = grid(west) else { unreachable!() };
        let plain = grid(west);
        let centers: Vec<(f64, f64)> = (0..plain.len()).filter_map(|c| plain.center(c)).collect();
        let lat: Vec<f32> = centers.iter().map(|c| c.0 as f32).collect();
        // As files have them: all between -180 and 180.
        let lon: Vec<f32> = centers.iter().map(|c| turned(c.1) as f32).collect();
        let corners = || lat_edges.iter().flat_map(|&lat| lon_edges.iter().map(move |&l| (lat, l)));
        let lattice = Geometry::Curvilinear {
            ny: 18,
            nx: 36,
            corner_lat: corners().map(|c| c.0 as f32).collect(),
            corner_lon: corners().map(|c| turned(c.1) as f32).collect(),
            lat: lat.clone(),
            lon: lon.clone(),
        };
        let outlines: Vec<(f64, f64)> = (0..plain.len()).flat_map(|c| plain.outline(c)).collect();
        let cells = Geometry::Cells {
            lat,
            lon,
            vertices: 4,
            vertex_lat: outlines.iter().map(|c| c.1 as f32).collect(),
            vertex_lon: outlines.iter().map(|c| turned(c.0) as f32).collect(),
        };
        [lattice, cells]
    }

    fn whole(projection: &Projection) -> View {
        let bounds = Bounds::of(projection.outline());
        let bounds = bounds.unwrap_or(Bounds { left: -5e6, right: 5e6, bottom: -5e6, top: 5e6 });
        View::of(&bounds, 91, 61)
    }

    #[test]
    fn each_pixel_shows_the_cell_it_lies_in_however_longitudes_are_counted() {
        for kind in ProjectionKind::ALL {
            let map = projection(kind, 25.0, 35.0);
            let view = whole(&map);
            for west in [0.0, -180.0, -360.0, 5.0] {
                let geometry = grid(west);
                let found = cells(&geometry, &map, &view, 4.0, &|| false).unwrap();
                let mut shown = 0;
                for (k, &cell) in found.iter().enumerate() {
                    let (px, py) = ((k % view.width) as f64 + 0.5, (k / view.width) as f64 + 0.5);
                    let (x, y) = view.plane(px, py);
                    let place = map.inverse(x, y);
                    assert_eq!(place.is_some(), cell != NONE, "{kind:?} {px} {py}");
                    if let Some((lon, lat)) = place {
                        let (middle_lat, middle_lon) = geometry.center(cell as usize).unwrap();
                        assert!((middle_lat - lat).abs() < 5.0 + 1e-6);
                        assert!(turned(middle_lon - lon).abs() < 5.0 + 1e-6, "{kind:?}");
                        shown += 1;
                    }
                }
                assert!(shown > 500, "{kind:?}");
            }
        }
    }

    /// Cells drawn with straight edges differ from exact ones along their borders alone, and
    /// nothing is left open or folded over: at the poles, the back and the rim too.
    #[test]
    fn cells_with_corners_are_drawn_where_the_plain_grid_has_them() {
        for kind in ProjectionKind::ALL {
            for middle in [0.0, 25.0, 180.0] {
                let map = projection(kind, middle, 35.0);
                let view = whole(&map);
                let exact = cells(&grid(0.0), &map, &view, 4.0, &|| false).unwrap();
                for geometry in alike(0.0) {
                    let drawn = cells(&geometry, &map, &view, 4.0, &|| false).unwrap();
                    let pixels = || exact.iter().zip(&drawn);
                    let shown = pixels().filter(|(a, _)| **a != NONE).count();
                    let open = pixels().filter(|(a, b)| **a != NONE && **b == NONE).count();
                    let beyond = pixels().filter(|(a, b)| **a == NONE && **b != NONE).count();
                    let other = pixels().filter(|(a, b)| a != b).count();
                    assert!(open * 50 <= shown, "{kind:?} {middle}: {open} of {shown} open");
                    assert!(beyond * 50 <= shown, "{kind:?} {middle}: {beyond} of {shown} beyond");
                    assert!(other * 8 <= shown, "{kind:?} {middle}: {other} of {shown} differ");
                }
            }
        }
    }

    #[test]
    fn a_cell_round_a_pole_is_there_whole() {
        // A ring of 8 corners at 80 degrees north.
        let cells_of = |lon: Vec<f32>| Geometry::Cells {
            lat: vec![90.0],
            lon: vec![0.0],
            vertices: 8,
            vertex_lat: vec![80.0; 8],
            vertex_lon: lon,
        };
        let ring: Vec<f32> = (0..8).map(|k| -180.0 + 45.0 * k as f32).collect();
        for lon in [ring.clone(), ring.into_iter().rev().collect()] {
            for kind in [ProjectionKind::Equirectangular, ProjectionKind::Robinson] {
                let map = projection(kind, 0.0, 0.0);
                let view = View::of(&Bounds::of(map.outline()).unwrap(), 360, 180);
                let found = cells(&cells_of(lon.clone()), &map, &view, 4.0, &|| false).unwrap();
                let full = |row: usize| {
                    found[row * 360..(row + 1) * 360].iter().filter(|&&cell| cell == 0).count()
                };
                let wide = if kind == ProjectionKind::Robinson { 150 } else { 360 };
                assert!(full(3) >= wide, "{kind:?}: {} of {wide}", full(3));
                assert_eq!(full(90), 0, "{kind:?}");
            }
        }
    }

    #[test]
    fn a_cell_over_the_dateline_leaves_no_streak() {
        let cell = Geometry::Cells {
            lat: vec![0.0],
            lon: vec![180.0],
            vertices: 4,
            vertex_lat: vec![-5.0, -5.0, 5.0, 5.0],
            vertex_lon: vec![175.0, -175.0, -175.0, 175.0],
        };
        let map = projection(ProjectionKind::Equirectangular, 0.0, 0.0);
        let view = View::of(&Bounds::of(map.outline()).unwrap(), 360, 180);
        let found = cells(&cell, &map, &view, 4.0, &|| false).unwrap();
        let row = &found[90 * 360..91 * 360];
        let shown: Vec<usize> = (0..360).filter(|&px| row[px] == 0).collect();
        assert_eq!(shown, [0, 1, 2, 3, 4, 355, 356, 357, 358, 359]);
    }

    #[test]
    fn points_fill_what_is_nearest_to_them_and_no_more() {
        let plain = grid(0.0);
        let centers: Vec<(f64, f64)> = (0..plain.len()).filter_map(|c| plain.center(c)).collect();
        // The half of the globe east of Greenwich, between 60 degrees south and north.
        let kept: Vec<&(f64, f64)> =
            centers.iter().filter(|c| c.1 < 180.0 && c.0.abs() < 60.0).collect();
        let points = Geometry::Points {
            lat: kept.iter().map(|c| c.0 as f32).collect(),
            lon: kept.iter().map(|c| c.1 as f32).collect(),
        };
        let map = projection(ProjectionKind::Equirectangular, 0.0, 0.0);
        let view = View::of(&Bounds::of(map.outline()).unwrap(), 72, 36);
        let found = cells(&points, &map, &view, 4.0, &|| false).unwrap();
        let at = |lon: f64, lat: f64| {
            let (px, py) = view.px(lon.to_radians(), lat.to_radians());
            found[py as usize * 72 + px as usize]
        };
        let expected = kept.iter().position(|c| **c == (5.0, 35.0)).unwrap() as u32;
        assert_eq!(at(33.0, 7.0), expected);
        assert_eq!(at(-60.0, 0.0), NONE);
        assert_eq!(at(60.0, 80.0), NONE);
    }

    proptest! {
        #[test]
        fn no_geometry_makes_it_panic(
            numbers in prop::collection::vec(
                prop_oneof![Just(f32::NAN), Just(f32::INFINITY), -400f32..400f32, Just(90f32)], 24..64,
            ),
            which in 0usize..ProjectionKind::ALL.len(), form in 0usize..4,
        ) {
            let map = projection(ProjectionKind::ALL[which], 0.0, 40.0);
            let mut view = whole(&map);
            (view.width, view.height) = (17, 13);
            let (a, b) = numbers.split_at(numbers.len() / 2);
            let wide = |v: &[f32]| v.iter().map(|&v| f64::from(v)).collect::<Vec<f64>>();
            let geometry = match form {
                0 => Geometry::Rectilinear { lat_edges: wide(a), lon_edges: wide(b) },
                1 => Geometry::Points { lat: a.to_vec(), lon: b.to_vec() },
                2 => Geometry::Cells {
                    lat: a[..3].to_vec(),
                    lon: b[..3].to_vec(),
                    vertices: 4,
                    vertex_lat: a.to_vec(),
                    vertex_lon: b.to_vec(),
                },
                _ => Geometry::Curvilinear {
                    ny: 2,
                    nx: 3,
                    corner_lat: a.to_vec(),
                    corner_lon: b.to_vec(),
                    lat: a[..6].to_vec(),
                    lon: b[..6].to_vec(),
                },
            };
            let found = cells(&geometry, &map, &view, 4.0, &|| false).unwrap();
            prop_assert_eq!(found.len(), 17 * 13);
            let count = geometry.len() as u32;
            prop_assert!(found.iter().all(|&cell| cell == NONE || cell < count));
        }
    }
}
