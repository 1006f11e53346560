//! Which projection suits what is shown, and which part of its plane that takes.

use super::projection::{Projection, ProjectionKind, Spec};
use super::view::Bounds;
use crate::prep::crs::Crs;
use crate::prep::geometry::{Extent, Geometry};

/// Longitudes that are the whole way round, but for what coarse grids leave open.
const ROUND: f64 = 340.0;
/// What goes this far north and south is the world.
const WORLD_LATITUDES: f64 = 100.0;
/// Latitudes poleward of this alone are seen from above the pole.
const POLAR: f64 = 25.0;
/// Places looked at along each side of what is shown.
const SIDE: usize = 48;

/// What the data cover, for the choice of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Cover {
    pub extent: Extent,
    /// The data's own system and their rectangle in it.
    pub own: Option<(Crs, Bounds)>,
}

impl Cover {
    /// O(places looked at); `None` where no place is known.
    pub fn of(geometry: &Geometry) -> Option<Self> {
        let own = match geometry {
            Geometry::Projected { x_edges, y_edges, crs } => {
                let ends = |edges: &[f64]| Some((*edges.first()?, *edges.last()?));
                let corners = ends(x_edges).zip(ends(y_edges));
                let bounds = corners.and_then(|(x, y)| Bounds::of([(x.0, y.0), (x.1, y.1)]));
                bounds.map(|bounds| (crs.clone(), bounds))
            }
            _ => None,
        };
        Some(Self { extent: geometry.extent()?, own })
    }

    fn middle(&self) -> (f64, f64) {
        let Extent { south, north, west, width } = self.extent;
        (west + width / 2.0, (south + north) / 2.0)
    }

    fn is_round(&self) -> bool {
        self.extent.width >= ROUND
    }

    /// The projection that shows this best.
    pub fn best(&self) -> ProjectionKind {
        let Extent { south, north, .. } = self.extent;
        if self.own.is_some() {
            ProjectionKind::Own
        } else if self.is_round() && south >= POLAR {
            ProjectionKind::NorthPolar
        } else if self.is_round() && north <= -POLAR {
            ProjectionKind::SouthPolar
        } else if self.is_round() && north - south >= WORLD_LATITUDES {
            ProjectionKind::Robinson
        } else if self.is_conic() {
            ProjectionKind::Lambert
        } else {
            ProjectionKind::Equirectangular
        }
    }

    /// Wide and far from the equator, where a plain grid would be drawn out.
    fn is_conic(&self) -> bool {
        let Extent { south, north, width, .. } = self.extent;
        let (_, lat) = self.middle();
        let is_on_one_side = south > 5.0 && north < 86.0 || north < -5.0 && south > -86.0;
        is_on_one_side && lat.abs() > 42.0 && (20.0..200.0).contains(&width)
    }

    /// What the projection is called without any, and the numbers that suit what is shown;
    /// `center` is the chosen longitude and latitude of the middle.
    pub fn spec(&self, kind: ProjectionKind, center: Option<(f64, f64)>) -> Spec {
        let Extent { south, north, .. } = self.extent;
        let (middle_lon, middle_lat) = self.middle();
        // The whole world has the Greenwich meridian in the middle, whatever its first longitude.
        let middle_lon = if self.is_round() { 0.0 } else { middle_lon };
        let (lon, lat) = center.unwrap_or((middle_lon, middle_lat.round()));
        let round_five = |lat: f64| (lat / 5.0).floor() * 5.0;
        let parallels = match kind {
            ProjectionKind::Equirectangular => {
                // Of one part of the world the middle has its true shape.
                let is_part = north - south < WORLD_LATITUDES;
                let true_at = if is_part { middle_lat.clamp(-75.0, 75.0).round() } else { 0.0 };
                (true_at, true_at)
            }
            ProjectionKind::NorthPolar => {
                let end = if south > POLAR { round_five(south).min(80.0) } else { 20.0 };
                (end, end)
            }
            ProjectionKind::SouthPolar => {
                let end = if north < -POLAR { -round_five(-north).min(80.0) } else { -20.0 };
                (end, end)
            }
            ProjectionKind::Lambert => cone(south, north),
            _ => (0.0, 0.0),
        };
        // The world from afar: not from above a pole.
        let lat = match kind {
            ProjectionKind::Orthographic if center.is_none() && self.is_round() => 20.0,
            ProjectionKind::Orthographic => lat.clamp(-90.0, 90.0),
            _ => 0.0,
        };
        Spec { kind, lon, lat, parallels }
    }

    /// The part of the plane that the data take; all of it where they go round the globe.
    pub fn home(&self, projection: &Projection) -> Bounds {
        let whole = || Bounds::of(projection.outline());
        let seen = match (&self.own, projection.own()) {
            (Some((_, bounds)), Some(_)) => Some(*bounds),
            _ if self.is_round() && !self.is_far_from_whole() => whole(),
            _ => self.taken(projection).map(|bounds| bounds.widened(0.03)),
        };
        let seen = seen.filter(|bounds| bounds.width() > 0.0 && bounds.height() > 0.0);
        let fallback = Bounds { left: -1.0, right: 1.0, bottom: -1.0, top: 1.0 };
        let wide = |bounds: Bounds| {
            // A single station is seen with what is around it.
            let least = match projection.own() {
                Some(_) => 0.0,
                None => 0.02,
            };
            let (dx, dy) = (least - bounds.width(), least - bounds.height());
            Bounds {
                left: bounds.left - dx.max(0.0) / 2.0,
                right: bounds.right + dx.max(0.0) / 2.0,
                bottom: bounds.bottom - dy.max(0.0) / 2.0,
                top: bounds.top + dy.max(0.0) / 2.0,
            }
        };
        wide(seen.or_else(whole).unwrap_or(fallback))
    }

    /// Round the globe, but only over a band of latitudes.
    fn is_far_from_whole(&self) -> bool {
        let Extent { south, north, .. } = self.extent;
        north - south < WORLD_LATITUDES && south < POLAR && north > -POLAR
    }

    /// Around what the data cover on this map.
    fn taken(&self, projection: &Projection) -> Option<Bounds> {
        if let Some((crs, bounds)) = &self.own {
            // The rectangle's sides and inside, as they lie on this map.
            let part = |k: usize| k as f64 / SIDE as f64;
            let places = (0..=SIDE).flat_map(|i| (0..=SIDE).map(move |j| (part(i), part(j))));
            let on_map = places.filter_map(|(u, v)| {
                let x = bounds.left + bounds.width() * u;
                let y = bounds.bottom + bounds.height() * v;
                let (lon, lat) = crs.lon_lat(x, y)?;
                projection.forward(lon, lat)
            });
            return Bounds::of(on_map);
        }
        let Extent { south, north, west, width } = self.extent;
        let part = |k: usize| k as f64 / SIDE as f64;
        let places = (0..=SIDE).flat_map(|i| {
            (0..=SIDE).map(move |j| (west + width * part(i), south + (north - south) * part(j)))
        });
        Bounds::of(places.filter_map(|(lon, lat)| projection.forward(lon, lat)))
    }
}

/// Two parallels a sixth from the ends (Snyder, p. 99).
fn cone(south: f64, north: f64) -> (f64, f64) {
    let (south, north) = (south.clamp(-85.0, 85.0), north.clamp(-85.0, 85.0));
    let is_on_one_side = south * north > 0.0;
    if !is_on_one_side || north - south < 1.0 {
        let side = if south + north < 0.0 { -1.0 } else { 1.0 };
        let middle = ((south + north) / 2.0).abs().clamp(30.0, 80.0) * side;
        return (middle - 8.0, middle + 8.0);
    }
    let sixth = (north - south) / 6.0;
    (south + sixth, north - sixth)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cover(south: f64, north: f64, west: f64, width: f64) -> Cover {
        Cover { extent: Extent { south, north, west, width }, own: None }
    }

    #[test]
    fn what_is_shown_decides_how() {
        for (cover, kind) in [
            (cover(-90.0, 90.0, 0.0, 360.0), ProjectionKind::Robinson),
            (cover(-78.0, 89.0, -180.0, 358.0), ProjectionKind::Robinson),
            (cover(50.0, 90.0, -180.0, 360.0), ProjectionKind::NorthPolar),
            (cover(-90.0, -40.0, 0.0, 360.0), ProjectionKind::SouthPolar),
            (cover(-30.0, 30.0, 0.0, 360.0), ProjectionKind::Equirectangular),
            (cover(36.0, 72.0, -12.0, 50.0), ProjectionKind::Lambert),
            (cover(45.0, 48.0, 5.0, 6.0), ProjectionKind::Equirectangular),
            (cover(-10.0, 5.0, 120.0, 40.0), ProjectionKind::Equirectangular),
        ] {
            assert_eq!(cover.best(), kind, "{cover:?}");
        }
        let own = Crs::from_proj("+proj=stere +lat_0=90 +lat_ts=60 +R=6371229").unwrap();
        let bounds = Bounds { left: 0.0, right: 1e6, bottom: 0.0, top: 1e6 };
        let cover = Cover { own: Some((own, bounds)), ..cover(0.0, 1.0, 0.0, 1.0) };
        assert_eq!(cover.best(), ProjectionKind::Own);
    }

    #[test]
    fn home_holds_the_data_and_little_more() {
        let europe = cover(36.0, 72.0, -12.0, 50.0);
        for kind in ProjectionKind::ALL.into_iter().filter(|kind| *kind != ProjectionKind::Own) {
            if kind == ProjectionKind::SouthPolar {
                continue;
            }
            let projection = Projection::new(europe.spec(kind, None), None).unwrap();
            let home = europe.home(&projection);
            for place in [(-12.0, 36.0), (38.0, 36.0), (-12.0, 72.0), (38.0, 72.0), (13.0, 50.0)] {
                let at = projection.forward(place.0, place.1).unwrap();
                assert!(home.contains(at), "{kind:?} {place:?}");
            }
            let whole = Bounds::of(projection.outline()).unwrap();
            assert!(home.width() < 0.85 * whole.width(), "{kind:?}");
        }
        // Across the dateline the middle is there.
        let pacific = cover(-20.0, 20.0, 150.0, 60.0);
        assert_eq!(pacific.spec(ProjectionKind::Equirectangular, None).lon, 180.0);
    }
}
