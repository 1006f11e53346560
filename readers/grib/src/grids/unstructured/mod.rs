//! Grids whose messages list no positions, only which grid it is (GRIB2 template 3.101, "general
//! unstructured grid"; DWD's ICON). Coordinates are looked for in the file itself and in those
//! beside it; triangular grids on an icosahedron (template 3.100) are computed.

mod beside;
mod grid_file;
mod icosahedron;
mod messages;

use hyperslab_core::{ReadContext, Result};

pub use beside::Beside;
pub use icosahedron::{Definition, Icosahedron};
pub use messages::Messages;

/// What a message says of its grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GridReference {
    pub points: u64,
    /// A number of the originating centre's.
    pub number_used: u32,
    /// ICON: 1 centres of the triangles, 2 their vertices, 3 midpoints of their edges.
    pub in_reference: u8,
    /// `None`: all its octets are 0, as in files that have none.
    pub uuid: Option<[u8; 16]>,
}

impl GridReference {
    /// Of section 3, whole; `None` unless its template is 3.101.
    pub fn parse(section3: &[u8]) -> Option<Self> {
        let octets = |first: usize, count: usize| section3.get(first - 1..first - 1 + count);
        let number = |first, count| {
            Some(octets(first, count)?.iter().fold(0u32, |sum, &octet| sum << 8 | u32::from(octet)))
        };
        if number(13, 2)? != 101 {
            return None;
        }
        let uuid: [u8; 16] = octets(20, 16)?.try_into().ok()?;
        Some(Self {
            points: u64::from(number(7, 4)?),
            number_used: number(16, 3)?,
            in_reference: u8::try_from(number(19, 1)?).ok()?,
            uuid: (uuid != [0; 16]).then_some(uuid),
        })
    }

    /// Coordinates that are given for `other` are those of this grid.
    fn is_of(&self, other: &Self) -> bool {
        let is_same_grid = match (self.uuid, other.uuid) {
            (Some(mine), Some(others)) => mine == others,
            _ => self.number_used == other.number_used,
        };
        is_same_grid && self.points == other.points && self.in_reference == other.in_reference
    }
}

/// Positions of the points of an unstructured grid, in degrees.
#[derive(Clone, Debug, PartialEq)]
pub struct Mesh {
    pub latitude: Vec<f64>,
    pub longitude: Vec<f64>,
    /// Corners of the cells around the points.
    pub vertices: Option<Vertices>,
    /// Where they were found, for people: `icon_grid_0026_R03B07_G.nc`.
    pub source: String,
}

/// As CF's bounds variables are: `count` corners for the first point, then for the next.
#[derive(Clone, Debug, PartialEq)]
pub struct Vertices {
    pub count: u64,
    pub latitude: Vec<f64>,
    pub longitude: Vec<f64>,
}

/// A place where the coordinates of a grid may be found.
pub trait CoordinateProvider {
    /// `None` where they are not.
    ///
    /// # Errors
    /// `Cancelled`; what is wrong with the file itself. Trouble with other files is no error of
    /// this one: they do not have the coordinates.
    fn find(&self, grid: &GridReference, cx: &ReadContext) -> Result<Option<Mesh>>;
}

/// What the first of the providers that knows the grid says.
///
/// # Errors
/// Those of [`CoordinateProvider::find`].
pub fn find_mesh(
    providers: &[&dyn CoordinateProvider],
    grid: &GridReference,
    cx: &ReadContext,
) -> Result<Option<Mesh>> {
    for provider in providers {
        if let Some(mesh) = provider.find(grid, cx)? {
            return Ok(Some(mesh));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod reference_tests {
    use super::*;

    /// Section 3 of an ICON message.
    pub(super) fn section3(
        points: u32,
        number_used: u32,
        in_reference: u8,
        uuid: [u8; 16],
    ) -> Vec<u8> {
        let mut bytes = vec![0, 0, 0, 35, 3, 0];
        bytes.extend(points.to_be_bytes());
        bytes.extend([0, 0, 0, 101, 6]);
        bytes.extend(&number_used.to_be_bytes()[1..]);
        bytes.push(in_reference);
        bytes.extend(uuid);
        bytes
    }

    #[test]
    fn the_reference_is_read_and_an_empty_uuid_is_none() {
        let uuid = [7; 16];
        let grid = GridReference::parse(&section3(20480, 12, 1, uuid)).unwrap();
        let expected =
            GridReference { points: 20480, number_used: 12, in_reference: 1, uuid: Some(uuid) };
        assert_eq!(grid, expected);
        assert_eq!(GridReference::parse(&section3(1, 2, 3, [0; 16])).unwrap().uuid, None);
    }

    #[test]
    fn other_templates_and_short_sections_are_no_reference() {
        let mut bytes = section3(6, 1, 1, [1; 16]);
        assert_eq!(GridReference::parse(&bytes[..34]), None);
        bytes[13] = 0;
        assert_eq!(GridReference::parse(&bytes), None);
        assert_eq!(GridReference::parse(&[]), None);
    }

    #[test]
    fn a_grid_is_known_by_its_uuid_and_without_one_by_its_number() {
        let grid =
            |number_used, uuid| GridReference { points: 6, number_used, in_reference: 1, uuid };
        let named = grid(26, Some([1; 16]));
        assert!(named.is_of(&grid(99, Some([1; 16]))));
        assert!(!named.is_of(&grid(26, Some([2; 16]))));
        assert!(named.is_of(&grid(26, None)) && !named.is_of(&grid(27, None)));
        assert!(!named.is_of(&GridReference { in_reference: 3, ..named }));
    }
}
