//! Coordinates as messages: latitudes and longitudes of the points are fields themselves
//! (discipline 0, category 191, numbers 1 and 2; DWD's CLAT and CLON, ELAT and ELON, VLAT and
//! VLON, which differ in the "grid in reference").

use hyperslab_core::{ReadContext, ReadError, Result, Source};

use super::{CoordinateProvider, GridReference, Mesh};
use crate::index::{Field, GridHeader, Index};
use crate::packing::decode2;
use crate::product::{Parameter, Product};

const DISCIPLINE: u8 = 0;
const CATEGORY: u8 = 191;
const LATITUDE: u8 = 1;
const LONGITUDE: u8 = 2;
/// No packing makes that many positions, all different, of one octet.
const POINTS_PER_OCTET: u64 = 64;

/// The fields of one file.
pub struct Messages<'a> {
    pub index: &'a Index,
    pub source: &'a dyn Source,
}

/// Latitudes and longitudes come in messages of their own, and often in files of their own.
#[derive(Debug, Default)]
pub struct Found {
    latitude: Option<Vec<f64>>,
    longitude: Option<Vec<f64>>,
    files: Vec<String>,
}

impl Found {
    /// All that was looked for, once there are both.
    pub fn into_mesh(self) -> Result<Mesh, Self> {
        match self {
            Self { latitude: Some(latitude), longitude: Some(longitude), files } => {
                Ok(Mesh { latitude, longitude, vertices: None, source: files.join(", ") })
            }
            incomplete => Err(incomplete),
        }
    }
}

impl Messages<'_> {
    /// Adds what this file has of what `found` lacks.
    pub fn look(&self, grid: &GridReference, found: &mut Found, cx: &ReadContext) -> Result<()> {
        for field in self.index.fields() {
            cx.check()?;
            if found.latitude.is_some() && found.longitude.is_some() {
                break;
            }
            if !self.is_on(field, grid) {
                continue;
            }
            let Some(number) = self.index.product(field.product).ok().and_then(|p| coordinate(&p))
            else {
                continue;
            };
            let wanted = match number {
                LATITUDE => &mut found.latitude,
                _ => &mut found.longitude,
            };
            if wanted.is_none() {
                *wanted = Some(self.values(field, grid, cx)?);
                let file = self.source.name().to_owned();
                if !found.files.contains(&file) {
                    found.files.push(file);
                }
            }
        }
        Ok(())
    }

    fn is_on(&self, field: &Field, grid: &GridReference) -> bool {
        match self.index.grid_header(field.grid) {
            Some(GridHeader::Edition2 { section3 }) => {
                GridReference::parse(section3).is_some_and(|other| grid.is_of(&other))
            }
            _ => false,
        }
    }

    fn values(&self, field: &Field, grid: &GridReference, cx: &ReadContext) -> Result<Vec<f64>> {
        if grid.points > field.length.saturating_mul(POINTS_PER_OCTET) {
            let message = format!("positions of {} points in a few octets", grid.points);
            return Err(ReadError::malformed(message).at(field.offset));
        }
        cx.limits.claim_array(grid.points, 8)?;
        let coded = self.index.data(field, self.source, cx)?;
        decode2(&coded.coding, coded.bitmap.as_deref(), &coded.data, grid.points, cx)
    }
}

/// Which of the two coordinates a field is.
fn coordinate(product: &Product) -> Option<u8> {
    match product.parameter {
        Parameter::Edition2 { discipline: DISCIPLINE, category: CATEGORY, number, .. }
            if number == LATITUDE || number == LONGITUDE =>
        {
            Some(number)
        }
        _ => None,
    }
}

impl CoordinateProvider for Messages<'_> {
    fn find(&self, grid: &GridReference, cx: &ReadContext) -> Result<Option<Mesh>> {
        let mut found = Found::default();
        self.look(grid, &mut found, cx)?;
        Ok(found.into_mesh().ok())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hyperslab_core::MemorySource;

    use super::*;

    /// One field of an unstructured grid in IEEE numbers.
    fn message(parameter: [u8; 3], uuid: [u8; 16], values: &[f32]) -> Vec<u8> {
        let [discipline, category, number] = parameter;
        let mut sections = vec![0, 0, 0, 21, 1, 0, 78, 0, 255, 19, 1, 1];
        sections.extend([7, 232, 1, 1, 0, 0, 0, 0, 1]);
        sections.extend(super::super::reference_tests::section3(values.len() as u32, 26, 1, uuid));
        sections.extend([0, 0, 0, 34, 4, 0, 0, 0, 0, category, number, 2, 0, 0, 0, 0, 0, 1]);
        sections.extend([0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0]);
        sections.extend([0, 0, 0, 12, 5]);
        sections.extend((values.len() as u32).to_be_bytes());
        sections.extend([0, 4, 1, 0, 0, 0, 6, 6, 255]);
        sections.extend((5 + 4 * values.len() as u32).to_be_bytes());
        sections.push(7);
        values.iter().for_each(|value| sections.extend(value.to_be_bytes()));
        sections.extend(b"7777");
        let mut message = b"GRIB\0\0".to_vec();
        message.extend([discipline, 2]);
        message.extend((16 + sections.len() as u64).to_be_bytes());
        message.extend(sections);
        message
    }

    fn find(messages: &[Vec<u8>], grid: &GridReference) -> Option<Mesh> {
        let cx = ReadContext::default();
        let source: Arc<dyn Source> = Arc::new(MemorySource::new(messages.concat()));
        let index = crate::scan::scan(&source, &cx).unwrap();
        Messages { index: &index, source: &*source }.find(grid, &cx).unwrap()
    }

    #[test]
    fn positions_that_are_all_one_are_none() {
        // Three messages of 2^28 points; see tests/hostile/grib/unstructured_own_positions.grib.
        let path = "/../../tests/hostile/grib/unstructured_own_positions.grib";
        let bytes = std::fs::read([env!("CARGO_MANIFEST_DIR"), path].concat()).unwrap();
        let cx = ReadContext::default();
        let source: Arc<dyn Source> = Arc::new(MemorySource::new(bytes));
        let index = crate::scan::scan(&source, &cx).unwrap();
        let grid = GridReference { points: 1 << 28, number_used: 1, in_reference: 1, uuid: None };
        let error = Messages { index: &index, source: &*source }.find(&grid, &cx).unwrap_err();
        assert!(error.to_string().contains("268435456 points"), "{error}");
    }

    #[test]
    fn latitudes_and_longitudes_of_the_same_grid_are_found_among_other_fields() {
        let (own, other) = ([1; 16], [2; 16]);
        let messages = [
            message([0, 0, 0], own, &[280.0, 281.0]),
            message([0, 191, 1], other, &[1.0, 2.0]),
            message([0, 191, 2], own, &[10.5, 11.5]),
            message([0, 191, 1], own, &[50.25, 51.25]),
        ];
        let grid = GridReference { points: 2, number_used: 26, in_reference: 1, uuid: Some(own) };
        let mesh = find(&messages, &grid).unwrap();
        assert_eq!((mesh.latitude, mesh.longitude), (vec![50.25, 51.25], vec![10.5, 11.5]));
        assert_eq!(find(&messages[..3], &grid), None, "longitudes alone are no positions");
        assert_eq!(find(&messages, &GridReference { points: 3, ..grid }), None);
    }
}
