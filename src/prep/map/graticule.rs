//! Lines of equal latitude and longitude at round degrees, as many as the picture has room for.

use super::lines::{PlaneLine, project_one};
use super::projection::{Projection, ProjectionKind, Shape, turned};
use super::view::View;
use crate::prep::ticks::{latitude, longitude};

/// A meridian or parallel.
#[derive(Clone, Debug, PartialEq)]
pub struct GridLine {
    pub label: String,
    pub is_meridian: bool,
    /// In degrees.
    pub value: f64,
    pub lines: Vec<PlaneLine>,
}

/// Pixels (of a scale of 1) between lines.
const APART_PX: f64 = 88.0;

/// The places that a picture shows: latitudes from and to, longitudes from west and how far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    pub south: f64,
    pub north: f64,
    pub west: f64,
    pub width: f64,
}

/// What is seen, from a net of places on the picture; `None` where no Earth is.
pub fn seen(projection: &Projection, view: &View) -> Option<Seen> {
    const NET: usize = 24;
    let mut lons = [false; 180];
    let (mut south, mut north) = (f64::INFINITY, f64::NEG_INFINITY);
    let (mut places, mut count) = (Vec::new(), 0);
    for i in 0..=NET {
        for j in 0..=NET {
            let px = view.width as f64 * i as f64 / NET as f64;
            let py = view.height as f64 * j as f64 / NET as f64;
            let (x, y) = view.plane(px, py);
            if let Some((lon, lat)) = projection.inverse(x, y) {
                south = south.min(lat);
                north = north.max(lat);
                places.push(lon);
                if let Some(is_seen) = lons.get_mut((lon.rem_euclid(360.0) / 2.0) as usize) {
                    count += u32::from(!*is_seen);
                    *is_seen = true;
                }
            }
        }
    }
    // A pole may lie between the places of the net.
    for pole in [-90.0, 90.0] {
        let at = projection.forward(0.0, pole);
        if at.is_some_and(|at| view.bounds().contains(at)) {
            (south, north) = (south.min(pole), north.max(pole));
            let is_point = matches!(projection.shape(), Shape::Disc { .. } | Shape::Own);
            if is_point {
                return Some(Seen { south, north, west: -180.0, width: 360.0 });
            }
        }
    }
    let first = *places.first()?;
    if count > 90 {
        return Some(widened(Seen { south, north, west: -180.0, width: 360.0 }));
    }
    // Round the first one; few are seen, so that they lie together.
    let middle = {
        let (sin, cos) = places.iter().fold((0.0, 0.0), |(s, c), lon| {
            let (sin, cos) = lon.to_radians().sin_cos();
            (s + sin, c + cos)
        });
        if sin == 0.0 && cos == 0.0 { first } else { sin.atan2(cos).to_degrees() }
    };
    let off = places.iter().map(|lon| turned(lon - middle));
    let (low, high) = off.fold((0.0f64, 0.0f64), |(low, high), v| (low.min(v), high.max(v)));
    Some(widened(Seen { south, north, west: middle + low, width: high - low }))
}

/// The net misses what lies between its places and the border.
fn widened(seen: Seen) -> Seen {
    let (dx, dy) = (seen.width / 20.0, (seen.north - seen.south) / 20.0);
    let width = (seen.width + 2.0 * dx).min(360.0);
    Seen {
        south: (seen.south - dy).max(-90.0),
        north: (seen.north + dy).min(90.0),
        west: if width < 360.0 { seen.west - dx } else { -180.0 },
        width,
    }
}

/// The lines for a picture whose pixels are `scale` to a point. Some thousand places are
/// projected.
pub fn graticule(projection: &Projection, view: &View, scale: f64) -> Vec<GridLine> {
    let Some(seen) = seen(projection, view) else { return Vec::new() };
    let apart = APART_PX * scale.max(0.1);
    let most = |px: usize| ((px as f64 / apart) as usize).clamp(3, 12);
    let is_world = seen.width >= 359.0;
    let meridians = longitude(seen.west, seen.west + seen.width, most(view.width));
    let parallels = latitude(seen.south, seen.north, most(view.height));
    let pole_gap = if is_world && is_disc(projection) { 10.0 } else { 0.0 };
    const STEPS: i32 = 120;
    let along = |a: f64, b: f64| (0..=STEPS).map(move |k| a + (b - a) * f64::from(k) / 120.0);
    let mut found = Vec::new();
    for tick in &meridians {
        // 180 degrees west is 180 degrees east.
        if is_world && tick.value >= seen.west + 360.0 - 1e-9 {
            continue;
        }
        let ends = (seen.south.max(pole_gap - 90.0), seen.north.min(90.0 - pole_gap));
        let is_right_angle = (tick.value / 90.0).fract() == 0.0;
        let ends = if is_right_angle { (seen.south, seen.north) } else { ends };
        let places = along(ends.0, ends.1).map(|lat| (tick.value, lat));
        found.push(GridLine {
            label: tick.label.clone(),
            is_meridian: true,
            value: tick.value,
            lines: project_one(places, projection),
        });
    }
    for tick in parallels.iter().filter(|tick| tick.value.abs() < 90.0) {
        let is_cut = matches!(projection.shape(), Shape::Rows { .. } | Shape::Fan { .. });
        // From one side of the cut to the other, a hair short of it: the two ends are not one.
        let ends = match is_world && is_cut {
            true => (projection.spec().lon - 180.0 + 1e-9, projection.spec().lon + 180.0 - 1e-9),
            false => (seen.west, seen.west + seen.width),
        };
        let places = along(ends.0, ends.1).map(|lon| (lon, tick.value));
        found.push(GridLine {
            label: tick.label.clone(),
            is_meridian: false,
            value: tick.value,
            lines: project_one(places, projection),
        });
    }
    found
}

fn is_disc(projection: &Projection) -> bool {
    matches!(
        projection.spec().kind,
        ProjectionKind::NorthPolar | ProjectionKind::SouthPolar | ProjectionKind::Orthographic
    )
}

#[cfg(test)]
mod tests {
    use super::super::projection::tests::projection;
    use super::super::view::Bounds;
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_world_has_a_line_each_thirty_or_so_degrees_and_none_twice() {
        for kind in ProjectionKind::ALL {
            let map = projection(kind, 10.0, 30.0);
            let outline = Bounds::of(map.outline());
            let bounds =
                outline.unwrap_or(Bounds { left: -4e6, right: 4e6, bottom: -4e6, top: 4e6 });
            let view = View::of(&bounds, 1000, 500);
            let lines = graticule(&map, &view, 1.0);
            assert!((6..=24).contains(&lines.len()), "{kind:?}: {}", lines.len());
            let labels: HashSet<(bool, &str)> =
                lines.iter().map(|line| (line.is_meridian, line.label.as_str())).collect();
            assert_eq!(labels.len(), lines.len(), "{kind:?}");
            let drawn = lines.iter().filter(|line| !line.lines.is_empty()).count();
            assert!(drawn * 10 >= lines.len() * 9, "{kind:?}: {drawn} of {}", lines.len());
        }
    }

    #[test]
    fn a_small_part_has_fine_lines() {
        let map = projection(ProjectionKind::Mercator, 0.0, 0.0);
        let (x, y) = map.forward(11.0, 47.5).unwrap();
        let view = View { x, y, per_px: 0.02 / 800.0, width: 800, height: 600 };
        let lines = graticule(&map, &view, 1.0);
        assert!(lines.iter().any(|line| line.label == "11.0°E"), "{lines:?}");
        assert!((6..=20).contains(&lines.len()));
        let seen = seen(&map, &view).unwrap();
        assert!(seen.width < 1.5 && seen.west > 10.0, "{seen:?}");
    }
}
