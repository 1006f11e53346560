//! From the globe to the plane of a map and back (Snyder, "Map Projections: A Working Manual",
//! USGS Professional Paper 1395), with what a map needs beside the formulas: the middle meridian
//! that can be turned, which part of the globe is shown, and where it is cut.
//!
//! The plane of the named projections is that of a globe of radius 1; that of the data's own is in
//! the units of its definition. North is up.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

use super::mollweide;
use super::view::View;
use crate::prep::crs::Crs;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ProjectionKind {
    Equirectangular,
    Mercator,
    Robinson,
    Mollweide,
    Orthographic,
    NorthPolar,
    SouthPolar,
    Lambert,
    /// The one that the data are on.
    Own,
}

impl ProjectionKind {
    pub const ALL: [Self; 9] = [
        Self::Own,
        Self::Equirectangular,
        Self::Robinson,
        Self::Mollweide,
        Self::Mercator,
        Self::Orthographic,
        Self::NorthPolar,
        Self::SouthPolar,
        Self::Lambert,
    ];

    /// As scripts name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equirectangular => "equirectangular",
            Self::Mercator => "mercator",
            Self::Robinson => "robinson",
            Self::Mollweide => "mollweide",
            Self::Orthographic => "globe",
            Self::NorthPolar => "north-polar",
            Self::SouthPolar => "south-polar",
            Self::Lambert => "lambert",
            Self::Own => "own",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Equirectangular => "Equirectangular",
            Self::Mercator => "Mercator",
            Self::Robinson => "Robinson",
            Self::Mollweide => "Mollweide",
            Self::Orthographic => "Globe",
            Self::NorthPolar => "North polar",
            Self::SouthPolar => "South polar",
            Self::Lambert => "Lambert conformal",
            Self::Own => "As the data lie",
        }
    }

    /// For a tooltip.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Equirectangular => "Latitudes and longitudes as a plain grid",
            Self::Mercator => "True angles; large towards the poles",
            Self::Robinson => "The whole world, looking right",
            Self::Mollweide => "The whole world, areas true",
            Self::Orthographic => "The Earth from afar (orthographic)",
            Self::NorthPolar => "Stereographic, the North Pole in the middle",
            Self::SouthPolar => "Stereographic, the South Pole in the middle",
            Self::Lambert => "True angles; for middle latitudes",
            Self::Own => "The projection of the file: its cells are a plain grid",
        }
    }
}

/// A projection with its numbers, in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spec {
    pub kind: ProjectionKind,
    /// Middle of the map; the latitude counts on the globe alone.
    pub lon: f64,
    pub lat: f64,
    /// True scale of the cylindrical and conic ones (equal where there is only one); the first is
    /// how far a polar map reaches.
    pub parallels: (f64, f64),
}

/// How far north and south a Mercator map goes: it is a square then.
const MERCATOR_END: f64 = 85.051_128_779_806_6;
/// How far a conic map goes beyond the equator.
const CONE_END: f64 = -30.0;
/// The rim of the globe is cut a hair before the horizon, where directions lose their digits.
const HORIZON: f64 = 1e-4;

#[derive(Clone, Debug)]
pub struct Projection {
    spec: Spec,
    crs: Crs,
    shape: Shape,
}

/// Which part of the globe there is, and in what form.
#[derive(Clone, Debug)]
pub enum Shape {
    /// Rows of one latitude, longitudes evenly along them; cut at the back.
    Rows { south: f64, north: f64 },
    /// What lies at least so near to a middle: a unit vector and the cosine of the angle.
    Disc { middle: [f64; 3], least: f64 },
    /// A fan round its apex, cut at the back: so wide each way from the middle meridian, in
    /// radians.
    Fan { south: f64, north: f64, apex_y: f64, half_width: f64 },
    /// Whatever the formula gives.
    Own,
}

impl Projection {
    /// `own` is the data's own system; without it, or with numbers no projection has, there is
    /// none.
    pub fn new(spec: Spec, own: Option<&Crs>) -> Option<Self> {
        let is_north = spec.parallels.0 + spec.parallels.1 >= 0.0;
        let (a, b) = spec.parallels;
        let definition = match spec.kind {
            ProjectionKind::Own => {
                return Some(Self { spec, crs: own?.clone(), shape: Shape::Own });
            }
            ProjectionKind::Equirectangular => format!("+proj=eqc +lat_ts={a} +R=1"),
            ProjectionKind::Mercator => "+proj=merc +R=1".into(),
            ProjectionKind::Robinson => "+proj=robin +R=1".into(),
            ProjectionKind::Mollweide => "+proj=moll +R=1".into(),
            ProjectionKind::Orthographic => format!("+proj=ortho +lat_0={} +R=1", spec.lat),
            ProjectionKind::NorthPolar => "+proj=stere +lat_0=90 +R=1".into(),
            ProjectionKind::SouthPolar => "+proj=stere +lat_0=-90 +R=1".into(),
            ProjectionKind::Lambert => {
                let middle = (a + b) / 2.0;
                format!("+proj=lcc +lat_1={a} +lat_2={b} +lat_0={middle} +R=1")
            }
        };
        let crs = Crs::from_proj(&definition).ok()?;
        let shape = match spec.kind {
            ProjectionKind::Mercator => Shape::Rows { south: -MERCATOR_END, north: MERCATOR_END },
            ProjectionKind::Orthographic => {
                Shape::Disc { middle: unit(0.0, spec.lat), least: HORIZON }
            }
            ProjectionKind::NorthPolar => {
                Shape::Disc { middle: unit(0.0, 90.0), least: a.to_radians().sin() }
            }
            ProjectionKind::SouthPolar => {
                Shape::Disc { middle: unit(0.0, -90.0), least: -a.to_radians().sin() }
            }
            ProjectionKind::Lambert => {
                let pole = if is_north { 90.0 } else { -90.0 };
                let (_, apex_y) = crs.xy(0.0, pole)?;
                let (x, y) = crs.xy(179.0, 0.0)?;
                let half_width = x.atan2((apex_y - y).abs().copysign(apex_y - y) * pole.signum());
                let half_width = half_width / 179.0 * 180.0;
                let (south, north) = if is_north { (CONE_END, 90.0) } else { (-90.0, -CONE_END) };
                Shape::Fan { south, north, apex_y, half_width }
            }
            _ => Shape::Rows { south: -90.0, north: 90.0 },
        };
        Some(Self { spec, crs, shape })
    }

    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The data's own, where this is it.
    pub fn own(&self) -> Option<&Crs> {
        matches!(self.shape, Shape::Own).then_some(&self.crs)
    }

    /// Degrees east of the middle meridian, -180 to 180.
    pub fn relative(&self, lon: f64) -> f64 {
        match self.shape {
            Shape::Own => lon,
            _ => turned(lon - self.spec.lon),
        }
    }

    /// The way back from [`Self::relative`].
    fn absolute(&self, relative: f64) -> f64 {
        match self.shape {
            Shape::Own => relative,
            _ => turned(relative + self.spec.lon),
        }
    }

    /// Where a place is on the map; `None` where it is not.
    pub fn forward(&self, lon: f64, lat: f64) -> Option<(f64, f64)> {
        self.forward_relative(self.relative(lon), lat)
    }

    /// The same with degrees east of the middle meridian; the cut at the back is on the side that
    /// the sign says.
    pub fn forward_relative(&self, lon: f64, lat: f64) -> Option<(f64, f64)> {
        let is_shown = match &self.shape {
            Shape::Rows { south, north } | Shape::Fan { south, north, .. } => {
                (*south..=*north).contains(&lat)
            }
            Shape::Disc { middle, least } => dot(middle, &unit(lon, lat)) >= *least - 1e-9,
            Shape::Own => true,
        };
        if !is_shown {
            return None;
        }
        self.xy(lon, lat)
    }

    fn xy(&self, lon: f64, lat: f64) -> Option<(f64, f64)> {
        match self.spec.kind {
            ProjectionKind::Mollweide => Some(mollweide::forward(lon, lat)),
            _ => self.crs.xy(lon, lat),
        }
    }

    /// The longitude (-180 to 180) and latitude of a place on the map.
    pub fn inverse(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        match &self.shape {
            Shape::Rows { .. } => {
                let row = self.row(y)?;
                let lon = row.lon(x)?;
                Some((self.absolute(lon), row.lat))
            }
            Shape::Disc { middle, least } => {
                let (lon, lat) = self.crs.lon_lat(x, y)?;
                (dot(middle, &unit(lon, lat)) >= *least).then(|| (self.absolute(lon), lat))
            }
            Shape::Fan { south, north, apex_y, half_width } => {
                let down = if *north >= 90.0 { apex_y - y } else { y - apex_y };
                if x.atan2(down).abs() > *half_width {
                    return None;
                }
                let (lon, lat) = self.crs.lon_lat(x, y)?;
                (*south..=*north).contains(&lat).then(|| (self.absolute(lon), lat))
            }
            Shape::Own => self.crs.lon_lat(x, y),
        }
    }

    /// The row of one latitude at height `y`; only where rows are such.
    pub fn row(&self, y: f64) -> Option<Row> {
        let Shape::Rows { south, north } = self.shape else { return None };
        let (_, lat) = self.crs.lon_lat(0.0, y)?;
        if !(south..=north).contains(&lat) {
            return None;
        }
        // What lies beyond the poles comes back from them.
        let (end, there) = self.xy(180.0, lat)?;
        ((there - y).abs() <= 1e-6).then_some(Row { lat, end })
    }

    /// How much of the globe a pixel takes in the middle of a picture, or where it first shows any.
    pub fn degrees_per_px(&self, view: &View) -> f64 {
        let (w, h) = (view.width as f64, view.height as f64);
        let parts = [0.5, 0.35, 0.65, 0.2, 0.8];
        let places = parts.iter().flat_map(|i| parts.iter().map(move |j| (w * i, h * j)));
        let across = 0.05 * w.min(h).max(2.0);
        let found = places.into_iter().find_map(|(px, py)| {
            let at = |px, py| {
                let (x, y) = view.plane(px, py);
                self.inverse(x, y).map(|(lon, lat)| unit(lon, lat))
            };
            let (a, b) = (at(px, py)?, at(px, py + across)?);
            let angle = dot(&a, &b).clamp(-1.0, 1.0).acos().to_degrees();
            (angle > 0.0).then_some(angle / across)
        });
        found.unwrap_or(1.0)
    }

    /// The border of what is shown, counter-clockwise; nothing for the data's own.
    pub fn outline(&self) -> Vec<(f64, f64)> {
        const STEPS: i32 = 180;
        let along = |a: f64, b: f64| {
            (0..=STEPS).map(move |k| a + (b - a) * f64::from(k) / f64::from(STEPS))
        };
        match &self.shape {
            Shape::Rows { south, north } | Shape::Fan { south, north, .. } => {
                let (south, north) = (*south, *north);
                let bottom = along(-180.0, 180.0).map(|lon| (lon, south));
                let right = along(south, north).map(|lat| (180.0, lat));
                let top = along(180.0, -180.0).map(|lon| (lon, north));
                let left = along(north, south).map(|lat| (-180.0, lat));
                let places = bottom.chain(right).chain(top).chain(left);
                places.filter_map(|(lon, lat)| self.crs.xy(lon, lat)).collect()
            }
            Shape::Disc { least, .. } => {
                let radius = match self.spec.kind {
                    ProjectionKind::Orthographic => (1.0 - least * least).sqrt(),
                    // Snyder 21-4 at a pole, with k0 = 1.
                    _ => 2.0 * ((1.0 - least) / (1.0 + least)).sqrt(),
                };
                along(0.0, 2.0 * PI).map(|t| (radius * t.cos(), radius * t.sin())).collect()
            }
            Shape::Own => Vec::new(),
        }
    }
}

/// A line of one latitude on the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    pub lat: f64,
    /// Where 180 degrees east of the middle is.
    pub end: f64,
}

impl Row {
    /// Degrees east of the middle meridian.
    pub fn lon(&self, x: f64) -> Option<f64> {
        (x.abs() <= self.end).then(|| 180.0 * x / self.end.max(f64::MIN_POSITIVE))
    }
}

/// Degrees turned to between -180 and 180; 180 stays.
pub fn turned(degrees: f64) -> f64 {
    if (-180.0..=180.0).contains(&degrees) {
        degrees
    } else {
        (degrees + 180.0).rem_euclid(360.0) - 180.0
    }
}

/// The direction from the middle of the globe to a place.
pub fn unit(lon: f64, lat: f64) -> [f64; 3] {
    let ((sin, cos), (up, out)) = (lon.to_radians().sin_cos(), lat.to_radians().sin_cos());
    [out * cos, out * sin, up]
}

/// The place in a direction, of any length but 0.
pub fn place([x, y, z]: [f64; 3]) -> (f64, f64) {
    (y.atan2(x).to_degrees(), z.atan2(x.hypot(y)).to_degrees())
}

pub fn dot(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use proptest::prelude::*;

    pub fn projection(kind: ProjectionKind, lon: f64, lat: f64) -> Projection {
        let parallels = match kind {
            ProjectionKind::NorthPolar => (30.0, 30.0),
            ProjectionKind::SouthPolar => (-30.0, -30.0),
            ProjectionKind::Lambert if lat < 0.0 => (-50.0, -30.0),
            ProjectionKind::Lambert => (30.0, 50.0),
            _ => (0.0, 0.0),
        };
        let own = Crs::from_proj("+proj=stere +lat_0=90 +lat_ts=60 +R=6371229").unwrap();
        Projection::new(Spec { kind, lon, lat, parallels }, Some(&own)).unwrap()
    }

    #[test]
    fn known_places_are_where_the_formulas_put_them() {
        let at = |kind, lon, lat| projection(kind, 0.0, 0.0).forward(lon, lat).unwrap();
        let near = |(x, y): (f64, f64), (u, v): (f64, f64)| {
            assert!((x - u).abs() < 1e-3 && (y - v).abs() < 1e-3, "{x} {y}, not {u} {v}");
        };
        near(at(ProjectionKind::Equirectangular, 90.0, 45.0), (PI / 2.0, PI / 4.0));
        near(at(ProjectionKind::Mercator, 0.0, MERCATOR_END), (0.0, PI));
        // The ends of Mollweide's ellipse, and Robinson's widths (Snyder, Album, p. 222).
        near(at(ProjectionKind::Mollweide, 180.0, 0.0), (2.0 * 2f64.sqrt(), 0.0));
        near(at(ProjectionKind::Robinson, 180.0, 0.0), (0.8487 * PI, 0.0));
        near(at(ProjectionKind::Robinson, 0.0, 90.0), (0.0, 1.3523));
        near(at(ProjectionKind::Orthographic, 30.0, 0.0), (0.5, 0.0));
        near(at(ProjectionKind::NorthPolar, 90.0, 30.0), (2.0 * (PI / 6.0).tan(), 0.0));
        near(at(ProjectionKind::SouthPolar, 0.0, -90.0), (0.0, 0.0));
    }

    #[test]
    fn what_is_not_shown_has_no_place() {
        assert_eq!(projection(ProjectionKind::Orthographic, 0.0, 0.0).forward(120.0, 0.0), None);
        assert_eq!(projection(ProjectionKind::NorthPolar, 0.0, 0.0).forward(0.0, 10.0), None);
        assert_eq!(projection(ProjectionKind::Mercator, 0.0, 0.0).forward(0.0, 89.0), None);
        for kind in ProjectionKind::ALL.into_iter().filter(|kind| *kind != ProjectionKind::Own) {
            let projection = projection(kind, 20.0, 10.0);
            for far in [(9.0, 0.1), (-9.0, 0.1), (0.0, 9.0), (0.1, -9.0)] {
                assert_eq!(projection.inverse(far.0, far.1), None, "{kind:?} {far:?}");
            }
        }
        // The wedge that a cone leaves open.
        let cone = projection(ProjectionKind::Lambert, 0.0, 40.0);
        let (_, pole) = cone.forward(0.0, 90.0).unwrap();
        assert_eq!(cone.inverse(0.0, pole + 0.5), None);
        assert!(cone.inverse(0.0, pole - 0.5).is_some());
    }

    #[test]
    fn the_outline_goes_round_what_is_shown() {
        for kind in ProjectionKind::ALL.into_iter().filter(|kind| *kind != ProjectionKind::Own) {
            let projection = projection(kind, 0.0, 0.0);
            let outline = projection.outline();
            let area: f64 = outline
                .iter()
                .zip(outline.iter().cycle().skip(1))
                .map(|(a, b)| (a.0 * b.1 - b.0 * a.1) / 2.0)
                .sum();
            assert!(area > 1.0, "{kind:?}: {area}");
        }
    }

    proptest! {
        #[test]
        fn there_and_back(
            which in 0usize..ProjectionKind::ALL.len(),
            middle in -400.0f64..400.0, tilt in -90.0f64..90.0,
            lon in -500.0f64..500.0, lat in -90.0f64..90.0,
        ) {
            let projection = projection(ProjectionKind::ALL[which], middle, tilt);
            if let Some((x, y)) = projection.forward(lon, lat)
                // A rim that is as thin as rounding.
                && let Some((east, north)) = projection.inverse(x, y)
            {
                let apart = 1.0 - dot(&unit(lon, lat), &unit(east, north));
                prop_assert!(apart < 1e-9, "{lon} {lat} came back as {east} {north}");
            }
        }

        #[test]
        fn what_is_shown_comes_back(
            which in 0usize..ProjectionKind::ALL.len(), lon in -170.0f64..170.0, lat in 31.0f64..84.0,
        ) {
            let kind = ProjectionKind::ALL[which];
            let projection = projection(kind, 0.0, 80.0);
            if kind != ProjectionKind::SouthPolar && kind != ProjectionKind::Orthographic {
                let (x, y) = projection.forward(lon, lat).unwrap();
                prop_assert!(projection.inverse(x, y).is_some());
            }
        }

        #[test]
        fn no_place_makes_it_panic(
            which in 0usize..ProjectionKind::ALL.len(),
            a in prop::num::f64::ANY, b in prop::num::f64::ANY,
        ) {
            let projection = projection(ProjectionKind::ALL[which], 0.0, 0.0);
            let _ = (projection.forward(a, b), projection.inverse(a, b));
            for kind in ProjectionKind::ALL {
                let _ = Projection::new(Spec { kind, lon: a, lat: b, parallels: (a, b) }, None);
            }
        }
    }
}
