//! Where the points of a field lie: GRIB2 section 3 (grid definition templates 3.x), GRIB1
//! section 2 (grid description, code table 6) and NCEP's catalogue of grids (Office Note 388,
//! table B).
//!
//! Three orders of points meet here. *Coded* is the order in the message. *Presented* is the
//! rectangle a variable shows: rows outermost, each row from its first point on, in the directions
//! they are scanned. *Native* is a thinned grid's rows as they are, of different lengths.

mod catalogue;
mod catalogue_rows;
mod coordinates;
mod definition;
mod describe;
mod edition1;
mod edition2;
pub mod gaussian;
mod latlon;
mod lines;
mod mapping;
mod names;
mod nio;
mod octets;
mod positions;
pub mod projection;
mod scanning;
mod spectral;
mod staggered;
#[cfg(test)]
mod tests;
mod thinned;
pub mod unstructured;

use hyperslab_core::{ErrorKind, Range, ReadError, Result};

use crate::packing::Real;
use definition::{Geometry, Layout};
use lines::PlacedLine;
use projection::Earth;
use scanning::{Scanning, transpose};
use spectral::Truncation;
use thinned::{Thinned, Values};

/// Coordinates of more points than these are not made in one go, nor thinned grids spread over
/// more.
const LARGEST_GRID: u64 = 64 << 20;

fn fits(points: u64) -> bool {
    points <= LARGEST_GRID
}

/// One grid, as its message describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    edition: u8,
    /// Grid definition template (GRIB2) or data representation type (GRIB1, code table 6).
    number: u16,
    /// GRIB1: the number in the product definition, unless it is 0 or 255.
    catalogue: Option<u8>,
    /// The number is NCEP's and stands for this grid.
    is_catalogued: bool,
    /// The message has no section 2.
    described_by_number: bool,
    points: u64,
    scanning: Scanning,
    /// Flag table 3.3 (GRIB1: code table 7).
    flags: u8,
    ni: Option<u32>,
    nj: Option<u32>,
    /// Octets of each number in the list of points per row; 0: there is none.
    row_list_octets: u8,
    earth: Option<Earth>,
    layout: Layout,
    geometry: Geometry,
    /// What NIO says of the grid with the coordinates, its names and order.
    described: Vec<(&'static str, Value)>,
}

/// How a thinned grid's rows become rows of one length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Interpolation {
    #[default]
    Linear,
    Cubic,
    /// The value of the nearest point, so that cells show as they are.
    Nearest,
}

impl Interpolation {
    /// Never cubic where values may be missing.
    fn under(self, has_bitmap: bool) -> Self {
        if has_bitmap && self == Self::Cubic { Self::Linear } else { self }
    }
}

/// Latitudes and longitudes in degrees of a part of the presented shape.
#[derive(Clone, Debug, PartialEq)]
pub enum Coordinates {
    /// Spectral coefficients, and grids whose geometry is not known.
    None,
    /// One latitude a row, one longitude a column.
    Axes { latitude: Vec<f64>, longitude: Vec<f64> },
    /// A latitude and a longitude for every point, rows outermost.
    Plane { latitude: Vec<f64>, longitude: Vec<f64> },
    /// Points that form no rectangle.
    Points { latitude: Vec<f64>, longitude: Vec<f64> },
}

/// The value of an attribute of a coordinate or grid mapping variable.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(String),
    Number(f64),
    Numbers(Vec<f64>),
}

/// How NIO names a grid.
#[derive(Clone, Debug, PartialEq)]
pub struct NioGrid {
    /// The grid type of section 2 (GRIB1, code table 6) or the grid definition template (GRIB2).
    pub number: u16,
    /// GRIB1: the grid number NIO puts in names (`_41`, `lat_41`) in place of the type (`_GDS0`,
    /// `g0_lat_1`).
    pub catalogue: Option<u8>,
    /// GRIB2: `LL`, `GA`, `LC`, ...; `None` where NIO writes the template's number.
    pub abbreviation: Option<&'static str>,
    /// Latitudes and longitudes are each one-dimensional.
    pub one_dimensional: bool,
    /// Attributes of the coordinate variables; empty where there are none.
    pub latitude: Vec<(&'static str, Value)>,
    pub longitude: Vec<(&'static str, Value)>,
    /// Of the rotation variable; empty when there is none.
    pub rotation: Vec<(&'static str, Value)>,
    /// GRIB2: the attribute `grid_type` of the data variable.
    pub grid_type: String,
    /// GRIB1: the attribute `gds_grid_type` or `grid_number` of the data variable.
    pub data: Vec<(&'static str, Value)>,
}

/// A grid as CF describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct GridMapping {
    /// `grid_mapping_name` and its parameters.
    pub attributes: Vec<(&'static str, Value)>,
    /// Of [`Grid::mapping_x`] and [`Grid::mapping_y`]; `None` where there are none, as the axes are
    /// latitude and longitude.
    pub axes: Option<MappingAxes>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MappingAxes {
    /// `projection_x_coordinate` and `projection_y_coordinate`, or `grid_longitude` and
    /// `grid_latitude`.
    pub x_standard_name: &'static str,
    pub y_standard_name: &'static str,
    /// `m`, `degrees` or `radian`.
    pub units: &'static str,
}

/// One row of a thinned grid as it is coded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NativeRow {
    /// Of the coded values.
    pub first_point: u64,
    pub count: u32,
    pub latitude: f64,
    pub first_longitude: f64,
    /// Degrees from one point to the next.
    pub step: f64,
}

impl Grid {
    /// Reads section 3 of GRIB2, its length and number first.
    pub fn parse2(section3: &[u8]) -> Result<Grid> {
        edition2::parse(section3)
    }

    /// Reads section 2 of GRIB1 if there is one, else takes the grid of that number (octet 7 of
    /// section 1) from NCEP's catalogue.
    pub fn parse1(catalogue: Option<u8>, gds: Option<&[u8]>) -> Result<Grid> {
        edition1::parse(catalogue, gds)
    }

    /// A grid of which nothing is known but how many points it has.
    fn new(edition: u8, number: u16, points: u64) -> Self {
        Self {
            edition,
            number,
            catalogue: None,
            is_catalogued: false,
            described_by_number: false,
            points,
            scanning: Scanning(0),
            flags: 0,
            ni: None,
            nj: None,
            row_list_octets: 0,
            earth: None,
            layout: Layout::Points,
            geometry: Geometry::Unknown,
            described: Vec::new(),
        }
    }

    /// Coded points: of a thinned grid the sum of its rows, of a spectral field the real numbers.
    pub fn points(&self) -> u64 {
        self.points
    }

    /// Coded points of each row (column, where points of a column follow each other), for packing
    /// that goes row by row; empty for grids without rows.
    pub fn rows(&self) -> Vec<u32> {
        let (lines, len) = match &self.layout {
            Layout::Thinned(thinned) => return thinned.counts.clone(),
            Layout::Rectangle { ni, nj } if self.scanning.by_columns() => (*ni, *nj),
            Layout::Rectangle { ni, nj } => (*nj, *ni),
            Layout::Points | Layout::Spectral(_) => return Vec::new(),
        };
        // GRIB1, which alone has such packing, counts rows in two octets.
        if lines <= u32::from(u16::MAX) { vec![len; lines as usize] } else { Vec::new() }
    }

    /// Flag table 3.4 (GRIB1: code table 8).
    pub fn scanning_mode(&self) -> u8 {
        self.scanning.0
    }

    /// Flag table 3.3 bit 5: u and v are along the grid's own axes.
    pub fn uv_relative_to_grid(&self) -> bool {
        self.flags & 0x08 != 0
    }

    /// Truncation parameters J, K, M of a spectral field.
    pub fn truncation(&self) -> Option<[u16; 3]> {
        match self.layout {
            Layout::Spectral(Truncation { j, k, m }) => Some([j, k, m]),
            _ => None,
        }
    }

    pub fn is_thinned(&self) -> bool {
        matches!(self.layout, Layout::Thinned(_))
    }

    /// As presented: rows and columns, or the number of points. Spectral fields: real and
    /// imaginary parts, n, m.
    pub fn shape(&self) -> Vec<u64> {
        match &self.layout {
            Layout::Points => vec![self.points],
            Layout::Spectral(truncation) => truncation.shape().to_vec(),
            _ => {
                let (columns, rows) = self.columns_and_rows();
                vec![rows, columns]
            }
        }
    }

    /// Of the presented rectangle; (0, 0) for others.
    fn columns_and_rows(&self) -> (u64, u64) {
        match &self.layout {
            Layout::Rectangle { ni, nj } => (u64::from(*ni), u64::from(*nj)),
            Layout::Thinned(thinned) => {
                let (lines, longest) = (thinned.counts.len() as u64, u64::from(thinned.longest()));
                if thinned.by_columns { (lines, longest) } else { (longest, lines) }
            }
            Layout::Points | Layout::Spectral(_) => (0, 0),
        }
    }

    /// Coded order to presented order: rows that alternate are straightened, columns become rows,
    /// thinned rows are interpolated (never cubically under a bitmap).
    pub fn present<T: Real>(
        &self,
        coded: Vec<T>,
        thinned: Interpolation,
        has_bitmap: bool,
    ) -> Result<Vec<T>> {
        if coded.len() as u64 != self.points {
            let (found, expected) = (coded.len(), self.points);
            return Err(ReadError::malformed(format!(
                "{found} values for a grid of {expected} points"
            )));
        }
        match &self.layout {
            Layout::Points => Ok(coded),
            Layout::Spectral(truncation) => Ok(truncation.present(&coded)),
            Layout::Rectangle { ni, nj } => {
                Ok(self.scanning.arrange(coded, *ni as usize, *nj as usize))
            }
            Layout::Thinned(lines) => {
                let (columns, rows) = self.columns_and_rows();
                let whole = [Range::new(0, rows), Range::new(0, columns)];
                self.spread(lines, coded, thinned.under(has_bitmap), whole)
            }
        }
    }

    /// A part of the rectangle made of a thinned grid; `None` for other grids, of which
    /// [`Grid::present`] costs no more than decoding them.
    pub fn present_part<T: Real>(
        &self,
        coded: Vec<T>,
        thinned: Interpolation,
        has_bitmap: bool,
        part: &[Range],
    ) -> Result<Option<Vec<T>>> {
        match (&self.layout, part) {
            (Layout::Thinned(lines), &[rows, columns]) if coded.len() as u64 == self.points => {
                self.spread(lines, coded, thinned.under(has_bitmap), [rows, columns]).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The same of a field that has one value everywhere.
    pub fn present_constant<T: Real>(
        &self,
        value: T,
        thinned: Interpolation,
        part: &[Range],
    ) -> Result<Option<Vec<T>>> {
        match (&self.layout, part) {
            (Layout::Thinned(lines), &[rows, columns]) => {
                let values = |line: &PlacedLine| Values::Same(value, line.count);
                self.spread_lines(lines, thinned, [rows, columns], |line, fill| fill(values(line)))
                    .map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Lines of different lengths to rows and columns of a rectangle.
    fn spread<T: Real>(
        &self,
        lines: &Thinned,
        mut coded: Vec<T>,
        method: Interpolation,
        part: [Range; 2],
    ) -> Result<Vec<T>> {
        self.spread_lines(lines, method, part, |line, fill| {
            let first = usize::try_from(line.first_point).unwrap_or(usize::MAX);
            let values = coded.get_mut(first..).unwrap_or_default();
            let count = (line.count as usize).min(values.len());
            let values = values.get_mut(..count).unwrap_or_default();
            if self.scanning.alternating() && line.index % 2 == 1 {
                values.reverse();
            }
            fill(Values::Each(values));
        })
    }

    /// `each` hands over the values of a line.
    fn spread_lines<T: Real>(
        &self,
        lines: &Thinned,
        method: Interpolation,
        [rows, columns]: [Range; 2],
        mut each: impl FnMut(&PlacedLine, &mut dyn FnMut(Values<T>)),
    ) -> Result<Vec<T>> {
        let len = self.checked_len(columns.count, rows.count)?;
        let (across, along) = if lines.by_columns { (columns, rows) } else { (rows, columns) };
        let target = self.line_target();
        let placed = self.lines()?;
        let mut out = vec![T::NAN; len];
        for (k, row) in (0..).zip(out.chunks_mut((along.count as usize).max(1))) {
            let line = usize::try_from(across.index(k)).ok().and_then(|index| placed.get(index));
            let Some(line) = line else { continue };
            let place = |k: u64| target.at(along.index(k) as f64);
            each(line, &mut |values| thinned::interpolate(values, line.place, place, method, row));
        }
        let (columns, rows) = (columns.count as usize, rows.count as usize);
        Ok(if lines.by_columns { transpose(&out, columns, rows) } else { out })
    }

    fn checked_len(&self, columns: u64, rows: u64) -> Result<usize> {
        let points = columns.checked_mul(rows).filter(|&points| fits(points));
        points.and_then(|points| usize::try_from(points).ok()).ok_or_else(|| {
            ReadError::new(ErrorKind::Limit, format!("a grid of {rows} rows and {columns} columns"))
        })
    }
}
