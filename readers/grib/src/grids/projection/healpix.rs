//! HEALPix (GRIB2 template 3.150; K. M. Gorski et al., "HEALPix: A Framework for High-Resolution
//! Discretization and Fast Analysis of Data Distributed on the Sphere", ApJ 622, 2005): twelve
//! rhomboids, each of nside by nside pixels of equal area.

/// Code table 3.12.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ordering {
    /// Along rings of latitude from north to south.
    Ring,
    /// Rhomboid by rhomboid, each in quarters of quarters.
    Nested,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Healpix {
    nside: u64,
    ordering: Ordering,
    longitude: f64,
}

/// A place on the plane where every rhomboid is a square on its corner: `u` eastwards, 4 around
/// the earth, `v` northwards, 2 at the pole (section 5.3 and M. R. Calabretta, B. F. Roukema,
/// "Mapping on the HEALPix grid", 2007).
#[derive(Clone, Copy)]
struct Place {
    u: f64,
    v: f64,
    /// Middle of the rhomboid: near the poles the plane is cut open between rhomboids.
    middle: f64,
}

impl Healpix {
    /// `longitude`: of the centre line of the first rhomboid, 45 degrees as the paper has it.
    /// `None` unless `nside` is from 1 to 2^29, and a power of two for nested order.
    pub fn new(nside: u64, ordering: Ordering, longitude: f64) -> Option<Self> {
        let is_sane = (1..=1 << 29).contains(&nside);
        let is_orderly = ordering == Ordering::Ring || nside.is_power_of_two();
        (is_sane && is_orderly).then_some(Self { nside, ordering, longitude })
    }

    pub fn points(&self) -> u64 {
        12 * self.nside * self.nside
    }

    /// Latitude and longitude of a pixel's centre; NaN beyond the last pixel.
    pub fn position(&self, pixel: u64) -> (f64, f64) {
        self.place(pixel).map_or(super::NOWHERE, |place| self.on_sphere(place))
    }

    /// The outline of a pixel with `steps` pieces a side, counterclockwise from its southern
    /// corner; empty beyond the last pixel. With one piece a side: its corners. The sides are
    /// neither great circles nor rhumb lines, so that large pixels need more.
    pub fn outline(&self, pixel: u64, steps: u32) -> Vec<(f64, f64)> {
        let Some(Place { u, v, middle }) = self.place(pixel) else { return Vec::new() };
        let (half_width, half_height) = (0.5 / self.nside as f64, 1.0 / self.nside as f64);
        let steps = steps.max(1);
        // From corner to corner: south, east, north, west.
        let corners = [(0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)];
        let sides = corners.windows(2).flat_map(|ends| match ends {
            &[from, to] => (0..steps).map(|step| between(from, to, step, steps)).collect(),
            _ => Vec::new(),
        });
        sides
            .map(|(east, north)| {
                let (u, v) = (u + east * half_width, v + north * half_height);
                self.on_sphere(Place { u, v, middle })
            })
            .collect()
    }

    fn place(&self, pixel: u64) -> Option<Place> {
        if pixel >= self.points() {
            return None;
        }
        Some(match self.ordering {
            Ordering::Nested => self.place_in_rhomboid(pixel),
            Ordering::Ring => self.place_on_ring(pixel),
        })
    }

    /// Section 4.2: bits of the two directions from the southern corner alternate.
    fn place_in_rhomboid(&self, pixel: u64) -> Place {
        let n = self.nside as f64;
        let area = self.nside * self.nside;
        let (rhomboid, within) = (pixel / area, pixel % area);
        let north_east = even_bits(within) as f64;
        let north_west = even_bits(within >> 1) as f64;
        let (row, column) = (rhomboid / 4, (rhomboid % 4) as f64);
        let (middle, south) = match row {
            0 => (column + 0.5, 0.0),
            1 => (column, -1.0),
            _ => (column + 0.5, -2.0),
        };
        let u = middle + (north_east - north_west) / (2.0 * n);
        Place { u, v: south + (north_east + north_west + 1.0) / n, middle }
    }

    /// Section 4.1.
    fn place_on_ring(&self, pixel: u64) -> Place {
        let n = self.nside;
        let cap = 2 * n * (n - 1);
        let last = self.points() - 1;
        if pixel < cap {
            let (ring, along) = ring_of_cap(pixel);
            self.place_in_cap(ring, along, 1.0)
        } else if last - pixel < cap {
            // The southern cap is the northern one counted backwards.
            let (ring, back) = ring_of_cap(last - pixel);
            self.place_in_cap(ring, 4 * ring - 1 - back, -1.0)
        } else {
            let (ring, along) = ((pixel - cap) / (4 * n), (pixel - cap) % (4 * n));
            // Every other ring, the cap's edge among them, begins half a pixel east.
            let start = if ring.is_multiple_of(2) { 0.5 } else { 0.0 };
            let size = n as f64;
            Place {
                u: (along as f64 + start) / size,
                v: (n as f64 - ring as f64) / size,
                middle: (along / n) as f64 + 0.5,
            }
        }
    }

    /// Ring `ring` from the pole has that many pixels in each of four rhomboids.
    fn place_in_cap(&self, ring: u64, along: u64, side: f64) -> Place {
        let n = self.nside as f64;
        let (rhomboid, within) = (along / ring, along % ring);
        let middle = rhomboid as f64 + 0.5;
        let from_middle = within as f64 + 0.5 - ring as f64 / 2.0;
        Place { u: middle + from_middle / n, v: side * (2.0 - ring as f64 / n), middle }
    }

    /// Latitude and longitude: the belt is Lambert's cylinder, the caps Collignon's triangles.
    fn on_sphere(&self, Place { u, v, middle }: Place) -> (f64, f64) {
        let (sine, turn) = if v.abs() <= 1.0 {
            (v * 2.0 / 3.0, u)
        } else {
            let sigma = 2.0 - v.abs();
            let sine = (1.0 - sigma * sigma / 3.0).copysign(v);
            // At the pole itself all longitudes are the same.
            (sine, if sigma < 1e-12 { middle } else { middle + (u - middle) / sigma })
        };
        let longitude = super::longitude_360(turn * 90.0 + self.longitude - 45.0);
        (sine.asin().to_degrees(), longitude)
    }
}

fn between(from: (f64, f64), to: (f64, f64), step: u32, steps: u32) -> (f64, f64) {
    let part = f64::from(step) / f64::from(steps);
    (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part)
}

/// The ring, from 1, and the place along it, from 0, of a pixel of the northern cap: rings have
/// 4, 8, 12... pixels.
fn ring_of_cap(pixel: u64) -> (u64, u64) {
    let before = |ring: u64| 2 * ring * (ring - 1);
    // Largest ring with `before(ring)` at most `pixel`.
    let ring = (1 + 2 * pixel).isqrt().div_ceil(2);
    (ring, pixel - before(ring))
}

/// Bits 0, 2, 4, ... of a number, moved together.
fn even_bits(value: u64) -> u64 {
    let mut bits = value & 0x5555_5555_5555_5555;
    bits = (bits | bits >> 1) & 0x3333_3333_3333_3333;
    bits = (bits | bits >> 2) & 0x0f0f_0f0f_0f0f_0f0f;
    bits = (bits | bits >> 4) & 0x00ff_00ff_00ff_00ff;
    bits = (bits | bits >> 8) & 0x0000_ffff_0000_ffff;
    (bits | bits >> 16) & 0x0000_0000_ffff_ffff
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: (f64, f64), latitude: f64, longitude: f64) {
        let same = (found.0 - latitude).abs() < 1e-6 && (found.1 - longitude).abs() < 1e-6;
        assert!(same, "{found:?} is not {latitude} {longitude}");
    }

    /// Positions that ecCodes gives for nside 8 in ring order.
    #[test]
    fn ring_order_goes_from_north_to_south() {
        let grid = Healpix::new(8, Ordering::Ring, 45.0).unwrap();
        for (pixel, latitude, longitude) in [
            (0, 84.149733, 45.0),
            (153, 35.685335, 101.25),
            (306, 9.594068, 28.125),
            (460, -9.594068, 320.625),
            (613, -35.685335, 236.25),
            (767, -84.149733, 315.0),
        ] {
            near(grid.position(pixel), latitude, longitude);
        }
        assert!(grid.position(768).0.is_nan());
    }

    /// One rhomboid a pixel: the rings are at sin(latitude) 2/3, 0 and -2/3.
    #[test]
    fn twelve_pixels_are_the_middles_of_the_rhomboids_in_either_order() {
        let middle = (2.0f64 / 3.0).asin().to_degrees();
        for ordering in [Ordering::Ring, Ordering::Nested] {
            let grid = Healpix::new(1, ordering, 45.0).unwrap();
            near(grid.position(0), middle, 45.0);
            near(grid.position(4), 0.0, 0.0);
            near(grid.position(7), 0.0, 270.0);
            near(grid.position(11), -middle, 315.0);
        }
    }

    #[test]
    fn both_orders_have_the_same_pixels() {
        for nside in [2, 4, 16] {
            let sorted = |ordering| {
                let grid = Healpix::new(nside, ordering, 45.0).unwrap();
                let mut all: Vec<_> = (0..grid.points())
                    .map(|pixel| grid.position(pixel))
                    .map(|(lat, lon)| ((lat * 1e6).round() as i64, (lon * 1e6).round() as i64))
                    .collect();
                all.sort_unstable();
                all
            };
            assert_eq!(sorted(Ordering::Ring), sorted(Ordering::Nested), "nside {nside}");
        }
    }

    /// With the corner nearest to the east first, the pixels of a quarter: 0 south, 1 east, 2 west.
    #[test]
    fn nested_order_begins_in_the_south_and_goes_east_before_west() {
        let grid = Healpix::new(2, Ordering::Nested, 45.0).unwrap();
        let [south, east, west, north] = [0, 1, 2, 3].map(|pixel| grid.position(pixel));
        assert!(south.0 < east.0 && east.0 < north.0 && (east.0 - west.0).abs() < 1e-9);
        assert!(west.1 < east.1);
    }

    /// The area under an edge is the integral of the sine of latitude. At the pole, where an
    /// edge has no longitude of its own, this sum does not hold.
    #[test]
    fn every_pixel_has_the_same_area() {
        for (nside, ordering) in [(4, Ordering::Ring), (3, Ordering::Ring), (4, Ordering::Nested)] {
            let grid = Healpix::new(nside, ordering, 45.0).unwrap();
            let expected = 4.0 * std::f64::consts::PI / grid.points() as f64;
            for pixel in 0..grid.points() {
                let outline = grid.outline(pixel, 200);
                let touches_pole = outline.iter().any(|point| point.0.abs() > 89.999_9);
                let mut area = 0.0;
                for (k, &(lat0, lon0)) in outline.iter().enumerate() {
                    let (lat1, lon1) = outline[(k + 1) % outline.len()];
                    let turn = super::super::longitude_180(lon1 - lon0).to_radians();
                    let sine = (lat0.to_radians().sin() + lat1.to_radians().sin()) / 2.0;
                    area -= turn * sine;
                }
                assert!(
                    (area.abs() - expected).abs() < expected * 2e-3 || touches_pole,
                    "{ordering:?} {nside}, pixel {pixel}: {area} of {expected}"
                );
            }
        }
    }

    #[test]
    fn rotating_the_first_rhomboid_moves_every_pixel_east() {
        let [plain, turned] =
            [45.0, 50.0].map(|longitude| Healpix::new(4, Ordering::Ring, longitude).unwrap());
        for pixel in 0..plain.points() {
            let (lat, lon) = plain.position(pixel);
            let (turned_lat, turned_lon) = turned.position(pixel);
            assert!((lat - turned_lat).abs() < 1e-12);
            assert!((super::super::longitude_180(turned_lon - lon) - 5.0).abs() < 1e-9);
        }
    }

    #[test]
    fn sides_that_are_not_powers_of_two_have_no_nested_order() {
        assert!(Healpix::new(0, Ordering::Ring, 45.0).is_none());
        assert!(Healpix::new(3, Ordering::Nested, 45.0).is_none());
        assert!(Healpix::new(u64::MAX, Ordering::Ring, 45.0).is_none());
        let largest = Healpix::new(1 << 29, Ordering::Nested, 45.0).unwrap();
        assert!(largest.position(largest.points() - 1).0 < 0.0);
        assert!(Healpix::new((1 << 29) - 1, Ordering::Ring, 45.0).is_some());
    }
}
