//! Where the cells of a field lie on the Earth, as plain arrays.
//!
//! Degrees everywhere; longitudes as the file has them (0 to 360, -180 to 180 or beyond), NaN
//! where unknown. All describe the cells of the shown part of a variable, row-major in the order
//! of its values: (y, x), or one axis of cells.

use super::crs::Crs;

#[derive(Clone, Debug, PartialEq)]
pub enum Geometry {
    /// Latitudes along rows, longitudes along columns: the edges of cells, one more than cells.
    /// They may fall.
    Rectilinear { lat_edges: Vec<f64>, lon_edges: Vec<f64> },
    /// A lattice: latitudes and longitudes of (ny + 1) × (nx + 1) corners and of ny × nx centres.
    Curvilinear {
        ny: usize,
        nx: usize,
        corner_lat: Vec<f32>,
        corner_lon: Vec<f32>,
        lat: Vec<f32>,
        lon: Vec<f32>,
    },
    /// Edges along the axes of the data's own projection, in the units of its definition (degrees
    /// of a rotated grid).
    Projected { x_edges: Vec<f64>, y_edges: Vec<f64>, crs: Crs },
    /// Cells with outlines of their own: so many `vertices` for each, NaN after the last one
    /// (UGRID faces, ICON, CF bounds of four vertices).
    Cells {
        lat: Vec<f32>,
        lon: Vec<f32>,
        vertices: usize,
        vertex_lat: Vec<f32>,
        vertex_lon: Vec<f32>,
    },
    /// Only centres are known: stations, pixels of a swath, reduced grids.
    Points { lat: Vec<f32>, lon: Vec<f32> },
}

/// What cells cover: latitudes, and longitudes from `west` eastwards over `width` degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    pub south: f64,
    pub north: f64,
    pub west: f64,
    pub width: f64,
}

/// Longitudes are told apart this finely where cells are looked at one by one, in degrees.
const SECTOR: f64 = 1.0;
const SECTORS: usize = 360;

/// Places looked at for the extent.
const EXTENT_PLACES: usize = 1 << 16;

impl Geometry {
    /// Cells.
    pub fn len(&self) -> usize {
        let cells = |edges: &[f64]| edges.len().saturating_sub(1);
        match self {
            Self::Rectilinear { lat_edges, lon_edges } => cells(lat_edges) * cells(lon_edges),
            Self::Curvilinear { ny, nx, .. } => ny * nx,
            Self::Projected { x_edges, y_edges, .. } => cells(x_edges) * cells(y_edges),
            Self::Cells { lat, .. } | Self::Points { lat, .. } => lat.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// In memory.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Rectilinear { lat_edges: a, lon_edges: b }
            | Self::Projected { x_edges: a, y_edges: b, .. } => 8 * (a.len() + b.len()),
            Self::Curvilinear { corner_lat, lat, .. } => 8 * (corner_lat.len() + lat.len()),
            Self::Cells { lat, vertex_lat, .. } => 8 * (vertex_lat.len() + lat.len()),
            Self::Points { lat, .. } => 8 * lat.len(),
        }
    }

    /// Latitude and longitude of the middle of a cell.
    pub fn center(&self, cell: usize) -> Option<(f64, f64)> {
        let middle = |edges: &[f64], at: usize| match edges.get(at..at + 2) {
            Some(&[a, b]) => Some(a / 2.0 + b / 2.0),
            _ => None,
        };
        let place = match self {
            Self::Rectilinear { lat_edges, lon_edges } => {
                let nx = lon_edges.len().checked_sub(1).filter(|&nx| nx > 0)?;
                (middle(lat_edges, cell / nx)?, middle(lon_edges, cell % nx)?)
            }
            Self::Projected { x_edges, y_edges, crs } => {
                let nx = x_edges.len().checked_sub(1).filter(|&nx| nx > 0)?;
                let (x, y) = (middle(x_edges, cell % nx)?, middle(y_edges, cell / nx)?);
                let (lon, lat) = crs.lon_lat(x, y)?;
                (lat, lon)
            }
            Self::Curvilinear { lat, lon, .. }
            | Self::Cells { lat, lon, .. }
            | Self::Points { lat, lon } => (f64::from(*lat.get(cell)?), f64::from(*lon.get(cell)?)),
        };
        (place.0.is_finite() && place.1.is_finite()).then_some(place)
    }

    /// Longitudes and latitudes round a cell; nothing where only its middle is known.
    pub fn outline(&self, cell: usize) -> Vec<(f64, f64)> {
        self.corners(cell).unwrap_or_default()
    }

    fn corners(&self, cell: usize) -> Option<Vec<(f64, f64)>> {
        let pair = |edges: &[f64], at: usize| Some((*edges.get(at)?, *edges.get(at + 1)?));
        let corners = match self {
            Self::Rectilinear { lat_edges, lon_edges } => {
                let nx = lon_edges.len().checked_sub(1).filter(|&nx| nx > 0)?;
                let (a, b) = pair(lon_edges, cell % nx)?;
                let (c, d) = pair(lat_edges, cell / nx)?;
                vec![(a, c), (b, c), (b, d), (a, d)]
            }
            Self::Projected { x_edges, y_edges, crs } => {
                let nx = x_edges.len().checked_sub(1).filter(|&nx| nx > 0)?;
                let (a, b) = pair(x_edges, cell % nx)?;
                let (c, d) = pair(y_edges, cell / nx)?;
                let corners = [(a, c), (b, c), (b, d), (a, d)];
                corners.into_iter().filter_map(|(x, y)| crs.lon_lat(x, y)).collect()
            }
            Self::Curvilinear { nx, corner_lat, corner_lon, .. } => {
                let across = nx + 1;
                let first = cell / (*nx).max(1) * across + cell % (*nx).max(1);
                let at = |k: usize| {
                    Some((f64::from(*corner_lon.get(k)?), f64::from(*corner_lat.get(k)?)))
                };
                let corners = [first, first + 1, first + across + 1, first + across];
                corners.into_iter().filter_map(at).collect()
            }
            Self::Cells { vertices, vertex_lat, vertex_lon, .. } => {
                let range = cell.checked_mul(*vertices)?..(cell + 1).checked_mul(*vertices)?;
                let (lats, lons) = (vertex_lat.get(range.clone())?, vertex_lon.get(range)?);
                lons.iter().zip(lats).map(|(&lon, &lat)| (lon.into(), lat.into())).collect()
            }
            Self::Points { .. } => return None,
        };
        let is_known = |&(lon, lat): &(f64, f64)| lon.is_finite() && lat.is_finite();
        let corners: Vec<(f64, f64)> = corners.into_iter().filter(is_known).collect();
        (corners.len() >= 3).then_some(corners)
    }

    /// What the cells cover; `None` where no place is known. Of very many cells some are looked
    /// at. O(places looked at).
    pub fn extent(&self) -> Option<Extent> {
        if let Self::Rectilinear { lat_edges, lon_edges } = self {
            let ends = |edges: &[f64]| {
                let (a, b) = (*edges.first()?, *edges.last()?);
                (a.is_finite() && b.is_finite()).then_some((a.min(b), a.max(b)))
            };
            let ((south, north), (west, east)) = (ends(lat_edges)?, ends(lon_edges)?);
            let width = (east - west).min(360.0);
            return Some(Extent { south: south.max(-90.0), north: north.min(90.0), west, width });
        }
        let count = self.len();
        let step = count.div_ceil(EXTENT_PLACES).max(1);
        // The first and the last of each row are looked at too.
        let nx = match self {
            Self::Curvilinear { nx, .. } => *nx,
            Self::Projected { x_edges, .. } => x_edges.len().saturating_sub(1),
            _ => count,
        };
        let rows = count.checked_div(nx).unwrap_or(0);
        let sides = (0..rows).flat_map(|row| [row * nx, row * nx + nx - 1]);
        let ends = (0..nx).chain(count.saturating_sub(nx)..count);
        let ends = ends.filter(|_| rows > 1);
        let cells = (0..count).step_by(step).chain(sides).chain(ends);
        let mut places = Vec::new();
        for cell in cells {
            match self.corners(cell) {
                Some(corners) => places.extend(corners),
                None => places.extend(self.center(cell).map(|(lat, lon)| (lon, lat))),
            }
        }
        extent_of(&places)
    }
}

/// Of longitudes and latitudes: the widest gap between longitudes is outside.
fn extent_of(places: &[(f64, f64)]) -> Option<Extent> {
    let mut taken = [None::<(f64, f64)>; SECTORS];
    let (mut south, mut north) = (f64::INFINITY, f64::NEG_INFINITY);
    for &(lon, lat) in places {
        south = south.min(lat);
        north = north.max(lat);
        let lon = lon.rem_euclid(360.0);
        if let Some(sector) = taken.get_mut((lon / SECTOR) as usize % SECTORS) {
            let (low, high) = sector.unwrap_or((lon, lon));
            *sector = Some((low.min(lon), high.max(lon)));
        }
    }
    let used: Vec<(f64, f64)> = taken.into_iter().flatten().collect();
    let (&first, &last) = (used.first()?, used.last()?);
    // The gap round the back, then those between.
    let round = (first.0 + 360.0 - last.1, first.0, last.1);
    let between = used.windows(2).filter_map(|pair| match pair {
        [a, b] => Some((b.0 - a.1, b.0, a.1 + 360.0)),
        _ => None,
    });
    let (gap, west, east) =
        between.fold(round, |best, next| if next.0 > best.0 { next } else { best });
    // Coarse points leave gaps that mean nothing.
    let is_round = gap < 20.0 && (used.len() as f64) * gap > 300.0 || gap <= 3.0;
    let width = if is_round { 360.0 } else { east - west };
    let west = if west > 180.0 { west - 360.0 } else { west };
    Some(Extent { south: south.max(-90.0), north: north.min(90.0), west, width })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_numbered_row_by_row() {
        let grid = Geometry::Rectilinear {
            lat_edges: vec![10.0, 0.0, -10.0],
            lon_edges: vec![0.0, 2.0, 4.0, 6.0],
        };
        assert_eq!(grid.len(), 6);
        assert_eq!(grid.center(4), Some((-5.0, 3.0)));
        assert_eq!(grid.outline(4), [(2.0, 0.0), (4.0, 0.0), (4.0, -10.0), (2.0, -10.0)]);
        assert_eq!(grid.center(6), None);
    }

    #[test]
    fn the_extent_goes_the_short_way_round() {
        let points = |lon: Vec<f32>| Geometry::Points { lat: vec![1.0; lon.len()], lon };
        let across = points(vec![170.0, 175.0, -175.0, -170.0]).extent().unwrap();
        assert_eq!((across.west, across.width), (170.0, 20.0));
        let europe = points(vec![350.0, 5.0, 20.0]).extent().unwrap();
        assert_eq!((europe.west, europe.width), (-10.0, 30.0));
        let world = points((0..360).map(|lon| lon as f32).collect()).extent().unwrap();
        assert_eq!(world.width, 360.0);
        assert_eq!(points(vec![]).extent(), None);
    }

    #[test]
    fn corners_of_a_lattice_belong_to_their_cells() {
        let lattice = Geometry::Curvilinear {
            ny: 1,
            nx: 2,
            corner_lat: vec![0.0, 0.0, 0.0, 1.0, 1.0, f32::NAN],
            corner_lon: vec![0.0, 1.0, 2.0, 0.0, 1.0, 2.0],
            lat: vec![0.5, 0.5],
            lon: vec![0.5, 1.5],
        };
        assert_eq!(lattice.outline(0), [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]);
        assert_eq!(lattice.outline(1), [(1.0, 0.0), (2.0, 0.0), (1.0, 1.0)]);
        assert_eq!(lattice.center(1), Some((0.5, 1.5)));
    }
}
