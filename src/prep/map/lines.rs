//! Lines on the globe as lines on the map, cut where the map is.
//!
//! O(points); some hundred nanoseconds each.

use super::projection::{Projection, Shape, dot, place, turned, unit};
use super::view::Bounds;

/// A line on the plane of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaneLine {
    pub points: Vec<[f64; 2]>,
    pub bounds: Bounds,
}

/// Longer lines are cut into pieces, so that those that are not seen are passed over.
const PIECE: usize = 96;

/// Projects lines of degrees east and north. `None` when `is_cancelled` said so.
pub fn project(
    lines: impl IntoIterator<Item = impl AsRef<[[f32; 2]]>>,
    projection: &Projection,
    is_cancelled: &dyn Fn() -> bool,
) -> Option<Vec<PlaneLine>> {
    let mut found = Found::default();
    for line in lines {
        if is_cancelled() {
            return None;
        }
        let places = line.as_ref().iter().map(|&[lon, lat]| (f64::from(lon), f64::from(lat)));
        project_line(places, projection, &mut found);
        found.end();
    }
    Some(found.lines)
}

/// The same for one line.
pub fn project_one(
    places: impl IntoIterator<Item = (f64, f64)>,
    projection: &Projection,
) -> Vec<PlaneLine> {
    let mut found = Found::default();
    project_line(places.into_iter(), projection, &mut found);
    found.end();
    found.lines
}

#[derive(Default)]
struct Found {
    lines: Vec<PlaneLine>,
    line: Vec<[f64; 2]>,
}

impl Found {
    fn push(&mut self, point: Option<(f64, f64)>) {
        match point {
            Some((x, y)) => {
                self.line.push([x, y]);
                if self.line.len() >= PIECE {
                    self.end();
                    self.line.push([x, y]);
                }
            }
            None => self.end(),
        }
    }

    fn end(&mut self) {
        let points = std::mem::take(&mut self.line);
        let bounds = Bounds::of(points.iter().map(|&[x, y]| (x, y)));
        if let Some(bounds) = bounds.filter(|_| points.len() > 1) {
            self.lines.push(PlaneLine { points, bounds });
        }
    }
}

fn project_line(
    places: impl Iterator<Item = (f64, f64)>,
    projection: &Projection,
    found: &mut Found,
) {
    match projection.shape() {
        Shape::Rows { south, north } | Shape::Fan { south, north, .. } => {
            cut_at_the_back(places, projection, (*south, *north), found);
        }
        Shape::Disc { middle, least } => {
            cut_at_the_rim(places, projection, (middle, *least), found);
        }
        Shape::Own => cut_at_jumps(places, projection, found),
    }
}

/// Where the map is cut along a meridian, and ends at two latitudes.
fn cut_at_the_back(
    places: impl Iterator<Item = (f64, f64)>,
    projection: &Projection,
    (south, north): (f64, f64),
    found: &mut Found,
) {
    let mut last: Option<(f64, f64)> = None;
    for (lon, lat) in places {
        let here = (projection.relative(lon), lat);
        if let Some(before) = last {
            // The short way round; beyond 180 it comes in again on the other side.
            let on = before.0 + turned(here.0 - before.0);
            // A point on the cut itself counts to one side only.
            let is_cut = (on - here.0).abs() > 180.0;
            if is_cut {
                let side = 180f64.copysign(on);
                let t = if on == before.0 { 0.0 } else { (side - before.0) / (on - before.0) };
                let lat = before.1 + (here.1 - before.1) * t;
                found.push(projection.forward_relative(side, lat));
                found.end();
                found.push(projection.forward_relative(-side, lat));
            }
            for end in [south, north] {
                if (before.1 - end) * (here.1 - end) < 0.0 && !is_cut {
                    let t = (end - before.1) / (here.1 - before.1);
                    let lon = before.0 + (on - before.0) * t;
                    found.push(projection.forward_relative(lon, end));
                }
            }
        }
        found.push(projection.forward_relative(here.0, here.1));
        last = Some(here);
    }
}

/// Where the map shows what is near its middle.
fn cut_at_the_rim(
    places: impl Iterator<Item = (f64, f64)>,
    projection: &Projection,
    (middle, least): (&[f64; 3], f64),
    found: &mut Found,
) {
    let mut last: Option<([f64; 3], f64)> = None;
    for (lon, lat) in places {
        let lon = projection.relative(lon);
        let here = unit(lon, lat);
        let height = dot(middle, &here) - least;
        if let Some((before, height_before)) = last
            && (height < 0.0) != (height_before < 0.0)
        {
            let t = height_before / (height_before - height);
            let between = [0, 1, 2].map(|k| before[k] + (here[k] - before[k]) * t);
            let (lon, lat) = place(between);
            found.push(projection.forward_relative(lon, lat));
        }
        found.push((height >= 0.0).then(|| projection.forward_relative(lon, lat)).flatten());
        last = Some((here, height));
    }
}

/// Where the cut is not known: it is where the way on the map is not that on the globe.
fn cut_at_jumps(
    places: impl Iterator<Item = (f64, f64)>,
    projection: &Projection,
    found: &mut Found,
) {
    let mut last: Option<([f64; 3], (f64, f64))> = None;
    for (lon, lat) in places {
        let here = unit(lon, lat);
        let Some(at) = projection.forward(lon, lat) else {
            found.end();
            last = None;
            continue;
        };
        if let Some((before, from)) = last {
            let between = [0, 1, 2].map(|k| before[k] + here[k]);
            let (lon, lat) = place(between);
            let length = (at.0 - from.0).hypot(at.1 - from.1);
            let is_straight = projection.forward(lon, lat).is_some_and(|(x, y)| {
                let (u, v) = ((at.0 + from.0) / 2.0, (at.1 + from.1) / 2.0);
                (x - u).hypot(y - v) <= 0.25 * length
            });
            if !is_straight && length > 0.0 {
                found.end();
            }
        }
        found.push(Some(at));
        last = Some((here, at));
    }
}

#[cfg(test)]
mod tests {
    use super::super::projection::{ProjectionKind, tests::projection};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_over_the_back_of_the_map_comes_in_again_on_the_other_side() {
        let map = projection(ProjectionKind::Equirectangular, 0.0, 0.0);
        let lines = project_one([(170.0, 0.0), (-170.0, 10.0)], &map);
        assert_eq!(lines.len(), 2);
        let degrees = |k: usize| lines[k].points.iter().map(|p| p.map(|v| v.to_degrees().round()));
        assert_eq!(degrees(0).collect::<Vec<_>>(), [[170.0, 0.0], [180.0, 5.0]]);
        assert_eq!(degrees(1).collect::<Vec<_>>(), [[-180.0, 5.0], [-170.0, 10.0]]);
        // Seen from the other side it is one.
        let map = projection(ProjectionKind::Equirectangular, 180.0, 0.0);
        assert_eq!(project_one([(170.0, 0.0), (-170.0, 10.0)], &map).len(), 1);
    }

    #[test]
    fn a_line_beyond_the_horizon_ends_at_it() {
        let map = projection(ProjectionKind::Orthographic, 0.0, 0.0);
        let lines = project_one([(80.0, 0.0), (100.0, 0.0), (-100.0, 0.0), (-80.0, 0.0)], &map);
        assert_eq!(lines.len(), 2);
        assert!((lines[0].points.last().unwrap()[0] - 1.0).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn no_piece_of_a_short_line_is_long(
            which in 0usize..ProjectionKind::ALL.len(), middle in -180.0f64..180.0,
            lon in -180.0f64..180.0, lat in -80.0f64..80.0, bearing in 0.0f64..6.3,
        ) {
            let kind = ProjectionKind::ALL[which];
            let map = projection(kind, middle, 40.0);
            let scale = if kind == ProjectionKind::Own { 6_371_229.0 } else { 1.0 };
            let line = (0..5).map(|k| {
                let t = f64::from(k) * 0.5;
                (lon + t * bearing.sin(), lat + t * bearing.cos())
            });
            for piece in project_one(line, &map) {
                for pair in piece.points.windows(2) {
                    let length = (pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1]);
                    // Mercator makes a degree at 80 as long as 6 at the equator, the far side of a
                    // polar map is larger still.
                    let most = if kind == ProjectionKind::Own { 6.0 } else { 0.2 };
                    prop_assert!(length < most * scale, "{kind:?}: {length}");
                }
            }
        }
    }

    #[test]
    fn a_point_that_lies_on_the_cut_draws_no_line_across_the_map() {
        let projection = projection(ProjectionKind::Equirectangular, 230.0, 0.0);
        for places in
            [[(49.0, 46.0), (50.0, 46.5), (51.0, 47.0)], [(51.0, 46.0), (50.0, 46.5), (49.0, 47.0)]]
        {
            for line in project_one(places, &projection) {
                let steps = line.points.windows(2).map(|pair| (pair[1][0] - pair[0][0]).abs());
                assert!(steps.fold(0.0, f64::max) < 0.1, "{line:?}");
            }
        }
    }
}
