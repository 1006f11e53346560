//! Triangular grid on an icosahedron (GRIB2 template 3.100, GRIB1 type 192; Manual on Codes, Part B,
//! GRIB Attachment I; D. Majewski et al., "The Operational Global Icosahedral-Hexagonal Gridpoint
//! Model GME", Monthly Weather Review 130, 2002): ten diamonds of two triangles each, whose sides are
//! divided into three or not, and then into halves of halves.

use std::f64::consts::PI;

use hyperslab_core::{ReadContext, Result};

use crate::grids::projection::{Projection, RotatedPole};

const DIAMONDS: u64 = 10;
/// The finest that was in use had 384. A diamond of this many takes some milliseconds.
const MOST_INTERVALS: u32 = 512;

/// Grid points at the vertices of the triangles. Every diamond has its edges, so that points of
/// an edge come twice and the poles five times.
///
/// Diamonds are numbered eastwards in both hemispheres, as GME, the one model that wrote such
/// grids, does it; the flag that would say so (table 3.9) is not looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Icosahedron {
    intervals: usize,
    is_trisected: bool,
    pole: (f64, f64),
    longitude: f64,
    scanning: u8,
}

/// What the template says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Definition {
    /// Exponents of 2 and 3 of the intervals on a side, and the intervals themselves.
    pub n2: u8,
    pub n3: u8,
    pub intervals: u32,
    pub diamonds: u8,
    /// Latitude and longitude of the pole of the icosahedron.
    pub pole: (f64, f64),
    /// Of the centre line of the first diamond.
    pub longitude: f64,
    /// Code table 3.8; GRIB1 has only 0.
    pub position: u8,
    /// Flag table 3.10.
    pub scanning: u8,
}

type Point = [f64; 3];

impl Icosahedron {
    /// `None` for what is not the grid above: other points than vertices, other numbers of
    /// diamonds, intervals that are not 2^n2 times 3^n3.
    pub fn new(definition: &Definition) -> Option<Self> {
        let &Definition { n2, n3, intervals, diamonds, pole, longitude, position, scanning } =
            definition;
        let product = 3u32.checked_pow(u32::from(n3))?.checked_mul(1u32.checked_shl(n2.into())?)?;
        let is_known = n3 <= 1
            && product == intervals
            && (1..=MOST_INTERVALS).contains(&intervals)
            && u64::from(diamonds) == DIAMONDS
            && position == 0;
        let intervals = usize::try_from(intervals).ok()?;
        let is_trisected = n3 == 1;
        is_known.then_some(Self { intervals, is_trisected, pole, longitude, scanning })
    }

    pub fn points(&self) -> u64 {
        let side = self.intervals as u64 + 1;
        DIAMONDS * side * side
    }

    /// Latitudes and longitudes of points, counted in the order of the message. Points of one
    /// diamond are best asked for one after another: it is worked out whole.
    ///
    /// # Errors
    /// `Limit`; `Cancelled`.
    pub fn positions(
        &self,
        points: impl Iterator<Item = u64>,
        cx: &ReadContext,
    ) -> Result<Vec<(f64, f64)>> {
        let side = self.intervals as u64 + 1;
        cx.limits.claim_array(side * side, size_of::<Point>() as u64)?;
        let to_geographic = (self.pole.0 != 90.0).then(|| {
            let (latitude, longitude) = self.pole;
            RotatedPole::north(latitude, longitude)
        });
        let mut known: Option<(u64, Lattice)> = None;
        let position = |point: u64| {
            let diamond = point / (side * side);
            if diamond >= DIAMONDS {
                return Ok((f64::NAN, f64::NAN));
            }
            let lattice = match known.take() {
                Some((number, lattice)) if number == diamond => lattice,
                _ => {
                    cx.check()?;
                    self.diamond(diamond)
                }
            };
            let [x, y, z] = self.scanned(&lattice, point % (side * side));
            known = Some((diamond, lattice));
            let latitude = z.atan2(x.hypot(y)).to_degrees();
            let longitude = y.atan2(x).to_degrees() + self.longitude;
            Ok(match &to_geographic {
                Some(map) => map.inverse(longitude, latitude),
                None => (latitude, longitude.rem_euclid(360.0)),
            })
        };
        points.map(position).collect()
    }

    /// Points on the unit sphere about a first centre line at longitude 0.
    fn diamond(&self, number: u64) -> Lattice {
        let is_south = number >= DIAMONDS / 2;
        let side = if is_south { -1.0 } else { 1.0 };
        let turn = 2.0 * PI / 5.0;
        // Southern diamonds fill the gaps between northern ones.
        let west = turn * ((number % 5) as f64 - if is_south { 0.0 } else { 0.5 });
        // Angle between two neighbouring vertices of the icosahedron, from the centre.
        let (sin, cos) = (2.0 * (0.5 / (PI / 5.0).sin()).acos()).sin_cos();
        let vertex = |longitude: f64, z: f64| [sin * longitude.cos(), sin * longitude.sin(), z];
        let corners = [
            [0.0, 0.0, side],
            vertex(west, side * cos),
            vertex(west + turn, side * cos),
            vertex(west + turn / 2.0, -side * cos),
        ];
        let mut lattice = Lattice::new(self.intervals, corners);
        let mut step = self.intervals;
        if self.is_trisected {
            lattice.trisect();
            step /= 3;
        }
        while step > 1 {
            lattice.bisect(step);
            step /= 2;
        }
        lattice
    }

    /// A point of a diamond by flag table 3.10: along i, from the pole on, first.
    fn scanned(&self, lattice: &Lattice, point: u64) -> Point {
        let last = self.intervals;
        let [is_i_back, is_j_back, is_j_first] =
            [0x80, 0x40, 0x20].map(|flag| self.scanning & flag != 0);
        let point = usize::try_from(point).unwrap_or(usize::MAX);
        let (outer, inner) = (point / (last + 1), point % (last + 1));
        let (i, j) = if is_j_first { (outer, inner) } else { (inner, outer) };
        let i = if is_i_back { last.saturating_sub(i) } else { i };
        let j = if is_j_back { last.saturating_sub(j) } else { j };
        lattice.at(i, j)
    }
}

/// The points of a diamond: i from the pole along its western edge, j along its eastern one.
struct Lattice {
    intervals: usize,
    points: Vec<Point>,
}

impl Lattice {
    /// `corners`: the pole, the ends of the western and eastern edges, the corner opposite.
    fn new(intervals: usize, corners: [Point; 4]) -> Self {
        let side = intervals + 1;
        let mut lattice = Self { intervals, points: vec![[0.0; 3]; side * side] };
        let [pole, west, east, far] = corners;
        lattice.set(0, 0, pole);
        lattice.set(intervals, 0, west);
        lattice.set(0, intervals, east);
        lattice.set(intervals, intervals, far);
        lattice
    }

    fn at(&self, i: usize, j: usize) -> Point {
        self.points.get(j * (self.intervals + 1) + i).copied().unwrap_or_default()
    }

    fn set(&mut self, i: usize, j: usize, point: Point) {
        if let Some(place) = self.points.get_mut(j * (self.intervals + 1) + i) {
            *place = point;
        }
    }

    /// Edges and the short diagonal in thirds, and the middles of both triangles.
    fn trisect(&mut self) {
        let n = self.intervals;
        let third = n / 3;
        let ends = [
            ((0, 0), (n, 0)),
            ((0, 0), (0, n)),
            ((n, 0), (n, n)),
            ((0, n), (n, n)),
            ((n, 0), (0, n)),
        ];
        for ((i0, j0), (i1, j1)) in ends {
            let (from, to) = (self.at(i0, j0), self.at(i1, j1));
            for k in [1, 2] {
                let between = |a: usize, b: usize| (a * (3 - k) + b * k) / 3;
                let point = along(from, to, k as f64 / 3.0);
                self.set(between(i0, i1), between(j0, j1), point);
            }
        }
        let (west, east) = (self.at(n, 0), self.at(0, n));
        let (pole, far) = (self.at(0, 0), self.at(n, n));
        self.set(third, third, middle(&[pole, west, east]));
        self.set(2 * third, 2 * third, middle(&[far, west, east]));
    }

    /// Halves all sides of the triangles of size `step`.
    fn bisect(&mut self, step: usize) {
        let (n, half) = (self.intervals, step / 2);
        for j in (0..=n).step_by(half) {
            for i in (0..=n).step_by(half) {
                let (is_i_new, is_j_new) = (i % step != 0, j % step != 0);
                let ends = match (is_i_new, is_j_new) {
                    (false, false) => continue,
                    (true, false) => [(i - half, j), (i + half, j)],
                    (false, true) => [(i, j - half), (i, j + half)],
                    (true, true) => [(i + half, j - half), (i - half, j + half)],
                };
                let [from, to] = ends.map(|(i, j)| self.at(i, j));
                self.set(i, j, middle(&[from, to]));
            }
        }
    }
}

/// The point of the sphere in the middle of others.
fn middle(points: &[Point]) -> Point {
    let mut sum = [0.0; 3];
    for point in points {
        for (sum, part) in sum.iter_mut().zip(point) {
            *sum += part;
        }
    }
    let length = sum.iter().map(|part| part * part).sum::<f64>().sqrt();
    sum.map(|part| part / length)
}

/// A part of the way along a great circle.
fn along(from: Point, to: Point, part: f64) -> Point {
    let cosine: f64 = from.iter().zip(to).map(|(a, b)| a * b).sum();
    let angle = cosine.clamp(-1.0, 1.0).acos();
    let (a, b) = (((1.0 - part) * angle).sin() / angle.sin(), (part * angle).sin() / angle.sin());
    [0, 1, 2].map(|k| {
        let of = |point: &Point| point.get(k).copied().unwrap_or_default();
        a * of(&from) + b * of(&to)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn definition(n2: u8, n3: u8) -> Definition {
        Definition {
            n2,
            n3,
            intervals: 3u32.pow(n3.into()) << n2,
            diamonds: 10,
            pole: (90.0, 0.0),
            longitude: 0.0,
            position: 0,
            scanning: 0,
        }
    }

    fn positions(definition: &Definition) -> Vec<(f64, f64)> {
        let grid = Icosahedron::new(definition).unwrap();
        grid.positions(0..grid.points(), &ReadContext::default()).unwrap()
    }

    /// 26.565 degrees is the latitude of an icosahedron's vertices, whose angle is 63.435.
    #[test]
    fn an_undivided_icosahedron_has_its_twelve_vertices() {
        let found = positions(&definition(0, 0));
        let latitude = 0.5f64.atan().to_degrees();
        let expected = [
            (90.0, 0.0),
            (latitude, 324.0),
            (latitude, 36.0),
            (-latitude, 0.0),
            (90.0, 0.0),
            (latitude, 36.0),
        ];
        for (found, expected) in found.iter().zip(expected) {
            assert!((found.0 - expected.0).abs() < 1e-9, "{found:?} {expected:?}");
            assert!(expected.0 == 90.0 || (found.1 - expected.1).abs() < 1e-9, "{found:?}");
        }
        let southern = found[20..24].to_vec();
        assert_eq!(southern[0].0, -90.0);
        assert!((southern[3].0 - latitude).abs() < 1e-9 && (southern[3].1 - 36.0).abs() < 1e-9);
    }

    /// 10 ni² + 2 points, however often each comes.
    #[test]
    fn diamonds_share_their_edges() {
        for (n2, n3) in [(0, 1), (2, 0), (3, 1)] {
            let definition = definition(n2, n3);
            let mut times = HashMap::new();
            for (latitude, longitude) in positions(&definition) {
                let (sin, cos) = latitude.to_radians().sin_cos();
                let (east, north) = longitude.to_radians().sin_cos();
                let rounded = [cos * east, cos * north, sin].map(|v| (v * 1e9).round() as i64);
                *times.entry(rounded).or_insert(0) += 1;
            }
            let intervals = u64::from(definition.intervals);
            assert_eq!(times.len() as u64, 10 * intervals * intervals + 2);
            assert_eq!(times.values().filter(|&&count| count == 5).count(), 2, "the poles");
        }
    }

    #[test]
    fn scanning_flags_reorder_the_points_of_a_diamond() {
        let plain = positions(&definition(1, 0));
        let scanned = |scanning| positions(&Definition { scanning, ..definition(1, 0) });
        assert_eq!(scanned(0x80)[0], plain[2]);
        assert_eq!(scanned(0x40)[0], plain[6]);
        assert_eq!(scanned(0x20)[1], plain[3]);
    }

    #[test]
    fn a_part_of_the_points_is_where_all_of_them_are() {
        let all = positions(&definition(2, 0));
        let part = [3, 26, 249, 4];
        let grid = Icosahedron::new(&definition(2, 0)).unwrap();
        let found = grid.positions(part.into_iter(), &ReadContext::default()).unwrap();
        assert_eq!(found, part.map(|point| all[point as usize]));
        let beyond = grid.positions([250].into_iter(), &ReadContext::default()).unwrap();
        assert!(beyond[0].0.is_nan());
    }

    #[test]
    fn another_pole_turns_the_whole_grid() {
        let turned = positions(&Definition { pole: (50.0, 10.0), ..definition(0, 0) });
        assert!((turned[0].0 - 50.0).abs() < 1e-9 && (turned[0].1 - 10.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_no_such_grid_has_no_positions() {
        for other in [
            Definition { diamonds: 5, ..definition(2, 0) },
            Definition { position: 1, ..definition(2, 0) },
            Definition { intervals: 5, ..definition(2, 0) },
            Definition { n2: 255, ..definition(2, 0) },
            Definition { n3: 200, ..definition(2, 0) },
        ] {
            assert_eq!(Icosahedron::new(&other), None, "{other:?}");
        }
        assert_eq!(Icosahedron::new(&definition(16, 0)), None, "finer than any");
    }
}
