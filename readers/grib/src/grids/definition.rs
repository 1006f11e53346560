//! What is kept of a grid's description once its section is read.

use super::latlon::LatLon;
use super::projection::{ArakawaE, Healpix, PlaneGrid, Projection, RotatedPole, Stretched};
use super::scanning::Scanning;
use super::spectral::Truncation;
use super::thinned::Thinned;
use super::unstructured::Icosahedron;

/// How coded points form rows.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Layout {
    Rectangle {
        ni: u32,
        nj: u32,
    },
    Thinned(Thinned),
    /// Points one after the other.
    Points,
    Spectral(Truncation),
}

impl Layout {
    /// Rows of equal length if that is how many points there are.
    pub fn rectangle(ni: Option<u32>, nj: Option<u32>, points: u64, scanning: Scanning) -> Self {
        match (ni, nj) {
            (Some(ni), Some(nj)) if ni > 0 && nj > 0 && !scanning.shortens() => {
                if u64::from(ni).checked_mul(u64::from(nj)) == Some(points) {
                    Self::Rectangle { ni, nj }
                } else {
                    Self::Points
                }
            }
            _ => Self::Points,
        }
    }

    /// The rows of a list if they have as many points.
    pub fn thinned(thinned: Thinned, points: u64) -> Self {
        if thinned.points() == points { Self::Thinned(thinned) } else { Self::Points }
    }
}

/// Where the points are.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Geometry {
    LatLon(LatLon, Sphere),
    /// Latitudes of rows and longitudes of columns one by one (templates 3.4 and 3.5).
    Listed {
        latitudes: Vec<f64>,
        longitudes: Vec<f64>,
        sphere: Sphere,
    },
    /// Latitude and longitude of every point (template 3.130).
    Scattered(Vec<(f64, f64)>),
    Plane(PlaneGrid),
    /// NCEP's staggered grids; `filled` ones hold the points of both kinds.
    Arakawa {
        grid: ArakawaE,
        filled: bool,
    },
    Radial(Radial),
    Healpix(Healpix),
    Icosahedral(Icosahedron),
    /// The grid is another file's: number, number in reference and UUID (template 3.101).
    Unstructured {
        number: u32,
        reference: u8,
        uuid: [u8; 16],
    },
    Unknown,
}

impl Geometry {
    /// A grid about a centre, from its first to its last point, which are geographic (GRIB1 type 205,
    /// template 3.32769).
    pub fn rotated_between(
        first: (f64, f64),
        last: (f64, f64),
        centre: (f64, f64),
        (columns, rows): (u64, u64),
    ) -> Self {
        let pole = RotatedPole::centred(centre.0, centre.1);
        let (x0, y0) = pole.forward(first.0, first.1);
        let (x1, y1) = pole.forward(last.0, last.1);
        let dx = (x1 - x0) / columns.saturating_sub(1).max(1) as f64;
        let dy = (y1 - y0) / rows.saturating_sub(1).max(1) as f64;
        Self::Plane(PlaneGrid { map: pole.into(), x0, y0, dx, dy, columns, rows })
    }
}

/// What the latitudes and longitudes of rows and columns are.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Sphere {
    Geographic,
    Rotated { pole: RotatedPole, south: (f64, f64), angle: f64 },
    Stretched(Stretched),
}

impl Sphere {
    /// Geographic latitude and longitude.
    pub fn position(&self, latitude: f64, longitude: f64) -> (f64, f64) {
        match self {
            Self::Geographic => (latitude, longitude),
            Self::Rotated { pole, .. } => pole.inverse(longitude, latitude),
            Self::Stretched(stretched) => stretched.inverse(latitude, longitude),
        }
    }

    pub fn vector_rotation(&self, latitude: f64, longitude: f64) -> f64 {
        match self {
            Self::Geographic => 0.0,
            Self::Rotated { pole, .. } => pole.vector_rotation(latitude, longitude),
            Self::Stretched(stretched) => stretched.vector_rotation(latitude, longitude),
        }
    }

    pub fn is_geographic(&self) -> bool {
        *self == Self::Geographic
    }
}

/// Bins along the beams of a radar (template 3.120).
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Radial {
    pub centre: (f64, f64),
    /// Metres.
    pub start: f64,
    pub spacing: f64,
    /// Degrees from north of the middle of each beam.
    pub azimuths: Vec<f64>,
}

impl Radial {
    /// On a sphere of the mean radius, which this template does not give.
    pub fn position(&self, beam: usize, bin: u64) -> (f64, f64) {
        const RADIUS: f64 = 6_371_229.0;
        let Some(azimuth) = self.azimuths.get(beam) else { return (f64::NAN, f64::NAN) };
        let distance = (self.start + self.spacing * (bin as f64 + 0.5)) / RADIUS;
        let (sin_d, cos_d) = distance.sin_cos();
        let (sin_0, cos_0) = self.centre.0.to_radians().sin_cos();
        let (sin_a, cos_a) = azimuth.to_radians().sin_cos();
        let latitude = (sin_0 * cos_d + cos_0 * sin_d * cos_a).clamp(-1.0, 1.0).asin();
        let across = (sin_a * sin_d * cos_0).atan2(cos_d - sin_0 * latitude.sin());
        (latitude.to_degrees(), (self.centre.1 + across.to_degrees()).rem_euclid(360.0))
    }
}
